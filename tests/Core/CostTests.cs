using Functional.Autograd;
using Functional.Autograd.Plans;
using static Functional.Autograd.Ops;

namespace Core;

/// <summary>What the passes and the arena are for: a plan that gives the right numbers by more work, or in more memory, fails here.</summary>
public class CostTests
{
    private const int N = 1000, Bytes = N * sizeof(double);

    private static readonly Node X = Node.Placeholder(TensorType.Float64(N)), A = Node.Placeholder(TensorType.Float64(20, 30)), B = Node.Placeholder(TensorType.Float64(30, 40)),
        C = Node.Placeholder(TensorType.Float64(5, 20, 30)), D = Node.Placeholder(TensorType.Float64(5, 30, 40));

    private static Node Swapped(Node x) => Permute(x, [0, 2, 1]);

    // A running sum is a launch of its own that may not write over its operand; elementwise work between two of them
    // is one launch and writes over its operand. The first elementwise work of two chains is one launch with two results.
    private static Node Steps(Node x, int count)
    {
        for (var i = 0; i < count; i++) x = CumSum(Exp(x), 0);
        return x;
    }

    private static Node BothWays(Node x) => Transpose(x) + Sum(x);

    public static TheoryData<string, int, long> Plans => new()
    {
        { "elementwise work is one launch", 1, 0 },
        { "equal expressions are computed once", 3, 2 * Bytes },
        { "unequal parameters are not merged", 4, 3 * Bytes },
        { "what is negated twice", 1, 0 },
        { "what is moved there and back", 1, 0 },
        { "a product transposed", 1, 0 },
        { "a batch of products transposed", 1, 0 },
        { "a product transposed and read as it is", 3, 20 * 40 * sizeof(double) + 64 },
        { "one step", 2, Bytes },
        { "two steps", 4, 2 * Bytes },
        { "ten steps", 20, 2 * Bytes },
        { "two chains of steps", 20, 3 * Bytes },
        { "a place that grows", 7, 3 * Bytes },
        { "single elements", 2, 64 },
    };

    private static Node[] Roots(string plan) => plan switch
    {
        "elementwise work is one launch" => [Tanh(X * 2 + 1) / (1 + X * X)],
        "equal expressions are computed once" => [CumSum(Exp(X), 0) * CumSum(Exp(X), 0)],
        "unequal parameters are not merged" => [CumSum(Exp(X), 0) * new Node(new Functional.Autograd.Primitives.CumSum(0, true), Exp(X))],
        "what is negated twice" => [Exp(-(-X))],
        "what is moved there and back" => [Exp(Transpose(Transpose(A))) + Reshape(Reshape(A, [600]), [20, 30])],
        "a product transposed" => [Transpose(MatMul(A, B))],
        "a batch of products transposed" => [Swapped(MatMul(C, D))],
        "a product transposed and read as it is" => [BothWays(MatMul(A, B))],
        "one step" => [Steps(X, 1)],
        "two steps" => [Steps(X, 2)],
        "ten steps" => [Steps(X, 10)],
        "two chains of steps" => [Steps(X, 5) + Steps(-X, 5)],
        "a place that grows" => [Steps(Concat([Steps(X, 2), Steps(X, 2)]), 1)],
        "single elements" => [Steps(SliceAxis(X, 0, 0, 1), 1)],
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, null),
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void A_plan_costs_what_it_must(string plan, int launches, long bytes)
    {
        var program = Planner.Run(new Graph([X, A, B, C, D], 5, [.. Roots(plan)]), Backend.Default).Program;
        Assert.Equal((launches, bytes), (program.Launches.Length, program.ArenaBytes));
    }

    // Kernels are looked up by their hashes: were many equal, planning would take the square of their number.
    [Fact]
    public void Kernels_that_read_different_elements_have_different_hashes()
    {
        var program = Planner.Run(new Graph([X], 1, [Stack([.. Enumerable.Range(0, 500).Select(i => SliceAxis(X, 0, i, i + 1))])]), Backend.Default).Program;
        Assert.InRange(program.Launches.Select(l => l.Kernel.GetHashCode()).Distinct().Count(), 500, 502);
    }
}
