using System.Numerics;
using System.Numerics.Tensors;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>QR, symmetric eigenproblems and singular values; matrices of a batch are independent. Each is scaled by a power of two, so that its largest element lies near 1.</summary>
internal sealed unsafe class DecompositionKernel<T>(Decomposition op, Dims shape) : CpuKernel where T : unmanaged, IFloatingPointIeee754<T>
{
    private const long ThreadWork = 1 << 17;

    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        var (batch, m, n) = ((int)shape[0], shape[1], shape[2]);
        var k = Math.Min(m, n);
        if (k == 0) return;
        T* a = (T*)from[0], first = (T*)to[0], second = (T*)to[1], third = (T*)to[^1];
        var failures = new string?[batch];
        void One(int i)
        {
            var matrix = a + i * m * n;
            failures[i] = op switch
            {
                Qr => Triangle(matrix, first + i * m * k, second + i * k * n, m, n),
                Eigh => Values(matrix, first + i * n, second + i * n * n, n),
                _ => m >= n ? Singular(matrix, n, 1, first + i * m * k, k, 1, second + i * k, third + i * k * n, n, 1, m, n)
                    : Singular(matrix, 1, n, third + i * k * n, 1, n, second + i * k, first + i * m * k, 1, k, n, m),
            };
        }
        if (batch * m * n * k >= ThreadWork) Workers.Run(batch, One);
        else
            for (var i = 0; i < batch; i++) One(i);
        if (Array.FindIndex(failures, f => f is not null) is var bad and >= 0) throw new LinearAlgebraException($"{op}: matrix {bad} of {batch} {failures[bad]}");
    }

    private static string? Triangle(T* a, T* q, T* r, long m, long n)
    {
        var k = Math.Min(m, n);
        using var block = new Block((n * m + 2 * k * m + k) * sizeof(T));
        T* columns = (T*)block.Pointer, v = columns + n * m, tau = v + k * m, rows = tau + k;
        Copy(a, n, 1, columns, 1, m, m, n);
        if (Scaled(columns, n * m) is not { } scale) return NotFinite;
        Householder<T>.Factor(columns, v, tau, n, m);
        Householder<T>.Form(rows, k, m, v, tau, k);
        Copy(rows, 1, m, q, k, 1, m, k);
        for (var i = 0L; i < k; i++)
            for (var j = 0L; j < n; j++) r[i * n + j] = j < i ? T.Zero : columns[j * m + i] / scale;
        return null;
    }

    private static string? Values(T* a, T* values, T* vectors, long n)
    {
        using var block = new Block((2 * n * n + n) * sizeof(T));
        T* lower = (T*)block.Pointer, rows = lower + n * n, unsorted = rows + n * n;
        for (var i = 0L; i < n; i++)
            for (var j = 0L; j < n; j++) lower[i * n + j] = j <= i ? a[i * n + j] : T.Zero;
        if (Scaled(lower, n * n) is not { } scale) return NotFinite;
        if (!Diagonalisation<T>.Symmetric(lower, unsorted, rows, n)) return NotConverged;
        var order = Order(unsorted, n);
        for (var j = 0L; j < n; j++)
        {
            values[j] = unsorted[order[j]] / scale;
            for (var i = 0L; i < n; i++) vectors[i * n + j] = rows[order[j] * n + i];
        }
        return null;
    }

    // A = Q·R, and R = uᵀ·W where W's rows are at right angles. What the eigenvectors of R·Rᵀ do in products, turning need not; it then gives all digits.
    private static string? Singular(T* a, long aDown, long aRight, T* u, long uDown, long uRight, T* s, T* vh, long vDown, long vRight, long m, long n)
    {
        using var block = new Block((3 * n * m + 3 * n * n + 2 * n) * sizeof(T));
        T* columns = (T*)block.Pointer, v = columns + n * m, q = v + n * m, r = q + n * m, w = r + n * n, turns = w + n * n, tau = turns + n * n, squares = tau + n;
        Copy(a, aDown, aRight, columns, 1, m, m, n);
        if (Scaled(columns, n * m) is not { } scale) return NotFinite;
        Householder<T>.Factor(columns, v, tau, n, m);
        Householder<T>.Form(q, n, m, v, tau, n);
        for (var i = 0L; i < n; i++)
            for (var j = 0L; j < n; j++) r[i * n + j] = j < i ? T.Zero : columns[j * m + i];
        FactorKernel<T>.Multiply(w, r, n, 1, r, 1, n, n, n, n);
        if (!Diagonalisation<T>.Symmetric(w, squares, turns, n)) return NotConverged;
        FactorKernel<T>.Multiply(w, turns, n, 1, r, n, 1, n, n, n);
        if (!Diagonalisation<T>.Rows(w, turns, squares, n)) return NotConverged;
        var (order, missing) = (Order(squares, n), new bool[n]);
        for (var i = 0L; i < n; i++)
        {
            var row = new Span<T>(w + i * n, (int)n);
            missing[i] = squares[i] <= Diagonalisation<T>.Nothing;
            squares[i] = missing[i] ? T.Zero : T.Sqrt(squares[i]);
            if (!missing[i]) TensorPrimitives.Divide(row, squares[i], row);
        }
        Diagonalisation<T>.Complete(w, missing, n, n);
        FactorKernel<T>.Multiply(columns, turns, n, 1, q, m, 1, n, n, m);
        for (var j = 0L; j < n; j++)
        {
            var at = order[n - 1 - j];
            s[j] = squares[at] / scale;
            Copy(columns + at * m, 1, 1, u + j * uRight, uDown, 1, m, 1);
            Copy(w + at * n, 1, 1, vh + j * vDown, vRight, 1, n, 1);
        }
        return null;
    }

    internal const string NotFinite = "has an element that is not finite", NotConverged = "did not converge";

    internal static int[] Order(T* keys, long n)
    {
        var order = Enumerable.Range(0, (int)n).ToArray();
        Array.Sort(new ReadOnlySpan<T>(keys, (int)n).ToArray(), order);
        return order;
    }

    private static void Copy(T* from, long fromDown, long fromRight, T* to, long down, long right, long m, long n)
    {
        for (var i = 0L; i < m; i++)
            for (var j = 0L; j < n; j++) to[i * down + j * right] = from[i * fromDown + j * fromRight];
    }

    // Makes the largest element at least 1 and less than 2; null where one is infinite or NaN.
    private static T? Scaled(T* x, long count)
    {
        var all = new Span<T>(x, checked((int)count));
        var largest = T.Abs(TensorPrimitives.MaxMagnitude<T>(all));
        if (!T.IsFinite(largest)) return null;
        if (largest == T.Zero) return T.One;
        // The inverse of a number below the normal ones need not be one.
        var scale = T.ScaleB(T.One, Math.Min(-T.ILogB(largest), -T.ILogB(Householder<T>.Least)));
        TensorPrimitives.Multiply(all, scale, all);
        return scale;
    }
}
