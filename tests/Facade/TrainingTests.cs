using Functional.Autograd;
using Functional.Autograd.Plans;
using static Functional.Autograd.torch;

namespace Facade;

public class TrainingTests
{
    [Fact]
    public void A_training_step_is_one_plan_for_each_batch_shape()
    {
        manual_seed(0);
        var model = new nn.Sequential(new nn.Linear(8, 16), new nn.ReLU(), new nn.Linear(16, 3));
        var optimizer = new optim.Adam(model.parameters());
        (Tensor X, Tensor T)[] batches = [(randn(12, 8), randint(0, 3, [12])), (randn(7, 8), randint(0, 3, [7]))];
        var before = PlanCache.Misses;
        for (var step = 0; step < 30; step++)
        {
            var (x, t) = batches[step % 3 == 2 ? 1 : 0];
            optimizer.zero_grad();
            nn.functional.cross_entropy(model.call(x), t).backward();
            optimizer.step();
        }
        Assert.Equal(2, PlanCache.Misses - before);
    }

    [Fact]
    public void Training_leaves_no_history_behind()
    {
        var model = new nn.Linear(4, 2);
        var optimizer = new optim.SGD(model.parameters(), lr: 0.1, momentum: 0.9);
        var average = zeros(1);
        WeakReference Step()
        {
            optimizer.zero_grad();
            var loss = model.call(randn(3, 4)).pow(2).mean();
            loss.backward();
            optimizer.step();
            using (no_grad()) average = average * 0.9 + loss.detach();
            average.item();
            return new WeakReference(loss.grad_fn);
        }

        var first = Step();
        for (var i = 0; i < 10; i++) Step();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(first.IsAlive);
        Assert.Empty(model.weight.Node.Inputs);
    }

    // What a pass left to be computed later is nobody's if nobody asks for it any more.
    public static TheoryData<string> Drops => ["backward", "backward, retained", "grad", "of an inner hook"];

    [Theory, MemberData(nameof(Drops))]
    public void A_pass_keeps_nothing_alive_that_was_dropped(string how)
    {
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference[] Pass()
        {
            var x = ones([3], requires_grad: true);
            var y = x * 2;
            var loss = (y * y).sum();
            if (how == "grad") return [new(x), new(y), new(loss), new(autograd.grad(loss, x)[0]), new(x.Node)];
            if (how == "of an inner hook") y.register_hook(_ => { using var on = enable_grad(); (x * 5).sum().backward(); return null; });
            loss.backward(retain_graph: how == "backward, retained");
            return [new(x), new(y), new(loss), new(x.grad), new(x.Node)];
        }

        var dropped = Pass();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.All(dropped, d => Assert.False(d.IsAlive));
    }

    [Fact]
    public void What_is_left_of_a_pass_is_right_whatever_was_dropped()
    {
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static Tensor Pass(Tensor x, bool retain)
        {
            var (y, other) = (x * 2, ones([3], requires_grad: true));
            (y * y * other).sum().backward(retain_graph: retain);
            return y;
        }

        var x = tensor(new[] { 1f, 2f, 3f }, requires_grad: true);
        for (var pass = 1; pass <= 3; pass++)
        {
            var y = Pass(x, retain: true);
            GC.Collect();
            if (pass == 2) y.sum().backward();
            Assert.Equal([.. ((float[])[8, 16, 24]).Select(g => g * pass + (pass >= 2 ? 2 : 0))], x.grad!.to_array<float>());
            Assert.Equal([2f, 4, 6], y.to_array<float>());
        }
        // Many leaves of one pass, and fewer of the next.
        foreach (var count in (int[])[3000, 2, 3000])
        {
            Tensor[] leaves = [.. Enumerable.Range(0, count).Select(i => tensor((float)i, requires_grad: true))];
            (stack(leaves) * 2).sum().backward();
            Assert.All(leaves, leaf => Assert.Equal(2f, leaf.grad!.item<float>()));
        }
    }

    // More operations than a plan's region holds, none of which is recorded: 257 and 600 steps of Euler's method.
    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    public void A_sum_along_many_steps_without_recording_has_its_closed_form(int steps)
    {
        const double h = 0.01;
        double[] start = [0.3, -0.7, 1.1, 0.2, -0.4, 0.9, 0.5];
        var weight = Enumerable.Range(1, steps).Sum(k => Math.Pow(1 - h, 2 * k));
        using (no_grad())
        {
            var (y, total) = (tensor(start), tensor(0.0, float64));
            Tensor[] sums = new Tensor[steps];
            for (var k = 0; k < steps; k++)
            {
                y = y * (1 - h);
                sums[k] = (y * y).sum();
                total = total + sums[k];
            }
            Assert.Equal(start.Sum(v => v * v) * weight, total.item<double>(), 1e-11);
            Assert.Equal(start.Sum(v => v * v) * weight, stack(sums).sum().item<double>(), 1e-11);
            // Side by side instead of one after another: b₀ + b₁x at n places, each place for itself.
            var (b, x) = (tensor((double[])[0.3, -0.7]), arange(steps).@double() * 0.1 + 0.5);
            var rows = stack([.. Enumerable.Range(0, steps).Select(i => b[0] + b[1] * x[i])]).to_array<double>();
            for (var i = 0; i < steps; i++) Assert.Equal(0.3 - 0.7 * (i * 0.1 + 0.5), rows[i], 1e-11);
        }
    }

    [Fact]
    public void Modules_print_and_count_their_parameters_as_PyTorch()
    {
        var model = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU());
        Assert.Equal("Sequential(\n  (0): Linear(in_features=3, out_features=4, bias=True)\n  (1): ReLU()\n)", model.ToString());
        Assert.Equal(["0.weight", "0.bias"], model.named_parameters().Select(p => p.name));
        Assert.StartsWith("Parameter containing:\ntensor([[", model.parameters()[0].ToString());
        model.eval();
        Assert.False(model.training);
        var copy = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU());
        copy.load_state_dict(model.state_dict());
        Assert.True(copy.parameters()[0].equal(model.parameters()[0]));
    }

    [Fact]
    public void Batches_cover_the_data_in_shuffled_order()
    {
        manual_seed(1);
        var loader = new utils.data.DataLoader(new utils.data.TensorDataset(arange(10)), batch_size: 4, shuffle: true);
        var seen = loader.SelectMany(b => b[0].data<long>()).ToArray();
        Assert.Equal(3, loader.Count);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), seen.Order());
        Assert.NotEqual(seen.Order(), seen);
    }

    [Fact]
    public void A_deep_history_runs_backward_on_a_small_stack() => Tests.SmallStack.Run(() =>
    {
        var x = tensor(1.0, requires_grad: true);
        var y = x;
        // Steps that float32 adds without rounding.
        for (var i = 0; i < 300_000; i++) y = y + 1.0 / (1 << 19);
        y.backward();
        Assert.Equal(1.0, x.grad!.item());
        Assert.Equal(1 + 300_000.0 / (1 << 19), y.item<double>());
    });

    [Fact]
    public void Threads_accumulate_into_a_shared_leaf()
    {
        var x = tensor(new[] { 1.0, 2.0 }, requires_grad: true);
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 50; i++) (x * 2).sum().backward();
        });
        Assert.Equal("tensor([800., 800.], dtype=torch.float64)", x.grad!.ToString());
    }

    // A program that awaits goes on with another thread.
    [Fact]
    public void What_one_thread_left_uncomputed_does_not_grow_on_another()
    {
        var statistic = zeros(2);
        var leaving = new Thread(() => statistic.add_(1));
        leaving.Start();
        leaving.Join();
        for (var i = 0; i < 50; i++)
        {
            statistic.add_(1);
            _ = ones(2).sum().item();
        }
        Assert.NotNull(statistic.Node.Value);
        Assert.Equal([51, 51], statistic.data<float>());
    }

    // Loops without an optimiser, of which something is read at every step: the work of a step does not grow.
    [Fact]
    public void Hand_written_loops_do_not_compute_their_past_again()
    {
        var w = tensor((double[])[1, 2, 3], float64, requires_grad: true);
        var (m, x, h) = (zeros([3], float64), tensor((double[])[1, 2, 3], float64), zeros([3], float64));
        for (var i = 0; i < 300; i++)
        {
            var loss = (w * w).sum();
            loss.backward();
            using (no_grad())
            {
                m.mul_(0.5).add_(w.grad!, 0.5);
                w.sub_(0.01 * m);
                w.grad = null;
            }
            x = x + 0.001 * (x.flip(0) - x);
            h = (h.detach() + 1).tanh();
            _ = (loss.item<double>(), x[0].item<double>(), h.sum().item<double>());
        }
        foreach (var state in (Tensor[])[w, m, x, h])
        {
            var cone = Cone.Of([state.Node]);
            Assert.InRange(cone.Nodes.Length, 1, 40);
            cone.Return();
        }
    }
}
