using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Matrices that are hard in different ways, real or complex, and how far what they are taken apart into is from what it should be.</summary>
internal static class Residuals
{
    // The largest part of all numbers; NaN, which Enumerable.Max overlooks, where there is one.
    public static double Largest(Node x) => x.Type.Count == 0 ? 0 : Evaluate<double>(MaxOver(Abs(Wide(x) is var w && w.DType.IsComplex ? ViewAsReal(w) : w)))[0];

    public static Node Wide(Node x) => Cast(x, x.DType.IsComplex ? DType.Complex128 : DType.Float64);

    /// <summary>Matrices [2, m, n] of one kind, made of random ones from seeds.</summary>
    public static Node Made(string kind, long m, long n, Func<int, Dims, Node> random)
    {
        var k = Math.Min(m, n);
        Node Orthonormal(int seed, long size) => Qr(random(seed, [2, size, k])).Q;
        Node With(Node s) => MatMul(Orthonormal(1, m) * s, Adjoint(Orthonormal(2, n)));
        var step = Arange(k, DType.Float64) / Math.Max(1, k - 1);
        var any = random(3, [2, m, n]);
        return kind switch
        {
            "random" => any,
            "huge" => any * 1e300,
            "tiny" => any * 1e-300,
            "ill" => With(Pow(1e-10, step)),
            "graded" => random(4, [2, m, n]) * Unsqueeze(Pow(1e-15, Arange(m, DType.Float64) / Math.Max(1, m - 1)), 1),
            "falling" => random(5, [2, m, n]) * Pow(1e-200, Arange(n, DType.Float64) / Math.Max(1, n - 1)),
            "repeated" => With(Where(step < 0.3, 3, Where(step < 0.8, 1, 0))),
            "zero" => Full(any.Type, 0),
            "ones" => Full(any.Type, 1),
            _ => Broadcast(Cast(Equal(Unsqueeze(Arange(m), 1), Arange(n)), any.DType), [2, m, n]) * (any.DType.IsComplex ? System.Numerics.Complex.ImaginaryOne : 1.0),
        };
    }

    /// <summary>Holds factors, in the given precision and in single precision, to small multiples of rounding; and more of square matrices.</summary>
    public static void Hold(string kind, Node given, Action<Node, Func<Node, Node>, Action<string, Node, double>>? square = null)
    {
        var (m, n) = (given.Shape[1], given.Shape[2]);
        foreach (var type in new[] { given.DType, given.DType.IsComplex ? DType.Complex64 : DType.Float32 })
        {
            var isSingle = type != given.DType;
            if (isSingle && kind is "huge" or "tiny" or "falling") continue;
            var a = Cast(given, type);
            var (size, bound) = (Largest(a), Math.Max(m, n) * (isSingle ? 6e-8 : 1.2e-16));
            void Small(string what, Node rest, double factor = 8) => Assert.True(Largest(rest) <= factor * bound, $"{what} of {kind} {m}·{n} in {type}: {Largest(rest) / bound}");
            void Unit(string what, Node q) => Small(what, MatMul(Adjoint(Wide(q)), Wide(q)) - Eye(q.Shape[^1]));
            // Relative to the largest element, in which the scale of the matrix vanishes.
            Node Part(Node x) => Wide(x) / (size == 0 ? 1 : size);
            void Ordered(string what, Node x, bool isNonnegative)
            {
                Assert.Equal(type.PartType, x.DType);
                var d = Evaluate<double>(Wide(x));
                for (var i = 0; i < d.Length; i++) Assert.True((i % x.Shape[1] == 0 || d[i] <= d[i - 1]) && (!isNonnegative || d[i] >= 0), $"{what} of {kind}: {d[i]} at {i}");
            }
            var (q, r) = Qr(a);
            Unit("Q", q);
            Assert.Equal(0, Largest(Tril(r, -1)));
            Assert.Equal(0, Largest(Imag(Diagonal(r, 0, 1, 2))));
            Small("QR", MatMul(Wide(q), Part(r)) - Part(a), 8 * Math.Sqrt(m));
            var (u, s, vh) = Svd(a);
            Unit("U", u);
            Unit("V", Adjoint(vh));
            Ordered("S", s, true);
            Small("USVh", MatMul(Wide(u) * Unsqueeze(Part(s), 1), Wide(vh)) - Part(a), 8 * Math.Sqrt(m));
            if (m != n) continue;
            var symmetric = a + Adjoint(a);
            var (w, v) = Eigh(symmetric);
            Unit("V", v);
            Ordered("values", Flip(w, 1), false);
            Small("VwVh", MatMul(Wide(v) * Unsqueeze(Part(w), 1), Adjoint(Wide(v))) - Part(symmetric), 8 * Math.Sqrt(m));
            Closeness.Close(w, EigvalsH(symmetric), 0);
            square?.Invoke(a, Part, (what, rest, factor) => Small(what, rest, factor));
        }
    }
}
