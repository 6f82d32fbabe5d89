using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class OdeTests
{
    private static void Close(double expected, Node actual, double tolerance) => Assert.Equal(expected, Evaluate<double>(actual)[0], tolerance);

    [Fact]
    public void Solutions_are_known_ones()
    {
        var times = Tensor([0.0, 0.5, 1, 3]);
        var decay = Evaluate<double>(Ode.Solve((_, y) => -2 * y, Scalar(3.0), times, 1e-9, 1e-12));
        Assert.Equal([3, 3 * Math.Exp(-1), 3 * Math.Exp(-2), 3 * Math.Exp(-6)], decay, (a, b) => Math.Abs(a - b) < 1e-8);
        // A pendulum that swings little, back in time as well.
        Node Swing(Node _, Node y) => Stack([y[1], -y[0]]);
        var there = Ode.Solve(Swing, Tensor([1.0, 0]), Tensor([0.0, 10]), 1e-10, 1e-12)[1];
        Assert.Equal([Math.Cos(10), -Math.Sin(10)], Evaluate<double>(there), (a, b) => Math.Abs(a - b) < 1e-8);
        Assert.Equal([1.0, 0], Evaluate<double>(Ode.Solve(Swing, there, Tensor([10.0, 0]), 1e-10, 1e-12)[1]), (a, b) => Math.Abs(a - b) < 1e-8);
        // A right side of time alone: the integral of 1 / (1 + t²).
        Close(Math.Atan(5), Ode.Solve((t, _) => 1 / (1 + t * t), Scalar(0.0), Tensor([0.0, 5]), 1e-10, 1e-12)[1], 1e-9);
        // A stiff-looking one: van der Pol's at μ = 5, whose period is 11.612.
        Node Pol(Node _, Node y) => Stack([y[1], 5 * (1 - y[0] * y[0]) * y[1] - y[0]]);
        var round = Evaluate<double>(Ode.Solve(Pol, Tensor([2.0215, 0]), Tensor([0.0, 11.6122]), 1e-9, 1e-11)[1]);
        Assert.Equal(2.0215, round[0], 2e-3);
        Assert.Equal(2, Ode.Solve((_, y) => y, Zeros([2, 3]), Tensor([0.0])).Type.Rank - 1);
    }

    [Fact]
    public void The_error_follows_what_is_asked()
    {
        double Off(double relative) => Math.Abs(Evaluate<double>(Ode.Solve((t, y) => y * Cos(t), Scalar(1.0), Tensor([0.0, 8]), relative, relative * 1e-3)[1])[0] - Math.Exp(Math.Sin(8)));
        foreach (var relative in new[] { 1e-3, 1e-6, 1e-9 }) Assert.InRange(Off(relative), 0, 50 * relative);
        Assert.True(Off(1e-9) < Off(1e-6) && Off(1e-6) < Off(1e-3));
    }

    [Fact]
    public void Derivatives_are_those_of_the_solution()
    {
        // y = a·exp(k·t): in a, k and t; to second order.
        Node Solved(Node a, Node k, Node t) => Ode.Solve((_, y) => k * y, a, Stack([Scalar(0.0), t]), 1e-10, 1e-12)[1];
        var (a, k, t) = (Scalar(2.0), Scalar(0.7), Scalar(1.5));
        var e = Math.Exp(0.7 * 1.5);
        Close(e, Grad((Node v) => Solved(v, k, t))(a), 1e-8);
        Close(2 * 1.5 * e, Grad((Node v) => Solved(a, v, t))(k), 1e-8);
        Close(2 * 0.7 * e, Grad((Node v) => Solved(a, k, v))(t), 1e-8);
        Close(2 * 1.5 * 1.5 * e, Grad(Grad((Node v) => Solved(a, v, t)))(k), 1e-6);
        Close(2 * 1.5 * e, Jvp(v => Solved(a, v, t), k, Scalar(1.0)).Tangent, 1e-8);
        Close(1.5 * e, Grad((Node v) => Grad((Node u) => Solved(u, v, t))(a))(k), 1e-7);
        var rows = Evaluate<double>(Vmap(v => Solved(v, k, t))(Tensor([1.0, 2, -3])));
        Assert.Equal([e, 2 * e, -3 * e], rows, (x, y) => Math.Abs(x - y) < 1e-8);
        Assert.Equal([e, e, e], Evaluate<double>(Vmap(Grad((Node v) => Solved(v, k, t)))(Tensor([1.0, 2, -3]))), (x, y) => Math.Abs(x - y) < 1e-8);
        Assert.Equal(2 * e, Evaluate<double>(Compile<Node, Node>(v => Solved(v, k, t))(a))[0], 1e-8);
    }

    [Fact]
    public void What_cannot_be_solved_is_no_number_and_what_does_not_fit_is_said()
    {
        // y = 1 / (1 − t) has no value beyond 1, and ten steps are not enough for a thousand swings.
        Assert.Equal(double.NaN, Evaluate<double>(Ode.Solve((_, y) => y * y, Scalar(1.0), Tensor([0.0, 2])))[1]);
        var few = Evaluate<double>(Ode.Solve((_, y) => Stack([y[1], -y[0]]), Tensor([1.0, 0]), Tensor([0.0, 0.1, 6000, 6001]), atMost: 10));
        Assert.Equal(Math.Cos(0.1), few[2], 1e-6);
        Assert.All(few[4..], v => Assert.Equal(double.NaN, v));
        Assert.Throws<ShapeException>(() => Ode.Solve((_, y) => y[0], Zeros(2), Tensor([0.0, 1])));
        Assert.Throws<ShapeException>(() => Ode.Solve((_, y) => y, Zeros(2), Scalar(1.0)));
        Assert.Throws<ShapeException>(() => Ode.Solve((_, y) => y, Zeros(2), Tensor<float>([0, 1], 2)));
        Assert.Equal(DType.Float32, Ode.Solve((_, y) => -y, Zeros(2, DType.Float32), Tensor<float>([0, 1], 2)).DType);
    }
}
