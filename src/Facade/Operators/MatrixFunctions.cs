namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>What stands in torch of linear algebra, mostly older names.</summary>
    [Operators]
    private static class MatrixFunctions
    {
        /// <summary>The determinant.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        [Torch("LinalgDetBackward0", Saves.Self | Saves.Result)]
        public static Node det(Node self) => LinearAlgebra.det(self);

        /// <summary>The sign of the determinant and the logarithm of its size; of a singular matrix 0 and −∞.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        [Torch("LinalgSlogdetBackward0")]
        public static return_types.slogdet slogdet(Tensor self) => LinearAlgebra.SignAndLog(self, "linalg.slogdet") is [var sign, var log] ? new(sign, log) : throw new System.Diagnostics.UnreachableException();

        /// <summary>The logarithm of the determinant: −∞ where that is 0, NaN where it is negative; of complex matrices with the angle as imaginary part.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        [Torch]
        public static Tensor logdet(Tensor self)
        {
            var parts = LinearAlgebra.SignAndLog(self, "logdet");
            if (self.is_complex()) return parts[0].log() + parts[1];
            return torch.where(parts[0] < 0, torch.full([], double.NaN, dtype: self.dtype), parts[1]);
        }

        /// <summary>The inverse.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">A matrix is singular.</exception>
        [Torch("LinalgInvExBackward0", Saves.Result)]
        public static Node inverse(Node self) => LinearAlgebra.inv(self);

        /// <summary>The pseudo-inverse: singular values of at most rcond times the largest count as 0.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type.</exception>
        [Torch("LinalgPinvBackward0", Saves.Self | Saves.Result)]
        public static Node pinverse(Node self, double rcond = 1e-15) => Factorizations.pinv(self, rtol: rcond);

        /// <summary>The lower triangular L with A = L·Lᴴ of positive definite matrices, or its conjugate transpose.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">A matrix is not positive definite.</exception>
        [Torch("CholeskyBackward0", Saves.Result)]
        public static Node cholesky(Node self, bool upper = false)
        {
            warnings.once("torch.cholesky is deprecated in favor of torch.linalg.cholesky and will be removed in a future PyTorch release.\nL = torch.cholesky(A)\nshould be replaced with\nL = torch.linalg.cholesky(A)\nand\nU = torch.cholesky(A, upper=True)\nshould be replaced with\nU = torch.linalg.cholesky(A).mH\nThis transform will produce equivalent results for all valid (symmetric positive definite) inputs.");
            return Factorizations.Triangle(self, "cholesky", upper, true, out _);
        }

        /// <summary>The X with A·X = self, from A's triangle by Cholesky.</summary>
        /// <exception cref="RuntimeError">Shapes or types do not fit.</exception>
        [Torch("CholeskySolveBackward0", Saves.FirstTwo | Saves.Result)]
        public static Node cholesky_solve(Node self, Node L, bool upper = false)
        {
            if (self.Type.Rank < 2) throw new RuntimeError($"b should have at least 2 dimensions, but has {self.Type.Rank} dimensions instead");
            if (L.Type.Rank < 2) throw new RuntimeError($"u should have at least 2 dimensions, but has {L.Type.Rank} dimensions instead");
            if (self.DType != L.DType) throw new RuntimeError($"Expected b and A to have the same dtype, but found b of type {Named(self.DType).TensorType} and A of type {Named(L.DType).TensorType} instead.");
            if (L.Shape[^1] != L.Shape[^2]) throw new RuntimeError($"A must be batches of square matrices, but they are {L.Shape[^2]} by {L.Shape[^1]} matrices");
            if (L.Shape[^1] != self.Shape[^2]) throw new RuntimeError($"Incompatible matrix sizes for cholesky_solve: each A matrix is {L.Shape[^1]} by {L.Shape[^1]} but each b matrix is {self.Shape[^2]} by {self.Shape[^1]}");
            self = LinearAlgebra.Fitting(L, LinearAlgebra.Wide(Takes(self, "cholesky_solve_cpu", whole: false, complex: true), "cholesky_solve_cpu"), true, "cholesky_solve");
            return Solution(L, self, upper);
        }

        private static Node Solution(Node factor, Node b, bool upper)
        {
            var (sound, zero) = LinearAlgebra.Divisible(factor);
            return zero is null ? Halves(factor, b, upper) : LinearAlgebra.Lost(Halves(sound, b, upper), zero);
        }

        // As PyTorch's, the factor's gradient is not cut to the triangle that is read; beyond the second it is.
        private static Node Halves(Node factor, Node b, bool upper, int orders = 2)
        {
            var solution = Half(factor, Half(factor, b, upper, upper), upper, !upper);
            return orders == 0 ? solution : Ops.WithRule("CholeskySolve", solution, [factor, b], (x, y, c) =>
            {
                var back = Halves(x[0], c, upper, orders - 1);
                return [Turned(x[0], Ops.MatMul(back, Ops.Adjoint(y)), upper), back];
            });
        }

        private static Node Half(Node factor, Node b, bool upper, bool adjoint) =>
            adjoint ? Ops.Conj(Ops.SolveTriangular(factor, Ops.Conj(b), !upper, transposed: true)) : Ops.SolveTriangular(factor, b, !upper);

        private static Node Turned(Node factor, Node outer, bool upper)
        {
            var both = Ops.SumTo(outer + Ops.Adjoint(outer), factor.Shape);
            return -(upper ? Ops.MatMul(factor, both) : Ops.MatMul(both, factor));
        }

        /// <summary>The inverse of A from its triangle by Cholesky.</summary>
        /// <exception cref="RuntimeError">Not square matrices.</exception>
        [Torch("CholeskyInverseBackward0", Saves.Self | Saves.Result)]
        public static Node cholesky_inverse(Node self, bool upper = false) =>
            Solution(LinearAlgebra.Wide(Takes(LinearAlgebra.Squares(self, "cholesky_inverse"), "cholesky_inverse_out_cpu", whole: false, complex: true), "cholesky_inverse_out_cpu"), Ops.Broadcast(Ops.Eye(self.Shape[^1], self.DType), self.Shape), upper);

        /// <summary>Q with orthonormal columns and an upper triangular R with A = Q·R; Q is square unless some.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type.</exception>
        [Torch("LinalgQrBackward0")]
        public static return_types.qr qr(Tensor self, bool some = true)
        {
            warnings.once("torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.\nThe boolean parameter 'some' has been replaced with a string parameter 'mode'.\nQ, R = torch.qr(A, some)\nshould be replaced with\nQ, R = torch.linalg.qr(A, 'reduced' if some else 'complete')");
            var (q, r) = linalg.qr(self, some ? "reduced" : "complete");
            return new(q, r);
        }

        /// <summary>Singular values, descending, and vectors: A = U·diag(S)·Vᴴ; U and V are square unless some, and zeros unless compute_uv.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type.</exception>
        [Torch]
        public static return_types.svd svd(Tensor self, bool some = true, bool compute_uv = true)
        {
            var all = Factorizations.Singular(self, !some && compute_uv);
            if (compute_uv) return new(all[0], all[1], all[2].mH);
            Dims batch = self.Dims[..^2];
            return new(torch.zeros([.. batch, self.Dims[^2], self.Dims[^2]], dtype: self.dtype), all[1], torch.zeros([.. batch, self.Dims[^1], self.Dims[^1]], dtype: self.dtype));
        }

        /// <summary>The exponential of matrices.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        [Torch("LinalgMatrixExpBackward0", Saves.Self)]
        public static Node matrix_exp(Node self) => LinearAlgebra.matrix_exp(self);

        /// <summary>The product of n equal matrices; of negatively many that of the inverse.</summary>
        /// <exception cref="RuntimeError">Not square matrices.</exception>
        [Torch]
        public static Tensor matrix_power(Tensor self, long n) => linalg.matrix_power(self, n);

        /// <summary>The vector product in three dimensions, along the first dimension of size 3 unless given.</summary>
        /// <exception cref="RuntimeError">No dimension is of size 3, or shapes or types do not fit.</exception>
        [Torch("LinalgCrossBackward0", Saves.Cross)]
        public static Node cross(Node self, Node other, long? dim = null)
        {
            if (dim is { } d) return LinearAlgebra.Crossed(self, other, d);
            warnings.once("Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply use torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future release.");
            var first = 0;
            while (first < self.Type.Rank && self.Shape[first] != 3) first++;
            return first < self.Type.Rank ? LinearAlgebra.Crossed(self, other, first) : throw new RuntimeError("no dimension of size 3 in input");
        }

        /// <summary>The factors of A = P·L·U from what linalg.lu_factor gives of A; empty ones where they are not asked for.</summary>
        /// <exception cref="RuntimeError">Not matrices, the pivots are not of type int32, or one is no row.</exception>
        [Torch("LuUnpackBackward0")]
        public static return_types.lu_unpack lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data = true, bool unpack_pivots = true)
        {
            const string name = "torch.lu_unpack";
            if (LU_data.ndim < 2) throw new RuntimeError($"{name}: Expected tensor with 2 or more dimensions. Got size: {LU_data.Dims} instead");
            if (unpack_pivots && LU_pivots.Node.DType != DType.Int32) throw new RuntimeError($"{name}: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.");
            var (m, k, rank, none) = (LU_data.Dims[^2], Math.Min(LU_data.Dims[^2], LU_data.Dims[^1]), LU_data.ndim, torch.zeros([0], dtype: LU_data.dtype));
            var p = unpack_pivots ? new Tensor(Ops.Transpose(Ops.OneHot(Elimination.Order(LU_pivots.Node, m, "lu_unpack"), m, LU_data.Node.DType))) : none;
            if (!unpack_data) return new(p, none, none);
            return new(p, Record("LuUnpackBackward0", Saves.None, x =>
            {
                var own = Ops.Tril(Ops.SliceAxis(x, rank - 1, 0, k), -1);
                return own + Ops.Cast(Ops.Equal(Ops.Unsqueeze(Ops.Arange(m), 1), Ops.Arange(k)), x.DType);
            }, LU_data), Record("LuUnpackBackward0", Saves.None, x => Ops.Triu(Ops.SliceAxis(x, rank - 2, 0, k)), LU_data));
        }

        /// <summary>The X with A·X = self, from what linalg.lu_factor gives of A.</summary>
        /// <exception cref="RuntimeError">Shapes or types do not fit.</exception>
        [Torch]
        public static Tensor lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots)
        {
            warnings.once("torch.lu_solve is deprecated in favor of torch.linalg.lu_solveand will be removed in a future PyTorch release.\nNote that torch.linalg.lu_solve has its arguments reversed.\nX = torch.lu_solve(B, LU, pivots)\nshould be replaced with\nX = torch.linalg.lu_solve(LU, pivots, B)");
            return linalg.lu_solve(LU_data, LU_pivots, self);
        }

        /// <summary>The first columns of the product of reflections 1 − input2·v·vᴴ, whose v stand below the diagonal.</summary>
        /// <exception cref="RuntimeError">Shapes or types do not fit, or there are more columns than rows.</exception>
        [Torch]
        public static Tensor orgqr(Tensor self, Tensor input2) => linalg.householder_product(self, input2);
    }
}
