using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>Where a fit by <see cref="LevenbergMarquardt"/> stands. A tree.</summary>
/// <param name="X">The point, [n].</param>
/// <param name="Residuals">The residuals there, [m].</param>
/// <param name="Jacobian">Their derivatives there, [m, n].</param>
/// <param name="Damping">How much the step is held back.</param>
/// <param name="Growth">By how much more if it does not help.</param>
/// <param name="Settled">Whether the last step was, in relation to the point, smaller than the tolerance.</param>
public sealed record LevenbergMarquardtState(Node X, Node Residuals, Node Jacobian, Node Damping, Node Growth, Node Settled)
{
    static LevenbergMarquardtState() =>
        Tree.Register((LevenbergMarquardtState s) => (s.X, s.Residuals, s.Jacobian, s.Damping, s.Growth, s.Settled), p => new LevenbergMarquardtState(p.X, p.Residuals, p.Jacobian, p.Damping, p.Growth, p.Settled));

    /// <summary>The gradient of half the sum of squares, [n].</summary>
    public Node Gradient => MatMul(Residuals, Jacobian);
}

/// <summary>
/// The least squares of residuals (Levenberg, 1944; Marquardt, An algorithm for least-squares estimation of nonlinear parameters, 1963; the damping follows Nielsen, 1999). Parameters are scaled by the columns of the
/// Jacobian, so their units do not matter. Pure, from state to state, as <see cref="Lbfgs"/>.
/// </summary>
public static class LevenbergMarquardt
{
    /// <summary>Where a fit begins.</summary>
    /// <param name="f">From [n] to residuals, [m].</param>
    /// <param name="x">The first point, [n], floating-point.</param>
    /// <exception cref="ShapeException">The point or the residuals are no vector, or they are of different element types.</exception>
    public static LevenbergMarquardtState Init(Func<Node, Node> f, Node x)
    {
        if (x.Type.Rank != 1 || !x.DType.IsFloat) throw new ShapeException($"LevenbergMarquardt: a point is a floating-point vector, not {x.Type}; Tree.Ravel makes one of a tree");
        var residuals = f(x);
        if (residuals.Type.Rank != 1 || residuals.DType != x.DType) throw new ShapeException($"LevenbergMarquardt: residuals are a vector of the point's element type, not {residuals.Type}");
        var one = Full(new TensorType(x.DType, []), 1);
        return new(x, residuals, Transforms.Jacobian(f)(x), one * 1e-3, one * 2, Full(TensorType.Scalar(DType.Bool), 0));
    }

    /// <summary>One step; where the squares do not fall, the same point with more damping.</summary>
    /// <param name="f">From [n] to residuals, [m].</param>
    /// <param name="state">Where the fit stands.</param>
    /// <param name="tolerance">A step that is this much of the point, each parameter in its scale, counts as settled.</param>
    public static LevenbergMarquardtState Update(Func<Node, Node> f, LevenbergMarquardtState state, double tolerance = 1e-10)
    {
        var (x, residuals, jacobian, damping, growth, _) = state;
        var n = x.Shape[0];
        var scale = Scale(jacobian);
        var (slope, scaled) = (state.Gradient / scale, jacobian / scale);
        var step = -CholeskySolve(Cholesky(MatMul(Transpose(scaled), scaled) + damping * Eye(n, x.DType)), slope);
        var trial = f(x + step / scale);
        var (before, after) = (0.5 * Sum(Square(residuals)), 0.5 * Sum(Square(trial)));
        var (foretold, fell) = (0.5 * Sum(step * (damping * step - slope)), before - after);
        // At the end both are lost in the rounding of residuals, which is that of what is fitted, and the step is to be believed.
        var size = Sqrt(Sum(Square(scale * x)));
        var noise = 10 * x.DType.Rounding * (before + Sqrt(before) * size);
        var ratio = Where(And(foretold <= noise, Abs(fell) <= noise), 1, fell / foretold);
        var holds = And(ratio > 0, after >= 0);
        var next = Where(holds, x + step / scale, x);
        // Not so little that the matrix could be singular in rounding.
        var less = Max(damping * Max(1.0 / 3, 1 - Pow(2 * ratio - 1, 3)), 10 * n * x.DType.Rounding);
        var settled = And(And(holds, damping <= 1), Sqrt(Sum(Square(step))) <= tolerance * size);
        return new(next, Where(holds, trial, residuals), Transforms.Jacobian(f)(next), Where(holds, less, damping * growth), Where(holds, 2, growth * 2), settled);
    }

    /// <summary>Steps until one is no longer worth its name, or the residuals are at right angles to all columns of the Jacobian, or there have been enough.</summary>
    /// <param name="f">From [n] to residuals, [m].</param>
    /// <param name="x">The first point, [n], floating-point.</param>
    /// <param name="tolerance">What a step is to be below in relation to the point, or the cosine of the angles.</param>
    /// <param name="atMost">The most steps.</param>
    /// <returns>The point that was found, where <see cref="Minimum.Value"/> is half the sum of squares. One loop, which is run when it is asked for.</returns>
    /// <exception cref="ShapeException">As <see cref="Init"/> throws it.</exception>
    public static Minimum Minimize(Func<Node, Node> f, Node x, double tolerance = 1e-10, long atMost = 1000)
    {
        Node Done(LevenbergMarquardtState s) => Or(s.Settled, Minimum.Largest(s.Gradient / Scale(s.Jacobian)) <= tolerance * Sqrt(Sum(Square(s.Residuals))));
        // What is no number leads nowhere.
        Node Goes(LevenbergMarquardtState s) => And(s.Damping < 1e30, Abs(Sum(s.Jacobian) + Sum(s.Residuals)) < double.PositiveInfinity);
        var (state, steps) = While<(LevenbergMarquardtState State, Node Steps)>(s => And(And(Not(Done(s.State)), Goes(s.State)), s.Steps < atMost),
            s => (Update(f, s.State, tolerance), s.Steps + 1), (Init(f, x), Scalar(0, DType.Int64)));
        return Minimum.At(p => 0.5 * Sum(Square(f(p))), state.X, Minimum.Largest(state.Gradient), steps, Done(state));
    }

    // The length of the Jacobian's columns; a column of zeros has none.
    private static Node Scale(Node jacobian) => Sqrt(Sum(Square(jacobian), 0)) is var length ? Where(length > 0, length, 1) : jacobian;
}
