namespace Functional.Autograd;

public static partial class torch
{
    // Connectionist temporal classification. Graves et al., 2006.
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Alignments
    {
        /// <summary>The negative logarithm of the probability of all alignments of sequences with their labels. As PyTorch's, the gradient is that of what log_softmax gives.</summary>
        /// <exception cref="RuntimeError">Lengths, labels or shapes do not fit.</exception>
        /// <exception cref="ValueError">There is no such reduction.</exception>
        [Torch]
        public static Tensor ctc_loss(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, long blank = 0, string reduction = "mean", bool zero_infinity = false)
        {
            if (input_lengths.Node.DType.IsSmooth) throw new RuntimeError("input_lengths must be integral");
            if (target_lengths.Node.DType.IsSmooth) throw new RuntimeError("target_lengths must be integral");
            return ctc_loss(log_probs, targets, input_lengths.Longs(), target_lengths.Longs(), blank, reduction, zero_infinity);
        }

        /// <summary>The same, with lengths as numbers.</summary>
        /// <exception cref="RuntimeError">Lengths, labels or shapes do not fit.</exception>
        /// <exception cref="ValueError">There is no such reduction.</exception>
        [Torch]
        public static Tensor ctc_loss(Tensor log_probs, Tensor targets, Sizes input_lengths, Sizes target_lengths, long blank = 0, string reduction = "mean", bool zero_infinity = false)
        {
            var kind = How(reduction);
            var alone = log_probs.ndim == 2;
            var x = alone ? log_probs.unsqueeze(1) : log_probs;
            var (lengths, sizes) = (input_lengths.All, target_lengths.All);
            Takes(x.Node, "ctc_loss_cpu", whole: false);
            if (x.Node.DType.IsHalf) throw new RuntimeError($"\"ctc_loss_cpu\" not implemented for '{x.dtype.TensorType}'");
            var labels = Labels(x, targets, lengths, sizes, blank);
            var loss = Record("CtcLossBackward0", Saves.Self | Saves.Result, p => Loss(p, labels, lengths, blank), x, targets);
            if (zero_infinity) loss = torch.where(loss == double.PositiveInfinity, torch.zeros([], dtype: loss.dtype), loss);
            if (kind == Reduction.Mean) return (loss / torch.tensor(sizes.Select(s => (double)Math.Max(1, s)).ToArray(), dtype: loss.dtype)).mean();
            return kind == Reduction.Sum ? loss.sum() : alone ? loss.squeeze(0) : loss;
        }

        private static long[][] Labels(Tensor x, Tensor targets, long[] lengths, long[] sizes, long blank)
        {
            const string checking = "(while checking arguments for ctc_loss_allocate_outputs)";
            if (x.ndim != 3) throw new RuntimeError($"Expected 3-dimensional tensor, but got {x.ndim}-dimensional tensor for argument #1 'log_probs' {checking}");
            var (time, batch, classes) = (x.Dims[0], x.Dims[1], x.Dims[2]);
            if (blank < 0 || blank >= classes) throw new RuntimeError("blank must be in label range");
            if (lengths.Length != batch) throw new RuntimeError("input_lengths must be of size batch_size");
            if (sizes.Length != batch) throw new RuntimeError("target_lengths must be of size batch_size");
            if (Array.Exists(sizes, s => s < 0)) throw new RuntimeError($"Expected target_lengths to have value at least 0, but got value {sizes.First(s => s < 0)} {checking}");
            if (targets.ndim is not (1 or 2)) throw new RuntimeError($"Expected tensor to have 1 or 2 dimensions, but got {targets.ndim} dimensions for argument #2 'targets' {checking}");
            var (flat, all) = (targets.ndim == 1 && x.ndim == 3 && (batch != 1 || targets.Dims[0] == sizes.Sum()), targets.Longs());
            if (flat && targets.Dims[0] != sizes.Sum()) throw new RuntimeError($"Expected tensor to have size {sizes.Sum()} at dimension 0, but got size {targets.Dims[0]} for argument #2 'targets' {checking}");
            if (!flat)
            {
                var (rows, width) = targets.ndim == 1 ? (1, targets.Dims[0]) : (targets.Dims[0], targets.Dims[1]);
                if (rows != batch) throw new RuntimeError($"Expected tensor to have size {batch} at dimension 0, but got size {rows} for argument #2 'targets' {checking}");
                if (width < sizes.DefaultIfEmpty().Max()) throw new RuntimeError($"Expected tensor to have size at least {sizes.Max()} at dimension 1, but got size {width} for argument #2 'targets' {checking}");
            }
            if (Array.Exists(lengths, t => t > time)) throw new RuntimeError($"Expected input_lengths to have value at most {time}, but got value {lengths.First(t => t > time)} {checking}");
            if (Array.Exists(lengths, t => t < 0)) throw new RuntimeError($"Expected input_lengths to have value at least 0, but got value {lengths.First(t => t < 0)} {checking}");
            var (found, start) = (new long[batch][], 0L);
            for (var b = 0; b < batch; b++)
            {
                var from = flat ? start : b * (targets.numel() / batch);
                found[b] = all[(int)from..(int)(from + sizes[b])];
                if (Array.Exists(found[b], l => l < 0 || l >= classes)) throw new RuntimeError($"ctc_loss: label {found[b].First(l => l < 0 || l >= classes)} is none of {classes} classes");
                start += sizes[b];
            }
            return found;
        }

        // Stands for the logarithm of 0, so that no infinities meet in sums.
        private const double Never = -1e30;

        // Forward variables over labels with blanks around each; the gradient adds the probabilities themselves.
        private static Node Loss(Node p, long[][] labels, long[] lengths, long blank)
        {
            var (time, batch, width) = ((int)p.Shape[0], labels.Length, 2 * labels.Select(l => l.Length).Append(0).Max() + 1);
            Node Table<T>(Func<long[], int, T> at) where T : unmanaged => Ops.Tensor<T>([.. labels.SelectMany(l => Enumerable.Range(0, width).Select(s => at(l, s)))], [batch, width]);
            long Label(long[] l, int s) => s % 2 == 1 && s / 2 < l.Length ? l[s / 2] : blank;
            var index = Table(Label);
            var skips = Table((l, s) => s > 1 && s % 2 == 1 && s / 2 < l.Length && Label(l, s) != Label(l, s - 2));
            var ends = Table((l, s) => s == 2 * l.Length || s == 2 * l.Length - 1);
            Node At(int t) => Ops.Max(Ops.Gather(Ops.Squeeze(Ops.SliceAxis(p, 0, t, t + 1), 0), 1, index), Never);
            Node Running(int t) => Ops.Tensor<bool>([.. lengths.Select(n => t < n)], [batch, 1]);
            Node Shifted(Node a, int by) => Ops.Pad(Ops.SliceAxis(a, 1, 0, width - by), [0, by], [0, 0], Never);
            // Before the first step all is at the first blank, as if that had been passed already.
            var alpha = Ops.Where(Ops.Equal(Ops.Arange(width), 0), Ops.Scalar(0, p.DType), Ops.Broadcast(Ops.Scalar(Never, p.DType), [batch, width]));
            for (var t = 0; t < time; t++)
            {
                var next = Ops.LogAddExp(alpha, width > 1 ? Shifted(alpha, 1) : Ops.Full(alpha.Type, Never));
                if (t > 0 && width > 2) next = Ops.LogAddExp(next, Ops.Where(skips, Shifted(alpha, 2), Never));
                alpha = Ops.Where(Running(t), Ops.Max(next + At(t), Never), alpha);
            }
            var nll = -Ops.LogSumExp(Ops.Where(ends, alpha, Never), [1]);
            Node mass = 0;
            for (var t = 0; t < time; t++) mass += Ops.Where(Ops.Squeeze(Running(t), 1), Ops.Sum(Ops.Exp(Ops.Squeeze(Ops.SliceAxis(p, 0, t, t + 1), 0)), [1]), 0);
            nll += mass - Ops.Detach(mass);
            return Ops.Where(nll > -Never / 2, double.PositiveInfinity, nll);
        }
    }
}
