namespace Functional.Autograd.Testing;

/// <summary>Where functions are tried.</summary>
internal static class Domains
{
    // Where rounding, comparison and overflow do what they do nowhere else.
    public static readonly double[] Extremes =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2, -2, 2.5, -3, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.Epsilon, -double.Epsilon, 2.2250738585072014e-308,
        1e-300, -1e-300, 1e-160, 1e-20, -1e-20, 1e-8, -1e-8, 0.99999999999999989, 1.0000000000000002, -0.99999999999999989, 17, -17, 40, -40, 89, -104, 709.5, 710.3, -745, 1e5, -1e5, 1e20, -1e20, 1e160, 1e300, -1e300, double.MaxValue, double.MinValue,
    ];

    public static readonly double[] Round = [0, 1, -1, 0.5, -0.5, 2, -2, 3, 10, -10, 1e-8, -1e-8, 20, -20, 37.5, -37.5];

    public static readonly (double, double)[] Line = [(-2, 2), (-30, 30), (-1e-6, 1e-6)], Positive = [(0.01, 3), (1e-30, 1e30), (0.999, 1.001)], Unit = [(-0.99, 0.99), (0.99, 0.99999), (-0.99999, -0.99), (-1e-5, 1e-5)];
    public static readonly (double, double)[] Gamma = [(0.05, 1), (1.1, 1.9), (2.1, 40), (40, 1e5), (-0.9, -0.1), (-3.9, -3.1), (-9.9, -9.1)],
        Steps = [(0, 1), (-1, 0), (6, 7), (1e5, 100000.9)], Away = [(0.1, 3), (-3, -0.1), (1e-5, 1e5)];
    public static readonly (double, double)[] Kinked = [(-3, 0), (0, 3), (-30, -3), (3, 30), (-1e-6, 0)];
}
