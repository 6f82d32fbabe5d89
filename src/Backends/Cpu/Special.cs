using System.Numerics;
using System.Numerics.Tensors;

namespace Functional.Autograd.Cpu;

/// <summary>Functions that the framework lacks or computes inaccurately.</summary>
internal static class Special
{
    // A minimax rational of degree 13 over 6 on [−7.9, 7.9]; beyond, tanh is ±1 to single precision.
    public static void Tanh(ReadOnlySpan<float> x, Span<float> y)
    {
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = new Vector<float>(x[i..]);
            var t = Vector.Min(Vector.Max(v, new Vector<float>(-7.90531110763549805f)), new Vector<float>(7.90531110763549805f));
            var u = t * t;
            var p = Vector.FusedMultiplyAdd(u, new Vector<float>(-2.76076847742355e-16f), new Vector<float>(2.00018790482477e-13f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(-8.60467152213735e-11f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(5.12229709037114e-08f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(1.48572235717979e-05f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(6.37261928875436e-04f));
            p = Vector.FusedMultiplyAdd(u, p, new Vector<float>(4.89352455891786e-03f));
            var q = Vector.FusedMultiplyAdd(u, new Vector<float>(1.19825839466702e-06f), new Vector<float>(1.18534705686654e-04f));
            q = Vector.FusedMultiplyAdd(u, q, new Vector<float>(2.26843463243900e-03f));
            q = Vector.FusedMultiplyAdd(u, q, new Vector<float>(4.89352518554385e-03f));
            var small = Vector.LessThan(Vector.Abs(v), new Vector<float>(0.0004f));
            var tanh = Vector.ConditionalSelect(small, v, t * p / q);
            Vector.ConditionalSelect(Vector.Equals(v, v), tanh, v).CopyTo(y[i..]);
        }
        for (; i < x.Length; i++) y[i] = MathF.Tanh(x[i]);
    }

    public static void Pow<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (b.Length > 0 && b.IndexOfAnyExcept(b[0]) < 0)
        {
            if (b[0] == T.CreateTruncating(3))
            {
                for (var i = 0; i < a.Length; i++) y[i] = a[i] * a[i] * a[i];
                return;
            }
            if (b[0] == T.CreateTruncating(2))
            {
                TensorPrimitives.Multiply(a, a, y);
                return;
            }
            if (b[0] == T.One)
            {
                a.CopyTo(y);
                return;
            }
        }
        for (var i = 0; i < a.Length; i++) y[i] = T.CreateTruncating(Math.Pow(double.CreateTruncating(a[i]), double.CreateTruncating(b[i])));
    }

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
