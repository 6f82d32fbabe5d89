using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>Factorisations of complex matrices, whose elements are pairs in a row; as those of real ones, with conjugates.</summary>
public static partial class Oracle<T>
{
    private readonly record struct Pair(T Re, T Im)
    {
        public Pair Conjugate => new(Re, -Im);

        public T Square => Re * Re + Im * Im;

        public static Pair operator +(Pair a, Pair b) => new(a.Re + b.Re, a.Im + b.Im);

        public static Pair operator -(Pair a, Pair b) => new(a.Re - b.Re, a.Im - b.Im);

        public static Pair operator *(Pair a, Pair b) => new(a.Re * b.Re - a.Im * b.Im, a.Re * b.Im + a.Im * b.Re);

        public static Pair operator *(Pair a, T b) => new(a.Re * b, a.Im * b);

        public static Pair operator /(Pair a, T b) => new(a.Re / b, a.Im / b);

        public static Pair operator /(Pair a, Pair b) => a * b.Conjugate / b.Square;

        public static Pair Exact(Pair p) => new(T.Exact(p.Re), T.Exact(p.Im));

        public static Pair Sum(IEnumerable<Pair> terms) => terms.ToArray() is var all ? new(T.Sum([.. all.Select(p => p.Re)]), T.Sum([.. all.Select(p => p.Im)])) : default;
    }

    private static Dense<T> OfPairs(Node node, Dense<T>[] x)
    {
        var (a, b) = (x[0], x[^1]);
        var (batch, m, n) = ((int)a.Shape[0], (int)a.Shape[1], (int)a.Shape[2]);
        // One matrix after the other, each result with all of its numbers.
        var parts = Enumerable.Range(0, batch).Select(i => node.Op switch
        {
            Cholesky => [Flat(RootOf(Matrix(a, i)))],
            TriangularSolve op => [Flat(SolutionOf(op, Matrix(a, i), Matrix(b, i)))],
            Lu => EliminatedOf(Matrix(a, i)),
            Qr => ReflectedOf(Matrix(a, i)),
            Eigh => DiagonalisedOf(Matrix(a, i)),
            _ => DecomposedOf(Matrix(a, i)),
        }).ToArray();
        if (node.Op is not Several) return new(node.Shape, [.. parts.SelectMany(p => p[0])]);
        return new(0, []) { Parts = [.. node.Type.Parts.Select((type, k) => new Dense<T>(type.Shape, [.. parts.SelectMany(p => p[k])]))] };
    }

    private static Pair[,] Matrix(Dense<T> x, int i)
    {
        var (m, n) = ((int)x.Shape[1], (int)x.Shape[2]);
        return Of(m, n, (r, c) => ((i * m + r) * n + c) * 2 is var at ? new Pair(x.Data[at], x.Data[at + 1]) : default);
    }

    private static Pair[,] Of(int m, int n, Func<int, int, Pair> element)
    {
        var table = new Pair[m, n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++) table[i, j] = element(i, j);
        return table;
    }

    private static T[] Flat(Pair[,] x) => [.. x.Cast<Pair>().SelectMany(p => new[] { p.Re, p.Im })];

    private static Pair[,] RootOf(Pair[,] a)
    {
        var (n, y) = (a.GetLength(0), Of(a.GetLength(0), a.GetLength(0), (_, _) => new(zero, zero)));
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
            {
                var rest = a[i, j] - Pair.Sum(Enumerable.Range(0, j).Select(k => y[i, k] * y[j, k].Conjugate));
                y[i, j] = i == j ? new(T.Sqrt(rest.Re), zero) : rest / y[j, j].Re;
            }
        return y;
    }

    private static Pair[,] SolutionOf(TriangularSolve op, Pair[,] a, Pair[,] b)
    {
        var (n, columns) = (b.GetLength(0), b.GetLength(1));
        var y = Of(n, columns, (_, _) => default);
        int Row(int step) => op.Lower != op.Transposed ? step : n - 1 - step;
        Pair Element(int i, int j) => op.Transposed ? a[j, i] : a[i, j];
        for (var step = 0; step < n; step++)
            for (var c = 0; c < columns; c++)
            {
                var row = Row(step);
                var rest = b[row, c] - Pair.Sum(Enumerable.Range(0, step).Select(s => Element(row, Row(s)) * y[Row(s), c]));
                y[row, c] = op.Unit ? rest : rest / Element(row, row);
            }
        return y;
    }

    private static T[][] EliminatedOf(Pair[,] a)
    {
        var (n, y, rows) = (a.GetLength(0), a, Enumerable.Range(0, a.GetLength(0)).ToArray());
        T Size(Pair p) => Functions<T>.Of("Abs", p.Re) + Functions<T>.Of("Abs", p.Im);
        for (var k = 0; k < n; k++)
        {
            var best = k;
            for (var i = k + 1; i < n; i++)
                if (Functions<T>.OrderOfPlaces(Size(y[rows[i], k]), Size(y[rows[best], k])) > 0) best = i;
            (rows[k], rows[best]) = (rows[best], rows[k]);
            for (var i = k + 1; i < n; i++)
            {
                y[rows[i], k] /= y[rows[k], k];
                for (var j = k + 1; j < n; j++) y[rows[i], j] -= y[rows[i], k] * y[rows[k], j];
            }
        }
        return [Flat(Of(n, n, (i, j) => y[rows[i], j])), [.. rows.Select(r => T.Integer(r))]];
    }

    // Each reflection leaves a real number on the diagonal, as LAPACK's zlarfg.
    private static T[][] ReflectedOf(Pair[,] a)
    {
        var (m, n, one) = (a.GetLength(0), a.GetLength(1), new Pair(T.From(1), zero));
        var k = Math.Min(m, n);
        // The matrix, and beside it the unit matrix, which becomes Qᴴ.
        var y = Of(m, n + m, (i, j) => j < n ? a[i, j] : i == j - n ? one : new(zero, zero));
        for (var j = 0; j < k; j++)
        {
            var size = T.Sqrt(T.Sum([.. Enumerable.Range(j, m - j).Select(i => y[i, j].Square)]));
            var beta = T.Sign(y[j, j].Re) < 0 ? size : -size;
            var (tau, divisor) = (new Pair((beta - y[j, j].Re) / beta, -y[j, j].Im / beta), y[j, j] - new Pair(beta, zero));
            var v = Enumerable.Range(j, m - j).Select(i => i == j ? one : y[i, j] / divisor).ToArray();
            for (var c = j; c < n + m; c++)
            {
                var part = tau.Conjugate * Pair.Sum(v.Select((p, i) => p.Conjugate * y[j + i, c]));
                for (var i = 0; i < v.Length; i++) y[j + i, c] -= v[i] * part;
            }
            y[j, j] = new(beta, zero);
        }
        return [Flat(Of(m, k, (i, j) => y[j, n + i].Conjugate)), Flat(Of(k, n, (i, j) => i > j ? new(zero, zero) : y[i, j]))];
    }

    private static T[][] DiagonalisedOf(Pair[,] a)
    {
        var n = a.GetLength(0);
        Pair Element(int i, int j) => i == j ? new(a[i, i].Re, zero) : i > j ? a[i, j] : a[j, i].Conjugate;
        var v = TurnedOf(Of(n, n, Element));
        var rest = Of(n, n, (i, j) => Between(v, Element, v, i, j));
        // What A's rounding moves, to first order.
        var vectors = Of(n, n, (i, j) => v[i, j] + Pair.Sum(Enumerable.Range(0, n).Where(k => k != j).Select(k => v[i, k] * (rest[k, j] / T.Exact(rest[j, j].Re - rest[k, k].Re)))));
        return [[.. Enumerable.Range(0, n).Select(k => rest[k, k].Re)], Flat(vectors)];
    }

    private static T[][] DecomposedOf(Pair[,] a)
    {
        var isTall = a.GetLength(0) >= a.GetLength(1);
        var (m, k) = (Math.Max(a.GetLength(0), a.GetLength(1)), Math.Min(a.GetLength(0), a.GetLength(1)));
        Pair Element(int i, int j) => isTall ? a[i, j] : a[j, i].Conjugate;
        var ascending = TurnedOf(Of(k, k, (i, j) => Pair.Sum(Enumerable.Range(0, m).Select(l => Pair.Exact(Element(l, i)).Conjugate * Pair.Exact(Element(l, j))))));
        var v = Of(k, k, (i, j) => ascending[i, k - 1 - j]);
        Pair Image(int i, int j) => Pair.Sum(Enumerable.Range(0, k).Select(l => Element(i, l) * v[l, j]));
        var s = Enumerable.Range(0, k).Select(j => T.Exact(T.Sqrt(T.Sum([.. Enumerable.Range(0, m).Select(i => Image(i, j).Square)])))).ToArray();
        var w = Of(m, k, (i, j) => Pair.Exact(Image(i, j) / s[j]));
        var rest = Of(k, k, (i, j) => Between(w, Element, v, i, j));
        Pair Moved(int i, int j, bool left) => (left ? rest[i, j] * s[j] + rest[j, i].Conjugate * s[i] : rest[i, j] * s[i] + rest[j, i].Conjugate * s[j]) / T.Exact(s[j] * s[j] - s[i] * s[i]);
        Pair Sum(Pair[,] of, int i, int j, bool left) => of[i, j] + Pair.Sum(Enumerable.Range(0, k).Where(l => l != j).Select(l => of[i, l] * Moved(l, j, left)));
        // What A gives outside of the space of the vectors moves them as well, and what it turns on the diagonal is the left ones' angle.
        Pair Left(int i, int j) => Sum(w, i, j, left: true) + (Image(i, j) - Pair.Sum(Enumerable.Range(0, k).Select(l => w[i, l] * rest[l, j]))) / s[j] + w[i, j] * new Pair(zero, rest[j, j].Im) / s[j];
        Pair Right(int i, int j) => Sum(v, i, j, left: false);
        return
        [
            Flat(isTall ? Of(m, k, Left) : Of(k, k, Right)),
            [.. Enumerable.Range(0, k).Select(j => rest[j, j].Re)],
            Flat(isTall ? Of(k, k, (i, j) => Right(j, i).Conjugate) : Of(k, m, (i, j) => Left(j, i).Conjugate)),
        ];
    }

    // The eigenvectors of a Hermitian matrix, as columns, ascending and exact: Jacobi's rotations, as of symmetric ones, with tangents that have an angle.
    private static Pair[,] TurnedOf(Pair[,] a)
    {
        var n = a.GetLength(0);
        var (x, v) = (Of(n, n, (i, j) => Pair.Exact(a[i, j])), Of(n, n, (i, j) => new(T.From(i == j ? 1 : 0), zero)));
        bool IsLost(Pair small, T whole) => T.Same(T.Exact(whole + small.Re), whole) && T.Same(T.Exact(whole + small.Im), whole);
        for (var (sweep, turned) = (0, true); turned && sweep < Sweeps; sweep++)
        {
            turned = false;
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++)
                {
                    if (IsLost(x[p, q], x[p, p].Re) && IsLost(x[p, q], x[q, q].Re)) continue;
                    turned = true;
                    var apart = x[q, q].Re - x[p, p].Re;
                    var root = T.Sqrt(apart * apart + x[p, q].Square * T.From(4));
                    var tangent = (x[p, q] + x[p, q]) / (apart + (apart.Value < 0 ? -root : root));
                    var c = T.From(1) / T.Sqrt(T.From(1) + tangent.Square);
                    var s = tangent * c;
                    (Pair, Pair) Turn(Pair first, Pair second, Pair s) => (Pair.Exact(first * c - second * s.Conjugate), Pair.Exact(first * s + second * c));
                    for (var i = 0; i < n; i++) (x[p, i], x[q, i]) = Turn(x[p, i], x[q, i], s.Conjugate);
                    for (var i = 0; i < n; i++) (x[i, p], x[i, q]) = Turn(x[i, p], x[i, q], s);
                    for (var i = 0; i < n; i++) (v[i, p], v[i, q]) = Turn(v[i, p], v[i, q], s);
                }
        }
        var order = Enumerable.Range(0, n).OrderBy(k => x[k, k].Re.Value).ToArray();
        return Of(n, n, (i, j) => v[i, order[j]]);
    }

    // An element of Uᴴ·A·V.
    private static Pair Between(Pair[,] u, Func<int, int, Pair> a, Pair[,] v, int i, int j) =>
        Pair.Sum(Enumerable.Range(0, u.GetLength(0)).SelectMany(k => Enumerable.Range(0, v.GetLength(0)).Select(l => u[k, i].Conjugate * a(k, l) * v[l, j])));
}
