using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Numerics;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class SparseTests
{
    private static Node Data(int seed, params long[] shape)
    {
        var random = new Random(seed);
        return Tensor<double>([.. Enumerable.Range(0, (int)Dims.Create(shape).Product).Select(_ => random.NextDouble() + 0.2)], Dims.Create(shape));
    }

    private static readonly Node Matrix = Data(3, 6, 4), Rows = Tensor<long>([5, 0, 0, 3], 4);

    // What an element of a result depends on, said by hand; and functions of every way in which elements come together.
    public static TheoryData<string, int, int> Functions => new()
    {
        { "elementwise", 6, 1 }, { "second difference", 16, 3 }, { "sum", 6, 1 }, { "shifted product", 10, 2 }, { "matrix on the left", 36, 6 }, { "own matrix", 48, 6 }, { "picked", 4, 1 }, { "picked by data", 24, 4 },
        { "scattered", 9, 2 }, { "scattered by data", 36, 6 }, { "running sum", 21, 6 }, { "running sum backwards", 21, 6 }, { "windows", 12, 3 }, { "folded", 6, 1 }, { "padded and flipped", 6, 1 }, { "concatenated", 12, 1 },
        { "maximum", 12, 2 }, { "choice", 9, 2 }, { "loop", 11, 2 }, { "loop backwards", 12, 3 }, { "until", 36, 6 }, { "rule", 6, 1 }, { "recomputed", 6, 1 }, { "softmax", 36, 6 }, { "sorted", 36, 6 }, { "nothing", 0, 0 },
        { "rounded", 0, 0 }, { "batched", 16, 3 }, { "detached", 6, 1 }, { "narrow", 12, 2 },
    };

    private static Func<Node, Node> Named(string name) => name switch
    {
        "elementwise" => x => Sin(x) * x + Exp(-x) / (1 + x * x),
        "second difference" => x => Pad(x, [1], [1]) is var p ? Square(SliceAxis(p, 0, 0, 6)) - 2 * x + Exp(SliceAxis(p, 0, 2, 8)) : x,
        "sum" => x => Sum(x * x),
        "shifted product" => x => x[1..] * x[..^1],
        "matrix on the left" => x => MatMul(Matmul6(), x),
        "own matrix" => x => MatMul(Reshape(x, [3, 2]), Reshape(x, [2, 3])) is var y ? Concat([Reshape(y, [9]), Sum(y * y, 1)]) : x,
        "picked" => x => Take(x * x, 0, Rows),
        "picked by data" => x => Take(x * x, 0, Cast(x[..4] * 2, DType.Int64)),
        "scattered" => x => x.At(Rows).Add(x[..4] * x[..4]),
        "scattered by data" => x => x.At(Cast(x[..4] * 2, DType.Int64)).Add(x[..4] * x[2..]),
        "running sum" => x => CumSum(Sin(x), 0),
        "running sum backwards" => x => Flip(CumSum(Flip(x * x, 0), 0), 0),
        "windows" => x => Sum(Windowed(x, 3) * Windowed(x, 3), 1),
        "folded" => x => Grad((Node v) => Sum(Square(Windowed(v, 2))))(x),
        "padded and flipped" => x => Flip(Pad(x * x, [2], [1]), 0),
        "concatenated" => x => Concat([x * x, Sin(x)]),
        "maximum" => x => Max(x, Flip(x, 0)),
        "choice" => x => Cond(x[0] > 0.5, v => v * v, v => Concat([v[..3] * v[3..], v[3..] * 2.0]), x),
        "loop" => x => Scan((c, u) => (u * 0.5, c * u), Scalar(1.0), x).Outputs,
        "loop backwards" => x => Scan((c, u) => (c * Scalar(0.0) + u, c * u), Scalar(1.0), x * Flip(x, 0), reverse: true) is var (_, y) ? y[3..] : x,
        "until" => x => While(c => Sum(c) > 1, c => Concat([c[1..], c[..1]]) * 0.5, x),
        "rule" => x => Silu(x) + CustomVjp(v => Sin(v), (v, _, c) => c * Cos(v))(x),
        "recomputed" => x => Checkpoint(v => Sin(v) * v)(x),
        "softmax" => x => Softmax(x, 0),
        "sorted" => x => Sort(x, 0).Values,
        "nothing" => _ => Matrix[0],
        "rounded" => Floor,
        "batched" => x => Vmap(Named("second difference"))(Stack([x, x])) is var y ? y[0] + y[1] : x,
        "detached" => x => x * Detach(Sum(x)),
        "narrow" => x => Reshape(Sum(Reshape(x, [2, 3]), 1), [2, 1]) * Reshape(Tensor([1.0, 2]), [1, 2]),
        _ => throw new ArgumentException(name),
    };

    private static Node Matmul6() => Data(4, 6, 6);

    private static Node Windowed(Node x, long size) => new(new Functional.Autograd.Primitives.Windows(0, size, 1, 1), x);

    [Theory, MemberData(nameof(Functions))]
    public void Sparse_Jacobians_are_dense_ones(string name, int count, int colours)
    {
        var (f, x) = (Named(name), Data(1, 6));
        var jacobian = Sparse.Jacobian(f, x.Type)(x);
        var dense = JacobianForward(f)(x);
        Assert.Equal(Evaluate<double>(dense), Evaluate<double>(jacobian.ToDense()), Close);
        Assert.Equal((count, colours), ((int)jacobian.Pattern.Count, jacobian.Pattern.Count == 0 ? 0 : Math.Min(jacobian.Pattern.Colours.Count, jacobian.Pattern.Transposed.Colours.Count)));
        var v = Data(2, 6);
        Assert.Equal(Evaluate<double>(MatMul(Reshape(dense, [jacobian.Pattern.Rows, 6]), v)), Evaluate<double>(jacobian.Times(v)), Close);
    }

    // Random programs of one argument each, however its elements come together.
    [Fact]
    public void Sparse_Jacobians_of_random_programs_are_dense_ones()
    {
        var entries = (Some: 0L, All: 0L);
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var subject = Programs.Make(new([.. Enumerable.Range(0, 100).Select(_ => random.Next())]));
            Node F(Node x) => Cast(subject.F([x, .. subject.Inputs.Skip(1)]), DType.Float64);
            var x = subject.Inputs[0];
            if (!x.DType.IsFloat || !subject.Value.DType.IsFloat || x.Type.Count * subject.Value.Type.Count > 20_000) continue;
            var jacobian = Sparse.Jacobian(F, x.Type)(x);
            var (expected, actual) = (Evaluate<double>(Cast(JacobianForward(F)(x), DType.Float64)), Evaluate<double>(Cast(jacobian.ToDense(), DType.Float64)));
            Assert.Equal(expected.Length, actual.Length);
            for (var k = 0; k < expected.Length; k++)
                Assert.True(expected[k].Equals(actual[k]) || Math.Abs(expected[k] - actual[k]) <= 1e-5 * Math.Max(1, Math.Abs(expected[k])), $"seed {seed}, entry {k}: {expected[k]:R}, sparse {actual[k]:R}");
            entries = (entries.Some + jacobian.Pattern.Count, entries.All + expected.Length);
        }
        Assert.InRange(entries.All, 10_000, long.MaxValue);
        Assert.InRange((double)entries.Some / entries.All, 0.01, 0.9);
    }

    private static Node Rosenbrock(Node x) => Sum(100 * Square(x[1..] - Square(x[..^1])) + Square(1 - x[..^1]));

    [Fact]
    public void A_sparse_Hessian_is_computed_along_three_directions()
    {
        var x = Data(5, 200);
        var sparse = Sparse.Hessian(Rosenbrock, x.Type);
        var hessian = sparse(x);
        Assert.Equal((598L, 3), (hessian.Pattern.Count, hessian.Pattern.Colours.Count));
        Assert.Equal(Evaluate<double>(Hessian(Rosenbrock)(x)), Evaluate<double>(hessian.ToDense()), Close);
        Assert.Equal(Evaluate<double>(Hvp(Rosenbrock)(x, x)), Evaluate<double>(hessian.Times(x)), (a, b) => Math.Abs(a - b) <= 1e-10 * Math.Max(1, Math.Abs(a)));
        // Its values are nodes: compiled, differentiated, in batches.
        Assert.Equal(Evaluate<double>(hessian.Values), Evaluate<double>(Compile<Node, Node>(v => sparse(v).Values)(x)));
        Assert.Equal(Evaluate<double>(Grad((Node v) => Sum(Square(Hessian(Rosenbrock)(v))))(x)), Evaluate<double>(Grad((Node v) => Sum(Square(sparse(v).Values)))(x)), (a, b) => Math.Abs(a - b) <= 1e-10 * Math.Max(1, Math.Abs(a)));
        Assert.Equal(Evaluate<double>(sparse(x * 2).Values), Evaluate<double>(Vmap(v => sparse(v).Values)(Stack([x, x * 2]))[1]), Close);
    }

    [Fact]
    public void Single_precision_several_axes_and_no_elements()
    {
        var x = Cast(Data(6, 3, 4), DType.Float32);
        var jacobian = Sparse.Jacobian(v => Concat([v[1..] * v[..^1], Transpose(v[..2, ..2])[.., ..1] * Ones([2, 4], DType.Float32)]), x.Type)(x);
        Assert.Equal(DType.Float32, jacobian.Values.DType);
        Assert.Equal((16L, 12L), (jacobian.Pattern.Rows, jacobian.Pattern.Columns));
        Assert.Equal(Evaluate<float>(JacobianForward((Node v) => Concat([v[1..] * v[..^1], Transpose(v[..2, ..2])[.., ..1] * Ones([2, 4], DType.Float32)]))(x)), Evaluate<float>(jacobian.ToDense()));
        Assert.Equal(0, Sparse.Jacobian(Sin, TensorType.Float64(0))(Zeros(0)).Pattern.Count);
        Assert.Equal("Sparse: int64[3] has no derivatives", Assert.Throws<ShapeException>(() => Sparse.Jacobian(v => v, TensorType.Int64(3))).Message);
        Assert.Equal("Sparse: the Jacobian is one at float64[3], not at float64[4]", Assert.Throws<ShapeException>(() => Sparse.Jacobian(Sin, TensorType.Float64(3))(Zeros(4))).Message);
        Assert.Equal("Times: float64[4] does not fit a matrix of 3 × 3", Assert.Throws<ShapeException>(() => Sparse.Jacobian(Sin, TensorType.Float64(3))(Zeros(3)).Times(Zeros(4))).Message);
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) <= 1e-12 * Math.Max(1, Math.Abs(a));
}
