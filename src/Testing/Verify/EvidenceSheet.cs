using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Functional.Autograd.Testing;

/// <summary>What became of a law over a row of a catalogue.</summary>
/// <param name="Operation">The row.</param>
/// <param name="Law">The law.</param>
/// <param name="DType">In which floating-point type; what is of integers says so in its name.</param>
/// <param name="Verdicts">How many cases ended how; those that break the law are not among them.</param>
/// <param name="Broken">What was said where the law was broken.</param>
public sealed record EvidenceCell(string Operation, string Law, DType DType, IReadOnlyDictionary<Verdict, int> Verdicts, IReadOnlyList<string> Broken);

/// <summary>Operations by laws by element types: cases run, rejected and why, and the seed that draws them again. For an appendix.</summary>
public sealed class EvidenceSheet
{
    private static readonly Dictionary<Verdict, (string Letter, string Meaning)> letters = new()
    {
        [Verdict.Doubtful] = ("b", "a branch hangs on less than rounding"),
        [Verdict.OnBorder] = ("k", "a kink, a tie or a jump"),
        [Verdict.NotFinite] = ("i", "the derivative is infinite or NaN"),
        [Verdict.OutOfRange] = ("r", "a number does not fit float32"),
    };

    private EvidenceSheet(int cases, ulong seed, IReadOnlyList<EvidenceCell> cells) => (Cases, Seed, Cells) = (cases, seed, cells);

    /// <summary>How many cases were drawn of each row: from its interior for all laws, and as many from its special points for the laws that speak of every point.</summary>
    public int Cases { get; }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>What became of every law over every row.</summary>
    public IReadOnlyList<EvidenceCell> Cells { get; }

    /// <summary>Tries laws over rows. The first case of each row is its simplest.</summary>
    /// <param name="rows">The rows, with names that differ.</param>
    /// <param name="laws">The laws.</param>
    /// <param name="cases">How many cases of each row.</param>
    /// <param name="seed">Which cases.</param>
    public static EvidenceSheet Of(IEnumerable<Catalogue.Row> rows, IReadOnlyList<Law> laws, int cases, ulong seed) => new(cases, seed, [.. rows.SelectMany(row => Cell(row, laws, cases, seed))]);

    /// <summary>This sheet with another one's rows after its own.</summary>
    /// <param name="other">The other, made with as many cases and the same seed.</param>
    /// <exception cref="ArgumentException">The other sheet's cases or seed differ, so one line cannot speak of both.</exception>
    public EvidenceSheet With(EvidenceSheet other) => (other.Cases, other.Seed) == (Cases, Seed) ? new(Cases, Seed, [.. Cells, .. other.Cells]) : throw new ArgumentException("sheets of other cases or another seed stand by themselves", nameof(other));

    private static IEnumerable<EvidenceCell> Cell(Catalogue.Row row, IReadOnlyList<Law> laws, int cases, ulong seed)
    {
        // FNV-1a, so that each row has cases of its own, and the same ones whatever other rows there are.
        var own = row.Name.Aggregate(seed ^ 14695981039346656037, (hash, letter) => (hash ^ letter) * 1099511628211);
        int[][] tapes = [[], .. Enumerable.Range(1, Math.Max(0, cases - 1)).Select(i => Tape.Random(own + (ulong)i * 0x632BE59BD9B4E019, 192))];
        foreach (var law in laws)
        {
            var (verdicts, broken) = (new SortedDictionary<Verdict, int>(), new List<string>());
            foreach (var make in law.Everywhere && row.Special is { } special ? new[] { row.Make, special } : [row.Make])
                foreach (var tape in tapes.Take(cases))
                {
                    try
                    {
                        var verdict = law.Check(make(new Tape(tape)));
                        verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
                    }
                    catch (Exception e)
                    {
                        broken.Add(e.Message.Split('\n')[0]);
                    }
                }
            var dtype = law.Name.EndsWith(" in float32", StringComparison.Ordinal) ? DType.Float32 : DType.Float64;
            yield return new(row.Name, law.Name, dtype, verdicts, broken);
        }
    }

    private IReadOnlyList<string> Laws => [.. Cells.Select(c => c.Law).Distinct()];

    /// <summary>The sheet as Markdown: a line for every operation, a column for every law.</summary>
    public string ToMarkdown()
    {
        var laws = Laws;
        var text = new StringBuilder();
        text.Append($"{Cells.Select(c => c.Operation).Distinct().Count()} operations, {laws.Count} laws, on the CPU: {Cells.Sum(c => c.Verdicts.Values.Sum() + c.Broken.Count)} cases, of which {Total(Verdict.Held)} held and {Cells.Sum(c => c.Broken.Count)} broke a law; in {Total(Verdict.NotApplicable)} a law does not apply");
        text.Append($", and {letters.Keys.Sum(Total)} were rejected. Seed {Seed}, {Cases} cases of each interior and as many of special points.\n\n");
        text.Append("A number says in how many cases a law held; a letter behind another number why it said nothing in so many: ");
        text.Append(string.Join("; ", letters.Values.Select(l => $"{l.Letter}, {l.Meaning}"))).Append(". A dash: it does not apply. An exclamation mark: it was broken.\n\n");
        for (var k = 0; k < laws.Count; k++) text.Append($"{k + 1}. {laws[k]}\n");
        text.Append($"\n| operation | {string.Join(" | ", laws.Select((_, k) => k + 1))} |\n|{string.Concat(Enumerable.Repeat(" --- |", laws.Count + 1))}\n");
        foreach (var row in Cells.GroupBy(c => c.Operation)) text.Append($"| {row.Key} | {string.Join(" | ", laws.Select(law => Short(row.FirstOrDefault(c => c.Law == law))))} |\n");
        return text.ToString();
    }

    private int Total(Verdict verdict) => Cells.Sum(c => c.Verdicts.GetValueOrDefault(verdict));

    private static string Short(EvidenceCell? cell)
    {
        if (cell is null) return "";
        var parts = new List<string>();
        if (cell.Broken.Count > 0) parts.Add($"{cell.Broken.Count}!");
        if (cell.Verdicts.GetValueOrDefault(Verdict.Held) is > 0 and var held) parts.Add($"{held}");
        parts.AddRange(cell.Verdicts.Where(v => letters.ContainsKey(v.Key)).Select(v => $"{v.Value}{letters[v.Key].Letter}"));
        return parts.Count == 0 ? "–" : string.Join(' ', parts);
    }

    /// <summary>The sheet as JSON, a line for every operation.</summary>
    public string ToJson()
    {
        var lines = Cells.GroupBy(c => c.Operation).Select(row =>
        {
            using var memory = new MemoryStream();
            using (var json = new Utf8JsonWriter(memory, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) Write(json, row.Key, row);
            return Encoding.UTF8.GetString(memory.ToArray());
        });
        return $"{{\"seed\": {Seed}, \"cases\": {Cases}, \"backend\": \"cpu\", \"operations\": [\n{string.Join(",\n", lines)}\n]}}\n";
    }

    private static void Write(Utf8JsonWriter json, string operation, IEnumerable<EvidenceCell> cells)
    {
        json.WriteStartObject();
        json.WriteString("operation", operation);
        foreach (var cell in cells)
        {
            json.WriteStartObject(cell.Law);
            foreach (var (verdict, count) in cell.Verdicts) json.WriteNumber(verdict.ToString(), count);
            if (cell.Broken.Count > 0)
            {
                json.WriteStartArray("Broken");
                foreach (var message in cell.Broken) json.WriteStringValue(message);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
