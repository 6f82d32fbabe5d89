using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>Functions with derivatives of their own; what is expected is what PyTorch 2.6 prints.</summary>
public class CustomFunctionTests
{
    private sealed class SinCos : Function<(Tensor, Tensor, Tensor)>
    {
        public override (Tensor, Tensor, Tensor) forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            var (a, b) = (inputs[0].sin(), inputs[0].cos());
            ctx.save_for_backward(a, b);
            ctx.mark_non_differentiable(b);
            return (a, b, (inputs[0] > 0).to(int64));
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs)
        {
            Assert.Equal("tensor([0., 0.])", grad_outputs[1].ToString());
            Assert.Equal("tensor([0, 0])", grad_outputs[2].ToString());
            Assert.Equal("SinCosBackward", ctx.saved_tensors[0].grad_fn!.name());
            return [grad_outputs[0] * ctx.saved_tensors[1]];
        }
    }

    [Fact]
    public void Several_results_of_which_some_have_no_derivative()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        var (a, b, i) = new SinCos().apply(x);
        Assert.Equal("SinCosBackward", a.grad_fn!.name());
        Assert.False(b.requires_grad || i.requires_grad);
        a.sum().backward();
        Assert.Equal("tensor([ 0.5403, -0.4161])", x.grad!.ToString());
    }

    private sealed class Missing : Function<(Tensor, Tensor)>
    {
        public override (Tensor, Tensor) forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.set_materialize_grads(false);
            return (inputs[0].sin(), inputs[0].cos());
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs)
        {
            Assert.Null(grad_outputs[0]);
            return [grad_outputs[1]];
        }
    }

    [Fact]
    public void Gradients_that_are_not_there_stay_away()
    {
        var x = ones(2).requires_grad_();
        var (_, b) = Function<(Tensor, Tensor)>.apply<Missing>(x);
        Assert.Equal(1, b.output_nr);
        b.sum().backward();
        Assert.Equal("tensor([1., 1.])", x.grad!.ToString());
    }

    private sealed class Doubled : Function
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            inputs[0].mul_(2);
            ctx.mark_dirty(inputs[0]);
            return inputs[0];
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0] * 2];
    }

    [Fact]
    public void What_is_changed_in_place_gets_the_function_as_its_history()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        var y = x * 3;
        var z = Function.apply<Doubled>(y);
        Assert.Same(y, z);
        Assert.Equal(("DoubledBackward", 2), (y.grad_fn!.name(), y._version));
        z.sum().backward();
        Assert.Equal("tensor([6., 6.])", x.grad!.ToString());
        Assert.Equal("a leaf Variable that requires grad has been used in an in-place operation.", Assert.Throws<RuntimeError>(() => Function.apply<Doubled>(x)).Message);
    }

    [Fact]
    public void A_view_that_is_changed_in_place_rewrites_its_base()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        var y = x * 3;
        var v = y[..1];
        Assert.Same(v, Function.apply<Doubled>(v));
        Assert.Equal(("AsStridedBackward0", "CopySlices", 2), (v.grad_fn!.name(), y.grad_fn!.name(), y._version));
        Assert.Equal("tensor([6., 6.], grad_fn=<CopySlices>)", y.ToString());
        y.sum().backward();
        Assert.Equal("tensor([6., 3.])", x.grad!.ToString());
    }

    private sealed class Forgotten : Function
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.mark_dirty(inputs[0]);
            return inputs[0].clone();
        }
    }

    [Fact]
    public void What_was_changed_must_be_returned() => Assert.StartsWith("Some elements marked as dirty during the forward method were not returned as output.",
        Assert.Throws<RuntimeError>(() => Function.apply<Forgotten>(ones(2).requires_grad_() * 1)).Message);

    private sealed class Twice : Function<Tensor[]>
    {
        public override Tensor[] forward(FunctionCtx ctx, params Tensor[] inputs) => [inputs[0], inputs[0]];

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0] + 10 * grad_outputs[1]];
    }

    [Fact]
    public void An_input_returned_twice_is_two_results()
    {
        var x = ones(2).requires_grad_();
        var results = new Twice().apply(x);
        Assert.NotSame(results[0], results[1]);
        results[1].sum().backward();
        Assert.Equal("tensor([10., 10.])", x.grad!.ToString());
    }

    private sealed class Once : Function
    {
        protected override bool once_differentiable => true;

        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.save_for_backward(inputs[0]);
            return inputs[0].pow(2);
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => [2 * ctx.saved_tensors[0] * grad_outputs[0]];
    }

    [Fact]
    public void A_derivative_may_be_for_once()
    {
        var x = tensor(new[] { 3f }, requires_grad: true);
        Assert.Null(grad(Function.apply<Once>(x), x, create_graph: true)[0]!.grad_fn);
        var g = grad(Function.apply<Once>(x) * x, x, create_graph: true)[0]!;
        Assert.Equal("tensor([27.], grad_fn=<AddBackward0>)", g.ToString());
        Assert.Equal("trying to differentiate twice a function that was marked with @once_differentiable", Assert.Throws<RuntimeError>(() => g.backward()).Message);
    }

    private sealed class Power(double exponent) : Function
    {
        public override Tensor forward(params Tensor[] inputs) => inputs[0].pow(exponent);

        public override void setup_context(FunctionCtx ctx, Tensor[] inputs, Tensor output) => ctx.save_for_backward(inputs[0]);

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0] * exponent * ctx.saved_tensors[0].pow(exponent - 1)];
    }

    [Fact]
    public void Forward_and_context_may_be_apart_and_numbers_go_to_the_constructor()
    {
        var x = tensor(new[] { 2.0 }, requires_grad: true);
        Assert.True(gradcheck(t => new Power(3).apply(t), x));
        Assert.True(gradgradcheck(t => new Power(3).apply(t), x));
    }

    private sealed class Empty : Function;

    [Fact]
    public void A_function_without_a_forward_says_so() =>
        Assert.Equal("You must implement the forward function for custom autograd.Function.", Assert.Throws<NotImplementedError>(() => Function.apply<Empty>(ones(1))).Message);

    private sealed class Square : Function
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.save_for_forward(inputs[0]);
            return inputs[0].pow(2);
        }

        // Not the derivative, so that it shows whose rule it is.
        public override Tensor?[] jvp(FunctionCtx ctx, params Tensor[] grad_inputs) => [5 * ctx.saved_tensors[0] * grad_inputs[0]];
    }

    [Fact]
    public void Forward_mode_uses_the_functions_own_rule()
    {
        using var level = forward_ad.dual_level();
        var dual = forward_ad.make_dual(tensor(new[] { 3f }), ones(1));
        Assert.Equal("UnpackedDualTensor(primal=tensor([9.]), tangent=tensor([15.]))", forward_ad.unpack_dual(Function.apply<Square>(dual)).ToString());
        Assert.Equal("You must implement the jvp function for custom autograd.Function to use it with forward mode AD.", Assert.Throws<NotImplementedError>(() => Function.apply<Once>(dual)).Message);
    }

    private sealed class Scaled(Func<Tensor, Tensor?[]> back) : Function
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            Assert.Equal(inputs.Select(i => i is { requires_grad: true }), ctx.needs_input_grad);
            return inputs.Length > 1 && inputs[1] is { } bias ? inputs[0] * 2 + bias : inputs[0] * 2;
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => back(grad_outputs[0]);

        public override Tensor?[] jvp(FunctionCtx ctx, params Tensor[] grad_inputs) => [grad_inputs.Length > 1 && grad_inputs[1] is null ? grad_inputs[0] * 2 : ones(5)];
    }

    [Fact]
    public void An_input_may_be_nothing_and_nothing_may_follow_the_gradients()
    {
        var x = tensor(3.0, requires_grad: true);
        new Scaled(g => [g * 2, null]).apply(x, null).backward();
        new Scaled(g => [g * 2, null, null]).apply(x).backward();
        Assert.Equal(4f, x.grad!.item<float>());
        Assert.Equal("function ScaledBackward returned a gradient different than None at position 2, but the corresponding forward input was not a Variable", Assert.Throws<RuntimeError>(() => new Scaled(g => [g, g]).apply(x, null).backward()).Message);
        Assert.Equal("function ScaledBackward returned an incorrect number of gradients (expected 1, got 2)", Assert.Throws<RuntimeError>(() => new Scaled(g => [g, g]).apply(x).backward()).Message);
        using var level = forward_ad.dual_level();
        var dual = forward_ad.make_dual(ones(2), ones(2));
        Assert.Equal("tensor([2., 2.])", forward_ad.unpack_dual(new Scaled(g => [g]).apply(dual, null)).tangent!.ToString());
        Assert.Equal("Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size [2] while the given forward gradient is of size [5].", Assert.Throws<RuntimeError>(() => new Scaled(g => [g]).apply(dual)).Message);
    }

    private sealed class Nothing : Function
    {
        public override Tensor forward(params Tensor[] inputs) => null!;
    }

    private sealed class HalfNothing : Function<Tensor[]>
    {
        public override Tensor[] forward(params Tensor[] inputs) => [inputs[0], null!];
    }

    [Fact]
    public void A_result_that_is_nothing_is_refused()
    {
        Assert.Equal("expected Tensor or tuple of Tensor (got NoneType)", Assert.Throws<TypeError>(() => Function.apply<Nothing>(ones(1))).Message);
        Assert.Throws<TypeError>(() => Function<Tensor[]>.apply<HalfNothing>(ones(1)));
    }

    private sealed class Cubed(bool both) : Function
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            var y = inputs[0] * inputs[0];
            if (both) ctx.save_for_backward(inputs[0], y);
            ctx.save_for_forward(y);
            return inputs[0] * y;
        }

        public override Tensor?[] jvp(FunctionCtx ctx, params Tensor[] grad_inputs) => [3 * grad_inputs[0] * Assert.Single(ctx.saved_tensors)];

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => [3 * grad_outputs[0] * ctx.saved_tensors[1]];
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Forward_mode_sees_what_was_saved_for_it(bool backward, bool requires_grad)
    {
        using var level = forward_ad.dual_level();
        var dual = forward_ad.make_dual(tensor(3.0, requires_grad: requires_grad), tensor(1.0));
        var y = new Cubed(backward).apply(dual);
        Assert.Equal(27, forward_ad.unpack_dual(y).tangent!.item<float>());
        if (backward && requires_grad) Assert.Equal(27, grad(y, dual)[0]!.item<float>());
    }
}
