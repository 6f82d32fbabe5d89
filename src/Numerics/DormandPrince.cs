using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>
/// Steps of order 5 with an error estimate (Dormand and Prince, A family of embedded Runge–Kutta formulae, 1980), and what lies between their ends to order 4 (Hairer, Nørsett and Wanner, Solving Ordinary Differential
/// Equations I, II.6).
/// </summary>
internal sealed class DormandPrince(string name, Func<Node, Node, Node> f, TensorType state, double relative, double absolute)
{
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

    // The difference of the results of orders 5 and 4, and the last coefficient of what lies between.
    private static readonly double[] Errors = [71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40];
    private static readonly double[] Bends = [-12715105075.0 / 11282082432, 0, 87487479700.0 / 32700410799, -10690763975.0 / 1880347072, 701980252875.0 / 199316789632, -1453857185.0 / 822651844, 69997945.0 / 29380423];

    /// <summary>How many coefficients <see cref="Between"/> has beside the first state.</summary>
    public const int Degree = 4;

    /// <summary>A step that was tried, from t to t + h, its slopes, and how large its error is in units of what it may be.</summary>
    internal sealed record Trial(Node H, Node Y, Node Next, List<Node> Slopes, Node Error)
    {
        public Node Holds => Error <= 1;
    }

    public Node Right(Node t, Node y) => f(t, y) is var slope && slope.Type.Equals(state) ? slope : throw new ShapeException($"{name}: the right side makes {slope.Type} of a state of type {state}");

    public Trial Step(Node t, Node y, Node h, Node first)
    {
        List<Node> slopes = [first];
        var next = y;
        for (var k = 1; k < Nodes.Length; k++)
        {
            next = y + h * Weighted(Weights[k], slopes);
            slopes.Add(Right(t + Nodes[k] * h, next));
        }
        return new(h, y, next, slopes, Detach(Size(h * Weighted(Errors, slopes), y, next)));
    }

    /// <summary>How far the next step goes, given how far one went. What is no number is tried with a smaller step.</summary>
    public static Node Resized(Trial step) => Detach(step.H * Where(step.Error >= 0, Min(Max(0.9 * Pow(step.Error, -0.2), 0.2), 10), 0.2));

    /// <summary>The size of a first step: a hundredth of the way on which the state would change by its own size (Hairer, Nørsett and Wanner, II.4).</summary>
    public Node First(Node initial, Node slope)
    {
        var (size, change) = (Detach(Size(initial, initial, initial)), Detach(Size(slope, initial, initial)));
        return Cast(Where(Or(size < 1e-5, change < 1e-5), 1e-6, 0.01 * size / change), initial.DType);
    }

    /// <summary>The coefficients of the state within a step, but for the first, which is the state that it began with.</summary>
    public static Node[] Coefficients(Trial step)
    {
        var (difference, h) = (step.Next - step.Y, step.H);
        var bend = h * step.Slopes[0] - difference;
        return [difference, bend, difference - h * step.Slopes[^1] - bend, h * Weighted(Bends, step.Slopes)];
    }

    /// <summary>The state at a part of a step, from 0 to 1.</summary>
    public static Node Between(Node y, IReadOnlyList<Node> c, Node part) => y + part * (c[0] + (1 - part) * (c[1] + part * (c[2] + (1 - part) * c[3])));

    // In the root mean square over the elements, in units of what is allowed.
    private Node Size(Node x, Node y, Node other) => Sqrt(Mean(Square(x / (absolute + relative * Max(Abs(y), Abs(other))))));

    private static Node Weighted(double[] weights, List<Node> slopes) => weights.Zip(slopes).Where(p => p.First != 0).Select(p => p.First * p.Second).Aggregate((a, b) => a + b);
}
