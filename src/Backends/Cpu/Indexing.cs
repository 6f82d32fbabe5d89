using System.Numerics;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>Rows chosen by indices, and rows put back.</summary>
internal static unsafe class Indexing
{
    public static void Take(nint x, long* index, nint y, int axis, Kernel.Call call)
    {
        var (outer, size, row) = Lines.Parts(call.Operands[0].Shape, axis);
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

    /// <summary>Puts rows into a tensor that holds the first operand's elements.</summary>
    public static void Scatter(long* index, nint rows, nint y, Scatter op, Kernel.Call call)
    {
        var putting = new Putting(index, rows, y, op, call);
        if (op.Add) Dispatch.Visit<Putting, bool>(call.Result.DType, ref putting);
        else Dispatch.BySize<Putting, bool>(call.Result.DType.Size, ref putting);
    }

    private readonly struct Putting(long* index, nint rows, nint y, Scatter op, Kernel.Call call) : IElementVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var (outer, size, row) = Lines.Parts(call.Operands[0].Shape, op.Axis);
            var count = call.Operands[1].Count;
            for (var o = 0L; o < outer; o++)
                for (var i = 0L; i < count; i++)
                {
                    var to = (T*)y + (o * size + Checked(index[i], size, call)) * row;
                    var from = (T*)rows + (o * count + i) * row;
                    for (var k = 0L; k < row; k++) to[k] = op.Add ? to[k] + from[k] : from[k];
                }
            return true;
        }
    }

    private static long Checked(long index, long size, Kernel.Call call) => (ulong)index < (ulong)size ? index
        : throw new ArgumentOutOfRangeException(nameof(index), $"{call.Op}: index {index} is out of range for an axis of {size}");
}
