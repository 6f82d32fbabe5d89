using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>
/// What a minimisation found. A tree. Its point and value are functions of what the function captures, with the derivatives to order three, in both modes, of the root of the gradient; those beyond are no numbers. They take the
/// Hessian, as a matrix up to a hundred parameters and by products with it (<see cref="LinearSolve.ConjugateGradient"/>) above, and are NaN where the minimisation did not
/// converge; where the matrix is singular, they throw <see cref="LinearAlgebraException"/>.
/// </summary>
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
    internal static Minimum Found<T>(Func<Node, Node> f, Func<T, T> update, Func<T, (Node X, Node Gradient, Node Goes)> seen, T first, double tolerance, long atMost)
    {
        var (state, steps) = While<(T State, Node Steps)>(s => seen(s.State) is var now ? And(And(Not(Largest(now.Gradient) <= tolerance), now.Goes), s.Steps < atMost) : s.Steps,
            s => (update(s.State), s.Steps + 1), (first, Scalar(0, DType.Int64)));
        var (x, gradient, _) = seen(state);
        return At(f, x, Largest(gradient), steps, Largest(gradient) <= tolerance);
    }

    // How the point was found leaves no trace. Each of three of Newton's steps adds nothing to it, and one order to which its derivatives are right.
    internal static Minimum At(Func<Node, Node> f, Node found, Node slope, Node steps, Node converged)
    {
        var (fixedPoint, gradient) = (Detach(found), Transforms.Grad(f));
        // What was not found has no derivative either.
        var trust = Where(converged, Full(new TensorType(found.DType, []), 1), double.NaN);
        var x = fixedPoint;
        for (var k = 0; k < 3; k++) x += WithRule("Minimum", Zeros(x.Shape, x.DType), [-gradient(x)], (_, _, c) => [Unbent(f, fixedPoint, c) * trust]);
        x += Implicit.Beyond(gradient(fixedPoint));
        return new(x, Reshape(f(x), []), Detach(slope), Detach(steps), Detach(converged));
    }

    // The inverse Hessian times a vector.
    private static Node Unbent(Func<Node, Node> f, Node x, Node c) => x.Type.Count <= 100
        ? Solve(Transforms.Hessian(f)(x), c)
        : LinearSolve.ConjugateGradient(v => Transforms.Hvp(f)(x, v), c, Math.Max(1e-10, 100 * x.DType.Rounding)).X;
}
