namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Normalisations
    {
        /// <summary>Mean 0 and variance 1 over the last dimensions.</summary>
        /// <exception cref="RuntimeError">Shapes or element types do not fit.</exception>
        [Torch]
        public static Tensor layer_norm(Tensor input, Sizes normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
        {
            var shape = CheckLast(input, normalized_shape, weight, bias);
            Takes(input.Node, "LayerNormKernelImpl", whole: false);
            CheckTypes(input, weight, bias);
            return Record("NativeLayerNormBackward0", Saves.All, x => Ops.LayerNorm(x[0], shape.Count, weight is null ? null : x[1], bias is null ? null : x[^1], eps), [input, .. Given(weight), .. Given(bias)]);
        }

        private static Dims CheckLast(Tensor input, Sizes normalized, Tensor? weight, Tensor? bias)
        {
            var shape = Dims.Create(normalized.All);
            if (shape.Count == 0) throw new RuntimeError("Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []");
            foreach (var (name, x) in new[] { ("weight", weight), ("bias", bias) })
                if (x is not null && x.Dims != shape) throw new RuntimeError($"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {x.Dims} and normalized_shape = {shape}");
            return input.ndim >= shape.Count && input.Dims[^shape.Count..] == shape ? shape : throw new RuntimeError($"Given normalized_shape={shape}, expected input with shape [*, {shape.ToString()[1..]}, but got input of size{input.Dims}");
        }

        private static Tensor[] Given(Tensor? x) => x is null ? [] : [x];

        private static void CheckTypes(Tensor input, params ReadOnlySpan<Tensor?> others)
        {
            foreach (var x in others)
                if (x is not null && x.dtype != input.dtype)
                    throw new RuntimeError(input.dtype == float32 ? "mixed dtype (CPU): expect parameter to have scalar type of Float" : "mixed dtype (CPU): all inputs must share same datatype.");
        }

        /// <summary>Mean 0 and variance 1 per channel.</summary>
        /// <exception cref="ValueError">Only one value per channel in training.</exception>
        /// <exception cref="RuntimeError">Shapes or element types do not fit, or statistics are missing in evaluation.</exception>
        [Torch]
        public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5)
        {
            if (training && input.ndim == 0) throw new IndexError("tuple index out of range");
            if (training && input.Dims[0] * input.Dims[Math.Min(2, input.ndim)..].Product == 1) throw new ValueError($"Expected more than 1 value per channel when training, got input size {input.shape}");
            return Normalised(input, running_mean, running_var, weight, bias, training, momentum, eps);
        }

        private static Tensor Normalised(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight, Tensor? bias, bool training, double momentum, double eps)
        {
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
            Tensor[] operands = [input, .. Given(weight), .. Given(bias)];
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
            return Record("NativeBatchNormBackward0", saves, x => Ops.BatchNorm(x[0], weight is null ? null : x[1], bias is null ? null : x[^1], eps), operands, [.. Given(running_mean), .. Given(running_var)]);
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

        /// <summary>Mean 0 and variance 1 over each of so many groups of channels.</summary>
        /// <exception cref="ValueError">Only one value in a group.</exception>
        /// <exception cref="RuntimeError">Shapes or element types do not fit.</exception>
        [Torch]
        public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
        {
            if (input.ndim < 2) throw new RuntimeError($"Expected at least 2 dimensions for input tensor but received {input.ndim}");
            if (num_groups <= 0) throw new RuntimeError($"Expected num groups to be greater than 0, got {num_groups}");
            var (x, channels) = (input.Dims, input.Dims[1]);
            Dims batch = [x[0] * channels / num_groups, num_groups, .. x[2..]];
            if (batch[0] * x[2..].Product == 1) throw new ValueError($"Expected more than 1 value per channel when training, got input size {batch}");
            if (channels % num_groups != 0) throw new RuntimeError($"Expected number of channels in input to be divisible by num_groups, but got input of shape {x} and num_groups={num_groups}");
            foreach (var (name, y) in new[] { ("weight", weight), ("bias", bias) })
                if (y is not null && (y.ndim != 1 || y.numel() != channels))
                    throw new RuntimeError($"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape {weight?.Dims ?? 0} and input of shape {x}");
            Takes(input.Node, "GroupNormKernelImpl", whole: false);
            CheckTypes(input, weight, bias);
            return Record("NativeGroupNormBackward0", weight is null ? Saves.Self | Saves.SelfForOther : Saves.FirstTwo | Saves.SelfForThird | Saves.OtherForThird, v =>
            {
                var y = v[0];
                if (y.Type.Count > 0) y = Ops.Reshape(Ops.LayerNorm(Ops.Reshape(y, [x[0], num_groups, channels / num_groups * x[2..].Product]), 1, epsilon: eps), x);
                if (weight is not null) y *= Ops.PerChannel(y, v[1])!;
                return bias is null ? y : y + Ops.PerChannel(y, v[^1])!;
            }, [input, .. Given(weight), .. Given(bias)]);
        }

        /// <summary>Mean 0 and variance 1 over every channel of every element of the batch.</summary>
        /// <exception cref="ValueError">Only one value in a channel.</exception>
        /// <exception cref="RuntimeError">Shapes or element types do not fit, or statistics are missing.</exception>
        [Torch]
        public static Tensor instance_norm(Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null, bool use_input_stats = true, double momentum = 0.1, double eps = 1e-5)
        {
            if (use_input_stats && input.Dims[Math.Min(2, input.ndim)..].Product == 1) throw new ValueError($"Expected more than 1 spatial element when training, got input size {input.shape}");
            if (!use_input_stats && (running_mean is null || running_var is null)) throw new RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false");
            Wrap(1, input.ndim);
            var (batch, channels) = (input.Dims[0], input.Dims[1]);
            Tensor? Repeated(Tensor? x) => x?.repeat(batch);
            var (mean, variance) = (Repeated(running_mean), Repeated(running_var));
            var y = Normalised(input.contiguous().view([1, batch * channels, .. input.Dims[2..]]), mean, variance, Repeated(weight), Repeated(bias), use_input_stats, momentum, eps);
            using (no_grad())
            {
                if (use_input_stats) running_mean?.copy_(mean!.view(batch, channels).mean(0));
                if (use_input_stats) running_var?.copy_(variance!.view(batch, channels).mean(0));
            }
            return y.view([.. input.Dims]);
        }

        /// <summary>Divides by the root mean square over the last dimensions.</summary>
        /// <exception cref="RuntimeError">Shapes or element types do not fit.</exception>
        [Torch]
        public static Tensor rms_norm(Tensor input, Sizes normalized_shape, Tensor? weight = null, double? eps = null)
        {
            var shape = CheckLast(input, normalized_shape, weight, null);
            Takes(input.Node, "rms_norm", whole: false);
            var square = input.pow(2).mean((long[])[.. Enumerable.Range(1, shape.Count).Select(k => -(long)k)], keepdim: true);
            var y = input * (square + (eps ?? Epsilon(input.Node.DType))).rsqrt();
            return weight is null ? y : y * weight;
        }

        // The distance from 1 to the next number.
        private static double Epsilon(DType type) => Math.ScaleB(1, type switch { DType.Float64 => -52, DType.Float32 => -23, DType.Float16 => -10, _ => -7 });

        /// <summary>Divides by a power of the mean square over neighbouring channels.</summary>
        /// <exception cref="ValueError">The rank is below 3.</exception>
        [Torch]
        public static Tensor local_response_norm(Tensor input, long size, double alpha = 1e-4, double beta = 0.75, double k = 1)
        {
            if (input.ndim < 3) throw new ValueError($"Expected 3D or higher dimensionality                          input (got {input.ndim} dimensions)");
            if (input.numel() == 0) return input;
            var square = input.mul(input);
            if (input.ndim == 3) square = nn.functional.avg_pool2d(nn.functional.pad(square.unsqueeze(1), (long[])[0, 0, size / 2, (size - 1) / 2]), (size, 1), 1).squeeze(1);
            else
            {
                square = square.view(input.Dims[0], 1, input.Dims[1], input.Dims[2], -1);
                square = nn.functional.avg_pool3d(nn.functional.pad(square, (long[])[0, 0, 0, 0, size / 2, (size - 1) / 2]), (size, 1, 1), 1).squeeze(1).view([.. input.Dims]);
            }
            return input / square.mul(alpha).add(k).pow(beta);
        }

        /// <summary>Divides by the norm over a dimension, or by eps where that is larger.</summary>
        /// <exception cref="RuntimeError">Not of a floating-point type.</exception>
        [Torch]
        public static Tensor normalize(Tensor input, double p = 2, Sizes? dim = null, double eps = 1e-12) =>
            input / AtLeast(input.norm(p, dim ?? 1, keepdim: true), eps).expand_as(input);
    }

    private static Tensor AtLeast(Tensor x, double least) => Elementwise("ClampMinBackward0", Saves.Self, x => Ops.Clamp(x, least), x);
}
