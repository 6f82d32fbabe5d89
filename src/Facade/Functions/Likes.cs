namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Euler's number.</summary>
    public const double e = Math.E;

    /// <summary>Zeros of another tensor's shape and type; PyTorch leaves the elements undefined.</summary>
    public static Tensor empty_like(Tensor input, dtype? dtype = null, bool requires_grad = false) => zeros_like(input, dtype, requires_grad);

    /// <summary>The tensor itself, or another of the type that is asked for, which keeps its history.</summary>
    /// <remarks>https://pytorch.org/docs/2.6/generated/torch.as_tensor.html</remarks>
    public static Tensor as_tensor(Tensor data, dtype? dtype = null) => dtype is null || dtype == data.dtype ? data : data.to(dtype);

    /// <summary>A tensor of an array's elements; they are copied, as in memory of .NET's own they could be moved.</summary>
    public static Tensor as_tensor(Array data, dtype? dtype = null) => tensor(data, dtype);

    /// <summary>A tensor of an array's elements and type; they are copied, as in memory of .NET's own they could be moved.</summary>
    public static Tensor from_numpy(Array ndarray) => tensor(ndarray);

    /// <summary>One number as a 0-d tensor, of the default type unless another is given.</summary>
    public static Tensor scalar_tensor(Scalar s, dtype? dtype = null, bool requires_grad = false) => full([], s, dtype ?? get_default_dtype(), null, requires_grad);

    /// <summary>Whether something is a tensor.</summary>
    public static bool is_tensor(object? obj) => obj is Tensor;

    /// <summary>How many elements there are.</summary>
    public static long numel(Tensor input) => input.numel();

    /// <summary>The type of both: the smallest that holds the kinds of numbers of each.</summary>
    /// <remarks>https://pytorch.org/docs/2.6/generated/torch.promote_types.html</remarks>
    public static dtype promote_types(dtype type1, dtype type2) => Named(DTypes.Promote(type1.Type, type2.Type));

    /// <summary>The type that an operation of two tensors computes in.</summary>
    /// <remarks>https://pytorch.org/docs/2.6/generated/torch.result_type.html</remarks>
    public static dtype result_type(Tensor tensor1, Tensor tensor2) => Named(ResultType(tensor1, tensor2));

    /// <summary>The type that an operation of a tensor and a number computes in.</summary>
    public static dtype result_type(Tensor tensor, Scalar other) => Named(ResultType(tensor, other));

    /// <summary>Whether PyTorch converts one type to another by itself: to no lower kind of number.</summary>
    /// <remarks>https://pytorch.org/docs/2.6/generated/torch.can_cast.html</remarks>
    public static bool can_cast(dtype from_, dtype to) => Kind(from_.Type) <= Kind(to.Type);

    public partial class Tensor : IFormattable
    {
        /// <summary>Zeros of this tensor's type.</summary>
        public Tensor new_zeros(Sizes size, dtype? dtype = null, bool requires_grad = false) => zeros(size.All, dtype ?? this.dtype, null, requires_grad);

        /// <summary>Ones of this tensor's type.</summary>
        public Tensor new_ones(Sizes size, dtype? dtype = null, bool requires_grad = false) => ones(size.All, dtype ?? this.dtype, null, requires_grad);

        /// <summary>Zeros of this tensor's type; PyTorch leaves the elements undefined.</summary>
        public Tensor new_empty(Sizes size, dtype? dtype = null, bool requires_grad = false) => zeros(size.All, dtype ?? this.dtype, null, requires_grad);

        /// <summary>One value in this tensor's type.</summary>
        public Tensor new_full(Sizes size, Scalar fill_value, dtype? dtype = null, bool requires_grad = false) => full(size.All, fill_value, dtype ?? this.dtype, null, requires_grad);

        /// <summary>A tensor of an array's elements in this tensor's type.</summary>
        public Tensor new_tensor(Array data, dtype? dtype = null, bool requires_grad = false) => tensor(data, dtype ?? this.dtype, null, requires_grad);

        /// <summary>The same elements in another tensor's type.</summary>
        public Tensor to(Tensor other) => to(other.dtype);

        /// <summary>Elements between neighbours along one dimension.</summary>
        /// <exception cref="IndexError">There is no such dimension.</exception>
        public long stride(long dim) => ndim == 0 ? throw new IndexError("Dimension specified as " + dim + " but tensor has no dimensions") : stride()[Wrap(dim, ndim)];

        /// <summary>Bytes per element.</summary>
        public int element_size() => dtype.itemsize;

        /// <summary>Bytes per element.</summary>
        public int itemsize => dtype.itemsize;

        /// <summary>Bytes that the elements take.</summary>
        public long nbytes => numel() * itemsize;

        /// <summary>How many dimensions there are.</summary>
        public int ndimension() => ndim;

        /// <summary>Whether the only element is not zero.</summary>
        /// <exception cref="RuntimeError">There is not exactly one.</exception>
        public bool is_nonzero() => (bool)this;

        /// <summary>Whether another tensor has the same shape.</summary>
        public bool is_same_size(Tensor other) => Dims == other.Dims;

        /// <summary>The tensor's text, or its only element in a format of .NET's: <c>$"{loss:F4}"</c>. Written as Python does unless a culture is given.</summary>
        /// <exception cref="TypeError">A format is given, and the tensor has dimensions.</exception>
        public string ToString(string? format, IFormatProvider? formatProvider) => string.IsNullOrEmpty(format) ? ToString()
            : ndim > 0 ? throw new TypeError("unsupported format string passed to Tensor.__format__")
            : ((IFormattable)(item() is bool truth ? truth ? 1 : 0 : item())).ToString(format, formatProvider ?? System.Globalization.CultureInfo.InvariantCulture);
    }
}
