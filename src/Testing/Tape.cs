namespace Functional.Autograd.Testing;

/// <summary>
/// Choices that a generator reads. An exhausted tape reads 0, the simplest choice, so any array of integers is a valid tape and a
/// failing case is made smaller by making its tape smaller.
/// </summary>
/// <param name="choices">The choices.</param>
public sealed class Tape(params int[] choices)
{
    private int next;

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

    /// <summary>A float64 leaf with elements of an interval.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    public Node Leaf(Dims shape, double low = -2, double high = 2)
    {
        var data = new double[shape.Product];
        for (var i = 0; i < data.Length; i++) data[i] = Between(low, high);
        return Ops.Tensor<double>(data, shape);
    }

    /// <summary>An int64 leaf with elements from 0 to n − 1.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="n">The number of values.</param>
    public Node Indices(Dims shape, long n)
    {
        var data = new long[shape.Product];
        for (var i = 0; i < data.Length; i++) data[i] = Next((int)n);
        return Ops.Tensor<long>(data, shape);
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
