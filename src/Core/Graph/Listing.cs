using System.Text;

namespace Functional.Autograd;

/// <summary>Graphs as text: a readable listing, Graphviz and Mermaid.</summary>
public static class Listing
{
    /// <summary>How many nodes a text shows unless more are asked for.</summary>
    public const int DefaultLimit = 200;

    /// <summary>One line per node, inputs before users: <c>%2 = Mul(%0, %1) : float64[3]</c>. Functions that operations hold come first, between braces; lines end with <see cref="Node.Origin"/> where it is known.</summary>
    /// <param name="root">The result.</param>
    /// <param name="limit">The most lines; the first ones are left out beyond it.</param>
    public static string Of(Node root, int limit = DefaultLimit)
    {
        List<Function> held;
        int lines;
        using (var numbering = Numbering.Begin())
        {
            var order = Traversal.Order([root], null, numbering);
            (held, lines) = (Function.WithHeld(order.SelectMany(n => n.Op.Functions)), order.Count);
        }
        return Sections(held, [root], lines, limit, null);
    }

    /// <summary>
    /// A function's steps, one line each after its parameters, and its results: <c>→ %2</c>. Functions that it holds come first, between braces. Without a limit it is the whole
    /// function, which <see cref="Function.Parse"/> reads back.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="limit">The most lines; the first ones are left out beyond it.</param>
    public static string Of(Function function, int limit = int.MaxValue) =>
        Sections(Function.WithHeld([function])[..^1], Roots(function), function.Lines, limit, function.Parameters.Length);

    private static Node[] Roots(Function function)
    {
        Node[] parameters = [.. function.Parameters.Select(Node.Placeholder)];
        return [.. parameters, .. function.Apply(parameters)];
    }

    private static string Sections(List<Function> held, ReadOnlySpan<Node> roots, int lines, int limit, int? parameters)
    {
        var names = new Dictionary<Function, string>();
        foreach (var f in held) names[f] = $"f{names.Count}";
        var text = new StringBuilder();
        var skip = Math.Max(0, held.Sum(f => (long)f.Lines) + lines - limit);
        if (skip > 0) text.Append($"… {skip} earlier nodes\n");
        foreach (var f in held)
        {
            if (skip < f.Lines) Lines(text.Append($"{names[f]} = {{\n"), Roots(f), (int)skip, "  ", names, f.Parameters.Length).Append("}\n");
            skip = Math.Max(0, skip - f.Lines);
        }
        return Lines(text, roots, (int)Math.Min(skip, lines), "", names, parameters).ToString();
    }

    private static StringBuilder Lines(StringBuilder text, ReadOnlySpan<Node> roots, int skip, string margin, Dictionary<Function, string> names, int? parameters)
    {
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(roots, null, numbering);
        for (var i = skip; i < order.Count; i++)
        {
            text.Append($"{margin}%{i} = {order[i].Op.Written(f => names[f])}");
            if (!order[i].Inputs.IsEmpty) text.Append($"({Named(order[i].Inputs.AsSpan(), numbering)})");
            text.Append($" : {order[i].Type}");
            // A function's nodes are made for its listing.
            if (parameters is null && order[i].Origin is { } origin) text.Append($"  // {origin}");
            text.Append('\n');
        }
        if (parameters is { } n) text.Append($"{margin}→ {Named(roots[n..], numbering)}\n");
        return text;
    }

    /// <summary>The graph in Graphviz' language.</summary>
    /// <param name="root">The result.</param>
    /// <param name="limit">The most nodes.</param>
    public static string Graphviz(Node root, int limit = DefaultLimit) => Text(root, limit, "digraph {\n", (b, n, i, inputs) =>
    {
        b.Append($"  n{i} [label=\"{Escaped(n)}\"];\n");
        foreach (var k in inputs) b.Append($"  n{k} -> n{i};\n");
    }, n => $"  // {n} earlier nodes are left out\n", "}\n");

    /// <summary>The graph in Mermaid's language.</summary>
    /// <param name="root">The result.</param>
    /// <param name="limit">The most nodes.</param>
    public static string Mermaid(Node root, int limit = DefaultLimit) => Text(root, limit, "graph TD\n", (b, n, i, inputs) =>
    {
        b.Append($"  n{i}[\"{Escaped(n)}\"]\n");
        foreach (var k in inputs) b.Append($"  n{k} --> n{i}\n");
    }, n => $"  %% {n} earlier nodes are left out\n", "");

    private static string Escaped(Node node) => node.ToString().Replace("\"", "'", StringComparison.Ordinal);

    private static string Text(Node root, int limit, string head, Action<StringBuilder, Node, int, List<int>> line, Func<int, string> cut, string tail)
    {
        using var numbering = Numbering.Begin();
        var order = Traversal.Order([root], null, numbering);
        var first = Math.Max(0, order.Count - limit);
        var text = new StringBuilder(head);
        if (first > 0) text.Append(cut(first));
        for (var i = first; i < order.Count; i++) line(text, order[i], i, Places(order[i].Inputs.AsSpan(), numbering));
        return text.Append(tail).ToString();
    }

    private static string Named(ReadOnlySpan<Node> nodes, in Numbering numbering) => string.Join(", ", Places(nodes, numbering).Select(k => "%" + k));

    private static List<int> Places(ReadOnlySpan<Node> nodes, in Numbering numbering)
    {
        var places = new List<int>(nodes.Length);
        foreach (var node in nodes) places.Add(numbering[node]);
        return places;
    }
}
