using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>
/// Where cotangents are zero because a choice went the other way. A zero that meets an infinite slope would become NaN; past a choice it stays zero, so the derivative of
/// <c>where(x &lt; 1, x, sqrt(x − 1))</c> at 0 is 1; so it is past the larger or smaller of two. Reverse mode alone needs it for that: forward mode chooses last. A mask is true where a cotangent may differ from zero; null stands for everywhere.
/// </summary>
internal static class Masks
{
    /// <summary>Notes the mask of what one operand receives, and clears that elsewhere.</summary>
    /// <param name="masks">One per node of the pass.</param>
    /// <param name="from">The place of the node that hands down.</param>
    /// <param name="to">The operand's place.</param>
    /// <param name="isFirst">Whether nothing has arrived there yet.</param>
    /// <param name="y">The node.</param>
    /// <param name="operand">Which operand.</param>
    /// <param name="term">What it receives.</param>
    public static Node Handed(Node?[] masks, int from, int to, bool isFirst, Node y, int operand, Node term)
    {
        var mask = Past(y, operand, masks[from]);
        var before = masks[to];
        masks[to] = isFirst || ReferenceEquals(before, mask) ? mask : before is null || mask is null ? null : Ops.Or(before, mask);
        // These multiply by nothing that could be infinite.
        return mask is null || y.Op is not Elementwise || y.Op is Select or Cast || y.Op == Binary.Add || y.Op == Binary.Max || y.Op == Binary.Min || y.Op == Unary.Neg ? term : Ops.Where(mask, term, 0);
    }

    private static Node? Past(Node y, int operand, Node? mask) => y.Op switch
    {
        Select => And(mask, operand == 1 ? y.Inputs[0] : Ops.Not(y.Inputs[0])),
        _ when y.Op == Binary.Max => And(mask, Ops.Not(y.Inputs[operand] < y.Inputs[1 - operand])),
        _ when y.Op == Binary.Min => And(mask, Ops.Not(y.Inputs[operand] > y.Inputs[1 - operand])),
        _ when mask is null => null,
        Elementwise or Alias or Checkpoint => mask,
        Reshape or Permute or Broadcast or Slice or Pad or Flip or Concat or Insert or Take or Windows or Fold or CumSum or Reduce { How: Combine.Sum } => Moved(y, operand, mask),
        _ => null,
    };

    private static Node And(Node? mask, Node chosen) => mask is null ? chosen : Ops.And(mask, chosen);

    // The transpose of a movement or a sum brings a mask to where its cotangents go.
    private static Node Moved(Node y, int operand, Node mask)
    {
        var (active, reached) = (new bool[y.Inputs.Length], new Node?[y.Inputs.Length]);
        active[operand] = true;
        y.Op.Pull(y, Ops.Cast(mask, y.DType), active, reached);
        return Ops.NotEqual(reached[operand]!, 0);
    }
}
