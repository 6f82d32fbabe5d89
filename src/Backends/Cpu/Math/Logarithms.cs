namespace Functional.Autograd.Cpu;

/// <summary>Exponentials and logarithms that the framework lacks or computes inaccurately.</summary>
internal static class Logarithms
{
    // Kahan's corrections: the error of exp(x) − 1 and log(1 + x) cancels against that of the inverse function.
    public static double Expm1(double x)
    {
        if (Math.Abs(x) < 1e-8) return x;
        var u = Math.Exp(x);
        if (u == 1) return x;
        var m = u - 1;
        return m == -1 || double.IsInfinity(u) ? m : Math.Abs(x) > 1 ? m : m * x / Math.Log(u);
    }

    public static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : double.IsInfinity(u) || u <= 0 ? Math.Log(u) : Math.Log(u) * x / (u - 1);
    }

    public static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));
}
