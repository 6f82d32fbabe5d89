using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class SampleGammaTests
{
    private const int Count = Distributions.Count;

    public static TheoryData<string, Func<Node, DType, Node>, Func<double, double>> Continuous => new()
    {
        { "gamma of 1/2", (key, type) => Sample.Gamma(key, 0.5, Count, type), x => 1 - Tail(Math.Sqrt(x)) },
        { "gamma of 1", (key, type) => Sample.Gamma(key, 1.0, Count, type), x => 1 - Math.Exp(-x) },
        { "gamma of 3", (key, type) => Sample.Gamma(key, 3.0, Count, type), x => 1 - (Math.Exp(-x) * (1 + x + (x * x / 2))) },
        { "gamma of 30", (key, type) => Sample.Gamma(key, 30.0, Count, type), x => Below(30, x) },
        { "beta of 2 and 3", (key, type) => Sample.Beta(key, 2.0, 3.0, Count, type), x => x * x * (6 - (8 * x) + (3 * x * x)) },
        { "beta of 1/2 and 1/2", (key, type) => Sample.Beta(key, 0.5, 0.5, Count, type), x => 2 / Math.PI * Math.Asin(Math.Sqrt(x)) },
        { "Student's of 2", (key, type) => Sample.StudentT(key, 2.0, Count, type), x => 0.5 + (x / (2 * Math.Sqrt(2 + (x * x)))) },
        { "Student's of 1", (key, type) => Sample.StudentT(key, 1.0, Count, type), x => 0.5 + (Math.Atan(x) / Math.PI) },
    };

    private static double Tail(double x) => Evaluate<double>(Erfc(Scalar(x)))[0];

    // P(a, x) = xᵃ·e⁻ˣ/Γ(a + 1)·Σ xⁿ/((a + 1)…(a + n)), in plain numbers.
    private static double Below(double a, double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var n = 1; term > 1e-17 * sum; n++) sum += term *= x / (a + n);
        return sum * Math.Exp((a * Math.Log(x)) - x - Evaluate<double>(LogGamma(Scalar(a + 1)))[0]);
    }

    [Theory, MemberData(nameof(Continuous))]
    public void Numbers_are_distributed_as_they_should_be(string name, Func<Node, DType, Node> draw, Func<double, double> cumulative) => Distributions.Follow(name, draw, cumulative);

    // The mean within five of its own deviations, the variance within five of its: the fourth moment is at most `kurtosis` squares of the variance.
    private static void Moments(double[] x, double mean, double variance, double kurtosis)
    {
        var (m, v) = (x.Average(), x.Average(u => (u - mean) * (u - mean)));
        Assert.True(Math.Abs(m - mean) <= 5 * Math.Sqrt(variance / x.Length), $"mean {m}, not {mean}");
        Assert.True(Math.Abs(v - variance) <= 5 * variance * Math.Sqrt((kurtosis - 1) / x.Length), $"variance {v}, not {variance}");
    }

    [Fact]
    public void Moments_are_right()
    {
        foreach (var a in new[] { 0.05, 0.9, 4, 1e5 }) Moments(Evaluate<double>(Sample.Gamma(Key(3), a, Count)), a, a, 3 + (6 / a));
        // Several parameters at once; each class of Dirichlet's is a Beta number.
        var rows = Evaluate<double>(Sample.Dirichlet(Key(4), Tensor([0.5, 2, 3.5]), Count));
        foreach (var (k, a) in new[] { (0, 0.5), (1, 2), (2, 3.5) }) Moments([.. rows.Where((_, i) => i % 3 == k)], a / 6, a * (6 - a) / 36 / 7, 12);
        Assert.All(rows.Chunk(3), r => Assert.Equal(1, r.Sum(), 1e-14));
        // So small that numbers themselves would be 0.
        Assert.All(Evaluate<double>(Sample.Dirichlet(Key(5), Full(TensorType.Float64(3), 1e-3), 200)).Chunk(3), r => Assert.Equal(1, r.Sum(), 1e-14));
        foreach (var mean in new[] { 0, 0.3, 9.9, 10, 47, 1e6 }) Moments(Evaluate<double>(Sample.Poisson(Key(6), mean, Count)), mean, mean, 3 + (1 / Math.Max(mean, 0.1)));
        foreach (var (n, p) in new[] { (20, 0.3), (20, 0.95), (100, 0.4), (1_000_000, 0.75), (1_000_000_000, 1e-9), (7, 0), (7, 1) })
            Moments(Evaluate<double>(Sample.Binomial(Key(7), (double)n, p, Count)), n * p, n * p * (1 - p), 3 + (1 / Math.Max(n * p * (1 - p), 0.1)));
    }

    [Fact]
    public void Counts_come_as_often_as_they_should()
    {
        void Held(double[] drawn, Func<int, double> probability, int from, int to)
        {
            for (var k = from; k <= to; k++)
            {
                var (p, seen) = (probability(k), drawn.Count(v => v == k) / (double)Count);
                Assert.InRange(seen, p - (4.5 * Math.Sqrt(p * (1 - p) / Count)), p + (4.5 * Math.Sqrt(p * (1 - p) / Count)));
            }
        }
        double Factorial(double n) => Evaluate<double>(LogGamma(Scalar(n + 1)))[0];
        foreach (var mean in new[] { 2.5, 25 })
            Held(Evaluate<double>(Sample.Poisson(Key(8), mean, Count)), k => Math.Exp((k * Math.Log(mean)) - mean - Factorial(k)), mean < 10 ? 0 : 12, mean < 10 ? 8 : 40);
        foreach (var (n, p) in new[] { (12, 0.3), (60, 0.6) })
            Held(Evaluate<double>(Sample.Binomial(Key(9), (double)n, p, Count)), k => Math.Exp(Factorial(n) - Factorial(k) - Factorial(n - k) + (k * Math.Log(p)) + ((n - k) * Math.Log(1 - p))), n == 12 ? 0 : 24, n == 12 ? 8 : 48);
    }

    [Fact]
    public void Derivatives_are_those_of_the_quantile()
    {
        // dx/dα = −∂P/∂α over the density, by differences of P.
        foreach (var a in new[] { 0.1, 0.7, 1, 2.5, 50 })
        {
            var x = Evaluate<double>(Sample.Gamma(Key(1), Full(TensorType.Float64(60), a), 60));
            var slopes = Evaluate<double>(Grad((Node v) => Sum(Sample.Gamma(Key(1), v, 60)))(Full(TensorType.Float64(60), a)));
            var h = 1e-4 * a;
            for (var k = 0; k < 60; k++)
            {
                if (x[k] < 1e-200) continue;
                var density = Math.Exp(((a - 1) * Math.Log(x[k])) - x[k] - Evaluate<double>(LogGamma(Scalar(a)))[0]);
                // Differences of order 4: where x is small, P is close to xᵅ, and the logarithm of x large.
                var wanted = ((8 * (Below(a - h, x[k]) - Below(a + h, x[k]))) + Below(a + (2 * h), x[k]) - Below(a - (2 * h), x[k])) / (12 * h) / density;
                // What differences of numbers near 1 lose beside their own error.
                Assert.Equal(wanted, slopes[k], (1e-6 * Math.Abs(wanted)) + (1e-15 / h / density));
            }
        }
        // On both sides of where the series ends, of the same draws: it is smooth.
        var many = Vmap((Node v) => Grad((Node u) => Sum(Sample.Gamma(Key(1), u, 60)))(v * Ones(60)))(Tensor([99_999.99, 100_000.01]));
        Assert.Equal(Evaluate<double>(many[0]), Evaluate<double>(many[1]), (x, y) => Math.Abs(x - y) < 5e-8);
        // The second derivative, forward over reverse, by second differences of the quantile.
        var at = Evaluate<double>(Sample.Gamma(Key(2), 2.5, 5));
        for (var k = 0; k < 5; k++)
        {
            double Quantile(double a)
            {
                var (low, high, rank) = (at[k] / 2, at[k] * 2, Below(2.5, at[k]));
                for (var i = 0; i < 60; i++) (low, high) = Below(a, (low + high) / 2) < rank ? ((low + high) / 2, high) : (low, (low + high) / 2);
                return (low + high) / 2;
            }
            var second = Jvp(Grad((Node v) => Sample.Gamma(Key(2), v, 5)[k]), Scalar(2.5), Scalar(1.0)).Tangent;
            Assert.Equal((Quantile(2.51) - (2 * at[k]) + Quantile(2.49)) / 1e-4, Evaluate<double>(second)[0], 1e-4);
        }
        // Means: E[x] = α, E[Beta] = a/(a + b), E[Dirichlet] = α/Σα; E of t²/(ν + t²) is 1/(ν + 1).
        double Mean(Func<Node, Node> f, double v) => Evaluate<double>(Grad((Node u) => Ops.Mean(f(u)))(Scalar(v)))[0];
        Assert.Equal(1, Mean(v => Sample.Gamma(Key(3), v, Count), 2), 0.02);
        Assert.Equal(3.0 / 25, Mean(v => Sample.Beta(Key(3), v, 3.0, Count), 2), 0.004);
        Assert.Equal(-2.0 / 25, Mean(v => Sample.Beta(Key(3), 2.0, v, Count), 3), 0.004);
        Assert.Equal(-1.0 / 16, Mean(v => Square(Sample.StudentT(Key(3), v, Count)) is var t ? t / (v + t) : v, 3), 0.004);
        Assert.Equal(0.25 - (1 / 16.0), Mean(v => Sample.Dirichlet(Key(3), Stack([v, 2.0, 1.0]), Count)[.., 0], 1), 0.006);
        Assert.Equal(0, Mean(v => Sample.Poisson(Key(3), v, 10), 5));
        // Batches of keys have numbers of their own, and each those that it has alone.
        var each = Evaluate<double>(Vmap(k => Sample.Gamma(k, 0.7, 3))(Keys(Key(5), 4)));
        Assert.Equal(12, each.Distinct().Count());
        Assert.Equal(each[6..9], Evaluate<double>(Sample.Gamma(Keys(Key(5), 4)[2], 0.7, 3)));
    }

    [Fact]
    public void What_is_no_distribution_is_no_number()
    {
        foreach (var drawn in new[] { Sample.Gamma(Key(1), Tensor([0.0, -1, double.NaN]), 3), Sample.Poisson(Key(1), Tensor([-1.0, double.PositiveInfinity, double.NaN]), 3), Sample.Binomial(Key(1), Tensor([-1.0, 3, 3]), Tensor([0.5, 1.5, -0.1]), 3) })
            Assert.All(Evaluate<double>(drawn), v => Assert.Equal(double.NaN, v));
        Assert.Throws<ShapeException>(() => Sample.Gamma(Arange(3), 1.0, 3));
        Assert.Throws<ShapeException>(() => Sample.Gamma(Key(1), Ones(2), 3));
        Assert.Throws<ShapeException>(() => Sample.Poisson(Key(1), 1.0, 3, DType.Int64));
        Assert.Throws<ShapeException>(() => Sample.Dirichlet(Key(1), Scalar(1.0), 3));
    }
}
