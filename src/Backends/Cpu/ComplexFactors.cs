using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>
/// Factorisations and decompositions of complex matrices: plain loops in double precision, rounded once. A reflection makes what it leaves real, so that three diagonals are real ones, and
/// a rotation is a change of angle and a real rotation: both are turned as real matrices are, a row of n complex numbers being one of 2·n real ones.
/// </summary>
internal sealed unsafe class ComplexFactors(Op op, ImmutableArray<TensorType> operands) : CpuKernel
{
    private const long ThreadWork = 1 << 14;

    private readonly bool isSingle = operands[0].DType == DType.Complex64;

    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        var (batch, m, n, width) = ((int)operands[0].Shape[0], operands[0].Shape[1], operands[0].Shape[2], operands[^1].Shape[2]);
        var (failures, places, k) = (new string?[batch], new long[batch], Math.Min(m, n));
        var (a, b, first, second, third) = (from[0], from[^1], to[0], to[to.Length / 2], to[^1]);
        string? At(int i, long place) => (places[i] = place) < 0 ? null : FactorKernel<double>.Failure(op, place);
        void One(int i)
        {
            using var block = new Block((m * n + m * k + n * width + k * n + k) * sizeof(Complex));
            Complex* x = (Complex*)block.Pointer, y = x + m * n, z = y + m * k + n * width;
            var sizes = (double*)(z + k * n);
            Read(a, i, x, m * n);
            switch (op)
            {
                case Primitives.Cholesky:
                    failures[i] = At(i, Cholesky(x, n));
                    Write(x, first, i, n * n);
                    break;
                case TriangularSolve solve:
                    Read(b, i, y, n * width);
                    failures[i] = At(i, Solve(solve, x, y, n, width));
                    Write(y, first, i, n * width);
                    break;
                case Lu:
                    Eliminate(x, (long*)third + i * n, n);
                    Write(x, first, i, n * n);
                    break;
                case Qr:
                    failures[i] = Triangle(x, y, z, m, n);
                    Write(y, first, i, m * k);
                    Write(z, third, i, k * n);
                    break;
                case Eigh:
                    failures[i] = Values(x, sizes, y, n);
                    Write(sizes, first, i, n);
                    Write(y, third, i, n * n);
                    break;
                default:
                    failures[i] = Singular(x, y, sizes, z, m, n);
                    Write(y, first, i, m * k);
                    Write(sizes, second, i, k);
                    Write(z, third, i, k * n);
                    break;
            }
        }
        if (batch * m * n * Math.Max(k, width) >= ThreadWork) Workers.Run(batch, One);
        else
            for (var i = 0; i < batch; i++) One(i);
        if (Array.FindIndex(failures, f => f is not null) is var bad and >= 0) throw new LinearAlgebraException($"{op}: matrix {bad} of {batch} {failures[bad]}") { Matrix = bad, Place = places[bad] };
    }

    private static long Cholesky(Complex* a, long n)
    {
        for (var i = 0L; i < n; i++)
        {
            for (var j = 0L; j <= i; j++)
            {
                var rest = a[i * n + j] - Dot(a + j * n, a + i * n, j);
                // The imaginary part of the diagonal counts as 0.
                if (i == j && !(rest.Real > 0)) return i;
                a[i * n + j] = i == j ? Math.Sqrt(rest.Real) : rest / a[j * n + j].Real;
            }
            new Span<Complex>(a + i * n + i + 1, (int)(n - i - 1)).Clear();
        }
        return -1;
    }

    private static long Solve(TriangularSolve op, Complex* a, Complex* x, long n, long width)
    {
        for (var i = 0L; i < n && !op.Unit; i++)
            if (a[i * (n + 1)] == Complex.Zero) return i;
        var (down, right) = op.Transposed ? (1L, n) : (n, 1L);
        var isForward = op.Lower != op.Transposed;
        for (var s = 0L; s < n; s++)
        {
            var i = isForward ? s : n - 1 - s;
            for (var j = isForward ? 0 : i + 1; j < (isForward ? i : n); j++) Add(x + i * width, -a[i * down + j * right], x + j * width, width);
            for (var c = 0L; c < width && !op.Unit; c++) x[i * width + c] /= a[i * (n + 1)];
        }
        return -1;
    }

    // The largest sum of both parts' sizes becomes the pivot, as in LAPACK.
    private static void Eliminate(Complex* a, long* order, long n)
    {
        static double Size(Complex z) => Math.Abs(z.Real) + Math.Abs(z.Imaginary);
        for (var i = 0L; i < n; i++) order[i] = i;
        for (var k = 0L; k < n; k++)
        {
            var best = k;
            for (var i = k + 1; i < n; i++)
                if (Size(a[i * n + k]) > Size(a[best * n + k])) best = i;
            (order[k], order[best]) = (order[best], order[k]);
            for (var j = 0L; j < n && best != k; j++) (a[k * n + j], a[best * n + j]) = (a[best * n + j], a[k * n + j]);
            for (var i = k + 1; i < n && a[k * n + k] != Complex.Zero; i++)
                Add(a + i * n + k + 1, -(a[i * n + k] /= a[k * n + k]), a + k * n + k + 1, n - k - 1);
        }
    }

    private static string? Triangle(Complex* a, Complex* q, Complex* r, long m, long n)
    {
        var k = Math.Min(m, n);
        using var block = new Block((n * m + k * m + 2 * k) * sizeof(Complex));
        Complex* columns = (Complex*)block.Pointer, rows = columns + n * m, tau = rows + k * m;
        var diagonal = (double*)(tau + k);
        if (Scaled(a, m * n) is not { } scale) return DecompositionKernel<double>.NotFinite;
        Transpose(a, columns, m, n);
        Factor(columns, tau, diagonal, m, n);
        Form(columns, m, tau, 0, k, rows, k);
        Transpose(rows, q, k, m);
        for (var i = 0L; i < k; i++)
            for (var j = 0L; j < n; j++) r[i * n + j] = j < i ? Complex.Zero : (j == i ? diagonal[i] : columns[j * m + i]) / scale;
        return null;
    }

    private static string? Values(Complex* a, double* values, Complex* vectors, long n)
    {
        using var block = new Block((2 * n * n + n) * sizeof(Complex));
        Complex* whole = (Complex*)block.Pointer, rows = whole + n * n;
        var unsorted = (double*)(rows + n * n);
        for (var i = 0L; i < n; i++)
            for (var j = 0L; j <= i; j++) whole[i * n + j] = i == j ? a[i * n + j].Real : a[i * n + j];
        Mirror(whole, n);
        if (Scaled(whole, n * n) is not { } scale) return DecompositionKernel<double>.NotFinite;
        if (!Hermitian(whole, unsorted, rows, n)) return DecompositionKernel<double>.NotConverged;
        var order = DecompositionKernel<double>.Order(unsorted, n);
        for (var j = 0L; j < n; j++)
        {
            values[j] = unsorted[order[j]] / scale;
            for (var i = 0L; i < n; i++) vectors[i * n + j] = rows[order[j] * n + i];
        }
        return null;
    }

    // As DecompositionKernel's: A, or Aᴴ where that is taller, is Q·R, and R is turned by the eigenvectors of R·Rᴴ and then by rotations of its rows.
    private static string? Singular(Complex* a, Complex* u, double* s, Complex* vh, long rows, long columns)
    {
        var isTall = rows >= columns;
        var (m, n) = (Math.Max(rows, columns), Math.Min(rows, columns));
        using var block = new Block((2 * n * m + 3 * n * n + 2 * n) * sizeof(Complex));
        Complex* x = (Complex*)block.Pointer, q = x + n * m, r = q + n * m, w = r + n * n, turns = w + n * n, tau = turns + n * n;
        var squares = (double*)(tau + n);
        if (Scaled(a, m * n) is not { } scale) return DecompositionKernel<double>.NotFinite;
        if (isTall) Transpose(a, x, m, n);
        else
            for (var i = 0L; i < n * m; i++) x[i] = Complex.Conjugate(a[i]);
        Factor(x, tau, squares, m, n);
        Form(x, m, tau, 0, n, q, n);
        for (var i = 0L; i < n; i++)
            for (var j = 0L; j < n; j++) r[i * n + j] = j < i ? Complex.Zero : j == i ? squares[i] : x[j * m + i];
        for (var i = 0L; i < n; i++)
            for (var j = 0L; j <= i; j++) w[i * n + j] = Dot(r + j * n + i, r + i * n + i, n - i);
        Mirror(w, n);
        if (!Hermitian(w, squares, turns, n)) return DecompositionKernel<double>.NotConverged;
        for (var i = 0L; i < n * n; i++) turns[i] = Complex.Conjugate(turns[i]);
        Multiply(turns, r, w, n, n);
        if (!Rows(w, turns, squares, n)) return DecompositionKernel<double>.NotConverged;
        var (order, missing) = (DecompositionKernel<double>.Order(squares, n), new bool[n]);
        for (var i = 0L; i < n; i++)
        {
            missing[i] = squares[i] <= Diagonalisation<double>.Nothing;
            squares[i] = missing[i] ? 0 : Math.Sqrt(squares[i]);
            for (var j = 0L; j < n && !missing[i]; j++) w[i * n + j] /= squares[i];
        }
        Complete(w, missing, n);
        for (var i = 0L; i < n * n; i++) turns[i] = Complex.Conjugate(turns[i]);
        Multiply(turns, q, x, n, m);
        for (var j = 0L; j < n; j++)
        {
            var at = order[n - 1 - j];
            s[j] = squares[at] / scale;
            Complex* left = x + at * m, right = w + at * n;
            for (var i = 0L; i < m; i++) (isTall ? ref u[i * n + j] : ref vh[j * m + i]) = isTall ? left[i] : Complex.Conjugate(left[i]);
            for (var i = 0L; i < n; i++) (isTall ? ref vh[j * n + i] : ref u[i * n + j]) = isTall ? right[i] : Complex.Conjugate(right[i]);
        }
        return null;
    }

    // H = 1 − τ·v·vᴴ with Hᴴ·x = (β, 0, …) and a real β, as LAPACK's zlarfg; v, with v₀ = 1, takes x's place.
    private static (double Beta, Complex Tau) Reflect(Complex* x, long length)
    {
        var largest = 0.0;
        for (var i = 0L; i < 2 * length; i++)
            if (i != 0) largest = Math.Max(largest, Math.Abs(((double*)x)[i]));
        var first = x[0].Real;
        if (largest == 0)
        {
            x[0] = 1;
            return (first, 0);
        }
        // Near 1, so that no square is lost.
        var scale = Math.ScaleB(1, Math.Min(1000, -Math.ILogB(Math.Max(largest, Math.Abs(first)))));
        var square = 0.0;
        for (var i = 0L; i < 2 * length; i++) square += (((double*)x)[i] *= scale) * ((double*)x)[i];
        var beta = -Math.CopySign(Math.Sqrt(square), first);
        var tau = new Complex((beta - x[0].Real) / beta, -x[0].Imaginary / beta);
        var inverse = 1 / (x[0] - beta);
        for (var i = 1L; i < length; i++) x[i] *= inverse;
        x[0] = 1;
        return (beta / scale, tau);
    }

    // Of the matrix with these columns, R's diagonal; the rest of R stands above what the reflections leave in the columns.
    private static void Factor(Complex* columns, Complex* tau, double* diagonal, long m, long n)
    {
        for (var j = 0L; j < Math.Min(m, n); j++)
        {
            var v = columns + j * m + j;
            (diagonal[j], tau[j]) = Reflect(v, m - j);
            for (var l = j + 1; l < n; l++) Add(columns + l * m + j, -Complex.Conjugate(tau[j]) * Dot(v, columns + l * m + j, m - j), v, m - j);
        }
    }

    // The first columns of a product of reflections, as rows of q; the r-th one begins at r + offset.
    private static void Form(Complex* v, long m, Complex* tau, long offset, long count, Complex* q, long columns)
    {
        new Span<Complex>(q, checked((int)(columns * m))).Clear();
        for (var j = 0L; j < columns; j++)
        {
            q[j * m + j] = 1;
            for (var r = Math.Min(count - 1, j - offset); r >= 0; r--)
            {
                var at = r + offset;
                Add(q + j * m + at, -tau[r] * Dot(v + r * m + at, q + j * m + at, m - at), v + r * m + at, m - at);
            }
        }
    }

    // Reflections to three diagonals, which are real; eigenvectors as rows of q. Columns lie as rows, so that the whole matrix is its transpose's.
    private static bool Hermitian(Complex* a, double* values, Complex* q, long n)
    {
        if (n == 0) return true;
        using var block = new Block(3 * n * sizeof(Complex));
        Complex* tau = (Complex*)block.Pointer, p = tau + n;
        var beside = (double*)(p + n);
        for (var i = 0L; i < n * n; i++) a[i] = Complex.Conjugate(a[i]);
        for (var j = 0L; j < n - 1; j++)
        {
            var (v, length, corner) = ((nint)(a + j * n + j + 1), n - j - 1, (nint)(a + (j + 1) * (n + 1)));
            var x = (Complex*)v;
            (beside[j], tau[j]) = Reflect(x, length);
            // A − v·wᴴ − w·vᴴ with p = τ·A·v and w = p − ½·τ*·(vᴴ·p)·v; a row of a is a column of A, and conjugate a row.
            for (var i = 0L; i < length; i++) p[i] = tau[j] * Dot((Complex*)corner + i * n, x, length);
            Add(p, -0.5 * (Complex.Conjugate(tau[j]) * Dot(x, p, length)).Real, x, length);
            for (var i = 0L; i < length; i++)
            {
                Add((Complex*)corner + i * n, -Complex.Conjugate(p[i]), x, length);
                Add((Complex*)corner + i * n, -Complex.Conjugate(x[i]), p, length);
            }
        }
        for (var i = 0L; i < n; i++) values[i] = a[i * (n + 1)].Real;
        Form(a, n, tau, 1, n - 1, q, n);
        return Diagonalisation<double>.Diagonal(values, beside, (double*)q, n, 2 * n);
    }

    // A pair of rows is given a real product and then turned, and u's rows along.
    private static bool Rows(Complex* w, Complex* u, double* squares, long n)
    {
        var bound = 4 * Math.Sqrt(2 * n) * Householder<double>.Rounding;
        for (var sweep = 0; sweep < Diagonalisation<double>.Steps; sweep++)
        {
            var isTurned = false;
            for (var i = 0L; i < n; i++) squares[i] = Dot(w + i * n, w + i * n, n).Real;
            for (var i = 0L; i < n; i++)
                for (var j = i + 1; j < n; j++)
                {
                    var product = Dot(w + j * n, w + i * n, n);
                    var size = Complex.Abs(product);
                    if (Math.Min(squares[i], squares[j]) <= Diagonalisation<double>.Nothing || size <= bound * Math.Sqrt(squares[i]) * Math.Sqrt(squares[j])) continue;
                    var zeta = (squares[j] - squares[i]) / (2 * size);
                    var tangent = 1 / (zeta + Math.CopySign(double.Hypot(zeta, 1), zeta));
                    var c = 1 / double.Hypot(tangent, 1);
                    foreach (var rows in (ReadOnlySpan<nint>)[(nint)w, (nint)u])
                    {
                        Complex* x = (Complex*)rows + i * n, y = (Complex*)rows + j * n;
                        for (var k = 0L; k < n; k++) y[k] *= product / size;
                        Diagonalisation<double>.Turn((double*)x, (double*)y, 2 * n, c, c * tangent);
                    }
                    (squares[i], squares[j], isTurned) = (Dot(w + i * n, w + i * n, n).Real, Dot(w + j * n, w + j * n, n).Real, true);
                }
            if (!isTurned) return true;
        }
        return false;
    }

    // Each row that is 0 becomes the unit vector that is farthest from all others, made orthogonal twice.
    private static void Complete(Complex* v, bool[] missing, long n)
    {
        for (var i = 0L; i < n; i++)
        {
            if (!missing[i]) continue;
            var left = new double[n];
            for (var k = 0L; k < n * n; k++)
                if (!missing[k / n]) left[k % n] += v[k].Real * v[k].Real + v[k].Imaginary * v[k].Imaginary;
            var row = v + i * n;
            new Span<Complex>(row, (int)n).Clear();
            row[Array.IndexOf(left, left.Min())] = 1;
            for (var k = 0L; k < 2 * n; k++)
                if (!missing[k % n]) Add(row, -Dot(v + k % n * n, row, n), v + k % n * n, n);
            var size = Math.Sqrt(Dot(row, row, n).Real);
            for (var k = 0L; k < n; k++) row[k] /= size;
            missing[i] = false;
        }
    }

    // xᴴ·y.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Complex Dot(Complex* x, Complex* y, long n)
    {
        var (re, im) = (0.0, 0.0);
        for (var i = 0L; i < n; i++)
        {
            re += x[i].Real * y[i].Real + x[i].Imaginary * y[i].Imaginary;
            im += x[i].Real * y[i].Imaginary - x[i].Imaginary * y[i].Real;
        }
        return new(re, im);
    }

    // y += a·x.
    private static void Add(Complex* y, Complex a, Complex* x, long n)
    {
        for (var i = 0L; i < n; i++) y[i] = new(y[i].Real + a.Real * x[i].Real - a.Imaginary * x[i].Imaginary, y[i].Imaginary + a.Real * x[i].Imaginary + a.Imaginary * x[i].Real);
    }

    // c = a·b, where a is [n, n] and b [n, width].
    private static void Multiply(Complex* a, Complex* b, Complex* c, long n, long width)
    {
        new Span<Complex>(c, checked((int)(n * width))).Clear();
        for (var i = 0L; i < n; i++)
            for (var k = 0L; k < n; k++) Add(c + i * width, a[i * n + k], b + k * width, width);
    }

    // The upper triangle from the lower one.
    private static void Mirror(Complex* a, long n)
    {
        for (var i = 0L; i < n; i++)
            for (var j = 0L; j < i; j++) a[j * n + i] = Complex.Conjugate(a[i * n + j]);
    }

    private static void Transpose(Complex* a, Complex* to, long m, long n)
    {
        for (var i = 0L; i < m; i++)
            for (var j = 0L; j < n; j++) to[j * m + i] = a[i * n + j];
    }

    // Makes the largest part near 1; null where one is infinite or NaN.
    private static double? Scaled(Complex* a, long count)
    {
        var parts = (double*)a;
        var largest = 0.0;
        for (var i = 0L; i < 2 * count; i++)
        {
            if (!double.IsFinite(parts[i])) return null;
            largest = Math.Max(largest, Math.Abs(parts[i]));
        }
        var scale = largest == 0 ? 1 : Math.ScaleB(1, Math.Min(1000, -Math.ILogB(largest)));
        for (var i = 0L; i < 2 * count; i++) parts[i] *= scale;
        return scale;
    }

    private void Read(nint from, long matrix, Complex* to, long count)
    {
        for (var i = 0L; i < count; i++) to[i] = isSingle ? ((ComplexSingle*)from)[matrix * count + i] : ((Complex*)from)[matrix * count + i];
    }

    private void Write(Complex* from, nint to, long matrix, long count) => Write((double*)from, to, matrix, 2 * count);

    private void Write(double* from, nint to, long matrix, long count)
    {
        for (var i = 0L; i < count; i++)
        {
            if (isSingle) ((float*)to)[matrix * count + i] = (float)from[i];
            else ((double*)to)[matrix * count + i] = from[i];
        }
    }
}
