using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>
/// What PyTorch does with element types, recorded by golden/make_types.py: every binary operator over pairs of types in all roles, in-place
/// forms, functions of integers, conversions, factories. Each row is called in every form that C# has for it; <c>dynamic</c> resolves overloads
/// and conversions as the compiler does for the literals that people write.
/// </summary>
public class TypeTests
{
    private const int Rows = 4965;

    // Rows that differ for a reason, by the beginning of their text.
    private static readonly (string Row, string Reason)[] Exceptions = [];

    [Fact]
    public void Every_recorded_row_agrees_in_every_form()
    {
        warnings.sink = (_, _) => { };
        var (count, differs, used) = (0, new List<string>(), new HashSet<string>());
        foreach (var line in Golden.Lines("types.jsonl.gz"))
        {
            count++;
            var text = Text(line);
            if (Exceptions.FirstOrDefault(e => text.StartsWith(e.Row, StringComparison.Ordinal)) is { Row: { } known })
            {
                used.Add(known);
                continue;
            }
            foreach (var (form, call) in Forms(line))
                if (Difference(line, call) is { } difference) differs.Add($"{text} as {form}: {difference}");
        }
        if (Environment.GetEnvironmentVariable("TYPE_LISTS") is { } folder) File.WriteAllLines(Path.Combine(folder, "types.txt"), differs);
        Assert.True(differs.Count == 0, $"{differs.Count} calls differ:\n{string.Join('\n', differs.Take(40))}");
        Assert.Equal(Rows, count);
        Assert.Equal(Exceptions.Length, used.Count);
    }

    private static string Text(JsonElement line) => $"{line.GetProperty("op").GetString()} {string.Join(" ", line.GetProperty("args").EnumerateArray().Select(a => a.GetRawText()))}";

    private static dynamic? Argument(JsonElement e)
    {
        if (e.ValueKind == JsonValueKind.Null) return null;
        if (e.TryGetProperty("type", out var type)) return Golden.Type(type.GetString()!);
        if (e.TryGetProperty("int", out var whole)) return whole.TryGetInt32(out var small) ? small : (object)whole.GetInt64();
        if (e.TryGetProperty("float", out var real)) return Golden.Number(real);
        if (e.TryGetProperty("bool", out var truth)) return truth.GetBoolean();
        var dtype = Golden.Type(e.GetProperty("dtype").GetString()!);
        var (shape, flat) = (new List<long>(), new List<JsonElement>());
        for (var data = e.GetProperty("data"); data.ValueKind == JsonValueKind.Array; data = data.GetArrayLength() > 0 ? data[0] : default) shape.Add(data.GetArrayLength());
        Flatten(e.GetProperty("data"), flat);
        return dtype.is_floating_point
            ? tensor<double>([.. flat.Select(Golden.Number)], [.. shape]).to(dtype)
            : tensor<long>([.. flat.Select(n => n.ValueKind == JsonValueKind.Number ? n.GetInt64() : n.GetBoolean() ? 1 : 0)], [.. shape]).to(dtype);
    }

    private static void Flatten(JsonElement data, List<JsonElement> flat)
    {
        if (data.ValueKind != JsonValueKind.Array) flat.Add(data);
        else foreach (var part in data.EnumerateArray()) Flatten(part, flat);
    }

    private static IEnumerable<(string Form, Func<dynamic> Call)> Forms(JsonElement line)
    {
        var op = line.GetProperty("op").GetString()!;
        var args = line.GetProperty("args").EnumerateArray().Select(Argument).ToArray();
        dynamic Arg(int k) => args[k] is Tensor t ? t.clone() : args[k]!;
        var (methods, functions) = Table[op];
        if (args.Length == 0 || args[0] is Tensor)
            foreach (var f in methods) yield return ("method", () => f(Arg, args.Length));
        foreach (var f in functions) yield return ("function", () => f(Arg, args.Length));
    }

    private static string? Difference(JsonElement line, Func<dynamic> call)
    {
        var error = line.TryGetProperty("error", out var recorded) ? $"{recorded[0].GetString()}: {recorded[1].GetString()}" : null;
        try
        {
            Tensor got = call();
            return error is not null ? $"{got} for {error}" : Value(got, line);
        }
        catch (Exception e)
        {
            var text = $"{(e as PythonError)?.Kind ?? e.GetType().Name}: {e.Message.Split('\n')[0]}";
            return text == error ? null : $"{text} for {error ?? line.GetProperty("out").GetRawText()}";
        }
    }

    private static string? Value(Tensor got, JsonElement line)
    {
        var wanted = (Tensor)Argument(line.GetProperty("out"))!;
        if (got.dtype != wanted.dtype) return $"{got.dtype} for {wanted.dtype}";
        if (!((long[])got.shape).AsSpan().SequenceEqual(wanted.shape)) return $"{got.shape} for {wanted.shape}";
        if (!got.is_floating_point())
        {
            var (whole, right) = (got.to(int64).to_array<long>(), wanted.to(int64).to_array<long>());
            return whole.AsSpan().SequenceEqual(right) ? null : $"[{string.Join(", ", whole)}] for [{string.Join(", ", right)}]";
        }
        var (values, expected) = (got.to(float64).to_array<double>(), wanted.to(float64).to_array<double>());
        // Arithmetic is exact to the bit; functions are within a few units of the last place.
        var tolerance = Exact.Contains(line.GetProperty("op").GetString()!) ? 0 : got.dtype == float32 ? 1e-6 : 1e-14;
        for (var i = 0; i < values.Length; i++)
        {
            var (a, b) = (values[i], expected[i]);
            var same = double.IsNaN(b) ? double.IsNaN(a) : BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);
            if (!same && !(tolerance > 0 && (a == b || Math.Abs(a - b) <= tolerance * Math.Max(Math.Abs(b), 1e-30)))) return $"element {i} is {a:R}, recorded {b:R}";
        }
        return null;
    }

    private static readonly HashSet<string> Exact =
    [
        "add", "sub", "mul", "div", "floor_divide", "remainder", "maximum", "minimum", "add_", "sub_", "mul_", "div_", "floor_divide_", "remainder_", "clamp", "where", "masked_fill", "fill_", "full",
        "full_like", "tensor", "setitem", "to", "add_alpha", "sub_alpha", "mm", "addmm", "neg", "abs", "sign", "square", "floor", "ceil", "round", "trunc", "item", "int", "arange_as",
    ];

    private delegate dynamic Form(Func<int, dynamic> x, int count);

    private static (Form[] Methods, Form[] Functions) Both(Func<dynamic, dynamic> method, Func<dynamic, dynamic> function) => ([(x, _) => method(x(0))], [(x, _) => function(x(0))]);

    private static (Form[] Methods, Form[] Functions) Two(Func<dynamic, dynamic, dynamic>[] methods, params Func<dynamic, dynamic, dynamic>[] operators) =>
        ([.. methods.Select(f => (Form)((x, _) => f(x(0), x(1))))], [.. operators.Select(f => (Form)((x, _) => f(x(0), x(1))))]);

    private static (Form[] Methods, Form[] Functions) Only(Form form) => ([], [form]);

    private static readonly Dictionary<string, (Form[] Methods, Form[] Functions)> Table = new()
    {
        ["add"] = Two([(a, b) => a.add(b), (a, b) => torch.add(a, b)], (a, b) => a + b),
        ["sub"] = Two([(a, b) => a.sub(b), (a, b) => torch.sub(a, b)], (a, b) => a - b),
        ["mul"] = Two([(a, b) => a.mul(b), (a, b) => torch.mul(a, b)], (a, b) => a * b),
        ["div"] = Two([(a, b) => a.div(b), (a, b) => torch.div(a, b)], (a, b) => a / b),
        ["remainder"] = Two([(a, b) => a.remainder(b)], (a, b) => a % b, (a, b) => torch.remainder(a, b)),
        ["floor_divide"] = Two([(a, b) => a.floor_divide(b)], (a, b) => torch.floor_divide(a, b)),
        ["pow"] = Two([(a, b) => a.pow(b)], (a, b) => torch.pow(a, b)),
        ["eq"] = Two([(a, b) => a.eq(b), (a, b) => torch.eq(a, b)], (a, b) => a == b),
        ["ne"] = Two([(a, b) => a.ne(b), (a, b) => torch.ne(a, b)], (a, b) => a != b),
        ["lt"] = Two([(a, b) => a.lt(b), (a, b) => torch.lt(a, b)], (a, b) => a < b),
        ["le"] = Two([(a, b) => a.le(b), (a, b) => torch.le(a, b)], (a, b) => a <= b),
        ["gt"] = Two([(a, b) => a.gt(b), (a, b) => torch.gt(a, b)], (a, b) => a > b),
        ["ge"] = Two([(a, b) => a.ge(b), (a, b) => torch.ge(a, b)], (a, b) => a >= b),
        ["maximum"] = Two([(a, b) => a.maximum(b), (a, b) => torch.maximum(a, b)]),
        ["minimum"] = Two([(a, b) => a.minimum(b), (a, b) => torch.minimum(a, b)]),
        ["atan2"] = Two([(a, b) => a.atan2(b), (a, b) => torch.atan2(a, b)]),
        ["logical_and"] = Two([(a, b) => a.logical_and(b), (a, b) => torch.logical_and(a, b)]),
        ["logical_or"] = Two([(a, b) => a.logical_or(b), (a, b) => torch.logical_or(a, b)]),
        ["add_"] = Two([(a, b) => a.add_(b)]),
        ["sub_"] = Two([(a, b) => a.sub_(b)]),
        ["mul_"] = Two([(a, b) => a.mul_(b)]),
        ["div_"] = Two([(a, b) => a.div_(b)]),
        ["pow_"] = Two([(a, b) => a.pow_(b)]),
        ["floor_divide_"] = Two([(a, b) => a.floor_divide_(b)]),
        ["remainder_"] = Two([(a, b) => a.remainder_(b)]),
        ["neg"] = Both(x => x.neg(), x => -x),
        ["abs"] = Both(x => x.abs(), x => torch.abs(x)),
        ["sign"] = Both(x => x.sign(), x => torch.sign(x)),
        ["exp"] = Both(x => x.exp(), x => torch.exp(x)),
        ["exp2"] = Both(x => x.exp2(), x => torch.exp2(x)),
        ["expm1"] = Both(x => x.expm1(), x => torch.expm1(x)),
        ["log"] = Both(x => x.log(), x => torch.log(x)),
        ["log2"] = Both(x => x.log2(), x => torch.log2(x)),
        ["log10"] = Both(x => x.log10(), x => torch.log10(x)),
        ["log1p"] = Both(x => x.log1p(), x => torch.log1p(x)),
        ["sqrt"] = Both(x => x.sqrt(), x => torch.sqrt(x)),
        ["rsqrt"] = Both(x => x.rsqrt(), x => torch.rsqrt(x)),
        ["reciprocal"] = Both(x => x.reciprocal(), x => torch.reciprocal(x)),
        ["square"] = Both(x => x.square(), x => torch.square(x)),
        ["sin"] = Both(x => x.sin(), x => torch.sin(x)),
        ["cos"] = Both(x => x.cos(), x => torch.cos(x)),
        ["tan"] = Both(x => x.tan(), x => torch.tan(x)),
        ["asin"] = Both(x => x.asin(), x => torch.asin(x)),
        ["acos"] = Both(x => x.acos(), x => torch.acos(x)),
        ["atan"] = Both(x => x.atan(), x => torch.atan(x)),
        ["sinh"] = Both(x => x.sinh(), x => torch.sinh(x)),
        ["cosh"] = Both(x => x.cosh(), x => torch.cosh(x)),
        ["tanh"] = Both(x => x.tanh(), x => torch.tanh(x)),
        ["asinh"] = Both(x => x.asinh(), x => torch.asinh(x)),
        ["acosh"] = Both(x => x.acosh(), x => torch.acosh(x)),
        ["atanh"] = Both(x => x.atanh(), x => torch.atanh(x)),
        ["sigmoid"] = Both(x => x.sigmoid(), x => torch.sigmoid(x)),
        ["relu"] = Both(x => x.relu(), x => torch.relu(x)),
        ["erf"] = Both(x => x.erf(), x => torch.erf(x)),
        ["erfc"] = Both(x => x.erfc(), x => torch.erfc(x)),
        ["erfinv"] = Both(x => x.erfinv(), x => torch.erfinv(x)),
        ["lgamma"] = Both(x => x.lgamma(), x => torch.lgamma(x)),
        ["digamma"] = Both(x => x.digamma(), x => torch.digamma(x)),
        ["floor"] = Both(x => x.floor(), x => torch.floor(x)),
        ["ceil"] = Both(x => x.ceil(), x => torch.ceil(x)),
        ["round"] = Both(x => x.round(), x => torch.round(x)),
        ["trunc"] = Both(x => x.trunc(), x => torch.trunc(x)),
        ["frac"] = Both(x => x.frac(), x => torch.frac(x)),
        ["isnan"] = Both(x => x.isnan(), x => torch.isnan(x)),
        ["logical_not"] = Both(x => x.logical_not(), x => torch.logical_not(x)),
        ["sum"] = Both(x => x.sum(), x => torch.sum(x)),
        ["prod"] = Both(x => x.prod(), x => torch.prod(x)),
        ["mean"] = Both(x => x.mean(), x => torch.mean(x)),
        ["max"] = Both(x => x.max(), x => torch.max(x)),
        ["min"] = Both(x => x.min(), x => torch.min(x)),
        ["argmax"] = Both(x => x.argmax(), x => torch.argmax(x)),
        ["argmin"] = Both(x => x.argmin(), x => torch.argmin(x)),
        ["any"] = Both(x => x.any(), x => torch.any(x)),
        ["all"] = Both(x => x.all(), x => torch.all(x)),
        ["var"] = Both(x => x.var(), x => torch.var(x)),
        ["std"] = Both(x => x.std(), x => torch.std(x)),
        ["norm"] = Both(x => x.norm(), x => torch.norm(x)),
        ["cumsum"] = Two([(a, b) => a.cumsum(b), (a, b) => torch.cumsum(a, b)]),
        ["logsumexp"] = Two([(a, b) => a.logsumexp(new long[] { b }), (a, b) => torch.logsumexp(a, new long[] { b })]),
        ["softmax"] = Two([(a, b) => a.softmax(b), (a, b) => torch.softmax(a, b)]),
        ["log_softmax"] = Two([(a, b) => a.log_softmax(b), (a, b) => torch.log_softmax(a, b)]),
        ["tril"] = Both(x => x.tril(), x => torch.tril(x)),
        ["triu"] = Both(x => x.triu(), x => torch.triu(x)),
        ["clamp"] = ([(x, _) => x(0).clamp(x(1), x(2)), (x, _) => torch.clamp(x(0), x(1), x(2))], []),
        ["where"] = ([], [(x, _) => torch.where(x(0), x(1), x(2))]),
        ["masked_fill"] = ([(x, _) => x(0).masked_fill(x(1), x(2)), (x, _) => torch.masked_fill(x(0), x(1), x(2))], []),
        ["fill_"] = Two([(a, b) => a.fill_(b)]),
        ["full"] = Only((x, n) => n == 1 ? torch.full(new long[] { 2 }, x(0)) : torch.full(new long[] { 2 }, x(0), x(1))),
        ["full_like"] = Two([(a, b) => torch.full_like(a, b)]),
        ["tensor"] = Only((x, _) => torch.tensor(x(0), x(1))),
        ["setitem"] = Only((x, _) => { var t = x(0); t[1] = x(1); return t; }),
        ["to"] = Two([(a, b) => a.to(b), (a, b) => a.type(b)]),
        ["add_alpha"] = ([(x, _) => x(0).add(x(1), alpha: x(2)), (x, _) => torch.add(x(0), x(1), alpha: x(2)), (x, _) => x(0).clone().add_(x(1), alpha: x(2))], []),
        ["sub_alpha"] = ([(x, _) => x(0).sub(x(1), alpha: x(2)), (x, _) => torch.sub(x(0), x(1), alpha: x(2)), (x, _) => x(0).clone().sub_(x(1), alpha: x(2))], []),
        ["mm"] = Two([(a, b) => a.mm(b), (a, b) => a.matmul(b), (a, b) => torch.mm(a, b)]),
        ["addmm"] = ([(x, _) => x(0).addmm(x(1), x(2)), (x, _) => torch.addmm(x(0), x(1), x(2))], []),
        ["scatter_add"] = ([(x, _) => x(0).scatter_add(x(1), x(2), x(3)), (x, _) => torch.scatter_add(x(0), x(1), x(2), x(3))], []),
        ["F.gelu"] = Both(x => nn.functional.gelu(x), x => nn.functional.gelu(x)),
        ["F.silu"] = Both(x => nn.functional.silu(x), x => nn.functional.silu(x)),
        ["F.softplus"] = Both(x => nn.functional.softplus(x), x => nn.functional.softplus(x)),
        ["F.leaky_relu"] = Both(x => nn.functional.leaky_relu(x), x => nn.functional.leaky_relu(x)),
        ["F.elu"] = Both(x => nn.functional.elu(x), x => nn.functional.elu(x)),
        ["F.logsigmoid"] = Both(x => nn.functional.logsigmoid(x), x => nn.functional.logsigmoid(x)),
        ["F.mish"] = Both(x => nn.functional.mish(x), x => nn.functional.mish(x)),
        ["F.relu"] = Both(x => nn.functional.relu(x), x => nn.functional.relu(x)),
        ["sum_as"] = Two([(a, b) => a.sum(dtype: b), (a, b) => a.sum(0, dtype: b)]),
        ["prod_as"] = Two([(a, b) => a.prod(dtype: b), (a, b) => a.prod(0, dtype: b)]),
        ["one_hot"] = Two([(a, b) => nn.functional.one_hot(a, b)]),
        ["addmm_scaled"] = ([(x, _) => x(0).addmm(x(1), x(2), beta: x(3), alpha: x(4)), (x, _) => torch.addmm(x(0), x(1), x(2), beta: x(3), alpha: x(4))], []),
        ["index_select"] = ([(x, _) => x(0).index_select(x(1), x(2))], []),
        ["linspace"] = Only((x, _) => torch.linspace(x(1), x(2), x(3), dtype: x(0))),
        ["put_mask"] = Only((x, _) => { var t = x(0); t[tensor(new[] { true, false, true, false, false, false })] = x(1); return t; }),
        ["put_index"] = Only((x, _) => { var t = x(0); t[tensor(new[] { 0L, 2 })] = x(1); return t; }),
        ["topk"] = Only((x, _) => x(0).topk(1).values),
        ["sort"] = Only((x, _) => x(0).sort().values),
        ["argsort"] = Only((x, _) => x(0).argsort()),
        ["max_dim"] = Only((x, _) => x(0).max(0).values),
        ["amax"] = Both(x => x.amax(), x => torch.amax(x)),
        ["trace"] = Both(x => x.trace(), x => torch.trace(x)),
        ["diagonal"] = Both(x => x.diagonal(), x => torch.diagonal(x)),
        ["outer"] = Only((x, _) => x(0)[0].outer(x(0)[1])),
        ["einsum"] = Only((x, _) => torch.einsum("ij,jk->ik", x(0), x(0))),
        ["addcmul_"] = Only((x, _) => x(0).addcmul_(x(0), x(0), 2)),
        ["addcdiv_"] = Only((x, _) => x(0).addcdiv_(x(0), x(0))),
        ["lerp_"] = Only((x, _) => x(0).lerp_(x(0), 0.5)),
        ["F.l1_loss"] = Only((x, _) => nn.functional.l1_loss(x(0), x(0))),
        ["F.linear"] = Only((x, _) => nn.functional.linear(x(0), x(0))),
        ["F.cross_entropy"] = Only((x, _) => nn.functional.cross_entropy(x(0), tensor(new[] { 0L, 1 }))),
        ["mean_as"] = Only((x, _) => x(0).mean(dtype: float32)),
        ["item"] = Only((x, _) => Item((Tensor)x(0))),
        ["int"] = Only((x, _) => torch.tensor((long)(Tensor)x(0))),
        ["arange"] = Only((x, n) => n switch { 1 => torch.arange(x(0)), 2 => torch.arange(x(0), x(1)), _ => torch.arange(x(0), x(1), x(2)) }),
        ["arange_as"] = Only((x, n) => n switch { 2 => torch.arange(x(1), dtype: x(0)), 3 => torch.arange(x(1), x(2), dtype: x(0)), _ => torch.arange(x(1), x(2), x(3), dtype: x(0)) }),
    };

    // Python's float is float64, and a new tensor of the default type.
    private static Tensor Item(Tensor x) => x.item() switch { double d => tensor(d), long n => tensor(n), bool b => tensor(b), var other => throw new InvalidOperationException($"item() is a {other}") };
}
