using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>What a choice did not take has no part in the derivative, however infinite its slope.</summary>
public class MaskTests
{
    private static double[] Slopes(Func<Node, Node> f, params double[] at) => Evaluate<double>(Grad(x => Sum(f(x)))(Tensor(at)));

    [Fact]
    public void The_side_not_taken_gives_no_NaN()
    {
        Assert.Equal([1, 1, 0.5], Slopes(x => Where(x < 1, x, Sqrt(x - 1)), 0, 0.5, 2));
        Assert.Equal([1, 1, 0.5], Slopes(x => Where(x >= 1, Sqrt(x - 1), x), 0, 0.5, 2));
        Assert.Equal([0, 0, 0.25], Slopes(x => Where(x > 0, Log(x), 0), 0, -1, 4));
        Assert.Equal([0, -0.25], Slopes(x => Where(Equal(x, 0), 1, 1 / x), 0, 2));
        Assert.Equal([0, Math.Cos(2) / 2 - Math.Sin(2) / 4], Slopes(x => Where(Equal(x, 0), 1, Sin(x) / x), 0, 2));
    }

    [Fact]
    public void It_holds_through_movements_sums_and_uses_on_both_sides()
    {
        Node Root(Node x) => Sqrt(x - 1);
        Assert.Equal([1, 0.5], Slopes(x => Where(x < 1.5, x, Flip(Reshape(Root(Flip(x, 0)), [1, 2])[0], 0)), 0, 2));
        Assert.Equal([1, 0.5], Slopes(x => Where(x < 1.5, x, Concat([Root(x[..1]), Root(x[1..])])), 0, 2));
        Assert.Equal([1, 0.5], Slopes(x => Where(x < 1.5, x, Take(Root(x), 0, [0, 1])), 0, 2));
        // Used twice past the choice, the terms add up.
        Assert.Equal([1, 1.5], Slopes(x => Root(x) is var r ? Where(x < 1.5, x, r * r + r) : x, 0, 2));
        // A choice within a choice.
        Assert.Equal([1, 2, 0.25], Slopes(x => Where(x < 1, x, Where(x < 3, 2 * x, Sqrt(x - 1))), 0, 1, 5));
        Assert.Equal([2, 2, 0.25], Slopes(x => Where(x < 3, 2 * x, Sqrt(Where(x < 1, x, x - 1))), 0, -1, 5));
        // A row whose norm is zero.
        Node rows = [[0.0, 0.0], [0.0, -2.0]];
        Node Length(Node v) => Where(Equal(Sum(v * v, 1), 0), 0, Sqrt(Sum(v * v, 1)));
        Assert.Equal([0, 0, 0, -1], Evaluate<double>(Grad((Node v) => Sum(Length(v)))(rows)));
        Assert.Equal([0, 0, 0, -1], Evaluate<double>(Vmap(Grad((Node v) => Where(Equal(Sum(v * v), 0), 0, Sqrt(Sum(v * v)))))(rows)));
        // The larger and the smaller of two are choices.
        Assert.Equal([0, 0.25], Slopes(x => Max(Sqrt(x), 1.0), 0, 4));
        Assert.Equal([0, 0.25], Slopes(x => Min(-Sqrt(x), -1.0) * -1, 0, 4));
        Assert.Equal([0, 0], Slopes(x => Where(Tensor([1.0, 0]) > 0.5, Sqrt(x).At(0).Set(9.0), 0), 4, 0));
        Assert.Equal([0.25, 0], Slopes(x => Where(Tensor([1.0, 0]) > 0.5, CumSum(Sqrt(x), 0), 0), 4, 0));
        // An infinity that was chosen stays one.
        Assert.Equal([double.PositiveInfinity], Slopes(x => Where(x < 1, Sqrt(x), 0), 0));
        Assert.Equal([double.PositiveInfinity, 0.5], Slopes(x => Sqrt(x) + Where(x < 0, Sqrt(x), 0), 0, 1));
    }

    [Fact]
    public void It_holds_in_every_order_and_composition()
    {
        Node F(Node x) => Where(x < 1, x * x, Sqrt(x - 1));
        var f = (Node x) => F(x);
        Assert.Equal(2, Evaluate<double>(Grad(Grad(f))(0.0))[0]);
        Assert.Equal(0, Evaluate<double>(Grad(Grad(Grad(f)))(0.0))[0]);
        Assert.Equal([2, 0, 0, -0.25], Evaluate<double>(Hessian(x => Sum(F(x)))(Tensor([0.0, 2]))));
        Assert.Equal([0, 1], Evaluate<double>(Vmap(Grad(f))(Tensor([0.0, 0.5]))));
        Assert.Equal([0, 1], Evaluate<double>(Grad((Node x) => Sum(Map(f, x)))(Tensor([0.0, 0.5]))));
        Assert.Equal([0, 1], Evaluate<double>(Grad((Node x) => Sum(Checkpoint(f)(x)))(Tensor([0.0, 0.5]))));
        Assert.Equal([0, 1], Evaluate<double>(Compile(Grad((Node x) => Sum(F(x))))(Tensor([0.0, 0.5]))));
        Assert.Equal([1, 1], Evaluate<double>(Jvp(f, Tensor([0.5, 0.5]), Ones(2)).Tangent));
        Assert.Equal([1, 0.5], Evaluate<double>(Grad((Node v) => Sum(Vmap(x => Cond(x < 1, u => u, u => Sqrt(u - 1), x))(v)))(Tensor([0.0, 2]))));
    }
}
