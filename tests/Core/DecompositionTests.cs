using System.Text.Json;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>QR, eigenvalues, singular values and what is made of them, against recorded numbers (decompositions.py), closed forms and residuals.</summary>
public class DecompositionTests
{
    private const double Inf = double.PositiveInfinity;

    private static readonly JsonElement[] recorded = [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "decompositions.json"))).RootElement.EnumerateArray()];

    private static readonly Dictionary<string, Func<Node, Node>> functions = new()
    {
        ["qr.q"] = x => Qr(x).Q,
        ["qr.r"] = x => Qr(x).R,
        ["eigvalsh"] = x => EigvalsH(Sym(x)),
        ["eigh projector"] = x => Eigh(Sym(x)).Vectors[.., .., 3..] is var v ? MatMul(v, Transpose(v)) : x,
        ["eigh sine"] = x => Eigh(Sym(x)) is var (w, v) ? MatMul(v * Unsqueeze(Sin(w), -2), Transpose(v)) : x,
        ["svdvals"] = SvdVals,
        ["svdvals singular"] = x => SvdVals(x)[..2],
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
        ["vector_norm 3"] = x => VectorNorm(x, 3, [0, 2]),
        ["cond 2"] = x => ConditionNumber(x),
        ["cond hilbert"] = x => ConditionNumber(x),
        ["cond -2"] = x => ConditionNumber(x, -2),
        ["cond 1"] = x => ConditionNumber(x, 1),
        ["cond inf"] = x => ConditionNumber(x, Inf),
        ["matrix_norm 1"] = x => MatrixNorm(x, 1),
        ["matrix_norm -1"] = x => MatrixNorm(x, -1),
        ["matrix_norm 2"] = x => MatrixNorm(x, 2),
        ["matrix_norm -2"] = x => MatrixNorm(x, -2),
        ["matrix_norm inf"] = x => MatrixNorm(x, Inf),
        ["matrix_norm -inf"] = x => MatrixNorm(x, -Inf),
    };

    public static TheoryData<string> Recorded => [.. recorded.Select(r => r.GetProperty("name").GetString()!)];

    private static Node Sym(Node x) => (x + Transpose(x)) * 0.5;

    private static Node Random(int seed, params long[] shape)
    {
        var random = new Random(seed);
        return Tensor<double>([.. Enumerable.Range(0, (int)Dims.Create(shape).Product).Select(_ => random.NextDouble() * 2 - 1)], Dims.Create(shape));
    }

    private static void Near(Node expected, Node actual, double tolerance = 1e-12) => Closeness.Close(expected, actual, tolerance);

    private static void Fails(string message, Node x) => Assert.Contains(message, Assert.Throws<LinearAlgebraException>(() => Evaluate<double>(Sum(x))).Message, StringComparison.Ordinal);

    [Theory, MemberData(nameof(Recorded))]
    public void Values_and_derivatives_are_the_recorded_ones(string name)
    {
        var row = recorded.Single(r => r.GetProperty("name").GetString() == name);
        double[] Numbers(string key) => [.. row.GetProperty(key).EnumerateArray().Select(v => v.GetDouble())];
        var f = functions.GetValueOrDefault(name) ?? functions[name[..name.LastIndexOf(' ')]];
        var x = Tensor<double>(Numbers("point"), Dims.From(row.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64())));
        Node Weighted(Node v) => Reshape(Cos(Arange(v.Type.Count, DType.Float64) + 1), v.Shape) * v;
        var first = Grad(v => Sum(Weighted(f(v))));
        // Of values that are 1e-10 of the largest, first and second derivatives keep so many digits less.
        var tolerance = name.EndsWith("hilbert", StringComparison.Ordinal) || name.EndsWith("ill", StringComparison.Ordinal) ? 1e-7 : 1e-12;
        foreach (var (key, actual) in new[] { ("value", f(x)), ("first", first(x)), ("second", Grad(v => Sum(Square(Weighted(first(v)))))(x)) })
        {
            var (expected, numbers) = (Numbers(key), Evaluate<double>(actual));
            Assert.Equal(expected.Length, numbers.Length);
            // NaN wins, as it does not by Max.
            var error = expected.Zip(numbers, (e, a) => Math.Abs(e - a)).Aggregate(0.0, Math.Max);
            Assert.True(error <= (key == "value" ? 1e-12 : tolerance) * Math.Max(1, expected.Max(Math.Abs)), $"{key} of {name}: {error} of {expected.Max(Math.Abs)}");
        }
    }

    private static Node Made(string kind, long m, long n) => Residuals.Made(kind, m, n, (seed, shape) => Random(seed, [.. shape]));

    [Theory, InlineData("random"), InlineData("huge"), InlineData("tiny"), InlineData("ill"), InlineData("graded"), InlineData("falling"), InlineData("repeated"), InlineData("zero"), InlineData("ones"), InlineData("unit")]
    public void Factors_are_orthonormal_and_residuals_small(string kind)
    {
        foreach (var (m, n) in new[] { (1, 1), (2, 2), (3, 5), (31, 31), (33, 33), (64, 65), (100, 20), (20, 100), (150, 150) }) Residuals.Hold(kind, Made(kind, m, n));
    }

    [Fact]
    public void Small_singular_values_are_as_accurate_as_the_matrix_tells()
    {
        Near(Tensor<double>([1e-3, 1e-17, 1e-30]), SvdVals(Diag(Tensor<double>([1e-17, 1e-3, -1e-30]))), 1e-40);
        Assert.True(Math.Abs(Evaluate<double>(SvdVals(Made("ill", 60, 40)))[^1] - 1e-10) < 1e-14);
        Assert.True(Math.Abs(Evaluate<double>(EigvalsH(Made("ill", 40, 40) is var x ? MatMul(x, Transpose(x)) : x))[0]) < 1e-14);
    }

    [Fact]
    public void Only_the_lower_triangle_is_read()
    {
        var a = Random(5, 3, 3);
        var (w, v) = Eigh(Tril(a) + Transpose(Tril(a, -1)));
        var lower = Where(Tril(Ones([3, 3])) > 0, a, double.NaN);
        Near(w, EigvalsH(lower), 0);
        Near(v, Eigh(lower).Vectors, 0);
        var gradient = Grad(x => Sum(Sin(Eigh(x).Values)) + Eigh(x).Vectors[0, 0] * 3)(a);
        Near(Transpose(gradient), gradient);
    }

    [Fact]
    public void Repeated_values_leave_what_is_well_defined_finite_and_right()
    {
        var turn = Qr(Random(6, 3, 3)).Q;
        foreach (var a in new[] { 2 * Eye(3), MatMul(turn * Tensor<double>([2, 2, 5]), Transpose(turn)), Zeros([3, 3]) })
        {
            Near(Eye(3), Grad(x => Sum(EigvalsH(x)))(a), 1e-13);
            Near(3 * MatMul(a, a), Grad(x => Sum(Pow(EigvalsH(x), 3)))(a), 1e-12);
            // The second derivative of the trace, and of what does not depend on the matrix.
            Near(Zeros([3, 3, 3, 3]), Hessian(x => Sum(EigvalsH(x)))(a), 1e-12);
            Near(Zeros([3, 3]), Grad(x => Sum(MatMul(Eigh(x).Vectors, Transpose(Eigh(x).Vectors)) * Random(7, 3, 3)))(a), 1e-12);
            Assert.All(Closeness.Read(Grad(x => Sum(Eigh(x).Vectors * Random(7, 3, 3)))(a)), v => Assert.True(double.IsFinite(v)));
            Assert.All(Closeness.Read(Grad(x => Sum(Svd(x).U * Random(7, 3, 3) + Svd(x).Vh))(a)), v => Assert.True(double.IsFinite(v)));
        }
        // The gradient of the nuclear norm is U·Vᵀ: of a matrix near an orthogonal one, Q·(1 + ½·(QᵀT − TᵀQ)) to first order.
        var t = Random(8, 3, 3);
        var expected = MatMul(turn, MatMul(Transpose(turn), t) - MatMul(Transpose(t), turn)) * 0.5;
        Near(expected, Jvp(Grad(x => MatrixNorm(x, "nuc")), turn, t).Tangent, 1e-12);
        Near(-MatMul(Transpose(t), Eye(3)), Transpose(Jvp(x => Pinv(x), Eye(3), t).Tangent), 1e-12);
    }

    [Fact]
    public void Derivatives_have_their_closed_forms()
    {
        var (a, t) = (Random(9, 2, 40, 25), Random(10, 2, 40, 25));
        // A = Q·R and QᵀQ = 1 along a line.
        var ((q, r), (dq, dr)) = Jvp(x => Qr(x), a, t);
        Near(t, MatMul(dq, r) + MatMul(q, dr), 1e-9);
        Near(Zeros([2, 25, 25]), MatMul(Transpose(q), dq) + MatMul(Transpose(dq), q), 1e-9);
        Assert.Equal(0, Residuals.Largest(Tril(dr, -1)));
        foreach (var (x, d) in new[] { (a, t), (Transpose(a), Transpose(t)) })
        {
            Near(d, Jvp(v => Svd(v) is var (u, s, vh) ? MatMul(u * Unsqueeze(s, -2), vh) : v, x, d).Tangent, 1e-8);
            Near(d, Jvp(v => Qr(v) is var (u, w) ? MatMul(u, w) : v, x, d).Tangent, 1e-8);
        }
        var (m, e) = (MatMul(Transpose(a), a), MatMul(Transpose(a), t) is var y ? y + Transpose(y) : t);
        Near(e, Jvp(v => Eigh(v) is var (w, u) ? MatMul(u * Unsqueeze(w, -2), Transpose(u)) : v, m, e).Tangent, 1e-9);
        Near(2 * a, Grad(v => Sum(Square(SvdVals(v))))(a), 1e-11);
        Near(Transpose(MatrixExp(m * 0.01)), Grad(v => Trace(MatrixExp(v))[0])(m * 0.01)[0] is var g ? Stack([g, Transpose(MatrixExp(m * 0.01))[1]]) : m, 1e-11);
        // d³/dx³ of the largest eigenvalue of x·B² is 0, of its cube 6·λ³.
        var b = Tensor<double>(new[,] { { 2.0, 1 }, { 1, 3 } });
        var top = Evaluate<double>(EigvalsH(b))[1];
        Near(Scalar(6 * top * top * top), Grad(Grad(Grad(x => Pow(EigvalsH(x * b)[1], 3))))(Scalar(1.5)), 1e-10);
    }

    [Fact]
    public void Functions_of_matrices_have_their_closed_forms()
    {
        var (a, one) = (Random(11, 3, 5, 5), Broadcast(Eye(5), [3, 5, 5]));
        Near(one, MatMul(MatrixExp(a * 5), MatrixExp(a * -5)), 1e-10);
        Near(Exp(Trace(a)), Det(MatrixExp(a)), 1e-11);
        // A turn, by an angle that takes many squarings; a nilpotent matrix; a projection; each matrix of a batch by its own power of two.
        static Node Turn(double angle) => Tensor<double>(new[,] { { 0, -angle }, { angle, 0 } });
        foreach (var angle in new[] { 1e-9, 0.3, 5.3, 5.4, 1000 })
            Near(Tensor<double>(new[,] { { Math.Cos(angle), -Math.Sin(angle) }, { Math.Sin(angle), Math.Cos(angle) } }), MatrixExp(Turn(angle)), Math.Max(1e-14, angle * 1e-15));
        Near(Stack([MatrixExp(Turn(1e-9)), MatrixExp(Turn(100))]), MatrixExp(Stack([Turn(1e-9), Turn(100)])), 1e-15);
        Near(Tensor<double>(new[,] { { 1, 1e12 }, { 0, 1 } }), MatrixExp(Tensor<double>(new[,] { { 0, 1e12 }, { 0, 0 } })), 1e-12);
        Near(Diag(Tensor<double>([0, Math.E])), MatrixExp(Diag(Tensor<double>([-1e6, 1]))), 1e-9);
        Assert.Equal([double.NaN], Evaluate<double>(MatrixExp(Tensor<double>(new[,] { { -1e13 } }))));
        Assert.Equal([double.NaN], Evaluate<double>(MatrixExp(Tensor<double>(new[,] { { double.PositiveInfinity } }))));
        Near(MatMul(a, MatMul(a, a)), MatrixPower(a, 3));
        Near(one, MatrixPower(a, 0), 0);
        Near(Inverse(MatMul(a, a)), MatrixPower(a, -2), 1e-10);
        Near(MatrixPower(Cast(a, DType.Float32), 1), Cast(a, DType.Float32), 0);
        Near(Diag(Tensor<double>([1, Math.Pow(0.5, 1000)])), MatrixPower(Diag(Tensor<double>([1, 0.5])), 1000), 1e-300);
        // Penrose's four equations, and the least solution.
        foreach (var x in new[] { Made("repeated", 6, 4), Made("random", 3, 5), Zeros([2, 2, 3]) })
        {
            var p = Pinv(x);
            Near(x, MatMul(x, MatMul(p, x)));
            Near(p, MatMul(p, MatMul(x, p)));
            Near(MatMul(x, p), Transpose(MatMul(x, p)));
            Near(MatMul(p, x), Transpose(MatMul(p, x)));
        }
        foreach (var (x, y) in new[] { (Random(12, 2, 7, 3), Random(13, 2, 7, 2)), (Random(12, 2, 3, 7), Random(13, 2, 3, 2)) }) Near(MatMul(Pinv(x), y), Lstsq(x, y), 1e-11);
        Near(Lstsq(Random(12, 7, 3), Random(13, 7, 1))[.., 0], Lstsq(Random(12, 7, 3), Random(13, 7, 1)[.., 0]));
        Assert.Equal([2, 3, 2], Lstsq(Random(12, 2, 7, 3), Random(13, 7, 2)).Shape);
        Assert.Equal([4, 2], Evaluate<long>(MatrixRank(Stack([Random(14, 4, 6), MatMul(Random(15, 4, 2), Random(16, 2, 6))]))));
        Assert.Equal([1L], Evaluate<long>(MatrixRank(Diag(Tensor<double>([1, 0.1])), 0.1)));
        Assert.Equal([0L, 0], Evaluate<long>(Stack([MatrixRank(Zeros([2, 2])), MatrixRank(Zeros([0, 2]))])));
        Assert.Equal([double.PositiveInfinity, 0], Evaluate<double>(Stack([ConditionNumber(Diag(Tensor<double>([2, 0]))), ConditionNumber(Diag(Tensor<double>([2, 0])), -2)])));
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        var bad = Where(Equal(Unsqueeze(Unsqueeze(Arange(3), 1), 2), 1), double.NaN, Random(17, 3, 2, 2));
        foreach (var (name, f) in new (string, Func<Node, Node>)[] { ("Qr", x => Qr(x).R), ("Eigh", EigvalsH), ("Svd", SvdVals) })
        {
            Fails($"{name}: matrix 1 of 3 has an element that is not finite", f(bad));
            Fails($"{name}: matrix 0 of 1 has an element that is not finite", f(Full(bad.Type.Reshaped([70, 70]), Inf)));
        }
        var singular = MatMul(Random(18, 3, 2), Tensor<double>(new[,] { { 1.0, 0, 0 }, { 0, 0, 1 } }));
        Fails("TriangularSolve(upper): matrix 1 of 2 is singular", Grad(x => Sum(Qr(x).R))(Stack([Eye(3), singular])));
        Fails("matrix 1 of 2 is singular", MatrixPower(Stack([Eye(3), singular]), -1));
        Fails("is singular", ConditionNumber(singular, 1));
        Fails("TriangularSolve(upper): matrix 0 of 1 is singular: element 1 of the diagonal is 0", Lstsq(singular, Ones([3])));
        var (wide, vector) = (Zeros([2, 3]), Zeros([3]));
        foreach (var wrong in new Func<Node>[] { () => Qr(vector).Q, () => Eigh(wide).Values, () => EigvalsH(wide), () => SvdVals(vector), () => Svd(vector).U, () => Pinv(vector), () => MatrixExp(wide), () => MatrixPower(wide, 2),
            () => MatrixNorm(vector), () => MatrixNorm(vector, 1), () => MatrixRank(vector), () => ConditionNumber(wide, 1), () => Lstsq(wide, vector), () => Lstsq(vector, vector), () => new(Functional.Autograd.Primitives.Eigh.Instance, Zeros([1, 2, 3])), () => new(Functional.Autograd.Primitives.Svd.Instance, wide) })
            Assert.Throws<ShapeException>(wrong);
        Assert.Contains("the order 3 is none of fro, nuc, 1", Assert.Throws<ArgumentException>(() => MatrixNorm(wide, 3)).Message, StringComparison.Ordinal);
        Assert.Contains("the order foo is none", Assert.Throws<ArgumentException>(() => MatrixNorm(wide, "foo")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_taken_apart_too()
    {
        foreach (var shape in new Dims[] { [0, 3, 3], [2, 0, 0], [2, 0, 3], [2, 3, 0] })
        {
            var (x, k) = (Zeros(shape), Math.Min(shape[1], shape[2]));
            Near(Zeros([shape[0], shape[1], k]), Qr(x).Q);
            Near(Zeros([shape[0], k]), SvdVals(x));
            Near(Zeros([shape[0], k, shape[2]]), Svd(x).Vh);
            Near(Zeros([shape[0], shape[2], shape[1]]), Pinv(x));
            Near(x, Grad(v => Sum(Qr(v).Q) + Sum(Qr(v).R) + Sum(Svd(v).U) + Sum(SvdVals(v)) + Sum(Pinv(v)))(x));
            if (shape[1] != shape[2]) continue;
            Near(x, Grad(v => Sum(Eigh(v).Vectors) + Sum(EigvalsH(v)) + Sum(MatrixExp(v)) + Sum(MatrixPower(v, -2)))(x));
        }
    }

    [Fact]
    public void Batches_choices_and_compiled_functions_take_them()
    {
        var rows = Random(19, 3, 4, 4);
        Near(SvdVals(rows), Vmap(SvdVals)(rows));
        Near(Qr(rows).R, Vmap(x => Qr(x).R)(rows));
        Near(Eigh(Reshape(rows, [3, 1, 4, 4])).Values, Reshape(EigvalsH(rows), [3, 1, 4]));
        Near(MatrixExp(rows), Vmap(MatrixExp)(rows), 1e-14);
        var other = Full(rows[0].Type, -100.0);
        Near(Stack([SvdVals(rows[0]), other[0]]), Vmap(x => Cond(x[0, 0] > -50, SvdVals, v => v[0], x))(Stack([rows[0], other])));
        Near(Pinv(rows), Compile(x => Pinv(x))(rows));
        Near(Grad(x => Sum(Pinv(x) * rows))(rows), Compile(Grad(x => Sum(Pinv(x) * rows)))(rows));
    }

    [Fact]
    public void Plans_and_costs_name_them()
    {
        var a = Node.Placeholder(TensorType.Float64(2, 4, 3));
        Assert.Contains("Svd, a kernel of its own", Explain.Plan(SvdVals(a)), StringComparison.Ordinal);
        Assert.Contains("Qr, a kernel of its own", Explain.Plan(Qr(a).R), StringComparison.Ordinal);
        foreach (var (op, cost) in new (Op, long)[] { (Functional.Autograd.Primitives.Qr.Instance, 4), (Functional.Autograd.Primitives.Svd.Instance, 14) }) Assert.Equal(cost * 24 * 3, Stats.Of(new Node(new Part(0), new Node(op, a))).Flops);
    }
}
