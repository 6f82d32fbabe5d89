using System.Collections.Immutable;
using Functional.Autograd;
using Functional.Autograd.Testing;

namespace Properties;

/// <summary>A random program is the same function however it is closed over: values and derivatives of both modes and of second order agree.</summary>
public class ClosureTests
{
    [Fact]
    public void Recomputing_changes_nothing() => Hold(f => x => Ops.Recompute(v => f([.. v]), [.. x]));

    [Fact]
    public void Capturing_changes_nothing() => Hold(f => x => Ops.Recompute(v => f([.. v, .. x[1..]]), x[0]));

    [Fact]
    public void Recomputing_twice_changes_nothing() => Hold(f => x => Ops.Recompute(v => Ops.Recompute(u => f([u[0], .. v.Skip(1), .. x.Skip(Math.Max(1, v.Length))]), x[0]), [.. x[..^1]]));

    [Fact]
    public void Compiling_changes_nothing() => Hold(f => x => Transforms.Compile(v => [f([.. v])], [.. x.Select(n => n.Type)])([.. x])[0]);

    [Fact]
    public void Compiling_over_captured_arguments_changes_nothing() => Hold(f => x => Transforms.Compile(v => [f([v[0], .. x[1..]])], [x[0].Type])([x[0]])[0]);

    [Fact]
    public void A_rule_that_is_the_gradient_changes_nothing() => Hold(f => x => Ops.WithRule("program", f(x), [.. x], (v, y, c) => Gradient.Of([f([.. v])], [c], v.AsSpan())));

    [Fact]
    public void A_rule_for_one_argument_leaves_the_others_to_the_graph() => Hold(f => x => Ops.WithRule("program", f(x), [x[0]], (v, y, c) => Gradient.Of([f([v[0], .. x[1..]])], [c], v.AsSpan())));

    private static void Hold(Func<Func<Node[], Node>, Func<Node[], Node>> close) =>
        Property.ForAll("program", Programs.Make, subject => Same(subject, close(subject.F)), 60);

    private static void Same(Case subject, Func<Node[], Node> closed)
    {
        var (expected, actual) = (Derivatives(subject.Inputs, subject.F), Derivatives(subject.Inputs, closed));
        foreach (var ((what, e), (_, a)) in expected.Zip(actual))
        {
            // Sums may be taken in another order: rounding is relative to the largest element.
            var scale = 1e-11 * (1 + e.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
            for (var i = 0; i < e.Length; i++)
                if (!(e[i].Equals(a[i]) || Math.Abs(e[i] - a[i]) <= scale)) throw new LawBroken($"{what}: element {i} is {a[i]:R}, expected {e[i]:R}\n{subject}\n{Listing.Of(subject.Value)}");
        }
    }

    private static (string, double[])[] Derivatives(Node[] at, Func<Node[], Node> f)
    {
        // Inside a derivative in progress, so that a compiled function is inlined.
        (string, Node[])[] results = [];
        Transforms.Grad((ImmutableArray<Node> v) =>
        {
            Node[] x = [.. v];
            var y = f(x);
            var c = Wave(y.Type, 1);
            Node?[] pulled = Gradient.Of([y], [c], x);
            Node[] along = [.. x.Select(n => Wave(n.Type, 2))];
            var slope = pulled.Zip(along, (g, t) => g is null ? Ops.Scalar(0.0) : Ops.Sum(g * t)).Aggregate((a, b) => a + b);
            results =
            [
                ("value", [y]), ("gradient", OrZero(pulled, x)), ("tangent", OrZero(Tangent.Of([y], x, along), [y])),
                ("second order", OrZero(Gradient.Of([slope], [Ops.Full(slope.Type, 1)], x), x)), ("forward over reverse", OrZero(Tangent.Of(pulled.Select((g, k) => g ?? Ops.Full(x[k].Type, 0)).ToArray(), x, along), x)),
            ];
            return Ops.Sum(y);
        })([.. at]);
        return [.. results.Select(r => (r.Item1, r.Item2.SelectMany(Transforms.Evaluate<double>).ToArray()))];
    }

    private static Node[] OrZero(Node?[] derivatives, Node[] like) => [.. derivatives.Zip(like, (d, x) => d ?? Ops.Full(x.Type, 0))];

    private static Node Wave(TensorType type, double phase) => Ops.Cos(Ops.Cast(Ops.Reshape(Ops.Arange(type.Count), type.Shape), DType.Float64) * 1.3 + phase);
}
