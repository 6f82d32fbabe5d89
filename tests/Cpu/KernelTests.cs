using Functional.Autograd;
using Functional.Autograd.Cpu;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Cpu;

public class KernelTests
{
    private static float[] Random(int n, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => (float)random.NextDouble() - 0.5f)];
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 3, 5)]
    [InlineData(8, 400, 32)]
    [InlineData(64, 784, 256)]
    [InlineData(97, 385, 33)]
    [InlineData(200, 17, 301)]
    public void Products_of_all_sizes_and_layouts_are_right(int m, int k, int n)
    {
        var (a, b) = (Random(m * k, 1), Random(k * n, 2));
        var expected = new double[m * n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                for (var p = 0; p < k; p++) expected[i * n + j] += (double)a[i * k + p] * b[p * n + j];
        var left = Tensor<float>(a, [m, k]);
        var right = Tensor<float>(b, [k, n]);
        var results = new[]
        {
            MatMul(left, right),
            MatMul(Transpose(Tensor<float>(Evaluate<float>(Transpose(left)), [k, m])), right),
            MatMul(left, Transpose(Tensor<float>(Evaluate<float>(Transpose(right)), [n, k]))),
            Transpose(MatMul(Transpose(right), Transpose(left))),
        };
        foreach (var result in results)
        {
            var actual = Evaluate<float>(result);
            // Rounding of a sum of k products of magnitude at most 1/4.
            for (var i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6 * Math.Sqrt(k));
        }
        var exact = Evaluate<double>(MatMul(Cast(left, DType.Float64), Cast(right, DType.Float64)));
        for (var i = 0; i < exact.Length; i++) Assert.Equal(expected[i], exact[i], 1e-13 * k);
    }

    [Fact]
    public void Large_reductions_are_right_and_do_not_depend_on_threads()
    {
        var data = Random(300 * 1000, 3);
        var x = Tensor<float>(data, [300, 1000]);
        float[][] All() => [Evaluate<float>(Sum(Exp(x))), Evaluate<float>(Sum(Exp(x), [0])), Evaluate<float>(Sum(Exp(x), [1])), Evaluate<float>(MaxOver(x * 2, [0])), Evaluate<float>(Prod(1 + x * 1e-3, [1]))];
        var many = All();
        var threads = CpuBackend.Threads;
        CpuBackend.Threads = 1;
        var one = All();
        CpuBackend.Threads = threads;
        for (var i = 0; i < many.Length; i++) Assert.Equal(one[i], many[i]);
        Assert.Equal(data.Sum(v => Math.Exp(v)), many[0][0], 0.05);
        for (var j = 0; j < 1000; j += 111) Assert.Equal(Enumerable.Range(0, 300).Sum(i => Math.Exp(data[i * 1000 + j])), many[1][j], 1e-3);
        for (var i = 0; i < 300; i += 37) Assert.Equal(data[(i * 1000)..((i + 1) * 1000)].Sum(v => Math.Exp(v)), many[2][i], 1e-3);
    }

    [Fact]
    public void Single_precision_functions_stay_within_their_bounds()
    {
        // Units in the last place; tanh is a rational approximation, the others come from the framework or from double precision.
        (Func<Node, Node> Core, Func<double, double> Exact, double Low, double High, double Bound)[] rows =
        [
            (Exp, Math.Exp, -20, 20, 2.5), (Log, Math.Log, 1e-6, 100, 2.5), (Sin, Math.Sin, -30, 30, 2.5), (Cos, Math.Cos, -30, 30, 2.5), (Tanh, Math.Tanh, -9, 9, 5),
            (Sigmoid, v => 1 / (1 + Math.Exp(-v)), -15, 15, 4), (Sqrt, Math.Sqrt, 0, 50, 1),
        ];
        foreach (var (core, exact, low, high, bound) in rows)
        {
            float[] x = [.. Enumerable.Range(0, 20001).Select(i => (float)(low + (high - low) * i / 20000)), 1e-6f, 1e-4f, 3e-4f, 0.01f];
            var y = Evaluate<float>(core(Tensor(x)));
            for (var i = 0; i < x.Length; i++)
            {
                var wanted = exact(x[i]);
                var ulp = Math.Max(MathF.BitIncrement(MathF.Abs((float)wanted)) - MathF.Abs((float)wanted), float.Epsilon);
                // Near a zero of sin and cos the argument's own rounding counts.
                var slack = Math.Abs(wanted) < 1e-3 && low < 0 && high == 30 ? 1e-7 : 0;
                Assert.True(Math.Abs(y[i] - wanted) <= bound * ulp + slack, $"{core.Method.Name}({x[i]:R}) = {y[i]:R}, exactly {wanted:R}: {Math.Abs(y[i] - wanted) / ulp:F1} ulp");
            }
        }
    }

    [Fact]
    public void Integers_keep_their_types_and_wrap_nothing_by_accident()
    {
        Assert.Equal([3L, -3, 0], Evaluate<long>(FloorDiv(Tensor([7L, -5L, 4L]), Tensor([2L, 2L, 0L]))));
        Assert.Equal([1L, 1, 0], Evaluate<long>(Rem(Tensor([7L, -5L, 4L]), Tensor([2L, 2L, 0L]))));
        Assert.Equal([8, 9], Evaluate<int>(Pow(Tensor([2, 3]), Tensor([3, 2]))));
        Assert.Equal([200L], Evaluate<long>(Sum(Tensor<byte>([100, 100]))));
        Assert.Equal([true, false], Evaluate<bool>(Less(Tensor([1, 2]), 2)));
        Assert.Equal([0L, 2, 1], Evaluate<long>(Sort(Tensor<byte>([1, 3, 2])).Indices));
        Assert.Equal([long.MaxValue], Evaluate<long>(MaxOver(Tensor([long.MinValue, long.MaxValue]))));
        Assert.Equal([19L, 22, 43, 50], Evaluate<long>(MatMul(Tensor(new long[,] { { 1, 2 }, { 3, 4 } }), Tensor(new long[,] { { 5, 6 }, { 7, 8 } }))));
    }

    [Fact]
    public void Sorting_is_stable()
    {
        foreach (var n in (int[])[2, 16, 17, 257, 1025])
        {
            var keys = Enumerable.Range(0, n).Select(i => (double)(i * 7 % 5)).ToArray();
            long[] Wanted(bool descending) => [.. Enumerable.Range(0, n).OrderBy(i => descending ? -keys[i] : keys[i]).Select(i => (long)i)];
            Assert.Equal(Wanted(false), Evaluate<long>(Sort(Tensor(keys)).Indices));
            Assert.Equal(Wanted(true), Evaluate<long>(Sort(Tensor(keys), descending: true).Indices));
        }
    }

    [Theory]
    [InlineData(3, 1025)]
    [InlineData(257, 33)]
    [InlineData(1100, 5)]
    public void Strided_values_of_many_tiles_are_read_right(int rows, int columns)
    {
        var data = Random(rows * columns, rows);
        double At(int i, int j) => data[i * columns + j];
        var x = Cast(Tensor<float>(data, [rows, columns]), DType.Float64) * 1;
        var turned = Evaluate<double>(Transpose(x) * 2);
        var flipped = Evaluate<double>(Flip(x, 0, 1) + 1);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            {
                Assert.Equal(At(i, j) * 2, turned[j * rows + i]);
                Assert.Equal(At(rows - 1 - i, columns - 1 - j) + 1, flipped[i * columns + j]);
            }
        var every = Evaluate<float>(SliceAxis(Tensor<float>(data, [rows, columns]), 1, 1, columns, 3) * 4);
        var width = every.Length / rows;
        for (var i = 0; i < every.Length; i++) Assert.Equal(4 * data[i / width * columns + 1 + i % width * 3], every[i]);
    }

    [Fact]
    public void More_memory_than_there_is_is_refused_and_nothing_is_lost()
    {
        var before = CpuBackend.BytesInUse;
        var error = Assert.Throws<TensorMemoryException>(() => Evaluate<float>(Full(TensorType.Float32(1L << 36), 1)));
        Assert.Contains("cannot allocate 274877906944 bytes", error.Message);
        Assert.True(CpuBackend.BytesInUse <= before);
        Assert.Equal([2f], Evaluate<float>(Tensor([1f]) * 2));
    }

    [Fact]
    public void Memory_is_given_back()
    {
        void Work()
        {
            for (var i = 0; i < 200; i++) Evaluate<float>(Tensor(Random(100_000, i)) * 2);
        }

        Work();
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.True(CpuBackend.BytesInUse < 8 << 20, $"{CpuBackend.BytesInUse} bytes are still in use");
    }

    [Fact]
    public void Rows_of_a_product_are_counted_in_64_bits()
    {
        for (var block = 0; block < int.MaxValue - 1_000_000; block += 999_983) Assert.Equal(block * 96L, Packed.FirstRow(block));
        Assert.True(Packed.FirstRow(int.MaxValue) > 1L << 37);
    }

    // What another backend made: nothing is known of it but what every buffer can do.
    private sealed class Foreign(DType dtype, byte[] bytes) : TensorBuffer(dtype, bytes.Length / dtype.Size)
    {
        public override void CopyTo(Span<byte> destination, long start = 0) => bytes.AsSpan((int)start, destination.Length).CopyTo(destination);

        public override long ScalarBits => Count == 1 && DType == DType.Float64 ? BitConverter.ToInt64(bytes) : throw new InvalidOperationException("more than one element");
    }

    private static Node Of(DType dtype, byte[] bytes) => Node.Leaf(new Foreign(dtype, bytes), [bytes.Length / dtype.Size]);

    private static Node Of(params double[] data) => Of(DType.Float64, System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>(data).ToArray());

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(1 << 30)]
    public void Buffers_of_other_backends_are_copied(int part)
    {
        var before = CpuBackend.LargestCopy;
        CpuBackend.LargestCopy = part;
        try
        {
            double[] data = [.. Enumerable.Range(0, 257).Select(i => i - 7.5)];
            var (x, zeros) = (Of(data), Cast(Arange(257), DType.Float64) * 0);
            Assert.Equal(data, Evaluate<double>(x));
            Assert.Equal(data.Select(v => v * 2 + 1), Evaluate<double>(x * 2 + 1));
            Assert.Equal(data.Sum(), Evaluate<double>(Sum(x + zeros))[0], 9);
            Assert.Equal(data.Reverse(), Evaluate<double>(Flip(x, 0)));
            Assert.Equal(data.Sum(v => v * v), Evaluate<double>(MatMul(x, x))[0], 6);
            Assert.Equal([6.0, 8], Evaluate<double>(Of(3, 4) * 2));
            Assert.Equal([9.0], Evaluate<double>(Of(3) * Of(3)));
            Assert.Equal([3.0, 4], Evaluate<double>(Of(3) + Of(0, 1)));
            Assert.Empty(Evaluate<double>(Of() * 2));
            Assert.Equal(2L, Evaluate<long>(Sum(Of(DType.Bool, [2, 0, 255])))[0]);
            Assert.Equal([4.0, 8], Evaluate<double>(Compile(a => [a[0] * a[0]], [TensorType.Float64(2)])([Of(2, Math.Sqrt(8))])[0]).Select(v => Math.Round(v, 12)));
        }
        finally
        {
            CpuBackend.LargestCopy = before;
        }
    }
}
