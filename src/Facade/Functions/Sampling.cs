using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Draws elements in the order in which they lie in memory.</summary>
    private delegate void Draws(Generator source, double[] values, bool single, bool contiguous);

    private static void Uniform(Generator g, double[] values, bool single, bool _) => g.Uniform(values, single, 0, 1);

    private static void Normal(Generator g, double[] values, bool single, bool contiguous) => g.Normal(values, single, 0, 1, contiguous);

    // A kernel is for floating-point types alone, and has the name that PyTorch's error says.
    private static Node Drawn(TensorType type, string? kernel, Generator? generator, Draws draw, Dims? order = null, bool contiguous = true)
    {
        if (Mapping.Current is { } mapping) return mapping.Drawn(type, t => Drawn(t, kernel, generator, draw));
        if (kernel is not null && !type.DType.IsFloat) throw new RuntimeError($"\"{kernel}\" not implemented for '{Named(type.DType).TensorType}'");
        var values = Room<double>(type.Count, type.DType.Size);
        var source = generator ?? Default;
        lock (source) draw(source, values, type.DType == DType.Float32, contiguous);
        var shape = order is { } outermost ? Dims.From(outermost.Select(k => type.Shape[(int)k])) : type.Shape;
        var node = type.DType == DType.Float32 ? Ops.Tensor<float>(Array.ConvertAll(values, v => (float)v), shape) : Ops.Cast(Ops.Tensor<double>(values, shape), type.DType);
        return order is { } axes ? Ops.Permute(node, new Permute(axes).Inverse) : node;
    }

    // Where PyTorch keeps the strides of what a result is like.
    private static Tensor DrawnLike(Tensor input, dtype? dtype, string? kernel, Generator? generator, Draws draw)
    {
        var type = input.Type.As((dtype ?? input.dtype).Type);
        var order = Layouts.Like(input.Dims, input);
        var result = new Tensor(Drawn(type, kernel, generator, draw, order, order is not { } axes || Layouts.IsContiguous(Layouts.Ordered(type, axes))));
        result.storage.Order = order;
        return result;
    }

    private static Tensor Drawn(long[] size, dtype? dtype, device? device, bool requires_grad, string kernel, Generator? generator, Draws draw)
    {
        Demand(device);
        return Leaf(Drawn(new((dtype ?? get_default_dtype()).Type, Checked(size)), kernel, generator, draw), requires_grad);
    }

    /// <summary>Uniform numbers in [0, 1). https://pytorch.org/docs/2.6/generated/torch.rand.html</summary>
    /// <exception cref="RuntimeError">The element type is not a floating-point type.</exception>
    public static Tensor rand(long[] size, dtype? dtype = null, device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Drawn(size, dtype, device, requires_grad, "check_uniform_bounds", generator, Uniform);

    /// <summary>Uniform numbers in [0, 1).</summary>
    public static Tensor rand(params long[] size) => rand(size, null);

    /// <summary>Normal numbers of mean 0 and variance 1. https://pytorch.org/docs/2.6/generated/torch.randn.html</summary>
    /// <exception cref="RuntimeError">The element type is not a floating-point type.</exception>
    public static Tensor randn(long[] size, dtype? dtype = null, device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Drawn(size, dtype, device, requires_grad, "normal_kernel_cpu", generator, Normal);

    /// <summary>Normal numbers of mean 0 and variance 1.</summary>
    public static Tensor randn(params long[] size) => randn(size, null);

    /// <summary>Normal numbers. https://pytorch.org/docs/2.6/generated/torch.normal.html</summary>
    /// <exception cref="RuntimeError">The deviation is negative.</exception>
    public static Tensor normal(double mean, double std, long[] size, dtype? dtype = null, Generator? generator = null)
    {
        CheckDeviation(std);
        return Drawn(size, dtype, null, false, "normal_kernel_cpu", generator, (g, values, single, _) => g.Normal(values, single, mean, std));
    }

    private static void CheckDeviation(double std)
    {
        if (!(std >= 0)) throw new RuntimeError($"normal expects std >= 0.0, but found std {Written.Stream(std)}");
    }

    /// <summary>Integers from low to high − 1. https://pytorch.org/docs/2.6/generated/torch.randint.html</summary>
    /// <exception cref="RuntimeError">There are no such integers, or the element type does not hold them.</exception>
    public static Tensor randint(long low, long high, long[] size, dtype? dtype = null, Generator? generator = null)
    {
        var type = dtype ?? int64;
        var shape = Checked(size);
        if (low >= high) throw new RuntimeError($"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}");
        var (least, most, name) = type.Type switch
        {
            DType.Bool => (0L, 1L, "bool"),
            DType.UInt8 => (0, byte.MaxValue, "unsigned char"),
            DType.Int8 => (sbyte.MinValue, sbyte.MaxValue, "signed char"),
            DType.Int16 => (short.MinValue, short.MaxValue, "short int"),
            DType.Int32 => (int.MinValue, int.MaxValue, "int"),
            _ => (long.MinValue, long.MaxValue, "long int"),
        };
        if (low < least || low > most) throw new RuntimeError($"from is out of bounds for {name}");
        if (high - 1 < least || high - 1 > most) throw new RuntimeError($"to - 1 is out of bounds for {name}");
        var values = Room<long>(shape.Product);
        var range = (ulong)high - (ulong)low;
        var source = generator ?? Default;
        lock (source)
            foreach (ref var v in values.AsSpan()) v = (long)((ulong)low + (range >= 1UL << 32 ? source.Next64() : source.Next32()) % range);
        return Leaf(Ops.Cast(Ops.Tensor<long>(values, shape), type.Type), false);
    }

    /// <summary>Integers from 0 to high − 1.</summary>
    public static Tensor randint(long high, long[] size, dtype? dtype = null, Generator? generator = null) => randint(0, high, size, dtype, generator);

    /// <summary>The integers 0 … n − 1 in random order. https://pytorch.org/docs/2.6/generated/torch.randperm.html</summary>
    /// <exception cref="RuntimeError">n is negative, or the element type does not hold the integers.</exception>
    public static Tensor randperm(long n, dtype? dtype = null, Generator? generator = null)
    {
        var type = dtype ?? int64;
        Checked([n]);
        if (type.Type == DType.Bool) throw new RuntimeError("\"randperm\" not implemented for 'Bool'");
        if (type.Type == DType.Float32 && n > (1L << 24) + 1) throw new RuntimeError("n cannot be greater than 2^24+1 for Float type.");
        var (most, name) = type.Type switch
        {
            DType.UInt8 => ((long)byte.MaxValue, "uint8_t"),
            DType.Int8 => (sbyte.MaxValue, "int8_t"),
            DType.Int16 => (short.MaxValue, "int16_t"),
            DType.Int32 => (int.MaxValue, "int"),
            _ => (long.MaxValue - 1, ""),
        };
        if (n > most + 1) throw new RuntimeError($"value cannot be converted to type {name} without overflow");
        var source = generator ?? Default;
        lock (source) return Leaf(Ops.Cast(Ops.Tensor<long>(source.Permutation(n)), type.Type), false);
    }

    /// <summary>1 with the given probabilities, else 0. https://pytorch.org/docs/2.6/generated/torch.bernoulli.html</summary>
    /// <exception cref="RuntimeError">A probability is not in [0, 1], or not of a floating-point type.</exception>
    public static Tensor bernoulli(Tensor input, Generator? generator = null)
    {
        var p = input.Doubles();
        if (input.is_floating_point() && Array.Exists(p, v => v is not (>= 0 and <= 1)))
            throw new RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)");
        var node = Drawn(input.Type, "bernoulli_tensor_cpu_p_", generator, (g, drawn, single, _) =>
        {
            for (var i = 0; i < p.Length; i++) drawn[i] = (single ? g.Single() : g.Double()) < p[i] ? 1 : 0;
        });
        return Record("BernoulliBackward0", Saves.None, _ => node, input);
    }

    /// <summary>Positions drawn by weight, from a vector of weights or from each row of a matrix. https://pytorch.org/docs/2.6/generated/torch.multinomial.html</summary>
    /// <exception cref="RuntimeError">A weight is negative or not finite, all are zero, or there are fewer than are to be drawn.</exception>
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null)
    {
        if (input.ndim is not (1 or 2)) throw new RuntimeError("prob_dist must be 1 or 2 dim");
        if (!input.is_floating_point()) throw new RuntimeError($"multinomial only supports floating-point dtypes for input, got: {input.dtype.TensorType}");
        if (num_samples <= 0) throw new RuntimeError("cannot sample n_sample <= 0 samples");
        var n = (int)input.Dims[^1];
        if (!replacement && num_samples > n) throw new RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
        var weights = input.Doubles();
        var rows = input.ndim == 1 ? 1 : (int)input.Dims[0];
        if (n == 0 && rows > 0) throw new RuntimeError(num_samples > 1 ? "invalid multinomial distribution (sum of probabilities <= 0)" : "min(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.");
        var single = input.Node.DType == DType.Float32;
        var shape = input.ndim == 1 ? Dims.Create([num_samples]) : Dims.Create([rows, num_samples]);
        var scores = replacement && num_samples > 1 ? Cumulated(weights, rows, n, single) : weights;
        var drawn = Room<long>(Checked([.. shape]).Product);
        if (drawn.Length == 0) return Leaf(Ops.Tensor<long>(drawn, shape), false);
        if (scores == weights)
        {
            // One draw with replacement and any without: where weight / exponential number is largest.
            CheckWeights(weights, n);
            var waits = DrawnLike(input, null, null, generator, (g, values, _, _) => g.Exponential(values, 1)).Doubles();
            scores = [.. weights.Zip(waits, (w, q) => single ? (float)w / (float)q : w / q)];
        }
        var source = generator ?? Default;
        lock (source)
            for (var r = 0; r < rows; r++)
            {
                var row = scores.AsSpan(r * n, n);
                var into = drawn.AsSpan(r * (int)num_samples, (int)num_samples);
                if (replacement && num_samples > 1)
                    foreach (ref var k in into) k = FirstNotBelow(row, source.Double());
                else LargestFirst(row, into);
            }
        return Leaf(Ops.Tensor<long>(drawn, shape), false);
    }

    private static void CheckWeights(double[] weights, int n)
    {
        if (Array.Exists(weights, w => !(w >= 0) || double.IsInfinity(w))) throw new RuntimeError("probability tensor contains either `inf`, `nan` or element < 0");
        for (var start = 0; start < weights.Length; start += n)
            if (weights.AsSpan(start, n).IndexOfAnyExcept(0.0) < 0) throw new RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)");
    }

    private static double[] Cumulated(double[] weights, int rows, int n, bool single)
    {
        var sums = new double[weights.Length];
        for (var r = 0; r < rows; r++)
        {
            var row = sums.AsSpan(r * n, n);
            var sum = 0.0;
            for (var j = 0; j < n; j++)
            {
                var w = weights[r * n + j];
                if (!(w >= 0)) throw new RuntimeError("invalid multinomial distribution (encountering probability entry < 0)");
                if (double.IsInfinity(w)) throw new RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)");
                row[j] = sum = single ? (float)sum + (float)w : sum + w;
            }
            if (!(sum > 0)) throw new RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)");
            foreach (ref var s in row) s = single ? (float)s / (float)sum : s / sum;
            row[^1] = 1;
        }
        return sums;
    }

    private static long FirstNotBelow(ReadOnlySpan<double> sums, double u)
    {
        var (low, high) = (0, sums.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sums[middle] < u) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static void LargestFirst(ReadOnlySpan<double> scores, Span<long> places)
    {
        var values = scores.ToArray();
        long[] order = [.. Enumerable.Range(0, values.Length).OrderByDescending(i => values[i])];
        order.AsSpan(0, places.Length).CopyTo(places);
    }

    /// <summary>Uniform numbers of another tensor's shape.</summary>
    public static Tensor rand_like(Tensor input, dtype? dtype = null) => DrawnLike(input, dtype, "check_uniform_bounds", null, Uniform);

    /// <summary>Normal numbers of another tensor's shape.</summary>
    public static Tensor randn_like(Tensor input, dtype? dtype = null) => DrawnLike(input, dtype, "normal_kernel_cpu", null, Normal);

    public partial class Tensor
    {
        /// <summary>Fills with uniform numbers. https://pytorch.org/docs/2.6/generated/torch.Tensor.uniform_.html</summary>
        /// <exception cref="RuntimeError">The bounds are not in order or not of the element type, which must be a floating-point type.</exception>
        public Tensor uniform_(double from = 0, double to = 1, Generator? generator = null)
        {
            var (most, name, title) = Node.DType == DType.Float32 ? (float.MaxValue, "float", "Float") : (double.MaxValue, "double", "Double");
            if (is_floating_point())
            {
                if (!(Math.Abs(from) <= most)) throw new RuntimeError($"from is out of bounds for {name}");
                if (!(Math.Abs(to) <= most)) throw new RuntimeError($"to is out of bounds for {name}");
                if (from > to) throw new RuntimeError($"uniform_ expects to return a [from, to) range, but found from={Written.Stream(from)} > to={Written.Stream(to)}");
                if (to - from > most) throw new RuntimeError($"uniform_ expects to-from <= std::numeric_limits<{title}>::max(), but found to={Written.Stream(to)} and from={Written.Stream(from)} which result in to-from to exceed the limit");
            }
            return Refill("UniformBackward0", "check_uniform_bounds", generator, (g, values, single, _) => g.Uniform(values, single, from, to));
        }

        /// <summary>Fills with normal numbers. https://pytorch.org/docs/2.6/generated/torch.Tensor.normal_.html</summary>
        /// <exception cref="RuntimeError">The deviation is negative, or the elements are not of a floating-point type.</exception>
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null)
        {
            CheckDeviation(std);
            return Refill("NormalBackward0", "normal_kernel_cpu", generator, (g, values, single, contiguous) => g.Normal(values, single, mean, std, contiguous));
        }

        /// <summary>Fills with 1, with probability p, and 0. https://pytorch.org/docs/2.6/generated/torch.Tensor.bernoulli_.html</summary>
        /// <exception cref="RuntimeError">p is not a probability.</exception>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => p is >= 0 and <= 1
            ? Refill("BernoulliBackward2", null, generator, (g, values, _, _) => g.Bernoulli(values, p))
            : throw new RuntimeError($"bernoulli_ expects p to be in [0, 1], but got p={Written.Stream(p)}");

        /// <summary>Fills with exponentially distributed numbers of rate lambd. https://pytorch.org/docs/2.6/generated/torch.Tensor.exponential_.html</summary>
        /// <exception cref="RuntimeError">The rate is not positive, or the elements are not of a floating-point type.</exception>
        public Tensor exponential_(double lambd = 1, Generator? generator = null)
        {
            if (!(lambd > 0)) throw new RuntimeError($"exponential_ expects lambda > 0.0, but found lambda={Written.Stream(lambd)}");
            if (!is_floating_point()) throw new RuntimeError($"Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified {dtype.TensorType}");
            return Refill("ExponentialBackward0", null, generator, (g, values, _, _) => g.Exponential(values, lambd));
        }

        // Nothing is drawn when the tensor may not be written to.
        private Tensor Refill(string name, string? kernel, Generator? generator, Draws draw) =>
            InPlace(this, name, Saves.None, _ => Drawn(Type, kernel, generator, draw, Layouts.Like(Dims, this), is_contiguous()));
    }

    /// <summary>What a dropout keeps: 1 with probability p, else 0, where PyTorch would lay it out.</summary>
    internal static Tensor Kept(Tensor input, double p) => DrawnLike(input, null, null, null, (g, values, _, _) => g.Bernoulli(values, p));
}
