namespace Functional.Autograd;

// A dimension alone where others are lists, numbers where others are sizes for each dimension: as Python takes either.
public static partial class torch
{
    /// <summary>Pieces of given sizes along a dimension. https://pytorch.org/docs/2.6/generated/torch.split.html</summary>
    /// <exception cref="RuntimeError">The sizes do not add up to the dimension's.</exception>
    public static Tensor[] split(Tensor input, long[] split_size_or_sections, int dim = 0) => input.split(split_size_or_sections, dim);

    public partial class Tensor
    {
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
}
