using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    // Complex numbers: operations on them are operations on their real and imaginary parts, so that they have derivatives, batches and plans without being known there.

    /// <summary>
    /// Two real tensors as one complex tensor: float32 as complex64, float64 as complex128, half types as complex64, integers as complex128; they broadcast. The derivative of a real function
    /// of it is ∂/∂re + i·∂/∂im, PyTorch's convention. https://pytorch.org/docs/2.6/generated/torch.complex.html
    /// </summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or a part is complex.</exception>
    public static Node ToComplex(Node real, Node imaginary)
    {
        var (re, im) = Reals(RealOnly(real), RealOnly(imaginary));
        return new Node(Primitives.ComplexOf.Instance, Part(re), Part(im));

        // Of two bare numbers it is a bare number.
        static Node Part(Node x) => x.DType.IsHalf ? Cast(x, x.DType.Compute) : x;
    }

    /// <summary>The real parts; a real tensor itself. https://pytorch.org/docs/2.6/generated/torch.real.html</summary>
    /// <param name="x">The tensor.</param>
    public static Node Real(Node x) => !x.DType.IsComplex ? x : Literals(x) is { } parts ? parts[0] : new Node(new Component(false), x);

    /// <summary>The imaginary parts; zeros of a real tensor. https://pytorch.org/docs/2.6/generated/torch.imag.html</summary>
    /// <param name="x">The tensor.</param>
    public static Node Imag(Node x) => !x.DType.IsComplex ? Like(x, 0) : Literals(x) is { } parts ? parts[1] : new Node(new Component(true), x);

    // Constants may be looked into, and bare ones stay bare.
    private static ImmutableArray<Node>? Literals(Node x) => x.Op is Primitives.ComplexOf && x.Inputs.All(p => Constant(p) is not null) ? x.Inputs : null;

    /// <summary>The conjugate: the imaginary part's sign turned. https://pytorch.org/docs/2.6/generated/torch.conj.html</summary>
    /// <param name="x">The tensor; a real one is its own conjugate.</param>
    public static Node Conj(Node x) => x.DType.IsComplex ? ToComplex(Real(x), -Imag(x)) : x;

    /// <summary>The angle in radians, −π … π; of real numbers 0 or π. https://pytorch.org/docs/2.6/generated/torch.angle.html</summary>
    /// <param name="x">The tensor.</param>
    public static Node Angle(Node x) => x.DType.IsComplex ? Where(IsOrigin(x), Atan2(Detach(Imag(x)), Detach(Real(x))), Atan2(Imag(OffOrigin(x)), Real(OffOrigin(x))))
        : Float(x) is var r ? Where(IsNaN(r), r, Where(r < 0, Math.PI, Like(r, 0))) : x;

    /// <summary>The complex numbers of given sizes and angles. https://pytorch.org/docs/2.6/generated/torch.polar.html</summary>
    /// <param name="size">The absolute values.</param>
    /// <param name="angle">The angles in radians.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Node Polar(Node size, Node angle) => Reals(RealOnly(size), RealOnly(angle)) is var (r, t) ? ToComplex(r * Cos(t), r * Sin(t)) : size;

    /// <summary>[…, 2] real numbers: the parts. https://pytorch.org/docs/2.6/generated/torch.view_as_real.html</summary>
    /// <param name="x">A complex tensor.</param>
    /// <exception cref="ShapeException">The tensor is not complex.</exception>
    public static Node ViewAsReal(Node x) => x.DType.IsComplex ? Stack([Real(x), Imag(x)], -1) : throw new ShapeException($"ViewAsReal: {x.Type} is not complex");

    /// <summary>The complex numbers whose parts stand in the last axis. https://pytorch.org/docs/2.6/generated/torch.view_as_complex.html</summary>
    /// <param name="x">[…, 2], real.</param>
    /// <exception cref="ShapeException">The last axis is not of size 2, or the tensor is complex.</exception>
    public static Node ViewAsComplex(Node x)
    {
        if (x.Type.Rank == 0 || x.Shape[^1] != 2 || x.DType.IsComplex) throw new ShapeException($"ViewAsComplex: {x.Type} does not hold parts in its last axis");
        Node Part(int k) => Squeeze(SliceAxis(x, -1, k, k + 1), -1);
        return ToComplex(Part(0), Part(1));
    }

    private static Node CastComplex(Node x, DType to) =>
        to.IsComplex ? ToComplex(Cast(Real(x), to.PartType), Cast(Imag(x), to.PartType)) :
        to == DType.Bool ? Or(Cast(Real(x), to), Cast(Imag(x), to)) : Cast(Real(x), to);

    private static Node OfComplex(Op op, ImmutableArray<Node> x)
    {
        Node Parts(Func<Node, Node> part) => Make(op, [.. x.Select(v => v.DType.IsComplex ? part(v) : v)]);
        return op switch
        {
            Unary unary => OfComplex(unary, x[0]),
            Binary binary => OfComplex(binary, x[0], x[1]),
            Dot => Product((a, b) => Make(op, a, b), x[0], x[1]),
            Reduce { How: Combine.Prod } reduce => Multiplied(x[0], reduce.Axes),
            _ when op.Elements >= Op.Handling.Adds => ToComplex(Parts(Real), Parts(Imag)),
            _ => throw NotOfComplex(op, x[0]),
        };
    }

    private static ShapeException NotOfComplex(Op op, Node x) => new($"{op} is not defined for {x.Type}");

    private static Node Product(Func<Node, Node, Node> times, Node a, Node b) =>
        ToComplex(times(Real(a), Real(b)) - times(Imag(a), Imag(b)), times(Real(a), Imag(b)) + times(Imag(a), Real(b)));

    private static Node OfComplex(Binary op, Node a, Node b) =>
        op == Binary.Add ? ToComplex(Real(a) + Real(b), Imag(a) + Imag(b)) :
        op == Binary.Mul ? Product(Mul, a, b) :
        op == Binary.Div ? Quotient(a, b) :
        op == Binary.Pow ? PowComplex(a, b) :
        op == Binary.Equal ? And(Equal(Real(a), Real(b)), Equal(Imag(a), Imag(b))) :
        throw NotOfComplex(op, a);

    // Divided by the larger part first, which for the derivative is a number: the quotient does not depend on it.
    private static Node Quotient(Node a, Node b)
    {
        var scale = Detach(Max(Abs(Real(b)), Abs(Imag(b))));
        var (re, im) = (Real(b) / scale, Imag(b) / scale);
        var divisor = Real(b) * re + Imag(b) * im;
        return ToComplex((Real(a) * re + Imag(a) * im) / divisor, (Imag(a) * re - Real(a) * im) / divisor);
    }

    private static Node OfComplex(Unary op, Node z)
    {
        var (x, y) = (Real(z), Imag(z));
        return
            op == Unary.Neg ? ToComplex(-x, -y) :
            op == Unary.Abs ? Where(IsOrigin(z), 0, Hypot(Real(OffOrigin(z)), Imag(OffOrigin(z)))) :
            op == Unary.Sign ? Where(IsOrigin(z), Cast(0.0, z.DType), z / Cast(Abs(z), z.DType)) :
            op == Unary.Exp ? Polar(Exp(x), y) :
            op == Unary.Exp2 ? Exp(z * Math.Log(2)) :
            op == Unary.Expm1 ? ToComplex(Expm1(x) * Cos(y) - 2 * Square(Sin(0.5 * y)), Exp(x) * Sin(y)) :
            op == Unary.Log ? ToComplex(Log(Hypot(x, y)), Atan2(y, x)) :
            op == Unary.Log2 ? Log(z) * (1 / Math.Log(2)) :
            op == Unary.Log10 ? Log(z) * (1 / Math.Log(10)) :
            op == Unary.Log1p ? ToComplex(Log1pSize(x, y), Atan2(y, 1 + x)) :
            op == Unary.Sqrt ? Root(z) :
            op == Unary.Sin ? ToComplex(Sin(x) * Cosh(y), Cos(x) * Sinh(y)) :
            op == Unary.Cos ? ToComplex(Cos(x) * Cosh(y), -Sin(x) * Sinh(y)) :
            op == Unary.Sinh ? ToComplex(Sinh(x) * Cos(y), Cosh(x) * Sin(y)) :
            op == Unary.Cosh ? ToComplex(Cosh(x) * Cos(y), Sinh(x) * Sin(y)) :
            op == Unary.Tanh ? TanhOf(x, y) :
            op == Unary.Tan ? Turned(TanhOf(-y, x)) :
            op == Unary.Asin ? AsinOf(x, y) :
            op == Unary.Acos ? AcosOf(x, y) :
            op == Unary.Atan ? Turned(AtanhOf(-y, x)) :
            op == Unary.Asinh ? Turned(AsinOf(-y, x)) :
            op == Unary.Acosh ? AcoshOf(x, y) :
            op == Unary.Atanh ? AtanhOf(x, y) :
            op == Unary.Sigmoid ? SigmoidOf(z) :
            throw NotOfComplex(op, z);
    }

    private static Node IsOrigin(Node z) => And(Equal(Real(z), 0), Equal(Imag(z), 0));

    // Where an absolute value or an angle has no derivative, that of a constant is taken: 0, as in PyTorch.
    private static Node OffOrigin(Node z) => Where(IsOrigin(z), Cast(1.0, z.DType), z);

    // −i·z.
    private static Node Turned(Node z) => ToComplex(Imag(z), -Real(z));

    // Without cancellation; the slope is that of the whole.
    private static Node Root(Node z)
    {
        var (x, y) = (Real(z), Imag(z));
        var half = Sqrt(0.5 * (Abs(x) + Hypot(x, y)));
        var other = Where(Equal(half, 0), 0, Abs(y) / (2 * Where(Equal(half, 0), 1, half)));
        // Sign knows no −0: the angle does.
        var sign = Where(Atan2(y, x) < 0, -1.0, Like(x, 1));
        return WithRule("ComplexSqrt", ToComplex(Where(x < 0, other, half), sign * Where(x < 0, half, other)), [z], (_, y, c) => [c / Conj(2 * y)]);
    }

    // The exponential is that of a number left of 0, so that it does not overflow.
    private static Node SigmoidOf(Node z)
    {
        Node left = Real(z) < 0, e = Exp(Where(left, z, -z));
        return Where(left, e, 1) / (1 + e);
    }

    // With T = tanh x and t = tan y: (T·(1 + t²) + i·t·(1 − T²)) / (1 + T²·t²), where 1 − T² = 1/cosh² x.
    private static Node TanhOf(Node x, Node y)
    {
        Node wide = Tanh(x), slope = Tan(y), divisor = 1 + Square(wide * slope);
        return ToComplex(wide * (1 + Square(slope)) / divisor, slope * Square(1 / Cosh(x)) / divisor);
    }

    // Kahan, "Branch cuts for complex elementary functions", 1987.
    private static Node AsinOf(Node x, Node y)
    {
        Node below = Sqrt(ToComplex(1 - x, -y)), above = Sqrt(ToComplex(1 + x, y));
        return ToComplex(Atan2(x, Real(below * above)), Asinh(Imag(Conj(below) * above)));
    }

    private static Node AcosOf(Node x, Node y)
    {
        Node below = Sqrt(ToComplex(1 - x, -y)), above = Sqrt(ToComplex(1 + x, y));
        return ToComplex(2 * Atan2(Real(below), Real(above)), Asinh(Imag(Conj(above) * below)));
    }

    private static Node AcoshOf(Node x, Node y)
    {
        Node below = Sqrt(ToComplex(x - 1, y)), above = Sqrt(ToComplex(x + 1, y));
        return ToComplex(Asinh(Real(Conj(below) * above)), 2 * Atan2(Imag(below), Real(above)));
    }

    // The logarithm is that of a number which is 1 or more: below that its digits are lost.
    private static Node AtanhOf(Node x, Node y)
    {
        Node turned = x < 0, size = Where(turned, -x, x);
        var far = Hypot(1 - size, y);
        var log = 0.25 * Log1p(4 * Where(Equal(far, double.PositiveInfinity), 0, size / far / far));
        return ToComplex(Where(turned, -log, log), 0.5 * (Atan2(y, 1 + x) + Atan2(y, 1 - x)));
    }

    // log |1 + z|, whose square is not made of large numbers.
    private static Node Log1pSize(Node x, Node y)
    {
        var small = And(Abs(x) < 0.5, Abs(y) < 0.5);
        var (u, v) = (Where(small, x, 0), Where(small, y, 0));
        return Where(small, 0.5 * Log1p(u * (2 + u) + v * v), Log(Hypot(Where(small, 1, 1 + x), Where(small, 0, y))));
    }

    // Powers with small whole exponents are products; 0 to the power 0 is 1, to one right of 0 it is 0, and else not defined.
    private static Node PowComplex(Node a, Node b)
    {
        if (Literals(b) is [var real, var imaginary] && Constant(real) is { } re && Constant(imaginary) is { } im && im.Is(0))
        {
            if (re.Is(0)) return Full(a.Type, 1);
            if (re.Is(1)) return a;
            if (re.Is(-1)) return 1 / a;
            if (re.Value is > 1 and <= 16 and var n && Math.Truncate(n) == n) return WholePower(a, (int)n);
        }
        var origin = IsOrigin(a);
        var power = Where(IsOrigin(b), 1, Where(Real(b) > 0, 0, Cast(ToComplex(double.NaN, double.NaN), a.DType)));
        return Where(origin, power, Exp(b * Log(Where(origin, Cast(1.0, a.DType), a))));
    }

    private static Node WholePower(Node a, int n) => n == 1 ? a : WholePower(a * a, n / 2) is var even && n % 2 == 0 ? even : even * a;

    // By pairs, as real products are.
    private static Node Multiplied(Node x, Dims axes)
    {
        (x, _) = AxesLast(x, axes);
        if (x.Shape[^1] == 0) return Full(new TensorType(x.DType, x.Shape[..^1]), 1);
        while (x.Shape[^1] is > 1 and var n)
        {
            var pairs = SliceAxis(x, -1, 0, n - n % 2, 2) * SliceAxis(x, -1, 1, n, 2);
            x = n % 2 == 0 ? pairs : Concat([pairs, SliceAxis(x, -1, n - 1, n)], -1);
        }
        return Squeeze(x, -1);
    }
}
