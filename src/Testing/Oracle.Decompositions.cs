namespace Functional.Autograd.Testing;

/// <summary>QR by reflections; eigenvalues and singular values by rotations, in all digits and derivatives at once.</summary>
public static partial class Oracle<T>
{
    private const int Sweeps = 14;

    // Column by column, a reflection leaves nothing below the diagonal; as LAPACK, none where nothing is there.
    private static Dense<T> Reflected(Dense<T> a)
    {
        var (m, n) = ((int)a.Shape[1], (int)a.Shape[2]);
        var k = Math.Min(m, n);
        var (q, r) = (Filled(Dims.Create([a.Shape[0], m, k])), Filled(Dims.Create([a.Shape[0], k, n])));
        for (var b = 0; b < a.Shape[0]; b++)
        {
            // The matrix, and beside it the unit matrix, which becomes Qᵀ.
            var y = Table(m, n + m, (i, j) => j < n ? a.Data[(b * m + i) * n + j] : i == j - n ? T.From(1) : zero);
            for (var j = 0; j < k; j++)
            {
                if (Enumerable.Range(j + 1, m - j - 1).All(i => y[i, j].IsConstant && y[i, j].Value == 0)) continue;
                var column = Enumerable.Range(j, m - j).Select(i => y[i, j]).ToArray();
                var size = T.Sqrt(T.Sum([.. column.Select(v => v * v)]));
                column[0] += T.Sign(column[0]) < 0 ? -size : size;
                var square = T.Sum([.. column.Select(v => v * v)]);
                for (var c = j; c < n + m; c++)
                {
                    var part = T.Sum([.. column.Select((v, i) => v * y[j + i, c])]) * T.From(2) / square;
                    for (var i = 0; i < column.Length; i++) y[j + i, c] -= column[i] * part;
                }
            }
            for (var i = 0; i < m; i++)
                for (var j = 0; j < k; j++) q.Data[(b * m + i) * k + j] = y[j, n + i];
            for (var i = 0; i < k; i++)
                for (var j = i; j < n; j++) r.Data[(b * k + i) * n + j] = y[i, j];
        }
        return new(0, []) { Parts = [q, r] };
    }

    private static Dense<T> Diagonalised(Dense<T> a)
    {
        var (n, values, vectors) = ((int)a.Shape[1], Filled(a.Shape[..2]), Filled(a.Shape));
        for (var b = 0; b < a.Shape[0]; b++)
        {
            T Element(int i, int j) => a.Data[(b * n + Math.Max(i, j)) * n + Math.Min(i, j)];
            var v = Turned(Table(n, n, Element));
            // What A's rounding moves, to first order.
            var rest = Table(n, n, (i, j) => Between(v, Element, v, i, j));
            var order = Enumerable.Range(0, n).OrderBy(k => rest[k, k].Value).ToArray();
            for (var j = 0; j < n; j++)
            {
                var at = order[j];
                values.Data[b * n + j] = rest[at, at];
                for (var i = 0; i < n; i++)
                    vectors.Data[(b * n + i) * n + j] = v[i, at] + T.Sum([.. Enumerable.Range(0, n).Where(k => k != at).Select(k => v[i, k] * (rest[k, at] / T.Exact(rest[at, at] - rest[k, k])))]);
            }
        }
        return new(0, []) { Parts = [values, vectors] };
    }

    private static Dense<T> Decomposed(Dense<T> a)
    {
        var (m, n) = ((int)a.Shape[1], (int)a.Shape[2]);
        var k = Math.Min(m, n);
        var (u, s, vh) = (Filled(Dims.Create([a.Shape[0], m, k])), Filled(Dims.Create([a.Shape[0], k])), Filled(Dims.Create([a.Shape[0], k, n])));
        for (var b = 0; b < a.Shape[0]; b++)
        {
            // As tall as wide, or taller.
            T Element(int i, int j) => m >= n ? a.Data[(b * m + i) * n + j] : a.Data[(b * m + j) * n + i];
            var tall = Math.Max(m, n);
            var v = Turned(Table(k, k, (i, j) => T.Sum([.. Enumerable.Range(0, tall).Select(l => T.Exact(Element(l, i)) * T.Exact(Element(l, j)))])));
            T Image(int i, int j) => T.Sum([.. Enumerable.Range(0, k).Select(l => Element(i, l) * v[l, j])]);
            var sizes = Enumerable.Range(0, k).Select(j => T.Exact(T.Sqrt(T.Sum([.. Enumerable.Range(0, tall).Select(i => Image(i, j) * Image(i, j))])))).ToArray();
            var w = Table(tall, k, (i, j) => T.Exact(Image(i, j) / sizes[j]));
            var rest = Table(k, k, (i, j) => Between(w, Element, v, i, j));
            T Moved(int i, int j, bool left) => (left ? rest[i, j] * sizes[j] + sizes[i] * rest[j, i] : sizes[i] * rest[i, j] + rest[j, i] * sizes[j]) / T.Exact(sizes[j] * sizes[j] - sizes[i] * sizes[i]);
            T Sum(T[,] of, int i, int j, bool left) => of[i, j] + T.Sum([.. Enumerable.Range(0, k).Where(l => l != j).Select(l => of[i, l] * Moved(l, j, left))]);
            var order = Enumerable.Range(0, k).OrderByDescending(l => sizes[l].Value).ToArray();
            for (var j = 0; j < k; j++)
            {
                var at = order[j];
                s.Data[b * k + j] = rest[at, at];
                // What A gives outside of the space of the vectors moves them as well.
                for (var i = 0; i < tall; i++)
                {
                    var outside = (Image(i, at) - T.Sum([.. Enumerable.Range(0, k).Select(l => w[i, l] * rest[l, at])])) / sizes[at];
                    var element = Sum(w, i, at, left: true) + outside;
                    if (m >= n) u.Data[(b * m + i) * k + j] = element;
                    else vh.Data[(b * k + j) * n + i] = element;
                }
                for (var i = 0; i < k; i++)
                {
                    if (m >= n) vh.Data[(b * k + j) * n + i] = Sum(v, i, at, left: false);
                    else u.Data[(b * m + i) * k + j] = Sum(v, i, at, left: false);
                }
            }
        }
        return new(0, []) { Parts = [u, s, vh] };
    }

    // The eigenvectors of a symmetric matrix, as columns and exact: Jacobi's rotations, until what is left does not change any digit of the diagonal.
    private static T[,] Turned(T[,] a)
    {
        var n = a.GetLength(0);
        var (x, v) = (Table(n, n, (i, j) => T.Exact(a[i, j])), Table(n, n, (i, j) => T.From(i == j ? 1 : 0)));
        bool IsLost(T small, T whole) => T.Same(T.Exact(whole + small), whole);
        for (var (sweep, turned) = (0, true); turned && sweep < Sweeps; sweep++)
        {
            turned = false;
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++)
                {
                    if (IsLost(x[p, q], x[p, p]) && IsLost(x[p, q], x[q, q])) continue;
                    turned = true;
                    var (twice, apart) = (x[p, q] + x[p, q], x[q, q] - x[p, p]);
                    var root = T.Sqrt(apart * apart + twice * twice);
                    var tangent = twice / (apart + (apart.Value < 0 ? -root : root));
                    var c = T.From(1) / T.Sqrt(T.From(1) + tangent * tangent);
                    var s = tangent * c;
                    (T, T) Turn(T first, T second) => (T.Exact(c * first - s * second), T.Exact(s * first + c * second));
                    for (var i = 0; i < n; i++) (x[p, i], x[q, i]) = Turn(x[p, i], x[q, i]);
                    for (var i = 0; i < n; i++) (x[i, p], x[i, q]) = Turn(x[i, p], x[i, q]);
                    for (var i = 0; i < n; i++) (v[i, p], v[i, q]) = Turn(v[i, p], v[i, q]);
                }
        }
        return v;
    }

    // An element of Uᵀ·A·V.
    private static T Between(T[,] u, Func<int, int, T> a, T[,] v, int i, int j) =>
        T.Sum([.. Enumerable.Range(0, u.GetLength(0)).SelectMany(k => Enumerable.Range(0, v.GetLength(0)).Select(l => u[k, i] * a(k, l) * v[l, j]))]);

    private static T[,] Table(int m, int n, Func<int, int, T> element)
    {
        var table = new T[m, n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++) table[i, j] = element(i, j);
        return table;
    }
}
