using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>Forward mode as a pure function from graph to graph; it applies the same linear maps that <see cref="Gradient"/> transposes.</summary>
public static class Tangent
{
    /// <summary>The tangents of the roots, given those of some inputs.</summary>
    /// <param name="roots">What is differentiated.</param>
    /// <param name="inputs">With respect to what.</param>
    /// <param name="tangents">One tangent per input, of its type.</param>
    /// <returns>One tangent per root; null where it does not depend on the inputs differentiably.</returns>
    /// <exception cref="ShapeException">There are not as many tangents as inputs, or a tangent's type is not its input's.</exception>
    /// <exception cref="InvalidOperationException">As <see cref="Gradient.Of(ReadOnlySpan{Node}, ReadOnlySpan{Node}, ReadOnlySpan{Node})"/> throws it.</exception>
    public static Node?[] Of(ReadOnlySpan<Node> roots, ReadOnlySpan<Node> inputs, ReadOnlySpan<Node> tangents) => Along(roots, inputs, [.. tangents], guarded: Gradient.MayBeHidden(inputs));

    /// <summary>The same, where some inputs stand still and are not looked into, as is what was there before a trace.</summary>
    internal static Node?[] Along(ReadOnlySpan<Node> roots, ReadOnlySpan<Node> inputs, ReadOnlySpan<Node?> tangents, bool guarded = false, Trace? trace = null)
    {
        if (tangents.Length != inputs.Length) throw new ShapeException($"Tangent: {inputs.Length} inputs need as many tangents, not {tangents.Length}");
        var given = new Dictionary<Node, Node?>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (tangents[i] is { } t && !t.Type.Equals(inputs[i].Type)) throw new ShapeException($"Tangent: {t.Type} does not fit input {i} of type {inputs[i].Type}");
            // Given twice, a node moves by both.
            given[inputs[i]] = given.GetValueOrDefault(inputs[i]) is { } other && tangents[i] is { } more ? other + more : tangents[i] ?? given.GetValueOrDefault(inputs[i]);
        }
        bool IsBorder(Node n) => n.Op is Detach || given.ContainsKey(n) || trace?.Made(n) == false;
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(roots, IsBorder, numbering);
        // Reverse mode tells whether a derivative passes there.
        if (guarded && order.Exists(n => n.IsResult)) Gradient.Of(roots, [.. roots.ToArray().Select(y => Ops.Full(y.Type, 1))], inputs);
        var (flow, terms) = (new Node?[order.Count], new Node?[4]);
        Dictionary<int, Node?[]>? parts = null;
        for (var i = 0; i < flow.Length; i++)
        {
            var y = order[i];
            if (given.TryGetValue(y, out flow[i]) || !y.Type.IsSmooth || IsBorder(y)) continue;
            if (y.Op is Part part)
            {
                flow[i] = parts?.GetValueOrDefault(numbering[y.Inputs[0]])?[part.Index];
                continue;
            }
            var n = y.Inputs.Length;
            if (n > terms.Length) terms = new Node?[n];
            var moves = false;
            for (var k = 0; k < n; k++) moves |= (terms[k] = flow[numbering[y.Inputs[k]]]) is not null;
            if (!moves) continue;
            if (y.Op is Several several) (parts ??= [])[i] = several.PushAll(y, terms.AsSpan(0, n));
            else flow[i] = y.Op.Push(y, terms.AsSpan(0, n));
        }
        var result = new Node?[roots.Length];
        for (var i = 0; i < result.Length; i++) result[i] = flow[numbering[roots[i]]];
        return result;
    }

    /// <summary>A step of a loop together with its tangents: from (values and tangents) to (carries, the tangents of some results).</summary>
    /// <param name="name">Whose step it is.</param>
    /// <param name="step">The step.</param>
    /// <param name="carries">How many of its results are carries.</param>
    /// <param name="places">What each parameter of the new step is: k for the k-th of the step, ~k for its tangent.</param>
    /// <param name="moved">The results whose tangents are wanted.</param>
    internal static Function OfStep(string name, Function step, int carries, int[] places, int[] moved) => Function.Of(name, p =>
    {
        var (x, t) = (new Node[step.Parameters.Length], new Node?[step.Parameters.Length]);
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] >= 0) x[places[i]] = new Node(Alias.Instance, p[i]);
            else t[~places[i]] = p[i];
        }
        var results = step.Apply(x);
        var pushed = Along(results.AsSpan(), x, t);
        return [.. results[..carries], .. moved.Select(k => pushed[k] ?? Ops.Full(results[k].Type, 0))];
    }, [.. places.Select(k => step.Parameters[k >= 0 ? k : ~k])]).Closed;

    /// <summary>A linear map applied to a tangent; null for zero.</summary>
    internal static Node? Push(LinearMap map, Node y, int operand, Node t) => map switch
    {
        LinearMap.Identity => t,
        LinearMap.Scale(var weight) => t * weight,
        LinearMap.Over(var divisor) => t / divisor,
        LinearMap.Self => new Node(y.Op, y.Inputs.SetItem(operand, t)),
        LinearMap.Adjoint(var transpose) => Transposed(y, c => [transpose(c)], [t]),
        _ => null,
    };

    /// <summary>Whether a function is linear in some of its parameters taken together, as its graph shows, so that its transpose tells all of it.</summary>
    internal static bool IsLinear(Function f, bool[] parameters)
    {
        if (f.IsOffset(parameters)) return false;
        Node[] Slope(ImmutableArray<Node> p) => [.. Gradient.Of(f.Apply(p.AsSpan()[..parameters.Length]).AsSpan(), p.AsSpan()[parameters.Length..], [.. p.Where((_, k) => parameters.ElementAtOrDefault(k))]).OfType<Node>()];
        var slope = Function.Of("Tangent", p => [.. Slope(p)], [.. f.Parameters, .. f.Results]).Closed;
        return !(slope.Results.IsEmpty ? f.Depending(parameters) : slope.Depending([.. parameters, .. f.Results.Select(_ => false)])).Contains(true);
    }

    /// <summary>Σₖ Jₖ·tₖ, given c ↦ Jₖᵀ·c for all k: a map is linear in its argument, so transposing its graph needs no value there.</summary>
    internal static Node? Transposed(Node y, Func<Node, Node[]> maps, ReadOnlySpan<Node> tangents)
    {
        var c = new Node(Alias.Instance, Ops.Full(y.Type, 0));
        return Gradient.Of(maps(c), tangents, [c], constants: [y, .. y.Inputs])[0];
    }
}
