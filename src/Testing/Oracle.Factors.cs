using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>Factorisations and triangular systems, by their definitions.</summary>
public static partial class Oracle<T>
{
    private static Dense<T> Rooted(Dense<T> a)
    {
        var (n, y) = ((int)a.Shape[1], Filled(a.Shape));
        for (var at = 0; at < y.Data.Length; at += n * n)
            for (var i = 0; i < n; i++)
                for (var j = 0; j <= i; j++)
                {
                    var rest = Rest(a.Data[at + i * n + j], j, k => y.Data[at + i * n + k] * y.Data[at + j * n + k]);
                    y.Data[at + i * n + j] = i == j ? T.Sqrt(rest) : rest / y.Data[at + j * n + j];
                }
        return y;
    }

    private static Dense<T> Solved(TriangularSolve op, Dense<T> a, Dense<T> b)
    {
        var (n, columns, y) = ((int)a.Shape[1], (int)b.Shape[2], Filled(b.Shape));
        for (var m = 0; m < a.Shape[0]; m++)
            for (var c = 0; c < columns; c++)
                for (var step = 0; step < n; step++)
                {
                    int Row(int s) => op.Lower != op.Transposed ? s : n - 1 - s;
                    T Element(int i, int j) => a.Data[(m * n + (op.Transposed ? j : i)) * n + (op.Transposed ? i : j)];
                    int Place(int i) => (m * n + i) * columns + c;
                    var row = Row(step);
                    var rest = Rest(b.Data[Place(row)], step, s => Element(row, Row(s)) * y.Data[Place(Row(s))]);
                    y.Data[Place(row)] = op.Unit ? rest : rest / Element(row, row);
                }
        return y;
    }

    // Column by column: below the diagonal, the largest remainder becomes the pivot.
    private static Dense<T> Eliminated(Dense<T> a)
    {
        var (n, y, order) = ((int)a.Shape[1], (T[])[.. a.Data], Filled(a.Shape[..2]));
        for (var m = 0; m < a.Shape[0]; m++)
        {
            var rows = Enumerable.Range(0, n).ToArray();
            int At(int i, int j) => (m * n + rows[i]) * n + j;
            for (var k = 0; k < n; k++)
            {
                for (var i = k; i < n; i++) y[At(i, k)] = Rest(y[At(i, k)], k, s => y[At(i, s)] * y[At(s, k)]);
                var best = k;
                for (var i = k + 1; i < n; i++)
                    if (Functions<T>.OrderOfPlaces(y[At(i, k)] * y[At(i, k)], y[At(best, k)] * y[At(best, k)]) > 0) best = i;
                (rows[k], rows[best]) = (rows[best], rows[k]);
                for (var i = k + 1; i < n; i++) y[At(i, k)] /= y[At(k, k)];
                for (var j = k + 1; j < n; j++) y[At(k, j)] = Rest(y[At(k, j)], k, s => y[At(k, s)] * y[At(s, j)]);
            }
            var factors = Enumerable.Range(0, n * n).Select(e => y[At(e / n, e % n)]).ToArray();
            factors.CopyTo(y, m * n * n);
            for (var i = 0; i < n; i++) order.Data[m * n + i] = T.Integer(rows[i]);
        }
        return new(0, []) { Parts = [new(a.Shape, y), order] };
    }

    // Term by term, as it is defined.
    private static Dense<T> Transformed(Fourier op, Dense<T> z)
    {
        var (n, y) = ((int)z.Shape[1], new T[z.Data.Length]);
        for (var i = 0; i < y.Length / 2; i++)
        {
            var (start, k) = (i / n * n, i % n);
            T Term(int j, bool imaginary)
            {
                var (sin, cos) = Math.SinCos(2 * Math.PI * ((long)j * k % n) / n * (op.Inverse ? 1 : -1));
                var (re, im) = (z.Data[2 * (start + j)], z.Data[2 * (start + j) + 1]);
                return imaginary ? re * T.From(sin) + im * T.From(cos) : re * T.From(cos) - im * T.From(sin);
            }
            for (var part = 0; part < 2; part++) y[2 * i + part] = T.Sum([.. Enumerable.Range(0, n).Select(j => Term(j, part == 1))]);
        }
        return new(z.Shape, y);
    }

    // What is left of a number when some products are taken away.
    private static T Rest(T whole, int count, Func<int, T> product) => T.Sum([whole, .. Enumerable.Range(0, count).Select(k => -product(k))]);
}
