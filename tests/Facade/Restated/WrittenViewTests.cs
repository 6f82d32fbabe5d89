using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Writes to parts: by index, through views, and where the way a view was made forbids them.</summary>
public class WrittenViewTests
{
    private static readonly Dictionary<string, (long[] Shape, Func<TensorIndex?[]> Index)> Places = new()
    {
        ["a row"] = ([5, 5], () => [1]),
        ["a row from the end"] = ([5, 5], () => [-2]),
        ["rows"] = ([5, 5], () => [1..3]),
        ["columns"] = ([5, 5], () => [Range.All, 1..3]),
        ["an element"] = ([5, 5], () => [1, 3]),
        ["every other row"] = ([5, 5], () => [slice(step: 2)]),
        ["the last dimension"] = ([2, 3, 4], () => [Ellipsis, 1]),
        ["a new dimension"] = ([5, 5], () => [null, 2]),
        ["all"] = ([5], () => [Range.All]),
        ["places"] = ([5, 5], () => [tensor((long[])[0, 3])]),
        ["places in two dimensions"] = ([5, 5], () => [tensor((long[])[0, 3, 3]), tensor((long[])[2, 2, 4])]),
        ["places in the second dimension"] = ([3, 4], () => [Range.All, tensor((long[])[3, 1])]),
        ["a mask of rows"] = ([3, 2], () => [tensor((bool[])[true, false, true])]),
        ["a mask"] = ([2, 2], () => [tensor(new[,] { { true, false }, { true, true } })]),
    };

    public static TheoryData<string> PlaceNames => [.. Places.Keys];

    [Theory, MemberData(nameof(PlaceNames))]
    public void What_is_written_to_an_index_takes_the_gradient_of_its_place(string name)
    {
        var (shape, index) = Places[name];
        var x = (arange(shape.Aggregate(1L, (a, b) => a * b)) + 1).@double().view(shape).requires_grad_();
        var y = x.clone();
        var before = y._version;
        var value = full([.. (long[])y[index()].shape], -3, float64).requires_grad_();
        y[index()] = value;
        Assert.Equal((before + 1, true), (y._version, (bool)y[index()].eq(-3).all()));
        var weights = (arange(y.numel()) + 1).@double().view(shape);
        (y * weights).sum().backward();
        var hidden = zeros(shape, torch.@bool);
        hidden[index()] = true;
        Assert.Equal(where(hidden, 0.0, weights).view(-1).to_array<double>(), x.grad!.view(-1).to_array<double>());
        Assert.Equal(weights[index()].contiguous().view(-1).to_array<double>(), value.grad!.view(-1).to_array<double>());
    }

    [Fact]
    public void A_view_of_a_leaf_is_not_written_to()
    {
        foreach (var view in (Func<Tensor, Tensor>[])[x => x.view_as(x), x => x[..], x => x[0], x => x.view(1), x => x.unsqueeze(0), x => x.expand(1)])
            Assert.Equal("a view of a leaf Variable that requires grad is being used in an in-place operation.", Assert.Throws<RuntimeError>(() => view(zeros([1], requires_grad: true)).add_(1)).Message);
    }

    [Fact]
    public void A_write_through_a_view_is_differentiated_twice()
    {
        var x = tensor(new[,] { { 1.0, -2, 0.5 }, { 2, 0.25, -3 } }, requires_grad: true);
        var y = (x + 1).view(6);
        nn.functional.relu(y, inplace: true);
        var g = autograd.grad([y.view(2, 3).pow(3)], [x], [ones([2, 3], float64)], create_graph: true)[0]!;
        Assert.Equal([12, 0, 6.75, 27, 4.6875, 0], g.view(-1).detach().to_array<double>());
        // A penalty on the gradient goes through the same write again.
        g.pow(2).sum().backward();
        Assert.Equal([288, 0, 121.5, 972, 70.3125, 0], x.grad!.view(-1).to_array<double>());
    }

    [Fact]
    public void One_of_several_views_is_not_written_to()
    {
        var x = arange(9).@float().view(3, 3).requires_grad_().clone();
        foreach (var views in (Func<Tensor, Tensor[]>[])[t => t.unbind(), t => t.split(1), t => t.chunk(3), t => t.split([1, 2])])
            Assert.EndsWith(SeveralViews, Assert.Throws<RuntimeError>(() => views(x)[0].mul_(2)).Message, StringComparison.Ordinal);
        Assert.Equal(0, x._version);
    }

    // How the view was made, and whether writing to it is refused: under no_grad never; with recording where the view is one of several, or was made under no_grad.
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Make, bool Quiet, string? Text)> Made = new()
    {
        ["a view"] = (x => x.view_as(x), false, null),
        ["a view of one of several"] = (x => x.unbind()[0].view(-1), false, "Output 0 of ViewBackward0 is a view and is being modified inplace." + SeveralViews),
        ["one of several"] = (x => x.unbind()[0], false, "Output 0 of UnbindBackward0 is a view and is being modified inplace." + SeveralViews),
        ["under no_grad"] = (x => x.view_as(x), true, "A view was created in no_grad mode and is being modified inplace with grad mode enabled." + AmbiguousMode),
        ["one of several under no_grad"] = (x => x.unbind()[0], true, "A view was created in no_grad mode and is being modified inplace with grad mode enabled." + AmbiguousMode),
    };

    public static TheoryData<string> MadeNames => [.. Made.Keys];

    [Theory, MemberData(nameof(MadeNames))]
    public void The_way_a_view_was_made_decides_whether_it_is_written_to(string name)
    {
        var (make, quiet, text) = Made[name];
        foreach (var wanted in (bool[])[true, false])
        {
            var x = ones([2, 2], requires_grad: wanted).clone();
            Tensor view;
            using (set_grad_enabled(!quiet)) view = make(x);
            using (no_grad()) view.mul_(2);
            // A plain tensor written over a plain view is nobody's history.
            if (!wanted) view.mul_(2);
            else if (text is null) view.mul_(2);
            else Assert.Equal(text, Assert.Throws<RuntimeError>(() => view.mul_(2)).Message);
            if (text is not null && wanted) continue;
            Assert.Equal(2, x._version);
            Assert.Equal(4, view.view(-1)[0].item<float>());
        }
    }

    [Fact]
    public void A_view_made_under_no_grad_is_not_read_after_a_recorded_write_to_its_base()
    {
        foreach (var make in (Func<Tensor, Tensor>[])[x => x.view_as(x), x => x.unbind()[0]])
        {
            var x = ones(2, 2);
            Tensor view;
            using (no_grad()) view = make(x);
            x.mul_(ones([2, 2], requires_grad: true));
            Assert.Equal("A view was created in no_grad mode and its base or another view of its base has been modified inplace with grad mode enabled." + AmbiguousMode, Assert.Throws<RuntimeError>(() => view.grad_fn).Message);
            Assert.EndsWith("grad_fn=<Invalid>)", view.ToString(), StringComparison.Ordinal);
        }
    }
}
