using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Testing.Verification;

namespace Verifying;

/// <summary>Rules that are wrong in one way each: all are found, and what is said of them is right.</summary>
public class PlantedTests
{
    private static readonly VerifyOptions few = new() { Cases = 24 };

    private static Node Rule(Node x, Node value, Func<Node, Node, Node, Node> rule) => WithRule("planted", value, [x], (v, y, c) => [rule(v[0], y, c)]);

    private static Finding Found(Report report, string law, DType dtype = DType.Float64)
    {
        Assert.Equal(1, report.ExitCode);
        Assert.Throws<LawBroken>(report.ThrowIfBroken);
        return Assert.Single(report.Findings, f => f.Law == law && f.DType == dtype);
    }

    [Fact]
    public void A_wrong_factor_is_found_with_its_numbers()
    {
        var finding = Found(Verify(x => Rule(x, x * x * x, (v, y, c) => 2 * c * v * v), (-3, 3), few), "derivatives");
        Assert.Equal((1, 1), (finding.Order, finding.Size));
        Assert.Equal([1.0], finding.Point[0]);
        Assert.Equal([1.0], finding.Direction[0]);
        Assert.Equal((3, 2), (finding.Expected, finding.Got));
        Assert.Contains("duality holds, differences fail", finding.Implies);
        Assert.Contains("planted", finding.Culprit);
    }

    [Fact]
    public void A_third_order_fault_is_found()
    {
        Node Falling(Node x) => Rule(x, -Sin(x), (v, y, c) => -1.5 * c * Cos(v));
        Node Slope(Node x) => Rule(x, Cos(x), (v, y, c) => c * Falling(v));
        var report = Verify(x => Rule(x, Sin(x), (v, y, c) => c * Slope(v)), Domain.Line, few);
        var finding = Found(report, "derivatives");
        Assert.Equal(3, finding.Order);
        Assert.Contains("below order 3 hold", finding.Implies);
        Assert.True(Verify(x => Rule(x, Sin(x), (v, y, c) => c * Slope(v)), Domain.Line, few with { Orders = 2 }).Holds);
    }

    [Fact]
    public void A_fault_in_float32_alone_is_found()
    {
        var report = Verify(x => Rule(x, Sin(x), (v, y, c) => c * Cos(v) * (v.DType == DType.Float32 ? 1.01 : 1)), Domain.Line, few);
        Assert.Contains("right in float64, wrong in float32", Found(report, "derivatives", DType.Float32).Implies);
        Assert.All(report.Findings, f => Assert.Equal(DType.Float32, f.DType));
    }

    [Fact]
    public void A_fault_that_begins_above_256_elements_is_found_where_it_begins()
    {
        static Node Mask(Node x) => Cast(Arange(x.Type.Count) < 256, x.DType);
        var finding = Found(Verify(x => Rule(x, x * x, (v, y, c) => 2 * c * v * Mask(v)), (-2, 2), few), "derivatives");
        Assert.Equal(257, finding.Size);
        Assert.Equal(256, finding.Element);
    }

    [Fact]
    public void A_factor_of_a_tiny_function_is_found() =>
        Assert.Equal(0.5, Found(Verify(x => Rule(x, 1e-9 * Sin(x), (v, y, c) => 2e-9 * c * Cos(v)), Domain.Line, few), "derivatives") is var f ? f.Expected!.Value / f.Got!.Value : 0, 1e-9);

    [Fact]
    public void A_second_order_that_is_silently_zero_is_found()
    {
        var finding = Found(Verify(x => Rule(x, x * x * x, (v, y, c) => c * Detach(3 * v * v)), (-3, 3), few), "derivatives");
        Assert.Equal((2, 0.0), (finding.Order, finding.Got));
    }

    [Fact]
    public void A_transpose_lost_on_square_matrices_is_found()
    {
        static Node Product(ImmutableArray<Node> x) => WithRule("product", MatMul(x[0], x[1]), x, (v, y, c) => [MatMul(c, v[1]), MatMul(Transpose(v[0]), c)]);
        Domain square = ((Domain)(-2, 2)).Shaped(n => [n, n]);
        Assert.Equal(2, Found(Verify(Product, [square, square], few with { Sizes = [1, 2, 3] }), "derivatives").Size);
    }

    [Theory]
    [InlineData("throws", "the rule failed")]
    [InlineData("arity", "2 cotangents for 1 arguments")]
    [InlineData("shape", "cotangent of type")]
    [InlineData("dtype", "cotangent of type")]
    [InlineData("linear", "not linear")]
    public void A_rule_that_is_none_is_a_finding(string how, string message)
    {
        Node F(Node x) => WithRule("planted", x * x, [x], (v, y, c) => how switch
        {
            "throws" => throw new NotSupportedException("no"),
            "arity" => [c, c],
            "shape" => [Sum(c)],
            "dtype" => [2 * Cast(c, DType.Float64) * Cast(v[0], DType.Float64)],
            _ => [2 * c * v[0] * c],
        });
        var finding = Found(Verify(F, (-2, 2), few with { Sizes = [2, 3] }), "derivatives", how == "dtype" ? DType.Float32 : DType.Float64);
        Assert.Contains(message, finding.Message);
    }

    [Fact]
    public void A_derivative_that_fails_where_its_value_does_not_is_a_finding()
    {
        // The rule asks for the square root of a matrix that has none.
        static Node F(Node x) => WithRule("planted", Sum(x), [x], (v, y, c) => [c * Cholesky(v[0] - 100)]);
        var finding = Found(Verify(F, ((Domain)(-2, 2)).Shaped(n => [n, n]), few with { Sizes = [2] }), "derivatives");
        Assert.Contains("throws", finding.Message);
    }

    [Fact]
    public void A_wrong_slope_on_one_side_of_a_kink_is_found()
    {
        var finding = Found(Verify(x => Rule(x, Relu(x), (v, y, c) => Where(v > 0, c, 0.1 * c)), ((Domain)(-3, 3)).Except(0), few), "derivatives");
        Assert.True(finding.Point[0][finding.Element!.Value] < 0);
        Assert.Equal(0, finding.Expected);
    }

    [Fact]
    public void A_function_that_changes_by_itself_is_found()
    {
        var calls = 0;
        var report = Verify(x => x * x + ++calls, (-2, 2), few);
        Assert.Contains("not deterministic", Found(report, "deterministic").Message);
        calls = 0;
        Assert.DoesNotContain(Verify(x => x * x + 1e-12 * ++calls, (1, 2), few with { Nondeterminism = 1e-6 }).Findings, f => f.Law == "deterministic");
    }

    [Fact]
    public void Operands_of_integers_are_checked_to_have_no_derivative()
    {
        // A rule is not asked for one; a conversion, which looks like any other where it goes to a floating-point type, must not hand one on.
        var report = Verify(x => WithRule("scaled", x[0] * Cast(x[1], x[0].DType), [x[0]], (v, y, c) => [c * Cast(x[1], c.DType)]) + Sin(Cast(x[1], x[0].DType)), [(-2, 2), Domain.Integers(1, 4)], few);
        Assert.True(report.Holds, report.ToString());
        Assert.Contains(report.Laws, l => l is { Law: "integers have no derivative", Held: > 0 });
    }

    [Fact]
    public void A_replay_string_tries_the_one_case_alone()
    {
        Node F(Node x) => Rule(x, x * x * x, (v, y, c) => 2 * c * v * v);
        var finding = Found(Verify(F, (-3, 3), few), "derivatives");
        var again = Verify(F, (-3, 3), few with { Replay = finding.Replay });
        Assert.Equal((1, finding.Got, finding.Expected), (again.Cases, again.Findings[0].Got, again.Findings[0].Expected));
        Assert.Equal(0, Verify(x => x * x * x, (-3, 3), few with { Replay = finding.Replay }).ExitCode);
        Assert.Throws<ArgumentException>(() => Verify(F, (-3, 3), few with { Replay = "nonsense" }));
    }

    [Fact]
    public void Given_tangents_are_used()
    {
        // Wrong in the second element alone, and nothing moves but the first.
        Node F(Node x) => Rule(x, x * x, (v, y, c) => 2 * c * v * Tensor<double>([1.0, 2]));
        var options = few with { Sizes = [2], DTypes = [DType.Float64], Tangents = x => [[1, 0]] };
        Assert.DoesNotContain(Verify(F, (1, 2), options).Findings, f => f.Law == "derivatives");
        Assert.Equal([0.0, 1], Found(Verify(F, (1, 2), options with { Tangents = x => [[0, 1]] }), "derivatives").Direction[0]);
        Assert.Contains("do not fit", Assert.ThrowsAny<ArgumentException>(() => Verify(F, (1, 2), options with { Tangents = x => [[1]] })).Message);
    }

    [Fact]
    public void A_surrogate_is_held_to_all_other_laws()
    {
        static Node Steps(Node x) => WithRule("straight through", Round(x), [x], (v, y, c) => [c]);
        Assert.Equal(1, Verify(x => Steps(x) * x, (-2.3, 2.4), few).ExitCode);
        var intended = Verify(x => Steps(x) * x, (-2.3, 2.4), few with { Surrogates = ["straight through"] });
        Assert.True(intended.Holds, intended.ToString());
        Assert.Contains("straight through", Assert.Single(intended.Notes));
        // What stands beside the surrogate is still compared, and so is whether its rule is linear.
        Assert.Equal(1, Verify(x => Steps(x) * Rule(x, x * x, (v, y, c) => c * v), (-2.3, 2.4), few with { Surrogates = ["straight through"] }).ExitCode);
        Assert.Equal(1, Verify(x => WithRule("odd", Round(x), [x], (v, y, c) => [c * c]), (-2.3, 2.4), few with { Surrogates = ["odd"] }).ExitCode);
        Assert.Throws<ArgumentException>(() => Verify(x => Steps(x), (-2, 2), few with { Surrogates = ["no such rule"] }));
    }
}
