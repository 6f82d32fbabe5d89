using Functional.Autograd;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using Real = Functional.Autograd.Testing.Real;

namespace Properties;

/// <summary>The reference interpreter's own functions, against numbers of 30 digits and against its own differences.</summary>
public class OracleTests
{
    // Decimal digits as two float64s: the nearest one, and the rest. Made with mpmath at 60 digits.
    [Theory]
    [InlineData("Exp", 1, "2.718281828459045235360287471352662498")]
    [InlineData("Expm1", 1e-5, "0.00001000005000016666729177509723275")]
    [InlineData("Log", 3, "1.098612288668109691395245236922525705")]
    [InlineData("Log1p", 0.25, "0.2231435513142097557662950903098345033")]
    [InlineData("Sin", 1e15, "0.8582727931702358355238863908484263")]
    [InlineData("Cos", 0.5, "0.8775825618903727161162815826038296521")]
    [InlineData("Atan", 0.5, "0.4636476090008061162142562314612144020")]
    [InlineData("Tanh", 0.5, "0.4621171572600097585023184836436725487")]
    [InlineData("Erf", 0.5, "0.5204998778130465376827466538919645287")]
    [InlineData("Erfc", 3, "0.00002209049699858544137277612958232037985")]
    [InlineData("ErfInv", 0.5, "0.4769362762044698733814183536431305598")]
    [InlineData("LogGamma", 0.5, "0.5723649429247000870717136756765293558")]
    [InlineData("LogGamma", -1.5, "0.8600470153764810145109326816703567873")]
    [InlineData("Digamma", 1, "-0.5772156649015328606065120900824024310")]
    [InlineData("Digamma", -0.5, "0.0364899739785765205590236912084062")]
    public void Functions_have_thirty_digits(string name, double x, string digits)
    {
        var expected = decimal.Parse(digits, System.Globalization.NumberStyles.Float);
        var actual = Functions<Real>.Of(name, Real.From(x));
        // The decimal type holds 28 digits.
        var difference = (decimal)actual.Value - expected;
        Assert.Equal((double)expected, actual.Value, Math.Abs((double)expected) * 2.3e-16);
        Assert.True(Math.Abs(difference) <= Math.Abs(expected) * 1e-14m);
    }

    [Theory]
    [InlineData(1, 1, 1.6449340668482264)]
    [InlineData(2, 1, -2.4041138063191886)]
    [InlineData(3, 2, 0.49393940226682914)]
    public void Polygamma_has_its_known_values(int n, double x, double expected) => Assert.Equal(expected, Functions<Real>.Polygamma(n, Real.From(x)).Value, 4e-16 * Math.Abs(expected));

    public static TheoryData<string, double> Points
    {
        get
        {
            var data = new TheoryData<string, double>();
            foreach (var name in Functional.Autograd.Primitives.Elementwise.Rows.OfType<Functional.Autograd.Primitives.Unary>().Select(r => r.Title))
                foreach (var x in name == "Acosh" ? [1.5, 30] : name is "Asin" or "Acos" or "Atanh" or "ErfInv" ? [0.3, -0.6, 0.95] : name.StartsWith("Log", StringComparison.Ordinal) || name is "Sqrt" ? (double[])[0.3, 2.7, 50] : [0.3, -0.6, 2.7])
                    data.Add(name, x);
            return data;
        }
    }

    // A Taylor series must be that of the function: its sum at a small step is the function there, but for the fourth power of the step.
    [Theory, MemberData(nameof(Points))]
    public void Series_are_those_of_their_functions(string name, double x)
    {
        var series = Functions<Jet>.Of(name, Jet.Line(x, 1));
        foreach (var h in new[] { 1.0 / 4096, -1.0 / 1024 })
        {
            var sum = series[0] + Real.From(h) * (series[1] + Real.From(h) * (series[2] + Real.From(h) * series[3]));
            var left = Functions<Real>.Of(name, Real.From(x + h)) - sum;
            Assert.True(Math.Abs(left.Value) <= 1e5 * Math.Pow(h, 4) && Math.Abs(left.Value) < 1e-7, $"{name} at {x}: {left.Value:R} is left at h = {h}");
            var value = Functions<Real>.Of(name, Real.From(x));
            Assert.True(value.Value == series.Value, $"{name} at {x}");
        }
    }

    [Theory]
    [InlineData(9007199254740992, -3.193665250760347, -2820332923933265)]
    [InlineData(7, 2, 3)]
    [InlineData(-7, 2, -4)]
    [InlineData(1, -0.1, -10)]
    public void Large_quotients_are_counted_exactly(double a, double b, double times) => Assert.Equal(times, Functions<Real>.Of("FloorDiv", Real.From(a), Real.From(b)).Value);

    // A whole number that the type does not hold is rounded there.
    [Theory]
    [InlineData(7, 2, true)]
    [InlineData(1e20f, 1e5f, false)]
    public void Large_quotients_are_rounded_to_the_type(double a, double b, bool isExact) => Assert.Equal(isExact, Functions<Real>.Of("FloorDiv", Real.From(a), Real.From(b)).Error == 0);

    // What is left carries the slope of what was divided, however small or large the quotient, and its error bound.
    [Theory]
    [InlineData(1.5e-17, 0.75, 0)]
    [InlineData(-1.5e-17, 0.75, -1)]
    [InlineData(5, 0.75, 6)]
    [InlineData(9007199254740992, 3, 3002399751580330)]
    public void A_remainder_has_the_slope_of_its_operands(double a, double b, double times)
    {
        var rest = Functions<Jet>.Of("Rem", Jet.Line(a, 1), Jet.Line(b, 1));
        Assert.Equal(1 - times, rest[1].Value);
        var third = Real.From(1) / Real.From(3) * Real.From(a);
        Assert.True(Functions<Real>.Of("Rem", third, Real.From(b)).Error >= third.Error);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData((1L << 53) + 1)]
    [InlineData(-(1L << 62) - 1)]
    public void Integers_keep_all_their_digits(long value)
    {
        Assert.Equal(value, Real.Integer(value).Whole);
        Assert.Equal(value, Jet.Integer(value).Whole);
        static long Run(Node node) => Oracle<Real>.Run(node, new Dictionary<Node, Dense<Real>>()).Data[0].Whole;
        var (x, one) = (Tensor([value]), Tensor([1L]));
        Assert.Equal(0, Run(Equal(x, x - 1)));
        Assert.Equal(unchecked(value * 3 - 1), Run(x * 3 - one));
        Assert.Equal(unchecked((int)value), Run(Cast(x, DType.Int32)));
        Assert.Equal(32, Run(MatMul(Cast(Full(TensorType.Int64(1, 100), 100), DType.Int8), Cast(Full(TensorType.Int64(100, 1), 2), DType.Int8))));
        Assert.Equal(0, Run(Pow(Tensor([0L]), Tensor([-1L]))));
        Assert.Equal(0, Run(FloorDiv(x, Tensor([0L]))));
        Assert.Equal(0, Run(Cast(Tensor([double.NaN]), DType.Int64)));
    }

    // One law each that once took these for equal.
    [Fact]
    public void Laws_see_the_sign_of_zero_and_small_numbers_beside_large_ones()
    {
        static Case Changing(double first, double second)
        {
            var calls = 0;
            return new("changing", [Tensor([1.0])], x => Concat([x[0] * 0 + 1, Tensor([calls++ == 0 ? first : second])]));
        }
        Assert.Equal(Verdict.Held, Laws.Repetition(Changing(0.0, 0.0)));
        Assert.Throws<LawBroken>(() => Laws.Repetition(Changing(0.0, -0.0)));
        Assert.Equal(Verdict.Held, Laws.Compiled(Changing(1e-20, 1e-20)));
        Assert.Throws<LawBroken>(() => Laws.Compiled(Changing(1e-20, 5e-14)));
    }

    // Logits that move alike, and far: how they move is squared before it cancels, and its rounding is left.
    [Fact]
    public void What_cancels_in_one_mode_alone_is_in_doubt()
    {
        static Case Moving(double far) => new("softmax", [Tensor([0.25, 1.5])], x => Softmax(Sum(x[0] * x[0]) * far + Arange(5, DType.Float64) * 0.25));
        Assert.Equal(Verdict.Doubtful, Laws.Derivatives(Moving(3e6)));
        Assert.Equal(Verdict.Held, Laws.Derivatives(Moving(3)));
    }

    // Sums of the same terms in another order are equal, and rounded otherwise: which of them comes first is not the oracle's to say. Ties of exact numbers are.
    [Fact]
    public void Ties_of_what_was_rounded_are_in_doubt_where_places_are_asked_for()
    {
        static Case Sorting(params double[] rows) => new("sort", [Tensor<double>(rows, [2, 3])], x => Sort(Sum(x[0], [1]), 0, true).Indices);
        Assert.Equal(Verdict.Doubtful, Laws.Value(Sorting(0.1, 0.2, 0.3, 0.3, 0.2, 0.1)));
        Assert.Equal(Verdict.Held, Laws.Value(Sorting(1, 2, 3, 3, 2, 1)));
    }

    [Fact]
    public void A_case_has_a_point_along_which_there_are_derivatives()
    {
        var error = Assert.Throws<ArgumentException>(() => new Case("take", [Tensor([1.0]), Tensor([0L])], v => Take(v[0], 0, v[1])));
        Assert.StartsWith("take: the inputs of a case are float64, not int64[1]", error.Message);
        Assert.Throws<ArgumentException>(() => new Case("single", [Tensor([1f])], v => v[0]));
        Assert.Throws<ArgumentException>(() => new Case("mask", [Tensor([true])], v => v[0]));
    }
}
