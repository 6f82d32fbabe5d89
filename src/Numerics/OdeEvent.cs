using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>When something happened to the solution of a differential equation. A tree.</summary>
/// <param name="Time">When; NaN if it did not happen.</param>
/// <param name="State">The state then.</param>
/// <param name="Met">Whether it happened.</param>
/// <param name="Reached">The last time that was looked at.</param>
/// <param name="End">The last time that was asked for.</param>
/// <param name="Stuck">Whether steps became so small that time stood still.</param>
public sealed record OdeEvent(Node Time, Node State, Node Met, Node Reached, Node End, Node Stuck)
{
    static OdeEvent() => Tree.Register((OdeEvent e) => (e.Time, e.State, e.Met, e.Reached, e.End, e.Stuck), p => new OdeEvent(p.Time, p.State, p.Met, p.Reached, p.End, p.Stuck));

    /// <summary>The same where it happened, in every row of a batch. It is computed for this.</summary>
    /// <exception cref="ConvergenceException">It did not happen before the end, or the end was not reached.</exception>
    /// <exception cref="InvalidOperationException">It depends on a placeholder, and has no value yet.</exception>
    public OdeEvent Checked()
    {
        ConvergenceException.Demand(Or(Met, NotEqual(Reached, End)), () => $"Ode: the event did not happen up to t = {ConvergenceException.Worst(End):G6}");
        ConvergenceException.Demand(Met, () => Ode.Short(Reached, End, Stuck));
        return this;
    }
}

public static partial class Ode
{
    // How many parts of a step are looked at, so that what happens and is undone within one is seen.
    private const int Parts = 4;

    /// <summary>
    /// Goes on until an event: where a function of time and state passes through 0. What passes there and back within a quarter of a step is not seen. Within the step in which its sign changes, the time is found as the root of the function at the end of a shorter step, to rounding. Time and
    /// state have the derivatives of the implicit function, to order three (those beyond are no numbers), in the initial value, in the first time, and in what the right side and the event capture.
    /// </summary>
    /// <param name="f">The right side, from (time, state) to the state's derivative, of its type.</param>
    /// <param name="initial">The state at the first time, floating-point, of any shape.</param>
    /// <param name="start">The first time, []. A function that is 0 there has not passed.</param>
    /// <param name="end">The last time, [], later or earlier.</param>
    /// <param name="event">From (time, state) to a number of its element type.</param>
    /// <param name="direction">1 where the function is to rise through 0, −1 where it is to fall, 0 for both.</param>
    /// <param name="relative">The error of a step may be this much of the state …</param>
    /// <param name="absolute">… and this much beside it, in the root mean square over its elements.</param>
    /// <param name="atMost">The most steps that are tried.</param>
    /// <exception cref="ShapeException">A time is not of the state's element type or has axes, or the right side or the event gives another type.</exception>
    public static OdeEvent UntilEvent(Func<Node, Node, Node> f, Node initial, Node start, Node end, Func<Node, Node, Node> @event, int direction = 0, double relative = 1e-6, double absolute = 1e-9, long atMost = 1000)
    {
        (start, end) = (Time("UntilEvent", start, initial), Time("UntilEvent", end, initial));
        var method = new DormandPrince("UntilEvent", f, initial.Type, relative, absolute);
        var number = new TensorType(initial.DType, []);
        Node Height(Node t, Node y) => @event(t, y) is var g && g.Type.Equals(number) ? g : throw new ShapeException($"UntilEvent: the event is {g.Type}, and a number of the state's element type is needed");

        // At the beginning of a step, at its end, and between.
        Node[] Heights(Node t, DormandPrince.Trial step)
        {
            var c = DormandPrince.Coefficients(step);
            return [.. Enumerable.Range(0, Parts + 1).Select(k => Height(t + step.H * ((double)k / Parts), k == Parts ? step.Next : DormandPrince.Between(step.Y, c, (double)k / Parts)))];
        }

        Node Passed(Node[] heights)
        {
            var (before, after) = (Stack(heights[..^1]), Stack(heights[1..]));
            var (rises, falls) = (And(before < 0, after >= 0), And(before > 0, after <= 0));
            return direction > 0 ? rises : direction < 0 ? falls : Or(rises, falls);
        }

        var (first, no) = (method.Right(start, initial), Full(TensorType.Scalar(DType.Bool), 0));
        // To the step in which it happens.
        var (t, y, size, slope, stuck, met) = While<(Node T, Node Y, Node Size, Node Slope, Node Stuck, Node Met)>(s => Not(Or(Or(Equal(s.T, end), s.Stuck), s.Met)), s =>
        {
            var (last, step) = Tried(method, end, s.T, s.Y, s.Size, s.Slope);
            var happens = And(step.Holds, Any(Passed(Heights(s.T, step))));
            var goes = And(step.Holds, Not(happens));
            return (Where(goes, Where(last, end, s.T + step.H), s.T), Where(goes, step.Next, s.Y), Where(happens, Detach(step.H), DormandPrince.Resized(step)), Where(goes, step.Slopes[^1], s.Slope), Still(s.T, end, step), happens);
        }, (start, initial, method.First(initial, first) * Sign(Detach(end - start)), first, no, no), atMost);

        var part = Detach(Halved(t, method.Step(t, y, size, slope)));
        Node Ended(Node p) => method.Step(t, y, p * size, slope).Next;
        Node Nearer(Node p) => Transforms.Jvp(v => Height(t + v * size, Ended(v)), p, Full(number, 1)) is var (height, rate) ? p - height / rate : p;
        // From the root between to that of the step, then two of Newton's steps for the derivatives.
        part = Detach(Nearer(Nearer(part)));
        part = Nearer(Nearer(part)) + Implicit.Beyond(Height(t + part * size, Ended(part)));
        // A factor, so that what did not happen has no derivative either.
        var unmet = Where(met, Full(number, 1), double.NaN);
        return new((t + part * size) * unmet, Ended(part) * unmet, met, t, end, stuck);

        // The part of a step at which it happens, by halving.
        Node Halved(Node t, DormandPrince.Trial step)
        {
            var (c, heights) = (DormandPrince.Coefficients(step), Heights(t, step));
            var low = ArgMax(Cast(Passed(heights), DType.Int64), 0);
            var side = Sign(Take(Stack(heights), 0, Reshape(low, 1))[0]);
            var from = Cast(low, initial.DType) / Parts;
            return While<(Node Low, Node Width)>(s => s.Width > initial.DType.Rounding, s =>
            {
                var middle = s.Low + 0.5 * s.Width;
                return (Where(side * Height(t + step.H * middle, DormandPrince.Between(step.Y, c, middle)) > 0, middle, s.Low), 0.5 * s.Width);
            }, (from, Full(number, 1.0 / Parts))).Low;
        }
    }
}
