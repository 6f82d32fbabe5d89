using System.Collections.Immutable;

namespace Functional.Autograd.Plans;

/// <summary>A computation in canonical form: placeholders for what is given, and the results wanted.</summary>
/// <param name="Placeholders">One placeholder per leaf, then one per scalar argument.</param>
/// <param name="Leaves">How many of the placeholders are leaves.</param>
/// <param name="Roots">The results.</param>
internal sealed record Graph(ImmutableArray<Node> Placeholders, int Leaves, ImmutableArray<Node> Roots)
{
    internal static Graph Of(Cone cone)
    {
        List<Node> leaves = [], arguments = [];
        var image = new Node[cone.Nodes.Length];
        var next = 0;
        for (var i = 0; i < image.Length; i++)
        {
            var node = cone.Nodes[i];
            var value = cone.Values[i];
            if (value is not null) leaves.Add(image[i] = Node.Placeholder(node.Type));
            else if (Cone.IsArgument(node, value)) arguments.Add(image[i] = Node.Placeholder(node.Type));
            else if (node.Inputs.IsEmpty) image[i] = node;
            else image[i] = new Node(node.Op, Operands(cone, image, node, ref next));
        }
        var roots = ImmutableArray.CreateBuilder<Node>();
        foreach (var root in cone.Roots) roots.Add(image[root]);
        return new([.. leaves, .. arguments], leaves.Count, roots.ToImmutable());
    }

    private static ImmutableArray<Node> Operands(Cone cone, Node[] image, Node node, ref int next)
    {
        var builder = ImmutableArray.CreateBuilder<Node>(node.Inputs.Length);
        for (var k = 0; k < node.Inputs.Length; k++) builder.Add(image[cone.Operands[next++]]);
        return builder.MoveToImmutable();
    }

    internal Graph Rewritten(Func<Node, Node[], Node> rebuild) =>
        this with { Roots = [.. Traversal.Rebuild(Roots.AsSpan(), null, rebuild)] };
}
