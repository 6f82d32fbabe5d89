using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Functional.Autograd;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

/// <summary>Fourier transforms against PyTorch's (recorded/make_fourier.py), against sums of Int128 angles, and against themselves.</summary>
public class FourierTests
{
    private static readonly Dictionary<string, Func<Node, Node>> Named = new()
    {
        ["fft"] = x => Fft(x),
        ["fft n8"] = x => Fft(x, 8),
        ["fft n4 ortho"] = x => Fft(x, 4, norm: "ortho"),
        ["ifft forward"] = x => Ifft(x, norm: "forward"),
        ["ifft axis0"] = x => Ifft(x, axis: 0),
        ["rfft"] = x => Rfft(Real(x)),
        ["rfft odd"] = x => Rfft(Real(x), 7, norm: "forward"),
        ["irfft"] = x => Irfft(x),
        ["irfft 7"] = x => Irfft(x, 7),
        ["irfft 5 ortho"] = x => Irfft(x, 5, norm: "ortho"),
        ["fftn"] = x => FftN(x),
        ["ifftn"] = x => IfftN(x, norm: "ortho"),
    };

    [Fact]
    public void Transforms_and_their_gradients_are_PyTorchs()
    {
        var count = 0;
        foreach (var row in JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "recorded", "fourier.json"))).RootElement.EnumerateArray())
        {
            double[] Numbers(string part) => [.. row.GetProperty(part).EnumerateArray().Select(e => double.Parse(e.GetString()!, CultureInfo.InvariantCulture))];
            var (name, n) = (row.GetProperty("name").GetString()!, row.GetProperty("n").GetInt64());
            var f = Named.GetValueOrDefault(name, x => Fft(x));
            var x = ViewAsComplex(Tensor<double>(Numbers("x"), [3, n, 2]));
            var (y, pullback) = Vjp(f, x);
            Assert.Equal(row.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64()), y.Shape);
            var w = y.DType.IsComplex ? ViewAsComplex(Tensor<double>(Numbers("w"), [.. y.Shape, 2])) : Tensor<double>(Numbers("w"), y.Shape);
            Close(name, Numbers("y"), Parts(y));
            Close(name + "'s gradient", Numbers("g"), Parts(pullback(w)));
            count++;
        }
        Assert.Equal(24, count);
    }

    private static double[] Parts(Node y) => Evaluate<double>(y.DType.IsComplex ? ViewAsReal(y) : y);

    // The error of a transform is that of its norm.
    private static void Close(string what, double[] expected, double[] actual, double unit = 1.1e-16)
    {
        var off = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(e => e * e));
        Assert.True(off <= 4 * unit * (1 + Math.Log2(expected.Length)), $"{what} is off by {off:e2}");
    }

    public static TheoryData<int, int> Lengths => new() { { 1, 1 }, { 1, 2 }, { 9, 30 }, { 17, 61 }, { 3, 62 }, { 1, 64 }, { 8, 64 }, { 9, 128 }, { 2, 97 }, { 1, 360 }, { 1, 1009 }, { 2, 2048 }, { 1, 4095 }, { 1, 4096 }, { 1, 6561 }, { 3, 10007 }, { 1, 15625 }, { 1, 65536 }, { 2, 44100 } };

    [Theory, MemberData(nameof(Lengths))]
    public void Every_length_is_transformed_and_back_in_both_precisions(int rows, int n)
    {
        var random = new Random(n);
        Complex[] x = [.. Enumerable.Range(0, rows * n).Select(_ => new Complex(random.NextDouble() - 0.5, random.NextDouble() - 0.5))];
        Node z = Tensor<Complex>(x, [rows, n]);
        var y = Evaluate<Complex>(Fft(z));
        // Some of the sums, angle by angle.
        foreach (var k in new[] { 0, 1, n / 3, n / 2, n - 1 }.Distinct().Where(k => k < n))
        {
            var (row, sum) = (rows - 1, Complex.Zero);
            for (var j = 0; j < n; j++)
            {
                var (s, c) = double.SinCosPi(-2.0 * ((long)j * k % n) / n);
                sum += x[row * n + j] * new Complex(c, s);
            }
            Assert.True((sum - y[row * n + k]).Magnitude <= 4e-16 * Math.Sqrt(n) * (2 + Math.Log2(n)) + 1e-16 * n, $"{n}: {k} is off by {(sum - y[row * n + k]).Magnitude:e2}");
        }
        Close($"{n} and back", Parts(z), Parts(Ifft(Fft(z))));
        Close($"{n} and back in single precision", Parts(z), Parts(Cast(Ifft(Fft(Cast(z, DType.Complex64))), DType.Complex128)), 6e-8);
        Close($"{n} of real numbers and back", Parts(Real(z)), Parts(Irfft(Rfft(Real(z)), n)));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_and_mistakes_are_told()
    {
        Node x = Fft(Normal(Key(1), [1 << 16]));
        var all = Functional.Autograd.Cpu.CpuBackend.Threads;
        double[] One()
        {
            Functional.Autograd.Cpu.CpuBackend.Threads = 1;
            try { return Parts(Fft(Normal(Key(1), [1 << 16]))); }
            finally { Functional.Autograd.Cpu.CpuBackend.Threads = all; }
        }
        Assert.Equal(Parts(x), One());
        Assert.Equal("Rfft: complex128[3] is not real", Assert.Throws<ShapeException>(() => Rfft(ToComplex(Ones([3]), 0.0))).Message);
        Assert.Equal("Fft: a transform of 0 elements of float64[0]", Assert.Throws<ShapeException>(() => Fft(Zeros([0]))).Message);
        Assert.Contains("the norm other is none of", Assert.Throws<ArgumentException>(() => Fft(Ones([3]), norm: "other")).Message, StringComparison.Ordinal);
        Assert.Equal(DType.Complex64, Fft(Ones([3], DType.Float16)).DType);
        Assert.Empty(Evaluate<Complex>(Fft(Zeros([0, 3]))));
    }
}
