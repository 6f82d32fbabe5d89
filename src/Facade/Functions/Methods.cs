namespace Functional.Autograd;

public static partial class torch
{
    // Functions that are methods of their first argument as well.

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.clone.html</summary>
    public static Tensor clone(Tensor input) => input.clone();

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.flip.html</summary>
    public static Tensor flip(Tensor input, params long[] dims) => input.flip(dims);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.tril.html</summary>
    public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.triu.html</summary>
    public static Tensor triu(Tensor input, long diagonal = 0) => input.triu(diagonal);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.reshape.html</summary>
    public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.flatten.html</summary>
    public static Tensor flatten(Tensor input, int start_dim = 0, int end_dim = -1) => input.flatten(start_dim, end_dim);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.permute.html</summary>
    public static Tensor permute(Tensor input, params long[] dims) => input.permute(dims);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.transpose.html</summary>
    public static Tensor transpose(Tensor input, int dim0, int dim1) => input.transpose(dim0, dim1);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.t.html</summary>
    public static Tensor t(Tensor input) => input.t();

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.unsqueeze.html</summary>
    public static Tensor unsqueeze(Tensor input, int dim) => input.unsqueeze(dim);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.squeeze.html</summary>
    public static Tensor squeeze(Tensor input) => input.squeeze();

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.squeeze.html</summary>
    public static Tensor squeeze(Tensor input, int dim) => input.squeeze(dim);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.narrow.html</summary>
    public static Tensor narrow(Tensor input, int dim, long start, long length) => input.narrow(dim, start, length);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.select.html</summary>
    public static Tensor select(Tensor input, int dim, long index) => input.select(dim, index);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.unbind.html</summary>
    public static Tensor[] unbind(Tensor input, int dim = 0) => input.unbind(dim);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.split.html</summary>
    public static Tensor[] split(Tensor input, long split_size, int dim = 0) => input.split(split_size, dim);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.chunk.html</summary>
    public static Tensor[] chunk(Tensor input, long chunks, int dim = 0) => input.chunk(chunks, dim);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.diagonal.html</summary>
    public static Tensor diagonal(Tensor input, long offset = 0, int dim1 = 0, int dim2 = 1) => input.diagonal(offset, dim1, dim2);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.nonzero.html</summary>
    public static Tensor nonzero(Tensor input) => input.nonzero();

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.gather.html</summary>
    public static Tensor gather(Tensor input, int dim, Tensor index) => input.gather(dim, index);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.index_select.html</summary>
    public static Tensor index_select(Tensor input, int dim, Tensor index) => input.index_select(dim, index);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.masked_select.html</summary>
    public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.masked_fill.html</summary>
    public static Tensor masked_fill(Tensor input, Tensor mask, Scalar value) => input.masked_fill(mask, value);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.scatter.html</summary>
    public static Tensor scatter(Tensor input, int dim, Tensor index, Tensor src) => input.scatter(dim, index, src);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.scatter_add.html</summary>
    public static Tensor scatter_add(Tensor input, int dim, Tensor index, Tensor src) => input.scatter_add(dim, index, src);

}
