using System.Collections.Immutable;
using System.Globalization;

namespace Functional.Autograd;

/// <summary>What is taken along one axis: a position, which drops the axis, or a range; both may count from the end. Or positions in a tensor, whose axes replace this one.</summary>
public readonly struct AxisIndex
{
    private readonly Range range;
    private readonly int? number;

    private AxisIndex(Range range, bool drops, int? number = null, Node? positions = null) => (this.range, Drops, this.number, Positions) = (range, drops, number, positions);

    internal bool Drops { get; }

    internal Node? Positions { get; }

    /// <summary>One position; negative counts from the end.</summary>
    /// <param name="position">The position.</param>
    public static implicit operator AxisIndex(int position) => new(default, drops: true, position);

    /// <summary>One position.</summary>
    /// <param name="position">The position.</param>
    public static implicit operator AxisIndex(Index position) => new(position..position, drops: true);

    /// <summary>The positions of a range.</summary>
    /// <param name="range">The range.</param>
    public static implicit operator AxisIndex(Range range) => new(range, drops: false);

    /// <summary>The positions in a tensor of integers; negative counts from the end.</summary>
    /// <param name="positions">The positions, known when it is computed.</param>
    public static implicit operator AxisIndex(Node positions) => new(Range.All, drops: false, positions: positions);

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
    // Where a block of the tensor lies, what is left of its shape when positions in tensors are taken, and when axes are dropped as well.
    private readonly Dims start, size, taken, kept;
    // The axis of each is that of the block when those before it are taken.
    private readonly ImmutableArray<(int Axis, Node Positions)> picked;

    internal NodePart(Node x, ReadOnlySpan<AxisIndex> indices)
    {
        if (indices.Length > x.Type.Rank) throw new ShapeException($"{indices.Length} indices for {x.Type}, which has {x.Type.Rank} axes");
        var (first, sizes) = (new long[x.Type.Rank], x.Shape.Span.ToArray());
        var (whole, rest, singles, others) = (new List<long>(), new List<long>(), new Stack<(int Axis, Node Positions)>(), new List<(int Axis, Node Positions)>());
        for (var k = 0; k < sizes.Length; k++)
        {
            if (k < indices.Length) (first[k], sizes[k]) = indices[k].Within(x.Type, k);
            if (k < indices.Length && indices[k].Positions is { } positions)
            {
                positions = Ops.Wrapped(positions, sizes[k]);
                if (positions.Type.Rank == 0) singles.Push((k, positions));
                else others.Add((k - singles.Count, positions));
                whole.AddRange(positions.Shape.Span);
                rest.AddRange(positions.Shape.Span);
                continue;
            }
            whole.Add(sizes[k]);
            if (k >= indices.Length || !indices[k].Drops) rest.Add(sizes[k]);
        }
        if (others.Count > 1) throw new ShapeException($"of the indices of {x.Type}, {others[0].Positions.Type} and {others[1].Positions.Type} have axes, and one may; Gather takes element by element");
        (this.x, start, size, taken, kept, picked) = (x, Dims.Create(first), Dims.Create(sizes), Dims.From(whole), Dims.From(rest), [.. singles, .. others]);
    }

    internal Node Get() => Ops.Reshape(picked.Aggregate(Ops.Slice(x, start, size), (y, p) => Taken(y, p.Axis, p.Positions)), kept);

    /// <summary>The tensor with the part replaced; of positions that occur twice, one is written.</summary>
    /// <param name="value">The new elements, broadcast to the part's shape, of an element type that the tensor's holds.</param>
    /// <exception cref="ShapeException">The value does not broadcast to the part, or its element type does not fit.</exception>
    public Node Set(Node value) => Put(value, add: false);

    /// <summary>The tensor with something added to the part; to positions that occur twice, twice.</summary>
    /// <param name="value">What is added; broadcast to the part's shape.</param>
    /// <exception cref="ShapeException">The value does not broadcast to the part, or its element type does not fit.</exception>
    public Node Add(Node value) => picked.IsEmpty ? Put(Get() + value, add: false) : Put(value, add: true);

    private Node Put(Node value, bool add)
    {
        var type = value.Type.IsNumber ? DTypes.PromoteNumber(x.DType, value.DType) : DTypes.Promote(x.DType, value.DType);
        if (type != x.DType) throw new ShapeException($"At: {value.Type} does not fit into {x.Type}; cast it first");
        if (value.Type.Rank > kept.Count || Ops.BroadcastShapes("At", value.Shape, kept) != kept) throw new ShapeException($"At: {value.Type} does not broadcast to {kept}, a part of {x.Type}");
        var rows = Ops.Reshape(Ops.Broadcast(Ops.Fitted(value, x.DType), kept), taken);
        return Ops.Insert(x, Written(Ops.Slice(x, start, size), 0, rows, add), start, Dims.Repeat(1, start.Count));
    }

    private Node Written(Node block, int next, Node rows, bool add)
    {
        if (next == picked.Length) return rows;
        var (axis, positions) = picked[next];
        return add && next == picked.Length - 1 ? Ops.ScatterAdd(block, axis, positions, rows)
            : Ops.ScatterSet(block, axis, positions, Written(Taken(block, axis, positions), next + 1, rows, add));
    }

    private static Node Taken(Node block, int axis, Node positions) => Ops.Make(new Primitives.Take(axis), block, positions);
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

    /// <summary>
    /// A part: positions drop their axes, ranges keep them, axes that are not named stay whole. <c>x[0]</c>, <c>x[1..3, ^1]</c>, <c>x[.., 0]</c>. Positions in tensors of integers are
    /// taken when it is computed: <c>x[i, j]</c> in a loop, <c>x[.., labels]</c>; one of them may have axes.
    /// </summary>
    /// <param name="indices">One per axis, from the first on.</param>
    /// <exception cref="ShapeException">There are more indices than axes, or one is out of range, or two tensors of positions have axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">When evaluated: a position in a tensor is out of range.</exception>
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
