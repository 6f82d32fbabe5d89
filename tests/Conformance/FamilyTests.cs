using Functional.Autograd;

namespace Conformance;

/// <summary>Generated calls of whole families of operators: values, derivative names, gradients and second gradients, or the error with its text.</summary>
public class FamilyTests
{
    [Theory]
    [InlineData("elementwise.jsonl.gz", 2588)]
    [InlineData("reductions.jsonl.gz", 1387)]
    public void Every_recorded_call_of_the_family_agrees(string file, int count)
    {
        var calls = RecordedCall.Of(file);
        Assert.Equal(count, calls.Count);
        List<string> bad = [];
        foreach (var call in calls)
        {
            var inputs = call.Tensors();
            // What is written in place is a copy of the recorded input.
            torch.Tensor[] given = call.Op.EndsWith('_') ? [inputs[0].clone(), .. inputs[1..]] : inputs;
            var difference = Binder.Bind(call, given) is { } bound ? Agreement.Difference(call, bound, inputs) : "no such overload";
            if (difference is not null) bad.Add($"{call}: {difference}");
        }
        if (Environment.GetEnvironmentVariable("OPERATOR_LISTS") is { } folder) File.WriteAllLines(Path.Combine(folder, file + ".txt"), bad);
        Assert.True(bad.Count == 0, $"{bad.Count} differ:\n{string.Join('\n', bad)}");
    }
}
