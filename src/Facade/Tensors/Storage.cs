namespace Functional.Autograd;

public static partial class torch
{
    // All mutation of values happens here: a storage is rebound to another immutable node, and the version counter moves on.

    /// <summary>What aliasing tensors share: the current value.</summary>
    internal sealed class Storage(Node node)
    {
        private Node node = Opaque(node);

        public Node Node => Volatile.Read(ref node);

        /// <summary>How often the value has changed.</summary>
        public int Epoch { get; private set; }

        /// <summary>Operations recorded since the value was last computed.</summary>
        public int Depth { get; set; }

        public void Write(Node value)
        {
            Volatile.Write(ref node, Opaque(value));
            Epoch++;
        }

        // A constant would be folded into what is made of it, and a gradient could not find it again.
        private static Node Opaque(Node node) => Ops.IsConstant(node, out _) ? new Node(Primitives.Alias.Instance, node) : node;

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
        public int Value { get; private set; }

        public void Bump() => Value++;
    }

    /// <summary>How a view was made, which decides whether it may be written to.</summary>
    internal enum Creation { Normal, NoGrad, MultiOutput }

    /// <summary>A window on another tensor's storage: how to read it, and how to write through it.</summary>
    /// <param name="Base">The tensor that owns the storage.</param>
    /// <param name="Read">From the base's value to the view's.</param>
    /// <param name="Write">From the base's value and the view's new value to the base's new value; null when elements overlap.</param>
    /// <param name="Made">How it was made.</param>
    internal sealed record View(Tensor Base, Func<Node, Node> Read, Func<Node, Node, Node>? Write, Creation Made)
    {
        public View Through(Func<Node, Node> read, Func<Node, Node, Node>? write, Creation made) =>
            new(Base, b => read(Read(b)), write is null || Write is null ? null : (b, v) => Write(b, write(Read(b), v)), made);
    }
}
