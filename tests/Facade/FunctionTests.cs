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

    [Fact]
    public async Task No_grad_survives_await_and_reaches_parallel_loops()
    {
        using (no_grad())
        {
            await Task.Yield();
            Assert.False(is_grad_enabled());
            await Task.Delay(1);
            Assert.False(is_grad_enabled());
            Assert.False(await Task.Run(is_grad_enabled));
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
