using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Plans;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

public class PlanTests
{
    private static double[] Numbers(int n, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5)];
    }

    private static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative = 1e-12)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= relative * Math.Max(1, Math.Abs(expected[i])), $"[{i}]: {actual[i]:R} for {expected[i]:R}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(51)]
    [InlineData(54)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(214)]
    [InlineData(257)]
    [InlineData(400)]
    public void The_Jacobian_of_a_linear_model_has_its_closed_form_at_every_size(int n)
    {
        var x = Cast(Arange(n), DType.Float64) * 0.1 + 0.5;
        Node Model(Node b) => Squeeze(SliceAxis(b, 0, 0, 1), 0) + Squeeze(SliceAxis(b, 0, 1, 2), 0) * x;
        double[] expected = [.. Enumerable.Range(0, n).SelectMany(i => (double[])[1, i * 0.1 + 0.5])];
        Close(expected, Evaluate<double>(Jacobian(Model)(Tensor([0.3, -0.7]))));
        Close(expected, Compile(Jacobian(Model), TensorType.Float64(2))([0.3, -0.7]));
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    public void A_loss_summed_along_many_steps_has_its_closed_form(int steps)
    {
        const double h = 0.01;
        var start = Numbers(7, 1);
        Node Loss(Node y)
        {
            Node loss = Scalar(0.0);
            for (var k = 0; k < steps; k++)
            {
                y *= 1 - h;
                loss += Sum(y * y);
            }
            return loss;
        }
        var weight = Enumerable.Range(1, steps).Sum(k => Math.Pow(1 - h, 2 * k));
        Close([start.Sum(v => v * v) * weight], Evaluate<double>(Loss(Tensor(start))), 1e-11);
        Close([start.Sum(v => v * v) * weight], Compile(Loss, TensorType.Float64(7))(start), 1e-11);
        Close([.. start.Select(v => 2 * v * weight)], Evaluate<double>(Grad(Loss)(Tensor(start))), 1e-11);
    }

    // Region cuts fall between reductions, products, copies and elementwise work of every kind.
    [Theory]
    [InlineData(1, 300)]
    [InlineData(2, 700)]
    [InlineData(3, 1500)]
    [InlineData(4, 3000)]
    [InlineData(5, 800)]
    [InlineData(6, 800)]
    public void Large_random_graphs_are_planned_as_if_computed_node_by_node(int seed, int size)
    {
        var random = new Random(seed);
        Node Leaf(int s) => Tensor<double>(Numbers(12, s), [3, 4]);
        List<Node> planned = [Leaf(1), Leaf(2)], single = [Leaf(1), Leaf(2)];
        List<(Node Planned, Node Single)> sums = [];
        for (var i = 0; i < size; i++)
        {
            // Sums that nothing reads again leave large regions whole.
            if (random.Next(3) == 0)
            {
                var last = planned.Count - 1;
                sums.Add((Sum(planned[last]), Sum(single[last])));
            }
            // Mostly recent operands, so that the graph is deep; sometimes old ones, so that it is wide.
            int Pick() => random.Next(4) == 0 ? random.Next(planned.Count) : planned.Count - 1 - random.Next(Math.Min(planned.Count, 6));
            var (how, a, b) = (random.Next(seed % 2 == 0 ? 12 : 200), Pick(), Pick());
            Node Step(List<Node> nodes) => how switch
            {
                0 => Broadcast(Sum(nodes[a], [1], keep: true) * 0.25, [3, 4]),
                1 => Broadcast(Mean(nodes[a], [0], keep: true), [3, 4]) + nodes[b],
                2 => Tanh(MatMul(MatMul(nodes[a], Transpose(nodes[b])), nodes[a])),
                3 => Ops.CumSum(nodes[a], 1) * 0.3,
                4 => Reshape(Transpose(nodes[a]), [3, 4]),
                5 => Flip(nodes[a], [1]) - nodes[b] * 0.5,
                6 => Broadcast(Reshape(MaxOver(nodes[a]), [1, 1]), [3, 4]) * 0.5,
                7 => Concat([SliceAxis(nodes[a], 0, 1, 3), SliceAxis(nodes[b], 0, 0, 1)], 0),
                8 => Sin(nodes[a]) * nodes[b],
                9 => nodes[a] * 0.5 + nodes[b] * 0.5,
                10 => Cast(Cast(nodes[a], DType.Float32), DType.Float64),
                < 20 => Tanh(nodes[a] + nodes[b]),
                _ => nodes[a] * 0.75,
            };
            planned.Add(Step(planned));
            var alone = Step(single);
            Evaluator.Force([alone]);
            single.Add(Node.Leaf(alone.Value!, alone.Type));
        }
        int[] roots = [.. Enumerable.Range(0, 20).Select(_ => random.Next(planned.Count)), planned.Count - 1];
        Evaluator.Force([.. roots.Select(r => planned[r]), .. sums.Select(s => s.Planned)]);
        foreach (var (together, alone) in sums) Close(Evaluate<double>(alone), Evaluate<double>(together), 1e-6);
        foreach (var r in roots) Close(Evaluate<double>(single[r]), Evaluate<double>(planned[r]), 1e-6);
    }

    [Fact]
    public void A_wider_result_does_not_overwrite_what_is_still_to_be_read()
    {
        // Half of a float32 tensor, widened, has the bytes of the whole.
        const int n = 4000;
        var data = Numbers(2 * n, 3);
        var whole = Ops.CumSum(Cast(Tensor(data), DType.Float32), 0);
        var half = Cast(Slice(whole, [0], [n], [1]), DType.Float64) + 0.25;
        var sum = Ops.CumSum(half, 0);
        var (running, total) = (0.0, 0.0);
        var expected = new double[n];
        for (var i = 0; i < n; i++)
        {
            running += (float)data[i];
            expected[i] = total += running + 0.25;
        }
        Close(expected, Evaluate<double>(sum), 1e-4);
    }

    // What rewriting joins: two negations, permutations, reshapes, slices, and a transposed product, of square matrices too.
    [Fact]
    public void Rewriting_keeps_values()
    {
        Node Leaf(params long[] shape) => Tensor<double>(Numbers((int)Dims.Create(shape).Product, 4), Dims.Create(shape));
        var (x, a, b) = (Leaf(2, 3, 4), Leaf(3, 3), Tensor<double>(Numbers(9, 5), [3, 3]));
        Node[] rows =
        [
            -(-x), Permute(Permute(x, [1, 2, 0]), [0, 2, 1]), Permute(Permute(x, [2, 0, 1]), [1, 2, 0]), Reshape(Reshape(x, [6, 4]), [4, 6]), Broadcast(Broadcast(Leaf(1, 3, 1), [2, 3, 1]), [2, 3, 4]) + x,
            SliceAxis(x, 2, 1, 4, 2) * 2, Transpose(MatMul(a, b)), Transpose(MatMul(a, Leaf(3, 2))), Transpose(MatMul(x, Leaf(4, 5))), Cast(Cast(x, DType.Float32), DType.Float64),
        ];
        foreach (var y in rows)
        {
            var cone = Cone.Of([y]);
            var graph = Graph.Of(cone);
            double[] Of(Graph g) => Evaluate<double>(Node.Leaf(Backend.Default.Run(Planner.Plain(g, Backend.Default), cone.Leaves, cone.Scalars)[0], y.Shape));
            Close(Of(graph), Of(Merge.Run(Simplify.Run(graph))));
            cone.Return();
        }
    }

    [Fact]
    public void A_part_that_begins_where_its_whole_does_is_not_the_whole()
    {
        var data = Numbers(700, 6);
        var whole = Sin(Tensor(data));
        var part = SliceAxis(whole, 0, 0, 300) * 2;
        Evaluator.Force([part, whole, Sum(part)]);
        Close([.. data[..300].Select(v => 2 * Math.Sin(v))], Evaluate<double>(part));
        Close([data[..300].Sum(v => 2 * Math.Sin(v))], Evaluate<double>(Sum(SliceAxis(Sin(Tensor(data)), 0, 0, 300) * 2)));
    }

    [Fact]
    public void Keys_tell_which_operand_is_which()
    {
        var (x, y) = (Tensor(Numbers(3, 7)), Tensor(Numbers(3, 8)));
        Node[] structures = [x * y + x, x * y + y, (x + y) * x, (x + y) * y, x + y];
        var keys = structures.Select(s =>
        {
            var cone = Cone.Of([s]);
            var key = cone.Key;
            cone.Return();
            return key;
        });
        Assert.Equal(structures.Length, keys.Distinct().Count());
    }
}
