using System.Runtime.InteropServices;

namespace Functional.Autograd;

/// <summary>The one traversal of graphs: iterative, so that depth is bounded by memory and not by the stack.</summary>
internal static class Traversal
{
    // One stack serves the traversals of a thread, one after another: that of a deep graph is large, and large arrays are dear to the collector.
    [ThreadStatic] private static List<(Node Node, int Next)>? spare;

    /// <summary>Lists what the roots depend on, inputs before users, numbering each node by its place in the list.</summary>
    /// <param name="roots">Where to start.</param>
    /// <param name="isLeaf">Nodes whose inputs are not visited.</param>
    /// <param name="numbering">Receives the places; nodes numbered beforehand (with −1 − k, say) are not visited.</param>
    public static List<Node> Order(ReadOnlySpan<Node> roots, Func<Node, bool>? isLeaf, in Numbering numbering)
    {
        var order = new List<Node>();
        var stack = spare ?? [];
        spare = null;
        foreach (var root in roots)
        {
            if (numbering.TryGet(root, out _)) continue;
            Open(root, isLeaf, stack, order, numbering);
            while (stack.Count > 0)
            {
                ref var top = ref CollectionsMarshal.AsSpan(stack)[^1];
                if (top.Next < top.Node.Inputs.Length)
                {
                    var input = top.Node.Inputs[top.Next++];
                    if (!numbering.TryGet(input, out _)) Open(input, isLeaf, stack, order, numbering);
                    continue;
                }
                numbering.Set(top.Node, order.Count);
                order.Add(top.Node);
                stack.RemoveAt(stack.Count - 1);
            }
        }
        if (stack.Capacity <= 1 << 18) spare = stack;
        return order;
    }

    // A node in progress carries the number Open, which cannot be met again: graphs have no cycles.
    private static void Open(Node node, Func<Node, bool>? isLeaf, List<(Node, int)> stack, List<Node> order, in Numbering numbering)
    {
        if (!node.Inputs.IsEmpty && (isLeaf is null || !isLeaf(node)))
        {
            stack.Add((node, 0));
            return;
        }
        numbering.Set(node, order.Count);
        order.Add(node);
    }

    /// <summary>Rebuilds a graph bottom-up.</summary>
    /// <param name="roots">Where to start.</param>
    /// <param name="isLeaf">Nodes that are passed on without visiting their inputs.</param>
    /// <param name="rebuild">The replacement of a node, given its inputs' replacements. Returning the node itself keeps it.</param>
    public static Node[] Rebuild(ReadOnlySpan<Node> roots, Func<Node, bool>? isLeaf, Func<Node, Node[], Node> rebuild)
    {
        using var numbering = Numbering.Begin();
        var order = Order(roots, isLeaf, numbering);
        var image = new Node[order.Count];
        for (var i = 0; i < order.Count; i++)
        {
            var node = order[i];
            var leaf = isLeaf is not null && isLeaf(node);
            var inputs = new Node[leaf ? 0 : node.Inputs.Length];
            for (var k = 0; k < inputs.Length; k++) inputs[k] = image[numbering[node.Inputs[k]]];
            image[i] = rebuild(node, inputs);
        }
        var result = new Node[roots.Length];
        for (var i = 0; i < result.Length; i++) result[i] = image[numbering[roots[i]]];
        return result;
    }
}
