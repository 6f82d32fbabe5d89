using System.Collections.Immutable;

namespace Functional.Autograd.Primitives;

/// <summary>
/// Overlapping windows along one axis: result[…, i, …, k] = x[…, i·Stride + k·Dilation, …], where the window's own axis
/// comes last. A view: nothing is copied. Convolution and pooling are made of it.
/// </summary>
/// <param name="Axis">The axis.</param>
/// <param name="Size">Elements in a window.</param>
/// <param name="Stride">Distance between windows.</param>
/// <param name="Dilation">Distance between the elements of a window.</param>
public sealed record Windows(int Axis, long Size, long Stride, long Dilation) : Movement
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        return Over(x.Shape) is { } shape ? x.Reshaped(shape) : throw Bad(this, x);
    }

    /// <summary>The shape of the windows over a tensor of some shape; null where they do not fit.</summary>
    internal Dims? Over(Dims whole)
    {
        if (Axis < 0 || Axis >= whole.Count || Size < 1 || Stride < 1 || !Box.Fits(whole[Axis], Size, Dilation)) return null;
        return [.. whole.With(Axis, (whole[Axis] - (Size - 1) * Dilation - 1) / Stride + 1), Size];
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var length = y.Inputs[0].Shape[Axis];
        return new LinearMap.Self(c => Ops.Make(new Fold(this, length), c));
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this with { Axis = Axis + 1 }, rows[0]!);

    private protected override string Text => $"Windows(axis {Axis}, size {Size}, stride {Stride}, dilation {Dilation})";
}

/// <summary>Adds windows back to where they came from; the transpose of <see cref="Windows"/>.</summary>
/// <param name="Of">The windows.</param>
/// <param name="Length">The size of the axis in the result.</param>
public sealed record Fold(Windows Of, long Length) : Movement
{
    internal override Handling Elements => Handling.Adds;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        if (x.DType == DType.Bool || Of.Axis < 0 || Of.Axis >= x.Rank - 1) throw Bad(this, x);
        var whole = x.Shape[..^1].With(Of.Axis, Length);
        return Of.Over(whole) == x.Shape ? x.Reshaped(whole) : throw Bad(this, x);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => new LinearMap.Self(c => Ops.Make(Of, c));

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this with { Of = Of with { Axis = Of.Axis + 1 } }, rows[0]!);

    private protected override string Text => $"Fold({Of}, {Length})";
}
