using System.Collections.Immutable;
using System.Reflection;
using Functional.Autograd;
using Functional.Autograd.Plans;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Mistakes are told at once, by the name of what was called; no wrong number comes of them.</summary>
public class MistakeTests
{
    private static readonly Node x = Tensor([1.0, 2, 3]), wrong = Tensor([1.0, 2, 3, 4]), k = Scalar(2.0);

    private static double[] Read(Node y) => Evaluate<double>(Cast(y, DType.Float64));

    private static void Told<TException>(string message, Func<object?> mistake) where TException : Exception => Assert.Equal(message, Assert.Throws<TException>(mistake).Message);

    private static void Near(Node expected, Node actual) => Closeness.Close(expected, actual, 1e-13);

    [Fact]
    public void Whatever_draws_takes_one_key()
    {
        var many = Keys(Key(0), 3);
        foreach (var (name, draw) in new (string, Func<Node, object>)[]
        {
            ("Uniform", k => Uniform(k, TensorType.Float64(2))), ("Uniform", k => Uniform(k, 2, DType.Float32)), ("Normal", k => Normal(k, [2, 3])), ("SplitKey", k => SplitKey(k)),
            ("Keys", k => Keys(k, 4)), ("Dropout", k => Dropout(x, 0.5, k)),
        })
        {
            Told<ShapeException>($"{name}: a key is int64[2], not int64[3, 2]; Vmap draws for many", () => draw(many));
            Told<ShapeException>($"{name}: a key is int64[2], not float64[3]; Vmap draws for many", () => draw(x));
        }
        foreach (var count in new[] { 0, -1 })
        {
            Told<ShapeException>($"SplitKey: {count} keys", () => SplitKey(Key(0), count));
            Told<ShapeException>($"Keys: {count} keys", () => Keys(Key(0), count));
        }
    }

    [Fact]
    public void Keys_are_those_of_a_split_in_one_tensor()
    {
        var keys = Keys(Key(5), 3);
        Assert.Equal(Evaluate<long>(Stack(SplitKey(Key(5), 3))), Evaluate<long>(keys));
        Assert.Equal(2, SplitKey(Key(5)).Length);
        Assert.Equal(Read(Stack([.. SplitKey(Key(5), 3).Select(k => Normal(k, TensorType.Float32(4)))])), Read(Vmap(k => Normal(k, 4, DType.Float32))(keys)));
        Assert.Equal(Read(Normal(Key(1), TensorType.Float64(2, 3))), Read(Normal(Key(1), [2, 3])));
        Assert.Equal(Read(Uniform(Key(1), TensorType.Float64(5))), Read(Uniform(Key(1), 5)));
    }

    private static readonly Node bound = Tensor([0.5]);

    private static readonly Dictionary<string, Func<Node, Node, Node>> rules = new()
    {
        ["square"] = (v, c) => v * c * c,
        ["absolute"] = (v, c) => v * Abs(c),
        ["clipped"] = (v, c) => v * Clamp(c, -bound, bound),
        ["normalised"] = (v, c) => v * c / (1 + Abs(c)),
        ["sign"] = (v, c) => v * Sign(c),
        ["rounded"] = (v, c) => v * c + Round(c),
        ["tested"] = (v, c) => Where(c > 0, v, 0),
        ["counted"] = (v, c) => v * Cast(Cast(c, DType.Int64), DType.Float64),
        ["remainder"] = (v, c) => v * (c % 0.5),
        ["dropped"] = (v, c) => v,
        ["one"] = (v, c) => Ones(3),
        ["detached"] = (v, c) => v * Detach(c),
        ["decayed"] = (v, c) => c * v + 0.1 * v,
        ["chosen"] = (v, c) => Where(v > 1, c * v, v),
        ["written"] = (v, c) => v.At(0).Set(c),
        ["joined"] = (v, c) => Concat([v[..2], Reshape(c, 1)]),
        ["looped"] = (v, c) => v * Scan((a, _) => (a * c, a), Scalar(1.0), v).Carry,
    };

    public static readonly TheoryData<string> Crooked = new(rules.Keys);

    [Theory, MemberData(nameof(Crooked))]
    public void There_is_no_forward_mode_through_a_rule_that_is_not_linear(string name)
    {
        var rule = rules[name];
        Node F(Node u) => CustomVjp(v => Sum(v * v), (v, _, c) => rule(v, c), "crooked")(u);
        const string Message = "crooked: the rule is not linear in the cotangent, so there is no forward mode through it; use reverse mode";
        Told<InvalidOperationException>(Message, () => Jvp(F, x, x));
        Told<InvalidOperationException>(Message, () => JacobianForward(F)(x));
        Told<InvalidOperationException>(Message, () => Jvp(u => Vmap(F)(Stack([u, u])), x, x));
        Told<InvalidOperationException>(Message, () => Jvp(u => Scan(c => (c + F(u), c), k, length: 2).Carry, x, x));
        Near(rule(x, 1), Grad(F)(x));
        Near(rule(x, 1), JacobianReverse(F)(x));
        Near(JacobianReverse(u => rule(u, 1))(x), JacobianReverse(Grad(F))(x));
    }

    [Fact]
    public void Rules_that_are_linear_have_both_modes()
    {
        foreach (var rule in new Func<Node, Node, Node, Node>[]
        {
            (v, y, c) => 2 * v * c, (v, y, c) => -c * v / 3 + 0, (v, y, c) => Where(v > 1, c * v, 0), (v, y, c) => Zeros(3), (v, y, c) => c + Zeros(3) + 0 * v, (v, y, c) => Concat([Zeros(2), Reshape(c, 1)]),
            (v, y, c) => Vjp(u => Scan((a, e) => (Sin(a) * e, a), Scalar(1.0), u).Carry, v).Pullback(c), (v, y, c) => Vjp(u => Cond(u[0] > 0, w => Sum(w * w), w => Sum(w), u), v).Pullback(c),
            (v, y, c) => Zeros(3).At(1).Set(c), (v, y, c) => Vjp(u => Sum(Vmap(e => Cond(e > 1.5, Sin, Cos, e))(u)), v).Pullback(c), (v, y, c) => Vjp(u => Sum(Sort(u).Values * u), v).Pullback(c),
            (v, y, c) => Vjp(Checkpoint(u => Sum(Sin(u) * u)), v).Pullback(c), (v, y, c) => Vjp(u => Scan((a, e) => (Checkpoint(w => Sin(w) * e)(a), a), Scalar(1.0), u).Carry, v).Pullback(c),
        })
        {
            Node F(Node u) => CustomVjp(v => Sum(v * v), rule)(u);
            Near(JacobianReverse(F)(x), JacobianForward(F)(x));
        }
    }

    [Fact]
    public void The_mode_that_is_chosen_by_shape_is_one_that_there_is()
    {
        var crooked = CustomVjp(v => v * 2, (v, _, c) => Clamp(c, -1, 1));
        Node F(Node u) => Concat([crooked(u), u]);
        Near(JacobianReverse(F)(x), Jacobian(F)(x));
        static Node G(Node u) => While(c => Sum(c) < 5, c => c * 2, u)[..1];
        Near(JacobianForward(G)(x), Jacobian(G)(x));
    }

    [Fact]
    public void A_forward_rule_that_is_not_linear_has_no_transpose()
    {
        Node Of(Func<Node, Node> rule) => Grad(CustomJvp(v => Sum(v), (v, y, t) => rule(t), "forth"))(x);
        foreach (var rule in new Func<Node, Node>[] { t => Sum(t * t), t => Sum(t) + 1, t => Sum(Sign(t)), t => k })
            Told<InvalidOperationException>("forth: the function of float64[3] is not linear: its derivative depends on its argument, or is not all of it", () => Of(rule));
        Told<ShapeException>("forth: the rule gave a tangent of type float64[3] for a result of type float64[]", () => Of(t => t));
        Assert.StartsWith("forth: the rule failed: Mul", Assert.Throws<InvalidOperationException>(() => Of(t => Sum(t * wrong))).Message);
    }

    [Fact]
    public void A_function_that_is_null_is_told_when_it_is_given()
    {
        foreach (var method in typeof(Transforms).GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (!method.GetParameters().Any(p => p.Name == "f")) continue;
            var made = method.IsGenericMethodDefinition ? method.MakeGenericMethod([.. method.GetGenericArguments().Select(_ => typeof(Node))]) : method;
            var parameters = made.GetParameters();
            var thrown = Assert.Throws<TargetInvocationException>(() => made.Invoke(null, [.. parameters.Select(Any)])).InnerException;
            Assert.Equal("f", Assert.IsType<ArgumentNullException>(thrown).ParamName);
        }
        Assert.Throws<ArgumentNullException>("rule", () => CustomVjp(v => v, null!));
        Assert.Throws<ArgumentNullException>("rule", () => CustomJvp(v => v, null!));

        static object? Any(ParameterInfo p) => p.HasDefaultValue ? p.DefaultValue : p.ParameterType == typeof(Node) ? x : p.ParameterType == typeof(TensorType) ? x.Type
            : p.ParameterType == typeof(ImmutableArray<int>) ? ImmutableArray.Create(0) : p.ParameterType == typeof(ImmutableArray<int?>) ? ImmutableArray.Create<int?>(0)
            : p.ParameterType == typeof(ImmutableArray<TensorType>) ? ImmutableArray.Create(x.Type) : p.ParameterType == typeof(string) ? "" : null;
    }

    [Fact]
    public void Directions_that_do_not_fit_are_told_by_the_name_of_the_transform()
    {
        static Node F(Node v) => Sum(v * v * v);
        static Node Square(Node v) => v * v;
        Told<ShapeException>("Jvp: the tangent float64[4] does not fit argument 0 of type float64[3]", () => Jvp(F, x, wrong));
        Told<ShapeException>("Jvp: the tangent float64[4] does not fit argument 1 of type float64[3]", () => Jvp<(Node A, Node B), Node>(p => Sum(p.A * p.B), (x, x), (x, wrong)));
        Told<ShapeException>("Linearize: the tangent float64[4] does not fit argument 0 of type float64[3]", () => Linearize(F, x).Pushforward(wrong));
        Told<ShapeException>("Hvp: the tangent float64[4] does not fit argument 0 of type float64[3]", () => Hvp(F)(x, wrong));
        Told<ShapeException>("Vhp: the cotangent float64[4] does not fit result 0 of type float64[3]", () => Vhp(F)(x, wrong));
        Told<ShapeException>("Vjp: the cotangent float64[4] does not fit result 0 of type float64[3]", () => Vjp(Square, x).Pullback(wrong));
        Told<ShapeException>("Transpose: the cotangent float64[4] does not fit result 0 of type float64[3]", () => Transpose(v => v * 2, x.Type)(wrong));
        foreach (var (name, transform) in new (string, Func<Node, object>)[]
        {
            ("Grad", Grad(Square)), ("ValueAndGrad", v => ValueAndGrad(Square)(v)), ("Hessian", Hessian(Square)), ("Laplacian", Laplacian(Square)), ("Hvp", v => Hvp(Square)(v, v)), ("Vhp", v => Vhp(Square)(v, v)),
        }) Told<ShapeException>($"{name} needs a function with one floating-point result, not float64[3]; sum it, or use Vjp", () => transform(x));
        Told<ShapeException>("Grad: only floating-point tensors have derivatives, and argument 1 is int64[2]; cast it, let the function capture it, or name the others in Grad(f, wrt)",
            () => Grad<(Node A, Node I)>(p => Sum(Take(p.A, 0, p.I)))((x, Tensor([0L, 1]))));
        Told<ShapeException>("JacobianReverse: a chunk of 0 rows", () => JacobianReverse(Square, 0)(x));
        Told<ShapeException>("Scan: a loop of -1 steps", () => Scan(c => (c, c), k, length: -1));
    }

    [Fact]
    public void A_node_that_leaked_into_a_compiled_function_is_told_of()
    {
        Node? leaked = null;
        Compile(v => leaked = v * 2)(k);
        Told<InvalidOperationException>("Compile: the function depends on a placeholder of type float64[] that is not among its arguments: a node leaked out of Compile, whose trace has ended", () => Compile(v => v + leaked!)(k));
    }

    [Fact]
    public void An_index_that_is_out_of_range_is_told_with_its_bound()
    {
        static void Out(long index, long size, Node y) => Assert.Contains($": index {index} is out of range for an axis of {size}", Assert.Throws<ArgumentOutOfRangeException>(() => Evaluator.Force([y])).Message);
        static Node I(long i) => Tensor([0L, i]);
        var table = Reshape(Arange(6), [3, 2]);
        foreach (var i in new long[] { 3, 7, -4, long.MaxValue, long.MinValue })
        {
            Out(i, 3, Take(table, 0, I(i)));
            Out(i, 3, OneHot(I(i), 3));
            Out(i, 3, Gather(table, 0, Reshape(I(i), [1, 2])));
            Out(i, 3, ScatterAlong(table, 0, Reshape(I(i), [1, 2]), table, add: true));
            Out(i, 3, CrossEntropy(Reshape(x, [1, 3]) * Ones([2, 1]), I(i)));
            Out(i, 3, NllLoss(Reshape(x, [1, 3]) * Ones([2, 1]), I(i)));
            Out(i, 3, Vmap((v, j) => Take(v, 0, j))(Stack([x, x]), I(i)));
            Out(i, 3, Grad(v => Sum(Take(v, 0, I(i))))(x));
        }
    }

    [Fact]
    public void A_gradient_is_explained_in_words_of_the_caller()
    {
        Assert.Equal("NaN comes from Div : float64[2] at [1]\n  operand 0, there 0: argument 0 : float64[2]\n  operand 1, there 0: argument 0 : float64[2]", Explain.Gradient(v => Sum(Log(v) * v), Tensor([1.0, 0])).ToString());
        Assert.DoesNotContain("Alias", Explain.Gradient(v => Sum(Sqrt(v * 0)), x).ToString());
        Assert.Equal("float64[3] is 0 everywhere: the result does not depend on the argument", Explain.Gradient(_ => Sum(x), x).ToString());
    }

    [Fact]
    public void A_function_of_many_lines_is_listed_whole()
    {
        var (f, _) = Function.Of(v => [Enumerable.Range(0, 300).Aggregate(v[0], (y, _) => Sin(y))], [x.Type]);
        Assert.Equal(f, Function.Parse(Listing.Of(f)));
    }

    [Fact]
    public void A_rule_that_calls_itself_is_told_and_does_not_end_the_process()
    {
        static Node Endless(Node x) => WithRule("Endless", Sin(x), [x], (v, _, c) => [c * Endless(v[0])]);
        Exception? told = Assert.Throws<InvalidOperationException>(() => Endless(Tensor([1.0])));
        while (told.InnerException is { } inner) told = inner;
        Assert.Equal("the rule of Endless: 200 functions are traced within each other; does one call itself?", told.Message);
        Assert.Equal(Math.Sin(1), Evaluate<double>(Sin(Tensor([1.0])))[0]);
    }
}
