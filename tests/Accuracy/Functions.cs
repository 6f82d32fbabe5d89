using System.Globalization;
using System.IO.Compression;
using Functional.Autograd;
using static Functional.Autograd.Ops;

namespace Accuracy;

/// <summary>A scalar function and how many units in the last place it may be off.</summary>
/// <param name="Name">The name of the file of its values.</param>
/// <param name="F">The function, of one or two operands.</param>
/// <param name="Double">The bound for float64.</param>
/// <param name="Single">The bound for float32.</param>
public sealed record Function(string Name, Func<Node[], Node> F, double Double, double Single)
{
    private static Function Of(string name, Func<Node, Node> f, double bound, double single = 0.6) => new(name, x => f(x[0]), bound, single);

    /// <summary>The table of bounds. Correct rounding is off by 0.5.</summary>
    public static IReadOnlyList<Function> All { get; } =
    [
        Of("Exp", Exp, 1, 1), Of("Exp2", Exp2, 1), Of("Expm1", Expm1, 1), Of("Log", Log, 1), Of("Log2", Log2, 1), Of("Log10", Log10, 1), Of("Log1p", Log1p, 1),
        Of("Sqrt", Sqrt, 0.5, 0.5), Of("Sin", Sin, 1), Of("Cos", Cos, 1), Of("Tan", Tan, 1), Of("Asin", Asin, 1), Of("Acos", Acos, 1), Of("Atan", Atan, 1),
        Of("Sinh", Sinh, 2), Of("Cosh", Cosh, 2), Of("Tanh", Tanh, 2, 3), Of("Asinh", Asinh, 2), Of("Acosh", Acosh, 2), Of("Atanh", Atanh, 2),
        Of("Sigmoid", Sigmoid, 2, 2), Of("Softplus", Softplus, 2), Of("Erf", Erf, 2), Of("Erfc", Erfc, 4), Of("ErfInv", ErfInv, 4),
        Of("LogGamma", LogGamma, 4), Of("Digamma", Digamma, 4),
        Of("Polygamma1", x => Polygamma(1, x), 8), Of("Polygamma2", x => Polygamma(2, x), 8), Of("Polygamma3", x => Polygamma(3, x), 12),
        new("Pow", x => Pow(x[0], x[1]), 2, 1.5), new("Atan2", x => Atan2(x[0], x[1]), 1, 0.6), new("Hypot", x => Hypot(x[0], x[1]), 1, 0.6),
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The worst error of each precision, and where.</summary>
    public sealed record Worst(double Ulp, string Where);

    /// <summary>Recorded values: inputs, the nearest float64 to the exact value, what remains in ulp, and the unit.</summary>
    public (double[][] Inputs, double[] Result, double[] Remainder, double[] Scale) Recorded()
    {
        var (inputs, result, rest, scale) = (new List<double>[] { [], [] }, new List<double>(), new List<double>(), new List<double>());
        using var file = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "values", Name + ".txt.gz")), CompressionMode.Decompress));
        while (file.ReadLine() is { } line)
        {
            var parts = line.Split(' ');
            double Bits(int k) => BitConverter.UInt64BitsToDouble(ulong.Parse(parts[k], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            var operands = Name is "Pow" or "Atan2" or "Hypot" ? 2 : 1;
            for (var k = 0; k < operands; k++) inputs[k].Add(Bits(k));
            result.Add(Bits(operands));
            rest.Add(double.Parse(parts[operands + 1], CultureInfo.InvariantCulture));
            scale.Add(parts.Length > operands + 2 ? double.Parse(parts[operands + 2], CultureInfo.InvariantCulture) : 0);
        }
        return ([.. inputs.Where(x => x.Count > 0).Select(x => x.ToArray())], [.. result], [.. rest], [.. scale]);
    }

    /// <summary>The worst error of float64 over the recorded values.</summary>
    public Worst MeasureDouble()
    {
        var (inputs, result, rest, scale) = Recorded();
        var y = Transforms.Evaluate<double>(F([.. inputs.Select(x => Tensor<double>(x, [x.Length]))]));
        var worst = new Worst(0, "");
        for (var i = 0; i < y.Length; i++)
            if (Error(result[i], rest[i], scale[i], y[i]) is var ulp && ulp > worst.Ulp)
                worst = new(ulp, $"{Name}({string.Join(", ", inputs.Select(x => x[i].ToString("R", CultureInfo.InvariantCulture)))}) is {y[i]:R}, should be {result[i]:R}");
        return worst;
    }

    private static double Error(double exact, double rest, double scale, double y)
    {
        if (double.IsNaN(exact) || double.IsNaN(y) || double.IsInfinity(exact) || double.IsInfinity(y)) return exact.Equals(y) ? 0 : double.PositiveInfinity;
        // A zero has a sign.
        if (exact == 0 && rest == 0) return BitConverter.DoubleToInt64Bits(exact) == BitConverter.DoubleToInt64Bits(y) ? 0 : double.PositiveInfinity;
        var unit = Math.Max(Math.Abs(exact), scale);
        var ulp = Math.BitIncrement(unit) - unit;
        return Math.Abs((y - exact) / ulp - rest);
    }

    private static readonly uint Stride = uint.TryParse(Environment.GetEnvironmentVariable("ACCURACY_STRIDE"), out var n) ? n : 4093;

    /// <summary>The worst error of float32 against float64, over every Stride-th of the 2³² numbers.</summary>
    public Worst MeasureSingle()
    {
        const int chunk = 1 << 20;
        var binary = Name is "Pow" or "Atan2" or "Hypot";
        var worst = new Worst(0, "");
        for (ulong start = 0; start < 1UL << 32; start += (ulong)chunk * Stride)
        {
            var count = (int)Math.Min(chunk, ((1UL << 32) - start + Stride - 1) / Stride);
            var a = new float[count];
            for (var i = 0; i < count; i++) a[i] = BitConverter.UInt32BitsToSingle((uint)(start + (ulong)i * Stride));
            // The partner of a number is any other one, but often near one in size.
            var b = a.Select((x, i) => BitConverter.UInt32BitsToSingle(i % 2 == 0 ? (uint)i * 2654435761 : 0x3F000000 + (uint)i * 2654435761 % 0x02000000)).ToArray();
            Node[] inputs = binary ? [Tensor<float>(a, [count]), Tensor<float>(b, [count])] : [Tensor<float>(a, [count])];
            var y = Transforms.Evaluate<float>(F(inputs));
            var exact = Transforms.Evaluate<double>(F([.. inputs.Select(x => Cast(x, DType.Float64))]));
            for (var i = 0; i < count; i++)
                if (Error(exact[i], y[i]) is var ulp && ulp > worst.Ulp)
                    worst = new(ulp, $"{Name}({a[i]:R}{(binary ? $", {b[i]:R}" : "")}) is {y[i]:R}, should be {exact[i]:R}");
        }
        return worst;
    }

    private static double Error(double exact, float y)
    {
        const double end = 3.402823669209385e38;
        if (double.IsNaN(exact) || float.IsNaN(y)) return double.IsNaN(exact) && float.IsNaN(y) ? 0 : double.PositiveInfinity;
        if (Math.Abs(exact) >= end) return float.IsInfinity(y) && Math.Sign(y) == Math.Sign(exact) ? 0 : double.PositiveInfinity;
        if (exact == 0) return y == 0 && float.IsNegative(y) == double.IsNegative(exact) ? 0 : double.PositiveInfinity;
        var ulp = Math.ScaleB(1, Math.Max(Math.ILogB(exact), -126) - 23);
        return Math.Abs((float.IsInfinity(y) ? Math.CopySign(end, y) : y) - exact) / ulp;
    }
}
