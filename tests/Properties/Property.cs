using Functional.Autograd.Testing;

namespace Properties;

/// <summary>A law tried on generated cases. PROPERTY_CASES and PROPERTY_SEED set how many and which.</summary>
internal static partial class Property
{
    private static int Cases(int usual) => int.TryParse(Environment.GetEnvironmentVariable("PROPERTY_CASES"), out var n) ? n : usual;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("PROPERTY_SEED"), out var n) ? n : 20240229;

    /// <summary>Tries a law on cases made from random tapes, and reports the smallest tape that breaks it.</summary>
    public static void ForAll<T>(string name, Func<Tape, T> generator, Action<T> law, int cases = 12)
    {
        // The simplest case of all comes first.
        Try(name, generator, law, []);
        Random(tape => Try(name, generator, law, tape), Cases(cases), Seed);
    }

    private static void Try<T>(string name, Func<Tape, T> generator, Action<T> law, int[] tape)
    {
        try
        {
            law(generator(new Tape(tape)));
        }
        catch (LawBroken e)
        {
            throw new LawBroken($"{name}: {e.Message}\nreplay: {new Tape(tape)}");
        }
    }
}
