using System.Numerics;
using System.Numerics.Tensors;

namespace Functional.Autograd.Cpu;

/// <summary>Functions that the framework lacks or computes inaccurately.</summary>
internal static class Special
{
    public static void Pow<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        // One exponent for a whole tile: the same operations, a vector at a time.
        if (b.Length > 0 && b.IndexOfAnyExcept(b[0]) < 0 && b[0] == T.CreateTruncating(2)) TensorPrimitives.Multiply(a, a, y);
        else
            for (var i = 0; i < a.Length; i++) y[i] = Power(a[i], b[i]);
    }

    // Exponents for which the processor has an instruction; a power of −0 or −∞ is not its square root.
    private static T Power<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => double.CreateTruncating(b) switch
    {
        1 => a,
        2 => a * a,
        3 => a * a * a,
        0.5 when a > T.Zero => T.Sqrt(a),
        -0.5 when a > T.Zero => T.One / T.Sqrt(a),
        -1 => T.One / a,
        var e => T.CreateTruncating(Math.Pow(double.CreateTruncating(a), e)),
    };

    public static void Abs<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double)) TensorPrimitives.Abs(x, y);
        else
            // The smallest integer has no positive counterpart and stays, as in PyTorch.
            for (var i = 0; i < x.Length; i++) y[i] = x[i] < T.Zero ? T.Zero - x[i] : x[i];
    }

    public static T Rem<T>(T a, T b) where T : IFloatingPointIeee754<T>
    {
        var r = a % b;
        return r != T.Zero && T.IsNegative(r) != T.IsNegative(b) ? r + b : r;
    }

    // The floor of the exact quotient, by way of the exact remainder: a / b may round up to an integer that it does not reach.
    public static T FloorDiv<T>(T a, T b) where T : IFloatingPointIeee754<T>
    {
        if (b == T.Zero) return a / b;
        var r = a % b;
        var quotient = (a - r) / b;
        if (r != T.Zero && T.IsNegative(r) != T.IsNegative(b)) quotient -= T.One;
        if (quotient == T.Zero) return T.CopySign(T.Zero, a / b);
        var floor = T.Floor(quotient);
        return quotient - floor > T.CreateTruncating(0.5) ? floor + T.One : floor;
    }

    // The processor divides neither by zero nor the smallest integer by −1.
    public static T IntegerRem<T>(T a, T b) where T : INumber<T>
    {
        if (b == T.Zero || (T.IsNegative(b) && b == T.Zero - T.One)) return T.Zero;
        var r = a % b;
        return r != T.Zero && T.IsNegative(r) != T.IsNegative(b) ? r + b : r;
    }

    public static T IntegerFloorDiv<T>(T a, T b) where T : INumber<T>
    {
        if (b == T.Zero) return T.Zero;
        if (T.IsNegative(b) && b == T.Zero - T.One) return T.Zero - a;
        var r = a % b;
        return r != T.Zero && T.IsNegative(r) != T.IsNegative(b) ? a / b - T.One : a / b;
    }

    public static T IntegerPower<T>(T a, T b) where T : INumber<T>
    {
        if (b < T.Zero) return a == T.One ? T.One : a == T.Zero - T.One ? (T.IsEvenInteger(b) ? T.One : a) : T.Zero;
        var result = T.One;
        for (var n = long.CreateTruncating(b); n > 0; n >>= 1, a *= a)
            if ((n & 1) != 0) result *= a;
        return result;
    }
}
