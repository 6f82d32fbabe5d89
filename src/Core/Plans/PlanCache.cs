using System.Collections.Concurrent;

namespace Functional.Autograd.Plans;

/// <summary>Plans by the structure of what they compute; from the second time on nothing is rewritten, fused or compiled.</summary>
public static class PlanCache
{
    private const int Capacity = 4096;

    private static readonly ConcurrentDictionary<UInt128, Entry> Entries = new();
    private static long hits, misses;

    /// <summary>How often a plan was found.</summary>
    public static long Hits => Volatile.Read(ref hits);

    /// <summary>How often a plan had to be made.</summary>
    public static long Misses => Volatile.Read(ref misses);

    /// <summary>Why the last plan had to be made: a new structure, or known operations on new shapes.</summary>
    public static string LastMissReason { get; private set; } = "none";

    /// <summary>Forgets all plans and sets the counts to zero.</summary>
    public static void Clear()
    {
        Entries.Clear();
        (hits, misses, LastMissReason) = (0, 0, "none");
    }

    internal static Plan Get(Cone cone, IBackend backend)
    {
        var key = cone.Key;
        if (Entries.TryGetValue(key, out var known) && known.Matches(cone, backend))
        {
            Interlocked.Increment(ref hits);
            return known.Plan;
        }
        Interlocked.Increment(ref misses);
        var entry = new Entry(cone, Planner.Run(Graph.Of(cone), backend), backend);
        LastMissReason = Entries.Values.Any(e => e.SameOperations(entry)) ? "known operations, new shapes" : "new structure";
        if (Entries.Count >= Capacity) Entries.Clear();
        Entries[key] = entry;
        return entry.Plan;
    }

    // What the digest stands for, so that equal digests are no proof.
    private sealed class Entry
    {
        private readonly Op?[] ops;
        private readonly TensorType?[] types;
        private readonly int[] operands, roots;
        private readonly IBackend backend;

        public Entry(Cone cone, Plan plan, IBackend backend)
        {
            (Plan, this.backend, operands, roots) = (plan, backend, cone.Operands.ToArray(), cone.Roots.ToArray());
            (ops, types) = (new Op?[cone.Nodes.Length], new TensorType?[cone.Nodes.Length]);
            for (var i = 0; i < ops.Length; i++) (ops[i], types[i]) = Structure(cone, i);
        }

        public Plan Plan { get; }

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

        public bool SameOperations(Entry other) =>
            operands.AsSpan().SequenceEqual(other.operands) && ops.Length == other.ops.Length && ops.Zip(other.ops).All(p => p.First?.GetType() == p.Second?.GetType());

        // Leaves and scalar arguments have a type and no op; all other types follow from theirs.
        private static (Op? Op, TensorType? Type) Structure(Cone cone, int i) =>
            cone.Values[i] is not null || Cone.IsArgument(cone.Nodes[i], null) ? (null, cone.Nodes[i].Type) : (cone.Nodes[i].Op, null);
    }
}
