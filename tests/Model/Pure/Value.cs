using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Testing;

namespace Model.Pure;

/// <summary>An immutable array.</summary>
internal sealed record Value(DType DType, Dims Shape, ImmutableArray<double> Data)
{
    public TensorType Type => new(DType, Shape);

    public static Value Filled(DType dtype, Dims shape, double number) => new(dtype, shape, [.. Enumerable.Repeat(Rounded(dtype, number), (int)shape.Product)]);

    public static Value From(Node node, Dense<Real> dense) => new(node.DType, node.Shape, [.. dense.Data.Select(x => Rounded(node.DType, x.Value))]);

    public Value As(DType dtype) => dtype == DType ? this : new(dtype, Shape, [.. Data.Select(x => Rounded(dtype, x))]);

    public Value Zip(Value other, Func<double, double, double> f) => new(DType, Shape, [.. Data.Zip(other.Data, (a, b) => Rounded(DType, f(a, b)))]);

    private static double Rounded(DType dtype, double x) => dtype == DType.Float32 ? (float)x : x;
}
