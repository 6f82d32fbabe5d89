using Functional.Autograd;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.func;

namespace Autograd;

/// <summary>The gradient of every sample of a batch in one pass, and their mean after each is clipped, as differentially private training takes it.</summary>
internal static class EachSample
{
    public static (double, double, double)[] Run()
    {
        manual_seed(0);
        var model = new nn.Sequential(new nn.Linear(8, 16), new nn.Tanh(), new nn.Linear(16, 3));
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach());
        var (samples, targets) = (randn(32, 8), randint(0, 3, [32]));

        Tensor Loss(Dictionary<string, Tensor> p, Tensor sample, Tensor target) =>
            nn.functional.cross_entropy(functional_call(model, p, sample.unsqueeze(0)), target.unsqueeze(0));

        var each = vmap(func.grad<Dictionary<string, Tensor>, Tensor, Tensor>(Loss), in_dims: [null, 0, 0])(parameters, samples, targets);
        var norms = each.Values.Select(g => g.flatten(1).pow(2).sum(1)).Aggregate((a, b) => a + b).sqrt();
        var factors = 1 / norms.clamp(min: 1);
        var clipped = each.Values.Select(g => (g * factors.reshape([-1, .. Enumerable.Repeat(1L, g.ndim - 1)])).mean(0));
        var length = clipped.Select(g => g.pow(2).sum()).Aggregate((a, b) => a + b).sqrt();
        return [((double)norms.mean(), 2.002488136291504, 1e-5), ((double)norms.max(), 2.536796808242798, 1e-5), ((double)length, 0.16310559213161469, 1e-5)];
    }
}
