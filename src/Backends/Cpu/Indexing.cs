using System.Numerics;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>Rows chosen by indices, and rows put back.</summary>
internal static unsafe class Indexing
{
    public static void Take(nint x, long* index, nint y, int axis, Kernel.Call call)
    {
        var (outer, size, row) = Parts(call.Operands[0], axis);
        var (count, bytes) = (call.Operands[1].Count, row * call.Result.DType.Size);
        for (var o = 0L; o < outer; o++)
            for (var i = 0L; i < count; i++)
            {
                var from = (byte*)x + (o * size + Checked(index[i], size, call)) * bytes;
                var to = (byte*)y + (o * count + i) * bytes;
                if (bytes == 4) *(uint*)to = *(uint*)from;
                else if (bytes == 8) *(ulong*)to = *(ulong*)from;
                else System.Buffer.MemoryCopy(from, to, bytes, bytes);
            }
    }

    public static void Scatter(nint x, long* index, nint rows, nint y, Scatter op, Kernel.Call call)
    {
        var total = call.Result.Count * call.Result.DType.Size;
        System.Buffer.MemoryCopy((void*)x, (void*)y, total, total);
        switch (call.Result.DType)
        {
            case DType.Float32: Scatter(index, (float*)rows, (float*)y, op, call); break;
            case DType.Float64: Scatter(index, (double*)rows, (double*)y, op, call); break;
            case DType.Int64: Scatter(index, (long*)rows, (long*)y, op, call); break;
            case DType.Int32: Scatter(index, (int*)rows, (int*)y, op, call); break;
            case DType.Int16: Scatter(index, (short*)rows, (short*)y, op, call); break;
            case DType.Int8: Scatter(index, (sbyte*)rows, (sbyte*)y, op, call); break;
            case DType.UInt8 or DType.Bool: Scatter(index, (byte*)rows, (byte*)y, op, call); break;
            default: throw call.Result.DType.Unknown;
        }
    }

    private static void Scatter<T>(long* index, T* rows, T* y, Scatter op, Kernel.Call call) where T : unmanaged, INumber<T>
    {
        var (outer, size, row) = Parts(call.Operands[0], op.Axis);
        var count = call.Operands[1].Count;
        for (var o = 0L; o < outer; o++)
            for (var i = 0L; i < count; i++)
            {
                var to = y + (o * size + Checked(index[i], size, call)) * row;
                var from = rows + (o * count + i) * row;
                if (op.Add)
                    for (var k = 0L; k < row; k++) to[k] += from[k];
                else
                    for (var k = 0L; k < row; k++) to[k] = from[k];
            }
    }

    private static (long Outer, long Size, long Row) Parts(TensorType x, int axis) => (x.Shape[..axis].Product, x.Shape[axis], x.Shape[(axis + 1)..].Product);

    private static long Checked(long index, long size, Kernel.Call call) => (ulong)index < (ulong)size ? index
        : throw new ArgumentOutOfRangeException(nameof(index), $"{call.Op}: an index is out of range for {call.Operands[0]} (axis size {size})");
}
