using System.CodeDom.Compiler;
using System.Reflection;
using System.Text;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>An operator is written once: as a row, from which its public forms are generated, all of them through the recorder.</summary>
public class RowTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Type[] Families = [.. typeof(torch).GetNestedTypes(BindingFlags.NonPublic).Where(t => t.IsDefined(typeof(OperatorsAttribute)))];

    private static IEnumerable<(MethodInfo Method, TorchAttribute Row)> RowsOf(Type family) =>
        family.GetMethods(Declared).Select(m => (m, m.GetCustomAttribute<TorchAttribute>()!)).Where(r => r.Item2 is not null);

    private static string HomeOf(Type family) => family.GetCustomAttribute<OperatorsAttribute>()! is { Instance: { } name } ? "torch." + name
        : family.GetCustomAttribute<OperatorsAttribute>()!.Home.FullName!["Functional.Autograd.".Length..].Replace('+', '.');

    private static bool IsTensors(Type type) => type == typeof(Tensor) || type == typeof(ValuesAndIndices) || (type.IsArray && IsTensors(type.GetElementType()!)) || (type.IsGenericType && type.GetGenericArguments().Any(IsTensors));

    // What takes tensors and gives tensors, in the places where PyTorch's operators are.
    private static IEnumerable<string> Unwritten() =>
        new[] { typeof(torch), typeof(Tensor), typeof(nn.functional), typeof(linalg), typeof(special), typeof(Fourier) }.SelectMany(home => home.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName && IsTensors(m.ReturnType) && !m.IsDefined(typeof(GeneratedCodeAttribute)) && (!m.IsStatic || m.GetParameters().Any(p => IsTensors(p.ParameterType))))
            .Select(m => $"{home.FullName!["Functional.Autograd.".Length..].Replace('+', '.')}.{m.Name}"));

    [Fact]
    public void Every_public_operator_is_written_from_its_row()
    {
        var listed = File.ReadLines(Path.Combine(Root(), "tests/Facade/unwritten.txt")).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(':')[0]).ToHashSet();
        var found = Unwritten().ToHashSet();
        if (Environment.GetEnvironmentVariable("UNWRITTEN") is { } file) File.WriteAllLines(file, found.Order(StringComparer.Ordinal));
        Assert.Equal([], found.Except(listed).Order(StringComparer.Ordinal));
        Assert.Equal([], listed.Except(found).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_operator_is_written_in_two_families()
    {
        var twice = Families.SelectMany(f => RowsOf(f).Select(r => (Name: $"{HomeOf(f)}.{r.Method.Name}", Family: f.Name)).Distinct()).GroupBy(r => r.Name).Where(g => g.Count() > 1);
        Assert.Equal([], twice.Select(g => $"{g.Key} in {string.Join(", ", g.Select(r => r.Family))}"));
        Assert.NotEmpty(Families);
    }

    [Fact]
    public void Only_the_recorder_makes_histories()
    {
        var facade = Path.Combine(Root(), "src/Facade");
        var files = Directory.EnumerateFiles(facade, "*.cs", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(facade, f).Replace('\\', '/')).Where(f => !f.StartsWith("obj/", StringComparison.Ordinal) && !f.StartsWith("Generator/", StringComparison.Ordinal));
        Assert.Equal(["Autograd/Engine.Leaves.cs", "Autograd/Engine.cs", "Autograd/Record.cs", "Autograd/Writing.cs", "Tensors/Views.cs"],
            files.Where(f => File.ReadAllText(Path.Combine(facade, f)).Contains("new GradFn(", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_of_operators_is_fresh()
    {
        var page = Path.Combine(Root(), "docs/parity.md");
        var text = File.ReadAllText(page);
        var start = text.IndexOf(Heading, StringComparison.Ordinal);
        var fresh = text[..start] + Table();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is not null) File.WriteAllText(page, fresh);
        else Assert.Equal(fresh, text);
    }

    private const string Heading = "## Operators\n";

    private static string Table()
    {
        var text = new StringBuilder(Heading).Append("\nDrawn from the rows: where an operator is, how it is spelled, and what PyTorch calls its derivative. No name: it has none, or is made of others.\n");
        foreach (var family in Families.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            text.Append($"\n**{family.Name}** (`{HomeOf(family)}`)\n\n| operator | derivative | spelled |\n| --- | --- | --- |\n");
            foreach (var rows in RowsOf(family).GroupBy(r => r.Method.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var names = rows.SelectMany(r => new[] { r.Row.Gradient, r.Row.ScalarGradient, r.Row.WholeGradient }).Where(n => !string.IsNullOrEmpty(n)).Distinct();
                text.Append($"| `{rows.Key}` | {string.Join(", ", names)} | {string.Join(", ", Spellings(family, rows.Key))} |\n");
            }
        }
        return text.ToString();
    }

    private static IEnumerable<string> Spellings(Type family, string name)
    {
        var home = family.GetCustomAttribute<OperatorsAttribute>()!.Home;
        if (typeof(Tensor).GetMember(name).Any(m => m.IsDefined(typeof(GeneratedCodeAttribute)))) yield return $"`x.{name}`";
        if (home.GetMember(name).Any(m => m.IsDefined(typeof(GeneratedCodeAttribute)))) yield return $"`{HomeOf(family)}.{name}`";
        if (!name.EndsWith('_') && typeof(Tensor).GetMember(name + "_").Any(m => m.IsDefined(typeof(GeneratedCodeAttribute)))) yield return $"`x.{name}_`";
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functional.Autograd.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
