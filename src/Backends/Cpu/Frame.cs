using Functional.Autograd.Plans;

namespace Functional.Autograd.Cpu;

/// <summary>A plan that a kernel runs on addresses, once or many times: its temporaries, its constants, and where its values lie now.</summary>
internal readonly unsafe ref struct Frame : IDisposable
{
    private readonly Plan plan;
    private readonly Block block;
    private readonly nint[] at;

    public Frame(Plan plan)
    {
        var program = plan.Program;
        this.plan = plan;
        block = new Block(program.ArenaBytes + sizeof(long) * (long)program.Slots.Length);
        at = new nint[program.Slots.Length];
        for (var s = 0; s < at.Length; s++)
        {
            var slot = program.Slots[s];
            if (slot.From == Source.Temporary) at[s] = block.Pointer + (nint)slot.Index;
            if (slot.From != Source.Constant) continue;
            at[s] = block.Pointer + (nint)(program.ArenaBytes + sizeof(long) * s);
            Bits.Write((long*)at[s], slot.DType, program.Constants[(int)slot.Index]);
        }
    }

    /// <summary>The size of a result.</summary>
    public long Bytes(int result) => plan.Program.Slots[plan.Program.Roots[result]].Bytes;

    /// <summary>Says where a leaf lies. Leaves are the first slots.</summary>
    public void Give(int leaf, nint address) => at[leaf] = address;

    /// <summary>The size of a leaf.</summary>
    public long LeafBytes(int leaf) => plan.Program.Slots[leaf].Bytes;

    /// <summary>Runs the plan.</summary>
    /// <param name="targets">Where each result goes.</param>
    public void Run(ReadOnlySpan<nint> targets)
    {
        var (slots, roots) = (plan.Program.Slots, plan.Program.Roots);
        // Of two results that are one value, the second is copied; so is one that is a leaf or a constant.
        for (var r = roots.Length - 1; r >= 0; r--)
            if (slots[roots[r]].From == Source.Result) at[roots[r]] = targets[r];
        CpuBackend.Launch(plan, at);
        for (var r = 0; r < roots.Length; r++)
            if (at[roots[r]] != targets[r]) Copy(at[roots[r]], targets[r], slots[roots[r]].Bytes);
    }

    public static void Copy(nint from, nint to, long bytes) => System.Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);

    public void Dispose() => block.Dispose();
}

/// <summary>Two places for every carry, one to read while the other is written.</summary>
internal readonly ref struct Turns : IDisposable
{
    private readonly Block block;
    private readonly long[] start, size;

    public Turns(Frame frame, int carries)
    {
        (start, size) = (new long[carries], new long[carries]);
        var end = 0L;
        for (var k = 0; k < carries; k++)
        {
            (start[k], size[k]) = (end, (frame.Bytes(k) + 63) / 64 * 64);
            end += 2 * size[k];
        }
        block = new Block(end);
    }

    public nint At(int carry, long turn) => block.Pointer + (nint)(start[carry] + turn % 2 * size[carry]);

    public void Dispose() => block.Dispose();
}
