using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Corners of operators: values, shapes and errors are PyTorch 2.6's.</summary>
public class CornerTests
{
    private const float Inf = float.PositiveInfinity;

    private static string Digits(Tensor x) => string.Join(' ', x.tolist().Select(v => Convert.ToDouble(v, null).ToString("G6", System.Globalization.CultureInfo.InvariantCulture)));

    private static Tensor D(params double[] x) => tensor(x);

    private static Tensor F(params float[] x) => tensor(x);

    public static TheoryData<string, Tensor, string> Values => new()
    {
        { "igamma near a large a", igamma(D(1e9, 3e9, 1e10, 1e12, 1e6, 1e6, 2e5), D(1e9, 3e9, 1e10, 1e12, 1.001e6, 0.998e6, 2.02e5)), "0.500004 0.500002 0.500001 0.5 0.841345 0.0226961 0.999996" },
        { "igammac near a large a", igammac(D(1e11, 1e6, 1e6, 2e5), D(.99999e11, 1.001e6, .999e6, 1.98e5)), "0.999217 0.158655 0.841345 0.999996" },
        { "rms_norm of half numbers", nn.functional.rms_norm(F(.01f, .02f, -.01f).half(), 3).@float(), "0.291504 0.583008 -0.291504" },
        { "as_strided_scatter into a part", as_strided_scatter(arange(12.0)[4..], -ones(2), new[] { 2L }, new[] { 3L }), "-1 5 6 -1 8 9 10 11" },
        { "as_strided_scatter into a transposed tensor", as_strided_scatter(arange(12f).view(3, 4).t(), -ones([2]), new[] { 2L }, new[] { 3L }).flatten(), "-1 4 8 1 5 9 2 6 10 -1 7 11" },
        { "quantile beside infinities", stack([F(1, 2, Inf).quantile(1.0, interpolation: "higher"), F(1, Inf, Inf).quantile(.5, interpolation: "lower")]), "Infinity Infinity" },
        { "vander of complex numbers", view_as_real(vander(complex(F(1, 3), F(2, -1)))).flatten(), "1 2 1 0 3 -1 1 0" },
        { "histc in the element's type", histc(F(.1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f, .9f), 10, 0, 1), "0 1 1 1 1 1 1 1 1 1" },
        { "fmod keeps the sign of zero", 1 / D(-0.0, -3, 5).fmod(1), "-Infinity -Infinity Infinity" },
        { "logaddexp2 of large numbers", F(1000.3f, 3e38f, -Inf, Inf, 1).logaddexp2(F(-Inf, -Inf, -Inf, Inf, 1)), "1000.3 3E+38 -Infinity Infinity 2" },
        { "logit with bounds that cross", logit(D(.5, .9, double.NaN), .8), "1.38629 -1.38629 NaN" },
        { "isclose of large integers", isclose(tensor(new[] { 16777217L }), tensor(new[] { 16777216L }), rtol: 0, atol: .5).@float(), "1" },
        { "bincount of nothing", bincount(tensor(Array.Empty<long>()), tensor(Array.Empty<float>()), 3).@double(), "0 0 0" },
        { "Chebyshev T of a large degree", special.chebyshev_polynomial_t(D(.5, 1, -1, 0, .3, -.7, 1.5), tensor(10.0, dtype: float64)), "-0.5 1 1 -1 0.995523 -0.0998401 7563.5" },
        { "Chebyshev U of a large degree", special.chebyshev_polynomial_u(D(.5, 1, -1, 0, .3, -.7, 1.5), tensor(10.0, dtype: float64)), "-1 11 11 -1 1.02525 0.875458 17711" },
        { "Chebyshev V at its ends", special.chebyshev_polynomial_v(D(1, -1, .3, 1.5), tensor(9.0, dtype: float64)), "1 -19 1.06488 4181" },
        { "Chebyshev W at its ends", special.chebyshev_polynomial_w(D(1, -1, .3, 1.5), tensor(9.0, dtype: float64)), "19 -1 -0.866707 9349" },
        { "shifted Chebyshev V", special.shifted_chebyshev_polynomial_v(D(.5, 1, 0, .3, 1.5), tensor(9.0, dtype: float64)), "-1 1 -19 1.82546 110771" },
        { "a degree that would take hours", special.chebyshev_polynomial_t(D(1, -1, 1.5), tensor(1e15, dtype: float64)), "1 1 NaN" },
    };

    [Theory, MemberData(nameof(Values))]
    public void Values_are_PyTorchs(string what, Tensor value, string expected) => Assert.Equal((what, expected), (what, Digits(value)));

    [Fact]
    public void Dropout_in_place_leaves_the_shape()
    {
        var x = ones(2, 3);
        manual_seed(0);
        nn.functional.dropout1d(x, .5, true, true);
        Assert.Equal("torch.Size([2, 3])", x.shape.ToString());
    }

    [Fact]
    public void What_does_not_fit_is_refused_as_in_PyTorch()
    {
        Assert.Equal("\"i0_vml_cpu\" not implemented for 'ComplexFloat'", Assert.Throws<RuntimeError>(() => special.i0(complex(F(1), F(1)))).Message);
        Assert.Equal("Dimension specified as 1 but tensor has no dimensions", Assert.Throws<IndexError>(() => nn.functional.cross_entropy(tensor(1.0), tensor(1.0))).Message);
        Assert.Equal("Dimension out of range (expected to be in range of [-1, 0], but got 4294967296)", Assert.Throws<IndexError>(() => nn.functional.softmax(ones(2), dim: 4294967296)).Message);
        Assert.Throws<RuntimeError>(() => nn.functional.pixel_shuffle(ones(1, 4, 2, 2), 1L << 32));
    }

    /// <summary>Each place looked at all that was sent: 60,000 elements took ten seconds.</summary>
    [Theory, InlineData("prod"), InlineData("amax"), InlineData("amin")]
    public void Many_elements_are_combined_at_many_places(string how)
    {
        const int n = 200_000;
        var places = arange(n) / 2;
        var index = places.@long().flip(0);
        var y = zeros(n).scatter_reduce(0, index, arange(1f, n + 1), how, include_self: false);
        // Two elements at each place of the first half, the last two of them at the first.
        double[] wanted = how switch { "prod" => [(n - 1.0) * n, (n - 3.0) * (n - 2.0), 2], "amax" => [n, n - 2, 2], _ => [n - 1, n - 3, 1] };
        Assert.Equal(wanted, [(float)y[0], (float)y[1], (float)y[n / 2 - 1]], (a, b) => Math.Abs(a - b) <= 1e-6 * a);
        Assert.Equal(0f, (float)y[n / 2]);
    }
}
