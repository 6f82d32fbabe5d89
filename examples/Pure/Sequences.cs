using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Pure;

internal static class Sequences
{
    // A level that drifts with variance q is seen with noise of variance r. The log-likelihood of what was seen, up to a constant.
    private static Node LogLikelihood(Node q, Node r, Node seen) => Sum(Scan(
        (state, y) =>
        {
            var variance = state.Variance + q;
            var (surprise, spread) = (y - state.Mean, variance + r);
            var gain = variance / spread;
            return ((state.Mean + gain * surprise, (1 - gain) * variance), -0.5 * (Log(spread) + surprise * surprise / spread));
        },
        (Mean: Scalar(0.0), Variance: Scalar(1.0)), seen).Outputs);

    // The same without a filter: all observations are normal together, with covariance 1 + q·min(i, j) and r on the diagonal.
    private static double Direct(double q, double r, double[] seen)
    {
        var n = seen.Length;
        var (l, sum) = (new double[n, n], 0.0);
        var white = new double[n];
        for (var i = 0; i < n; i++)
        {
            white[i] = seen[i];
            for (var j = 0; j <= i; j++)
            {
                var c = 1 + q * (j + 1) + (i == j ? r : 0);
                for (var k = 0; k < j; k++) c -= l[i, k] * l[j, k];
                l[i, j] = i == j ? Math.Sqrt(c) : c / l[j, j];
            }
            for (var j = 0; j < i; j++) white[i] -= l[i, j] * white[j];
            white[i] /= l[i, i];
            sum -= Math.Log(l[i, i]) + 0.5 * white[i] * white[i];
        }
        return sum;
    }

    public static (string, double, double) Kalman()
    {
        double[] seen = [.. Enumerable.Range(0, 60).Select(t => Math.Sin(0.1 * t) + 0.3 * Math.Cos(7.0 * t))];
        var (value, (byDrift, byNoise)) = ValueAndGrad((q, r) => LogLikelihood(q, r, Tensor(seen)))(0.05, 0.2);
        var h = 1e-5;
        double[] wanted = [Direct(0.05, 0.2, seen), (Direct(0.05 + h, 0.2, seen) - Direct(0.05 - h, 0.2, seen)) / (2 * h), (Direct(0.05, 0.2 + h, seen) - Direct(0.05, 0.2 - h, seen)) / (2 * h)];
        double[] given = [.. Evaluate<double>(value), .. Evaluate<double>(byDrift), .. Evaluate<double>(byNoise)];
        return ($"log-likelihood {given[0]:F4}, by drift {given[1]:F4}, by noise {given[2]:F4}", Compare.Relative(given, wanted), 1e-7);
    }

    private sealed record Cell(Node In, Node Again, Node Bias, Node Out);

    private static Node Outputs(Cell cell, Node inputs) => Scan(
        (state, x) =>
        {
            var next = Tanh(x * cell.In + MatMul(cell.Again, state) + cell.Bias);
            return (next, Sum(cell.Out * next));
        },
        Zeros(12), inputs).Outputs;

    public static (string, double, double) Recurrent()
    {
        Tree.Register((Cell c) => (c.In, c.Again, c.Bias, c.Out), p => new Cell(p.In, p.Again, p.Bias, p.Out));
        var keys = SplitKey(Key(3), 4);
        var inputs = Settled(Uniform(keys[0], TensorType.Float64(100)) * 2 - 1);
        var cell = new Cell(Normal(keys[1], TensorType.Float64(12)) * 0.5, Normal(keys[2], TensorType.Float64(12, 12)) * 0.25, Zeros(12), Normal(keys[3], TensorType.Float64(12)) * 0.3);
        // Two steps late.
        Node Loss(Cell c) => Mean(Square(Outputs(c, inputs)[2..] - inputs[..^2]));
        var training = new Adam<Cell>(Loss, 0.01);
        var trained = training.Run(cell, 800);
        var (before, after) = (Evaluate<double>(Loss(cell))[0], Evaluate<double>(Loss(trained))[0]);
        return ($"mean square {before:F3} → {after:0.0e+00}", after, 5e-3);
    }
}
