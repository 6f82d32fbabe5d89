using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class LinearSolveTests
{
    private const int N = 40;

    private static void Close(IEnumerable<double> expected, Node actual, double tolerance = 1e-8) =>
        Assert.Equal(expected, Evaluate<double>(actual), (a, b) => Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(a)));

    // The second difference with ends held at 0, and θ beside it. Its eigenvectors are sines.
    private static Node Laplace(Node v, Node shift) => 2 * v - Pad(v[1..], [0], [1]) - Pad(v[..^1], [1], [0]) + shift * v;

    private static readonly double[] Mode = [.. Enumerable.Range(1, N).Select(i => Math.Sin(3 * Math.PI * i / (N + 1)))];

    private static readonly double Eigenvalue = 2 - (2 * Math.Cos(3 * Math.PI / (N + 1)));

    [Fact]
    public void Conjugate_gradients_and_derivatives_to_order_three_in_both_modes()
    {
        static Node Solved(Node shift) => LinearSolve.ConjugateGradient(v => Laplace(v, shift), Tensor(Mode), 1e-12).Checked().X;
        static Node Asked(Node shift) => LinearSolve.ConjugateGradient(v => Laplace(v, shift), Tensor(Mode), 1e-12).X;
        var value = Eigenvalue + 0.3;
        Close(Mode.Select(m => m / value), Solved(Scalar(0.3)));
        // Of the sum of squares, Σm²/(λ + θ)²: −2, 6 and −24 over the next powers.
        var squares = Mode.Sum(m => m * m);
        double[] expected = [squares / Math.Pow(value, 2), -2 * squares / Math.Pow(value, 3), 6 * squares / Math.Pow(value, 4), -24 * squares / Math.Pow(value, 5)];
        Node F(Node shift) => Sum(Square(Asked(shift)));
        Func<Node, Node> reverse = F, forward = F;
        foreach (var wanted in expected)
        {
            Close([wanted], reverse(Scalar(0.3)));
            Close([wanted], forward(Scalar(0.3)));
            var (r, f) = (reverse, forward);
            (reverse, forward) = (Grad(r), x => Jvp(f, x, Scalar(1.0)).Tangent);
        }
        // The fourth would be wrong in what the operator captures, and is no number; in b nothing is missing.
        Assert.Equal(double.NaN, Evaluate<double>(reverse(Scalar(0.3)))[0]);
        Assert.Equal(double.NaN, Evaluate<double>(forward(Scalar(0.3)))[0]);
        Func<Node, Node> power = s => Sum(Pow(LinearSolve.ConjugateGradient(v => 2 * v, s * Ones(1), 1e-14).X, 4));
        for (var k = 0; k < 4; k++) power = Grad(power);
        Close([24 / 16.0], power(Scalar(1.0)));
        Close([expected[3]], Jvp(Grad(Grad(F)), Scalar(0.3), Scalar(1.0)).Tangent);
        // In b as well, in a batch of both, and compiled.
        Node Linear(Node b) => Sum(LinearSolve.ConjugateGradient(v => Laplace(v, 0.3), b, 1e-12).X * Tensor(Mode));
        Close(Mode.Select(m => m / value), Grad(Linear)(Ones(N)));
        Close(new double[N * N], Hessian(Linear)(Ones(N)));
        Close(new[] { 0.1, 0.3, 2 }.SelectMany(t => Mode.Select(m => m / (Eigenvalue + t))), Vmap(Asked)(Tensor([0.1, 0.3, 2])));
        Close(new[] { 0.1, 0.3 }.Select(t => -2 * squares / Math.Pow(Eigenvalue + t, 3)), Compile(Vmap(Grad(F)))(Tensor([0.1, 0.3])));
    }

    [Fact]
    public void Operators_without_symmetry_and_derivatives_to_order_three()
    {
        // Against the same with the matrix written down.
        var m = Tensor<double>([.. Enumerable.Range(0, 49).Select(k => Math.Sin(7.0 * k * k) + (k % 8 == 0 ? 3 : 0))], [7, 7]);
        var b = Tensor([1.0, -2, 0.5, 3, 0, 1, -1]);
        Node Matrix(Node t) => m + t * t * Sin(m) + t * Eye(7);
        Node Free(Node t) => Sum(Square(LinearSolve.Gmres(v => MatMul(m, v) + t * t * MatMul(Sin(m), v) + t * v, b * t, 1e-13).X));
        Node Dense(Node t) => Sum(Square(Ops.Solve(Matrix(t), b * t)));
        (Func<Node, Node> F, Func<Node, Node> G, Func<Node, Node> D) now = (Free, Free, Dense);
        for (var order = 0; order <= 3; order++)
        {
            var wanted = Evaluate<double>(now.D(Scalar(0.4)));
            Close(wanted, now.F(Scalar(0.4)), 1e-7);
            Close(wanted, now.G(Scalar(0.4)), 1e-7);
            var (f, g, d) = now;
            now = (Grad(f), x => Jvp(g, x, Scalar(1.0)).Tangent, Grad(d));
        }
        Close(new[] { 0.1, 0.4, 0.9 }.SelectMany(t => Evaluate<double>(Grad(Dense)(t))), Vmap(Grad(Free))(Tensor([0.1, 0.4, 0.9])), 1e-7);
        // A quarter turn, on which minimal residuals stand still for a step; a shift of 50 places, which needs a memory of 50; in another shape.
        Close([2, -1], LinearSolve.Gmres(v => Stack([-v[1], v[0]]), Tensor([1.0, 2])).Checked().X);
        var right = Tensor<double>([.. Enumerable.Range(0, 50).Select(k => k == 0 ? 1.0 : 0)], [50]);
        Close(Evaluate<double>(Roll(right, -1)), LinearSolve.Gmres(v => Roll(v, 1), right, restart: 50).Checked().X);
        Assert.Throws<ConvergenceException>(() => LinearSolve.Gmres(v => Roll(v, 1), right, restart: 49).Checked());
        var square = Normal(Key(2), [4, 5]);
        Close(Evaluate<double>(square), LinearSolve.Gmres(v => 2 * v + Flip(v, 1) * 0.3, 2 * square + Flip(square, 1) * 0.3).Checked().X);
    }

    [Fact]
    public void Preconditioners_save_steps()
    {
        var scales = Pow(10.0, Linspace(0, 5, N));
        Node A(Node v) => scales * v + 0.3 * Laplace(v, 0.0);
        var (plain, helped) = (LinearSolve.ConjugateGradient(A, Ones(N)).Checked(), LinearSolve.ConjugateGradient(A, Ones(N), preconditioner: v => v / scales).Checked());
        Close(Evaluate<double>(plain.X), helped.X);
        Assert.True(Evaluate<long>(helped.Iterations)[0] * 2 < Evaluate<long>(plain.Iterations)[0]);
        Node Half(Node s) => Sum(LinearSolve.Gmres(v => s * scales * v + Roll(v, 1), Ones(N), preconditioner: v => v / scales).X);
        var h = 1e-5;
        Close([(Evaluate<double>(Half(2 + h))[0] - Evaluate<double>(Half(2 - h))[0]) / (2 * h)], Grad(Half)(Scalar(2.0)), 1e-6);
        Assert.True(Evaluate<double>(helped.Residual)[0] <= 1e-10);
    }

    [Fact]
    public void What_is_not_solved_is_said()
    {
        // Not positive, singular, too few steps, no number; and nothing to solve.
        Assert.Throws<ConvergenceException>(() => LinearSolve.ConjugateGradient(v => -v, Ones(3)).Checked());
        Assert.Throws<ConvergenceException>(() => LinearSolve.ConjugateGradient(v => 3 * v + 0.01 * Roll(v, 1), Tensor([1.0, 2, -0.3])).Checked());
        Close([1, 2, -0.3], LinearSolve.ConjugateGradient(v => 3 * v + 0.01 * (Roll(v, 1) + Roll(v, -1)), Tensor([3.017, 6.007, -0.87])).Checked().X);
        var singular = LinearSolve.Gmres(v => Stack([Sum(v), Sum(v)]), Tensor([1.0, 2]));
        Assert.All(Evaluate<double>(singular.X), v => Assert.Equal(double.NaN, v));
        Assert.Contains("residual", Assert.Throws<ConvergenceException>(() => singular.Checked()).Message);
        Assert.Throws<ConvergenceException>(() => LinearSolve.ConjugateGradient(v => Laplace(v, 0.0), Ones(N), atMost: 3).Checked());
        Assert.Throws<ConvergenceException>(() => LinearSolve.Gmres(v => v * double.NaN, Ones(3)).Checked());
        Close([0, 0, 0], LinearSolve.ConjugateGradient(v => 2 * v, Zeros(3)).Checked().X, 0);
        Assert.Equal(DType.Float32, LinearSolve.Gmres(v => 2 * v, Ones(3, DType.Float32), 1e-5).Checked().X.DType);
        Assert.Contains("not linear", Assert.Throws<InvalidOperationException>(() => LinearSolve.ConjugateGradient(v => v * v, Ones(3))).Message);
        Assert.Contains("not linear", Assert.Throws<InvalidOperationException>(() => LinearSolve.Gmres(v => v + 1, Ones(3))).Message);
        Assert.Throws<ShapeException>(() => LinearSolve.Gmres(v => v[..2], Ones(3)));
        Assert.Throws<ShapeException>(() => LinearSolve.ConjugateGradient(v => v, Arange(3)));
    }
}
