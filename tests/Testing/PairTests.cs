using Functional.Autograd.Testing;
using static Functional.Autograd.Testing.Verification;

namespace Verifying;

/// <summary>Plain delegates with gradients that were written by hand.</summary>
public class PairTests
{
    private static readonly VerifyOptions some = new() { Cases = 40, Sizes = [1, 2, 7, 257] };

    [Fact]
    public void A_right_gradient_holds()
    {
        var report = Verify(x => x.Sum(v => v * v * Math.Sin(v)), x => [.. x.Select(v => 2 * v * Math.Sin(v) + v * v * Math.Cos(v))], (-3, 3), some);
        Assert.True(report.Holds, report.ToString());
        Assert.True(report.Laws.Single(l => l.Law == "gradient").Held > 150);
    }

    [Fact]
    public void A_planted_error_is_found_with_its_numbers()
    {
        var report = Verify(x => x.Sum(v => v * v * v), x => [.. x.Select(v => 2 * v * v)], (-3, 3), some);
        var finding = Assert.Single(report.Findings);
        Assert.Equal((1, 1), (report.ExitCode, finding.Size));
        Assert.Equal([1.0], finding.Point[0]);
        Assert.Equal(2, finding.Got);
        Assert.Equal(3, finding.Expected!.Value, 1e-9);
        Assert.Contains("x => x.Sum(v => v * v * v)", finding.Code);
        Assert.Equal(1, Verify(x => x.Sum(v => v * v * v), x => [.. x.Select(v => 2 * v * v)], (-3, 3), some with { Replay = finding.Replay }).ExitCode);
        Assert.Equal(0, Verify(x => x.Sum(v => v * v * v), x => [.. x.Select(v => 3 * v * v)], (-3, 3), some with { Replay = finding.Replay }).ExitCode);
    }

    [Fact]
    public void An_error_in_one_element_of_many_is_found()
    {
        var report = Verify(x => x.Sum(v => v * v), x => [.. x.Select((v, i) => i == 201 ? 0 : 2 * v)], (1, 3), some);
        Assert.Equal(202, Assert.Single(report.Findings).Size);
    }

    [Fact]
    public void A_factor_of_a_tiny_function_is_found() =>
        Assert.Equal(1, Verify(x => 1e-9 * x.Sum(Math.Sin), x => [.. x.Select(v => 2e-9 * Math.Cos(v))], (-3, 3), some).ExitCode);

    [Fact]
    public void A_Jacobian_is_compared_row_by_row()
    {
        static double[] F(double[] x) => [x.Sum(), x.Sum(v => v * v), Math.Exp(x[0])];
        static double[][] J(double[] x, double factor) => [[.. x.Select(_ => 1.0)], [.. x.Select(v => 2 * v)], [.. x.Select((v, i) => i == 0 ? factor * Math.Exp(v) : 0)]];
        Assert.True(Verify(F, x => J(x, 1), (-2, 2), some).Holds);
        var finding = Assert.Single(Verify(F, x => J(x, 1.001), (-2, 2), some).Findings);
        Assert.Equal(("Jacobian", 2), (finding.Law, finding.Element));
    }

    [Theory]
    [InlineData("throws", "throws")]
    [InlineData("short", "0 derivatives are claimed for 1 numbers")]
    [InlineData("null", "0 rows are claimed for 1 results")]
    public void A_gradient_that_is_none_is_a_finding(string how, string message)
    {
        double[] Claimed(double[] x) => how switch { "throws" => throw new NotSupportedException("no"), "short" => x[..^1], _ => null! };
        Assert.Contains(message, Assert.Single(Verify(x => x.Sum(), Claimed, (-2, 2), some with { Sizes = [1, 2] }).Findings).Message);
    }

    [Fact]
    public void A_delegate_that_changes_by_itself_is_told()
    {
        var calls = 0;
        var report = Verify(x => x.Sum() + 1e-3 * ++calls, x => [.. x.Select(_ => 1.0)], (-2, 2), some);
        Assert.Contains("not deterministic", Assert.Single(report.Findings).Message);
    }

    [Fact]
    public void Kinks_are_rejected_and_counted()
    {
        var report = Verify(x => x.Sum(Math.Abs), x => [.. x.Select(v => v < 0 ? -1.0 : 1)], (-2, 2), some);
        Assert.True(report.Holds, report.ToString());
        Assert.Contains(report.Laws.Single(l => l.Law == "gradient").Rejected, r => r.Key == "a kink or a jump");
    }

    [Fact]
    public void What_the_function_refuses_is_told()
    {
        var report = Verify(x => x.Length < 3 ? x.Sum() : throw new ArgumentException("at most two"), x => [.. x.Select(_ => 1.0)], (-2, 2), some);
        Assert.True(report.Holds);
        Assert.Contains(report.Laws.Single(l => l.Law == "gradient").Rejected, r => r.Key == "size 7: at most two");
        Assert.Equal(1, Verify(double (x) => throw new ArgumentException("never"), x => x, (-2, 2), some).ExitCode);
    }
}
