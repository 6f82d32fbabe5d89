using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;

namespace Architecture;

/// <summary>The house as it was planned: arrows, closed unions, budgets, and pages that are generated.</summary>
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

    // Within Core the compiler does not see rooms; what a room may name, and the few meeting points (decision 8).
    private static readonly (string Room, string[] Folders, string[] May)[] Rooms =
    [
        ("Types", ["src/Core/Types"], []),
        ("the language", ["src/Core/Graph", "src/Core/Primitives", "src/Core/Build"], ["Types"]),
        ("Calculus", ["src/Core/Calculus"], ["Types", "the language"]),
        ("Plans", ["src/Core/Plans"], ["Types", "the language"]),
        ("Texts", ["src/Core/Texts"], ["Types", "the language", "Calculus", "Plans"]),
    ];

    private static readonly string[] MeetingPoints =
    [
        "Op.cs names Gradient", "Op.cs names Tangent",                                          // an op's default cotangents and tangents are its maps', applied
        "Decompositions.cs names Tangent", "Factors.cs names Tangent",                          // a factorisation's tangents are its cotangents, transposed
        "Factories.cs names Backend",                                                          // data becomes a leaf on the default device
        "Transforms.cs names Evaluator",                                                        // reading and settling values
        "Compile.cs names Backend", "Compile.cs names Evaluator", "Compile.cs names Graph", "Compile.cs names Planner", "Compile.cs names Prepared",
    ];

    [Fact]
    public void Rooms_of_Core_name_earlier_rooms_alone()
    {
        var text = Rooms.ToDictionary(r => r.Room, r => r.Folders.SelectMany(Sources).ToDictionary(f => f, f => Dedented(Plain().Replace(File.ReadAllText(f), ""))));
        var types = text.ToDictionary(r => r.Key, r => r.Value.Values.SelectMany(t => Declared().Matches(t)).ToList());
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (room, _, may) in Rooms)
        {
            // A word that an allowed room declares as well, such as the partial class Ops, is that room's.
            var own = may.Append(room).SelectMany(r => types[r]).Select(m => m.Groups["name"].Value).ToHashSet();
            var foreign = types.Where(t => t.Key != room).SelectMany(t => t.Value).Where(m => m.Groups["nested"].Length == 0).Select(m => m.Groups["name"].Value).Where(n => !own.Contains(n)).ToHashSet();
            Assert.True(own.Count > 5 && (foreign.Count >= 5 || may.Length == Rooms.Length - 1));
            foreach (var (file, source) in text[room])
                found.UnionWith(Named().Matches(source).Select(m => m.Groups["name"].Value).Where(foreign.Contains).Select(n => $"{Path.GetFileName(file)} names {n}"));
        }
        Assert.Equal(MeetingPoints.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void Projects_reference_earlier_projects_alone()
    {
        // The compiler holds each project to its references, so these are the arrows between assemblies.
        (string Project, string[] References)[] arrows =
        [
            ("src/Core/Functional.Autograd.Core.csproj", []),
            ("src/Backends/Cpu/Functional.Autograd.Cpu.csproj", ["Core"]),
            ("src/Backends/Cuda/Functional.Autograd.Cuda.csproj", ["Core"]),
            ("src/Facade/Functional.Autograd.Torch.csproj", ["Core", "Cpu", "Torch.Generator"]),
            ("src/Facade/Generator/Functional.Autograd.Torch.Generator.csproj", []),
            ("src/Numerics/Functional.Autograd.Numerics.csproj", ["Core", "Cpu"]),
            ("src/Testing/Functional.Autograd.Testing.csproj", ["Core", "Cpu"]),
        ];
        Assert.Equal(arrows.Length, Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).Count());
        foreach (var (project, references) in arrows)
            Assert.Equal(references, ProjectReference().Matches(File.ReadAllText(Path.Combine(Root, project))).Select(m => m.Groups["name"].Value).Order(StringComparer.Ordinal));
        Assert.Equal(["System.Collections.Immutable"], typeof(Node).Assembly.GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => n is not ("System.Runtime" or "System.Linq" or "System.Collections" or "System.Collections.Concurrent" or "System.Memory" or "System.Threading" or "System.Runtime.InteropServices" or "System.Diagnostics.StackTrace" or "System.Runtime.Numerics")));
        // Calculus lies in Core, and a backend may reference Core: it runs plans and differentiates nothing.
        foreach (var file in Sources("src/Backends"))
            Assert.DoesNotMatch(@"(?<![.\w])(Gradient|Tangent|Transforms)\.", Plain().Replace(File.ReadAllText(file), ""));
    }

    [Fact]
    public void Line_budgets_hold()
    {
        (string Folder, int Budget)[] budgets = [("src/Core", 10900), ("src/Backends/Cpu", 4400)];
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
    public void The_page_of_operations_is_fresh() => SameAsFile("docs/operations.md", OperationsPage.Markdown());

    // Its numbers are drawn again by tests/Testing.
    [Fact]
    public void The_page_of_evidence_has_a_line_for_every_row_of_the_catalogue()
    {
        var lines = File.ReadLines(Path.Combine(Root, "docs/evidence.json")).Where(l => l.StartsWith("{\"operation\"", StringComparison.Ordinal)).Select(l => l.Split('"')[3]);
        Assert.True(Catalogue.All.Concat(Catalogue.Integers).Select(r => r.Name).SequenceEqual(lines), "docs/evidence.json is stale: UPDATE_DOCS=1 dotnet test tests/Testing -c Release --filter Evidence writes it anew");
    }

    [Fact]
    public void No_operation_holds_a_delegate_a_node_or_data()
    {
        // The rows of scalar functions are the library's own, and hold their slopes.
        var kinds = typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && t != typeof(Unary) && t != typeof(Binary)).Append(typeof(Function));
        var fields = kinds.SelectMany(t => t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)).ToList();
        Assert.Contains(fields, f => f.FieldType == typeof(Function));
        Assert.All(fields, f => Assert.False(typeof(Delegate).IsAssignableFrom(f.FieldType) || f.FieldType == typeof(Node) || f.FieldType == typeof(object) || typeof(TensorBuffer).IsAssignableFrom(f.FieldType), $"{f.DeclaringType} holds a {f.FieldType}"));
    }

    [Fact]
    public void Nothing_is_unfinished()
    {
        foreach (var file in Sources("src"))
            Assert.DoesNotMatch(Unfinished(), File.ReadAllText(file));
        foreach (var file in Sources("tests"))
            Assert.DoesNotMatch(Skipped(), File.ReadAllText(file));
    }

    // Comments and texts name freely.
    [GeneratedRegex(@"//.*|""(?:\\.|[^""\\\n])*""", RegexOptions.None, 1000)]
    private static partial Regex Plain();

    // What a namespace with braces indents.
    private static string Dedented(string text) => BracedNamespace().IsMatch(text) ? text.Replace("\n    ", "\n", StringComparison.Ordinal) : text;

    [GeneratedRegex(@"^namespace [\w.]+\r?$", RegexOptions.Multiline, 1000)]
    private static partial Regex BracedNamespace();

    [GeneratedRegex(@"^(?<nested> *)(?:(?:public|internal|private|sealed|static|abstract|readonly|partial) )+(?:class|record struct|record|struct|interface|enum) (?<name>\w+)", RegexOptions.Multiline, 1000)]
    private static partial Regex Declared();

    // A word where a type may stand: neither a member of something nor a method.
    [GeneratedRegex(@"(?:(?<![.\w])|(?<=\bPlans\.))(?:(?<=new )(?<name>[A-Z]\w*)\b|(?<name>[A-Z]\w*)\b(?! ?\())", RegexOptions.None, 1000)]
    private static partial Regex Named();

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*Functional\.Autograd\.(?<name>[\w.]+)\.csproj""", RegexOptions.None, 1000)]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"\bTO" + "DO|FIX" + @"ME|\bHACK\b|NotImplementedException", RegexOptions.None, 1000)]
    private static partial Regex Unfinished();

    [GeneratedRegex("Sk" + @"ip\s*=\s*""", RegexOptions.None, 1000)]
    private static partial Regex Skipped();
}
