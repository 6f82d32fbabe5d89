using Functional.Autograd.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Generator;

/// <summary>What is written from a few rows that show every kind, kept as a file; and that unchanged rows are not written again.</summary>
public class FormsTests
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp14);

    private static CSharpCompilation Compilation(string rows) => CSharpCompilation.Create("Rows",
        [CSharpSyntaxTree.ParseText(rows, Options, "Rows.cs"), CSharpSyntaxTree.ParseText(File.ReadAllText(Here("Stubs.cs.txt")), Options, "Stubs.cs")],
        [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);

    private static GeneratorDriver Driver() => CSharpGeneratorDriver.Create([new OperatorGenerator().AsSourceGenerator()], parseOptions: Options,
        driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static string Here(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functional.Autograd.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "Generator", file);
    }

    [Fact]
    public void The_forms_of_the_rows_are_those_of_the_file()
    {
        var result = Driver().RunGenerators(Compilation(File.ReadAllText(Here("Rows.cs.txt")))).GetRunResult();
        var text = string.Join("\n", result.GeneratedTrees.OrderBy(t => t.FilePath, StringComparer.Ordinal).Select(t => $"// {Path.GetFileName(t.FilePath)}\n{t}"));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is not null) File.WriteAllText(Here("Forms.cs.txt"), text);
        Assert.Equal(File.ReadAllText(Here("Forms.cs.txt")), text);
        Assert.DoesNotContain(result.GeneratedTrees, t => t.GetDiagnostics().Any());
    }

    [Fact]
    public void A_row_without_a_summary_is_refused_where_it_stands()
    {
        var result = Driver().RunGenerators(Compilation(File.ReadAllText(Here("Rows.cs.txt")))).GetRunResult();
        var problem = Assert.Single(result.Diagnostics);
        Assert.Equal(("FAT001", DiagnosticSeverity.Error, "The operator 'untold' has no summary"), (problem.Id, problem.Severity, problem.GetMessage()));
        var rows = File.ReadAllLines(Here("Rows.cs.txt"));
        Assert.Contains("untold", rows[problem.Location.GetLineSpan().StartLinePosition.Line], StringComparison.Ordinal);
    }

    [Fact]
    public void Unchanged_families_are_not_written_again()
    {
        var rows = File.ReadAllText(Here("Rows.cs.txt"));
        var driver = Driver().RunGenerators(Compilation(rows));
        // Another place in the file, and another text of a row's body, are no other forms.
        driver = driver.RunGenerators(Compilation("// moved\n" + rows.Replace("exp(Node self) => self;", "exp(Node self) => new();", StringComparison.Ordinal)));
        var families = driver.GetRunResult().Results[0].TrackedSteps["Families"].SelectMany(s => s.Outputs).ToList();
        Assert.Equal(3, families.Count);
        Assert.Equal(2, families.Count(f => f.Reason is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached));
        // A summary is part of the forms; the other family, whose refused row has moved, is written again for its place.
        driver = driver.RunGenerators(Compilation("// moved\n" + rows.Replace("eˣ.", "The exponential.", StringComparison.Ordinal)));
        Assert.Contains(driver.GetRunResult().Results[0].TrackedSteps["Families"].SelectMany(s => s.Outputs), f => f.Reason == IncrementalStepRunReason.Modified);
    }
}
