using System.Collections.Immutable;
using System.Diagnostics;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>
/// An immutable expression: an operation applied to inputs. Nodes have identity; two nodes are equal only when they are
/// the same object. Building a node checks shapes and element types at once and computes nothing.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class Node
{
    private TensorBuffer? value;

    // Scratch of the traversal that currently owns the numbering; see Numbering.
    internal long Mark;
    internal int Number;

    // The trace in progress, if any, that it or what it is made of was born in.
    internal readonly Trace? Hangs;

    // How often it was computed on the way to something else, up to three times.
    internal byte Asked;

    /// <summary>Applies an operation.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="inputs">Its operands.</param>
    /// <exception cref="ShapeException">The operands do not fit the operation.</exception>
    public Node(Op op, params ImmutableArray<Node> inputs)
    {
        Op = op;
        Inputs = inputs;
        Type = op.Infer(inputs);
        foreach (var x in inputs)
            if (!x.DType.IsPlain && !op.Takes(x.DType)) throw new ShapeException($"{op} is not defined for {x.Type}");
        Hangs = Trace.Over(inputs);
        if (recordOrigins) RecordOrigin();
    }

    private Node(Op op, ImmutableArray<Node> inputs, TensorType type) => (Op, Inputs, Type, Hangs) = (op, inputs, type, Trace.Over(inputs));

    private Node(Input op, TensorType type, TensorBuffer? value)
    {
        (Op, Inputs, Type) = (op, [], type);
        if (value is null) Hangs = Trace.Current ?? Trace.Unbound;
        else this.value = Fitting(value);
        if (recordOrigins) RecordOrigin();
    }

    /// <summary>The operation.</summary>
    public Op Op { get; }

    /// <summary>The operands.</summary>
    public ImmutableArray<Node> Inputs { get; }

    /// <summary>Element type and shape, inferred at construction.</summary>
    public TensorType Type { get; }

    /// <summary>The sizes.</summary>
    public Dims Shape => Type.Shape;

    /// <summary>The element type.</summary>
    public DType DType => Type.DType;

    /// <summary>The value, once computed. The slot is written at most once, so evaluation is observably pure.</summary>
    internal TensorBuffer? Value => Volatile.Read(ref value);

    /// <summary>A leaf whose value is given later, when a compiled function is run.</summary>
    /// <param name="type">Its element type and shape.</param>
    public static Node Placeholder(TensorType type) => new(Input.Instance, type, null);

    /// <summary>A leaf that holds a value.</summary>
    /// <param name="value">The elements, in row-major order.</param>
    /// <param name="shape">The sizes; their product is the number of elements of <paramref name="value"/>.</param>
    /// <exception cref="ShapeException">The elements do not fill the shape.</exception>
    public static Node Leaf(TensorBuffer value, Dims shape) => Leaf(value, new TensorType(value.DType, shape));

    internal static Node Leaf(TensorBuffer value, TensorType type) => new(Input.Instance, type, value);

    /// <summary>A leaf whose value was computed from nodes that are not kept: no derivative finds the way back to them.</summary>
    internal static Node Result(TensorBuffer value, TensorType type) => new(Input.Result, type, value);

    /// <summary>The operation over other operands; where theirs are of the same types, so is its result.</summary>
    internal Node Over(ImmutableArray<Node> inputs)
    {
        for (var k = 0; k < inputs.Length; k++)
            if (!inputs[k].Type.Equals(Inputs[k].Type)) return new Node(Op, inputs);
        return new Node(Op, inputs, Type);
    }

    internal bool IsResult => ReferenceEquals(Op, Input.Result);

    internal void Memoise(TensorBuffer computed) => Interlocked.CompareExchange(ref value, Fitting(computed), null);

    // Kernels trust types: what is read past the end of a buffer belongs to somebody else.
    private TensorBuffer Fitting(TensorBuffer buffer) => buffer.Count == Type.Count && buffer.DType == Type.DType ? buffer
        : throw new ShapeException($"{buffer.Count} elements of {buffer.DType.ToString().ToLowerInvariant()} are no value of type {Type}");

    /// <summary>One bounded line: the operation and its type.</summary>
    public override string ToString() => $"{Op} : {Type}";
}
