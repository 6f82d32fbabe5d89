using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>
/// What each operation saves for its backward, recorded by golden/make_saves.py: for every choice of inputs that require grad, and every
/// input and result changed in place between the call and the backward, the error of a first pass and of a second.
/// </summary>
public class SavedTests
{
    private const int Calls = 2362, Cases = 19595;

    // PyTorch computes these from other operations, and its error names the view that one of those was given.
    private static readonly string[] Composed = ["matmul", "linear", "nll_loss", "cross_entropy"];

    // PyTorch repeats or folds these operands into copies, so that a change of theirs does no harm there.
    private static readonly string[] Copied = ["torch.matmul(float64[2,1,3,4], float64[5,4,2]) 0", "torch.matmul(float64[2,1,3,4], float64[5,4,2]) 1", "torch.matmul(float64[4], float64[2,4,3]) 1"];

    // Where PyTorch refuses what works here: places without a derivative, an error of its own in the Frobenius condition, a view that it writes of a norm.
    private static readonly string[] Better = ["arcsinh_", "arccosh_", "arctanh_", "bincount", "linalg.cond", "cosine_similarity"];

    [Fact]
    public void Every_operation_saves_what_PyTorch_saves()
    {
        warnings.sink = (_, _) => { };
        var (calls, cases, differs) = (0, 0, new List<string>());
        foreach (var (call, line) in RecordedCall.Of("saves.jsonl.gz").Zip(Golden.Lines("saves.jsonl.gz")))
        {
            calls++;
            foreach (var c in line.GetProperty("cases").EnumerateArray())
            {
                cases++;
                if (c[2].GetString() is { Length: > 0 } told && (Array.IndexOf(Better, call.Op) >= 0 || told == "tensor does not have a device")) continue;
                var (wanted, changed, first, second) = (c[0].GetString()!, c[1].GetString()!, c[2].GetString()!, c[3].GetString()!);
                var (one, two) = Outcome(call, wanted, changed);
                if (one.Length > 0 && first.Length == 0 && Copied.Contains($"{call.ToString()[4..]} {changed}")) continue;
                if (Array.IndexOf(Composed, call.Op) >= 0) (one, first) = (Unnamed(one), Unnamed(first));
                if ((one, two) != (first, second)) differs.Add($"{call} [{wanted}] {changed}:\n    '{one}' '{two}'\n    '{first}' '{second}'");
            }
        }
        if (Environment.GetEnvironmentVariable("SAVED_LIST") is { } file) File.WriteAllLines(file, differs);
        Assert.True(differs.Count == 0, $"{differs.Count} of {cases} cases of {calls} calls differ (here, then PyTorch):\n{string.Join('\n', differs.Take(40))}");
        Assert.Equal((Calls, Cases), (calls, cases));
    }

    private static string Unnamed(string text) => text.Contains("is at version", StringComparison.Ordinal) ? text[..text.IndexOf('[')] + text[text.IndexOf(" is at version", StringComparison.Ordinal)..] : text;

    private static (string First, string Second) Outcome(RecordedCall call, string wanted, string changed)
    {
        string? first = "";
        manual_seed(7);
        try
        {
            Tensor[] inputs = [.. call.Tensors().Select((x, i) => wanted[i] == '1' ? x.requires_grad_().clone() : x)];
            var results = Results(call, inputs);
            if (changed.Length > 0)
            {
                var place = changed[0] == 'r' ? results[int.Parse(changed[1..])] : inputs[int.Parse(changed)];
                place.copy_(place.detach().clone());
            }
            var made = results.First(r => r.is_floating_point() || r.is_complex());
            var loss = (made.is_complex() ? view_as_real(made) : made).sum();
            loss.backward();
            first = null;
            loss.backward();
            return ("", "");
        }
        catch (Exception e)
        {
            var text = e.Message.Split('\n')[0];
            return first is null ? ("", text) : (text, "");
        }
    }

    private static Tensor[] Results(RecordedCall call, Tensor[] x)
    {
        if (call.Form != "item") return (Binder.Bind(call, x) ?? throw new InvalidOperationException($"{call} has no member here"))();
        if (call.Op == "get") return [x[0][x[1]]];
        x[0][x[1]] = x[2];
        return [x[0]];
    }
}
