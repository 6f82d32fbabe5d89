using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>A kernel of this backend: pointers in, pointers out.</summary>
internal abstract class CpuKernel : ICompiledKernel
{
    public abstract void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to);
}

/// <summary>Runs plans on the processor: fused regions over tiles, packed matrix products, threads for large work.</summary>
public sealed class CpuBackend : IBackend
{
    private const int InFrame = 512;

    /// <summary>How many threads may work on one computation. Results do not depend on it.</summary>
    public static int Threads
    {
        get => Workers.Limit;
        set => Workers.Limit = Math.Max(1, value);
    }

    /// <summary>Bytes of native memory in use by values.</summary>
    public static long BytesInUse => Pool.Used;

    /// <summary>Bytes of native memory held: in use, or kept for the next value because fresh memory is slow.</summary>
    public static long BytesHeld => Pool.Resident;

    /// <inheritdoc/>
    public unsafe TensorBuffer Upload<T>(ReadOnlySpan<T> data, DType dtype) where T : unmanaged
    {
        if (dtype.Size != sizeof(T)) throw new ArgumentException($"elements of type {typeof(T).Name} are not of the size of {dtype}");
        if (data.Length == 1 && dtype.Size <= sizeof(long)) return new ScalarBuffer(dtype, Bits.From(data, dtype));
        var buffer = new HostBuffer(dtype, data.Length);
        data.CopyTo(new Span<T>((void*)buffer.Pointer, data.Length));
        if (dtype == DType.Bool) Bits.Truth(new Span<byte>((void*)buffer.Pointer, data.Length));
        GC.KeepAlive(buffer);
        return buffer;
    }

    /// <inheritdoc/>
    public TensorBuffer Scalar(DType dtype, long bits) => new ScalarBuffer(dtype, bits);

    /// <inheritdoc/>
    public ICompiledKernel Compile(Kernel kernel) => kernel switch
    {
        Kernel.Map map => new MapKernel(map),
        Kernel.Product product => new ProductKernel(product),
        Kernel.Control { Op: Lu or Decomposition } complex when complex.Operands[0].DType.IsComplex => new ComplexFactors(complex.Op, complex.Operands),
        Kernel.Call { Op: Cholesky or TriangularSolve } complex when complex.Operands[0].DType.IsComplex => new ComplexFactors(complex.Op, complex.Operands),
        Kernel.Control { Op: Lu } factor => Factor(factor.Op, factor.Operands),
        Kernel.Call { Op: Cholesky or TriangularSolve } factor => Factor(factor.Op, factor.Operands),
        Kernel.Control { Op: Decomposition op } control => control.Operands[0].DType == DType.Float32 ? new DecompositionKernel<float>(op, control.Operands[0].Shape) : new DecompositionKernel<double>(op, control.Operands[0].Shape),
        Kernel.Call { Op: Fourier op, Result: var x } => x.DType == DType.Complex64 ? new FourierKernel<float>(op.Inverse, x.Shape[0], x.Shape[1]) : new FourierKernel<double>(op.Inverse, x.Shape[0], x.Shape[1]),
        Kernel.Control control => Compile(control.Op, [.. control.Programs.Select(p => new Plan(p, this))]),
        Kernel.Call call => new CallKernel(call),
        _ => throw new InvalidOperationException($"unknown kernel {kernel}"),
    };

    private static CpuKernel Factor(Op op, ImmutableArray<TensorType> x) => x[0].DType == DType.Float32 ? new FactorKernel<float>(op, x) : new FactorKernel<double>(op, x);

    private static CpuKernel Compile(Several op, Plan[] plans) => op switch
    {
        Loop loop => new LoopKernel(loop, plans[0]),
        Choice => new ChoiceKernel(plans[0], plans[1]),
        Repeat repeat => new RepeatKernel(repeat, plans[0], plans[1]),
        _ => throw new InvalidOperationException($"no routine for {op}"),
    };

    /// <inheritdoc/>
    public bool TryScalars(Cone cone, Span<long> values) => Scalars.TryRun(cone, values);

    /// <inheritdoc/>
    public unsafe TensorBuffer[] Run(Plan plan, ReadOnlySpan<TensorBuffer> leaves, ReadOnlySpan<long> scalars)
    {
        var program = plan.Program;
        var count = program.Slots.Length;
        // Temporaries lie in a block of this run, and single elements in its frame, or in that block when there are very many.
        var framed = count <= InFrame ? count : 0;
        var at = count <= InFrame ? stackalloc nint[count] : new nint[count];
        var frame = stackalloc long[framed];
        using var block = new Block(program.ArenaBytes + sizeof(long) * (long)(count - framed));
        var singles = framed == count ? frame : (long*)(block.Pointer + (nint)program.ArenaBytes);
        var results = new HostBuffer?[count];
        for (var i = 0; i < count; i++)
        {
            var slot = program.Slots[i];
            at[i] = slot.From switch
            {
                Source.Leaf when leaves[(int)slot.Index] is HostBuffer host => host.Pointer,
                Source.Leaf when slot.IsWord => Put(singles + i, slot.DType, leaves[(int)slot.Index].ScalarBits),
                Source.Leaf => (results[i] = Hosted(leaves[(int)slot.Index])).Pointer,
                Source.Scalar => Put(singles + i, slot.DType, scalars[(int)slot.Index]),
                Source.Constant => Put(singles + i, slot.DType, program.Constants[(int)slot.Index]),
                Source.Temporary => block.Pointer + (nint)slot.Index,
                _ => slot.IsWord ? Put(singles + i, slot.DType, 0) : (results[i] = new HostBuffer(slot.DType, slot.Count)).Pointer,
            };
        }
        Launch(plan, at);
        var roots = new TensorBuffer[program.Roots.Length];
        for (var k = 0; k < roots.Length; k++)
        {
            var i = program.Roots[k];
            roots[k] = program.Slots[i].From == Source.Leaf ? leaves[(int)program.Slots[i].Index]
                : results[i] as TensorBuffer ?? new ScalarBuffer(program.Slots[i].DType, Bits.Read((void*)at[i], program.Slots[i].DType));
        }
        // The kernels held addresses; these own what lies there.
        foreach (var leaf in leaves) GC.KeepAlive(leaf);
        GC.KeepAlive(results);
        return roots;
    }

    /// <inheritdoc/>
    public IReadyPlan Prepare(Plan plan, ReadOnlySpan<TensorBuffer> bound) => new ReadyPlan(plan, bound);

    // A buffer of another backend is copied.
    internal static unsafe HostBuffer Hosted(TensorBuffer foreign)
    {
        if (foreign is HostBuffer host) return host;
        var (copy, size) = (new HostBuffer(foreign.DType, foreign.Count), foreign.Count * foreign.DType.Size);
        for (long from = 0, most = LargestCopy; from < size; from += most)
        {
            var part = new Span<byte>((byte*)copy.Pointer + from, (int)Math.Min(most, size - from));
            foreign.CopyTo(part, from);
            if (foreign.DType == DType.Bool) Bits.Truth(part);
        }
        return copy;
    }

    // A span of bytes holds less than two gibibytes. Smaller in tests.
    internal static int LargestCopy { get; set; } = 1 << 30;

    private static unsafe nint Put(long* place, DType dtype, long bits)
    {
        Bits.Write(place, dtype, bits);
        return (nint)place;
    }

    internal static void Launch(Plan plan, ReadOnlySpan<nint> at)
    {
        Span<nint> from = stackalloc nint[64], to = stackalloc nint[64];
        for (var k = 0; k < plan.Kernels.Length; k++)
        {
            var launch = plan.Program.Launches[k];
            var (reads, writes) = (launch.Inputs.Length, launch.Outputs.Length);
            if (reads > from.Length) from = new nint[reads];
            if (writes > to.Length) to = new nint[writes];
            for (var i = 0; i < reads; i++) from[i] = at[launch.Inputs[i]];
            for (var i = 0; i < writes; i++) to[i] = at[launch.Outputs[i]];
            var began = Backend.Watch is null ? 0 : System.Diagnostics.Stopwatch.GetTimestamp();
            ((CpuKernel)plan.Kernels[k]).Run(from[..reads], to[..writes]);
            Backend.Watch?.Invoke(launch.Kernel, began);
        }
    }
}
