using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using Xunit.Abstractions;
using static Functional.Autograd.Ops;

namespace Accuracy;

/// <summary>How far the functions are from the truth, and that a result does not depend on its neighbours.</summary>
public partial class AccuracyTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, (Lazy<Function.Worst> Double, Lazy<Function.Worst> Single)> Measured =
        Function.All.ToDictionary(f => f.Name, f => (new Lazy<Function.Worst>(f.MeasureDouble), new Lazy<Function.Worst>(f.MeasureSingle)));

    public static TheoryData<string> Names => [.. Function.All.Select(f => f.Name)];

    private static Function Of(string name) => Function.All.First(f => f.Name == name);

    [Theory, MemberData(nameof(Names))]
    public void Float64_is_right_on_the_recorded_values(string name)
    {
        var worst = Measured[name].Double.Value;
        output.WriteLine($"{worst.Ulp:F3} ulp of {Of(name).Double}: {worst.Where}");
        Assert.True(worst.Ulp <= Of(name).Double, $"{worst.Ulp:F3} ulp, allowed are {Of(name).Double}: {worst.Where}");
    }

    [Theory, MemberData(nameof(Names))]
    public void Float32_is_right_against_float64(string name)
    {
        var worst = Measured[name].Single.Value;
        output.WriteLine($"{worst.Ulp:F3} ulp of {Of(name).Single}: {worst.Where}");
        Assert.True(worst.Ulp <= Of(name).Single, $"{worst.Ulp:F3} ulp, allowed are {Of(name).Single}: {worst.Where}");
    }

    [Theory, MemberData(nameof(Names))]
    public void There_are_enough_recorded_values(string name) => Assert.True(Of(name).Recorded().Result.Length >= 2000);

    [Fact]
    public void Every_row_has_a_bound_or_is_exact()
    {
        string[] exact = ["Neg", "Abs", "Sign", "Floor", "Ceiling", "Round", "Truncate", "Add", "Mul", "Div", "Max", "Min", "Rem", "FloorDiv", "Less", "LessEqual", "Equal"];
        Assert.Empty(Elementwise.Rows.Select(r => r.Name).Except(exact).Except(Function.All.Select(f => f.Name)));
    }

    [Fact]
    public void What_is_exact_is_exact()
    {
        double At(Func<Node, Node> f, double x) => Transforms.Evaluate<double>(f(Scalar(x)))[0];
        Assert.Equal(1, At(Exp, 0));
        Assert.Equal(1, At(Cosh, 0));
        Assert.Equal(1, At(Cos, 0));
        Assert.Equal(0.5, At(Sigmoid, 0));
        Assert.Equal(1, At(Erfc, 0));
        for (var k = -1074; k < 1024; k++)
        {
            Assert.Equal(Math.ScaleB(1, k), At(Exp2, k));
            Assert.Equal(k, At(Log2, Math.ScaleB(1, k)));
        }
        for (var k = 0; k <= 22; k++) Assert.Equal(k, At(Log10, Math.Pow(10, k)));
        for (var k = 1; k < 2000; k++) Assert.Equal(k, At(Sqrt, (double)k * k));
        for (var k = -126; k < 128; k++) Assert.Equal(MathF.ScaleB(1, k), Transforms.Evaluate<float>(Exp2(Scalar(k, DType.Float32)))[0]);
        foreach (var zero in (double[])[0.0, -0.0])
            foreach (var f in (Func<Node, Node>[])[Expm1, Log1p, Sin, Tan, Asin, Atan, Sinh, Tanh, Asinh, Atanh, Erf, ErfInv, Sqrt])
                Assert.Equal(BitConverter.DoubleToInt64Bits(zero), BitConverter.DoubleToInt64Bits(At(f, zero)));
    }

    // Results that a number holds exactly are exact, whatever stands beside them: in whole vectors, in their tails, and alone.
    private static readonly Dictionary<string, (Func<Node, Node> F, Func<bool, IEnumerable<(double X, double Y)>> Values)> Exact = new()
    {
        ["exp"] = (Exp, _ => [(0, 1), (-0.0, 1), (double.NegativeInfinity, 0)]),
        ["exp2"] = (Exp2, single => Whole(single ? -149 : -1074, single ? 127 : 1023).Select(k => (k, Math.ScaleB(1, (int)k)))),
        ["log"] = (Log, _ => [(1, 0), (0, double.NegativeInfinity)]),
        ["log2"] = (Log2, single => Whole(single ? -149 : -1074, single ? 127 : 1023).Select(k => (Math.ScaleB(1, (int)k), k))),
        ["log10"] = (Log10, single => Whole(0, single ? 10 : 22).Select(k => (Math.Pow(10, k), k))),
        ["sqrt"] = (Sqrt, _ => Whole(0, 4095).Select(k => (k * k, k))),
        ["cosh"] = (Cosh, _ => [(0, 1), (-0.0, 1)]),
        ["cos"] = (Cos, _ => [(0, 1), (-0.0, 1)]),
        ["sigmoid"] = (Sigmoid, _ => [(0, 0.5), (-0.0, 0.5), (double.PositiveInfinity, 1)]),
        ["tanh"] = (Tanh, _ => [(0, 0), (100, 1), (-100, -1)]),
        ["erf"] = (Erf, _ => [(0, 0), (30, 1), (-30, -1)]),
        ["erfc"] = (Erfc, _ => [(0, 1), (-30, 2), (30, 0)]),
        ["log1p"] = (Log1p, _ => [(0, 0), (-1, double.NegativeInfinity)]),
        ["expm1"] = (Expm1, _ => [(0, 0), (-1000, -1)]),
        ["pow (x, 2)"] = (x => Pow(x, Full(x.Type, 2)), _ => Whole(-4000, 4000).Select(k => (k, k * k))),
        ["pow (2, x)"] = (x => Pow(Full(x.Type, 2), x), single => Whole(single ? -126 : -1022, single ? 127 : 1023).Select(k => (k, Math.ScaleB(1, (int)k)))),
    };

    private static IEnumerable<double> Whole(int from, int to) => Enumerable.Range(from, to - from + 1).Select(k => (double)k);

    public static TheoryData<string> ExactNames => [.. Exact.Keys];

    [Theory, MemberData(nameof(ExactNames))]
    public void What_is_exact_is_exact_at_every_place(string name)
    {
        HoldExactly(name, single: false);
        HoldExactly(name, single: true);
    }

    private static void HoldExactly(string name, bool single)
    {
        var (f, values) = Exact[name];
        (double X, double Y)[] rows = [.. values(single)];
        double[] others = [0.3, -0.7, 700, -800, 1e-40, double.NaN, double.PositiveInfinity];
        var dtype = single ? DType.Float32 : DType.Float64;
        foreach (var length in (int[])[.. Enumerable.Range(1, 40), 63, 64, 65, 255, 256, 257, 513, 1025, Math.Max(2000, 2 * rows.Length)])
            foreach (var offset in (int[])[0, 1])
            {
                // Exact places alone in the first turn, beside others in the second.
                (double X, double? Y) At(int i) => offset == 1 && i % 2 == 0 ? (others[i / 2 % others.Length], null) : (rows[(i + length) / (1 + offset) % rows.Length].X, rows[(i + length) / (1 + offset) % rows.Length].Y);
                var x = Cast(Tensor<double>([.. Enumerable.Range(0, length).Select(i => At(i).X)]), dtype);
                var y = Transforms.Evaluate<double>(Cast(f(x), DType.Float64));
                for (var i = 0; i < length; i++)
                    if (At(i).Y is { } wanted && y[i] != wanted) Assert.Fail($"{name}({At(i).X}) is {y[i]:R} at {i} of {length}, not {wanted}");
            }
        foreach (var (at, wanted) in rows.Length > 300 ? rows.Where((_, i) => i % 7 == 0) : rows)
            Assert.Equal(wanted, Transforms.Evaluate<double>(Cast(f(Full(new TensorType(dtype, []), at)), DType.Float64))[0]);
    }

    [Fact]
    public void Powers_of_zeros_and_infinities_are_those_of_IEEE_754()
    {
        double[] bases = [double.NegativeInfinity, double.PositiveInfinity, -0.0, 0, -1, 1, double.NaN], exponents = [0, -0.0, 0.5, -0.5, 1, -1, 1.5, 2, -2, 3, -3, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        foreach (var b in exponents)
        {
            var y = Transforms.Evaluate<double>(Pow(Tensor(bases), Tensor([.. bases.Select(_ => b)])));
            for (var i = 0; i < bases.Length; i++)
            {
                var expected = Math.Pow(bases[i], b);
                Assert.True(y[i].Equals(expected) && (double.IsNaN(expected) || double.IsNegative(y[i]) == double.IsNegative(expected)), $"{bases[i]} to the power {b} is {y[i]}, not {expected}");
            }
        }
    }

    // Numbers of every kind, so that slow lanes stand beside fast ones.
    private static double[] Mixed(int count)
    {
        var random = new Random(7);
        double[] special = [0, -0.0, 1, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-310, 1e30, -1e30, 700, -720, 0.5];
        return [.. Enumerable.Range(0, count).Select(i => i % 5 == 0 ? special[i / 5 % special.Length] : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4)))];
    }

    [Theory, MemberData(nameof(Names))]
    public void The_same_input_has_the_same_bits_at_every_position(string name)
    {
        Same<double>(name, x => x);
        Same<float>(name, x => (float)x);
    }

    private static void Same<T>(string name, Func<double, T> convert) where T : unmanaged, IEquatable<T>
    {
        var f = Of(name).F;
        T[] x = [.. Mixed(1025).Select(convert)], partner = [.. Mixed(1031).Skip(3).Take(1025).Reverse().Select(convert)];
        T[] At(Range range, int times = 1)
        {
            T[] a = [.. Enumerable.Repeat(x[range], times).SelectMany(v => v)], b = [.. Enumerable.Repeat(partner[range], times).SelectMany(v => v)];
            Dims shape = [a.Length];
            return Transforms.Evaluate<T>(f([Tensor<T>(a, shape), Tensor<T>(b, shape)]));
        }
        var all = At(..);
        // NaN equals itself under Equals; zeros of either sign are told apart by their text.
        void Equal(T[] part, int from)
        {
            for (var i = 0; i < part.Length; i++)
                if (!part[i].Equals(all[(from + i) % 1025]) || part[i].ToString() != all[(from + i) % 1025].ToString())
                    Assert.Fail($"{name}({x[(from + i) % 1025]}) is {part[i]} at {i} of {part.Length}, and {all[(from + i) % 1025]} at {(from + i) % 1025} of 1025");
        }
        foreach (var length in (int[])[1, 7, 255, 256, 257, 513, 1025])
        {
            Equal(At(..length), 0);
            Equal(At(^length..), 1025 - length);
        }
        for (var i = 0; i < 200; i++)
        {
            Equal(At(i..(i + 1)), i);
            Equal(Transforms.Evaluate<T>(f([Tensor<T>([x[i]], []), Tensor<T>([partner[i]], [])])), i);
        }
        // Several tiles, chunks and threads.
        Equal(At(.., 200), 0);
    }

    [Fact]
    public void The_accuracy_page_is_fresh()
    {
        var text = new StringBuilder("""
            # Accuracy

            How many units in the last place (ulp) the scalar functions may be off, and by how many they were when this page was written; a
            correctly rounded result is off by at most 0.5. float64 is held against more than 2,000 values a function that mpmath computed to 40 digits
            (`tests/Accuracy/values.py`): the whole domain, special values, and the neighbourhoods of zeros, poles and ends. float32 is held against
            float64 at every 4093rd of the 2³² numbers; `ACCURACY_STRIDE=1 dotnet test tests/Accuracy` takes them all, and 43 takes 10⁸ of them in
            seven minutes on two cores; on 2026-11-25 every bound below held there.

            The same input has the same bits wherever it stands in a tensor, for any number of threads. Where x < 0, an ulp of LogGamma, Digamma and
            Polygamma is one of the largest term in the reflection formula: near the zeros that these functions have there the error is absolute.

            | function | float64, at most | measured | float32, at most | measured |
            | --- | --- | --- | --- | --- |

            """.Replace("\r", "", StringComparison.Ordinal));
        foreach (var f in Function.All)
            text.Append(CultureInfo.InvariantCulture, $"| {f.Name} | {f.Double} | {Measured[f.Name].Double.Value.Ulp:F2} | {f.Single} | {Measured[f.Name].Single.Value.Ulp:F2} |\n");
        var path = Path.Combine(Root(AppContext.BaseDirectory), "docs", "accuracy.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, text.ToString(), new UTF8Encoding(false));
        // What is measured differs between mathematical libraries; names and bounds do not.
        Assert.True(File.Exists(path) && Row().Replace(File.ReadAllText(path), "${double} ${single}") == Row().Replace(text.ToString(), "${double} ${single}"), "docs/accuracy.md is stale: UPDATE_DOCS=1 dotnet test tests/Accuracy writes it anew");
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Functional.Autograd.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);

    [GeneratedRegex(@"^(?<double>\| \w+ \| [\d.]+) \| [\d.]+ (?<single>\| [\d.]+) \| [\d.]+ \|$", RegexOptions.Multiline, 1000)]
    private static partial Regex Row();
}
