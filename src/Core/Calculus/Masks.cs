using Functional.Autograd.Primitives;

namespace Functional.Autograd;

/// <summary>
/// Where cotangents are zero because a choice went the other way. A zero that meets an infinite slope would become NaN; past a choice it stays zero, so the derivative of
/// <c>where(x &lt; 1, x, sqrt(x − 1))</c> at 0 is 1; so it is past the larger or smaller of two. Reverse mode alone needs it for that: forward mode chooses last.
/// A cotangent is cleared where elements come together, and not before: between elementwise operations, each keeps to itself.
/// </summary>
internal sealed class Masks(int places)
{
    // True where a cotangent may differ from zero; null stands for everywhere.
    private readonly Node?[] masks = new Node?[places];
    private readonly bool[] isOpen = new bool[places];

    /// <summary>A cotangent with zeros outside its mask.</summary>
    public Node Cleared(int place, Node c)
    {
        if (!isOpen[place]) return c;
        isOpen[place] = false;
        return Ops.Where(masks[place]!, c, 0);
    }

    /// <summary>Adds what a node hands to one of its operands.</summary>
    /// <param name="sum">What has arrived at the operand.</param>
    /// <param name="from">The place of the node.</param>
    /// <param name="to">The operand's place.</param>
    /// <param name="y">The node.</param>
    /// <param name="operand">Which operand.</param>
    /// <param name="term">What it receives.</param>
    public void Hand(ref Node? sum, int from, int to, Node y, int operand, Node term)
    {
        var mask = Past(y, operand, masks[from]);
        var isTermOpen = mask is not null && (isOpen[from] || (y.Op is Elementwise && !Keeps(y.Op)));
        if (sum is null)
        {
            (sum, masks[to], isOpen[to]) = (term, mask, isTermOpen);
            return;
        }
        var before = masks[to];
        if (ReferenceEquals(before, mask))
        {
            isOpen[to] |= isTermOpen;
            sum += term;
            return;
        }
        sum = Cleared(to, sum) + (isTermOpen ? Ops.Where(mask!, term, 0) : term);
        masks[to] = before is null || mask is null ? null : Ops.Or(before, mask);
    }

    // These multiply by nothing that could be infinite.
    private static bool Keeps(Op op) => op is Select or Cast || op == Binary.Add || op == Binary.Max || op == Binary.Min || op == Unary.Neg;

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
