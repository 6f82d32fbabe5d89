using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Autograd.Plans;

/// <summary>Computes equal expressions once (common-subexpression elimination). What no root needs is gone as well.</summary>
internal static class Merge
{
    public static Graph Run(Graph graph)
    {
        var known = new Dictionary<Shape, Node>(graph.Order.Nodes.Length);
        return graph.Rewritten((i, inputs) =>
        {
            var node = Graph.Kept(graph.Order.Nodes[i], inputs);
            if (node.Op is Primitives.Input) return node;
            var shape = new Shape(node.Op, node.Inputs);
            return CollectionsMarshal.GetValueRefOrAddDefault(known, shape, out _) ??= node;
        });
    }

    // Inputs are merged already, so they compare by identity.
    internal readonly struct Shape(Op op, ImmutableArray<Node> inputs) : IEquatable<Shape>
    {
        private readonly Op op = op;
        private readonly ImmutableArray<Node> inputs = inputs;

        public bool Equals(Shape other) => op.Equals(other.op) && inputs.AsSpan().SequenceEqual(other.inputs.AsSpan());

        public override bool Equals(object? obj) => obj is Shape other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(op.Hash);
            foreach (var input in inputs) hash.Add(RuntimeHelpers.GetHashCode(input));
            return hash.ToHashCode();
        }
    }
}
