namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class AdaptivePools
    {
        /// <summary>The means of so many parts of sequences.</summary>
        /// <exception cref="RuntimeError">The shape or the sizes do not fit.</exception>
        [Torch]
        public static Tensor adaptive_avg_pool1d(Tensor input, Sizes output_size)
        {
            CheckLine("adaptive_avg_pool1d", input);
            return adaptive_avg_pool2d(input.unsqueeze(-2), (long[])[1, One(output_size)]).squeeze(-2);
        }

        /// <summary>The means of so many parts of images.</summary>
        /// <exception cref="RuntimeError">The shape or the sizes do not fit.</exception>
        [Torch]
        public static Tensor adaptive_avg_pool2d(Tensor input, Sizes output_size)
        {
            var size = Checked("adaptive_avg_pool2d", ": output_size", 2, input, output_size);
            return size.All(s => s == 1) ? input.mean((-1L, -2L), keepdim: true) : Averaged("adaptive_avg_pool2d", 2, input, size);
        }

        /// <summary>The means of so many parts of volumes.</summary>
        /// <exception cref="RuntimeError">The shape or the sizes do not fit.</exception>
        [Torch]
        public static Tensor adaptive_avg_pool3d(Tensor input, Sizes output_size)
        {
            var size = Checked("adaptive_avg_pool3d", ": output_size", 3, input, output_size);
            return size.All(s => s == 1) ? input.mean((-1L, -2L, -3L), keepdim: true) : Averaged("adaptive_avg_pool3d", 3, input, size);
        }

        private static Tensor Averaged(string name, int n, Tensor input, Dims size) => Record($"AdaptiveAvgPool{n}DBackward0", Saves.Self | Saves.Formula, x =>
        {
            x = Takes(x, name, whole: false);
            for (var k = 0; k < n; k++)
            {
                var (axis, part) = (x.Type.Rank - n + k, new Parts(x.Shape[x.Type.Rank - n + k], size[k]));
                var taken = Ops.Take(x, axis, part.Index);
                var column = Dims.Repeat(1, taken.Type.Rank);
                var counts = Ops.Cast(Ops.Reshape(part.Counts, column.With(axis, size[k])[..^1]), x.DType);
                x = Ops.Sum(Ops.Where(Ops.Reshape(part.IsWithin, column.With(axis, size[k]).With(axis + 1, part.Longest)), taken, Ops.Scalar(0, x.DType)), axis + 1) / counts;
            }
            return x;
        }, input);

        /// <summary>The largest elements of so many parts of sequences.</summary>
        /// <exception cref="RuntimeError">The shape or the sizes do not fit.</exception>
        [Torch]
        public static Tensor adaptive_max_pool1d(Tensor input, Sizes output_size) => adaptive_max_pool1d_with_indices(input, output_size).values;

        /// <summary>The largest elements of so many parts of sequences, and where they are.</summary>
        /// <exception cref="RuntimeError">The shape or the sizes do not fit.</exception>
        [Torch]
        public static ValuesAndIndices adaptive_max_pool1d_with_indices(Tensor input, Sizes output_size)
        {
            CheckLine("adaptive_max_pool1d", input);
            var found = adaptive_max_pool2d_with_indices(input.unsqueeze(-2), (long[])[1, One(output_size)]);
            return found with { values = found.values.squeeze(-2), indices = found.indices.squeeze(-2) };
        }

        /// <summary>The largest elements of so many parts of images.</summary>
        /// <exception cref="RuntimeError">The shape or the sizes do not fit.</exception>
        [Torch]
        public static Tensor adaptive_max_pool2d(Tensor input, Sizes output_size) => adaptive_max_pool2d_with_indices(input, output_size).values;

        /// <summary>The largest elements of so many parts of images, and where they are.</summary>
        /// <exception cref="RuntimeError">The shape or the sizes do not fit.</exception>
        [Torch]
        public static ValuesAndIndices adaptive_max_pool2d_with_indices(Tensor input, Sizes output_size)
        {
            var size = Checked("adaptive_max_pool2d", "(): internal error: output_size", 2, input, output_size);
            return Found("adaptive_max_pool2d", 2, input, size);
        }

        /// <summary>The largest elements of so many parts of volumes.</summary>
        /// <exception cref="RuntimeError">The shape or the sizes do not fit.</exception>
        [Torch]
        public static Tensor adaptive_max_pool3d(Tensor input, Sizes output_size) => adaptive_max_pool3d_with_indices(input, output_size).values;

        /// <summary>The largest elements of so many parts of volumes, and where they are.</summary>
        /// <exception cref="RuntimeError">The shape or the sizes do not fit.</exception>
        [Torch]
        public static ValuesAndIndices adaptive_max_pool3d_with_indices(Tensor input, Sizes output_size)
        {
            var size = Checked("adaptive_max_pool3d", "(): internal error: output_size.size()", 3, input, output_size);
            return Found("adaptive_max_pool3d", 3, input, size);
        }

        private static ValuesAndIndices Found(string name, int n, Tensor input, Dims size)
        {
            var indices = new Tensor(Guard(() => Largest(name, input.Node, size).Indices));
            return new(Record($"AdaptiveMaxPool{n}DBackward0", Saves.Self | Saves.Formula, x => Largest(name, x, size).Values, input), indices) { Name = name };
        }

        private static (Node Values, Node Indices) Largest(string name, Node x, Dims size)
        {
            Takes(x, size.Count == 3 ? name + "_cpu" : name, whole: false);
            var (n, plane) = (size.Count, x.Shape[^size.Count..]);
            Parts[] parts = [.. size.Select((count, k) => new Parts(plane[k], count))];
            // Parts that are shorter end in repetitions of their last element, which is not the first of the largest.
            Node Split(Node of)
            {
                var lead = of.Type.Rank - n;
                for (var k = 0; k < n; k++) of = Ops.Take(of, lead + 2 * k, parts[k].Index);
                var order = Enumerable.Range(0, n).Select(k => (long)(lead + 2 * k));
                return Ops.Reshape(Ops.Permute(of, [.. Dims.Range(lead), .. order, .. order.Select(d => d + 1)]), [.. of.Shape[..lead], .. size, parts.Aggregate(1L, (a, p) => a * p.Longest)]);
            }
            var flat = Split(x);
            var best = Ops.ArgMax(flat, -1, keep: true);
            Node Picked(Node of) => Ops.Squeeze(Ops.Gather(Ops.Broadcast(of, flat.Shape), -1, best), -1);
            return (Picked(flat), Picked(Split(Ops.Reshape(Ops.Arange(plane.Product), plane))));
        }

        private static void CheckLine(string name, Tensor input)
        {
            if (input.ndim is not (2 or 3)) throw new RuntimeError($"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 'self' (while checking arguments for {name})");
        }

        private static long One(Sizes size) => size.All is [var one] ? one : throw new RuntimeError("output_size must be 1 number");

        private static Dims Checked(string name, string mark, int n, Tensor input, Sizes output_size)
        {
            if (output_size.All.Length != 1 && output_size.All.Length != n) throw new RuntimeError($"{name}{mark} must be {n}");
            var size = Dims.Create(output_size.Each(n));
            if (size.Any(s => s < 0)) throw new RuntimeError($"{name}: elements of output_size must be greater than or equal to 0 but received {{{string.Join(", ", size)}}}");
            if (input.ndim != n + 1 && input.ndim != n + 2) throw new RuntimeError($"{name}(): Expected {n + 1}D or {n + 2}D tensor, but got{(name.Contains("max", StringComparison.Ordinal) ? ":" : "")} {input.Dims}");
            for (var k = input.ndim - n; k < input.ndim; k++)
                if (input.Dims[k] == 0) throw new RuntimeError($"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes {input.Dims} with dimension {k} being empty");
            return size;
        }

        // Part i of n is from ⌊i·size / n⌋ to ⌈(i + 1)·size / n⌉; all are written as long as the longest.
        private sealed class Parts
        {
            public Parts(long size, long n)
            {
                var parts = Enumerable.Range(0, (int)n).Select(i => (Start: i * size / n, End: ((i + 1) * size + n - 1) / n)).ToArray();
                Longest = parts.Length == 0 ? 1 : parts.Max(p => p.End - p.Start);
                var all = parts.SelectMany(p => Enumerable.Range(0, (int)Longest).Select(j => (Index: Math.Min(p.Start + j, p.End - 1), Within: p.Start + j < p.End))).ToArray();
                (Index, IsWithin) = (Ops.Tensor<long>([.. all.Select(a => a.Index)], [n, Longest]), Ops.Tensor<bool>([.. all.Select(a => a.Within)], [n, Longest]));
                Counts = Ops.Tensor<double>([.. parts.Select(p => (double)(p.End - p.Start))], [n]);
            }

            public long Longest { get; }

            public Node Index { get; }

            public Node IsWithin { get; }

            public Node Counts { get; }
        }
    }
}
