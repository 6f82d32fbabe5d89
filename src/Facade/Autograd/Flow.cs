namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A gradient on its way: its expression and, when it can be differentiated itself, the operation that made it.</summary>
    /// <param name="Node">Its value.</param>
    /// <param name="Edge">What made it; none when it is not to be differentiated.</param>
    /// <param name="Origin">The tensor that it is, when the user made it.</param>
    /// <param name="Takers">Who else gets it, when it was passed on as it came.</param>
    /// <param name="Version">How often PyTorch would have written into it.</param>
    /// <param name="IsView">Whether it would be a view.</param>
    internal readonly record struct Flow(Node Node, Edge Edge, Tensor? Origin = null, Takers? Takers = null, int Version = 0, bool IsView = false)
    {
        public static Flow Of(Tensor t) => new(t.Node, t.Edge, t);

        // What a hook saw or made is nobody's any more, unless it is a leaf of the user's.
        public static Flow From(Tensor t) => t is { is_leaf: true, requires_grad: true } ? Of(t) : new(t.Node, t.Edge, Version: t.version.Value, IsView: t._is_view());

        public Tensor Tensor() => Origin ?? Made();

        private Tensor Made()
        {
            var made = new Tensor(Node) { gradFn = Edge.Fn, outputNr = Edge.Nr };
            made.version.Restore(Version);
            made.isPart = IsView;
            return made;
        }
    }
}
