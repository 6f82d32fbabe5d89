using System.Collections.Immutable;

namespace Functional.Autograd.Testing;

/// <summary>
/// Where an operand of a function lies, and what shape it has at a size. An interval is written as a pair: <c>(0.1, 3)</c>. Intervals are open unless
/// <see cref="Closed"/>; where an end is infinite, numbers of twelve decades are drawn.
/// </summary>
public sealed record Domain
{
    private const int Parts = 997;

    // The simpler, the earlier.
    private static readonly double[] simple = [1, 2, 0.5, -1, 3, -2, 0.25, -0.5, 10, 0.1, 0, -3, 100, -10, 0.01];

    private Domain(ImmutableArray<(double Low, double High)> intervals, DType dtype = DType.Float64) => (Intervals, DType) = (intervals, dtype);

    private ImmutableArray<(double Low, double High)> Intervals { get; }

    private ImmutableArray<double> Listed { get; init; } = [];

    private ImmutableArray<double> Missing { get; init; } = [];

    private bool IsClosed { get; init; }

    /// <summary>The element type: float64 stands for every floating-point type that is verified; an operand of another type has no derivative, and is checked to have none.</summary>
    public DType DType { get; private init; }

    /// <summary>The shape that the operand has at a size; one axis of that size unless <see cref="Shaped"/> says otherwise.</summary>
    public Func<int, Dims> Shape { get; private init; } = static n => [n];

    /// <summary>Numbers of both signs and several magnitudes.</summary>
    public static Domain Line { get; } = Of((-2, 2), (-30, 30), (-1e-6, 1e-6));

    /// <summary>Truth values.</summary>
    public static Domain Truths { get; } = new([(0, 1)], DType.Bool) { IsClosed = true };

    /// <summary>The numbers of some Intervals.</summary>
    /// <param name="intervals">The lower end and the upper end of each.</param>
    /// <exception cref="ArgumentException">There is no interval, or one holds nothing.</exception>
    public static Domain Of(params ReadOnlySpan<(double Low, double High)> intervals)
    {
        if (intervals.IsEmpty) throw new ArgumentException("a domain needs an interval", nameof(intervals));
        foreach (var (low, high) in intervals)
            if (!(low < high)) throw new ArgumentException($"a domain's interval ({low:R}, {high:R}) holds nothing", nameof(intervals));
        return new([.. intervals]);
    }

    /// <summary>These numbers alone.</summary>
    /// <param name="values">The numbers, the simplest first.</param>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static Domain Among(params ReadOnlySpan<double> values) => !values.IsEmpty && values.ToArray().All(double.IsFinite) ? new([]) { Listed = [.. values] } : throw new ArgumentException("a domain needs finite numbers", nameof(values));

    /// <summary>Integers, both ends included.</summary>
    /// <param name="low">The least.</param>
    /// <param name="high">The greatest.</param>
    /// <param name="dtype">Their type.</param>
    /// <exception cref="ArgumentException">The type is no type of integers, or there is no number between the ends.</exception>
    public static Domain Integers(long low, long high, DType dtype = DType.Int64) => low > high || dtype.IsFloat || dtype == DType.Bool
        ? throw new ArgumentException($"integers from {low} to {high} of type {dtype} are no domain", nameof(high)) : new([(low, high)], dtype) { IsClosed = true };

    /// <summary>The numbers between two ends.</summary>
    /// <param name="interval">The ends.</param>
    public static implicit operator Domain((double Low, double High) interval) => Of(interval);

    /// <summary>The same numbers with the ends of their Intervals.</summary>
    public Domain Closed() => this with { IsClosed = true };

    /// <summary>The same numbers without some: kinks and poles, where a derivative is a convention or is none. Differences do not reach across them.</summary>
    /// <param name="points">Where they are.</param>
    public Domain Except(params ReadOnlySpan<double> points) => this with { Missing = [.. Missing, .. points] };

    /// <summary>The same numbers in another shape.</summary>
    /// <param name="shape">From a size to the shape: <c>n => [n, 3]</c>.</param>
    public Domain Shaped(Func<int, Dims> shape) => this with { Shape = shape };

    /// <summary>The same numbers, one at a time: the operand has no axes.</summary>
    public Domain Scalar() => Shaped(static _ => []);

    private bool IsListed => !Listed.IsEmpty;

    /// <summary>Whether a number lies inside.</summary>
    /// <param name="x">The number.</param>
    public bool Contains(double x) => !Missing.Contains(x) && (IsListed ? Listed.Contains(x) : Intervals.Any(i => (i.Low < x && x < i.High) || (IsClosed && (x == i.Low || x == i.High) && double.IsFinite(x))));

    /// <summary>How far it is from a number to the nearest end, kink or pole.</summary>
    internal double Room(double x)
    {
        var room = double.PositiveInfinity;
        foreach (var p in Missing) room = Math.Min(room, Math.Abs(x - p));
        // Intervals that touch or overlap have no end where they meet.
        foreach (var end in IsListed ? [] : Intervals.SelectMany(i => new[] { i.Low, i.High }))
            if (!Intervals.Any(i => i.Low < end && end < i.High)) room = Math.Min(room, Math.Abs(x - end));
        return room;
    }

    /// <summary>Elements of the domain. An exhausted tape gives the simplest number in all places.</summary>
    internal double[] Draw(Tape tape, long count)
    {
        if (IsListed) return Repeated(count, _ => Listed[tape.Next(Listed.Length)], static (first, _) => first);
        if (!DType.IsFloat) return Repeated(count, _ => Whole(tape), static (first, _) => first);
        var simplest = Simple();
        var (style, one) = (tape.Next(5), tape.Next(Intervals.Length));
        (int Kind, int Interval, int Part) Choose(int _) => (style == 4 ? tape.Next(4) : style, style == 4 ? tape.Next(Intervals.Length) : one, tape.Next(Parts));
        // A large tensor repeats its first elements' choices, moved a little, so that a tape stays short.
        return Repeated(count, i => Choose(i), (c, i) => Element(c.Kind, Intervals[c.Interval], (c.Part + i / 31 * 7) % Parts, simplest));
    }

    private static double[] Repeated<T>(long count, Func<int, T> choose, Func<T, int, double> element)
    {
        var (data, choices) = (new double[count], new T[Math.Min(count, 31)]);
        for (var i = 0; i < choices.Length; i++) choices[i] = choose(i);
        for (var i = 0; i < data.Length; i++) data[i] = element(choices[i % 31], i);
        return data;
    }

    private double Whole(Tape tape)
    {
        var (low, high) = Intervals[0];
        return low + tape.Next((int)Math.Min(high - low + 1, int.MaxValue));
    }

    private double[] Simple() => [.. simple.Where(Contains) is var inside && inside.Any() ? inside : Intervals.Select(Middle)];

    private static double Middle((double Low, double High) interval) => Bounded(interval) is var (low, high) ? low + 0.5 * (high - low) : 0;

    private static (double Low, double High) Bounded((double Low, double High) of) => (Math.Max(of.Low, -1e6 * Math.Max(1, Math.Abs(Finite(of.High)))), Math.Min(of.High, 1e6 * Math.Max(1, Math.Abs(Finite(of.Low)))));

    private static double Finite(double end) => double.IsFinite(end) ? end : 0;

    // 0: simple numbers; 1: evenly; 2: evenly in the logarithm; 3: close to an end, a kink or a pole.
    private double Element(int kind, (double Low, double High) interval, int part, double[] simplest)
    {
        var (low, high) = Bounded(interval);
        var p = (part + 0.5) / Parts;
        var x = kind switch
        {
            0 => simplest[part % simplest.Length],
            1 => low + p * (high - low),
            2 => Decades(low, high, p),
            _ => Near(low, high, p),
        };
        return Contains(x) ? x : Contains(Middle(interval)) ? Middle(interval) : low + 0.382 * (high - low);
    }

    private static double Decades(double low, double high, double p)
    {
        if (low < 0 && high > 0) return p < 0.5 ? -Decades(0, -low, 2 * p) : Decades(0, high, 2 * p - 1);
        if (high <= 0) return -Decades(-high, -low, p);
        var least = low == 0 ? high * 1e-12 : low;
        return least * Math.Pow(high / least, p);
    }

    private double Near(double low, double high, double p)
    {
        double[] borders = [.. Missing.Where(e => low < e && e < high), low, high];
        var border = borders[(int)(p * 1000) % borders.Length];
        var off = (high - low) * Math.Pow(10, -10 * p);
        return border == low ? low + 0.5 * off : border == high ? high - 0.5 * off : border + (p < 0.5 ? off : -off);
    }
}
