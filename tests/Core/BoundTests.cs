using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Sizes, places and labels that a caller may choose freely: what does not fit is told by name, and no memory is touched.</summary>
public class BoundTests
{
    private static readonly long[] Huge = [1L << 32, 1L << 61, 1L << 62, long.MaxValue - 1, long.MaxValue];

    private static Node V(params double[] values) => Tensor(values);

    private static void Misfit(Func<Node> make, string? message = null)
    {
        var error = Assert.Throws<ShapeException>(make);
        if (message is not null) Assert.Equal(message, error.Message);
    }

    private static void OutOfRange(Node node) =>
        Assert.Contains("is out of range for an axis of", Assert.Throws<ArgumentOutOfRangeException>(() => Evaluator.Force([node])).Message);

    [Fact]
    public void A_tensor_without_elements_may_be_long_elsewhere()
    {
        var x = Tensor<int>([], [long.MaxValue, 0, 2, 4]);
        Assert.Empty(Evaluate<float>(Cast(x, DType.Float32)));
        Assert.Empty(Evaluate<int>(Flip(Permute(x, [2, 0, 3, 1]), 0, 1)));
    }

    [Fact]
    public void A_leaf_is_filled_by_its_buffer()
    {
        TensorBuffer Two(DType dtype = DType.Float64) => Backend.Default.Upload<double>([1.0, 2.0], dtype);
        Assert.Equal([3.0], Evaluate<double>(Sum(Node.Leaf(Two(), [2, 1]))));
        Misfit(() => Node.Leaf(Two(), [4000]), "2 elements of float64 are no value of type float64[4000]");
        Misfit(() => Node.Leaf(Two(), [1L << 28]));
        Misfit(() => Node.Leaf(Two(), []));
        Misfit(() => Node.Leaf(Two(), [0]));
        Misfit(() => Node.Leaf(Two(), [-2]));
        Misfit(() => Node.Leaf(Two(DType.Int64), TensorType.Float64(2)), "2 elements of int64 are no value of type float64[2]");
        Misfit(() => Node.Leaf(Backend.Default.Scalar(DType.Float64, 0), [2]));
        // Nor does a computed value enter a node of another type.
        Assert.Throws<ShapeException>(() => (V(1, 2, 3) + 1).Memoise(Two()));
    }

    [Fact]
    public void Boxes_lie_within_their_tensors_however_large_the_steps()
    {
        var (x, bytes, nine) = (V(1, 2, 3), Tensor(new byte[20]), Tensor(new byte[9]));
        foreach (var step in Huge)
        {
            foreach (var size in (long[])[2, 3, 4, 5, 9, 17, 1L << 32, (1L << 32) + 1])
            {
                Misfit(() => Slice(x, [0], [size], step));
                Misfit(() => new Node(new Slice([1], [size], step), x));
                Misfit(() => Slice(bytes, [0], [size], step));
                Misfit(() => new Node(new Windows(0, size, 1, step), x));
                Misfit(() => new Node(new Windows(0, size, step, step), bytes));
            }
            Misfit(() => Insert(bytes, nine, [0], step));
            Misfit(() => new Node(new Pad([20], [0], step), nine));
            Misfit(() => Slice(x, step, [1]));
            Misfit(() => Slice(x, step, [3]));
            Misfit(() => Insert(x, V(7), step, [1]));
            Misfit(() => new Node(new Pad([20], step, [1]), nine));
            Misfit(() => new Node(new Fold(new Windows(0, 2, step, 1), 20), V(1, 2, 3, 4) is var v ? Reshape(v, [2, 2]) : x));
            Misfit(() => new Node(new Fold(new Windows(0, 2, 1, step), 3), Reshape(V(1, 2, 3, 4), [2, 2])));
            // The distance to the next of one element says nothing.
            Assert.Equal([2.0], Evaluate<double>(Slice(x, [1], [1], step)));
            Assert.Empty(Evaluate<double>(Slice(x, [1], [0], step)));
            Assert.Equal([1.0, 9, 3], Evaluate<double>(Insert(x, V(9), [1], step)));
            Assert.Equal([0.0, 1, 0], Evaluate<double>(Grad((Node v) => Sum(Slice(v, [1], [1], step)))(x)));
            Assert.Equal([2.0, 2, 2], Evaluate<double>(Broadcast(Slice(x, [1], [1], step), [3])));
            Assert.Equal([2.0], Evaluate<double>(Flip(Slice(Slice(x, [1], [1], step), [0], [1], step), 0)));
            Assert.Equal([1.0, 2, 3], Evaluate<double>(new Node(new Windows(0, 1, 1, step), x)));
            Assert.Equal([1.0, 2, 3], Evaluate<double>(new Node(new Windows(0, 3, step, 1), x)));
            Assert.Equal([1.0], Evaluate<double>(SliceAxis(x, 0, 0, 3, step)));
            Assert.Empty(Evaluate<double>(SliceAxis(x, 0, 3, 0, step)));
            Misfit(() => SliceAxis(x, 0, 0, step));
            Misfit(() => SliceAxis(x, 0, step - 1, long.MaxValue, step));
        }
    }

    [Fact]
    public void Steps_are_positive()
    {
        var x = V(1, 2, 3);
        foreach (var step in (long[])[0, -1, long.MinValue])
        {
            Misfit(() => SliceAxis(x, 0, 0, 3, step), $"SliceAxis: the step {step} of float64[3] along axis 0 is not positive");
            Misfit(() => Slice(x, [0], [1], step));
            Misfit(() => new Node(new Windows(0, 1, step, 1), x));
            Misfit(() => new Node(new Windows(0, 1, 1, step), x));
            Misfit(() => new Node(new Fold(new Windows(0, 2, step, 1), 3), Reshape(V(1, 2, 3, 4), [2, 2])));
            Misfit(() => new Node(new Fold(new Windows(0, 2, 1, step), 3), Reshape(V(1, 2, 3, 4), [2, 2])));
        }
    }

    [Fact]
    public void A_box_of_the_whole_size_begins_at_the_beginning()
    {
        var (x, part) = (V(1, 2, 3), V(7, 8, 9));
        Assert.Equal([7.0, 8, 9], Evaluate<double>(Insert(x, part, [0], [1])));
        Assert.Same(x, Slice(x, [0], [3], [1]));
        Misfit(() => Insert(x, part, [1], [1]));
        Misfit(() => Insert(x, part, [0], [0]));
        Misfit(() => Insert(x, part, [0], [2]));
        Misfit(() => Insert(x, part, [0, 5, 6], [0]));
        Misfit(() => Slice(x, [1], [3]));
        Misfit(() => Slice(x, [0], [3], [2]));
        Misfit(() => Slice(x, [0], [3], [1, 1]));
        Misfit(() => PadTo(x, [3], [1], [1]));
        Misfit(() => PadTo(x, [3], [0], [2]));
        // Nothing, and single elements, lie anywhere that is inside.
        Assert.Equal([4.0], Evaluate<double>(Insert(V(1), V(4), [0], [5])));
        Misfit(() => Insert(V(1), V(4), [1], [1]));
    }

    [Fact]
    public void Fold_takes_the_windows_that_its_length_has()
    {
        var two = Reshape(V(1, 2, 3, 4), [2, 2]);
        Assert.Equal([1.0, 5, 4], Evaluate<double>(new Node(new Fold(new Windows(0, 2, 1, 1), 3), two)));
        Assert.Equal([2L, 2], Grad((Node x) => Sum(Square(new Node(new Fold(new Windows(0, 2, 2, 1), 4), x))))(two).Shape);
        Misfit(() => new Node(new Fold(new Windows(0, 2, 2, 1), 6), two), "Fold(Windows(axis 0, size 2, stride 2, dilation 1), 6) does not fit float64[2, 2]");
        Misfit(() => new Node(new Fold(new Windows(0, 2, 1, 1), 2), two));
        Misfit(() => new Node(new Fold(new Windows(-1, 2, 1, 1), 3), two));
        Misfit(() => new Node(new Fold(new Windows(1, 2, 1, 1), 3), two));
        Misfit(() => new Node(new Fold(new Windows(0, 3, 1, 1), 3), two));
    }

    [Fact]
    public void An_axis_is_reversed_once()
    {
        var x = V(1, 2, 3);
        Misfit(() => Flip(x, 0, 0), "Flip([0, 0]) does not fit float64[3]");
        Misfit(() => Flip(x, 0, -1));
        Misfit(() => new Node(new Flip([1, 0]), Reshape(x, [3, 1])));
        Misfit(() => new Node(new Flip([-1]), x));
        Assert.Equal([3.0, 2, 1], Evaluate<double>(Flip(Reshape(x, [1, 3]), 1, 0)));
    }

    [Fact]
    public void Triangles_take_any_diagonal()
    {
        var x = Full(TensorType.Float64(3, 2), 1);
        foreach (var far in (long[])[3, long.MaxValue])
        {
            Assert.Equal(6, Evaluate<double>(Sum(Tril(x, far)))[0]);
            Assert.Equal(0, Evaluate<double>(Sum(Triu(x, far)))[0]);
            Assert.Equal(0, Evaluate<double>(Sum(Tril(x, -far)))[0]);
            Assert.Equal(6, Evaluate<double>(Sum(Triu(x, -far)))[0]);
        }
        Assert.Equal(6, Evaluate<double>(Sum(Triu(x, long.MinValue)))[0]);
        Assert.Equal([1.0, 0, 1, 1, 1, 1], Evaluate<double>(Tril(x)));
        Assert.Equal([1.0, 1, 0, 1, 0, 0], Evaluate<double>(Triu(x)));
        Assert.Equal([1.0, 1, 1, 1, 0, 1], Evaluate<double>(Triu(x, -1)));
    }

    [Fact]
    public void Labels_and_elements_places_do_not_count_from_the_end()
    {
        var scores = Tensor(new[,] { { -1.0, -2, -3 } });
        Assert.Equal([2.0], Evaluate<double>(NllLoss(scores, Tensor([1L]))));
        foreach (var wrong in (long[])[-1, -3, -100, 3, long.MaxValue, long.MinValue])
        {
            var label = Tensor([wrong]);
            OutOfRange(NllLoss(scores, label));
            OutOfRange(CrossEntropy(scores, label));
            OutOfRange(Grad((Node x) => CrossEntropy(x, label))(scores));
            OutOfRange(OneHot(Tensor([0L, wrong, 2]), 3));
            OutOfRange(Gather(scores, 1, Reshape(label, [1, 1])));
            OutOfRange(ScatterAlong(scores, 1, Reshape(label, [1, 1]), scores, add: false));
            OutOfRange(ScatterAlong(scores, 1, Reshape(label, [1, 1]), scores, add: true));
        }
        Assert.Equal([0L, 0, 1, 1, 0, 0], Evaluate<long>(OneHot(Tensor([2, 0]), 3)));
        Assert.Equal([2L, 0], OneHot(Tensor<long>([], [2, 0]), 0).Shape[..2]);
        Assert.Empty(Evaluate<long>(OneHot(Tensor<long>([], [0]), 0)));
        OutOfRange(OneHot(Tensor([0L]), 0));
        Misfit(() => OneHot(V(1), 3), "OneHot: an index must be of an integer type, not float64[1]");
        // Rows do, as in NumPy.
        Assert.Equal([3.0, 1], Evaluate<double>(Take(V(1, 2, 3), 0, Tensor([-1L, -3]))));
        OutOfRange(Take(V(1, 2, 3), 0, Tensor([-4L])));
    }

    [Fact]
    public void An_op_that_is_changed_has_the_type_the_hash_and_the_kernel_of_the_change()
    {
        var key = Key(7);
        Assert.Equal([5L], new Node(new RandomBits([3]) with { Shape = [5] }, key).Shape);
        // A hash that is known is not that of the copy.
        Op[] ops = [new RandomBits([5]), new Slice([0], [2], [1]), new Reduce(Combine.Sum, [0]), new Literal(DType.Float64, 5), new Flip([0])];
        Op[] changed = [new RandomBits([3]), new Slice([1], [2], [1]), new Reduce(Combine.Max, [0]), new Literal(DType.Float64, 4), new Flip([1])];
        Assert.All(changed, op => Assert.NotEqual(0, op.Hash));
        Op[] copies = [(RandomBits)changed[0] with { Shape = [5] }, (Slice)changed[1] with { Start = [0] }, (Reduce)changed[2] with { How = Combine.Sum }, (Literal)changed[3] with { Bits = 5 }, (Flip)changed[4] with { Axes = [0] }];
        for (var k = 0; k < ops.Length; k++)
        {
            Assert.Equal(ops[k], copies[k]);
            Assert.Equal(ops[k].Hash, copies[k].Hash);
        }
    }

    [Fact]
    public void A_quotient_has_a_slope_where_the_reciprocal_of_its_divisor_overflows()
    {
        // PyTorch 2.6: 1e29.
        Node F(Node a) => Sum(Tensor([1e-10f]) * (a / Tensor([1e-39f])));
        Assert.Equal(1e29f, Evaluate<float>(Grad(F)(Tensor([1f])))[0], 1e24f);
        Assert.Equal(1e29f, Evaluate<float>(Jvp(a => a / Tensor([1e-39f]), Tensor([1f]), Tensor([1e-10f])).Tangent)[0], 1e24f);
        foreach (var (log, factor) in new (Func<Node, Node>, double)[] { (Log, 1), (Log2, Math.Log(2)), (Log10, Math.Log(10)) })
        {
            Node G(Node a) => Sum(Tensor([1e-10f]) * log(a));
            Assert.Equal(1e29 / factor, Evaluate<float>(Grad(G)(Tensor([1e-39f])))[0], 1e24);
            Assert.Equal(1e29 / factor, Evaluate<float>(Jvp(log, Tensor([1e-39f]), Tensor([1e-10f])).Tangent)[0], 1e24);
        }
        // Nothing times an infinite slope is still nothing there.
        Assert.Equal([0f], Evaluate<float>(Grad((Node a) => Sum(Tensor([0f]) * Log(a)))(Tensor([1e-39f]))));
        Assert.Equal([double.PositiveInfinity], Evaluate<double>(Grad((Node a) => Sum(a / V(0)))(V(1))));
        Assert.Equal([0.0], Evaluate<double>(Grad((Node a) => Sum(a / V(double.PositiveInfinity)))(V(1))));
    }

    [Fact]
    public void A_sum_begins_with_zero_however_it_is_computed()
    {
        var minus = V(-0.0);
        Node Row(Node x) => Reshape(x, [1, x.Type.Count]);
        Func<Node, Node>[] sums =
        [
            x => Sum(x), x => Mean(x), x => Sum(Row(x), [0]), x => Sum(Row(x), [1]), x => CumSum(x, 0), x => MatMul(x, Full(x.Type, 1)), x => MatMul(Row(x), Reshape(Full(x.Type, 1), [x.Type.Count, 1])),
            x => new Node(new Fold(new Windows(0, 1, 1, 1), x.Type.Count), Reshape(x, [x.Type.Count, 1])), x => Sum(x + minus), x => Einsum("i,i->", x, Full(x.Type, 1)),
        ];
        foreach (var dtype in (DType[])[DType.Float64, DType.Float32])
            foreach (var sum in sums)
            {
                double[] Signs(Node y) => Evaluate<double>(1 / Cast(y, DType.Float64));
                Assert.All(Signs(sum(Cast(minus, dtype))), s => Assert.Equal(double.PositiveInfinity, s));
                Assert.All(Signs(sum(Cast(V(-0.0, -0.0), dtype))), s => Assert.Equal(double.PositiveInfinity, s));
                // Beside larger work the same sum is part of a plan.
                var beside = sum(Cast(minus, dtype));
                Evaluator.Force([beside, Sin(V(1, 2, 3))]);
                Assert.All(Signs(beside), s => Assert.Equal(double.PositiveInfinity, s));
            }
        // What adds nothing keeps the sign, as in PyTorch.
        Assert.Equal([double.NegativeInfinity], Evaluate<double>(1 / Prod(minus)));
        Assert.Equal([double.NegativeInfinity], Evaluate<double>(1 / MaxOver(minus)));
    }
}
