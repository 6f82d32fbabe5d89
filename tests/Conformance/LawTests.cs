using System.Reflection;
using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>Every operator of the facade under the laws of derivatives. Its recorded calls are where it is tried; a row without any fails.</summary>
public class LawTests
{
    private const int AtMost = 2;

    private static readonly string[] Files = ["operators", "elementwise", "reductions", "algebra", "numbers", "functional", "movements", "spectral", "special", "places"];

    // Calls of what those do not hold.
    private static readonly RecordedCall[] Further =
    [
        Call("method", "clone", [[2, 3]]), Call("method", "resolve_conj", [[2, 3]]), Call("method", "reshape_as", [[2, 3], [3, 2]]), Call("method", "atan2_", [[2, 3], [2, 3]]), Call("F", "hardsigmoid", [[2, 3]]), Call("torch", "as_strided_scatter", [[3, 3], [2, 2]], ", [2, 2], [1, 2]"),
        Call("method", "pow_", [[2, 3], [2, 3]]), Call("method", "addmm_", [[2, 2], [2, 3], [3, 2]]), Call("method", "addmv_", [[2], [2, 3], [3]]), Call("method", "addr_", [[2, 3], [2], [3]]),
        Call("method", "addbmm_", [[2, 2], [2, 2, 3], [2, 3, 2]]), Call("method", "baddbmm_", [[2, 2, 2], [2, 2, 3], [2, 3, 2]]), Call("torch", "linalg.eigh", [[3, 3]]), Call("torch", "linalg.svd", [[3, 2]], ", false"), Call("F", "max_pool1d_with_indices", [[1, 2, 6]], ", 2"),
        Call("F", "max_pool2d_with_indices", [[1, 1, 4, 4]], ", 2"), Call("F", "max_pool3d_with_indices", [[1, 1, 2, 2, 4]], ", 2"), Call("F", "adaptive_max_pool1d_with_indices", [[1, 2, 6]], ", 2"), Call("F", "adaptive_max_pool2d_with_indices", [[1, 1, 4, 4]], ", 2"),
    ];

    // Why differences show something else.
    private static readonly Dictionary<string, string> Apart = new()
    {
        ["ctc_loss"] = "as in PyTorch, the gradient is that of log_softmax's argument and not of its result",
        ["nextafter"] = "as in PyTorch, it is recorded and refuses its derivative",
    };

    private static RecordedCall Call(string form, string op, int[][] shapes, string further = "")
    {
        var inputs = shapes.Select((s, k) => $$"""{"dtype":"float64","shape":[{{string.Join(',', s)}}],"requires_grad":true,"data":[{{string.Join(',', Enumerable.Range(0, s.Aggregate((a, b) => a * b)).Select(i => FormattableString.Invariant($"{0.2 + (i * 7 + 3 * k) % 37 * 0.045:F3}")))}}]}""");
        var text = $$"""{"op":"{{op}}","form":"{{form}}","inputs":[{{string.Join(',', inputs)}}],"args":[{{string.Join(',', shapes.Select((_, k) => $$"""{"in":{{k}}}"""))}}{{further}}],"kwargs":{},"outputs":[],"grads":[]}""";
        return new(0, JsonDocument.Parse(text).RootElement);
    }

    private static readonly Lazy<ILookup<string, RecordedCall>> Calls = new(() => Files.SelectMany(f => RecordedCall.Of(f + ".jsonl.gz")).Where(c => c.Error is null).Concat(Further).ToLookup(c => c.Op));

    /// <summary>Operators of which PyTorch gave gradients that differences can show.</summary>
    public static TheoryData<string> Names => [.. Calls.Value.Where(g => !Apart.ContainsKey(g.Key.Split('.')[^1]) && g.Any(CallLaws.Fits)).Select(g => g.Key).Order(StringComparer.Ordinal)];

    /// <summary>A form of an operator is tried at calls until two of them decide.</summary>
    /// <param name="op">The operator.</param>
    [Theory, MemberData(nameof(Names))]
    public void Gradients_of_two_orders_are_what_differences_show(string op)
    {
        warnings.sink = (_, _) => { };
        foreach (var form in Calls.Value[op].Where(CallLaws.Fits).GroupBy(c => c.Form))
        {
            var decided = 0;
            foreach (var call in form)
            {
                var (clear, wrong) = new CallLaws(call).Check();
                Assert.True(wrong is null, $"{call}: {wrong}");
                if (clear && ++decided == AtMost) break;
            }
            // Some were recorded at the ends of their domains alone.
            foreach (var call in form.TakeWhile(_ => decided == 0))
            {
                var (clear, wrong) = new CallLaws(call).Inside().Check();
                Assert.True(wrong is null, $"{call}: {wrong}");
                if (clear) decided++;
            }
            Assert.True(decided > 0, $"{op} as {form.Key}: none of {form.Count()} calls decides");
        }
    }

    private static IEnumerable<(string Name, string Gradient)> Rows() =>
        from family in typeof(torch).GetNestedTypes(BindingFlags.NonPublic)
        from method in family.GetMethods(BindingFlags.Public | BindingFlags.Static)
        where !method.ReturnType.IsPrimitive && method.ReturnType != typeof(Size)
        from fact in method.GetCustomAttributesData()
        where fact.AttributeType.Name == "TorchAttribute"
        let aliases = fact.NamedArguments.FirstOrDefault(a => a.MemberName == "Aliases").TypedValue.Value as string
        from name in (aliases?.Split(' ') ?? []).Prepend(method.Name)
        select (name, (string)fact.ConstructorArguments[0].Value!);

    [Fact]
    public void Every_row_is_under_the_laws()
    {
        static string Last(string op) => op.Split('.')[^1];
        var called = Calls.Value.Select(g => Last(g.Key)).ToHashSet();
        var lawful = Calls.Value.Where(g => g.Any(CallLaws.Fits)).Select(g => Last(g.Key)).ToHashSet();
        var rows = Rows().Distinct().ToList();
        Assert.True(rows.Count > 400, $"{rows.Count} rows");
        string Lacking(IEnumerable<string> names, HashSet<string> known) => string.Join(' ', names.Where(n => !known.Contains(n) && !known.Contains(n + "_") && !known.Contains(n.TrimEnd('_'))).Distinct().Order(StringComparer.Ordinal));
        var (uncalled, unlawful) = (Lacking(rows.Select(r => r.Name), called), Lacking(rows.Where(r => r.Gradient.Length > 0 && r.Gradient != "NotImplemented" && !Apart.ContainsKey(r.Name.TrimEnd('_'))).Select(r => r.Name), lawful));
        Assert.True(uncalled.Length == 0, "never called: " + uncalled);
        Assert.True(unlawful.Length == 0, "under no law: " + unlawful);
    }
}
