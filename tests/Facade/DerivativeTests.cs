using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Second and third derivatives: through both doors, against each other and against differences.</summary>
public class DerivativeTests
{
    private static readonly (string Name, Func<Tensor, Tensor> Facade, Func<Node, Node> Pure)[] Functions =
    [
        ("x⁴", x => x.pow(4), x => Ops.Pow(x, 4)),
        ("sin x · eˣ", x => x.sin() * x.exp(), x => Ops.Sin(x) * Ops.Exp(x)),
        ("tanh x²", x => (x * x).tanh(), x => Ops.Tanh(x * x)),
        ("log(1 + x²)", x => (1 + x * x).log(), x => Ops.Log(1 + x * x)),
        ("√(x + 3)", x => (x + 3).sqrt(), x => Ops.Sqrt(x + 3)),
        ("σ(2x)/x", x => (2 * x).sigmoid() / x, x => Ops.Sigmoid(2 * x) / x),
        ("erf x · cos x", x => x.erf() * x.cos(), x => Ops.Erf(x) * Ops.Cos(x)),
        ("atan x", x => x.atan(), Ops.Atan),
        ("softmax", x => (x * arange(1.0, 4.0, dtype: float64)).softmax(0)[0], x => Ops.Squeeze(Ops.SliceAxis(Ops.Softmax(x * Ops.Tensor([1.0, 2.0, 3.0])), 0, 0, 1), 0)),
        ("‖(x, x²)‖", x => stack([x, x * x]).norm(), x => Ops.Norm(Ops.Stack([x, x * x]))),
    ];

    public static TheoryData<string> Names => [.. Functions.Select(f => f.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Third_derivatives_agree(string name)
    {
        var (_, facade, pure) = Functions.First(f => f.Name == name);
        const double at = 0.7;
        var x = tensor(at, dtype: float64, requires_grad: true);
        var y = facade(x);
        for (var order = 0; order < 3; order++) y = autograd.grad(y, x, create_graph: true)[0]!;
        var throughFacade = y.item<double>();
        var third = Transforms.Grad(Transforms.Grad(Transforms.Grad(pure)));
        var throughPure = Transforms.Evaluate<double>(third(Ops.Tensor<double>([at], Dims.Empty)))[0];
        Assert.True(Math.Abs(throughFacade - throughPure) <= 1e-10 * (1 + Math.Abs(throughPure)), $"{name}: facade {throughFacade:R}, pure {throughPure:R}");
        // Five-point differences of the second derivative.
        double Second(double v) => Transforms.Evaluate<double>(Transforms.Grad(Transforms.Grad(pure))(Ops.Tensor<double>([v], Dims.Empty)))[0];
        const double h = 1e-3;
        var differences = (Second(at - 2 * h) - 8 * Second(at - h) + 8 * Second(at + h) - Second(at + 2 * h)) / (12 * h);
        Assert.True(Math.Abs(differences - throughPure) <= 1e-5 * (1 + Math.Abs(throughPure)), $"{name}: differences {differences:R}, pure {throughPure:R}");
    }

    private static readonly Dictionary<string, Func<Tensor, Tensor>> Picks = new()
    {
        ["gather, one twice"] = x => x.gather(0, tensor(new long[] { 0, 0, 2 })),
        ["gather, fewer"] = x => x.gather(0, tensor(new long[] { 1, 1 })),
        ["gather, more"] = x => x.gather(0, tensor(new long[] { 0, 2, 2, 1 })),
        ["index_select"] = x => x.index_select(0, tensor(new long[] { 0, 0, 2 })),
        ["index"] = x => x[tensor(new long[] { 0, 0, 2 })],
        ["masked_select"] = x => x.masked_select(x > 0.6),
        ["scatter"] = x => zeros([3], float64).scatter(0, tensor(new long[] { 2, 0, 1 }), x),
        ["scatter_add, the source"] = x => zeros([3], float64).scatter_add(0, tensor(new long[] { 2, 2, 1 }), x),
        ["scatter_add, the base"] = x => x.scatter_add(0, tensor(new long[] { 2, 2 }), x[..2] * x[1..]),
        ["remainder"] = x => x.remainder(0.4),
        ["remainder, divided"] = x => x.remainder(x.flip(0)),
        ["remainder, broadcast"] = x => x[0].remainder(x * 0.3),
        ["sort"] = x => x.sort(descending: true).values,
        ["cumsum"] = x => x.cumsum(0),
        ["unsqueeze"] = x => x.unsqueeze(0).squeeze(0).unsqueeze(1),
    };

    public static TheoryData<string> PickNames => [.. Picks.Keys];

    // Of Σ wᵢ·yᵢ³, along a direction of unequal numbers.
    [Theory, MemberData(nameof(PickNames))]
    public void Second_derivatives_are_the_differences_of_the_first(string name)
    {
        Tensor First(Tensor x, bool create) => autograd.grad((Picks[name](x).flatten().pow(3) * arange(1.0, Picks[name](x).numel() + 1, dtype: float64)).sum(), x, create_graph: create)[0]!;
        var (at, direction) = (tensor(new[] { 0.7, 0.5, 1.3 }), tensor(new[] { 1.0, -2, 0.5 }));
        var x = at.clone().requires_grad_();
        var second = autograd.grad((First(x, true) * direction).sum(), x)[0]!.to_array<double>();
        const double h = 1e-5;
        var differences = ((First((at + h * direction).requires_grad_(), false) - First((at - h * direction).requires_grad_(), false)) / (2 * h)).to_array<double>();
        Assert.Equal(differences, second, (a, b) => Math.Abs(a - b) <= 1e-6 * (1 + Math.Abs(a)));
    }
}
