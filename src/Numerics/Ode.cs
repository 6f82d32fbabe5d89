using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>Ordinary differential equations y′ = f(t, y).</summary>
public static class Ode
{
    // Dormand and Prince, A family of embedded Runge–Kutta formulae, 1980: nodes, weights of each stage, and the difference of the results of orders 5 and 4.
    private static readonly double[] Nodes = [0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1];

    private static readonly double[][] Weights =
    [
        [],
        [1.0 / 5],
        [3.0 / 40, 9.0 / 40],
        [44.0 / 45, -56.0 / 15, 32.0 / 9],
        [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
        [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
        [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
    ];

    private static readonly double[] Errors = [71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40];

    /// <summary>
    /// The solution at some times, by steps of order 5 whose size follows the error estimate. Differentiable in both modes and any order, in the initial value, in the times, and in what the right side
    /// captures: the derivative is that of the steps that were taken, whose sizes stand still (the discrete adjoint).
    /// </summary>
    /// <param name="f">The right side, from (time, state) to the state's derivative, of its type.</param>
    /// <param name="initial">The state at the first time, floating-point, of any shape.</param>
    /// <param name="times">[n], rising or falling.</param>
    /// <param name="relative">The error of a step may be this much of the state …</param>
    /// <param name="absolute">… and this much beside it, in the root mean square over its elements.</param>
    /// <param name="atMost">The most steps from a time to the next. The states from there on are NaN if they do not suffice.</param>
    /// <returns>[n, …]: the state at each time; the first is the initial one.</returns>
    /// <exception cref="ShapeException">The times are no vector of at least one, or of another element type than the state; or the right side gives another type.</exception>
    public static Node Solve(Func<Node, Node, Node> f, Node initial, Node times, double relative = 1e-6, double absolute = 1e-9, long atMost = 1000)
    {
        if (times.Type.Rank != 1 || times.Shape[0] == 0 || times.DType != initial.DType || !initial.DType.IsFloat) throw new ShapeException($"Solve: times of type {times.Type} do not fit a state of type {initial.Type}; they are a vector of its floating-point type");
        Node Right(Node t, Node y) => f(t, y) is var slope && slope.Type.Equals(initial.Type) ? slope : throw new ShapeException($"Solve: the right side makes {slope.Type} of a state of type {initial.Type}");

        Node Size(Node x, Node y, Node other) => Sqrt(Mean(Square(x / (absolute + relative * Max(Abs(y), Abs(other))))));

        ImmutableArray<Node> Step(Node end, Node t, Node y, Node size, Node first)
        {
            var left = end - t;
            var last = Abs(size) >= Abs(left);
            var h = Where(last, left, Detach(size));
            List<Node> slopes = [first];
            Node Sum(double[] weights) => weights.Zip(slopes).Where(p => p.First != 0).Select(p => p.First * p.Second).Aggregate((a, b) => a + b);
            var next = y;
            for (var k = 1; k < Nodes.Length; k++)
            {
                next = y + h * Sum(Weights[k]);
                slopes.Add(Right(t + Nodes[k] * h, next));
            }
            var error = Detach(Size(h * Sum(Errors), y, next));
            // What is no number is tried with a smaller step.
            var (holds, factor) = (error <= 1, Where(error >= 0, Min(Max(0.9 * Pow(error, -0.2), 0.2), 10), 0.2));
            return [Where(holds, Where(last, end, t + h), t), Where(holds, next, y), Detach(Where(And(holds, last), size, h * factor)), Where(holds, slopes[^1], first)];
        }

        // Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, II.4: a hundredth of the way on which the state would change by its own size.
        var (start, slope) = (times[0], Right(times[0], initial));
        var (state, change) = (Detach(Size(initial, initial, initial)), Detach(Size(slope, initial, initial)));
        var guess = Where(Or(state < 1e-5, change < 1e-5), 1e-6, 0.01 * state / change);
        var (_, rest) = Scan((carry, end) =>
        {
            var (t, y, size, first) = (carry[0], carry[1], carry[2], carry[3]);
            var made = While(c => NotEqual(c[0], end[0]), c => Step(end[0], c[0], c[1], c[2], c[3]), [t, y, Abs(size) * Sign(Detach(end[0] - t)), first], atMost);
            var reached = Equal(made[0], end[0]);
            var found = Where(reached, made[1], double.NaN);
            return ([end[0], found, made[2], made[3]], [found]);
        }, [start, initial, Cast(guess, initial.DType), slope], [times[1..]]);
        return Concat([Unsqueeze(initial, 0), rest[0]]);
    }
}
