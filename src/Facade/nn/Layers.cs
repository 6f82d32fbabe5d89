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
                weight = register_parameter("weight", new Parameter(empty([out_features, in_features], dtype)));
                init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (!bias) return;
                var bound = in_features > 0 ? 1 / Math.Sqrt(in_features) : 0;
                this.bias = register_parameter("bias", new Parameter(empty([out_features], dtype)));
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
            protected override string extra_repr() => $"in_features={in_features}, out_features={out_features}, bias={(has ? "True" : "False")}";
        }

        /// <summary>Modules one after another. https://pytorch.org/docs/2.6/generated/torch.nn.Sequential.html</summary>
        public sealed class Sequential : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor>[] steps;

            /// <summary>Runs the modules in order.</summary>
            public Sequential(params Module<Tensor, Tensor>[] modules)
            {
                steps = modules;
                for (var i = 0; i < modules.Length; i++) register_module(i.ToString(), modules[i]);
            }

            /// <summary>A module by its place.</summary>
            public Module<Tensor, Tensor> this[int index] => steps[index];

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => steps.Aggregate(input, (x, m) => m.forward(x));
        }

        /// <summary>An activation: a function without parameters.</summary>
        public abstract class Activation(Func<Tensor, Tensor> f) : Module<Tensor, Tensor>
        {
            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => f(input);
        }

        /// <summary>max(x, 0).</summary>
        public sealed class ReLU() : Activation(x => x.relu());

        /// <summary>The hyperbolic tangent.</summary>
        public sealed class Tanh() : Activation(x => x.tanh());

        /// <summary>1 / (1 + e⁻ˣ).</summary>
        public sealed class Sigmoid() : Activation(x => x.sigmoid());

        /// <summary>x·Φ(x).</summary>
        public sealed class GELU(string approximate = "none") : Activation(x => functional.gelu(x, approximate));

        /// <summary>x / (1 + e⁻ˣ).</summary>
        public sealed class SiLU() : Activation(functional.silu);

        /// <summary>log(1 + eˣ).</summary>
        public sealed class Softplus() : Activation(x => functional.softplus(x));

        /// <summary>x above zero, slope·x below.</summary>
        public sealed class LeakyReLU(double negative_slope = 0.01) : Activation(x => functional.leaky_relu(x, negative_slope));

        /// <summary>eˣ / Σ eˣ.</summary>
        public sealed class Softmax(int dim) : Activation(x => x.softmax(dim));

        /// <summary>Joins dimensions into one, from start_dim on.</summary>
        public sealed class Flatten(int start_dim = 1, int end_dim = -1) : Activation(x => x.flatten(start_dim, end_dim));

        /// <summary>Sets elements to zero at random while training.</summary>
        public sealed class Dropout(double p = 0.5) : Module<Tensor, Tensor>
        {
            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.dropout(input, p, training);

            /// <inheritdoc/>
            protected override string extra_repr() => $"p={p}, inplace=False";
        }

        /// <summary>A convolution of images. https://pytorch.org/docs/2.6/generated/torch.nn.Conv2d.html</summary>
        public sealed class Conv2d : Module<Tensor, Tensor>
        {
            private readonly long stride, padding;

            /// <summary>Weights and bias are drawn uniformly from ±1/√(channels·kernel²).</summary>
            public Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, bool bias = true)
            {
                (this.stride, this.padding) = (stride, padding);
                weight = register_parameter("weight", new Parameter(empty([out_channels, in_channels, kernel_size, kernel_size])));
                init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (!bias) return;
                var bound = 1 / Math.Sqrt(in_channels * kernel_size * kernel_size);
                this.bias = register_parameter("bias", new Parameter(empty([out_channels])));
                init.uniform_(this.bias, -bound, bound);
            }

            /// <summary>[out_channels, in_channels, kernel, kernel].</summary>
            public Parameter weight { get; }

            /// <summary>[out_channels], or none.</summary>
            public Parameter? bias { get; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.conv2d(input, weight, bias, [stride], [padding]);
        }

        /// <summary>The largest element of each window.</summary>
        public sealed class MaxPool2d(long kernel_size, long? stride = null, long padding = 0) : Activation(x => functional.max_pool2d(x, [kernel_size], [stride ?? kernel_size], [padding]));

        /// <summary>Mean 0 and variance 1 over the last dimensions.</summary>
        public sealed class LayerNorm : Module<Tensor, Tensor>
        {
            private readonly long[] shape;
            private readonly double eps;
            private readonly Parameter weight, bias;

            /// <summary>Weight 1 and bias 0 at first.</summary>
            public LayerNorm(long[] normalized_shape, double eps = 1e-5)
            {
                (shape, this.eps) = (normalized_shape, eps);
                weight = register_parameter("weight", new Parameter(ones(shape)));
                bias = register_parameter("bias", new Parameter(zeros(shape)));
            }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.layer_norm(input, shape, weight, bias, eps);
        }

        /// <summary>Mean 0 and variance 1 per channel, over batches of any rank from 2 on.</summary>
        public class BatchNorm : Module<Tensor, Tensor>
        {
            private readonly double eps, momentum;
            private readonly Parameter weight, bias;
            private readonly Tensor mean, variance;

            /// <summary>Weight 1 and bias 0 at first.</summary>
            public BatchNorm(long num_features, double eps = 1e-5, double momentum = 0.1)
            {
                (this.eps, this.momentum) = (eps, momentum);
                weight = register_parameter("weight", new Parameter(ones([num_features])));
                bias = register_parameter("bias", new Parameter(zeros([num_features])));
                mean = register_buffer("running_mean", zeros([num_features]));
                variance = register_buffer("running_var", ones([num_features]));
            }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.batch_norm(input, mean, variance, weight, bias, training, momentum, eps);
        }

        /// <summary>Batch normalisation of [batch, channels].</summary>
        public sealed class BatchNorm1d(long num_features, double eps = 1e-5, double momentum = 0.1) : BatchNorm(num_features, eps, momentum);

        /// <summary>Batch normalisation of [batch, channels, height, width].</summary>
        public sealed class BatchNorm2d(long num_features, double eps = 1e-5, double momentum = 0.1) : BatchNorm(num_features, eps, momentum);

        /// <summary>Rows of a learned table.</summary>
        public sealed class Embedding : Module<Tensor, Tensor>
        {
            /// <summary>Normal numbers at first.</summary>
            public Embedding(long num_embeddings, long embedding_dim) => weight = register_parameter("weight", new Parameter(randn([num_embeddings, embedding_dim])));

            /// <summary>[num_embeddings, embedding_dim].</summary>
            public Parameter weight { get; }

            /// <inheritdoc/>
            public override Tensor forward(Tensor input) => functional.embedding(input, weight);
        }

        /// <summary>A loss: from prediction and target to a number.</summary>
        public abstract class Loss(Func<Tensor, Tensor, Tensor> f) : Module
        {
            /// <summary>Computes the loss.</summary>
            public Tensor forward(Tensor input, Tensor target) => f(input, target);

            /// <summary>As <see cref="forward"/>; Python's <c>loss(x, y)</c>.</summary>
            public Tensor call(Tensor input, Tensor target) => f(input, target);
        }

        /// <summary>The cross entropy between logits and classes.</summary>
        public sealed class CrossEntropyLoss(string reduction = "mean") : Loss((x, t) => functional.cross_entropy(x, t, reduction: reduction));

        /// <summary>The squared error.</summary>
        public sealed class MSELoss(string reduction = "mean") : Loss((x, t) => functional.mse_loss(x, t, reduction));

        /// <summary>Minus the log-probability of the classes.</summary>
        public sealed class NLLLoss(string reduction = "mean") : Loss((x, t) => functional.nll_loss(x, t, reduction: reduction));

        /// <summary>Ways to set parameters at first: https://pytorch.org/docs/2.6/nn.init.html</summary>
        public static class init
        {
            private static Tensor Set(Tensor x, Func<Tensor, Tensor> f)
            {
                using (no_grad()) return f(x);
            }

            private static (double In, double Out) Fans(Tensor x)
            {
                if (x.ndim < 2) throw new ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                var field = (double)x.Dims[2..].Product;
                return (x.Dims[1] * field, x.Dims[0] * field);
            }

            /// <summary>Uniform numbers.</summary>
            public static Tensor uniform_(Tensor tensor, double a = 0, double b = 1) => Set(tensor, x => x.uniform_(a, b));

            /// <summary>Normal numbers.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1) => Set(tensor, x => x.normal_(mean, std));

            /// <summary>One value.</summary>
            public static Tensor constant_(Tensor tensor, double val) => Set(tensor, x => x.fill_(val));

            /// <summary>Zeros.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            /// <summary>Ones.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            /// <summary>He's initialisation, uniform (He et al., 2015).</summary>
            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0)
            {
                var bound = Math.Sqrt(3) * Math.Sqrt(2 / (1 + a * a)) / Math.Sqrt(Fans(tensor).In);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>He's initialisation, normal (He et al., 2015).</summary>
            public static Tensor kaiming_normal_(Tensor tensor, double a = 0) => normal_(tensor, 0, Math.Sqrt(2 / (1 + a * a)) / Math.Sqrt(Fans(tensor).In));

            /// <summary>Glorot's initialisation, uniform (Glorot and Bengio, 2010).</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
            {
                var bound = Math.Sqrt(3) * gain * Math.Sqrt(2 / (Fans(tensor).In + Fans(tensor).Out));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Glorot's initialisation, normal (Glorot and Bengio, 2010).</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1) => normal_(tensor, 0, gain * Math.Sqrt(2 / (Fans(tensor).In + Fans(tensor).Out)));
        }
    }
}
