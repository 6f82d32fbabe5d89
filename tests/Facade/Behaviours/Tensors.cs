using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>What a tensor is after it was written to, detached, seen through a view or given other data.</summary>
internal static class Tensors
{
    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["leaf in-place under no_grad: ok"] = (say => { var x = Leaf(1, 2); using (no_grad()) x.add_(1); say(x, x._version); }, "tensor([2., 3.], requires_grad=True) 1"),
        // PyTorch gives [0., 0.]: here operations hold the values that they saw.
        ["through .data: no error, wrong gradient"] = (say => { var x = Leaf(1, 2); var y = x.sigmoid(); y.data.zero_(); y.sum().backward(); say(x.grad); }, "tensor([0.1966, 0.1050])"),
        ["requires_grad_(True) on non-leaf: ok"] = (say => say((Leaf(1) * 2).requires_grad_(true).requires_grad), "True"),
        ["requires_grad_(True) on view created in no_grad"] = (say => { var x = ones(3); var v = x[..2]; v.requires_grad_(); say(v, x.requires_grad); }, "tensor([1., 1.], requires_grad=True) False"),
        ["retain_grad on a leaf"] = (say => { var x = Leaf(1); x.retain_grad(); say(x.retains_grad); }, "False"),
        [".data = other shape: ok"] = (say => { var x = Leaf(1, 2); x.data = ones(3); say(x); }, "tensor([1., 1., 1.], requires_grad=True)"),
        [".data = other dtype"] = (say => { var x = Leaf(1, 2); x.data = ones([2], @double); say(x); }, "tensor([1., 1.], dtype=torch.float64, requires_grad=True)"),
        ["del .grad"] = (say => { var x = Leaf(1); (x * 2).backward(); x.grad = null; say(x.grad); }, "None"),
        ["_version after in-place"] = (say => { var x = ones(2); var (v, d, data) = (x[0], x.detach(), x.data); x.add_(1); say(x._version, v._version, d._version, data._version); }, "1 1 1 0"),
        ["numpy(force=True)"] = (say => say(Leaf(1, 2).numpy<float>(force: true)), "[1.0, 2.0]"),
        ["tolist on requires_grad: ok"] = (say => say((object)Leaf(1, 2).tolist()), "[1.0, 2.0]"),
        ["float(requires_grad tensor)"] = (say => say((double)Leaf(1.5), (int)Leaf(1.5)), "1.5 1"),
        ["deepcopy of a leaf: ok, grad copied"] = (say => { var x = Leaf(1); (x * 2).backward(); var y = x.__deepcopy__(); say(y, y.grad); }, "tensor(1., requires_grad=True) tensor(2.)"),
        ["hook deepcopy warning"] = (say => { var x = Leaf(1); x.register_hook(g => g * 10); x.__deepcopy__(); }, ""),
        ["in-place on view (CopySlices): ok"] = (say => { var x = Leaf(1, 2); var y = x * 1; y[0].mul_(5); y.sum().backward(); say(x.grad, y.grad_fn, y); }, "tensor([5., 1.]) <CopySlices object at 0x7f0000000000> tensor([5., 2.], grad_fn=<CopySlices>)"),
        ["in-place op where source requires grad and self is a leaf without requires_grad: ok, becomes non-leaf"] = (say => { var x = zeros(2); x.add_(Leaf(1, 2)); say(x, x.is_leaf); }, "tensor([1., 2.], grad_fn=<AddBackward0>) False"),
        ["detach_() non-leaf"] = (say => { var y = Leaf(1, 2) * 1; y.detach_(); say(y, y.requires_grad); }, "tensor([1., 2.]) False"),
        ["transpose_ on .detach()"] = (say => ones([2, 3], requires_grad: true).detach().transpose_(0, 1), ""),
        ["backward through in-place modified index (a[idx]=v)"] = (say => { var x = Leaf(1, 2, 3); var y = x * 2; y[1] = 0; y.sum().backward(); say(x.grad, y.grad_fn); }, "tensor([2., 0., 2.]) <CopySlices object at 0x7f0000000000>"),
        ["storage sharing detach"] = (say => { var x = Leaf(1, 2); var d = x.detach(); say(d._version, x._is_view(), d._is_view()); d[0] = 9; say(x, x._version); }, "0 False False\ntensor([9., 2.], requires_grad=True) 1"),
    };
}
