using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>Elementwise functions.</summary>
public static partial class Catalogue
{
    private static Row Scalar(Unary op, (double, double)[] intervals, params double[] special) => Map(op.Title, x => new Node(op, x), intervals, special);

    // At round numbers there are steps alone.
    private static Row Steps(Unary op, (double, double)[] intervals, params double[] special) => Scalar(op, intervals, special) with { Round = null };

    private static IEnumerable<Row> Scalars() =>
    [
        Scalar(Unary.Neg, Domains.Line), Scalar(Unary.Abs, [(-3, 0), (0, 3), (1e-5, 1e5)]), Scalar(Unary.Sign, [(-3, 0), (0, 3)]),
        Scalar(Unary.Exp, [.. Domains.Line, (-80, -30), (30, 80)]), Scalar(Unary.Exp2, [.. Domains.Line, (-100, -30), (30, 100)], 8, 52, -52, 1023, -1074), Scalar(Unary.Expm1, [.. Domains.Line, (30, 80)]),
        Scalar(Unary.Log, Domains.Positive), Scalar(Unary.Log2, Domains.Positive, 8, 1024), Scalar(Unary.Log10, Domains.Positive, 10, 1000), Scalar(Unary.Log1p, [(-0.99, 3), (-1e-6, 1e-6), (3, 1e30)]),
        Scalar(Unary.Sqrt, Domains.Positive, 4, 1e10), Scalar(Unary.Sin, [.. Domains.Line, (1e3, 1e4)], Math.PI, 1e15), Scalar(Unary.Cos, [.. Domains.Line, (1e3, 1e4)], Math.PI / 2, 1e15),
        Scalar(Unary.Tan, [(-1.5, 1.5), (1.7, 4.6), (-1e-6, 1e-6)], Math.PI / 2), Scalar(Unary.Asin, Domains.Unit), Scalar(Unary.Acos, Domains.Unit), Scalar(Unary.Atan, [.. Domains.Line, (30, 1e10)]),
        Scalar(Unary.Sinh, Domains.Line), Scalar(Unary.Cosh, Domains.Line), Scalar(Unary.Tanh, Domains.Line), Scalar(Unary.Asinh, [.. Domains.Line, (30, 1e10)]), Scalar(Unary.Acosh, [(1.0001, 3), (3, 1e10)]), Scalar(Unary.Atanh, Domains.Unit),
        Scalar(Unary.Sigmoid, Domains.Line), Scalar(Unary.Softplus, Domains.Line), Scalar(Unary.Erf, [(-2, 2), (-5, 5), (-1e-6, 1e-6)]), Scalar(Unary.Erfc, [(-2, 2), (-5, 5), (5, 8)], 6, 26, 28),
        Scalar(Unary.ErfInv, [(-0.9, 0.9), (0.9, 0.9999), (-0.9999, -0.9), (-1e-5, 1e-5)]),
        Scalar(Unary.LogGamma, Domains.Gamma), Scalar(Unary.Digamma, Domains.Gamma),
        new("Polygamma", t =>
        {
            var (order, s) = (1 + t.Next(4), t.Shape(t.Pick(1, 2, 0)));
            return new($"Polygamma {order}", [t.Inside(s, Domains.Gamma)], x => Polygamma(order, x[0]));
        })
        { Special = t => At(1 + t.Next(3), n => new($"Polygamma {n} at special points", [t.Among([9], 1, 0.5, 2, -0.5, -1.5, 40, 1e5, double.PositiveInfinity, double.NaN)], x => Polygamma(n, x[0]))) },
        Steps(Unary.Floor, Domains.Steps), Steps(Unary.Ceiling, Domains.Steps), Steps(Unary.Round, [(-0.49, 0.49), (0.51, 1.49), (-1.49, -0.51), (1e5 + 0.6, 1e5 + 0.9)], 3.5, -2.5, 4503599627370497.5), Steps(Unary.Truncate, Domains.Steps),
        Map2("Add", Exactly(Binary.Add), Domains.Line, Domains.Line), Map2("Mul", Exactly(Binary.Mul), Domains.Line, Domains.Line), Map2("Div", Exactly(Binary.Div), Domains.Line, Domains.Away),
        Map2("Pow", Exactly(Binary.Pow), [(0.01, 3), (0.5, 20)], [(-3, 3), (-1e-5, 1e-5), (1, 1.00001)]),
        Map2("Atan2", Exactly(Binary.Atan2), [.. Domains.Away, (-1e-6, 1e-6)], Domains.Away), Map2("Hypot", Exactly(Binary.Hypot), [.. Domains.Away, (-1e-6, 1e-6)], Domains.Away),
        Map2("Max", Exactly(Binary.Max), Domains.Line, Domains.Line), Map2("Min", Exactly(Binary.Min), Domains.Line, Domains.Line), Map2("Rem", Exactly(Binary.Rem), [(-10, 10), (-0.4, 0.4)], Domains.Away), Map2("FloorDiv", Exactly(Binary.FloorDiv), [(-10, 10), (-0.4, 0.4)], Domains.Away),
        Test(Binary.Less), Test(Binary.LessEqual), Test(Binary.Equal),
        new("Select", t => Sized(t, s =>
        {
            var mask = t.Indices(s, 2);
            return new("Select", [t.Leaf(s), t.Leaf(s)], x => Where(Equal(mask, 1), x[0] * x[1], Sin(x[1])));
        }), "Where")
        { Special = t => new("Select at special points", [t.Among([40], Domains.Extremes), t.Among([40], Domains.Extremes)], x => Where(x[0] <= x[1], x[0], x[1] * 2)) },
        Map("Cast", x => x * Cast(Cast(x < 0, DType.Int64), x.DType) + Cast(Cast(x, DType.Float32), x.DType), [(-2, 0), (0, 2)], without: [double.MaxValue, double.MinValue, 1e300, -1e300, 1e160]) with { Silent = Detaching },
    ];

    private static Func<Node, Node, Node> Exactly(Binary op) => (a, b) => new Node(op, a, b);

    // A truth value as a factor, so that what it decides is seen.
    private static Row Test(Binary op) => Map2(op.Title, (a, b) => Cast(new Node(op, a, b), a.DType) * Where(Less(a, b), 2, 3), [(-2, 2)], [(-2, 2)]);

    private static IEnumerable<Row> ScalarComposites() =>
    [
        Map("Relu", Relu, Domains.Kinked), Map("LeakyRelu", x => LeakyRelu(x, 0.1), Domains.Kinked), Map("Elu", x => Elu(x, 1.3), Domains.Kinked), Map("Silu", Silu, Domains.Line), Map("LogSigmoid", LogSigmoid, Domains.Line), Map("Mish", Mish, Domains.Line),
        Map("Softsign", Softsign, Domains.Kinked), Map("Gelu", x => Gelu(x), Domains.Line), Map("GeluTanh", x => Gelu(x, true), [(-2, 2), (-6, 6)], covers: ["Gelu"]), Map("Square", Square, Domains.Line), Map("Reciprocal", Reciprocal, Domains.Away), Map("Rsqrt", Rsqrt, Domains.Positive),
        Map("Clamp", x => Clamp(x, -1, 1.5), [(-1, 1.5), (-3, -1), (1.5, 4)], [1.5]), Map("Clamp from below", x => Clamp(x, -1), [(-1, 2), (-3, -1)], covers: ["Clamp"]), Map("Clamp from above", x => Clamp(x, null, 1), [(-1, 1), (1, 3)], covers: ["Clamp"]),
        Map2("Clamp between tensors", (x, y) => Clamp(x, y - 1, y + 1), [(-3, 3)], [(-1, 1)], covers: ["Clamp"]),
        Map2("Sub", Sub, Domains.Line, Domains.Line), Map("IsNaN", x => Where(IsNaN(x), 5, x * x), Domains.Line),
        Map2("Comparisons", (a, b) => Where(Greater(a, b), a, b) + 2 * Where(GreaterEqual(a, b), a * b, b) + 3 * Cast(NotEqual(a, b), a.DType) * a, [(-2, 2)], [(-2, 2)], covers: ["Greater", "GreaterEqual", "NotEqual"], without: [double.MaxValue, double.MinValue]),
        Map2("Logic", (a, b) => Where(And(a > 0, Or(b > 0, Not(a > 1))), a * b, a - b), [(-2, 2)], [(-2, 2)], covers: ["And", "Or", "Not"]),
        new("Powers", t =>
        {
            var k = t.Pick(2.0, 3, 1, 0, -1, -2, 4, 0.5, 1.5, -0.5, 7, 65);
            return new($"power {k}", [t.Inside(t.Sizes(t.Pick(2, 1, 0)), k % 1 == 0 && k < 65 ? [(-3, 0), (0, 3)] : [(0.01, 3)])], x => Pow(x[0], k));
        }, "Pow")
        { Special = t => At(t.Pick(2.0, 3, 1, 0, -1, -2, 4, 0.5, 1.5, -0.5), k => new($"power {k} at special points", [t.Among([40], Domains.Extremes)], x => Pow(x[0], k))) },
        Map2("LogAddExp", LogAddExp, Domains.Line, Domains.Line), Map2("Xlogy", Xlogy, [(0.1, 3), (0.01, 30), (-3, 3)], Domains.Positive), Map("NanToNum", x => NanToNum(x, 2, 3, -4) * x, Domains.Line),
        Map("Sinc", Sinc, [(-0.5, 0.5), (-1e-6, 1e-6), (0.5, 0.95), (-2.4, -1.6), (19.6, 20.4), (1000.6, 1001.4)]) with
        {
            // Few at a time: far out, and beside odd numbers, the nearest even number is in doubt.
            Special = t => new("Sinc at special points", [t.Among([1 + t.Next(3)], [.. Domains.Extremes, 1, -3, 1e15])], x => Sinc(x[0])),
        },
        Map("Exponentials", x => Pow(1.7, x) + Pow(x * 0 + 0.3, 2 * x), [(-3, 3)], covers: ["Pow"]),
    ];
}
