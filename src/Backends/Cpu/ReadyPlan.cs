using System.Runtime.InteropServices;
using Functional.Autograd.Plans;

namespace Functional.Autograd.Cpu;

/// <summary>A plan whose values have places once and for all, so that a run is its kernels alone.</summary>
internal sealed unsafe class ReadyPlan : IReadyPlan
{
    private readonly (CpuKernel Kernel, nint[] From, nint[] To)[] launches;
    private readonly (nint From, nint To, long Bytes)[] copies;
    private readonly Memory<byte>[] leaves, truths, roots;
    private readonly HostBuffer[] bound;
    private readonly HostBuffer block;

    public ReadyPlan(Plan plan, ReadOnlySpan<TensorBuffer> bound)
    {
        var (program, at) = (plan.Program, new nint[plan.Program.Slots.Length]);
        // Leaves are the first slots.
        var given = program.Slots.Count(s => s.From == Source.Leaf) - bound.Length;
        leaves = [.. program.Slots.Take(given).Select(Pinned)];
        truths = [.. leaves.Where((_, k) => program.Slots[k].DType == DType.Bool)];
        this.bound = [.. bound.ToArray().Select(CpuBackend.Hosted)];
        roots = [.. program.Roots.Select(r => Pinned(program.Slots[r]))];
        block = new HostBuffer(DType.UInt8, Frame.Room(program));
        Frame.Lay(program, block.Pointer, at);
        for (var k = 0; k < given + bound.Length; k++) at[k] = k < given ? Address(leaves[k]) : this.bound[k - given].Pointer;
        // As in a frame: results that are written nowhere else are copied.
        for (var r = roots.Length - 1; r >= 0; r--)
            if (program.Slots[program.Roots[r]].From == Source.Result) at[program.Roots[r]] = Address(roots[r]);
        copies = [.. roots.Select((to, r) => (at[program.Roots[r]], Address(to), (long)to.Length)).Where(c => c.Item1 != c.Item2)];
        launches = [.. program.Launches.Select((l, k) => ((CpuKernel)plan.Kernels[k], l.Inputs.Select(i => at[i]).ToArray(), l.Outputs.Select(i => at[i]).ToArray()))];
    }

    // A span of it keeps it, whatever becomes of the plan.
    private static Memory<byte> Pinned(Slot slot)
    {
        if (slot.Bytes > Array.MaxLength - 64) throw new TensorMemoryException(slot.Bytes, "arguments and results of prepared functions hold less than two gibibytes");
        var array = GC.AllocateArray<byte>((int)slot.Bytes + 64, pinned: true);
        return array.AsMemory((int)(-Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) & 63), (int)slot.Bytes);
    }

    private static nint Address(Memory<byte> pinned) => (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned.Span));

    public Span<byte> Place(bool isRoot, int index) => (isRoot ? roots : leaves)[index].Span;

    public void Run()
    {
        foreach (var truth in truths) Bits.Truth(truth.Span);
        foreach (var (kernel, from, to) in launches) kernel.Run(from, to);
        foreach (var (from, to, bytes) in copies) Frame.Copy(from, to, bytes);
        GC.KeepAlive(this);
    }

    public void Dispose() => block.Dispose();
}
