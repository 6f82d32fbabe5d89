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
        for (var k = 0; k < program.Launches.Length; k++)
        {
            var launch = program.Launches[k];
            List<int> dying = [.. launch.Inputs.Distinct().Where(s => slots[s].From == Source.Temporary && lastUse[s] == k)];
            foreach (var s in launch.Outputs)
            {
                if (slots[s].From != Source.Temporary) continue;
                var over = dying.FindIndex(d => slots[d].Bytes == slots[s].Bytes && MayOverwrite(launch, d, s));
                if (over >= 0)
                {
                    slots[s] = slots[s] with { Index = slots[dying[over]].Index };
                    dying.RemoveAt(over);
                }
                else
                {
                    slots[s] = slots[s] with { Index = arena.Take(slots[s].Bytes) };
                }
            }
            foreach (var d in dying) arena.Give(slots[d].Index, slots[d].Bytes);
            foreach (var s in launch.Outputs)
                if (slots[s].From == Source.Temporary && lastUse[s] <= k) arena.Give(slots[s].Index, slots[s].Bytes);
        }
        return program with { Slots = [.. slots], ArenaBytes = arena.Size };
    }

    // Element i is loaded before element i is stored, so only operands read in place may be overwritten.
    private static bool MayOverwrite(Launch launch, int operand, int output)
    {
        if (launch.Kernel is not Kernel.Map map || map.Sinks[launch.Outputs.IndexOf(output)].How is not null || map.Sinks.Any(s => s.How is not null)) return false;
        for (var k = 0; k < launch.Inputs.Length; k++)
            if (launch.Inputs[k] == operand && !(map.Inputs[k].IsDense && map.Inputs[k].Shape.Product == map.Count)) return false;
        return true;
    }

    private sealed class Arena
    {
        private readonly List<(long Start, long End)> free = [];

        public long Size { get; private set; }

        public long Take(long bytes)
        {
            bytes = Rounded(bytes);
            for (var k = 0; k < free.Count; k++)
            {
                var (start, end) = free[k];
                if (end - start < bytes) continue;
                if (end - start == bytes) free.RemoveAt(k);
                else free[k] = (start + bytes, end);
                return start;
            }
            var place = Size;
            Size += bytes;
            return place;
        }

        public void Give(long start, long bytes)
        {
            if (bytes == 0) return;
            var k = free.FindIndex(f => f.Start > start);
            free.Insert(k < 0 ? free.Count : k, (start, start + Rounded(bytes)));
            for (var i = free.Count - 1; i > 0; i--)
                if (free[i - 1].End == free[i].Start)
                {
                    free[i - 1] = (free[i - 1].Start, free[i].End);
                    free.RemoveAt(i);
                }
        }

        private static long Rounded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
    }
}
