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
    };

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
    }

    [Fact]
    public void What_is_drawn_has_derivatives_in_its_parameters()
    {
        // E[x²] of a normal number below b: 1 − b·φ(b)/Φ(b); its derivative against that of the mean of what is drawn.
        Node Mean2(Node b) => Mean(Square(Sample.TruncatedNormal(Key(6), double.NegativeInfinity, b, Count)));
        double Moment(double b) => 1 - (b * Math.Exp(-b * b / 2) / Math.Sqrt(2 * Math.PI) / Normal(b));
        Assert.Equal(Moment(0.5), Evaluate<double>(Mean2(0.5))[0], 0.02);
        Assert.Equal((Moment(0.501) - Moment(0.499)) / 0.002, Evaluate<double>(Grad(Mean2)(0.5))[0], 0.02);
    }
}
