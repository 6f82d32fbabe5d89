using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    /// <summary>The same value, cut off from differentiation.</summary>
    /// <param name="x">The tensor.</param>
    public static Node Detach(Node x) => new(Primitives.Detach.Instance, x);

    /// <summary>Inserts an axis of size 1.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">Its place in the result; negative counts from the end.</param>
    public static Node Unsqueeze(Node x, int axis) => Reshape(x, x.Shape.Inserted(Axis(x.Type.Rank + 1, axis, x.Type), 1));

    /// <summary>Drops an axis of size 1.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <exception cref="ShapeException">The axis is of another size.</exception>
    public static Node Squeeze(Node x, int axis)
    {
        var a = Axis(x, axis);
        return x.Shape[a] == 1 ? Reshape(x, x.Shape.Without(a)) : throw new ShapeException($"Squeeze: axis {axis} of {x.Type} is not of size 1");
    }

    /// <summary>Swaps the last two axes.</summary>
    /// <param name="x">The tensor, of rank 2 or more.</param>
    public static Node Transpose(Node x) => x.Type.Rank >= 2 ? SwapAxes(x, -1, -2) : throw new ShapeException($"Transpose: {x.Type} is no matrix");

    /// <summary>Swaps two axes.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="a">One axis.</param>
    /// <param name="b">The other axis.</param>
    public static Node SwapAxes(Node x, int a, int b)
    {
        var (i, j) = (Axis(x, a), Axis(x, b));
        return Permute(x, Dims.Range(x.Type.Rank).With(i, j).With(j, i));
    }

    /// <summary>Moves an axis to another place; the others keep their order.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="from">The axis; negative counts from the end.</param>
    /// <param name="to">Its place in the result; negative counts from the end.</param>
    public static Node MoveAxis(Node x, int from, int to)
    {
        var (i, j) = (Axis(x, from), Axis(x, to));
        return Permute(x, Dims.Range(x.Type.Rank).Without(i).Inserted(j, i));
    }

    /// <summary>One axis cut into pieces, each of which is unfolded to a shape in its place.</summary>
    internal static ImmutableArray<Node> Pieces(Node x, int axis, IEnumerable<Dims> shapes)
    {
        var pieces = ImmutableArray.CreateBuilder<Node>();
        var start = 0L;
        foreach (var shape in shapes)
        {
            pieces.Add(Reshape(SliceAxis(x, axis, start, start + shape.Product), [.. x.Shape[..axis], .. shape, .. x.Shape[(axis + 1)..]]));
            start += shape.Product;
        }
        return pieces.ToImmutable();
    }

    /// <summary>Elements start … stop − 1 along one axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="start">The first position.</param>
    /// <param name="stop">The position after the last.</param>
    /// <param name="step">The positive distance between positions.</param>
    /// <exception cref="ShapeException">The positions do not lie within the axis, or the step is not positive.</exception>
    public static Node SliceAxis(Node x, int axis, long start, long stop, long step = 1)
    {
        var (a, rank) = (Axis(x, axis), x.Type.Rank);
        if (step < 1) throw new ShapeException($"SliceAxis: the step {step} of {x.Type} along axis {a} is not positive");
        var size = stop <= start ? 0 : (stop - start - 1) / step + 1;
        return Slice(x, Dims.Repeat(0, rank).With(a, start), x.Shape.With(a, size), Dims.Repeat(1, rank).With(a, step));
    }

    /// <summary>
    /// Moves elements along axes; those that leave at one end enter at the other. https://pytorch.org/docs/2.6/generated/torch.roll.html
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shifts">How far, for each axis; negative towards the start.</param>
    /// <param name="axes">The axes; negative ones count from the end. When left out, all elements move in row-major order.</param>
    /// <exception cref="ShapeException">There are not as many shifts as axes, or an axis is out of range.</exception>
    public static Node Roll(Node x, Dims shifts, Dims? axes = null)
    {
        if (shifts.Count != (axes?.Count ?? 1)) throw new ShapeException($"Roll: {shifts.Count} shifts along {axes?.Count ?? 1} axes of {x.Type}");
        if (axes is not { } along) return Reshape(Roll(Reshape(x, [x.Type.Count]), shifts, 0), x.Shape);
        foreach (var (shift, axis) in shifts.Zip(along))
        {
            var (a, n) = (Axis(x, axis), x.Shape[Axis(x, axis)]);
            if (n > 0 && (n - shift % n) % n is > 0 and var cut) x = Concat([SliceAxis(x, a, cut, n), SliceAxis(x, a, 0, cut)], a);
        }
        return x;
    }

    /// <summary>Adds elements of one value before and after each axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="before">How many before, for each axis.</param>
    /// <param name="after">How many after, for each axis.</param>
    /// <param name="value">The value.</param>
    public static Node Pad(Node x, Dims before, Dims after, double value = 0) => Pad(x, before, after, value == 0 ? null : Scalar(value));

    private static Node Pad(Node x, Dims before, Dims after, Node? value)
    {
        if (before.Count != x.Type.Rank || after.Count != x.Type.Rank) throw new ShapeException($"Pad: {before} before and {after} after do not fit {x.Type}");
        var shape = Dims.Build(x.Type.Rank, k => x.Shape[k] + before[k] + after[k]);
        var ones = Dims.Repeat(1, shape.Count);
        var padded = PadTo(x, shape, before, ones);
        return value is null || shape == x.Shape ? padded : Where(PadTo(Full(new TensorType(DType.Bool, x.Shape), 1), shape, before, ones), padded, value);
    }

    /// <summary>Joins tensors along a new axis.</summary>
    /// <param name="tensors">Tensors of one shape; their element types are promoted.</param>
    /// <param name="axis">The place of the new axis; negative counts from the end.</param>
    /// <exception cref="ShapeException">The tensors have different shapes, or there are none, or there is no such place.</exception>
    public static Node Stack(IReadOnlyList<Node> tensors, int axis = 0)
    {
        if (tensors.Count == 0) throw new ShapeException("Stack: no tensors");
        var first = tensors[0].Type;
        if (tensors.FirstOrDefault(t => t.Shape != first.Shape) is { } other) throw new ShapeException($"Stack: {first} and {other.Type} differ in shape");
        var (a, dtype) = (Axis(first.Rank + 1, axis, first), Common(tensors));
        return Concat([.. tensors.Select(t => Unsqueeze(Fitted(t, dtype), a))], a);
    }

    /// <summary>The diagonal over two axes, which vanish; the diagonal comes last.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="offset">Above (positive) or below the main diagonal.</param>
    /// <param name="axis1">The row axis.</param>
    /// <param name="axis2">The column axis.</param>
    public static Node Diagonal(Node x, long offset = 0, int axis1 = 0, int axis2 = 1)
    {
        var (order, flat, start, count, step) = DiagonalPlaces(x, offset, axis1, axis2);
        return SliceAxis(Reshape(Permute(x, order), flat), -1, start, count == 0 ? start : start + (count - 1) * step + 1, step);
    }

    /// <summary>Overwrites the diagonal over two axes.</summary>
    /// <param name="x">The whole.</param>
    /// <param name="diagonal">The new diagonal, of the shape that <see cref="Diagonal"/> gives.</param>
    /// <param name="offset">Above (positive) or below the main diagonal.</param>
    /// <param name="axis1">The row axis.</param>
    /// <param name="axis2">The column axis.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Node InsertDiagonal(Node x, Node diagonal, long offset = 0, int axis1 = 0, int axis2 = 1)
    {
        var (order, flat, start, count, step) = DiagonalPlaces(x, offset, axis1, axis2);
        var rank = flat.Count;
        if (diagonal.Shape != flat.With(rank - 1, count)) throw new ShapeException($"InsertDiagonal: {diagonal.Type} is no diagonal of {x.Type}");
        if (count == 0) return x;
        var written = Insert(Reshape(Permute(x, order), flat), Stored("InsertDiagonal", diagonal, x), Dims.Repeat(0, rank).With(rank - 1, start), Dims.Repeat(1, rank).With(rank - 1, step));
        return Permute(Reshape(written, x.Shape.Pick(order)), new Permute(order).Inverse);
    }

    // With the two axes last and joined, a diagonal is every (columns + 1)-th element.
    private static (Dims Order, Dims Flat, long Start, long Count, long Step) DiagonalPlaces(Node x, long offset, int axis1, int axis2, [CallerMemberName] string operation = "")
    {
        var (i, j) = (Axis(x, axis1, operation), Axis(x, axis2, operation));
        if (i == j) throw new ShapeException($"{operation}: the axes of {x.Type} must differ");
        var rest = Dims.From(Dims.Range(x.Type.Rank).Where(k => k != i && k != j));
        var (rows, columns) = (x.Shape[i], x.Shape[j]);
        var count = Math.Max(0, offset >= 0 ? Math.Min(rows, columns - offset) : Math.Min(rows + offset, columns));
        return ([.. rest, i, j], [.. x.Shape.Pick(rest), rows * columns], count == 0 ? 0 : offset >= 0 ? offset : -offset * columns, count, columns + 1);
    }

    /// <summary>Matrices with the last axis on a diagonal; the transpose of <see cref="Diagonal"/>.</summary>
    /// <param name="x">The diagonals.</param>
    /// <param name="offset">Above (positive) or below the main diagonal.</param>
    public static Node DiagonalEmbed(Node x, long offset = 0)
    {
        var n = x.Shape[Axis(x, -1)] + Math.Abs(offset);
        var start = offset >= 0 ? offset : -offset * n;
        var flat = x.Shape.With(x.Type.Rank - 1, n * n);
        var rank = x.Type.Rank;
        return Reshape(PadTo(x, flat, Dims.Repeat(0, rank).With(rank - 1, start), Dims.Repeat(1, rank).With(rank - 1, n + 1)), [.. x.Shape[..^1], n, n]);
    }

    /// <summary>
    /// A matrix with a vector on a diagonal, or the diagonal of a matrix. https://pytorch.org/docs/2.6/generated/torch.diag.html
    /// </summary>
    /// <param name="x">A vector or a matrix.</param>
    /// <param name="offset">Above (positive) or below the main diagonal.</param>
    /// <exception cref="ShapeException">It is neither.</exception>
    public static Node Diag(Node x, long offset = 0) => x.Type.Rank switch
    {
        1 => DiagonalEmbed(x, offset),
        2 => Diagonal(x, offset),
        _ => throw new ShapeException($"Diag: {x.Type} is neither a vector nor a matrix"),
    };

    /// <summary>
    /// The sum of the main diagonal of the last two axes; integers and truth values are summed as int64. https://pytorch.org/docs/2.6/generated/torch.trace.html
    /// </summary>
    /// <param name="x">The matrices.</param>
    /// <exception cref="ShapeException">There are fewer than two axes.</exception>
    public static Node Trace(Node x) => x.Type.Rank >= 2 ? Sum(Diagonal(x, 0, -2, -1), -1) : throw new ShapeException($"Trace: {x.Type} is no matrix");

    /// <summary>Keeps the elements on and below a diagonal of the last two axes.</summary>
    /// <param name="x">The matrices.</param>
    /// <param name="diagonal">Above (positive) or below the main diagonal.</param>
    public static Node Tril(Node x, long diagonal = 0) => Where(Offsets(x) <= diagonal, x, Scalar(0, x.DType));

    /// <summary>Keeps the elements on and above a diagonal of the last two axes.</summary>
    /// <param name="x">The matrices.</param>
    /// <param name="diagonal">Above (positive) or below the main diagonal.</param>
    public static Node Triu(Node x, long diagonal = 0) => Where(Offsets(x) >= diagonal, x, Scalar(0, x.DType));

    // How far above the main diagonal each element lies.
    private static Node Offsets(Node x, [CallerMemberName] string operation = "") => x.Type.Rank >= 2 ? Arange(x.Shape[^1]) - Unsqueeze(Arange(x.Shape[^2]), 1)
        : throw new ShapeException($"{operation}: {x.Type} is no matrix");
}
