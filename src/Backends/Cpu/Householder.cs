using System.Numerics;
using System.Numerics.Tensors;

namespace Functional.Autograd.Cpu;

/// <summary>
/// Reflections H = I − τ·v·vᵀ, of which a block is I − V·T·Vᵀ (Schreiber and Van Loan, "A storage-efficient WY representation", 1989), so that products do the work. Matrices lie
/// transposed: a column is a row of memory. The squares of their elements do not overflow.
/// </summary>
internal static unsafe class Householder<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Width = 32;

    // Half the last digits and the least number with all of them.
    public static readonly T Rounding = T.BitIncrement(T.One) - T.One, Least = T.Epsilon / Rounding;

    /// <summary>The reflection that turns x into (β, 0, …), as LAPACK's larfg; v, with v₀ = 1, takes x's place.</summary>
    public static (T Beta, T Tau) Reflect(Span<T> x)
    {
        var first = x[0];
        var rest = x[1..];
        var (tail, largest) = (TensorPrimitives.Dot<T>(rest, rest), rest.IsEmpty ? T.Zero : T.Abs(TensorPrimitives.MaxMagnitude<T>(rest)));
        if (largest == T.Zero)
        {
            x[0] = T.One;
            return (first, T.Zero);
        }
        var square = first * first + tail;
        if (square < Least / (Rounding * Rounding))
        {
            // Squares of such numbers have lost digits.
            var scale = T.Max(largest, T.Abs(first));
            TensorPrimitives.Divide(x, scale, x);
            var (scaled, same) = Reflect(x);
            return (scaled * scale, same);
        }
        var beta = -T.CopySign(T.Sqrt(square), first);
        TensorPrimitives.Divide(rest, first - beta, rest);
        x[0] = T.One;
        return (beta, (beta - first) / beta);
    }

    /// <summary>Leaves R's columns in a, [n, m], in their first places, and the reflections in v, [min(m, n), m], and tau.</summary>
    public static void Factor(T* a, T* v, T* tau, long n, long m)
    {
        var count = Math.Min(m, n);
        new Span<T>(v, checked((int)(count * m))).Clear();
        for (long first = 0, end; first < count; first = end)
        {
            end = Math.Min(count, first + Width);
            for (var j = first; j < end; j++)
            {
                var x = Row(v + j * m + j, m - j);
                Row(a + j * m + j, m - j).CopyTo(x);
                (a[j * m + j], tau[j]) = Reflect(x);
                for (var i = j + 1; i < end; i++)
                {
                    var row = Row(a + i * m + j, m - j);
                    TensorPrimitives.MultiplyAdd(x, -tau[j] * TensorPrimitives.Dot<T>(x, row), row, row);
                }
            }
            Apply(a + end * m, n - end, m, v, tau, first, end, backwards: false);
        }
    }

    /// <summary>The product of all reflections, its first rows of the transposed: [rows, m].</summary>
    public static void Form(T* q, long rows, long m, T* v, T* tau, long count)
    {
        new Span<T>(q, checked((int)(rows * m))).Clear();
        for (var i = 0L; i < rows; i++) q[i * m + i] = T.One;
        for (var first = (count - 1) / Width * Width; first >= 0 && count > 0; first -= Width)
            Apply(q + first * m, rows - first, m, v, tau, first, Math.Min(count, first + Width), backwards: true);
    }

    // c −= c·V·T·Vᵀ, or with Tᵀ, from column first on.
    private static void Apply(T* c, long rows, long m, T* v, T* tau, long first, long end, bool backwards)
    {
        var (width, length) = (end - first, m - first);
        if (rows <= 0) return;
        using var block = new Block((width * width + 2 * rows * width) * sizeof(T));
        T* t = (T*)block.Pointer, x = t + width * width, y = x + rows * width;
        c += first;
        v += first * m + first;
        for (var j = 0L; j < width; j++)
        {
            for (var i = 0L; i < j; i++)
            {
                var sum = T.Zero;
                for (var k = i; k < j; k++) sum += t[i * width + k] * t[j * width + k];
                t[i * width + j] = -tau[first + j] * sum;
            }
            t[j * width + j] = tau[first + j];
            // The products with later vectors wait below the diagonal, which the triangle does not need until it is done.
            for (var i = j + 1; i < width; i++) t[i * width + j] = TensorPrimitives.Dot<T>(Row(v + i * m, length), Row(v + j * m, length));
        }
        for (var i = 0L; i < width; i++) Row(t + i * width, i).Clear();
        FactorKernel<T>.Multiply(x, c, m, 1, v, 1, m, rows, length, width);
        FactorKernel<T>.Multiply(y, x, width, 1, t, backwards ? 1 : width, backwards ? width : 1, rows, width, width);
        FactorKernel<T>.Subtract(c, m, y, width, 1, v, m, 1, rows, width, length);
    }

    private static Span<T> Row(T* from, long length) => new(from, (int)length);
}
