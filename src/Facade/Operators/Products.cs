namespace Functional.Autograd;

public static partial class torch
{
    [Operators]
    private static class Products
    {
        /// <summary>The product of two matrices.</summary>
        /// <exception cref="RuntimeError">Not matrices, inner sizes differ, or element types differ.</exception>
        [Torch("MmBackward0", Saves.Cross, Out = true)]
        public static Tensor mm(Tensor self, Tensor mat2)
        {
            if (self.ndim != 2) throw new RuntimeError("self must be a matrix");
            if (mat2.ndim != 2) throw new RuntimeError("mat2 must be a matrix");
            if (self.Dims[1] != mat2.Dims[0]) throw new RuntimeError($"mat1 and mat2 shapes cannot be multiplied ({self.Dims[0]}x{self.Dims[1]} and {mat2.Dims[0]}x{mat2.Dims[1]})");
            if (self.Node.DType != mat2.Node.DType) throw new RuntimeError($"expected m1 and m2 to have the same dtype, but got: {self.dtype.InC} != {mat2.dtype.InC}");
            return Columns(Record("MmBackward0", Saves.Cross, static (a, b) => Ops.MatMul(Takes(a, "addmm_impl_cpu_", complex: true), b), self, mat2), self, mat2);
        }

        // The gradient of a factor that lies column by column is computed transposed.
        private static Tensor Columns(Tensor product, Tensor left, Tensor right)
        {
            static bool Column(Tensor x) => x.Dims is [1, 1] || (!x.IsPlain && x.Layout.Strides is [1, var step] && step == x.Dims[0]);
            if (product.gradFn is { } fn) fn.Variant = (Column(left) ? ", left column" : "") + (Column(right) ? ", right column" : "");
            return product;
        }

        /// <summary>A matrix times a vector.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("MvBackward0", Saves.Cross, Out = true)]
        public static Tensor mv(Tensor self, Tensor vec)
        {
            if (self.ndim == 0) throw new IndexError("Dimension specified as 0 but tensor has no dimensions");
            if (self.ndim != 2 || vec.ndim != 1) throw new RuntimeError($"vector + matrix @ vector expected, got 1, {self.ndim}, {vec.ndim}");
            if (self.Dims[1] != vec.Dims[0]) throw new RuntimeError($"size mismatch, got input ({self.Dims[0]}), mat ({self.Dims[0]}x{self.Dims[1]}), vec ({vec.Dims[0]})");
            // Without elements nothing is multiplied, and the types need not agree.
            if (self.Type.Count == 0) return Record("MvBackward0", Saves.Cross, static (a, b) => Ops.Cast(Ops.Sum(Ops.Cast(a, b.DType) * b, [1]), b.DType), self, vec);
            ScalarType(self, vec);
            return Record("MvBackward0", Saves.Cross, static (a, b) => Ops.MatMul(Takes(a, "addmv_impl_cpu", complex: true), b), self, vec);
        }

        /// <summary>The inner product of two vectors.</summary>
        /// <exception cref="RuntimeError">Not vectors, or of different sizes or element types.</exception>
        [Torch("DotBackward0", Saves.Cross, Check = nameof(Vectors), Out = true)]
        public static Node dot(Node self, Node tensor) => Ops.MatMul(Takes(self, "dot", complex: true), tensor);

        /// <summary>The inner product of two vectors, the first conjugated.</summary>
        /// <exception cref="RuntimeError">Not vectors, or of different sizes or element types.</exception>
        [Torch("VdotBackward0", Saves.Cross, Check = nameof(Vectors))]
        public static Node vdot(Node self, Node other) => Ops.MatMul(Ops.Conj(Takes(self, "dot", complex: true)), other);

        public static void Vectors(Tensor self, Tensor other)
        {
            if (self.ndim != 1 || other.ndim != 1) throw new RuntimeError($"1D tensors expected, but got {self.ndim}D and {other.ndim}D tensors");
            if (self.Dims[0] != other.Dims[0]) throw new RuntimeError($"inconsistent tensor size, expected tensor [{self.Dims[0]}] and src [{other.Dims[0]}] to have the same number of elements, but got {self.Dims[0]} and {other.Dims[0]} elements respectively");
            if (self.Node.DType != other.Node.DType) throw new RuntimeError($"dot : expected both vectors to have same dtype, but found {self.dtype.TensorType} and {other.dtype.TensorType}");
        }

        /// <summary>Products of batches of matrices.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("BmmBackward0", Saves.Cross, Out = true)]
        public static Tensor bmm(Tensor self, Tensor mat2)
        {
            if (self.ndim != 3) throw new RuntimeError("batch1 must be a 3D tensor");
            Batches(self, mat2);
            if (self.Type.Count == 0 || mat2.Type.Count == 0) return Record("BmmBackward0", Saves.Cross, static (a, b) => Ops.MatMul(Ops.Cast(a, b.DType), b), self, mat2);
            ScalarType(self, mat2);
            return Record("BmmBackward0", Saves.Cross, static (a, b) => Ops.MatMul(Takes(a, "bmm", complex: true), b), self, mat2);
        }

        /// <summary>The matrix product in all rank cases.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or a factor is a scalar.</exception>
        [Torch(Out = true)]
        public static Tensor matmul(Tensor self, Tensor other) => (self.ndim, other.ndim) switch
        {
            (0, _) or (_, 0) => throw new RuntimeError($"both arguments to matmul need to be at least 1D, but they are {self.ndim}D and {other.ndim}D"),
            (1, 1) => self.dot(other),
            (2, 2) => self.mm(other),
            (2, 1) => self.mv(other),
            (1, 2) => self.unsqueeze(0).mm(other).Unlisted(0),
            _ => Folds(self, other) ? Folded(self, other) : Batched(self, other),
        };

        // Whether the batches of the larger factor are rows of one matrix.
        private static bool Folds(Tensor a, Tensor b)
        {
            var left = a.ndim >= b.ndim;
            var (large, small) = left ? (a, b) : (b, a);
            if (large.ndim < 3 || small.ndim > 2) return false;
            if (small.requires_grad) return true;
            if (a.ndim == 2) return false;
            var layout = left ? large.Layout : large.mT.Layout;
            for (var k = 0; k < large.ndim - 2 && large.Type.Count > 0; k++)
                if (layout.Strides[k] != layout.Strides[k + 1] * layout.Shape[k + 1]) return false;
            return true;
        }

        private static Tensor Folded(Tensor self, Tensor other)
        {
            var turned = other.ndim > self.ndim;
            var (large, small) = !turned ? (self, other) : (other.mT, self.ndim == 2 ? self.t() : self);
            var rows = large.reshape(large.Dims[..^1].Product, large.Dims[^1]);
            if (small.ndim == 1) return Seen(rows.mv(small), [.. large.Dims[..^1]]);
            var product = Seen(rows.mm(small), [.. large.Dims[..^1], small.Dims[1]]);
            return turned ? product.mT.contiguous() : product;
        }

        private static Tensor Batched(Tensor self, Tensor other)
        {
            var (left, right) = (self.Dims[..Math.Max(0, self.ndim - 2)], other.Dims[..Math.Max(0, other.ndim - 2)]);
            if (self.ndim == 3 && other.ndim == 3 && left != right)
            {
                if (left[0] == 1 && self.requires_grad) return self.squeeze(0).matmul(other);
                if (right[0] == 1 && other.requires_grad) return self.matmul(other.squeeze(0));
            }
            CheckBroadcast(left, right);
            var batch = Ops.BroadcastShapes("matmul", left, right);
            Dims rows = self.ndim > 1 ? [self.Dims[^2]] : [], columns = other.ndim > 1 ? [other.Dims[^1]] : [];
            var a = self.expand([.. batch, self.ndim > 1 ? self.Dims[^2] : 1, self.Dims[^1]]).reshape(batch.Product, self.ndim > 1 ? self.Dims[^2] : 1, self.Dims[^1]);
            var b = other.expand([.. batch, .. other.Dims[^Math.Min(2, other.ndim)..]]);
            b = other.ndim == 1 ? b.reshape(batch.Product, other.Dims[0]).unsqueeze(2) : b.reshape(batch.Product, other.Dims[^2], other.Dims[^1]);
            var product = a.bmm(b);
            return Seen(other.ndim == 1 ? product.squeeze(-1) : product, [.. batch, .. rows, .. columns]);
        }

        // A product in another shape, which nobody else can know as a matrix.
        private static Tensor Seen(Tensor x, Dims shape) => Record("UnsafeViewBackward0", Saves.None, x => Ops.Reshape(x, shape), x);

        /// <summary>beta·self + alpha·mat1·mat2; for beta 0 self is not read.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("AddmmBackward0", Saves.LastCross, Out = true)]
        public static Tensor addmm(Tensor self, Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null)
        {
            Fits(self, mat1, mat2);
            Expands(self, mat1.Dims[0], mat2.Dims[1]);
            var result = Record("AddmmBackward0", Saves.LastCross, x => Sum(x[0], Ops.MatMul(Takes(x[1], "addmm_impl_cpu_", complex: true), x[2]), beta, alpha), [self, mat1, mat2]);
            if (alpha is null or { Value: 1 }) return Columns(result, mat1, mat2);
            if (result.gradFn is { } fn) fn.Variant = ", scaled";
            return result;
        }

        /// <summary>beta·self + alpha·mat1·mat2 in place.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("AddmmBackward0", Saves.LastCross, Forms = Forms.Method)]
        public static Tensor addmm_(Tensor self, Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null)
        {
            Writing(self);
            Fits(self, mat1, mat2);
            Same(self, mat1.Dims[0], mat2.Dims[1]);
            return InPlace(self, "AddmmBackward0", Saves.LastCross, (x, o) => Sum(x, Ops.MatMul(Takes(o[0], "addmm_impl_cpu_", complex: true), o[1]), beta, alpha), [mat1, mat2]);
        }

        private static void Fits(Tensor self, Tensor mat1, Tensor mat2)
        {
            if (mat1.ndim != 2 || mat2.ndim != 2 || mat1.Dims[1] != mat2.Dims[0])
                throw new RuntimeError($"mat1 and mat2 shapes cannot be multiplied ({string.Join("x", mat1.Dims)} and {string.Join("x", mat2.Dims)})");
            OneType(self, mat1, mat2);
        }

        private static void OneType(Tensor self, Tensor mat1, Tensor mat2)
        {
            if (self.Node.DType == mat2.Node.DType && mat1.Node.DType != mat2.Node.DType) throw new RuntimeError($"mat1 and mat2 must have the same dtype, but got {mat1.dtype.TensorType} and {mat2.dtype.TensorType}");
            if (self.Node.DType != mat2.Node.DType) throw new RuntimeError($"self and mat2 must have the same dtype, but got {self.dtype.TensorType} and {mat2.dtype.TensorType}");
        }

        /// <summary>beta·self + alpha·mat·vec; for beta 0 self is not read.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("AddmvBackward0", Saves.LastCross, Out = true)]
        public static Tensor addmv(Tensor self, Tensor mat, Tensor vec, Scalar? beta = null, Scalar? alpha = null)
        {
            FitsVector(self, mat, vec);
            return Record("AddmvBackward0", Saves.LastCross, x => Sum(Ops.Cast(x[0], x[2].DType), Ops.MatMul(Takes(x[1], "addmv_impl_cpu", complex: true), x[2]), beta, alpha), [self, mat, vec]);
        }

        /// <summary>beta·self + alpha·mat·vec in place.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("AddmvBackward0", Saves.LastCross, Forms = Forms.Method)]
        public static Tensor addmv_(Tensor self, Tensor mat, Tensor vec, Scalar? beta = null, Scalar? alpha = null)
        {
            Writing(self);
            FitsVector(self, mat, vec);
            Same(self, mat.Dims[0]);
            return InPlace(self, "AddmvBackward0", Saves.LastCross, (x, o) => Sum(Ops.Cast(x, o[1].DType), Ops.MatMul(Takes(o[0], "addmv_impl_cpu", complex: true), o[1]), beta, alpha), [mat, vec]);
        }

        private static void FitsVector(Tensor self, Tensor mat, Tensor vec)
        {
            if (self.ndim > 1 || mat.ndim != 2 || vec.ndim != 1) throw new RuntimeError($"vector + matrix @ vector expected, got {self.ndim}, {mat.ndim}, {vec.ndim}");
            if (mat.Dims[1] != vec.Dims[0] || (self.numel() != mat.Dims[0] && self.numel() != 1))
                throw new RuntimeError($"size mismatch, got input ({self.size(0)}), mat ({mat.Dims[0]}x{mat.Dims[1]}), vec ({vec.Dims[0]})");
            ScalarType(mat, vec);
        }

        /// <summary>beta·self + alpha·Σ batch1·batch2, the sum over the batch; for beta 0 self is not read.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("AddbmmBackward0", Saves.LastCross, Out = true)]
        public static Tensor addbmm(Tensor self, Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null)
        {
            Expands(self, batch1.size(1), batch2.size(2));
            FitsBatches(self, batch1, batch2);
            return Record("AddbmmBackward0", Saves.LastCross, x => Sum(x[0], Ops.Sum(Ops.MatMul(Takes(x[1], "addmm_impl_cpu_", complex: true), x[2]), [0]), beta, alpha), [self, batch1, batch2]);
        }

        /// <summary>beta·self + alpha·Σ batch1·batch2 in place.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("AddbmmBackward0", Saves.LastCross, Forms = Forms.Method)]
        public static Tensor addbmm_(Tensor self, Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null)
        {
            Writing(self);
            FitsBatches(self, batch1, batch2);
            return InPlace(self, "AddbmmBackward0", Saves.LastCross, (x, o) => Sum(x, Ops.Sum(Ops.MatMul(Takes(o[0], "addmm_impl_cpu_", complex: true), o[1]), [0]), beta, alpha), [batch1, batch2]);
        }

        private static void FitsBatches(Tensor self, Tensor batch1, Tensor batch2)
        {
            if (batch1.ndim != 3) throw new RuntimeError("batch1 must be a 3D tensor");
            if (batch2.ndim != 3) throw new RuntimeError("batch2 must be a 3D tensor");
            if (batch1.Dims[0] != batch2.Dims[0]) throw new RuntimeError($"batch1 and batch2 must have same number of batches, got {batch1.Dims[0]} and {batch2.Dims[0]}");
            if (batch1.Dims[2] != batch2.Dims[1]) throw new RuntimeError($"Incompatible matrix sizes for bmm ({batch1.Dims[1]}x{batch1.Dims[2]} and {batch2.Dims[1]}x{batch2.Dims[2]})");
            OneType(self, batch1, batch2);
        }

        /// <summary>beta·self + alpha·batch1·batch2, matrix by matrix; for beta 0 self is not read.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("BaddbmmBackward0", Saves.LastCross, Out = true)]
        public static Tensor baddbmm(Tensor self, Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null)
        {
            Expands(self, batch1.size(0), batch1.size(1), batch2.size(2));
            FitsEach(self, batch1, batch2);
            return Record("BaddbmmBackward0", Saves.LastCross, x => Sum(x[0], Ops.MatMul(Takes(x[1], "baddbmm", complex: true), x[2]), beta, alpha), [self, batch1, batch2]);
        }

        /// <summary>beta·self + alpha·batch1·batch2 in place.</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or element types differ.</exception>
        [Torch("BaddbmmBackward0", Saves.LastCross, Forms = Forms.Method)]
        public static Tensor baddbmm_(Tensor self, Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null)
        {
            Writing(self);
            FitsEach(self, batch1, batch2);
            Same(self, batch1.Dims[0], batch1.Dims[1], batch2.Dims[2]);
            return InPlace(self, "BaddbmmBackward0", Saves.LastCross, (x, o) => Sum(x, Ops.MatMul(Takes(o[0], "baddbmm", complex: true), o[1]), beta, alpha), [batch1, batch2]);
        }

        private static void FitsEach(Tensor self, Tensor batch1, Tensor batch2)
        {
            if (batch1.ndim != 3) throw new RuntimeError("batch1 must be a 3D tensor");
            Batches(batch1, batch2);
            if (self.Node.DType != batch1.Node.DType)
                throw new RuntimeError($"Input dtypes must be the same, got: input {self.dtype.InC}, batch1: {batch1.dtype.InC}, batch2: {batch2.dtype.InC}");
            ScalarType(batch1, batch2);
        }

        private static void Batches(Tensor left, Tensor right)
        {
            if (right.ndim != 3) throw new RuntimeError("batch2 must be a 3D tensor");
            if (left.Dims[0] != right.Dims[0] || left.Dims[2] != right.Dims[1]) throw new RuntimeError($"Expected size for first two dimensions of batch2 tensor to be: [{left.Dims[0]}, {left.Dims[2]}] but got: [{right.Dims[0]}, {right.Dims[1]}].");
        }

        private static void ScalarType(Tensor left, Tensor right)
        {
            if (left.Node.DType != right.Node.DType) throw new RuntimeError($"expected scalar type {left.dtype.TensorType} but found {right.dtype.TensorType}");
        }

        private static void Expands(Tensor self, params long[] shape)
        {
            if (!Spreads(self.Dims, Dims.Create(shape))) self.expand(shape);
        }

        private static void Same(Tensor self, params long[] shape)
        {
            if (self.Dims != Dims.Create(shape)) throw new RuntimeError($"Bad in-place call: input tensor size {self.Dims} and output tensor size {Dims.Create(shape)} should match");
        }

        private static Node Sum(Node self, Node product, Scalar? beta, Scalar? alpha) => Scaled(product, alpha) + (beta is { Value: 0 } ? Ignored(self) : Scaled(self, beta));

        /// <summary>All products of elements of two vectors.</summary>
        /// <exception cref="RuntimeError">Not vectors.</exception>
        [Torch(Out = true)]
        public static Tensor outer(Tensor self, Tensor vec2)
        {
            if (self.ndim != 1) throw new RuntimeError($"outer: Expected 1-D argument self, but got {self.ndim}-D");
            if (vec2.ndim != 1) throw new RuntimeError($"outer: Expected 1-D argument vec2, but got {vec2.ndim}-D");
            return self.reshape(self.numel(), 1) * vec2;
        }

        /// <summary>All products of elements of two vectors, as outer.</summary>
        /// <exception cref="RuntimeError">Not vectors.</exception>
        [Torch]
        public static Tensor ger(Tensor self, Tensor vec2) => outer(self, vec2);

        /// <summary>beta·self + alpha·vec1·vec2ᵀ; for beta 0 self is not read.</summary>
        /// <exception cref="RuntimeError">Not vectors, or sizes do not fit.</exception>
        [Torch("AddrBackward0", Saves.LastCross)]
        public static Tensor addr(Tensor self, Tensor vec1, Tensor vec2, Scalar? beta = null, Scalar? alpha = null)
        {
            FitsVectors(vec1, vec2);
            Expands(self, vec1.Dims[0], vec2.Dims[0]);
            var type = ResultType(self, vec1, vec2);
            return Record("AddrBackward0", Saves.LastCross, x => Plus(x[0], x[1], x[2], type, beta, alpha), [self, vec1, vec2]);
        }

        /// <summary>beta·self + alpha·vec1·vec2ᵀ in place.</summary>
        /// <exception cref="RuntimeError">Not vectors, or sizes do not fit.</exception>
        [Torch("AddrBackward0", Saves.LastCross, Forms = Forms.Method)]
        public static Tensor addr_(Tensor self, Tensor vec1, Tensor vec2, Scalar? beta = null, Scalar? alpha = null)
        {
            Writing(self);
            FitsVectors(vec1, vec2);
            var type = ResultType(self, vec1, vec2);
            return InPlace(self, "AddrBackward0", Saves.LastCross, (x, o) => Plus(x, o[0], o[1], type, beta, alpha), [vec1, vec2]);
        }

        private static void FitsVectors(Tensor vec1, Tensor vec2)
        {
            if (vec1.ndim != 1) throw new RuntimeError($"addr: Expected 1-D argument vec1, but got {vec1.ndim}-D");
            if (vec2.ndim != 1) throw new RuntimeError($"addr: Expected 1-D argument vec2, but got {vec2.ndim}-D");
        }

        private static Node Plus(Node self, Node vec1, Node vec2, DType type, Scalar? beta, Scalar? alpha)
        {
            var product = Ops.Outer(Ops.Cast(vec1, type), Ops.Cast(vec2, type));
            return type != DType.Bool ? Sum(Ops.Cast(self, type), product, beta, alpha)
                : Ops.Or(alpha is { Value: 0 } ? Ops.Like(product, 0) : product, beta is { Value: 0 } ? Ops.Like(product, 0) : self);
        }

        /// <summary>The sum of the diagonal.</summary>
        /// <exception cref="RuntimeError">Not a matrix.</exception>
        [Torch("TraceBackward0")]
        public static Node trace(Node self) => self.Type.Rank == 2 ? Ops.Sum(Ops.Diagonal(LinearAlgebra.Wide(Takes(self, "trace", complex: true), "trace"))) : throw new RuntimeError("trace: expected a matrix, but got tensor with dim " + self.Type.Rank);

        /// <summary>Kronecker's product: every element of one tensor times the whole other, as blocks.</summary>
        [Torch(Out = true)]
        public static Tensor kron(Tensor self, Tensor other)
        {
            var rank = Math.Max(self.ndim, other.ndim);
            Dims m = [.. Dims.Repeat(1, rank - self.ndim), .. self.Dims], n = [.. Dims.Repeat(1, rank - other.ndim), .. other.Dims];
            var product = Seen(self, Dims.Build(2 * rank, k => k % 2 == 0 ? m[k / 2] : 1)) * Seen(other, Dims.Build(2 * rank, k => k % 2 == 0 ? 1 : n[k / 2]));
            return Seen(product, Dims.Build(rank, k => m[k] * n[k]));
        }

        /// <summary>Sums of products over the last dimension of both; a scalar multiplies.</summary>
        /// <exception cref="RuntimeError">The last dimensions differ, or the element types do.</exception>
        [Torch]
        public static Tensor inner(Tensor self, Tensor other)
        {
            if (self.ndim == 0 || other.ndim == 0) return self * other;
            if (self.Dims[^1] != other.Dims[^1]) throw new RuntimeError($"inner() the last dimension must match on both input tensors but got shapes {self.Dims} and {other.Dims}");
            return torch.tensordot(self, other, ([-1], [-1]));
        }
    }
}
