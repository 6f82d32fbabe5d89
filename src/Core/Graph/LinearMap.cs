namespace Functional.Autograd;

/// <summary>
/// The derivative of an operation in one operand: a linear map from the operand's tangent t to the result's tangent.
/// Forward mode applies it; reverse mode applies its transpose to the result's cotangent c.
/// </summary>
public abstract record LinearMap
{
    private protected LinearMap() { }

    /// <summary>The zero map: the operation is constant, or not differentiable, in this operand.</summary>
    public sealed record None : LinearMap;

    /// <summary>t ↦ t; transposed c ↦ c.</summary>
    public sealed record Identity : LinearMap;

    /// <summary>t ↦ t·w; transposed c ↦ c·w.</summary>
    /// <param name="Weight">The slope, of the result's type.</param>
    public sealed record Scale(Node Weight) : LinearMap;

    /// <summary>t ↦ t / d; transposed c ↦ c / d. A quotient may be finite where 1 / d is not.</summary>
    /// <param name="Divisor">The inverse of the slope, of the result's type.</param>
    public sealed record Over(Node Divisor) : LinearMap;

    /// <summary>The operation is itself linear in this operand: t ↦ op(…, t, …); transposed it is the given map.</summary>
    /// <param name="Transpose">c ↦ the operand's cotangent.</param>
    public sealed record Self(Func<Node, Node> Transpose) : LinearMap;

    /// <summary>A map given by its transpose alone; forward mode transposes it once more.</summary>
    /// <param name="Transpose">c ↦ the operand's cotangent, linear in c.</param>
    public sealed record Adjoint(Func<Node, Node> Transpose) : LinearMap;

    /// <summary>The zero map.</summary>
    public static LinearMap Zero { get; } = new None();

    /// <summary>The identity map.</summary>
    public static LinearMap One { get; } = new Identity();

    /// <summary>A slope as the map that scales by it.</summary>
    /// <param name="slope">The slope.</param>
    public static implicit operator LinearMap(Node slope) => new Scale(slope);
}
