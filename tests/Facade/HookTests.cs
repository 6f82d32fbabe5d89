using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Hooks that come and go, also while they run; the logs are PyTorch 2.6's. A pass keeps the hooks of a list that it began with.</summary>
public class HookTests
{
    private static readonly Dictionary<string, (Action<Tensor, List<string>> Setup, string Log)> Programs = new()
    {
        ["a hook adds one"] = ((y, log) => y.grad_fn!.register_hook((_, _) => { log.Add("a"); y.grad_fn.register_hook((_, _) => log.Add("b")); }), "a | a b |"),
        ["a hook before adds one"] = ((y, log) => y.grad_fn!.register_prehook(_ => { log.Add("a"); y.grad_fn.register_prehook(_ => Say(log, "b")); return null; }), "a | a b |"),
        ["a hook before adds one after"] = ((y, log) => y.grad_fn!.register_prehook(_ => { log.Add("pre"); y.grad_fn.register_hook((_, _) => log.Add("post")); return null; }), "pre post | pre post post |"),
        ["a hook of a tensor adds one"] = ((y, log) => y.register_hook(_ => { log.Add("a"); y.register_hook(_ => { log.Add("b"); return null; }); return null; }), "a | a b |"),
        ["one is removed, twice"] = ((y, log) =>
        {
            var first = y.grad_fn!.register_hook((_, _) => log.Add("a"));
            y.grad_fn.register_hook((_, _) => log.Add("b"));
            first.remove();
            first.remove();
        }, "b | b |"),
        ["one before is removed"] = ((y, log) =>
        {
            var first = y.grad_fn!.register_prehook(_ => Say(log, "a"));
            y.grad_fn.register_prehook(_ => Say(log, "b"));
            first.remove();
        }, "b | b |"),
        ["a hook removes itself"] = ((y, log) =>
        {
            Hook? own = null;
            own = y.grad_fn!.register_hook((_, _) => { log.Add("a"); own!.remove(); });
            y.grad_fn.register_hook((_, _) => log.Add("b"));
        }, "a b | b |"),
        ["a hook removes the next"] = ((y, log) =>
        {
            Hook? next = null;
            y.grad_fn!.register_hook((_, _) => { log.Add("a"); next!.remove(); });
            next = y.grad_fn.register_hook((_, _) => log.Add("b"));
        }, "a b | a |"),
        ["a hook before removes the next"] = ((y, log) =>
        {
            Hook? next = null;
            y.grad_fn!.register_prehook(_ => { log.Add("a"); next!.remove(); return null; });
            next = y.grad_fn.register_prehook(_ => Say(log, "b"));
        }, "a b | a |"),
        ["a hook of a tensor removes the next"] = ((y, log) =>
        {
            Hook? next = null;
            y.register_hook(_ => { log.Add("a"); next!.remove(); return null; });
            next = y.register_hook(_ => { log.Add("b"); return null; });
        }, "a b | a |"),
        ["a hook before removes one after"] = ((y, log) =>
        {
            Hook? next = null;
            y.grad_fn!.register_prehook(_ => { log.Add("pre"); next!.remove(); return null; });
            next = y.grad_fn.register_hook((_, _) => log.Add("post"));
        }, "pre | pre |"),
        ["the same function three times, and one is removed"] = ((y, log) =>
        {
            Func<Tensor?[], Tensor?[]?> before = _ => Say(log, "pre");
            Func<Tensor?[], Tensor?[], Tensor?[]?> after = (_, _) => Say(log, "post");
            Func<Tensor, Tensor?> there = _ => { log.Add("tensor"); return null; };
            Hook[] first = [y.register_hook(there), y.grad_fn!.register_prehook(before), y.grad_fn.register_hook(after)];
            for (var time = 0; time < 2; time++) _ = (y.register_hook(there), y.grad_fn.register_prehook(before), y.grad_fn.register_hook(after));
            foreach (var hook in first) hook.remove();
        }, "tensor tensor pre pre post post | tensor tensor pre pre post post |"),
    };

    private static Tensor?[]? Say(List<string> log, string word)
    {
        log.Add(word);
        return null;
    }

    public static TheoryData<string> Names => [.. Programs.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Hooks_come_and_go(string name)
    {
        var log = new List<string>();
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        var y = x * 2;
        Programs[name].Setup(y, log);
        var z = (y * 3).sum();
        for (var pass = 0; pass < 2; pass++)
        {
            z.backward(retain_graph: true);
            log.Add("|");
        }
        Assert.Equal(Programs[name].Log, string.Join(' ', log));
        Assert.Equal([12f, 12], x.grad!.to_array<float>());
    }

    [Fact]
    public void A_hook_after_accumulation_adds_one()
    {
        var log = new List<string>();
        var x = tensor(new[] { 1f }, requires_grad: true);
        x.register_post_accumulate_grad_hook(t =>
        {
            log.Add("a");
            t.register_post_accumulate_grad_hook(_ => log.Add("b"));
        });
        for (var pass = 0; pass < 2; pass++)
        {
            (x * 2).backward();
            log.Add("|");
        }
        Assert.Equal("a | a b |", string.Join(' ', log));
    }

    private static readonly Dictionary<string, (Action<Tensor> Change, string Gradient)> Changes = new()
    {
        ["more elements"] = (x => x.data = ones(4), "tensor([6., 6., 6., 6.])"),
        ["another type"] = (x => x.data = x.data.to(float64), "tensor([6., 6.], dtype=torch.float64)"),
        ["fewer elements"] = (x => x.data = ones(1), "tensor([6.])"),
        ["more dimensions"] = (x => { using (no_grad()) x.unsqueeze_(0); }, "tensor([[6., 6.]])"),
        ["nothing"] = (x => x.requires_grad_(false).requires_grad_(), "tensor([6., 6.])"),
    };

    public static TheoryData<string> ChangeNames => [.. Changes.Keys];

    [Theory, MemberData(nameof(ChangeNames))]
    public void A_leaf_whose_data_is_exchanged_keeps_its_hooks(string name)
    {
        var x = ones([2], requires_grad: true);
        (x * 2).sum().backward();
        x.grad = null;
        var hook = x.register_hook(g => g * 3);
        Changes[name].Change(x);
        (x * 2).sum().backward();
        Assert.Equal(Changes[name].Gradient, x.grad!.ToString());
        hook.remove();
        x.grad = null;
        (x * 2).sum().backward();
        Assert.Equal(Changes[name].Gradient.Replace("6.", "2."), x.grad!.ToString());
    }

    [Fact]
    public void A_gradient_of_another_shape_is_not_added()
    {
        var x = ones([2], requires_grad: true);
        x.sum().backward();
        x.data = ones(4);
        Assert.Equal("The size of tensor a (2) must match the size of tensor b (4) at non-singleton dimension 0", Assert.Throws<RuntimeError>(() => x.sum().backward()).Message);
        Assert.Equal("tensor([1., 1.])", x.grad!.ToString());
    }

    [Fact]
    public async Task Hooks_come_and_go_while_other_threads_run_passes()
    {
        var x = ones([2], requires_grad: true);
        var passes = Task.Run(() =>
        {
            for (var i = 0; i < 3000; i++) (x * 2).sum().backward();
        });
        while (!passes.IsCompleted)
        {
            Hook[] hooks = [x.register_hook(g => g), x.register_post_accumulate_grad_hook(_ => { })];
            foreach (var hook in hooks) hook.remove();
        }
        await passes;
        Assert.Equal([6000f, 6000], x.grad!.to_array<float>());
    }
}
