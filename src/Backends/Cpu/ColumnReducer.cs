using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>
/// Columns: elements are combined in lanes, several rows of the middle side by side where they are short, and the lanes at the end
/// in a fixed order. A lane adds up at most <see cref="Rounds"/> floating-point numbers before its sum moves on to double precision.
/// </summary>
internal sealed unsafe class ColumnReducer<T> : Reducer where T : unmanaged, INumber<T>
{
    private const int Rounds = 64, Widest = 256;

    private readonly Combine how;
    private readonly long inner, length, width;
    private readonly bool whole, sums;
    private T* output;

    // The lanes lie in memory of their own, or in the output where each of its elements is one lane.
    private T[]? own;
    private double[]? totals;
    private long row;
    private int round;

    public ColumnReducer(Sink sink, bool whole)
    {
        (how, inner, length) = (sink.How!.Value, sink.Inner, sink.Middle * sink.Inner);
        this.whole = whole;
        sums = how == Combine.Sum && (typeof(T) == typeof(float) || typeof(T) == typeof(double));
        width = inner > Widest / 2 ? inner : inner << BitOperations.Log2((ulong)Math.Min(sink.Middle, Widest / inner));
    }

    public override void Begin(nint output, long start)
    {
        this.output = (T*)output;
        if (width > inner || (!whole && start > 0)) own ??= new T[width];
        Begin(start / length);
    }

    private Span<T> Lanes(long first, long count) => own is null ? new(output + row * inner + first, (int)count) : own.AsSpan((int)first, (int)count);

    private void Begin(long at)
    {
        (row, round) = (at, 0);
        for (var i = 0L; i < width; i += int.MaxValue) Lanes(i, Math.Min(int.MaxValue, width - i)).Fill(Identity<T>(how));
        totals?.AsSpan().Clear();
    }

    public override void Take(nint tile, long p, int n)
    {
        var data = (T*)tile;
        while (n > 0)
        {
            var (at, q) = Math.DivRem(p, length);
            if (at != row) Begin(at);
            var run = (int)Math.Min(n, length - q);
            Collect(data, q % width, run);
            if (whole && q + run == length) Finish();
            data += run;
            p += run;
            n -= run;
        }
    }

    private void Collect(T* data, long lane, long n)
    {
        while (n > 0)
        {
            var run = (int)Math.Min(n, width - lane);
            Each(Lanes(lane, run), new ReadOnlySpan<T>(data, run));
            data += run;
            n -= run;
            lane += run;
            if (lane < width) continue;
            lane = 0;
            if (sums && ++round == Rounds) Move();
        }
    }

    private void Each(Span<T> lanes, ReadOnlySpan<T> data)
    {
        switch (how)
        {
            case Combine.Sum: TensorPrimitives.Add(lanes, data, lanes); break;
            case Combine.Prod: TensorPrimitives.Multiply(lanes, data, lanes); break;
            case Combine.Max: TensorPrimitives.Max(lanes, data, lanes); break;
            default: TensorPrimitives.Min(lanes, data, lanes); break;
        }
    }

    // The lanes' sums are added to totals in double precision, and the lanes begin anew.
    [SkipLocalsInit]
    private void Move()
    {
        totals ??= new double[width];
        Span<double> wide = stackalloc double[Widest];
        for (var i = 0; i < totals.Length; i += Widest)
        {
            var some = Math.Min(Widest, totals.Length - i);
            var lanes = Lanes(i, some);
            TensorPrimitives.ConvertTruncating<T, double>(lanes, wide[..some]);
            TensorPrimitives.Add(totals.AsSpan(i, some), wide[..some], totals.AsSpan(i, some));
            lanes.Clear();
        }
        round = 0;
    }

    protected override void Add(Reducer next)
    {
        var that = (ColumnReducer<T>)next;
        if (!sums)
        {
            Each(Lanes(0, width), that.Lanes(0, width));
            return;
        }
        Move();
        that.Move();
        TensorPrimitives.Add(totals, that.totals, totals);
    }

    protected override void Finish()
    {
        if (totals is not null) Move();
        if (totals is null && own is null) return;
        if (sums) FinishSums();
        else FinishLanes();
    }

    [SkipLocalsInit]
    private void FinishSums()
    {
        Span<double> wide = stackalloc double[Widest];
        var sum = totals is null ? wide[..(int)width] : totals;
        if (totals is null) TensorPrimitives.ConvertTruncating<T, double>(own, sum);
        for (var half = sum.Length / 2; half >= inner; half /= 2) TensorPrimitives.Add(sum[..half], sum.Slice(half, half), sum[..half]);
        for (var i = 0; i < (int)inner; i++) output[row * inner + i] = T.CreateTruncating(sum[i]);
    }

    private void FinishLanes()
    {
        var lanes = own.AsSpan();
        for (var half = lanes.Length / 2; half >= inner; half /= 2) Each(lanes[..half], lanes.Slice(half, half));
        lanes[..(int)inner].CopyTo(new Span<T>(output + row * inner, (int)inner));
    }
}
