using System.Numerics;

namespace Functional.Autograd.Testing;

/// <summary>
/// The numbers that the reference interpreter computes with: arithmetic and six elementary functions. Every other function is made
/// of these, from its definition, in <see cref="Functions{T}"/>.
/// </summary>
/// <typeparam name="T">The type itself.</typeparam>
public interface IField<T> : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>
    where T : struct, IField<T>
{
    /// <summary>The nearest float64.</summary>
    double Value { get; }

    /// <summary>Whether the number does not depend on the point: all its derivatives are exactly zero.</summary>
    bool IsConstant { get; }

    /// <summary>Whether the number and its derivatives lie inside float32's normal range. What a cancellation leaves does not count.</summary>
    bool FitsSingle { get; }

    /// <summary>Whether two numbers are the same in all digits and derivatives.</summary>
    static abstract bool Same(T a, T b);

    /// <summary>A number from a float64.</summary>
    static abstract T From(double value);

    /// <summary>An integer, with all its digits.</summary>
    static abstract T Integer(long value);

    /// <summary>The integer that the number is, with all its digits.</summary>
    long Whole { get; }

    /// <summary>A function's value at a point where it has no derivative: a pole, an end of its domain, or beyond.</summary>
    static abstract T Pole(double value);

    /// <summary>The same number as a starting point: nothing was rounded on the way to it.</summary>
    static abstract T Exact(T x);

    /// <summary>A piecewise constant function's value at a number, whose derivatives are zero.</summary>
    static abstract T Step(T at, double value);

    /// <summary>
    /// −1, 0 or 1: the side of zero on which a number lies. What is asked here decides between branches, so the answer is noted in
    /// <see cref="Certificate"/>.
    /// </summary>
    static abstract int Sign(T x);

    /// <summary>A sum whose terms may be added in any order.</summary>
    static abstract T Sum(ReadOnlySpan<T> terms);

    /// <summary>The same number with all derivatives zero.</summary>
    static abstract T Detached(T x);

    /// <summary>The value after it was rounded to float32.</summary>
    static abstract T ToSingle(T x);

    /// <summary>eˣ.</summary>
    static abstract T Exp(T x);

    /// <summary>The natural logarithm.</summary>
    static abstract T Log(T x);

    /// <summary>The square root.</summary>
    static abstract T Sqrt(T x);

    /// <summary>The sine.</summary>
    static abstract T Sin(T x);

    /// <summary>The cosine.</summary>
    static abstract T Cos(T x);

    /// <summary>The arc tangent.</summary>
    static abstract T Atan(T x);
}

/// <summary>
/// What one run of the reference interpreter decided by looking at signs: comparisons, roundings, maxima. Differences are meaningful only
/// between points where all decisions are the same, derivatives only where none lies on a border, and nothing where rounding might
/// have decided otherwise.
/// </summary>
public sealed class Certificate
{
    [ThreadStatic] private static Certificate? current;

    private HashCode pattern;

    /// <summary>Whether some decision is closer than rounding: the kernels may have decided otherwise.</summary>
    public bool IsDoubtful { get; private set; }

    /// <summary>Whether some decision that depends on the point falls exactly on a border.</summary>
    public bool IsOnBorder { get; private set; }

    /// <summary>All decisions in turn.</summary>
    public int Pattern => pattern.ToHashCode();

    /// <summary>Whether some number was too large or too small for float32.</summary>
    public bool LeavesSingle { get; private set; }

    /// <summary>Runs something and certifies it.</summary>
    /// <param name="run">What to run.</param>
    public static (TResult Result, Certificate Certificate) Of<TResult>(Func<TResult> run)
    {
        var outer = current;
        var mine = current = new Certificate();
        try
        {
            return (run(), mine);
        }
        finally
        {
            current = outer;
        }
    }

    internal static void Note<T>(T[] values) where T : struct, IField<T>
    {
        if (current is { LeavesSingle: false } c && Array.Exists(values, v => !v.FitsSingle)) c.LeavesSingle = true;
    }

    internal static void Note(double decided) => current?.pattern.Add(decided);

    internal static int Decide(int sign, bool doubtful, bool border)
    {
        if (current is not { } c) return sign;
        c.pattern.Add(sign);
        c.IsDoubtful |= doubtful;
        c.IsOnBorder |= border;
        return sign;
    }
}
