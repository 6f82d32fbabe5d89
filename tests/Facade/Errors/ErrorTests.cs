using Functional.Autograd;

namespace Facade;

/// <summary>The conditions under which PyTorch 2.6's autograd raises or warns, each with all that it says then.</summary>
public class ErrorTests
{
    private static readonly Dictionary<string, (Action<Say> Do, string Told)>[] Tables = [Passes.Cases, Writes.Cases, Attributes.Cases, Operators.Cases, HigherOrder.Cases, OwnFunctions.Cases, Saved.Cases, Modes.Cases, FunctionTransforms.Cases];

    private static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new(Tables.SelectMany(t => t));

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void All_that_is_told_is_PyTorchs(string name) => Assert.Equal(Cases[name].Told, Transcript.Of(Cases[name].Do));

    // What was recorded of PyTorch: none is forgotten.
    [Fact]
    public void Every_condition_is_a_case_or_has_a_reason()
    {
        Assert.Empty(Cases.Keys.Intersect(NotHere.Reasons.Keys));
        Assert.Equal(148, Cases.Count + NotHere.Reasons.Count);
        Assert.InRange(NotHere.Reasons.Count, 0, 30);
        Assert.All(NotHere.Reasons.Values, reason => Assert.NotEmpty(reason));
    }

    [Fact]
    public void What_only_autograd_sets_has_no_setter()
    {
        foreach (var name in (string[])["grad_fn", "is_leaf", "output_nr", "retains_grad", "_version", "_base"]) Assert.False(typeof(torch.Tensor).GetProperty(name)!.CanWrite);
    }
}
