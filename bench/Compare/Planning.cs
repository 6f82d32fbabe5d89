using System.Collections.Immutable;
using System.Diagnostics;
using Functional.Autograd;
using Functional.Autograd.Plans;
using static Compare.Timing;
using static Functional.Autograd.Ops;

namespace Compare;

/// <summary>What the host does before anything runs: tracing, differentiating and planning programs that it has not seen; and what little runs cost it.</summary>
internal static class Planning
{
    private const int Nodes = 100_000;

    private static int failed;

    /// <summary>Prints medians beside what is wanted.</summary>
    /// <returns>How many wants are not met.</returns>
    public static int Print()
    {
        failed = 0;
        Console.WriteLine($"{"planning",-72} {"median",10} {"wanted",12}");
        Shape("elementwise chain over [100]", [TensorType.Float64(100)], 4, (x, y) => Sin(y) * x[0] + Exp(-y));
        Shape("recurrence of scalars", [TensorType.Float64()], 3, (x, y) => Sin(y) * 0.9 + x[0]);
        Shape("mixed: products, sums, slices, elementwise", [TensorType.Float64(8, 8), TensorType.Float64(8, 8)], 13, Mixed);
        Jacobian();
        Scan();
        Hessian();
        Call();
        return failed;
    }

    private static Node Mixed(ImmutableArray<Node> x, Node y)
    {
        var z = Tanh(MatMul(x[1], y) + Sum(y, 1, keep: true));
        var (top, bottom) = (SliceAxis(z, 0, 0, 4), SliceAxis(z, 0, 4, 8));
        return Concat([top * bottom, Transpose(Reshape(bottom, [8, 4]))]);
    }

    // A program of many nodes, each step of which makes some; alone, and with its gradient.
    private static void Shape(string name, ImmutableArray<TensorType> types, int perStep, Func<ImmutableArray<Node>, Node, Node> step)
    {
        ImmutableArray<Node> arguments = [.. types.Select(t => Tensor<double>([.. Enumerable.Range(0, (int)t.Count).Select(k => 0.1 / (k + 1))], t.Shape))];
        ImmutableArray<Node> Program(ImmutableArray<Node> x)
        {
            var y = x[0];
            for (var k = 0; k < Nodes / perStep; k++) y = step(x, y);
            return [y];
        }
        // What a row does not need is not alive yet: the collector would have to look at it.
        var forward = Count(Program(arguments).AsSpan());
        Row($"{name}: traced, {forward} nodes", Median(20, () => Function.Of(Program, types)), 10 * forward / Nodes);
        var y = Program(arguments)[0];
        Node[] Pulled() => [y, .. Gradient.Of([y], [Full(y.Type, 1)], arguments.AsSpan()).Select(g => g!)];
        Row($"{name}: gradient built", Median(20, () => Pulled()), 100 * forward / Nodes);
        Row($"{name}: planned", Median(7, () => Planned([y])), 400 * forward / Nodes);
        var pulled = Pulled();
        var both = Count(pulled);
        Row($"{name}: planned with its gradient, {both} nodes", Median(5, () => Planned(pulled)), 400 * both / Nodes);
    }

    private static double Count(ReadOnlySpan<Node> roots)
    {
        var cone = Cone.Of(roots);
        var count = cone.Nodes.Length;
        cone.Return();
        return count;
    }

    // As if its structure had never been seen.
    private static void Planned(Node[] roots)
    {
        PlanCache.Clear();
        var cone = Cone.Of(roots);
        PlanCache.Get(cone, Backend.Default);
        cone.Return();
    }

    private static void Jacobian()
    {
        var t = Evaluated(Arange(2000) * 1e-3);
        Node Model(Node p) => Part(p, 0) * Exp(-Part(p, 1) * t) + Part(p, 2) * Sin(Part(p, 3) * t + Part(p, 4));
        Row("Jacobian of 2,000 results of 5 variables: traced and planned", Median(100, () => Transforms.Compile(x => [Transforms.Jacobian(Model)(x[0])], [TensorType.Float64(5)])), 20);
    }

    private static Node Part(Node x, int k) => Reshape(SliceAxis(x, 0, k, k + 1), []);

    private static void Scan()
    {
        const int steps = 10_000, size = 16;
        Node Loss(ImmutableArray<Node> x) => Sum(Ops.Scan((h, e) => Tanh(MatMul(h, x[0]) + e) is var next ? (next, next) : default, x[1], x[2]).Outputs);
        ImmutableArray<TensorType> types = [TensorType.Float64(size, size), TensorType.Float64(1, size), TensorType.Float64(steps, 1, size)];
        ImmutableArray<Node> Pulled(ImmutableArray<Node> x) => Transforms.Grad(Loss)(x);
        Row("Scan of 10,000 steps of a recurrent network: planned", Median(100, () => Transforms.Compile(x => [Loss(x)], types)), 50);
        Row("Scan of 10,000 steps of a recurrent network: its gradient planned", Median(100, () => Transforms.Compile(Pulled, types)), 50);
        ImmutableArray<Node> data = [.. types.Select(t => Evaluated(Full(t, 1) * 0.01))];
        var forward = Median(20, Runs(Transforms.Compile(x => [Loss(x)], types), data));
        var backward = Median(20, Runs(Transforms.Compile(Pulled, types), data));
        Row("Scan of 10,000 steps of a recurrent network: run", forward);
        Row("Scan of 10,000 steps of a recurrent network: its gradient run", backward, 4 * forward);
    }

    private static void Hessian()
    {
        var type = TensorType.Float64(1000);
        var data = Evaluated(Full(type, 1) * 0.5);
        var units = Eye(1000, DType.Float64);
        ImmutableArray<Node> Hvps(ImmutableArray<Node> x) => [Transforms.Vmap(v => Transforms.Jvp(Transforms.Grad(Rosenbrock), x[0], v).Tangent)(units)];
        var hvps = Median(10, Runs(Transforms.Compile(Hvps, [type]), [data]));
        Row("1,000 products with the Hessian of 1,000 variables, batched: run", hvps);
        Row("Hessian of 1,000 variables: run", Median(10, Runs(Transforms.Compile(x => [Transforms.Hessian(Rosenbrock)(x[0])], [type]), [data])), 3 * hvps);
    }

    internal static Node Rosenbrock(Node x)
    {
        var n = (int)x.Shape[0];
        var (a, b) = (SliceAxis(x, 0, 0, n - 1), SliceAxis(x, 0, 1, n));
        return Sum(100 * Square(b - a * a) + Square(1 - a));
    }

    private static void Call()
    {
        const int calls = 1000;
        var compiled = Transforms.Compile(Transforms.Grad(Rosenbrock), TensorType.Float64(30));
        using var prepared = Transforms.Prepare(Transforms.Grad(Rosenbrock), TensorType.Float64(30));
        var (x, result) = (new double[30], new double[30]);
        foreach (var (name, call) in ((string, Action)[])[("compiled", () => compiled(x)), ("prepared", () => prepared.Run<double>(x, result))])
        {
            void Repeated()
            {
                for (var i = 0; i < calls; i++) call();
            }
            var time = Median(200, Repeated) / calls;
            var before = GC.GetAllocatedBytesForCurrentThread();
            Repeated();
            Row($"{name} gradient of 30 variables: a call, {(GC.GetAllocatedBytesForCurrentThread() - before) / calls} bytes allocated", time, 2e-3);
        }
    }

    private static Node Evaluated(Node node)
    {
        Evaluator.Force([node]);
        return Transforms.Settled(node);
    }

    private static Action Runs(Func<ImmutableArray<Node>, ImmutableArray<Node>> compiled, ImmutableArray<Node> data) => () => compiled(data);

    private static void Row(string what, double milliseconds, double wanted = double.PositiveInfinity)
    {
        if (milliseconds > wanted) failed++;
        Console.WriteLine($"{what,-72} {Text(milliseconds),10} {(double.IsFinite(wanted) ? $"< {Text(wanted),9} {(milliseconds <= wanted ? "holds" : "NOT REACHED")}" : "")}");
    }
}
