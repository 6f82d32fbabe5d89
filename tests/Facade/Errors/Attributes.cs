using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Errors of a tensor’s own properties and conversions, and of hooks that are registered on it.</summary>
internal static class Attributes
{
    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["requires_grad=True on int tensor (factory)"] = (say => tensor((long[])[1, 2], requires_grad: true), "!! RuntimeError: Only Tensors of floating point and complex dtype can require gradients"),
        ["requires_grad_() on int tensor"] = (say => tensor((long[])[1, 2]).requires_grad_(), "!! RuntimeError: only Tensors of floating point dtype can require gradients"),
        ["setter requires_grad=True on int tensor"] = (say => tensor((long[])[1, 2]).requires_grad = true, "!! RuntimeError: only Tensors of floating point and complex dtype can require gradients"),
        ["requires_grad_() on int: ones(long)"] = (say => ones([2], @long, requires_grad: true), "!! RuntimeError: Only Tensors of floating point and complex dtype can require gradients"),
        ["Parameter of int tensor"] = (say => _ = new nn.Parameter(tensor((long[])[1, 2])), "!! RuntimeError: Only Tensors of floating point and complex dtype can require gradients"),
        ["requires_grad_(False) on non-leaf"] = (say => (Leaf(1) * 2).requires_grad_(false), "!! RuntimeError: you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."),
        ["retain_grad on tensor without requires_grad"] = (say => ones(1).retain_grad(), "!! RuntimeError: can't retain_grad on Tensor that has requires_grad=False"),
        ["register_hook on tensor without requires_grad"] = (say => ones(1).register_hook(g => null), "!! RuntimeError: cannot register a hook on a tensor that doesn't require gradient"),
        ["register_hook returning wrong shape"] = (say => { var y = Leaf(1, 2) * 2; y.register_hook(g => ones(3)); y.sum().backward(); }, "!! RuntimeError: hook '<lambda>' has changed the size of value"),
        ["register_post_accumulate_grad_hook on non-leaf"] = (say => (Leaf(1) * 2).register_post_accumulate_grad_hook(_ => { }), "!! RuntimeError: post accumulate grad hooks cannot be registered on non-leaf tensors"),
        ["register_post_accumulate_grad_hook on no-grad tensor"] = (say => ones(1).register_post_accumulate_grad_hook(_ => { }), "!! RuntimeError: cannot register a hook on a tensor that doesn't require gradient"),
        [".grad of non-leaf (warning)"] = (say => say((Leaf(1) * 2).grad), "None\n~~ UserWarning: The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more informations."),
        [".grad = wrong shape"] = (say => Leaf(1, 2).grad = ones(3), "!! RuntimeError: attempting to assign a gradient of size '[3]' to a tensor of size '[2]'. Please ensure that the gradient and the tensor are the same size"),
        [".grad = wrong dtype"] = (say => Leaf(1, 2).grad = ones([2], @double), "!! RuntimeError: attempting to assign a gradient with dtype 'double' to a tensor with dtype 'float'. Please ensure that the gradient and the tensor have the same dtype"),
        [".grad = self"] = (say => { var x = Leaf(1, 2); x.grad = x; }, "!! RuntimeError: can't assign Variable as its own grad"),
        ["item() on many elements"] = (say => ones(2).item(), "!! RuntimeError: a Tensor with 2 elements cannot be converted to Scalar"),
        ["float() on many elements"] = (say => _ = (float)ones(2), "!! ValueError: only one element tensors can be converted to Python scalars"),
        ["bool() on many elements"] = (say => _ = (bool)ones(2), "!! RuntimeError: Boolean value of Tensor with more than one value is ambiguous"),
        ["bool() on empty"] = (say => _ = (bool)ones(0), "!! RuntimeError: Boolean value of Tensor with no values is ambiguous"),
        ["numpy() on requires_grad"] = (say => Leaf(1).numpy<float>(), "!! RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."),
        ["numpy() on non-leaf"] = (say => (Leaf(1) * 2).numpy<float>(), "!! RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."),
        ["deepcopy of non-leaf"] = (say => (Leaf(1) * 2).__deepcopy__(), "!! RuntimeError: Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"),
        ["torch.tensor(x) copy of tensor (warning)"] = (say => say(tensor(Leaf(1))), "tensor(1.)\n~~ UserWarning: To copy construct from a tensor, it is recommended to use sourceTensor.clone().detach() or sourceTensor.clone().detach().requires_grad_(True), rather than torch.tensor(sourceTensor)."),
        ["Variable is Tensor; volatile removed"] = (say => autograd.Variable(ones(1), @volatile: true), "~~ UserWarning: volatile was removed and now has no effect. Use `with torch.no_grad():` instead."),
        ["len/iter over 0-d"] = (say => tensor(1.0).__len__(), "!! TypeError: len() of a 0-d tensor"),
        ["iter over 0-d"] = (say => { foreach (var row in tensor(1.0)) say(row); }, "!! TypeError: iteration over a 0-d tensor"),
    };
}
