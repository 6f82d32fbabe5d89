using System.Numerics;

namespace Functional.Autograd.Testing;

/// <summary>Large angles, taken modulo π/2 in integers: float64 reaches 2¹⁰²⁴, and all of π's bits up to there matter.</summary>
internal static class PiBits
{
    private const int Bits = 1400;

    // π·2^Bits by Machin's formula, 16 atan(1/5) − 4 atan(1/239).
    private static readonly BigInteger pi = 16 * Inverse(5) - 4 * Inverse(239);

    private static BigInteger Inverse(int n)
    {
        var (power, sum) = ((BigInteger.One << (Bits + 64)) / n, BigInteger.Zero);
        for (var k = 1; !power.IsZero; k += 2, power /= -n * n) sum += power / k;
        return sum >> 64;
    }

    /// <summary>x = n·π/2 + rest, with the rest within π/4 of zero; n modulo 4.</summary>
    public static (Real Angle, double Quarters) ByQuarters(double high, double low)
    {
        var half = pi >> 1;
        var x = Fixed(high) + Fixed(low);
        var n = (2 * x + half) / (2 * half);
        if (2 * x + half < 0) n -= 1;
        var rest = x - n * half;
        var first = (double)(rest >> (Bits - 1000)) * Math.ScaleB(1, -1000);
        var second = (double)((rest - Fixed(first)) >> (Bits - 1000)) * Math.ScaleB(1, -1000);
        return (new(first, second, 0), (double)(((n % 4) + 4) % 4));
    }

    private static BigInteger Fixed(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger fraction = (bits & 0xFFFFFFFFFFFFF) | (exponent > 0 ? 1L << 52 : 0);
        var shift = Math.Max(exponent, 1) - 1075 + Bits;
        fraction = shift >= 0 ? fraction << shift : fraction >> -shift;
        return x < 0 ? -fraction : fraction;
    }
}
