using Functional.Autograd.Testing;

namespace Properties;

/// <summary>Random programs: many small ones, some of a thousand nodes, a few of three thousand and more.</summary>
public class ProgramTests
{
    // The laws that are tried on every program; the others on some.
    private static readonly string[] always = ["value", "derivatives"];

    public static TheoryData<string> Others => [.. Laws.All.Select(l => l.Name).Except(always)];

    private static Law Law(string name) => Laws.All.First(l => l.Name == name);

    // Two halves, so that two processors are busy.
    [Theory, InlineData(0), InlineData(1)]
    public void Programs_of_some_nodes(int half) => Property.ForAll($"program {half}", Programs.Make, Both(), 10_000, 240, share: 0.5);

    [Theory, MemberData(nameof(Others))]
    public void Small_programs_under_other_laws(string law) => Property.ForAll($"program, {law}", Programs.Make, Law(law), 150, 200, share: 0.2);

    [Theory, InlineData(0), InlineData(1)]
    public void Programs_of_a_thousand_nodes(int half) => Property.ForAll($"large program {half}", Programs.Large, Both(), 100, 2000, share: 0);

    [Theory, InlineData(0), InlineData(1)]
    public void Programs_of_three_thousand_nodes(int half) => Property.ForAll($"huge program {half}", Programs.Large, Both(), 10, 6000, share: 0);

    [Theory, InlineData("passes"), InlineData("compiled"), InlineData("repetition"), InlineData("adjoint")]
    public void Large_programs_under_other_laws(string law) => Property.ForAll($"large program, {law}", Programs.Large, Law(law), 8, 2000, share: 0);

    private static Law Both() => new("value and derivatives", subject => Laws.Value(subject) is var v && Laws.Derivatives(subject) is var d && d != Verdict.Held ? d : v);
}
