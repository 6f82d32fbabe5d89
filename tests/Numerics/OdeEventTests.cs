using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class OdeEventTests
{
    private static void Close(double expected, Node actual, double tolerance) => Assert.Equal(expected, Evaluate<double>(actual)[0], tolerance);

    private static Node Swing(Node t, Node y) => Stack([y[1], -y[0]]);

    private static Node Fall(Node t, Node y) => Stack([y[1], -9.81 + 0 * y[1]]);

    [Fact]
    public void A_solution_is_known_between_its_steps()
    {
        var solution = Ode.SolveDense(Swing, Tensor([1.0, 0]), 0.0, 10.0, 1e-10, 1e-12).Checked();
        double[] times = [0, 0.001, 1.2345, Math.PI, 7.77, 9.999, 10];
        Assert.Equal(times.SelectMany(t => new[] { Math.Cos(t), -Math.Sin(t) }), Evaluate<double>(solution.At(Tensor(times))), (a, b) => Math.Abs(a - b) < 2e-8);
        // Its derivative in the time is the slope, and the second one that of the slope.
        Close(-Math.Sin(1.2345), Grad(t => solution.At(t)[0])(Scalar(1.2345)), 1e-6);
        Close(-Math.Cos(1.2345), Grad(Grad(t => solution.At(t)[0]))(Scalar(1.2345)), 1e-4);
        Close(-Math.Sin(1.2345), Jvp(t => solution.At(t)[0], Scalar(1.2345), Scalar(1.0)).Tangent, 1e-6);
        // At the ends of steps it is the state of the solution by times; back in time as well.
        Assert.Equal(Evaluate<double>(Ode.Solve(Swing, Tensor([1.0, 0]), Tensor([0.0, 10]), 1e-10, 1e-12)[1]), Evaluate<double>(solution.At(10.0)), (a, b) => Math.Abs(a - b) < 1e-14);
        var back = Ode.SolveDense(Swing, Tensor([1.0, 0]), 0.0, -4.0, 1e-10, 1e-12).Checked();
        Close(Math.Cos(-2.5), back.At(-2.5)[0], 2e-8);
        Assert.All(Evaluate<double>(Concat([back.At(0.1), back.At(-4.1), solution.At(10.1)])), v => Assert.Equal(double.NaN, v));
        Close(3, Ode.SolveDense((_, y) => y, Scalar(3.0) * 1, 1.0, 1.0).At(1.0), 0);
        Assert.Throws<ShapeException>(() => solution.At(Zeros([2, 2])));
        Assert.Throws<ShapeException>(() => Ode.SolveDense(Swing, Zeros(2), Zeros(1), 1.0));
    }

    [Fact]
    public void Dense_solutions_have_derivatives_in_what_was_captured()
    {
        // a·exp(k·t) at 0.8 of a solution up to 1.5.
        Node At(Node a, Node k) => Ode.SolveDense((_, y) => k * y, a, 0.0, 1.5, 1e-11, 1e-13, 200).At(0.8);
        var e = Math.Exp(0.7 * 0.8);
        Close(2 * e, At(2.0, 0.7), 1e-9);
        Close(e, Grad((Node v) => At(v, 0.7))(Scalar(2.0)), 1e-9);
        Close(1.6 * e, Grad((Node v) => At(2.0, v))(Scalar(0.7)), 1e-8);
        Close(2 * 0.64 * e, Grad(Grad((Node v) => At(2.0, v)))(Scalar(0.7)), 1e-7);
        Assert.Equal([e, 3 * e], Evaluate<double>(Vmap(v => At(v, 0.7))(Tensor([1.0, 3]))), (a, b) => Math.Abs(a - b) < 1e-8);
        Close(2 * e, Compile<Node, Node>(v => At(v, 0.7))(Scalar(2.0)), 1e-9);
    }

    [Fact]
    public void What_is_not_reached_is_said()
    {
        // 1 / (1 − t) has a pole at 1; a fast swing takes more than ten steps.
        var pole = Ode.SolveDense((_, y) => y * y, Scalar(1.0) * 1, 0.0, 2.0);
        Assert.Contains("too small", Assert.Throws<ConvergenceException>(() => pole.Checked()).Message);
        Assert.Equal(1, Evaluate<double>(pole.Reached)[0], 1e-6);
        Close(2, pole.At(0.5), 1e-5);
        Assert.Equal(double.NaN, Evaluate<double>(pole.At(1.5))[0]);
        var slow = Ode.SolveDense(Swing, Tensor([1.0, 0]), 0.0, 100.0, atMost: 10);
        Assert.Contains("not enough", Assert.Throws<ConvergenceException>(() => slow.Checked()).Message);
        Assert.Contains("did not happen", Assert.Throws<ConvergenceException>(() => Ode.UntilEvent(Fall, Tensor([1.0, 0]), 0.0, 5.0, (_, y) => y[0] - 2).Checked()).Message);
        Assert.Contains("not enough", Assert.Throws<ConvergenceException>(() => Ode.UntilEvent(Swing, Tensor([1.0, 0]), 0.0, 100.0, (_, y) => y[0] - 2, atMost: 10).Checked()).Message);
        var never = Ode.UntilEvent((_, y) => y * y, Scalar(1.0) * 1, 0.0, 2.0, (_, y) => y + 1);
        Assert.Contains("too small", Assert.Throws<ConvergenceException>(() => never.Checked()).Message);
        Assert.Equal(double.NaN, Evaluate<double>(never.Time)[0]);
        var rows = Vmap(Grad((Node v) => Ode.UntilEvent(Fall, Stack([v, 0.0]), 0.0, 1.0, (_, y) => y[0]).Time))(Tensor([2.0, 20]));
        Assert.Equal([1 / Math.Sqrt(2 * 9.81 * 2), double.NaN], Evaluate<double>(rows), (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-10);
        Assert.Throws<ShapeException>(() => Ode.UntilEvent(Fall, Tensor([1.0, 0]), 0.0, 5.0, (_, y) => y));
    }

    [Fact]
    public void A_ball_meets_the_ground_and_when_has_derivatives_to_order_three()
    {
        // h + v·t − g·t²/2 = 0: t = (v + √(v² + 2·g·h)) / g.
        static Node Landing(Node h, Node v) => Ode.UntilEvent(Fall, Stack([h, v]), 0.0, 10.0, (_, y) => y[0], -1).Time;
        const double g = 9.81, h = 2.0, v = 1.5;
        var root = Math.Sqrt((v * v) + (2 * g * h));
        Close((v + root) / g, Landing(h, v), 1e-12);
        Node ByHeight(Node u) => Landing(u, v);
        Node BySpeed(Node u) => Landing(h, u);
        Close(1 / root, Grad(ByHeight)(Scalar(h)), 1e-10);
        Close(-g / Math.Pow(root, 3), Grad(Grad(ByHeight))(Scalar(h)), 1e-9);
        Close(3 * g * g / Math.Pow(root, 5), Grad(Grad(Grad(ByHeight)))(Scalar(h)), 1e-8);
        Close((1 + (v / root)) / g, Grad(BySpeed)(Scalar(v)), 1e-10);
        Close(2 * g * h / Math.Pow(root, 3) / g, Grad(Grad(BySpeed))(Scalar(v)), 1e-9);
        Close(-g / Math.Pow(root, 3), Jvp(x => Jvp(ByHeight, x, Scalar(1.0)).Tangent, Scalar(h), Scalar(1.0)).Tangent, 1e-9);
        Assert.Equal(new[] { 1.0, 2, 30 }.Select(u => (v + Math.Sqrt((v * v) + (2 * g * u))) / g), Evaluate<double>(Vmap(ByHeight)(Tensor([1.0, 2, 30]))), (a, b) => Math.Abs(a - b) < 1e-12);
        Close(1 / root, Compile(Grad(ByHeight))(Scalar(h)), 1e-10);
        // In the first time, and in what the event captures: a floor at c.
        Close(1, Grad((Node s) => Ode.UntilEvent(Fall, Tensor([h, v]), s, 10.0, (_, y) => y[0], -1).Time)(Scalar(0.3)), 1e-10);
        Close(-1 / root, Grad((Node c) => Ode.UntilEvent(Fall, Tensor([h, v]), 0.0, 10.0, (_, y) => y[0] - c, -1).Time)(Scalar(0.0)), 1e-10);
        // The speed there, −√(v² + 2·g·h).
        Close(-root, Ode.UntilEvent(Fall, Tensor([h, v]), 0.0, 10.0, (_, y) => y[0]).State[1], 1e-11);
        Close(-g / root, Grad((Node u) => Ode.UntilEvent(Fall, Stack([u, v]), 0.0, 10.0, (_, y) => y[0]).State[1])(Scalar(h)), 1e-10);
    }

    [Fact]
    public void Events_are_met_in_either_direction_and_within_a_step()
    {
        // cos ω·t passes 0 at π/2ω falling, at 3π/2ω rising; dt/dω = −t/ω, d²t/dω² = 2t/ω².
        static Node When(Node w, int direction) => Ode.UntilEvent((_, y) => Stack([w * y[1], -w * y[0]]), Tensor([1.0, 0]), 0.0, 20.0, (_, y) => y[0], direction, 1e-11, 1e-13).Time;
        foreach (var (direction, at) in new[] { (0, Math.PI / 2), (-1, Math.PI / 2), (1, 3 * Math.PI / 2) })
        {
            Close(at / 1.3, When(1.3, direction), 1e-9);
            Close(-at / (1.3 * 1.3), Grad((Node w) => When(w, direction))(Scalar(1.3)), 1e-8);
            Close(2 * at / (1.3 * 1.3 * 1.3), Grad(Grad((Node w) => When(w, direction)))(Scalar(1.3)), 1e-7);
        }
        // Back in time, and a passage there and back within one long step: a parabola that is below 0 from 1 to 3.
        Close(-Math.PI / 2, Ode.UntilEvent(Swing, Tensor([1.0, 0]), 0.0, -20.0, (_, y) => y[0], relative: 1e-11, absolute: 1e-13).Time, 1e-9);
        Close(1, Ode.UntilEvent((t, _) => 2 * t - 4, Scalar(3.0) * 1, 0.0, 5.0, (_, y) => y, relative: 1, absolute: 1).Time, 1e-9);
        // A bounce: what is 0 at the beginning has not passed. Each takes 2·v/g, with v smaller by 0.8.
        var (time, speed) = Scan((s, _) => Ode.UntilEvent(Fall, Stack([s.Time * 0, s.Speed]), s.Time, s.Time + 10, (_, y) => y[0], -1) is var e ? ((e.Time, -0.8 * e.State[1]), e.Time) : default, (Time: Scalar(0.0), Speed: Scalar(4.0)), Zeros(4)).Carry;
        Close(8 / 9.81 * (1 + 0.8 + 0.64 + 0.512), time, 1e-9);
        Close(4 * Math.Pow(0.8, 4), speed, 1e-9);
    }

    [Fact]
    public void The_continuous_adjoint_is_the_gradient_of_the_solution()
    {
        var times = Tensor([0.0, 0.6, 1.5]);
        Node Solved(Node a, Node k, Node at) => Ode.SolveAdjoint((_, y) => k * y, a, at, 1e-10, 1e-12);
        Node Total(Node s) => Sum(s * Tensor([1.0, 2, 3]));
        double E(double t) => Math.Exp(0.7 * t);
        Close(2 * E(1.5), Solved(2.0 + Zeros([]), 0.7, times)[2], 1e-8);
        Close(1 + (2 * E(0.6)) + (3 * E(1.5)), Grad((Node v) => Total(Solved(v, 0.7, times)))(Scalar(2.0) * 1), 1e-7);
        Close(2 * ((1.2 * E(0.6)) + (4.5 * E(1.5))), Grad((Node v) => Total(Solved(Scalar(2.0) * 1, v, times)))(Scalar(0.7)), 1e-7);
        Close(2 * ((0.72 * E(0.6)) + (6.75 * E(1.5))), Grad(Grad((Node v) => Total(Solved(Scalar(2.0) * 1, v, times))))(Scalar(0.7)), 1e-6);
        var byTime = Evaluate<double>(Grad((Node t) => Total(Solved(Scalar(2.0) * 1, 0.7, t)))(times));
        Assert.Equal([-1.4 * ((2 * E(0.6)) + (3 * E(1.5))), 2 * 1.4 * E(0.6), 3 * 1.4 * E(1.5)], byTime, (a, b) => Math.Abs(a - b) < 1e-6);
        // A network of several parameters: both adjoints agree as far as the tolerance says; compiled and in a batch.
        var w = Normal(Key(1), [3, 3]) * 0.5;
        Node Loss(Func<Func<Node, Node, Node>, Node, Node, Node> solve, Node m, Node y) => Sum(Square(solve((t, x) => Tanh(MatMul(m, x)) * Cos(t), y, times)));
        Node Discrete(Node m) => Loss((f, y, t) => Ode.Solve(f, y, t, 1e-9, 1e-11), m, Tensor([1.0, -0.5, 0.2]));
        Node Continuous(Node m) => Loss((f, y, t) => Ode.SolveAdjoint(f, y, t, 1e-9, 1e-11), m, Tensor([1.0, -0.5, 0.2]));
        Assert.Equal(Evaluate<double>(Grad(Discrete)(w)), Evaluate<double>(Compile(Grad(Continuous))(w)), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(Evaluate<double>(Grad(Discrete)(2 * w)), Evaluate<double>(Vmap(Grad(Continuous))(Stack([w, 2 * w]))[1]), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Contains("reverse mode", Assert.Throws<InvalidOperationException>(() => Jvp(Continuous, w, w)).Message);
    }
}
