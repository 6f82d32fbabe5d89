using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>What a tensor says of its part in the graph: flags, gradients that are set by hand, texts and neighbours.</summary>
public class FlagTests
{
    [Fact]
    public void Requires_grad_spreads_and_gradients_keep_to_its_paths()
    {
        var (x, y, z) = (ones(2, 2), ones(2, 2), ones([2, 2], requires_grad: true));
        var a = x + y;
        var b = a * z;
        Assert.Equal((false, true), (a.requires_grad, b.requires_grad));
        b.backward(ones(2, 2));
        Assert.All((Tensor[])[x, y, a], t => Assert.Null(t.grad));
        Assert.Equal([2f, 2, 2, 2], z.grad!.view(-1).to_array<float>());
    }

    [Fact]
    public void Requires_grad_is_set_on_the_tensor_itself()
    {
        var x = ones(2);
        Assert.Same(x, x.requires_grad_());
        Assert.True(x.requires_grad);
        Assert.False(x.requires_grad_(false).requires_grad);
        x.requires_grad = true;
        var y = x * 2;
        Assert.Same(y, y.requires_grad_());
        Assert.True(x.detach().requires_grad_().is_leaf);
    }

    [Fact]
    public void Only_the_gradient_of_a_result_is_warned_about()
    {
        Assert.Equal("None", Of(say => say(Leaf(1).grad)));
        Assert.Equal("None", Of(say => say(ones(1).grad)));
        Assert.Equal("None", Of(say => say(Leaf(1).detach().grad)));
        Assert.StartsWith("None\n~~ UserWarning: The .grad attribute of a Tensor that is not a leaf Tensor", Of(say => say((Leaf(1) * 2).grad)), StringComparison.Ordinal);
        Assert.Equal("None", Of(say => { var y = Leaf(1) * 2; y.retain_grad(); say(y.grad); }));
    }

    [Fact]
    public void An_array_of_a_tensor_that_requires_grad_is_asked_for_by_force()
    {
        var x = Leaf(1, 2);
        foreach (var wanting in (Tensor[])[x, x * 1, x.view(2, 1)]) Assert.Equal("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.", Assert.Throws<RuntimeError>(() => wanting.numpy<float>()).Message);
        Assert.Equal([1f, 2], x.numpy<float>(force: true));
        Assert.Equal([1f, 2], x.detach().numpy<float>());
        using (no_grad()) Assert.Equal([2f, 4], (x * 2).numpy<float>());
    }

    [Fact]
    public void Only_real_and_complex_numbers_want_gradients()
    {
        foreach (var type in (dtype[])[uint8, int8, int16, int32, int64, torch.@bool])
        {
            var x = ones([1], type);
            Assert.Equal("only Tensors of floating point dtype can require gradients", Assert.Throws<RuntimeError>(() => x.requires_grad_()).Message);
            Assert.Equal("only Tensors of floating point and complex dtype can require gradients", Assert.Throws<RuntimeError>(() => x.requires_grad = true).Message);
            Assert.Equal("Only Tensors of floating point and complex dtype can require gradients", Assert.Throws<RuntimeError>(() => ones([1], type, requires_grad: true)).Message);
            x.requires_grad = false;
            Assert.False(x.requires_grad_(false).requires_grad);
        }
        foreach (var type in (dtype[])[float16, bfloat16, float32, float64, complex64, complex128])
        {
            var x = ones([1], type);
            x.requires_grad = true;
            Assert.True(x.requires_grad_().requires_grad && ones([1], type, requires_grad: true).requires_grad && new nn.Parameter(ones([1], type)).requires_grad);
        }
    }

    [Fact]
    public void A_gradient_may_be_set_where_it_fits()
    {
        var x = Leaf(1, 2);
        var g = ones(2);
        x.grad = g;
        Assert.Same(g, x.grad);
        Assert.Equal("can't assign Variable as its own grad", Assert.Throws<RuntimeError>(() => x.grad = x).Message);
        Assert.StartsWith("attempting to assign a gradient with dtype 'double' to a tensor with dtype 'float'.", Assert.Throws<RuntimeError>(() => x.grad = ones([2], float64)).Message);
        Assert.StartsWith("attempting to assign a gradient of size '[2, 2]' to a tensor of size '[2]'.", Assert.Throws<RuntimeError>(() => x.grad = ones(2, 2)).Message);
        Assert.Same(g, x.grad);
        (x * 3).sum().backward();
        Assert.Equal("tensor([4., 4.])", g.ToString());
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_text_says_what_made_a_tensor()
    {
        var a = ones([1], requires_grad: true);
        Assert.Equal(("tensor([1.], requires_grad=True)", "tensor([1.], grad_fn=<CloneBackward0>)"), (a.ToString(), a.clone().ToString()));
        Tensor b;
        using (no_grad())
        {
            b = a[..];
            b.mul_(2);
        }
        Assert.Equal(("tensor([2.], grad_fn=<Invalid>)", "tensor([2.], requires_grad=True)"), (b.ToString(), a.ToString()));
    }

    [Fact]
    public void An_operation_knows_those_that_made_its_operands()
    {
        var (x, y) = (Leaf(1, 2), Leaf(3, 4));
        var a = x * y;
        var b = a + 5;
        Assert.Equal(["AccumulateGrad", "AccumulateGrad"], a.grad_fn!.next_functions.Select(e => e.Fn!.name()));
        Assert.Same(a.grad_fn, b.grad_fn!.next_functions[0].Fn);
        Assert.Null(b.grad_fn.next_functions[1].Fn);
        Assert.Same(a.grad_fn.next_functions[0].Fn, (x * 2).grad_fn!.next_functions[0].Fn);
    }
}
