using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Derivatives along directions, against whole matrices and closed forms.</summary>
public class DirectionTests
{
    private static readonly Node x = Tensor([0.5, -1.25, 2.0]), v = Tensor([1.0, 0.25, -3.0]);

    // Σ xᵢ²·sin xᵢ₊₁.
    private static Node F(Node u) => Sum(u * u * Sin(Concat([u[1..], u[..1]])));

    private static Node G(Node u) => Stack([u[0] * u[1], Sin(u[2]) * u[0], u[1] * u[2] * u[2]]);

    private static void Close(Node expected, Node actual) => Closeness.Close(expected, actual, 1e-13);

    [Fact]
    public void Products_with_the_Hessian_are_those_of_the_whole_one()
    {
        Close(MatMul(Hessian(F)(x), v), Hvp(F)(x, v));
        Close(MatMul(Hessian(F)(x), v), Vhp(F)(x, v));
        var rows = Stack([v, x, v * x]);
        Close(MatMul(rows, Hessian(F)(x)), Vmap(row => Hvp(F)(x, row))(rows));
    }

    [Fact]
    public void Traces_are_those_of_the_whole_matrices()
    {
        Close(Sum(Diagonal(Hessian(F)(x))), Laplacian(F)(x));
        Close(Sum(Diagonal(Jacobian(G)(x))), Divergence(G)(x));
        Close(Laplacian(F)(x), Divergence(Grad((Node u) => F(u)))(x));
        // The Laplacian of 1/r vanishes in three dimensions, of ln r in two.
        Assert.Equal(0, Evaluate<double>(Laplacian(u => 1 / Norm(u))(x))[0], 1e-15);
        Assert.Equal(0, Evaluate<double>(Laplacian(u => Log(Norm(u)))(x[..2]))[0], 1e-15);
        Close(Vmap(Laplacian(F))(Stack([x, v])), Stack([Laplacian(F)(x), Laplacian(F)(v)]));
        Assert.Equal("Divergence: the function makes float64[2] of float64[3], and needs to keep the shape", Assert.Throws<ShapeException>(() => Divergence(u => u[..2])(x)).Message);
    }

    [Fact]
    public void A_linear_map_is_asked_often_and_transposed()
    {
        var (y, pushed) = Linearize(G, x);
        Close(G(x), y);
        Close(MatMul(Jacobian(G)(x), v), pushed(v));
        Close(MatMul(Jacobian(G)(x), x), pushed(x));
        var a = Tensor(new double[,] { { 1, 2, 3 }, { 4, 5, 7 } });
        var c = Tensor([2.0, -1.0]);
        Close(MatMul(c, a), Transpose(u => MatMul(a, u), x.Type)(c));
        Close(CumSum(Tensor([3.0, 2, 1]), 0)[^1] * Tensor([1.0, 0, 0]) + Tensor([0.0, 3, 1]), Transpose(u => CumSum(u, 0), x.Type)(Tensor([3.0, 2, 1])));
        // Twice is the identity.
        Close(MatMul(a, x), Transpose(Transpose(u => MatMul(a, u), x.Type), c.Type)(x));
        Close(pushed(v), Transpose(Transpose(pushed, x.Type), y.Type)(v));
        // The derivative of a loop carries what it is taken at beside what is linear, and so do loops in loops, choices and repetitions.
        foreach (var f in new Func<Node, Node>[]
        {
            u => Scan((c, e) => (Sin(c) * e, c), u, Stack([x, v])).Carry,
            u => Scan((c, e) => (Scan((d, _) => (Sin(d) * e, d), c, v).Carry, c), u, Stack([x, v])).Carry,
            u => Cond(Sum(u) > 0.1, Sin, Cos, u),
            u => While(c => Sum(c * c) > 0.5, c => Sin(c) * 0.8, u, atMost: 4),
            CustomJvp(u => Sin(u), (u, _, t) => Jvp(w => Scan((c, e) => (Sin(c) * e, c), w, Stack([x, v])).Carry, u, t).Tangent),
        })
        {
            var along = Linearize(f, x).Pushforward;
            Close(Vjp(f, x).Pullback(v), Transpose(along, x.Type)(v));
            Close(along(v), Transpose(Transpose(along, x.Type), x.Type)(v));
        }
        Assert.Contains("not linear", Assert.Throws<InvalidOperationException>(() => Transpose(u => Scan((c, e) => (c * e, c * c), u, Stack([x, v])).Outputs, x.Type)(Stack([x, v]))).Message, StringComparison.Ordinal);
        Assert.Equal("Transpose: the function of float64[3] is not linear: its derivative depends on its argument, or is not all of it", Assert.Throws<InvalidOperationException>(() => Transpose(u => u * u, x.Type)(x)).Message);
    }
}
