namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>1 with the given probabilities, else 0. https://pytorch.org/docs/2.6/generated/torch.bernoulli.html</summary>
    /// <exception cref="RuntimeError">A probability is not in [0, 1].</exception>
    public static Tensor bernoulli(Tensor input, Generator? generator = null)
    {
        var p = input.Doubles();
        if (Array.Exists(p, v => v is not (>= 0 and <= 1))) throw new RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.");
        var source = generator ?? Default;
        var values = new double[p.Length];
        lock (source)
            for (var i = 0; i < p.Length; i++) values[i] = (input.Node.DType == DType.Float32 ? source.Single() : source.Double()) < p[i] ? 1 : 0;
        return Record("BernoulliBackward0", Saves.None, _ => Ops.Cast(Ops.Tensor<double>(values, input.Dims), input.Node.DType), input);
    }

    /// <summary>Positions drawn by weight, from a vector of weights. https://pytorch.org/docs/2.6/generated/torch.multinomial.html</summary>
    /// <exception cref="RuntimeError">A weight is negative, or too few are positive.</exception>
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null)
    {
        if (input.ndim != 1) throw new RuntimeError("prob_dist must be 1 dim");
        var weights = input.Doubles();
        if (Array.Exists(weights, w => !(w >= 0) || double.IsInfinity(w))) throw new RuntimeError("probability tensor contains either `inf`, `nan` or element < 0");
        if (!replacement && num_samples > weights.Length) throw new RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
        var source = generator ?? Default;
        var drawn = new long[num_samples];
        lock (source)
            for (var i = 0; i < drawn.Length; i++)
            {
                var total = weights.Sum();
                if (total <= 0) throw new RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)");
                var (u, sum, k) = (source.Double(), 0.0, 0);
                while ((sum += weights[k] / total) < u && k < weights.Length - 1) k++;
                drawn[i] = k;
                if (!replacement) weights[k] = 0;
            }
        return Leaf(Ops.Tensor<long>(drawn), false);
    }

    /// <summary>Uniform numbers of another tensor's shape.</summary>
    public static Tensor rand_like(Tensor input, dtype? dtype = null) => rand(input.shape, dtype ?? input.dtype);

    /// <summary>Normal numbers of another tensor's shape.</summary>
    public static Tensor randn_like(Tensor input, dtype? dtype = null) => randn(input.shape, dtype ?? input.dtype);

    public partial class Tensor
    {
        /// <summary>Fills with uniform numbers.</summary>
        public Tensor uniform_(double from = 0, double to = 1) => Draw(null, g => Math.FusedMultiplyAdd(Node.DType == DType.Float32 ? g.Single() : g.Double(), to - from, from));

        /// <summary>Fills with normal numbers.</summary>
        public Tensor normal_(double mean = 0, double std = 1) => Assign(normal(mean, std, shape, dtype));

        /// <summary>Fills with 1, with probability p, and 0. https://pytorch.org/docs/2.6/generated/torch.Tensor.bernoulli_.html</summary>
        /// <exception cref="RuntimeError">p is not a probability.</exception>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => p is >= 0 and <= 1 ? Draw(generator, g => g.Double() < p ? 1 : 0)
            : throw new RuntimeError($"bernoulli_ expects p to be in [0, 1], but got p={p}");

        /// <summary>Fills with exponentially distributed numbers of rate lambd. https://pytorch.org/docs/2.6/generated/torch.Tensor.exponential_.html</summary>
        /// <exception cref="RuntimeError">The rate is not positive.</exception>
        public Tensor exponential_(double lambd = 1, Generator? generator = null) => lambd > 0 ? Draw(generator, g => -1 / lambd * Math.Log(1 - g.Double()))
            : throw new RuntimeError($"exponential_ expects lambda > 0.0, but found lambda={lambd}");

        private Tensor Draw(Generator? generator, Func<Generator, double> draw)
        {
            var values = new double[Type.Count];
            var source = generator ?? Default;
            lock (source)
                for (var i = 0; i < values.Length; i++) values[i] = draw(source);
            return Assign(is_floating_point() ? Filled(values, shape, dtype, false) : new Tensor(Ops.Cast(Ops.Tensor<double>(values, Dims), Node.DType)));
        }

        internal Tensor Assign(Tensor value) => InPlace(this, "CopyBackwards", Saves.None, _ => value.Node);
    }
}
