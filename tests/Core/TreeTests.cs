using System.Collections.Immutable;
using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Structures of tensors, and transforms of functions of them.</summary>
public class TreeTests
{
    private sealed record Dense(Node Weight, Node Bias);
    private sealed record Net(Dense First, Dense Second, Node[] Scales);

    static TreeTests()
    {
        Tree.Register((Dense d) => (d.Weight, d.Bias), p => new Dense(p.Weight, p.Bias));
        Tree.Register((Net n) => (n.First, n.Second, n.Scales), p => new Net(p.First, p.Second, p.Scales));
    }

    private static readonly Net Model = new(new([[0.5, -0.25], [0.75, 1.0]], [0.1, 0.2]), new([[1.5, 0.5], [-0.5, 0.25]], [0.0, -0.3]), [0.5, 2.0]);

    private static void Close(IEnumerable<double> expected, double[] actual)
    {
        double[] all = [.. expected];
        Assert.Equal(all.Length, actual.Length);
        for (var i = 0; i < all.Length; i++) Assert.Equal(all[i], actual[i], 1e-12 * (1 + Math.Abs(all[i])));
    }

    private static Node Written(Node x) => x;

    private static Node Applied(Dense d, Node x) => MatMul(x, d.Weight) + d.Bias;

    private static Node Loss(Net n) => Sum(Square(Applied(n.Second, Tanh(Applied(n.First, Tensor([0.3, -0.7])) * n.Scales[0])) * n.Scales[1]));

    [Fact]
    public void Leaves_are_counted_from_the_left_and_put_back()
    {
        Node a = 1.0, b = 2.0, c = 3.0;
        Assert.Equal<Node>([a, b, c], Tree.Leaves((a, (b, new[] { c }))));
        Assert.Equal<Node>([a, b], Tree.Leaves(new Dictionary<string, Node> { ["y"] = b, ["x"] = a }));
        Assert.Equal<Node>([a, b], Tree.Leaves(ImmutableDictionary<string, Node>.Empty.Add("y", b).Add("x", a)));
        Assert.Equal<Node>([b, a], Tree.Leaves(new List<Node> { b, a }));
        Assert.Equal<Node>([a], Tree.Leaves(ValueTuple.Create(a)));
        Assert.Equal<Node>([a, b, c, a, b, c, a], Tree.Leaves((a, b, c, a, b, c, a)));
        Assert.Empty(Tree.Leaves(default(ValueTuple)));
        var (x, (y, z)) = Tree.With((a, (b, new[] { c })), [c, b, a]);
        Assert.Equal([c, b, a], [x, y, z[0]]);
        var named = Tree.With(new Dictionary<string, Node> { ["y"] = b, ["x"] = a }, [b, c]);
        Assert.Equal((b, c), (named["x"], named["y"]));
        var net = Tree.Map(v => v * 2, Model);
        Assert.Equal(6, Tree.Leaves(net).Length);
        Close([3, 1, -1, 0.5], Evaluate<double>(net.Second.Weight));
    }

    [Fact]
    public void Collections_hold_trees()
    {
        Node a = 1.0, b = 2.0, c = 3.0;
        var deep = new Dictionary<string, Dictionary<string, Node>> { ["out"] = new() { ["w"] = c }, ["in"] = new() { ["w"] = b, ["b"] = a } };
        Assert.Equal<Node>([a, b, c], Tree.Leaves(deep));
        Assert.Equal(["out", "in"], Grad((Dictionary<string, Dictionary<string, Node>> p) => p["in"]["w"] * p["out"]["w"])(deep).Keys);
        Close([3], Evaluate<double>(Grad((Dictionary<string, Dictionary<string, Node>> p) => p["in"]["w"] * p["out"]["w"])(deep)["in"]["w"]));
        var layers = Tree.With(new List<Dense> { new(a, b), new(b, c) }, [c, b, a, a]);
        Assert.Equal([c, b, a, a], layers.SelectMany(d => new[] { d.Weight, d.Bias }));
        Assert.Equal<Node>([a, b], Tree.Leaves(ImmutableArray.Create(new Dense(a, b))));
        Assert.Equal<Node>([a, b, b, c], Tree.Leaves(new List<(Node, Node)> { (a, b), (b, c) }));
        Assert.Equal([c, a], Tree.With(new Dictionary<int, Node> { [10] = a, [9] = b }, [a, c]).OrderByDescending(p => p.Key).Select(p => p.Value));
        Assert.Equal([9, 10], Tree.With(new SortedDictionary<int, Node[]> { [10] = [a], [9] = [b] }, [a, c]).Keys);
        Assert.Equal("b", Tree.Map(v => v * 2, ImmutableDictionary<string, (Node, Node)>.Empty.Add("b", (a, c))).Keys.Single());
        Assert.Throws<ArgumentException>(() => Tree.Leaves(default(ImmutableArray<Dense>)));
        Assert.Contains("System.Collections.Generic.HashSet", Assert.Throws<ArgumentException>(() => Tree.Leaves(new HashSet<Node> { a })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_tree_is_said_to_be_none()
    {
        Assert.Equal("Scan: the structures differ: {\"a\": *} is expected, and this is {\"a\": *, \"b\": [*, *]}", Assert.Throws<ArgumentException>(() =>
            Scan((Dictionary<string, object> c) => (new Dictionary<string, object> { ["a"] = c["a"], ["b"] = new Node[] { 1.0, 2.0 } }, default(ValueTuple)), new() { ["a"] = (Node)1.0 }, 3)).Message);
        Assert.Equal("Grad: null is no tensor and no structure of tensors", Assert.Throws<ArgumentException>(() => Grad(Node (Node x) => null!)(1.0)).Message);
        Assert.Contains("System.Double is no tensor", Assert.Throws<ArgumentException>(() => Tree.Leaves(3.0)).Message, StringComparison.Ordinal);
        Assert.Contains("Tree.Register", Assert.Throws<ArgumentException>(() => Grad((Uri u) => Scalar(1.0))(new("https://example.org"))).Message, StringComparison.Ordinal);
        Assert.Contains("null", Assert.Throws<ArgumentException>(() => Tree.Leaves<Node?>(null)).Message, StringComparison.Ordinal);
        Assert.Contains("null", Assert.Throws<ArgumentException>(() => Tree.Leaves(((Node)1.0, (Node?)null))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tree.With((Scalar(1.0), Scalar(2.0)), [Scalar(1.0)]));
        Assert.Throws<ArgumentException>(() => Tree.Leaves(ImmutableArray.Create(new Node[] { null! })));
        Assert.Throws<ArgumentException>(() => Tree.With(default(ImmutableArray<Node>), []));
        Assert.Throws<InvalidOperationException>(() => Tree.Register((Dense d) => (d.Bias, d.Weight), p => new Dense(p.Bias, p.Weight)));
        Assert.Contains("structures differ", Assert.Throws<ArgumentException>(() =>
            Tree.Map((a, b) => a + b, new Dictionary<string, Node> { ["a"] = 1.0, ["b, c"] = 2.0 }, new() { ["a, b"] = 1.0, ["c"] = 2.0 })).Message, StringComparison.Ordinal);
        Assert.Contains("structures differ", Assert.Throws<ArgumentException>(() => Tree.Map((a, b) => a + b, new[] { Scalar(1.0) }, [Scalar(1.0), Scalar(2.0)])).Message, StringComparison.Ordinal);
        Assert.Contains("structures differ", Assert.Throws<ArgumentException>(() =>
            Jvp((Dictionary<string, Node> d) => d["a"], new() { ["a"] = 1.0 }, new() { ["b"] = 1.0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vector_of_all_leaves_goes_back_to_its_tree()
    {
        var (vector, unravel) = Tree.Ravel(Model);
        Assert.Equal("float64[14]", vector.Type.ToString());
        var back = unravel(vector * 2);
        Close(Evaluate<double>(Model.First.Bias * 2), Evaluate<double>(back.First.Bias));
        Close([4], Evaluate<double>(back.Scales[1]));
        // The gradient of the vector is the vector of the gradients.
        Close(Evaluate<double>(Tree.Ravel(Grad<Net>(Loss)(Model)).Vector), Evaluate<double>(Grad((Node v) => Loss(unravel(v)))(vector)));
        Assert.Throws<ShapeException>(() => unravel(Zeros(13)));
        Assert.Throws<ShapeException>(() => Tree.Ravel((Scalar(1.0), Cast(Scalar(1.0), DType.Float32))));
    }

    [Fact]
    public void Transforms_of_trees_are_those_of_the_vector_of_their_leaves()
    {
        var (vector, unravel) = Tree.Ravel(Model);
        Node Flat(Node v) => Loss(unravel(v));
        var direction = unravel(Cos(Arange(14, DType.Float64)));
        Close(Evaluate<double>(Jvp(Flat, vector, Cos(Arange(14, DType.Float64))).Tangent), Evaluate<double>(Jvp<Net, Node>(Loss, Model, direction).Tangent));
        Close(Evaluate<double>(Linearize(Flat, vector).Pushforward(Cos(Arange(14, DType.Float64)))), Evaluate<double>(Linearize<Net, Node>(Loss, Model).Pushforward(direction)));
        Close(Evaluate<double>(Hvp(Flat)(vector, Cos(Arange(14, DType.Float64)))), Evaluate<double>(Tree.Ravel(Hvp<Net>(Loss)(Model, direction)).Vector));
        Close(Evaluate<double>(Vhp(Flat)(vector, Cos(Arange(14, DType.Float64)))), Evaluate<double>(Tree.Ravel(Vhp<Net>(Loss)(Model, direction)).Vector));
        var hessian = Hessian<Net>(Loss)(Model);
        Assert.Equal(6, hessian.Length);
        var rows = hessian.Zip(Tree.Leaves(Model), (row, leaf) => Concat([.. Tree.Leaves(row).Select(b => Reshape(b, [leaf.Type.Count, -1]))], 1));
        Close(Evaluate<double>(Hessian(Flat)(vector)), Evaluate<double>(Concat([.. rows])));
        Assert.Equal("float64[2]", hessian[1].Scales[0].Type.ToString());
        Assert.Equal("float64[2, 2, 2]", hessian[0].First.Bias.Type.ToString());
        Assert.Equal("float64[2, 2, 2]", hessian[1].First.Weight.Type.ToString());
    }

    [Fact]
    public void Functions_of_several_arguments_have_several_gradients()
    {
        Node F(Node a, Node b) => Sum(a * a * b);
        Node x = [1.0, 2.0], y = [3.0, 4.0];
        var (ga, gb) = Grad(F)(x, y);
        Close([6, 16], Evaluate<double>(ga));
        Close([1, 4], Evaluate<double>(gb));
        Close([6, 16], Evaluate<double>(Grad(F, 0)(x, y)));
        Close([1, 4], Evaluate<double>(Grad(F, 1)(x, y)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Grad(F, 2));
        var (value, (va, _)) = ValueAndGrad(F)(x, y);
        Close([19], Evaluate<double>(value));
        Close([6, 16], Evaluate<double>(va));
        var (p, q, r) = Grad((a, b, c) => Sum(a * b) * c)(x, y, 2.0);
        Close([6, 8, 2, 4, 11], [.. Evaluate<double>(p), .. Evaluate<double>(q), .. Evaluate<double>(r)]);
        // The same node twice: each place has its own.
        var (first, second) = Grad((a, b) => Sum(a * a * b))(x, x);
        Close([2, 8, 1, 4], [.. Evaluate<double>(first), .. Evaluate<double>(second)]);
    }

    [Fact]
    public void Some_leaves_are_asked_for_and_others_may_be_integers()
    {
        Node labels = [0, 2];
        Node Picked((Node W, Node Labels, Node Scale) p) => Sum(Take(p.W, 0, p.Labels)) * p.Scale;
        var at = (Written([1.0, 2.0, 3.0]), labels, Scalar(2.0));
        var gradients = Grad<(Node, Node, Node)>(Picked, [2, 0])(at);
        Close([4], Evaluate<double>(gradients[0]));
        Close([2, 0, 2], Evaluate<double>(gradients[1]));
        Assert.Contains("argument 1 is int64[2]", Assert.Throws<ShapeException>(() => Grad<(Node, Node, Node)>(Picked)(at)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Grad<(Node, Node, Node)>(Picked, [0, 0])(at));
        Assert.Throws<ArgumentOutOfRangeException>(() => Grad<(Node, Node, Node)>(Picked, [3])(at));
        Assert.Throws<ArgumentOutOfRangeException>(() => Grad<(Node, Node, Node)>(Picked, [-1])(at));
    }

    [Fact]
    public void What_else_a_function_gives_comes_along()
    {
        var (value, aux, gradient) = ValueAndGrad((Node x) => (Sum(x * x), (x * 2, "text")))([1.0, 3.0]);
        Close([10], Evaluate<double>(value));
        Close([2, 6], Evaluate<double>(aux.Item1));
        Assert.Equal("text", aux.Item2);
        Close([2, 6], Evaluate<double>(gradient));
    }

    [Fact]
    public void Several_results_have_a_Jacobian_each_and_pull_back_together()
    {
        var x = (Written([1.0, 2.0]), Written([[3.0], [4.0], [5.0]]));
        static (Node, Node[]) F((Node A, Node B) v) => (v.A * v.A, [Sum(v.B) * v.A[0], ArgMax(v.B, 0)]);
        foreach (var jacobian in new[] { Jacobian<(Node, Node), (Node, Node[])>(F)(x), JacobianForward<(Node, Node), (Node, Node[])>(F)(x), JacobianReverse<(Node, Node), (Node, Node[])>(F)(x), JacobianReverse<(Node, Node), (Node, Node[])>(F, 2)(x) })
        {
            Assert.Equal(3, jacobian.Length);
            Close([2, 0, 0, 4], Evaluate<double>(jacobian[0].Item1));
            Assert.Equal("float64[2, 3, 1]", jacobian[0].Item2.Type.ToString());
            Close(new double[6], Evaluate<double>(jacobian[0].Item2));
            Close([12, 0], Evaluate<double>(jacobian[1].Item1));
            Close([1, 1, 1], Evaluate<double>(jacobian[1].Item2));
            Close([0, 0], Evaluate<double>(jacobian[2].Item1));
            Assert.Equal("float64[1, 2]", jacobian[2].Item1.Type.ToString());
        }
        var (value, pullback) = Vjp(F, x);
        var (a, b) = pullback(([1.0, 1.0], [(Node)1.0, value.Item2[1]]));
        Close([14, 4], Evaluate<double>(a));
        Close([1, 1, 1], Evaluate<double>(b));
    }

    [Fact]
    public void Chunks_of_a_Jacobian_are_the_Jacobian()
    {
        Node F(Node v) => Sin(v) * Sum(v * v);
        var x = Linspace(-1, 1, 7);
        var whole = Evaluate<double>(Jacobian(F)(x));
        foreach (var chunk in new long[] { 1, 2, 3, 6, 7, 100 })
        {
            Close(whole, Evaluate<double>(JacobianReverse(F, chunk)(x)));
            Close(whole, Evaluate<double>(JacobianForward(F, chunk)(x)));
        }
        Assert.Equal("Jacobian: a chunk of 0 rows", Assert.Throws<ShapeException>(() => Jacobian(F, 0)(x)).Message);
    }

    [Fact]
    public void Rows_of_trees_are_mapped_together()
    {
        var rows = (Written([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), new Dictionary<string, Node> { ["k"] = [1.0, 10.0, 100.0] });
        static (Node, (Node, Node)) F((Node A, Dictionary<string, Node> B) r) => (r.A * r.B["k"], (Sum(r.A), r.B["k"]));
        var (x, (y, z)) = Vmap<(Node, Dictionary<string, Node>), (Node, (Node, Node))>(F)(rows);
        Close([1, 2, 30, 40, 500, 600], Evaluate<double>(x));
        Close([3, 7, 11, 1, 10, 100], [.. Evaluate<double>(y), .. Evaluate<double>(z)]);
        foreach (var batch in new long[] { 1, 2, 3, 4 })
        {
            var (u, (v, w)) = Map<(Node, Dictionary<string, Node>), (Node, (Node, Node))>(F, rows, batch);
            Close([1, 2, 30, 40, 500, 600, 3, 7, 11, 1, 10, 100], [.. Evaluate<double>(u), .. Evaluate<double>(v), .. Evaluate<double>(w)]);
        }
        // One shared, rows along another axis of the other.
        Close([5, 11, 17, 37], Evaluate<double>(Vmap((a, m) => MatMul(m, a), [0, null])([[1.0, 2.0], [3.0, 7.0]], [[1.0, 2.0], [3.0, 4.0]])));
        Close([1, 2, 3, 4], Evaluate<double>(Grad(v => Sum(Map(u => u * u, v)))([0.5, 1.0, 1.5, 2.0])));
        Assert.Throws<ShapeException>(() => Map(u => u, Scalar(1.0)));
        Assert.Throws<ShapeException>(() => Map(u => u, Zeros(3), 0));
    }

    [Fact]
    public void Loops_carry_trees()
    {
        var (carry, outputs) = Scan((c, x) => ((c.Position + c.Speed * x, c.Speed), (c.Position, new[] { x })), (Position: Scalar(0.0), Speed: Scalar(2.0)), Tensor([1.0, 2.0, 3.0]));
        Close([12, 2], [.. Evaluate<double>(carry.Position), .. Evaluate<double>(carry.Speed)]);
        Close([0, 2, 6, 1, 2, 3], [.. Evaluate<double>(outputs.Item1), .. Evaluate<double>(outputs.Item2[0])]);
        var powers = Scan(c => ((c.Base, c.Power * c.Base), c.Power), (Base: Scalar(3.0), Power: Scalar(1.0)), 4);
        Close([1, 3, 9, 27], Evaluate<double>(powers.Outputs));
        var (n, total) = While(c => c.N < 5, c => (c.N + 1, c.Total + c.N), (N: Scalar(0.0), Total: Scalar(0.0)));
        Close([5, 10], [.. Evaluate<double>(n), .. Evaluate<double>(total)]);
        var chosen = Cond(Scalar(1.0) < 2.0, v => (v.A + v.B, v.A), v => (v.A, v.B), (A: Scalar(1.0), B: Scalar(5.0)));
        Close([6, 1], [.. Evaluate<double>(chosen.Item1), .. Evaluate<double>(chosen.Item2)]);
        Assert.Throws<ArgumentException>(() => Cond(Scalar(1.0) < 2.0, v => new[] { v.A }, v => [v.A, v.B], (A: Scalar(1.0), B: Scalar(5.0))));
    }

    [Fact]
    public void Functions_are_planned_once_for_each_combination_of_types()
    {
        var calls = 0;
        var f = Compile(x =>
        {
            calls++;
            return Sum(x * x);
        });
        foreach (var n in new[] { 3, 5, 3, 5, 3 }) Close([n], Evaluate<double>(f(Ones(n))));
        Assert.Equal(2, calls);
        var tree = Compile<Net, (Node, Net)>(n => ValueAndGrad<Net>(Loss)(n));
        var (value, gradient) = tree(Model);
        Close(Evaluate<double>(Loss(Model)), Evaluate<double>(value));
        Close(Evaluate<double>(Grad<Net>(Loss)(Model).First.Weight), Evaluate<double>(gradient.First.Weight));
        // Under a derivative, in a batch and compiled again.
        Close([2, 4], Evaluate<double>(Grad(f)([1.0, 2.0])));
        Close([5, 25], Evaluate<double>(Vmap(f)([[1.0, 2.0], [3.0, 4.0]])));
        Close([2, 4], Evaluate<double>(Compile(Grad(f))([1.0, 2.0])));
        Close([2, 0, 0, 2], Evaluate<double>(Hessian(f)([1.0, 2.0])));
        // What is made inside a derivative may capture its argument.
        Close([20], Evaluate<double>(Grad(a => Compile(v => v * a * a)(2.0))(5.0)));
        var late = Scalar(1.0);
        var bound = Compile(v => v * late);
        Close([10], Evaluate<double>(Grad(a => { late = a; return bound(2.0) * a; })(2.5)));
        // Dictionaries of other keys are other structures.
        var named = Compile<Dictionary<string, Node>, Node>(d => d.ContainsKey("a") ? d["a"] : d["b"] * 2);
        Close([1, 2], [.. Evaluate<double>(named(new() { ["a"] = 1.0 })), .. Evaluate<double>(named(new() { ["b"] = 1.0 }))]);
        // A bare number takes the type that it meets, a scalar keeps its own.
        var half = Compile(v => v * Cast(Scalar(1.0), DType.Float32));
        Assert.Equal((DType.Float32, DType.Float64), (half(2.0).DType, half(Tensor<double>([2.0], [])).DType));
        Close([11], Evaluate<double>(Compile((a, b) => Sum(a * b))([1.0, 2.0], [3.0, 4.0])));
    }

    [Fact]
    public void Rules_of_ones_own_serve_both_modes()
    {
        // A clipped exponential, whose derivative is said to be twice its value.
        var backward = CustomVjp(x => Exp(x), (_, y, c) => 2 * y * c);
        var forward = CustomJvp(x => Exp(x), (_, y, t) => 2 * y * t);
        Node at = [0.5, -1.0];
        double[] wanted = [2 * Math.Exp(0.5), 2 * Math.Exp(-1)];
        foreach (var f in new[] { backward, forward })
        {
            Close(wanted, Evaluate<double>(Grad(x => Sum(f(x)))(at)));
            Close(wanted, Evaluate<double>(Jvp(f, at, Ones(2)).Tangent));
            Close(wanted.Select(v => 2 * v), Evaluate<double>(Grad(x => Sum(Grad(u => Sum(f(u)))(x)))(at)));
            Close(wanted, Evaluate<double>(Vmap(Grad(f))(at)));
            Close(wanted, Evaluate<double>(Compile(Grad(x => Sum(f(x))))(at)));
        }
        // A pair of arguments, one of which is captured as well: only the argument's way is ruled.
        Node a = 3.0;
        var pair = CustomVjp<(Node X, Node Y)>(p => p.X * p.Y * a, (p, _, c) => (c * 100, c * 1000));
        var (gx, gy) = Grad((x, y) => pair((x, y)))(a, 2.0);
        Close([100, 1000], [.. Evaluate<double>(gx), .. Evaluate<double>(gy)]);
        Close([100 + 6], Evaluate<double>(Grad(s => CustomVjp(x => x * 2 * s, (_, _, c) => c * 100)(s))(3.0)));
        var mixed = CustomJvp<(Node X, Node K)>(p => Take(p.X, 0, p.K), (p, _, t) => Take(t.X, 0, p.K) * 5);
        Close([0, 5, 5], Evaluate<double>(Grad(x => Sum(mixed((x, [1, 2]))))([1.0, 2.0, 3.0])));
        var swapped = CustomJvp<(Node K, Node X)>(p => Take(p.X, 0, p.K), (p, _, t) => Take(t.X, 0, p.K) * 5);
        Close([0, 5, 5], Evaluate<double>(Grad(x => Sum(swapped(([1, 2], x))))([1.0, 2.0, 3.0])));
    }

    [Fact]
    public void A_wrong_rule_is_told()
    {
        Assert.Contains("not linear", Assert.Throws<InvalidOperationException>(() => CustomJvp(x => x, (_, _, t) => t * t)(Scalar(1.0))).ToString(), StringComparison.Ordinal);
        Assert.Contains("tangent of type float64[]", Assert.ThrowsAny<Exception>(() => CustomJvp(x => x, (_, _, t) => Sum(t))(Ones(2))).ToString(), StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => CustomVjp(x => x, (_, _, c) => Sum(c))(Ones(2)));
    }

    [Fact]
    public void Checkpoints_and_stopped_gradients()
    {
        Node at = [0.5, -1.0];
        Close(Evaluate<double>(Grad(x => Sum(Sin(x) * x))(at)), Evaluate<double>(Grad(x => Sum(Checkpoint(u => Sin(u) * u)(x)))(at)));
        Close(Evaluate<double>(Sin(at)), Evaluate<double>(Grad(x => Sum(StopGradient(Sin(x)) * x))(at)));
        var (g, h) = Grad((x, y) => StopGradient((x, y)) is var (p, q) ? Sum(p * y + q) : x)(at, at);
        Close([0, 0, 0.5, -1], [.. Evaluate<double>(g), .. Evaluate<double>(h)]);
    }

    [Fact]
    public void Lambdas_without_types_are_functions_of_one_tensor()
    {
        Close([0], Evaluate<double>(Grad(x => 3.0)(1.0)));
        Close([2, 4], Evaluate<double>(Grad(z => Sum(Recompute(v => v[0] * v[0], z)))([1.0, 2.0])));
        Close([1], Evaluate<double>(Vjp(x => 3.0, Scalar(1.0)).Pullback(1.0) + 1));
    }

    [Fact]
    public void Tensors_are_written_as_collections()
    {
        Node x = [1.0, 2.5, -0.0], m = [[1, 2], [3, 4]], mixed = [x, x * 2, [1.0, 0.0, 3.0]];
        Assert.Equal(("float64[3]", "int64[2, 2]", "float64[3, 3]"), (x.Type.ToString(), m.Type.ToString(), mixed.Type.ToString()));
        Assert.Equal([1, 2.5, -0.0, 2, 5, -0.0, 1, 0, 3], Evaluate<double>(mixed));
        Assert.Equal([1L, 2, 3, 4], Evaluate<long>(m));
        // A bare number takes the type of the tensors that it is stacked with.
        Assert.Equal(new TensorType(DType.Float32, [2]), Stack([Scalar(2.0), Tensor([1.5f])[0]]).Type);
        Assert.Equal([2, 1], Evaluate<int>(Stack([Scalar(2L), Tensor([1])[0]])));
        Assert.Equal([2.5, 1], Evaluate<double>(Stack([Scalar(2.5), Scalar(1L), Tensor([7L])[0]])[..2]));
        Node single = [Cast(Scalar(1.5), DType.Float32), 2.0];
        Assert.Equal("float32[2]", single.Type.ToString());
        // What does not fit is told, not wrapped.
        Assert.Throws<OverflowException>(() => { Node small = [Tensor(new byte[] { 1 })[0], 300]; });
        Assert.Throws<OverflowException>(() => Tensor(new byte[] { 1, 2 }).At(0).Set(300));
        Assert.Throws<OverflowException>(() => Tensor(new[] { 1, 2 }).At(0).Set(1L << 40));
        Node numbers = [1, 2.5];
        Assert.Equal([1, 2.5], Evaluate<double>(numbers));
        // Rows are differentiable, and gone through.
        Close([4, 6], Evaluate<double>(Grad(v => Sum(Written([v, v * 3]) * Written([[1.0, 3.0], [1.0, 1.0]])))([1.0, 2.0])));
        var rows = new List<string>();
        foreach (var row in m) rows.Add(string.Join(" ", Evaluate<long>(row)));
        Assert.Equal(["1 2", "3 4"], rows);
        Assert.Throws<ShapeException>(() => { Node bad = [[1.0], [1.0, 2.0]]; });
        Assert.Throws<ShapeException>(() => { Node none = []; });
        Assert.Throws<ShapeException>(() => { foreach (var row in Scalar(1.0)) _ = row; });
    }
}
