namespace Functional.Autograd.Plans;

/// <summary>Computes equal expressions once (common-subexpression elimination). What no root needs is gone as well.</summary>
internal static class Merge
{
    public static Graph Run(Graph graph)
    {
        var known = new Dictionary<Shape, Node>();
        return graph.Rewritten((node, inputs) =>
        {
            if (node.Op is Primitives.Input) return node;
            var shape = new Shape(node.Op, inputs);
            if (known.TryGetValue(shape, out var same)) return same;
            return known[shape] = Simplify.Kept(node, inputs);
        });
    }

    // Inputs are merged already, so they compare by identity.
    internal readonly struct Shape(Op op, Node[] inputs) : IEquatable<Shape>
    {
        private readonly Op op = op;
        private readonly Node[] inputs = inputs;

        public bool Equals(Shape other) => op.Equals(other.op) && inputs.AsSpan().SequenceEqual(other.inputs);

        public override bool Equals(object? obj) => obj is Shape other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(op.Hash);
            foreach (var input in inputs) hash.Add(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(input));
            return hash.ToHashCode();
        }
    }
}
