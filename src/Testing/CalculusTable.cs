using System.Globalization;
using System.Text;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>Every primitive with its derivative, as Markdown: read off the code itself, so that it cannot drift from it.</summary>
public static class CalculusTable
{
    /// <summary>One application of every primitive, with its operands' names.</summary>
    public static IReadOnlyList<(Node Y, string[] Operands)> Samples { get; } = Make();

    private static List<(Node, string[])> Make()
    {
        Node M(params ReadOnlySpan<long> shape) => Node.Placeholder(TensorType.Float64(shape));
        Node I(params ReadOnlySpan<long> shape) => Node.Placeholder(TensorType.Int64(shape));
        Node B(params ReadOnlySpan<long> shape) => Node.Placeholder(new(DType.Bool, Dims.Create(shape)));
        static Node Ruled(Node x) => Ops.WithRule("Custom", Ops.Sin(x), [x], static (_, _, c) => [c]);
        var loop = Ops.Scan((c, u) => (Ops.Sin(c * u), c), M(), M(4)).Carry;
        var choice = Ops.Cond(B(), Ops.Sin, Ops.Cos, M(3));
        var repeated = Ops.While(c => c > 1, c => c / 2, M());
        var samples = new List<(Node, string[])>();
        foreach (var op in Elementwise.Rows.OfType<Unary>()) samples.Add((new Node(op, M(3)), ["x"]));
        foreach (var op in Elementwise.Rows.OfType<Binary>()) samples.Add((new Node(op, M(3), M(3)), ["a", "b"]));
        samples.Add((new Node(new Polygamma(1), M(3)), ["x"]));
        var windows = new Windows(0, 2, 1, 1);
        samples.AddRange([
            (new Node(Select.Instance, B(3), M(3), M(3)), ["condition", "a", "b"]), (new Node(new Cast(DType.Float32), M(3)), ["x"]),
            (new Node(new Fourier(false), Node.Placeholder(new(DType.Complex128, [1, 3]))), ["z"]), (new Node(ComplexOf.Instance, M(3), M(3)), ["re", "im"]), (new Node(new Component(false), Node.Placeholder(new(DType.Complex128, [3]))), ["z"]),
            (M(3), []), (Ops.Scalar(1.5), []), (Ops.Arange(3), []),
            (new Node(new Reshape([6]), M(2, 3)), ["x"]), (new Node(new Permute([1, 0]), M(2, 3)), ["x"]), (new Node(new Broadcast([2, 3]), M(1, 3)), ["x"]),
            (new Node(new Slice([1], [2], [2]), M(5)), ["x"]), (new Node(new Pad([5], [1], [2]), M(2)), ["x"]), (new Node(new Flip([0]), M(3)), ["x"]),
            (new Node(new Concat(0), M(2), M(3)), ["a", "b"]), (new Node(new Insert([1], [1]), M(4), M(2)), ["whole", "part"]),
            (new Node(windows, M(4)), ["x"]), (new Node(new Fold(windows, 4), M(3, 2)), ["x"]),
            .. Enum.GetValues<Combine>().Select(how => (new Node(new Reduce(how, [0]), M(3)), new[] { "x" })),
            (new Node(new ArgMax(0), M(3)), ["x"]), (new Node(new CumSum(0, false), M(3)), ["x"]), (new Node(Dot.Instance, M(1, 2, 3), M(1, 3, 4)), ["a", "b"]),
            (new Node(Cholesky.Instance, M(1, 3, 3)), ["a"]), (new Node(new TriangularSolve(true, false, false), M(1, 3, 3), M(1, 3, 2)), ["a", "b"]), (new Node(Lu.Instance, M(1, 3, 3)), ["a"]),
            (new Node(Qr.Instance, M(1, 3, 2)), ["a"]), (new Node(Eigh.Instance, M(1, 3, 3)), ["a"]), (new Node(Svd.Instance, M(1, 3, 2)), ["a"]),
            (new Node(new Take(0), M(3), I(2)), ["x", "index"]), (new Node(new Scatter(0, true), M(3), I(2), M(2)), ["base", "index", "rows"]),
            (new Node(new Scatter(0, false), M(3), I(2), M(2)), ["base", "index", "rows"]), (new Node(new ArgSort(0, false), M(3)), ["x"]), (new Node(new RandomBits([3]), I(2)), ["key"]),
            (new Node(Detach.Instance, M(3)), ["x"]), (new Node(Alias.Instance, M(3)), ["x"]),
            (Ruled(M(3)), ["value", "x"]), (Ops.Recompute(x => x[0], M(3)), ["value", "x"]), (new Node(Checkpoint.Instance, M(3), M(3)), ["x", "after"]),
            (loop.Inputs[0], ["init", "over"]), (loop, ["results"]), (choice.Inputs[0], ["condition", "x"]), (repeated.Inputs[0], ["init"]),
        ]);
        return samples;
    }

    /// <summary>The table.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("""
            # The calculus

            Every primitive with its derivative, one linear map per operand, as the code states it. Forward mode applies the map to a
            tangent t; reverse mode applies its transpose to a cotangent c. `y` is the result. This page is generated from the
            code; a test fails when it is stale, and `UPDATE_DOCS=1 dotnet test tests/Architecture` writes it anew.

            | primitive | operand | tangent | cotangent |
            | --- | --- | --- | --- |

            """.Replace("\r", "", StringComparison.Ordinal));
        foreach (var (y, operands) in Samples)
        {
            if (operands.Length == 0) text.Append(CultureInfo.InvariantCulture, $"| {Name(y)} | | | |\n");
            for (var k = 0; k < operands.Length; k++)
            {
                var (tangent, cotangent) = Map(y, k, operands);
                text.Append(CultureInfo.InvariantCulture, $"| {(k == 0 ? $"{Name(y)}({string.Join(", ", operands)})" : "")} | {operands[k]} | {tangent} | {cotangent} |\n");
            }
        }
        text.Append("""

            ## Kinks, ties, poles and ends

            What a derivative is where the function has a corner, where operands tie, and at the ends of the domain: the limit of the derivatives
            nearby (*limit*) where there is one, infinite limits included; where there is none, or it depends on the side, PyTorch's number
            (*PyTorch*). Zeros are *chosen* where the limit is infinite or missing and PyTorch gives NaN, and the first of equals where a
            running maximum of PyTorch's takes the last. The operand that was not selected gets the cotangent 0 whatever the other one gets, infinite and NaN included. Tests check every row in both modes and precisions.

            | function | x | f | f′ | f″ | from |
            | --- | --- | --- | --- | --- | --- |

            """.Replace("\r", "", StringComparison.Ordinal));
        var before = "";
        foreach (var row in Limits.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {(row.Function == before ? "" : row.Function)} | {Number(row.X)} | {Number(row.Value)} | {Number(row.First)} | {Number(row.Second)} | {row.Kind switch { LimitKind.Limit => "limit", LimitKind.PyTorch => "PyTorch", _ => "chosen" }} |\n");
            before = row.Function;
        }
        return text.ToString();
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "−∞",
        _ => value.ToString("G6", CultureInfo.InvariantCulture).Replace("-", "−", StringComparison.Ordinal),
    };

    private static string Name(Node y) => y.Op is Reduce or Scatter or CumSum or Polygamma ? y.Op.ToString() : y.Op is Literal ? "Literal" : y.Op.Name;

    private static (string Tangent, string Cotangent) Map(Node y, int operand, string[] names)
    {
        if (y.Op is Scan) return ("the step's tangents, step by step", "the step's cotangents, from the last step to the first");
        if (y.Op is Choice) return operand == 0 ? ("0", "0") : ("the chosen function's", "the chosen function's");
        if (y.Op is Repeat) return ("the step's, step by step", "none: say atMost");
        if (y.Op is Lu) return ("L · lower(M), upper(M) · U with M = L⁻¹·t[order]·U⁻¹", "L⁻ᵀ · (lower(Lᵀ·c) + upper(c·Uᵀ)) · U⁻ᵀ, in the rows' first order");
        if (y.Op is Qr) return ("its transpose", "(c_q + Q · symmetric(lower(R·c_rᵀ − c_qᵀ·Q))) · R⁻ᵀ");
        if (y.Op is Eigh) return ("its transpose", "V · (diag(c_λ) + (Vᵀ·c_v − c_vᵀ·V) / 2(λⱼ − λᵢ)) · Vᵀ");
        if (y.Op is Svd) return ("its transpose", "U · (diag(c_s) + (S + T) / 2(sⱼ − sᵢ) + (S − T) / 2(sⱼ + sᵢ)) · Vᵀ with S = Uᵀ·c_u − c_uᵀ·U, T = Vᵀ·c_v − c_vᵀ·V, and what is outside of U and V over s");
        if (y.Op is Part) return ("its part of t", "c, as its part of the tuple's");
        var named = new Dictionary<Node, string>(ReferenceEqualityComparer.Instance) { [y] = "y" };
        for (var k = 0; k < names.Length; k++) named[y.Inputs[k]] = names[k];
        var c = Node.Placeholder(y.Type);
        named[c] = "c";
        // A long expression is shown by its beginning.
        string Show(Node node) => Text(node, named) is { Length: > 150 } text ? text[..100] + " …" : Text(node, named);
        return y.Op.Differential(y, operand) switch
        {
            LinearMap.Identity => ("t", "c"),
            LinearMap.Scale(var w) => ($"t · {Show(w)}", $"c · {Show(w)}"),
            LinearMap.Over(var d) => Show(d) is var text && text.Contains(' ') ? ($"t / ({text})", $"c / ({text})") : ($"t / {text}", $"c / {text}"),
            LinearMap.Self(var transpose) => ($"{Name(y)}({string.Join(", ", names.Select((n, k) => k == operand ? "t" : n))})", Show(transpose(c))),
            LinearMap.Adjoint when y.Op is Custom => ("its transpose", "the user's rule"),
            LinearMap.Adjoint when y.Op is Recompute => ("the function's", "the function's, computed again"),
            LinearMap.Adjoint(var transpose) => ("its transpose", Show(transpose(c))),
            _ => ("0", "0"),
        };
    }

    private static string Text(Node node, Dictionary<Node, string> named)
    {
        if (named.TryGetValue(node, out var name)) return name;
        if (Ops.Constant(node) is { } literal) return literal.Value.ToString("0.######", CultureInfo.InvariantCulture);
        string Of(int k) => Text(node.Inputs[k], named);
        return node.Op switch
        {
            Unary { Title: "Neg" } => $"−{Of(0)}",
            Binary { Title: "Add" } when node.Inputs[1].Op == Unary.Neg => $"({Of(0)} − {Text(node.Inputs[1].Inputs[0], named)})",
            Binary { Title: "Add" } => $"({Of(0)} + {Of(1)})",
            Binary { Title: "Mul" } => $"{Of(0)} · {Of(1)}",
            Binary { Title: "Div" } => $"({Of(0)} / {Of(1)})",
            Binary { Title: "Less" } => $"({Of(0)} < {Of(1)})",
            Binary { Title: "LessEqual" } => $"({Of(0)} ≤ {Of(1)})",
            Binary { Title: "Equal" } => $"({Of(0)} = {Of(1)})",
            Select => $"({Of(0)} ? {Of(1)} : {Of(2)})",
            Reshape or Broadcast => Of(0),
            _ => $"{Name(node)}({string.Join(", ", node.Inputs.Select((_, k) => Of(k)))})",
        };
    }
}
