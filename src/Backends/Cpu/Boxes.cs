using System.Numerics;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>Dense parts placed into boxes of a dense whole.</summary>
internal static unsafe class Boxes
{
    /// <summary>Writes a part at start, start + step, … of the whole.</summary>
    public static void Put(nint part, Dims size, nint whole, TensorType type, Dims start, Dims step)
    {
        switch (type.DType.Size)
        {
            case 1: Put((byte*)part, size, (byte*)whole, type.Shape, start, step); break;
            case 2: Put((ushort*)part, size, (ushort*)whole, type.Shape, start, step); break;
            case 4: Put((uint*)part, size, (uint*)whole, type.Shape, start, step); break;
            default: Put((ulong*)part, size, (ulong*)whole, type.Shape, start, step); break;
        }
    }

    private static void Put<T>(T* part, Dims size, T* whole, Dims shape, Dims start, Dims step) where T : unmanaged
    {
        if (size.Product == 0) return;
        var strides = shape.Strides();
        var offset = 0L;
        for (var k = 0; k < size.Count; k++) offset += start[k] * strides[k];
        var moves = Dims.Build(size.Count, k => strides[k] * step[k]);
        foreach (var (from, to, run) in Runs(size, moves))
        {
            var target = whole + offset + to;
            var along = size.Count == 0 ? 1 : moves[^1];
            if (along == 1) new ReadOnlySpan<T>(part + from, (int)run).CopyTo(new Span<T>(target, (int)run));
            else
                for (var i = 0L; i < run; i++) target[i * along] = part[from + i];
        }
    }

    // The innermost rows of a shape: where each begins in the dense part and in the strided whole, and its length.
    private static List<(long From, long To, long Run)> Runs(Dims size, Dims strides)
    {
        if (size.Count == 0) return [(0, 0, 1)];
        var rows = new List<(long, long, long)>();
        var position = new long[size.Count];
        var (from, to, run) = (0L, 0L, size[^1]);
        while (true)
        {
            rows.Add((from, to, run));
            from += run;
            var k = size.Count - 2;
            for (; k >= 0; k--)
            {
                to += strides[k];
                if (++position[k] < size[k]) break;
                to -= size[k] * strides[k];
                position[k] = 0;
            }
            if (k < 0) return rows;
        }
    }

    /// <summary>Adds windows back to where they came from.</summary>
    public static void Fold<T>(T* windows, T* whole, Dims from, Dims to, Windows of) where T : unmanaged, INumber<T>
    {
        new Span<T>(whole, checked((int)to.Product)).Clear();
        if (from.Product == 0) return;
        var strides = to.Strides();
        Dims moves = [.. strides.With(of.Axis, strides[of.Axis] * of.Stride), strides[of.Axis] * of.Dilation];
        foreach (var (start, place, run) in Runs(from, moves))
            for (var i = 0L; i < run; i++) whole[place + i * moves[^1]] += windows[start + i];
    }
}
