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
        "Tanh" => Math.Tanh(x),
        "Sigmoid" => 1 / (1 + Math.Exp(-x)),
        "Erf" => Reference.Erf(x),
        "ErfInv" => Reference.Inverse(Reference.Erf, x, -6, 6),
        "LogGamma" => Reference.LogGamma(x),
        "Digamma" => Reference.Polygamma(0, x),
        "Trigamma" => Reference.Polygamma(1, x),
        "Floor" => Math.Floor(x),
        "Ceiling" => Math.Ceiling(x),
        "Round" => Math.Round(x, MidpointRounding.ToEven),
        "Truncate" => Math.Truncate(x),
        _ => throw new NotSupportedException(op.Title),
    };

    /// <inheritdoc/>
    public static double Apply(Binary op, double a, double b) => op.Title switch
    {
        "Add" => a + b,
        "Mul" => a * b,
        "Div" => a / b,
        "Pow" => Math.Pow(a, b),
        "Atan2" => Math.Atan2(a, b),
        "Max" => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a > b ? a : b,
        "Min" => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a < b ? a : b,
        "Rem" => a - b * Math.Floor(a / b),
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
        "Expm1" => new(DoubleField.Apply(op, z.Real), Math.Exp(z.Real) * z.Imaginary),
        "Log" => Complex.Log(z),
        "Log1p" => new(DoubleField.Apply(op, z.Real), z.Imaginary / (1 + z.Real)),
        "Sqrt" => Complex.Sqrt(z),
        "Sin" => Complex.Sin(z),
        "Cos" => Complex.Cos(z),
        "Tanh" => Complex.Tanh(z),
        "Sigmoid" => 1 / (1 + Complex.Exp(-z)),
        "Sign" or "Floor" or "Ceiling" or "Round" or "Truncate" => DoubleField.Apply(op, z.Real),
        _ => throw new NotSupportedException($"{op.Title} of a complex number"),
    };

    /// <inheritdoc/>
    public static Complex Apply(Binary op, Complex a, Complex b) => op.Title switch
    {
        "Add" => a + b,
        "Mul" => a * b,
        "Div" => a / b,
        "Pow" when a != Complex.Zero => Complex.Exp(b * Complex.Log(a)),
        "Max" => a.Real > b.Real ? a : b,
        "Min" => a.Real < b.Real ? a : b,
        "Rem" => a - b * Math.Floor(a.Real / b.Real),
        "Less" or "LessEqual" or "Equal" => DoubleField.Apply(op, a.Real, b.Real),
        _ => throw new NotSupportedException($"{op.Title} of complex numbers"),
    };
}

/// <summary>Special functions from their definitions: slow, and independent of the kernels.</summary>
internal static class Reference
{
    // The Maclaurin series with all terms positive, or the continued fraction of erfc far out.
    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        if (a < 3)
        {
            double term = a, sum = a;
            for (var n = 1; n < 200; n++) sum += term *= 2 * a * a / (2 * n + 1);
            return Math.CopySign(2 / Math.Sqrt(Math.PI) * Math.Exp(-a * a) * sum, x);
        }
        if (double.IsNaN(a)) return x;
        var tail = 0.0;
        for (var k = 60; k > 0; k--) tail = k / 2.0 / (a + tail);
        return Math.CopySign(1 - Math.Exp(-a * a) / (Math.Sqrt(Math.PI) * (a + tail)), x);
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

    // Stirling's series after shifting the argument up; positive arguments.
    public static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 20; x++) shift += Math.Log(x);
        var w = 1 / (x * x);
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + (1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w / 1680))) / x - shift;
    }

    // ψ(x) and ψ′(x) by the same shift; positive arguments.
    public static double Polygamma(int order, double x)
    {
        var shift = 0.0;
        for (; x < 30; x++) shift += order == 0 ? -1 / x : 1 / (x * x);
        var w = 1 / (x * x);
        return shift + (order == 0
            ? Math.Log(x) - 0.5 / x - w * (1.0 / 12 - w * (1.0 / 120 - w * (1.0 / 252 - w / 240)))
            : 1 / x + w / 2 + w / x * (1.0 / 6 - w * (1.0 / 30 - w * (1.0 / 42 - w / 30))));
    }
}
