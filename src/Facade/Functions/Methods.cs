namespace Functional.Autograd;

public static partial class torch
{
    // Functions that are methods of their first argument as well.

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.mm.html</summary>
    public static Tensor mm(Tensor input, Tensor mat2) => input.mm(mat2);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.mv.html</summary>
    public static Tensor mv(Tensor input, Tensor vec) => input.mv(vec);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.dot.html</summary>
    public static Tensor dot(Tensor input, Tensor tensor) => input.dot(tensor);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.bmm.html</summary>
    public static Tensor bmm(Tensor input, Tensor mat2) => input.bmm(mat2);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.matmul.html</summary>
    public static Tensor matmul(Tensor input, Tensor other) => input.matmul(other);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.addmm.html</summary>
    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null) => input.addmm(mat1, mat2, beta, alpha);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.outer.html</summary>
    public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);

    /// <summary>As the method of the tensor. https://pytorch.org/docs/2.6/generated/torch.trace.html</summary>
    public static Tensor trace(Tensor input) => input.trace();

}
