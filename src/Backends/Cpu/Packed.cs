using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Functional.Autograd.Plans;

namespace Functional.Autograd.Cpu;

/// <summary>
/// Matrix products after Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", 2008): operands are packed
/// into panels, whatever their strides, and a micro-kernel keeps 8 rows × 2 vectors of the result in registers.
/// </summary>
internal static unsafe class Packed
{
    private const int Rows = 8, Depth = 384, RowBlock = 96;
    private const long ThreadWork = 1 << 19;

    public static void Run<T>(nint left, nint right, nint result, Kernel.Product p) where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated) Run<Lanes512<T>, T>(left, right, result, p);
        else Run<Lanes256<T>, T>(left, right, result, p);
    }

    private static void Run<TV, T>(nint left, nint right, nint result, Kernel.Product p) where TV : unmanaged, ILanes<TV, T> where T : unmanaged, INumber<T>
    {
        T* a = (T*)left + p.A.Offset, b = (T*)right + p.B.Offset, c = (T*)result;
        if (p.M == 0 || p.N == 0) return;
        for (var batch = 0L; batch < p.Batch; batch++) One<TV, T>(a + batch * p.A.Strides[0], b + batch * p.B.Strides[0], c + batch * p.M * p.N, p);
    }

    private static void One<TV, T>(T* a, T* b, T* c, Kernel.Product p) where TV : unmanaged, ILanes<TV, T> where T : unmanaged, INumber<T>
    {
        var width = 2 * sizeof(TV) / sizeof(T);
        var (m, n, k) = (p.M, p.N, p.K);
        if (k == 0)
        {
            System.Runtime.InteropServices.NativeMemory.Clear(c, (nuint)(m * n * sizeof(T)));
            return;
        }
        var panels = (n + width - 1) / width;
        var depth = Math.Min(k, (k + (k + Depth - 1) / Depth - 1) / ((k + Depth - 1) / Depth));
        using var block = new Block(panels * width * depth * sizeof(T));
        var packedB = (T*)block.Pointer;
        // Few rows make narrow blocks, so that every thread has some.
        var blocks = (int)((m + RowBlock - 1) / RowBlock);
        var strips = (int)(m * n * k < ThreadWork ? 1 : Math.Clamp(4 / blocks, 1, panels));
        for (var k0 = 0L; k0 < k; k0 += depth)
        {
            T* left = a + k0 * p.A.Strides[2], right = b + k0 * p.B.Strides[1];
            var d = Math.Min(depth, k - k0);
            if (m * n * d >= ThreadWork)
            {
                Spread<TV, T>(left, right, c, packedB, p, d, blocks, strips, k0 == 0);
                continue;
            }
            PackB(right, packedB, d, n, p.B.Strides[1], p.B.Strides[2], width, 0, panels);
            for (var t = 0; t < blocks; t++) Strip<TV, T>(left, packedB, c, FirstRow(t), Math.Min(m, FirstRow(t + 1)), d, n, p.A.Strides[1], p.A.Strides[2], 0, panels, k0 == 0);
        }
    }

    // Apart from the above, since delegates take memory even where they are not called.
    private static void Spread<TV, T>(T* a, T* b, T* c, T* packedB, Kernel.Product p, long depth, int blocks, int strips, bool fresh) where TV : unmanaged, ILanes<TV, T> where T : unmanaged, INumber<T>
    {
        var width = 2 * sizeof(TV) / sizeof(T);
        var panels = (p.N + width - 1) / width;
        Workers.Run(strips, s => PackB(b, packedB, depth, p.N, p.B.Strides[1], p.B.Strides[2], width, panels * s / strips, panels * (s + 1) / strips));
        Workers.Run(blocks * strips, t => Strip<TV, T>(a, packedB, c, FirstRow(t / strips), Math.Min(p.M, FirstRow(t / strips + 1)), depth, p.N, p.A.Strides[1], p.A.Strides[2],
            panels * (t % strips) / strips, panels * (t % strips + 1) / strips, fresh));
    }

    // Rows may be more than 31 bits count.
    internal static long FirstRow(int block) => (long)block * RowBlock;

    private static void PackB<T>(T* b, T* packed, long depth, long n, long rowStride, long columnStride, int width, long first, long last) where T : unmanaged
    {
        for (var panel = first; panel < last; panel++)
        {
            var to = packed + panel * width * depth;
            var columns = Math.Min(width, n - panel * width);
            var from = b + panel * width * columnStride;
            if (columnStride == 1)
            {
                for (var k = 0L; k < depth; k++, to += width)
                {
                    new ReadOnlySpan<T>(from + k * rowStride, (int)columns).CopyTo(new Span<T>(to, width));
                    new Span<T>(to + columns, width - (int)columns).Clear();
                }
                continue;
            }
            for (var j = 0; j < width; j++) Spread(from + j * columnStride, to + j, j < columns ? depth : 0, depth, rowStride, width);
        }
    }

    // Copies a strided run to another stride, four elements at a time, and fills up with zeros.
    private static void Spread<T>(T* from, T* to, long count, long room, long fromStride, long toStride) where T : unmanaged
    {
        var k = 0L;
        for (; k + 4 <= count; k += 4, from += 4 * fromStride, to += 4 * toStride)
        {
            to[0] = from[0];
            to[toStride] = from[fromStride];
            to[2 * toStride] = from[2 * fromStride];
            to[3 * toStride] = from[3 * fromStride];
        }
        for (; k < count; k++, from += fromStride, to += toStride) *to = *from;
        for (; k < room; k++, to += toStride) *to = default;
    }

    private static void Strip<TV, T>(T* a, T* b, T* c, long i0, long i1, long depth, long n, long rowStride, long innerStride, long first, long last, bool fresh)
        where TV : unmanaged, ILanes<TV, T> where T : unmanaged, INumber<T>
    {
        var width = 2 * sizeof(TV) / sizeof(T);
        using var scratch = new Scratch(RowBlock * depth * sizeof(T));
        var packed = (T*)scratch.Pointer;
        for (var i = i0; i < i1; i += Rows)
        {
            var to = packed + (i - i0) * depth;
            var rows = Math.Min(Rows, i1 - i);
            for (var r = 0; r < Rows; r++) Spread(a + (i + r) * rowStride, to + r, r < rows ? depth : 0, depth, innerStride, Rows);
        }
        var edge = stackalloc T[Rows * width];
        for (var panel = first; panel < last; panel++)
        {
            var columns = Math.Min(width, n - panel * width);
            for (var i = i0; i < i1; i += Rows)
            {
                var rows = Math.Min(Rows, i1 - i);
                var to = c + i * n + panel * width;
                if (rows == Rows && columns == width)
                {
                    Micro<TV, T>(packed + (i - i0) * depth, b + panel * width * depth, to, depth, n, fresh);
                    continue;
                }
                Micro<TV, T>(packed + (i - i0) * depth, b + panel * width * depth, edge, depth, width, true);
                for (var r = 0; r < rows; r++)
                    for (var j = 0; j < columns; j++) to[r * n + j] = fresh ? edge[r * width + j] : to[r * n + j] + edge[r * width + j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Micro<TV, T>(T* a, T* b, T* c, long depth, long stride, bool fresh) where TV : unmanaged, ILanes<TV, T> where T : unmanaged
    {
        var lanes = sizeof(TV) / sizeof(T);
        TV s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        TV s40 = default, s41 = default, s50 = default, s51 = default, s60 = default, s61 = default, s70 = default, s71 = default;
        for (var k = 0L; k < depth; k++, a += Rows, b += 2 * lanes)
        {
            var x = TV.Load(b);
            var y = TV.Load(b + lanes);
            var v = TV.Repeat(a[0]);
            s00 = TV.MultiplyAdd(v, x, s00);
            s01 = TV.MultiplyAdd(v, y, s01);
            v = TV.Repeat(a[1]);
            s10 = TV.MultiplyAdd(v, x, s10);
            s11 = TV.MultiplyAdd(v, y, s11);
            v = TV.Repeat(a[2]);
            s20 = TV.MultiplyAdd(v, x, s20);
            s21 = TV.MultiplyAdd(v, y, s21);
            v = TV.Repeat(a[3]);
            s30 = TV.MultiplyAdd(v, x, s30);
            s31 = TV.MultiplyAdd(v, y, s31);
            v = TV.Repeat(a[4]);
            s40 = TV.MultiplyAdd(v, x, s40);
            s41 = TV.MultiplyAdd(v, y, s41);
            v = TV.Repeat(a[5]);
            s50 = TV.MultiplyAdd(v, x, s50);
            s51 = TV.MultiplyAdd(v, y, s51);
            v = TV.Repeat(a[6]);
            s60 = TV.MultiplyAdd(v, x, s60);
            s61 = TV.MultiplyAdd(v, y, s61);
            v = TV.Repeat(a[7]);
            s70 = TV.MultiplyAdd(v, x, s70);
            s71 = TV.MultiplyAdd(v, y, s71);
        }
        Put(c, s00, s01, fresh);
        Put(c + stride, s10, s11, fresh);
        Put(c + 2 * stride, s20, s21, fresh);
        Put(c + 3 * stride, s30, s31, fresh);
        Put(c + 4 * stride, s40, s41, fresh);
        Put(c + 5 * stride, s50, s51, fresh);
        Put(c + 6 * stride, s60, s61, fresh);
        Put(c + 7 * stride, s70, s71, fresh);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Put(T* to, TV left, TV right, bool fresh)
        {
            var lanes = sizeof(TV) / sizeof(T);
            if (!fresh)
            {
                left = TV.Sum(left, TV.Load(to));
                right = TV.Sum(right, TV.Load(to + lanes));
            }
            left.Store(to);
            right.Store(to + lanes);
        }
    }
}
