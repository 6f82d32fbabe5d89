using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;
using static Core.Closeness;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Loops that are one node, against the same steps written out.</summary>
public class ScanTests
{
    private static Node Numbers(int seed, params long[] shape) =>
        Tensor<double>([.. Enumerable.Range(0, (int)Dims.Create(shape).Product).Select(i => Math.Sin(i * 1.7 + seed) * 0.8)], Dims.Create(shape));

    private static void Close(Node expected, Node actual, double tolerance = 1e-12)
    {
        Assert.All(Read(expected), v => Assert.True(double.IsFinite(v)));
        Closeness.Close(expected, actual, tolerance);
    }

    // The same loop, its steps side by side.
    private static (ImmutableArray<Node> Carries, ImmutableArray<Node> Outputs) Unrolled(
        Func<ImmutableArray<Node>, ImmutableArray<Node>, (ImmutableArray<Node>, ImmutableArray<Node>)> step, ImmutableArray<Node> init, ImmutableArray<Node> over, long n, bool reverse)
    {
        var (carry, outputs) = (init, new ImmutableArray<Node>[n]);
        for (var t = 0L; t < n; t++)
        {
            var place = (int)(reverse ? n - 1 - t : t);
            (carry, outputs[place]) = step(carry, [.. over.Select(x => x[place])]);
        }
        return (carry, [.. Enumerable.Range(0, outputs[0].Length).Select(k => Stack([.. outputs.Select(o => o[k])]))]);
    }

    // A recurrent net with a shared weight, a counter, a carry that nothing moves, an output that is a carry and one that is none.
    private static (ImmutableArray<Node>, ImmutableArray<Node>) Net(Node w, ImmutableArray<Node> c, ImmutableArray<Node> x)
    {
        var h = Tanh(MatMul(w, c[0]) + x[0] * (1 + 0.1 * Cast(c[1], DType.Float64)));
        return ([h, c[1] + 1, c[2], c[3] * 0.9 + Sum(h * h)], [h * c[2], c[1], c[3]]);
    }

    private static Node Looped(Node w, Node h, Node x, Node z, bool reverse, bool unrolled)
    {
        ImmutableArray<Node> init = [h, Scalar(0, DType.Int64), Numbers(3, 3), z];
        var (carries, outputs) = unrolled ? Unrolled((c, v) => Net(w, c, v), init, [x], x.Shape[0], reverse) : Scan((c, v) => Net(w, c, v), init, [x], reverse: reverse);
        return Sum(carries[0] * Numbers(5, 3)) + carries[3] * carries[3] + Sum(outputs[0] * outputs[0]) + Sum(Sin(outputs[2])) + Cast(carries[1] + Sum(outputs[1]), DType.Float64) + Sum(carries[2]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_loop_is_its_steps_in_value_and_derivatives_of_every_mode(bool reverse)
    {
        ImmutableArray<Node> at = [Numbers(1, 3, 3), Numbers(2, 3), Numbers(4, 5, 3), Tensor<double>([0.5], Dims.Empty)];
        Node F(ImmutableArray<Node> v) => Looped(v[0], v[1], v[2], v[3], reverse, unrolled: false);
        Node G(ImmutableArray<Node> v) => Looped(v[0], v[1], v[2], v[3], reverse, unrolled: true);
        Close(G(at), F(at));
        var (value, gradients) = ValueAndGrad(F)(at);
        Close(G(at), value);
        foreach (var (g, f) in Grad(G)(at).Zip(gradients)) Close(g, f);
        for (var k = 0; k < 4; k++)
        {
            Node One(Func<ImmutableArray<Node>, Node> f, Node v) => f(at.SetItem(k, v));
            var t = Numbers(9 + k, [.. at[k].Shape]);
            Close(Jvp(v => One(G, v), at[k], t).Tangent, Jvp(v => One(F, v), at[k], t).Tangent);
            Close(Hessian(v => One(G, v))(at[k]), Hessian(v => One(F, v))(at[k]));
            Close(Grad((Node v) => Sum(Jvp(u => One(G, u), v, t).Tangent))(at[k]), Grad((Node v) => Sum(Jvp(u => One(F, u), v, t).Tangent))(at[k]));
            Close(Grad((Node v) => Sum(Sin(Grad((Node u) => One(G, u))(v))))(at[k]), Grad((Node v) => Sum(Sin(Grad((Node u) => One(F, u))(v))))(at[k]));
            // Third order: reverse over reverse over reverse.
            Node Third(Func<ImmutableArray<Node>, Node> f) => Grad((Node v) => Sum(Grad((Node u) => Sum(Sin(Grad((Node s) => One(f, s))(u))))(v)))(at[k]);
            Close(Third(G), Third(F), 1e-10);
        }
        // The oracle runs loops as well.
        Close(Tensor<double>([Oracle<Real>.Run(F(at), new Dictionary<Node, Dense<Real>>()).Data[0].Value], Dims.Empty), F(at));
    }

    [Fact]
    public void Batches_of_loops_are_loops_over_batches()
    {
        var (w, h, x, z) = (Numbers(1, 2, 3, 3), Numbers(2, 2, 3), Numbers(4, 2, 5, 3), Numbers(6, 2));
        foreach (int?[] axes in (int?[][])[[0, 0, 0, 0], [null, 0, null, null], [null, null, 0, null], [0, null, null, null], [null, null, null, 0]])
        {
            ImmutableArray<Node> given = [.. new[] { w, h, x, z }.Select((v, k) => axes[k] is null ? v[0] : v)];
            ImmutableArray<Node> Row(int i) => [.. new[] { w, h, x, z }.Select((v, k) => axes[k] is null ? v[0] : v[i])];
            Node F(ImmutableArray<Node> v) => Looped(v[0], v[1], v[2], v[3], false, unrolled: false);
            var rows = Vmap(v => [F(v)], [.. axes])(given)[0];
            var gradients = Vmap(Grad(F), [.. axes])(given);
            var outer = Grad(v => Sum(Vmap(u => [F(u)], [.. axes])(v)[0]))(given);
            for (var i = 0; i < 2; i++)
            {
                Close(F(Row(i)), rows[i]);
                foreach (var (one, all) in Grad(F)(Row(i)).Zip(gradients)) Close(one, all[i]);
            }
            for (var k = 0; k < 4; k++)
                Close(axes[k] is null ? Sum(gradients[k], 0) : gradients[k], outer[k]);
        }
        // What no row reaches stays one, and is repeated where it is a result.
        ImmutableArray<Node> Counted(ImmutableArray<Node> v)
        {
            var (c, o) = Scan((c, u) => ([c[0] + u[0], c[1] * 2], [c[1]]), [v[0], Scalar(1, DType.Int64)], [Numbers(1, 3)]);
            return [c[0], c[1], o[0]];
        }
        var counted = Vmap(Counted, [0])([z]);
        Assert.Equal(["float64[2]", "int64[2]", "int64[2, 3]"], counted.Select(r => r.Type.ToString()));
        Assert.Equal([8.0, 8], Read(counted[1]));
        Assert.Equal([1.0, 2, 4, 1, 2, 4], Read(counted[2]));
    }

    [Fact]
    public void The_plan_of_a_loop_does_not_grow_with_it_and_its_value_and_gradient_run_it_once()
    {
        (int Launches, int Loops, int Steps) Planned(long n)
        {
            var x = Numbers(1, n, 3);
            Node F(Node v) => Looped(Numbers(1, 3, 3), v, x, Tensor<double>([0.5], Dims.Empty), false, unrolled: false);
            var (value, gradient) = ValueAndGrad(F)(Numbers(2, 3));
            var program = Core.Planned.Of(value, gradient);
            var loops = program.Launches.Select(l => l.Kernel).OfType<Kernel.Control>().ToList();
            return (program.Launches.Length, loops.Count, loops.Sum(l => l.Programs[0].Launches.Length));
        }
        Assert.Equal(Planned(4), Planned(4000));
        // Forwards once, keeping the carries, and backwards.
        Assert.Equal(2, Planned(4).Loops);
    }

    [Fact]
    public void Loops_that_go_alike_are_one_which_gives_what_is_read_and_others_are_not()
    {
        var (h, x) = (Numbers(1, 3), Numbers(2, 5, 3));
        Node[] Loop(Func<Node, Node, Node[]> step) => Scan((c, u) => step(c[0], u[0]) is [var next, .. var outputs] ? ([next], [.. outputs]) : default, [h], [x]) is var (carries, given) ? [carries[0], .. given] : [];
        var (first, second, other, unread) = (Loop((c, u) => [Sin(c) * u, c + u, c * u]), Loop((c, u) => [Sin(c) * u, c - u, Exp(c), c * u]), Loop((c, u) => [Cos(c) * u, c + u]), Loop((c, u) => [Sin(c) * u, MatMul(c, u)]));
        (int Results, int Steps)[] Planned(params Node[] roots) =>
            [.. Core.Planned.Of(roots).Launches.Select(l => l.Kernel).OfType<Kernel.Control>().Select(l => (l.Programs[0].Roots.Length, l.Programs[0].Launches.Length))];
        Assert.Equal([(5, 1)], Planned(first[1], first[2], second[1], second[2], second[3], second[0]));
        Assert.Equal([(1, 1)], Planned(unread[0]));
        Assert.Equal(2, Planned(first[1], other[1]).Length);
        // What reads such loops may be alike as well, and a loop's gradients in one thing and in another go back over the same steps.
        Node Twice(Node c) => Scan((d, u) => (d * Sin(u), d), h, c).Carry;
        Assert.Equal(2, Planned(Twice(first[1]), Scan((d, u) => (d * Sin(u), d + u), h, Loop((c, u) => [Sin(c) * u, c + u])[1]).Outputs).Length);
        Node Total(Node a, Node v) => Sum(Scan((c, u) => (Sin(c) * u, c * u), a, v).Outputs);
        Assert.Equal(3, Planned(Total(h, x), Grad((Node a) => Total(a, x))(h), Grad((Node v) => Total(h, v))(x)).Length);
        Node[] all = [.. first, .. second, .. other];
        Assert.Equal(all.SelectMany(Read), Read(Concat([.. all.Select(v => Reshape(v, [-1]))], 0)));
    }

    // What moves the first carry reaches the last one some steps later, and the first again.
    [Fact]
    public void What_moves_goes_through_carry_after_carry()
    {
        static (ImmutableArray<Node>, ImmutableArray<Node>) Delay(ImmutableArray<Node> c, ImmutableArray<Node> x) => ([c[3] * 0.5, c[4] + x[0], Sin(c[1]), c[2] * c[0], c[1] * 2], []);
        static Node Total(Node v, bool unrolled)
        {
            ImmutableArray<Node> init = [.. Enumerable.Range(1, 5).Select(k => Tensor<double>([k * 0.25], Dims.Empty))];
            return (unrolled ? Unrolled(Delay, init, [v], 8, false) : Scan(Delay, init, [v])).Carries.Select((c, k) => c * (k + 1)).Aggregate((a, b) => a + b);
        }
        var (x, t) = (Numbers(1, 8), Numbers(2, 8));
        Close(Grad((Node v) => Total(v, true))(x), Grad((Node v) => Total(v, false))(x));
        Close(Jvp(v => Total(v, true), x, t).Tangent, Jvp(v => Total(v, false), x, t).Tangent);
        Close(Stack([Total(x, true), Total(t, true)]), Vmap(v => Total(v, false))(Stack([x, t])));
    }

    [Fact]
    public void A_linear_loop_keeps_nothing()
    {
        var x = Numbers(1, 6, 2);
        var gradient = Grad((Node v) => Sum(Scan((c, u) => (c * 0.5 + u, c), Numbers(2, 2), v).Outputs))(x);
        using var numbering = Numbering.Begin();
        Assert.DoesNotContain(Traversal.Order([gradient], null, numbering), n => n.Op is Functional.Autograd.Primitives.Scan { Reverse: false });
        Close(Grad((Node v) => Sum(Unrolled((c, u) => ([c[0] * 0.5 + u[0]], [c[0]]), [Numbers(2, 2)], [v], 6, false).Outputs[0]))(x), gradient);
    }

    [Fact]
    public void A_loop_of_loops_is_one_as_well()
    {
        // √n blocks of √n steps: the gradient keeps the carries at the blocks' ends, and those inside one block at a time.
        static Node Step(Node c, Node u) => Sin(c * 1.1 + u);
        var x = Numbers(1, 12, 2);
        Node Flat(Node v) => Sum(Scan((c, u) => (Step(c, u), c), Numbers(2, 2), v).Carry);
        Node Blocks(Node v) => Sum(Scan((c, block) => (Scan((d, u) => (Step(d, u), d), c, block).Carry, c), Numbers(2, 2), Reshape(v, [3, 4, 2])).Carry);
        Close(Flat(x), Blocks(x));
        Close(Grad(Flat)(x), Grad(Blocks)(x));
        Close(Hessian(Flat)(x), Hessian(Blocks)(x));
    }

    [Fact]
    public void Loops_of_no_steps_of_one_and_over_nothing()
    {
        var (carry, outputs) = Scan((c, u) => (c + u, c * u), Numbers(1, 2), Full(TensorType.Float64(0, 2), 1));
        Close(Numbers(1, 2), carry);
        Assert.Equal([0L, 2], outputs.Shape);
        Assert.Empty(Read(outputs));
        Close(Full(TensorType.Float64(2), 1), Grad((Node v) => Sum(Scan((c, u) => (Sin(c) * u, c), v, Full(TensorType.Float64(0, 2), 1)).Carry))(Numbers(1, 2)));
        var power = Scan((c, _) => ([c[0] * 2], []), [Scalar(1, DType.Int64)], [], length: 40).Carries[0];
        Assert.Equal(1L << 40, Evaluate<long>(power).Single());
        // A carry that is handed through, one that trades places, an output that is a constant, one that is the element itself, and one result twice.
        var (c, o) = Scan((c, u) => ([c[1], c[0], c[2]], [Scalar(7.0), u[0], c[0] + u[0], c[0] + u[0]]), [Scalar(1.0), Scalar(2.0), Numbers(1, 2)], [Numbers(2, 3)]);
        Assert.Equal([2.0], Read(c[0]));
        Assert.Equal([1.0], Read(c[1]));
        Close(Numbers(1, 2), c[2]);
        Assert.Equal([7.0, 7, 7], Read(o[0]));
        Close(Numbers(2, 3), o[1]);
        Close(o[2], o[3]);
        Close(Tensor([1.0, 2, 1]) + Numbers(2, 3), o[2]);
    }

    [Fact]
    public void Loops_stand_in_rules_recomputations_and_compiled_functions()
    {
        var x = Numbers(1, 4);
        Node F(Node v) => Sum(Scan((c, u) => (Sin(c * u) + c, c), Scalar(0.5) + 0 * Sum(v), v).Outputs);
        Close(Grad(F)(x), Grad((Node v) => Recompute(a => F(a[0]), v))(x));
        Close(Grad(F)(x), Compile(v => [Grad(F)(v[0])], [x.Type])([x])[0]);
        var compiled = Compile(v => [F(v[0])], [x.Type]);
        Close(Grad(F)(x), Grad((Node v) => compiled([v])[0])(x));
        Close(2 * Cos(x), Grad((Node v) => Sum(Scan((c, u) => (c + WithRule("twice", Sin(u), [u], (a, y, g) => [2 * g * Cos(a[0])]), c), Scalar(0.0), v).Carry))(x));
        // Asked for one by one.
        var (carry, outputs) = Scan((c, u) => (Sin(c * u) + c, c), Scalar(0.5), x);
        var (a, b) = (Read(carry), Read(outputs));
        var (again, all) = Scan((c, u) => (Sin(c * u) + c, c), Scalar(0.5), x);
        Evaluator.Force([again, all]);
        Assert.Equal(a, Read(again));
        Assert.Equal(b, Read(all));
        for (var i = 0; i < 5; i++) Assert.Equal(a[0] + i, Read(carry + i)[0]);
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        var x = Numbers(1, 3, 2);
        string Told<T>(Action act) where T : Exception => Assert.Throws<T>(act).Message;
        Assert.Equal("Scan: carry 0 is float64[2], and the step makes it float64[]", Told<ShapeException>(() => Scan((c, u) => (Sum(c), u), Numbers(1, 2), x)));
        Assert.Equal("Scan: carry 0 is float32[], and the step makes it float64[]", Told<ShapeException>(() => Scan((c, u) => (c + Sum(u), u), Scalar(0, DType.Float32), x)));
        Assert.Equal("Scan: the function gave null for a result", Told<ArgumentException>(() => Scan((c, u) => (null!, u), Numbers(1, 2), x)));
        Assert.Equal("Scan: the step gives 0 carries for 1", Told<ShapeException>(() => Scan((c, u) => ([], []), [Scalar(1.0)], [x])));
        Assert.Equal("Scan: float64[] has no axis to loop over", Told<ShapeException>(() => Scan((c, u) => (c, u), Scalar(1.0), Scalar(1.0))));
        Assert.Equal("Scan: 3 steps do not fit float64[3, 2], float64[4]", Told<ShapeException>(() => Scan((c, u) => ([], []), [], [x, Numbers(1, 4)])));
        Assert.Equal("Scan: a loop of -1 steps", Told<ShapeException>(() => Scan((c, u) => (c, []), [x], [], length: -1)));
        Assert.Equal("Scan: a loop over nothing needs a length", Told<ShapeException>(() => Scan((c, u) => ([], []), [], [])));
        Assert.StartsWith("Scan: a value was demanded that depends on an argument of type float64[2]", Told<InvalidOperationException>(() => Scan((c, u) => (Read(u)[0] > 0 ? c : -c, u), Numbers(1, 2), x)));
        Assert.Throws<TensorMemoryException>(() => Read(Scan((c, _) => ([c[0] * 2], []), [Scalar(1.0)], [], length: 1L << 50).Carries[0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(Scan((c, i) => (c + Take(x, 0, i)[0], c), Scalar(0.0), Tensor([0L, 7])).Carry));
    }
}
