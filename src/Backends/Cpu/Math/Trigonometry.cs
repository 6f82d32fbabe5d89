using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using static Functional.Autograd.Cpu.VectorFunction;
using V = System.Numerics.Vector<double>;

namespace Functional.Autograd.Cpu;

/// <summary>Sine and cosine: x = n·π/2 + r with π/2 to 159 bits, and polynomials for |r| ≤ π/4 (made by tests/Accuracy/fit.py).</summary>
internal static class Trigonometry
{
    private const double HalfPi = 1.5707963267948966, HalfPiMiddle = 6.123233995736766e-17, HalfPiLow = -1.4973849048591698e-33;

    private static ReadOnlySpan<double> SinP =>
        [-0.16666666666666666, 0.008333333333330925, -0.00019841269836724904, 2.7557316085102794e-06, -2.5051128211610636e-08, 1.5917867766896243e-10];

    private static ReadOnlySpan<double> CosP =>
        [0.041666666666666664, -0.0013888888888887382, 2.4801587298744625e-05, -2.755731726081361e-07, 2.087614399539826e-09, -1.1382468815765352e-11];

    private static ReadOnlySpan<double> SinPSingle => [-0.16666666663834312, 0.00833333186656025, -0.00019840082336722713, 2.724935597971686e-06];

    private static ReadOnlySpan<double> CosPSingle => [0.0416666666643037, -0.0013888887665215062, 2.4800596705999556e-05, -2.730048361147714e-07];

    // 2/π·2¹²⁸⁰.
    private static readonly BigInteger TwoOverPi = BigInteger.Parse(
        "0a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f4" +
        "9c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361d", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // Beyond it lanes are reduced one by one with as many digits of π as they need.
    private const double Limit = 1L << 45;

    // sin(x + quarters·π/2).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Wave<T>(V x, long quarters)
    {
        var single = typeof(T) == typeof(float);
        var rounded = Vector.FusedMultiplyAdd(x, new V(2 / Math.PI), new V(Rounder));
        var quadrant = Vector.AsVectorInt64(rounded);
        var n = rounded - new V(Rounder);
        // The first difference is exact; the error of the second is kept.
        var first = Vector.FusedMultiplyAdd(-n, new V(HalfPi), x);
        var middle = n * HalfPiMiddle;
        var r = first - middle;
        var low = V.Zero;
        if (!single)
        {
            var back = r - first;
            low = (first - (r - back)) - (middle + back) - Vector.FusedMultiplyAdd(n, new V(HalfPiMiddle), -middle) - n * HalfPiLow;
        }
        if (!Vector.LessThanAll(Vector.Abs(x), new V(Limit))) Far(x, ref r, ref low, ref quadrant);
        var z = r * r;
        var half = 0.5 * z;
        var sin = r + Vector.FusedMultiplyAdd(r * z, Polynomial(z, single ? SinPSingle : SinP), low * (V.One - half));
        var w = V.One - half;
        var cos = w + (((V.One - w) - half) + Vector.FusedMultiplyAdd(z * z, Polynomial(z, single ? CosPSingle : CosP), -(r * low)));
        quadrant += new Vector<long>(quarters);
        var y = Choose(Vector.Equals(quadrant & Vector<long>.One, Vector<long>.Zero), sin, cos);
        return Vector.AsVectorDouble(Vector.AsVectorInt64(y) ^ Vector.ShiftLeft(quadrant & new Vector<long>(2), 62));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Far(V x, ref V r, ref V low, ref Vector<long> quadrant)
    {
        for (var i = 0; i < V.Count; i++)
        {
            if (Math.Abs(x[i]) < Limit) continue;
            var (lane, rest, quarter) = double.IsFinite(x[i]) ? Far(x[i]) : (double.NaN, 0, 0);
            (r, low, quadrant) = (r.WithElement(i, lane), low.WithElement(i, rest), quadrant.WithElement(i, quarter));
        }
    }

    // |x| = m·2ᵉ; m·(2/π) in whole numbers with 1280 − e binary places (Payne and Hanek, 1983).
    private static (double R, double Low, long Quadrant) Far(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var e = (int)((bits >> 52) & 2047) - 1075;
        var (product, places) = (((bits & ((1L << 52) - 1)) | (1L << 52)) * TwoOverPi, 1280 - e);
        var quarters = (product + (BigInteger.One << (places - 1))) >> places;
        var fraction = (product - (quarters << places)) >> (places - 200);
        var high = (double)fraction;
        var (part, rest) = (Math.ScaleB(high, -200), Math.ScaleB((double)(fraction - new BigInteger(high)), -200));
        var r = part * HalfPi;
        var low = Math.FusedMultiplyAdd(part, HalfPi, -r) + part * HalfPiMiddle + rest * HalfPi;
        var quadrant = (long)(quarters & 3);
        return x < 0 ? (-r, -low, -quadrant) : (r, low, quadrant);
    }

    public readonly struct Sin : IVectorFunction<Sin>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V At<T>(V x) => Choose(Vector.Equals(x, V.Zero), x, Wave<T>(x, 0));
    }

    public readonly struct Cos : IVectorFunction<Cos>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V At<T>(V x) => Wave<T>(x, 1);
    }
}
