using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    /// <summary>
    /// A = Q·R with orthonormal columns in Q and an upper triangular R, whose diagonal is real and has LAPACK's signs. A matrix whose first columns are dependent has factors as well, but no derivative.
    /// https://pytorch.org/docs/2.6/generated/torch.linalg.qr.html
    /// </summary>
    /// <param name="a">[…, m, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>[…, m, k] and […, k, n] with k = min(m, n).</returns>
    /// <exception cref="ShapeException">These are no matrices.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: an element is not finite. When a derivative is evaluated: the first k columns are dependent.</exception>
    public static (Node Q, Node R) Qr(Node a) => Decomposed(Primitives.Qr.Instance, Matrices(a, "Qr")) is var f ? (f[0], f[1]) : default;

    /// <summary>
    /// The eigenvalues, ascending, and eigenvectors of symmetric or Hermitian matrices: A = V·diag(λ)·Vᴴ. Only the lower triangle is read; the gradient is that of Hermitian matrices, and Hermitian. A vector's sign,
    /// or angle, is as it comes, and so are the vectors of a repeated value: what depends on either has no derivative. Where a value repeats, but for rounding, its vectors count as standing still
    /// relative to each other, where PyTorch gives NaN or an infinity: the first derivative of what depends on eigenvalues alone is right, while those of V·f(λ)·Vᴴ and of second order lack what turning these vectors contributes.
    /// https://pytorch.org/docs/2.6/generated/torch.linalg.eigh.html
    /// </summary>
    /// <param name="a">[…, n, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>Real […, n], and […, n, n] with the vectors as columns.</returns>
    /// <exception cref="ShapeException">These are no square matrices.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: an element is not finite.</exception>
    public static (Node Values, Node Vectors) Eigh(Node a) => Decomposed(Primitives.Eigh.Instance, Squares(a, "Eigh")) is var f ? (f[0], f[1]) : default;

    /// <summary>The eigenvalues of symmetric or Hermitian matrices, ascending. https://pytorch.org/docs/2.6/generated/torch.linalg.eigvalsh.html</summary>
    /// <inheritdoc cref="Eigh"/>
    /// <returns>[…, n].</returns>
    public static Node EigvalsH(Node a) => Eigh(Squares(a, "EigvalsH")).Values;

    /// <summary>
    /// The singular values, descending, and vectors: A = U·diag(S)·Vh. The vectors' signs, or angles, are as they come, and so are the vectors of a repeated value, or of 0: what depends on either has no
    /// derivative. Where a value repeats, or is 0, but for rounding, its vectors count as standing still relative to each other, where PyTorch gives NaN or an infinity: the first derivative of what depends on singular values
    /// alone is right, as are those of U·Vh, while others lack what turning these vectors contributes.
    /// https://pytorch.org/docs/2.6/generated/torch.linalg.svd.html (full_matrices=False)
    /// </summary>
    /// <param name="a">[…, m, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <returns>[…, m, k], real […, k] and […, k, n] with k = min(m, n).</returns>
    /// <exception cref="ShapeException">These are no matrices.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: an element is not finite.</exception>
    public static (Node U, Node S, Node Vh) Svd(Node a) => Decomposed(Primitives.Svd.Instance, Matrices(a, "Svd")) is var f ? (f[0], f[1], f[2]) : default;

    /// <summary>The singular values, descending. https://pytorch.org/docs/2.6/generated/torch.linalg.svdvals.html</summary>
    /// <inheritdoc cref="Svd"/>
    /// <returns>[…, min(m, n)].</returns>
    public static Node SvdVals(Node a) => Svd(Matrices(a, "SvdVals")).S;

    /// <summary>
    /// The pseudo-inverse A⁺. Its derivative is that of matrices which keep their rank (Golub and Pereyra, 1973). https://pytorch.org/docs/2.6/generated/torch.linalg.pinv.html
    /// </summary>
    /// <param name="a">[…, m, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <param name="rcond">Singular values of at most this part of the largest count as 0; the larger of m and n times the distance of numbers at 1 when left out.</param>
    /// <param name="atol">Those of at most this as well.</param>
    /// <returns>[…, n, m].</returns>
    /// <exception cref="ShapeException">These are no matrices.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: an element is not finite.</exception>
    public static Node Pinv(Node a, double? rcond = null, double atol = 0)
    {
        a = Matrices(a, "Pinv");
        var (u, s, vh) = Svd(a);
        var zero = Not(Counted(s, a, rcond, atol));
        return WithRule("Pinv", MatMul(Adjoint(vh) * Unsqueeze(Where(zero, 0, 1 / Where(zero, 1, s)), -2), Adjoint(u)), [a], static (x, p, c) =>
        {
            // dP = −P·dA·P + P·Pᴴ·dAᴴ·(1 − A·P) + (1 − P·A)·dAᴴ·Pᴴ·P.
            var (a, t) = (x[0], Adjoint(p));
            var (left, right) = (MatMul(p, MatMul(t, c)), MatMul(MatMul(c, t), p));
            return [Adjoint(left - MatMul(left, MatMul(a, p)) + right - MatMul(p, MatMul(a, right))) - MatMul(t, MatMul(c, t))];
        });
    }

    /// <summary>
    /// The X for which A·X − B is least; where there are several, the least of them. By QR of A, or of Aᴴ where that has more rows, for matrices of full rank, as PyTorch's driver "gels"; of another rank
    /// use <see cref="Pinv"/> times B, since what this gives is then not the least, or not finite. https://pytorch.org/docs/2.6/generated/torch.linalg.lstsq.html
    /// </summary>
    /// <param name="a">[…, m, n].</param>
    /// <param name="b">[…, m, k], or a vector [m], or vectors […, m] where A is […, m, n]. Leading axes broadcast.</param>
    /// <returns>[…, n, k], or vectors as B.</returns>
    /// <exception cref="ShapeException">These are no matrices, or the shapes do not fit.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: an element is not finite, or the triangle of a matrix has a 0 on its diagonal.</exception>
    public static Node Lstsq(Node a, Node b) => Solved("Lstsq", a, b, (x, y) =>
    {
        var tall = x.Shape[1] >= x.Shape[2];
        var (q, r) = Qr(tall ? x : Adjoint(x));
        var solve = new TriangularSolve(Lower: false, Transposed: false, Unit: false);
        return tall ? new(solve, r, MatMul(Adjoint(q), y)) : MatMul(q, solve.Back(r, y));
    }, square: false);

    /// <summary>
    /// How many singular values are larger than a part of the largest; whole numbers, without a derivative. https://pytorch.org/docs/2.6/generated/torch.linalg.matrix_rank.html
    /// </summary>
    /// <param name="a">[…, m, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <param name="rtol">The part; the larger of m and n times the distance of numbers at 1 when left out.</param>
    /// <param name="atol">Singular values of at most this count as 0 as well.</param>
    /// <returns>[…], int64.</returns>
    /// <exception cref="ShapeException">These are no matrices.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: an element is not finite.</exception>
    public static Node MatrixRank(Node a, double? rtol = null, double atol = 0) => Matrices(a, "MatrixRank") is var x ? Sum(Cast(Counted(SvdVals(x), x, rtol, atol), DType.Int64), -1) : a;

    /// <summary>
    /// A norm of matrices. Of Frobenius' and the nuclear norm, and the largest singular value (2) or the least (−2), see PyTorch; 1 and ∞ are the largest sum of sizes in a column and in a row, −1 and −∞ the least.
    /// https://pytorch.org/docs/2.6/generated/torch.linalg.matrix_norm.html
    /// </summary>
    /// <param name="a">[…, m, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <param name="ord">"fro" or "nuc".</param>
    /// <returns>[…].</returns>
    /// <exception cref="ShapeException">These are no matrices.</exception>
    /// <exception cref="ArgumentException">There is no such norm.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated, "nuc", 2 or −2: an element is not finite.</exception>
    public static Node MatrixNorm(Node a, string ord = "fro") => Matrices(a, "MatrixNorm") is var x && ord == "fro" ? Norm(x, 2, [-2, -1]) : ord == "nuc" ? Sum(SvdVals(x), -1)
        : throw new ArgumentException($"MatrixNorm: the order {ord} is none of fro, nuc, 1, -1, 2, -2, inf and -inf", nameof(ord));

    /// <param name="a">[…, m, n], a real or complex floating-point type; integers become float64, and half types are computed in float32.</param>
    /// <param name="ord">1, −1, 2, −2, ∞ or −∞.</param>
    /// <inheritdoc cref="MatrixNorm(Node, string)"/>
    public static Node MatrixNorm(Node a, double ord)
    {
        a = Matrices(a, "MatrixNorm");
        Node Ends(Node x) => End(x, a, ord > 0, "MatrixNorm");
        return Math.Abs(ord) switch
        {
            1 => Ends(Sum(Abs(a), -2)),
            2 => Ends(SvdVals(a)),
            double.PositiveInfinity => Ends(Sum(Abs(a), -1)),
            _ => MatrixNorm(a, FormattableString.Invariant($"{ord}")),
        };
    }

    /// <summary>The p-norm of vectors, as <see cref="Norm"/>. https://pytorch.org/docs/2.6/generated/torch.linalg.vector_norm.html</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="ord">The order.</param>
    /// <param name="axes">The axes; all when none are given.</param>
    /// <param name="keep">Keep the axes, with size 1.</param>
    public static Node VectorNorm(Node x, double ord = 2, Dims? axes = null, bool keep = false) => Norm(x, ord, axes, keep);

    /// <summary>
    /// How much the solution of a system may be off by, relative to the right-hand side: ‖A‖·‖A⁻¹‖, for 2 and −2 the quotient of the largest and the least singular value, which may be infinite, or its inverse.
    /// https://pytorch.org/docs/2.6/generated/torch.linalg.cond.html
    /// </summary>
    /// <param name="a">[…, n, n], and for 2 and −2 […, m, n]; real or complex, integers become float64.</param>
    /// <param name="ord">An order of <see cref="MatrixNorm(Node, double)"/>.</param>
    /// <returns>[…].</returns>
    /// <exception cref="ShapeException">These are no matrices, or not square.</exception>
    /// <exception cref="ArgumentException">There is no such norm.</exception>
    /// <exception cref="LinearAlgebraException">When evaluated: an element is not finite, or, for other orders than 2 and −2, a matrix is singular.</exception>
    public static Node ConditionNumber(Node a, double ord = 2)
    {
        if (Math.Abs(ord) != 2) return Squares(a, "ConditionNumber") is var x ? MatrixNorm(x, ord) * MatrixNorm(Inverse(x), ord) : a;
        var s = SvdVals(Matrices(a, "ConditionNumber"));
        return End(s, a, ord > 0, "ConditionNumber") / End(s, a, ord < 0, "ConditionNumber");
    }

    // The largest or the least of what a matrix has.
    private static Node End(Node x, Node a, bool largest, string operation) => x.Shape[^1] == 0 && x.Shape[..^1].Product > 0 ? throw new ShapeException($"{operation}: {a.Type} has no elements")
        : largest ? MaxOver(x, -1) : MinOver(x, -1);

    private static Node Matrices(Node a, string operation) => Float(a) is { Type.Rank: >= 2 } x ? x : throw new ShapeException($"{operation}: {a.Type} is no matrix");

    // The factors, each with the leading axes that the matrices have.
    private static Node[] Decomposed(Decomposition op, Node a)
    {
        var all = new Node(op, Matrix(Cast(a, a.DType.Compute)));
        return [.. all.Type.Parts.Select((_, k) => new Node(new Part(k), all)).Select(part => Reshape(part, [.. a.Shape[..^2], .. part.Shape[1..]])).Select(part => a.DType.IsHalf ? Cast(part, a.DType) : part)];
    }

    // Which singular values are not 0 but for rounding.
    private static Node Counted(Node s, Node a, double? part, double least) =>
        s.Shape[^1] == 0 ? Cast(s, DType.Bool) : s > Max(MaxOver(s, -1, keep: true) * (part ?? Math.Max(a.Shape[^1], a.Shape[^2]) * s.DType.Rounding), least);
}
