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

    // Name, kept bytes, least bytes: of steps that occur, then of one that is made to need little.
    public static TheoryData<string, long, long> Steps => new()
    {
        { "recurrent net", 64, 64 },
        { "gated net", 64, 64 },
        { "long memory", 128, 128 },
        { "Euler's method", 64, 64 },
        { "momentum", 64, 64 },
        { "linear", 0, 0 },
        { "product", 64, 64 },
        { "counted", 72, 72 },
        { "bottleneck", 64, 8 },
    };

    private static (ImmutableArray<Node> Init, Func<ImmutableArray<Node>, Node, ImmutableArray<Node>> Step) Named(string name) => name switch
    {
        "recurrent net" => ([h], (c, u) => [Tanh(MatMul(w, c[0]) + u)]),
        "gated net" => ([h], (c, u) => Sigmoid(MatMul(w, c[0]) + u) is var z ? [z * c[0] + (1 - z) * Tanh(MatMul(w, z * c[0]))] : []),
        "long memory" => ([h, h], (c, u) => Sigmoid(MatMul(w, c[0]) + u) * c[1] + Sigmoid(c[0]) * Tanh(u + c[0]) is var m ? [Sigmoid(c[0] * u) * Tanh(m), m] : []),
        "Euler's method" => ([h], (c, u) => [c[0] + 0.1 * Sin(c[0]) * u]),
        "momentum" => ([h, h], (c, u) => [c[0] - 0.1 * c[1], c[1] * 0.9 + Sin(c[0]) * u]),
        "linear" => ([h], (c, u) => [c[0] * 0.5 + u]),
        "product" => ([h], (c, u) => [c[0] * u]),
        "counted" => ([h, Scalar(0, DType.Int64)], (c, u) => [Sin(c[0] * Cast(c[1], DType.Float64)), c[1] + 1]),
        "bottleneck" => ([h], (c, u) => [c[0] * 0.9 + Tanh(Sum(c[0])) * u]),
        _ => throw new ArgumentException(name),
    };

    [Theory, MemberData(nameof(Steps))]
    public void What_a_loop_keeps_is_what_it_must_where_carries_are_all_needed(string name, long kept, long least)
    {
        var (init, step) = Named(name);
        var carries = Scan((c, u) => (step(c, u[0]), []), init, [x]).Carries;
        var seeds = carries.Where(c => c.DType.IsFloat).Select(c => Node.Placeholder(c.Type)).ToArray();
        var gradients = Gradient.Of([.. carries.Where(c => c.DType.IsFloat)], seeds, [w, x, .. init.Where(c => c.DType.IsFloat)]);
        var back = Ordered([.. gradients.OfType<Node>()]).Single(n => n.Op is Scan { Reverse: true });
        Assert.Equal((kept, least), Kept(back));
    }

    private static (long Kept, long Least) Kept(Node back)
    {
        var loop = (Scan)back.Op;
        Node[] parameters = [.. loop.Body.Parameters.Select(Node.Placeholder)];
        var results = loop.Body.Apply(parameters);
        var order = Ordered(results.AsSpan());
        var place = order.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i);
        // A carry that was kept is read from the loop that keeps; cotangents and sums are the back loop's own carries.
        bool IsKept(int k) => k >= loop.Constants + loop.Carries && back.Inputs[k] is { Op: Part, Inputs: [{ Op: Scan { Keeps: true } }] };
        Node[] carries = [.. parameters.Where((_, k) => IsKept(k))], cotangents = parameters[loop.Constants..(loop.Constants + loop.Carries)];
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
        return (carries.Sum(c => Bytes(c.Type)), least);

        void Search(HashSet<int> chosen, long bytes)
        {
            if (bytes >= least) return;
            // Some value that is needed still hangs on a carry: one on the way there must be kept, itself or one that it is made of.
            var open = Array.FindIndex(needed, i => Hangs(i, chosen));
            if (open < 0) least = bytes;
            else
                foreach (var value in Ways(needed[open], chosen)) Search([.. chosen, value], bytes + Bytes(order[value].Type));
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
