namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Classification
    {
        /// <summary>Minus the log-probability of each target class.</summary>
        /// <param name="input">[batch, classes, …] or [classes].</param>
        /// <param name="target">The classes: int64 or uint8, [batch, …].</param>
        /// <param name="weight">A factor for each class; the mean is weighted by it.</param>
        /// <param name="ignore_index">Targets of this class do not count.</param>
        /// <param name="reduction">mean, sum or none.</param>
        /// <exception cref="RuntimeError">The shapes or element types do not fit.</exception>
        /// <exception cref="ValueError">The batches differ in size.</exception>
        /// <exception cref="IndexError">A target is out of range.</exception>
        [Torch]
        public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, string reduction = "mean")
        {
            var kind = How(reduction);
            if (weight is { requires_grad: true } && GradMode) throw new RuntimeError($"The function '{(input.ndim < 3 ? "nll_loss_forward" : "nll_loss2d_forward")}' is not differentiable with respect to argument 'weight'. This input cannot have requires_grad True.");
            CheckShapes(input, target, weight);
            var ignored = CheckClasses(input, target, weight, ignore_index);
            var name = input.ndim < 3 ? "NllLossBackward0" : kind == Reduction.None && input.ndim != 4 ? "ViewBackward0" : "NllLoss2DBackward0";
            Tensor[] watched = weight is null ? [target] : [target, weight];
            return Record(name, Saves.Self | Saves.Formula, x => Nll(x, Ops.Cast(target.Node, DType.Int64), weight?.Node, ignored ? ignore_index : null, kind), input, watched);
        }

        private static Node Nll(Node x, Node target, Node? weight, long? ignored, Reduction kind)
        {
            if (weight is null && ignored is null) return Ops.NllLoss(x, target, kind);
            var skip = ignored is { } index ? Ops.Equal(target, index) : null;
            Node Counted(Node v) => skip is null ? v : Ops.Where(skip, 0, v);
            var classes = Counted(target);
            var factor = weight is null ? null : Ops.Take(weight, 0, classes);
            var loss = Ops.NllLoss(x, classes, Reduction.None);
            loss = Counted(factor is null ? loss : loss * factor);
            return kind == Reduction.Mean ? Ops.Sum(loss) / Ops.Sum(Counted(factor ?? Ops.Full(loss.Type, 1))) : Combined(loss, kind);
        }

        private static void CheckShapes(Tensor input, Tensor target, Tensor? weight)
        {
            var n = input.ndim;
            if (n == 0) throw new ValueError("Expected 1 or more dimensions (got 0)");
            var batch = target.ndim == 0 ? 0 : target.Dims[0];
            if (n > 1 && (target.ndim == 0 || input.Dims[0] != batch)) throw new ValueError($"Expected input batch_size ({input.Dims[0]}) to match target batch_size ({batch}).");
            if (n is 3 or > 4 && target.Dims != input.Dims.Without(1)) throw new RuntimeError($"Expected target size {input.Dims.Without(1)}, got {target.Dims}");
            if (n < 3 && target.ndim > 1) throw new RuntimeError("0D or 1D target tensor expected, multi-target not supported");
            if (n == 1 && target.ndim == 1) throw new RuntimeError($"size mismatch (got input: {input.Dims}, target: {target.Dims})");
            if (n == 4 && target.ndim != 3) throw new RuntimeError($"only batches of spatial targets supported (3D tensors) but got targets of dimension: {target.ndim}");
            CheckWeight(input, weight, "");
            if (n == 4 && target.Dims != input.Dims.Without(1)) throw new RuntimeError($"size mismatch (got input: {input.Dims} , target: {target.Dims}");
        }

        private static void CheckWeight(Tensor input, Tensor? weight, string who)
        {
            var classes = input.Dims[input.ndim == 1 ? 0 : 1];
            if (weight is not null && (weight.ndim != 1 || weight.numel() != classes))
                throw new RuntimeError(input.ndim == 4 && who == "" ? "weight tensor should be defined either for all or no classes" : $"{who}weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: {weight.Dims}");
        }

        // Whether some target is to be ignored; targets are looked at now, so that a wrong one is an error of this call.
        private static bool CheckClasses(Tensor input, Tensor target, Tensor? weight, long ignoreIndex)
        {
            Takes(input.Node, input.ndim < 3 ? "nll_loss_out_frame" : "nll_loss2d_forward_out_frame", whole: false);
            if (target.Node.DType is not (DType.Int64 or DType.UInt8)) throw new RuntimeError($"expected scalar type Long but found {target.dtype.TensorType}");
            if (weight is not null && weight.dtype != input.dtype) throw new RuntimeError($"expected scalar type {input.dtype.TensorType} but found {weight.dtype.TensorType}");
            var classes = input.Dims[input.ndim == 1 ? 0 : 1];
            var ignored = false;
            foreach (var t in target.Known())
            {
                ignored |= t == ignoreIndex;
                if (t != ignoreIndex && (t < 0 || t >= classes)) throw new IndexError($"Target {t} is out of bounds.");
            }
            return ignored;
        }

        /// <summary>The cross entropy between logits and target classes, or target probabilities.</summary>
        /// <param name="input">[batch, classes, …] or [classes].</param>
        /// <param name="target">The classes, [batch, …], or their probabilities, in the shape of the input.</param>
        /// <param name="weight">A factor for each class; the mean over classes is weighted by it.</param>
        /// <param name="ignore_index">Targets of this class do not count.</param>
        /// <param name="reduction">mean, sum or none.</param>
        /// <param name="label_smoothing">How much of the probability is spread over all classes.</param>
        /// <exception cref="RuntimeError">The shapes or element types do not fit, or label_smoothing is above 1.</exception>
        /// <exception cref="ValueError">The batches differ in size.</exception>
        /// <exception cref="IndexError">A target is out of range.</exception>
        [Torch]
        public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, string reduction = "mean", double label_smoothing = 0)
        {
            var kind = How(reduction);
            var axis = input.ndim == 1 ? 0 : 1;
            var soft = target.Dims == input.Dims;
            if (soft && !target.is_floating_point()) throw new RuntimeError($"Expected floating point type for target with class probabilities, got {target.dtype.TensorType}");
            if (soft && ignore_index >= 0) throw new RuntimeError("ignore_index is not supported for floating point target");
            if (soft && input.ndim == 0) throw new IndexError("Dimension specified as 1 but tensor has no dimensions");
            if (soft) CheckWeight(input, weight, "cross_entropy: ");
            if (label_smoothing > 1) throw new RuntimeError($"label_smoothing must be between 0.0 and 1.0. Got: {Written.Stream(label_smoothing)}");
            var logs = input.log_softmax(axis);
            if (soft) return Soft(logs, label_smoothing > 0 ? target * (1 - label_smoothing) + label_smoothing / logs.size(axis) : target, weight, axis, kind);
            var loss = nll_loss(logs, target, weight, ignore_index, reduction);
            if (!(label_smoothing > 0)) return loss;

            var ignored = target.eq(ignore_index);
            var spread = (-(weight is null ? logs : logs * Along(weight, logs, axis)).sum(axis)).masked_fill(ignored, 0);
            if (kind == Reduction.Mean) spread = spread.sum() / (weight is null ? ignored.logical_not() : weight.index_select(0, target.masked_fill(ignored, 0).reshape(-1)).masked_fill(ignored.reshape(-1), 0)).sum();
            else if (kind == Reduction.Sum) spread = spread.sum();
            return loss * (1 - label_smoothing) + spread * (label_smoothing / logs.size(axis));
        }

        private static Tensor Soft(Tensor logs, Tensor target, Tensor? weight, int axis, Reduction kind)
        {
            var each = weight is null ? logs * target : logs * target * Along(weight, logs, axis);
            if (kind == Reduction.None) return -each.sum(axis);
            if (kind == Reduction.Mean && logs.numel() == 0) return -each.sum().fill_(nan);
            var loss = -each.sum();
            if (kind == Reduction.Sum) return loss;
            return Record("DivBackward1", Saves.None, x => x / (double)(logs.numel() / logs.size(axis)), loss);
        }

        private static Tensor Along(Tensor weight, Tensor x, int axis) => x.ndim == 1 ? weight : weight.view([.. Dims.Repeat(1, x.ndim).With(axis, weight.numel())]);

        /// <summary>The cross entropy of probabilities.</summary>
        /// <exception cref="ValueError">The shapes differ.</exception>
        [Torch]
        public static Tensor binary_cross_entropy(Tensor input, Tensor target, string reduction) => binary_cross_entropy(input, target, null, reduction);

        /// <summary>The cross entropy of probabilities.</summary>
        /// <exception cref="ValueError">The shapes differ.</exception>
        /// <exception cref="RuntimeError">The element types differ, a value is not in [0, 1], or the weight wants a gradient.</exception>
        [Torch]
        public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, string reduction = "mean")
        {
            var kind = How(reduction);
            if (input.Dims != target.Dims) throw new ValueError($"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. Please ensure they have the same size.");
            if (weight is not null) CheckBroadcast(target.Dims, weight.Dims);
            Undifferentiated("binary_cross_entropy", "weight", weight);
            if (input.dtype != target.dtype) throw new RuntimeError($"Found dtype {target.dtype.TensorType} but expected {input.dtype.TensorType}");
            Takes(input.Node, "binary_cross_entropy", whole: false);
            if (Array.Exists(input.KnownDoubles(), p => p is not (>= 0 and <= 1))) throw new RuntimeError("all elements of input should be between 0 and 1");
            if (Array.Exists(target.KnownDoubles(), p => p is not (>= 0 and <= 1))) throw new RuntimeError("all elements of target should be between 0 and 1");
            var factor = weight is null ? null : Ops.Cast(weight.Node, input.Node.DType);
            Tensor[] watched = weight is null ? [] : [weight.expand([.. Ops.BroadcastShapes("weight", target.Dims, weight.Dims)])];
            return LaidUnreduced(Record("BinaryCrossEntropyBackward0", Saves.All, (x, t) => factor is null ? Ops.BinaryCrossEntropy(x, t, kind) : Combined(Ops.BinaryCrossEntropy(x, t, Reduction.None) * factor, kind), input, target, watched), kind, input, target);
        }

        /// <summary>The cross entropy of sigmoid(input).</summary>
        /// <exception cref="ValueError">The shapes differ.</exception>
        [Torch]
        public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, string reduction) => binary_cross_entropy_with_logits(input, target, null, reduction);

        /// <summary>The cross entropy of sigmoid(input); pos_weight is a factor of the first of its two terms.</summary>
        /// <exception cref="ValueError">The shapes differ.</exception>
        /// <exception cref="RuntimeError">A tensor is not of a floating-point type, or a weight wants a gradient.</exception>
        [Torch]
        public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, string reduction = "mean", Tensor? pos_weight = null)
        {
            var kind = How(reduction);
            if (input.Dims != target.Dims) throw new ValueError($"Target size ({target.shape}) must be the same as input size ({input.shape})");
            Undifferentiated("binary_cross_entropy_with_logits", "weight", weight);
            Undifferentiated("binary_cross_entropy_with_logits", "pos_weight", pos_weight);
            Takes(input.Node, "log_sigmoid_cpu", whole: false);
            if (!target.is_floating_point()) throw new RuntimeError($"result type {input.dtype.TensorType} can't be cast to the desired output type {target.dtype.TensorType}");
            if (pos_weight is not null) CheckBroadcast(pos_weight.Dims, target.Dims);
            if (weight is not null) CheckBroadcast(input.Dims, weight.Dims);
            Tensor[] watched = [.. ((Tensor?[])[weight, pos_weight]).OfType<Tensor>()];
            Node Weighted(Node x, Node t)
            {
                if (watched.Length == 0) return Ops.BinaryCrossEntropyWithLogits(x, t, kind);
                var loss = pos_weight is null ? Ops.BinaryCrossEntropyWithLogits(x, t, Reduction.None) : (1 - t) * x - ((pos_weight.Node - 1) * t + 1) * Ops.LogSigmoid(x);
                return Combined(weight is null ? loss : loss * weight.Node, kind);
            }
            var loss = LaidUnreduced(Record("BinaryCrossEntropyWithLogitsBackward0", Saves.All, Weighted, input, target, watched), kind, input, target);
            if (kind == Reduction.Mean && loss.gradFn is { } fn) fn.Variant = ", mean";
            return loss;
        }
    }
}
