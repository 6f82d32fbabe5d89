using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>A unit of work for a backend, free of any buffer. Kernels compare by content, so that equal ones of a plan are made ready once.</summary>
public abstract record Kernel
{
    private protected Kernel() { }

    /// <summary>A fused elementwise region: for every linear index, load the inputs, compute the steps, deliver to the sinks.</summary>
    /// <param name="Count">How many linear indices.</param>
    /// <param name="Inputs">What is loaded; operand k of a step below their number is input k.</param>
    /// <param name="Steps">What is computed; step k is operand Inputs + k.</param>
    /// <param name="Sinks">One output each.</param>
    public sealed record Map(long Count, ImmutableArray<Layout> Inputs, ImmutableArray<MapStep> Steps, ImmutableArray<Sink> Sinks) : Kernel
    {
        /// <inheritdoc/>
        public bool Equals(Map? other) => other is not null && Count == other.Count && Steps.AsSpan().SequenceEqual(other.Steps.AsSpan()) && Sinks.AsSpan().SequenceEqual(other.Sinks.AsSpan()) && Inputs.AsSpan().SequenceEqual(other.Inputs.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(Count);
            foreach (var layout in Inputs) hash.Add(HashCode.Combine(layout.Shape, layout.Offset));
            foreach (var step in Steps) hash.Add(HashCode.Combine(step.Op.Hash, step.A, step.B));
            foreach (var sink in Sinks) hash.Add(sink.Operand);
            return hash.ToHashCode();
        }
    }

    /// <summary>Batched matrix products over strided operands, into a dense result.</summary>
    /// <param name="DType">The element type.</param>
    /// <param name="Batch">How many products.</param>
    /// <param name="M">Rows.</param>
    /// <param name="K">The inner size.</param>
    /// <param name="N">Columns.</param>
    /// <param name="A">The left operand: strides over batch, m, k.</param>
    /// <param name="B">The right operand: strides over batch, k, n.</param>
    public sealed record Product(DType DType, long Batch, long M, long K, long N, Layout A, Layout B) : Kernel;

    /// <summary>An operation that holds functions, over dense operands.</summary>
    /// <param name="Op">The operation.</param>
    /// <param name="Programs">Its functions: their leaves are their parameters, their roots their results.</param>
    /// <param name="Operands">The operands' types.</param>
    /// <param name="Results">The results' types.</param>
    public sealed record Control(Several Op, ImmutableArray<Program> Programs, ImmutableArray<TensorType> Operands, ImmutableArray<TensorType> Results) : Kernel;

    /// <summary>A primitive that runs by itself on dense operands.</summary>
    /// <param name="Op">The primitive.</param>
    /// <param name="Operands">The operands' types.</param>
    /// <param name="Result">The result's type.</param>
    public sealed record Call(Op Op, ImmutableArray<TensorType> Operands, TensorType Result) : Kernel
    {
        /// <inheritdoc/>
        public bool Equals(Call? other) => other is not null && Op.Equals(other.Op) && Operands.AsSpan().SequenceEqual(other.Operands.AsSpan()) && Result.Equals(other.Result);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Op.Hash, Operands.Length, Result);
    }
}

/// <summary>One computation of a fused region.</summary>
/// <param name="Op">An elementwise primitive.</param>
/// <param name="A">Its first operand.</param>
/// <param name="B">Its second operand, or −1.</param>
/// <param name="C">Its third operand, or −1.</param>
/// <param name="From">The element type of its last operand.</param>
/// <param name="To">The element type of its result.</param>
public readonly record struct MapStep(Op Op, int A, int B, int C, DType From, DType To);

/// <summary>Where a fused region delivers an operand: a dense result, or a reduction over the middle of [Outer, Middle, Inner].</summary>
/// <param name="Operand">What is delivered.</param>
/// <param name="How">The combination; none stores every element.</param>
/// <param name="DType">The element type.</param>
/// <param name="Outer">The outer size.</param>
/// <param name="Middle">The size that is reduced.</param>
/// <param name="Inner">The inner size.</param>
public readonly record struct Sink(int Operand, Combine? How, DType DType, long Outer, long Middle, long Inner);
