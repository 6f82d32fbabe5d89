using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Testing.Verification;

namespace Verifying;

/// <summary>Faults planted in a function's own graph, for checks of one's own.</summary>
public class MutationTests
{
    private static Node F(Node x) => Tanh(x) * x + Sum(Exp(-x * x));

    private static double[] Slopes(Func<Node, Node> f, Node x) => Transforms.Evaluate<double>(Transforms.Grad(v => Sum(f(v)))(x));

    [Fact]
    public void A_check_against_every_law_notices_all()
    {
        var report = MutationSelfTest.Run(F, f => Verify(f, (-2, 2), new() { Cases = 6, Sizes = [1, 3], Shrinks = 0 }).ThrowIfBroken());
        Assert.Equal("", string.Join("\n", report.Survivors));
        Assert.Equal(0, report.ExitCode);
        Assert.Contains(report.Mutants, m => m is { Operation: "Tanh", Kind: Mutation.Detached });
        Assert.DoesNotContain(report.Mutants, m => m is { Operation: "Add", Kind: Mutation.Detached });
    }

    [Fact]
    public void Checks_have_the_blind_spots_that_they_are_known_for()
    {
        var x = Tensor<double>([0.3, -0.7]);
        // Duality: both modes share the rule.
        var duality = MutationSelfTest.Run(F, f =>
        {
            var (t, c) = (Tensor<double>([1.0, 2]), Tensor<double>([0.5, -1]));
            var forward = Transforms.Evaluate<double>(Sum(c * Transforms.Jvp(f, x, t).Tangent))[0];
            var reverse = Transforms.Evaluate<double>(Sum(t * Transforms.Vjp(f, x).Pullback(c)))[0];
            Assert.Equal(forward, reverse, 1e-9);
        });
        Assert.Equal(duality.Mutants.Count, duality.Survivors.Count);
        // Differences of first order: the second may be anything.
        void Differences(Func<Node, Node> f, double tolerance)
        {
            double At(double h) => Transforms.Evaluate<double>(Sum(f(x + h)))[0];
            Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, Slopes(f, x).Sum(), tolerance);
        }
        var first = MutationSelfTest.Run(F, f => Differences(f, 1e-7));
        Assert.NotEmpty(first.Survivors);
        Assert.All(first.Survivors, m => Assert.Equal(Mutation.Detached, m.Kind));
        Assert.Contains("second order lost", first.ToString());
        // And with a loose tolerance a thousandth passes.
        Assert.Contains(MutationSelfTest.Run(F, f => Differences(f, 1e-2)).Survivors, m => m.Kind == Mutation.OffByThousandth);
    }

    [Fact]
    public void Rules_of_ones_own_and_several_operands_are_places_too()
    {
        static Node G(ImmutableArray<Node> x) => WithRule("cube", x[0] * x[0] * x[0], [x[0]], (v, y, c) => [3 * c * v[0] * v[0]]) * x[1];
        var report = MutationSelfTest.Run(G, f => Verify(f, [(0.5, 2), (0.5, 2)], new() { Cases = 4, Sizes = [2], Shrinks = 0 }).ThrowIfBroken());
        Assert.Empty(report.Survivors);
        Assert.Equal(["Mul", "cube"], report.Mutants.Select(m => m.Operation).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_check_that_fails_without_a_fault_is_refused() =>
        Assert.Contains("as it is", Assert.Throws<ArgumentException>(() => MutationSelfTest.Run(F, f => throw new InvalidOperationException("always"))).Message);
}
