using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Primitives;

/// <summary>
/// The lower triangular L with A = L·Lᴴ: [batch, n, n] → [batch, n, n]. Reads the lower triangle and takes A as Hermitian: so is its gradient. Murray, "Differentiation of the
/// Cholesky decomposition", 2016, https://arxiv.org/abs/1602.07527.
/// </summary>
public sealed record Cholesky : Op
{
    /// <summary>The only instance.</summary>
    public static readonly Cholesky Instance = new();

    internal override bool Takes(DType type) => Matrices.Takes(type);

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => Matrices.Square(inputs[0].Type) ? inputs[0].Type : throw Mismatch(Name, inputs[0].Type);

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => new LinearMap.Adjoint(c =>
    {
        var inner = MatMul(Adjoint(y), c);
        var half = (Tril(inner) + Tril(inner, -1)) * 0.5;
        Node Divided(Node x) => Adjoint(new TriangularSolve(Lower: true, Transposed: false, Unit: false).Back(y, x));
        var whole = Divided(Divided(half));
        return (whole + Adjoint(whole)) * 0.5;
    });

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => Reshape(new(this, Matrices.Joined(rows[0]!)), rows[0]!.Shape);
}

/// <summary>
/// The X with op(A)·X = B, where A is triangular: [batch, n, n], [batch, n, k] → [batch, n, k]. Nothing but A's triangle is read.
/// </summary>
/// <param name="Lower">A's lower triangle; otherwise the upper one.</param>
/// <param name="Transposed">op(A) is Aᵀ.</param>
/// <param name="Unit">The diagonal counts as ones and is not read.</param>
public sealed record TriangularSolve(bool Lower, bool Transposed, bool Unit) : Op
{
    internal override bool Takes(DType type) => Matrices.Takes(type);

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var (a, b) = (inputs[0].Type, inputs[1].Type);
        return Matrices.Square(a) && b.Rank == 3 && a.DType == b.DType && a.Shape[..2] == b.Shape[..2] ? b : throw Mismatch(Text, a, b);
    }

    // What transposes it: op(A)⁻ᴴ·c.
    internal Node Back(Node a, Node c) => Conj(new(this with { Transposed = !Transposed }, a, Conj(c)));

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        var a = y.Inputs[0];
        if (operand == 1) return new LinearMap.Self(c => Back(a, c));
        return new LinearMap.Adjoint(c =>
        {
            var outer = -(Transposed ? MatMul(Conj(y), Transpose(Back(a, c))) : MatMul(Back(a, c), Adjoint(y)));
            return Lower ? Tril(outer, Unit ? -1 : 0) : Triu(outer, Unit ? 1 : 0);
        });
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows)
    {
        var (n, shape) = (BatchSize(rows), y.Shape);
        // One matrix for all rows has more right-hand sides.
        if (rows[0] is null)
            return MoveAxis(Reshape(new(this, y.Inputs[0], Reshape(MoveAxis(rows[1]!, 0, 2), [shape[0], shape[1], n * shape[2]])), [shape[0], shape[1], n, shape[2]]), 2, 0);
        var each = Each(y, rows);
        return Reshape(new(this, Matrices.Joined(each[0]), Matrices.Joined(each[1])), [n, .. shape]);
    }

    private protected override string Text => $"TriangularSolve({(Lower ? "lower" : "upper")}{(Transposed ? ", transposed" : "")}{(Unit ? ", unit" : "")})";
}

/// <summary>
/// Gaussian elimination with partial pivoting: [batch, n, n] → L and U in one matrix, L's diagonal of ones left out, and an order of rows, int64 [batch, n], with A[order] = L·U.
/// A singular matrix has factors as well, but no derivative. https://pytorch.org/docs/2.6/generated/torch.linalg.lu_factor.html
/// </summary>
public sealed record Lu : Several
{
    /// <summary>The only instance.</summary>
    public static readonly Lu Instance = new();

    internal override bool Takes(DType type) => Matrices.Takes(type);

    /// <inheritdoc/>
    public override ImmutableArray<TensorType> Results(ImmutableArray<Node> inputs) =>
        inputs[0].Type is var a && Matrices.Square(a) ? [a, new(DType.Int64, a.Shape[..2])] : throw Mismatch(Name, a);

    // With M = strictly lower(Lᴴ·c) + upper(c·Uᴴ), the ordered rows' cotangent is L⁻ᴴ·M·U⁻ᴴ.
    private static Node Pulled(Node factors, Node order, Node c)
    {
        var (l, u) = (UnitLower(factors), Triu(factors));
        var inner = Tril(MatMul(Adjoint(l), Tril(c, -1)), -1) + Triu(MatMul(Triu(c), Adjoint(u)));
        var left = new TriangularSolve(Lower: true, Transposed: false, Unit: true).Back(factors, inner);
        var right = Adjoint(new(new TriangularSolve(Lower: false, Transposed: false, Unit: false), factors, Adjoint(left)));
        return Ordered(right, new Node(new ArgSort(1, false), order));
    }

    internal override void Pull(Node y, ReadOnlySpan<Node?> c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
    {
        var parts = Parts(y);
        if (active[0] && c[0] is { } given) cotangents[0] = Pulled(parts[0], parts[1], given);
    }

    internal override Node?[] PushAll(Node y, ReadOnlySpan<Node?> tangents)
    {
        var parts = Parts(y);
        return [Tangent.Transposed(parts[0], c => [Pulled(parts[0], parts[1], c)], [tangents[0]!]), null];
    }

    internal override Node[] BatchAll(Node y, ReadOnlySpan<Node?> rows)
    {
        var shape = rows[0]!.Shape;
        var parts = Parts(new Node(this, Matrices.Joined(rows[0]!)));
        return [Reshape(parts[0], shape), Reshape(parts[1], shape[..^1])];
    }

    internal override bool[] Depending(bool[] operands) => [operands[0], operands[0]];
}

// What factorisations share.
internal static class Matrices
{
    public static bool Square(TensorType a) => a.Rank == 3 && a.DType.IsSmooth && a.Shape[1] == a.Shape[2];

    // Real and complex matrices alike: every rule is written with the conjugate transpose.
    public static bool Takes(DType type) => !type.IsHalf;

    // The batch and a vectorised axis before it as one.
    public static Node Joined(Node x) => Reshape(x, [x.Shape[0] * x.Shape[1], .. x.Shape[2..]]);
}
