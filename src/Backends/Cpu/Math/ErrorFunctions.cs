namespace Functional.Autograd.Cpu;

/// <summary>The error function, its complement and its inverse.</summary>
internal static class ErrorFunctions
{
    // erf(x) / x − 1 in x² for |x| ≤ 7/8. The polynomials are made by tests/Accuracy/fit.py.
    private static ReadOnlySpan<double> Near =>
    [
        0.1283791670955126, -0.37612638903183754, 0.11283791670955111, -0.026866170645127092, 0.0052239776253799495, -0.0008548327017905889,
        0.00012055332664402735, -1.4925638169259221e-05, 1.646179331465805e-06, -1.636001974888772e-07, 1.4735405934568758e-08, -1.1712641683192752e-09,
        6.627786135071423e-11,
    ];

    // (1 + 2a)·exp(a²)·erfc(a) in q = (a − 4)/(a + 4) for 0 ≤ a ≤ 28 (Shepherd and Laframboise, 1981).
    private static ReadOnlySpan<double> Far =>
    [
        1.2329951186255526, -0.13962111684056253, 0.015379652102620111, 0.06809705425469303, -0.10103906603632955, 0.09373283499833329,
        -0.06633036581154421, 0.03716751553787908, -0.016197734067039865, 0.005031969972225688, -0.0007577732147971718, -0.00019925664291065565,
        0.00015062131217624512, -2.4399505458525544e-05, -1.1220902504340601e-05, 5.710769473216913e-06, 2.916445562939141e-07, -8.277591913537945e-07,
        7.703495881102781e-08, 1.1328048304274549e-07, -1.9106294487779176e-08, -1.660879467182853e-08, 1.6868082625932292e-09, 2.1031095817570338e-09,
        2.9111659955327447e-10,
    ];

    private static double Polynomial(double x, ReadOnlySpan<double> c)
    {
        var y = c[^1];
        for (var i = c.Length - 2; i >= 0; i--) y = Math.FusedMultiplyAdd(y, x, c[i]);
        return y;
    }

    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        if (a <= 0.875) return Math.FusedMultiplyAdd(x, Polynomial(x * x, Near), x);
        return double.IsNaN(x) ? x : Math.CopySign(1 - Erfc(a), x);
    }

    public static double Erfc(double x)
    {
        var a = Math.Abs(x);
        if (!(a < 28)) return double.IsNaN(x) ? x : x < 0 ? 2 : 0;
        var square = a * a;
        var low = Math.FusedMultiplyAdd(a, a, -square);
        var e = Math.Exp(-square);
        var y = e * (Polynomial((a - 4) / (a + 4), Far) / (1 + 2 * a)) * (1 - low);
        return x < 0 ? 2 - y : y;
    }

    // Winitzki's approximation, then Halley's method on whichever of erf and erfc is small.
    public static double Inverse(double x)
    {
        var p = Math.Abs(x);
        if (!(p < 1)) return p == 1 ? x * double.PositiveInfinity : double.NaN;
        if (x == 0) return x;
        var l = Logarithms.Log1p(-x * x);
        var t = 2 / (Math.PI * 0.147) + l / 2;
        var y = Math.Sqrt(-l / 0.147 / (Math.Sqrt(t * t - l / 0.147) + t));
        for (var i = 0; i < 3; i++)
        {
            var error = p < 0.5 ? Erf(y) - p : 1 - p - Erfc(y);
            var step = error * (Math.Sqrt(Math.PI) / 2) * Math.Exp(y * y);
            y -= step / (1 + y * step);
        }
        return Math.CopySign(y, x);
    }
}
