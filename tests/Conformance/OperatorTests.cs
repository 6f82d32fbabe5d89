namespace Conformance;

/// <summary>
/// 508 calls of PyTorch's operators. Two lists by name may only shrink: calls that the facade has no member or overload for,
/// and calls that differ for a reason.
/// </summary>
public class OperatorTests
{
    [Fact]
    public void Every_recorded_call_that_binds_agrees()
    {
        Assert.Equal(508, RecordedCall.All.Count);
        List<string> lacking = [], differs = [];
        foreach (var call in RecordedCall.All)
        {
            var inputs = call.Tensors();
            if (Binder.Bind(call, inputs) is not { } bound) lacking.Add(call.ToString());
            else if (Agreement.Difference(call, bound, inputs) is { } difference) differs.Add($"{call}: {difference}");
        }
        var changes = Changes("lacking.txt", lacking) + Changes("differs.txt", differs);
        Assert.True(changes.Length == 0, changes);
    }

    private static string Changes(string list, IReadOnlyList<string> found)
    {
        if (Environment.GetEnvironmentVariable("OPERATOR_LISTS") is { } folder) File.WriteAllLines(Path.Combine(folder, list), found);
        var listed = File.ReadLines(Golden.Path(list)).Where(l => l.Length > 0 && l[0] != '#').Select(Key).ToHashSet();
        var extra = found.Where(f => !listed.Contains(Key(f))).ToList();
        var stale = listed.Except(found.Select(Key)).ToList();
        return string.Concat(extra.Select(e => $"not in {list}: {e}\n").Concat(stale.Select(s => $"{list} may shrink by: {s}\n")));
    }

    // A line is known by the call; what follows it is the reason.
    private static string Key(string line) => line[..(line.IndexOf("):", StringComparison.Ordinal) is var end and >= 0 ? end + 1 : line.Length)];
}
