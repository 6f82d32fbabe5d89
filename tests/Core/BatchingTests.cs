using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;
using static Core.Closeness;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Vmap: what a function of a row gives for many.</summary>
public class BatchingTests
{
    private static Node Numbers(int seed, params long[] shape) =>
        Tensor<double>([.. Enumerable.Range(0, (int)Dims.Create(shape).Product).Select(i => 0.25 + (i * 7 + seed * 3) % 11 / 8.0)], Dims.Create(shape));

    // Elements that fit every primitive: positions are small, keys are anything, square matrices are positive definite.
    private static Node Sample(TensorType type, int seed) => type.DType switch
    {
        DType.Float64 when type.Rank == 3 && type.Shape[1] == type.Shape[2] => Numbers(seed, [.. type.Shape]) + 4 * Eye(type.Shape[1]),
        DType.Float64 => Cast(Numbers(seed, [.. type.Shape]), DType.Float64),
        DType.Complex128 => ToComplex(Cast(Numbers(seed, [.. type.Shape]), DType.Float64), Cast(Numbers(seed + 7, [.. type.Shape]), DType.Float64)),
        DType.Bool => Equal(Reshape(Arange(type.Count), type.Shape) % 2, seed % 2),
        _ => (Reshape(Arange(type.Count), type.Shape) + seed) % 3,
    };

    // Whether no operand is asked for twice in other bits: sums of a merged product may come in another order.
    private static void Same(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= 1e-14 * Math.Abs(expected[i]), $"{what}: element {i} is {actual[i]:R}, not {expected[i]:R}");
    }

    public static TheoryData<int> Samples => [.. Enumerable.Range(0, CalculusTable.Samples.Count).Where(k => CalculusTable.Samples[k].Y.Op is not (Several or Part))];

    [Theory, MemberData(nameof(Samples))]
    public void Every_primitive_has_a_rule_for_each_subset_of_its_operands(int sample)
    {
        var y = CalculusTable.Samples[sample].Y;
        for (var subset = 1; subset < 1 << y.Inputs.Length; subset++)
        {
            Node Row(int k, int i) => Sample(y.Inputs[k].Type, (subset >> k & 1) == 0 ? k : k + 2 * i + 1);
            ImmutableArray<Node> given = [.. y.Inputs.Select((_, k) => (subset >> k & 1) == 0 ? Row(k, 0) : Stack([Row(k, 0), Row(k, 1), Row(k, 2)]))];
            var rows = Vmap(x => [new Node(y.Op, x)], [.. y.Inputs.Select((_, k) => (subset >> k & 1) == 0 ? (int?)null : 0)])(given)[0];
            Assert.Equal(y.Type.Reshaped([3, .. y.Shape]), rows.Type);
            for (var i = 0; i < 3; i++) Same(Read(new Node(y.Op, [.. y.Inputs.Select((_, k) => Row(k, i))])), Read(rows)[(int)(i * y.Type.Count)..(int)((i + 1) * y.Type.Count)], $"{y.Op}, operands {subset:b}, row {i}");
        }
    }

    // Along axes in the middle, with larger rows than the table's.
    public static TheoryData<string> Middle => ["take", "set", "add", "gather", "scatter", "dot", "matvec", "vecmat", "reduce", "windows", "sort", "concat", "permute"];

    private static Func<Node, Node, Node> Named(string name) => name switch
    {
        "take" => (x, i) => new Node(new Functional.Autograd.Primitives.Take(1), x, i),
        "set" => (x, i) => new Node(new Scatter(1, false), x, i, new Node(new Functional.Autograd.Primitives.Take(1), Sin(x), i)),
        "add" => (x, i) => new Node(new Scatter(1, true), x, i, new Node(new Functional.Autograd.Primitives.Take(1), Sin(x), i)),
        "gather" => (x, i) => Gather(x, 1, Broadcast(Reshape(i, [1, 4, 1]), [2, 4, 3])),
        "scatter" => (x, i) => ScatterAlong(x, 1, Broadcast(Reshape(i, [1, 4, 1]), [2, 4, 3]), Cos(x), true),
        "dot" => (x, i) => MatMul(x, Transpose(Sin(x)) * Cast(i, DType.Float64)),
        "matvec" => (x, i) => MatMul(x[0], Cast(i[0], DType.Float64) * Sin(Arange(3, DType.Float64))),
        "vecmat" => (x, i) => MatMul(Cast(i, DType.Float64), x[1]),
        "reduce" => (x, i) => Sum(x, 1) * MaxOver(x, [0, 2])[0] + Cast(Sum(i), DType.Float64),
        "windows" => (x, i) => new Node(new Windows(1, 2, 1, 2), x) * Cast(i[1], DType.Float64),
        "sort" => (x, i) => Sort(x * Cast(Reshape(i, [4, 1]) - 2, DType.Float64), 1).Values,
        "concat" => (x, i) => Concat([x, Cast(Broadcast(Reshape(i, [1, 4, 1]), [2, 4, 1]), DType.Float64)], 2),
        "permute" => (x, i) => Permute(x, [1, 2, 0]) * Cast(Reshape(i, [4, 1, 1]), DType.Float64),
        _ => throw new ArgumentException(name),
    };

    [Theory, MemberData(nameof(Middle))]
    public void Rows_are_what_the_function_gives_of_each(string name)
    {
        var f = Named(name);
        var (x, index) = (Numbers(1, 3, 2, 4, 3), Tensor<long>([0, 3, 3, 1, 2, 0, 1, 2, 3, 3, 0, 0], [3, 4]));
        foreach (var (a, b) in new (int?, int?)[] { (0, 0), (0, null), (null, 0) })
        {
            ImmutableArray<Node> given = [a is null ? x[1] : x, b is null ? index[1] : index];
            var rows = Vmap(v => [f(v[0], v[1])], [a, b])(given)[0];
            var gradient = Grad((ImmutableArray<Node> v) => Sum(Sin(Vmap(w => [f(w[0], w[1])], [a, b])([v[0], given[1]])[0])))([given[0]])[0];
            var expected = new double[given[0].Type.Count];
            for (var i = 0; i < 3; i++)
            {
                var (xi, bi) = (a is null ? given[0] : x[i], b is null ? given[1] : index[i]);
                Same(Read(f(xi, bi)), Read(rows[i]), $"{name}, row {i}");
                var g = Read(Grad((Node v) => Sum(Sin(f(v, bi))))(xi));
                for (var e = 0; e < g.Length; e++) expected[a is null ? e : i * g.Length + e] += g[e];
            }
            for (var e = 0; e < expected.Length; e++) Assert.Equal(expected[e], Read(gradient)[e], 1e-12);
        }
    }

    [Fact]
    public void A_wrong_index_of_one_row_reaches_no_other_row()
    {
        var x = Numbers(1, 2, 3);
        foreach (var wrong in new long[] { 3, -1, -3, 5 })
            Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate<double>(Vmap((v, i) => new Node(new Functional.Autograd.Primitives.Take(0), v, i))(x, Tensor<long>([0, wrong], [2, 1]))));
    }

    [Fact]
    public void Each_key_gives_its_own_numbers_and_a_shared_one_the_same()
    {
        var keys = Stack([Key(3), Key(4), Key(3)]);
        var each = Vmap(k => Normal(k, TensorType.Float64(5)))(keys);
        for (var i = 0; i < 3; i++) Assert.Equal(Read(Normal(Key(i == 1 ? 4 : 3), TensorType.Float64(5))), Read(each[i]));
        var shared = Vmap(v => v * Uniform(Key(7), TensorType.Float64(2)))(Numbers(1, 3, 2));
        Assert.Equal(Read(Numbers(1, 3, 2) * Uniform(Key(7), TensorType.Float64(2))), Read(shared));
        var split = Vmap(k => Uniform(SplitKey(k, 2)[1], TensorType.Float32(3)))(keys);
        Assert.Equal(Read(Uniform(SplitKey(Key(4), 2)[1], TensorType.Float32(3))), Read(split[1]));
    }

    [Fact]
    public void Axes_are_the_callers_choice()
    {
        var x = Numbers(2, 2, 3, 4);
        static Node F(Node v) => Sum(v * v, 0);
        Assert.Equal(Read(Stack([.. Enumerable.Range(0, 3).Select(i => F(x[.., i]))], 1)), Read(Vmap(F, axis: 1, outAxis: -1)(x)));
        Assert.Equal(Read(Stack([.. Enumerable.Range(0, 4).Select(i => F(x[.., .., i]))])), Read(Vmap(F, axis: -1)(x)));
        var outer = Vmap(a => Vmap(b => a * b)(Numbers(3, 2)))(Numbers(4, 3));
        Assert.Equal(Read(Unsqueeze(Numbers(4, 3), 1) * Numbers(3, 2)), Read(outer));
    }

    [Fact]
    public void What_does_not_depend_on_the_row_is_computed_once_and_repeated_where_it_is_a_result()
    {
        var w = Sin(Numbers(1, 4));
        ImmutableArray<Node> seen = [];
        var both = Vmap(x => seen = [x[0] * 2, w, Arange(2), x[1]], [0, null])([Numbers(2, 3), Numbers(5, 2)]);
        Assert.Equal(["float64[3]", "float64[3, 4]", "int64[3, 2]", "float64[3, 2]"], both.Select(y => y.Type.ToString()));
        Assert.Equal(Read(w), Read(both[1][2]));
        Assert.Same(w, seen[1]);
        Assert.Equal(Read(w * w * 2), Read(Vmap(x => [x[0] * x[1] * x[2]], [0, null, null])([Full(TensorType.Float64(3), 2), w, w])[0][1]));
        var cost = Vmap(v => v * Sum(Sin(w)))(Numbers(2, 3));
        using var numbering = Numbering.Begin();
        Assert.Single(Traversal.Order([cost], null, numbering), n => n.Op == Unary.Sin && n.Shape == w.Shape && n.Inputs[0] == w);
    }

    [Fact]
    public void Zero_rows_give_zero_results()
    {
        var none = Vmap(v => Sum(v * v))(Full(TensorType.Float64(0, 3), 1));
        Assert.Equal([0L], none.Shape);
        Assert.Empty(Read(none));
        Assert.Equal([0L, 3], Vmap(Grad((Node v) => MaxOver(v)))(Full(TensorType.Float64(0, 3), 1)).Shape);
    }

    [Fact]
    public void Rules_and_recomputation_are_batched_with_what_they_capture()
    {
        var x = Numbers(1, 3, 4);
        Node Ruled(Node v, Node scale) => WithRule("tripled", Sin(v) * scale, [v], (a, y, c) => [3 * c * a[0] * scale]);
        Node Again(Node v, Node scale) => Recompute(a => Sin(a[0] * scale) * scale, v);
        foreach (var f in new[] { Ruled, Again })
        {
            foreach (var scales in new[] { Numbers(2, 3), Full(TensorType.Float64(3), 1.5) })
            {
                var rows = Vmap((v, s) => f(v, s))(x, scales);
                var gradients = Vmap((v, s) => Grad((Node a) => Sum(f(a, s)))(v))(x, scales);
                var outside = Grad((Node a) => Sum(Vmap((v, s) => f(v, s))(a, scales)))(x);
                var along = Vmap((v, s) => Jvp(a => f(a, s), v, Cos(v)).Tangent)(x, scales);
                var second = Vmap((v, s) => Grad((Node a) => Sum(Sin(Grad((Node b) => Sum(f(b, s) * f(b, s)))(a))))(v))(x, scales);
                var ofScale = Grad((Node s) => Sum(Vmap((v, k) => f(v, k))(x, s)))(scales);
                for (var i = 0; i < 3; i++)
                {
                    var (v, s) = (x[i], scales[i]);
                    Same(Read(f(v, s)), Read(rows[i]), "value");
                    Same(Read(Grad((Node a) => Sum(f(a, s)))(v)), Read(gradients[i]), "gradient");
                    Same(Read(gradients[i]), Read(outside[i]), "gradient of the batch");
                    Same(Read(Jvp(a => f(a, s), v, Cos(v)).Tangent), Read(along[i]), "tangent");
                    Assert.Equal(Read(Grad((Node a) => Sum(Sin(Grad((Node b) => Sum(f(b, s) * f(b, s)))(a))))(v)).Select(d => Math.Round(d, 10)), Read(second[i]).Select(d => Math.Round(d, 10)));
                    Assert.Equal(Read(Grad((Node k) => Sum(f(v, k)))(s))[0], Read(ofScale)[i], 1e-12);
                }
            }
        }
        // The scale is shared: its gradient is that of all rows.
        foreach (var f in new[] { Ruled, Again })
            Assert.Equal(Enumerable.Range(0, 3).Sum(i => Read(Grad((Node s) => Sum(f(x[i], s)))(Scalar(0.5)))[0]), Read(Grad((Node s) => Sum(Vmap(v => f(v, s))(x)))(Scalar(0.5)))[0], 1e-12);
        // And so is an argument of the rule itself.
        Node Shared(Node v, Node w) => WithRule("product", v * w, [v, w], (a, y, c) => [c * a[1], c * a[0]]);
        Assert.Equal(Read(Sum(x, 0)), Read(Grad((Node w) => Sum(Vmap(v => Shared(v, w))(x)))(Numbers(3, 4))));
    }

    [Fact]
    public void Batches_are_compiled_and_compiled_functions_are_batched()
    {
        var x = Numbers(1, 3, 4);
        var run = Compile(v => [Vmap(Grad((Node a) => Sum(Sin(a) * a)))(v[0])], [x.Type]);
        var row = Compile(v => [Sin(v[0]) * v[0]], [TensorType.Float64(4)]);
        Assert.Equal(Read(Cos(x) * x + Sin(x)), Read(run([x])[0]).Select(v => v), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal(Read(Sin(x) * x), Read(Vmap(a => row([a])[0])(x)));
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        var x = Numbers(1, 3, 2);
        Assert.Equal("Vmap: argument 0 of type float64[] has no axis 0 along which its rows could lie; an axis of null shares it", Assert.Throws<ShapeException>(() => Vmap(Sin)(Scalar(1.0))).Message);
        Assert.Equal("Vmap: argument 0 of type float64[3, 2] has 3 rows along axis 0, and argument 1 of type float64[2] has 2 along axis 0", Assert.Throws<ShapeException>(() => Vmap((a, b) => a * b)(x, Numbers(1, 2))).Message);
        Assert.Equal("Vmap: no argument has rows; an axis other than null says along which they lie", Assert.Throws<ShapeException>(() => Vmap(v => v, [null])([x])).Message);
        Assert.Equal("Vmap: 1 axes for 2 arguments", Assert.Throws<ShapeException>(() => Vmap(v => v, [0])([x, x])).Message);
        Assert.Contains("Vmap: a value was demanded that depends on an argument of type float64[2]", Assert.Throws<InvalidOperationException>(() => Vmap(v => Read(v)[0] > 0 ? v : -v)(x)).Message);
        Assert.Equal("Vmap: axis 2 is out of range for float64[3, 2]", Assert.Throws<ShapeException>(() => Vmap(v => v, outAxis: 2)(x)).Message);
    }

    // Jacobians.

    [Fact]
    public void Jacobians_of_both_modes_are_one_matrix()
    {
        static Node F(Node v) => Stack([v[0] * v[1], Sin(v[2]), v[0] / v[1], Sum(v * v)]);
        var x = Tensor([1.5, 2.0, 0.5]);
        double[] expected = [2, 1.5, 0, 0, 0, Math.Cos(0.5), 0.5, -0.375, 0, 3, 4, 1];
        foreach (var jacobian in new[] { Jacobian(F), JacobianForward(F), JacobianReverse(F), Jacobian(v => Vmap(F)(Unsqueeze(v, 0))[0]) })
        {
            Assert.Equal([4L, 3], jacobian(x).Shape);
            Same(expected, Read(jacobian(x)), "Jacobian");
        }
        var matrices = Jacobian(v => MatMul(v, Transpose(v)))(Numbers(1, 2, 3));
        Assert.Equal([2L, 2, 2, 3], matrices.Shape);
        Same(Read(JacobianReverse(v => MatMul(v, Transpose(v)))(Numbers(1, 2, 3))), Read(JacobianForward(v => MatMul(v, Transpose(v)))(Numbers(1, 2, 3))), "matrices");
    }

    [Fact]
    public void A_Jacobian_is_one_pass_however_many_rows_it_has()
    {
        long Launches(long n)
        {
            var x = Numbers(1, 5);
            var jacobian = JacobianReverse(v => Sin(MatMul(Numbers(2, n, 5), v)))(x);
            return Planned.Of(jacobian).Launches.Length;
        }
        Assert.Equal(Launches(3), Launches(200));
    }

    [Fact]
    public void A_Hessian_over_a_batch_is_a_batch_of_Hessians()
    {
        static Node F(Node v) => Sum(Exp(v[0] * v[1]) + v[2] * v[2] * v[0]);
        var x = Numbers(3, 4, 3);
        var rows = Vmap(Hessian(F))(x);
        for (var i = 0; i < 4; i++)
        {
            var (a, b, c) = (Read(x[i])[0], Read(x[i])[1], Read(x[i])[2]);
            var e = Math.Exp(a * b);
            double[] expected = [b * b * e, e + a * b * e, 2 * c, e + a * b * e, a * a * e, 0, 2 * c, 0, 2 * a];
            for (var k = 0; k < 9; k++) Assert.Equal(expected[k], Read(rows[i])[k], 1e-13 * (1 + Math.Abs(expected[k])));
        }
    }
}
