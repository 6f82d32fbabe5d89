using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>
/// Complex numbers and half types, as recorded by recorded/make_complex.py and recorded/make_half.py: values, gradients in PyTorch's convention, second gradients; casts and promotion.
/// </summary>
public class ElementTests
{
    private static readonly JsonElement Complexes = Json("complex.json"), Halves = Json("half.json");

    private static JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "recorded", name))).RootElement;

    private static double Number(JsonElement e) => e.GetString() switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        var s => double.Parse(s!, CultureInfo.InvariantCulture),
    };

    private static Complex[] Numbers(JsonElement e) => [.. e.EnumerateArray().Select(p => new Complex(Number(p[0]), Number(p[1])))];

    private static readonly Dictionary<string, Func<Node, Node>> OfComplex = new()
    {
        ["neg"] = x => -x, ["abs"] = Abs, ["sgn"] = Sign, ["exp"] = Exp, ["exp2"] = Exp2, ["expm1"] = Expm1, ["log"] = Log, ["log2"] = Log2, ["log10"] = Log10, ["log1p"] = Log1p,
        ["sqrt"] = Sqrt, ["rsqrt"] = Rsqrt, ["sin"] = Sin, ["cos"] = Cos, ["tan"] = Tan, ["sinh"] = Sinh, ["cosh"] = Cosh, ["tanh"] = Tanh, ["asin"] = Asin, ["acos"] = Acos, ["atan"] = Atan,
        ["asinh"] = Asinh, ["acosh"] = Acosh, ["atanh"] = Atanh, ["sigmoid"] = Sigmoid, ["reciprocal"] = Reciprocal, ["square"] = Square, ["angle"] = Angle, ["conj"] = Conj,
        ["pow2.5"] = z => Pow(z, 2.5), ["pow2"] = z => Pow(z, 2), ["pow_base"] = z => Pow(new Complex(1.5, 0.5), z), ["powz"] = z => Pow(z, z), ["div"] = z => (z + 1) / (z * z + 2),
        ["mulconj"] = z => z * Conj(z) + Conj(z), ["real"] = z => Real(z) * Imag(z), ["cumprod"] = z => CumProd(z, 0), ["prod"] = z => Spread(Prod(Rows(z), 1)),
        ["matmul"] = z => Reshape(MatMul(MatMul(Rows(z), Reshape(z, [4, 3])), Rows(z)), [12]), ["norm"] = z => Spread(Norm(Rows(z), 2, 1)), ["var"] = z => Spread(Var(Rows(z), 1)),
        ["mean"] = z => Spread(Mean(Rows(z) * Rows(z), 1)),
    };

    private static Node Rows(Node x) => Reshape(x, [3, 4]);

    private static Node Spread(Node x) => Reshape(Broadcast(Unsqueeze(x, 1), [3, 4]), [12]);

    public static TheoryData<string> ComplexRows => [.. Complexes.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(ComplexRows))]
    public void Functions_of_complex_numbers_and_their_first_and_second_gradients_are_PyTorchs(string name)
    {
        var row = Complexes.GetProperty("rows").EnumerateArray().First(r => r.GetProperty("name").GetString() == name);
        Node z = Tensor(Numbers(Complexes.GetProperty("z"))), w = Tensor(Numbers(Complexes.GetProperty("w"))), v = Tensor(Numbers(Complexes.GetProperty("v")));
        var f = OfComplex[name];
        var cuts = OnCuts.GetValueOrDefault(name, []);
        Node Loss(Node z) => Sum(f(z) is var y && y.DType.IsComplex ? Real(y * w) : y * Real(w));
        Same(name, "value", row.GetProperty("y"), f(z), cuts);
        Same(name, "gradient", row.GetProperty("g"), Grad(Loss)(z), cuts);
        foreach (var i in cuts)
        {
            var beside = Numbers(Complexes.GetProperty("z"));
            beside[i] += beside[i].Imaginary == 0 ? new Complex(0, 1e-9) : 1e-9;
            Assert.True((Evaluate<Complex>(f(z))[i] - Evaluate<Complex>(f(Tensor(beside)))[i]).Magnitude < 1e-8);
            Assert.True((Evaluate<Complex>(Grad(Loss)(z))[i] - Evaluate<Complex>(Grad(Loss)(Tensor(beside)))[i]).Magnitude < 1e-7);
        }
        if (row.GetProperty("h").ValueKind != JsonValueKind.Null) Same(name, "second gradient", row.GetProperty("h"), Grad(z => Sum(Real(Grad(Loss)(z) * Conj(v))))(z), cuts);
    }

    // On a cut, C99 takes the side that the sign of zero says, for the value and so for the slope; PyTorch mixes them.
    private static readonly Dictionary<string, int[]> OnCuts = new() { ["asin"] = [4], ["acos"] = [4], ["atan"] = [6] };

    private static void Same(string name, string what, JsonElement expected, Node actual, int[] except)
    {
        var (e, a) = (Numbers(expected), Evaluate<Complex>(Cast(actual, DType.Complex128)));
        Assert.Equal(e.Length, a.Length);
        for (var i = 0; i < e.Length; i++)
            Assert.True(except.Contains(i) || e[i] == a[i] || Same(e[i].Real, a[i].Real, e[i]) && Same(e[i].Imaginary, a[i].Imaginary, e[i]), $"{name}: the {what} at {i} is {a[i]}, in PyTorch {e[i]}");
        static bool Same(double e, double a, Complex whole) => double.IsNaN(e) ? double.IsNaN(a) || !double.IsFinite(a) : Math.Abs(e - a) <= 4e-13 * (1e-3 + Complex.Abs(whole));
    }


    private static readonly Dictionary<string, Func<Node, Node>> OfHalves = new()
    {
        ["neg"] = x => -x, ["abs"] = Abs, ["sign"] = Sign, ["exp"] = Exp, ["expm1"] = Expm1, ["log1p"] = Log1p, ["sqrt"] = Sqrt, ["sin"] = Sin, ["cos"] = Cos, ["tanh"] = Tanh, ["sigmoid"] = Sigmoid,
        ["reciprocal"] = Reciprocal, ["square"] = Square, ["relu"] = Relu, ["erf"] = Erf, ["softplus"] = Softplus, ["gelu"] = x => Gelu(x), ["silu"] = Silu,
        ["softmax"] = x => Reshape(Softmax(Rows(x)), [12]), ["log_softmax"] = x => Reshape(LogSoftmax(Rows(x)), [12]), ["sum"] = x => Sum(Rows(x), 1), ["mean"] = x => Mean(Rows(x), 1), ["prod"] = x => Prod(Rows(x), 1),
        ["var"] = x => Var(Rows(x), 1), ["norm"] = x => Norm(Rows(x), 2, 1), ["max"] = x => MaxAlong(Rows(x), 1).Values, ["cumsum"] = x => Reshape(CumSum(Rows(x), 1), [12]),
        ["add"] = x => x + Flip(x, 0), ["mul"] = x => x * Flip(x, 0), ["div"] = x => x / (Flip(x, 0) + 3), ["pow"] = x => Pow(Abs(x), 1.5), ["matmul"] = x => Reshape(MatMul(Rows(x), Reshape(x, [4, 3])), [9]),
        ["scalar"] = x => x * 0.1 + 1.7, ["where"] = x => Where(x > 0.5, x * x, -x), ["clamp"] = x => Clamp(x, -0.5, 0.75), ["logsumexp"] = x => LogSumExp(Rows(x), 1), ["sort"] = x => Reshape(Sort(Rows(x), 1).Values, [12]),
        ["index"] = x => Take(x, 0, Tensor<long>([0, 3, 3, 7])), ["pad"] = x => Pad(x, [1], [2]), ["cat"] = x => Concat([x, x * x]),
    };

    public static IEnumerable<object[]> HalfRows => Halves.GetProperty("rows").EnumerateArray().Select(r => new object[] { r.GetProperty("name").GetString()!, r.GetProperty("dtype").GetString()! });

    [Theory]
    [MemberData(nameof(HalfRows))]
    public void Functions_of_half_types_and_their_gradients_are_PyTorchs(string name, string dtype)
    {
        var row = Halves.GetProperty("rows").EnumerateArray().First(r => r.GetProperty("name").GetString() == name && r.GetProperty("dtype").GetString() == dtype);
        var type = Enum.Parse<DType>(dtype, ignoreCase: true);
        Node Of(string part) => Cast(Tensor([.. row.GetProperty(part).EnumerateArray().Select(Number)]), type);
        var (y, pullback) = Vjp(OfHalves[name], Of("x"));
        var g = pullback(Of("w"));
        Assert.Equal((type, type), (y.DType, g.DType));
        var (wide, back) = Vjp(OfHalves[name], Cast(Of("x"), DType.Float64));
        var exact = new Dictionary<string, double[]> { ["y"] = Evaluate<double>(wide), ["g"] = Evaluate<double>(back(Cast(Of("w"), DType.Float64))) };
        // Both round the same numbers of float32, which may differ in its last digits: to the same or to neighbours, where a result is on the edge between two; of several operations, PyTorch rounds in between.
        var unit = type == DType.Float16 ? Math.ScaleB(1, -10) : Math.ScaleB(1, -7);
        foreach (var (what, made) in new[] { ("y", y), ("g", g) })
        {
            var (expected, actual) = (row.GetProperty(what).EnumerateArray().Select(Number).ToArray(), Evaluate<double>(Cast(made, DType.Float64)));
            Assert.Equal(expected.Length, actual.Length);
            for (var i = 0; i < expected.Length; i++)
            {
                // Where they differ, ours is nearer to the truth: PyTorch's tanh is rounded before its slope is made of it.
                var near = Math.Abs(expected[i] - actual[i]) <= (what == "y" ? 1 : 2) * unit * Math.Abs(expected[i]);
                Assert.True(near || Math.Abs(actual[i] - exact[what][i]) <= Math.Max(unit * Math.Abs(exact[what][i]), Math.Abs(expected[i] - exact[what][i])), $"{name} of {dtype}: {what} at {i} is {actual[i]}, in PyTorch {expected[i]}, rightly {exact[what][i]}");
            }
        }
    }

    [Fact]
    public void Types_are_promoted_as_in_PyTorch()
    {
        var names = Halves.GetProperty("names").EnumerateArray().Select(n => n.GetString()!).ToArray();
        for (var a = 0; a < names.Length; a++)
            for (var b = 0; b < names.Length; b++)
                Assert.Equal(Halves.GetProperty("promotion")[a][b].GetString(), DTypes.Promote(Enum.Parse<DType>(names[a], true), Enum.Parse<DType>(names[b], true)).ToString().ToLowerInvariant());
        Assert.Equal(Enum.GetValues<DType>().Length, names.Length);
    }

    [Fact]
    public void Numbers_are_rounded_to_half_types_as_in_PyTorch_by_plans_and_as_literals()
    {
        double[] values = [.. Halves.GetProperty("values").EnumerateArray().Select(Number)];
        foreach (var type in new[] { DType.Float16, DType.BFloat16 })
        {
            var expected = Halves.GetProperty("cast").GetProperty(type.ToString().ToLowerInvariant()).EnumerateArray().Select(Number).ToArray();
            Assert.Equal(expected, Evaluate<double>(Cast(Cast(Tensor(values), type), DType.Float64)));
            Assert.Equal(expected, values.Select(v => Evaluate<double>(Cast(Scalar(v, type), DType.Float64))[0]));
        }
    }

    [Fact]
    public void Every_half_number_stays_itself_and_every_edge_between_two_is_rounded_to_even()
    {
        var bits = Enumerable.Range(0, 1 << 16).Select(b => (ushort)b).ToArray();
        Half[] halves = [.. bits.Select(BitConverter.UInt16BitsToHalf).Where(Half.IsFinite)];
        Assert.Equal(halves.Select(BitConverter.HalfToUInt16Bits), Evaluate<Half>(Cast(Cast(Tensor(halves), DType.Float64), DType.Float16)).Select(BitConverter.HalfToUInt16Bits));
        BFloat16[] brains = [.. bits.Select(b => new BFloat16(b)).Where(b => float.IsFinite(b))];
        Assert.Equal(brains, Evaluate<BFloat16>(Cast(Cast(Tensor(brains), DType.Float64), DType.BFloat16)));
        foreach (var b in brains.Where(b => b.Bits is > 0 and < 0x7F7F))
        {
            var next = new BFloat16((ushort)(b.Bits + 1));
            Assert.Equal(b.Bits % 2 == 0 ? b : next, (BFloat16)(float)(((double)b + next) / 2));
        }
        Assert.True(float.IsNaN((BFloat16)float.NaN));
        Assert.Equal(new BFloat16(0x7F80), (BFloat16)float.MaxValue);
    }
}
