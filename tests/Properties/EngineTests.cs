using Functional.Autograd;
using Functional.Autograd.Testing;

namespace Properties;

/// <summary>The property engine itself: what fails is made small and can be repeated.</summary>
public class EngineTests
{
    private static void NoTanh(Case subject)
    {
        if (Listing.Of(subject.Value).Contains("Tanh", StringComparison.Ordinal)) throw new LawBroken("a tanh");
    }

    private static LawBroken Failure() => Assert.Throws<LawBroken>(() => Property.ForAll("engine", Programs.Make, NoTanh, 200));

    [Fact]
    public void A_failure_is_made_small()
    {
        var message = Failure().Message;
        var choices = message[(message.LastIndexOf('(') + 1)..^1].Split(',').Select(int.Parse).ToArray();
        Assert.InRange(choices.Length, 1, 30);
        Assert.Throws<LawBroken>(() => NoTanh(Programs.Make(new Tape(choices))));
    }

    [Fact]
    public void A_run_draws_the_same_cases_again()
    {
        static string Seed(string message) => message[message.IndexOf("PROPERTY_SEED=", StringComparison.Ordinal)..message.LastIndexOf(" or ", StringComparison.Ordinal)];
        Assert.Equal(Seed(Failure().Message), Seed(Failure().Message));
        Assert.Equal(Failure().Message, Failure().Message);
    }

    [Fact]
    public void Any_exception_is_a_failure() =>
        Assert.Contains("DivideByZeroException", Assert.Throws<LawBroken>(() => Property.ForAll("engine", t => t.Next(7), n => { if (n > 0) throw new DivideByZeroException(); })).Message, StringComparison.Ordinal);
}
