namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Images
    {
        /// <summary>Adds elements before and after the last dimensions, from the last on; mode may be "constant", "reflect", "replicate" or "circular", and a negative number takes away.</summary>
        /// <exception cref="RuntimeError">The numbers do not fit the shape, or a value is given that the mode has no use for.</exception>
        /// <exception cref="NotImplementedError">Another mode, or another rank than the mode takes.</exception>
        [Torch]
        public static Tensor pad(Tensor input, Sizes pad, string mode = "constant", double? value = null)
        {
            var (sizes, n, rank) = (pad.All, pad.All.Length / 2, input.ndim);
            if (sizes.Length % 2 != 0) throw new RuntimeError("Padding length must be divisible by 2");
            if (n > rank) throw new RuntimeError($"Padding length should be less than or equal to two times the input dimension but got padding length {sizes.Length} and input of dimension {rank}");
            Dims Sides(int side) => Dims.Build(rank, k => rank - 1 - k < n ? sizes[2 * (rank - 1 - k) + side] : 0);
            var (before, after) = (Sides(0), Sides(1));
            if (mode == "constant") return Record("ConstantPadNdBackward0", Saves.None, x => Constant(x, before, after, value ?? 0), input);
            if (value is not null and not 0) throw new RuntimeError($"Padding mode \"{mode}\" doesn't take in value argument");
            if (n is < 1 or > 3 || (rank != n + 1 && rank != n + 2)) throw new NotImplementedError("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
            return mode switch
            {
                "reflect" => Record($"ReflectionPad{n}DBackward0", Saves.Self | Saves.Formula, x => Along(x, Inside(x.Shape, n, before, after), before, after, (j, size) => j < 0 ? -j : j >= size ? 2 * (size - 1) - j : j), input),
                "replicate" => Record($"ReplicationPad{n}DBackward0", Saves.Self | Saves.Formula, x => Along(x, n, before, after, (j, size) => Math.Clamp(j, 0, size - 1)), input),
                "circular" => Circular(input, n, before, after),
                _ => throw new NotImplementedError($"Unrecognised padding mode {mode}"),
            };
        }

        private static Node Constant(Node x, Dims before, Dims after, double value)
        {
            var rank = x.Type.Rank;
            var rest = Dims.Build(rank, k => x.Shape[k] + Math.Min(0, before[k]) + Math.Min(0, after[k]));
            if (rest.Any(n => n < 0)) throw new RuntimeError("narrow(): length must be non-negative.");
            x = Ops.Slice(x, Dims.Build(rank, k => Math.Max(0, -before[k])), rest);
            var padded = Ops.Pad(x, Dims.Build(rank, k => Math.Max(0, before[k])), Dims.Build(rank, k => Math.Max(0, after[k])), x.DType.IsFloat || x.DType == DType.Bool ? value : Math.Truncate(value));
            return padded is var y && y.DType == x.DType ? Copied(y) : Ops.Cast(y, x.DType);
        }

        private static int Inside(Dims shape, int n, Dims before, Dims after)
        {
            for (var k = 0; k < n; k++)
                if (shape.Count - 1 - k is var d && (before[d] >= shape[d] || after[d] >= shape[d]))
                    throw new RuntimeError($"Argument #{4 + 2 * k}: Padding size should be less than the corresponding input dimension, but got: padding ({before[d]}, {after[d]}) at dimension {d} of input {shape}");
            return n;
        }

        // Every element from a place within.
        private static Node Along(Node x, int n, Dims before, Dims after, Func<long, long, long> place)
        {
            for (var d = x.Type.Rank - n; d < x.Type.Rank; d++)
            {
                var (size, first) = (x.Shape[d], before[d]);
                var count = size + first + after[d];
                if (count < 1 || size == 0) throw new RuntimeError($"input (W: {size}) is too small. Calculated output W: {count}");
                x = Ops.Take(x, d, Ops.Tensor<long>([.. Enumerable.Range(0, (int)count).Select(i => place(i - first, size))]));
            }
            return x;
        }

        private static Tensor Circular(Tensor input, int n, Dims before, Dims after)
        {
            var (shape, rank) = (input.Dims, input.ndim);
            for (var d = rank - n; d < rank; d++)
            {
                if (before[d] > shape[d] || after[d] > shape[d]) throw new RuntimeError("Padding value causes wrapping around more than once.");
                if (shape[d] + before[d] + after[d] < 0) throw new RuntimeError("Negative padding value is resulting in an empty dimension");
            }
            var result = zeros([.. Dims.Build(rank, k => shape[k] + before[k] + after[k])], input.dtype);
            var (place, source) = (result, input);
            for (var d = rank - n; d < rank; d++)
            {
                var length = shape[d] + Math.Min(0, before[d]) + Math.Min(0, after[d]);
                (place, source) = (place.narrow(d, Math.Max(0, before[d]), length), source.narrow(d, Math.Max(0, -before[d]), length));
            }
            place.copy_(source);
            for (var d = rank - 1; d >= rank - n; d--)
            {
                var (first, last, size) = (before[d], after[d], result.Dims[d]);
                if (first > 0) result.narrow(d, 0, first).copy_(result.narrow(d, size - first - Math.Max(0, last), first));
                if (last > 0) result.narrow(d, size - last, last).copy_(result.narrow(d, Math.Max(0, first), last));
            }
            return result;
        }

        /// <summary>Spreads r² channels over r·r pixels.</summary>
        /// <exception cref="RuntimeError">The shape does not fit.</exception>
        [Torch]
        public static Tensor pixel_shuffle(Tensor input, long upscale_factor)
        {
            CheckImage("pixel_shuffle", input);
            var r = upscale_factor;
            if (r <= 0) throw new RuntimeError($"pixel_shuffle expects a positive upscale_factor, but got {r}");
            var (c, h, w) = (input.Dims[^3], input.Dims[^2], input.Dims[^1]);
            if (r > c || c % (r * r) != 0) throw new RuntimeError($"pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)={c} is not divisible by {r * r}");
            return Record("PixelShuffleBackward0", Saves.None, x => Rearranged(x, [c / (r * r), r, r, h, w], [0, 3, 1, 4, 2], [c / (r * r), h * r, w * r]), input);
        }

        /// <summary>Gathers r·r pixels in r² channels.</summary>
        /// <exception cref="RuntimeError">The shape does not fit.</exception>
        [Torch]
        public static Tensor pixel_unshuffle(Tensor input, long downscale_factor)
        {
            CheckImage("pixel_unshuffle", input);
            var r = downscale_factor;
            if (r <= 0) throw new RuntimeError($"pixel_unshuffle expects a positive downscale_factor, but got {r}");
            var (c, h, w) = (input.Dims[^3], input.Dims[^2], input.Dims[^1]);
            if (h % r != 0) throw new RuntimeError($"pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)={h} is not divisible by {r}");
            if (w % r != 0) throw new RuntimeError($"pixel_unshuffle expects width to be divisible by downscale_factor, but input.size(-1)={w} is not divisible by {r}");
            return Record("PixelUnshuffleBackward0", Saves.None, x => Rearranged(x, [c, h / r, r, w / r, r], [0, 2, 4, 1, 3], [c * r * r, h / r, w / r]), input);
        }

        /// <summary>Takes channels from so many groups in turn.</summary>
        /// <exception cref="RuntimeError">The shape does not fit.</exception>
        [Torch]
        public static Tensor channel_shuffle(Tensor input, long groups)
        {
            if (input.ndim < 3) throw new RuntimeError($"channel_shuffle expects input with > 2 dims, but got input with sizes {input.Dims}");
            if (groups <= 0) throw new RuntimeError($"Number of groups to divide channels in must be positive. Value of groups:{groups}");
            var (c, rest) = (input.Dims[1], input.Dims[2..]);
            if (c % groups != 0) throw new RuntimeError($"Number of channels must be divisible by groups. Got {c} channels and {groups} groups.");
            return Record("ChannelShuffleBackward0", Saves.None, x => Ops.Reshape(Ops.SwapAxes(Ops.Reshape(x, [x.Shape[0], groups, c / groups, rest.Product]), 1, 2), x.Shape), input);
        }

        private static void CheckImage(string name, Tensor input)
        {
            if (input.ndim < 3) throw new RuntimeError($"{name} expects input to have at least 3 dimensions, but got input with {input.ndim} dimension(s)");
        }

        private static Node Rearranged(Node x, Dims split, Dims order, Dims joined)
        {
            var batch = x.Shape[..^3];
            var n = batch.Count;
            return Ops.Reshape(Ops.Permute(Ops.Reshape(x, [.. batch, .. split]), [.. Dims.Range(n), .. order.Select(k => k + n)]), [.. batch, .. joined]);
        }
    }
}
