using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Hooks of tensors and kept gradients: what they see and change, also around writes, and when they run.</summary>
public class HookOrderTests
{
    [Fact]
    public void Hooks_are_called_in_every_pass_until_they_are_removed()
    {
        var (x, y) = (full([2, 2], 5.0, requires_grad: true), full([2, 2], 4.0, requires_grad: true));
        var count = 0;
        Func<Tensor, Tensor?> Counting(int by) => g =>
        {
            Assert.Equal([2, 2], (long[])g.shape);
            count += by;
            return null;
        };
        var z = x.pow(2) + x * 2 + x * y + y;
        x.register_hook(Counting(0));
        var first = z.register_hook(Counting(1));
        void Pass() => z.backward(ones(2, 2), retain_graph: true);
        Pass();
        Assert.Equal(1, count);
        var second = z.register_hook(Counting(2));
        Pass();
        Assert.Equal(4, count);
        second.remove();
        Pass();
        Assert.Equal(5, count);
        first.remove();
        Pass();
        Assert.Equal(5, count);
        // What a hook returns is what goes on.
        z.register_hook(g => g * 2);
        y.grad = null;
        Pass();
        Assert.Equal("tensor([[12., 12.],\n        [12., 12.]])", y.grad!.ToString());
        y.register_hook(g => g * 2);
        y.grad = null;
        Pass();
        Assert.Equal("tensor([[24., 24.],\n        [24., 24.]])", y.grad!.ToString());
    }

    [Fact]
    public void A_gradient_is_kept_once_and_adds_up()
    {
        var x = Leaf(1, 2, 3);
        var y = x * 3;
        var z = (y * y).sum();
        y.retain_grad();
        y.retain_grad();
        z.backward(retain_graph: true);
        Assert.Equal("tensor([ 6., 12., 18.])", y.grad!.ToString());
        z.backward(retain_graph: true);
        Assert.Equal("tensor([12., 24., 36.])", y.grad.ToString());
        // Of a leaf it is kept in any case.
        x.grad!.zero_();
        x.retain_grad();
        x.retain_grad();
        z.backward();
        Assert.Equal(("tensor([18., 36., 54.])", false), (x.grad.ToString(), x.retains_grad));
    }

    [Fact]
    public void A_kept_gradient_is_that_of_the_newest_value()
    {
        var a = Leaf(1).clone();
        a.retain_grad();
        a.mul_(2);
        a.sum().backward();
        Assert.Equal("tensor(1.)", a.grad!.ToString());
        a = Leaf(1).clone();
        a.retain_grad();
        a.mul_(2);
        a.mul_(2);
        a.sum().backward();
        Assert.Equal("tensor(1.)", a.grad!.ToString());
        // Written through a view, its history is another one, and the gradient of that is kept.
        var x = Leaf(1, 2).clone();
        x.retain_grad();
        x[..].mul_(2);
        x.mul_(2);
        x.sum().backward();
        Assert.Equal("tensor([1., 1.])", x.grad!.ToString());
        // Nothing is to be kept of what wants no gradient.
        zeros(4).view(2, 2).add_(1);
    }

    [Fact]
    public void A_hook_stays_with_the_value_that_it_was_registered_on()
    {
        var log = new List<string>();
        Func<Tensor, Tensor?> Doubling(string name) => g =>
        {
            log.Add($"{name} {g}");
            return g * 2;
        };
        var a = Leaf(1);
        var b = a.clone();
        b.register_hook(Doubling("before"));
        b.mul_(2);
        b.register_hook(Doubling("after"));
        b.sum().backward();
        Assert.Equal(["after tensor(1.)", "before tensor(4.)"], log);
        Assert.Equal("tensor(8.)", a.grad!.ToString());
        log.Clear();
        a = Leaf(1);
        b = a.clone();
        b.register_hook(Doubling("first"));
        b.mul_(2);
        b.mul_(2);
        b.sum().backward();
        Assert.Equal(["first tensor(4.)"], log);
        Assert.Equal("tensor(8.)", a.grad!.ToString());
    }

    [Fact]
    public void Around_the_sum_on_a_leaf_hooks_have_an_order()
    {
        var log = new List<string>();
        var x = Leaf(1);
        x.register_post_accumulate_grad_hook(t => log.Add($"accumulated {t.grad}"));
        x.register_hook(g => { log.Add($"tensor {x.grad is null}"); return null; });
        var y = x * 3;
        var end = y.grad_fn!.next_functions[0].Fn!;
        end.register_prehook(_ => { log.Add($"before {x.grad is null}"); return null; });
        end.register_hook((_, g) => log.Add($"after {g[0]}"));
        y.backward();
        Assert.Equal(["tensor True", "before True", "accumulated tensor(3.)", "after tensor(3.)"], log);
        // grad adds nothing to a leaf, and neither kind of the end's hooks runs.
        log.Clear();
        autograd.grad(x * 3, x);
        Assert.Equal(["tensor False"], log);
        end.register_hook((_, _) => [ones([])]);
        Assert.Equal("hook '<lambda>' has returned an incorrect number of values (got 1, but expected 0)", Assert.Throws<RuntimeError>(() => (x * 3).backward()).Message);
    }
}
