using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>A solution of a differential equation at all times of an interval, as <see cref="Ode.SolveDense"/> gives it. A tree.</summary>
/// <param name="Times">When each step that was tried began, [atMost]; the first is the first time.</param>
/// <param name="Sizes">How long it was; 0 where it did not hold, or none was needed.</param>
/// <param name="States">The state when it began, [atMost, …].</param>
/// <param name="Coefficients">What lies between, [4, atMost, …].</param>
/// <param name="End">The last time that was asked for.</param>
/// <param name="Reached">The last time that was reached.</param>
/// <param name="Stuck">Whether steps became so small that time stood still.</param>
public sealed record OdeSolution(Node Times, Node Sizes, Node States, Node Coefficients, Node End, Node Reached, Node Stuck)
{
    static OdeSolution() =>
        Tree.Register((OdeSolution s) => (s.Times, s.Sizes, s.States, s.Coefficients, s.End, s.Reached, s.Stuck), p => new OdeSolution(p.Times, p.Sizes, p.States, p.Coefficients, p.End, p.Reached, p.Stuck));

    /// <summary>Whether the last time was reached.</summary>
    public Node Converged => Equal(Reached, End);

    /// <summary>The state at a time, to order 4 between the ends of steps, where the solution and its slope are continuous. Differentiable in the time as well.</summary>
    /// <param name="time">A time, [], or several, [n].</param>
    /// <returns>The state, or [n, …]; NaN outside of what was reached.</returns>
    /// <exception cref="ShapeException">The time is of another element type, or has several axes.</exception>
    public Node At(Node time)
    {
        if (time.Type.IsNumber) time = Cast(time, Times.DType);
        if (time.DType != Times.DType || time.Type.Rank > 1) throw new ShapeException($"At: a time is {Times.DType}[] or a vector of them, not {time.Type}");
        if (time.Type.Rank == 1) return Transforms.Vmap(At)(time);
        var forward = End >= Times[0];
        var begun = Where(forward, Times <= time, Times >= time);
        var last = MaxOver(Where(And(NotEqual(Sizes, 0), begun), Arange(Times.Shape[0]), -1));
        var at = Reshape(Max(last, 0), 1);
        Node One(Node all) => Take(all, 0, at)[0];
        var (size, y) = (One(Sizes), One(States));
        var part = (time - One(Times)) / Where(NotEqual(size, 0), size, 1);
        // An interval of no length is its first state.
        var state = Where(NotEqual(size, 0), DormandPrince.Between(y, [.. Enumerable.Range(0, DormandPrince.Degree).Select(k => One(Coefficients[k]))], part), y);
        var isIn = Where(forward, And(time >= Times[0], time <= Reached), And(time <= Times[0], time >= Reached));
        return Where(isIn, state, double.NaN);
    }

    /// <summary>The same where the last time was reached, in every row of a batch. It is computed for this.</summary>
    /// <exception cref="ConvergenceException">It was not: the steps became too small, or there were too many.</exception>
    /// <exception cref="InvalidOperationException">It depends on a placeholder, and has no value yet.</exception>
    public OdeSolution Checked()
    {
        ConvergenceException.Demand(Converged, () => Ode.Short(Reached, End, Stuck));
        return this;
    }
}

public static partial class Ode
{
    /// <summary>The solution at all times between two, by the steps of <see cref="Solve"/>. Differentiable in both modes and any order, as that.</summary>
    /// <param name="f">The right side, from (time, state) to the state's derivative, of its type.</param>
    /// <param name="initial">The state at the first time, floating-point, of any shape.</param>
    /// <param name="start">The first time, [].</param>
    /// <param name="end">The last time, [], later or earlier.</param>
    /// <param name="relative">The error of a step may be this much of the state …</param>
    /// <param name="absolute">… and this much beside it, in the root mean square over its elements.</param>
    /// <param name="atMost">The most steps that are tried; all are kept.</param>
    /// <exception cref="ShapeException">A time is not of the state's element type or has axes, or the right side gives another type.</exception>
    public static OdeSolution SolveDense(Func<Node, Node, Node> f, Node initial, Node start, Node end, double relative = 1e-6, double absolute = 1e-9, long atMost = 1000)
    {
        (start, end) = (Time("SolveDense", start, initial), Time("SolveDense", end, initial));
        var method = new DormandPrince("SolveDense", f, initial.Type, relative, absolute);
        var slope = method.Right(start, initial);
        var ((reached, _, _, _, stuck), made) = Scan(
            (s, _) => Cond(Or(Equal(s.T, end), s.Stuck), c => (c, (c.T, c.T * 0, c.Y, Stack(new Node[DormandPrince.Degree].Select(_ => c.Y * 0).ToArray()))), c =>
            {
                var (last, step) = Tried(method, end, c.T, c.Y, c.Size, c.Slope);
                var holds = step.Holds;
                var next = Where(holds, Where(last, end, c.T + step.H), c.T);
                return ((next, Where(holds, step.Next, c.Y), DormandPrince.Resized(step), Where(holds, step.Slopes[^1], c.Slope), Still(c.T, end, step)),
                    (c.T, Where(holds, step.H, 0), c.Y, Stack(DormandPrince.Coefficients(step))));
            }, s),
            (T: start, Y: initial, Size: method.First(initial, slope) * Sign(Detach(end - start)), Slope: slope, Stuck: Full(TensorType.Scalar(DType.Bool), 0)), Zeros(atMost));
        return new(made.Item1, made.Item2, made.Item3, MoveAxis(made.Item4, 1, 0), end, reached, stuck);
    }

    // A step that goes no further than the end.
    private static (Node IsLast, DormandPrince.Trial Step) Tried(DormandPrince method, Node end, Node t, Node y, Node size, Node slope)
    {
        var last = Abs(size) >= Abs(end - t);
        return (last, method.Step(t, y, Where(last, end - t, Detach(size)), slope));
    }

    // A step that did not hold, and whose successor would be lost in the rounding of time.
    private static Node Still(Node t, Node end, DormandPrince.Trial step) =>
        And(Not(step.Holds), Abs(DormandPrince.Resized(step)) <= 2 * t.DType.Rounding * Max(Abs(t), Abs(end - t)));

    private static Node Time(string name, Node time, Node state)
    {
        if (!state.DType.IsFloat) throw new ShapeException($"{name}: a state is floating-point, not {state.Type}");
        if (time.Type.IsNumber) time = Cast(time, state.DType);
        return time.Type.Rank == 0 && time.DType == state.DType ? time : throw new ShapeException($"{name}: a time is {state.DType}[], not {time.Type}");
    }

    internal static string Short(Node reached, Node end, Node stuck) =>
        $"Ode: {(Transforms.Evaluate<bool>(stuck).Contains(true) ? "steps became too small to move on" : "the steps that were allowed are not enough")}; t = {At(reached)} was reached, {At(end)} was asked for";

    private static string At(Node times) => string.Join(", ", Transforms.Evaluate<double>(Cast(times, DType.Float64)).Select(t => $"{t:G6}"));
}
