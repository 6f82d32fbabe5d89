using Functional.Autograd;
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
}
