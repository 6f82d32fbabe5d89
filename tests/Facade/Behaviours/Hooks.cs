using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>When hooks run, with what, and what a kept gradient is.</summary>
internal static class Hooks
{
    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["hook order: tensor hooks run in registration order; value replaced"] = (say => { var x = Leaf(1); var y = x * 1; y.register_hook(g => g * 2); y.register_hook(g => g + 1); y.backward(); say(x.grad); }, "tensor(3.)"),
        ["hook remove"] = (say => { var x = Leaf(1); var hook = x.register_hook(g => g * 2); hook.remove(); (x * 1).backward(); say(x.grad); }, "tensor(1.)"),
        ["hook on leaf before accumulation"] = (say => { var x = Leaf(1); x.register_hook(g => g * 10); (x * 2).backward(); say(x.grad); }, "tensor(20.)"),
        ["hook + in-place on the same tensor"] = (say =>
        {
            var x = Leaf(1);
            var y = x * 2;
            y.register_hook(g => { say("h1", g); return null; });
            y.mul_(3);
            y.register_hook(g => { say("h2", g); return null; });
            y.backward();
            say(x.grad);
        }, "h2 tensor(1.)\nh1 tensor(3.)\ntensor(6.)"),
        ["retain_grad then in-place"] = (say => { var x = Leaf(1); var y = x * 2; y.retain_grad(); y.mul_(3); y.backward(); say(y.grad, x.grad); }, "tensor(1.) tensor(6.)"),
        ["retain_grad + autograd.grad accumulates?"] = (say =>
        {
            var x = Leaf(1);
            var y = x * 2;
            y.retain_grad();
            var z = y * 3;
            z.backward(retain_graph: true);
            say(y.grad);
            autograd.grad(z, y, retain_graph: true);
            say(y.grad);
            autograd.grad(z, x);
            say(y.grad, x.grad);
        }, "tensor(3.)\ntensor(6.)\ntensor(9.) tensor(6.)"),
        ["node register_hook / prehook"] = (say => { var x = Leaf(1); var y = x * 2; y.grad_fn!.register_hook((gi, go) => say("hook", gi, go)); y.grad_fn.register_prehook(go => { say("pre", go); return null; }); y.backward(); }, "pre (tensor(1.),)\nhook (tensor(2.), None) (tensor(1.),)"),
        ["AccumulateGrad repr and output_nr"] = (say => { var x = Leaf(1); var y = x * 2; say(y.grad_fn!.next_functions[0].Fn!.name(), y.output_nr, x.output_nr, x.is_leaf, y.is_leaf, x._is_view(), ReferenceEquals(x[Ellipsis]._base, x)); }, "AccumulateGrad 0 0 True False False True"),
    };
}
