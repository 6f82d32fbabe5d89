using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>One recorded call of an operator: what was given, what came back, and its first and second gradients.</summary>
internal sealed class RecordedCall(int number, JsonElement line)
{
    public static IReadOnlyList<RecordedCall> All { get; } = Of("operators.jsonl.gz");

    public static IReadOnlyList<RecordedCall> Of(string file) => [.. Golden.Lines(file).Select((line, n) => new RecordedCall(n, line))];

    /// <summary>The exception's type and the first line of its text, for a call that PyTorch refuses.</summary>
    public (string Kind, string Text)? Error { get; } = line.TryGetProperty("error", out var e) ? (e.GetProperty("kind").GetString()!, e.GetProperty("text").GetString()!) : null;

    public string Op { get; } = line.GetProperty("op").GetString()!;

    public string Form { get; } = line.GetProperty("form").GetString()!;

    public JsonElement[] Inputs { get; } = [.. line.GetProperty("inputs").EnumerateArray()];

    public JsonElement[] Outputs { get; } = [.. line.GetProperty("outputs").EnumerateArray()];

    public JsonElement[]? Part(string name) => line.TryGetProperty(name, out var part) ? part.ValueKind == JsonValueKind.Array ? [.. part.EnumerateArray()] : [part] : null;

    /// <summary>The inputs as tensors of the facade.</summary>
    public Tensor[] Tensors() => [.. Inputs.Select(i => Golden.Tensor(i).requires_grad_(i.GetProperty("requires_grad").GetBoolean()))];

    public object?[] Arguments(Tensor[] inputs) => [.. line.GetProperty("args").EnumerateArray().Select(a => Argument(a, inputs))];

    public IReadOnlyDictionary<string, object?> Keywords(Tensor[] inputs) => line.GetProperty("kwargs").EnumerateObject().ToDictionary(k => k.Name, k => Argument(k.Value, inputs));

    // A Python value: a tensor, a long, a double, a bool, a string, null or a list of those.
    private static object? Argument(JsonElement e, Tensor[] inputs) => e.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => e.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? e.GetDouble() : (object)e.GetInt64(),
        JsonValueKind.String => e.GetString() is "Infinity" or "-Infinity" or "NaN" ? Golden.Number(e) : e.GetString(),
        JsonValueKind.Array => e.EnumerateArray().Select(x => Argument(x, inputs)).ToArray(),
        _ => e.TryGetProperty("in", out var place) ? inputs[place.GetInt32()] : Golden.Type(e.GetProperty("dtype").GetString()!),
    };

    /// <summary>As Python would spell it, after the line's number.</summary>
    public override string ToString()
    {
        var home = Form == "method" ? "Tensor." : Form + ".";
        return $"{number:D3} {home}{Op}({string.Join(", ", line.GetProperty("args").EnumerateArray().Select(Text).Concat(line.GetProperty("kwargs").EnumerateObject().Select(k => $"{k.Name}={Text(k.Value)}")))})";
    }

    private string Text(JsonElement e) => e.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(", ", e.EnumerateArray().Select(Text))}]",
        JsonValueKind.Object when e.TryGetProperty("dtype", out var type) => type.GetString()!,
        JsonValueKind.Object => Inputs[e.GetProperty("in").GetInt32()] is var i ? $"{i.GetProperty("dtype").GetString()}{i.GetProperty("shape").GetRawText()}" : "",
        _ => e.GetRawText(),
    };
}
