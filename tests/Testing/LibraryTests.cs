using Functional.Autograd;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Testing.Verification;

namespace Verifying;

/// <summary>What a program is made of does not alarm either, at the points that verification chooses: kinks, decades, the ends of domains.</summary>
public class LibraryTests
{
    private static readonly Domain positive = (0, double.PositiveInfinity), unit = (-1, 1);

    private static readonly (string Name, Func<Node, Node> F, Domain Domain)[] all =
    [
        ("exp", Exp, Domain.Line), ("log", Log, positive), ("sqrt", Sqrt, positive), ("rsqrt", Rsqrt, positive), ("sin", Sin, Domain.Line), ("tan", Tan, (-1.5, 1.5)),
        ("asin", Asin, unit), ("atanh", Atanh, unit), ("acosh", Acosh, (1, 1e6)), ("sinh", Sinh, Domain.Line), ("tanh", Tanh, Domain.Line), ("sigmoid", Sigmoid, Domain.Line),
        ("softplus", Softplus, Domain.Line), ("erf", Erf, Domain.Line), ("gelu", x => Gelu(x), Domain.Line), ("silu", Silu, Domain.Line), ("mish", Mish, Domain.Line),
        ("log sigmoid", LogSigmoid, Domain.Line), ("log gamma", LogGamma, positive), ("digamma", Digamma, (0.1, 100)), ("reciprocal", Reciprocal, Domain.Of((-10, -1e-3), (1e-3, 10))),
        ("relu", Relu, Domain.Line), ("abs", Abs, Domain.Line), ("clamp", x => Clamp(x, -1, 1), Domain.Line), ("round", Round, Domain.Line), ("elu", x => Elu(x, 1), Domain.Line),
        ("power", x => Pow(x, 2.5), (0, 100)), ("cube", x => x * x * x, Domain.Line), ("sum", x => Sum(x), Domain.Line), ("mean of squares", x => Mean(x * x), Domain.Line),
        ("product", x => Prod(x), Domain.Of((0.9, 1.1), (-1.1, -0.9))), ("cumulated", x => CumSum(x, 0), Domain.Line), ("maximum", x => MaxOver(x), (-3, 3)), ("sorted", x => Sort(x, 0).Values, (-3, 3)),
        ("softmax", x => Softmax(x, 0), (-5, 5)), ("log softmax", x => LogSoftmax(x, 0), (-30, 30)), ("variance", x => Var(x, [0], 0), (-3, 3)),
        ("layers", x => Tanh(MatMul(x, Transpose(x))) * Sigmoid(x[0]), ((Domain)(-2, 2)).Shaped(n => [Math.Min(n, 5), Math.Min(n, 5)])),
        ("a system", x => Solve(x + 4 * Eye(x.Shape[0], x.DType), x), unit.Shaped(n => [Math.Min(n, 4), Math.Min(n, 4)])),
    ];

    public static TheoryData<string> Names => [.. all.Select(row => row.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Functions_of_the_library_do_not_alarm(string name)
    {
        var (_, f, domain) = all.First(row => row.Name == name);
        var report = Verify(f, domain, new() { Cases = 40, Name = name, Sizes = [1, 2, 3, 257], Shrinks = 20 });
        Assert.True(report.Holds, report.ToString());
    }
}
