using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class LbfgsTests
{
    private static Node Rosenbrock(Node x) => Sum(100 * Square(x[1..] - Square(x[..^1])) + Square(1 - x[..^1]));

    [Fact]
    public void Minima_are_found()
    {
        var found = Lbfgs.Minimize(Rosenbrock, Zeros(30)).Checked();
        Assert.All(Evaluate<double>(found.X), v => Assert.Equal(1, v, 1e-6));
        Assert.InRange(Evaluate<long>(found.Iterations)[0], 20, 300);
        // A quadratic of condition 10⁴.
        var scales = Pow(10.0, Linspace(0, 4, 20));
        var quadratic = Lbfgs.Minimize(x => Sum(scales * Square(x - 3)), Zeros(20), 1e-9);
        Assert.All(Evaluate<double>(quadratic.X), v => Assert.Equal(3, v, 1e-9));
        // At a minimum nothing is to be done; where there is none, it goes on; of a function that is no number nothing is taken.
        Assert.Equal(0, Evaluate<long>(Lbfgs.Minimize(Rosenbrock, Ones(5)).Iterations)[0]);
        var endless = Lbfgs.Minimize(x => -Sum(x), Zeros(3), atMost: 25);
        Assert.Equal(25, Evaluate<long>(endless.Iterations)[0]);
        Assert.Contains("25 steps", Assert.Throws<ConvergenceException>(() => endless.Checked()).Message);
        var stuck = Lbfgs.Minimize(x => Sum(Where(Equal(x, 0), x, x * double.NaN)) + Sum(x), Zeros(2));
        Assert.Equal([0.0, 0], Evaluate<double>(stuck.X));
        Assert.Equal(1, Evaluate<long>(stuck.Iterations)[0]);
    }

    [Fact]
    public void Steps_lead_down_and_are_compiled_and_batched()
    {
        var update = Compile<LbfgsState, LbfgsState>(s => Lbfgs.Update(Rosenbrock, s));
        var state = Lbfgs.Init(Rosenbrock, Tensor([-1.2, 1.0]), memory: 4);
        var value = Evaluate<double>(state.Value)[0];
        for (var k = 0; k < 60 && value > 1e-20; k++)
        {
            state = update(state);
            var next = Evaluate<double>(state.Value)[0];
            Assert.True(next <= value, $"step {k}: {value:R} → {next:R}");
            value = next;
        }
        Assert.InRange(value, 0, 1e-12);
        var starts = Tensor(new double[,] { { -1.2, 1 }, { 0, 0 }, { 3, -2 } });
        var all = Evaluate<double>(Vmap(x => Lbfgs.Minimize(Rosenbrock, x).X)(starts));
        Assert.All(all, v => Assert.Equal(1, v, 1e-5));
        Assert.Equal(DType.Float32, Lbfgs.Minimize(Rosenbrock, Zeros(3, DType.Float32), 1e-3).X.DType);
    }

    [Fact]
    public void A_model_over_a_tree_is_fitted()
    {
        // Logistic regression with a penalty: the gradient vanishes at what is found.
        var random = new Random(3);
        var points = Tensor<double>([.. Enumerable.Range(0, 120).Select(_ => random.NextDouble() - 0.5)], [40, 3]);
        var labels = Cast(Sum(points, 1) > 0.1, DType.Float64);
        Node Loss((Node W, Node B) p) => Mean(Softplus((1 - 2 * labels) * (MatMul(points, p.W) + p.B))) + 0.01 * Sum(Square(p.W));
        var (start, back) = Tree.Ravel((Zeros(3), Scalar(0.0)));
        var found = Lbfgs.Minimize(v => Loss(back(v)), start, 1e-10);
        var (w, b) = Grad<(Node, Node)>(Loss)(back(found.X));
        Assert.All(Evaluate<double>(w).Concat(Evaluate<double>(b)), g => Assert.InRange(Math.Abs(g), 0, 1e-10));
        Assert.Throws<ShapeException>(() => Lbfgs.Init(x => Sum(x), Zeros([2, 2])));
        Assert.StartsWith("Lbfgs: a point is a floating-point vector, not complex128[2]", Assert.Throws<ShapeException>(() => Lbfgs.Init(x => Sum(Square(Abs(x))), Zeros(2, DType.Complex128))).Message);
        Assert.StartsWith("NewtonCg: a point is a floating-point vector, not complex128[2]", Assert.Throws<ShapeException>(() => NewtonCg.Init(x => Sum(Square(Abs(x))), Zeros(2, DType.Complex128))).Message);
        Assert.Throws<ShapeException>(() => Lbfgs.Init(x => x, Zeros(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Lbfgs.Init(x => Sum(x), Zeros(2), 0));
    }

    [Fact]
    public void Rounding_does_not_keep_it_from_a_minimum_nor_going_without_end()
    {
        // Where the function no longer falls, its gradient is 5e-8 still.
        var (x, y) = (Normal(Key(1), [200, 50]), Normal(Key(2), [200]));
        Node F(Node b) => Sum(Softplus(MatMul(x, b))) - Sum(y * Tanh(MatMul(x, b))) + Sum(Square(b));
        Assert.InRange(Evaluate<long>(Lbfgs.Minimize(F, Zeros(50)).Checked().Iterations)[0], 10, 200);
        // A corner has no small gradient, and there is no end to halves of steps that lead nowhere.
        Assert.InRange(Evaluate<long>(Lbfgs.Minimize(b => Sum(Abs(y - MatMul(x[.., ..2], b))), Zeros(2)).Iterations)[0], 2, 500);
        var single = Lbfgs.Minimize(b => Sum(Softplus(b) - 0.3 * b), Zeros([5], DType.Float32), 1e-12);
        Assert.InRange(Evaluate<long>(single.Iterations)[0], 2, 100);
        Assert.InRange(Evaluate<float>(single.GradientNorm)[0], 0, 1e-5);
    }
}
