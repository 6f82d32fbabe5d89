using System.Collections.Immutable;

namespace Functional.Autograd.Plans;

/// <summary>
/// What must hold of a program before it may run, found out anew rather than taken from the passes that made it: values are written
/// once, and before they are read; kernels stay inside their values; no two live temporaries share bytes; every result is there.
/// </summary>
internal static class Check
{
    /// <summary>Passes a program on.</summary>
    /// <exception cref="InvalidOperationException">The program is wrong; the message names the launch and the slot.</exception>
    public static Program Run(Program program)
    {
        Order(program);
        Roots(program);
        for (var k = 0; k < program.Launches.Length; k++) Extents(program, k);
        Places(program);
        return program;
    }

    private static InvalidOperationException Fault(int launch, int slot, string what) => new($"launch {launch} {what} slot {slot}: the plan is wrong");

    private static bool IsGiven(Slot slot) => slot.From is Source.Leaf or Source.Scalar or Source.Constant;

    private static void Order(Program program)
    {
        var known = new bool[program.Slots.Length];
        for (var s = 0; s < known.Length; s++) known[s] = IsGiven(program.Slots[s]);
        for (var k = 0; k < program.Launches.Length; k++)
        {
            var launch = program.Launches[k];
            foreach (var s in launch.Inputs)
                if (s < 0 || s >= known.Length || !known[s]) throw Fault(k, s, "reads, before it is written,");
            foreach (var s in launch.Outputs)
            {
                if (s < 0 || s >= known.Length) throw Fault(k, s, "writes an unknown");
                if (known[s]) throw Fault(k, s, "writes a second time");
                known[s] = true;
            }
        }
        foreach (var root in program.Roots)
            if (root < 0 || root >= known.Length || !known[root]) throw new InvalidOperationException($"no launch writes the result in slot {root}: the plan is wrong");
    }

    private static void Roots(Program program)
    {
        foreach (var root in program.Roots)
            if (program.Slots[root].From == Source.Temporary) throw new InvalidOperationException($"the result in slot {root} would be lost with the temporaries: the plan is wrong");
    }

    private static void Extents(Program program, int k)
    {
        var launch = program.Launches[k];
        void Elements(int slot, long count, string what)
        {
            if (program.Slots[slot].Count != count) throw Fault(k, slot, $"{what} {count} elements of");
        }
        void Within(int slot, Layout layout)
        {
            var (low, high) = layout.Extent;
            if (low < 0 || high >= program.Slots[slot].Count || layout.DType.Size != program.Slots[slot].DType.Size) throw Fault(k, slot, "reads outside");
        }
        switch (launch.Kernel)
        {
            case Kernel.Map map:
                for (var i = 0; i < map.Inputs.Length; i++)
                {
                    if (map.Inputs[i].Shape.Product != map.Count) throw Fault(k, launch.Inputs[i], $"reads {map.Inputs[i].Shape.Product} of {map.Count} elements of");
                    Within(launch.Inputs[i], map.Inputs[i]);
                }
                for (var i = 0; i < map.Sinks.Length; i++)
                {
                    if (map.Sinks[i].Outer * map.Sinks[i].Middle * map.Sinks[i].Inner != map.Count) throw Fault(k, launch.Outputs[i], "reduces another shape into");
                    Elements(launch.Outputs[i], map.Sinks[i].How is null ? map.Count : map.Sinks[i].Outer * map.Sinks[i].Inner, "writes");
                }
                break;
            case Kernel.Product product:
                Within(launch.Inputs[0], product.A);
                Within(launch.Inputs[1], product.B);
                Elements(launch.Outputs[0], product.Batch * product.M * product.N, "writes");
                break;
            case Kernel.Control control:
                for (var i = 0; i < control.Operands.Length; i++) Elements(launch.Inputs[i], control.Operands[i].Count, "reads");
                for (var i = 0; i < control.Results.Length; i++) Elements(launch.Outputs[i], control.Results[i].Count, "writes");
                Functions(control, k);
                break;
            case Kernel.Call call:
                for (var i = 0; i < call.Operands.Length; i++) Elements(launch.Inputs[i], call.Operands[i].Count, "reads");
                Elements(launch.Outputs[0], call.Result.Count, "writes");
                break;
        }
    }

    // What the functions of an operation are given and make is what it says: the backend hands over addresses alone.
    private static void Functions(Kernel.Control control, int k)
    {
        foreach (var (function, program) in control.Op.Functions.Zip(control.Programs))
        {
            var fits = program.Roots.Select(r => program.Slots[r].Count).SequenceEqual(function.Results.Select(t => t.Count));
            for (var i = 0; i < function.Parameters.Length; i++)
                fits &= i < program.Slots.Length && program.Slots[i] is { From: Source.Leaf } slot && slot.Index == i && slot.Count == function.Parameters[i].Count && slot.DType == function.Parameters[i].DType;
            if (!fits || program.Slots.Skip(function.Parameters.Length).Any(s => s.From is Source.Leaf or Source.Scalar)) throw new InvalidOperationException($"launch {k} holds another program than {function}: the plan is wrong");
        }
    }

    // Intervals that overlap count as equal, so that the set of the live ones, which are disjoint, finds whatever a new one meets.
    private static readonly Comparer<(long Start, long End, int Slot)> Disjoint = Comparer<(long Start, long End, int Slot)>.Create((a, b) => a.End <= b.Start ? -1 : b.End <= a.Start ? 1 : 0);

    private static void Places(Program program)
    {
        var slots = program.Slots;
        var lastRead = new int[slots.Length];
        for (var k = 0; k < program.Launches.Length; k++)
            foreach (var s in program.Launches[k].Inputs) lastRead[s] = k;
        var live = new SortedSet<(long Start, long End, int Slot)>(Disjoint);
        (long, long, int) Place(int s) => (slots[s].Index, slots[s].Index + slots[s].Bytes, s);
        for (var k = 0; k < program.Launches.Length; k++)
        {
            var launch = program.Launches[k];
            foreach (var s in launch.Outputs)
            {
                if (slots[s].From != Source.Temporary || slots[s].Bytes == 0) continue;
                if (slots[s].Index < 0 || slots[s].Index > program.ArenaBytes - slots[s].Bytes) throw Fault(k, s, "writes outside the arena in");
                while (!live.Add(Place(s)))
                {
                    live.TryGetValue(Place(s), out var met);
                    if (lastRead[met.Slot] != k || !Overwrites(program, launch, met.Slot, s)) throw Fault(k, s, $"overwrites slot {met.Slot}, which is still needed, with");
                    live.Remove(met);
                }
            }
            foreach (var s in launch.Inputs)
                if (slots[s].From == Source.Temporary && lastRead[s] == k && live.TryGetValue(Place(s), out var dead) && dead.Slot == s) live.Remove(dead);
            foreach (var s in launch.Outputs)
                if (slots[s].From == Source.Temporary && lastRead[s] <= k && slots[s].Bytes > 0) live.Remove(Place(s));
        }
    }

    // An elementwise kernel reads element i before it writes element i. So a value that it reads element by element, and nothing reads
    // later, may make room for one of the same size; but a reduction among the outputs is complete only at the end.
    private static bool Overwrites(Program program, Launch launch, int old, int written) =>
        launch.Kernel is Kernel.Map map
        && launch.Inputs.Contains(old)
        && program.Slots[old].Index == program.Slots[written].Index
        && program.Slots[old].Count == map.Count
        && program.Slots[written].Count == map.Count
        && program.Slots[old].DType.Size == program.Slots[written].DType.Size
        && map.Sinks.All(sink => sink.How is null)
        && Enumerable.Range(0, launch.Inputs.Length).All(i => launch.Inputs[i] != old || map.Inputs[i].IsDense);
}
