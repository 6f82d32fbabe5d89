using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

// Slots and launches of the pieces.
internal sealed partial class Fuse
{
    private readonly List<Slot> slots = [];
    private readonly List<long> constants = [];
    private readonly List<Launch> launches = [];
    private readonly HashSet<Kernel> kernels = [];
    // Of the region that is being lowered: what it loads and where from, its steps, its sinks and where they go. Loads are named by
    // number; steps by −2 − number, as in "step" for each node, until all loads are known.
    private readonly List<Layout> loads = [];
    private readonly List<MapStep> steps = [];
    private readonly List<Sink> sinks = [];
    private readonly List<int> from = [], to = [];

    private void Give()
    {
        Array.Fill(slot, -1);
        // The slots are the first roots of the traversal, so they come first.
        for (var k = 0; k < graph.Placeholders.Length; k++)
            slot[k] = k < graph.Leaves ? Slotted(Source.Leaf, k, Nodes[k].Type) : Slotted(Source.Scalar, k - graph.Leaves, Nodes[k].Type);
        for (var i = 0; i < Nodes.Length; i++)
        {
            if (Nodes[i].Op is Literal literal && kind[i] == Kind.Given)
            {
                slot[i] = Slotted(Source.Constant, constants.Count, Nodes[i].Type);
                constants.Add(literal.Bits);
            }
            else if (Nodes[i].Type.IsTuple)
            {
                slot[i] = slots.Count;
                foreach (var part in Nodes[i].Type.Parts) Slotted(Source.Temporary, 0, part);
            }
            else if (Nodes[i].Op is Part part)
            {
                slot[i] = slot[order.Inputs(i)[0]] + part.Index;
            }
            else if (stored[i] && kind[i] != Kind.Given)
            {
                slot[i] = Slotted(Source.Temporary, 0, Nodes[i].Type);
            }
        }
    }

    private int Slotted(Source source, long index, TensorType type)
    {
        slots.Add(new(source, index, type.DType, type.Count));
        return slots.Count - 1;
    }

    // Of equal kernels the first serves all.
    private void Launched(Kernel kernel, ImmutableArray<int> inputs, ImmutableArray<int> outputs)
    {
        if (!kernels.Add(kernel) && kernels.TryGetValue(kernel, out var known)) kernel = known;
        launches.Add(new(kernel, inputs, outputs));
    }

    private void Lower(ReadOnlySpan<int> group)
    {
        switch (kind[group[0]])
        {
            case Kind.Map or Kind.Reduce: Region(group); break;
            case Kind.Product: Product(group[0]); break;
            case Kind.Call: Call(group[0]); break;
        }
    }

    private void Product(int i)
    {
        var (a, b) = (order.Inputs(i)[0], order.Inputs(i)[1]);
        var (x, y) = (Nodes[a].Type, Nodes[b].Type);
        Launched(new Kernel.Product(x.DType, x.Shape[0], x.Shape[1], x.Shape[2], y.Shape[2], Lying(a), Lying(b)), [slot[at[a]], slot[at[b]]], [slot[i]]);
    }

    // Operands of a call are made dense first.
    private void Call(int i)
    {
        var given = ImmutableArray.CreateBuilder<int>();
        foreach (var x in order.Inputs(i))
        {
            if (IsWhole(x))
            {
                given.Add(slot[at[x]]);
                continue;
            }
            var type = Nodes[x].Type;
            given.Add(Slotted(Source.Temporary, 0, type));
            Launched(new Kernel.Map(type.Count, [Lying(x).Collapsed()], [], [new Sink(0, null, type.DType, 1, 1, type.Count)]), [slot[at[x]]], [given[^1]]);
        }
        var node = Nodes[i];
        if (node.Op is Several several) Launched(Control(several, node), given.ToImmutable(), [.. Enumerable.Range(slot[i], node.Type.Parts.Length)]);
        else Launched(new Kernel.Call(node.Op, [.. node.Inputs.Select(x => x.Type)], node.Type), given.ToImmutable(), [slot[i]]);
    }

    private static Kernel.Control Control(Several op, Node node)
    {
        var count = op is Loop loop ? loop.Length : 1;
        return new(op, [.. op.Functions.Select(Planned)], [.. node.Inputs.Select(x => x.Type)], node.Type.Parts);

        Program Planned(Function f)
        {
            ImmutableArray<Node> parameters = [.. f.Parameters.Select(Node.Placeholder)];
            var program = Planner.Program(new Graph(parameters, parameters.Length, f.Apply(parameters.AsSpan())));
            return program.Slots.Aggregate((Int128)1, (sum, s) => sum + s.Count) * count <= Planner.MostWork ? program : throw new TensorMemoryException(long.MaxValue, $"{count} steps of {f}");
        }
    }

    private void Region(ReadOnlySpan<int> group)
    {
        loads.Clear();
        steps.Clear();
        sinks.Clear();
        from.Clear();
        to.Clear();
        var count = 0L;
        foreach (var i in group)
        {
            if (kind[i] == Kind.Map) count = Map(i);
            else count = Reduction(i);
        }
        foreach (ref var s in CollectionsMarshal.AsSpan(steps)) s = s with { A = Final(s.A), B = Final(s.B), C = Final(s.C) };
        foreach (ref var s in CollectionsMarshal.AsSpan(sinks)) s = s with { Operand = Final(s.Operand) };
        Launched(new Kernel.Map(count, [.. loads], [.. steps], [.. sinks]), [.. from], [.. to]);
    }

    private int Final(int operand) => operand >= -1 ? operand : loads.Count - 2 - operand;

    private long Map(int i)
    {
        var node = Nodes[i];
        var read = Read(i);
        var a = copied[i] is { } seen ? Load(read[0], seen) : Operand(i, read[0]);
        var b = read.Length > 1 ? Operand(i, read[1]) : -1;
        var c = read.Length > 2 ? Operand(i, read[2]) : -1;
        // Copies (of views, and of values computed anew) are casts to the same type.
        steps.Add(new(node.Op is Elementwise ? node.Op : new Cast(node.DType), a, b, c, node.Inputs[read.Length - 1].DType, node.DType));
        step[i] = -1 - steps.Count;
        if (stored[i]) Sunk(new(step[i], null, node.DType, 1, 1, node.Type.Count), i);
        return node.Type.Count;
    }

    private long Reduction(int i)
    {
        var (node, x) = (Nodes[i], order.Inputs(i)[0]);
        var (count, reduce) = (Nodes[x].Type.Count, (Reduce)node.Op);
        if (Split(node) is { } s) Sunk(new(Operand(i, x), reduce.How, node.DType, s.Outer, s.Middle, s.Inner), i);
        else Sunk(new(Load(x, ReducedLast(x, reduce.Axes)), reduce.How, node.DType, node.Type.Count, count / Math.Max(1, node.Type.Count), 1), i);
        return count;
    }

    private void Sunk(Sink sink, int i)
    {
        sinks.Add(sink);
        to.Add(slot[i]);
    }

    // A step of this region, or what it loads.
    private int Operand(int reader, int x) => step[at[x]] != 0 && piece[at[x]] == piece[reader] && IsLinear(x) ? step[at[x]] : Load(x, Lying(x));

    private int Load(int x, Layout seen)
    {
        var (place, layout) = (slot[at[x]], seen.Collapsed());
        for (var k = 0; k < loads.Count; k++)
            if (from[k] == place && loads[k].Equals(layout)) return k;
        loads.Add(layout);
        from.Add(place);
        return loads.Count - 1;
    }

    private Layout ReducedLast(int x, Dims axes)
    {
        var shape = Nodes[x].Shape;
        Dims moved = [.. Dims.Range(shape.Count).Where(k => !axes.Contains(k)), .. axes];
        var lying = Lying(x);
        return lying with { Shape = shape.Pick(moved), Strides = lying.Strides.Pick(moved) };
    }
}
