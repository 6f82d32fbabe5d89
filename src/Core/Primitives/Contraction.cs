using System.Collections.Immutable;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Primitives;

/// <summary>Batched matrix product: [batch, m, k] · [batch, k, n] = [batch, m, n].</summary>
public sealed record Dot : Op
{
    /// <summary>The only instance.</summary>
    public static readonly Dot Instance = new();

    /// <inheritdoc/>
    public override TensorType Infer(ImmutableArray<Node> inputs)
    {
        var (a, b) = (inputs[0].Type, inputs[1].Type);
        if (a.Rank != 3 || b.Rank != 3 || a.DType != b.DType || a.DType == DType.Bool || a.Shape[0] != b.Shape[0] || a.Shape[2] != b.Shape[1]) throw Mismatch("Dot", a, b);
        return a.Reshaped([a.Shape[0], a.Shape[1], b.Shape[2]]);
    }

    /// <inheritdoc/>
    public override LinearMap Differential(Node y, int operand)
    {
        if (!y.DType.IsFloat) return LinearMap.Zero;
        var other = y.Inputs[1 - operand];
        return new LinearMap.Self(operand == 0
            ? c => new Node(Instance, c, Transpose(other))
            : c => new Node(Instance, Transpose(other), c));
    }

    internal override Node Batch(Node y, ReadOnlySpan<Node?> rows)
    {
        var (n, batch, m, k, p) = (BatchSize(rows), y.Shape[0], y.Shape[1], y.Inputs[0].Shape[2], y.Shape[2]);
        // One matrix for all rows makes one tall product.
        if (batch == 1 && rows[1] is null) return Reshape(new Node(Instance, Reshape(rows[0]!, [1, n * m, k]), y.Inputs[1]), [n, 1, m, p]);
        if (batch == 1 && p == 1 && rows[0] is null) return Reshape(new Node(Instance, Reshape(rows[1]!, [1, n, k]), Transpose(y.Inputs[0])), [n, 1, m, 1]);
        var each = Each(y, rows);
        return Reshape(new Node(Instance, Reshape(each[0], [n * batch, m, k]), Reshape(each[1], [n * batch, k, p])), [n, batch, m, p]);
    }
}
