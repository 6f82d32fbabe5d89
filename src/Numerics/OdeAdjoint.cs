using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Numerics;

public static partial class Ode
{
    /// <summary>
    /// The solution at some times, as <see cref="Solve"/> gives it, whose gradient is found by solving the adjoint equation back in time (the continuous adjoint: Pontryagin, 1962; Chen et al., Neural ordinary differential
    /// equations, 2018). Nothing of the steps is kept; the gradient is that of the exact solution up to the tolerance, not that of the steps. Reverse mode alone; second derivatives are those of the
    /// adjoint's steps, which are kept.
    /// </summary>
    /// <param name="f">The right side, from (time, state) to the state's derivative, of its type.</param>
    /// <param name="initial">The state at the first time, floating-point, of any shape.</param>
    /// <param name="times">[n], rising or falling.</param>
    /// <param name="relative">The error of a step may be this much of the state …</param>
    /// <param name="absolute">… and this much beside it, in the root mean square over its elements; back in time, of states and sensitivities together.</param>
    /// <param name="atMost">The most steps from a time to the next.</param>
    /// <returns>[n, …]: the state at each time; the first is the initial one.</returns>
    /// <exception cref="ShapeException">As <see cref="Solve"/> throws it.</exception>
    public static Node SolveAdjoint(Func<Node, Node, Node> f, Node initial, Node times, double relative = 1e-6, double absolute = 1e-9, long atMost = 1000)
    {
        var (right, captured) = Function.Of(x => [f(x[0], x[1])], [new TensorType(initial.DType, []), initial.Type]);
        var smooth = Enumerable.Range(0, captured.Length).Where(k => captured[k].DType.IsFloat).ToArray();
        Node Right(Node t, Node y, ImmutableArray<Node> p)
        {
            var all = captured.ToArray();
            for (var k = 0; k < smooth.Length; k++) all[smooth[k]] = p[k];
            return right.Apply([t, y, .. all])[0];
        }
        var parameters = smooth.Select(k => captured[k]).ToImmutableArray();
        var kept = Detach(Solve((t, y) => Right(t, y, parameters), initial, times, relative, absolute, atMost));
        return WithRule("SolveAdjoint", kept, [initial, times, .. parameters], (x, states, c) =>
        {
            var (times, p) = (x[1], x[2..]);
            var (zeros, n) = ((Y: x[0] * 0, A: x[0] * 0, P: (ImmutableArray<Node>)[.. p.Select(v => v * 0)]), times.Shape[0]);
            Node Slope(Node y, Node t) => Right(t, y, p);
            // Back from each time to the one before: the state from what it was there, its sensitivity, and the sums for what was captured.
            var (last, byTime) = Scan((s, at) =>
            {
                var a = s.A + at.C;
                var (vector, back) = Tree.Ravel((at.Y, a, s.P));
                Node Backward(Node t, Node v)
                {
                    var (y, sensitivity, _) = back(v);
                    var (slope, pull) = Transforms.Vjp(((Node Y, ImmutableArray<Node> P) z) => Right(t, z.Y, z.P), (y, p));
                    var (byState, byParameters) = pull(sensitivity);
                    return Tree.Ravel((slope, -byState, (ImmutableArray<Node>)[.. byParameters.Select(g => -g)])).Vector;
                }
                var (_, before, sums) = back(Solve(Backward, vector, Stack([at.T, at.Before]), relative, absolute, atMost)[1]);
                return ((before, sums), Sum(at.C * Slope(at.Y, at.T)));
            }, (zeros.A, zeros.P), (T: times[1..], Before: times[..^1], Y: states[1..], C: c[1..]), reverse: true);
            var atFirst = -Sum(last.A * Slope(states[0], times[0]));
            return [last.A + c[0], Concat([Reshape(atFirst, 1), byTime]), .. last.P];
        });
    }
}
