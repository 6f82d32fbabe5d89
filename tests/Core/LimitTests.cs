using Functional.Autograd;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Values and derivatives at kinks, ties, poles and ends, in both modes and both precisions.</summary>
public class LimitTests
{
    public static TheoryData<string> Functions => [.. Limits.All.Select(r => r.Function).Distinct()];

    [Theory, MemberData(nameof(Functions))]
    public void Reverse_mode_in_double_precision(string function) => Hold(function, DType.Float64, 2e-13, Reverse);

    [Theory, MemberData(nameof(Functions))]
    public void Forward_mode_in_double_precision(string function) => Hold(function, DType.Float64, 2e-13, Forward);

    [Theory, MemberData(nameof(Functions))]
    public void Reverse_mode_in_single_precision(string function) => Hold(function, DType.Float32, 4e-6, Reverse);

    [Theory, MemberData(nameof(Functions))]
    public void Forward_mode_in_single_precision(string function) => Hold(function, DType.Float32, 4e-6, Forward);

    private static Node Reverse(Node y, Node x) => Gradient.Of([y], [Full(y.Type, 1)], [x])[0] ?? Full(x.Type, 0);

    private static Node Forward(Node y, Node x) => Tangent.Of([y], [x], [Full(x.Type, 1)])[0] ?? Full(y.Type, 0);

    private static void Hold(string function, DType dtype, double tolerance, Func<Node, Node, Node> derivative)
    {
        foreach (var row in Limits.All.Where(r => r.Function == function))
        {
            double[] expected = [row.Value, row.First, row.Second];
            // A point or a result that single precision cannot hold says nothing about it.
            if (dtype == DType.Float32 && expected.Append(row.X).Any(v => double.IsFinite(v) && (Math.Abs(v) > float.MaxValue || v != 0 && Math.Abs(v) < 1e-38))) continue;
            if (dtype == DType.Float32 && !((float)row.X).Equals((float)row.X) || dtype == DType.Float32 && !double.IsNaN(row.X) && (float)row.X != row.X) continue;
            var x = new Node(Alias.Instance, Full(new TensorType(dtype, Dims.Empty), row.X));
            var y = Reshape(row.F(x), Dims.Empty);
            var first = derivative(y, x);
            var second = derivative(first, x);
            Assert.Equal(dtype, y.DType);
            double[] actual = [.. new[] { y, first, second }.Select(v => Evaluate<double>(Cast(v, DType.Float64))[0])];
            Assert.True(actual.Zip(expected, (a, e) => Close(a, e, tolerance)).All(b => b),
                $"{row} ({row.Kind}, {dtype}): f, f′, f″ are {string.Join(", ", actual.Select(v => v.ToString("R")))}, expected {string.Join(", ", expected.Select(v => v.ToString("R")))}");
        }
    }

    private static bool Close(double actual, double expected, double tolerance) =>
        actual.Equals(expected) || actual == expected || Math.Abs(actual - expected) <= tolerance * Math.Abs(expected);
}
