using System.Collections.Immutable;
using System.Globalization;

namespace Functional.Autograd.Primitives;

/// <summary>A leaf: a value given from outside.</summary>
public sealed record Input : Op
{
    /// <summary>The only instance; the type stands in the node.</summary>
    public static readonly Input Instance = new();

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) =>
        throw new InvalidOperationException("an input is made by Node.Leaf or Node.Placeholder");

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;
}

/// <summary>A scalar constant. Floating-point values are held as float64 bits, all others as a 64-bit integer.</summary>
/// <param name="DType">The element type.</param>
/// <param name="Bits">The value.</param>
public sealed record Literal(DType DType, long Bits) : Op
{
    /// <summary>The value as a float64.</summary>
    public double Value => DType.IsFloat ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => TensorType.Scalar(DType);

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;

    /// <inheritdoc/>
    public bool Equals(Literal? other) => other is not null && DType == other.DType && Bits == other.Bits;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DType, Bits);

    private protected override string Text => DType.IsFloat ? Value.ToString("R", CultureInfo.InvariantCulture) : Bits.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The integers 0 … Length − 1.</summary>
/// <param name="Length">How many.</param>
/// <param name="DType">The element type.</param>
public sealed record Iota(long Length, DType DType) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => new(DType, [Length]);

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;
}
