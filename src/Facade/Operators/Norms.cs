namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(linalg), Forms = Forms.Function)]
    private static class Norms
    {
        /// <summary>The norm of vectors; its gradient at zero is zero.</summary>
        /// <exception cref="RuntimeError">Not of a floating-point type, or of no elements where that has no meaning.</exception>
        [Torch("LinalgVectorNormBackward0", Saves.Self | Saves.Result, Out = true)]
        public static Node vector_norm(Node x, double ord = 2, Sizes? dim = null, bool keepdim = false, dtype? dtype = null)
        {
            x = Typed(LinearAlgebra.Smooth(x, "linalg.vector_norm"), dtype, "linalg.vector_norm");
            var axes = Axes(x, dim);
            if (ord < 0 || double.IsPositiveInfinity(ord))
            {
                if (axes is null && x.Type.Count == 0) throw new RuntimeError($"linalg.vector_norm cannot compute the {Written.Stream(ord)} norm on an empty tensor because the operation does not have an identity");
                foreach (var d in axes ?? [])
                    if (x.Shape[(int)d] == 0) throw new RuntimeError($"linalg.vector_norm cannot compute the {Written.Stream(ord)} norm on the dimension {d}because this dimension is empty and the operation does not have an identity");
            }
            return Ops.VectorNorm(x, ord, axes, keepdim);
        }

        private static Node Typed(Node x, dtype? dtype, string name) => dtype is null || dtype.Type == x.DType ? x
            : !dtype.Type.IsSmooth ? throw new RuntimeError($"{name}: dtype should be floating point or complex, but got {dtype.TensorType}")
            : dtype.Type.IsComplex != x.DType.IsComplex ? throw new RuntimeError(x.DType.IsComplex ? $"{name}: dtype should be complex for complex inputs, but got {dtype.TensorType}" : $"{name}: dtype should be real for real inputs, but got {dtype.TensorType}")
            : DTypes.Promote(x.DType, dtype.Type) == dtype.Type ? Ops.Cast(x, dtype.Type)
            : throw new RuntimeError($"{name}: the dtype of the input ({Named(x.DType).TensorType}) should be convertible without narrowing to the specified dtype ({dtype.TensorType})");

        /// <summary>A norm of matrices: fro, or nuc, the sum of the singular values.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type, or there is no such norm.</exception>
        [Torch(Out = true)]
        public static Tensor matrix_norm(Tensor A, string ord = "fro", Sizes? dim = null, bool keepdim = false, dtype? dtype = null)
        {
            var (x, rows, columns) = Matrices(A, dim, dtype, half: ord != "nuc");
            return ord switch
            {
                "fro" => linalg.vector_norm(x, 2, [rows, columns], keepdim),
                "nuc" => Back(linalg.svdvals(Last(x, rows, columns)).sum(-1, keepdim), rows, columns, keepdim),
                _ => throw new RuntimeError($"linalg.matrix_norm: Order {ord} not supported."),
            };
        }

        /// <summary>A norm of matrices: the largest sum of a column's sizes (1) or a row's (∞), the largest singular value (2), or of −1, −∞, −2 the least.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type, or there is no such norm.</exception>
        [Torch(Out = true)]
        public static Tensor matrix_norm(Tensor A, double ord, Sizes? dim = null, bool keepdim = false, dtype? dtype = null)
        {
            var (x, rows, columns) = Matrices(A, dim, dtype, half: Math.Abs(ord) != 2);
            if (Math.Abs(ord) is not (1 or 2 or double.PositiveInfinity)) throw new RuntimeError($"linalg.matrix_norm: Order {Written.Stream(ord)} not supported.");
            Tensor Extreme(Tensor x, long d) => ord > 0 ? x.amax(d, keepdim) : x.amin(d, keepdim);
            if (Math.Abs(ord) == 2) return Back(Extreme(linalg.svdvals(Last(x, rows, columns)), -1), rows, columns, keepdim);
            var (summed, other) = double.IsInfinity(ord) ? (columns, rows) : (rows, columns);
            return Extreme(linalg.vector_norm(x, 1, summed, keepdim), !keepdim && summed < other ? other - 1 : other);
        }

        private static (Tensor X, long Rows, long Columns) Matrices(Tensor A, Sizes? dim, dtype? dtype, bool half)
        {
            const string name = "linalg.matrix_norm";
            LinearAlgebra.Matrices(A.Node, name);
            long[] dims = dim?.All ?? [-2, -1];
            if (dims.Length != 2) throw new RuntimeError($"{name}: dim must be a 2-tuple. Got {string.Join(' ', dims)}");
            var (i, j) = (Wrap(dims[0], A.ndim), Wrap(dims[1], A.ndim));
            if (i == j) throw new RuntimeError($"{name}: dims must be different. Got ({dims[0]}, {dims[1]})");
            LinearAlgebra.Smooth(A.Node, name, half);
            Typed(A.Node, dtype, name);
            return (dtype is null ? A : A.to(dtype), i, j);
        }

        private static IEnumerable<long> Order(int rank, long rows, long columns) => [.. Dims.Range(rank).Where(d => d != rows && d != columns), rows, columns];

        private static Tensor Last(Tensor x, long rows, long columns) => x.permute([.. Order(x.ndim, rows, columns)]);

        private static Tensor Back(Tensor norms, long rows, long columns, bool keepdim)
        {
            if (!keepdim) return norms;
            var order = Order(norms.ndim + 1, rows, columns).ToList();
            return norms.unsqueeze(-1).permute([.. Dims.Range(order.Count).Select(d => (long)order.IndexOf(d))]);
        }

        /// <summary>The norm of vectors or matrices: of matrices where an order and two dimensions are given, or the tensor has two; of all elements without an order.</summary>
        /// <exception cref="RuntimeError">Not of a floating-point type, or there is no such norm.</exception>
        [Torch]
        public static Tensor norm(Tensor A, double? ord = null, Sizes? dim = null, bool keepdim = false, dtype? dtype = null)
        {
            if (dim is { All.Length: not (1 or 2) } given) throw new RuntimeError($"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {Dims.Create(given.All)}");
            if (dim is null && ord is not null) Flat(A);
            return ord is { } order && (dim?.All.Length ?? A.ndim) == 2 ? linalg.matrix_norm(A, order, dim ?? new long[] { 0, 1 }, keepdim, dtype) : linalg.vector_norm(A, ord ?? 2, dim, keepdim, dtype);
        }

        /// <summary>The norm of matrices fro or nuc.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type, or there is no such norm.</exception>
        [Torch]
        public static Tensor norm(Tensor A, string ord, Sizes? dim = null, bool keepdim = false, dtype? dtype = null)
        {
            if (dim is { All.Length: not (1 or 2) } given) throw new RuntimeError($"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {Dims.Create(given.All)}");
            if (dim is null) Flat(A);
            return linalg.matrix_norm(A, ord, dim ?? new long[] { 0, 1 }, keepdim, dtype);
        }

        private static void Flat(Tensor A)
        {
            if (A.ndim is not (1 or 2)) throw new RuntimeError($"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D.");
        }

        /// <summary>How much the solution of a system may be off by, relative to the right-hand side: the norm times that of the inverse.</summary>
        /// <exception cref="RuntimeError">Not matrices, not square ones, or there is no such norm.</exception>
        [Torch]
        public static Tensor cond(Tensor A, double? ord = null)
        {
            Deep(A);
            if (ord is null or 2 or -2)
            {
                var s = linalg.svdvals(A);
                var (largest, least) = (s.narrow(-1, 0, 1), s.narrow(-1, A.Dims[^2..].Min() - 1, 1));
                return (ord == -2 ? least / largest : largest / least).squeeze(-1);
            }
            if (Math.Abs(ord.Value) is not (1 or double.PositiveInfinity)) throw new RuntimeError($"linalg.cond got an invalid norm type: {Written.Stream(ord.Value)}");
            return Conditioned(A, Written.Stream(ord.Value), x => linalg.matrix_norm(x, ord.Value));
        }

        /// <summary>The same in the norm fro or nuc.</summary>
        /// <exception cref="RuntimeError">Not square matrices, or there is no such norm.</exception>
        [Torch]
        public static Tensor cond(Tensor A, string ord)
        {
            Deep(A);
            if (ord is not ("fro" or "nuc")) throw new RuntimeError($"linalg.cond got an invalid norm type: {ord}");
            if (ord == "fro") return Conditioned(A, ord, x => linalg.matrix_norm(x));
            LinearAlgebra.Squares(A.Node, "linalg.cond(ord=nuc)");
            var s = linalg.svdvals(A);
            return s.sum(-1) * s.reciprocal().sum(-1);
        }

        private static void Deep(Tensor A)
        {
            if (A.ndim < 2) throw new RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.");
        }

        // A singular matrix is infinitely ill-conditioned.
        private static Tensor Conditioned(Tensor A, string ord, Func<Tensor, Tensor> norm)
        {
            LinearAlgebra.Squares(A.Node, $"linalg.cond(ord={ord})");
            var (inverse, info) = linalg.inv_ex(A);
            var product = norm(A) * norm(inverse.masked_fill((info > 0).unsqueeze(-1).unsqueeze(-1), double.PositiveInfinity));
            return Record("NanToNumBackward0", Saves.Self, static x => Ops.Where(Ops.Equal(x - x, 0), x, Ops.Where(Ops.IsNaN(Ops.Detach(x)), double.PositiveInfinity, Ops.Detach(x))), product);
        }
    }
}
