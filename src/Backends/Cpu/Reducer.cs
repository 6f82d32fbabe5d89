using System.Numerics;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>
/// Receives tiles of [outer, middle, inner] and combines over the middle. What an element is combined with depends on its place in its
/// row alone, not on tiles, threads or other rows; only a single row is cut into chunks, whose size hangs on what it is fused with. Few numbers meet in single precision before their sum moves on to double
/// precision, so a sum's error does not grow with its length.
/// </summary>
internal abstract class Reducer
{
    /// <summary>Starts anew: where results go, and the chunk's first element.</summary>
    public abstract void Begin(nint output, long start);

    /// <summary>Takes elements p … p + n − 1.</summary>
    public abstract void Take(nint tile, long p, int n);

    /// <summary>Adds what the next part of the same row has collected.</summary>
    protected abstract void Add(Reducer next);

    /// <summary>Writes the row's result.</summary>
    protected abstract void Finish();

    /// <summary>A reducer for one chunk.</summary>
    /// <param name="sink">What to combine, and how.</param>
    /// <param name="whole">Whether rows begin and end in the chunk; otherwise it collects a part of the only row.</param>
    public static Reducer Make(Sink sink, bool whole)
    {
        var making = new Making(sink, whole);
        return Dispatch.Visit<Making, Reducer>(sink.DType, ref making);
    }

    /// <summary>Joins the parts of a row in the order of their chunks.</summary>
    public static void Join(Reducer[] parts)
    {
        for (var c = 1; c < parts.Length; c++) parts[0].Add(parts[c]);
        parts[0].Finish();
    }

    /// <summary>What reductions of no elements give.</summary>
    public static unsafe void Empty(Sink sink, nint output)
    {
        var bits = sink.How == Combine.Prod ? sink.DType.IsFloat ? BitConverter.DoubleToInt64Bits(1) : 1 : 0;
        for (var i = 0L; i < sink.Outer * sink.Inner; i++) Bits.Write((byte*)output + i * sink.DType.Size, sink.DType, bits);
    }

    protected static T Identity<T>(Combine how) where T : INumber<T> => how switch
    {
        Combine.Sum => T.Zero,
        Combine.Prod => T.One,
        Combine.Max => T.CreateSaturating(double.NegativeInfinity),
        Combine.Min => T.CreateSaturating(double.PositiveInfinity),
        _ => throw new InvalidOperationException($"unknown combination {how}"),
    };

    private readonly struct Making(Sink sink, bool whole) : IElementVisitor<Reducer>
    {
        public Reducer Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
            sink.Inner == 1 ? new RowReducer<T>(sink, whole) : new ColumnReducer<T>(sink, whole);
    }
}
