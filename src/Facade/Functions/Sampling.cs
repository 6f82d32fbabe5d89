using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Draws elements of a type in the order in which they lie in memory; a complex number is two elements, its parts.</summary>
    private delegate void Draws(Generator source, double[] values, DType type, bool contiguous);

    private static Draws Uniform(double from = 0, double to = 1) => (g, values, type, _) => g.Uniform(values, Smooth(type, "check_uniform_bounds").PartType, from, to);

    // The variance of a complex number is that of both parts together.
    private static Draws Normal(double mean = 0, double std = 1) => (g, values, type, contiguous) =>
        g.Normal(values, Smooth(type, "normal_kernel_cpu").PartType, mean, type.IsComplex ? std / Math.Sqrt(2) : std, contiguous);

    private static Draws Exponential(double lambd) => (g, values, _, _) => g.Exponential(values, lambd);

    private static Draws Bernoulli(double p) => (g, values, type, _) => g.Bernoulli(values, !type.IsComplex ? p : throw NotFor("bernoulli_scalar_cpu_", type));

    private static DType Smooth(DType type, string kernel) => type.IsSmooth ? type : throw NotFor(kernel, type);

    private static RuntimeError NotFor(string kernel, DType type) => new($"\"{kernel}\" not implemented for '{Named(type).TensorType}'");

    // Whatever is drawn is drawn here: what vmap maps decides for how many rows.
    private static Node Drawn(TensorType type, Func<TensorType, Node> draw) => Mapping.Current is { } mapping ? mapping.Drawn(type, t => Drawn(t, draw)) : draw(type);

    private static Node Drawn(TensorType type, Generator? generator, Draws draw, Dims? order = null, bool contiguous = true)
    {
        if (Mapping.Current is not null) return Drawn(type, t => Drawn(t, generator, draw));
        var part = type.DType.PartType;
        var values = Room<double>(type.Count * (type.DType.Size / part.Size), part.Size);
        var source = generator ?? Default;
        lock (source) draw(source, values, type.DType, contiguous);
        var shape = order is { } outermost ? Dims.From(outermost.Select(k => type.Shape[(int)k])) : type.Shape;
        Dims parts = type.DType.IsComplex ? [.. shape, 2] : shape;
        var node = part == DType.Float32 ? Ops.Tensor<float>(Array.ConvertAll(values, v => (float)v), parts) : Ops.Cast(Ops.Tensor<double>(values, parts), part);
        if (type.DType.IsComplex) node = Ops.ViewAsComplex(node);
        return order is { } axes ? Ops.Permute(node, new Permute(axes).Inverse) : node;
    }

    // Where PyTorch keeps the strides of what a result is like.
    private static Tensor DrawnLike(Tensor input, dtype? dtype, Generator? generator, Draws draw)
    {
        var type = input.Type.As((dtype ?? input.dtype).Type);
        var order = Layouts.Like(input.Dims, input);
        var result = new Tensor(Drawn(type, generator, draw, order, order is not { } axes || Layouts.IsContiguous(Layouts.Ordered(type, axes))));
        result.storage.Order = order;
        return result;
    }

    private static Tensor Drawn(long[] size, dtype? dtype, device? device, bool requires_grad, Generator? generator, Draws draw)
    {
        Demand(device);
        var type = (dtype ?? get_default_dtype()).Type;
        return Leaf(Drawn(new(type, Checked(size, type)), generator, draw), requires_grad);
    }

    /// <summary>Uniform numbers in [0, 1). https://pytorch.org/docs/2.6/generated/torch.rand.html</summary>
    /// <exception cref="RuntimeError">The element type is not a floating-point or complex type.</exception>
    public static Tensor rand(long[] size, dtype? dtype = null, device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Drawn(size, dtype, device, requires_grad, generator, Uniform());

    /// <summary>Uniform numbers in [0, 1).</summary>
    public static Tensor rand(params long[] size) => rand(size, null);

    /// <summary>Normal numbers of mean 0 and variance 1. https://pytorch.org/docs/2.6/generated/torch.randn.html</summary>
    /// <exception cref="RuntimeError">The element type is not a floating-point or complex type.</exception>
    public static Tensor randn(long[] size, dtype? dtype = null, device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Drawn(size, dtype, device, requires_grad, generator, Normal());

    /// <summary>Normal numbers of mean 0 and variance 1.</summary>
    public static Tensor randn(params long[] size) => randn(size, null);

    /// <summary>Normal numbers. https://pytorch.org/docs/2.6/generated/torch.normal.html</summary>
    /// <exception cref="RuntimeError">The deviation is negative.</exception>
    public static Tensor normal(double mean, double std, long[] size, dtype? dtype = null, Generator? generator = null)
    {
        CheckDeviation(std);
        return Drawn(size, dtype, null, false, generator, Normal(mean, std));
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
        if (type.is_complex) throw new RuntimeError("check_random_bounds handles only integral, floating-point and boolean types");
        var (least, most) = type.Range;
        if (low < least || low > most) throw new RuntimeError($"from is out of bounds for {type.InC}");
        if (high - 1 < least || high - 1 > most) throw new RuntimeError($"to - 1 is out of bounds for {type.InC}");
        var range = (ulong)high - (ulong)low;
        return Leaf(Drawn(new(type.Type, shape), t =>
        {
            var values = Room<long>(t.Count);
            var source = generator ?? Default;
            lock (source)
                foreach (ref var v in values.AsSpan()) v = (long)((ulong)low + (range >= 1UL << 32 ? source.Next64() : source.Next32()) % range);
            return Ops.Cast(Ops.Tensor<long>(values, t.Shape), t.DType);
        }), false);
    }

    /// <summary>Integers from 0 to high − 1.</summary>
    public static Tensor randint(long high, long[] size, dtype? dtype = null, Generator? generator = null) => randint(0, high, size, dtype, generator);

    /// <summary>The integers 0 … n − 1 in random order. https://pytorch.org/docs/2.6/generated/torch.randperm.html</summary>
    /// <exception cref="RuntimeError">n is negative, or the element type does not hold the integers.</exception>
    public static Tensor randperm(long n, dtype? dtype = null, Generator? generator = null)
    {
        var type = dtype ?? int64;
        Checked([n]);
        if (type.Type == DType.Bool || type.is_complex) throw NotFor("randperm", type.Type);
        if (type.Type == DType.Float16 && n > (1L << 11) + 1) throw new RuntimeError("n cannot be greater than 2049 for Half type.");
        if (type.Type == DType.Float32 && n > (1L << 24) + 1) throw new RuntimeError("n cannot be greater than 2^24+1 for Float type.");
        if (n - 1 > type.Range.Most) throw new RuntimeError($"value cannot be converted to type {type.InScalar} without overflow");
        return Leaf(Drawn(new(type.Type, [n]), t =>
        {
            var orders = new long[n == 0 ? 0 : t.Count / n][];
            var source = generator ?? Default;
            lock (source)
                foreach (ref var order in orders.AsSpan()) order = source.Permutation(n);
            return Ops.Cast(Ops.Tensor<long>(orders.Length == 1 ? orders[0] : [.. orders.SelectMany(o => o)], t.Shape), t.DType);
        }), false);
    }

    /// <summary>1 with the given probabilities, else 0. https://pytorch.org/docs/2.6/generated/torch.bernoulli.html</summary>
    /// <exception cref="RuntimeError">A probability is not in [0, 1], or not of a floating-point type.</exception>
    public static Tensor bernoulli(Tensor input, Generator? generator = null)
    {
        if (input.is_complex()) throw NotFor("bernoulli_tensor_cpu_self_", input.Node.DType);
        if (!input.is_floating_point()) throw NotFor("bernoulli_tensor_cpu_p_", input.Node.DType);
        if (input.IsRow) Mapping.Current!.CheckRow();
        else if (Array.Exists(input.Doubles(), v => v is not (>= 0 and <= 1)))
            throw new RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)");
        var type = input.Type.As(input.Node.DType == DType.Float64 ? DType.Float64 : DType.Float32);
        var drawn = Drawn(type, generator, (g, values, type, _) =>
        {
            foreach (ref var v in values.AsSpan()) v = type == DType.Float64 ? g.Double() : g.Single();
        });
        return Record("BernoulliBackward0", Saves.None, x => Ops.Cast(Ops.Less(drawn, Ops.Cast(x, type.DType)), x.DType), input);
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
        if (input.IsRow) throw new RuntimeError("vmap: multinomial by weights that differ from row to row is not supported; give it all rows as a matrix, outside");
        var weights = input.Doubles();
        var rows = input.ndim == 1 ? 1 : (int)input.Dims[0];
        if (n == 0 && rows > 0) throw new RuntimeError(num_samples > 1 ? "invalid multinomial distribution (sum of probabilities <= 0)" : "min(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.");
        var (type, single) = (input.Node.DType, input.Node.DType != DType.Float64);
        var shape = input.ndim == 1 ? Dims.Create([num_samples]) : Dims.Create([rows, num_samples]);
        var scores = replacement && num_samples > 1 ? Cumulated(weights, rows, n, single) : weights;
        Checked([.. shape]);
        if (scores == weights && shape.Product > 0) CheckWeights(weights, n);
        return Leaf(Drawn(new(DType.Int64, shape), t =>
        {
            var drawn = Room<long>(t.Count);
            for (var at = 0; at < drawn.Length; at += (int)shape.Product) Draw(drawn.AsSpan(at, (int)shape.Product));
            return Ops.Tensor<long>(drawn, t.Shape);
        }), false);

        void Draw(Span<long> drawn)
        {
            var chances = scores;
            if (scores == weights)
            {
                // One draw with replacement and any without: where weight / exponential number is largest.
                var waits = DrawnLike(input, null, generator, Exponential(1)).Doubles();
                chances = [.. weights.Zip(waits, (w, q) => Literal.Rounded(single ? (float)w / (float)q : w / q, type))];
            }
            var source = generator ?? Default;
            lock (source)
                for (var r = 0; r < rows; r++)
                {
                    var row = chances.AsSpan(r * n, n);
                    var into = drawn.Slice(r * (int)num_samples, (int)num_samples);
                    if (replacement && num_samples > 1)
                        foreach (ref var k in into) k = FirstNotBelow(row, source.Double());
                    else LargestFirst(row, into);
                }
        }
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
    public static Tensor rand_like(Tensor input, dtype? dtype = null) => DrawnLike(input, dtype, null, Uniform());

    /// <summary>Normal numbers of another tensor's shape.</summary>
    public static Tensor randn_like(Tensor input, dtype? dtype = null) => DrawnLike(input, dtype, null, Normal());

    public partial class Tensor
    {
        /// <summary>Fills with uniform numbers. https://pytorch.org/docs/2.6/generated/torch.Tensor.uniform_.html</summary>
        /// <exception cref="RuntimeError">The bounds are not in order or not of the element type, which must be a floating-point type.</exception>
        public Tensor uniform_(double from = 0, double to = 1, Generator? generator = null)
        {
            if (Node.DType.IsSmooth)
            {
                var (most, part) = (Node.DType.Largest, dtype.to_real());
                if (!(Math.Abs(from) <= most)) throw new RuntimeError($"from is out of bounds for {part.InC}");
                if (!(Math.Abs(to) <= most)) throw new RuntimeError($"to is out of bounds for {part.InC}");
                if (from > to) throw new RuntimeError($"uniform_ expects to return a [from, to) range, but found from={Written.Stream(from)} > to={Written.Stream(to)}");
                if (to - from > most) throw new RuntimeError($"uniform_ expects to-from <= std::numeric_limits<{part.TensorType}>::max(), but found to={Written.Stream(to)} and from={Written.Stream(from)} which result in to-from to exceed the limit");
            }
            return Refill("UniformBackward0", generator, torch.Uniform(from, to));
        }

        /// <summary>Fills with normal numbers. https://pytorch.org/docs/2.6/generated/torch.Tensor.normal_.html</summary>
        /// <exception cref="RuntimeError">The deviation is negative, or the elements are not of a floating-point or complex type.</exception>
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null)
        {
            CheckDeviation(std);
            return Refill("NormalBackward0", generator, torch.Normal(mean, std));
        }

        /// <summary>Fills with 1, with probability p, and 0. https://pytorch.org/docs/2.6/generated/torch.Tensor.bernoulli_.html</summary>
        /// <exception cref="RuntimeError">p is not a probability.</exception>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => p is >= 0 and <= 1
            ? Refill("BernoulliBackward2", generator, torch.Bernoulli(p))
            : throw new RuntimeError($"bernoulli_ expects p to be in [0, 1], but got p={Written.Stream(p)}");

        /// <summary>Fills with exponentially distributed numbers of rate lambd. https://pytorch.org/docs/2.6/generated/torch.Tensor.exponential_.html</summary>
        /// <exception cref="RuntimeError">The rate is not positive, or the elements are not of a floating-point type.</exception>
        public Tensor exponential_(double lambd = 1, Generator? generator = null)
        {
            if (!(lambd > 0)) throw new RuntimeError($"exponential_ expects lambda > 0.0, but found lambda={Written.Stream(lambd)}");
            if (!is_floating_point()) throw new RuntimeError($"Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified {dtype.TensorType}");
            return Refill("ExponentialBackward0", generator, torch.Exponential(lambd));
        }

        // Nothing is drawn when the tensor may not be written to.
        private Tensor Refill(string name, Generator? generator, Draws draw) =>
            InPlace(this, name, Saves.None, _ => Drawn(Type, generator, draw, Layouts.Like(Dims, this), is_contiguous()));
    }

    /// <summary>What a dropout keeps: 1 with probability p, else 0, where PyTorch would lay it out.</summary>
    internal static Tensor Kept(Tensor input, double p) => DrawnLike(input, null, null, Bernoulli(p));
}
