using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Functional.Autograd.Testing;

/// <summary>Complex matrices, made of two real leaves and looked at as real numbers; far from singular. Of vectors whose angles are as they come, only what does not depend on them is looked at.</summary>
public static partial class Catalogue
{
    private static IEnumerable<Row> ComplexMatrices() =>
    [
        OfSquares("Cholesky", Definite, Cholesky), OfSquares("CholeskySolve", Definite, a => CholeskySolve(Cholesky(a), a * a)),
        OfSquares("SolveTriangular", Dominant, a => SolveTriangular(a, a * a, lower: true) + SolveTriangular(a, Conj(a), lower: false, transposed: true, unit: true)),
        OfSquares("Lu", a => Flip(Dominant(a), 1), a => Lu(a) is var (p, l, u) ? l * l + u * p : a),
        OfSquares("Solve", Dominant, a => Solve(a, a * a + 1)), OfSquares("Inverse", Dominant, Inverse), OfSquares("Det", Dominant, Det), OfSquares("MatrixExp", z => z * 0.5, MatrixExp), OfSquares("MatrixPower", Dominant, a => MatrixPower(a, 3) + MatrixPower(a, -2)),
        OfSquares("SlogDet", Dominant, a => SlogDet(a) is var (sign, log) ? sign * log : a), OfSquares("LogDet", Dominant, LogDet) with { Silent = Detaching },
        OfSquares("Eigh", Hermitian, a => Eigh(a) is var (w, v) ? MatMul(v * Unsqueeze(Exp(w * 0.2), -2), Adjoint(v)) + Squared(v) * Unsqueeze(w, -2) : a), OfSquares("EigvalsH", Hermitian, a => Sin(EigvalsH(a))),
        OfRectangles("Qr", z => z * 0.15 + Steps(z), a => Qr(a) is var (q, r) ? MatMul(q * q, r * r) : a),
        OfRectangles("Svd", Separated, a => Svd(a) is var (u, s, vh) ? MatMul(u * Unsqueeze(Sin(s), -2), vh) + MatMul(Squared(u), Squared(vh)) : a), OfRectangles("SvdVals", Separated, a => Sin(SvdVals(a))),
        OfRectangles("Pinv", Separated, a => Pinv(a)), OfRectangles("Lstsq", Separated, a => Lstsq(a, a * a)), OfRectangles("MatrixRank", Separated, a => Unsqueeze(MatrixRank(a, 0.4), 1) * Sum(a, 2)),
        .. new[] { "fro", "nuc", "1", "2", "inf" }.Select(ord => OfRectangles("MatrixNorm", Separated, a => Normed(a, ord), $" {ord}")),
        OfRectangles("VectorNorm", z => z, a => VectorNorm(a, 3, [1])), OfRectangles("ConditionNumber", Separated, a => ConditionNumber(a)),
    ];

    private static Node Squared(Node z) => Real(z * Conj(z));

    private static Node Definite(Node z) => MatMul(z, Adjoint(z)) + Eye(z.Shape[1], z.DType);

    private static Node Hermitian(Node z) => (z + Adjoint(z)) * 0.1 + Steps(z);

    private static Row OfSquares(string name, Func<Node, Node> matrix, Func<Node, Node> f) => OfComplexMatrices(name, name, t => t.Pick(2L, 1, 3, 0) is var n ? [t.Pick(1, 2, 0), n, n] : [], matrix, f);

    private static Row OfRectangles(string name, Func<Node, Node> matrix, Func<Node, Node> f, string which = "") => OfComplexMatrices(name, name + which, t => [t.Pick(1, 2), t.Pick(2, 3, 1), t.Pick(2, 3, 1)], matrix, f);

    private static Row OfComplexMatrices(string covers, string name, Func<Tape, Dims> shape, Func<Node, Node> matrix, Func<Node, Node> f) =>
        new($"{name} of complex matrices", t => shape(t) is var s ? new(name, [t.Leaf(s), t.Leaf(s)], x => Look(f(matrix(ToComplex(x[0], x[1]))))) : null!, covers);
}
