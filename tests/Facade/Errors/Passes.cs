using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Errors of backward and grad: what is freed, what is asked for, and what it is given.</summary>
internal static class Passes
{
    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["second backward (saved tensors freed)"] = (say => { var x = Leaf(2); var y = x * x; y.backward(); y.backward(); }, "!! RuntimeError: " + Twice),
        ["backward on non-scalar"] = (say => (Leaf(1, 2) * 2).backward(), "!! RuntimeError: grad can be implicitly created only for scalar outputs"),
        ["autograd.grad on non-scalar"] = (say => { var x = Leaf(1, 2); autograd.grad(x * 2, x); }, "!! RuntimeError: grad can be implicitly created only for scalar outputs"),
        ["backward on complex scalar"] = (say => (tensor(new System.Numerics.Complex(1, 1), requires_grad: true) * 2).backward(), "!! RuntimeError: grad can be implicitly created only for real scalar outputs but got torch.complex64"),
        ["backward on int tensor with requires_grad False"] = (say => tensor(1).backward(), "!! RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"),
        ["backward: element 0 does not require grad"] = (say => tensor(1.0).backward(), "!! RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"),
        ["backward of tuple: element 1 does not require grad"] = (say => autograd.backward([Leaf(1) * 2, tensor(1.0)]), "!! RuntimeError: element 1 of tensors does not require grad and does not have a grad_fn"),
        ["autograd.grad: element 0"] = (say => autograd.grad(tensor(1.0), Leaf(1)), "!! RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"),
        ["grad of unused input"] = (say => { var x = Leaf(1); autograd.grad(x * 2, [x, Leaf(2)]); }, "!! RuntimeError: One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior."),
        ["grad: materialize_grads"] = (say => { var x = Leaf(1); say((object)autograd.grad(x * 2, [x, Leaf(2)], materialize_grads: true)); }, "(tensor(2.), tensor(0., requires_grad=True))"),
        ["grad: materialize_grads and allow_unused=False"] = (say => { var x = Leaf(1); autograd.grad(x * 2, [x, Leaf(2)], materialize_grads: true, allow_unused: false); }, "!! ValueError: Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."),
        ["grad wrt input that does not require grad"] = (say => autograd.grad(Leaf(1) * 2, tensor(1.0)), "!! RuntimeError: One of the differentiated Tensors does not require grad"),
        ["grad with empty inputs"] = (say => autograd.grad(Leaf(1) * 2, []), "!! ValueError: grad requires non-empty inputs."),
        ["backward(inputs=[])"] = (say => (Leaf(1) * 2).backward(inputs: []), "!! RuntimeError: `inputs` argument to `backward()` cannot be empty."),
        ["backward(inputs=tensor not requiring grad)"] = (say => (Leaf(1) * 2).backward(inputs: [tensor(1.0)]), "!! RuntimeError: can't retain_grad on Tensor that has requires_grad=False"),
        ["grad_outputs shape mismatch"] = (say => { var x = Leaf(1, 2); autograd.grad(x * 2, x, grad_outputs: ones(3)); }, "!! RuntimeError: Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([2])."),
        ["backward(gradient) shape mismatch"] = (say => (Leaf(1, 2) * 2).backward(ones(3)), "!! RuntimeError: Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([2])."),
        ["backward(gradient) [2,1] for [2]"] = (say => (Leaf(1, 2) * 2).backward(ones(2, 1)), "!! RuntimeError: Mismatch in shape: grad_output[0] has a shape of torch.Size([2, 1]) and output[0] has a shape of torch.Size([2])."),
        ["grad_outputs broadcastable (scalar to vector)"] = (say => (Leaf(1, 2) * 2).backward(tensor(1.0)), "!! RuntimeError: Mismatch in shape: grad_output[0] has a shape of torch.Size([]) and output[0] has a shape of torch.Size([2])."),
        ["grad_outputs wrong length"] = (say => { var x = Leaf(1); autograd.grad([x * 2, x * 3], [x], grad_outputs: [tensor(1.0)]); }, "!! RuntimeError: got 2 tensors and 1 gradients"),
        ["gradient complex for real"] = (say => (Leaf(1, 2) * 2).backward(ones([2], cfloat)), "!! RuntimeError: For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[0] has a dtype of torch.complex64 and output[0] has a dtype of torch.float32."),
        ["backward(grad_tensors AND grad_variables)"] = (say => autograd.backward([Leaf(1) * 2], [tensor(1.0)], grad_variables: [tensor(1.0)]), "!! RuntimeError: `grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`.\n~~ FutureWarning: `grad_variables` is deprecated. Use `grad_tensors` instead."),
        ["create_graph backward (warning)"] = (say => { var x = Leaf(2); (x * x).backward(create_graph: true); say(x.grad); }, "tensor(4., grad_fn=<CopyBackwards>)\n~~ UserWarning: Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak."),
        ["grad of constant derivative: allow_unused error at exhausted chain"] = (say => { var x = Leaf(2); var g = autograd.grad(x * 3, x, create_graph: true)[0]!; say(g); autograd.grad(g, x); }, "tensor(3.)\n!! RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"),
        ["two graphs share freed part"] = (say => { var h = Leaf(2).exp(); (h * 2).backward(); (h * 3).backward(); }, "!! RuntimeError: " + Twice),
        ["tensor used in two graphs, one backward (no retain)"] = (say => { var x = Leaf(2); var y = x * x; var (a, b) = (y + 1, y * 3); a.backward(); b.backward(); }, "!! RuntimeError: " + Twice),
        ["op not differentiable: floor_divide"] = (say => { var z = Leaf(5).floor_divide(Leaf(2)); say(z); z.backward(); }, "tensor(2., grad_fn=<NotImplemented>)\n!! RuntimeError: derivative for aten::floor_divide is not implemented"),
        ["op not differentiable: heaviside"] = (say => heaviside(Leaf(1), Leaf(1)).backward(), "!! RuntimeError: derivative for aten::heaviside is not implemented"),
        ["double backward not implemented"] = (say => { var x = Leaf(1, 2); nn.functional.kl_div(x, x); }, "~~ UserWarning: reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in the next major release."),
        ["optimizer: parameter non-leaf"] = (say => _ = new optim.SGD([Leaf(1) * 2], lr: 0.1), "!! ValueError: can't optimize a non-leaf Tensor"),
    };
}
