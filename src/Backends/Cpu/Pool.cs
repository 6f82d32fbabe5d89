using System.Numerics;
using System.Runtime.InteropServices;

namespace Functional.Autograd.Cpu;

/// <summary>
/// 64-byte aligned native memory in size classes. Fresh pages cost far more than used ones, so memory is kept, but never more than
/// was in use at once not long ago; when much has been handed out since the last collection, the garbage collector is asked for
/// buffers that nobody uses any more.
/// </summary>
internal static unsafe class Pool
{
    private const long Smallest = 64 << 20;

    // Each block that is kept holds the address of the next, so that keeping one needs no memory.
    private static readonly nint[] Free = new nint[256];
    private static readonly Lock[] Guards = [.. Free.Select(_ => new Lock())];
    private static readonly Lock Collecting = new();
    private static long used, resident, peak, recent, budget = Smallest;

    static Pool() => _ = new Watch();

    /// <summary>Bytes handed out and not given back.</summary>
    public static long Used => Volatile.Read(ref used);

    /// <summary>Bytes taken from the system and not returned to it.</summary>
    public static long Resident => Volatile.Read(ref resident);

    // What was in use lately, with some room for sizes that vary.
    private static long Most => Math.Max(Smallest, Math.Max(Volatile.Read(ref peak), Volatile.Read(ref recent)) / 4 * 5);

    public static nint Take(long size)
    {
        var (index, bytes) = Class(size);
        var now = Interlocked.Add(ref used, bytes);
        if (now > Volatile.Read(ref peak)) Volatile.Write(ref peak, now);
        if (TryPop(index, out var block)) return block;
        if (now > Volatile.Read(ref budget) && Collect() && TryPop(index, out block)) return block;
        return Fresh(bytes);
    }

    public static void Give(nint block, long size)
    {
        var (index, bytes) = Class(size);
        Interlocked.Add(ref used, -bytes);
        lock (Guards[index]) (*(nint*)block, Free[index]) = (Free[index], block);
    }

    private static nint Fresh(long bytes)
    {
        // The system promises more memory than there is, and ends the process when the promise is called in.
        var most = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        try
        {
            if (bytes > most) throw new TensorMemoryException(bytes, $"the process may use {most} bytes");
            if (Interlocked.Add(ref resident, bytes) > Most) Release(Most);
            return Aligned(bytes);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Add(ref used, -bytes);
            throw;
        }
    }

    private static nint Aligned(long bytes)
    {
        try
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Add(ref resident, -bytes);
            throw new TensorMemoryException(bytes, "the system has no more memory");
        }
    }

    // Returns free blocks to the system, large ones first, until no more than that is held.
    private static void Release(long most)
    {
        for (var index = Free.Length - 1; index >= 0; index--)
            while (Volatile.Read(ref resident) > most && TryPop(index, out var block))
            {
                NativeMemory.AlignedFree((void*)block);
                Interlocked.Add(ref resident, -Bytes(index));
            }
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
                Volatile.Write(ref budget, Math.Max(Smallest, 2 * Volatile.Read(ref used)));
            }
            return true;
        }
        finally
        {
            Collecting.Exit();
        }
    }

    // What was in use between collections counts less with each.
    private static void Trim()
    {
        Volatile.Write(ref recent, Math.Max(Volatile.Read(ref peak), Volatile.Read(ref recent) / 4));
        Volatile.Write(ref peak, Volatile.Read(ref used));
        if (Volatile.Read(ref resident) > Most) Release(Most);
    }

    private static bool TryPop(int index, out nint block)
    {
        lock (Guards[index])
            if ((block = Free[index]) != 0) Free[index] = *(nint*)block;
        return block != 0;
    }

    /// <summary>Is collected with every full collection, and then looks after the pool.</summary>
    private sealed class Watch
    {
        ~Watch()
        {
            Trim();
            GC.ReRegisterForFinalize(this);
        }
    }

    // Four classes per power of two, from 64 bytes on.
    private static (int Index, long Bytes) Class(long size)
    {
        if (size <= 64) return (0, 64);
        var log = 63 - BitOperations.LeadingZeroCount((ulong)(size - 1));
        var quarter = (int)((size - 1) >> (log - 2)) & 3;
        return ((log - 6) * 4 + quarter + 1, (long)(quarter + 5) << (log - 2));
    }

    private static long Bytes(int index) => index == 0 ? 64 : (long)((index - 1) % 4 + 5) << ((index - 1) / 4 + 4);
}

/// <summary>Memory of the pool for as long as a block of code runs.</summary>
internal readonly ref struct Block : IDisposable
{
    private readonly long bytes;

    public Block(long bytes)
    {
        this.bytes = bytes;
        Pointer = bytes > 0 ? Pool.Take(bytes) : 0;
    }

    public nint Pointer { get; }

    public void Dispose()
    {
        if (Pointer != 0) Pool.Give(Pointer, bytes);
    }
}
