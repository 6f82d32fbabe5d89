using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Custom functions and the recording switch.</summary>
public class FunctionTests
{
    private sealed class Largest : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs) => inputs[0].argmax();

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0]];
    }

    private sealed class Positive : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs) => inputs[0] > 0;

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0]];
    }

    [Fact]
    public void A_result_of_integers_or_truth_values_requires_no_grad()
    {
        var x = ones([3], requires_grad: true);
        foreach (var y in new[] { autograd.Function.apply<Largest>(x), autograd.Function.apply<Positive>(x) })
        {
            Assert.False(y.requires_grad);
            Assert.Null(y.grad_fn);
            Assert.True(y.is_leaf);
        }
    }

    private sealed class Column : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs) => inputs[0].view(3, 1);

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0].view(3) * 2];
    }

    private sealed class Same : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs) => inputs[0];

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0] * 2];
    }

    private sealed class Product : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs) => inputs[0] * 1;

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0] * 2];
    }

    private const string Inside = " This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.";

    [Fact]
    public void A_view_that_a_function_returned_may_not_be_written_to()
    {
        var x = ones([3], requires_grad: true);
        foreach (var (apply, name) in new (Func<Tensor, Tensor>, string)[] { (z => autograd.Function.apply<Column>(z), "torch::autograd::ColumnBackward"), (z => autograd.Function.apply<Same>(z), "torch::autograd::SameBackward") })
        {
            var z = x * 1;
            var y = apply(z);
            Assert.True(y._is_view());
            Assert.Same(z, y._base);
            var brief = name.Split(':')[^1];
            Assert.Equal($"Output 0 of {brief} is a view and is being modified inplace." + Inside, Assert.Throws<RuntimeError>(() => y.mul_(2)).Message);
            Assert.Equal("Output 0 of ViewBackward0 is a view and is being modified inplace." + Inside, Assert.Throws<RuntimeError>(() => y.view(3).mul_(2)).Message);
            y.sum().backward();
            Assert.Equal("tensor([2., 2., 2.])", x.grad!.ToString());
            x.grad = null;
            using (no_grad()) apply(z).mul_(2);
            y = apply(z);
            z.mul_(2);
            Assert.Equal($"Output 0 of {brief} is a view and its base or another view of its base has been modified inplace." + Inside, Assert.Throws<RuntimeError>(() => y.grad_fn).Message);
            Assert.Equal("tensor([2., 2., 2.])", apply(ones(3)).mul_(2).flatten().ToString());
        }
        Tensor made;
        using (no_grad()) made = autograd.Function.apply<Column>(x * 1);
        Assert.False(made.requires_grad);
        var own = autograd.Function.apply<Product>(x * 1);
        Assert.Equal("tensor([2., 2., 2.], grad_fn=<MulBackward0>)", own.mul_(2).ToString());
    }

    [Fact]
    public void A_function_may_return_any_input_as_it_is()
    {
        foreach (var z in new[] { ones([2, 3], requires_grad: true).t() * 1, (ones([2, 3], requires_grad: true) * 1).t(), ones([], requires_grad: true) * 1, ones([0, 2], requires_grad: true) * 1, (ones([4], requires_grad: true) * 1)[slice(null, null, 2)] })
        {
            z.retain_grad();
            var y = autograd.Function.apply<Same>(z);
            Assert.Equal(z.stride(), y.stride());
            y.sum().backward();
            Assert.True(z.grad!.equal(full_like(z, 2)));
        }
    }

    [Fact]
    public async Task No_grad_survives_await_and_reaches_parallel_loops()
    {
        using (no_grad())
        {
            await Task.Yield();
            Assert.False(is_grad_enabled());
            await Task.Delay(1).ConfigureAwait(true);
            Assert.False(is_grad_enabled());
            Assert.False(await Task.Run(is_grad_enabled).ConfigureAwait(true));
            var seen = new bool[64];
            Parallel.For(0, seen.Length, i => seen[i] = is_grad_enabled());
            Assert.DoesNotContain(true, seen);
        }
        Assert.True(is_grad_enabled());
    }

    private static bool OnNewThread(Func<bool> ask)
    {
        var answer = false;
        var thread = new Thread(() => answer = ask());
        thread.Start();
        thread.Join();
        return answer;
    }

    [Fact]
    public void A_new_thread_records_and_its_own_switch_is_its_own()
    {
        // On a thread of its own, as a program's main thread is.
        Assert.True(OnNewThread(() =>
        {
            using var _ = no_grad();
            return OnNewThread(is_grad_enabled) && !OnNewThread(() =>
            {
                using var __ = no_grad();
                return is_grad_enabled();
            }) && !is_grad_enabled();
        }));
        using (no_grad()) Assert.True(OnNewThread(is_grad_enabled));
    }

    [Fact]
    public void A_pass_within_passes_keeps_the_switches_of_its_caller_when_the_stack_ends() => Tests.SmallStack.Run(() =>
    {
        var reached = 0;
        void Nest(int depth)
        {
            using var _ = enable_grad();
            var y = ones([2], requires_grad: true) * 1;
            y.register_hook(g =>
            {
                if (depth > 0) Nest(depth - 1);
                else
                {
                    using var __ = enable_grad();
                    var w = ones([2], requires_grad: true) * 1;
                    var z = w * w;
                    w.mul_(3);
                    z.sum().backward();
                    reached++;
                }
                return null;
            });
            y.sum().backward();
        }

        using (autograd.graph.allow_mutation_on_saved_tensors()) Nest(3000);
        Assert.Equal(1, reached);
    });

    [Fact]
    public void A_failure_below_many_passes_reaches_the_caller_and_undoes_them_all() => Tests.SmallStack.Run(() =>
    {
        var leaves = new List<Tensor>();
        void Nest(int depth)
        {
            using var _ = enable_grad();
            var x = ones([2], requires_grad: true);
            var y = x * 1;
            y.register_hook(g =>
            {
                if (depth == 0) throw new InvalidOperationException("at the bottom");
                Nest(depth - 1);
                return null;
            });
            leaves.Add(x);
            (y.sum() + x.sum()).backward();
        }

        Assert.Equal("at the bottom", Assert.Throws<InvalidOperationException>(() => Nest(3000)).Message);
        Assert.Equal(3001, leaves.Count);
        Assert.All(leaves, x => Assert.Null(x.grad));
    });

    [Fact]
    public void Switches_nest_and_are_restored()
    {
        using (no_grad())
        {
            using (enable_grad()) Assert.True(is_grad_enabled());
            Assert.False(is_grad_enabled());
            using (inference_mode(false)) Assert.True(is_grad_enabled());
            using (set_grad_enabled(true))
            using (inference_mode()) Assert.False(is_grad_enabled());
            Assert.False(is_grad_enabled());
        }
        Assert.True(is_grad_enabled());
    }
}
