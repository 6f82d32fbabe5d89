using static Functional.Autograd.torch;
using static Functional.Autograd.torch.utils;

namespace Facade;

/// <summary>What is computed again, and where time goes; what is expected is what PyTorch 2.6 prints.</summary>
public class CheckpointTests
{
    private int runs;

    private readonly Tensor w = ones(3).requires_grad_();

    private Tensor F(Tensor a)
    {
        runs++;
        return (a * w).sin() * a;
    }

    [Theory]
    [InlineData(false, "MulBackward0")]
    [InlineData(true, "CheckpointFunctionBackward")]
    public void It_runs_again_for_the_backward(bool reentrant, string name)
    {
        var a = arange(3f).requires_grad_();
        var y = checkpoint.checkpoint(F, a, use_reentrant: reentrant);
        Assert.Equal($"tensor([0.0000, 0.8415, 1.8186], grad_fn=<{name}>)", y.ToString());
        Assert.Equal(1, runs);
        y.sum().backward();
        Assert.Equal(2, runs);
        Assert.Equal("tensor([0.0000, 1.3818, 0.0770])", a.grad!.ToString());
        Assert.Equal("tensor([ 0.0000,  0.5403, -1.6646])", w.grad!.ToString());
    }

    [Fact]
    public void It_has_second_derivatives_and_gradients_of_what_it_captures()
    {
        var a = arange(3f).requires_grad_();
        var g = autograd.grad(checkpoint.checkpoint(F, a).sum(), a, create_graph: true)[0]!;
        Assert.Equal("tensor([0.0000, 1.3818, 0.0770], grad_fn=<AddBackward0>)", g.ToString());
        Assert.Equal("tensor([ 2.0000,  0.2391, -2.6509])", autograd.grad(g.sum(), a)[0]!.ToString());
        Assert.Equal("tensor([ 0.0000,  0.5403, -1.6646])", autograd.grad(checkpoint.checkpoint(F, a).sum(), w)[0]!.ToString());
        var y = checkpoint.checkpoint(F, a, use_reentrant: true);
        Assert.StartsWith("When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad()", Assert.Throws<RuntimeError>(() => autograd.grad(y.sum(), a)).Message);
    }

    [Fact]
    public void Random_numbers_are_drawn_again()
    {
        manual_seed(0);
        var x = ones(8).requires_grad_();
        var y = checkpoint.checkpoint(a => nn.functional.dropout(a * 1, 0.5), x);
        Assert.Equal("tensor([0., 0., 2., 0., 0., 0., 2., 2.], grad_fn=<MulBackward0>)", y.ToString());
        var next = rand(1);
        manual_seed(0);
        y = checkpoint.checkpoint(a => nn.functional.dropout(a * 1, 0.5), x);
        y.sum().backward();
        Assert.Equal("tensor([0., 0., 2., 0., 0., 0., 2., 2.])", x.grad!.ToString());
        Assert.Equal(next.ToString(), rand(1).ToString());
        Assert.StartsWith("Trying to backward through the graph a second time", Assert.Throws<RuntimeError>(() => y.sum().backward()).Message);
    }

    [Fact]
    public void A_function_that_changes_its_mind_is_refused()
    {
        var (a, first) = (arange(3f).requires_grad_(), true);
        var y = checkpoint.checkpoint(x =>
        {
            if (!first) return x.sum();
            first = false;
            return x.sin();
        }, a);
        Assert.Equal("torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\nNumber of tensors saved during forward: 1\nNumber of tensors saved during recomputation: 0.", Assert.Throws<RuntimeError>(() => y.sum().backward()).Message);
        first = true;
        y = checkpoint.checkpoint(x =>
        {
            var part = first ? x : x[..2];
            first = false;
            return part.sin();
        }, a);
        Assert.StartsWith("torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\ntensor at position 0:\nsaved metadata: {'shape': torch.Size([3]), 'dtype': torch.float32, 'device': device(type='cpu')}\nrecomputed metadata: {'shape': torch.Size([2]),",
            Assert.Throws<RuntimeError>(() => y.sum().backward()).Message);
        Assert.Null(a.grad);
    }

    private static Tensor Leaf(float value) => tensor(value, requires_grad: true);

    private static string Gradients(Tensor y, bool create_graph, params Tensor[] of)
    {
        y.backward(create_graph: create_graph);
        return string.Join(' ', of.Select(x => x.grad is { } g ? g.item() : "None"));
    }

    private static Tensor With(Tensor x, Action<Tensor> then)
    {
        then(x);
        return x;
    }

    // What checkpoint is given as w and x, its function of x, w and h = w·3, and the gradients of w and x after a backward.
    private static readonly Dictionary<string, (Action<Tensor, Tensor> Setup, Func<Tensor, Tensor, Tensor, Tensor> F, string Gradients)> Places = new()
    {
        ["a hook of what it captures"] = ((w, _) => w.register_hook(g => g * 2), (x, w, _) => x * w, "6 1"),
        ["a hook of its argument"] = ((_, x) => x.register_hook(g => g * 2), (x, _, _) => x * x, "None 12"),
        ["a derived tensor and its source"] = ((_, _) => { }, (x, w, h) => x * h + x * w, "12 4"),
        ["it is called within itself"] = ((_, _) => { }, (x, w, _) => checkpoint.checkpoint(v => v * w, x) * w, "6 1"),
        ["an argument as it is"] = ((_, _) => { }, (x, _, _) => x, "None 1"),
        ["a captured leaf as it is"] = ((_, _) => { }, (_, w, _) => w, "1 None"),
        ["what is detached"] = ((_, _) => { }, (x, w, _) => x * w.detach() + w, "1 1"),
        ["a function of the user's own"] = ((_, _) => { }, (x, w, _) => new Squared().apply(x * w), "18 6"),
    };

    private sealed class Squared : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.save_for_backward(inputs);
            return inputs[0] * inputs[0];
        }

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [2 * ctx.saved_tensors[0] * grad_outputs[0]];
    }

    public static TheoryData<string> Programs => [.. Places.Keys];

    [Theory, MemberData(nameof(Programs))]
    public void Gradients_flow_once_through_every_place(string name)
    {
        foreach (var create in new[] { false, true })
        {
            var (w, x) = (Leaf(1), Leaf(3));
            Places[name].Setup(w, x);
            var h = w * 3;
            Assert.Equal(Places[name].Gradients, Gradients(checkpoint.checkpoint(v => Places[name].F(v, w, h), x), create, w, x));
        }
    }

    [Fact]
    public void Hooks_and_kept_gradients_of_what_it_captures_are_asked_once()
    {
        foreach (var reentrant in new[] { false, true })
        {
            var (w, x, calls) = (Leaf(1), Leaf(3), 0);
            w.register_hook(g => { calls++; return g * 2; });
            Assert.Equal("6 1", Gradients(checkpoint.checkpoint(v => v * w, x, use_reentrant: reentrant), false, w, x));
            Assert.Equal(1, calls);
        }
        var (source, at) = (Leaf(1), Leaf(2));
        var h = source * 3;
        h.retain_grad();
        Assert.Equal("2 6", Gradients(checkpoint.checkpoint(v => v * h, at), false, h, source));
        Assert.Equal("12", Gradients(checkpoint.checkpoint((a, b) => a * b, With(at, a => a.grad = null), at * 3), true, at));
        var g = autograd.grad(checkpoint.checkpoint((a, b) => a * b * b, at, at * 3), at, create_graph: true)[0]!;
        Assert.Equal("108 108", $"{g.item()} {autograd.grad(g, at)[0]!.item()}");
        var l = new nn.Linear(1, 1, bias: false);
        using (no_grad()) l.weight.fill_(1);
        l.weight.register_hook(v => v * 0.5);
        Assert.Equal("1", Gradients(checkpoint.checkpoint_sequential([l.forward, l.forward, v => v], 3, ones([1, 1], requires_grad: true)).sum(), false, l.weight));
    }

    [Fact]
    public void An_argument_that_was_changed_is_refused()
    {
        foreach (var reentrant in new[] { false, true })
        {
            var (w, x) = (Leaf(2), Leaf(3));
            var y = checkpoint.checkpoint(v => v * v, x, use_reentrant: reentrant);
            using (no_grad()) x.add_(1);
            Assert.StartsWith("one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor []] is at version 1; expected version 0 instead.", Assert.Throws<RuntimeError>(() => y.backward()).Message);
            x = tensor(3f);
            y = checkpoint.checkpoint((v, u) => v * u, x, w, use_reentrant: reentrant);
            x.add_(1);
            Assert.StartsWith("one of the variables needed", Assert.Throws<RuntimeError>(() => y.backward()).Message);
        }
        // Nothing is read again of what is only scaled.
        var at = Leaf(2);
        Assert.Equal("2", Gradients(checkpoint.checkpoint(v => v.mul_(2), at * 1), false, at));
    }

    [Fact]
    public void Transforms_go_through()
    {
        static Tensor Square(Tensor v) => checkpoint.checkpoint(u => u * u, v);
        Assert.Equal("(tensor(9.), tensor(6.))", func.jvp(Square, tensor(3f), tensor(1f)).ToString());
        Assert.Equal("tensor([[ 0.,  0.],\n        [ 0., 12.]])", func.hessian(v => checkpoint.checkpoint(u => (u * u * u).sum(), v))(tensor(new[] { 0f, 2 })).ToString());
        Assert.Equal("tensor([[2., 0.],\n        [0., 6.]])", func.jacrev(Square)(tensor(new[] { 1f, 3 })).ToString());
        Assert.Equal("tensor([1., 9.])", func.vmap((Tensor v) => Square(v))(tensor(new[] { 1f, 3 })).ToString());
        Assert.Throws<NotImplementedError>(() => func.jvp(v => checkpoint.checkpoint(u => u * u, v, use_reentrant: true), Leaf(3), tensor(1f)));
    }

    [Fact]
    public void It_keeps_nothing_and_leaves_nothing()
    {
        var y = checkpoint.checkpoint(v => [v[0] * 2, ones(2)], [Leaf(1)]);
        Assert.Equal([true, false], y.Select(t => t.requires_grad));
        static (Tensor, WeakReference) Ended()
        {
            var x = ones(8).requires_grad_() * 1;
            var sum = checkpoint.checkpoint(v => v.sin() * v, x).sum();
            sum.backward();
            return (sum, new(x));
        }
        var (kept, input) = Ended();
        for (var i = 0; i < 10 && input.IsAlive; i++) GC.Collect();
        Assert.False(input.IsAlive);
        GC.KeepAlive(kept);
        // As PyTorch's: the second run of a pass that retains the graph is forgotten with it.
        var (a, calls) = (Leaf(2), 0);
        var again = checkpoint.checkpoint(v => { calls++; return v * v; }, a);
        again.backward(retain_graph: true);
        Assert.Equal("8", Gradients(again, false, a));
        Assert.Equal(3, calls);
        Assert.Throws<ValueError>(() => checkpoint.checkpoint_sequential([v => v * 2], 0, a));
        Assert.Throws<ValueError>(() => checkpoint.checkpoint_sequential([v => v * 2], 5, a));
    }

    [Fact]
    public void A_second_run_that_fails_gives_the_generator_back()
    {
        manual_seed(0);
        var (x, first) = (Leaf(1), true);
        var y = checkpoint.checkpoint(v =>
        {
            if (!first) throw new ValueError("no");
            first = false;
            return v * rand(1);
        }, x);
        var state = State();
        Assert.Equal("no", Assert.Throws<ValueError>(() => y.backward()).Message);
        var next = rand(1);
        State(then: state);
        Assert.Equal(rand(1).ToString(), next.ToString());
    }

    [Fact]
    public void Layers_one_after_another()
    {
        manual_seed(0);
        var model = new nn.Sequential(new nn.Linear(3, 5), new nn.Tanh(), new nn.Linear(5, 4), new nn.Tanh(), new nn.Linear(4, 1));
        var x = randn(7, 3).requires_grad_();
        var plain = autograd.grad(model.forward(x).sum(), [x, .. model.parameters()]);
        var again = autograd.grad(checkpoint.checkpoint_sequential([.. Enumerable.Range(0, 5).Select(i => (Func<Tensor, Tensor>)model[i].forward)], 2, x).sum(), [x, .. model.parameters()]);
        for (var i = 0; i < plain.Length; i++) Assert.True(equal(plain[i]!, again[i]!));
    }

    [Fact]
    public void A_profile_names_ranges_derivatives_and_kernels()
    {
        var x = randn(64, 64).requires_grad_();
        using var prof = new autograd.profiler.profile();
        using (new autograd.profiler.record_function("mine")) _ = x.mm(x).relu().sum().item<float>();
        x.mm(x).relu().sum().backward();
        _ = x.grad!.sum().item<float>();
        Assert.Throws<RuntimeError>(() => new autograd.profiler.profile());
        prof.Dispose();
        var averages = prof.key_averages();
        var (mine, kernel) = (averages.Single(a => a.key == "mine"), averages.First(a => a.key.StartsWith("kernel: product", StringComparison.Ordinal)));
        Assert.Equal(1, mine.count);
        Assert.True(kernel.cpu_time_total > 0 && mine.self_cpu_time_total < mine.cpu_time_total);
        Assert.Contains(averages, a => a.key == "MmBackward0" && a.count == 1);
        var table = averages.table(sort_by: "cpu_time_total", row_limit: 3);
        Assert.Contains("Self CPU %      Self CPU   CPU total %     CPU total  CPU time avg    # of Calls", table);
        Assert.Contains("Self CPU time total: ", table);
        var path = Path.GetTempFileName();
        prof.export_chrome_trace(path);
        using var trace = System.Text.Json.JsonDocument.Parse(File.ReadAllText(path));
        Assert.Contains(trace.RootElement.GetProperty("traceEvents").EnumerateArray(), e => e.GetProperty("name").GetString() == "mine" && e.GetProperty("dur").GetDouble() > 0);
        File.Delete(path);
    }
}
