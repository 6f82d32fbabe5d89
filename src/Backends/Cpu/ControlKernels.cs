using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>One of two plans, chosen by the first operand.</summary>
internal sealed unsafe class ChoiceKernel(Plan then, Plan otherwise) : CpuKernel
{
    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        using var frame = new Frame(*(byte*)from[0] != 0 ? then : otherwise);
        for (var k = 1; k < from.Length; k++) frame.Give(k - 1, from[k]);
        frame.Run(to);
    }
}

/// <summary>A plan that is run as long as another says so.</summary>
internal sealed unsafe class RepeatKernel(Repeat op, Plan test, Plan body) : CpuKernel
{
    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        using var asking = new Frame(test);
        using var frame = new Frame(body, to.Length);
        byte goes;
        for (var k = 0; k < from.Length; k++) frame.Give(k, from[k]);
        for (var t = 0L; ; t++)
        {
            for (var k = 0; k < from.Length; k++) asking.Give(k, frame.At(k));
            asking.Run([(nint)(&goes)]);
            if (goes == 0) break;
            frame.Aim(t);
            frame.Run(frame.Targets);
            for (var k = 0; k < to.Length; k++) frame.Give(op.Constants + k, frame.Targets[k]);
        }
        for (var k = 0; k < to.Length; k++) Frame.Copy(frame.At(op.Constants + k), to[k], frame.Bytes(k));
    }
}
