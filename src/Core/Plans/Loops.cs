using System.Runtime.InteropServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>
/// Loops over the same operands whose carries go alike are one, which gives what is read of any of their outputs and nothing else: so a loop whose value is wanted
/// and what its derivative keeps of it run once. After <see cref="Merge"/>, so that equal operands are the same nodes.
/// </summary>
internal static class Loops
{
    public static Graph Run(Graph graph)
    {
        var order = graph.Order;
        var alike = new Dictionary<Merge.Shape, Joined>();
        var (joined, count) = (new Joined[order.Nodes.Length], 0);
        for (var i = 0; i < joined.Length; i++)
        {
            if (order.Nodes[i].Op is Loop loop)
            {
                joined[i] = CollectionsMarshal.GetValueRefOrAddDefault(alike, new(loop.With(loop.Body.Giving([.. Enumerable.Range(0, loop.Carries)]), loop.Constants), order.Nodes[i].Inputs), out _) ??= new(order.Nodes[i]);
                count++;
            }
            else if (order.Nodes[i] is { Op: Part part, Inputs: [{ Op: Loop read }] })
                (joined[i] = joined[order.Inputs(i)[0]]).Read(read.Body, part.Index);
        }
        if (count == 0) return graph;
        var next = graph.Rewritten((i, inputs) => (order.Nodes[i], joined[i]) switch
        {
            (var node, null) => Graph.Kept(node, inputs),
            ({ Op: Part part, Inputs: [{ Op: Loop read }] }, var loop) => loop.Part(read.Body, part.Index),
            (_, var loop) => loop.Over(inputs),
        });
        // Where loops became one, others may read the same now.
        return alike.Count < count ? Run(Merge.Run(next)) : next;
    }

    private sealed class Joined(Node first)
    {
        private readonly Loop loop = (Loop)first.Op;
        private readonly Dictionary<Function, SortedSet<int>> read = [];
        private readonly Dictionary<(Function Body, int Part), int> places = [];
        private Node[]? parts;

        public void Read(Function body, int part)
        {
            var outputs = CollectionsMarshal.GetValueRefOrAddDefault(read, body, out _) ??= [];
            if (part >= loop.Carries) outputs.Add(part);
        }

        public Node Over(ReadOnlySpan<Node> inputs)
        {
            parts ??= loop.With(Body(), loop.Constants).Over(inputs);
            return parts is [var part, ..] ? part.Inputs[0] : Graph.Kept(first, inputs);
        }

        public Node Part(Function body, int part) => parts![part < loop.Carries ? part : loop.Carries + places[(body, part)]];

        // The body that gives most comes first: the others mostly give nothing else.
        private Function Body()
        {
            var (pieces, known) = (new List<Function>(), new Dictionary<Function, int>());
            foreach (var (body, outputs) in read.OrderByDescending(r => r.Key.Results.Length))
            {
                List<int> giving = [.. pieces.Count == 0 ? Enumerable.Range(0, loop.Carries) : []];
                foreach (var (k, output) in outputs.Select(k => (k, body.Giving([k]))))
                {
                    if (known.TryAdd(output, known.Count)) giving.Add(k);
                    places[(body, k)] = known[output];
                }
                if (pieces.Count == 0 || giving.Count > 0) pieces.Add(body.Giving([.. giving]));
            }
            return pieces is [var one] ? one : Function.Of(loop.Name, x => [.. pieces.SelectMany(p => p.Apply(x.AsSpan()))], loop.Body.Parameters).Closed;
        }
    }
}
