using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>Where a minimisation by <see cref="NewtonCg"/> stands. A tree.</summary>
/// <param name="X">The point, [n].</param>
/// <param name="Value">The function there.</param>
/// <param name="Gradient">Its gradient there, [n].</param>
/// <param name="Radius">How far the quadratic model is trusted.</param>
public sealed record NewtonCgState(Node X, Node Value, Node Gradient, Node Radius)
{
    static NewtonCgState() => Tree.Register((NewtonCgState s) => (s.X, s.Value, s.Gradient, s.Radius), p => new NewtonCgState(p.X, p.Value, p.Gradient, p.Radius));
}

/// <summary>
/// Minimisation by Newton's method in a region of trust, with conjugate gradients and without the Hessian (Steihaug, The conjugate gradient method and trust regions in large scale optimization, 1983). Where the
/// function bends down, it goes to the region's border. Pure, from state to state, as <see cref="Lbfgs"/>.
/// </summary>
public static class NewtonCg
{
    /// <summary>Where a minimisation begins.</summary>
    /// <param name="f">From [n] to a tensor of one element.</param>
    /// <param name="x">The first point, [n], floating-point.</param>
    /// <param name="radius">How long the first step may be.</param>
    /// <exception cref="ShapeException">The point is no floating-point vector, or the function gives more than one element.</exception>
    public static NewtonCgState Init(Func<Node, Node> f, Node x, double radius = 1)
    {
        if (x.Type.Rank != 1 || !x.DType.IsFloat) throw new ShapeException($"NewtonCg: a point is a floating-point vector, not {x.Type}; Tree.Ravel makes one of a tree");
        var (value, gradient) = Transforms.ValueAndGrad(f)(x);
        return new(x, Reshape(value, []), gradient, Full(new TensorType(x.DType, []), radius));
    }

    /// <summary>One step; where the function does not fall as the model says, the same point with a smaller region.</summary>
    /// <param name="f">The function.</param>
    /// <param name="state">Where the minimisation stands.</param>
    public static NewtonCgState Update(Func<Node, Node> f, NewtonCgState state)
    {
        var (x, value, gradient, radius) = state;
        var (step, bent, outside) = Within(v => Transforms.Hvp(f)(x, v), gradient, radius);
        var foretold = -Sum(step * (gradient + 0.5 * bent));
        var (nextValue, nextGradient) = Transforms.ValueAndGrad(f)(x + step);
        nextValue = Reshape(nextValue, []);
        var fell = value - nextValue;
        // Close to a minimum the fall is lost in the rounding of the function, and the mean of both gradients still tells it (Hager and Zhang, A new conjugate gradient method, 2005).
        var near = Math.Sqrt(x.DType.Rounding) * Abs(value);
        fell = Where(And(foretold <= near, Abs(fell) <= near), -0.5 * Sum(step * (gradient + nextGradient)), fell);
        var ratio = fell / foretold;
        var moves = ratio > 0.1;
        var size = Sqrt(Sum(Square(step)));
        return new(Where(moves, x + step, x), Where(moves, nextValue, value), Where(moves, nextGradient, gradient), Where(Not(ratio >= 0.25), 0.25 * size, Where(And(ratio > 0.75, outside), 2 * radius, radius)));
    }

    /// <summary>Steps until the largest element of the gradient is small, the region has no extent, or there have been enough.</summary>
    /// <param name="f">From [n] to a tensor of one element.</param>
    /// <param name="x">The first point, [n], floating-point.</param>
    /// <param name="tolerance">What the gradient's largest element is to be below.</param>
    /// <param name="atMost">The most steps.</param>
    /// <param name="radius">How long the first step may be.</param>
    /// <returns>The point that was found. One loop, which is run when it is asked for.</returns>
    /// <exception cref="ShapeException">As <see cref="Init"/> throws it.</exception>
    public static Minimum Minimize(Func<Node, Node> f, Node x, double tolerance = 1e-8, long atMost = 1000, double radius = 1) =>
        Minimum.Found(f, s => Update(f, s), s => (s.X, s.Gradient, s.Radius > x.DType.Rounding * Sqrt(Sum(Square(s.X)))), Init(f, x, radius), tolerance, atMost);

    // The step that makes the model g·z + z·H·z / 2 small, H times it, and whether it ends at the border.
    private static (Node Step, Node Bent, Node Outside) Within(Func<Node, Node> hessian, Node gradient, Node radius)
    {
        var (size, zero) = (Sqrt(Sum(Square(gradient))), gradient * 0);
        // The closer to a minimum, the more of Newton's step is worth having.
        var enough = Min(0.5, Sqrt(size)) * size;
        var (step, bent, _, _, outside, _) = While<(Node Z, Node Bent, Node Left, Node Along, Node Outside, Node Steps)>(
            s => And(And(Not(s.Outside), Sqrt(Sum(Square(s.Left))) > enough), s.Steps < 10 + 2 * gradient.Type.Count),
            s =>
            {
                var (turned, square, far) = (hessian(s.Along), Sum(Square(s.Left)), Sum(Square(s.Along)));
                var curvature = Sum(s.Along * turned);
                var length = square / curvature;
                var isOutside = Or(Not(curvature > 0), Sum(Square(s.Z + length * s.Along)) >= radius * radius);
                var (across, room) = (Sum(s.Z * s.Along), radius * radius - Sum(Square(s.Z)));
                length = Where(isOutside, (Sqrt(across * across + far * Max(room, 0)) - across) / far, length);
                var rest = s.Left + length * turned;
                return (s.Z + length * s.Along, s.Bent + length * turned, rest, Sum(Square(rest)) / square * s.Along - rest, isOutside, s.Steps + 1);
            },
            (zero, zero, gradient, -gradient, Full(TensorType.Scalar(DType.Bool), 0), Scalar(0, DType.Int64)));
        return (step, bent, outside);
    }
}
