using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Pure;

internal static class Physics
{
    // A network that is zero at both ends.
    private static Node U((Node W, Node B, Node Out) p, Node x) => x * (1 - x) * Sum(p.Out * Tanh(p.W * x + p.B));

    private static Node SecondDerivative(Func<Node, Node> u, Node x) => Grad(Grad(u))(x);

    public static (string, double, double) Poisson()
    {
        // Captured by the loss, which is compiled over it.
        var points = Settled(Linspace(0, 1, 32));
        Node Residual((Node, Node, Node) p, Node x) => SecondDerivative(v => U(p, v), x) + Math.PI * Math.PI * Sin(Math.PI * x);
        Node Loss((Node, Node, Node) p) => Mean(Square(Vmap(x => Residual(p, x))(points)));
        var keys = SplitKey(Key(5), 3);
        var start = (Normal(keys[0], TensorType.Float64(16)) * 2, Normal(keys[1], TensorType.Float64(16)), Normal(keys[2], TensorType.Float64(16)) * 0.1);
        var trained = new Adam<(Node, Node, Node)>(Loss, 0.01).Run(start, 3000);
        var at = Linspace(0, 1, 101);
        var error = Evaluate<double>(MaxOver(Abs(Vmap(x => U(trained, x))(at) - Sin(Math.PI * at))))[0];
        return ($"residual {Math.Sqrt(Evaluate<double>(Loss(trained))[0]):0.0e+00}", error, 1e-3);
    }

    // A right side that is a network, learnt from the states of a damped swing at a few times; it is held to times that it has not seen.
    public static (string, double, double) NeuralEquation()
    {
        static Node State(Node t) => Stack([Exp(-0.1 * t) * Cos(2 * t), -Exp(-0.1 * t) * Sin(2 * t)], 1);
        Node Solution((Node W, Node B, Node Out) p, Node times) => Ode.Solve((_, y) => MatMul(p.Out, Tanh(MatMul(p.W, y) + p.B)), Tensor([1.0, 0]), times, 1e-4, 1e-6, atMost: 20);
        var (seen, unseen) = (Settled(Linspace(0, 3, 16)), Settled(Linspace(0, 3.5, 36)));
        var wanted = Settled(State(seen));
        var keys = SplitKey(Key(3));
        var start = (Normal(keys[0], [12, 2]) * 0.5, Zeros(12), Normal(keys[1], [2, 12]) * 0.3);
        var trained = new Adam<(Node, Node, Node)>(p => Mean(Square(Solution(p, seen) - wanted)), 0.03).Run(start, 600);
        var error = Evaluate<double>(MaxOver(Abs(Solution(trained, unseen) - State(unseen))))[0];
        return ($"loss {Evaluate<double>(Mean(Square(Solution(trained, seen) - wanted)))[0]:0.0e+00}", error, 0.05);
    }

    // A ball that is thrown up and bounces three times, losing a fifth of its speed each time: when it lands for the fourth time, and how that depends, to second order, on where and how fast it was thrown.
    public static (string, double, double) Bounces()
    {
        const double g = 9.81, kept = 0.8;
        static Node Fall(Node t, Node y) => Stack([y[1], Full(new TensorType(DType.Float64, []), -g)]);
        static OdeEvent Landing(Node height, Node speed, Node start) => Ode.UntilEvent(Fall, Stack([height, speed]), start, start + 10, (_, y) => y[0], direction: -1);
        static Node Time(Node height, Node speed)
        {
            var first = Landing(height, speed, 0.0);
            return Scan(s => Landing(0.0, -kept * s.Speed, s.Time) is var e ? ((e.Time, e.State[1]), s.Time) : default, (first.Time, Speed: first.State[1]), 3).Carry.Time;
        }
        const double h = 2, v = 1.5;
        Node ByHeight(Node u) => Time(u, v);
        Node BySpeed(Node u) => Time(h, u);
        double[] given = [.. new[] { ByHeight(h), Grad(ByHeight)(h), Grad(Grad(ByHeight))(h), Grad(BySpeed)(v), Grad(Grad(BySpeed))(v) }.Select(n => Evaluate<double>(n)[0])];
        // It first lands with speed √(v² + 2gh) after (v + √…)/g, and flies for twice its speed over g from then on.
        var (speed, flights) = (Math.Sqrt(v * v + 2 * g * h), 1 + 2 * (kept + kept * kept + kept * kept * kept));
        double[] wanted = [(v + speed * flights) / g, flights / speed, -g * flights / Math.Pow(speed, 3), (1 + v * flights / speed) / g, flights * 2 * h / Math.Pow(speed, 3)];
        return ($"after {given[0]:F6} s; by height {given[1]:F6} and {given[2]:F6}, by speed {given[3]:F6} and {given[4]:F6}", Compare.Relative(given, wanted), 1e-8);
    }
}
