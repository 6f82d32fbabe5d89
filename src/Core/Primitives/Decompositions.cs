using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Primitives;

/// <summary>What takes matrices [batch, m, n] apart into several factors. Its derivative is stated once, from the cotangents of any of them to the matrices'.</summary>
public abstract record Decomposition : Several
{
    private protected Decomposition() { }

    internal sealed override bool Takes(DType type) => Matrices.Takes(type);

    // The matrices' cotangent: linear in those of the factors, of which null is zero and not all are null.
    private protected abstract Node Pulled(Node[] factors, Node?[] c);

    internal sealed override void Pull(Node y, ReadOnlySpan<Node?> c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
    {
        if (active[0]) cotangents[0] = Pulled(Parts(y), c.ToArray());
    }

    internal sealed override Node?[] PushAll(Node y, ReadOnlySpan<Node?> tangents)
    {
        var (factors, t) = (Parts(y), tangents[0]!);
        return [.. factors.Select((factor, k) => Tangent.Transposed(factor, c => [Pulled(factors, [.. factors.Select((_, i) => i == k ? c : null)])], [t]))];
    }

    internal sealed override Node[] BatchAll(Node y, ReadOnlySpan<Node?> rows)
    {
        var shape = rows[0]!.Shape;
        return [.. Parts(new Node(this, Matrices.Joined(rows[0]!))).Select(part => Reshape(part, [.. shape[..2], .. part.Shape[1..]]))];
    }

    internal sealed override bool[] Depending(bool[] operands) => [.. Enumerable.Repeat(operands[0], this is Svd ? 3 : 2)];

    private protected TensorType Matrix(ImmutableArray<Node> inputs, bool square = false) =>
        inputs[0].Type is { Rank: 3, DType.IsSmooth: true } a && (!square || a.Shape[1] == a.Shape[2]) ? a : throw Mismatch(Name, inputs[0].Type);

    private protected static Node Skew(Node x) => x - Adjoint(x);

    // (X + Xᴴ) / 2.
    private protected static Node Hermitian(Node x) => (x + Adjoint(x)) * 0.5;

    // As far as numbers of this type tell the values of a matrix apart: its size times the rounding of the largest.
    private protected static Node Resolution(Node values, long size) =>
        Unsqueeze(MaxOver(Abs(values), [1], keep: true) * (size * values.DType.Rounding), 2);

    // 1 / x, and 0 where x cannot be told from 0.
    private protected static Node Reciprocals(Node x, Node resolution)
    {
        var small = Abs(x) <= resolution;
        return Ops.Where(small, 0, 1 / Ops.Where(small, 1, x));
    }
}

/// <summary>
/// A = Q·R with orthonormal columns and an upper triangle: [batch, m, n] → [batch, m, k], [batch, k, n] with k = min(m, n). Signs are LAPACK's. Where the first k columns are
/// dependent there are factors, but no derivative. Walter and Lehmann, "Algorithmic differentiation of linear algebra functions", 2010, https://arxiv.org/abs/1001.1654;
/// more columns than rows: Roberts and Roberts, 2020, https://arxiv.org/abs/2009.10071.
/// </summary>
public sealed record Qr : Decomposition
{
    /// <summary>The only instance.</summary>
    public static readonly Qr Instance = new();

    /// <inheritdoc/>
    public override ImmutableArray<TensorType> Results(ImmutableArray<Node> inputs)
    {
        var a = Matrix(inputs);
        var k = Math.Min(a.Shape[1], a.Shape[2]);
        return [a.Reshaped([a.Shape[0], a.Shape[1], k]), a.Reshaped([a.Shape[0], k, a.Shape[2]])];
    }

    private protected override Node Pulled(Node[] factors, Node?[] c) => Pulled(factors[0], factors[1], c[0], c[1]);

    // With M = R·cᵣᴴ − c_qᴴ·Q made Hermitian from its lower triangle, (c_q + Q·M)·R⁻ᴴ.
    private static Node Pulled(Node q, Node r, Node? cq, Node? cr)
    {
        var (m, n) = (q.Shape[1], r.Shape[2]);
        if (n > m)
        {
            // [X, Y] = Q·[U, V]: Q and U are X's, and Y = Q·V.
            var beside = cr is null ? Zeros([r.Shape[0], m, n - m], r.DType) : SliceAxis(cr, 2, m, n);
            var moved = MatMul(q, MatMul(SliceAxis(r, 2, m, n), Adjoint(beside)));
            return Concat([Pulled(q, SliceAxis(r, 2, 0, m), cq is null ? moved : cq + moved, cr is null ? null : SliceAxis(cr, 2, 0, m)), MatMul(q, beside)], 2);
        }
        var inner = (cr, cq) switch
        {
            ({ } a, { } b) => MatMul(r, Adjoint(a)) - MatMul(Adjoint(b), q),
            ({ } a, null) => MatMul(r, Adjoint(a)),
            _ => -MatMul(Adjoint(cq!), q),
        };
        // R's diagonal is real.
        var whole = MatMul(q, Hermitian(Tril(inner) + Tril(inner, -1)));
        return Adjoint(new(new TriangularSolve(Lower: false, Transposed: false, Unit: false), r, Adjoint(cq is null ? whole : cq + whole)));
    }
}

/// <summary>
/// A = V·diag(λ)·Vᴴ of Hermitian matrices: [batch, n, n] → real [batch, n] ascending, [batch, n, n] with the vectors as columns. Reads the lower triangle and takes A as Hermitian: so is its
/// gradient. Vectors whose values are the same, but for rounding, count as standing still relative to each other. Giles, "Collected matrix derivative results", 2008,
/// https://people.maths.ox.ac.uk/gilesm/files/NA-08-01.pdf.
/// </summary>
public sealed record Eigh : Decomposition
{
    /// <summary>The only instance.</summary>
    public static readonly Eigh Instance = new();

    /// <inheritdoc/>
    public override ImmutableArray<TensorType> Results(ImmutableArray<Node> inputs) => Matrix(inputs, square: true) is var a ? [new(a.DType.PartType, a.Shape[..2]), a] : default;

    // V·(diag(c_λ) + F∘(Vᴴ·c_v − c_vᴴ·V) / 2)·Vᴴ with Fᵢⱼ = 1 / (λⱼ − λᵢ).
    private protected override Node Pulled(Node[] factors, Node?[] c)
    {
        var (values, vectors) = (factors[0], factors[1]);
        if (values.Shape[1] == 0 || c[1] is not { } moved) return MatMul(vectors * Unsqueeze(c[0] ?? values, 1), Adjoint(vectors));
        var apart = Reciprocals(Unsqueeze(values, 1) - Unsqueeze(values, 2), Resolution(values, values.Shape[1]));
        var inner = Skew(MatMul(Adjoint(vectors), moved)) * (apart * 0.5);
        return MatMul(vectors, MatMul(c[0] is { } given ? inner + DiagonalEmbed(given) : inner, Adjoint(vectors)));
    }
}

/// <summary>
/// A = U·diag(s)·Vᴴ: [batch, m, n] → [batch, m, k], real [batch, k] descending and not negative, Vᴴ [batch, k, n] with k = min(m, n). Vectors whose values are the same, or 0, but for rounding,
/// count as standing still relative to each other. Giles, 2008; Wan and Zhang, 2019, https://arxiv.org/abs/1909.02659.
/// </summary>
public sealed record Svd : Decomposition
{
    /// <summary>The only instance.</summary>
    public static readonly Svd Instance = new();

    /// <inheritdoc/>
    public override ImmutableArray<TensorType> Results(ImmutableArray<Node> inputs)
    {
        var a = Matrix(inputs);
        var (batch, m, n) = (a.Shape[0], a.Shape[1], a.Shape[2]);
        var k = Math.Min(m, n);
        return [a.Reshaped([batch, m, k]), new(a.DType.PartType, [batch, k]), a.Reshaped([batch, k, n])];
    }

    // With S = Uᴴ·c_u − c_uᴴ·U and T = Vᴴ·c_v − c_vᴴ·V: U·(diag(c_s) + (S + T) / 2(sⱼ − sᵢ) + (S − T) / 2(sⱼ + sᵢ))·Vᴴ. Apart in differences and sums, what depends on U·Vᴴ alone is
    // as accurate where values are the same. What c_u and c_v have outside of the spaces of U and V is divided by s.
    private protected override Node Pulled(Node[] factors, Node?[] c)
    {
        var (u, s, v) = (factors[0], factors[1], Adjoint(factors[2]));
        var (cu, cs, cv) = (c[0], c[1], c[2] is { } given ? Adjoint(given) : null);
        if (s.Shape[1] == 0 || (cu, cv) is (null, null)) return MatMul(u * Unsqueeze(cs ?? s, 1), Adjoint(v));
        var (left, right) = (cu is null ? null : MatMul(Adjoint(u), cu), cv is null ? null : MatMul(Adjoint(v), cv));
        var resolution = Resolution(s, Math.Max(u.Shape[1], v.Shape[1]));
        var (column, row) = (Unsqueeze(s, 1), Unsqueeze(s, 2));
        var (apart, together) = (Reciprocals(column - row, resolution) * 0.5, Reciprocals(column + row, resolution) * 0.5);
        var inner = (left, right) switch
        {
            ({ } a, { } b) => Skew(a + b) * apart + Skew(a - b) * together,
            ({ } a, null) => Skew(a) * (apart + together),
            _ => Skew(right!) * (apart - together),
        };
        if (cs is not null) inner += DiagonalEmbed(cs);
        var inverse = Reciprocals(column, resolution);
        var result = MatMul(u, MatMul(inner, Adjoint(v)));
        if (left is not null && u.Shape[1] > s.Shape[1]) result += MatMul((cu! - MatMul(u, left)) * inverse, Adjoint(v));
        if (right is not null && v.Shape[1] > s.Shape[1]) result += MatMul(u, Adjoint((cv! - MatMul(v, right)) * inverse));
        return result;
    }
}
