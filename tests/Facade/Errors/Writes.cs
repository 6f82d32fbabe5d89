using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Errors of in-place operations: on leaves and views, and where what was written to had been saved.</summary>
internal static class Writes
{
    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["leaf in-place"] = (say => Leaf(1).add_(3), "!! RuntimeError: a leaf Variable that requires grad is being used in an in-place operation."),
        ["view of leaf in-place"] = (say => Leaf(1, 2)[..1].add_(3), "!! RuntimeError: a view of a leaf Variable that requires grad is being used in an in-place operation."),
        ["leaf setitem"] = (say => Leaf(1, 2)[0] = 5.0, "!! RuntimeError: a view of a leaf Variable that requires grad is being used in an in-place operation."),
        ["modified in-place: op result saved (exp)"] = (say => { var y = Leaf(1, 2).exp(); y.add_(1); y.sum().backward(); }, "!! RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]], which is output 0 of ExpBackward0, is at version 1; expected version 0 instead. " + Hint),
        ["modified in-place: leaf saved as input, changed under no_grad"] = (say => { var w = Leaf(1, 2); var y = (w * w).sum(); using (no_grad()) w.sub_(0.1); y.backward(); }, "!! RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]] is at version 1; expected version 0 instead. " + Hint),
        ["modified in-place: non-leaf saved as input"] = (say => { var y = Leaf(1, 2) * 2; var z = y * y; y.mul_(3); z.sum().backward(); }, "!! RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]], which is output 0 of MulBackward0, is at version 1; expected version 0 instead. " + Hint),
        ["modified in-place: constant saved (no requires_grad)"] = (say => { var c = ones(2); var z = Leaf(1, 2) * c; c.add_(1); z.sum().backward(); }, "!! RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]] is at version 1; expected version 0 instead. " + Hint),
        ["modified in-place: through detach()"] = (say => { var y = Leaf(1, 2).sigmoid(); y.detach().zero_(); y.sum().backward(); }, "!! RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]], which is output 0 of SigmoidBackward0, is at version 1; expected version 0 instead. " + Hint),
        ["modified in-place: view modified"] = (say => { var z = (Leaf(1, 2, 3) * 1).exp(); z[0].zero_(); z.sum().backward(); }, "!! RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [3]], which is output 0 of ExpBackward0, is at version 1; expected version 0 instead. " + Hint),
        ["view of no_grad then in-place on it (leaf base)"] = (say => { var x = Leaf(1, 2); Tensor v; using (no_grad()) v = x[..1]; v.add_(1); }, "!! RuntimeError: A view was created in no_grad mode and is being modified inplace with grad mode enabled." + AmbiguousMode),
        ["view of non-leaf made in no_grad, modified in-place in grad mode"] = (say => { var x = Leaf(1, 2) * 1; Tensor v; using (no_grad()) v = x[..1]; v.add_(1); }, "!! RuntimeError: A view was created in no_grad mode and is being modified inplace with grad mode enabled." + AmbiguousMode),
        ["view made in no_grad, base modified with grad, then v.grad_fn"] = (say => { var x = ones(2); Tensor v; using (no_grad()) v = x[..1]; x.mul_(Leaf(2)); say(v.grad_fn); }, "!! RuntimeError: A view was created in no_grad mode and its base or another view of its base has been modified inplace with grad mode enabled." + AmbiguousMode),
        ["multi-output view (unbind) modified in-place"] = (say => { var x = Leaf(1, 2) * 1; x.unbind()[0].add_(1); }, "!! RuntimeError: Output 0 of UnbindBackward0 is a view and is being modified inplace." + SeveralViews),
        ["multi-output view (split/chunk) modified in-place"] = (say => { var x = Leaf(1, 2) * 1; x.chunk(2)[0].mul_(2); }, "!! RuntimeError: Output 0 of SplitBackward0 is a view and is being modified inplace." + SeveralViews),
        ["iterating a tensor and modifying rows in place"] = (say => { foreach (var row in Leaf(1, 2) * 1) row.mul_(2); }, "!! RuntimeError: Output 0 of UnbindBackward0 is a view and is being modified inplace." + SeveralViews),
        ["multi-output view of no-grad base modified"] = (say => { var x = ones(2); x.unbind()[0].mul_(Leaf(2)); say(x); }, "!! RuntimeError: A view was created in no_grad mode and is being modified inplace with grad mode enabled." + SeveralViews),
        ["multi-output view: base modified in-place, then view used"] = (say => { var x = Leaf(1, 2) * 1; var a = x.unbind()[0]; x.mul_(2); say(a); }, "tensor(2., grad_fn=<Invalid>)"),
        ["in-place on expanded tensor"] = (say => ones(1).expand(3).add_(1), "!! RuntimeError: unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation."),
        ["in-place: broadcasting grows self"] = (say => ones(1).add_(ones(3)), "!! RuntimeError: output with shape [1] doesn't match the broadcast shape [3]"),
        ["in-place int += float"] = (say => ones([2], @long).add_(1.5), "!! RuntimeError: result type Float can't be cast to the desired output type Long"),
        ["detach_() on view"] = (say => { var y = Leaf(1, 2) * 1; y[..1].detach_(); }, "!! RuntimeError: Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."),
    };
}
