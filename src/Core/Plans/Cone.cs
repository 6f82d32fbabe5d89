using System.Runtime.InteropServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>
/// What must be computed for some roots: the nodes without values that they depend on, inputs first, with leaves and
/// literals, numbered by place. Its arrays are reused by the next cone of the same thread.
/// </summary>
public sealed class Cone
{
    [ThreadStatic] private static Cone? shared;

    private readonly List<Node> nodes = [];
    private readonly List<TensorBuffer?> values = [];
    private readonly List<int> operands = [];
    private readonly List<int> roots = [];
    private readonly List<TensorBuffer> leaves = [];
    private readonly List<long> scalars = [];
    private readonly List<(Node Node, int Next)> stack = [];

    /// <summary>The nodes.</summary>
    public ReadOnlySpan<Node> Nodes => CollectionsMarshal.AsSpan(nodes);

    /// <summary>The nodes' values when the cone was taken: other threads may compute more meanwhile.</summary>
    public ReadOnlySpan<TensorBuffer?> Values => CollectionsMarshal.AsSpan(values);

    /// <summary>The operands' places, of all nodes in turn.</summary>
    public ReadOnlySpan<int> Operands => CollectionsMarshal.AsSpan(operands);

    /// <summary>The roots' places.</summary>
    public ReadOnlySpan<int> Roots => CollectionsMarshal.AsSpan(roots);

    /// <summary>The values of the leaves, in order of appearance.</summary>
    public ReadOnlySpan<TensorBuffer> Leaves => CollectionsMarshal.AsSpan(leaves);

    /// <summary>The values of the literals that do not belong to the structure, in order of appearance.</summary>
    public ReadOnlySpan<long> Scalars => CollectionsMarshal.AsSpan(scalars);

    /// <summary>Whether every tensor has one element.</summary>
    public bool AllScalar { get; private set; }

    /// <summary>A 128-bit digest of the structure: operations, operands, leaves' types and roots, but no values.</summary>
    internal UInt128 Key => Digested(whole: true);

    /// <summary>A digest of the kinds of operations and how they are connected, without parameters, types and shapes.</summary>
    internal UInt128 Operations => Digested(whole: false);

    private UInt128 Digested(bool whole)
    {
        ulong a = 0x9E3779B97F4A7C15, b = 0xC2B2AE3D27D4EB4F;
        for (var i = 0; i < nodes.Count; i++) Mix(ref a, ref b, (uint)(whole ? Digest(nodes[i], values[i]) : KindOf(nodes[i], values[i])));
        foreach (var operand in operands) Mix(ref a, ref b, (uint)operand);
        foreach (var root in roots) Mix(ref a, ref b, (uint)root + 0x10000u);
        return new UInt128(a, b);
    }

    internal static Cone Of(ReadOnlySpan<Node> roots)
    {
        var cone = shared ?? new Cone();
        shared = null;
        cone.Collect(roots);
        return cone;
    }

    internal void AddRoot(int place) => roots.Add(place);

    // Keeping references in the scratch would keep whole graphs alive.
    internal void Return()
    {
        nodes.Clear();
        values.Clear();
        operands.Clear();
        roots.Clear();
        leaves.Clear();
        scalars.Clear();
        if (nodes.Capacity <= 1 << 18) shared = this;
    }

    /// <summary>Whether a node's inputs are not looked at: it has a value or is one.</summary>
    internal static bool IsLeaf(Node node) => node.Value is not null || node.Inputs.IsEmpty;

    // Alias, Detach and Ruled have the value of their first operand; they vanish here.
    private static Node Seen(Node node)
    {
        while (node.Op is Alias or Detach or Ruled) node = node.Inputs[0];
        return node;
    }

    /// <summary>Literals that take part in simplification belong to the structure; all others are arguments.</summary>
    internal static bool IsStructural(Literal literal) => !literal.DType.IsFloat ? literal.Bits is >= -2 and <= 2 : Math.Abs(literal.Value) is 0 or 0.5 or 1 or 2;

    private void Collect(ReadOnlySpan<Node> wanted)
    {
        AllScalar = true;
        using var numbering = Numbering.Begin();
        foreach (var given in wanted)
        {
            var root = Seen(given);
            if (!numbering.TryGet(root, out var place)) Visit(root, numbering);
            roots.Add(numbering[root]);
        }
    }

    private void Visit(Node root, in Numbering numbering)
    {
        Open(root, numbering);
        while (stack.Count > 0)
        {
            ref var top = ref CollectionsMarshal.AsSpan(stack)[^1];
            if (top.Next < top.Node.Inputs.Length)
            {
                var input = Seen(top.Node.Inputs[top.Next++]);
                if (!numbering.TryGet(input, out _)) Open(input, numbering);
                continue;
            }
            foreach (var input in top.Node.Inputs) operands.Add(numbering[Seen(input)]);
            Add(top.Node, null, numbering);
            stack.RemoveAt(stack.Count - 1);
        }
    }

    private void Open(Node node, in Numbering numbering)
    {
        var value = node.Value;
        if (value is null && !node.Inputs.IsEmpty)
        {
            stack.Add((node, 0));
            return;
        }
        if (value is not null) leaves.Add(value);
        else if (node.Op is Input) throw Unbound(node);
        else if (IsArgument(node, value)) scalars.Add(((Literal)node.Op).Bits);
        Add(node, value, numbering);
    }

    private InvalidOperationException Unbound(Node node)
    {
        stack.Clear();
        return new(Trace.Explain(node));
    }

    private void Add(Node node, TensorBuffer? value, in Numbering numbering)
    {
        AllScalar &= node.Type.IsWord;
        numbering.Set(node, nodes.Count);
        nodes.Add(node);
        values.Add(value);
    }

    /// <summary>Whether a node is a literal that is given to the plan rather than built into it.</summary>
    internal static bool IsArgument(Node node, TensorBuffer? value) => value is null && node.Op is Literal literal && !IsStructural(literal);

    private static int Digest(Node node, TensorBuffer? value) => value is not null ? node.Type.GetHashCode() : IsArgument(node, value) ? (int)node.DType + 1 : node.Op.Hash;

    private static int KindOf(Node node, TensorBuffer? value) => value is not null ? 1 : IsArgument(node, value) ? 2 : node.Op.GetType().GetHashCode();

    private static void Mix(ref ulong a, ref ulong b, uint word)
    {
        a = (a ^ word) * 0x9FB21C651E98DF25;
        a ^= a >> 32;
        b = (b + word) * 0xD6E8FEB86659FD93;
        b ^= b >> 29;
    }
}
