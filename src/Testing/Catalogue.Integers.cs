using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>Integers of all widths, to the ends of their ranges.</summary>
public static partial class Catalogue
{
    private static readonly DType[] whole = [DType.Int64, DType.Int32, DType.Int16, DType.Int8, DType.UInt8];

    /// <summary>One row per operation of integers and element type, for the laws that speak of every point: nothing here has a derivative.</summary>
    public static IReadOnlyList<Row> Integers { get; } = [.. whole.SelectMany(OfType)];

    private static IEnumerable<Row> OfType(DType type)
    {
        Row Pair(string name, Func<Node, Node, Node> f) => new($"{name} of {type}", t => At(t.Sizes(2), s => (A: Whole(t, type, s), B: Whole(t, type, s)) is var x ? new(name, [], _ => f(x.A, x.B)) : null!));
        Row One(string name, Func<Node, Node> f) => new($"{name} of {type}", t => At(Whole(t, type, Nonempty(t, 2)), x => new(name, [], _ => f(x))));
        return
        [
            Pair("Add", (a, b) => a + b), Pair("Mul", (a, b) => a * b), Pair("Pow", Pow), Pair("Max", Max), Pair("Min", Min), Pair("Less", (a, b) => a < b), Pair("LessEqual", (a, b) => a <= b), Pair("Equal", Equal),
            Pair("FloorDiv", FloorDiv), Pair("Rem", Rem), Pair("Select", (a, b) => Where(a < b, a * b, b)), Pair("Literal", (a, b) => a * 7 - 3 + b * 2),
            One("Neg", x => -x), One("Abs", Abs), One("Sign", Sign), One("CumSum", x => new Node(new CumSum(1, true), x) + new Node(new CumSum(0, false), x)),
            One("CumProd and CumMax", x => CumProd(x, 1) + CumMax(x, 0).Values * CumMax(x, 0).Indices - CumMin(x, 1).Values * CumMin(x, 1).Indices),
            One("Fold", x => new Node(new Fold(new Windows(0, x.Shape[1], 1, 1), x.Shape[0] + x.Shape[1] - 1), x)),
            One("Dot", x => new Node(Dot.Instance, Reshape(x, [1, .. x.Shape]), Reshape(Transpose(x), [1, x.Shape[1], x.Shape[0]]))),
            One("Scatter", x => new Node(new Scatter(0, true), x, Arange(x.Shape[0]) % 2 * (x.Shape[0] > 1 ? 1 : 0), x)),
            One("ArgMax", x => ArgMax(x, 1) + ArgMin(x, 1)), One("ArgSort", x => new Node(new ArgSort(0, true), x) - new Node(new ArgSort(0, false), x)),
            .. Enum.GetValues<Combine>().SelectMany(how => new[] { 0, 1 }.Select(axis => One($"Reduce {how} {axis}", x => new Node(new Reduce(how, axis), x)))),
            .. Enum.GetValues<DType>().Where(to => !to.IsHalf && !to.IsComplex).Select(to => One($"Cast to {to}", x => Cast(x, to))),
            new($"Cast to {type}", t => At(t.Among([1 + t.Next(40)], [.. Domains.Extremes]), x => new("Cast", [], _ => Cast(x, type)))),
        ];
    }

    private static Node Whole(Tape t, DType type, Dims shape)
    {
        var data = new long[shape.Product];
        for (var i = 0; i < data.Length; i++)
            data[i] = i >= 31 ? data[i - 31] * 31 + i
                : t.Next(2) == 0 ? t.Next(9) - 4 : t.Pick(long.MaxValue, long.MinValue, (1L << 53) + 1, -(1L << 53) - 1, int.MaxValue, int.MinValue, short.MinValue, 127, 128, 255, 0x123456789ABCDEF);
        return Transforms.Settled(Cast(Tensor<long>(data, shape), type));
    }
}
