using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>What an operation's derivative reads, as PyTorch's rule saves it.</summary>
    [Flags]
    internal enum Saves
    {
        None = 0,
        /// <summary>The first operand.</summary>
        Self = 1,
        /// <summary>Each operand whose partner wants a gradient.</summary>
        Cross = 2,
        /// <summary>All operands.</summary>
        All = 4,
        /// <summary>The result.</summary>
        Result = 8,
        /// <summary>A number or an index, kept without a gradient of its own.</summary>
        Number = 16,
        /// <summary>The second operand.</summary>
        Other = 32,
        /// <summary>PyTorch's derivative is a function of the operands also where ours is constant: differentiated again it gives zeros, not nothing.</summary>
        Formula = 64,
    }

    private const int DeepestPending = 4096;

    // The recorder. A result is a function of one node for each operand position, and it is given nodes that are distinct: two tensors may
    // share a node (a tensor and its detached self, a view that moves nothing), but a gradient is taken by position.

    /// <summary>Records an operation of one operand.</summary>
    /// <param name="name">PyTorch's name of the derivative; empty for results that carry none.</param>
    /// <param name="saves">What the derivative reads.</param>
    /// <param name="f">The result from the operand.</param>
    /// <param name="x">The operand.</param>
    /// <param name="watched">Tensors that the derivative reads without a gradient of their own, such as indices.</param>
    internal static Tensor Record(string name, Saves saves, Func<Node, Node> f, Tensor x, params ReadOnlySpan<Tensor> watched)
    {
        var own = x.Node;
        Node result;
        try
        {
            result = f(own);
        }
        catch (Exception e) when (e is not PythonError)
        {
            throw Translated(e);
        }
        return Recorded(name, saves, result, [own], [x], watched);
    }

    /// <summary>Records an operation of two operands.</summary>
    internal static Tensor Record(string name, Saves saves, Func<Node, Node, Node> f, Tensor a, Tensor b, params ReadOnlySpan<Tensor> watched)
    {
        var (x, y) = (a.Node, b.Node);
        if (ReferenceEquals(x, y)) y = new Node(Alias.Instance, y);
        Node result;
        try
        {
            result = f(x, y);
        }
        catch (Exception e) when (e is not PythonError)
        {
            throw Translated(e);
        }
        return Recorded(name, saves, result, [x, y], [a, b], watched);
    }

    /// <summary>Records an operation of any number of operands.</summary>
    internal static Tensor Record(string name, Saves saves, Func<Node[], Node> f, ReadOnlySpan<Tensor> operands, params ReadOnlySpan<Tensor> watched)
    {
        var own = Positions(operands);
        return Recorded(name, saves, Guard(() => f(own)), own, operands, watched);
    }

    private static Tensor Recorded(string name, Saves saves, Node node, ReadOnlySpan<Node> own, ReadOnlySpan<Tensor> operands, ReadOnlySpan<Tensor> watched)
    {
        var result = new Tensor(node);
        var depth = 0;
        var wanted = false;
        foreach (var x in operands)
        {
            depth = Math.Max(depth, x.storage.Depth);
            wanted |= x.requires_grad;
        }
        result.storage.Depth = depth + 1;
        if (wanted && GradMode && node.DType.IsFloat && name != "")
        {
            var fn = new GradFn(name, saves, [node], own.ToArray(), Edges(operands));
            if (saves is not (Saves.None or Saves.Number) || watched.Length > 0) fn.SavedValues = SavedBy(saves, operands, result, watched);
            result.gradFn = fn;
        }
        // Histories are computed before they grow without bound.
        if (depth >= DeepestPending) Force([result]);
        return result;
    }

    /// <summary>One node for each operand, all distinct.</summary>
    internal static Node[] Positions(ReadOnlySpan<Tensor> operands)
    {
        var own = new Node[operands.Length];
        for (var i = 0; i < own.Length; i++) own[i] = operands[i].Node;
        return Distinct(own);
    }

    /// <summary>The nodes, where each that stands there already has become a node of its own.</summary>
    internal static Node[] Distinct(Node[] nodes)
    {
        if (nodes.Length < 2) return nodes;
        var met = new HashSet<Node>(nodes.Length, ReferenceEqualityComparer.Instance);
        for (var i = 0; i < nodes.Length; i++)
            if (!met.Add(nodes[i])) nodes[i] = new Node(Alias.Instance, nodes[i]);
        return nodes;
    }

    private static Edge[] Edges(ReadOnlySpan<Tensor> tensors)
    {
        var edges = new Edge[tensors.Length];
        for (var i = 0; i < edges.Length; i++) edges[i] = tensors[i].Edge;
        return edges;
    }

    internal static bool Reads(Saves saves, int operand, ReadOnlySpan<Tensor> operands)
    {
        if (saves.HasFlag(Saves.All) || (saves.HasFlag(Saves.Self) && operand == 0) || (saves.HasFlag(Saves.Other) && operand == 1)) return true;
        for (var j = 0; j < operands.Length && saves.HasFlag(Saves.Cross); j++)
            if (j != operand && operands[j].requires_grad) return true;
        return false;
    }

    private static Saved[] SavedBy(Saves saves, ReadOnlySpan<Tensor> operands, Tensor? result, ReadOnlySpan<Tensor> watched)
    {
        var saved = new List<Saved>(operands.Length + watched.Length + 1);
        for (var i = 0; i < operands.Length; i++)
            if (Reads(saves, i, operands)) saved.Add(new(operands[i], operands[i].version.Value, false));
        foreach (var x in watched) saved.Add(new(x, x.version.Value, false));
        if (saves.HasFlag(Saves.Result) && result is not null) saved.Add(new(result, result.version.Value, true));
        return [.. saved];
    }

    /// <summary>Gives an elementwise result the memory order that PyTorch gives it.</summary>
    internal static Tensor Laid(Tensor result, params ReadOnlySpan<Tensor> like)
    {
        result.storage.Order = Layouts.Like(result.Dims, like);
        return result;
    }
}
