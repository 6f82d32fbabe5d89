namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>The smallest and the largest element.</summary>
    /// <param name="min">The smallest.</param>
    /// <param name="max">The largest.</param>
    public readonly record struct MinAndMax(Tensor min, Tensor max)
    {
        /// <summary>As PyTorch prints it.</summary>
        public override string ToString() => $"torch.return_types.aminmax(\nmin={min},\nmax={max})";
    }

    [Operators]
    private static class Statistics
    {
        /// <summary>The sum over dimensions of what is not NaN.</summary>
        [Torch("NansumBackward0", Saves.Self)]
        public static Node nansum(Node self, Sizes? dim = null, bool keepdim = false, dtype? dtype = null) =>
            Reductions.sum(Ordered(self, "nansum does not support complex inputs").DType.IsFloat ? Known(self) : self, dim, keepdim, dtype);

        // The gradient times whether an element counts, as PyTorch's: of an infinite one NaN.
        private static Node Known(Node x) => Ops.WithRule("Known", Ops.Where(Ops.IsNaN(x), 0, x), [x], static (x, _, c) => [c * Ops.Cast(Ops.Equal(x[0], x[0]), c.DType)]);

        /// <summary>The mean over dimensions of what is not NaN.</summary>
        /// <exception cref="RuntimeError">The element type is not a floating-point type.</exception>
        [Torch]
        public static Tensor nanmean(Tensor self, Sizes? dim = null, bool keepdim = false, dtype? dtype = null) => self.is_floating_point()
            ? self.nansum(dim, keepdim, dtype).div(self.detach().isnan().logical_not().sum(dim, keepdim))
            : throw new RuntimeError($"nanmean(): expected input to have floating point or complex dtype but got {self.dtype.TensorType}");

        /// <summary>How many elements are not zero.</summary>
        [Torch]
        public static Node count_nonzero(Node self, Sizes? dim = null) => Ops.Sum(Ops.Cast(Ops.Cast(self, DType.Bool), DType.Int64), Axes(self, dim));

        /// <summary>The smallest and the largest element, of all or along a dimension, without a derivative.</summary>
        /// <exception cref="RuntimeError">There are no elements.</exception>
        [Torch]
        public static MinAndMax aminmax(Tensor self, long? dim = null, bool keepdim = false)
        {
            if (dim is { } d && self.ndim > 0 && self.Dims[Wrap(d, self.ndim)] == 0) throw new IndexError($"aminmax: Expected reduction dim {Wrap(d, self.ndim)} to have non-zero size.");
            if (self.numel() == 0 && dim is null) throw new RuntimeError("aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.");
            Tensor Extreme(Func<Node, Dims?, bool, Node> f) =>
                Underivable(Record("NotImplemented", Saves.None, x => Copied(f(Ordered(x, $"\"aminmax_cpu\" not implemented for '{Named(x.DType).TensorType}'"), dim is { } d ? Axes(x, d) : null, keepdim)), self), "derivative for aten::aminmax is not implemented");
            return new(Extreme(Ops.MinOver), Extreme(Ops.MaxOver));
        }

        /// <summary>The variance and the mean over dimensions.</summary>
        [Torch(Forms = Forms.Function)]
        public static (Tensor, Tensor) var_mean(Tensor self, Sizes? dim = null, double correction = 1, bool keepdim = false) => WithMean("var_mean", "VarMeanBackward0", Saves.Self, Ops.Var, self, dim, correction, keepdim);

        /// <summary>The variance and the mean over dimensions, with Bessel's correction if unbiased.</summary>
        [Torch(Forms = Forms.Function)]
        public static (Tensor, Tensor) var_mean(Tensor self, Sizes? dim, bool unbiased, bool keepdim = false) => var_mean(self, dim, unbiased ? 1 : 0, keepdim);

        /// <summary>The variance and the mean of all elements, with Bessel's correction if unbiased.</summary>
        [Torch(Forms = Forms.Function)]
        public static (Tensor, Tensor) var_mean(Tensor self, bool unbiased) => var_mean(self, null, unbiased);

        /// <summary>The standard deviation and the mean over dimensions.</summary>
        [Torch(Forms = Forms.Function)]
        public static (Tensor, Tensor) std_mean(Tensor self, Sizes? dim = null, double correction = 1, bool keepdim = false) => WithMean("std_mean", "StdMeanBackward0", Saves.Self | Saves.Result, Ops.Std, self, dim, correction, keepdim);

        /// <summary>The standard deviation and the mean over dimensions, with Bessel's correction if unbiased.</summary>
        [Torch(Forms = Forms.Function)]
        public static (Tensor, Tensor) std_mean(Tensor self, Sizes? dim, bool unbiased, bool keepdim = false) => std_mean(self, dim, unbiased ? 1 : 0, keepdim);

        /// <summary>The standard deviation and the mean of all elements, with Bessel's correction if unbiased.</summary>
        [Torch(Forms = Forms.Function)]
        public static (Tensor, Tensor) std_mean(Tensor self, bool unbiased) => std_mean(self, null, unbiased);

        private static (Tensor, Tensor) WithMean(string name, string gradient, Saves saves, Func<Node, Dims?, double, bool, Node> f, Tensor self, Sizes? dim, double correction, bool keepdim)
        {
            if (!self.Node.DType.IsSmooth) throw new RuntimeError($"{name} only support floating point and complex dtypes");
            var spread = Record(gradient, saves, x => f(Reductions.Spread(name, x, dim, correction), Axes(x, dim), correction, keepdim), self);
            return (spread, Record(gradient, Saves.Self, x => Ops.Mean(x, Axes(x, dim), keepdim), self));
        }

        /// <summary>The p-norm of the difference.</summary>
        /// <exception cref="RuntimeError">Not of a floating-point type, or the shapes do not fit.</exception>
        [Torch("DistBackward0", Saves.All | Saves.Result)]
        public static Node dist(Node self, Node other, double p = 2)
        {
            CheckBroadcast(self.Shape, other.Shape);
            return (self.DType.IsSmooth ? other : self).DType is { IsSmooth: false } type ? throw new RuntimeError($"norm(): input dtype should be either floating point or complex. Got {Named(type).TensorType} instead.") : Ops.Norm(self - other, p);
        }

        /// <summary>The covariances of rows, each of which holds a variable's observations, with counts and weights of these.</summary>
        /// <exception cref="RuntimeError">More than two dimensions, truth values, or counts or weights that do not fit.</exception>
        [Torch]
        public static Tensor cov(Tensor self, long correction = 1, Tensor? fweights = null, Tensor? aweights = null)
        {
            if (self.ndim > 2) throw new RuntimeError($"cov(): expected input to have two or fewer dimensions but got an input with {self.ndim} dimensions");
            if (self.Node.DType == DType.Bool) throw new RuntimeError("cov(): bool dtype is not supported for input");
            var x = self.ndim < 2 ? self.view(1, -1) : self;
            var count = x.Dims[1];
            if (fweights is not null) Weighs("fweights", fweights, whole: true, count);
            if (aweights is not null) Weighs("aweights", aweights, whole: false, count);
            var w = fweights is not null && aweights is not null ? fweights.mul(aweights) : fweights ?? aweights;
            var sum = w is null ? tensor(count) : w.sum();
            if (w is not null && (double)sum == 0) throw new RuntimeError("cov(): weights sum to zero, can't be normalized");
            var mean = (w is null ? x : x.mul(w)).sum(1).div(sum);
            var norm = correction == 0 ? sum : aweights is null ? sum.sub(correction) : sum.sub(w!.mul(aweights).sum().mul(correction).div(sum));
            if ((double)norm <= 0)
            {
                warnings.warn("cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.");
                norm = norm.mul(0);
            }
            x = x.sub(mean.unsqueeze(1));
            return x.mm((w is null ? x : x.mul(w)).t().conj()).div(norm).squeeze();
        }

        private static void Weighs(string name, Tensor w, bool whole, long count)
        {
            if (w.ndim > 1) throw new RuntimeError($"cov(): expected {name} to have one or fewer dimensions but got {name} with {w.ndim} dimensions");
            if (whole == w.is_floating_point()) throw new RuntimeError($"cov(): expected {name} to have {(whole ? "integral" : "floating point")} dtype but got {name} with {w.dtype.TensorType} dtype");
            if (w.numel() != count) throw new RuntimeError($"cov(): expected {name} to have the same numel as there are observations in the input but got {w.numel()} != {count}");
            if (Array.Exists(w.KnownDoubles(), v => v < 0)) throw new RuntimeError($"cov(): {name} cannot be negative");
        }

        /// <summary>The correlations of rows, each of which holds a variable's observations.</summary>
        /// <exception cref="RuntimeError">More than two dimensions.</exception>
        [Torch]
        public static Tensor corrcoef(Tensor self)
        {
            if (self.ndim > 2) throw new RuntimeError($"corrcoef(): expected input to have two or fewer dimensions but got an input with {self.ndim} dimensions");
            var c = self.cov();
            if (c.ndim == 0) return c.div(c);
            var deviation = torch.real(c.diagonal()).sqrt();
            c = c.div(deviation.view(-1, 1)).div(deviation.view(1, -1));
            return c.is_complex() ? torch.complex(torch.real(c).clip(-1, 1), torch.imag(c).clip(-1, 1)) : c.clip(-1, 1);
        }

        /// <summary>Slices along a dimension, shortened to a norm where theirs is larger.</summary>
        /// <exception cref="RuntimeError">Fewer than two dimensions, or a norm that is none.</exception>
        [Torch("RenormBackward0", Saves.Self, Forms = Forms.All)]
        public static Node renorm(Node self, double p, long dim, double maxnorm)
        {
            if (p <= 0) throw new RuntimeError("renorm: non-positive-norm not supported");
            if (maxnorm < 0) throw new RuntimeError($"renorm: expected maxnorm to be >= 0 but got {maxnorm}");
            var rank = self.Type.Rank;
            if (rank < 2) throw new RuntimeError($"renorm: input needs at least 2 dimensions, got {rank} dimensions");
            var d = Wrap(dim, rank);
            var norm = Reductions.norm(self, p, (long[])[.. Dims.Range(rank).Without(d)], true);
            return self * Ops.Where(norm > maxnorm, maxnorm / (norm + 1e-7), 1);
        }
    }
}
