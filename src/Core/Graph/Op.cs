using System.Collections.Immutable;

namespace Functional.Autograd;

/// <summary>
/// A primitive operation: a closed union of records that hold parameters only, never tensors, so that equality of
/// records serves merging, plan keys and kernel keys.
/// </summary>
public abstract record Op
{
    /// <summary>What an operation does with elements, which says what becomes of half types and complex numbers: see <see cref="Ops.Make"/>.</summary>
    internal enum Handling
    {
        /// <summary>Computes with real numbers.</summary>
        Computes,
        /// <summary>Adds, so that it acts on the parts of complex numbers alike.</summary>
        Adds,
        /// <summary>Puts elements elsewhere, so that it acts on parts alike and half types stay.</summary>
        Moves,
        /// <summary>Hands tensors on, of whatever type.</summary>
        Passes,
    }

    private int hash;

    private protected Op() { }

    /// <summary>What <c>with</c> copies first: nothing, as the copy has a hash of its own.</summary>
    /// <param name="original">The op that is copied.</param>
    protected Op(Op original) { }

    /// <summary>The element type and shape of the result.</summary>
    /// <param name="inputs">The operands.</param>
    /// <exception cref="ShapeException">The operands do not fit; the message names the operation and the shapes.</exception>
    public abstract TensorType Infer(ImmutableArray<Node> inputs);

    /// <summary>The derivative with respect to one operand, as a linear map; stated once for both modes.</summary>
    /// <param name="y">The application to differentiate.</param>
    /// <param name="operand">The position of the operand.</param>
    public abstract LinearMap Differential(Node y, int operand);

    /// <summary>Gives the operands' cotangents, all at once: one call of a rule serves every operand.</summary>
    /// <param name="y">The application.</param>
    /// <param name="c">The cotangent of its result.</param>
    /// <param name="active">Which operands' cotangents are wanted.</param>
    /// <param name="cotangents">Receives them; what stays null is zero.</param>
    internal virtual void Pull(Node y, Node c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
    {
        for (var k = 0; k < cotangents.Length; k++)
            if (active[k]) cotangents[k] = Gradient.Pull(Differential(y, k), c);
    }

    /// <summary>The result's tangent, given the operands'; null for zero.</summary>
    /// <param name="y">The application.</param>
    /// <param name="tangents">One per operand; null for zero.</param>
    internal virtual Node? Push(Node y, ReadOnlySpan<Node?> tangents)
    {
        Node? sum = null;
        for (var k = 0; k < tangents.Length; k++)
            if (tangents[k] is { } t && Tangent.Push(Differential(y, k), y, k, t) is { } term) sum = sum is null ? term : sum + term;
        return sum;
    }

    /// <summary>Applies the operation to a batch of operands: row i of the result is what their i-th rows give.</summary>
    /// <param name="y">The application to one row.</param>
    /// <param name="rows">The operands that differ from row to row, the batch as first axis; null for those that all rows share. Not all are null.</param>
    internal abstract Node Batch(Node y, ReadOnlySpan<Node?> rows);

    // How many rows there are.
    internal static long BatchSize(ReadOnlySpan<Node?> rows)
    {
        foreach (var row in rows)
            if (row is not null) return row.Shape[0];
        throw new ArgumentException("nothing differs from row to row");
    }

    // What all rows share, as rows.
    internal static Node Repeated(Node row, long n) => Ops.Broadcast(row, [n, .. row.Shape]);

    // The operands with the batch as first axis: those that are marked, or all, and others where they differ.
    private protected static ImmutableArray<Node> Each(Node y, ReadOnlySpan<Node?> rows, ReadOnlySpan<bool> marked = default)
    {
        var n = BatchSize(rows);
        var each = ImmutableArray.CreateBuilder<Node>(rows.Length);
        for (var k = 0; k < rows.Length; k++) each.Add(rows[k] ?? (marked.IsEmpty || marked[k] ? Repeated(y.Inputs[k], n) : y.Inputs[k]));
        return each.MoveToImmutable();
    }

    // Each operand on its own, so that the derivative in one holds the others fixed even where they are the same.
    private protected static Node[] Fresh(IEnumerable<Node> operands) => [.. operands.Select(v => new Node(Primitives.Alias.Instance, v))];

    // Which operands differ from row to row, or move.
    private protected static bool[] Differing(ReadOnlySpan<Node?> operands)
    {
        var differs = new bool[operands.Length];
        for (var k = 0; k < differs.Length; k++) differs[k] = operands[k] is not null;
        return differs;
    }

    internal virtual Handling Elements => Handling.Computes;

    // Whether it takes elements of a type as they are.
    internal virtual bool Takes(DType type) => Elements >= (type.IsComplex ? Handling.Passes : type.IsHalf ? Handling.Moves : Handling.Computes);

    /// <summary>The name in listings.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The functions that it holds.</summary>
    public virtual IReadOnlyList<Function> Functions => [];

    /// <summary>The name and the parameters; of a function one bounded line.</summary>
    public sealed override string ToString() => Written(f => f.ToString());

    // What listings say and Reading reads: functions stand there by name.
    internal virtual string Written(Func<Function, string> name) => Text;

    private protected virtual string Text => Name;

    // Plan keys hash every op of a graph; parameters never change, so the hash is computed once.
    internal int Hash => hash != 0 ? hash : hash = GetHashCode() | 1;

    /// <summary>Ops compare by kind and parameters; the cached hash takes no part.</summary>
    /// <param name="other">The other op.</param>
    public virtual bool Equals(Op? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    private protected static ShapeException Mismatch(string name, params ReadOnlySpan<TensorType> types) =>
        new($"{name}: operands {string.Join(" and ", types.ToArray().Select(t => t.ToString()))} do not fit");
}
