using System.Reflection;

namespace Properties;

/// <summary>Tapes that once broke a law, kept in regressions.txt.</summary>
internal static class Regressions
{
    private static readonly ILookup<string, int[]> tapes = Lines().ToLookup(l => l[0].Trim(), l => l[^1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(int.Parse).ToArray());

    /// <summary>The tapes of a property.</summary>
    public static IEnumerable<int[]> Of(string name) => tapes[name];

    private static IEnumerable<string[]> Lines()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("regressions.txt")!);
        return reader.ReadToEnd().Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('|'));
    }
}
