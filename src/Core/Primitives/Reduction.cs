using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Primitives;

/// <summary>How a reduction combines elements.</summary>
public enum Combine
{
    /// <summary>Addition; 0 for no elements.</summary>
    Sum,
    /// <summary>Multiplication; 1 for no elements.</summary>
    Prod,
    /// <summary>The largest; NaN wins. Not defined for no elements.</summary>
    Max,
    /// <summary>The smallest; NaN wins. Not defined for no elements.</summary>
    Min,
}

/// <summary>Combines the elements along some axes, which vanish from the shape.</summary>
/// <param name="How">The combination.</param>
/// <param name="Axes">The axes, ascending.</param>
public sealed record Reduce(Combine How, Dims Axes) : Op
{
    internal override Handling Elements => How == Combine.Sum ? Handling.Adds : Handling.Computes;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        if (!Axes.AreAxesOf(x)) throw new ShapeException($"{this} does not fit {x}");
        if (x.DType == DType.Bool && How is Combine.Sum or Combine.Prod) throw new ShapeException($"{this} is not defined for {x}; cast it first");
        var kept = x.Shape.Without(Axes);
        if (How is Combine.Max or Combine.Min && x.Count == 0 && kept.Product > 0)
            throw new ShapeException($"{this} of {x}: a reduction over no elements has no identity");
        return x.Reshaped(kept);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var x = y.Inputs[0];
        if (!x.DType.IsFloat) return LinearMap.Zero;
        Node Spread(Node c) => Unreduce(c, x.Shape, Axes);
        if (How == Combine.Sum) return new LinearMap.Self(Spread);
        if (How == Combine.Prod) return new LinearMap.Adjoint(c => Spread(c) * ProductOfOthers(x, Axes));
        // Ties share evenly, and NaN wins over numbers, as in PyTorch's max; what has not won never sees the cotangent.
        var won = Or(Equal(x, Spread(y)), IsNaN(x));
        return new LinearMap.Adjoint(c => Where(won, Spread(c / ReduceOver(Combine.Sum, Ops.Cast(won, x.DType), Axes)), 0));
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this with { Axes = Axes.Next }, rows[0]!);

    private protected override string Text => $"{How}{(How is Combine.Max or Combine.Min ? "Over" : "")}({Axes})";
}

/// <summary>The position of the first largest element along an axis, which vanishes; NaN counts as largest.</summary>
/// <param name="Axis">The axis.</param>
public sealed record ArgMax(int Axis) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        if (Axis < 0 || Axis >= x.Rank || x.Shape[Axis] == 0) throw new ShapeException($"{this} does not fit {x}");
        return new(DType.Int64, x.Shape.Without(Axis));
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(new ArgMax(Axis + 1), rows[0]!);

    private protected override string Text => $"ArgMax({Axis})";
}

/// <summary>Running sums along an axis.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Reverse">From the end.</param>
public sealed record CumSum(int Axis, bool Reverse) : Op
{
    internal override Handling Elements => Handling.Adds;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        return Axis >= 0 && Axis < x.Rank && x.DType != DType.Bool ? x : throw new ShapeException($"{this} does not fit {x}");
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) =>
        y.DType.IsFloat ? new LinearMap.Self(c => Ops.Make(new CumSum(Axis, !Reverse), c)) : LinearMap.Zero;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this with { Axis = Axis + 1 }, rows[0]!);

    private protected override string Text => Reverse ? $"CumSum({Axis}, reverse)" : $"CumSum({Axis})";
}
