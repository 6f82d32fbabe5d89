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
        Shaped("Qr", x => x * 0.15 + Steps(x), a => Qr(a) is var (q, r) ? MatMul(Sin(q), Square(r)) : a),
        // Signs are as they come.
        Factor("Eigh", Symmetric, a => Eigh(a) is var (w, v) ? MatMul(v * Unsqueeze(Exp(w * 0.2), -2), Transpose(v)) + Square(v) * Unsqueeze(w, -2) : a),
        Shaped("Svd", Separated, a => Svd(a) is var (u, s, vh) ? MatMul(u * Unsqueeze(Sin(s), -2), vh) + MatMul(Square(u), Square(vh)) : a),
    ];

    private static IEnumerable<Row> LinearAlgebra() =>
    [
        Systems("SolveTriangular", Dominant, (a, b) => SolveTriangular(a, b, lower: true) + SolveTriangular(a, b, lower: false, transposed: true, unit: true)), Systems("CholeskySolve", Positive, (a, b) => CholeskySolve(Cholesky(a), b)),
        Systems("Solve", Dominant, Solve), Factor("Inverse", Dominant, Inverse), Factor("Det", Dominant, Det), Factor("LogDet", Positive, LogDet), Factor("SlogDet", Dominant, a => SlogDet(a) is var (sign, log) ? sign * log * log : a),
        Factor("EigvalsH", Symmetric, a => Sin(EigvalsH(a))), Shaped("SvdVals", Separated, a => Sin(SvdVals(a))), Shaped("Pinv", Separated, a => Pinv(a)),
        new("Lstsq", t => Rectangle(t) is var s ? new("Lstsq", [t.Leaf(s), t.Leaf([s[0], s[1], t.Pick(1, 2, 0)])], x => Lstsq(Separated(x[0]), x[1])) : null!),
        new("MatrixExp", t => At(t.Pick(0.5, 2, 8), scale => new($"MatrixExp {scale}", [t.Leaf(Squares(t))], x => MatrixExp(x[0] * scale)))),
        new("MatrixPower", t => At(t.Pick(3, 0, 1, 2, 5, -1, -3), n => new($"MatrixPower {n}", [t.Leaf(Squares(t))], x => MatrixPower(Dominant(x[0]), n)))),
        new("MatrixNorm", t => At(t.Pick("2", "fro", "nuc", "1", "-1", "-2", "inf", "-inf"), ord => new($"MatrixNorm {ord}", [t.Leaf(Rectangle(t))], x => Normed(Separated(x[0]), ord)))),
        new("VectorNorm", t => At(t.Pick(2.0, 1, 3, double.PositiveInfinity), ord => new($"VectorNorm {ord}", [t.Leaf(Nonempty(t, 2))], x => VectorNorm(x[0], ord, [1])))),
        new("ConditionNumber", t => At(t.Pick(2.0, -2, 1, double.PositiveInfinity), ord => new($"ConditionNumber {ord}", [t.Leaf(t.Pick<Dims>([1, 2, 2], [2, 3, 3]))], x => ConditionNumber(Separated(x[0]), ord)))),
        Shaped("MatrixRank", Separated, a => Unsqueeze(MatrixRank(a, 0.4), 1) * Sum(a, 2)),
    ];

    private static Node Normed(Node a, string ord) => ord is "fro" or "nuc" ? MatrixNorm(a, ord) : MatrixNorm(a, ord is "inf" ? double.PositiveInfinity : ord is "-inf" ? double.NegativeInfinity : ord is "1" ? 1 : ord is "2" ? 2 : ord is "-1" ? -1 : -2);

    private static Dims Rectangle(Tape t) => [t.Pick(1, 2, 3), t.Pick(2, 3, 1, 4), t.Pick(2, 3, 1, 4)];

    private static Row Shaped(string name, Func<Node, Node> matrix, Func<Node, Node> f) => new(name, t => new(name, [t.Leaf(Rectangle(t))], x => f(matrix(x[0]))));

    // 2, 4, 6, … on the diagonal.
    private static Node Steps(Node x) => Cast(Where(Equal(Unsqueeze(Arange(x.Shape[1]), 1), Arange(x.Shape[2])), 2 * (Arange(x.Shape[2]) + 1), 0), x.DType);

    // Singular values that are far apart, and eigenvalues.
    private static Node Separated(Node x) => x * 0.1 + Steps(x);

    private static Node Symmetric(Node x) => (x + Transpose(x)) * 0.1 + Steps(x);

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
