using System.Numerics;
using System.Text.Json;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Factorisations and decompositions of complex matrices, against recorded numbers (recorded/make_complex_linear.py), closed forms and residuals.</summary>
public class ComplexLinearAlgebraTests
{
    private static readonly JsonElement[] recorded = [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "recorded", "complex_linear.json"))).RootElement.EnumerateArray()];

    private static readonly Dictionary<string, Func<Node, Node>> functions = new()
    {
        ["cholesky"] = x => Cholesky(Definite(x)),
        ["cholesky_solve"] = x => CholeskySolve(Cholesky(Definite(x)), x[.., .., ..2]),
        ["solve_triangular lower"] = x => SolveTriangular(x, x[.., .., ..3], lower: true),
        ["solve_triangular transposed"] = x => SolveTriangular(x, x[.., .., ..3], lower: true, transposed: true),
        ["solve_triangular unit"] = x => SolveTriangular(x, x[.., .., ..3], lower: false, unit: true),
        ["solve"] = x => Solve(x, x.Type.Rank == 3 ? x[.., .., 1..2] * x[.., .., ..2] : x[.., 1..2] * x[.., ..2]),
        ["inverse"] = Inverse,
        ["det"] = Det,
        ["slogdet.sign"] = x => SlogDet(x).Sign,
        ["slogdet.logabsdet"] = x => SlogDet(x).LogAbsDet,
        ["logdet"] = LogDet,
        ["lu.l"] = x => Lu(x).L,
        ["lu.u"] = x => Lu(x).U,
        ["qr.q"] = x => Qr(x).Q,
        ["qr.r"] = x => Qr(x).R,
        ["eigvalsh"] = x => EigvalsH(Herm(x)),
        ["eigh projector"] = x => Eigh(Herm(x)).Vectors[.., .., 3..] is var v ? MatMul(v, Adjoint(v)) : x,
        ["eigh sine"] = x => Eigh(Herm(x)) is var (w, v) ? MatMul(v * Unsqueeze(Sin(w), -2), Adjoint(v)) : x,
        ["svdvals"] = SvdVals,
        ["svd top"] = x => Svd(x) is var (u, _, vh) ? MatMul(u[.., .., ..1], vh[.., ..1]) : x,
        ["svd polar"] = x => Svd(x) is var (u, _, vh) ? MatMul(u, vh) : x,
        ["pinv"] = x => Pinv(x),
        ["pinv singular"] = x => Pinv(x, 1e-8),
        ["lstsq tall"] = x => Lstsq(x[.., .., ..3], x[.., .., 3..]),
        ["lstsq wide"] = x => Lstsq(x[.., ..2], x[.., 2.., ..2]),
        ["matrix_exp"] = MatrixExp,
        ["matrix_power 5"] = x => MatrixPower(x, 5),
        ["matrix_power -3"] = x => MatrixPower(x, -3),
        ["matrix_norm fro"] = x => MatrixNorm(x),
        ["matrix_norm nuc"] = x => MatrixNorm(x, "nuc"),
        ["cond 2"] = x => ConditionNumber(x),
        ["cond 1"] = x => ConditionNumber(x, 1),
        ["matrix_norm 1"] = x => MatrixNorm(x, 1),
        ["matrix_norm -1"] = x => MatrixNorm(x, -1),
        ["matrix_norm 2"] = x => MatrixNorm(x, 2),
        ["matrix_norm -2"] = x => MatrixNorm(x, -2),
        ["matrix_norm inf"] = x => MatrixNorm(x, double.PositiveInfinity),
        ["matrix_norm -inf"] = x => MatrixNorm(x, double.NegativeInfinity),
    };

    public static TheoryData<string> Recorded => [.. recorded.Select(r => r.GetProperty("name").GetString()!)];

    private static Node Adjoint(Node x) => Conj(Transpose(x));

    private static Node Herm(Node x) => (x + Adjoint(x)) * 0.5;

    private static Node Definite(Node x) => MatMul(x, Adjoint(x)) + Eye(x.Shape[^1]);

    private static Node Random(int seed, params long[] shape)
    {
        var random = new Random(seed);
        return Tensor<Complex>([.. Enumerable.Range(0, (int)Dims.Create(shape).Product).Select(_ => new Complex(random.NextDouble() * 2 - 1, random.NextDouble() * 2 - 1))], Dims.Create(shape));
    }

    // As pairs of parts.
    private static double[] Parts(Node x) => [.. Evaluate<Complex>(Cast(x, DType.Complex128)).SelectMany(v => new[] { v.Real, v.Imaginary })];

    private static double Largest(Node x) => Residuals.Largest(x);

    private static void Near(Node expected, Node actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.True(Largest(expected - actual) <= tolerance * (1 + Largest(expected)), $"{Largest(expected - actual)} of {Largest(expected)}");
    }

    private static void Fails(string message, Node x) => Assert.Contains(message, Assert.Throws<LinearAlgebraException>(() => Parts(Sum(x))).Message, StringComparison.Ordinal);

    [Theory, MemberData(nameof(Recorded))]
    public void Values_and_derivatives_are_the_recorded_ones(string name)
    {
        var row = recorded.Single(r => r.GetProperty("name").GetString() == name);
        double[] Numbers(string key) => [.. row.GetProperty(key).EnumerateArray().Select(v => v.GetDouble())];
        var f = functions.GetValueOrDefault(name) ?? functions[name[..name.LastIndexOf(' ')]];
        var x = ViewAsComplex(Tensor<double>(Numbers("point"), [.. row.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64()), 2]));
        static Node Weighted(Node v) => Reshape(Arange(v.Type.Count, DType.Float64), v.Shape) is var k && v.DType.IsComplex ? Cos(k + 1) * Real(v) + Sin(2 * k + 1) * Imag(v) : Cos(k + 1) * v;
        var first = Grad(v => Sum(Weighted(f(v))));
        // Of values that are 1e-10 of the largest, first and second derivatives keep so many digits less.
        var tolerance = name.EndsWith("ill", StringComparison.Ordinal) ? 1e-5 : 2e-12;
        foreach (var (key, actual) in new[] { ("value", f(x)), ("first", first(x)), ("second", Grad(v => Sum(Square(Weighted(first(v)))))(x)) })
        {
            var (expected, numbers) = (Numbers(key), Parts(actual));
            Assert.Equal(expected.Length, numbers.Length);
            // NaN wins, as it does not by Max.
            var error = expected.Zip(numbers, (e, a) => Math.Abs(e - a)).Aggregate(0.0, Math.Max);
            Assert.True(error <= tolerance * Math.Max(1, expected.Max(Math.Abs)), $"{key} of {name}: {error} of {expected.Max(Math.Abs)}");
        }
    }

    private static Node Made(string kind, long m, long n) => Residuals.Made(kind, m, n, (seed, shape) => Random(seed, [.. shape]));

    [Theory, InlineData("random"), InlineData("huge"), InlineData("tiny"), InlineData("ill"), InlineData("graded"), InlineData("falling"), InlineData("repeated"), InlineData("zero"), InlineData("ones"), InlineData("unit")]
    public void Factors_are_orthonormal_and_residuals_small(string kind)
    {
        foreach (var (m, n) in new[] { (1, 1), (2, 2), (3, 5), (31, 31), (33, 20), (20, 33), (64, 65), (100, 100) }) Holds(kind, m, n);
    }

    private static void Holds(string kind, int m, int n) => Residuals.Hold(kind, Made(kind, m, n), (a, part, small) =>
    {
        static Node Wide(Node x) => Residuals.Wide(x);
        var (p, l, upper) = Lu(a);
        small("PLU", MatMul(Wide(p), MatMul(Wide(l), part(upper))) - part(a), 16 * Math.Sqrt(m));
        if (kind is "huge" or "tiny") return;
        var definite = MatMul(a, Adjoint(a)) + Eye(n) * n;
        var root = Cholesky(Cast(definite, a.DType));
        small("LLh", (MatMul(Wide(root), Adjoint(Wide(root))) - Wide(definite)) / Largest(definite), 8 * Math.Sqrt(m));
        small("solution", MatMul(Wide(definite), Wide(Solve(definite, a))) / Largest(definite) - Wide(a) / Largest(definite), 16 * Math.Sqrt(m));
        small("solution of both", Wide(Solve(definite, a)) - Wide(CholeskySolve(root, a)), 64 * Math.Sqrt(m));
    });

    [Fact]
    public void Small_values_are_as_accurate_as_the_matrix_tells()
    {
        Near(Tensor<double>([1e-3, 1e-17, 1e-30]), SvdVals(Diag(Tensor<double>([1e-17, 1e-3, -1e-30])) * new Complex(0.6, 0.8)), 1e-40);
        Assert.True(Math.Abs(Evaluate<double>(SvdVals(Made("ill", 60, 40)))[39] - 1e-10) < 1e-14);
    }

    [Fact]
    public void Only_the_lower_triangle_and_the_diagonals_real_part_are_read()
    {
        var a = Random(5, 3, 3);
        var whole = Tril(a, -1) + Adjoint(Tril(a, -1)) + Real(Diag(Diagonal(a)));
        var lower = Where(Tril(Ones([3, 3])) > 0, a, double.NaN);
        Near(EigvalsH(whole), EigvalsH(lower), 0);
        Near(Eigh(whole).Vectors, Eigh(lower).Vectors, 0);
        Near(Cholesky(whole + 4 * Eye(3)), Cholesky(lower + 4 * Eye(3)), 0);
        var gradient = Grad(x => Sum(Sin(Eigh(x).Values)) + Sum(Real(Cholesky(x + 4 * Eye(3)))))(a);
        Near(Adjoint(gradient), gradient);
    }

    [Fact]
    public void Repeated_values_leave_what_is_well_defined_finite_and_right()
    {
        var turn = Qr(Random(6, 3, 3)).Q;
        var one = Eye(3, DType.Complex128);
        foreach (var a in new[] { 2 * one, MatMul(turn * Tensor<double>([2, 2, 5]), Adjoint(turn)), 0 * one })
        {
            Near(one, Grad(x => Sum(EigvalsH(x)))(a), 1e-13);
            Near(3 * MatMul(a, a), Grad(x => Sum(Pow(EigvalsH(x), 3)))(a));
            Near(0 * one, Grad(x => Sum(Real(MatMul(Eigh(x).Vectors, Adjoint(Eigh(x).Vectors)) * Random(7, 3, 3))))(a));
            Assert.All(Parts(Grad(x => Sum(Real(Eigh(x).Vectors * Random(7, 3, 3))))(a)), v => Assert.True(double.IsFinite(v)));
            Assert.All(Parts(Grad(x => Sum(Real(Svd(x).U * Random(7, 3, 3) + Svd(x).Vh)))(a)), v => Assert.True(double.IsFinite(v)));
        }
        // The gradient of the nuclear norm is U·Vᴴ: of a matrix near a unitary one, Q·(1 + ½·(QᴴT − TᴴQ)) to first order.
        var t = Random(8, 3, 3);
        var expected = MatMul(turn, MatMul(Adjoint(turn), t) - MatMul(Adjoint(t), turn)) * 0.5;
        Near(expected, Jvp(Grad(x => MatrixNorm(x, "nuc")), turn, t).Tangent);
    }

    [Fact]
    public void Derivatives_have_their_closed_forms()
    {
        var (a, t) = (Random(9, 2, 20, 12), Random(10, 2, 20, 12));
        // A = Q·R and QᴴQ = 1 along a line.
        var ((q, r), (dq, dr)) = Jvp(x => Qr(x), a, t);
        Near(t, MatMul(dq, r) + MatMul(q, dr), 1e-9);
        Near(Zeros([2, 12, 12], DType.Complex128), MatMul(Adjoint(q), dq) + MatMul(Adjoint(dq), q), 1e-9);
        Assert.Equal(0, Largest(Tril(dr, -1)));
        foreach (var (x, d) in new[] { (a, t), (Adjoint(a), Adjoint(t)) })
        {
            Near(d, Jvp(v => Svd(v) is var (u, s, vh) ? MatMul(u * Unsqueeze(s, -2), vh) : v, x, d).Tangent, 1e-8);
            Near(d, Jvp(v => Qr(v) is var (u, w) ? MatMul(u, w) : v, x, d).Tangent, 1e-8);
        }
        var (m, e) = (MatMul(Adjoint(a), a), MatMul(Adjoint(a), t) is var y ? y + Adjoint(y) : t);
        Near(e, Jvp(v => Eigh(v) is var (w, u) ? MatMul(u * Unsqueeze(w, -2), Adjoint(u)) : v, m, e).Tangent, 1e-9);
        Near(e, Jvp(v => Cholesky(v) is var l ? MatMul(l, Adjoint(l)) : v, m, e).Tangent, 1e-9);
        Near(e, Jvp(v => Lu(v) is var (p, l, u) ? MatMul(p, MatMul(l, u)) : v, m, e).Tangent, 1e-9);
        Near(-MatMul(Inverse(m), MatMul(e, Inverse(m))), Jvp(Inverse, m, e).Tangent, 1e-8);
        Near(2 * a, Grad(v => Sum(Square(SvdVals(v))))(a), 1e-11);
        // The derivative of a holomorphic function: det(A)·A⁻ᵀ, conjugate in this convention.
        Near(Conj(Unsqueeze(Unsqueeze(Det(m), 1), 1) * Transpose(Inverse(m))) / Largest(Det(m)), Grad(v => Sum(Real(Det(v))))(m) / Largest(Det(m)), 1e-9);
    }

    [Fact]
    public void A_real_matrix_as_a_complex_one_has_the_same_factors()
    {
        var a = Real(Random(11, 2, 5, 5));
        var z = Cast(a, DType.Complex128);
        var s = MatMul(a, Transpose(a)) + Eye(5);
        Near(Cast(Cholesky(s), DType.Complex128), Cholesky(Cast(s, DType.Complex128)), 1e-14);
        Near(Cast(Qr(a).R, DType.Complex128), Qr(z).R, 1e-14);
        Near(Cast(Lu(a).U, DType.Complex128), Lu(z).U, 1e-14);
        Near(Cast(Det(a), DType.Complex128), Det(z), 1e-14);
        Near(EigvalsH(s), EigvalsH(Cast(s, DType.Complex128)), 1e-14);
        Near(SvdVals(a), SvdVals(z), 1e-14);
        Near(Cast(MatrixExp(a), DType.Complex128), MatrixExp(z), 1e-14);
        // 2·n equal parts: a complex matrix is a real one of twice the size.
        var (x, y) = (Random(12, 4, 4), Random(13, 4, 3));
        Node Twice(Node v) => Concat([Concat([Real(v), -Imag(v)], 1), Concat([Imag(v), Real(v)], 1)]);
        Near(Twice(Solve(x, y)), Solve(Twice(x), Twice(y)));
        Near(Square(Abs(Det(x))), Det(Twice(x)));
    }

    [Fact]
    public void Batches_and_vectorised_functions_agree_with_single_matrices()
    {
        var (a, b) = (Random(14, 3, 2, 4, 4), Random(15, 3, 2, 4, 2));
        foreach (var f in new Func<Node, Node>[] { Inverse, x => Cholesky(Definite(x)), x => Qr(x).R, x => Lu(x).U, x => EigvalsH(Herm(x)), SvdVals, x => SolveTriangular(x, b[0], lower: true), x => SolveTriangular(a[0], x, lower: false, transposed: true), MatrixExp, Det })
        {
            var expected = Stack([f(a[0]), f(a[1]), f(a[2])]);
            Near(expected, Vmap(f)(a), 1e-13);
        }
        Assert.Equal([3, 2, 4, 2], Solve(a, b).Shape);
        Near(b, MatMul(a, Solve(a, b)), 1e-11);
        Assert.Equal([3L, 3], Evaluate<long>(MatrixRank(Stack([Random(16, 3, 4), Random(17, 3, 4)]))));
        Assert.Equal(DType.Complex64, Solve(Cast(a, DType.Complex64), Cast(Real(b), DType.Float32)).DType);
    }

    [Fact]
    public void Matrices_without_elements_and_of_one_have_factors()
    {
        var none = Zeros([2, 0, 0], DType.Complex128);
        foreach (var x in new[] { Cholesky(none), Lu(none).L, Qr(none).Q, Eigh(none).Vectors, Svd(none).U, Inverse(none), MatrixExp(none), Grad(v => Sum(Real(Det(v))))(none) }) Assert.Empty(Parts(x));
        Near(Tensor<Complex>([1, 1]), Det(none), 0);
        Assert.Empty(Parts(Qr(Zeros([2, 3, 0], DType.Complex128)).R));
        Assert.Empty(Parts(Solve(Random(18, 2, 3, 3), Zeros([2, 3, 0], DType.Complex128))));
        var one = Random(19, 1, 1);
        Near(Abs(one)[0], SvdVals(one), 1e-15);
        Near(Real(one)[0], EigvalsH(one), 1e-15);
        Near(one, MatMul(Qr(one).Q, Qr(one).R), 1e-15);
        Near(1 / one, Inverse(one), 1e-15);
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        var bad = Where(Equal(Unsqueeze(Unsqueeze(Arange(3), 1), 2), 1), double.NaN, Random(17, 3, 2, 2));
        foreach (var (name, f) in new (string, Func<Node, Node>)[] { ("Qr", x => Qr(x).R), ("Eigh", EigvalsH), ("Svd", SvdVals) })
            Fails($"{name}: matrix 1 of 3 has an element that is not finite", f(bad));
        Fails("Svd: matrix 0 of 1 has an element that is not finite", SvdVals(ToComplex(Zeros([2, 2]), Full(new TensorType(DType.Float64, [2, 2]), double.PositiveInfinity))));
        var indefinite = Stack([Eye(3, DType.Complex128), Diag(Tensor<Complex>([1, 2, -1]))]);
        Fails("Cholesky: matrix 1 of 2 is not positive definite: its leading minor of order 3 is not positive", Cholesky(indefinite));
        var singular = Stack([Random(20, 3, 3), MatMul(Random(21, 3, 1), Full(new TensorType(DType.Complex128, [1, 3]), 1))]);
        Fails("is singular: element 1 of the diagonal is 0", Solve(Full(new TensorType(DType.Complex128, [2, 2]), 1), Random(22, 2)));
        Fails("TriangularSolve(lower): matrix 1 of 2 is singular: element 2 of the diagonal is 0", SolveTriangular(Where(Equal(Arange(18), 17) is var last ? Reshape(last, [2, 3, 3]) : last, 0, singular), Random(23, 3), lower: true));
        Assert.True(Largest(Det(Full(new TensorType(DType.Complex128, [2, 2]), 1))) == 0);
        Assert.Contains("is not defined for", Assert.Throws<ShapeException>(() => new Node(Functional.Autograd.Primitives.Qr.Instance, Zeros([1, 2, 2], DType.Float16))).Message, StringComparison.Ordinal);
        Assert.Contains("do not fit", Assert.Throws<ShapeException>(() => Solve(Random(1, 2, 2), Random(2, 3))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Cholesky(Random(1, 2, 3)));
    }
}
