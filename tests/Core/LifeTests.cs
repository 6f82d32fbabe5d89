using System.Runtime.CompilerServices;
using Functional.Autograd;
using Functional.Autograd.Cpu;
using Functional.Autograd.Plans;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

public class LifeTests
{
    [Theory]
    [InlineData(int.MaxValue - 3L)]
    [InlineData(uint.MaxValue - 3L)]
    [InlineData(long.MaxValue / 2)]
    public void Marks_of_traversals_never_run_out(long generation)
    {
        var before = Numbering.Generation;
        var old = Sin(Tensor([0.5, 1])) * 2;
        Evaluate<double>(Exp(old));
        Numbering.Generation = Math.Max(generation, before);
        try
        {
            for (var i = 0; i < 12; i++)
            {
                var x = Tensor([0.5, 1 + i]);
                Assert.Equal(Math.Cos(1 + i), Evaluate<double>(Grad((Node v) => Sum(Sin(v)))(x))[1], 14);
                Assert.Equal(2 * Math.Sin(0.5) + i, Evaluate<double>(old + i)[0], 14);
            }
        }
        finally
        {
            // Marks that were given out stay behind.
            Numbering.Generation = Math.Max(Numbering.Generation, before);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Node State, List<WeakReference> Steps) Iterate(Node state, Func<Node, Node> settle)
    {
        var steps = new List<WeakReference>();
        for (var i = 0; i < 1000; i++)
        {
            state = settle(Sin(state) * 0.5 + state);
            steps.Add(new WeakReference(state));
        }
        return (state, steps);
    }

    [Fact]
    public void Settled_values_keep_nothing_of_what_made_them()
    {
        var (state, steps) = Iterate(Tensor([0.25, 0.5]), Settled);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.True(steps.Count(s => s.IsAlive) <= 2, $"{steps.Count(s => s.IsAlive)} of 1000 steps are still alive");
        Assert.Same(state, Settled(state));
        Assert.Empty(state.Inputs);
        double[] expected = [0.25, 0.5];
        for (var i = 0; i < 1000; i++)
            for (var k = 0; k < 2; k++) expected[k] = Math.Sin(expected[k]) * 0.5 + expected[k];
        Assert.Equal(expected[0], Evaluate<double>(state)[0], 12);
        Assert.Equal(expected[1], Evaluate<double>(state)[1], 12);
    }

    [Fact]
    public void Settled_values_are_constants_to_derivatives()
    {
        var x = Tensor([2.0, 3]);
        Assert.Equal([4.0, 9], Evaluate<double>(Grad((Node v) => Sum(Settled(x * x) * v))(x)));
        Assert.Throws<InvalidOperationException>(() => Settled(Node.Placeholder(TensorType.Float64(2)) * 2));
        Assert.Equal([2.0], Evaluate<double>(Settled(Scalar(2.0))));
        Assert.Equal([0L, 1], Evaluate<long>(Settled(Arange(2))));
    }

    private sealed class Held
    {
        public Node? Weight;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Func<Node, (Node, Node)> Run, WeakReference History) Compiled()
    {
        var before = Sin(Tensor([0.5, 1]));
        var held = new Held { Weight = before * 2 };
        var run = Compile<Node, (Node, Node)>(x => (x * held.Weight!, x));
        run(Tensor([1.0, 2]));
        held.Weight = null;
        return (run, new(before));
    }

    [Fact]
    public void A_compiled_function_of_trees_keeps_no_history()
    {
        var (run, history) = Compiled();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(history.IsAlive);
        Assert.Equal(2 * Math.Sin(0.5), Evaluate<double>(run(Tensor([1.0, 2])).Item1)[0], 14);
    }

    // Threads that pass at once may count one further.
    [Fact]
    public void What_was_passed_too_often_is_remembered_as_well()
    {
        var state = Sin(Tensor([0.5, 1]));
        state.Asked = 4;
        Evaluate<double>(state + 1);
        Assert.NotNull(state.Value);
    }

    private static Plan PlanOf(Node node)
    {
        var cone = Cone.Of([node]);
        try
        {
            return PlanCache.Get(cone, Backend.Default);
        }
        finally
        {
            cone.Return();
        }
    }

    [Fact]
    public void The_plans_used_longest_ago_are_forgotten_first()
    {
        PlanCache.Clear();
        var (count, bytes) = (PlanCache.LargestCount, PlanCache.LargestBytes);
        try
        {
            PlanCache.LargestCount = 40;
            Node Graph(int n) => Tensor(new double[n]) + 1.5;
            for (var n = 2; n < 42; n++) PlanOf(Graph(n));
            Assert.Equal(40, PlanCache.Count);
            var first = PlanOf(Graph(2));
            Assert.Equal(1, PlanCache.Hits);
            PlanOf(Graph(100));
            Assert.Equal(30, PlanCache.Count);
            Assert.Same(first, PlanOf(Graph(2)));
            Assert.Same(PlanOf(Graph(41)), PlanOf(Graph(41)));
            var misses = PlanCache.Misses;
            PlanOf(Graph(3));
            Assert.Equal(misses + 1, PlanCache.Misses);

            // By size: a plan of thousands of operations pushes small ones out, and stays.
            PlanCache.Clear();
            PlanCache.LargestCount = count;
            PlanCache.LargestBytes = 1 << 20;
            for (var n = 2; n < 42; n++) PlanOf(Graph(n));
            Assert.InRange(PlanCache.Bytes, 1, 1 << 20);
            Node Large()
            {
                Node x = Tensor(new double[5]);
                var y = x;
                for (var i = 0; i < 10_000; i++) y = Sin(y) * x;
                return y;
            }
            var large = PlanOf(Large());
            Assert.Equal(1, PlanCache.Count);
            Assert.Same(large, PlanOf(Large()));
            for (var n = 2; n < 10; n++) PlanOf(Graph(n));
            Assert.InRange(PlanCache.Bytes, 1, 1 << 20);
            Assert.Equal(8, PlanCache.Count);
            PlanCache.Clear();
            Assert.Equal(0, PlanCache.Bytes);
        }
        finally
        {
            (PlanCache.LargestCount, PlanCache.LargestBytes) = (count, bytes);
            PlanCache.Clear();
        }
    }

    // Counted in bytes, so that no clock is asked: a list of all plans, or of their operations, would take tens of thousands.
    [Fact]
    public void A_plan_that_is_not_found_is_not_looked_for_among_all()
    {
        PlanCache.Clear();
        try
        {
            var n = 2;
            long Least()
            {
                var least = long.MaxValue;
                for (var i = 0; i < 10; i++)
                {
                    Node New() => Tensor(new double[++n]);
                    Node[] graphs = [Enumerable.Range(0, 14).Aggregate(New(), (y, k) => (n >> k & 1) == 0 ? Sin(y) : Cos(y)), New() + 1.5];
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    foreach (var graph in graphs) PlanOf(graph);
                    least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
                }
                return least;
            }
            PlanOf(Tensor(new double[1]) + 1.5);
            Least();
            var few = Least();
            while (PlanCache.Count < 3000) PlanOf(Tensor(new double[++n]) + 1.5);
            var misses = PlanCache.Misses;
            Assert.InRange(Least(), 0, few + 1000);
            Assert.Equal(misses + 20, PlanCache.Misses);
        }
        finally
        {
            PlanCache.Clear();
        }
    }

    [Fact]
    public void A_plan_is_found_for_its_very_structure_and_for_nothing_else()
    {
        // All pairs of structures that differ in one respect: a leaf for a scalar argument, types, shapes, operands, operations, roots.
        var leaf = Tensor<double>([0.3], Dims.Empty);
        var x = Tensor([1.0, 2]);
        var (same, other) = (Tensor([3.0, 4]), Tensor([5.0, 6, 7]));
        Node[][] roots =
        [
            [x * Broadcast(leaf, [2])], [x * 0.3], [x * 2.0], [x * same], [x * x], [same + x], [other * other], [Sin(x) * x], [x * Sin(x)], [Cos(x) * x],
            [x * same, Sin(x)], [Sin(x), x * same], [Cast(x, DType.Float32) * 0.3], [Sum(x)], [MaxOver(x)], [Tensor([1f, 2]) * 0.3],
        ];
        for (var a = 0; a < roots.Length; a++)
        {
            var cone = Cone.Of(roots[a]);
            var entry = new PlanCache.Entry(cone.Key, cone, Planner.Run(Graph.Of(cone), Backend.Default), Backend.Default);
            cone.Return();
            for (var b = 0; b < roots.Length; b++)
            {
                var candidate = Cone.Of(roots[b]);
                Assert.True(entry.Matches(candidate, Backend.Default) == (a == b), $"structures {a} and {b}");
                candidate.Return();
            }
        }
    }

    [Fact]
    public void Tensors_that_no_memory_could_hold_are_refused_before_anything_runs()
    {
        Node Huge(DType dtype = DType.Float32) => Full(new TensorType(dtype, [1L << 40]), 2);
        var error = Assert.Throws<TensorMemoryException>(() => Evaluate<float>(Sum(Huge())));
        Assert.Equal(1L << 42, error.Bytes);
        Assert.Equal("Sum([0]) over float32[1099511627776]: cannot allocate 4398046511104 bytes", error.Message);
        Assert.Throws<TensorMemoryException>(() => Evaluate<float>(Sum(Sin(Huge()))));
        Assert.Throws<TensorMemoryException>(() => Evaluate<double>(Sum(Cast(Equal(Reshape(Arange(1 << 20), [1 << 20, 1]), Arange(1 << 20)), DType.Float64))));
        Assert.Equal(1L << 62, Assert.Throws<TensorMemoryException>(() => Evaluate<double>(Full(TensorType.Float64(1L << 59), 2))).Bytes);
        Assert.Throws<TensorMemoryException>(() => Evaluate<long>(Sum(Arange(1L << 59))));
        // A view of it is no tensor to compute.
        Assert.Equal([2f, 2, 2], Evaluate<float>(Slice(Huge(), [5], [3])));
        Assert.Equal([6f], Evaluate<float>(Sum(Slice(Huge(), [5], [3]))));
    }

    [Fact]
    public void Large_values_are_read_in_pieces()
    {
        var most = Evaluator.LargestCopy;
        try
        {
            Evaluator.LargestCopy = 1000;
            double[] data = [.. Enumerable.Range(0, 1237).Select(i => (double)i)];
            Assert.Equal(data, Evaluate<double>(Tensor(data)));
            Assert.Equal(data[..125], Evaluate<double>(Tensor(data[..125])));
            Assert.Equal(2500, Evaluate<bool>(Full(new TensorType(DType.Bool, [2500]), 1)).Count(b => b));
            Assert.Empty(Evaluate<float>(Full(TensorType.Float32(0), 1)));
        }
        finally
        {
            Evaluator.LargestCopy = most;
        }
    }

    // What is asked for again and again on the way to something new is remembered, though only the new is looked at.
    [Fact]
    public void An_iteration_does_not_compute_its_past_again()
    {
        static int Open(Node node)
        {
            var cone = Cone.Of([node]);
            try
            {
                var open = 0;
                foreach (var n in cone.Nodes) open += n.Value is null && !n.Inputs.IsEmpty ? 1 : 0;
                return open;
            }
            finally
            {
                cone.Return();
            }
        }
        double[] start = [1, 2, 3];
        Node x = Tensor(start), y = 0.5, wide = Tensor(start);
        for (var i = 0; i < 300; i++)
        {
            x -= 0.01 * Flip(x, 0) * x;
            y = Sin(y) + 0.1;
            wide = Reshape(Sum(Broadcast(Reshape(wide * 0.5, [3, 1]), [3, 2]), [1]), [3]);
            _ = (Evaluate<double>(Sum(x)), Evaluate<double>(2 * y), Evaluate<double>(SliceAxis(wide, 0, 0, 1)));
        }
        Assert.InRange(Open(x), 1, 20);
        Assert.InRange(Open(y), 1, 10);
        Assert.InRange(Open(wide), 1, 25);
        for (var i = 0; i < 300; i++) start = [.. start.Select((v, k) => v - 0.01 * start[2 - k] * v)];
        Assert.Equal(start, Evaluate<double>(x));
        Assert.Equal([1.0, 2, 3], Evaluate<double>(wide));
    }
}
