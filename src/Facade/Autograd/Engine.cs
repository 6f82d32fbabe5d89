using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>One backward pass: operations in reverse order of their making, each once all gradients of its results are there.</summary>
    internal sealed partial class Engine(bool create, bool retain)
    {
        /// <summary>An operation of the pass: how many of its users have not run yet, and what has arrived for its results.</summary>
        private sealed class Stop(GradFn fn)
        {
            public readonly GradFn Fn = fn;
            public readonly Flow?[] Arrived = new Flow?[Math.Max(1, fn.Outputs.Length)];
            public int Waiting;
            public bool Reached;
            public bool IsOnPath;
            public bool HasRun;
        }

        // Kept for the thread's next pass: the collector counts large arrays as old, and what dead ones hold as alive until it looks at everything.
        [ThreadStatic] private static Dictionary<GradFn, Stop>? idle;

        private readonly Dictionary<GradFn, Stop> stops = Interlocked.Exchange(ref idle, null) ?? [];
        private readonly ReadyQueue<Stop> ready = new();
        private readonly List<Undo> undo = [];
        private HashSet<Recomputation>? opened;
        private bool accumulate;
        private bool restricted;
        private Dictionary<Edge, Flow?>? captured;

        /// <summary>Runs the pass. Gradients reach leaves, or only the given edges; nothing is changed when it fails.</summary>
        public Flow?[] Run(IReadOnlyList<(Edge Edge, Flow Seed)> roots, IReadOnlyList<Edge>? wanted, bool accumulate)
        {
            // A backward within a hook within a backward … goes on with a stack of its own when this one comes to its end.
            if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack()) return Elsewhere(() => Pass(roots, wanted, accumulate));
            return Pass(roots, wanted, accumulate);
        }

        private static Flow?[] Elsewhere(Func<Flow?[]> pass)
        {
            Flow?[] result = [];
            Exception? failure = null;
            var thread = new Thread(() =>
            {
                Ambient.Serve();
                try
                {
                    result = pass();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            }, 1 << 24);
            thread.Start();
            thread.Join();
            if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            return result;
        }

        private Flow?[] Pass(IReadOnlyList<(Edge Edge, Flow Seed)> roots, IReadOnlyList<Edge>? wanted, bool accumulate)
        {
            this.accumulate = accumulate || wanted is null;
            Count(roots);
            if (wanted is not null) Restrict(wanted);
            for (var i = 0; i < roots.Count; i++)
            {
                var (edge, seed) = roots[i];
                seed.Holders++;
                Arrive(stops[edge.Fn!], edge.Nr, Fitted(seed, edge, "", i));
            }
            foreach (var (edge, _) in roots)
                if (stops[edge.Fn!] is { Waiting: 0 } stop)
                {
                    stop.Waiting = -1;
                    ready.Enqueue(stop, Order(stop.Fn));
                }
            // Not caught and thrown again: each time would take more of the stack, and passes may nest deep.
            var done = false;
            try
            {
                if (GradMode == create) Drain();
                else
                    using (set_grad_enabled(create)) Drain();
                done = true;
            }
            finally
            {
                for (var i = undo.Count - 1; i >= 0 && !done; i--) undo[i].Run();
                foreach (var part in opened ?? []) part.Close();
            }
            if (!retain)
                foreach (var (fn, stop) in stops)
                    if (stop.HasRun)
                        lock (fn) fn.Release();
            // One that is far too large takes longer to clear than a small pass.
            if (stops.Count >= stops.Capacity / 4) idle = stops;
            stops.Clear();
            return wanted is null ? [] : [.. wanted.Select(e => captured!.GetValueOrDefault(e))];
        }

        /// <summary>The pass of this thread that is under way.</summary>
        [field: ThreadStatic]
        public static Engine? Current { get; private set; }

        /// <summary>Says that something was recorded anew for this pass, to be forgotten with it.</summary>
        public void Open(Recomputation part) => (opened ??= []).Add(part);

        /// <summary>A whole pass within this one, which is taken back with it.</summary>
        public void Within(IReadOnlyList<(Edge Edge, Flow Seed)> roots)
        {
            var inner = new Engine(create: false, retain: false);
            inner.Run(roots, null, accumulate: true);
            undo.AddRange(inner.undo);
        }

        /// <summary>Whether it reaches all leaves, and not only given places.</summary>
        public bool IsFull => !restricted;

        /// <summary>Whether a gradient will arrive there.</summary>
        public bool WillReach(Edge edge) => edge.Fn is { } fn && stops.TryGetValue(fn, out var stop) && (!restricted || stop.IsOnPath);

        private void Drain()
        {
            var outer = Current;
            Current = this;
            try
            {
                while (ready.TryDequeue(out var stop)) Execute(stop);
            }
            finally
            {
                Current = outer;
            }
        }

        /// <summary>What was added to, for computing it at once.</summary>
        public IEnumerable<Tensor> Touched => undo.Select(u => u.Tensor.gradient).OfType<Tensor>();

        private static long Order(GradFn fn) => fn is AccumulateGrad ? long.MaxValue : fn.Sequence;

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
            restricted = true;
            foreach (var edge in wanted)
                if (edge.Fn is { } fn && stops.TryGetValue(fn, out var stop)) stop.IsOnPath = true;
            foreach (var stop in stops.Values.OrderBy(s => s.Fn is AccumulateGrad ? 0 : s.Fn.Sequence)) stop.IsOnPath |= LeadsOn(stop.Fn);
        }

        private void Arrive(Stop stop, int nr, Flow flow)
        {
            stop.Reached = true;
            stop.Arrived[nr] = stop.Arrived[nr] is { } before ? Sum(before, flow) : flow;
        }

        private Flow Sum(Flow a, Flow b)
        {
            if (Duals.Any && Duals.Of([a.Tensor(), b.Tensor()]).Count > 0) return Held(Flow.From(a.Tensor() + b.Tensor()));
            var inPlace = !create && Ownership.CanBeAddedTo(a);
            a.Holders--;
            b.Holders--;
            if (inPlace) return new(a.Node + b.Node, default) { Holders = 1, Version = a.Version + 1, Layout = a.Layout };
            var layout = a.Layout is null && b.Layout is null ? null : Layouts.Like(a.Node.Type, [a.Layout ?? Layout.Dense(a.Node.Type), b.Layout ?? Layout.Dense(b.Node.Type)]);
            if (!create || (a.Edge.Fn ?? b.Edge.Fn) is null) return new(a.Node + b.Node, default) { Holders = 1, Layout = layout };
            var own = Distinct([a.Node, b.Node]);
            var node = own[0] + own[1];
            return new(node, new(new GradFn("AddBackward0", Saves.None, [node], own, [a.Edge, b.Edge]), 0)) { Holders = 1, Layout = layout };
        }

        private void Execute(Stop stop)
        {
            var (fn, flows) = (stop.Fn, stop.Arrived);
            var runs = Runs(stop);
            if (stop.Reached)
            {
                // What is captured is what arrived: hooks have seen it only where the operation does not run itself.
                if (!runs) AtTensors(fn, flows);
                for (var k = 0; k < flows.Length && captured is not null; k++)
                {
                    if (!captured.ContainsKey(new(fn, k))) continue;
                    captured[new(fn, k)] = flows[k];
                    if (flows[k] is { } kept && !accumulate) kept.Holders++;
                }
                if (runs)
                {
                    AtTensors(fn, flows);
                    foreach (var hook in fn.PreHooks) flows = Called(flows, hook);
                }
            }
            if (fn is AccumulateGrad leaf)
            {
                if (!runs || flows[0] is not { } flow) return;
                Accumulate(leaf, flow);
                // Of operands it has none.
                foreach (var hook in fn.PostHooks) Called([], given => hook(given, [flow.Tensor()]));
                return;
            }
            foreach (var flow in flows)
                if (flow is not null) flow.Holders--;
            var results = !stop.Reached || Array.TrueForAll(flows, f => f is null) || !runs ? null : Differentiate(stop, flows);
            foreach (var flow in results ?? [])
                if (flow is not null) flow.Holders++;
            for (var i = 0; i < fn.Edges.Length; i++)
            {
                if (fn.Edges[i].Fn is not { } target) continue;
                var next = stops[target];
                if (results?[i] is { } flow && (!restricted || next.IsOnPath)) Arrive(next, fn.Edges[i].Nr, Fitted(flow, fn.Edges[i], $"Function {fn.Name} returned an ", i));
                if (--next.Waiting == 0) ready.Enqueue(next, Order(target));
            }
        }

        // What the end of a path is asked for by backward itself runs as well, though nobody takes its results.
        private bool Runs(Stop stop) => stop.Fn is AccumulateGrad ? accumulate && (!restricted || stop.IsOnPath)
            : !restricted || (accumulate && captured!.Keys.Any(e => ReferenceEquals(e.Fn, stop.Fn))) || LeadsOn(stop.Fn);

        private bool LeadsOn(GradFn fn) => Array.Exists(fn.Edges, IsWanted);

        private bool IsWanted(Edge edge) => edge.Fn is { } fn && (!restricted || stops[fn].IsOnPath);

        private Flow?[] Differentiate(Stop stop, Flow?[] flows)
        {
            var fn = stop.Fn;
            var began = autograd.profiler.Current is null ? 0 : System.Diagnostics.Stopwatch.GetTimestamp();
            var gradients = autograd.anomaly ? Watched(fn, flows) : Gradients(fn, flows);
            autograd.profiler.Current?.Add(fn.Name, began);
            stop.HasRun = true;
            if (fn.HasNumber && fn.PostHooks.Any()) gradients = [gradients[0], null];
            foreach (var hook in fn.PostHooks) gradients = Called(gradients, given => hook(given, [.. flows.Select(f => f?.Tensor())]));
            return gradients;
        }

        private Flow?[] Gradients(GradFn fn, Flow?[] flows) => fn switch
        {
            FunctionFn custom => custom.Call(flows, create),
            _ => Derived(fn, flows),
        };

        // What fails is told together with the place where the operation was recorded.
        private Flow?[] Watched(GradFn fn, Flow?[] flows)
        {
            var outer = GradFn.Running;
            GradFn.Running = fn;
            try
            {
                var gradients = Gradients(fn, flows);
                CheckNumbers(fn, gradients);
                return gradients;
            }
            catch
            {
                warnings.warn(fn.Told());
                throw;
            }
            finally
            {
                GradFn.Running = outer;
            }
        }

        // Another thread's pass may free what the operation saved.
        private Flow?[] Derived(GradFn fn, Flow?[] flows)
        {
            lock (fn)
            {
                fn.Check();
                var needed = new bool[fn.Edges.Length];
                for (var i = 0; i < needed.Length; i++) needed[i] = IsWanted(fn.Edges[i]);
                return Pulled(fn, flows, needed);
            }
        }

        private Flow?[] Pulled(GradFn fn, Flow?[] flows, bool[] needed)
        {
            var cotangents = new Node?[flows.Length];
            for (var k = 0; k < flows.Length; k++)
                if (flows[k] is { } flow)
                {
                    // A gradient that is to be differentiated, or moves, is a function of positions, like any recorded operation.
                    cotangents[k] = create || Duals.Any ? new Node(Alias.Instance, flow.Node) : flow.Node;
                }
            var nodes = fn.Backward(cotangents, needed);
            var unpacked = fn.Unpacked();
            if (unpacked is not null) nodes = Guard(() => Replaced(nodes, unpacked, [.. fn.Inputs, .. cotangents.OfType<Node>()]));
            var gradients = new Flow?[nodes.Length];
            for (var i = 0; i < nodes.Length; i++)
                if (nodes[i] is { } node) gradients[i] = Ownership.Given(fn, i, node, flows, cotangents, create ? Recorder(fn, node, flows, cotangents, unpacked) : null);
            foreach (var gradient in gradients)
                if (Duals.Any && gradient is not null && !flows.Contains(gradient)) Duals.Push(fn, gradient, flows, cotangents);
            return gradients;
        }

        // In a method of its own: what a closure captures is made where it is declared, wanted or not.
        private static Func<string, Edge> Recorder(GradFn fn, Node node, Flow?[] flows, Node?[] cotangents, Dictionary<Node, Node>? unpacked) => name => Differentiable(fn, node, name, flows, cotangents, unpacked);

        private static Node?[] Replaced(Node?[] nodes, Dictionary<Node, Node> by, HashSet<Node> ends)
        {
            var rebuilt = new Queue<Node>(Traversal.Rebuild([.. nodes.OfType<Node>()], n => by.ContainsKey(n) || ends.Contains(n), (n, x) => by.GetValueOrDefault(n) ?? (x.Length == 0 || ends.Contains(n) ? n : new Node(n.Op, [.. x]))));
            return [.. nodes.Select(n => n is null ? null : rebuilt.Dequeue())];
        }

        // In the shape and type that the operation it goes to was recorded with: they differ where someone has exchanged a tensor's data.
        private static Flow Fitted(Flow flow, Edge edge, string whose, int k)
        {
            var place = edge.Fn is AccumulateGrad leaf ? leaf.Type : edge.Fn!.Outputs is { Length: > 0 } results ? results[edge.Nr].Type : flow.Node.Type;
            if (flow.Node.Type.Equals(place)) return flow;
            if (flow.Node.Type.Rank < place.Rank || !Spreads(place.Shape, flow.Node.Shape)) throw new RuntimeError($"{whose}invalid gradient at index {k} - got {flow.Node.Shape} but expected shape compatible with {place.Shape}");
            var fitted = Flow.From(Record("SumBackward1", Saves.None, x => Ops.Cast(Ops.SumTo(x, place.Shape), place.DType), flow.Tensor()));
            fitted.Holders++;
            return fitted;
        }

        // A gradient as an operation of its own: a function of the incoming gradients and of the operands.
        private static Edge Differentiable(GradFn fn, Node node, string name, Flow?[] flows, Node?[] cotangents, Dictionary<Node, Node>? unpacked)
        {
            List<(Node Own, Edge Edge)> sources = [];
            for (var k = 0; k < flows.Length; k++)
                if (flows[k] is { } flow) sources.Add((cotangents[k]!, flow.Edge));
            for (var i = 0; i < fn.Inputs.Length; i++) sources.Add((unpacked?.GetValueOrDefault(fn.Inputs[i]) ?? fn.Inputs[i], fn.Edges[i]));
            // Where the derivative reads the result, it is a function of that too: its hooks are for the next derivative as well.
            if (fn.Saves.HasFlag(Saves.Result)) sources.Add((unpacked?.GetValueOrDefault(fn.Outputs[0]) ?? fn.Outputs[0], new(fn, 0)));
            var reached = Reached(node, sources.ConvertAll(s => s.Own));
            var formula = fn.Saves.HasFlag(Saves.Formula) || (fn.Saves.HasFlag(Saves.Powers) && Ops.Constant(node) is not { Value: 0 });
            var saved = !formula ? [] : (fn.Saves & (Saves.All | Saves.Result)) == Saves.Result ? fn.Outputs : fn.Inputs;
            // What is written over is a function of the incoming gradient even where nothing of it is left.
            sources = sources.FindAll(s => reached.Contains(s.Own) || saved.Contains(s.Own) || (fn.Name == "CopySlices" && cotangents.Contains(s.Own)));
            if (sources.TrueForAll(s => s.Edge.Fn is null)) return default;
            return new(new GradFn(name, IsMoved(node, cotangents) ? Saves.None : fn.Saves & Saves.Powers | Saves.Number, [node], [.. sources.Select(s => s.Own)], [.. sources.Select(s => s.Edge)]) { SavedValues = fn.Unhooked() }, 0);
        }

        // Whether nothing but places and sums of incoming gradients is read: the next derivative needs none of it.
        private static bool IsMoved(Node node, Node?[] cotangents)
        {
            while (!cotangents.Contains(node, ReferenceEqualityComparer.Instance))
            {
                if (node.Op is not (Broadcast or Reshape or Permute or Slice or Alias or Reduce { How: Combine.Sum })) return false;
                node = node.Inputs[0];
            }
            return true;
        }

        // What a value depends on differentiably: through floating-point values, and not through a detached one.
        internal static HashSet<Node> Reached(Node root, List<Node> sources)
        {
            HashSet<Node> ends = new(sources, ReferenceEqualityComparer.Instance), met = new(ReferenceEqualityComparer.Instance);
            var stack = new Stack<Node>([root]);
            while (stack.TryPop(out var node))
            {
                if (!met.Add(node) || ends.Contains(node) || node.Op is Detach) continue;
                foreach (var input in node.Inputs)
                    if (input.DType.IsSmooth || input.Type.IsTuple) stack.Push(input);
            }
            met.IntersectWith(ends);
            return met;
        }

        private static void CheckNumbers(GradFn fn, Flow?[] gradients)
        {
            for (var i = 0; i < gradients.Length; i++)
            {
                if (gradients[i] is not { } flow || !autograd.check_nan) continue;
                if (!Array.Exists(Look<bool>(Ops.Any(Ops.IsNaN(flow.Node))), static nan => nan)) continue;
                throw new RuntimeError($"Function '{fn.Name}' returned nan values in its {i}th output.");
            }
        }
    }
}
