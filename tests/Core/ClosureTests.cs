using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Functions that close over nodes: what they capture is an operand like any other.</summary>
public class ClosureTests
{
    private static Node Number(double value) => Tensor<double>([value], Dims.Empty);

    private static double Value(Node node) => Evaluate<double>(node).Single();

    private static Node Zero(TensorType type) => Full(type, 0);

    private static void Close(double[] expected, double[] actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])), $"element {i} is {actual[i]:R}, expected {expected[i]:R}");
    }

    // Two functions are one: values, gradients, tangents and second derivatives agree.
    private static void Same(Func<Node, Node> expected, Func<Node, Node> actual, Node x)
    {
        var t = Cos(Cast(Reshape(Arange(x.Type.Count), x.Shape), DType.Float64) + 1);
        Node Total(Func<Node, Node> f, Node v) => Sum(f(v) * f(v));
        Close(Evaluate<double>(expected(x)), Evaluate<double>(actual(x)));
        Close(Evaluate<double>(Grad((Node v) => Total(expected, v))(x)), Evaluate<double>(Grad((Node v) => Total(actual, v))(x)));
        Close(Evaluate<double>(Jvp(expected, x, t).Tangent), Evaluate<double>(Jvp(actual, x, t).Tangent));
        Close(Evaluate<double>(Hessian(v => Total(expected, v))(x)), Evaluate<double>(Hessian(v => Total(actual, v))(x)));
        Close(Evaluate<double>(Jvp(Grad((Node v) => Total(expected, v)), x, t).Tangent), Evaluate<double>(Jvp(Grad((Node v) => Total(actual, v)), x, t).Tangent));
        Close(Evaluate<double>(Grad((Node v) => Sum(Jvp(expected, v, t).Tangent))(x)), Evaluate<double>(Grad((Node v) => Sum(Jvp(actual, v, t).Tangent))(x)));
    }

    // Functions.

    [Fact]
    public void A_function_is_closed_and_what_it_captured_comes_after_its_parameters()
    {
        var (a, data) = (Number(3) * 2, Tensor([1.0, 2.0]));
        var (f, captured) = Function.Of(x => [x[0] * a + Tensor([5.0, 6.0]), Sin(x[1]), x[0], Arange(2)], [TensorType.Float64(2), TensorType.Float64()]);
        Assert.Equal("float64[2], float64[], float64[], float64[2]", string.Join(", ", f.Parameters));
        Assert.Equal("float64[2], float64[], float64[2], int64[2]", string.Join(", ", f.Results));
        Assert.Same(a, captured[0]);
        var y = f.Apply([data, Number(0.5), .. captured]);
        Assert.Equal([11.0, 18], Evaluate<double>(y[0]));
        Assert.Equal(Math.Sin(0.5), Value(y[1]), 15);
        Assert.Same(data, y[2]);
        Assert.Equal([0L, 1], Evaluate<long>(y[3]));
        Assert.Equal("the function takes 4 arguments, not 1", Assert.Throws<ShapeException>(() => f.Apply(data)).Message);
        Assert.Equal("argument 1 of the function is of type float64[], not float64[2]", Assert.Throws<ShapeException>(() => f.Apply(data, data, a, data)).Message);
    }

    [Fact]
    public void Functions_are_compared_by_content_and_have_a_text()
    {
        static Function Of(Func<Node, Node> f, long n = 2) => Function.Of(x => [f(x[0])], [TensorType.Float64(n)]).Closed;
        var f = Of(x => Sin(x) * 0.7 + x);
        Assert.Equal(f, Of(x => Sin(x) * 0.7 + x));
        Assert.Equal(f.GetHashCode(), Of(x => Sin(x) * 0.7 + x).GetHashCode());
        Assert.NotEqual(f, Of(x => Sin(x) * 0.8 + x));
        Assert.NotEqual(f, Of(x => Sin(x) * 0.7 + Sin(x)));
        Assert.NotEqual(f, Of(x => Sin(x) * 0.7 + x, 3));
        Assert.Equal(Of(x => Recompute(v => Sin(v[0]), x)), Of(x => Recompute(v => Sin(v[0]), x)));
        Assert.NotEqual(Of(x => Recompute(v => Sin(v[0]), x)), Of(x => Recompute(v => Cos(v[0]), x)));
        Assert.Equal("(float64[2]) → (float64[2]) in 6 steps", f.ToString());
        Assert.Equal("%0 = Input : float64[2]\n%1 = Sin(%0) : float64[2]\n→ %1, %0\n", Listing.Of(Function.Of(x => [Sin(x[0]), x[0]], [TensorType.Float64(2)]).Closed));
    }

    [Fact]
    public void A_function_a_hundred_thousand_steps_deep_lives_on_a_small_stack() => Tests.SmallStack.Run(() =>
    {
        var (f, _) = Function.Of(x =>
        {
            var y = x[0];
            for (var i = 0; i < 100_000; i++) y += x[0];
            return [y];
        }, [TensorType.Float64(2)]);
        var x = Tensor([0.5, 2]);
        Assert.Equal([50_000.5, 200_002], Evaluate<double>(f.Apply(x)[0]));
        Assert.Equal([100_001.0, 100_001], Evaluate<double>(Grad((Node v) => Sum(f.Apply(v)[0]))(x)));
    });

    [Fact]
    public void Traces_on_many_threads_do_not_disturb_each_other()
    {
        Parallel.For(0, 64, i =>
        {
            var w = Number(i) * 2;
            var (f, captured) = Function.Of(x => [x[0] * w + i], [TensorType.Float64()]);
            Assert.Same(w, captured.Single());
            Assert.Equal(7.0 * i, Value(f.Apply([Number(3), .. captured])[0]));
            Assert.Equal(2.0 * i, Value(Grad((Node x) => f.Apply([x, .. captured])[0])(Number(3))));
        });
    }

    [Fact]
    public void A_value_demanded_in_a_trace_and_a_leaked_argument_are_told()
    {
        var type = TensorType.Float64();
        Assert.StartsWith("Compile: a value was demanded that depends on an argument of type float64[]", Assert.Throws<InvalidOperationException>(() => Compile(x => [Value(x[0] * 2) > 0 ? x[0] : -x[0]], [type])).Message);
        Node? leaked = null;
        Compile(x => [leaked = x[0] + 1], [type]);
        Assert.Equal("a placeholder of type float64[] has no value: a node leaked out of Compile, whose trace has ended", Assert.Throws<InvalidOperationException>(() => Value(leaked!)).Message);
        // What does not depend on an argument may be looked at.
        Assert.Equal(6, Value(Compile(x => [x[0] * Value(Number(1) + 1)], [type])([Number(3)])[0]));
        // A failed trace is over.
        Assert.Contains("run the function through Compile", Assert.Throws<InvalidOperationException>(() => Value(Node.Placeholder(type))).Message);
    }

    // Recompute.

    [Fact]
    public void Recompute_gives_gradients_to_what_it_captures()
    {
        var (w, x) = (Tensor(new[,] { { 0.3, -0.2 }, { 0.5, 0.7 } }), Tensor(new[,] { { 0.9 }, { -0.4 } }));
        Same(v => Tanh(MatMul(v, x)), v => Recompute(a => Tanh(MatMul(v, a[0])), x), w);
        Same(v => Tanh(MatMul(v, x)), v => Recompute(a => Tanh(MatMul(v, x))), w);
        Same(v => Tanh(MatMul(v, Sin(v))), v => Recompute(a => Tanh(MatMul(v, Sin(a[0]))), v), w);
        Same(v => Tanh(MatMul(Sin(v), Sin(v)) * v), v => { var s = Sin(v); return Recompute(a => Tanh(MatMul(s, a[0]) * v), s); }, w);
    }

    [Fact]
    public void Recompute_nests_and_may_capture_the_argument_of_an_outer_derivative()
    {
        var x = Tensor([0.4, -1.1, 2]);
        Same(v => Sin(v * Exp(-v) * v) * v, v => Recompute(a => Recompute(b => Sin(a[0] * b[0] * v), Exp(-a[0])) * v, v), x);
        Same(v => v * Cos(v * Square(v)), v => v * Grad((Node u) => Sum(Recompute(a => Sin(a[0] * Square(v)), u)))(v) / Square(v), x);
        Same(v => Recompute(a => Grad((Node u) => Sum(Sin(u * v)))(a[0]), v), v => Cos(v * v) * v, x);
    }

    [Fact]
    public void Recompute_takes_integers_repeated_arguments_and_constants()
    {
        var index = Tensor([2L, 0, 2]);
        Same(v => Square(Take(v, 0, index)), v => Recompute(a => Square(Take(a[0], 0, a[1])), v, index), Tensor([1.0, 2, 3]));
        Same(v => Square(Take(v, 0, index)), v => Recompute(a => Square(Take(v, 0, index))), Tensor([1.0, 2, 3]));
        Same(v => v * v * v, v => Recompute(a => a[0] * a[1] * v, v, v), Tensor([1.0, 2, 3]));
        Same(v => v, v => Recompute(a => a[0], v), Tensor([1.0, 2]));
        Same(v => v * 0 + 3, v => Recompute(a => Number(3) + Zero(a[0].Type), v), Tensor([1.0, 2]));
        Assert.Equal(DType.Float32, Recompute(a => Tensor([1f, 2f]) * a[0], Scalar(0.1)).DType);
        Assert.Equal([1L, 1], Evaluate<long>(Recompute(a => Add(a[0], 1L), Tensor([0L, 0]))));
        Node Add(Node a, long b) => a + Scalar(b);
    }

    [Fact]
    public void Recompute_computes_again_instead_of_keeping()
    {
        // The backward pass holds two tanh for every one of the forward pass: the second is behind a checkpoint.
        var w = Tensor([0.3, 0.6]);
        var gradient = Grad((Node v) => Sum(Recompute(a => Tanh(Tanh(v * a[0])), v)))(w);
        static List<Node> Order(Node root)
        {
            using var numbering = Numbering.Begin();
            return Traversal.Order([root], null, numbering);
        }
        var order = Order(gradient);
        Assert.Equal(2, order.Count(n => n.Op is Checkpoint));
        Assert.All(order.Where(n => n.Op == Unary.Tanh), n => Assert.Contains(Order(n), m => m.Op is Checkpoint));
    }

    [Fact]
    public void Recompute_computes_a_block_once_for_all_its_parameters()
    {
        ImmutableArray<Node> x = [.. Enumerable.Range(1, 8).Select(i => Number(0.1 * i))];
        static Node Product(ImmutableArray<Node> v) => Tanh(v.Aggregate((a, b) => a * b)!);
        var gradients = Grad((ImmutableArray<Node> v) => Recompute(_ => Product(v), v[0], v[1]))(x);
        using (var numbering = Numbering.Begin())
            Assert.Single(Traversal.Order([.. gradients], null, numbering), n => n.Op == Unary.Tanh);
        Close([.. Grad((ImmutableArray<Node> v) => Product(v))(x).Select(Value)], [.. gradients.Select(Value)]);
    }

    [Fact]
    public void Thousands_of_closures_in_a_chain_take_linear_time_and_a_small_stack() => Tests.SmallStack.Run(() =>
    {
        // wⁿ·x in n steps: the derivative in w is n·wⁿ⁻¹·x.
        const int n = 4000;
        var x = Number(3);
        var times = Compile(v => [v[0] * v[1]], [x.Type, x.Type]);
        foreach (var step in new Func<Node, Node, Node>[] { (w, v) => Recompute(a => w * a[0], v), (w, v) => Recompute(_ => w * v), (w, v) => times([w, v])[0], (w, v) => WithRule("times", w * v, [v], (a, y, c) => [c * w]) })
        {
            Node Power(Node w)
            {
                var v = x;
                for (var i = 0; i < n; i++) v = step(w, v);
                return v;
            }
            Assert.Equal(3 * Math.Pow(1.0001, n), Value(Power(Number(1.0001))), 10);
            Assert.Equal(3 * n * Math.Pow(1.0001, n - 1), Value(Grad(Power)(Number(1.0001))), 7);
            Assert.Equal(3 * n * Math.Pow(1.0001, n - 1), Value(Jvp(Power, Number(1.0001), Number(1)).Tangent), 7);
        }
    });

    // Rules.

    [Fact]
    public void A_value_may_depend_on_more_than_the_rules_arguments()
    {
        // In 0.3 by the rule, in a by the graph.
        Same(a => a * 0.3, a => WithRule("f", a * 0.3, [Scalar(0.3)], (x, y, c) => [null]), Number(2));
        var w = Number(1.5);
        Node F(Node a, Node b) => WithRule("f", Sin(a * b) * a, [b], (x, y, c) => [c * 100]);
        Assert.Equal(Value(Grad((Node a) => Sin(a * w) * a)(Number(0.7))), Value(Grad((Node a) => F(a, w))(Number(0.7))), 13);
        Assert.Equal(100, Value(Grad((Node b) => F(w, b))(Number(0.7))), 13);
        Assert.Equal(100, Value(Jvp(b => F(w, b), Number(0.7), Number(1)).Tangent), 13);
        Assert.Equal(Value(Jvp(a => Sin(a * w) * a, Number(0.7), Number(1)).Tangent), Value(Jvp(a => F(a, w), Number(0.7), Number(1)).Tangent), 13);
        // Mixed second derivatives, in any order and mode: sin(a·b)·a with its own derivative in b as the rule.
        Node G(Node a, Node b) => WithRule("g", Sin(a * b) * a, [b], (x, y, c) => [c * a * a * Cos(a * x[0])]);
        var mixed = 2 * 0.7 * Math.Cos(0.7 * 1.5) - 0.49 * 1.5 * Math.Sin(0.7 * 1.5);
        var at = Number(0.7);
        Assert.Equal(mixed, Value(Grad((Node a) => Grad((Node b) => G(a, b))(w))(at)), 13);
        Assert.Equal(mixed, Value(Grad((Node b) => Grad((Node a) => G(a, b))(at))(w)), 13);
        Assert.Equal(mixed, Value(Jvp(b => Grad((Node a) => G(a, b))(at), w, Number(1)).Tangent), 13);
        Assert.Equal(mixed, Value(Grad((Node b) => Jvp(a => G(a, b), at, Number(1)).Tangent)(w)), 13);
        Assert.Equal(mixed, Value(Grad((Node b) => Grad((Node a) => Recompute(v => G(v[0], b), a))(at))(w)), 13);
        // Both through one variable: the arguments are held fixed in the graph's share.
        Assert.Equal(Value(Grad((Node a) => Sin(a * w) * a)(w)) + 100, Value(Grad((Node v) => F(v, v * 1 + 0))(w)), 12);
        // One argument is made of another.
        Assert.Equal(5 + (7 * 2), Value(Grad((Node v) => { var u = v * 2; return WithRule("g", v * u, [v, u], (x, y, c) => [c * 5, c * 7]); })(w)), 12);
        // A constant that is no literal.
        var iota = Cast(Arange(3), DType.Float64);
        var y = WithRule("h", iota * w, [w], (x, r, c) => [Sum(c)]);
        Assert.Equal([1.5, 1.5, 1.5], Evaluate<double>(Gradient.Of([y], [Full(y.Type, 1)], [iota])[0]!));
        // Straight through.
        Same(v => v, v => WithRule("id", Floor(v) + v - Floor(v), [v], (x, r, c) => [c]), Tensor([0.5, 1.25]));
        Assert.Equal([1.0, 1], Evaluate<double>(Grad((Node v) => Sum(WithRule("floor", Floor(v), [v], (x, r, c) => [c])))(Tensor([0.5, 1.5]))));
    }

    [Fact]
    public void A_value_is_held_beside_its_rule_only_where_something_else_has_a_derivative()
    {
        var (a, b, at) = (Tensor([1.0, 2]), Tensor([3.0, 4]), Tensor([5.0, 6]));
        static bool Held(Node y) => Assert.IsType<Custom>(y.Op).Plain is not null;
        Node Ruled(Func<Node, Node> f) => WithRule("f", f(at), [at], (x, y, c) => [c]);
        // Constants, what is detached, and truth values have none.
        Assert.False(Held(Ruled(x => x)));
        Assert.False(Held(Ruled(x => x * 2 + 1)));
        Assert.False(Held(Ruled(x => x * Detach(a))));
        Assert.False(Held(Ruled(x => Where(a < b, x, x * 2))));
        Assert.False(Held(Ruled(x => Detach(a))));
        Assert.True(Held(Ruled(x => x * a)));
        Assert.True(Held(Ruled(x => a)));
        // Two others in one operation.
        var y = Ruled(x => Slice(Concat([a * 1.5, x, b]), [0], [2]));
        Assert.True(Held(y));
        Assert.Equal([1.5, 1.5], Evaluate<double>(Gradient.Of([y], [Full(y.Type, 1)], [a])[0]!));
    }

    [Fact]
    public void What_a_value_is_made_of_is_found_wherever_the_value_was_made()
    {
        ImmutableArray<Node> at = [Number(2), Number(3)];
        double[] Both(Func<ImmutableArray<Node>, Node> f) => [.. Grad(f)(at).Select(Value), .. at.Select((_, k) => Value(Jvp(v => f(at.SetItem(k, v)), at[k], Number(1)).Tangent)), .. at.SelectMany((_, k) => Grad((ImmutableArray<Node> v) => Grad((Node u) => f(v.SetItem(k, u)))(v[k]))(at).Select(Value))];
        // a·b by a rule in a, whose value was made before the function that is recomputed, in it, or beside it.
        double[] product = [3, 2, 3, 2, 0, 1, 1, 0];
        static Node Ruled(Node value, Node a, Node b) => WithRule("f", value, [a], (p, y, c) => [c * b]);
        Assert.Equal(product, Both(a => Ruled(a[0] * a[1], a[0], a[1])));
        Assert.Equal(product, Both(a => { var u = a[0] * a[1]; return Recompute(z => Ruled(u, a[0], a[1]) + 0 * z[0], a[0]); }));
        Assert.Equal(product, Both(a => { var u = a[0] * a[1]; return Recompute(z => Ruled(u, a[0], a[1])); }));
        Assert.Equal(product, Both(a => { var u = a[0] * a[1]; return Recompute(z => Recompute(w => Ruled(u, a[0], w[0]), z[0]), a[1]); }));
        Assert.Equal(product, Both(a => Recompute(z => Ruled(z[0] * z[1], z[0], z[1]), a)));
        Assert.Equal(product, Both(a => { var y = Ruled(a[0] * a[1], a[0], a[1]); return Recompute(z => y); }));
        Assert.Equal(product, Both(a => { var u = a[0] * a[1]; return Compile(x => [Ruled(u, a[0], a[1]) + 0 * x[0]], [u.Type])([Number(7)])[0]; }));
        Assert.Equal(product, Both(a => { var u = a[0] * a[1]; var (f, more) = Function.Of(x => [Ruled(u, a[0], a[1]) + 0 * x[0]], [u.Type]); return f.Apply([Number(7), .. more])[0]; }));
    }

    [Fact]
    public void Second_derivatives_reach_what_a_rule_captures()
    {
        var w = Number(1.25);
        Node F(Node x, Node s) => WithRule("scaled", x * s, [x], (v, y, c) => [c * s]);
        // d/ds d/dx (x·s) = 1, though the rule gives no derivative in s of the value by itself: the graph does.
        Assert.Equal(1, Value(Grad((Node s) => Grad((Node x) => F(x, s))(w))(Number(3))), 14);
        Assert.Equal(1.25, Value(Grad((Node s) => F(w, s))(Number(3))), 14);
        Assert.Equal(1, Value(Jvp(s => Grad((Node x) => F(x, s))(w), Number(3), Number(1)).Tangent), 14);
        Assert.Equal(1, Value(Grad((Node s) => Jvp(x => F(x, s), w, Number(1)).Tangent)(Number(3))), 14);
        // The rule's derivative, not the value's: y = x³ whose rule says 3·x·k with k captured.
        Assert.Equal(3 * 1.25, Value(Grad((Node k) => Grad((Node x) => WithRule("cube", x * x * x, [x], (v, y, c) => [c * 3 * v[0] * k]))(w))(Number(2))), 14);
        Same(v => v * v * v, v => WithRule("cube", v * v * v, [v], (x, y, c) => [c * 3 * v * x[0]]), Tensor([0.5, -2]));
        Same(v => Exp(v), v => WithRule("exp", Exp(v), [v], (x, y, c) => [c * y]), Tensor([0.5, -2]));
        Same(v => Exp(v * v), v => Recompute(a => WithRule("exp", Exp(a[0]), [a[0]], (x, y, c) => [Recompute(b => b[0] * b[1], c, y)]), v * v), Tensor([0.5, -1]));
    }

    [Fact]
    public void A_rule_is_called_once_for_all_operands()
    {
        var calls = 0;
        Node Rule(ImmutableArray<Node> v) => WithRule("sum of squares", v.Select(x => x * x).Aggregate((a, b) => a + b), v, (x, y, c) =>
        {
            calls++;
            var shared = Sin(Exp(y - y)) / Math.Sin(1);
            return [.. x.Select(u => 2 * u * c * shared)];
        });
        ImmutableArray<Node> x = [.. Enumerable.Range(1, 8).Select(i => Number(i))];
        var gradients = Grad((ImmutableArray<Node> v) => Rule(v))(x);
        Assert.Equal(1, calls);
        Close([2, 4, 6, 8, 10, 12, 14, 16], [.. gradients.Select(Value)]);
        // Its graph is there once as well, in both modes.
        using (var numbering = Numbering.Begin())
            Assert.Single(Traversal.Order([.. gradients], null, numbering), n => n.Op == Unary.Sin);
        var tangent = Jvp(v => Rule([.. Enumerable.Range(0, 8).Select(i => Reshape(SliceAxis(v, 0, i, i + 1), []))]), Concat([.. x.Select(v => Reshape(v, [1]))]), Tensor([1.0, 1, 1, 1, 1, 1, 1, 1])).Tangent;
        Assert.Equal(72, Value(tangent), 12);
        using (var numbering = Numbering.Begin())
            Assert.Single(Traversal.Order([tangent], null, numbering), n => n.Op == Unary.Sin);
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Mistakes_in_a_rule_are_told_where_the_rule_is_given()
    {
        var (x, i) = (Tensor([1.0, 2]), Tensor([1L, 0]));
        Node F(Func<ImmutableArray<Node>, Node, Node, IReadOnlyList<Node?>> rule) => WithRule("f", Take(x, 0, i), [x, i], rule);
        Assert.Equal("f: the rule gave 1 cotangents for 2 arguments", Assert.Throws<ShapeException>(() => F((a, y, c) => [c])).Message);
        Assert.Equal("f: the rule gave 0 cotangents for 2 arguments", Assert.Throws<ShapeException>(() => F((a, y, c) => null!)).Message);
        Assert.Equal("f: the rule gave a cotangent of type float64[] for argument 0 of type float64[2]", Assert.Throws<ShapeException>(() => F((a, y, c) => [Sum(c), null])).Message);
        Assert.Equal("f: the rule gave a cotangent of type float64[2] for argument 1 of type int64[2]", Assert.Throws<ShapeException>(() => F((a, y, c) => [c, c])).Message);
        Assert.Equal("f: the rule failed: no derivative", Assert.Throws<InvalidOperationException>(() => F((a, y, c) => throw new NotSupportedException("no derivative"))).Message);
        Assert.StartsWith("f: the rule failed: Mul: shapes [2] and [3]", Assert.Throws<InvalidOperationException>(() => F((a, y, c) => [c * Tensor([1.0, 2, 3]), null])).Message);
        Assert.StartsWith("f: the rule failed: the rule of f: a value was demanded", Assert.Throws<InvalidOperationException>(() => F((a, y, c) => Evaluate<double>(c)[0] > 0 ? [c, null] : [null, null])).Message);
        Assert.Equal([0.0, 0], Evaluate<double>(Grad((Node v) => Sum(WithRule("zero", v * v, [v, i], (a, y, c) => [null, null])))(x)));
    }

    [Fact]
    public void Rules_in_a_long_chain_take_linear_time_and_a_small_stack() => Tests.SmallStack.Run(() =>
    {
        var x = Number(1);
        Node F(Node v)
        {
            for (var i = 0; i < 20_000; i++)
            {
                var u = v;
                v = WithRule("step", u + 1e-5, [u], (a, y, c) => [c]);
            }
            return v;
        }
        Assert.Equal(1, Value(Grad(F)(x)));
    });

    // Compile.

    [Fact]
    public void A_compiled_function_is_differentiable()
    {
        var type = TensorType.Float64();
        var square = Compile(a => [a[0] * a[0]], [type]);
        Assert.Equal(27, Value(Grad((Node x) => x * square([x])[0])(Number(3))));
        Assert.Equal(27, Value(Jvp(x => x * square([x])[0], Number(3), Number(1)).Tangent));
        Assert.Equal(27, Value(Jacobian(x => x * square([x])[0])(Number(3))));
        Assert.Equal(18, Value(Hessian(x => x * square([x])[0])(Number(3))));
        Assert.Equal(27, Value(Compile(x => [Grad((Node v) => v * square([v])[0])(x[0])], [type])([Number(3)])[0]));
        Assert.Equal(27, Value(Grad((Node x) => Recompute(v => v[0] * square([v[0]])[0], x))(Number(3))));
        Assert.Equal(27, Value(Grad((Node x) => x * square([x * 1])[0])(Scalar(3.0))));
        Same(v => Sin(v * v) * v, v => Compile(a => [Sin(a[0] * a[0]) * v], [v.Type])([v])[0], Tensor([0.3, 2]));
        // Plain arguments run the plan and give leaves without history.
        var y = square([Number(3) + 1])[0];
        Assert.True(y is { Op: Input, Inputs.IsEmpty: true });
        Assert.Equal(16, Value(y));
        Assert.Equal(16, Value(square([Scalar(4.0)])[0]));
    }

    [Fact]
    public void No_derivative_is_lost_behind_a_compiled_functions_result()
    {
        var type = TensorType.Float64();
        var (x, w, one) = (Number(3), Number(5), Number(1));
        var square = Compile(a => [a[0] * a[0], Cast(a[0], DType.Int64)], [type]);
        var y = square([x])[0];
        const string told = "a derivative would have to look behind a result of type float64[] of a compiled function, which holds no history: call the function inside Grad, Vjp or Jvp, or pass Settled(result) where it is data";
        void Lost(Node root, params Node[] wrt)
        {
            Assert.Equal(told, Assert.Throws<InvalidOperationException>(() => Gradient.Of([root], [Full(root.Type, 1)], wrt)).Message);
            Assert.Equal(told, Assert.Throws<InvalidOperationException>(() => Tangent.Of([root], wrt, [.. wrt.Select(n => Full(n.Type, 1))])).Message);
        }
        Lost(y, x);
        Lost(y * x, x);
        Lost(y * w, w);
        Lost(Sin(square([y * 2])[0]) + w, x);
        Lost(Recompute(v => v[0] * y, w), w);
        Lost(WithRule("f", y * w, [w], (v, r, c) => [c * y]), x);
        Lost(WithRule("f", w * w, [w], (v, r, c) => [c * y]) * y, x);
        // What was computed to be bound is held without its history as well.
        var power = Exp(x);
        var bound = Compile(a => [a[0] * power], [type]);
        Lost(bound([w])[0], x);
        Lost(bound([Node.Placeholder(type)])[0], x);
        // Where the result is what is differentiated, or is said to be data, or no derivative passes, nothing is lost.
        Assert.Equal(5, Value(Gradient.Of([y * w], [one], [y])[0]!));
        Assert.Equal(5, Value(Tangent.Of([y * w], [y], [one])[0]!));
        Assert.Equal(9, Value(Gradient.Of([Settled(y) * w], [one], [w])[0]!));
        Assert.Equal(9, Value(Tangent.Of([Detach(y) * w], [w], [one])[0]!));
        Assert.Equal(1, Value(Gradient.Of([Floor(y) + w], [one], [w])[0]!));
        Assert.Equal(1, Value(Tangent.Of([Floor(y) + w], [w], [one])[0]!));
        Assert.Equal(3, Value(Gradient.Of([w * Cast(square([x])[1], DType.Float64)], [one], [w])[0]!));
        Assert.Null(Gradient.Of([w], [one], [x])[0]);
        // Inside a derivative, results are data and what hangs on its argument is inlined.
        Assert.Equal(9, Value(Grad((Node v) => v * y)(w)));
        Assert.Equal(9, Value(Vjp(v => v * y, w).Pullback(one)));
        Assert.Equal(9, Value(Jvp(v => v * y, w, one).Tangent));
        Assert.Equal([9.0], Evaluate<double>(Jacobian(v => v * y)(w)));
        Assert.Equal(15, Value(Grad((Node v) => Gradient.Of([v * square([v])[0] * 0.1], [one * 2], [v])[0]!)(w)) * 5 / 2, 12);
        Assert.Equal(0, Value(Hessian(v => v * y)(w)));
    }

    [Fact]
    public void A_compiled_function_binds_what_it_captures()
    {
        Assert.Equal([11.0, 22], Compile(x => x + Tensor([1.0, 2]), TensorType.Float64(2))([10, 20]));
        var data = Tensor([1.0, 2]);
        var later = Exp(data) * 2;
        var run = Compile(x => [x[0] * later + data + Full(data.Type, 3), Arange(2) * data], [data.Type]);
        var y = run([Tensor([1.0, 1])]);
        Close([1 + 2 * Math.E + 3, 2 + 2 * Math.Exp(2) + 3], Evaluate<double>(y[0]));
        Assert.Equal([0.0, 2], Evaluate<double>(y[1]));
        Assert.Equal([1.0, 2], Evaluate<double>(Compile(_ => [data], [TensorType.Float64()])([Number(0)])[0]));
        Assert.Equal([3.0], Evaluate<double>(Compile(x => [x[0]], [TensorType.Float64()])([Number(3)])[0]));
        Assert.Equal(3, Value(Grad((Node v) => Sum(Compile(x => [x[0] * data], [TensorType.Float64()])([v])[0]))(Number(3))));
    }

    [Fact]
    public void A_compiled_function_keeps_the_leaves_that_it_captures_and_gives_data_to_derivatives_in_progress()
    {
        var a = Number(5);
        var run = Compile(x => [x[0] * x[0] * a], [TensorType.Float64()]);
        Assert.Equal(6, Value(Grad((Node x) => Gradient.Of([run([x])[0]], [Scalar(1.0)], [a])[0]!)(Number(3))));
        // A result that no open argument went into is a constant of the derivative.
        Assert.Equal(2 * 20, Value(Grad((Node x) => Gradient.Of([x * x * run([Number(2)])[0]], [Scalar(1.0)], [x])[0]!)(Number(3))));
        Assert.Equal(2 * 20, Value(Grad((Node x) => Tangent.Of([x * x * run([Number(2)])[0]], [x], [Scalar(1.0)])[0]!)(Number(3))));
        Assert.Equal(2 * 20 * 3, Value(Gradient.Of([Number(3) is var u ? u * u * Settled(run([Number(2)])[0]) : u], [Scalar(1.0)], [u])[0]!));
    }

    [Fact]
    public void A_node_given_twice_moves_by_what_is_given()
    {
        var (x, t) = (Number(3), Number(0.5));
        var y = x * x;
        Assert.Equal(3, Value(Tangent.Along([y], [x, x], [t, null])[0]!));
        Assert.Equal(3, Value(Tangent.Along([y], [x, x], [null, t])[0]!));
        Assert.Equal(6, Value(Tangent.Along([y], [x, x], [t, t])[0]!));
        Assert.Null(Tangent.Along([y], [x, x], [null, null])[0]);
    }

    [Fact]
    public void A_compiled_function_may_capture_the_argument_of_an_outer_derivative()
    {
        Assert.Equal(2, Value(Grad((Node a) => Compile(x => [x[0] * a], [a.Type])([Number(2)])[0])(Number(3))));
        Assert.Equal(2 * Math.Cos(3), Value(Grad((Node a) => { var s = Sin(a); return Compile(x => [x[0] * s], [a.Type])([Number(2)])[0]; })(Number(3))), 14);
        Assert.Equal(2, Value(Jvp(a => Compile(x => [x[0] * a], [a.Type])([Number(2)])[0], Number(3), Number(1)).Tangent));
        // In a function being traced, and on another thread than the derivative's.
        var outer = Compile(a => [Compile(x => [x[0] * a[0] + x[0]], [a[0].Type])([Number(2)])[0]], [TensorType.Float64()]);
        Assert.Equal(8, Value(outer([Number(3)])[0]));
        Assert.Equal(2, Value(Grad((Node a) => outer([a])[0])(Number(3))));
        var twice = Compile(x => [x[0] * 2], [TensorType.Float64()]);
        Assert.Equal(56, Value(Grad((Node a) =>
        {
            var parts = new Node[8];
            Parallel.For(0, 8, i => parts[i] = twice([a * i])[0]);
            return parts.Aggregate((p, q) => p + q);
        })(Number(3))));
        // What outlives the derivative still gives its value.
        Func<ImmutableArray<Node>, ImmutableArray<Node>>? kept = null;
        Grad((Node a) => { kept = Compile(x => [x[0] * Sin(a)], [a.Type]); return a; })(Number(3));
        Assert.Equal(2 * Math.Sin(3), Value(kept!([Number(2)])[0]), 15);
    }

    [Fact]
    public void A_compiled_loop_keeps_no_history()
    {
        var step = Compile(x => [x[0] * 0.5 + x[1]], [TensorType.Float64(2), TensorType.Float64()]);
        var x = Tensor([1.0, 2]);
        WeakReference? early = null;
        for (var i = 0; i < 50; i++)
        {
            x = step([x * 1.0 + 0.0, Sin(Scalar((double)i))])[0];
            if (i == 10) early = new WeakReference(x);
        }
        GC.Collect();
        Assert.False(early!.IsAlive);
        Assert.True(x is { Op: Input, Inputs.IsEmpty: true });
        WeakReference history = Bind(out var bound);
        GC.Collect();
        Assert.False(history.IsAlive);
        Assert.Equal([2 * Math.E], bound([1]));

        static WeakReference Bind(out Func<double[], double[]> bound)
        {
            var exp = Exp(Tensor([1.0]));
            var captured = exp * 2;
            bound = Compile(v => v * captured, TensorType.Float64(1));
            return new WeakReference(exp);
        }
    }

    [Fact]
    public void Mistakes_with_compiled_functions_are_told_early()
    {
        var (type, foreign) = (TensorType.Float64(), Node.Placeholder(TensorType.Float64(3)));
        Assert.Equal("Compile: the function depends on a placeholder of type float64[3] that is not among its arguments", Assert.Throws<InvalidOperationException>(() => Compile(x => [x[0] + Exp(foreign)], [type])).Message);
        Assert.Equal("Compile: a function of double[] needs float64, and the argument is float32[2]", Assert.Throws<ShapeException>(() => Compile(x => x, TensorType.Float32(2))).Message);
        Assert.Equal("Compile: a function of double[] needs float64, and the result is int64[2]", Assert.Throws<ShapeException>(() => Compile(x => Arange(2), TensorType.Float64(2))).Message);
        Assert.Equal("Compile: the function gave null for a result", Assert.Throws<ArgumentException>(() => Compile(x => [null!], [type])).Message);
        var run = Compile(x => [x[0] + x[1]], [type, type]);
        Assert.Equal("the compiled function takes 2 arguments, not 1", Assert.Throws<ShapeException>(() => run([Number(1)])).Message);
        Assert.Equal("argument 1 of the compiled function is of type float64[], not int64[2]", Assert.Throws<ShapeException>(() => run([Number(1), Arange(2)])).Message);
        var free = Node.Placeholder(type);
        // Over a placeholder the call builds the function's graph.
        Assert.Equal("%0 = Input : float64[]\n%1 = Add(%0, %0) : float64[]\n", Listing.Of(run([free, free])[0]));
    }

    // Derivatives.

    [Fact]
    public void Derivatives_name_the_argument_that_has_none()
    {
        var (x, i) = (Tensor([1.0, 2]), Arange(2));
        Assert.Equal("Grad: only floating-point tensors have derivatives, and argument 1 is int64[2]; cast it, let the function capture it, or name the others in Grad(f, wrt)", Assert.Throws<ShapeException>(() => Grad((ImmutableArray<Node> v) => Sum(v[0]))([x, i])).Message);
        Assert.Equal("Jvp: only floating-point tensors have derivatives, and argument 0 is int64[2]; cast it, let the function capture it, or name the others in Grad(f, wrt)", Assert.Throws<ShapeException>(() => Jvp(v => v, i, i)).Message);
        Assert.Equal("Vjp: only floating-point tensors have derivatives, and argument 0 is int64[2]; cast it, let the function capture it, or name the others in Grad(f, wrt)", Assert.Throws<ShapeException>(() => Vjp(v => v, i)).Message);
        Assert.Equal("Jacobian: only floating-point tensors have derivatives, and argument 0 is int64[2]; cast it, let the function capture it, or name the others in Grad(f, wrt)", Assert.Throws<ShapeException>(() => Jacobian(v => v)(i)).Message);
        Assert.Equal("Gradient: 2 results need as many cotangents, not 1", Assert.Throws<ShapeException>(() => Gradient.Of([x, x], [x], [x])).Message);
        Assert.Equal("Gradient: the cotangent float64[] does not fit result 1 of type float64[2]", Assert.Throws<ShapeException>(() => Gradient.Of([x, x], [x, Number(1)], [x])).Message);
        Assert.Equal("Tangent: 2 inputs need as many tangents, not 1", Assert.Throws<ShapeException>(() => Tangent.Of([x], [x, x], [x])).Message);
        Assert.Equal("Tangent: float64[] does not fit input 0 of type float64[2]", Assert.Throws<ShapeException>(() => Tangent.Of([x], [x], [Number(1)])).Message);
    }

    [Fact]
    public void The_derivative_at_a_literal_is_of_the_computation_at_the_literal()
    {
        // A literal takes float32 from the tensor that it meets, under a derivative as without.
        var data = Tensor([0.1f, 0.7f]);
        Node F(Node x) => Sum(Sin(data * x));
        var plain = F(Scalar(0.1));
        var (value, gradient) = ValueAndGrad(F)(Scalar(0.1));
        Assert.Equal(DType.Float32, plain.DType);
        Assert.Equal(DType.Float32, value.DType);
        Assert.Equal(Evaluate<float>(plain), Evaluate<float>(value));
        Assert.Equal(DType.Float64, gradient.DType);
        Assert.Equal(0.1 * Math.Cos(0.01) + 0.7 * Math.Cos(0.07), Value(gradient), 6);
        Assert.Equal(DType.Float32, Jvp(F, Scalar(0.1), Scalar(1.0)).Tangent.DType);
        Grad((Node x) => Grad((Node y) => F(y) is { DType: DType.Float32 } z ? z * x : throw new InvalidOperationException("not weak"))(x))(Scalar(0.1));
        Assert.Equal(DType.Float32, Recompute(v => F(v[0]), Scalar(0.1)).DType);
        // A tensor is no literal.
        Assert.Equal(DType.Float64, ValueAndGrad(F)(Number(0.1)).Value.DType);
    }

    [Fact]
    public void Jacobians_have_their_closed_forms()
    {
        var x = Tensor([0.5, -1.5, 2]);
        var a = Tensor(new[,] { { 1.0, 2, 3 }, { 4, 5, 6 } });
        Close(Evaluate<double>(a), Evaluate<double>(Jacobian(v => MatMul(a, v))(x)));
        Close([0.75, 0, 0, 0, 6.75, 0, 0, 0, 12], Evaluate<double>(Jacobian(v => v * v * v)(x)));
        // Scalar to vector, vector to scalar, and more than one axis on both sides.
        Assert.Equal([3L], Jacobian(v => v * x)(Number(2)).Shape);
        Close(Evaluate<double>(x), Evaluate<double>(Jacobian(v => v * x)(Number(2))));
        Close([1, -3, 4], Evaluate<double>(Jacobian(v => Sum(v * v))(x)));
        var transposed = Jacobian(Transpose)(a);
        Assert.Equal([3L, 2, 2, 3], transposed.Shape);
        Close([.. from i in Enumerable.Range(0, 3) from j in Enumerable.Range(0, 2) from k in Enumerable.Range(0, 2) from l in Enumerable.Range(0, 3) select i == l && j == k ? 1.0 : 0], Evaluate<double>(transposed));
        // Elements that depend on nothing.
        Close(new double[6], Evaluate<double>(Jacobian(v => Tensor([1.0, 2]))(x)));
        Close(new double[9], Evaluate<double>(Jacobian(v => Detach(v))(x)));
    }

    [Fact]
    public void Jacobians_may_be_empty_or_have_257_rows()
    {
        var empty = Tensor<double>([], [0]);
        var x = Tensor([0.5, -1.5, 2]);
        Assert.Equal([0L, 3], Jacobian(v => SliceAxis(v, 0, 1, 1))(x).Shape);
        Assert.Empty(Evaluate<double>(Jacobian(v => SliceAxis(v, 0, 1, 1))(x)));
        Assert.Equal([2L, 0], Jacobian(v => Sum(v) + Tensor([1.0, 2]))(empty).Shape);
        Assert.Empty(Evaluate<double>(Jacobian(v => Sum(v) + Tensor([1.0, 2]))(empty)));
        Assert.Equal([0L, 0], Hessian(v => Sum(v * v))(empty).Shape);
        foreach (var n in new[] { 1, 255, 256, 257 })
        {
            var data = Tensor([.. Enumerable.Range(0, n).Select(i => 0.01 * i)]);
            // ∂(b₀ + b₁·sin xᵢ)/∂b = (1, sin xᵢ).
            var rows = Evaluate<double>(Jacobian(b => Reshape(SliceAxis(b, 0, 0, 1), []) + Reshape(SliceAxis(b, 0, 1, 2), []) * Sin(data))(Tensor([0.3, 0.7])));
            Close([.. Enumerable.Range(0, n).SelectMany(i => new[] { 1, Math.Sin(0.01 * i) })], rows);
        }
        Close([.. Enumerable.Range(0, 33 * 33).Select(k => k / 33 == k % 33 ? 2.0 : 0)], Evaluate<double>(Hessian(v => Sum(v * v))(Full(TensorType.Float64(33), 0.5))));
    }

    [Fact]
    public void Hessians_have_their_closed_forms_through_compilation_and_recomputation()
    {
        var x = Tensor([0.5, -1.5]);
        var a = Tensor(new[,] { { 2.0, 1 }, { 1, 5 } });
        Node Quadratic(Node v) => 0.5 * Sum(v * MatMul(a, v));
        Node Rosenbrock(Node v)
        {
            var (p, q) = (Reshape(SliceAxis(v, 0, 0, 1), []), Reshape(SliceAxis(v, 0, 1, 2), []));
            return Square(1 - p) + 100 * Square(q - p * p);
        }
        double[] curvature = [2 - 400 * (-1.5) + 1200 * 0.25, -200, -200, 200];
        Func<Node, Node>[] Forms(Func<Node, Node> f)
        {
            var compiled = Compile(v => [f(v[0])], [x.Type]);
            var slope = Compile(v => [Grad(f)(v[0])], [x.Type]);
            return [Hessian(f), Hessian(v => Recompute(u => f(u[0]), v)), Hessian(v => compiled([v])[0]), Jacobian(v => slope([v])[0]), v => Compile(u => [Hessian(f)(u[0])], [x.Type])([v])[0], Hessian(v => Recompute(u => compiled([u[0]])[0], v))];
        }
        Assert.All(Forms(Quadratic), h => Close([2, 1, 1, 5], Evaluate<double>(h(x))));
        Assert.All(Forms(Rosenbrock), h => Close(curvature, Evaluate<double>(h(x)), 1e-11));
    }

    [Fact]
    public void Perturbations_are_not_confused_by_closures()
    {
        var (two, three) = (Number(2), Number(3));
        // d/dx (x · d/dy (x + y)) = 1, the inner function captured, recomputed, compiled or ruled.
        Assert.Equal(1, Value(Grad((Node x) => x * Grad((Node y) => Recompute(v => x + v[0], y))(three))(two)));
        Assert.Equal(1, Value(Grad((Node x) => x * Grad((Node y) => Compile(v => [x + v[0]], [y.Type])([y])[0])(three))(two)));
        Assert.Equal(1, Value(Grad((Node x) => x * Grad((Node y) => WithRule("sum", x + y, [y], (v, r, c) => [c]))(three))(two)));
        Assert.Equal(1, Value(Jvp(x => x * Jvp(y => Recompute(v => x + v[0], y), three, Number(1)).Tangent, two, Number(1)).Tangent));
        Assert.Equal(1, Value(Jvp(x => x * Grad((Node y) => Compile(v => [x + v[0]], [y.Type])([y])[0])(three), two, Number(1)).Tangent));
        // d/dx (x · d/dy (x·y)) = 2x.
        Assert.Equal(4, Value(Grad((Node x) => x * Jvp(y => WithRule("product", x * y, [y], (v, r, c) => [c * x]), three, Number(1)).Tangent)(two)));
        Assert.Equal(4, Value(Jvp(x => x * Grad((Node y) => Recompute(_ => x * y))(three), two, Number(1)).Tangent));
    }

    [Fact]
    public void Towers_over_closures_keep_their_order()
    {
        // The n-th derivative of sin(x)·eˣ is 2^(n/2)·eˣ·sin(x + nπ/4), through every kind of closure in either mode.
        Node F(Node x) => Recompute(v => WithRule("sine", Sin(x), [x], (a, y, c) => [c * Cos(x)]) * v[0], Exp(x));
        var compiled = Compile(x => [F(x[0])], [TensorType.Float64()]);
        foreach (var f in new Func<Node, Node>[] { F, x => compiled([x])[0] })
            foreach (var forward in new[] { false, true })
            {
                var derivative = f;
                for (var n = 0; n <= 5; n++)
                {
                    Close([Math.Pow(2, n / 2.0) * Math.Exp(0.7) * Math.Sin(0.7 + n * Math.PI / 4)], Evaluate<double>(derivative(Number(0.7))), 1e-12);
                    var g = derivative;
                    derivative = forward && n % 2 == 0 ? x => Jvp(g, x, Number(1)).Tangent : Grad(g);
                }
            }
    }
}
