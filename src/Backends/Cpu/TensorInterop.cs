using System.Numerics.Tensors;

namespace Functional.Autograd;

/// <summary>Between nodes and the tensors of <see cref="System.Numerics.Tensors"/>.</summary>
public static class TensorInterop
{
    /// <summary>A leaf that holds a copy of a tensor, of the same sizes. Dense tensors are copied once, straight into the leaf's memory.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="tensor">The tensor; it may be a slice.</param>
    /// <exception cref="ShapeException">The tensor has no axes.</exception>
    public static Node ToNode<T>(this ReadOnlyTensorSpan<T> tensor) where T : unmanaged
    {
        if (tensor.Rank == 0) throw new ShapeException("ToNode: a tensor without axes is empty here; give it an axis");
        var shape = Dims.From(tensor.Lengths.ToArray().Select(n => (long)n));
        if (tensor is { IsDense: true, FlattenedLength: > 0 } && tensor.TryGetSpan(new nint[tensor.Rank], checked((int)tensor.FlattenedLength), out var dense)) return Ops.Tensor(dense, shape);
        var copy = new T[tensor.FlattenedLength];
        tensor.FlattenTo(copy);
        return Ops.Tensor<T>(copy, shape);
    }

    /// <inheritdoc cref="ToNode{T}(ReadOnlyTensorSpan{T})"/>
    public static Node ToNode<T>(this Tensor<T> tensor) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.AsReadOnlyTensorSpan().ToNode();
    }

    /// <summary>The elements of a node, computed if need be, as a tensor of the same sizes that nobody else holds. A node without axes becomes one axis of one element: the framework's
    /// tensors without axes are empty.</summary>
    /// <typeparam name="T">The element type's .NET counterpart.</typeparam>
    /// <param name="node">The node.</param>
    /// <exception cref="ArgumentException">The type does not match the node's element type.</exception>
    public static Tensor<T> ToTensor<T>(this Node node) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(node);
        return Tensor.Create(Plans.Evaluator.Read<T>(node), node.Type.Rank == 0 ? [1] : [.. node.Shape.Select(n => (nint)n)]);
    }
}
