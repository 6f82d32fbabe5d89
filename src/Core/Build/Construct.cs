using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>
/// Operations on nodes: pure functions that check shapes and element types at once and compute nothing. Operands broadcast as in NumPy
/// and are promoted to a common element type (<see cref="DTypes.Promote"/>); a bare number, and what bare numbers alone compute,
/// takes the type of the tensor it meets (<see cref="DTypes.PromoteNumber"/>) and must be representable in it. Integers become float64
/// where the result is no integer; their own arithmetic wraps. Truth values are 0 or 1: their sum is Or, their product And.
/// </summary>
public static partial class Ops
{
    // The smart constructors: the one place that broadcasts, promotes and drops what changes nothing. They never look behind an
    // operand that is no constant: a gradient with respect to it must find it again. Simplify does, once a plan is made.

    /// <summary>A bare number, which takes the element type of the tensor that it meets.</summary>
    /// <param name="value">The value.</param>
    public static Node Scalar(double value) => new(Literal.Of(value, DType.Float64) with { IsNumber = true }, []);

    /// <summary>A bare number, which takes the element type of the tensor that it meets.</summary>
    /// <param name="value">The value.</param>
    public static Node Scalar(long value) => new(Literal.Of(value, DType.Int64) with { IsNumber = true }, []);

    /// <summary>A scalar constant of a type.</summary>
    /// <param name="value">The value.</param>
    /// <param name="dtype">The element type; the value is cut towards zero for integer types, and non-zero is true.</param>
    /// <exception cref="OverflowException">The type is an integer type that does not reach so far, or the value is NaN.</exception>
    public static Node Scalar(double value, DType dtype) => dtype.IsComplex ? ToComplex(Scalar(value, dtype.PartType), Scalar(0, dtype.PartType)) : new(Fitting(Literal.Of(value, DType.Float64), dtype), []);

    /// <summary>A scalar constant of a type.</summary>
    /// <param name="value">The value; it is rounded once for floating-point types, and non-zero is true.</param>
    /// <param name="dtype">The element type.</param>
    /// <exception cref="OverflowException">The type is an integer type that does not reach so far.</exception>
    public static Node Scalar(long value, DType dtype) => dtype.IsComplex ? ToComplex(Scalar(value, dtype.PartType), Scalar(0, dtype.PartType)) : new(Fitting(Literal.Of(value, DType.Int64), dtype), []);

    private static Literal Fitting(Literal value, DType dtype)
    {
        var literal = value.As(dtype);
        var fits = dtype.IsFloat || dtype == DType.Bool
            || (value.DType.IsFloat ? Math.Truncate(value.Value) == literal.Bits && value.Value != -(double)long.MinValue : value.Bits == literal.Bits);
        return fits ? literal : throw new OverflowException($"{value with { IsNumber = false }} does not fit in {dtype.ToString().ToLowerInvariant()}; cast the number or the tensor");
    }

    /// <summary>A tensor of one repeated value.</summary>
    /// <param name="type">Element type and shape.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="OverflowException">The type is an integer type that does not reach so far, or the value is NaN.</exception>
    public static Node Full(TensorType type, double value) => Broadcast(Scalar(value, type.DType), type.Shape);

    /// <summary>A tensor of one repeated value.</summary>
    /// <param name="type">Element type and shape.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="OverflowException">The type is an integer type that does not reach so far.</exception>
    public static Node Full(TensorType type, long value) => Broadcast(Scalar(value, type.DType), type.Shape);

    internal static Node Like(Node x, long value) => Full(x.Type, value);

    /// <summary>The literal that a node repeats, if it is one.</summary>
    internal static Literal? Constant(Node x)
    {
        while (x.Op is Primitives.Broadcast or Primitives.Reshape) x = x.Inputs[0];
        return x.Op as Literal;
    }

    private static Node Repeated(Literal literal, Dims shape) => Broadcast(new Node(literal, []), shape);

    /// <summary>
    /// Applies an operation to operands of any types. Half types only store: what is computed of them is computed in float32 and rounded once. Complex numbers
    /// are two real ones: what moves or adds elements does so with both parts, and functions of complex numbers are functions of their parts.
    /// </summary>
    internal static Node Make(Op op, params ImmutableArray<Node> x)
    {
        foreach (var operand in x)
            if (!operand.DType.IsPlain && !op.Takes(operand.DType)) return OfOthers(op, x);
        return new Node(op, x);
    }

    private static Node OfOthers(Op op, ImmutableArray<Node> x)
    {
        if (x.Any(v => v.DType.IsComplex)) return OfComplex(op, x);
        var stored = x.First(v => v.DType.IsHalf).DType;
        var y = new Node(op, [.. x.Select(v => Cast(v, v.DType.Compute))]);
        return y.DType == stored.Compute ? Cast(y, stored) : y;
    }

    // What is computed in several steps and rounded once.
    private static Node Wide(Node x, Func<Node, Node> f) => Cast(f(Cast(x, x.DType.Compute)), x.DType);

    internal static Node Apply(Unary op, Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (op == Unary.Neg && x.DType != DType.Bool && Constant(x) is { } literal) return Repeated(literal.Negated, x.Shape);
        return Make(op, x);
    }

    internal static Node Apply(Binary op, Node a, Node b, string? operation = null)
    {
        (a, b) = Match(a, b, operation ?? op.Title);
        if (a.DType == DType.Bool) op = OfTruth(op);
        var (u, v) = (Constant(a), Constant(b));
        if (u is not null && v is not null && Literal.Fold(op, u, v) is { } folded) return Repeated(folded, a.Shape);
        if (v is not null && v.Is(1) && (op == Binary.Mul || op == Binary.Div || op == Binary.Pow)) return a;
        if (op == Binary.Mul)
        {
            if (u is not null && u.Is(1)) return b;
            if (u is not null && u.Is(-1)) return Apply(Unary.Neg, b);
            if (v is not null && v.Is(-1)) return Apply(Unary.Neg, a);
        }
        return Make(op, a, b);
    }

    // The sum of truth values is Or, their product And, as in PyTorch; so no kernel makes anything but 0 and 1.
    private static Binary OfTruth(Binary op) => op == Binary.Add ? Binary.Max : op == Binary.Mul ? Binary.Min : op;

    /// <summary>
    /// Converts elements to another type: integers are rounded once to floating-point types and wrap in narrower ones; floating-point
    /// numbers are cut towards zero; non-zero is true.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="dtype">The element type wanted.</param>
    public static Node Cast(Node x, DType dtype)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Op is Literal { IsNumber: true } && x.DType == dtype) return new(((Literal)x.Op).As(dtype), []);
        if (x.DType == dtype && !(dtype.IsComplex && x.Type.IsNumber)) return x;
        if (x.DType.IsComplex || dtype.IsComplex) return CastComplex(x, dtype);
        if (x.Op is Literal literal) return new(literal.As(dtype), []);
        // Half types are rounded to from float32, as in PyTorch.
        if (dtype.IsHalf && x.DType != dtype.Compute) return Cast(Cast(x, dtype.Compute), dtype);
        if (x.DType.IsHalf && dtype != x.DType.Compute) return Cast(Cast(x, x.DType.Compute), dtype);
        if (x.Op is Primitives.Broadcast && Constant(x) is { } repeated) return Repeated(repeated.As(dtype), x.Shape);
        return new Node(new Primitives.Cast(dtype), x);
    }

    /// <summary>Chooses elementwise: where the condition holds a, else b.</summary>
    /// <param name="condition">Truth values.</param>
    /// <param name="a">The values where it holds.</param>
    /// <param name="b">The values elsewhere.</param>
    /// <exception cref="ShapeException">The condition is no truth value, or the shapes do not broadcast.</exception>
    public static Node Where(Node condition, Node a, Node b)
    {
        ArgumentNullException.ThrowIfNull(condition);
        if (condition.DType != DType.Bool) throw new ShapeException($"Where: the condition is {condition.Type}, not truth values; compare it with something");
        (a, b) = Match(a, b);
        var shape = BroadcastShapes("Where", condition.Shape, a.Shape);
        if (Constant(condition) is { } known) return Broadcast(known.Is(0) ? b : a, shape);
        return Make(Select.Instance, Broadcast(condition, shape), Broadcast(a, shape), Broadcast(b, shape));
    }

    // What orders or bounds numbers takes no complex ones. As every check, it is made before anything is built, and tells the name of what was called.
    internal static Node RealOnly(Node x, [CallerMemberName] string operation = "")
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.DType.IsComplex ? throw new ShapeException($"{operation} is not defined for {x.Type}") : x;
    }

    /// <summary>Gives both operands one shape and one element type.</summary>
    internal static (Node A, Node B) Match(Node a, Node b, [CallerMemberName] string operation = "")
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (ReferenceEquals(a.Type, b.Type) || a.Type.Equals(b.Type)) return (a, b);
        var dtype = Common(a.Type, b.Type);
        var shape = a.Shape == b.Shape ? a.Shape : BroadcastShapes(operation, a.Shape, b.Shape);
        var number = a.Type.IsNumber && b.Type.IsNumber;
        return (Broadcast(Fitted(a, dtype, number), shape), Broadcast(Fitted(b, dtype, number), shape));
    }

    // Unlike a cast, meeting a tensor does not wrap a number.
    internal static Node Fitted(Node x, DType dtype, bool number = false) =>
        x.Op is Literal { IsNumber: true } literal && !dtype.IsComplex ? new(Fitting(literal, dtype) with { IsNumber = number }, []) :
        number && dtype.IsComplex ? x.DType.IsComplex ? x : ToComplex(x, 0) : Cast(x, dtype);

    internal static DType Common(IReadOnlyList<Node> all)
    {
        var dtype = all.Where(x => !x.Type.IsNumber).Select(x => x.DType).DefaultIfEmpty(all.Select(x => x.DType).Aggregate(DTypes.Promote)).Aggregate(DTypes.Promote);
        return all.Where(x => x.Type.IsNumber).Select(x => x.DType).Aggregate(dtype, DTypes.PromoteNumber);
    }

    private static DType Common(TensorType a, TensorType b) =>
        a.IsNumber == b.IsNumber ? DTypes.Promote(a.DType, b.DType) :
        a.IsNumber ? DTypes.PromoteNumber(b.DType, a.DType) : DTypes.PromoteNumber(a.DType, b.DType);

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
        return x.Shape == shape ? x : Make(new Primitives.Broadcast(shape), x);
    }

    /// <summary>The same elements in row-major order under another shape.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">The sizes; their product is the element count. One may be −1: it is what the others leave.</param>
    /// <exception cref="ShapeException">The element count is another, or −1 stands for no size or for any.</exception>
    public static Node Reshape(Node x, Dims shape)
    {
        if (x.Shape == shape) return x;
        if (shape.Span.IndexOf(-1) is >= 0 and var open)
        {
            var rest = shape.Without(open);
            if (rest.Any(n => n <= 0) || x.Type.Count % rest.Product != 0) throw new ShapeException($"Reshape: {x.Type} does not determine -1 in {shape}");
            shape = shape.With(open, x.Type.Count / rest.Product);
            if (x.Shape == shape) return x;
        }
        if (x.Op is Primitives.Broadcast && Constant(x) is { } literal && shape.Product == x.Type.Count) return Repeated(literal, shape);
        return Make(new Primitives.Reshape(shape), x);
    }

    /// <summary>Reorders axes: axis k of the result is axis axes[k] of the operand.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">A permutation of the axes.</param>
    public static Node Permute(Node x, Dims axes)
    {
        if (axes == Dims.Range(x.Type.Rank)) return x;
        var y = Make(new Primitives.Permute(axes), x);
        return Constant(x) is { } literal ? Repeated(literal, y.Shape) : y;
    }

    /// <summary>Elements start, start + step, … of every axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="start">The first position along each axis.</param>
    /// <param name="shape">The sizes of the result.</param>
    /// <param name="step">The distances; 1 when left out.</param>
    /// <exception cref="ShapeException">The box does not lie within the tensor.</exception>
    public static Node Slice(Node x, Dims start, Dims shape, Dims? step = null)
    {
        // Made before it is dropped, as those below: what does not fit is told.
        var y = Make(new Primitives.Slice(start, shape, step ?? Dims.Repeat(1, shape.Count)), x);
        return x.Shape == shape ? x : Constant(x) is { } literal ? Repeated(literal, y.Shape) : y;
    }

    internal static Node PadTo(Node x, Dims shape, Dims start, Dims step)
    {
        var y = Make(new Primitives.Pad(shape, start, step), x);
        return x.Shape == shape ? x : y;
    }

    /// <summary>Overwrites a box of a tensor.</summary>
    /// <param name="x">The whole.</param>
    /// <param name="part">The new elements.</param>
    /// <param name="start">The first position along each axis.</param>
    /// <param name="step">The distances between positions.</param>
    /// <exception cref="ShapeException">The box does not lie within the tensor, or the part is complex and the whole is real.</exception>
    public static Node Insert(Node x, Node part, Dims start, Dims step)
    {
        part = Stored("Insert", part, x);
        var y = Make(new Primitives.Insert(start, step), x, part);
        return x.Shape == part.Shape ? part : y;
    }

    // An imaginary part is not dropped.
    private static Node Stored(string operation, Node part, Node x) =>
        part.DType.IsComplex && !x.DType.IsComplex ? throw new ShapeException($"{operation}: {part.Type} does not fit into {x.Type}; take its Real") : Cast(part, x.DType);

    /// <summary>Reverses the order along axes.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <exception cref="ShapeException">An axis is out of range or appears twice.</exception>
    public static Node Flip(Node x, params Dims axes) => axes.Count == 0 ? x : Make(new Primitives.Flip(Dims.From(axes.Select(a => (long)Axis(x, a)).Order())), x);

    /// <summary>Joins tensors along an axis.</summary>
    /// <param name="tensors">The tensors, of equal sizes but for the axis.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    public static Node Concat(IReadOnlyList<Node> tensors, int axis = 0)
    {
        if (tensors.Count == 0) throw new ShapeException("Concat: no tensors");
        var dtype = tensors.Select(t => t.DType).Aggregate(DTypes.Promote);
        var along = new Primitives.Concat(Axis(tensors[0], axis));
        return tensors.Count == 1 ? tensors[0] : Make(along, [.. tensors.Select(t => Cast(t, dtype))]);
    }

    /// <summary>Combines elements along axes, which vanish.</summary>
    internal static Node ReduceOver(Combine how, Node x, Dims axes)
    {
        if (how is Combine.Sum or Combine.Prod && x.DType < DType.Int64) x = Cast(x, DType.Int64);
        if (axes.Count == 0) return x;
        var y = Make(new Reduce(how, axes), x);
        if (how != Combine.Sum || x.Type.Count == 0 || Constant(x) is not { } literal) return y;
        return literal.Is(1) ? Like(y, x.Type.Count / y.Type.Count) : literal.Is(0) ? Like(y, 0) : y;
    }

    /// <summary>Sums a broadcast tensor back to the shape it came from.</summary>
    internal static Node SumTo(Node x, Dims shape)
    {
        var lead = x.Type.Rank - shape.Count;
        var (axes, n) = (new long[x.Type.Rank], 0);
        for (var k = 0; k < axes.Length; k++)
            if (k < lead || (shape[k - lead] == 1 && x.Shape[k] != 1)) axes[n++] = k;
        return Reshape(ReduceOver(Combine.Sum, x, Dims.Create(axes.AsSpan(0, n))), shape);
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
    internal static int Axis(Node x, long axis, [CallerMemberName] string operation = "") => Axis(x.Type.Rank, axis, x.Type, operation);

    internal static int Axis(int rank, long axis, TensorType of, [CallerMemberName] string operation = "") =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw new ShapeException($"{operation}: axis {axis} is out of range for {of}");

    // Axes of a reduction: all when none are given; negative ones count from the end; none twice.
    internal static Dims AxesOf(Node x, Dims? axes, [CallerMemberName] string operation = "")
    {
        if (axes is not { Count: > 0 } given) return Dims.Range(x.Type.Rank);
        var sorted = new long[given.Count];
        for (var i = 0; i < sorted.Length; i++) sorted[i] = Axis(x, given[i], operation);
        Array.Sort(sorted);
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i] == sorted[i - 1]) throw new ShapeException($"{operation}: axis {sorted[i]} appears twice in a reduction of {x.Type}");
        return [.. sorted];
    }

    // A bare number stays one.
    internal static Node Float(Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.DType.IsSmooth ? x : x.Op is Literal { IsNumber: true } literal ? Scalar((double)literal.Bits) : Cast(x, DType.Float64);
    }
}
