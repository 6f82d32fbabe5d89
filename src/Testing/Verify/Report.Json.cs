using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Functional.Autograd.Testing;

public sealed partial class Report
{
    /// <summary>The same for machines. Numbers that JSON does not have are written as texts.</summary>
    public string ToJson()
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) Write(json);
        return Encoding.UTF8.GetString(memory.ToArray()) + "\n";
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", Name);
        json.WriteString("verdict", Findings.Count > 0 ? "broken" : IsDecided ? "holds" : "undecided");
        json.WriteNumber("exitCode", ExitCode);
        json.WriteNumber("cases", Cases);
        json.WriteNumber("seed", options.Seed);
        json.WriteNumber("orders", options.Orders);
        Numbers(json, "sizes", options.Sizes.Select(n => (double)n));
        json.WriteStartArray("notes");
        foreach (var note in Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in Findings) Write(json, finding);
        json.WriteEndArray();
        json.WriteStartArray("laws");
        foreach (var law in Laws)
        {
            json.WriteStartObject();
            json.WriteString("law", law.Law);
            json.WriteString("dtype", Type(law));
            json.WriteNumber("held", law.Held);
            json.WriteNumber("broken", law.Broken);
            json.WriteStartObject("rejected");
            foreach (var (why, count) in law.Rejected) json.WriteNumber(why, count);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("law", finding.Law);
        json.WriteString("dtype", finding.DType.ToString().ToLowerInvariant());
        json.WriteNumber("size", finding.Size);
        json.WriteString("message", finding.Message);
        json.WriteString("implies", finding.Implies);
        if (finding.Culprit is { } culprit) json.WriteString("culprit", culprit);
        if (finding.Order is { } order) json.WriteNumber("order", order);
        if (finding.Modes is { } modes) json.WriteString("modes", modes);
        if (finding.Element is { } element) json.WriteNumber("element", element);
        Arrays(json, "point", finding.Point);
        Arrays(json, "direction", finding.Direction);
        Number(json, "expected", finding.Expected);
        Number(json, "got", finding.Got);
        Number(json, "within", finding.Within);
        json.WriteNumber("times", finding.Times);
        json.WriteString("replay", finding.Replay);
        json.WriteString("code", finding.Code);
        json.WriteEndObject();
    }

    private static void Arrays(Utf8JsonWriter json, string name, IReadOnlyList<IReadOnlyList<double>> arrays)
    {
        json.WriteStartArray(name);
        foreach (var array in arrays) Numbers(json, null, array);
        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, string? name, IEnumerable<double> numbers)
    {
        if (name is null) json.WriteStartArray();
        else json.WriteStartArray(name);
        foreach (var v in numbers) Number(json, null, v);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string? name, double? number)
    {
        if (number is not { } v) return;
        if (name is not null) json.WritePropertyName(name);
        if (double.IsFinite(v)) json.WriteNumberValue(v);
        else json.WriteStringValue(v.ToString("R"));
    }
}
