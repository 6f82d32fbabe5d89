using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>
/// A loop: one plan, run over and over. What a step makes is written where it belongs: outputs into their place in the stack, carries into one of
/// two places by turns.
/// </summary>
internal sealed class LoopKernel(Loop op, Plan body) : CpuKernel
{
    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        var first = op.Constants + op.Carries;
        using var frame = new Frame(body, op.Carries);
        long Place(long t) => op.Reverse ? op.Length - 1 - t : t;
        for (var k = 0; k < first; k++) frame.Give(k, from[k]);
        for (var k = 0; k < op.Carries && op.Length == 0; k++) Frame.Copy(from[op.Constants + k], to[k], frame.Bytes(k));
        for (var t = 0L; t < op.Length; t++)
        {
            for (var k = first; k < from.Length; k++) frame.Give(k, from[k] + (nint)(frame.LeafBytes(k) * Place(t)));
            if (t == op.Length - 1) to[..op.Carries].CopyTo(frame.Targets);
            else frame.Aim(t);
            for (var r = op.Carries; r < to.Length; r++) frame.Targets[r] = to[r] + (nint)(frame.Bytes(r) * Place(t));
            frame.Run(frame.Targets);
            for (var k = 0; k < op.Carries; k++) frame.Give(op.Constants + k, frame.Targets[k]);
        }
    }
}
