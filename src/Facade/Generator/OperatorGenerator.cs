using Microsoft.CodeAnalysis;

namespace Functional.Autograd.Generator;

/// <summary>Writes the public forms of every operator from its row: the method of a method marked <c>[Torch]</c> in a class marked <c>[Operators]</c>.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class OperatorGenerator : IIncrementalGenerator
{
    private const string RowAttribute = "Functional.Autograd.torch+TorchAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var rows = context.SyntaxProvider.ForAttributeWithMetadataName(RowAttribute, static (_, _) => true, static (found, _) => Row.Read(found)).WithTrackingName("Rows");
        var families = rows.Collect().SelectMany(static (all, _) => all.GroupBy(row => row.Family).Select(family => new Family(family.Key, new([.. family])))).WithTrackingName("Families");
        context.RegisterSourceOutput(families, static (output, family) =>
        {
            foreach (var row in family.Rows)
                if (row.Problem is { } problem) output.ReportDiagnostic(Diagnostic.Create(Unfit, row.Place?.ToLocation(), row.Name, problem));
            output.AddSource($"{family.Name}.g.cs", Forms.Text(family));
        });
    }

    private static readonly DiagnosticDescriptor Unfit = new("FAT001", "A row that no form can be written for", "The operator '{0}' {1}", "Operators", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
