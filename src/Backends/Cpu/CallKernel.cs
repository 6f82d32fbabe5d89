using System.Numerics;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>Primitives that run by themselves on dense operands. Most only move elements, so only the element's size matters.</summary>
internal sealed unsafe class CallKernel(Kernel.Call call) : CpuKernel
{
    private readonly TensorType result = call.Result;

    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        switch (call.Op)
        {
            case Iota: Count(to[0]); break;
            case Pad op:
                new Span<byte>((void*)to[0], checked((int)(result.Count * result.DType.Size))).Clear();
                Boxes.Put(from[0], call.Operands[0].Shape, to[0], result, op.Start, op.Step);
                break;
            case Concat op:
                var start = 0L;
                for (var k = 0; k < from.Length; k++)
                {
                    Boxes.Put(from[k], call.Operands[k].Shape, to[0], result, Dims.Repeat(0, result.Rank).With(op.Axis, start), Dims.Repeat(1, result.Rank));
                    start += call.Operands[k].Shape[op.Axis];
                }
                break;
            case Insert op:
                var bytes = result.Count * result.DType.Size;
                System.Buffer.MemoryCopy((void*)from[0], (void*)to[0], bytes, bytes);
                Boxes.Put(from[1], call.Operands[1].Shape, to[0], result, op.Start, op.Step);
                break;
            case Take op: Indexing.Take(from[0], (long*)from[1], to[0], op.Axis, call); break;
            case Scatter op: Indexing.Scatter(from[0], (long*)from[1], from[2], to[0], op, call); break;
            case RandomBits: Threefry.Fill((long*)from[0], (long*)to[0], result.Count); break;
            default: Typed(from[0], to[0]); break;
        }
    }

    private void Typed(nint from, nint to)
    {
        switch (call.Operands[0].DType)
        {
            case DType.Float32: Typed((float*)from, to); break;
            case DType.Float64: Typed((double*)from, to); break;
            case DType.Int64: Typed((long*)from, to); break;
            case DType.Int32: Typed((int*)from, to); break;
            case DType.Int16: Typed((short*)from, to); break;
            case DType.Int8: Typed((sbyte*)from, to); break;
            case DType.UInt8 or DType.Bool: Typed((byte*)from, to); break;
            default: throw call.Operands[0].DType.Unknown;
        }
    }

    private void Typed<T>(T* x, nint to) where T : unmanaged, INumber<T>
    {
        var shape = call.Operands[0].Shape;
        switch (call.Op)
        {
            case ArgMax op: Lines.ArgMax(x, (long*)to, shape, op.Axis); break;
            case ArgSort op: Lines.ArgSort(x, (long*)to, shape, op.Axis, op.Descending); break;
            case CumSum op: Lines.CumSum(x, (T*)to, shape, op.Axis, op.Reverse); break;
            case Fold op: Boxes.Fold(x, (T*)to, shape, result.Shape, op.Of); break;
            default: throw new InvalidOperationException($"no routine for {call.Op}");
        }
    }

    private void Count(nint to)
    {
        for (var i = 0L; i < result.Count; i++)
            Bits.Write((byte*)to + i * result.DType.Size, result.DType, result.DType.IsFloat ? BitConverter.DoubleToInt64Bits(i) : i);
    }
}
