namespace Functional.Autograd;

public static partial class torch
{
    [Operators]
    private static class Scans
    {
        /// <summary>Running sums along a dimension.</summary>
        [Torch("CumsumBackward0", Forms = Forms.All, Out = true)]
        public static Node cumsum(Node self, long dim, dtype? dtype = null) => Reductions.Typed(Along(Reductions.Typed(self, dtype), dim, static (x, d) => x.Shape[d] == 1 && x.DType.IsSmooth ? x : Ops.CumSum(x, d)), dtype);

        /// <summary>Running products along a dimension.</summary>
        [Torch("CumprodBackward0", Saves.Self | Saves.Result, Forms = Forms.All, Out = true)]
        public static Node cumprod(Node self, long dim, dtype? dtype = null) => Reductions.Typed(Along(Reductions.Typed(self, dtype), dim, static (x, d) => x.Type.Count == 1 && x.DType.IsSmooth ? x : Ops.CumProd(x, d)), dtype);

        /// <summary>The logarithms of running sums of exponentials along a dimension, without overflow.</summary>
        [Torch("LogcumsumexpBackward0", Saves.Self | Saves.Result, Kernel = "logcumsumexp_out_cpu", Floats = true)]
        public static Node logcumsumexp(Node self, long dim) => Along(self, dim, static (x, d) =>
        {
            var n = x.Shape[d];
            for (var width = 1L; width < n; width *= 2)
                x = Ops.Concat([Ops.SliceAxis(x, d, 0, width), Ops.LogAddExp(Ops.SliceAxis(x, d, 0, n - width), Ops.SliceAxis(x, d, width, n))], d);
            return x;
        });

        // A tensor without dimensions is a vector of one element here; nothing is its own value.
        private static Node Along(Node x, long dim, Func<Node, int, Node> f)
        {
            var d = Wrap(dim, x.Type.Rank);
            return Copied(x.Type.Rank > 0 ? f(x, d) : Ops.Reshape(f(Ops.Reshape(x, [1]), 0), x.Shape));
        }

        /// <summary>The largest elements so far along a dimension and their positions; the last of equals takes the gradient.</summary>
        [Torch]
        public static ValuesAndIndices cummax(Tensor self, long dim) => Leading("CummaxBackward0", self, dim, Ops.CumMax);

        /// <summary>The smallest elements so far along a dimension and their positions; the last of equals takes the gradient.</summary>
        [Torch]
        public static ValuesAndIndices cummin(Tensor self, long dim) => Leading("CumminBackward0", self, dim, Ops.CumMin);

        private static ValuesAndIndices Leading(string name, Tensor self, long dim, Func<Node, int, (Node Values, Node Indices)> f)
        {
            var d = Wrap(dim, self.ndim);
            return WithIndices(name, self, x =>
            {
                Ordered(x, $"\"cummax_cummin_cpu\" not implemented for '{Named(x.DType).TensorType}'");
                if (x.Type.Rank == 0) return (Copied(x), Ops.Scalar(0, DType.Int64));
                var whole = x.DType == DType.Bool ? Ops.Cast(x, DType.Int64) : x;
                var hit = Ops.Or(Ops.Equal(whole, f(whole, d).Values), Ops.IsNaN(whole));
                var places = Ops.Broadcast(Ops.Reshape(Ops.Arange(x.Shape[d]), Dims.Repeat(1, x.Type.Rank).With(d, x.Shape[d])), x.Shape);
                var last = Ops.CumMax(Ops.Where(hit, places, Ops.Scalar(0, DType.Int64)), d).Values;
                return (Ops.Gather(x, d, last), last);
            }, Saves.Self);
        }

        /// <summary>The differences of neighbours along a dimension, n times.</summary>
        /// <exception cref="RuntimeError">The tensor has no dimensions, n is negative, or what is put before or behind does not fit.</exception>
        [Torch]
        public static Tensor diff(Tensor self, long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null)
        {
            if (self.ndim == 0) throw new RuntimeError("diff expects input to be at least one-dimensional");
            var d = Wrap(dim, self.ndim);
            if (n < 0) throw new RuntimeError($"order must be non-negative but got {n}");
            foreach (var end in (Tensor?[])[prepend, append])
            {
                if (end is not null && end.ndim != self.ndim) throw new RuntimeError("diff expects prepend or append to be the same dimension as input");
                for (var k = 0; end is not null && k < self.ndim; k++)
                    if (k != d && end.Dims[k] != self.Dims[k]) throw new RuntimeError($"diff expects the shape of tensor to prepend or append to match that of input except along the differencing dimension; input.size({k}) = {self.Dims[k]}, but got tensor.size({k}) = {end.Dims[k]}");
            }
            if (prepend is not null || append is not null) self = cat([.. ((Tensor?[])[prepend, self, append]).OfType<Tensor>()], d);
            if (n == 0) return zeros_like(self).copy_(self);
            for (var left = Math.Min(n, self.Dims[d]); left > 0; left--)
            {
                var (earlier, later) = Neighbours(self, d);
                self = self.Node.DType == DType.Bool ? later.logical_xor(earlier) : later.sub(earlier);
            }
            return self;
        }

        private static (Tensor Earlier, Tensor Later) Neighbours(Tensor x, int d) => Math.Max(0, x.Dims[d] - 1) is var n ? (x.narrow(d, 0, n), x.narrow(d, x.Dims[d] - n, n)) : default;

        /// <summary>The integral along a dimension by the trapezoidal rule, over points or steps.</summary>
        /// <exception cref="RuntimeError">Truth values, or points that do not fit.</exception>
        [Torch(Forms = Forms.Function, Aliases = "trapz")]
        public static Tensor trapezoid(Tensor y, Tensor? x = null, double dx = 1, long dim = -1)
        {
            var d = Sampled("trapezoid", y, x, dim);
            if (y.Dims[d] == 0) return zeros([.. y.Dims.Without(d)], dtype: y.dtype);
            if (x is not null) return Over(Strips(y, x, d).sum(d), 2);
            return Times(y.sum(d).sub(Times(y.select(d, 0).add(y.select(d, -1)), 0.5)), dx);
        }

        /// <summary>Running integrals along a dimension by the trapezoidal rule, over points or steps.</summary>
        /// <exception cref="RuntimeError">Truth values, or points that do not fit.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor cumulative_trapezoid(Tensor y, Tensor? x = null, double dx = 1, long dim = -1)
        {
            var d = Sampled("cumulative_trapezoid", y, x, dim);
            if (x is not null) return Over(Strips(y, x, d).cumsum(d), 2);
            var (earlier, later) = Neighbours(y, d);
            return Times(earlier.add(later), dx / 2).cumsum(d);
        }

        private static int Sampled(string name, Tensor y, Tensor? x, long dim)
        {
            if (y.Node.DType == DType.Bool || x?.Node.DType == DType.Bool) throw new RuntimeError($"{name}: received a bool input for `{(x is null ? "y` " : "x` or `y` ").Trim()}, but bool is not supported");
            if (y.ndim == 0) throw new IndexError(name == "trapezoid" ? $"Dimension specified as {dim} but tensor has no dimensions" : "slice() cannot be applied to a 0-dim tensor.");
            var d = Wrap(dim, y.ndim);
            return x is null || x.ndim != 1 || x.Dims[0] == y.Dims[d] ? d : throw new RuntimeError($"{name}: There must be one `x` value for each sample point");
        }

        private static Tensor Strips(Tensor y, Tensor x, int d)
        {
            if (x.ndim == 1) x = x.view([.. Dims.Repeat(1, y.ndim).With(d, x.Dims[0])]);
            while (x.ndim < y.ndim) x = x.unsqueeze(0);
            var ((below, above), (earlier, later)) = (Neighbours(y, d), Neighbours(x, d));
            return below.add(above).mul(later.sub(earlier));
        }

        private static Tensor Times(Tensor x, double factor) => Elementwise("MulBackward1", Saves.None, static (x, y) => x * y, x, factor);

        private static Tensor Over(Tensor x, double divisor) => Elementwise("DivBackward1", Saves.None, static (x, y) => x / y, x, divisor, real: true);
    }
}
