namespace Functional.Autograd.Testing;

/// <summary>Laws that derivatives obey among themselves.</summary>
public static partial class Laws
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>⟨J·t, c⟩ = ⟨t, Jᵀ·c⟩ to rounding error: forward and reverse mode are transposes of each other.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Adjoint(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != DType.Float64) return Verdict.NotApplicable;
        var (t, c) = (Constants(Directions(subject.Inputs, 1), subject.Inputs), Constant(Direction(y.Type.Count, 2), y.Type));
        var left = Read(Forwards(y, fresh, t) * c);
        var right = Gradient.Of([y], [c], fresh).Zip(t, (g, d) => g is null ? [0.0] : Read(g * d)).SelectMany(v => v).ToArray();
        return Balanced(subject, "adjoint: ⟨Jt, c⟩ and ⟨t, Jᵀc⟩ differ; the transpose of some linear map is wrong", left, right, Noise(fresh, y, 1));
    }

    /// <summary>uᵀHv = vᵀHu.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Symmetry(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != DType.Float64) return Verdict.NotApplicable;
        var (u, v) = (Constants(Directions(subject.Inputs, 13), subject.Inputs), Constants(Directions(subject.Inputs, 14), subject.Inputs));
        var p = Projected(y, Direction(y.Type.Count, 15));
        double[] Terms(Node[] first, Node[] second) => [.. Gradient.Of([Backward(p, fresh, first)], [Ops.Scalar(1.0)], fresh).Zip(second, (g, d) => g is null ? [0.0] : Read(g * d)).SelectMany(w => w)];
        return Balanced(subject, "symmetry: uᵀHv and vᵀHu differ", Terms(u, v), Terms(v, u), Noise(fresh, y, 2));
    }

    // Two sums of different terms. Rounding is relative to what was added up on the way.
    private static Verdict Balanced(Case subject, string law, double[] left, double[] right, double noise)
    {
        var scale = left.Concat(right).Sum(Math.Abs);
        if (!double.IsFinite(scale + noise)) return Verdict.NotFinite;
        Require(subject, Math.Abs(left.Sum() - right.Sum()) <= 1e3 * Epsilon * scale + noise, $"{law}: {left.Sum():R} against {right.Sum():R}");
        return Verdict.Held;
    }

    /// <summary>Reverse mode is linear in the cotangent, and a zero cotangent gives exact zeros.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Linearity(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != DType.Float64) return Verdict.NotApplicable;
        var (a, b) = (Constant(Direction(y.Type.Count, 10), y.Type), Constant(Direction(y.Type.Count, 11), y.Type));
        double[] Pulled(Node c) => [.. Gradient.Of([y], [c], fresh).OfType<Node>().SelectMany(Read)];
        var (one, two) = (Pulled(a), Pulled(b));
        if (!one.Concat(two).All(double.IsFinite)) return Verdict.NotFinite;
        Require(subject, Pulled(Ops.Tensor<double>(new double[y.Type.Count], y.Shape)).All(v => v == 0), "linearity: a zero cotangent gives a gradient that is not zero");
        var sum = Pulled(a + 2 * b);
        var (scale, noise) = (one.Concat(two).Select(Math.Abs).DefaultIfEmpty().Max(), Noise(fresh, y, 1));
        if (!double.IsFinite(noise)) return Verdict.NotFinite;
        for (var i = 0; i < sum.Length; i++)
            Require(subject, Math.Abs(sum[i] - (one[i] + 2 * two[i])) <= 1e3 * Epsilon * scale + noise, $"linearity: the gradient is not linear in the cotangent: element {i} is {sum[i]:R}, not {one[i] + 2 * two[i]:R}");
        return Verdict.Held;
    }

    // A composite of the function against its derivative put together by hand: ⟨c, g(f)⟩ pulls back as ⟨c·g′(f), f⟩.
    /// <summary>The chain, product and quotient rules, as graphs.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Composition(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != DType.Float64) return Verdict.NotApplicable;
        var c = Constant(Direction(y.Type.Count, 16), y.Type);
        var noise = Noise(fresh, y, 1) * (1 + Read(y).Select(v => v * v).DefaultIfEmpty().Max());
        (string Name, Node Composite, Node Cotangent)[] rules =
        [
            ("chain", Ops.Sin(y), c * Ops.Cos(y)),
            ("product", y * (y + 3), c * (2 * y + 3)),
            ("quotient", (y - 1) / (y * y + 2), c * (2 + 2 * y - y * y) / ((y * y + 2) * (y * y + 2))),
        ];
        foreach (var (name, composite, cotangent) in rules)
        {
            var verdict = SamePullback(subject, $"{name} rule: it does not hold across the function", Gradient.Of([composite], [c], fresh), Gradient.Of([y], [cotangent], fresh), noise);
            if (verdict != Verdict.Held) return verdict;
        }
        return Verdict.Held;
    }

    /// <summary>f + f has twice the gradient, f − f none; what is detached carries none, whether the same node is used beside it or not.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Sharing(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != DType.Float64) return Verdict.NotApplicable;
        var c = Constant(Direction(y.Type.Count, 17), y.Type);
        var (plain, noise) = (Gradient.Of([y], [c], fresh), 4 * Noise(fresh, y, 1));
        Node[] detached = [.. fresh.Select(Ops.Detach)];
        var held = subject.F(detached);
        foreach (var g in Gradient.Of([held], [c], fresh))
            Require(subject, g is null || Read(g).All(v => v == 0), "detaching: a gradient leaks through Detach");
        (string Name, Node Made, double Times)[] uses = [("f + f", y + y, 2), ("f(x) + f(detached x)", y + held, 1), ("f(x)·1 + 0·f(detached x)", y * 1 + held * 0, 1), ("2·f − f(again)", 2 * y - subject.F(fresh), 1), ("concatenation of f and 3·f", Both(y), 4)];
        foreach (var (name, made, times) in uses)
        {
            var seed = made.Shape == y.Shape ? c : Both(c);
            if (name[0] == 'c') seed = Ops.Concat([Flat(c), Flat(c)], 0);
            var verdict = SamePullback(subject, $"sharing: {name} does not have {times} times the gradient", Gradient.Of([made], [seed], fresh), [.. plain.Select(g => g is null ? null : g * times)], noise);
            if (verdict != Verdict.Held) return verdict;
        }
        return fresh.Length > 1 && fresh[0].Type.Equals(fresh[1].Type) ? Doubled(subject, c) : Verdict.Held;

        static Node Flat(Node x) => Ops.Reshape(x, [x.Type.Count]);
        static Node Both(Node x) => Ops.Concat([Flat(x), 3 * Flat(x)], 0);
    }

    // One node at two operands: its gradient is the sum of both, and that of one alone where the other is detached.
    private static Verdict Doubled(Case subject, Node c)
    {
        Node New() => new(Primitives.Alias.Instance, subject.Inputs[0]);
        Node F(Node first, Node second) => subject.F([first, second, .. subject.Inputs[2..]]);
        var (a, b, x) = (New(), New(), New());
        var separate = F(a, b);
        var (apart, noise) = (Gradient.Of([separate], [c], [a, b]), 4 * Noise([a, b], separate, 1));
        foreach (var (name, made, parts) in new[] { ("f(x, x)", F(x, x), apart), ("f(x, detached x)", F(x, Ops.Detach(x)), [apart[0]]), ("f(detached x, x)", F(Ops.Detach(x), x), [apart[1]]) })
        {
            Node?[] expected = [parts.OfType<Node>().DefaultIfEmpty(null!).Aggregate((p, q) => p + q)];
            var verdict = SamePullback(subject, $"sharing: {name} does not have the sum of its parts", Gradient.Of([made], [c], [x]), expected, noise);
            if (verdict != Verdict.Held) return verdict;
        }
        return Verdict.Held;
    }

    private static Verdict SamePullback(Case subject, string law, Node?[] actual, Node?[] expected, double noise)
    {
        if (!double.IsFinite(noise)) return Verdict.NotFinite;
        for (var i = 0; i < actual.Length; i++)
        {
            Require(subject, actual[i] is null == expected[i] is null, $"{law}: input {i} has {(actual[i] is null ? "no" : "a")} gradient");
            if (actual[i] is not { } got || expected[i] is not { } wanted) continue;
            var (a, e) = (Read(got), Read(wanted));
            if (!a.Concat(e).All(double.IsFinite)) return Verdict.NotFinite;
            var tolerance = 1e4 * Epsilon * e.Select(Math.Abs).DefaultIfEmpty().Max() + noise;
            for (var k = 0; k < a.Length; k++) Require(subject, Math.Abs(a[k] - e[k]) <= tolerance, $"{law}: element {k} of input {i} is {a[k]:R}, not {e[k]:R}");
        }
        return Verdict.Held;
    }

    /// <summary>
    /// A derivative inside a derivative keeps them apart (Siskind and Pearlmutter, 2005): D of s ↦ ⟨t, D of u ↦ ⟨c, f(x + s·t + u·t)⟩⟩ is the
    /// second derivative, by every pair of modes, and where the inner variable is multiplied by the outer one.
    /// </summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Nesting(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != DType.Float64) return Verdict.NotApplicable;
        var (t, c) = (Directions(subject.Inputs, 18), Direction(y.Type.Count, 19));
        var (series, certificate) = Series(fresh, y, t, c);
        if (Uncertified(certificate, y.DType) is { } verdict) return verdict;
        var (first, expected) = (Loosened(series, 1), Loosened(series, 2));
        if (!series.IsSmooth(2)) return Verdict.NotFinite;
        var along = Constants(t, subject.Inputs);
        Node P(Node s, Node u) => Projected(subject.F([.. subject.Inputs.Select((x, i) => x + s * along[i] + u * along[i])]), c);
        static Node Reverse(Func<Node, Node> f, Node x) => Transforms.Grad(f)(x);
        static Node Forward(Func<Node, Node> f, Node x) => Transforms.Jvp(f, x, Ops.Scalar(1.0)).Tangent;
        (string Name, Func<Func<Node, Node>, Node, Node> Of)[] modes = [("reverse", Reverse), ("forward", Forward)];
        var zero = Ops.Scalar(0.0);
        foreach (var outer in modes)
        {
            foreach (var inner in modes)
            {
                var actual = Scalar(outer.Of(s => inner.Of(u => P(s, u), zero), zero));
                Require(subject, Agrees(expected, actual, y.DType), $"nesting: a {outer.Name} over {inner.Name} derivative is {actual:R}, not {expected.Value:R}: two variables are confused");
                // d/ds s·(d/du p(x + u·t)) at s = 1 is the first derivative.
                actual = Scalar(outer.Of(s => s * inner.Of(u => P(zero, u), zero), Ops.Scalar(1.0)));
                Require(subject, Agrees(first, actual, y.DType), $"nesting: d/ds (s · d/du f(u)) is {actual:R}, not {first.Value:R}: two variables are confused");
            }
        }
        return Verdict.Held;
    }

    /// <summary>What the function does not read has a gradient of exact zeros.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Zeros(Case subject)
    {
        if (subject.Inputs.Length == 0 || subject.Inputs[0].Type.Rank == 0) return Verdict.NotApplicable;
        using var trace = Traced();
        var x = subject.Inputs[0];
        var longer = new Node(Primitives.Alias.Instance, Ops.Concat([x, x], 0));
        var part = Ops.SliceAxis(longer, 0, 0, x.Shape[0]);
        var y = subject.F([part, .. subject.Inputs[1..]]);
        if (y.DType != DType.Float64) return Verdict.NotApplicable;
        if (Gradient.Of([y], [Constant(Direction(y.Type.Count, 20), y.Type)], [longer])[0] is not { } gradient) return Verdict.Held;
        var unread = Read(Ops.SliceAxis(gradient, 0, x.Shape[0], 2 * x.Shape[0]));
        Require(subject, unread.All(v => v == 0), "structural zeros: an element that is not read has a gradient");
        return Verdict.Held;
    }

    /// <summary>Inside <see cref="Ops.Recompute"/>, and under a rule of its own that states the same pullback, a function has the same derivatives.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Recomputation(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != DType.Float64 || fresh.Length == 0) return Verdict.NotApplicable;
        var c = Constant(Direction(y.Type.Count, 21), y.Type);
        var (plain, noise) = (Gradient.Of([y], [c], fresh), Noise(fresh, y, 1));
        Node Again(Node[] x) => Ops.Recompute(v => subject.F([.. v]), [.. x]);
        // The last input is captured by the closure rather than passed.
        Node Captured(Node[] x) => Ops.Recompute(v => subject.F([.. v, x[^1]]), [.. x[..^1]]);
        Node Ruled(Node[] x) => Ops.WithRule("Rule", subject.F(x), [.. x], (v, _, cotangent) => Gradient.Of([subject.F([.. v])], [cotangent], [.. v]));
        foreach (var (name, f) in new (string, Func<Node[], Node>)[] { ("Recompute", Again), ("Recompute with a captured operand", fresh.Length > 1 ? Captured : Again), ("WithRule", Ruled) })
        {
            var value = f(fresh);
            Same(subject, $"recomputation: {name} changes the value", Read(y), Read(value), 1e-13);
            var got = Gradient.Of([value], [c], fresh);
            for (var i = 0; i < got.Length; i++)
                if (plain[i] is null && got[i] is { } zeros && Read(zeros).All(v => v == 0)) got[i] = null;
            var verdict = SamePullback(subject, $"recomputation: {name} changes the gradient", got, plain, noise);
            if (verdict != Verdict.Held) return verdict;
            // The second derivative of ⟨c, f⟩ along a line.
            var along = Constants(Directions(subject.Inputs, 22), subject.Inputs);
            double Curvature(Node of) => Scalar(Backward(Backward(Ops.Sum(of * c), fresh, along), fresh, along));
            var (a, e) = (Curvature(value), Curvature(y));
            Require(subject, Math.Abs(a - e) <= 1e4 * Epsilon * Math.Abs(e) + Noise(fresh, y, 2) || !double.IsFinite(e), $"recomputation: {name} changes the second derivative from {e:R} to {a:R}");
        }
        return Verdict.Held;
    }
}
