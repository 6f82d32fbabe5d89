using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Numerics;

public class OptimizerTests
{
    private static Node Loss((Node X, Node B) p) => Sum(Sin(p.X) * p.X) * p.B + Sum(Pow(p.X, 4)) * 0.1 + Square(p.B - 0.5);

    private static (Node X, Node B) Start => (Tensor([1.5, -0.3, 0.7]), Tensor<double>([0.25], []));

    private static T Run<T>(Optimizer optimizer, Func<T, Node> loss, T start, int steps) =>
        Scan<(T X, OptimizerState State), Node>(c => (optimizer.Update(Grad(loss)(c.X), c.State, c.X), Scalar(0.0)), (start, optimizer.Init(start)), steps).Carry.X;

    // Recorded from PyTorch 2.6, float64, seven steps of step size 0.05.
    public static TheoryData<Optimizer, double[]> Known => new()
    {
        { Optimizer.Sgd(0.05), [1.1442213221840296, -0.2810173646377495, 0.6282637038223183, -0.06646415828598598] },
        { Optimizer.Sgd(0.05, 0.9, weightDecay: 0.01), [0.5520522797616174, -0.2787357272176815, 0.553422365849947, -0.4327107134259133] },
        { Optimizer.Sgd(0.05, 0.9, true, 0.01), [0.6369873314792804, -0.3191285164231895, 0.616402773254077, -0.26161143085654665] },
        { Optimizer.Adam(0.05), [1.1624600532067864, -0.017544887728035505, 0.3926408154369747, -0.07491879734751658] },
        { Optimizer.Adam(0.05, 0.8, 0.95, 1e-6, 0.1), [1.165546791899806, -0.02283250922332, 0.3941694073990393, -0.06655798796295381] },
        { Optimizer.AdamW(0.05, weightDecay: 0.1), [1.1178015972317217, -0.013636632106312226, 0.37562667123515947, -0.07522245801354152] },
    };

    [Theory, MemberData(nameof(Known))]
    public void Steps_are_those_of_PyTorch(Optimizer optimizer, double[] expected)
    {
        var (x, b) = Run(optimizer, Loss, Start, 7);
        Assert.Equal(expected, [.. Evaluate<double>(x), .. Evaluate<double>(b)], (a, c) => Math.Abs(a - c) < 1e-14);
        // The same step compiled, from state to state.
        var step = Compile<((Node X, Node B) P, OptimizerState State), ((Node, Node), OptimizerState)>(s => optimizer.Update(Grad<(Node, Node)>(Loss)(s.P), s.State, s.P));
        var state = (P: Start, State: optimizer.Init(Start));
        for (var k = 0; k < 7; k++) state = step(state);
        Assert.Equal(expected, [.. Evaluate<double>(state.P.X), .. Evaluate<double>(state.P.B)], (a, c) => Math.Abs(a - c) < 1e-14);
        Assert.Equal(7, Evaluate<long>(state.State.Steps)[0]);
    }

    [Fact]
    public void Training_has_derivatives_in_what_it_was_told()
    {
        // Of x² / 2 by steps of size r with momentum m: x₁ = (1 − r)·x₀, x₂ = x₁ − r·(m·x₀ + x₁).
        static Node Reached(Node rate, Node momentum) => Run(Optimizer.Sgd(rate, momentum), x => 0.5 * Square(x), Scalar(3.0) * 1, 2);
        const double r = 0.1, m = 0.9;
        Assert.Equal(3 * ((1 - r) * (1 - r) - (r * m)), Evaluate<double>(Reached(r, m))[0], 1e-14);
        Assert.Equal(3 * ((-2 * (1 - r)) - m), Evaluate<double>(Grad((Node v) => Reached(v, m))(Scalar(r)))[0], 1e-13);
        Assert.Equal(-3 * r, Evaluate<double>(Grad((Node v) => Reached(r, v))(Scalar(m)))[0], 1e-14);
        Assert.Equal(6, Evaluate<double>(Grad(Grad((Node v) => Reached(v, m)))(Scalar(r)))[0], 1e-12);
        // Adam's, against differences; and where a gradient is always 0 nothing becomes NaN.
        static Node Adam(Node rate) => Sum(Square(Run(Optimizer.Adam(rate, 0.8), x => Sum(Square(x[..2] - 1)), Zeros(3) + Tensor([0.3, -2, 5]), 6)[..3]));
        var h = 1e-6;
        Assert.Equal((Evaluate<double>(Adam(0.1 + h))[0] - Evaluate<double>(Adam(0.1 - h))[0]) / (2 * h), Evaluate<double>(Grad(Adam)(Scalar(0.1)))[0], 1e-6);
        Assert.Equal((Evaluate<double>(Grad(Adam)(0.1 + h))[0] - Evaluate<double>(Grad(Adam)(0.1 - h))[0]) / (2 * h), Evaluate<double>(Grad(Grad(Adam))(Scalar(0.1)))[0], 1e-5);
        // Several rates at once.
        Assert.Equal(new[] { 0.05, 0.1, 0.2 }.Select(v => Evaluate<double>(Adam(v))[0]), Evaluate<double>(Vmap(Adam)(Tensor([0.05, 0.1, 0.2]))), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Types_stay_and_what_does_not_fit_is_said()
    {
        var (x, optimizer) = (Zeros(2, DType.Float32), Optimizer.AdamW(Tensor<double>([0.1], [])));
        var (next, state) = optimizer.Update(x + 1, optimizer.Init(x), x);
        Assert.Equal(DType.Float32, next.DType);
        Assert.All(state.Kept, k => Assert.Equal(x.Type, k.Type));
        Assert.Throws<ShapeException>(() => optimizer.Init(Arange(3)));
        Assert.Throws<ShapeException>(() => optimizer.Update(Zeros(3, DType.Float32), state, x));
        Assert.Throws<ArgumentException>(() => optimizer.Update(x, Optimizer.Sgd(0.1).Init(x), x));
        Assert.Throws<ArgumentException>(() => Optimizer.Sgd(0.1, nesterov: true));
    }
}
