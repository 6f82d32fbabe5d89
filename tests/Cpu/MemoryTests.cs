using System.Runtime.CompilerServices;
using Functional.Autograd;
using Functional.Autograd.Cpu;
using Functional.Autograd.Plans;
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
        var folded = Evaluate<double>(Grad((Node v) => Sum(new Node(new Functional.Autograd.Primitives.Windows(0, 3, 1, 1), v)))(Full(TensorType.Float64(1000), 0)));
        Assert.Equal([.. Enumerable.Range(0, 1000).Select(i => (double)Math.Min(3, Math.Min(i + 1, 1000 - i)))], folded);
    }
}
