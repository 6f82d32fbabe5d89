using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>
/// What is made of several operations, against its definition in float64: the laws compare an expression with itself, so a composite that is
/// consistently another function is seen only here and in recorded values.
/// </summary>
public class CompositeTests
{
    private static readonly double[] Points = [-6, -2.5, -1, -0.3, 0, 0.2, 0.9, 1.7, 5];

    private static readonly (string Name, Func<Node, Node> F, Func<double, double> Definition)[] Scalars =
    [
        ("relu", Relu, x => Math.Max(x, 0)), ("leaky relu", x => LeakyRelu(x, 0.2), x => x > 0 ? x : 0.2 * x), ("elu", x => Elu(x), x => x > 0 ? x : Math.Exp(x) - 1), ("elu 1.5", x => Elu(x, 1.5), x => x > 0 ? x : 1.5 * (Math.Exp(x) - 1)),
        ("silu", Silu, x => x / (1 + Math.Exp(-x))), ("logsigmoid", LogSigmoid, x => -Math.Log(1 + Math.Exp(-x))), ("mish", Mish, x => x * Math.Tanh(Math.Log(1 + Math.Exp(x)))), ("softsign", Softsign, x => x / (1 + Math.Abs(x))),
        ("gelu by tanh", x => Gelu(x, true), x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))), ("square", Square, x => x * x), ("clamp", x => Clamp(x, -1, 0.5), x => Math.Clamp(x, -1, 0.5)),
        ("clamp from below", x => Clamp(x, -1), x => Math.Max(x, -1)), ("clamp from above", x => Clamp(x, null, 0.5), x => Math.Min(x, 0.5)), ("reciprocal", x => Reciprocal(x + 7), x => 1 / (x + 7)), ("rsqrt", x => Rsqrt(x + 7), x => 1 / Math.Sqrt(x + 7)),
    ];

    private static void Near(string name, ReadOnlySpan<double> wanted, double[] got)
    {
        Assert.Equal(wanted.Length, got.Length);
        for (var i = 0; i < got.Length; i++) Assert.True(wanted[i].Equals(got[i]) || Math.Abs(wanted[i] - got[i]) <= 1e-13 * (1 + Math.Abs(wanted[i])), $"{name}, element {i}: {got[i]:R} for {wanted[i]:R}");
    }

    [Fact]
    public void Composites_have_their_closed_forms()
    {
        foreach (var (name, f, definition) in Scalars) Near(name, [.. Points.Select(definition)], Evaluate<double>(f(Tensor(Points))));
        // The error function at √½, where the normal distribution function is 0.8413…
        Near("gelu", [0.8413447460685429], Evaluate<double>(Gelu(Scalar(1.0))));
        double[] row = [1, 2, 4, 9];
        var x = Tensor<double>([.. row, .. row], [2, 4]);
        Near("mean", [4, 4], Evaluate<double>(Mean(x, 1)));
        Near("variance", [38.0 / 3, 38.0 / 3], Evaluate<double>(Var(x, 1)));
        Near("variance without correction", [9.5, 9.5], Evaluate<double>(Var(x, 1, 0)));
        Near("deviation", [Math.Sqrt(38.0 / 3)], Evaluate<double>(Std(Tensor(row))));
        Near("norm", [Math.Sqrt(102)], Evaluate<double>(Norm(Tensor(row))));
        Near("norm 3", [Math.Cbrt(1 + 8 + 64 + 729)], Evaluate<double>(Norm(Tensor(row), 3)));
        Near("norm ∞", [9], Evaluate<double>(Norm(Tensor(row), double.PositiveInfinity)));
        var sum = row.Sum(Math.Exp);
        Near("softmax", [.. row.Select(v => Math.Exp(v) / sum)], Evaluate<double>(Softmax(Tensor(row))));
        Near("log softmax", [.. row.Select(v => v - Math.Log(sum))], Evaluate<double>(LogSoftmax(Tensor(row))));
        Near("logsumexp", [Math.Log(sum)], Evaluate<double>(LogSumExp(Tensor(row))));
        Near("layer norm", [.. row.Select(v => (v - 4) / Math.Sqrt(9.5 + 0.5))], Evaluate<double>(LayerNorm(Tensor(row), 1, epsilon: 0.5)));
        Near("squared error", [(1 + 4 + 16 + 81) / 4.0], Evaluate<double>(MseLoss(Tensor(row), Tensor(new double[4]))));
        // Classes are the second axis, positions the last.
        var logits = Tensor<double>([1, 2, 3, 5, 8, 13], [1, 3, 2]);
        double Loss(params double[] column) => Math.Log(column.Sum(Math.Exp)) - column[1];
        Near("cross entropy", [Loss(1, 3, 8), Loss(2, 5, 13)], Evaluate<double>(CrossEntropy(logits, Tensor<long>([1, 1], [1, 2]), Reduction.None)));
        Near("cross entropy of one row", [Loss(1, 3, 8)], Evaluate<double>(CrossEntropy(Tensor([1.0, 3, 8]), Scalar(1, DType.Int64))));
    }

    [Fact]
    public void Derivatives_at_zero_distance_are_zero()
    {
        Assert.Equal([0.0, 0, 0], Evaluate<double>(Grad(x => Std(x))(Tensor([3.0, 3, 3]))));
        Assert.Equal([0.0, 0], Evaluate<double>(Grad(x => Norm(x))(Tensor([0.0, 0]))));
        Assert.Equal([0.0, 0], Evaluate<double>(Grad(x => Norm(x, 3))(Tensor([0.0, 0]))));
    }

    [Fact]
    public void Large_numbers_do_not_overflow()
    {
        double[] large = [1000, 1001, 998], shares = [.. large.Select(v => Math.Exp(v - 1000))];
        Near("logsumexp", [1000 + Math.Log(shares.Sum())], Evaluate<double>(LogSumExp(Tensor(large))));
        Near("logsumexp of small numbers", [Math.Log(2) - 5000], Evaluate<double>(LogSumExp(Tensor([-5000.0, -5000]))));
        Near("softmax", [.. shares.Select(v => v / shares.Sum())], Evaluate<double>(Softmax(Tensor(large))));
        Near("log softmax", [.. large.Select(v => v - 1000 - Math.Log(shares.Sum()))], Evaluate<double>(LogSoftmax(Tensor(large))));
        Near("the derivative of logsumexp", [.. shares.Select(v => v / shares.Sum())], Evaluate<double>(Grad(x => LogSumExp(x))(Tensor(large))));
    }

    [Fact]
    public void What_a_dropout_keeps_is_scaled()
    {
        var y = Evaluate<double>(Dropout(Full(TensorType.Float64(4000), 3), 0.25, Key(1)));
        Assert.All(y, v => Assert.True(v is 0 or 4));
        Assert.InRange(y.Count(v => v == 0), 900, 1100);
        Assert.All(Evaluate<double>(Dropout(Full(TensorType.Float64(40), 3), 0, Key(1))), v => Assert.Equal(3, v));
    }

    [Fact]
    public void Padding_is_never_the_largest()
    {
        static double[] Slope(double[] row, Dims size, Dims? stride, Dims? padding) => Evaluate<double>(Grad((Node x) => Sum(MaxPool(x, size, stride, padding)))(Tensor<double>(row, [1, 1, row.Length])));
        const double Low = double.NegativeInfinity;
        Assert.Equal([1.0, 0, 1, 1], Slope([Low, 1, 2, 3], [2], [2], [1]));
        Assert.Equal([1.0, 0, 1, 0], Slope([Low, Low, Low, Low], [2], [3], [1]));
        Assert.Equal([1.0, 0, 1], Slope([Low, Low, 5], [3], [2], [1]));
        Assert.Equal([1.0, 1, 0], Slope([double.NaN, 3, 1], [2], [2], [1]));
        Assert.Equal([1.0, 0, 1, 0], Slope([1, 1, 2, 2], [2], [2], null));
        // Rows and columns have each their padding.
        var corner = Tensor<double>([Low, Low, Low, Low], [1, 1, 2, 2]);
        Assert.Equal([1.0, 1, 1, 1], Evaluate<double>(Grad((Node x) => Sum(MaxPool(x, [2, 2], [2, 2], [1, 1])))(corner)));
        Assert.Equal([2.0, 2, 0, 0], Evaluate<double>(Grad((Node x) => Sum(MaxPool(x, [2, 1], [1, 1], [1, 0]) * Tensor<double>([1, 1, 1, 1, 0, 0], [1, 1, 3, 2])))(corner)));
        var smallest = Tensor<long>([long.MinValue, 4], [1, 1, 2]);
        Assert.Equal([long.MinValue, 4], Evaluate<long>(MaxPool(smallest, [2], [2], [1])));
        Assert.Equal([0, 5], Evaluate<byte>(MaxPool(Tensor<byte>([0, 5], [1, 1, 2]), [2], [2], [1])));
    }

    [Fact]
    public void No_argument_is_passed_over_in_silence()
    {
        static void Misfit(Func<Node> make, string message) => Assert.Equal(message, Assert.Throws<ShapeException>(make).Message);
        var (v, image, kernel) = (Tensor([1.0, 2]), Tensor([1.0, 2, 3]), Tensor([1.0, 1]));
        (image, kernel) = (Reshape(image, [1, 1, 3]), Reshape(kernel, [1, 1, 2]));
        Misfit(() => LayerNorm(v, 0), "LayerNorm: float64[2] cannot be normalised over 0 axes");
        Misfit(() => LayerNorm(v, 2), "LayerNorm: float64[2] cannot be normalised over 2 axes");
        Misfit(() => BatchNorm(v), "BatchNorm: float64[2] has no axis of channels");
        Misfit(() => Convolution(image, kernel, stride: [1, 2]), "Convolution: windows of [2] by [1, 2], padding [0] and dilation [1] do not fit the spatial axes of float64[1, 1, 3]");
        foreach (var list in (Dims[])[[], [1, 2]])
        {
            Assert.Throws<ShapeException>(() => Convolution(image, kernel, stride: list));
            Assert.Throws<ShapeException>(() => Convolution(image, kernel, padding: list));
            Assert.Throws<ShapeException>(() => Convolution(image, kernel, dilation: list));
            Assert.Throws<ShapeException>(() => MaxPool(image, [2], list));
            Assert.Throws<ShapeException>(() => MaxPool(image, [2], padding: list));
            Assert.Throws<ShapeException>(() => MaxPool(image, list));
            Assert.Throws<ShapeException>(() => AvgPool(image, [2], list));
            Assert.Throws<ShapeException>(() => AvgPool(image, list));
        }
        Misfit(() => MaxPool(v, []), "MaxPool: windows of [] by [], padding [] and dilation [] do not fit the spatial axes of float64[2]");
        Assert.Throws<ShapeException>(() => AvgPool(image, [2], padding: -1));
        Misfit(() => Einsum("i->i->", v), "Einsum: 'i->i->' has more than one ->");
        Misfit(() => Concat([v], 7), "Concat: axis 7 is out of range for float64[2]");
        Misfit(() => Stack([v, v], 2), "Stack: axis 2 is out of range for float64[2]");
        Misfit(() => Stack([]), "Stack: no tensors");
        Misfit(() => Stack([v, Tensor([1.0])]), "Stack: float64[2] and float64[1] differ in shape");
        Misfit(() => v - Tensor([1.0, 2, 3]), "Sub: shapes [2] and [3] do not broadcast");
        Misfit(() => Atan2(v, Tensor([1.0, 2, 3])), "Atan2: shapes [2] and [3] do not broadcast");
        Misfit(() => Where(Less(v, 1), v, Tensor([1.0, 2, 3])), "Where: shapes [2] and [3] do not broadcast");
        Misfit(() => Clamp(v, max: Tensor([1.0, 2, 3])), "Clamp: shapes [2] and [3] do not broadcast");
        Misfit(() => Mean(v, [1]), "Mean: axis 1 is out of range for float64[2]");
        Misfit(() => MaxOver(v, [0, -1]), "MaxOver: axis 0 appears twice in a reduction of float64[2]");
        Misfit(() => Softmax(v, 1), "Softmax: axis 1 is out of range for float64[2]");
        Misfit(() => Squeeze(v, 0), "Squeeze: axis 0 of float64[2] is not of size 1");
        Misfit(() => Squeeze(Full(TensorType.Float64(0, 3), 0.0), -1), "Squeeze: axis -1 of float64[0, 3] is not of size 1");
        Misfit(() => Uniform(Key(1), TensorType.Int64(3)), "random numbers between 0 and 1 are floating-point, not int64[3]");
        Misfit(() => Normal(Key(1), TensorType.Int64(3)), "random numbers between 0 and 1 are floating-point, not int64[3]");
        Assert.Throws<IndexOutOfRangeException>(() => Dims.Empty[0]);
        Assert.Throws<IndexOutOfRangeException>(() => Dims.Empty[^1]);
        // Element types meet as everywhere.
        Assert.Equal([3.0, 5], Evaluate<double>(Convolution(Cast(image, DType.Int64), kernel)));
        Assert.Equal(DType.Float64, Dropout(Tensor([1L, 2]), 0.5, Key(1)).DType);
    }
}
