using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    // Incomplete gamma functions and Hurwitz's zeta function, which PyTorch derives by one operand, and neighbours in a type.
    [Operators(Elementwise = true, Forms = Forms.Method | Forms.Function)]
    private static class GammaFunctions
    {
        private const double Precision = 2.220446049250313e-16;

        /// <summary>The regularised lower incomplete gamma function ∫₀ˣ tᵃ⁻¹e⁻ᵗ dt / Γ(a), a being self and x other; without a derivative by a.</summary>
        /// <exception cref="RuntimeError">Integers.</exception>
        [Torch("IgammaBackward0", Saves.SelfForOther | Saves.Other, Out = true)]
        public static Tensor igamma(Tensor self, Tensor other) => Partly(Elementwise("IgammaBackward0", Saves.SelfForOther | Saves.Other, Lower, self, other), self, "igamma: input");

        /// <summary>The same, in place.</summary>
        /// <exception cref="RuntimeError">Integers.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor igamma_(Tensor self, Tensor other) => self.requires_grad ? Underivable(self.Change("IgammaBackward0", Saves.SelfForOther | Saves.Other, Lower, other), Missing("igamma: input")) : self.Change("IgammaBackward0", Saves.SelfForOther | Saves.Other, Lower, other);

        /// <summary>The regularised upper incomplete gamma function ∫ₓ^∞ tᵃ⁻¹e⁻ᵗ dt / Γ(a), a being self and x other; without a derivative by a.</summary>
        /// <exception cref="RuntimeError">Integers.</exception>
        [Torch("IgammacBackward0", Saves.SelfForOther | Saves.Other, Out = true)]
        public static Tensor igammac(Tensor self, Tensor other) => Partly(Elementwise("IgammacBackward0", Saves.SelfForOther | Saves.Other, Upper, self, other), self, "igammac: input");

        /// <summary>The same, in place.</summary>
        /// <exception cref="RuntimeError">Integers.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor igammac_(Tensor self, Tensor other) => self.requires_grad ? Underivable(self.Change("IgammacBackward0", Saves.SelfForOther | Saves.Other, Upper, other), Missing("igammac: input")) : self.Change("IgammacBackward0", Saves.SelfForOther | Saves.Other, Upper, other);

        /// <summary>The next number of the type from self towards other; without a derivative.</summary>
        /// <exception cref="RuntimeError">Integers.</exception>
        [Torch("NextafterBackward0", Out = true)]
        public static Tensor nextafter(Tensor self, Tensor other) => Underivable(Elementwise("NextafterBackward0", Saves.None, Next, self, other), Missing("nextafter"));

        /// <summary>The same, in place.</summary>
        /// <exception cref="RuntimeError">Integers.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor nextafter_(Tensor self, Tensor other) => Underivable(self.Change("NextafterBackward0", Saves.None, Next, other), Missing("nextafter"));

        private static string Missing(string what) => $"the derivative for '{what}' is not implemented.";

        /// <summary>A result that has no derivative by its first operand.</summary>
        internal static Tensor Partly(Tensor result, Tensor self, string what) => self.requires_grad ? Underivable(result, Missing(what)) : result;

        private static Node Next(Node x, Node y)
        {
            var shape = Ops.BroadcastShapes("nextafter", x.Shape, y.Shape);
            return Mapping.AtOnce(v =>
            {
                double[] values = [.. Doubles(Ops.Broadcast(v[0], shape)).Zip(Doubles(Ops.Broadcast(v[1], shape)), (a, b) => Next(a, b, x.DType))];
                return [Ops.Cast(Ops.Tensor<double>(values, shape), x.DType)];
            }, Takes(x, "nextafter_cpu", whole: false), y)[0];
        }

        private static double Next(double x, double y, DType type)
        {
            if (double.IsNaN(x) || double.IsNaN(y) || x == y) return x == y ? y : double.NaN;
            var up = y > x;
            // A number of eight bits is the upper half of one of 24; from zero either way is up in size.
            float Half(float x) => x == 0 ? BitConverter.Int32BitsToSingle(up ? 0x10000 : unchecked((int)0x80010000)) : BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x) + (up == x > 0 ? 0x10000 : -0x10000));
            return type switch
            {
                DType.Float64 => up ? Math.BitIncrement(x) : Math.BitDecrement(x),
                DType.Float32 => up ? MathF.BitIncrement((float)x) : MathF.BitDecrement((float)x),
                DType.Float16 => (double)(up ? System.Half.BitIncrement((Half)x) : System.Half.BitDecrement((Half)x)),
                _ => Half((float)x),
            };
        }

        internal static Node Lower(Node a, Node x) => Incomplete("igamma_cpu", a, x, false);

        internal static Node Upper(Node a, Node x) => Incomplete("igammac_cpu", a, x, true);

        private static Node Incomplete(string kernel, Node a, Node x, bool upper)
        {
            var type = Takes(a, kernel, whole: false).DType;
            return Paired("Incomplete", a, x, (a, x) => Ops.Cast(Regularised(Ops.Cast(a, DType.Float64), Ops.Cast(x, DType.Float64), upper), type),
                (a, x, _, c) => Ops.Exp((a - 1) * Ops.Log(x) - x - Ops.LogGamma(a)) is var slope ? (Ops.Like(c, 0), upper ? -c * slope : c * slope) : (c, c));
        }

        // The series (6.5.29) for x below a + 1, the continued fraction (6.5.31) from there on, and the limits at the ends. Abramowitz, Stegun: Handbook of Mathematical Functions.
        private static Node Regularised(Node self, Node other, bool upper)
        {
            var inside = Ops.And(Ops.And(self > 0, Ops.Less(self, double.PositiveInfinity)), Ops.And(other > 0, Ops.Less(other, double.PositiveInfinity)));
            var close = Ops.And(self > 1e5, Ops.Abs(other - self) < 0.05 * self);
            var (a, x) = (Ops.Where(Ops.And(inside, Ops.Not(close)), self, 1), Ops.Where(Ops.And(inside, Ops.Not(close)), other, 1));
            var below = x < a + 1;
            var front = Front(a, x);
            var series = front * Series(a, Ops.Where(below, x, 0));
            var fraction = front * a * Fraction(Ops.Where(below, 1, a), Ops.Where(below, 2, x));
            var value = upper ? Ops.Where(below, 1 - series, fraction) : Ops.Where(below, series, 1 - fraction);
            var lower = Ops.Where(Ops.Or(self < 0, other < 0), double.NaN, Ops.Where(Ops.Equal(self, 0), Ops.Where(other > 0, 1, double.NaN), Ops.Where(Ops.Equal(other, 0), 0,
                Ops.Where(Ops.Equal(self, double.PositiveInfinity), Ops.Where(Ops.Equal(other, double.PositiveInfinity), double.NaN, 0), 1))));
            value = Ops.Where(close, Uniform(Ops.Where(close, self, 1e6), Ops.Where(close, other, 1e6), upper), value);
            return Ops.Where(inside, value, Ops.Where(Ops.Or(Ops.IsNaN(self), Ops.IsNaN(other)), double.NaN, upper ? 1 - lower : lower));
        }

        // Of a large a and x near it: the normal distribution and the first terms of its correction. Temme: The asymptotic expansion of the incomplete gamma functions (1979).
        private static Node Uniform(Node a, Node x, bool upper)
        {
            var m = (x - a) / a;
            // m − log(1 + m), whose leading terms cancel near 0.
            Node series = 0.0;
            for (var k = 14; k >= 2; k--) series = Ops.Square(m) * (1.0 / k) * (k % 2 == 0 ? 1 : -1) * Power(m, k - 2) + series;
            var eta = Ops.Where(m < 0, -1.0, 1.0) * Ops.Sqrt(2 * series);
            Node Terms(params double[] c) => c.Reverse().Aggregate((Node)0.0, (sum, t) => t + eta * sum);
            var first = Terms(-1.0 / 3, 1.0 / 12, -2.0 / 135, 1.0 / 864, 1.0 / 2835, -139.0 / 777600, 1.0 / 25515);
            var second = Terms(-1.0 / 540, -1.0 / 288, 1.0 / 378, -0.00099022633744855967, 0.00020576131687242798);
            var correction = Ops.Exp(-0.5 * a * Ops.Square(eta)) / Ops.Sqrt(2 * Math.PI * a) * (first + second / a);
            var side = Ops.Sqrt(0.5 * a) * eta;
            return upper ? 0.5 * Ops.Erfc(side) + correction : 0.5 * Ops.Erfc(-side) - correction;
        }

        private static Node Power(Node x, int n) => n == 0 ? Ops.Like(x, 1) : x * Power(x, n - 1);

        // xᵃe⁻ˣ / Γ(a + 1); of large a by Stirling's series (6.1.40), so that numbers near 1 are not differences of large ones.
        private static Node Front(Node a, Node x)
        {
            var large = a >= 10;
            var (b, y) = (Ops.Where(large, a, 10), Ops.Where(large, x, 10));
            var (off, inverse) = ((y - b) / b, 1 / Ops.Square(b));
            Node stirling = 691.0 / 360360;
            foreach (var term in new[] { 1.0 / 1188, 1.0 / 1680, 1.0 / 1260, 1.0 / 360, 1.0 / 12 }) stirling = term - inverse * stirling;
            var far = Ops.Exp(-b * (off - Ops.Log1p(off)) - stirling / b) / Ops.Sqrt(2 * Math.PI * b);
            return Ops.Where(large, far, Ops.Exp(a * Ops.Log(x) - x - Ops.LogGamma(a + 1)));
        }

        // Both go on as long as an element needs it; what is not done then has no value.
        private const int Most = 100_000;

        private static Node Series(Node a, Node x) => Ops.While(
            static s => Ops.Any(s[2] > s[3] * (Precision / 4)),
            static s => (s[2] * s[1] / (s[0] + s[4] + 1)) is var term ? [s[0], s[1], term, s[3] + term, s[4] + 1] : [],
            [a, x, Ops.Like(a, 1), Ops.Like(a, 1), Ops.Scalar(0.0)], Most) is var s ? Ops.Where(s[2] > s[3] * (Precision / 4), double.NaN, s[3]) : a;

        private static Node Fraction(Node a, Node x)
        {
            var b = x + 1 - a;
            return Ops.While(static s => Ops.Any(Ops.Abs(s[5] - 1) > Precision), static s =>
            {
                var (n, b) = (s[6] + 1, s[1] + 2);
                var top = -n * (n - s[0]);
                var (c, d) = (b + top / s[2], 1 / (b + top * s[3]));
                var turn = c * d;
                return [s[0], b, c, d, Ops.Where(Ops.Abs(turn - 1) > Precision, s[4] * turn, s[4]), turn, n];
            }, [a, b, Ops.Full(a.Type, 1e300), 1 / b, 1 / b, Ops.Like(a, 2), Ops.Scalar(0.0)], Most) is var s ? Ops.Where(Ops.Abs(s[5] - 1) > Precision, double.NaN, s[4]) : a;
        }

        /// <summary>Hurwitz's zeta function Σ (q + n)⁻ˢ: its first terms, and the rest by Euler's and Maclaurin's formula.</summary>
        internal static Node Zeta(Node s, Node q) => Zeta(s, q, 3);

        // A rule is written out when it is stated, so that this one's own derivatives end somewhere.
        private static Node Zeta(Node s, Node q, int orders)
        {
            Node Value(Node s, Node q) => Ops.Cast(Hurwitz(Ops.Cast(s, DType.Float64), Ops.Cast(q, DType.Float64)), s.DType);
            return orders == 0 ? Value(s, q) : Paired("Zeta", s, q, Value, (s, q, _, c) => (Ops.Like(c, 0), -c * s * Zeta(s + 1, q, orders - 1)));
        }

        private static Node Hurwitz(Node self, Node other)
        {
            var pole = Ops.And(other <= 0, Ops.Equal(other, Ops.Floor(other)));
            var inside = Ops.And(Ops.And(self > 1, Ops.Less(Ops.Abs(self) + Ops.Abs(other), double.PositiveInfinity)), Ops.And(Ops.Not(pole), Ops.Or(other > 0, Ops.Equal(self, Ops.Floor(self)))));
            var (s, start) = (Ops.Where(inside, self, 2), Ops.Where(inside, other, 1));
            var state = Ops.While(static x => Ops.Any(Ops.Or(x[1] <= 9, x[3] < 10)),
                static x => Ops.Or(x[1] <= 9, x[3] < 10) is var more ? [x[0], Ops.Where(more, x[1] + 1, x[1]), Ops.Where(more, x[2] + Ops.Pow(x[1], -x[0]), x[2]), x[3] + 1] : [],
                [s, start, Ops.Like(start, 0), Ops.Scalar(0.0)]);
            var (q, sum) = (state[1], state[2]);
            var power = Ops.Pow(q, -s);
            sum += power * q / (s - 1) + power * 0.5;
            // B₂ₖ / (2k)!.
            double[] bernoulli = [1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000, 1.0 / 74724249600, -3617.0 / 10670622842880000];
            var term = power * s / q;
            for (var k = 0; k < bernoulli.Length; k++)
            {
                sum += bernoulli[k] * term;
                term = term * ((s + 2 * k + 1) * (s + 2 * k + 2)) / Ops.Square(q);
            }
            var end = Ops.Where(Ops.Or(Ops.Less(self, 1), Ops.Or(Ops.IsNaN(self), Ops.IsNaN(other))), double.NaN, Ops.Where(Ops.Or(Ops.Equal(self, 1), pole), double.PositiveInfinity, Ops.Where(other < 0, double.NaN, Ops.Pow(Ops.Max(other, 0), -self))));
            return Ops.Where(inside, sum, end);
        }
    }
}
