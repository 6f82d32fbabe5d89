using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>
/// Groups elementwise operations into regions, so that intermediate values stay in small tiles. A node's stage counts the barriers
/// (reductions, products, rearrangements) before it; elementwise nodes of one stage and one element count that touch each other
/// form a region, and by construction no cycle can arise. Movements become layouts of their operands. Regions, cut where they are very
/// large, and everything else are pieces, which run in an order that follows from who reads whom.
/// </summary>
internal sealed class Fuse
{
    private const int LargestRegion = 256;

    private enum Kind { Given, View, Map, Reduce, Product, Call, Part }

    private readonly Graph graph;
    private readonly List<Node> order;
    private readonly Kind[] kind;
    private readonly int[] at, stage, region, piece;
    private readonly Layout[] layout;
    private readonly int[][] inputs;
    private readonly bool[] stored, isRoot;
    private readonly int[] roots;
    private readonly int[] slot;
    private readonly List<Slot> slots = [];
    private readonly List<long> constants = [];
    private readonly Dictionary<int, Layout> copied = [];

    private Fuse(Graph graph)
    {
        this.graph = graph;
        using var numbering = Numbering.Begin();
        order = Traversal.Order([.. graph.Placeholders, .. graph.Roots], null, numbering);
        var n = order.Count;
        (kind, at, stage, region, piece, layout, inputs, stored, slot) = (new Kind[n], new int[n], new int[n], new int[n], new int[n], new Layout[n], new int[n][], new bool[n], new int[n]);
        for (var i = 0; i < n; i++)
        {
            inputs[i] = new int[order[i].Inputs.Length];
            for (var k = 0; k < inputs[i].Length; k++) inputs[i][k] = numbering[order[i].Inputs[k]];
        }
        roots = new int[graph.Roots.Length];
        for (var k = 0; k < roots.Length; k++) roots[k] = numbering[graph.Roots[k]];
        isRoot = new bool[n];
        foreach (var root in roots) isRoot[root] = true;
    }

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
        for (var i = 0; i < order.Count; i++)
        {
            var node = order[i];
            (at[i], layout[i], region[i]) = (i, Layout.Dense(node.Type), i);
            kind[i] = node.Op switch
            {
                Input or Literal => Kind.Given,
                Elementwise or Checkpoint => Kind.Map,
                Reduce => Kind.Reduce,
                Dot => Kind.Product,
                Part => Kind.Part,
                Alias or Detach or Ruled => See(i, layout[inputs[i][0]]),
                Movement when layout[inputs[i][0]].Through(node.Op, node.Type) is { } seen => See(i, seen),
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
        if (isRoot[i] && !(seen.IsDense && order[at[inputs[i][0]]].Type.Count == order[i].Type.Count))
        {
            copied[i] = seen;
            return Kind.Map;
        }
        (at[i], layout[i]) = (at[inputs[i][0]], seen);
        return Kind.View;
    }

    // An operand that is, index by index, the result of an elementwise node.
    private bool IsLinear(int operand) =>
        kind[at[operand]] == Kind.Map && layout[operand].IsDense && order[at[operand]].Type.Count == order[operand].Type.Count;

    // How many stages an operation comes after its k-th operand: reading a barrier's result elementwise takes a new one, and so does
    // waiting for what a checkpoint waits for.
    private int After(int i, int k) =>
        kind[i] == Kind.Map && kind[at[inputs[i][k]]] != Kind.Given && (copied.ContainsKey(i) || !IsLinear(inputs[i][k]) || k >= Read(i)) ? 1 : 0;

    // How many operands an operation reads: a checkpoint only waits for its second.
    private int Read(int i) => order[i].Op is Checkpoint ? 1 : inputs[i].Length;

    private void Schedule()
    {
        var cheap = new bool[order.Count];
        for (var i = 0; i < order.Count; i++)
        {
            if (kind[i] is Kind.Given or Kind.View) continue;
            cheap[i] = kind[i] == Kind.Map && order[i].Op is not Checkpoint && Array.TrueForAll(inputs[i], x => kind[at[x]] == Kind.Given || cheap[at[x]]);
            for (var k = 0; k < inputs[i].Length; k++) stage[i] = Math.Max(stage[i], stage[at[inputs[i][k]]] + After(i, k));
        }
        Delay(cheap);
    }

    // What is made of leaves alone is computed where it is used first, so that it need not be stored.
    private void Delay(bool[] cheap)
    {
        var latest = new int[order.Count];
        Array.Fill(latest, int.MaxValue);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            if (kind[i] is Kind.Given or Kind.View) continue;
            if (cheap[i] && !isRoot[i] && latest[i] != int.MaxValue) stage[i] = Math.Max(stage[i], latest[i]);
            for (var k = 0; k < inputs[i].Length; k++) latest[at[inputs[i][k]]] = Math.Min(latest[at[inputs[i][k]]], stage[i] - After(i, k));
        }
    }

    private void Connect()
    {
        var readers = new Dictionary<(int Stage, long Count, int Input), int>();
        for (var i = 0; i < order.Count; i++)
        {
            if (kind[i] == Kind.Reduce && IsLinear(inputs[i][0]) && stage[at[inputs[i][0]]] == stage[i] && Split(order[i]) is not null) Join(i, at[inputs[i][0]]);
            if (kind[i] != Kind.Map || copied.ContainsKey(i)) continue;
            foreach (var x in inputs[i].AsSpan(0, Read(i)))
            {
                if (IsLinear(x) && stage[at[x]] == stage[i]) Join(i, at[x]);
                else if (!layout[x].IsRepeated && !readers.TryAdd((stage[i], order[i].Type.Count, at[x]), i)) Join(i, readers[(stage[i], order[i].Type.Count, at[x])]);
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
        for (var i = 0; i < order.Count; i++)
        {
            if (kind[i] is Kind.Product or Kind.Call or Kind.Part or Kind.Reduce) stored[i] = true;
            if (piece[i] < 0) continue;
            foreach (var x in inputs[i]) stored[at[x]] |= piece[at[x]] != piece[i];
        }
        foreach (var root in roots) stored[at[root]] = true;
        Give();
        var launches = Ordered(pieces).SelectMany(Lower).ToList();
        return Memory.Run(new Program([.. launches], [.. slots], [.. roots.Select(r => slot[at[r]])], [.. constants], 0));
    }

    // A very large region is cut in order; later pieces read what earlier ones store.
    private int[][] Cut()
    {
        Array.Fill(piece, -1);
        int[][] pieces = [.. Enumerable.Range(0, order.Count).Where(i => kind[i] is not (Kind.Given or Kind.View)).GroupBy(Find).SelectMany(g => g.Chunk(LargestRegion))];
        for (var p = 0; p < pieces.Length; p++)
            foreach (var i in pieces[p]) piece[i] = p;
        return pieces;
    }

    // A piece comes after all whose values it needs (Kahn); of those that may come next, the one of the lowest stage, then place.
    private List<int[]> Ordered(int[][] pieces)
    {
        var waiting = new int[pieces.Length];
        var readers = new List<int>?[pieces.Length];
        for (var i = 0; i < order.Count; i++)
        {
            if (piece[i] < 0) continue;
            foreach (var x in inputs[i])
            {
                var needed = piece[at[x]];
                if (needed < 0 || needed == piece[i]) continue;
                waiting[piece[i]]++;
                (readers[needed] ??= []).Add(piece[i]);
            }
        }
        var ready = new PriorityQueue<int, (int, int)>();
        void Ready(int p) => ready.Enqueue(p, (stage[pieces[p][0]], pieces[p][^1]));
        for (var p = 0; p < pieces.Length; p++)
            if (waiting[p] == 0) Ready(p);
        var ordered = new List<int[]>(pieces.Length);
        while (ready.TryDequeue(out var p, out _))
        {
            ordered.Add(pieces[p]);
            foreach (var reader in readers[p] ?? [])
                if (--waiting[reader] == 0) Ready(reader);
        }
        return ordered.Count == pieces.Length ? ordered : throw new InvalidOperationException("the pieces of a plan need each other's values");
    }

    private void Give()
    {
        Array.Fill(slot, -1);
        // The slots are the first roots of the traversal, so they come first.
        for (var k = 0; k < graph.Placeholders.Length; k++)
            slot[k] = k < graph.Leaves ? Slotted(Source.Leaf, k, order[k].Type) : Slotted(Source.Scalar, k - graph.Leaves, order[k].Type);
        for (var i = 0; i < order.Count; i++)
        {
            if (order[i].Op is Literal literal && kind[i] == Kind.Given)
            {
                slot[i] = Slotted(Source.Constant, constants.Count, order[i].Type);
                constants.Add(literal.Bits);
            }
            else if (order[i].Type.IsTuple)
            {
                slot[i] = slots.Count;
                foreach (var part in order[i].Type.Parts) Slotted(Source.Temporary, 0, part);
            }
            else if (order[i].Op is Part part)
            {
                slot[i] = slot[inputs[i][0]] + part.Index;
            }
            else if (stored[i] && kind[i] != Kind.Given)
            {
                slot[i] = Slotted(Source.Temporary, 0, order[i].Type);
            }
        }
    }

    private int Slotted(Source from, long index, TensorType type)
    {
        slots.Add(new(from, index, type.DType, type.Count));
        return slots.Count - 1;
    }

    private IEnumerable<Launch> Lower(int[] group)
    {
        if (kind[group[0]] is Kind.Map or Kind.Reduce) return [Region(group)];
        var i = group[0];
        return kind[i] switch { Kind.Product => [Product(i)], Kind.Part => [], _ => Call(i) };
    }

    private Launch Product(int i)
    {
        var (a, b) = (inputs[i][0], inputs[i][1]);
        var (x, y) = (order[a].Type, order[b].Type);
        return new(new Kernel.Product(x.DType, x.Shape[0], x.Shape[1], x.Shape[2], y.Shape[2], layout[a], layout[b]), [slot[at[a]], slot[at[b]]], [slot[i]]);
    }

    // Operands of a call are made dense first.
    private List<Launch> Call(int i)
    {
        var launches = new List<Launch>();
        var from = new List<int>();
        foreach (var x in inputs[i])
        {
            if (layout[x].IsDense && order[at[x]].Type.Count == order[x].Type.Count)
            {
                from.Add(slot[at[x]]);
                continue;
            }
            var copy = Slotted(Source.Temporary, 0, order[x].Type);
            launches.Add(new(new Kernel.Map(order[x].Type.Count, [layout[x].Collapsed()], [], [new Sink(0, null, order[x].DType, 1, 1, order[x].Type.Count)]), [slot[at[x]]], [copy]));
            from.Add(copy);
        }
        launches.Add(order[i].Op is Several several ? new(Control(several, order[i]), [.. from], [.. Enumerable.Range(slot[i], order[i].Type.Parts.Length)])
            : new(new Kernel.Call(order[i].Op, [.. order[i].Inputs.Select(x => x.Type)], order[i].Type), [.. from], [slot[i]]));
        return launches;
    }

    private static Kernel.Control Control(Several op, Node node)
    {
        var steps = op is Loop loop ? loop.Length : 1;
        return new(op, [.. op.Functions.Select(Planned)], [.. node.Inputs.Select(x => x.Type)], node.Type.Parts);

        Program Planned(Function f)
        {
            ImmutableArray<Node> parameters = [.. f.Parameters.Select(Node.Placeholder)];
            var program = Planner.Program(new Graph(parameters, parameters.Length, f.Apply(parameters.AsSpan())));
            return program.Slots.Aggregate((Int128)1, (sum, s) => sum + s.Count) * steps <= Planner.MostWork ? program : throw new TensorMemoryException(long.MaxValue, $"{steps} steps of {f}");
        }
    }

    private Launch Region(int[] group)
    {
        var loads = new List<(int Slot, Layout Layout)>();
        var known = new Dictionary<(int, Layout), int>();
        var steps = new List<(Node Node, int[] Operands)>();
        var place = new Dictionary<int, int>();
        var sinks = new List<(Sink Sink, int Slot)>();
        // Steps are numbered after all loads are known, so they are negative until then.
        int Load(int x, Layout seen)
        {
            var load = (slot[at[x]], seen.Collapsed());
            if (known.TryAdd(load, loads.Count)) loads.Add(load);
            return known[load];
        }
        int Operand(int x) => IsLinear(x) && place.TryGetValue(at[x], out var step) ? step : Load(x, layout[x]);
        var count = 0L;
        foreach (var i in group)
        {
            var node = order[i];
            if (kind[i] == Kind.Map)
            {
                count = node.Type.Count;
                int[] operands = copied.TryGetValue(i, out var seen) ? [Load(inputs[i][0], seen)] : [.. inputs[i].Take(Read(i)).Select(Operand)];
                steps.Add((node, operands));
                place[i] = -steps.Count;
                if (stored[i]) sinks.Add((new Sink(-steps.Count, null, node.DType, 1, 1, count), slot[i]));
                continue;
            }
            var x = inputs[i][0];
            count = order[x].Type.Count;
            var how = ((Reduce)node.Op).How;
            if (Split(node) is { } s) sinks.Add((new Sink(Operand(x), how, node.DType, s.Outer, s.Middle, s.Inner), slot[i]));
            else sinks.Add((new Sink(Load(x, ReducedLast(x, ((Reduce)node.Op).Axes)), how, node.DType, node.Type.Count, count / Math.Max(1, node.Type.Count), 1), slot[i]));
        }
        int Final(int operand) => operand >= 0 ? operand : loads.Count - operand - 1;
        var body = steps.Select(s => new Step(Body(s.Node), Final(s.Operands[0]), s.Operands.Length > 1 ? Final(s.Operands[1]) : -1, s.Operands.Length > 2 ? Final(s.Operands[2]) : -1,
            s.Node.Inputs[s.Operands.Length - 1].DType, s.Node.DType));
        return new(new Kernel.Map(count, [.. loads.Select(l => l.Layout)], [.. body], [.. sinks.Select(s => s.Sink with { Operand = Final(s.Sink.Operand) })]),
            [.. loads.Select(l => l.Slot)], [.. sinks.Select(s => s.Slot)]);
    }

    // Copies (of views, and of values computed anew) are casts to the same type.
    private static Op Body(Node node) => node.Op is Elementwise ? node.Op : new Cast(node.DType);

    private Layout ReducedLast(int x, Dims axes)
    {
        var shape = order[x].Shape;
        Dims moved = [.. Dims.Range(shape.Count).Where(k => !axes.Contains(k)), .. axes];
        return layout[x] with { Shape = shape.Pick(moved), Strides = layout[x].Strides.Pick(moved) };
    }
}
