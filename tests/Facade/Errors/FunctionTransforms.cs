using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Errors of function transforms.</summary>
internal static class FunctionTransforms
{
    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["func.grad"] = (say => { say(func.grad((Tensor x) => x.sin())(tensor(1.0)), func.grad(func.grad((Tensor x) => x.sin()))(tensor(1.0))); func.grad((Tensor x) => x * 2)(ones(2)); }, "tensor(0.5403) tensor(-0.8415)\n!! RuntimeError: grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with 1 dims. Maybe you wanted to use the vjp or jacrev APIs instead?"),
        ["func.grad and .backward inside"] = (say => func.grad((Tensor x) => { var y = x.sin(); y.backward(); return y; })(tensor(1.0)), "!! RuntimeError: backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp instead or call backward() outside of functorch transforms."),
        ["func.vmap item"] = (say => func.vmap((Tensor x) => { x.item(); return x; })(ones(2)), "!! RuntimeError: vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report."),
        ["func.vmap data-dependent if"] = (say => func.vmap((Tensor x) => (bool)(x > 0) ? x : -x)(ones(2)), "!! RuntimeError: vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please shout over at https://github.com/pytorch/functorch/issues/257 ."),
    };
}
