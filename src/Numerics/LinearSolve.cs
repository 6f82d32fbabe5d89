using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>The solution of linear equations. A tree.</summary>
/// <param name="X">The solution, of the right side's type; NaN where it was not found.</param>
/// <param name="Residual">The norm of what is left of the right side, in units of its own.</param>
/// <param name="Iterations">How often the operator was applied, int64[].</param>
/// <param name="Converged">Whether the residual is as small as was asked.</param>
public sealed record LinearSolution(Node X, Node Residual, Node Iterations, Node Converged)
{
    static LinearSolution() => Tree.Register((LinearSolution s) => (s.X, s.Residual, s.Iterations, s.Converged), p => new LinearSolution(p.X, p.Residual, p.Iterations, p.Converged));

    /// <summary>The same where the solution was found, in every row of a batch. It is computed for this.</summary>
    /// <exception cref="ConvergenceException">It was not.</exception>
    /// <exception cref="InvalidOperationException">It depends on a placeholder, and has no value yet.</exception>
    public LinearSolution Checked()
    {
        ConvergenceException.Demand(Converged, () => $"LinearSolve: not converged after {ConvergenceException.Worst(Iterations)} steps; the residual is {ConvergenceException.Worst(Residual):0.0e+00} of the right side");
        return this;
    }
}

/// <summary>
/// Linear equations A(x) = b whose matrix nobody writes down: A is a function. How the solution was found leaves no trace; its derivatives, to order three in both modes (those beyond in what A captures are no numbers), are those of the implicit function, in b and in what A
/// captures, and take solutions with A or its transpose, which are found likewise, to the same tolerance.
/// </summary>
public static class LinearSolve
{
    // As often can a solution's derivative be differentiated; forward mode takes two.
    private const int Depth = 8;

    /// <summary>Conjugate gradients, for symmetric positive definite operators (Hestenes and Stiefel, 1952).</summary>
    /// <param name="a">A linear function from tensors of b's type to such. Where ⟨x, A(b)⟩ is not ⟨b, b⟩ it is not symmetric, and nothing is found: derivatives would be wrong.</param>
    /// <param name="b">The right side, floating-point, of any shape.</param>
    /// <param name="tolerance">What the residual is to be below, in units of b's norm.</param>
    /// <param name="atMost">The most steps; ten times as many as there are unknowns unless given.</param>
    /// <param name="preconditioner">A linear function, symmetric positive definite, that is close to the operator's inverse; none unless given.</param>
    /// <exception cref="ShapeException">The right side is not floating-point, or the operator or the preconditioner gives another type.</exception>
    /// <exception cref="InvalidOperationException">The operator or the preconditioner is not linear.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No step is allowed.</exception>
    public static LinearSolution ConjugateGradient(Func<Node, Node> a, Node b, double tolerance = 1e-10, long? atMost = null, Func<Node, Node>? preconditioner = null) =>
        Solved("ConjugateGradient", a, b, tolerance, atMost, preconditioner, isSymmetric: true, (a, m, r, enough, left) =>
        {
            var first = m(r);
            var (x, _, _, _, steps) = While<(Node X, Node R, Node Along, Node Size, Node Steps)>(s => And(And(Norm(s.R) > enough, s.Size > 0), s.Steps < left), s =>
            {
                var turned = a(s.Along);
                var curvature = Sum(s.Along * turned);
                // An operator that is not positive ends it.
                var length = Where(curvature > 0, s.Size / curvature, 0);
                var r = s.R - length * turned;
                var z = m(r);
                var size = Where(curvature > 0, Sum(r * z), 0);
                return (s.X + length * s.Along, r, z + size / s.Size * s.Along, size, s.Steps + 1);
            }, (r * 0, r, first, Sum(r * first), Scalar(0, DType.Int64)));
            return (x, steps);
        });

    /// <summary>
    /// Generalised minimal residuals, for any operator that is not singular (Saad and Schultz, 1986; in the adaptive form of Jiránek and Rozložník, Adaptive version of simpler GMRES, 2010).
    /// </summary>
    /// <param name="a">A linear function from tensors of b's type to such.</param>
    /// <param name="b">The right side, floating-point, of any shape.</param>
    /// <param name="tolerance">What the residual is to be below, in units of b's norm.</param>
    /// <param name="atMost">The most steps; ten times as many as there are unknowns unless given.</param>
    /// <param name="preconditioner">A linear function that is close to the operator's inverse; none unless given.</param>
    /// <param name="restart">After as many steps it begins anew; two tensors are kept for each.</param>
    /// <exception cref="ShapeException">The right side is not floating-point, or the operator or the preconditioner gives another type.</exception>
    /// <exception cref="InvalidOperationException">The operator or the preconditioner is not linear.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No step is allowed, or none before it begins anew.</exception>
    public static LinearSolution Gmres(Func<Node, Node> a, Node b, double tolerance = 1e-10, long? atMost = null, Func<Node, Node>? preconditioner = null, int restart = 30)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(restart, 1);
        var most = Math.Min(restart, Math.Max(1, b.Type.Count));
        return Solved("Gmres", a, b, tolerance, atMost, preconditioner, isSymmetric: false, (a, m, r, enough, left) =>
        {
            var (n, type) = (r.Type.Count, r.DType);
            var none = Zeros([most, n], type);
            Node Unit(Node x) => Norm(x) is var size ? x / Where(size > 0, size, 1) : x;
            // Directions, and what the operator makes of them, which is orthonormal.
            var (x, _, _, _, _, steps) = While<(Node X, Node R, Node From, Node To, Node Next, Node Steps)>(s => And(Norm(s.R) > enough, And(s.Steps < left, s.Steps < most)), s =>
            {
                var p = Reshape(m(Reshape(s.Next, r.Shape)), n);
                var q = Reshape(a(Reshape(p, r.Shape)), n);
                for (var k = 0; k < 2; k++)
                {
                    var shares = MatMul(s.To, q);
                    (p, q) = (p - MatMul(shares, s.From), q - MatMul(shares, s.To));
                }
                var size = Norm(q);
                (p, q) = (p / Where(size > 0, size, 1), q / Where(size > 0, size, 1));
                var share = Sum(s.R * q);
                var rest = s.R - share * q;
                Node With(Node all, Node row) => all + Unsqueeze(Cast(OneHot(s.Steps, most), type), 1) * row;
                // The residual where it has become smaller, else what comes next in Krylov's space.
                return (s.X + share * p, rest, With(s.From, p), With(s.To, q), Where(Norm(rest) < 0.9 * Norm(s.R), Unit(rest), q), s.Steps + 1);
            }, (Zeros(n, type), Reshape(r, n), none, none, Unit(Reshape(r, n)), Scalar(0, DType.Int64)));
            return (Reshape(x, r.Shape), steps);
        });
    }

    // From the operator, the preconditioner, a right side, how small its rest is to be, and how many steps are left to a solution and the steps that it took.
    private delegate (Node X, Node Steps) Method(Func<Node, Node> a, Func<Node, Node> preconditioner, Node right, Node enough, Node left);

    private static Node Norm(Node x) => Sqrt(Sum(Square(x)));

    private static LinearSolution Solved(string name, Func<Node, Node> a, Node b, double tolerance, long? atMost, Func<Node, Node>? preconditioner, bool isSymmetric, Method method)
    {
        if (atMost is { } some) ArgumentOutOfRangeException.ThrowIfLessThan(some, 1, nameof(atMost));
        if (!b.DType.IsFloat) throw new ShapeException($"{name}: a right side is floating-point, not {b.Type}");
        b = new TensorType(b.DType, b.Shape) is var type && b.Type.IsNumber ? Cast(b, type.DType) : b;
        Node Fit(string what, Node y) => y.Type.Equals(type) ? y : throw new ShapeException($"{name}: the {what} makes {y.Type} of {type}");
        var (both, captured) = Function.Of(x => [Fit("operator", a(x[0])), Fit("preconditioner", preconditioner is null ? x[1] : preconditioner(x[1]))], [type, type]);
        if (!Tangent.IsLinear(both, [.. both.Parameters.Select((_, k) => k < 2)])) throw new InvalidOperationException($"{name}: the operator{(preconditioner is null ? "" : " or the preconditioner")} is not linear");
        var most = atMost ?? 10 * type.Count;

        // The whole search as a function of a right side and what was captured, with the operator or its transpose: from the residual again, until it is small indeed.
        Function Search(bool transposed) => Function.Of(x =>
        {
            var rest = x[1..];
            Node Forward(Node v) => both.Apply([v, v, .. rest])[0];
            Node Backward(Node v) => both.Apply([v, v, .. rest])[1];
            Func<Node, Node> apply = transposed ? Transforms.Transpose(Forward, type) : Forward, close = transposed ? Transforms.Transpose(Backward, type) : Backward;
            var (right, size) = (Detach(x[0]), Norm(Detach(x[0])));
            var (enough, image) = (tolerance * size, isSymmetric ? apply(right) : right);
            Node Skew(Node x) => Abs(Sum(x * image) - size * size) > 2 * enough * size + 1e3 * type.DType.Rounding * Norm(x) * Norm(image);
            // What is not found is no number; the loop says so, in which nobody looks for what is linear.
            var (found, left, lost, steps) = While<(Node X, Node R, Node Lost, Node Steps)>(s => And(Norm(s.R) > enough, s.Steps < most), s =>
            {
                var (further, steps) = method(apply, close, s.R, enough, most - s.Steps);
                var next = s.X + further;
                var r = right - apply(next);
                if (isSymmetric) r = Where(And(Norm(r) <= enough, Skew(next)), double.NaN, r);
                return (next, r, Where(Norm(r) <= enough, enough * 0, double.NaN), s.Steps + Max(steps, 1));
            }, (right * 0, right, size * 0, Scalar(0, DType.Int64)));
            return [found + lost, Norm(left) / Where(size > 0, size, 1), steps, Norm(left) <= enough];
        }, [type, .. captured.Select(c => c.Type)]).Closed;

        Function[] searches = isSymmetric ? [Search(false)] : [Search(false), Search(true)];
        Function Of(int k) => searches[k % searches.Length];
        // The inverse as a linear function of a right side, whose transpose is that of the transpose, as deep as is needed.
        var inverse = Function.Of(x => [x[0] * double.NaN], Of(0).Parameters).Closed;
        for (var k = Depth; k > 0; k--)
        {
            var (inner, search) = (inverse, Of(k));
            inverse = Function.Of(x => [WithRule(name, Detach(search.Apply(x.AsSpan())[0]), [x[0]], (_, _, c) => [inner.Apply([c, .. x[1..]])[0]])], search.Parameters).Closed;
        }
        ImmutableArray<Node> fixedOnes = [.. captured.Select(Detach)];
        var made = Of(0).Apply([Detach(b), .. fixedOnes]);
        var x = Detach(made[0]);
        // Each of these steps adds nothing, and one order to which derivatives are right.
        var beyond = Implicit.Beyond(both.Apply([x, x, .. captured])[0]);
        for (var k = 0; k < 3; k++) x += WithRule(name, Zeros(type.Shape, type.DType), [b - both.Apply([x, x, .. captured])[0]], (_, _, c) => [inverse.Apply([c, .. fixedOnes])[0]]);
        return new(x + beyond, Detach(made[1]), made[2], made[3]);
    }
}
