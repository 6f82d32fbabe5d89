using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Pure;

/// <summary>Adam (Kingma and Ba, 2015) over any structure of parameters, as a compiled function from state to state.</summary>
internal sealed class Adam<T>(Func<T, Node> loss, double rate)
{
    private readonly Func<(T X, T Mean, T Square, Node Time), (T, T, T, Node)> step = Compile<(T X, T Mean, T Square, Node Time), (T, T, T, Node)>(s =>
    {
        var (g, t) = (Grad(loss)(s.X), s.Time + 1);
        var mean = Tree.Map((m, d) => 0.9 * m + 0.1 * d, s.Mean, g);
        var square = Tree.Map((v, d) => 0.999 * v + 0.001 * d * d, s.Square, g);
        var scaled = Tree.Map((m, v) => m / (1 - Pow(0.9, t)) / (Sqrt(v / (1 - Pow(0.999, t))) + 1e-8), mean, square);
        return (Tree.Map((x, d) => x - rate * d, s.X, scaled), mean, square, t);
    });

    public T Run(T x, int steps)
    {
        var zero = Tree.Map(v => v * 0, x);
        var state = (x, zero, zero, Tensor<double>([0.0], []));
        for (var k = 0; k < steps; k++) state = step(state);
        return state.Item1;
    }
}
