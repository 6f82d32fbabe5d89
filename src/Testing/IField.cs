using System.Numerics;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>The numbers that the reference interpreter computes with.</summary>
/// <typeparam name="T">double, float or Complex.</typeparam>
public interface IField<T>
{
    /// <summary>A number from a float64.</summary>
    static abstract T From(double value);

    /// <summary>The real part, which comparisons, roundings and indices look at.</summary>
    static abstract double Real(T value);

    /// <summary>A function of one number.</summary>
    /// <exception cref="NotSupportedException">The function has no extension to these numbers.</exception>
    static abstract T Apply(Unary op, T x);

    /// <summary>A derivative of the digamma function.</summary>
    /// <exception cref="NotSupportedException">The function has no extension to these numbers.</exception>
    static abstract T Apply(Polygamma op, T x);

    /// <summary>A function of two numbers.</summary>
    /// <exception cref="NotSupportedException">The function has no extension to these numbers.</exception>
    static abstract T Apply(Binary op, T a, T b);
}

/// <summary>float64: the executable specification of every scalar primitive, written from its definition.</summary>
public readonly struct DoubleField : IField<double>
{
    /// <inheritdoc/>
    public static double From(double value) => value;

    /// <inheritdoc/>
    public static double Real(double value) => value;

    /// <inheritdoc/>
    public static double Apply(Unary op, double x) => op.Title switch
    {
        "Neg" => -x,
        "Abs" => Math.Abs(x),
        "Sign" => double.IsNaN(x) ? x : Math.Sign(x),
        "Exp" => Math.Exp(x),
        "Expm1" => Math.Abs(x) < 1e-3 ? x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5)))) : Math.Exp(x) - 1,
        "Log" => Math.Log(x),
        "Log1p" => Math.Abs(x) < 1e-3 ? x * (1 - x * (1.0 / 2 - x * (1.0 / 3 - x * (1.0 / 4 - x * (1.0 / 5 - x / 6))))) : Math.Log(1 + x),
        "Sqrt" => Math.Sqrt(x),
        "Sin" => Math.Sin(x),
        "Cos" => Math.Cos(x),
        "Tan" => Math.Sin(x) / Math.Cos(x),
        "Asin" => Math.Atan2(x, Math.Sqrt((1 - x) * (1 + x))),
        "Acos" => Math.Atan2(Math.Sqrt((1 - x) * (1 + x)), x),
        "Atan" => Math.Atan2(x, 1),
        "Sinh" => (Math.Exp(x) - Math.Exp(-x)) / 2,
        "Cosh" => (Math.Exp(x) + Math.Exp(-x)) / 2,
        "Tanh" => Math.Tanh(x),
        "Asinh" => Math.CopySign(Math.Log(Math.Abs(x) + Math.Sqrt(x * x + 1)), x),
        "Acosh" => Math.Log(x + Math.Sqrt((x - 1) * (x + 1))),
        "Atanh" => Math.Log((1 + x) / (1 - x)) / 2,
        "Exp2" => Math.Exp(x * Math.Log(2)),
        "Log2" => Math.Log(x) / Math.Log(2),
        "Log10" => Math.Log(x) / Math.Log(10),
        "Sigmoid" => 1 / (1 + Math.Exp(-x)),
        "Softplus" => x < 30 ? Math.Log(1 + Math.Exp(x)) : x,
        "Erf" => Reference.Erf(x),
        "Erfc" => Reference.Erfc(x),
        "ErfInv" => Reference.Inverse(Reference.Erf, x, -6, 6),
        "LogGamma" => Reference.LogGamma(x),
        "Digamma" => Reference.Polygamma(0, x),
        "Floor" => Math.Floor(x),
        "Ceiling" => Math.Ceiling(x),
        "Round" => Math.Round(x, MidpointRounding.ToEven),
        "Truncate" => Math.Truncate(x),
        _ => throw new NotSupportedException(op.Title),
    };

    /// <inheritdoc/>
    public static double Apply(Polygamma op, double x) => Reference.Polygamma(op.Order, x);

    /// <inheritdoc/>
    public static double Apply(Binary op, double a, double b) => op.Title switch
    {
        "Add" => a + b,
        "Mul" => a * b,
        "Div" => a / b,
        "Pow" => Math.Pow(a, b),
        "Atan2" => Math.Atan2(a, b),
        "Hypot" => Math.Sqrt(a * a + b * b),
        "Max" => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a > b ? a : b,
        "Min" => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a < b ? a : b,
        "Rem" => a - b * Math.Floor(a / b),
        "FloorDiv" => Math.Floor(a / b),
        "Less" => a < b ? 1 : 0,
        "LessEqual" => a <= b ? 1 : 0,
        "Equal" => a == b ? 1 : 0,
        _ => throw new NotSupportedException(op.Title),
    };
}

/// <summary>float32: every operation in float64, rounded.</summary>
public readonly struct FloatField : IField<float>
{
    /// <inheritdoc/>
    public static float From(double value) => (float)value;

    /// <inheritdoc/>
    public static double Real(float value) => value;

    /// <inheritdoc/>
    public static float Apply(Unary op, float x) => (float)DoubleField.Apply(op, x);

    /// <inheritdoc/>
    public static float Apply(Polygamma op, float x) => (float)DoubleField.Apply(op, x);

    /// <inheritdoc/>
    public static float Apply(Binary op, float a, float b) => (float)DoubleField.Apply(op, a, b);
}

/// <summary>
/// Complex numbers, for derivatives by a complex step (Squire and Trapp, 1998): f′(x) = Im f(x + ih) / h without cancellation.
/// </summary>
public readonly struct ComplexField : IField<Complex>
{
    /// <inheritdoc/>
    public static Complex From(double value) => value;

    /// <inheritdoc/>
    public static double Real(Complex value) => value.Real;

    /// <inheritdoc/>
    public static Complex Apply(Unary op, Complex z) => op.Title switch
    {
        "Neg" => -z,
        "Abs" => z.Real < 0 ? -z : z,
        "Exp" => Complex.Exp(z),
        "Exp2" => Complex.Exp(z * Math.Log(2)),
        "Expm1" => Complex.Exp(z) - 1,
        "Log" => Complex.Log(z),
        "Log2" => Complex.Log(z) / Math.Log(2),
        "Log10" => Complex.Log(z) / Math.Log(10),
        "Log1p" => Complex.Log(1 + z),
        "Sqrt" => Complex.Sqrt(z),
        "Sin" => Complex.Sin(z),
        "Cos" => Complex.Cos(z),
        "Tan" => Complex.Sin(z) / Complex.Cos(z),
        "Asin" => Reference.Atan(z / Complex.Sqrt((1 - z) * (1 + z))),
        "Acos" => Math.PI / 2 - Reference.Atan(z / Complex.Sqrt((1 - z) * (1 + z))),
        "Atan" => Reference.Atan(z),
        "Sinh" => (Complex.Exp(z) - Complex.Exp(-z)) / 2,
        "Cosh" => (Complex.Exp(z) + Complex.Exp(-z)) / 2,
        "Tanh" => Complex.Tanh(z),
        "Asinh" => Complex.Log(z + Complex.Sqrt(z * z + 1)),
        "Acosh" => Complex.Log(z + Complex.Sqrt((z - 1) * (z + 1))),
        "Atanh" => (Complex.Log(1 + z) - Complex.Log(1 - z)) / 2,
        "Sigmoid" => 1 / (1 + Complex.Exp(-z)),
        "Softplus" => Complex.Log(1 + Complex.Exp(z)),
        "Erf" => Reference.Erf(z),
        "Erfc" => 1 - Reference.Erf(z),
        "LogGamma" => Reference.LogGamma(z),
        "Digamma" => Reference.Polygamma(0, z),
        "Sign" or "Floor" or "Ceiling" or "Round" or "Truncate" => DoubleField.Apply(op, z.Real),
        _ => throw new NotSupportedException($"{op.Title} of a complex number"),
    };

    /// <inheritdoc/>
    public static Complex Apply(Polygamma op, Complex z) => Reference.Polygamma(op.Order, z);

    /// <inheritdoc/>
    public static Complex Apply(Binary op, Complex a, Complex b) => op.Title switch
    {
        "Add" => a + b,
        "Mul" => a * b,
        "Div" => a / b,
        "Pow" when a != Complex.Zero => Complex.Exp(b * Complex.Log(a)),
        "Hypot" => Complex.Sqrt(a * a + b * b),
        "Max" => a.Real > b.Real ? a : b,
        "Min" => a.Real < b.Real ? a : b,
        "Rem" => a - b * Math.Floor(a.Real / b.Real),
        "FloorDiv" => Math.Floor(a.Real / b.Real),
        "Less" or "LessEqual" or "Equal" => DoubleField.Apply(op, a.Real, b.Real),
        _ => throw new NotSupportedException($"{op.Title} of complex numbers"),
    };
}

/// <summary>Special functions from their definitions: slow, and independent of the kernels.</summary>
internal static class Reference
{
    public static double Erf(double x) => Math.Abs(x) < 3 ? Erf((Complex)x).Real : double.IsNaN(x) ? x : Math.CopySign(1 - Tail(Math.Abs(x)), x);

    public static double Erfc(double x) => x < 3 ? 1 - Erf(x) : Tail(x);

    // The Maclaurin series whose terms are all positive on the real line.
    public static Complex Erf(Complex z)
    {
        Complex term = z, sum = z;
        for (var n = 1; n < 200; n++) sum += term *= 2 * z * z / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Complex.Exp(-z * z) * sum;
    }

    // erfc far out by its continued fraction.
    private static double Tail(double a)
    {
        var tail = 0.0;
        for (var k = 60; k > 0; k--) tail = k / 2.0 / (a + tail);
        return Math.Exp(-a * a) / (Math.Sqrt(Math.PI) * (a + tail));
    }

    // The addition theorem takes the real part out, so that a tiny imaginary part is not added to a one; then the Maclaurin series.
    public static Complex Atan(Complex z)
    {
        var w = (z - z.Real) / (1 + z * z.Real);
        var (power, sum) = (w, w);
        for (var n = 3; n < 100; n += 2) sum += (power *= -w * w) / n;
        return Math.Atan(z.Real) + sum;
    }

    public static double Inverse(Func<double, double> f, double y, double low, double high)
    {
        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            if (f(middle) < y) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    public static double LogGamma(double x) => LogGamma((Complex)x).Real;

    public static double Polygamma(int order, double x) => Polygamma(order, (Complex)x).Real;

    // Stirling's series after shifting the argument up, from negative numbers too: the real part is log |Γ|.
    public static Complex LogGamma(Complex z)
    {
        var shift = Complex.Zero;
        for (; z.Real < 20; z += 1) shift += Complex.Log(z);
        var w = 1 / (z * z);
        return (z - 0.5) * Complex.Log(z) - z + 0.5 * Math.Log(2 * Math.PI) + (1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w / 1680))) / z - shift;
    }

    // ψₙ by the same shift; the order-th derivatives of log z − 1/2z − Σ B/(2k z²ᵏ), term by term.
    public static Complex Polygamma(int order, Complex z)
    {
        var shift = Complex.Zero;
        for (; z.Real < 30; z += 1) shift += Derivative(-1, order, z);
        Complex logarithm = order == 0 ? Complex.Log(z) : Derivative(-1, order - 1, z);
        return logarithm - Derivative(-1, order, z) / 2 - Derivative(-2, order, z) / 12 + Derivative(-4, order, z) / 120
            - Derivative(-6, order, z) / 252 + Derivative(-8, order, z) / 240 - shift;
    }

    // The order-th derivative of z to a power.
    private static Complex Derivative(int power, int order, Complex z)
    {
        var y = Complex.One;
        for (var k = 0; k < order; k++) y *= power - k;
        for (var k = 0; k < order - power; k++) y /= z;
        return y;
    }
}
