using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>Forward mode; what is expected is what PyTorch 2.6 prints.</summary>
public class ForwardTests
{
    private static string Tangent(Tensor x) => forward_ad.unpack_dual(x).tangent?.ToString() ?? "None";

    [Fact]
    public void Tangents_follow_operations()
    {
        using var level = forward_ad.dual_level();
        var x = forward_ad.make_dual(tensor(new[] { 1f, 2f }), tensor(new[] { 1f, 10f }));
        Assert.Equal("tensor([1., 2.], tangent=tensor([ 1., 10.]))", x.ToString());
        Assert.Equal("tensor([ 2., 40.])", Tangent(x * x));
        Assert.Equal("tensor([ 1., 10.])", Tangent(x + 1));
        Assert.Equal("tensor(11.)", Tangent(x.sum()));
        Assert.Equal("tensor([0., 0.])", Tangent(x.floor()));
        Assert.Equal("tensor(10.)", Tangent(x.max()));
        Assert.Equal("tensor([10.])", Tangent(x[1..]));
        Assert.Equal("tensor([[ 1.],\n        [10.]])", Tangent(x.view(2, 1)));
        Assert.Equal("None", Tangent(x.detach()));
        Assert.Equal("None", Tangent(x > 1));
        Assert.Equal("None", Tangent(ones(2)));
        using (no_grad()) Assert.Equal("tensor([ 2., 40.])", Tangent(x * x));
    }

    [Fact]
    public void Writing_in_place_moves_what_is_written_to_and_its_views()
    {
        using var level = forward_ad.dual_level();
        var x = forward_ad.make_dual(tensor(new[] { 1f, 2f }), tensor(new[] { 1f, 10f }));
        var y = zeros(3);
        y[..2] = x * 3;
        Assert.Equal("tensor([ 3., 30.,  0.])", Tangent(y));
        var view = y[1..];
        view.mul_(2);
        Assert.Equal("tensor([ 3., 60.,  0.])", Tangent(y));
        Assert.Equal("tensor([60.,  0.])", Tangent(view));
        y.zero_();
        Assert.Equal("tensor([0., 0., 0.])", Tangent(y));
    }

    [Fact]
    public void Tangents_have_derivatives_and_so_have_values()
    {
        using var level = forward_ad.dual_level();
        var x = tensor(new[] { 2.0 }, requires_grad: true);
        var v = tensor(new[] { 3.0 }, requires_grad: true);
        var dual = forward_ad.unpack_dual(forward_ad.make_dual(x, v).pow(3).sum());
        // d/dx x³·v = 3x²v; its derivatives are 6xv and 3x².
        Assert.Equal(36, (double)dual.tangent!);
        Assert.Equal([36.0, 12.0], grad(dual.tangent!, [x, v], retain_graph: true).Select(g => (double)g!));
        Assert.Equal(12, (double)grad(dual.primal, x)[0]!);
    }

    [Fact]
    public void A_gradient_moves_with_its_point()
    {
        using var level = forward_ad.dual_level();
        var x = forward_ad.make_dual(tensor(new[] { 1.0, 2.0 }, requires_grad: true), tensor(new[] { 1.0, 0.5 }));
        // The gradient of Σx³ is 3x², which moves by 6x·v.
        var g = grad(x.pow(3).sum(), x, create_graph: true)[0]!;
        Assert.Equal("tensor([6., 6.], dtype=torch.float64, grad_fn=<PowBackward0>)", Tangent(g));
        Assert.Equal("tensor([2., 1.], dtype=torch.float64)", Tangent(grad((x * x).sum(), x)[0]!));
        var product = grad((x * x * x).sum(), x)[0]!;
        Assert.Equal("tensor([6., 6.], dtype=torch.float64)", Tangent(product));
    }

    [Fact]
    public void A_level_ends_and_takes_its_tangents_along()
    {
        Tensor y;
        using (forward_ad.dual_level())
        {
            Assert.Equal("Nested forward mode AD is not supported at the moment", Assert.Throws<RuntimeError>(() => forward_ad.dual_level()).Message);
            var x = forward_ad.make_dual(ones(1), ones(1));
            y = x * 2;
            Assert.Equal("Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported.", Assert.Throws<RuntimeError>(() => forward_ad.make_dual(x, ones(1))).Message);
            Assert.Equal("Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size [1] while the given forward gradient is of size [2].", Assert.Throws<RuntimeError>(() => forward_ad.make_dual(ones(1), ones(2))).Message);
            Assert.Equal("Expected primal to be floating point or complex, but got: torch.int64", Assert.Throws<ValueError>(() => forward_ad.make_dual(ones([1], dtype: int64), ones(1))).Message);
        }
        Assert.Equal("tensor([2.])", y.ToString());
        Assert.Null(forward_ad.unpack_dual(y).tangent);
        Assert.Equal("Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.", Assert.Throws<RuntimeError>(() => forward_ad.make_dual(ones(1), ones(1))).Message);
    }
}
