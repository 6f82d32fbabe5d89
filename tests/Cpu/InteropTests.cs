using System.Numerics.Tensors;
using Functional.Autograd;

namespace Cpu;

/// <summary>Data that crosses the border: arrays of every rank, spans, and the framework's own tensors.</summary>
public class InteropTests
{
    [Fact]
    public void Arrays_keep_their_shape_and_order()
    {
        var cube = new[, ,] { { { 1.0, 2 }, { 3, 4 }, { 5, 6 } } };
        Assert.Equal(("float64[1, 3, 2]", 4.0), (Ops.Tensor(cube).Type.ToString(), Transforms.Evaluate<double>(Ops.Tensor(cube)[0, 1, 1])[0]));
        var four = new int[2, 1, 3, 2];
        four[1, 0, 2, 1] = 7;
        Assert.Equal(("int32[2, 1, 3, 2]", 7), (Ops.Tensor(four).Type.ToString(), Transforms.Evaluate<int>(Ops.Tensor(four))[11]));
        Assert.Equal("float32[2, 0, 3]", Ops.Tensor(new float[2, 0, 3]).Type.ToString());
        Assert.Equal("float64[0, 2]", Ops.Tensor(new double[0, 2]).Type.ToString());
        Assert.Equal([1.0, 2, 3, 4], Transforms.Evaluate<double>(Ops.Tensor(new[,] { { 1.0, 2 }, { 3, 4 } })));
    }

    [Fact]
    public void Tensors_go_in_and_come_out()
    {
        var tensor = Tensor.Create([1.0, 2, 3, 4, 5, 6], [2, 3]);
        var node = tensor.ToNode();
        // A copy: what is written to the tensor later does not reach the node.
        tensor[0, 0] = 100;
        Assert.Equal("float64[2, 3]", node.Type.ToString());
        Assert.Equal([1.0, 2, 3, 4, 5, 6], Transforms.Evaluate<double>(node));
        var back = (node * 2).ToTensor<double>();
        Assert.Equal([2, 3], back.Lengths.ToArray());
        Assert.Equal(8.0, back[1, 0]);
        back[1, 0] = 0;
        Assert.Equal([2.0, 4, 6, 8, 10, 12], Transforms.Evaluate<double>(node * 2));
        Assert.Equal([3.0], Ops.Scalar(3.0).ToTensor<double>().ToArray());
        Assert.Throws<ArgumentException>(() => node.ToTensor<float>());
    }

    [Fact]
    public void Slices_are_read_as_they_look()
    {
        var tensor = Tensor.Create([1, 2, 3, 4, 5, 6], [2, 3]);
        ReadOnlyTensorSpan<int> column = tensor.AsReadOnlyTensorSpan().Slice([0..2, 1..2]);
        var node = column.ToNode();
        Assert.Equal("int32[2, 1]", node.Type.ToString());
        Assert.Equal([2, 5], Transforms.Evaluate<int>(node));
        Assert.Equal([0], Tensor.CreateFromShape<double>([0]).ToNode().ToTensor<double>().Lengths.ToArray());
    }
}
