using Functional.Autograd;
using Functional.Autograd.Cpu;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;

namespace Cpu;

public class ReductionTests
{
    private static float[] Random(long n, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)n).Select(_ => (float)random.NextDouble() - 0.5f)];
    }

    // Sizes around a lane's width, a tile, and the length at which lanes begin.
    public static TheoryData<int> Sizes => [1, 2, 3, 31, 32, 33, 64, 255, 256, 257, 513, 1023, 1025, 4096, 16385];

    private static (string Name, Dims Shape, int Axis, Func<int, int, int> Place)[] Layouts(int n) =>
    [
        ("rows", [3, n], 1, (row, k) => row * n + k),
        ("narrow columns", [n, 3], 0, (column, k) => k * 3 + column),
        ("wide columns", [n, 200], 0, (column, k) => k * 200 + column),
        ("between", [2, n, 2], 1, (line, k) => line / 2 * 2 * n + k * 2 + line % 2),
    ];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void NaN_wins_and_signed_zeros_are_ordered_wherever_they_stand(int n)
    {
        foreach (var (name, shape, axis, place) in Layouts(n))
        {
            var lines = (int)(shape.Product / n);
            foreach (var k in new[] { 0, 1, n / 3, n / 2, n - 2, n - 1 }.Where(k => k >= 0 && k < n).Distinct())
            {
                var data = Random(shape.Product, n);
                data[place(1, k)] = float.NaN;
                foreach (var node in (Node[])[Tensor<float>(data, shape), Cast(Tensor<float>(data, shape), DType.Float64) * 1])
                    foreach (var max in (bool[])[true, false])
                    {
                        var reduced = Evaluate(Cast(max ? MaxOver(node, [axis]) : MinOver(node, [axis]), DType.Float64));
                        for (var line = 0; line < lines; line++)
                        {
                            var row = Enumerable.Range(0, n).Select(i => (double)data[place(line, i)]).ToArray();
                            var wanted = line == 1 ? double.NaN : max ? row.Max() : row.Min();
                            Assert.True(wanted.Equals(reduced[line]), $"{name} of {n}, line {line}, NaN at {k}: {reduced[line]} for {wanted}");
                        }
                    }
                Assert.Equal(double.NaN, Evaluate(Cast(MaxOver(Tensor<float>(data, shape)), DType.Float64))[0]);
                Assert.Equal(double.NaN, Evaluate(Cast(MinOver(Tensor<float>(data, shape)), DType.Float64))[0]);
                if (n == 1) continue;
                // +0 among −0 is the largest; −0 among +0 the smallest.
                var zeros = new double[shape.Product];
                Array.Fill(zeros, -0.0);
                zeros[place(0, k)] = 0.0;
                Assert.True(double.IsPositive(Evaluate(MaxOver(Tensor<double>(zeros, shape), [axis]))[0]), name);
                Array.Fill(zeros, 0.0);
                zeros[place(0, k)] = -0.0;
                Assert.True(double.IsNegative(Evaluate(MinOver(Tensor<double>(zeros, shape), [axis]))[0]), name);
            }
        }
    }

    private static double[] Evaluate(Node node) => Transforms.Evaluate<double>(node);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(150_000)]
    [InlineData(299_999)]
    public void NaN_wins_when_chunks_are_joined(int at)
    {
        var data = Random(300_000, 1);
        data[at] = float.NaN;
        var x = Tensor<float>(data, [30_000, 10]);
        Assert.Equal([float.NaN], Transforms.Evaluate<float>(MaxOver(Exp(x))));
        Assert.Equal([float.NaN], Transforms.Evaluate<float>(MinOver(Exp(x))));
        var columns = Transforms.Evaluate<float>(MaxOver(x * 2, [0]));
        for (var j = 0; j < 10; j++) Assert.Equal(j == at % 10, float.IsNaN(columns[j]));
        for (var j = 0; j < 10; j++)
            if (j != at % 10) Assert.Equal(Enumerable.Range(0, 30_000).Max(i => data[i * 10 + j] * 2), columns[j]);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Reductions_of_every_type_and_layout_are_right(int n)
    {
        foreach (var (name, shape, axis, place) in Layouts(n))
        {
            var data = Random(shape.Product, n);
            var lines = (int)(shape.Product / n);
            double[][] rows = [.. Enumerable.Range(0, lines).Select(line => Enumerable.Range(0, n).Select(k => (double)data[place(line, k)]).ToArray())];
            var x = Tensor<float>(data, shape);
            var wide = Cast(x, DType.Float64);
            // At most 64 numbers meet in single precision: each sum is off by at most 64 units of rounding of Σ|x|, and once more when it is stored.
            Same(Sum(x, [axis]), r => r.Sum(), 65 * 6e-8 * rows.Max(r => r.Sum(Math.Abs)));
            Same(Mean(x, [axis]), r => r.Average(), 66 * 6e-8 * rows.Max(r => r.Average(Math.Abs)));
            // In double precision: 64 in a lane, then one for each move, then the lanes; and as many for the plain sum that it is compared with.
            Same(Sum(wide, [axis]), r => r.Sum(), (74 + n / 64 + n) * 1.2e-16 * rows.Max(r => r.Sum(Math.Abs)));
            Same(Prod(1 + x * 0.01, [axis]), r => r.Aggregate(1.0, (a, b) => a * (1 + b * 0.01)), (2 * n + 2) * 6e-8 * 2);
            Same(MaxOver(x, [axis]), r => r.Max(), 0);
            Same(MinOver(x, [axis]), r => r.Min(), 0);
            Same(Sum(Cast(x * 100, DType.Int32), [axis]), r => r.Sum(v => (int)(float)((float)v * 100f)), 0);
            Same(MaxOver(Cast(x * 100, DType.Int8), [axis]), r => r.Max(v => (sbyte)((float)v * 100f)), 0);
            Same(Cast(MaxOver(Less(x, -0.45), [axis]), DType.Float64), r => r.Any(v => v < -0.45) ? 1 : 0, 0);
            Same(Cast(MinOver(Less(x, 0.45), [axis]), DType.Float64), r => r.All(v => v < 0.45) ? 1 : 0, 0);
            Same(Sum(Less(x, 0.25), [axis]), r => r.Count(v => v < 0.25), 0);

            void Same(Node node, Func<double[], double> exact, double bound)
            {
                var actual = Evaluate(Cast(node, DType.Float64));
                for (var line = 0; line < lines; line++)
                    Assert.True(Math.Abs(actual[line] - exact(rows[line])) <= bound, $"{node.Op} over {name} of {n}, line {line}: {actual[line]:R} for {exact(rows[line]):R}, bound {bound:E1}");
            }
        }
    }

    [Fact]
    public void A_row_has_the_same_bits_wherever_it_lies_and_whoever_computes_it()
    {
        foreach (var n in (int[])[5, 40, 257, 1001, 5000])
        {
            var data = Random(11 * n * 3, n);
            var x = Tensor<float>(data, [11, n, 3]);
            var threads = CpuBackend.Threads;
            foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
            {
                var whole = Cast(x, dtype);
                Node Scaled(Node v) => Sum(Sin(v) * 1.1, [1]);
                var columns = Evaluate(Cast(Scaled(whole), DType.Float64));
                CpuBackend.Threads = 1;
                var single = Evaluate(Cast(Scaled(whole), DType.Float64));
                CpuBackend.Threads = threads;
                Assert.Equal(single, columns);
                var rows = Evaluate(Cast(Scaled(Reshape(whole, [33, n])), DType.Float64));
                for (var i = 0; i < 11; i++)
                {
                    var part = Cast(Tensor<float>(data[(i * n * 3)..((i + 1) * n * 3)], [1, n, 3]), dtype);
                    Assert.Equal(columns[(3 * i)..(3 * i + 3)], Evaluate(Cast(Scaled(part), DType.Float64)));
                }
                for (var i = 0; i < 33; i++)
                {
                    var part = Cast(Tensor<float>(data[(i * n)..((i + 1) * n)], [1, n]), dtype);
                    Assert.Equal(rows[i], Evaluate(Cast(Scaled(part), DType.Float64))[0]);
                }
            }
        }
    }

    [Fact]
    public void Sums_of_many_single_precision_numbers_do_not_stall()
    {
        // Beyond 2²⁵, adding 2 to a float changes nothing.
        const long n = (1 << 24) + 64;
        Assert.Equal([2 * n, 2 * n, 2 * n, 2 * n], Transforms.Evaluate<float>(Sum(Full(TensorType.Float32(2, n, 2), 2), [1])));
        Assert.Equal([2 * n, 2 * n], Transforms.Evaluate<float>(Sum(Full(TensorType.Float32(2, n), 2), [1])));
        Assert.Equal([2 * n], Transforms.Evaluate<float>(Sum(Full(TensorType.Float32(n), 2))));
        Assert.Equal([2 * n, 2 * n, 2 * n], Transforms.Evaluate<float>(Sum(Full(TensorType.Float32(n, 3), 2), [0])));
        Assert.Equal([2f], Transforms.Evaluate<float>(Mean(Full(TensorType.Float32(n), 2))));
        Assert.Equal(2 * n, Transforms.Evaluate<float>(CumSum(Full(TensorType.Float32(n), 2), 0))[^1]);
    }

    [Fact]
    public void Long_columns_are_summed_in_pieces()
    {
        // One by one in single precision the sum would be off by half and more; 64 at a time it is off by at most 64·6e-8 of itself.
        foreach (var columns in (long[])[3, 200])
            foreach (var sum in Transforms.Evaluate<float>(Sum(Full(TensorType.Float32(2, 30_000, columns), 0.1), [1])))
                Assert.Equal(3000, sum, 0.0116);
    }

    [Fact]
    public void Running_sums_of_single_precision_are_kept_in_double_precision()
    {
        var data = Enumerable.Repeat(0.1f, 100_000).ToArray();
        var sums = Transforms.Evaluate<float>(CumSum(Tensor(data), 0));
        for (var i = 0; i < data.Length; i += 999) Assert.Equal((float)((i + 1) * (double)0.1f), sums[i], 1e-7 * sums[i]);
        // As PyTorch has it.
        Assert.Equal(10000f, sums[^1]);
        var reversed = Transforms.Evaluate<float>(new Node(new CumSum(0, true), Tensor(data)));
        Assert.Equal(10000f, reversed[0]);
    }

    [Fact]
    public void Truth_values_are_not_added_as_bytes()
    {
        var truth = Tensor([true, true, false]);
        Assert.Equal([2L], Transforms.Evaluate<long>(Sum(truth)));
        Func<Node>[] raw =
        [
            () => new(new Reduce(Combine.Sum, [0]), truth), () => new(new Reduce(Combine.Prod, [0]), truth), () => new(new CumSum(0, false), truth), () => new(Dot.Instance, Reshape(truth, [1, 1, 3]), Reshape(truth, [1, 3, 1])),
            () => new(new Scatter(0, true), Tensor([false, true]), Tensor([0L, 0, 1]), truth), () => new(new Fold(new Windows(0, 3, 1, 1), 3), Reshape(truth, [1, 3])),
        ];
        foreach (var make in raw) Assert.Throws<ShapeException>(make);
        Assert.Equal([true], Transforms.Evaluate<bool>(MaxOver(truth)));
        Assert.Equal([false], Transforms.Evaluate<bool>(MinOver(truth)));
    }

    [Fact]
    public void Reductions_of_no_elements_give_the_identity()
    {
        Assert.Equal([0f, 0, 0], Transforms.Evaluate<float>(Sum(Tensor<float>([], [0, 3]), [0])));
        Assert.Equal([1.0, 1], Transforms.Evaluate<double>(Prod(Tensor<double>([], [2, 0]), [1])));
        Assert.Equal([1L], Transforms.Evaluate<long>(Prod(Tensor<long>([], [0]))));
        Assert.Equal([0L, 0], Transforms.Evaluate<long>(Sum(Tensor<byte>([], [2, 0]), [1])));
        Assert.Empty(Transforms.Evaluate<float>(MaxOver(Tensor<float>([], [0, 3]), [1])));
    }
}
