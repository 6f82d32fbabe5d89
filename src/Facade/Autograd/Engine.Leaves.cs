using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    internal sealed partial class Engine
    {
        private void Accumulate(AccumulateGrad end, Flow flow)
        {
            if (end.Variable.grad_fn is not null) throw new RuntimeError("leaf variable has been moved into the graph interior");
            if (end.Variable.requires_grad) Accumulate(end.Variable, flow);
            flow.Holders--;
        }

        private void Accumulate(Tensor leaf, Flow flow)
        {
            // Only the sum itself is atomic: a hook may wait for another thread's pass over the same leaf.
            lock (leaf)
            {
                var (before, value, version) = (leaf.gradient, leaf.gradient?.Node, leaf.gradient?.version.Value ?? 0);
                leaf.gradient = leaf.gradient is not { } sum ? First(leaf, flow) : create ? sum + flow.Tensor() : leaf.is_leaf ? Added(sum, flow.Node) : new Tensor(sum.Node + flow.Node);
                undo.Add(new(leaf, before, value, version, leaf.gradient, ++leaf.additions, flow.Node));
            }
            foreach (var hook in leaf.postAccumulate?.All ?? []) hook(leaf);
        }

        private Tensor First(Tensor leaf, Flow flow)
        {
            // A gradient that is kept of a result is cloned; one of a leaf is taken, or copied into its leaf's layout.
            var taken = !create && leaf.is_leaf && Ownership.CanBeTaken(flow, leaf);
            var dense = leaf.is_leaf && (leaf.IsPlain || Layouts.IsDense(leaf.Layout));
            if (dense && !taken && !Spreads(flow.Node.Shape, leaf.Dims)) throw new RuntimeError($"output with shape {leaf.Dims} doesn't match the broadcast shape {flow.Node.Shape}");
            var grad = new Tensor(flow.Node);
            if (create && flow.Edge.Fn is not null)
            {
                var copy = new Node(Alias.Instance, flow.Node);
                grad = new Tensor(copy) { gradFn = new GradFn(dense ? "CopyBackwards" : "CloneBackward0", Saves.None, [copy], [flow.Node], [flow.Edge]) };
            }
            grad.version.Restore(taken ? flow.Version : dense ? 1 : 0);
            if (!leaf.IsPlain && dense) grad.storage.Order = Layouts.Like(leaf.Dims, leaf);
            return grad;
        }

        private static Tensor Added(Tensor sum, Node gradient)
        {
            if (sum.window is { } window && Layouts.Overlaps(window.Layout)) throw new RuntimeError(Overlapping);
            CheckBroadcast(sum.Dims, gradient.Shape);
            sum.Set(Fitting(sum.Node + Ops.Cast(gradient, sum.Node.DType), sum.Type));
            return sum;
        }
    }
}
