using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Gaussian elimination with partial pivoting, and products of Householder's reflections.</summary>
    [Operators(typeof(linalg), Forms = Forms.Function)]
    private static class Elimination
    {
        /// <summary>A permutation, a unit lower and an upper triangular factor with A = P·L·U. Of a singular matrix no derivative is evaluated.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type, or without pivots.</exception>
        [Torch("LinalgLuBackward0")]
        public static return_types.linalg_lu lu(Tensor A, bool pivot = true)
        {
            Taken(A.Node, "linalg.lu", pivot);
            var all = RecordAll("LinalgLuBackward0", x => Factors(x) is var (p, l, u) ? [Ops.Detach(p), l, u] : [], A);
            return new(all[0].detach(), all[1], all[2]);
        }

        /// <summary>L below the diagonal and U from it on in one matrix, and the rows that were exchanged, from 1.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type, without pivots, or a matrix is singular.</exception>
        [Torch("LinalgLuFactorExBackward0", Saves.Result)]
        public static return_types.linalg_lu_factor lu_factor(Tensor A, bool pivot = true)
        {
            var (factors, pivots, _) = Packed(A, pivot, "torch.linalg.lu_factor");
            return new(factors, pivots);
        }

        /// <summary>The same, and for each matrix the place of the first 0 on U's diagonal, from 1; 0 where there is none.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type, without pivots, or errors are checked and a matrix is singular.</exception>
        [Torch("LinalgLuFactorExBackward0", Saves.Result)]
        public static return_types.linalg_lu_factor_ex lu_factor_ex(Tensor A, bool pivot = true, bool check_errors = false) => Packed(A, pivot, check_errors ? "torch.linalg.lu_factor_ex" : null);

        private static return_types.linalg_lu_factor_ex Packed(Tensor A, bool pivot, string? check)
        {
            Taken(A.Node, "torch.lu_factor", pivot);
            Node? order = null, upper = null;
            var lu = Record("LinalgLuFactorExBackward0", Saves.Result, x =>
            {
                (order, var l, upper) = Factors(x);
                return Ops.Tril(Shaped(l, x), -1) + Shaped(upper, x);
            }, A);
            var (k, batch) = (Math.Min(A.Dims[^2], A.Dims[^1]), A.Dims[..^2]);
            var info = k == 0 ? Ops.Full(new(DType.Int32, batch), 0) : Singular(Ops.Detach(upper!));
            if (check is not null && Look<int>(info) is var places && Array.FindIndex(places, i => i > 0) is var bad and >= 0 && places[bad] is var at)
                throw new RuntimeError($"{check}: {LinearAlgebra.Batch(A.Node, bad)}U[{at},{at}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)");
            return new(lu, new Tensor(Mapping.AtOnce(x => [Exchanges(x[0], k)], Ops.Detach(order!))[0]), new Tensor(info));
        }

        /// <summary>The X with A·X = B, X·A = B, or with A's transpose, from what lu_factor gives of A.</summary>
        /// <exception cref="RuntimeError">Shapes or types do not fit, or a pivot is no row.</exception>
        [Torch("LinalgLuSolveBackward0", Saves.Self | Saves.SelfForOther | Saves.Result)]
        public static Tensor lu_solve(Tensor LU, Tensor pivots, Tensor B, bool left = true, bool adjoint = false)
        {
            const string name = "linalg.lu_solve";
            LinearAlgebra.Smooth(LinearAlgebra.Matrices(LU.Node, "torch." + name), "torch." + name);
            LinearAlgebra.Squares(LU.Node, "torch." + name);
            if (LU.Node.DType != B.Node.DType) throw new RuntimeError($"{name}: Expected LU and B to have the same dtype, but found LU of type {LU.dtype.TensorType} and B of type {B.dtype.TensorType} instead");
            if (pivots.Node.DType != DType.Int32) throw new RuntimeError($"{name}: pivots should be a Tensor of scalar type torch.int32");
            if (pivots.ndim == 0 || pivots.Dims[^1] != LU.Dims[^1]) throw new RuntimeError($"{name}: Number of pivots per batch should be same as the dimension of the matrix");
            if (LU.Dims[..^1] != pivots.Dims) throw new RuntimeError($"{name}: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape {pivots.Dims} instead");
            LinearAlgebra.Fitting(LU.Node, B.Node, left, name);
            var order = Order(pivots.Node, LU.Dims[^1], name);
            return Record("LinalgLuSolveBackward0", Saves.Self | Saves.SelfForOther | Saves.Result, (lu, b) =>
            {
                b = LinearAlgebra.Fitting(LinearAlgebra.Wide(lu, "linalg.lu_solve_cpu"), b, left, name);
                if (!left) b = Ops.Transpose(b);
                if (adjoint) b = Ops.Conj(b);
                if (left == adjoint) b = LinearAlgebra.Triangular(lu, LinearAlgebra.Triangular(lu, b, false, true, false), true, true, true);
                b = Rows(b, left == adjoint ? Ops.Sort(order, -1).Indices : order);
                if (left != adjoint) b = LinearAlgebra.Triangular(lu, LinearAlgebra.Triangular(lu, b, true, false, true), false, false, false);
                if (adjoint) b = Ops.Conj(b);
                return left ? b : Ops.Transpose(b);
            }, LU, B, pivots);
        }

        /// <summary>The first columns of the product of reflections 1 − tau·v·vᴴ, whose v stand below A's diagonal.</summary>
        /// <exception cref="RuntimeError">Shapes or types do not fit, or there are more columns than rows.</exception>
        [Torch("LinalgHouseholderProductBackward0", Saves.FirstTwo | Saves.Result, Out = true)]
        public static Node householder_product(Node A, Node tau)
        {
            const string name = "torch.linalg.householder_product";
            if (A.Type.Rank < 2) throw new RuntimeError($"{name}: input must have at least 2 dimensions.");
            if (A.Shape[^2] < A.Shape[^1]) throw new RuntimeError($"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]");
            if (tau.Type.Rank > 0 && A.Shape[^1] < tau.Shape[^1]) throw new RuntimeError($"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]");
            if (A.Type.Rank != tau.Type.Rank + 1) throw new RuntimeError($"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {tau.Type.Rank} and input.ndim is equal to {A.Type.Rank}");
            if (A.Shape[..^2] != tau.Shape[..^1]) throw new RuntimeError($"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got {tau.Shape[..^1]}");
            if (A.DType != tau.DType) throw new RuntimeError($"{name}: tau dtype {Named(tau.DType).TensorType} does not match input dtype {Named(A.DType).TensorType}");
            LinearAlgebra.Wide(Takes(A, "orgqr_cpu", whole: false, complex: true), "orgqr_cpu");
            var (k, rank) = ((int)tau.Shape[^1], A.Type.Rank);
            var unit = Ops.Broadcast(Ops.Cast(Ops.Equal(Ops.Unsqueeze(Ops.Arange(A.Shape[^2]), 1), Ops.Arange(A.Shape[^1])), A.DType), A.Shape);
            var (v, q) = (Ops.Tril(A, -1) + unit, unit);
            for (var j = k - 1; j >= 0; j--)
            {
                var (one, factor) = (Ops.SliceAxis(v, rank - 1, j, j + 1), Ops.Unsqueeze(Ops.SliceAxis(tau, rank - 2, j, j + 1), -1));
                q -= Ops.MatMul(factor * one, Ops.MatMul(Ops.Adjoint(one), q));
            }
            return Copied(q);
        }

        private static void Taken(Node a, string name, bool pivot)
        {
            if (a.Type.Rank < 2) throw new RuntimeError($"{name}: Expected tensor with 2 or more dimensions. Got size: {a.Shape} instead");
            LinearAlgebra.Wide(Takes(a, "lu_cpu", whole: false, complex: true), "lu_cpu");
            if (!pivot) throw new RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU");
        }

        // Of more rows than columns, the rest is filled up so that elimination leaves it as it is; of more columns, the rest is solved for.
        private static (Node P, Node L, Node U) Factors(Node x)
        {
            var (m, n, rank) = (x.Shape[^2], x.Shape[^1], x.Type.Rank);
            if (m == 0 || n == 0)
            {
                var unit = Ops.Broadcast(Ops.Eye(m, x.DType), [.. x.Shape[..^2], m, m]);
                return (unit, Ops.SliceAxis(unit, rank - 1, 0, Math.Min(m, n)), Ops.SliceAxis(x, rank - 2, 0, Math.Min(m, n)));
            }
            var square = n > m ? Ops.SliceAxis(x, rank - 1, 0, m) : x;
            if (m > n)
            {
                var none = Dims.Repeat(0, rank);
                var first = Ops.Detach(Ops.Lu(Ops.Pad(Ops.Detach(x), none, none.With(rank - 1, m - n))).P);
                square = Ops.Concat([x, Ops.SliceAxis(first, rank - 1, n, m)], rank - 1);
            }
            var (p, l, u) = Ops.Lu(square);
            if (m > n) (l, u) = (Ops.SliceAxis(l, rank - 1, 0, n), Ops.SliceAxis(Ops.SliceAxis(u, rank - 1, 0, n), rank - 2, 0, n));
            if (n > m) u = Ops.Concat([u, Ops.SolveTriangular(l, Ops.MatMul(Ops.Transpose(p), Ops.SliceAxis(x, rank - 1, m, n)), lower: true, unit: true)], rank - 1);
            return (p, l, u);
        }

        // A factor among zeros, in the shape of the matrix.
        private static Node Shaped(Node factor, Node x) => Ops.Pad(factor, Dims.Repeat(0, x.Type.Rank), Dims.Build(x.Type.Rank, k => x.Shape[k] - factor.Shape[k]));

        private static Node Singular(Node u)
        {
            var zero = Ops.Cast(Ops.Equal(Ops.Diagonal(u, 0, -2, -1), 0), DType.Int32);
            return Ops.Cast(Ops.Where(Ops.Equal(Ops.MaxOver(zero, [-1]), 0), 0, Ops.ArgMax(zero, -1, false) + 1), DType.Int32);
        }

        // LAPACK's exchanges of rows, from 1, for a permutation.
        private static Node Exchanges(Node p, long k)
        {
            var (m, batch) = ((int)p.Shape[^1], (int)p.Shape[..^2].Product);
            var pivots = new int[batch * k];
            var order = pivots.Length == 0 ? [] : Evaluator.Read<long>(Ops.ArgMax(Ops.Abs(p), p.Type.Rank - 2));
            for (var b = 0; b < batch && pivots.Length > 0; b++)
            {
                int[] rows = [.. Enumerable.Range(0, m)];
                for (var i = 0; i < k; i++)
                {
                    var j = Math.Max(i, Array.IndexOf(rows, (int)order[b * m + i], i));
                    (rows[i], rows[j], pivots[b * k + i]) = (rows[j], rows[i], j + 1);
                }
            }
            return Ops.Tensor<int>(pivots, [.. p.Shape[..^2], k]);
        }

        /// <summary>The order that exchanges bring m rows into.</summary>
        internal static Node Order(Node pivots, long m, string name) => Mapping.AtOnce(x => [Ordered(x[0], m, name)], pivots)[0];

        private static Node Ordered(Node pivots, long m, string name)
        {
            var (k, batch, exchanges) = ((int)pivots.Shape[^1], (int)pivots.Shape[..^1].Product, Evaluator.Read<int>(pivots));
            var order = new long[batch * m];
            for (var b = 0; b < batch; b++)
            {
                var rows = order.AsSpan((int)(b * m), (int)m);
                for (var i = 0; i < m; i++) rows[i] = i;
                for (var i = 0; i < k; i++)
                {
                    var j = exchanges[b * k + i] - 1;
                    if (j < 0 || j >= m) throw new RuntimeError($"pivots passed to {name} must be between 1 and LU.size(-2) inclusive.Did you properly pass the result of lu_factor?");
                    (rows[i], rows[j]) = (rows[j], rows[i]);
                }
            }
            return Ops.Tensor<long>(order, [.. pivots.Shape[..^1], m]);
        }

        private static Node Rows(Node b, Node order) => b.Type.Count == 0 ? b : Ops.Gather(b, b.Type.Rank - 2, Ops.Broadcast(Ops.Unsqueeze(order, -1), b.Shape));
    }
}
