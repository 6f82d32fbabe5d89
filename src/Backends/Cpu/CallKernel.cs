using System.Numerics;
using System.Runtime.InteropServices;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>Primitives that run by themselves on dense operands. Most only move elements, so only the element's size matters.</summary>
internal sealed unsafe class CallKernel : CpuKernel
{
    private delegate void Routine(nint from, nint to);

    private readonly Kernel.Call call;
    private readonly TensorType result;
    private readonly long bytes;
    private readonly Routine? typed;

    public CallKernel(Kernel.Call call)
    {
        (this.call, result) = (call, call.Result);
        bytes = result.Count * result.DType.Size;
        var choosing = new Choosing(call);
        if (call.Op is Iota) typed = Dispatch.Visit<Choosing, Routine>(result.DType, ref choosing);
        if (call.Op is ArgMax or ArgSort or CumSum or Fold) typed = Dispatch.Visit<Choosing, Routine>(call.Operands[0].DType, ref choosing);
    }

    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        switch (call.Op)
        {
            case Pad op:
                NativeMemory.Clear((void*)to[0], (nuint)bytes);
                Boxes.Put(from[0], call.Operands[0].Shape, to[0], result, op.Start, op.Step);
                break;
            case Concat op:
                var (outer, all, inner) = Lines.Parts(result.Shape, op.Axis);
                var (row, start) = (inner * result.DType.Size, 0L);
                for (var k = 0; k < from.Length; k++)
                {
                    var part = call.Operands[k].Shape[op.Axis];
                    for (var o = 0L; o < outer; o++) Frame.Copy(from[k] + (nint)(o * part * row), to[0] + (nint)((o * all + start) * row), part * row);
                    start += part;
                }
                break;
            case Insert op:
                System.Buffer.MemoryCopy((void*)from[0], (void*)to[0], bytes, bytes);
                Boxes.Put(from[1], call.Operands[1].Shape, to[0], result, op.Start, op.Step);
                break;
            case Take op: Indexing.Take(from[0], (long*)from[1], to[0], op.Axis, call); break;
            case Scatter op:
                System.Buffer.MemoryCopy((void*)from[0], (void*)to[0], bytes, bytes);
                Indexing.Scatter((long*)from[1], from[2], to[0], op, call);
                break;
            case Fold:
                NativeMemory.Clear((void*)to[0], (nuint)bytes);
                typed!(from[0], to[0]);
                break;
            case RandomBits op: Threefry.Fill((long*)from[0], call.Operands[0].Count / 2, (long*)to[0], op.Shape.Product); break;
            default:
                if (typed is null) throw new InvalidOperationException($"no routine for {call.Op}");
                typed(from.IsEmpty ? 0 : from[0], to[0]);
                break;
        }
    }

    private readonly struct Choosing(Kernel.Call call) : IElementVisitor<Routine>
    {
        public Routine Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var (shape, whole) = (call.Operands.IsEmpty ? Dims.Empty : call.Operands[0].Shape, call.Result.Shape);
            return call.Op switch
            {
                Iota => (_, to) => Lines.Count((T*)to, whole[0]),
                ArgMax op => (from, to) => Lines.ArgMax((T*)from, (long*)to, shape, op.Axis),
                ArgSort op => (from, to) => Lines.ArgSort((T*)from, (long*)to, shape, op.Axis, op.Descending),
                // Running sums of single precision are kept in double precision, as PyTorch keeps them.
                CumSum op when typeof(T) == typeof(float) => (from, to) => Lines.CumSum<float, double>((float*)from, (float*)to, shape, op.Axis, op.Reverse),
                CumSum op => (from, to) => Lines.CumSum<T, T>((T*)from, (T*)to, shape, op.Axis, op.Reverse),
                Fold op => (from, to) => Boxes.Fold((T*)from, (T*)to, shape, whole, op.Of),
                _ => throw new InvalidOperationException($"no routine for {call.Op}"),
            };
        }
    }
}
