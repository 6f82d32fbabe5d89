using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class SampleTests
{
    private const int Count = Distributions.Count;

    public static TheoryData<string, Func<Node, DType, Node>, Func<double, double>> Continuous => new()
    {
        { "exponential", (key, type) => Sample.Exponential(key, Count, type), x => 1 - Math.Exp(-x) },
        { "Gumbel", (key, type) => Sample.Gumbel(key, Count, type), x => Math.Exp(-Math.Exp(-x)) },
        { "logistic", (key, type) => Sample.Logistic(key, Count, type), x => 1 / (1 + Math.Exp(-x)) },
        { "Laplace", (key, type) => Sample.Laplace(key, Count, type), x => x < 0 ? 0.5 * Math.Exp(x) : 1 - (0.5 * Math.Exp(-x)) },
        { "Cauchy", (key, type) => Sample.Cauchy(key, Count, type), x => 0.5 + (Math.Atan(x) / Math.PI) },
        { "truncated normal", (key, type) => Sample.TruncatedNormal(key, -1, 2, Count, type), x => (Normal(x) - Normal(-1)) / (Normal(2) - Normal(-1)) },
        { "a normal tail", (key, type) => Sample.TruncatedNormal(key, double.NegativeInfinity, -1, Count, type), x => Normal(x) / Normal(-1) },
        { "a normal part far out", (key, type) => Sample.TruncatedNormal(key, 8, 8.5, Count, type), x => (Normal(-8) - Normal(-x)) / (Normal(-8) - Normal(-8.5)) },
        { "a normal part far down", (key, type) => Sample.TruncatedNormal(key, -24.5, -24, Count, type), x => (Normal(x) - Normal(-24.5)) / (Normal(-24) - Normal(-24.5)) },
        { "a normal tail from 0", (key, type) => Sample.TruncatedNormal(key, 0, double.PositiveInfinity, Count, type), x => 2 * Normal(x) - 1 },
        { "a normal tail from 40", (key, type) => Sample.TruncatedNormal(key, 40, double.PositiveInfinity, Count, type), x => 1 - (Beyond(x) / Beyond(40) * Math.Exp(-(x - 40) * (x + 40) / 2)) },
    };

    // The probability beyond x, but for a factor of exp(−x²/2): three terms of the asymptotic series.
    private static double Beyond(double x) => (1 - (1 / (x * x)) + (3 / (x * x * x * x))) / x;

    private static double Normal(double x) => Evaluate<double>(0.5 * Erfc(-Scalar(x) * Math.Sqrt(0.5)))[0];

    [Theory, MemberData(nameof(Continuous))]
    public void Numbers_are_distributed_as_they_should_be(string name, Func<Node, DType, Node> draw, Func<double, double> cumulative) => Distributions.Follow(name, draw, cumulative);

    [Fact]
    public void Truth_values_and_classes_come_as_often_as_they_should()
    {
        void Frequent(double probability, double counted, double total) => Assert.InRange(counted / total, probability - 4 * Math.Sqrt(probability * (1 - probability) / total), probability + 4 * Math.Sqrt(probability * (1 - probability) / total));
        var truths = Evaluate<bool>(Sample.Bernoulli(Key(1), Tensor([0.2, 0.9]), [Count, 2]));
        Frequent(0.2, truths.Where((t, k) => k % 2 == 0 && t).Count(), Count);
        Frequent(0.9, truths.Where((t, k) => k % 2 == 1 && t).Count(), Count);
        var logits = Log(Tensor(new double[,] { { 0.1, 0.2, 0, 0.7 }, { 0.25, 0.25, 0.25, 0.25 } }));
        var classes = Sample.Categorical(Key(2), logits, Count);
        Assert.Equal([Count, 2L], classes.Shape);
        var drawn = Evaluate<long>(classes);
        double[] probabilities = [0.1, 0.2, 0, 0.7];
        for (var c = 0; c < 4; c++)
        {
            Frequent(probabilities[c], drawn.Where((d, k) => k % 2 == 0 && d == c).Count(), Count);
            Frequent(0.25, drawn.Where((d, k) => k % 2 == 1 && d == c).Count(), Count);
        }
        // All orders of three, equally often.
        var orders = Evaluate<long>(Vmap(k => Sample.Permutation(k, 3))(Keys(Key(3), 6000))).Chunk(3).GroupBy(o => string.Join(' ', o)).ToList();
        Assert.Equal(6, orders.Count);
        foreach (var order in orders) Frequent(1 / 6.0, order.Count(), 6000);
        var shuffled = Evaluate<long>(Sample.Shuffle(Key(4), Arange(1000)));
        Assert.Equal(Enumerable.Range(0, 1000).Select(k => (long)k), shuffled.Order());
        Assert.InRange(shuffled.Where((v, k) => v == k).Count(), 0, 8);
    }

    [Fact]
    public void A_number_folded_in_gives_a_key_of_its_own()
    {
        var keys = Evaluate<long>(Vmap(i => Sample.FoldIn(Key(5), i))(Arange(2000))).Chunk(2).Select(k => (k[0], k[1])).ToList();
        var others = Evaluate<long>(Keys(Key(5), 2000)).Chunk(2).Select(k => (k[0], k[1])).Concat(Evaluate<long>(Keys(SplitKey(Key(5))[0], 2000)).Chunk(2).Select(k => (k[0], k[1]))).ToList();
        Assert.Equal(2000, keys.Distinct().Count());
        Assert.Empty(keys.Intersect(others));
        Assert.All(keys, k => Assert.True(k is { Item1: >= 0 and < 1L << 32, Item2: >= 0 and < 1L << 32 }));
        // In a loop, whose steps are known by their numbers; large and negative ones as well.
        var looped = Evaluate<long>(Scan((c, i) => (c, Sample.FoldIn(Key(5), i)), 0, Arange(3)).Outputs);
        Assert.Equal(keys.Take(3).SelectMany(k => new[] { k.Item1, k.Item2 }), looped);
        Assert.Equal(4, new long[] { 0, -1, 1L << 32, long.MaxValue }.Select(n => string.Join(' ', Evaluate<long>(Sample.FoldIn(Key(5), Scalar(n))))).Distinct().Count());
        Assert.Throws<ShapeException>(() => Sample.FoldIn(Key(5), Scalar(1.5)));
        Assert.Throws<ShapeException>(() => Sample.FoldIn(Arange(3), Scalar(1, DType.Int64)));
        Assert.Throws<ShapeException>(() => Sample.Exponential(Key(1), 3, DType.Int64));
        Assert.Throws<ShapeException>(() => Sample.Categorical(Key(1), Scalar(1.0)));
        Assert.Contains("Categorical", Assert.Throws<ShapeException>(() => Sample.Categorical(Key(1), Zeros([2, 0]))).Message);
    }

    [Fact]
    public void What_is_drawn_has_derivatives_in_its_parameters()
    {
        // E[x²] of a normal number below b: 1 − b·φ(b)/Φ(b); its derivative against that of the mean of what is drawn.
        Node Mean2(Node b) => Mean(Square(Sample.TruncatedNormal(Key(6), double.NegativeInfinity, b, Count)));
        double Moment(double b) => 1 - (b * Math.Exp(-b * b / 2) / Math.Sqrt(2 * Math.PI) / Normal(b));
        Assert.Equal(Moment(0.5), Evaluate<double>(Mean2(0.5))[0], 0.02);
        Assert.Equal((Moment(0.501) - Moment(0.499)) / 0.002, Evaluate<double>(Grad(Mean2)(0.5))[0], 0.02);
        // Far out the mean above a is h = φ(a)/Q(a) = a + 1/a − 2/a³ + …, and h′ = h·(h − a), to 10⁻⁵ of 40; what is drawn is off by a deviation of 1/40 over √Count.
        Node Above(Node a) => Mean(Sample.TruncatedNormal(Key(6), a, double.PositiveInfinity, Count));
        var h = 40 + (1 / 40.0) - (2 / 64000.0);
        Assert.Equal(h, Evaluate<double>(Above(40.0))[0], 5e-4);
        Assert.Equal(h * (h - 40), Evaluate<double>(Grad(Above)(40.0))[0], 5e-4);
        // In both bounds, to the second order, and on either side, against differences.
        foreach (var (a, b) in new[] { (7.0, 7.6), (-30, -29.9), (-1, 2), (0, 0.5), (-0.5, 0) })
        {
            Node Drawn(Node v) => Sum(Square(Sample.TruncatedNormal(Key(6), v[0], v[1], 20)));
            Node at = [a, b];
            for (var k = 0; k < 2; k++)
            {
                Node e = k == 0 ? [1e-5, 0] : [0, 1e-5];
                Assert.Equal(Evaluate<double>(Drawn(at + e) - Drawn(at - e))[0] / 2e-5, Evaluate<double>(Grad(Drawn)(at))[k], 1e-5);
                Assert.Equal(Evaluate<double>((Grad(Drawn)(at + e) - Grad(Drawn)(at - e))[k])[0] / 2e-5, Evaluate<double>(Hessian(Drawn)(at)[k, k])[0], 1e-4);
            }
        }
    }

    [Fact]
    public void Bounds_far_out_and_in_disorder()
    {
        double[] Drawn(double a, double b) => Evaluate<double>(Sample.TruncatedNormal(Key(6), a, b, 100));
        Assert.All(Drawn(2, 1).Concat(Drawn(double.NaN, 1)).Concat(Drawn(0, double.NaN)), v => Assert.Equal(double.NaN, v));
        Assert.All(Drawn(1, 1), v => Assert.Equal(1, v));
        Assert.All(Drawn(39, 39.001), v => Assert.InRange(v, 39, 39.001));
        Assert.Equal(100, Drawn(39, 39.001).Distinct().Count());
        Assert.All(Drawn(-1e8, -1e8 + 1e-7), v => Assert.InRange(v, -1e8, -1e8 + 1e-7));
        Assert.All(Drawn(1e200, double.PositiveInfinity), v => Assert.Equal(1e200, v));
        Assert.All(Drawn(double.NegativeInfinity, -1e6), v => Assert.InRange(v, -1e6 - 1e-4, -1e6));
    }

    // A half type has 1/2048 or 1/256 for its steps, of which 0 alone would be drawn too often to be a number.
    [Theory, InlineData(DType.Float16), InlineData(DType.BFloat16)]
    public void Halves_are_numbers_of_float32_rounded(DType type)
    {
        foreach (var draw in new Func<DType, Node>[] { t => Sample.Exponential(Key(7), Count, t), t => Sample.Gumbel(Key(7), Count, t), t => Sample.Logistic(Key(7), Count, t), t => Sample.Laplace(Key(7), Count, t),
            t => Sample.Cauchy(Key(7), Count, t), t => Sample.TruncatedNormal(Key(7), -1, 2, Count, t), t => Sample.Gamma(Key(7), 2.0, 100, t), t => Sample.Poisson(Key(7), 3.0, 100, t), t => Sample.Binomial(Key(7), 9.0, 0.3, 100, t) })
        {
            Assert.Equal(type, draw(type).DType);
            Assert.Equal(Evaluate<float>(Cast(Cast(draw(DType.Float32), type), DType.Float32)), Evaluate<float>(Cast(draw(type), DType.Float32)), (a, b) => Math.Abs(a - b) <= Math.Abs(a) / 128);
        }
        Assert.All(Evaluate<float>(Cast(Sample.Gumbel(Key(7), Count, type), DType.Float32)), v => Assert.True(float.IsFinite(v)));
        var drawn = Evaluate<long>(Sample.Categorical(Key(2), Cast(Zeros(100), type), Count));
        // Each of a hundred equal classes, five deviations of √(Count/100) at most: what is rounded before it is compared favours the first.
        Assert.All(drawn.GroupBy(d => d), c => Assert.InRange(c.Count(), 500 - 112, 500 + 112));
    }
}
