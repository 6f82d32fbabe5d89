namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>What was recorded since a moment.</summary>
    internal sealed class Segment
    {
        private readonly long start = GradFn.Latest;

        /// <summary>The operations on the way to some places, in the order of their making.</summary>
        /// <param name="ends">The places.</param>
        /// <param name="outside">Called with every place outside that they lead to.</param>
        public List<GradFn> Made(IEnumerable<Edge> ends, Action<Edge>? outside = null)
        {
            var met = new HashSet<GradFn>();
            var stack = new Stack<Edge>(ends);
            while (stack.TryPop(out var edge))
            {
                if (edge.Fn is not { } fn) continue;
                if (fn is AccumulateGrad || fn.Sequence <= start) outside?.Invoke(edge);
                else if (met.Add(fn))
                    foreach (var next in fn.Edges) stack.Push(next);
            }
            return [.. met.OrderBy(f => f.Sequence)];
        }

        /// <summary>The places outside that some places lead to, each once.</summary>
        public List<Edge> Outside(IEnumerable<Edge> ends)
        {
            var places = new List<Edge>();
            var met = new HashSet<Edge>();
            Made(ends, edge =>
            {
                if (edge.Fn is not AccumulateGrad { IsSpent: true } && met.Add(edge)) places.Add(edge);
            });
            return places;
        }

        /// <summary>Says that leaves were a transform's own, and that it is over: nothing outside is asked for what leads to them.</summary>
        public static void Spend(IEnumerable<Tensor> leaves)
        {
            foreach (var leaf in leaves)
                if (leaf.Edge.Fn is AccumulateGrad end && leaf.is_leaf) end.IsSpent = true;
        }
    }
}
