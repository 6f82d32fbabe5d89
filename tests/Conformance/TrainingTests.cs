using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

public class TrainingTests
{
    public static TheoryData<int> Runs => [.. Enumerable.Range(0, 8)];

    [Theory, MemberData(nameof(Runs))]
    public void A_recorded_training_run_repeats(int run)
    {
        var line = Golden.Lines("training.jsonl").ElementAt(run);
        Tensor[] p = [.. line.GetProperty("init").EnumerateArray().Select(t => Golden.Tensor(t).requires_grad_())];
        var (x, target) = (Golden.Tensor(line.GetProperty("x")), Golden.Tensor(line.GetProperty("target")));
        var optimizer = Optimizer(line.GetProperty("optimizer").GetString()!, line.GetProperty("options"), p);
        foreach (var recorded in line.GetProperty("losses").EnumerateArray())
        {
            optimizer.zero_grad();
            var hidden = nn.functional.linear(x, p[0], p[1]);
            var y = nn.functional.linear(line.GetProperty("activation").GetString() switch
            {
                "tanh" => hidden.tanh(),
                "relu" => hidden.relu(),
                _ => hidden.sigmoid(),
            }, p[2], p[3]);
            var loss = line.GetProperty("loss").GetString() == "mse" ? nn.functional.mse_loss(y, target) : nn.functional.cross_entropy(y, target);
            Near([Golden.Number(recorded)], [loss.item<double>()]);
            loss.backward();
            optimizer.step();
        }
        foreach (var (wanted, got) in line.GetProperty("final").EnumerateArray().Zip(p)) Near(Golden.Data(wanted), got.detach().data<double>());
    }

    private static void Near(double[] wanted, double[] got)
    {
        Assert.Equal(wanted.Length, got.Length);
        for (var i = 0; i < got.Length; i++) Assert.True(Math.Abs(wanted[i] - got[i]) <= 1e-9 * Math.Max(1, Math.Abs(wanted[i])), $"element {i}: {got[i]:R}, recorded {wanted[i]:R}");
    }

    private static optim.Optimizer Optimizer(string name, JsonElement options, Tensor[] p)
    {
        double Option(string key, double usual) => options.TryGetProperty(key, out var v) ? v.GetDouble() : usual;
        bool Flag(string key) => options.TryGetProperty(key, out var v) && v.GetBoolean();
        double Beta(int i, double usual) => options.TryGetProperty("betas", out var v) ? v[i].GetDouble() : usual;
        return name switch
        {
            "SGD" => new optim.SGD(p, Option("lr", 1e-3), Option("momentum", 0), Option("dampening", 0), Option("weight_decay", 0), Flag("nesterov")),
            "Adam" => new optim.Adam(p, Option("lr", 1e-3), Beta(0, 0.9), Beta(1, 0.999), Option("eps", 1e-8), Option("weight_decay", 0), Flag("amsgrad")),
            "AdamW" => new optim.AdamW(p, Option("lr", 1e-3), Beta(0, 0.9), Beta(1, 0.999), Option("eps", 1e-8), Option("weight_decay", 0.01), Flag("amsgrad")),
            _ => throw new ArgumentException($"no optimiser {name}"),
        };
    }
}
