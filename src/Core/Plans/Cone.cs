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
    private readonly List<int> operands = [];
    private readonly List<int> roots = [];
    private readonly List<Buffer> leaves = [];
    private readonly List<long> scalars = [];
    private readonly Stack<(Node Node, int Next)> stack = [];

    /// <summary>The nodes.</summary>
    public ReadOnlySpan<Node> Nodes => CollectionsMarshal.AsSpan(nodes);

    /// <summary>The operands' places, of all nodes in turn.</summary>
    public ReadOnlySpan<int> Operands => CollectionsMarshal.AsSpan(operands);

    /// <summary>The roots' places.</summary>
    public ReadOnlySpan<int> Roots => CollectionsMarshal.AsSpan(roots);

    /// <summary>The values of the leaves, in order of appearance.</summary>
    public ReadOnlySpan<Buffer> Leaves => CollectionsMarshal.AsSpan(leaves);

    /// <summary>The values of the literals that do not belong to the structure, in order of appearance.</summary>
    public ReadOnlySpan<long> Scalars => CollectionsMarshal.AsSpan(scalars);

    /// <summary>Whether every tensor has one element.</summary>
    public bool AllScalar { get; private set; }

    /// <summary>A 128-bit digest of the structure: operations, operands, leaves' types and roots, but no values.</summary>
    internal UInt128 Key
    {
        get
        {
            ulong a = 0x9E3779B97F4A7C15, b = 0xC2B2AE3D27D4EB4F;
            foreach (var node in nodes) Mix(ref a, ref b, (uint)Digest(node));
            foreach (var operand in operands) Mix(ref a, ref b, (uint)operand);
            foreach (var root in roots) Mix(ref a, ref b, (uint)root + 0x10000u);
            return new UInt128(a, b);
        }
    }

    internal static Cone Of(ReadOnlySpan<Node> roots)
    {
        var cone = shared ?? new Cone();
        shared = null;
        cone.Collect(roots);
        return cone;
    }

    // Keeping references in the scratch would keep whole graphs alive.
    internal void Return()
    {
        nodes.Clear();
        operands.Clear();
        roots.Clear();
        leaves.Clear();
        scalars.Clear();
        if (nodes.Capacity < 1 << 16) shared = this;
    }

    /// <summary>Whether a node's inputs are not looked at: it has a value or is one.</summary>
    internal static bool IsLeaf(Node node) => node.Value is not null || node.Inputs.IsEmpty;

    // Alias, Detach and Custom have the value of their first operand; they vanish here.
    internal static Node Seen(Node node)
    {
        while (node.Value is null && node.Op is Alias or Detach or Custom) node = node.Inputs[0];
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
        while (stack.TryPop(out var top))
        {
            if (top.Next < top.Node.Inputs.Length)
            {
                stack.Push((top.Node, top.Next + 1));
                var input = Seen(top.Node.Inputs[top.Next]);
                if (!numbering.TryGet(input, out _)) Open(input, numbering);
                continue;
            }
            foreach (var input in top.Node.Inputs) operands.Add(numbering[Seen(input)]);
            Add(top.Node, numbering);
        }
    }

    private void Open(Node node, in Numbering numbering)
    {
        if (!IsLeaf(node))
        {
            stack.Push((node, 0));
            return;
        }
        if (node.Value is { } value) leaves.Add(value);
        else if (node.Op is Input) throw new InvalidOperationException($"a placeholder of type {node.Type} has no value: run the function through Compile, or give it a leaf");
        else if (node.Op is Literal literal && !IsStructural(literal)) scalars.Add(literal.Bits);
        Add(node, numbering);
    }

    private void Add(Node node, in Numbering numbering)
    {
        AllScalar &= node.Type.Count == 1;
        numbering.Set(node, nodes.Count);
        nodes.Add(node);
    }

    private static int Digest(Node node) => node.Value is not null ? node.Type.GetHashCode()
        : node.Op is Literal literal && !IsStructural(literal) ? (int)literal.DType + 1 : node.Op.Hash;

    private static void Mix(ref ulong a, ref ulong b, uint word)
    {
        a = (a ^ word) * 0x9FB21C651E98DF25;
        a ^= a >> 32;
        b = (b + word) * 0xD6E8FEB86659FD93;
        b ^= b >> 29;
    }
}
