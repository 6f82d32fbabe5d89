namespace Functional.Autograd.Numerics;

public static partial class Sample
{
    // With a smaller mean, the distribution is gone through from 0 on; with a larger one, numbers are drawn under a hat and rejected.
    private const double Few = 10;

    /// <summary>Poisson's numbers (above a mean of 10 by Hörmann, The transformed rejection method for generating Poisson random variables, 1993). They have no derivative.</summary>
    /// <param name="key">A key.</param>
    /// <param name="mean">The mean, of the shape of the result or one that broadcasts to it; NaN is drawn where it is negative or infinite.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">A floating-point type, of which whole numbers are given.</param>
    /// <exception cref="ShapeException">The key is none, the mean does not broadcast to the shape, or the element type is not floating-point.</exception>
    public static Node Poisson(Node key, Node mean, Dims shape, DType dtype = DType.Float64)
    {
        var rate = Ops.Detach(Ops.Broadcast(Ops.Cast(mean, DType.Float64), shape));
        var valid = Ops.And(rate >= 0, rate < double.PositiveInfinity);
        var (few, many) = (Ops.Where(rate < Few, rate, 0), Ops.Where(Ops.And(rate >= Few, valid), rate, Few));
        var b = 0.931 + 2.53 * Ops.Sqrt(many);
        var drawn = Counted(key, valid, rate < Few, Ops.Exp(-few), k => few / k,
            new(-0.059 + 0.02483 * b, b, many + 0.43, 0.9277 - 3.6224 / (b - 2), 1.1239 + 1.1328 / (b - 3.4), k => k * Ops.Log(many) - many - Ops.LogGamma(Ops.Max(k, 0) + 1), double.PositiveInfinity));
        return Drawn("Poisson", drawn, dtype);
    }

    /// <summary>
    /// How often of some times something happens that has a probability (above a mean of 10 by Hörmann, The generation of binomial random variates, 1993). They have no derivative.
    /// </summary>
    /// <param name="key">A key.</param>
    /// <param name="count">How many times, a whole number, of the shape of the result or one that broadcasts to it; NaN is drawn where it is negative or infinite.</param>
    /// <param name="probability">From 0 to 1, likewise; NaN is drawn where it is not.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">A floating-point type, of which whole numbers are given.</param>
    /// <exception cref="ShapeException">The key is none, a parameter does not broadcast to the shape, or the element type is not floating-point.</exception>
    public static Node Binomial(Node key, Node count, Node probability, Dims shape, DType dtype = DType.Float64)
    {
        var (all, given) = (Ops.Detach(Ops.Broadcast(Ops.Cast(count, DType.Float64), shape)), Ops.Detach(Ops.Broadcast(Ops.Cast(probability, DType.Float64), shape)));
        var valid = Ops.And(Ops.And(all >= 0, all < double.PositiveInfinity), Ops.And(given >= 0, given <= 1));
        // What happens more often than not is counted by what does not.
        var (isRare, n) = (given <= 0.5, Ops.Where(valid, all, 0));
        var p = Ops.Where(valid, Ops.Where(isRare, given, 1 - given), 0);
        var isFew = n * p < Few;
        // Stand-ins where the other method is taken.
        var (few, many, chance) = (Ops.Where(isFew, n, 0), Ops.Where(isFew, 40, n), Ops.Where(isFew, 0.5, p));
        var spread = Ops.Sqrt(many * chance * (1 - chance));
        var (b, mode) = (1.15 + 2.53 * spread, Ops.Floor((many + 1) * chance));
        var odds = p / (1 - p);
        Node Weight(Node k) => Ops.LogGamma(mode + 1) + Ops.LogGamma(many - mode + 1) - Ops.LogGamma(k + 1) - Ops.LogGamma(many - k + 1) + (k - mode) * Ops.Log(chance / (1 - chance));
        var drawn = Counted(key, valid, isFew, Ops.Exp(few * Ops.Log1p(-p)), k => Ops.Max(few - k + 1, 0) * odds / k,
            new(-0.0873 + 0.0248 * b + 0.01 * chance, b, many * chance + 0.5, 0.92 - 4.2 / b, (2.83 + 5.1 / b) * spread, k => Weight(Ops.Max(Ops.Min(k, many), 0)), many));
        return Drawn("Binomial", Ops.Where(isRare, drawn, all - drawn), dtype);
    }

    // Hörmann's hat: k = ⌊(2a/(½ − |u|) + b)·u + centre⌋; at once where u is not far out and v below a bound, else where v·scale… is below the probability.
    private sealed record Hat(Node A, Node B, Node Centre, Node Bound, Node Scale, Func<Node, Node> LogWeight, Node Last);

    // Few by the distribution function: the probability of 0, and how that of k follows from that of k − 1. Many under a hat.
    private static Node Counted(Node key, Node valid, Node isFew, Node zero, Func<Node, Node> ratio, Hat hat)
    {
        var keys = Ops.SplitKey(key);
        var u = Ops.Uniform(keys[0], valid.Shape);
        var (few, _, _, _) = Ops.While<(Node Count, Node Below, Node Probability, Node K)>(c => Ops.And(Ops.Any(Ops.And(u >= c.Below, c.Probability > 0)), c.K < MostRounds), c =>
        {
            var probability = c.Probability * ratio(c.K);
            var goes = Ops.And(u >= c.Below, c.Probability > 0);
            return (Ops.Where(goes, c.K, c.Count), c.Below + probability, probability, c.K + 1);
        }, (zero * 0, zero, zero, Ops.Scalar(1.0, DType.Float64)));
        var many = Rejected(keys[1], Ops.Or(isFew, Ops.Not(valid)), round =>
        {
            var both = Ops.SplitKey(round);
            var (x, v) = (Inner(both[0], valid.Shape, DType.Float64) - 0.5, Inner(both[1], valid.Shape, DType.Float64));
            var inside = 0.5 - Ops.Abs(x);
            var k = Ops.Floor((2 * hat.A / inside + hat.B) * x + hat.Centre);
            var isLikely = Ops.Log(v * hat.Scale / (hat.A / (inside * inside) + hat.B)) <= hat.LogWeight(k);
            var quick = Ops.And(inside >= 0.07, v <= hat.Bound);
            return (k, Ops.Or(quick, Ops.And(Ops.And(Ops.And(k >= 0, k <= hat.Last), Ops.Or(inside >= 0.013, v <= inside)), isLikely)));
        });
        return Ops.Detach(Ops.Where(valid, Ops.Where(isFew, few, many), double.NaN));
    }
}
