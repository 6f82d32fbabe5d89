namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Forms = Forms.Function)]
    private static class Distances
    {
        /// <summary>The p-distances between the rows of x1 and those of x2; batches broadcast. Equal rows add nothing to the gradient.</summary>
        /// <exception cref="RuntimeError">Not matrices of a floating-point type, of different widths or types, or p is negative.</exception>
        /// <exception cref="ValueError">There is no such way to compute them.</exception>
        [Torch]
        public static Tensor cdist(Tensor x1, Tensor x2, double p = 2, string compute_mode = "use_mm_for_euclid_dist_if_necessary")
        {
            if (compute_mode is not ("use_mm_for_euclid_dist_if_necessary" or "use_mm_for_euclid_dist" or "donot_use_mm_for_euclid_dist")) throw new ValueError($"{compute_mode} is not a valid value for compute_mode");
            if (x1.ndim < 2) throw new RuntimeError($"cdist only supports at least 2D tensors, X1 got: {x1.ndim}D");
            if (x2.ndim < 2) throw new RuntimeError($"cdist only supports at least 2D tensors, X2 got: {x2.ndim}D");
            if (x1.Dims[^1] != x2.Dims[^1]) throw new RuntimeError($"X1 and X2 must have the same number of columns. X1: {x1.Dims[^1]} X2: {x2.Dims[^1]}");
            if (!x1.is_floating_point()) throw new RuntimeError($"cdist only supports floating-point dtypes, X1 got: {x1.dtype.TensorType}");
            if (!x2.is_floating_point()) throw new RuntimeError($"cdist only supports floating-point dtypes, X2 got: {x2.dtype.TensorType}");
            if (p < 0 || double.IsNaN(p)) throw new RuntimeError("cdist only supports non-negative p values");
            LinearAlgebra.Wide(x1.Node, "cdist");
            CheckBroadcast(x1.Dims[..^2], x2.Dims[..^2]);
            if (x1.Node.DType != x2.Node.DType && x1.Type.Count > 0 && x2.Type.Count > 0) throw new RuntimeError($"expected scalar type {x1.dtype.TensorType} but found {x2.dtype.TensorType}");
            var product = p == 2 && compute_mode[0] == 'u' && (compute_mode.EndsWith("dist", StringComparison.Ordinal) || x1.Dims[^2] > 25 || x2.Dims[^2] > 25);
            if (!product) return Record("CdistBackward0", Saves.FirstTwo | Saves.Result, (a, b) => Distance(Ops.Unsqueeze(a, -2) - Ops.Unsqueeze(Ops.Cast(b, a.DType), -3), p), x1, x2);
            // PyTorch joins the batches and takes them apart again.
            Dims batch = Ops.BroadcastShapes("cdist", x1.Dims[..^2], x2.Dims[..^2]), shape = [.. batch, x1.Dims[^2], x2.Dims[^2]];
            return Record("EuclideanDistBackward0", Saves.FirstTwo | Saves.Result, (a, b) => Distance(Ops.Unsqueeze(a, -2) - Ops.Unsqueeze(b, -3), 2), x1, x2).view([.. shape]);
        }

        /// <summary>The p-distances between all pairs of rows, the first row's first.</summary>
        /// <exception cref="RuntimeError">Not a matrix of a floating-point type, or p is negative.</exception>
        [Torch("PdistBackward0", Saves.Self | Saves.Result)]
        public static Node pdist(Node self, double p = 2) => Pairs(self, p);

        internal static Node Pairs(Node x, double p)
        {
            if (x.Type.Rank != 2) throw new RuntimeError($"pdist only supports 2D tensors, got: {x.Type.Rank}D");
            if (!x.DType.IsFloat) throw new RuntimeError("pdist only supports floating-point dtypes");
            if (p < 0 || double.IsNaN(p)) throw new RuntimeError("pdist only supports non-negative p values");
            var n = LinearAlgebra.Wide(x, "pdist").Shape[0];
            List<long> first = [], second = [];
            for (var i = 0L; i < n; i++)
                for (var j = i + 1; j < n; j++)
                {
                    first.Add(i);
                    second.Add(j);
                }
            Node Rows(List<long> places) => Ops.Gather(x, 0, Ops.Broadcast(Ops.Unsqueeze(torch.tensor(places.ToArray()).Node, 1), [places.Count, x.Shape[1]]));
            return Distance(Rows(first) - Rows(second), p);
        }

        // Over the last axis. The number of elements that differ has no slope; of equally large differences each has all of it.
        private static Node Distance(Node difference, double p)
        {
            if (p == 0 || difference.Shape[^1] == 0) return Ops.Sum(p == 0 ? Ops.Cast(Ops.NotEqual(difference, 0), difference.DType) : difference, -1);
            return !double.IsInfinity(p) ? Ops.VectorNorm(difference, p, [-1]) : Ops.WithRule("Largest", Ops.VectorNorm(difference, p, [-1]), [difference], static (x, y, c) =>
                [Ops.Unsqueeze(c, -1) * Ops.Where(Ops.Equal(Ops.Abs(x[0]), Ops.Unsqueeze(y, -1)), Ops.Sign(x[0]), 0)]);
        }
    }

    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class RowDistances
    {
        /// <summary>The p-distances between rows and rows, with eps added to the differences.</summary>
        [Torch]
        public static Tensor pairwise_distance(Tensor x1, Tensor x2, double p = 2, double eps = 1e-6, bool keepdim = false) =>
            Record("NormBackward1", Saves.Self | Saves.Result, x => x.Type.Rank == 0 ? Ops.VectorNorm(x, p) : Ops.VectorNorm(x, p, [-1], keepdim), x1 - x2 + eps);

        /// <summary>The p-distances between all pairs of rows, the first row's first.</summary>
        /// <exception cref="RuntimeError">Not a matrix of a floating-point type, or p is negative.</exception>
        [Torch("PdistBackward0", Saves.Self | Saves.Result)]
        public static Node pdist(Node input, double p = 2) => Distances.Pairs(input, p);
    }
}
