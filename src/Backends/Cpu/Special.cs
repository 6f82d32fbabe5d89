using System.Numerics;
using System.Numerics.Tensors;

namespace Functional.Autograd.Cpu;

/// <summary>Functions that the framework lacks or computes inaccurately.</summary>
internal static class Special
{
    // A minimax rational of degree 13 over 6 on [−7.9, 7.9]; beyond, tanh is ±1 to single precision.
    public static void Tanh(ReadOnlySpan<float> x, Span<float> y)
    {
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = new Vector<float>(x[i..]);
            var t = Vector.Min(Vector.Max(v, new Vector<float>(-7.90531110763549805f)), new Vector<float>(7.90531110763549805f));
            var u = t * t;
            var p = Vector.FusedMultiplyAdd(u, new Vector<float>(-2.76076847742355e-16f), new Vector<float>(2.00018790482477e-13f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(-8.60467152213735e-11f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(5.12229709037114e-08f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(1.48572235717979e-05f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(6.37261928875436e-04f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(4.89352455891786e-03f));
            var q = Vector.FusedMultiplyAdd(u, new Vector<float>(1.19825839466702e-06f), new Vector<float>(1.18534705686654e-04f));
            q = Vector.FusedMultiplyAdd(u, q, new Vector<float>(2.26843463243900e-03f));
            q = Vector.FusedMultiplyAdd(u, q, new Vector<float>(4.89352518554385e-03f));
            var small = Vector.LessThan(Vector.Abs(v), new Vector<float>(0.0004f));
            var tanh = Vector.ConditionalSelect(small, v, t * p / q);
            Vector.ConditionalSelect(Vector.Equals(v, v), tanh, v).CopyTo(y[i..]);
        }
        for (; i < x.Length; i++) y[i] = MathF.Tanh(x[i]);
    }

    // Kahan's corrections: the error of exp(x) − 1 and log(1 + x) cancels against that of the inverse function.
    public static double Expm1(double x)
    {
        if (Math.Abs(x) < 1e-8) return x;
        var u = Math.Exp(x);
        if (u == 1) return x;
        var m = u - 1;
        return m == -1 || double.IsInfinity(u) ? m : Math.Abs(x) > 1 ? m : m * x / Math.Log(u);
    }

    public static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : double.IsInfinity(u) || u <= 0 ? Math.Log(u) : Math.Log(u) * x / (u - 1);
    }

    public static void Pow<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (b.Length > 0 && b.IndexOfAnyExcept(b[0]) < 0)
        {
            if (b[0] == T.CreateTruncating(3))
            {
                for (var i = 0; i < a.Length; i++) y[i] = a[i] * a[i] * a[i];
                return;
            }
            if (b[0] == T.CreateTruncating(2))
            {
                TensorPrimitives.Multiply(a, a, y);
                return;
            }
            if (b[0] == T.One)
            {
                a.CopyTo(y);
                return;
            }
        }
        for (var i = 0; i < a.Length; i++) y[i] = T.CreateTruncating(Math.Pow(double.CreateTruncating(a[i]), double.CreateTruncating(b[i])));
    }

    public static void Abs<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) TensorPrimitives.Abs(x, y);
        else
            // The smallest integer has no positive counterpart and stays, as in PyTorch.
            for (var i = 0; i < x.Length; i++) y[i] = x[i] < T.Zero ? T.Zero - x[i] : x[i];
    }

    public static T Rem<T>(T a, T b) where T : INumber<T>
    {
        if (b == T.Zero && !T.IsNaN(a % T.One)) return typeof(T) == typeof(float) || typeof(T) == typeof(double) ? a % b : T.Zero;
        var r = a % b;
        return r != T.Zero && T.IsNegative(r) != T.IsNegative(b) ? r + b : r;
    }

    public static T IntegerPower<T>(T a, T b) where T : INumber<T>
    {
        if (b < T.Zero) return a == T.One ? T.One : a == T.Zero - T.One ? (T.IsEvenInteger(b) ? T.One : a) : T.Zero;
        var result = T.One;
        for (var n = long.CreateTruncating(b); n > 0; n >>= 1, a *= a)
            if ((n & 1) != 0) result *= a;
        return result;
    }

    private const int Cells = 8, Degree = 13;
    private static readonly double[][] ErfCells = [.. Enumerable.Range(0, 6 * Cells + 1).Select(k => ErfSeries((double)k / Cells))];

    // The Taylor series of erf at c: g(h) = exp(−(c + h)²) satisfies g' = −2(c + h)g.
    private static double[] ErfSeries(double c)
    {
        var g = new double[Degree + 1];
        g[0] = 2 / Math.Sqrt(Math.PI) * Math.Exp(-c * c);
        for (var n = 0; n < Degree; n++) g[n + 1] = -2 * (c * g[n] + (n > 0 ? g[n - 1] : 0)) / (n + 1);
        var f = new double[Degree + 2];
        f[0] = c == 0 ? 0 : ErfSum(c);
        for (var n = 0; n <= Degree; n++) f[n + 1] = g[n] / (n + 1);
        return f;
    }

    // erf x = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!, whose terms are all positive.
    private static double ErfSum(double x)
    {
        double term = x, sum = x;
        for (var n = 1; term > sum * 1e-18; n++) sum += term *= 2 * x * x / (2 * n + 1);
        return Math.Min(1, 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum);
    }

    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        if (!(a < 6)) return double.IsNaN(x) ? x : Math.Sign(x);
        var k = (int)(a * Cells + 0.5);
        var h = a - (double)k / Cells;
        var f = ErfCells[k];
        var y = f[Degree + 1];
        for (var n = Degree; n >= 0; n--) y = y * h + f[n];
        return x < 0 ? -y : y;
    }

    // Winitzki's approximation, then Newton's method.
    public static double ErfInv(double x)
    {
        if (!(Math.Abs(x) < 1)) return Math.Abs(x) == 1 ? x * double.PositiveInfinity : double.NaN;
        if (x == 0) return x;
        var l = Log1p(-x * x);
        var t = 2 / (Math.PI * 0.147) + l / 2;
        var y = Math.Sign(x) * Math.Sqrt(Math.Sqrt(t * t - l / 0.147) - t);
        for (var i = 0; i < 4; i++) y -= (Erf(y) - x) * Math.Sqrt(Math.PI) / 2 * Math.Exp(y * y);
        return y;
    }

    // Lanczos, g = 7, nine terms.
    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    public static double LogGamma(double x)
    {
        if (x <= 0 && Math.Floor(x) == x) return double.PositiveInfinity;
        if (x < 0.5) return Math.Log(Math.PI / Math.Abs(Math.Sin(Math.PI * x))) - LogGamma(1 - x);
        if (double.IsInfinity(x)) return x;
        if (x is 1 or 2) return 0;
        x--;
        var sum = Lanczos[0];
        for (var i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (x + i);
        var t = x + 7.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x + 0.5) * Math.Log(t) - t + Math.Log(sum);
    }

    // Recurrence up to x ≥ 10, then the asymptotic series; reflection below zero.
    public static double Digamma(double x)
    {
        if (x == 0) return double.NegativeInfinity * Math.CopySign(1, x);
        if (x < 0) return Math.Floor(x) == x ? double.NaN : Digamma(1 - x) - Math.PI / Math.Tan(Math.PI * x);
        var y = 0.0;
        for (; x < 10; x++) y -= 1 / x;
        var w = 1 / (x * x);
        return y + Math.Log(x) - 0.5 / x - w * (1.0 / 12 - w * (1.0 / 120 - w * (1.0 / 252 - w * (1.0 / 240 - w * (1.0 / 132 - w * 691 / 32760)))));
    }

    public static double Trigamma(double x)
    {
        if (x <= 0)
        {
            if (Math.Floor(x) == x) return double.PositiveInfinity;
            var s = Math.PI / Math.Sin(Math.PI * x);
            return s * s - Trigamma(1 - x);
        }
        var y = 0.0;
        for (; x < 10; x++) y += 1 / (x * x);
        var w = 1 / (x * x);
        return y + (1 + 0.5 / x + w * (1.0 / 6 - w * (1.0 / 30 - w * (1.0 / 42 - w * (1.0 / 30 - w * 5 / 66))))) / x;
    }
}
