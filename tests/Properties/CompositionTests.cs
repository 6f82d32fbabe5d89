using Functional.Autograd;
using Functional.Autograd.Primitives;
using Functional.Autograd.Testing;
using static Functional.Autograd.Ops;
using Pair = (Functional.Autograd.Node X, Functional.Autograd.Node Y);

namespace Properties;

/// <summary>Transforms on transforms: whatever the order, a tower has the value and the derivatives of the program that it is, written out. Half of them, so that two processors are busy.</summary>
public abstract class CompositionTests(int half)
{
    private const int Cases = 10_000, EachPair = 20;

    [Fact]
    public void Towers_are_what_they_say()
    {
        var (pairs, verdicts) = (new Dictionary<(string, string), int>(), new Dictionary<Verdict, int>());
        Property.ForAll($"tower {half}", Towers.Make, tower =>
        {
            var verdict = CompositionLaw.Check(tower);
            verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
            if (verdict == Verdict.Held)
                foreach (var pair in tower.Storeys.Zip(tower.Storeys.Skip(1))) pairs[pair] = pairs.GetValueOrDefault(pair) + 1;
        }, Cases, 200);
        Tally.Add($"tower {half}", verdicts);
        if (verdicts.Values.Sum() < Cases) return;
        Assert.True(verdicts[Verdict.Held] > 0.9 * verdicts.Values.Sum(), string.Join(", ", verdicts));
        Assert.Equal([], from outer in Towers.Names from inner in Towers.Names let count = pairs.GetValueOrDefault((outer, inner)) where count < EachPair select $"{outer} ∘ {inner}: {count}");
    }
}

public class EvenCompositionTests() : CompositionTests(0);

public class OddCompositionTests() : CompositionTests(1);

/// <summary>Compositions that must not be left to chance.</summary>
public class NamedCompositionTests
{
    public static TheoryData<string> Named =>
    [
        "Vmap Grad", "Grad Vmap", "Hessian Vmap", "Vmap Hessian", "Jvp Vjp", "Vjp Jvp", "Scan Vmap", "Vmap Scan", "Cond Vmap", "Vmap Cond", "Vmap While", "While Vmap", "Vmap Map", "Map Vmap", "Vmap CustomVjp", "Vmap CustomJvp", "Vmap Checkpoint",
        "Vmap Vmap", "Scan Scan", "Cond Cond", "While While", "Grad Scan", "Grad Cond", "Grad While", "Grad Map", "Transpose Scan", "Transpose Cond", "Transpose While", "Jacobian Scan", "Jacobian Cond", "Jacobian While",
        "Grad Scan Vmap", "Grad Vmap Scan", "Vmap Grad Scan", "Vmap Grad Cond", "Grad Vmap Cond", "Vmap Grad While", "Grad Vmap While", "Hessian Scan Vmap", "Hessian Vmap Cond", "Scan Grad Scan", "Grad Scan Cond", "Grad Cond Scan", "Vmap Scan Cond",
        "Transpose Vmap Scan", "Linearize Scan Scan", "Grad Grad Grad", "Jvp Jvp Jvp", "Grad Scan Checkpoint", "Grad Checkpoint Scan", "Compile Vmap Grad", "Vmap Compile Grad", "Grad Compile Scan", "Jacobian Vmap CustomVjp",
    ];

    [Theory, MemberData(nameof(Named))]
    public void Named_towers_are_what_they_say(string name) =>
        Property.ForAll($"tower of {name}", tape => Towers.Make(tape, name.Split(' ')), t => CompositionLaw.Check(t), 30, 200);
}

/// <summary>Value, forward mode and reverse mode of a tower against the Taylor series of what it is, written out.</summary>
internal static class CompositionLaw
{
    // How many times the bound of rounding a result may be off: the tower rounds otherwise than what is written out.
    private const double Slack = 64;

    public static Verdict Check(Towers.Tower tower)
    {
        var (x, y, k) = tower.At;
        var (along, across, weight) = (Wave(x, 1), Wave(x, 2), Wave(x, 3));
        var (expected, certificate) = Series(tower, along, across);
        if (tower.IsDoubtful || certificate.IsDoubtful) return Verdict.Doubtful;
        if (certificate.IsOnBorder) return Verdict.OnBorder;
        if (!expected.All(e => e.IsSmooth(1))) return Verdict.NotFinite;
        Node F(Pair v) => tower.Function.Real((v.X, v.Y, k));
        var value = F((x, y));
        var tangent = Transforms.Jvp<Pair, Node>(F, (x, y), (along, across)).Tangent;
        Require(tower, value.Type.Equals(x.Type) && tangent.Type.Equals(x.Type), $"the value is {value.Type}, the tangent {tangent.Type} for an argument {x.Type}");
        var slope = Full(Sum(x).Type, 0);
        if (!tower.IsForward)
        {
            var (gx, gy) = Transforms.Grad<Pair>(v => Sum(weight * F(v)))((x, y));
            slope = Sum(gx * along) + Sum(gy * across);
        }
        var actual = Read(Concat([value, tangent, Reshape(slope, [1])]));
        var n = expected.Length;
        var (first, second) = (expected.Select(e => Size(e[0])).DefaultIfEmpty().Max(), expected.Select(e => Size(e[1])).DefaultIfEmpty().Max());
        var unit = Slack * Math.ScaleB(1, x.DType == DType.Float32 ? -24 : -53);
        for (var i = 0; i < n; i++)
        {
            Close(tower, $"element {i} of the value", expected[i][0].Value, actual[i], unit * (1 + first));
            Close(tower, $"element {i} of the tangent", expected[i][1].Value, actual[n + i], unit * (1 + first + second));
        }
        if (!tower.IsForward) Close(tower, "the gradient along the tangent", expected.Zip(Read(weight), (e, w) => e[1].Value * w).Sum(), actual[^1], n * unit * (1 + first + second));
        return Verdict.Held;
    }

    private static (Jet[] Series, Certificate Certificate) Series(Towers.Tower tower, Node along, Node across)
    {
        var (x, y) = (new Node(Alias.Instance, tower.At.X), new Node(Alias.Instance, tower.At.Y));
        var plain = tower.Function.Plain((x, y, tower.At.K));
        static Dense<Jet> Line(Node at, Node t) => new(at.Shape, [.. Read(at).Zip(Read(t), Jet.Line)]);
        var point = new Dictionary<Node, Dense<Jet>>(ReferenceEqualityComparer.Instance) { [x] = Line(tower.At.X, along), [y] = Line(tower.At.Y, across) };
        return Certificate.Of(() => Oracle<Jet>.Run(plain, point).Data);
    }

    private static double Size(Real x) => Math.Abs(x.Value) + x.Error;

    private static Node Wave(Node like, double phase) => Transforms.Settled(Cos(Cast(Arange(like.Type.Count), like.DType) * 1.7 + phase));

    private static double[] Read(Node x) => Transforms.Evaluate<double>(Cast(x, DType.Float64));

    private static void Close(Towers.Tower tower, string what, double expected, double actual, double tolerance) =>
        Require(tower, Math.Abs(expected - actual) <= tolerance, $"{what} is {actual:R}, written out it is {expected:R} within {tolerance:G2}");

    private static void Require(Towers.Tower tower, bool holds, string message)
    {
        if (!holds) throw new LawBroken($"{message}\n{tower}");
    }
}
