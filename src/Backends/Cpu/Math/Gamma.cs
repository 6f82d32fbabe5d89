namespace Functional.Autograd.Cpu;

/// <summary>The logarithm of the gamma function and its derivatives, element by element.</summary>
internal static class Gamma
{
    // log Γ(2 + d) / d for |d| ≤ ½. The polynomials are made by tests/Accuracy/fit.py.
    private static ReadOnlySpan<double> NearTwo =>
    [
        0.42278433509846713, 0.3224670334241132, -0.06735230105319814, 0.02058080842778457, -0.0073855510286681535, 0.002890510330738737,
        -0.0011927539120010226, 0.0005096695248853096, -0.00022315475074520367, 9.945750909889392e-05, -4.4926351103833334e-05, 2.050726741605779e-05,
        -9.438458716242811e-06, 4.374374916915131e-06, -2.0449201467015115e-06, 9.578663334114758e-07, -4.303558760359961e-07, 2.0304806751615227e-07,
        -1.3412819758517287e-07, 6.379047507619774e-08,
    ];

    // ψ(x) / (x − root) for 1 ≤ x ≤ 2, around 3/2.
    private static ReadOnlySpan<double> NearRoot =>
    [
        0.9510558760318328, -0.4236274212814573, 0.24054248424078478, -0.14840492305485808, 0.09498872445354183, -0.06192213319072707,
        0.0407608338843387, -0.026975800029253667, 0.017907250563619775, -0.011908146513976738, 0.007926972735646359, -0.005280903066090605,
        0.0035187504361950134, -0.002337552647103118, 0.0015580749137213761, -0.0010776863967234226, 0.0007184107969046378, -0.00035476352053371977,
        0.00023650171719339814, -0.0003783907897248858, 0.0002522590506964885,
    ];

    // The Bernoulli numbers B₂, B₄, …
    private static ReadOnlySpan<double> Bernoulli =>
        [1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330, 854513.0 / 138];

    private static double Polynomial(double x, ReadOnlySpan<double> c)
    {
        var y = c[^1];
        for (var i = c.Length - 2; i >= 0; i--) y = Math.FusedMultiplyAdd(y, x, c[i]);
        return y;
    }

    public static double Log(double x)
    {
        if (x <= 0 && Math.Floor(x) == x) return double.PositiveInfinity;
        if (x < 0) return x > -1e-19 ? -Math.Log(-x) : Math.Log(Math.PI / Math.Abs(double.SinPi(x))) - Log(1 - x);
        if (x < 0.5) return x * Polynomial(x, NearTwo) - Math.Log(x * (1 + x));
        // x − 1 and x − 2 are exact here: near the zeros at 1 and 2 no digit is lost.
        if (x < 1.5) return (x - 1) * Polynomial(x - 1, NearTwo) - Logarithms.Log1p(x - 1);
        if (x < 2.5) return (x - 2) * Polynomial(x - 2, NearTwo);
        if (x < 8)
        {
            var product = 1.0;
            for (; x >= 2.5; x--) product *= x - 1;
            return (x - 2) * Polynomial(x - 2, NearTwo) + Math.Log(product);
        }
        if (double.IsInfinity(x)) return x;
        // Stirling's series.
        var w = 1 / (x * x);
        var series = (1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w * (1.0 / 1680 - w * (1.0 / 1188 - w * (691.0 / 360360 - w / 156)))))) / x;
        return (x - 0.5) * (Math.Log(x) - 1) + (0.9189385332046727 - 0.5 + series);
    }

    public static double Digamma(double x)
    {
        if (x == 0) return double.NegativeInfinity * Math.CopySign(1, x);
        if (x < 0) return Math.Floor(x) == x ? double.NaN : Digamma(1 - x) - Math.PI / double.TanPi(x);
        if (x < 1) return Digamma(1 + x) - 1 / x;
        var shift = 0.0;
        if (x < 10)
        {
            for (; x > 2; x--) shift += 1 / (x - 1);
            return shift + (x - 1.4616321449683622 - 9.549995429965697e-17) * Polynomial(x - 1.5, NearRoot);
        }
        var w = 1 / (x * x);
        return Math.Log(x) - 0.5 / x - w * (1.0 / 12 - w * (1.0 / 120 - w * (1.0 / 252 - w * (1.0 / 240 - w * (1.0 / 132 - w * (691.0 / 32760 - w / 12))))));
    }

    /// <summary>The derivative of digamma of an order ≥ 1.</summary>
    public static double Polygamma(int n, double x)
    {
        var sign = n % 2 == 0 ? -1 : 1;
        if (x <= 0)
        {
            if (Math.Floor(x) == x) return double.IsInfinity(x) ? double.NaN : sign * double.PositiveInfinity;
            return -sign * Polygamma(n, 1 - x) - Cotangent(n, x);
        }
        if (double.IsPositiveInfinity(x)) return sign * 0.0;
        // ψₙ(x) = ±n!·Σ 1/(x + k)ⁿ⁺¹: terms one by one up to x ≥ 16 + n, then their Euler–Maclaurin sum.
        var terms = 0.0;
        for (; x < 16 + n; x++) terms += Term(n, x);
        var last = Term(n, x);
        var (sum, factor) = (terms + last / 2 + last * x / n, last / x);
        for (var k = 0; k < Bernoulli.Length; k++)
        {
            var part = factor * Bernoulli[k] * (n + 1) / 2;
            for (var (i, j) = (2, 3); i <= 2 * k + 1; i++, j++) part *= (n + i) / (double)j;
            sum += part;
            factor /= x * x;
        }
        return sign * sum;
    }

    // n!/xⁿ⁺¹, as a product that overflows only where the result does.
    private static double Term(int n, double x)
    {
        var y = 1 / x;
        for (var i = 1; i <= n; i++) y *= i / x;
        return y;
    }

    // The n-th derivative of π·cot πx: a polynomial in the cotangent, p′ → −π(1 + c²)·p′.
    private static double Cotangent(int n, double x)
    {
        var p = new double[n + 2];
        p[1] = Math.PI;
        for (var k = 1; k <= n; k++)
        {
            var next = new double[n + 2];
            for (var i = 1; i <= k; i++)
            {
                next[i - 1] -= Math.PI * i * p[i];
                next[i + 1] -= Math.PI * i * p[i];
            }
            p = next;
        }
        return Polynomial(double.CosPi(x) / double.SinPi(x), p);
    }
}
