namespace Conformance;

/// <summary>614 generated calls of the functions behind the modules: values, derivative names, gradients and second gradients, or the error with its text.</summary>
public class ModuleFunctionTests
{
    [Fact]
    public void Every_recorded_call_of_a_module_s_function_agrees()
    {
        var calls = RecordedCall.Of("modules.jsonl.gz");
        Assert.Equal(614, calls.Count);
        List<string> bad = [];
        foreach (var call in calls)
        {
            var inputs = call.Tensors();
            var difference = Binder.Bind(call, inputs) is { } bound ? Agreement.Difference(call, bound, inputs) : "no such overload";
            if (difference is not null) bad.Add($"{call}: {difference}");
        }
        Assert.True(bad.Count == 0, $"{bad.Count} differ:\n{string.Join('\n', bad)}");
    }
}
