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
        using var frame = new Frame(body);
        using var turns = new Turns(frame, to.Length);
        var (carry, target) = (from[op.Constants..].ToArray(), new nint[to.Length]);
        byte goes;
        for (var k = 0; k < op.Constants; k++)
        {
            asking.Give(k, from[k]);
            frame.Give(k, from[k]);
        }
        for (var t = 0L; ; t++)
        {
            for (var k = 0; k < carry.Length; k++)
            {
                asking.Give(op.Constants + k, carry[k]);
                frame.Give(op.Constants + k, carry[k]);
                target[k] = turns.At(k, t);
            }
            asking.Run([(nint)(&goes)]);
            if (goes == 0) break;
            frame.Run(target);
            target.CopyTo(carry, 0);
        }
        for (var k = 0; k < carry.Length; k++) Frame.Copy(carry[k], to[k], frame.Bytes(k));
    }
}
