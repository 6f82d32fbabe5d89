using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Functional.Autograd.Plans;

/// <summary>A computation in canonical form: placeholders for what is given, and the results wanted.</summary>
/// <param name="placeholders">One placeholder per leaf, then one per scalar argument.</param>
/// <param name="leaves">How many of the placeholders are leaves.</param>
/// <param name="roots">The results.</param>
internal sealed class Graph(ImmutableArray<Node> placeholders, int leaves, ImmutableArray<Node> roots)
{
    /// <summary>One placeholder per leaf, then one per scalar argument.</summary>
    public ImmutableArray<Node> Placeholders => placeholders;

    /// <summary>How many of the placeholders are leaves.</summary>
    public int Leaves => leaves;

    /// <summary>The results.</summary>
    public ImmutableArray<Node> Roots => roots;

    /// <summary>The nodes with their places: the placeholders, then what the results are made of.</summary>
    public Sequence Order => field ??= new([.. placeholders, .. roots]);

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
            else image[i] = node.Over(Picked(image, cone.Operands.Slice(next, node.Inputs.Length)));
            if (value is null) next += node.Inputs.Length;
        }
        return new([.. leaves, .. arguments], leaves.Count, Picked(image, cone.Roots));
    }

    internal static Graph Of(Function function)
    {
        ImmutableArray<Node> parameters = [.. function.Parameters.Select(Node.Placeholder)];
        return new(parameters, parameters.Length, function.Apply(parameters.AsSpan()));
    }

    private static ImmutableArray<Node> Picked(Node[] image, ReadOnlySpan<int> places)
    {
        var picked = new Node[places.Length];
        for (var k = 0; k < picked.Length; k++) picked[k] = image[places[k]];
        return ImmutableCollectionsMarshal.AsImmutableArray(picked);
    }

    /// <summary>A node's replacement, given its place and its inputs' replacements.</summary>
    internal delegate Node Replacement(int place, ReadOnlySpan<Node> inputs);

    /// <summary>The graph rebuilt bottom-up.</summary>
    internal Graph Rewritten(Replacement replace)
    {
        var image = new Node[Order.Nodes.Length];
        var inputs = new Node[4];
        for (var i = 0; i < image.Length; i++)
        {
            var places = Order.Inputs(i);
            if (places.Length > inputs.Length) inputs = new Node[places.Length];
            for (var k = 0; k < places.Length; k++) inputs[k] = image[places[k]];
            image[i] = replace(i, inputs.AsSpan(0, places.Length));
        }
        return new(placeholders, leaves, Picked(image, Order.Roots(roots.Length)));
    }

    /// <summary>A node with its inputs' replacements: itself, where they are its inputs.</summary>
    internal static Node Kept(Node node, ReadOnlySpan<Node> inputs)
    {
        for (var k = 0; k < inputs.Length; k++)
            if (!ReferenceEquals(inputs[k], node.Inputs[k])) return node.Over([.. inputs]);
        return node;
    }
}
