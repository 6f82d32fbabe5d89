using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>What a minimisation found. A tree.</summary>
/// <param name="X">The point, [n].</param>
/// <param name="Value">The function there.</param>
/// <param name="GradientNorm">The largest element of its gradient there, without its sign.</param>
/// <param name="Iterations">How many steps it took, int64[].</param>
/// <param name="Converged">Whether the gradient is as small as was asked; if not, no step led further down, or there were not enough.</param>
public sealed record Minimum(Node X, Node Value, Node GradientNorm, Node Iterations, Node Converged)
{
    static Minimum() => Tree.Register((Minimum m) => (m.X, m.Value, m.GradientNorm, m.Iterations, m.Converged), p => new Minimum(p.X, p.Value, p.GradientNorm, p.Iterations, p.Converged));

    /// <summary>The same where the minimisation converged, in every row of a batch. It is computed for this.</summary>
    /// <exception cref="ConvergenceException">It did not.</exception>
    /// <exception cref="InvalidOperationException">It depends on a placeholder, and has no value yet.</exception>
    public Minimum Checked()
    {
        ConvergenceException.Demand(Converged, () => $"Minimize: not converged after {ConvergenceException.Worst(Iterations)} steps; the gradient's largest element is {ConvergenceException.Worst(GradientNorm):0.0e+00}, the function {ConvergenceException.Worst(Value):G6}");
        return this;
    }

    internal static Node Largest(Node gradient) => gradient.Type.Count == 0 ? Full(new TensorType(gradient.DType, []), 0) : MaxOver(Abs(gradient));

    // Steps until the gradient is small or a state says that nothing further comes; one loop.
    internal static Minimum Found<T>(Func<T, T> update, Func<T, (Node X, Node Value, Node Gradient, Node Goes)> seen, T first, double tolerance, long atMost)
    {
        var (state, steps) = While<(T State, Node Steps)>(s => seen(s.State) is var now ? And(And(Not(Largest(now.Gradient) <= tolerance), now.Goes), s.Steps < atMost) : s.Steps,
            s => (update(s.State), s.Steps + 1), (first, Scalar(0, DType.Int64)));
        var (x, value, gradient, _) = seen(state);
        return new(x, value, Largest(gradient), steps, Largest(gradient) <= tolerance);
    }
}
