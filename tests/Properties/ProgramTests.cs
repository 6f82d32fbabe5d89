using Functional.Autograd.Testing;

namespace Properties;

/// <summary>Random programs: many small ones, some of a thousand nodes, a few of three thousand and more. Half of them, so that two processors are busy.</summary>
public abstract class ProgramTests(int half)
{
    // What is tried on every program.
    private static readonly Law both = new("value and derivatives", subject => Laws.Value(subject) is var v && Laws.Derivatives(subject) is var d && d != Verdict.Held ? d : v);

    [Fact]
    public void Small_programs() => Property.ForAll($"program {half}", Programs.Make, both, 10_000, 240, share: 0.8);

    [Fact]
    public void Programs_of_a_thousand_nodes() => Property.ForAll($"large program {half}", Programs.Large, both, 100, 2000, share: 0.4);

    [Fact]
    public void Programs_of_three_thousand_nodes() => Property.ForAll($"huge program {half}", Programs.Large, both, 10, 6000, share: 0.1);
}

public class EvenProgramTests() : ProgramTests(0);

public class OddProgramTests() : ProgramTests(1);

/// <summary>Random programs under the laws that are not tried on every one.</summary>
public class ProgramLawTests
{
    public static TheoryData<string> Names => [.. Laws.All.Select(l => l.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Small_programs(string law) => Property.ForAll($"program, {law}", Programs.Make, Laws.All.First(l => l.Name == law), 150, 200, share: 0.3);

    [Theory, InlineData("passes"), InlineData("compiled"), InlineData("repetition"), InlineData("adjoint")]
    public void Large_programs(string law) => Property.ForAll($"large program, {law}", Programs.Large, Laws.All.First(l => l.Name == law), 8, 2000, share: 0);
}
