using System.Collections.Concurrent;

namespace Functional.Autograd.Plans;

/// <summary>
/// Plans by the structure of what they compute; from the second time on nothing is rewritten, fused or compiled. The plans used
/// longest ago are forgotten when there are many or they are large.
/// </summary>
internal static class PlanCache
{
    private static readonly ConcurrentDictionary<UInt128, Entry> Entries = new();
    private static readonly Dictionary<UInt128, int> Operations = [];
    private static readonly Lock Guard = new();
    private static long uses, misses, bytes;

    /// <summary>How often a plan was found.</summary>
    public static long Hits => Volatile.Read(ref uses) - Volatile.Read(ref misses);

    /// <summary>How often a plan had to be made.</summary>
    public static long Misses => Volatile.Read(ref misses);

    /// <summary>Why the last plan had to be made: a new structure, or known operations on new shapes.</summary>
    public static string LastMissReason { get; private set; } = "none";

    /// <summary>How many plans are kept.</summary>
    public static int Count => Entries.Count;

    internal static int LargestCount { get; set; } = 4096;

    internal static long LargestBytes { get; set; } = 256 << 20;

    /// <summary>About how many bytes the plans that are kept take.</summary>
    internal static long Bytes => Volatile.Read(ref bytes);

    /// <summary>Forgets all plans and sets the counts to zero.</summary>
    public static void Clear()
    {
        lock (Guard)
        {
            Entries.Clear();
            Operations.Clear();
            (uses, misses, bytes, LastMissReason) = (0, 0, 0, "none");
        }
    }

    internal static Plan Get(Cone cone, IBackend backend)
    {
        var key = cone.Key;
        if (Entries.TryGetValue(key, out var known) && known.Matches(cone, backend))
        {
            known.LastUse = Interlocked.Increment(ref uses);
            return known.Plan;
        }
        var entry = new Entry(key, cone, Planner.Run(Graph.Of(cone), backend), backend);
        lock (Guard)
        {
            misses++;
            entry.LastUse = Interlocked.Increment(ref uses);
            LastMissReason = Operations.ContainsKey(entry.Operations) ? "known operations, new shapes" : "new structure";
            Add(entry);
            if (Entries.Count > LargestCount || bytes > LargestBytes) Shrink(entry);
        }
        return entry.Plan;
    }

    private static void Add(Entry entry)
    {
        Remove(entry.Key);
        Entries[entry.Key] = entry;
        bytes += entry.Bytes;
        Operations[entry.Operations] = Operations.GetValueOrDefault(entry.Operations) + 1;
    }

    private static void Remove(UInt128 key)
    {
        if (!Entries.TryRemove(key, out var old)) return;
        bytes -= old.Bytes;
        if (--Operations[old.Operations] == 0) Operations.Remove(old.Operations);
    }

    // Down to three quarters, so that the search for the oldest is rare. The newest plan stays, however large.
    private static void Shrink(Entry newest)
    {
        foreach (var old in Entries.Values.OrderBy(e => e.LastUse).ToList())
        {
            if (Entries.Count <= LargestCount * 3 / 4 && bytes <= LargestBytes / 4 * 3) return;
            if (old != newest) Remove(old.Key);
        }
    }

    /// <summary>A plan, and what its key stands for, so that equal keys are no proof.</summary>
    internal sealed class Entry
    {
        private readonly Op?[] ops;
        private readonly TensorType?[] types;
        private readonly int[] operands, roots;
        private readonly IBackend backend;

        public Entry(UInt128 key, Cone cone, Plan plan, IBackend backend)
        {
            (Key, Plan, this.backend, operands, roots) = (key, plan, backend, cone.Operands.ToArray(), cone.Roots.ToArray());
            (ops, types) = (new Op?[cone.Nodes.Length], new TensorType?[cone.Nodes.Length]);
            for (var i = 0; i < ops.Length; i++) (ops[i], types[i]) = Structure(cone, i);
            Operations = cone.Operations;
            Bytes = Size(plan.Program) + 32L * ops.Length + 4L * operands.Length;
        }

        public UInt128 Key { get; }

        public Plan Plan { get; }

        /// <summary>A digest of the operations without their shapes.</summary>
        public UInt128 Operations { get; }

        public long Bytes { get; }

        public long LastUse { get; set; }

        // Launches with their kernels, and layouts, steps and sinks; what a backend makes of them is about as much again.
        private static long Size(Program program)
        {
            var size = 32L * program.Slots.Length;
            foreach (var launch in program.Launches)
                size += 400 + launch.Kernel switch
                {
                    Kernel.Map map => 320L * map.Inputs.Length + 128L * map.Steps.Length + 96L * map.Sinks.Length,
                    Kernel.Control control => control.Programs.Sum(Size),
                    _ => 0,
                };
            return size;
        }

        public bool Matches(Cone cone, IBackend on)
        {
            if (on != backend || cone.Nodes.Length != ops.Length || !cone.Operands.SequenceEqual(operands) || !cone.Roots.SequenceEqual(roots)) return false;
            for (var i = 0; i < ops.Length; i++)
            {
                var (op, type) = Structure(cone, i);
                if (!ReferenceEquals(op, ops[i]) && (op is null || !op.Equals(ops[i]))) return false;
                if (!ReferenceEquals(type, types[i]) && (type is null || !type.Equals(types[i]))) return false;
            }
            return true;
        }

        // Leaves are inputs of a type, scalar arguments have a type and no op; all other types follow from theirs.
        private static (Op? Op, TensorType? Type) Structure(Cone cone, int i) =>
            cone.Values[i] is not null ? (Primitives.Input.Instance, cone.Nodes[i].Type)
            : Cone.IsArgument(cone.Nodes[i], null) ? (null, cone.Nodes[i].Type)
            : (cone.Nodes[i].Op, null);
    }
}
