using System.Text;
using Functional.Autograd.Testing;

namespace Verifying;

/// <summary>The evidence sheet of the whole library: few cases of everything, always the same ones.</summary>
public class EvidenceTests
{
    private const int Cases = 3;
    private const ulong Seed = 20240229;

    private static string Up(string folder) => File.Exists(Path.Combine(folder, "Functional.Autograd.sln")) ? folder : Up(Path.GetDirectoryName(folder)!);

    private static void SameAsFile(string path, string text)
    {
        path = Path.Combine(Up(AppContext.BaseDirectory), path);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, text, new UTF8Encoding(false));
        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"{path} is stale: UPDATE_DOCS=1 dotnet test tests/Testing -c Release --filter Evidence writes it anew");
    }

    [Fact]
    public void The_evidence_is_fresh_and_breaks_no_law()
    {
        var sheet = EvidenceSheet.Of(Catalogue.All, Laws.All, Cases, Seed)
            .With(EvidenceSheet.Of(Catalogue.Integers, [.. Laws.All.Where(l => l.Everywhere && l.Name is not ("value in float32" or "batched"))], Cases, Seed));
        Assert.Equal([], sheet.Cells.SelectMany(c => c.Broken.Select(b => $"{c.Operation}, {c.Law}: {b}")));
        SameAsFile("docs/evidence.json", sheet.ToJson());
        SameAsFile("docs/evidence.md", $"""
            # The evidence

            Every operation under every law, element type by element type. CI's own run has four times as many cases, and random programs beside them
            ([verification](verification.md) says what that notices); these few are fixed, so that a test draws them again and compares this page, and [evidence.json](evidence.json), with what it finds.
            `UPDATE_DOCS=1 dotnet test tests/Testing -c Release --filter Evidence` writes both anew.


            """.Replace("\r", "", StringComparison.Ordinal) + sheet.ToMarkdown());
    }

    [Fact]
    public void A_broken_law_is_told_and_not_thrown()
    {
        var row = new Catalogue.Row("wrong", t => new("wrong", [t.Leaf([2])], x => Functional.Autograd.Ops.WithRule("wrong", x[0] * x[0], [x[0]], (v, y, c) => [c * v[0]])));
        var sheet = EvidenceSheet.Of([row], Laws.All, 3, 1);
        Assert.NotEmpty(sheet.Cells.Single(c => c.Law == "derivatives").Broken);
        Assert.Empty(sheet.Cells.Single(c => c.Law == "adjoint").Broken);
        Assert.Contains("!", sheet.ToMarkdown().Split('\n').Single(l => l.StartsWith("| wrong", StringComparison.Ordinal)));
        Assert.Contains("\"Broken\":[", sheet.ToJson());
        Assert.Throws<ArgumentException>(() => sheet.With(EvidenceSheet.Of([row], Laws.All, 3, 2)));
    }
}
