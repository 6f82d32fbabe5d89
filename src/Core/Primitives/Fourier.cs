using System.Collections.Immutable;

namespace Functional.Autograd.Primitives;

/// <summary>
/// The discrete Fourier transform of each row, Yₖ = Σⱼ Xⱼ·exp(∓2πi·jk/n), the minus sign for the forward one; neither is divided by n, so each is the other's transpose. Complex [batch, n] → complex [batch, n].
/// </summary>
/// <param name="Inverse">With the plus sign.</param>
public sealed record Fourier(bool Inverse) : Op
{
    internal override Handling Elements => Handling.Passes;

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs) => inputs[0].Type is { Rank: 2, DType.IsComplex: true } x ? x : throw Mismatch(Text, inputs[0].Type);

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand) => new LinearMap.Self(c => new Node(new Fourier(!Inverse), c));

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows) => Ops.Reshape(new Node(this, Matrices.Joined(rows[0]!)), rows[0]!.Shape);

    private protected override string Text => Inverse ? "Fourier(inverse)" : "Fourier(forward)";
}
