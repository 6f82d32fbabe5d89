using System.Globalization;

namespace Functional.Autograd;

/// <summary>What is taken along one axis: a position, which drops the axis, or a range. Both may count from the end.</summary>
public readonly struct AxisIndex
{
    private readonly Range range;
    private readonly int? number;

    private AxisIndex(Range range, bool drops, int? number = null) => (this.range, Drops, this.number) = (range, drops, number);

    internal bool Drops { get; }

    /// <summary>One position; negative counts from the end.</summary>
    /// <param name="position">The position.</param>
    public static implicit operator AxisIndex(int position) => new(default, drops: true, position);

    /// <summary>One position.</summary>
    /// <param name="position">The position.</param>
    public static implicit operator AxisIndex(Index position) => new(position..position, drops: true);

    /// <summary>The positions of a range.</summary>
    /// <param name="range">The range.</param>
    public static implicit operator AxisIndex(Range range) => new(range, drops: false);

    internal (long Start, long Size) Within(TensorType type, int axis)
    {
        var size = type.Shape[axis];
        var start = number is { } n ? n < 0 ? n + size : n : From(range.Start, size);
        var stop = Drops ? start + 1 : From(range.End, size);
        return start >= 0 && start <= stop && stop <= size ? (start, stop - start)
            : throw new ShapeException($"{number?.ToString(CultureInfo.InvariantCulture) ?? (Drops ? range.Start.ToString() : range.ToString())} is out of range for axis {axis} of {type}");
    }

    private static long From(Index index, long size) => index.IsFromEnd ? size - index.Value : index.Value;
}

/// <summary>A part of a tensor, to be replaced: <c>x.At(0).Set(1.0)</c> is a new tensor, and <c>x</c> stays what it is.</summary>
public sealed class NodePart
{
    private readonly Node x;
    private readonly Dims start, size, kept;

    internal NodePart(Node x, ReadOnlySpan<AxisIndex> indices)
    {
        if (indices.Length > x.Type.Rank) throw new ShapeException($"{indices.Length} indices for {x.Type}, which has {x.Type.Rank} axes");
        var (first, sizes, rest) = (new long[x.Type.Rank], x.Shape.Span.ToArray(), new List<long>());
        for (var k = 0; k < sizes.Length; k++)
        {
            if (k < indices.Length) (first[k], sizes[k]) = indices[k].Within(x.Type, k);
            if (k >= indices.Length || !indices[k].Drops) rest.Add(sizes[k]);
        }
        (this.x, start, size, kept) = (x, Dims.Create(first), Dims.Create(sizes), Dims.From(rest));
    }

    internal Node Get() => Ops.Reshape(Ops.Slice(x, start, size), kept);

    /// <summary>The tensor with the part replaced.</summary>
    /// <param name="value">The new elements, broadcast to the part's shape, of an element type that the tensor's holds.</param>
    /// <exception cref="ShapeException">The value does not broadcast to the part, or its element type does not fit.</exception>
    public Node Set(Node value)
    {
        var type = value.Type.IsNumber ? DTypes.PromoteNumber(x.DType, value.DType) : DTypes.Promote(x.DType, value.DType);
        if (type != x.DType) throw new ShapeException($"At: {value.Type} does not fit into {x.Type}; cast it first");
        if (value.Type.Rank > kept.Count || Ops.BroadcastShapes("At", value.Shape, kept) != kept) throw new ShapeException($"At: {value.Type} does not broadcast to {kept}, a part of {x.Type}");
        return Ops.Insert(x, Ops.Reshape(Ops.Broadcast(Ops.Fitted(value, x.DType), kept), size), start, Dims.Repeat(1, start.Count));
    }

    /// <summary>The tensor with something added to the part.</summary>
    /// <param name="value">What is added; broadcast to the part's shape.</param>
    /// <exception cref="ShapeException">The value does not broadcast to the part.</exception>
    public Node Add(Node value) => Set(Get() + value);
}

[System.Runtime.CompilerServices.CollectionBuilder(typeof(NodeRows), nameof(NodeRows.Stacked))]
public sealed partial class Node
{
    /// <summary>The rows, so that they can be gone through, and written: <c>Node x = [1.0, 2.0];</c> <c>Node m = [[1.0, 2.0], [3.0, 4.0]];</c></summary>
    /// <exception cref="ShapeException">There is no axis.</exception>
    public IEnumerator<Node> GetEnumerator()
    {
        if (Type.Rank == 0) throw new ShapeException($"{Type} has no rows");
        return Enumerable.Range(0, (int)Shape[0]).Select(k => this[k]).GetEnumerator();
    }

    /// <summary>A part: positions drop their axes, ranges keep them, axes that are not named stay whole. <c>x[0]</c>, <c>x[1..3, ^1]</c>, <c>x[.., 0]</c>.</summary>
    /// <param name="indices">One per axis, from the first on.</param>
    /// <exception cref="ShapeException">There are more indices than axes, or one is out of range.</exception>
    public Node this[params ReadOnlySpan<AxisIndex> indices] => new NodePart(this, indices).Get();

    /// <summary>A part, to be replaced by <see cref="NodePart.Set"/> or added to by <see cref="NodePart.Add"/> in a new tensor.</summary>
    /// <param name="indices">As in the indexer.</param>
    /// <exception cref="ShapeException">There are more indices than axes, or one is out of range.</exception>
    public NodePart At(params ReadOnlySpan<AxisIndex> indices) => new(this, indices);
}

/// <summary>Tensors written as their rows.</summary>
public static class NodeRows
{
    /// <summary>Rows along a new first axis; numbers become one leaf.</summary>
    /// <param name="rows">Tensors of one shape; their element types are promoted.</param>
    /// <exception cref="ShapeException">The rows have different shapes, or there are none.</exception>
    public static Node Stacked(ReadOnlySpan<Node> rows)
    {
        if (rows.IsEmpty) throw new ShapeException("a tensor without rows has no shape; use Zeros");
        var all = rows.ToArray();
        if (!Array.TrueForAll(all, r => r.Op is Primitives.Literal { IsNumber: true })) return Ops.Stack(all);
        return Ops.Common(all) == DType.Float64 ? Ops.Tensor(Array.ConvertAll(all, r => ((Primitives.Literal)r.Op).Value)) : Ops.Tensor(Array.ConvertAll(all, r => ((Primitives.Literal)r.Op).Bits));
    }
}
