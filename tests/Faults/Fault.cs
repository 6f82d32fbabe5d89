namespace Faults;

/// <summary>A fault that can be planted: a row of faults.txt.</summary>
/// <param name="Number">Its number, from one.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="File">Where, below src.</param>
/// <param name="Before">What stands before the replaced code on its line.</param>
/// <param name="Code">The replaced code: an expression, or a statement with its semicolon.</param>
/// <param name="After">What stands after it.</param>
/// <param name="Replacement">What takes its place.</param>
/// <param name="Killers">What is expected to notice, the likeliest first.</param>
internal sealed record Fault(int Number, string Title, string File, string Before, string Code, string After, string Replacement, IReadOnlyList<string> Killers)
{
    /// <summary>The rows of a table: title, file, code between « and », replacement and killers, a line each; rows are parted by empty lines.</summary>
    public static IReadOnlyList<Fault> Read(string path)
    {
        var faults = new List<Fault>();
        foreach (var block in string.Join('\n', System.IO.File.ReadLines(path).Where(l => !l.StartsWith('#'))).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (lines.Length == 0) continue;
            if (lines.Length < 5 || lines[2].IndexOf('«') is var open && lines[2].IndexOf('»') is var close && (open < 0 || close < open)) throw new FormatException($"{path}: '{lines[0]}' is no row");
            var (start, end) = (lines[2].IndexOf('«'), lines[2].IndexOf('»'));
            faults.Add(new(faults.Count + 1, lines[0], lines[1], lines[2][..start], lines[2][(start + 1)..end], lines[2][(end + 1)..], lines[3], lines[4..]));
        }
        return faults;
    }

    /// <summary>Where the replaced code begins in a source text; null unless its surroundings occur exactly once.</summary>
    public int? Place(string source)
    {
        var context = Before + Code + After;
        var at = source.IndexOf(context, StringComparison.Ordinal);
        return at < 0 || source.IndexOf(context, at + 1, StringComparison.Ordinal) >= 0 ? null : at + Before.Length;
    }

    /// <summary>The code with a switch: <paramref name="otherwise"/> unless this fault is on.</summary>
    public string Switch(string otherwise) => Code.EndsWith(';')
        ? $"if (global::Faults.Planted.Is({Number})) {{ {Replacement} }} else {{ {otherwise} }}"
        : $"(global::Faults.Planted.Is({Number}) ? ({Replacement}) : ({otherwise}))";
}
