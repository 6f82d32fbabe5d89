using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Functional.Autograd.Primitives;

/// <summary>A leaf: a value given from outside.</summary>
public sealed record Input : Op
{
    /// <summary>The instance; the type stands in the node.</summary>
    public static readonly Input Instance = new();

    // An equal op that is known by reference; see Node.Result.
    internal static readonly Input Result = new();

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) =>
        throw new InvalidOperationException("an input is made by Node.Leaf or Node.Placeholder");

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => y;
}

/// <summary>
/// A scalar constant, exact in its own type. Floating-point values are held as float64 bits, all others as a 64-bit integer.
/// </summary>
/// <param name="DType">The element type.</param>
/// <param name="Bits">The value.</param>
/// <param name="IsNumber">Whether it takes the type of the tensor that it meets; see <see cref="TensorType.IsNumber"/>.</param>
public sealed record Literal(DType DType, long Bits, bool IsNumber = false) : Op
{
    /// <summary>The value as a float64; rounded for an int64 beyond 2⁵³.</summary>
    public double Value => DType.IsFloat ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    /// <summary>The nearest literal: rounded for float32, and once more for half types; for integers cut towards zero (NaN to 0) and wrapped; non-zero is true.</summary>
    /// <param name="value">The value.</param>
    /// <param name="dtype">The element type, which is not complex.</param>
    public static Literal Of(double value, DType dtype) =>
        dtype.IsFloat ? new(dtype, BitConverter.DoubleToInt64Bits(Rounded(value, dtype))) :
        dtype == DType.Bool ? new(dtype, value != 0 ? 1 : 0) : Of((long)value, dtype);

    /// <summary>The nearest literal: rounded once for floating-point types; wrapped for integers; non-zero is true.</summary>
    /// <param name="value">The value.</param>
    /// <param name="dtype">The element type.</param>
    public static Literal Of(long value, DType dtype)
    {
        if (dtype == DType.Bool) return new(dtype, value != 0 ? 1 : 0);
        // Float32 rounds a long once; by way of a double it would be twice.
        if (dtype.IsFloat) return Of(dtype.Compute == DType.Float32 ? (float)value : (double)value, dtype);
        var wrapped = new Wrapped(value);
        return new(dtype, Dispatch.Visit<Wrapped, long>(dtype, ref wrapped));
    }

    private readonly struct Wrapped(long value) : IElementVisitor<long>
    {
        public long Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => long.CreateTruncating(T.CreateTruncating(value));
    }

    /// <summary>The nearest number of a real floating-point type.</summary>
    internal static double Rounded(double value, DType dtype) => dtype switch
    {
        DType.Float64 => value,
        DType.Float32 => (float)value,
        DType.Float16 => (double)(Half)(float)value,
        DType.BFloat16 => (BFloat16)(float)value,
        _ => throw dtype.Unknown,
    };

    /// <summary>The value in another type, as <see cref="Cast"/> converts it.</summary>
    /// <param name="dtype">The element type.</param>
    public Literal As(DType dtype) => DType.IsFloat ? Of(Value, dtype) : Of(Bits, dtype);

    /// <summary>Whether it is this number.</summary>
    /// <param name="value">The number.</param>
    public bool Is(long value) => DType.IsFloat ? Value == value : Bits == value;

    /// <summary>−x, in the type's own arithmetic.</summary>
    internal Literal Negated => (DType.IsFloat ? Of(-Value, DType) : Of(-Bits, DType)) with { IsNumber = IsNumber };

    /// <summary>a op b of one type, in the type's own arithmetic: integers wrap. None where it is left to the backend.</summary>
    internal static Literal? Fold(Binary op, Literal a, Literal b)
    {
        var folded = a.DType.IsFloat ? Fold(op, a.Value, b.Value, a.DType) : Fold(op, a.Bits, b.Bits, a.DType);
        return folded is null ? null : folded with { IsNumber = a.IsNumber && b.IsNumber && !op.IsComparison };
    }

    // Float32 operands are exact in float64, and one operation in float64, rounded, is the operation in float32.
    private static Literal? Fold(Binary op, double a, double b, DType type) =>
        op == Binary.Add ? Of(a + b, type) : op == Binary.Mul ? Of(a * b, type) : op == Binary.Div ? Of(a / b, type) :
        op == Binary.Equal ? Truth(a == b) : op == Binary.Less ? Truth(a < b) : op == Binary.LessEqual ? Truth(a <= b) : null;

    private static Literal? Fold(Binary op, long a, long b, DType type) =>
        op == Binary.Add ? Of(a + b, type) : op == Binary.Mul ? Of(a * b, type) :
        op == Binary.Equal ? Truth(a == b) : op == Binary.Less ? Truth(a < b) : op == Binary.LessEqual ? Truth(a <= b) : null;

    private static Literal Truth(bool holds) => new(DType.Bool, holds ? 1 : 0);

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => IsNumber ? TensorType.Number(DType) : TensorType.Scalar(DType);

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => y;

    /// <inheritdoc/>
    public bool Equals(Literal? other) => other is not null && DType == other.DType && Bits == other.Bits && IsNumber == other.IsNumber;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DType, Bits, IsNumber);

    private protected override string Text => (IsNumber ? "bare " : "") +
        (!DType.IsFloat ? Bits.ToString(CultureInfo.InvariantCulture) : double.IsNaN(Value) && Bits != BitConverter.DoubleToInt64Bits(double.NaN) ? $"NaN(0x{Bits:X16})" : Value.ToString("R", CultureInfo.InvariantCulture));
}

/// <summary>The integers 0 … Length − 1.</summary>
/// <param name="Length">How many.</param>
/// <param name="DType">The element type.</param>
public sealed record Iota(long Length, DType DType) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) =>
        !Takes(DType) ? throw new ShapeException($"Iota is not defined for {DType.ToString().ToLowerInvariant()}") : DType.IsFloat || Length == 0 || Literal.Of(Length - 1, DType).Bits == Length - 1 ? new(DType, [Length])
            : throw new ShapeException($"Iota: the integers below {Length} do not fit in {DType.ToString().ToLowerInvariant()}");

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => y;

    private protected override string Text => $"Iota({Length}, {DType.ToString().ToLowerInvariant()})";
}
