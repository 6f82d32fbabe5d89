using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    /// <summary>Rows along an axis: result[…, i, …] = x[…, index[i], …]. Negative indices count from the end.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, which the index's shape replaces.</param>
    /// <param name="index">Integers of any shape.</param>
    /// <exception cref="ArgumentOutOfRangeException">When evaluated: an index is out of range.</exception>
    public static Node Take(Node x, int axis, Node index)
    {
        var a = Axis(x, axis);
        return Make(new Primitives.Take(a), x, Wrapped(index, x.Shape[a]));
    }

    private static Node Whole(Node index, [CallerMemberName] string operation = "") => !index.DType.IsSmooth && index.DType != DType.Bool ? Cast(index, DType.Int64)
        : throw new ShapeException($"{operation}: an index must be of an integer type, not {index.Type}");

    // Where rows are picked, negative numbers count from the end; labels and elements' own places are what they are.
    internal static Node Wrapped(Node index, long size, [CallerMemberName] string operation = "")
    {
        index = Whole(index, operation);
        return index.Op is Iota or ArgSort or Primitives.ArgMax ? index : Where(And(index < 0, index >= -size), index + size, index);
    }

    internal static Node ScatterAdd(Node x, int axis, Node index, Node rows) => Make(new Scatter(axis, true), x, index, rows);

    internal static Node ScatterSet(Node x, int axis, Node index, Node rows) => Make(new Scatter(axis, false), x, index, rows);

    // torch.gather is a Take from the flattened tensor: every element's own row, at the given place along the axis.
    private static Node FlatIndex(Node x, int axis, Node index, [CallerMemberName] string operation = "")
    {
        if (index.Type.Rank != x.Type.Rank) throw new ShapeException($"{operation}: the index {index.Type} and the tensor {x.Type} differ in rank");
        var strides = x.Shape.Strides();
        var flat = Primitives.Take.Within(Whole(index, operation), x.Shape[axis]) * strides[axis];
        for (var k = 0; k < x.Type.Rank; k++)
        {
            if (k == axis) continue;
            if (index.Shape[k] > x.Shape[k]) throw new ShapeException($"{operation}: the index {index.Type} exceeds the tensor {x.Type} along axis {k}");
            flat += Reshape(Arange(index.Shape[k]) * strides[k], Dims.Repeat(1, x.Type.Rank).With(k, index.Shape[k]));
        }
        return Reshape(flat, [flat.Type.Count]);
    }

    /// <summary>One element per place along an axis: result[i, j] = x[index[i, j], j] for axis 0 (PyTorch's gather).</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Integers from 0, of the tensor's rank.</param>
    /// <exception cref="ArgumentOutOfRangeException">When evaluated: an index is negative or too large.</exception>
    public static Node Gather(Node x, int axis, Node index)
    {
        var flat = FlatIndex(x, Axis(x, axis), index);
        return Reshape(Make(new Primitives.Take(0), Reshape(x, [x.Type.Count]), flat), index.Shape);
    }

    /// <summary>Writes or adds one element per place along an axis; the transpose of <see cref="Gather"/>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Integers from 0, of the tensor's rank.</param>
    /// <param name="source">The elements, at least as large as the index along every axis.</param>
    /// <param name="add">Add to what is there.</param>
    /// <exception cref="ArgumentOutOfRangeException">When evaluated: an index is negative or too large.</exception>
    public static Node ScatterAlong(Node x, int axis, Node index, Node source, bool add)
    {
        if (add && x.DType == DType.Bool) return Cast(ScatterAlong(Cast(x, DType.Int64), axis, index, Cast(source, DType.Bool), add), DType.Bool);
        var flat = FlatIndex(x, Axis(x, axis), index);
        var rows = Reshape(Slice(Stored("ScatterAlong", source, x), Dims.Repeat(0, source.Type.Rank), index.Shape), [index.Type.Count]);
        return Reshape(Make(new Scatter(0, add), Reshape(x, [x.Type.Count]), flat, rows), x.Shape);
    }

    /// <summary>The position of the first largest element along an axis, which vanishes.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="keep">Keep the axis, with size 1.</param>
    public static Node ArgMax(Node x, int axis, bool keep = false) => Best(x, axis, keep);

    private static Node Best(Node x, int axis, bool keep, [CallerMemberName] string operation = "")
    {
        var a = Axis(RealOnly(x, operation), axis, operation);
        if (x.Shape[a] == 0) throw new ShapeException($"{operation}: {x.Type} has no elements along axis {a}");
        var y = Make(new Primitives.ArgMax(a), x);
        return keep ? Unsqueeze(y, a) : y;
    }

    // The order the other way round.
    private static Node Opposite(Node x) => x.DType.IsSmooth ? -x : -1 - Cast(x, DType.Int64);

    /// <summary>The position of the first smallest element along an axis, which vanishes.</summary>
    /// <inheritdoc cref="ArgMax"/>
    public static Node ArgMin(Node x, int axis, bool keep = false) =>
        Best(Opposite(x), axis, keep);

    /// <summary>The largest elements along an axis and their positions; the first of equals takes the derivative.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="keep">Keep the axis, with size 1.</param>
    public static (Node Values, Node Indices) MaxAlong(Node x, int axis, bool keep = false) => Picked(x, axis, Best(x, axis, keep: true), keep);

    /// <summary>The smallest elements along an axis and their positions; the first of equals takes the derivative.</summary>
    /// <inheritdoc cref="MaxAlong"/>
    public static (Node Values, Node Indices) MinAlong(Node x, int axis, bool keep = false) => Picked(x, axis, Best(Opposite(x), axis, keep: true), keep);

    private static (Node Values, Node Indices) Picked(Node x, int axis, Node index, bool keep)
    {
        var (values, a) = (Gather(x, axis, index), Axis(x, axis));
        return keep ? (values, index) : (Squeeze(values, a), Squeeze(index, a));
    }

    /// <summary>Sorted elements along an axis and where they came from; stable.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="descending">Largest first.</param>
    public static (Node Values, Node Indices) Sort(Node x, int axis = -1, bool descending = false)
    {
        if (RealOnly(x).Type.Rank == 0) return (x, Scalar(0, DType.Int64));
        var index = Make(new ArgSort(Axis(x, axis), descending), x);
        return (Gather(x, axis, index), index);
    }

    /// <summary>The k largest (or smallest) elements along an axis, sorted, and where they came from.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="k">How many.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="largest">The largest; otherwise the smallest.</param>
    public static (Node Values, Node Indices) TopK(Node x, long k, int axis = -1, bool largest = true)
    {
        var a = Axis(RealOnly(x), axis);
        if (k < 0 || k > x.Shape[a]) throw new ShapeException($"TopK: {k} of {x.Type} along axis {a}");
        var index = SliceAxis(Make(new ArgSort(a, largest), x), a, 0, k);
        return (Gather(x, a, index), index);
    }

    /// <summary>A last axis of the given size that is 1 at each index and 0 elsewhere.</summary>
    /// <param name="index">Integers from 0.</param>
    /// <param name="classes">The size of the new axis.</param>
    /// <param name="dtype">The element type of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">When evaluated: an index is negative, or no smaller than <paramref name="classes"/>.</exception>
    public static Node OneHot(Node index, long classes, DType dtype = DType.Int64)
    {
        var all = Arange(classes);
        return Cast(Equal(Unsqueeze(Primitives.Take.Within(Whole(index), classes), -1), all), dtype);
    }
}
