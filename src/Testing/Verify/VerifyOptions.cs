using System.Collections.Immutable;

namespace Functional.Autograd.Testing;

/// <summary>How <see cref="Verification"/> verifies.</summary>
public sealed record VerifyOptions
{
    /// <summary>The highest order of derivatives: 1, 2 or 3.</summary>
    public int Orders { get; init; } = 3;

    /// <summary>The element types: float64 and float32.</summary>
    public ImmutableArray<DType> DTypes { get; init; } = [DType.Float64, DType.Float32];

    /// <summary>The sizes, which <see cref="Domain.Shape"/> makes shapes of: none, few, and such as straddle the borders of vectors and tiles.</summary>
    public ImmutableArray<int> Sizes { get; init; } = [0, 1, 2, 257, 1025];

    /// <summary>How many cases, most of them at the small sizes.</summary>
    public int Cases { get; init; } = 100;

    /// <summary>Which cases.</summary>
    public ulong Seed { get; init; } = 20240229;

    /// <summary>How far a derivative in float64 may be off, as a fraction of itself; what rounding explains comes on top.</summary>
    public double Tolerance { get; init; } = 1e-9;

    /// <summary>The same for float32.</summary>
    public double SingleTolerance { get; init; } = 1e-4;

    /// <summary>How far two values at one point may differ, as a fraction of the larger: 0 for a function that is deterministic.</summary>
    public double Nondeterminism { get; init; }

    /// <summary>The names of rules that are meant not to be the derivative of their value (straight-through estimators, reversed gradients). They are held to all other laws.</summary>
    public ImmutableArray<string> Surrogates { get; init; } = [];

    /// <summary>Directions to differentiate along, from the point: one array for each floating-point operand, as many numbers as it has elements. Null for such as are drawn.</summary>
    public Func<IReadOnlyList<double[]>, IReadOnlyList<double[]>>? Tangents { get; init; }

    /// <summary>How many smaller cases are tried for each finding; 0 leaves it as it was drawn.</summary>
    public int Shrinks { get; init; } = 250;

    /// <summary>A finding's <see cref="Finding.Replay"/>: that case alone is tried.</summary>
    public string? Replay { get; init; }

    /// <summary>What the report calls the function; its own text when null.</summary>
    public string? Name { get; init; }

    internal void Check()
    {
        if (Orders is < 1 or > 3) throw new ArgumentException($"derivatives of order 1 to 3 are verified, not to order {Orders}");
        if (Cases < 1) throw new ArgumentException($"at least one case is needed, not {Cases}");
        if (Sizes.IsDefaultOrEmpty || Sizes.Any(n => n < 0)) throw new ArgumentException("at least one size is needed, and none is negative");
        if (DTypes.IsDefaultOrEmpty || DTypes.Any(d => d is not (DType.Float64 or DType.Float32))) throw new ArgumentException("derivatives are verified in float64 and float32");
    }

    /// <summary>The sizes of all cases in turn. Nothing changes from case to case where there are no elements; large cases cost more and say little that small ones do not.</summary>
    internal IEnumerable<int> Plan()
    {
        int[] small = [.. Sizes.Where(n => n is > 0 and <= 64)], large = [.. Sizes.Where(n => n > 64)];
        if (small.Length == 0) small = large.Length > 0 ? large : [.. Sizes];
        foreach (var n in Sizes.Distinct()) yield return n;
        var (s, l) = (0, 0);
        for (var i = Sizes.Distinct().Count(); i < Cases; i++)
            yield return large.Length > 0 && i % 16 == 15 ? large[l++ % large.Length] : small[s++ % small.Length];
    }
}
