using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>Every recorded call inside vmap: of two rows that are equal it gives what was recorded, twice.</summary>
public class MappedCallTests
{
    // Results have no shape of their own, a step depends on a value (weights of cov), or the call draws numbers; the last two are made of what stands in their operands.
    private static readonly string[] refused = ["unique", "unique_consecutive", "nonzero", "masked_select", "allclose", "cov", "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout", "gumbel_softmax", "rrelu", "ctc_loss", "embedding_bag"];

    /// <summary>Values and gradients of both rows agree.</summary>
    /// <param name="file">The record.</param>
    [Theory]
    [InlineData("operators.jsonl.gz")]
    [InlineData("elementwise.jsonl.gz")]
    [InlineData("reductions.jsonl.gz")]
    [InlineData("algebra.jsonl.gz")]
    [InlineData("complex_algebra.jsonl.gz")]
    [InlineData("numbers.jsonl.gz")]
    [InlineData("functional.jsonl.gz")]
    [InlineData("spectral.jsonl.gz")]
    [InlineData("special.jsonl.gz")]
    [InlineData("places.jsonl.gz")]
    public void A_recorded_call_of_rows_gives_rows(string file)
    {
        warnings.sink = (_, _) => { };
        List<string> bad = [];
        foreach (var call in RecordedCall.Of(file))
            if (call.Error is null && call.Inputs.Length > 0 && Mapped(call) is { } difference && !(difference.StartsWith("RuntimeError: vmap: ", StringComparison.Ordinal) && refused.Contains(call.Op))) bad.Add($"{call}: {difference}");
        if (Environment.GetEnvironmentVariable("OPERATOR_LISTS") is { } folder) File.WriteAllLines(Path.Combine(folder, "mapped." + file + ".txt"), bad);
        Assert.True(bad.Count == 0, $"{bad.Count} differ:\n{string.Join('\n', bad)}");
    }

    private static string? Mapped(RecordedCall call)
    {
        try
        {
            var written = call.Op.EndsWith('_');
            Tensor[] both = [.. call.Tensors().Select(x => Twice(x).requires_grad_(x.requires_grad))];
            var results = func.vmap((Tensor[] rows) => Binder.Bind(call, written ? [rows[0].clone(), .. rows[1..]] : rows)!())(both);
            for (var i = 0; i < results.Length; i++)
                if (Differ(results[i], call.Outputs[i]) is { } bad) return $"result {i}: {bad}";
            return call.Part("grads") is null ? null : Gradients(call, results, both);
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message.Split('\n')[0]}";
        }
    }

    private static string? Gradients(RecordedCall call, Tensor[] results, Tensor[] both)
    {
        var cotangents = call.Part("cotangents")!;
        int[] seeded = [.. Enumerable.Range(0, results.Length).Where(i => cotangents[i].ValueKind != JsonValueKind.Null)], wanted = [.. Enumerable.Range(0, both.Length).Where(i => both[i].requires_grad)];
        var grads = autograd.grad([.. seeded.Select(i => results[i])], [.. wanted.Select(i => both[i])], [.. seeded.Select(i => Twice(Golden.Tensor(cotangents[i])))], allow_unused: true);
        for (var k = 0; k < wanted.Length; k++)
        {
            // What is the same in all rows has no gradient, where PyTorch's is zero.
            var recorded = call.Part("grads")![wanted[k]];
            if ((recorded.ValueKind == JsonValueKind.Null ? grads[k] is null ? null : "a tensor for None" : Differ(grads[k] ?? zeros_like(both[wanted[k]]), recorded)) is { } bad) return $"gradient {wanted[k]}: {bad}";
        }
        return null;
    }

    private static Tensor Twice(Tensor x) => stack([x.detach(), x.detach()]);

    private static string? Differ(Tensor both, JsonElement recorded) => Agreement.Value(both[0], recorded) ?? Agreement.Value(both[1], recorded);
}
