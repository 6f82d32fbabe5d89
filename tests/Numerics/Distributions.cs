using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

/// <summary>Whether numbers are distributed as they should be.</summary>
internal static class Distributions
{
    public const int Count = 50_000;

    // Kolmogorov and Smirnov: √n times the largest distance exceeds 1.95 once in a thousand times; the keys are fixed.
    public static void Follow(string name, Func<Node, DType, Node> draw, Func<double, double> cumulative)
    {
        foreach (var type in new[] { DType.Float64, DType.Float32 })
        {
            var drawn = draw(Key(11), type);
            Assert.Equal(type, drawn.DType);
            var x = Evaluate<double>(Cast(drawn, DType.Float64));
            Array.Sort(x);
            Assert.All(x, v => Assert.True(double.IsFinite(v), name));
            var furthest = Enumerable.Range(0, 500).Select(k => Math.Abs(cumulative(x[k * 100]) - (k * 100.0 / Count))).Aggregate(0.0, Math.Max);
            Assert.True(furthest > 0 && furthest * Math.Sqrt(Count) < 1.95 + 0.5, $"{name}: {furthest * Math.Sqrt(Count):F2}");
        }
    }
}
