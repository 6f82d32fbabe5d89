namespace Facade;

/// <summary>What PyTorch 2.6's autograd does where no error comes of it, each with all that it prints.</summary>
public class BehaviourTests
{
    private static readonly Dictionary<string, (Action<Say> Do, string Told)>[] Tables = [Gradients.Cases, Tensors.Cases, Hooks.Cases, Extensions.Cases];

    private static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new(Tables.SelectMany(t => t));

    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["detach() then in-place metadata: resize_"] = "no tensor is resized: sizes belong to its type",
        ["set_ on detached"] = "no tensor is given another's memory but by data",
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void All_that_is_told_is_PyTorchs(string name) => Assert.Equal(Cases[name].Told, Transcript.Of(Cases[name].Do));

    [Fact]
    public void Every_behaviour_is_a_case_or_has_a_reason() => Assert.Equal((59, 0), (Cases.Count + Reasons.Count, Cases.Keys.Intersect(Reasons.Keys).Count()));
}
