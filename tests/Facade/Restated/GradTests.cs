using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>autograd.grad: gradients of gradients, of results, of what is not there, in batches.</summary>
public class GradTests
{
    private static void Near(Tensor wanted, Tensor? found) => Assert.True(allclose(found!.detach(), wanted.detach()), $"{found}\nwanted {wanted}");

    private static (Tensor X, Tensor Y, Tensor Z) Square()
    {
        var (x, y) = (tensor(new double[,] { { 0.1, 0.9 }, { -0.4, 1.3 } }, requires_grad: true), tensor(new double[,] { { 2, -0.5 }, { 0.3, 0.8 } }, requires_grad: true));
        return (x, y, x.pow(2) + y * x + y.pow(2));
    }

    private static void Quietly(Action f)
    {
        var sink = warnings.sink;
        warnings.sink = (_, _) => { };
        f();
        warnings.sink = sink;
    }

    [Fact]
    public void A_gradient_of_a_gradient_touches_no_leaf()
    {
        var (x, y, z) = Square();
        Quietly(() => z.backward(ones([2, 2], float64), create_graph: true));
        var (byX, byY) = (2 * x + y, x + 2 * y);
        Near(byX, x.grad);
        Near(byY, y.grad);
        var found = autograd.grad([(2 * x.grad! + y.grad!).sum()], [x], [ones([], float64)], create_graph: true);
        Near(full([2, 2], 5, float64), found[0]);
        Near(byX, x.grad);
        Near(byY, y.grad);
        Assert.Equal("tensor([[5., 5.],\n        [5., 5.]], dtype=torch.float64)", autograd.grad((2 * (2 * x + y) + (x + 2 * y)).sum(), x)[0]!.ToString());
    }

    [Fact]
    public void Gradients_of_results_keep_to_themselves()
    {
        var start = tensor(new double[,] { { 0.1, 0.9 }, { -0.4, 1.3 } }, requires_grad: true);
        Tensor x = start, y = tensor(new double[,] { { 2, -0.5 }, { 0.3, 0.8 } }, requires_grad: true);
        var seed = ones([2, 2], float64);
        for (var step = 0; step < 5; step++)
        {
            var z = x.pow(2) + y * x + y.pow(2);
            var found = autograd.grad([z], [x], [seed], create_graph: true)[0]!;
            Near(2 * x + y, found);
            x = x + 0.05 * found;
        }
        Assert.All((Tensor[])[start, y], t => Assert.Null(t.grad));
        // The result of the steps has a history that leads to the start.
        Assert.NotNull(autograd.grad(x.sum(), start)[0]);
    }

    [Fact]
    public void What_does_not_lead_there_has_no_gradient()
    {
        var (x, y) = (Leaf(1, 2), Leaf(3, 4));
        var (z, w) = (x * 2, y * 2);
        var both = autograd.grad([(z * 3).sum(), w.sum()], [x, y], retain_graph: true);
        Assert.Equal(["6 6", "2 2"], both.Select(g => string.Join(' ', g!.to_array<float>())));
        var one = autograd.grad(z.sum(), [x, y], allow_unused: true, retain_graph: true);
        Assert.NotNull(one[0]);
        Assert.Null(one[1]);
        // Also a leaf that no operation has ever seen.
        Assert.Null(autograd.grad(z.sum(), [x, Leaf(7)], allow_unused: true, retain_graph: true)[1]);
        Assert.Contains("Set allow_unused=True", Assert.Throws<RuntimeError>(() => autograd.grad(z.sum(), [x, y])).Message);
    }

    [Fact]
    public void Both_ends_must_be_in_the_graph()
    {
        var (leaf, plain) = (Leaf(1), tensor(1.0));
        Assert.Equal("element 0 of tensors does not require grad and does not have a grad_fn", Assert.Throws<RuntimeError>(() => autograd.grad(plain, leaf)).Message);
        Assert.Equal("One of the differentiated Tensors does not require grad", Assert.Throws<RuntimeError>(() => autograd.grad(leaf * 2, plain)).Message);
        Assert.Equal("element 0 of tensors does not require grad and does not have a grad_fn", Assert.Throws<RuntimeError>(() => autograd.grad(plain * 2, leaf)).Message);
    }

    [Fact]
    public void Some_input_must_be_named() => Assert.Equal("grad requires non-empty inputs.", Assert.Throws<ValueError>(() => autograd.grad([Leaf(1) * 2], [])).Message);

    [Fact]
    public void Zeros_may_stand_for_what_has_no_gradient()
    {
        var (x, a) = (Leaf(0.5), Leaf(1));
        var y = x * a;
        var first = autograd.grad(y, x, create_graph: true)[0]!;
        Assert.Null(autograd.grad(first, x, create_graph: true, allow_unused: true)[0]);
        var second = autograd.grad(first, x, create_graph: true, materialize_grads: true)[0]!;
        Assert.Equal((0.0, true), (second.item<double>(), second.requires_grad));
        Assert.Equal(0, autograd.grad(second, x, create_graph: true, materialize_grads: true)[0]!.item<double>());
        Assert.StartsWith("Expected allow_unused to be True or not passed", Assert.Throws<ValueError>(() => autograd.grad(first, x, allow_unused: false, materialize_grads: true)).Message);
    }

    [Fact]
    public void A_product_with_the_Hessian_is_added_to_the_gradients()
    {
        var (x, y, z) = Square();
        Quietly(() => z.backward(ones([2, 2], float64), create_graph: true));
        var (byX, byY) = (x.grad!.detach().clone(), y.grad!.detach().clone());
        (2 * x.grad + y.grad).backward(ones([2, 2], float64));
        Near(byX + 5, x.grad);
        Near(byY + 4, y.grad);
    }

    [Fact]
    public void Batches_of_seeds_give_batches_of_gradients()
    {
        var x = tensor(new double[,] { { 1, 2 }, { 3, 4 } }, requires_grad: true);
        var y = x.clone();
        var seeds = eye(4, dtype: float64).view(4, 2, 2);
        Near(seeds, autograd.grad([y], [x], [seeds], retain_graph: true, is_grads_batched: true)[0]);
        Near(seeds * 2 * x.detach(), autograd.grad([x.pow(2)], [x], [seeds], is_grads_batched: true)[0]);
        // A graph of them can be gone on with.
        var rows = autograd.grad([x.pow(3)], [x], [seeds], create_graph: true, is_grads_batched: true)[0]!;
        Near(6 * x.detach(), autograd.grad(rows.sum(), x)[0]);
        Assert.Equal("If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension.", Assert.Throws<RuntimeError>(() => autograd.grad([y], [x], [ones([3], float64)], is_grads_batched: true)).Message.Split(" The ")[0]);
    }
}
