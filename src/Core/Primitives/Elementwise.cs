using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Primitives;

/// <summary>An operation that maps elements one by one; its operands have equal shapes.</summary>
public abstract record Elementwise : Op
{
    private static readonly List<Elementwise> rows = [];

    private protected Elementwise() { }

    /// <summary>The rows: every scalar function of one or two numbers.</summary>
    public static IReadOnlyList<Elementwise> Rows
    {
        get
        {
            // Touching a row makes all of its table.
            _ = (Unary.Neg, Binary.Add);
            return rows;
        }
    }

    // Rows are numbered from one, so that a backend finds its routine without a search.
    private protected static int Number(Elementwise row)
    {
        lock (rows)
        {
            rows.Add(row);
            return rows.Count;
        }
    }

    internal virtual int RowNumber => 0;

    internal sealed override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this, Each(y, rows));
}

/// <summary>A function of one number: a name and a slope.</summary>
public sealed record Unary : Elementwise
{
    private Unary(string title, Func<Node, Node, LinearMap>? slope)
    {
        (Title, Slope) = (title, slope);
        RowNumber = Number(this);
    }

#pragma warning disable CS1591 // The rows: each is named by its function.
    public static readonly Unary
        Neg = new("Neg", (x, y) => Like(y, -1)),
        Abs = new("Abs", (x, y) => Ops.Sign(x)),
        Sign = new("Sign", null),
        Exp = new("Exp", (x, y) => y),
        Exp2 = new("Exp2", (x, y) => y * Math.Log(2)),
        Expm1 = new("Expm1", (x, y) => Ops.Exp(x)),
        Log = new("Log", (x, y) => new LinearMap.Over(x)),
        Log2 = new("Log2", (x, y) => new LinearMap.Over(x * Math.Log(2))),
        Log10 = new("Log10", (x, y) => new LinearMap.Over(x * Math.Log(10))),
        Log1p = new("Log1p", (x, y) => Reciprocal(x + 1)),
        Sqrt = new("Sqrt", (x, y) => 0.5 / y),
        Sin = new("Sin", (x, y) => Ops.Cos(x)),
        Cos = new("Cos", (x, y) => -Ops.Sin(x)),
        Tan = new("Tan", (x, y) => 1 + y * y),
        Asin = new("Asin", (x, y) => Rsqrt(OneLessSquare(x))),
        Acos = new("Acos", (x, y) => -Rsqrt(OneLessSquare(x))),
        Atan = new("Atan", (x, y) => Reciprocal(1 + x * x)),
        Sinh = new("Sinh", (x, y) => Ops.Cosh(x)),
        Cosh = new("Cosh", (x, y) => Ops.Sinh(x)),
        Tanh = new("Tanh", (x, y) => 1 - y * y),
        Asinh = new("Asinh", (x, y) => Reciprocal(Hypot(x, 1))),
        Acosh = new("Acosh", (x, y) => Rsqrt(Ops.Abs(x) - 1) * Rsqrt(Ops.Abs(x) + 1)),
        Atanh = new("Atanh", (x, y) => 0.5 * (Reciprocal(1 - x) + Reciprocal(1 + x))),
        Sigmoid = new("Sigmoid", (x, y) => y * (1 - y)),
        Softplus = new("Softplus", (x, y) => Ops.Sigmoid(x)),
        Erf = new("Erf", (x, y) => Ops.Exp(-(x * x)) * (2 / Math.Sqrt(Math.PI))),
        Erfc = new("Erfc", (x, y) => Ops.Exp(-(x * x)) * (-2 / Math.Sqrt(Math.PI))),
        ErfInv = new("ErfInv", (x, y) => Ops.Exp(y * y) * (Math.Sqrt(Math.PI) / 2)),
        LogGamma = new("LogGamma", (x, y) => Ops.Digamma(x)),
        Digamma = new("Digamma", (x, y) => Ops.Polygamma(1, x)),
        Floor = new("Floor", null),
        Ceiling = new("Ceiling", null),
        Round = new("Round", null),
        Truncate = new("Truncate", null);
#pragma warning restore CS1591

    /// <inheritdoc/>
    public override string Name => Title;

    /// <summary>The name.</summary>
    public string Title { get; }

    /// <summary>The derivative at x, where y = f(x), as a linear map; null where it is zero almost everywhere.</summary>
    public Func<Node, Node, LinearMap>? Slope { get; }

    internal override int RowNumber { get; }

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var x = inputs[0].Type;
        return x.DType.IsFloat || (x.DType != DType.Bool && (this == Neg || this == Abs || this == Sign)) ? x
            : throw new ShapeException($"{Title} is not defined for {x}; cast it first");
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) =>
        Slope is null || !y.DType.IsFloat ? LinearMap.Zero : Slope(y.Inputs[0], y);

    /// <inheritdoc/>
    public bool Equals(Unary? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => Title.GetHashCode(StringComparison.Ordinal);

    private protected override string Text => Name;

    // 1 − x² without cancellation. Its derivative is −2x and not that of (1 − x)(1 + x), of which 0·∞ would remain at ±1.
    private static Node OneLessSquare(Node x)
    {
        var plain = 1 - x * x;
        return plain + Ops.Detach((1 - x) * (1 + x) - plain);
    }
}

/// <summary>The n-th derivative of the digamma function, n ≥ 1.</summary>
/// <param name="Order">How often digamma is differentiated.</param>
public sealed record Polygamma(int Order) : Elementwise
{
    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) =>
        inputs[0].DType.IsFloat ? inputs[0].Type : throw new ShapeException($"{this} is not defined for {inputs[0].Type}; cast it first");

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => new LinearMap.Scale(Ops.Polygamma(Order + 1, y.Inputs[0]));

    private protected override string Text => $"Polygamma({Order})";
}

/// <summary>A function of two numbers: a name and two slopes.</summary>
public sealed record Binary : Elementwise
{
    private Binary(string title, Func<Node, int, LinearMap>? slopes)
    {
        (Title, Slopes) = (title, slopes);
        RowNumber = Number(this);
    }

#pragma warning disable CS1591 // The rows: each is named by its function.
    public static readonly Binary
        Add = new("Add", (y, k) => LinearMap.One),
        Mul = new("Mul", (y, k) => new LinearMap.Scale(y.Inputs[1 - k])),
        Div = Row("Div", (a, b, y) => new LinearMap.Over(b), (a, b, y) => -(a / b) / b),
        Pow = new("Pow", (y, k) => k == 0 ? PowBase(y.Inputs[0], y.Inputs[1]) : PowExponent(y.Inputs[0], y.Inputs[1], y)),
        Atan2 = Row("Atan2", (a, b, y) => b / Ops.Hypot(a, b) / Ops.Hypot(a, b), (a, b, y) => -a / Ops.Hypot(a, b) / Ops.Hypot(a, b)),
        Hypot = Row("Hypot", (a, b, y) => a / y, (a, b, y) => b / y),
        Max = new("Max", (y, k) => Share(y, y.Inputs[k] < y.Inputs[1 - k])),
        Min = new("Min", (y, k) => Share(y, y.Inputs[1 - k] < y.Inputs[k])),
        Rem = Row("Rem", (a, b, y) => LinearMap.One, (a, b, y) => -Ops.FloorDiv(a, b)),
        FloorDiv = new("FloorDiv", (y, k) => LinearMap.Zero),
        Less = new("Less", null),
        LessEqual = new("LessEqual", null),
        Equal = new("Equal", null);
#pragma warning restore CS1591

    /// <summary>Whether the result is a truth value.</summary>
    public bool IsComparison => Slopes is null;

    /// <inheritdoc/>
    public override string Name => Title;

    /// <summary>The name.</summary>
    public string Title { get; }

    /// <summary>The derivative in operand k of y = f(a, b), as a linear map; null for a comparison.</summary>
    public Func<Node, int, LinearMap>? Slopes { get; }

    internal override int RowNumber { get; }

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var (a, b) = (inputs[0].Type, inputs[1].Type);
        if (!a.Equals(b)) throw Mismatch(Title, a, b);
        if (!a.DType.IsFloat && !TakesWhole(a.DType)) throw new ShapeException($"{Title} is not defined for {a}; cast it first");
        return IsComparison ? a.As(DType.Bool) : a.IsNumber ? b : a;
    }

    // Quotients and angles of integers are real numbers; truth values have an order and no arithmetic.
    private bool TakesWhole(DType type) => IsComparison || this == Max || this == Min || (type != DType.Bool && this != Div && this != Atan2 && this != Hypot);

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) =>
        Slopes is null || !y.DType.IsFloat ? LinearMap.Zero : Slopes(y, operand);

    /// <inheritdoc/>
    public bool Equals(Binary? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => Title.GetHashCode(StringComparison.Ordinal);

    private protected override string Text => Name;

    private static Binary Row(string name, Func<Node, Node, Node, LinearMap> first, Func<Node, Node, Node, LinearMap> second) =>
        new(name, (y, k) => (k == 0 ? first : second)(y.Inputs[0], y.Inputs[1], y));

    // b·aᵇ⁻¹, and 0 for the exponent 0 where that product has no value.
    private static LinearMap PowBase(Node a, Node b)
    {
        if (Constant(b) is { } n) return n.Is(0) ? new LinearMap.Adjoint(c => Like(c, 0)) : new LinearMap.Scale(b * Ops.Pow(a, b - 1));
        var idle = And(Ops.Equal(b, 0), Not(And(a > 0, a < double.PositiveInfinity)));
        return new LinearMap.Adjoint(c => Where(idle, 0, c * (b * Ops.Pow(Where(idle, 1, a), b - 1))));
    }

    // aᵇ·log a, which tends to 0 with the base; so do its own derivatives for b > 1, hence the harmless logarithm there.
    private static LinearMap PowExponent(Node a, Node b, Node y)
    {
        var idle = And(Ops.Equal(a, 0), b >= 0);
        return new LinearMap.Adjoint(c => Where(idle, 0, c * (y * Ops.Log(Where(idle, 1, a)))));
    }

    // The operand that is not beaten takes the cotangent, each of two equal ones half of it.
    private static LinearMap Share(Node y, Node beaten)
    {
        var tie = Ops.Equal(y.Inputs[0], y.Inputs[1]);
        return new LinearMap.Adjoint(c => Where(beaten, 0, Where(tie, c * 0.5, c)));
    }
}

/// <summary>Chooses elementwise: condition ? a : b.</summary>
public sealed record Select : Elementwise
{
    internal override Handling Elements => Handling.Moves;

    /// <summary>The only instance.</summary>
    public static readonly Select Instance = new();

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var (condition, a, b) = (inputs[0].Type, inputs[1].Type, inputs[2].Type);
        if (condition.DType != DType.Bool || condition.Shape != a.Shape || !a.Equals(b)) throw Mismatch("Select", condition, a, b);
        return a.IsNumber ? b : a;
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var condition = y.Inputs[0];
        return operand switch
        {
            0 => LinearMap.Zero,
            1 => new LinearMap.Adjoint(c => Where(condition, c, 0)),
            _ => new LinearMap.Adjoint(c => Where(condition, 0, c)),
        };
    }
}

/// <summary>Converts elements to another type: towards zero for integers, non-zero is true.</summary>
/// <param name="To">The element type of the result.</param>
public sealed record Cast(DType To) : Elementwise
{
    internal override Handling Elements => Handling.Moves;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => To.IsComplex ? throw Mismatch(Text, inputs[0].Type) : inputs[0].Type.As(To);

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var from = y.Inputs[0].DType;
        return To.IsSmooth && from.IsSmooth ? new LinearMap.Self(c => Ops.Cast(c, from)) : LinearMap.Zero;
    }

    private protected override string Text => $"Cast({To.ToString().ToLowerInvariant()})";
}
