namespace Functional.Autograd;

/// <summary>What is known of a tensor before it is computed: its element type and its shape.</summary>
public sealed class TensorType : IEquatable<TensorType>
{
    /// <summary>Makes a type.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="shape">The sizes; none for a scalar.</param>
    /// <exception cref="ShapeException">A size is negative, or the element count does not fit in 64 bits.</exception>
    public TensorType(DType dtype, Dims shape)
    {
        foreach (var n in shape.Span)
            if (n < 0) throw new ShapeException($"a size in shape {shape} is negative");
        DType = dtype;
        Shape = shape;
        Count = shape.Product;
    }

    private static readonly TensorType[] Scalars = [.. Enum.GetValues<DType>().Select(d => new TensorType(d, Dims.Empty))];

    /// <summary>The type of a scalar.</summary>
    /// <param name="dtype">The element type.</param>
    public static TensorType Scalar(DType dtype) => Scalars[(int)dtype];

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
    public TensorType As(DType dtype) => dtype == DType ? this : new(dtype, Shape);

    /// <inheritdoc/>
    public bool Equals(TensorType? other) =>
        ReferenceEquals(this, other) || (other is not null && DType == other.DType && Shape == other.Shape);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TensorType);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DType, Shape);

    /// <summary>The type as <c>float32[2, 3]</c>.</summary>
    public override string ToString() => DType.ToString().ToLowerInvariant() + Shape;
}
