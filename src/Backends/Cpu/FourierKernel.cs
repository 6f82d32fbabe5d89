using System.Numerics;
using System.Runtime.Intrinsics;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>
/// Fourier transforms of rows. Several rows lie side by side in the lanes of vectors. A long row is a matrix: its columns are transformed, turned, and then its rows, as many at once as there are lanes.
/// Lengths with large prime factors are convolutions of a length that has none (Bluestein, 1970).
/// </summary>
internal sealed unsafe class FourierKernel<T> : CpuKernel where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ThreadWork = 1 << 13;

    private static readonly int Lanes = Vector512<T>.Count;

    private readonly long rows, n;
    private readonly bool inverse;
    private readonly Stages<T>? stages;
    private readonly Matrix? matrix;
    private readonly Chirp? chirp;

    public FourierKernel(bool inverse, long rows, long n)
    {
        (this.inverse, this.rows, this.n) = (inverse, rows, n);
        if (Stages<T>.Factors(n).DefaultIfEmpty().Max() > Stages<T>.LargestFactor) chirp = new(n);
        else if (n > 1 << 12 || (n >= 64 && rows < Lanes)) matrix = Matrix.Of(n);
        if (chirp is null && matrix is null) stages = new((int)n);
    }

    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        T* x = (T*)from[0], y = (T*)to[0];
        if (stages is null) Spread(rows, n, i => One(x + 2 * n * i, y + 2 * n * i));
        else Spread((rows + Lanes - 1) / Lanes, n * Lanes, i => Side(x, y, i * Lanes));
    }

    private static void Spread(long count, long work, Action<int> body)
    {
        if (count * work >= ThreadWork) Workers.Run((int)count, body);
        else
            for (var i = 0; i < count; i++) body(i);
    }

    private void One(T* x, T* y)
    {
        if (matrix is not null) matrix.Run(x, y, inverse);
        else chirp!.Run(x, y, inverse);
    }

    // Rows side by side.
    private void Side(T* x, T* y, long first)
    {
        var count = Math.Min(Lanes, rows - first);
        using var scratch = new Scratch(stages!.Bytes);
        var buffer = (T*)scratch.Pointer;
        var (re, im) = inverse ? (n * Lanes, 0L) : (0L, n * Lanes);
        for (var lane = 0L; lane < count; lane++)
            for (var j = 0L; j < n; j++) (buffer[re + j * Lanes + lane], buffer[im + j * Lanes + lane]) = (x[2 * (n * (first + lane) + j)], x[2 * (n * (first + lane) + j) + 1]);
        var result = (T*)stages.Run((Vector512<T>*)buffer);
        for (var lane = 0L; lane < count; lane++)
            for (var j = 0L; j < n; j++) (y[2 * (n * (first + lane) + j)], y[2 * (n * (first + lane) + j) + 1]) = (result[re + j * Lanes + lane], result[im + j * Lanes + lane]);
    }

    /// <summary>A row as a matrix of two lengths of about the same size.</summary>
    private sealed class Matrix(int high, int wide)
    {
        private readonly long n = (long)high * wide;
        private readonly Stages<T> columns = new(high), lines = new(wide);
        // A power of the root of unity is the product of two: of a multiple of the width, and of the rest.
        private readonly (T[] Cos, T[] Sin) coarse = Stages<T>.Roots((long)high * wide, high, wide), fine = Stages<T>.Roots((long)high * wide, wide);

        public static Matrix? Of(long n)
        {
            var high = (long)Math.Sqrt(n);
            while (n % high != 0) high--;
            return high >= 4 && n / high <= 1 << 20 ? new((int)high, (int)(n / high)) : null;
        }

        public void Run(T* x, T* y, bool inverse)
        {
            using var block = new Block(2 * n * sizeof(T));
            var turned = block.Pointer;
            Spread((wide + Lanes - 1) / Lanes, (long)high * Lanes, i => Columns(x, (T*)turned, i * Lanes, inverse));
            Spread((high + Lanes - 1) / Lanes, (long)wide * Lanes, i => Lines((T*)turned, y, i * Lanes, inverse));
        }

        private void Columns(T* x, T* turned, int first, bool inverse)
        {
            var count = Math.Min(Lanes, wide - first);
            using var scratch = new Scratch(columns.Bytes);
            var buffer = (T*)scratch.Pointer;
            T* re = buffer + (inverse ? high * Lanes : 0), im = buffer + (inverse ? 0 : high * Lanes);
            for (var j = 0; j < high; j++)
            {
                var at = x + 2 * ((long)j * wide + first);
                for (var lane = 0; lane < count; lane++) (re[j * Lanes + lane], im[j * Lanes + lane]) = (at[2 * lane], at[2 * lane + 1]);
            }
            var result = (T*)columns.Run((Vector512<T>*)buffer);
            fixed (T* c1 = coarse.Cos, s1 = coarse.Sin, c2 = fine.Cos, s2 = fine.Sin)
                for (var k = 0; k < high; k++)
                    for (var lane = 0; lane < count; lane++)
                    {
                        var (a, b) = Math.DivRem((long)k * (first + lane), wide);
                        T c = c1[a] * c2[b] - s1[a] * s2[b], s = c1[a] * s2[b] + s1[a] * c2[b];
                        T u = result[k * Lanes + lane], v = result[(high + k) * Lanes + lane];
                        var at = (long)k * wide + first + lane;
                        (turned[at], turned[n + at]) = (u * c - v * s, u * s + v * c);
                    }
        }

        private void Lines(T* turned, T* y, int first, bool inverse)
        {
            var count = Math.Min(Lanes, high - first);
            using var scratch = new Scratch(lines.Bytes);
            var buffer = (T*)scratch.Pointer;
            for (var lane = 0; lane < count; lane++)
            {
                var at = turned + (long)(first + lane) * wide;
                for (var j = 0; j < wide; j++) (buffer[j * Lanes + lane], buffer[(wide + j) * Lanes + lane]) = (at[j], at[n + j]);
            }
            var result = (T*)lines.Run((Vector512<T>*)buffer);
            T* re = result + (inverse ? wide * Lanes : 0), im = result + (inverse ? 0 : wide * Lanes);
            for (var k = 0; k < wide; k++)
            {
                var at = y + 2 * ((long)k * high + first);
                for (var lane = 0; lane < count; lane++) (at[2 * lane], at[2 * lane + 1]) = (re[k * Lanes + lane], im[k * Lanes + lane]);
            }
        }
    }

    /// <summary>jk = (j² + k² − (k − j)²)/2: the transform is a convolution with exp(πi·j²/n).</summary>
    private sealed class Chirp
    {
        private readonly long n, length;
        private readonly T[] cos, sin, spectrum;
        private readonly FourierKernel<T> forward, back;

        public Chirp(long n)
        {
            this.n = n;
            length = (long)BitOperations.RoundUpToPowerOf2((ulong)(2 * n - 1));
            (cos, sin) = (new T[n], new T[n]);
            for (var j = 0L; j < n; j++)
            {
                var (s, c) = double.SinCosPi((double)(long)((Int128)j * j % (2 * n)) / n);
                (cos[j], sin[j]) = (T.CreateTruncating(c), T.CreateTruncating(-s));
            }
            (forward, back) = (new(false, 1, length), new(true, 1, length));
            var (filter, scale) = (new T[2 * length], T.One / T.CreateTruncating(length));
            spectrum = new T[2 * length];
            for (var j = 0L; j < n; j++)
                foreach (var at in (ReadOnlySpan<long>)[j, (length - j) % length]) (filter[2 * at], filter[2 * at + 1]) = (cos[j] * scale, -sin[j] * scale);
            fixed (T* a = filter, b = spectrum) forward.Run([(nint)a], [(nint)b]);
        }

        public void Run(T* x, T* y, bool inverse)
        {
            using var block = new Block(4 * length * sizeof(T));
            T* a = (T*)block.Pointer, b = a + 2 * length;
            var (re, im) = inverse ? (1, 0) : (0, 1);
            new Span<T>(a + 2 * n, (int)(2 * (length - n))).Clear();
            for (var j = 0L; j < n; j++) (a[2 * j], a[2 * j + 1]) = Times(x[2 * j + re], x[2 * j + im], cos[j], sin[j]);
            forward.Run([(nint)a], [(nint)b]);
            for (var k = 0L; k < length; k++) (b[2 * k], b[2 * k + 1]) = Times(b[2 * k], b[2 * k + 1], spectrum[2 * k], spectrum[2 * k + 1]);
            back.Run([(nint)b], [(nint)a]);
            for (var k = 0L; k < n; k++) (y[2 * k + re], y[2 * k + im]) = Times(a[2 * k], a[2 * k + 1], cos[k], sin[k]);
        }

        private static (T Re, T Im) Times(T a, T b, T c, T d) => (a * c - b * d, a * d + b * c);
    }
}
