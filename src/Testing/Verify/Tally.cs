namespace Functional.Autograd.Testing;

/// <summary>What became of a law.</summary>
/// <param name="Law">Its name.</param>
/// <param name="DType">In which element type.</param>
/// <param name="Held">In how many cases it held.</param>
/// <param name="Broken">In how many it did not.</param>
/// <param name="Rejected">Why it said nothing in others, and in how many.</param>
public sealed record LawTally(string Law, DType DType, int Held, int Broken, IReadOnlyDictionary<string, int> Rejected)
{
    /// <summary>Cases that it was asked in, without those that it does not speak of.</summary>
    public int Asked => Held + Broken + Rejected.Where(r => r.Key != Tally.DoesNotApply).Sum(r => r.Value);
}

/// <summary>Counts.</summary>
internal sealed class Tally
{
    public const string DoesNotApply = "does not apply";

    private readonly Dictionary<(string Law, DType DType), (int Held, int Broken, SortedDictionary<string, int> Rejected)> counts = [];

    public int Cases { get; set; }

    public SortedDictionary<string, int> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether anything was decided.</summary>
    public bool Any => counts.Values.Any(c => c.Held + c.Broken > 0);

    public IReadOnlyList<LawTally> Rows => [.. counts.Select(c => new LawTally(c.Key.Law, c.Key.DType, c.Value.Held, c.Value.Broken, c.Value.Rejected))];

    public void Add(string law, DType dtype, Verdict verdict)
    {
        if (verdict == Verdict.Held) Row(law, dtype, held: 1);
        else Reject(law, dtype, verdict switch
        {
            Verdict.Doubtful => "a branch hangs on less than rounding",
            Verdict.OnBorder => "a kink, tie or jump",
            Verdict.NotFinite => "the derivative is infinite or NaN",
            Verdict.OutOfRange => "a number does not fit float32",
            _ => DoesNotApply,
        });
    }

    public void Refuse(string law, DType dtype, string why)
    {
        Refused[why] = Refused.GetValueOrDefault(why) + 1;
        Reject(law, dtype, why);
    }

    public void Reject(string law, DType dtype, string why) => Row(law, dtype).Rejected[why] = Row(law, dtype).Rejected.GetValueOrDefault(why) + 1;

    public void Break(string law, DType dtype) => Row(law, dtype, broken: 1);

    private (int Held, int Broken, SortedDictionary<string, int> Rejected) Row(string law, DType dtype, int held = 0, int broken = 0)
    {
        var row = counts.TryGetValue((law, dtype), out var known) ? known : (0, 0, new(StringComparer.Ordinal));
        return counts[(law, dtype)] = (row.Held + held, row.Broken + broken, row.Rejected);
    }
}
