using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class MinimumTests
{
    private static Node Rosenbrock(Node x) => Sum(100 * Square(x[1..] - Square(x[..^1])) + Square(1 - x[..^1]));

    [Fact]
    public void Newtons_method_finds_minima()
    {
        var found = NewtonCg.Minimize(Rosenbrock, Tensor([-1.2, 1, -0.5, 2, 0.3]), 1e-12).Checked();
        Assert.All(Evaluate<double>(found.X), v => Assert.Equal(1, v, 1e-11));
        Assert.InRange(Evaluate<long>(found.Iterations)[0], 5, 80);
        Assert.InRange(Evaluate<double>(found.GradientNorm)[0], 0, 1e-12);
        // From a place where the function bends down: cos x₀ + Σ x² / 100 + x₁² at 0.1; the minimum solves sin x = x / 50.
        var hill = NewtonCg.Minimize(x => Cos(x[0]) + Sum(Square(x)) / 100 + Square(x[1] - 2), Tensor([0.1, 0]), 1e-12).Checked();
        var at = Evaluate<double>(hill.X);
        Assert.Equal(Math.Sin(at[0]), at[0] / 50, 1e-12);
        Assert.InRange(Math.Abs(at[0]), 3, 3.2);
        Assert.Equal(2 / 1.01, at[1], 1e-11);
        // A quadratic of condition 10⁸ takes few steps; a function without minimum does not converge, nor one that is no number.
        var scales = Pow(10.0, Linspace(-4, 4, 12));
        Assert.InRange(Evaluate<long>(NewtonCg.Minimize(x => Sum(scales * Square(x - 3)), Zeros(12), 1e-9).Checked().Iterations)[0], 1, 40);
        Assert.Throws<ConvergenceException>(() => NewtonCg.Minimize(x => -Sum(x), Zeros(3), atMost: 25).Checked());
        Assert.Throws<ConvergenceException>(() => NewtonCg.Minimize(x => Sum(Log(x)), -Ones(3)).Checked());
        Assert.Throws<ShapeException>(() => NewtonCg.Init(x => Sum(x), Zeros([2, 2])));
    }

    // (x − a)² + x⁴ is lowest where 2(x − a) + 4x³ = 0, whose root has derivatives by Newton's steps of its own.
    public static TheoryData<string, Func<Node, Node, Minimum>> Quartics => new()
    {
        { "Newton", (a, x) => NewtonCg.Minimize(x => Sum(Square(x - a) + Pow(x, 4)), x, 1e-11) },
        { "L-BFGS", (a, x) => Lbfgs.Minimize(x => Sum(Square(x - a) + Pow(x, 4)), x, 1e-11) },
        { "Levenberg and Marquardt", (a, x) => LevenbergMarquardt.Minimize(x => Stack([x[0] - a, x[0] * x[0]]), x, 1e-13) },
    };

    [Theory, MemberData(nameof(Quartics))]
    public void A_minimum_has_the_derivatives_of_the_root_of_the_gradient(string name, Func<Node, Node, Minimum> minimum)
    {
        Assert.NotEmpty(name);
        Node Root(Node a) => Implicit.Root(x => 2 * (x - a) + 4 * x * x * x, Scalar(0.8));
        static void Equal(double expected, Node actual) => Assert.Equal(expected, Evaluate<double>(actual)[0], 1e-7 * Math.Max(1, Math.Abs(expected)));
        // From afar, and from the minimum, where no step is taken.
        foreach (var start in new[] { Zeros(1), Reshape(Settled(Root(2.0)), 1) })
        {
            Node Lowest(Node a) => minimum(a, start).X[0];
            var (reverse, forward, truth) = ((Func<Node, Node>)Lowest, (Func<Node, Node>)Lowest, (Func<Node, Node>)Root);
            for (var order = 0; order < 4; order++)
            {
                var (r, f, t) = (reverse, forward, truth);
                var expected = Evaluate<double>(t(2.0))[0];
                Equal(expected, r(2.0));
                Equal(expected, f(2.0));
                (reverse, forward, truth) = (Grad(r), x => Jvp(f, x, 1.0).Tangent, Grad(t));
            }
            Assert.Equal(double.NaN, Evaluate<double>(reverse(2.0))[0]);
            // The value's derivative is the partial one, −2(x − a), and of a square (x − a)²/2 half of it.
            var slope = -2 * (Evaluate<double>(Root(2.0))[0] - 2) * (name[0] == 'L' && name[1] == 'e' ? 0.5 : 1);
            Equal(slope, Grad(a => minimum(a, start).Value)(2.0));
            Equal(slope, Jvp(a => minimum(a, start).Value, 2.0, 1.0).Tangent);
            Equal(Evaluate<double>(Grad(Root)(3.0))[0], Vmap(Grad(Lowest))(Tensor([2.0, 3.0]))[1]);
            Equal(Evaluate<double>(Grad(Root)(3.0))[0], Compile(Grad(Lowest))(3.0));
        }
    }

    [Fact]
    public void Derivatives_of_large_minima_take_no_matrix_and_those_of_none_are_no_numbers()
    {
        // Σ (eˣ − a·x) is lowest at log a: 1/a and −1/a².
        Node Log7(Node a) => NewtonCg.Minimize(x => Sum(Exp(x) - x * a), Zeros([300], a.DType), a.DType == DType.Float32 ? 1e-4 : 1e-8).Checked().X[7];
        Assert.Equal(0.5, Evaluate<double>(Grad(Log7)(2.0))[0], 1e-8);
        Assert.Equal(-0.25, Evaluate<double>(Grad(Grad(Log7))(2.0))[0], 1e-7);
        Assert.Equal(0.5f, Evaluate<float>(Grad(Log7)(Scalar(2.0, DType.Float32)))[0], 1e-4f);
        // Not there yet after two steps: a point, and no derivative in either mode.
        Node Short(Node a) => Lbfgs.Minimize(x => Sum(Exp(x) - x * a), Zeros(2), atMost: 2).X[0];
        Assert.True(double.IsFinite(Evaluate<double>(Short(5.0))[0]));
        Assert.Equal(double.NaN, Evaluate<double>(Grad(Short)(5.0))[0]);
        Assert.Equal(double.NaN, Evaluate<double>(Jvp(Short, 5.0, 1.0).Tangent)[0]);
        // A line of minima, x₀ + x₁ = a.
        Assert.Throws<LinearAlgebraException>(() => Evaluate<double>(Grad(a => NewtonCg.Minimize(x => Square(Sum(x) - a), Zeros(2)).Checked().X[0])(2.0)));
        // A minimum within a minimum: y = log(a·o), and (o − 1)² + y² is lowest where o(o − 1) + log(a·o) = 0.
        Node Outer(Node a) => NewtonCg.Minimize(o => Sum(Square(o - 1)) + Square(NewtonCg.Minimize(x => Sum(Exp(x) - x * a * o), Zeros(1), 1e-12).X[0]), Ones(1), 1e-9).Checked().X[0];
        Node Direct(Node a) => Implicit.Root(o => o * (o - 1) + Log(a * o), Scalar(0.8));
        Assert.Equal(Evaluate<double>(Direct(1.5))[0], Evaluate<double>(Outer(1.5))[0], 1e-8);
        Assert.Equal(Evaluate<double>(Grad(Direct)(1.5))[0], Evaluate<double>(Grad(Outer)(1.5))[0], 1e-7);
    }

    [Fact]
    public void Rounding_does_not_keep_Newtons_method_from_a_minimum()
    {
        // The evidence of a smooth curve for a Gaussian process, whose noise is small: the function is known to fewer digits than its gradient.
        var (t, count) = (Linspace(-2, 2, 12), 12);
        var y = Unsqueeze(Sin(2 * t) + 0.1 * Cos(7 * t), 1);
        Node Evidence(Node p)
        {
            var l = Cholesky(Exp(2 * p[0] - 0.5 * Square((Unsqueeze(t, 1) - Unsqueeze(t, 0)) / Exp(p[1]))) + Exp(2 * p[2]) * Eye(count));
            return 0.5 * Sum(Square(SolveTriangular(l, y, true))) + Sum(Log(Diagonal(l))) + 0.5 * count * Math.Log(2 * Math.PI);
        }
        Assert.InRange(Evaluate<double>(NewtonCg.Minimize(Evidence, Tensor([0.1, -0.3, -1.2])).Checked().GradientNorm)[0], 0, 1e-8);
        // What a type cannot give is given up, and not sought a thousand times.
        var (x, seen) = (Cast(Linspace(-2, 2, 60), DType.Float32), Cast(Linspace(-2, 2, 60) > 0.3, DType.Float32));
        var single = NewtonCg.Minimize(p => Sum(Softplus(p[0] + p[1] * x) - seen * (p[0] + p[1] * x)) + 0.5f * Sum(Square(p)), Zeros([2], DType.Float32), 1e-12);
        Assert.InRange(Evaluate<long>(single.Iterations)[0], 1, 60);
        Assert.InRange(Evaluate<float>(single.GradientNorm)[0], 0, 1e-4);
    }

    [Fact]
    public void Minimisations_run_in_batches_and_have_implicit_derivatives()
    {
        var starts = Tensor(new double[,] { { -1.2, 1 }, { 0, 0 }, { 3, -2 } });
        var all = Vmap((Node x) => NewtonCg.Minimize(Rosenbrock, x, 1e-10), 0)(starts).Checked();
        Assert.All(Evaluate<double>(all.X), v => Assert.Equal(1, v, 1e-9));
        Assert.Equal(3, Evaluate<long>(all.Iterations).Distinct().Count());
        // The minimum of (x − a)² + x⁴ as a function of a: 2(x − a) + 4x³ = 0; dx/da = 1 / (1 + 6x²).
        static Node Lowest(Node a)
        {
            Node F(Node x) => Sum(Square(x - a) + Pow(x, 4));
            return Sum(Implicit.Root(Grad(F), Detach(NewtonCg.Minimize(F, Zeros(1), 1e-10).X)));
        }
        var x = Evaluate<double>(Lowest(2.0))[0];
        Assert.Equal(0, (2 * (x - 2)) + (4 * x * x * x), 1e-10);
        Assert.Equal(1 / (1 + (6 * x * x)), Evaluate<double>(Grad(Lowest)(Scalar(2.0)))[0], 1e-10);
        Assert.Equal(-12 * x / Math.Pow(1 + (6 * x * x), 3), Evaluate<double>(Grad(Grad(Lowest))(Scalar(2.0)))[0], 1e-9);
    }

    [Fact]
    public void Squares_become_least()
    {
        // A line through points: the normal equations by hand. ȳ = 2.8, slope = Σ(t − 2)(y − ȳ) / 10 = 0.9.
        var (t, y) = (Arange(5, DType.Float64), Tensor([1.0, 2, 3, 3, 5]));
        var line = LevenbergMarquardt.Minimize(p => p[0] + p[1] * t - y, Zeros(2)).Checked();
        Assert.Equal([1, 0.9], Evaluate<double>(line.X), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(0.35, Evaluate<double>(line.Value)[0], 1e-9);
        // Rosenbrock's function as squares; Powell's, whose Jacobian is singular at the solution.
        var banana = LevenbergMarquardt.Minimize(x => Stack([10 * (x[1] - x[0] * x[0]), 1 - x[0]]), Tensor([-1.2, 1.0])).Checked();
        Assert.All(Evaluate<double>(banana.X), v => Assert.Equal(1, v, 1e-9));
        var powell = LevenbergMarquardt.Minimize(x => Stack([x[0] + 10 * x[1], Math.Sqrt(5) * (x[2] - x[3]), Square(x[1] - 2 * x[2]), Math.Sqrt(10) * Square(x[0] - x[3])]), Tensor([3.0, -1, 0, 1]));
        Assert.InRange(Evaluate<double>(powell.Value)[0], 0, 1e-20);
        // An exponential in units that differ by 10¹², a parameter that nothing depends on, several starts at once.
        var s = Linspace(0, 3, 20);
        Node Decay(Node p) => p[0] * 1e6 * Exp(-p[1] * 1e-6 * s) - 2 * Exp(-0.7 * s);
        Assert.Equal([2e-6, 0.7e6], Evaluate<double>(LevenbergMarquardt.Minimize(Decay, Tensor([1e-6, 1e6])).Checked().X), (a, b) => Math.Abs(a - b) < 1e-9 * a);
        Assert.Equal(4, Evaluate<double>(LevenbergMarquardt.Minimize(p => Stack([p[0] - 4, 2 * (p[0] - 4)]), Zeros(2)).Checked().X)[0], 1e-9);
        var lines = Vmap((Node v) => LevenbergMarquardt.Minimize(p => p[0] + p[1] * t - v, Zeros(2)), 0)(Stack([y, 2 * y])).Checked();
        Assert.Equal([1, 0.9, 2, 1.8], Evaluate<double>(lines.X), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void What_is_not_fitted_is_said()
    {
        Assert.Throws<ConvergenceException>(() => LevenbergMarquardt.Minimize(p => Stack([Exp(-p[0])]), Zeros(1), atMost: 5).Checked());
        Assert.Throws<ConvergenceException>(() => LevenbergMarquardt.Minimize(p => Stack([Exp(p[0]) + 1, Exp(p[0]) * double.NaN]), Zeros(1)).Checked());
        Assert.True(Evaluate<bool>(LevenbergMarquardt.Minimize(_ => Ones(2), Zeros(0)).Converged)[0]);
        Assert.True(Evaluate<bool>(NewtonCg.Minimize(p => Sum(p), Zeros(0)).Converged)[0]);
        Assert.Throws<ShapeException>(() => LevenbergMarquardt.Init(p => Sum(p), Zeros(2)));
        Assert.Throws<ShapeException>(() => LevenbergMarquardt.Init(p => p, Zeros([2, 2])));
        Assert.Throws<InvalidOperationException>(() => Compile<Node, Minimum>(x => LevenbergMarquardt.Minimize(p => p - x, x).Checked())(Ones(2)));
    }
}
