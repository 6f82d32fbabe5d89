using System.Numerics;

namespace Functional.Autograd.Cpu;

/// <summary>Computations along one axis, line by line.</summary>
internal static unsafe class Lines
{
    public static (long Outer, long Length, long Inner) Parts(Dims shape, int axis)
    {
        var (outer, inner) = (1L, 1L);
        for (var k = 0; k < axis; k++) outer *= shape[k];
        for (var k = axis + 1; k < shape.Count; k++) inner *= shape[k];
        return (outer, shape[axis], inner);
    }

    public static void Count<T>(T* y, long length) where T : unmanaged, INumber<T>
    {
        for (var i = 0L; i < length; i++) y[i] = T.CreateTruncating(i);
    }

    public static void ArgMax<T>(T* x, long* y, Dims shape, int axis) where T : unmanaged, INumber<T>
    {
        var (outer, length, inner) = Parts(shape, axis);
        for (var o = 0L; o < outer; o++)
            for (var i = 0L; i < inner; i++)
            {
                var line = x + o * length * inner + i;
                var best = 0L;
                for (var k = 1L; k < length && !T.IsNaN(line[best * inner]); k++)
                    if (line[k * inner] > line[best * inner] || T.IsNaN(line[k * inner])) best = k;
                y[o * inner + i] = best;
            }
    }

    public static void CumSum<T, TSum>(T* x, T* y, Dims shape, int axis, bool reverse) where T : unmanaged, INumber<T> where TSum : INumber<TSum>
    {
        var (outer, length, inner) = Parts(shape, axis);
        for (var o = 0L; o < outer; o++)
            for (var i = 0L; i < inner; i++)
            {
                var start = o * length * inner + i;
                var sum = TSum.Zero;
                for (var k = 0L; k < length; k++)
                {
                    var at = start + (reverse ? length - 1 - k : k) * inner;
                    sum += TSum.CreateTruncating(x[at]);
                    y[at] = T.CreateTruncating(sum);
                }
            }
    }

    public static void ArgSort<T>(T* x, long* y, Dims shape, int axis, bool descending) where T : unmanaged, INumber<T>
    {
        var (outer, length, inner) = Parts(shape, axis);
        var (line, places) = (new T[length], new long[length]);
        for (var o = 0L; o < outer; o++)
            for (var i = 0L; i < inner; i++)
            {
                var start = o * length * inner + i;
                for (var k = 0L; k < length; k++) (line[k], places[k]) = (x[start + k * inner], k);
                Array.Sort(places, (a, b) => Order(line[a], line[b], descending) is var order && order != 0 ? order : a.CompareTo(b));
                for (var k = 0L; k < length; k++) y[start + k * inner] = places[k];
            }
    }

    // NaN is the largest; equal values keep their order.
    private static int Order<T>(T a, T b, bool descending) where T : INumber<T>
    {
        var order = T.IsNaN(a) ? (T.IsNaN(b) ? 0 : 1) : T.IsNaN(b) ? -1 : a.CompareTo(b);
        return descending ? -order : order;
    }
}
