using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>Graphs taken apart: what a node hangs on, and the same with other things in their places.</summary>
public static class Graphs
{
    /// <summary>The same expression with some nodes replaced. What does not hang on a replaced node is passed on as it is, the root included.</summary>
    /// <param name="root">The expression.</param>
    /// <param name="pairs">What is replaced, and by what. All at once: replacements are not looked into, so two nodes can change places.</param>
    /// <exception cref="ShapeException">A replacement has another type.</exception>
    /// <exception cref="ArgumentException">A node is to be replaced twice.</exception>
    public static Node Substitute(Node root, params ReadOnlySpan<(Node Old, Node New)> pairs)
    {
        var given = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        foreach (var (from, to) in pairs)
        {
            if (!from.Type.Equals(to.Type)) throw new ShapeException($"Substitute: a node of type {to.Type} cannot stand for one of type {from.Type}");
            if (!given.TryAdd(from, to)) throw new ArgumentException($"Substitute: the node {from} is to be replaced twice", nameof(pairs));
        }
        return Traversal.Rebuild([root], given.ContainsKey, (n, x) => given.TryGetValue(n, out var other) ? other : x.AsSpan().SequenceEqual(n.Inputs.AsSpan()) ? n : new Node(n.Op, [.. x]))[0];
    }

    /// <summary>The placeholders that an expression hangs on, in the order in which its listing shows them.</summary>
    /// <param name="root">The expression.</param>
    public static ImmutableArray<Node> FreeInputs(Node root)
    {
        using var numbering = Numbering.Begin();
        return [.. Traversal.Order([root], null, numbering).Where(n => n is { Op: Input, Value: null })];
    }
}
