namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Values and where they came from.</summary>
    /// <param name="values">The values.</param>
    /// <param name="indices">Their positions, int64.</param>
    public readonly record struct ValuesAndIndices(Tensor values, Tensor indices)
    {
        internal string Name { get; init; } = "";

        /// <summary>As PyTorch prints it.</summary>
        public override string ToString() => $"torch.return_types.{Name}(\nvalues={values},\nindices={indices})";
    }

    internal static Dims? Axes(Tensor x, long[]? dim)
    {
        if (dim is null || dim.Length == 0) return null;
        var seen = new HashSet<int>();
        foreach (var d in dim)
            if (!seen.Add(Wrap(d, x.ndim))) throw new RuntimeError($"dim {Wrap(d, x.ndim)} appears multiple times in the list of dims");
        // A 0-d tensor has one dimension to name, and none to reduce.
        return x.ndim == 0 ? null : Dims.From(seen.Select(d => (long)d).Order());
    }

    internal static ValuesAndIndices WithIndices(string name, Tensor x, Func<Node, (Node Values, Node Indices)> f)
    {
        Node? indices = null;
        var values = Record(name, Saves.None, own => { (var picked, indices) = f(own); return picked; }, x);
        var places = new Tensor(indices!);
        values.gradFn?.SaveResult(places);
        return new(values, places) { Name = name.Replace("Backward0", "", StringComparison.Ordinal).ToLowerInvariant() };
    }

    public partial class Tensor
    {
        private Tensor Reduce(string whole, string along, Saves saves, long[]? dim, Func<Node, Dims?, Node> f) =>
            Record(dim is { Length: > 0 } ? along : whole, saves, x => f(x, Axes(this, dim)), this);

        private Node Typed(Node x, dtype? dtype) => dtype is null ? x : Ops.Cast(x, dtype.Type);

        /// <summary>The sum over dimensions; all when none are given. https://pytorch.org/docs/2.6/generated/torch.sum.html</summary>
        public Tensor sum(long[]? dim, bool keepdim = false, dtype? dtype = null) => Reduce("SumBackward0", "SumBackward1", Saves.None, dim, (x, d) => Typed(Ops.Sum(Typed(x, dtype), d, keepdim), dtype));

        /// <summary>The sum over a dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, dtype? dtype = null) => sum([dim], keepdim, dtype);

        /// <summary>The sum of all elements.</summary>
        public Tensor sum(dtype? dtype = null) => sum((long[]?)null, false, dtype);

        /// <summary>The mean over dimensions. https://pytorch.org/docs/2.6/generated/torch.mean.html</summary>
        /// <exception cref="RuntimeError">The element type is not a floating-point type.</exception>
        public Tensor mean(long[]? dim, bool keepdim = false, dtype? dtype = null)
        {
            if (!(dtype?.Type ?? Node.DType).IsFloat) throw new RuntimeError($"mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {this.dtype.TensorType}");
            return Reduce("MeanBackward0", "MeanBackward1", Saves.None, dim, (x, d) => Ops.Mean(Typed(x, dtype), d, keepdim));
        }

        /// <summary>The mean over a dimension.</summary>
        public Tensor mean(long dim, bool keepdim = false, dtype? dtype = null) => mean([dim], keepdim, dtype);

        /// <summary>The mean of all elements.</summary>
        public Tensor mean(dtype? dtype = null) => mean((long[]?)null, false, dtype);

        /// <summary>The product of all elements. https://pytorch.org/docs/2.6/generated/torch.prod.html</summary>
        public Tensor prod(dtype? dtype = null) => Reduce("ProdBackward0", "ProdBackward1", Saves.Self | Saves.Result, null, (x, d) => Typed(Product(Typed(x, dtype)), dtype));

        // Two zeros leave no gradient, whatever NaN or infinity stands beside them.
        private static Node Product(Node x) => x.Type.Count < 3 || !x.DType.IsFloat ? Ops.Prod(x) : Ops.WithRule("Product", Ops.Prod(x), [x], static (x, y, c) =>
        {
            var (type, all) = (x[0].Type, Autograd.Dims.Range(x[0].Type.Rank));
            var (others, none) = (Ops.ProductOfOthers(x[0], all), Ops.Broadcast(Ops.Sum(Ops.Cast(Ops.Equal(x[0], 0), DType.Int64)) > 1, type.Shape));
            return [Ops.Broadcast(c, type.Shape) * Ops.Where(Ops.And(Ops.IsNaN(others), none), 0, others)];
        });

        /// <summary>The product over a dimension.</summary>
        public Tensor prod(long dim, bool keepdim = false, dtype? dtype = null) => Reduce("ProdBackward0", "ProdBackward1", Saves.Self | Saves.Result, [dim], (x, d) => Typed(Ops.Prod(Typed(x, dtype), d, keepdim), dtype));

        // Checks that a variance can be taken.
        private Tensor Spread(string name, long[]? dim, double correction)
        {
            if (!is_floating_point()) throw new RuntimeError("std and var only support floating point and complex dtypes");
            if ((Type.Count == 0 ? 0 : Dims.Pick(Axes(this, dim) ?? Dims.Range(ndim)).Product) - correction <= 0) warnings.warn($"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by output numel).");
            return this;
        }

        /// <summary>The variance over dimensions. https://pytorch.org/docs/2.6/generated/torch.var.html</summary>
        public Tensor var(long[]? dim = null, double correction = 1, bool keepdim = false) => Spread("var", dim, correction).Reduce("VarBackward0", "VarBackward0", Saves.Self, dim, (x, d) => Ops.Var(x, d, correction, keepdim));

        /// <summary>The variance over a dimension.</summary>
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false) => var([dim], unbiased ? 1 : 0, keepdim);

        /// <summary>The standard deviation over dimensions. https://pytorch.org/docs/2.6/generated/torch.std.html</summary>
        public Tensor std(long[]? dim = null, double correction = 1, bool keepdim = false) => Spread("std", dim, correction).Reduce("StdBackward0", "StdBackward0", Saves.Self | Saves.Result, dim, (x, d) => Ops.Std(x, d, correction, keepdim));

        /// <summary>The standard deviation over a dimension.</summary>
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false) => std([dim], unbiased ? 1 : 0, keepdim);

        /// <summary>The p-norm over dimensions; its gradient at zero is zero. https://pytorch.org/docs/2.6/generated/torch.norm.html</summary>
        /// <exception cref="RuntimeError">Not of a floating-point type, or the largest of no elements.</exception>
        public Tensor norm(double p = 2, long[]? dim = null, bool keepdim = false) => p == double.PositiveInfinity && Empty(dim) is { } lacking ? throw new RuntimeError(lacking) : Reduce("LinalgVectorNormBackward0", "LinalgVectorNormBackward0", Saves.Self | Saves.Result, dim, (x, d) => Ops.Norm(x.DType.IsFloat ? x : throw new RuntimeError($"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {dtype.TensorType}"), p, d, keepdim));

        private string? Empty(long[]? dim)
        {
            if (dim is not { Length: > 0 }) return Type.Count == 0 ? "linalg.vector_norm cannot compute the inf norm on an empty tensor because the operation does not have an identity" : null;
            foreach (var d in dim)
                if (ndim > 0 && Dims[Wrap(d, ndim)] == 0) return $"linalg.vector_norm cannot compute the inf norm on the dimension {d}because this dimension is empty and the operation does not have an identity";
            return null;
        }

        /// <summary>The largest element; ties share the gradient. https://pytorch.org/docs/2.6/generated/torch.max.html</summary>
        /// <exception cref="RuntimeError">There are no elements.</exception>
        public Tensor max() => Type.Count == 0 ? throw new RuntimeError("max(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.") : Record("MaxBackward1", Saves.Self | Saves.Result, x => Ops.MaxOver(x), this);

        /// <summary>The smallest element; ties share the gradient. https://pytorch.org/docs/2.6/generated/torch.min.html</summary>
        /// <exception cref="RuntimeError">There are no elements.</exception>
        public Tensor min() => Type.Count == 0 ? throw new RuntimeError("min(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.") : Record("MinBackward1", Saves.Self | Saves.Result, x => Ops.MinOver(x), this);

        /// <summary>The largest elements over a dimension and their positions; the first of equals takes the gradient.</summary>
        public ValuesAndIndices max(long dim, bool keepdim = false) => Along("max", dim, (x, d) => Ops.MaxAlong(x, d, keepdim));

        /// <summary>The smallest elements over a dimension and their positions; the first of equals takes the gradient.</summary>
        public ValuesAndIndices min(long dim, bool keepdim = false) => Along("min", dim, (x, d) => Ops.MinAlong(x, d, keepdim));

        private ValuesAndIndices Along(string name, long dim, Func<Node, int, (Node, Node)> f)
        {
            var (d, title) = (Wrap(dim, ndim), char.ToUpperInvariant(name[0]) + name[1..] + "Backward0");
            if (ndim == 0) return WithIndices(title, this, x => (Copied(x), Ops.Scalar(0, DType.Int64)));
            NonEmpty(name, dim);
            return WithIndices(title, this, x => f(x, d));
        }

        private Node NonEmpty(string name, long dim) => Dims[Wrap(dim, ndim)] > 0 ? Node : throw new IndexError($"{name}(): Expected reduction dim {Wrap(dim, ndim)} to have non-zero size.");

        /// <summary>The largest elements over dimensions; ties share the gradient. https://pytorch.org/docs/2.6/generated/torch.amax.html</summary>
        public Tensor amax(long[]? dim = null, bool keepdim = false) => Reduce("AmaxBackward0", "AmaxBackward0", Saves.Self | Saves.Result, dim, (x, d) => Shared("amax", x, dim, d, keepdim, Ops.MaxOver));

        /// <summary>The smallest elements over dimensions; ties share the gradient. https://pytorch.org/docs/2.6/generated/torch.amin.html</summary>
        public Tensor amin(long[]? dim = null, bool keepdim = false) => Reduce("AminBackward0", "AminBackward0", Saves.Self | Saves.Result, dim, (x, d) => Shared("amin", x, dim, d, keepdim, Ops.MinOver));

        // The gradient over the number of elements that equal the result: none does where that is NaN, and PyTorch divides all the same.
        private static Node Shared(string name, Node x, long[]? dim, Dims? axes, bool keep, Func<Node, Dims?, bool, Node> extreme)
        {
            if (axes is null && x.Type.Count == 0) throw new RuntimeError($"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.");
            foreach (var d in axes is null ? [] : dim!)
                if (x.Shape[Wrap(d, x.Type.Rank)] == 0) throw new IndexError($"{name}(): Expected reduction dim {d} to have non-zero size.");
            if (!x.DType.IsFloat) return extreme(x, axes, keep);
            var y = Ops.WithRule("Extreme", extreme(x, axes, true), [x], (x, y, c) =>
            {
                var hit = Ops.Cast(Ops.Equal(x[0], y), c.DType);
                return [c * hit / Ops.Sum(hit, axes, keep: true)];
            });
            return keep ? y : Ops.Reshape(y, extreme(x, axes, false).Shape);
        }

        /// <summary>The position of the largest element. https://pytorch.org/docs/2.6/generated/torch.argmax.html</summary>
        public Tensor argmax(long? dim = null, bool keepdim = false) => Arg("argmax", dim, keepdim, Ops.ArgMax);

        /// <summary>The position of the smallest element. https://pytorch.org/docs/2.6/generated/torch.argmin.html</summary>
        public Tensor argmin(long? dim = null, bool keepdim = false) => Arg("argmin", dim, keepdim, Ops.ArgMin);

        private Tensor Arg(string name, long? dim, bool keepdim, Func<Node, int, bool, Node> f)
        {
            Takes(Node, name + "_cpu");
            if (Type.Count == 0 && dim is null) throw new IndexError($"{name}(): Expected reduction dim to be specified for input.numel() == 0.");
            if (dim is { } d) Wrap(d, ndim);
            if (dim is null || ndim == 0) return new Tensor(f(Ops.Reshape(Node, [Type.Count]), 0, false));
            return new Tensor(f(NonEmpty(name, dim.Value), Wrap(dim.Value, ndim), keepdim));
        }

        /// <summary>Whether all elements are non-zero. https://pytorch.org/docs/2.6/generated/torch.all.html</summary>
        public Tensor all(long[]? dim = null, bool keepdim = false) => Reduce("", "", Saves.None, dim, (x, d) => Told(Ops.All(x, d, keepdim), x));

        /// <summary>Whether any element is non-zero. https://pytorch.org/docs/2.6/generated/torch.any.html</summary>
        public Tensor any(long[]? dim = null, bool keepdim = false) => Reduce("", "", Saves.None, dim, (x, d) => Told(Ops.Any(x, d, keepdim), x));

        // PyTorch answers about bytes in bytes.
        private static Node Told(Node truth, Node of) => of.DType == DType.UInt8 ? Ops.Cast(truth, DType.UInt8) : truth;

        /// <summary>Running sums along a dimension. https://pytorch.org/docs/2.6/generated/torch.cumsum.html</summary>
        public Tensor cumsum(long dim) => Wrap(dim, ndim) is var d && ndim == 0 ? Record("CumsumBackward0", Saves.None, x => Ops.Sum(Copied(x)), this) : Record("CumsumBackward0", Saves.None, x => Ops.CumSum(x, d), this);

        /// <summary>log Σ eˣ over dimensions, without overflow. https://pytorch.org/docs/2.6/generated/torch.logsumexp.html</summary>
        public Tensor logsumexp(long[] dim, bool keepdim = false) => Reduce("LogsumexpBackward0", "LogsumexpBackward0", Saves.Self | Saves.Result, dim, (x, d) => Ops.LogSumExp(Real(x), d, keepdim));

        /// <summary>eˣ / Σ eˣ along a dimension. https://pytorch.org/docs/2.6/generated/torch.softmax.html</summary>
        public Tensor softmax(long dim) => Wrap(dim, ndim) is var d && ndim == 0 ? Record("SoftmaxBackward0", Saves.Result, x => Ops.Reshape(Ops.Softmax(Ops.Reshape(Takes(x, "softmax_lastdim_kernel_impl", whole: false), [1]), 0), x.Shape), this) : Record("SoftmaxBackward0", Saves.Result, x => Ops.Softmax(Takes(x, d == ndim - 1 ? "softmax_lastdim_kernel_impl" : "softmax_kernel_impl", whole: false), d), this);

        /// <summary>The logarithm of the softmax. https://pytorch.org/docs/2.6/generated/torch.nn.functional.log_softmax.html</summary>
        public Tensor log_softmax(long dim) => Wrap(dim, ndim) is var d && ndim == 0 ? Record("LogSoftmaxBackward0", Saves.Result, x => Ops.Reshape(Ops.LogSoftmax(Ops.Reshape(Takes(x, "log_softmax_lastdim_kernel_impl", whole: false), [1]), 0), x.Shape), this) : Record("LogSoftmaxBackward0", Saves.Result, x => Ops.LogSoftmax(Takes(x, d == ndim - 1 ? "log_softmax_lastdim_kernel_impl" : "softmax_kernel_impl", whole: false), d), this);

        /// <summary>Sorted elements and where they came from; stable. https://pytorch.org/docs/2.6/generated/torch.sort.html</summary>
        public ValuesAndIndices sort(long dim = -1, bool descending = false) => WithIndices("SortBackward0", this, x => Ops.Sort(x, Wrap(dim, ndim), descending)) is var sorted ? sorted with { values = Laid(sorted.values, this), indices = Laid(sorted.indices, this) } : default;

        /// <summary>The positions that sort the elements. https://pytorch.org/docs/2.6/generated/torch.argsort.html</summary>
        public Tensor argsort(long dim = -1, bool descending = false) => sort(dim, descending).indices;

        /// <summary>The k largest (or smallest) elements and where they came from. https://pytorch.org/docs/2.6/generated/torch.topk.html</summary>
        /// <exception cref="RuntimeError">k is out of range.</exception>
        public ValuesAndIndices topk(long k, long dim = -1, bool largest = true) =>
            k < 0 || k > (Wrap(dim, ndim) is var d && ndim == 0 ? 1 : Dims[d]) ? throw new RuntimeError("selected index k out of range")
            : WithIndices("TopkBackward0", this, x => ndim > 0 ? Ops.TopK(Takes(x, "topk_cpu"), k, d, largest) : (Copied(x), Ops.Scalar(0, DType.Int64)));

        /// <summary>Whether all elements are close: |self − other| ≤ atol + rtol·|other|. https://pytorch.org/docs/2.6/generated/torch.allclose.html</summary>
        /// <exception cref="RuntimeError">The element types differ, or the shapes do not broadcast.</exception>
        public bool allclose(Tensor other, double rtol = 1e-5, double atol = 1e-8)
        {
            if (dtype != other.dtype) throw new RuntimeError($"{dtype.TensorType} did not match {other.dtype.TensorType}");
            CheckBroadcast(Dims, other.Dims);
            if (Node.DType == DType.Bool) return (bool)new Tensor(Ops.All(Ops.Equal(Node, other.Node)));
            return (bool)new Tensor(Ops.All(Ops.Or(Ops.Equal(Node, other.Node), Ops.LessEqual(Ops.Abs(Node - other.Node), atol + rtol * Ops.Abs(other.Node)))));
        }

        /// <summary>Whether shape and all elements are equal. https://pytorch.org/docs/2.6/generated/torch.equal.html</summary>
        public bool equal(Tensor other) => Dims == other.Dims && (bool)new Tensor(Ops.All(Ops.Equal(Node, other.Node)));
    }
}
