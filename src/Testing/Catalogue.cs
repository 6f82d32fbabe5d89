using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>One row per primitive: how to generate a case of it inside its domain. A test enforces that no primitive is missing.</summary>
public static class Catalogue
{
    /// <summary>A row.</summary>
    /// <param name="Name">The primitive's name, or a composite's.</param>
    /// <param name="Make">A case from a tape.</param>
    public sealed record Row(string Name, Func<Tape, Case> Make)
    {
        /// <summary>The name.</summary>
        public override string ToString() => Name;
    }

    /// <summary>The primitives.</summary>
    public static IReadOnlyList<Row> Primitives { get; } =
    [
        Scalar(Unary.Neg), Scalar(Unary.Abs, 0.1, 2), Scalar(Unary.Sign, 0.1, 2), Scalar(Unary.Exp), Scalar(Unary.Exp2), Scalar(Unary.Expm1),
        Scalar(Unary.Log, 0.2, 3), Scalar(Unary.Log2, 0.2, 3), Scalar(Unary.Log10, 0.2, 3), Scalar(Unary.Log1p, -0.7, 2), Scalar(Unary.Sqrt, 0.2, 3),
        Scalar(Unary.Sin), Scalar(Unary.Cos), Scalar(Unary.Tan, -1.2, 1.2), Scalar(Unary.Asin, -0.8, 0.8), Scalar(Unary.Acos, -0.8, 0.8), Scalar(Unary.Atan),
        Scalar(Unary.Sinh), Scalar(Unary.Cosh), Scalar(Unary.Tanh), Scalar(Unary.Asinh), Scalar(Unary.Acosh, 1.2, 4), Scalar(Unary.Atanh, -0.8, 0.8),
        Scalar(Unary.Sigmoid), Scalar(Unary.Softplus, -5, 5), Scalar(Unary.Erf, -3, 3), Scalar(Unary.Erfc, -3, 3), Scalar(Unary.ErfInv, -0.8, 0.8),
        Scalar(Unary.LogGamma, 0.3, 4), Scalar(Unary.Digamma, 0.3, 4),
        new("Polygamma", t =>
        {
            // Between the poles at −10 and −9, or above zero.
            var (order, leaf) = (1 + t.Next(3), t.Next(2) == 0 ? t.Leaf(t.Shape(2), 0.8, 4) : t.Leaf(t.Shape(2), -9.7, -9.3));
            return new($"Polygamma {order}", [leaf], x => Polygamma(order, x[0]));
        }),
        Scalar(Unary.Floor, 0.1, 0.9), Scalar(Unary.Ceiling, 0.1, 0.9), Scalar(Unary.Round, 0.6, 1.4), Scalar(Unary.Truncate, 0.1, 0.9),
        Pair(Binary.Add), Pair(Binary.Mul), Pair(Binary.Div, b: (0.5, 2)), Pair(Binary.Pow, a: (0.3, 2)), Pair(Binary.Atan2, b: (0.5, 2)), Pair(Binary.Hypot, b: (0.5, 2)),
        Pair(Binary.Max, a: (-2, -0.1), b: (0.1, 2)), Pair(Binary.Min, a: (-2, -0.1), b: (0.1, 2)), Pair(Binary.Rem, a: (0.1, 0.4), b: (0.5, 2)), Pair(Binary.FloorDiv, a: (1.1, 1.4), b: (0.5, 0.54)),
        Test(Binary.Less), Test(Binary.LessEqual), Test(Binary.Equal),
        Row2("Select", (t, s) =>
        {
            var mask = t.Indices(s, 2);
            return new("Select", [t.Leaf(s), t.Leaf(s)], x => Where(Equal(mask, 1), x[0] * x[1], Sin(x[1])));
        }),
        Row1("Cast", x => Cast(Cast(x, DType.Float64), DType.Float64) + Cast(Cast(Less(Detach(x), 0), DType.Int64), DType.Float64)),
        Row1("Input", x => x),
        Row1("Literal", x => x * 0.7 + 3),
        Row1("Iota", x => x * Cast(Reshape(Arange(x.Type.Count), x.Shape), DType.Float64)),
        Row1("Reshape", x => Square(Reshape(x, [x.Type.Count]))),
        Row1("Permute", x => Square(Transpose(x))),
        Row1("Broadcast", x => Square(Broadcast(x, [2, .. x.Shape]))),
        Row1("Slice", x => Square(Slice(x, Dims.Repeat(0, 2), Dims.Build(2, k => (x.Shape[k] + 1) / 2), Dims.Repeat(2, 2)))),
        Row1("Pad", x => Square(Pad(x, [1, 0], [0, 2]) + 1)),
        Row1("Flip", x => x * Flip(x, 0, 1)),
        Row1("Concat", x => Square(Concat([x, Sin(x)], 1))),
        Row1("Insert", x => Square(Insert(Concat([x, x], 0), Sin(x), [1, 0], [1, 1]) * 0.5)),
        Row1("Windows", x => Square(new Node(new Windows(1, 2, 1, 1), Concat([x, x], 1)))),
        Row1("Fold", x => Square(new Node(new Fold(new Windows(0, x.Shape[1], 1, 1), x.Shape[0] + x.Shape[1] - 1), x))),
        new("Reduce", t =>
        {
            var (shape, how) = (t.Shape(3), t.Pick(Combine.Sum, Combine.Prod, Combine.Max, Combine.Min));
            Dims axes = t.Pick<Dims>([0], [1], [2], [0, 2], [1, 2], [0, 1, 2]);
            // Distinct elements: ties are a matter of convention, not of differences.
            var distinct = Cast(Reshape(Arange(shape.Product), shape), DType.Float64) * 0.37 % 1;
            return new Case($"Reduce {how} {axes}", [t.Leaf(shape, 0.5, 0.51)], x => Square(new Node(new Reduce(how, axes), x[0] + distinct)));
        }),
        Row1("ArgMax", x => x * Cast(ArgMax(0.01 * x + Reshape(Arange(x.Type.Count) * 7 % 11, x.Shape), 1, keep: true), DType.Float64)),
        Row1("CumSum", x => Square(CumSum(x, 0)) + CumSum(x, 1)),
        new("Dot", t =>
        {
            var s = t.Shape(4);
            return new("Dot", [t.Leaf([s[0], s[1], s[2]]), t.Leaf([s[0], s[2], s[3]])], x => new Node(Functional.Autograd.Primitives.Dot.Instance, x[0], x[1]));
        }),
        new("Take", t =>
        {
            var s = t.Shape(2);
            var index = t.Indices([3], s[1]);
            return new("Take", [t.Leaf(s)], x => Square(Take(x[0], 1, index)));
        }),
        new("Scatter", t =>
        {
            var s = t.Shape(2);
            var (index, add) = (t.Indices([3], s[0]), t.Next(2) == 0);
            return new($"Scatter add {add}", [t.Leaf(s), t.Leaf([3, s[1]])], x => Square(new Node(new Scatter(0, add), x[0], index, x[1])));
        }),
        new("ArgSort", t =>
        {
            var s = t.Shape(2);
            var (distinct, descending) = (Reshape(Arange(s.Product) * 7 % 29, s), t.Next(2) == 0);
            return new("ArgSort", [t.Leaf(s, 0, 0.01)], x => Sort(x[0] + distinct, 0, descending).Values * Arange(s[1]));
        }),
        Row1("RandomBits", x => x * Uniform(Key(7), x.Type)),
        Row1("Detach", x => x * Detach(Sin(x)), smooth: false),
        Row1("Alias", x => Square(new Node(Alias.Instance, x))),
        Row1("Custom", x => WithRule("Square", x * x, [x], static (x, y, c) => [2 * c * x[0]])),
        Row1("Recompute", x => Recompute(v => Sin(v[0]) * v[0] + Tanh(x) * Exp(v[0]), x)),
        Row1("Checkpoint", x => new Node(Checkpoint.Instance, Sin(x), Detach(x)) * x),
    ];

    /// <summary>Composites whose derivatives take care.</summary>
    public static IReadOnlyList<Row> Composites { get; } =
    [
        Row1("Softmax", x => Softmax(x, 1)), Row1("LogSoftmax", x => LogSoftmax(x, 0)), Row1("LogSumExp", x => LogSumExp(x, [0])),
        Row1("Gelu", x => Gelu(x)), Row1("GeluTanh", x => Gelu(x, true)), Row1("Silu", Silu), Row1("LogSigmoid", LogSigmoid),
        Row1("Reciprocal", x => Reciprocal(x + 3)), Row1("Rsqrt", x => Rsqrt(x + 3)), Row1("Relu", x => Relu(x * x + 0.1)), Row1("LeakyRelu", x => LeakyRelu(-x * x - 0.1)), Row1("Elu", x => Elu(-x * x - 0.1)),
        Row1("Clamp", x => Clamp(x, -5, 5)), Row1("Mean", x => Square(Mean(x, [0]))), Row1("Var", x => Var(Concat([x, x * x], 0), [0])), Row1("Std", x => Std(Concat([x, x + 1], 0), [0])),
        Row1("Norm", x => Norm(x + 3, axes: [1])), Row1("Norm3", x => Norm(x + 3, 3)), Row1("LayerNorm", x => LayerNorm(Concat([x, x * x + 1], 1), 1)), Row1("BatchNorm", x => BatchNorm(Concat([x, x * x + 1], 0))),
        Row2("MseLoss", (t, s) => new("MseLoss", [t.Leaf(s), t.Leaf(s)], x => MseLoss(x[0], x[1]))),
        new("CrossEntropy", t =>
        {
            var s = t.Shape(2);
            var target = t.Indices([s[0]], s[1]);
            return new("CrossEntropy", [t.Leaf(s)], x => CrossEntropy(x[0], target));
        }),
        new("MatMul", t =>
        {
            var s = t.Shape(4);
            Dims a = t.Pick<Dims>([s[0], s[1]], [s[1]], [s[2], s[0], s[1]], [1, s[2], s[0], s[1]]);
            Dims b = t.Pick<Dims>([s[1], s[3]], [s[1]], [s[2], s[1], s[3]]);
            return new($"MatMul {a} {b}", [t.Leaf(a), t.Leaf(b)], x => MatMul(x[0], x[1]));
        }),
        new("Einsum", t =>
        {
            var s = t.Shape(4);
            return t.Next(3) switch
            {
                0 => new("Einsum bij,bjk->bik", [t.Leaf([s[0], s[1], s[2]]), t.Leaf([s[0], s[2], s[3]])], x => Einsum("bij,bjk->bik", x[0], x[1])),
                1 => new("Einsum ii->i", [t.Leaf([s[0], s[0]])], x => Square(Einsum("ii->i", x[0]))),
                _ => new("Einsum ij,j,ik->k", [t.Leaf([s[0], s[1]]), t.Leaf([s[1]]), t.Leaf([s[0], s[2]])], x => Einsum("ij,j,ik->k", x[0], x[1], x[2])),
            };
        }),
        new("Convolution", t =>
        {
            var (channels, stride, dilation) = (t.Pick(2L, 1L), t.Pick<Dims>([1, 1], [2, 1]), t.Pick<Dims>([1, 1], [2, 1]));
            return new("Convolution", [t.Leaf([2, 2, 5, 4]), t.Leaf([4, channels, 2, 3])], x => Convolution(x[0], x[1], null, stride, [1, 1], dilation, channels == 2 ? 1 : 2));
        }),
        new("MaxPool", t =>
        {
            var distinct = Reshape(Arange(48) * 13 % 48, [2, 1, 4, 6]);
            return new("MaxPool", [t.Leaf([2, 1, 4, 6], 0, 0.01)], x => Square(MaxPool(x[0] + distinct, [2, 3], null, [1, 0])));
        }),
        new("AvgPool", t => new("AvgPool", [t.Leaf([2, 1, 4, 5])], x => Square(AvgPool(x[0], [2, 2], [2, 1])))),
        new("Gather", t =>
        {
            var s = t.Shape(2);
            var index = t.Indices([s[0], 2], s[1]);
            return new("Gather", [t.Leaf(s)], x => Square(Gather(x[0], 1, index)));
        }),
        new("TopK", t => new("TopK", [t.Leaf([3, 5], 0, 0.01)], x => TopK(x[0] + Reshape(Arange(15) * 4 % 17, [3, 5]), 2).Values)),
        Row1("Tril", x => Square(Tril(x, 1)) + Triu(x)), Row1("DiagonalEmbed", x => Square(DiagonalEmbed(x, 1))),
        Row1("Dropout", x => Dropout(x, 0.4, Key(3))), Row1("Normal", x => x * Normal(Key(5), x.Type)),
    ];

    private static Row Scalar(Unary op, double low = -2, double high = 2) => new(op.Title, t => new(op.Title, [t.Leaf(t.Shape(2), low, high)], x => new Node(op, x[0])));

    private static Row Pair(Binary op, (double Low, double High)? a = null, (double Low, double High)? b = null) => new(op.Title, t =>
    {
        var s = t.Shape(2);
        var ((al, ah), (bl, bh)) = (a ?? (-2, 2), b ?? (-2, 2));
        return new(op.Title, [t.Leaf(s, al, ah), t.Leaf(s, bl, bh)], x => new Node(op, x[0], x[1]));
    });

    private static Row Test(Binary op) => new(op.Title, t =>
    {
        var s = t.Shape(2);
        return new(op.Title, [t.Leaf(s, -2, -0.1), t.Leaf(s, 0.1, 2)], x => Cast(new Node(op, x[0], x[1]), DType.Float64) * x[0]);
    });

    private static Row Row1(string name, Func<Node, Node> f, bool smooth = true) => new(name, t => new(name, [t.Leaf(t.Shape(2))], x => f(x[0]), smooth));

    private static Row Row2(string name, Func<Tape, Dims, Case> make) => new(name, t => make(t, t.Shape(2)));
}
