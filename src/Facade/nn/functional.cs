namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Neural networks: https://pytorch.org/docs/2.6/nn.html</summary>
    public static partial class nn
    {
        /// <summary>Functions of neural networks: https://pytorch.org/docs/2.6/nn.functional.html</summary>
        public static partial class functional
        {
            private static Autograd.Reduction Kind(string reduction) => reduction switch
            {
                "mean" => Reduction.Mean,
                "sum" => Reduction.Sum,
                "none" => Reduction.None,
                _ => throw new ValueError($"{reduction} is not a valid value for reduction"),
            };

            private static Tensor Unary(string name, Saves saves, Func<Node, Node> f, Tensor input) => Laid(Record(name, saves, f, input), input);

            /// <summary>max(x, 0).</summary>
            public static Tensor relu(Tensor input, bool inplace = false) => inplace ? input.relu_() : input.relu();

            /// <summary>The hyperbolic tangent.</summary>
            public static Tensor tanh(Tensor input) => input.tanh();

            /// <summary>1 / (1 + e⁻ˣ).</summary>
            public static Tensor sigmoid(Tensor input) => input.sigmoid();

            /// <summary>x above zero, slope·x below.</summary>
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01) => Unary("LeakyReluBackward0", Saves.Self | Saves.Formula, x => Ops.LeakyRelu(Takes(x, "leaky_relu_cpu", whole: false), negative_slope), input);

            /// <summary>x above zero, alpha·(eˣ − 1) below.</summary>
            public static Tensor elu(Tensor input, double alpha = 1) => Unary("EluBackward0", Saves.Self, x => Ops.Elu(Takes(x, "elu_cpu", whole: false), alpha), input);

            /// <summary>x·Φ(x); approximate may be "none" or "tanh".</summary>
            public static Tensor gelu(Tensor input, string approximate = "none") => approximate is not ("none" or "tanh")
                ? throw new RuntimeError("approximate argument must be either none or tanh.")
                : Unary("GeluBackward0", Saves.Self, x => Ops.Gelu(Takes(x, "GeluKernelImpl", whole: false), approximate == "tanh"), input);

            /// <summary>x / (1 + e⁻ˣ).</summary>
            public static Tensor silu(Tensor input) => Unary("SiluBackward0", Saves.Self, x => Ops.Silu(Takes(x, "silu_cpu", whole: false)), input);

            /// <summary>x·tanh(softplus x).</summary>
            public static Tensor mish(Tensor input) => Unary("MishBackward0", Saves.Self, x => Ops.Mish(Takes(x, "mish_cpu", whole: false)), input);

            /// <summary>log(1 + e^(beta·x)) / beta; linear above the threshold.</summary>
            public static Tensor softplus(Tensor input, double beta = 1, double threshold = 20) =>
                Unary("SoftplusBackward0", Saves.Self, x => Ops.Where(Takes(x, "softplus_cpu", whole: false) * beta > threshold, x, Ops.Softplus(x * beta) / beta), input);

            /// <summary>log(1 / (1 + e⁻ˣ)).</summary>
            public static Tensor logsigmoid(Tensor input) => Unary("LogSigmoidBackward0", Saves.Self, x => Ops.LogSigmoid(Takes(x, "log_sigmoid_cpu", whole: false)), input);

            /// <summary>eˣ / Σ eˣ along a dimension.</summary>
            public static Tensor softmax(Tensor input, int dim) => input.softmax(dim);

            /// <summary>The logarithm of the softmax.</summary>
            public static Tensor log_softmax(Tensor input, int dim) => input.log_softmax(dim);

            /// <summary>x·Wᵀ + b. https://pytorch.org/docs/2.6/generated/torch.nn.functional.linear.html</summary>
            public static Tensor linear(Tensor input, Tensor weight, Tensor? bias = null)
            {
                if (bias is null) return input.matmul(weight.t());
                if (input.ndim == 2) return bias.addmm(input, weight.t());
                if (input.ndim == 0 || input.Dims[^1] != weight.Dims[^1]) return input.matmul(weight.t()) + bias;
                return bias.addmm(input.reshape(input.Dims[..^1].Product, input.Dims[^1]), weight.t()).view([.. input.Dims[..^1], weight.Dims[0]]);
            }

            /// <summary>The squared error. https://pytorch.org/docs/2.6/generated/torch.nn.functional.mse_loss.html</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, string reduction = "mean")
            {
                if (input.Dims != target.Dims) warnings.warn($"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.");
                CheckBroadcast(input.Dims, target.Dims);
                var kind = Kind(reduction);
                return Record("MseLossBackward0", Saves.All, (a, b) => Ops.MseLoss(a, b, kind), input, target);
            }

            /// <summary>The absolute error.</summary>
            public static Tensor l1_loss(Tensor input, Tensor target, string reduction = "mean") => Reduced((input - target).abs(), reduction);

            private static Tensor Reduced(Tensor loss, string reduction) => Kind(reduction) switch
            {
                Reduction.Mean => loss.mean(),
                Reduction.Sum => loss.sum(),
                _ => loss,
            };

            /// <summary>Minus the log-probability of each target class. https://pytorch.org/docs/2.6/generated/torch.nn.functional.nll_loss.html</summary>
            /// <param name="ignore_index">Targets of this class do not count.</param>
            /// <exception cref="IndexError">A target is out of range.</exception>
            public static Tensor nll_loss(Tensor input, Tensor target, long ignore_index = -100, string reduction = "mean")
            {
                var ignored = CheckClasses(input, target, ignore_index);
                var name = input.ndim > 2 ? "NllLoss2DBackward0" : "NllLossBackward0";
                if (!ignored) return Record(name, Saves.Number | Saves.Formula, x => Ops.NllLoss(x, target.Node, Kind(reduction)), input, target);
                return Record(name, Saves.Number | Saves.Formula, x =>
                {
                    var skip = Ops.Equal(target.Node, ignore_index);
                    var loss = Ops.Where(skip, 0, Ops.NllLoss(x, Ops.Where(skip, 0, target.Node), Reduction.None));
                    var counted = Ops.Cast(Ops.Sum(Ops.Not(skip)), x.DType);
                    return Kind(reduction) == Reduction.Mean ? Ops.Sum(loss) / counted : Combine(loss, reduction);
                }, input, target);
            }

            /// <summary>The cross entropy between logits and target classes, or target probabilities. https://pytorch.org/docs/2.6/generated/torch.nn.functional.cross_entropy.html</summary>
            /// <param name="ignore_index">Targets of this class do not count.</param>
            /// <param name="label_smoothing">The share of every target that is spread evenly over the classes.</param>
            /// <exception cref="IndexError">A target is out of range.</exception>
            /// <exception cref="RuntimeError">The smoothing is no share.</exception>
            public static Tensor cross_entropy(Tensor input, Tensor target, long ignore_index = -100, string reduction = "mean", double label_smoothing = 0)
            {
                if (label_smoothing is not (>= 0 and <= 1)) throw new RuntimeError($"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}");
                var axis = input.ndim == 1 ? 0 : 1;
                var (logs, classes) = (input.log_softmax(axis), input.ndim == 0 ? 1 : input.Dims[axis]);
                if (target.is_floating_point())
                {
                    if (target.Dims != input.Dims) throw new RuntimeError($"Expected floating point type for target with class probabilities, got {target.dtype.TensorType}");
                    if (label_smoothing > 0) target = target * (1 - label_smoothing) + label_smoothing / classes;
                    var each = -(logs * target).sum(axis);
                    return Kind(reduction) == Reduction.Mean ? Pair("DivBackward1", Saves.Number, Ops.Div, each.sum(), (double)Math.Max(1, each.numel())) : Reduced(each, reduction);
                }
                var loss = nll_loss(logs, target, ignore_index, reduction);
                if (label_smoothing == 0) return loss;
                var skip = target.eq(ignore_index);
                var even = (-logs.sum(axis)).masked_fill(skip, 0);
                even = Kind(reduction) == Reduction.Mean ? even.sum() / skip.logical_not().sum() : Reduced(even, reduction);
                return loss * (1 - label_smoothing) + even * (label_smoothing / classes);
            }

            // Whether some target is to be ignored; targets are looked at now, so that a wrong one is an error of this call.
            private static bool CheckClasses(Tensor input, Tensor target, long ignoreIndex)
            {
                if (target.Node.DType != DType.Int64) throw new RuntimeError($"expected scalar type Long but found {target.dtype.TensorType}");
                if (input.ndim > 1 && (target.ndim == 0 || input.Dims[0] != target.Dims[0])) throw new ValueError($"Expected input batch_size ({input.Dims[0]}) to match target batch_size ({(target.ndim == 0 ? 1 : target.Dims[0])}).");
                var classes = input.Dims[input.ndim == 1 ? 0 : 1];
                var ignored = false;
                foreach (var t in target.Longs())
                {
                    ignored |= t == ignoreIndex;
                    if (t != ignoreIndex && (t < 0 || t >= classes)) throw new IndexError($"Target {t} is out of bounds.");
                }
                return ignored;
            }

            /// <summary>The cross entropy of probabilities. https://pytorch.org/docs/2.6/generated/torch.nn.functional.binary_cross_entropy.html</summary>
            public static Tensor binary_cross_entropy(Tensor input, Tensor target, string reduction = "mean") =>
                Record("BinaryCrossEntropyBackward0", Saves.All, (x, t) => Ops.BinaryCrossEntropy(x, t, Kind(reduction)), input, target);

            /// <summary>The cross entropy of sigmoid(input). https://pytorch.org/docs/2.6/generated/torch.nn.functional.binary_cross_entropy_with_logits.html</summary>
            public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, string reduction = "mean") =>
                Record("BinaryCrossEntropyWithLogitsBackward0", Saves.All, (x, t) => Ops.BinaryCrossEntropyWithLogits(x, t, Kind(reduction)), input, target);

            private static Node Combine(Node loss, string reduction) => Kind(reduction) switch
            {
                Reduction.Mean => Ops.Mean(loss),
                Reduction.Sum => Ops.Sum(loss),
                _ => loss,
            };

            /// <summary>Sets elements to zero at random, and scales the others. https://pytorch.org/docs/2.6/generated/torch.nn.functional.dropout.html</summary>
            /// <exception cref="ValueError">p is not a probability.</exception>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true)
            {
                if (p is < 0 or > 1) throw new ValueError($"dropout probability has to be between 0 and 1, but got {Written.Python(p)}");
                if (!training || p == 0 || input.numel() == 0) return input;
                return p == 1 ? input * zeros([], input.dtype) : input * Kept(input, 1 - p).div_(1 - p);
            }

            private static Dims Spread(long[] sizes, int n) => sizes.Length == 1 ? Dims.Repeat(sizes[0], n) : Dims.Create(sizes);

            /// <summary>A convolution of images. https://pytorch.org/docs/2.6/generated/torch.nn.functional.conv2d.html</summary>
            /// <exception cref="RuntimeError">Shapes do not fit.</exception>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? dilation = null, int groups = 1)
            {
                if (input.ndim == 4 && weight.ndim == 4 && input.Dims[1] != weight.Dims[1] * groups)
                    throw new RuntimeError($"Given groups={groups}, weight of size {weight.Dims}, expected input{input.Dims} to have {weight.Dims[1] * groups} channels, but got {input.Dims[1]} channels instead");
                Tensor[] operands = bias is null ? [input, weight] : [input, weight, bias];
                return Record("ConvolutionBackward0", Saves.Cross, x => Ops.Convolution(x[0], x[1], x.ElementAtOrDefault(2), Spread(stride ?? [1], 2), Spread(padding ?? [0], 2), Spread(dilation ?? [1], 2), groups), operands);
            }

            /// <summary>The largest element of each window. https://pytorch.org/docs/2.6/generated/torch.nn.functional.max_pool2d.html</summary>
            /// <exception cref="RuntimeError">The window does not fit.</exception>
            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null) =>
                Record("MaxPool2DWithIndicesBackward0", Saves.Self | Saves.Result | Saves.Formula, x => Ops.MaxPool(x, Spread(kernel_size, 2), Spread(stride ?? kernel_size, 2), Spread(padding ?? [0], 2)), input);

            /// <summary>The mean of each window. https://pytorch.org/docs/2.6/generated/torch.nn.functional.avg_pool2d.html</summary>
            /// <exception cref="RuntimeError">The window does not fit.</exception>
            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null) =>
                Record("AvgPool2DBackward0", Saves.Self | Saves.Formula, x => Ops.AvgPool(x, Spread(kernel_size, 2), Spread(stride ?? kernel_size, 2), Spread(padding ?? [0], 2)), input);

            /// <summary>Mean 0 and variance 1 over the last dimensions. https://pytorch.org/docs/2.6/generated/torch.nn.functional.layer_norm.html</summary>
            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Record("NativeLayerNormBackward0", Saves.All, x => Ops.LayerNorm(x[0], normalized_shape.Length, weight is null ? null : x[1], bias is null ? null : x[^1], eps), [input, .. Given(weight), .. Given(bias)]);

            private static Tensor[] Given(Tensor? x) => x is null ? [] : [x];

            /// <summary>Mean 0 and variance 1 per channel. https://pytorch.org/docs/2.6/generated/torch.nn.functional.batch_norm.html</summary>
            /// <exception cref="ValueError">Only one value per channel in training.</exception>
            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5)
            {
                var count = input.Dims.Without(1).Product;
                if (training && count == 1) throw new ValueError($"Expected more than 1 value per channel when training, got input size {input.shape}");
                Tensor[] operands = [input, .. Given(weight), .. Given(bias)];
                if (!training)
                {
                    if (running_mean is null || running_var is null) throw new RuntimeError("Expected running_mean and running_var to be defined when training=False");
                    return Record("NativeBatchNormBackward0", Saves.All, x =>
                    {
                        var (mean, variance) = (Ops.PerChannel(x[0], running_mean.Node)!, Ops.PerChannel(x[0], running_var.Node)!);
                        var y = (x[0] - mean) * Ops.Rsqrt(variance + eps);
                        if (weight is not null) y *= Ops.PerChannel(y, x[1])!;
                        return bias is null ? y : y + Ops.PerChannel(y, x[^1])!;
                    }, operands, running_mean, running_var);
                }
                if (running_mean is not null && running_var is not null)
                {
                    using var _ = no_grad();
                    long[] axes = [.. Enumerable.Range(0, input.ndim).Where(k => k != 1).Select(k => (long)k)];
                    running_mean.lerp_(input.detach().mean(axes), momentum);
                    running_var.lerp_(input.detach().var(axes), momentum);
                }
                return Record("NativeBatchNormBackward0", Saves.All, x => Ops.BatchNorm(x[0], weight is null ? null : x[1], bias is null ? null : x[^1], eps), operands);
            }

            /// <summary>One at each index. https://pytorch.org/docs/2.6/generated/torch.nn.functional.one_hot.html</summary>
            /// <exception cref="RuntimeError">The indices are not int64, or one is not in [0, num_classes).</exception>
            public static Tensor one_hot(Tensor tensor, long num_classes = -1)
            {
                if (tensor.Node.DType != DType.Int64) throw new RuntimeError("one_hot is only applicable to index tensor of type LongTensor.");
                var indices = tensor.Longs();
                if (indices.Length == 0 && num_classes <= 0) throw new RuntimeError("Can not infer total number of classes from empty tensor.");
                if (indices.Any(i => i < 0)) throw new RuntimeError("Class values must be non-negative.");
                if (num_classes == -1) num_classes = indices.Max() + 1;
                if (indices.Any(i => i >= num_classes)) throw new RuntimeError("Class values must be smaller than num_classes.");
                return new(Ops.OneHot(tensor.Node, num_classes));
            }

            /// <summary>Rows of a table. https://pytorch.org/docs/2.6/generated/torch.nn.functional.embedding.html</summary>
            /// <exception cref="IndexError">An index is out of range.</exception>
            public static Tensor embedding(Tensor input, Tensor weight)
            {
                foreach (var i in input.Longs())
                    if (i < 0 || i >= weight.Dims[0]) throw new IndexError("index out of range in self");
                return Record("EmbeddingBackward0", Saves.Number, w => Ops.Take(w, 0, input.Node), weight, input);
            }
        }
    }
}
