using System.Collections.Immutable;
using Functional.Autograd;

namespace Model.Pure;

/// <summary>What a derivative reads, which decides its errors.</summary>
[Flags]
internal enum Keeps
{
    Nothing = 0,
    Number = 1,
    Self = 2,
    Other = 4,
    Cross = 8,
    All = 16,
    Result = 32,
}

/// <summary>An operation of PyTorch as a pure function.</summary>
/// <param name="Name">PyTorch's name of the derivative.</param>
/// <param name="Keeps">What the derivative reads.</param>
/// <param name="Formula">The function.</param>
/// <param name="Domain">Which arguments are far from poles, kinks and ties.</param>
internal sealed record Operation(string Name, Keeps Keeps, Formula Formula, Func<ImmutableArray<Value>, bool>? Domain = null)
{
    /// <summary>What each operand's gradient reads, three bits an operand; null where Keeps says it.</summary>
    public int? Reads { get; init; }

    public bool KeepsResult => Keeps.HasFlag(Keeps.Result) || (Reads & Pure.Reads.Result) > 0;
}

/// <summary>What a row states besides: the derivative reads the result, a number, or its operands though it is constant.</summary>
internal static class Reads
{
    public const int Result = 1 << 9, Number = 1 << 10, Formula = 1 << 11;

    /// <summary>Whether a value is computed from another through numbers that have slopes.</summary>
    public static bool Reached(Node? from, Node to)
    {
        var (met, stack) = (new HashSet<Node>(ReferenceEqualityComparer.Instance), new Stack<Node>(from is null ? [] : [from]));
        while (stack.TryPop(out var node))
        {
            if (ReferenceEquals(node, to)) return true;
            if (node.Op is not Functional.Autograd.Primitives.Detach && met.Add(node))
                foreach (var x in node.Inputs.Where(x => x.DType.IsSmooth)) stack.Push(x);
        }
        return false;
    }
}

/// <summary>PyTorch's operations over Core's.</summary>
internal static class Formulas
{
    /// <summary>A value that counts as depending on something, with derivative zero.</summary>
    public static Node Touch(Node value, Node on) => Ops.WithRule("touch", value, [value, on], (x, _, c) => [c, Ops.Full(x[1].Type, 0)]);

    public static Node Itself(Node x) => new(Functional.Autograd.Primitives.Alias.Instance, x);

    /// <summary>A value of its own whose derivative is zero, where PyTorch gives zeros and not None.</summary>
    public static Node Flat(Node value, Node of) => Ops.WithRule("flat", value, [of], (x, _, _) => [Ops.Full(x[0].Type, 0)]);

    // Tensors with dimensions decide; 0-d tensors only among themselves.
    public static DType Common(Node a, Node b) => a.DType == b.DType ? a.DType
        : a.Type.Rank == 0 == (b.Type.Rank == 0) ? DType.Float64 : a.Type.Rank > 0 ? a.DType : b.DType;

    private static Operation Unary(string name, Keeps keeps, Func<Node, Node> f, Func<double, bool>? domain = null) =>
        new(name, keeps, (_, x) => f(x[0]), domain is null ? null : v => v[0].Data.All(domain));

    private static Operation Binary(string name, Keeps keeps, Func<Node, Node, Node> f, Func<Value, Value, bool>? domain = null) =>
        new(name, keeps, (_, x) => Common(x[0], x[1]) is var t ? f(Ops.Cast(x[0], t), Ops.Cast(x[1], t)) : x[0], domain is null ? null : v => domain(v[0], v[1]));

    /// <summary>Whether a number is zero for certain, or certainly not.</summary>
    public static bool Clear(double x) => x == 0 || Math.Abs(x) > 1e-6;

    // n·xⁿ⁻¹ as PyTorch writes it: the derivative of x¹ still counts as depending on x, that of x⁰ is zero.
    private static Node Power(Node x, int n) => Ops.WithRule("pow", n == 0 ? Ops.Full(x.Type, 1) : Ops.Pow(x, Ops.Scalar((double)n, x.DType)), [x],
        (a, _, c) => [n == 0 ? Ops.Full(a[0].Type, 0) : c * (Power(a[0], n - 1) * n)]);

    public static readonly Operation Neg = Unary("NegBackward0", Keeps.Nothing, Ops.Neg);
    public static readonly Operation Exp = Unary("ExpBackward0", Keeps.Result, Ops.Exp, x => x < 5);
    public static readonly Operation Sin = Unary("SinBackward0", Keeps.Self, Ops.Sin);
    public static readonly Operation Cos = Unary("CosBackward0", Keeps.Self, Ops.Cos);
    public static readonly Operation Tanh = Unary("TanhBackward0", Keeps.Result, Ops.Tanh);
    public static readonly Operation Sigmoid = Unary("SigmoidBackward0", Keeps.Result, Ops.Sigmoid);
    public static readonly Operation Square = Unary("PowBackward0", Keeps.Self, x => Power(x, 2));
    public static readonly Operation Log = Unary("LogBackward0", Keeps.Self, Ops.Log, x => x > 0.1);
    public static readonly Operation Sqrt = Unary("SqrtBackward0", Keeps.Result, Ops.Sqrt, x => x > 0.1);
    public static readonly Operation Clone = Unary("CloneBackward0", Keeps.Nothing, x => x);
    public static readonly Operation Sum = Unary("SumBackward0", Keeps.Nothing, x => Ops.Sum(x));
    public static readonly Operation Mean = Unary("MeanBackward0", Keeps.Nothing, x => Ops.Mean(x));
    public static readonly Operation Floor = Unary("FloorBackward0", Keeps.Nothing, x => Flat(Ops.Floor(x), x), x => x == Math.Floor(x) || Math.Abs(x - Math.Round(x)) > 1e-6);

    // The derivative of relu reads its result, that of abs its operand: both count as depending on it.
    public static readonly Operation Relu = Unary("ReluBackward0", Keeps.Result, x => Ops.WithRule("relu", Ops.Where(x <= 0, 0, x), [x], (a, _, c) => [Touch(Ops.Where(a[0] <= 0, 0, c), a[0])]), Clear);
    public static readonly Operation Abs = Unary("AbsBackward0", Keeps.Self, x => Ops.WithRule("abs", Ops.Abs(x), [x], (a, _, c) => [c * Flat(Ops.Sign(a[0]), a[0])]), Clear);

    public static readonly Operation Add = Binary("AddBackward0", Keeps.Nothing, Ops.Add);
    public static readonly Operation Sub = Binary("SubBackward0", Keeps.Nothing, Ops.Sub);
    public static readonly Operation Mul = Binary("MulBackward0", Keeps.Cross, Ops.Mul);
    public static readonly Operation Div = Binary("DivBackward0", Keeps.Other | Keeps.Cross, Ops.Div, (_, b) => b.Data.All(x => Math.Abs(x) > 0.1));
    public static readonly Operation Maximum = Binary("MaximumBackward0", Keeps.All, Ops.Max, (a, b) => a.Shape != b.Shape || a.Data.Zip(b.Data, (x, y) => Clear(x - y)).All(c => c));
    public static readonly Operation MatMul = Binary("MmBackward0", Keeps.Cross, Ops.MatMul);

    /// <summary>The element type of a number beside a floating-point tensor is the tensor's.</summary>
    public static Operation Number(string name, Keeps keeps, Func<Node, Node, Node> f, double number) => Unary(name, keeps, x => f(x, Ops.Scalar(number, x.DType)));

    public static Operation Cat(int dim) => new("CatBackward0", Keeps.Nothing, (_, x) => Ops.Concat(x, dim));

    public static Operation Stack(int dim) => new("StackBackward0", Keeps.Nothing, (_, x) => Ops.Stack(x, dim));

    public static Operation SumOver(int dim) => Unary("SumBackward1", Keeps.Nothing, x => Ops.Sum(x, [dim]));

    public static Operation Cast(DType to) => Unary("ToCopyBackward0", Keeps.Nothing, x => Ops.Cast(x, to));

    public static Operation Filled(string name, double number) => Unary(name, Keeps.Nothing, x => Flat(Ops.Full(x.Type, number), x));

    /// <summary>The new value of a tensor that takes another's, broadcast and in its own type.</summary>
    public static readonly Operation Copy = new("CopyBackwards", Keeps.Nothing, (_, x) => Plus(Flat(Ops.Full(x[0].Type, 0), x[0]), Ops.Broadcast(Ops.Cast(x[1], x[0].DType), x[0].Shape)));

    // The zero is there for its dependence alone; beside infinities it must not be added.
    private static Node Plus(Node zero, Node value) => Ops.WithRule("copy", value, [zero, value], (_, _, c) => [c, c]);

    /// <summary>Elements of a tensor, by their places in row-major order.</summary>
    public static Formula Gather(ImmutableArray<int> places, Dims shape) => (k, x) => Gathered(k, x[0], places, shape);

    // What moves nothing passes its gradient on as it is.
    public static Node Gathered(Constants k, Node x, ImmutableArray<int> places, Dims shape) =>
        x.Shape == shape && places.SequenceEqual(Enumerable.Range(0, (int)x.Type.Count)) ? x
        : Ops.Reshape(Ops.Take(Ops.Reshape(x, [x.Type.Count]), 0, k.Places(places)), shape);

    /// <summary>A tensor with elements replaced.</summary>
    public static Node Scattered(Constants k, Node whole, Node part, ImmutableArray<int> places)
    {
        var from = new int[whole.Type.Count];
        var hit = new double[whole.Type.Count];
        for (var i = 0; i < places.Length; i++) (from[places[i]], hit[places[i]]) = (i, 1);
        var moved = Gathered(k, part, [.. from], whole.Shape);
        return Ops.Where(k.Of(new Value(DType.Bool, whole.Shape, [.. hit])), moved, whole);
    }
}
