using System.Numerics;
using System.Runtime.CompilerServices;
using static Functional.Autograd.Cpu.VectorFunction;
using V = System.Numerics.Vector<double>;

namespace Functional.Autograd.Cpu;

/// <summary>The error function, its complement and its inverse.</summary>
internal static class ErrorFunctions
{
    // erf(x) / x − 1 in x² for |x| ≤ 7/8. The polynomials are made by tests/Accuracy/fit.py.
    private static ReadOnlySpan<double> Near =>
    [
        0.1283791670955126, -0.37612638903183754, 0.11283791670955111, -0.026866170645127092, 0.0052239776253799495, -0.0008548327017905889,
        0.00012055332664402735, -1.4925638169259221e-05, 1.646179331465805e-06, -1.636001974888772e-07, 1.4735405934568758e-08, -1.1712641683192752e-09,
        6.627786135071423e-11,
    ];

    private static ReadOnlySpan<double> NearSingle =>
        [0.12837916688558051, -0.3761263621367055, 0.11283735210155595, -0.026861705831181606, 0.0052070489106000265, -0.0008214570887454587, 8.690368907390262e-05];

    // (1 + 2a)·exp(a²)·erfc(a) in q = (a − 4)/(a + 4) for 0 ≤ a ≤ 28 (Shepherd and Laframboise, 1981).
    private static ReadOnlySpan<double> Far =>
    [
        1.2329951186255526, -0.13962111684056253, 0.015379652102620111, 0.06809705425469303, -0.10103906603632955, 0.09373283499833329,
        -0.06633036581154421, 0.03716751553787908, -0.016197734067039865, 0.005031969972225688, -0.0007577732147971718, -0.00019925664291065565,
        0.00015062131217624512, -2.4399505458525544e-05, -1.1220902504340601e-05, 5.710769473216913e-06, 2.916445562939141e-07, -8.277591913537945e-07,
        7.703495881102781e-08, 1.1328048304274549e-07, -1.9106294487779176e-08, -1.660879467182853e-08, 1.6868082625932292e-09, 2.1031095817570338e-09,
        2.9111659955327447e-10,
    ];

    private static ReadOnlySpan<double> FarSingle =>
    [
        1.232995118747969, -0.13962111261195245, 0.01537963581856404, 0.0680968695716622, -0.10103874194837535, 0.0937352027578673, -0.06633251409859502,
        0.03715410807417668, -0.016192436328648217, 0.005070170675254959, -0.000759447251942952, -0.0002541968821504804, 0.00013976811605691592, 1.0341169545861176e-05,
    ];

    // erfc for a from 0 to 28.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Complement<T>(V a)
    {
        var square = a * a;
        var e = Exponentials.Exp.At<T>(-square);
        // exp(−a²) again, with the rounding error of the square.
        if (typeof(T) == typeof(double)) e = Vector.FusedMultiplyAdd(-e, Vector.FusedMultiplyAdd(a, a, -square), e);
        return e * Polynomial((a - new V(4)) / (a + new V(4)), typeof(T) == typeof(float) ? FarSingle : Far) / (V.One + 2 * a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Central<T>(V x) => Vector.FusedMultiplyAdd(x, Polynomial(x * x, typeof(T) == typeof(float) ? NearSingle : Near), x);

    public readonly struct Erf : IVectorFunction<Erf>
    {
        public static V At<T>(V x)
        {
            var a = Vector.Abs(x);
            var near = Vector.LessThanOrEqual(a, new V(0.875));
            if (Vector.EqualsAll(near, Vector<long>.AllBitsSet)) return Central<T>(x);
            return Choose(near, Central<T>(x), CopySign(V.One - Complement<T>(Choose(Vector.GreaterThan(a, new V(6)), new V(6), a)), x));
        }
    }

    public readonly struct Erfc : IVectorFunction<Erfc>
    {
        public static V At<T>(V x)
        {
            var a = Vector.Abs(x);
            var y = Complement<T>(Choose(Vector.GreaterThan(a, new V(28)), new V(28), a));
            y = Choose(Vector.LessThan(x, V.Zero), new V(2) - y, y);
            return Choose(Vector.LessThan(a, new V(0.25)), V.One - Central<T>(x), y);
        }
    }

    // Winitzki's approximation, then Halley's method on whichever of erf and erfc is small.
    public static double Inverse(double x)
    {
        var p = Math.Abs(x);
        if (!(p < 1)) return p == 1 ? x * double.PositiveInfinity : double.NaN;
        if (x == 0) return x;
        var l = Math.Log((1 - p) * (1 + p));
        var t = 2 / (Math.PI * 0.147) + l / 2;
        var y = Math.Sqrt(-l / 0.147 / (Math.Sqrt(t * t - l / 0.147) + t));
        for (var i = 0; i < 3; i++)
        {
            var error = p < 0.5 ? Erf.At<double>(new V(y))[0] - p : 1 - p - Erfc.At<double>(new V(y))[0];
            var step = error * (Math.Sqrt(Math.PI) / 2) * Math.Exp(y * y);
            y -= step / (1 + y * step);
        }
        return Math.CopySign(y, x);
    }
}
