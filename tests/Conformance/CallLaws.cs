using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Conformance;

/// <summary>
/// What derivatives obey, tried at one recorded call along one random line: gradients are the slopes that differences show, so are the
/// gradients of gradients, and a gradient is linear in what it is given.
/// </summary>
/// <param name="call">The call, with arguments of double precision.</param>
internal sealed class CallLaws(RecordedCall call)
{
    private const double Step = 1e-3;

    private readonly Random random = new(17);

    private readonly Tensor[] inputs = call.Tensors();

    private readonly double[]?[] line = new double[]?[call.Inputs.Length];

    // Written in place without a derivative: what stood there before keeps its own, in PyTorch as here.
    private static readonly string[] unseen = ["logical_and_", "logical_or_", "logical_xor_"];

    // Functions of matrices that are symmetric, and of which half is read; and of triangular ones.
    private static readonly string[] symmetric = ["cholesky", "linalg.cholesky", "linalg.cholesky_ex", "linalg.eigvalsh", "linalg.eigh"], triangular = ["cholesky_inverse", "cholesky_solve"];

    /// <summary>Whether the call has gradients, and differences can show them. The derivative of a hard sample is that of the soft one.</summary>
    public static bool Fits(RecordedCall call)
    {
        if (Array.IndexOf(unseen, call.Op) >= 0 || call.ToString().Contains("hard=true", StringComparison.Ordinal)) return false;
        var wanted = call.Inputs.Where(i => i.GetProperty("requires_grad").GetBoolean()).ToList();
        return call.Part("grads") is not null && wanted.Sum(i => i.GetProperty("data").GetArrayLength()) is > 0 and <= 80
            && wanted.TrueForAll(i => i.GetProperty("dtype").GetString() is "float64" or "complex128" && Golden.Data(i).All(double.IsFinite));
    }

    /// <summary>What is wrong, if anything; undecided where the function has a kink or leaves the finite numbers on the line.</summary>
    public (bool Decided, string? Wrong) Check()
    {
        for (var i = 0; i < inputs.Length && Array.IndexOf(triangular, call.Op) >= 0; i++) inputs[i] = Kept(inputs[i].detach()).requires_grad_();
        for (var i = 0; i < inputs.Length; i++)
            if (inputs[i].requires_grad) line[i] = Draw(inputs[i]) is var d && inputs[i].dim() < 2 ? d : Flat(Kept(Made(inputs[i], d)));
        double[][] seeds = [.. Results(inputs).Select(Draw)], others = [.. Results(inputs).Select(Draw)];
        var probes = line.Select((d, i) => d is null ? null : Draw(inputs[i])).ToArray();

        var gradients = Gradients(inputs, Seeds(seeds, true), out var cotangents);
        if (Slope(t => Results(At(t)).Zip(seeds, (y, c) => Dot(Flat(y), c)).Sum()) is not { } slope) return (false, null);
        if (Differ(slope, gradients.Zip(line, (g, d) => Dot(Flat(g), d)).Sum(), gradients.Sum(g => Norm(Flat(g)))) is { } first) return (true, "gradient " + first);

        double Probed(Tensor?[] g) => g.Zip(probes, (a, p) => Dot(Flat(a), p)).Sum();
        double Of(double a, double b) => Probed(Gradients(inputs, Seeds([.. seeds.Zip(others, (c, e) => c.Zip(e, (x, y) => a * x + b * y).ToArray())], false), out _));
        var (one, other) = (Probed(gradients), Of(0, 1));
        if (Differ(Of(2, 3), 2 * one + 3 * other, Math.Abs(one) + Math.Abs(other)) is { } linear) return (true, "a gradient's linearity: " + linear);

        if (Second(gradients, cotangents, probes) is not { } second) return (true, null);
        if (Differ(other, second[inputs.Length..].Zip(others, (q, e) => Dot(Flat(q), e)).Sum(), Math.Abs(other)) is { } seed) return (true, "second gradient of the cotangent " + seed);
        if (Slope(t => Probed(Gradients(At(t), Seeds(seeds, false), out _))) is not { } curve) return (true, null);
        return (true, Differ(curve, second.Zip(line, (q, d) => Dot(Flat(q), d)).Sum(), second.Sum(q => Norm(Flat(q)))) is { } bad ? "second gradient " + bad : null);
    }

    // The part of a direction that the function reads.
    private Tensor Kept(Tensor d) => Array.IndexOf(symmetric, call.Op) >= 0 ? d + d.mH : Array.IndexOf(triangular, call.Op) >= 0 && d.size(-1) == d.size(-2) ? call.ToString().Contains("upper=true", StringComparison.Ordinal) ? d.triu() : d.tril() : d;

    /// <summary>The same call at points nearer to the middle of [0, 1].</summary>
    public CallLaws Inside()
    {
        for (var i = 0; i < inputs.Length; i++)
            if (inputs[i].requires_grad) inputs[i] = (inputs[i].detach() / 2 + 0.25).requires_grad_();
        return this;
    }

    // Differences of the fourth order; none where they disagree between two steps, or slopes jump.
    private static double? Slope(Func<double, double> f)
    {
        var middle = f(0);
        (double Slope, double Jump, double Size) By(double h)
        {
            var (a, b, c, d) = (f(-2 * h), f(-h), f(h), f(2 * h));
            return ((a - 8 * b + 8 * c - d) / (12 * h), (c - 2 * middle + b) / h, Math.Max(Math.Abs(c), Math.Abs(b)));
        }
        var (wide, narrow) = (By(Step), By(Step / 2));
        var scale = 1 + Math.Abs(narrow.Slope) + wide.Size;
        return Math.Abs(wide.Slope - narrow.Slope) <= 1e-6 * scale && Math.Abs(narrow.Jump) <= 0.75 * Math.Abs(wide.Jump) + 1e-8 * scale ? narrow.Slope : null;
    }

    private static string? Differ(double wanted, double got, double scale) => Math.Abs(wanted - got) <= 1e-5 * (1 + Math.Abs(wanted) + scale) ? null : $"is {got:R}, not {wanted:R}";

    private Tensor[] At(double t) => [.. inputs.Select((x, i) => line[i] is { } d ? Made(x, [.. Flat(x).Zip(d, (a, b) => a + t * b)]).requires_grad_() : x)];

    private Tensor[] Results(Tensor[] x)
    {
        manual_seed(7);
        var inPlace = call.Op.EndsWith('_');
        return [.. (Binder.Bind(call, inPlace ? [x[0].clone(), .. x[1..]] : x) ?? throw new InvalidOperationException($"{call} has no member"))().Where(y => y.requires_grad)];
    }

    private Tensor[] Seeds(double[][] data, bool wanted) => [.. Results(inputs).Zip(data, (y, c) => Made(y, c).requires_grad_(wanted))];

    private Tensor?[] Gradients(Tensor[] x, Tensor[] seeds, out Tensor[] cotangents)
    {
        cotangents = seeds;
        var found = autograd.grad(Results(x), [.. x.Where(a => a.requires_grad)], seeds, create_graph: true, allow_unused: true);
        var next = 0;
        return [.. x.Select(a => a.requires_grad ? found[next++] : null)];
    }

    // The gradients of the probed gradients: of the inputs, then of the cotangents. None where PyTorch has none.
    private Tensor?[]? Second(Tensor?[] gradients, Tensor[] cotangents, double[]?[] probes)
    {
        int[] alive = [.. Enumerable.Range(0, gradients.Length).Where(i => gradients[i] is { requires_grad: true })];
        if (alive.Length == 0) return null;
        try
        {
            Tensor[] wanted = [.. inputs.Where(x => x.requires_grad), .. cotangents];
            var found = autograd.grad([.. alive.Select(i => gradients[i]!)], wanted, [.. alive.Select(i => Made(gradients[i]!, probes[i]!))], allow_unused: true);
            var next = 0;
            return [.. inputs.Select(x => x.requires_grad ? found[next++] : null), .. found[next..]];
        }
        catch (PythonError) when (call.Part("grads2") is null)
        {
            return null;
        }
    }

    // A complex number is its two parts, here and in the scalar product.
    private static double[] Flat(Tensor? x) => x is null ? [] : (x.is_complex() ? view_as_real(x.detach().resolve_conj()) : x.detach()).to(float64).to_array<double>();

    private static Tensor Made(Tensor like, double[] data) => like.is_complex() ? view_as_complex(tensor<double>(data, [.. (long[])like.shape, 2])) : tensor<double>(data, like.shape);

    private double[] Draw(Tensor like) => [.. Enumerable.Range(0, (int)like.numel() * (like.is_complex() ? 2 : 1)).Select(_ => random.NextDouble() * 2 - 1)];

    private static double Dot(double[] a, double[]? b) => b is null ? 0 : a.Zip(b, (x, y) => x * y).Sum();

    private static double Norm(double[] a) => a.Sum(Math.Abs);
}
