using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// A call of vmap: the function is called once, with one row of each argument, of which nothing but the type is known; every operation that it
    /// records becomes the operation of all rows, by the batching rules of the functional core.
    /// </summary>
    internal sealed class Mapping : IDisposable
    {
        [ThreadStatic] private static Mapping? current;

        private readonly Mapping? outer = current;
        private readonly Trace trace = Trace.Begin("vmap");
        private readonly Segment segment = new();
        private readonly Batching batching;
        private readonly Dictionary<GradFn, Edge> places = [];

        // What was looked at, and what of it depends on a row: neither changes.
        private readonly HashSet<Node> seen = new(ReferenceEqualityComparer.Instance), differing = new(ReferenceEqualityComparer.Instance);
        private readonly long size;
        private readonly string randomness;

        public Mapping(long size, string randomness)
        {
            (this.size, this.randomness) = (size, randomness);
            batching = new(size, trace);
            current = this;
        }

        /// <summary>The innermost call under way.</summary>
        public static Mapping? Current => current;

        /// <summary>As outside of all calls, inside.</summary>
        public static IDisposable Outside()
        {
            var before = current;
            current = null;
            return new Scope(() => current = before);
        }

        public void Dispose()
        {
            trace.Dispose();
            current = outer;
        }

        /// <summary>A row of a tensor whose first dimension counts rows.</summary>
        public Tensor Row(Tensor all, long below = long.MaxValue)
        {
            var row = new Tensor(Row(all.Node));
            if (all.requires_grad)
            {
                // Stands for the place of all rows until there is an operation of all rows.
                row.gradFn = Standing(row.Node);
                places[row.gradFn] = all.Edge;
            }
            foreach (var level in Duals.Of([all], below)) Duals.Give(row, level, Row(Duals.At(all, level)!, level.Number));
            return row;
        }

        private Node Row(Node all)
        {
            var row = Node.Placeholder(all.Type.Reshaped(all.Shape[1..]));
            batching.Give(row, all);
            seen.Add(row);
            differing.Add(row);
            return row;
        }

        /// <summary>Whether a value differs from row to row, so that it is not known.</summary>
        public bool Differs(Node node) => IsOwn(node) || outer?.Differs(node) == true;

        private bool IsOwn(Node node)
        {
            Look([node]);
            return differing.Contains(node);
        }

        /// <summary>What stands for a value in all rows, those of the outermost call along the first dimension; the value itself where it is the same in all.</summary>
        public static Node Everywhere(Node node)
        {
            for (var mapping = current; mapping is not null; mapping = mapping.outer)
                if (mapping.IsOwn(node)) node = mapping.batching.Of([node])[0];
            return node;
        }

        /// <summary>Results that are computed at once from values; row by row where these differ.</summary>
        /// <exception cref="RuntimeError">Results of different rows differ in shape.</exception>
        public static Node[] AtOnce(Func<Node[], Node[]> f, params Node[] values) => current is { } mapping ? mapping.Each(f, values) : f(values);

        private Node[] Each(Func<Node[], Node[]> f, Node[] values)
        {
            current = outer;
            try
            {
                Node?[] all = [.. values.Select(v => IsOwn(v) ? batching.Of([v])[0] : null)];
                if (Array.TrueForAll(all, a => a is null)) return AtOnce(f, values);
                // Of no rows there are still types.
                Node[] Row(long r) => [.. values.Select((v, k) => all[k] is not { } a ? v : size == 0 ? Ops.Full(v.Type, 0) : Ops.Reshape(Ops.SliceAxis(a, 0, r, r + 1), v.Shape))];
                Node[][] results = [.. Dims.Range((int)Math.Max(size, 1)).Select(r => AtOnce(f, Row(r)))];
                return [.. results[0].Select((first, k) => this.Row(Ops.SliceAxis(Ops.Concat([.. results.Select((r, i) => Ops.Unsqueeze(Like(first, r[k], i), 0))], 0), 0, 0, size)))];
            }
            finally
            {
                current = this;
            }
        }

        private static Node Like(Node first, Node other, int row) => other.Shape == first.Shape ? other
            : throw new RuntimeError($"stack expects each tensor to be equal size, but got {first.Shape} at entry 0 and {other.Shape} at entry {row}");

        /// <summary>Whether a value was made inside.</summary>
        public bool Owns(Node node) => trace.Made(node);

        // What depends on a row.
        private void Look(ReadOnlySpan<Node> roots)
        {
            using var numbering = Numbering.Begin();
            foreach (var node in Traversal.Order(roots, n => !trace.Made(n) || seen.Contains(n), numbering))
                if (trace.Made(node) && seen.Add(node) && node.Inputs.Any(differing.Contains)) differing.Add(node);
        }

        /// <summary>What is drawn inside.</summary>
        /// <exception cref="RuntimeError">It was not said how.</exception>
        public Node Drawn(TensorType type, Func<TensorType, Node> draw)
        {
            if (randomness == "error") throw new RuntimeError("vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or perform the randomness operation out of vmap");
            current = outer;
            try
            {
                if (randomness == "same") return draw(type);
                return Row(draw(type.Reshaped([size, .. type.Shape])));
            }
            finally
            {
                current = this;
            }
        }

        /// <summary>Refuses to draw by what differs from row to row, where all rows are to have the same numbers.</summary>
        /// <exception cref="RuntimeError">They are.</exception>
        public void CheckRow()
        {
            if (randomness == "same") throw new RuntimeError("Vmap does not currently support same randomness with a batched tensor input. Please file an issue with functorch");
        }

        /// <summary>The results of all rows, along a new first dimension.</summary>
        public Tensor[] All(Tensor[] results)
        {
            List<(Tensor Row, DualLevel? Level, Tensor? Of)> wanted = [];
            void Want(Tensor row, DualLevel? level, Tensor? of)
            {
                wanted.Add((row, level, of));
                foreach (var l in Duals.Of([row], level?.Number ?? long.MaxValue)) Want(Duals.At(row, l)!, l, row);
            }
            foreach (var y in results) Want(y, null, null);
            List<GradFn> made = [];
            var met = new HashSet<GradFn>();
            // How operands moved is asked when derivatives are to move, and how that was made in turn.
            for (var known = -1; known < wanted.Count;)
            {
                (known, made) = (wanted.Count, segment.Made(wanted.Select(w => w.Row.Edge)));
                foreach (var tangent in made.Where(met.Add).SelectMany(fn => fn.Motions).SelectMany(m => m.Operands).OfType<Tensor>()) Want(tangent, null, null);
            }
            Node[] roots = [.. wanted.Select(w => w.Row.Node), .. made.SelectMany(f => f.Outputs), .. made.SelectMany(f => f.Inputs)];
            Look(roots);
            Node[] moving = [.. roots.Where(differing.Contains).Distinct(ReferenceEqualityComparer.Instance).Cast<Node>()];
            var batched = batching.Of(moving);
            var image = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
            for (var i = 0; i < moving.Length; i++) image[moving[i]] = batched[i];
            Node Image(Node node) => image.GetValueOrDefault(node, node);

            var of = new Dictionary<GradFn, GradFn>();
            Edge Place(Edge edge) => edge.Fn is not { } fn ? default : places.TryGetValue(fn, out var all) ? all : of.TryGetValue(fn, out var now) ? new(now, edge.Nr) : edge;
            foreach (var fn in made)
                if (!places.ContainsKey(fn) && Array.Exists(fn.Outputs, differing.Contains)) of[fn] = fn.OfRows([.. fn.Outputs.Select(Image)], [.. fn.Inputs.Select(Image)], [.. fn.Edges.Select(Place)], s => !trace.Made(s.Tensor.Node));

            var all = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
            foreach (var (row, level, owner) in wanted)
            {
                var place = Place(row.Edge);
                var batch = differing.Contains(row.Node) ? new Tensor(Image(row.Node)) { gradFn = place.Fn, outputNr = place.Nr } : row.expand([size, .. row.shape]);
                all[row] = batch;
                if (level is not null) Duals.Give(all[owner!], level, batch);
            }
            foreach (var (fn, ofAll) in of)
                ofAll.Motions = [.. fn.Motions.Select(m => m with { Operands = [.. m.Operands.Select((t, i) => t is null ? null : differing.Contains(fn.Inputs[i]) ? all[t] : t)] })];
            return [.. results.Select(y => all[y])];
        }
    }

    public partial class Tensor
    {
        /// <summary>Whether this is a row inside vmap, whose elements are not known.</summary>
        internal bool IsRow => Mapping.Current is { } mapping && mapping.Differs(Node);

        /// <summary>The elements as integers, for a check; inside vmap those of all rows.</summary>
        internal long[] Known() => IsRow ? Look<long>(Ops.Cast(Node, DType.Int64)) : Longs();

        /// <summary>The elements as numbers, for a check; inside vmap those of all rows.</summary>
        internal double[] KnownDoubles() => IsRow ? Look<double>(Ops.Cast(Node, DType.Float64)) : Doubles();

        /// <summary>Refuses a row inside vmap, where the shape of a result depends on the elements.</summary>
        /// <exception cref="RuntimeError">This is a row.</exception>
        internal void Shapes(string operation)
        {
            if (IsRow) throw new RuntimeError($"vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::{operation}. Please voice your support in https://github.com/pytorch/functorch/issues/256");
        }
    }

    /// <summary>A value that is looked at when the call is made; inside vmap that of all rows.</summary>
    internal static T[] Look<T>(Node node) where T : unmanaged => Evaluator.Read<T>(Mapping.Everywhere(node));

    private static double[] Doubles(Node node) => Evaluator.Read<double>(Ops.Cast(node, DType.Float64));

    private static long[] Longs(Node node) => Evaluator.Read<long>(Ops.Cast(node, DType.Int64));
}
