namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Puts a result where the caller says, as PyTorch's functions with out= do: unrecorded, in the shape of the result and the type of the place.</summary>
    /// <param name="name">The function.</param>
    /// <param name="out">The place.</param>
    /// <param name="cast">Whether the place may be of another type that results can be cast to.</param>
    /// <param name="value">The result.</param>
    /// <param name="operands">What it is made of.</param>
    internal static Tensor Into(string name, Tensor @out, bool cast, Func<Tensor> value, params ReadOnlySpan<Tensor?> operands)
    {
        // None is no place, as in Python.
        if (@out is null) return value();
        var wanted = @out.requires_grad;
        foreach (var x in operands) wanted |= x is { requires_grad: true };
        if (wanted && GradMode) throw new RuntimeError($"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.");
        using var unrecorded = no_grad();
        var result = value();
        var (from, to) = (result.Node.DType, @out.Node.DType);
        if (from != to && !cast) throw new RuntimeError($"Expected out tensor to have dtype {Named(from).InC}, but got {Named(to).InC} instead");
        if (Kind(from) > Kind(to)) throw new RuntimeError($"result type {result.dtype.TensorType} can't be cast to the desired output type {@out.dtype.TensorType}");
        foreach (var x in operands)
            if (x is not null && Layouts.PartlyOverlap(@out, x)) throw new RuntimeError(PartlyShared);
        if (@out.Dims != result.Dims)
        {
            if (@out.numel() > 0) warnings.warn($"An output with one or more elements was resized since it had shape {@out.Dims}, which does not match the required output shape {result.Dims}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0).");
            @out.data = torch.empty(result.shape, @out.dtype);
        }
        return @out.copy_(result);
    }
}
