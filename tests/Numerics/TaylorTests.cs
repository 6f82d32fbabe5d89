using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Numerics;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class TaylorTests
{
    private static readonly Node Direction = Tensor([0.3, -1.2, 0.7]), Matrix = Tensor(new double[,] { { 0.5, -0.2, 0.1 }, { 0.3, 0.8, -0.4 }, { -0.1, 0.2, 0.6 } });

    public static TheoryData<string, Func<Node, Node>> Functions => new()
    {
        { "exp", Exp }, { "sin", Sin }, { "tan", Tan }, { "tanh", Tanh }, { "sigmoid", Sigmoid }, { "log", Log }, { "log1p", Log1p }, { "sqrt", Sqrt }, { "rsqrt", Rsqrt }, { "erf", Erf }, { "atan", Atan }, { "asinh", Asinh },
        { "log gamma", LogGamma }, { "silu", Silu }, { "gelu", x => Gelu(x) }, { "softplus", Softplus }, { "power", x => Pow(x, 2.5) }, { "cube", x => Pow(x, 3) }, { "exponent", x => Pow(2, x) }, { "x to the x", x => Pow(x, x) },
        { "quotient", x => Sin(x) / (1 + x * x) }, { "constant divisor", x => Sin(x) / 3 }, { "inverse", x => 1 / x }, { "polynomial", x => 1 + x * (2 - x * (3 + x * x)) }, { "absolute", x => Abs(x) * x }, { "maximum", x => Max(x * x, Sin(x)) },
        { "choice by value", x => Where(x > 0.6, x * x * x, Exp(x)) }, { "hypot", x => Hypot(x, 1 + x) }, { "atan2", x => Atan2(x, 1 + x * x) }, { "remainder", x => Rem(x * x * 3, 0.7) },
        { "sum", x => Sum(x * Exp(x)) }, { "mean and variance", x => (x - Mean(x)) / Sqrt(Var(x)) }, { "product", x => Prod(Sin(x)) }, { "softmax", x => Softmax(x, 0) }, { "log-sum-exp", x => LogSumExp(x, 0) }, { "norm", x => Norm(x) },
        { "matrix", x => MatMul(Matrix, Tanh(MatMul(Matrix, x))) }, { "own square", x => MatMul(Unsqueeze(x, 1), Unsqueeze(Sin(x), 0)) }, { "solved", x => Solve(Matrix + Unsqueeze(x, 1) * Unsqueeze(Sin(x), 0) + 2 * Eye(3, DType.Float64), x * x) },
        { "determinants", x => Det(Matrix + Unsqueeze(x, 1)) + LogDet(Unsqueeze(x, 1) * Unsqueeze(x, 0) + Eye(3, DType.Float64)) }, { "factor", x => Cholesky(Unsqueeze(x, 1) * Unsqueeze(x, 0) + Eye(3, DType.Float64)) },
        { "factors", x => Lu(Unsqueeze(x, 1) * Unsqueeze(x * x, 0) + Eye(3, DType.Float64)) is var (_, l, u) ? Concat([l, u]) : x }, { "running sum", x => CumSum(x * x, 0) }, { "shifted", x => Concat([x[1..] * x[..^1], Flip(x, 0)]) },
        { "written", x => x.At(1).Set(Sin(x[0]) * x[2]) }, { "scattered", x => x.At(Tensor<long>([2, 0, 2], 3)).Add(x * x) }, { "sorted", x => Sort(x * x, 0).Values }, { "held", x => x * Detach(x) * x }, { "constant", _ => Direction },
        { "determinant", x => LogDet(Eye(3) + Unsqueeze(x, 1) * Matrix) }, { "solution", x => Solve(Matrix + Diag(x), Sin(x)) }, { "factor", x => Cholesky(MatMul(Matrix, Transpose(Matrix)) + Diag(Exp(x))) },
        { "rule", x => CustomVjp(v => Sin(v) * v, (v, _, c) => c * (Cos(v) * v + Sin(v)))(x) }, { "recomputed", Checkpoint(x => Sin(x) * Exp(x)) },
        { "loop", x => Scan((c, u) => Sin(c * u) + 0.5 * c is var n ? (n, n * u) : default, x[0], x).Outputs },
        { "loop of several", x => Scan((c, u) => ([c[1] * u[0], Tanh(c[0] + c[1] * x), c[2] + 1], [c[1] * c[0]]), [x, x * 2, Scalar(0, DType.Int64)], [Matrix]) is var (c, o) ? Sum(c[0] * c[1]) + Sum(o[0]) : x },
        { "loop backwards", x => Scan((c, u) => (c * u + Sin(x), c), x, Matrix, reverse: true).Outputs }, { "branch", x => Cond(x[0] > 0.4, v => Sin(v) * x, v => v * v, x * 2) }, { "other branch", x => Cond(x[0] > 0.6, v => Sin(v) * x, v => v * v, x * 2) },
        { "until", x => While(c => Sum(c) < 20, c => c * c + x, x) }, { "until with a bound", x => While(c => Sum(c) < 20, c => c * c + x, x, 6) }, { "batched", Vmap((Node v) => Sin(v) * v) }, { "gradient", Grad((Node v) => Sum(Sin(v) * v * v)) },
    };

    [Theory, MemberData(nameof(Functions))]
    public void A_series_has_the_derivatives_of_nested_forward_mode(string name, Func<Node, Node> f)
    {
        Node x = Tensor([0.5, 0.9, 0.7]);
        var (nested, all) = (f, Taylor.Derivatives(f, x, Direction, 4));
        for (var k = 0; k <= 4; k++)
        {
            var (expected, actual) = (Evaluate<double>(nested(x)), Evaluate<double>(all[k]));
            Assert.Equal(expected.Length, actual.Length);
            for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-9 * Math.Max(1, Math.Abs(expected[i])), $"{name}, order {k}: {expected[i]:R}, by series {actual[i]:R}");
            var before = nested;
            nested = v => Jvp(before, v, Direction).Tangent;
        }
    }

    // Closed forms of ten functions at 0.3, to order 10.
    [Fact]
    public void High_orders_are_closed_forms()
    {
        const double x = 0.3;
        double Factorial(int n) => Enumerable.Range(1, n).Aggregate(1.0, (p, k) => p * k);
        double Falling(double a, int n) => Enumerable.Range(0, n).Aggregate(1.0, (p, k) => p * (a - k));
        (Func<Node, Node> F, Func<int, double> Derivative)[] functions =
        [
            (Exp, _ => Math.Exp(x)), (Sin, k => Math.Sin(x + (k * Math.PI / 2))), (Cos, k => Math.Cos(x + (k * Math.PI / 2))), (Log, k => k == 0 ? Math.Log(x) : -Factorial(k - 1) * Math.Pow(-x, -k)),
            (v => 1 / v, k => Factorial(k) * Math.Pow(-1, k) * Math.Pow(x, -1 - k)), (Sqrt, k => Falling(0.5, k) * Math.Pow(x, 0.5 - k)), (v => Pow(v, 7), k => Falling(7, k) * Math.Pow(x, Math.Max(0, 7 - k))),
            (v => 1 / (1 - v), k => Factorial(k) * Math.Pow(1 - x, -1 - k)), (v => v * Exp(v), k => (x + k) * Math.Exp(x)), (v => Exp(2 * v) * Exp(v), k => Math.Pow(3, k) * Math.Exp(3 * x)),
        ];
        foreach (var (f, derivative) in functions)
        {
            var all = Taylor.Derivatives(f, Scalar(x), 10);
            for (var k = 0; k <= 10; k++) Assert.Equal(derivative(k), Evaluate<double>(all[k])[0], 1e-11 * Math.Max(1, Math.Abs(derivative(k))));
        }
    }

    [Fact]
    public void The_cost_grows_with_the_square_of_the_order()
    {
        long Steps(int order) => Stats.Of([.. Taylor.Derivatives(v => Tanh(Sin(v) * Exp(-v)) / (2 + Cos(v)), Node.Placeholder(TensorType.Float64()), order)]).Nodes;
        Assert.InRange(Steps(16), 0, 4.5 * Steps(8));
    }

    [Fact]
    public void Series_are_nodes()
    {
        var x = Tensor([0.5, 0.9, 0.7]);
        Node Third(Node v) => Taylor.Derivatives(u => Sin(u) * u, v, 3)[3];
        Assert.Equal(Evaluate<double>(Taylor.Derivatives(u => Sin(u) * u, x, 4)[4]), Evaluate<double>(Grad((Node v) => Sum(Third(v)))(x)), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(Evaluate<double>(Third(x)), Evaluate<double>(Vmap(Third)(x)), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(Evaluate<double>(Third(x)), Evaluate<double>(Compile<Node, Node>(Third)(x)));
        Assert.Equal(DType.Float32, Taylor.Derivatives(Sin, Scalar(0.5, DType.Float32), 3)[3].DType);
        Assert.Throws<ShapeException>(() => Taylor.Derivatives(Sin, Scalar(1, DType.Int64), 3));
        Assert.Throws<ShapeException>(() => Taylor.Derivatives(Sin, x, Scalar(1.0), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Taylor.Derivatives(Sin, x, -1));
    }

    [Fact]
    public void Random_programs_have_the_derivatives_of_nested_forward_mode()
    {
        var checkedHere = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var subject = Programs.Make(new([.. Enumerable.Range(0, 80).Select(_ => random.Next())]));
            var x = subject.Inputs[0];
            if (x.DType != DType.Float64 || subject.Value.DType != DType.Float64) continue;
            Func<Node, Node> f = v => subject.F([v, .. subject.Inputs.Skip(1)]);
            var direction = Settled(Cos(x));
            var all = Taylor.Derivatives(f, x, direction, 3);
            for (var k = 0; k <= 3; k++)
            {
                var (expected, actual) = (Evaluate<double>(f(x)), Evaluate<double>(all[k]));
                // Where a slope is infinite, nothing is said of what comes after it.
                for (var i = 0; i < expected.Length; i++)
                    Assert.True(!double.IsFinite(expected[i]) || !double.IsFinite(actual[i]) || Math.Abs(expected[i] - actual[i]) <= 1e-7 * Math.Max(expected.Max(Math.Abs), 1), $"seed {seed}, order {k}: {expected[i]:R}, by series {actual[i]:R}");
                var before = f;
                f = v => Jvp(before, v, direction).Tangent;
                checkedHere++;
            }
        }
        Assert.InRange(checkedHere, 400, 1200);
    }
}
