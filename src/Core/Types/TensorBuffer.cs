namespace Functional.Autograd;

/// <summary>The elements of a computed tensor in row-major order, in a backend's memory. Never written again once filled.</summary>
/// <param name="dtype">The element type.</param>
/// <param name="count">How many elements.</param>
public abstract class TensorBuffer(DType dtype, long count)
{
    /// <summary>The element type.</summary>
    public DType DType { get; } = dtype;

    /// <summary>How many elements.</summary>
    public long Count { get; } = count;

    /// <summary>Copies the elements out.</summary>
    /// <param name="destination">Room for all of them.</param>
    public abstract void CopyTo(Span<byte> destination);

    /// <summary>The single element: float64 bits for floating-point types, else the integer.</summary>
    public abstract long ScalarBits { get; }
}
