using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>
/// A piece of graph as a value: closed (it holds no node and no data) and compared by content. What the traced delegate captured
/// stands after its own parameters.
/// </summary>
public sealed partial class Function : IEquatable<Function>
{
    // Places: the parameters, then the steps, each after its operands. The operands of all steps stand in one array, in which those of each end somewhere.
    private readonly Op[] steps;
    private readonly int[] operands, end, roots;
    private int hash;

    private Function(ImmutableArray<TensorType> parameters, ImmutableArray<TensorType> results, Op[] steps, int[] operands, int[] end, int[] roots) =>
        (Parameters, Results, this.steps, this.operands, this.end, this.roots) = (parameters, results, steps, operands, end, roots);

    private ReadOnlySpan<int> Operands(int step) => operands.AsSpan((step == 0 ? 0 : end[step - 1])..end[step]);

    /// <summary>The parameters' types.</summary>
    public ImmutableArray<TensorType> Parameters { get; }

    /// <summary>The results' types.</summary>
    public ImmutableArray<TensorType> Results { get; }

    /// <summary>
    /// Calls a delegate once, with placeholders, and reads off what it builds. What it captures (nodes that were born before the call,
    /// and all data) becomes further parameters; constants stay inside.
    /// </summary>
    /// <param name="f">A pure function.</param>
    /// <param name="types">The types of its arguments.</param>
    /// <returns>The function, and the arguments for the parameters after those of <paramref name="types"/>.</returns>
    /// <exception cref="InvalidOperationException">The delegate demands a value that depends on its arguments.</exception>
    public static (Function Closed, ImmutableArray<Node> Captured) Of(Func<ImmutableArray<Node>, ImmutableArray<Node>> f, ImmutableArray<TensorType> types) => Of("Function", f, types);

    internal static (Function Closed, ImmutableArray<Node> Captured) Of(string name, Func<ImmutableArray<Node>, ImmutableArray<Node>> f, ImmutableArray<TensorType> types)
    {
        using var trace = Trace.Begin(name);
        ImmutableArray<Node> parameters = [.. types.Select(Node.Placeholder)];
        var results = f(parameters);
        if (results.IsDefault || results.Contains(null!)) throw new ArgumentException($"{name}: the function gave null for a result");
        return Between(trace, parameters.AsSpan(), results.AsSpan());
    }

    /// <summary>What a trace built between some nodes of its own, each another, and its results.</summary>
    internal static (Function Closed, ImmutableArray<Node> Captured) Between(Trace trace, ReadOnlySpan<Node> parameters, ReadOnlySpan<Node> results) =>
        Between(parameters, results, n => n.Inputs.IsEmpty ? n.Op is Input : !trace.Made(n) && Ops.Constant(n) is null);

    /// <summary>What stands between some nodes and results that are made of them and of what is captured.</summary>
    internal static (Function Closed, ImmutableArray<Node> Captured) Between(ReadOnlySpan<Node> parameters, ReadOnlySpan<Node> results, Func<Node, bool> isCaptured)
    {
        using var numbering = Numbering.Begin();
        for (var k = 0; k < parameters.Length; k++) numbering.Set(parameters[k], ~k);
        var order = Traversal.Order(results, isCaptured, numbering);
        var place = new int[order.Count];
        var (captured, count) = (new List<Node>(), 0);
        // One for a step, for now.
        for (var i = 0; i < place.Length; i++)
        {
            if (isCaptured(order[i])) captured.Add(order[i]);
            else (place[i], count) = (1, count + order[i].Inputs.Length);
        }
        var (given, all, next) = (parameters.Length, parameters.Length + captured.Count, 0);
        var (steps, end, operands) = (new Op[order.Count - captured.Count], new int[order.Count - captured.Count], new int[count]);
        count = 0;
        for (var i = 0; i < place.Length; i++)
        {
            if (place[i] == 0)
            {
                place[i] = given++;
                continue;
            }
            place[i] = all + next;
            foreach (var input in order[i].Inputs) operands[count++] = Place(input, place, numbering);
            (steps[next], end[next++]) = (order[i].Op, count);
        }
        var roots = new int[results.Length];
        for (var k = 0; k < roots.Length; k++) roots[k] = Place(results[k], place, numbering);
        return (new([.. Types(parameters), .. Types([.. captured])], Types(results), steps, operands, end, roots), [.. captured]);
    }

    private static int Place(Node node, int[] place, in Numbering numbering) => numbering[node] is var n && n < 0 ? ~n : place[n];

    private static ImmutableArray<TensorType> Types(ReadOnlySpan<Node> nodes)
    {
        var types = ImmutableArray.CreateBuilder<TensorType>(nodes.Length);
        foreach (var node in nodes) types.Add(node.Type);
        return types.MoveToImmutable();
    }

    /// <summary>Builds the function's graph over arguments; nothing is computed.</summary>
    /// <param name="arguments">One per parameter, of its type.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ShapeException">The arguments do not fit the parameters.</exception>
    public ImmutableArray<Node> Apply(params ReadOnlySpan<Node> arguments)
    {
        Check("the function", Parameters, arguments);
        var image = new Node[arguments.Length + steps.Length];
        arguments.CopyTo(image);
        for (var i = 0; i < steps.Length; i++)
        {
            var places = Operands(i);
            var inputs = new Node[places.Length];
            for (var k = 0; k < inputs.Length; k++) inputs[k] = image[places[k]];
            image[arguments.Length + i] = new Node(steps[i], ImmutableCollectionsMarshal.AsImmutableArray(inputs));
        }
        return [.. roots.Select(r => image[r])];
    }

    /// <summary>Whether one of its operations is such.</summary>
    internal bool Any(Func<Op, bool> isSuch) => Array.Exists(steps, op => isSuch(op));

    /// <summary>Which parameters are read by what leads to a result.</summary>
    internal bool[] Read() => Needed(roots)[..Parameters.Length];

    private bool[] Needed(ReadOnlySpan<int> places)
    {
        var needed = new bool[Parameters.Length + steps.Length];
        foreach (var place in places) needed[place] = true;
        for (var i = steps.Length - 1; i >= 0; i--)
            if (needed[Parameters.Length + i])
                foreach (var operand in Operands(i)) needed[operand] = true;
        return needed;
    }

    /// <summary>Which results depend on some of the parameters.</summary>
    internal bool[] Reached(ReadOnlySpan<bool> from)
    {
        var reached = new bool[Parameters.Length + steps.Length];
        from.CopyTo(reached);
        for (var i = 0; i < steps.Length; i++)
            foreach (var operand in Operands(i)) reached[Parameters.Length + i] |= reached[operand];
        return [.. roots.Select(r => reached[r])];
    }

    /// <summary>Which results' values depend on some of the parameters: of an operation's several results, each by itself.</summary>
    internal bool[] Depending(ReadOnlySpan<bool> from) => Following(from) is var all ? [.. roots.Select(r => all[r])] : [];

    private bool[] Following(ReadOnlySpan<bool> from)
    {
        var depends = new bool[Parameters.Length + steps.Length];
        var parts = new bool[depends.Length][];
        from.CopyTo(depends);
        for (var i = 0; i < steps.Length; i++)
        {
            var (op, place) = (steps[i], Parameters.Length + i);
            var given = new bool[Operands(i).Length];
            for (var k = 0; k < given.Length; k++) given[k] = depends[Operands(i)[k]];
            if (op is Several several) parts[place] = several.Depending(given);
            depends[place] = op is Part part && parts[Operands(i)[0]] is { } all ? all[part.Index] : given.AsSpan(0, op is Checkpoint ? 1 : given.Length).Contains(true);
        }
        return depends;
    }

    /// <summary>Whether some parameters meet what their derivative does not tell: a step that is constant almost everywhere, or what stands beside them, or for them, and is not 0, as far as is known.</summary>
    internal bool IsOffset(ReadOnlySpan<bool> from)
    {
        var follows = Following(from);
        bool[] stands = [.. follows.Select((f, place) => !f && place < Parameters.Length)];
        for (var i = 0; i < steps.Length; i++)
        {
            var (op, place) = (steps[i], Parameters.Length + i);
            int[] all = [.. Operands(i)], values = op is Select ? all[1..] : op is Scatter ? [all[0], all[2]] : all;
            var isSum = op is Select or Scatter or Movement || op == Binary.Add;
            var isFlat = op is Unary { Slope: null } or Binary { IsComparison: true } or ArgMax or ArgSort or Lu or Cast { To.IsSmooth: false } || op == Binary.FloorDiv || op == Binary.Rem;
            if (follows[place] && (isFlat || (isSum && Array.Exists(values, v => stands[v])))) return true;
            stands[place] = !follows[place] && (op is Literal literal ? !literal.Is(0) : op is Iota || (op is Elementwise or Movement or Alias or Detach or Reduce && Array.TrueForAll(values, v => stands[v])));
        }
        return Array.Exists(roots, r => stands[r]);
    }

    /// <summary>The function with its parameters among others.</summary>
    /// <param name="parameters">The types of all parameters.</param>
    /// <param name="places">Where each of the old ones stands among them; anything for one that is not read.</param>
    internal Function Placed(ImmutableArray<TensorType> parameters, int[] places)
    {
        var old = Parameters.Length;
        int[] Moved(int[] all) => Array.ConvertAll(all, p => p < old ? places[p] : p - old + parameters.Length);
        return new(parameters, Results, steps, Moved(operands), end, Moved(roots));
    }

    /// <summary>The function without the parameters that it does not read.</summary>
    internal Function Only(bool[] kept)
    {
        if (!kept.Contains(false)) return this;
        var next = 0;
        return Placed([.. Parameters.Where((_, k) => kept[k])], Array.ConvertAll(kept, k => k ? next++ : -1));
    }

    /// <summary>The function with some of its results, and the steps that lead to them.</summary>
    internal Function Giving(ReadOnlySpan<int> results)
    {
        var (parameters, next) = (Parameters.Length, Parameters.Length);
        var chosen = new int[results.Length];
        var types = new TensorType[chosen.Length];
        for (var k = 0; k < chosen.Length; k++) (chosen[k], types[k]) = (roots[results[k]], Results[results[k]]);
        var needed = Needed(chosen);
        var place = new int[needed.Length];
        for (var p = 0; p < place.Length; p++) place[p] = p < parameters ? p : needed[p] ? next++ : -1;
        var (ops, moved, ends) = (new List<Op>(), new List<int>(), new List<int>());
        for (var i = 0; i < steps.Length; i++)
        {
            if (!needed[parameters + i]) continue;
            ops.Add(steps[i]);
            foreach (var operand in Operands(i)) moved.Add(place[operand]);
            ends.Add(moved.Count);
        }
        return new(Parameters, [.. types], [.. ops], [.. moved], [.. ends], Array.ConvertAll(chosen, p => place[p]));
    }

    /// <summary>How many lines its listing has without those of the functions that it holds: its parameters and steps.</summary>
    internal int Lines => Parameters.Length + steps.Length;

    /// <summary>All functions that some hold, in any depth, and these: each once, after those that it holds.</summary>
    internal static List<Function> WithHeld(IEnumerable<Function> outer)
    {
        var (order, known) = (new List<Function>(), new HashSet<Function>());
        var open = new Stack<(Function? Holder, IEnumerator<Function> Left)>([(null, outer.GetEnumerator())]);
        while (open.TryPeek(out var top))
        {
            if (top.Left.MoveNext())
            {
                var held = top.Left.Current;
                if (known.Add(held)) open.Push((held, held.steps.SelectMany(op => op.Functions).GetEnumerator()));
                continue;
            }
            open.Pop();
            if (top.Holder is { } holder) order.Add(holder);
        }
        return order;
    }

    internal static void Check(string name, ImmutableArray<TensorType> types, ReadOnlySpan<Node> arguments)
    {
        if (arguments.Length != types.Length) throw new ShapeException($"{name} takes {types.Length} arguments, not {arguments.Length}");
        for (var i = 0; i < types.Length; i++)
            if (!arguments[i].Type.Equals(types[i])) throw new ShapeException($"argument {i} of {name} is of type {types[i]}, not {arguments[i].Type}");
    }

    /// <summary>Whether both take the same parameters through the same operations to the same results.</summary>
    /// <param name="other">The other function.</param>
    public bool Equals(Function? other) =>
        ReferenceEquals(this, other) || (other is not null && GetHashCode() == other.GetHashCode() && steps.Length == other.steps.Length && roots.AsSpan().SequenceEqual(other.roots)
            && Parameters.SequenceEqual(other.Parameters) && operands.AsSpan().SequenceEqual(other.operands) && end.AsSpan().SequenceEqual(other.end) && steps.AsSpan().SequenceEqual(other.steps));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Function);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (hash != 0) return hash;
        var code = new HashCode();
        foreach (var type in Parameters) code.Add(type);
        foreach (var op in steps) code.Add(op.Hash);
        foreach (var operand in operands) code.Add(operand);
        foreach (var root in roots) code.Add(root);
        return hash = code.ToHashCode() | 1;
    }

    /// <summary>One bounded line; <see cref="Listing.Of(Function, int)"/> shows the steps.</summary>
    public override string ToString() => $"({Line(Parameters)}) → ({Line(Results)}) in {steps.Length} steps";

    private static string Line(ImmutableArray<TensorType> types) => string.Join(", ", types.Take(8)) + (types.Length > 8 ? ", …" : "");
}
