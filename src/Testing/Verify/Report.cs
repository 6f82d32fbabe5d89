using System.Text;

namespace Functional.Autograd.Testing;

/// <summary>What <see cref="Verification"/> found, and how it was looked for.</summary>
public sealed partial class Report
{
    private readonly VerifyOptions options;

    internal Report(string name, VerifyOptions options, IReadOnlyList<Finding> findings, Tally tally, IReadOnlyList<string> notes)
    {
        (Name, this.options, Cases, Laws, Notes) = (name, options, tally.Cases, tally.Rows, [.. notes.Where(n => n.Length > 0)]);
        Findings = [.. findings.Select(f => f with { Implies = Implications.Of(f, findings, Laws) })];
    }

    /// <summary>The function's name.</summary>
    public string Name { get; }

    /// <summary>What is not right; at most one entry for each law and element type.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>How many cases were drawn.</summary>
    public int Cases { get; }

    /// <summary>What became of each law.</summary>
    public IReadOnlyList<LawTally> Laws { get; }

    /// <summary>What the reader has to know to judge the rest.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The seed.</summary>
    public ulong Seed => options.Seed;

    /// <summary>Whether derivatives were compared with something in a case at least.</summary>
    public bool IsDecided => Laws.Any(l => l.Held + l.Broken > 0 && (options.Replay is not null || l.Law is "derivatives" or "derivatives along scaled directions" or "gradient" or "Jacobian"));

    /// <summary>Whether nothing is wrong, and that was not for want of a case that says anything.</summary>
    public bool Holds => Findings.Count == 0 && IsDecided;

    /// <summary>For a program that verifies and ends: 0 where all holds, 1 where something is broken, 2 where no derivative was decided.</summary>
    public int ExitCode => Findings.Count > 0 ? 1 : IsDecided ? 0 : 2;

    /// <summary>Throws unless everything holds.</summary>
    /// <exception cref="LawBroken">Something is broken, or no derivative was decided; the message is the report.</exception>
    public void ThrowIfBroken()
    {
        if (!Holds) throw new LawBroken(ToString());
    }

    private string Summary => Findings.Count > 0 ? $"broken: {Findings.Count} finding{(Findings.Count == 1 ? "" : "s")} in {Cases} cases" : IsDecided ? $"holds in {Cases} cases" : $"nothing was decided in {Cases} cases";

    /// <summary>The findings with their code, and what became of every law.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Name}: {Summary}\n");
        foreach (var note in Notes) text.Append($"note: {note}\n");
        // The first is the nearest to the cause; every finding has code of its own.
        foreach (var (finding, k) in Findings.Select((f, k) => (f, k))) text.Append($"\n{finding}{(k == 0 ? Indented(finding.Code) : "")}");
        text.Append('\n');
        foreach (var law in Laws) text.Append($"{law.Law} ({Type(law)}): held {law.Held}, broken {law.Broken}{Why(law)}\n");
        return text.ToString();
    }

    /// <summary>The same as Markdown, for an appendix.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder($"## {Name}\n\n{Summary}; sizes {string.Join(", ", options.Sizes)}, orders to {options.Orders}, seed {options.Seed}.\n\n");
        foreach (var note in Notes) text.Append($"* {note}\n");
        if (Notes.Count > 0) text.Append('\n');
        foreach (var finding in Findings) text.Append($"```text\n{finding}```\n\n{(finding.Code.Length > 0 ? $"```csharp\n{finding.Code}```\n\n" : "")}");
        text.Append("| law | type | held | broken | rejected, and why |\n| --- | --- | --- | --- | --- |\n");
        foreach (var law in Laws) text.Append($"| {law.Law} | {Type(law)} | {law.Held} | {law.Broken} | {string.Join("; ", law.Rejected.Select(r => $"{r.Value}: {r.Key}")).Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        return text.ToString();
    }

    private static string Type(LawTally law) => law.DType.ToString().ToLowerInvariant();

    private static string Why(LawTally law) => law.Rejected.Count == 0 ? "" : $"; rejected {string.Join(", ", law.Rejected.Select(r => $"{r.Value} ({r.Key})"))}";

    private static string Indented(string code) => string.Concat(code.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"    {line}\n"));
}

/// <summary>What a broken law means, given what held beside it.</summary>
internal static class Implications
{
    public static string Of(Finding finding, IReadOnlyList<Finding> all, IReadOnlyList<LawTally> laws)
    {
        bool Broken(string law, DType type) => all.Any(f => f.Law == law && f.DType == type);
        bool Held(string law, DType type) => !Broken(law, type) && laws.Any(l => l.Law == law && l.DType == type && l.Held > 0);
        if (all.Any(f => f.Expected is not null && f.Law == "derivatives") && finding.Law is "derivatives along scaled directions" or "differences" or "Taylor remainder" or "whole Jacobian" or "whole Hessian" or "symmetry" or "nesting")
            return "most likely the same fault as that of the derivatives above";
        var size = finding.Size > 3 ? $"; size {finding.Size} is the smallest that was found" : "";
        if (finding.Expected is null && finding.Message.Contains(": the rule ", StringComparison.Ordinal)) return "the rule itself is at fault, before any number is compared" + size;
        return finding.Law switch
        {
            _ when finding.Message.StartsWith("the derivative throws", StringComparison.Ordinal) => "the value is there and its derivative is not: a derivative fails where its function does not" + size,
            _ when finding.DType == DType.Float32 && Held(finding.Law, DType.Float64) => "right in float64, wrong in float32: something depends on the element type, or loses more digits than rounding explains" + size,
            "derivatives" or "derivatives along scaled directions" when finding.Order == 1 => (Broken("adjoint", DType.Float64) ? "forward and reverse mode are no transposes of each other: one of them is wired wrongly"
                : Held("adjoint", DType.Float64) ? "duality holds, differences fail: the shared derivative is wrong, or a rule is (its forward mode is its own transpose)" : "the derivative is wrong") + size,
            "derivatives" or "derivatives along scaled directions" => $"the derivatives below order {finding.Order} hold there, that of order {finding.Order} does not: a derivative's own derivative is wrong or lost, as where it is made of something detached or constant" + size,
            "gradient" or "Jacobian" => "what was claimed is not the slope of the function" + size,
            "adjoint" => "⟨Jt, c⟩ and ⟨t, Jᵀc⟩ differ: the transpose of some linear map is wrong" + size,
            "linearity" => "a rule is not linear in its cotangent" + size,
            "value" => "the kernels and the reference interpreter disagree about the value: derivatives of it mean nothing yet" + size,
            "deterministic" => "no derivative can be compared with differences of a function that changes by itself",
            "differences" or "Taylor remainder" => "differences of the value contradict the derivative" + size,
            "whole Jacobian" or "whole Hessian" or "symmetry" or "nesting" => "derivatives of a higher order, or of single elements, are not those of the value" + size,
            "batched" or "batched gradients" => "what Vmap makes of the function is not the function row by row" + size,
            _ => "",
        };
    }
}
