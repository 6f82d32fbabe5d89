using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Functional.Autograd.Plans;

/// <summary>A planned function with memory of its own, for one thread at a time: a run makes no nodes, and leaves no garbage where its work is too small for several threads (sorting apart).</summary>
public sealed class Prepared : IDisposable
{
    private readonly Func<IReadyPlan> make;
    private IReadyPlan? ready;

    internal Prepared(ImmutableArray<TensorType> arguments, ImmutableArray<TensorType> results, Func<IReadyPlan> make) =>
        (Arguments, Results, this.make, ready) = (arguments, results, make, make());

    /// <summary>The arguments' types.</summary>
    public ImmutableArray<TensorType> Arguments { get; }

    /// <summary>The results' types.</summary>
    public ImmutableArray<TensorType> Results { get; }

    /// <summary>An argument's elements, in row-major order, to be written before a run; zero at first, then as they were written.</summary>
    /// <typeparam name="T">The element type's .NET counterpart.</typeparam>
    /// <param name="index">Which argument.</param>
    /// <exception cref="ShapeException">It is of another element type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public Span<T> Argument<T>(int index) where T : unmanaged => Elements<T>("argument", Arguments, index);

    /// <summary>A result's elements, in row-major order, as the last run left them; the next one writes over them.</summary>
    /// <param name="index">Which result.</param>
    /// <inheritdoc cref="Argument"/>
    public ReadOnlySpan<T> Result<T>(int index) where T : unmanaged => Elements<T>("result", Results, index);

    /// <summary>Computes the results of what the arguments hold.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public void Run() => (ready ?? throw new ObjectDisposedException(nameof(Prepared))).Run();

    /// <summary>Writes the first argument, leaving others as they are, computes, and reads the first result. The spans may overlap.</summary>
    /// <typeparam name="T">The .NET counterpart of both element types.</typeparam>
    /// <param name="argument">All elements of the argument, in row-major order.</param>
    /// <param name="result">Receives all elements of the result.</param>
    /// <exception cref="ShapeException">A span does not fit its tensor.</exception>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public void Run<T>(ReadOnlySpan<T> argument, Span<T> result) where T : unmanaged
    {
        var to = Elements<T>("argument", Arguments, 0, argument.Length);
        var from = Elements<T>("result", Results, 0, result.Length);
        argument.CopyTo(to);
        Run();
        from.CopyTo(result);
    }

    /// <summary>The same function, not planned again, with memory of its own: for another thread.</summary>
    public Prepared Copy() => new(Arguments, Results, make);

    /// <summary>Gives the memory back. Spans handed out may still be read and written, and mean nothing any more.</summary>
    public void Dispose() => Interlocked.Exchange(ref ready, null)?.Dispose();

    private Span<T> Elements<T>(string what, ImmutableArray<TensorType> types, int index, int? count = null) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(ready is null, this);
        if ((uint)index >= (uint)types.Length) throw new ArgumentOutOfRangeException(nameof(index), index, $"the prepared function has no {what} {index}");
        var (type, dtype) = (types[index], DTypes.Of<T>());
        if (type.DType != dtype || (count ?? type.Count) != type.Count)
            throw new ShapeException($"{what} {index} of the prepared function is of type {type}, not {dtype.ToString().ToLowerInvariant()}{(count is null ? "" : $"[{count}]")}");
        return MemoryMarshal.Cast<byte, T>(ready.Place(what == "result", index));
    }
}
