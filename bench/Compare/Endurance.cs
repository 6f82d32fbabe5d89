using Functional.Autograd;
using Functional.Autograd.Cpu;
using Functional.Autograd.Plans;
using static Functional.Autograd.torch;

namespace Compare;

/// <summary>What must not grow: plans and memory over many steps.</summary>
internal static class Endurance
{
    /// <summary>Plan-cache misses over 100 steps of the digits model with two batch shapes.</summary>
    public static long Misses()
    {
        var model = new nn.Sequential(new nn.Linear(64, 256), new nn.Tanh(), new nn.Linear(256, 10));
        var optimizer = new optim.Adam(model.parameters(), lr: 1e-3);
        var loss = new nn.CrossEntropyLoss();
        (Tensor, Tensor)[] batches = [(rand(64, 64), randint(0, 10, [64])), (rand(29, 64), randint(0, 10, [29]))];
        PlanCache.Clear();
        for (var step = 0; step < 100; step++)
        {
            var (x, t) = batches[step % 10 == 9 ? 1 : 0];
            optimizer.zero_grad();
            loss.call(model.call(x), t).backward();
            optimizer.step();
        }
        return PlanCache.Misses;
    }

    /// <summary>Native and managed bytes in use after a tenth of the steps and after all.</summary>
    public static (long Early, long Late) Memory(int steps)
    {
        var model = new nn.Sequential(new nn.Linear(16, 32), new nn.Tanh(), new nn.Linear(32, 4));
        var optimizer = new optim.Adam(model.parameters(), lr: 1e-3);
        var loss = new nn.CrossEntropyLoss();
        var (x, t) = (rand(16, 16), randint(0, 4, [16]));
        var average = zeros(1);
        var early = 0L;
        for (var step = 1; step <= steps; step++)
        {
            optimizer.zero_grad();
            var error = loss.call(model.call(x), t);
            error.backward();
            optimizer.step();
            using (no_grad()) average = average * 0.99 + error.detach() * 0.01;
            if (step == steps / 10) early = InUse();
        }
        return (early, InUse());
    }

    private static long InUse()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(true) + CpuBackend.BytesInUse;
    }
}
