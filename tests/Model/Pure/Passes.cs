using System.Collections.Immutable;
using Functional.Autograd;

namespace Model.Pure;

/// <summary>Backward passes: gradients of one pure function, and what they do to the world.</summary>
internal static class Passes
{
    private const string Twice = "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.";
    private const string Detached = "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_().This is not supported, please use out-of-place `.detach()` instead";
    private const string Hint = "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True).";

    /// <summary>A pass at work: what runs, and which histories a gradient arrives at.</summary>
    private sealed record Run(Pass Pass, Replay Replay, ImmutableArray<History> Order, HashSet<History> Arrives, HashSet<History> Executed, HashSet<History> Shown, HashSet<History> Handed, bool Deep);

    /// <summary>Adds gradients to leaves, or to the given tensors alone.</summary>
    public static World Backward(this World w, ImmutableArray<int> roots, ImmutableArray<int?> gradients, bool retain, bool create, ImmutableArray<int>? inputs = null)
    {
        var pass = w.Begin(roots, gradients, create);
        foreach (var input in inputs ?? [])
            if (!w.Requires(input)) throw Refusal.Runtime("can't retain_grad on Tensor that has requires_grad=False");
        var before = w;
        foreach (var input in inputs ?? []) w = w.Retain(input);
        var run = w.Start(pass, inputs is { } some ? [.. some.Select(i => w.EdgeOf(i))] : null, retained: w != before);
        // A result among the inputs runs as well, though nothing asks for what it gives.
        var extra = inputs is null ? [] : inputs.Value.Select(i => w.EdgeOf(i)).OfType<Applied>().Where(a => a.Saving && run.Arrives.Contains(a) && !run.Executed.Contains(a)).ToArray();
        if (extra.Any(a => w.Freed.Contains(a) || w.Clouded.Contains(a) || w.Wrong(a).Any())) throw new Abstention("what an input that is a result saved");
        if (!retain) w = w with { Clouded = w.Clouded.Union(extra) };
        w = w.Hooked(run, create);
        foreach (var leaf in run.Order.OfType<Leaf>().Where(run.Shown.Contains))
            if (w.Of(leaf.Tensor).Edge is not null) throw new Abstention("a leaf that has become a result");
            else if (w.Of(leaf.Tensor).Wants && w.Gradient(run, leaf, create) is { } gradient) w = w.Accumulate(leaf, gradient, create, run.Handed.Contains(leaf));
        w = w.Retained(run, create);
        foreach (var seed in gradients.OfType<int>())
            if (run.Handed.Any(h => h is Leaf)) w = w with { Shared = w.Shared.Add(w.Of(seed).Storage) };
        return w.Finish(run, retain);
    }

    /// <summary>Gradients with respect to inputs; null where the outputs do not depend on one.</summary>
    public static (World, ImmutableArray<int?>) Grad(this World w, ImmutableArray<int> outputs, ImmutableArray<int> inputs, ImmutableArray<int?> gradients, bool retain, bool create, bool unused)
    {
        var pass = w.Begin(outputs, gradients, create);
        if (!inputs.All(w.Requires)) throw Refusal.Runtime("One of the differentiated Tensors does not require grad");
        if (!create && gradients.Any(g => g is { } t && w.Requires(t))) throw new Abstention("a gradient that passes through as it is");
        var run = w.Start(pass, [.. inputs.Select(i => w.EdgeOf(i))]);
        w = w.Hooked(run, create).Retained(run, create);
        var results = ImmutableArray.CreateBuilder<int?>();
        History[] ends = [.. inputs.Select(w.EdgeOf)];
        if (ends.Any(e => Handed(run.Order, [e]).Overlaps(ends.Where(other => other != e)))) throw new Abstention("one gradient of several tensors");
        foreach (var input in inputs)
        {
            var gradient = w.Gradient(run, w.EdgeOf(input), create);
            if (run.Replay.IsSeed) throw new Abstention("a gradient that passes through as it is");
            if (gradient is null && !unused && (!retain || w.Tensors.Values.Any(h => h.Retains && run.Shown.Contains(h.Edge!)))) throw new Abstention("what a pass freed whose result was refused");
            if (gradient is null && !unused) throw Refusal.Runtime("One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.");
            (w, var made) = gradient is { } g ? w.NewGradient(g.Value, g.Edge, shared: true) is var (next, t) ? (next, (int?)t) : default : (w, null);
            results.Add(made);
        }
        foreach (var seed in gradients.OfType<int>()) w = w with { Shared = w.Shared.Add(w.Of(seed).Storage) };
        return (w.Finish(run, retain), results.ToImmutable());
    }

    private static Pass Begin(this World w, ImmutableArray<int> roots, ImmutableArray<int?> gradients, bool create)
    {
        var seeds = ImmutableArray.CreateBuilder<Operand>();
        for (var i = 0; i < roots.Length; i++)
        {
            var root = w.Of(roots[i]);
            if (gradients[i] is { } g)
            {
                if (w.Of(g).Broken) throw new Abstention("a view whose history PyTorch refuses to tell");
                if (w.Of(g).Shape != root.Shape) throw Refusal.Runtime($"Mismatch in shape: grad_output[{i}] has a shape of {Size(w.Of(g).Shape)} and output[{i}] has a shape of {Size(root.Shape)}.");
                if (create && w.Requires(g) && w.Of(g) is { Edge: null, Wants: false }) throw new Abstention("a view made without grad of something that requires grad");
                if (create && !w.Recording && w.Of(g).DType != root.DType && w.Requires(g)) throw new Abstention("whether a gradient of another type keeps its history under no_grad");
                seeds.Add(create ? w.Operand(g) : new(w.Read(g), null));
            }
            else
            {
                if (w.Requires(roots[i]) && root.Places.Length != 1) throw Refusal.Runtime("grad can be implicitly created only for scalar outputs");
                seeds.Add(new(Value.Filled(root.DType, root.Shape, 1), null));
            }
        }
        for (var i = 0; i < roots.Length; i++)
            if (!w.Requires(roots[i])) throw Refusal.Runtime($"element {i} of tensors does not require grad and does not have a grad_fn");
        if (create && roots.Any(r => w.EdgeOf(r) is var e && History.Order([e]).OfType<Derived>().Any(d => d.Rank > 1))) throw new Abstention("what a third gradient still depends on");
        return new([.. roots.Select(r => new Operand(w.Read(r), w.EdgeOf(r)))], seeds.ToImmutable(), [.. gradients.Select(g => g is not null)], w.Hooks);
    }

    private static History EdgeOf(this World w, int tensor) => w.Operand(tensor).Edge ?? throw new Abstention("a tensor without an edge");

    private static string Size(Dims shape) => $"torch.Size({shape})";

    // What runs: everything behind the roots, or what leads to the wanted; and whether it may run.
    private static Run Start(this World w, Pass pass, HashSet<History>? wanted, bool retained = false)
    {
        ImmutableArray<History> order = [.. History.Order(pass.Roots.Concat(pass.Seeds).Select(r => r.Edge).OfType<History>())];
        var deep = order.Any(h => h is Derived);
        if (order.OfType<Derived>().Any(d => order.Any(h => d.Pass.Hooks.GetValueOrDefault(h, []) is var then && !then.SequenceEqual(w.Hooks.GetValueOrDefault(h, []))))) throw new Abstention("hooks that changed between two orders");
        // Of two gradients that one pass made, one may have come by way of the other; as functions of the pass they are apart.
        if (wanted is not null && wanted.OfType<Derived>().Any(d => order.OfType<Derived>().Any(e => e != d && e.Pass == d.Pass))) throw new Abstention("a gradient's derivative with respect to a gradient of the same pass");
        var leads = new HashSet<History>();
        foreach (var h in order)
            if (wanted is null || wanted.Contains(h) || h.Sources.Any(leads.Contains)) leads.Add(h);
        // First-order paths only: behind a derived gradient, arrival is a question of its derivative.
        HashSet<History> arrives = [.. pass.Roots.Select(r => r.Edge!)];
        foreach (var h in order.Reverse())
            if (arrives.Contains(h) && h is Applied a) arrives.UnionWith(a.Sources);
        HashSet<History> executed = [.. order.Where(h => h is not Leaf && (deep || arrives.Contains(h)) && (wanted is null || h.Sources.Any(leads.Contains)))];
        // The results of one unbind are one operation: which hooks run is a question of all of them.
        if (wanted is not null && order.Any(h => h.Name is "UnbindBackward0" or "SplitBackward0" && (w.Hooks.ContainsKey(h) || w.Tensors.Values.Any(t => t.Retains && t.Edge == h)))) throw new Abstention("hooks of one of several results");
        // A derivative is a function of the result where it reads it; as the model's formula it is one of the operands.
        if (deep && wanted?.Any(h => h is Applied a && a.Saved.Any(s => s.IsResult)) == true) throw new Abstention("the derivative of a derivative with respect to the result that it reads");
        // Whether a root is looked at that leads to nothing wanted depends on how many roots there are.
        if (wanted is not null && pass.Roots.Select(r => r.Edge!).Any(r => !executed.Contains(r) && !wanted.Contains(r) && (w.Hooks.ContainsKey(r) || w.Tensors.Values.Any(h => h.Retains && h.Edge == r)))) throw new Abstention("hooks of a root that does not run");
        HashSet<History> shown = [.. order.Where(h => wanted is null ? h is Leaf || executed.Contains(h) : executed.Contains(h) || wanted.Contains(h))];
        if (wanted is not null && wanted.Any(h => h is not Leaf && w.Hooks.ContainsKey(h) && executed.Contains(h))) throw new Abstention("a captured gradient with hooks");
        if (deep && shown.Any(h => h is Applied a && a.Saved.Any(s => s.IsResult) && (w.Hooks.ContainsKey(h) || w.Tensors.Values.Any(t => t.Retains && t.Edge == h)))) throw new Abstention("gradients of a result that a derivative reads");
        var boom = shown.Any(h => w.Hooks.GetValueOrDefault(h, []).Exists(k => k.Kind == HookKind.Raise));
        // PyTorch retains before it runs, and does not take it back.
        if (retained && (boom || executed.OfType<Applied>().SelectMany(w.Wrong).Any())) throw new Abstention("a pass that fails after it made inputs retain");
        w.Check(deep ? order : executed, deep, boom);
        var handed = Handed(order, pass.Roots.Where((_, i) => pass.Given[i]).Select(r => r.Edge!));
        return new(pass, new Replay(w.Hooks), order, arrives, executed, shown, handed, deep);
    }

    // Where PyTorch may hand on the very gradient that arrives at some histories.
    private static HashSet<History> Handed(ImmutableArray<History> order, IEnumerable<History> from)
    {
        HashSet<History> handed = [.. from];
        foreach (var h in order.Reverse())
            if (handed.Contains(h) && h is Applied { HandsOn: true } a) handed.UnionWith(a.Sources);
        return handed;
    }

    private static void Check(this World w, IReadOnlyCollection<History> executed, bool deep, bool boom)
    {
        if (executed.Any(w.Clouded.Contains)) throw new Abstention("what was freed is not known");
        var wrong = executed.OfType<Applied>().SelectMany(w.Wrong).Distinct().ToArray();
        if (wrong.Length == 0) return;
        throw deep ? new Abstention("which of a derived gradient's values were saved is not known") : Refusal.Runtime(boom ? [.. wrong, "boom"] : wrong);
    }

    private static IEnumerable<string?> Wrong(this World w, Applied a)
    {
        if (a.Saving && w.Freed.Contains(a)) return [Twice];
        bool IsDetached(Saved s) => s.WasResult && !s.IsResult && w.Of(s.Tensor).Edge is null;
        return a.Saved.Where(s => IsDetached(s) || w.Versions[s.Counter] != s.Version).Select(s =>
        {
            var h = w.Of(s.Tensor);
            if (IsDetached(s)) return h.Broken ? null : Detached;
            var maker = s.IsResult ? a.Saver : h.Edge?.Name;
            if (h.Broken || w.Loose.Contains(s.Counter) || (h.Edge is Derived && !s.IsResult)) return null;
            var clause = maker is null ? "" : $", which is output {(s.IsResult ? 0 : h.Number)} of {(maker is "CopySlices" or "CopyBackwards" ? "torch::autograd::" : "")}{maker},";
            return $"one of the variables needed for gradient computation has been modified by an inplace operation: [torch.{(h.DType == DType.Float32 ? "Float" : "Double")}Tensor {h.Shape}]{clause} is at version {w.Versions[s.Counter]}; expected version {s.Version} instead. {Hint}";
        });
    }

    private static (Value Value, History? Edge)? Gradient(this World w, Run run, History target, bool create)
    {
        var node = run.Replay.Cotangent(run.Pass, run.Replay.Inner(target));
        if (node is null && !run.Arrives.Contains(target)) return null;
        node ??= Ops.Full(run.Replay.Inner(target).Type, 0);
        var edge = create && run.Replay.Depends(node, [.. run.Order]) ? new Derived(run.Pass, target) : null;
        return (World.Sound(run.Replay.Value(node)), edge);
    }

    // Every hook on the way is shown the gradient that the hooks before it made.
    private static World Hooked(this World w, Run run, bool create)
    {
        foreach (var (history, hooks) in w.Hooks.Where(h => run.Shown.Contains(h.Key)))
        {
            var node = run.Replay.Cotangent(run.Pass, run.Replay.Outer(history)) ?? (run.Arrives.Contains(history) ? Ops.Full(run.Replay.Outer(history).Type, 0) : null);
            if (node is null) continue;
            foreach (var (id, kind) in hooks)
            {
                if (kind == HookKind.Raise) throw Refusal.Runtime("boom");
                w = w with { Log = w.Log.Add((id, run.Replay.Value(node))) };
                node = Replay.Through(kind, node);
            }
        }
        return w;
    }

    private static World Accumulate(this World w, Leaf leaf, (Value Value, History? Edge) gradient, bool create, bool shared)
    {
        if (w.Of(leaf.Tensor).Grad is not { } grad)
        {
            var copy = gradient.Edge is null ? null : new Applied("CopyBackwards", Formulas.Clone.Formula, [new(gradient.Value, gradient.Edge)], false, []);
            (w, var made) = w.NewGradient(gradient.Value, copy, shared);
            w = w.With(leaf.Tensor, h => h with { Grad = made });
        }
        else if (!create)
        {
            w = w.Overwrite(grad, w.Read(grad).Zip(gradient.Value.As(w.Of(grad).DType), (a, b) => a + b));
        }
        else
        {
            w = w.Sum(leaf.Tensor, grad, gradient);
        }
        foreach (var id in w.After.GetValueOrDefault(leaf.Tensor, []))
            w = w with { Log = w.Log.Add((id, w.Read(w.Of(leaf.Tensor).Grad!.Value))) };
        return w;
    }

    // With create_graph, old + new takes the place of the gradient.
    private static World Sum(this World w, int tensor, int grad, (Value Value, History? Edge) gradient)
    {
        var modes = w.Modes;
        (w, var arrived) = (w with { Modes = modes.Push(true) }).New(gradient.Value, edge: gradient.Edge);
        (w, var sum) = w.Apply(Formulas.Add, grad, arrived);
        return w.With(tensor, h => h with { Grad = sum }) with { Modes = modes };
    }

    // A retained gradient is a copy; a further one is a new tensor that holds the sum.
    private static World Retained(this World w, Run run, bool create)
    {
        foreach (var (t, h) in w.Tensors.Where(t => t.Value is { Retains: true, Edge: not null } && run.Shown.Contains(t.Value.Edge)).OrderBy(t => t.Key))
        {
            if (w.Gradient(run, h.Edge!, create) is not { } gradient) continue;
            if (h.Grad is { } grad)
            {
                if (create) w = w.Sum(t, grad, gradient);
                else
                {
                    (w, var sum) = w.NewGradient(w.Read(grad).Zip(gradient.Value, (a, b) => a + b), null);
                    w = w.With(t, x => x with { Grad = sum });
                }
                continue;
            }
            var copy = gradient.Edge is null ? null : new Applied("CloneBackward0", Formulas.Clone.Formula, [new(gradient.Value, gradient.Edge)], false, []);
            (w, var made) = w.NewGradient(gradient.Value, copy);
            w = w.With(t, x => x with { Grad = made });
        }
        return w;
    }

    /// <summary>retain_grad().</summary>
    public static World Retain(this World w, int tensor)
    {
        if (!w.Requires(tensor)) throw Refusal.Runtime("can't retain_grad on Tensor that has requires_grad=False");
        if (w.Of(tensor).Broken) throw new Abstention("a view whose history PyTorch refuses to tell");
        return w.Of(tensor).Edge is null ? w : w.With(tensor, h => h with { Retains = true });
    }

    private static World Finish(this World w, Run run, bool retain) =>
        retain ? w
        : run.Deep ? w with { Clouded = w.Clouded.Union(run.Order.Where(h => h is not Leaf)) }
        : w with { Freed = w.Freed.Union(run.Executed) };
}
