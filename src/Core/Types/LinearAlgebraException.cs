namespace Functional.Autograd;

/// <summary>A matrix is not what a factorisation or a solve needs; the message names the operation, the matrix of the batch and the place, from 0.</summary>
/// <param name="message">What is wrong where.</param>
public sealed class LinearAlgebraException(string message) : ArithmeticException(message)
{
    /// <summary>Which matrix of the batch it is.</summary>
    public int Matrix { get; init; }

    /// <summary>The place on its diagonal.</summary>
    public long Place { get; init; }
}
