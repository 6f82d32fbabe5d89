namespace Functional.Autograd.Testing;

/// <summary>The error function and the gamma function, with their relatives.</summary>
public static partial class Functions<T>
{
    // Bernoulli's numbers B₂, B₄, …, as fractions.
    private static readonly (double Numerator, double Denominator)[] bernoulli =
        [(1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510), (43867, 798), (-174611, 330), (854513, 138), (-236364091, 2730), (8553103, 6)];

    private static T Pi => two * T.Atan(T.From(double.PositiveInfinity));

    // 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!, whose terms are all of one sign.
    private static T Erf(T x)
    {
        if (x.Value < 0) return -Erf(-x);
        if (x.Value > 2) return one - Tail(x);
        T term = x, sum = x;
        for (var n = 1; n < 70; n++) sum += term = term * (two * x * x) / T.From(2 * n + 1);
        return two / T.Sqrt(Pi) * T.Exp(-x * x) * sum;
    }

    private static T Erfc(T x) => x.Value > 2 ? Tail(x) : one - Erf(x);

    // erfc by Laplace's continued fraction, from the inside out.
    private static T Tail(T x)
    {
        if (x.Value > 30) return zero;
        var tail = zero;
        for (var k = 240; k > 0; k--) tail = T.From(k / 2.0) / (x + tail);
        return T.Exp(-x * x) / (T.Sqrt(Pi) * (x + tail));
    }

    // Newton's iteration on log erfc, which is nearly a parabola, so that it converges from everywhere; each further step doubles the digits, and the
    // number of derivatives that are right.
    private static T ErfInv(T x)
    {
        if (x.Value < 0) return -ErfInv(-x);
        if (x.Value >= 1) return T.Pole(x.Value == 1 ? double.PositiveInfinity : double.NaN);
        var far = typeof(T) == typeof(Real);
        var y = T.From(!far ? Functions<Real>.ErfInv(Real.From(x.Value)).Value : x.Value < 0.5 ? x.Value * 0.9 : Math.Sqrt(-Math.Log(1 - x.Value)));
        for (var i = far ? 14 : 4; i > 0; i--)
        {
            // The iteration mends its own rounding, but for the last step's.
            y = T.Exact(y);
            var slope = two / T.Sqrt(Pi) * T.Exp(-y * y);
            if (x.Value < 0.5)
            {
                y -= (Erf(y) - x) / slope;
            }
            else
            {
                var rest = Erfc(y);
                y += (T.Log(rest) - T.Log(one - x)) * rest / slope;
            }
        }
        return y;
    }

    // Stirling's series at x + n ≥ 40; the product below is divided off in one logarithm.
    private static T LogGamma(T x)
    {
        if (x.Value <= 0 && x.Value == Math.Floor(x.Value)) return T.Pole(double.PositiveInfinity);
        if (x.Value < -500) return T.Pole(double.NaN);
        var (product, z) = (one, x);
        for (; z.Value < 40; z += one)
        {
            product *= z;
            // Rescaled so that a long product does not overflow.
            if (Math.Abs(product.Value) > 1e200) return LogGamma(z + one) - T.Log(product.Value < 0 ? -product : product);
        }
        var (w, sum) = (one / (z * z), zero);
        for (var k = bernoulli.Length; k >= 1; k--) sum = sum * w + T.From(bernoulli[k - 1].Numerator) / T.From(bernoulli[k - 1].Denominator * (2 * k * (2 * k - 1)));
        return (z - half) * T.Log(z) - z + half * T.Log(two * Pi) + sum / z - T.Log(product.Value < 0 ? -product : product);
    }

    private static T Digamma(T x)
    {
        if (x.Value == 0) return T.Pole(double.IsNegative(x.Value) ? double.PositiveInfinity : double.NegativeInfinity);
        if (x.Value < -500 || (x.Value < 0 && x.Value == Math.Floor(x.Value))) return T.Pole(double.NaN);
        var (shift, z) = (zero, x);
        for (; z.Value < 40; z += one) shift += one / z;
        var (w, sum) = (one / (z * z), zero);
        for (var k = bernoulli.Length; k >= 1; k--) sum = (sum + T.From(bernoulli[k - 1].Numerator) / T.From(bernoulli[k - 1].Denominator * 2 * k)) * w;
        return T.Log(z) - half / z - sum - shift;
    }

    /// <summary>The n-th derivative of digamma, n ≥ 1: (−1)ⁿ⁺¹ n! Σ 1/(x + k)ⁿ⁺¹, the far terms by Euler and Maclaurin.</summary>
    /// <param name="n">The order.</param>
    /// <param name="x">The number.</param>
    public static T Polygamma(int n, T x)
    {
        if (double.IsNaN(x.Value) || x.Value < -500) return T.Pole(double.NaN);
        if (double.IsInfinity(x.Value)) return T.From(n % 2 == 1 ? 0.0 : -0.0);
        if (x.Value <= 0 && x.Value == Math.Floor(x.Value)) return T.Pole(n % 2 == 1 ? double.PositiveInfinity : double.NaN);
        T Power(T z, int k)
        {
            var p = z;
            for (var i = 1; i < k; i++) p *= z;
            return p;
        }
        var (sum, z) = (zero, x);
        for (; z.Value < 40 + n; z += one) sum += one / Power(z, n + 1);
        sum += one / (T.From(n) * Power(z, n)) + half / Power(z, n + 1);
        // B₂ₖ/(2k)! · (n + 1)(n + 2)…(n + 2k − 1) / zⁿ⁺²ᵏ
        var factor = T.From(n + 1) / two;
        for (var k = 1; k <= bernoulli.Length; k++)
        {
            sum += T.From(bernoulli[k - 1].Numerator) / T.From(bernoulli[k - 1].Denominator) * factor / Power(z, n + 2 * k);
            factor = factor * T.From((n + 2.0 * k) * (n + 2 * k + 1)) / T.From((2 * k + 1.0) * (2 * k + 2));
        }
        var factorial = 1.0;
        for (var k = 2; k <= n; k++) factorial *= k;
        return T.From(n % 2 == 1 ? factorial : -factorial) * sum;
    }
}
