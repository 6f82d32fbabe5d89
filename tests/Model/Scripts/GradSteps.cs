using System.Collections.Immutable;
using Functional.Autograd;
using Model.Pure;
using static Functional.Autograd.torch;

namespace Model.Scripts;

/// <summary>The steps of scripts: flags, hooks, passes and optimisers.</summary>
internal static class GradSteps
{
    private const string NotLeaf = "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().";
    private const string NoDetach = "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution.";

    public static Step RequiresGrad(int x, bool wants) => new($"v{x}.requires_grad_({(wants ? "true" : "false")})", w =>
    {
        var (t, h) = (w.Variables[x], w.Of(w.Variables[x]));
        if (h.Broken || h.Base is not null) throw new Abstention("flags of views");
        if (h.Edge is not null) return wants ? w : throw Refusal.Runtime(NotLeaf);
        if (w.Tensors.Values.Any(v => v.Base == t)) throw new Abstention("flags of what has views");
        return w.With(t, x => x with { Wants = wants });
    }, b => b[x].requires_grad_(wants));

    public static Step DetachInPlace(int x) => new($"v{x}.detach_()", w =>
    {
        var (t, h) = (w.Variables[x], w.Of(w.Variables[x]));
        if (w.Shared.Contains(h.Storage)) throw new Abstention("a gradient that may be a view");
        if (h.Base is not null) throw Refusal.Runtime(NoDetach);
        if (h.Retains || (h.Edge is { } e && w.Hooks.ContainsKey(e)) || (h.Leaf is { } l && w.Hooks.ContainsKey(l))) throw new Abstention("what becomes of hooks");
        if (w.Tensors.Values.Any(v => v.Base == t)) throw new Abstention("views of what was detached in place");
        return w.With(t, x => x with { Edge = null, Number = 0, Wants = false });
    }, b => b[x].detach_());

    public static Step Retain(int x) => new($"v{x}.retain_grad()", w => w.Retain(w.Variables[x]), b => b[x].retain_grad());

    public static Step GetGrad(int x) => new($"v{x}.grad", w => w.Of(w.Variables[x]).Grad is { } g ? w.Bind(g) : w, b => b.Add(b[x].grad));

    public static Step SetGrad(int x, int? y) => new(y is null ? $"v{x}.grad = null" : $"v{x}.grad = v{y}", w =>
    {
        var t = w.Variables[x];
        if (y is not { } v) return w.With(t, h => h with { Grad = null });
        var (h, g, to) = (w.Of(t), w.Of(w.Variables[v]), w.Variables[v]);
        if (to == t) throw Refusal.Runtime("can't assign Variable as its own grad");
        if (g.DType != h.DType || g.Shape != h.Shape)
            throw Refusal.Runtime(g.DType != h.DType
                ? $"attempting to assign a gradient with dtype '{Name(g)}' to a tensor with dtype '{Name(h)}'. Please ensure that the gradient and the tensor have the same dtype"
                : $"attempting to assign a gradient of size '{g.Shape}' to a tensor of size '{h.Shape}'. Please ensure that the gradient and the tensor are the same size");
        if (g.Base is not null || g.Broken || w.Requires(to)) throw new Abstention("a gradient with a history");
        return w.With(t, k => k with { Grad = to });
    }, b => b[x].grad = y is { } v ? b[v] : null);

    private static string Name(Handle h) => h.DType == DType.Float32 ? "float" : "double";

    public static Step Hook(int x, HookKind kind, int id) => new($"v{x}.register_hook({kind})  /* {id} */", w =>
    {
        var t = w.Variables[x];
        if (!w.Requires(t)) throw Refusal.Runtime("cannot register a hook on a tensor that doesn't require gradient");
        var edge = w.Operand(t).Edge ?? throw new Abstention("a tensor without an edge");
        return w with { Hooks = w.Hooks.SetItem(edge, w.Hooks.GetValueOrDefault(edge, []).Add((id, kind))) };
    }, b => b.Hooks[id] = b[x].register_hook(b.Hook(id, kind)));

    public static Step After(int x, int id) => new($"v{x}.register_post_accumulate_grad_hook(Look)  /* {id} */", w =>
    {
        var t = w.Variables[x];
        if (!w.Requires(t)) throw Refusal.Runtime("cannot register a hook on a tensor that doesn't require gradient");
        if (w.Of(t).Edge is not null) throw Refusal.Runtime("post accumulate grad hooks cannot be registered on non-leaf tensors");
        if (w.Of(t).Base is not null) throw new Abstention("flags of views");
        return w with { After = w.After.SetItem(t, w.After.GetValueOrDefault(t, []).Add(id)) };
    }, b => b.Hooks[id] = b[x].register_post_accumulate_grad_hook(t =>
    {
        using var _ = no_grad();
        b.Log.Add((id, t.grad!.clone()));
    }));

    public static Step Remove(int id) => new($"hook {id}.remove()", w => w with
    {
        Hooks = w.Hooks.ToImmutableDictionary(h => h.Key, h => h.Value.RemoveAll(k => k.Id == id)),
        After = w.After.ToImmutableDictionary(h => h.Key, h => h.Value.Remove(id)),
    }, b => b.Hooks[id].remove());

    public static Step Backward(int[] roots, int?[] gradients, bool? retain = null, bool create = false, int[]? inputs = null) => new(
        $"autograd.backward([{List(roots)}], [{string.Join(", ", gradients.Select(g => g is null ? "null" : $"v{g}"))}]{Options(retain, create)}{(inputs is null ? "" : $", inputs: [{List(inputs)}]")})",
        w => w.Backward(Ids(w, roots), [.. gradients.Select(g => g is { } v ? w.Variables[v] : (int?)null)], retain ?? create, create, inputs is null ? null : Ids(w, inputs)),
        b => autograd.backward(Of(b, roots), [.. gradients.Select(g => g is { } v ? b[v] : null)], retain, create, inputs: inputs is null ? null : Of(b, inputs)));

    public static Step Grad(int[] outputs, int[] inputs, int?[] gradients, bool? retain = null, bool create = false, bool unused = false) => new(
        $"autograd.grad([{List(outputs)}], [{List(inputs)}], [{string.Join(", ", gradients.Select(g => g is null ? "null" : $"v{g}"))}]{Options(retain, create)}{(unused ? ", allow_unused: true" : "")})",
        w => w.Grad(Ids(w, outputs), Ids(w, inputs), [.. gradients.Select(g => g is { } v ? w.Variables[v] : (int?)null)], retain ?? create, create, unused) is var (next, made) ? next.Bind([.. made.OfType<int>()]) : w,
        b => b.Add(autograd.grad(Of(b, outputs), Of(b, inputs), [.. gradients.Select(g => g is { } v ? b[v] : null)], retain, create, allow_unused: unused)));

    private static string List(int[] v) => string.Join(", ", v.Select(i => $"v{i}"));

    private static string Options(bool? retain, bool create) => (retain is { } r ? $", retain_graph: {(r ? "true" : "false")}" : "") + (create ? ", create_graph: true" : "");

    private static ImmutableArray<int> Ids(World w, int[] variables) => [.. variables.Select(v => w.Variables[v])];

    private static Tensor[] Of(Bench b, int[] variables) => [.. variables.Select(v => b[v])];

    public static Step Optimise(int[] parameters, bool adam, double momentum = 0, double decay = 0) => new(
        adam ? $"var optimiser = new optim.Adam([{List(parameters)}], lr: 0.1)" : FormattableString.Invariant($"var optimiser = new optim.SGD([{List(parameters)}], lr: 0.1, momentum: {momentum}, weight_decay: {decay})"),
        w =>
        {
            var p = Ids(w, parameters);
            if (p.Any(t => w.Of(t) is { Broken: true } or { Retains: true } or { Base: not null })) throw new Abstention("parameters that are views");
            if (p.Any(t => w.Of(t).Edge is not null)) throw new Refusal("ValueError", "can't optimize a non-leaf Tensor");
            return w with { Optimisers = w.Optimisers.Add(new(p, adam, 0.1, momentum, decay)) };
        },
        b => b.Optimisers.Add(adam ? new optim.Adam(Of(b, parameters), 0.1) : new optim.SGD(Of(b, parameters), 0.1, momentum, weight_decay: decay)));

    public static Step OptimiserStep(int index) => new($"optimiser{index}.step()", w => Optimiser.Step(w, index), b => b.Optimisers[index].step());

    public static Step ZeroGrad(int index, bool toNone) => new($"optimiser{index}.zero_grad(set_to_none: {(toNone ? "true" : "false")})", w => Optimiser.Clear(w, index, toNone), b => b.Optimisers[index].zero_grad(toNone));
}
