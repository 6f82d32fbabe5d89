using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>Factorisations and triangular solves, by blocks that products join; matrices of a batch are independent.</summary>
internal sealed unsafe class FactorKernel<T>(Op op, ImmutableArray<TensorType> operands) : CpuKernel where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Width = 64;
    private const long ThreadWork = 1 << 17;

    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        var (batch, n, columns) = ((int)operands[0].Shape[0], operands[0].Shape[1], operands[^1].Shape[2]);
        T* a = (T*)from[0], result = (T*)to[0];
        var order = (long*)to[^1];
        System.Runtime.InteropServices.NativeMemory.Copy((void*)from[^1], result, (nuint)(operands[^1].Count * sizeof(T)));
        // The place where each matrix fails, or −1.
        var failed = new long[batch];
        void One(int i) => failed[i] = op switch
        {
            Primitives.Cholesky => Cholesky(result + i * n * n, n),
            TriangularSolve solve => Solve(solve, a + i * n * n, result + i * n * columns, n, columns),
            _ => Eliminate(result + i * n * n, order + i * n, n),
        };
        if (batch * n * n * columns >= ThreadWork) Workers.Run(batch, One);
        else
            for (var i = 0; i < batch; i++) One(i);
        if (Array.FindIndex(failed, f => f >= 0) is var first and >= 0)
            throw new LinearAlgebraException($"{op}: matrix {first} of {batch} {Failure(op, failed[first])}") { Matrix = first, Place = failed[first] };
    }

    internal static string Failure(Op op, long place) => op is Primitives.Cholesky ? $"is not positive definite: its leading minor of order {place + 1} is not positive" : $"is singular: element {place} of the diagonal is 0";

    // Left-looking: a block of columns takes in all that stand before it, and is then factored row by row.
    private static long Cholesky(T* a, long n)
    {
        for (long first = 0, end; first < n; first = end)
        {
            end = Math.Min(n, first + Width);
            Subtract(a + first * n + first, n, a + first * n, n, 1, a + first * n, 1, n, n - first, first, end - first);
            for (var i = first; i < n; i++)
                for (var j = first; j < end && j <= i; j++)
                {
                    var rest = a[i * n + j] - TensorPrimitives.Dot(Row(a + i * n + first, j - first), Row(a + j * n + first, j - first));
                    if (i == j && !(rest > T.Zero)) return i;
                    a[i * n + j] = i == j ? T.Sqrt(rest) : rest / a[j * n + j];
                }
        }
        for (var i = 0L; i < n; i++) new Span<T>(a + i * n + i + 1, (int)(n - i - 1)).Clear();
        return -1;
    }

    // Backwards, an upper triangle is a lower one.
    private static long Solve(TriangularSolve op, T* a, T* x, long n, long columns)
    {
        for (var i = 0L; i < n && !op.Unit; i++)
            if (a[i * (n + 1)] == T.Zero) return i;
        var (down, right) = op.Transposed ? (1L, n) : (n, 1L);
        if (op.Lower != op.Transposed) Forward(a, down, right, x, columns, n, columns, op.Unit);
        else Forward(a + n * n - 1, -down, -right, x + (n - 1) * columns, -columns, n, columns, op.Unit);
        return -1;
    }

    private static void Forward(T* a, long down, long right, T* x, long stride, long n, long columns, bool unit)
    {
        for (var i = 0L; i < n; i++)
        {
            var first = i / Width * Width;
            if (i == first) Subtract(x + i * stride, stride, a + i * down, down, right, x, stride, 1, Math.Min(Width, n - i), i, columns);
            var row = Row(x + i * stride, columns);
            for (var j = first; j < i; j++) TensorPrimitives.MultiplyAdd(Row(x + j * stride, columns), -a[i * down + j * right], row, row);
            if (!unit) TensorPrimitives.Divide(row, a[i * (down + right)], row);
        }
    }

    // Right-looking: a block of columns is eliminated, the rows beside it are solved for, and what is left is one product.
    private static long Eliminate(T* a, long* order, long n)
    {
        for (var i = 0L; i < n; i++) order[i] = i;
        for (long first = 0, end; first < n; first = end)
        {
            end = Math.Min(n, first + Width);
            for (var k = first; k < end; k++)
            {
                var best = k;
                for (var i = k + 1; i < n; i++)
                    if (T.Abs(a[i * n + k]) > T.Abs(a[best * n + k])) best = i;
                (order[k], order[best]) = (order[best], order[k]);
                for (var j = 0L; j < n && best != k; j++) (a[k * n + j], a[best * n + j]) = (a[best * n + j], a[k * n + j]);
                for (var i = k + 1; i < n && a[k * n + k] != T.Zero; i++)
                {
                    var row = Row(a + i * n + k + 1, end - k - 1);
                    TensorPrimitives.MultiplyAdd(Row(a + k * n + k + 1, end - k - 1), -(a[i * n + k] /= a[k * n + k]), row, row);
                }
            }
            Forward(a + first * (n + 1), n, 1, a + first * n + end, n, end - first, n - end, true);
            Subtract(a + end * (n + 1), n, a + end * n + first, n, 1, a + first * n + end, n, 1, n - end, end - first, n - end);
        }
        return -1;
    }

    private static Span<T> Row(T* from, long length) => new(from, (int)length);

    // c −= a·b, whatever their strides; c's columns are neighbours.
    internal static void Subtract(T* c, long stride, T* a, long aDown, long aRight, T* b, long bDown, long bRight, long m, long k, long n)
    {
        if (m * k * n == 0) return;
        using var block = new Block(m * n * sizeof(T));
        var product = (T*)block.Pointer;
        Multiply(product, a, aDown, aRight, b, bDown, bRight, m, k, n);
        for (var i = 0L; i < m; i++) TensorPrimitives.Subtract(Row(c + i * stride, n), Row(product + i * n, n), Row(c + i * stride, n));
    }

    // c = a·b, whose rows are packed.
    internal static void Multiply(T* c, T* a, long aDown, long aRight, T* b, long bDown, long bRight, long m, long k, long n)
    {
        Layout Lying(Dims shape, Dims strides) => new(DTypes.Of<T>(), shape, strides, 0);
        Packed.Run<T>((nint)a, (nint)b, (nint)c, new(DTypes.Of<T>(), 1, m, k, n, Lying([1, m, k], [0, aDown, aRight]), Lying([1, k, n], [0, bDown, bRight])));
    }
}
