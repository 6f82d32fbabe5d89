using System.Numerics;
using System.Runtime.CompilerServices;
using static Functional.Autograd.Cpu.VectorFunction;
using V = System.Numerics.Vector<double>;

namespace Functional.Autograd.Cpu;

/// <summary>Logarithms: x = 2ᵏ·(1 + f), and log(1 + f) = f − f²/2 + s·(f²/2 + s²·p(s²)), s = f/(2 + f) (made by tests/Accuracy/fit.py).</summary>
internal static class Logarithms
{
    private const double Log2High = 0.6931471805592082, Log2Low = 7.371002565167799e-13;
    private const long SquareRootOfHalf = 0x3FE6A09E667F3BCD, One = 0x3FF0000000000000, TwoTo52 = 0x4330000000000000;

    private static ReadOnlySpan<double> P =>
        [0.666666666666667, 0.3999999999989889, 0.28571428626253836, 0.22222211089379496, 0.1818289243253687, 0.15331611722055008, 0.14617807153417325];

    private static ReadOnlySpan<double> PSingle => [0.6666666655404201, 0.4000012221181065, 0.28550778633191964, 0.23331614471843498];

    // For normal positive x: the exponent k, f between √½ − 1 and √2 − 1, f²/2, and s·(f²/2 + s²·p(s²)).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V K, V F, V Square, V Tail) Parts<T>(V x)
    {
        var bits = Vector.AsVectorInt64(x);
        var exponent = Vector.ShiftRightLogical(bits - new Vector<long>(SquareRootOfHalf - One), 52);
        var k = Vector.AsVectorDouble(exponent | new Vector<long>(TwoTo52)) - new V(4503599627370496 + 1023);
        var f = Vector.AsVectorDouble(bits - Vector.ShiftLeft(exponent - new Vector<long>(1023), 52)) - V.One;
        var s = f / (f + new V(2));
        var z = s * s;
        var square = 0.5 * f * f;
        return (k, f, square, s * Vector.FusedMultiplyAdd(z, Polynomial(z, typeof(T) == typeof(float) ? PSingle : P), square));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Normal(V x) => Vector.GreaterThanOrEqualAll(x, new V(2.2250738585072014e-308)) && Vector.LessThanOrEqualAll(x, new V(double.MaxValue));

    // Denormal numbers are brought up by 2⁵⁴; then what is not a positive number.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Rare<T, TBase>(V x) where TBase : IBase
    {
        var small = Vector.LessThan(x, new V(2.2250738585072014e-308));
        var y = TBase.Of<T>(Choose(small, x * 18014398509481984.0, x), Choose(small, new V(-54), V.Zero));
        y = Choose(Vector.Equals(x, new V(double.PositiveInfinity)), x, y);
        y = Choose(Vector.Equals(x, V.Zero), new V(double.NegativeInfinity), y);
        return Choose(Vector.GreaterThanOrEqual(x, V.Zero), y, new V(double.NaN));
    }

    /// <summary>log(x·2^shift) to a base, for normal positive x.</summary>
    private interface IBase
    {
        static abstract V Of<T>(V x, V shift);
    }

    public readonly struct Log : IVectorFunction<Log>, IBase
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V At<T>(V x) => Normal(x) ? Of<T>(x, V.Zero) : Rare<T, Log>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<T>(V x, V shift)
        {
            var (k, f, square, tail) = Parts<T>(x);
            k += shift;
            return Vector.FusedMultiplyAdd(k, new V(Log2High), f - (square - Vector.FusedMultiplyAdd(k, new V(Log2Low), tail)));
        }
    }

    // log(1 + f)·c + k·d to twice the precision, so that exact powers of the base have exact logarithms.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ToBase<T>(V x, V shift, double c, double cLow, double d, double dLow)
    {
        var (k, f, square, tail) = Parts<T>(x);
        k += shift;
        var high = f - square;
        var low = (f - high) - square + (tail - Vector.FusedMultiplyAdd(0.5 * f, f, -square));
        var product = high * c;
        var productLow = Vector.FusedMultiplyAdd(high, new V(c), -product) + high * cLow + low * c;
        var whole = k * d;
        var sum = whole + product;
        return sum + ((whole - sum) + product + Vector.FusedMultiplyAdd(k, new V(dLow), productLow));
    }

    public readonly struct Log2 : IVectorFunction<Log2>, IBase
    {
        public static V At<T>(V x) => Normal(x) ? Of<T>(x, V.Zero) : Rare<T, Log2>(x);

        public static V Of<T>(V x, V shift) => ToBase<T>(x, shift, 1.4426950408889634, 2.0355273740931033e-17, 1, 0);
    }

    public readonly struct Log10 : IVectorFunction<Log10>, IBase
    {
        public static V At<T>(V x) => Normal(x) ? Of<T>(x, V.Zero) : Rare<T, Log10>(x);

        public static V Of<T>(V x, V shift) => ToBase<T>(x, shift, 0.4342944819032518, 1.098319650216765e-17, 0.301029995663157, 8.241712586023572e-13);
    }

    /// <summary>log u + c/u, where u + c = 1 + x exactly.</summary>
    public readonly struct Log1p : IVectorFunction<Log1p>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V At<T>(V x)
        {
            var u = V.One + x;
            var part = u - V.One;
            var c = ((V.One - (u - part)) + (x - part)) / u;
            var (k, f, square, tail) = Parts<T>(u);
            var y = Vector.FusedMultiplyAdd(k, new V(Log2High), f - (square - (Vector.FusedMultiplyAdd(k, new V(Log2Low), c) + tail)));
            y = Choose(Vector.Equals(x, V.Zero), x, y);
            if (Vector.GreaterThanAll(x, -V.One) && Vector.LessThanOrEqualAll(x, new V(double.MaxValue))) return y;
            y = Choose(Vector.Equals(x, new V(double.PositiveInfinity)), x, y);
            y = Choose(Vector.Equals(x, -V.One), new V(double.NegativeInfinity), y);
            return Choose(Vector.GreaterThanOrEqual(x, -V.One), y, new V(double.NaN));
        }
    }
}
