namespace Functional.Autograd.Testing;

/// <summary>A slope, how far it may be off, and the step that it was found with.</summary>
/// <param name="Value">The slope.</param>
/// <param name="Error">How far differences with other steps, and rounding, let it be off; infinite where nothing settled.</param>
/// <param name="Step">The step.</param>
internal readonly record struct Slope(double Value, double Error, double Step);

/// <summary>
/// Slopes of a plain function by differences of five points, with steps that shrink fourfold: a slope counts where three steps in a row agree (Richardson's confirmation without his
/// extrapolation, which is as often wrong as it is better). Steps stay inside the domain.
/// </summary>
internal sealed class Differences(Func<double[], double[]> f, double[] x, double[] y, Domain domain, double nondeterminism)
{
    private const int Steps = 15;
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>The slopes of all results along a direction.</summary>
    /// <param name="v">The direction.</param>
    public Slope[] Along(double[] v)
    {
        var best = Array.ConvertAll(y, _ => new Slope(double.NaN, double.PositiveInfinity, 0));
        var (h, trail) = (Math.ScaleB(1, -6), new List<(double[] Slopes, double[] Noise)>());
        for (var j = 0; j < x.Length; j++)
            while (v[j] != 0 && 2.2 * h * Math.Abs(v[j]) >= domain.Room(x[j]) && h > 1e-300) h /= 4;
        for (var k = 0; k < Steps; k++, h /= 4)
        {
            trail.Add(Five(v, h));
            if (k < 2) continue;
            var settled = true;
            for (var i = 0; i < y.Length; i++)
            {
                var (a, b, c) = (trail[k - 2].Slopes[i], trail[k - 1].Slopes[i], trail[k].Slopes[i]);
                var error = Math.Max(Math.Abs(a - b), Math.Abs(b - c)) + trail[k - 1].Noise[i];
                if (error < best[i].Error) best[i] = new(b, error, 4 * h);
                settled &= best[i].Error <= 1e-11 * Math.Abs(best[i].Value);
            }
            if (settled) break;
        }
        return best;
    }

    private (double[] Slopes, double[] Noise) Five(double[] v, double h)
    {
        var (p, m, pp, mm) = (At(v, h), At(v, -h), At(v, 2 * h), At(v, -2 * h));
        var (slopes, noise) = (new double[y.Length], new double[y.Length]);
        for (var i = 0; i < y.Length; i++)
        {
            slopes[i] = (8 * (p[i] - m[i]) - (pp[i] - mm[i])) / (12 * h);
            var size = Math.Max(Math.Max(Math.Abs(p[i]), Math.Abs(m[i])), Math.Max(Math.Abs(pp[i]), Math.Abs(mm[i])));
            noise[i] = (Epsilon + nondeterminism) * size * 1.5 / h;
        }
        return (slopes, noise);
    }

    /// <summary>Whether the slopes of both sides stay apart as the step shrinks.</summary>
    /// <param name="v">The direction.</param>
    /// <param name="result">Which result.</param>
    /// <param name="at">The slope in question.</param>
    public bool IsKink(double[] v, int result, Slope at)
    {
        double Gap(double h)
        {
            double Side(double s) => (-3 * y[result] + 4 * At(v, s)[result] - At(v, 2 * s)[result]) / (2 * s);
            return Math.Abs(Side(h) - Side(-h));
        }
        var h = Math.Max(at.Step, Math.ScaleB(1, -16));
        var (wide, narrow) = (Gap(h), Gap(h / 16));
        // Where it is smooth the gap falls with the square of the step.
        return !(narrow <= 0.25 * wide || narrow <= 1e-3 * Math.Abs(at.Value) + 16 * (Epsilon + nondeterminism) * Math.Abs(y[result]) * 16 / h);
    }

    // A function that fails beside the point has no value there.
    private double[] At(double[] v, double h)
    {
        try
        {
            var there = f([.. x.Zip(v, (a, d) => d == 0 ? a : a + h * d)]);
            return there.Length == y.Length ? there : Array.ConvertAll(y, _ => double.NaN);
        }
        catch (Exception)
        {
            return Array.ConvertAll(y, _ => double.NaN);
        }
    }
}
