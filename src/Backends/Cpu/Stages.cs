using System.Numerics;
using System.Runtime.Intrinsics;

namespace Functional.Autograd.Cpu;

/// <summary>
/// The forward Fourier transform of one length, of as many rows at once as a vector has lanes: Stockham's passes between two buffers, which need no reordering, one per factor of the length.
/// A buffer holds all real parts and then all imaginary ones. Where these change places, before and after, it is the inverse.
/// </summary>
internal sealed unsafe class Stages<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The largest prime factor of a length that passes are made for.</summary>
    public const int LargestFactor = 61;

    private readonly int n;
    private readonly int[] factors;
    private readonly T[] cos, sin;

    public Stages(int n)
    {
        this.n = n;
        factors = [.. Factors(n)];
        (cos, sin) = Roots(n, n);
    }

    /// <summary>Bytes of the two buffers.</summary>
    public long Bytes => 4L * n * sizeof(Vector512<T>);

    /// <summary>Fours as long as there are any, then primes.</summary>
    public static IEnumerable<int> Factors(long n)
    {
        for (; n % 4 == 0; n /= 4) yield return 4;
        for (var p = 2; n > 1; p++)
            for (; n % p == 0; n /= p) yield return p;
    }

    /// <summary>The first powers of exp(−2πi/n): each is rounded once.</summary>
    public static (T[] Cos, T[] Sin) Roots(long n, long count, long step = 1)
    {
        var (cos, sin) = (new T[count], new T[count]);
        for (var k = 0L; k < count; k++)
        {
            var (s, c) = double.SinCosPi(2.0 * (k * step % n) / n);
            (cos[k], sin[k]) = (T.CreateTruncating(c), T.CreateTruncating(-s));
        }
        return (cos, sin);
    }

    /// <summary>Transforms the first buffer, with the second as room.</summary>
    /// <returns>The buffer that holds the result.</returns>
    public Vector512<T>* Run(Vector512<T>* x)
    {
        var y = x + 2 * n;
        var (length, stride) = (n, 1);
        foreach (var r in factors)
        {
            length /= r;
            if (r == 4) Four(x, y, length, stride);
            else Prime(r, x, y, length, stride);
            stride *= r;
            var used = x;
            x = y;
            y = used;
        }
        return x;
    }

    private void Four(Vector512<T>* x, Vector512<T>* y, int m, int s)
    {
        Vector512<T>* u = x + n, v = y + n;
        fixed (T* cos = this.cos, sin = this.sin)
            for (var p = 0; p < m; p++)
            {
                var (k1, k2, k3) = (p * s, 2 * p * s, 3 * p * s);
                Vector512<T> c1 = Vector512.Create(cos[k1]), s1 = Vector512.Create(sin[k1]), c2 = Vector512.Create(cos[k2]), s2 = Vector512.Create(sin[k2]), c3 = Vector512.Create(cos[k3]), s3 = Vector512.Create(sin[k3]);
                for (var q = 0; q < s; q++)
                {
                    int i = q + s * p, j = s * m, o = q + 4 * s * p;
                    Vector512<T> sum = x[i] + x[i + 2 * j], sumI = u[i] + u[i + 2 * j], difference = x[i] - x[i + 2 * j], differenceI = u[i] - u[i + 2 * j];
                    Vector512<T> other = x[i + j] + x[i + 3 * j], otherI = u[i + j] + u[i + 3 * j], turned = u[i + j] - u[i + 3 * j], turnedI = x[i + 3 * j] - x[i + j];
                    (y[o], v[o]) = (sum + other, sumI + otherI);
                    Put(y + o + s, v + o + s, difference + turned, differenceI + turnedI, c1, s1);
                    Put(y + o + 2 * s, v + o + 2 * s, sum - other, sumI - otherI, c2, s2);
                    Put(y + o + 3 * s, v + o + 3 * s, difference - turned, differenceI - turnedI, c3, s3);
                }
            }
    }

    private void Prime(int r, Vector512<T>* x, Vector512<T>* y, int m, int s)
    {
        Vector512<T>* u = x + n, v = y + n;
        for (var p = 0; p < m; p++)
            for (var q = 0; q < s; q++)
                for (var j = 0; j < r; j++)
                {
                    var at = q + s * p;
                    Vector512<T> re = x[at], im = u[at];
                    for (var k = 1; k < r; k++)
                    {
                        var (place, root) = (at + s * m * k, j * k % r * (n / r));
                        Vector512<T> c = Vector512.Create(cos[root]), d = Vector512.Create(sin[root]);
                        re += x[place] * c - u[place] * d;
                        im += x[place] * d + u[place] * c;
                    }
                    var (to, turn) = (q + s * (r * p + j), p * j * s);
                    Put(y + to, v + to, re, im, Vector512.Create(cos[turn]), Vector512.Create(sin[turn]));
                }
    }

    private static void Put(Vector512<T>* y, Vector512<T>* v, Vector512<T> re, Vector512<T> im, Vector512<T> c, Vector512<T> s) => (*y, *v) = (re * c - im * s, re * s + im * c);
}
