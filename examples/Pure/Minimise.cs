using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Pure;

internal static class Minimise
{
    private static Node Rosenbrock(Node x) => Sum(100 * Square(x[1..] - Square(x[..^1])) + Square(1 - x[..^1]));

    // One step: H·d = −g by conjugate gradients, without H, until the direction bends down no more; then the longest of 1, ½, ¼ … that helps.
    private static Node Step(Node x)
    {
        var (loss, g) = ValueAndGrad(Rosenbrock)(x);
        var start = (Direction: x * 0, Residual: -g, Search: -g);
        var (d, _, _) = While(
            c => And(Sum(Square(c.Residual)) > 1e-20 * Sum(Square(g)), Sum(c.Search * Hvp(Rosenbrock)(x, c.Search)) > 0),
            c =>
            {
                var bent = Hvp(Rosenbrock)(x, c.Search);
                var length = Sum(Square(c.Residual)) / Sum(c.Search * bent);
                var residual = c.Residual - length * bent;
                return (c.Direction + length * c.Search, residual, residual + Sum(Square(residual)) / Sum(Square(c.Residual)) * c.Search);
            },
            start);
        var along = Where(Any(NotEqual(d, 0)), d, -g);
        return x + along * While(t => Rosenbrock(x + t * along) > loss + 1e-4 * t * Sum(g * along), t => t / 2, Scalar(1.0), atMost: 40);
    }

    public static (string, double, double) Rosenbrock()
    {
        var step = Compile(Step);
        var x = Full(TensorType.Float64(100), -0.5);
        var steps = 0;
        for (; steps < 500 && Evaluate<double>(MaxOver(Abs(Grad(Rosenbrock)(x))))[0] > 1e-10; steps++) x = step(x);
        return ($"{steps} steps to f = {Evaluate<double>(Rosenbrock(x))[0]:0.0e+00}", Evaluate<double>(MaxOver(Abs(x - 1)))[0], 1e-9);
    }
}
