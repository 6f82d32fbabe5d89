namespace Functional.Autograd.Testing;

/// <summary>Laws that compare derivatives with numbers that were found without any rule of differentiation.</summary>
public static partial class Laws
{
    /// <summary>First and second derivatives, by every order of the modes, equal the Taylor series of the reference interpreter.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Derivatives(Case subject) => Ordered(subject, single: false, 2);

    /// <summary>First and second derivatives in float32 equal the Taylor series at the same float32 point, to single precision.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict DerivativesInSingle(Case subject) => Ordered(subject, single: true, 2);

    /// <summary>Third derivatives equal the Taylor series of the reference interpreter.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Third(Case subject) => Nodes(subject.Value).Count > 300 ? Verdict.NotApplicable : Ordered(subject, single: false, 3);

    private static Verdict Ordered(Case subject, bool single, int order)
    {
        if (single) subject = subject.InSingle();
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != (single ? DType.Float32 : DType.Float64)) return Verdict.NotApplicable;
        var (t, c) = (Directions(subject.Inputs, 3), Direction(y.Type.Count, 5));
        // The value is made of fresh nodes; the oracle starts from them too.
        var (series, certificate) = Series(fresh, y, t, c);
        if (Uncertified(certificate, y.DType) is { } verdict) return verdict;
        var modes = new List<(string Name, int Order, Node Value)> { ("", 0, Projected(y, c)) };
        var along = Constants(t, subject.Inputs);
        for (var next = 0; next < modes.Count; next++)
        {
            var (name, k, of) = modes[next];
            if (k == order) continue;
            // All four orders of two modes; of third order, the two pure ones and one that is mixed.
            if (k < 2 || name is "rr" or "ff") modes.Add(("r" + name, k + 1, Backward(of, fresh, along)));
            if (k < 2 || name is "ff") modes.Add(("f" + name, k + 1, Forwards(of, fresh, along)));
        }
        Plans.Evaluator.Force([.. modes.Select(m => m.Value)]);
        if (!series.IsSmooth(order)) return Verdict.NotFinite;
        foreach (var (name, k, value) in modes)
        {
            if (k == 0 || (order == 3 && k < 3)) continue;
            var (expected, actual) = (Loosened(series, k), Scalar(value));
            if (!Agrees(expected, actual, y.DType) && Math.Abs(expected.Value - actual) <= Cancelling(y, fresh, along, k)) return Verdict.Doubtful;
            Require(subject, Agrees(expected, actual, y.DType),
                $"derivatives: {Spelled(name)} gives {actual:R}, the Taylor series {expected.Value:R} within {Tolerance(expected, y.DType):G2}{(k > 1 ? "; if the first derivative holds, a derivative's own derivative is wrong" : "; some derivative is wrong")}");
        }
        return Verdict.Held;
    }

    // A mode may form products of tangents that cancel: softmax does not change when all its logits move alike, its reverse mode multiplies how they move all the same.
    // Where tangents are large their rounding is what is left; the series, which subtracts first, does not know of it.
    private static double Cancelling(Node y, Node[] fresh, Node[] along, int order)
    {
        var largest = Tangent.Of([.. Nodes(y).Where(n => n.DType.IsFloat)], fresh, along).OfType<Node>().Max(t => Read(t).Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty().Max());
        return largest < 1e4 ? 0 : Slack * Math.ScaleB(Math.Pow(largest, order), y.DType == DType.Float32 ? -24 : -53);
    }

    // A derivative that is computed from the value, as tanh′ = 1 − y² is, carries the value's rounding.
    private static Real Loosened(Jet series, int order)
    {
        var d = series.Derivative(order);
        return new(d.Value, d.Low, d.Error + Enumerable.Range(0, order + 1).Sum(k => Math.Abs(series.Derivative(k).Value) + series.Derivative(k).Error));
    }

    private static string Spelled(string modes) => string.Join(" over ", modes.Select(m => m == 'r' ? "reverse" : "forward"));

    /// <summary>Forward mode agrees with a central difference of the reference interpreter, in 31 digits.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Differences(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != DType.Float64 || IsCut(y)) return Verdict.NotApplicable;
        var t = Scaled(subject.Inputs, 4);
        // A step of 2⁻⁴⁰ of the point leaves an error of 2⁻⁸⁰ by the third derivative and 2⁻⁶⁴ by rounding. Close to a pole that may be too long; then one of 2⁻⁵⁰ decides.
        return Differences(subject, fresh, y, t, Math.ScaleB(1, -40), throws: false) ?? Differences(subject, fresh, y, t, Math.ScaleB(1, -50), throws: true) ?? Verdict.Held;
    }

    private static Verdict? Differences(Case subject, Node[] fresh, Node y, double[][] t, double h, bool throws)
    {
        (Real[] Data, Certificate Certificate) At(double step) => Certificate.Of(() => Oracle<Real>.Run(y, Point(fresh, t, (x, d) => Real.Exact(Real.From(x) + Real.From(step) * Real.From(d)))).Data);
        var (left, middle, right) = (At(-h), At(0), At(h));
        if (!middle.Data.All(v => double.IsFinite(v.Value))) return Verdict.NotFinite;
        if (middle.Certificate.IsDoubtful || left.Certificate.Pattern != middle.Certificate.Pattern || right.Certificate.Pattern != middle.Certificate.Pattern) return Verdict.Doubtful;
        var actual = Read(Forwards(y, fresh, Constants(t, subject.Inputs)));
        for (var i = 0; i < actual.Length; i++)
        {
            var expected = (right.Data[i] - left.Data[i]) / Real.From(2 * h);
            if (!double.IsFinite(expected.Value)) return Verdict.NotFinite;
            // The direction is as large as the point, so that the value's error bound is the derivative's too, but for a factor.
            var tolerance = 1e-9 * Math.Abs(expected.Value) + 1e3 * Tolerance(middle.Data[i], y.DType) + h;
            if (!throws && !(Math.Abs(actual[i] - expected.Value) <= tolerance)) return null;
            Require(subject, Math.Abs(actual[i] - expected.Value) <= tolerance, $"differences: forward mode gives {actual[i]:R} for element {i}, differences {expected.Value:R}; some derivative is wrong");
        }
        return Verdict.Held;
    }

    /// <summary>What the library's derivatives leave of f(x + ht) falls with the third power of h.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Remainder(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        if (y.DType != DType.Float64 || IsCut(y)) return Verdict.NotApplicable;
        var (t, c) = (Scaled(subject.Inputs, 6), Direction(y.Type.Count, 7));
        var along = Constants(t, subject.Inputs);
        var p = Projected(y, c);
        var slope = Backward(p, fresh, along);
        var curvature = Backward(slope, fresh, along);
        var (d1, d2) = (Scalar(slope), Scalar(curvature));
        (Real Value, Certificate Certificate) At(double h) => Certificate.Of(() =>
            Oracle<Real>.Run(y, Point(fresh, t, (x, d) => Real.Exact(Real.From(x) + Real.From(h) * Real.From(d)))).Data.Select((v, i) => v * Real.From(c[i])).Aggregate(Real.From(0), (a, b) => a + b));
        var start = At(0);
        if (start.Certificate.IsDoubtful) return Verdict.Doubtful;
        if (!double.IsFinite(d1) || !double.IsFinite(d2)) return Verdict.NotFinite;
        double Left(double h, out bool same)
        {
            var there = At(h);
            same = there.Certificate.Pattern == start.Certificate.Pattern;
            return Math.Abs((there.Value - start.Value - Real.From(d1) * Real.From(h) - Real.From(d2) * Real.From(h) * Real.From(h / 2)).Value);
        }
        var noise = Noise(fresh, y, 2) * (1 + t.SelectMany(v => v).Select(Math.Abs).DefaultIfEmpty().Max());
        // A quarter of the step leaves 1/64 by theory, 1/16 where the second derivative is wrong, 1/4 where the first is. Close to a pole a first step may be
        // too long to tell.
        string? broken = null;
        foreach (var h in new[] { Math.ScaleB(1, -17), Math.ScaleB(1, -23) })
        {
            var (far, near) = (Left(h, out var first), Left(h / 4, out var second));
            if (!first || !second || !double.IsFinite(far)) return Verdict.Doubtful;
            if (near <= far / 32 + noise * h) return Verdict.Held;
            broken = $"Taylor remainder: {far:G3} at h = {h:G3} and {near:G3} at h/4; it should fall 64-fold. A wrong first derivative gives 4, a wrong second 16";
        }
        Require(subject, false, broken!);
        return Verdict.Held;
    }

    /// <summary>The whole Jacobian, by rows and by columns, and its columns by Taylor series.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Jacobian(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        var (n, m) = (fresh.Sum(x => x.Type.Count), y.Type.Count);
        if (y.DType != DType.Float64 || n * m > 400 || n > 24 || n == 0) return Verdict.NotApplicable;
        if (!Series(fresh, y, Directions(subject.Inputs, 8), Direction(m, 9)).Series.IsSmooth(1)) return Verdict.NotFinite;
        var jacobians = fresh.Select((x, i) => Read(Transforms.Jacobian(v => subject.F([.. subject.Inputs.Select((u, k) => k == i ? v : u)]))(subject.Inputs[i]))).ToArray();
        for (var i = 0; i < fresh.Length; i++)
        {
            for (var j = 0; j < fresh[i].Type.Count; j++)
            {
                var unit = fresh.Select((x, k) => Enumerable.Range(0, (int)x.Type.Count).Select(e => k == i && e == j ? 1.0 : 0).ToArray()).ToArray();
                var (column, certificate) = Certificate.Of(() => Oracle<Jet>.Run(y, Point(fresh, unit, Jet.Line)).Data);
                if (Uncertified(certificate, y.DType) is { } verdict) return verdict;
                var pushed = Read(Forwards(y, fresh, Constants(unit, fresh)));
                for (var k = 0; k < m; k++)
                {
                    var expected = Loosened(column[k], 1);
                    var actual = jacobians[i][k * fresh[i].Type.Count + j];
                    Require(subject, Agrees(expected, actual, y.DType), $"whole Jacobian: Jacobian gives {actual:R} for result {k} and element {j} of input {i}, the Taylor series {expected.Value:R}");
                    Require(subject, Agrees(expected, pushed[k], y.DType), $"whole Jacobian: forward mode gives {pushed[k]:R} for result {k} and element {j} of input {i}, the Taylor series {expected.Value:R}");
                }
            }
        }
        return Verdict.Held;
    }

    /// <summary>The whole Hessian of ⟨c, f⟩ in the first input: symmetric, equal by both orders of modes, and its diagonal by Taylor series.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Hessian(Case subject)
    {
        using var trace = Traced();
        var (fresh, y) = Fresh(subject);
        var n = fresh.Length == 0 ? 0 : (int)fresh[0].Type.Count;
        if (y.DType != DType.Float64 || n is 0 or > 6) return Verdict.NotApplicable;
        var c = Direction(y.Type.Count, 12);
        if (!Series(fresh, y, Directions(subject.Inputs, 8), c).Series.IsSmooth(2)) return Verdict.NotFinite;
        Node P(Node x) => Projected(subject.F([x, .. subject.Inputs[1..]]), c);
        var whole = Read(Transforms.Hessian(P)(subject.Inputs[0]));
        for (var i = 0; i < n; i++)
        {
            for (var j = i; j < n; j++)
            {
                // ∂ᵢⱼ = (D²[eᵢ + eⱼ] − D²[eᵢ − eⱼ]) / 4.
                (Jet Series, Certificate Certificate) Along(double sign) => Series(fresh, y, [.. fresh.Select((x, k) => Enumerable.Range(0, (int)x.Type.Count).Select(e => k > 0 ? 0 : (e == i ? 1 : 0) + (e == j ? sign : 0.0)).ToArray())], c);
                var (plus, minus) = (Along(1), Along(-1));
                if (Uncertified(plus.Certificate, y.DType) is { } verdict) return verdict;
                var expected = (Loosened(plus.Series, 2) - Loosened(minus.Series, 2)) / Real.From(4);
                foreach (var actual in new[] { whole[i * n + j], whole[j * n + i] })
                    Require(subject, Agrees(expected, actual, y.DType), $"whole Hessian: entry ({i}, {j}) is {actual:R}, the Taylor series gives {expected.Value:R} within {Tolerance(expected, y.DType):G2}");
            }
        }
        return Verdict.Held;
    }
}
