using System.Collections.Immutable;

namespace Functional.Autograd.Primitives;

/// <summary>
/// Uniform 32-bit words, as int64 in [0, 2³²), from a key of two words: Threefry-2x32 with 20 rounds over the element's index
/// (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). The same key always gives the same words; of several keys, each
/// gives its own.
/// </summary>
/// <param name="Shape">The sizes of what one key gives.</param>
public sealed record RandomBits(Dims Shape) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) =>
        inputs[0].Type is { DType: DType.Int64, Shape: [.. var keys, 2] } ? new(DType.Int64, [.. keys, .. Shape]) : throw new ShapeException($"RandomBits needs a key of type int64[2], not {inputs[0].Type}");

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this, rows[0]!);

    private protected override string Text => $"RandomBits({Shape})";
}

/// <summary>The operand, cut off from differentiation.</summary>
public sealed record Detach : Op
{
    /// <summary>The only instance.</summary>
    public static readonly Detach Instance = new();

    internal override Handling Elements => Handling.Passes;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => inputs[0].Type;

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.Zero;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this, rows[0]!);
}

/// <summary>The operand as a node of its own, so that derivatives can be taken with respect to this use of it.</summary>
public sealed record Alias : Op
{
    /// <summary>The only instance.</summary>
    public static readonly Alias Instance = new();

    internal override Handling Elements => Handling.Passes;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => inputs[0].Type;

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => LinearMap.One;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this, rows[0]!);
}

/// <summary>
/// A value with a derivative of its own, that in all operands but the first; the first is the value, cut off from differentiation.
/// </summary>
public abstract record Ruled : Op
{
    private protected Ruled() { }

    internal sealed override Handling Elements => Handling.Passes;

    /// <summary>Whether what the value is made of is not to be kept, as it is computed once more for derivatives.</summary>
    internal virtual bool IsComputedAgain => false;

    /// <inheritdoc/>
    public sealed override TensorType Infer(ImmutableArray<Node> inputs) =>
        Takes(inputs.IsEmpty ? TensorType.Scalar(DType.Bool) : inputs[0].Type) is { } types && inputs.Select(x => x.Type).SequenceEqual(types) ? inputs[0].Type : throw Mismatch(Name, [.. inputs.Select(x => x.Type)]);

    // The operands' types, that of the value first; null where the functions do not fit a value of that type.
    private protected abstract IEnumerable<TensorType>? Takes(TensorType value);

    /// <inheritdoc/>
    public sealed override LinearMap Differential(Node y, int operand) => operand == 0 ? LinearMap.Zero : new LinearMap.Adjoint(c =>
    {
        var (active, cotangents) = (new bool[y.Inputs.Length], new Node?[y.Inputs.Length]);
        active[operand] = true;
        Pull(y, c, active, cotangents);
        return cotangents[operand] ?? Ops.Full(y.Inputs[operand].Type, 0);
    });

    internal abstract override void Pull(Node y, Node c, ReadOnlySpan<bool> active, Span<Node?> cotangents);

    internal abstract override Node? Push(Node y, ReadOnlySpan<Node?> tangents);
}

/// <summary>
/// The first operand, computed anew and not before the second is known. Merging keeps it apart from the original, which is how
/// <see cref="Ops.Recompute"/> trades time for memory.
/// </summary>
public sealed record Checkpoint : Op
{
    /// <summary>The only instance.</summary>
    public static readonly Checkpoint Instance = new();

    internal override Handling Elements => Handling.Passes;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => inputs[0].Type;

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => operand == 0 ? LinearMap.One : LinearMap.Zero;

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this, Each(y, rows, [true, false]));
}
