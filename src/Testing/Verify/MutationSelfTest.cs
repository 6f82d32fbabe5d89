using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>How a derivative is made wrong.</summary>
public enum Mutation
{
    /// <summary>The operand has no derivative.</summary>
    Lost,

    /// <summary>It is twice what it should be.</summary>
    Doubled,

    /// <summary>It has the other sign.</summary>
    Negated,

    /// <summary>It is off by a thousandth: does the check's tolerance let that pass?</summary>
    OffByThousandth,

    /// <summary>It is right, and its own derivative is zero.</summary>
    Detached,
}

/// <summary>A fault that was planted.</summary>
/// <param name="Operation">The operation whose derivative was made wrong.</param>
/// <param name="Place">Its place among the operations of the function that have a derivative, from the inputs on.</param>
/// <param name="Operand">In which operand.</param>
/// <param name="Kind">How.</param>
/// <param name="Noticed">What the check threw; null where it noticed nothing.</param>
public sealed record Mutant(string Operation, int Place, int Operand, Mutation Kind, string? Noticed);

/// <summary>Which planted faults a check noticed.</summary>
/// <param name="Mutants">All that were planted.</param>
public sealed record MutationReport(IReadOnlyList<Mutant> Mutants)
{
    /// <summary>Those that the check did not notice. One may be no fault: where a slope is multiplied by zero later, a wrong one is as good.</summary>
    public IReadOnlyList<Mutant> Survivors => [.. Mutants.Where(m => m.Noticed is null)];

    /// <summary>0 where everything was noticed, 1 where something was not, 2 where there was nothing to plant.</summary>
    public int ExitCode => Mutants.Count == 0 ? 2 : Survivors.Count == 0 ? 0 : 1;

    /// <summary>The count, and the survivors line by line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Mutants.Count - Survivors.Count} of {Mutants.Count} planted faults were noticed\n");
        foreach (var m in Survivors) text.Append($"not noticed: {m.Operation} at place {m.Place}, operand {m.Operand}: {m.Kind switch { Mutation.Lost => "derivative lost", Mutation.Doubled => "derivative doubled", Mutation.Negated => "derivative negated", Mutation.OffByThousandth => "derivative off by a thousandth", _ => "second order lost" }}\n");
        return text.ToString();
    }
}

/// <summary>
/// Whether a check of derivatives would notice a wrong one: the function that it is given is built anew with one operation's derivative made wrong, and its value as it was. Nothing of the library
/// is changed for it; the fault is a rule in the function's own graph.
/// </summary>
public static class MutationSelfTest
{
    /// <summary>Plants faults in a function, one after another, and runs a check on each.</summary>
    /// <param name="f">A pure function.</param>
    /// <param name="check">The check: it throws where it notices something. It is called once with the function as it is.</param>
    /// <param name="most">The most faults; of more, some are taken from all places.</param>
    /// <exception cref="ArgumentException">The check throws at the function as it is; its exception is the inner one.</exception>
    [OverloadResolutionPriority(1)]
    public static MutationReport Run(Func<Node, Node> f, Action<Func<Node, Node>> check, int most = 500) =>
        Run((ImmutableArray<Node> x) => f(x[0]), (Func<ImmutableArray<Node>, Node> g) => check(x => g([x])), most);

    /// <inheritdoc cref="Run(Func{Node, Node}, Action{Func{Node, Node}}, int)"/>
    public static MutationReport Run(Func<ImmutableArray<Node>, Node> f, Action<Func<ImmutableArray<Node>, Node>> check, int most = 500)
    {
        var places = new SortedDictionary<(int Place, int Operand, Mutation Kind), string>();
        try
        {
            check(x => Seen(f(x), x, places));
        }
        catch (Exception e)
        {
            throw new ArgumentException($"the check fails at the function as it is: {e.Message.Split('\n')[0]}", nameof(check), e);
        }
        var chosen = places.Where((_, i) => places.Count <= most || (long)i * most / places.Count != (long)(i + 1) * most / places.Count);
        return new([.. chosen.Select(p => new Mutant(p.Value, p.Key.Place, p.Key.Operand, p.Key.Kind, Thrown(() => check(x => Planted(f(x), x, p.Key.Place, p.Key.Operand, p.Key.Kind)))))]);
    }

    private static string? Thrown(Action run)
    {
        try
        {
            run();
            return null;
        }
        catch (Exception e)
        {
            return e.Message.Split('\n')[0];
        }
    }

    // The operations that lead from arguments to a result and have a derivative, each with its operands of floating point.
    private static List<(Node Node, int[] Operands)> Places(Node y, ImmutableArray<Node> arguments)
    {
        using var numbering = Numbering.Begin();
        bool IsBorder(Node n) => n.Op is Detach || arguments.Contains(n);
        var order = Traversal.Order([y], IsBorder, numbering);
        var (follows, places) = (new bool[order.Count], new List<(Node, int[])>());
        for (var i = 0; i < order.Count; i++)
        {
            var n = order[i];
            follows[i] = arguments.Contains(n);
            if (IsBorder(n)) continue;
            var moving = new List<int>();
            for (var k = 0; k < n.Inputs.Length; k++)
            {
                var moves = follows[numbering[n.Inputs[k]]];
                follows[i] |= moves;
                if (moves && n.Inputs[k].Type is { DType.IsFloat: true, IsTuple: false }) moving.Add(k);
            }
            if (moving.Count > 0 && n.Type is { DType.IsFloat: true, IsTuple: false } && n.Op is not (Part or Alias)) places.Add((n, [.. moving]));
        }
        return places;
    }

    private static Node Seen(Node y, ImmutableArray<Node> arguments, SortedDictionary<(int, int, Mutation), string> places)
    {
        foreach (var ((node, operands), place) in Places(y, arguments).Select((p, i) => (p, i)))
        {
            using var trace = Trace.Begin("a mutation");
            Node[] x = [.. operands.Select(k => new Node(Alias.Instance, node.Inputs[k]))];
            var c = Node.Placeholder(node.Type);
            var slopes = Gradient.Of([Again(node, operands, x)], [c], x);
            for (var k = 0; k < operands.Length; k++)
            {
                if (slopes[k] is not { } slope) continue;
                // Of a linear operation there is no second order to lose.
                var isCurved = Gradient.Of([slope], [Ops.Full(slope.Type, 1)], x).Any(g => g is not null);
                foreach (var kind in Enum.GetValues<Mutation>())
                    if (kind != Mutation.Detached || isCurved) places.TryAdd((place, operands[k], kind), node.Op.Name);
            }
        }
        return y;
    }

    private static Node Planted(Node y, ImmutableArray<Node> arguments, int place, int operand, Mutation kind)
    {
        var places = Places(y, arguments);
        if (place >= places.Count || !places[place].Operands.Contains(operand)) return y;
        var (node, operands) = places[place];
        var wrong = Ops.WithRule(node.Op.Name, node, [.. operands.Select(k => node.Inputs[k])], (v, _, c) =>
        {
            // Detached in the operands alone, so that the rule stays linear in the cotangent.
            Node[] x = [.. v.Select(n => kind == Mutation.Detached ? new Node(Alias.Instance, Ops.Detach(n)) : n)];
            var slopes = Gradient.Of([Again(node, operands, x)], [c], x);
            for (var k = 0; k < slopes.Length; k++)
                if (operands[k] == operand && slopes[k] is { } slope)
                    slopes[k] = kind switch { Mutation.Lost => null, Mutation.Doubled => 2 * slope, Mutation.Negated => -slope, Mutation.OffByThousandth => 1.001 * slope, _ => slope };
            return slopes;
        });
        return Graphs.Substitute(y, (node, wrong));
    }

    private static Node Again(Node node, int[] operands, Node[] x)
    {
        Node[] inputs = [.. node.Inputs];
        for (var k = 0; k < operands.Length; k++) inputs[operands[k]] = x[k];
        return new(node.Op, [.. inputs]);
    }
}
