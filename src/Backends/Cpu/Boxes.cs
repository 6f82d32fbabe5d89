using System.Numerics;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>Dense parts placed into boxes of a dense whole.</summary>
internal static unsafe class Boxes
{
    /// <summary>Writes a part at start, start + step, … of the whole.</summary>
    public static void Put(nint part, Dims size, nint whole, TensorType type, Dims start, Dims step)
    {
        if (size.Product == 0) return;
        long* moves = stackalloc long[size.Count], position = stackalloc long[size.Count];
        var (offset, stride) = (0L, 1L);
        for (var k = size.Count - 1; k >= 0; k--)
        {
            (offset, moves[k]) = (offset + start[k] * stride, step[k] * stride);
            stride *= type.Shape[k];
        }
        var putting = new Putting(part, whole + (nint)(offset * type.DType.Size), new(size, moves, position));
        Dispatch.BySize<Putting, bool>(type.DType.Size, ref putting);
    }

    private readonly struct Putting(nint part, nint box, Runs start) : IElementVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var runs = start;
            while (runs.Next())
            {
                var from = (T*)part + runs.From;
                var to = (T*)box + runs.To;
                if (runs.Stride == 1) System.Buffer.MemoryCopy(from, to, runs.Length * sizeof(T), runs.Length * sizeof(T));
                else
                    for (var i = 0L; i < runs.Length; i++) to[i * runs.Stride] = from[i];
            }
            return true;
        }
    }

    /// <summary>Adds windows to a whole where they came from.</summary>
    public static void Fold<T>(T* windows, T* whole, Dims from, Dims to, Windows of) where T : unmanaged, INumber<T>
    {
        if (from.Product == 0) return;
        var strides = to.Strides();
        long* moves = stackalloc long[from.Count], position = stackalloc long[from.Count];
        for (var k = 0; k < to.Count; k++) moves[k] = strides[k] * (k == of.Axis ? of.Stride : 1);
        moves[to.Count] = strides[of.Axis] * of.Dilation;
        var runs = new Runs(from, moves, position);
        while (runs.Next())
            for (var i = 0L; i < runs.Length; i++) whole[runs.To + i * runs.Stride] += windows[runs.From + i];
    }

    // The innermost rows of a shape, one after another: where each begins in the dense part and in the strided whole.
    private struct Runs(Dims size, long* strides, long* position)
    {
        public readonly long Length { get; } = size.Count == 0 ? 1 : size[^1];

        public readonly long Stride { get; } = size.Count == 0 ? 1 : strides[size.Count - 1];

        public long From { get; private set; } = -(size.Count == 0 ? 1 : size[^1]);

        public long To { get; private set; }

        public bool Next()
        {
            From += Length;
            if (From == 0) return true;
            for (var k = size.Count - 2; k >= 0; k--)
            {
                To += strides[k];
                if (++position[k] < size[k]) return true;
                To -= size[k] * strides[k];
                position[k] = 0;
            }
            return false;
        }
    }
}
