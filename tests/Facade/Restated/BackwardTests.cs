using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>backward: values, several roots, a second pass, named inputs and sums of gradients.</summary>
public class BackwardTests
{
    private static void Near(Tensor wanted, Tensor? found) => Assert.True(allclose(found!.detach(), wanted.detach()), $"{found}\nwanted {wanted}");

    [Fact]
    public void Gradients_are_those_of_the_formula()
    {
        var (x, y, z, seed) = (Exact(0.3, -1.2, 2.5), Exact(1.1, 0.7, 3.2), Exact(-0.4, 1.9, 0.6), tensor((double[])[1, -2, 0.5]));
        (x + y * z + 4 * z.pow(2) * x / y).backward(seed);
        using var _ = no_grad();
        Near((4 * z.pow(2) / y + 1) * seed, x.grad);
        Near((z - 4 * x * z.pow(2) / y.pow(2)) * seed, y.grad);
        Near((8 * x * z / y + y) * seed, z.grad);
    }

    [Fact]
    public void Roots_may_depend_on_one_another()
    {
        var (x, first, second) = (Exact(0.3, -1.2, 2.5), tensor((double[])[1, 2, 3]), tensor((double[])[-1, 0.5, 2]));
        var y = x.pow(2);
        var z = y.pow(3);
        autograd.backward([y, z], [first, second]);
        using var _ = no_grad();
        Near(2 * x * first + 6 * x.pow(5) * second, x.grad);
    }

    private static (Tensor B, Tensor C) Picked()
    {
        var b = Leaf(1, 2, 3);
        var c = zeros(3);
        c[tensor((long[])[1, 2])] = b[tensor((long[])[1, 1])];
        return (b, c);
    }

    [Fact]
    public void Positions_that_were_saved_are_freed_by_a_pass()
    {
        var (b, c) = Picked();
        c.backward(tensor((float[])[1, 1, 1]));
        Assert.Contains("Specify retain_graph=True", Assert.Throws<RuntimeError>(() => c.backward(tensor((float[])[1, 1, 1]))).Message);
        Assert.Equal("tensor([0., 2., 0.])", b.grad!.ToString());
    }

    [Fact]
    public void Positions_that_were_saved_stay_where_the_graph_is_retained()
    {
        var (b, c) = Picked();
        c.backward(tensor((float[])[1, 1, 1]), retain_graph: true);
        c.backward(tensor((float[])[1, 1, 1]));
        Assert.Equal("tensor([0., 4., 0.])", b.grad!.ToString());
    }

    [Fact]
    public void A_sum_saves_nothing_and_a_write_through_a_view_what_wrote()
    {
        var b = Leaf(1, 2, 3);
        var c = b + 1;
        c.backward(tensor((float[])[1, 1, 1]));
        c.backward(tensor((float[])[1, 1, 1]));
        Assert.Equal("tensor([2., 2., 2.])", b.grad!.ToString());
        var d = zeros(3);
        d[1] = b[1];
        d.backward(tensor((float[])[1, 1, 1]));
        Assert.Equal(Twice, Assert.Throws<RuntimeError>(() => d.backward(tensor((float[])[1, 1, 1]))).Message);
        Assert.Equal("tensor([2., 3., 2.])", b.grad.ToString());
    }

    [Fact]
    public void A_differentiable_gradient_on_a_leaf_is_warned_about()
    {
        static string Told(Action<Tensor> f) => Of(_ => f(Leaf(2)));
        Assert.StartsWith("~~ UserWarning: Using backward() with create_graph=True will create a reference cycle", Told(x => (x * x).backward(create_graph: true)), StringComparison.Ordinal);
        Assert.StartsWith("~~ UserWarning: Using backward() with create_graph=True will create a reference cycle", Told(x => autograd.backward([x * x], create_graph: true)), StringComparison.Ordinal);
        Assert.Equal("", Told(x => autograd.grad(x * x, x, create_graph: true)));
    }

    [Fact]
    public void Gradients_go_to_the_inputs_that_are_named()
    {
        var (x, y) = (tensor(new double[,] { { 1, 2 }, { 3, 4 } }, requires_grad: true), tensor(new double[,] { { 5, 6 }, { 7, 8 } }, requires_grad: true));
        Tensor F() => x.pow(2) + y * x + y.pow(2);
        var seed = ones([2, 2], float64);
        var (byX, byY) = ((2 * x + y).detach(), (x + 2 * y).detach());
        void Check(Tensor[]? inputs, Tensor? wantedX, Tensor? wantedY)
        {
            (x.grad, y.grad) = (null, null);
            F().backward(seed, inputs: inputs);
            foreach (var (t, wanted) in new[] { (x, wantedX), (y, wantedY) })
                if (wanted is null) Assert.Null(t.grad);
                else Near(wanted, t.grad);
        }
        Check(null, byX, byY);
        Check([x, y], byX, byY);
        Check([x], byX, null);
        Check([y], null, byY);
        Assert.Equal("`inputs` argument to `backward()` cannot be empty.", Assert.Throws<RuntimeError>(() => F().backward(seed, inputs: [])).Message);
    }

    [Fact]
    public void Inputs_of_backward_may_lie_on_the_way_or_elsewhere()
    {
        var (x, y, elsewhere) = (Exact(1, 2), Exact(3, 4), Exact(5, 6));
        var inner = x * 1;
        var z = inner.pow(2) + y * inner + y.pow(2);
        z.backward(ones([2], float64), inputs: [x, y, inner, elsewhere * 2]);
        using var _ = no_grad();
        Near(2 * x + y, x.grad);
        Near(x + 2 * y, y.grad);
        Near(2 * x + y, inner.grad);
        Assert.Null(elsewhere.grad);
    }

    [Fact]
    public void What_has_no_history_has_no_backward()
    {
        Assert.Equal("element 0 of tensors does not require grad and does not have a grad_fn", Assert.Throws<RuntimeError>(() => ones(1).backward()).Message);
        Assert.Equal("element 0 of tensors does not require grad and does not have a grad_fn", Assert.Throws<RuntimeError>(() => (ones(1) * 2).backward()).Message);
    }

    [Fact]
    public void Gradients_add_up_in_place_unless_they_are_differentiable()
    {
        Tensor[] Passes(bool create)
        {
            var x = Leaf(1, 2);
            List<Tensor> seen = [];
            for (var pass = 0; pass < 3; pass++)
            {
                (x * x).sum().backward(create_graph: create);
                seen.Add(x.grad!);
            }
            return [.. seen];
        }
        var plain = Passes(create: false);
        Assert.All(plain, g => Assert.Same(plain[0], g));
        Assert.Equal("tensor([ 6., 12.])", plain[0].ToString());
        var sink = warnings.sink;
        warnings.sink = (_, _) => { };
        var made = Passes(create: true);
        warnings.sink = sink;
        Assert.Equal(3, made.Distinct().Count());
        Assert.Equal(["2 4", "4 8", "6 12"], made.Select(g => string.Join(' ', g.detach().to_array<float>())));
    }
}
