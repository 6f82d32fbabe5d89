using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>What is said about graphs: costs, plans, origins, and why a derivative is no number or 0.</summary>
public class ExplainTests
{
    private static Function Traced(Func<ImmutableArray<Node>, ImmutableArray<Node>> f, params ImmutableArray<TensorType> types) => Function.Of(f, types).Closed;

    private static Node Plain(Op op, params ImmutableArray<Node> x) => new(op, x);

    [Fact]
    public void Costs_are_counted_as_the_conventions_say()
    {
        Node M(params ReadOnlySpan<long> shape) => Node.Placeholder(TensorType.Float64(shape));
        (Node Y, long Nodes, long Flops, long Bytes)[] counts =
        [
            (M(3), 0, 0, 0), (Sin(M(5, 2)), 1, 10, 80), (Plain(Binary.Less, M(7), M(7)), 1, 7, 7), (Plain(Dot.Instance, M(2, 3, 4), M(2, 4, 5)), 1, 2 * 2 * 3 * 4 * 5, 8 * 2 * 3 * 5),
            (Plain(new Reduce(Combine.Sum, [0]), M(3, 4)), 1, 12, 32), (Plain(new CumSum(0, false), M(3, 4)), 1, 12, 96), (Plain(new ArgSort(1, false), M(3, 9)), 1, 27 * 4, 8 * 27),
            (Plain(new Scatter(0, true), M(9), Node.Placeholder(TensorType.Int64(2)), M(2)), 1, 2, 72), (Plain(new Scatter(0, false), M(9), Node.Placeholder(TensorType.Int64(2)), M(2)), 1, 0, 72),
            (Plain(new Fold(new Windows(0, 2, 1, 1), 4), M(3, 2)), 1, 6, 32), (Plain(new Permute([1, 0]), M(3, 2)), 1, 0, 48), (Plain(new Cast(DType.Float32), M(3)), 1, 3, 12), (Plain(new ArgMax(0), M(6)), 1, 6, 8),
        ];
        foreach (var (y, nodes, flops, bytes) in counts) Assert.Equal((nodes, flops, bytes), Stats.Of(y) is var s ? (s.Nodes, s.Flops, s.Bytes) : default);
        // A step of two operations, ten times; the shared operand of two roots counts once.
        var loop = Stats.Of(Traced(x => [Scan((c, u) => (Sin(c) * u, c), x[0], x[1]).Carry], TensorType.Float64(), TensorType.Float64(10)));
        Assert.Equal((4, 20, 10 * 16 + 8 + 80, 1), (loop.Nodes, loop.Flops, loop.Bytes, loop.Launches));
        var choice = Stats.Of(Traced(x => [Cond(x[0] > 0, v => Sin(Cos(v)), Exp, x[1])], TensorType.Float64(), TensorType.Float64(3)));
        Assert.Equal(1 + 6, choice.Flops);
        var shared = Sin(M(4));
        Assert.Equal(3, Stats.Of(Exp(shared), Cos(shared)).Nodes);
        // No number of steps wraps around.
        Node Nest(Node v, int depth) => depth == 0 ? Sin(v) : Scan((c, _) => ([Nest(c[0], depth - 1)], []), [v], [], length: 1L << 40).Carries[0];
        var huge = Function.Between([], [Nest(M(), 3)], n => n.Op is Input).Closed;
        Assert.Equal(long.MaxValue, Stats.Of(huge).Flops);
    }

    [Fact]
    public void Memory_and_kernels_are_those_of_the_plan()
    {
        var type = TensorType.Float64(64, 64);
        var f = Traced(x => [Sum(MatMul(Sin(x[0]), x[1]) * 2)], type, type);
        ImmutableArray<Node> parameters = [.. f.Parameters.Select(Node.Placeholder)];
        var (stats, program) = (Stats.Of(f), Planner.Program(new Graph(parameters, 2, f.Apply(parameters.AsSpan()))));
        Assert.Equal(program.Launches.Length, stats.Launches);
        Assert.Equal(program.ArenaBytes + 8, stats.PlannedPeak);
        Assert.True(program.ArenaBytes >= 2 * type.Count * 8);
        // A fused chain needs no more than its result, however long it is.
        var chain = Stats.Of(Traced(x => [Enumerable.Range(0, 20).Aggregate(x[0], (v, _) => Sin(v))], type));
        Assert.Equal((1, type.Count * 8, 20 * type.Count * 8), (chain.Launches, chain.PlannedPeak, chain.Bytes));
        // What a step takes for itself counts as well.
        var step = Stats.Of(Traced(x => [Scan((c, u) => (MatMul(Sin(c), c) * u, c[0, 0]), x[0], x[1]).Carry], type, TensorType.Float64(3)));
        Assert.True(step.PlannedPeak >= 3 * type.Count * 8);
    }

    [Fact]
    public void A_plan_says_what_it_does_and_why_values_are_stored()
    {
        var type = TensorType.Float64(4, 5);
        var softmax = Explain.Plan(Traced(x => [Exp(x[0]) is var e ? e / Sum(e, [1], keep: true) : e], type));
        Assert.Equal("""
            2 kernels; temporaries take 256 bytes, results 160
            kernel 0: one region of 2 operations over 20 elements
              %0 = Exp(argument 0)
              t1 = %0, 160 bytes: read once more by kernel 1, which waits for kernel 0
              t2 = Sum of %0, 32 bytes: read by kernel 1, once the reduction is complete
            kernel 1: one region of 1 operations over 20 elements
              %0 = Div(t1, t2)
              result 0 = %0, 160 bytes: a result
            → result 0

            """.ReplaceLineEndings("\n"), softmax);
        var chain = Traced(x => [Enumerable.Range(0, 300).Aggregate(x[0], (v, _) => Sin(v))], type);
        Assert.Contains("read by kernel 1, another part of a large region", Explain.Plan(chain), StringComparison.Ordinal);
        var product = Explain.Plan(Traced(x => [MatMul(Sin(x[0]), x[1]) + 2, Transpose(x[1])], type, TensorType.Float64(5, 4)));
        Assert.Contains("kernel 1: 1 products of 4×5 and 5×4, a kernel of its own of t2, argument 1\n", product, StringComparison.Ordinal);
        Assert.Contains("read by kernel 1, which takes whole tensors", product, StringComparison.Ordinal);
        Assert.Contains("Add(t3, 2)", product, StringComparison.Ordinal);
        Assert.Contains("a dense copy of 20 elements", product, StringComparison.Ordinal);
        var loop = Explain.Plan(Traced(x => [Scan((c, u) => (Sin(c) * u, c), x[0], x[1]).Carry, x[0]], TensorType.Float64(), TensorType.Float64(10)));
        Assert.Contains("kernel 0: Scan, which runs functions of argument 0, argument 1\n", loop, StringComparison.Ordinal);
        Assert.Contains("  | kernel 0: one region of 2 operations over 1 elements\n", loop, StringComparison.Ordinal);
        Assert.EndsWith("→ result 0, argument 0\n", loop, StringComparison.Ordinal);
        Assert.Contains("CumSum(0), a kernel of its own of argument 0", Explain.Plan(CumSum(Node.Placeholder(TensorType.Float64(3)), 0)), StringComparison.Ordinal);
        // Nodes whose values are known are explained as well.
        var known = Sin(Tensor([1.0, 2.0]));
        Evaluate<double>(known);
        Assert.Contains("Sin(argument 0)", Explain.Plan(known), StringComparison.Ordinal);
    }

    [Fact]
    public void Plans_of_every_row_and_its_derivatives_are_explained()
    {
        foreach (var row in Catalogue.All)
        {
            var subject = row.Make(new Tape());
            var y = subject.Value;
            Node[] roots = [y, .. Gradient.Of([y], [Full(y.Type, 1)], subject.Inputs).OfType<Node>()];
            Assert.EndsWith("\n", Explain.Plan(roots), StringComparison.Ordinal);
            // None of these regions is so large that it would be cut.
            Assert.DoesNotContain("large region", Explain.Plan(roots), StringComparison.Ordinal);
            var stats = Stats.Of(roots);
            Assert.True(stats is { Nodes: >= 0, Flops: >= 0, Bytes: >= 0, PlannedPeak: >= 0 }, row.Name);
        }
    }

    [Fact]
    public void The_operation_that_made_no_number_is_named()
    {
        // The product 0·∞ of the derivative of a norm at 0.
        var norm = Explain.Gradient(x => Sum(Sqrt(Sum(x * x, [1]))), Tensor(new double[,] { { 3, 4 }, { 0, 0 } }));
        Assert.Equal((Binary.Div, (Dims)1), (norm.NonFinite!.Node.Op, norm.NonFinite.Position));
        Assert.Equal(double.PositiveInfinity, norm.NonFinite.Value);
        Assert.Equal((double[])[0.5, 0], norm.NonFinite.Operands.ToArray());
        Assert.Contains("Infinity comes from Div : float64[2] at [1]\n  operand 0, there 0.5: ", norm.ToString(), StringComparison.Ordinal);
        // What was not chosen is not to blame: log 0 = −∞ is harmless, the quotient 0 / 0 is not.
        var x = Tensor([1.0, 0.0, 2.0]);
        var masked = Explain.Value(new Node(Select.Instance, x > 0, Log(x), x) / x);
        Assert.Equal((Binary.Div, (Dims)1), (masked.NonFinite!.Node.Op, masked.NonFinite.Position));
        Assert.Equal((double[])[0.0, 0], masked.NonFinite.Operands.ToArray());
        Assert.True(double.IsNaN(masked.NonFinite.Value));
        Assert.False(masked.IsZero);
        // Through movements, products and sums, to the very place.
        foreach (var moved in (Func<Node, Node>[])[v => Transpose(v), v => Flip(v, 0, 1), v => Reshape(v, [4, 3]), v => Concat([v, v * 2], 1), v => Pad(v, [1, 0], [0, 2]), v => Insert(Full(TensorType.Float64(5, 6), 1), v, [1, 1], [1, 1]),
            v => Sum(v, [0]), v => MatMul(Full(TensorType.Float64(2, 3), 0), v), v => Take(v, 0, Tensor([2L, 0, 1])), v => Windows(v), v => v[1..], v => Broadcast(v, [2, 3, 4]), v => CumSum(v, 0), v => WithRule("R", v * 2, [v], (_, _, c) => [c]), v => Recompute(u => u[0] * 2, v)])
        {
            var data = new double[3, 4];
            data[2, 1] = -1;
            var found = Explain.Value(moved(Sqrt(Tensor(data)))).NonFinite!;
            Assert.Equal((Unary.Sqrt, Dims.Create([2, 1])), (found.Node.Op, found.Position));
            Assert.Equal((double[])[-1.0], found.Operands.ToArray());
        }
        Assert.Equal(Binary.Mul, Explain.Value(Tensor([1e300, 1]) * Tensor([1e300, 2]) + 1).NonFinite!.Node.Op);
        Assert.Equal("Infinity comes from Input : float64[2] at [1]: it was given", Explain.Value(Sin(Tensor([1, double.PositiveInfinity]))).ToString().Replace("NaN comes from Sin", "", StringComparison.Ordinal));
        Assert.IsType<Scan>(Explain.Value(Scan((c, u) => (c * u, c), Scalar(1e200), Tensor([1e200, 1.0])).Carry).NonFinite!.Node.Inputs[0].Op);
        Assert.Equal("float64[] is finite and not 0 everywhere", Explain.Gradient(x => x * x, Scalar(3.0)).ToString());

        static Node Windows(Node v) => new(new Windows(0, 2, 1, 1), v);
    }

    [Fact]
    public void The_place_where_a_derivative_ends_is_named()
    {
        string Ends(Func<Node, Node> f, params double[] x)
        {
            var explained = Explain.Gradient(f, Tensor(x));
            Assert.True(explained.IsZero);
            Assert.Null(explained.NonFinite);
            return string.Join("\n", explained.Cuts.Select(c => $"{c.Node.Op}/{c.Operand}: {c.Reason}"));
        }
        Assert.Equal("", Ends(_ => Scalar(1.0), 1, 2));
        Assert.Equal("float64[2] is 0 everywhere: the result does not depend on the argument", Explain.Gradient(_ => Scalar(1.0), Tensor([1.0, 2.0])).ToString());
        Assert.Equal("Detach/0: the derivative is cut off here", Ends(x => Sum(Detach(x) * 2), 1, 2));
        Assert.Equal("Floor/0: Floor is constant almost everywhere", Ends(x => Sum(Floor(x) * 3), 1.5, 2));
        Assert.Equal("Round/0: Round is constant almost everywhere", Ends(x => Sum(Round(Sin(x))), 1.5, 2));
        Assert.Equal("Sign/0: Sign is constant almost everywhere", Ends(x => Sum(Sign(x)), 1.5, 2));
        Assert.Equal("Less/1: a comparison is constant almost everywhere", Ends(x => Sum(Cast(x > 1, DType.Float64)), 1.5, 2));
        Assert.Equal("ArgMax(0)/0: places are whole numbers, which do not move", Ends(x => Sum(Cast(ArgMax(x, 0), DType.Float64)), 1.5, 2));
        Assert.Equal("Cast(int64)/0: int64 has no derivative", Ends(x => Sum(Cast(Cast(x, DType.Int64), DType.Float64)), 1.5, 2));
        Assert.Equal("Sigmoid/0: the slope in operand 0, which lies between 50 and 60, is 0 wherever it matters", Ends(x => Sum(Sigmoid(x)), 50, 60));
        Assert.Equal("Mul/0: operand 0 is multiplied by operand 1, which is 0 everywhere", Ends(x => Sum(x * Tensor([0.0, 0])), 1, 2));
        Assert.Equal("Mul/0: operand 0 is multiplied by operand 1, which is 0 wherever it matters", Ends(x => (x * Tensor([0.0, 5]))[0], 1, 2));
        Assert.Equal("Select/1: operand 1 is nowhere chosen", Ends(x => Sum(new Node(Select.Instance, Tensor([false, false]), Sin(x), Tensor([1.0, 2.0]))), 1, 2));
        Assert.Equal("Max/0: operand 0 wins nowhere", Ends(x => Sum(Max(x, Tensor([5.0, 6.0]))), 1, 2));
        Assert.Equal("Custom(\"Mute\", 1 of []: (float64[2], float64[2], float64[2]) → () in 0 steps)/1: the rule of Mute gives nothing for operand 1", Ends(x => Sum(WithRule("Mute", Sin(x), [x], (_, _, _) => [null])), 1, 2));
        Assert.Contains("add up to 0", Ends(x => Sum(x - x), 1, 2), StringComparison.Ordinal);
        Assert.Contains("no element of operand 0 is read where it matters", Ends(x => Sum(x[..0]), 1, 2), StringComparison.Ordinal);
        Assert.StartsWith("Scan(", Ends(x => Scan((c, u) => (Floor(u) + c, c), Scalar(0.0), x).Carry, 1.5, 2), StringComparison.Ordinal);
        // Two branches end at two places; one that goes on is no end.
        Assert.Equal(2, Ends(x => Sum(Floor(x) + Detach(x)), 1.5, 2).Split('\n').Length);
        Assert.Empty(Explain.Gradient(x => Sum(Floor(x) + x), Tensor([1.5])).Cuts);
        Assert.Equal("Explain needs a function with one floating-point result, not float64[2]; sum it, or use Vjp", Assert.Throws<ShapeException>(() => Explain.Gradient(x => x, Tensor([1.0, 2.0]))).Message);
        Assert.Equal("Explain: only floating-point tensors have derivatives, and argument 0 is int64[1]; cast it, let the function capture it, or name the others in Grad(f, wrt)", Assert.Throws<ShapeException>(() => Explain.Gradient(x => Sum(Cast(x, DType.Float64)), Tensor([1L]))).Message);
    }

    [Fact]
    public void A_node_knows_the_line_that_built_it_where_lines_are_recorded()
    {
        Assert.False(Node.RecordOrigins);
        var before = Sin(Tensor([1.0]));
        Node after, line;
        try
        {
            Node.RecordOrigins = true;
            after = Softmax(before * 2, 0);
            line = Grad(x => Sum(Exp(x)))(after);
        }
        finally
        {
            Node.RecordOrigins = false;
        }
        var (file, number) = (new System.Diagnostics.StackTrace(0, true).GetFrame(0)!.GetFileName(), new System.Diagnostics.StackTrace(0, true).GetFrame(0)!.GetFileLineNumber());
        Assert.EndsWith("ExplainTests.cs", file, StringComparison.Ordinal);
        Assert.Null(before.Origin);
        Assert.Equal($"ExplainTests.cs:{number - 7}", after.Origin);
        Assert.Equal($"ExplainTests.cs:{number - 6}", line.Origin);
        Assert.Null(Sin(after).Origin);
        Assert.Contains($"  // ExplainTests.cs:{number - 7}\n", Listing.Of(after), StringComparison.Ordinal);
        Assert.DoesNotContain("//", Listing.Of(before), StringComparison.Ordinal);
        Assert.DoesNotContain("//", Listing.Of(Function.Between([], [after], n => n.Op is Input).Closed), StringComparison.Ordinal);
        Assert.Contains($"(ExplainTests.cs:{number - 7})", Explain.Value(after / 0).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_a_graph_are_replaced_and_the_rest_is_kept()
    {
        var (a, b) = (Node.Placeholder(TensorType.Float64(2)), Node.Placeholder(TensorType.Float64(2)));
        var kept = Cos(b);
        var y = Sin(a) * kept;
        Assert.Equal((Node[])[a, b], Graphs.FreeInputs(y).ToArray());
        Assert.Empty(Graphs.FreeInputs(Sin(Tensor([1.0]))));
        Assert.Equal((Node[])[a], Graphs.FreeInputs(a).ToArray());
        var x = Tensor([0.5, 1.0]);
        var replaced = Graphs.Substitute(y, (a, x));
        Assert.Equal((Node[])[b], Graphs.FreeInputs(replaced).ToArray());
        Assert.Same(kept, replaced.Inputs[1]);
        Assert.Same(y, Graphs.Substitute(y));
        Assert.Same(y, Graphs.Substitute(y, (x, a)));
        Assert.Same(x, Graphs.Substitute(y, (y, x)));
        // All at once: two places change.
        var swapped = Graphs.Substitute(y, (a, b), (b, a));
        Assert.Same(b, swapped.Inputs[0].Inputs[0]);
        Assert.Same(a, swapped.Inputs[1].Inputs[0]);
        Assert.Equal([Math.Sin(0.5) * Math.Cos(3), Math.Sin(1) * Math.Cos(4)], Evaluate<double>(Graphs.Substitute(y, (a, x), (b, Tensor([3.0, 4.0])))));
        Assert.Throws<ShapeException>(() => Graphs.Substitute(y, (a, Tensor([1.0]))));
        Assert.Throws<ArgumentException>(() => Graphs.Substitute(y, (a, x), (a, b)));
        Tests.SmallStack.Run(() =>
        {
            var deep = Enumerable.Range(0, 200_000).Aggregate(a, (v, _) => new Node(Unary.Sin, v));
            Assert.Equal((Node[])[b], Graphs.FreeInputs(Graphs.Substitute(deep, (a, b))).ToArray());
        });
    }
}
