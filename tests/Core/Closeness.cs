using Functional.Autograd;

namespace Core;

/// <summary>What tests of transforms compare: types, and elements to a relative tolerance.</summary>
internal static class Closeness
{
    /// <summary>The elements as float64.</summary>
    public static double[] Read(Node x) => Transforms.Evaluate<double>(Ops.Cast(x, DType.Float64));

    public static void Close(Node expected, Node actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Type, actual.Type);
        var (e, a) = (Read(expected), Read(actual));
        for (var i = 0; i < e.Length; i++) Assert.True(e[i].Equals(a[i]) || Math.Abs(e[i] - a[i]) <= tolerance * (1 + Math.Abs(e[i])), $"element {i} is {a[i]:R}, not {e[i]:R}");
    }
}
