using System.Collections.Immutable;

namespace Functional.Autograd.Primitives;

/// <summary>An operation with several results: its node is a tuple, of which <see cref="Part"/> reads one.</summary>
public abstract record Several : Op
{
    private protected Several() { }

    /// <summary>The types of the results.</summary>
    /// <param name="inputs">The operands.</param>
    /// <exception cref="ShapeException">The operands do not fit.</exception>
    public abstract ImmutableArray<TensorType> Results(ImmutableArray<Node> inputs);

    /// <inheritdoc/>
    public sealed override TensorType Infer(ImmutableArray<Node> inputs) => TensorType.Tuple(Results(inputs));

    /// <summary>Not to be asked: all results and operands are answered for at once.</summary>
    /// <inheritdoc/>
    public sealed override LinearMap Differential(Node y, int operand) => throw new InvalidOperationException($"{this} has several results: Gradient and Tangent ask for all at once");

    internal sealed override Node Batch(Node y, ReadOnlySpan<Node?> rows) => throw new InvalidOperationException($"{this} has several results: Batching asks for all at once");

    /// <summary>Gives the operands' cotangents, as <see cref="Op.Pull"/> does, from those of all results; null for zero.</summary>
    internal abstract void Pull(Node y, ReadOnlySpan<Node?> c, ReadOnlySpan<bool> active, Span<Node?> cotangents);

    /// <summary>The tangents of all results; null for zero.</summary>
    internal abstract Node?[] PushAll(Node y, ReadOnlySpan<Node?> tangents);

    /// <summary>All results, each with the batch as first axis.</summary>
    internal abstract Node[] BatchAll(Node y, ReadOnlySpan<Node?> rows);

    /// <summary>Which results' values depend on some of the operands.</summary>
    internal abstract bool[] Depending(bool[] operands);

    // Which operands of a step move when some do: a carry also moves because another one does.
    internal static bool[] Moving(Function step, int constants, int carries, ReadOnlySpan<bool> operands, Func<TensorType, bool> may) => Moving(step.Reached, step, constants, carries, operands, may);

    private protected delegate bool[] Following(ReadOnlySpan<bool> parameters);

    private protected static bool[] Moving(Following reach, Function step, int constants, int carries, ReadOnlySpan<bool> operands, Func<TensorType, bool> may)
    {
        var moving = operands.ToArray();
        for (var changed = true; changed;)
        {
            changed = false;
            var reached = reach(moving);
            for (var k = 0; k < carries; k++)
            {
                if (!reached[k] || moving[constants + k] || !may(step.Results[k])) continue;
                moving[constants + k] = changed = true;
            }
        }
        return moving;
    }

    // The operands of a step in sections, each followed by the tangents of those that move; the tangent of k is ~k.
    private protected static int[] Interleaved(bool[] moving, params ReadOnlySpan<int> ends)
    {
        var (places, from) = (new List<int>(), 0);
        foreach (var end in ends)
        {
            places.AddRange(Enumerable.Range(from, end - from));
            places.AddRange(Enumerable.Range(from, end - from).Where(k => moving[k]).Select(k => ~k));
            from = end;
        }
        return [.. places];
    }

    private protected static int[] Places(bool[] marked) => [.. Enumerable.Range(0, marked.Length).Where(k => marked[k])];

    // Rows of a batch that are not among the chosen, with the values of the first that is: what no chosen row is like, a function need not be able to take.
    private protected static Node InPlaceOfOthers(Node chosen, Node rows) =>
        Where(chosen, rows, Ops.Detach(Repeated(Ops.Take(rows, 0, Ops.ArgMax(Ops.Cast(chosen, DType.Int64), 0)), rows.Shape[0])));

    // One truth value a row.
    private protected static Node Where(Node chosen, Node rows, Node others) => Ops.Where(Ops.Reshape(chosen, [chosen.Shape[0], .. Dims.Repeat(1, rows.Type.Rank - 1)]), rows, others);

    // What could fail, or go on for ever, with operands that it was not meant for.
    private protected static bool IsRisky(Function f) => f.Any(op => op is Several or Take or Scatter or Cholesky or TriangularSolve);

    private protected static Node Zero(TensorType type) => Ops.Full(type, 0);

    private protected static Node[] Parts(Node tuple) => [.. tuple.Type.Parts.Select((_, k) => new Node(new Part(k), tuple))];
}

/// <summary>One result of an operation that has several.</summary>
/// <param name="Index">Which.</param>
public sealed record Part(int Index) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) =>
        Index >= 0 && Index < inputs[0].Type.Parts.Length ? inputs[0].Type.Parts[Index] : throw new ShapeException($"{this} of {inputs[0].Type}: there is no such result");

    /// <summary>Not to be asked: what reads a tuple passes its derivative on to it.</summary>
    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => throw new InvalidOperationException($"{this} reads one of several results: Gradient and Tangent ask for all at once");

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => throw new InvalidOperationException($"{this} reads one of several results: Batching asks for all at once");

    private protected override string Text => $"Part({Index})";
}
