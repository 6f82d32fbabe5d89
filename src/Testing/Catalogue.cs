using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>
/// One row per operation, with its whole domain: cases from its interior, where all laws are tried, and cases at special points (kinks, ties, poles,
/// infinities, NaN, the ends of the range), where those are that speak of every point. A test enforces that no operation is missing.
/// </summary>
public static partial class Catalogue
{
    /// <summary>A row.</summary>
    /// <param name="Name">The primitive's name, or a composite's.</param>
    /// <param name="Make">A case of its interior from a tape.</param>
    /// <param name="Covers">The operations of <see cref="Ops"/> that the row is for; its own name when none is given.</param>
    public sealed record Row(string Name, Func<Tape, Case> Make, params string[] Covers)
    {
        /// <summary>A case at special points; null where every point is like every other, as for movements of elements.</summary>
        public Func<Tape, Case>? Special { get; init; }

        /// <summary>A case at round numbers, zero among them, where a function is smooth but its formula may not be; null where no point is rounder than others.</summary>
        public Func<Tape, Case>? Round { get; init; }

        /// <summary>The laws that have nothing to say about this row: it detaches, is too large for whole matrices, or has steps alone at round numbers.</summary>
        public string[] Silent { get; init; } = [];

        /// <summary>The name.</summary>
        public override string ToString() => Name;
    }

    private static string[] Detaching => ["differences", "Taylor remainder"];

    private static string[] Large => ["whole Jacobian", "whole Hessian"];

    /// <summary>The primitives.</summary>
    public static IReadOnlyList<Row> Primitives { get; } = [.. Scalars(), .. Pairs(), .. Structures(), .. Factors()];

    /// <summary>Composites.</summary>
    public static IReadOnlyList<Row> Composites { get; } = [.. ScalarComposites(), .. ComplexFunctions(), .. Reductions(), .. Rearrangements(), .. LinearAlgebra(), .. ComplexMatrices(), .. Learning()];

    /// <summary>All rows.</summary>
    public static IReadOnlyList<Row> All { get; } = [.. Primitives, .. Composites];

    // An elementwise function of one number.
    private static Row Map(string name, Func<Node, Node> f, (double Low, double High)[] intervals, double[]? special = null, string[]? covers = null, double[]? without = null) =>
        new(name, t => new(name, [t.Inside(t.Sizes(t.Pick(2, 1, 0)), intervals)], x => f(x[0])), covers ?? [])
        {
            Special = t => new($"{name} at special points", [t.Among([1 + t.Next(40)], [.. Domains.Extremes.Except(without ?? []), .. special ?? []])], x => f(x[0])),
            Round = t => new($"{name} at round numbers", [t.Among([1 + t.Next(2)], Round(intervals))], x => f(x[0])),
        };

    // An elementwise function of two numbers.
    private static Row Map2(string name, Func<Node, Node, Node> f, (double Low, double High)[] a, (double Low, double High)[] b, string[]? covers = null, double[]? without = null) =>
        new(name, t => Sized(t, s => new(name, [t.Inside(s, a), t.Inside(s, b)], x => f(x[0], x[1]))), covers ?? [])
        {
            Special = t => Sized(t, s => new($"{name} at special points", [t.Among(s, [.. Domains.Extremes.Except(without ?? [])]), t.Among(s, [.. Domains.Extremes.Except(without ?? [])])], x => f(x[0], x[1]))),
            Round = t => new($"{name} at round numbers", [t.Among([1], Round(a)), t.Among([1], Round(b))], x => f(x[0], x[1])),
        };

    private static double[] Round((double Low, double High)[] intervals) => [.. Domains.Round.Where(v => v >= intervals.Min(i => i.Low) && v <= intervals.Max(i => i.High))];

    private static Case At<T>(T choice, Func<T, Case> make) => make(choice);

    private static Case Sized(Tape t, Func<Dims, Case> make) => make(t.Sizes(t.Pick(2, 1, 0)));

    // A function of a matrix.
    private static Row Matrix(string name, Func<Node, Node> f, params string[] covers) => new(name, t => new(name, [t.Leaf(t.Sizes(2))], x => f(x[0])), covers);

    // A function of a matrix that has elements, and more than one along each axis it works on.
    private static Row Filled(string name, Func<Node, Node> f, params string[] covers) => new(name, t => new(name, [t.Leaf(Nonempty(t, 2))], x => f(x[0])), covers);

    private static Dims Nonempty(Tape t, int rank)
    {
        var shape = t.Sizes(rank);
        return Dims.Build(rank, k => Math.Max(1, shape[k]));
    }

    // Numbers that differ by more than the leaf's elements do: no ties.
    private static Node Distinct(Dims shape)
    {
        var n = shape.Product;
        var step = n % 7 == 0 ? 11 : 7;
        return Cast(Reshape(Arange(n) * step % Math.Max(1, n), shape), DType.Float64);
    }
}
