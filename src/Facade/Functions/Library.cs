namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// Elementary functions with the roundings of those that PyTorch draws normal and exponential numbers with, so that a draw is
    /// PyTorch's to the last bit: step by step, with the fused multiply-adds of a processor that has AVX2.
    /// </summary>
    private static class Library
    {
        /// <summary>log(1 + x) for −1 &lt; x ≤ 0 where 1 + x is exact, as fdlibm has it (Sun Microsystems, 1993).</summary>
        public static double Log1p(double x)
        {
            const double ln2High = 6.93147180369123816490e-01, ln2Low = 1.90821492927058770002e-10;
            var (f, k, near) = (x, 0, false);
            if (x <= -0.29289340972900390625)
            {
                // 1 + x = 2ᵏ·(1 + f) with √½ < 1 + f < √2.
                var bits = BitConverter.DoubleToUInt64Bits(1 + x);
                var high = (uint)(bits >> 32) & 0xFFFFF;
                var above = high >= 0x6A09E;
                k = (int)(bits >> 52) - (above ? 1022 : 1023);
                f = BitConverter.UInt64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (above ? 0x3FE0000000000000UL : 0x3FF0000000000000UL)) - 1;
                near = high is 0 or >= 0xFFFFD;
            }
            else if (x > -1.862645149230957e-09) return x - x * x * 0.5;
            if (f == 0) return Math.FusedMultiplyAdd(k, ln2High, k * ln2Low);
            var square = 0.5 * f * f;
            if (near) return Math.FusedMultiplyAdd(k, ln2High, -(square * Math.FusedMultiplyAdd(-2.0 / 3, f, 1) - k * ln2Low - f));
            var s = f / (2 + f);
            var z = s * s;
            var (z2, z4) = (z * z, z * z * (z * z));
            var r1 = Math.FusedMultiplyAdd(z, 6.666666666666735130e-01, z2 * Math.FusedMultiplyAdd(z, 2.857142874366239149e-01, 3.999999999940941908e-01));
            var r2 = Math.FusedMultiplyAdd(z4, Math.FusedMultiplyAdd(z, 1.818357216161805012e-01, 2.222219843214978396e-01), r1);
            var r = Math.FusedMultiplyAdd(z4 * z2, Math.FusedMultiplyAdd(z, 1.479819860511658591e-01, 1.531383769920937332e-01), r2);
            var tail = (r + square) * s;
            return k == 0 ? f - (square - tail) : Math.FusedMultiplyAdd(k, ln2High, -(square - (k * ln2Low + tail) - f));
        }

        /// <summary>log x for 0 &lt; x ≤ 1, as Cephes has it (Moshier, 1992).</summary>
        public static float Log(float x)
        {
            var bits = BitConverter.SingleToUInt32Bits(x);
            var e = (int)(bits >> 23) - 126f;
            x = BitConverter.UInt32BitsToSingle((bits & 0x007FFFFF) | 0x3F000000);
            if (x < 0.707106781186547524f)
            {
                e -= 1;
                x = x - 1 + x;
            }
            else x -= 1;
            var z = x * x;
            var y = Polynomial(x, [7.0376836292E-2f, -1.1514610310E-1f, 1.1676998740E-1f, -1.2420140846E-1f, 1.4249322787E-1f, -1.6668057665E-1f, 2.0000714765E-1f, -2.4999993993E-1f, 3.3333331174E-1f]);
            y = MathF.FusedMultiplyAdd(y * x, z, e * -2.12194440e-4f);
            y -= z * 0.5f;
            return MathF.FusedMultiplyAdd(e, 0.693359375f, x + y);
        }

        /// <summary>sin x and cos x for 0 ≤ x ≤ 2π, as Cephes has them (Moshier, 1992).</summary>
        public static (float Sin, float Cos) SinCos(float x)
        {
            var octant = ((int)(x * 1.27323954473516f) + 1) & ~1;
            float y = octant;
            x = MathF.FusedMultiplyAdd(y, -0.78515625f, x);
            x = MathF.FusedMultiplyAdd(y, -2.4187564849853515625e-4f, x);
            x = MathF.FusedMultiplyAdd(y, -3.77489497744594108e-8f, x);
            var z = x * x;
            var even = MathF.FusedMultiplyAdd(Polynomial(z, [2.443315711809948E-005f, -1.388731625493765E-003f, 4.166664568298827E-002f]) * z, z, z * -0.5f) + 1;
            var odd = MathF.FusedMultiplyAdd(Polynomial(z, [-1.9515295891E-4f, 8.3321608736E-3f, -1.6666654611E-1f]) * z, x, x);
            var (sin, cos) = (octant & 2) == 0 ? (odd, even) : (even, odd);
            return ((octant & 4) == 0 ? sin : -sin, ((octant - 2) & 4) != 0 ? cos : -cos);
        }

        private static float Polynomial(float x, ReadOnlySpan<float> coefficients)
        {
            var y = coefficients[0];
            foreach (var c in coefficients[1..]) y = MathF.FusedMultiplyAdd(y, x, c);
            return y;
        }
    }
}
