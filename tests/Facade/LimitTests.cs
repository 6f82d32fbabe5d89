using Functional.Autograd;
using Functional.Autograd.Testing;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.nn;

namespace Facade;

/// <summary>The table of kinks, ties, poles and ends, through the facade's own functions.</summary>
public class LimitTests
{
    private const double Inf = double.PositiveInfinity, NaN = double.NaN;

    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["abs"] = x => x.abs(),
        ["sign"] = x => x.sign(),
        ["floor"] = x => x.floor(),
        ["ceiling"] = x => x.ceil(),
        ["round"] = x => x.round(),
        ["truncate"] = x => x.trunc(),
        ["reciprocal"] = x => x.reciprocal(),
        ["square"] = x => x.square(),
        ["sqrt"] = x => x.sqrt(),
        ["rsqrt"] = x => x.rsqrt(),
        ["exp"] = x => x.exp(),
        ["exp2"] = x => x.exp2(),
        ["expm1"] = x => x.expm1(),
        ["log"] = x => x.log(),
        ["log2"] = x => x.log2(),
        ["log10"] = x => x.log10(),
        ["log1p"] = x => x.log1p(),
        ["asin"] = x => x.asin(),
        ["acos"] = x => x.acos(),
        ["acosh"] = x => x.acosh(),
        ["atanh"] = x => x.atanh(),
        ["tanh"] = x => x.tanh(),
        ["sigmoid"] = x => x.sigmoid(),
        ["erf"] = x => x.erf(),
        ["erfc"] = x => x.erfc(),
        ["erfinv"] = x => x.erfinv(),
        ["relu"] = x => x.relu(),
        ["leaky_relu"] = x => functional.leaky_relu(x, 0.25),
        ["elu"] = x => functional.elu(x),
        ["elu (2)"] = x => functional.elu(x, 2),
        ["softplus"] = x => functional.softplus(x, threshold: 1000),
        ["logsigmoid"] = functional.logsigmoid,
        ["silu"] = x => functional.silu(x),
        ["mish"] = x => functional.mish(x),
        ["gelu"] = x => functional.gelu(x),
        ["gelu (tanh)"] = x => functional.gelu(x, "tanh"),
        ["clamp to [-1, 1]"] = x => x.clamp(-1, 1),
        ["clamp below NaN"] = x => x.clamp(min: -1, max: NaN),
        ["maximum (x, 1)"] = x => x.maximum(Held(1)),
        ["maximum (x, NaN)"] = x => x.maximum(Held(NaN)),
        ["minimum (x, 1)"] = x => x.minimum(Held(1)),
        ["max (x, 1, 1)"] = x => Vector(x, 1, 1).max(),
        ["max (x, NaN)"] = x => Vector(x, NaN).max(),
        ["min (x, 1, 1)"] = x => Vector(x, 1, 1).min(),
        ["first of equals (x, 1)"] = x => Vector(x, 1).max(0).values,
        ["largest of a window (x, 1, 1)"] = x => functional.max_pool2d(Vector(x, 1, 1).reshape(1, 1, 1, 3), [1, 3]).sum(),
        ["where (x > 0, x, x²)"] = x => where(x > 0, x, x * x),
        ["x⁰"] = x => x.pow(0),
        ["x¹"] = x => x.pow(1),
        ["x²"] = x => x.pow(2),
        ["x³"] = x => x.pow(3),
        ["x⁴"] = x => x.pow(4),
        ["√x as a power"] = x => x.pow(0.5),
        ["x^1.5"] = x => x.pow(1.5),
        ["x^2.5"] = x => x.pow(2.5),
        ["x⁻¹"] = x => x.pow(-1),
        ["x^b at b = 0"] = x => x.pow(Held(0)),
        ["x^b at b = 1"] = x => x.pow(Held(1)),
        ["x^b at b = 2"] = x => x.pow(Held(2)),
        ["x^b at b = 3"] = x => x.pow(Held(3)),
        ["0^x"] = x => Held(0).pow(x),
        ["2^x as a power"] = x => Held(2).pow(x),
        ["1^x"] = x => Held(1).pow(x),
        ["(-2)^x"] = x => Held(-2).pow(x),
        ["atan2 (x, 1)"] = x => x.atan2(Held(1)),
        ["atan2 (x, 0)"] = x => x.atan2(Held(0)),
        ["atan2 (x, -1)"] = x => x.atan2(Held(-1)),
        ["atan2 (1, x)"] = x => Held(1).atan2(x),
        ["atan2 (x, 2⁻³⁰⁰)"] = x => x.atan2(Held(Math.ScaleB(1, -300))),
        ["x mod 1"] = x => x % Held(1),
        ["1 mod x"] = x => Held(1) % x,
        ["-5 mod x"] = x => Held(-5) % x,
        ["2-norm (x)"] = x => Vector(x).norm(),
        ["2-norm (x, 4)"] = x => Vector(x, 4).norm(),
        ["1-norm (x, 2)"] = x => Vector(x, 2).norm(1),
        ["0-norm (x, 2)"] = x => Vector(x, 2).norm(0),
        ["∞-norm (x, 2)"] = x => Vector(x, 2).norm(Inf),
        ["-∞-norm (x, 2)"] = x => Vector(x, 2).norm(-Inf),
        ["1.5-norm (x, 2)"] = x => Vector(x, 2).norm(1.5),
        ["3-norm (x, 2)"] = x => Vector(x, 2).norm(3),
        ["3-norm (x)"] = x => Vector(x).norm(3),
        ["½-norm (x, 2)"] = x => Vector(x, 2).norm(0.5),
        ["-1-norm (x, 2)"] = x => Vector(x, 2).norm(-1),
        ["var (x, 1)"] = x => Vector(x, 1).var(),
        ["var (x, 10⁸)"] = x => Vector(x, 1e8).var(),
        ["std (x, 1, 1)"] = x => Vector(x, 1, 1).std(),
        ["std (x, 0, 3)"] = x => Vector(x, 0, 3).std(),
        ["prod (x, 2)"] = x => Vector(x, 2).prod(),
        ["prod (x, 0, 3)"] = x => Vector(x, 0, 3).prod(),
        ["prod (x, x, 3)"] = x => stack([x, x, Held(3)]).prod(),
        ["prod (x, x, x)"] = x => stack([x, x, x]).prod(),
        ["logsumexp (x, 0)"] = x => Vector(x, 0).logsumexp([0]),
        ["logsumexp (x)"] = x => Vector(x).logsumexp([0]),
        ["logsumexp (x, 10²⁰⁰)"] = x => Vector(x, 1e200).logsumexp([0]),
        ["softmax (x, 0)"] = x => Vector(x, 0).softmax(0)[0],
        ["softmax (x, -∞)"] = x => Vector(x, -Inf).softmax(0)[0],
        ["log_softmax (x, 0)"] = x => Vector(x, 0).log_softmax(0)[0],
        ["log_softmax (x, -∞)"] = x => Vector(x, -Inf).log_softmax(0)[0],
        ["bce (x, 0)"] = x => functional.binary_cross_entropy(x, Held(0)),
        ["bce (x, 1)"] = x => functional.binary_cross_entropy(x, Held(1)),
        ["bce (x, ½)"] = x => functional.binary_cross_entropy(x, Held(0.5)),
        ["bce with logits (x, 0)"] = x => functional.binary_cross_entropy_with_logits(x, Held(0)),
        ["bce with logits (x, 1)"] = x => functional.binary_cross_entropy_with_logits(x, Held(1)),
        ["bce with logits (x, ½)"] = x => functional.binary_cross_entropy_with_logits(x, Held(0.5)),
        ["mse (x, 1)"] = x => functional.mse_loss(x, Held(1)),
        ["dropout (1)"] = x => functional.dropout(x, 1),
    };

    // The pure door's alone.
    private static readonly string[] Absent =
    [
        "softsign", "hypot (x, 0)", "hypot (x, 1)",
        "logaddexp (x, 0)", "logaddexp (x, -∞)", "logaddexp (x, ∞)", "logaddexp (x, x)", "x·log 2", "x·log 0", "x·log -1", "x·log ∞", "x·log NaN",
        "0·log x", "2·log x", "x·log x", "sinc", "nan_to_num", "nan_to_num (1, 2, 3)", "cumprod (x, 0, 3)", "cumprod (0, x, 3)", "cumprod (2, x, x)", "cummax (x, 1)", "cummin (x, 1)",
    ];

    private static Tensor Held(double value) => tensor(value, dtype: float64);

    private static Tensor Vector(Tensor x, params double[] others) => stack([x, .. others.Select(Held)]);

    [Fact]
    public void Every_row_has_a_counterpart() => Assert.Equal(Limits.All.Select(r => r.Function).Distinct().Order(), Functions.Keys.Concat(Absent).Order());

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Values_and_derivatives_are_those_of_the_table(string name)
    {
        foreach (var row in Limits.All.Where(r => r.Function == name))
        {
            var x = tensor(row.X, dtype: float64, requires_grad: true);
            var y = Functions[name](x);
            var first = autograd.grad(y, x, create_graph: true, allow_unused: true)[0];
            var second = first is { requires_grad: true } ? autograd.grad(first, x, allow_unused: true)[0] : null;
            double[] expected = [row.Value, row.First, row.Second], actual = [y.item<double>(), first?.item<double>() ?? 0, second?.item<double>() ?? 0];
            Assert.True(actual.Zip(expected, (a, e) => a.Equals(e) || a == e || Math.Abs(a - e) <= 2e-13 * Math.Abs(e)).All(holds => holds),
                $"{row} ({row.Kind}): f, f′, f″ are {string.Join(", ", actual.Select(v => v.ToString("R")))}, expected {string.Join(", ", expected.Select(v => v.ToString("R")))}");
        }
    }

    // A power by the number ½ is a square root, one by a tensor of it is the power of IEEE 754; recorded from PyTorch 2.6.
    [Fact]
    public void Powers_by_numbers_and_by_tensors_differ_at_negative_zero_and_infinity()
    {
        double[] ends = [-Inf, -0.0, 0, Inf, 4];
        static string Bits(Tensor x) => string.Join(' ', x.to_array<double>().Select(v => v == 0 && double.IsNegative(v) ? "-0" : v.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal("NaN -0 0 Infinity 2", Bits(tensor(ends, float64).pow(0.5)));
        Assert.Equal("NaN -0 0 Infinity 2", Bits(tensor(ends, float64).pow_(0.5)));
        Assert.Equal("NaN -Infinity Infinity 0 0.5", Bits(tensor(ends, float64).pow(-0.5)));
        Assert.Equal("Infinity 0 0 Infinity 2", Bits(tensor(ends, float64).pow(full([5], 0.5, float64))));
        Assert.Equal("0 Infinity Infinity 0 0.5", Bits(tensor(ends, float64).pow(full([5], -0.5, float64))));
        var x = tensor(ends, float64, requires_grad: true);
        x.pow(0.5).sum().backward();
        Assert.Equal("NaN -Infinity Infinity 0 0.25", Bits(x.grad!));
    }

    // Recorded from PyTorch 2.6: max() shares its gradient among NaNs, amax divides by the number of elements that equal its result.
    [Fact]
    public void The_largest_over_NaN_has_PyTorchs_gradients()
    {
        Tensor Gradient(Func<Tensor, Tensor> f)
        {
            var x = tensor((double[])[1, NaN, 3, NaN], float64, requires_grad: true);
            f(x).backward();
            return x.grad!;
        }
        foreach (var f in (Func<Tensor, Tensor>[])[x => x.max(), x => x.min()]) Assert.Equal([0, 0.5, 0, 0.5], Gradient(f).to_array<double>());
        foreach (var f in (Func<Tensor, Tensor>[])[x => x.max(0).values, x => x.min(0).values]) Assert.Equal([0, 1, 0, 0], Gradient(f).to_array<double>());
        foreach (var f in (Func<Tensor, Tensor>[])[x => x.amax(), x => x.amin([0])]) Assert.Equal([NaN, NaN, NaN, NaN], Gradient(f).to_array<double>());
        var ties = tensor(new double[,] { { 2, 1, 2, 2 }, { 1, 1, 0, 5 } }, float64, requires_grad: true);
        (ties.amax(1) * tensor((double[])[3, 1], float64)).sum().backward();
        Assert.Equal([1, 0, 1, 1, 0, 0, 0, 1], ties.grad!.to_array<double>().Select(v => Math.Round(v, 12)));
    }

    // Recorded from PyTorch 2.6: over all elements the slope is infinite where there are too few of them, along a dimension it keeps its divisor.
    [Fact]
    public void The_variance_of_too_few_has_PyTorchs_gradients()
    {
        static (double, string) Of(double[] x, Func<Tensor, Tensor> f)
        {
            var v = tensor(x, float64, requires_grad: true);
            var y = f(v);
            y.backward();
            return (y.item<double>(), string.Join(' ', v.grad!.to_array<double>().Select(g => g.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture))));
        }
        warnings.sink = (_, _) => { };
        Assert.Equal((Inf, "1.333333 0.333333 -1.666667"), Of([1, 2, 4], x => x.var([0], correction: 5)));
        Assert.Equal((Inf, "-Infinity -Infinity Infinity"), Of([1, 2, 4], x => x.var([0], correction: 3)));
        foreach (var correction in (double[])[3, 5]) Assert.Equal((Inf, "Infinity Infinity Infinity"), Of([1, 2, 4], x => x.var(correction: correction)));
        Assert.Equal((NaN, "NaN NaN"), Of([1, 1], x => x.var(correction: 3)));
        Assert.Equal((NaN, "NaN Infinity"), Of([Inf, 1], x => x.var(correction: 5)));
        Assert.Equal((NaN, "Infinity"), Of([NaN], x => x.var()));
        Assert.Equal((NaN, "NaN"), Of([NaN], x => x.var([0])));
        Assert.Equal((Inf, "NaN NaN NaN"), Of([1, 2, 4], x => x.std(correction: 3)));
    }

    // Recorded from PyTorch 2.6.
    [Fact]
    public void Two_zeros_leave_no_gradient_of_a_product()
    {
        foreach (var (x, g) in ((double[], double[])[])[([0, NaN, 2, 0, Inf], [0, 0, 0, 0, 0]), ([0, NaN, 2], [NaN, 0, NaN]), ([0, Inf, 2], [Inf, 0, NaN])])
        {
            var v = tensor(x, float64, requires_grad: true);
            v.prod().backward();
            Assert.Equal(g, v.grad!.to_array<double>());
        }
    }

    // Recorded from PyTorch 2.6, whose derivatives subtract and negate truth values.
    [Fact]
    public void Powers_and_angles_of_truth_values_have_no_derivative()
    {
        const string end = "bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.";
        var truths = tensor((bool[])[true, false]);
        Tensor X() => tensor((float[])[1.5f, 2], requires_grad: true);
        foreach (var f in (Func<Tensor, Tensor>[])[x => x.pow(truths), x => x.clone().pow_(truths), x => x.clone().view(2, 1).pow_(truths.view(2, 1))])
            Assert.Equal("Subtraction, the `-` operator, with a " + end, Assert.Throws<RuntimeError>(() => f(X()).sum().backward()).Message);
        Assert.Equal("Negation, the `-` operator, on a " + end, Assert.Throws<RuntimeError>(() => truths.atan2(X()).sum().backward()).Message);
        foreach (var (f, g) in ((Func<Tensor, Tensor>, float[])[])[(truths.pow, [0, 0]), (x => x.atan2(truths), [1 / 3.25f, 0]), (x => x.pow(true), [1, 1]), (x => truths / x, [-1 / 2.25f, 0])])
        {
            var x = X();
            f(x).sum().backward();
            Assert.Equal(g, x.grad!.to_array<float>());
        }
    }

    [Fact]
    public void Clamping_wants_a_bound()
    {
        var x = tensor((double[])[1, 2]);
        foreach (var f in (Func<Tensor>[])[() => x.clamp(), () => x.clamp_(), () => clamp(x)]) Assert.Equal("torch.clamp: At least one of 'min' or 'max' must not be None", Assert.Throws<RuntimeError>(f).Message);
        Assert.Equal(0, x._version);
    }

    [Fact]
    public void Polynomials_of_no_degree_are_zero()
    {
        var n = tensor(new[] { float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1e19f, 2.9f });
        Assert.Equal("tensor([0.0000, 0.0000, 0.0000, 0.0000, 2.8750])", special.legendre_polynomial_p(full([5], 1.5f), n).ToString());
        Assert.Equal("tensor([ 0.,  0.,  0.,  0., -1.])", special.hermite_polynomial_h(full([5], 0.5f), n).ToString());
        Assert.Equal("tensor([0.0000, 0.0000, 0.0000, 0.0000, 0.1250])", special.laguerre_polynomial_l(full([5], 0.5f), n).ToString());
    }
}
