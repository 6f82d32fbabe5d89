using System.Collections.Immutable;
using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Digits;

/// <summary>The same training as a pure function from state to state, compiled once per batch shape.</summary>
public static class PureTraining
{
    /// <summary>The mean cross entropy of the network with the given weights: [w1, b1, w2, b2].</summary>
    public static Node Loss(ImmutableArray<Node> weights, Node pixels, Node labels) =>
        CrossEntropy(Linear(Tanh(Linear(pixels, weights[0], weights[1])), weights[2], weights[3]), labels);

    /// <summary>The trained weights.</summary>
    /// <param name="weights">The weights at first.</param>
    /// <param name="batches">Pixels and labels of every batch.</param>
    /// <param name="options">The optimiser.</param>
    public static ImmutableArray<Node> Run(ImmutableArray<Node> weights, IEnumerable<(Node Pixels, Node Labels)> batches, Options options)
    {
        var n = weights.Length;
        // The state: weights and two moments of each (momentum alone uses the first).
        ImmutableArray<Node> state = [.. weights, .. weights.Select(w => Zeros(w)), .. weights.Select(w => Zeros(w))];
        var steps = new Dictionary<long, Func<ImmutableArray<Node>, ImmutableArray<Node>>>();
        var t = 0;
        foreach (var (pixels, labels) in batches)
        {
            t++;
            if (!steps.TryGetValue(pixels.Shape[0], out var step))
            {
                Func<ImmutableArray<Node>, ImmutableArray<Node>> update = options.Optimizer == "adam" ? x => Adam(x, n) : x => Momentum(x, n);
                step = steps[pixels.Shape[0]] = Compile(update, [.. state.Select(s => s.Type), pixels.Type, labels.Type, TensorType.Float64(), TensorType.Float64()]);
            }
            var (c1, c2) = (1 - Math.Pow(0.9, t), 1 - Math.Pow(0.999, t));
            state = step([.. state, pixels, labels, Tensor<double>([5e-3 / c1], Dims.Empty), Tensor<double>([Math.Sqrt(c2)], Dims.Empty)]);
        }
        return state[..n];
    }

    private static Node Zeros(Node like) => Full(like.Type, 0);

    private static ImmutableArray<Node> Gradients(ImmutableArray<Node> x, int n) => Grad((ImmutableArray<Node> w) => Loss(w, x[3 * n], x[3 * n + 1]))(x[..n]);

    private static ImmutableArray<Node> Adam(ImmutableArray<Node> x, int n)
    {
        var gradients = Gradients(x, n);
        List<Node> weights = [], first = [], second = [];
        for (var i = 0; i < n; i++)
        {
            var (w, m, v, g) = (x[i], x[n + i], x[2 * n + i], gradients[i]);
            m += (g - m) * (1 - 0.9);
            v = v * 0.999 + g * g * (1 - 0.999);
            var (rate, root) = (Cast(x[3 * n + 2], w.DType), Cast(x[3 * n + 3], w.DType));
            weights.Add(w - m / (Sqrt(v) / root + 1e-8) * rate);
            first.Add(m);
            second.Add(v);
        }
        return [.. weights, .. first, .. second];
    }

    private static ImmutableArray<Node> Momentum(ImmutableArray<Node> x, int n)
    {
        var gradients = Gradients(x, n);
        ImmutableArray<Node> velocity = [.. Enumerable.Range(0, n).Select(i => x[n + i] * 0.9 + gradients[i])];
        return [.. Enumerable.Range(0, n).Select(i => x[i] - velocity[i] * 0.2), .. velocity, .. x[(2 * n)..(3 * n)]];
    }

    /// <summary>
    /// How far the gradient in a random direction, computed in the weights' type, is from central differences of the loss computed
    /// in float64 at the same weights; relative.
    /// </summary>
    public static double DirectionalError(ImmutableArray<Node> weights, Node pixels, Node labels, int seed)
    {
        var random = new Random(seed);
        ImmutableArray<Node> direction = [.. weights.Select(w => Tensor<double>([.. Enumerable.Range(0, (int)w.Type.Count).Select(_ => random.NextDouble() - 0.5)], w.Shape))];
        var gradients = Grad((ImmutableArray<Node> w) => Loss(w, pixels, labels))(weights);
        var slope = gradients.Zip(direction, (g, d) => Evaluate<double>(Sum(Cast(g, DType.Float64) * d))[0]).Sum();
        var exact = Cast(pixels, DType.Float64);
        double At(double h) => Evaluate<double>(Loss([.. weights.Zip(direction, (w, d) => Cast(w, DType.Float64) + h * d)], exact, labels))[0];
        const double h = 1e-4;
        // Five points: the error is of fourth order in h.
        var differences = (At(-2 * h) - 8 * At(-h) + 8 * At(h) - At(2 * h)) / (12 * h);
        return Math.Abs(slope - differences) / Math.Abs(differences);
    }
}
