using System.Numerics;
using System.Numerics.Tensors;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>Receives tiles of [outer, middle, inner] and combines over the middle.</summary>
internal abstract unsafe class Reducer
{
    /// <summary>Takes elements p … p + n − 1.</summary>
    public abstract void Take(nint tile, long p, int n);

    /// <summary>Writes the result.</summary>
    protected abstract void Finish();

    protected abstract void Add(Reducer other);

    /// <summary>One reducer, or one per chunk where a single row spans chunks.</summary>
    public static Reducer[] Make(Sink sink, nint output, int chunks) => sink.DType switch
    {
        DType.Float32 => Make<float>(sink, output, chunks),
        DType.Float64 => Make<double>(sink, output, chunks),
        DType.Int64 => Make<long>(sink, output, chunks),
        DType.Int32 => Make<int>(sink, output, chunks),
        DType.Int16 => Make<short>(sink, output, chunks),
        DType.Int8 => Make<sbyte>(sink, output, chunks),
        DType.UInt8 or DType.Bool => Make<byte>(sink, output, chunks),
        _ => throw sink.DType.Unknown,
    };

    private static Reducer[] Make<T>(Sink sink, nint output, int chunks) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (sink.Outer != 1) return [new Of<T>(sink, (T*)output)];
        var parts = new Reducer[chunks];
        for (var c = 0; c < chunks; c++) parts[c] = new Of<T>(sink, c == 0 ? (T*)output : null);
        return parts;
    }

    /// <summary>Joins the parts in the order of their chunks.</summary>
    public static void Join(Reducer[] parts)
    {
        for (var c = 1; c < parts.Length; c++) parts[0].Add(parts[c]);
        parts[0].Finish();
    }

    private sealed class Of<T> : Reducer where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        private readonly Sink sink;
        private readonly Combine how;
        private readonly T* room;
        private readonly T[]? part;
        private readonly double[]? sums;

        public Of(Sink sink, T* output)
        {
            (this.sink, how) = (sink, sink.How!.Value);
            room = output;
            var count = sink.Outer * sink.Inner;
            // Sums of whole float rows are collected in double precision.
            if (how == Combine.Sum && sink.Inner == 1 && typeof(T) == typeof(float)) sums = new double[count];
            if (output is null)
            {
                // Chunks after the first have room of their own, pinned so that it can be addressed.
                part = GC.AllocateUninitializedArray<T>((int)count, pinned: true);
                room = (T*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(part, 0);
            }
            new Span<T>(room, (int)count).Fill(Identity);
        }

        private T Identity => how switch
        {
            Combine.Sum => T.Zero,
            Combine.Prod => T.One,
            Combine.Max => typeof(T) == typeof(float) || typeof(T) == typeof(double) ? T.CreateSaturating(double.NegativeInfinity) : T.MinValue,
            _ => typeof(T) == typeof(float) || typeof(T) == typeof(double) ? T.CreateSaturating(double.PositiveInfinity) : T.MaxValue,
        };

        public override void Take(nint tile, long p, int n)
        {
            var data = new ReadOnlySpan<T>((void*)tile, n);
            while (n > 0)
            {
                int run;
                if (sink.Inner == 1)
                {
                    var row = p / sink.Middle;
                    run = (int)Math.Min(n, sink.Middle - p % sink.Middle);
                    if (sums is not null) sums[row] += double.CreateTruncating(TensorPrimitives.Sum(data[..run]));
                    else room[row] = Join(room[row], All(data[..run]));
                }
                else
                {
                    var inner = p % sink.Inner;
                    run = (int)Math.Min(n, sink.Inner - inner);
                    var place = new Span<T>(room + p / (sink.Middle * sink.Inner) * sink.Inner + inner, run);
                    Each(place, data[..run]);
                }
                data = data[run..];
                p += run;
                n -= run;
            }
        }

        private T All(ReadOnlySpan<T> data) => how switch
        {
            Combine.Sum => TensorPrimitives.Sum(data),
            Combine.Prod => TensorPrimitives.Product(data),
            Combine.Max => TensorPrimitives.Max(data),
            _ => TensorPrimitives.Min(data),
        };

        private T Join(T a, T b) => how switch
        {
            Combine.Sum => a + b,
            Combine.Prod => a * b,
            Combine.Max => T.Max(a, b),
            _ => T.Min(a, b),
        };

        private void Each(Span<T> place, ReadOnlySpan<T> data)
        {
            switch (how)
            {
                case Combine.Sum: TensorPrimitives.Add(place, data, place); break;
                case Combine.Prod: TensorPrimitives.Multiply(place, data, place); break;
                case Combine.Max: TensorPrimitives.Max(place, data, place); break;
                default: TensorPrimitives.Min(place, data, place); break;
            }
        }

        protected override void Add(Reducer other)
        {
            var that = (Of<T>)other;
            if (sums is not null) TensorPrimitives.Add(sums, that.sums, sums);
            else Each(new Span<T>(room, that.part!.Length), that.part);
        }

        protected override void Finish()
        {
            if (sums is not null)
                for (var i = 0; i < sums.Length; i++) room[i] = T.CreateTruncating(sums[i]);
        }
    }
}
