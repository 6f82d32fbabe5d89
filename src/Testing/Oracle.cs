using System.Numerics;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>A tensor of the reference interpreter.</summary>
/// <param name="Shape">The sizes.</param>
/// <param name="Data">The elements in row-major order.</param>
public sealed record Dense<T>(Dims Shape, T[] Data);

/// <summary>
/// The reference interpreter: one obvious loop per primitive, written independently of the kernels. Integers and truth values are
/// numbers as well.
/// </summary>
/// <typeparam name="T">The numbers.</typeparam>
/// <typeparam name="TField">What is computed with them.</typeparam>
public static class Oracle<T, TField> where T : struct where TField : struct, IField<T>
{
    private static readonly T Zero = TField.From(0);

    /// <summary>The value of a node.</summary>
    /// <param name="root">The node.</param>
    /// <param name="inputs">Values of some nodes; other leaves must hold values of their own.</param>
    public static Dense<T> Run(Node root, IReadOnlyDictionary<Node, Dense<T>> inputs)
    {
        var values = new Dictionary<Node, Dense<T>>(ReferenceEqualityComparer.Instance);
        foreach (var (node, value) in inputs) values[node] = value;
        using var numbering = Numbering.Begin();
        foreach (var node in Traversal.Order([root], values.ContainsKey, numbering))
            if (!values.ContainsKey(node)) values[node] = One(node, [.. node.Inputs.Select(i => values[i])]);
        return values[root];
    }

    /// <summary>A tensor whose elements are given by their positions.</summary>
    private static Dense<T> Make(Dims shape, Func<long[], T> element)
    {
        var data = new T[shape.Product];
        var at = new long[shape.Count];
        for (var i = 0L; i < data.Length; i++)
        {
            data[i] = element(at);
            for (var k = shape.Count - 1; k >= 0 && ++at[k] == shape[k]; k--) at[k] = 0;
        }
        return new(shape, data);
    }

    private static T At(Dense<T> x, params ReadOnlySpan<long> at) => x.Data[Place(x.Shape, at)];

    private static long Place(Dims shape, ReadOnlySpan<long> at)
    {
        var place = 0L;
        for (var k = 0; k < shape.Count; k++) place = place * shape[k] + at[k];
        return place;
    }

    private static T Add(T a, T b) => TField.Apply(Binary.Add, a, b);

    private static long Integer(T value) => (long)TField.Real(value);

    private static Dense<T> One(Node node, Dense<T>[] x)
    {
        var shape = node.Shape;
        switch (node.Op)
        {
            case Input: return Given(node);
            case Literal op: return new(shape, [TField.From(op.Value)]);
            case Iota: return Make(shape, at => TField.From(at[0]));
            case Unary op: return Make(shape, at => TField.Apply(op, At(x[0], at)));
            case Polygamma op: return Make(shape, at => TField.Apply(op, At(x[0], at)));
            case Binary op: return Make(shape, at => Whole(node, TField.Apply(op, At(x[0], at), At(x[1], at))));
            case Select: return Make(shape, at => TField.Real(At(x[0], at)) != 0 ? At(x[1], at) : At(x[2], at));
            case Cast op: return Make(shape, at => Converted(op.To, At(x[0], at)));
            case Reshape: return new(shape, x[0].Data);
            case Permute op: return Make(shape, at => At(x[0], [.. op.Inverse.Select(k => at[k])]));
            case Broadcast: return Make(shape, at => At(x[0], [.. at.Select((p, k) => x[0].Shape[k] == 1 ? 0 : p)]));
            case Slice op: return Make(shape, at => At(x[0], [.. at.Select((p, k) => op.Start[k] + p * op.Step[k])]));
            case Flip op: return Make(shape, at => At(x[0], [.. at.Select((p, k) => op.Axes.Contains(k) ? shape[k] - 1 - p : p)]));
            case Pad op: return Boxed(Make(shape, _ => Zero), x[0], op.Start, op.Step);
            case Insert op: return Boxed(Make(shape, at => At(x[0], at)), x[1], op.Start, op.Step);
            case Concat op: return Joined(node, x, op);
            case Windows op: return Make(shape, at => At(x[0], [.. at[..^1].Select((p, k) => k == op.Axis ? p * op.Stride + at[^1] * op.Dilation : p)]));
            case Fold op: return Folded(shape, x[0], op.Of);
            case Reduce op: return Reduced(shape, x[0], op);
            case ArgMax op: return Make(shape, at => TField.From(Best(Line(x[0], op.Axis, Dims.Create(at).Inserted(op.Axis, 0)))));
            case CumSum op: return Make(shape, at => Line(x[0], op.Axis, Dims.Create(at)).Where((_, k) => op.Reverse ? k >= at[op.Axis] : k <= at[op.Axis]).Aggregate(Zero, Add));
            case Dot: return Make(shape, at => Product(x[0], x[1], at[0], at[1], at[2]));
            case Take op: return Make(shape, at => At(x[0], [.. at[..op.Axis], Integer(At(x[1], at[op.Axis..(op.Axis + x[1].Shape.Count)])), .. at[(op.Axis + x[1].Shape.Count)..]]));
            case Scatter op: return Scattered(x, op);
            case ArgSort op: return Make(shape, at => TField.From(Sorted(Line(x[0], op.Axis, Dims.Create(at)), op.Descending)[at[op.Axis]]));
            case RandomBits: return Words(shape, x[0]);
            default: return x[0];
        }
    }

    private static Dense<T> Given(Node node)
    {
        if (node.Value is null) throw new InvalidOperationException($"the reference interpreter has no value for {node}");
        return new(node.Shape, [.. Plans.Evaluator.Read<double>(Ops.Cast(node, DType.Float64)).Select(TField.From)]);
    }

    // Integers to negative powers are cut towards zero.
    private static T Whole(Node node, T value) => node.DType.IsFloat ? value : TField.From(Math.Truncate(TField.Real(value)));

    private static T Converted(DType to, T value) => to switch
    {
        DType.Float64 => value,
        DType.Float32 => typeof(T) == typeof(Complex) ? value : TField.From((float)TField.Real(value)),
        DType.Bool => TField.From(TField.Real(value) != 0 ? 1 : 0),
        _ => TField.From(Math.Truncate(TField.Real(value))),
    };

    private static Dense<T> Boxed(Dense<T> whole, Dense<T> part, Dims start, Dims step)
    {
        Make(part.Shape, at => whole.Data[Place(whole.Shape, [.. at.Select((p, k) => start[k] + p * step[k])])] = At(part, at));
        return whole;
    }

    private static Dense<T> Joined(Node node, Dense<T>[] parts, Concat op)
    {
        var whole = Make(node.Shape, _ => Zero);
        for (var i = 0; i < parts.Length; i++) Boxed(whole, parts[i], op.Start(node, i), Dims.Repeat(1, node.Shape.Count));
        return whole;
    }

    private static Dense<T> Folded(Dims shape, Dense<T> windows, Windows of)
    {
        var whole = Make(shape, _ => Zero);
        Make(windows.Shape, at =>
        {
            var place = Place(shape, [.. at[..^1].Select((p, k) => k == of.Axis ? p * of.Stride + at[^1] * of.Dilation : p)]);
            return whole.Data[place] = Add(whole.Data[place], At(windows, at));
        });
        return whole;
    }

    private static Dense<T> Reduced(Dims shape, Dense<T> x, Reduce op)
    {
        var lines = new List<T>[shape.Product];
        for (var i = 0; i < lines.Length; i++) lines[i] = [];
        Make(x.Shape, at =>
        {
            lines[Place(shape, [.. at.Where((_, k) => !op.Axes.Contains(k))])].Add(At(x, at));
            return Zero;
        });
        return new(shape, [.. lines.Select(l => op.How switch
        {
            Combine.Sum => l.Aggregate(Zero, Add),
            Combine.Prod => l.Aggregate(TField.From(1), (a, b) => TField.Apply(Binary.Mul, a, b)),
            Combine.Max => l.Aggregate((a, b) => TField.Apply(Binary.Max, a, b)),
            _ => l.Aggregate((a, b) => TField.Apply(Binary.Min, a, b)),
        })]);
    }

    private static T[] Line(Dense<T> x, int axis, Dims at) => [.. Enumerable.Range(0, (int)x.Shape[axis]).Select(k => At(x, at.With(axis, k).Span))];

    private static long Best(T[] line)
    {
        var best = 0;
        for (var k = 1; k < line.Length; k++)
            if (!double.IsNaN(TField.Real(line[best])) && !(TField.Real(line[k]) <= TField.Real(line[best]))) best = k;
        return best;
    }

    private static T Product(Dense<T> a, Dense<T> b, long batch, long i, long j)
    {
        var sum = Zero;
        for (var k = 0L; k < a.Shape[2]; k++) sum = Add(sum, TField.Apply(Binary.Mul, At(a, batch, i, k), At(b, batch, k, j)));
        return sum;
    }

    private static Dense<T> Scattered(Dense<T>[] x, Scatter op)
    {
        var whole = new Dense<T>(x[0].Shape, [.. x[0].Data]);
        Make(x[2].Shape, at =>
        {
            var rank = x[1].Shape.Count;
            var place = Place(whole.Shape, [.. at[..op.Axis], Integer(At(x[1], at[op.Axis..(op.Axis + rank)])), .. at[(op.Axis + rank)..]]);
            return whole.Data[place] = op.Add ? Add(whole.Data[place], At(x[2], at)) : At(x[2], at);
        });
        return whole;
    }

    private static long[] Sorted(T[] line, bool descending)
    {
        var places = Enumerable.Range(0, line.Length).Select(k => (long)k);
        double Key(long k) => double.IsNaN(TField.Real(line[k])) ? double.PositiveInfinity : TField.Real(line[k]);
        return [.. descending ? places.OrderByDescending(Key) : places.OrderBy(Key)];
    }

    // Threefry-2x32 with 20 rounds, as published: rotations, and a key injection after every fourth round.
    private static Dense<T> Words(Dims shape, Dense<T> key)
    {
        uint[] k = [(uint)Integer(key.Data[0]), (uint)Integer(key.Data[1]), 0];
        k[2] = 0x1BD11BDA ^ k[0] ^ k[1];
        int[] rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        return new(shape, [.. Enumerable.Range(0, (int)shape.Product).Select(i =>
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
            return TField.From(i % 2 == 0 ? a : b);
        })]);
    }
}
