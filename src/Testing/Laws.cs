namespace Functional.Autograd.Testing;

/// <summary>A law that does not hold; the message says which, where, and what that implies.</summary>
/// <param name="message">What does not hold.</param>
public sealed class LawBroken(string message) : Exception(message)
{
    /// <summary>The numbers that differ, where two numbers are what differs.</summary>
    internal Evidence? Evidence { get; init; }
}

/// <summary>Two numbers that should be one.</summary>
/// <param name="Order">The order of the derivative.</param>
/// <param name="Modes">How the library came to its number, outermost first: f for forward, r for reverse.</param>
/// <param name="Direction">The tangent, operand by operand.</param>
/// <param name="Weights">What a result of many elements was multiplied by and summed up, for reverse mode; null where one element is looked at.</param>
/// <param name="Element">Which element of the result.</param>
/// <param name="Expected">What the reference interpreter says.</param>
/// <param name="Got">What the library says.</param>
/// <param name="Within">How far apart they may be.</param>
internal sealed record Evidence(int Order, string Modes, double[][] Direction, double[]? Weights, int Element, double Expected, double Got, double Within);

/// <summary>What became of a law at a case that does not break it. Nothing is passed over in silence: whoever runs laws counts these.</summary>
public enum Verdict
{
    /// <summary>The law holds.</summary>
    Held,

    /// <summary>A branch of the program hangs on less than rounding, or changes within a difference.</summary>
    Doubtful,

    /// <summary>The point is a kink, a tie or a jump, where differences say nothing; the convention there is a table's business.</summary>
    OnBorder,

    /// <summary>The derivative is infinite or not a number there.</summary>
    NotFinite,

    /// <summary>Some number on the way does not fit float32.</summary>
    OutOfRange,

    /// <summary>The law says nothing about such a function: too many elements, or no floating-point result.</summary>
    NotApplicable,
}

/// <summary>A law.</summary>
/// <param name="Name">What it says.</param>
/// <param name="Check">Tries it at a case; a <see cref="LawBroken"/> is thrown where it does not hold.</param>
/// <param name="Everywhere">Whether it speaks of every point, also of kinks, poles, infinities and NaN, where derivatives are a convention.</param>
public sealed record Law(string Name, Func<Case, Verdict> Check, bool Everywhere = false)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>
/// What every derivative obeys. Each law is blind to some mistakes (the adjoint law to a wrong shared derivative, first-order laws to a derivative
/// that was detached), so they are used together.
/// </summary>
public static partial class Laws
{
    // How many times the running error bound a result may be off: a kernel's own error (up to 4 ulp, 8 units), times the factors by which a different but
    // equally good order of evaluation exceeds the oracle's.
    private const double Slack = 64;

    /// <summary>All laws.</summary>
    public static IReadOnlyList<Law> All { get; } =
    [
        new("value", Value, Everywhere: true),
        new("value in float32", ValueInSingle, Everywhere: true),
        new("inferred shape is real shape", Shape, Everywhere: true),
        new("derivatives", Derivatives),
        new("derivatives in float32", DerivativesInSingle),
        new("third order", Third),
        new("differences", Differences),
        new("Taylor remainder", Remainder),
        new("whole Jacobian", Jacobian),
        new("whole Hessian", Hessian),
        new("adjoint", Adjoint),
        new("linearity", Linearity),
        new("symmetry", Symmetry),
        new("chain, product and quotient", Composition),
        new("sharing and detaching", Sharing),
        new("nesting", Nesting),
        new("structural zeros", Zeros),
        new("recomputation", Recomputation),
        new("batched gradients", BatchedGradients),
        new("batched", Batched, Everywhere: true),
        new("passes", Passes, Everywhere: true),
        new("compiled", Compiled, Everywhere: true),
        new("layouts", Layouts, Everywhere: true),
        new("repetition", Repetition, Everywhere: true),
    ];

    /// <summary>Checks all laws.</summary>
    /// <param name="subject">The case.</param>
    /// <exception cref="LawBroken">A law does not hold.</exception>
    /// <returns>Each law's name and what became of it.</returns>
    public static IReadOnlyList<(string Name, Verdict Verdict)> Check(Case subject) => [.. All.Select(l => (l.Name, l.Check(subject)))];

    // As inside Grad: a compiled function is recorded and not run.
    private static Trace Traced() => Trace.Begin("a law");

    private static (Node[] Fresh, Node Value) Fresh(Case subject)
    {
        Node[] fresh = [.. subject.Inputs.Select(x => new Node(Primitives.Alias.Instance, x))];
        return (fresh, subject.F(fresh));
    }

    // The point as numbers of the oracle, moved along a line when a direction is given.
    private static Dictionary<Node, Dense<T>> Point<T>(Node[] inputs, double[][]? t, Func<double, double, T> along) where T : struct
    {
        var point = new Dictionary<Node, Dense<T>>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Length; i++)
        {
            var x = Oracle<Real>.Elements(inputs[i]);
            point[inputs[i]] = new(inputs[i].Shape, [.. x.Select((v, k) => along(v, t?[i][k] ?? 0))]);
        }
        return point;
    }

    // The Taylor series of ⟨c, f⟩ along a line.
    private static (Jet Series, Certificate Certificate) Series(Node[] inputs, Node y, double[][] t, double[] c) => In(y.DType, () => Certificate.Of(() =>
    {
        var data = Oracle<Jet>.Run(y, Point(inputs, t, Jet.Line)).Data;
        var sum = Jet.From(0);
        for (var i = 0; i < data.Length; i++) sum += Jet.From(c[i]) * data[i];
        return sum;
    }));

    // Directions in proportion to the point, so that a relative step moves large and small numbers alike.
    private static double[][] Scaled(Node[] inputs, int seed) =>
        [.. Directions(inputs, seed).Select((t, i) => Read(inputs[i]).Select((x, k) => t[k] * (x == 0 ? Math.ScaleB(1, -10) : Math.Abs(x))).ToArray())];

    // How far rounding may move a derivative of ⟨c, f⟩ in an order, whatever the direction.
    private static double Noise(Node[] inputs, Node y, int order)
    {
        var (series, _) = Series(inputs, y, Directions(inputs, 30), Direction(y.Type.Count, 31));
        return 16 * Tolerance(Loosened(series, order), y.DType);
    }

    // The oracle's error bounds are in units of the type that the program computes in.
    private static T In<T>(DType dtype, Func<T> run)
    {
        Real.Precision(dtype == DType.Float32);
        try
        {
            return run();
        }
        finally
        {
            Real.Precision(false);
        }
    }

    // Directions are fixed by a seed, so that a failure repeats, and have few bits, so that they are the same in float32. None is near zero.
    private static double[] Direction(long count, int seed)
    {
        var random = new Random(seed);
        var data = new double[count];
        for (var i = 0; i < data.Length; i++) data[i] = (random.Next(2) == 0 ? 1 : -1) * random.Next(16, 65) / 64.0;
        return data;
    }

    private static double[][] Directions(Node[] inputs, int seed) => [.. inputs.Select((x, i) => Direction(x.Type.Count, 100 * seed + i))];

    private static Node Constant(double[] data, TensorType type) => type.DType == DType.Float32
        ? Ops.Tensor<float>([.. data.Select(v => (float)v)], type.Shape)
        : Ops.Cast(Ops.Tensor<double>(data, type.Shape), type.DType);

    private static Node[] Constants(double[][] data, Node[] like) => [.. like.Select((x, i) => Constant(data[i], x.Type))];

    // ⟨∂y/∂x, t⟩ of a scalar by reverse mode, and by forward mode.
    private static Node Backward(Node y, Node[] x, Node[] t)
    {
        Node sum = Ops.Full(y.Type, 0);
        foreach (var (g, d) in Gradient.Of([y], [Ops.Full(y.Type, 1)], x).Zip(t))
            if (g is not null) sum += Ops.Sum(g * d);
        return sum;
    }

    private static Node Forwards(Node y, Node[] x, Node[] t) => Tangent.Of([y], x, t)[0] ?? Ops.Full(y.Type, 0);

    private static Node Projected(Node y, double[] c) => Ops.Sum(y * Constant(c, y.Type));

    private static double[] Read(Node node) => Oracle<Real>.Elements(node);

    private static double Scalar(Node node) => Read(node)[0];

    // Whether the derivative is meant to differ from the value's: something is detached, though not by a rule, or rounded to float32.
    private static bool IsCut(Node root)
    {
        var (seen, open) = (new HashSet<Node>(ReferenceEqualityComparer.Instance), new Stack<Node>([root]));
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            if (node.Op is Primitives.Detach or Primitives.Cast { To: DType.Float32 }) return true;
            foreach (var input in node.Op is Primitives.Ruled ? node.Inputs[1..] : node.Inputs) open.Push(input);
        }
        return false;
    }

    // Nodes that a root depends on.
    private static List<Node> Nodes(params Node[] roots)
    {
        using var numbering = Numbering.Begin();
        return Traversal.Order(roots, null, numbering);
    }

    private static Verdict? Uncertified(Certificate certificate, DType dtype) =>
        certificate.IsDoubtful ? Verdict.Doubtful : certificate.IsOnBorder ? Verdict.OnBorder : dtype == DType.Float32 && certificate.LeavesSingle ? Verdict.OutOfRange : null;

    private static double Tolerance(Real expected, DType dtype) => dtype == DType.Float32
        ? Slack * (Math.ScaleB(expected.Error, -24) + float.Epsilon)
        : Slack * (Math.ScaleB(expected.Error, -53) + double.Epsilon);

    private static bool Agrees(Real expected, double actual, DType dtype)
    {
        var (e, largest) = (expected.Value, dtype == DType.Float32 ? float.MaxValue : double.MaxValue);
        if (double.IsNaN(e) || double.IsNaN(actual)) return double.IsNaN(e) && double.IsNaN(actual);
        // At the edge of the range rounding decides between the largest number and infinity.
        if (Math.Abs(e) >= 0.999999 * largest) return Math.Abs(actual) >= 0.999999 * largest && e < 0 == actual < 0;
        return e == actual || Math.Abs(e - actual) <= Tolerance(expected, dtype);
    }

    private static void Close(Case subject, string law, Real[] expected, double[] actual, DType dtype)
    {
        Require(subject, expected.Length == actual.Length, $"{law}: {expected.Length} against {actual.Length} elements");
        for (var i = 0; i < actual.Length; i++)
            if (!Agrees(expected[i], actual[i], dtype)) Require(subject, false, $"{law}: element {i} is {actual[i]:R}, expected {expected[i].Value:R} within {Tolerance(expected[i], dtype):G2}");
    }

    private static void Require(Case subject, bool holds, string message)
    {
        if (!holds) throw new LawBroken($"{message}\n{subject}\n{Listing.Of(subject.Value, 40)}");
    }
}
