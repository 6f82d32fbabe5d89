using System.Diagnostics;

namespace Compare;

/// <summary>Medians, and how they are written.</summary>
internal static class Timing
{
    /// <summary>Milliseconds of a step.</summary>
    public static double Median(int count, Action step)
    {
        // The first second is the compiler's.
        for (var warm = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warm).TotalSeconds < 1;) step();
        var times = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            step();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Median(times);
    }

    public static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    public static string Text(double milliseconds) => milliseconds < 0.1 ? $"{milliseconds * 1e3:F2} µs" : $"{milliseconds:F1} ms";
}
