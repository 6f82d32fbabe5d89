using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>How far a derivative, a call and a demand look, and how much they do: what they cannot need costs nothing.</summary>
public class ReachTests
{
    private static Node V(params double[] values) => Tensor(values);

    // A value with a long history, and a node deep in it.
    private static (Node Late, Node Deep) History(int length = 100_000)
    {
        var deep = Sin(V(0.5, 0.25));
        var late = deep;
        for (var i = 0; i < length; i++) late = late * 0.5 + 0.25;
        Evaluator.Force([deep, late]);
        return (late, deep);
    }

    private static long Allocated(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public static TheoryData<string> Derivatives => ["grad", "vjp", "jvp", "hessian", "compiled", "compiled capture", "nested"];

    [Theory]
    [MemberData(nameof(Derivatives))]
    public void A_derivative_does_not_look_behind_what_it_captures(string kind)
    {
        var (late, deep) = History();
        var x = V(2, 3);
        var run = Compile(a => [a[0] * 2], [TensorType.Float64(2)]);
        Action act = kind switch
        {
            "grad" => () => Assert.All(Evaluate<double>(Grad((Node z) => Sum(z * late))(x)), g => Assert.Equal(0.5, g, 9)),
            "vjp" => () => Vjp(z => z * late, x).Pullback(late),
            "jvp" => () => Jvp(z => z * late, x, late),
            "hessian" => () => Hessian(z => Sum(z * z * late))(x),
            "compiled" => () => run([late]),
            "nested" => () => Grad((Node w) => Sum(w * Grad((Node z) => Sum(z * w * late))(x)))(late),
            _ => () => Grad((Node z) => Sum(run([z * late])[0]))(x),
        };
        var mark = deep.Mark;
        // A list of the history alone would take 800,000 bytes.
        Assert.InRange(Allocated(act), 0, 200_000);
        Assert.Equal(mark, deep.Mark);
    }

    [Fact]
    public void An_inner_derivative_does_not_look_behind_what_the_outer_one_made()
    {
        Node? deep = null;
        var (mark, bytes) = (0L, 0L);
        Grad((Node w) =>
        {
            deep = Sin(w);
            var late = deep;
            for (var i = 0; i < 100_000; i++) late = late * 0.5 + 0.25;
            mark = deep.Mark;
            bytes = Allocated(() => Grad((Node z) => Sum(z * late))(w));
            mark -= deep.Mark;
            return Sum(w);
        })(V(2, 3));
        Assert.Equal(0, mark);
        Assert.InRange(bytes, 0, 200_000);
    }

    [Fact]
    public void What_hangs_on_an_argument_is_found_wherever_it_was_built()
    {
        // On another thread, no trace is in progress.
        static Node Elsewhere(Func<Node> build)
        {
            Node? built = null;
            var thread = new Thread(() => built = build());
            thread.Start();
            thread.Join();
            return built!;
        }
        var run = Compile(a => [a[0] * a[0]], [TensorType.Float64(1)]);
        var x = V(3);
        Assert.Equal([27.0], Evaluate<double>(Grad((Node a) => Sum(Elsewhere(() => a * a) * a))(x)));
        Assert.Equal([27.0], Evaluate<double>(Grad((Node a) => Sum(run([Elsewhere(() => a * 1)])[0] * a))(x)));
        Assert.Equal([27.0], Evaluate<double>(Jvp(a => Elsewhere(() => a * a) * a, x, V(1)).Tangent));
        Assert.Equal([9.0], Evaluate<double>(Compile(a => [Elsewhere(() => a[0] * a[0])], [TensorType.Float64(1)])([x])[0]));
        // A trace of the other thread that has begun later, and is over before or after this one.
        Assert.Equal([27.0], Evaluate<double>(Grad((Node a) => Sum(run([Elsewhere(() => a * Grad((Node b) => Sum(b))(V(5)))])[0] * a))(x)));
        // d/da (2a·a) = 4a
        Assert.Equal([12.0], Evaluate<double>(Grad((Node a) => Sum(Elsewhere(() => Grad((Node b) => Sum(b * b * a))(a))))(x)));
        Node? kept = null;
        Elsewhere(() => Grad((Node b) => Sum(b * Grad((Node a) => Sum(Elsewhere(() => kept = a * b) * a))(x)))(x));
        Assert.Equal(6, Evaluate<double>(Grad((Node a) => Sum(run([kept! * 0 + a])[0]))(x))[0]);
    }

    [Fact]
    public void Results_of_inner_derivatives_hang_on_the_outer_argument()
    {
        var run = Compile(a => [a[0] * a[0]], [TensorType.Float64(1)]);
        // d/dx (2x)² = 8x, where the inner trace is over when the compiled function is called.
        Assert.Equal([24.0], Evaluate<double>(Grad((Node a) => Sum(run([Grad((Node b) => Sum(b * b))(a)])[0]))(V(3))));
        // And what an inner derivative gave can be used long after.
        var inner = Grad((Node b) => Sum(b * b))(V(3));
        Assert.Equal([36.0], Evaluate<double>(run([inner])[0]));
        Assert.Equal([12.0], Evaluate<double>(Grad((Node a) => Sum(run([a * inner])[0] / inner))(V(1))));
    }

    [Fact]
    public void Parts_of_a_concatenation_are_differentiated_all_at_once()
    {
        static long Bytes(int n, bool forward)
        {
            Node[] x = [.. Enumerable.Range(0, n).Select(i => V(i))];
            var y = Sum(Square(Concat(x)));
            return Allocated(() => _ = forward ? Tangent.Of([y], x, x) : Gradient.Of([y], [Scalar(1.0)], x));
        }
        foreach (var forward in (bool[])[false, true])
            Assert.InRange(Bytes(4000, forward), 0, 10 * Bytes(500, forward));
    }

    [Fact]
    public void A_part_of_a_concatenation_may_rest_and_another_appear_twice()
    {
        var (a, b, w) = (V(1, 2), V(3), V(1, 10, 100, 1000, 10000));
        var y = Sum(Concat([a, b, a]) * w);
        Assert.Equal([1001.0, 10010], Evaluate<double>(Gradient.Of([y], [Scalar(1.0)], [a])[0]!));
        Assert.Equal([100.0], Evaluate<double>(Gradient.Of([y], [Scalar(1.0)], [b])[0]!));
        Assert.Equal([200.0], Evaluate<double>(Tangent.Of([y], [b], [V(2)])[0]!));
        Assert.Equal([21021.0], Evaluate<double>(Tangent.Of([y], [a], [V(1, 2)])[0]!));
        var two = Reshape(V(1, 2, 3, 4), [2, 2]);
        Assert.Equal([201.0, 4010, 601, 8010], Evaluate<double>(Grad((Node x) => Sum(Concat([x, x * x], 1) * V(1, 10, 100, 1000)))(two)));
    }

    [Fact]
    public void Work_is_bounded_where_kernels_are_made()
    {
        static Node Wide(long rows, long columns) => Broadcast(Reshape(V(1), [1, 1]), [rows, columns]);
        static void Refused(Node node) => Assert.Throws<TensorMemoryException>(() => Evaluator.Force([node]));
        Refused(MatMul(Wide(1, 1L << 45), Wide(1L << 45, 1)));
        // Each of the three fits, and the work does not.
        Refused(MatMul(Wide(1L << 18, 1L << 18), Wide(1L << 18, 1L << 18)));
        Refused(ArgMax(Wide(2, 1L << 45), 1));
        Refused(CumSum(Wide(2, 1L << 45), 1));
        Refused(Sum(Wide(2, 1L << 45)));
        Refused(Concat([Wide(2, 1L << 45), Wide(2, 1)], 1));
        Assert.Equal([4096.0], Evaluate<double>(MatMul(Wide(1, 4096), Wide(4096, 1))));
    }

    [Fact]
    public void Recomputed_values_are_not_kept()
    {
        var x = Reshape(V(0.1, 0.2, 0.3, 0.4), [2, 2]);
        var (h, inside) = (MatMul(x, x), new List<Node>());
        var outside = h;
        for (var i = 0; i < 5; i++)
            h = Recompute(a =>
            {
                inside.Add(MatMul(MatMul(a[0], x), x));
                return Tanh(inside[^1]);
            }, h);
        Evaluator.Force([Sum(h)], keep: true);
        static IEnumerable<Node> Dots(Node of)
        {
            using var numbering = Numbering.Begin();
            return Traversal.Order([of], null, numbering).Where(n => n.Op is Dot);
        }
        Assert.All(Dots(outside), n => Assert.NotNull(n.Value));
        Assert.Equal(11, Dots(inside[^1]).Count());
        Assert.All(inside.Append(inside[0].Inputs[0]).SelectMany(Dots).Except(Dots(outside), ReferenceEqualityComparer.Instance).Cast<Node>(), n => Assert.Null(n.Value));
    }

    [Fact]
    public void What_only_a_rule_needs_is_not_kept()
    {
        var (x, nothing) = (V(3, 4), Sum(Node.Placeholder(TensorType.Float64(2))));
        var ruled = WithRule("r", x * x, [x], (a, v, c) => [c * 2 * a[0] + 0 * nothing]);
        Node Loss() => Sum(ruled) + Sum(x);
        Assert.Equal([32.0], Evaluate<double>(Loss()));
        var kept = Loss();
        Evaluator.Force([kept], keep: true);
        Assert.Equal([32.0], Evaluate<double>(kept));
        // What a recomputation is given and does not use is not needed either.
        var unused = Sum(Recompute(a => a[0] * 2, x, Sum(Node.Placeholder(TensorType.Float64(2))))) + 0;
        Evaluator.Force([unused], keep: true);
        Assert.Equal([14.0], Evaluate<double>(unused));
    }

    private sealed record Wrong() : Op
    {
        public override TensorType Infer(ImmutableArray<Node> inputs) => TensorType.Float64();

        internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => new(this, rows[0]!);

        public override LinearMap Differential(Node y, int operand) => LinearMap.One;
    }

    [Fact]
    public void A_cotangent_of_another_shape_is_told()
    {
        var x = V(1, 2);
        var y = new Node(new Wrong(), x);
        Assert.Equal("Wrong: the cotangent float64[] does not fit operand 0 of type float64[2]", Assert.Throws<ShapeException>(() => Gradient.Of([y], [Scalar(1.0)], [x])).Message);
    }
}
