namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Joins tensors along a dimension. https://pytorch.org/docs/2.6/generated/torch.cat.html</summary>
    /// <exception cref="RuntimeError">Sizes differ elsewhere, or there are no tensors.</exception>
    public static Tensor cat(IReadOnlyList<Tensor> tensors, int dim = 0)
    {
        if (tensors.Count == 0) throw new RuntimeError("torch.cat(): expected a non-empty list of Tensors");
        // A vector of no elements fits to everything and adds nothing but its type.
        static bool Counts(Dims shape) => shape.Count != 1 || shape[0] > 0;
        var like = tensors.FirstOrDefault(t => Counts(t.Dims), tensors[0]);
        var d = Wrap(dim, like.ndim);
        for (var i = 0; i < tensors.Count; i++)
        {
            var t = tensors[i];
            if (t.ndim == 0) throw new RuntimeError($"zero-dimensional tensor (at position {i}) cannot be concatenated");
            if (!Counts(t.Dims)) continue;
            if (t.ndim != like.ndim) throw new RuntimeError($"Tensors must have same number of dimensions: got {like.ndim} and {t.ndim}");
            for (var k = 0; k < t.ndim; k++)
                if (k != d && t.Dims[k] != like.Dims[k]) throw new RuntimeError($"Sizes of tensors must match except in dimension {d}. Expected size {like.Dims[k]} but got size {t.Dims[k]} for tensor number {i} in the list.");
        }
        var type = tensors.Skip(1).Aggregate(tensors[0].Node.DType, (type, t) => DTypes.Promote(type, t.Node.DType));
        return Record("CatBackward0", Saves.None, x =>
        {
            Node[] parts = [.. x.Where(p => Counts(p.Shape)).DefaultIfEmpty(x[0]).Select(p => Ops.Cast(p, type))];
            return parts.Length == 1 ? new Node(Primitives.Alias.Instance, parts[0]) : Ops.Concat(parts, d);
        }, [.. tensors]);
    }

    /// <summary>Joins tensors along a new dimension. https://pytorch.org/docs/2.6/generated/torch.stack.html</summary>
    /// <exception cref="RuntimeError">Sizes differ, or there are no tensors.</exception>
    public static Tensor stack(IReadOnlyList<Tensor> tensors, int dim = 0)
    {
        if (tensors.Count == 0) throw new RuntimeError("stack expects a non-empty TensorList");
        for (var i = 1; i < tensors.Count; i++)
            if (tensors[i].Dims != tensors[0].Dims) throw new RuntimeError($"stack expects each tensor to be equal size, but got {tensors[0].Dims} at entry 0 and {tensors[i].Dims} at entry {i}");
        var d = Wrap(dim, tensors[0].ndim + 1);
        return Record("StackBackward0", Saves.None, x => Ops.Stack(x, d), [.. tensors]);
    }

    /// <summary>Element by element: input where the condition holds, else other. https://pytorch.org/docs/2.6/generated/torch.where.html</summary>
    public static Tensor where(Tensor condition, Tensor input, Tensor other)
    {
        CheckBroadcast(condition.Dims, input.Dims);
        CheckBroadcast(condition.Dims, other.Dims);
        CheckBroadcast(input.Dims, other.Dims);
        var type = ResultType(input, other);
        var mask = Truth(condition);
        return Laid(Record("WhereBackward0", Saves.None, (a, b) => Ops.Where(mask, Taken(input, a, type), Taken(other, b, type)), input, other, condition), condition, input, other);
    }

    private static Node Truth(Tensor condition)
    {
        if (condition.Node.DType == DType.Bool) return condition.Node;
        if (condition.Node.DType != DType.UInt8) throw new RuntimeError($"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype.TensorType}");
        warnings.warn("where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version of PyTorch. Use a boolean condition instead.");
        return Ops.Cast(condition.Node, DType.Bool);
    }
}
