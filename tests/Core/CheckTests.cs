using System.Collections.Immutable;
using System.Diagnostics;
using Functional.Autograd;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;
using Xunit.Abstractions;
using static Functional.Autograd.Ops;

namespace Core;

public class CheckTests(ITestOutputHelper output)
{
    private static readonly TensorType Four = TensorType.Float64(4);

    private static Slot Leaf(TensorType? type = null) => new(Source.Leaf, 0, (type ?? Four).DType, (type ?? Four).Count);

    private static Slot Temporary(long place, TensorType? type = null) => new(Source.Temporary, place, (type ?? Four).DType, (type ?? Four).Count);

    private static Slot Result(TensorType? type = null) => new(Source.Result, 0, (type ?? Four).DType, (type ?? Four).Count);

    // The sum of what is read, or its negative, element by element.
    private static Launch Map(int[] inputs, int written, Layout? layout = null) => new(
        new Kernel.Map(4, [.. inputs.Select(_ => layout ?? Layout.Dense(Four))], [inputs.Length == 1 ? new MapStep(Unary.Neg, 0, -1, -1, DType.Float64, DType.Float64) : new MapStep(Binary.Add, 0, 1, -1, DType.Float64, DType.Float64)],
            [new Sink(inputs.Length, null, DType.Float64, 1, 1, 4)]), [.. inputs], [written]);

    private static Program Of(Slot[] slots, Launch[] launches, int root = 3, long arena = 256) => new([.. launches], [.. slots], [root], [], arena);

    private static void Wrong(Program program, string message) =>
        Assert.Equal(message + ": the plan is wrong", Assert.Throws<InvalidOperationException>(() => Check.Run(program)).Message);

    private static readonly Slot[] Chain = [Leaf(), Temporary(0), Temporary(64), Result()];
    private static readonly Launch[] Steps = [Map([0], 1), Map([1], 2), Map([1, 2], 3)];

    [Fact]
    public void A_right_program_passes()
    {
        var program = Of(Chain, Steps);
        Assert.Same(program, Check.Run(program));
    }

    [Fact]
    public void There_is_no_plan_of_a_wrong_program()
    {
        Assert.Equal(3, new Plan(Of(Chain, Steps), Backend.Default).Kernels.Length);
        Assert.Equal("launch 0 reads, before it is written, slot 1: the plan is wrong", Assert.Throws<InvalidOperationException>(() => new Plan(Of(Chain, [Steps[1], Steps[0], Steps[2]]), Backend.Default)).Message);
    }

    [Fact]
    public void Values_are_written_once_and_before_they_are_read()
    {
        Wrong(Of(Chain, [Steps[1], Steps[0], Steps[2]]), "launch 0 reads, before it is written, slot 1");
        Wrong(Of(Chain, [Steps[0], Steps[2], Steps[1]]), "launch 1 reads, before it is written, slot 2");
        Wrong(Of(Chain, [Map([1], 1), Steps[1], Steps[2]]), "launch 0 reads, before it is written, slot 1");
        Wrong(Of(Chain, [Steps[0], Steps[1], Steps[1], Steps[2]]), "launch 2 writes a second time slot 2");
        Wrong(Of(Chain, [Map([0], 0)], 0), "launch 0 writes a second time slot 0");
        Wrong(Of(Chain, [Map([7], 1)]), "launch 0 reads, before it is written, slot 7");
        Wrong(Of(Chain, [Map([0], 9)]), "launch 0 writes an unknown slot 9");
    }

    [Fact]
    public void Every_result_is_written_once_and_kept()
    {
        Wrong(Of(Chain, Steps[..2]), "no launch writes the result in slot 3");
        Wrong(Of(Chain, [.. Steps, Map([0], 3)]), "launch 3 writes a second time slot 3");
        Wrong(Of(Chain, Steps, root: 2), "the result in slot 2 would be lost with the temporaries");
        Check.Run(Of(Chain, Steps, root: 0));
    }

    [Fact]
    public void Live_temporaries_share_no_bytes()
    {
        Wrong(Of([Leaf(), Temporary(0), Temporary(0), Result()], Steps), "launch 1 overwrites slot 1, which is still needed, with slot 2");
        Wrong(Of([Leaf(), Temporary(0), Temporary(24), Result()], Steps), "launch 1 overwrites slot 1, which is still needed, with slot 2");
        Wrong(Of([Leaf(), Temporary(64), Temporary(40), Result()], Steps), "launch 1 overwrites slot 1, which is still needed, with slot 2");
        Check.Run(Of([Leaf(), Temporary(64), Temporary(32), Result()], Steps));
        Wrong(Of([Leaf(), Temporary(0), Temporary(232), Result()], Steps), "launch 1 writes outside the arena in slot 2");
        Wrong(Of([Leaf(), Temporary(-8), Temporary(64), Result()], Steps), "launch 0 writes outside the arena in slot 1");
        // A value that nothing reads any more makes room.
        Check.Run(Of([Leaf(), Temporary(0), Temporary(0), Result()], [Map([0], 1), Map([1, 1], 2), Map([2], 3)]));
        Wrong(Of([Leaf(), Temporary(0), Temporary(0), Result(), Temporary(128)], [Map([0], 1), Map([0], 4), Map([0], 2), Map([1, 2], 3)]), "launch 2 overwrites slot 1, which is still needed, with slot 2");
    }

    [Fact]
    public void Only_what_dies_element_by_element_is_overwritten()
    {
        Slot[] slots = [Leaf(), Temporary(0), Temporary(0), Result()];
        // Read in place: fine. Reversed, repeated, shifted or reduced: the element may still be wanted.
        Check.Run(Of(slots, [Map([0], 1), Map([1], 2), Map([2], 3)]));
        Wrong(Of(slots, [Map([0], 1), Map([1], 2, new Layout(DType.Float64, [4], [-1], 3)), Map([2], 3)]), "launch 1 overwrites slot 1, which is still needed, with slot 2");
        Wrong(Of(slots, [Map([0], 1), Map([1], 2, new Layout(DType.Float64, [4], [0], 0)), Map([2], 3)]), "launch 1 overwrites slot 1, which is still needed, with slot 2");
        // Half of twice as many elements of half the size has the same bytes.
        var wide = TensorType.Float32(8);
        Slot[] mixed = [Leaf(wide), Temporary(0, wide), Temporary(0), Result()];
        var first = new Layout(DType.Float32, [4], [1], 0);
        var widen = new Launch(new Kernel.Map(4, [first], [new MapStep(new Cast(DType.Float64), 0, -1, -1, DType.Float32, DType.Float64)], [new Sink(1, null, DType.Float64, 1, 1, 4)]), [1], [2]);
        var copy = new Launch(new Kernel.Call(new Flip([0]), [wide], wide), [0], [1]);
        Wrong(Of(mixed, [copy, widen, Map([2], 3)]), "launch 1 overwrites slot 1, which is still needed, with slot 2");
        // A reduction beside the result is complete only at the end.
        Slot[] reduced = [Leaf(), Temporary(0), Temporary(0), Result(), Temporary(128, TensorType.Scalar(DType.Float64))];
        var beside = new Launch(new Kernel.Map(4, [Layout.Dense(Four)], [], [new Sink(0, null, DType.Float64, 1, 1, 4), new Sink(0, Combine.Sum, DType.Float64, 1, 4, 1)]), [1], [2, 4]);
        Wrong(Of(reduced, [Map([0], 1), beside, Map([2], 3)]), "launch 1 overwrites slot 1, which is still needed, with slot 2");
        // A product reads its operands in any order.
        var square = TensorType.Float64(1, 2, 2);
        var product = new Launch(new Kernel.Product(DType.Float64, 1, 2, 2, 2, Layout.Dense(square), Layout.Dense(square)), [1, 1], [2]);
        Wrong(Of(slots, [Map([0], 1), product, Map([2], 3)]), "launch 1 overwrites slot 1, which is still needed, with slot 2");
    }

    [Fact]
    public void Kernels_stay_inside_their_values()
    {
        Wrong(Of(Chain, [Map([0], 1, new Layout(DType.Float64, [4], [1], 1)), Steps[1], Steps[2]]), "launch 0 reads outside slot 0");
        Wrong(Of(Chain, [Map([0], 1, new Layout(DType.Float64, [4], [-1], 2)), Steps[1], Steps[2]]), "launch 0 reads outside slot 0");
        Wrong(Of(Chain, [Map([0], 1, new Layout(DType.Float64, [3], [1], 0)), Steps[1], Steps[2]]), "launch 0 reads 3 of 4 elements of slot 0");
        Wrong(Of([Leaf(), Temporary(0, TensorType.Float64(3)), Temporary(64), Result()], Steps), "launch 0 writes 4 elements of slot 1");
        var call = new Launch(new Kernel.Call(new Flip([0]), [TensorType.Float64(5)], TensorType.Float64(5)), [0], [3]);
        Wrong(Of([Leaf(), Temporary(0), Temporary(64), Result(TensorType.Float64(5))], [call]), "launch 0 reads 5 elements of slot 0");
    }

    // Each would else be looked for among all.
    [Fact]
    public void Many_temporaries_die_in_one_launch()
    {
        const int n = 200_000;
        var whole = TensorType.Float64(4 * n);
        Slot[] slots = [Leaf(), .. Enumerable.Range(0, n).Select(_ => Temporary(0)), Result(whole)];
        var joining = new Launch(new Kernel.Call(new Concat(0), [.. Enumerable.Repeat(Four, n)], whole), [.. Enumerable.Range(1, n)], [n + 1]);
        var start = Stopwatch.GetTimestamp();
        var placed = Memory.Run(Of(slots, [.. Enumerable.Range(1, n).Select(k => Map([0], k)), joining], n + 1));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 4);
        Assert.Equal(64L * n, Check.Run(placed).ArenaBytes);
    }

    [Fact]
    public void The_check_is_a_small_share_of_planning()
    {
        Node x = Node.Placeholder(TensorType.Float64(3, 4));
        var y = x;
        for (var i = 0; i < 10_000; i++) y = Tanh(y * 0.5 + x) - Broadcast(Sum(y, [1], keep: true), [3, 4]) * 0.01 + Ops.CumSum(x * y, 1) * y;
        var graph = new Graph([x], 1, [y, Gradient.Of([y], [Full(y.Type, 1)], [x])[0]!]);
        var start = Stopwatch.GetTimestamp();
        var plan = Planner.Run(graph, Backend.Default);
        var planning = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        Check.Run(plan.Program);
        output.WriteLine($"{plan.Program.Launches.Length} launches of {plan.Program.Slots.Length} values were planned in {planning.TotalMilliseconds:F0} ms, of which the check took {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
        Assert.True(plan.Program.Launches.Length > 10_000);
    }
}
