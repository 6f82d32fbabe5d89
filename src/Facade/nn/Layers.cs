namespace Functional.Autograd;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>x·Wᵀ + b. https://pytorch.org/docs/2.6/generated/torch.nn.Linear.html</summary>
        public sealed class Linear : Module<Tensor, Tensor>
        {
            private readonly bool has;

            /// <summary>Weights and bias are drawn uniformly from ±1/√in_features.</summary>
            public Linear(long in_features, long out_features, bool bias = true, dtype? dtype = null)
            {
                (this.in_features, this.out_features, has) = (in_features, out_features, bias);
                weight = Learned("weight", empty([out_features, in_features], dtype));
                init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (!bias) return;
                var bound = in_features > 0 ? 1 / Math.Sqrt(in_features) : 0;
                this.bias = Learned("bias", empty([out_features], dtype));
                init.uniform_(this.bias, -bound, bound);
            }

            /// <summary>The size of an input.</summary>
            public long in_features { get; }

            /// <summary>The size of an output.</summary>
            public long out_features { get; }

            /// <summary>[out_features, in_features].</summary>
            public Parameter weight { get; }

            /// <summary>[out_features], or none.</summary>
            public Parameter? bias { get; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.linear(input, weight, bias);

            /// <inheritdoc/>
            protected override string extra_repr() => $"in_features={in_features}, out_features={out_features}, bias={Written.Python(has)}";
        }

        /// <summary>Modules one after another. https://pytorch.org/docs/2.6/generated/torch.nn.Sequential.html</summary>
        public sealed class Sequential : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor>[] steps;

            /// <summary>Runs the modules in order.</summary>
            public Sequential(params Module<Tensor, Tensor>[] modules)
            {
                steps = [.. modules];
                for (var i = 0; i < modules.Length; i++) register_module(i.ToString(), modules[i]);
            }

            /// <summary>A module by its place; negative counts from the end.</summary>
            /// <exception cref="IndexError">There is no such module.</exception>
            public Module<Tensor, Tensor> this[int index] => index >= -steps.Length && index < steps.Length ? steps[index < 0 ? index + steps.Length : index] : throw new IndexError($"index {index} is out of range");

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => steps.Aggregate(input, (x, m) => m.forward(x));
        }

        /// <summary>An activation: a function without parameters.</summary>
        /// <param name="f">The function.</param>
        /// <param name="settings">What stands in the parentheses of the module's text.</param>
        public abstract class Activation(Func<Tensor, Tensor> f, string settings = "") : Module<Tensor, Tensor>
        {
            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => f(input);

            /// <inheritdoc/>
            protected override string extra_repr() => settings;
        }

        /// <summary>What is given, unchanged.</summary>
        public sealed class Identity() : Activation(x => x);

        /// <summary>max(x, 0).</summary>
        public sealed class ReLU() : Activation(x => x.relu());

        /// <summary>The hyperbolic tangent.</summary>
        public sealed class Tanh() : Activation(x => x.tanh());

        /// <summary>1 / (1 + e⁻ˣ).</summary>
        public sealed class Sigmoid() : Activation(x => x.sigmoid());

        /// <summary>log(1 / (1 + e⁻ˣ)).</summary>
        public sealed class LogSigmoid() : Activation(functional.logsigmoid);

        /// <summary>x·Φ(x).</summary>
        public sealed class GELU(string approximate = "none") : Activation(x => functional.gelu(x, approximate), $"approximate='{approximate}'");

        /// <summary>x / (1 + e⁻ˣ).</summary>
        public sealed class SiLU() : Activation(x => functional.silu(x));

        /// <summary>x·tanh(softplus x).</summary>
        public sealed class Mish() : Activation(x => functional.mish(x));

        /// <summary>x above zero, alpha·(eˣ − 1) below.</summary>
        public sealed class ELU(double alpha = 1) : Activation(x => functional.elu(x, alpha), $"alpha={Written.Python(alpha)}");

        /// <summary>log(1 + e^(beta·x)) / beta; linear above the threshold.</summary>
        public sealed class Softplus(double beta = 1, double threshold = 20) : Activation(x => functional.softplus(x, beta, threshold), $"beta={Written.Python(beta)}, threshold={Written.Python(threshold)}");

        /// <summary>x above zero, slope·x below.</summary>
        public sealed class LeakyReLU(double negative_slope = 0.01) : Activation(x => functional.leaky_relu(x, negative_slope), $"negative_slope={Written.Python(negative_slope)}");

        /// <summary>eˣ / Σ eˣ.</summary>
        public sealed class Softmax(int dim) : Activation(x => x.softmax(dim), $"dim={dim}");

        /// <summary>The logarithm of the softmax.</summary>
        public sealed class LogSoftmax(int dim) : Activation(x => x.log_softmax(dim), $"dim={dim}");

        /// <summary>Joins dimensions into one, from start_dim on.</summary>
        public sealed class Flatten(int start_dim = 1, int end_dim = -1) : Activation(x => x.flatten(start_dim, end_dim), $"start_dim={start_dim}, end_dim={end_dim}");

        /// <summary>Sets elements to zero at random while training. https://pytorch.org/docs/2.6/generated/torch.nn.Dropout.html</summary>
        public sealed class Dropout : Module<Tensor, Tensor>
        {
            private readonly double p;

            /// <summary>p: how often an element becomes zero.</summary>
            /// <exception cref="ValueError">p is not a probability.</exception>
            public Dropout(double p = 0.5) =>
                this.p = p < 0 || p > 1 ? throw new ValueError($"dropout probability has to be between 0 and 1, but got {Written.Python(p)}") : p;

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.dropout(input, p, training);

            /// <inheritdoc/>
            protected override string extra_repr() => $"p={Written.Python(p)}, inplace=False";
        }

        /// <summary>A convolution of images. https://pytorch.org/docs/2.6/generated/torch.nn.Conv2d.html</summary>
        public sealed class Conv2d : Module<Tensor, Tensor>
        {
            private readonly long[] kernel, stride, padding, dilation;
            private readonly int groups;

            /// <summary>A square kernel.</summary>
            /// <exception cref="ValueError">The channels are not divisible by groups.</exception>
            public Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, int groups = 1, bool bias = true)
                : this(in_channels, out_channels, [kernel_size], [stride], [padding], [dilation], groups, bias)
            {
            }

            /// <summary>Weights and bias are drawn uniformly from ±1/√(channels of a group · elements of the kernel). One number stands for both dimensions.</summary>
            /// <exception cref="ValueError">The channels are not divisible by groups.</exception>
            public Conv2d(long in_channels, long out_channels, long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, int groups = 1, bool bias = true)
            {
                if (groups <= 0) throw new ValueError("groups must be a positive integer");
                if (in_channels % groups != 0) throw new ValueError("in_channels must be divisible by groups");
                if (out_channels % groups != 0) throw new ValueError("out_channels must be divisible by groups");
                static long[] Elementwise(long[] sizes) => sizes.Length == 1 ? [sizes[0], sizes[0]] : sizes;
                (kernel, this.stride, this.padding, this.dilation, this.groups) = (Elementwise(kernel_size), Elementwise(stride ?? [1]), Elementwise(padding ?? [0]), Elementwise(dilation ?? [1]), groups);
                weight = Learned("weight", empty([out_channels, in_channels / groups, .. kernel]));
                init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (!bias) return;
                this.bias = Learned("bias", empty([out_channels]));
                var inputs = kernel.Aggregate(in_channels / groups, (a, b) => a * b);
                if (inputs > 0) init.uniform_(this.bias, -1 / Math.Sqrt(inputs), 1 / Math.Sqrt(inputs));
            }

            /// <summary>[out_channels, in_channels / groups, kernel, kernel].</summary>
            public Parameter weight { get; }

            /// <summary>[out_channels], or none.</summary>
            public Parameter? bias { get; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.conv2d(input, weight, bias, stride, padding, dilation, groups);

            /// <inheritdoc/>
            protected override string extra_repr() => $"{weight.size(1) * groups}, {weight.size(0)}, kernel_size={Written.Tuple(kernel)}, stride={Written.Tuple(stride)}"
                + (padding is [0, 0] ? "" : $", padding={Written.Tuple(padding)}")
                + (dilation is [1, 1] ? "" : $", dilation={Written.Tuple(dilation)}")
                + (groups == 1 ? "" : $", groups={groups}")
                + (bias is null ? ", bias=False" : "");
        }

        /// <summary>The largest element of each window.</summary>
        public sealed class MaxPool2d(long kernel_size, long? stride = null, long padding = 0) : Activation(
            x => functional.max_pool2d(x, [kernel_size], [stride ?? kernel_size], [padding]),
            $"kernel_size={kernel_size}, stride={stride ?? kernel_size}, padding={padding}, dilation=1, ceil_mode=False");

        /// <summary>The mean of each window.</summary>
        public sealed class AvgPool2d(long kernel_size, long? stride = null, long padding = 0) : Activation(
            x => functional.avg_pool2d(x, [kernel_size], [stride ?? kernel_size], [padding]),
            $"kernel_size={kernel_size}, stride={stride ?? kernel_size}, padding={padding}");

        /// <summary>Mean 0 and variance 1 over the last dimensions. https://pytorch.org/docs/2.6/generated/torch.nn.LayerNorm.html</summary>
        public sealed class LayerNorm : Module<Tensor, Tensor>
        {
            private readonly long[] shape;
            private readonly double eps;

            /// <summary>Over one dimension.</summary>
            public LayerNorm(long normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true) : this([normalized_shape], eps, elementwise_affine, bias)
            {
            }

            /// <summary>Weight 1 and bias 0 at first, if there are any.</summary>
            public LayerNorm(long[] normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true)
            {
                (shape, this.eps) = (normalized_shape, eps);
                if (elementwise_affine) weight = Learned("weight", ones(shape));
                if (elementwise_affine && bias) this.bias = Learned("bias", zeros(shape));
            }

            /// <summary>The factors, of the normalised shape, or none.</summary>
            public Parameter? weight { get; }

            /// <summary>What is added, of the normalised shape, or none.</summary>
            public Parameter? bias { get; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.layer_norm(input, shape, weight, bias, eps);

            /// <inheritdoc/>
            protected override string extra_repr() => $"{Written.Tuple(shape)}, eps={Written.Python(eps)}, elementwise_affine={Written.Python(weight is not null)}";
        }

        /// <summary>Mean 0 and variance 1 per channel.</summary>
        public abstract class BatchNorm : Module<Tensor, Tensor>
        {
            private readonly long features;
            private readonly double eps;
            private readonly double? momentum;
            private readonly int[] ranks;

            /// <summary>Weight 1 and bias 0 at first, if there are any.</summary>
            private protected BatchNorm(long features, double eps, double? momentum, bool affine, bool track, int[] ranks)
            {
                (this.features, this.eps, this.momentum, this.ranks) = (features, eps, momentum, ranks);
                if (affine) (weight, bias) = (Learned("weight", ones(features)), Learned("bias", zeros(features)));
                if (!track) return;
                (running_mean, running_var) = (register_buffer("running_mean", zeros(features)), register_buffer("running_var", ones(features)));
                num_batches_tracked = register_buffer("num_batches_tracked", tensor(0L));
            }

            /// <summary>The factors, or none.</summary>
            public Parameter? weight { get; }

            /// <summary>What is added, or none.</summary>
            public Parameter? bias { get; }

            /// <summary>The mean over the batches, or none.</summary>
            public Tensor? running_mean { get; }

            /// <summary>The variance over the batches, or none.</summary>
            public Tensor? running_var { get; }

            /// <summary>How many batches were seen in training, or none.</summary>
            public Tensor? num_batches_tracked { get; }

            private protected override bool MayLack(string name) => name == "num_batches_tracked";

            /// <inheritdoc/>
            public override Tensor forward(Tensor input)
            {
                if (!ranks.Contains(input.ndim)) throw new ValueError($"expected {string.Join(" or ", ranks.Select(r => $"{r}D"))} input (got {input.ndim}D input)");
                var share = momentum ?? 0;
                if (training && num_batches_tracked is not null)
                {
                    // The count is a value at once: nothing else would ask for it, and it would grow into a long expression.
                    var count = num_batches_tracked.Longs()[0] + 1;
                    num_batches_tracked.Set(Ops.Tensor<long>([count], Dims.Empty));
                    share = momentum ?? 1.0 / count;
                }
                return functional.batch_norm(input, running_mean, running_var, weight, bias, training || running_mean is null, share, eps);
            }

            /// <inheritdoc/>
            protected override string extra_repr() =>
                $"{features}, eps={Written.Python(eps)}, momentum={(momentum is { } m ? Written.Python(m) : "None")}, affine={Written.Python(weight is not null)}, track_running_stats={Written.Python(running_mean is not null)}";
        }

        /// <summary>Batch normalisation of [batch, channels] or [batch, channels, length]. https://pytorch.org/docs/2.6/generated/torch.nn.BatchNorm1d.html</summary>
        public sealed class BatchNorm1d(long num_features, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool track_running_stats = true)
            : BatchNorm(num_features, eps, momentum, affine, track_running_stats, [2, 3]);

        /// <summary>Batch normalisation of [batch, channels, height, width]. https://pytorch.org/docs/2.6/generated/torch.nn.BatchNorm2d.html</summary>
        public sealed class BatchNorm2d(long num_features, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool track_running_stats = true)
            : BatchNorm(num_features, eps, momentum, affine, track_running_stats, [4]);

        /// <summary>Rows of a learned table. https://pytorch.org/docs/2.6/generated/torch.nn.Embedding.html</summary>
        public sealed class Embedding : Module<Tensor, Tensor>
        {
            /// <summary>Normal numbers at first.</summary>
            public Embedding(long num_embeddings, long embedding_dim)
            {
                weight = Learned("weight", empty([num_embeddings, embedding_dim]));
                init.normal_(weight);
            }

            /// <summary>[num_embeddings, embedding_dim].</summary>
            public Parameter weight { get; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.embedding(input, weight);

            /// <inheritdoc/>
            protected override string extra_repr() => $"{weight.size(0)}, {weight.size(1)}";
        }

        /// <summary>A loss: from prediction and target to a number.</summary>
        public abstract class Loss : Module
        {
            private readonly Func<Tensor, Tensor, Tensor> f;

            private protected Loss(Func<Tensor, Tensor, Tensor> f, Tensor? weight = null)
            {
                this.f = f;
                if (weight is not null) register_buffer("weight", weight);
            }

            /// <summary>Computes the loss.</summary>
            public Tensor forward(Tensor input, Tensor target) => f(input, target);

            /// <summary>As <see cref="forward"/>; Python's <c>loss(x, y)</c>.</summary>
            public Tensor call(Tensor input, Tensor target) => f(input, target);
        }

        /// <summary>The cross entropy between logits and classes. https://pytorch.org/docs/2.6/generated/torch.nn.CrossEntropyLoss.html</summary>
        public sealed class CrossEntropyLoss(Tensor? weight = null, long ignore_index = -100, string reduction = "mean", double label_smoothing = 0)
            : Loss((x, t) => functional.cross_entropy(x, t, weight, ignore_index, reduction, label_smoothing), weight);

        /// <summary>The squared error.</summary>
        public sealed class MSELoss(string reduction = "mean") : Loss((x, t) => functional.mse_loss(x, t, reduction));

        /// <summary>The absolute error.</summary>
        public sealed class L1Loss(string reduction = "mean") : Loss((x, t) => functional.l1_loss(x, t, reduction));

        /// <summary>The cross entropy of probabilities.</summary>
        public sealed class BCELoss(string reduction = "mean") : Loss((x, t) => functional.binary_cross_entropy(x, t, reduction: reduction));

        /// <summary>The cross entropy of sigmoid(input).</summary>
        public sealed class BCEWithLogitsLoss(string reduction = "mean") : Loss((x, t) => functional.binary_cross_entropy_with_logits(x, t, reduction: reduction));

        /// <summary>Minus the log-probability of the classes. https://pytorch.org/docs/2.6/generated/torch.nn.NLLLoss.html</summary>
        public sealed class NLLLoss(Tensor? weight = null, long ignore_index = -100, string reduction = "mean")
            : Loss((x, t) => functional.nll_loss(x, t, weight, ignore_index, reduction), weight);
    }
}
