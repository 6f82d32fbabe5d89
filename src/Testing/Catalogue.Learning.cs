using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>Reductions, products, and the functions of learning.</summary>
public static partial class Catalogue
{
    private static IEnumerable<Row> Reductions() =>
    [
        Matrix("Sum", x => Square(Sum(x, [0])) + Sum(x, [0], keep: true) + Sum(x)), new("Prod", t => new("Prod", [t.Inside(t.Shape(2), (-2, -0.3), (0.3, 2))], x => Prod(x[0], [1], keep: true) * x[0] + Prod(x[0]))),
        new("Prod with zeros", t => At(t.Next(2), axis => new("Prod with zeros", [t.Among([2, 3], 0, 1, -2, 3, 0.5)], x => Prod(x[0], [axis]))), "Prod"),
        new("MaxOver", t => new("MaxOver", [t.Inside(Nonempty(t, 2), (-2, 2))], x => MaxOver(x[0], [1], keep: true) * x[0] + MinOver(x[0])), "MaxOver", "MinOver"),
        Filled("Mean", x => Square(Mean(x, [0])) + Mean(x)), Filled("Var", x => Var(Concat([x, x * x], 0), [0]) + Var(Concat([x, 2 * x], 0), null, 0)), Filled("Std", x => Std(Concat([x, x + 1], 0), [0])),
        new("Any and All", t => new("Any and All", [t.Inside(t.Sizes(2), (-2, 2))], x => x[0] * (Cast(Any(x[0] > 1, [0], keep: true), x[0].DType) + 2 * Cast(All(x[0] > -1.5), x[0].DType))), "Any", "All"),
        new("Norm", t =>
        {
            var p = t.Pick(2, 1, 3, 0, double.PositiveInfinity, double.NegativeInfinity, 0.5, 1.5);
            Dims? axes = t.Next(2) == 0 ? [1] : null;
            return new($"Norm {p}", [t.Inside(Nonempty(t, 2), (-3, -0.1), (0.1, 3), (1e-5, 1e5))], x => Norm(x[0], p, axes) * Sum(x[0]));
        })
        { Special = t => At(t.Pick(2, 1, 3, 0, double.PositiveInfinity), p => new($"Norm {p} at special points", [t.Among([1 + t.Next(5), 1 + t.Next(5)], 0, 0, 1, -1, 3, double.PositiveInfinity)], x => Norm(x[0], p, [1]))) },
        Filled("Softmax", x => Softmax(x, 1) * x + Softmax(3 * x, 0)), Filled("LogSoftmax", x => LogSoftmax(x, 0) * x + LogSoftmax(2 * x, -1)), Filled("LogSumExp", x => LogSumExp(x, [0]) + LogSumExp(20 * x)) with { Silent = Detaching },
        new("MatMul", t =>
        {
            var s = t.Shape(4);
            Dims a = t.Pick<Dims>([s[0], s[1]], [s[1]], [s[2], s[0], s[1]], [1, s[2], s[0], s[1]]);
            Dims b = t.Pick<Dims>([s[1], s[3]], [s[1]], [s[2], s[1], s[3]]);
            return new($"MatMul {a} {b}", [t.Leaf(a), t.Leaf(b)], x => MatMul(x[0], x[1]));
        }),
        new("Products with small integers", t =>
        {
            // Nothing is rounded, so nothing may differ.
            var s = t.Sizes(3);
            return new("Products with small integers", [t.Among([s[0], s[1]], -2, -1, 0, 1, 2, 3), t.Among([s[1], s[2]], -2, -1, 0, 1, 2, 3)], x => Sum(MatMul(x[0], x[1]), [0]) * 2 + Sum(x[0]) * Sum(x[1], [0]));
        }, "MatMul"),
        new("Linear", t =>
        {
            var s = t.Shape(3);
            return new("Linear", [t.Leaf([s[0], s[1]]), t.Leaf([s[2], s[1]]), t.Leaf([s[2]])], x => Linear(x[0], x[1], x[2]));
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
        new("Outer", t => new("Outer", [t.Leaf(t.Sizes(1)), t.Leaf(t.Shape(1))], x => Outer(x[0], x[1]) * Outer(Sin(x[0]), x[1]))),
        new("Kron", t => new("Kron", [t.Leaf(t.Shape(t.Pick(2, 1, 3))), t.Leaf(t.Shape(2))], x => Square(Kron(x[0], x[1])))),
        new("Tensordot", t =>
        {
            var s = t.Shape(4);
            return new("Tensordot", [t.Leaf([s[0], s[1], s[2]]), t.Leaf([s[2], s[1], s[3]])], x => Square(Tensordot(x[0], x[1], [2, 1], [0, -2])) + Sum(Tensordot(x[0], x[1], 1)) + Sum(Tensordot(x[0], x[1], 0)));
        }),
        new("Cross", t => At(t.Shape(1)[0], n => new("Cross", [t.Leaf([n, 3]), t.Leaf([3])], x => Cross(x[0], x[1]) + Transpose(Cross(Transpose(x[0]), Transpose(Sin(x[0])), 0))))),
        new("CumProd", t => new("CumProd", [t.Inside(Dims.Build(2, t.Sizes(2) is var s ? k => Math.Min(s[k], 40) : null!), (0.5, 1.6), (-1.6, -0.5))], x => Square(CumProd(x[0], 0)) + CumProd(x[0], 1))),
        new("CumProd with zeros", t => At(t.Next(2), axis => new("CumProd with zeros", [t.Among([2, 3], 0, 1, -2, 3, 0.5)], x => CumProd(x[0], axis))), "CumProd"),
        new("CumMax", t => new("CumMax", [t.Inside(Nonempty(t, 2), (-2, 2))], x => Square(CumMax(x[0], 1).Values) + CumMin(x[0], 0).Values * Cast(CumMin(x[0], 0).Indices + CumMax(x[0], 1).Indices, x[0].DType)), "CumMax", "CumMin")
        { Special = t => new("CumMax at ties", [t.Among([1 + t.Next(9), 1 + t.Next(9)], 0, 1, 1, 2, 2, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity)], x => CumMax(x[0], 1).Values + Cast(CumMax(x[0], 1).Indices, x[0].DType) + CumMin(x[0], 0).Values * Cast(CumMin(x[0], 0).Indices, x[0].DType)) },
    ];

    private static IEnumerable<Row> Learning() =>
    [
        new("MseLoss", t => Sized(t, s => s.Product == 0 ? new("MseLoss", [t.Leaf(s), t.Leaf(s)], x => MseLoss(x[0], x[1], Reduction.Sum)) : new("MseLoss", [t.Leaf(s), t.Leaf(s)], x => MseLoss(x[0], x[1]) + MseLoss(x[0], x[1], Reduction.None)))),
        new("BinaryCrossEntropy", t => Sized(t, s =>
        {
            var how = s.Product == 0 ? Reduction.Sum : t.Pick(Reduction.Mean, Reduction.Sum, Reduction.None);
            return new($"BinaryCrossEntropy {how}", [t.Inside(s, (0.01, 0.99), (1e-6, 1e-3)), t.Inside(s, (0, 1))], x => BinaryCrossEntropy(x[0], x[1], how));
        })),
        new("BinaryCrossEntropyWithLogits", t => Sized(t, s =>
        {
            var how = s.Product == 0 ? Reduction.Sum : t.Pick(Reduction.Mean, Reduction.Sum, Reduction.None);
            return new($"BinaryCrossEntropyWithLogits {how}", [t.Inside(s, (-3, 3), (-30, 30)), t.Inside(s, (0, 1))], x => BinaryCrossEntropyWithLogits(x[0], x[1], how));
        })),
        new("CrossEntropy", t =>
        {
            var (s, how) = (t.Shape(t.Pick(2, 3)), t.Pick(Reduction.Mean, Reduction.Sum, Reduction.None));
            var target = t.Indices(s.Without(1), s[1]);
            return new("CrossEntropy", [t.Inside(s, (-3, 3), (-30, 30))], x => CrossEntropy(x[0], target, how));
        }),
        new("NllLoss", t =>
        {
            var (s, how) = (t.Shape(2), t.Pick(Reduction.Mean, Reduction.Sum, Reduction.None));
            var target = t.Indices([s[0]], s[1]);
            return new("NllLoss", [t.Leaf(s)], x => NllLoss(x[0] * x[0], target, how));
        }),
        new("LayerNorm", t =>
        {
            var s = Nonempty(t, 2);
            return new("LayerNorm", [t.Leaf(s), t.Leaf([2 * s[1]]), t.Leaf([2 * s[1]])], x => LayerNorm(Concat([x[0], x[0] * x[0] + 1], 1), 1, x[1], x[2]) + LayerNorm(Concat([x[0], x[0] * x[0] + 1], 1), 2));
        }),
        new("BatchNorm", t =>
        {
            var s = Nonempty(t, 3);
            return new("BatchNorm", [t.Leaf(s), t.Leaf([s[1]]), t.Leaf([s[1]])], x => BatchNorm(Concat([x[0], x[0] * x[0] + 1], 0), x[1], x[2]));
        }),
        new("Convolution", t =>
        {
            var (channels, stride, dilation) = (t.Pick(2L, 1L), t.Pick<Dims>([1, 1], [2, 1]), t.Pick<Dims>([1, 1], [2, 1]));
            return new("Convolution", [t.Leaf([2, 2, 5, 4]), t.Leaf([4, channels, 2, 3]), t.Leaf([4])], x => Convolution(x[0], x[1], x[2], stride, [1, 1], dilation, channels == 2 ? 1 : 2));
        })
        { Silent = Large },
        new("MaxPool", t =>
        {
            var (s, size, stride, padding) = (t.Shape(2), t.Pick<Dims>([2, 3], [1, 1], [3, 2]), t.Pick<Dims?>(null, [1, 2]), t.Pick<Dims>([1, 0], [0, 0]));
            return new("MaxPool", [t.Inside([t.Pick(1L, 2), 1, 3, 2 + s[1]], (-2, 2))], x => Square(MaxPool(x[0], size, stride, padding)));
        })
        { Silent = ["whole Hessian"] },
        new("AvgPool", t =>
        {
            var (size, padding) = (t.Pick<Dims>([2, 2], [3, 1]), t.Pick<Dims>([0, 0], [1, 0]));
            return new("AvgPool", [t.Leaf([2, 1, 4, 5])], x => Square(AvgPool(x[0], size, [2, 1], padding)));
        })
        { Silent = Large },
        new("Dropout", t =>
        {
            var p = t.Pick(0.4, 0, 0.9);
            return new("Dropout", [t.Leaf(t.Sizes(2))], x => Dropout(x[0], p, Key(3)));
        }),
        new("Normal", t => new("Normal", [t.Leaf(t.Sizes(2))], x => x[0] * Normal(Key(5), x[0].Type))),
    ];
}
