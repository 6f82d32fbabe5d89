using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Testing;

/// <summary>Where it goes wrong: each operation of a function is asked alone, at the operands that it has there, from the inputs on.</summary>
internal static class Culprit
{
    private const int Most = 400;

    /// <summary>The first operation whose own derivatives break a law; null where none does by itself, or there are too many to ask.</summary>
    public static string? Of(Case at, DType dtype, VerifyOptions options)
    {
        try
        {
            List<Node> order;
            using (var numbering = Numbering.Begin()) order = Traversal.Order([at.Value], null, numbering);
            if (order.Count > Most) return null;
            var place = order.FindIndex(n => IsWrong(n, dtype, options));
            return place < 0 ? null : $"%{place} = {order[place].Op.Name}({string.Join(", ", Operands(order[place]).Select(x => "%" + order.IndexOf(x)))}) : {order[place].Type}";
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or ArgumentException)
        {
            return null; // what cannot be asked alone is not found
        }
    }

    private static IEnumerable<Node> Operands(Node node) => node.Op is Custom rule ? node.Inputs.Skip(1).Take(rule.Arguments) : node.Inputs;

    private static bool IsWrong(Node node, DType dtype, VerifyOptions options)
    {
        if (node.DType != dtype || node.Type.IsTuple || node.Op is Input or Literal or Detach or Part || (node.Op is Custom rule && options.Surrogates.Contains(rule.Title))) return false;
        Node[] operands = [.. Operands(node).Distinct<Node>(ReferenceEqualityComparer.Instance)], moving = [.. operands.Where(x => x.DType == dtype && !x.Type.IsTuple && Ops.Constant(x) is null)];
        if (moving.Length == 0 || operands.Any(x => x.Type.IsTuple)) return false;
        // The operation, or the rule with the value that it stands for, as a function of the operands that move.
        var (piece, captured) = Function.Between([.. moving], [node], n => n.Inputs.IsEmpty && n.Op is Input);
        Node[] point = [.. moving.Select(x => Ops.Tensor<double>(Oracle<Real>.Elements(Settled(x)), x.Shape))];
        var alone = new Case(node.Op.Name, point, x => piece.Apply([.. x, .. captured])[0]);
        try
        {
            Laws.Orders(alone, new(dtype, options.Orders, dtype == DType.Float32 ? options.SingleTolerance : options.Tolerance));
            Laws.Orders(alone, new(dtype, options.Orders, dtype == DType.Float32 ? options.SingleTolerance : options.Tolerance, Scaled: true));
            if (dtype == DType.Float64) Laws.Adjoint(alone);
            return false;
        }
        catch (LawBroken)
        {
            return true;
        }
    }

    private static Node Settled(Node x) => Transforms.Settled(x);
}
