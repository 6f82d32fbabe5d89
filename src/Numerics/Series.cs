using System.Collections.Immutable;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Numerics;

/// <summary>
/// The Taylor coefficients of nodes along a path, as nodes. Sums, products, quotients and what is linear have rules of their own; of all else the derivative along the path is
/// the tangent that forward mode writes, y′ = T(x, x′, y), so that y's coefficient k is T's coefficient k − 1 by k (Griewank and Walther, Evaluating Derivatives, 13).
/// What a tangent is made of is met again and again, as sine by cosine: equal expressions are one, and a coefficient is made once.
/// </summary>
internal sealed class Series
{
    private readonly int order;
    // Null for zero; an array that is too short has not got so far.
    private readonly Dictionary<Node, List<Node?>> known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Merge.Shape, Node> equal = [];
    private readonly Dictionary<Node, Node?> tangents = new(ReferenceEqualityComparer.Instance);
    // A placeholder for the derivative of a node along the path.
    private readonly Dictionary<Node, Node> rates = new(ReferenceEqualityComparer.Instance), sources = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, bool> moving = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, Node?[][]> parts = new(ReferenceEqualityComparer.Instance);

    private Series(int order) => this.order = order;

    /// <summary>The coefficients 0 … order of some nodes; null for zero.</summary>
    /// <param name="roots">The results.</param>
    /// <param name="given">The coefficients of some nodes, from 1 on; null for zero. All else is constant.</param>
    /// <param name="order">The highest.</param>
    public static Node?[][] Of(ReadOnlySpan<Node> roots, IEnumerable<(Node Node, Node?[] Higher)> given, int order)
    {
        var series = new Series(order);
        foreach (var (node, higher) in given) (series.known[node], series.moving[node]) = ([node, .. higher], higher.Any(c => c is not null));
        List<Node> nodes;
        using (var numbering = Numbering.Begin()) nodes = Traversal.Order(roots, n => series.known.ContainsKey(n) || n.Op is Detach, numbering);
        foreach (var node in nodes)
        {
            if (!node.Inputs.IsEmpty) series.equal.TryAdd(new(node.Op, node.Inputs), node);
            if (node.Op is Several several) series.Hold(several, node);
            else
                for (var k = 0; k <= order; k++) series.Coefficient(node, k);
        }
        return [.. roots.ToArray().Select(r => Enumerable.Range(0, order + 1).Select(k => series.Coefficient(r, k)).ToArray())];
    }

    // Whether a node changes along the path.
    private bool Moves(Node node)
    {
        if (moving.TryGetValue(node, out var moves)) return moves;
        return moving[node] = node.Type.IsSmooth && node.Op is not Detach && node.Inputs.Any(Moves);
    }

    private Node? Coefficient(Node node, int k)
    {
        if (!known.TryGetValue(node, out var list)) known[node] = list = [];
        while (list.Count <= k) list.Add(Next(node, list.Count));
        return list[k];
    }

    private Node Whole(Node node, int k) => Coefficient(node, k) ?? Ops.Full(node.Type, 0);

    private Node? Next(Node node, int k)
    {
        if (sources.TryGetValue(node, out var source)) return Scaled(Coefficient(source, k + 1), k + 1);
        if (node.Op is Part read && parts.TryGetValue(node.Inputs[0], out var results)) return results[read.Index][k];
        if (k == 0) return node.Inputs.All(x => ReferenceEquals(Coefficient(x, 0), x)) ? node : new(node.Op, [.. node.Inputs.Select(x => Whole(x, 0))]);
        if (!Moves(node)) return null;
        var x = node.Inputs;
        return node.Op switch
        {
            Alias or Checkpoint => Coefficient(x[0], k),
            Select => Jointly(node, k, 1, 2),
            Cast or Reduce { How: Combine.Sum } or CumSum or Take => Jointly(node, k, 0),
            Scatter => Jointly(node, k, 0, 2),
            Movement => Jointly(node, k, [.. Enumerable.Range(0, x.Length)]),
            Dot => Products(x[0], x[1], 0, k, (a, b) => new(Dot.Instance, a, b)),
            _ when node.Op == Unary.Neg => Coefficient(x[0], k) is { } c ? -c : null,
            _ when node.Op == Binary.Add => Sum(Coefficient(x[0], k), Coefficient(x[1], k)),
            _ when node.Op == Binary.Mul => Products(x[0], x[1], 0, k, (a, b) => a * b),
            _ when node.Op == Binary.Div => Quotient(node, k),
            _ => Along(node) is { } tangent ? Scaled(Coefficient(tangent, k - 1), 1.0 / k) : null,
        };
    }

    // What is linear in some operands together.
    private Node? Jointly(Node node, int k, params ReadOnlySpan<int> operands)
    {
        Node[] at = [.. node.Inputs.Select(x => Whole(x, 0))];
        var moves = false;
        foreach (var o in operands)
        {
            moves |= Coefficient(node.Inputs[o], k) is not null;
            at[o] = Whole(node.Inputs[o], k);
        }
        return moves ? new(node.Op, [.. at]) : null;
    }

    // Σ aⱼ·bₖ₋ⱼ.
    private Node? Products(Node a, Node b, int first, int k, Func<Node, Node, Node> product)
    {
        Node? sum = null;
        for (var j = first; j <= k; j++)
            if (Coefficient(a, j) is { } left && Coefficient(b, k - j) is { } right) sum = Sum(sum, product(left, right));
        return sum;
    }

    // b·q = a.
    private Node? Quotient(Node q, int k)
    {
        var rest = Products(q.Inputs[1], q, 1, k, (b, earlier) => b * earlier);
        return Sum(Coefficient(q.Inputs[0], k), rest is null ? null : -rest) is { } c ? c / Whole(q.Inputs[1], 0) : null;
    }

    // The derivative along the path.
    private Node? Along(Node y)
    {
        if (tangents.TryGetValue(y, out var tangent)) return tangent;
        Node?[] Rates(Node of) => [.. of.Inputs.Select(x => x.DType.IsFloat && Moves(x) ? Rate(x) : null)];
        tangent = y.Op is Part part ? ((Several)y.Inputs[0].Op).PushAll(y.Inputs[0], Rates(y.Inputs[0]))[part.Index] : y.Op.Push(y, Rates(y));
        return tangents[y] = tangent is null ? null : Traversal.Rebuild([tangent], n => n.Inputs.IsEmpty || known.ContainsKey(n), Known)[0];
    }

    private Node Known(Node node, Node[] inputs)
    {
        if (inputs.Length == 0) return node;
        var over = node.Over([.. inputs]);
        return equal.TryGetValue(new(over.Op, over.Inputs), out var same) ? same : equal[new(over.Op, over.Inputs)] = over;
    }

    private Node Rate(Node x)
    {
        if (rates.TryGetValue(x, out var rate)) return rate;
        rates[x] = rate = Node.Placeholder(x.Type);
        (sources[rate], moving[rate]) = (x, true);
        return rate;
    }

    private static Node? Scaled(Node? c, double factor) => c is null || factor == 1 ? c : c * factor;

    private static Node? Sum(Node? a, Node? b) => a is null ? b : b is null ? a : a + b;

    // An operation that holds functions is one of the coefficients of all that it carries.
    private void Hold(Several op, Node node)
    {
        known[node] = [node];
        var x = node.Inputs;
        var moves = x.Select(v => v.DType.IsFloat && Moves(v)).ToArray();
        // What holds no function has tangents, result by result.
        if (!moves.Contains(true) || op is not (Loop or Choice or Repeat)) return;
        parts[node] = op switch
        {
            Loop loop => Looped(loop, node, moves),
            Choice choice => Chosen(choice, node, moves),
            _ => Repeated((Repeat)op, node, moves),
        };
    }

    private Node?[][] Looped(Loop loop, Node node, bool[] moves)
    {
        var (first, x) = (loop.Constants + loop.Carries, node.Inputs);
        moves = Several.Moving(loop.Body, loop.Constants, loop.Carries, moves, t => t.DType.IsFloat);
        var results = loop.Body.Reached(moves);
        var (carries, outputs) = Ops.Scan((c, u) =>
        {
            var (nextCarry, nextElement) = (new Queue<Node>(c), new Queue<Node>(u));
            var made = Through(loop.Body, k => k < loop.Constants ? Coefficients(x[k], moves[k]) : Taken(k < first ? nextCarry : nextElement, moves[k]), order);
            return ([.. made[..loop.Carries].SelectMany((y, k) => Given(y, moves[loop.Constants + k]))], [.. made[loop.Carries..].SelectMany((y, k) => Given(y, results[loop.Carries + k]))]);
        }, [.. Enumerable.Range(loop.Constants, loop.Carries).SelectMany(k => Given(Coefficients(x[k], moves[k]), moves[k]))],
            [.. Enumerable.Range(first, x.Length - first).SelectMany(k => Given(Coefficients(x[k], moves[k]), moves[k]))], loop.Length, loop.Reverse);
        var (allCarries, allOutputs) = (new Queue<Node>(carries), new Queue<Node>(outputs));
        return [.. Enumerable.Range(0, results.Length).Select(k => k < loop.Carries ? Taken(allCarries, moves[loop.Constants + k]) : Taken(allOutputs, results[k]))];
    }

    private Node?[][] Chosen(Choice choice, Node node, bool[] moves)
    {
        var x = node.Inputs;
        var (then, otherwise) = (choice.Then.Reached(moves[1..]), choice.Otherwise.Reached(moves[1..]));
        bool[] results = [.. then.Zip(otherwise, (a, b) => a || b)];
        ImmutableArray<Node> Branch(Function f) => [.. Through(f, k => Coefficients(x[k + 1], moves[k + 1]), order).SelectMany((y, k) => Given(y, results[k]))];
        var all = new Queue<Node>(Ops.Cond(x[0], _ => Branch(choice.Then), _ => Branch(choice.Otherwise), []));
        return [.. results.Select(r => Taken(all, r))];
    }

    private Node?[][] Repeated(Repeat repeat, Node node, bool[] moves)
    {
        var (n, x) = (repeat.Constants, node.Inputs);
        moves = Several.Moving(repeat.Body, n, x.Length - n, moves, t => t.DType.IsFloat);
        Node?[][] All(ImmutableArray<Node> carries) => new Queue<Node>(carries) is var rest ? [.. Enumerable.Range(0, x.Length).Select(k => k < n ? Coefficients(x[k], moves[k]) : Taken(rest, moves[k]))] : [];
        var last = Ops.While(c => repeat.Test.Apply([.. All(c).Select(v => v[0]!)])[0], c => All(c) is var all ? [.. Through(repeat.Body, k => all[k], order).SelectMany((y, k) => Given(y, moves[n + k]))] : [],
            [.. Enumerable.Range(n, x.Length - n).SelectMany(k => Given(Coefficients(x[k], moves[k]), moves[k]))]);
        var queue = new Queue<Node>(last);
        return [.. Enumerable.Range(n, x.Length - n).Select(k => Taken(queue, moves[k]))];
    }

    private Node?[] Coefficients(Node x, bool moves) => [.. Enumerable.Range(0, order + 1).Select(k => k == 0 || moves ? Coefficient(x, k) : null)];

    // What moves is handed over with all coefficients, what does not by its value.
    private IEnumerable<Node> Given(Node?[] y, bool moves) => y.Take(moves ? order + 1 : 1).Select(c => c ?? Ops.Full(y[0]!.Type, 0));

    private Node?[] Taken(Queue<Node> from, bool moves) => [.. Enumerable.Range(0, order + 1).Select(k => k == 0 || moves ? from.Dequeue() : null)];

    private static Node?[][] Through(Function f, Func<int, Node?[]> argument, int order)
    {
        Node?[][] given = [.. Enumerable.Range(0, f.Parameters.Length).Select(argument)];
        // Each argument is a node of its own, also where two are the same.
        Node[] at = [.. given.Select(g => new Node(Alias.Instance, g[0]!))];
        return Of(f.Apply(at).AsSpan(), at.Zip(given, (node, g) => (node, g[1..])), order);
    }
}
