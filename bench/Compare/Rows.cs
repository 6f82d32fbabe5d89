using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Compare;

/// <summary>What is timed on both sides.</summary>
internal static class Rows
{
    public static IReadOnlyList<(string Name, string What, double AtLeast, Func<Action> Make)> All { get; } =
    [
        ("mlp", "MLP 64×784, 256, 256, 10, Adam step", 0.7, Mlp),
        ("chain", "2,000 scalar operations, forward + backward", 8, Chain),
        ("scalar", "z = x·y + sin x, forward + backward", 9, Scalar),
        ("fused", "sigmoid(2x+1)·tanh(x) + exp(x)/(1+x²), n = 1e6, forward + backward", 9, Fused),
        ("hessian", "Hessian of a function of 30 variables", 150, Hessian),
        ("matmul", "matmul 1024³ float32", 0, MatMul),
    ];

    private static Action Mlp()
    {
        var model = new nn.Sequential(new nn.Linear(784, 256), new nn.ReLU(), new nn.Linear(256, 256), new nn.ReLU(), new nn.Linear(256, 10));
        var optimizer = new optim.Adam(model.parameters(), lr: 1e-7);
        var loss = new nn.CrossEntropyLoss();
        var (x, t) = (randn(64, 784), randint(0, 10, [64]));
        return () =>
        {
            optimizer.zero_grad();
            loss.call(model.call(x), t).backward();
            optimizer.step();
        };
    }

    private static Action Chain() => () =>
    {
        var x = tensor(0.5, requires_grad: true);
        var y = x;
        for (var i = 0; i < 1000; i++) y = sin(y) * 0.9;
        y.backward();
        x.grad!.item();
    };

    private static Action Scalar() => () =>
    {
        var x = tensor(0.5, requires_grad: true);
        var y = tensor(4.2, requires_grad: true);
        var z = x * y + sin(x);
        z.backward();
        x.grad!.item();
    };

    private static Action Fused()
    {
        var x = rand([1_000_000], requires_grad: true);
        return () =>
        {
            x.grad = null;
            var y = sigmoid(2 * x + 1) * tanh(x) + exp(x) / (1 + x * x);
            y.sum().backward();
            x.grad![0].item();
        };
    }

    private static Action Hessian()
    {
        var (hessian, x) = (Transforms.Compile(Transforms.Hessian(Planning.Rosenbrock), TensorType.Float64(30)), new double[30]);
        return () => hessian(x);
    }

    private static Action MatMul()
    {
        var (a, b) = (rand(1024, 1024), rand(1024, 1024));
        Force(a, b);
        return () => Force(a.matmul(b));
    }

    // A value is computed when it is looked at.
    private static void Force(params Tensor[] tensors)
    {
        foreach (var t in tensors) t[0, 0].item();
    }
}
