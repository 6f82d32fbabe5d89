using System.Collections.Immutable;

namespace Functional.Autograd.Primitives;

/// <summary>
/// Two real numbers as one complex number. This and <see cref="Component"/> are all that is complex: every operation on complex tensors is made of operations on their parts, so
/// its derivative follows. A cotangent is ∂L/∂re + i·∂L/∂im, which is PyTorch's convention: https://pytorch.org/docs/2.6/notes/autograd.html#autograd-for-complex-numbers
/// </summary>
public sealed record ComplexOf : Elementwise
{
    /// <summary>The only instance.</summary>
    public static readonly ComplexOf Instance = new();

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var (re, im) = (inputs[0].Type, inputs[1].Type);
        if (!re.Equals(im) || !re.DType.IsFloat || re.DType.IsHalf) throw Mismatch(Name, re, im);
        var type = DTypes.Promote(re.DType, DType.Complex64);
        return re.IsNumber && im.IsNumber ? TensorType.Number(type) : re.As(type);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => new LinearMap.Adjoint(c => operand == 0 ? Ops.Real(c) : Ops.Imag(c));

    internal override Node? Push(Node y, ReadOnlySpan<Node?> tangents) => new(this, tangents[0] ?? Ops.Like(y.Inputs[0], 0), tangents[1] ?? Ops.Like(y.Inputs[1], 0));
}

/// <summary>A part of a complex number.</summary>
/// <param name="Imaginary">The imaginary part; otherwise the real one.</param>
public sealed record Component(bool Imaginary) : Elementwise
{
    internal override Handling Elements => Handling.Passes;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => inputs[0].DType.IsComplex ? inputs[0].Type.As(inputs[0].DType.PartType) : throw Mismatch(Text, inputs[0].Type);

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => new LinearMap.Self(c => Ops.Like(c, 0) is var zero && Imaginary ? Ops.ToComplex(zero, c) : Ops.ToComplex(c, zero));

    private protected override string Text => Imaginary ? "Imag" : "Real";
}
