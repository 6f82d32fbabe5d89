using Functional.Autograd;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Testing.Verification;

namespace Verifying;

/// <summary>Right rules where checks with fixed steps and absolute tolerances alarm. VERIFY_CASES sets how many cases each is tried in.</summary>
public class RightTests
{
    private static readonly int cases = int.TryParse(Environment.GetEnvironmentVariable("VERIFY_CASES"), out var n) ? n : 64;

    private static Node Rule(Node x, Node value, Func<Node, Node, Node, Node> rule) => WithRule("right", value, [x], (v, y, c) => [rule(v[0], y, c)]);

    public static TheoryData<string> Names => [.. All.Keys];

    private static readonly Dictionary<string, (Func<Node, Node> F, Domain Domain)> All = new()
    {
        ["signed logarithm, whose kink is at 0"] = (x => Rule(x, Sign(x) * Log1p(Abs(x)), (v, y, c) => c / (1 + Abs(v))), Domain.Line.Except(0)),
        ["signed logarithm of two branches"] = (x => Rule(x, Where(x < 0, -Log1p(Abs(x)), Log1p(Abs(x))), (v, y, c) => c / (1 + Abs(v))), Domain.Line),
        ["log close to 0"] = (x => Rule(x, Log(x), (v, y, c) => c / v), Domain.Of((1e-5, 1e-3), (1e-4, 3))),
        ["sqrt close to 0"] = (x => Rule(x, Sqrt(x), (v, y, c) => c / (2 * y)), Domain.Of((0.001, 0.004), (1e-6, 10))),
        ["x²·1e-6 far out"] = (x => Rule(x, x * x * 1e-6, (v, y, c) => 2e-6 * c * v), Domain.Of((1e5, 1e7), (-1e7, -1e5))),
        ["1e-9·sin"] = (x => Rule(x, 1e-9 * Sin(x), (v, y, c) => 1e-9 * c * Cos(v)), Domain.Line),
        ["cube"] = (x => Rule(x, x * x * x, (v, y, c) => 3 * c * v * v), Domain.Line),
        ["tanh from its value"] = (x => Rule(x, Tanh(x), (v, y, c) => c * (1 - y * y)), Domain.Line),
        ["relu"] = (x => Rule(x, Relu(x), (v, y, c) => Where(v > 0, c, 0 * c)), Domain.Line.Except(0)),
        ["softplus"] = (x => Rule(x, Softplus(x), (v, y, c) => c * Sigmoid(v)), Domain.Line),
        ["softmax with a temperature"] = (x => Rule(x, Softmax(x / 0.3, 0), (v, y, c) => y * (c - Sum(y * c)) / 0.3), (-4, 4)),
        ["log of a sum of exponentials, without a rule"] = (x => LogSumExp(x * 3, [0]), (-5, 5)),
        ["gaussian, to where it is denormal"] = (x => Rule(x, Exp(-x * x), (v, y, c) => -2 * c * v * y), Domain.Line),
        ["norm"] = (x => Norm(x, 2), Domain.Of((0.1, 3), (-3, -0.1), (1e-5, 1e5))),
    };

    [Theory, MemberData(nameof(Names))]
    public void Right_rules_do_not_alarm(string name)
    {
        var (f, domain) = All[name];
        var report = Verify(f, domain, new() { Cases = cases, Name = name, Sizes = name.Contains("log of a sum") ? [1, 2, 257] : new VerifyOptions().Sizes });
        Assert.True(report.Holds, report.ToString());
        Assert.All(report.Laws.Where(l => l.Law.StartsWith("derivatives")), l => Assert.True(l.Held * 3 > l.Asked, $"{l.Law} in {l.DType} was decided in {l.Held} of {l.Asked} cases: {string.Join(", ", l.Rejected)}"));
    }
}
