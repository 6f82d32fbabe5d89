using Functional.Autograd;
using Functional.Autograd.Numerics;
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

    // Ten functions at 0.3: every derivative up to the tenth by series, and by Grad of Grad.
    public static (string, double, double) TenFunctions()
    {
        const double x = 0.3;
        static double Factorial(int n) => Enumerable.Range(1, n).Aggregate(1.0, (p, k) => p * k);
        static double Falling(double a, int n) => Enumerable.Range(0, n).Aggregate(1.0, (p, k) => p * (a - k));
        (Func<Node, Node> F, Func<int, double> Derivative)[] functions =
        [
            (Exp, _ => Math.Exp(x)),
            (Sin, k => Math.Sin(x + (k * Math.PI / 2))),
            (Cos, k => Math.Cos(x + (k * Math.PI / 2))),
            (Log, k => k == 0 ? Math.Log(x) : -Factorial(k - 1) * Math.Pow(-x, -k)),
            (Sqrt, k => Falling(0.5, k) * Math.Pow(x, 0.5 - k)),
            (v => 1 / v, k => Factorial(k) * Math.Pow(-1, k) * Math.Pow(x, -1 - k)),
            (v => 1 / (1 - v), k => Factorial(k) * Math.Pow(1 - x, -1 - k)),
            (v => Pow(v, 7), k => Falling(7, k) * Math.Pow(x, Math.Max(0, 7 - k))),
            (v => v * Exp(v), k => (x + k) * Math.Exp(x)),
            (v => Exp(2 * v) * Exp(v), k => Math.Pow(3, k) * Math.Exp(3 * x)),
        ];
        List<double> given = [], wanted = [];
        foreach (var (f, derivative) in functions)
        {
            var nested = f;
            var series = Taylor.Derivatives(f, x, 10);
            for (var k = 0; k <= 10; k++)
            {
                // Relative to each, so that none hides behind a larger one.
                given.Add(Evaluate<double>(series[k])[0] - derivative(k));
                wanted.Add(Math.Max(1, Math.Abs(derivative(k))));
                given.Add(Evaluate<double>(nested(x))[0] - derivative(k));
                wanted.Add(Math.Max(1, Math.Abs(derivative(k))));
                nested = Grad(nested);
            }
        }
        return ($"{functions.Length} functions", given.Zip(wanted, (error, size) => Math.Abs(error) / size).Aggregate(0.0, Math.Max), 1e-9);
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
