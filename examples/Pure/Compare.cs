namespace Pure;

internal static class Compare
{
    /// <summary>The largest difference, relative to the wanted numbers where they are large.</summary>
    public static double Relative(double[] given, double[] wanted) => given.Zip(wanted, (g, w) => Math.Abs(g - w) / (1 + Math.Abs(w))).Aggregate(0.0, Math.Max);
}
