using System.Numerics;
using Functional.Autograd.Plans;

namespace Functional.Autograd.Cpu;

/// <summary>Gathers a run of elements, in row-major order of a strided layout, into a tile.</summary>
internal sealed unsafe class Loader(Layout layout)
{
    private readonly long[] shape = [.. layout.Shape];
    private readonly long[] strides = [.. layout.Strides];
    private readonly int size = layout.DType.Size;

    /// <summary>Whether all elements are the same one.</summary>
    public bool IsRepeated { get; } = layout.IsRepeated;

    public void Load(nint source, nint destination, long start, int count)
    {
        var loading = new Loading(this, source, destination, start, count);
        Dispatch.BySize<Loading, bool>(size, ref loading);
    }

    private readonly struct Loading(Loader loader, nint source, nint destination, long start, int count) : IElementVisitor<bool>
    {
        public bool Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            loader.Load((T*)source, (T*)destination, start, count);
            return true;
        }
    }

    private void Load<T>(T* source, T* destination, long start, int count) where T : unmanaged
    {
        source += layout.Offset;
        if (IsRepeated)
        {
            new Span<T>(destination, count).Fill(*source);
            return;
        }
        var rank = shape.Length;
        var position = stackalloc long[rank];
        for (var k = rank - 1; k >= 0; k--)
        {
            position[k] = start % shape[k];
            start /= shape[k];
            source += position[k] * strides[k];
        }
        var (inner, step) = (shape[rank - 1], strides[rank - 1]);
        while (true)
        {
            var run = (int)Math.Min(count, inner - position[rank - 1]);
            if (step == 1) new ReadOnlySpan<T>(source, run).CopyTo(new Span<T>(destination, run));
            else if (step == 0) new Span<T>(destination, run).Fill(*source);
            else
                for (var i = 0; i < run; i++) destination[i] = source[i * step];
            destination += run;
            if ((count -= run) == 0) return;
            source -= position[rank - 1] * step;
            position[rank - 1] = 0;
            for (var k = rank - 2; k >= 0; k--)
            {
                source += strides[k];
                if (++position[k] < shape[k]) break;
                source -= shape[k] * strides[k];
                position[k] = 0;
            }
        }
    }
}
