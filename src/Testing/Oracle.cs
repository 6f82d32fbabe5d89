using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>A tensor of the reference interpreter.</summary>
/// <param name="Shape">The sizes.</param>
/// <param name="Data">The elements in row-major order.</param>
public sealed record Dense<T>(Dims Shape, T[] Data)
{
    /// <summary>Several results.</summary>
    internal Dense<T>[] Parts { get; init; } = [];
}

/// <summary>
/// The reference interpreter: one obvious loop per primitive, written independently of the kernels. Integers and truth values are
/// numbers as well, with all their digits; their arithmetic is in <c>Oracle.Integers.cs</c>.
/// </summary>
/// <typeparam name="T">The numbers.</typeparam>
public static partial class Oracle<T> where T : struct, IField<T>
{
    private static readonly T zero = T.From(0);

    /// <summary>The values of some nodes.</summary>
    /// <param name="roots">The nodes.</param>
    /// <param name="inputs">Values of some nodes; other leaves must hold values of their own.</param>
    public static Dense<T>[] Run(ReadOnlySpan<Node> roots, IReadOnlyDictionary<Node, Dense<T>> inputs)
    {
        using var numbering = Numbering.Begin();
        var order = Traversal.Order(roots, inputs.ContainsKey, numbering);
        // A value is dropped once its last user has been computed.
        var uses = new int[order.Count];
        foreach (var root in roots) uses[numbering[root]]++;
        foreach (var node in order)
            if (!inputs.ContainsKey(node))
                foreach (var input in node.Inputs) uses[numbering[input]]++;
        var (values, inside) = (new Dense<T>?[order.Count], InsideRules(order, inputs, numbering));
        for (var i = 0; i < values.Length; i++)
        {
            var node = order[i];
            if (inputs.TryGetValue(node, out values[i])) continue;
            var operands = new Dense<T>[node.Inputs.Length];
            for (var k = 0; k < operands.Length; k++) operands[k] = values[numbering[node.Inputs[k]]]!;
            values[i] = node.Op is Detach && inside[i] ? operands[0] : One(node, operands);
            if (node.DType == DType.Float32) Certificate.Note(values[i]!.Data);
            foreach (var input in node.Inputs)
                if (--uses[numbering[input]] == 0) values[numbering[input]] = null;
        }
        var result = new Dense<T>[roots.Length];
        for (var i = 0; i < result.Length; i++) result[i] = values[numbering[roots[i]]]!;
        return result;
    }

    // A value that has a rule is cut off from its operands, for the rule takes the place of its derivative. Here it is a function like any other.
    private static bool[] InsideRules(List<Node> order, IReadOnlyDictionary<Node, Dense<T>> inputs, in Numbering numbering)
    {
        var inside = new bool[order.Count];
        for (var i = 0; i < order.Count; i++)
        {
            if (order[i].Op is not Ruled || inputs.ContainsKey(order[i])) continue;
            var value = order[i].Inputs[0];
            // Cut off as a whole, by the rule and perhaps by who wrote it.
            for (; value.Op is Detach; value = value.Inputs[0]) inside[numbering[value]] = true;
            if (order[i].Inputs[0].Op is Detach) continue;
            // What depends on other things too is cut off at the rule's operands.
            var operands = new HashSet<Node>(order[i].Inputs[1..], ReferenceEqualityComparer.Instance);
            var (seen, open) = (new HashSet<Node>(ReferenceEqualityComparer.Instance), new Stack<Node>([value]));
            while (open.TryPop(out var node))
            {
                if (inputs.ContainsKey(node) || !seen.Add(node)) continue;
                if (node.Op is Detach && operands.Contains(node.Inputs[0])) inside[numbering[node]] = true;
                foreach (var input in node.Inputs) open.Push(input);
            }
        }
        return inside;
    }

    /// <summary>The value of a node.</summary>
    /// <inheritdoc cref="Run(ReadOnlySpan{Node}, IReadOnlyDictionary{Node, Dense{T}})"/>
    public static Dense<T> Run(Node root, IReadOnlyDictionary<Node, Dense<T>> inputs) => Run((ReadOnlySpan<Node>)[root], inputs)[0];

    private static Dense<T> One(Node node, Dense<T>[] x)
    {
        var shape = node.Shape;
        switch (node.Op)
        {
            case Input: return Given(node);
            case Literal op: return new(shape, [op.DType.IsFloat ? T.From(op.Value) : T.Integer(op.Bits)]);
            case Iota op: return new(shape, [.. Enumerable.Range(0, (int)op.Length).Select(i => T.From(i))]);
            case Unary op when !node.DType.IsFloat: return Each(shape, x[0], v => Integer(node.DType, Whole(op.Title, v.Whole)));
            case Unary op: return Each(shape, x[0], v => Functions<T>.Of(op.Title, v));
            case Polygamma op: return Each(shape, x[0], v => Functions<T>.Polygamma(op.Order, v));
            case Binary { Title: "Add" } when node.DType.IsFloat: return Sum(shape, x[0].Data, x[1].Data);
            case Binary { Title: "Mul" } when node.DType.IsFloat: return Product(shape, x[0].Data, x[1].Data);
            case Binary op: return Pairs(node, op.Title, x[0].Data, x[1].Data);
            case Select: return Chosen(shape, x);
            // Complex numbers are pairs in a row.
            case ComplexOf: return new(shape, [.. x[0].Data.Zip(x[1].Data, (re, im) => new[] { re, im }).SelectMany(p => p)]);
            case Component part: return new(shape, [.. Enumerable.Range(0, (int)shape.Product).Select(i => x[0].Data[2 * i + (part.Imaginary ? 1 : 0)])]);
            case Cast op: return Each(shape, x[0], v => Converted(node.Inputs[0].DType, op.To, v));
            case Fourier op: return Transformed(op, x[0]);
            case Reshape: return new(shape, x[0].Data);
            case Permute op: return Strided(shape, x[0], 0, Dims.Create(Strides(x[0].Shape)).Pick(op.Axes));
            case Broadcast: return Strided(shape, x[0], 0, Dims.Build(shape.Count, k => x[0].Shape[k] == 1 ? 0 : Strides(x[0].Shape)[k]));
            case Slice op: return Strided(shape, x[0], Dot(op.Start, Strides(x[0].Shape)), Times(op.Step, Strides(x[0].Shape)));
            case Flip op: return Flipped(shape, x[0], op.Axes);
            case Pad op: return Boxed(Filled(shape), x[0], op.Start, op.Step);
            case Insert op: return Boxed(new(shape, [.. x[0].Data]), x[1], op.Start, op.Step);
            case Concat op: return Joined(node, x, op);
            case Windows op: return Strided(shape, x[0], 0, WindowStrides(op, Strides(x[0].Shape)));
            case Fold op: return Folded(node, x[0], op.Of);
            case Reduce op: return Reduced(node, x[0], op);
            case ArgMax op: return Along(shape, x[0], op.Axis, line => [T.Step(line[0], Best(line))]);
            case CumSum op: return Along(shape, x[0], op.Axis, line => Cumulated(node.DType, line, op.Reverse));
            case Primitives.Dot: return Contracted(node, x[0], x[1]);
            case Cholesky or TriangularSolve or Lu or Decomposition when node.Inputs[0].DType.IsComplex: return OfPairs(node, x);
            case Cholesky: return Rooted(x[0]);
            case TriangularSolve op: return Solved(op, x[0], x[1]);
            case Lu: return Eliminated(x[0]);
            case Qr: return Reflected(x[0]);
            case Eigh: return Diagonalised(x[0]);
            case Svd: return Decomposed(x[0]);
            case Take op: return Taken(shape, x[0], x[1], op.Axis);
            case Scatter op: return Scattered(node.DType, x, op);
            case ArgSort op: return Along(shape, x[0], op.Axis, line => Sorted(line, op.Descending));
            case RandomBits bits: return Words(shape, bits.Shape, x[0]);
            case Detach: return Each(shape, x[0], T.Detached);
            case Alias or Ruled or Checkpoint: return x[0];
            case Part op: return x[0].Parts[op.Index];
            case Choice op: return new(0, []) { Parts = Inside(x[0].Data[0].Value != 0 ? op.Then : op.Otherwise, x[1..]) };
            case Repeat op: return new(0, []) { Parts = Repeated(op, x) };
            case Loop op: return new(0, []) { Parts = Looped(op, x) };
            default: throw new NotSupportedException($"the reference interpreter does not know {node.Op}");
        }
    }

    private static Dense<T> Given(Node node)
    {
        if (node.Value is null) throw new InvalidOperationException($"the reference interpreter has no value for {node}");
        return new(node.Shape, node.DType.IsFloat ? [.. Elements(node).Select(T.From)] : [.. Integers(node).Select(T.Integer)]);
    }

    /// <summary>The elements of a tensor of any type, as float64.</summary>
    internal static double[] Elements(Node node) => node.DType switch
    {
        DType.Float64 => Plans.Evaluator.Read<double>(node),
        DType.Float32 => [.. Plans.Evaluator.Read<float>(node).Select(v => (double)v)],
        _ => [.. Integers(node).Select(v => (double)v)],
    };

    private static Dense<T> Filled(Dims shape) => new(shape, [.. Enumerable.Repeat(zero, (int)shape.Product)]);

    private static Dense<T> Each(Dims shape, Dense<T> x, Func<T, T> f)
    {
        var y = new T[x.Data.Length];
        for (var i = 0; i < y.Length; i++) y[i] = f(x.Data[i]);
        return new(shape, y);
    }

    private static Dense<T> Sum(Dims shape, T[] a, T[] b)
    {
        var y = new T[a.Length];
        for (var i = 0; i < y.Length; i++) y[i] = a[i] + b[i];
        return new(shape, y);
    }

    private static Dense<T> Product(Dims shape, T[] a, T[] b)
    {
        var y = new T[a.Length];
        for (var i = 0; i < y.Length; i++) y[i] = a[i] * b[i];
        return new(shape, y);
    }

    private static Dense<T> Pairs(Node node, string name, T[] a, T[] b)
    {
        var y = new T[a.Length];
        var whole = !node.Inputs[0].DType.IsFloat;
        for (var i = 0; i < y.Length; i++) y[i] = whole ? Integer(node.DType, Whole(name, a[i].Whole, b[i].Whole)) : Functions<T>.Of(name, a[i], b[i]);
        return new(node.Shape, y);
    }

    private static Dense<T> Chosen(Dims shape, Dense<T>[] x)
    {
        var y = new T[x[0].Data.Length];
        for (var i = 0; i < y.Length; i++) y[i] = x[0].Data[i].Value != 0 ? x[1].Data[i] : x[2].Data[i];
        return new(shape, y);
    }
}
