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
        var (first, results) = (op.Constants + op.Carries, body.Program.Roots.Length);
        using var frame = new Frame(body);
        using var turns = new Turns(frame, op.Carries);
        long Place(long t) => op.Reverse ? op.Length - 1 - t : t;
        for (var k = 0; k < op.Constants; k++) frame.Give(k, from[k]);
        var (carry, target) = (from[op.Constants..first].ToArray(), new nint[results]);
        for (var k = 0; k < carry.Length && op.Length == 0; k++) Frame.Copy(carry[k], to[k], frame.Bytes(k));
        for (var t = 0L; t < op.Length; t++)
        {
            for (var k = 0; k < carry.Length; k++) frame.Give(op.Constants + k, carry[k]);
            for (var k = first; k < from.Length; k++) frame.Give(k, from[k] + (nint)(frame.LeafBytes(k) * Place(t)));
            for (var r = 0; r < results; r++)
                target[r] = r >= carry.Length ? to[r] + (nint)(frame.Bytes(r) * Place(t)) : t == op.Length - 1 ? to[r] : turns.At(r, t);
            frame.Run(target);
            target.AsSpan(0, carry.Length).CopyTo(carry);
        }
    }
}
