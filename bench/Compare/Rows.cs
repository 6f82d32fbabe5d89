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
        ("cholesky", "Cholesky, n = 512 float64", 0.5, Matrix((_, s) => Ops.Cholesky(s))),
        ("solve", "512 systems of 512 and their gradients, float64", 0.5, Matrix(Solve)),
        ("lu", "LU, n = 512 float64", 0.33, Matrix((a, _) => Ops.Lu(a).U)),
        ("qr", "QR, n = 512 float64", 0.125, Matrix((a, _) => Ops.Qr(a).Q)),
        ("eigh", "eigenvalues and vectors, n = 512 float64", 0.125, Matrix((_, s) => Ops.Eigh(s).Vectors)),
        ("fft", "Fourier transform, n = 2^20 complex128", 0.33, Fourier),
        ("svd", "singular values and vectors, n = 512 float64", 0.125, Matrix((a, _) => Ops.Svd(a).U)),
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

    private static Action Fourier()
    {
        var z = Transforms.Settled(Ops.ToComplex(Ops.Normal(Ops.Key(0), [1 << 20]), Ops.Normal(Ops.Key(1), [1 << 20])));
        return () => Transforms.Settled(Ops.Fft(z));
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

    // What is made of a square matrix and a positive definite one, anew in each step.
    private static Func<Action> Matrix(Func<Node, Node, Node> f) => () =>
    {
        const int n = 512;
        var random = new Random(1);
        var a = Ops.Tensor<double>([.. Enumerable.Range(0, n * n).Select(_ => random.NextDouble() - 0.5)], [n, n]);
        var s = Transforms.Settled(Ops.MatMul(a, Ops.Transpose(a)) + Ops.Eye(n));
        return () => Transforms.Evaluate<double>(f(a, s)[0, 0]);
    };

    private static Node Solve(Node a, Node b)
    {
        var (da, db) = Transforms.Grad(((Node A, Node B) x) => Ops.Sum(Ops.Solve(x.A, x.B)))((a, b));
        return da + db;
    }

    // A value is computed when it is looked at.
    private static void Force(params Tensor[] tensors)
    {
        foreach (var t in tensors) t[0, 0].item();
    }
}
