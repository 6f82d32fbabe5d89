namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>The Mersenne Twister mt19937 (Matsumoto and Nishimura, 1998), with PyTorch's ways of drawing from it.</summary>
    public sealed class Generator
    {
        private const int N = 624, M = 397;

        private readonly uint[] state = new uint[N];
        private int next = N;
        private double? spare;
        private float? spareSingle;

        /// <summary>Starts from a seed.</summary>
        public Generator(long seed = 5489) => manual_seed(seed);

        /// <summary>The seed that was set last.</summary>
        public long initial_seed { get; private set; }

        /// <summary>Starts anew from a seed.</summary>
        public Generator manual_seed(long seed)
        {
            initial_seed = seed;
            state[0] = (uint)seed;
            for (var i = 1u; i < N; i++) state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
            (next, spare, spareSingle) = (N, null, null);
            return this;
        }

        internal uint Next32()
        {
            if (next == N) Twist();
            var y = state[next++];
            y ^= y >> 11;
            y ^= (y << 7) & 0x9D2C5680;
            y ^= (y << 15) & 0xEFC60000;
            return y ^ (y >> 18);
        }

        private void Twist()
        {
            for (var i = 0; i < N; i++)
            {
                var y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7FFFFFFF);
                state[i] = state[(i + M) % N] ^ (y >> 1) ^ ((y & 1) != 0 ? 0x9908B0DF : 0);
            }
            next = 0;
        }

        internal ulong Next64()
        {
            var high = Next32();
            return ((ulong)high << 32) | Next32();
        }

        internal float Single() => (Next32() & 0xFFFFFF) * (1f / (1 << 24));

        internal double Double() => (Next64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

        // Fewer than 16 normal draws: two uniforms of 53 bits at a time, the second kept for the next draw.
        private double Normal()
        {
            if (spare is { } kept)
            {
                spare = null;
                return kept;
            }
            var (u1, u2) = (Double(), Double());
            var r = Math.Sqrt(-2 * Log1p(-u2));
            var theta = 2 * Math.PI * u1;
            spare = r * Math.Sin(theta);
            return r * Math.Cos(theta);
        }

        private static double Log1p(double x) => x > -1e-5 ? x - x * x / 2 + x * x * x / 3 - x * x * x * x / 4 : Math.Log(1 + x);

        internal void Normal(Span<double> values, bool single, double mean, double std)
        {
            if (values.Length < 16)
            {
                foreach (ref var v in values) v = single ? (float)(Normal() * std + mean) : Normal() * std + mean;
                return;
            }
            foreach (ref var v in values) v = single ? Single() : Double();
            for (var i = 0; i + 15 < values.Length; i += 16) Block(values.Slice(i, 16), single, mean, std);
            if (values.Length % 16 == 0) return;
            var last = values[^16..];
            foreach (ref var v in last) v = single ? Single() : Double();
            Block(last, single, mean, std);
        }

        private static void Block(Span<double> d, bool single, double mean, double std)
        {
            for (var j = 0; j < 8; j++)
            {
                if (single)
                {
                    var (u1, u2) = (1 - (float)d[j], (float)d[j + 8]);
                    var r = MathF.Sqrt(-2 * MathF.Log(u1));
                    var theta = 2f * (float)Math.PI * u2;
                    d[j] = r * MathF.Cos(theta) * (float)std + (float)mean;
                    d[j + 8] = r * MathF.Sin(theta) * (float)std + (float)mean;
                }
                else
                {
                    var (u1, u2) = (1 - d[j], d[j + 8]);
                    var r = Math.Sqrt(-2 * Math.Log(u1));
                    d[j] = r * Math.Cos(2 * Math.PI * u2) * std + mean;
                    d[j + 8] = r * Math.Sin(2 * Math.PI * u2) * std + mean;
                }
            }
        }
    }

    private static readonly Generator Default = new();

    /// <summary>The generator that random functions draw from when none is given.</summary>
    public static Generator default_generator => Default;

    /// <summary>Starts the default generator from a seed. https://pytorch.org/docs/2.6/generated/torch.manual_seed.html</summary>
    public static Generator manual_seed(long seed)
    {
        lock (Default) return Default.manual_seed(seed);
    }

    /// <summary>Seeds of the default generator.</summary>
    public static class random
    {
        /// <summary>Starts the default generator from a random seed, which is returned.</summary>
        public static long seed()
        {
            var seed = System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue) * 4294967296L + System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);
            torch.manual_seed(seed);
            return seed;
        }

        /// <summary>Starts the default generator from a seed.</summary>
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        /// <summary>The seed that was set last.</summary>
        public static long initial_seed() => Default.initial_seed;
    }

    private static Tensor Drawn(long[] size, dtype? dtype, bool requires_grad, Action<Generator, double[], bool> draw, Generator? generator = null)
    {
        dtype ??= get_default_dtype();
        var values = new double[Checked(size).Product];
        var source = generator ?? Default;
        lock (source) draw(source, values, dtype.Type == DType.Float32);
        return Filled(values, size, dtype, requires_grad);
    }

    private static Tensor Filled(double[] values, long[] size, dtype dtype, bool requires_grad)
    {
        if (!dtype.is_floating_point) throw new RuntimeError($"\"normal_kernel_cpu\" not implemented for '{dtype.TensorType}'");
        var shape = Dims.Create(size);
        var node = dtype.Type == DType.Float32 ? Ops.Tensor<float>(Array.ConvertAll(values, v => (float)v), shape) : Ops.Tensor<double>(values, shape);
        return Leaf(node, requires_grad);
    }

    /// <summary>Uniform numbers in [0, 1). https://pytorch.org/docs/2.6/generated/torch.rand.html</summary>
    public static Tensor rand(long[] size, dtype? dtype = null, device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Drawn(size, dtype, requires_grad, (g, values, single) =>
        {
            Demand(device);
            for (var i = 0; i < values.Length; i++) values[i] = single ? g.Single() : g.Double();
        }, generator);

    /// <summary>Uniform numbers in [0, 1).</summary>
    public static Tensor rand(params long[] size) => rand(size, null);

    /// <summary>Normal numbers of mean 0 and variance 1. https://pytorch.org/docs/2.6/generated/torch.randn.html</summary>
    public static Tensor randn(long[] size, dtype? dtype = null, device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Drawn(size, dtype, requires_grad, (g, values, single) =>
        {
            Demand(device);
            g.Normal(values, single, 0, 1);
        }, generator);

    /// <summary>Normal numbers of mean 0 and variance 1.</summary>
    public static Tensor randn(params long[] size) => randn(size, null);

    /// <summary>Normal numbers. https://pytorch.org/docs/2.6/generated/torch.normal.html</summary>
    public static Tensor normal(double mean, double std, long[] size, dtype? dtype = null, Generator? generator = null) =>
        std < 0 ? throw new RuntimeError($"normal expects std >= 0.0, but found std {std}") : Drawn(size, dtype, false, (g, values, single) => g.Normal(values, single, mean, std), generator);

    /// <summary>Integers from low to high − 1. https://pytorch.org/docs/2.6/generated/torch.randint.html</summary>
    public static Tensor randint(long low, long high, long[] size, dtype? dtype = null, Generator? generator = null)
    {
        if (low >= high) throw new RuntimeError($"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}");
        var values = new long[Checked(size).Product];
        var range = (ulong)(high - low);
        var source = generator ?? Default;
        lock (source)
            for (var i = 0; i < values.Length; i++) values[i] = low + (long)((range >= 1UL << 32 ? source.Next64() : source.Next32()) % range);
        return Leaf(Ops.Cast(Ops.Tensor<long>(values, Dims.Create(size)), (dtype ?? int64).Type), false);
    }

    /// <summary>Integers from 0 to high − 1.</summary>
    public static Tensor randint(long high, long[] size, dtype? dtype = null, Generator? generator = null) => randint(0, high, size, dtype, generator);

    /// <summary>The integers 0 … n − 1 in random order. https://pytorch.org/docs/2.6/generated/torch.randperm.html</summary>
    public static Tensor randperm(long n, dtype? dtype = null, Generator? generator = null)
    {
        var order = new long[n];
        for (var i = 0L; i < n; i++) order[i] = i;
        var source = generator ?? Default;
        lock (source)
            for (var i = 0L; i < n - 1; i++)
            {
                var z = i + source.Next32() % (n - i);
                (order[i], order[z]) = (order[z], order[i]);
            }
        return Leaf(Ops.Cast(Ops.Tensor<long>(order), (dtype ?? int64).Type), false);
    }
}
