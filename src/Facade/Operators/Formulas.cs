namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Special functions by their series, computed in float64. Milton Abramowitz, Irene Stegun: Handbook of Mathematical Functions.</summary>
    private static class Formulas
    {
        private const double Border = 18;

        /// <summary>The modified Bessel function of order 0 or 1, over e^|x| if scaled: its power series (9.6.10), beyond 18 the asymptotic one (9.7.1).</summary>
        public static Node Bessel(Node self, int order, bool scaled = false) => Precise(self, x =>
        {
            var (size, near) = (Ops.Abs(x), Ops.Abs(x) <= Border);
            var small = Ops.Where(near, x, 0);
            Node series = 1, tail = 1, z = Ops.Square(small) * 0.25;
            for (var k = 50; k > 0; k--) series = 1 + z * series * (1.0 / (k * (k + order)));
            if (order == 1) series = 0.5 * small * series;
            var large = Ops.Where(near, Border, size);
            for (var k = 30; k > 0; k--) tail = 1 - tail * ((4 * order - (2 * k - 1) * (2 * k - 1)) / (8.0 * k)) / large;
            tail = tail / Ops.Sqrt(2 * Math.PI * large) * (scaled ? 1 : Ops.Exp(large));
            return Ops.Where(near, scaled ? series * Ops.Exp(-Ops.Abs(small)) : series, order == 1 ? tail * Ops.Sign(x) : tail);
        });

        // e^x²·erfc x for x above 5: over x√π, 1 − 1/(2x²)·(1 − 3/(2x²)·(1 − …)) (7.1.23).
        private static Node Decay(Node x)
        {
            Node sum = 1, step = 0.5 / Ops.Square(x);
            for (var k = 25; k > 0; k--) sum = 1 - sum * step * (2 * k - 1);
            return sum / (x * Math.Sqrt(Math.PI));
        }

        /// <summary>e^x²·erfc x.</summary>
        public static Node Erfcx(Node self) => Precise(self, x =>
        {
            var far = x > 7;
            var near = Ops.Where(far, 0, x);
            return Ops.WithRule("Erfcx", Ops.Where(far, Decay(Ops.Where(far, x, 7)), Ops.Exp(Ops.Square(near)) * Ops.Erfc(near)), [x], static (x, y, c) => [c * (2 * x[0] * y - 2 / Math.Sqrt(Math.PI))]);
        });

        /// <summary>The logarithm of the normal distribution function.</summary>
        public static Node LogNdtr(Node self) => Precise(self, x =>
        {
            var (t, far) = (x * Math.Sqrt(0.5), x < -10);
            var below = Ops.Log(0.5 * Decay(Ops.Where(far, -t, 7))) - Ops.Square(Ops.Where(far, t, 0));
            var upper = Ops.Log1p(-0.5 * Ops.Erfc(Ops.Max(t, -1)));
            var middle = Ops.Log(0.5 * Ops.Erfc(-Ops.Where(Ops.Or(far, x > 0), 0, t)));
            return Ops.WithRule("LogNdtr", Ops.Where(far, below, Ops.Where(x < -1, middle, upper)), [x], static (x, y, c) => [c * Ops.Exp(-0.5 * Ops.Square(x[0]) - y) * (1 / Math.Sqrt(2 * Math.PI))]);
        });

        /// <summary>The inverse of the normal distribution function: in the tails by Newton's method from its first terms (26.2.23).</summary>
        public static Node Ndtri(Node self) => Precise(self, p =>
        {
            var least = Ops.Min(p, 1 - p);
            var tail = Ops.And(least > 0, least < 1e-3);
            var goal = Ops.Log(Ops.Where(tail, least, 1e-3));
            var x = -Ops.Sqrt(-2 * goal - Ops.Log(-4 * Math.PI * goal));
            for (var i = 0; i < 4; i++) x -= (LogNdtr(x) - goal) * Ops.Exp(LogNdtr(x) + 0.5 * Ops.Square(x)) * Math.Sqrt(2 * Math.PI);
            return Ops.WithRule("Ndtri", Ops.Where(tail, Ops.Where(p < 0.5, x, -x), Math.Sqrt(2) * Ops.ErfInv(2 * p - 1)), [p], static (_, y, c) => [c * Ops.Exp(0.5 * Ops.Square(y)) * Math.Sqrt(2 * Math.PI)]);
        });

        private static Node Precise(Node x, Func<Node, Node> f) => !x.DType.IsComplex ? Ops.Cast(f(Ops.Cast(x, DType.Float64)), x.DType)
            : throw new RuntimeError($"special functions are not implemented for '{Named(x.DType).TensorType}'");
    }
}
