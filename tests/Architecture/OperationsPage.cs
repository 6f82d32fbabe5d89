using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Functional.Autograd;

namespace Architecture;

/// <summary>The page that lists every operation and transform, written from their documentation.</summary>
internal static partial class OperationsPage
{
    public static string Markdown()
    {
        var documentation = XDocument.Load(Path.ChangeExtension(typeof(Ops).Assembly.Location, ".xml"));
        var summaries = documentation.Descendants("member").Where(m => m.Element("summary") is not null)
            .GroupBy(m => Id().Match(m.Attribute("name")!.Value).Value).ToDictionary(g => g.Key, g => Text(g.First().Element("summary")!));
        var text = new StringBuilder("""
            # Operations and transforms

            Everything that `using static Functional.Autograd.Ops` and `using static Functional.Autograd.Transforms` bring, in one line each; editors show parameters, shapes and errors. Most
            operations have several forms, of which the shortest is shown. All operations are differentiable in both modes and to any order where they are smooth, work on any batch (`Vmap`), and
            are held to the laws by a row of the catalogue. This page is generated; a test fails when it is stale, and `UPDATE_DOCS=1 dotnet test tests/Architecture` writes it anew.

            """);
        foreach (var (title, type) in new[] { ("Transforms", typeof(Transforms)), ("Structures", typeof(Tree)), ("Operations", typeof(Ops)) })
        {
            text.Append($"\n## {title}\n\n| call | what it is |\n| --- | --- |\n");
            foreach (var forms in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).GroupBy(m => m.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var arguments = forms.Select(m => string.Join(", ", m.GetParameters().Select(p => p.HasDefaultValue ? $"[{p.Name}]" : p.Name))).OrderBy(a => a.Length).ThenBy(a => a, StringComparer.Ordinal).First();
                text.Append($"| `{forms.Key}({arguments})` | {summaries.GetValueOrDefault($"M:{type.FullName}.{forms.Key}", "Element by element, as the name says in mathematics.")} |\n");
            }
        }
        return text.ToString();
    }

    // References by their last name, parameters by theirs, and all in one line.
    private static string Text(XElement summary) => Space().Replace(string.Concat(summary.DescendantNodes().Select(n => n switch
    {
        XText words => words.Value,
        XElement { Name.LocalName: "see" or "paramref" or "typeparamref" } reference when reference.IsEmpty =>
            $"`{Last().Match((reference.Attribute("cref") ?? reference.Attribute("name") ?? reference.Attribute("langword"))!.Value).Value}`",
        _ => "",
    })), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex(@"^M:[\w.]+", RegexOptions.None, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"\w+(?=$|[\(`{])", RegexOptions.None, 1000)]
    private static partial Regex Last();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
