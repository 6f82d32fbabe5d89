namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Margins
    {
        /// <summary>1 − cos of the angle for the target 1, cos − margin where positive for the target −1.</summary>
        /// <exception cref="RuntimeError">The shapes do not fit.</exception>
        [Torch]
        public static Tensor cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, string reduction = "mean")
        {
            var kind = How(reduction);
            var d = target.ndim;
            if (d > 1) throw new RuntimeError("0D or 1D target tensor expected, multi-target not supported");
            if (input1.ndim != d + 1 || input2.ndim != d + 1) throw new RuntimeError($"{d}D target tensor expects {d + 1}D input tensors, but found inputs with sizes {input1.Dims} and {input2.Dims}.");
            const double least = 1e-12;
            var size = ((input1 * input1).sum(d) + least) * ((input2 * input2).sum(d) + least);
            var cosine = (input1 * input2).sum(d) / size.sqrt();
            var zero = zeros_like(cosine);
            return Reduced(where(target == 1, 1 - cosine, zero) + where(target == -1, AtLeast(cosine - margin, 0), zero), kind);
        }

        /// <summary>The input for the target 1, margin − input where positive for the target −1.</summary>
        [Torch]
        public static Tensor hinge_embedding_loss(Tensor input, Tensor target, double margin = 1, string reduction = "mean")
        {
            var kind = How(reduction);
            var zero = zeros_like(input);
            return Reduced(where(target != 1, AtLeast(margin - input, 0), zero) + where(target != -1, input, zero), kind);
        }

        /// <summary>margin − target·(input1 − input2) where positive; the target 1 wants the first larger, −1 the second.</summary>
        /// <exception cref="RuntimeError">The ranks differ.</exception>
        [Torch]
        public static Tensor margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, string reduction = "mean")
        {
            var kind = How(reduction);
            return input1.ndim != input2.ndim || input1.ndim != target.ndim
                ? throw new RuntimeError($"margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} ")
                : Reduced(AtLeast(-target * (input1 - input2) + margin, 0), kind);
        }

        /// <summary>How much nearer than the margin the negative is than the positive; swap takes the nearer of anchor and positive.</summary>
        /// <exception cref="ValueError">The margin is not positive.</exception>
        /// <exception cref="RuntimeError">The ranks differ.</exception>
        [Torch]
        public static Tensor triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, double margin = 1, double p = 2, double eps = 1e-6, bool swap = false, string reduction = "mean")
        {
            var kind = How(reduction);
            if (margin <= 0) throw new ValueError($"margin must be greater than 0, got {Written.Python(margin)}");
            if (anchor.ndim != positive.ndim || anchor.ndim != negative.ndim)
                throw new RuntimeError($"The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs");
            var (near, far) = (nn.functional.pairwise_distance(anchor, positive, p, eps), nn.functional.pairwise_distance(anchor, negative, p, eps));
            if (swap) far = far.minimum(nn.functional.pairwise_distance(positive, negative, p, eps));
            return Reduced(AtLeast(margin + near - far, 0), kind);
        }

        /// <summary>log(1 + exp(−target·input)), without overflow.</summary>
        /// <exception cref="RuntimeError">Integers, the shapes do not broadcast, or the target wants a gradient.</exception>
        [Torch]
        public static Tensor soft_margin_loss(Tensor input, Tensor target, string reduction = "mean")
        {
            var kind = How(reduction);
            Undifferentiated("soft_margin_loss", "target", target);
            if (!input.is_floating_point()) throw new RuntimeError($"result type Float can't be cast to the desired output type {input.dtype.TensorType}");
            CheckBroadcast(input.Dims, target.Dims);
            return LaidUnreduced(Record("SoftMarginLossBackward0", Saves.Self, x => Combined(Ops.Softplus(-(Ops.Cast(target.Node, x.DType) * x)), kind), input, target), kind, input, target);
        }

        /// <summary>The cross entropy of each class's sigmoid, in the mean over the classes.</summary>
        [Torch]
        public static Tensor multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight = null, string reduction = "mean")
        {
            var loss = -(target * nn.functional.logsigmoid(input) + (1 - target) * nn.functional.logsigmoid(-input));
            if (weight is not null) loss = loss * weight;
            loss = loss.sum(-1) / input.size(-1);
            return reduction is "none" or "mean" or "sum" ? Reduced(loss, How(reduction)) : throw new ValueError($"{reduction} is not valid");
        }

        /// <summary>How much nearer than the margin other classes are to the target's, to the power p, over the number of classes.</summary>
        /// <exception cref="ValueError">p is neither 1 nor 2.</exception>
        /// <exception cref="RuntimeError">The shapes or element types do not fit, or a target is out of range.</exception>
        [Torch]
        public static Tensor multi_margin_loss(Tensor input, Tensor target, long p = 1, double margin = 1, Tensor? weight = null, string reduction = "mean")
        {
            var kind = How(reduction);
            if (p is not (1 or 2)) throw new ValueError("only p == 1 and p == 2 supported");
            if (weight is { ndim: not 1 }) throw new ValueError("weight must be one-dimensional");
            Undifferentiated("multi_margin_loss", "weight", weight);
            if (input.ndim > 2 || (input.ndim > 0 && input.Dims[^1] == 0)) throw new RuntimeError($"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {input.Dims}");
            var (rows, classes) = (input.ndim < 2 ? 1 : input.Dims[0], input.ndim == 0 ? 1 : input.Dims[^1]);
            if (target.ndim > 1 || target.numel() != rows) throw new RuntimeError($"inconsistent target size, expected {rows} but got {target.Dims}");
            if (weight is not null && weight.numel() != classes) throw new RuntimeError($"inconsistent weight size, expected {classes} but got {weight.Dims}");
            Takes(input.Node, "multi_margin_loss_cpu_kernel", whole: false);
            if (target.dtype != int64) throw new RuntimeError($"expected scalar type Long but found {target.dtype.TensorType}");
            if (Array.Exists(target.Known(), t => t < 0 || t >= classes)) throw new RuntimeError("target out of range");
            Tensor[] watched = weight is null ? [target] : [target, weight];
            return Record("MultiMarginLossBackward0", Saves.Self, x =>
            {
                var (own, t) = (Ops.Reshape(x, [rows, classes]), Ops.Reshape(target.Node, [rows, 1]));
                var z = margin - Ops.Gather(own, 1, t) + own;
                var loss = Ops.Where(Ops.Or(z <= 0, Ops.Equal(Ops.Arange(classes), t)), 0, p == 1 ? z : z * z);
                if (weight is not null) loss *= Ops.Take(weight.Node, 0, t);
                loss = Ops.Sum(loss, 1) / (double)classes;
                return Combined(target.ndim > 0 ? loss : Ops.Squeeze(loss, 0), kind);
            }, input, watched);
        }

        /// <summary>How much nearer than 1 each wrong class is to each right one, over the number of classes; a row's right classes end before −1.</summary>
        /// <exception cref="RuntimeError">The shapes or element types do not fit, or a target is out of range.</exception>
        [Torch]
        public static Tensor multilabel_margin_loss(Tensor input, Tensor target, string reduction = "mean")
        {
            var kind = How(reduction);
            if (input.ndim > 2 || (input.ndim > 0 && input.Dims[^1] == 0)) throw new RuntimeError($"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {input.Dims}");
            if (target.Dims != input.Dims) throw new RuntimeError($"inconsistent target size: {target.Dims} for input of size: {input.Dims}");
            var (rows, classes) = (input.ndim < 2 ? 1 : input.Dims[0], input.ndim == 0 ? 1 : input.Dims[^1]);
            if (target.dtype != int64) throw new RuntimeError($"expected scalar type Long but found {target.dtype.TensorType}");
            Takes(input.Node, "multilabel_margin_loss_forward_out_frame", whole: false);
            if (Array.Exists(target.Known(), t => t < -1 || t >= classes)) throw new RuntimeError("argument #2 'target' is out of range");
            // How often each class is named.
            var named = Mapping.AtOnce(x =>
            {
                var (all, times) = (Longs(x[0]), new double[rows * classes]);
                for (var row = 0; row < rows; row++)
                    foreach (var t in all.AsSpan((int)(row * classes), (int)classes))
                        if (t < 0) break;
                        else times[row * classes + t]++;
                return [Ops.Tensor<double>(times, [rows, classes])];
            }, target.Node)[0];
            return Record("MultilabelMarginLossBackward0", Saves.Self, x =>
            {
                var (own, right) = (Ops.Reshape(x, [rows, classes]), Ops.Cast(named, x.DType));
                var z = 1 - (Ops.Unsqueeze(own, 2) - Ops.Unsqueeze(own, 1));
                var pairs = Ops.Unsqueeze(right, 2) * Ops.Cast(Ops.Equal(Ops.Unsqueeze(right, 1), 0), x.DType);
                var loss = Ops.Sum(Ops.Where(z > 0, z, 0) * pairs, [1, 2]) / (double)classes;
                return Combined(input.ndim > 1 ? loss : Ops.Squeeze(loss, 0), kind);
            }, input, target);
        }
    }
}
