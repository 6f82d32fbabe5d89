using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>
/// Solutions of equations as functions of what the equations capture. How a solution was found leaves no trace: from the solution on, which is held fixed, two of Newton's steps are taken, and each doubles the order to which derivatives are
/// right. So first, second and third derivatives are those of the implicit function, and those beyond are no numbers (Christianson, Reverse accumulation and attractive fixed points, 1994, for the first).
/// </summary>
public static class Implicit
{
    /// <summary>Where a function vanishes, by Newton's method.</summary>
    /// <param name="f">From [n] to [n], or from a number to a number; what it captures, the root is differentiable in.</param>
    /// <param name="guess">Where to begin.</param>
    /// <param name="tolerance">What the largest element of f is to be below.</param>
    /// <param name="atMost">The most steps.</param>
    /// <returns>The root; NaN where it is not found.</returns>
    /// <exception cref="ShapeException">The guess is no floating-point vector or number, or the function gives another type.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: the Jacobian is singular on the way.</exception>
    public static Node Root(Func<Node, Node> f, Node guess, double tolerance = 1e-10, long atMost = 50) => Found("Root", f, guess, tolerance, atMost, (x, y) => Newton(f, x, y));

    /// <summary>What a function maps to itself, by applying it again and again.</summary>
    /// <param name="f">From [n] to [n], or from a number to a number; what it captures, the point is differentiable in.</param>
    /// <param name="guess">Where to begin.</param>
    /// <param name="tolerance">What the largest element of f(x) − x is to be below.</param>
    /// <param name="atMost">How often it is applied at most.</param>
    /// <returns>The point; NaN where it is not found.</returns>
    /// <exception cref="ShapeException">The guess is no floating-point vector or number, or the function gives another type.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: 1 is an eigenvalue of f's Jacobian at the point.</exception>
    public static Node FixedPoint(Func<Node, Node> f, Node guess, double tolerance = 1e-10, long atMost = 1000) => Found("FixedPoint", x => x - f(x), guess, tolerance, atMost, (x, y) => x - y);

    // The next point follows from one and the function's value there, which is asked for once a step.
    private static Node Found(string name, Func<Node, Node> f, Node guess, double tolerance, long atMost, Func<Node, Node, Node> step)
    {
        if (guess.Type.Rank > 1 || !guess.DType.IsFloat) throw new ShapeException($"{name}: a guess is a floating-point vector or number, not {guess.Type}");
        Node Value(Node x) => f(x) is var y && y.Type.Equals(x.Type) ? y : throw new ShapeException($"{name}: the function makes {y.Type} of {x.Type}");
        Node Far(Node y) => Minimum.Largest(y) > tolerance;
        var (x, y, _) = While<(Node X, Node Y, Node Steps)>(s => And(Far(s.Y), s.Steps < atMost), s => step(s.X, s.Y) is var next ? (next, Value(next), s.Steps + 1) : s, (guess, Value(guess), Scalar(0, DType.Int64)));
        x = Detach(Where(Far(y), double.NaN, x));
        var beyond = Beyond(f(x));
        for (var k = 0; k < 2; k++) x = Newton(f, x, f(x));
        return x + beyond;
    }

    /// <summary>Nothing, and its derivatives are nothing to order three; the fourth is none: where steps towards a solution end to be right, no number is better than a wrong one.</summary>
    internal static Node Beyond(Node moved) => moved - Detach(moved) is var way ? Pow(way, 3.5) - Pow(-way, 3.5) : moved; // ∞ − ∞

    private static Node Newton(Func<Node, Node> f, Node x, Node y) => x.Type.Rank == 0 ? x - y / Transforms.Grad(f)(x) : x - Solve(Transforms.Jacobian(f)(x), y);
}
