using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Functional.Autograd.Plans;

/// <summary>Where a value of a plan comes from.</summary>
public enum Source
{
    /// <summary>A leaf's buffer.</summary>
    Leaf,
    /// <summary>A scalar argument of the run.</summary>
    Scalar,
    /// <summary>A constant of the plan.</summary>
    Constant,
    /// <summary>Computed, and needed only within the run.</summary>
    Temporary,
    /// <summary>Computed, and handed out.</summary>
    Result,
}

/// <summary>A value of a plan.</summary>
/// <param name="From">Where it comes from.</param>
/// <param name="Index">Which leaf, scalar, constant or result; for a temporary its byte offset in the arena.</param>
/// <param name="DType">The element type.</param>
/// <param name="Count">How many elements.</param>
public readonly record struct Slot(Source From, long Index, DType DType, long Count)
{
    /// <summary>The size in bytes.</summary>
    public long Bytes => Count * DType.Size;

    // One element that fits 64 bits.
    internal bool IsWord => Count == 1 && DType.Size <= sizeof(long);
}

/// <summary>A kernel and the values it reads and writes.</summary>
/// <param name="Kernel">What to compute.</param>
/// <param name="Inputs">Slots read, in the kernel's order.</param>
/// <param name="Outputs">Slots written, in the kernel's order.</param>
public sealed record Launch(Kernel Kernel, ImmutableArray<int> Inputs, ImmutableArray<int> Outputs);

/// <summary>Kernels in order of execution.</summary>
/// <param name="Launches">The kernels.</param>
/// <param name="Slots">The values.</param>
/// <param name="Roots">The slot of each result.</param>
/// <param name="Constants">The constants, as in <see cref="IBackend.Scalar"/>.</param>
/// <param name="ArenaBytes">Room for all temporaries.</param>
public sealed record Program(ImmutableArray<Launch> Launches, ImmutableArray<Slot> Slots, ImmutableArray<int> Roots, ImmutableArray<long> Constants, long ArenaBytes);

/// <summary>A program that was checked and whose kernels a backend made ready.</summary>
public sealed record Plan
{
    /// <summary>Checks a program and makes its kernels ready.</summary>
    /// <param name="program">What to run.</param>
    /// <param name="backend">Who will run it.</param>
    /// <exception cref="InvalidOperationException">The program is wrong.</exception>
    public Plan(Program program, IBackend backend)
    {
        Program = Check.Run(program);
        var ready = new Dictionary<Kernel, ICompiledKernel>(ReferenceEqualityComparer.Instance);
        Kernels = [.. program.Launches.Select(l => CollectionsMarshal.GetValueRefOrAddDefault(ready, l.Kernel, out _) ??= backend.Compile(l.Kernel))];
    }

    /// <summary>What is run.</summary>
    public Program Program { get; }

    /// <summary>One per launch.</summary>
    public ImmutableArray<ICompiledKernel> Kernels { get; }
}
