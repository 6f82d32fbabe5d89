using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>
/// What a graph costs, counted on the graph itself and on its plan; nothing is run. A loop counts its step as often as it runs it, a choice the costlier of its two functions, and a
/// repetition one test and one step, as nobody knows how many there will be. The derivative that a rule or a recomputation holds is not part of the value and costs nothing. Sums are exact
/// up to 2⁵³; what is beyond 2⁶³ − 1 is shown as that.
/// </summary>
/// <param name="Nodes">The operations: lines of the listing other than inputs, those of held functions once each.</param>
/// <param name="Flops">
/// Arithmetic: 1 for each element that an elementwise operation makes, comparisons, choices and casts included; 1 for each element that a reduction, a running sum, a search for the largest, a fold or an
/// adding scatter takes; n·⌈log₂ n⌉ for each row of n elements that is sorted; 2·m·k·n for each product of matrices; n³/3 for each Cholesky factor, twice that for each LU, n²·k for each triangular solve; with k = min(m, n) about 4·m·n·k for each QR, 9·n³ for each symmetric eigenproblem, 14·m·n·k for each SVD; 1 for each random word. Movements cost nothing.
/// </param>
/// <param name="Bytes">The size of all results together, as if each were written: what fusion saves is the difference to what is planned.</param>
/// <param name="PlannedPeak">The most memory a run of its plan takes beside its arguments, in bytes: the arena of temporaries, the results, and what the costliest function that an operation holds takes for itself.</param>
/// <param name="Launches">The kernels of its plan; an operation that holds functions is one.</param>
public sealed record Stats(long Nodes, long Flops, long Bytes, long PlannedPeak, int Launches)
{
    /// <summary>Counts what some nodes need together, whether or not their values are known; leaves are given.</summary>
    /// <param name="roots">The nodes.</param>
    /// <exception cref="TensorMemoryException">No plan can be made: a tensor to compute is too large.</exception>
    public static Stats Of(params ReadOnlySpan<Node> roots) => Of(Function.Between([], roots, n => n.Op is Input).Closed);

    /// <summary>Counts what a function needs.</summary>
    /// <param name="function">The function.</param>
    /// <exception cref="TensorMemoryException">No plan can be made: a tensor to compute is too large.</exception>
    public static Stats Of(Function function)
    {
        var costs = new Dictionary<Function, (double Flops, double Bytes)>();
        var nodes = 0L;
        foreach (var f in Function.WithHeld([function]))
        {
            var (flops, bytes) = (0.0, 0.0);
            using var numbering = Numbering.Begin();
            foreach (var node in Traversal.Order(Graph.Of(f).Roots.AsSpan(), null, numbering))
            {
                if (node.Op is Input) continue;
                nodes++;
                var held = Held(node.Op, [.. node.Op.Functions.Select(g => costs[g])]);
                flops += Work(node) + held.Flops;
                bytes += (node.Op is Part ? 0 : node.Type.IsTuple ? node.Type.Parts.Sum(Size) : Size(node.Type)) + held.Bytes;
            }
            costs[f] = (flops, bytes);
        }
        var program = Planned(function);
        return new(nodes, (long)costs[function].Flops, (long)costs[function].Bytes, Peak(program), program.Launches.Length);
    }

    private static double Size(TensorType type) => (double)type.Count * type.DType.Size;

    private static (double Flops, double Bytes) Held(Op op, (double Flops, double Bytes)[] functions) => op switch
    {
        Loop loop => (functions[0].Flops * loop.Length, functions[0].Bytes * loop.Length),
        Choice => (functions.Max(f => f.Flops), functions.Max(f => f.Bytes)),
        Repeat => (functions.Sum(f => f.Flops), functions.Sum(f => f.Bytes)),
        _ => default,
    };

    private static double Work(Node y) => y.Op switch
    {
        Elementwise or RandomBits => y.Type.Count,
        Reduce or CumSum or ArgMax or Fold => y.Inputs[0].Type.Count,
        Scatter { Add: true } => y.Inputs[2].Type.Count,
        ArgSort sort => y.Type.Count * Math.Ceiling(Math.Log2(Math.Max(1, y.Shape[sort.Axis]))),
        Dot => 2.0 * y.Type.Count * y.Inputs[0].Shape[2],
        TriangularSolve => (double)y.Type.Count * y.Shape[1],
        Cholesky => (double)y.Type.Count * y.Shape[1] / 3,
        Qr or Eigh or Svd => (y.Op is Qr ? 4.0 : y.Op is Eigh ? 9 : 14) * y.Inputs[0].Type.Count * Math.Min(y.Inputs[0].Shape[1], y.Inputs[0].Shape[2]),
        Lu => 2.0 * y.Inputs[0].Type.Count * y.Inputs[0].Shape[1] / 3,
        _ => 0,
    };

    internal static Program Planned(Function function) => Planner.Program(Graph.Of(function));

    internal static long Results(Program program) => program.Slots.Where(s => s.From == Source.Result).Sum(s => s.Bytes);

    private static long Peak(Program program) => program.ArenaBytes + Results(program)
        + program.Launches.Select(l => l.Kernel is Kernel.Control control ? control.Programs.Select(Peak).DefaultIfEmpty().Max() : 0).DefaultIfEmpty().Max();
}
