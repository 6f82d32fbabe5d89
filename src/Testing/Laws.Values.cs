using Functional.Autograd.Plans;

namespace Functional.Autograd.Testing;

/// <summary>Laws of values: they speak of every point.</summary>
public static partial class Laws
{
    /// <summary>The value equals the reference interpreter's.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Value(Case subject) => Valued(subject, "value: the kernel and the reference interpreter disagree");

    /// <summary>The float32 value equals the reference interpreter's at the same float32 point, to single precision.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict ValueInSingle(Case subject)
    {
        var single = subject.InSingle();
        return single.Value.DType == DType.Float32 ? Valued(single, "float32: the value is off by more than rounding explains") : Verdict.NotApplicable;
    }

    private static Verdict Valued(Case subject, string law)
    {
        var value = subject.Value;
        var (expected, certificate) = In(value.DType, () => Certificate.Of(() => Oracle<Real>.Run(value, Point(subject.Inputs, null, (x, _) => Real.From(x))).Data));
        if (certificate.IsDoubtful) return Verdict.Doubtful;
        if (value.DType == DType.Float32 && certificate.LeavesSingle) return Verdict.OutOfRange;
        if (value.DType.IsFloat) Close(subject, law, expected, Read(value), value.DType);
        else Exactly(subject, law, expected, Oracle<Real>.Integers(value));
        return Verdict.Held;
    }

    private static void Exactly(Case subject, string law, Real[] expected, long[] actual)
    {
        Require(subject, expected.Length == actual.Length, $"{law}: {expected.Length} against {actual.Length} elements");
        for (var i = 0; i < actual.Length; i++) Require(subject, expected[i].Whole == actual[i], $"{law}: element {i} is {actual[i]}, expected {expected[i].Whole}");
    }

    /// <summary>The shape that was inferred is the shape that is computed.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Shape(Case subject)
    {
        var value = subject.Value;
        var real = Oracle<Real>.Run(value, Point(subject.Inputs, null, (x, _) => Real.From(x)));
        Require(subject, real.Shape == value.Shape && real.Data.Length == value.Type.Count && Read(value).Length == value.Type.Count, $"shape: {value.Shape} was inferred, {real.Shape} was computed");
        return Verdict.Held;
    }

    /// <summary>
    /// Every pass alone, and all together, change no bit of the value or of the gradient, NaN and signed zeros included. Only where a product was transposed
    /// may its sums be taken in another order.
    /// </summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Passes(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        Node[] roots = y.DType.IsFloat ? [y, .. Gradient.Of([y], [Constant(Direction(y.Type.Count, 9), y.Type)], fresh).OfType<Node>()] : [y];
        var backend = Backend.Default;
        var cone = Cone.Of(roots);
        var graph = Graph.Of(cone);
        double[][] Under(params Func<Graph, Graph>[] passes)
        {
            var buffers = backend.Run(Planner.Plain(passes.Aggregate(graph, (g, pass) => pass(g)), backend), cone.Leaves, cone.Scalars);
            return [.. buffers.Select((b, i) => Read(Node.Leaf(b, roots[i].Shape)))];
        }
        var plain = Under();
        foreach (var (name, values) in new[] { ("simplification", Under(Simplify.Run)), ("merging", Under(Merge.Run)), ("all passes", Under(Simplify.Run, Merge.Run, Loops.Run)), ("a second round", Under(Simplify.Run, Merge.Run, Loops.Run, Simplify.Run, Merge.Run, Loops.Run)) })
            for (var i = 0; i < roots.Length; i++)
                Same(subject, $"passes: {name} changed root {i}", plain[i], values[i], Reordering(roots));
        cone.Return();
        return Verdict.Held;
    }

    /// <summary>Compiled functions, and functions inside <see cref="Ops.Recompute"/>, give the same bits as direct evaluation.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Compiled(Case subject)
    {
        var (plain, tolerance) = (Read(subject.Value), Reordering(subject.Value));
        var run = Transforms.Compile(x => [subject.F([.. x])], [.. subject.Inputs.Select(x => x.Type)]);
        Same(subject, "compiled: a compiled function differs from direct evaluation", plain, Read(run([.. subject.Inputs])[0]), tolerance);
        Same(subject, "compiled: a second call differs", plain, Read(run([.. subject.Inputs])[0]), tolerance);
        return Verdict.Held;
    }

    /// <summary>It makes no difference how an operand lies in memory: transposed, reversed, repeated or cut from something larger.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Layouts(Case subject)
    {
        var plain = Read(subject.Value);
        Node Backwards(Node x)
        {
            // Its elements lie in reverse order, from the second place on of something larger.
            var data = Read(x).Reverse().Prepend(double.NaN).Append(double.NaN).ToArray();
            return Ops.Reshape(Ops.Flip(Ops.SliceAxis(Ops.Tensor<double>(data), 0, 1, data.Length - 1), 0), x.Shape);
        }
        Node Transposed(Node x)
        {
            if (x.Type.Rank < 2) return Backwards(x);
            var swapped = Ops.Transpose(x);
            return Ops.Transpose(Ops.Tensor<double>(Read(swapped), swapped.Shape));
        }
        foreach (var (name, lay) in new (string, Func<Node, Node>)[] { ("reversed", Backwards), ("transposed", Transposed) })
            Same(subject, $"layouts: {name} operands give another value", plain, Read(subject.F([.. subject.Inputs.Select(lay)])), Reordering(subject.Value));
        return Verdict.Held;
    }

    /// <summary>The same graph has the same bits again, built anew, and its listing the same text.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Repetition(Case subject)
    {
        var (first, second) = (subject.Value, subject.Value);
        Require(subject, Listing.Of(first) == Listing.Of(second), "repetition: the function builds another graph the second time");
        Same(subject, "repetition: the same graph has other bits", Read(first), Read(second), 0);
        return Verdict.Held;
    }

    // A product that is transposed may take its sums in another order; nothing else may.
    private static double Reordering(params Node[] roots) => Nodes(roots).Exists(n => n.Op is Primitives.Dot) ? 1e-13 : 0;

    // The same numbers: bit by bit, the sign of zero among them, or to a relative tolerance where sums may be taken in another order.
    private static void Same(Case subject, string law, double[] expected, double[] actual, double tolerance)
    {
        Require(subject, expected.Length == actual.Length, $"{law}: {expected.Length} against {actual.Length} elements");
        var scale = tolerance == 0 ? 0 : expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        for (var i = 0; i < actual.Length; i++)
        {
            var (e, a) = (expected[i], actual[i]);
            if (BitConverter.DoubleToInt64Bits(e) == BitConverter.DoubleToInt64Bits(a) || (double.IsNaN(e) && double.IsNaN(a))) continue;
            Require(subject, tolerance > 0 && Math.Abs(e - a) <= tolerance * scale, $"{law}: element {i} is {a:R}, not {e:R}");
        }
    }
}
