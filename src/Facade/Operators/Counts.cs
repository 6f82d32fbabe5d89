using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    // What depends on which elements there are; computed when it is called.
    [Operators]
    private static class Counts
    {
        /// <summary>How often each number from 0 occurs in a vector, or the sums of its weights.</summary>
        /// <exception cref="RuntimeError">Not a vector of numbers from 0, or weights that do not fit.</exception>
        [Torch]
        public static Tensor bincount(Tensor self, Tensor? weights = null, long minlength = 0)
        {
            if (minlength < 0) throw new RuntimeError("minlength should be >= 0");
            if (self.Node.DType.IsSmooth || self.Node.DType == DType.Bool) throw new RuntimeError($"\"bincount_cpu\" not implemented for '{self.dtype.TensorType}'");
            if (self.ndim == 1 && self.numel() == 0) return torch.zeros([minlength], dtype: int64);
            if (self.ndim != 1 || Array.Exists(self.Known(), n => n < 0)) throw new RuntimeError("bincount only supports 1-d non-negative integral inputs.");
            if (weights is not null && (weights.ndim != 1 || weights.numel() != self.numel())) throw new RuntimeError("weights should be 1-d and have the same length as input");
            var counts = Mapping.AtOnce(x =>
            {
                var (places, parts) = (Longs(x[0]), x.Length > 1 ? Doubles(x[1]) : null);
                var sums = Room<double>(Math.Max(minlength, places.Max() is < long.MaxValue and var most ? most + 1 : long.MaxValue));
                for (var i = 0; i < places.Length; i++) sums[places[i]] += parts?[i] ?? 1;
                return [Ops.Tensor<double>(sums)];
            }, [self.Node, .. weights is null ? [] : (Node[])[weights.Node]])[0];
            return new(Ops.Cast(counts, weights is null ? DType.Int64 : weights.Node.DType == DType.Float32 ? DType.Float32 : DType.Float64));
        }

        /// <summary>How many elements lie in each of so many equal parts of a range, which is that of the elements where min equals max.</summary>
        /// <exception cref="RuntimeError">Integers, no parts, or no range.</exception>
        [Torch]
        public static Tensor histc(Tensor self, long bins = 100, double min = 0, double max = 0)
        {
            if (!self.is_floating_point()) throw new RuntimeError($"\"histogram_cpu\" not implemented for '{self.dtype.TensorType}'");
            if (bins <= 0) throw new RuntimeError($"torch.histogram(): bins must be > 0, but got {bins} for dimension 0");
            return new(Mapping.AtOnce(x => [Ops.Cast(Ops.Tensor<double>(Parted(Doubles(x[0]), x[0].DType, bins, min, max)), x[0].DType)], self.Node)[0]);
        }

        private static double[] Parted(double[] elements, DType type, long bins, double min, double max)
        {
            if (min == max && elements.Length > 0) (min, max) = (elements.Min(), elements.Max());
            if (!double.IsFinite(min) || !double.IsFinite(max)) throw new RuntimeError($"torch.histc: range of [{Written.Stream(min)}, {Written.Stream(max)}] is not finite");
            if (min == max) (min, max) = (min - 1, max + 1);
            if (min > max) throw new RuntimeError("torch.histc: max must be larger than min");
            var counts = Room<double>(bins);
            // In the element's own type, as PyTorch counts: a rounding decides on which side of a border an element lies.
            double Own(double x) => type == DType.Float32 ? (float)x : x;
            var width = Own(max - min);
            foreach (var x in elements)
                if (x >= min && x <= max) counts[Math.Min(bins - 1, (long)Own(Own(Own(x - min) / width) * bins))]++;
            return counts;
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
            self.Shapes(operation);
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
    }
}
