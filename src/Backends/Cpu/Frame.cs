using Functional.Autograd.Plans;

namespace Functional.Autograd.Cpu;

/// <summary>
/// A plan that a kernel runs on addresses, once or many times: its temporaries, its constants, and where its values lie now. Of its carries, which are its first results, there
/// are two places each, one to read while the other is written.
/// </summary>
internal readonly unsafe ref struct Frame : IDisposable
{
    private readonly Plan plan;
    private readonly Block block;
    private readonly Span<nint> at;
    private readonly int carries;

    public Frame(Plan plan, int carries = 0)
    {
        (this.plan, this.carries) = (plan, carries);
        var (slots, roots, turns, room) = (plan.Program.Slots.Length, plan.Program.Roots.Length, 0L, Room(plan.Program));
        for (var k = 0; k < carries; k++) turns += 2 * Place(k);
        block = new Block(turns + room + sizeof(nint) * ((long)slots + roots));
        var addresses = (nint*)(block.Pointer + (nint)(turns + room));
        at = new(addresses, slots);
        Targets = new(addresses + slots, roots);
        Lay(plan.Program, block.Pointer + (nint)turns, at);
    }

    /// <summary>Bytes for temporaries and constants.</summary>
    public static long Room(Program program) => program.ArenaBytes + sizeof(long) * (long)program.Slots.Length;

    /// <summary>Says where temporaries and constants lie in that room, and writes the constants.</summary>
    public static void Lay(Program program, nint room, Span<nint> at)
    {
        for (var s = 0; s < at.Length; s++)
        {
            var slot = program.Slots[s];
            at[s] = slot.From == Source.Temporary ? room + (nint)slot.Index : room + (nint)program.ArenaBytes + sizeof(long) * s;
            if (slot.From == Source.Constant) Bits.Write((long*)at[s], slot.DType, program.Constants[(int)slot.Index]);
        }
    }

    /// <summary>A place to say where each result goes.</summary>
    public Span<nint> Targets { get; }

    /// <summary>The size of a result.</summary>
    public long Bytes(int result) => plan.Program.Slots[plan.Program.Roots[result]].Bytes;

    /// <summary>Says where a leaf lies. Leaves are the first slots.</summary>
    public void Give(int leaf, nint address) => at[leaf] = address;

    /// <summary>Where a leaf lies.</summary>
    public nint At(int leaf) => at[leaf];

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

    private long Place(int carry) => (Bytes(carry) + 63) / 64 * 64;

    /// <summary>Says where the carries of a turn go.</summary>
    public void Aim(long turn)
    {
        var place = block.Pointer;
        for (var k = 0; k < carries; k++)
        {
            Targets[k] = place + (nint)(turn % 2 * Place(k));
            place += 2 * (nint)Place(k);
        }
    }

    public void Dispose() => block.Dispose();
}
