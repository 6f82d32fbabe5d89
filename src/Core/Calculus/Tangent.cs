namespace Functional.Autograd;

/// <summary>Forward mode as a pure function from graph to graph; it applies the same linear maps that <see cref="Gradient"/> transposes.</summary>
public static class Tangent
{
    /// <summary>The tangents of the roots, given those of some inputs.</summary>
    /// <param name="roots">What is differentiated.</param>
    /// <param name="inputs">With respect to what.</param>
    /// <param name="tangents">One tangent per input, of its type.</param>
    /// <returns>One tangent per root; null where it does not depend on the inputs differentiably.</returns>
    /// <exception cref="ShapeException">A tangent's type is not its input's.</exception>
    public static Node?[] Of(ReadOnlySpan<Node> roots, ReadOnlySpan<Node> inputs, ReadOnlySpan<Node> tangents)
    {
        var given = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!tangents[i].Type.Equals(inputs[i].Type)) throw new ShapeException($"Tangent: {tangents[i].Type} does not fit the input {inputs[i].Type}");
            given[inputs[i]] = tangents[i];
        }
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(roots, given.ContainsKey, numbering);
        var flow = new Node?[order.Count];
        for (var i = 0; i < flow.Length; i++)
        {
            var y = order[i];
            if (given.TryGetValue(y, out flow[i]) || !y.DType.IsFloat) continue;
            for (var k = 0; k < y.Inputs.Length; k++)
                if (flow[numbering[y.Inputs[k]]] is { } t && Push(y.Op.Differential(y, k), y, k, t) is { } term)
                    flow[i] = flow[i] is { } sum ? sum + term : term;
        }
        var result = new Node?[roots.Length];
        for (var i = 0; i < result.Length; i++) result[i] = flow[numbering[roots[i]]];
        return result;
    }

    private static Node? Push(LinearMap map, Node y, int operand, Node t) => map switch
    {
        LinearMap.Identity => t,
        LinearMap.Scale(var weight) => t * weight,
        LinearMap.Self => new Node(y.Op, y.Inputs.SetItem(operand, t)),
        LinearMap.Adjoint(var transpose) => Transpose(transpose, y, t),
        _ => null,
    };

    // A map is linear in its argument, so transposing its graph needs no value there.
    private static Node? Transpose(Func<Node, Node> map, Node y, Node t)
    {
        var c = new Node(Primitives.Alias.Instance, Ops.Full(y.Type, 0));
        return Gradient.Of([map(c)], [t], [c], constants: [y, .. y.Inputs])[0];
    }
}
