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

    // The trace in which the node was made, if any.
    internal readonly Trace? Born = Trace.Current;

    /// <summary>Applies an operation.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="inputs">Its operands.</param>
    /// <exception cref="ShapeException">The operands do not fit the operation.</exception>
    public Node(Op op, params ImmutableArray<Node> inputs)
    {
        Op = op;
        Inputs = inputs;
        Type = op.Infer(inputs);
    }

    private Node(TensorType type, TensorBuffer? value)
    {
        (Op, Inputs, Type) = (Input.Instance, [], type);
        this.value = value;
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
    public static Node Placeholder(TensorType type) => new(type, null);

    /// <summary>A leaf that holds a value.</summary>
    /// <param name="value">The elements, in row-major order.</param>
    /// <param name="shape">The sizes; their product is the number of elements of <paramref name="value"/>.</param>
    public static Node Leaf(TensorBuffer value, Dims shape) => new(new TensorType(value.DType, shape), value);

    internal static Node Leaf(TensorBuffer value, TensorType type) => new(type, value);

    internal void Memoise(TensorBuffer computed) => Interlocked.CompareExchange(ref value, computed, null);

    /// <summary>One bounded line: the operation and its type.</summary>
    public override string ToString() => $"{Op} : {Type}";
}
