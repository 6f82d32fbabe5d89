using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Views of views, as deep as a program is long, on a small stack.</summary>
public class DepthTests
{
    [Fact]
    public void A_write_through_thousands_of_nested_slices_reaches_the_base() => Tests.SmallStack.Run(() =>
    {
        const int n = 5000;
        foreach (var recorded in (bool[])[false, true])
        {
            var leaf = zeros([n + 2], requires_grad: recorded);
            var x = leaf * 1;
            var v = x;
            for (var i = 0; i < n; i++) v = v[1..];
            Assert.Equal([2], (long[])v.shape);
            v.add_(3);
            Assert.Equal(6f, x.sum().item<float>());
            Assert.Equal([0f, 3, 3], x[(n - 1)..].detach().to_array<float>());
            v[0] = 5;
            x[n + 1].mul_(2);
            Assert.Equal([5f, 6], v.detach().to_array<float>());
            if (!recorded) continue;
            (v * v).sum().backward();
            Assert.Equal(24f, leaf.grad!.sum().item<float>());
            Assert.Equal([0f, 24], leaf.grad[n..].to_array<float>());
        }
    });

    [Fact]
    public void A_hundred_thousand_nested_views_are_read_written_and_differentiated() => Tests.SmallStack.Run(() =>
    {
        var leaf = tensor(new float[,] { { 1, 2 }, { 3, 4 } }, requires_grad: true);
        var x = leaf * 1;
        var v = x;
        for (var i = 0; i < 50_000; i++) v = v.t().view(2, 2);
        Assert.Equal([1f, 2, 3, 4], v.detach().to_array<float>());
        v.mul_(10);
        Assert.Equal([10f, 20, 30, 40], x.detach().to_array<float>());
        (v * v).sum().backward();
        Assert.Equal([200f, 400, 600, 800], leaf.grad!.to_array<float>());
    });
}
