using Functional.Autograd.Primitives;

namespace Functional.Autograd.Numerics;

/// <summary>
/// On which elements of some nodes every element of others may depend, whatever the values: both branches of a choice count, and where positions are computed, all of an axis does.
/// A set is its elements in order; equal sets are mostly one array.
/// </summary>
internal static class Dependence
{
    private static readonly int[] None = [];

    /// <summary>The sets of every element of every root; null for a root that depends on nothing.</summary>
    /// <param name="roots">The results.</param>
    /// <param name="given">The sets of the elements of some nodes, whose inputs are not looked at.</param>
    public static int[][]?[] Of(ReadOnlySpan<Node> roots, Dictionary<Node, int[][]> given)
    {
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(roots, given.ContainsKey, numbering);
        var (sets, parts, known) = (new int[][]?[order.Count], new Dictionary<int, int[][]?[]>(), new bool[order.Count]);
        for (var i = 0; i < sets.Length; i++)
        {
            var node = order[i];
            if (given.TryGetValue(node, out sets[i])) continue;
            var places = new int[node.Inputs.Length];
            for (var k = 0; k < places.Length; k++) places[k] = numbering[node.Inputs[k]];
            var (operands, isKnown) = (Array.ConvertAll(places, p => sets[p]), Array.ConvertAll(places, p => known[p]));
            known[i] = places.Length == 0 ? node.Op is not Input || node.Value is not null : !isKnown.Contains(false);
            if (node.Op is Part part) sets[i] = parts.GetValueOrDefault(places[0])?[part.Index];
            else if (operands.All(s => s is null)) continue;
            else if (node.Op is Several several) parts[i] = Held(several, node, operands, isKnown);
            else sets[i] = Step(node, operands, isKnown);
        }
        var result = new int[][]?[roots.Length];
        for (var k = 0; k < result.Length; k++) result[k] = sets[numbering[roots[k]]];
        return result;
    }

    private static int[][] Step(Node node, int[][]?[] x, bool[] isKnown)
    {
        var (count, inputs) = (node.Type.Count, node.Inputs);
        return node.Op switch
        {
            Alias or Detach or Checkpoint or Ruled or Reshape => x[0] ?? Nothing(count),
            Elementwise => x.Aggregate((a, b) => Either(a, b))!,
            Fold fold => Collected(count, Sources(new Node(fold.Of, Numbered(node.Type.Shape, 1))), x[0]!),
            Movement => Picked(x, Sources(new Node(node.Op, [.. inputs.Select((v, k) => Numbered(v.Shape, 1 + inputs.Take(k).Sum(u => u.Type.Count)))])), inputs),
            Take take when isKnown[1] => Picked([x[0]], Sources(new Node(take, Numbered(inputs[0].Shape, 1), inputs[1])), inputs),
            Take take => Spread(Along(x[0]!, inputs[0].Shape, take.Axis), inputs[0].Shape, take.Axis, inputs[1].Type.Count),
            Scatter scatter when isKnown[1] => Either(x[0], x[2] is { } rows ? Collected(count, Sources(new Node(new Take(scatter.Axis), Numbered(inputs[0].Shape, 1), inputs[1])), rows) : null)!,
            Scatter scatter => Either(x[0], x[2] is { } rows ? Spread(Along(rows, [.. inputs[0].Shape.With(scatter.Axis, inputs[1].Type.Count)], scatter.Axis), inputs[0].Shape, scatter.Axis, inputs[0].Shape[scatter.Axis]) : null)!,
            Reduce reduce => Collected(count, Sources(Ops.Broadcast(Numbered(Dims.From(inputs[0].Shape.Select((n, k) => reduce.Axes.Contains(k) ? 1 : n)), 1), inputs[0].Shape)), x[0]!),
            CumSum sum => Running(x[0]!, inputs[0].Shape, sum.Axis, sum.Reverse),
            Dot => Products(x[0], x[1], inputs[0].Shape, inputs[1].Shape),
            _ => Repeated(Union([.. x.SelectMany(s => s ?? [])]), count),
        };
    }

    // The results of an operation that holds functions.
    private static int[][]?[] Held(Several op, Node node, int[][]?[] x, bool[] isKnown)
    {
        Node?[] known = [.. node.Inputs.Select((v, k) => isKnown[k] && x[k] is null ? v : null)];
        switch (op)
        {
            case Choice choice:
                return [.. Through(choice.Then, x[1..], known[1..]).Zip(Through(choice.Otherwise, x[1..], known[1..]), Either)];
            case Repeat repeat:
                var (constants, carries) = (x[..repeat.Constants], x[repeat.Constants..]);
                Node?[] fixedAlone = [.. known[..repeat.Constants], .. new Node?[carries.Length]];
                for (var size = -1L; size != Size(carries);)
                {
                    size = Size(carries);
                    carries = [.. carries.Zip(Through(repeat.Body, [.. constants, .. carries], fixedAlone), Either)];
                }
                return carries;
            case Loop loop:
                return Looped(loop, x, known);
            default:
                var all = Union([.. x.SelectMany(s => s ?? [])]);
                return [.. node.Type.Parts.Select(t => Repeated(all, t.Count))];
        }
    }

    private static int[][]?[] Looped(Loop loop, int[][]?[] x, Node?[] known)
    {
        var (first, count) = (loop.Constants + loop.Carries, loop.Body.Results.Length - loop.Carries);
        var (carries, outputs) = (x[loop.Constants..first], new int[][]?[loop.Length][]);
        Node?[] fixedAlone = [.. known[..loop.Constants], .. new Node?[x.Length - loop.Constants]];
        for (var t = 0L; t < loop.Length; t++)
        {
            var place = loop.Reverse ? loop.Length - 1 - t : t;
            int[][]? Element(int[][]? s) => s is null ? null : s[(int)(place * s.Length / loop.Length)..(int)((place + 1) * s.Length / loop.Length)];
            var made = Through(loop.Body, [.. x[..loop.Constants], .. carries, .. x[first..].Select(Element)], fixedAlone);
            (carries, outputs[place]) = (made[..loop.Carries], made[loop.Carries..]);
        }
        int[][]? Stacked(int k) => outputs.All(o => o[k] is null) ? null : [.. outputs.SelectMany(o => o[k] ?? Nothing(loop.Body.Results[loop.Carries + k].Count))];
        return [.. carries, .. Enumerable.Range(0, count).Select(Stacked)];
    }

    private static int[][]?[] Through(Function f, int[][]?[] x, Node?[] known)
    {
        Node[] arguments = [.. f.Parameters.Select((t, k) => known[k] ?? Node.Placeholder(t))];
        var given = new Dictionary<Node, int[][]>(ReferenceEqualityComparer.Instance);
        for (var k = 0; k < arguments.Length; k++)
            if (x[k] is { } sets) given[arguments[k]] = sets;
        return Of(f.Apply(arguments).AsSpan(), given);
    }

    // Where every element comes from, by the operation itself: it is run on numbers. Zero is nowhere.
    private static long[] Sources(Node node) => Transforms.Evaluate<long>(node);

    private static Node Numbered(Dims shape, long first) => Ops.Reshape(Ops.Arange(shape.Product) + first, shape);

    private static int[][] Picked(int[][]?[] x, long[] sources, IReadOnlyList<Node> operands)
    {
        var all = x.Length == 1 ? x[0]! : [.. x.SelectMany((s, k) => s ?? Nothing(operands[k].Type.Count))];
        return Array.ConvertAll(sources, s => s == 0 ? None : all[s - 1]);
    }

    // Every element of a result has the sets of all that go there.
    private static int[][] Collected(long count, long[] targets, int[][] x)
    {
        var arriving = new List<int[]>?[count];
        for (var k = 0; k < targets.Length; k++)
            if (x[k].Length > 0) (arriving[targets[k] - 1] ??= []).Add(x[k]);
        return Array.ConvertAll(arriving, sets => sets is null ? None : Union(sets));
    }

    // The sets of all elements along an axis together, [before, after].
    private static int[][] Along(int[][] x, Dims shape, int axis)
    {
        var (n, after) = (shape[axis], shape[(axis + 1)..].Product);
        return Build(shape[..axis].Product * after, k => Union([.. Enumerable.Range(0, (int)n).Select(i => x[(((k / after) * n) + i) * after + (k % after)])]));
    }

    private static int[][] Spread(int[][] x, Dims shape, int axis, long n)
    {
        var after = shape[(axis + 1)..].Product;
        return Build(x.Length * n, k => x[(k / (n * after) * after) + (k % after)]);
    }

    private static int[][] Running(int[][] x, Dims shape, int axis, bool reverse)
    {
        var (n, after, result) = (shape[axis], shape[(axis + 1)..].Product, (int[][])x.Clone());
        for (var k = 0L; k < x.Length; k++)
        {
            var at = reverse ? x.Length - 1 - k : k;
            var i = at / after % n;
            if (i != (reverse ? n - 1 : 0)) result[at] = Union([result[at], result[reverse ? at + after : at - after]]);
        }
        return result;
    }

    private static int[][] Products(int[][]? a, int[][]? b, Dims left, Dims right)
    {
        var (m, n) = (left[1], right[2]);
        var (rows, columns) = (a is null ? null : Along(a, left, 2), b is null ? null : Along(b, right, 1));
        return Build(left[0] * m * n, k => Union([rows is null ? None : rows[k / n], columns is null ? None : columns[(k / (m * n) * n) + (k % n)]]));
    }

    private static int[][]? Either(int[][]? a, int[][]? b) => a is null ? b : b is null ? a : Build(a.Length, k => Union([a[k], b[k]]));

    private static int[][] Nothing(long count) => Repeated(None, count);

    private static int[][] Repeated(int[] set, long count) => Build(count, _ => set);

    private static int[][] Build(long count, Func<long, int[]> set)
    {
        var sets = new int[count][];
        for (var k = 0L; k < count; k++) sets[k] = set(k);
        return sets;
    }

    private static long Size(int[][]?[] all) => all.Sum(x => x?.Sum(s => (long)s.Length) ?? 0);

    private static int[] Union(IReadOnlyList<int[]> sets)
    {
        var (some, differ) = (None, false);
        foreach (var set in sets)
        {
            if (set.Length == 0 || ReferenceEquals(set, some)) continue;
            (some, differ) = some.Length == 0 ? (set, differ) : (some, true);
        }
        if (!differ) return some;
        var all = new HashSet<int>();
        foreach (var set in sets) all.UnionWith(set);
        if (all.Count == some.Length) return some;
        int[] sorted = [.. all];
        Array.Sort(sorted);
        return sorted;
    }
}
