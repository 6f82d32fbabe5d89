namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Losses
    {
        /// <summary>The squared error.</summary>
        /// <exception cref="RuntimeError">The shapes do not broadcast, or neither tensor is of a floating-point type.</exception>
        [Torch]
        public static Tensor mse_loss(Tensor input, Tensor target, string reduction = "mean")
        {
            SameSize(input, target);
            var kind = How(reduction);
            if (!target.is_floating_point()) Takes(input.Node, "mse_cpu", whole: false);
            (input, target) = Alike(input, target);
            var loss = LaidUnreduced(Record("MseLossBackward0", Saves.All, (a, b) => Ops.MseLoss(a, b, kind), input, target), kind, input, target);
            // PyTorch computes it and cannot differentiate it.
            var (wanted, other) = input.requires_grad ? (input, target) : (target, input);
            if (loss.gradFn is { } fn && wanted.dtype != other.dtype) fn.Refusal = $"Found dtype {other.dtype.TensorType} but expected {wanted.dtype.TensorType}";
            return loss;
        }

        /// <summary>The absolute error.</summary>
        /// <exception cref="RuntimeError">The shapes do not broadcast.</exception>
        [Torch]
        public static Tensor l1_loss(Tensor input, Tensor target, string reduction = "mean")
        {
            SameSize(input, target);
            return Reduced((input - target).abs(), How(reduction));
        }

        // Of one shape, as PyTorch's function makes them.
        private static (Tensor, Tensor) Alike(Tensor input, Tensor target)
        {
            if (input.Dims == target.Dims) return (input, target);
            var shape = Ops.BroadcastShapes("loss", input.Dims, target.Dims);
            Tensor Wide(Tensor x) => x.Dims == shape ? x : x.expand(shape.Span.ToArray());
            return (Wide(input), Wide(target));
        }

        /// <summary>The squared error over 2·beta below beta, the absolute error less beta / 2 above.</summary>
        /// <exception cref="RuntimeError">The shapes do not broadcast, beta is negative, or not of a floating-point type.</exception>
        [Torch]
        public static Tensor smooth_l1_loss(Tensor input, Tensor target, string reduction = "mean", double beta = 1)
        {
            SameSize(input, target);
            var kind = How(reduction);
            (input, target) = Alike(input, target);
            if (beta == 0) return Reduced((input - target).abs(), kind);
            if (beta < 0) throw new RuntimeError("smooth_l1_loss does not support negative values for beta.");
            return Between("SmoothL1LossBackward0", "smooth_l1_cpu", input, target, kind, d => Ops.Abs(d) is var z ? Ops.Where(z < beta, d * d * (0.5 / beta), z - 0.5 * beta) : d);
        }

        /// <summary>Half the squared error up to delta, delta times the absolute error less delta / 2 above.</summary>
        /// <exception cref="RuntimeError">The shapes do not broadcast, delta is not positive, or not of a floating-point type.</exception>
        [Torch]
        public static Tensor huber_loss(Tensor input, Tensor target, string reduction = "mean", double delta = 1)
        {
            SameSize(input, target);
            var kind = How(reduction);
            (input, target) = Alike(input, target);
            if (!(delta > 0)) throw new RuntimeError("huber_loss does not support non-positive values for delta.");
            return Between("HuberLossBackward0", "huber_cpu", input, target, kind, d => Ops.Abs(d) is var z ? Ops.Where(z < delta, d * d * 0.5, delta * (z - 0.5 * delta)) : d);
        }

        private static Tensor Between(string name, string kernel, Tensor input, Tensor target, Reduction kind, Func<Node, Node> loss)
        {
            if (!target.is_floating_point()) Takes(input.Node, kernel, whole: false);
            return LaidUnreduced(Record(name, Saves.All, (x, t) => Combined(loss(x - t), kind), input, target), kind, input, target);
        }

        /// <summary>target·(log target − input), the divergence of distributions whose logarithms the input is; "batchmean" divides by the batch.</summary>
        /// <exception cref="RuntimeError">Integers, or the shapes do not broadcast.</exception>
        [Torch]
        public static Tensor kl_div(Tensor input, Tensor target, string reduction = "mean", bool log_target = false)
        {
            if (reduction == "mean")
                warnings.warn("reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in the next major release.");
            var kind = How(reduction == "batchmean" ? "sum" : reduction);
            if (!input.is_floating_point() || !target.is_floating_point()) throw new RuntimeError("kl_div: Integral inputs not supported.");
            var loss = Reduced(log_target ? target.exp() * (target - input) : Laid(Record("XlogyBackward0", Saves.All, Ops.Xlogy, target, target), target) - target * input, kind);
            return reduction == "batchmean" && input.ndim > 0 ? loss / input.Dims[0] : loss;
        }

        /// <summary>eˣ − target·x, or x − target·log(x + eps) if the input is no logarithm; full adds Stirling's log(target!).</summary>
        [Torch]
        public static Tensor poisson_nll_loss(Tensor input, Tensor target, bool log_input = true, bool full = false, double eps = 1e-8, string reduction = "mean")
        {
            var kind = How(reduction);
            var loss = log_input ? input.exp() - target * input : input - target * (input + eps).log();
            if (full) loss = loss + (target * target.log() - target + 0.5 * (2 * Math.PI * target).log()).masked_fill(target <= 1, 0);
            return Reduced(loss, kind);
        }

        /// <summary>½·(log var + (input − target)² / var), where var is at least eps; full adds ½·log 2π.</summary>
        /// <exception cref="ValueError">var has a negative entry, or another size.</exception>
        [Torch]
        public static Tensor gaussian_nll_loss(Tensor input, Tensor target, Tensor var, bool full = false, double eps = 1e-6, string reduction = "mean")
        {
            if (Array.Exists(var.KnownDoubles(), v => v < 0)) throw new ValueError("var has negative entry/entries");
            if (var.Number is not null) var = ones_like(input) * var;
            if (var.Dims != input.Dims)
            {
                var rest = input.Dims[..Math.Max(0, input.ndim - 1)];
                if (input.ndim > 0 && rest == var.Dims) var = var.unsqueeze(-1);
                else if (!(input.ndim > 0 && var.ndim > 0 && rest == var.Dims[..^1] && var.Dims[^1] == 1)) throw new ValueError("var is of incorrect size");
            }
            if (reduction is not ("none" or "mean" or "sum")) throw new ValueError($"{reduction} is not valid");
            var bounded = var.clone();
            using (no_grad()) bounded.clamp_(min: eps);
            var loss = 0.5 * (bounded.log() + (input - target).pow(2) / bounded);
            return Reduced(full ? loss + 0.5 * Math.Log(2 * Math.PI) : loss, How(reduction));
        }
    }

    private static Reduction How(string reduction) => reduction switch
    {
        "mean" => Reduction.Mean,
        "sum" => Reduction.Sum,
        "none" => Reduction.None,
        _ => throw new ValueError($"{reduction} is not a valid value for reduction"),
    };

    private static void SameSize(Tensor input, Tensor target)
    {
        if (input.Dims != target.Dims) warnings.warn($"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.");
        CheckBroadcast(input.Dims, target.Dims);
    }

    private static void Undifferentiated(string function, string argument, Tensor? tensor)
    {
        if (tensor is { requires_grad: true } && GradMode) throw new RuntimeError($"The function '{function}' is not differentiable with respect to argument '{argument}'. This input cannot have requires_grad True.");
    }

    private static Tensor Reduced(Tensor loss, Reduction kind) => kind switch
    {
        Reduction.Mean => loss.mean(),
        Reduction.Sum => loss.sum(),
        _ => loss,
    };

    private static Tensor LaidUnreduced(Tensor loss, Reduction kind, params ReadOnlySpan<Tensor> like) => kind == Reduction.None ? Laid(loss, like) : loss;

    private static Node Combined(Node loss, Reduction kind) => kind switch
    {
        Reduction.Mean => Ops.Mean(loss),
        Reduction.Sum => Ops.Sum(loss),
        _ => loss,
    };
}
