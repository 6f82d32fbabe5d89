using Functional.Autograd.Testing;

namespace Properties;

/// <summary>What became of the laws: how many cases each held in, and why it said nothing in others. PROPERTY_TALLY names a file for it.</summary>
internal static class Tally
{
    private static readonly string? file = Environment.GetEnvironmentVariable("PROPERTY_TALLY");

    private static readonly Lock gate = new();

    public static void Add(string name, Dictionary<Verdict, int> verdicts)
    {
        if (file is null) return;
        lock (gate) File.AppendAllText(file, $"{name}: {string.Join(", ", verdicts.OrderBy(v => v.Key).Select(v => $"{v.Key} {v.Value}"))}\n");
    }
}
