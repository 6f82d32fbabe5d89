using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    /// <summary>Zeros. https://pytorch.org/docs/2.6/generated/torch.zeros.html</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">The element type.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public static Node Zeros(Dims shape, DType dtype = DType.Float64) => Full(new TensorType(dtype, shape), 0);

    /// <summary>Ones. https://pytorch.org/docs/2.6/generated/torch.ones.html</summary>
    /// <inheritdoc cref="Zeros"/>
    public static Node Ones(Dims shape, DType dtype = DType.Float64) => Full(new TensorType(dtype, shape), 1);

    /// <summary>The integers 0 … count − 1.</summary>
    /// <param name="count">How many.</param>
    /// <param name="dtype">The element type.</param>
    public static Node Arange(long count, DType dtype = DType.Int64) => Cast(new(new Iota(count, dtype.PartType.Compute), []), dtype);

    /// <summary>
    /// Numbers at equal distances, both ends among them; one number is the start. They are computed in float64 from the nearer end, and cut towards
    /// zero for integer types. https://pytorch.org/docs/2.6/generated/torch.linspace.html
    /// </summary>
    /// <param name="start">The first.</param>
    /// <param name="end">The last.</param>
    /// <param name="count">How many.</param>
    /// <param name="dtype">The element type.</param>
    /// <exception cref="ShapeException">The count is negative.</exception>
    public static Node Linspace(double start, double end, long count, DType dtype = DType.Float64)
    {
        if (count < 0) throw new ShapeException($"Linspace: there are no {count} numbers between {start} and {end}");
        var steps = Math.Max(1.0, count - 1);
        // Divided last, so that integers among the numbers are hit, unless that overflows.
        var (whole, parts) = double.IsFinite((end - start) * steps) ? (end - start, steps) : (end / steps - start / steps, 1);
        var i = Arange(count, DType.Float64);
        return Cast(Where(i < (count + 1) / 2, start + whole * i / parts, end - whole * (steps - i) / parts), dtype);
    }

    /// <summary>The identity matrix.</summary>
    /// <param name="n">Its rows and columns.</param>
    /// <param name="dtype">The element type.</param>
    public static Node Eye(long n, DType dtype = DType.Float64) => Cast(Equal(Unsqueeze(Arange(n), 1), Arange(n)), dtype);

    /// <summary>A leaf that holds a copy of the data.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="data">The elements in row-major order.</param>
    /// <param name="shape">The sizes; a vector when left out.</param>
    /// <exception cref="ShapeException">The sizes do not match the number of elements.</exception>
    public static Node Tensor<T>(ReadOnlySpan<T> data, Dims? shape = null) where T : unmanaged
    {
        var type = new TensorType(DTypes.Of<T>(), shape ?? [data.Length]);
        if (type.Count != data.Length) throw new ShapeException($"Tensor: {data.Length} elements do not fill shape {type.Shape}");
        return Node.Leaf(Plans.Backend.Default.Upload(data, type.DType), type);
    }

    /// <summary>A leaf that holds a copy of a vector.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="data">The elements.</param>
    public static Node Tensor<T>(T[] data) where T : unmanaged => Tensor<T>(data.AsSpan());

    /// <summary>A leaf that holds a copy of a matrix.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="data">The rows.</param>
    public static Node Tensor<T>(T[,] data) where T : unmanaged => Tensor<T>((Array)data);

    /// <summary>A leaf that holds a copy of an array of three axes.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="data">The elements.</param>
    public static Node Tensor<T>(T[,,] data) where T : unmanaged => Tensor<T>((Array)data);

    /// <summary>A leaf that holds a copy of an array of four axes.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="data">The elements.</param>
    public static Node Tensor<T>(T[,,,] data) where T : unmanaged => Tensor<T>((Array)data);

    // The elements of an array lie in row-major order, whatever its rank.
    private static Node Tensor<T>(Array data) where T : unmanaged
    {
        ref var first = ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(data));
        return Tensor(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref first, data.Length), Dims.From(Enumerable.Range(0, data.Rank).Select(k => (long)data.GetLength(k))));
    }
}
