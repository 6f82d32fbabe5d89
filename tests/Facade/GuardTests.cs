using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>What a recorded history must not lose: a value used twice, a view written through, a gradient that was asked for.</summary>
public class GuardTests
{
    private static Tensor Leaf(params double[] values) => tensor(values, requires_grad: true);

    [Fact]
    public void What_is_detached_beside_itself_keeps_its_gradient()
    {
        (Func<Tensor, Tensor> F, double[] Wanted)[] rows =
        [
            (x => x.detach() * x, [2, 3]), (x => x * x.detach(), [2, 3]), (x => x * x, [4, 6]), (x => x.data * x, [2, 3]), (x => x / x.detach(), [1 / 2.0, 1 / 3.0]),
            (x => cat([x.detach(), x]) * 5, [5, 5]), (x => stack([x, x.detach(), x]), [2, 2]), (x => x.detach().matmul(x), [2, 3]), (x => where(x > 0, x, x.detach()), [1, 1]),
            (x => nn.functional.mse_loss(x, x.detach(), "sum") + x.sum(), [1, 1]),
        ];
        foreach (var (f, wanted) in rows)
        {
            var x = Leaf(2, 3);
            f(x).sum().backward();
            Assert.Equal(wanted, x.grad!.to_array<double>());
        }
    }

    private static readonly Dictionary<string, (long[] Shape, Func<Tensor, Tensor> F, double[] Wanted)> Detached = new()
    {
        ["x.detach().pow(x)"] = ([3], x => x.detach().pow(x), [-0.4901290717, 0, 2.234660903]),
        ["x.pow(x.detach())"] = ([3], x => x.pow(x.detach()), [0.7071067812, 2, 5.511351921]),
        ["x.detach().minimum(x)"] = ([3], x => x.detach().minimum(x), [0.5, 1, 1.5]),
        ["x.minimum(x.detach())"] = ([3], x => x.minimum(x.detach()), [0.5, 1, 1.5]),
        ["addcmul_ of the result"] = ([3], x => (x * 1).addcmul_(x.detach(), x), [1.5, 4, 7.5]),
        ["addcmul_ of the detached"] = ([3], x => (x.detach() * 1).addcmul_(x.detach(), x, 0.5), [0.25, 1, 2.25]),
        ["layer_norm of the detached"] = ([3], x => nn.functional.layer_norm(x.detach(), [3], x, x * 1), [-0.2247081307, 2, 6.674124392]),
        ["layer_norm with detached weights"] = ([3], x => nn.functional.layer_norm(x, [3], x.detach()), [0.4079421312, -0.8164720871, 0.4085299559]),
        ["x.detach().scatter_add(x)"] = ([3], x => x.detach().scatter_add(0, tensor((long[])[0, 0, 2]), x), [1, 1, 3]),
        ["x.scatter_add(x.detach())"] = ([3], x => x.scatter_add(0, tensor((long[])[0, 0, 2]), x.detach()), [1, 2, 3]),
        ["einsum of vectors"] = ([3], x => einsum("i,i->i", x.detach(), x), [0.5, 2, 4.5]),
        ["einsum of vectors, outer"] = ([3], x => einsum("i,j->ij", x, x.detach()), [7, 16, 25]),
        ["einsum of matrices"] = ([2, 2], x => einsum("ij,jk->ik", x.detach(), x), [5, 7, 7, 10]),
        ["batches: x.detach().matmul(x)"] = ([2, 2, 2], x => x.detach().matmul(x), [5, 7, 7, 10, 37, 43, 43, 50]),
        ["batches: x.matmul(x.detach())"] = ([2, 2, 2], x => x.matmul(x.detach()), [2.5, 5.5, 5.5, 12.5, 30.5, 41.5, 41.5, 56.5]),
        ["batches: x.detach().bmm(x)"] = ([2, 2, 2], x => x.detach().bmm(x), [5, 7, 7, 10, 37, 43, 43, 50]),
        ["addmm, the second factor"] = ([2, 2], x => x.detach().addmm(x.detach(), x), [5, 7, 7, 10]),
        ["addmm, the summand"] = ([2, 2], x => x.addmm(x.detach(), x.detach(), beta: 2, alpha: 3), [2, 4, 6, 8]),
        ["addmm, the first factor"] = ([2, 2], x => x.detach().addmm(x, x.detach(), alpha: 3), [7.5, 16.5, 16.5, 37.5]),
    };

    public static TheoryData<string> DetachedNames => [.. Detached.Keys];

    // At ½, 1, 1½, …, with the weights 1, 2, 3, …; also where the operand that is attached is no leaf.
    [Theory, MemberData(nameof(DetachedNames))]
    public void An_operand_keeps_its_gradient_beside_its_detached_self(string name)
    {
        var (shape, f, wanted) = Detached[name];
        foreach (var inner in (bool[])[false, true])
        {
            var leaf = Leaf([.. Enumerable.Range(1, wanted.Length).Select(i => i / 2.0)]);
            var x = inner ? (leaf * 1).view(shape) : leaf.detach().view(shape).requires_grad_();
            x.retain_grad();
            var y = f(x);
            (y.view(-1) * (arange(y.numel()) + 1)).sum().backward();
            Assert.Equal(wanted, x.grad!.view(-1).to_array<double>(), (a, b) => Math.Abs(a - b) <= 1e-9 * Math.Abs(b));
        }
    }

    [Fact]
    public void A_kept_gradient_follows_the_history()
    {
        var x = Leaf(1, 2);
        var y = x * 3;
        y.retain_grad();
        y.mul_(2);
        (y * 5).sum().backward();
        Assert.Equal([5, 5], y.grad!.to_array<double>());
        Assert.Equal([30, 30], x.grad!.to_array<double>());
    }

    [Fact]
    public void What_a_hook_writes_counts()
    {
        var x = Leaf(1, 2);
        var y = x * 3;
        y.register_hook(g => { g.mul_(10); return null; });
        (y * 1).sum().backward();
        Assert.Equal([30, 30], x.grad!.to_array<double>());
        // The gradient of a sum is one number, shown in all places.
        Assert.StartsWith("unsupported operation: more than one element", Assert.Throws<RuntimeError>(() => y.sum().backward()).Message);
    }

    [Fact]
    public void Writing_to_a_range_keeps_the_rest()
    {
        var x = Leaf(1, 2, 3, 4);
        var y = x * 2;
        y[1..3].mul_(10);
        Assert.Equal([2, 40, 60, 8], y.detach().to_array<double>());
        y[torch.slice(null, null, 2)] = 0;
        Assert.Equal([0, 40, 0, 8], y.detach().to_array<double>());
        y.sum().backward();
        Assert.Equal([0, 20, 0, 2], x.grad!.to_array<double>());
    }

    [Fact]
    public void Reading_a_view_changes_no_history()
    {
        var x = Leaf(1, 2, 3);
        var y = x * 2;
        var v = y[..2];
        Assert.StartsWith("tensor([2., 4.]", v.ToString(), StringComparison.Ordinal);
        v.mul_(3);
        Assert.StartsWith("tensor([ 6., 12.]", v.ToString(), StringComparison.Ordinal);
        (v * v).sum().backward();
        Assert.Equal([72, 144, 0], x.grad!.to_array<double>());
    }

    [Fact]
    public void Each_result_of_several_has_its_own_gradient()
    {
        var x = Leaf(1, 2, 3);
        var parts = x.unbind();
        (parts[0] * 2 + parts[2] * 5).backward();
        Assert.Equal([2, 0, 5], x.grad!.to_array<double>());
        Assert.Equal([0, 1, 2], parts.Select(p => p.output_nr));
    }

    [Fact]
    public void A_failed_backward_takes_back_what_it_gave()
    {
        var (x, z) = (Leaf(1, 2), Leaf(3, 4));
        var y = x * x;
        y.sum().backward();
        z.grad = ones([2], float64);
        // The later operation runs first, so z has its gradient when the freed one fails.
        var again = (y + z * 2).sum();
        Assert.Throws<RuntimeError>(() => again.backward());
        Assert.Equal([1, 1], z.grad.to_array<double>());
        Assert.Equal([2, 4], x.grad!.to_array<double>());
    }

    // What a view shows is read together with the write that it came of, so that no other thread's write leaves it behind.
    [Fact]
    public async Task A_view_looked_at_while_its_base_is_written_is_not_left_behind()
    {
        for (var round = 0; round < 2000; round++)
        {
            var x = zeros(2);
            var v = x[0];
            using var start = new Barrier(2);
            await Task.WhenAll(
                Task.Run(() => { start.SignalAndWait(); for (var i = 1; i <= 5; i++) x.fill_(i); }),
                Task.Run(() => { start.SignalAndWait(); for (var i = 0; i < 20; i++) _ = (v.shape, v.detach(), v.reshape(1)); })).ConfigureAwait(true);
            Assert.Equal((5f, 5f), ((float)v, (float)x[0]));
        }
    }
}
