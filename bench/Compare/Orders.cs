using System.Diagnostics;
using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Compare.Timing;
using static Functional.Autograd.Ops;

namespace Compare;

/// <summary>Derivatives of high order and sparse ones, beside what they would cost without.</summary>
internal static class Orders
{
    private static int failed;

    /// <summary>Prints medians beside what is wanted.</summary>
    /// <returns>How many wants are not met.</returns>
    public static int Print()
    {
        failed = 0;
        Console.WriteLine($"{"orders",-72} {"median",10}");
        Series(10, 20);
        Tridiagonal(100_000, 50);
        return failed;
    }

    // Thirty operations, on four numbers.
    private static Node Chain(Node x)
    {
        var y = x;
        for (var k = 0; k < 6; k++) y = Sin(y) * Exp(-y * 0.1) + y * 0.5;
        return y;
    }

    private static void Series(int order, double atLeast)
    {
        Node x = Tensor([0.3, 0.5, 0.7, 0.9]);
        Func<Node, Node> nested = Chain;
        for (var k = 0; k < order; k++)
        {
            var f = nested;
            nested = v => Transforms.Grad((Node u) => Sum(f(u)))(v);
        }
        var (series, towers) = (Transforms.Compile<Node, Node>(v => Stack([.. Taylor.Derivatives(Chain, v, order)])), Transforms.Compile(nested));
        var start = Stopwatch.GetTimestamp();
        var given = Transforms.Evaluate<double>(series(x))[^4..];
        var firstSeries = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        var wanted = Transforms.Evaluate<double>(towers(x));
        var firstNested = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var off = given.Zip(wanted, (g, w) => Math.Abs(g - w) / (1 + Math.Abs(w))).Aggregate(0.0, Math.Max);
        if (off > 1e-8) failed++;
        var (fast, slow) = (Median(200, () => series(x)), Median(5, () => towers(x)));
        Row($"order {order} of 30 operations by Taylor series, all orders: a call", fast, $"first {firstSeries:F0} ms");
        Row($"order {order} of 30 operations by nested gradients: a call", slow, $"first {firstNested:F0} ms; {slow / fast:F0}×, wanted ≥ {atLeast:F0}× {Holds(slow >= atLeast * fast)}; they differ by {off:0.0e+00}");
    }

    private static void Tridiagonal(int n, double atMost)
    {
        var x = Transforms.Settled(Sin(Cast(Arange(n), DType.Float64)));
        static Node Neighbours(Node v) => Sin(v) * 2 - Pad(Square(v[1..]), [0], [1]) - Pad(v[..^1] * Cos(v[..^1]), [1], [0]);
        var start = Stopwatch.GetTimestamp();
        var jacobian = Sparse.Jacobian(Neighbours, x.Type);
        var compiled = Transforms.Compile(v => jacobian(v).Values);
        compiled(x);
        var planned = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var time = Median(20, () => compiled(x));
        Row($"tridiagonal Jacobian of {n:N0} rows: a call", time, $"planned in {planned:F0} ms; wanted < {atMost:F0} ms {Holds(time < atMost)}");
    }

    private static string Holds(bool holds)
    {
        if (!holds) failed++;
        return holds ? "holds" : "NOT REACHED";
    }

    private static void Row(string what, double milliseconds, string beside) => Console.WriteLine($"{what,-72} {Text(milliseconds),10}  {beside}");
}
