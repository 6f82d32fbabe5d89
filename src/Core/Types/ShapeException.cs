namespace Functional.Autograd;

/// <summary>An operation was given operands whose shapes, axes, sizes or element types do not fit; the message names the operation and the operands.</summary>
/// <param name="message">What does not fit.</param>
public sealed class ShapeException(string message) : ArgumentException(message);
