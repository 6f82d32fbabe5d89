using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;

namespace Model.Pure;

/// <summary>Arrays as nodes, and nodes as arrays: the reference interpreter computes, no plan and no backend.</summary>
internal class Constants
{
    private readonly Dictionary<Node, Dense<Real>> given = new(ReferenceEqualityComparer.Instance);

    public Node Of(Value value) => Of(value.Type, [.. value.Data]);

    public Node Places(IEnumerable<int> places)
    {
        double[] data = [.. places.Select(p => (double)p)];
        return Of(new TensorType(DType.Int64, [data.Length]), data);
    }

    protected Node Of(TensorType type, double[] data)
    {
        var node = Node.Placeholder(type);
        given[node] = new(type.Shape, [.. data.Select(Real.From)]);
        return node;
    }

    public Value Value(Node node) => Pure.Value.From(node, Oracle<Real>.Run(node, given));

    /// <summary>The value of a function of arrays.</summary>
    public static Value Evaluate(Formula formula, params ImmutableArray<Value> x)
    {
        var constants = new Constants();
        return constants.Value(formula(constants, [.. x.Select(constants.Of)]));
    }
}

/// <summary>
/// Histories as one pure function of their leaves. Each operation is a function of the values that it saw, so an operand is a constant
/// whose cotangent goes where the value came from; a hook is an identity with a derivative of its own.
/// </summary>
internal sealed class Replay(ImmutableDictionary<History, ImmutableList<(int Id, HookKind Kind)>> hooks) : Constants
{
    private readonly Dictionary<History, (Node Inner, Node Outer)> made = [];

    /// <summary>Before its hooks, seen from the leaves: a gradient with respect to it has passed them.</summary>
    public Node Inner(History history) => Made(history).Inner;

    /// <summary>What users see.</summary>
    public Node Outer(History history) => Made(history).Outer;

    /// <summary>The cotangent of a node in a pass; null where nothing depends on it.</summary>
    public Node? Cotangent(Pass pass, Node node)
    {
        Node[] roots = [.. pass.Roots.Select(r => Outer(r.Edge!))];
        Node[] seeds = [.. pass.Seeds.Zip(roots, (s, r) => Ops.Cast(Seen(s), r.DType))];
        var cotangent = Gradient.Of(roots, seeds, [node])[0];
        IsSeed = seeds.Where((_, i) => pass.Given[i]).Contains(cotangent);
        return cotangent;
    }

    /// <summary>Whether the last cotangent was a given one, untouched; PyTorch hands out that very tensor.</summary>
    public bool IsSeed { get; private set; }

    public static Node Through(HookKind hook, Node gradient) => hook switch
    {
        HookKind.Double or HookKind.DoubleInPlace => gradient * 2,
        HookKind.Detach => Ops.Detach(gradient),
        _ => gradient,
    };

    /// <summary>Whether a node depends on any leaf among some histories.</summary>
    public bool Depends(Node node, IEnumerable<History> histories) =>
        histories.OfType<Leaf>().Any(leaf => Gradient.Of([node], [Ops.Full(node.Type, 1)], [Inner(leaf)])[0] is not null);

    private (Node Inner, Node Outer) Made(History history)
    {
        if (!made.ContainsKey(history))
            foreach (var h in History.Order([history]))
                if (!made.ContainsKey(h)) made[h] = Make(h);
        return made[history];
    }

    private (Node Inner, Node Outer) Make(History history)
    {
        var inner = history switch
        {
            // No value of a leaf is ever read: NaN would show it.
            Leaf leaf => Of(leaf.Type, [.. Enumerable.Repeat(double.NaN, (int)leaf.Type.Count)]),
            Applied applied => new Node(Alias.Instance, applied.Formula(this, [.. applied.Operands.Select(Seen)])),
            Derived derived => new Node(Alias.Instance, Cotangent(derived.Pass, Inner(derived.Target)) ?? Ops.Full(Inner(derived.Target).Type, 0)),
            _ => throw new ArgumentException(history.Name),
        };
        return hooks.TryGetValue(history, out var mine) ? (inner, Ops.WithRule("hooks", inner, [inner], (_, _, c) => [mine.Aggregate(c, (g, hook) => Through(hook.Kind, g))]))
            : (inner, inner);
    }

    private Node Seen(Operand operand) => operand.Edge is null ? Of(operand.Value) : Ops.WithRule("seen", Of(operand.Value), [Outer(operand.Edge)], (_, _, c) => [c]);
}
