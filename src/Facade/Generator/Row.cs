using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Functional.Autograd.Generator;

/// <summary>The rows of one class, which share a home and whether they work element by element.</summary>
internal sealed record Family(FamilyKey Key, Items<Row> Rows)
{
    public string Name => Key.Name;
}

/// <summary>What a class of rows says of all of them.</summary>
/// <param name="Name">The class.</param>
/// <param name="Home">Where functions go below torch, such as nn.functional; empty for torch itself.</param>
/// <param name="Facts">What holds for every row that does not say otherwise.</param>
internal sealed record FamilyKey(string Name, string Home, Items<(string Name, string Value)> Facts)
{
    /// <summary>Whether operands are spread over each other and the result is laid out like them.</summary>
    public bool Elementwise => Facts.Contains(("Elementwise", "true"));

    /// <summary>The property of torch that functions are methods of, where they are those of an object and not of a class.</summary>
    public string? Instance => Facts.FirstOrDefault(f => f.Name == "Instance").Value is { } name ? name.Substring("nameof(".Length).TrimEnd(')') : null;

    /// <summary>Where users write functions below torch.</summary>
    public string Place => Instance ?? Home;
}

/// <summary>How an argument takes part.</summary>
internal enum Role
{
    /// <summary>A tensor that is differentiated by, given to the row as its value.</summary>
    Operand,
    /// <summary>A number that takes part in promotion as an operand does.</summary>
    Number,
    /// <summary>Handed on as it is.</summary>
    Plain,
}

/// <summary>A parameter of a row, in source text.</summary>
internal sealed record Parameter(Role Role, string Type, string Name, string Default, bool Params);

/// <summary>Where a row stands that has a problem; of others it is not asked, as lines above them move.</summary>
internal sealed record Place(string File, Microsoft.CodeAnalysis.Text.TextSpan Span, Microsoft.CodeAnalysis.Text.LinePositionSpan Lines)
{
    public Location ToLocation() => Location.Create(File, Span, Lines);
}

/// <summary>One operator as its row states it, in source text.</summary>
internal sealed record Row(FamilyKey Family, string Name, string Returns, Items<Parameter> Parameters, string Documentation, Items<(string Name, string Value)> Facts, Place? Place)
{
    /// <summary>The row's method, whatever name a form has.</summary>
    public string Method { get; init; } = Name;

    /// <summary>The row under each of its names.</summary>
    public IEnumerable<Row> Named => (this["Aliases"]?.Trim('"').Split(' ') ?? []).Select(name => this with { Name = name }).Prepend(this);

    /// <summary>Whether the row computes a value that is recorded, and is not made of other operators.</summary>
    public bool IsRecorded => Returns == "Node";

    /// <summary>Why no form can be written, if so.</summary>
    public string? Problem =>
        Documentation.Length == 0 ? "has no summary"
        : IsRecorded && Parameters.Count(p => p.Role == Role.Operand) is 0 or > 3 ? "has no operand, or more than three"
        : null;

    /// <summary>A named fact of the row's attribute, or of its family's.</summary>
    public string? this[string fact] => Facts.Concat(Family.Facts).FirstOrDefault(f => f.Name == fact).Value;

    public static Row Read(GeneratorAttributeSyntaxContext found)
    {
        var method = (IMethodSymbol)found.TargetSymbol;
        var syntax = (MethodDeclarationSyntax)found.TargetNode;
        var list = syntax.ParameterList.Parameters;
        var row = new Row(FamilyOf(method.ContainingType), syntax.Identifier.Text, syntax.ReturnType.ToString(),
            new([.. list.Select((p, i) => Read(p, method.Parameters[i]))]), Summary(syntax), new(FactsOf(found.Attributes[0], "Gradient", "Saves")), null);
        return row.Problem is null ? row : row with { Place = Where(syntax) };
    }

    private static Parameter Read(ParameterSyntax p, IParameterSymbol symbol) => new(
        symbol.Type.Name == "Node" ? Role.Operand : symbol.GetAttributes().Any(a => a.AttributeClass?.Name == "OperandAttribute") ? Role.Number : Role.Plain,
        p.Type!.ToString(), p.Identifier.Text, p.Default?.Value.ToString() ?? "", symbol.IsParams);

    private static FamilyKey FamilyOf(INamedTypeSymbol type)
    {
        var facts = type.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == "OperatorsAttribute");
        var home = facts?.ConstructorArguments.FirstOrDefault().Value is INamedTypeSymbol place ? place.ToDisplayString().Replace("Functional.Autograd.torch.", "") : "";
        return new(type.Name, home, new(facts is null ? [] : FactsOf(facts, "Home")));
    }

    // The texts of an attribute's arguments, by name.
    private static (string, string)[] FactsOf(AttributeData attribute, params string[] positions)
    {
        var arguments = ((AttributeSyntax)attribute.ApplicationSyntaxReference!.GetSyntax()).ArgumentList?.Arguments;
        return arguments is null ? [] : [.. arguments.Value.Select((a, i) => (a.NameEquals?.Name.ToString() ?? positions[i], a.Expression.ToString()))];
    }

    // The documentation's lines, without their slashes: they are ordinary comments where no documentation is asked for.
    private static string Summary(MethodDeclarationSyntax syntax) =>
        string.Join("\n", syntax.GetLeadingTrivia().ToFullString().Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith("///", StringComparison.Ordinal)).Select(l => l.Substring(3).Trim()));

    private static Place Where(MethodDeclarationSyntax syntax)
    {
        var location = syntax.Identifier.GetLocation();
        return new(syntax.SyntaxTree.FilePath, location.SourceSpan, location.GetLineSpan().Span);
    }
}
