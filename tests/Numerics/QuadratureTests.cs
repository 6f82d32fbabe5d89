using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class QuadratureTests
{
    private static readonly Node Infinity = double.PositiveInfinity;

    private static void Close(double expected, Node actual, double tolerance = 1e-10) => Assert.Equal(expected, Evaluate<double>(actual)[0], tolerance * Math.Max(1, Math.Abs(expected)));

    [Fact]
    public void Integrals_are_known_ones()
    {
        // The rule is exact for polynomials to degree 22: one interval is enough.
        for (var n = 0; n <= 22; n++)
        {
            var integral = Quadrature.Integrate(x => Pow(x, n), 0.0, 1.0).Checked();
            Close(1.0 / (n + 1), integral.Value, 2e-16);
            if (n < 13) Assert.Equal(1, Evaluate<long>(integral.Intervals)[0]);
        }
        Close(Math.E - 1, Quadrature.Integrate(Exp, 0.0, 1.0).Checked().Value, 1e-15);
        Close(1 - Math.E, Quadrature.Integrate(Exp, 1.0, 0.0).Checked().Value, 1e-15);
        Close(0, Quadrature.Integrate(Exp, 1.0, 1.0).Checked().Value, 0);
        Close(Math.Sqrt(Math.PI), Quadrature.Integrate(x => Exp(-x * x), -Infinity, Infinity).Checked().Value);
        Close(-Math.Sqrt(Math.PI), Quadrature.Integrate(x => Exp(-x * x), Infinity, -Infinity).Checked().Value);
        Close(Math.PI / 4, Quadrature.Integrate(x => 1 / (1 + x * x), 1.0, Infinity).Checked().Value);
        Close(Math.Exp(2), Quadrature.Integrate(Exp, -Infinity, 2.0).Checked().Value);
        // A corner, a peak and swings: intervals are cut where they are needed.
        Close(5.0 / 18, Quadrature.Integrate(x => Abs(x - 1.0 / 3), 0.0, 1.0).Checked().Value);
        Close(2 * Math.Atan(1000) / 1e-3, Quadrature.Integrate(x => 1 / (1e-6 + x * x), -1.0, 1.0).Checked().Value);
        Close((1 - Math.Cos(200)) / 200, Quadrature.Integrate(x => Sin(200 * x), 0.0, 1.0).Checked().Value);
    }

    [Fact]
    public void Ends_may_be_singular()
    {
        Close(2, Quadrature.Integrate(x => 1 / Sqrt(x), 0.0, 1.0, singular: true).Checked().Value);
        Close(10, Quadrature.Integrate(x => Pow(x, -0.9), 0.0, 1.0, singular: true).Checked().Value);
        Close(-1, Quadrature.Integrate(Log, 0.0, 1.0, singular: true).Checked().Value);
        // Γ(1/2) over a half-line; at a limit other than 0 rounding hides 10⁻⁸ of a root.
        Close(Math.Sqrt(Math.PI), Quadrature.Integrate(x => Exp(-x) / Sqrt(x), 0.0, Infinity, singular: true).Checked().Value);
        Close(Math.PI, Quadrature.Integrate(x => 1 / Sqrt(x * (1 - x)), 0.0, 1.0, 1e-6, singular: true).Checked().Value, 1e-7);
        // By the exponent: −1/(1 + p)², 2/(1 + p)³.
        Node Power(Node p) => Quadrature.Integrate(x => Pow(x, p), 0.0, 1.0, singular: true).Value;
        Close(-4, Grad(Power)(Scalar(-0.5)), 1e-8);
        Close(16, Grad(Grad(Power))(Scalar(-0.5)), 1e-8);
    }

    // Beyond 10⁻²⁷⁵ lies 0.2 % of the first integral and 53 % of the second; of the third, beyond 10¹⁵⁴, 3 %; the others are infinite.
    [Theory, InlineData(-0.99, 0, 1), InlineData(-0.999, 0, 1), InlineData(-1.01, 1, double.PositiveInfinity), InlineData(-1, 0, 1), InlineData(-1, 1, double.PositiveInfinity), InlineData(-0.9, 1, double.PositiveInfinity)]
    public void What_lies_beyond_the_last_point_is_part_of_the_error(double power, double from, double to)
    {
        var found = Quadrature.Integrate(x => Pow(x, power), from, to, singular: true);
        Assert.Throws<ConvergenceException>(() => found.Checked());
        Assert.Throws<ConvergenceException>(() => Quadrature.Integrate(x => -Pow(x, power), to, from, singular: true).Checked());
        var (left, error) = (power < -1 ? 2.88 : power == -0.99 ? 0.177 : power == -0.999 ? 530.6 : 1e10, Evaluate<double>(found.Error)[0]);
        Assert.InRange(error, 0.9 * left, power < -1 || power > -1 && to == 1 ? 1.1 * left : double.PositiveInfinity);
        // Asked for less, it is enough.
        if (power == -0.99) Close(100, Quadrature.Integrate(x => Pow(x, power), from, to, 1e-2, singular: true).Checked().Value, 0.2);
    }

    [Fact]
    public void Integrals_have_derivatives_in_limits_and_captures()
    {
        Node Upper(Node b) => Quadrature.Integrate(Sin, 0.5, b).Value;
        Node Lower(Node a) => Quadrature.Integrate(Sin, a, 2.0).Value;
        (Func<Node, Node> U, Func<Node, Node> L) f = (Upper, Lower);
        var (u, l) = (Upper(1.3), Lower(1.3));
        Close(Math.Cos(0.5) - Math.Cos(1.3), u);
        Close(Math.Cos(1.3) - Math.Cos(2), l);
        foreach (var (byUpper, byLower) in new[] { (Math.Sin(1.3), -Math.Sin(1.3)), (Math.Cos(1.3), -Math.Cos(1.3)), (-Math.Sin(1.3), Math.Sin(1.3)) })
        {
            f = (Grad(f.U), Grad(f.L));
            Close(byUpper, f.U(Scalar(1.3)), 1e-9);
            Close(byLower, f.L(Scalar(1.3)), 1e-9);
        }
        Close(Math.Sin(2), Grad(Lower)(Scalar(2.0)) * -1);
        Close(-Math.Sin(2.5), Grad(Lower)(Scalar(2.5)));
        // ∫ exp(−k·x) over the half-line is 1/k; −1/k², 2/k³, −6/k⁴, in both modes.
        Node Laplace(Node k) => Quadrature.Integrate(x => Exp(-k * x), 0.0, Infinity, 1e-11).Value;
        (Func<Node, Node> R, Func<Node, Node> F) g = (Laplace, Laplace);
        foreach (var wanted in new[] { 1 / 1.7, -1 / Math.Pow(1.7, 2), 2 / Math.Pow(1.7, 3), -6 / Math.Pow(1.7, 4) })
        {
            Close(wanted, g.R(Scalar(1.7)), 1e-7);
            Close(wanted, g.F(Scalar(1.7)), 1e-7);
            var forward = g.F;
            g = (Grad(g.R), x => Jvp(forward, x, Scalar(1.0)).Tangent);
        }
        Assert.Equal(new[] { 0.5, 1, 4 }.Select(k => -1 / (k * k)), Evaluate<double>(Vmap(Grad(Laplace))(Tensor([0.5, 1, 4]))), (a, b) => Math.Abs(a - b) < 1e-7);
        Close(-1 / 2.89, Compile(Grad(Laplace))(Scalar(1.7)), 1e-8);
        // An integral of an integral.
        Close(0.5, Quadrature.Integrate(x => Quadrature.Integrate(y => 0 * y + x, 0.0, 1.0).Value, 0.0, 1.0).Value);
    }

    [Fact]
    public void What_does_not_converge_is_said()
    {
        foreach (var integral in new[] { Quadrature.Integrate(x => 1 / x, 0.0, 1.0), Quadrature.Integrate(x => Sin(1 / x), 0.0, 1.0, atMost: 5), Quadrature.Integrate(Exp, 0.0, 1.0, 1e-17, 0), Quadrature.Integrate(x => x * double.NaN, 0.0, 1.0) })
        {
            Assert.Equal(double.NaN, Evaluate<double>(integral.Value)[0]);
            Assert.Contains("not converged", Assert.Throws<ConvergenceException>(() => integral.Checked()).Message);
        }
        Assert.Equal(double.NaN, Evaluate<double>(Grad((Node p) => Quadrature.Integrate(x => Pow(x, p), 0.0, 1.0, singular: true).Value)(Scalar(-1.5)))[0]);
        Assert.Equal(DType.Float32, Quadrature.Integrate(Exp, Zeros([], DType.Float32), Ones([], DType.Float32), 1e-5).Checked().Value.DType);
        Assert.Throws<ShapeException>(() => Quadrature.Integrate(Exp, Zeros(2), 1.0));
        Assert.Throws<ShapeException>(() => Quadrature.Integrate(x => Stack([x, x]), 0.0, 1.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quadrature.Integrate(Exp, 0.0, 1.0, atMost: 0));
    }
}
