using System.Collections.Immutable;

namespace Functional.Autograd.Primitives;

/// <summary>
/// Uniform 32-bit words, as int64 in [0, 2³²), from a key of two words: Threefry-2x32 with 20 rounds over the element's index
/// (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). The same key always gives the same words.
/// </summary>
/// <param name="Shape">The sizes of the result.</param>
public sealed record RandomBits(Dims Shape) : Op
{
    private readonly TensorType type = new(DType.Int64, Shape);

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) =>
        inputs[0].Type is { DType: DType.Int64, Shape: [2] } ? type : throw new ShapeException($"RandomBits needs a key of type int64[2], not {inputs[0].Type}");

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;

    /// <inheritdoc/>
    public bool Equals(RandomBits? other) => other is not null && Shape == other.Shape;

    /// <inheritdoc/>
    public override int GetHashCode() => Shape.GetHashCode();

    private protected override string Text => $"RandomBits({Shape})";
}

/// <summary>The operand, cut off from differentiation.</summary>
public sealed record Detach : Op
{
    /// <summary>The only instance.</summary>
    public static readonly Detach Instance = new();

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => inputs[0].Type;

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;
}

/// <summary>The operand as a node of its own, so that derivatives can be taken with respect to this use of it.</summary>
public sealed record Alias : Op
{
    /// <summary>The only instance.</summary>
    public static readonly Alias Instance = new();

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => inputs[0].Type;

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.One;
}

/// <summary>
/// A function with a derivative of the user's own. The operands are the function's value and then its arguments; the result is the
/// value, and the rule gives every argument's cotangent.
/// </summary>
/// <param name="Title">The name in listings and messages.</param>
/// <param name="Rule">From (arguments, result, cotangent) to one cotangent per argument, linear in the cotangent; null for zero.</param>
public sealed record Custom(string Title, Func<ImmutableArray<Node>, Node, Node, IReadOnlyList<Node?>> Rule) : Op
{
    /// <inheritdoc/>
    public override string Name => Title;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => inputs[0].Type;

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        if (operand == 0) return LinearMap.Zero;
        var argument = y.Inputs[operand];
        return new LinearMap.Adjoint(c =>
        {
            var cotangent = Rule(y.Inputs[1..], y, c)[operand - 1] ?? Ops.Full(argument.Type, 0);
            return cotangent.Type.Equals(argument.Type) ? cotangent
                : throw new ShapeException($"{Title}: the rule gave a cotangent of type {cotangent.Type} for argument {operand - 1} of type {argument.Type}");
        });
    }

    private protected override string Text => Title;
}

/// <summary>
/// The first operand, computed anew and not before the second is known. Merging keeps it apart from the original, which is how
/// <see cref="Ops.Recompute"/> trades time for memory.
/// </summary>
public sealed record Checkpoint : Op
{
    /// <summary>The only instance.</summary>
    public static readonly Checkpoint Instance = new();

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => inputs[0].Type;

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => operand == 0 ? LinearMap.One : LinearMap.Zero;
}
