using System.Collections.Immutable;

namespace Functional.Autograd.Plans;

/// <summary>
/// Gives every temporary a place in one arena: a place is used again once its value is dead, and an elementwise region may write
/// over an operand that dies in it. Results get buffers of their own.
/// </summary>
internal static class Memory
{
    private const long Alignment = 64;

    public static Program Run(Program program)
    {
        var slots = program.Slots.ToArray();
        var results = 0;
        foreach (var root in program.Roots)
            if (slots[root].From == Source.Temporary) slots[root] = slots[root] with { From = Source.Result, Index = results++ };
        var lastUse = new int[slots.Length];
        for (var k = 0; k < program.Launches.Length; k++)
            foreach (var s in program.Launches[k].Inputs) lastUse[s] = k;
        var arena = new Arena();
        List<(int Slot, bool InPlace)> dying = [];
        var places = new int[slots.Length];
        for (var k = 0; k < program.Launches.Length; k++)
        {
            var launch = program.Launches[k];
            Dying(launch, slots, lastUse, k, dying, places);
            foreach (var s in launch.Outputs)
            {
                if (slots[s].From != Source.Temporary) continue;
                var over = 0;
                while (over < dying.Count && !(dying[over].InPlace && slots[dying[over].Slot].Bytes == slots[s].Bytes && slots[dying[over].Slot].Count == slots[s].Count)) over++;
                slots[s] = slots[s] with { Index = over < dying.Count ? slots[dying[over].Slot].Index : arena.Take(slots[s].Bytes) };
                if (over < dying.Count) dying.RemoveAt(over);
            }
            foreach (var (d, _) in dying) arena.Give(slots[d].Index, slots[d].Bytes);
            foreach (var s in launch.Outputs)
                if (slots[s].From == Source.Temporary && lastUse[s] <= k) arena.Give(slots[s].Index, slots[s].Bytes);
        }
        return program with { Slots = [.. slots], ArenaBytes = arena.Size };
    }

    // The temporaries that a launch reads last, and whether it may overwrite them. Element i is loaded before element i is stored, so only an
    // operand that is read in place, all of it, may be overwritten; but a reduction among the outputs is complete only at the end.
    private static void Dying(Launch launch, Slot[] slots, int[] lastUse, int k, List<(int Slot, bool InPlace)> dying, int[] places)
    {
        dying.Clear();
        var map = launch.Kernel as Kernel.Map;
        var overwrites = map is not null && !map.Sinks.Any(s => s.How is not null);
        for (var i = 0; i < launch.Inputs.Length; i++)
        {
            var s = launch.Inputs[i];
            if (slots[s].From != Source.Temporary || lastUse[s] != k) continue;
            var inPlace = overwrites && map!.Inputs[i].IsDense && map.Inputs[i].Shape.Product == map.Count;
            // Where it stands, if it stands there.
            ref var known = ref places[s];
            if (known < dying.Count && dying[known].Slot == s)
            {
                if (!inPlace) dying[known] = (s, false);
                continue;
            }
            known = dying.Count;
            dying.Add((s, inPlace));
        }
    }

    // The smallest free place that is large enough; neighbouring free places are one.
    private sealed class Arena
    {
        private readonly SortedSet<(long Bytes, long Start)> free = [];
        private readonly Dictionary<long, long> endOf = [], startOf = [];

        public long Size { get; private set; }

        public long Take(long bytes)
        {
            bytes = Rounded(bytes);
            if (bytes == 0) return 0;
            var (room, start) = free.GetViewBetween((bytes, 0), (long.MaxValue, 0)).Min;
            if (room == 0)
            {
                // The last place grows.
                start = startOf.TryGetValue(Size, out var last) ? last : Size;
                if (start < Size) Remove(start, Size);
                Size = start + bytes;
                return start;
            }
            Remove(start, start + room);
            if (room > bytes) Add(start + bytes, start + room);
            return start;
        }

        public void Give(long start, long bytes)
        {
            if (bytes == 0) return;
            var end = start + Rounded(bytes);
            if (startOf.TryGetValue(start, out var before))
            {
                Remove(before, start);
                start = before;
            }
            if (endOf.TryGetValue(end, out var after))
            {
                Remove(end, after);
                end = after;
            }
            Add(start, end);
        }

        private void Add(long start, long end)
        {
            free.Add((end - start, start));
            (endOf[start], startOf[end]) = (end, start);
        }

        private void Remove(long start, long end)
        {
            free.Remove((end - start, start));
            endOf.Remove(start);
            startOf.Remove(end);
        }

        private static long Rounded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
    }
}
