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
        ["neg"] = x => -x,
        ["abs"] = Abs,
        ["sgn"] = Sign,
        ["exp"] = Exp,
        ["exp2"] = Exp2,
        ["expm1"] = Expm1,
        ["log"] = Log,
        ["log2"] = Log2,
        ["log10"] = Log10,
        ["log1p"] = Log1p,
        ["sqrt"] = Sqrt,
        ["rsqrt"] = Rsqrt,
        ["sin"] = Sin,
        ["cos"] = Cos,
        ["tan"] = Tan,
        ["sinh"] = Sinh,
        ["cosh"] = Cosh,
        ["tanh"] = Tanh,
        ["asin"] = Asin,
        ["acos"] = Acos,
        ["atan"] = Atan,
        ["asinh"] = Asinh,
        ["acosh"] = Acosh,
        ["atanh"] = Atanh,
        ["sigmoid"] = Sigmoid,
        ["reciprocal"] = Reciprocal,
        ["square"] = Square,
        ["angle"] = Angle,
        ["conj"] = Conj,
        ["pow2.5"] = z => Pow(z, 2.5),
        ["pow2"] = z => Pow(z, 2),
        ["pow_base"] = z => Pow(new Complex(1.5, 0.5), z),
        ["powz"] = z => Pow(z, z),
        ["div"] = z => (z + 1) / (z * z + 2),
        ["mulconj"] = z => z * Conj(z) + Conj(z),
        ["real"] = z => Real(z) * Imag(z),
        ["cumprod"] = z => CumProd(z, 0),
        ["prod"] = z => Spread(Prod(Rows(z), 1)),
        ["matmul"] = z => Reshape(MatMul(MatMul(Rows(z), Reshape(z, [4, 3])), Rows(z)), [12]),
        ["norm"] = z => Spread(Norm(Rows(z), 2, 1)),
        ["var"] = z => Spread(Var(Rows(z), 1)),
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

    [Fact]
    public void Zero_to_the_power_of_zero_is_one_and_to_any_other_zero()
    {
        Node zero = Tensor([Complex.Zero]);
        Assert.Equal([Complex.One], Evaluate<Complex>(Pow(zero, zero)));
        Assert.Equal([Complex.Zero], Evaluate<Complex>(Pow(zero, Tensor([new Complex(0.5, 2)]))));
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
        ["neg"] = x => -x,
        ["abs"] = Abs,
        ["sign"] = Sign,
        ["exp"] = Exp,
        ["expm1"] = Expm1,
        ["log1p"] = Log1p,
        ["sqrt"] = Sqrt,
        ["sin"] = Sin,
        ["cos"] = Cos,
        ["tanh"] = Tanh,
        ["sigmoid"] = Sigmoid,
        ["reciprocal"] = Reciprocal,
        ["square"] = Square,
        ["relu"] = Relu,
        ["erf"] = Erf,
        ["softplus"] = Softplus,
        ["gelu"] = x => Gelu(x),
        ["silu"] = Silu,
        ["softmax"] = x => Reshape(Softmax(Rows(x)), [12]),
        ["log_softmax"] = x => Reshape(LogSoftmax(Rows(x)), [12]),
        ["sum"] = x => Sum(Rows(x), 1),
        ["mean"] = x => Mean(Rows(x), 1),
        ["prod"] = x => Prod(Rows(x), 1),
        ["var"] = x => Var(Rows(x), 1),
        ["norm"] = x => Norm(Rows(x), 2, 1),
        ["max"] = x => MaxAlong(Rows(x), 1).Values,
        ["cumsum"] = x => Reshape(CumSum(Rows(x), 1), [12]),
        ["add"] = x => x + Flip(x, 0),
        ["mul"] = x => x * Flip(x, 0),
        ["div"] = x => x / (Flip(x, 0) + 3),
        ["pow"] = x => Pow(Abs(x), 1.5),
        ["matmul"] = x => Reshape(MatMul(Rows(x), Reshape(x, [4, 3])), [9]),
        ["scalar"] = x => x * 0.1 + 1.7,
        ["where"] = x => Where(x > 0.5, x * x, -x),
        ["clamp"] = x => Clamp(x, -0.5, 0.75),
        ["logsumexp"] = x => LogSumExp(Rows(x), 1),
        ["sort"] = x => Reshape(Sort(Rows(x), 1).Values, [12]),
        ["index"] = x => Take(x, 0, Tensor<long>([0, 3, 3, 7])),
        ["pad"] = x => Pad(x, [1], [2]),
        ["cat"] = x => Concat([x, x * x]),
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

    [Fact]
    public void A_bare_complex_number_takes_the_precision_of_what_it_meets()
    {
        Node i = Complex.ImaginaryOne;
        var single = Tensor([new ComplexSingle(1, 2), new ComplexSingle(3, 4)]);
        foreach (var y in new[] { single * i, i / single, single * (2 * i + 1), single.At(0).Set(i), Pow(single, i), Tensor([1f, 2f]) * i, Cast(Tensor([1f, 2f]), DType.Float16) + i, Where(Real(single) > 2, single, i) })
            Assert.Equal(DType.Complex64, y.DType);
        foreach (var y in new[] { i, i * i, Tensor([1.0]) * i, Tensor([1]) * i, single * Cast(i, DType.Complex128), single * Zeros([], DType.Complex128) }) Assert.Equal(DType.Complex128, y.DType);
        Assert.Equal(DType.Complex64, Scan((s, v) => (s + v, s), i, single).Carry.DType);
        Assert.Equal([Complex.ImaginaryOne - 1], Evaluate<Complex>(i * i + i));
    }

    [Fact]
    public void Complex_functions_keep_their_values_near_poles_far_out_and_at_infinity()
    {
        var inf = double.PositiveInfinity;
        Complex[] z = [new(-1, 1e-9), new(1, 1e-9), new(1e200, 1e200), new(-800, 0), new(inf, 0), new(0, inf), new(-inf, -0.0), 0];
        void Holds(Func<Node, Node> f, params Complex?[] expected)
        {
            var y = Evaluate<Complex>(f(Tensor(z)));
            for (var k = 0; k < expected.Length; k++)
                if (expected[k] is { } e) Assert.True(Near(y[k].Real, e.Real) && Near(y[k].Imaginary, e.Imaginary), $"{k}: {y[k]} for {e}");
        }
        static bool Near(double a, double b) => a.Equals(b) || Math.Abs(a - b) <= 1e-14 * Math.Abs(b);
        // PyTorch 2.6, but for the logistic function of −800, which is NaN there; the exact one is 1/(1 + e⁸⁰⁰).
        Holds(Atanh, new(-10.708206508753179, 0.7853981636474483), new(10.708206508753179, 0.7853981636474483), new(5e-201, Math.PI / 2), new(-0.0012500006510422772, Math.PI / 2), new(0, Math.PI / 2), new(0, Math.PI / 2), new(0, -Math.PI / 2), 0);
        Holds(Log1p, new(-20.72326583694641, Math.PI / 2), null, new(460.8635921890891, Math.PI / 4), new(6.683360945766275, Math.PI), new(inf, 0), new(inf, Math.PI / 2));
        Holds(Sigmoid, null, null, new(1, 0), 0, new(1, 0));
        Holds(x => Pow(x, -2), null, null, null, null, null, null, null, new(double.NaN, double.NaN));
    }

    [Fact]
    public void Whole_powers_have_all_derivatives_at_the_origin()
    {
        var origin = Tensor([Complex.Zero, Complex.Zero]);
        Func<Node, Node> third = Grad(x => Real(Sum(Pow(x, 3))));
        for (var order = 1; order <= 2; order++)
        {
            var before = third;
            third = z => Jvp(before, z, Ones([2], DType.Complex128)).Tangent;
        }
        Assert.Equal([6, 6], Evaluate<Complex>(third(origin)));
        var z = Tensor([new Complex(0.5, -1.5)]);
        for (var n = 2; n <= 16; n++) Assert.True((Evaluate<Complex>(Pow(z, n))[0] - Complex.Pow(new(0.5, -1.5), n)).Magnitude < 1e-12 * Math.Pow(2, n));
    }

    [Fact]
    public void Jacobians_of_complex_numbers_are_whole_or_refused()
    {
        Node x = [0.3, 0.4], z = Tensor([new Complex(1, 2)]);
        var turned = Jacobian(v => ToComplex(Cos(v), Sin(v)));
        Complex[] slopes = [new(-Math.Sin(0.3), Math.Cos(0.3)), 0, 0, new(-Math.Sin(0.4), Math.Cos(0.4))];
        Assert.All(Evaluate<Complex>(turned(x)).Zip(slopes), p => Assert.True((p.First - p.Second).Magnitude < 1e-15));
        Assert.Equal([new Complex(2, 4)], Evaluate<Complex>(Jacobian(v => Square(Abs(v)))(z)));
        Node Size(Node v) => Sum(Square(Abs(v)));
        Assert.StartsWith("Jacobian: complex128[1] has no one derivative", Assert.Throws<ShapeException>(() => Jacobian(v => v * v)(z)).Message);
        Assert.StartsWith("JacobianForward: ", Assert.Throws<ShapeException>(() => JacobianForward(Size)(z)).Message);
        Assert.StartsWith("JacobianReverse: ", Assert.Throws<ShapeException>(() => JacobianReverse(v => ToComplex(v, v))(x)).Message);
        Assert.StartsWith("Hessian: ", Assert.Throws<ShapeException>(() => Hessian(Size)(z)).Message);
        Assert.StartsWith("Laplacian: ", Assert.Throws<ShapeException>(() => Laplacian(Size)(z)).Message);
        Assert.StartsWith("Divergence: ", Assert.Throws<ShapeException>(() => Divergence(v => v * v)(z)).Message);
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Complex64)]
    [InlineData(DType.Complex128)]
    public void What_is_copied_in_a_plan_may_be_of_any_type(DType dtype)
    {
        var x = Cast(Tensor([1.0, 2.0, 3.0]), dtype);
        var slopes = Grad(v => Real(Sum(Checkpoint((Node w) => w * w)(v))))(x);
        Assert.Equal([2, 4, 6], Evaluate<Complex>(Cast(slopes, DType.Complex128)).Select(c => c.Real));
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void Random_numbers_of_half_types_stay_below_one_and_finite(DType dtype)
    {
        var type = new TensorType(dtype, [100_000]);
        var uniform = Evaluate<double>(Cast(Uniform(Key(1), type), DType.Float64));
        Assert.All(uniform, u => Assert.InRange(u, 0, 0.9999));
        Assert.InRange(uniform.Average(), 0.49, 0.51);
        Assert.All(Evaluate<double>(Cast(Normal(Key(1), type), DType.Float64)), u => Assert.True(double.IsFinite(u)));
    }

    private static readonly Dictionary<string, Func<Node, Node>> OfMatrices = new()
    {
        ["Solve"] = m => Solve(m, m[0]),
        ["Inverse"] = Inverse,
        ["Det"] = Det,
        ["LogDet"] = LogDet,
        ["Lu"] = m => Lu(m).U,
        ["Eigh"] = EigvalsH,
        ["Svd"] = SvdVals,
        ["Qr"] = m => Qr(m).R,
        ["Pinv"] = m => Pinv(m),
        ["Lstsq"] = m => Lstsq(m, m[0]),
        ["MatrixExp"] = MatrixExp,
        ["MatrixPower"] = m => MatrixPower(m, -2),
        ["Cholesky"] = Cholesky,
        ["SolveTriangular"] = m => SolveTriangular(m, m, true),
    };

    public static TheoryData<string> MatrixRows => [.. OfMatrices.Keys];

    [Theory]
    [MemberData(nameof(MatrixRows))]
    public void Linear_algebra_computes_half_types_in_single_precision_and_complex_numbers_as_they_are(string name)
    {
        var (f, half) = (OfMatrices[name], Cast(Tensor(new[,] { { 2.0, 0.5 }, { 0.5, 3.0 } }), DType.Float16));
        foreach (var of in new[] { f, Grad(m => Sum(f(m))) })
        {
            var (y, wide) = (of(half), of(Cast(half, DType.Float64)));
            Assert.Equal(DType.Float16, y.DType);
            // One rounding of the result, and in gradients of a few summands on the way, each of 2⁻¹¹.
            Assert.All(Evaluate<double>(Cast(y, DType.Float64)).Zip(Evaluate<double>(wide)), p => Assert.Equal(p.Second, p.First, Math.ScaleB(8, -11) * Math.Max(1, Math.Abs(p.Second))));
        }
        // As a complex matrix it has the same results, of which singular values and eigenvalues are real. Each squaring of an exponential doubles what was rounded before.
        foreach (var type in new[] { DType.Complex64, DType.Complex128 })
        {
            var (y, wide) = (f(Cast(half, type)), f(Cast(half, DType.Float64)));
            Assert.Equal(name is "Eigh" or "Svd" ? type.PartType : type, y.DType);
            Assert.All(Evaluate<Complex>(Cast(y, DType.Complex128)).Zip(Evaluate<double>(wide)), p => Assert.True((p.First - p.Second).Magnitude < (type == DType.Complex64 ? 1e-6 : 1e-14) * (name == "MatrixExp" ? 4 : 1) * Math.Max(1, Math.Abs(p.Second))));
        }
    }

    [Fact]
    public void An_imaginary_part_is_not_dropped_on_the_way_into_a_real_tensor()
    {
        Node x = [1.0, 2.0], z = Tensor([Complex.ImaginaryOne]);
        Assert.Equal("Insert: complex128[1] does not fit into float64[2]; take its Real", Assert.Throws<ShapeException>(() => Insert(x, z, [0], [1])).Message);
        Assert.Equal("ScatterAlong: complex128[1] does not fit into float64[2]; take its Real", Assert.Throws<ShapeException>(() => ScatterAlong(x, 0, Tensor([0L]), z, true)).Message);
    }
}
