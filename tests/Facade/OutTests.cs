using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>What functions do to the tensor that is given for their result, beyond its values.</summary>
public class OutTests
{
    [Fact]
    public void The_tensor_itself_is_returned_and_its_version_moves_on_by_one()
    {
        var (x, place) = (tensor(new[] { 1.0, 2 }), zeros([2], float64));
        Assert.Same(place, torch.exp(x, @out: place));
        Assert.Equal(1, place._version);
        Assert.Same(place, add(x, x, @out: place, alpha: 2));
        Assert.Equal([3.0, 6], place.to_array<double>());
        Assert.Equal(2, place._version);
        Assert.False(place.requires_grad);
    }

    [Fact]
    public void Part_of_a_tensor_is_written_through()
    {
        var whole = arange(4, float64);
        add(whole[..2], 10, @out: whole[2..]);
        Assert.Equal([0.0, 1, 10, 11], whole.to_array<double>());
        Assert.Equal("unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.",
            Assert.Throws<RuntimeError>(() => add(whole[..2], 1, @out: whole[1..3])).Message);
        Assert.Equal([0.0, 1, 10, 11], whole.to_array<double>());
    }

    [Fact]
    public void Another_shape_is_taken_on_with_a_warning_unless_there_were_no_elements()
    {
        List<string> said = [];
        var before = warnings.sink;
        warnings.sink = (_, text) => { if (text.StartsWith("An output", StringComparison.Ordinal)) said.Add(text); };
        var (x, some, none) = (tensor(new[] { 1.0, 2 }), zeros([3], float64), zeros([0], float64));
        neg(x, @out: none);
        Assert.Empty(said);
        neg(x, @out: some);
        Assert.StartsWith("An output with one or more elements was resized since it had shape [3], which does not match the required output shape [2]. This behavior is deprecated,", Assert.Single(said), StringComparison.Ordinal);
        warnings.sink = before;
        Assert.Equal([2L], none.shape);
        Assert.Equal([2L], some.shape);
        Assert.Equal([-1.0, -2], some.to_array<double>());
    }

    [Fact]
    public void What_requires_grad_is_refused_and_nothing_is_written_unless_nothing_is_recorded()
    {
        var (x, place) = (tensor(new[] { 1.0, 2 }, requires_grad: true), zeros([2], float64));
        Assert.Equal("neg(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.", Assert.Throws<RuntimeError>(() => neg(x, @out: place)).Message);
        Assert.Equal([0.0, 0], place.to_array<double>());
        Assert.Equal(0, place._version);
        using (no_grad()) neg(x, @out: place);
        Assert.Equal([-1.0, -2], place.to_array<double>());
        Assert.Equal("unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.",
            Assert.Throws<RuntimeError>(() => neg(x.detach(), @out: zeros([1], float64).expand(2))).Message);
    }
}
