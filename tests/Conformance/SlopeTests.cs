using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.nn;

namespace Conformance;

/// <summary>
/// Elementwise functions at hard points, with finite and infinite gradients coming in, as recorded by golden/make_slopes.py: values, gradients and
/// second gradients are PyTorch's wherever it has a number, and an infinite gradient is handed on as a finite one is: times the slope.
/// </summary>
public class SlopeTests
{
    private const int Lines = 762, Numbers = 9144;

    private static readonly Dictionary<string, Func<Tensor, double, Tensor>> Functions = new()
    {
        ["silu"] = (x, _) => functional.silu(x),
        ["mish"] = (x, _) => functional.mish(x),
        ["gelu"] = (x, _) => functional.gelu(x),
        ["gelu tanh"] = (x, _) => functional.gelu(x, "tanh"),
        ["softplus"] = (x, _) => functional.softplus(x),
        ["logsigmoid"] = (x, _) => functional.logsigmoid(x),
        ["elu"] = (x, _) => functional.elu(x),
        ["leaky_relu"] = (x, _) => functional.leaky_relu(x),
        ["relu"] = (x, _) => x.relu(),
        ["sigmoid"] = (x, _) => x.sigmoid(),
        ["tanh"] = (x, _) => x.tanh(),
        ["square"] = (x, _) => x.square(),
        ["reciprocal"] = (x, _) => x.reciprocal(),
        ["rsqrt"] = (x, _) => x.rsqrt(),
        ["tan"] = (x, _) => x.tan(),
        ["lerp from"] = (x, w) => x.clone().lerp_(full_like(x, 2), w),
        ["lerp to"] = (x, w) => full_like(x, 2).lerp_(x, w),
        ["bce"] = (x, t) => functional.binary_cross_entropy(x, full_like(x, t), reduction: "none"),
        ["bce of"] = (x, t) => functional.binary_cross_entropy(full_like(x, t), x, reduction: "none"),
        ["bce with logits"] = (x, t) => functional.binary_cross_entropy_with_logits(x, full_like(x, t), reduction: "none"),
        ["bce with logits of"] = (x, z) => functional.binary_cross_entropy_with_logits(full_like(x, z), x, reduction: "none"),
    };

    // PyTorch's curvature there is that of the straight line beyond; here it is the curve's.
    private const string Threshold = "softplus float64 at 20: second for 1 is 2.061153576897093E-09, PyTorch 0";

    // Right and (nearly) certain: the slope is the limit of those nearby, PyTorch's is 0.
    private static readonly string[] Limits = ["bce 0.0 at 0", "bce 0.0 at 1E-30", "bce 1.0 at 1"];

    [Fact]
    public void Slopes_are_PyTorchs_and_infinite_gradients_pass_through_them()
    {
        var (lines, numbers, differs) = (0, 0, new List<string>());
        foreach (var line in Golden.Lines("slopes.jsonl"))
        {
            lines++;
            var (name, dtype, point) = (line[0].GetString()!, line[1].GetString()!, Golden.Number(line[2]));
            double? one = null;
            foreach (var row in line[3].EnumerateArray())
            {
                var c = Golden.Number(row[0]);
                var x = tensor(point, dtype: Golden.Type(dtype), requires_grad: true);
                var y = Function(name)(x);
                var g = Gradient(y, x, c)!;
                one ??= g.item<double>();
                Hold("value", y.item<double>(), row[1]);
                Hold("gradient", g.item<double>(), row[2]);
                for (var k = 0; k < 2; k++) Hold("second", g.requires_grad ? Gradient(g, x, k == 0 ? 1 : double.PositiveInfinity)?.item<double>() ?? 0 : 0, row[3][k]);

                void Hold(string what, double a, JsonElement expected)
                {
                    numbers++;
                    var e = expected.ValueKind == JsonValueKind.Null ? 0 : Golden.Number(expected);
                    // PyTorch's second gradient of a cross entropy bounds its denominator by 10⁻¹² in double precision, and by adding.
                    var digits = dtype == "float32" ? 2e-6 : what == "second" && name.StartsWith("bce", StringComparison.Ordinal) ? 2e-8 : 1e-11;
                    if (a.Equals(e) || a == e || Math.Abs(a - e) <= digits * Math.Max(1, Math.Abs(e))) return;
                    // PyTorch has NaN at the ends; here stands the limit, and with it an infinite gradient times the slope.
                    if (double.IsNaN(e) && (what != "gradient" || a.Equals(c * one.Value))) return;
                    // A curvature is a sum over ways in PyTorch too, if not of the same functions: ∞ may be ∞ − ∞.
                    if (what == "second" && double.IsNaN(a) && double.IsInfinity(e)) return;
                    if (what != "value" && Limits.Contains($"{name} at {point}")) return;
                    differs.Add($"{name} {dtype} at {point}: {what} for {c} is {a}, PyTorch {e}");
                }
            }
        }
        differs.Remove(Threshold);
        Assert.True(differs.Count == 0, $"{differs.Count}:\n{string.Join('\n', differs.Take(200))}");
        Assert.Equal((Lines, Numbers), (lines, numbers));
    }

    // A name may hold a number: "lerp 0.25 from" is "lerp from" of it.
    private static Func<Tensor, Tensor> Function(string name)
    {
        var words = name.Split(' ');
        var number = Array.FindIndex(words, w => w is "inf" or "-inf" || double.TryParse(w, out _));
        var value = number < 0 ? 0 : words[number] is "inf" ? double.PositiveInfinity : words[number] is "-inf" ? double.NegativeInfinity : double.Parse(words[number], System.Globalization.CultureInfo.InvariantCulture);
        var f = Functions[string.Join(' ', words.Where((_, i) => i != number))];
        return x => f(x, value);
    }

    private static Tensor? Gradient(Tensor y, Tensor x, double c) => autograd.grad(y, x, full_like(y, c), create_graph: true, allow_unused: true)[0];
}
