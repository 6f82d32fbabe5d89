namespace Functional.Autograd.Testing;

/// <summary>
/// A real number of about 31 digits (the sum of two float64s: Dekker 1971, Knuth), together with how many units of rounding the same computation
/// would suffer in float64 or float32 (running error analysis: Higham, Accuracy and Stability, 3.3). The kernels' results are held to a
/// multiple of that, so tolerances follow the problem: a sum that cancels may be wrong by more, 1e-9·sin x may not.
/// </summary>
public readonly struct Real : IField<Real>
{
    // ln 2 and π/2 to 31 digits.
    private static readonly Real ln2 = new(0.6931471805599453, 2.3190468138462996e-17, 0), half = new(1.5707963267948966, 6.123233995736766e-17, 0);

    internal Real(double high, double low, double error) => (Value, Low, Error) = (high, low, error);

    /// <inheritdoc/>
    public double Value { get; }

    /// <summary>What the nearest float64 leaves.</summary>
    internal double Low { get; }

    /// <summary>The bound of the error of an evaluation in floating point, in units of half its epsilon.</summary>
    public double Error { get; }

    /// <inheritdoc/>
    public bool IsConstant => true;

    /// <inheritdoc/>
    public bool FitsSingle => Math.Abs(Value) is 0 or (> 1e-36 and < 1e36) || !double.IsFinite(Value) || Error > Math.Abs(Value) * (1 << 20);

    /// <inheritdoc/>
    public static bool Same(Real a, Real b) => a.Value == b.Value && a.Low == b.Low && a.Error == b.Error;

    /// <inheritdoc/>
    public static Real From(double value) => new(value, 0, 0);

    /// <inheritdoc/>
    public static Real Integer(long value) => new(value, (double)(value - (Int128)(double)value), 0);

    /// <inheritdoc/>
    public long Whole => (long)((Int128)Value + (Int128)Low);

    /// <inheritdoc/>
    public static Real Pole(double value) => From(value);

    /// <inheritdoc/>
    public static Real Step(Real at, double value) => From(value);

    /// <inheritdoc/>
    public static Real Detached(Real x) => x;

    /// <inheritdoc/>
    public static Real ToSingle(Real x)
    {
        var rounded = (float)x.Value;
        return double.IsFinite(rounded) ? new(rounded, 0, x.Error + (rounded == x.Value && x.Low == 0 ? 0 : Math.ScaleB(Math.Abs(x.Value), single ? 1 : 30))) : From(rounded);
    }

    // A sign that a hundred times the expected rounding could change is in doubt.
    /// <inheritdoc/>
    public static int Sign(Real x) => Certificate.Decide(double.IsNaN(x.Value) ? 0 : Math.Sign(x.Value), x.IsInDoubt, border: false);

    internal bool IsInDoubt => Error > 0 && Math.Abs(Value) <= 100 * Unit * Error;

    [ThreadStatic] private static bool single;

    // Half the epsilon of the type that the program computes in.
    internal static double Unit => Math.ScaleB(1, single ? -24 : -53);

    internal static void Precision(bool isSingle) => single = isSingle;

    // The rounding of a result: none where both float64 and float32 hold it exactly.
    private static Real Rounded(double high, double low, double error, bool gradual = true)
    {
        if (!double.IsFinite(high)) return new(high, 0, 0);
        // Below the normal range the spacing is fixed; sums are exact there.
        if (gradual && high != 0 && Math.Abs(high) < (single ? 1.2e-38 : 2.3e-308)) error += Math.ScaleB(1, single ? -125 : -1021);
        return new(high, low, error + (low == 0 && (float)high == high ? 0 : Math.Abs(high)));
    }

    /// <summary>The sum.</summary>
    public static Real operator +(Real a, Real b)
    {
        var (s, e) = Sum(a.Value, b.Value);
        if (!double.IsFinite(s)) return From(s);
        var (t, f) = Sum(a.Low, b.Low);
        (s, e) = Fast(s, e + t);
        (s, e) = Fast(s, e + f);
        return Rounded(s, e, a.Error + b.Error, gradual: false);
    }

    /// <summary>The number with the other sign.</summary>
    public static Real operator -(Real a) => new(-a.Value, -a.Low, a.Error);

    /// <summary>The difference.</summary>
    public static Real operator -(Real a, Real b) => a + -b;

    /// <summary>The product.</summary>
    public static Real operator *(Real a, Real b)
    {
        var p = a.Value * b.Value;
        if (!double.IsFinite(p)) return From(p);
        var e = Math.FusedMultiplyAdd(a.Value, b.Value, -p) + (a.Value * b.Low + a.Low * b.Value);
        (p, e) = Fast(p, e);
        return Rounded(p, e, Math.Abs(a.Value) * b.Error + Math.Abs(b.Value) * a.Error + a.Error * b.Error * Unit + (p == 0 && a.Value != 0 && b.Value != 0 ? Math.ScaleB(1, -1021) : 0));
    }

    /// <summary>The quotient.</summary>
    public static Real operator /(Real a, Real b)
    {
        // Near the largest number the products below would overflow.
        if (Math.Abs(a.Value) > 1e290 && double.IsFinite(a.Value) && Math.Abs(b.Value) >= 1) return (a * From(Math.ScaleB(1, -80)) / b) * From(Math.ScaleB(1, 80));
        var q = a.Value / b.Value;
        if (!double.IsFinite(q) || !double.IsFinite(b.Value) || q == 0) return new(q, 0, q == 0 && b.Value != 0 && double.IsFinite(b.Value) ? a.Error / Math.Abs(b.Value) : 0);
        var r = Exact(a) - Exact(b) * From(q);
        var second = r.Value / b.Value;
        r -= Exact(b) * From(second);
        var (s, e) = Fast(q, second);
        (s, e) = Fast(s, e + r.Value / b.Value);
        return Rounded(s, e, (a.Error + Math.Abs(s) * b.Error) / Math.Abs(b.Value));
    }

    /// <inheritdoc/>
    public static Real Sum(ReadOnlySpan<Real> terms)
    {
        var (sum, size, exact) = (From(0), 0.0, true);
        foreach (var term in terms)
        {
            sum += term;
            size += Math.Abs(term.Value);
            exact &= term.Low == 0 && term.Value == Math.Round(term.Value);
        }
        // Integers that stay small enough for float32 are added exactly in every order; else each partial sum may round.
        return exact && size <= 1 << 24 ? sum : new(sum.Value, sum.Low, double.IsFinite(sum.Value) ? sum.Error + size : 0);
    }

    /// <inheritdoc/>
    public static Real Sqrt(Real x)
    {
        var s = Math.Sqrt(x.Value);
        if (!double.IsFinite(s) || s == 0) return From(s);
        var r = Exact(x) - From(s) * From(s);
        var (h, l) = Fast(s, r.Value / (2 * s));
        return Rounded(h, l, x.Error / (2 * s));
    }

    /// <inheritdoc/>
    public static Real Exp(Real x)
    {
        if (!double.IsFinite(x.Value) || Math.Abs(x.Value) > 800) return From(Math.Exp(x.Value));
        var k = Math.Round(x.Value / ln2.Value);
        // e^(r/256) − 1 by its series, then squared eight times without losing the small digits.
        var r = (Exact(x) - From(k) * ln2).Scaled(-8);
        Real term = r, sum = r;
        for (var n = 2; n < 14; n++) sum += term = term * r / From(n);
        for (var i = 0; i < 8; i++) sum = sum + sum + sum * sum;
        var y = From(1) + sum;
        var high = Math.ScaleB(y.Value, (int)k);
        return Rounded(high, double.IsFinite(high) ? Math.ScaleB(y.Low, (int)k) : 0, Math.Abs(high) * x.Error + (high == 0 ? Math.ScaleB(1, -1021) : 0));
    }

    /// <inheritdoc/>
    public static Real Log(Real x)
    {
        var y = Math.Log(x.Value);
        if (!double.IsFinite(y)) return From(y);
        // Subnormal numbers have fewer digits, and their exponentials underflow.
        var shift = Math.Abs(x.Value) < 1e-290 ? 200 : 0;
        var scaled = Exact(x).Scaled(shift);
        var start = From(Math.Log(scaled.Value));
        for (var i = 0; i < 2; i++)
        {
            var e = Exact(Exp(start));
            start = Exact(start + From(2) * (scaled - e) / (scaled + e));
        }
        start -= From(shift) * ln2;
        return Rounded(start.Value, start.Low, x.Error / x.Value);
    }

    /// <inheritdoc/>
    public static Real Sin(Real x) => Turned(x, 0);

    /// <inheritdoc/>
    public static Real Cos(Real x) => Turned(x, 1);

    /// <inheritdoc/>
    public static Real Atan(Real x)
    {
        if (double.IsNaN(x.Value)) return x;
        if (double.IsInfinity(x.Value)) return new(Math.CopySign(half.Value, x.Value), Math.CopySign(half.Low, x.Value), half.Value);
        var y = From(Math.Atan(x.Value));
        if (y.Value == 0 || Math.Abs(x.Value) < 1e-30) return Rounded(x.Value, x.Low, x.Error);
        // tan(θ − y) = (x cos y − sin y) / (cos y + x sin y), which is small.
        var (s, c) = (Exact(Sin(y)), Exact(Cos(y)));
        y += (Exact(x) * c - s) / (c + Exact(x) * s);
        return Rounded(y.Value, y.Low, x.Error / (1 + x.Value * x.Value));
    }

    private static Real Turned(Real x, int quarters)
    {
        if (!double.IsFinite(x.Value)) return From(double.NaN);
        var n = Math.Round(x.Value / half.Value);
        Real r;
        if (Math.Abs(n) < 1 << 20)
        {
            r = Exact(x) - From(n) * half;
            // The third part of π/2 matters where the rest is small.
            r -= From(n * -1.4973849048591833e-33);
        }
        else
        {
            (r, n) = PiBits.ByQuarters(x.Value, x.Low);
        }
        r = Exact(r);
        var place = (int)((((long)n + quarters) % 4 + 4) % 4);
        var square = r * r;
        Real term = place % 2 == 0 ? r : From(1), sum = term;
        for (var k = place % 2 == 0 ? 2 : 1; k < 34; k += 2) sum += term = -term * square / From(k * (k + 1));
        if (place >= 2) sum = -sum;
        var slope = Math.Sqrt(Math.Max(0, 1 - sum.Value * sum.Value));
        return Rounded(sum.Value, sum.Low, slope * x.Error);
    }

    private Real Scaled(int exponent) => new(Math.ScaleB(Value, exponent), Math.ScaleB(Low, exponent), 0);

    /// <inheritdoc/>
    public static Real Exact(Real x) => new(x.Value, x.Low, 0);

    private static (double, double) Sum(double a, double b)
    {
        var s = a + b;
        var v = s - a;
        return (s, a - (s - v) + (b - v));
    }

    private static (double, double) Fast(double a, double b)
    {
        var s = a + b;
        return double.IsFinite(s) ? (s, b - (s - a)) : (s, 0);
    }

    /// <summary>The value and the error bound.</summary>
    public override string ToString() => $"{Value:R} ± {Error:G2}u";
}
