using Functional.Autograd.Testing;

namespace Properties;

public class ProgramTests
{
    public static TheoryData<string> Names => [.. Laws.All.Select(l => l.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Laws_hold(string law) => Property.ForAll("program", Programs.Make, Laws.All.First(l => l.Name == law), 300);
}
