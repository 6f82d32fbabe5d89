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
            if (dtype == DType.Float32 && !((double)(float)row.X).Equals(row.X)) continue;
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

    [Fact]
    public void What_was_not_selected_never_sees_the_cotangent()
    {
        const double inf = double.PositiveInfinity;
        (string Name, Func<Node, Node> F, double[] X, bool[] Reached)[] cases =
        [
            ("Max", x => Max(x, Fixed(2, 2, 2)), [1, 2, 3], [false, true, true]),
            ("Min", x => Min(x, Fixed(2, 2, 2)), [1, 2, 3], [true, true, false]),
            ("MaxOver", x => MaxOver(x), [1, 3, 2], [false, true, false]),
            ("MinOver", x => MinOver(x), [1, 3, 2], [true, false, false]),
            ("MaxOver of NaN", x => MaxOver(x), [1, double.NaN, 2], [false, true, false]),
            ("MaxAlong", x => MaxAlong(x, 0).Values, [3, 3, 2], [true, false, false]),
            ("Clamp", x => Clamp(x, -1, 1), [-2, 0, 2], [false, true, false]),
            ("Where", x => Where(x > 1, x, 0), [0, 1, 2], [false, false, true]),
            ("Relu", Relu, [-1, 0, 1], [false, false, true]),
            ("Pow 0", x => Pow(x, 0), [0, 1, inf], [false, false, false]),
            ("Norm of zero", x => Norm(x), [0, 0, 0], [false, false, false]),
            ("Std of equals", x => Std(x), [2, 2, 2], [false, false, false]),
        ];
        foreach (var (name, f, at, reached) in cases)
            foreach (var c in new[] { inf, -inf, double.NaN })
            {
                var x = Tensor(at);
                var y = f(x);
                var gradient = Evaluate<double>(Gradient.Of([y], [Full(y.Type, c)], [x])[0]!);
                Assert.True(gradient.Zip(reached, (g, r) => r ? !double.IsFinite(g) : g == 0).All(holds => holds), $"{name} under {c}: {string.Join(", ", gradient)}");
            }

        // The same at one remove: the slope of the root is infinite where the larger operand is 3.
        var (a, b) = (Tensor([3.0]), Tensor([1.0]));
        var root = Sqrt(Max(a, b) - 3);
        Assert.Equal([double.PositiveInfinity, 0], Gradient.Of([root], [Full(root.Type, 1)], [a, b]).Select(g => Evaluate<double>(g!)[0]));

        static Node Fixed(params double[] values) => Tensor(values);
    }

    [Fact]
    public void The_Hessian_of_a_power_is_symmetric_and_finite_on_its_edges()
    {
        // ∂²(aᵇ): b(b − 1)aᵇ⁻², aᵇ⁻¹(1 + b·log a), aᵇ·log² a; their limits as a falls to 0, and at b = 0.
        (double A, double B, double[] Hessian)[] cases =
        [
            (0, 2, [2, 0, 0, 0]), (0, 3, [0, 0, 0, 0]), (0, 2.5, [0, 0, 0, 0]), (2, 0, [0, 0.5, 0.5, Math.Pow(Math.Log(2), 2)]), (1, 0, [0, 1, 1, 0]), (1, 2, [2, 1, 1, 0]),
        ];
        foreach (var (a, b, expected) in cases)
        {
            var actual = Evaluate<double>(Hessian(x => Pow(SliceAxis(x, 0, 0, 1), SliceAxis(x, 0, 1, 2)))(Tensor([a, b])));
            Assert.True(actual.Zip(expected, (x, e) => Close(x, e, 1e-15)).All(holds => holds), $"at ({a}, {b}): {string.Join(", ", actual)}");
        }
    }

    [Fact]
    public void Reductions_of_nothing_have_a_value_and_no_poles()
    {
        var x = Tensor<double>([], [0, 3]);
        (Func<Node, Node> F, double Value)[] cases =
        [
            (v => Mean(v), double.NaN), (v => MseLoss(v, v * 2), double.NaN), (v => Var(v), double.NaN), (v => Sum(v), 0), (v => Prod(v), 1), (v => Norm(v), 0),
            (v => LogSumExp(v), double.NegativeInfinity), (v => BinaryCrossEntropyWithLogits(v, v), double.NaN),
        ];
        foreach (var (f, value) in cases)
        {
            var y = f(x);
            var c = new Node(Alias.Instance, Full(y.Type, 1));
            var gradient = Gradient.Of([y], [c], [x])[0] ?? x;
            Assert.Equal(x.Type, gradient.Type);
            Assert.Equal(value, Evaluate<double>(y)[0]);
            // The gradient is empty, so its sum does not depend on the cotangent.
            var sum = Sum(gradient);
            Assert.Equal(0, Evaluate<double>(Gradient.Of([sum], [Full(sum.Type, 1)], [c])[0] ?? Full(c.Type, 0))[0]);
        }
    }

    [Fact]
    public void Second_derivatives_cross_from_one_tied_element_to_another()
    {
        // Half of each of two equal elements, so a quarter of every second derivative of the square.
        Assert.Equal([0.5, 0.5, 0.5, 0.5], Evaluate<double>(Hessian(x => Square(MaxOver(x)))(Tensor([3.0, 3.0]))));
        Assert.Equal([0.0, 0, 0, 2], Evaluate<double>(Hessian(x => Square(MaxOver(x)))(Tensor([1.0, 3.0]))));
        Assert.Equal([0.0, 5, 5, 0], Evaluate<double>(Hessian(x => Prod(Concat([x, Tensor([5.0])])))(Tensor([0.0, 0.0]))));
    }

    private static bool Close(double actual, double expected, double tolerance) =>
        actual.Equals(expected) || actual == expected || Math.Abs(actual - expected) <= tolerance * Math.Abs(expected);
}
