namespace Conformance;

/// <summary>Products, linear algebra and distances, recorded by golden/make_algebra.py: values, derivative names, gradients and second gradients, or the error with its text.</summary>
public class AlgebraTests
{
    private const int Calls = 536;

    [Fact]
    public void Every_recorded_call_of_linear_algebra_agrees()
    {
        Functional.Autograd.torch.warnings.sink = (_, _) => { };
        var calls = RecordedCall.Of("algebra.jsonl.gz");
        List<string> bad = [];
        foreach (var call in calls)
        {
            var inputs = call.Tensors();
            var difference = Binder.Bind(call, inputs) is { } bound ? Agreement.Difference(call, bound, inputs) : "no such overload";
            if (difference is not null) bad.Add($"{call}: {difference}");
        }
        if (Environment.GetEnvironmentVariable("ALGEBRA_LIST") is { } file) File.WriteAllLines(file, bad);
        Assert.True(bad.Count == 0, $"{bad.Count} differ:\n{string.Join('\n', bad.Take(60))}");
        Assert.Equal(Calls, calls.Count);
    }
}
