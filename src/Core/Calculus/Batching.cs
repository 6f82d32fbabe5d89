using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>From a graph of one row to the graph of a batch of rows: every operation has a rule, <see cref="Op.Batch"/>; what all rows share is computed once.</summary>
internal static class Batching
{
    /// <summary>The roots for all rows, the batch as first axis.</summary>
    /// <param name="roots">What is computed of one row.</param>
    /// <param name="inputs">The row.</param>
    /// <param name="rows">The rows of each input, the batch as first axis; null for what stays as it is.</param>
    /// <param name="size">How many rows there are.</param>
    /// <param name="trace">What was there before it does not depend on the row.</param>
    public static Node[] Of(ReadOnlySpan<Node> roots, ReadOnlySpan<Node> inputs, ReadOnlySpan<Node?> rows, long size, Trace? trace = null)
    {
        var given = new Dictionary<Node, Node?>(ReferenceEqualityComparer.Instance);
        for (var k = 0; k < inputs.Length; k++) given[inputs[k]] = rows[k];
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(roots, n => given.ContainsKey(n) || trace?.Made(n) == false, numbering);
        var (batched, operands) = (new Node?[order.Count], new Node?[4]);
        Dictionary<int, Node[]>? parts = null;
        for (var i = 0; i < batched.Length; i++)
        {
            var y = order[i];
            if (given.TryGetValue(y, out batched[i]) || trace?.Made(y) == false) continue;
            var n = y.Inputs.Length;
            if (n > operands.Length) operands = new Node?[n];
            if (y.Op is Part part)
            {
                batched[i] = parts?.GetValueOrDefault(numbering[y.Inputs[0]])?[part.Index];
                continue;
            }
            var differs = false;
            for (var k = 0; k < n; k++) differs |= (operands[k] = batched[numbering[y.Inputs[k]]]) is not null;
            if (!differs) continue;
            if (y.Op is Several several) (parts ??= [])[i] = several.BatchAll(y, operands.AsSpan(0, n));
            else batched[i] = y.Op.Batch(y, operands.AsSpan(0, n));
        }
        var result = new Node[roots.Length];
        for (var i = 0; i < result.Length; i++) result[i] = batched[numbering[roots[i]]] ?? Op.Repeated(roots[i], size);
        return result;
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
