using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// What the gradients of an operation read. Three bits belong to each of the first three operands and say whose gradients read it. As in
    /// PyTorch, what a single gradient reads is saved when that gradient is wanted, and what several read is saved in any case.
    /// </summary>
    [Flags]
    internal enum Saves
    {
        None = 0,
        /// <summary>The gradient of the first operand reads it.</summary>
        Self = 1,
        /// <summary>The gradient of the second operand reads the first.</summary>
        SelfForOther = 1 << 1,
        /// <summary>The gradient of the third operand reads the first.</summary>
        SelfForThird = 1 << 2,
        /// <summary>The gradient of the first operand reads the second.</summary>
        OtherForSelf = 1 << 3,
        /// <summary>The gradient of the second operand reads it.</summary>
        Other = 1 << 4,
        /// <summary>The gradient of the third operand reads the second.</summary>
        OtherForThird = 1 << 5,
        /// <summary>The gradient of the first operand reads the third.</summary>
        ThirdForSelf = 1 << 6,
        /// <summary>The gradient of the second operand reads the third.</summary>
        ThirdForOther = 1 << 7,
        /// <summary>The gradient of the third operand reads it.</summary>
        Third = 1 << 8,
        /// <summary>Of two operands each is a factor of the other's gradient.</summary>
        Cross = SelfForOther | OtherForSelf,
        /// <summary>The same of the second and the third.</summary>
        LastCross = OtherForThird | ThirdForOther,
        /// <summary>One gradient for all operands reads the first two.</summary>
        FirstTwo = Self | Cross | Other,
        /// <summary>One gradient for all operands reads them.</summary>
        All = FirstTwo | SelfForThird | ThirdForSelf | LastCross | Third,
        /// <summary>The result.</summary>
        Result = 1 << 9,
        /// <summary>A number.</summary>
        Number = 1 << 10,
        /// <summary>PyTorch's derivative is a function of the operands also where ours is constant: differentiated again it gives zeros, not nothing.</summary>
        Formula = 1 << 11,
        /// <summary>So is its derivative, and the derivative of that, until nothing but zero is left.</summary>
        Powers = 1 << 12,
    }

    private const int DeepestPending = 4096;

    // Where nothing is recorded, what was computed on the way is held for nothing.
    private const int DeepestPlain = 256;

    // The recorder. A result is a function of one node for each operand position, and it is given nodes that are distinct: two tensors may
    // share a node (a tensor and its detached self, a view that moves nothing), but a gradient is taken by position. So may an operand and a tensor
    // that is only read: beside such a one every operand has a node of its own.

    /// <summary>Records an operation of one operand.</summary>
    /// <param name="name">PyTorch's name of the derivative; empty for results that carry none.</param>
    /// <param name="saves">What the derivative reads.</param>
    /// <param name="f">The result from the operand.</param>
    /// <param name="x">The operand.</param>
    /// <param name="watched">Tensors that are read without a gradient of their own, such as indices and weights.</param>
    internal static Tensor Record(string name, Saves saves, Func<Node, Node> f, Tensor x, params ReadOnlySpan<Tensor> watched)
    {
        var own = Reads(watched) ? Copied(x.Node) : x.Node;
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
        if (Reads(watched)) (x, y) = (Copied(x), Copied(y));
        else if (ReferenceEquals(x, y)) y = Copied(y);
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
        var own = Positions(operands, watched);
        return Recorded(name, saves, Guard(() => f(own)), own, operands, watched);
    }

    /// <summary>Records an operation of one operand and several results, all of which its derivative reads, or the first beside the operand.</summary>
    internal static Tensor[] RecordAll(string name, Func<Node, Node[]> f, Tensor x, Saves saves = Saves.None)
    {
        var own = x.Node;
        var nodes = Guard(() => f(own));
        var results = Array.ConvertAll(nodes, static node => new Tensor(node));
        var fn = x.requires_grad && GradMode && own.DType.IsSmooth ? new GradFn(name, saves, nodes, [own], [x.Edge]) : null;
        fn?.Save([x], []);
        for (var i = 0; i < results.Length; i++)
        {
            (results[i].gradFn, results[i].outputNr) = (fn, fn is null ? 0 : i);
            results[i].storage.Depth = x.storage.Depth + 1;
            if (saves == Saves.None || i == 0) fn?.SaveResult(results[i], i);
            if (Duals.Any) Move(results[i], Duals.Pushed(name, Saves.None, nodes[i], [own], [x]));
        }
        if (x.storage.Depth >= (fn is null ? DeepestPlain : DeepestPending) && own.Hangs is null) Force(results);
        return results;
    }

    private static Tensor Recorded(string name, Saves saves, Node node, ReadOnlySpan<Node> own, ReadOnlySpan<Tensor> operands, ReadOnlySpan<Tensor> watched, long below = long.MaxValue)
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
        if (wanted && GradMode && node.DType.IsSmooth && name != "")
        {
            var fn = new GradFn(name, saves, [node], own.ToArray(), Edges(operands));
            fn.Save(operands, watched);
            result.gradFn = fn;
            if (saves.HasFlag(Saves.Result)) fn.SaveResult(result);
        }
        if (Duals.Any && name != "") Move(result, Duals.Pushed(name, saves, node, own, operands, below));
        // Histories are computed before they grow without bound.
        if (depth >= (result.gradFn is null ? DeepestPlain : DeepestPending) && node.Hangs is null) Force([result]);
        return result;
    }

    private static void Move(Tensor result, Duals.Motion[] motions)
    {
        foreach (var motion in motions) Duals.Give(result, motion.Level, motion.Tangent);
        if (result.gradFn is { } fn) fn.Motions = motions;
    }

    /// <summary>A place in a graph that stands for another one.</summary>
    internal static GradFn Standing(Node node) => new("VmapBackward0", Saves.None, [node], [], []);

    /// <summary>The same value, whose derivative is refused.</summary>
    internal static Tensor Refused(Tensor x, string why) => new(x.Node) { gradFn = new GradFn("Error", Saves.None, [x.Node], [], []) { Refusal = why } };

    /// <summary>One node for each operand, all distinct.</summary>
    internal static Node[] Positions(ReadOnlySpan<Tensor> operands, ReadOnlySpan<Tensor> watched = default)
    {
        var (own, apart) = (new Node[operands.Length], Reads(watched));
        for (var i = 0; i < own.Length; i++) own[i] = apart ? Copied(operands[i].Node) : operands[i].Node;
        return Distinct(own);
    }

    // Whether a slope could lead through what is only read.
    private static bool Reads(ReadOnlySpan<Tensor> watched)
    {
        foreach (var x in watched)
            if (x.Node.DType.IsSmooth) return true;
        return false;
    }

    /// <summary>The nodes, where each that stands there already has become a node of its own.</summary>
    internal static Node[] Distinct(Node[] nodes)
    {
        if (nodes.Length < 2) return nodes;
        var met = new HashSet<Node>(nodes.Length, ReferenceEqualityComparer.Instance);
        for (var i = 0; i < nodes.Length; i++)
            if (!met.Add(nodes[i])) nodes[i] = Copied(nodes[i]);
        return nodes;
    }

    /// <summary>The same value as a result of its own.</summary>
    internal static Node Copied(Node x) => new(Alias.Instance, x);

    private static Edge[] Edges(ReadOnlySpan<Tensor> tensors)
    {
        var edges = new Edge[tensors.Length];
        for (var i = 0; i < edges.Length; i++) edges[i] = tensors[i].Edge;
        return edges;
    }

    /// <summary>Gives an elementwise result the memory order that PyTorch gives it.</summary>
    internal static Tensor Laid(Tensor result, params ReadOnlySpan<Tensor> like)
    {
        result.storage.Order = Layouts.Like(result.Dims, like);
        return result;
    }
}
