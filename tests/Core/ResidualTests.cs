using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Core;

/// <summary>
/// What reverse mode keeps of a loop, per step, against the least that would do. The least: the fewest bytes of a step's values, carries among them, from which all that the step's
/// cotangents are multiplied by can be computed again, with what every step reads and the step's elements at hand, but without the step before.
/// </summary>
public class ResidualTests
{
    private static readonly Node w = Leaf(8, 8), x = Leaf(5, 8), h = Leaf(8);

    private static Node Leaf(params long[] shape) => Tensor<double>(new double[Dims.Create(shape).Product], Dims.Create(shape));

    // Name, bytes a step: of steps that occur, then of some that are made to need little.
    public static TheoryData<string, long> Steps => new()
    {
        { "recurrent net", 64 },
        { "gated net", 64 },
        { "long memory", 128 },
        { "Euler's method", 64 },
        { "momentum", 64 },
        { "linear", 0 },
        { "product", 64 },
        { "counted", 72 },
        { "bottleneck", 8 },
        { "two bottlenecks", 16 },
        { "thinned", 32 },
        { "chosen", 8 },
        { "given out", 8 },
    };

    private static (ImmutableArray<Node> Init, Func<ImmutableArray<Node>, Node, (ImmutableArray<Node> Carries, ImmutableArray<Node> Outputs)> Step) Named(string name) => name switch
    {
        "recurrent net" => ([h], (c, u) => ([Tanh(MatMul(w, c[0]) + u)], [])),
        "gated net" => ([h], (c, u) => Sigmoid(MatMul(w, c[0]) + u) is var z ? ([z * c[0] + (1 - z) * Tanh(MatMul(w, z * c[0]))], []) : default),
        "long memory" => ([h, h], (c, u) => Sigmoid(MatMul(w, c[0]) + u) * c[1] + Sigmoid(c[0]) * Tanh(u + c[0]) is var m ? ([Sigmoid(c[0] * u) * Tanh(m), m], []) : default),
        "Euler's method" => ([h], (c, u) => ([c[0] + 0.1 * Sin(c[0]) * u], [])),
        "momentum" => ([h, h], (c, u) => ([c[0] - 0.1 * c[1], c[1] * 0.9 + Sin(c[0]) * u], [])),
        "linear" => ([h], (c, u) => ([c[0] * 0.5 + u], [])),
        "product" => ([h], (c, u) => ([c[0] * u], [])),
        "counted" => ([h, Scalar(0, DType.Int64)], (c, u) => ([Sin(c[0] * Cast(c[1], DType.Float64)), c[1] + 1], [])),
        "bottleneck" => ([h], (c, u) => ([c[0] * 0.9 + Tanh(Sum(c[0])) * u], [])),
        "two bottlenecks" => ([h], (c, u) => ([c[0] * 0.9 + Tanh(Sum(c[0])) * u + Sin(Sum(SliceAxis(c[0], 0, 0, 4)))], [])),
        "thinned" => ([h], (c, u) => ([c[0] * 0.5 + u * Concat([Sin(SliceAxis(c[0], 0, 0, 4)), Cos(SliceAxis(u, 0, 0, 4))], 0)], [])),
        "chosen" => ([h], (c, u) => ([Where(c[0] > 0, c[0], 0.1 * c[0]) + u], [])),
        "given out" => ([h], (c, u) => ([c[0] * 0.9 + Sin(Sum(c[0])) * u], [Tanh(c[0])])),
        _ => throw new ArgumentException(name),
    };

    [Theory, MemberData(nameof(Steps))]
    public void What_a_loop_keeps_is_the_least_that_would_do(string name, long least)
    {
        var (init, step) = Named(name);
        var (carries, outputs) = Scan((c, u) => step(c, u[0]), init, [x]);
        Node[] roots = [.. carries.Where(c => c.DType.IsFloat), .. outputs];
        var gradients = Gradient.Of(roots, [.. roots.Select(c => Node.Placeholder(c.Type))], [w, x, .. init.Where(c => c.DType.IsFloat)]);
        var back = Ordered([.. gradients.OfType<Node>()]).Single(n => n.Op is Scan { Reverse: true });
        var loop = (Scan)carries[0].Inputs[0].Op;
        Assert.Equal((least, least), (Kept(back, loop.Body.Results.Length), Least(loop)));
    }

    // A step's part of what the loop backwards reads of the loop forwards, less the outputs that it has anyway.
    private static long Kept(Node back, int outputs) => back.Inputs.Where(v => v is { Op: Part part, Inputs: [{ Op: Scan { Reverse: false } }] } && part.Index >= outputs).Sum(v => Bytes(v.Type) / v.Shape[0]);

    private static long Least(Scan loop)
    {
        Node[] parameters = [.. loop.Body.Parameters.Select(Node.Placeholder)], results = [.. loop.Body.Apply(parameters)], roots = [.. results.Where(r => r.DType.IsFloat)];
        Node[] cotangents = [.. roots.Select(r => Node.Placeholder(r.Type))], carries = parameters[loop.Constants..(loop.Constants + loop.Carries)], outputs = results[loop.Carries..];
        var order = Ordered([.. Gradient.Of(roots, cotangents, [.. parameters.Where(p => p.DType.IsFloat)], constants: [], masked: true).OfType<Node>()]);
        var place = order.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i);
        bool[] Following(Node[] from)
        {
            var follows = new bool[order.Count];
            for (var i = 0; i < follows.Length; i++) follows[i] = from.Contains(order[i]) || order[i].Inputs.Any(v => follows[place[v]]);
            return follows;
        }
        var (forward, linear) = (Following(carries), Following(cotangents));
        int[] candidates = [.. Enumerable.Range(0, order.Count).Where(i => forward[i] && !linear[i])];
        int[] needed = [.. candidates.Where(i => order.Any(n => linear[place[n]] && n.Inputs.Contains(order[i])))];
        var least = carries.Sum(c => Bytes(c.Type));
        Search([], 0);
        return least;

        void Search(HashSet<int> chosen, long bytes)
        {
            if (bytes >= least) return;
            // Some value that is needed still hangs on a carry: one on the way there must be kept, itself or one that it is made of.
            var open = Array.FindIndex(needed, i => Hangs(i, chosen));
            if (open < 0) least = bytes;
            else
                foreach (var value in Ways(needed[open], chosen)) Search([.. chosen, value], bytes + (outputs.Contains(order[value]) ? 0 : Bytes(order[value].Type)));
        }

        bool Hangs(int i, HashSet<int> chosen) => forward[i] && !chosen.Contains(i) && (carries.Contains(order[i]) || order[i].Inputs.Any(v => Hangs(place[v], chosen)));

        // One path from a value down to a carry: a cut has a value of every path.
        IEnumerable<int> Ways(int i, HashSet<int> chosen)
        {
            yield return i;
            if (carries.Contains(order[i])) yield break;
            foreach (var value in Ways(place[order[i].Inputs.First(v => Hangs(place[v], chosen))], chosen)) yield return value;
        }
    }

    private static List<Node> Ordered(ReadOnlySpan<Node> roots)
    {
        using var numbering = Numbering.Begin();
        return Traversal.Order(roots, null, numbering);
    }

    private static long Bytes(TensorType type) => type.Count * type.DType.Size;
}
