using static Functional.Autograd.torch;

namespace Autograd;

/// <summary>A Wasserstein GAN in the plane whose critic's gradient is held near length one (Gulrajani et al., 2017): a derivative inside the loss.</summary>
internal static class GradientPenalty
{
    public static (double, double, double)[] Run()
    {
        manual_seed(0);
        var critic = new nn.Sequential(new nn.Linear(2, 32), new nn.LeakyReLU(0.2), new nn.Linear(32, 32), new nn.LeakyReLU(0.2), new nn.Linear(32, 1));
        var generator = new nn.Sequential(new nn.Linear(4, 32), new nn.ReLU(), new nn.Linear(32, 2));
        var forCritic = new optim.Adam(critic.parameters(), lr: 1e-3, betas: (0.5, 0.9));
        var forGenerator = new optim.Adam(generator.parameters(), lr: 1e-3, betas: (0.5, 0.9));
        var (lossOfCritic, lossOfGenerator, penalty) = (0.0, 0.0, 0.0);
        for (var step = 0; step < 60; step++)
        {
            var real = randn(64, 2) * 0.1 + tensor(new[] { 1f, -1f });
            var fake = generator.forward(randn(64, 4)).detach();
            var share = rand(64, 1);
            var mixed = (share * real + (1 - share) * fake).requires_grad_();
            var slope = autograd.grad(critic.forward(mixed).sum(), mixed, create_graph: true)[0]!;
            var off = (slope.norm(2, dim: 1) - 1).pow(2).mean();
            var loss = critic.forward(fake).mean() - critic.forward(real).mean() + 10 * off;
            forCritic.zero_grad();
            loss.backward();
            forCritic.step();
            (lossOfCritic, penalty) = ((double)loss, (double)off);
            if (step % 5 != 4) continue;
            var fooled = -critic.forward(generator.forward(randn(64, 4))).mean();
            forGenerator.zero_grad();
            fooled.backward();
            forGenerator.step();
            lossOfGenerator = (double)fooled;
        }
        // Sixty steps of float32 in another order of summation differ in the fifth digit.
        return [(lossOfCritic, 1.2498033046722412, 1e-4), (penalty, 0.04680490493774414, 1e-3), (lossOfGenerator, -0.2327939122915268, 1e-4)];
    }
}
