using System.Numerics;
using System.Runtime.CompilerServices;
using V = System.Numerics.Vector<double>;

namespace Functional.Autograd.Cpu;

/// <summary>
/// A function of real numbers on vectors. Lanes do not look at each other, every width runs the same IEEE operations, and what a tile
/// leaves over goes through the same code: equal inputs have equal bits at every position, on every machine with fused multiply-add.
/// </summary>
internal interface IVectorFunction<TSelf> where TSelf : IVectorFunction<TSelf>
{
    /// <summary>The function, to float64; where T is float, digits that rounding to float32 would drop may be wrong.</summary>
    static abstract V At<T>(V x);

    /// <summary>The function of float32: computed in float64 and rounded once.</summary>
    static virtual Vector<float> At(Vector<float> x)
    {
        Vector.Widen(x, out var low, out var high);
        return Vector.Narrow(TSelf.At<float>(low), TSelf.At<float>(high));
    }

    /// <summary>The same of one number.</summary>
    static virtual float At(float x) => (float)TSelf.At<float>(new V(x))[0];
}

/// <summary>Loops over tiles, and what the functions share.</summary>
internal static unsafe class VectorFunction
{
    public static void Double<TFunction>(nint d, nint a, nint b, nint c, int n) where TFunction : IVectorFunction<TFunction>
    {
        var i = 0;
        for (; i <= n - V.Count; i += V.Count) TFunction.At<double>(Vector.Load((double*)a + i)).Store((double*)d + i);
        for (; i < n; i++) ((double*)d)[i] = TFunction.At<double>(new V(((double*)a)[i]))[0];
    }

    public static void Single<TFunction>(nint d, nint a, nint b, nint c, int n) where TFunction : IVectorFunction<TFunction>
    {
        var i = 0;
        for (; i <= n - Vector<float>.Count; i += Vector<float>.Count) TFunction.At(Vector.Load((float*)a + i)).Store((float*)d + i);
        for (; i < n; i++) ((float*)d)[i] = TFunction.At(((float*)a)[i]);
    }

    /// <summary>c₀ + c₁x + c₂x² + …</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Polynomial(V x, ReadOnlySpan<double> c)
    {
        var y = new V(c[^1]);
        for (var i = c.Length - 2; i >= 0; i--) y = Vector.FusedMultiplyAdd(y, x, new V(c[i]));
        return y;
    }

    public static double Polynomial(double x, ReadOnlySpan<double> c)
    {
        var y = c[^1];
        for (var i = c.Length - 2; i >= 0; i--) y = Math.FusedMultiplyAdd(y, x, c[i]);
        return y;
    }

    /// <summary>Adding it rounds to an integer, which then stands in the low bits.</summary>
    public const double Rounder = 6755399441055744.0;

    /// <summary>2ⁿ for n + Rounder, n from −1022 to 1023.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V PowerOfTwo(V rounded) => Vector.AsVectorDouble(Vector.ShiftLeft(Vector.AsVectorInt64(rounded) + new Vector<long>(1023), 52));

    /// <summary>The same in float32, for n from −126 to 127.</summary>
    public const float SingleRounder = 12582912f;

    /// <inheritdoc cref="SingleRounder"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> PowerOfTwo(Vector<float> rounded) => Vector.AsVectorSingle(Vector.ShiftLeft(Vector.AsVectorInt32(rounded) + new Vector<int>(127), 23));

    /// <summary>The magnitude of one number with the sign of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V CopySign(V magnitude, V sign)
    {
        var bit = Vector.AsVectorDouble(new Vector<long>(long.MinValue));
        return Vector.ConditionalSelect(bit, sign, magnitude);
    }

    /// <summary>condition ? a : b in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Choose(Vector<long> condition, V a, V b) => Vector.ConditionalSelect(condition, a, b);
}
