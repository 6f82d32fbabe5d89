using static Functional.Autograd.torch;

namespace Autograd;

/// <summary>Twenty-four layers in six blocks: of each only the result is kept, and what is inside is computed again for the backward.</summary>
internal static class Checkpointing
{
    public static (double, double, double)[] Run()
    {
        manual_seed(0);
        nn.Sequential[] layers = [.. Enumerable.Range(0, 24).Select(_ => new nn.Sequential(new nn.Linear(64, 64), new nn.Tanh()))];
        var x = randn(256, 64).requires_grad_();
        var runs = 0;
        Tensor Block(int first, Tensor h)
        {
            runs++;
            return layers.Skip(first).Take(4).Aggregate(h, (a, layer) => layer.forward(a));
        }

        var h = x;
        for (var first = 0; first < 24; first += 4)
        {
            var block = first;
            h = utils.checkpoint.checkpoint(a => Block(block, a), h);
        }
        var loss = h.pow(2).sum();
        loss.backward();
        var weight = layers[0].parameters()[0];
        return [(runs, 12, 0), ((double)loss, 123.74507141113281, 1e-5), ((double)x.grad!.norm(), 3.4192267776234075e-05, 1e-4), ((double)weight.grad!.norm(), 0.00041625616722740233, 1e-4)];
    }
}
