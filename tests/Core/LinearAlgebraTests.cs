using Functional.Autograd;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Factorisations and solves, against recorded numbers, closed forms and residuals.</summary>
public class LinearAlgebraTests
{
    private static readonly Node A = Tensor<double>(new[,] { { 4, 1, 0.5 }, { 1, 3, -0.25 }, { 0.5, -0.25, 2 } });
    private static readonly Node M = Tensor<double>(new[,] { { 0.5, 2, -1 }, { 3, 1, 0.25 }, { 1, -2, 4 } });
    private static readonly Node B = Tensor<double>(new[,] { { 1.0, 2 }, { -1, 0.5 }, { 3, -2 } });
    private static readonly Node C = Tensor<double>(new[,] { { 1, -2, 0.5 }, { 0.25, 3, -1 }, { 2, 0.75, -0.5 } });

    private static Node Random(int seed, params long[] shape)
    {
        var random = new Random(seed);
        return Tensor<double>([.. Enumerable.Range(0, (int)Dims.Create(shape).Product).Select(_ => random.NextDouble() * 2 - 1)], Dims.Create(shape));
    }

    private static Node Positive(int seed, long batch, long n) => Random(seed, batch, n, n) is var x ? MatMul(x, Transpose(x)) + Eye(n) : x;

    private static double Largest(Node x) => x.Type.Count == 0 ? 0 : Evaluate<double>(Cast(MaxOver(Abs(x)), DType.Float64))[0];

    private static void Near(Node expected, Node actual, double tolerance = 1e-12) => Closeness.Close(expected, actual, tolerance);

    private static void Fails(string message, Node x) => Assert.Contains(message, Assert.Throws<LinearAlgebraException>(() => Evaluate<double>(Sum(x))).Message, StringComparison.Ordinal);

    // PyTorch 2.6: the value, the gradients of Σ C·value, and the gradients of the sum of those gradients' squares.
    private static readonly (string Name, Func<Node[], Node> F, Node[] X, double[][] Recorded)[] recorded =
    [
        ("cholesky", x => Cholesky(x[0]), [A],
        [
            [2, 0, 0, 0.5, 1.6583123951777, 0, 0.25, -0.22613350843332272, 1.3734495390671024],
            [0.23986199756186877, -0.1956604384003424, 0.47242489630573475, -0.19566043840034242, 0.9319856879907363, 0.20131213122126662, 0.47242489630573475, 0.2013121312212666, -0.1820234328884112],
            [-0.19483644196531197, 0.17493874922956468, 0.05273676532882734, 0.17493874922956468, -0.3888847577734606, -0.05504025188893875, 0.05273676532882734, -0.055040251888938733, -0.023693853563954224],
        ]),
        ("solve", x => Solve(x[0], x[1]), [M, B],
        [
            [-1.0526315789473684, -0.2105263157894737, 1.692982456140351, 1.1052631578947367, 1.8596491228070178, 0.10526315789473693],
            [1.6500461680517082, -5.31698214835334, -1.9887657740843343, -0.39889196675900285, 1.892428439519852, 0.26962142197599287, 1.0032317636195753, -2.501250384733764, -1.4636041859033553],
            [0.8728070175438597, 3.473684210526316, -0.05263157894736847, -1.631578947368421, 0.7214912280701755, 1.1578947368421053],
            [76.28472782158774, -180.74409049424787, -104.91157810044851, -28.130459210757042, 66.3737516666686, 38.05174782496756, 32.719175255660524, -75.84443636556881, -46.21056333088258],
            [14.930137409221071, 53.97563587290301, -5.777215224543842, -20.4567158529068, 5.496598757101531, 19.29392995273495],
        ]),
        ("det", x => Det(x[0]), [M],
        [
            [-14.25],
            [4.5, -11.75, -7.000000000000002, -6, 3, 3.000000000000001, 1.5, -3.125, -5.500000000000001],
            [26.5625, 87.75000000000011, -3.75, 150.25000000000003, 47.5, 3.624999999999986, 26.12500000000002, -35.25000000000003, 106.50000000000003],
        ]),
        ("logabsdet", x => SlogDet(x[0]).LogAbsDet, [M],
        [
            [2.6567569067146595],
            [-0.31578947368421056, 0.8245614035087719, 0.4912280701754386, 0.4210526315789474, -0.2105263157894737, -0.2105263157894737, -0.10526315789473685, 0.21929824561403508, 0.3859649122807018],
            [1.075019034196757, -2.0333030946094075, -1.4872376385716524, -0.5190260970987025, 0.8633911648928415, 0.6473246828983819, 0.44339148887916935, -0.829292953837348, -0.6295648323640743],
        ]),
        ("lower", x => SolveTriangular(x[0], x[1], lower: true), [M, B],
        [
            [2, 4, -7, -11.5, -3.25, -7.25],
            [111.5, 0, 0, -16, 47.5625, 0, -1.75, 5.65625, 2.984375],
            [-6.5, -24.625, 1.25, 3.375, 0.5, 0.1875],
            [-112376.15234375, 0, 0, 9047.95703125, -32170.35107421875, 0, 814.580078125, -3040.912841796875, -1745.805419921875],
            [3740.3203125, 13142.9873046875, -126.0546875, -323.7275390625, -0.74609375, -0.27978515625],
        ]),
        ("upper", x => SolveTriangular(x[0], x[1], lower: false, unit: true), [M, B],
        [
            [7.5, -2, -1.75, 1, 3, -2],
            [0, 3.75, -7, 0, 0, 19.25, 0, 0, 0],
            [1, -2, -1.75, 7, 3.4375, -3],
            [0, 305.71875, -18.875, 0, 0, 106.53125, 0, 0, 0],
            [0, 0, -7.5, 15, 83.25, -301.25],
        ]),
        ("choleskysolve", x => CholeskySolve(Cholesky(x[0]), x[1]), [A, B],
        [
            [0.13554216867469876, 0.6897590361445785, -0.25903614457831325, -0.16265060240963858, 1.4337349397590364, -1.1927710843373496],
            [0.6378329583393817, -0.5497260124836697, -0.9655610393380754, -0.5497260124836697, 0.2594897662940922, 0.9179851937871973, -0.9655610393380754, 0.9179851937871973, -0.4910001451589491],
            [0.09186746987951808, -0.9427710843373494, 0.1355421686746988, 1.3795180722891567, 0.9939759036144579, 0.783132530120482],
            [-3.5483209381915333, 3.839352722700825, 2.8932612542318297, 3.8393527227008244, -4.34303019032664, -2.934550262526838, 2.89326125423183, -2.9345502625268383, -6.5677255812288555],
            [0.6658127904433373, 1.8398857868853764, -0.804579734141222, -1.8840254340289986, 0.18529459430175566, -2.4876366329810753],
        ]),
        ("inverse", x => Inverse(x[0]), [M],
        [
            [-0.3157894736842105, 0.4210526315789474, -0.10526315789473685, 0.8245614035087719, -0.2105263157894737, 0.2192982456140351, 0.4912280701754386, -0.2105263157894737, 0.3859649122807018],
            [-1.316251154201293, 0.2809325946445061, 0.7765466297322253, 0.7257617728531857, -0.41551246537396136, -0.5207756232686982, -0.30863342566943686, -0.2491920590951062, 0.06879039704524476],
            [6.713990210714218, -6.077093414247949, -5.744111421351207, -4.614191034185451, 3.7204076463735016, 3.7225637540699674, 2.2653798369300238, -1.3643984612526645, -1.734529278903212],
        ]),
        ("L", x => Lu(x[0]).L, [M],
        [
            [1, 0, 0, 0.3333333333333333, 1, 0, 0.16666666666666666, -0.7857142857142856, 1],
            [0.7738095238095237, -0.3214285714285714, 0, -0.18480725623582764, 0.13775510204081629, 0, 0.16751700680272108, -0.2525510204081632, 0],
            [0.09043171312364702, 0.1032729418297931, 0, -0.4335627274521368, 0.08342692033081449, 0, -0.06652137153317214, 0.33106121457329274, 0],
        ]),
        ("U", x => Lu(x[0]).U, [M],
        [
            [3, 1, 0.25, 0, -2.3333333333333335, 3.9166666666666665, 0, 0, 2.035714285714285],
            [0.3214285714285714, -0.8392857142857142, -0.5, 1.1678004535147393, -2.6403061224489797, 1.0476190476190477, -0.6641156462585034, 2.340561224489796, -1.3928571428571428],
            [-0.75817584686936, -1.860524694571706, 0, -2.6166953571912153, 3.0790785165297088, -0.5980319092867683, 6.74852726730742, -3.163126165189106, -1.013531688185478],
        ]),
        ("logdet", x => LogDet(x[0]), [A],
        [
            [3.0325462466767075],
            [0.286144578313253, -0.10240963855421686, -0.08433734939759036, -0.10240963855421688, 0.37349397590361444, 0.07228915662650602, -0.08433734939759036, 0.07228915662650601, 0.5301204819277108],
            [-0.08487639409430434, 0.08641428101723192, 0.10826562163882701, 0.08641428101723193, -0.1417186382341676, -0.11327688457415082, 0.10826562163882701, -0.11327688457415083, -0.33459225200992665],
        ]),
    ];

    public static TheoryData<string> Recorded => [.. recorded.Select(r => r.Name)];

    [Theory, MemberData(nameof(Recorded))]
    public void Values_and_derivatives_are_the_recorded_ones(string name)
    {
        var (_, f, x, numbers) = recorded.Single(r => r.Name == name);
        Node Scale(Node y) => y.Type.Rank == 0 ? y : Sum(y * C[.., ..(Index)(int)y.Shape[1]]);
        Node[] First(Node[] v) => [.. Gradient.Of([Scale(f(v))], [Scalar(1.0)], v).Select(g => g!)];
        var first = First(x);
        var second = Gradient.Of([first.Select(g => Sum(g * g)).Aggregate((a, b) => a + b)], [Scalar(1.0)], x);
        Node[] all = [f(x), .. first, .. second.Select((g, k) => g ?? Zeros(x[k].Shape))];
        for (var k = 0; k < all.Length; k++) Near(Tensor<double>(numbers[k], all[k].Shape), all[k], 1e-11);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(63), InlineData(64), InlineData(65), InlineData(150)]
    public void Factors_and_solutions_have_small_residuals(int n)
    {
        var (a, m, b) = (Positive(n, 2, n), Random(n + 1, 2, n, n), Random(n + 2, 2, n, 3));
        foreach (var type in new[] { DType.Float64, DType.Float32 })
        {
            var (p, q, r) = (Cast(a, type), Cast(m, type), Cast(b, type));
            var bound = (n + 1) * (type == DType.Float64 ? 1.2e-16 : 6e-8);
            Node Wide(Node x) => Cast(x, DType.Float64);
            void Small(double scale, Node rest) => Assert.True(Largest(rest) <= 4 * bound * scale, $"{Largest(rest)} of {scale} in {type}");
            var l = Cholesky(p);
            Assert.Equal(p.Type, l.Type);
            Assert.Equal(0, Largest(Triu(l, 1)));
            Small(Largest(a), MatMul(Wide(l), Transpose(Wide(l))) - Wide(p));
            var (order, lower, upper) = Lu(q);
            Small(n * Largest(upper), MatMul(Wide(order), MatMul(Wide(lower), Wide(upper))) - Wide(q));
            Assert.True(Largest(lower) <= 1);
            foreach (var transposed in new[] { false, true })
                foreach (var (triangle, isLower) in new[] { (l, true), (Transpose(l), false) })
                {
                    var x = SolveTriangular(triangle, r, isLower, transposed);
                    Small(n * Largest(l) * Largest(x), MatMul(Wide(transposed ? Transpose(triangle) : triangle), Wide(x)) - Wide(r));
                }
            var solved = Solve(q, r);
            Small(n * n * Largest(solved), MatMul(Wide(q), Wide(solved)) - Wide(r));
        }
    }

    [Fact]
    public void Residuals_are_small_where_the_matrix_is_nearly_singular()
    {
        // Hilbert's matrix of order 8 has the condition 1.5e10.
        var i = Arange(8, DType.Float64);
        var (h, b) = (1 / (Unsqueeze(i, 1) + i + 1), Random(3, 8));
        foreach (var x in new[] { Solve(h, b), CholeskySolve(Cholesky(h), b) })
            Assert.True(Largest(MatMul(h, x) - b) <= 8 * 8 * 2.3e-16 * Largest(x), $"{Largest(MatMul(h, x) - b)} of {Largest(x)}");
        Assert.True(Math.Abs(Evaluate<double>(Det(h))[0] / 2.7370501137916e-33 - 1) < 1e-6);
    }

    [Fact]
    public void Derivatives_have_their_closed_forms()
    {
        var (a, m, t) = (Positive(1, 2, 70), Random(2, 2, 70, 70) + 3 * Eye(70), Random(3, 2, 70, 70));
        Near(Inverse(a), Grad(x => Sum(2 * Log(Diagonal(Cholesky(x), 0, 1, 2))))(a), 1e-9);
        Near(Transpose(Inverse(m)), Grad(x => Sum(SlogDet(x).LogAbsDet))(m), 1e-9);
        var inverse = Inverse(m);
        Near(-MatMul(inverse, MatMul(t, inverse)), Jvp(Inverse, m, t).Tangent, 1e-9);
        // dA = dL·Lᵀ + L·dLᵀ, and dA[order] = dL·U + L·dU.
        var symmetric = t + Transpose(t);
        var (l, dl) = Jvp(Cholesky, a, symmetric);
        Near(symmetric, MatMul(dl, Transpose(l)) + MatMul(l, Transpose(dl)), 1e-9);
        Node Product(Node x) => Lu(x) is var (p, lower, upper) ? MatMul(p, MatMul(lower, upper)) : x;
        Near(t, Jvp(Product, m, t).Tangent, 1e-9);
        // log det(x·I) is n·log x, whose third derivative is 2n/x³.
        Func<Node, Node> f = x => LogDet(x * Eye(4));
        Near(Scalar(8 / 3.375), Grad(Grad(Grad(f)))(Scalar(1.5)));
        Near(Scalar(8 / 3.375), Grad(Grad(Grad(x => 2 * Sum(Log(Diagonal(Cholesky(x * Eye(4))))))))(Scalar(1.5)));
    }

    [Fact]
    public void Only_the_triangle_is_read()
    {
        var nan = Tril(Ones([3, 3])) * 0 + Triu(Full(A.Type, double.NaN), 1);
        Near(Cholesky(A), Cholesky(Where(IsNaN(nan), nan, A)));
        Near(SolveTriangular(Tril(A), B, lower: true), SolveTriangular(Where(IsNaN(nan), nan, A), B, lower: true));
        Near(SolveTriangular(Tril(A, -1) + Eye(3), B, lower: true), SolveTriangular(Where(Or(IsNaN(nan), Equal(Eye(3), 1)), double.NaN, A), B, lower: true, unit: true));
        Near(SolveTriangular(Triu(A), B, lower: false), SolveTriangular(Where(IsNaN(Transpose(nan)), double.NaN, A), B, lower: false));
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        var bad = Stack([A, Tensor<double>(new[,] { { 1.0, 2, 0 }, { 2, 1, 0 }, { 0, 0, 1 } }), -A]);
        Fails("Cholesky: matrix 1 of 3 is not positive definite: its leading minor of order 2 is not positive", Cholesky(bad));
        Fails("Cholesky: matrix 0 of 1 is not positive definite: its leading minor of order 1 is not positive", Cholesky(-A));
        Fails("leading minor of order 3", Cholesky(A * Tensor<double>(new[,] { { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, double.NaN } })));
        Fails("leading minor of order 100", Cholesky(Where(Equal(Unsqueeze(Arange(120), 1), 99), 0, Eye(120))));
        var singular = Tensor<double>(new[,] { { 1.0, 2, 3 }, { 2, 4, 6 }, { 1, 0, 1 } });
        Fails("TriangularSolve(upper): matrix 0 of 1 is singular: element 2 of the diagonal is 0", Solve(singular, B));
        Fails("TriangularSolve(lower, transposed): matrix 1 of 2 is singular: element 1 of the diagonal is 0", SolveTriangular(Stack([Eye(3), Diag(Tensor([1.0, 0, 1]))]), B, lower: true, transposed: true));
        Fails("is singular", Grad(Det)(singular));
        Near(Scalar(0.0), Det(singular));
        Assert.Equal([0], Evaluate<double>(SlogDet(singular).Sign));
        Assert.Equal([double.NegativeInfinity, double.NegativeInfinity], Evaluate<double>(Stack([SlogDet(singular).LogAbsDet, LogDet(singular)])));
        Assert.Equal([double.NaN], Evaluate<double>(LogDet(M)));
        Near(Scalar(Math.Log(14.25)), LogDet(Stack([M[1], M[0], M[2]])));
        Near(Zeros([2, 3, 3]), Lu(Zeros([2, 3, 3])).U);
        foreach (var wrong in new Func<Node>[] { () => Cholesky(B), () => Lu(B[0]).L, () => Det(B), () => Solve(A, B[..2]), () => Solve(A, Scalar(1.0)), () => SolveTriangular(A, Zeros([2, 4]), true), () => Solve(Stack([A, A]), Zeros([3, 3, 1])), () => new(new TriangularSolve(true, false, false), A, B) })
            Assert.Throws<ShapeException>(wrong);
    }

    [Fact]
    public void Leading_axes_broadcast_and_vectors_are_vectors()
    {
        var (many, v) = (Stack([A, M]), B[.., 0]);
        Near(Stack([Solve(A, B), Solve(M, B)]), Solve(many, B));
        Near(Solve(A, B)[.., 0], Solve(A, v));
        Near(Stack([Solve(A, v), Solve(M, v)]), Solve(many, v));
        Near(Stack([Solve(A, v), Solve(M, -v)]), Solve(many, Stack([v, -v])));
        Near(Stack([SolveTriangular(A, B, true), SolveTriangular(A, 2 * B, true)]), SolveTriangular(A, Stack([B, 2 * B]), true));
        Near(Stack([Stack([Det(A), Det(M)]), Stack([Det(2 * A), Det(2 * M)])]), Det(Stack([many, 2 * many])));
        Near(Cast(Inverse(A), DType.Float32), Inverse(Cast(A, DType.Float32)), 1e-6);
        Assert.Equal(DType.Float64, Solve(Cast(A, DType.Float32), B).DType);
        Near(Diag(Tensor([0.5, 0.25])), Inverse(Tensor<long>(new long[,] { { 2, 0 }, { 0, 4 } })));
    }

    [Fact]
    public void Nothing_is_solved_too()
    {
        Near(Scalar(1.0), Det(Zeros([0, 0])));
        Near(Zeros([2]), LogDet(Zeros([2, 0, 0])));
        Assert.Empty(Evaluate<double>(Cholesky(Inverse(Zeros([3, 0, 0])))));
        Assert.Equal([0, 3, 2], Solve(Zeros([0, 3, 3]), B).Shape);
        Assert.Empty(Evaluate<double>(Grad(x => Sum(Solve(x, B)) + Sum(Det(x)) + Sum(Cholesky(x)))(Zeros([0, 3, 3]))));
        Assert.Empty(Evaluate<double>(Solve(A, Zeros([3, 0]))));
    }

    [Fact]
    public void Batches_choices_and_compiled_functions_take_them()
    {
        var rows = Stack([A, 2 * A, A + Eye(3)]);
        Near(Cholesky(rows), Vmap(Cholesky)(rows));
        Near(Solve(rows, B), Vmap(a => Solve(a, B))(rows));
        Near(Stack([Solve(M, B), Solve(M, 3 * B)]), Vmap(b => Solve(M, b))(Stack([B, 3 * B])));
        Near(Stack([Cholesky(A), -A]), Vmap(a => Cond(a[0, 0] > 0, Cholesky, x => x, a))(Stack([A, -A])));
        Near(Det(M), Compile(Det)(M));
        var hessian = Hessian(a => Sum(SlogDet(a).LogAbsDet))(M);
        var inverse = Inverse(M);
        Near(-Permute(Reshape(Unsqueeze(Unsqueeze(inverse, 2), 3) * inverse, [3, 3, 3, 3]), [3, 0, 1, 2]), hessian);
    }

    [Fact]
    public void Plans_and_costs_name_them()
    {
        var a = Node.Placeholder(TensorType.Float64(2, 3, 3));
        Assert.Contains("Lu, a kernel of its own", Explain.Plan(Det(a)), StringComparison.Ordinal);
        Assert.Contains("Cholesky, a kernel of its own", Explain.Plan(Cholesky(a)), StringComparison.Ordinal);
        Assert.Equal(18, Stats.Of(new Node(Functional.Autograd.Primitives.Cholesky.Instance, a)).Flops);
        Assert.Equal(36, Stats.Of(new Node(new Part(0), new Node(Functional.Autograd.Primitives.Lu.Instance, a))).Flops);
        Assert.Equal(2 * 9 * 2, Stats.Of(new Node(new TriangularSolve(true, false, false), a, Node.Placeholder(TensorType.Float64(2, 3, 2)))).Flops);
    }
}
