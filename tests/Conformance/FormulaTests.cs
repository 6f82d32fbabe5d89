using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>Special functions at points between which their formulas change, against mpmath's with twenty digits: PyTorch's own are less exact there.</summary>
public class FormulaTests
{
    private static readonly double[] Points = [0.5, 2, 4.5, 10, 17.5, 30];

    /// <summary>Bessel functions of the first two kinds to a few units in the last place of 1, the third kind's relatively.</summary>
    [Theory]
    [InlineData("j0", 0.93846980724081290423, 0.22389077914123566805, -0.32054250898512142436, -0.2459357644513483352, -0.10311039822868592217, -0.086367983581040211336)]
    [InlineData("j1", 0.24226845767487388638, 0.5767248077568733872, -0.23106043192337063401, 0.04347274616886143667, -0.16341996942575490589, -0.11875106261662293652)]
    [InlineData("y0", -0.44451873350670655715, 0.5103756726497451196, -0.19470500862950453327, 0.055671167283599391424, -0.16041119250501116909, -0.11729573168666402525)]
    [InlineData("y1", -1.4714723926702430692, -0.10703243154093754689, 0.30099732306965462342, 0.24901542420695388392, 0.098572798734216046215, 0.084425570661747234891)]
    [InlineData("k0", 0.92441907122766586178, 0.11389387274953343565, 0.0063998572432339750456, 0.000017780062316167651811, 7.4708351770684484594e-9, 2.1324774964630563712e-14)]
    [InlineData("k1", 1.6564411200033008937, 0.13986588181652242728, 0.0070780949089680896929, 0.000018648773453825584597, 7.6813985958496094129e-9, 2.1677320018915494249e-14)]
    public void Bessel_functions_are_exact(string name, double first, double second, double third, double fourth, double fifth, double sixth)
    {
        double[] wanted = [first, second, third, fourth, fifth, sixth];
        var x = tensor(Points);
        var y = name switch
        {
            "j0" => special.bessel_j0(x),
            "j1" => special.bessel_j1(x),
            "y0" => special.bessel_y0(x),
            "y1" => special.bessel_y1(x),
            "k0" => special.modified_bessel_k0(x),
            _ => special.modified_bessel_k1(x),
        };
        // A sum of some thirty terms below 1, each rounded; e⁻ˣ to 30 units.
        var values = y.to_array<double>();
        for (var i = 0; i < wanted.Length; i++)
            Assert.True(Math.Abs(values[i] - wanted[i]) <= 4e-15 * (name[0] == 'k' ? Math.Abs(wanted[i]) : 1), $"{name}({Points[i]}) is {values[i]:R}, not {wanted[i]:R}");
    }

    /// <summary>The incomplete gamma function, also where both operands are large and near each other.</summary>
    [Theory]
    [InlineData(0.25, 0.125, 0.640157206083084111)]
    [InlineData(12, 9, 0.19699161747065784767)]
    [InlineData(200, 210, 0.76396967450115385408)]
    [InlineData(1e4, 1e4, 0.50132980833995520038)]
    [InlineData(1e5, 99000, 0.00075741992117476797412)]
    public void Incomplete_gamma_functions_are_exact(double a, double x, double lower)
    {
        // The logarithm of the front factor is rounded, and the series has about √a terms.
        var tolerance = 1e-14 * Math.Max(1, Math.Sqrt(a));
        Assert.InRange(igamma(tensor(a, float64), tensor(x, float64)).to_array<double>()[0], lower * (1 - tolerance), lower * (1 + tolerance));
        Assert.InRange(igammac(tensor(a, float64), tensor(x, float64)).to_array<double>()[0], (1 - lower) * (1 - tolerance), (1 - lower) * (1 + tolerance));
    }

    /// <summary>Hurwitz's zeta function.</summary>
    [Theory]
    [InlineData(1.125, 0.5, 10.140483757876493311)]
    [InlineData(3, 20.25, 0.0012810255188014666104)]
    [InlineData(40, 1.5, 9.0437726959059036587e-8)]
    [InlineData(2.5, 1000, 0.000021097669044166766758)]
    public void The_zeta_function_is_exact(double s, double q, double wanted) =>
        Assert.InRange(special.zeta(tensor(s, float64), tensor(q, float64)).to_array<double>()[0], wanted * (1 - 4e-15), wanted * (1 + 4e-15));
}
