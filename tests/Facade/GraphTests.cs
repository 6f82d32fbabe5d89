using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>Hooks on what is saved, places in graphs, hooks on several gradients, anomalies; what is expected is what PyTorch 2.6 prints.</summary>
public class GraphTests
{
    [Fact]
    public void What_is_saved_is_packed_and_unpacked()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        List<string> log = [];
        Tensor w;
        using (graph.saved_tensors_hooks(t => { log.Add($"p {t}"); return t * 10; }, kept => { log.Add($"u {kept}"); return kept; }))
            w = ((x * x).exp() * 3).sum();
        Assert.Equal(["p tensor([1., 2.], requires_grad=True)", "p tensor([1., 2.], requires_grad=True)", "p tensor([ 2.7183, 54.5982], grad_fn=<ExpBackward0>)"], log);
        log.Clear();
        w.backward();
        Assert.Equal(["u tensor([ 27.1828, 545.9815])", "u tensor([10., 20.])", "u tensor([10., 20.])"], log);
        Assert.Equal("tensor([ 1630.9691, 65517.7812])", x.grad!.ToString());
    }

    [Fact]
    public void A_second_derivative_reads_what_was_unpacked_as_if_it_were_what_was_saved()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        Tensor y;
        using (graph.saved_tensors_hooks(t => t * 10, kept => kept)) y = x * x;
        var g = grad(y.sum(), x, create_graph: true)[0]!;
        Assert.Equal("tensor([20., 40.], grad_fn=<AddBackward0>)", g.ToString());
        Assert.Equal("tensor([2., 2.])", grad(g.sum(), x)[0]!.ToString());
    }

    [Fact]
    public void Hooks_that_break_their_contract_are_named()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        Tensor Under(Func<Tensor, object?> pack, Func<object?, object?> unpack)
        {
            using (graph.saved_tensors_hooks(pack, unpack)) return x.exp();
        }
        Assert.StartsWith("A saved tensor pack hook is modifying its input in place.", Assert.Throws<RuntimeError>(() => Under(t => t.mul_(2), t => t)).Message);
        var y = Under(_ => 1, kept => kept);
        Assert.Equal("Output of saved tensor unpack_hook expected to be a Tensor but got result of type int", Assert.Throws<TypeError>(() => y.sum().backward()).Message);
        var z = Under(t => t, _ => ones(3));
        Assert.Equal("Output of saved tensor unpack_hook of ExpBackward0 expected to have shape [2] but got [3]", Assert.Throws<RuntimeError>(() => z.sum().backward()).Message);
        using (graph.disable_saved_tensors_hooks("no")) Assert.Equal("no", Assert.Throws<RuntimeError>(() => Under(t => t, t => t)).Message);
        using (graph.saved_tensors_hooks(t => t, t => t)) Assert.Equal("no", Assert.Throws<RuntimeError>(() => graph.disable_saved_tensors_hooks("no")).Message);
        Assert.Null(x.grad);
    }

    [Fact]
    public void What_hooks_keep_may_be_changed()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        var c = tensor(new[] { 3f, 4f });
        Tensor y;
        using (graph.saved_tensors_hooks(t => t.clone(), kept => kept)) y = x * c;
        c.zero_();
        y.sum().backward();
        Assert.Equal("tensor([3., 4.])", x.grad!.ToString());
    }

    [Fact]
    public void A_place_in_a_graph_stands_for_its_tensor()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        var y = x * 2;
        var edge = graph.get_gradient_edge(y);
        Assert.Equal(("MulBackward0", 0), (edge.node.name(), edge.output_nr));
        var z = (y * y).sum();
        Assert.Equal("tensor([4., 8.])", grad(z, edge)[0]!.ToString());
        backward(edge, ones(2));
        Assert.Equal("tensor([2., 2.])", x.grad!.ToString());
        Assert.Equal("It is not possible to get the gradient edge for a Tensor that does not require gradients", Assert.Throws<RuntimeError>(() => graph.get_gradient_edge(ones(1))).Message);
    }

    [Fact]
    public void One_call_for_several_gradients()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        var (a, b, c) = (x * 2, x * 3, x * 4);
        List<string> calls = [];
        var hook = graph.register_multi_grad_hook([a, b, c], (Tensor?[] g) => calls.Add(string.Join(" ", g.Select(t => t?.ToString() ?? "None"))));
        (a + b).sum().backward();
        Assert.Equal(["tensor([1., 1.]) tensor([1., 1.]) None"], calls);
        (x * 1).sum().backward();
        Assert.Single(calls);
        hook.remove();
        (a, b, c) = (x * 2, x * 3, x * 4);
        (a + b + c).sum().backward(retain_graph: true);
        Assert.Single(calls);
        graph.register_multi_grad_hook([a, b, c], (Tensor g) => calls.Add("any"), mode: "any");
        (a + b + c).sum().backward();
        Assert.Equal("any", Assert.Single(calls[1..]));
        Assert.Equal("Expects mode to be one of ('all', 'any') but got foo", Assert.Throws<ValueError>(() => graph.register_multi_grad_hook([x], (Tensor _) => { }, mode: "foo")).Message);
    }

    [Fact]
    public void An_anomaly_tells_the_file_and_the_line()
    {
        List<string> told = [];
        var before = warnings.sink;
        warnings.sink = (_, text) => told.Add(text);
        try
        {
            using (detect_anomaly())
            {
                var x = tensor(0f, requires_grad: true);
                var y = (x.sqrt() * 0).sum();
                Assert.Equal("Function 'SqrtBackward0' returned nan values in its 0th output.", Assert.Throws<RuntimeError>(() => y.backward()).Message);
            }
        }
        finally
        {
            warnings.sink = before;
        }
        Assert.StartsWith("Error detected in SqrtBackward0. Traceback of forward call that caused the error:\n", told[^1]);
        Assert.Matches(@"File ""[^""]*GraphTests\.cs"", line \d+, in An_anomaly_tells_the_file_and_the_line", told[^1]);
    }

    [Fact]
    public void What_inference_mode_makes_stays_out_of_derivatives()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        Tensor i, view;
        using (inference_mode())
        {
            i = ones(2);
            Assert.True(i.is_inference() && is_inference_mode_enabled() && !is_grad_enabled());
            Assert.Equal("Inference tensors do not track version counter.", Assert.Throws<RuntimeError>(() => i._version).Message);
            i.add_(1);
            view = x.view(2);
            Assert.False(view.is_inference());
            Assert.True((x * 2).is_inference() && !(x * 2).requires_grad && i.view(2).is_inference());
        }
        Assert.StartsWith("Inplace update to inference tensor outside InferenceMode is not allowed.", Assert.Throws<RuntimeError>(() => i.add_(1)).Message);
        Assert.StartsWith("Inference tensors cannot be saved for backward.", Assert.Throws<RuntimeError>(() => i * x).Message);
        Assert.Equal("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.", Assert.Throws<RuntimeError>(() => i.requires_grad_()).Message);
        Assert.Equal("tensor([3., 4.], grad_fn=<AddBackward0>)", (i + x).ToString());
        Assert.False((i * 2).is_inference());
        Assert.Equal("tensor([3., 3.])", i.clone().add_(1).ToString());
        Assert.StartsWith("A view was created in inference mode and is being modified inplace in normal mode.", Assert.Throws<RuntimeError>(() => view.add_(1)).Message);
    }

    [Fact]
    public async Task Modes_flow_with_asynchronous_code()
    {
        using (inference_mode())
        {
            await Task.Yield();
            Assert.True(is_inference_mode_enabled());
            Assert.True(await Task.Run(() => ones(1).is_inference()).ConfigureAwait(true));
        }
        Assert.False(is_inference_mode_enabled());
    }

    [Fact]
    public void Places_and_tensors_that_are_not_there_are_named()
    {
        var x = ones([2], requires_grad: true);
        Assert.Throws<AssertionError>(() => autograd.graph.register_multi_grad_hook([x, ones(1)], (Tensor?[] _) => { }));
        var calls = 0;
        autograd.graph.register_multi_grad_hook([ones(1), x], (Tensor _) => calls++);
        (x * 2).sum().backward();
        Assert.Equal(1, calls);
        Assert.Equal("list index out of range", Assert.Throws<IndexError>(() => autograd.grad([], [x], is_grads_batched: true)).Message);
        Assert.Equal("a gradient edge: MulBackward0 has no result 3", Assert.Throws<IndexError>(() => autograd.backward(new autograd.graph.GradientEdge((x * 2).grad_fn!, 3))).Message);
    }
}
