using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>
/// Views, movements, joining and indexing as recorded by golden/make_movements.py: values, strides, which results are views, names of derivatives,
/// gradients, second gradients and errors. What differs is listed by name, each with its reason.
/// </summary>
public class MovementTests
{
    private const int Calls = 2092;

    [Fact]
    public void Every_recorded_movement_agrees()
    {
        warnings.sink = (_, _) => { };
        var listed = File.ReadLines(Golden.Path("movements.txt")).Where(l => l.Length > 0 && l[0] != '#').Select(Key).ToHashSet();
        var (calls, differs) = (0, new List<string>());
        foreach (var (call, line) in RecordedCall.Of("movements.jsonl.gz").Zip(Golden.Lines("movements.jsonl.gz")))
        {
            calls++;
            if (Difference(call, line) is { } difference) differs.Add($"{call}: {difference}");
        }
        if (Environment.GetEnvironmentVariable("OPERATOR_LISTS") is { } folder) File.WriteAllLines(Path.Combine(folder, "movements.txt"), differs);
        var extra = differs.Where(d => !listed.Contains(Key(d))).ToList();
        Assert.True(extra.Count == 0, $"{extra.Count} of {calls} differ:\n{string.Join('\n', extra.Take(60))}");
        Assert.Equal([], listed.Except(differs.Select(Key)));
        Assert.Equal(Calls, calls);
    }

    private static string Key(string line) => line[..line.IndexOf(' ')];

    private static string? Difference(RecordedCall call, JsonElement line)
    {
        var inputs = call.Tensors();
        Tensor[] given = call.Form == "method" && call.Op.EndsWith('_') ? [inputs[0].clone(), .. inputs[1..]] : inputs;
        if (Binder.Bind(call, given) is not { } bound) return "no member";
        Tensor[] results = [];
        return Agreement.Difference(call, () => results = bound(), inputs) ?? Places(line, results) ?? Refusal(line, results, inputs);
    }

    private static string? Places(JsonElement line, Tensor[] results)
    {
        if (!line.TryGetProperty("strides", out var strides)) return null;
        for (var i = 0; i < results.Length; i++)
        {
            // Where nothing is, strides say nothing.
            if (strides[i].ValueKind == JsonValueKind.Null) continue;
            if (!Golden.Longs(strides[i]).AsSpan().SequenceEqual(results[i].stride())) return $"strides {i}: [{string.Join(", ", results[i].stride())}] for {strides[i].GetRawText()}";
            if (results[i]._is_view() != line.GetProperty("views")[i].GetBoolean()) return $"result {i} is {(results[i]._is_view() ? "a" : "no")} view";
        }
        return null;
    }

    // What PyTorch computes and does not differentiate.
    private static string? Refusal(JsonElement line, Tensor[] results, Tensor[] inputs)
    {
        if (!line.TryGetProperty("backward", out var told)) return null;
        if (results[0].grad_fn?.name() != line.GetProperty("names")[0].GetString()) return $"grad_fn {results[0].grad_fn?.name()}";
        try
        {
            autograd.grad([results[0].sum()], [.. inputs.Where(x => x.requires_grad)], allow_unused: true);
            return $"differentiated; recorded {told.GetString()}";
        }
        catch (PythonError e)
        {
            return e.Message == told.GetString() ? null : $"{e.Message}; recorded {told.GetString()}";
        }
    }
}
