namespace Functional.Autograd;

/// <summary>An operation was given operands whose shapes, axes or sizes do not fit; the message names the operation and the shapes.</summary>
/// <param name="message">What does not fit.</param>
public sealed class ShapeException(string message) : ArgumentException(message);
