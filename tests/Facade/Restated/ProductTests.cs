using Functional.Autograd;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>Products with Jacobians and Hessians, and these: refusals, results, single elements, and graphs through them. What is told is PyTorch 2.6's.</summary>
public class ProductTests
{
    private static Tensor X => tensor((float[])[0.5f, -1.5f]);

    private static Tensor Y => tensor((float[])[2, 3]);

    private static readonly Dictionary<string, (Func<object> Call, string Told)[]> Refusals = new()
    {
        ["vjp"] =
        [
            (() => functional.vjp(a => a * 3, X, ones(3)), "!! RuntimeError: v has invalid size: should be torch.Size([2]) but got torch.Size([3])."),
            (() => functional.vjp(a => a * 3, X), "!! RuntimeError: The vector v can only be None if the user-provided function returns a single Tensor with a single element."),
            (() => functional.vjp(a => a * 3, X, Y), "(tensor([ 1.5000, -4.5000]), tensor([6., 9.]))"),
        ],
        ["jvp"] =
        [
            (() => functional.jvp(a => a * 3, X, ones(3)), "!! RuntimeError: v has invalid size: should be torch.Size([2]) but got torch.Size([3])."),
            (() => functional.jvp(x => x[0] * 2, [X, Y], [X]), "!! RuntimeError: v is a tuple of invalid length: should be 2 but got 1."),
            (() => functional.jvp(a => a * 3, X), "!! RuntimeError: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."),
            (() => functional.jvp(a => a * 3, X, Y), "(tensor([ 1.5000, -4.5000]), tensor([6., 9.]))"),
        ],
        ["jacobian"] =
        [
            (() => functional.jacobian(a => a * 2, X, strict: true, vectorize: true), "!! RuntimeError: torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`."),
        ],
        ["hessian"] =
        [
            (() => functional.hessian(a => a * 3, X), "!! RuntimeError: The Tensor returned by the function given to hessian should contain a single element"),
        ],
        ["vhp"] =
        [
            (() => functional.vhp(a => a.sum(), X, ones(3)), "!! RuntimeError: v has invalid size: should be torch.Size([2]) but got torch.Size([3])."),
            (() => functional.vhp(x => x[0].pow(3).sum(), [X, Y], [X]), "!! RuntimeError: v is a tuple of invalid length: should be 2 but got 1."),
            (() => functional.vhp(a => a.pow(3).sum(), X), "!! RuntimeError: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."),
            (() => functional.vhp(a => a * 3, X, Y), "!! RuntimeError: The Tensor returned by the function given to vhp should contain a single element"),
        ],
        ["hvp"] =
        [
            (() => functional.hvp(a => a.sum(), X, ones(3)), "!! RuntimeError: v has invalid size: should be torch.Size([2]) but got torch.Size([3])."),
            (() => functional.hvp(x => x[0].pow(3).sum(), [X, Y], [X]), "!! RuntimeError: v is a tuple of invalid length: should be 2 but got 1."),
            (() => functional.hvp(a => a.pow(3).sum(), X), "!! RuntimeError: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."),
            (() => functional.hvp(a => a * 3, X, Y), "!! RuntimeError: The Tensor returned by the function given to hvp should contain a single element"),
        ],
    };

    public static TheoryData<string> OfRefusals => [.. Refusals.Keys];

    [Theory, MemberData(nameof(OfRefusals))]
    public void What_does_not_fit_is_refused(string name) => Check(Refusals[name]);

    private static readonly Dictionary<string, (Func<object> Call, string Told)[]> Strictness = new()
    {
        ["vjp"] =
        [
            (() => functional.vjp(a => Y.clone(), X, Y, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.vjp(a => a.detach(), X, Y, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.vjp((a, b) => a * 2, (X, Y), Y, strict: true), "!! RuntimeError: The output of the user-provided function is independent of input 1. This is not allowed in strict mode."),
            (() => functional.vjp(a => a * 3, X, Y, strict: true), "(tensor([ 1.5000, -4.5000]), tensor([6., 9.]))"),
            (() => functional.vjp(a => a * 3, X, Y, strict: true, create_graph: true), "!! RuntimeError: The jacobian of the user-provided function is independent of input 0. This is not allowed in strict mode when create_graph=True."),
        ],
        ["jvp"] =
        [
            (() => functional.jvp(a => Y.clone(), X, Y, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.jvp(a => a.detach(), X, Y, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.jvp((a, b) => a * 2, (X, Y), (X, Y), strict: true), "!! RuntimeError: The output of the user-provided function is independent of input 1. This is not allowed in strict mode."),
            (() => functional.jvp(a => a * 3, X, Y, strict: true), "(tensor([ 1.5000, -4.5000]), tensor([6., 9.]))"),
            (() => functional.jvp(a => a * 3, X, Y, strict: true, create_graph: true), "!! RuntimeError: The jacobian of the user-provided function is independent of input 0. This is not allowed in strict mode when create_graph=True."),
        ],
        ["jacobian"] =
        [
            (() => functional.jacobian(a => Y.clone(), X, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.jacobian((a, b) => a * 2, (X, Y), strict: true), "!! RuntimeError: Output 0 of the user-provided function is independent of input 1. This is not allowed in strict mode."),
            (() => functional.jacobian(a => a * 3, X, strict: true), "tensor([[3., 0.],\n        [0., 3.]])"),
            (() => functional.jacobian(a => a * 3, X, strict: true, create_graph: true), "!! RuntimeError: The jacobian of the user-provided function is independent of input 0. This is not allowed in strict mode when create_graph=True."),
        ],
        ["hessian"] =
        [
            (() => functional.hessian(a => Y.sum(), X, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.hessian((a, b) => a.pow(3).sum(), (X, Y), strict: true), "!! RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 1 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)."),
            (() => functional.hessian(a => a.sum(), X, strict: true), "!! RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)."),
            (() => functional.hessian(a => a.sum(), X, strict: true, create_graph: true), "!! RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)."),
        ],
        ["vhp"] =
        [
            (() => functional.vhp(a => Y.sum(), X, Y, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.vhp(a => a.detach().sum(), X, Y, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.vhp((a, b) => a.pow(3).sum(), (X, Y), (X, Y), strict: true), "!! RuntimeError: The output of the user-provided function is independent of input 1. This is not allowed in strict mode."),
            (() => functional.vhp(a => a.sum(), X, Y, strict: true), "!! RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)."),
            (() => functional.vhp(a => a.sum(), X, Y, strict: true, create_graph: true), "!! RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)."),
        ],
        ["hvp"] =
        [
            (() => functional.hvp(a => Y.sum(), X, Y, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.hvp(a => a.detach().sum(), X, Y, strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
            (() => functional.hvp((a, b) => a.pow(3).sum(), (X, Y), (X, Y), strict: true), "!! RuntimeError: The output of the user-provided function is independent of input 1. This is not allowed in strict mode."),
            (() => functional.hvp(a => a.sum(), X, Y, strict: true), "!! RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)."),
            (() => functional.hvp(a => a.sum(), X, Y, strict: true, create_graph: true), "!! RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example)."),
        ],
    };

    public static TheoryData<string> OfStrictness => [.. Strictness.Keys];

    [Theory, MemberData(nameof(OfStrictness))]
    public void What_does_not_depend_on_the_inputs_is_refused_where_one_is_strict(string name) => Check(Strictness[name]);

    private static readonly Dictionary<string, (Func<object> Call, string Told)[]> Results = new()
    {
        ["vjp"] =
        [
            (() => functional.vjp(a => Y.clone(), X, Y), "(tensor([2., 3.]), tensor([0., 0.]))"),
            (() => functional.vjp((a, b) => a * 2, (X, Y), Y), "(tensor([ 1., -3.]), (tensor([4., 6.]), tensor([0., 0.])))"),
            (() => functional.vjp(a => a * 3, X, Y), "(tensor([ 1.5000, -4.5000]), tensor([6., 9.]))"),
        ],
        ["jvp"] =
        [
            (() => functional.jvp(a => Y.clone(), X, Y), "(tensor([2., 3.]), tensor([0., 0.]))"),
            (() => functional.jvp((a, b) => a * 2, (X, Y), (X, Y)), "(tensor([ 1., -3.]), tensor([ 1., -3.]))"),
            (() => functional.jvp(a => a * 3, X, Y), "(tensor([ 1.5000, -4.5000]), tensor([6., 9.]))"),
        ],
        ["jacobian"] =
        [
            (() => functional.jacobian(a => Y.clone(), X), "tensor([[0., 0.],\n        [0., 0.]])"),
            (() => functional.jacobian((a, b) => a * 2, (X, Y)), "(tensor([[2., 0.],\n        [0., 2.]]), tensor([[0., 0.],\n        [0., 0.]]))"),
            (() => functional.jacobian(a => a * 3, X), "tensor([[3., 0.],\n        [0., 3.]])"),
        ],
        ["hessian"] =
        [
            (() => functional.hessian(a => Y.sum(), X), "tensor([[0., 0.],\n        [0., 0.]])"),
            (() => functional.hessian((a, b) => a.pow(3).sum(), (X, Y)), "((tensor([[ 3., -0.],\n        [ 0., -9.]]), tensor([[0., 0.],\n        [0., 0.]])), (tensor([[0., 0.],\n        [0., 0.]]), tensor([[0., 0.],\n        [0., 0.]])))"),
        ],
        ["vhp"] =
        [
            (() => functional.vhp(a => Y.sum(), X, Y), "(tensor(5.), tensor([0., 0.]))"),
            (() => functional.vhp((a, b) => a.pow(3).sum(), (X, Y), (X, Y)), "(tensor(-3.2500), (tensor([ 1.5000, 13.5000]), tensor([0., 0.])))"),
        ],
        ["hvp"] =
        [
            (() => functional.hvp(a => Y.sum(), X, Y), "(tensor(5.), tensor([0., 0.]))"),
            (() => functional.hvp((a, b) => a.pow(3).sum(), (X, Y), (X, Y)), "(tensor(-3.2500), (tensor([ 1.5000, 13.5000]), tensor([0., 0.])))"),
        ],
    };

    public static TheoryData<string> OfResults => [.. Results.Keys];

    [Theory, MemberData(nameof(OfResults))]
    public void Results_are_those_of_PyTorch(string name) => Check(Results[name]);

    private static readonly Dictionary<string, (Func<object> Call, string Told)[]> Singles = new()
    {
        ["vjp"] =
        [
            (() => functional.vjp(a => a.pow(3).sum(), tensor(2.0)), "(tensor(8.), tensor(12.))"),
            (() => functional.vjp(a => a.pow(3).sum(), tensor((float[])[2])), "(tensor(8.), tensor([12.]))"),
            (() => functional.vjp(a => a.pow(3).sum(), tensor((float[])[2]), tensor(3.0)), "(tensor(8.), tensor([36.]))"),
            (() => functional.vjp(a => a.expand(4), tensor(2.0), ones(4)), "(tensor([2., 2., 2., 2.]), tensor(4.))"),
        ],
        ["jvp"] =
        [
            (() => functional.jvp(a => a.pow(3).sum(), tensor(2.0)), "(tensor(8.), tensor(12.))"),
            (() => functional.jvp(a => a.pow(3).sum(), tensor((float[])[2])), "(tensor(8.), tensor(12.))"),
            (() => functional.jvp(a => a.pow(3).sum(), tensor((float[])[2]), tensor(3.0)), "!! RuntimeError: v has invalid size: should be torch.Size([1]) but got torch.Size([])."),
            (() => functional.jvp(a => a.expand(4), tensor(2.0)), "(tensor([2., 2., 2., 2.]), tensor([1., 1., 1., 1.]))"),
        ],
        ["jacobian"] =
        [
            (() => functional.jacobian(a => a.pow(3).sum(), tensor(2.0)), "tensor(12.)"),
            (() => functional.jacobian(a => a.pow(3).sum(), tensor((float[])[2])), "tensor([12.])"),
            (() => functional.jacobian(a => a.expand(4), tensor(2.0)), "tensor([1., 1., 1., 1.])"),
        ],
        ["hessian"] =
        [
            (() => functional.hessian(a => a.pow(3).sum(), tensor(2.0)), "tensor(12.)"),
            (() => functional.hessian(a => a.pow(3).sum(), tensor((float[])[2])), "tensor([[12.]])"),
            (() => functional.hessian(a => a.expand(4).sum(), tensor(2.0)), "tensor(0.)"),
        ],
        ["vhp"] =
        [
            (() => functional.vhp(a => a.pow(3).sum(), tensor(2.0)), "(tensor(8.), tensor(12.))"),
            (() => functional.vhp(a => a.pow(3).sum(), tensor((float[])[2])), "(tensor(8.), tensor([12.]))"),
            (() => functional.vhp(a => a.pow(3).sum(), tensor((float[])[2]), tensor(3.0)), "!! RuntimeError: v has invalid size: should be torch.Size([1]) but got torch.Size([])."),
            (() => functional.vhp(a => a.expand(4).sum(), tensor(2.0)), "(tensor(8.), tensor(0.))"),
        ],
        ["hvp"] =
        [
            (() => functional.hvp(a => a.pow(3).sum(), tensor(2.0)), "(tensor(8.), tensor(12.))"),
            (() => functional.hvp(a => a.pow(3).sum(), tensor((float[])[2])), "(tensor(8.), tensor([12.]))"),
            (() => functional.hvp(a => a.pow(3).sum(), tensor((float[])[2]), tensor(3.0)), "!! RuntimeError: v has invalid size: should be torch.Size([1]) but got torch.Size([])."),
            (() => functional.hvp(a => a.expand(4).sum(), tensor(2.0)), "(tensor(8.), tensor(0.))"),
        ],
    };

    public static TheoryData<string> OfSingles => [.. Singles.Keys];

    [Theory, MemberData(nameof(OfSingles))]
    public void Single_elements_go_in_and_come_out(string name) => Check(Singles[name]);

    private static void Check((Func<object> Call, string Told)[] rows) => Assert.All(rows, row => Assert.Equal(row.Told, Transcript.Of(say => say(row.Call()))));

    private static readonly Dictionary<string, Func<Tensor[], Tensor[]>> Graphs = new()
    {
        ["vjp"] = x => functional.vjp(Mixed, x[..2], x[2], create_graph: true).vjp,
        ["jvp"] = x => [functional.jvp(Mixed, x[..2], [x[2], x[3]], create_graph: true).jvp],
        ["jacobian"] = x => functional.jacobian(Mixed, x[..2], create_graph: true),
        ["hessian"] = x => [.. functional.hessian((Tensor[] y) => Mixed(y).pow(2).sum(), x[..2], create_graph: true).SelectMany(row => row)],
        ["vhp"] = x => functional.vhp((Tensor[] y) => Mixed(y).pow(2).sum(), x[..2], [x[2], x[3]], create_graph: true).vhp,
        ["hvp"] = x => functional.hvp((Tensor[] y) => Mixed(y).pow(2).sum(), x[..2], [x[2], x[3]], create_graph: true).hvp,
    };

    private static Tensor Mixed(Tensor[] x) => x[0].exp() * x[1] + x[0] * x[1].sin();

    public static TheoryData<string> OfGraphs => [.. Graphs.Keys];

    [Theory, MemberData(nameof(OfGraphs))]
    public void A_graph_through_them_has_the_derivatives_that_differences_show(string name)
    {
        Tensor[] inputs = [.. ((double[][])[[0.3, -0.7], [1.1, 0.4], [0.6, -1.2], [-0.5, 0.9]]).Select(v => tensor(v, requires_grad: true))];
        Assert.All(Graphs[name](inputs), r => Assert.NotNull(r.grad_fn));
        Assert.True(gradcheck(x => Graphs[name]([.. x, .. inputs[x.Length..]]), name is "vjp" ? inputs[..3] : name is "jacobian" or "hessian" ? inputs[..2] : inputs));
    }

    [Fact]
    public void The_Jacobian_times_a_vector_from_either_side_is_its_products()
    {
        var (x, v, u) = (tensor((double[])[0.3, -0.7, 1.9]), tensor((double[])[1, -2, 0.5]), tensor((double[])[0.25, 3]));
        static Tensor F(Tensor a) => stack([a.exp().sum() * a[0], (a * a).prod()]);
        var jacobian = functional.jacobian(F, x);
        Assert.True(allclose(jacobian.mv(v), functional.jvp(F, x, v).jvp));
        Assert.True(allclose(jacobian.t().mv(u), functional.vjp(F, x, u).vjp));
    }

    [Fact]
    public void The_Hessian_times_a_vector_is_its_products()
    {
        var (x, v) = (tensor((double[])[0.3, -0.7, 1.9]), tensor((double[])[1, -2, 0.5]));
        static Tensor F(Tensor a) => (a.exp() * a[0]).sum() + a.prod();
        var hessian = functional.hessian(F, x);
        Assert.True(allclose(hessian.mv(v), functional.hvp(F, x, v).hvp));
        Assert.True(allclose(hessian.t().mv(v), functional.vhp(F, x, v).vhp));
    }
}
