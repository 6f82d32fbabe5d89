using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>
/// Graphs of single elements, node by node, with the routines that tiles use, so the bits are the same: for such work a plan
/// would cost more than the computation.
/// </summary>
internal static unsafe class Scalars
{
    public static bool TryRun(Cone cone, Span<long> values)
    {
        var nodes = cone.Nodes;
        var operands = cone.Operands;
        var (next, leaf, scalar, zero) = (0, 0, 0, 0L);
        fixed (long* at = values)
        {
            for (var i = 0; i < nodes.Length; i++)
            {
                var node = nodes[i];
                if (cone.Values[i] is not null || node.Inputs.IsEmpty)
                {
                    if (cone.Values[i] is not null) Bits.Write(at + i, node.DType, cone.Leaves[leaf++].ScalarBits);
                    else if (node.Op is Literal literal) Bits.Write(at + i, node.DType, Cone.IsArgument(node, null) ? cone.Scalars[scalar++] : literal.Bits);
                    else if (node.Op is Iota) at[i] = 0;
                    else return false;
                    continue;
                }
                var count = node.Inputs.Length;
                var a = (nint)(at + operands[next]);
                switch (node.Op)
                {
                    case Elementwise op:
                        var (b, c) = (count > 1 ? (nint)(at + operands[next + 1]) : 0, count > 2 ? (nint)(at + operands[next + 2]) : 0);
                        Routines.For(op, node.Inputs[count - 1].DType)((nint)(at + i), a, b, c, 1);
                        break;
                    case Reshape or Permute or Broadcast or Slice or Flip or Windows or Checkpoint or Reduce { How: not Combine.Sum }:
                        at[i] = *(long*)a;
                        break;
                    // A sum begins with zero: that of −0 is 0.
                    case Fold or Reduce or CumSum:
                        Routines.For(Binary.Add, node.DType)((nint)(at + i), a, (nint)(&zero), 0, 1);
                        break;
                    case Dot:
                        Routines.For(Binary.Mul, node.DType)((nint)(at + i), a, (nint)(at + operands[next + 1]), 0, 1);
                        Routines.For(Binary.Add, node.DType)((nint)(at + i), (nint)(at + i), (nint)(&zero), 0, 1);
                        break;
                    default:
                        return false;
                }
                next += count;
            }
            for (var i = 0; i < nodes.Length; i++) at[i] = Bits.Read(at + i, nodes[i].DType);
        }
        return true;
    }
}
