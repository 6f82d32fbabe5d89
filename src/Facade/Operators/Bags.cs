namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Bags
    {
        /// <summary>The sum, mean or largest elements of the rows of each bag of indices: rows of a matrix are bags, and so are the parts of a vector from one offset to the next.</summary>
        /// <exception cref="ValueError">The index is neither a vector with offsets nor a matrix without, or there is no such mode.</exception>
        /// <exception cref="NotImplementedError">Weights of another mode than the sum; max_norm, which would change the table, scale_grad_by_freq or sparse.</exception>
        /// <exception cref="RuntimeError">An index or an offset is out of range, or types do not fit.</exception>
        [Torch]
        public static Tensor embedding_bag(Tensor input, Tensor weight, Tensor? offsets = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, string mode = "mean", bool sparse = false, Tensor? per_sample_weights = null, bool include_last_offset = false, long? padding_idx = null)
        {
            const string name = "embedding_bag";
            if (max_norm is not null || scale_grad_by_freq || sparse) throw new NotImplementedError($"{name}: {(sparse ? "sparse" : scale_grad_by_freq ? "scale_grad_by_freq" : "max_norm")} is not supported");
            if (per_sample_weights is not null && input.Dims != per_sample_weights.Dims) throw new ValueError($"{name}: If per_sample_weights (torch.Size({per_sample_weights.Dims})) is not None, then it must have the same shape as the input (torch.Size({input.Dims}))");
            var starts = Starts(input, offsets, include_last_offset);
            if (mode is not ("sum" or "mean" or "max")) throw new ValueError("mode has to be one of sum, mean or max");
            if (per_sample_weights is not null && mode != "sum") throw new NotImplementedError($"{name}: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='{mode}'). Please open a feature request on GitHub.");
            if (input.Node.DType is not (DType.Int64 or DType.Int32)) throw new RuntimeError($"Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got {input.KernelType} instead (while checking arguments for {name})");
            var (rows, indices) = (weight.Dims[0], input.Longs());
            if (padding_idx is { } at && (at < -rows || at >= rows)) throw new RuntimeError($"padding_idx must be within the number of embeddings, {-rows} through {rows - 1}, but got {at}");
            if (Array.FindIndex(indices, i => i < 0 || i >= rows) is var bad and >= 0) throw new RuntimeError($"{name}: Expected idx >= 0 && idx < num_embeddings but found idx to be {indices[bad]}");
            var without = padding_idx < 0 ? padding_idx + rows : padding_idx;

            // Which elements each bag holds, less the padding.
            long[][] bags = [.. starts.Select((s, b) => Enumerable.Range((int)s, (int)((b + 1 < starts.Length ? starts[b + 1] : indices.Length) - s)).Select(i => (long)i).Where(i => indices[i] != without).ToArray())];
            if (include_last_offset && offsets is not null) bags = bags[..^1];
            Node Value(Node table, Node? factors) => mode == "max" ? Largest(table, bags, indices) : Summed(table, factors, bags, indices, mode == "mean");
            return per_sample_weights is null ? Record("EmbeddingBagBackward0", Saves.None, w => Value(w, null), weight, input)
                : Record("EmbeddingBagBackward0", Saves.Cross, (w, f) => Value(w, Ops.Reshape(f, [f.Type.Count])), weight, per_sample_weights, input);
        }

        private static long[] Starts(Tensor input, Tensor? offsets, bool last)
        {
            if (input.ndim == 2)
            {
                if (offsets is not null) throw new ValueError("if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type <class 'torch.Tensor'>");
                return [.. Enumerable.Range(0, (int)input.Dims[0]).Select(b => b * input.Dims[1])];
            }
            if (input.ndim != 1) throw new ValueError($"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}");
            if (offsets is null) throw new ValueError("offsets has to be a 1D Tensor but got None");
            if (offsets.ndim != 1) throw new ValueError("offsets has to be a 1D Tensor");
            var starts = offsets.Longs();
            if (last && starts.Length == 0) throw new RuntimeError("include_last_offset: number of offsets should be at least 1");
            if (starts.Length > 0 && starts[0] != 0) throw new RuntimeError($"offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got {starts[0]}");
            if (starts.Length > 0 && starts[^1] > input.Dims[0]) throw new RuntimeError($"offsets[-1] can not be greater than input's length {input.Dims[0]} but got offsets[-1] of {starts[^1]}");
            for (var b = 1; b < starts.Length; b++)
                if (starts[b] < starts[b - 1]) throw new RuntimeError($"embedding_bag: offsets must not descend, but {starts[b]} follows {starts[b - 1]}");
            return starts;
        }

        private static Node Summed(Node table, Node? factors, long[][] bags, long[] indices, bool mean)
        {
            long[] members = [.. bags.SelectMany(b => b)];
            var places = Ops.Tensor<long>(members, [members.Length]);
            var rows = Ops.Take(table, 0, Ops.Tensor<long>([.. members.Select(i => indices[i])], [members.Length]));
            if (factors is not null) rows *= Ops.Unsqueeze(Ops.Take(factors, 0, places), 1);
            var zeros = Ops.Full(new(table.DType, [bags.Length, table.Shape[1]]), 0L);
            var sum = members.Length == 0 ? zeros : Ops.ScatterAdd(zeros, 0, Ops.Tensor<long>([.. bags.SelectMany((b, k) => b.Select(_ => (long)k))], [members.Length]), rows);
            return mean ? sum / Ops.Cast(Ops.Tensor<double>([.. bags.Select(b => Math.Max(1.0, b.Length))], [bags.Length, 1]), table.DType) : sum;
        }

        // The first of equals takes the derivative; an empty bag is zeros.
        private static Node Largest(Node table, long[][] bags, long[] indices)
        {
            var longest = Math.Max(1, bags.Length == 0 ? 1 : bags.Max(b => b.Length));
            if (indices.Length == 0) return Ops.Full(new(table.DType, [bags.Length, table.Shape[1]]), 0L);
            long At(long[] bag, int j) => indices[bag.Length == 0 ? 0 : bag[Math.Min(j, bag.Length - 1)]];
            var rows = Ops.Take(table, 0, Ops.Tensor<long>([.. bags.SelectMany(b => Enumerable.Range(0, longest).Select(j => At(b, j)))], [bags.Length, longest]));
            var best = Ops.ArgMax(rows, 1, keep: true);
            return Ops.Where(Ops.Tensor<bool>([.. bags.Select(b => b.Length > 0)], [bags.Length, 1]), Ops.Squeeze(Ops.Gather(rows, 1, best), 1), Ops.Scalar(0, table.DType));
        }
    }
}
