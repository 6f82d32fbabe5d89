namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Linear algebra. https://pytorch.org/docs/2.6/linalg.html</summary>
    public static partial class linalg
    {
        /// <summary>A matrix is not what a factorisation or a solve needs.</summary>
        /// <param name="message">PyTorch's text.</param>
        public sealed class LinAlgError(string message) : RuntimeError(message);
    }

    [Operators(typeof(linalg), Forms = Forms.Function)]
    private static class LinearAlgebra
    {
        /// <summary>The determinant.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        [Torch("LinalgDetBackward0", Saves.Self | Saves.Result, Out = true)]
        public static Node det(Node A) => Ops.Det(Wide(Smooth(Squares(A, "linalg.det"), "linalg.det"), "lu_cpu"));

        /// <summary>The sign of the determinant and the logarithm of its size; of a singular matrix 0 and −∞.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        [Torch("LinalgSlogdetBackward0")]
        public static return_types.linalg_slogdet slogdet(Tensor A) => SignAndLog(A, "linalg.slogdet") is [var sign, var log] ? new(sign, log) : throw new System.Diagnostics.UnreachableException();

        internal static Tensor[] SignAndLog(Tensor A, string name) => RecordAll("LinalgSlogdetBackward0",
            x => Ops.SlogDet(Smooth(Squares(x, name), name, half: false)) is var (sign, log) ? [x.DType.IsComplex ? sign : Ops.Detach(sign), log] : [], A, Saves.Self);

        /// <summary>The inverse.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">A matrix is singular.</exception>
        [Torch("LinalgInvExBackward0", Saves.Result, Out = true)]
        public static Node inv(Node A) => Inverse(A, "linalg.inv", true, out _);

        /// <summary>The inverse, and for each matrix the place of the first 0 on the diagonal of its triangle, from 1; 0 where there is none.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        /// <exception cref="linalg.LinAlgError">Errors are checked, and a matrix is singular.</exception>
        [Torch("LinalgInvExBackward0", Saves.Result)]
        public static return_types.linalg_inv_ex inv_ex(Tensor A, bool check_errors = false)
        {
            Node? info = null;
            return new(Record("LinalgInvExBackward0", Saves.Result, x => Inverse(x, check_errors ? "linalg.inv_ex" : "linalg.inv", check_errors, out info), A), new Tensor(info!));
        }

        private static Node Inverse(Node A, string name, bool check, out Node info)
        {
            A = Smooth(Squares(A, "linalg.inv"), "linalg.inv", half: false);
            var (sound, found, bad) = Regular(A);
            if (check && bad is { } b) throw new linalg.LinAlgError($"{name}: {Batch(A, b.Matrix)}The diagonal element {b.Place} is zero, the inversion could not be completed because the input matrix is singular.");
            info = found;
            return bad is null ? Ops.Inverse(A) : Lost(Ops.Inverse(sound), info);
        }

        /// <summary>The X with A·X = B, or with X·A = B.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type, or shapes or types do not fit.</exception>
        /// <exception cref="linalg.LinAlgError">A matrix is singular.</exception>
        [Torch("LinalgSolveExBackward0", Saves.Self | Saves.SelfForOther | Saves.Result, Out = true)]
        public static Node solve(Node A, Node B, bool left = true) => Solution(A, B, left, true, out _);

        /// <summary>The X with A·X = B, and for each matrix the place of the first 0 on the diagonal of its triangle, from 1; 0 where there is none.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type, or shapes or types do not fit.</exception>
        /// <exception cref="linalg.LinAlgError">Errors are checked, and a matrix is singular.</exception>
        [Torch("LinalgSolveExBackward0", Saves.Self | Saves.SelfForOther | Saves.Result)]
        public static return_types.linalg_solve_ex solve_ex(Tensor A, Tensor B, bool left = true, bool check_errors = false)
        {
            Node? info = null;
            return new(Record("LinalgSolveExBackward0", Saves.Self | Saves.SelfForOther | Saves.Result, (a, b) => Solution(a, b, left, check_errors, out info), A, B), new Tensor(info!));
        }

        private static Node Solution(Node A, Node B, bool left, bool check, out Node info)
        {
            const string name = "linalg.solve";
            A = Smooth(Squares(A, name), name);
            OneType(A, B, name);
            Wide(A, "lu_cpu");
            var vector = left && (B.Type.Rank == 1 || (A.Type.Rank - 1 == B.Type.Rank && B.Shape == A.Shape[..^1]));
            if (vector) B = Ops.Unsqueeze(B, -1);
            B = Fitting(A, B, left, name);
            var (sound, found, bad) = Regular(A);
            if (check && bad is { } b) throw new linalg.LinAlgError($"torch.linalg.solve: {Batch(A, b.Matrix)}The solver failed because the input matrix is singular.");
            info = found;
            // A vector for each matrix would be taken for a matrix, were it not one column.
            var solution = Ops.Solve(left ? sound : Ops.Transpose(sound), left ? B : Ops.Transpose(B));
            if (bad is not null) solution = Lost(solution, info);
            return vector ? Ops.Squeeze(solution, -1) : left ? solution : Ops.Transpose(solution);
        }

        /// <summary>The X with A·X = B, or with X·A = B, for triangular A; nothing but the triangle is read.</summary>
        /// <exception cref="RuntimeError">Not square matrices, or shapes do not fit.</exception>
        [Torch("LinalgSolveTriangularBackward0", Saves.Self | Saves.SelfForOther | Saves.Result)]
        public static Node solve_triangular(Node A, Node B, bool upper, bool left = true, bool unitriangular = false)
        {
            const string name = "linalg.solve_triangular";
            A = Squares(A, name);
            B = Fitting(A, Matrices(B, name, "B"), left, name);
            if (DTypes.Promote(A.DType, B.DType) is var type && (!type.IsSmooth || type.IsHalf)) throw new RuntimeError($"\"triangular_solve_cpu\" not implemented for '{Named(type).TensorType}'");
            (A, B) = (Ops.Cast(A, type), Ops.Cast(B, type));
            return left ? Triangular(A, B, !upper, false, unitriangular) : Ops.Transpose(Triangular(A, Ops.Transpose(B), !upper, true, unitriangular));
        }

        internal static Node Triangular(Node a, Node b, bool lower, bool transposed, bool unit)
        {
            var (sound, zero) = unit ? (a, null) : Divisible(a);
            var x = Ops.SolveTriangular(sound, b, lower, transposed, unit);
            return zero is null ? x : Lost(x, zero);
        }

        // A 0 on the diagonal divides by 0, which is no error: triangles without, and which they were in.
        internal static (Node Sound, Node? Zero) Divisible(Node a)
        {
            var diagonal = Ops.Diagonal(a, 0, -2, -1);
            var zero = Ops.Equal(diagonal, 0);
            return a.Type.Count == 0 || !Some(zero) ? (a, null) : (Ops.InsertDiagonal(a, Ops.Where(zero, 1, diagonal), 0, -2, -1), Ops.Any(zero, [-1]));
        }

        /// <summary>The exponential of matrices.</summary>
        /// <exception cref="RuntimeError">Not square matrices of a floating-point type.</exception>
        [Torch("LinalgMatrixExpBackward0", Saves.Self)]
        public static Node matrix_exp(Node A) => Ops.MatrixExp(Smooth(Squares(A, "linalg.matrix_exp"), "linalg.matrix_exp"));

        /// <summary>The product of n equal matrices; of negatively many that of the inverse.</summary>
        /// <exception cref="RuntimeError">Not square matrices.</exception>
        /// <exception cref="linalg.LinAlgError">n is negative, and a matrix is singular.</exception>
        [Torch]
        public static Tensor matrix_power(Tensor A, long n)
        {
            Squares(A.Node, "linalg.matrix_power");
            if (n == 0) return A.clone().copy_(torch.eye(A.Dims[^1], dtype: A.dtype));
            if (n == 1) return A.clone();
            var (left, square) = (Math.Abs(n), n < 0 ? linalg.inv(A) : A);
            if (left == 3) return square.matmul(square).matmul(square);
            for (Tensor? power = null; ; square = square.matmul(square))
            {
                if (left % 2 == 1) power = power is null ? square : power.matmul(square);
                if ((left /= 2) == 0) return power!;
            }
        }

        /// <summary>The vector product in three dimensions.</summary>
        /// <exception cref="RuntimeError">The dimension is not of size 3, or shapes or types do not fit.</exception>
        [Torch("LinalgCrossBackward0", Saves.Cross, Out = true)]
        public static Node cross(Node input, Node other, long dim = -1) => Crossed(input, other, dim);

        internal static Node Crossed(Node x, Node y, long dim)
        {
            if (x.Type.Rank != y.Type.Rank) throw new RuntimeError("linalg.cross: inputs must have the same number of dimensions.");
            if (x.Type.Rank == 0) throw new IndexError($"Dimension specified as {dim} but tensor has no dimensions");
            var d = Wrap(dim, x.Type.Rank);
            if (x.Shape[d] != 3 || y.Shape[d] != 3) throw new RuntimeError($"linalg.cross: inputs dimension {dim} must have length 3. Got {x.Shape[d]} and {y.Shape[d]}");
            CheckBroadcast(x.Shape, y.Shape);
            if (x.DType != y.DType) throw new RuntimeError($"expected scalar type {Named(x.DType).TensorType} but found {Named(y.DType).TensorType}");
            return Ops.Cross(Takes(x, "cross", complex: true), y, d);
        }

        /// <summary>The product of matrices in the order that takes the fewest multiplications; the first and the last may be vectors.</summary>
        /// <exception cref="RuntimeError">Fewer than two, or sizes do not fit.</exception>
        [Torch]
        public static Tensor multi_dot(IReadOnlyList<Tensor> tensors)
        {
            if (tensors.Count < 2) throw new RuntimeError($"multi_dot(): expected at least 2 tensors but got {tensors.Count}");
            Tensor[] all = [.. tensors];
            if (all[0].ndim is not (1 or 2)) throw new RuntimeError($"multi_dot(): the first tensor must be 1D or 2D but got {all[0].ndim}D");
            if (all[^1].ndim is not (1 or 2)) throw new RuntimeError($"multi_dot(): the last tensor must be 1D or 2D but got {all[^1].ndim}D");
            for (var i = 1; i < all.Length - 1; i++)
                if (all[i].ndim != 2) throw new RuntimeError($"multi_dot(): tensor {i} must be 2D but got {all[i].ndim}D");
            for (var i = 1; i < all.Length; i++)
            {
                if (all[i].Node.DType != all[0].Node.DType) throw new RuntimeError($"multi_dot(): all tensors must have be the same dtype but tensor 0 is {all[0].dtype.InC} and tensor {i} {all[i].dtype.InC}");
                if (all[i - 1].Dims[^1] != all[i].Dims[0]) throw new RuntimeError($"multi_dot(): tensors {i - 1} and {i} with shapes {all[i - 1].Dims} and {all[i].Dims} cannot be multiplied");
            }
            Dims shape = [.. all[0].Dims[..^1], .. all[^1].Dims[1..]];
            if (all[0].ndim == 1) all[0] = all[0].unsqueeze(0);
            if (all[^1].ndim == 1) all[^1] = all[^1].unsqueeze(-1);
            return Chained(all).view([.. shape]);
        }

        private static Tensor Chained(Tensor[] all)
        {
            var n = all.Length;
            long[] p = [.. all.Select(x => x.Dims[0]), all[^1].Dims[1]];
            var (cost, cut) = (new Int128[n, n], new int[n, n]);
            for (var l = 1; l < n; l++)
                for (var i = 0; i + l < n; i++)
                    for (var (j, k, best) = (i + l, i, Int128.MaxValue); k < j; k++)
                        if (cost[i, k] + cost[k + 1, j] + (Int128)p[i] * p[k + 1] * p[j + 1] is var q && q < best) (best, cost[i, j], cut[i, j]) = (q, q, k);
            Tensor Of(int i, int j) => i == j ? all[i] : Of(i, cut[i, j]).mm(Of(cut[i, j] + 1, j));
            return Of(0, n - 1);
        }

        /// <summary>The diagonal of matrices.</summary>
        [Torch]
        public static Tensor diagonal(Tensor A, long offset = 0, long dim1 = -2, long dim2 = -1) => A.diagonal(offset, (int)dim1, (int)dim2);

        /// <summary>Inner products of vectors along a dimension, those of x conjugated; the others broadcast.</summary>
        /// <exception cref="RuntimeError">Not of one floating-point type, or shapes do not fit.</exception>
        [Torch]
        public static Tensor vecdot(Tensor x, Tensor y, long dim = -1)
        {
            const string name = "linalg.vecdot";
            Smooth(x.Node, name);
            OneType(x.Node, y.Node, name, "x", "y");
            return x.ndim == 1 && y.ndim == 1 ? torch.vdot(x, y) : (x.conj() * y).sum(dim);
        }

        /// <summary>The matrix product in all rank cases.</summary>
        [Torch(Out = true)]
        public static Tensor matmul(Tensor input, Tensor other) => input.matmul(other);

        /// <summary>Vandermonde's matrices: rising powers of the elements along a new last dimension.</summary>
        /// <exception cref="RuntimeError">N is less than 2.</exception>
        [Torch]
        public static Tensor vander(Tensor x, long? N = null)
        {
            var n = N ?? (x.ndim == 0 ? 1 : x.Dims[^1]);
            if (n <= 1) throw new RuntimeError("N must be greater than 1.");
            var powers = Contractions.Products(x.unsqueeze(-1).expand([.. x.Dims, n - 1]));
            return cat([torch.ones([.. x.Dims, 1], dtype: powers.dtype), powers], -1);
        }

        /// <summary>The inverse of the map that tensordot with A over its last dimensions is.</summary>
        /// <exception cref="RuntimeError">The sizes before ind and after it do not multiply to the same number.</exception>
        [Torch]
        public static Tensor tensorinv(Tensor A, long ind = 2)
        {
            if (ind <= 0) throw new RuntimeError("Expected a strictly positive integer for 'ind', but got " + ind);
            var at = (int)Math.Min(ind, A.ndim);
            var (rows, columns) = (A.Dims[..at], A.Dims[at..]);
            if (rows.Product != columns.Product) throw new RuntimeError($"Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {columns.Product} != {rows.Product}");
            return linalg.inv(A.reshape(rows.Product, columns.Product)).reshape([.. columns, .. rows]);
        }

        /// <summary>The X with tensordot(A, X) = B.</summary>
        /// <exception cref="RuntimeError">The sizes do not fit.</exception>
        [Torch]
        public static Tensor tensorsolve(Tensor A, Tensor B, Sizes? dims = null)
        {
            if (dims is { } moved) A = A.permute([.. Dims.Range(A.ndim).Except(moved.Select(d => (long)Wrap(d, A.ndim))), .. moved.Select(d => (long)Wrap(d, A.ndim))]);
            var (rows, columns) = (A.Dims[..Math.Min(B.ndim, A.ndim)].Product, A.Dims[Math.Min(B.ndim, A.ndim)..]);
            if (rows != columns.Product) throw new RuntimeError($"Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got {columns.Product} != {rows}");
            return linalg.solve(A.reshape(rows, columns.Product), B.reshape(B.numel())).reshape([.. columns]);
        }

        internal static Node Matrices(Node a, string name, string argument = "A") => a.Type.Rank >= 2 ? a : throw new RuntimeError($"{name}: The input tensor {argument} must have at least 2 dimensions.");

        internal static Node Squares(Node a, string name) => Matrices(a, name).Shape is [.., var m, var n] && m == n ? a
            : throw new RuntimeError($"{name}: A must be batches of square matrices, but they are {a.Shape[^2]} by {a.Shape[^1]} matrices");

        internal static Node Smooth(Node a, string name, bool half = true) => !a.DType.IsSmooth ? throw new RuntimeError($"{name}: Expected a floating point or complex tensor as input. Got {Named(a.DType).TensorType}")
            : half || !a.DType.IsHalf ? a : throw new RuntimeError($"{name}: Low precision dtypes not supported. Got {Named(a.DType).TensorType}");

        // The matrices, which PyTorch's kernel takes in full precision alone.
        internal static Node Wide(Node a, string kernel) => a.DType.IsHalf ? throw new RuntimeError($"\"{kernel}\" not implemented for '{Named(a.DType).TensorType}'") : a;

        internal static void OneType(Node a, Node b, string name, string first = "A", string second = "B")
        {
            if (a.DType != b.DType) throw new RuntimeError($"{name}: Expected {first} and {second} to have the same dtype, but found {first} of type {Named(a.DType).TensorType} and {second} of type {Named(b.DType).TensorType} instead");
        }

        // B, as often as there are matrices.
        internal static Node Fitting(Node a, Node b, bool left, string name)
        {
            Matrices(b, name, "B");
            if (a.Shape[^1] != b.Shape[left ? ^2 : ^1])
                throw new RuntimeError($"{name}: Incompatible shapes of A and B for the equation {(left ? "AX = B" : "XA = B")} ({a.Shape[^2]}x{a.Shape[^1]} and {b.Shape[^2]}x{b.Shape[^1]})");
            CheckBroadcast(a.Shape[..^2], b.Shape[..^2]);
            return Ops.Broadcast(b, [.. Ops.BroadcastShapes(name, a.Shape[..^2], b.Shape[..^2]), .. b.Shape[^2..]]);
        }

        internal static string Batch(Node a, int matrix) => Mapping.Everywhere(a).Type.Rank == 2 ? "" : $"(Batch element {matrix}): ";

        // The matrices, with unit matrices where they are singular; where the diagonal of each triangle is 0 first, from 1; and the first that is singular.
        private static (Node Sound, Node Info, (int Matrix, int Place)? Bad) Regular(Node a)
        {
            if (a.Type.Count == 0) return (a, Ops.Full(new(DType.Int32, a.Shape[..^2]), 0), null);
            var zero = Ops.Cast(Ops.Equal(Ops.Diagonal(Ops.Detach(Ops.Lu(a).U), 0, -2, -1), 0), DType.Int32);
            var info = Ops.Cast(Ops.Where(Ops.Equal(Ops.MaxOver(zero, [-1]), 0), 0, Ops.ArgMax(zero, -1, false) + 1), DType.Int32);
            var places = Look<int>(info);
            var first = Array.FindIndex(places, p => p > 0);
            return first < 0 ? (a, info, null) : (Instead(a, info), info, (first, places[first]));
        }

        /// <summary>Whether one of these holds; inside vmap, of those in any row.</summary>
        internal static bool Some(Node truths) => Array.Exists(Look<bool>(Ops.Any(truths)), static some => some);

        // Unit matrices in the place of those that something is wrong with.
        internal static Node Instead(Node a, Node wrong) =>
            Ops.Where(Column(Ops.NotEqual(wrong, 0)), Ops.Broadcast(Ops.Cast(Ops.Equal(Ops.Unsqueeze(Ops.Arange(a.Shape[^2]), 1), Ops.Arange(a.Shape[^1])), a.DType), a.Shape), a);

        // NaN in the place of their results.
        internal static Node Lost(Node result, Node wrong) => Ops.Where(Column(Ops.NotEqual(wrong, 0)), double.NaN, result);

        private static Node Column(Node x) => Ops.Unsqueeze(Ops.Unsqueeze(x, -1), -1);
    }
}
