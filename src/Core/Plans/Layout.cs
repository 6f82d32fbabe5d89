using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>How a tensor's elements lie in a dense buffer: a shape, one stride per axis, and where to begin.</summary>
/// <param name="DType">The element type.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="Strides">Elements between neighbours along each axis; 0 repeats.</param>
/// <param name="Offset">The first element.</param>
public sealed record Layout(DType DType, Dims Shape, Dims Strides, long Offset)
{
    /// <summary>A dense row-major layout.</summary>
    /// <param name="type">Element type and shape.</param>
    public static Layout Dense(TensorType type) => new(type.DType, type.Shape, type.Shape.Strides(), 0);

    /// <summary>Whether element i is the buffer's element i.</summary>
    public bool IsDense
    {
        get
        {
            if (Offset != 0) return false;
            var expected = 1L;
            for (var k = Shape.Count - 1; k >= 0; k--)
            {
                if (Shape[k] == 1) continue;
                if (Strides[k] != expected) return false;
                expected *= Shape[k];
            }
            return true;
        }
    }

    /// <summary>Whether all elements are one.</summary>
    public bool IsRepeated
    {
        get
        {
            for (var k = 0; k < Shape.Count; k++)
                if (Shape[k] > 1 && Strides[k] != 0) return false;
            return true;
        }
    }

    /// <summary>The first and the last place in the buffer that the layout touches; (0, −1) for no elements.</summary>
    public (long Low, long High) Extent
    {
        get
        {
            if (Shape.Product == 0) return (0, -1);
            var (low, high) = (Offset, Offset);
            for (var k = 0; k < Shape.Count; k++)
            {
                var reach = checked((Shape[k] - 1) * Strides[k]);
                if (reach < 0) low = checked(low + reach);
                else high = checked(high + reach);
            }
            return (low, high);
        }
    }

    /// <summary>The layout with axes of size 1 dropped and neighbouring axes joined where their strides allow.</summary>
    public Layout Collapsed()
    {
        if (Shape.Count == 0 || (Shape.Count == 1 && Shape[0] != 1)) return this;
        var (shape, strides, count) = (new long[Shape.Count], new long[Shape.Count], 0);
        for (var k = 0; k < Shape.Count; k++)
        {
            if (Shape[k] == 1) continue;
            if (count == 0 || strides[count - 1] != Strides[k] * Shape[k]) shape[count++] = 1;
            shape[count - 1] *= Shape[k];
            strides[count - 1] = Strides[k];
        }
        return new(DType, Dims.Create(shape.AsSpan(0, count)), Dims.Create(strides.AsSpan(0, count)), Offset);
    }

    /// <summary>The layout seen through a movement; null where that takes a copy.</summary>
    /// <param name="op">The movement.</param>
    /// <param name="result">The type of its result.</param>
    public Layout? Through(Op op, TensorType result)
    {
        // A product of strides wraps only where there is one element, whose distance to the next is never used.
        switch (op)
        {
            case Permute p:
                return this with { Shape = result.Shape, Strides = Strides.Pick(p.Axes) };
            case Broadcast:
                return this with { Shape = result.Shape, Strides = Dims.Build(Shape.Count, k => Shape[k] == 1 ? 0 : Strides[k]) };
            case Slice s:
                return this with { Shape = result.Shape, Strides = Dims.Build(Shape.Count, k => Strides[k] * s.Step[k]), Offset = result.Count == 0 ? 0 : Offset + Along(s.Start) };
            case Flip f:
                return this with { Strides = Dims.Build(Shape.Count, k => f.Axes.Contains(k) ? -Strides[k] : Strides[k]), Offset = result.Count == 0 ? 0 : Offset + f.Axes.Sum(a => (Shape[(int)a] - 1) * Strides[(int)a]) };
            case Windows w:
                return this with { Shape = result.Shape, Strides = [.. Strides.With(w.Axis, Strides[w.Axis] * w.Stride), Strides[w.Axis] * w.Dilation] };
            case Reshape:
                return Reshaped(result.Shape);
            default:
                return null;
        }
    }

    private long Along(Dims position)
    {
        var offset = 0L;
        for (var k = 0; k < position.Count; k++) offset = checked(offset + position[k] * Strides[k]);
        return offset;
    }

    // Axes are matched in groups of equal products; a group must be evenly strided to be split anew.
    private Layout? Reshaped(Dims shape)
    {
        if (shape.Product == 0) return new(DType, shape, shape.Strides(), 0);
        var packed = Collapsed();
        var strides = new long[shape.Count];
        var k = packed.Shape.Count - 1;
        var left = k >= 0 ? packed.Shape[k] : 1;
        var step = k >= 0 ? packed.Strides[k] : 0;
        for (var i = shape.Count - 1; i >= 0; i--)
        {
            if (shape[i] == 1) continue;
            if (left == 1)
            {
                k--;
                (left, step) = (packed.Shape[k], packed.Strides[k]);
            }
            if (left % shape[i] != 0) return null;
            strides[i] = step;
            step *= shape[i];
            left /= shape[i];
        }
        return new(DType, shape, Dims.Create(strides), Offset);
    }
}
