using System.Collections.Immutable;
using Functional.Autograd;

namespace Model.Pure;

/// <summary>How a view was made.</summary>
internal enum Made { Plain, WithoutGrad, OneOfSeveral }

/// <summary>
/// A tensor: which elements of which storage it shows, and its part in differentiation. A view is nothing but the places of its
/// elements, so that reading gathers and writing scatters.
/// </summary>
/// <param name="Storage">Whose elements.</param>
/// <param name="Counter">The version counter; detached selves share it, data does not.</param>
/// <param name="DType">The element type.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="Places">The place in the storage of every element.</param>
internal sealed record Handle(int Storage, int Counter, DType DType, Dims Shape, ImmutableArray<int> Places)
{
    public TensorType Type => new(DType, Shape);

    /// <summary>The tensor that this is a differentiable view of.</summary>
    public int? Base { get; init; }

    public Made Made { get; init; }

    public History? Edge { get; init; }

    /// <summary>Which of several results it is.</summary>
    public int Number { get; init; }

    public Leaf? Leaf { get; init; }

    /// <summary>The flag of a leaf.</summary>
    public bool Wants { get; init; }

    public bool Retains { get; init; }

    public int? Grad { get; init; }

    /// <summary>Whether the elements are known to lie in row-major order, in PyTorch too.</summary>
    public bool Dense { get; init; }

    /// <summary>Whether PyTorch refuses to tell its history.</summary>
    public bool Broken { get; init; }
}
