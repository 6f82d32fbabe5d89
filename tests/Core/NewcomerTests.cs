using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>What a newcomer reaches for, against numbers of PyTorch 2.6 and, where its formula loses digits, against sixty digits.</summary>
public class NewcomerTests
{
    private const double Inf = double.PositiveInfinity, NaN = double.NaN;

    private static readonly Node
        V = Tensor([2.0, 0, 3, 0, -1]), W = Tensor([1.0, 2, 3, 4, 5]), Sixth = Reshape(Arange(6), [2, 3]), Twelfth = Reshape(Arange(12), [2, 3, 2]),
        Ties = Tensor([1, 3, 2, 3, NaN, 5]), Odd = Tensor([NaN, Inf, -Inf, 1.5]);

    private static readonly (string Name, Node Actual, Dims Shape, double[] Expected)[] Values =
    [
        ("zeros", Zeros([2, 1]), [2, 1], [0, 0]), ("ones", Ones(3), [3], [1, 1, 1]), ("no ones", Ones([2, 0]), [2, 0], []),
        ("linspace", Linspace(0, 1, 5), [5], [0, 0.25, 0.5, 0.75, 1]), ("linspace by tenths", Linspace(0.1, 0.7, 7), [7], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
        ("linspace of integers", Linspace(0, 10, 5, DType.Int64), [5], [0, 2, 5, 7, 10]), ("linspace of few integers", Linspace(-3, 3, 4, DType.Int32), [4], [-3, -1, 1, 3]),
        ("linspace of thirds", Linspace(0, 49, 148, DType.Int64), [148], [.. Enumerable.Range(0, 148).Select(k => k / 3)]), ("linspace of one", Linspace(1, 2, 1), [1], [1]), ("linspace of none", Linspace(1, 2, 0), [0], []), ("linspace downwards", Linspace(2, -1, 4), [4], [2, 1, 0, -1]),
        ("linspace of the whole range", Linspace(-double.MaxValue, double.MaxValue, 3), [3], [-double.MaxValue, 0, double.MaxValue]),
        ("reshape", Reshape(Sixth, [-1, 2]), [3, 2], [0, 1, 2, 3, 4, 5]), ("reshape to a vector", Reshape(Sixth, -1), [6], [0, 1, 2, 3, 4, 5]),
        ("reshape of nothing", Reshape(Zeros([0, 3]), [-1, 3]), [0, 3], []), ("reshape of a scalar", Reshape(Scalar(7), [1, -1]), [1, 1], [7]), ("reshape to itself", Reshape(Sixth, [2, -1]), [2, 3], [0, 1, 2, 3, 4, 5]),
        ("cumprod", CumProd(V, 0), [5], [2, 0, 0, 0, 0]), ("cumprod of integers", CumProd(Tensor([2, 3, 4]), -1), [3], [2, 6, 24]), ("cumprod of truth values", CumProd(Tensor([true, false]), 0), [2], [1, 0]),
        ("cumprod of rows", CumProd(Sixth + 1, 0), [2, 3], [1, 2, 3, 4, 10, 18]), ("cumprod of nothing", CumProd(Zeros([2, 0]), 1), [2, 0], []),
        ("cummax", CumMax(Ties, 0).Values, [6], [1, 3, 3, 3, NaN, NaN]), ("the first largest", CumMax(Ties, 0).Indices, [6], [0, 1, 1, 1, 4, 4]),
        ("cummin", CumMin(Ties, 0).Values, [6], [1, 1, 1, 1, NaN, NaN]), ("the first smallest", CumMin(Ties, 0).Indices, [6], [0, 0, 0, 0, 4, 4]),
        ("cummax of bytes", CumMax(Tensor<byte>([3, 200, 7]), 0).Values, [3], [3, 200, 200]), ("cummin of longs", CumMin(Tensor<long>([5, long.MinValue, 3]), 0).Indices, [3], [0, 1, 1]),
        ("cummax of columns", CumMax(Reshape(Tensor([3.0, 1, 2, 5, 1, 7]), [2, 3]), 0).Values, [2, 3], [3, 1, 2, 5, 1, 7]), ("cummin of nothing", CumMin(Zeros([0, 2]), 0).Values, [0, 2], []),
        ("logaddexp", LogAddExp(Tensor([0.0, 1, 1000, -800, -1e20, 1e308]), Tensor([0.0, 2, 1001, -801, 1, -1e308])), [6], [0.6931471805599453, 2.313261687518223, 1001.3132616875182, -799.6867383124818, 1, 1e308]),
        ("logaddexp of infinities", LogAddExp(Tensor([-Inf, Inf, Inf, -Inf, NaN]), Tensor([-Inf, Inf, -Inf, 3, 1])), [5], [-Inf, Inf, Inf, 3, NaN]), ("logaddexp of integers", LogAddExp(Tensor([1]), 2), [1], [2.313261687518223]),
        ("xlogy", Xlogy(Tensor([2, 0, 0, 0, 0, 2, -2, Inf, 2]), Tensor([3, 2, Inf, -1, NaN, 0, 0, 1, -1])), [9], [2.1972245773362196, 0, 0, 0, NaN, -Inf, Inf, NaN, NaN]), ("xlogy of integers", Xlogy(Tensor([1, 0]), Tensor([2, 0])), [2], [0.6931471805599453, 0]),
        ("sinc", Sinc(Tensor([0, 1e-9, 0.25, 0.5, 1, 1.5, 2.25, -3.7, 1e6 + 0.5, 1e300, Inf, NaN])), [12],
            [1, 1, 0.9003163161571061, 0.6366197723675814, 0, -0.2122065907891938, 0.10003514623967844, -0.0695994884865519, 3.183097270289272e-07, 0, 0, NaN]), ("sinc of integers", Sinc(Tensor([0, 1, -2])), [3], [1, 0, 0]),
        ("polygamma", Polygamma(2, Scalar(1.5)), [], [-0.8287966442343199]), ("hypot", Hypot(Tensor([3.0, 1e300]), Tensor([4.0, 0])), [2], [5, 1e300]),
        ("roll", Roll(Sixth, 1), [2, 3], [5, 0, 1, 2, 3, 4]), ("roll of two axes", Roll(Sixth, [1, -1], [0, 1]), [2, 3], [4, 5, 3, 1, 2, 0]), ("roll around", Roll(Sixth, -4, -1), [2, 3], [1, 2, 0, 4, 5, 3]),
        ("roll twice", Roll(W, [3, 4], [0, 0]), [5], [4, 5, 1, 2, 3]), ("roll of a scalar", Roll(Scalar(5.0), 3), [], [5]), ("roll of nothing", Roll(Zeros([2, 0]), 1, 1), [2, 0], []), ("roll far", Roll(W, long.MinValue, 0), [5], [4, 5, 1, 2, 3]),
        ("diag of a vector", Diag(Tensor([1, 2]), 1), [3, 3], [0, 1, 0, 0, 0, 2, 0, 0, 0]), ("diag of a matrix", Diag(Sixth, -1), [1], [3]), ("a higher diag", Diag(Sixth, 1), [2], [1, 5]), ("diag outside", Diag(Sixth, 5), [0], []),
        ("trace", Trace(Sixth), [], [4]), ("traces", Trace(Twelfth), [2], [3, 15]), ("trace of truth values", Trace(Equal(Eye(3), 1)), [], [3]),
        ("kron", Kron(Tensor(new[,] { { 1, 2 }, { 3, 4 } }), Tensor([0, 1, 2])), [2, 6], [0, 1, 2, 0, 2, 4, 0, 3, 6, 0, 4, 8]), ("kron of a vector", Kron(Tensor([1, 2]), Tensor(new[,] { { 1 }, { 10 } })), [2, 2], [1, 2, 10, 20]), ("kron of scalars", Kron(Scalar(2), Scalar(3)), [], [6]),
        ("outer", Outer(Tensor([1, 2]), Tensor([3.5, 4, 5])), [2, 3], [3.5, 4, 5, 7, 8, 10]), ("outer of truth values", Outer(Tensor([true, false]), Tensor([true])), [2, 1], [1, 0]),
        ("tensordot", Tensordot(Twelfth, Reshape(Twelfth, [3, 2, 2])), [2, 2], [110, 125, 290, 341]), ("tensordot of pairs", Tensordot(Sixth, Reshape(Sixth, [3, 2]), [0, -1], [1, 0]), [], [50]),
        ("tensordot of no axes", Tensordot(Tensor([1, 2]), Tensor([3, 4]), 0), [2, 2], [3, 4, 6, 8]), ("tensordot of one axis", Tensordot(Sixth, Tensor([1.5, 0, 2]), 1), [2], [4, 14.5]), ("tensordot over nothing", Tensordot(Zeros([2, 0]), Zeros([0, 1]), 1), [2, 1], [0, 0]),
        ("cross", Cross(Tensor([1.0, 2, 3]), Tensor([4.0, 5, -6])), [3], [-27, 18, -3]), ("cross of rows", Cross(Tensor(new[,] { { 1, 2, 3 }, { 0, 1, 0 } }), Tensor([4, 5, 6])), [2, 3], [-3, 6, -3, 6, 0, -4]),
        ("cross of columns", Cross(Reshape(Sixth, [3, 2]), Tensor(new[,] { { 1, 0 }, { 0, 1 }, { 2, 2 } }), 0), [3, 2], [4, 1, 4, -2, -2, 1]),
        ("nan_to_num", NanToNum(Odd), [4], [0, double.MaxValue, double.MinValue, 1.5]), ("nan_to_num in float32", NanToNum(Cast(Odd, DType.Float32)), [4], [0, float.MaxValue, float.MinValue, 1.5]), ("nan_to_num with numbers", NanToNum(Odd, 7, 8, 9), [4], [7, 8, 9, 1.5]), ("nan_to_num of integers", NanToNum(Sixth), [2, 3], [0, 1, 2, 3, 4, 5]),
    ];

    private static readonly (Node Actual, DType Expected)[] Types =
    [
        (Zeros(2), DType.Float64), (Ones(2, DType.Int8), DType.Int8), (Linspace(0, 1, 3, DType.Float32), DType.Float32), (CumProd(Tensor([2]), 0), DType.Int64), (CumProd(Tensor([2f]), 0), DType.Float32), (CumMax(Tensor([2]), 0).Values, DType.Int32),
        (CumMin(Tensor([2f]), 0).Indices, DType.Int64), (LogAddExp(Tensor([1]), Tensor([2f])), DType.Float32), (LogAddExp(Tensor([1]), Tensor([2])), DType.Float64), (LogAddExp(Tensor([1f]), 2.5), DType.Float32), (Xlogy(2, Tensor([1f])), DType.Float32),
        (Xlogy(Tensor([1f]), Tensor([1.0])), DType.Float64), (Sinc(Tensor([1])), DType.Float64), (Sinc(Tensor([1f])), DType.Float32), (Roll(Tensor([1f]), 1), DType.Float32), (Trace(Ones([2, 2], DType.Int32)), DType.Int64), (Diag(Tensor([true])), DType.Bool),
        (Outer(Tensor([1]), Tensor([1f])), DType.Float32), (Kron(Tensor([true]), Tensor([true])), DType.Bool), (Tensordot(Tensor([1]), Tensor([1f]), 1), DType.Float32), (Cross(Tensor([1, 2, 3]), Tensor([1L, 2, 3])), DType.Int64), (NanToNum(Tensor([1f])), DType.Float32),
    ];

    private static double[] Read(Node x) => Evaluate<double>(Cast(x, DType.Float64));

    private static void Near(string name, ReadOnlySpan<double> expected, double[] actual, double tolerance = 4e-15)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < actual.Length; i++)
            Assert.True(expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Abs(expected[i]), $"{name}, element {i}: {actual[i]:R} for {expected[i]:R}");
    }

    [Fact]
    public void Values_are_those_of_PyTorch()
    {
        foreach (var (name, actual, shape, expected) in Values)
        {
            Assert.True(shape == actual.Shape, $"{name}: {actual.Shape} for {shape}");
            Near(name, expected, Read(actual));
        }
        Assert.Equal(Types.Select(t => t.Expected), Types.Select(t => t.Actual.DType));
    }

    [Fact]
    public void Running_products_have_exact_derivatives_at_zeros()
    {
        static Node F(Node x) => Sum(CumProd(x, 0) * W);
        Assert.Equal([1.0, 22, 0, 0, 0], Read(Grad(F)(V)));
        Assert.Equal([0.0, 11, 0, 0, 0, 11, 0, 6, -6, 0, 0, 6, 0, 0, 0, 0, -6, 0, 0, 0, 0, 0, 0, 0, 0], Read(Hessian(F)(V)));
        var one = Tensor([2.0, 0, 3, 1, -1]);
        Assert.Equal([1.0, 16, 0, 0, 0], Read(Grad(F)(one)));
        Assert.Equal([0.0, 8, 0, 0, 0, 8, 0, 4, -6, 30, 0, 4, 0, 0, 0, 0, -6, 0, 0, 0, 0, 30, 0, 0, 0], Read(Hessian(F)(one)));
    }

    [Fact]
    public void Running_results_are_those_of_a_loop()
    {
        var random = new Random(3);
        foreach (var n in (int[])[1, 2, 3, 7, 8, 9, 100, 257])
        {
            double[] x = [.. Enumerable.Range(0, 2 * n).Select(_ => random.Next(40) == 0 ? NaN : random.Next(-3, 4))], factors = [.. x.Select(_ => random.Next(2) == 0 ? -2 : 0.5)];
            var (largest, smallest, product) = (new double[2 * n], new double[2 * n], new double[2 * n]);
            for (var i = 0; i < 2 * n; i++)
            {
                var before = i - 2;
                product[i] = before < 0 ? factors[i] : product[before] * factors[i];
                bool Wins(double[] best, int sign) => before < 0 || !double.IsNaN(x[(int)best[before] * 2 + i % 2]) && (double.IsNaN(x[i]) || sign * x[i] > sign * x[(int)best[before] * 2 + i % 2]);
                largest[i] = Wins(largest, 1) ? i / 2 : largest[before];
                smallest[i] = Wins(smallest, -1) ? i / 2 : smallest[before];
            }
            var columns = Tensor<double>(x, [n, 2]);
            Assert.Equal(product, Read(CumProd(Tensor<double>(factors, [n, 2]), 0)));
            Assert.Equal(largest, Read(CumMax(columns, 0).Indices));
            Assert.Equal(smallest, Read(CumMin(columns, 0).Indices));
            Assert.Equal(largest.Select((k, i) => x[(int)k * 2 + i % 2]), Read(Transpose(CumMax(Transpose(columns), -1).Values)));
            Assert.Equal(smallest.Select((k, i) => x[(int)k * 2 + i % 2]), Read(Transpose(CumMin(Transpose(columns), -1).Values)));
        }
    }

    [Fact]
    public void Sinc_is_smooth_to_the_fifth_order()
    {
        var pi2 = Math.PI * Math.PI;
        (double X, double[] Derivatives)[] rows =
        [
            (0, [1, 0, -pi2 / 3, 0, pi2 * pi2 / 5, 0]),
            (0.3, [0.85839369133413977501, -0.90202813013888881948, -2.4584852862661742298, 5.2474931529243695878, 13.648773849855682527, -36.627473667589359432]),
            (0.5, [0.63661977236758134308, -1.2732395447351626862, -1.1902271282389357323, 7.1413627694336143939, 4.8816512051307251995, -48.816512051307251995]),
            (-0.7, [0.36788301057177418929, 1.3652403755203533121, 0.26982700697582388038, -7.1310384171339145314, -4.9136412884021071661, 46.696315295701527104]),
            (1.25, [-0.18006326323142121391, -0.42163481436410104839, 2.4517688782459081762, -0.30115394807907599563, -16.576106166136009706, 11.201521609055359042]),
            (2.5, [0.12732395447351626862, -0.050929581789406507446, -1.2158933960043920894, 1.4590720752052705073, 10.067995351791495258, -20.135990703582990517]),
        ];
        foreach (var (x, expected) in rows)
        {
            Func<Node, Node> f = Sinc;
            for (var k = 0; k < expected.Length; k++, f = Grad(f)) Near($"derivative {k} of sinc at {x}", [expected[k]], Read(f(Scalar(x, DType.Float64))), k < 3 ? 1e-14 : 1e-12);
        }
    }

    [Fact]
    public void Mixed_derivatives_are_those_of_the_function()
    {
        static double[] Mixed(Func<Node, Node, Node> f, double a, double b) => Read(Hessian(x => f(x[0], x[1]))(Tensor([a, b])));
        Assert.Equal([0, 0.5, 0.5, 0], Mixed(Xlogy, 0, 2));
        Assert.Equal([0.0, 0, 0, 0], Mixed(Xlogy, 0, 0));
        Assert.Equal([0.0, 0, 0, 0], Mixed(Xlogy, 0, -1));
        Assert.Equal([0, 4, 4, -8], Mixed(Xlogy, 0.5, 0.25));
        Assert.Equal([0.25, -0.25, -0.25, 0.25], Mixed(LogAddExp, 3, 3));
        Assert.Equal([0.0, 0, 0, 0], Mixed(LogAddExp, -Inf, 3));
        Near("logaddexp", [0.19661193324148188, -0.19661193324148188, -0.19661193324148188, 0.19661193324148188], Mixed(LogAddExp, -800, -801));
    }

    [Fact]
    public void Idioms_of_JAX_have_their_forms()
    {
        static Node F(Node a, Node b, Node c) => Sum(a * b * c);
        Assert.Equal(Read(V * V), Read(Grad<(Node A, Node B, Node C)>(x => F(x.A, x.B, x.C), [1])((V, W, V))[0]));
        Assert.Equal([15.0], Read(Scan<Node, Node, ValueTuple>((c, x) => (c + x, default), Scalar(0.0), W).Carry));
        var i = Scalar(1L);
        Assert.Equal([2.0, 3], Read(Take(W, 0, i + Arange(2))));
        Assert.Equal([1.0, 7, 8, 4, 5], Read(W.At(i + Arange(2)).Set(Tensor([7.0, 8]))));
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        static void Misfit(Func<object> make, string message) => Assert.Equal(message, Assert.Throws<ShapeException>(make).Message);
        Node vector = Zeros(2), matrix = Zeros([2, 3]), three = Zeros([2, 2, 2]);
        Misfit(() => Linspace(0, 1, -1), "Linspace: there are no -1 numbers between 0 and 1");
        Misfit(() => Zeros([2, -1]), "a size in shape [2, -1] is negative");
        Misfit(() => Reshape(matrix, [4, -1]), "Reshape: float64[2, 3] does not determine -1 in [4, -1]");
        Misfit(() => Reshape(matrix, [-1, -1]), "Reshape: float64[2, 3] does not determine -1 in [-1, -1]");
        Misfit(() => Reshape(matrix, [-1, -6]), "Reshape: float64[2, 3] does not determine -1 in [-1, -6]");
        Misfit(() => Reshape(Zeros([0, 3]), [0, -1]), "Reshape: float64[0, 3] does not determine -1 in [0, -1]");
        Misfit(() => Reshape(matrix, [4]), "Reshape([4]) does not fit float64[2, 3]");
        Misfit(() => CumProd(vector, 1), "CumProd: axis 1 is out of range for float64[2]");
        Misfit(() => CumMax(vector, 1), "CumMax: axis 1 is out of range for float64[2]");
        Misfit(() => CumMin(vector, -2), "CumMin: axis -2 is out of range for float64[2]");
        Misfit(() => LogAddExp(vector, Zeros(3)), "LogAddExp: shapes [2] and [3] do not broadcast");
        Misfit(() => Xlogy(vector, Zeros(3)), "Xlogy: shapes [2] and [3] do not broadcast");
        Misfit(() => Hypot(vector, Zeros(3)), "Hypot: shapes [2] and [3] do not broadcast");
        Misfit(() => Roll(matrix, [1, 2]), "Roll: 2 shifts along 1 axes of float64[2, 3]");
        Misfit(() => Roll(matrix, [1, 2], [0]), "Roll: 2 shifts along 1 axes of float64[2, 3]");
        Misfit(() => Roll(matrix, 1, 2), "Roll: axis 2 is out of range for float64[2, 3]");
        Misfit(() => Diag(three), "Diag: float64[2, 2, 2] is neither a vector nor a matrix");
        Misfit(() => Diag(Scalar(1.0)), "Diag: float64[] is neither a vector nor a matrix");
        Misfit(() => Trace(vector), "Trace: float64[2] is no matrix");
        Misfit(() => Outer(matrix, vector), "Outer: float64[2, 3] and float64[2] are not both vectors");
        Misfit(() => Tensordot(matrix, vector, 2), "Tensordot: float64[2, 3] and float64[2] do not have 2 axes each");
        Misfit(() => Tensordot(matrix, vector, -1), "Tensordot: float64[2, 3] and float64[2] do not have -1 axes each");
        Misfit(() => Tensordot(matrix, vector, 1), "Tensordot: axes [1] of float64[2, 3] and [0] of float64[2] do not pair");
        Misfit(() => Tensordot(matrix, matrix, [0, 1], [0]), "Tensordot: axes [0, 1] of float64[2, 3] and [0] of float64[2, 3] do not pair");
        Misfit(() => Tensordot(three, three, [0, 0], [0, 1]), "Tensordot: axes [0, 0] of float64[2, 2, 2] and [0, 1] of float64[2, 2, 2] do not pair");
        Misfit(() => Tensordot(matrix, vector, 2L, 0L), "Tensordot: axis 2 is out of range for float64[2, 3]");
        Misfit(() => Cross(vector, vector), "Cross: axis -1 is not an axis of size 3 that float64[2] and float64[2] share");
        Misfit(() => Cross(Zeros(1), Zeros(3)), "Cross: axis -1 is not an axis of size 3 that float64[1] and float64[3] share");
        Misfit(() => Cross(Zeros([3, 3]), Zeros([3, 3, 3]), 0), "Cross: axis 0 is not an axis of size 3 that float64[3, 3] and float64[3, 3, 3] share");
        Misfit(() => Cross(matrix, Zeros([4, 3])), "Cross: shapes [2, 3] and [4, 3] do not broadcast");
        Misfit(() => Cross(vector, vector, 1), "Cross: axis 1 is out of range for float64[2]");
    }
}
