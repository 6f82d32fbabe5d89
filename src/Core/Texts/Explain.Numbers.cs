using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;
using Reverse = Functional.Autograd.Gradient;

namespace Functional.Autograd;

/// <summary>Where a number that is none comes from: the first operation on the way that makes NaN or an infinity of finite numbers, or a leaf that holds one.</summary>
/// <param name="Node">The operation's node; where it has several results, the one that was read.</param>
/// <param name="Position">Where in its result.</param>
/// <param name="Value">What stands there.</param>
/// <param name="Operands">What stood at the same place of each operand, of an elementwise operation; empty for others.</param>
public sealed record NonFinite(Node Node, Dims Position, double Value, ImmutableArray<double> Operands);

/// <summary>A place where a derivative ends: something came back to a node, and nothing, or zeros alone, went on to one of its operands, which depends on the argument.</summary>
/// <param name="Node">The node.</param>
/// <param name="Operand">The position of the operand.</param>
/// <param name="Reason">Why.</param>
public sealed record Cut(Node Node, int Operand, string Reason);

/// <summary>Why a tensor has the numbers it has.</summary>
/// <param name="Value">The tensor.</param>
/// <param name="NonFinite">Where NaN or an infinity comes from, if it has one.</param>
/// <param name="IsZero">Whether it is 0 everywhere.</param>
/// <param name="Cuts">Where the derivative ended, if it is one and 0 everywhere; none where the result does not depend on the argument at all.</param>
public sealed record Explanation(Node Value, NonFinite? NonFinite, bool IsZero, ImmutableArray<Cut> Cuts)
{
    // Of a gradient: the argument, and whether the result is made without it.
    internal Node? Argument { get; init; }

    internal bool IsIgnored { get; init; }

    /// <summary>A report of a few lines.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(NonFinite is { } none ? $"{Number(none.Value)} comes from {Shown(none.Node)} at {none.Position}" : IsZero ? $"{Value.Type} is 0 everywhere{(IsIgnored ? ": the result does not depend on the argument" : "")}" : $"{Value.Type} is finite and not 0 everywhere");
        if (NonFinite is { Node.Inputs: [] }) text.Append(": it was given");
        for (var k = 0; k < NonFinite?.Node.Inputs.Length; k++)
            text.Append('\n').Append(CultureInfo.InvariantCulture, $"  operand {k}{(k < NonFinite.Operands.Length ? $", there {Number(NonFinite.Operands[k])}" : "")}: {Shown(NonFinite.Node.Inputs[k])}");
        foreach (var cut in Cuts.Take(MostLines)) text.Append('\n').Append(CultureInfo.InvariantCulture, $"  {Shown(cut.Node)}: {cut.Reason}");
        if (Cuts.Length > MostLines) text.Append(CultureInfo.InvariantCulture, $"\n  … {Cuts.Length - MostLines} more");
        return text.ToString();
    }

    private const int MostLines = 20;

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private string Shown(Node node) => ReferenceEquals(node, Argument) ? $"argument 0 : {node.Type}" : node.Origin is { } origin ? $"{node} ({origin})" : node.ToString();
}

public static partial class Explain
{
    /// <summary>
    /// Computes a gradient, and says of NaN or an infinity which operation made it of finite numbers, and of zeros everywhere where the derivative ended. Every value on the way is computed and remembered.
    /// </summary>
    /// <param name="f">From a tensor to a tensor of one element.</param>
    /// <param name="x">Where.</param>
    /// <exception cref="ShapeException">The function's result has more than one element, or one of the two is no floating-point tensor.</exception>
    public static Explanation Gradient(Func<Node, Node> f, Node x)
    {
        var cotangents = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        Node fresh, y, gradient;
        List<Node> order;
        using (var trace = Trace.Begin("Explain"))
        {
            fresh = Transforms.Fresh("Explain", x, 0);
            y = Transforms.Scalar("Explain", f(fresh));
            var one = cotangents[y] = Ops.Full(y.Type, 1);
            gradient = Reverse.Of([y], [one], [fresh], constants: [], trace: trace, seen: (n, c) => cotangents[n] = c)[0] ?? Ops.Full(x.Type, 0);
            using var numbering = Numbering.Begin();
            order = Traversal.Order([y], n => ReferenceEquals(n, fresh) || !trace.Made(n), numbering);
        }
        var explained = Value(gradient) with { Argument = fresh, IsIgnored = !order.Contains(fresh) };
        return explained.IsZero ? explained with { Cuts = [.. ZeroCuts.Cuts(order, fresh, cotangents)] } : explained;
    }

    /// <summary>Computes a tensor with everything that it is made of, and says of NaN or an infinity which operation made it of finite numbers.</summary>
    /// <param name="node">The tensor, of numbers: a loss, or a gradient.</param>
    public static Explanation Value(Node node)
    {
        Node[] order;
        using (var numbering = Numbering.Begin()) order = [.. Traversal.Order([node], null, numbering).Where(n => !n.Type.IsTuple)];
        Evaluator.Force(order);
        var values = Numbers(node);
        return new(node, Array.FindIndex(values, v => !double.IsFinite(v)) is var at && at >= 0 ? Beginning(node, at, values[at]) : null, Array.TrueForAll(values, v => v == 0), []);
    }

    internal static double[] Numbers(Node node) => Evaluator.Read<double>(Ops.Cast(node.DType.IsComplex ? Ops.Abs(node) : node, DType.Float64));

    // From the result back, place by place, as long as an operand is to blame; NaN before infinities.
    private static NonFinite Beginning(Node node, long at, double value)
    {
        while (true)
        {
            var operands = node.Op is Part ? node.Inputs[0].Inputs : node.Inputs;
            var next = operands.Select((x, k) => (Node: x, Places: Blamed(node, at, k, x))).SelectMany(b => b.Places.Select(p => (b.Node, At: p.At, p.Value)))
                .OrderBy(b => double.IsNaN(b.Value) ? 0 : 1).FirstOrDefault();
            if (next.Node is null) return new(node, Position(node.Shape, at), value, node.Op is Elementwise ? [.. operands.Select(x => Numbers(x)[at])] : []);
            (node, at, value) = next;
        }
    }

    private static Dims Position(Dims shape, long at)
    {
        var strides = shape.Strides();
        return Dims.Build(shape.Count, k => at / strides[k] % shape[k]);
    }

    // The elements of an operand that are not finite and that an element of the result is made of.
    private static IEnumerable<(long At, double Value)> Blamed(Node y, long at, int k, Node x)
    {
        if (!x.DType.IsSmooth || (y.Op is Alias or Detach or Ruled or Checkpoint && k > 0)) return [];
        if (y.Op is Select && k != (Numbers(y.Inputs[0])[at] != 0 ? 1 : 2)) return [];
        var values = Numbers(x);
        var bad = Enumerable.Range(0, values.Length).Where(i => !double.IsFinite(values[i])).Select(i => ((long)i, values[i]));
        if (!bad.Any()) return [];
        var reads = Reads(y, at, k);
        return bad.Where(b => reads(b.Item1));
    }

    // Which elements of an operand an element of the result is made of. Movements are asked with the places in the elements' place.
    private static Func<long, bool> Reads(Node y, long at, int k)
    {
        switch (y.Op)
        {
            case Elementwise or Alias or Detach or Ruled or Checkpoint:
                return i => i == at;
            case Reduce reduce:
                var into = Numbers(Ops.Unreduce(Ops.Reshape(Ops.Arange(y.Type.Count), y.Shape), y.Inputs[0].Shape, reduce.Axes));
                return i => into[i] == at;
            case Dot:
                var (m, inner, n) = (y.Shape[1], y.Inputs[0].Shape[2], y.Shape[2]);
                return k == 0 ? i => i / inner == at / n : i => i / (inner * n) == at / (m * n) && i % n == at % n;
            case Take or Scatter { Add: false } or (Movement and not Fold):
                Node Places(Node x, int operand) => !x.DType.IsFloat ? x : operand != k ? Ops.Full(new TensorType(DType.Int64, x.Shape), 0) : Ops.Reshape(Ops.Arange(x.Type.Count) + 1, x.Shape);
                var from = Numbers(new Node(y.Op, [.. y.Inputs.Select(Places)]))[at];
                return i => i + 1 == from;
            default:
                return _ => true;
        }
    }
}
