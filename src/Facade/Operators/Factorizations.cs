using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;
using Z = System.Numerics.Complex;

namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(linalg), Forms = Forms.Function)]
    private static class Factorizations
    {
        /// <summary>The lower triangular L with A = L·Lᴴ of positive definite matrices, or its conjugate transpose.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">A matrix is not positive definite.</exception>
        [Torch("LinalgCholeskyExBackward0", Saves.Result, Out = true)]
        public static Node cholesky(Node A, bool upper = false) => Triangle(A, "linalg.cholesky", upper, true, out _);

        /// <summary>Cholesky's factor, and for each matrix the order of the first leading minor that is not positive; 0 where there is none.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">Errors are checked, and a matrix is not positive definite.</exception>
        [Torch("LinalgCholeskyExBackward0", Saves.Result)]
        public static return_types.linalg_cholesky_ex cholesky_ex(Tensor A, bool upper = false, bool check_errors = false)
        {
            Node? info = null;
            return new(Record("LinalgCholeskyExBackward0", Saves.Result, x => Triangle(x, check_errors ? "linalg.cholesky_ex" : "linalg.cholesky", upper, check_errors, out info), A), new Tensor(info!));
        }

        internal static Node Triangle(Node A, string name, bool upper, bool check, out Node info)
        {
            var shapes = name == "linalg.cholesky_ex" ? "linalg.cholesky" : name;
            A = LinearAlgebra.Wide(LinearAlgebra.Smooth(LinearAlgebra.Squares(A, shapes), shapes), "cholesky_cpu");
            if (upper) A = Ops.Adjoint(A);
            var factor = Ops.Cholesky(A);
            info = Ops.Full(new(DType.Int32, A.Shape[..^2]), 0);
            try
            {
                Evaluator.Force([Mapping.Everywhere(factor)]);
            }
            catch (LinearAlgebraException e)
            {
                if (check) throw new linalg.LinAlgError($"{name}: {LinearAlgebra.Batch(A, e.Matrix)}The factorization could not be completed because the input is not positive-definite (the leading minor of order {e.Place + 1} is not positive-definite).");
                info = Mapping.AtOnce(static x => [Orders(x[0])], A)[0];
                factor = LinearAlgebra.Lost(Ops.Cholesky(LinearAlgebra.Instead(A, info)), info);
            }
            return upper ? Ops.Adjoint(factor) : factor;
        }

        private static Node Orders(Node a)
        {
            var each = Ops.Reshape(a, [a.Shape[..^2].Product, .. a.Shape[^2..]]);
            return Ops.Tensor<int>([.. Dims.Range((int)each.Shape[0]).Select(i => Order(Ops.SliceAxis(each, 0, i, i + 1)))], a.Shape[..^2]);
        }

        private static int Order(Node matrix)
        {
            try
            {
                Evaluator.Force([Ops.Cholesky(matrix)]);
                return 0;
            }
            catch (LinearAlgebraException e)
            {
                return (int)e.Place + 1;
            }
        }

        /// <summary>Q with orthonormal columns and an upper triangular R with A = Q·R: reduced, complete (Q is square), or r (R alone).</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type, or there is no such mode.</exception>
        [Torch("LinalgQrBackward0")]
        public static return_types.linalg_qr qr(Tensor A, string mode = "reduced")
        {
            LinearAlgebra.Wide(LinearAlgebra.Smooth(LinearAlgebra.Matrices(A.Node, "linalg.qr"), "linalg.qr"), "geqrf_cpu");
            if (mode is not ("reduced" or "complete" or "r")) throw new RuntimeError($"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'");
            var rest = mode == "complete" ? A.Dims[^2] - Math.Min(A.Dims[^2], A.Dims[^1]) : 0;
            var factors = RecordAll("LinalgQrBackward0", x =>
            {
                var (sound, lost) = Finite(x);
                var (q, r) = Ops.Qr(sound);
                if (lost is not null) (q, r) = (LinearAlgebra.Lost(q, lost), Ops.Triu(LinearAlgebra.Lost(r, lost)));
                if (rest > 0) (q, r) = (Ops.Concat([q, Complement(sound, rest)], -1), Ops.Pad(r, Dims.Repeat(0, r.Type.Rank), Dims.Repeat(0, r.Type.Rank).With(r.Type.Rank - 2, rest)));
                return [mode == "r" ? Ops.Full(new(x.DType, [0]), 0) : q, r];
            }, A);
            if (factors[1].gradFn is { } fn)
                fn.Refusal = mode == "r" ? "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr."
                    : rest > 0 ? "The QR decomposition is not differentiable when mode='complete' and nrows > ncols." : null;
            return new(factors[0], factors[1]);
        }

        // The last columns of the product of Householder's reflections that make the matrices triangular.
        private static Node Complement(Node a, long rest) => Mapping.AtOnce(x => [Last(x[0], rest)], Ops.Detach(a))[0];

        private static Node Last(Node a, long rest)
        {
            var (m, n, batch) = ((int)a.Shape[^2], (int)a.Shape[^1], (int)a.Shape[..^2].Product);
            var x = Evaluator.Read<Z>(Ops.Cast(a, DType.Complex128));
            var q = new Z[batch * m * rest];
            for (var b = 0; b < batch; b++) Reflect(x.AsSpan(b * m * n, m * n), q.AsSpan((int)(b * m * rest), (int)(m * rest)), m, n);
            Node columns = Ops.Tensor<Z>(q, [.. a.Shape[..^1], rest]);
            return Ops.Cast(a.DType.IsComplex ? columns : Ops.Real(columns), a.DType);
        }

        private static void Reflect(Span<Z> a, Span<Z> q, int m, int n)
        {
            var (rest, taus) = (m - n, new Z[n]);
            for (var j = 0; j < n; j++)
            {
                var (below, alpha) = (0.0, a[j * n + j]);
                for (var i = j + 1; i < m; i++) below = double.Hypot(below, Z.Abs(a[i * n + j]));
                if (below == 0 && alpha.Imaginary == 0) continue;
                var beta = -Math.CopySign(double.Hypot(Z.Abs(alpha), below), alpha.Real);
                taus[j] = (beta - alpha) / beta;
                for (var i = j + 1; i < m; i++) a[i * n + j] /= alpha - beta;
                a[j * n + j] = 1;
                for (var c = j + 1; c < n; c++) Apply(a, a, m, j, n, c, Z.Conjugate(taus[j]), n);
                a[j * n + j] = beta;
            }
            for (var k = 0; k < rest; k++) q[(n + k) * rest + k] = 1;
            for (var j = n - 1; j >= 0; j--)
            {
                a[j * n + j] = 1;
                for (var c = 0; c < rest; c++) Apply(a, q, m, j, n, c, taus[j], rest);
            }
        }

        // A column less τ·v·vᴴ of it, with the v that stands from the diagonal of column j on.
        private static void Apply(Span<Z> v, Span<Z> x, int m, int j, int n, int column, Z tau, int width)
        {
            var sum = Z.Zero;
            for (var i = j; i < m; i++) sum += Z.Conjugate(v[i * n + j]) * x[i * width + column];
            for (var i = j; i < m; i++) x[i * width + column] -= tau * sum * v[i * n + j];
        }

        /// <summary>Eigenvalues, ascending, and eigenvectors of symmetric or Hermitian matrices, of which one triangle is read.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type, or UPLO is neither L nor U.</exception>
        /// <exception cref="linalg.LinAlgError">An element is not finite.</exception>
        [Torch("LinalgEighBackward0")]
        public static return_types.linalg_eigh eigh(Tensor A, string UPLO = "L") => Values(A, UPLO) is [var values, var vectors] ? new(values, vectors) : throw new System.Diagnostics.UnreachableException();

        /// <summary>Eigenvalues of symmetric or Hermitian matrices, ascending; one triangle is read.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type, or UPLO is neither L nor U.</exception>
        /// <exception cref="linalg.LinAlgError">An element is not finite.</exception>
        [Torch("LinalgEighBackward0")]
        public static Tensor eigvalsh(Tensor A, string UPLO = "L") => Values(A, UPLO)[0];

        private static Tensor[] Values(Tensor A, string uplo)
        {
            const string name = "linalg.eigh";
            LinearAlgebra.Squares(A.Node, name);
            if (uplo.ToUpperInvariant() is not ("L" or "U")) throw new RuntimeError($"Expected UPLO argument to be 'L' or 'U', but got {uplo}");
            return RecordAll("LinalgEighBackward0", x =>
            {
                LinearAlgebra.Wide(Takes(x, "linalg_eigh_cpu", whole: false, complex: true), "linalg_eigh_cpu");
                var read = uplo is "L" or "l" ? x : Ops.Adjoint(x);
                var (sound, lost) = Finite(read, Ops.Tril(read));
                if (lost is not null && x.Shape[^1] > 2) throw new linalg.LinAlgError($"{name}: {First(lost, x)}The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues (error code: {x.Shape[^1] - 1}).");
                var (values, vectors) = Ops.Eigh(sound);
                return lost is null ? [values, vectors] : [Ops.Where(Ops.Unsqueeze(lost, -1), double.NaN, values), LinearAlgebra.Lost(vectors, lost)];
            }, A);
        }

        /// <summary>Singular values, descending, and vectors: A = U·diag(S)·Vh, with square U and Vh unless full_matrices is false.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">An element is not finite.</exception>
        [Torch("LinalgSvdBackward0")]
        public static return_types.linalg_svd svd(Tensor A, bool full_matrices = true) => Singular(A, full_matrices) is [var u, var s, var vh] ? new(u, s, vh) : throw new System.Diagnostics.UnreachableException();

        /// <summary>Singular values, descending.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">An element is not finite.</exception>
        [Torch("LinalgSvdBackward0")]
        public static Tensor svdvals(Tensor A) => Singular(A, false)[1];

        internal static Tensor[] Singular(Tensor A, bool full)
        {
            const string name = "linalg.svd";
            LinearAlgebra.Wide(LinearAlgebra.Smooth(LinearAlgebra.Matrices(A.Node, name), name), "linalg_svd_cpu");
            return RecordAll("LinalgSvdBackward0", x =>
            {
                var (m, n, sound) = (x.Shape[^2], x.Shape[^1], SoundSvd(x));
                var (u, s, vh) = Ops.Svd(sound);
                if (full && m > n) u = Ops.Concat([u, Complement(u, m - n)], -1);
                if (full && m < n) vh = Ops.Concat([vh, Ops.Adjoint(Complement(Ops.Adjoint(vh), n - m))], -2);
                return [u, s, vh];
            }, A);
        }

        // The matrices, if they are finite.
        private static Node SoundSvd(Node x)
        {
            var (sound, lost) = Finite(x);
            if (lost is null) return sound;
            var nan = LinearAlgebra.Some(Ops.IsNaN(x));
            throw new linalg.LinAlgError($"linalg.svd: {First(lost, x)}The algorithm failed to converge because the input matrix "
                + (nan ? "contained non-finite values." : $"is ill-conditioned or has too many repeated singular values (error code: {Math.Min(x.Shape[^2], x.Shape[^1]) - 1})."));
        }

        /// <summary>The pseudo-inverse: singular values of at most max(atol, rtol·the largest) count as 0.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">An element is not finite.</exception>
        [Torch("LinalgPinvBackward0", Saves.Self | Saves.Result, Out = true)]
        public static Node pinv(Node A, double? atol = null, double? rtol = null, bool hermitian = false)
        {
            if (A.Type.Rank < 2 || !A.DType.IsSmooth || A.DType.IsHalf) throw new RuntimeError($"linalg.pinv({torch.Named(A.DType).TensorType}{{{A.Shape}}}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types");
            return Ops.Pinv(SoundSvd(hermitian ? LinearAlgebra.Squares(A, "linalg.eigh") : A), rtol ?? (atol > 0 ? 0 : null), atol ?? 0);
        }

        /// <summary>How many singular values are larger than max(atol, rtol·the largest); tol is an older name of atol.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">An element is not finite.</exception>
        [Torch]
        public static Node matrix_rank(Node A, double? tol = null, bool hermitian = false, double? atol = null, double? rtol = null)
        {
            if (A.Type.Rank < 2) throw new RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.");
            if (!A.DType.IsSmooth || A.DType.IsHalf) throw new RuntimeError("This function doesn't handle types other than float and double");
            if (hermitian) LinearAlgebra.Squares(A, "linalg.eigh");
            return Ops.MatrixRank(SoundSvd(A), rtol ?? (tol is not null || atol > 0 ? 0 : null), atol ?? tol ?? 0);
        }

        /// <summary>The X for which A·X − B is least, and of several the least; residuals and singular values for the drivers that give them.</summary>
        /// <exception cref="RuntimeError">Shapes or types do not fit, or there is no such driver.</exception>
        [Torch("LinalgLstsqBackward0", Saves.FirstTwo)]
        public static return_types.linalg_lstsq lstsq(Tensor A, Tensor B, double? rcond = null, string? driver = null)
        {
            const string name = "torch.linalg.lstsq";
            if (A.ndim < 2) throw new RuntimeError($"{name}: input must have at least 2 dimensions.");
            if (B.ndim < 1) throw new RuntimeError($"{name}: other must have at least 1 dimension.");
            if (A.Node.DType != B.Node.DType) throw new RuntimeError($"{name}: Expected input and other to have the same dtype, but got input's dtype {A.dtype.TensorType} and other's dtype {B.dtype.TensorType}");
            LinearAlgebra.Smooth(A.Node, name);
            if (driver is not (null or "gels" or "gelsy" or "gelsd" or "gelss")) throw new RuntimeError($"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)");
            var vector = B.ndim == A.ndim - 1;
            if (A.Dims[^2] != B.Dims[vector ? ^1 : ^2]) throw new RuntimeError(vector ? $"{name}: input.size(-2) should match other.size(-1)" : $"{name}: input.size(-2) should match other.size(-2)");
            var (m, n) = (A.Dims[^2], A.Dims[^1]);
            var (whole, ranks) = (true, A.Node);
            var solution = Record("LinalgLstsqBackward0", Saves.FirstTwo, (a, b) =>
            {
                SoundSvd(a);
                ranks = Ops.MatrixRank(a, rcond);
                whole = !LinearAlgebra.Some(Ops.NotEqual(ranks, Math.Min(m, n)));
                if (!whole && driver == "gels") throw new linalg.LinAlgError($"{name}: The least squares solution could not be computed because the input matrix does not have full rank (error code: {Look<long>(ranks).Min() + 1}).");
                if (whole) return Ops.Lstsq(a, b);
                var columns = Ops.MatMul(Ops.Pinv(a, rcond), vector ? Ops.Unsqueeze(b, -1) : b);
                return vector ? Ops.Squeeze(columns, -1) : columns;
            }, A, B);
            if (A.Node.DType.IsHalf) throw new RuntimeError("This function doesn't handle types other than float and double");
            var none = torch.zeros([0], dtype: Named(A.Node.DType.PartType));
            var residuals = driver is null or "gelsy" || m <= n || !whole ? none
                : new Tensor(Ops.Sum(Ops.Square(Ops.Abs(Ops.MatMul(A.Node, vector ? Ops.Unsqueeze(solution.Node, -1) : solution.Node) - (vector ? Ops.Unsqueeze(B.Node, -1) : B.Node))), [-2]));
            return new(solution, residuals, driver == "gels" ? torch.zeros([0], dtype: int64) : new Tensor(ranks), driver is "gelsd" or "gelss" ? new Tensor(Ops.SvdVals(A.Node)) : none);
        }

        // The matrices, with others where they are not finite, and where that is; null where it is nowhere.
        private static (Node Sound, Node? Lost) Finite(Node a, Node? read = null)
        {
            var fine = Ops.All(Ops.Equal((read ?? a) - (read ?? a), 0), [-2, -1]);
            return a.Type.Count == 0 || !LinearAlgebra.Some(Ops.Not(fine)) ? (a, null) : (LinearAlgebra.Instead(a, Ops.Not(fine)), Ops.Not(fine));
        }

        private static string First(Node lost, Node a) => LinearAlgebra.Batch(a, Array.IndexOf(Look<bool>(lost), true));
    }
}
