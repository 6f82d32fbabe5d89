using System.Collections.Immutable;
using System.Text.Json;
using Functional.Autograd;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Testing.Verification;

namespace Verifying;

/// <summary>What a reader of a report is told.</summary>
public class ReportTests
{
    private static readonly VerifyOptions few = new() { Cases = 12 };

    private static Report Broken() => Verify(x => WithRule("cube", x * x * x, [x], (v, y, c) => [2 * c * v[0] * v[0]]), (-3, 3), few);

    [Fact]
    public void The_text_holds_everything_that_is_known()
    {
        var text = Broken().ToString();
        foreach (var part in new[] { "broken", "implies", "first at", "cube", "x0", "t0", "expected", "got", "replay", "ImmutableArray<Node> point = [all[0]];", "instead of", "held", "note: rules: cube" }) Assert.Contains(part, text);
    }

    [Fact]
    public void Json_holds_numbers_that_read_back()
    {
        var report = Broken();
        var root = JsonDocument.Parse(report.ToJson()).RootElement;
        Assert.Equal(("broken", 1), (root.GetProperty("verdict").GetString(), root.GetProperty("exitCode").GetInt32()));
        var finding = root.GetProperty("findings").EnumerateArray().First(f => f.GetProperty("law").GetString() == "derivatives");
        var same = report.Findings.First(f => f.Law == "derivatives");
        Assert.Equal((same.Got, same.Expected), (finding.GetProperty("got").GetDouble(), finding.GetProperty("expected").GetDouble()));
        Assert.Equal(same.Replay, finding.GetProperty("replay").GetString());
        Assert.Equal(same.Point[0], finding.GetProperty("point")[0].EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(report.Laws.Count, root.GetProperty("laws").GetArrayLength());
    }

    [Fact]
    public void Markdown_has_a_line_for_every_law()
    {
        var report = Broken();
        Assert.Equal(report.Laws.Count, report.ToMarkdown().Split('\n').Count(l => l.StartsWith("| ") && !l.StartsWith("| law") && !l.StartsWith("| ---")));
    }

    [Fact]
    public void The_same_options_make_the_same_report() => Assert.Equal(Broken().ToJson(), Broken().ToJson());

    [Fact]
    public void Nothing_decided_is_not_success()
    {
        var report = Verify(x => Cast(x, DType.Int64), (-3, 3), few);
        Assert.Equal((2, false), (report.ExitCode, report.Holds));
        Assert.Throws<LawBroken>(report.ThrowIfBroken);
    }

    [Fact]
    public void A_function_may_refuse_sizes_but_not_all()
    {
        static Node Pairs(Node x) => x.Shape[0] % 2 == 0 ? Sum(x * x) : throw new ShapeException("pairs are needed");
        var report = Verify(Pairs, (-3, 3), few with { Sizes = [1, 2] });
        Assert.True(report.Holds, report.ToString());
        Assert.Contains(report.Laws[0].Rejected, r => r.Key == "size 1: pairs are needed");
        Assert.Contains("cannot be evaluated in any case", Assert.Single(Verify(Pairs, (-3, 3), few with { Sizes = [1, 3] }).Findings).Message);
    }

    [Fact]
    public void Several_operands_and_results_are_verified_together()
    {
        var report = Verify(x => [Sin(x[0]) * x[1], ArgMax(x[0], 0), Sum(x[0]), Where(x[2], x[0], x[1])], ImmutableArray.Create<Domain>((-2, 2), (0.5, 2), Domain.Truths), few with { Sizes = [1, 2, 5] });
        Assert.True(report.Holds, report.ToString());
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Verify(x => x * 2, (-1, 1), new() { Orders = 4 }));
        Assert.Throws<ArgumentException>(() => Verify(x => x * 2, (-1, 1), new() { Cases = 0 }));
        Assert.Throws<ArgumentException>(() => Verify(x => x * 2, (-1, 1), new() { DTypes = [DType.Int64] }));
        Assert.Throws<ArgumentException>(() => Verify(x => x * 2, (-1, 1), new() { Sizes = [] }));
        Assert.Throws<ArgumentException>(() => Domain.Of((2, 1)));
        Assert.Throws<ArgumentException>(() => Domain.Among());
    }
}
