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

    /// <summary>What is detached stands still, whatever it was made of. Expected values are PyTorch's.</summary>
    [Fact]
    public void What_is_detached_is_a_constant()
    {
        var (x, v) = (tensor(3.0), tensor(1.0));
        double Moves(Func<Tensor, Tensor> f) => (double)func.jvp(f, x, v).Item2;
        Assert.Equal(9, Moves(x => (x * x).detach() * x));
        Assert.Equal(1, Moves(x => x + (x.sin() - x).detach()));
        Assert.Equal(1, Moves(x => x + (x.round() - x).detach()));
        Assert.Equal(1, Moves(x => x.amax().detach() is var m ? (x - m).exp().log() + m : x));
        Assert.Equal(0, Moves(func.grad((Tensor y) => (y * y).detach() * y)));
        Assert.Equal("tensor([[1.0000, 0.0000],\n        [0.0000, 2.7183]], dtype=torch.float64)", func.jacfwd(x => x.exp().detach() * x)(tensor(new[] { 0.0, 1 })).ToString());
        Assert.Equal("tensor([[0., 0.],\n        [0., 0.]], dtype=torch.float64)", func.hessian(x => ((x * x).detach() * x).sum())(tensor(new[] { 1.0, 2 })).ToString());
        using var level = forward_ad.dual_level();
        var dual = forward_ad.make_dual(x, v);
        Assert.Equal("tensor(3.)", Tangent(forward_ad.unpack_dual(dual).primal * dual));
        Assert.Equal("tensor(9.)", Tangent((dual * dual).data * dual));
        var cut = dual * 1;
        cut.detach_();
        Assert.Equal("tensor(3.)", Tangent(cut * dual));
    }

    [Fact]
    public void Views_in_place_move_with_their_tangents()
    {
        using var level = forward_ad.dual_level();
        var x = forward_ad.make_dual(ones(2, 3), arange(6f).view(2, 3));
        x.t_();
        Assert.Equal("tensor([[0., 3.],\n        [1., 4.],\n        [2., 5.]])", Tangent(x));
        x.unsqueeze_(0);
        Assert.Equal("tensor([[[ 0.,  6.],\n         [ 2.,  8.],\n         [ 4., 10.]]])", Tangent(x * x));
    }

    [Fact]
    public void Derivatives_of_what_was_mapped_move()
    {
        var x = arange(3f);
        Assert.Equal("tensor([[0., 0.],\n        [0., 6.]])", func.hessian(x => func.vmap((Tensor r) => r * r * r)(x).sum())(arange(2f)).ToString());
        Assert.Equal("tensor([-0.0000, -0.8415, -0.9093])", func.jvp(func.grad((Tensor y) => func.vmap((Tensor r) => r.sin())(y).sum()), x, ones(3)).Item2.ToString());
        Assert.Equal("tensor([ 1.0000, -0.3012, -2.2347])", func.jvp(w => func.grad((Tensor y) => func.vmap((Tensor r) => (r * w).sin())(y).sum())(x), tensor(1f), tensor(1f)).Item2.ToString());
        var nested = func.hessian(x => func.vmap((Tensor r) => func.vmap((Tensor q) => q * q * q * x[0])(r))(x.view(1, 2)).sum());
        Assert.Equal("tensor([[12., 12.],\n        [12., 12.]])", nested(tensor(new[] { 1f, 2 })).ToString());
        var wanted = ones([2], requires_grad: true);
        var hooked = Assert.Throws<RuntimeError>(() => func.vmap((Tensor r) =>
        {
            var h = r * r;
            h.register_hook(g => g * 10);
            return h.sin();
        })(wanted));
        Assert.Equal("vmap: a hook of MulBackward0 inside the function cannot be called for all rows; register it outside", hooked.Message);
    }

    private sealed class Cube : Function<Tensor>
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs) => func.jvp(x => x * x * x, inputs[0], ones_like(inputs[0])).Item2;

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor?[] grad_outputs) => [null];
    }

    [Fact]
    public void Forward_mode_works_inside_a_function_of_ones_own() => Assert.Equal(12, (double)new Cube().apply(tensor(2.0)));

    [Fact]
    public void Tangents_of_closed_levels_are_dropped()
    {
        var buffer = zeros(1);
        void Levels(int count)
        {
            for (var k = 0; k < count; k++)
                using (forward_ad.dual_level()) buffer.copy_(forward_ad.make_dual(ones(1), ones(1)));
        }
        Levels(100);
        var before = GC.GetTotalMemory(true);
        Levels(3000);
        // A tangent that stayed would hold some hundred bytes a level.
        Assert.True(GC.GetTotalMemory(true) - before < 500_000, $"{GC.GetTotalMemory(true) - before} bytes");
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

    [Fact]
    public void A_sum_that_begins_as_a_number_moves_with_its_terms()
    {
        using var level = forward_ad.dual_level();
        var x = forward_ad.make_dual(tensor(3.0), tensor(1.0));
        Tensor sum = 0, product = 1;
        sum += x * x;
        product *= x;
        product *= x;
        Assert.Equal(("tensor(6.)", "tensor(6.)"), (Tangent(sum), Tangent(product)));
    }
}
