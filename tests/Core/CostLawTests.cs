using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>What derivatives may cost, in planned work: multiples of the function's own, however the function looks (Griewank and Walther, Evaluating Derivatives, 4).</summary>
public class CostLawTests
{
    // One for every element of every elementwise step, every term of a sum and every element moved by a kernel of its own; two for every multiplication of a product. A factor
    // counts as a product: what it saves by its triangle, the full matrices of its derivative do not.
    private static double Work(Program program) => program.Launches.Sum(l => l.Kernel switch
    {
        Kernel.Map map => (double)map.Count * (map.Steps.Length + map.Sinks.Count(s => s.How is not null)),
        Kernel.Product p => 2.0 * p.Batch * p.M * p.K * p.N,
        Kernel.Control { Op: Loop loop } control => loop.Length * Work(control.Programs[0]),
        Kernel.Control { Op: Functional.Autograd.Primitives.Lu } control => 2.0 * Times(control.Operands[0].DType) * control.Operands[0].Count * control.Operands[0].Shape[1],
        Kernel.Control { Op: Decomposition op } control => (op is Functional.Autograd.Primitives.Qr ? 4.0 : op is Functional.Autograd.Primitives.Eigh ? 9 : 14) * Times(control.Operands[0].DType) * control.Operands[0].Count * Math.Min(control.Operands[0].Shape[1], control.Operands[0].Shape[2]),
        Kernel.Control control => control.Programs.Max(Work),
        Kernel.Call { Op: Functional.Autograd.Primitives.Cholesky or TriangularSolve } call => 2.0 * Times(call.Result.DType) * call.Result.Count * call.Result.Shape[1],
        Kernel.Call call => call.Operands.Select(o => o.Count).Append(call.Result.Count).Max(),
        _ => throw new ArgumentException(l.Kernel.ToString()),
    });

    // A product of complex numbers is four of real ones.
    private static int Times(DType type) => type.IsComplex ? 4 : 1;

    private static int Launches(Program program) => program.Launches.Sum(l => 1 + (l.Kernel is Kernel.Control control ? control.Programs.Sum(Launches) : 0));

    private static Tape Drawn(int seed, int length)
    {
        var random = new Random(seed);
        return new([.. Enumerable.Range(0, length).Select(_ => random.Next())]);
    }

    private static IEnumerable<Case> Cases(string which) => which == "composites"
        ? Catalogue.Composites.SelectMany(row => Enumerable.Range(0, 4).Select(seed => row.Make(Drawn(seed, 60))))
        : Enumerable.Range(0, 400).Select(seed => Programs.Make(Drawn(seed, 120))).Where(c => Has<Dot>(c.Value));

    private static bool Has<T>(Node root)
    {
        using var numbering = Numbering.Begin();
        return Traversal.Order([root], null, numbering).Exists(n => n.Op is T);
    }

    [Theory, InlineData("composites"), InlineData("programs with products")]
    public void Derivatives_cost_a_few_times_the_function(string which)
    {
        var (decided, broken) = (0, new List<string>());
        foreach (var subject in Cases(which).Where(c => c.Value.DType.IsFloat))
        {
            Node F(ImmutableArray<Node> x) => Sum(subject.F([.. x]));
            ImmutableArray<Node> at = [.. subject.Inputs];
            // What is read and written counts as well: a function may do nothing but that.
            var own = Work(Planned.Of(F(at))) + at.Sum(x => x.Type.Count) + subject.Value.Type.Count;
            var (value, gradient) = ValueAndGrad((Func<ImmutableArray<Node>, Node>)F)(at);
            var (first, second) = (Work(Planned.Of([value, .. gradient])) / own, Work(Planned.Of([.. Hvp<ImmutableArray<Node>>(F)(at, [.. at.Select(x => Settled(Cos(x)))])])) / own);
            // The rule of a factorisation is no sum over its steps; cotangents of a complex number's parts are joined once more, a quarter of the work again: of a factor's, twice for two derivatives.
            var (isComplex, isFactored) = (Has<ComplexOf>(subject.Value), Has<TriangularSolve>(subject.Value) || Has<Functional.Autograd.Primitives.Cholesky>(subject.Value) || Has<Functional.Autograd.Primitives.Lu>(subject.Value) || Has<Decomposition>(subject.Value));
            var (most, mostTwice) = (isComplex ? 5 : 4, (Has<Functional.Autograd.Primitives.Lu>(subject.Value) ? 13 : 10) * (isComplex && isFactored ? 1.25 * 1.25 : 1));
            if (first > most || second > mostTwice) broken.Add($"{subject.Name}: the gradient costs {first:F2}, the Hessian's product {second:F2} times {own}");
            decided++;
        }
        Assert.True(broken.Count == 0, string.Join('\n', broken));
        Assert.True(decided >= 200, $"{decided} cases");
    }

    [Fact]
    public void A_Jacobian_has_the_kernels_of_one_pullback_and_a_few_more()
    {
        foreach (var subject in Enumerable.Range(0, 200).Select(seed => Programs.Make(Drawn(seed, 60))))
        {
            var x = subject.Inputs[0];
            Node F(Node v) => subject.F([v, .. subject.Inputs[1..]]);
            Assert.InRange(Launches(Planned.Of(JacobianReverse(F)(x))), 0, Launches(Planned.Of(Vjp(F, x).Pullback(Settled(Cos(subject.Value))))) + 10);
        }
    }

    // Steps with what makes loops different: several carries, captures, sequences, integers.
    private static Node Looped(int kind, Node w, Node h, Node x) => kind switch
    {
        0 => Sum(Scan((c, u) => (Tanh(MatMul(w, c) + u), c), h, x).Carry),
        1 => Sum(Sin(Scan((c, u) => (Sin(c) * u, c * u), h, x).Outputs)),
        2 => Sum(Scan((c, u) => ([c[0] * 0.9 + c[1] * u[0], Sin(c[1]) + c[0], c[2] + 1], [c[0] * Cast(c[2], DType.Float64)]), [h, h * 2, Scalar(0, DType.Int64)], [x]).Outputs[0]),
        3 => Sum(Scan((c, u) => (Cond(Sum(c) > 0, v => Sin(v) * w[0], v => v + u, c), c), h, x, reverse: true).Outputs),
        _ => Sum(Scan((c, u) => (Scan((d, v) => (Cos(d) * v, d), c, w).Carry + u, c), h, x).Carry),
    };

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void The_plan_of_a_loop_does_not_grow_with_it_whatever_is_asked_of_it(int kind)
    {
        int[] Sizes(long n)
        {
            var (w, h, x) = (Cos(Reshape(Arange(9, DType.Float64), [3, 3])), Sin(Arange(3, DType.Float64)), Cos(Reshape(Arange(3 * n, DType.Float64), [n, 3])));
            (w, h, x) = (Settled(w), Settled(h), Settled(x));
            Node F(ImmutableArray<Node> v) => Looped(kind, v[0], v[1], v[2]);
            ImmutableArray<Node> at = [w, h, x];
            return
            [
                Launches(Planned.Of(F(at))), Launches(Planned.Of([.. Grad(F)(at)])), Launches(Planned.Of([.. Jvp(Grad(F), at, at).Tangent])), Launches(Planned.Of([.. Vjp(Grad(F), at).Pullback(at)])),
                Launches(Planned.Of(Vmap(v => Looped(kind, w, v, x))(Settled(Stack([h, h * 2]))))), Launches(Planned.Of(Vmap(Grad((Node v) => Looped(kind, w, v, x)))(Settled(Stack([h, h * 2]))))),
            ];
        }
        Assert.Equal(Sizes(4), Sizes(4000));
    }
}
