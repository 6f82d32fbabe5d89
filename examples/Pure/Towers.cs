using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Pure;

internal static class Towers
{
    public static (string, double, double) Tan()
    {
        Func<Node, Node> f = Ops.Tan;
        List<double> given = [], wanted = [];
        // Every derivative is a polynomial in t = tan x, and t′ = 1 + t².
        double[] polynomial = [0, 1];
        for (var order = 1; order <= 6; order++)
        {
            f = Grad(f);
            polynomial = Next(polynomial);
            given.Add(Evaluate<double>(f(0.5))[0]);
            wanted.Add(polynomial.Select((c, k) => c * Math.Pow(Math.Tan(0.5), k)).Sum());
        }
        return (string.Join(" ", given.Select(v => v.ToString("F3"))), Compare.Relative([.. given], [.. wanted]), 1e-11);
    }

    // p′(t)·(1 + t²).
    private static double[] Next(double[] p)
    {
        var next = new double[p.Length + 1];
        for (var k = 1; k < p.Length; k++)
        {
            next[k - 1] += k * p[k];
            next[k + 1] += k * p[k];
        }
        return next;
    }

    public static (string, double, double) Compiled()
    {
        var planned = Compile(x => Exp(-x * x));
        Node at = [0.3, -1.2];
        var first = Evaluate<double>(Grad(x => Sum(x * planned(x)))(at));
        var hessian = Evaluate<double>(Hessian(x => Sum(x * planned(x)))(at));
        double[] x = [0.3, -1.2];
        double[] wanted = [.. x.Select(v => (1 - 2 * v * v) * Math.Exp(-v * v)), Second(x[0]), 0, 0, Second(x[1])];
        return ($"{first[0]:F4} {first[1]:F4}", Compare.Relative([.. first, .. hessian], wanted), 1e-14);

        static double Second(double v) => (4 * v * v * v - 6 * v) * Math.Exp(-v * v);
    }
}
