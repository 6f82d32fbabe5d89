using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>
/// Rows whose elements are neighbours. Where the order matters a row is combined in blocks, counted from where it began; the sums of
/// blocks are added in double precision, with compensation (Neumaier, 1974).
/// </summary>
internal sealed unsafe class RowReducer<T>(Sink sink, bool whole) : Reducer where T : unmanaged, INumber<T>
{
    private const int BlockSize = 256;

    private readonly Combine how = sink.How!.Value;
    private readonly long length = sink.Middle;
    private readonly bool ordered = sink.How is Combine.Sum or Combine.Prod && (typeof(T) == typeof(float) || typeof(T) == typeof(double));

    // A block that tiles cut waits here for the rest of it.
    private T[]? waiting;
    private nint output;
    private int count;
    private T combined;
    private double total, lost;

    public override void Begin(nint output, long start) => (this.output, count, combined, total, lost) = (output, 0, Identity<T>(how), 0, 0);

    public override void Take(nint tile, long p, int n)
    {
        var data = (T*)tile;
        while (n > 0)
        {
            var (row, q) = Math.DivRem(p, length);
            var run = (int)Math.Min(n, length - q);
            var ends = whole && q + run == length;
            if (ordered) Blocks(data, run, ends);
            else combined = Pair(combined, All(new ReadOnlySpan<T>(data, run)));
            if (ends) Write(row);
            data += run;
            p += run;
            n -= run;
        }
    }

    private void Blocks(T* data, int n, bool ends)
    {
        while (n > 0)
        {
            var some = Math.Min(n, BlockSize - count);
            if (count == 0 && (some == BlockSize || ends))
            {
                Absorb(new ReadOnlySpan<T>(data, some));
            }
            else
            {
                new ReadOnlySpan<T>(data, some).CopyTo((waiting ??= new T[BlockSize]).AsSpan(count));
                count += some;
                if (count == BlockSize) AbsorbWaiting();
            }
            data += some;
            n -= some;
        }
    }

    private void AbsorbWaiting()
    {
        if (count > 0) Absorb(waiting.AsSpan(0, count));
        count = 0;
    }

    private void Absorb(ReadOnlySpan<T> block)
    {
        if (how == Combine.Prod) combined *= Fold<Times>(block);
        else Add(double.CreateTruncating(Fold<Plus>(block)));
    }

    private void Add(double x)
    {
        var sum = total + x;
        lost += Math.Abs(total) >= Math.Abs(x) ? total - sum + x : x - sum + total;
        total = sum;
    }

    private void Write(long row)
    {
        AbsorbWaiting();
        ((T*)output)[row] = how == Combine.Sum && ordered ? T.CreateTruncating(double.IsFinite(total) ? total + lost : total) : combined;
        Begin(output, 0);
    }

    protected override void Add(Reducer next)
    {
        var that = (RowReducer<T>)next;
        AbsorbWaiting();
        that.AbsorbWaiting();
        Add(that.total);
        lost += that.lost;
        combined = Pair(combined, that.combined);
    }

    protected override void Finish() => Write(0);

    private T Pair(T a, T b) => how switch
    {
        Combine.Sum => a + b,
        Combine.Prod => a * b,
        Combine.Max => T.Max(a, b),
        _ => T.Min(a, b),
    };

    private T All(ReadOnlySpan<T> data) => how switch
    {
        Combine.Sum => TensorPrimitives.Sum(data),
        Combine.Prod => TensorPrimitives.Product(data),
        Combine.Max => TensorPrimitives.Max(data),
        _ => TensorPrimitives.Min(data),
    };

    // Always in the same order, wherever the data lies: four vectors side by side, then one, then what is left.
    private static T Fold<TPairing>(ReadOnlySpan<T> data) where TPairing : IPairing
    {
        var width = Vector256<T>.Count;
        var (i, n) = (1, data.Length);
        var result = data[0];
        if (n >= width)
        {
            var a = At(data, 0);
            i = width;
            if (n >= 4 * width)
            {
                var (b, c, d) = (At(data, width), At(data, 2 * width), At(data, 3 * width));
                for (i = 4 * width; i + 4 * width <= n; i += 4 * width)
                {
                    a = TPairing.Of(a, At(data, i));
                    b = TPairing.Of(b, At(data, i + width));
                    c = TPairing.Of(c, At(data, i + 2 * width));
                    d = TPairing.Of(d, At(data, i + 3 * width));
                }
                a = TPairing.Of(TPairing.Of(a, b), TPairing.Of(c, d));
            }
            for (; i + width <= n; i += width) a = TPairing.Of(a, At(data, i));
            result = a[0];
            for (var k = 1; k < width; k++) result = TPairing.Of(result, a[k]);
        }
        for (; i < n; i++) result = TPairing.Of(result, data[i]);
        return result;
    }

    private static Vector256<T> At(ReadOnlySpan<T> data, int i) => Vector256.Create(data[i..]);

    private interface IPairing
    {
        static abstract T Of(T a, T b);

        static abstract Vector256<T> Of(Vector256<T> a, Vector256<T> b);
    }

    private readonly struct Plus : IPairing
    {
        public static T Of(T a, T b) => a + b;

        public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => a + b;
    }

    private readonly struct Times : IPairing
    {
        public static T Of(T a, T b) => a * b;

        public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => a * b;
    }
}
