namespace Functional.Autograd;

public static partial class torch
{
    internal sealed partial class Engine
    {
        // Tensors' hooks come first, then their retained gradients, and what is for the operation itself after those.
        private void AtTensors(GradFn fn, Flow?[] flows)
        {
            foreach (var (nr, call) in fn.TensorHooks?.All ?? [])
                if (flows[nr] is { } flow)
                {
                    // What a hook writes into the gradient counts, as what it returns does.
                    flows[nr] = Replaced(flow, call(flow.Tensor()) ?? flow.Tensor());
                }
            // A view whose base was written has another history by now, and keeps the gradient of that.
            foreach (var (nr, tensor) in fn.Retained)
                if (flows[nr] is { } flow && (tensor.made != Creation.Normal || tensor.grad_fn is not { } now || ReferenceEquals(now, fn))) Accumulate(tensor, flow);
        }

        // What a hook of an operation returns takes the gradients' place; null takes one away.
        private static Flow?[] Called(Flow?[] flows, Func<Tensor?[], Tensor?[]?> hook)
        {
            Tensor?[] given = [.. flows.Select(f => f?.Tensor())];
            int?[] versions = [.. given.Select(g => g?.version.Value)];
            var by = hook(given) ?? (given.Where((g, i) => g?.version.Value > versions[i]).Any() ? given : null);
            if (by is null) return flows;
            if (by.Length != flows.Length) throw new RuntimeError($"hook '<lambda>' has returned an incorrect number of values (got {by.Length}, but expected {flows.Length})");
            return [.. flows.Select((f, i) => by[i] is not { } made ? null : f is { } flow ? Replaced(flow, made) : throw new RuntimeError("can't replace a None gradient with a non-None value"))];
        }

        private static Flow? Replaced(Flow flow, Tensor by)
        {
            if (by.Node.DType != flow.Node.DType) throw new RuntimeError($"hook '<lambda>' has changed the type of value (was {flow.Tensor().KernelType} got {by.KernelType})");
            if (by.Dims != flow.Node.Shape) throw new RuntimeError("hook '<lambda>' has changed the size of value");
            if (!ReferenceEquals(by, flow.Tensor())) return Held(Flow.From(by));
            return ReferenceEquals(by.Node, flow.Node) ? flow : flow.Rewritten(by);
        }

        private static Flow Held(Flow flow)
        {
            flow.Holders++;
            return flow;
        }
    }
}
