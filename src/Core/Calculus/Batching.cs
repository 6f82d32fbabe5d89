using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>From a graph of one row to the graph of a batch of rows: every operation has a rule, <see cref="Op.Batch"/>; what all rows share is computed once, and what was asked for before is remembered.</summary>
/// <param name="size">How many rows there are.</param>
/// <param name="trace">What was there before it does not depend on the row.</param>
internal sealed class Batching(long size, Trace? trace = null)
{
    private readonly Dictionary<Node, Node?> known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, Node[]> parts = new(ReferenceEqualityComparer.Instance);

    /// <summary>Says what stands for an input in all rows, the batch as first axis; null for what stays as it is.</summary>
    public void Give(Node input, Node? rows) => known[input] = rows;

    /// <summary>The roots for all rows, the batch as first axis.</summary>
    /// <param name="roots">What is computed of one row.</param>
    public Node[] Of(ReadOnlySpan<Node> roots)
    {
        using var numbering = Numbering.Begin();
        var operands = new Node?[4];
        foreach (var y in Traversal.Order(roots, n => known.ContainsKey(n) || trace?.Made(n) == false, numbering))
        {
            if (known.ContainsKey(y) || trace?.Made(y) == false) continue;
            if (y.Op is Part part)
            {
                known[y] = parts.GetValueOrDefault(y.Inputs[0])?[part.Index];
                continue;
            }
            var (n, differs) = (y.Inputs.Length, false);
            if (n > operands.Length) operands = new Node?[n];
            for (var k = 0; k < n; k++) differs |= (operands[k] = known.GetValueOrDefault(y.Inputs[k])) is not null;
            known[y] = differs && y.Op is not Several ? y.Op.Batch(y, operands.AsSpan(0, n)) : null;
            if (differs && y.Op is Several several) parts[y] = several.BatchAll(y, operands.AsSpan(0, n));
        }
        var result = new Node[roots.Length];
        for (var i = 0; i < result.Length; i++) result[i] = known.GetValueOrDefault(roots[i]) ?? Op.Repeated(roots[i], size);
        return result;
    }

    /// <summary>The roots for all rows, the batch as first axis.</summary>
    /// <param name="roots">What is computed of one row.</param>
    /// <param name="inputs">The row.</param>
    /// <param name="rows">The rows of each input, the batch as first axis; null for what stays as it is.</param>
    /// <param name="size">How many rows there are.</param>
    /// <param name="trace">What was there before it does not depend on the row.</param>
    public static Node[] Of(ReadOnlySpan<Node> roots, ReadOnlySpan<Node> inputs, ReadOnlySpan<Node?> rows, long size, Trace? trace = null)
    {
        var batching = new Batching(size, trace);
        for (var k = 0; k < inputs.Length; k++) batching.Give(inputs[k], rows[k]);
        return batching.Of(roots);
    }

    /// <summary>A function of some rows at once, all results with the batch as first axis.</summary>
    /// <param name="f">The function of one row.</param>
    /// <param name="size">How many rows.</param>
    /// <param name="differs">Which parameters differ from row to row and get the batch as first axis.</param>
    /// <param name="results">Which results get it: the others do not differ. All, when left out.</param>
    public static Function Of(Function f, long size, bool[] differs, bool[]? results = null)
    {
        ImmutableArray<TensorType> types = [.. f.Parameters.Select((t, k) => differs[k] ? t.Reshaped([size, .. t.Shape]) : t)];
        return Function.Of("Vmap", x =>
        {
            Node[] one = [.. x.Select((v, k) => differs[k] ? Node.Placeholder(f.Parameters[k]) : v)];
            var row = f.Apply(one);
            var rows = Of(row.AsSpan(), one, [.. x.Select((v, k) => differs[k] ? v : null)], size);
            return [.. rows.Select((r, k) => results?[k] == false ? row[k] : r)];
        }, types).Closed;
    }
}
