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
        return graph.Rewritten((i, x) => Transposed(graph.Order, i, x, uses) ?? Unchanged(graph.Order.Nodes[i], Again(graph.Order.Nodes[i], x)));
    }

    // What comes out as it was is the old node, so that the new one need not live.
    private static Node Unchanged(Node old, Node made) =>
        made.Op.Equals(old.Op) && made.Inputs.AsSpan().SequenceEqual(old.Inputs.AsSpan()) && made.Type.Equals(old.Type) ? old : made;

    private static Node Again(Node node, ReadOnlySpan<Node> x) => node.Op switch
    {
        Unary { Title: "Neg" } when x[0].Op == Unary.Neg => x[0].Inputs[0],
        Unary op => Ops.Apply(op, x[0]),
        Binary op => Ops.Apply(op, x[0], x[1]),
        Select => Ops.Where(x[0], x[1], x[2]),
        Cast { To: DType.Float16 or DType.BFloat16 } op when x[0].Op is Cast && x[0].Inputs[0].DType == op.To && x[0].DType == op.To.Compute => x[0].Inputs[0],
        Cast op => Ops.Cast(x[0], op.To),
        Component part when x[0].Op is ComplexOf => x[0].Inputs[part.Imaginary ? 1 : 0],
        Reshape op => Ops.Reshape(x[0].Op is Reshape ? x[0].Inputs[0] : x[0], op.Shape),
        Permute op => x[0].Op is Permute inner ? Ops.Permute(x[0].Inputs[0], inner.Axes.Pick(op.Axes)) : Ops.Permute(x[0], op.Axes),
        Broadcast op => Ops.Broadcast(x[0].Op is Broadcast ? x[0].Inputs[0] : x[0], op.Shape),
        Slice op => Ops.Slice(x[0], op.Start, op.Shape, op.Step),
        Alias or Detach or Ruled => x[0],
        _ => Graph.Kept(node, x),
    };

    // (A·B)ᵀ = Bᵀ·Aᵀ: the same sums, and no pass over the result. A product that others read as well stays as it is.
    private static Node? Transposed(Sequence order, int place, ReadOnlySpan<Node> x, int[] uses)
    {
        var node = order.Nodes[place];
        if (node.Op is not Permute permute || x[0].Type.Rank is not (2 or 3)) return null;
        var (source, product) = (order.Inputs(place)[0], x[0]);
        Dims swap = x[0].Type.Rank == 2 ? [1, 0] : [0, 2, 1];
        if (uses[source] != 1 || permute.Axes != swap) return null;
        if (product.Op is Reshape && product.Inputs[0] is { Op: Dot, Shape: [1, _, _] } inner && product.Shape == inner.Shape[1..] && uses[order.Inputs(source)[0]] == 1) product = inner;
        return product.Op is Dot ? Ops.Reshape(new Node(Dot.Instance, Ops.Transpose(product.Inputs[1]), Ops.Transpose(product.Inputs[0])), node.Shape) : null;
    }

    private static int[] Uses(Graph graph)
    {
        var uses = graph.Order.Uses();
        foreach (var root in graph.Order.Roots(graph.Roots.Length)) uses[root]++;
        return uses;
    }
}
