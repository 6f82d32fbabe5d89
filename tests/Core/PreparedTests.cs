using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Plans;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

public class PreparedTests
{
    private static double[] Numbers(long n, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)n).Select(_ => random.NextDouble() - 0.5)];
    }

    private static Node Rosenbrock(Node x)
    {
        var n = (int)x.Shape[0];
        var (a, b) = (SliceAxis(x, 0, 0, n - 1), SliceAxis(x, 0, 1, n));
        return Sum(100 * Square(b - a * a) + Square(1 - a));
    }

    private static Node Network(ImmutableArray<Node> p) => Mean(Square(MatMul(Tanh(MatMul(p[2], p[0]) + p[1]), p[3]) - Sin(p[2])));

    private static readonly ImmutableArray<TensorType> Layers = [TensorType.Float64(3, 17), TensorType.Float64(17), TensorType.Float64(100, 3), TensorType.Float64(17, 3)];

    private static readonly Node Data = Tensor<double>(Numbers(30, 9));

    private static ImmutableArray<Node> Together(ImmutableArray<Node> x) => [MaxOver(x[0], [0]), Prod(x[0] + 1), Sum(x[0], [1]), Where(x[0] > 0, x[0], Exp(x[0])), Concat([x[0], x[0]], 1), CumSum(x[0], 0), x[0], Scalar(3.0)];

    private static Node Newton(Node a) => While(c => Abs(c * c - a) > 1e-14, c => (c + a / c) / 2, Scalar(1.0), atMost: 50);

    // Whether a run leaves no garbage is said of each.
    private static readonly Dictionary<string, (Func<ImmutableArray<Node>, ImmutableArray<Node>> F, ImmutableArray<TensorType> Types, bool Clean)> Programs = new()
    {
        ["gradient of 30 variables"] = (x => [Grad(Rosenbrock)(x[0])], [TensorType.Float64(30)], true),
        ["gradient of a network"] = (x => Grad(Network)(x), Layers, true),
        ["reductions of all kinds"] = (Together, [TensorType.Float64(9, 150)], true),
        ["long columns"] = (x => [Sum(Exp(x[0]), [0]), Sum(Cast(x[0], DType.Float32), [0])], [TensorType.Float64(300, 7)], true),
        ["many terms for one kernel"] = (x => [Concat([.. Enumerable.Range(0, 100).Select(k => CumSum(x[0] + k, 0))])], [TensorType.Float64(5)], true),
        ["what was captured"] = (x => [Data * x[0], Sum(Data + x[0]), Data], [TensorType.Float64(30)], true),
        ["a choice of rows"] = (x => [Take(x[0], 0, Tensor<long>([2, 0, 2]))], [TensorType.Float64(3, 4)], true),
        ["the second derivative of a loop"] = (x => [Grad((Node v) => Sum(Grad((Node u) => Sum(Scan((h, e) => Tanh(h * e) is var next ? (next, next) : default, u, Full(TensorType.Float64(6, 5), 0.3) * u).Outputs))(v)))(x[0])], [TensorType.Float64(5)], true),
        ["a search for a root"] = (x => [Grad(Newton)(x[0] + 2)], [TensorType.Float64()], true),
        ["a choice of functions"] = (x => [Cond(Sum(x[0]) > 0, u => Log(u * u), u => u - 1, x[0])], [TensorType.Float64(4)], true),
        ["sorting"] = (x => [Sort(x[0]).Values], [TensorType.Float64(20)], false),
        ["work for several threads"] = (x => [Sum(Exp(x[0]), [0]), MatMul(x[0], Transpose(x[0]))], [TensorType.Float64(600, 400)], false),
        ["nothing"] = (x => [Sum(x[0]), x[0] + 1], [TensorType.Float64(0, 3)], true),
        ["constants alone"] = (x => [Scalar(2.0), Zeros([3])], [TensorType.Float64(2)], true),
    };

    public static TheoryData<string> Names => [.. Programs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_prepared_function_gives_the_bits_of_the_compiled_one(string name)
    {
        var (f, types, _) = Programs[name];
        var compiled = Compile(f, types);
        using var prepared = Prepare(f, types);
        Assert.Equal(types, prepared.Arguments);
        for (var seed = 0; seed < 3; seed++)
        {
            double[][] given = [.. types.Select((t, k) => Numbers(t.Count, 10 * seed + k))];
            ImmutableArray<Node> expected = compiled([.. types.Select((t, k) => Tensor<double>(given[k], t.Shape))]);
            for (var k = 0; k < given.Length; k++) given[k].CopyTo(prepared.Argument<double>(k));
            prepared.Run();
            Assert.Equal(expected.Select(y => y.Type), prepared.Results);
            for (var k = 0; k < expected.Length; k++)
                if (expected[k].DType == DType.Float64) Assert.Equal(Evaluate<double>(expected[k]), prepared.Result<double>(k));
                else Assert.Equal(Evaluate<float>(expected[k]), prepared.Result<float>(k));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_leaves_no_garbage(string name)
    {
        var (f, types, clean) = Programs[name];
        if (!clean) return;
        using var prepared = Prepare(f, types);
        for (var k = 0; k < types.Length; k++) Numbers(types[k].Count, k).CopyTo(prepared.Argument<double>(k));
        Assert.Equal(0, Garbage(prepared.Run));
    }

    [Fact]
    public void A_gradient_between_spans_leaves_no_garbage()
    {
        using var gradient = Prepare(Grad(Rosenbrock), TensorType.Float64(30));
        var (x, g) = (Numbers(30, 1), new double[30]);
        Assert.Equal(0, Garbage(() => gradient.Run<double>(x, g)));
        Assert.Equal(Evaluate<double>(Grad(Rosenbrock)(Tensor(x))), g);
        var expected = Evaluate<double>(Grad(Rosenbrock)(Tensor(x)));
        gradient.Run<double>(x, x);
        Assert.Equal(expected, x);
    }

    // What the compiler of the runtime allocates while code is new is not the run's.
    private static long Garbage(Action run)
    {
        var garbage = 1L;
        for (var attempt = 0; attempt < 10 && garbage != 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10_000; i++) run();
            garbage = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        return garbage;
    }

    [Fact]
    public void Every_element_type_is_written_and_read_as_it_is()
    {
        using var all = Prepare(x => [Not(x[0]), x[1] + x[1], x[2] + 1, x[3] * 2, Cast(x[4], DType.Float32), Cast(x[0], DType.Int64)],
            [new(DType.Bool, 3), new(DType.UInt8, 2), new(DType.Int16, Dims.Empty), new(DType.Int64, 1), new(DType.Int32, 2)]);
        all.Argument<bool>(0)[1] = true;
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(all.Argument<bool>(0))[2] = 7; // true, as .NET may hold it
        (all.Argument<byte>(1)[1], all.Argument<short>(2)[0], all.Argument<long>(3)[0], all.Argument<int>(4)[1]) = (200, -5, 1L << 40, -7);
        all.Run();
        Assert.Equal<bool[]>([true, false, false], all.Result<bool>(0).ToArray());
        Assert.Equal<byte[]>([0, 144], all.Result<byte>(1).ToArray());
        Assert.Equal<short[]>([-4], all.Result<short>(2).ToArray());
        Assert.Equal([1L << 41], all.Result<long>(3).ToArray());
        Assert.Equal([0f, -7f], all.Result<float>(4).ToArray());
        Assert.Equal([0L, 1L, 1L], all.Result<long>(5).ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        using var one = Prepare(x => Sum(x), TensorType.Float64(3));
        using var two = Prepare(x => [x[0] + x[1]], [TensorType.Float64(3), TensorType.Float64(3)]);
        void Throws<T>(Action act, string message) where T : Exception => Assert.Contains(message, Assert.Throws<T>(act).Message);
        Throws<ShapeException>(() => one.Argument<float>(0), "argument 0 of the prepared function is of type float64[3], not float32");
        Throws<ShapeException>(() => one.Result<long>(0), "result 0 of the prepared function is of type float64[], not int64");
        Throws<ShapeException>(() => one.Run<double>(new double[2], new double[1]), "argument 0 of the prepared function is of type float64[3], not float64[2]");
        Throws<ShapeException>(() => one.Run<double>(new double[3], new double[4]), "result 0 of the prepared function is of type float64[], not float64[4]");
        Throws<ShapeException>(() => one.Run<int>(new int[3], new int[1]), "argument 0 of the prepared function is of type float64[3], not int32");
        two.Argument<double>(1).Fill(2);
        var sum = new double[3];
        two.Run<double>([1, 2, 3], sum);
        Assert.Equal([3.0, 4.0, 5.0], sum);
        Throws<ArgumentOutOfRangeException>(() => one.Argument<double>(1), "the prepared function has no argument 1");
        Throws<ArgumentOutOfRangeException>(() => one.Result<double>(-1), "the prepared function has no result -1");
        Throws<TensorMemoryException>(() => Prepare(x => x + 1, TensorType.Float64(1L << 28)), "hold less than two gibibytes");
        Throws<ShapeException>(() => Prepare(x => MatMul(x, x), TensorType.Float64(2, 3)), "MatMul");
        Throws<InvalidOperationException>(() => Grad((Node outer) => Of(Prepare(x => x * outer, TensorType.Float64(3)), outer))(1.0), "Prepare: the function depends on an argument of a derivative in progress");
        Throws<InvalidOperationException>(() => Prepare(x => x * Node.Placeholder(x.Type), TensorType.Float64(3)), "Prepare: the function depends on a placeholder of type float64[3]");
    }

    private static Node Of(Prepared prepared, Node node)
    {
        prepared.Dispose();
        return node;
    }

    [Fact]
    public void After_disposal_nothing_is_handed_out_and_spans_are_harmless()
    {
        var prepared = Prepare(x => CumSum(Exp(x), 0) * 2, TensorType.Float64(3));
        var argument = prepared.Argument<double>(0);
        var copy = prepared.Copy();
        prepared.Dispose();
        prepared.Dispose();
        argument.Fill(1);
        Assert.Equal(3, argument.ToArray().Sum());
        Assert.Throws<ObjectDisposedException>(() => prepared.Run());
        Assert.Throws<ObjectDisposedException>(() => prepared.Argument<double>(0)[0]);
        Assert.Throws<ObjectDisposedException>(() => prepared.Result<double>(0)[0]);
        Assert.Throws<ObjectDisposedException>(() => prepared.Run<double>(new double[3], new double[3]));
        copy.Run();
        Assert.Equal([2.0, 4.0, 6.0], copy.Result<double>(0));
        copy.Dispose();
    }

    [Fact]
    public void Copies_run_side_by_side()
    {
        using var first = Prepare(Grad((Node x) => Sum(Exp(x) * Sum(x * x))), TensorType.Float64(40));
        Parallel.For(0, 8, i =>
        {
            using var own = first.Copy();
            var (x, y) = (Numbers(40, i), new double[40]);
            var expected = Evaluate<double>(Grad((Node v) => Sum(Exp(v) * Sum(v * v)))(Tensor(x)));
            for (var k = 0; k < 500; k++)
            {
                own.Run<double>(x, y);
                Assert.Equal(expected, y);
            }
        });
    }
}
