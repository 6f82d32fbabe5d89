using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Pure;

internal static class Sparseness
{
    public static (string, double, double) Rosenbrock()
    {
        const int n = 100_000;
        Node x = Sin(Cast(Arange(n), DType.Float64));
        var hessian = Sparse.Hessian(v => Sum(100 * Square(v[1..] - Square(v[..^1])) + Square(1 - v[..^1])), x.Type)(x);
        // Entry by entry: 1200x² − 400y + 2 where a variable x comes before another y, 200 where it comes after one, −400x between them.
        var at = Evaluate<double>(x);
        double Entry(int i, int j) => i != j ? -400 * at[Math.Min(i, j)] : (i < n - 1 ? (1200 * at[i] * at[i]) - (400 * at[i + 1]) + 2 : 0) + (i > 0 ? 200 : 0);
        double[] wanted = [.. hessian.Pattern.Entries.Select(e => Entry(e.Row, e.Column))];
        return ($"{hessian.Pattern.Count} entries along {hessian.Pattern.Colours.Count} directions", Compare.Relative(Evaluate<double>(hessian.Values), wanted), 1e-12);
    }
}
