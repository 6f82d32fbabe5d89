using Functional.Autograd;
using static Functional.Autograd.torch;
using F = Functional.Autograd.torch.nn.functional;

namespace Facade;

/// <summary>What tensors gradients are: new ones, views, or what came in; how often they were written into; their names and strides, as PyTorch 2.6 has them.</summary>
public class HandedTests
{
    private static Tensor M() => tensor(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }, requires_grad: true);

    private static readonly Dictionary<string, (Func<Tensor, Tensor> F, int Version)> Versions = new()
    {
        ["exp"] = (x => x.exp().sum(), 0),
        ["sum: one number in all places is copied"] = (x => x.sum(), 1),
        ["sum of a view"] = (x => x.view(6).sum(), 1),
        ["sum of a transpose"] = (x => x.t().sum(), 1),
        ["mean"] = (x => x.mean(), 0),
        ["max"] = (x => x.max(), 1),
        ["sort"] = (x => x.sort().values.exp().sum(), 2),
        ["x + x"] = (x => (x + x).exp().sum(), 0),
        ["x · 1 is a product"] = (x => x.mul(1).exp().sum(), 0),
        ["remainder hands its gradient on"] = (x => x.remainder(2).sum(), 1),
        ["scatter_add hands its gradient on"] = (x => x.scatter_add(0, zeros([1, 3], int64), ones([1, 3], float64)).sum(), 1),
        ["sign of a transpose"] = (x => x.t().sign().sum(), 1),
        ["sums are added to"] = (x => x.exp().sum() + x.sin().sum() + x.cos().sum(), 2),
        ["binary cross entropy, mean"] = (x => F.binary_cross_entropy_with_logits(x, x.detach()), 3),
        ["binary cross entropy, sum"] = (x => F.binary_cross_entropy_with_logits(x, x.detach(), reduction: "sum"), 2),
        ["a row"] = (x => x[0].exp().sum(), 0),
        ["linear"] = (x => F.linear(ones([2, 3], float64), x).sum(), 0),
    };

    // PyTorch's returns the tensor that was passed in.
    [Fact]
    public void What_is_added_to_hands_its_gradient_on()
    {
        var (x, g) = (M(), M());
        Assert.True(autograd.grad([x.scatter_add(0, zeros([1, 3], int64), ones([1, 3], float64))], [x], [g])[0]!.requires_grad);
        Assert.False(autograd.grad([x.gather(0, zeros([2, 3], int64))], [x], [g])[0]!.requires_grad);
    }

    public static TheoryData<string> Names => [.. Versions.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Version(string name)
    {
        var x = M();
        Versions[name].F(x).backward();
        Assert.Equal(Versions[name].Version, x.grad!._version);
    }

    [Theory]
    [InlineData("mish", "MulBackward0")]
    [InlineData("elu", "EluBackwardBackward0")]
    [InlineData("softplus", "SoftplusBackwardBackward0")]
    [InlineData("mse", "MseLossBackwardBackward0")]
    [InlineData("topk", "ScatterBackward0")]
    [InlineData("row", "SelectBackwardBackward0")]
    [InlineData("cat", "SliceBackward0")]
    [InlineData("masked_fill", "MaskedFillBackward0")]
    [InlineData("broadcast", "SumBackward1")]
    [InlineData("broadcast over leading dimensions", "ViewBackward0")]
    [InlineData("broadcast of a number", "SumBackward0")]
    [InlineData("mean", "DivBackward1")]
    public void Name_of_a_gradient_that_is_differentiated(string name, string derivative)
    {
        var x = name switch { "broadcast" => ones([2, 1], float64, requires_grad: true), "broadcast of a number" => ones([], float64, requires_grad: true), "broadcast over leading dimensions" => ones([3], float64, requires_grad: true), _ => M() };
        var y = name switch
        {
            "mish" => F.mish(x),
            "elu" => F.elu(x),
            "softplus" => F.softplus(x),
            "mse" => F.mse_loss(x, zeros_like(x)),
            "topk" => x.topk(1).values,
            "row" => x[0],
            "cat" => cat([x]),
            "masked_fill" => x.masked_fill(x.gt(3), 0),
            "mean" => x.mean(),
            _ => x * M().detach(),
        };
        Assert.Equal(derivative, autograd.grad(y, x, ones_like(y, requires_grad: true), create_graph: true)[0]!.grad_fn!.name());
    }

    [Fact]
    public void Strides_of_gradients()
    {
        var x = M();
        var y = x * 2;
        Assert.Equal([0, 0], autograd.grad(y.sum(), y, retain_graph: true)[0]!.stride());
        Assert.Equal([0, 1], autograd.grad(y.sum(0), y, ones([3], float64), retain_graph: true)[0]!.stride());
        Assert.Equal([1, 2], autograd.grad(y.t(), y, ones([3, 2], float64), retain_graph: true)[0]!.stride());
        Assert.Equal([1, 2], autograd.grad(y.t().exp(), x, ones([3, 2], float64), retain_graph: true)[0]!.stride());
        var spread = autograd.grad(y.sum(), y)[0]!;
        Assert.StartsWith("unsupported operation: more than one element", Assert.Throws<RuntimeError>(() => spread.mul_(2)).Message);
        Assert.Equal([5, 5, 5, 5, 5, 5], spread.fill_(5).to_array<double>());
    }

    [Fact]
    public void A_gradient_that_is_handed_on_is_one_tensor()
    {
        var x = M();
        var (y, seed) = (x + 1, ones([2, 3], float64));
        var both = autograd.grad(y, [x, x, y], seed);
        Assert.Same(both[0], both[1]);
        Assert.Same(seed, both[0]);
        Assert.Same(seed, both[2]);
        Assert.Equal("can't assign Variable as its own grad", Assert.Throws<RuntimeError>(() => both[0]!.grad = both[1]).Message);
        var view = autograd.grad(x.view(2, 3), x, M())[0]!;
        Assert.True(view._is_view());
        Assert.True(view.requires_grad);
    }

    [Fact]
    public void Products_of_batches_and_vectors()
    {
        var x = tensor(new double[,,] { { { 1, 2 }, { 3, 4 } } }, requires_grad: true);
        var v = tensor(new double[] { 5, 6 }, requires_grad: true);
        Assert.Equal([17, 39], x.matmul(v).to_array<double>());
        Assert.Equal([23, 34], v.matmul(x).to_array<double>());
        x.matmul(v).sum().backward();
        Assert.Equal([4, 6], v.grad!.to_array<double>());
        Assert.Equal("size mismatch, got input (2), mat (2x2), vec (3)", Assert.Throws<RuntimeError>(() => x.matmul(ones([3], float64))).Message);
        var row = v.matmul(x[0]);
        Assert.Equal(("SqueezeBackward4", 1), (row.grad_fn!.name(), row._version));
        v.detach().add_(1);
        Assert.Contains("[torch.DoubleTensor [1, 2]], which is output 0 of AsStridedBackward0, is at version 1", Assert.Throws<RuntimeError>(() => row.sum().backward()).Message);
    }

    [Fact]
    public void Without_elements()
    {
        Assert.Equal(int64, ones(0, 1).matmul(tensor(new long[] { 4 })).dtype);
        Assert.Equal(float32, ones([3, 2, 0], float64).bmm(ones([3, 0, 2], float32)).dtype);
        Assert.Equal([2, 0], (long[])einsum("ij,jk->ki", ones(0, 3), ones(3, 2)).shape);
        var none = zeros([0], float32, requires_grad: true);
        var joined = cat([none, tensor(new short[,] { { 1, 2 } }, int16)], -1);
        Assert.Equal((float32, true), (joined.dtype, joined.requires_grad));
        joined.sum().backward();
        Assert.Equal(0, none.grad!.numel());
        Assert.Equal(1, ones(0, 1).expand(0, 3).add_(1)._version);
        Assert.Equal(int64, tensor(4, int32).cumsum(0).dtype);
        Assert.Throws<IndexError>(() => tensor(4).squeeze(-2));
    }

    [Fact]
    public void A_parameter_that_is_listed_twice_begins_twice()
    {
        var sink = warnings.sink;
        warnings.sink = (_, _) => { };
        var p = tensor(new double[] { 1 }, requires_grad: true);
        var optimiser = new optim.SGD([p, p], 0.1, momentum: 0.9);
        p.sum().backward();
        optimiser.step();
        Assert.Equal(0.8, p.item<double>(), 12);
        warnings.sink = sink;
    }

    [Fact]
    public void What_a_write_saves()
    {
        var x = tensor(new double[] { 2 }, requires_grad: true);
        var y = x.ceil();
        y.addcmul_(y, tensor(7L), 0.5).backward();
        Assert.Equal([0], x.grad!.to_array<double>());
    }

    [Fact]
    public void Errors_in_the_order_of_PyTorch()
    {
        static string Told(Action f) => Assert.ThrowsAny<PythonError>(f).Message;
        var x = M();
        Assert.StartsWith("a leaf Variable", Told(() => x.sub_(true)));
        var y = x * 1;
        Assert.StartsWith("Subtraction", Told(() => y.sub_(ones(5).gt(0))));
        var z = y * y.exp();
        y.detach_();
        Assert.StartsWith("Trying to use a saved tensor that has been detached in-place", Told(() => z.sum().backward()));
        Assert.Equal("t_() expects a tensor with <= 2 dimensions, but self is 3D", Told(() => ones(1, 2, 3).t_()));
        Assert.Equal("shape mismatch: indexing tensors could not be broadcast together with shapes [3], [2]", Told(() => { _ = ones(4, 4)[tensor(new long[] { 0, 1, 2 }), tensor(new long[] { 0, 1 })]; }));
        Assert.Equal("index 3 is out of bounds for dimension 0 with size 3", Told(() => { _ = ones(3)[null, tensor(new long[] { 3 })]; }));
        Assert.Equal("mat1 and mat2 must have the same dtype, but got Double and Float", Told(() => ones(2).addmm(ones([2, 2], float64), ones(2, 2))));
        var w = ones(3);
        Assert.StartsWith("unsupported operation: some elements", Told(() => w[w.gt(0)] = w));
        var (a, index) = (ones([3], float64, requires_grad: true), tensor(new long[] { 0, 1, 2 }));
        var picked = a.index_select(0, index);
        a.requires_grad_(false);
        a.add_(picked);
        Assert.Equal("leaf variable has been moved into the graph interior", Told(() => a.sum().backward()));
    }

    [Fact]
    public void A_gradient_fits_what_its_operation_was_recorded_with()
    {
        var x = M();
        var y = x / 2;
        y.data = ones([2, 1], float64);
        Assert.Equal("Function SumBackward0 returned an invalid gradient at index 0 - got [2, 1] but expected shape compatible with [2, 3]", Assert.Throws<RuntimeError>(() => y.sum().backward()).Message);
        var p = M();
        var joined = cat([p]);
        p.data = ones([1], float64);
        Assert.Equal("output with shape [1] doesn't match the broadcast shape [2, 3]", Assert.Throws<RuntimeError>(() => joined.exp().backward(joined.t().reshape(2, 3))).Message);
    }

    [Fact]
    public void Outside_of_its_domain_acosh_has_the_number_of_PyTorch()
    {
        var x = tensor(new double[] { -2, 0.5 }, requires_grad: true);
        x.acosh().sum().backward();
        Assert.Equal(1 / Math.Sqrt(3), x.grad![0].item<double>(), 12);
        Assert.True(double.IsNaN(x.grad[1].item<double>()));
    }
}
