using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Pure;

internal static class Processes
{
    // A Gaussian process: the length and the noise under which what was seen is likeliest, by the gradient of the evidence through Cholesky's factor.
    public static (string, double, double) Gaussian()
    {
        var x = Settled(Linspace(0, 6, 40));
        var y = Settled(Sin(x) + 0.1 * Normal(Key(4), [40]));
        Node Kernel(Node a, Node b, Node length) => Exp(-0.5 * Square((Unsqueeze(a, 1) - Unsqueeze(b, 0)) / length));
        Node Covariance((Node Length, Node Noise) p) => Kernel(x, x, Exp(p.Length)) + Exp(2 * p.Noise) * Eye(40, DType.Float64);
        Node Evidence((Node, Node) p) => Cholesky(Covariance(p)) is var l ? 0.5 * Sum(y * CholeskySolve(l, y)) + Sum(Log(Diagonal(l))) : y;
        var (length, noise) = new Adam<(Node Length, Node Noise)>(Evidence, 0.05).Run((Scalar(0.0), Scalar(-1.0)), 200);
        // At the optimum the gradient vanishes; what it predicts between the points is the sine.
        var between = Linspace(0.5, 5.5, 51);
        var predicted = MatMul(Kernel(between, x, Exp(length)), Solve(Covariance((length, noise)), y));
        var error = Evaluate<double>(MaxOver(Abs(predicted - Sin(between))))[0];
        return ($"length {Math.Exp(Evaluate<double>(length)[0]):F2}, noise {Math.Exp(Evaluate<double>(noise)[0]):F3}", error, 0.12);
    }
}
