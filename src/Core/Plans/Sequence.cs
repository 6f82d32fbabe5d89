using System.Runtime.InteropServices;

namespace Functional.Autograd.Plans;

/// <summary>A graph's nodes, inputs before users, and the places of each one's inputs among them.</summary>
internal sealed class Sequence
{
    private readonly List<Node> nodes;
    private readonly int[] inputs, end, roots;

    public Sequence(ReadOnlySpan<Node> from)
    {
        using var numbering = Numbering.Begin();
        nodes = Traversal.Order(from, null, numbering);
        end = new int[nodes.Count];
        var count = 0;
        for (var i = 0; i < end.Length; i++) end[i] = count += nodes[i].Inputs.Length;
        inputs = new int[count];
        count = 0;
        foreach (var node in nodes)
            foreach (var input in node.Inputs) inputs[count++] = numbering[input];
        roots = new int[from.Length];
        for (var k = 0; k < roots.Length; k++) roots[k] = numbering[from[k]];
    }

    /// <summary>The nodes.</summary>
    public ReadOnlySpan<Node> Nodes => CollectionsMarshal.AsSpan(nodes);

    /// <summary>The places of a node's inputs.</summary>
    public ReadOnlySpan<int> Inputs(int place) => inputs.AsSpan((place == 0 ? 0 : end[place - 1])..end[place]);

    /// <summary>The places of the last of the nodes that it was made from.</summary>
    public ReadOnlySpan<int> Roots(int count) => roots.AsSpan(^count..);

    /// <summary>How often each node is an input.</summary>
    public int[] Uses()
    {
        var uses = new int[nodes.Count];
        foreach (var input in inputs) uses[input]++;
        return uses;
    }
}
