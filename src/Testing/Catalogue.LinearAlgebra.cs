using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>Factorisations, and what is made of them; at matrices that are far from singular.</summary>
public static partial class Catalogue
{
    private static IEnumerable<Row> Factors() =>
    [
        Factor("Cholesky", Positive, Cholesky),
        new("TriangularSolve", t =>
        {
            var (s, op) = (Squares(t), new TriangularSolve(t.Next(2) == 0, t.Next(2) == 1, t.Next(2) == 1));
            return new($"{op}", [t.Leaf(s), t.Leaf([s[0], s[1], t.Pick(1, 2, 3, 0)])], x => new Node(op, Dominant(x[0]), x[1]));
        }, "SolveTriangular"),
        Factor("Lu", Dominant, a => Lu(a) is var (p, l, u) ? Square(l) + Sin(u) * p : a),
    ];

    private static IEnumerable<Row> LinearAlgebra() =>
    [
        Systems("SolveTriangular", Dominant, (a, b) => SolveTriangular(a, b, lower: true) + SolveTriangular(a, b, lower: false, transposed: true, unit: true)), Systems("CholeskySolve", Positive, (a, b) => CholeskySolve(Cholesky(a), b)),
        Systems("Solve", Dominant, Solve), Factor("Inverse", Dominant, Inverse), Factor("Det", Dominant, Det), Factor("LogDet", Positive, LogDet), Factor("SlogDet", Dominant, a => SlogDet(a) is var (sign, log) ? sign * log * log : a),
    ];

    private static Dims Squares(Tape t) => t.Pick(2L, 3, 1, 4, 5, 0) is var n ? [t.Pick(1, 2, 3, 0), n, n] : [];

    private static Row Factor(string name, Func<Node, Node> matrix, Func<Node, Node> f) => new(name, t => At(t.Next(2), turned => new($"{name}", [t.Leaf(Squares(t))], x => f(Turned(matrix(x[0]), turned == 1 && matrix == Dominant)))));

    private static Row Systems(string name, Func<Node, Node> matrix, Func<Node, Node, Node> f) => new(name, t =>
    {
        var s = Squares(t);
        Dims b = t.Pick<Dims>([s[1]], [s[1], 2], [s[0], s[1]], [s[0], s[1], 1], [2, 1, s[1], 3]);
        return new($"{name} {b}", [t.Leaf(s), t.Leaf(b)], x => f(matrix(x[0]), x[1]));
    });

    // With the rows in an order that elimination has to undo.
    private static Node Turned(Node x, bool turned) => turned ? Flip(x, 1) : x;

    private static Node Positive(Node x) => MatMul(x, Transpose(x)) + Eye(x.Shape[1], x.DType);

    private static Node Dominant(Node x) => x * 0.15 + 2 * Eye(x.Shape[1], x.DType);
}
