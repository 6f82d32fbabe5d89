using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Functional.Autograd;
using Functional.Autograd.Cpu;
using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Cpu;

public class MemoryTests
{
    private static double[] Numbers(int n, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5)];
    }

    // Programs that keep much, little and nothing at all besides addresses while they run.
    private static readonly (string Name, Func<double[]> Run)[] Programs =
    [
        ("a plan of more than 512 single values", () =>
        {
            Node x = Tensor<double>(Numbers(2000, 5));
            for (var i = 0; i < 200; i++) x = CumSum(x * (1.001 + i * 1e-5), 0) * (0.01 + i * 1e-5) + (0.125 + i * 1e-4);
            return Evaluate<double>(x);
        }),
        ("reductions in several chunks", () =>
        {
            Node x = Tensor<double>(Numbers(120_000, 1), [400, 300]);
            return [.. Evaluate<double>(Sum(Exp(x))), .. Evaluate<double>(Sum(Exp(x), [0])), .. Evaluate<double>(MaxOver(x * 2, [1])), .. Evaluate<double>(Prod(1 + x * 1e-3, [0]))];
        }),
        ("products", () =>
        {
            var (a, b) = (Tensor<double>(Numbers(130 * 70, 2), [130, 70]), Tensor<double>(Numbers(70 * 90, 3), [70, 90]));
            var c = MatMul(a, b);
            return Evaluate<double>(MatMul(Transpose(c), c) + 1);
        }),
        ("scalar graphs", () =>
        {
            Node x = Tensor<double>([0.4], Dims.Empty);
            for (var i = 0; i < 300; i++) x = Sin(x) * (1 + i * 1e-3) + Cast(Cast(x, DType.Float32), DType.Float64) * 0.1;
            return Evaluate<double>(x);
        }),
        ("gradients", () =>
        {
            Node x = Tensor<double>(Numbers(64, 4), [8, 8]);
            static Node Loss(Node w)
            {
                var h = w;
                for (var i = 0; i < 6; i++) h = Tanh(MatMul(h, w) + Softmax(h));
                return Sum(h * h);
            }
            return [.. Evaluate<double>(Grad(Loss)(x)), .. Evaluate<double>(Grad((Node w) => Sum(Grad(Loss)(w) * w))(x))];
        }),
        ("values that are only read", () =>
        {
            var parts = new List<double>();
            for (var i = 0; i < 20; i++) parts.AddRange(Evaluate<double>(Tensor(Numbers(50, i))));
            return [.. parts];
        }),
    ];

    [Fact]
    public void No_collection_takes_memory_that_is_still_read()
    {
        double[][] expected = [.. Programs.Select(p => p.Run())];
        var stop = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                // What was freed is handed out and written over at once.
                for (var i = 1; i <= 20; i++)
                {
                    Array.Fill(GC.AllocateUninitializedArray<long>(100 * i, pinned: true), -1);
                    Evaluate<double>(Full(TensorType.Float64(100 * i), double.NaN) + 1);
                }
            }
        });
        collector.Start();
        try
        {
            for (var round = 0; round < 40; round++)
                for (var p = 0; p < Programs.Length; p++)
                {
                    var actual = Programs[p].Run();
                    Assert.True(expected[p].AsSpan().SequenceEqual(actual), $"{Programs[p].Name}, round {round}: a value changed under collections");
                }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            collector.Join();
        }
    }

    private static void Collect(int times)
    {
        for (var i = 0; i < times; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Use(int blocks, int elements)
    {
        var values = new List<Node>();
        for (var i = 0; i < blocks; i++) values.Add(Settled(Full(TensorType.Float32(elements), i) * 1));
        Assert.Equal(blocks - 1, Evaluate<float>(Slice(values[^1], [0], [1]))[0]);
    }

    [Fact]
    public void Memory_that_is_no_longer_used_returns_to_the_system()
    {
        Use(64, 1 << 20);
        Assert.True(CpuBackend.BytesHeld >= 200L << 20, $"{CpuBackend.BytesHeld} bytes were held");
        Collect(5);
        Assert.True(CpuBackend.BytesInUse < 8 << 20, $"{CpuBackend.BytesInUse} bytes are still in use");
        Assert.True(CpuBackend.BytesHeld <= 80 << 20, $"{CpuBackend.BytesHeld} bytes are still held");
    }

    [Fact]
    public void No_more_is_held_than_was_in_use_at_once()
    {
        // Every size has a class of its own, so nothing can be used again.
        Collect(5);
        for (var size = 1; size <= 24; size++)
        {
            Use(1, size << 18);
            Collect(1);
            Assert.True(CpuBackend.BytesHeld <= 100 << 20, $"{CpuBackend.BytesHeld} bytes are held after {size} MiB");
        }
    }

    [Fact]
    public void Threads_that_allocate_at_once_leave_the_counts_right()
    {
        Collect(3);
        var before = CpuBackend.BytesInUse;
        Parallel.For(0, 8, i =>
        {
            for (var k = 0; k < 200; k++) Use(2, 1000 * (i + 1) + k);
        });
        Collect(3);
        Assert.True(CpuBackend.BytesInUse <= before + 4096, $"{CpuBackend.BytesInUse - before} bytes were lost");
        Assert.True(CpuBackend.BytesHeld >= CpuBackend.BytesInUse);
    }

    // Memory that is only reserved: the system gives it when it is touched, and four elements of it are.
    [Fact]
    public unsafe void Padding_and_folding_reach_beyond_two_gigabytes()
    {
        var far = (1L << 31) + 5;
        var whole = (byte*)NativeMemory.AllocZeroed((nuint)(3 * far));
        try
        {
            byte[] part = [1, 2, 3, 4];
            fixed (byte* from = part)
            {
                // Two rows of two, far apart; then two far apart in one row, and a step as large.
                Boxes.Put((nint)from, [2, 2], (nint)whole, new TensorType(DType.UInt8, [3, far]), [1, far - 2], [1, 1]);
                Assert.Equal((1, 2, 3, 4), (whole[2 * far - 2], whole[2 * far - 1], whole[3 * far - 2], whole[3 * far - 1]));
                Boxes.Put((nint)from, [2, 2], (nint)whole, new TensorType(DType.UInt8, [2, far]), [0, 3], [1, far - 4]);
                Assert.Equal((1, 2, 3, 4), (whole[3], whole[far - 1], whole[far + 3], whole[2 * far - 1]));
                // Windows of two with so large a distance, and windows as far from each other.
                Boxes.Fold(from, whole + 100, [2, 2], [far + 1], new Windows(0, 2, 1, far - 1));
                Assert.Equal((1, 3, 2, 4), (whole[100], whole[101], whole[99 + far], whole[100 + far]));
                Boxes.Fold(from, whole + 200, [2, 2], [far + 1], new Windows(0, 2, far - 1, 1));
                Assert.Equal((1, 2, 3, 4), (whole[200], whole[201], whole[199 + far], whole[200 + far]));
            }
            // More than all memory is refused before anything is cleared.
            var x = Full(TensorType.Float64(2), 1);
            Assert.Throws<TensorMemoryException>(() => Evaluate<double>(new Node(new Pad([1L << 40], [1L << 39], [1]), x)));
            Assert.Throws<TensorMemoryException>(() => Evaluate<double>(new Node(new Fold(new Windows(0, 2, 1, 1L << 40), (1L << 40) + 1), Full(TensorType.Float64(1, 2), 1))));
        }
        finally
        {
            NativeMemory.Free(whole);
        }
    }

    [Fact]
    public void Padding_folding_and_placing_cross_every_boundary()
    {
        // Long inner rows are moved whole, short ones one by one; both against plain loops.
        foreach (var (rows, columns) in ((int, int)[])[(1, 1), (3, 5), (1, 70_000), (70_000, 1), (257, 255)])
        {
            var data = Numbers(rows * columns, rows);
            var x = Tensor<double>(data, [rows, columns]);
            var padded = Evaluate<double>(Grad((Node v) => Sum(Slice(v, [1, 2], [rows, columns]) * x))(Full(TensorType.Float64(rows + 2, columns + 3), 0)));
            var joined = Evaluate<double>(Concat([x, x], 1));
            for (var i = 0; i < rows + 2; i++)
                for (var j = 0; j < columns + 3; j++)
                {
                    var inside = i >= 1 && i <= rows && j >= 2 && j < columns + 2;
                    if (padded[i * (columns + 3) + j] != (inside ? data[(i - 1) * columns + j - 2] : 0)) Assert.Fail($"[{i}, {j}] of {rows} × {columns}");
                }
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < 2 * columns; j++)
                    if (joined[i * 2 * columns + j] != data[i * columns + j % columns]) Assert.Fail($"[{i}, {j}] of {rows} × {2 * columns}");
        }
        var folded = Evaluate<double>(Grad((Node v) => Sum(new Node(new Windows(0, 3, 1, 1), v)))(Full(TensorType.Float64(1000), 0)));
        Assert.Equal([.. Enumerable.Range(0, 1000).Select(i => (double)Math.Min(3, Math.Min(i + 1, 1000 - i)))], folded);
    }
}
