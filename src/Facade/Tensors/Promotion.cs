using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    // Which element type an operation computes in, and what PyTorch's kernels refuse. https://pytorch.org/docs/2.6/tensor_attributes.html

    // Tensors with dimensions come first, then 0-d tensors, then numbers; a later one counts only when of a higher kind.
    internal static DType ResultType(Tensor a, Tensor b)
    {
        if (b.Number is { } right) return ResultType(a, right);
        if (a.Number is { } left) return ResultType(b, left);
        var (x, y) = (a.Node.DType, b.Node.DType);
        if (x == y) return x;
        if (a.ndim == 0 == (b.ndim == 0)) return DTypes.Promote(x, y);
        return a.ndim > 0 ? DTypes.PromoteNumber(x, y) : DTypes.PromoteNumber(y, x);
    }

    internal static DType ResultType(Tensor a, Tensor b, Tensor c)
    {
        DType? Highest(IEnumerable<Tensor> some) => some.Select(t => (DType?)t.Node.DType).Aggregate((DType?)null, (x, y) => x is null ? y : DTypes.Promote(x.Value, y!.Value));
        Tensor[] all = [a, b, c];
        var (wide, single) = (Highest(all.Where(t => t.ndim > 0)), Highest(all.Where(t => t.ndim == 0)));
        return wide is { } x ? single is { } y ? DTypes.PromoteNumber(x, y) : x : single!.Value;
    }

    internal static DType ResultType(Tensor a, Scalar b) => ResultType(a.Node.DType, b);

    private static DType ResultType(DType a, Scalar b) => DTypes.PromoteNumber(a, b.Natural);

    // Functions of integers that are no integers are computed in the default type.
    private static DType Real(DType type) => type.IsSmooth ? type : defaultType.Type;

    private static Node Real(Node x) => Ops.Cast(x, Real(x.DType));

    /// <summary>An operand in another type; a number keeps its own precision on the way.</summary>
    internal static Node As(Tensor x, Node own, DType type) => x.Number is { } number ? number.Node(type) : Ops.Cast(own, type);

    /// <summary>The same for an operand that is only taken over: a number that does not fit is refused.</summary>
    internal static Node Taken(Tensor x, Node own, DType type) => x.Number is { } number ? number.Fitting(type) : Ops.Cast(own, type);

    /// <summary>Records what is computed element by element.</summary>
    internal static Tensor Elementwise(string name, Saves saves, Func<Node, Node> f, Tensor x) => Laid(Record(name, saves, f, x), x);

    /// <summary>The same of two operands, in the type of both.</summary>
    internal static Tensor Elementwise(string name, Saves saves, Func<Node, Node, Node> f, Tensor a, Tensor b, bool real = false)
    {
        CheckBroadcast(a.Dims, b.Dims);
        var type = real ? Real(ResultType(a, b)) : ResultType(a, b);
        return Laid(Record(name, saves, (x, y) => f(As(a, x, type), As(b, y, type)), a, b), a, b);
    }

    internal static Tensor Elementwise(string name, Saves saves, Func<Node, Node, Node> f, Tensor a, Scalar b, bool real = false)
    {
        var type = real ? Real(ResultType(a, b)) : ResultType(a, b);
        return Laid(Record(name, saves, x => f(Ops.Cast(x, type), b.Node(type)), a), a);
    }

    internal static Tensor Elementwise(string name, Saves saves, Func<Node, Node, Node> f, Scalar a, Tensor b, bool real = false)
    {
        var type = real ? Real(ResultType(b, a)) : ResultType(b, a);
        return Laid(Record(name, saves, x => f(a.Node(type), Ops.Cast(x, type)), b), b);
    }

    /// <summary>The same of three operands.</summary>
    internal static Tensor Elementwise(string name, Saves saves, Func<Node[], Node> f, Tensor a, Tensor b, Tensor c)
    {
        var type = ResultType(a, b, c);
        return Laid(Record(name, saves, x => f(Promoted(type, [a, b, c], x)), [a, b, c]), a, b, c);
    }

    private static Node[] Promoted(DType type, Tensor[] operands, Node[] own)
    {
        var shape = own[0].Shape;
        foreach (var x in own)
        {
            CheckBroadcast(shape, x.Shape);
            shape = Ops.BroadcastShapes("spread", shape, x.Shape);
        }
        return [.. own.Select((x, i) => As(operands[i], x, type))];
    }

    internal static void CheckBroadcast(Dims a, Dims b)
    {
        if (a == b) return;
        for (var k = 1; k <= Math.Min(a.Count, b.Count); k++)
            if (a[^k] != b[^k] && a[^k] != 1 && b[^k] != 1)
                throw new RuntimeError($"The size of tensor a ({a[^k]}) must match the size of tensor b ({b[^k]}) at non-singleton dimension {Math.Max(a.Count, b.Count) - k}");
    }

    /// <summary>The operand, if PyTorch has a kernel for its type: none of these is for bool, some are for no integers, and most for no complex numbers.</summary>
    internal static Node Takes(Node x, string kernel, bool whole = true, bool complex = false) =>
        x.DType.IsFloat || (x.DType.IsComplex && complex) || (whole && x.DType != DType.Bool && !x.DType.IsComplex) ? x : throw new RuntimeError($"\"{kernel}\" not implemented for '{Named(x.DType).TensorType}'");

    // Complex numbers have no order.
    private static Node Ordered(Node x, string refusal) => !x.DType.IsComplex ? x : throw new RuntimeError(refusal);

    private const string BoolMinus = "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.";

    private const string BoolOpposite = "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.";

    private static void CheckSubtraction(DType a, DType b)
    {
        if (a == DType.Bool && b == DType.Bool) throw new RuntimeError("Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.");
        if (a == DType.Bool || b == DType.Bool) throw new RuntimeError(BoolMinus);
    }

    // alpha·b in the result's type.
    private static Node Scaled(Node b, Scalar? alpha)
    {
        if (alpha is not { } factor) return b;
        if (factor.Type.IsComplex && !b.DType.IsComplex) throw new RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.");
        if (factor.Type == DType.Bool && b.DType != DType.Bool) throw new RuntimeError("Boolean alpha only supported for Boolean results.");
        if (factor.Type.IsFloat && factor.Value != Math.Floor(factor.Value) && !b.DType.IsSmooth) throw new RuntimeError("For integral input tensors, argument alpha must not be a floating point number.");
        return factor is { Value: 1, Imaginary: 0 } ? b : b * factor.Node(b.DType);
    }

    // PyTorch does not look at what it multiplies by the number 0, be it NaN; its gradient is zero and not nothing.
    private static Node Ignored(Node x)
    {
        var zero = x * Ops.Scalar(0, x.DType);
        return Ops.WithRule("Ignored", Ops.Where(Ops.Equal(zero, 0), zero, 0), [x], static (a, _, _) => [Ops.Full(a[0].Type, 0)]);
    }

    // The powers 0 and 1 are no powers to PyTorch's kernels.
    private static Node Raised(Node a, Node b) =>
        Ops.Constant(b) is { } power && (power.Is(0) || power.Is(1)) && a.DType == DType.Bool ? Ops.Or(a, Ops.Not(b)) : Ops.Pow(Takes(a, "pow", complex: true), b);

    // PyTorch raises where the processor would; the values are looked at when the call is made.
    private static Node Divisor(Node a, Node b)
    {
        if (b.DType.IsSmooth || a.Type.Count == 0 || b.Type.Count == 0) return b;
        return Array.Exists(Look<bool>(Ops.Any(Ops.Equal(b, Ops.Scalar(0, b.DType)))), static zero => zero) ? throw new RuntimeError("ZeroDivisionError") : b;
    }
}
