using System.Collections.Immutable;
using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Functions that are traced where something is unbound, on several threads, or for rows that they were not meant for.</summary>
public class ContextTests
{
    private static double[] At(Node y, Node placeholder, double value)
    {
        var (f, captured) = Function.Between([placeholder], [y], n => n.Op is Functional.Autograd.Primitives.Input);
        return Evaluate<double>(f.Apply([Tensor<double>([value], []), .. captured])[0]);
    }

    [Fact]
    public void Functions_that_operations_hold_reach_arguments_over_unbound_placeholders()
    {
        var p = Node.Placeholder(TensorType.Float64());
        Assert.Equal([6.0], At(Grad(x => Cond(x > 0, c => c * x, c => c, x))(p), p, 3));
        Assert.Equal([12.0], At(Jvp(x => Scan((c, i) => (c * x, c), Scalar(2.0), Tensor([1.0, 2])).Carry, p, 1.0).Tangent, p, 3));
        Assert.Equal([6.0], At(Grad(x => Checkpoint(v => v * x)(x))(p), p, 3));
        Assert.Equal([10.0], At(Grad(x => CustomVjp(v => Scan((c, i) => (c * v, c), Scalar(1.0), Tensor([1.0, 2])).Carry, (_, _, c) => c * 10)(x))(p), p, 3));
    }

    [Fact]
    public void Linear_functions_with_loops_are_transposed()
    {
        Node c = [1.0, 2.0];
        Assert.Equal([3.0, 6], Evaluate<double>(Transpose((Node x) => Scan((s, i) => (s + x * i, s), Zeros(2), Tensor([1.0, 2])).Carry, TensorType.Float64(2))(c)));
        Assert.Equal([1.0, 2], Evaluate<double>(Transpose((Node x) => Recompute(v => v[0] + x, Zeros(2)), TensorType.Float64(2))(c)));
        Assert.Equal([1.0, 2], Evaluate<double>(Transpose((Node x) => Cond(Scalar(1.0) > 0, s => s + x, s => s, Zeros(2)), TensorType.Float64(2))(c)));
        Assert.Equal([5.0], Evaluate<double>(Transpose((Node x) => Map(y => y * x, Tensor([1.0, 2, 3]), 2), TensorType.Float64())([1.0, 2.0, 0.0])));
        Assert.Equal([5.0], Evaluate<double>(Transpose((Node x) => Compile((Node y) => y * x)(c), TensorType.Float64())(c)));
    }

    [Fact]
    public void Derivatives_within_a_derivative_may_be_taken_on_other_threads()
    {
        Node Inner(Node x, int i) => Grad(y => Cond(y > 0, c => c * y * x, c => c, y * i))(x);
        var serial = Grad(x => Inner(x, 0) + Inner(x, 1) + Inner(x, 2) + Inner(x, 3))(2.0);
        Assert.Equal([48.0], Evaluate<double>(serial));
        for (var round = 0; round < 20; round++)
        {
            var parallel = Grad(x =>
            {
                var g = new Node[4];
                Parallel.For(0, 4, i => g[i] = Inner(x, i));
                return g[0] + g[1] + g[2] + g[3];
            })(2.0);
            Assert.Equal([48.0], Evaluate<double>(parallel));
        }
    }

    [Fact]
    public void A_row_is_not_given_to_what_it_did_not_choose()
    {
        var t = Tensor([1.0, 2, 3, 4, 5]);
        Node Sums(Node s, long? atMost) => While(c => c[0] < 5, c => [c[0] + 1, c[1] + Take(t, 0, c[0])], ImmutableArray.Create<Node>(s, Scalar(0.0, DType.Float64)), atMost)[1];
        Assert.Equal([15.0, 9, 0], Evaluate<double>(Vmap((Node s) => Sums(s, null))(Tensor([0L, 3, 7]))));
        Assert.Equal([15.0, 9, 0], Evaluate<double>(Vmap((Node s) => Sums(s, 6))(Tensor([0L, 3, 7]))));
        Node Picked(Node i) => Cond(i < 5, j => Take(t, 0, j), j => Scalar(-1.0, DType.Float64), i);
        Assert.Equal([3.0, -1], Evaluate<double>(Vmap(Picked)(Tensor([2L, 7]))));
        Assert.Equal([-1.0, -1], Evaluate<double>(Vmap(Picked)(Tensor([9L, 7]))));
        Assert.Equal([3.0, -1, -1, -1], Evaluate<double>(Vmap(Vmap(Picked))(Tensor(new[,] { { 2L, 7 }, { 9, 8 } }))));
        // Zero doubled never reaches a hundred.
        Node Doubled(Node x) => Cond(x > 0, v => While(c => c < 100, c => c * 2, v), v => v, x);
        Assert.Equal([192.0, 0], Evaluate<double>(Vmap(Doubled)(Tensor([3.0, 0]))));
        Assert.Equal([0.0, -1], Evaluate<double>(Vmap(Doubled)(Tensor([0.0, -1]))));
        Assert.Equal([64.0, 1], Evaluate<double>(Vmap(x => Jvp(Doubled, x, 1.0).Tangent)(Tensor([3.0, 0]))));
        // A derivative in what all rows share.
        Node Shared(Node w, Node i) => Cond(i < 5, j => Take(t, 0, j) * w, j => w, i);
        Assert.Equal([4.0], Evaluate<double>(Grad(w => Sum(Vmap(i => Shared(w, i))(Tensor([2L, 7]))))(10.0)));
        Assert.Equal([3.0, 1], Evaluate<double>(Vmap(Grad((w, i) => Shared(w, i), wrt: 0), [null, 0])(10.0, Tensor([2L, 7]))));
        Assert.Equal("float64[0]", Vmap(Picked)(Tensor(Array.Empty<long>())).Type.ToString());
    }
}
