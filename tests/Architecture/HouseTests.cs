using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;

namespace Architecture;

/// <summary>The house as it was planned: arrows, closed unions, budgets, the public surface, and pages that are generated.</summary>
public partial class HouseTests
{
    private static readonly string Root = Up(AppContext.BaseDirectory);

    private static string Up(string folder) => File.Exists(Path.Combine(folder, "Functional.Autograd.sln")) ? folder : Up(Path.GetDirectoryName(folder)!);

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains(Path.DirectorySeparatorChar + "obj" + Path.DirectorySeparatorChar) && !f.Contains(Path.DirectorySeparatorChar + "bin" + Path.DirectorySeparatorChar));

    private static bool Update => Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";

    private static void SameAsFile(string path, string text)
    {
        path = Path.Combine(Root, path);
        if (Update) File.WriteAllText(path, text, new UTF8Encoding(false));
        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"{path} is stale: UPDATE_DOCS=1 dotnet test tests/Architecture writes it anew");
    }

    [Fact]
    public void Arrows_point_one_way()
    {
        // Types ← Graph ← Primitives ← Build ← Calculus, and Plans never sees Calculus: what a room may not name.
        (string Room, string Forbidden)[] arrows =
        [
            ("src/Core/Plans", @"\b(Gradient|Tangent|Transforms)\."),
            ("src/Core/Types", @"\b(Node|Gradient|Tangent|Evaluator|Planner)\b"),
            ("src/Core/Primitives", @"\b(Gradient|Tangent|Transforms|Evaluator|Planner|PlanCache)\."),
            ("src/Core", @"using Functional\.Autograd\.(Cpu|Cuda|Testing)|\btorch\."),
            ("src/Backends/Cpu", @"\btorch\.|\b(Gradient|Tangent|Transforms)\."),
        ];
        foreach (var (room, forbidden) in arrows)
            foreach (var file in Sources(room))
                foreach (var line in File.ReadLines(file).Where(l => !l.TrimStart().StartsWith("//", StringComparison.Ordinal)))
                    Assert.False(Regex.IsMatch(line, forbidden, RegexOptions.None, TimeSpan.FromSeconds(1)), $"{Path.GetRelativePath(Root, file)}: {line.Trim()}");
        Assert.Equal(["System.Collections.Immutable"], typeof(Node).Assembly.GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => n is not ("System.Runtime" or "System.Linq" or "System.Collections" or "System.Collections.Concurrent" or "System.Memory" or "System.Threading" or "System.Runtime.InteropServices")));
    }

    [Fact]
    public void Line_budgets_hold()
    {
        (string Folder, int Budget)[] budgets = [("src/Core", 5200), ("src/Backends/Cpu", 3000)];
        foreach (var (folder, budget) in budgets)
        {
            var lines = Sources(folder).Sum(f => File.ReadLines(f).Count());
            Assert.True(lines <= budget, $"{folder} has {lines} lines; its budget is {budget}");
        }
        foreach (var file in Sources("src"))
            Assert.True(File.ReadLines(file).Count() <= 400, $"{Path.GetRelativePath(Root, file)} has more than 400 lines");
    }

    [Fact]
    public void Every_primitive_has_a_catalogue_row_and_a_line_in_the_calculus()
    {
        var kinds = typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract).ToList();
        Assert.All(kinds, k => Assert.True(k.IsSealed));
        Assert.All(typeof(Op).Assembly.GetTypes().Where(t => typeof(Op).IsAssignableFrom(t) && t.IsAbstract), t => Assert.All(t.GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic), c => Assert.True(c.IsFamilyAndAssembly || c.IsFamily && c.GetParameters().Length == 1)));
        var names = kinds.Where(k => k != typeof(Unary) && k != typeof(Binary)).Select(k => k.Name).Concat(Elementwise.Rows.Select(r => r.Name)).Order().ToList();
        Assert.Equal(names, Catalogue.Primitives.Select(r => r.Name).Order());
        Assert.Equal(names, CalculusTable.Samples.Select(s => s.Y.Op is Literal ? "Literal" : s.Y.Op.Name).Distinct().Order());
        // A row is tested through the very primitive that it names.
        foreach (var row in Catalogue.Primitives)
        {
            var subject = row.Make(new Tape());
            var value = subject.Value;
            Node[] roots = [value, .. subject.Inputs, .. Gradient.Of([value], [Ops.Full(value.Type, 1)], subject.Inputs).OfType<Node>()];
            using var numbering = Numbering.Begin();
            Assert.Contains(Traversal.Order(roots, null, numbering), n => n.Op.GetType().Name == row.Name || n.Op.Name == row.Name || (row.Name == "Custom" && n.Op is Custom));
        }
    }

    [Fact]
    public void The_calculus_page_is_fresh() => SameAsFile("docs/the-calculus.md", CalculusTable.Markdown());

    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        Assembly[] assemblies = [typeof(Node).Assembly, typeof(Functional.Autograd.Cpu.CpuBackend).Assembly, typeof(torch).Assembly, typeof(Laws).Assembly];
        var text = new StringBuilder();
        foreach (var type in assemblies.SelectMany(a => a.GetExportedTypes()).OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append('\n');
            var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(m => m is not MethodInfo { IsSpecialName: true } || m.Name.StartsWith("op_", StringComparison.Ordinal))
                .Where(m => m is not Type && !m.Name.Contains('<')).Select(m => "  " + m);
            foreach (var member in members.Order(StringComparer.Ordinal)) text.Append(member).Append('\n');
        }
        SameAsFile("tests/Architecture/public-api.txt", text.ToString());
    }

    [Fact]
    public void Nothing_is_unfinished()
    {
        foreach (var file in Sources("src"))
            Assert.DoesNotMatch(Unfinished(), File.ReadAllText(file));
        foreach (var file in Sources("tests"))
            Assert.DoesNotMatch(Skipped(), File.ReadAllText(file));
    }

    [GeneratedRegex(@"\bTO" + "DO|FIX" + @"ME|\bHACK\b|NotImplementedException", RegexOptions.None, 1000)]
    private static partial Regex Unfinished();

    [GeneratedRegex("Sk" + @"ip\s*=\s*""", RegexOptions.None, 1000)]
    private static partial Regex Skipped();
}
