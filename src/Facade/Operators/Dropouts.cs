namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Dropouts
    {
        /// <summary>Sets elements to zero at random, and scales the others.</summary>
        /// <exception cref="ValueError">p is not a probability.</exception>
        [Torch]
        public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => Dropped(input, p, training, inplace);

        /// <summary>Sets whole channels of sequences to zero at random, and scales the others.</summary>
        /// <exception cref="ValueError">p is not a probability.</exception>
        /// <exception cref="RuntimeError">The rank is neither 2 nor 3.</exception>
        [Torch]
        public static Tensor dropout1d(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
        {
            CheckProbability(p);
            if (input.ndim is not (2 or 3))
                throw new RuntimeError($"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).");
            return Batched(input, 2, p, training, inplace);
        }

        /// <summary>Sets whole channels of images to zero at random, and scales the others.</summary>
        /// <exception cref="ValueError">p is not a probability.</exception>
        [Torch]
        public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
        {
            CheckProbability(p);
            if (input.ndim is not (3 or 4)) warnings.warn(Deprecated("dropout2d", input, 2, "3D or 4D"));
            if (input.ndim == 3) warnings.warn("dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.");
            return Dropped(input, p, training, inplace, channels: true);
        }

        /// <summary>Sets whole channels of volumes to zero at random, and scales the others.</summary>
        /// <exception cref="ValueError">p is not a probability.</exception>
        [Torch]
        public static Tensor dropout3d(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
        {
            CheckProbability(p);
            if (input.ndim is not (4 or 5)) warnings.warn(Deprecated("dropout3d", input, 3, "4D or 5D"));
            return Batched(input, 4, p, training, inplace);
        }

        private static string Deprecated(string name, Tensor input, int n, string ranks) =>
            $"{name}: Received a {input.ndim}-D input to {name}, which is deprecated and will result in an error in a future release. To retain the behavior and silence this warning, please use dropout instead. Note that {name} exists to provide channel-wise dropout on inputs with {n} spatial dimensions, a channel dimension, and an optional batch dimension (i.e. {ranks} inputs).";

        private static Tensor Batched(Tensor input, int alone, double p, bool training, bool inplace)
        {
            if (input.ndim != alone) return Dropped(input, p, training, inplace, channels: true);
            if (!inplace) return Dropped(input.unsqueeze(0), p, training, inplace, channels: true).squeeze(0);
            input.unsqueeze_(0);
            try
            {
                return Dropped(input, p, training, inplace, channels: true);
            }
            finally
            {
                input.squeeze_(0);
            }
        }

        /// <summary>Sets elements to the least value of a selu at random, and keeps mean and variance.</summary>
        /// <exception cref="ValueError">p is not a probability.</exception>
        [Torch]
        public static Tensor alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false) => Dropped(input, p, training, inplace, alpha: true);

        /// <summary>The same for whole channels.</summary>
        /// <exception cref="ValueError">p is not a probability.</exception>
        [Torch]
        public static Tensor feature_alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false) => Dropped(input, p, training, inplace, channels: true, alpha: true);

        private static void CheckProbability(double p)
        {
            if (p is < 0 or > 1) throw new ValueError($"dropout probability has to be between 0 and 1, but got {Written.Python(p)}");
            if (double.IsNaN(p)) throw new RuntimeError("dropout probability has to be between 0 and 1, but got nan");
        }

        private static Tensor Dropped(Tensor input, double p, bool training, bool inplace, bool channels = false, bool alpha = false)
        {
            CheckProbability(p);
            if (!training || p == 0 || input.numel() == 0) return input;
            Tensor Times(Tensor noise) => inplace ? input.mul_(noise) : input * noise;
            if (p == 1) return Times(zeros([], input.dtype));
            if (channels && input.ndim < 2) throw new RuntimeError("Feature dropout requires at least 2 dimensions in the input");
            var noise = Kept(channels ? zeros([.. input.Dims[..2], .. Dims.Repeat(1, input.ndim - 2)], input.dtype) : input, 1 - p);
            if (!alpha) return Times(noise.div_(1 - p));
            const double bottom = 1.7580993408473766;
            var a = 1 / Math.Sqrt((bottom * bottom * p + 1) * (1 - p));
            var b = noise.add(-1).mul_(bottom * a).add_(bottom * a * p);
            var scaled = Times(noise.mul_(a));
            return inplace ? scaled.add_(b) : scaled + b;
        }
    }
}
