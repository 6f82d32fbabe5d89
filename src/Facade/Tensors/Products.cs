namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
        private void SameType(string left, string right, Tensor other)
        {
            if (Node.DType != other.Node.DType) throw new RuntimeError($"expected {left} and {right} to have the same dtype, but got: {ShortName(this)} != {ShortName(other)}");
        }

        /// <summary>The product of two matrices. https://pytorch.org/docs/2.6/generated/torch.mm.html</summary>
        /// <exception cref="RuntimeError">Not matrices, inner sizes differ, or element types differ.</exception>
        public Tensor mm(Tensor mat2)
        {
            if (ndim != 2) throw new RuntimeError("self must be a matrix");
            if (mat2.ndim != 2) throw new RuntimeError("mat2 must be a matrix");
            if (Dims[1] != mat2.Dims[0]) throw new RuntimeError($"mat1 and mat2 shapes cannot be multiplied ({Dims[0]}x{Dims[1]} and {mat2.Dims[0]}x{mat2.Dims[1]})");
            SameType("m1", "m2", mat2);
            return Columns(Record("MmBackward0", Saves.Cross, (a, b) => Ops.MatMul(Takes(a, "addmm_impl_cpu_", complex: true), b), this, mat2), this, mat2);
        }

        // The gradient of a factor that lies column by column is computed transposed.
        private static Tensor Columns(Tensor product, Tensor left, Tensor right)
        {
            static bool Column(Tensor x) => x.Dims is [1, 1] || (!x.IsPlain && x.Layout.Strides is [1, var step] && step == x.Dims[0]);
            if (product.gradFn is { } fn) fn.Variant = (Column(left) ? ", left column" : "") + (Column(right) ? ", right column" : "");
            return product;
        }

        /// <summary>A matrix times a vector. https://pytorch.org/docs/2.6/generated/torch.mv.html</summary>
        /// <exception cref="RuntimeError">Sizes do not fit.</exception>
        public Tensor mv(Tensor vec)
        {
            if (ndim == 0) throw new IndexError("Dimension specified as 0 but tensor has no dimensions");
            if (ndim != 2 || vec.ndim != 1) throw new RuntimeError($"vector + matrix @ vector expected, got 1, {ndim}, {vec.ndim}");
            if (Dims[1] != vec.Dims[0]) throw new RuntimeError($"size mismatch, got input ({Dims[0]}), mat ({Dims[0]}x{Dims[1]}), vec ({vec.Dims[0]})");
            // Without elements nothing is multiplied, and the types need not agree.
            if (Type.Count == 0) return Record("MvBackward0", Saves.Cross, (a, b) => Ops.Cast(Ops.Sum(Ops.Cast(a, b.DType) * b, [1]), b.DType), this, vec);
            if (Node.DType != vec.Node.DType) throw new RuntimeError($"expected scalar type {dtype.TensorType} but found {vec.dtype.TensorType}");
            return Record("MvBackward0", Saves.Cross, (a, b) => Ops.MatMul(Takes(a, "addmv_impl_cpu", complex: true), b), this, vec);
        }

        /// <summary>The inner product of two vectors. https://pytorch.org/docs/2.6/generated/torch.dot.html</summary>
        /// <exception cref="RuntimeError">Not vectors, or of different sizes.</exception>
        public Tensor dot(Tensor tensor)
        {
            if (ndim != 1 || tensor.ndim != 1) throw new RuntimeError($"1D tensors expected, but got {ndim}D and {tensor.ndim}D tensors");
            if (Dims[0] != tensor.Dims[0]) throw new RuntimeError($"inconsistent tensor size, expected tensor [{Dims[0]}] and src [{tensor.Dims[0]}] to have the same number of elements, but got {Dims[0]} and {tensor.Dims[0]} elements respectively");
            if (Node.DType != tensor.Node.DType) throw new RuntimeError($"dot : expected both vectors to have same dtype, but found {dtype.TensorType} and {tensor.dtype.TensorType}");
            return Record("DotBackward0", Saves.Cross, (a, b) => Ops.MatMul(Takes(a, "dot", complex: true), b), this, tensor);
        }

        /// <summary>Products of batches of matrices. https://pytorch.org/docs/2.6/generated/torch.bmm.html</summary>
        /// <exception cref="RuntimeError">Sizes do not fit.</exception>
        public Tensor bmm(Tensor mat2)
        {
            if (ndim != 3) throw new RuntimeError("batch1 must be a 3D tensor");
            if (mat2.ndim != 3) throw new RuntimeError("batch2 must be a 3D tensor");
            if (Dims[0] != mat2.Dims[0] || Dims[2] != mat2.Dims[1]) throw new RuntimeError($"Expected size for first two dimensions of batch2 tensor to be: [{Dims[0]}, {Dims[2]}] but got: [{mat2.Dims[0]}, {mat2.Dims[1]}].");
            if (Type.Count == 0 || mat2.Type.Count == 0) return Record("BmmBackward0", Saves.Cross, (a, b) => Ops.MatMul(Ops.Cast(a, b.DType), b), this, mat2);
            if (Node.DType != mat2.Node.DType) throw new RuntimeError($"expected scalar type {dtype.TensorType} but found {mat2.dtype.TensorType}");
            return Record("BmmBackward0", Saves.Cross, (a, b) => Ops.MatMul(Takes(a, "bmm", complex: true), b), this, mat2);
        }

        /// <summary>The matrix product in all rank cases. https://pytorch.org/docs/2.6/generated/torch.matmul.html</summary>
        /// <exception cref="RuntimeError">Sizes do not fit, or a factor is a scalar.</exception>
        public Tensor matmul(Tensor other)
        {
            if (ndim == 0 || other.ndim == 0) throw new RuntimeError($"both arguments to matmul need to be at least 1D, but they are {ndim}D and {other.ndim}D");
            switch (ndim, other.ndim)
            {
                case (1, 1): return dot(other);
                case (2, 2): return mm(other);
                case (2, 1): return mv(other);
                case (1, 2): return RowTimes(other);
            }
            return Folds(this, other) ? Folded(other) : Batched(other);
        }

        // PyTorch drops the row's dimension in place, which counts as a change.
        private Tensor RowTimes(Tensor other)
        {
            var row = unsqueeze(0).mm(other);
            return row.InPlaceView("SqueezeBackward4", row.squeeze(0));
        }

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

        private Tensor Folded(Tensor other)
        {
            var turned = other.ndim > ndim;
            var (large, small) = !turned ? (this, other) : (other.mT, ndim == 2 ? t() : this);
            var rows = large.reshape(large.Dims[..^1].Product, large.Dims[^1]);
            if (small.ndim == 1) return rows.mv(small).Seen([.. large.Dims[..^1]]);
            var product = rows.mm(small).Seen([.. large.Dims[..^1], small.Dims[1]]);
            return turned ? product.mT.contiguous() : product;
        }

        private Tensor Batched(Tensor other)
        {
            var (left, right) = (Dims[..Math.Max(0, ndim - 2)], other.Dims[..Math.Max(0, other.ndim - 2)]);
            if (ndim == 3 && other.ndim == 3 && left != right)
            {
                if (left[0] == 1 && requires_grad) return squeeze(0).matmul(other);
                if (right[0] == 1 && other.requires_grad) return matmul(other.squeeze(0));
            }
            CheckBroadcast(left, right);
            var batch = Ops.BroadcastShapes("matmul", left, right);
            Dims rows = ndim > 1 ? [Dims[^2]] : [], columns = other.ndim > 1 ? [other.Dims[^1]] : [];
            var a = expand([.. batch, ndim > 1 ? Dims[^2] : 1, Dims[^1]]).reshape(batch.Product, ndim > 1 ? Dims[^2] : 1, Dims[^1]);
            var b = other.expand([.. batch, .. other.Dims[^Math.Min(2, other.ndim)..]]);
            b = other.ndim == 1 ? b.reshape(batch.Product, other.Dims[0]).unsqueeze(2) : b.reshape(batch.Product, other.Dims[^2], other.Dims[^1]);
            var product = a.bmm(b);
            return (other.ndim == 1 ? product.squeeze(-1) : product).Seen([.. batch, .. rows, .. columns]);
        }

        // A product in another shape, which nobody else can know as a matrix.
        private Tensor Seen(Dims shape) => Record("UnsafeViewBackward0", Saves.None, x => Ops.Reshape(x, shape), this);

        /// <summary>beta·self + alpha·mat1·mat2. https://pytorch.org/docs/2.6/generated/torch.addmm.html</summary>
        /// <exception cref="RuntimeError">Sizes do not fit.</exception>
        public Tensor addmm(Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null)
        {
            if (mat1.ndim != 2 || mat2.ndim != 2 || mat1.Dims[1] != mat2.Dims[0])
                throw new RuntimeError($"mat1 and mat2 shapes cannot be multiplied ({string.Join("x", mat1.Dims)} and {string.Join("x", mat2.Dims)})");
            if (Node.DType == mat2.Node.DType && mat1.Node.DType != mat2.Node.DType) throw new RuntimeError($"mat1 and mat2 must have the same dtype, but got {mat1.dtype.TensorType} and {mat2.dtype.TensorType}");
            if (Node.DType != mat2.Node.DType) throw new RuntimeError($"self and mat2 must have the same dtype, but got {dtype.TensorType} and {mat2.dtype.TensorType}");
            if (ndim > 2 || !Spreads(Dims, [mat1.Dims[0], mat2.Dims[1]])) expand(mat1.Dims[0], mat2.Dims[1]);
            var result = Record("AddmmBackward0", Saves.LastCross, x => Scaled(Ops.MatMul(Takes(x[1], "addmm_impl_cpu_", complex: true), x[2]), alpha) + (beta is { Value: 0 } ? Ignored(x[0]) : Scaled(x[0], beta)), [this, mat1, mat2]);
            if (alpha is null or { Value: 1 }) return Columns(result, mat1, mat2);
            if (result.gradFn is { } fn) fn.Variant = ", scaled";
            return result;
        }

        /// <summary>All products of elements of two vectors. https://pytorch.org/docs/2.6/generated/torch.outer.html</summary>
        /// <exception cref="RuntimeError">Not vectors.</exception>
        public Tensor outer(Tensor vec2)
        {
            if (ndim != 1) throw new RuntimeError($"outer: Expected 1-D argument self, but got {ndim}-D");
            if (vec2.ndim != 1) throw new RuntimeError($"outer: Expected 1-D argument vec2, but got {vec2.ndim}-D");
            return reshape(numel(), 1) * vec2;
        }

        /// <summary>The sum of the diagonal. https://pytorch.org/docs/2.6/generated/torch.trace.html</summary>
        /// <exception cref="RuntimeError">Not a matrix.</exception>
        public Tensor trace() => ndim != 2 ? throw new RuntimeError("trace: expected a matrix, but got tensor with dim " + ndim) : Record("TraceBackward0", Saves.None, x => Ops.Sum(Ops.Diagonal(Takes(x, "trace"))), this);

        /// <summary>Another element type or device; the same object when nothing changes. https://pytorch.org/docs/2.6/generated/torch.Tensor.to.html</summary>
        public Tensor to(dtype dtype)
        {
            if (dtype.Type == Node.DType) return this;
            if (is_complex() && !dtype.is_complex && dtype != torch.@bool) warnings.once("Casting complex values to real discards the imaginary part");
            return Laid(Record("ToCopyBackward0", Saves.None, x => Ops.Cast(x, dtype.Type), this), this);
        }

        /// <summary>Another device.</summary>
        /// <exception cref="AssertionError">There is no such device.</exception>
        public Tensor to(device device)
        {
            Demand(device);
            return this;
        }

        /// <summary>Another element type and device.</summary>
        public Tensor to(device device, dtype dtype) => to(device).to(dtype);

        /// <summary>Another device, by name.</summary>
        public Tensor to(string device) => to((device)device);

        /// <summary>Another element type.</summary>
        public Tensor type(dtype dtype) => to(dtype);

        /// <summary>The element type of another tensor.</summary>
        public Tensor type_as(Tensor other) => to(other.dtype);

        /// <summary>The first GPU.</summary>
        /// <exception cref="AssertionError">There is none.</exception>
        public Tensor cuda() => to(CUDA);

        /// <summary>The CPU.</summary>
        public Tensor cpu() => this;

        /// <summary>float32.</summary>
        public Tensor @float() => to(float32);

        /// <summary>float16.</summary>
        public Tensor half() => to(float16);

        /// <summary>bfloat16.</summary>
        public Tensor bfloat16() => to(torch.bfloat16);

        /// <summary>complex64.</summary>
        public Tensor cfloat() => to(complex64);

        /// <summary>complex128.</summary>
        public Tensor cdouble() => to(complex128);

        /// <summary>float64.</summary>
        public Tensor @double() => to(float64);

        /// <summary>int64.</summary>
        public Tensor @long() => to(int64);

        /// <summary>int32.</summary>
        public Tensor @int() => to(int32);

        /// <summary>bool.</summary>
        public Tensor @bool() => to(torch.@bool);

        /// <summary>The elements in row-major order, as doubles, longs or bools.</summary>
        public object[] tolist() => Node.DType switch
        {
            DType.Bool => [.. Elements<bool>().Cast<object>()],
            DType.Float32 or DType.Float64 => [.. Doubles().Cast<object>()],
            _ => [.. Longs().Cast<object>()],
        };
    }

    /// <summary>Access to the elements, as users of TorchSharp write it: <c>x.data&lt;float&gt;()</c>.</summary>
    /// <exception cref="TypeError">T is not the element type.</exception>
    internal static T[] Data<T>(Tensor x) where T : unmanaged => x.to_array<T>();
}

/// <summary>Extension methods of the facade.</summary>
public static class TensorExtensions
{
    /// <summary>The elements in row-major order: <c>x.data&lt;float&gt;()</c> beside the property <c>x.data</c>.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <exception cref="torch.TypeError">T is not the element type.</exception>
    public static T[] data<T>(this torch.Tensor x) where T : unmanaged => torch.Data<T>(x);
}
