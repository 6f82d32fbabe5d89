using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    // What depends on which elements there are; computed when it is called.
    [Operators]
    private static class Counts
    {
        /// <summary>The positions of what is not zero, a row each.</summary>
        [Torch]
        public static Tensor argwhere(Tensor self) => self.nonzero();

        /// <summary>How often each number from 0 occurs in a vector, or the sums of its weights.</summary>
        /// <exception cref="RuntimeError">Not a vector of numbers from 0, or weights that do not fit.</exception>
        [Torch]
        public static Tensor bincount(Tensor self, Tensor? weights = null, long minlength = 0)
        {
            if (minlength < 0) throw new RuntimeError("minlength should be >= 0");
            if (self.Node.DType.IsSmooth || self.Node.DType == DType.Bool) throw new RuntimeError($"\"bincount_cpu\" not implemented for '{self.dtype.TensorType}'");
            var places = self.Longs();
            if (self.ndim != 1 || Array.Exists(places, n => n < 0)) throw new RuntimeError("bincount only supports 1-d non-negative integral inputs.");
            if (weights is not null && (weights.ndim != 1 || weights.numel() != places.Length)) throw new RuntimeError("weights should be 1-d and have the same length as input");
            var sums = new double[Math.Max(minlength, places.Length == 0 ? 0 : places.Max() + 1)];
            var parts = weights?.Doubles();
            for (var i = 0; i < places.Length; i++) sums[places[i]] += parts?[i] ?? 1;
            return new(Ops.Cast(Ops.Tensor<double>(sums), weights is null ? DType.Int64 : weights.Node.DType == DType.Float32 ? DType.Float32 : DType.Float64));
        }

        /// <summary>How many elements lie in each of so many equal parts of a range, which is that of the elements where min equals max.</summary>
        /// <exception cref="RuntimeError">Integers, no parts, or no range.</exception>
        [Torch]
        public static Tensor histc(Tensor self, long bins = 100, double min = 0, double max = 0)
        {
            if (!self.is_floating_point()) throw new RuntimeError($"\"histogram_cpu\" not implemented for '{self.dtype.TensorType}'");
            if (bins <= 0) throw new RuntimeError($"torch.histogram(): bins must be > 0, but got {bins} for dimension 0");
            var elements = self.Doubles();
            if (min == max && elements.Length > 0) (min, max) = (elements.Min(), elements.Max());
            static string Text(double x) => double.IsNaN(x) ? "nan" : double.IsInfinity(x) ? x > 0 ? "inf" : "-inf" : $"{x}";
            if (!double.IsFinite(min) || !double.IsFinite(max)) throw new RuntimeError($"torch.histc: range of [{Text(min)}, {Text(max)}] is not finite");
            if (min == max) (min, max) = (min - 1, max + 1);
            if (min > max) throw new RuntimeError("torch.histc: max must be larger than min");
            var counts = new double[bins];
            foreach (var x in elements)
                if (x >= min && x <= max) counts[Math.Min(bins - 1, (long)((x - min) * bins / (max - min)))]++;
            return new(Ops.Cast(Ops.Tensor<double>(counts), self.Node.DType));
        }

        /// <summary>The different elements, sorted, without a derivative.</summary>
        [Torch]
        public static Tensor unique(Tensor self) => Different("Unique2Backward0", "_unique2", self, null, sorted: true).Output;

        /// <summary>The different slices along a dimension, sorted, without a derivative.</summary>
        [Torch]
        public static Tensor unique(Tensor self, long dim) => Different("UniqueDimBackward0", "unique_dim", self, dim, sorted: true).Output;

        /// <summary>The different elements or slices, sorted; where each element went; and how many there were of each: as far as they are asked for.</summary>
        [Torch]
        public static Tensor[] unique(Tensor self, bool sorted = true, bool return_inverse = false, bool return_counts = false, long? dim = null) =>
            Asked(Different(dim is null ? "Unique2Backward0" : "UniqueDimBackward0", dim is null ? "_unique2" : "unique_dim", self, dim, sorted: true), return_inverse, return_counts);

        /// <summary>The elements without those that repeat the one before, without a derivative.</summary>
        [Torch]
        public static Tensor unique_consecutive(Tensor self) => Different("UniqueConsecutiveBackward0", "unique_consecutive", self, null, sorted: false).Output;

        /// <summary>The elements or slices without those that repeat the one before; where each went; and how many there were of each: as far as they are asked for.</summary>
        [Torch]
        public static Tensor[] unique_consecutive(Tensor self, bool return_inverse = false, bool return_counts = false, long? dim = null) =>
            Asked(Different("UniqueConsecutiveBackward0", "unique_consecutive", self, dim, sorted: false), return_inverse, return_counts);

        private static Tensor[] Asked((Tensor Output, Tensor Inverse, Tensor Counts) found, bool inverse, bool counts) =>
            [found.Output, .. inverse ? [found.Inverse] : (Tensor[])[], .. counts ? [found.Counts] : (Tensor[])[]];

        private static (Tensor Output, Tensor Inverse, Tensor Counts) Different(string name, string operation, Tensor self, long? dim, bool sorted)
        {
            var d = dim is { } given ? Wrap(given, self.ndim) : 0;
            Node Rows(Node x) => dim is null || x.Type.Rank == 0 ? Ops.Reshape(x, [x.Type.Count]) : Ops.MoveAxis(x, d, 0);
            var rows = Rows(self.Node);
            var (keys, n) = (Keys(rows), (int)rows.Shape[0]);
            var width = n == 0 ? 0 : keys.Length / n;
            int Compare(int a, int b) => keys.AsSpan(a * width, width).SequenceCompareTo(keys.AsSpan(b * width, width));
            // A row with NaN equals no other.
            bool Same(int a, int b) => Compare(a, b) == 0 && (!self.is_floating_point() || keys.AsSpan(a * width, width).IndexOf(long.MaxValue) < 0);
            int[] order = [.. Enumerable.Range(0, n)];
            if (sorted) Array.Sort(order, (a, b) => Compare(a, b) is var c && c != 0 ? c : a.CompareTo(b));
            var (first, inverse, counts) = (new List<long>(), new long[n], new List<long>());
            for (var i = 0; i < n; i++)
            {
                if (i == 0 || !Same(order[i - 1], order[i]))
                {
                    first.Add(order[i]);
                    counts.Add(0);
                }
                counts[^1]++;
                inverse[order[i]] = counts.Count - 1;
            }
            var places = Ops.Tensor<long>(first.ToArray());
            var output = Record(name, Saves.None, x => Ops.Take(Rows(x), 0, places) is var taken && dim is not null && x.Type.Rank > 0 ? Ops.MoveAxis(taken, 0, d) : taken, self);
            return (Underivable(output, $"the derivative for '{operation}' is not implemented."), new(Ops.Tensor<long>(inverse, dim is null ? self.Dims : [n])), new(Ops.Tensor<long>(counts.ToArray())));
        }

        // Whole numbers that are ordered as the elements are, NaN last.
        private static long[] Keys(Node x)
        {
            Ordered(x, $"\"unique\" not implemented for '{Named(x.DType).TensorType}'");
            if (!x.DType.IsFloat) return Evaluator.Read<long>(Ops.Cast(x, DType.Int64));
            return Array.ConvertAll(Evaluator.Read<double>(Ops.Cast(x, DType.Float64)), static v =>
                double.IsNaN(v) ? long.MaxValue : BitConverter.DoubleToInt64Bits(v + 0.0) is var bits && bits < 0 ? long.MinValue - bits : bits);
        }

        /// <summary>Whether elements are among others.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor isin(Tensor elements, Tensor test_elements, bool assume_unique = false, bool invert = false)
        {
            if (elements.Node.DType == DType.Bool || test_elements.Node.DType == DType.Bool) throw new RuntimeError("Unsupported input type encountered for isin(): Bool");
            var type = ResultType(elements, test_elements);
            var known = Keys(Ops.Cast(test_elements.Node, type)).Where(k => !type.IsFloat || k != long.MaxValue).ToHashSet();
            return new(Ops.Tensor<bool>(Array.ConvertAll(Keys(Ops.Cast(elements.Node, type)), k => known.Contains(k) != invert), elements.Dims));
        }

        /// <summary>Where elements belong in sorted rows: behind smaller ones, and behind equal ones too if right.</summary>
        /// <exception cref="RuntimeError">The rows do not fit to the elements'.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor searchsorted(Tensor sorted_sequence, Tensor input, bool out_int32 = false, bool right = false)
        {
            var (rows, row, each) = (sorted_sequence.ndim, sorted_sequence.ndim == 0 ? 1 : (int)sorted_sequence.Dims[^1], input.ndim == 0 ? 1 : (int)input.Dims[^1]);
            if (rows == 0) throw new RuntimeError($"torch.searchsorted(): sorted_sequence should be a tensor with at least 1 dimension, but got a scalar");
            if (rows != 1 && (rows != input.ndim || sorted_sequence.Dims.Without(rows - 1) != input.Dims.Without(rows - 1)))
                throw new RuntimeError($"torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor {sorted_sequence.Dims} and input value tensor {input.Dims}");
            var type = ResultType(sorted_sequence, input);
            var (sorted, keys) = (Keys(Ops.Cast(sorted_sequence.Node, type)), Keys(Ops.Cast(input.Node, type)));
            var places = new long[keys.Length];
            for (var i = 0; i < keys.Length; i++)
            {
                var start = rows == 1 ? 0 : i / each * row;
                var (low, high) = (0, row);
                while (low < high)
                    if ((low + high) / 2 is var mid && (right ? sorted[start + mid] <= keys[i] : sorted[start + mid] < keys[i])) low = mid + 1;
                    else high = mid;
                places[i] = low;
            }
            return new(Ops.Cast(Ops.Tensor<long>(places, input.Dims), out_int32 ? DType.Int32 : DType.Int64));
        }

        /// <summary>Between which boundaries elements lie: behind smaller ones, and behind equal ones too if right.</summary>
        /// <exception cref="RuntimeError">The boundaries are no vector.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor bucketize(Tensor input, Tensor boundaries, bool out_int32 = false, bool right = false) => boundaries.ndim == 1 ? searchsorted(boundaries, input, out_int32, right)
            : throw new RuntimeError($"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})");
    }
}
