using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>A loop that is wanted with the carries it keeps, and without them as well, runs once. After <see cref="Merge"/>, so that its operands are the same nodes.</summary>
internal static class Residuals
{
    public static Graph Run(Graph graph)
    {
        var keeping = new HashSet<Merge.Shape>();
        foreach (var node in graph.Order.Nodes)
            if (node.Op is Loop { Keeps: true }) keeping.Add(new(node.Op, node.Inputs));
        if (keeping.Count == 0) return graph;
        var known = new Dictionary<Merge.Shape, Node>();
        return graph.Rewritten((i, inputs) =>
        {
            var node = graph.Order.Nodes[i];
            if (node.Op is not Loop loop) return Graph.Kept(node, inputs);
            var op = keeping.Contains(new(loop with { Keeps = true }, node.Inputs)) ? loop with { Keeps = true } : loop;
            var shape = new Merge.Shape(op, [.. inputs]);
            return known.TryGetValue(shape, out var same) ? same : known[shape] = new Node(op, [.. inputs]);
        });
    }
}
