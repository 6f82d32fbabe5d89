using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Functional.Autograd.Cpu;

/// <summary>
/// 64-byte aligned native memory in size classes. Fresh pages cost far more than used ones, so memory is kept; when much has been
/// handed out since the last collection, the garbage collector is asked for buffers that nobody uses any more.
/// </summary>
internal static unsafe class Pool
{
    private const long SmallestBudget = 64 << 20;

    private static readonly ConcurrentStack<nint>[] Free = [.. Enumerable.Range(0, 256).Select(_ => new ConcurrentStack<nint>())];
    private static readonly Lock Collecting = new();
    private static long used, budget = SmallestBudget;

    /// <summary>Bytes handed out and not given back.</summary>
    public static long Used => Volatile.Read(ref used);

    public static nint Take(long size)
    {
        var (index, bytes) = Class(size);
        Interlocked.Add(ref used, bytes);
        if (Free[index].TryPop(out var block)) return block;
        if (Volatile.Read(ref used) > Volatile.Read(ref budget) && Collect() && Free[index].TryPop(out block)) return block;
        // The system promises more memory than there is, and ends the process when the promise is called in.
        var most = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes <= most) return (nint)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        Interlocked.Add(ref used, -bytes);
        throw new InsufficientMemoryException($"cannot allocate {bytes} bytes for a tensor: the process may use {most}");
    }

    public static void Give(nint block, long size)
    {
        var (index, bytes) = Class(size);
        Interlocked.Add(ref used, -bytes);
        Free[index].Push(block);
    }

    // Young buffers are usually dead, so a young collection comes first; what then remains sets the next budget.
    private static bool Collect()
    {
        if (!Collecting.TryEnter()) return false;
        try
        {
            GC.Collect(1);
            GC.WaitForPendingFinalizers();
            if (Volatile.Read(ref used) > budget / 2)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Volatile.Write(ref budget, Math.Max(SmallestBudget, 2 * Volatile.Read(ref used)));
                Trim();
            }
            return true;
        }
        finally
        {
            Collecting.Exit();
        }
    }

    private static void Trim()
    {
        for (var index = 0; index < Free.Length; index++)
            while (Free[index].Count > 64 && Free[index].TryPop(out var block)) NativeMemory.AlignedFree((void*)block);
    }

    // Four classes per power of two, from 64 bytes on.
    private static (int Index, long Bytes) Class(long size)
    {
        if (size <= 64) return (0, 64);
        var log = 63 - BitOperations.LeadingZeroCount((ulong)(size - 1));
        var quarter = (int)((size - 1) >> (log - 2)) & 3;
        return ((log - 6) * 4 + quarter + 1, (long)(quarter + 5) << (log - 2));
    }
}
