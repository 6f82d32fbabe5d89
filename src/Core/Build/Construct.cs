using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>
/// Operations on nodes: pure functions that check shapes at once and compute nothing. Operands broadcast as in NumPy and are
/// promoted to a common element type; a scalar literal takes the type of the tensor it meets. Integers become float64 where the
/// result is not an integer.
/// </summary>
public static partial class Ops
{
    // The smart constructors: the one place that broadcasts, promotes and drops what changes nothing. They never look behind an
    // operand that is no constant: a gradient with respect to it must find it again. Simplify does, once a plan is made.

    /// <summary>A scalar constant.</summary>
    /// <param name="value">The value.</param>
    /// <param name="dtype">The element type; a floating-point value is truncated for integer types.</param>
    public static Node Scalar(double value, DType dtype = DType.Float64) => new(new Literal(dtype, dtype switch
    {
        DType.Float64 => BitConverter.DoubleToInt64Bits(value),
        DType.Float32 => BitConverter.DoubleToInt64Bits((float)value),
        DType.Bool => value != 0 ? 1 : 0,
        _ => (long)value,
    }), []);

    /// <summary>A scalar constant.</summary>
    /// <param name="value">The value.</param>
    /// <param name="dtype">The element type.</param>
    public static Node Scalar(long value, DType dtype = DType.Int64) =>
        dtype.IsFloat ? Scalar((double)value, dtype) : new(new Literal(dtype, dtype == DType.Bool ? (value != 0 ? 1 : 0) : value), []);

    /// <summary>A tensor of one repeated value.</summary>
    /// <param name="type">Element type and shape.</param>
    /// <param name="value">The value.</param>
    public static Node Full(TensorType type, double value) => Broadcast(Scalar(value, type.DType), type.Shape);

    internal static Node Like(Node x, double value) => Full(x.Type, value);

    /// <summary>The value of a node that is one repeated literal.</summary>
    internal static bool IsConstant(Node x, out double value)
    {
        while (x.Op is Primitives.Broadcast or Primitives.Reshape) x = x.Inputs[0];
        value = x.Op is Literal literal ? literal.Value : 0;
        return x.Op is Literal;
    }

    internal static Node Apply(Unary op, Node x)
    {
        if (op == Unary.Neg && IsConstant(x, out var v) && (x.DType.IsFloat || x.DType == DType.Int64)) return Like(x, -v);
        return new Node(op, x);
    }

    internal static Node Apply(Binary op, Node a, Node b)
    {
        (a, b) = Match(a, b);
        var aKnown = IsConstant(a, out var u);
        var bKnown = IsConstant(b, out var v);
        if (a.DType.IsFloat && (aKnown || bKnown))
        {
            if (aKnown && bKnown && Folded(op, u, v) is { } folded) return Full(a.Type.As(op.IsComparison ? DType.Bool : a.DType), folded);
            if (op == Binary.Mul && aKnown && u == 1) return b;
            if ((op == Binary.Mul || op == Binary.Div || op == Binary.Pow) && bKnown && v == 1) return a;
            if (op == Binary.Mul && aKnown && u == -1) return Apply(Unary.Neg, b);
            if (op == Binary.Mul && bKnown && v == -1) return Apply(Unary.Neg, a);
        }
        return new Node(op, a, b);
    }

    private static double? Folded(Binary op, double a, double b) =>
        op == Binary.Add ? a + b : op == Binary.Mul ? a * b : op == Binary.Div ? a / b :
        op == Binary.Equal ? Truth(a == b) : op == Binary.Less ? Truth(a < b) : op == Binary.LessEqual ? Truth(a <= b) : null;

    private static double Truth(bool holds) => holds ? 1 : 0;

    /// <summary>Converts elements to another type: towards zero for integers, non-zero is true.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The element type wanted.</param>
    public static Node Cast(Node x, DType dtype)
    {
        if (x.DType == dtype) return x;
        if (x.Op is Literal literal) return literal.DType.IsFloat ? Scalar(literal.Value, dtype) : Scalar(literal.Bits, dtype);
        if (x.Op is Primitives.Broadcast && IsConstant(x, out _)) return Broadcast(Cast(x.Inputs[0], dtype), x.Shape);
        return new Node(new Primitives.Cast(dtype), x);
    }

    /// <summary>Chooses elementwise: where the condition holds a, else b.</summary>
    /// <param name="condition">Truth values.</param>
    /// <param name="a">The values where it holds.</param>
    /// <param name="b">The values elsewhere.</param>
    public static Node Where(Node condition, Node a, Node b)
    {
        (a, b) = Match(a, b);
        var shape = BroadcastShapes("Where", condition.Shape, a.Shape);
        if (IsConstant(condition, out var known)) return Broadcast(known != 0 ? a : b, shape);
        return new Node(Select.Instance, Broadcast(Cast(condition, DType.Bool), shape), Broadcast(a, shape), Broadcast(b, shape));
    }

    /// <summary>Gives both operands one shape and one element type.</summary>
    internal static (Node A, Node B) Match(Node a, Node b)
    {
        if (ReferenceEquals(a.Type, b.Type) || a.Type.Equals(b.Type)) return (a, b);
        var dtype = Common(a, b);
        var shape = a.Shape == b.Shape ? a.Shape : BroadcastShapes("broadcast", a.Shape, b.Shape);
        return (Broadcast(Cast(a, dtype), shape), Broadcast(Cast(b, dtype), shape));
    }

    // A bare literal is weakly typed: it raises the kind (bool, integer, float) but not the width.
    private static DType Common(Node a, Node b)
    {
        if (a.DType == b.DType) return a.DType;
        var (weakA, weakB) = (a.Op is Literal, b.Op is Literal);
        if (weakA == weakB) return DTypes.Promote(a.DType, b.DType);
        var (weak, strong) = weakA ? (a.DType, b.DType) : (b.DType, a.DType);
        if (strong.IsFloat || weak == DType.Bool) return strong;
        if (weak.IsFloat) return DType.Float64;
        return strong == DType.Bool ? weak : strong;
    }

    /// <summary>The shape that two shapes broadcast to.</summary>
    internal static Dims BroadcastShapes(string operation, Dims a, Dims b)
    {
        if (a == b) return a;
        var rank = Math.Max(a.Count, b.Count);
        return Dims.Build(rank, k =>
        {
            var (i, j) = (k - rank + a.Count, k - rank + b.Count);
            var (m, n) = (i < 0 ? 1 : a[i], j < 0 ? 1 : b[j]);
            return m == n || n == 1 ? m : m == 1 ? n : throw new ShapeException($"{operation}: shapes {a} and {b} do not broadcast");
        });
    }

    /// <summary>Repeats a tensor to a larger shape: missing leading axes are added, axes of size 1 are repeated.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">The sizes wanted.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Node Broadcast(Node x, Dims shape)
    {
        if (x.Shape == shape) return x;
        if (x.Shape.Count < shape.Count) x = Reshape(x, [.. Dims.Repeat(1, shape.Count - x.Shape.Count), .. x.Shape]);
        return x.Shape == shape ? x : new Node(new Primitives.Broadcast(shape), x);
    }

    /// <summary>The same elements in row-major order under another shape.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">The sizes; their product is the element count.</param>
    public static Node Reshape(Node x, Dims shape)
    {
        if (x.Shape == shape) return x;
        if (x.Op is Primitives.Broadcast && IsConstant(x, out _) && shape.Product == x.Type.Count) return Broadcast(Literal(x), shape);
        return new Node(new Primitives.Reshape(shape), x);
    }

    private static Node Literal(Node constant)
    {
        while (constant.Op is Primitives.Broadcast or Primitives.Reshape) constant = constant.Inputs[0];
        return constant;
    }

    /// <summary>Reorders axes: axis k of the result is axis axes[k] of the operand.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">A permutation of the axes.</param>
    public static Node Permute(Node x, Dims axes)
    {
        if (axes == Dims.Range(x.Type.Rank)) return x;
        var y = new Node(new Primitives.Permute(axes), x);
        return IsConstant(x, out _) ? Broadcast(Literal(x), y.Shape) : y;
    }

    /// <summary>Elements start, start + step, … of every axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="start">The first position along each axis.</param>
    /// <param name="shape">The sizes of the result.</param>
    /// <param name="step">The distances; 1 when left out.</param>
    public static Node Slice(Node x, Dims start, Dims shape, Dims? step = null)
    {
        if (x.Shape == shape && start.Count == shape.Count && start.All(s => s == 0)) return x;
        var y = new Node(new Primitives.Slice(start, shape, step ?? Dims.Repeat(1, shape.Count)), x);
        return IsConstant(x, out _) ? Broadcast(Literal(x), y.Shape) : y;
    }

    internal static Node PadTo(Node x, Dims shape, Dims start, Dims step) =>
        x.Shape == shape ? x : new Node(new Primitives.Pad(shape, start, step), x);

    /// <summary>Overwrites a box of a tensor.</summary>
    /// <param name="x">The whole.</param>
    /// <param name="part">The new elements.</param>
    /// <param name="start">The first position along each axis.</param>
    /// <param name="step">The distances between positions.</param>
    public static Node Insert(Node x, Node part, Dims start, Dims step) =>
        x.Shape == part.Shape ? Cast(part, x.DType) : new Node(new Primitives.Insert(start, step), x, Cast(part, x.DType));

    /// <summary>Reverses the order along axes.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    public static Node Flip(Node x, params Dims axes) => axes.Count == 0 ? x : new Node(new Primitives.Flip(Dims.From(axes.Select(a => (long)Axis(x, a)).Order())), x);

    /// <summary>Joins tensors along an axis.</summary>
    /// <param name="tensors">The tensors, of equal sizes but for the axis.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    public static Node Concat(IReadOnlyList<Node> tensors, int axis = 0)
    {
        if (tensors.Count == 0) throw new ShapeException("Concat: no tensors");
        var dtype = tensors.Select(t => t.DType).Aggregate(DTypes.Promote);
        return tensors.Count == 1 ? tensors[0] : new Node(new Primitives.Concat(Axis(tensors[0], axis)), [.. tensors.Select(t => Cast(t, dtype))]);
    }

    /// <summary>Combines elements along axes, which vanish.</summary>
    internal static Node ReduceOver(Combine how, Node x, Dims axes)
    {
        if (axes.Count == 0 && (how != Combine.Sum || x.DType >= DType.Int64)) return x;
        if (how is Combine.Sum or Combine.Prod && x.DType < DType.Int64) x = Cast(x, DType.Int64);
        if (axes.Count == 0) return x;
        var y = new Node(new Reduce(how, axes), x);
        return how == Combine.Sum && IsConstant(x, out var v) && v is 0 or 1 && x.Type.Count > 0 ? Like(y, v * (x.Type.Count / Math.Max(1, y.Type.Count))) : y;
    }

    /// <summary>Sums a broadcast tensor back to the shape it came from.</summary>
    internal static Node SumTo(Node x, Dims shape)
    {
        var lead = x.Type.Rank - shape.Count;
        var axes = Dims.From(Dims.Range(x.Type.Rank).Where(k => k < lead || (shape[(int)k - lead] == 1 && x.Shape[(int)k] != 1)));
        return Reshape(ReduceOver(Combine.Sum, x, axes), shape);
    }

    /// <summary>Puts reduced axes back and repeats the values along them.</summary>
    internal static Node Unreduce(Node y, Dims shape, Dims axes) =>
        Broadcast(Reshape(y, Kept(shape, axes)), shape);

    internal static Dims Kept(Dims shape, Dims axes)
    {
        foreach (var a in axes.Span) shape = shape.With((int)a, 1);
        return shape;
    }

    /// <summary>An axis counted from the end when negative.</summary>
    internal static int Axis(Node x, long axis) => Axis(x.Type.Rank, axis, x.Type);

    internal static int Axis(int rank, long axis, TensorType of) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw new ShapeException($"axis {axis} is out of range for {of}");

    // Axes of a reduction: all when none are given; negative ones count from the end; none twice.
    internal static Dims AxesOf(Node x, Dims? axes)
    {
        if (axes is not { Count: > 0 } given) return Dims.Range(x.Type.Rank);
        var sorted = Dims.From(given.Select(a => (long)Axis(x, a)).Order());
        for (var i = 1; i < sorted.Count; i++)
            if (sorted[i] == sorted[i - 1]) throw new ShapeException($"axis {sorted[i]} appears twice in a reduction of {x.Type}");
        return sorted;
    }

    internal static Node Float(Node x) => Cast(x, x.DType.IsFloat ? x.DType : DType.Float64);
}
