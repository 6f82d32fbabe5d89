using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A gradient on its way: its expression and, when it can be differentiated itself, the operation that made it.</summary>
    internal readonly record struct Flow(Node Node, Edge Edge)
    {
        public Tensor Tensor() => new(Node) { gradFn = Edge.Fn is AccumulateGrad ? null : Edge.Fn, outputNr = Edge.Nr };
    }

    /// <summary>One backward pass: operations in reverse order of their making, each once all gradients of its results are there.</summary>
    internal sealed class Engine(bool create, bool retain)
    {
        /// <summary>An operation of the pass: how many of its users have not run yet, and what has arrived for its results.</summary>
        private sealed class Stop(GradFn fn)
        {
            public readonly GradFn Fn = fn;
            public readonly Flow?[] Arrived = new Flow?[Math.Max(1, fn.Outputs.Length)];
            public int Waiting;
            public bool Reached;
        }

        private readonly Dictionary<GradFn, Stop> stops = new(ReferenceEqualityComparer.Instance);
        private readonly PriorityQueue<Stop, long> ready = new();
        private readonly List<GradFn> executed = [];
        private readonly List<(Tensor Leaf, Flow Flow)> leaves = [];
        private readonly List<(Tensor Tensor, Flow Flow)> retained = [];
        private HashSet<GradFn>? onPath;
        private Dictionary<Edge, Flow?>? captured;

        /// <summary>Runs the pass. Gradients reach leaves, or only the given edges; nothing is changed when it fails.</summary>
        public Flow?[] Run(IReadOnlyList<(Edge Edge, Flow Seed)> roots, IReadOnlyList<Edge>? wanted, bool accumulate)
        {
            Count(roots);
            if (wanted is not null) Restrict(wanted);
            foreach (var (edge, seed) in roots) Arrive(stops[edge.Fn!], edge.Nr, seed);
            foreach (var (edge, _) in roots)
                if (stops[edge.Fn!] is { Waiting: 0 } stop)
                {
                    stop.Waiting = -1;
                    ready.Enqueue(stop, Order(stop.Fn));
                }
            if (GradMode == create) Drain();
            else
                using (set_grad_enabled(create)) Drain();
            if (!retain)
                foreach (var fn in executed) fn.Release();
            if (accumulate || wanted is null)
            {
                foreach (var (leaf, flow) in leaves) Accumulate(leaf, flow);
            }
            foreach (var (tensor, flow) in retained) Accumulate(tensor, flow);
            return wanted is null ? [] : [.. wanted.Select(e => captured!.GetValueOrDefault(e))];
        }

        private void Drain()
        {
            while (ready.TryDequeue(out var stop, out _)) Execute(stop.Fn, stop);
        }

        /// <summary>What was added to, for computing it at once.</summary>
        public IEnumerable<Tensor> Touched => leaves.Select(l => l.Leaf).Concat(retained.Select(r => r.Tensor)).Select(t => t.gradient).OfType<Tensor>();

        private static long Order(GradFn fn) => fn is AccumulateGrad ? long.MinValue : -fn.Sequence;

        private void Count(IReadOnlyList<(Edge Edge, Flow Seed)> roots)
        {
            var stack = new Stack<GradFn>();
            Stop Meet(GradFn fn)
            {
                ref var stop = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(stops, fn, out var known);
                if (known) return stop!;
                stack.Push(fn);
                return stop = new Stop(fn);
            }
            foreach (var (edge, _) in roots) Meet(edge.Fn!);
            while (stack.TryPop(out var fn))
                foreach (var edge in fn.Edges)
                    if (edge.Fn is { } next) Meet(next).Waiting++;
        }

        // Only operations on a path to what is wanted run. Operations are visited users first, so it is settled inputs first.
        private void Restrict(IReadOnlyList<Edge> wanted)
        {
            captured = [];
            foreach (var edge in wanted) captured[edge] = null;
            onPath = new(wanted.Select(e => e.Fn!), ReferenceEqualityComparer.Instance);
            foreach (var fn in stops.Keys.OrderBy(f => f is AccumulateGrad ? 0 : f.Sequence))
                if (fn.Edges.Any(e => e.Fn is not null && onPath.Contains(e.Fn))) onPath.Add(fn);
        }

        private void Arrive(Stop stop, int nr, Flow flow)
        {
            stop.Reached = true;
            stop.Arrived[nr] = stop.Arrived[nr] is { } before ? Sum(before, flow) : flow;
        }

        private Flow Sum(Flow a, Flow b)
        {
            var node = a.Node + b.Node;
            return create && (a.Edge.Fn ?? b.Edge.Fn) is not null ? new(node, new(new GradFn("AddBackward0", [node], [a.Node, b.Node], [a.Edge, b.Edge]), 0)) : new(node, default);
        }

        private void Execute(GradFn fn, Stop stop)
        {
            var flows = stop.Arrived;
            if (stop.Reached)
            {
                if (fn.TensorHooks is not null || fn.Retained is not null || fn.PreHooks is not null) Intercept(fn, flows);
                if (captured is not null)
                    for (var k = 0; k < flows.Length; k++)
                        if (captured.ContainsKey(new(fn, k))) captured[new(fn, k)] = flows[k];
            }
            if (fn is AccumulateGrad leaf)
            {
                if (flows[0] is { } flow && (onPath is null || onPath.Contains(fn)) && leaf.Variable.requires_grad) leaves.Add((leaf.Variable, flow));
                return;
            }
            var results = !stop.Reached || Array.TrueForAll(flows, f => f is null) || !LeadsOn(fn) ? null : Differentiate(fn, flows);
            for (var i = 0; i < fn.Edges.Length; i++)
            {
                if (fn.Edges[i].Fn is not { } target) continue;
                var next = stops[target];
                if (results?[i] is { } flow) Arrive(next, fn.Edges[i].Nr, flow);
                if (--next.Waiting == 0) ready.Enqueue(next, Order(target));
            }
        }

        private bool LeadsOn(GradFn fn) => onPath is null || Array.Exists(fn.Edges, e => e.Fn is not null && onPath.Contains(e.Fn));

        private Flow?[] Differentiate(GradFn fn, Flow?[] flows)
        {
            fn.Check();
            executed.Add(fn);
            var needed = new bool[fn.Edges.Length];
            for (var i = 0; i < needed.Length; i++) needed[i] = fn.Edges[i].Fn is { } next && (onPath is null || onPath.Contains(next));
            var cotangents = new Node?[flows.Length];
            for (var k = 0; k < flows.Length; k++) cotangents[k] = flows[k]?.Node;
            var gradients = fn is FunctionFn custom ? custom.Call(flows, create) : null;
            if (gradients is null)
            {
                var nodes = fn.Backward(cotangents, needed);
                gradients = new Flow?[nodes.Length];
                for (var i = 0; i < nodes.Length; i++)
                    if (nodes[i] is { } node) gradients[i] = create ? Recorded(fn, node, flows) : new Flow(node, default);
            }
            if (autograd.anomaly) CheckNumbers(fn, gradients);
            if (fn.PostHooks is not null)
                foreach (var hook in fn.PostHooks) hook([.. gradients.Select(g => g?.Tensor())], [.. flows.Select(f => f?.Tensor())]);
            return gradients;
        }

        // A gradient as an operation of its own: a function of the incoming gradients and of the operands that it still depends on.
        private static Flow Recorded(GradFn fn, Node node, Flow?[] flows)
        {
            foreach (var flow in flows)
                if (flow is { } same && ReferenceEquals(same.Node, node)) return same;
            var sources = new Dictionary<Node, Edge>(ReferenceEqualityComparer.Instance);
            foreach (var flow in flows)
                if (flow is { } f) sources[f.Node] = f.Edge;
            for (var i = 0; i < fn.Inputs.Length; i++)
                if (!sources.TryGetValue(fn.Inputs[i], out var known) || known.Fn is null) sources[fn.Inputs[i]] = fn.Edges[i];
            List<Node> reached;
            using (var numbering = Numbering.Begin()) reached = Traversal.Order([node], sources.ContainsKey, numbering).FindAll(sources.ContainsKey);
            if (!reached.Exists(n => sources[n].Fn is not null)) return new(node, default);
            return new(node, new(new GradFn(NameOf(node.Op), [node], [.. reached], [.. reached.Select(n => sources[n])]) { Saving = fn.Saving, SavedValues = fn.SavedValues }, 0));
        }

        private static string NameOf(Op op) => op switch
        {
            Unary u => u.Title + "Backward0",
            Binary b => b.Title + "Backward0",
            Dot => "MmBackward0",
            Broadcast => "ExpandBackward0",
            Reshape => "ViewBackward0",
            Permute => "TBackward0",
            Reduce => "SumBackward1",
            Select => "WhereBackward0",
            Cast => "ToCopyBackward0",
            _ => op.Name + "Backward0",
        };

        // PyTorch's order: tensor hooks, then node pre-hooks, then retained gradients.
        private void Intercept(GradFn fn, Flow?[] flows)
        {
            if (fn.TensorHooks is not null)
                foreach (var (nr, hooks) in fn.TensorHooks)
                    foreach (var hook in hooks.ToArray())
                        if (flows[nr] is { } flow) flows[nr] = Replaced(flow, hook.Call(flow.Tensor()));
            if (fn.PreHooks is not null)
                foreach (var hook in fn.PreHooks)
                    if (hook([.. flows.Select(f => f?.Tensor())]) is { } replaced)
                        for (var k = 0; k < flows.Length; k++)
                            flows[k] = replaced[k] is { } t ? new Flow(t.Node, t.Edge) : null;
            if (fn.Retained is null) return;
            foreach (var (nr, tensors) in fn.Retained)
                foreach (var tensor in tensors)
                    if (flows[nr] is { } flow) retained.Add((tensor, flow));
        }

        private static Flow Replaced(Flow flow, Tensor? by)
        {
            if (by is null) return flow;
            if (by.Dims != flow.Node.Shape) throw new RuntimeError("hook '<lambda>' has changed the size of value");
            return new(by.Node, by.Edge);
        }

        private static void CheckNumbers(GradFn fn, Flow?[] gradients)
        {
            for (var i = 0; i < gradients.Length; i++)
            {
                if (gradients[i] is not { } flow || !autograd.check_nan) continue;
                if (!Evaluator.Read<bool>(Ops.Any(Ops.IsNaN(flow.Node)))[0]) continue;
                warnings.warn($"Error detected in {fn.Name}. Traceback of forward call that caused the error:");
                throw new RuntimeError($"Function '{fn.Name}' returned nan values in its {i}th output.");
            }
        }

        private void Accumulate(Tensor leaf, Flow flow)
        {
            lock (leaf)
            {
                if (leaf.gradient is not { } sum)
                {
                    var grad = new Tensor(flow.Node);
                    if (create && flow.Edge.Fn is not null)
                    {
                        var copy = new Node(Alias.Instance, flow.Node);
                        grad = new Tensor(copy) { gradFn = new GradFn("CopyBackwards", [copy], [flow.Node], [flow.Edge]) };
                    }
                    leaf.gradient = grad;
                }
                else if (create)
                {
                    leaf.gradient = sum + flow.Tensor();
                }
                else
                {
                    sum.Set(sum.Node + Ops.Cast(flow.Node, sum.Node.DType));
                }
                if (leaf.postAccumulate is { } hooks)
                    foreach (var hook in hooks.ToArray()) hook.Call(leaf);
            }
        }
    }
}
