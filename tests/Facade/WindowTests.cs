using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Writing through windows and strided views of memory: values, gradients, versions and aliases are PyTorch 2.6's.</summary>
public class WindowTests
{
    private static Tensor X() => arange(6, dtype: float64).requires_grad_();

    private static double[] Gradient(Tensor y, Tensor x)
    {
        (y * arange(1, 7, dtype: float64)).sum().backward();
        return x.grad!.to_array<double>();
    }

    public static TheoryData<string, double[], double[]> Writes => new()
    {
        { "windows side by side", [0, 2, 4, 6, 8, 10], [2, 4, 6, 8, 10, 12] },
        { "every second place", [0, 10, 2, 30, 4, 5], [1, 20, 3, 40, 5, 6] },
        { "a row of rows that overlap", [7, 7, 2, 3, 4, 5], [0, 0, 3, 4, 5, 6] },
        { "one window of those that overlap", [0, 3, 6, 9, 4, 5], [1, 6, 9, 12, 5, 6] },
        { "a piece", [0, 2, 4, 3, 4, 5], [2, 4, 6, 4, 5, 6] },
    };

    [Theory, MemberData(nameof(Writes))]
    public void Writing_through_places_reaches_the_base(string what, double[] values, double[] gradient)
    {
        var x = X();
        var y = x.clone();
        _ = what switch
        {
            "windows side by side" => y.unfold(0, 3, 3).mul_(2),
            "every second place" => y.as_strided(2, 2, 1).mul_(10),
            "a row of rows that overlap" => y.as_strided((2, 2), (1, 1))[0].fill_(7),
            "one window of those that overlap" => y.unfold(0, 3, 1)[1].mul_(3),
            _ => y.tensor_split(2)[0].mul_(2),
        };
        Assert.Equal(values, y.to_array<double>());
        Assert.Equal((1, "CopySlices"), (y._version, y.grad_fn!.name()));
        Assert.Equal(gradient, Gradient(y, x));
    }

    [Fact]
    public void What_a_view_does_not_show_has_no_gradient_through_it()
    {
        var x = X();
        var seen = x.clone()[2..4].as_strided(3, 1, 1);
        Assert.Equal([1, 2, 3], seen.to_array<double>());
        (seen * tensor(new[] { 1.0, 10, 100 })).sum().backward();
        Assert.Equal([0, 0, 10, 100, 0, 0], x.grad!.to_array<double>());
    }

    [Fact]
    public void A_shape_changed_in_place_leaves_aliases_as_they_are()
    {
        var x = X();
        var y = x.clone().view(2, 3);
        var (beside, row) = (y.detach(), y[0]);
        y.transpose_(0, 1);
        Assert.Equal(("torch.Size([3, 2])", "torch.Size([2, 3])"), (y.shape.ToString(), beside.shape.ToString()));
        Assert.Equal((1, 1), (y._version, beside._version));
        y[0].mul_(5);
        Assert.Equal([0, 1, 2, 15, 4, 5], beside.to_array<double>());
        Assert.Equal([0, 1, 2], row.to_array<double>());
        y.sum().backward();
        Assert.Equal([5, 1, 1, 5, 1, 1], x.grad!.to_array<double>());
    }

    [Fact]
    public void Pieces_are_views_that_may_not_be_written_to_and_unsafe_ones_may()
    {
        var y = X().clone();
        Assert.StartsWith("Output 0 of SplitBackward0 is a view and is being modified inplace.", Assert.Throws<RuntimeError>(() => y.view(2, 3).t().split(2)[0].mul_(2)).Message);
        Assert.Equal([0, 2, 4], unsafe_split(y, 3)[0].mul_(2).to_array<double>());
    }

    /// <summary>C# writes it as x[i] = x[i] * y, and PyTorch keeps a copy of what stood there.</summary>
    [Fact]
    public void A_place_may_be_multiplied_by_what_wants_a_gradient()
    {
        var x = tensor(new[,] { { 1.0, 2 }, { 3, 4 } }, requires_grad: true);
        var w = tensor(5.0, requires_grad: true);
        var y = x.clone();
        y[0, 0] *= w;
        y[1] /= w;
        y.pow(2).sum().backward();
        Assert.Equal([50, 4, 0.24, 0.32], x.grad!.to_array<double>().Select(g => Math.Round(g, 12)));
        Assert.Equal(9.6f, (float)w.grad!, 1e-6);
    }

    [Fact]
    public void Views_of_complex_tensors_lie_as_those_of_real_ones()
    {
        var x = complex(ones(2, 3), ones(2, 3));
        Assert.Equal([1, 3], x.t().stride());
        Assert.Equal([1, 3], x.mH.stride());
        Assert.Equal([3], x[.., 1].stride());
        Assert.Equal(3, x[1].storage_offset());
        Assert.False(x.t().is_contiguous());
        Assert.StartsWith("view size is not compatible", Assert.Throws<RuntimeError>(() => x.t().view(-1)).Message);
    }

    [Fact]
    public void Square_roots_as_powers_have_the_derivatives_of_powers()
    {
        var x = tensor(new[] { -0.0, double.NegativeInfinity, 4, 0 }, requires_grad: true);
        double[] Slope(double p) => autograd.grad(x.pow(p).sum(), x)[0]!.to_array<double>();
        Assert.Equal([double.NegativeInfinity, -0.0, -0.0625, double.NegativeInfinity], Slope(-0.5));
        Assert.Equal([double.NegativeInfinity, double.NaN, 0.25, double.PositiveInfinity], Slope(0.5));
        double[] Curve(double p) => autograd.grad(autograd.grad(x.pow(p).sum(), x, create_graph: true)[0]!.sum(), x)[0]!.to_array<double>();
        Assert.Equal([double.NegativeInfinity, -0.0, -0.03125, double.NegativeInfinity], Curve(0.5));
        Assert.Equal([double.PositiveInfinity, 0.0, 0.0234375, double.PositiveInfinity], Curve(-0.5));
    }

    [Fact]
    public void All_and_any_over_no_dimension_are_truths()
    {
        Assert.Equal("tensor([ True, False])", tensor(new[] { 2f, 0 }).all(dim: Array.Empty<long>()).ToString());
        Assert.Equal("tensor([ True, False])", tensor(new[] { 2f, 0 }).any(dim: Array.Empty<long>()).ToString());
    }
}
