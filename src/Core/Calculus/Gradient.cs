namespace Functional.Autograd;

/// <summary>Reverse mode as a pure function from graph to graph.</summary>
public static class Gradient
{
    /// <summary>
    /// The cotangents of some nodes: the sum over the roots of seedᵀ·∂root/∂node, as expressions. Because the result is a graph
    /// like any other, it can be differentiated again.
    /// </summary>
    /// <param name="roots">What is differentiated.</param>
    /// <param name="seeds">One cotangent per root, of its type.</param>
    /// <param name="wrt">
    /// With respect to what; the inputs of these nodes are not looked at, so partial derivatives result. Constants are folded into what
    /// is made of them: use a leaf, or <see cref="Transforms.Grad(Func{Node, Node})"/>, to differentiate with respect to one.
    /// </param>
    /// <returns>One cotangent per entry of <paramref name="wrt"/>; null where no root depends on it differentiably.</returns>
    /// <exception cref="ShapeException">A seed's type is not its root's.</exception>
    public static Node?[] Of(ReadOnlySpan<Node> roots, ReadOnlySpan<Node> seeds, ReadOnlySpan<Node> wrt) =>
        Of(roots, seeds, wrt, constants: []);

    /// <summary>The same, where some nodes are known to be constant and are not looked into.</summary>
    internal static Node?[] Of(ReadOnlySpan<Node> roots, ReadOnlySpan<Node> seeds, ReadOnlySpan<Node> wrt, ReadOnlySpan<Node> constants)
    {
        var borders = new HashSet<Node>([.. wrt, .. constants], ReferenceEqualityComparer.Instance);
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(roots, borders.Contains, numbering);
        var isTarget = Marked(wrt, order.Count, numbering);
        var active = Active(order, isTarget, Marked(constants, order.Count, numbering), numbering);
        var cotangents = new Node?[order.Count];
        for (var i = 0; i < roots.Length; i++)
        {
            if (!seeds[i].Type.Equals(roots[i].Type)) throw new ShapeException($"Gradient: the seed {seeds[i].Type} does not fit the result {roots[i].Type}");
            Accumulate(ref cotangents[numbering[roots[i]]], seeds[i]);
        }
        for (var i = order.Count - 1; i >= 0; i--)
        {
            if (cotangents[i] is not { } c || !active[i] || isTarget[i]) continue;
            var y = order[i];
            for (var k = 0; k < y.Inputs.Length; k++)
            {
                var x = numbering[y.Inputs[k]];
                if (active[x]) Accumulate(ref cotangents[x], Pull(y.Op.Differential(y, k), c));
            }
        }
        var result = new Node?[wrt.Length];
        for (var i = 0; i < wrt.Length; i++)
            if (numbering.TryGet(wrt[i], out var n)) result[i] = cotangents[n];
        return result;
    }

    /// <summary>The transpose of a linear map, applied to a cotangent; null for zero.</summary>
    internal static Node? Pull(LinearMap map, Node c) => map switch
    {
        LinearMap.Identity => c,
        LinearMap.Scale(var weight) => c * weight,
        LinearMap.Self(var transpose) => transpose(c),
        LinearMap.Adjoint(var transpose) => transpose(c),
        _ => null,
    };

    private static void Accumulate(ref Node? sum, Node? term) =>
        sum = sum is null ? term : term is null ? sum : sum + term;

    private static bool[] Marked(ReadOnlySpan<Node> nodes, int count, in Numbering numbering)
    {
        var marked = new bool[count];
        foreach (var node in nodes)
            if (numbering.TryGet(node, out var place)) marked[place] = true;
        return marked;
    }

    // Nodes between the roots and the targets that carry derivatives.
    private static bool[] Active(List<Node> order, bool[] isTarget, bool[] isConstant, in Numbering numbering)
    {
        var active = new bool[order.Count];
        for (var i = 0; i < active.Length; i++)
        {
            active[i] = isTarget[i];
            if (active[i] || isConstant[i] || !order[i].DType.IsFloat) continue;
            foreach (var input in order[i].Inputs)
                if (active[numbering[input]])
                {
                    active[i] = true;
                    break;
                }
        }
        return active;
    }
}
