namespace Functional.Autograd.Testing;

/// <summary>
/// Choices that a generator reads. An exhausted tape reads 0, the simplest choice, so any array of integers is a valid tape and a
/// failing case is made smaller by making its tape smaller.
/// </summary>
/// <param name="choices">The choices.</param>
public sealed class Tape(params int[] choices)
{
    private int next;

    /// <summary>Whether all choices have been read.</summary>
    public bool IsExhausted => next >= choices.Length;

    /// <summary>A number from 0 to n − 1.</summary>
    /// <param name="n">How many choices there are, at least 1.</param>
    public int Next(int n) => next < choices.Length ? (int)((uint)choices[next++] % (uint)n) : 0;

    /// <summary>One of several values; the first is the simplest.</summary>
    /// <param name="values">The values.</param>
    public TItem Pick<TItem>(params ReadOnlySpan<TItem> values) => values[Next(values.Length)];

    /// <summary>A number of a closed interval, on a grid of 1/1000 of its width; the lower end is the simplest.</summary>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    public double Between(double low, double high) => low + Next(1001) / 1000.0 * (high - low);

    /// <summary>A shape of a rank, with sizes from a few distinct primes and 1.</summary>
    /// <param name="rank">The rank.</param>
    public Dims Shape(int rank) => Dims.Build(rank, _ => Pick(2L, 3L, 1L, 5L));

    /// <summary>A shape of a rank: mostly small; sometimes with an axis that straddles the borders of vectors, tiles and regions, or without elements.</summary>
    /// <param name="rank">The rank.</param>
    public Dims Sizes(int rank)
    {
        var (kind, shape) = (Next(16), Shape(rank));
        if (kind < 14 || rank == 0) return shape;
        var axis = Next(rank);
        return kind == 14 ? shape.With(axis, 0) : Dims.Build(rank, k => k == axis ? Pick(257L, 255, 256, 513, 1025) : Math.Min(2, shape[k]));
    }

    /// <summary>A float64 leaf whose elements lie inside some intervals, never on their ends.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="intervals">The intervals; one that spans more than three decades is filled evenly in the logarithm.</param>
    public Node Inside(Dims shape, params ReadOnlySpan<(double Low, double High)> intervals)
    {
        // All elements in one interval, or each in its own.
        var mixed = Next(3) == 1;
        var fixedInterval = intervals[Next(intervals.Length)];
        var data = new double[shape.Product];
        // A large tensor repeats its first elements' choices, moved a little, so that a tape stays short.
        var (choices, kinds) = (new int[Math.Min(data.Length, 31)], new int[Math.Min(data.Length, 31)]);
        for (var i = 0; i < choices.Length; i++) (kinds[i], choices[i]) = (mixed ? Next(intervals.Length) : 0, Next(997));
        for (var i = 0; i < data.Length; i++)
        {
            var (low, high) = mixed ? intervals[kinds[i % 31]] : fixedInterval;
            var part = ((choices[i % 31] + i / 31 * 7) % 997 + 0.5) / 997;
            data[i] = low * high > 0 && Math.Max(Math.Abs(low / high), Math.Abs(high / low)) > 1000
                ? Math.CopySign(Math.Pow(10, Math.Log10(Math.Abs(low)) + part * (Math.Log10(Math.Abs(high)) - Math.Log10(Math.Abs(low)))), low)
                : low + part * (high - low);
        }
        return Ops.Tensor<double>(data, shape);
    }

    /// <summary>A float64 leaf of chosen numbers.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="values">The numbers.</param>
    public Node Among(Dims shape, params ReadOnlySpan<double> values)
    {
        var data = new double[shape.Product];
        for (var i = 0; i < data.Length; i++) data[i] = values[i < 31 ? Next(values.Length) : i % values.Length];
        return Ops.Tensor<double>(data, shape);
    }

    /// <summary>A float64 leaf with elements of an interval.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    public Node Leaf(Dims shape, double low = -2, double high = 2)
    {
        var data = new double[shape.Product];
        var first = new int[Math.Min(data.Length, 31)];
        for (var i = 0; i < first.Length; i++) first[i] = Next(1001);
        // A large tensor repeats its first elements' choices, moved a little, so that a tape stays short.
        for (var i = 0; i < data.Length; i++) data[i] = low + (first[i % 31] + i / 31 * 7) % 1001 / 1000.0 * (high - low);
        return Ops.Tensor<double>(data, shape);
    }

    /// <summary>An int64 leaf with elements from 0 to n − 1.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="n">The number of values.</param>
    public Node Indices(Dims shape, long n)
    {
        var data = new long[shape.Product];
        for (var i = 0; i < data.Length; i++) data[i] = i < 31 ? Next((int)n) : (data[i - 31] + i / 31) % n;
        return Ops.Tensor<long>(data, shape);
    }

    /// <summary>A tape of random choices, the same for the same seed everywhere.</summary>
    /// <param name="seed">Which.</param>
    /// <param name="count">How many choices.</param>
    public static int[] Random(ulong seed, int count)
    {
        // SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
        var made = new int[count];
        for (var i = 0; i < count; i++)
        {
            var z = seed += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            made[i] = (int)((z ^ (z >> 31)) >> 33);
        }
        return made;
    }

    /// <summary>Smaller tapes: without a piece, with a piece set to zero, with an entry halved or lowered.</summary>
    /// <param name="tape">A failing tape.</param>
    public static IEnumerable<int[]> Shrink(int[] tape)
    {
        for (var size = tape.Length; size > 0; size /= 2)
            for (var at = 0; at + size <= tape.Length; at += size)
            {
                yield return [.. tape[..at], .. tape[(at + size)..]];
                if (tape.AsSpan(at, size).ContainsAnyExcept(0)) yield return [.. tape[..at], .. new int[size], .. tape[(at + size)..]];
            }
        for (var i = 0; i < tape.Length; i++)
        {
            if (tape[i] == 0) continue;
            yield return [.. tape[..i], tape[i] / 2, .. tape[(i + 1)..]];
            yield return [.. tape[..i], tape[i] - 1, .. tape[(i + 1)..]];
        }
    }

    /// <summary>The choices, as C# that makes the tape again.</summary>
    public override string ToString() => $"new Tape({string.Join(", ", choices)})";
}
