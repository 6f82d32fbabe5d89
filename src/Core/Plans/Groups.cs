namespace Functional.Autograd.Plans;

/// <summary>Numbers in groups, each group in the order in which its numbers came: two arrays, however many groups there are.</summary>
internal sealed class Groups
{
    private readonly int[] end, members;

    /// <summary>Sorts numbers into groups.</summary>
    /// <param name="count">How many groups.</param>
    /// <param name="group">The group of each number; a negative one is left out.</param>
    /// <param name="numbers">The numbers; 0, 1, … when left out.</param>
    public Groups(int count, ReadOnlySpan<int> group, ReadOnlySpan<int> numbers)
    {
        end = new int[count];
        foreach (var g in group)
            if (g >= 0) end[g]++;
        var total = 0;
        // The start for now; it moves to the end as the group fills.
        for (var g = 0; g < count; g++) (end[g], total) = (total, total + end[g]);
        members = new int[total];
        for (var i = 0; i < group.Length; i++)
            if (group[i] >= 0) members[end[group[i]]++] = numbers.IsEmpty ? i : numbers[i];
    }

    /// <summary>How many groups.</summary>
    public int Count => end.Length;

    /// <summary>The numbers of a group.</summary>
    public ReadOnlySpan<int> this[int group] => members.AsSpan((group == 0 ? 0 : end[group - 1])..end[group]);
}
