using System.Runtime.CompilerServices;

namespace Functional.Autograd;

// A dimension alone where others are lists, numbers where others are sizes for each dimension: as Python takes either.
public static partial class torch
{
    /// <summary>The largest elements over a dimension; ties share the gradient. https://pytorch.org/docs/2.6/generated/torch.amax.html</summary>
    public static Tensor amax(Tensor input, long dim, bool keepdim = false) => input.amax(dim, keepdim);

    /// <summary>The smallest elements over a dimension; ties share the gradient. https://pytorch.org/docs/2.6/generated/torch.amin.html</summary>
    public static Tensor amin(Tensor input, long dim, bool keepdim = false) => input.amin(dim, keepdim);

    /// <summary>The variance over a dimension. https://pytorch.org/docs/2.6/generated/torch.var.html</summary>
    public static Tensor var(Tensor input, long dim, bool unbiased = true, bool keepdim = false) => input.var(dim, unbiased, keepdim);

    /// <summary>The variance of all elements.</summary>
    public static Tensor var(Tensor input, bool unbiased) => input.var(unbiased);

    /// <summary>The standard deviation over a dimension. https://pytorch.org/docs/2.6/generated/torch.std.html</summary>
    public static Tensor std(Tensor input, long dim, bool unbiased = true, bool keepdim = false) => input.std(dim, unbiased, keepdim);

    /// <summary>The standard deviation of all elements.</summary>
    public static Tensor std(Tensor input, bool unbiased) => input.std(unbiased);

    /// <summary>log Σ eˣ over a dimension. https://pytorch.org/docs/2.6/generated/torch.logsumexp.html</summary>
    public static Tensor logsumexp(Tensor input, long dim, bool keepdim = false) => input.logsumexp(dim, keepdim);

    /// <summary>The p-norm over a dimension. https://pytorch.org/docs/2.6/generated/torch.norm.html</summary>
    public static Tensor norm(Tensor input, double p, long dim, bool keepdim = false) => input.norm(p, dim, keepdim);

    /// <summary>Whether all elements along a dimension are non-zero. https://pytorch.org/docs/2.6/generated/torch.all.html</summary>
    public static Tensor all(Tensor input, long dim, bool keepdim = false) => input.all(dim, keepdim);

    /// <summary>Whether any element along a dimension is non-zero. https://pytorch.org/docs/2.6/generated/torch.any.html</summary>
    public static Tensor any(Tensor input, long dim, bool keepdim = false) => input.any(dim, keepdim);

    /// <summary>Pieces of given sizes along a dimension. https://pytorch.org/docs/2.6/generated/torch.split.html</summary>
    /// <exception cref="RuntimeError">The sizes do not add up to the dimension's.</exception>
    public static Tensor[] split(Tensor input, long[] split_size_or_sections, int dim = 0) => input.split(split_size_or_sections, dim);

    public partial class Tensor
    {
        /// <summary>The largest elements over a dimension; ties share the gradient.</summary>
        public Tensor amax(long dim, bool keepdim = false) => amax([dim], keepdim);

        /// <summary>The smallest elements over a dimension; ties share the gradient.</summary>
        public Tensor amin(long dim, bool keepdim = false) => amin([dim], keepdim);

        /// <summary>The variance of all elements.</summary>
        public Tensor var(bool unbiased) => var(null, unbiased ? 1 : 0);

        /// <summary>The standard deviation of all elements.</summary>
        public Tensor std(bool unbiased) => std(null, unbiased ? 1 : 0);

        /// <summary>log Σ eˣ over a dimension.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) => logsumexp([dim], keepdim);

        /// <summary>The p-norm over a dimension.</summary>
        public Tensor norm(double p, long dim, bool keepdim = false) => norm(p, [dim], keepdim);

        /// <summary>Whether all elements along a dimension are non-zero.</summary>
        public Tensor all(long dim, bool keepdim = false) => all([dim], keepdim);

        /// <summary>Whether any element along a dimension is non-zero.</summary>
        public Tensor any(long dim, bool keepdim = false) => any([dim], keepdim);

        /// <summary>Pieces of given sizes along a dimension. https://pytorch.org/docs/2.6/generated/torch.Tensor.split.html</summary>
        /// <exception cref="RuntimeError">The sizes do not add up to the dimension's.</exception>
        public Tensor[] split(long[] split_size, int dim = 0)
        {
            if (ndim == 0) throw new RuntimeError("split expects at least a 1-dimensional tensor");
            var d = Wrap(dim, ndim);
            if (Array.Exists(split_size, n => n < 0)) throw new RuntimeError($"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={Functional.Autograd.Dims.Create(split_size)}");
            if (split_size.Aggregate(Int128.Zero, (sum, n) => sum + n) != Dims[d]) throw new RuntimeError($"split_with_sizes expects split_sizes to sum exactly to {Dims[d]} (input tensor's size at dimension {dim}), but got split_sizes={Functional.Autograd.Dims.Create(split_size)}");
            var starts = split_size.Select((_, i) => split_size[..i].Sum());
            return Views("SplitWithSizesBackward0", [.. starts.Zip(split_size, (start, n) => Slicing(d, start, start + n, 1))], Creation.MultiOutput);
        }
    }

    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>A convolution of images with the same numbers for both directions. https://pytorch.org/docs/2.6/generated/torch.nn.functional.conv2d.html</summary>
            /// <exception cref="RuntimeError">Shapes do not fit.</exception>
            [OverloadResolutionPriority(-1)]
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long dilation = 1, int groups = 1) =>
                conv2d(input, weight, bias, [stride, stride], [padding, padding], [dilation, dilation], groups);

            /// <summary>The largest element of each square window. https://pytorch.org/docs/2.6/generated/torch.nn.functional.max_pool2d.html</summary>
            /// <exception cref="RuntimeError">The window does not fit.</exception>
            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0) => max_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding]);

            /// <summary>The mean of each square window. https://pytorch.org/docs/2.6/generated/torch.nn.functional.avg_pool2d.html</summary>
            /// <exception cref="RuntimeError">The window does not fit.</exception>
            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0) => avg_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding]);
        }
    }
}
