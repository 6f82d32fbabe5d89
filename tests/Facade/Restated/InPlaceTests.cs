using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Writes: which passes they spoil, what counts them, and what detaching shares.</summary>
public class InPlaceTests
{
    private static string Refused(Tensor y) => Assert.Throws<RuntimeError>(() => y.backward(ones_like(y), retain_graph: true)).Message;

    private const string Modified = "one of the variables needed for gradient computation has been modified by an inplace operation";

    [Fact]
    public void A_write_spoils_the_passes_that_read_what_was_there()
    {
        var (x, y) = (ones([2, 2], requires_grad: true), full([2, 2], 2.0, requires_grad: true));
        var z = x * y;
        var (sum, product) = (z + y, z * y);
        z.add_(2);
        sum.backward(ones(2, 2), retain_graph: true);
        Assert.StartsWith(Modified, Refused(product), StringComparison.Ordinal);
        // Again, where the write itself goes into the graph.
        z = x * y;
        (product, sum) = (z * y, z + y);
        var written = z.add_(y);
        written.backward(ones(2, 2), retain_graph: true);
        sum.backward(ones(2, 2), retain_graph: true);
        Assert.StartsWith(Modified, Refused(product), StringComparison.Ordinal);
        using (no_grad()) sum.add_(1);
        // A result that was saved is no exception, and one that was not is.
        var (e, r) = ((x + 1).exp(), (x + 1).reciprocal());
        var kept = e * 2;
        e.detach().mul_(1);
        Assert.StartsWith(Modified, Refused(e), StringComparison.Ordinal);
        Assert.StartsWith(Modified, Refused(kept), StringComparison.Ordinal);
        r.backward(ones(2, 2));
        Assert.Equal("a leaf Variable that requires grad is being used in an in-place operation.", Assert.Throws<RuntimeError>(() => x.add_(1)).Message);
        Assert.Equal(0, x._version);
    }

    [Fact]
    public void Versions_are_shared_by_views_and_kept_by_other_data()
    {
        var x = randn(1, 2);
        var (same, before) = (x, x._version);
        for (var write = 1; write <= 3; write++)
        {
            x.mul_(1);
            Assert.Equal(before + write, x._version);
        }
        var view = x[.., 0];
        Assert.Equal(x._version, view._version);
        view.add_(1);
        Assert.Equal((4, 4), (x._version, same._version));
        x.data = randn(2, 3);
        Assert.Equal(4, x._version);
        x.add_(1);
        Assert.Equal((5, 5), (x._version, view._version));
        Assert.Equal((0, 5), (x.data._version, x.detach()._version));
    }

    [Fact]
    public void A_write_counts_where_nothing_is_recorded()
    {
        var (x, y) = (Leaf(1, 2), Leaf(3, 4));
        var z = (x * y).sum();
        using (no_grad()) x.mul_(2);
        Assert.StartsWith(Modified, Assert.Throws<RuntimeError>(() => z.backward()).Message, StringComparison.Ordinal);
        Assert.All((Tensor[])[x, y], t => Assert.Null(t.grad));
    }

    [Fact]
    public void What_is_saved_counts_with_its_tensor()
    {
        var x = Leaf(1, 2);
        var y = x.exp();
        var saved = y.grad_fn!._saved_result;
        Assert.NotSame(y, saved);
        Assert.Equal((y._version, y.ToString()), (saved._version, saved.ToString()));
        using (no_grad()) y.add_(1);
        Assert.Equal((1, y.ToString()), (saved._version, saved.ToString()));
        Assert.StartsWith(Modified, Assert.Throws<RuntimeError>(() => y.grad_fn._saved_result).Message, StringComparison.Ordinal);
        // Operands are saved as they are.
        var product = (x * y).grad_fn!;
        Assert.Same(x, product._saved_self);
        Assert.Same(y, product._saved_other);
        Assert.Equal("'AddBackward0' object has no attribute '_saved_self'", Assert.Throws<AttributeError>(() => (x + 1).grad_fn!._saved_self).Message);
    }

    [Fact]
    public void What_is_detached_ends_the_history()
    {
        var x = Leaf(1, 2, 3);
        var y = (x + 2).detach();
        Assert.Equal((false, true), (y.requires_grad, y.grad_fn is null));
        Assert.False((y * 4 + 2).requires_grad);
        // It is a leaf, and as such may want gradients of its own.
        y.requires_grad_();
        (y * x).sum().backward();
        Assert.Equal(("tensor([3., 4., 5.])", "tensor([1., 2., 3.])"), (x.grad!.ToString(), y.grad!.ToString()));
        var z = x * 2;
        Assert.Same(z, z.detach_());
        Assert.Equal((true, false), (z.is_leaf, z.requires_grad));
        Assert.StartsWith("Can't detach views in-place.", Assert.Throws<RuntimeError>(() => (x * 2).view(3).detach_()).Message, StringComparison.Ordinal);
        // Of a view that wants no gradient neither.
        Assert.StartsWith("Can't detach views in-place.", Assert.Throws<RuntimeError>(() => ones(3).view(3).detach_()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_through_the_detached_is_noticed()
    {
        var x = Leaf(1, 2);
        foreach (var f in (Func<Tensor, Tensor>[])[t => t.exp(), t => t * t, t => t.sigmoid() * 2])
        {
            var y = f(x);
            var z = y * y;
            y.detach().zero_();
            Assert.StartsWith(Modified, Assert.Throws<RuntimeError>(() => z.sum().backward()).Message, StringComparison.Ordinal);
        }
        // A sum reads nothing.
        var sum = x + 1;
        sum.detach().zero_();
        sum.sum().backward();
        Assert.Equal("tensor([1., 1.])", x.grad!.ToString());
    }

    [Fact]
    public void A_leaf_without_gradient_becomes_what_is_written_into_it()
    {
        var (x, y, z) = (zeros(3), Leaf(5), Leaf(7));
        x[0] = y;
        x[1] = 2 * z;
        Assert.Equal((true, false), (x.requires_grad, x.is_leaf));
        x.sum().backward();
        Assert.Equal((1.0, 2.0), (y.grad!.item<double>(), z.grad!.item<double>()));
        Assert.Equal([5f, 14, 0], x.detach().to_array<float>());
    }
}
