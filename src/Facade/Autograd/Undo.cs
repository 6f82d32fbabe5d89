namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A sum that a pass made of a gradient, for a pass that fails.</summary>
    /// <param name="Tensor">Whose gradient it is.</param>
    /// <param name="Gradient">The gradient before.</param>
    /// <param name="Value">Its value then.</param>
    /// <param name="Version">Its version then.</param>
    /// <param name="Left">The gradient that the pass left.</param>
    /// <param name="Additions">How many sums passes had made there.</param>
    /// <param name="Share">What the pass had added.</param>
    internal sealed record Undo(Tensor Tensor, Tensor? Gradient, Node? Value, int Version, Tensor Left, int Additions, Node Share)
    {
        public void Run()
        {
            lock (Tensor)
            {
                if (!ReferenceEquals(Tensor.gradient, Left)) return;
                if (Tensor.additions != Additions)
                {
                    // Another pass has added to it meanwhile, and keeps its share.
                    Left.Set(Left.Node - Ops.Cast(Share, Left.Node.DType));
                    return;
                }
                Tensor.gradient = Gradient;
                if (Value is null || ReferenceEquals(Gradient!.Node, Value)) return;
                Gradient.Set(Value);
                Gradient.version.Restore(Version);
            }
        }
    }
}
