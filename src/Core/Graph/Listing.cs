using System.Text;

namespace Functional.Autograd;

/// <summary>Graphs as text: a readable listing, Graphviz and Mermaid.</summary>
public static class Listing
{
    /// <summary>How many nodes a text shows unless more are asked for.</summary>
    public const int DefaultLimit = 200;

    /// <summary>One line per node, inputs before users: <c>%2 = Mul(%0, %1) : float64[3]</c>.</summary>
    /// <param name="root">The result.</param>
    /// <param name="limit">The most lines; the first ones are left out beyond it.</param>
    public static string Of(Node root, int limit = DefaultLimit) => Lines([root], limit, _ => "");

    /// <summary>A function's steps, one line each after its parameters, and its results: <c>→ %2</c>.</summary>
    /// <param name="function">The function.</param>
    /// <param name="limit">The most lines; the first ones are left out beyond it.</param>
    public static string Of(Function function, int limit = DefaultLimit)
    {
        Node[] parameters = [.. function.Parameters.Select(Node.Placeholder)];
        var results = function.Apply(parameters);
        return Lines([.. parameters, .. results], limit, places => $"→ {string.Join(", ", places.Skip(parameters.Length).Select(k => "%" + k))}\n");
    }

    private static string Lines(ReadOnlySpan<Node> roots, int limit, Func<List<int>, string> tail) =>
        Text(roots, limit, "", (b, n, i, inputs) => b.Append($"%{i} = {n.Op}").Append(inputs.Count > 0 ? "(" + string.Join(", ", inputs.Select(k => "%" + k)) + ")" : "").Append($" : {n.Type}\n"), n => $"… {n} earlier nodes\n", tail);

    /// <summary>The graph in Graphviz' language.</summary>
    /// <param name="root">The result.</param>
    /// <param name="limit">The most nodes.</param>
    public static string Graphviz(Node root, int limit = DefaultLimit) => Text([root], limit, "digraph {\n", (b, n, i, inputs) =>
    {
        b.Append($"  n{i} [label=\"{Escaped(n)}\"];\n");
        foreach (var k in inputs) b.Append($"  n{k} -> n{i};\n");
    }, n => $"  // {n} earlier nodes are left out\n", _ => "}\n");

    /// <summary>The graph in Mermaid's language.</summary>
    /// <param name="root">The result.</param>
    /// <param name="limit">The most nodes.</param>
    public static string Mermaid(Node root, int limit = DefaultLimit) => Text([root], limit, "graph TD\n", (b, n, i, inputs) =>
    {
        b.Append($"  n{i}[\"{Escaped(n)}\"]\n");
        foreach (var k in inputs) b.Append($"  n{k} --> n{i}\n");
    }, n => $"  %% {n} earlier nodes are left out\n", _ => "");

    private static string Escaped(Node node) => node.ToString().Replace("\"", "'", StringComparison.Ordinal);

    private static string Text(ReadOnlySpan<Node> roots, int limit, string head, Action<StringBuilder, Node, int, List<int>> line, Func<int, string> cut, Func<List<int>, string> tail)
    {
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(roots, null, numbering);
        var first = Math.Max(0, order.Count - limit);
        var text = new StringBuilder(head);
        if (first > 0) text.Append(cut(first));
        for (var i = first; i < order.Count; i++) line(text, order[i], i, Places(order[i].Inputs.AsSpan(), numbering));
        return text.Append(tail(Places(roots, numbering))).ToString();
    }

    private static List<int> Places(ReadOnlySpan<Node> nodes, in Numbering numbering)
    {
        var places = new List<int>(nodes.Length);
        foreach (var node in nodes) places.Add(numbering[node]);
        return places;
    }
}
