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

    /// <summary>Copies elements out, as many as there is room for.</summary>
    /// <param name="destination">Room for bytes of elements.</param>
    /// <param name="start">The first byte to copy: a span of bytes holds less than two gibibytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The buffer ends before.</exception>
    public abstract void CopyTo(Span<byte> destination, long start = 0);

    /// <summary>The single element: float64 bits for floating-point types, else the integer.</summary>
    public abstract long ScalarBits { get; }
}
