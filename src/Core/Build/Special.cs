using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    // Two tensors of one floating-point type: integers beside floating-point numbers take their type, others become float64.
    private static (Node A, Node B) Reals(Node a, Node b, [CallerMemberName] string operation = "")
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.DType.IsSmooth || b.DType.IsSmooth ? Match(a, b, operation) : Match(Float(a), Float(b), operation);
    }

    /// <summary>The derivative of the digamma function of an order; digamma itself for order 0. https://pytorch.org/docs/2.6/generated/torch.polygamma.html</summary>
    /// <param name="order">How often digamma is differentiated, at least 0.</param>
    /// <param name="x">The tensor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    public static Node Polygamma(int order, Node x)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        return order == 0 ? Digamma(x) : Make(new Polygamma(order), Float(x));
    }

    /// <summary>
    /// log(eᵃ + eᵇ) without overflow; integers become float64. The derivative at two equal infinities is NaN, as PyTorch's.
    /// https://pytorch.org/docs/2.6/generated/torch.logaddexp.html
    /// </summary>
    /// <param name="a">One tensor.</param>
    /// <param name="b">The other tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Node LogAddExp(Node a, Node b)
    {
        (a, b) = Reals(RealOnly(a), RealOnly(b));
        // Equal infinities have no difference; and the slope is smooth where the larger of the two changes.
        var value = Where(Equal(a, b), a + Math.Log(2), Max(a, b) + Softplus(-Abs(a - b)));
        return WithRule("LogAddExp", value, [a, b], static (x, y, c) => [c * Sigmoid(x[0] - x[1]), c * Sigmoid(x[1] - x[0])]);
    }

    /// <summary>
    /// x·log y, and 0 where x is 0, unless y is NaN; integers become float64. At x = 0, y ≤ 0 the derivatives are 0.
    /// https://pytorch.org/docs/2.6/special.html#torch.special.xlogy
    /// </summary>
    /// <param name="x">The factor.</param>
    /// <param name="y">What the logarithm is taken of.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Node Xlogy(Node x, Node y)
    {
        (x, y) = Reals(RealOnly(x), RealOnly(y));
        static Node Idle(Node x, Node y) => And(Equal(x, 0), y <= 0);
        static Node Domain(Node x, Node y) => Where(Idle(x, y), 1, y);
        var value = Where(And(Equal(x, 0), Equal(y, double.PositiveInfinity)), 0, x * Log(Domain(x, y)));
        return WithRule("Xlogy", value, [x, y], static (v, _, c) =>
        {
            var (idle, y) = (Idle(v[0], v[1]), Domain(v[0], v[1]));
            return [Where(idle, 0, c * Log(y)), Where(idle, 0, c * (v[0] / y))];
        });
    }

    /// <summary>
    /// sin(πx) / (πx), and 1 at 0, where it is smooth; 0 at all other integers and at ±∞. Integers become float64.
    /// https://pytorch.org/docs/2.6/generated/torch.sinc.html
    /// </summary>
    /// <param name="x">The tensor.</param>
    public static Node Sinc(Node x)
    {
        x = Float(RealOnly(x));
        var near = Square(x) <= 0.25;
        // Near 0 the series, whose derivatives of all orders are series too: 1 − z/6·(1 − z/20·(1 − …)), z = (πx)².
        Node z = Square(Math.PI * Where(near, x, 0)), series = 1;
        for (var k = 28; k > 0; k -= 2) series = 1 - z * series * (1.0 / (k * (k + 1)));
        // Elsewhere the sine of the distance from the nearest integer, which is exact; numbers beyond 2⁵³ are even, and so are infinities here.
        var turn = x - 2 * Round(0.5 * x);
        turn = Where(turn > 0.5, 1 - turn, Where(turn < -0.5, -1 - turn, turn));
        return Where(near, series, Sin(Math.PI * Where(IsNaN(turn), 0, turn)) / (Math.PI * Where(near, 1, x)));
    }

    /// <summary>
    /// Numbers in place of NaN and infinities, which then have no derivative; integers are what they are. https://pytorch.org/docs/2.6/generated/torch.nan_to_num.html
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="nan">For NaN.</param>
    /// <param name="posInf">For ∞; the largest finite number of the element type when left out.</param>
    /// <param name="negInf">For −∞; the least finite number of the element type when left out.</param>
    public static Node NanToNum(Node x, double nan = 0, double? posInf = null, double? negInf = null)
    {
        if (x.DType.IsComplex) return ToComplex(NanToNum(Real(x), nan, posInf, negInf), NanToNum(Imag(x), nan, posInf, negInf));
        if (!x.DType.IsFloat) return x;
        var largest = x.DType.Largest;
        var finite = Where(Equal(x, double.PositiveInfinity), posInf ?? largest, Where(Equal(x, double.NegativeInfinity), negInf ?? -largest, x));
        return Where(IsNaN(x), nan, finite);
    }
}
