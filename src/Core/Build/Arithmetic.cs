using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
#pragma warning disable CS1591 // Elementwise functions named as in mathematics; integers are promoted to float64 first where the result is not an integer.
    public static Node Neg(Node x) => Apply(Unary.Neg, x);
    public static Node Abs(Node x) => x.DType == DType.Bool ? x : Apply(Unary.Abs, x);
    public static Node Sign(Node x) => x.DType == DType.Bool ? x : Apply(Unary.Sign, x);
    public static Node Exp(Node x) => Apply(Unary.Exp, Float(x));
    public static Node Exp2(Node x) => Apply(Unary.Exp2, Float(x));
    public static Node Expm1(Node x) => Apply(Unary.Expm1, Float(x));
    public static Node Log(Node x) => Apply(Unary.Log, Float(x));
    public static Node Log2(Node x) => Apply(Unary.Log2, Float(x));
    public static Node Log10(Node x) => Apply(Unary.Log10, Float(x));
    public static Node Log1p(Node x) => Apply(Unary.Log1p, Float(x));
    public static Node Sqrt(Node x) => Apply(Unary.Sqrt, Float(x));
    public static Node Sin(Node x) => Apply(Unary.Sin, Float(x));
    public static Node Cos(Node x) => Apply(Unary.Cos, Float(x));
    public static Node Tan(Node x) => Apply(Unary.Tan, Float(x));
    public static Node Asin(Node x) => Apply(Unary.Asin, Float(x));
    public static Node Acos(Node x) => Apply(Unary.Acos, Float(x));
    public static Node Atan(Node x) => Apply(Unary.Atan, Float(x));
    public static Node Sinh(Node x) => Apply(Unary.Sinh, Float(x));
    public static Node Cosh(Node x) => Apply(Unary.Cosh, Float(x));
    public static Node Tanh(Node x) => Apply(Unary.Tanh, Float(x));
    public static Node Asinh(Node x) => Apply(Unary.Asinh, Float(x));
    public static Node Acosh(Node x) => Apply(Unary.Acosh, Float(x));
    public static Node Atanh(Node x) => Apply(Unary.Atanh, Float(x));
    public static Node Sigmoid(Node x) => Apply(Unary.Sigmoid, Float(x));
    public static Node Softplus(Node x) => Apply(Unary.Softplus, Float(x));
    public static Node Erf(Node x) => Apply(Unary.Erf, Float(x));
    public static Node Erfc(Node x) => Apply(Unary.Erfc, Float(x));
    public static Node ErfInv(Node x) => Apply(Unary.ErfInv, Float(x));
    public static Node LogGamma(Node x) => Apply(Unary.LogGamma, Float(x));
    public static Node Digamma(Node x) => Apply(Unary.Digamma, Float(x));
    public static Node Floor(Node x) => x.DType.IsSmooth ? Apply(Unary.Floor, x) : x;
    public static Node Ceiling(Node x) => x.DType.IsSmooth ? Apply(Unary.Ceiling, x) : x;
    public static Node Round(Node x) => x.DType.IsSmooth ? Apply(Unary.Round, x) : x;
    public static Node Truncate(Node x) => x.DType.IsSmooth ? Apply(Unary.Truncate, x) : x;

    public static Node Add(Node a, Node b) => Apply(Binary.Add, a, b);
    public static Node Mul(Node a, Node b) => Apply(Binary.Mul, a, b);
    public static Node Atan2(Node a, Node b) => OfReals(Binary.Atan2, a, b);
    public static Node Hypot(Node a, Node b) => OfReals(Binary.Hypot, a, b);
    public static Node Less(Node a, Node b) => Apply(Binary.Less, a, b);
    public static Node LessEqual(Node a, Node b) => Apply(Binary.LessEqual, a, b);
    public static Node Greater(Node a, Node b) => Apply(Binary.Less, RealOnly(b), RealOnly(a), nameof(Greater));
    public static Node GreaterEqual(Node a, Node b) => Apply(Binary.LessEqual, RealOnly(b), RealOnly(a), nameof(GreaterEqual));
    public static Node Equal(Node a, Node b) => Apply(Binary.Equal, a, b);
    public static Node NotEqual(Node a, Node b) => Not(Apply(Binary.Equal, a, b, nameof(NotEqual)));
    public static Node Not(Node x) => Equal(Cast(x, DType.Bool), Scalar(0, DType.Bool));
    public static Node And(Node a, Node b) => Apply(Binary.Min, Cast(a, DType.Bool), Cast(b, DType.Bool), nameof(And));
    public static Node Or(Node a, Node b) => Apply(Binary.Max, Cast(a, DType.Bool), Cast(b, DType.Bool), nameof(Or));
    public static Node IsNaN(Node x) => NotEqual(x, x);

    public static Node Square(Node x) => x * x;
    public static Node Reciprocal(Node x) => 1 / Float(x);
    public static Node Rsqrt(Node x) => 1 / Sqrt(x);
    public static Node Relu(Node x) => Where(RealOnly(x) <= 0, 0, x);
    public static Node Silu(Node x) => Gated("Silu", x, Sigmoid, static (z, gate) => gate * Sigmoid(-z));
    public static Node LogSigmoid(Node x) => -Softplus(-Float(RealOnly(x)));
    public static Node Mish(Node x) => Gated("Mish", x, static z => Tanh(Softplus(z)), static (z, gate) => Sigmoid(z) * (1 - gate * gate));
#pragma warning restore CS1591

    /// <summary>a / b as a real number; integers are promoted to float64.</summary>
    /// <param name="a">The numerator.</param>
    /// <param name="b">The denominator.</param>
    public static Node Div(Node a, Node b) => OfReals(Binary.Div, a, b);

    private static Node OfReals(Binary op, Node a, Node b)
    {
        (a, b) = Reals(a, b, op.Title);
        return Apply(op, a, b);
    }

    /// <summary>x / (1 + |x|).</summary>
    /// <param name="x">The tensor.</param>
    public static Node Softsign(Node x)
    {
        x = Float(x);
        if (x.DType.IsHalf) return Wide(x, Softsign);
        return Sloped("Softsign", Where(Equal(Abs(x), double.PositiveInfinity), Sign(x), x / (1 + Abs(x))), x, static x => Square(Reciprocal(1 + Abs(x))));
    }

    /// <summary>The larger of two, elementwise; NaN wins. The largest of a tensor is <see cref="MaxOver"/>.</summary>
    /// <param name="a">One tensor.</param>
    /// <param name="b">The other tensor.</param>
    public static Node Max(Node a, Node b) => Apply(Binary.Max, a, b);

    /// <summary>The smaller of two, elementwise; NaN wins. The smallest of a tensor is <see cref="MinOver"/>.</summary>
    /// <param name="a">One tensor.</param>
    /// <param name="b">The other tensor.</param>
    public static Node Min(Node a, Node b) => Apply(Binary.Min, a, b);

    /// <summary>a − b; integers wrap.</summary>
    /// <param name="a">The minuend.</param>
    /// <param name="b">The subtrahend.</param>
    /// <exception cref="ShapeException">Both are truth values, whose difference is none.</exception>
    public static Node Sub(Node a, Node b) => Difference(a, b);

    private static Node Difference(Node a, Node b, [CallerMemberName] string operation = "")
    {
        // In the common type: the opposite of a narrow or unsigned number is no member of its own type.
        (a, b) = Match(a, b, operation);
        if (a.DType == DType.Bool) throw new ShapeException($"{operation} is not defined for {a.Type}; cast it first");
        return Apply(Binary.Add, a, Neg(b));
    }

    /// <summary>
    /// ⌊a / b⌋, of the quotient itself rather than of its rounding: 1 over the float64 0.1 gives 9. An integer over zero gives 0, so that
    /// <c>Where(b != 0, FloorDiv(a, b), …)</c> is safe; the smallest integer over −1 wraps.
    /// </summary>
    /// <param name="a">The numerator.</param>
    /// <param name="b">The denominator.</param>
    /// <exception cref="ShapeException">Both are truth values.</exception>
    public static Node FloorDiv(Node a, Node b) => Apply(Binary.FloorDiv, a, b);

    /// <summary>The remainder with the sign of the divisor, a − b·⌊a / b⌋; 0 for an integer over zero.</summary>
    /// <param name="a">The numerator.</param>
    /// <param name="b">The denominator.</param>
    /// <exception cref="ShapeException">Both are truth values.</exception>
    public static Node Rem(Node a, Node b) => Apply(Binary.Rem, a, b);

    /// <summary>a to the power b. Integers wrap; to a negative power they give 0, but ±1 for the base ±1.</summary>
    /// <param name="a">The base.</param>
    /// <param name="b">The exponent.</param>
    /// <exception cref="ShapeException">Both are truth values.</exception>
    public static Node Pow(Node a, Node b) => Apply(Binary.Pow, a, b);

    /// <summary>max(x, 0) + slope·min(x, 0).</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="slope">The slope below zero.</param>
    public static Node LeakyRelu(Node x, double slope = 0.01) => Where(RealOnly(x) > 0, x, x * slope);

    /// <summary>x above zero, alpha·(eˣ − 1) below.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="alpha">Minus the limit at −∞.</param>
    public static Node Elu(Node x, double alpha = 1)
    {
        x = Float(RealOnly(x));
        if (x.DType.IsHalf) return Wide(x, x => Elu(x, alpha));
        var below = x < 0;
        // At zero the slope is that of the exponential, and there is no curvature, as in PyTorch.
        var above = alpha == 1 ? x : Where(Equal(x, 0), alpha * x, x);
        return Where(below, alpha * Expm1(Where(below, x, 0)), above);
    }

    /// <summary>x·Φ(x), where Φ is the normal distribution function; or its approximation by tanh.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="tanh">Use 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).</param>
    public static Node Gelu(Node x, bool tanh = false) => tanh
        ? Gated("GeluTanh", x, static z => Sigmoid(Bend(z)), static (z, gate) => gate * Sigmoid(-Bend(z)) * (Math.Sqrt(8 / Math.PI) * (1 + 3 * 0.044715 * z * z)))
        : Gated("Gelu", x, static z => 0.5 * Erfc(z * -Math.Sqrt(0.5)), static (z, gate) => Exp(-0.5 * (z * z)) * (1 / Math.Sqrt(2 * Math.PI)));

    private static Node Bend(Node z) => Math.Sqrt(8 / Math.PI) * (z + 0.044715 * z * z * z);

    // x·gate(x) for a gate that rises from 0 to 1, and has done so to the last digit at ±800: beyond, the product is 0 or x, so that
    // infinities have their limits. The rise is the gate's slope. All that is made of them has slope 0 there, so that the slope of the bounds themselves never counts.
    private static Node Gated(string name, Node x, Func<Node, Node> gate, Func<Node, Node, Node> rise, [CallerMemberName] string operation = "")
    {
        static Node Near(Node x) => Max(Min(x, 800), -800);
        x = Float(RealOnly(x, operation));
        if (x.DType.IsHalf) return Wide(x, x => Gated(name, x, gate, rise));
        var z = Near(x);
        return Sloped(name, Where(x >= 800, x, z * gate(z)), x, x => WithRule("Near", Near(x), [x], (_, _, c) => [c]) is var z ? gate(z) + z * rise(z, gate(z)) : x);
    }

    // A function of one number whose slope is handed on as a whole: were it a sum over the ways through a formula, an infinite
    // cotangent would become ∞ − ∞.
    private static Node Sloped(string name, Node value, Node x, Func<Node, Node> slope) => WithRule(name, value, [x], (x, y, c) => [c * slope(x[0])]);

    /// <summary>
    /// Limits elements to an interval; the gradient is 1 on its border. An element or a bound that is NaN gives NaN, without a gradient.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="min">The lower bound, or none.</param>
    /// <param name="max">The upper bound, or none.</param>
    public static Node Clamp(Node x, Node? min = null, Node? max = null)
    {
        if (min is not null) x = Bounded(x, min, LessEqual, Greater);
        return max is null ? x : Bounded(x, max, GreaterEqual, Less);
    }

    private static Node Bounded(Node x, Node bound, Func<Node, Node, Node> within, Func<Node, Node, Node> beyond)
    {
        (x, bound) = Match(RealOnly(x, "Clamp"), RealOnly(bound, "Clamp"), "Clamp");
        var moved = x.DType.IsFloat ? Where(beyond(bound, x), bound, Scalar(double.NaN, x.DType)) : bound;
        return Where(within(bound, x), x, moved);
    }
}

public sealed partial class Node
{
#pragma warning disable CS1591 // The usual meaning, elementwise, with broadcasting.
    public static implicit operator Node(double value) => Ops.Scalar(value);
    public static implicit operator Node(int value) => Ops.Scalar((long)value);
    public static implicit operator Node(long value) => Ops.Scalar(value);
    public static implicit operator Node(System.Numerics.Complex value) => Ops.ToComplex(Ops.Scalar(value.Real), Ops.Scalar(value.Imaginary));
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
