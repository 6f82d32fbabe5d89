namespace Conformance;

/// <summary>Recorded calls on complex and half-precision tensors: values, derivative names, gradients and second gradients, or the error with its text.</summary>
public class NumberTests
{
    private const int Calls = 520;

    [Fact]
    public void Every_recorded_call_on_complex_and_half_tensors_agrees()
    {
        var calls = RecordedCall.Of("numbers.jsonl.gz");
        List<string> bad = [];
        foreach (var call in calls)
        {
            var inputs = call.Tensors();
            var difference = Binder.Bind(call, inputs) is { } bound ? Agreement.Difference(call, bound, inputs) : "no such overload";
            if (difference is not null) bad.Add($"{call}: {difference}");
        }
        if (Environment.GetEnvironmentVariable("NUMBER_LIST") is { } file) File.WriteAllLines(file, bad);
        Assert.True(bad.Count == 0, $"{bad.Count} differ:\n{string.Join('\n', bad.Take(40))}");
        Assert.Equal(Calls, calls.Count);
    }
}
