using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>Where a minimisation by <see cref="Lbfgs"/> stands. A tree.</summary>
/// <param name="X">The point, [n].</param>
/// <param name="Value">The function there.</param>
/// <param name="Gradient">Its gradient there, [n].</param>
/// <param name="Moves">The last moves, [memory, n], the latest last; zero where there was none.</param>
/// <param name="Turns">How the gradient changed with each, likewise.</param>
/// <param name="Moved">Whether the last step led down.</param>
public sealed record LbfgsState(Node X, Node Value, Node Gradient, Node Moves, Node Turns, Node Moved)
{
    static LbfgsState() => Tree.Register((LbfgsState s) => (s.X, s.Value, s.Gradient, s.Moves, s.Turns, s.Moved), p => new LbfgsState(p.X, p.Value, p.Gradient, p.Moves, p.Turns, p.Moved));
}

/// <summary>
/// Minimisation by a quasi-Newton method that remembers some moves (Liu and Nocedal, On the limited memory BFGS method for large scale optimization, 1989). Pure, from state to state: it is compiled, looped over and
/// batched as any function of trees. What is no vector is made one by <see cref="Tree.Ravel"/>.
/// </summary>
public static class Lbfgs
{
    // Halvings that take a step to where it is lost in rounding.
    private const int MostTries = 50;

    /// <summary>Where a minimisation begins.</summary>
    /// <param name="f">From [n] to a tensor of one element.</param>
    /// <param name="x">The first point, [n], floating-point.</param>
    /// <param name="memory">How many moves are remembered.</param>
    /// <exception cref="ShapeException">The point is no floating-point vector, or the function gives more than one element.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The memory is not positive.</exception>
    public static LbfgsState Init(Func<Node, Node> f, Node x, int memory = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(memory, 1);
        if (x.Type.Rank != 1 || !x.DType.IsFloat) throw new ShapeException($"Lbfgs: a point is a floating-point vector, not {x.Type}; Tree.Ravel makes one of a tree");
        var (value, gradient) = Transforms.ValueAndGrad(f)(x);
        var none = Zeros([memory, x.Shape[0]], x.DType);
        return new(x, Reshape(value, []), gradient, none, none, Full(TensorType.Scalar(DType.Bool), 1));
    }

    /// <summary>One step: along the direction that the remembered moves suggest, and half as far until the function falls enough (Armijo, 1966), or, where its rounding hides that, its gradient does.</summary>
    /// <param name="f">The function.</param>
    /// <param name="state">Where the minimisation stands.</param>
    /// <returns>The next state; the same point, which has not moved, where no step along the direction leads down.</returns>
    public static LbfgsState Update(Func<Node, Node> f, LbfgsState state)
    {
        var (x, value, gradient, moves, turns, _) = state;
        var direction = -Turned(gradient, moves, turns);
        var slope = Sum(gradient * direction);
        (Node Value, Node Gradient) At(Node length) => Transforms.ValueAndGrad(f)(x + length * direction) is var (v, g) ? (Reshape(v, []), g) : default;
        // A fall that is lost in the rounding of the function is told by the mean of both gradients (Hager and Zhang, A new conjugate gradient method, 2005), the later of which is to be smaller, so that it ends.
        var noise = 10 * x.DType.Rounding * Abs(value);
        Node Falls(Node length, Node v, Node g)
        {
            var (fell, wanted) = (value - v, -1e-4 * length * slope);
            var isLost = And(Abs(fell) <= noise, And(-0.5 * length * Sum(direction * (gradient + g)) >= wanted, Sum(Square(g)) < 0.99 * Sum(Square(gradient))));
            return Or(And(fell >= wanted, fell > noise), isLost);
        }
        var one = Full(new TensorType(x.DType, []), 1);
        var (length, reached, slopes, _) = While<(Node Length, Node Value, Node Gradient, Node Tries)>(
            s => And(s.Tries < MostTries, Not(Falls(s.Length, s.Value, s.Gradient))),
            s => At(s.Length * 0.5) is var (v, g) ? (s.Length * 0.5, v, g, s.Tries + 1) : s, (one, At(one).Value, At(one).Gradient, Scalar(0, DType.Int64)));
        var moved = And(Falls(length, reached, slopes), slope < 0);
        var (next, nextValue, nextGradient) = (Where(moved, x + length * direction, x), Where(moved, reached, value), Where(moved, slopes, gradient));
        var (move, turn) = (next - x, nextGradient - gradient);
        // A pair along which the function does not curve upwards says nothing of its minimum.
        var tells = Sum(move * turn) > 1e-12 * Sum(turn * turn);
        Node Remembered(Node all, Node last) => Where(tells, Concat([all[1..], Unsqueeze(last, 0)]), all);
        return new(next, nextValue, nextGradient, Remembered(moves, move), Remembered(turns, turn), moved);
    }

    /// <summary>Steps until the largest element of the gradient is small, no step leads down, or there have been enough.</summary>
    /// <param name="f">From [n] to a tensor of one element.</param>
    /// <param name="x">The first point, [n], floating-point.</param>
    /// <param name="tolerance">What the gradient's largest element is to be below.</param>
    /// <param name="atMost">The most steps.</param>
    /// <param name="memory">How many moves are remembered.</param>
    /// <returns>The point that was found. One loop, which is run when it is asked for.</returns>
    /// <exception cref="ShapeException">As <see cref="Init"/> throws it.</exception>
    public static Minimum Minimize(Func<Node, Node> f, Node x, double tolerance = 1e-8, long atMost = 1000, int memory = 10) =>
        Minimum.Found(f, s => Update(f, s), s => (s.X, s.Gradient, s.Moved), Init(f, x, memory), tolerance, atMost);

    // The inverse Hessian that the moves suggest, times the gradient: Nocedal's two loops.
    private static Node Turned(Node gradient, Node moves, Node turns)
    {
        var memory = (int)moves.Shape[0];
        var curvature = Sum(moves * turns, 1);
        var inverse = Where(curvature > 0, 1 / Where(curvature > 0, curvature, 1), 0);
        var (q, shares) = (gradient, new Node[memory]);
        for (var k = memory - 1; k >= 0; k--)
        {
            shares[k] = inverse[k] * Sum(moves[k] * q);
            q -= shares[k] * turns[k];
        }
        // Without a move yet, as far as one.
        var (last, size) = (Sum(Square(turns[^1])), Sqrt(Sum(Square(gradient))));
        q *= Where(last > 0, curvature[^1] / Where(last > 0, last, 1), 1 / Max(size, 1));
        for (var k = 0; k < memory; k++) q += moves[k] * (shares[k] - inverse[k] * Sum(turns[k] * q));
        return q;
    }
}
