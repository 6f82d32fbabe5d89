namespace Functional.Autograd;

public static partial class torch
{
    [Operators]
    private static class Reductions
    {
        /// <summary>The sum of all elements.</summary>
        [Torch("SumBackward0", Out = true)]
        public static Node sum(Node self, dtype? dtype = null) => sum(self, null, false, dtype);

        /// <summary>The sum over dimensions; all when none are given.</summary>
        [Torch("SumBackward1", WholeGradient = "SumBackward0", Out = true)]
        public static Node sum(Node self, Sizes? dim, bool keepdim = false, dtype? dtype = null) => Typed(Ops.Sum(Typed(self, dtype), Axes(self, dim), keepdim), dtype);

        /// <summary>The mean of all elements.</summary>
        /// <exception cref="RuntimeError">The element type is not a floating-point type.</exception>
        [Torch("MeanBackward0", Out = true)]
        public static Node mean(Node self, dtype? dtype = null) => mean(self, null, false, dtype);

        /// <summary>The mean over dimensions.</summary>
        /// <exception cref="RuntimeError">The element type is not a floating-point type.</exception>
        [Torch("MeanBackward1", WholeGradient = "MeanBackward0", Out = true)]
        public static Node mean(Node self, Sizes? dim, bool keepdim = false, dtype? dtype = null) => (dtype?.Type ?? self.DType).IsSmooth ? Ops.Mean(Typed(self, dtype), Axes(self, dim), keepdim)
            : throw new RuntimeError($"mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {Named(self.DType).TensorType}");

        /// <summary>The product of all elements.</summary>
        [Torch("ProdBackward0", Saves.Self | Saves.Result, Out = true)]
        public static Node prod(Node self, dtype? dtype = null) => Typed(Product(Typed(self, dtype)), dtype);

        /// <summary>The product over a dimension.</summary>
        [Torch("ProdBackward1", Saves.Self | Saves.Result, Out = true)]
        public static Node prod(Node self, long dim, bool keepdim = false, dtype? dtype = null) => Typed(Ops.Prod(Typed(self, dtype), Axes(self, dim), keepdim), dtype);

        // Two zeros leave no gradient, whatever NaN or infinity stands beside them.
        private static Node Product(Node x) => x.Type.Count < 3 || !x.DType.IsFloat ? Ops.Prod(x) : Ops.WithRule("Product", Ops.Prod(x), [x], static (x, y, c) =>
        {
            var (type, all) = (x[0].Type, Dims.Range(x[0].Type.Rank));
            var (others, none) = (Ops.ProductOfOthers(x[0], all), Ops.Broadcast(Ops.Sum(Ops.Cast(Ops.Equal(x[0], 0), DType.Int64)) > 1, type.Shape));
            return [Ops.Broadcast(c, type.Shape) * Ops.Where(Ops.And(Ops.IsNaN(others), none), 0, others)];
        });

        /// <summary>The variance over dimensions.</summary>
        [Torch("VarBackward0", Saves.Self, Out = true)]
        public static Node var(Node self, Sizes? dim = null, double correction = 1, bool keepdim = false) => Ops.Var(Spread("var", self, dim, correction), Axes(self, dim), correction, keepdim);

        /// <summary>The variance over dimensions, with Bessel's correction if unbiased.</summary>
        [Torch("VarBackward0", Saves.Self, Out = true)]
        public static Node var(Node self, Sizes? dim, bool unbiased, bool keepdim = false) => var(self, dim, unbiased ? 1 : 0, keepdim);

        /// <summary>The variance of all elements, with Bessel's correction if unbiased.</summary>
        [Torch("VarBackward0", Saves.Self, Out = true)]
        public static Node var(Node self, bool unbiased) => var(self, null, unbiased);

        /// <summary>The standard deviation over dimensions.</summary>
        [Torch("StdBackward0", Saves.Self | Saves.Result, Out = true)]
        public static Node std(Node self, Sizes? dim = null, double correction = 1, bool keepdim = false) => Ops.Std(Spread("std", self, dim, correction), Axes(self, dim), correction, keepdim);

        /// <summary>The standard deviation over dimensions, with Bessel's correction if unbiased.</summary>
        [Torch("StdBackward0", Saves.Self | Saves.Result, Out = true)]
        public static Node std(Node self, Sizes? dim, bool unbiased, bool keepdim = false) => std(self, dim, unbiased ? 1 : 0, keepdim);

        /// <summary>The standard deviation of all elements, with Bessel's correction if unbiased.</summary>
        [Torch("StdBackward0", Saves.Self | Saves.Result, Out = true)]
        public static Node std(Node self, bool unbiased) => std(self, null, unbiased);

        // Checks that a variance can be taken.
        internal static Node Spread(string name, Node x, Sizes? dim, double correction)
        {
            if (!x.DType.IsSmooth) throw new RuntimeError("std and var only support floating point and complex dtypes");
            if ((x.Type.Count == 0 ? 0 : x.Shape.Pick(Axes(x, dim) ?? Dims.Range(x.Type.Rank)).Product) - correction <= 0) warnings.warn($"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by output numel).");
            return x;
        }

        /// <summary>The p-norm over dimensions; its gradient at zero is zero.</summary>
        /// <exception cref="RuntimeError">Not of a floating-point type, or the largest of no elements.</exception>
        [Torch("LinalgVectorNormBackward0", Saves.Self | Saves.Result)]
        public static Node norm(Node self, double p = 2, Sizes? dim = null, bool keepdim = false, dtype? dtype = null)
        {
            if (p == double.PositiveInfinity && Empty(self, dim) is { } lacking) throw new RuntimeError(lacking);
            return self.DType.IsSmooth ? Ops.Norm(Widened(self, dtype), p, Axes(self, dim), keepdim)
                : throw new RuntimeError($"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {Named(self.DType).TensorType}");
        }

        /// <summary>The 2-norm over dimensions, fro, or the sum of the singular values of matrices, nuc; in another type if one is given.</summary>
        /// <exception cref="RuntimeError">Another name, an element type that is not floating-point, or one that is wider than the one given.</exception>
        [Torch]
        public static Tensor norm(Tensor self, string p, Sizes? dim = null, bool keepdim = false, dtype? dtype = null)
        {
            if (p == "nuc") return linalg.matrix_norm(self, p, dim ?? [.. Dims.Range(self.ndim)], keepdim, dtype);
            if (p != "fro") throw new RuntimeError($"linalg.matrix_norm: Order {p} not supported.");
            return dim is { All.Length: > 2 } many ? throw new RuntimeError($"linalg.matrix_norm: dim must be a 2-tuple. Got {string.Join(' ', many.All)}") : self.norm(2, dim, keepdim, dtype);
        }

        private static Node Widened(Node x, dtype? dtype) => dtype is null || DTypes.Promote(x.DType, dtype.Type) == dtype.Type ? Typed(x, dtype)
            : throw new RuntimeError($"linalg.vector_norm: the dtype of the input ({Named(x.DType).TensorType}) should be convertible without narrowing to the specified dtype ({dtype.TensorType})");

        private static string? Empty(Node x, Sizes? dim)
        {
            if (dim is not { All.Length: > 0 } given) return x.Type.Count == 0 ? "linalg.vector_norm cannot compute the inf norm on an empty tensor because the operation does not have an identity" : null;
            foreach (var d in given)
                if (x.Type.Rank > 0 && x.Shape[Wrap(d, x.Type.Rank)] == 0) return $"linalg.vector_norm cannot compute the inf norm on the dimension {d}because this dimension is empty and the operation does not have an identity";
            return null;
        }

        /// <summary>The largest element; ties share the gradient.</summary>
        /// <exception cref="RuntimeError">There are no elements.</exception>
        [Torch("MaxBackward1", Saves.Self | Saves.Result)]
        public static Node max(Node self) => Ops.MaxOver(Ordered(Some("max", self), $"\"max_all\" not implemented for '{Named(self.DType).TensorType}'"));

        /// <summary>The smallest element; ties share the gradient.</summary>
        /// <exception cref="RuntimeError">There are no elements.</exception>
        [Torch("MinBackward1", Saves.Self | Saves.Result)]
        public static Node min(Node self) => Ops.MinOver(Ordered(Some("min", self), $"\"min_all\" not implemented for '{Named(self.DType).TensorType}'"));

        /// <summary>The larger of both; ties share the gradient.</summary>
        [Torch]
        public static Tensor max(Tensor self, Tensor other) => self.maximum(other);

        /// <summary>The smaller of both; ties share the gradient.</summary>
        [Torch]
        public static Tensor min(Tensor self, Tensor other) => self.minimum(other);

        private static Node Some(string name, Node x) => x.Type.Count > 0 ? x
            : throw new RuntimeError($"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.");

        /// <summary>The largest elements over a dimension and their positions; the first of equals takes the gradient.</summary>
        [Torch]
        public static ValuesAndIndices max(Tensor self, long dim, bool keepdim = false) => Along("max", self, dim, (x, d) => Ops.MaxAlong(x, d, keepdim));

        /// <summary>The smallest elements over a dimension and their positions; the first of equals takes the gradient.</summary>
        [Torch]
        public static ValuesAndIndices min(Tensor self, long dim, bool keepdim = false) => Along("min", self, dim, (x, d) => Ops.MinAlong(x, d, keepdim));

        private static ValuesAndIndices Along(string name, Tensor self, long dim, Func<Node, int, (Node, Node)> f)
        {
            var (d, title) = (Wrap(dim, self.ndim), char.ToUpperInvariant(name[0]) + name[1..] + "Backward0");
            return self.ndim == 0 ? WithIndices(title, self, x => (Copied(x), Ops.Scalar(0, DType.Int64))) : WithIndices(title, self, x => f(NonEmpty(name, x, dim), d));
        }

        private static Node NonEmpty(string name, Node x, long dim) => x.Shape[Wrap(dim, x.Type.Rank)] > 0 ? x
            : throw new IndexError($"{name}(): Expected reduction dim {Wrap(dim, x.Type.Rank)} to have non-zero size.");

        /// <summary>The largest elements over dimensions; ties share the gradient.</summary>
        [Torch("AmaxBackward0", Saves.Self | Saves.Result, Out = true)]
        public static Node amax(Node self, Sizes? dim = null, bool keepdim = false) => Shared("amax", self, dim, keepdim, Ops.MaxOver);

        /// <summary>The smallest elements over dimensions; ties share the gradient.</summary>
        [Torch("AminBackward0", Saves.Self | Saves.Result, Out = true)]
        public static Node amin(Node self, Sizes? dim = null, bool keepdim = false) => Shared("amin", self, dim, keepdim, Ops.MinOver);

        // The gradient over the number of elements that equal the result: none does where that is NaN, and PyTorch divides all the same.
        private static Node Shared(string name, Node x, Sizes? dim, bool keep, Func<Node, Dims?, bool, Node> extreme)
        {
            var axes = Axes(x, dim);
            Ordered(x, $"\"{name[1..]}_values_cpu\" not implemented for '{Named(x.DType).TensorType}'");
            if (axes is null) Some(name, x);
            foreach (var d in axes is null ? [] : dim!.Value.All)
                if (x.Shape[Wrap(d, x.Type.Rank)] == 0) throw new IndexError($"{name}(): Expected reduction dim {d} to have non-zero size.");
            if (!x.DType.IsFloat) return extreme(x, axes, keep);
            var y = Ops.WithRule("Extreme", extreme(x, axes, true), [x], (x, y, c) =>
            {
                var hit = Ops.Cast(Ops.Equal(x[0], y), c.DType);
                return [c * hit / Ops.Sum(hit, axes, keep: true)];
            });
            return keep ? y : Ops.Reshape(y, extreme(x, axes, false).Shape);
        }

        /// <summary>The position of the largest element.</summary>
        [Torch(Kernel = "argmax_cpu", Out = true)]
        public static Node argmax(Node self, long? dim = null, bool keepdim = false) => Position("argmax", self, dim, keepdim, Ops.ArgMax);

        /// <summary>The position of the smallest element.</summary>
        [Torch(Kernel = "argmin_cpu", Out = true)]
        public static Node argmin(Node self, long? dim = null, bool keepdim = false) => Position("argmin", self, dim, keepdim, Ops.ArgMin);

        private static Node Position(string name, Node x, long? dim, bool keepdim, Func<Node, int, bool, Node> f)
        {
            if (x.Type.Count == 0 && dim is null) throw new IndexError($"{name}(): Expected reduction dim to be specified for input.numel() == 0.");
            if (dim is { } d) Wrap(d, x.Type.Rank);
            return dim is null || x.Type.Rank == 0 ? f(Ops.Reshape(x, [x.Type.Count]), 0, false) : f(NonEmpty(name, x, dim.Value), Wrap(dim.Value, x.Type.Rank), keepdim);
        }

        /// <summary>Whether all elements are non-zero.</summary>
        [Torch(Out = true)]
        public static Node all(Node self, Sizes? dim = null, bool keepdim = false) => Told(dim is { All.Length: 0 } ? Ops.NotEqual(self, 0) : Ops.All(self, Axes(self, dim), keepdim), self);

        /// <summary>Whether any element is non-zero.</summary>
        [Torch(Out = true)]
        public static Node any(Node self, Sizes? dim = null, bool keepdim = false) => Told(dim is { All.Length: 0 } ? Ops.NotEqual(self, 0) : Ops.Any(self, Axes(self, dim), keepdim), self);

        // PyTorch answers about bytes in bytes.
        private static Node Told(Node truth, Node of) => of.DType == DType.UInt8 ? Ops.Cast(truth, DType.UInt8) : truth;

        /// <summary>log Σ eˣ over dimensions, without overflow.</summary>
        [Torch("LogsumexpBackward0", Saves.Self | Saves.Result, Types = Types.Real, Out = true)]
        public static Node logsumexp(Node self, Sizes dim, bool keepdim = false)
        {
            var axes = Axes(self, dim);
            if (!self.DType.IsComplex) return Ops.LogSumExp(self, axes, keepdim);
            // Of complex numbers the largest real part is taken out.
            var most = Ops.Detach(Ops.MaxOver(Ops.Real(self), axes, true));
            var sum = Ops.Log(Ops.Sum(Ops.Exp(self - most), axes, keepdim));
            return sum + (keepdim ? most : Ops.Reshape(most, sum.Shape));
        }

        /// <summary>eˣ / Σ eˣ along a dimension.</summary>
        [Torch("SoftmaxBackward0", Saves.Result)]
        public static Node softmax(Node self, long dim, dtype? dtype = null) => Normalised(Typed(self, dtype), dim, "softmax_lastdim_kernel_impl", Ops.Softmax);

        /// <summary>The logarithm of the softmax.</summary>
        [Torch("LogSoftmaxBackward0", Saves.Result)]
        public static Node log_softmax(Node self, long dim, dtype? dtype = null) => Normalised(Typed(self, dtype), dim, "log_softmax_lastdim_kernel_impl", Ops.LogSoftmax);

        private static Node Normalised(Node x, long dim, string kernel, Func<Node, int, Node> f)
        {
            var d = Wrap(dim, x.Type.Rank);
            Takes(x, d >= x.Type.Rank - 1 ? kernel : "softmax_kernel_impl", whole: false);
            return x.Type.Rank > 0 ? f(x, d) : Ops.Reshape(f(Ops.Reshape(x, [1]), 0), x.Shape);
        }

        /// <summary>Sorted elements and where they came from; stable.</summary>
        [Torch]
        public static ValuesAndIndices sort(Tensor self, long dim = -1, bool descending = false) => Sorted("SortBackward0", self, dim, descending);

        private static ValuesAndIndices Sorted(string name, Tensor self, long dim, bool descending)
        {
            var sorted = WithIndices(name, self, x => Ops.Sort(Ordered(x, $"\"sorting_kernel_method_name\" not implemented for '{Named(x.DType).TensorType}'"), Wrap(dim, x.Type.Rank), descending));
            return sorted with { values = Laid(sorted.values, self), indices = Laid(sorted.indices, self) };
        }

        /// <summary>Sorted elements and where they came from; stable in any case.</summary>
        [Torch]
        public static ValuesAndIndices sort(Tensor self, bool stable, long dim = -1, bool descending = false) => Sorted("SortBackward1", self, dim, descending);

        /// <summary>The positions that sort the elements; stable in any case.</summary>
        [Torch]
        public static Tensor argsort(Tensor self, bool stable, long dim = -1, bool descending = false) => sort(self, stable, dim, descending).indices;

        /// <summary>The positions that sort the elements.</summary>
        [Torch]
        public static Tensor argsort(Tensor self, long dim = -1, bool descending = false) => sort(self, dim, descending).indices;

        /// <summary>The k largest (or smallest) elements and where they came from.</summary>
        /// <exception cref="RuntimeError">k is out of range.</exception>
        [Torch]
        public static ValuesAndIndices topk(Tensor self, long k, long dim = -1, bool largest = true)
        {
            var d = Wrap(dim, self.ndim);
            if (k < 0 || k > (self.ndim == 0 ? 1 : self.Dims[d])) throw new RuntimeError("selected index k out of range");
            return WithIndices("TopkBackward0", self, x => x.Type.Rank > 0 ? Ops.TopK(Takes(x, "topk_cpu"), k, d, largest) : (Copied(x), Ops.Scalar(0, DType.Int64)));
        }

        /// <summary>Whether all elements are close: |self − other| ≤ atol + rtol·|other|.</summary>
        /// <exception cref="RuntimeError">The element types differ, or the shapes do not broadcast.</exception>
        [Torch]
        public static bool allclose(Tensor self, Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) => (bool)self.isclose(other, rtol, atol, equal_nan).all();

        /// <summary>Whether shape and all elements are equal.</summary>
        [Torch]
        public static bool equal(Tensor self, Tensor other) => self.Dims == other.Dims && (bool)new Tensor(Ops.All(Ops.Equal(self.Node, other.Node)));

        internal static Node Typed(Node x, dtype? dtype) => dtype is null ? x : Ops.Cast(x, dtype.Type);
    }
}
