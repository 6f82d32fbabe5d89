using System.Numerics;
using System.Runtime.CompilerServices;
using static Functional.Autograd.Cpu.VectorFunction;
using V = System.Numerics.Vector<double>;

namespace Functional.Autograd.Cpu;

/// <summary>The exponential family: x = n·log 2 + r, and a polynomial for exp(r) − 1 (made by tests/Accuracy/fit.py).</summary>
internal static class Exponentials
{
    private const double Log2E = 1.4426950408889634, Log2High = 0.6931471805592082, Log2Low = 7.371002565167799e-13;

    private static ReadOnlySpan<double> P =>
    [
        0.5000000000000002, 0.1666666666666667, 0.04166666666663896, 0.008333333333326103, 0.00138888889017885, 0.00019841269874932202,
        2.4801562800335685e-05, 2.755725525875986e-06, 2.7577665362832897e-07, 2.5105275841936966e-08, 1.4749273973441735e-09,
    ];

    private static ReadOnlySpan<double> PSingle =>
        [0.5000000013510598, 0.16666666681672973, 0.041666464478050266, 0.008333310875814182, 0.0013933699610442548, 0.00019891045920387787];

    // exp(high + low) − 1 = r + q, where r carries most of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V R, V Q) Small<T>(V high, V low) => (high, Vector.FusedMultiplyAdd(high * high, Polynomial(high, typeof(T) == typeof(float) ? PSingle : P), low));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V Rounded, V R, V Q) Reduce<T>(V x)
    {
        var rounded = Vector.FusedMultiplyAdd(x, new V(Log2E), new V(Rounder));
        var n = rounded - new V(Rounder);
        var first = Vector.FusedMultiplyAdd(-n, new V(Log2High), x);
        var r = Vector.FusedMultiplyAdd(-n, new V(Log2Low), first);
        var (high, q) = Small<T>(r, typeof(T) == typeof(float) ? V.Zero : Vector.FusedMultiplyAdd(-n, new V(Log2Low), first - r));
        return (rounded, high, q);
    }

    // 1 + r + q; to float64 with the rounding error of the first sum added again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V OnePlus<T>(V r, V q)
    {
        if (typeof(T) == typeof(float)) return V.One + (r + q);
        var sum = V.One + r;
        return sum + ((r - (sum - V.One)) + q);
    }

    // exp(x)·2^shift. Beyond normal results the power of two comes in two factors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Scaled<T>(V x, double shift)
    {
        if (!Vector.LessThanAll(Vector.Abs(x), new V(700))) return Rare<T>(x, shift);
        var (rounded, r, q) = Reduce<T>(x);
        return OnePlus<T>(r, q) * PowerOfTwo(rounded + new V(shift));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Rare<T>(V x, double shift)
    {
        x = Choose(Vector.LessThan(x, new V(-760)), new V(-760), Choose(Vector.GreaterThan(x, new V(760)), new V(760), x));
        var (rounded, r, q) = Reduce<T>(x);
        var n = rounded - new V(Rounder) + new V(shift);
        var half = n * 0.5 + new V(Rounder);
        return OnePlus<T>(r, q) * PowerOfTwo(half) * PowerOfTwo(n - (half - new V(Rounder)) + new V(Rounder));
    }

    // What stands in every network runs in float32 throughout, within 3 ulp: exp(x) = 2ⁿ·(1 + r + q).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<float> Rounded, Vector<float> R, Vector<float> Q) Reduce(Vector<float> x)
    {
        var rounded = Vector.FusedMultiplyAdd(x, new Vector<float>(1.442695f), new Vector<float>(SingleRounder));
        var n = rounded - new Vector<float>(SingleRounder);
        var r = Vector.FusedMultiplyAdd(-n, new Vector<float>(-2.12194440e-4f), Vector.FusedMultiplyAdd(-n, new Vector<float>(0.693359375f), x));
        var p = Vector.FusedMultiplyAdd(r, new Vector<float>(0.00019891046f), new Vector<float>(0.00139337f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(0.00833331f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(0.041666464f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(0.16666667f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(0.5f));
        return (rounded, r, r * r * p);
    }

    private const float SingleLimit = 87;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Normal(Vector<float> x)
    {
        var (rounded, r, q) = Reduce(x);
        return (Vector<float>.One + (r + q)) * PowerOfTwo(rounded);
    }

    // Lanes whose exponential is no normal number are computed in float64.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector<float> Rare<TFunction>(Vector<float> x, Vector<float> y) where TFunction : IVectorFunction<TFunction>
    {
        Vector.Widen(x, out var low, out var high);
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), new Vector<float>(SingleLimit)), y, Vector.Narrow(TFunction.At<float>(low), TFunction.At<float>(high)));
    }

    public readonly struct Exp : IVectorFunction<Exp>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V At<T>(V x) => Scaled<T>(x, 0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> At(Vector<float> x) => Vector.LessThanAll(Vector.Abs(x), new Vector<float>(SingleLimit)) ? Normal(x) : Rare<Exp>(x, Normal(x));

        public static float At(float x) => At(new Vector<float>(x))[0];
    }

    /// <summary>2ˣ: the reduction is exact, so powers of two are.</summary>
    public readonly struct Exp2 : IVectorFunction<Exp2>
    {
        public static V At<T>(V x)
        {
            x = Choose(Vector.LessThan(x, new V(-1100)), new V(-1100), Choose(Vector.GreaterThan(x, new V(1100)), new V(1100), x));
            var n = x + new V(Rounder) - new V(Rounder);
            var r = (x - n) * Math.Log(2);
            var low = Vector.FusedMultiplyAdd(x - n, new V(Math.Log(2)), -r) + (x - n) * 2.3190468138462996e-17;
            var (high, q) = Small<T>(r, low);
            var half = n * 0.5 + new V(Rounder);
            return OnePlus<T>(high, q) * PowerOfTwo(half) * PowerOfTwo(n - (half - new V(Rounder)) + new V(Rounder));
        }
    }

    public readonly struct Expm1 : IVectorFunction<Expm1>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V At<T>(V x)
        {
            var y = Core<T>(x);
            if (Vector.LessThanAll(Vector.Abs(x), new V(700))) return y;
            return Choose(Vector.LessThan(Vector.Abs(x), new V(700)), y, Exp.At<T>(x) - V.One);
        }

        // 2ⁿ·(r + q + 1 − 2⁻ⁿ), with the rounding error of the first sum added again.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static V Core<T>(V x)
        {
            var (rounded, r, q) = Reduce<T>(x);
            var high = r + q;
            var low = q - (high - r);
            var one = V.One - PowerOfTwo(new V(2 * Rounder) - rounded);
            var sum = one + high;
            var y = (sum + (low + (high - (sum - one)))) * PowerOfTwo(rounded);
            return Choose(Vector.Equals(x, V.Zero), x, y);
        }
    }

    /// <summary>e / (1 + e) or 1 / (1 + e), where e = exp(−|x|) does not overflow.</summary>
    public readonly struct Sigmoid : IVectorFunction<Sigmoid>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V At<T>(V x)
        {
            var e = Exp.At<T>(-Vector.Abs(x));
            var d = V.One + e;
            var negative = Vector.LessThan(x, V.Zero);
            var y = Choose(negative, e, V.One) / d;
            // The rounding error of 1 + e; 1 / d is y or 1 − y.
            return typeof(T) == typeof(float) ? y : Vector.FusedMultiplyAdd(-(y * Choose(negative, V.One - y, y)), e - (d - V.One), y);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> At(Vector<float> x)
        {
            var (e, one) = (Normal(-Vector.Abs(x)), Vector<float>.One);
            var d = one + e;
            var negative = Vector.LessThan(x, Vector<float>.Zero);
            var y = Vector.ConditionalSelect(negative, e, one) / d;
            y = Vector.FusedMultiplyAdd(-(y * Vector.ConditionalSelect(negative, one - y, y)), e - (d - one), y);
            return Vector.LessThanAll(Vector.Abs(x), new Vector<float>(SingleLimit)) ? y : Rare<Sigmoid>(x, y);
        }

        public static float At(float x) => At(new Vector<float>(x))[0];
    }

    public readonly struct Softplus : IVectorFunction<Softplus>
    {
        public static V At<T>(V x) => Choose(Vector.GreaterThan(x, V.Zero), x, V.Zero) + Logarithms.Log1p.At<T>(Exp.At<T>(-Vector.Abs(x)));
    }

    /// <summary>t / (t + 2) for t = exp(2|x|) − 1; ±1 from 22 on.</summary>
    public readonly struct Tanh : IVectorFunction<Tanh>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V At<T>(V x)
        {
            var a = Vector.Abs(x);
            var t = Expm1.Core<T>(2 * Choose(Vector.GreaterThan(a, new V(22)), new V(22), a));
            var d = t + new V(2);
            var y = t / d;
            if (typeof(T) == typeof(float)) return CopySign(y, x);
            // The rounding error of t + 2; 1 / d is (1 − y) / 2.
            var part = d - t;
            var low = (t - (d - part)) + (new V(2) - part);
            return CopySign(Vector.FusedMultiplyAdd(-(y * (0.5 * (V.One - y))), low, y), x);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> At(Vector<float> x)
        {
            var a = Vector.Abs(x);
            var (rounded, r, q) = Reduce(2 * Vector.ConditionalSelect(Vector.GreaterThan(a, new Vector<float>(10)), new Vector<float>(10), a));
            var high = r + q;
            var one = Vector<float>.One - PowerOfTwo(new Vector<float>(2 * SingleRounder) - rounded);
            var sum = one + high;
            var t = (sum + ((q - (high - r)) + (high - (sum - one)))) * PowerOfTwo(rounded);
            return Vector.ConditionalSelect(Vector.AsVectorSingle(new Vector<int>(int.MinValue)), x, t / (t + new Vector<float>(2)));
        }

        public static float At(float x) => At(new Vector<float>(x))[0];
    }

    /// <summary>(t + t / (t + 1)) / 2 for t = exp|x| − 1, and exp|x| / 2 from 22 on.</summary>
    public readonly struct Sinh : IVectorFunction<Sinh>
    {
        public static V At<T>(V x)
        {
            var a = Vector.Abs(x);
            var t = Expm1.Core<T>(Choose(Vector.LessThan(a, new V(22)), a, new V(22)));
            var near = 0.5 * (t + t / (t + V.One));
            return CopySign(Choose(Vector.LessThan(a, new V(22)), near, Scaled<T>(a, -1)), x);
        }
    }

    public readonly struct Cosh : IVectorFunction<Cosh>
    {
        public static V At<T>(V x)
        {
            var half = Scaled<T>(Vector.Abs(x), -1);
            return half + new V(0.25) / half;
        }
    }
}
