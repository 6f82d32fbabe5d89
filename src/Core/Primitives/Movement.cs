using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Primitives;

/// <summary>An operation that places elements without computing; all are linear, and closed under transposition.</summary>
public abstract record Movement : Op
{
    private protected Movement() { }

    internal override Handling Elements => Handling.Moves;

    private protected static ShapeException Bad(Op op, TensorType type) => new($"{op} does not fit {type}");
}

/// <summary>The same elements in row-major order under another shape.</summary>
/// <param name="Shape">The sizes of the result.</param>
public sealed record Reshape(Dims Shape) : Movement
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        return Shape.Product == x.Count ? x.Reshaped(Shape) : throw Bad(this, x);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var from = y.Inputs[0].Shape;
        return new LinearMap.Self(c => Ops.Reshape(c, from));
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => Ops.Reshape(rows[0]!, [rows[0]!.Shape[0], .. Shape]);

    private protected override string Text => $"Reshape({Shape})";
}

/// <summary>Axis k of the result is axis Axes[k] of the operand.</summary>
/// <param name="Axes">A permutation.</param>
public sealed record Permute(Dims Axes) : Movement
{
    /// <summary>The permutation that undoes this one.</summary>
    public Dims Inverse => Dims.Build(Axes.Count, k => Axes.Span.IndexOf(k));

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        return IsPermutation(x.Rank) ? x.Reshaped(x.Shape.Pick(Axes)) : throw Bad(this, x);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => new LinearMap.Self(c => Ops.Permute(c, Inverse));

    private bool IsPermutation(int rank)
    {
        for (var k = 0; k < rank; k++)
            if (!Axes.Span.Contains(k)) return false;
        return Axes.Count == rank;
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => Ops.Permute(rows[0]!, [0, .. Axes.Next]);

    private protected override string Text => $"Permute({Axes})";
}

/// <summary>Repeats axes of size 1 to the given sizes; the rank stays.</summary>
/// <param name="Shape">The sizes of the result.</param>
public sealed record Broadcast(Dims Shape) : Movement
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        if (x.Rank != Shape.Count) throw Bad(this, x);
        for (var k = 0; k < x.Rank; k++)
            if (x.Shape[k] != Shape[k] && x.Shape[k] != 1) throw Bad(this, x);
        return x.Reshaped(Shape);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var from = y.Inputs[0].Shape;
        return new LinearMap.Self(c => SumTo(c, from));
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => Ops.Broadcast(rows[0]!, [rows[0]!.Shape[0], .. Shape]);

    private protected override string Text => $"Broadcast({Shape})";
}

/// <summary>Elements Start, Start + Step, … of every axis, as many as Shape says.</summary>
/// <param name="Start">The first position along each axis.</param>
/// <param name="Shape">The sizes of the result.</param>
/// <param name="Step">The positive distance between positions.</param>
public sealed record Slice(Dims Start, Dims Shape, Dims Step) : Movement
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        return Box.Fits(x.Shape, Start, Shape, Step) ? x.Reshaped(Shape) : throw Bad(this, x);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var from = y.Inputs[0].Shape;
        return new LinearMap.Self(c => Ops.PadTo(c, from, Start, Step));
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => Ops.Slice(rows[0]!, [0, .. Start], [rows[0]!.Shape[0], .. Shape], [1, .. Step]);

    private protected override string Text => $"Slice({Start} +{Shape} by {Step})";
}

/// <summary>Places the operand at Start, Start + Step, … of a tensor of zeros; the transpose of <see cref="Slice"/>.</summary>
/// <param name="Shape">The sizes of the result.</param>
/// <param name="Start">The first position along each axis.</param>
/// <param name="Step">The positive distance between positions.</param>
public sealed record Pad(Dims Shape, Dims Start, Dims Step) : Movement
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        return Box.Fits(Shape, Start, x.Shape, Step) ? x.Reshaped(Shape) : throw Bad(this, x);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var size = y.Inputs[0].Shape;
        return new LinearMap.Self(c => Ops.Slice(c, Start, size, Step));
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => Ops.PadTo(rows[0]!, [rows[0]!.Shape[0], .. Shape], [0, .. Start], [1, .. Step]);

    private protected override string Text => $"Pad({Shape} from {Start} by {Step})";
}

/// <summary>Reverses the order along some axes.</summary>
/// <param name="Axes">The axes, ascending.</param>
public sealed record Flip(Dims Axes) : Movement
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        return Axes.AreAxesOf(x) ? x : throw Bad(this, x);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => new LinearMap.Self(c => Ops.Flip(c, Axes));

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => Ops.Flip(rows[0]!, Axes.Next);

    private protected override string Text => $"Flip({Axes})";
}

/// <summary>Joins tensors along an axis.</summary>
/// <param name="Axis">The axis.</param>
public sealed record Concat(int Axis) : Movement
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        if (inputs.IsEmpty) throw Mismatch("Concat");
        var first = inputs[0].Type;
        if (Axis < 0 || Axis >= first.Rank) throw Bad(this, first);
        var total = 0L;
        foreach (var x in inputs)
        {
            if (x.DType != first.DType || x.Type.Rank != first.Rank || !x.Shape.Span[..Axis].SequenceEqual(first.Shape.Span[..Axis]) || !x.Shape.Span[(Axis + 1)..].SequenceEqual(first.Shape.Span[(Axis + 1)..]))
                throw Mismatch("Concat", [.. inputs.Select(i => i.Type)]);
            total += x.Shape[Axis];
        }
        return first.Reshaped(first.Shape.With(Axis, total));
    }

    /// <summary>Where an operand begins in the result.</summary>
    /// <param name="y">The application.</param>
    /// <param name="operand">The position of the operand.</param>
    public Dims Start(Node y, int operand)
    {
        var offset = 0L;
        for (var i = 0; i < operand; i++) offset += y.Inputs[i].Shape[Axis];
        return Dims.Repeat(0, y.Type.Rank).With(Axis, offset);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var (start, size) = (Start(y, operand), y.Inputs[operand].Shape);
        return new LinearMap.Adjoint(c => Ops.Slice(c, start, size));
    }

    // All parts at once: one by one, each would look for its place among all.
    internal override void Pull(Node y, Node c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
    {
        var start = Dims.Repeat(0, y.Type.Rank);
        for (var k = 0; k < active.Length; k++)
        {
            var size = y.Inputs[k].Shape;
            if (active[k]) cotangents[k] = Ops.Slice(c, start, size);
            start = start.With(Axis, start[Axis] + size[Axis]);
        }
    }

    internal override Node? Push(Node y, ReadOnlySpan<Node?> tangents) => new(this, [.. tangents.ToArray().Select((t, k) => t ?? Full(y.Inputs[k].Type, 0))]);

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(new Concat(Axis + 1), Each(y, rows));

    private protected override string Text => $"Concat({Axis})";
}

/// <summary>Overwrites a box of the first operand with the second.</summary>
/// <param name="Start">The first position along each axis.</param>
/// <param name="Step">The positive distance between positions.</param>
public sealed record Insert(Dims Start, Dims Step) : Movement
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var (whole, part) = (inputs[0].Type, inputs[1].Type);
        return whole.DType == part.DType && Box.Fits(whole.Shape, Start, part.Shape, Step) ? whole : throw Mismatch(Text, whole, part);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var part = y.Inputs[1].Type;
        return operand == 0
            ? new LinearMap.Adjoint(c => Ops.Insert(c, Full(part, 0), Start, Step))
            : new LinearMap.Adjoint(c => Ops.Slice(c, Start, part.Shape, Step));
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(new Insert([0, .. Start], [1, .. Step]), Each(y, rows));

    private protected override string Text => $"Insert({Start} by {Step})";
}

internal static class Box
{
    public static bool Fits(Dims whole, Dims start, Dims size, Dims step)
    {
        if (start.Count != whole.Count || size.Count != whole.Count || step.Count != whole.Count) return false;
        for (var k = 0; k < whole.Count; k++)
            if (start[k] < 0 || size[k] < 0 || !Fits(whole[k] - start[k], size[k], step[k])) return false;
        return true;
    }

    /// <summary>Whether places 0, step, …, as many as said, lie within a length. Any numbers may be asked about: nothing overflows.</summary>
    public static bool Fits(long length, long count, long step) => step >= 1 && (count <= 0 || (length >= 1 && count - 1 <= (length - 1) / step));
}
