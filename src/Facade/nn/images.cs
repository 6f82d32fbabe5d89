namespace Functional.Autograd;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>A convolution of images. https://pytorch.org/docs/2.6/generated/torch.nn.functional.conv2d.html</summary>
            /// <param name="input">[batch, channels, height, width], or without the batch.</param>
            /// <param name="weight">[outputs, channels / groups, height, width].</param>
            /// <param name="bias">[outputs], or none.</param>
            /// <param name="stride">The distance between windows; one number stands for both dimensions.</param>
            /// <param name="padding">Zeros on both sides.</param>
            /// <param name="dilation">The distance between elements of the kernel.</param>
            /// <param name="groups">How many groups the channels fall into.</param>
            /// <exception cref="RuntimeError">Shapes, element types or settings do not fit.</exception>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? dilation = null, int groups = 1)
            {
                if (bias is not null && bias.dtype != input.dtype) throw new RuntimeError($"Input type ({Tensor.ShortName(input)}) and bias type ({Tensor.ShortName(bias)}) should be the same");
                if (input.ndim == 3) return conv2d(input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0);
                if (input.ndim != 4) throw new RuntimeError($"Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: {input.Dims}");
                if (groups <= 0) throw new RuntimeError("non-positive groups is not supported");
                if (weight.ndim < 3) throw new RuntimeError("weight should have at least three dimensions");
                var n = weight.ndim - 2;
                var (steps, pads, gaps) = (Spread(stride ?? [1, 1], n, "stride"), Spread(padding ?? [0, 0], n, "padding"), Spread(dilation ?? [1, 1], n, "dilation"));
                CheckConvolution(input, weight, bias, steps, pads, gaps, groups);
                Tensor[] operands = bias is null ? [input, weight] : [input, weight, bias];
                return Record("ConvolutionBackward0", Saves.FirstTwo, x => Ops.Convolution(x[0], x[1], x.ElementAtOrDefault(2), steps, pads, gaps, groups), operands);
            }

            private static Dims Spread(long[] sizes, int n, string what) => sizes.Length == 1 ? Dims.Repeat(sizes[0], n) : sizes.Length == n ? Dims.Create(sizes)
                : throw new RuntimeError($"expected {what} to be a single integer value or a list of {n} values to match the convolution dimensions, but got {what}={Dims.Create(sizes)}");

            private static void CheckConvolution(Tensor input, Tensor weight, Tensor? bias, Dims stride, Dims padding, Dims dilation, int groups)
            {
                var (x, w) = (input.Dims, weight.Dims);
                if (padding.Any(p => p < 0)) throw new RuntimeError("negative padding is not supported");
                if (stride.Any(s => s <= 0)) throw new RuntimeError("non-positive stride is not supported");
                if (dilation.Any(d => d < 0)) throw new RuntimeError("dilation should be greater than zero");
                if (w.Count != x.Count) throw new RuntimeError($"Expected {w.Count}-dimensional input for {w.Count}-dimensional weight {w}, but got {x.Count}-dimensional input of size {x} instead");
                if (w[0] < groups) throw new RuntimeError($"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size {w} instead");
                if (w[0] % groups != 0) throw new RuntimeError($"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size [{w}] instead");
                if (x[1] != w[1] * groups) throw new RuntimeError($"Given groups={groups}, weight of size {w}, expected input{x} to have {w[1] * groups} channels, but got {x[1]} channels instead");
                if (bias is not null && (bias.ndim != 1 || bias.numel() != w[0])) throw new RuntimeError($"Given weight of size {w}, expected bias to be 1-dimensional with {w[0]} elements, but got bias of size {bias.Dims} instead");
                var padded = Dims.Build(2, k => x[2 + k] + 2 * padding[k]);
                var kernel = Dims.Build(2, k => dilation[k] * (w[2 + k] - 1) + 1);
                if (padded[0] < kernel[0] || padded[1] < kernel[1])
                    throw new RuntimeError($"Calculated padded input size per channel: ({padded[0]} x {padded[1]}). Kernel size: ({kernel[0]} x {kernel[1]}). Kernel size can't be greater than actual input size");
                if (w[2] <= 0 || w[3] <= 0) throw new RuntimeError($"kernel size should be greater than zero, but got kernel_height: {w[2]} kernel_width: {w[3]}");
                if (dilation.Contains(0)) throw new RuntimeError($"dilation should be greater than zero, but got {dilation}");
                if (input.dtype != weight.dtype) throw new RuntimeError($"expected scalar type {input.dtype.TensorType} but found {weight.dtype.TensorType}");
                if (input.dtype == @bool) throw new RuntimeError("\"slow_conv2d_cpu\" not implemented for 'Bool'");
            }

            /// <summary>The largest element of each window. https://pytorch.org/docs/2.6/generated/torch.nn.functional.max_pool2d.html</summary>
            /// <param name="input">[batch, channels, height, width], or without the batch.</param>
            /// <param name="kernel_size">The window; one number stands for both dimensions.</param>
            /// <param name="stride">The distance between windows; the window when left out or empty.</param>
            /// <param name="padding">Elements on both sides that are never the largest.</param>
            /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null)
            {
                if (input.dtype == @bool) throw new RuntimeError("\"max_pool2d\" not implemented for 'Bool'");
                var (kernel, step, pad) = Windows("max_pool2d", input, kernel_size, stride, padding);
                return Record("MaxPool2DWithIndicesBackward0", Saves.Self | Saves.Formula, x => Batched(x, b => Ops.MaxPool(b, kernel, step, pad)), input);
            }

            /// <summary>The mean of each window, padding included. https://pytorch.org/docs/2.6/generated/torch.nn.functional.avg_pool2d.html</summary>
            /// <param name="input">[batch, channels, height, width], or without the batch.</param>
            /// <param name="kernel_size">The window; one number stands for both dimensions.</param>
            /// <param name="stride">The distance between windows; the window when left out or empty.</param>
            /// <param name="padding">Zeros on both sides.</param>
            /// <exception cref="RuntimeError">The shape or the settings do not fit.</exception>
            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null)
            {
                var (kernel, step, pad) = Windows("avg_pool2d", input, kernel_size, stride, padding);
                if (input.Node.DType != DType.Int64) Takes(input.Node, "avg_pool2d", whole: false);
                return Record("AvgPool2DBackward0", Saves.Self | Saves.Formula, x => Batched(x, b => Ops.Cast(Ops.AvgPool(b, kernel, step, pad), b.DType)), input);
            }

            private static Node Batched(Node x, Func<Node, Node> f) => x.Type.Rank == 4 ? f(x) : Ops.Squeeze(f(Ops.Unsqueeze(x, 0)), 0);

            private static (Dims Kernel, Dims Stride, Dims Padding) Windows(string name, Tensor input, long[] kernel_size, long[]? stride, long[]? padding)
            {
                Dims Elementwise(long[] sizes, string what) => sizes.Length is 1 or 2 ? [sizes[0], sizes[^1]] : throw new RuntimeError($"{name}: {what} a single int, or a tuple of two ints");
                var kernel = Elementwise(kernel_size, "kernel_size must either be");
                var step = stride is null or [] ? kernel : Elementwise(stride, "stride must either be omitted,");
                var pad = Elementwise(padding ?? [0], "padding must either be");
                if (name == "max_pool2d" && input.ndim is not (3 or 4)) throw new RuntimeError("non-empty 3D or 4D (batch mode) tensor expected for input");
                Wrap(-3, input.ndim);
                for (var k = 0; k < 2; k++)
                {
                    if (step[k] == 0) throw new RuntimeError("stride should not be zero");
                    if (pad[k] < 0) throw new RuntimeError($"pad must be non-negative, but got pad: {pad[k]}");
                    if (pad[k] > kernel[k] / 2) throw new RuntimeError($"pad should be at most half of effective kernel size, but got pad={pad[k]}, kernel_size={kernel[k]} and dilation=1");
                }
                if (kernel[0] <= 0 || kernel[1] <= 0) throw new RuntimeError($"kernel size should be greater than zero, but got kH: {kernel[0]} kW: {kernel[1]}");
                if (step[0] <= 0 || step[1] <= 0) throw new RuntimeError($"stride should be greater than zero, but got dH: {step[0]} dW: {step[1]}");
                if (input.ndim is not (3 or 4) || input.Dims[^3..].Contains(0)) throw new RuntimeError($"Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:{input.Dims}");
                var (c, h, w) = (input.Dims[^3], input.Dims[^2], input.Dims[^1]);
                var (rows, columns) = (Math.Floor((h + 2.0 * pad[0] - kernel[0]) / step[0]) + 1, Math.Floor((w + 2.0 * pad[1] - kernel[1]) / step[1]) + 1);
                if (rows < 1 || columns < 1) throw new RuntimeError($"Given input size: ({c}x{h}x{w}). Calculated output size: ({c}x{rows}x{columns}). Output size is too small");
                return (kernel, step, pad);
            }

            private static Tensor[] Present(Tensor? x) => x is null ? [] : [x];

            /// <summary>Mean 0 and variance 1 over the last dimensions. https://pytorch.org/docs/2.6/generated/torch.nn.functional.layer_norm.html</summary>
            /// <exception cref="RuntimeError">Shapes or element types do not fit.</exception>
            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
            {
                var shape = Dims.Create(normalized_shape);
                if (shape.Count == 0) throw new RuntimeError("Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []");
                foreach (var (name, x) in new[] { ("weight", weight), ("bias", bias) })
                    if (x is not null && x.Dims != shape) throw new RuntimeError($"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {x.Dims} and normalized_shape = {shape}");
                if (input.ndim < shape.Count || input.Dims[^shape.Count..] != shape) throw new RuntimeError($"Given normalized_shape={shape}, expected input with shape [*, {shape.ToString()[1..]}, but got input of size{input.Dims}");
                Takes(input.Node, "LayerNormKernelImpl", whole: false);
                CheckTypes(input, weight, bias);
                return Record("NativeLayerNormBackward0", Saves.All, x => Ops.LayerNorm(x[0], shape.Count, weight is null ? null : x[1], bias is null ? null : x[^1], eps), [input, .. Present(weight), .. Present(bias)]);
            }

            private static void CheckTypes(Tensor input, params ReadOnlySpan<Tensor?> others)
            {
                foreach (var x in others)
                    if (x is not null && x.dtype != input.dtype)
                        throw new RuntimeError(input.dtype == float32 ? "mixed dtype (CPU): expect parameter to have scalar type of Float" : "mixed dtype (CPU): all inputs must share same datatype.");
            }

            /// <summary>Mean 0 and variance 1 per channel. https://pytorch.org/docs/2.6/generated/torch.nn.functional.batch_norm.html</summary>
            /// <exception cref="ValueError">Only one value per channel in training.</exception>
            /// <exception cref="RuntimeError">Shapes or element types do not fit, or statistics are missing in evaluation.</exception>
            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5)
            {
                if (training && input.ndim == 0) throw new IndexError("tuple index out of range");
                if (training && input.Dims[0] * input.Dims[Math.Min(2, input.ndim)..].Product == 1) throw new ValueError($"Expected more than 1 value per channel when training, got input size {input.shape}");
                var channels = input.ndim > 1 ? input.Dims[1] : 0;
                if (input.ndim > 1 && input.numel() == 0)
                {
                    var y = weight is null ? input.clone() : input.clone() * weight[0];
                    return bias is null ? y : y + bias[0];
                }
                foreach (var (name, x) in new[] { ("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias) })
                {
                    if (x is null && !training && name[0] == 'r') throw new RuntimeError($"{name} must be defined in evaluation mode");
                    if (x is not null && x.numel() != channels) throw new RuntimeError($"{name} should contain {channels} elements not {x.numel()}");
                }
                Wrap(1, input.ndim);
                foreach (var (name, x) in new[] { ("running_mean", running_mean), ("running_var", running_var) })
                    if (x is { requires_grad: true } && GradMode) throw new RuntimeError($"The function 'native_batch_norm' is not differentiable with respect to argument '{name}'. This input cannot have requires_grad True.");
                Takes(input.Node, "batch_norm", whole: false);
                CheckTypes(input, running_mean, running_var, weight, bias);
                Tensor[] operands = [input, .. Present(weight), .. Present(bias)];
                var saves = weight is null ? Saves.Self | Saves.SelfForOther : Saves.FirstTwo;
                if (!training)
                {
                    return Record("NativeBatchNormBackward0", saves, x =>
                    {
                        var (mean, variance) = (Ops.PerChannel(x[0], running_mean!.Node)!, Ops.PerChannel(x[0], running_var!.Node)!);
                        var y = (x[0] - mean) * Ops.Rsqrt(variance + eps);
                        if (weight is not null) y *= Ops.PerChannel(y, x[1])!;
                        return bias is null ? y : y + Ops.PerChannel(y, x[^1])!;
                    }, operands, running_mean!, running_var!);
                }
                long[] axes = [.. Enumerable.Range(0, input.ndim).Where(k => k != 1).Select(k => (long)k)];
                using (no_grad())
                {
                    Move(running_mean, input.detach().mean(axes), momentum);
                    Move(running_var, input.detach().var(axes), momentum);
                }
                return Record("NativeBatchNormBackward0", saves, x => Ops.BatchNorm(x[0], weight is null ? null : x[1], bias is null ? null : x[^1], eps), operands, [.. Present(running_mean), .. Present(running_var)]);
            }

            // PyTorch's kernel writes statistics without counting it as a change.
            private static void Move(Tensor? statistic, Tensor now, double momentum)
            {
                if (statistic is null) return;
                var version = statistic.version.Value;
                statistic.Set(now.Node * momentum + statistic.Node * (1 - momentum));
                Together(statistic);
                statistic.version.Restore(version);
            }
        }
    }
}
