using System.Collections.Immutable;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>Primitives that are not elementwise, and what is made of movements alone.</summary>
public static partial class Catalogue
{
    private static IEnumerable<Row> Structures() =>
    [
        Matrix("Input", x => x), Matrix("Literal", x => x * 0.7 + 3, "Scalar", "Full"), Matrix("Iota", x => x * Cast(Reshape(Arange(x.Type.Count), x.Shape), x.DType), "Arange"),
        Matrix("Reshape", x => Square(Reshape(x, [x.Type.Count])) * Cast(Arange(x.Type.Count), x.DType)), Matrix("Permute", x => Square(Transpose(x)) + 2 * Permute(x, [1, 0]), "Permute", "Transpose"),
        Matrix("Broadcast", x => Square(Broadcast(x, [2, .. x.Shape])) * Broadcast(Reshape(Arange(2), [2, 1, 1]), [2, .. x.Shape])),
        Matrix("Slice", x => Square(Slice(x, Dims.Repeat(0, 2), Dims.Build(2, k => (x.Shape[k] + 1) / 2), Dims.Repeat(2, 2)))),
        Matrix("Pad", x => Square(Pad(x, [1, 0], [0, 2]) + 1) + Pad(x, [1, 0], [0, 2], 0.5), "Pad"), Matrix("Flip", x => x * Flip(x, 0, 1) + Flip(x, 0)),
        Matrix("Concat", x => Square(Concat([x, Sin(x), x], 1))), Matrix("Insert", x => Square(Insert(Concat([x, x], 0), Sin(x), [x.Shape[0] > 0 ? 1 : 0, 0], [1, 1]) * 0.5)),
        Filled("Windows", x => Square(new Node(new Windows(1, 2, 1, 1), Concat([x, x], 1))) + Sum(Square(new Node(new Windows(1, 2, 3, 1), Concat([x, 2 * x, x], 1))))),
        Filled("Fold", x => Square(new Node(new Fold(new Windows(0, x.Shape[1], 1, 1), x.Shape[0] + x.Shape[1] - 1), x))),
        new("Reduce", t =>
        {
            var (how, ties) = (t.Pick(Combine.Sum, Combine.Prod, Combine.Max, Combine.Min), t.Next(4) == 1);
            var shape = how is Combine.Max or Combine.Min ? Nonempty(t, 3) : t.Sizes(3);
            Dims axes = t.Pick<Dims>([0], [1], [2], [0, 2], [1, 2], [0, 1], [0, 1, 2]);
            if (how == Combine.Prod) shape = Dims.Build(3, k => Math.Min(shape[k], 40));
            return new Case($"Reduce {how} {axes}", [how == Combine.Prod ? t.Inside(shape, (0.5, 1.6), (-1.6, -0.5)) : t.Inside(shape, (-2, 2), (-1e-3, 1e3))], x => Square(new Node(new Reduce(how, axes), x[0])));
        }, "Sum", "Prod", "MaxOver", "MinOver")
        {
            Special = t =>
            {
                var (how, axes) = (t.Pick(Combine.Sum, Combine.Prod, Combine.Max, Combine.Min), t.Pick<Dims>([0], [1], [0, 1]));
                return new($"Reduce {how} {axes} at special points", [t.Among([1 + t.Next(5), 1 + t.Next(5)], 0, 1, 2, 2, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity)], x => new Node(new Reduce(how, axes), x[0]));
            },
        },
        new("ArgMax", t => new("ArgMax", [t.Inside(Nonempty(t, 2), (-2, 2))], x => x[0] * Cast(ArgMax(x[0], 1, keep: true) + 1, x[0].DType) + Cast(ArgMin(x[0], 0, keep: true), x[0].DType)), "ArgMax", "ArgMin")
        { Special = t => new("ArgMax at ties", [t.Among([1 + t.Next(5), 1 + t.Next(9)], 0, 1, 1, 2, 2, double.NaN, double.NegativeInfinity)], x => Cast(ArgMax(x[0], 1), x[0].DType)) },
        Matrix("CumSum", x => Square(CumSum(x, 0)) + CumSum(x, 1) + new Node(new CumSum(1, true), x), "CumSum"),
        new("Dot", t =>
        {
            var s = t.Sizes(4);
            return new("Dot", [t.Leaf([s[0], s[1], s[2]]), t.Leaf([s[0], s[2], s[3]])], x => new Node(Functional.Autograd.Primitives.Dot.Instance, x[0], x[1]));
        }, "MatMul"),
        new("Take", t =>
        {
            var (s, axis) = (Nonempty(t, 2), t.Next(2));
            var index = t.Indices(t.Pick<Dims>([3], [2, 2], [], [0]), s[axis]) - t.Next(2) * s[axis];
            return new("Take", [t.Leaf(s)], x => Square(Take(x[0], axis, index)));
        }),
        new("Scatter", t =>
        {
            var s = Nonempty(t, 2);
            var (index, add) = (t.Indices([3], s[0]), t.Next(2) == 0);
            return new($"Scatter add {add}", [t.Leaf(s), t.Leaf([3, s[1]])], x => Square(new Node(new Scatter(0, add), x[0], index, x[1])));
        }, "ScatterAlong"),
        new("ArgSort", t =>
        {
            var (s, descending, axis) = (Nonempty(t, 2), t.Next(2) == 1, t.Next(2));
            return new("ArgSort", [t.Inside(s, (-2, 2))], x => Sort(x[0], axis, descending).Values * Cast(Reshape(Arange(s.Product), s), x[0].DType) + Cast(Sort(x[0], axis, descending).Indices, x[0].DType) * x[0]);
        }, "Sort")
        { Special = t => At((Axis: t.Next(2), Descending: t.Next(2) == 1), how => new("Sort at ties", [t.Among([1 + t.Next(5), 1 + t.Next(9)], 0, 1, 1, 2, 2, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity)], x => Sort(x[0], how.Axis, how.Descending).Values)) },
        Matrix("RandomBits", x => x * Uniform(Key(7), x.Type) + x * x * Uniform(SplitKey(Key(8), 3)[2], x.Type) * Uniform(Keys(Key(9), 2)[1], x.Type), "Uniform", "Key", "SplitKey", "Keys"),
        Matrix("Detach", x => x * Detach(Sin(x))) with { Silent = Detaching },
        Matrix("Alias", x => Square(new Node(Alias.Instance, x))),
        Matrix("Custom", x => WithRule("Square", x * x, [x], static (x, y, c) => [2 * c * x[0]]), "WithRule"),
        Matrix("Recompute", x => Recompute(v => Sin(v[0]) * v[0] + Tanh(x) * Exp(v[0]), x)),
        Matrix("Scan", x => Scan((c, u) => (Sin(c) * u + c, c * u), Mean(x, [0]), x) is var (carry, outputs) ? Square(outputs) + carry : x, "Scan"),
        new("Part", t => new("Part", [t.Leaf([3]), t.Leaf([1 + t.Next(4), 3])], x =>
        {
            var (carries, outputs) = Scan((c, u) => ([c[0] * 0.5 + u[0] * c[1], Tanh(c[1])], [c[1], u[0] * c[0]]), [x[0], Sin(x[0])], [x[1]], reverse: true);
            return outputs[1] * outputs[0] + carries[0] - carries[1];
        })),
        Matrix("Cond", x => Cond(Sum(x) > 0.25, v => Sin(v) * x, v => v * v * v, x)),
        Matrix("While", x =>
        {
            ImmutableArray<Node> Turned(long? atMost) => While(c => c[1] < 3, c => [Sin(c[0]) * x + c[0], c[1] + 1], [x, Ops.Scalar(0, DType.Int64)], atMost);
            return Turned(4)[0] + x * Detach(Turned(null)[0]);
        }) with { Silent = Detaching },
        Matrix("Checkpoint", x => new Node(Checkpoint.Instance, Sin(x), x) * x),
    ];

    private static IEnumerable<Row> Rearrangements() =>
    [
        Matrix("Unsqueeze", x => Square(Unsqueeze(x, 1)) + Sum(Unsqueeze(x, 0) * Unsqueeze(Sin(x), -3)) + Sum(Unsqueeze(x, -1)), "Unsqueeze"),
        Matrix("Squeeze", x => Square(Squeeze(Unsqueeze(x, 1), 1)) + Squeeze(Sum(x, [0], keep: true), 0)),
        Matrix("SwapAxes", x => Square(SwapAxes(Broadcast(x, [2, .. x.Shape]), 0, -1))),
        Matrix("MoveAxis", x => Square(MoveAxis(Broadcast(x, [2, .. x.Shape]), 0, -1)) + MoveAxis(Stack([x, Sin(x)]), -3, 2)),
        Matrix("Zeros and Ones", x => x * (2 * Ones(x.Shape, x.DType)) + Square(Zeros(x.Shape, x.DType) + x), "Zeros", "Ones"),
        Matrix("Linspace", x => Square(x) * Reshape(Linspace(-1, 2.5, x.Type.Count, x.DType), x.Shape)), Filled("Reshape with -1", x => Square(Reshape(x, [-1])) * Sum(Reshape(Sin(x), [1, -1, x.Shape[1]])), "Reshape"),
        new("Roll", t => At<Dims>([t.Next(7) - 3, t.Next(7) - 3], by => new($"Roll {by}", [t.Leaf(t.Sizes(2))], x => x[0] * Roll(x[0], by, [0, -1]) + Roll(Sin(x[0]), by[0])))),
        new("Diag", t =>
        {
            var offset = t.Next(5) - 2;
            return new($"Diag {offset}", [t.Leaf(t.Shape(1)), t.Leaf(t.Sizes(2))], x => Square(Diag(x[0], offset)) * Sum(Square(Diag(x[1], offset))));
        }),
        new("Trace", t => new("Trace", [t.Leaf(t.Sizes(3))], x => Square(Trace(x[0])))),
        Matrix("Eye", x => MatMul(Eye(x.Shape[0], x.DType) + 1, x) * MatMul(x, Eye(x.Shape[1], x.DType))),
        new("Indexer", t => new("Indexer", [t.Leaf(Nonempty(t, 2))], v => v[0] is var x ? Square(x[0]) + x[.., ..][^1] * x.At(0).Set(Sin(x[^1]))[..1] + Sum(x.At(.., 0).Add(x[.., ^1] * 2)[.., 0]) : x)),
        Matrix("SliceAxis", x => Square(SliceAxis(x, 1, 0, x.Shape[1], 2)) * 2 + Sum(SliceAxis(x, 0, x.Shape[0] / 2, x.Shape[0]))),
        Matrix("Stack", x => Square(Stack([x, Sin(x), x], 1)) + Sum(Stack([x, 2 * x], -1))),
        new("Diagonal", t =>
        {
            var (s, offset) = (t.Sizes(3), t.Next(5) - 2);
            return new($"Diagonal {offset}", [t.Leaf(s)], x => Square(Diagonal(x[0], offset)) + Sum(Diagonal(x[0], offset, 2, 0)));
        }),
        new("DiagonalEmbed", t =>
        {
            var offset = t.Next(5) - 2;
            return new($"DiagonalEmbed {offset}", [t.Leaf(t.Shape(2))], x => Square(DiagonalEmbed(x[0], offset)));
        }),
        new("InsertDiagonal", t =>
        {
            var (s, offset) = (t.Shape(2), t.Next(5) - 2);
            return new($"InsertDiagonal {offset}", [t.Leaf(s)], x => Square(InsertDiagonal(x[0], Sin(Diagonal(x[0], offset)), offset)));
        }),
        new("Triangles", t =>
        {
            var k = t.Next(5) - 2;
            return new($"Tril and Triu {k}", [t.Leaf(t.Sizes(2))], x => Square(Tril(x[0], k)) + 2 * Triu(x[0], k));
        }, "Tril", "Triu"),
        new("Gather", t =>
        {
            var (s, axis) = (Nonempty(t, 2), t.Next(2));
            var index = t.Indices(s.With(axis, 2), s[axis]);
            return new("Gather", [t.Leaf(s)], x => Square(Gather(x[0], axis, index)));
        }),
        new("ScatterAlong", t =>
        {
            var (s, axis, add) = (Nonempty(t, 2), t.Next(2), t.Next(2) == 0);
            var index = t.Indices(s.With(axis, 2), s[axis]);
            return new($"ScatterAlong add {add}", [t.Leaf(s), t.Leaf(s.With(axis, 2))], x => Square(ScatterAlong(x[0], axis, index, x[1], add)));
        }),
        new("OneHot", t =>
        {
            var index = t.Indices([t.Pick(1, 3)], 4);
            return new("OneHot", [t.Leaf([.. index.Shape, 4])], x => x[0] * Cast(OneHot(index, 4), x[0].DType));
        }),
        Matrix("Tensor", x => x * Cast(Tensor<double>([3.0]), x.DType) + Cast(Tensor<double>(new double[,] { { 2 } }), x.DType), "Tensor"),
        new("TopK", t =>
        {
            var (s, largest) = (Nonempty(t, 2), t.Next(2) == 0);
            return new("TopK", [t.Inside(s, (-2, 2))], x => Square(TopK(x[0], (s[1] + 1) / 2, 1, largest).Values));
        }),
        new("MaxAlong", t => new("MaxAlong", [t.Inside(Nonempty(t, 2), (-2, 2))], x => Square(MaxAlong(x[0], 1).Values) + Sum(MinAlong(x[0], 0).Values * Cast(MinAlong(x[0], 0).Indices, x[0].DType))), "MaxAlong", "MinAlong")
        { Special = t => new("MaxAlong at ties", [t.Among([1 + t.Next(5), 1 + t.Next(9)], 0, 1, 1, 2, 2, double.NaN, double.PositiveInfinity)], x => MaxAlong(x[0], 1).Values + MinAlong(x[0], 1).Values) },
    ];
}
