using System.Diagnostics.CodeAnalysis;

namespace Functional.Autograd.Plans;

/// <summary>What a device must offer to run plans.</summary>
public interface IBackend
{
    /// <summary>Copies elements into a new buffer.</summary>
    /// <typeparam name="T">A type of the element's size.</typeparam>
    /// <param name="data">The elements.</param>
    /// <param name="dtype">The element type.</param>
    TensorBuffer Upload<T>(ReadOnlySpan<T> data, DType dtype) where T : unmanaged;

    /// <summary>A buffer of one element.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="bits">Float64 bits for floating-point types, else the integer.</param>
    TensorBuffer Scalar(DType dtype, long bits);

    /// <summary>Turns a kernel into something that runs.</summary>
    /// <param name="kernel">What to compute.</param>
    ICompiledKernel Compile(Kernel kernel);

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">The plan, whose kernels this backend compiled.</param>
    /// <param name="leaves">The values of its leaves.</param>
    /// <param name="scalars">The values of its scalar arguments, as in <see cref="Scalar"/>.</param>
    /// <returns>One buffer per root.</returns>
    TensorBuffer[] Run(Plan plan, ReadOnlySpan<TensorBuffer> leaves, ReadOnlySpan<long> scalars);

    /// <summary>Gives a plan places for all its values, to be run over and over.</summary>
    /// <param name="plan">The plan, whose kernels this backend compiled.</param>
    /// <param name="bound">The values of its last leaves, the same in every run.</param>
    IReadyPlan Prepare(Plan plan, ReadOnlySpan<TensorBuffer> bound);

    /// <summary>Computes a small graph of one-element tensors directly, without a plan.</summary>
    /// <param name="cone">The nodes, inputs first.</param>
    /// <param name="values">Receives every node's value, as in <see cref="Scalar"/>.</param>
    /// <returns>False when the graph holds something that needs a plan.</returns>
    bool TryScalars(Cone cone, Span<long> values);
}

/// <summary>A kernel made ready by a backend.</summary>
public interface ICompiledKernel;

/// <summary>A plan with places for all its values. One thread at a time; the spans outlive it.</summary>
public interface IReadyPlan : IDisposable
{
    /// <summary>The host memory of a root, to be read after a run, or of a leaf that is not bound, to be written before.</summary>
    /// <param name="isRoot">Whether it is a root.</param>
    /// <param name="index">Which of them.</param>
    Span<byte> Place(bool isRoot, int index);

    /// <summary>Computes the roots.</summary>
    void Run();
}

/// <summary>Where computation happens when nothing else is said.</summary>
public static class Backend
{
    /// <summary>The default backend: the CPU, unless another was set.</summary>
    public static IBackend Default { get => field ??= FindCpu(); set; }

    /// <summary>Called after a kernel with it and the time at which it began, where someone measures.</summary>
    internal static Action<Kernel, long>? Watch { get; set; }

    // Core does not reference a backend; the CPU's ships beside it and is found by its name.
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor, "Functional.Autograd.Cpu.CpuBackend", "Functional.Autograd.Cpu")]
    private static IBackend FindCpu() =>
        Type.GetType("Functional.Autograd.Cpu.CpuBackend, Functional.Autograd.Cpu") is { } type && Activator.CreateInstance(type) is IBackend cpu
            ? cpu
            : throw new InvalidOperationException("no backend: reference Functional.Autograd.Cpu, or set Backend.Default");
}
