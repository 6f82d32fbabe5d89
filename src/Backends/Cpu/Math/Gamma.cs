using static Functional.Autograd.Cpu.VectorFunction;

namespace Functional.Autograd.Cpu;

/// <summary>The logarithm of the gamma function and its derivatives, element by element.</summary>
internal static class Gamma
{
    // log Γ(1 + d) / d for |d| ≤ ½. The polynomials are made by tests/Accuracy/fit.py.
    private static ReadOnlySpan<double> NearOne =>
    [
        -0.5772156649015329, 0.8224670334241131, -0.4006856343865313, 0.2705808084278337, -0.20738555102872175, 0.16955717698926046, -0.14404989676093186,
        0.12550967015385275, -0.11133426648064039, 0.10009943008747753, -0.09095399050709609, 0.08335458900295017, -0.07693324338734528, 0.07141935724662937,
        -0.06665550719444015, 0.0626711104727693, -0.05898924031065899, 0.054058776743014576, -0.051177808935222266, 0.05928878667667664, -0.05663969322285954,
        0.005299145410064582, -0.004485262603857743, 0.15846766634774326, -0.15340561526661967, -0.17310581118613022, 0.16833795110458488, 0.23220268431813382,
        -0.2251396034009193,
    ];

    // log Γ(2 + d) / d for |d| ≤ ½.
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
        0.951055876031833, -0.4236274212814605, 0.2405424842407742, -0.14840492305390884, 0.09498872445494122, -0.061922133273064534,
        0.04076083381242074, -0.02697579675613825, 0.0179072524394512, -0.011908218001568644, 0.007926944646403797, -0.005279964873257405,
        0.003519006401502276, -0.002345267632540769, 0.0015566317474486838, -0.0010376374098418604, 0.0007233266279287554, -0.0004821990530566789,
        0.0002272331660987376, -0.00015148586836773365, 0.00025968482126430747, -0.00017312261802727394,
    ];

    // The Bernoulli numbers B₂, B₄, …
    private static ReadOnlySpan<double> Bernoulli =>
        [1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330, 854513.0 / 138];

    public static double Log(double x)
    {
        if (x <= 0 && Math.Floor(x) == x) return double.PositiveInfinity;
        if (x < 0)
        {
            if (x > -1e-19) return -Math.Log(-x);
            // log Γ(1 − x), with the rounding error of 1 − x times a rough slope.
            var (y, low) = (1 - x, 1 - (1 - x) - x);
            return Math.Log(Math.PI / Math.Abs(double.SinPi(x))) - (Log(y) + low * Math.Log(y - 0.5));
        }
        if (x < 0.5) return x * Polynomial(x, NearTwo) - Math.Log(x * (1 + x));
        // x − 1 and x − 2 are exact here: near the zeros at 1 and 2 no digit is lost.
        if (x < 1.5) return 0.0 + (x - 1) * Polynomial(x - 1, NearOne);
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
        if (x < 0)
        {
            if (Math.Floor(x) == x) return double.NaN;
            var (y, low) = (1 - x, 1 - (1 - x) - x);
            return Digamma(y) + low * (1 / y + 0.5 / (y * y) + 1 / (6 * y * y * y)) - Math.PI / double.TanPi(x);
        }
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
        var (sum, factor) = (terms + last / 2 + Term(n - 1, x), last / x);
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
