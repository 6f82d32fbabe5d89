using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    // All mutation of values happens here: a storage is rebound to another immutable node, and the version counter moves on.

    /// <summary>What aliasing tensors share: the current value, and in which order its dimensions lie in memory.</summary>
    internal sealed class Storage(Node node, Scalar? number = null)
    {
        private Node node = Opaque(node);

        public Node Node => Volatile.Read(ref node);

        /// <summary>The dimensions from the outermost to the innermost in memory, as PyTorch would lay them out; null is row-major.</summary>
        public Dims? Order { get; set; }

        /// <summary>The number that the value is, until it is written to.</summary>
        public Scalar? Number { get; private set; } = number;

        /// <summary>How often the value has changed.</summary>
        public int Epoch => Volatile.Read(ref epoch);

        private int epoch;

        /// <summary>Operations recorded since the value was last computed.</summary>
        public int Depth { get; set; }

        public Layout Layout => Order is { } order ? Layouts.Ordered(Node.Type, order) : Layout.Dense(Node.Type);

        public void Write(Node value)
        {
            if (!value.Type.Equals(Node.Type)) throw new InvalidOperationException($"{Node.Type} written with {value.Type}");
            Volatile.Write(ref node, Opaque(value));
            Number = null;
            Interlocked.Increment(ref epoch);
        }

        // A constant would be folded into what is made of it, and a gradient could not find it again.
        private static Node Opaque(Node node) => Ops.Constant(node) is not null ? new Node(Primitives.Alias.Instance, node) : node;

        /// <summary>Replaces an expression by its computed value, so that what it was made of can be collected.</summary>
        public void Settle()
        {
            var current = Node;
            if (current.Value is not { } value) return;
            // Another thread may have written meanwhile; its value stays.
            if (!current.Inputs.IsEmpty) Interlocked.CompareExchange(ref node, Autograd.Node.Leaf(value, current.Type), current);
            Depth = 0;
        }
    }

    /// <summary>PyTorch's version counter: shared by a tensor, its views and its detached selves, but not by its data.</summary>
    internal sealed class VersionCounter
    {
        private int value;

        public int Value => value;

        /// <summary>Whether it was made in inference mode: then it does not count.</summary>
        public bool IsInference { get; } = Inference.On;

        public void Bump() => Interlocked.Increment(ref value);

        /// <summary>Sets the count: of a gradient that PyTorch had changed before it was handed out, or that a failed pass gives back.</summary>
        public void Restore(int value) => this.value = value;
    }

    /// <summary>How a view was made, which decides whether it may be written to.</summary>
    internal enum Creation { Normal, NoGrad, Inference, MultiOutput, Function }

    /// <summary>One movement on the way from a storage to a view: how to read through it, and how to write.</summary>
    /// <param name="Read">From the whole to the part.</param>
    /// <param name="Write">From the whole and the part's new value to the new whole.</param>
    /// <param name="Layout">Where the elements lie; null for what the movement's nodes say.</param>
    internal sealed record Movement(Func<Node, Node> Read, Func<Node, Node, Node> Write, Layout? Layout = null);

    /// <summary>A window on a storage: the movements that lead to it, the outermost first.</summary>
    /// <param name="outer">The window that this one looks through; null for the storage itself.</param>
    /// <param name="movement">The last movement.</param>
    /// <param name="layout">Where the elements lie, as PyTorch counts strides.</param>
    internal sealed class Window(Window? outer, Movement movement, Layout layout)
    {
        private readonly int depth = (outer?.depth ?? 0) + 1;

        public Layout Layout => layout;

        /// <summary>Whether it looks through a window that shows some places several times: it must be written by its places.</summary>
        public bool Repeats { get; } = outer is not null && (outer.Repeats || Layouts.MayOverlap(outer.Layout));

        // Views of views may be as deep as a program is long, so the chain is walked and not recursed into.
        private Movement[] Path()
        {
            var path = new Movement[depth];
            for (var w = this; w is not null; w = w.Outer) path[w.depth - 1] = w.Movement;
            return path;
        }

        /// <summary>The last movement, from what it looks through.</summary>
        public Movement Movement { get; } = movement;

        private Window? Outer { get; } = outer;

        public Node Read(Node whole)
        {
            if (Outer is null) return Movement.Read(whole);
            foreach (var step in Path()) whole = step.Read(whole);
            return whole;
        }

        public Node Write(Node whole, Node part)
        {
            if (part.Type.Count == 0) return whole;
            if (Outer is null) return Movement.Write(whole, part);
            var path = Path();
            var seen = new Node[path.Length];
            for (var i = 0; i < path.Length; i++)
            {
                seen[i] = whole;
                whole = path[i].Read(whole);
            }
            for (var i = path.Length - 1; i >= 0; i--) part = path[i].Write(seen[i], part);
            return part;
        }
    }
}
