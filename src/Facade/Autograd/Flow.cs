using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A gradient on its way, as one tensor of PyTorch's: its expression and, when it can be differentiated itself, the operation that made it.</summary>
    /// <param name="node">Its value.</param>
    /// <param name="edge">What made it; none when it is not to be differentiated.</param>
    internal sealed class Flow(Node node, Edge edge)
    {
        private Tensor? tensor;

        public Node Node => node;

        // Of a given gradient it is asked only where it matters: a view may not tell.
        public Edge Edge => given?.Edge ?? edge;

        private Tensor? given;

        /// <summary>How many hold it: whoever waits for it, and its owner when it is handed out to stay.</summary>
        public int Holders { get; set; }

        /// <summary>How often PyTorch would have written into it.</summary>
        public int Version { get; init; }

        /// <summary>Whether it would be a view.</summary>
        public bool IsView { get; init; }

        /// <summary>Where its elements would lie; null is row-major.</summary>
        public Layout? Layout { get; init; }

        /// <summary>The tensor of the caller's that it is a view of.</summary>
        public Tensor? Base { get; init; }

        /// <summary>What a view of it is a view of.</summary>
        public Tensor? Origin => Base ?? tensor?.viewed ?? tensor;

        /// <summary>A gradient that the caller made and still holds.</summary>
        public static Flow Of(Tensor t) => new(t.Node, default) { tensor = t, given = t, Holders = 1, Version = t.version.Value, Layout = Placed(t) };

        /// <summary>What a hook saw or made: nobody's any more, unless it is a leaf of the user's.</summary>
        public static Flow From(Tensor t) => t is { is_leaf: true, requires_grad: true } ? Of(t) : new(t.Node, t.Edge) { tensor = Duals.Any ? t : null, Version = t.version.Value, IsView = t._is_view(), Layout = Placed(t) };

        /// <summary>The same gradient after it was written into.</summary>
        public Flow Rewritten(Tensor by) => new(by.Node, Edge) { tensor = tensor, Holders = Holders, Version = by.version.Value, IsView = IsView, Layout = Layout };

        private static Layout? Placed(Tensor t) => t.IsPlain || Layouts.IsContiguous(t.Layout) ? null : t.Layout;

        /// <summary>The tensor that it is.</summary>
        public Tensor Tensor() => tensor ??= Made();

        private Tensor Made()
        {
            var made = Layout is null ? new Tensor(node) : Placed(Layout);
            (made.gradFn, made.outputNr, made.isPart) = (Edge.Fn, Edge.Nr, IsView);
            made.version.Restore(Version);
            // As any view that is made without recording.
            if (Base is not null) (made.viewed, made.made, made.followed) = (Base, Creation.NoGrad, Version);
            return made;
        }

        private Tensor Placed(Layout layout)
        {
            if (Layouts.OrderOf(layout) is { } order)
            {
                var dense = new Tensor(node);
                dense.storage.Order = order;
                return dense;
            }
            // Places that are one hold one element; gaps between places are nobody's.
            var shape = node.Shape;
            var single = Dims.Build(shape.Count, k => layout.Strides[k] == 0 ? Math.Min(1, shape[k]) : shape[k]);
            var whole = single == shape ? node : Ops.Slice(node, Dims.Repeat(0, shape.Count), single);
            return new Tensor(node, new Storage(whole), null, new Window(null, new(x => Ops.Broadcast(x, shape), (_, v) => Ops.Slice(v, Dims.Repeat(0, shape.Count), single)), layout));
        }
    }
}
