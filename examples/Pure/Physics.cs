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
}
