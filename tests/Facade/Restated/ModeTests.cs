using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Recording switched off and on, and what is written to leaves meanwhile.</summary>
public class ModeTests
{
    [Fact]
    public void Nothing_is_recorded_under_no_grad_wherever_it_is_called()
    {
        var (x, y) = (ones([2, 2], requires_grad: true), full([2, 2], 4.0));
        Tensor Sum()
        {
            using var _ = no_grad();
            return x + y;
        }
        Tensor w;
        using (no_grad()) w = x + y;
        foreach (var sum in (Tensor[])[w, Sum()])
        {
            Assert.Equal((false, true), (sum.requires_grad, sum.grad_fn is null));
            Assert.Throws<RuntimeError>(() => sum.backward(ones(2, 2)));
        }
        // What is made of such a result and a leaf is recorded again, from there on.
        (w * x).backward(ones(2, 2));
        Assert.Equal([5f, 5, 5, 5], x.grad!.view(-1).to_array<float>());
    }

    [Fact]
    public void Recording_is_switched_by_a_truth_value()
    {
        var x = Leaf(1);
        foreach (var mode in (bool[])[true, false])
            using (set_grad_enabled(mode))
            {
                Assert.Equal((mode, mode), (is_grad_enabled(), (x * 2).requires_grad));
                using (set_grad_enabled(!mode)) Assert.Equal((!mode, !mode), (is_grad_enabled(), (x * 2).requires_grad));
                Assert.Equal(mode, is_grad_enabled());
            }
        Assert.True(is_grad_enabled());
        // A scope is left by an exception too.
        Assert.Throws<RuntimeError>(() =>
        {
            using var off = set_grad_enabled(false);
            _ = ones(2) + ones(3);
        });
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void A_leaf_that_is_written_to_under_no_grad_stays_a_leaf()
    {
        var (x, row) = (zeros([2, 3], requires_grad: true), tensor((float[])[1, 2, 3]));
        using (no_grad()) x[0] = row;
        Assert.Equal((true, true, true), (x.requires_grad, x.is_leaf, x.grad_fn is null));
        Assert.Equal([1f, 2, 3, 0, 0, 0], x.detach().view(-1).to_array<float>());
        x.sum().backward();
        Assert.Equal([1f, 1, 1, 1, 1, 1], x.grad!.view(-1).to_array<float>());
    }
}
