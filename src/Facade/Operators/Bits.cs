using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    // Functions of whole numbers, which have no derivative and are computed when they are called.
    [Operators(Elementwise = true, Forms = Forms.All)]
    private static class Bits
    {
        /// <summary>The bits that both have.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node bitwise_and(Node self, Node other) => self.DType == DType.Bool ? Ops.And(self, other) : Whole("bitwise_and_cpu", self, other, static (a, b) => a & b);

        /// <summary>The bits that one of both has.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node bitwise_or(Node self, Node other) => self.DType == DType.Bool ? Ops.Or(self, other) : Whole("bitwise_or_cpu", self, other, static (a, b) => a | b);

        /// <summary>The bits in which both differ.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node bitwise_xor(Node self, Node other) => self.DType == DType.Bool ? Ops.NotEqual(self, other) : Whole("bitwise_xor_cpu", self, other, static (a, b) => a ^ b);

        /// <summary>The bits that are not set.</summary>
        [Torch]
        public static Node bitwise_not(Node self) => self.DType == DType.Bool ? Ops.Not(self) : Whole("bitwise_not_cpu", self, self, static (a, _) => ~a);

        /// <summary>self·2^other; 0 beyond the width of the type.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node bitwise_left_shift(Node self, Node other) => Width(self.DType) is var width ? Whole("lshift_cpu", self, other, (a, b) => b >= 0 && b < width ? a << (int)b : 0) : self;

        /// <summary>⌊self / 2^other⌋; 0 or −1 beyond the width of the type.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node bitwise_right_shift(Node self, Node other) => Width(self.DType) is var width ? Whole("rshift_cpu", self, other, (a, b) => a >> (b >= 0 && b < width ? (int)b : 63)) : self;

        /// <summary>The greatest common divisor.</summary>
        [Torch]
        public static Node gcd(Node self, Node other) => Whole("gcd_cpu", self, other, Divisor);

        /// <summary>The least common multiple.</summary>
        [Torch]
        public static Node lcm(Node self, Node other) => Whole("lcm_cpu", self, other, static (a, b) => Divisor(a, b) is var d && d == 0 ? 0 : Magnitude(unchecked(a / d * b)));

        private static int Width(DType type) => type switch { DType.Int64 => 64, DType.Int32 => 32, DType.Int16 => 16, _ => 8 };

        private static long Magnitude(long n) => n < 0 ? unchecked(-n) : n;

        private static long Divisor(long a, long b)
        {
            while (b != 0) (a, b) = (b, b == -1 ? 0 : a % b);
            return Magnitude(a);
        }

        private static Node Whole(string kernel, Node a, Node b, Func<long, long, long> f)
        {
            if (a.DType.IsSmooth || a.DType == DType.Bool) throw new RuntimeError($"\"{kernel}\" not implemented for '{Named(a.DType).TensorType}'");
            var shape = Ops.BroadcastShapes(kernel, a.Shape, b.Shape);
            return Mapping.AtOnce(v =>
            {
                var (x, y) = (Longs(Ops.Broadcast(v[0], shape)), Longs(Ops.Broadcast(v[1], shape)));
                for (var i = 0; i < x.Length; i++) x[i] = f(x[i], y[i]);
                return [Ops.Cast(Ops.Tensor<long>(x, shape), a.DType)];
            }, a, b)[0];
        }
    }
}
