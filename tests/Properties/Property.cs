using CsCheck;
using Functional.Autograd.Testing;

namespace Properties;

/// <summary>
/// A law tried on cases that CsCheck draws: the simplest case, then tapes that once failed, then random tapes. PROPERTY_CASES sets how
/// many. PROPERTY_SEED sets which: a number chooses another run, a seed that a failure printed repeats that case alone.
/// </summary>
internal static class Property
{
    private const int Shrinks = 300;

    private static readonly string? seed = Environment.GetEnvironmentVariable("PROPERTY_SEED");

    private static readonly string? count = Environment.GetEnvironmentVariable("PROPERTY_CASES");

    /// <summary>Tries a law, and reports the smallest tape that breaks it.</summary>
    public static void ForAll<T>(string name, Func<Tape, T> generator, Action<T> law, int cases = 12, int choices = 192)
    {
        void Try(int[] tape) => law(generator(new Tape(tape)));
        foreach (var tape in Regressions.Of(name).Prepend([]))
            if (Broken(Try, tape) is { } known) throw Report(name, tape, "", known);
        // A tape is a CsCheck value like any other; each case has a seed of its own, so that it can be drawn again alone.
        var tapes = Gen.Int[0, int.MaxValue - 1].Array[choices / 4, choices];
        foreach (var pcg in Seeds(name, int.TryParse(count, out var n) ? n : cases))
        {
            var drawn = pcg.ToString();
            var tape = tapes.Generate(pcg, null, out _);
            if (Broken(Try, tape) is not { } failure) continue;
            (tape, failure) = Smallest(tapes, Try, drawn, tape, failure);
            throw Report(name, tape, $"PROPERTY_SEED={drawn} or ", failure);
        }
    }

    /// <summary>Tries a law, and counts what became of it: it must say something in most cases, or in none because it does not apply.</summary>
    /// <param name="share">The least share of the cases it speaks of in which it must be decided.</param>
    /// <param name="silent">Whether it is declared to say nothing at all.</param>
    public static void ForAll(string name, Func<Tape, Case> generator, Law law, int cases = 12, int choices = 192, double share = 0.3, bool silent = false)
    {
        var verdicts = new Dictionary<Verdict, int>();
        ForAll(name, generator, subject =>
        {
            var verdict = law.Check(subject);
            verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
        }, cases, choices);
        Tally.Add(name, verdicts);
        var asked = verdicts.Values.Sum() - verdicts.GetValueOrDefault(Verdict.NotApplicable);
        // In replays of single cases there is nothing to count.
        if (verdicts.Values.Sum() < 10) return;
        if (silent != (asked == 0)) throw new LawBroken($"{name}: {(silent ? "the row declares that the law says nothing, and it does" : "the law never applies, and the row does not say so")}");
        if (verdicts.GetValueOrDefault(Verdict.Held) < share * asked) throw new LawBroken($"{name}: decided in too few cases: {string.Join(", ", verdicts.Select(v => $"{v.Key} {v.Value}"))}");
    }

    // Each property draws cases of its own.
    private static IEnumerable<PCG> Seeds(string name, int cases) => seed is { Length: >= 12 }
        ? [PCG.Parse(seed)]
        : Enumerable.Range(0, cases).Select(i => new PCG((uint)i, name.Aggregate(ulong.TryParse(seed, out var given) ? given : 20240229, (hash, letter) => (hash ^ letter) * 1099511628211)));

    // CsCheck draws on from the failing seed, and what fails with a shorter tape is kept; then the tape's own steps make it smaller still. Nothing of it
    // is left to the clock, so a failure is made small in the same way every time.
    private static (int[] Tape, Exception Failure) Smallest(Gen<int[]> tapes, Action<int[]> law, string drawn, int[] tape, Exception failure)
    {
        var further = PCG.Parse(drawn);
        for (var i = 0; i < Shrinks; i++)
            if (tapes.Generate(further, null, out _) is var t && t.Length < tape.Length && Broken(law, t) is { } broken) (tape, failure) = (t, broken);
        for (var tries = Shrinks; tries > 0;)
        {
            var smaller = Tape.Shrink(tape).Take(tries).TakeWhile(_ => tries-- > 0).Select(t => (Tape: t, Failure: Broken(law, t))).FirstOrDefault(t => t.Failure is not null);
            if (smaller.Failure is null) break;
            (tape, failure) = (smaller.Tape, smaller.Failure);
        }
        return (tape, failure);
    }

    private static Exception? Broken(Action<int[]> law, int[] tape)
    {
        try
        {
            law(tape);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static LawBroken Report(string name, int[] tape, string replay, Exception failure) =>
        new($"{name}: {(failure is LawBroken ? failure.Message : failure.ToString())}\nreplay: {replay}{new Tape(tape)}");
}
