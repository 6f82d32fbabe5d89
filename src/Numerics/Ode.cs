using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

/// <summary>Ordinary differential equations y′ = f(t, y).</summary>
public static partial class Ode
{
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
        var method = new DormandPrince("Solve", f, initial.Type, relative, absolute);

        ImmutableArray<Node> Step(Node end, Node t, Node y, Node size, Node first)
        {
            var left = end - t;
            var last = Abs(size) >= Abs(left);
            var step = method.Step(t, y, Where(last, left, Detach(size)), first);
            var holds = step.Holds;
            return [Where(holds, Where(last, end, t + step.H), t), Where(holds, step.Next, y), Detach(Where(And(holds, last), size, DormandPrince.Resized(step))), Where(holds, step.Slopes[^1], first)];
        }

        var (start, slope) = (times[0], method.Right(times[0], initial));
        var (_, rest) = Scan((carry, end) =>
        {
            var (t, y, size, first) = (carry[0], carry[1], carry[2], carry[3]);
            var made = While(c => NotEqual(c[0], end[0]), c => Step(end[0], c[0], c[1], c[2], c[3]), [t, y, Abs(size) * Sign(Detach(end[0] - t)), first], atMost);
            var reached = Equal(made[0], end[0]);
            var found = Where(reached, made[1], double.NaN);
            return ([end[0], found, made[2], made[3]], [found]);
        }, [start, initial, method.First(initial, slope), slope], [times[1..]]);
        return Concat([Unsqueeze(initial, 0), rest[0]]);
    }
}
