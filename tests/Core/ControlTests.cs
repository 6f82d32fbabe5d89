using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Testing;
using static Core.Closeness;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Choices and repetitions that depend on values.</summary>
public class ControlTests
{
    private static readonly Node w = Tensor([0.5, -1.5]);

    private static Node Chosen(Node x) => Cond(Sum(x) > 0, v => Sin(v * w) + v[0], v => v * v * Exp(w), x * 1.5);

    private static Node Written(Node x, bool holds) => x * 1.5 is var v && holds ? Sin(v * w) + v[0] : v * v * Exp(w);

    [Theory, InlineData(true), InlineData(false)]
    public void A_choice_is_the_function_that_was_chosen_in_every_mode(bool holds)
    {
        var (x, t) = (Tensor([holds ? 0.75 : -0.75, 0.5]), Tensor([0.25, 2.0]));
        Node Total(Func<Node, Node> f, Node v) => Sum(f(v) * f(v));
        Func<Node, Node>[] two = [Chosen, v => Written(v, holds)];
        foreach (var make in new Func<Func<Node, Node>, Node>[]
        {
            f => f(x), f => Grad((Node v) => Total(f, v))(x), f => Jvp(f, x, t).Tangent, f => Jacobian(f)(x), f => JacobianForward(f)(x), f => JacobianReverse(f)(x), f => Hessian(v => Total(f, v))(x),
            f => Grad((Node v) => Sum(Jvp(f, v, t).Tangent))(x), f => Grad((Node v) => Sum(Sin(Grad((Node u) => Total(f, u))(v))))(x), f => Vmap(f)(Stack([x, x * 2])),
            f => Vmap(v => Hessian(u => Total(f, u))(v))(Stack([x, x * 2])), f => Compile(v => [f(v[0])], [x.Type])([x])[0], f => Grad((Node v) => Sum(Recompute(a => f(a[0]), v)))(x),
        }) Close(make(two[1]), make(two[0]));
        Close(Tensor<double>(Oracle<Real>.Run(Chosen(x), new Dictionary<Node, Dense<Real>>()).Data.Select(v => v.Value).ToArray()), Chosen(x));
        // What a function captures has a derivative as well.
        Close(Grad((Node s) => Sum(holds ? x * s : Sin(x * s)))(Tensor([2.0, 3.0])), Grad((Node s) => Sum(Cond(Sum(x) > 0, v => v * s, v => Sin(v * s), x)))(Tensor([2.0, 3.0])));
    }

    [Fact]
    public void Only_the_function_that_was_chosen_is_computed()
    {
        // The other one would fail.
        var wrong = Tensor([5L]);
        Node F(Node condition) => Cond(condition, v => v * 2, v => Take(v, 0, wrong), Tensor([1.0, 2.0]))[0];
        Assert.Throws<ShapeException>(() => F(Scalar(1, DType.Bool)));
        Node G(Node condition) => Cond(condition, v => v[..1] * 2, v => Take(v, 0, wrong), Tensor([1.0, 2.0]))[0];
        Assert.Equal([2.0], Read(G(Scalar(1, DType.Bool))));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(G(Scalar(0, DType.Bool))));
    }

    [Fact]
    public void Rows_choose_for_themselves_and_what_they_did_not_choose_does_not_touch_them()
    {
        static Node Root(Node v) => Cond(v > 0, Sqrt, u => 0 * u, v);
        var x = Tensor([4.0, 0, 9, -1]);
        Assert.Equal([2.0, 0, 3, 0], Read(Vmap(Root)(x)));
        Assert.Equal([0.25, 0, 1 / 6.0, 0], Read(Vmap(Grad(Root))(x)));
        Assert.Equal([0.25, 0, 1 / 6.0, 0], Read(Grad((Node v) => Sum(Vmap(Root)(v)))(x)));
        Close(Stack([.. new[] { 4.0, 0, 9, -1 }.Select(v => Hessian(Root)(Scalar(v)))]), Vmap(Hessian(Root))(x));
        // Derived row by row, and as a batch.
        static Node Either(Node v) => Cond(v > 0, Sin, u => u * u * 3, v);
        Assert.Equal([Math.Cos(4), 0, Math.Cos(9), -6], Read(Vmap(Grad(Either))(x)));
        Assert.Equal([Math.Cos(4), 0, Math.Cos(9), -6], Read(Grad((Node v) => Sum(Vmap(Either)(v)))(x)));
        // Through a matrix product, which keeps no mask of what was chosen.
        static Node Balanced(Node v) => Cond(v[0] > 0, u => MatMul(1 / u, u), u => Sum(u), v);
        Assert.Equal([0.0, 0, 1, 1], Read(Grad((Node v) => Sum(Vmap(Balanced)(v)))(Tensor(new double[,] { { 4, 1 }, { 0, 2 } }))));
        // Which rows choose, and what they are given.
        foreach (int?[] axes in (int?[][])[[0, null], [null, 0], [0, 0]])
        {
            var (p, v) = (Tensor([true, false, true]), Tensor(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }));
            ImmutableArray<Node> given = [axes[0] is null ? p[1] : p, axes[1] is null ? v[1] : v];
            Node F(ImmutableArray<Node> a) => Cond(a[0], u => Sin(u) * w, u => u * u, a[1]);
            var rows = Vmap(a => [F(a)], [.. axes])(given)[0];
            for (var i = 0; i < 3; i++) Close(F([axes[0] is null ? p[1] : p[i], axes[1] is null ? v[1] : v[i]]), rows[i]);
        }
    }

    [Fact]
    public void Each_function_captures_what_is_its_own()
    {
        var (a, b, x, zero, one) = (Tensor([0.5, -1.5]), Tensor([2.0, 0.25]), Tensor([1.0, 3.0]), Zeros(2), Ones(2));
        foreach (var holds in new[] { true, false })
        {
            Node Chosen(Node p, Node q) => Cond(holds ? Sum(x) > 0 : Sum(x) < 0, v => v * p, v => Sin(v * q), x);
            var (byFirst, bySecond) = (holds ? x : zero, holds ? zero : x * Cos(x * b));
            Close(holds ? x * a : Sin(x * b), Chosen(a, b));
            Close(byFirst, Jvp(p => Chosen(p, b), a, one).Tangent);
            Close(bySecond, Jvp(q => Chosen(a, q), b, one).Tangent);
            var (p, q) = Grad((u, v) => Sum(Chosen(u, v)))(a, b);
            Close(byFirst, p);
            Close(bySecond, q);
        }
        // The test captures a bound, the step a factor and what is added.
        var (bound, factor, added) = (Tensor([10.0, 20.0]), Tensor([2.0, 1.5]), Tensor([0.5, 1.0]));
        var c = x;
        while (Read(Sum(c))[0] < 30) c = c * factor + added;
        Close(c, While(v => Sum(v) < Sum(bound), v => v * factor + added, x));
    }

    // Newton's iteration for a root, and how often it took.
    private static ImmutableArray<Node> Newton(Node a, long? atMost = null) =>
        While(c => And(Abs(c[0] * c[0] - a) > 1e-13 * a, c[1] < 60), c => [(c[0] + a / c[0]) / 2, c[1] + 1], [a * 0 + 1, Scalar(0, DType.Int64)], atMost);

    [Fact]
    public void A_repetition_runs_until_its_test_says_no()
    {
        Close(Scalar(Math.Sqrt(2)), Newton(Scalar(2.0))[0]);
        Assert.Equal([5L], Evaluate<long>(Newton(Scalar(2.0))[1]));
        Assert.Equal([0L], Evaluate<long>(Newton(Scalar(1.0))[1]));
        Close(Newton(Scalar(2.0))[0], Newton(Scalar(2.0), atMost: 20)[0]);
        Assert.Equal([3L], Evaluate<long>(Newton(Scalar(2.0), atMost: 3)[1]));
        Close(Tensor([Oracle<Real>.Run(Newton(Scalar(2.0))[0], new Dictionary<Node, Dense<Real>>()).Data[0].Value])[0], Newton(Scalar(2.0))[0]);
    }

    [Fact]
    public void Its_derivatives_are_those_of_its_steps()
    {
        var a = Scalar(2.0);
        Close(Scalar(0.5 / Math.Sqrt(2)), Jvp(v => Newton(v)[0], a, Scalar(1.0)).Tangent);
        Close(Scalar(-0.25 / Math.Pow(2, 1.5)), Jvp(v => Jvp(u => Newton(u)[0], v, Scalar(1.0)).Tangent, a, Scalar(1.0)).Tangent);
        Close(Scalar(0.5 / Math.Sqrt(2)), Grad((Node v) => Newton(v, atMost: 12)[0])(a));
        Close(Scalar(-0.25 / Math.Pow(2, 1.5)), Hessian(v => Newton(v, atMost: 12)[0])(a));
        Close(Jvp(v => Newton(v)[0], a, Scalar(1.0)).Tangent, JacobianForward(v => Newton(v)[0])(a));
        Assert.Equal("While: reverse mode needs to know how many steps there may be; say atMost, or use forward mode", Assert.Throws<InvalidOperationException>(() => Grad((Node v) => Newton(v)[0])(a)).Message);
        // What is captured moves along.
        Close(Tensor([8.0])[0], Jvp(s => While(c => c < 100, c => c * s, Scalar(1.0) * 32), Scalar(4.0), Scalar(1.0)).Tangent * 8 / 32);
    }

    [Fact]
    public void Rows_that_are_done_wait_for_the_others()
    {
        var x = Tensor([2.0, 1, 100, 3]);
        var rows = Vmap(v => Newton(v[0]), [0])([x]);
        for (var i = 0; i < 4; i++)
        {
            Close(Newton(x[i])[0], rows[0][i]);
            Assert.Equal(Evaluate<long>(Newton(x[i])[1]), Evaluate<long>(rows[1][i]));
        }
        Close(Stack([.. Enumerable.Range(0, 4).Select(i => Jvp(v => Newton(v)[0], x[i], Scalar(1.0)).Tangent)]), Vmap(v => Jvp(u => Newton(u)[0], v, Scalar(1.0)).Tangent)(x));
        Close(Stack([.. Enumerable.Range(0, 4).Select(i => Grad((Node v) => Newton(v, 12)[0])(x[i]))]), Vmap(Grad((Node v) => Newton(v, 12)[0]))(x));
        // A test that all rows share, with carries that differ.
        var doubled = Vmap(v => While(c => c[1] < 3, c => [c[0] * v[0], c[1] + 1], [v[0], Scalar(0, DType.Int64)]), [0])([x]);
        Close(x * x * x * x, doubled[0]);
        Assert.Equal([3L, 3, 3, 3], Evaluate<long>(doubled[1]));
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        string Told(Action act) => Assert.Throws<ShapeException>(act).Message;
        var x = Tensor([1.0, 2]);
        Assert.Equal("Cond: the condition is bool[2] and not one truth value; use Where to choose by element", Told(() => Cond(x > 1, Sin, Cos, x)));
        Assert.Equal("Cond: the results are float64[2] where the condition holds, and float64[] where it does not", Told(() => Cond(Sum(x) > 1, Sin, v => Sum(v), x)));
        Assert.Equal("While: the test gives bool[2] and not one truth value; use Any or All", Told(() => While(c => c > 1, c => c / 2, x)));
        Assert.Equal("While: the carries are float64[2], and the step makes them float64[]", Told(() => While(c => Sum(c) > 1, c => Sum(c), x)));
        Assert.Equal("While: the carries are float64[2], and the step makes them float64[]", Told(() => While(c => Sum(c) > 1, c => Sum(c), x, atMost: 3)));
        Assert.StartsWith("Cond: a value was demanded", Assert.Throws<InvalidOperationException>(() => Cond(Sum(x) > 1, v => v * Read(v)[0], Cos, x)).Message);
        Assert.StartsWith("While: a value was demanded", Assert.Throws<InvalidOperationException>(() => While(c => Scalar(Read(c)[0], DType.Bool), c => c, x)).Message);
    }

    [Fact]
    public void Bare_numbers_take_the_element_type_of_what_they_meet()
    {
        var x = Tensor<float>([1, 2, 3], [3]);
        var (sum, outputs) = Scan((c, u) => (c + u, c), 0.0, x);
        Assert.Equal((DType.Float32, DType.Float32), (sum.DType, outputs.DType));
        Assert.Equal([0.0, 1, 3], Read(outputs));
        Assert.Equal(DType.Float32, Scan((c, u) => (c + u, c), 0, x).Carry.DType);
        Assert.Equal(DType.Int64, Scan((c, u) => (c + 1, c * u), 0, x).Carry.DType);
        Assert.Equal(DType.Float32, While(c => c < 10, c => c * 2 + x[0], 1).DType);
        Assert.Equal(DType.Float32, While(c => c < 10, c => c * 2 + x[0], 1, 3).DType);
        foreach (var p in new[] { true, false })
        {
            Assert.Equal(DType.Float32, Cond(x[0] > (p ? 0 : 2), v => v * 2.0, _ => 1.0, x[1]).DType);
            Assert.Equal([p ? 7.0 : 4.0], Read(Cond(x[0] > (p ? 0 : 2), _ => 7, v => v * 2, x[1])));
        }
        // Where the number does not fit, nothing is cut off.
        Assert.Throws<ShapeException>(() => Scan((c, u) => (Cast(c + u, DType.Int64), c), 0.5, x));
        Assert.Throws<ShapeException>(() => Cond(x[0] > 0, _ => 1.5, v => v, Scalar(1, DType.Int64)));
    }
}
