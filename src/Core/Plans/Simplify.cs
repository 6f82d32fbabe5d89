using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>
/// Rebuilds the graph through the smart constructors, so that what became trivial once its operands changed disappears. Every
/// rewrite is exact in IEEE arithmetic, NaN and signed zeros included.
/// </summary>
internal static class Simplify
{
    public static Graph Run(Graph graph)
    {
        var uses = Uses(graph);
        return graph.Rewritten((node, x) => Transposed(node, x, uses) ?? Again(node, x));
    }

    private static Node Again(Node node, Node[] x) => node.Op switch
    {
        Unary { Title: "Neg" } when x[0].Op == Unary.Neg => x[0].Inputs[0],
        Unary op => Ops.Apply(op, x[0]),
        Binary op => Ops.Apply(op, x[0], x[1]),
        Select => Ops.Where(x[0], x[1], x[2]),
        Cast op => Ops.Cast(x[0], op.To),
        Reshape op => Ops.Reshape(x[0].Op is Reshape ? x[0].Inputs[0] : x[0], op.Shape),
        Permute op => x[0].Op is Permute inner ? Ops.Permute(x[0].Inputs[0], inner.Axes.Pick(op.Axes)) : Ops.Permute(x[0], op.Axes),
        Broadcast op => Ops.Broadcast(x[0].Op is Broadcast ? x[0].Inputs[0] : x[0], op.Shape),
        Slice op => Ops.Slice(x[0], op.Start, op.Shape, op.Step),
        Alias or Detach or Ruled => x[0],
        _ => Kept(node, x),
    };

    // (A·B)ᵀ = Bᵀ·Aᵀ: the same sums, and no pass over the result. A product that others read as well stays as it is.
    private static Node? Transposed(Node node, Node[] x, Dictionary<Node, int> uses)
    {
        if (node.Op is not Permute permute || x[0].Type.Rank is not (2 or 3)) return null;
        var (source, product) = (node.Inputs[0], x[0]);
        Dims swap = x[0].Type.Rank == 2 ? [1, 0] : [0, 2, 1];
        if (uses[source] != 1 || permute.Axes != swap) return null;
        if (product.Op is Reshape && product.Inputs[0] is { Op: Dot, Shape: [1, _, _] } inner && product.Shape == inner.Shape[1..] && uses[source.Inputs[0]] == 1) product = inner;
        return product.Op is Dot ? Ops.Reshape(new Node(Dot.Instance, Ops.Transpose(product.Inputs[1]), Ops.Transpose(product.Inputs[0])), node.Shape) : null;
    }

    private static Dictionary<Node, int> Uses(Graph graph)
    {
        var uses = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        using var numbering = Numbering.Begin();
        foreach (var node in Traversal.Order([.. graph.Roots], null, numbering))
            foreach (var input in node.Inputs) uses[input] = uses.GetValueOrDefault(input) + 1;
        foreach (var root in graph.Roots) uses[root] = uses.GetValueOrDefault(root) + 1;
        return uses;
    }

    internal static Node Kept(Node node, Node[] inputs)
    {
        for (var k = 0; k < inputs.Length; k++)
            if (!ReferenceEquals(inputs[k], node.Inputs[k])) return new Node(node.Op, [.. inputs]);
        return node;
    }
}
