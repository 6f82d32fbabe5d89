using System.Collections.Immutable;

namespace Functional.Autograd;

/// <summary>What is known of a tensor before it is computed: its element type and its shape.</summary>
public sealed class TensorType : IEquatable<TensorType>
{
    /// <summary>Makes a type.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="shape">The sizes; none for a scalar.</param>
    /// <exception cref="ShapeException">A size is negative, or the number of bytes does not fit in 64 bits.</exception>
    public TensorType(DType dtype, Dims shape) : this(dtype, shape, isNumber: false) { }

    private TensorType(DType dtype, Dims shape, bool isNumber)
    {
        foreach (var n in shape.Span)
            if (n < 0) throw new ShapeException($"a size in shape {shape} is negative");
        DType = dtype;
        Shape = shape;
        Count = shape.Product;
        IsNumber = isNumber;
        if (Count > long.MaxValue / dtype.Size) throw new ShapeException($"the size in bytes of {this} does not fit in 64 bits");
    }

    private TensorType(ImmutableArray<TensorType> parts) => (DType, Shape, Parts) = (DType.Bool, 0, parts);

    private static readonly TensorType[] Scalars = [.. Enum.GetValues<DType>().Select(d => new TensorType(d, Dims.Empty))];
    private static readonly TensorType[] Numbers = [.. Enum.GetValues<DType>().Select(d => new TensorType(d, Dims.Empty, isNumber: true))];

    /// <summary>The type of a scalar.</summary>
    /// <param name="dtype">The element type.</param>
    public static TensorType Scalar(DType dtype) => Scalars[(int)dtype];

    /// <summary>The type of a bare number, which takes the element type of the tensor that it meets.</summary>
    /// <param name="dtype">The element type where it meets none.</param>
    public static TensorType Number(DType dtype) => Numbers[(int)dtype];

    /// <summary>The type of several results at once.</summary>
    /// <param name="parts">The type of each.</param>
    public static TensorType Tuple(ImmutableArray<TensorType> parts) => new(parts);

    /// <summary>The types of several results; empty for a tensor.</summary>
    public ImmutableArray<TensorType> Parts { get; } = [];

    /// <summary>Whether it is the type of several results, which are read one by one.</summary>
    public bool IsTuple => !Parts.IsEmpty;

    // One element that fits 64 bits: it is held in the object itself, and passed by value.
    internal bool IsWord => Count == 1 && DType.Size <= sizeof(long);

    // Whether derivatives pass.
    internal bool IsSmooth => DType.IsSmooth || IsTuple;

    /// <summary>
    /// Whether it is the type of a bare number: a literal whose type nobody named, or what such literals alone compute. Types that
    /// differ in nothing else are equal; see <see cref="DTypes.PromoteNumber"/>.
    /// </summary>
    public bool IsNumber { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The sizes.</summary>
    public Dims Shape { get; }

    /// <summary>How many elements there are.</summary>
    public long Count { get; }

    /// <summary>How many dimensions there are.</summary>
    public int Rank => Shape.Count;

    /// <summary>A float64 tensor type of the given sizes.</summary>
    /// <param name="shape">The sizes.</param>
    public static TensorType Float64(params ReadOnlySpan<long> shape) => new(DType.Float64, Dims.Create(shape));

    /// <summary>A float32 tensor type of the given sizes.</summary>
    /// <param name="shape">The sizes.</param>
    public static TensorType Float32(params ReadOnlySpan<long> shape) => new(DType.Float32, Dims.Create(shape));

    /// <summary>An int64 tensor type of the given sizes.</summary>
    /// <param name="shape">The sizes.</param>
    public static TensorType Int64(params ReadOnlySpan<long> shape) => new(DType.Int64, Dims.Create(shape));

    /// <summary>The same element type with another shape.</summary>
    /// <param name="shape">The sizes.</param>
    public TensorType Reshaped(Dims shape) => shape == Shape ? this : new(DType, shape);

    /// <summary>The same shape with another element type.</summary>
    /// <param name="dtype">The element type.</param>
    public TensorType As(DType dtype) => Rank == 0 ? Scalar(dtype) : dtype == DType ? this : new(dtype, Shape);

    /// <inheritdoc/>
    public bool Equals(TensorType? other) =>
        ReferenceEquals(this, other) || (other is not null && DType == other.DType && Shape == other.Shape && Parts.SequenceEqual(other.Parts));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TensorType);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DType, Shape);

    /// <summary>The type as <c>float32[2, 3]</c>.</summary>
    public override string ToString() => IsTuple ? $"({string.Join(", ", Parts)})" : DType.ToString().ToLowerInvariant() + Shape;
}
