using Functional.Autograd;
using Functional.Autograd.Plans;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

public class GraphTests
{
    private static Node Vector(params double[] values) => Tensor(values);

    [Fact]
    public void Mistakes_are_reported_at_once_and_name_the_operation_and_the_shapes()
    {
        var (a, b) = (Full(TensorType.Float64(2, 3), 1), Full(TensorType.Float64(4, 3), 1));
        Assert.Equal("Add: shapes [2, 3] and [4, 3] do not broadcast", Assert.Throws<ShapeException>(() => a + b).Message);
        Assert.Equal("MatMul: the inner sizes of float64[2, 3] and float64[4, 3] differ", Assert.Throws<ShapeException>(() => MatMul(a, b)).Message);
        Assert.Equal("Sum: axis 5 is out of range for float64[2, 3]", Assert.Throws<ShapeException>(() => Sum(a, [5])).Message);
        Assert.Equal("a size in shape [-1] is negative", Assert.Throws<ShapeException>(() => TensorType.Float64(-1)).Message);
        Assert.Contains("does not fit in 64 bits", Assert.Throws<ShapeException>(() => TensorType.Float64(1L << 40, 1L << 40)).Message);
        Assert.Contains("no identity", Assert.Throws<ShapeException>(() => MaxOver(Full(TensorType.Float64(0), 0))).Message);
        Assert.Contains("only floating-point tensors have derivatives", Assert.Throws<ShapeException>(() => Grad(x => Sum(x))(Arange(3))).Message);
        Assert.Contains("needs a function with one floating-point result", Assert.Throws<ShapeException>(() => Grad(x => x)(Vector(1, 2))).Message);
        Assert.Contains("has no value", Assert.Throws<InvalidOperationException>(() => Evaluate<double>(Node.Placeholder(TensorType.Float64(1)) + 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate<double>(Take(Vector(1, 2), 0, Tensor([5L]))));
        Assert.Throws<ArgumentException>(() => Evaluate<float>(Vector(1)));
        var run = Compile(x => x * 2, TensorType.Float64(3));
        Assert.Throws<ShapeException>(() => run([1, 2]));
    }

    [Fact]
    public void Zero_size_and_scalar_tensors_work()
    {
        var empty = Tensor<double>([], [0, 3]);
        Assert.Empty(Evaluate<double>(Exp(empty) * 2));
        Assert.Equal([0.0, 0, 0], Evaluate<double>(Sum(empty, [0])));
        Assert.Equal([1.0], Evaluate<double>(Prod(empty)));
        Assert.Equal(new double[6], Evaluate<double>(MatMul(Tensor<double>([], [2, 0]), Tensor<double>([], [0, 3]))));
        Assert.Empty(Evaluate<double>(Grad((Node x) => Sum(x * x))(empty)));
        Assert.Empty(Evaluate<double>(Concat([empty, empty])));
        Assert.Empty(Evaluate<double>(Softmax(empty)));
        Assert.Empty(Evaluate<double>(Sort(empty, 1).Values));
        Assert.Equal([6.0], Evaluate<double>(Grad((Node x) => x * x)(Tensor<double>([3], Dims.Empty))));
    }

    [Fact]
    public void Of_a_node_that_is_given_twice_both_tangents_count()
    {
        var v = Vector(3);
        Assert.Equal([12.0], Evaluate<double>(Tangent.Of([v * v], [v, v], [Vector(1), Vector(1)])[0]!));
        Assert.Equal([12.0], Evaluate<double>(Gradient.Of([v * v], [Vector(1)], [v, v]) is var g ? g[0]! + g[1]! : v));
    }

    [Fact]
    public void NaN_and_infinity_propagate()
    {
        var x = Vector(double.NaN, double.PositiveInfinity, double.NegativeInfinity);
        Assert.Equal([double.NaN, double.PositiveInfinity, 0.0], Evaluate<double>(Exp(x)));
        Assert.Equal([double.NaN], Evaluate<double>(MaxOver(x)));
        Assert.Equal([double.NaN, double.PositiveInfinity, 0.0], Evaluate<double>(Relu(x)));
        Assert.Equal([double.NaN, double.NaN, double.NaN], Evaluate<double>(x * 0));
        Assert.Equal([double.NaN, 1.0, -1.0], Evaluate<double>(Tanh(x)));
    }

    [Fact]
    public void A_graph_of_a_million_nodes_lives_on_a_small_stack()
    {
        WeakReference? collected = null;
        void Work()
        {
            Node x = Tensor([0.5, 0.25]);
            var y = x;
            for (var i = 0; i < 1_000_000; i++) y += x;
            var gradient = Gradient.Of([y], [Full(y.Type, 1)], [x])[0]!;
            Assert.Equal([1_000_001.0, 1_000_001.0], Evaluate<double>(gradient));
            Assert.Equal(500_000.5, Evaluate<double>(y)[0], 6);
            Assert.Contains("earlier nodes", Listing.Of(y));
            collected = new WeakReference(y);
        }

        Tests.SmallStack.Run(Work);
        PlanCache.Clear();
        GC.Collect();
        Assert.False(collected!.IsAlive);
    }

    [Fact]
    public void Sixty_doublings_take_linear_time()
    {
        Node x = Vector(1, 2);
        var y = x;
        for (var i = 0; i < 60; i++) y += y;
        Assert.Equal([Math.ScaleB(1, 60), Math.ScaleB(1, 61)], Evaluate<double>(y));
        Assert.Equal(Math.ScaleB(1, 60), Evaluate<double>(Gradient.Of([y], [Full(y.Type, 1)], [x])[0]!)[0]);
    }

    [Fact]
    public void Threads_share_graphs()
    {
        Node x = Tensor([.. Enumerable.Range(0, 1000).Select(i => i / 1000.0)]);
        var shared = Sin(x) * Exp(x);
        var expected = Evaluate<double>(Grad((Node v) => Sum(Sin(v) * Exp(v) * Cos(v)))(x));
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 20; i++)
            {
                var y = Sum(shared * Cos(x));
                var gradient = Evaluate<double>(Gradient.Of([y], [Full(y.Type, 1)], [x])[0]!);
                for (var k = 0; k < gradient.Length; k++) Assert.Equal(expected[k], gradient[k], 12);
            }
        });
    }

    [Fact]
    public void Equal_structures_share_a_plan_and_varying_numbers_do_not_matter()
    {
        PlanCache.Clear();
        for (var i = 0; i < 20; i++) Evaluate<double>(Vector(1, 2, 3) * (3.25 + i) + (0.3 + i) * 0.7);
        Assert.Equal(1, PlanCache.Misses);
        Assert.Equal(19, PlanCache.Hits);
        Evaluate<double>(Vector(1, 2, 3, 4) * 3.75 + 0.3);
        Evaluate<double>(Vector(1, 2, 3, 4, 5) * 3.75 + 0.3);
        Assert.Equal("known operations, new shapes", PlanCache.LastMissReason);
        var x = Vector(1, 2);
        var y = Vector(3, 4);
        Assert.Equal([1.0, 4], Evaluate<double>(x * x));
        Assert.Equal([3.0, 8], Evaluate<double>(x * y));
    }

    [Fact]
    public void Compiled_functions_run_without_planning()
    {
        var run = Compile(x => Sum(Sin(x) * x), TensorType.Float64(2));
        var misses = PlanCache.Misses;
        Assert.Equal(0.5 * Math.Sin(0.5) + Math.Sin(1), run([0.5, 1])[0], 14);
        Assert.Equal(2 * Math.Sin(2) + 3 * Math.Sin(3), run([2, 3])[0], 14);
        Assert.Equal(misses, PlanCache.Misses);
    }

    [Fact]
    public void Perturbations_of_nested_derivatives_are_not_confused()
    {
        // d/dx (x · d/dy (x + y)) = 1, and one level deeper.
        var x = Tensor<double>([2], Dims.Empty);
        Assert.Equal(1, Evaluate<double>(Grad((Node v) => v * Grad((Node y) => v + y)(Tensor<double>([3], Dims.Empty)))(x))[0]);
        Assert.Equal(1, Evaluate<double>(Grad((Node v) => v * Grad((Node y) => y * Grad((Node z) => v + y + z)(v))(Tensor<double>([3], Dims.Empty)))(x))[0]);
    }

    [Fact]
    public void Gradients_find_intermediate_nodes_again()
    {
        var x = Tensor<double>([1, 2, 3, 4], [2, 2]);
        (Node Middle, Func<Node, Node> Onwards)[] pieces =
        [
            (Reshape(x, [4]), h => Reshape(h, [1, 4])), (Transpose(x), h => Transpose(h)), (Broadcast(Reshape(x, [1, 2, 2]), [3, 2, 2]), h => Broadcast(h, [2, 3, 2, 2])),
            (-x, h => -h), (x * 1.5, h => h * 1), (Cast(x, DType.Float32), h => Cast(h, DType.Float64)),
        ];
        foreach (var (middle, onwards) in pieces)
        {
            var y = onwards(middle);
            Assert.NotNull(Gradient.Of([y], [Full(y.Type, 1)], [middle])[0]);
        }
    }

    [Fact]
    public void Graphs_have_texts()
    {
        var x = Node.Placeholder(TensorType.Float32(2));
        var y = Sin(x) * x;
        Assert.Equal("%0 = Input : float32[2]\n%1 = Sin(%0) : float32[2]\n%2 = Mul(%1, %0) : float32[2]\n", Listing.Of(y));
        Assert.Contains("n1 -> n2;", Listing.Graphviz(y));
        Assert.Contains("n0 --> n2", Listing.Mermaid(y));
        Assert.Equal("Mul : float32[2]", y.ToString());
    }

    [Fact]
    public void Recomputation_changes_no_value()
    {
        var x = Vector(0.3, 0.7);
        static Node F(Node v) => Sum(Tanh(Sin(v) * v));
        Assert.Equal(Evaluate<double>(Grad((Node v) => F(v))(x)), Evaluate<double>(Grad((Node v) => Recompute(w => F(w[0]), v))(x)));
    }

    [Fact]
    public void Keys_give_the_published_random_words()
    {
        // The known answer of Threefry-2x32-20 for a zero key and counter.
        var words = Evaluate<long>(new Node(new Functional.Autograd.Primitives.RandomBits([2]), Tensor([0L, 0L])));
        Assert.Equal([0x6b200159L, 0x99ba4efeL], words);
        var normal = Evaluate<double>(Normal(Key(1), TensorType.Float64(20000)));
        Assert.Equal(0, normal.Average(), 1);
        Assert.Equal(1, Math.Sqrt(normal.Average(v => v * v)), 1);
        Assert.Equal(normal, Evaluate<double>(Normal(Key(1), TensorType.Float64(20000))));
    }

    [Fact]
    public void Parts_are_indexed_and_replaced_in_a_new_tensor()
    {
        var x = Tensor(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Assert.Equal([4.0, 5, 6], Evaluate<double>(x[1]));
        Assert.Equal([4.0, 5, 6], Evaluate<double>(x[-1]));
        Assert.Equal([6.0], Evaluate<double>(x[^1, ^1]));
        Assert.Equal([2.0, 5], Evaluate<double>(x[.., 1]));
        Assert.Equal([5.0, 6], Evaluate<double>(x[1.., ^2..]));
        Assert.Equal([1L, 2], x[1.., ^2..].Shape);
        Assert.Equal([0L, 3], x[2..].Shape);
        Assert.Equal([1.0, 9, 3, 4, 9, 6], Evaluate<double>(x.At(.., 1).Set(9)));
        Assert.Equal([1.0, 2, 3, 14, 25, 36], Evaluate<double>(x.At(1).Add(Tensor([10.0, 20, 30]))));
        Assert.Equal([1.0, 2, 3, 4, 5, 6], Evaluate<double>(x));
        Assert.Equal([0.0, 1, 0, 2, 2, 2], Evaluate<double>(Grad((Node v) => Sum(v.At(0, 0..3).Set(Tensor([1.0, 1, 1]) * v[0, 1]) * Tensor(new double[,] { { 0, 1, 0 }, { 2, 2, 2 } })))(x)));
        Assert.Equal("2 is out of range for axis 0 of float64[2, 3]", Assert.Throws<ShapeException>(() => x[2]).Message);
        Assert.Equal("-4 is out of range for axis 1 of float64[2, 3]", Assert.Throws<ShapeException>(() => x[0, -4]).Message);
        Assert.Equal("^4 is out of range for axis 1 of float64[2, 3]", Assert.Throws<ShapeException>(() => x[0, ^4]).Message);
        Assert.Equal("-2147483648 is out of range for axis 0 of float64[2, 3]", Assert.Throws<ShapeException>(() => x[int.MinValue]).Message);
        Assert.Equal("2..1 is out of range for axis 1 of float64[2, 3]", Assert.Throws<ShapeException>(() => x[0, 2..1]).Message);
        Assert.Equal("3 indices for float64[2, 3], which has 2 axes", Assert.Throws<ShapeException>(() => x[0, 0, 0]).Message);
        Assert.Equal("At: float64[] does not fit into int64[3]; cast it first", Assert.Throws<ShapeException>(() => Arange(3).At(0).Set(1.5)).Message);
        Assert.Equal("At: shapes [2] and [3] do not broadcast", Assert.Throws<ShapeException>(() => x.At(0).Set(Tensor([1.0, 2]))).Message);
        Assert.Equal("At: float64[1] does not broadcast to [], a part of float64[2, 3]", Assert.Throws<ShapeException>(() => x.At(0, 0).Set(Tensor([1.0]))).Message);
    }

    [Fact]
    public void Positions_in_tensors_are_taken_when_it_is_computed()
    {
        var x = Cast(Reshape(Arange(24), [2, 3, 4]), DType.Float64);
        Node i = Scalar(1, DType.Int64), j = Scalar(-1, DType.Int64), rows = Tensor<long>([2, 0, 2], [3]);
        Assert.Equal(Evaluate<double>(x[1]), Evaluate<double>(x[i]));
        Assert.Equal(Evaluate<double>(x[.., ^1]), Evaluate<double>(x[.., j]));
        Assert.Equal([23.0], Evaluate<double>(x[i, j, ^1]));
        Assert.Equal([3L, 2], x[1, rows, 1..3].Shape);
        Assert.Equal([21.0, 22, 13, 14, 21, 22], Evaluate<double>(x[1, rows, 1..3]));
        Assert.Equal([9.0, 1, 9], Evaluate<double>(x[0, rows, i]));
        Assert.Equal([13.0, 15], Evaluate<double>(x[i, .., Tensor<long>([1, 3], [2])][0]));
        Assert.Equal(Evaluate<double>(x.At(1, 2, 3).Set(-1)), Evaluate<double>(x.At(i, j, j).Set(-1)));
        Assert.Equal(Evaluate<double>(x.At(1, .., 1..3).Add(5)), Evaluate<double>(x.At(i, .., 1..3).Add(5)));
        // What occurs twice is added twice.
        Assert.Equal([1.0, 0, 2], Evaluate<double>(Zeros(3).At(rows).Add(1)));
        Assert.Equal([0.0, 0, 3, 0, 0, 3], Evaluate<double>(Zeros([2, 3]).At(.., Tensor<long>([2, 2], [2])).Add(Tensor([1.0, 2]))));
        Assert.Equal([0.0, 0, 0, 10, 0, 20], Evaluate<double>(Zeros([2, 3]).At(i, rows).Add(10)));
        Assert.Equal(Evaluate<double>(Grad((Node v) => Sum(Take(v[1], 0, rows) * Take(v[0], 0, rows)))(x)), Evaluate<double>(Grad((Node v) => Sum(v[i, rows] * v[0, rows]))(x)));
        Assert.Equal([1.0, 5, 9], Evaluate<double>(Vmap((Node row, Node k) => row[k])(x[0], Tensor<long>([1, 1, 1], [3]))));
        var written = Scan((c, k) => (c.At(k, k).Set(Cast(k + 1, DType.Float64)).At(k, 0).Add(10), default(ValueTuple)), Zeros([3, 3]), Arange(3)).Carry;
        Assert.Equal([11.0, 0, 0, 10, 2, 0, 10, 0, 3], Evaluate<double>(written));
        Assert.Equal("of the indices of float64[2, 3, 4], int64[3] and int64[3] have axes, and one may; Gather takes element by element", Assert.Throws<ShapeException>(() => x[.., rows, rows]).Message);
        Assert.Contains("integer", Assert.Throws<ShapeException>(() => x[Scalar(1.0)]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate<double>(x[Scalar(2, DType.Int64)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate<double>(x.At(Scalar(2, DType.Int64)).Set(0)));
    }
}
