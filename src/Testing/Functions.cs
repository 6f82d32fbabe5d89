namespace Functional.Autograd.Testing;

/// <summary>
/// Every scalar function from its definition: in terms of arithmetic and the elementary functions of <see cref="IField{T}"/>, by series, continued
/// fractions and recurrences of its own. It shares no table, no polynomial and no derivative with the kernels.
/// </summary>
/// <typeparam name="T">The numbers.</typeparam>
public static partial class Functions<T> where T : struct, IField<T>
{
    private static readonly T zero = T.From(0), one = T.From(1), two = T.From(2), half = T.From(0.5);

    /// <summary>A function of one number.</summary>
    /// <param name="name">The title of its row.</param>
    /// <param name="x">The number.</param>
    public static T Of(string name, T x)
    {
        if (!double.IsFinite(x.Value)) return x.IsConstant ? Rounded(AtInfinity(name, x.Value)) : T.Pole(AtInfinity(name, x.Value));
        return name switch
        {
            "Neg" => -x,
            "Abs" => Abs(x),
            "Sign" => T.Step(x, T.Sign(x)),
            "Exp" => T.Exp(x),
            "Exp2" => Exp2(x),
            "Expm1" => Expm1(x),
            "Log" => T.Log(x),
            "Log2" => Exactly(Math.Log2(x.Value)) is { } power && x.IsConstant ? T.From(power) : T.Log(x) / T.Log(two),
            "Log10" => T.Log(x) / T.Log(T.From(10)),
            "Log1p" => Log1p(x),
            "Sqrt" => T.Sqrt(x),
            "Sin" => T.Sin(x),
            "Cos" => T.Cos(x),
            "Tan" => T.Sin(x) / T.Cos(x),
            "Asin" => Asin(x),
            "Acos" => Math.Abs(x.Value) > 1 ? T.Pole(double.NaN) : x.Value == -1 ? T.Pole(Math.PI) * one : x.Value == 1 ? T.Pole(0) : two * T.Atan(T.Sqrt((one - x) / (one + x))),
            "Atan" => T.Atan(x),
            "Sinh" => Sinh(x),
            "Cosh" => Cosh(x),
            "Tanh" => Tanh(x),
            "Asinh" => Asinh(x),
            "Acosh" => Acosh(x),
            "Atanh" => Atanh(x),
            "Sigmoid" => x.Value >= 0 ? one / (one + T.Exp(-x)) : T.Exp(x) / (one + T.Exp(x)),
            "Softplus" => x.Value >= 0 ? x + Log1p(T.Exp(-x)) : Log1p(T.Exp(x)),
            "Erf" => Erf(x),
            "Erfc" => Erfc(x),
            "ErfInv" => ErfInv(x),
            "LogGamma" => LogGamma(x),
            "Digamma" => Digamma(x),
            "Floor" => Floor(x),
            "Ceiling" => -Floor(-x),
            "Round" => Round(x),
            "Truncate" => T.Sign(x) < 0 ? -Floor(-x) : Floor(x),
            _ => throw new NotSupportedException($"the reference interpreter has no definition of {name}"),
        };
    }

    /// <summary>A function of two numbers.</summary>
    /// <param name="name">The title of its row.</param>
    /// <param name="a">The first.</param>
    /// <param name="b">The second.</param>
    public static T Of(string name, T a, T b) => name switch
    {
        "Add" => a + b,
        "Mul" => a * b,
        "Div" => a / b,
        "Pow" => Pow(a, b),
        "Atan2" => Atan2(a, b),
        "Hypot" => Hypot(a, b),
        "Max" => double.IsNaN(a.Value) || double.IsNaN(b.Value) ? T.Pole(double.NaN) : Order(a, b) >= 0 ? a : b,
        "Min" => double.IsNaN(a.Value) || double.IsNaN(b.Value) ? T.Pole(double.NaN) : Order(a, b) <= 0 ? a : b,
        "Rem" => Rem(a, b),
        "FloorDiv" => FloorDiv(a, b),
        "Less" => Truth(a, b, s => s < 0),
        "LessEqual" => Truth(a, b, s => s <= 0),
        "Equal" => Truth(a, b, s => s == 0),
        _ => throw new NotSupportedException($"the reference interpreter has no definition of {name}"),
    };

    // Which of two numbers is greater; infinities of one sign are equal. Two numbers that are the same in every digit and derivative come of the same
    // computation, which has the same bits wherever it is done: nothing is in doubt there, and nothing hangs on the choice.
    internal static int Order(T a, T b) => T.Same(a, b) ? T.Sign(zero) : double.IsFinite(a.Value) && double.IsFinite(b.Value) ? T.Sign(a - b) : T.Sign(T.From(a.Value == b.Value ? 0 : a.Value < b.Value ? -1 : 1));

    // The same of two numbers at different places, as for sorting: sums of the same terms in another order are the same in every digit, and may be rounded otherwise.
    internal static int OrderOfPlaces(T a, T b) => T.Same(a, b) && double.IsFinite(a.Value) ? T.Sign(a - b) : Order(a, b);

    private static T Truth(T a, T b, Func<int, bool> holds) =>
        T.Step(a, !double.IsNaN(a.Value) && !double.IsNaN(b.Value) && holds(Order(a, b)) ? 1 : 0);

    // A number that rounding has made: π/2 is none of float32's.
    private static T Rounded(double value) => T.From(value) * one;

    private static T Abs(T x) => T.Sign(x) < 0 ? -x : x;

    private static double? Exactly(double power) => power == Math.Round(power) ? power : null;

    private static T Exp2(T x) => x.IsConstant && Exactly(x.Value) is { } n && Math.Abs(n) < 1100 ? T.From(Math.ScaleB(1, (int)n)) : T.Exp(x * T.Log(two));

    // Σ xⁿ/n!; beyond a half nothing cancels.
    private static T Expm1(T x)
    {
        if (Math.Abs(x.Value) > 0.5) return T.Exp(x) - one;
        var sum = one;
        for (var n = 26; n > 1; n--) sum = one + sum * x / T.From(n);
        return x * sum;
    }

    // 2 atanh(z) = 2 Σ z²ᵏ⁺¹ / (2k + 1) at z = x / (2 + x).
    private static T Log1p(T x)
    {
        if (Math.Abs(x.Value) > 0.5) return T.Log(one + x);
        var z = x / (two + x);
        var (w, sum) = (z * z, zero);
        for (var k = 36; k >= 0; k--) sum = sum * w + one / T.From(2 * k + 1);
        return two * z * sum;
    }

    private static T Asin(T x)
    {
        if (Math.Abs(x.Value) > 1) return T.Pole(double.NaN);
        if (Math.Abs(x.Value) == 1) return T.Pole(Math.CopySign(Math.PI / 2, x.Value)) * one;
        return T.Atan(x / T.Sqrt((one - x) * (one + x)));
    }

    // eˣ − 1 carries all three, so that nothing cancels near zero; far out the halves are taken in the exponent.
    private static T Sinh(T x)
    {
        if (x.Value < 0) return -Sinh(-x);
        if (x.Value > 45) return T.Exp(x - T.Log(two));
        var m = Expm1(x);
        return half * (m + m / (m + one));
    }

    private static T Cosh(T x) => Math.Abs(x.Value) > 45 ? T.Exp((x.Value < 0 ? -x : x) - T.Log(two)) : half * (T.Exp(x) + T.Exp(-x));

    private static T Tanh(T x)
    {
        if (x.Value < 0) return -Tanh(-x);
        var m = Expm1(-two * x);
        return -m / (m + two);
    }

    private static T Asinh(T x)
    {
        if (x.Value < 0) return -Asinh(-x);
        if (x.Value > 1e18) return T.Log(x) + T.Log(two);
        return Log1p(x + x * x / (one + T.Sqrt(one + x * x)));
    }

    private static T Acosh(T x)
    {
        if (x.Value < 1) return T.Pole(double.NaN);
        if (x.Value > 1e18) return T.Log(x) + T.Log(two);
        var t = x - one;
        return Log1p(t + T.Sqrt(t * (t + two)));
    }

    private static T Atanh(T x)
    {
        if (x.Value < 0) return -Atanh(-x);
        return x.Value > 1 ? T.Pole(double.NaN) : x.Value == 1 ? T.Pole(double.PositiveInfinity) : half * Log1p(two * x / (one - x));
    }

    private static T Floor(T x)
    {
        if (!double.IsFinite(x.Value)) return T.From(x.Value);
        var near = Math.Round(x.Value);
        Certificate.Note(near);
        return T.Step(x, T.Sign(x - T.From(near)) < 0 ? near - 1 : near);
    }

    private static T Round(T x)
    {
        if (!double.IsFinite(x.Value)) return T.From(x.Value);
        // The nearest of two, the even one: what is not exactly half way may lie on the other side of it.
        var near = Math.Round(x.Value);
        Certificate.Note(near);
        var rest = x - T.From(near);
        return T.Step(x, T.Sign(rest - half) > 0 ? near + 1 : T.Sign(rest + half) < 0 ? near - 1 : near);
    }

    private static T Hypot(T a, T b)
    {
        if (double.IsInfinity(a.Value) || double.IsInfinity(b.Value)) return T.From(double.PositiveInfinity);
        if (double.IsNaN(a.Value) || double.IsNaN(b.Value)) return T.Pole(double.NaN);
        var size = Math.Max(Math.Abs(a.Value), Math.Abs(b.Value));
        // The tip of the cone.
        if (T.Sign(T.From(size)) == 0) return T.Pole(0);
        // A power of two, so that scaling is exact.
        var scale = T.From(size is > 1e-150 and < 1e150 ? 1 : Math.ScaleB(1, Math.Clamp(Math.ILogB(size), -1000, 1000)));
        return scale * T.Sqrt(a / scale * (a / scale) + b / scale * (b / scale));
    }

    private static T Atan2(T a, T b)
    {
        var (y, x) = (a.Value, b.Value);
        if (double.IsNaN(y) || double.IsNaN(x)) return T.Pole(double.NaN);
        if (!double.IsFinite(y) || !double.IsFinite(x)) return Rounded(Math.Atan2(y, x));
        // The branch cut.
        if (x < 0) T.Sign(a);
        var turn = T.Atan(T.From(double.PositiveInfinity));
        if (Math.Abs(x) >= Math.Abs(y)) return x == 0 ? T.Pole(Math.Atan2(y, x)) * one : x > 0 ? T.Atan(a / b) : T.Atan(a / b) + (double.IsNegative(y) ? -two : two) * turn;
        return (y > 0 ? turn : -turn) - T.Atan(b / a);
    }

    private static T Rem(T a, T b)
    {
        var (u, v) = (a.Value, b.Value);
        if (double.IsNaN(u) || double.IsNaN(v) || double.IsInfinity(u) || v == 0) return T.Pole(double.NaN);
        if (double.IsInfinity(v)) return u == 0 || u < 0 == v < 0 ? a : b;
        return Times(a, b).Left;
    }

    // Python's: the number of times that goes with the remainder.
    private static T FloorDiv(T a, T b)
    {
        var (u, v) = (a.Value, b.Value);
        if (v == 0 || double.IsNaN(u) || double.IsNaN(v) || double.IsInfinity(u)) return T.Pole(v == 0 ? u / v : double.NaN);
        if (double.IsInfinity(v)) return T.Step(a, u != 0 && u < 0 != v < 0 ? -1 : 0);
        var times = Times(a, b).Times;
        // The product rounds what the type does not hold.
        return T.Step(a, times) * one;
    }

    // By the framework's own remainder, which is exact. The number of times jumps where the rest is nothing or all.
    private static (double Times, T Left) Times(T a, T b)
    {
        var (u, v) = (a.Value, b.Value);
        var rest = u % v;
        if (rest != 0 && rest < 0 != v < 0) rest += v;
        var times = Math.Round((u - rest) / v);
        // A large quotient was rounded: what it leaves tells by how much.
        if (double.IsFinite(times) && Math.Abs(times) < Math.ScaleB(1, 53)) times += Math.Round((Math.FusedMultiplyAdd(-times, v, u) - rest) / v);
        Certificate.Note(times);
        if (!double.IsFinite(times * v)) return (times, T.Pole(rest) * one);
        // A quotient beyond the digits of the product says nothing about what is left; the framework does.
        var left = Math.Abs(times) <= 1e15 ? a - b * T.From(times) : T.From(rest) + (a - T.Detached(a)) - (b - T.Detached(b)) * T.From(times);
        _ = T.Sign(left) + T.Sign(left - b);
        return (times, left);
    }

    private static T Pow(T a, T b)
    {
        var (u, v) = (a.Value, b.Value);
        if (!double.IsFinite(u) || !double.IsFinite(v) || (a.IsConstant && b.IsConstant && (u == 0 || v == 0))) return T.From(Math.Pow(u, v));
        var whole = v == Math.Round(v);
        if (b.IsConstant && whole && Math.Abs(v) <= 64)
        {
            var product = one;
            for (var k = 0; k < Math.Abs(v); k++) product *= a;
            if (v < 0) product = one / product;
            // Where a partial product leaves the range, logarithms do not.
            if (double.IsFinite(product.Value) && (product.Value != 0 || u == 0)) return product;
        }
        if (u == 0) return b.IsConstant && v > Jet.Length ? zero * a : T.Exp(b * T.Log(a));
        if (u > 0) return T.Exp(b * T.Log(a));
        if (!whole || !b.IsConstant) return T.Pole(double.NaN);
        var size = T.Exp(b * T.Log(-a));
        return v % 2 == 0 ? size : -size;
    }

    // Limits where the series do not reach; π/2 is the only one that is not 0, ±1 or infinite.
    private static double AtInfinity(string name, double x)
    {
        if (double.IsNaN(x)) return name == "Sign" ? 0 : x;
        var up = x > 0;
        return name switch
        {
            "Neg" => -x,
            "Sign" or "Tanh" or "Erf" => up ? 1 : -1,
            "Abs" or "Cosh" or "LogGamma" => double.PositiveInfinity,
            "Exp" or "Exp2" or "Softplus" => up ? x : 0,
            "Expm1" => up ? x : -1,
            "Log" or "Log2" or "Log10" or "Log1p" or "Sqrt" or "Acosh" or "Digamma" => up ? x : double.NaN,
            "Atan" => up ? Math.PI / 2 : -Math.PI / 2,
            "Sinh" or "Asinh" or "Floor" or "Ceiling" or "Round" or "Truncate" => x,
            "Sigmoid" => up ? 1 : 0,
            "Erfc" => up ? 0 : 2,
            "Sin" or "Cos" or "Tan" or "Asin" or "Acos" or "Atanh" or "ErfInv" => double.NaN,
            _ => throw new NotSupportedException($"the reference interpreter has no limit of {name}"),
        };
    }
}
