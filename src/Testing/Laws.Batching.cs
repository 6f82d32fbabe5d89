using System.Collections.Immutable;

namespace Functional.Autograd.Testing;

/// <summary>Laws of <see cref="Transforms.Vmap(Func{Node, Node}, int, int)"/>.</summary>
public static partial class Laws
{
    /// <summary>Vmap(f)(X)[i] = f(X[i]), whichever arguments have rows, and nested twice.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict Batched(Case subject)
    {
        var n = subject.Inputs.Length;
        Node[][] points = [subject.Inputs, [.. subject.Inputs.Select(Turned)]];
        var verdict = Verdict.Held;
        for (var subset = 1; subset < 1 << Math.Min(n, 3); subset++)
        {
            var axes = Enumerable.Range(0, n).Select(k => k > 2 || (subset >> k & 1) != 0).ToArray();
            var mapped = Mapped(subject, axes)([.. subject.Inputs.Select((x, k) => axes[k] ? Ops.Stack([x, points[1][k]]) : x)]);
            for (var i = 0; i < 2; i++) Hold(mapped, i, [.. subject.Inputs.Select((x, k) => axes[k] ? points[i][k] : x)], $"the arguments {string.Join(", ", Enumerable.Range(0, n).Where(k => axes[k]))} have rows");
        }
        if (n == 0) return Verdict.NotApplicable;
        var all = Enumerable.Repeat(true, n).ToArray();
        var inner = Mapped(subject, all);
        var nested = Transforms.Vmap(x => [inner(x)], [.. all.Select(_ => (int?)0)])([.. points[0].Zip(points[1], (x, t) => Ops.Stack([Ops.Stack([x, t]), Ops.Stack([t, x])]))])[0];
        for (var i = 0; i < 4; i++) Hold(Ops.Reshape(nested, [4, .. nested.Shape[2..]]), i, points[i is 1 or 2 ? 1 : 0], "nested");
        return verdict;

        void Hold(Node mapped, int row, Node[] point, string which)
        {
            var (value, actual) = (subject.F(point), Ops.Reshape(Ops.SliceAxis(mapped, 0, row, row + 1), mapped.Shape[1..]));
            Require(subject, value.Type.Equals(actual.Type), $"batched: row {row} is {actual.Type} where {which}, and the function gives {value.Type}");
            var (expected, certificate) = In(value.DType, () => Certificate.Of(() => Oracle<Real>.Run(value, Point(point, null, (x, _) => Real.From(x))).Data));
            if (certificate.IsDoubtful || (value.DType == DType.Float32 && certificate.LeavesSingle)) verdict = Verdict.Doubtful;
            else if (value.DType.IsFloat) Close(subject, $"batched: row {row} where {which}", expected, Read(actual), value.DType);
            else Exactly(subject, $"batched: row {row} where {which}", expected, Oracle<Real>.Integers(actual));
        }
    }

    /// <summary>The gradient of a batch is the batch of the gradients, and both are the gradients of the rows.</summary>
    /// <inheritdoc cref="Check"/>
    public static Verdict BatchedGradients(Case subject)
    {
        using var trace = Traced();
        var n = subject.Inputs.Length;
        Node[][] points = [subject.Inputs, [.. subject.Inputs.Select(Turned)]];
        if (n == 0 || subject.Value.DType != DType.Float64) return Verdict.NotApplicable;
        var c = Direction(subject.Value.Type.Count, 17);
        Node Weighed(ImmutableArray<Node> x) => Projected(subject.F([.. x]), c);
        ImmutableArray<Node> rows = [.. points[0].Zip(points[1], (x, t) => Ops.Stack([x, t]))];
        var each = Transforms.Vmap(Transforms.Grad(Weighed), [.. rows.Select(_ => (int?)0)])(rows);
        var whole = Transforms.Grad(x => Ops.Sum(Transforms.Vmap(v => [Weighed(v)], [.. x.Select(_ => (int?)0)])(x)[0]))(rows);
        for (var i = 0; i < 2; i++)
        {
            Node[] fresh = [.. points[i].Select(x => new Node(Primitives.Alias.Instance, x))];
            var y = subject.F(fresh);
            var (series, certificate) = Series(fresh, y, Directions(fresh, 3), c);
            if (Uncertified(certificate, y.DType) is { } verdict) return verdict;
            if (!series.IsSmooth(1)) return Verdict.NotFinite;
            var gradients = Gradient.Of([Projected(y, c)], [Ops.Scalar(1.0)], fresh);
            var tolerance = Noise(fresh, y, 1);
            for (var k = 0; k < n; k++)
                foreach (var (name, batch) in new[] { ("the batch of the gradients", each[k]), ("the gradient of the batch", whole[k]) })
                {
                    var (expected, actual) = (Read(gradients[k] ?? Ops.Full(fresh[k].Type, 0)), Read(Ops.SliceAxis(batch, 0, i, i + 1)));
                    for (var e = 0; e < expected.Length; e++)
                        Require(subject, expected[e].Equals(actual[e]) || Math.Abs(expected[e] - actual[e]) <= tolerance, $"batched gradients: {name} is {actual[e]:R} in row {i} at element {e} of argument {k}, the gradient of the row {expected[e]:R}");
                }
        }
        return Verdict.Held;
    }

    private static Func<ImmutableArray<Node>, Node> Mapped(Case subject, bool[] differs) => x => Transforms.Vmap(v => [subject.F([.. v])], [.. differs.Select(d => d ? 0 : (int?)null)])(x)[0];

    // The point with its elements in the other order.
    private static Node Turned(Node x) => Ops.Tensor<double>([.. Read(x).Reverse()], x.Shape);
}
