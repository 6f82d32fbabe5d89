using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>What backward and grad give where a reader may doubt it.</summary>
internal static class Gradients
{
    private static readonly Func<Tensor, Tensor>[] Kinks =
    [
        abs, relu, max, x => norm(x), x => amax(x), x => max(x, 0).values, median, sign, x => x.clamp(0, 1), x => maximum(x, zeros(2)), x => x.pow(0), x => x.pow(tensor(0.0)), x => prod(x), x => std(x),
    ];

    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["second backward, no saved tensors: no error"] = (say => { var x = Leaf(2); var y = x + 1; y.backward(); y.backward(); say(x.grad); }, "tensor(2.)"),
        ["second backward: sum() saves only sizes: no error"] = (say => { var x = Leaf(2, 3); var y = x.sum(); y.backward(); y.backward(); say(x.grad); }, "tensor([2., 2.])"),
        ["backward of a leaf scalar"] = (say => { var x = Leaf(3); x.backward(); say(x.grad); }, "tensor(1.)"),
        ["grad of unused input allow_unused=True"] = (say => { var x = Leaf(1); say((object)autograd.grad(x * 2, [x, Leaf(2)], allow_unused: true)); }, "(tensor(2.), None)"),
        ["backward(inputs=non-leaf)"] = (say => { var x = Leaf(1); var y = x * 2; (y * 2).backward(inputs: [y]); say(y.grad, x.grad); }, "tensor(2.) None"),
        ["gradient with a different dtype (double for float)"] = (say => { var x = Leaf(1, 2); (x * 2).backward(ones([2], @double)); say(x.grad!.dtype); }, "torch.float32"),
        ["gradient int dtype"] = (say => { var x = Leaf(1, 2); (x * 2).backward(ones([2], @long)); say(x.grad); }, "tensor([2., 2.])"),
        ["backward inside backward hook"] = (say => { var x = Leaf(2); var y = x * 2; y.register_hook(g => { say("in hook", g); return null; }); y.backward(); say(x.grad); }, "in hook tensor(1.)\ntensor(2.)"),
        ["gradcheck: ok returns"] = (say => say(autograd.gradcheck(x => x * x, Exact(1, 2)), autograd.gradgradcheck(x => x * x * x, Exact(1, 2))), "True True"),
        ["sqrt(0) gradient"] = (say => { var x = Leaf(0); x.sqrt().backward(); say(x.grad); }, "tensor(inf)"),
        ["abs(0), relu(0), max ties, norm(0) gradients"] = (say => { foreach (var f in Kinks) { var x = Leaf(0, 0); f(x).sum().backward(); say(x.grad); } }, "tensor([0., 0.])\ntensor([0., 0.])\ntensor([0.5000, 0.5000])\ntensor([0., 0.])\ntensor([0.5000, 0.5000])\ntensor([1., 0.])\ntensor([0.5000, 0.5000])\ntensor([0., 0.])\ntensor([1., 1.])\ntensor([0.5000, 0.5000])\ntensor([0., 0.])\ntensor([0., 0.])\ntensor([0., 0.])\ntensor([0., 0.])"),
        ["backward under no_grad"] = (say => { var x = Leaf(2); var y = x * x; using (no_grad()) y.backward(); say(x.grad, x.grad!.requires_grad); }, "tensor(4.) False"),
        ["backward with retain_graph and grads accumulate; zero_ vs None"] = (say => { var x = Leaf(1, 2); var y = (x * x).sum(); y.backward(retain_graph: true); y.backward(); say(x.grad); x.grad!.zero_(); say(x.grad); }, "tensor([4., 8.])\ntensor([0., 0.])"),
        ["grad() create_graph third derivative"] = (say => { var x = Leaf(2); var g = x.pow(4); for (var i = 0; i < 5; i++) say(g = autograd.grad(g, x, create_graph: true)[0]!); }, "tensor(32., grad_fn=<MulBackward0>)\ntensor(48., grad_fn=<MulBackward0>)\ntensor(48., grad_fn=<MulBackward0>)\ntensor(24., grad_fn=<MulBackward0>)\ntensor(0.)"),
        ["is_grads_batched"] = (say => { var x = Leaf(1, 2); say((object)autograd.grad(x * x, x, eye(2), is_grads_batched: true)); }, "(tensor([[2., 0.],\n        [0., 4.]]),)"),
        ["zero_grad set_to_none default"] = (say => { var x = Leaf(1); var o = new optim.SGD([x], lr: 0.1); (x * 2).backward(); o.step(); o.zero_grad(); say(x, x.grad); }, "tensor(0.8000, requires_grad=True) None"),
        ["masked in-place, where double nan"] = (say => { var x = Leaf(0, 1); where(x > 0, x.log(), zeros(2)).sum().backward(); say(x.grad); }, "tensor([nan, 1.])"),
        ["clone grad flows, detach blocks, to same dtype is self"] = (say => { var x = Leaf(1); var c = x.clone(); say(c); c.backward(); say(x.grad, ReferenceEquals(x.to(@float), x), x.detach().requires_grad); }, "tensor(1., grad_fn=<CloneBackward0>)\ntensor(1.) True False"),
        ["no_grad nesting, decorator, set_grad_enabled"] = (say =>
        {
            var x = Leaf(1);
            Tensor a, b, c;
            using (no_grad())
            {
                a = x * 2;
                using (enable_grad()) b = x * 2;
            }
            static Tensor Plain(Tensor t)
            {
                using (no_grad()) return t * 2;
            }
            using (set_grad_enabled(false)) c = x * 2;
            say(a.requires_grad, b.requires_grad, Plain(x).requires_grad, c.requires_grad, is_grad_enabled());
        }, "False True False False True"),
        ["no_grad factory with requires_grad=True: still leaf requiring grad"] = (say => { using (no_grad()) say(ones([1], requires_grad: true).requires_grad); }, "True"),
        ["tensor == in graph"] = (say => say((Leaf(1) == 1).requires_grad), "False"),
    };
}
