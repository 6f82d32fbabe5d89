using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>
/// Recorded calls of whole families of operators, made by golden/make_*.py: values, derivative names, gradients and second gradients, what is drawn from
/// PyTorch's stream, or the error with its text.
/// </summary>
public class FamilyTests
{
    /// <summary>Each call gives what PyTorch gave.</summary>
    /// <param name="file">The record.</param>
    /// <param name="count">How many calls it holds.</param>
    /// <param name="copied">What is written in place is a copy of the recorded input.</param>
    [Theory]
    [InlineData("elementwise.jsonl.gz", 2588, true)]
    [InlineData("reductions.jsonl.gz", 1323, true)]
    [InlineData("algebra.jsonl.gz", 536, false)]
    [InlineData("numbers.jsonl.gz", 520, false)]
    [InlineData("functional.jsonl.gz", 1484, false)]
    [InlineData("spectral.jsonl.gz", 1095, false)]
    [InlineData("special.jsonl.gz", 487, true)]
    [InlineData("places.jsonl.gz", 193, false)]
    [InlineData("outs.jsonl.gz", 111, false)]
    [InlineData("complex_algebra.jsonl.gz", 560, false)]
    public void Every_recorded_call_of_the_family_agrees(string file, int count, bool copied)
    {
        warnings.sink = (_, _) => { };
        var calls = RecordedCall.Of(file);
        Assert.Equal(count, calls.Count);
        List<string> bad = [];
        foreach (var call in calls)
        {
            var inputs = call.Tensors();
            Tensor[] given = copied && call.Op.EndsWith('_') ? [inputs[0].clone(), .. inputs[1..]] : inputs;
            manual_seed(7);
            var difference = Binder.Bind(call, given) is { } bound ? Agreement.Difference(call, bound, inputs) : "no such overload";
            if (difference is not null) bad.Add($"{call}: {difference}");
        }
        if (Environment.GetEnvironmentVariable("OPERATOR_LISTS") is { } folder) File.WriteAllLines(Path.Combine(folder, file + ".txt"), bad);
        Assert.True(bad.Count == 0, $"{bad.Count} differ:\n{string.Join('\n', bad)}");
    }
}
