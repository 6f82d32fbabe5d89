using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>What happens in a pass, and in which order: hooks, captured gradients, leaves, failures, several threads. The values are PyTorch 2.6's.</summary>
public class PassTests
{
    private static Tensor Leaf(params float[] values) => tensor(values).requires_grad_();

    private static float[][] Values(params Tensor?[] tensors) => [.. tensors.Select(t => t?.data<float>() ?? [])];

    [Theory]
    [InlineData(1, "0")]
    [InlineData(3, "0 1 2")]
    [InlineData(4, "0 2 1 3")]
    [InlineData(6, "0 2 5 4 1 3")]
    [InlineData(7, "0 2 5 6 4 1 3")]
    [InlineData(8, "0 2 6 5 7 4 1 3")]
    [InlineData(11, "0 2 6 10 9 8 5 7 4 1 3")]
    public void Leaves_receive_their_gradients_in_the_order_of_PyTorchs_heap(int count, string order)
    {
        var met = new List<int>();
        Tensor[] leaves = [.. Enumerable.Range(0, count).Select(_ => Leaf(1))];
        for (var i = 0; i < count; i++)
        {
            var number = i;
            leaves[i].register_hook(_ => { met.Add(number); return null; });
        }
        cat(leaves).sum().backward();
        Assert.Equal(order, string.Join(' ', met));
    }

    [Fact]
    public void Leaves_that_become_ready_later_keep_the_heaps_order()
    {
        var met = new List<int>();
        Tensor[] leaves = [.. Enumerable.Range(0, 6).Select(_ => Leaf(1))];
        for (var i = 0; i < 6; i++)
        {
            var number = i;
            leaves[i].register_hook(_ => { met.Add(number); return null; });
        }
        cat([.. leaves.Select((x, i) => i % 2 == 1 ? x * 2 : x)]).sum().backward();
        Assert.Equal([0, 2, 4, 5, 3, 1], met);
    }

    [Fact]
    public void A_gradient_is_captured_before_the_hooks_of_an_operation_that_runs()
    {
        var (x, y, z) = Chain(y => y.register_hook(g => g * 10));
        Assert.Equal([[60, 60], [3, 3]], Values(autograd.grad(z, [x, y])));
        (_, y, z) = Chain(y => y.register_hook(g => g * 10));
        Assert.Equal([[30, 30]], Values(autograd.grad(z, [y])));
        (x, y, z) = Chain(y => y.grad_fn!.register_prehook(g => [g[0]! * 10]));
        Assert.Equal([[60, 60], [3, 3]], Values(autograd.grad(z, [x, y])));
        (_, y, z) = Chain(y => y.grad_fn!.register_prehook(g => [g[0]! * 10]));
        Assert.Equal([[3, 3]], Values(autograd.grad(z, [y])));
    }

    [Fact]
    public void A_gradient_is_retained_after_tensor_hooks_and_before_those_of_the_operation()
    {
        var (x, y, z) = Chain(y => y.grad_fn!.register_prehook(g => [g[0]! * 10]));
        z.backward(inputs: [x, y]);
        Assert.Equal([[60, 60], [3, 3]], Values(x.grad, y.grad));
        (x, y, z) = Chain(y => y.register_hook(g => g * 10));
        z.backward(inputs: [y]);
        Assert.Equal([[], [30, 30]], Values(x.grad, y.grad));
        (x, y, z) = Chain(y => y.grad_fn!.register_prehook(g => [g[0]! * 10]));
        y.retain_grad();
        z.backward();
        Assert.Equal([[60, 60], [3, 3]], Values(x.grad, y.grad));
    }

    [Fact]
    public void Hooks_of_every_kind_run_in_PyTorchs_order()
    {
        var log = new List<string>();
        var x = Leaf(1, 2);
        var y = x * 2;
        y.retain_grad();
        y.register_hook(_ => { log.Add("tensor"); return null; });
        y.grad_fn!.register_prehook(_ => { log.Add($"pre {y.grad is not null}"); return null; });
        y.register_hook(_ => { log.Add("tensor 2"); return null; });
        y.grad_fn.register_hook((_, _) => log.Add("post"));
        x.register_hook(_ => { log.Add("leaf"); return null; });
        x.register_post_accumulate_grad_hook(_ => log.Add("accumulated"));
        (y * 3).sum().backward();
        Assert.Equal(["tensor", "tensor 2", "pre True", "post", "leaf", "accumulated"], log);
    }

    private static (Tensor X, Tensor Y, Tensor Z) Chain(Action<Tensor> hook)
    {
        var x = Leaf(1, 2);
        var y = x * 2;
        hook(y);
        return (x, y, (y * 3).sum());
    }

    private sealed class Both : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs) => inputs[0] + inputs[1];

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0], grad_outputs[0]];
    }

    [Fact]
    public void A_gradient_that_nobody_asked_for_meets_no_hook()
    {
        var log = new List<string>();
        var (x, w) = (Leaf(1, 2), Leaf(1, 2));
        x.register_hook(_ => { log.Add("x"); return null; });
        w.register_hook(_ => { log.Add("w"); return null; });
        autograd.grad(autograd.Function.apply<Both>(x, w).sum(), [x]);
        Assert.Equal(["x"], log);
    }

    private const string Type = "hook '<lambda>' has changed the type of value (was torch.FloatTensor got torch.DoubleTensor)", Size = "hook '<lambda>' has changed the size of value";

    [Fact]
    public void What_hooks_return_is_checked()
    {
        (string Text, Func<Tensor?[], Tensor?[]?> Hook)[] pre =
        [
            ("hook '<lambda>' has returned an incorrect number of values (got 0, but expected 1)", _ => []),
            ("hook '<lambda>' has returned an incorrect number of values (got 2, but expected 1)", g => [g[0], g[0]]),
            (Type, g => [g[0]!.@double()]),
            (Size, g => [g[0]![..1]]),
        ];
        foreach (var (text, hook) in pre)
        {
            var z = Chain(y => y.grad_fn!.register_prehook(hook)).Z;
            Assert.Equal(text, Assert.Throws<RuntimeError>(() => z.backward()).Message);
        }
        (string Text, Func<Tensor?[], Tensor?[]?> Hook)[] post =
        [
            ("hook '<lambda>' has returned an incorrect number of values (got 0, but expected 2)", _ => []),
            ("hook '<lambda>' has returned an incorrect number of values (got 1, but expected 2)", g => [g[0]]),
            (Type, g => [g[0]!.@double(), g[1]]),
            (Size, g => [g[0]![..1], g[1]]),
            ("can't replace a None gradient with a non-None value", g => [g[0], g[0]]),
        ];
        foreach (var (text, hook) in post)
        {
            var y = Leaf(1, 2) * (text[0] == 'c' ? ones(2) : Leaf(3, 4));
            y.grad_fn!.register_hook((g, _) => hook(g));
            Assert.Equal(text, Assert.Throws<RuntimeError>(() => y.sum().backward()).Message);
        }
        foreach (var (text, hook) in new (string, Func<Tensor, Tensor?>)[] { (Type, g => g.@double()), (Size, g => g[..1]), (Type, g => g[..1].@double()) })
        {
            var z = Chain(y => y.register_hook(hook)).Z;
            Assert.Equal(text, Assert.Throws<RuntimeError>(() => z.backward()).Message);
        }
    }

    [Fact]
    public void A_hook_of_an_operation_may_take_a_gradient_away_or_write_into_it()
    {
        var (x, _, z) = Chain(y => y.grad_fn!.register_prehook(_ => [null]));
        z.backward();
        Assert.Null(x.grad);
        Tensor a = Leaf(1, 2), w = Leaf(1, 2), y = a * w;
        y.grad_fn!.register_hook((g, _) => [null, g[1]]);
        (y * 3).sum().backward();
        Assert.Equal([[], [3, 6]], Values(a.grad, w.grad));
        (x, _, z) = Chain(y => y.grad_fn!.register_prehook(g => { g[0]!.mul_(10); return null; }));
        z.backward();
        Assert.Equal([[60, 60]], Values(x.grad));
    }

    [Fact]
    public void Batches_of_gradients()
    {
        Tensor x = Leaf(1, 2), w = Leaf(1, 2);
        string Text(Func<object?> call) => Assert.ThrowsAny<PythonError>(call) is var e ? $"{e.Kind}: {e.Message}" : "";
        Assert.Equal("IndexError: index 0 is out of bounds for dimension 0 with size 0", Text(() => autograd.grad(x * 2, x, zeros(0, 2), is_grads_batched: true)));
        Assert.StartsWith("IndexError: invalid index of a 0-dim tensor.", Text(() => autograd.grad((x * 2).sum(), x, tensor(1f), is_grads_batched: true)));
        Assert.Equal("ValueError: vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [3, 2] for the mapped dimension", Text(() => autograd.grad([x * 2, x * 3], [x], [ones(3, 2), ones(2, 2)], is_grads_batched: true)));
        Assert.Equal("RuntimeError: grad can be implicitly created only for scalar outputs", Text(() => autograd.grad([x * 2, x * 3], [x], [ones(3, 2), null], is_grads_batched: true)));
        Assert.StartsWith("ValueError: vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0", Text(() => autograd.grad((x * 2).sum(), x, is_grads_batched: true)));
        Assert.Equal("RuntimeError: If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: grad_output[0] has a shape of torch.Size([2]) and output[0] has a shape of torch.Size([2]). If you only want some tensors in `grad_output` to be considered batched, consider using vmap.",
            Text(() => autograd.grad(x * 2, x, ones(4, 5, 2), is_grads_batched: true)));
        Assert.StartsWith("RuntimeError: One of the differentiated Tensors appears to not have been used", Text(() => autograd.grad(x * 2, [x, w], ones(3, 2), is_grads_batched: true)));
        Assert.Equal([[2, 2, 2, 2, 2, 2], [0, 0]], Values(autograd.grad(x * 2, [x, w], ones(3, 2), is_grads_batched: true, materialize_grads: true)));
        Assert.Equal([[2, 2, 2, 2, 2, 2], []], Values(autograd.grad(x * 2, [x, w], ones(3, 2), is_grads_batched: true, allow_unused: true)));
        Assert.Equal([[2, 2, 2, 2, 2, 2]], Values(autograd.grad((x * 2).sum(), [x], ones(3), is_grads_batched: true)));
    }

    [Fact]
    public void A_hook_that_only_looks_leaves_the_gradient_as_it_came()
    {
        var x = zeros(3, 2).requires_grad_();
        x.register_hook(_ => null);
        x.sum().backward();
        // The gradient of a sum repeats one element, so it is copied, which counts as a write.
        Assert.Equal(1, x.grad!._version);
    }

    private sealed class Double : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs) => inputs[0] * 2;

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0] * 2];
    }

    private sealed class Keeping : autograd.Function
    {
        public static Tensor?[] Kept { get; private set; } = [];

        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.save_for_backward(null, inputs[0]);
            return inputs[0] * 2;
        }

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs)
        {
            Kept = ctx.saved_tensors;
            return null!;
        }
    }

    [Fact]
    public void A_function_of_ones_own_that_saves_nothing_runs_again()
    {
        var x = Leaf(1, 2);
        var s = autograd.Function.apply<Double>(x).sum();
        s.backward();
        s.backward();
        Assert.Equal([[4, 4]], Values(x.grad));
    }

    [Fact]
    public void A_function_of_ones_own_may_keep_and_return_nothing()
    {
        var x = Leaf(1, 2);
        var s = autograd.Function.apply<Keeping>(x).sum();
        s.backward();
        Assert.Null(x.grad);
        Assert.Equal([null, x], Keeping.Kept);
        Assert.Equal("Trying to backward through the graph a second time", Assert.Throws<RuntimeError>(() => s.backward()).Message[..50]);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static (Tensor Result, WeakReference Kept) Run()
    {
        var w = Leaf(1, 2) * 1;
        var result = autograd.Function.apply<Remembering>(w).sum();
        result.backward();
        return (result, new WeakReference(w));
    }

    private sealed class Remembering : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.save_for_backward(inputs);
            return inputs[0] * 2;
        }

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0] * ctx.saved_tensors[0]];
    }

    [Fact]
    public void What_a_function_of_ones_own_kept_is_freed_with_the_graph()
    {
        var (result, kept) = Run();
        _ = zeros(1).item();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(kept.IsAlive);
        GC.KeepAlive(result);
    }

    [Fact]
    public void Passes_of_two_threads_share_what_saves_nothing()
    {
        for (var round = 0; round < 300; round++)
        {
            var x = Leaf(1, 2);
            Tensor h = x;
            for (var i = 0; i < 6; i++) h = h.view(2) + 1;
            Tensor[] ends = [h.sum(), cat([h, h]).sum()];
            var gradients = new Tensor?[2];
            using var start = new Barrier(2);
            Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
            {
                start.SignalAndWait(TimeSpan.FromSeconds(1));
                gradients[i] = autograd.grad(ends[i], x)[0];
            });
            Assert.Equal([[1, 1], [2, 2]], Values(gradients));
        }
    }

    [Fact]
    public void A_pass_that_fails_takes_back_its_own_share_alone()
    {
        var x = Leaf(1, 2);
        var first = true;
        x.register_post_accumulate_grad_hook(_ =>
        {
            if (!first) return;
            first = false;
            var inner = new Thread(() => (x * 5).sum().backward());
            inner.Start();
            inner.Join();
            throw new InvalidOperationException("the hook");
        });
        Assert.Throws<InvalidOperationException>(() => (x * 3).sum().backward());
        Assert.Equal([[5, 5]], Values(x.grad));
        var y = Leaf(1, 2);
        y.register_post_accumulate_grad_hook(g => throw new InvalidOperationException($"{g.grad}"));
        Assert.Throws<InvalidOperationException>(() => (y * 3).sum().backward());
        Assert.Null(y.grad);
    }

    [Fact]
    public void A_pass_that_fails_takes_back_what_its_hooks_made_of_the_gradient()
    {
        Tensor x = Leaf(1), y = Leaf(1);
        x.register_post_accumulate_grad_hook(t => t.grad!.mul_(0.5));
        y.register_post_accumulate_grad_hook(_ => throw new InvalidOperationException("the hook"));
        Assert.Throws<InvalidOperationException>(() => (y * 3 + x * 3).backward());
        Assert.Null(x.grad);
        x.grad = tensor(new[] { 10f });
        Assert.Throws<InvalidOperationException>(() => (y * 3 + x * 3).backward());
        Assert.Equal([[10]], Values(x.grad));
    }

    [Fact]
    public void A_leaf_has_one_end_whichever_thread_asks_first()
    {
        var leaves = Enumerable.Range(0, 20_000).Select(_ => Leaf(1)).ToArray();
        using var next = new Barrier(2);
        var seen = new GradFn[2][];
        void Ask(int i) => seen[i] = [.. leaves.Select(x => { next.SignalAndWait(); return x.Accumulator; })];
        var other = new Thread(() => Ask(1));
        other.Start();
        Ask(0);
        other.Join();
        Assert.Equal(seen[0], seen[1]);
    }

    [Fact]
    public void A_gradient_that_was_asked_for_comes_also_to_what_has_left_its_history()
    {
        var a = Leaf(1) * 2;
        a.retain_grad();
        var b = a * 3;
        a.detach_();
        b.backward();
        Assert.Equal([[3]], Values(a.grad));
    }

    [Fact]
    public void A_view_of_a_view_whose_base_was_written_has_a_gradient()
    {
        Tensor x = arange(8.0).view(2, 2, 2).requires_grad_(), z = x * 1, y = z.diagonal(0, 0, 1).permute(1, 0);
        using (no_grad()) z.add_(1);
        y.backward(ones(2, 2));
        Assert.Equal([[1, 1, 0, 0, 0, 0, 1, 1]], Values(x.grad));
    }

    [Fact]
    public void A_view_that_has_lost_its_history_can_still_be_asked_for_its_gradient()
    {
        var z = Leaf(1, 2) * 1;
        var v = z.unbind()[1];
        v.retain_grad();
        using (no_grad()) v.add_(1);
        z.sum().backward();
        Assert.Null(v.grad);
        Assert.Throws<RuntimeError>(() => v.grad_fn);
    }

    [Fact]
    public void A_hook_of_a_result_that_its_derivative_reads_is_for_the_next_derivative_too()
    {
        Tensor x = Leaf(0.5f), z = x.tanh();
        z.register_hook(g => g * 2);
        var gradient = autograd.grad(z, x, create_graph: true)[0]!;
        Assert.Equal(-2.9074f, autograd.grad(gradient, x)[0]!.item<float>(), 1e-4f);
    }

    [Fact]
    public void Running_statistics_are_written_without_counting_it()
    {
        Tensor x = tensor(new float[,] { { 1, 2 }, { 3, 5 } }).requires_grad_(), mean = zeros(2), variance = ones(2);
        var y = nn.functional.batch_norm(x, mean, variance);
        nn.functional.batch_norm(x, mean, variance, training: true);
        Assert.Equal((0, 0), (mean._version, variance._version));
        Assert.Equal([[0.2f, 0.35f]], Values(mean));
        y.sum().backward();
        Assert.All(x.grad!.data<float>(), g => Assert.Equal(0.999995f, g, 1e-6f));
    }

    [Fact]
    public void Losses_refuse_what_they_have_no_derivative_for()
    {
        Tensor x = Leaf(1, 2), wide = ones([2], dtype: float64), classes = tensor(new long[] { 1, 2 });
        string Failure(Tensor loss) => Assert.Throws<RuntimeError>(() => loss.backward()).Message;
        Assert.Equal("Found dtype Double but expected Float", Failure(nn.functional.mse_loss(x, wide)));
        Assert.Equal("Found dtype Double but expected Float", Failure(nn.functional.mse_loss(wide, x)));
        Assert.Equal("Found dtype Float but expected Double", Failure(nn.functional.mse_loss(ones([2], dtype: float64).requires_grad_(), x)));
        Assert.Equal("Found dtype Long but expected Float", Failure(nn.functional.mse_loss(x, classes)));
        const string Weight = "is not differentiable with respect to argument 'weight'. This input cannot have requires_grad True.";
        Tensor logits = ones(2, 3).requires_grad_(), weight = ones(3).requires_grad_();
        Assert.Equal($"The function 'nll_loss_forward' {Weight}", Assert.Throws<RuntimeError>(() => nn.functional.nll_loss(logits, classes, weight)).Message);
        Assert.Equal($"The function 'nll_loss_forward' {Weight}", Assert.Throws<RuntimeError>(() => nn.functional.cross_entropy(logits, classes, weight)).Message);
        Assert.Equal($"The function 'nll_loss2d_forward' {Weight}", Assert.Throws<RuntimeError>(() => nn.functional.nll_loss(ones(2, 3, 4, 4), zeros([2, 4, 4], dtype: int64), weight)).Message);
        using (no_grad()) Assert.Equal(-1f, (float)nn.functional.nll_loss(logits, classes, weight));
    }

    [Fact]
    public void A_step_keeps_the_type_of_what_it_changes()
    {
        var layer = new nn.Linear(2, 1);
        layer.@double();
        var sgd = new optim.SGD(layer.parameters(), 0.1, momentum: 0.9);
        Step(layer, sgd, float64);
        layer.@float();
        Step(layer, sgd, float32);
        Assert.All(layer.parameters(), p => Assert.Equal(float32, p.dtype));
        var adam = new optim.Adam(layer.parameters(), 0.1);
        Step(layer, adam, float32);
        layer.@double();
        Assert.Equal("expected dtype float for `end` but got dtype double", Assert.Throws<RuntimeError>(() => Step(layer, adam, float64)).Message);
        Assert.All(layer.parameters(), p => Assert.Equal(float64, p.dtype));
    }

    private static void Step(nn.Linear layer, optim.Optimizer optimizer, dtype type)
    {
        optimizer.zero_grad();
        layer.forward(ones([1, 2], dtype: type)).sum().backward();
        optimizer.step();
    }

    [Fact]
    public void Images_and_batches_of_the_wrong_kind()
    {
        string Text(Func<object?> call) => Assert.ThrowsAny<PythonError>(call) is var e ? $"{e.Kind}: {e.Message}" : "";
        Assert.Equal("IndexError: tuple index out of range", Text(() => nn.functional.batch_norm(tensor(1f), null, null, training: true)));
        Assert.Equal("IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 1)", Text(() => nn.functional.batch_norm(ones(3), null, null, training: true)));
        Assert.Equal("ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1])", Text(() => nn.functional.batch_norm(ones(1), null, null, training: true)));
        foreach (var (type, name) in new[] { (torch.@bool, "Bool"), (uint8, "Byte"), (int8, "Char"), (int16, "Short"), (int32, "Int") })
            Assert.Equal($"RuntimeError: \"avg_pool2d\" not implemented for '{name}'", Text(() => nn.functional.avg_pool2d(ones([1, 1, 2, 2], dtype: type), [2])));
        Assert.Equal(int64, nn.functional.avg_pool2d(ones([1, 1, 2, 2], dtype: int64), [2]).dtype);
    }

    [Fact]
    public void A_detached_tensor_still_says_that_it_retains()
    {
        var y = Leaf(1, 2) * 2;
        y.retain_grad();
        y.detach_();
        Assert.Equal((true, true, false), (y.retains_grad, y.is_leaf, y.requires_grad));
        y.requires_grad_();
        (y * 2).sum().backward();
        Assert.Equal([[2, 2]], Values(y.grad));
        var z = Leaf(1) * 2;
        z.retain_grad();
        z.mul_(2);
        Assert.True(z.retains_grad);
    }

    [Fact]
    public void A_gradient_that_shows_one_place_twice_is_not_added_to()
    {
        var x = Leaf(1, 2);
        x.grad = zeros(1).expand(2);
        Assert.StartsWith("unsupported operation: more than one element of the written-to tensor", Assert.Throws<RuntimeError>(() => (x * 2).sum().backward()).Message);
        Assert.Equal([[0, 0]], Values(x.grad));
    }

    [Theory]
    [InlineData(0.25, 7.500000490645315e+29f, 2.5000000376186655e+29f, 4.175f)]
    [InlineData(0.5, 5.000000075237331e+29f, 5.000000075237331e+29f, 5.35f)]
    [InlineData(1, 0.1f, 1.0000000150474662e+30f, 7.7f)]
    [InlineData(2, -1.0000000150474662e+30f, 2.0000000300949324e+30f, 12.4f)]
    [InlineData(-1, 2.0000000300949324e+30f, -1.0000000150474662e+30f, -1.7f)]
    public void What_lies_between_two_ends_is_counted_from_the_nearer_one(double weight, float down, float up, float near)
    {
        var x = tensor(new[] { 1e30f, 0.1f, 3f });
        x.lerp_(tensor(new[] { 0.1f, 1e30f, 7.7f }), weight);
        Assert.Equal([down, up, near], x.data<float>(), (a, b) => Math.Abs(a - b) <= Math.Abs(b) * 2.4e-7f);
        Assert.Equal("expected dtype float for `end` but got dtype double", Assert.Throws<RuntimeError>(() => x.lerp_(ones([3], dtype: float64), weight)).Message);
    }

    [Fact]
    public void Running_statistics_forget_all_at_momentum_1()
    {
        Tensor mean = tensor(new[] { 1e10f }), variance = tensor(new[] { 1e10f });
        nn.functional.batch_norm(tensor(new[,] { { 0f }, { 0.25f } }), mean, variance, training: true, momentum: 1);
        Assert.Equal((0.125f, 0.03125f), ((float)mean, (float)variance));
    }

    [Fact]
    public void A_scope_that_is_left_twice_changes_nothing_the_second_time()
    {
        var first = no_grad();
        first.Dispose();
        using (no_grad())
        {
            first.Dispose();
            Assert.False(is_grad_enabled());
        }
        Assert.True(is_grad_enabled());
    }
}
