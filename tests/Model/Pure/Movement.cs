using System.Collections.Immutable;
using Functional.Autograd;

namespace Model.Pure;

/// <summary>A view of a row-major array: a name, sizes and the places of the elements.</summary>
internal sealed record Movement(string Name, Dims Shape, ImmutableArray<int> Places, bool Dense = false)
{
    private static Movement Strided(string name, Dims sizes, Dims strides, long offset = 0, bool dense = false)
    {
        var places = ImmutableArray.CreateBuilder<int>();
        for (var i = 0L; i < sizes.Product; i++)
        {
            var (rest, place) = (i, offset);
            for (var k = sizes.Count - 1; k >= 0; k--)
            {
                place += rest % sizes[k] * strides[k];
                rest /= sizes[k];
            }
            places.Add((int)place);
        }
        return new(name, sizes, places.ToImmutable(), dense);
    }

    public static Movement Select(Dims shape, int dim, long index, string name = "SelectBackward0") =>
        Strided(name, shape.Without(dim), shape.Strides().Without(dim), index * shape.Strides()[dim], dense: dim == 0);

    public static Movement Slice(Dims shape, int dim, long start, long length) =>
        Strided("SliceBackward0", shape.With(dim, length), shape.Strides(), start * shape.Strides()[dim], dense: dim == 0);

    /// <summary>The last dimension first.</summary>
    public static Movement Moved(Dims shape) => Strided("PermuteBackward0", [shape[^1], .. shape[..^1]], [shape.Strides()[^1], .. shape.Strides()[..^1]]);

    /// <summary>Windows of the last dimension, in a new one.</summary>
    public static Movement Windows(Dims shape, long size, long step) =>
        Strided("UnfoldBackward0", [.. shape[..^1], (shape[^1] - size) / step + 1, size], [.. shape.Strides()[..^1], shape.Strides()[^1] * step, shape.Strides()[^1]]);

    public static Movement Transpose(Dims shape, string name) => shape.Count < 2 ? Same(name, shape)
        : Strided(name, shape.With(0, shape[1]).With(1, shape[0]), shape.Strides().With(0, shape.Strides()[1]).With(1, shape.Strides()[0]));

    public static Movement Reshape(string name, Dims shape, Dims from) => shape.Product == from.Product ? Same(name, shape) : throw new Abstention("sizes that do not fit");

    public static Movement Expand(Dims shape, long lead) => Strided("ExpandBackward0", shape.Inserted(0, lead), shape.Strides().Inserted(0, 0));

    public static Movement Diagonal(Dims shape) => Strided("DiagonalBackward0", [Math.Min(shape[0], shape[1])], [shape.Strides()[0] + shape.Strides()[1]]);

    public static Movement Same(string name, Dims shape) => Strided(name, shape, shape.Strides(), dense: true);
}
