using System.Runtime.InteropServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>
/// Groups elementwise operations into regions, so that intermediate values stay in small tiles. A node's stage counts the barriers
/// (reductions, products, rearrangements) before it; elementwise nodes of one stage and one element count that touch each other
/// form a region, and by construction no cycle can arise. Movements become layouts of their operands. Regions, cut where they are very
/// large, and everything else are pieces, which run in an order that follows from who reads whom.
/// </summary>
internal sealed partial class Fuse
{
    private const int LargestRegion = 256;

    private enum Kind : byte { Given, View, Map, Reduce, Product, Call, Part }

    private readonly Graph graph;
    private readonly Sequence order;
    private readonly Kind[] kind;
    private readonly int[] at, stage, region, piece, slot, step;
    // How a view lies in what it looks at, and how what a copy copies lies; null for what is dense.
    private readonly Layout?[] view, copied;
    private readonly bool[] stored, isRoot;

    private Fuse(Graph graph)
    {
        (this.graph, order) = (graph, graph.Order);
        var n = Nodes.Length;
        (kind, at, stage, region, piece, slot, step, view, copied, stored, isRoot) = (new Kind[n], new int[n], new int[n], new int[n], new int[n], new int[n], new int[n], new Layout?[n], new Layout?[n], new bool[n], new bool[n]);
        foreach (var root in Roots) isRoot[root] = true;
    }

    private ReadOnlySpan<Node> Nodes => order.Nodes;

    private ReadOnlySpan<int> Roots => order.Roots(graph.Roots.Length);

    private Layout Lying(int i) => view[i] ?? Layout.Dense(Nodes[i].Type);

    public static Program Run(Graph graph)
    {
        var fuse = new Fuse(graph);
        fuse.Classify();
        fuse.Schedule();
        fuse.Connect();
        return fuse.Emit();
    }

    private void Classify()
    {
        for (var i = 0; i < Nodes.Length; i++)
        {
            var node = Nodes[i];
            (at[i], region[i]) = (i, i);
            kind[i] = node.Op switch
            {
                Input or Literal => Kind.Given,
                Elementwise or Checkpoint => Kind.Map,
                Reduce => Kind.Reduce,
                Dot => Kind.Product,
                Part => Kind.Part,
                Alias or Detach or Ruled => See(i, Lying(order.Inputs(i)[0])),
                Movement when Lying(order.Inputs(i)[0]).Through(node.Op, node.Type) is { } seen => See(i, seen),
                Reshape => Kind.Map,
                _ => Kind.Call,
            };
            if (kind[i] is Kind.Given or Kind.View or Kind.Part) continue;
            Bounded(node, node.Type);
            foreach (var part in node.Type.Parts) Bounded(node, part);
            foreach (var input in node.Inputs) Bounded(node, input.Type);
            if (kind[i] == Kind.Product && (Int128)node.Type.Count * node.Inputs[0].Shape[2] > Planner.MostWork) throw new TensorMemoryException(node.Type.Count * node.DType.Size, $"{node.Op} of {node.Inputs[0].Type} and {node.Inputs[1].Type}");
        }
    }

    // Also views: an operand may be a small tensor that is repeated.
    private static void Bounded(Node node, TensorType type)
    {
        if (type.Count > Planner.LargestTensor) throw new TensorMemoryException(type.Count * type.DType.Size, $"{node.Op} over {type}");
    }

    private Kind See(int i, Layout seen)
    {
        // A result must be dense, so a root that is not is copied.
        var whole = at[order.Inputs(i)[0]];
        if (isRoot[i] && !(seen.IsDense && Nodes[whole].Type.Count == Nodes[i].Type.Count))
        {
            copied[i] = seen;
            return Kind.Map;
        }
        (at[i], view[i]) = (whole, seen);
        return Kind.View;
    }

    // Whether an operand is read as it was made: all of it, index by index.
    private bool IsWhole(int operand) => view[operand] is null || (view[operand]!.IsDense && Nodes[at[operand]].Type.Count == Nodes[operand].Type.Count);

    // An operand that is, index by index, the result of an elementwise node.
    private bool IsLinear(int operand) => kind[at[operand]] == Kind.Map && IsWhole(operand);

    private bool IsRepeated(int operand) => (view[operand] is not null || Nodes[operand].Type.Count <= 1) && Lying(operand).IsRepeated;

    // How many stages an operation comes after its k-th operand: reading a barrier's result elementwise takes a new one, and so does
    // waiting for what a checkpoint waits for.
    private int After(int i, int k)
    {
        var operand = order.Inputs(i)[k];
        return kind[i] == Kind.Map && kind[at[operand]] != Kind.Given && (copied[i] is not null || !IsLinear(operand) || k >= Read(i).Length) ? 1 : 0;
    }

    // The operands that an operation reads: a checkpoint only waits for its second.
    private ReadOnlySpan<int> Read(int i) => Nodes[i].Op is Checkpoint ? order.Inputs(i)[..1] : order.Inputs(i);

    private void Schedule()
    {
        var cheap = new bool[Nodes.Length];
        for (var i = 0; i < Nodes.Length; i++)
        {
            if (kind[i] is Kind.Given or Kind.View) continue;
            cheap[i] = kind[i] == Kind.Map && Nodes[i].Op is not Checkpoint;
            var operands = order.Inputs(i);
            for (var k = 0; k < operands.Length; k++)
            {
                var x = at[operands[k]];
                cheap[i] &= kind[x] == Kind.Given || cheap[x];
                stage[i] = Math.Max(stage[i], stage[x] + After(i, k));
            }
        }
        Delay(cheap);
    }

    // What is made of leaves alone is computed where it is used first, so that it need not be stored.
    private void Delay(bool[] cheap)
    {
        var latest = new int[Nodes.Length];
        Array.Fill(latest, int.MaxValue);
        for (var i = Nodes.Length - 1; i >= 0; i--)
        {
            if (kind[i] is Kind.Given or Kind.View) continue;
            if (cheap[i] && !isRoot[i] && latest[i] != int.MaxValue) stage[i] = Math.Max(stage[i], latest[i]);
            var operands = order.Inputs(i);
            for (var k = 0; k < operands.Length; k++) latest[at[operands[k]]] = Math.Min(latest[at[operands[k]]], stage[i] - After(i, k));
        }
    }

    private void Connect()
    {
        var readers = new Dictionary<(int Stage, long Count, int Input), int>();
        for (var i = 0; i < Nodes.Length; i++)
        {
            if (kind[i] == Kind.Reduce && order.Inputs(i)[0] is var reduced && IsLinear(reduced) && stage[at[reduced]] == stage[i] && Split(Nodes[i]) is not null) Join(i, at[reduced]);
            if (kind[i] != Kind.Map || copied[i] is not null) continue;
            foreach (var x in Read(i))
            {
                if (IsLinear(x) && stage[at[x]] == stage[i]) Join(i, at[x]);
                else if (!IsRepeated(x) && !readers.TryAdd((stage[i], Nodes[i].Type.Count, at[x]), i)) Join(i, readers[(stage[i], Nodes[i].Type.Count, at[x])]);
            }
        }
    }

    private int Find(int i)
    {
        while (region[i] != i) i = region[i] = region[region[i]];
        return i;
    }

    private void Join(int a, int b) => region[Find(a)] = Find(b);

    // The reduction as [outer, middle, inner], where its axes are neighbours.
    private static (long Outer, long Middle, long Inner)? Split(Node reduce)
    {
        var (shape, axes) = (reduce.Inputs[0].Shape, ((Reduce)reduce.Op).Axes);
        if (axes.Count == 0) return (reduce.Type.Count, 1, 1);
        if (axes[^1] - axes[0] != axes.Count - 1) return null;
        return (shape[..(int)axes[0]].Product, shape.Pick(axes).Product, shape[((int)axes[^1] + 1)..].Product);
    }

    private Program Emit()
    {
        var pieces = Cut();
        for (var i = 0; i < Nodes.Length; i++)
        {
            if (kind[i] is Kind.Product or Kind.Call or Kind.Part or Kind.Reduce) stored[i] = true;
            if (piece[i] < 0) continue;
            foreach (var x in order.Inputs(i)) stored[at[x]] |= piece[at[x]] != piece[i];
        }
        foreach (var root in Roots) stored[at[root]] = true;
        Give();
        foreach (var p in Ordered(pieces)) Lower(pieces[p]);
        var results = new int[Roots.Length];
        for (var k = 0; k < results.Length; k++) results[k] = slot[at[Roots[k]]];
        return Memory.Run(new Program([.. launches], [.. slots], [.. results], [.. constants], 0));
    }

    // A very large region is cut in order; later pieces read what earlier ones store.
    private Groups Cut()
    {
        var (current, sizes) = (new int[Nodes.Length], new List<int>());
        for (var i = 0; i < Nodes.Length; i++)
        {
            piece[i] = -1;
            if (kind[i] is Kind.Given or Kind.View) continue;
            // Zero is none.
            ref var open = ref current[Find(i)];
            if (open == 0 || sizes[open - 1] == LargestRegion)
            {
                sizes.Add(0);
                open = sizes.Count;
            }
            piece[i] = open - 1;
            sizes[open - 1]++;
        }
        return new(sizes.Count, piece, null);
    }

    // A piece comes after all whose values it needs (Kahn); of those that may come next, the one of the lowest stage, then place.
    private List<int> Ordered(Groups pieces)
    {
        var (needed, readers) = (new List<int>(), new List<int>());
        var waiting = new int[pieces.Count];
        for (var i = 0; i < Nodes.Length; i++)
        {
            if (piece[i] < 0) continue;
            foreach (var x in order.Inputs(i))
            {
                if (piece[at[x]] < 0 || piece[at[x]] == piece[i]) continue;
                waiting[piece[i]]++;
                needed.Add(piece[at[x]]);
                readers.Add(piece[i]);
            }
        }
        var readersOf = new Groups(pieces.Count, CollectionsMarshal.AsSpan(needed), CollectionsMarshal.AsSpan(readers));
        var ready = new PriorityQueue<int, long>();
        void Ready(int p) => ready.Enqueue(p, (long)stage[pieces[p][0]] << 32 | (uint)pieces[p][^1]);
        for (var p = 0; p < pieces.Count; p++)
            if (waiting[p] == 0) Ready(p);
        var ordered = new List<int>(pieces.Count);
        while (ready.TryDequeue(out var p, out _))
        {
            ordered.Add(p);
            foreach (var reader in readersOf[p])
                if (--waiting[reader] == 0) Ready(reader);
        }
        return ordered.Count == pieces.Count ? ordered : throw new InvalidOperationException("the pieces of a plan need each other's values");
    }
}
