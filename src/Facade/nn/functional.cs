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

            /// <summary>max(x, 0).</summary>
            public static Tensor relu(Tensor input, bool inplace = false) => inplace ? input.relu_() : input.relu();

            /// <summary>The hyperbolic tangent.</summary>
            public static Tensor tanh(Tensor input) => input.tanh();

            /// <summary>1 / (1 + e⁻ˣ).</summary>
            public static Tensor sigmoid(Tensor input) => input.sigmoid();

            /// <summary>x above zero, slope·x below.</summary>
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01) => Elementwise("LeakyReluBackward0", Saves.Self | Saves.Formula, x => Ops.LeakyRelu(Takes(x, "leaky_relu_cpu", whole: false), negative_slope), input);

            /// <summary>x above zero, alpha·(eˣ − 1) below.</summary>
            public static Tensor elu(Tensor input, double alpha = 1) => Elementwise("EluBackward0", Saves.Self, x => Ops.Elu(Takes(x, "elu_cpu", whole: false), alpha), input);

            /// <summary>x·Φ(x); approximate may be "none" or "tanh".</summary>
            public static Tensor gelu(Tensor input, string approximate = "none") => approximate is not ("none" or "tanh")
                ? throw new RuntimeError("approximate argument must be either none or tanh.")
                : Elementwise("GeluBackward0", Saves.Self, x => Ops.Gelu(Takes(x, "GeluKernelImpl", whole: false), approximate == "tanh"), input);

            /// <summary>x / (1 + e⁻ˣ).</summary>
            public static Tensor silu(Tensor input) => Elementwise("SiluBackward0", Saves.Self, x => Ops.Silu(Takes(x, "silu_cpu", whole: false)), input);

            /// <summary>x·tanh(softplus x).</summary>
            public static Tensor mish(Tensor input) => Elementwise("MishBackward0", Saves.Self, x => Ops.Mish(Takes(x, "mish_cpu", whole: false)), input);

            /// <summary>log(1 + e^(beta·x)) / beta; linear above the threshold.</summary>
            public static Tensor softplus(Tensor input, double beta = 1, double threshold = 20) =>
                Elementwise("SoftplusBackward0", Saves.Self, x => Ops.Where(Takes(x, "softplus_cpu", whole: false) * beta > threshold, x, Ops.Softplus(x * beta) / beta), input);

            /// <summary>log(1 / (1 + e⁻ˣ)).</summary>
            public static Tensor logsigmoid(Tensor input) => Record("LogSigmoidBackward0", Saves.Self, x => Ops.LogSigmoid(Takes(x, "log_sigmoid_cpu", whole: false)), input);

            /// <summary>eˣ / Σ eˣ along a dimension.</summary>
            public static Tensor softmax(Tensor input, int dim) => input.softmax(dim);

            /// <summary>The logarithm of the softmax.</summary>
            public static Tensor log_softmax(Tensor input, int dim) => input.log_softmax(dim);

            /// <summary>x·Wᵀ + b. https://pytorch.org/docs/2.6/generated/torch.nn.functional.linear.html</summary>
            /// <exception cref="RuntimeError">The shapes or element types do not fit.</exception>
            public static Tensor linear(Tensor input, Tensor weight, Tensor? bias = null)
            {
                if (input.ndim == 0 || weight.ndim == 0) throw new RuntimeError($"both arguments to linear need to be at least 1D, but they are {input.ndim}D and {weight.ndim}D");
                if (bias is null) return input.matmul(weight.t());
                if (input.ndim == 2) return bias.addmm(input, weight.t());
                if (weight.ndim != 2 || !input.is_contiguous()) return input.matmul(weight.t()).add_(bias);
                // All leading dimensions are one for the product.
                var rows = input.reshape(input.Dims[..^1].Product, input.Dims[^1]);
                return bias.addmm(rows, weight.t()).view([.. input.Dims[..^1], weight.size(0)]);
            }

            /// <summary>Sets elements to zero at random, and scales the others. https://pytorch.org/docs/2.6/generated/torch.nn.functional.dropout.html</summary>
            /// <exception cref="ValueError">p is not a probability.</exception>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true)
            {
                if (p is < 0 or > 1) throw new ValueError($"dropout probability has to be between 0 and 1, but got {Written.Python(p)}");
                if (double.IsNaN(p)) throw new RuntimeError("dropout probability has to be between 0 and 1, but got nan");
                if (!training || p == 0 || input.numel() == 0) return input;
                return p == 1 ? input * zeros([], input.dtype) : input * Kept(input, 1 - p).div_(1 - p);
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
                Checked([.. tensor.Dims, num_classes]);
                var written = new Tensor(Ops.OneHot(tensor.Node, num_classes));
                written.version.Restore(2);
                return written;
            }

            /// <summary>Rows of a table. https://pytorch.org/docs/2.6/generated/torch.nn.functional.embedding.html</summary>
            /// <exception cref="RuntimeError">The table is not a matrix, or the indices are neither int64 nor int32.</exception>
            /// <exception cref="IndexError">An index is out of range.</exception>
            public static Tensor embedding(Tensor input, Tensor weight)
            {
                if (weight.ndim != 2) throw new RuntimeError("'weight' must be 2-D");
                if (input.Node.DType is not (DType.Int64 or DType.Int32))
                    throw new RuntimeError($"Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got {input.KernelType} instead (while checking arguments for embedding)");
                if (Array.Exists(input.Longs(), i => i < 0 || i >= weight.size(0))) throw new IndexError("index out of range in self");
                return Record("EmbeddingBackward0", Saves.None, w => Ops.Take(w, 0, input.Node), weight, input);
            }
        }
    }
}
