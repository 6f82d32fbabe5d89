using System.Runtime.InteropServices;
using Functional.Autograd.Primitives;

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
    /// <returns>
    /// One cotangent per entry of <paramref name="wrt"/>; null where no root depends on it differentiably. A zero that meets an infinite slope is NaN, as in PyTorch, where
    /// <see cref="Transforms"/> keep what a choice did not take out of the derivative.
    /// </returns>
    /// <exception cref="ShapeException">There are not as many seeds as roots, or a seed's type is not its root's.</exception>
    /// <exception cref="InvalidOperationException">
    /// A root depends on the result of a compiled function, and whether that depends on <paramref name="wrt"/> is not known any more;
    /// inside a derivative in progress, compiled functions give no such results.
    /// </exception>
    public static Node?[] Of(ReadOnlySpan<Node> roots, ReadOnlySpan<Node> seeds, ReadOnlySpan<Node> wrt) =>
        Of(roots, seeds, wrt, constants: [], guarded: MayBeHidden(wrt), masked: false);

    // A compiled function is inlined over what hangs on an open node, so no result hides one.
    internal static bool MayBeHidden(ReadOnlySpan<Node> wrt)
    {
        foreach (var node in wrt)
            if (!Trace.IsOpen(node)) return true;
        return false;
    }

    /// <summary>The same, where some nodes are known to be constant and are not looked into, as is what was there before a trace; what is seen of each node is its whole cotangent.</summary>
    internal static Node?[] Of(ReadOnlySpan<Node> roots, ReadOnlySpan<Node> seeds, ReadOnlySpan<Node> wrt, ReadOnlySpan<Node> constants, bool guarded = false, Trace? trace = null, bool masked = true, Action<Node, Node>? seen = null)
    {
        if (seeds.Length != roots.Length) throw new ShapeException($"Gradient: {roots.Length} results need as many cotangents, not {seeds.Length}");
        var borders = new HashSet<Node>([.. wrt, .. constants], ReferenceEqualityComparer.Instance);
        bool IsBorder(Node n) => n.Op is Detach || borders.Contains(n) || trace?.Made(n) == false;
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(roots, IsBorder, numbering);
        var isTarget = Marked(wrt, order.Count, numbering);
        var active = Active(order, isTarget, IsBorder, guarded, numbering);
        var cotangents = new Node?[order.Count];
        for (var i = 0; i < roots.Length; i++)
        {
            if (!seeds[i].Type.Equals(roots[i].Type)) throw new ShapeException($"Gradient: the cotangent {seeds[i].Type} does not fit result {i} of type {roots[i].Type}");
            Accumulate(ref cotangents[numbering[roots[i]]], seeds[i]);
        }
        var masks = masked ? new Masks(order.Count) : null;
        // Of tuples, part by part.
        Dictionary<int, Node?[]>? parts = null;
        var (wanted, terms) = (new bool[4], new Node?[4]);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var (y, c, all) = (order[i], cotangents[i], parts?.GetValueOrDefault(i));
            if (masks is not null && c is not null && (y.Op is not Elementwise || isTarget[i] || seen is not null)) cotangents[i] = c = masks.Cleared(i, c);
            if (c is not null) seen?.Invoke(y, c);
            if ((c is null && all is null) || !active[i] || isTarget[i]) continue;
            if (y.Op is Part part)
            {
                var tuple = y.Inputs[0];
                Accumulate(ref (CollectionsMarshal.GetValueRefOrAddDefault(parts ??= [], numbering[tuple], out _) ??= new Node?[tuple.Type.Parts.Length])[part.Index], c!);
                continue;
            }
            if (y.IsResult) throw new InvalidOperationException($"a derivative would have to look behind a result of type {y.Type} of a compiled function, which holds no history: call the function inside Grad, Vjp or Jvp, or pass Settled(result) where it is data");
            var n = y.Inputs.Length;
            if (n > terms.Length) (wanted, terms) = (new bool[n], new Node?[n]);
            for (var k = 0; k < n; k++) (wanted[k], terms[k]) = (active[numbering[y.Inputs[k]]], null);
            if (y.Op is Several several) several.Pull(y, all, wanted.AsSpan(0, n), terms.AsSpan(0, n));
            else y.Op.Pull(y, c!, wanted.AsSpan(0, n), terms.AsSpan(0, n));
            for (var k = 0; k < n; k++)
            {
                if (!wanted[k] || terms[k] is not { } term) continue;
                if (!term.Type.Equals(y.Inputs[k].Type)) throw new ShapeException($"{y.Op}: the cotangent {term.Type} does not fit operand {k} of type {y.Inputs[k].Type}");
                var operand = numbering[y.Inputs[k]];
                if (masks is null) Accumulate(ref cotangents[operand], term);
                else masks.Hand(ref cotangents[operand], i, operand, y, k, term);
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
        LinearMap.Over(var divisor) => c / divisor,
        LinearMap.Self(var transpose) => transpose(c),
        LinearMap.Adjoint(var transpose) => transpose(c),
        _ => null,
    };

    private static void Accumulate(ref Node? sum, Node term) => sum = sum is null ? term : sum + term;

    private static bool[] Marked(ReadOnlySpan<Node> nodes, int count, in Numbering numbering)
    {
        var marked = new bool[count];
        foreach (var node in nodes)
            if (numbering.TryGet(node, out var place)) marked[place] = true;
        return marked;
    }

    /// <summary>The cotangents of those operands of a function that are active.</summary>
    internal static void Through(Function f, ReadOnlySpan<Node> operands, Node c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
    {
        List<Node> moving = [], still = [];
        for (var k = 0; k < operands.Length; k++) (active[k] ? moving : still).Add(operands[k]);
        var gradients = new Queue<Node?>(Of(f.Apply(operands).AsSpan(), [c], [.. moving], [.. still]));
        for (var k = 0; k < operands.Length; k++)
            if (active[k]) cotangents[k] = gradients.Dequeue();
    }

    // Nodes between the roots and the targets, or what may hide them, that carry derivatives.
    private static bool[] Active(List<Node> order, bool[] isTarget, Func<Node, bool> isBorder, bool guarded, in Numbering numbering)
    {
        var active = new bool[order.Count];
        for (var i = 0; i < active.Length; i++)
        {
            active[i] = isTarget[i];
            if (active[i] || !order[i].Type.IsSmooth || isBorder(order[i])) continue;
            active[i] = guarded && order[i].IsResult;
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
