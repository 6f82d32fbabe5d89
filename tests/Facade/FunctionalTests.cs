using System.Runtime.CompilerServices;
using Functional.Autograd;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>Products with Jacobians and Hessians, and these: what PyTorch 2.6 prints, or refuses, for the same calls; and the checks of gradients.</summary>
public class FunctionalTests
{
    private static Tensor X => tensor(new[] { 0.5f, -1.5f });

    private static Tensor Y => tensor(new[] { 2f, 3f });

    private static Tensor F(Tensor a) => a.pow(3).sum();

    private static Tensor G(Tensor a) => a.exp() * a;

    private static Tensor H(Tensor a, Tensor b) => (a * a * b).sum();

    private static Tensor[] K(Tensor[] x) => [x[0] * x[1], x[0].sin()];

    private static Tensor Two(Tensor a) => stack([a[0] * a[1], a[0] + a[1]]);

    public static TheoryData<Func<object>, string> Calls() => new()
    {
        { () => functional.vjp(G, X, ones(2)), "(tensor([ 0.8244, -0.3347]), tensor([ 2.4731, -0.1116]))" },
        { () => functional.vjp(F, X), "(tensor(-3.2500), tensor([0.7500, 6.7500]))" },
        { () => functional.vjp(G, X), "RuntimeError: The vector v can only be None if the user-provided function returns a single Tensor with a single element." },
        { () => functional.vjp(G, X, ones(3)), "RuntimeError: v has invalid size: should be torch.Size([2]) but got torch.Size([3])." },
        { () => functional.vjp(H, (X, Y)), "(tensor(7.2500), (tensor([ 2., -9.]), tensor([0.2500, 2.2500])))" },
        { () => functional.vjp(K, [X, Y], [ones(2), Y]), "((tensor([ 1.0000, -4.5000]), tensor([ 0.4794, -0.9975])), (tensor([3.7552, 3.2122]), tensor([ 0.5000, -1.5000])))" },
        { () => functional.vjp(K, [X, Y], [ones(2)]), "RuntimeError: v is a tuple of invalid length: should be 2 but got 1." },
        { () => functional.vjp(K, [X, Y], [ones(2), ones(3)]), "RuntimeError: Entry 1 in v has invalid size: should be torch.Size([2]) but got torch.Size([3])." },
        { () => functional.vjp(a => Y.clone(), X, ones(2)), "(tensor([2., 3.]), tensor([0., 0.]))" },
        { () => functional.vjp(a => Y.clone(), X, ones(2), strict: true), "RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode." },
        { () => functional.vjp(H, (X, Y), strict: true, create_graph: true), "(tensor(7.2500, grad_fn=<SumBackward0>), (tensor([ 2., -9.], grad_fn=<AddBackward0>), tensor([0.2500, 2.2500], grad_fn=<MulBackward0>)))" },
        { () => functional.vjp((a, b) => a.sum(), (X, Y), strict: true), "RuntimeError: The output of the user-provided function is independent of input 1. This is not allowed in strict mode." },
        { () => functional.vjp(a => a.sum(), X, create_graph: true, strict: true), "RuntimeError: The jacobian of the user-provided function is independent of input 0. This is not allowed in strict mode when create_graph=True." },
        { () => functional.jvp(G, X, ones(2)), "(tensor([ 0.8244, -0.3347]), tensor([ 2.4731, -0.1116]))" },
        { () => functional.jvp(F, X), "RuntimeError: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element." },
        { () => functional.jvp(H, (X, Y), (Y, X)), "(tensor(7.2500), tensor(-26.2500))" },
        { () => functional.jvp(K, [X, Y], [Y, X]), "((tensor([ 1.0000, -4.5000]), tensor([ 0.4794, -0.9975])), (tensor([ 4.2500, 11.2500]), tensor([1.7552, 0.2122])))" },
        { () => functional.jvp(x => H(x[0], x[1]), [X, Y], [Y]), "RuntimeError: v is a tuple of invalid length: should be 2 but got 1." },
        { () => functional.jvp(a => a * 2, X, Y, strict: true, create_graph: true), "RuntimeError: The jacobian of the user-provided function is independent of input 0. This is not allowed in strict mode when create_graph=True." },
        { () => functional.jvp(a => Y.clone(), X, Y, strict: true), "RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode." },
        { () => functional.jacobian(Two, X), "tensor([[-1.5000,  0.5000],\n        [ 1.0000,  1.0000]])" },
        { () => functional.jacobian(G, X, create_graph: true), "tensor([[ 2.4731,  0.0000],\n        [ 0.0000, -0.1116]], grad_fn=<ViewBackward0>)" },
        { () => functional.jacobian(H, (X, Y)), "(tensor([ 2., -9.]), tensor([0.2500, 2.2500]))" },
        { () => functional.jacobian(K, [X, Y]), "((tensor([[2., 0.],\n        [0., 3.]]), tensor([[ 0.5000, -0.0000],\n        [ 0.0000, -1.5000]])), (tensor([[0.8776, 0.0000],\n        [0.0000, 0.0707]]), tensor([[0., 0.],\n        [0., 0.]])))" },
        { () => functional.jacobian(a => a.sum(), X), "tensor([1., 1.])" },
        { () => functional.jacobian(a => Y, X, strict: true), "RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode." },
        { () => functional.jacobian((a, b) => a * 2, (X, Y), strict: true), "RuntimeError: Output 0 of the user-provided function is independent of input 1. This is not allowed in strict mode." },
        { () => functional.jacobian(a => a * 2, X, strict: true, create_graph: true), "RuntimeError: The jacobian of the user-provided function is independent of input 0. This is not allowed in strict mode when create_graph=True." },
        { () => functional.jacobian(G, X, strict: true, vectorize: true), "RuntimeError: torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`." },
        { () => functional.jacobian(Two, X, vectorize: true), "tensor([[-1.5000,  0.5000],\n        [ 1.0000,  1.0000]])" },
        { () => functional.hessian(F, X), "tensor([[ 3., -0.],\n        [ 0., -9.]])" },
        { () => functional.hessian(H, (X, Y)), "((tensor([[4., 0.],\n        [0., 6.]]), tensor([[ 1., -0.],\n        [ 0., -3.]])), (tensor([[ 1., -0.],\n        [ 0., -3.]]), tensor([[0., 0.],\n        [0., 0.]])))" },
        { () => functional.hessian(G, X), "RuntimeError: The Tensor returned by the function given to hessian should contain a single element" },
        { () => functional.hessian(a => a.sum(), X), "tensor([[0., 0.],\n        [0., 0.]])" },
        { () => functional.hessian(a => a.sum(), X, strict: true), "RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)." },
        { () => functional.hessian(a => a.pow(2).sum(), X, strict: true), "tensor([[2., 0.],\n        [0., 2.]])" },
        { () => functional.hessian(a => a.pow(2).sum(), X, strict: true, create_graph: true), "tensor([[2., 0.],\n        [0., 2.]], grad_fn=<ViewBackward0>)" },
        { () => functional.hessian(F, X, create_graph: true), "tensor([[ 3., -0.],\n        [ 0., -9.]], grad_fn=<ViewBackward0>)" },
        { () => functional.hessian(F, X, strict: true, vectorize: true), "RuntimeError: torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`." },
        { () => functional.vhp(F, X, Y), "(tensor(-3.2500), tensor([  6., -27.]))" },
        { () => functional.vhp(H, (X, Y), (Y, X)), "(tensor(7.2500), (tensor([ 8.5000, 22.5000]), tensor([ 2., -9.])))" },
        { () => functional.vhp(G, X, Y), "RuntimeError: The Tensor returned by the function given to vhp should contain a single element" },
        { () => functional.vhp(F, X), "RuntimeError: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element." },
        { () => functional.vhp(a => a.sum(), X, Y), "(tensor(-1.), tensor([0., 0.]))" },
        { () => functional.vhp(a => a.sum(), X, Y, strict: true), "RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)." },
        { () => functional.vhp(F, X, ones(3)), "RuntimeError: v has invalid size: should be torch.Size([2]) but got torch.Size([3])." },
        { () => functional.vhp(a => a.pow(2).sum(), X, Y, strict: true, create_graph: true), "(tensor(2.5000, grad_fn=<SumBackward0>), tensor([4., 6.], grad_fn=<MulBackward0>))" },
        { () => functional.hvp(F, X, Y), "(tensor(-3.2500), tensor([  6., -27.]))" },
        { () => functional.hvp(H, (X, Y), (Y, X)), "(tensor(7.2500), (tensor([ 8.5000, 22.5000]), tensor([ 2., -9.])))" },
        { () => functional.hvp(a => a.sum(), X, Y, strict: true), "RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)." },
        { () => functional.hvp(a => a.pow(2).sum(), X, Y, strict: true), "(tensor(2.5000), tensor([4., 6.]))" },
        { () => functional.hvp(F, X, Y, create_graph: true), "(tensor(-3.2500, grad_fn=<SumBackward0>), tensor([  6., -27.], grad_fn=<MulBackward0>))" },
        { () => functional.hvp(F, tensor(2.0)), "(tensor(8.), tensor(12.))" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void Results_are_those_of_PyTorch(Func<object> call, string expected)
    {
        string found;
        try
        {
            found = Shown(call());
        }
        catch (PythonError e)
        {
            found = $"{e.Kind}: {e.Message.Split('\n')[0]}";
        }
        Assert.Equal(expected, found);
    }

    // As Python prints tuples.
    private static string Shown(object? value) => value switch
    {
        Array many => $"({string.Join(", ", many.Cast<object>().Select(Shown))})",
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Shown(tuple[i])))})",
        _ => value?.ToString() ?? "None",
    };

    [Fact]
    public void A_graph_through_them_reaches_the_inputs()
    {
        var x = X.requires_grad_();
        functional.jacobian(G, x, create_graph: true).sum().backward();
        Assert.Equal("tensor([4.1218, 0.1116])", x.grad!.ToString());
        Assert.False(functional.vjp(G, x, ones(2)).vjp.requires_grad);
        Assert.True(functional.hvp(F, x, Y, create_graph: true).hvp.requires_grad);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void All_rows_take_one_pass_or_one_each(bool vectorize, int passes)
    {
        var (x, b, calls) = (tensor(new[] { 1f, 2 }, requires_grad: true), tensor(new[] { 3f, 4, 5 }), 0);
        var rows = functional.jacobian(v =>
        {
            var y = v[0] * v[0] * v[1].sum();
            y.register_hook(_ => { calls++; return null; });
            return new[] { y, v[0].sum() };
        }, [x, b], vectorize: vectorize);
        Assert.Equal(["tensor([[24.,  0.],\n        [ 0., 48.]])", "tensor([[1., 1., 1.],\n        [4., 4., 4.]])", "tensor([1., 1.])", "tensor([0., 0., 0.])"], rows.SelectMany(r => r).Select(r => r.ToString()));
        Assert.Equal(passes, calls);
        var cubes = functional.jacobian((Tensor v) => v.pow(3), x, create_graph: true, vectorize: vectorize);
        Assert.Equal("tensor([[ 3.,  0.],\n        [ 0., 12.]], grad_fn=<ViewBackward0>)", cubes.ToString());
        Assert.Equal("tensor([ 6., 12.])", grad(cubes.sum(), x)[0]!.ToString());
        var curvature = functional.hessian((Tensor v) => v.pow(3).sum() * v[0], x, create_graph: true, vectorize: vectorize);
        Assert.Equal("tensor([[12., 12.],\n        [12., 12.]])", curvature.detach().ToString());
        Assert.Equal("tensor([36., 30.])", grad(curvature.sum(), x)[0]!.ToString());
    }

    [Fact]
    public void A_single_tensor_is_asked_for_where_one_is_needed()
    {
        Assert.Equal("The function given to hessian should return a single Tensor", Assert.Throws<RuntimeError>(() => functional.Hessian(K, [X, Y], false, false)).Message);
        Assert.Equal("The function given to hvp should return a single Tensor", Assert.Throws<RuntimeError>(() => functional.Hvp(K, [X, Y], [Y, X], false, false, false)).Message);
        Assert.Equal("The given v should contain a single Tensor.", Assert.Throws<RuntimeError>(() => functional.Jvp(x => [G(x[0])], [X], [X, X], true, false, false)).Message);
    }

    [Fact]
    public void A_wrong_gradient_is_found()
    {
        var x = X.@double().requires_grad_();
        Assert.True(gradcheck(a => a.exp(), x));
        Assert.True(gradgradcheck(a => a.exp() * a, x));
        Assert.False(gradcheck(a => a.detach() * a, x, raise_exception: false));
        Assert.Equal("Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor([[ 1.0000,  0.0000],\n        [ 0.0000, -3.0000]], dtype=torch.float64)\nanalytical:tensor([[ 0.5000,  0.0000],\n        [-0.0000, -1.5000]], dtype=torch.float64)\n",
            Assert.Throws<GradcheckError>(() => gradcheck(a => a.detach() * a, x)).Message);
        // Right once, wrong twice.
        Assert.True(gradcheck(a => a.pow(2) * a.detach() / a.detach(), x));
        Assert.Throws<GradcheckError>(() => gradgradcheck(a => a.detach() * a + (a * a - a.detach() * a.detach()) / 2, x));
        Assert.Throws<ValueError>(() => gradcheck(a => a.exp(), X));
    }
}
