namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Elementwise = true, Forms = Forms.Flagged)]
    private static class Activations
    {
        /// <summary>max(x, 0).</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor relu(Tensor input, bool inplace = false) => inplace ? input.relu_() : input.relu();

        /// <summary>The hyperbolic tangent.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor tanh(Tensor input) => input.tanh();

        /// <summary>1 / (1 + e⁻ˣ).</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor sigmoid(Tensor input) => input.sigmoid();

        /// <summary>x above zero, slope·x below.</summary>
        [Torch("LeakyReluBackward0", Saves.Self | Saves.Formula, WrittenGradient = "LeakyReluBackward1", Kernel = "leaky_relu_cpu", Floats = true)]
        public static Node leaky_relu(Node self, double negative_slope = 0.01) => Ops.LeakyRelu(self, negative_slope);

        /// <summary>x above zero, alpha·(eˣ − 1) below.</summary>
        [Torch("EluBackward0", Saves.Self, WrittenGradient = "EluBackward1", Kernel = "elu_cpu", Floats = true)]
        public static Node elu(Node self, double alpha = 1) => Ops.Elu(self, alpha);

        /// <summary>x above zero, alpha·(exp(x / alpha) − 1) below.</summary>
        /// <exception cref="RuntimeError">alpha is zero.</exception>
        [Torch("CeluBackward0", Saves.Self, WrittenGradient = "CeluBackward1", Kernel = "elu_cpu", Floats = true)]
        public static Node celu(Node self, double alpha = 1) => alpha == 0 ? throw new RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
            : Ops.Where(self < 0, alpha * Ops.Expm1(Ops.Where(self < 0, self, 0) / alpha), self);

        /// <summary>scale·elu(x, alpha) with the numbers that keep mean 0 and variance 1.</summary>
        [Torch("EluBackward0", Saves.Self, WrittenGradient = "EluBackward1", Kernel = "elu_cpu", Floats = true)]
        public static Node selu(Node self) => 1.0507009873554804934193349852946 * Ops.Elu(self, 1.6732632423543772848170429916717);

        /// <summary>x·Φ(x); approximate may be "none" or "tanh".</summary>
        /// <exception cref="RuntimeError">It is neither.</exception>
        [Torch("GeluBackward0", Saves.Self, Kernel = "GeluKernelImpl", Floats = true, Forms = Forms.Function)]
        public static Node gelu(Node self, string approximate = "none") =>
            approximate is "none" or "tanh" ? Ops.Gelu(self, approximate == "tanh") : throw new RuntimeError("approximate argument must be either none or tanh.");

        /// <summary>x / (1 + e⁻ˣ).</summary>
        [Torch("SiluBackward0", Saves.Self, Kernel = "silu_cpu", Floats = true)]
        public static Node silu(Node self) => Ops.Silu(self);

        /// <summary>x·tanh(softplus x).</summary>
        [Torch("MishBackward0", Saves.Self, Kernel = "mish_cpu", Floats = true)]
        public static Node mish(Node self) => Ops.Mish(self);

        /// <summary>log(1 + e^(beta·x)) / beta; linear above the threshold.</summary>
        [Torch("SoftplusBackward0", Saves.Self, Kernel = "softplus_cpu", Floats = true, Forms = Forms.Function)]
        public static Node softplus(Node self, double beta = 1, double threshold = 20) => Ops.Where(self * beta > threshold, self, Ops.Softplus(self * beta) / beta);

        /// <summary>log(1 / (1 + e⁻ˣ)).</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor logsigmoid(Tensor input) => Record("LogSigmoidBackward0", Saves.Self, static x => Ops.LogSigmoid(Takes(x, "log_sigmoid_cpu", whole: false)), input);

        /// <summary>Limits the elements; the gradient on the border is 0.</summary>
        /// <exception cref="ValueError">min_val is above max_val.</exception>
        /// <exception cref="RuntimeError">Truth values, or bytes with a negative bound.</exception>
        [Torch("HardtanhBackward0", Saves.Self | Saves.Formula)]
        public static Node hardtanh(Node self, double min_val = -1, double max_val = 1)
        {
            if (min_val > max_val) throw new ValueError("min_val cannot be greater than max_val");
            if (self.DType == DType.Bool) throw new RuntimeError("Bool inputs not supported for hardtanh");
            if (self.DType == DType.UInt8 && ((long)min_val < 0 || (long)max_val < 0)) throw new RuntimeError("cannot do hardtanh on an unsigned type with negative limits");
            var (low, high) = (Like(self, min_val), Like(self, max_val));
            return Ops.Where(Ops.And(self > low, self < high), self, Ops.Detach(Ops.Clamp(self, low, high)));
        }

        /// <summary>min(max(x, 0), 6).</summary>
        /// <exception cref="RuntimeError">Truth values.</exception>
        [Torch("HardtanhBackward0", Saves.Self | Saves.Formula)]
        public static Node relu6(Node self) => hardtanh(self, 0, 6);

        /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
        [Torch("HardsigmoidBackward0", Saves.Self | Saves.Formula, Kernel = "hardsigmoid_cpu", Floats = true)]
        public static Node hardsigmoid(Node self) => Ops.Where(Within(self, 3), (self + 3) / 6, Ops.Detach(Ops.Clamp(self + 3, 0, 6) / 6));

        /// <summary>x·min(max(x + 3, 0), 6) / 6.</summary>
        [Torch("HardswishBackward0", Saves.Self | Saves.Formula, Kernel = "hardswish_cpu", Floats = true)]
        public static Node hardswish(Node self) => Ops.WithRule("Hardswish", Ops.Where(self <= -3, Ops.Scalar(-0.0, self.DType), self * Ops.Clamp(self + 3, 0, 6) / 6), [self], static (v, y, c) =>
        {
            // On the border PyTorch's slope is that within, and its curvature that beyond.
            var (x, slope) = (v[0], v[0] / 3 + 0.5);
            return [c * Ops.Where(Within(x, 3), slope, Ops.Detach(Ops.Where(x < -3, 0, Ops.Where(x <= 3, slope, 1))))];
        });

        private static Node Within(Node x, double bound) => Ops.And(x > -bound, x < bound);

        /// <summary>x where |x| is above lambd, else 0.</summary>
        [Torch("HardshrinkBackward0", Saves.Self | Saves.Formula, Kernel = "hardshrink_cpu", Floats = true, Forms = Forms.Function)]
        public static Node hardshrink(Node self, double lambd = 0.5) => Ops.Where(Ops.Or(self < -lambd, self > lambd), self, Ops.Where(Ops.IsNaN(self), double.NaN, Like(self, 0)));

        /// <summary>x moved towards 0 by lambd, and 0 where it is nearer.</summary>
        /// <exception cref="RuntimeError">lambd is negative.</exception>
        [Torch("SoftshrinkBackward0", Saves.Self | Saves.Formula, Kernel = "softshrink_cpu", Floats = true, Forms = Forms.Function)]
        public static Node softshrink(Node self, double lambd = 0.5) => lambd < 0 ? throw new RuntimeError($"lambda must be greater or equal to 0, but found to be {Written.Stream(lambd)}.")
            : Ops.Where(self > lambd, self - lambd, Ops.Where(self < -lambd, self + lambd, Ops.Detach(self * 0)));

        /// <summary>x − tanh x.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor tanhshrink(Tensor input) => input - input.tanh();

        /// <summary>x / (1 + |x|).</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor softsign(Tensor input) => input / (input.abs() + 1);

        /// <summary>x above a threshold, else a value.</summary>
        [Torch("ThresholdBackward0", Saves.Self | Saves.Formula, Kernel = "threshold_cpu")]
        public static Node threshold(Node self, double threshold, double value) => Ops.Where(self <= Like(self, threshold), Like(self, value), self);

        // A number in the type of a tensor, without what that does not hold.
        private static Node Like(Node x, double value) => x.DType.IsFloat ? Ops.Scalar(value, x.DType) : Ops.Scalar((long)value, x.DType);

        /// <summary>a·sigmoid(b) for the two halves of a dimension.</summary>
        /// <exception cref="RuntimeError">The dimension is odd, or there is none.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor glu(Tensor input, int dim = -1)
        {
            if (input.ndim == 0) throw new RuntimeError("glu does not support scalars because halving size must be even");
            var d = Wrap(dim, input.ndim);
            var half = input.Dims[d] / 2;
            return input.Dims[d] % 2 != 0 ? throw new RuntimeError($"Halving dimension must be even, but dimension {d} is size {input.Dims[d]}")
                : Record("GluBackward0", Saves.Self, x => Ops.SliceAxis(Takes(x, "glu_cpu", whole: false), d, 0, half) * Ops.Sigmoid(Ops.SliceAxis(x, d, half, 2 * half)), input);
        }

        /// <summary>x above zero, weight·x below, with a weight for all or for each channel.</summary>
        /// <exception cref="RuntimeError">The weights are not as many as channels, or of another type.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor prelu(Tensor input, Tensor weight)
        {
            if (input.dtype != weight.dtype) throw new RuntimeError($"prelu: Type promoting not supported. Got {input.dtype.TensorType} and {weight.dtype.TensorType}");
            var channels = input.ndim > 1 ? input.Dims[1] : 1;
            if (weight.numel() != 1 && input.ndim == 0) throw new RuntimeError("Not allow zero-dim input tensor.");
            if (weight.numel() != 1 && weight.numel() != channels) throw new RuntimeError($"Mismatch of parameter numbers and input channel size. Found parameter numbers = {weight.numel()} and channel size = {channels}.");
            if (weight.ndim > 1) throw new RuntimeError($"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}");
            if (weight.ndim != input.ndim || input.ndim > 1) weight = weight.view([.. Dims.Repeat(1, input.ndim) is var ones && input.ndim > 1 ? ones.With(1, weight.numel()) : ones]);
            return Laid(Record("PreluKernelBackward0", Saves.All, static (x, w) => Ops.Where(Takes(x, "prelu_cpu", whole: false) > 0, x, w * x), input, weight), input);
        }

        /// <summary>x above zero, below it x times the middle of lower and upper; while training times numbers drawn between them.</summary>
        /// <exception cref="RuntimeError">Not of a floating-point type.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor rrelu(Tensor input, double lower = 1.0 / 8, double upper = 1.0 / 3, bool training = false, bool inplace = false)
        {
            Takes(input.Node, training ? "rrelu_with_noise_out_cpu" : "leaky_relu_cpu", whole: false);
            var slopes = training ? Slopes(input, lower, upper) : null;
            Node Leaking(Node x) => Ops.Where(x > 0, x, x * (slopes ?? (lower + upper) / 2));
            return inplace ? InPlace(input, "RreluWithNoiseBackward1", Saves.Result | Saves.Formula, Leaking) : Elementwise("RreluWithNoiseBackward0", Saves.Self | Saves.Formula, Leaking, input);
        }

        // Drawn where they are needed only.
        private static Node Slopes(Tensor input, double lower, double upper)
        {
            var x = input.Doubles();
            return Drawn(input.Type, null, (g, values, _, _) =>
            {
                for (var i = 0; i < x.Length; i++) values[i] = x[i] <= 0 ? lower + (upper - lower) * g.Double() : 1;
            });
        }

        private static int Implicit(string name, Tensor input, long? dim)
        {
            if (dim is { } given) return Wrap(given, input.ndim);
            warnings.warn($"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.");
            return input.ndim is 0 or 1 or 3 ? 0 : 1;
        }

        /// <summary>eˣ / Σ eˣ along a dimension.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor softmax(Tensor input, long? dim = null, dtype? dtype = null)
        {
            var d = Implicit("softmax", input, dim);
            return Typed(input, dtype).softmax(d);
        }

        /// <summary>The softmax of −x.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor softmin(Tensor input, long? dim = null, dtype? dtype = null)
        {
            var d = Implicit("softmin", input, dim);
            return Typed(-input, dtype).softmax(d);
        }

        /// <summary>The logarithm of the softmax.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor log_softmax(Tensor input, long? dim = null, dtype? dtype = null)
        {
            var d = Implicit("log_softmax", input, dim);
            return Typed(input, dtype).log_softmax(d);
        }

        private static Tensor Typed(Tensor x, dtype? dtype) => dtype is null ? x : x.to(dtype);

        /// <summary>A softmax of logits to which Gumbel noise is added; if hard, a one at the largest, with the gradient of the soft ones.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor gumbel_softmax(Tensor logits, double tau = 1, bool hard = false, double eps = 1e-10, int dim = -1)
        {
            var noise = -zeros_like(logits).exponential_().log();
            var soft = ((logits + noise) / tau).softmax(dim);
            if (!hard) return soft;
            var index = soft.max(dim, keepdim: true).indices;
            return zeros_like(logits).scatter(dim, index, ones_like(index).to(logits.dtype)) - soft.detach() + soft;
        }
    }
}
