using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>How many takers a gradient still has that was passed on as it came.</summary>
    internal sealed class Takers(int count)
    {
        public int Count { get; set; } = count;

        /// <summary>A gradient that the caller holds.</summary>
        public static Takers Held => new(2);
    }

    /// <summary>
    /// Whether PyTorch would hand a gradient over or copy it. Values do not depend on it, but a gradient's version and its derivative's name do:
    /// what nobody else holds and lies in memory as its variable does is taken as it is, everything else is copied.
    /// </summary>
    internal static class Ownership
    {
        // Derivatives that PyTorch gives as views, and such that it has written into before they are handed out (and how often).
        private static readonly HashSet<string> AsViews =
        [
            "SumBackward0", "SumBackward1", "ViewBackward0", "TBackward0", "PermuteBackward0", "TransposeBackward0", "UnsqueezeBackward0", "SqueezeBackward1", "SqueezeBackward4",
            "ExpandBackward0", "CatBackward0", "StackBackward0", "TraceBackward0",
        ];

        private static readonly Dictionary<string, int> Written = new()
        {
            ["MaximumBackward0"] = 1,
            ["MinimumBackward0"] = 1,
            ["MaxBackward1"] = 1,
            ["MinBackward1"] = 1,
            ["MaxBackward0"] = 2,
            ["MinBackward0"] = 2,
            ["SortBackward0"] = 2,
            ["TopkBackward0"] = 2,
            ["IndexBackward0"] = 1,
            ["GatherBackward0"] = 1,
            ["IndexSelectBackward0"] = 1,
            ["MaskedSelectBackward0"] = 1,
            ["TraceBackward0"] = 2,
            ["BinaryCrossEntropyWithLogitsBackward0"] = 3,
        };

        /// <summary>The gradient of an operand as an operation makes it.</summary>
        public static Flow Made(GradFn fn, Node node, int operand)
        {
            // A gradient summed over leading dimensions ends in a view of the sum, which nothing was written into.
            var summed = node.Op is Reduce || (node.Op is Reshape && node.Inputs[0].Op is Reduce);
            var isView = AsViews.Contains(fn.Name) || (summed && fn.Outputs.Length > 0 && fn.Inputs[operand].Type.Rank < fn.Outputs[0].Type.Rank);
            var version = summed || (operand > 0 && fn.Name == "BinaryCrossEntropyWithLogitsBackward0") ? 0 : Written.GetValueOrDefault(fn.Name);
            return new(node, default, Version: version, IsView: isView);
        }

        /// <summary>Whether nobody else holds the gradient, and its elements have places of their own.</summary>
        public static bool IsOwn(Flow flow) => flow is { Origin: null, Takers: null or { Count: < 2 } } && !Layouts.Overlaps(LayoutOf(flow.Node));

        /// <summary>Whether the gradient can become a variable's as it is.</summary>
        public static bool CanBeTaken(Flow flow, Tensor variable)
        {
            if (!IsOwn(flow)) return false;
            var layout = LayoutOf(flow.Node);
            return Layouts.IsContiguous(layout) ? variable.IsPlain || Layouts.IsContiguous(variable.Layout) : layout.Strides == variable.Layout.Strides;
        }

        /// <summary>A gradient reaches its place.</summary>
        public static void Take(Flow flow)
        {
            if (flow.Takers is { } takers) takers.Count--;
        }

        /// <summary>The version of a sum of two gradients: PyTorch adds into the first when it owns it.</summary>
        public static int VersionOfSum(Flow a, Flow b, HashSet<Node> held)
        {
            var (x, y) = (Computed(a.Node), Computed(b.Node));
            var version = !ReferenceEquals(x, y) && IsOwn(a) && !held.Contains(x) ? a.Version + 1 : 0;
            Take(a);
            Take(b);
            return version;
        }

        // What was computed, behind the movements that only look at it.
        private static Node Computed(Node node)
        {
            while (node.Op is Permute or Broadcast or Slice or Reshape) node = node.Inputs[0];
            return node;
        }

        // Movements are views of what was computed; a product of transposes is computed transposed.
        private static Layout LayoutOf(Node node)
        {
            var path = new Stack<Node>();
            var at = node;
            while (at.Op is Permute or Broadcast or Slice or Reshape)
            {
                path.Push(at);
                at = at.Inputs[0];
            }
            var layout = Layout.Dense(at.Type);
            // The seed alone is spread without being computed.
            if (at.Op is Dot || (at.Op is Literal literal && literal.Value != 1)) return Layout.Dense(node.Type);
            foreach (var n in path) layout = layout.Through(n.Op, n.Type) ?? Layout.Dense(n.Type);
            return layout;
        }
    }
}
