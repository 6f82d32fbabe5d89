using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>
/// Rebuilds the graph through the smart constructors, so that what became trivial once its operands changed disappears. Every
/// rewrite is exact in IEEE arithmetic, NaN and signed zeros included.
/// </summary>
internal static class Simplify
{
    public static Graph Run(Graph graph) => graph.Rewritten((node, x) => node.Op switch
    {
        Unary op => Ops.Apply(op, x[0]),
        Binary op => Ops.Apply(op, x[0], x[1]),
        Select => Ops.Where(x[0], x[1], x[2]),
        Cast op => Ops.Cast(x[0], op.To),
        Reshape op => Ops.Reshape(x[0], op.Shape),
        Permute op => Ops.Permute(x[0], op.Axes),
        Broadcast op => Ops.Broadcast(x[0], op.Shape),
        Slice op => Ops.Slice(x[0], op.Start, op.Shape, op.Step),
        Alias or Detach or Custom => x[0],
        _ => Kept(node, x),
    });

    internal static Node Kept(Node node, Node[] inputs)
    {
        for (var k = 0; k < inputs.Length; k++)
            if (!ReferenceEquals(inputs[k], node.Inputs[k])) return new Node(node.Op, [.. inputs]);
        return node;
    }
}
