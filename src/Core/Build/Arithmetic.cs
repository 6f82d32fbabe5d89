using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
#pragma warning disable CS1591 // Elementwise functions named as in mathematics; integers are promoted to float64 first where the result is not an integer.
    public static Node Neg(Node x) => Apply(Unary.Neg, x);
    public static Node Abs(Node x) => Apply(Unary.Abs, x);
    public static Node Sign(Node x) => Apply(Unary.Sign, x);
    public static Node Exp(Node x) => Apply(Unary.Exp, Float(x));
    public static Node Expm1(Node x) => Apply(Unary.Expm1, Float(x));
    public static Node Log(Node x) => Apply(Unary.Log, Float(x));
    public static Node Log1p(Node x) => Apply(Unary.Log1p, Float(x));
    public static Node Sqrt(Node x) => Apply(Unary.Sqrt, Float(x));
    public static Node Sin(Node x) => Apply(Unary.Sin, Float(x));
    public static Node Cos(Node x) => Apply(Unary.Cos, Float(x));
    public static Node Tanh(Node x) => Apply(Unary.Tanh, Float(x));
    public static Node Sigmoid(Node x) => Apply(Unary.Sigmoid, Float(x));
    public static Node Erf(Node x) => Apply(Unary.Erf, Float(x));
    public static Node ErfInv(Node x) => Apply(Unary.ErfInv, Float(x));
    public static Node LogGamma(Node x) => Apply(Unary.LogGamma, Float(x));
    public static Node Digamma(Node x) => Apply(Unary.Digamma, Float(x));
    public static Node Trigamma(Node x) => Apply(Unary.Trigamma, Float(x));
    public static Node Floor(Node x) => x.DType.IsFloat ? Apply(Unary.Floor, x) : x;
    public static Node Ceiling(Node x) => x.DType.IsFloat ? Apply(Unary.Ceiling, x) : x;
    public static Node Round(Node x) => x.DType.IsFloat ? Apply(Unary.Round, x) : x;
    public static Node Truncate(Node x) => x.DType.IsFloat ? Apply(Unary.Truncate, x) : x;

    public static Node Add(Node a, Node b) => Apply(Binary.Add, a, b);
    public static Node Sub(Node a, Node b) => Apply(Binary.Add, a, Neg(b));
    public static Node Mul(Node a, Node b) => Apply(Binary.Mul, a, b);
    public static Node Max(Node a, Node b) => Apply(Binary.Max, a, b);
    public static Node Min(Node a, Node b) => Apply(Binary.Min, a, b);
    public static Node Atan2(Node a, Node b) => Apply(Binary.Atan2, Float(a), Float(b));
    public static Node Less(Node a, Node b) => Apply(Binary.Less, a, b);
    public static Node LessEqual(Node a, Node b) => Apply(Binary.LessEqual, a, b);
    public static Node Greater(Node a, Node b) => Apply(Binary.Less, b, a);
    public static Node GreaterEqual(Node a, Node b) => Apply(Binary.LessEqual, b, a);
    public static Node Equal(Node a, Node b) => Apply(Binary.Equal, a, b);
    public static Node NotEqual(Node a, Node b) => Not(Equal(a, b));
    public static Node Not(Node x) => Equal(Cast(x, DType.Bool), Scalar(0, DType.Bool));
    public static Node And(Node a, Node b) => Apply(Binary.Min, Cast(a, DType.Bool), Cast(b, DType.Bool));
    public static Node Or(Node a, Node b) => Apply(Binary.Max, Cast(a, DType.Bool), Cast(b, DType.Bool));
    public static Node IsNaN(Node x) => NotEqual(x, x);

    public static Node Square(Node x) => x * x;
    public static Node Reciprocal(Node x) => 1 / Float(x);
    public static Node Rsqrt(Node x) => 1 / Sqrt(x);
    public static Node Tan(Node x) => Sin(x) / Cos(x);
    public static Node Asin(Node x) => Atan2(x, Sqrt((1 - x) * (1 + x)));
    public static Node Acos(Node x) => Atan2(Sqrt((1 - x) * (1 + x)), x);
    public static Node Atan(Node x) => Atan2(x, 1);
    public static Node Acosh(Node x) => Log(x + Sqrt((x - 1) * (x + 1)));
    public static Node Atanh(Node x) => 0.5 * (Log1p(x) - Log1p(-x));
    public static Node Erfc(Node x) => 1 - Erf(x);
    public static Node Exp2(Node x) => Exp(x * Math.Log(2));
    public static Node Log2(Node x) => Log(x) * (1 / Math.Log(2));
    public static Node Log10(Node x) => Log(x) * (1 / Math.Log(10));
    public static Node Relu(Node x) => Where(x <= 0, 0, x);
    public static Node Silu(Node x) => x * Sigmoid(x);
    public static Node LogSigmoid(Node x) => -Softplus(-x);
    public static Node Mish(Node x) => x * Tanh(Softplus(x));
    public static Node Softsign(Node x) => x / (1 + Abs(x));
#pragma warning restore CS1591

    /// <summary>a / b as a real number; integers are promoted to float64.</summary>
    /// <param name="a">The numerator.</param>
    /// <param name="b">The denominator.</param>
    public static Node Div(Node a, Node b) => a.DType.IsFloat || b.DType.IsFloat ? Apply(Binary.Div, a, b) : Apply(Binary.Div, Float(a), Float(b));

    /// <summary>⌊a / b⌋; zero for an integer division by zero.</summary>
    /// <param name="a">The numerator.</param>
    /// <param name="b">The denominator.</param>
    public static Node FloorDiv(Node a, Node b)
    {
        (a, b) = Match(a, b);
        return a.DType.IsFloat ? Floor(a / b) : Apply(Binary.Div, a - Rem(a, b), b);
    }

    /// <summary>The remainder with the sign of the divisor, a − b·⌊a / b⌋; zero for an integer division by zero.</summary>
    /// <param name="a">The numerator.</param>
    /// <param name="b">The denominator.</param>
    public static Node Rem(Node a, Node b) => Apply(Binary.Rem, a, b);

    /// <summary>a to the power b.</summary>
    /// <param name="a">The base.</param>
    /// <param name="b">The exponent.</param>
    public static Node Pow(Node a, Node b) => Apply(Binary.Pow, a, b);

    /// <summary>max(x, 0) + slope·min(x, 0).</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="slope">The slope below zero.</param>
    public static Node LeakyRelu(Node x, double slope = 0.01) => Where(x > 0, x, x * slope);

    /// <summary>x above zero, alpha·(eˣ − 1) below.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="alpha">Minus the limit at −∞.</param>
    public static Node Elu(Node x, double alpha = 1) => Where(x > 0, x, alpha * Expm1(Min(x, 0)));

    /// <summary>log(1 + eˣ), without overflow.</summary>
    /// <param name="x">The tensor.</param>
    public static Node Softplus(Node x) => Relu(x) + Log1p(Exp(-Abs(x)));

    /// <summary>x·Φ(x), where Φ is the normal distribution function; or its approximation by tanh.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="tanh">Use 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).</param>
    public static Node Gelu(Node x, bool tanh = false) => tanh
        ? 0.5 * x * (1 + Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
        : 0.5 * x * (1 + Erf(x * Math.Sqrt(0.5)));

    /// <summary>(eˣ − e⁻ˣ) / 2, accurate near zero.</summary>
    /// <param name="x">The tensor.</param>
    public static Node Sinh(Node x) => 0.5 * (Expm1(x) - Expm1(-x));

    /// <summary>(eˣ + e⁻ˣ) / 2.</summary>
    /// <param name="x">The tensor.</param>
    public static Node Cosh(Node x) => 0.5 * (Exp(x) + Exp(-x));

    /// <summary>The inverse of <see cref="Sinh"/>.</summary>
    /// <param name="x">The tensor.</param>
    public static Node Asinh(Node x)
    {
        x = Float(x);
        var size = Abs(x);
        var value = Sign(x) * Log1p(size + x * x / (1 + Sqrt(x * x + 1)));
        return WithRule("Asinh", value, [x], static (x, y, c) => [c / Sqrt(x[0] * x[0] + 1)]);
    }

    /// <summary>Limits elements to an interval; the gradient is 1 on its border. NaN passes.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="min">The lower bound, or none.</param>
    /// <param name="max">The upper bound, or none.</param>
    public static Node Clamp(Node x, Node? min = null, Node? max = null)
    {
        if (min is not null) x = Where(x < min, min, x);
        return max is null ? x : Where(x > max, max, x);
    }

    /// <summary>The second derivative of digamma: ψ″(x).</summary>
    internal static Node Polygamma2(Node x)
    {
        // ψ″(x) = ψ″(x + n) − Σ 2 / (x + k)³, then the asymptotic series at x + n ≥ 10.
        var shift = Full(x.Type, 0);
        var z = x;
        for (var k = 0; k < 10; k++, z += 1) shift += -2 / (z * z * z);
        var w = 1 / (z * z);
        return shift - w - w / z - w * w * (0.5 - w * (1.0 / 6 - w * (1.0 / 6 - w * (0.3 - w * (5.0 / 6)))));
    }
}

public sealed partial class Node
{
#pragma warning disable CS1591 // The usual meaning, elementwise, with broadcasting.
    public static implicit operator Node(double value) => Ops.Scalar(value);
    public static implicit operator Node(int value) => Ops.Scalar((long)value);
    public static implicit operator Node(long value) => Ops.Scalar(value);
    public static Node operator +(Node a, Node b) => Ops.Add(a, b);
    public static Node operator -(Node a, Node b) => Ops.Sub(a, b);
    public static Node operator *(Node a, Node b) => Ops.Mul(a, b);
    public static Node operator /(Node a, Node b) => Ops.Div(a, b);
    public static Node operator %(Node a, Node b) => Ops.Rem(a, b);
    public static Node operator -(Node x) => Ops.Neg(x);
    public static Node operator <(Node a, Node b) => Ops.Less(a, b);
    public static Node operator >(Node a, Node b) => Ops.Greater(a, b);
    public static Node operator <=(Node a, Node b) => Ops.LessEqual(a, b);
    public static Node operator >=(Node a, Node b) => Ops.GreaterEqual(a, b);
#pragma warning restore CS1591
}
