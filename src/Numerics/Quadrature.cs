using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>What an integration found. A tree.</summary>
/// <param name="Value">The integral; NaN where it did not converge.</param>
/// <param name="Error">An estimate of its error.</param>
/// <param name="Intervals">Into how many intervals it was cut, int64[].</param>
/// <param name="Converged">Whether the estimate is as small as was asked.</param>
public sealed record Integral(Node Value, Node Error, Node Intervals, Node Converged)
{
    static Integral() => Tree.Register((Integral i) => (i.Value, i.Error, i.Intervals, i.Converged), p => new Integral(p.Value, p.Error, p.Intervals, p.Converged));

    /// <summary>The same where the integration converged, in every row of a batch. It is computed for this.</summary>
    /// <exception cref="ConvergenceException">It did not.</exception>
    /// <exception cref="InvalidOperationException">It depends on a placeholder, and has no value yet.</exception>
    public Integral Checked()
    {
        ConvergenceException.Demand(Converged, () => $"Integrate: not converged with {ConvergenceException.Worst(Intervals)} intervals; the error may be {ConvergenceException.Worst(Error):0.0e+00}");
        return this;
    }
}

/// <summary>
/// Integrals by the pair of Gauss and Kronrod with 7 and 15 points, on intervals that are halved where the error is largest (Piessens et al., QUADPACK, 1983). Which intervals they are is found first and held fixed; the sum over
/// them is ordinary graph, so derivatives of any order in the limits and in what the function captures are those of the sum, and as right as it is.
/// </summary>
public static class Quadrature
{
    // Points from the end to the middle; every second is one of Gauss's.
    private static readonly double[] Points =
    [
        0.991455371120812639, 0.949107912342758524, 0.864864423359769072, 0.741531185599394439,
        0.586087235467691130, 0.405845151377397166, 0.207784955007898467, 0,
    ];

    private static readonly double[] Kronrod =
    [
        0.022935322010529224, 0.063092092629978553, 0.104790010322250183, 0.140653259715525918,
        0.169004726639267902, 0.190350578064785409, 0.204432940075298892, 0.209482141084727828,
    ];

    private static readonly double[] Gauss = [0, 0.129484966168869693, 0, 0.279705391489276667, 0, 0.381830050505118944, 0, 0.417959183673469387];

    /// <summary>The integral of a function of a number. What lies between the first fifteen points altogether, such as a peak of a thousandth of the interval, is not seen; a limit put there helps.</summary>
    /// <param name="f">From a number to a number of its element type, [] to []; what it captures, the integral is differentiable in.</param>
    /// <param name="from">The lower limit, [], which may be infinite.</param>
    /// <param name="to">The upper limit, [], which may be infinite, or lie below the lower one.</param>
    /// <param name="relative">The error may be this much of the integral …</param>
    /// <param name="absolute">… or this much.</param>
    /// <param name="singular">
    /// The function may be singular at the limits: the variable is changed so that they are approached with double exponential speed (Takahasi and Mori, 1974). A limit of 0 is approached further than others, which
    /// rounding hides: what lies between a limit and the last point before it is part of the error, and does not go to zero where the integral is infinite.
    /// </param>
    /// <param name="atMost">The most intervals. The function is asked for at 15 points in each of so many, all at once.</param>
    /// <exception cref="ShapeException">A limit is no floating-point number or they are of different types, or the function gives another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is to be no interval.</exception>
    public static Integral Integrate(Func<Node, Node> f, Node from, Node to, double relative = 1e-10, double absolute = 1e-12, bool singular = false, int atMost = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atMost, 1);
        var type = new TensorType(DTypes.Promote(from.DType, to.DType), []);
        if (!type.DType.IsFloat || from.Type.Rank != 0 || to.Type.Rank != 0) throw new ShapeException($"Integrate: limits are floating-point numbers, not {from.Type} and {to.Type}");
        var (a, b) = (Cast(from, type.DType), Cast(to, type.DType));
        var turned = a > b;
        var substitution = new Substitution(Where(turned, b, a), Where(turned, a, b), singular);
        Node Value(Node x) => f(x) is var y && y.Type.Equals(type) ? y : throw new ShapeException($"Integrate: the function makes {y.Type} of {x.Type}");

        var (left, width, error, count) = Cut(x => Values(Value, substitution, x), type.DType, relative, absolute, atMost);
        var points = At(left, width);
        var value = Sum(Rule(Values(Value, substitution, points), width, Kronrod));
        if (singular) error += Detach(Beyond(Value, substitution, points));
        var converged = error <= Max(absolute, relative * Abs(Detach(value)));
        // A factor, so that what was not found has no derivative either.
        return new(Where(turned, -value, value) * Where(converged, Full(type, 1), double.NaN), error, count, converged);
    }

    // Where 0 … 1 is cut so that the error is small.
    private static (Node Left, Node Width, Node Error, Node Count) Cut(Func<Node, Node> values, DType type, double relative, double absolute, int atMost)
    {
        var places = Arange(atMost);
        Node Whole(double value) => Where(Equal(places, 0), Full(new TensorType(type, atMost), value), 0);
        (Node Value, Node Error) Measured(Node left, Node width)
        {
            var y = values(At(left, width));
            var (fine, rough) = (Rule(y, width, Kronrod), Rule(y, width, Gauss));
            // How far the function is from its mean says what the difference means.
            var spread = Rule(Abs(y - Unsqueeze(fine / width, 1)), width, Kronrod);
            var off = Abs(fine - rough);
            var share = Where(spread > 0, 200 * off / Where(spread > 0, spread, 1), 0);
            // No sum is closer than its rounding.
            var rounding = 10 * type.Rounding * Rule(Abs(y), width, Kronrod);
            return (fine, Max(Where(share < 1, spread * share * Sqrt(share), Max(spread, off)), rounding));
        }
        Node Put(Node all, Node at, Node next, Node two) => Where(Equal(places, at), two[0], Where(Equal(places, next), two[1], all));
        var (value, error) = Measured(Zeros(1, type), Ones(1, type));
        Node First(Node one) => Where(Equal(places, 0), one[0], Full(new TensorType(type, atMost), 0));
        var (left, width, _, errors, count) = While<(Node Left, Node Width, Node Value, Node Error, Node Count)>(
            s => And(Sum(s.Error) > Max(absolute, relative * Abs(Sum(s.Value))), s.Count < atMost),
            s =>
            {
                var worst = ArgMax(s.Error, 0);
                Node Chosen(Node all) => Take(all, 0, Reshape(worst, 1))[0];
                var half = 0.5 * Chosen(s.Width);
                var (lefts, widths) = (Stack([Chosen(s.Left), Chosen(s.Left) + half]), Stack([half, half]));
                var (values, errors) = Measured(lefts, widths);
                return (Put(s.Left, worst, s.Count, lefts), Put(s.Width, worst, s.Count, widths), Put(s.Value, worst, s.Count, values), Put(s.Error, worst, s.Count, errors), s.Count + 1);
            },
            (Whole(0), Whole(1), First(value), First(error), Scalar(1, DType.Int64)));
        return (Detach(left), Detach(width), Detach(Sum(errors)), count);
    }

    // The points of some intervals, [intervals, 15].
    private static Node At(Node left, Node width) => Unsqueeze(left, 1) + Unsqueeze(width, 1) * Table([.. Points.Select(p => (1 - p) / 2), .. Points.Reverse().Skip(1).Select(p => (1 + p) / 2)], left.DType);

    private static Node Rule(Node values, Node width, double[] weights) => width * Sum(values * Table([.. weights.Select(w => w / 2), .. weights.Reverse().Skip(1).Select(w => w / 2)], width.DType), 1);

    private static Node Table(double[] numbers, DType type) => Cast(Tensor(numbers), type);

    private static Node Values(Func<Node, Node> f, Substitution substitution, Node points)
    {
        var (x, weight, counts) = substitution.At(Reshape(points, points.Type.Count));
        return Reshape(Where(counts, Transforms.Vmap(f)(x) * weight, 0), points.Shape);
    }

    // What lies beyond the first and the last point that count. With the logarithm of the distance to a limit the function, times the distance, falls exponentially, how fast two points say.
    private static Node Beyond(Func<Node, Node> f, Substitution substitution, Node points)
    {
        var counts = substitution.At(points).Counts;
        var last = Stack([MinOver(Where(counts, points, 1)), MaxOver(Where(counts, points, 0))]);
        var before = last + 0.02 * (0.5 - last);
        Node Height(Node t) => Abs(Values(f, substitution, t)) / Substitution.Speed(t);
        var (end, further) = (Height(last), Height(before));
        var slope = Log(further / Where(end > 0, end, 1)) / (Substitution.Depth(last) - Substitution.Depth(before));
        return Sum(Where(end > 0, Where(slope > 0, end / slope, double.PositiveInfinity), 0));
    }

    /// <summary>From 0 … 1 to the interval, whose limits are in order.</summary>
    private sealed record Substitution(Node A, Node B, bool IsSingular)
    {
        // 1e±275 is as close to 0 and 1 as numbers get.
        private const double Far = 6;

        /// <summary>Where a function is asked for, with what weight, and whether it counts: where rounding leads to a limit it does not, and is asked for in the middle.</summary>
        public (Node X, Node Weight, Node Counts) At(Node t)
        {
            var (u, rest, rate) = IsSingular ? Pushed(t) : (t, 1 - t, Ones(t.Shape, t.DType));
            var (low, high) = (Abs(A) < double.PositiveInfinity, Abs(B) < double.PositiveInfinity);
            var (a, b) = (Where(low, A, 0), Where(high, B, 0));
            // Of each end by its own distance. Halves stand for what is not chosen, which must not be infinite.
            Node Between(Node u, Node rest) => Where(u < 0.5, a + (b - a) * u, b - (b - a) * rest);
            Node Away(Node u, Node rest) => Where(low, a + u / rest, b - u / rest);
            Node Line(Node u, Node rest) => (u - rest) / (4 * u * rest);
            var isInner = And(u > 0, rest > 0);
            var (v, w) = (Where(isInner, u, 0.5), Where(isInner, rest, 0.5));
            var x = Where(And(low, high), Between(v, w), Where(Or(low, high), Away(v, w), Line(v, w)));
            var weight = rate * Where(And(low, high), (b - a) * Ones(t.Shape, t.DType), Where(Or(low, high), 1 / (w * w), (v * v + w * w) / (4 * v * v * w * w)));
            var counts = And(And(isInner, weight < 1e300), Or(Equal(A, B), And(NotEqual(x, A), NotEqual(x, B))));
            var middle = Where(And(low, high), 0.5 * (a + b), Where(low, a + 1, b - 1));
            return (Where(counts, x, middle), Where(counts, weight, 0), counts);
        }

        /// <summary>Minus the logarithm of how much of the interval is left to the nearer limit.</summary>
        public static Node Depth(Node t) => Math.PI * Sinh(Abs(2 * t - 1) * Far);

        /// <summary>How fast the depth changes.</summary>
        public static Node Speed(Node t) => 2 * Math.PI * Far * Cosh((2 * t - 1) * Far);

        private static (Node U, Node Complement, Node Rate) Pushed(Node t)
        {
            var steep = Math.PI * Sinh((2 * t - 1) * Far);
            var (u, rest) = (Sigmoid(steep), Sigmoid(-steep));
            return (u, rest, u * rest * Speed(t));
        }
    }
}
