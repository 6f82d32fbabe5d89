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
        Assert.StartsWith("torch.utils.checkpoint: Recomputed values", Assert.Throws<RuntimeError>(() => y.sum().backward()).Message);
        Assert.Null(a.grad);
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
