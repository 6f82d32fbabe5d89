using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Functional.Autograd.Cpu;

/// <summary>What turns rows until they are eigenvectors, or at right angles. Matrices are scaled, so that the largest element lies near 1.</summary>
internal static unsafe class Diagonalisation<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    // The most steps towards a value, and the most sweeps over all pairs of rows; a few are enough.
    public const int Steps = 60;

    /// <summary>What a square of a row of singular values counts as 0 below: digits are missing from it.</summary>
    public static readonly T Nothing = Householder<T>.Least / Householder<T>.Rounding;

    /// <summary>
    /// Eigenvalues and, as rows of q, eigenvectors of a symmetric matrix, of which the lower triangle is read and overwritten: reflections to three diagonals, then implicit QL (Golub and Van Loan, 8.3).
    /// </summary>
    /// <returns>Whether it converged.</returns>
    public static bool Symmetric(T* a, T* values, T* q, long n)
    {
        using var block = new Block((n * n + 3 * n) * sizeof(T));
        T* v = (T*)block.Pointer, tau = v + n * n, beside = tau + n, p = beside + n;
        new Span<T>(v, checked((int)(n * n))).Clear();
        for (var j = 0L; j < n - 1; j++)
        {
            var length = n - j - 1;
            var x = Row(v + j * n + j + 1, length);
            var sum = Row(p, length);
            for (var i = 0; i < length; i++) x[i] = a[(j + 1 + i) * n + j];
            (beside[j], tau[j]) = Householder<T>.Reflect(x);
            // A row of the triangle is a part of a column as well.
            sum.Clear();
            for (var i = 0; i < length; i++)
            {
                var row = Row(a + (j + 1 + i) * n + j + 1, i);
                TensorPrimitives.MultiplyAdd(row, x[i], sum[..i], sum[..i]);
                sum[i] += TensorPrimitives.Dot<T>(row, x[..i]) + a[(j + 1 + i) * (n + 1)] * x[i];
            }
            TensorPrimitives.MultiplyAdd(x, -tau[j] * TensorPrimitives.Dot<T>(sum, x) / (T.One + T.One), sum, sum);
            TensorPrimitives.Multiply(sum, tau[j], sum);
            for (var i = 0; i < length; i++)
            {
                var row = Row(a + (j + 1 + i) * n + j + 1, i + 1);
                TensorPrimitives.MultiplyAdd(x[..(i + 1)], -sum[i], row, row);
                TensorPrimitives.MultiplyAdd(sum[..(i + 1)], -x[i], row, row);
            }
        }
        for (var i = 0L; i < n; i++) values[i] = a[i * (n + 1)];
        Householder<T>.Form(q, n, n, v, tau, n - 1);
        return Diagonal(values, beside, q, n, n);
    }

    /// <summary>Eigenvalues from two diagonals, of which the second one is shorter by one; q's rows, of any length, turn along.</summary>
    /// <returns>Whether it converged.</returns>
    public static bool Diagonal(T* d, T* e, T* q, long n, long length)
    {
        var (two, largest) = (T.One + T.One, T.Zero);
        e[n - 1] = T.Zero;
        for (var i = 0L; i < n; i++) largest = T.Max(largest, T.Abs(d[i]) + T.Abs(e[i]));
        for (var l = 0L; l < n; l++)
            for (var step = 0; ; step++)
            {
                var m = l;
                while (m < n - 1 && T.Abs(e[m]) > Householder<T>.Rounding * largest) m++;
                if (m == l) break;
                if (step == Steps) return false;
                var g = (d[l + 1] - d[l]) / (two * e[l]);
                g = d[m] - d[l] + e[l] / (g + T.CopySign(T.Hypot(g, T.One), g));
                var (s, c, p, i) = (T.One, T.One, T.Zero, m - 1);
                for (; i >= l; i--)
                {
                    var (f, b) = (s * e[i], c * e[i]);
                    var r = e[i + 1] = T.Hypot(f, g);
                    if (r == T.Zero) break;
                    (s, c) = (f / r, g / r);
                    g = d[i + 1] - p;
                    r = (d[i] - g) * s + two * c * b;
                    p = s * r;
                    d[i + 1] = g + p;
                    g = c * r - b;
                    Turn(q + i * length, q + (i + 1) * length, length, c, s);
                }
                d[i + 1] -= p;
                if (i < l) e[l] = g;
                e[m] = T.Zero;
            }
        return true;
    }

    /// <summary>Turns the rows of w, and those of u along, until w's are at right angles (Hestenes, 1958; Demmel and Veselić, "Jacobi's method is more accurate than QR", 1992).</summary>
    /// <returns>Whether it converged.</returns>
    public static bool Rows(T* w, T* u, T* squares, long n)
    {
        // What rounding leaves of a product of rows at right angles.
        var bound = T.CreateChecked(4) * T.Sqrt(T.CreateChecked(n)) * Householder<T>.Rounding;
        for (var sweep = 0; sweep < Steps; sweep++)
        {
            var turned = false;
            for (var i = 0L; i < n; i++) squares[i] = Product(w + i * n, w + i * n, n);
            for (var i = 0L; i < n; i++)
                for (var j = i + 1; j < n; j++)
                {
                    var product = Product(w + i * n, w + j * n, n);
                    if (T.Min(squares[i], squares[j]) <= Nothing || T.Abs(product) <= bound * T.Sqrt(squares[i]) * T.Sqrt(squares[j])) continue;
                    var zeta = (squares[j] - squares[i]) / (product + product);
                    var tangent = T.One / (zeta + T.CopySign(T.Hypot(zeta, T.One), zeta));
                    var c = T.One / T.Hypot(tangent, T.One);
                    Turn(w + i * n, w + j * n, n, c, c * tangent);
                    Turn(u + i * n, u + j * n, n, c, c * tangent);
                    (squares[i], squares[j], turned) = (Product(w + i * n, w + i * n, n), Product(w + j * n, w + j * n, n), true);
                }
            if (!turned) return true;
        }
        return false;
    }

    /// <summary>Gives rows that are 0 directions at right angles to all others: each the unit vector that is farthest from them, made orthogonal twice.</summary>
    public static void Complete(T* v, bool[] missing, long rows, long n)
    {
        var left = new T[n];
        for (var i = 0L; i < rows; i++)
        {
            if (!missing[i]) continue;
            Array.Fill(left, T.One);
            for (var k = 0L; k < rows; k++)
            {
                if (missing[k]) continue;
                for (var j = 0L; j < n; j++) left[j] -= v[k * n + j] * v[k * n + j];
            }
            var row = Row(v + i * n, n);
            row.Clear();
            row[TensorPrimitives.IndexOfMax<T>(left)] = T.One;
            for (var k = 0L; k < 2 * rows; k++)
            {
                var other = Row(v + k % rows * n, n);
                if (!missing[k % rows]) TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<T>(other, row), row, row);
            }
            TensorPrimitives.Divide(row, TensorPrimitives.Norm<T>(row), row);
            missing[i] = false;
        }
    }

    private static T Product(T* x, T* y, long n) => TensorPrimitives.Dot<T>(Row(x, n), Row(y, n));

    /// <summary>(c·x − s·y, s·x + c·y).</summary>
    public static void Turn(T* x, T* y, long n, T c, T s)
    {
        var (i, cosine, sine) = (0L, new Vector<T>(c), new Vector<T>(s));
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            var (a, b) = (Vector.Load(x + i), Vector.Load(y + i));
            Vector.Store(cosine * a - sine * b, x + i);
            Vector.Store(sine * a + cosine * b, y + i);
        }
        for (; i < n; i++) (x[i], y[i]) = (c * x[i] - s * y[i], s * x[i] + c * y[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Span<T> Row(T* from, long length) => new(from, (int)length);
}
