using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>
/// Runs a fused region tile by tile: every step is one vector routine over a tile that stays in the first-level cache. How the work is
/// cut into chunks depends on sizes alone, so the bits of a result do not depend on the number of threads.
/// </summary>
internal sealed unsafe class MapKernel : CpuKernel
{
    private const int LargestTile = 1024, CacheBytes = 32 << 10, ChunkWork = 1 << 15;

    private readonly Kernel.Map map;
    private readonly (Tile Run, int Destination, int A, int B, int C)[] steps;
    private readonly Loader?[] loaders;
    private readonly int[] register;
    private readonly int[] directSink;
    private readonly int registers, room, tile, inputs;

    // What a run that one thread does leaves to the next.
    private Reducer?[]? idle;

    public MapKernel(Kernel.Map map)
    {
        this.map = map;
        inputs = map.Inputs.Length;
        loaders = [.. map.Inputs.Select(l => l.IsDense && l.Shape.Product == map.Count ? null : new Loader(l))];
        steps = new (Tile, int, int, int, int)[map.Steps.Length];
        for (var k = 0; k < steps.Length; k++)
        {
            var s = map.Steps[k];
            steps[k] = (Routines.For(s.Op, s.From), inputs + k, s.A, Math.Max(s.B, 0), Math.Max(s.C, 0));
        }
        (register, registers) = Allocate();
        directSink = Direct();
        var widest = map.Inputs.Select(l => l.DType.Size).Concat(map.Steps.Select(s => s.To.Size)).Append(1).Max();
        room = Math.Max(widest, sizeof(long));
        tile = Math.Clamp(CacheBytes / Math.Max(1, registers) / widest / 64 * 64, 64, LargestTile);
        if (map.Count < tile) tile = (int)Math.Max(1, map.Count);
        (ChunkSize, Chunks) = Cut();
    }

    private long ChunkSize { get; }

    private int Chunks { get; }

    // Dense inputs are read where they lie. Everything else has a register; a step's is free again after its last reader.
    private (int[] Register, int Count) Allocate()
    {
        var lastUse = new int[inputs + steps.Length];
        for (var k = 0; k < steps.Length; k++)
            foreach (var operand in (ReadOnlySpan<int>)[map.Steps[k].A, map.Steps[k].B, map.Steps[k].C])
                if (operand >= 0) lastUse[operand] = k;
        foreach (var sink in map.Sinks) lastUse[sink.Operand] = int.MaxValue;
        var (at, free, count) = (new int[lastUse.Length], new Stack<int>(), 0);
        for (var i = 0; i < inputs; i++) at[i] = loaders[i] is null ? -1 : count++;
        for (var k = 0; k < steps.Length; k++)
        {
            at[inputs + k] = free.TryPop(out var r) ? r : count++;
            foreach (var operand in (ReadOnlySpan<int>)[map.Steps[k].A, map.Steps[k].B, map.Steps[k].C])
            {
                if (operand < inputs || lastUse[operand] != k) continue;
                free.Push(at[operand]);
                // Once, even if it is read twice.
                lastUse[operand] = -1;
            }
        }
        return (at, count);
    }

    // A stored step may write straight into its output when no later step reads an input: the output may lie over one.
    private int[] Direct()
    {
        var lastRead = -1;
        for (var k = 0; k < steps.Length; k++)
            foreach (var operand in (ReadOnlySpan<int>)[map.Steps[k].A, map.Steps[k].B, map.Steps[k].C])
                if (operand >= 0 && operand < inputs) lastRead = k;
        var direct = new int[inputs + steps.Length];
        Array.Fill(direct, -1);
        for (var s = 0; s < map.Sinks.Length; s++)
        {
            var sink = map.Sinks[s];
            if (sink.How is null && sink.Operand - inputs >= lastRead && sink.Operand >= inputs && direct[sink.Operand] < 0) direct[sink.Operand] = s;
        }
        return direct;
    }

    // Chunks end where an outer row of every row-wise reduction ends; whole-tensor and column sums are joined from partial ones.
    private (long Size, int Count) Cut()
    {
        var work = map.Count * (1 + steps.Length);
        var wanted = Math.Clamp(work / ChunkWork, 1, 64);
        var grain = 1L;
        foreach (var sink in map.Sinks)
        {
            if (sink.How is null) continue;
            if (sink.Outer == 1) wanted = Math.Min(wanted, Math.Max(1, (1 << 20) / Math.Max(1, sink.Inner)));
            else grain = Lcm(grain, Math.Max(1, sink.Middle * sink.Inner));
        }
        if (grain > map.Count) return (Math.Max(1, map.Count), 1);
        var size = (map.Count + wanted - 1) / wanted;
        size = Math.Max(grain, (size + grain - 1) / grain * grain);
        return (size, (int)Math.Max(1, (map.Count + size - 1) / size));
    }

    private static long Lcm(long a, long b)
    {
        var (x, y) = (a, b);
        while (y != 0) (x, y) = (y, x % y);
        return Math.BigMul(a / x, b, out var low) == 0 && low >= 0 ? low : long.MaxValue;
    }

    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        if (map.Count == 0)
        {
            for (var s = 0; s < to.Length; s++)
                if (map.Sinks[s].How is not null) Reducer.Empty(map.Sinks[s], to[s]);
            return;
        }
        if (Chunks > 1) Spread(from.ToArray(), to.ToArray());
        else Chunk(0, from, to, null, Interlocked.Exchange(ref idle, null) ?? new Reducer?[to.Length]);
    }

    private void Spread(nint[] from, nint[] to)
    {
        // Where one row spans chunks, every chunk collects a part of it.
        var parts = new Reducer[]?[to.Length];
        for (var s = 0; s < parts.Length; s++)
            if (map.Sinks[s] is { How: not null, Outer: 1 }) parts[s] = new Reducer[Chunks];
        Workers.Run(Chunks, c => Chunk(c, from, to, parts, new Reducer?[to.Length]));
        foreach (var row in parts)
            if (row is not null) Reducer.Join(row);
    }

    private void Chunk(int c, ReadOnlySpan<nint> from, ReadOnlySpan<nint> to, Reducer[]?[]? parts, Reducer?[] reducers)
    {
        using var scratch = new Scratch((long)registers * tile * room);
        var place = stackalloc nint[inputs + steps.Length];
        for (var i = 0; i < inputs + steps.Length; i++) place[i] = scratch.Pointer + (nint)register[i] * tile * room;
        for (var i = 0; i < inputs; i++)
            if (loaders[i] is { IsRepeated: true } repeated) repeated.Load(from[i], place[i], 0, tile);
        for (var s = 0; s < reducers.Length; s++)
        {
            if (map.Sinks[s].How is null) continue;
            (reducers[s] ??= Reducer.Make(map.Sinks[s], whole: parts?[s] is null)).Begin(to[s], c * ChunkSize);
            if (parts?[s] is { } row) row[c] = reducers[s]!;
        }
        var end = Math.Min(map.Count, (c + 1) * ChunkSize);
        for (var p = c * ChunkSize; p < end; p += tile)
        {
            var n = (int)Math.Min(tile, end - p);
            for (var i = 0; i < inputs; i++)
            {
                if (loaders[i] is null) place[i] = from[i] + (nint)(p * map.Inputs[i].DType.Size);
                else if (!loaders[i]!.IsRepeated) loaders[i]!.Load(from[i], place[i], p, n);
            }
            for (var k = 0; k < steps.Length; k++)
            {
                ref var s = ref steps[k];
                if (directSink[s.Destination] is >= 0 and var d) place[s.Destination] = to[d] + (nint)(p * map.Sinks[d].DType.Size);
                s.Run(place[s.Destination], place[s.A], place[s.B], place[s.C], n);
            }
            for (var s = 0; s < to.Length; s++)
            {
                if (map.Sinks[s].How is not null) reducers[s]!.Take(place[map.Sinks[s].Operand], p, n);
                else Deliver(s, p, n, place, to);
            }
        }
        if (parts is null) idle = reducers;
    }

    private void Deliver(int s, long p, int n, nint* place, ReadOnlySpan<nint> to)
    {
        var sink = map.Sinks[s];
        if (directSink[sink.Operand] == s) return;
        var bytes = (long)n * sink.DType.Size;
        System.Buffer.MemoryCopy((void*)place[sink.Operand], (void*)(to[s] + (nint)(p * sink.DType.Size)), bytes, bytes);
    }
}
