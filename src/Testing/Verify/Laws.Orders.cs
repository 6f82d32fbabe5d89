using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>What <see cref="Verification"/> asks beside the laws that the library itself is held to.</summary>
public static partial class Laws
{
    /// <summary>How derivatives of a function are looked at.</summary>
    /// <param name="DType">The element type.</param>
    /// <param name="Order">The highest order.</param>
    /// <param name="Relative">How far a derivative may be off, as a fraction of itself, beyond rounding.</param>
    /// <param name="Scaled">Whether the direction is in proportion to the point: then derivatives of all orders are of the value's size, which shows what is wrong far out or close to zero.</param>
    /// <param name="Tangents">The direction at a point, where it is given.</param>
    internal sealed record Manner(DType DType, int Order, double Relative, bool Scaled = false, Func<IReadOnlyList<double[]>, IReadOnlyList<double[]>>? Tangents = null);

    /// <summary>
    /// Derivatives up to an order, element by element in forward mode and weighed in reverse mode and mixed ones, equal the Taylor series of the reference interpreter. Where a value has a rule,
    /// the series is that of what the value is made of.
    /// </summary>
    internal static Verdict Orders(Case subject, Manner manner)
    {
        var dtype = manner.DType;
        if (dtype == DType.Float32) subject = subject.InSingle();
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != dtype || fresh.Length == 0) return Verdict.NotApplicable;
        var orders = Nodes(y).Count > 300 ? Math.Min(2, manner.Order) : manner.Order;
        var (t, c) = (Along(subject, manner), IsEven(subject) ? Ones(y.Type.Count) : Direction(y.Type.Count, 5));
        var (series, certificate) = In(dtype, () => Certificate.Of(() => Oracle<Jet>.Run(y, Point(fresh, t, Jet.Line)).Data));
        if (Uncertified(certificate, dtype) is { } verdict) return verdict;
        var along = Constants(t, subject.Inputs);
        var exact = new Dictionary<Node, (Real[] Data, Certificate Certificate)>(ReferenceEqualityComparer.Instance);
        List<Node> forward = [y];
        for (var k = 1; k <= orders; k++) forward.Add(Forwards(forward[^1], fresh, along));
        List<(string Modes, Node Value)> weighed = [("", Projected(y, c))];
        foreach (var modes in new[] { "r", "rr", "fr", "rf", "rrr", "rff" })
        {
            if (modes.Length > orders) continue;
            var of = weighed.Find(w => w.Modes == modes[1..]).Value ?? Projected(forward[modes.Length - 1], c);
            weighed.Add((modes, modes[0] == 'r' ? Backward(of, fresh, along) : Forwards(of, fresh, along)));
        }
        Plans.Evaluator.Force([.. forward, .. weighed.Select(w => w.Value)]);
        var (sum, decided, doubt) = (Jet.From(0), false, (Verdict?)null);
        for (var i = 0; i < series.Length; i++) sum += Jet.From(c[i]) * series[i];
        for (var k = 1; k <= orders; k++)
        {
            var (got, size) = (Read(forward[k]), 0.0);
            for (var i = 0; i < got.Length; i++)
            {
                if (!series[i].IsSmooth(k)) continue;
                var expected = series[i].Derivative(k);
                size += Math.Abs(c[i] * expected.Value);
                Hold(new(k, new('f', k), t, null, i, expected.Value, got[i], manner.Relative * Math.Abs(expected.Value)), expected, forward[k]);
            }
            if (!sum.IsSmooth(k)) continue;
            decided = true;
            foreach (var (modes, value) in weighed.Where(w => w.Modes.Length == k))
                Hold(new(k, modes, t, c, 0, sum.Derivative(k).Value, Scalar(value), manner.Relative * size), sum.Derivative(k), value);
        }
        return doubt ?? (decided ? Verdict.Held : Verdict.NotFinite);

        // What is not the same at once is computed in 31 digits: that tells a formula that is wrong from one that is right and loses digits, as 1 − tanh² does, however small or large the numbers
        // are. What the kernels lose has to be what rounding explains.
        void Hold(Evidence e, Real expected, Node graph)
        {
            if (e.Expected == e.Got || Math.Abs(e.Expected - e.Got) <= e.Within + Least) return;
            if (!exact.TryGetValue(graph, out var known)) exact[graph] = known = In(dtype, () => Certificate.Of(() => Oracle<Real>.Run(graph, Point(fresh, null, (x, _) => Real.From(x))).Data));
            if (Uncertified(known.Certificate, dtype) is { } undecided)
            {
                doubt = undecided;
                return;
            }
            var formula = known.Data[e.Element];
            // Constants of either are rounded, which shows where terms cancel.
            if (!(Math.Abs((formula - expected).Value) <= e.Within + Tolerance(expected, dtype) + Tolerance(formula, dtype) + Least)) throw new LawBroken($"the {Ordinal(e.Order)} derivative along the direction, by {Spelled(e.Modes)}, is {e.Got:R}, and should be {e.Expected:R}") { Evidence = e };
            if (Agrees(formula, e.Got, dtype) || Math.Abs(formula.Value - e.Got) <= Math.Max(e.Within, Cancelling(y, fresh, along, e.Order))) return;
            throw new LawBroken($"the {Ordinal(e.Order)} derivative along the direction, by {Spelled(e.Modes)}, is {e.Got:R}; its formula gives {e.Expected:R}, and rounding explains {Tolerance(formula, dtype):G2}") { Evidence = e with { Within = Tolerance(formula, dtype) } };
        }
    }

    // Below that the digits of float64 are not all there, and two of them together have not twice as many.
    private const double Least = 1e-290;

    // At a point whose elements are all the same, as the simplest one is, everything moves alike: such a case can be done by hand.
    private static bool IsEven(Case subject) => subject.Inputs.SelectMany(Read).Distinct().Count() <= 1;

    private static double[] Ones(long count) => [.. Enumerable.Repeat(1.0, (int)count)];

    internal static string Ordinal(int order) => order switch { 1 => "first", 2 => "second", _ => "third" };

    internal static string ModesInWords(string modes) => Spelled(modes);

    private static double[][] Along(Case subject, Manner manner)
    {
        var point = subject.Inputs.Select(Read).ToArray();
        if (manner.Tangents is { } given)
        {
            double[][] along = [.. given(point)];
            return along.Length == point.Length && along.Zip(point, (a, x) => a.Length == x.Length).All(fits => fits)
                ? manner.DType == DType.Float32 ? [.. along.Select(a => a.Select(v => (double)(float)v).ToArray())] : along
                : throw new TangentsException($"the tangents do not fit the point: {string.Join(", ", along.Select(a => a.Length))} numbers for operands of {string.Join(", ", point.Select(x => x.Length))} elements");
        }
        // By powers of two, so that float32 holds it too.
        var t = IsEven(subject) ? [.. subject.Inputs.Select(x => Ones(x.Type.Count))] : Directions(subject.Inputs, 3);
        return manner.Scaled ? [.. t.Zip(point, (a, x) => a.Zip(x, (d, v) => v == 0 ? d : Math.ScaleB(d, Math.ILogB(v))).ToArray())] : t;
    }

    /// <summary>The same point has the same value again, and the same graph.</summary>
    internal static Verdict Deterministic(Case subject, double relative)
    {
        var (first, second) = (Read(subject.Value), Read(subject.Value));
        for (var i = 0; i < first.Length; i++)
            if (!first[i].Equals(second[i]) && !(Math.Abs(first[i] - second[i]) <= relative * Math.Max(Math.Abs(first[i]), Math.Abs(second[i]))))
                Require(subject, false, $"the function is not deterministic: element {i} is {first[i]:R}, and {second[i]:R} when it is called again");
        return Verdict.Held;
    }

    /// <summary>No derivative passes to operands of integers and truth values.</summary>
    internal static Verdict Unmoved(Case subject, Node value, Node[] whole)
    {
        if (whole.Length == 0 || !value.DType.IsFloat) return Verdict.NotApplicable;
        using var trace = Traced();
        foreach (var (gradient, k) in Gradient.Of([value], [Ops.Full(value.Type, 1)], whole).Select((g, k) => (g, k)))
            Require(subject, gradient is null || Oracle<Real>.Elements(gradient).All(v => v == 0), $"the operand of {whole[k].Type} has a derivative");
        return Verdict.Held;
    }

    /// <summary>The function with the named rules cut off: what a derivative that is meant to be another leaves to be verified.</summary>
    internal static Node Cut(Node root, ICollection<string> rules) => Traversal.Rebuild([root], null, (n, inputs) =>
        n.Op is Custom rule && rules.Contains(rule.Title) ? Ops.Detach(inputs[0]) : n.Inputs.IsEmpty || inputs.AsSpan().SequenceEqual(n.Inputs.AsSpan()) ? n : n.Over([.. inputs]))[0];

    /// <summary>The names of the rules in a graph, and whether something is detached outside rules.</summary>
    internal static (ISet<string> Rules, bool IsDetached) Told(Node root) => (Nodes(root).Select(n => n.Op).OfType<Custom>().Select(c => c.Title).ToHashSet(), IsCut(root) && Nodes(root).Exists(n => n.Op is Detach));
}

/// <summary>Tangents that were given do not fit the point.</summary>
internal sealed class TangentsException(string message) : ArgumentException(message);
