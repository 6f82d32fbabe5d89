using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Convolutions
    {
        /// <summary>A convolution of sequences, [batch, channels, length] or without the batch.</summary>
        /// <exception cref="RuntimeError">Shapes, element types or settings do not fit.</exception>
        [Torch]
        public static Tensor conv1d(Tensor input, Tensor weight, Tensor? bias = null, Sizes? stride = null, Padding? padding = null, Sizes? dilation = null, int groups = 1) => Convolved(1, input, weight, bias, stride, padding, dilation, groups);

        /// <summary>A convolution of images, [batch, channels, height, width] or without the batch.</summary>
        /// <exception cref="RuntimeError">Shapes, element types or settings do not fit.</exception>
        [Torch]
        public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, Sizes? stride = null, Padding? padding = null, Sizes? dilation = null, int groups = 1) => Convolved(2, input, weight, bias, stride, padding, dilation, groups);

        /// <summary>A convolution of volumes, [batch, channels, depth, height, width] or without the batch.</summary>
        /// <exception cref="RuntimeError">Shapes, element types or settings do not fit.</exception>
        [Torch]
        public static Tensor conv3d(Tensor input, Tensor weight, Tensor? bias = null, Sizes? stride = null, Padding? padding = null, Sizes? dilation = null, int groups = 1) => Convolved(3, input, weight, bias, stride, padding, dilation, groups);

        /// <summary>The transpose of a convolution of sequences: every element is spread over a window.</summary>
        /// <exception cref="RuntimeError">Shapes, element types or settings do not fit.</exception>
        [Torch]
        public static Tensor conv_transpose1d(Tensor input, Tensor weight, Tensor? bias = null, Sizes? stride = null, Sizes? padding = null, Sizes? output_padding = null, int groups = 1, Sizes? dilation = null) => Transposed(1, input, weight, bias, stride, padding, output_padding, groups, dilation);

        /// <summary>The transpose of a convolution of images: every element is spread over a window.</summary>
        /// <exception cref="RuntimeError">Shapes, element types or settings do not fit.</exception>
        [Torch]
        public static Tensor conv_transpose2d(Tensor input, Tensor weight, Tensor? bias = null, Sizes? stride = null, Sizes? padding = null, Sizes? output_padding = null, int groups = 1, Sizes? dilation = null) => Transposed(2, input, weight, bias, stride, padding, output_padding, groups, dilation);

        /// <summary>The transpose of a convolution of volumes: every element is spread over a window.</summary>
        /// <exception cref="RuntimeError">Shapes, element types or settings do not fit.</exception>
        [Torch]
        public static Tensor conv_transpose3d(Tensor input, Tensor weight, Tensor? bias = null, Sizes? stride = null, Sizes? padding = null, Sizes? output_padding = null, int groups = 1, Sizes? dilation = null) => Transposed(3, input, weight, bias, stride, padding, output_padding, groups, dilation);

        private static Tensor Convolved(int n, Tensor input, Tensor weight, Tensor? bias, Sizes? stride, Padding? padding, Sizes? dilation, int groups)
        {
            CheckOperands(n, $"conv{n}d", input, weight, bias, groups);
            if (input.ndim == n + 1) return Convolved(n, input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0);
            var (steps, gaps) = (Spread(stride, 1, n, weight, "stride"), Spread(dilation, 1, n, weight, "dilation"));
            if (padding is { Word: { } word }) (input, padding) = Worded(word, n, input, weight, steps, gaps);
            var pads = Spread(padding?.Sizes, 0, n, weight, "padding");
            CheckSettings(steps, pads, gaps);
            CheckWeight(input, weight, groups);
            CheckConvolution(n, input, weight, bias, pads, gaps, groups);
            return Record("ConvolutionBackward0", Saves.FirstTwo, x => Ops.Convolution(x[0], x[1], x.ElementAtOrDefault(2), steps, pads, gaps, groups), bias is null ? [input, weight] : [input, weight, bias]);
        }

        // What the words stand for. Where both sides differ, the input gets a copy that is longer at its end.
        private static (Tensor, Padding) Worded(string word, int n, Tensor input, Tensor weight, Dims stride, Dims dilation)
        {
            if (word == "valid") return (input, 0);
            if (word != "same") throw new RuntimeError($"Invalid padding string: '{word}'");
            if (stride.Any(s => s != 1)) throw new RuntimeError("padding='same' is not supported for strided convolutions");
            long[] total = [.. Enumerable.Range(0, Math.Min(n, weight.ndim - 2)).Select(k => dilation[k] * (weight.Dims[2 + k] - 1))];
            if (total.Any(t => t % 2 != 0)) input = nn.functional.pad(input, (long[])[.. total.Reverse().SelectMany(t => (long[])[0, t % 2])]);
            return (input, (long[])[.. total.Select(t => t / 2)]);
        }

        private static void CheckOperands(int n, string name, Tensor input, Tensor weight, Tensor? bias, int groups)
        {
            if (bias is not null && bias.dtype != input.dtype) throw new RuntimeError($"Input type ({input.dtype.InC}) and bias type ({bias.dtype.InC}) should be the same");
            if (input.ndim != n + 1 && input.ndim != n + 2) throw new RuntimeError($"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {name}, but got input of size: {input.Dims}");
            if (groups <= 0) throw new RuntimeError("non-positive groups is not supported");
            if (weight.ndim < 3) throw new RuntimeError("weight should have at least three dimensions");
        }

        // A number stands for every dimension of the input; a list must be as long as the weight has.
        private static Dims Spread(Sizes? sizes, long otherwise, int n, Tensor weight, string what)
        {
            var k = weight.ndim - 2;
            var all = sizes is not { IsNone: false } given ? Dims.Repeat(otherwise, n) : given.IsNumber ? Dims.Repeat(given.All[0], n) : Dims.Create(given.All);
            return all.Count == k ? all : all.Count == 1 ? Dims.Repeat(all[0], k)
                : throw new RuntimeError($"expected {what} to be a single integer value or a list of {k} values to match the convolution dimensions, but got {what}={all}");
        }

        private static void CheckSettings(Dims stride, Dims padding, Dims dilation, Dims? further = null)
        {
            if (padding.Any(p => p < 0)) throw new RuntimeError("negative padding is not supported");
            if (further?.Any(p => p < 0) == true) throw new RuntimeError("negative output_padding is not supported");
            if (stride.Any(s => s <= 0)) throw new RuntimeError("non-positive stride is not supported");
            if (dilation.Any(d => d < 0)) throw new RuntimeError("dilation should be greater than zero");
        }

        private static void CheckWeight(Tensor input, Tensor weight, int groups)
        {
            var (x, w) = (input.Dims, weight.Dims);
            if (w.Count != x.Count) throw new RuntimeError($"Expected {w.Count}-dimensional input for {w.Count}-dimensional weight {w}, but got {x.Count}-dimensional input of size {x} instead");
            if (w[0] < groups) throw new RuntimeError($"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size {w} instead");
            if (w[0] % groups != 0) throw new RuntimeError($"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size [{w}] instead");
        }

        private static string Times(IEnumerable<long> sizes) => string.Join(" x ", sizes);

        private static void CheckConvolution(int n, Tensor input, Tensor weight, Tensor? bias, Dims padding, Dims dilation, int groups)
        {
            var (x, w) = (input.Dims, weight.Dims);
            if (x[1] != w[1] * groups) throw new RuntimeError($"Given groups={groups}, weight of size {w}, expected input{x} to have {w[1] * groups} channels, but got {x[1]} channels instead");
            if (bias is not null && (bias.ndim != 1 || bias.numel() != w[0])) throw new RuntimeError($"Given weight of size {w}, expected bias to be 1-dimensional with {w[0]} elements, but got bias of size {bias.Dims} instead");
            var padded = Dims.Build(n, k => x[2 + k] + 2 * padding[k]);
            var kernel = Dims.Build(n, k => dilation[k] * (w[2 + k] - 1) + 1);
            if (Enumerable.Range(0, n).Any(k => padded[k] < kernel[k]))
                throw new RuntimeError($"Calculated padded input size per channel: ({Times(padded)}). Kernel size: ({Times(kernel)}). Kernel size can't be greater than actual input size");
            CheckKernel(n, input, weight, dilation);
            if (input.dtype == @bool) throw new RuntimeError($"\"slow_conv{(n == 3 ? 3 : 2)}d_cpu\" not implemented for 'Bool'");
        }

        private static void CheckKernel(int n, Tensor input, Tensor weight, Dims dilation)
        {
            var w = weight.Dims;
            if (w[2..].Any(k => k <= 0))
                throw new RuntimeError(n == 3 ? $"kernel size should be greater than zero, but got kernel_depth: {w[2]} kernel_height: {w[3]} kernel_width: {w[4]}" : $"kernel size should be greater than zero, but got kernel_height: {(n == 1 ? 1 : w[2])} kernel_width: {w[^1]}");
            if (dilation.Contains(0)) throw new RuntimeError($"dilation should be greater than zero, but got {dilation}");
            if (input.dtype != weight.dtype) throw new RuntimeError($"expected scalar type {input.dtype.TensorType} but found {weight.dtype.TensorType}");
        }

        private static Tensor Transposed(int n, Tensor input, Tensor weight, Tensor? bias, Sizes? stride, Sizes? padding, Sizes? output_padding, int groups, Sizes? dilation)
        {
            CheckOperands(n, $"conv_transpose{n}d", input, weight, bias, groups);
            if (input.ndim == n + 1) return Transposed(n, input.unsqueeze(0), weight, bias, stride, padding, output_padding, groups, dilation).squeeze(0);
            var (steps, pads) = (Spread(stride, 1, n, weight, "stride"), Spread(padding, 0, n, weight, "padding"));
            var (gaps, more) = (Spread(dilation, 1, n, weight, "dilation"), Spread(output_padding, 0, n, weight, "output_padding"));
            CheckSettings(steps, pads, gaps, more);
            CheckWeight(input, weight, groups);
            var (x, w) = (input.Dims, weight.Dims);
            if (x[1] != w[0]) throw new RuntimeError($"Given transposed=1, weight of size {w}, expected input{x} to have {w[0]} channels, but got {x[1]} channels instead");
            if (bias is not null && (bias.ndim != 1 || bias.numel() != w[1] * groups)) throw new RuntimeError($"Given transposed=1, weight of size {w}, expected bias to be 1-dimensional with {w[1] * groups} elements, but got bias of size {bias.Dims} instead");
            CheckKernel(n, input, weight, gaps);
            var size = Dims.Build(n, i => (x[2 + i] - 1) * steps[i] - 2 * pads[i] + gaps[i] * (w[2 + i] - 1) + 1 + more[i]);
            CheckResult(n, x[2..], size, steps, gaps, more);
            if (input.dtype == @bool) throw new RuntimeError($"\"slow_conv_transpose{(n == 3 ? 3 : 2)}d_out_cpu\" not implemented for 'Bool'");
            return Record("ConvolutionBackward0", Saves.FirstTwo, v => Spreading(v[0], v[1], v.ElementAtOrDefault(2), groups, steps, pads, gaps, size), bias is null ? [input, weight] : [input, weight, bias]);
        }

        // PyTorch's kernels know sequences as images of height 1.
        private static void CheckResult(int n, Dims x, Dims size, Dims stride, Dims dilation, Dims more)
        {
            string Named(string what, Dims sizes, long otherwise) => n == 3
                ? $"{what}_depth: {sizes[0]} {what}_height: {sizes[1]} {what}_width: {sizes[2]}"
                : $"{what}_height: {(n == 1 ? otherwise : sizes[0])} {what}_width: {sizes[^1]}";
            if (Enumerable.Range(0, n).Any(k => more[k] >= stride[k] && more[k] >= dilation[k]))
                throw new RuntimeError($"output padding must be smaller than either stride or dilation, but got {Named("output_padding", more, 0)} {Named("stride", stride, 1)} {Named("dilation", dilation, 1)}");
            Dims Wide(Dims sizes) => n == 1 ? [1, .. sizes] : sizes;
            if (size.Any(s => s < 1)) throw new RuntimeError($"Given input size per channel: ({Times(Wide(x))}). Calculated output size per channel: ({Times(Wide(size))}). Output size is too small");
        }

        // The products of elements and kernels, each added where its window lies.
        private static Node Spreading(Node x, Node weight, Node? bias, int groups, Dims stride, Dims padding, Dims dilation, Dims size)
        {
            var (n, batch, places, kernel) = (size.Count, x.Shape[0], x.Shape[2..], weight.Shape[2..]);
            var (inner, outer) = (x.Shape[1] / groups, weight.Shape[1]);
            var rows = Ops.Reshape(Ops.Permute(Ops.Reshape(x, [batch, groups, inner, places.Product]), [1, 0, 3, 2]), [groups, batch * places.Product, inner]);
            var product = Ops.MatMul(rows, Ops.Reshape(weight, [groups, inner, outer * kernel.Product]));
            var split = Ops.Reshape(product, [groups, batch, places.Product, outer, kernel.Product]);
            var y = Ops.Reshape(Ops.Permute(split, [1, 0, 3, 2, 4]), [batch, groups * outer, .. places, .. kernel]);
            y = Joined(y, n, Dims.Build(n, k => (places[k] - 1) * stride[k] + dilation[k] * (kernel[k] - 1) + 1), stride, dilation);
            // Beyond the windows there is nothing but what was asked for.
            Dims rest = Dims.Build(n, k => Math.Max(0, padding[k] + size[k] - y.Shape[2 + k]));
            y = Ops.Slice(Ops.Pad(y, Dims.Repeat(0, n + 2), [0, 0, .. rest]), [0, 0, .. padding], [batch, groups * outer, .. size]);
            return bias is null ? y : y + Ops.Reshape(bias, [groups * outer, .. Dims.Repeat(1, n)]);
        }

        // Windows' own axes come last, that of the last axis at the end.
        private static Node Joined(Node y, int n, Dims size, Dims stride, Dims dilation)
        {
            for (var k = n - 1; k >= 0; k--) y = Ops.Make(new Fold(new Primitives.Windows(2 + k, y.Shape[^1], stride[k], dilation[k]), size[k]), y);
            return y;
        }

        /// <summary>The elements of all windows of images, as columns.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor unfold(Tensor input, Sizes kernel_size, Sizes? dilation = null, Sizes? padding = null, Sizes? stride = null)
        {
            var (kernel, gaps, pads, steps) = Blocks(kernel_size, dilation, padding, stride);
            var x = input.Dims;
            if (input.ndim is not (3 or 4) || x[^3..].Contains(0)) Wrap(2, input.ndim);
            if (input.ndim is not (3 or 4) || x[^3..].Contains(0)) throw new RuntimeError($"Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {x}");
            var count = Dims.Build(2, k => FloorDiv(x[^(2 - k)] + 2 * pads[k] - gaps[k] * (kernel[k] - 1) - 1, steps[k]) + 1);
            if (count[0] < 1 || count[1] < 1)
                throw new RuntimeError($"Given input with spatial size {Pair(x[^2..])}, kernel_size={Pair(kernel)}, dilation={Pair(gaps)}, padding={Pair(pads)}, calculated shape of the array of sliding blocks as {Pair(count)}, but its components must be at least one.");
            return Record("Im2ColBackward0", Saves.None, v => Alone(v, v.Type.Rank == 3, b =>
            {
                b = Ops.Pad(b, [0, 0, .. pads], [0, 0, .. pads]);
                for (var k = 0; k < 2; k++) b = Ops.Make(new Primitives.Windows(2 + k, kernel[k], steps[k], gaps[k]), b);
                return Ops.Reshape(Ops.Permute(b, [0, 1, 4, 5, 2, 3]), [b.Shape[0], b.Shape[1] * kernel.Product, count.Product]);
            }), input);
        }

        /// <summary>Images from columns: every window's elements are added where it lies.</summary>
        /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
        [Torch]
        public static Tensor fold(Tensor input, Sizes output_size, Sizes kernel_size, Sizes? dilation = null, Sizes? padding = null, Sizes? stride = null)
        {
            var (kernel, gaps, pads, steps) = Blocks(kernel_size, dilation, padding, stride);
            var (x, size) = (input.Dims, Two(output_size, 0, "output_size"));
            if (input.ndim is not (2 or 3) || x[^2..].Contains(0)) throw new RuntimeError($"Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: {x}");
            var d = input.ndim - 2;
            if (x[d] % kernel.Product != 0) throw new RuntimeError($"Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)={x[d]} and kernel_size={Pair(kernel)}.");
            var count = Dims.Build(2, k => FloorDiv(size[k] + 2 * pads[k] - gaps[k] * (kernel[k] - 1) - 1, steps[k]) + 1);
            var given = $"Given output_size={Pair(size)}, kernel_size={Pair(kernel)}, dilation={Pair(gaps)}, padding={Pair(pads)}, stride={Pair(steps)}, ";
            if (x[d + 1] != count.Product) throw new RuntimeError($"{given}expected size of input's dimension 2 to match the calculated number of sliding blocks {count[0]} * {count[1]} = {count.Product}, but got input.size(2)={x[d + 1]}.");
            if (count[0] < 1 || count[1] < 1) throw new RuntimeError($"{given}expected input.size(-1) to be positive, but the calculated shape of the array of sliding blocks is {Pair(count)}");
            return Record("Col2ImBackward0", Saves.None, v => Alone(v, v.Type.Rank == 2, b =>
            {
                var blocks = Ops.Permute(Ops.Reshape(b, [b.Shape[0], b.Shape[1] / kernel.Product, .. kernel, .. count]), [0, 1, 4, 5, 2, 3]);
                var whole = Joined(blocks, 2, Dims.Build(2, k => size[k] + 2 * pads[k]), steps, gaps);
                return Ops.Slice(whole, [0, 0, .. pads], [whole.Shape[0], whole.Shape[1], .. size]);
            }), input);
        }

        private static long FloorDiv(long a, long b) => (long)Math.Floor((double)a / b);

        private static string Pair(Dims sizes) => $"({string.Join(", ", sizes)})";

        private static Dims Two(Sizes? sizes, long otherwise, string what) => sizes is not { IsNone: false } given ? [otherwise, otherwise]
            : given.All.Length is 1 or 2 ? Dims.Create(given.Each(2)) : throw new RuntimeError($"It is expected {what} equals to 2, but got size {given.All.Length}");

        private static (Dims Kernel, Dims Dilation, Dims Padding, Dims Stride) Blocks(Sizes kernel_size, Sizes? dilation, Sizes? padding, Sizes? stride)
        {
            var (kernel, gaps, pads, steps) = (Two(kernel_size, 0, "kernel_size"), Two(dilation, 1, "dilation"), Two(padding, 0, "padding"), Two(stride, 1, "stride"));
            if (kernel.Any(k => k <= 0)) throw new RuntimeError($"kernel size should be greater than zero, but got kernel_height: {kernel[0]} kernel_width: {kernel[1]}");
            if (gaps.Any(k => k <= 0)) throw new RuntimeError($"dilation should be greater than zero, but got dilation_height: {gaps[0]} dilation_width: {gaps[1]}");
            if (pads.Any(k => k < 0)) throw new RuntimeError($"padding should be non-negative, but got pad_height: {pads[0]} pad_width: {pads[1]}");
            if (steps.Any(k => k <= 0)) throw new RuntimeError($"stride should be greater than zero, but got stride_height: {steps[0]} stride_width: {steps[1]}");
            return (kernel, gaps, pads, steps);
        }
    }

    // What works on a batch, of one that stands alone.
    private static Node Alone(Node x, bool alone, Func<Node, Node> f) => alone ? Ops.Squeeze(f(Ops.Unsqueeze(x, 0)), 0) : f(x);
}
