namespace Functional.Autograd;

/// <summary>A tensor needs more memory than there is; nothing was computed.</summary>
/// <param name="bytes">How many bytes were asked for.</param>
/// <param name="what">What they were for: an operation and a shape.</param>
public sealed class TensorMemoryException(long bytes, string what) : OutOfMemoryException($"{what}: cannot allocate {bytes} bytes")
{
    /// <summary>How many bytes were asked for.</summary>
    public long Bytes { get; } = bytes;
}
