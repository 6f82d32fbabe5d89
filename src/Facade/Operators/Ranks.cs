namespace Functional.Autograd;

public static partial class torch
{
    // What depends on the order of elements.
    [Operators]
    private static class Ranks
    {
        /// <summary>The lower median of all elements; what equals it shares the gradient.</summary>
        [Torch("MedianBackward0", Saves.Self | Saves.Result, Kernel = "median_cpu")]
        public static Node median(Node self) => Middle(self, idle: false);

        /// <summary>The lower median of all elements that are not NaN; what equals it shares the gradient.</summary>
        [Torch("NanmedianBackward0", Saves.Self | Saves.Result, Kernel = "median_cpu")]
        public static Node nanmedian(Node self) => Middle(self, idle: true);

        /// <summary>The lower medians along a dimension and their positions.</summary>
        [Torch]
        public static ValuesAndIndices median(Tensor self, long dim, bool keepdim = false) => Along("median", "MedianBackward1", self, dim, keepdim, static (x, d) => Medial(Takes(x, "median_out"), d, idle: false));

        /// <summary>The lower medians along a dimension of what is not NaN, and their positions.</summary>
        [Torch]
        public static ValuesAndIndices nanmedian(Tensor self, long dim, bool keepdim = false) => Along("median", "NanmedianBackward1", self, dim, keepdim, static (x, d) => Medial(Takes(x, "median_out"), d, idle: true));

        /// <summary>The smallest of the most frequent elements along a dimension, and the last of their positions.</summary>
        [Torch]
        public static ValuesAndIndices mode(Tensor self, long dim = -1, bool keepdim = false) => Along("mode", "ModeBackward0", self, dim, keepdim, static (x, d) =>
        {
            var (values, order) = Ops.Sort(x.DType == DType.Bool ? Ops.Cast(x, DType.Int64) : x, d);
            var (n, places) = (x.Shape[d], Ops.Broadcast(Ops.Reshape(Ops.Arange(x.Shape[d]), Dims.Repeat(1, x.Type.Rank).With(d, x.Shape[d])), x.Shape));
            var changes = Ops.NotEqual(Ops.SliceAxis(values, d, 1, n), Ops.SliceAxis(values, d, 0, n - 1));
            var starts = Ops.Where(Ops.Concat([Ops.Broadcast(Ops.Scalar(1, DType.Bool), x.Shape.With(d, 1)), changes], d), places, Ops.Scalar(0, DType.Int64));
            // How long each run is so far: the first of the longest ends there.
            return Ops.Gather(order, d, Ops.ArgMax(places - Ops.CumMax(starts, d).Values, d, keep: true));
        });

        /// <summary>The k-th smallest elements along a dimension and their positions.</summary>
        /// <exception cref="RuntimeError">k is out of range.</exception>
        [Torch]
        public static ValuesAndIndices kthvalue(Tensor self, long k, long dim = -1, bool keepdim = false) => Along("kthvalue", "KthvalueBackward0", self, dim, keepdim, (x, d) =>
            k < 1 || k > x.Shape[d] ? throw new RuntimeError($"kthvalue(): selected number k out of range for dimension {d}") : Ops.SliceAxis(Ops.Sort(Takes(x, "kthvalue_cpu"), d).Indices, d, k - 1, k));

        // What is at the places that f finds along a dimension.
        private static ValuesAndIndices Along(string operation, string name, Tensor self, long dim, bool keepdim, Func<Node, int, Node> f)
        {
            var d = Wrap(dim, self.ndim);
            if (self.ndim > 0 && self.Dims[d] == 0) throw new IndexError($"{operation}(): Expected reduction dim {d} to have non-zero size.");
            return WithIndices(name, self, own =>
            {
                Ordered(own, $"\"{operation}_cpu\" not implemented for '{Named(own.DType).TensorType}'");
                var x = own.Type.Rank > 0 ? own : Ops.Reshape(own, [1]);
                var index = f(x, d);
                var shape = own.Type.Rank == 0 ? own.Shape : keepdim ? index.Shape : index.Shape.Without(d);
                return (Ops.Reshape(Ops.Gather(x, d, index), shape), Ops.Reshape(index, shape));
            });
        }

        private static Node Medial(Node x, int d, bool idle)
        {
            var (n, order) = (x.Shape[d], Ops.Sort(x, d).Indices);
            if (!x.DType.IsFloat) return Ops.SliceAxis(order, d, (n - 1) / 2, (n - 1) / 2 + 1);
            var known = Ops.Sum(Ops.Cast(Ops.Equal(x, x), DType.Int64), [d], keep: true);
            return idle ? Ops.Gather(order, d, Ops.Max(Ops.FloorDiv(known - 1, 2), 0))
                : Ops.Where(known < n, Ops.ArgMax(Ops.IsNaN(x), d, keep: true), Ops.SliceAxis(order, d, (n - 1) / 2, (n - 1) / 2 + 1));
        }

        private static Node Middle(Node x, bool idle)
        {
            if (x.Type.Count == 0) return Ops.Sum(x) + (x.DType.IsFloat ? Ops.Scalar(double.NaN, x.DType) : Ops.Scalar(long.MinValue, x.DType));
            var row = Ops.Reshape(x, [x.Type.Count]);
            var value = Ops.Reshape(Ops.Gather(row, 0, Medial(row, 0, idle)), []);
            return !x.DType.IsFloat ? value : Ops.WithRule("Median", value, [x], static (v, y, c) =>
            {
                var hit = Ops.Cast(Ops.Or(Ops.Equal(v[0], y), Ops.And(Ops.IsNaN(v[0]), Ops.IsNaN(y))), c.DType);
                return [hit * (c / Ops.Sum(hit))];
            });
        }

        /// <summary>The elements in order along the first dimension.</summary>
        [Torch]
        public static Tensor msort(Tensor self) => self.sort(0).values;

        /// <summary>The elements below which a part q of all lies, or between which.</summary>
        /// <exception cref="RuntimeError">No elements, another element type, parts beyond 0 and 1, or an unknown interpolation.</exception>
        [Torch("SqueezeBackward4", Saves.Number, Check = nameof(Parts))]
        public static Node quantile(Node self, Node q, long? dim = null, bool keepdim = false, string interpolation = "linear") => Between(self, q, dim, keepdim, interpolation, idle: false);

        /// <summary>The same of those elements that are not NaN.</summary>
        /// <exception cref="RuntimeError">No elements, another element type, parts beyond 0 and 1, or an unknown interpolation.</exception>
        [Torch("SqueezeBackward4", Saves.Number, Check = nameof(Parts))]
        public static Node nanquantile(Node self, Node q, long? dim = null, bool keepdim = false, string interpolation = "linear") => Between(self, q, dim, keepdim, interpolation, idle: true);

        /// <summary>The element below which a part q of all lies, or between two of them.</summary>
        /// <exception cref="RuntimeError">No elements, another element type, a part beyond 0 and 1, or an unknown interpolation.</exception>
        [Torch]
        public static Tensor quantile(Tensor self, double q, long? dim = null, bool keepdim = false, string interpolation = "linear") => self.quantile(Part(self, q), dim, keepdim, interpolation);

        /// <summary>The same of those elements that are not NaN.</summary>
        /// <exception cref="RuntimeError">No elements, another element type, a part beyond 0 and 1, or an unknown interpolation.</exception>
        [Torch]
        public static Tensor nanquantile(Tensor self, double q, long? dim = null, bool keepdim = false, string interpolation = "linear") => self.nanquantile(Part(self, q), dim, keepdim, interpolation);

        private static Tensor Part(Tensor self, double q) => q >= 0 && q <= 1 ? tensor(q, dtype: self.is_floating_point() ? self.dtype : null)
            : throw new RuntimeError($"quantile() q must be in the range [0, 1] but got {Written.Stream(q)}");

        public static void Parts(Tensor self, Tensor q)
        {
            if (self.numel() == 0) throw new RuntimeError("quantile() input tensor must be non-empty");
            if (q.ndim > 1) throw new RuntimeError("quantile() q must be a scalar or 1D tensor");
            if (!self.is_floating_point() || self.Node.DType.IsHalf) throw new RuntimeError("quantile() input tensor must be either float or double dtype");
            if (self.dtype != q.dtype) throw new RuntimeError("quantile() q tensor must be same dtype as the input tensor");
            if (Array.Exists(q.KnownDoubles(), v => v is not (>= 0 and <= 1))) throw new RuntimeError("quantile() q values must be in the range [0, 1]");
        }

        private static Node Between(Node x, Node q, long? dim, bool keepdim, string interpolation, bool idle)
        {
            if (interpolation is not ("linear" or "lower" or "higher" or "midpoint" or "nearest"))
                throw new RuntimeError($"quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}");
            var d = Wrap(dim ?? 0, x.Type.Rank);
            var rows = dim is null || x.Type.Rank == 0 ? Ops.Reshape(x, [x.Type.Count]) : Ops.MoveAxis(x, d, -1);
            var (last, parts) = (rows.Type.Rank - 1, Ops.Reshape(q, [q.Type.Count]));
            var (sorted, n) = (Ops.Sort(rows, last).Values, rows.Shape[last]);
            var unknown = Ops.Sum(Ops.Cast(Ops.IsNaN(rows), DType.Int64), [last], keep: true);
            var places = idle ? Ops.Max(parts * Ops.Cast(n - 1 - unknown, x.DType), 0) : Ops.Where(unknown > 0, Ops.Scalar(n - 1, x.DType), parts * Ops.Scalar(n - 1, x.DType));
            places = interpolation switch { "lower" => Ops.Floor(places), "higher" => Ops.Ceiling(places), "nearest" => Ops.Round(places), _ => places };
            places = Ops.Broadcast(places, rows.Shape.With(last, q.Type.Count));
            var (below, above) = (Ops.Gather(sorted, last, Ops.Cast(Ops.Floor(places), DType.Int64)), Ops.Gather(sorted, last, Ops.Cast(Ops.Ceiling(places), DType.Int64)));
            var weight = interpolation == "midpoint" ? places * 0 + 0.5 : places - Ops.Floor(places);
            // Beside an infinity a weight of zero is none.
            var y = interpolation is "linear" or "midpoint" ? Arithmetic.lerp(below, above, weight) : below;
            if (q.Type.Rank > 0) y = Ops.MoveAxis(y, -1, 0);
            else y = Ops.Reshape(y, y.Shape.Without(last));
            if (!keepdim) return y;
            var kept = dim is null ? Dims.Repeat(1, x.Type.Rank) : x.Type.Rank == 0 ? x.Shape : x.Shape.With(d, 1);
            return Ops.Reshape(y, q.Type.Rank > 0 ? [q.Type.Count, .. kept] : kept);
        }
    }
}
