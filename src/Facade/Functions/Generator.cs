using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>The Mersenne Twister mt19937 (Matsumoto and Nishimura, 1998), with PyTorch's ways of drawing from it.</summary>
    /// <remarks>https://pytorch.org/docs/2.6/generated/torch.Generator.html</remarks>
    public sealed class Generator
    {
        private const int N = 624, M = 397;

        private readonly uint[] state = new uint[N];
        private int next = N;
        private double? spare;

        /// <summary>Starts from a seed, PyTorch's own unless another is given.</summary>
        public Generator(long seed = 67280421310721) => manual_seed(seed);

        /// <summary>The seed that was set last: its 64 bits, which PyTorch shows without a sign.</summary>
        public long initial_seed { get; private set; }

        /// <summary>Starts anew from a seed.</summary>
        public Generator manual_seed(long seed)
        {
            initial_seed = seed;
            state[0] = (uint)seed;
            for (var i = 1u; i < N; i++) state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
            (next, spare) = (N, null);
            return this;
        }

        internal Generator Copy()
        {
            var copy = new Generator(initial_seed);
            copy.Become(this);
            return copy;
        }

        internal void Become(Generator other)
        {
            other.state.CopyTo(state, 0);
            (initial_seed, next, spare) = (other.initial_seed, other.next, other.spare);
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

        internal long Int63() => (long)(Next64() & long.MaxValue);

        internal float Single(int digits = 24) => (Next32() & ((1u << digits) - 1)) * (1f / (1 << digits));

        internal double Double() => (Next64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

        internal void Exponential(Span<double> values, double lambd)
        {
            foreach (ref var v in values) v = -1 / lambd * Library.Log1p(-Double());
        }

        internal void Bernoulli(Span<double> values, double p)
        {
            foreach (ref var v in values) v = Double() < p ? 1 : 0;
        }

        internal long[] Permutation(long n)
        {
            var order = Room<long>(n);
            for (var i = 0L; i < n; i++) order[i] = i;
            for (var i = 0L; i < n - 1; i++)
            {
                var z = i + Next32() % (n - i);
                (order[i], order[z]) = (order[z], order[i]);
            }
            return order;
        }

        // As many bits as the type has digits. The bounds are of the element type, and the processor multiplies and adds in one rounding.
        internal void Uniform(Span<double> values, DType type, double from, double to)
        {
            if (type == DType.Float64)
            {
                foreach (ref var v in values) v = Math.FusedMultiplyAdd(Double(), to - from, from);
                return;
            }
            var digits = type switch { DType.Float16 => 11, DType.BFloat16 => 8, _ => 24 };
            var (low, high) = (Literal.Rounded(from, type), Literal.Rounded(to, type));
            var range = Literal.Rounded(high - low, type);
            foreach (ref var v in values) v = Literal.Rounded(MathF.FusedMultiplyAdd(Single(digits), (float)range, (float)low), type);
        }

        // Two uniforms of 53 bits at a time give two normal numbers; the second is kept for the next draw.
        private double Normal()
        {
            if (spare is { } kept)
            {
                spare = null;
                return kept;
            }
            var (u1, u2) = (Double(), Double());
            var r = Math.Sqrt(-2 * Library.Log1p(-u2));
            var theta = 2 * Math.PI * u1;
            spare = r * Math.Sin(theta);
            return r * Math.Cos(theta);
        }

        /// <summary>Normal numbers: in blocks of 16 where PyTorch does so, else one by one.</summary>
        internal void Normal(Span<double> values, DType type, double mean, double std, bool blocks = true)
        {
            if (values.Length < 16 || !blocks)
            {
                foreach (ref var v in values) v = Literal.Rounded(Math.FusedMultiplyAdd(Normal(), std, mean), type);
                return;
            }
            Uniform(values, type, 0, 1);
            for (var i = 0; i + 15 < values.Length; i += 16) Block(values.Slice(i, 16), type, mean, std);
            if (values.Length % 16 == 0) return;
            var last = values[^16..];
            Uniform(last, type, 0, 1);
            Block(last, type, mean, std);
        }

        private static void Block(Span<double> d, DType type, double mean, double std)
        {
            for (var j = 0; j < 8; j++) (d[j], d[j + 8]) = Pair(d[j], d[j + 8], type, mean, std);
        }

        private static (double, double) Pair(double u1, double u2, DType type, double mean, double std)
        {
            if (type == DType.Float32)
            {
                var r = MathF.Sqrt(-2 * Library.Log(1 - (float)u1));
                var (sin, cos) = Library.SinCos((float)(2 * Math.PI) * (float)u2);
                return (MathF.FusedMultiplyAdd(r * cos, (float)std, (float)mean), MathF.FusedMultiplyAdd(r * sin, (float)std, (float)mean));
            }
            if (type == DType.Float64)
            {
                var r = Math.Sqrt(-2 * Math.Log(1 - u1));
                var theta = 2 * Math.PI * u2;
                return (Math.FusedMultiplyAdd(r * Math.Cos(theta), std, mean), Math.FusedMultiplyAdd(r * Math.Sin(theta), std, mean));
            }
            // Half types round after every operation.
            float Rounded(double x) => (float)Literal.Rounded(x, type);
            var (radius, angle, scale) = (Rounded(MathF.Sqrt(Rounded(-2 * Rounded(MathF.Log(Rounded(1 - u1)))))), Rounded(2 * Math.PI * u2), Rounded(std));
            double Placed(float wave) => Rounded(Rounded(Rounded(radius * Rounded(wave)) * scale) + Rounded(mean));
            return (Placed(MathF.Cos(angle)), Placed(MathF.Sin(angle)));
        }
    }

    // As in PyTorch, a program that sets no seed draws other numbers each time.
    private static readonly Generator Default = new(BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)));

    /// <summary>The generator that random functions draw from when none is given.</summary>
    public static Generator default_generator => Default;

    /// <summary>The default generator as it is now; it goes on from another one's state where one is given.</summary>
    internal static Generator State(Generator? then = null)
    {
        lock (Default)
        {
            var now = Default.Copy();
            if (then is not null) Default.Become(then);
            return now;
        }
    }

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
            var seed = BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
            torch.manual_seed(seed);
            return seed;
        }

        /// <summary>Starts the default generator from a seed.</summary>
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        /// <summary>The seed that was set last.</summary>
        public static long initial_seed() => Default.initial_seed;
    }
}
