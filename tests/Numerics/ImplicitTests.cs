using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class ImplicitTests
{
    private static void Close(double[] expected, Node actual, double tolerance = 1e-9) => Assert.Equal(expected, Evaluate<double>(actual), (a, b) => a.Equals(b) || Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(a)));

    [Fact]
    public void A_root_has_the_derivatives_of_the_implicit_function_to_order_three()
    {
        // x² = a.
        Node Root(Node a) => Implicit.Root(x => x * x - a, Scalar(1.0));
        Func<Node, Node> f = Root;
        foreach (var expected in new[] { Math.Sqrt(3), 0.5 / Math.Sqrt(3), -0.25 * Math.Pow(3, -1.5), 0.375 * Math.Pow(3, -2.5) })
        {
            Close([expected], f(Scalar(3.0)), 1e-8);
            f = Grad(f);
        }
        // The fourth would be wrong, and is no number.
        Close([double.NaN], f(Scalar(3.0)));
        Close([0.5 / Math.Sqrt(3)], Jvp(Root, Scalar(3.0), Scalar(1.0)).Tangent);
        Close([1, 2, 3], Vmap(Root)(Tensor([1.0, 4, 9])));
        Close([2], Compile<Node, Node>(Root)(Scalar(4.0)));
        // Kepler: E − e·sin E = M, dE/dM = 1 / (1 − e·cos E), d²E/dM² = −e·sin E / (1 − e·cos E)³.
        Node Kepler(Node m) => Implicit.Root(v => v - 0.6 * Sin(v) - m, m);
        var at = Evaluate<double>(Kepler(Scalar(1.2)))[0];
        Assert.Equal(1.2, at - (0.6 * Math.Sin(at)), 1e-12);
        Close([1 / (1 - (0.6 * Math.Cos(at)))], Grad(Kepler)(Scalar(1.2)));
        Close([-0.6 * Math.Sin(at) / Math.Pow(1 - (0.6 * Math.Cos(at)), 3)], Grad(Grad(Kepler))(Scalar(1.2)));
    }

    [Fact]
    public void Systems_and_fixed_points()
    {
        // A circle and a line: x² + y² = r², y = x; x = r / √2.
        Node Corner(Node r) => Implicit.Root(v => Stack([Sum(v * v) - r * r, v[1] - v[0]]), Tensor([1.0, 0.5]));
        Close([2 / Math.Sqrt(2), 2 / Math.Sqrt(2)], Corner(Scalar(2.0)));
        Close([1 / Math.Sqrt(2), 1 / Math.Sqrt(2)], JacobianForward(Corner)(Scalar(2.0)));
        Close([2 / Math.Sqrt(2)], Grad((Node r) => Sum(Corner(r)))(Scalar(2.0)));
        // x = tanh(W·x + b): a hidden state at rest; against differences.
        var w = Tensor(new double[,] { { 0.3, -0.5, 0.1 }, { 0.2, 0.1, 0.4 }, { -0.3, 0.2, 0.2 } });
        Node Rest(Node b) => Sum(Square(Implicit.FixedPoint(x => Tanh(MatMul(w, x) + b), Zeros(3), 1e-13)));
        var b = Tensor([0.2, -0.1, 0.5]);
        var gradient = Evaluate<double>(Grad(Rest)(b));
        for (var k = 0; k < 3; k++)
        {
            var e = Tensor<double>([.. Enumerable.Range(0, 3).Select(i => i == k ? 1e-5 : 0)], [3]);
            Assert.Equal((Evaluate<double>(Rest(b + e))[0] - Evaluate<double>(Rest(b - e))[0]) / 2e-5, gradient[k], 1e-8);
            Close([.. Enumerable.Range(0, 3).Select(i => (Evaluate<double>(Grad(Rest)(b + e))[i] - Evaluate<double>(Grad(Rest)(b - e))[i]) / 2e-5)], Hessian(Rest)(b)[k], 1e-7);
        }
        // In what the function captures as a matrix.
        Assert.Equal(9, Evaluate<double>(Grad((Node m) => Sum(Implicit.FixedPoint(x => Tanh(MatMul(m, x) + b), Zeros(3))))(w)).Count(v => v != 0));
    }

    [Fact]
    public void What_is_not_found_is_no_number_and_what_does_not_fit_is_said()
    {
        Close([double.NaN], Implicit.Root(x => x * x + 1, Scalar(0.5)));
        Close([double.NaN], Implicit.FixedPoint(x => x * 2, Scalar(1.0), atMost: 20));
        Close([double.NaN, double.NaN], Implicit.Root(x => x * x + 1, Tensor([0.5, 0.3])));
        Assert.Throws<LinearAlgebraException>(() => Evaluate<double>(Implicit.Root(x => Stack([Sum(x), Sum(x)]), Tensor([1.0, 1]))));
        Close([], Implicit.Root(x => x, Zeros(0)));
        Assert.Throws<ShapeException>(() => Implicit.Root(x => x[..1], Zeros(2)));
        Assert.Throws<ShapeException>(() => Implicit.Root(x => x, Zeros([2, 2])));
        Assert.Throws<ShapeException>(() => Implicit.FixedPoint(x => x, Scalar(1, DType.Int64)));
    }
}
