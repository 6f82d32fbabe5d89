namespace Functional.Autograd.Numerics;

public static partial class Sample
{
    // More than any draw needs: each round of a rejection leaves less than a tenth.
    private const int MostRounds = 1000;

    /// <summary>
    /// Gamma numbers of a shape and scale 1 (Marsaglia and Tsang, A simple method for generating gamma variables, 2000). Their derivative in the shape is that of the quantile at a fixed rank (implicit reparameterisation:
    /// Figurnov, Mohamed and Mnih, 2018): of first order in reverse mode, and any order of forward mode over it.
    /// </summary>
    /// <param name="key">A key.</param>
    /// <param name="concentration">The distribution's shape, positive, of the shape of the result or one that broadcasts to it; NaN is drawn where it is not positive.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">A floating-point type; all is computed in float64.</param>
    /// <exception cref="ShapeException">The key is none, the concentration does not broadcast to the shape, or the element type is not floating-point.</exception>
    public static Node Gamma(Node key, Node concentration, Dims shape, DType dtype = DType.Float64) => Drawn("Gamma", Ops.Exp(LogGamma(key, concentration, shape)), dtype);

    /// <summary>Numbers between 0 and 1 of Beta's distribution. Differentiable in both parameters, as <see cref="Gamma"/>.</summary>
    /// <param name="key">A key.</param>
    /// <param name="a">The weight of 1, positive, of the shape of the result or one that broadcasts to it.</param>
    /// <param name="b">The weight of 0, likewise.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">A floating-point type; all is computed in float64.</param>
    /// <exception cref="ShapeException">As <see cref="Gamma"/> throws it.</exception>
    public static Node Beta(Node key, Node a, Node b, Dims shape, DType dtype = DType.Float64)
    {
        var keys = Ops.SplitKey(key);
        return Drawn("Beta", Ops.Sigmoid(LogGamma(keys[0], a, shape) - LogGamma(keys[1], b, shape)), dtype);
    }

    /// <summary>Probabilities of Dirichlet's distribution: they are positive and their sum is 1. Differentiable in the concentration, as <see cref="Gamma"/>.</summary>
    /// <param name="key">A key.</param>
    /// <param name="concentration">Positive, [classes].</param>
    /// <param name="shape">The sizes before the classes.</param>
    /// <param name="dtype">A floating-point type; all is computed in float64.</param>
    /// <returns>[shape…, classes].</returns>
    /// <exception cref="ShapeException">The key is none, the concentration has no axis, or the element type is not floating-point.</exception>
    public static Node Dirichlet(Node key, Node concentration, Dims shape, DType dtype = DType.Float64) => concentration.Type.Rank == 1
        ? Drawn("Dirichlet", Ops.Softmax(LogGamma(key, concentration, [.. shape, concentration.Shape[0]])), dtype)
        : throw new ShapeException($"Dirichlet: a concentration is a vector, not {concentration.Type}");

    /// <summary>Student's numbers of median 0 and scale 1. Differentiable in the degrees of freedom, as <see cref="Gamma"/>.</summary>
    /// <param name="key">A key.</param>
    /// <param name="freedom">The degrees of freedom, positive, of the shape of the result or one that broadcasts to it.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">A floating-point type; all is computed in float64.</param>
    /// <exception cref="ShapeException">As <see cref="Gamma"/> throws it.</exception>
    public static Node StudentT(Node key, Node freedom, Dims shape, DType dtype = DType.Float64)
    {
        var keys = Ops.SplitKey(key);
        var half = Ops.Cast(freedom, DType.Float64) / 2;
        return Drawn("StudentT", Ops.Normal(keys[0], shape) * Ops.Exp(0.5 * (Ops.Log(half) - LogGamma(keys[1], half, shape))), dtype);
    }

    private static Node Drawn(string name, Node x, DType dtype) => dtype.IsFloat ? Ops.Cast(x, dtype) : throw new ShapeException($"{name}: numbers are floating-point, not {dtype}");

    // Logarithms, which are finite where the numbers themselves would be too small.
    private static Node LogGamma(Node key, Node concentration, Dims shape)
    {
        var keys = Ops.SplitKey(key);
        var alpha = Ops.Broadcast(Ops.Cast(concentration, DType.Float64), shape);
        // Below 1, one of 1 more is drawn and a power of a uniform number taken off.
        var isSmall = alpha < 1;
        var d = Ops.Where(isSmall, alpha + 1, alpha) - 1.0 / 3;
        var large = Rejected(keys[0], Ops.Not(alpha > 0), round =>
        {
            var both = Ops.SplitKey(round);
            var z = Ops.Normal(both[0], shape);
            var root = 1 + z / Ops.Sqrt(9 * d);
            var v = 3 * Ops.Log(Ops.Where(root > 0, root, 1));
            return (Ops.Log(d) + v, Ops.And(root > 0, Ops.Log(Inner(both[1], shape, DType.Float64)) < 0.5 * z * z + d * (1 - Ops.Exp(v) + v)));
        });
        var drawn = Ops.Detach(Ops.Where(isSmall, large + Ops.Log(Inner(keys[1], shape, DType.Float64)) / alpha, large));
        return Ops.WithRule("Gamma", drawn, [alpha], (x, w, c) => [c * ByConcentration(x[0], w)]);
    }

    // ∂w/∂α = −∂P/∂α over the density of w = log x, where P = xᵅ·e⁻ˣ/Γ(α + 1)·S and S = Σ xⁿ/((α + 1)…(α + n)): −((w − ψ(α + 1))·S + ∂S/∂α)/α.
    // From 10⁵ on, which would take thousands of terms, that of Wilson and Hilferty's cube (1931), which is off by 2·10⁻⁸ four deviations away and less with every larger one.
    private static Node ByConcentration(Node shape, Node logarithm)
    {
        var isLarge = shape >= 1e5;
        var (alpha, w) = (Ops.Where(isLarge, 1, shape), Ops.Where(isLarge, 0, logarithm));
        var x = Ops.Exp(w);
        var one = Ops.Ones(w.Shape);
        var (s, slope, _, _, _) = Ops.While<(Node Sum, Node Slope, Node Term, Node TermSlope, Node N)>(
            c => Ops.And(Ops.Any(Ops.Abs(c.TermSlope) + c.Term > 1e-17 * c.Sum), c.N < 10_000_000),
            c =>
            {
                var next = alpha + c.N;
                var term = c.Term * x / next;
                var termSlope = c.TermSlope * x / next - term / next;
                return (c.Sum + term, c.Slope + termSlope, term, termSlope, c.N + 1);
            },
            (one, one * 0, one, one * 0, Ops.Scalar(1, DType.Int64)));
        var large = Ops.Where(isLarge, shape, 1e5);
        var ratio = Ops.Exp(Ops.Where(isLarge, logarithm - Ops.Log(large), 0) / 3);
        var deviations = 3 * Ops.Sqrt(large) * (ratio - 1 + 1 / (9 * large));
        var byCube = 1 / large + 3 / ratio * (1 / (9 * large * large) - deviations / (6 * large * Ops.Sqrt(large)));
        return Ops.Where(isLarge, byCube, -((w - Ops.Digamma(alpha + 1)) * s + slope) / alpha);
    }

    // Draws until all are accepted, each round with a key of its own. What is invalid is NaN.
    private static Node Rejected(Node key, Node invalid, Func<Node, (Node Value, Node Accepted)> draw)
    {
        var (drawn, open, _) = Ops.While<(Node Drawn, Node Open, Node Round)>(c => Ops.And(Ops.Any(c.Open), c.Round < MostRounds), c =>
        {
            var (value, accepted) = draw(FoldIn(key, c.Round));
            return (Ops.Where(Ops.And(c.Open, accepted), value, c.Drawn), Ops.And(c.Open, Ops.Not(accepted)), c.Round + 1);
        }, (Ops.Full(new TensorType(DType.Float64, invalid.Shape), double.NaN), Ops.Not(invalid), Ops.Scalar(0, DType.Int64)));
        return drawn;
    }
}
