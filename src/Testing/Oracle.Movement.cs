using System.Numerics;
using System.Runtime.InteropServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>Movements, reductions, products and indexing.</summary>
public static partial class Oracle<T>
{
    private static long[] Strides(Dims shape)
    {
        var strides = new long[shape.Count];
        var step = 1L;
        for (var k = shape.Count - 1; k >= 0; k--)
        {
            strides[k] = step;
            step *= shape[k];
        }
        return strides;
    }

    private static long Dot(Dims a, long[] b)
    {
        var sum = 0L;
        for (var k = 0; k < b.Length; k++) sum += a[k] * b[k];
        return sum;
    }

    private static Dims Times(Dims a, long[] b) => Dims.Build(b.Length, k => a[k] * b[k]);

    // Visits all positions in row-major order with the place that strides give them.
    private static void Walk(Dims shape, long offset, Dims strides, Action<int, long> visit)
    {
        var count = shape.Product;
        var at = new long[shape.Count];
        var place = offset;
        for (var i = 0; i < count; i++)
        {
            visit(i, place);
            for (var k = shape.Count - 1; k >= 0; k--)
            {
                place += strides[k];
                if (++at[k] < shape[k]) break;
                place -= strides[k] * shape[k];
                at[k] = 0;
            }
        }
    }

    private static Dense<T> Strided(Dims shape, Dense<T> x, long offset, Dims strides)
    {
        var y = new T[shape.Product];
        Walk(shape, offset, strides, (i, place) => y[i] = x.Data[place]);
        return new(shape, y);
    }

    private static Dense<T> Flipped(Dims shape, Dense<T> x, Dims axes)
    {
        var strides = Strides(shape);
        var last = Dims.Build(shape.Count, k => axes.Contains(k) ? shape[k] - 1 : 0);
        return Strided(shape, x, Dot(last, strides), Dims.Build(shape.Count, k => axes.Contains(k) ? -strides[k] : strides[k]));
    }

    private static Dense<T> Boxed(Dense<T> whole, Dense<T> part, Dims start, Dims step)
    {
        var strides = Strides(whole.Shape);
        Walk(part.Shape, Dot(start, strides), Times(step, strides), (i, place) => whole.Data[place] = part.Data[i]);
        return whole;
    }

    private static Dense<T> Joined(Node node, Dense<T>[] parts, Concat op)
    {
        var whole = Filled(node.Shape);
        for (var i = 0; i < parts.Length; i++) Boxed(whole, parts[i], op.Start(node, i), Dims.Repeat(1, node.Shape.Count));
        return whole;
    }

    private static Dims WindowStrides(Windows of, long[] strides) =>
        [.. strides.Select((s, k) => k == of.Axis ? s * of.Stride : s), strides[of.Axis] * of.Dilation];

    private static Dense<T> Folded(Node node, Dense<T> windows, Windows of)
    {
        var shape = node.Shape;
        var terms = new List<T>[shape.Product];
        Walk(windows.Shape, 0, WindowStrides(of, Strides(shape)), (i, place) => (terms[place] ??= []).Add(windows.Data[i]));
        return new(shape, [.. terms.Select(line => Sum(node.DType, line))]);
    }

    private static Dense<T> Reduced(Node node, Dense<T> x, Reduce op)
    {
        var shape = node.Shape;
        var terms = new List<T>[shape.Product];
        var kept = Strides(shape);
        var next = 0;
        var strides = Dims.Build(x.Shape.Count, k => op.Axes.Contains(k) ? 0 : kept[next++]);
        Walk(x.Shape, 0, strides, (i, place) => (terms[place] ??= []).Add(x.Data[i]));
        return new(shape, [.. terms.Select(line => op.How switch
        {
            Combine.Sum => Sum(node.DType, line),
            Combine.Prod => (line ?? []).Aggregate(T.From(1), (a, b) => Times(node.DType, a, b)),
            Combine.Max => line.Aggregate((a, b) => Functions<T>.Of("Max", a, b)),
            _ => line.Aggregate((a, b) => Functions<T>.Of("Min", a, b)),
        })]);
    }

    private static T Sum(DType type, List<T>? terms) => Total(type, CollectionsMarshal.AsSpan(terms));

    // Applies a function to every line along an axis; its results lie along the same axis, or are one.
    private static Dense<T> Along(Dims shape, Dense<T> x, int axis, Func<T[], T[]> f)
    {
        var length = (int)x.Shape[axis];
        var inner = x.Shape[(axis + 1)..].Product;
        var outer = x.Shape[..axis].Product;
        var results = (int)(outer * inner == 0 ? 0 : shape.Product / (outer * inner));
        var y = new T[shape.Product];
        for (var o = 0L; o < outer; o++)
        {
            for (var n = 0L; n < inner && results > 0; n++)
            {
                var line = new T[length];
                for (var k = 0; k < length; k++) line[k] = x.Data[(o * length + k) * inner + n];
                var made = f(line);
                for (var k = 0; k < results; k++) y[(o * results + k) * inner + n] = made[k];
            }
        }
        return new(shape, y);
    }

    private static T[] Cumulated(DType type, T[] line, bool reverse)
    {
        if (reverse) Array.Reverse(line);
        var sums = new T[line.Length];
        for (var k = 0; k < line.Length; k++) sums[k] = k < 64 ? Total(type, line.AsSpan(..(k + 1))) : Plus(type, sums[k - 1], line[k]);
        line = sums;
        if (reverse) Array.Reverse(line);
        return line;
    }

    private static long Best(T[] line)
    {
        var best = 0;
        for (var k = 1; k < line.Length && !double.IsNaN(line[best].Value); k++)
            if (double.IsNaN(line[k].Value) || Functions<T>.OrderOfPlaces(line[k], line[best]) > 0) best = k;
        return best;
    }

    private static T[] Sorted(T[] line, bool descending)
    {
        var places = Enumerable.Range(0, line.Length).ToArray();
        // NaN counts as the greatest. Insertion keeps equal elements in order.
        int Compare(int a, int b) => double.IsNaN(line[a].Value) ? (double.IsNaN(line[b].Value) ? 0 : 1) : double.IsNaN(line[b].Value) ? -1 : Functions<T>.OrderOfPlaces(line[a], line[b]);
        for (var i = 1; i < places.Length; i++)
            for (var k = i; k > 0 && (descending ? Compare(places[k - 1], places[k]) < 0 : Compare(places[k - 1], places[k]) > 0); k--)
                (places[k - 1], places[k]) = (places[k], places[k - 1]);
        return [.. places.Select(k => T.Step(line[k], k))];
    }

    private static Dense<T> Contracted(Node node, Dense<T> a, Dense<T> b)
    {
        var (shape, type) = (node.Shape, node.DType);
        var (rows, inner, columns) = (a.Shape[1], a.Shape[2], b.Shape[2]);
        var y = new T[shape.Product];
        var terms = new T[inner];
        for (var i = 0L; i < shape[0] * rows; i++)
        {
            var matrix = i / rows * inner * columns;
            for (var j = 0L; j < columns; j++)
            {
                for (var k = 0L; k < inner; k++) terms[k] = Times(type, a.Data[i * inner + k], b.Data[matrix + k * columns + j]);
                y[i * columns + j] = Total(type, terms);
            }
        }
        return new(shape, y);
    }

    private static Dense<T> Taken(Dims shape, Dense<T> x, Dense<T> index, int axis)
    {
        var y = new T[shape.Product];
        VisitRows(x.Shape, index, axis, (place, row) => y[row] = x.Data[place]);
        return new(shape, y);
    }

    private static Dense<T> Scattered(DType type, Dense<T>[] x, Scatter op)
    {
        T[] whole = [.. x[0].Data];
        VisitRows(x[0].Shape, x[1], op.Axis, (place, row) => whole[place] = op.Add ? Plus(type, whole[place], x[2].Data[row]) : x[2].Data[row]);
        return new(x[0].Shape, whole);
    }

    // Pairs every element of the rows with its place in the whole.
    private static void VisitRows(Dims whole, Dense<T> index, int axis, Action<long, long> visit)
    {
        var (outer, inner, count) = (whole[..axis].Product, whole[(axis + 1)..].Product, index.Data.Length);
        for (var o = 0L; o < outer; o++)
            for (var r = 0; r < count; r++)
                for (var n = 0L; n < inner; n++) visit((o * whole[axis] + (long)index.Data[r].Value) * inner + n, (o * count + r) * inner + n);
    }

    // Threefry-2x32 with 20 rounds, as published: rotations, and a key injection after every fourth round.
    private static Dense<T> Words(Dims shape, Dims each, Dense<T> keys) =>
        new(shape, [.. Enumerable.Range(0, keys.Data.Length / 2).SelectMany(k => Words(each, keys.Data[2 * k], keys.Data[2 * k + 1]))]);

    private static T[] Words(Dims shape, T first, T second)
    {
        uint[] k = [(uint)(long)first.Value, (uint)(long)second.Value, 0];
        k[2] = 0x1BD11BDA ^ k[0] ^ k[1];
        int[] rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        return [.. Enumerable.Range(0, (int)shape.Product).Select(i =>
        {
            var (a, b) = ((uint)(i / 2) + k[0], k[1]);
            for (var round = 0; round < 20; round++)
            {
                a += b;
                b = BitOperations.RotateLeft(b, rotations[round % 8]) ^ a;
                if (round % 4 != 3) continue;
                var injection = round / 4 + 1;
                (a, b) = (a + k[injection % 3], b + k[(injection + 1) % 3] + (uint)injection);
            }
            return T.From(i % 2 == 0 ? a : b);
        })];
    }
}
