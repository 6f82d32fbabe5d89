namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Pools
    {
        /// <summary>The largest element of each window of sequences.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor max_pool1d(Tensor input, Sizes kernel_size, Sizes? stride = null, Sizes? padding = null, Sizes? dilation = null, bool ceil_mode = false)
        {
            var (x, f) = Line(input, kernel_size, stride, padding, dilation, ceil_mode);
            return Largest(x, f).squeeze(-2);
        }

        /// <summary>The largest element of each window of sequences, and where it is.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static ValuesAndIndices max_pool1d_with_indices(Tensor input, Sizes kernel_size, Sizes? stride = null, Sizes? padding = null, Sizes? dilation = null, bool ceil_mode = false)
        {
            var (x, f) = Line(input, kernel_size, stride, padding, dilation, ceil_mode);
            var found = LargestAndWhere(x, f);
            return found with { values = found.values.squeeze(-2), indices = found.indices.squeeze(-2) };
        }

        /// <summary>The largest element of each window of images.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor max_pool2d(Tensor input, Sizes kernel_size, Sizes? stride = null, Sizes? padding = null, Sizes? dilation = null, bool ceil_mode = false) => Largest(input, Frame.Of("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode));

        /// <summary>The largest element of each window of images, and where it is.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static ValuesAndIndices max_pool2d_with_indices(Tensor input, Sizes kernel_size, Sizes? stride = null, Sizes? padding = null, Sizes? dilation = null, bool ceil_mode = false) => LargestAndWhere(input, Frame.Of("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode));

        /// <summary>The largest element of each window of volumes.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor max_pool3d(Tensor input, Sizes kernel_size, Sizes? stride = null, Sizes? padding = null, Sizes? dilation = null, bool ceil_mode = false) => Largest(input, Frame.Of("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode));

        /// <summary>The largest element of each window of volumes, and where it is.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static ValuesAndIndices max_pool3d_with_indices(Tensor input, Sizes kernel_size, Sizes? stride = null, Sizes? padding = null, Sizes? dilation = null, bool ceil_mode = false) => LargestAndWhere(input, Frame.Of("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode));

        // Sequences are images of height 1.
        private static (Tensor, Frame) Line(Tensor input, Sizes kernel_size, Sizes? stride, Sizes? padding, Sizes? dilation, bool ceil)
        {
            long One(Sizes? sizes, long otherwise) => sizes is { IsNone: false, All.Length: > 0 } given ? given.All.Length == 1 ? given.All[0]
                : throw new RuntimeError($"max_pool1d() expects one number for each setting, but got {given.All.Length}") : otherwise;
            var kernel = One(kernel_size, 0);
            var (step, pad, gap) = (One(stride, kernel), One(padding, 0), One(dilation, 1));
            if (input.ndim is not (2 or 3) || input.Dims[^2..].Contains(0)) throw new RuntimeError($"max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:{input.Dims}");
            if (kernel <= 0) throw new RuntimeError($"max_pool1d() kernel_size must be greater than zero, but got {kernel}");
            if (step <= 0) throw new RuntimeError($"max_pool1d() stride must be greater than zero, but got {step}");
            if (pad < 0) throw new RuntimeError($"max_pool1d() padding must be non-negative, but got {pad}");
            if (pad > kernel / 2) throw new RuntimeError($"max_pool1d() padding should be at most half of kernel size, but got padding={pad} and kernel_size={kernel}");
            if (gap <= 0) throw new RuntimeError($"max_pool1d() dilation must be greater than zero, but got {gap}");
            var count = Frame.Count(input.Dims[^1], kernel, step, pad, gap, ceil);
            if (count <= 0) throw new RuntimeError($"max_pool1d() Invalid computed output size: {count}");
            Takes(input.Node, "max_pool1d_impl", whole: false);
            return (input.unsqueeze(-2), new([1, kernel], [1, step], [0, pad], [1, gap], [1, count]));
        }

        private static Tensor Largest(Tensor input, Frame f)
        {
            if (input.dtype == @bool) throw new RuntimeError($"\"max_pool{f.Rank}d\" not implemented for 'Bool'");
            return Record($"MaxPool{f.Rank}DWithIndicesBackward0", Saves.Self | Saves.Formula, x => Alone(x, x.Type.Rank == f.Rank + 1, b => Best(b, f).Values), input);
        }

        private static ValuesAndIndices LargestAndWhere(Tensor input, Frame f)
        {
            var alone = input.ndim == f.Rank + 1;
            var indices = new Tensor(Guard(() => Alone(input.Node, alone, b => Best(b, f).Indices)));
            return new(Largest(input, f), indices) { Name = $"max_pool{f.Rank}d_with_indices" };
        }

        // The first of equals takes the derivative, and padding none.
        private static (Node Values, Node Indices) Best(Node x, Frame f)
        {
            var (n, plane) = (f.Rank, x.Shape[2..]);
            Node Flat(Node of) => f.Windows(of) is var w ? Ops.Reshape(w, [.. w.Shape[..^n], f.Kernel.Product]) : of;
            var flat = Flat(x);
            var best = Ops.ArgMax(flat, -1, keep: true);
            if (f.IsPadded(plane))
            {
                // Where padding is the first of the largest, all are equal: the first that is none.
                var real = Flat(Ops.Full(new TensorType(DType.Bool, [1, 1, .. plane]), 1));
                flat = Ops.Where(real, flat, Least(x.DType));
                best = Ops.ArgMax(flat, -1, keep: true);
                best = Ops.Where(Ops.Gather(Ops.Broadcast(real, flat.Shape), -1, best), best, Ops.ArgMax(real, -1, keep: true));
            }
            Node Picked(Node of) => Ops.Squeeze(Ops.Gather(of, -1, best), -1);
            return (Picked(flat), Picked(Ops.Broadcast(Flat(Ops.Reshape(Ops.Arange(plane.Product), [1, 1, .. plane])), flat.Shape)));
        }

        private static Node Least(DType type) => type.IsFloat ? Ops.Scalar(double.NegativeInfinity, type) : Ops.Scalar(type == DType.UInt8 ? 0 : long.MinValue >> (64 - 8 * type.Size), type);

        /// <summary>The mean of each window of sequences.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor avg_pool1d(Tensor input, Sizes kernel_size, Sizes? stride = null, Sizes? padding = null, bool ceil_mode = false, bool count_include_pad = true)
        {
            CheckLine("avg_pool1d", input);
            Sizes? High(Sizes? sizes, long otherwise) => sizes is { IsNone: false, All: [var only] } ? (otherwise, only) : sizes;
            return avg_pool2d(input.unsqueeze(-2), High(kernel_size, 1)!.Value, High(stride, 1), High(padding, 0), ceil_mode, count_include_pad).squeeze(-2);
        }

        private static void CheckLine(string name, Tensor input)
        {
            if (input.ndim is not (2 or 3)) throw new RuntimeError($"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 'self' (while checking arguments for {name})");
        }

        /// <summary>The mean of each window of images.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor avg_pool2d(Tensor input, Sizes kernel_size, Sizes? stride = null, Sizes? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
            Mean(input, "avg_pool2d", 2, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

        /// <summary>The mean of each window of volumes.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor avg_pool3d(Tensor input, Sizes kernel_size, Sizes? stride = null, Sizes? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
            Mean(input, "avg_pool3d", 3, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

        private static Tensor Mean(Tensor input, string name, int n, Sizes kernel_size, Sizes? stride, Sizes? padding, bool ceil, bool includePadding, long? divisor)
        {
            if (divisor == 0) throw new RuntimeError("divisor must be not zero");
            var f = Frame.Of(name, n, input, kernel_size, stride, padding, null, ceil);
            if (input.Node.DType != DType.Int64) Takes(input.Node, name == "avg_pool2d" ? name : "avg_pool3d_out_frame", whole: false);
            return Record($"AvgPool{n}DBackward0", Saves.Self | Saves.Formula, x => Alone(x, x.Type.Rank == n + 1, b =>
            {
                var sum = Ops.Sum(f.Windows(b), Dims.Build(n, k => 2 + n + k));
                var count = divisor is { } d ? Ops.Scalar(d, DType.Float64) : f.Counts(b.Shape[2..], includePadding);
                return Ops.Cast(b.DType.IsFloat ? sum / Ops.Cast(count, b.DType) : sum / count, b.DType);
            }), input);
        }

        /// <summary>The power mean of each window of sequences, times the size of the window's root.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor lp_pool1d(Tensor input, double norm_type, Sizes kernel_size, Sizes? stride = null, bool ceil_mode = false) =>
            Rooted(avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), kernel_size.Each(1)[0], norm_type);

        /// <summary>The power mean of each window of images, times the size of the window's root.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor lp_pool2d(Tensor input, double norm_type, Sizes kernel_size, Sizes? stride = null, bool ceil_mode = false) =>
            Rooted(avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), Dims.Create(kernel_size.Each(2)).Product, norm_type);

        /// <summary>The p-norm of each window of volumes, of the sum of powers' positive part.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor lp_pool3d(Tensor input, double norm_type, Sizes kernel_size, Sizes? stride = null, bool ceil_mode = false) =>
            Rooted(avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), Dims.Create(kernel_size.Each(3)).Product, norm_type);

        private static Tensor Rooted(Tensor mean, long count, double p) => (mean.sign() * mean.abs().relu()).mul(count).pow(1 / p);
    }

    /// <summary>Windows over the last dimensions of a batch of channels.</summary>
    private sealed record Frame(Dims Kernel, Dims Stride, Dims Padding, Dims Dilation, Dims Counted)
    {
        public int Rank => Kernel.Count;

        public static long Count(long size, long kernel, long stride, long padding, long dilation, bool ceil)
        {
            var count = (long)Math.Floor((size + 2 * padding - dilation * (kernel - 1) - 1 + (ceil ? stride - 1 : 0)) / (double)stride) + 1;
            // No window begins in the padding at the end.
            return ceil && (count - 1) * stride >= size + padding ? count - 1 : count;
        }

        /// <summary>The windows, after the checks of PyTorch's pools.</summary>
        public static Frame Of(string name, int n, Tensor input, Sizes kernel_size, Sizes? stride, Sizes? padding, Sizes? dilation, bool ceil)
        {
            var tuple = n == 2 ? "two ints" : "three ints";
            Dims Each(Sizes sizes, string what) => sizes.All.Length == 1 || sizes.All.Length == n ? Dims.Create(sizes.Each(n)) : throw new RuntimeError($"{name}: {what} a single int, or a tuple of {tuple}");
            var kernel = Each(kernel_size, "kernel_size must either be");
            var step = stride is { All.Length: > 0 } given ? Each(given, "stride must either be omitted,") : kernel;
            var pad = Each(padding is { IsNone: false } p ? p : 0, "padding must either be");
            var gap = Each(dilation is { IsNone: false } d ? d : 1, "dilation must be either");
            var ranks = $"{n + 1}D or {n + 2}D (batch mode) tensor";
            if (name == "max_pool2d" && input.ndim is not (3 or 4)) throw new RuntimeError($"non-empty {ranks} expected for input");
            if (n == 3 && input.ndim is not (4 or 5)) throw new RuntimeError($"non-empty {ranks} expected for input");
            Wrap(-n - 1, input.ndim);
            CheckEach(n, kernel, step, pad, gap);
            if (n == 3 && Enumerable.Range(input.ndim - 4, 4).FirstOrDefault(k => input.Dims[k] == 0, -1) is >= 0 and var empty)
                throw new RuntimeError($"{(name == "avg_pool3d" ? name : "max_pool3d_with_indices_out_cpu_template")}(): Expected input's non-batch dimensions to have positive length, but input has a shape of {input.Dims} and non-batch dimension {empty - input.ndim + 3} has length zero!");
            if ((input.ndim != n + 1 && input.ndim != n + 2) || input.Dims[^(n + 1)..].Contains(0)) throw new RuntimeError($"Expected {ranks} with optional 0 dim batch size for input, but got:{input.Dims}");
            var x = input.Dims[^n..];
            var frame = new Frame(kernel, step, pad, gap, Dims.Build(n, k => Count(x[k], kernel[k], step[k], pad[k], gap[k], ceil)));
            if (name == "avg_pool3d" && Enumerable.Range(0, 3).Any(k => x[k] + 2 * pad[k] < kernel[k])) throw new RuntimeError($"input image (T: {x[0]} H: {x[1]} W: {x[2]}) smaller than kernel size (kT: {kernel[0]} kH: {kernel[1]} kW: {kernel[2]})");
            if (frame.Counted.Any(c => c < 1)) throw new RuntimeError($"Given input size: ({string.Join("x", input.Dims[^(n + 1)..])}). Calculated output size: ({input.Dims[^(n + 1)]}x{string.Join("x", frame.Counted)}). Output size is too small");
            return frame;
        }

        private static void CheckEach(int n, Dims kernel, Dims step, Dims pad, Dims gap)
        {
            string Named(string what, Dims of) => n == 2 ? $"{what}H: {of[0]} {what}W: {of[1]}" : $"{what}T: {of[0]} {what}H: {of[1]} {what}W: {of[2]}";
            for (var k = 0; k < n; k++)
            {
                if (step[k] == 0) throw new RuntimeError("stride should not be zero");
                if (pad[k] < 0) throw new RuntimeError($"pad must be non-negative, but got pad: {pad[k]}");
                if (pad[k] > ((kernel[k] - 1) * gap[k] + 1) / 2) throw new RuntimeError($"pad should be at most half of effective kernel size, but got pad={pad[k]}, kernel_size={kernel[k]} and dilation={gap[k]}");
            }
            if (kernel.Any(k => k <= 0)) throw new RuntimeError($"kernel size should be greater than zero, but got {Named("k", kernel)}");
            if (step.Any(s => s <= 0)) throw new RuntimeError($"stride should be greater than zero, but got {Named("d", step)}");
            if (gap.Any(s => s <= 0)) throw new RuntimeError($"dilation should be greater than zero, but got {Named("dilation", gap)}");
        }

        private long After(Dims plane, int k) => Math.Max(0, (Counted[k] - 1) * Stride[k] + Dilation[k] * (Kernel[k] - 1) + 1 - plane[k] - Padding[k]);

        public bool IsPadded(Dims plane) => Enumerable.Range(0, Rank).Any(k => Padding[k] > 0 || After(plane, k) > 0);

        /// <summary>The elements of every window, in as many last dimensions; zeros where there is none.</summary>
        public Node Windows(Node x)
        {
            var plane = x.Shape[2..];
            x = Ops.Pad(x, [0, 0, .. Padding], [0, 0, .. Dims.Build(Rank, k => After(plane, k))]);
            for (var k = 0; k < Rank; k++) x = Ops.Make(new Primitives.Windows(2 + k, Kernel[k], Stride[k], Dilation[k]), x);
            return x;
        }

        /// <summary>How many elements every window has, with those of the padding or without.</summary>
        public Node Counts(Dims plane, bool includePadding)
        {
            var count = Ops.Scalar(1, DType.Float64);
            for (var k = 0; k < Rank; k++)
            {
                var (first, last) = includePadding ? (-Padding[k], plane[k] + Padding[k]) : (0, plane[k]);
                double[] along = [.. Enumerable.Range(0, (int)Counted[k]).Select(i => i * Stride[k] - Padding[k]).Select(start => (double)(Math.Min(start + Kernel[k], last) - Math.Max(start, first)))];
                count *= Array.TrueForAll(along, c => c == along[0]) ? Ops.Scalar(along[0], DType.Float64) : Ops.Tensor<double>(along, Dims.Repeat(1, Rank).With(k, along.Length));
            }
            return count;
        }
    }
}
