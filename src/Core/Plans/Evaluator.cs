using Functional.Autograd.Primitives;

namespace Functional.Autograd.Plans;

/// <summary>Call by need: computes nodes and remembers their values in them.</summary>
internal static class Evaluator
{
    /// <summary>Computes nodes that have no value yet; shared parts are computed once.</summary>
    /// <param name="roots">What is wanted.</param>
    /// <param name="keep">
    /// Also remember the results of products, reductions and other costly operations on the way, for gradients taken later;
    /// elementwise values are computed again.
    /// </param>
    /// <exception cref="InvalidOperationException">A placeholder has no value.</exception>
    public static void Force(ReadOnlySpan<Node> roots, bool keep = false)
    {
        var wanted = new List<Node>(roots.Length);
        foreach (var root in roots)
            if (root.Value is null) wanted.Add(root);
        if (wanted.Count == 0) return;
        if (keep) AddCostly(wanted);
        var cone = Cone.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(wanted));
        try
        {
            KeepRepeated(cone, wanted);
            if (!(cone.AllScalar && Scalars(cone, wanted, keep))) Planned(cone, wanted);
        }
        finally
        {
            cone.Return();
        }
    }

    // What is computed for the third time on the way to something new is remembered where the new begins: an iteration that asks for something of each of
    // its states would else compute all states before, again and again.
    private static void KeepRepeated(Cone cone, List<Node> wanted)
    {
        var repeated = false;
        foreach (var node in cone.Nodes)
            if (node.Value is null && !node.Inputs.IsEmpty && !node.Type.IsTuple) repeated |= node.Asked >= Repeated || ++node.Asked >= Repeated;
        if (!repeated) return;
        var nodes = cone.Nodes;
        var operands = cone.Operands;
        // Consumers come after their operands, and so do their operands' places.
        var needed = new bool[nodes.Length];
        foreach (var root in cone.Roots) needed[root] = true;
        var end = operands.Length;
        for (var i = nodes.Length - 1; i >= 0; i--)
        {
            var node = nodes[i];
            if (cone.Values[i] is not null || node.Inputs.IsEmpty) continue;
            var own = operands[(end - node.Inputs.Length)..end];
            end -= own.Length;
            var old = node.Asked >= Repeated;
            // A movement is another look at what is remembered.
            if (old && !(needed[i] && node.Op is Broadcast or Reshape or Permute or Slice or Windows))
            {
                if (needed[i] && !cone.Roots.Contains(i))
                {
                    wanted.Add(node);
                    cone.AddRoot(i);
                }
                continue;
            }
            foreach (var place in own) needed[place] = true;
        }
    }

    private const byte Repeated = 3;

    private static bool Scalars(Cone cone, List<Node> wanted, bool keep)
    {
        var count = cone.Nodes.Length;
        var values = count <= 256 ? stackalloc long[count] : new long[count];
        var backend = Backend.Default;
        if (!backend.TryScalars(cone, values)) return false;
        if (keep)
        {
            for (var i = 0; i < count; i++)
                if (cone.Values[i] is null && !cone.Nodes[i].Inputs.IsEmpty) cone.Nodes[i].Memoise(backend.Scalar(cone.Nodes[i].DType, values[i]));
        }
        for (var i = 0; i < wanted.Count; i++)
        {
            var root = cone.Roots[i];
            Remember(cone, wanted, i, cone.Values[root] ?? backend.Scalar(cone.Nodes[root].DType, values[root]));
        }
        return true;
    }

    private static void Planned(Cone cone, List<Node> wanted)
    {
        var plan = PlanCache.Get(cone, Backend.Default);
        var results = Backend.Default.Run(plan, cone.Leaves, cone.Scalars);
        for (var i = 0; i < results.Length; i++) Remember(cone, wanted, i, results[i]);
    }

    // A root may be an alias; then what it stands for is computed as well.
    private static void Remember(Cone cone, List<Node> wanted, int i, TensorBuffer value)
    {
        wanted[i].Memoise(value);
        cone.Nodes[cone.Roots[i]].Memoise(value);
    }

    // Of what the values need, and not of what rules captured; nor what is computed again.
    private static void AddCostly(List<Node> wanted)
    {
        var roots = wanted.ToArray();
        var cone = Cone.Of(roots);
        var costly = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (var node in cone.Nodes)
            if (node.Op is Dot or Reduce or CumSum or ArgSort or ArgMax or Scatter or Fold or Cholesky or TriangularSolve or Part && node.Value is null) costly.Add(node);
        cone.Return();
        costly.ExceptWith(roots);
        if (costly.Count == 0) return;
        using var numbering = Numbering.Begin();
        for (var open = new Stack<Node[]>([roots]); open.TryPop(out var from);)
            foreach (var node in Traversal.Order(from, n => Cone.IsLeaf(n) || n.Op is Ruled { IsComputedAgain: true }, numbering))
                if (node.Op is Ruled { IsComputedAgain: true } && node.Value is null) open.Push([.. node.Inputs.Skip(1)]);
                else if (costly.Remove(node)) wanted.Add(node);
    }

    /// <summary>
    /// A leaf with a node's value and without its history, so that what the value was made of can be collected. A long iteration
    /// that continues from settled values needs bounded memory. Its derivative with respect to what it was made of is zero.
    /// </summary>
    /// <param name="node">The node; computed if need be.</param>
    /// <returns>The node itself when it is such a leaf already.</returns>
    public static Node Settled(Node node)
    {
        Force([node]);
        return node.Inputs.IsEmpty && !node.IsResult ? node : Node.Leaf(node.Value!, node.Type);
    }

    /// <summary>The elements of a node, computed if need be.</summary>
    /// <typeparam name="T">A type of the element's size.</typeparam>
    /// <param name="node">The node.</param>
    /// <exception cref="ArgumentException">The type does not match the node's element type.</exception>
    public static T[] Read<T>(Node node) where T : unmanaged
    {
        if (DTypes.Of<T>() != node.DType) throw new ArgumentException($"Evaluate: the tensor is {node.Type} and cannot be read as {DTypes.Of<T>().ToString().ToLowerInvariant()}; read it as it is, or cast it");
        Force([node]);
        var result = new T[node.Type.Count];
        // A span of bytes holds less than two gibibytes.
        var most = LargestCopy / node.DType.Size;
        for (var from = 0L; from < result.Length; from += most)
        {
            var part = result.AsSpan((int)from, (int)Math.Min(most, result.Length - from));
            node.Value!.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(part), from * node.DType.Size);
        }
        return result;
    }

    // In bytes; smaller in tests.
    internal static int LargestCopy { get; set; } = 1 << 30;
}
