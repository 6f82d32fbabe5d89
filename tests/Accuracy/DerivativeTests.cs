using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Accuracy;

/// <summary>Derivatives of scalar functions where a careless rule gives NaN, zero or a number without digits: ends, zeros, poles, far out.</summary>
public class DerivativeTests
{
    private const double Inf = double.PositiveInfinity;

    private static readonly Dictionary<string, Func<Node, Node>> Functions = new (string Name, Func<Node, Node> F)[]
    {
        ("asin", Asin), ("acos", Acos), ("acosh", Acosh), ("atanh", Atanh), ("asinh", Asinh), ("softplus", Softplus), ("logsigmoid", LogSigmoid),
        ("lgamma", LogGamma), ("erfc", Erfc), ("expm1", Expm1), ("sqrt", Sqrt), ("log", Log), ("log2", Log2), ("log10", Log10), ("exp2", Exp2), ("tan", Tan),
        ("atan", Atan), ("sinh", Sinh), ("cosh", Cosh), ("erfinv", ErfInv),
    }.ToDictionary(p => p.Name, p => p.F);

    // The function and its derivatives in turn; the digits are mpmath's.
    [Theory]
    [InlineData("asin", 1, new[] { Math.PI / 2, Inf, Inf, Inf })]
    [InlineData("asin", -1, new[] { -Math.PI / 2, Inf, -Inf, Inf })]
    [InlineData("asin", 0.999999, new[] { 1.5693821131146521, 707.10695795314246, 353553302.18957773, 530330041657661.55 })]
    [InlineData("acos", 1, new[] { 0, -Inf, -Inf, -Inf })]
    [InlineData("acos", -1, new[] { Math.PI, -Inf, Inf, -Inf })]
    [InlineData("acosh", 1, new[] { 0, Inf, -Inf, Inf })]
    [InlineData("acosh", 1e200, new[] { 461.21016577936911, 1e-200, 0, 0 })]
    [InlineData("atanh", 1, new[] { Inf, Inf, Inf, Inf })]
    [InlineData("atanh", -1, new[] { -Inf, Inf, -Inf, Inf })]
    [InlineData("asinh", 0, new[] { 0, 1, 0, -1.0 })]
    [InlineData("asinh", 1e200, new[] { 461.21016577936911, 1e-200, 0, 0 })]
    [InlineData("asinh", Inf, new[] { Inf, 0 })]
    [InlineData("asinh", -Inf, new[] { -Inf, 0 })]
    [InlineData("softplus", 0, new[] { 0.69314718055994531, 0.5, 0.25, 0, -0.125 })]
    [InlineData("softplus", -40, new[] { 4.2483542552915890e-18, 4.2483542552915890e-18, 4.2483542552915890e-18 })]
    [InlineData("softplus", 800, new[] { 800.0, 1, 0, 0 })]
    [InlineData("softplus", -800, new[] { 0.0, 0, 0, 0 })]
    [InlineData("logsigmoid", 0, new[] { -0.69314718055994531, 0.5, -0.25, 0, 0.125 })]
    [InlineData("logsigmoid", 40, new[] { -4.2483542552915890e-18, 4.2483542552915890e-18, -4.2483542552915890e-18 })]
    [InlineData("logsigmoid", -800, new[] { -800.0, 1, 0, 0 })]
    [InlineData("lgamma", -8.3, new[] { -9.8953571446294077, 4.4577892332208799, 14.965899076338781, 68.824671869590844, 769.01799824890304 })]
    [InlineData("lgamma", -12.3, new[] { -19.391917428120877, 4.8321998818114563, 15.001328354752159, 68.831449479198241, 769.01996355413212 })]
    [InlineData("lgamma", -9.3, new[] { -12.125371544788619, 4.5653161149413100, 14.977461106631301, 68.827158327718266, 769.01880033217003 })]
    [InlineData("lgamma", 0.7, new[] { 0.26086724653166654, -1.2200235536979347, 2.8340491566946109, -6.4349928741909235, 25.879149678427737 })]
    [InlineData("lgamma", 2, new[] { 0.0, 0.42278433509846714, 0.64493406684822641, -0.40411380631918858, 0.49393940226682914 })]
    [InlineData("erfc", 0, new[] { 1, -1.1283791670955126, 0, 2.2567583341910251 })]
    [InlineData("erfc", 6, new[] { 2.1519736712498913e-17, -2.6173012392492654e-16, 3.1407614870991185e-15 })]
    [InlineData("expm1", -40, new[] { -1, 4.2483542552915890e-18, 4.2483542552915890e-18 })]
    [InlineData("sqrt", 0, new[] { 0, Inf, -Inf, Inf })]
    [InlineData("log", 0, new[] { -Inf, Inf, -Inf, Inf })]
    [InlineData("log2", 8, new[] { 3, 0.18033688011112043, -0.022542110013890053 })]
    [InlineData("log10", 1000, new[] { 3, 0.00043429448190325183, -4.3429448190325183e-7 })]
    [InlineData("exp2", 3, new[] { 8, 5.5451774444795625, 3.8436241113456103 })]
    [InlineData("exp2", 52, new[] { 4503599627370496, 3121657384082679.7 })]
    [InlineData("tan", 0, new[] { 0.0, 1, 0, 2 })]
    [InlineData("atan", 1e200, new[] { Math.PI / 2, 0, 0, 0 })]
    [InlineData("cosh", 710.2, new[] { 1.3643036845527108e308, 1.3643036845527108e308, 1.3643036845527108e308 })]
    [InlineData("sinh", 1e-300, new[] { 1e-300, 1, 1e-300 })]
    [InlineData("erfinv", 1, new[] { Inf, Inf })]
    [InlineData("erfinv", 0, new[] { 0, 0.88622692545275801, 0, 1.3920819992079270 })]
    public void Derivatives_are_right_at_hard_points(string name, double x, double[] expected)
    {
        var f = Functions[name];
        for (var order = 0; order < expected.Length; order++)
        {
            var actual = Evaluate<double>(f(Scalar(x)))[0];
            Assert.True(actual.Equals(expected[order] + 0.0) || Math.Abs(actual - expected[order]) <= 1e-14 * Math.Abs(expected[order]) || (actual == 0 && expected[order] == 0),
                $"derivative {order} of {name} at {x:R} is {actual:R}, should be {expected[order]:R}");
            var inner = f;
            f = Grad(v => inner(v));
        }
    }

    [Fact]
    public void Polygamma_has_any_order()
    {
        double[] expected = [-0.036489973978576520, 1.6449340668482264, -2.4041138063191886, 6.4939394022668291, -24.886266123440878, 122.08116743813390];
        double At(int order, double x) => Evaluate<double>(Polygamma(order, Scalar(x)))[0];
        Assert.Equal(0.03648997397857652, At(0, 1.5), 1e-15);
        for (var n = 1; n < expected.Length; n++) Assert.Equal(expected[n], At(n, 1), Math.Abs(expected[n]) * 1e-15);
        Assert.Equal(-1.9186889963671971e100, At(60, 0.5), 1e87);
        Assert.Equal(double.PositiveInfinity, At(1, 0));
        Assert.Equal(double.PositiveInfinity, At(1, -3));
        Assert.Equal(0, At(2, double.PositiveInfinity));
        Assert.True(double.IsNaN(At(1, double.NaN)));
        // Far out 1/x is left of the first, whose square is no number any more.
        Assert.Equal(1e-200, At(1, 1e200), 1e-213);
        Assert.Equal(1e-160, At(1, 1e160), 1e-173);
        Assert.Throws<ArgumentOutOfRangeException>(() => Polygamma(-1, Scalar(1.0)));
    }
}
