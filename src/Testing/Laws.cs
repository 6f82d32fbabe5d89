using System.Numerics;
using Functional.Autograd.Plans;

namespace Functional.Autograd.Testing;

/// <summary>A law that does not hold; the message says which, where, and what that implies.</summary>
/// <param name="message">What does not hold.</param>
public sealed class LawBroken(string message) : Exception(message);

/// <summary>
/// What every derivative obeys. Each law is blind to some mistakes (finite differences to none of first order, the adjoint law
/// to a wrong shared derivative), so they are used together.
/// </summary>
public static class Laws
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>All laws, by name.</summary>
    public static IReadOnlyList<(string Name, Action<Case> Check)> All { get; } =
    [
        ("primal against the oracle", Primal),
        ("primal in float32", Single),
        ("adjoint", Adjoint),
        ("differences of jvp", Forward),
        ("differences of vjp", Reverse),
        ("complex step", ComplexStep),
        ("second order", Second),
        ("inferred shape is real shape", Shape),
        ("optimised equals plain", Optimised),
        ("linearity", Linearity),
    ];

    /// <summary>Checks all laws that apply.</summary>
    /// <param name="subject">The case.</param>
    /// <exception cref="LawBroken">A law does not hold.</exception>
    public static void Check(Case subject)
    {
        foreach (var (_, check) in All) check(subject);
    }

    /// <summary>The value equals the reference interpreter's.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Primal(Case subject)
    {
        var value = subject.Value;
        var expected = Oracle<double, DoubleField>.Run(value, Point(subject));
        Close(subject, "primal: the kernel and the reference interpreter disagree", expected.Data, Transforms.Evaluate<double>(value), 1e-10);
    }

    /// <summary>The float32 value equals float64's at the same float32 point, to single precision.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Single(Case subject)
    {
        Node[] inputs = [.. subject.Inputs.Select(x => Ops.Cast(x, DType.Float32))];
        var value = subject.F(inputs);
        if (value.DType != DType.Float32) return;
        Node[] exact = [.. inputs.Select(x => Ops.Cast(x, DType.Float64))];
        Close(subject, "float32: the value is off by more than rounding explains", Transforms.Evaluate<double>(subject.F(exact)), [.. Transforms.Evaluate<float>(value).Select(v => (double)v)], 2e-5);
    }

    /// <summary>⟨J·t, c⟩ = ⟨t, Jᵀ·c⟩ to rounding error: forward and reverse mode are transposes of each other.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Adjoint(Case subject)
    {
        var (fresh, y) = Fresh(subject);
        var (t, c) = (Directions(subject, 1), Direction(y.Type, 2));
        var pushed = Tangent.Of([y], fresh, t)[0] ?? Ops.Full(y.Type, 0);
        var pulled = Gradient.Of([y], [c], fresh);
        var left = Transforms.Evaluate<double>(pushed * c);
        var right = pulled.Zip(t, (g, d) => g is null ? [0.0] : Transforms.Evaluate<double>(g * d)).SelectMany(v => v).ToArray();
        // Rounding is relative to what was added up on the way, which cancellation may have made small: ‖t‖·‖c‖ bounds it.
        var scale = left.Concat(right).Sum(Math.Abs) + Length(t) * Length([c]);
        Require(subject, Math.Abs(left.Sum() - right.Sum()) <= 1000 * Epsilon * scale, $"adjoint: ⟨Jt, c⟩ = {left.Sum():R} but ⟨t, Jᵀc⟩ = {right.Sum():R}; the transpose of some linear map is wrong");
    }

    /// <summary>Forward mode agrees with differences of the reference interpreter.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Forward(Case subject)
    {
        if (!subject.Smooth) return;
        var (fresh, y) = Fresh(subject);
        var t = Directions(subject, 3);
        var pushed = Tangent.Of([y], fresh, t)[0] ?? Ops.Full(y.Type, 0);
        Close(subject, "jvp: forward mode and differences disagree; some derivative is wrong", Differences(subject, t), Transforms.Evaluate<double>(pushed), 1e-7);
    }

    /// <summary>Reverse mode agrees with differences of the reference interpreter.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Reverse(Case subject)
    {
        if (!subject.Smooth) return;
        var (fresh, y) = Fresh(subject);
        var (t, c) = (Directions(subject, 4), Direction(y.Type, 5));
        var pulled = Gradient.Of([y], [c], fresh);
        var actual = pulled.Zip(t, (g, d) => g is null ? 0 : Transforms.Evaluate<double>(g * d).Sum()).Sum();
        var terms = Differences(subject, t).Zip(Transforms.Evaluate<double>(c), (d, w) => d * w).ToArray();
        var scale = 1 + terms.Sum(Math.Abs);
        Require(subject, Math.Abs(actual - terms.Sum()) <= 1e-7 * scale, $"vjp: reverse mode gives {actual:R} in a direction where differences give {terms.Sum():R}; some derivative is wrong");
    }

    /// <summary>Forward mode agrees with a complex step to rounding error, where the function extends to complex numbers.</summary>
    /// <inheritdoc cref="Check"/>
    public static void ComplexStep(Case subject)
    {
        if (!subject.Smooth) return;
        var (fresh, y) = Fresh(subject);
        var t = Directions(subject, 6);
        const double h = 1e-100;
        var inputs = new Dictionary<Node, Dense<Complex>>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < fresh.Length; i++)
            inputs[fresh[i]] = new(fresh[i].Shape, [.. Transforms.Evaluate<double>(subject.Inputs[i]).Zip(Transforms.Evaluate<double>(t[i]), (x, d) => new Complex(x, h * d))]);
        Complex[] value;
        try
        {
            value = Oracle<Complex, ComplexField>.Run(y, inputs).Data;
        }
        catch (NotSupportedException)
        {
            return;
        }
        var pushed = Tangent.Of([y], fresh, t)[0] ?? Ops.Full(y.Type, 0);
        Close(subject, "complex step: forward mode is off by more than rounding explains", [.. value.Select(v => v.Imaginary / h)], Transforms.Evaluate<double>(pushed), 1e-10);
    }

    /// <summary>The gradient's own derivative agrees with differences of the gradient.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Second(Case subject)
    {
        if (!subject.Smooth) return;
        var c = Direction(subject.Value.Type, 7);
        var weights = subject.Inputs.Select((x, i) => Direction(x.Type, 8 + i)).ToArray();
        // ⟨gradient, weights⟩ is a function of the same inputs, whose differences the reference interpreter gives.
        Node Projected(Node[] x)
        {
            Node[] fresh = [.. x.Select(v => new Node(Primitives.Alias.Instance, v))];
            var y = subject.F(fresh);
            var pulled = Gradient.Of([y], [c], fresh);
            return pulled.Zip(weights, (g, w) => g is null ? Ops.Scalar(0.0) : Ops.Sum(g * w)).Aggregate((a, b) => a + b);
        }
        var gradient = subject with { Name = "gradient of " + subject.Name, F = Projected };
        Forward(gradient);
        Reverse(gradient);
    }

    /// <summary>The shape that was inferred is the shape that is computed.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Shape(Case subject)
    {
        var value = subject.Value;
        var real = Oracle<double, DoubleField>.Run(value, Point(subject));
        Require(subject, real.Shape == value.Shape && real.Data.Length == value.Type.Count && Transforms.Evaluate<double>(value).Length == value.Type.Count, $"shape: {value.Shape} was inferred, {real.Shape} was computed");
    }

    /// <summary>Simplifying and merging change no value; nor do they change the gradient's.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Optimised(Case subject)
    {
        var (fresh, y) = Fresh(subject);
        Node[] roots = [y, .. Gradient.Of([y], [Direction(y.Type, 9)], fresh).OfType<Node>()];
        var backend = Backend.Default;
        var cone = Cone.Of(roots);
        var graph = Graph.Of(cone);
        var plain = backend.Run(Planner.Plain(graph, backend), cone.Leaves, cone.Scalars);
        var optimised = backend.Run(Planner.Run(graph, backend), cone.Leaves, cone.Scalars);
        cone.Return();
        for (var i = 0; i < roots.Length; i++) Close(subject, $"optimised: root {i} differs from the plain plan's", Doubles(plain[i]), Doubles(optimised[i]), 1e-12);
    }

    /// <summary>Reverse mode is linear in the cotangent, and a zero cotangent gives exact zeros.</summary>
    /// <inheritdoc cref="Check"/>
    public static void Linearity(Case subject)
    {
        var (fresh, y) = Fresh(subject);
        var (a, b) = (Direction(y.Type, 10), Direction(y.Type, 11));
        double[] Pulled(Node c) => [.. Gradient.Of([y], [c], fresh).OfType<Node>().SelectMany(Transforms.Evaluate<double>)];
        Require(subject, Pulled(Ops.Tensor<double>(new double[y.Type.Count], y.Shape)).All(v => v == 0), "linearity: a zero cotangent gives a gradient that is not zero");
        var (sum, parts) = (Pulled(a + 2 * b), Pulled(a).Zip(Pulled(b), (u, v) => u + 2 * v).ToArray());
        Close(subject, "linearity: the gradient is not linear in the cotangent", parts, sum, 1e-11);
    }

    private static double Length(Node[] vectors) => Math.Sqrt(vectors.Sum(v => Transforms.Evaluate<double>(Ops.Sum(v * v)).Sum()));

    private static double[] Doubles(TensorBuffer buffer)
    {
        if (buffer.DType != DType.Float64) return [];
        var result = new double[buffer.Count];
        buffer.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(result.AsSpan()));
        return result;
    }

    private static (Node[] Fresh, Node Value) Fresh(Case subject)
    {
        Node[] fresh = [.. subject.Inputs.Select(x => new Node(Primitives.Alias.Instance, x))];
        return (fresh, subject.F(fresh));
    }

    private static Dictionary<Node, Dense<double>> Point(Case subject, Node[]? t = null, double h = 0)
    {
        var point = new Dictionary<Node, Dense<double>>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < subject.Inputs.Length; i++)
        {
            var x = Transforms.Evaluate<double>(subject.Inputs[i]);
            point[subject.Inputs[i]] = new(subject.Inputs[i].Shape, t is null ? x : [.. x.Zip(Transforms.Evaluate<double>(t[i]), (v, d) => v + h * d)]);
        }
        return point;
    }

    // Five-point differences along a direction; the error is of fourth order in h.
    private static double[] Differences(Case subject, Node[] t)
    {
        const double h = 1e-3;
        var y = subject.Value;
        double[] At(double step) => Oracle<double, DoubleField>.Run(y, Point(subject, t, step)).Data;
        var (a, b, c, d) = (At(-2 * h), At(-h), At(h), At(2 * h));
        return [.. a.Select((v, i) => (v - 8 * b[i] + 8 * c[i] - d[i]) / (12 * h))];
    }

    private static Node[] Directions(Case subject, int seed) => [.. subject.Inputs.Select((x, i) => Direction(x.Type, 100 * seed + i))];

    // Directions are fixed by a seed, so that a failure repeats.
    private static Node Direction(TensorType type, int seed)
    {
        var random = new Random(seed);
        var data = new double[type.Count];
        for (var i = 0; i < data.Length; i++) data[i] = random.NextDouble() - 0.5;
        return Ops.Cast(Ops.Tensor<double>(data, type.Shape), type.DType);
    }

    private static void Close(Case subject, string law, double[] expected, double[] actual, double tolerance)
    {
        Require(subject, expected.Length == actual.Length, $"{law}: {expected.Length} against {actual.Length} elements");
        for (var i = 0; i < actual.Length; i++)
            if (!(expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i]))))
                Require(subject, false, $"{law}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
    }

    private static void Require(Case subject, bool holds, string message)
    {
        if (!holds) throw new LawBroken($"{message}\n{subject}\n{Listing.Of(subject.Value)}");
    }
}
