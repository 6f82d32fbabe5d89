namespace Functional.Autograd.Testing;

/// <summary>Makes a failing case small: its size first, then its choices.</summary>
internal static class Shrinking
{
    /// <summary>The smallest case that was found to fail.</summary>
    /// <param name="size">A size that fails.</param>
    /// <param name="tape">The choices.</param>
    /// <param name="failure">How it fails.</param>
    /// <param name="tries">How many smaller tapes are tried.</param>
    /// <param name="fails">How another case fails; null where it does not.</param>
    public static (int Size, int[] Tape, T Failure) Smallest<T>(int size, int[] tape, T failure, int tries, Func<int, int[], T?> fails) where T : class
    {
        bool Fails(int n, int[] choices)
        {
            if (fails(n, choices) is not { } other) return false;
            (size, tape, failure) = (n, choices, other);
            return true;
        }
        if (tries == 0) return (size, tape, failure);
        // The least sizes, and then halfway between one that holds and one that does not.
        var holds = 0;
        for (var n = 1; n < Math.Min(4, size) && !Fails(n, tape); n++) holds = n;
        while (size > holds + 1)
            if (holds + (size - holds) / 2 is var half && !Fails(half, tape)) holds = half;
        // One choice that is not the simplest, if that will do.
        foreach (var place in Enumerable.Range(0, 8))
            for (var choice = 1; choice < 4 && (tape.Length > 8 || tape.Count(c => c != 0) > 1); choice++)
                if (Fails(size, [.. new int[place], choice])) break;
        while (tries > 0)
        {
            var before = tape;
            foreach (var smaller in Tape.Shrink(before))
                if (tries-- <= 0 || Fails(size, smaller)) break;
            if (ReferenceEquals(before, tape)) break;
        }
        return (size, tape, failure);
    }
}
