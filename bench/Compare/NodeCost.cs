using System.Diagnostics;
using Functional.Autograd;
using Functional.Autograd.Plans;
using static Compare.Timing;

namespace Compare;

/// <summary>What a node costs the host: building, differentiating, keying, running.</summary>
internal static class NodeCost
{
    private const int Length = 1000, Repetitions = 400;

    public static void Print()
    {
        var x = Ops.Tensor([0.5, 0.25]);
        List<double> built = [], differentiated = [], keyed = [], ran = [], scalars = [];
        for (var i = 0; i < Repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var y = Chain(x);
            built.Add(PerNode(start, Length));
            start = Stopwatch.GetTimestamp();
            var gradient = Gradient.Of([y], [Ops.Full(y.Type, 1)], [x])[0]!;
            differentiated.Add(PerNode(start, Length));
            start = Stopwatch.GetTimestamp();
            var cone = Cone.Of([y, gradient]);
            var key = cone.Key;
            var count = cone.Nodes.Length;
            keyed.Add(PerNode(start, count));
            cone.Return();
            GC.KeepAlive(key);
            start = Stopwatch.GetTimestamp();
            Evaluator.Force([y, gradient]);
            ran.Add(PerNode(start, count) - keyed[^1]);
            var s = Chain(Ops.Tensor([0.5]));
            start = Stopwatch.GetTimestamp();
            Evaluator.Force([s]);
            scalars.Add(PerNode(start, Length));
        }
        Console.WriteLine($"nanoseconds per node: built {Median(built):F0}, differentiated {Median(differentiated):F0}, keyed {Median(keyed):F0}, run (2 elements, known plan) {Median(ran):F0}, scalar graph collected and run {Median(scalars):F0}");
    }

    private static Node Chain(Node x)
    {
        var y = x;
        for (var k = 0; k < Length / 2; k++) y = Ops.Sin(y) * x;
        return y;
    }

    private static double PerNode(long start, int nodes) => Stopwatch.GetElapsedTime(start).TotalNanoseconds / nodes;
}
