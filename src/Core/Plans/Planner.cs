using System.Collections.Immutable;
using System.Diagnostics;

namespace Functional.Autograd.Plans;

/// <summary>From a graph to a plan: a list of passes, each a pure function, then kernels and their memory.</summary>
internal static class Planner
{
    /// <summary>
    /// The most elements of a tensor that is computed, even if fusion would never hold it: 2³⁶. Beyond it a run would take minutes
    /// and is almost certainly a mistake, so it is refused before it begins. Views may be larger.
    /// </summary>
    public const long LargestTensor = 1L << 36;

    /// <summary>The most multiplications of a product: hours.</summary>
    public const long MostWork = 1L << 48;

    private static readonly ImmutableArray<Func<Graph, Graph>> Passes = [Simplify.Run, Merge.Run, Loops.Run];

    /// <summary>Makes a plan.</summary>
    /// <param name="graph">What to compute.</param>
    /// <param name="backend">Who will run it.</param>
    /// <exception cref="TensorMemoryException">A tensor to compute has more than <see cref="LargestTensor"/> elements.</exception>
    public static Plan Run(Graph graph, IBackend backend) => new(Program(graph), backend);

    /// <summary>Makes a program: a plan before a backend has seen it.</summary>
    /// <param name="graph">What to compute.</param>
    /// <exception cref="TensorMemoryException">A tensor to compute has more than <see cref="LargestTensor"/> elements.</exception>
    public static Program Program(Graph graph)
    {
        foreach (var pass in Passes)
        {
            var next = pass(graph);
            Verify(graph, next);
            graph = next;
        }
        return Fuse.Run(graph);
    }

    /// <summary>Makes a plan without rewriting the graph.</summary>
    /// <param name="graph">What to compute.</param>
    /// <param name="backend">Who will run it.</param>
    /// <exception cref="TensorMemoryException">A tensor to compute has more than <see cref="LargestTensor"/> elements.</exception>
    public static Plan Plain(Graph graph, IBackend backend) => new(Fuse.Run(graph), backend);

    [Conditional("DEBUG")]
    private static void Verify(Graph before, Graph after)
    {
        for (var i = 0; i < before.Roots.Length; i++)
            if (!before.Roots[i].Type.Equals(after.Roots[i].Type)) throw new InvalidOperationException($"a pass changed the type of root {i} from {before.Roots[i].Type} to {after.Roots[i].Type}");
    }
}
