using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>
/// Generated calls of torch.nn.functional, recorded by golden/make_functional.py: values, derivative names, gradients and second gradients, or the
/// error with its text; at hard points, of every reduction and mode, and what is drawn from PyTorch's stream.
/// </summary>
public class FunctionalTests
{
    private const int Calls = 1484;

    [Fact]
    public void Every_recorded_call_of_a_function_agrees()
    {
        warnings.sink = (_, _) => { };
        var calls = RecordedCall.Of("functional.jsonl.gz");
        List<string> bad = [];
        foreach (var call in calls)
        {
            var inputs = call.Tensors();
            manual_seed(7);
            var difference = Binder.Bind(call, inputs) is { } bound ? Agreement.Difference(call, bound, inputs) : "no such overload";
            if (difference is not null) bad.Add($"{call}: {difference}");
        }
        if (Environment.GetEnvironmentVariable("FUNCTIONAL_LIST") is { } file) File.WriteAllLines(file, bad);
        Assert.True(bad.Count == 0, $"{bad.Count} differ:\n{string.Join('\n', bad)}");
        Assert.Equal(Calls, calls.Count);
    }
}
