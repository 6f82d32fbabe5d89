namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Bessel functions that PyTorch gives no derivatives. By the trapezoidal rule near zero, by Hankel's series beyond 18. Abramowitz, Stegun: Handbook of Mathematical Functions.</summary>
    [Operators(typeof(special), Elementwise = true, Forms = Forms.Function, Types = Types.Real, Page = "special.html")]
    private static class BesselFunctions
    {
        private const double Border = 18;

        private const double Euler = 0.57721566490153286;

        /// <summary>The Bessel function of the first kind of order 0.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node bessel_j0(Node self) => Precise("bessel_j0", self, static x => First(x, 0));

        /// <summary>The Bessel function of the first kind of order 1.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node bessel_j1(Node self) => Precise("bessel_j1", self, static x => First(x, 1));

        /// <summary>The Bessel function of the second kind of order 0; −∞ at 0, and NaN below.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node bessel_y0(Node self) => Precise("bessel_y0", self, static x => Second(x, 0));

        /// <summary>The Bessel function of the second kind of order 1; −∞ at 0, and NaN below.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node bessel_y1(Node self) => Precise("bessel_y1", self, static x => Second(x, 1));

        /// <summary>The modified Bessel function of the first kind of order 0.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node modified_bessel_i0(Node self) => Precise("modified_bessel_i0", self, static x => Formulas.Bessel(x, 0));

        /// <summary>The modified Bessel function of the first kind of order 1.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node modified_bessel_i1(Node self) => Precise("modified_bessel_i1", self, static x => Formulas.Bessel(x, 1));

        /// <summary>The modified Bessel function of the second kind of order 0; ∞ at 0, and NaN below.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node modified_bessel_k0(Node self) => Precise("modified_bessel_k0", self, static x => Third(x, 0, false));

        /// <summary>The modified Bessel function of the second kind of order 1; ∞ at 0, and NaN below.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node modified_bessel_k1(Node self) => Precise("modified_bessel_k1", self, static x => Third(x, 1, false));

        /// <summary>The modified Bessel function of the second kind of order 0 times eˣ.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node scaled_modified_bessel_k0(Node self) => Precise("scaled_modified_bessel_k0", self, static x => Third(x, 0, true));

        /// <summary>The modified Bessel function of the second kind of order 1 times eˣ.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node scaled_modified_bessel_k1(Node self) => Precise("scaled_modified_bessel_k1", self, static x => Third(x, 1, true));

        /// <summary>The spherical Bessel function of the first kind of order 0: sin x / x.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node spherical_bessel_j0(Node self) => Precise("spherical_bessel_j0", self, static x => Ops.Where(Ops.Equal(x, 0), 1, Ops.Where(Infinite(x), 0, Ops.Sin(x) / Ops.Where(Ops.Equal(x, 0), 1, x))));

        // J: the mean over a circle of cos(x·sin θ), or of sin θ·sin(x·sin θ) (9.1.18).
        private static Node First(Node x, int order)
        {
            var (size, near) = (Ops.Abs(x), Ops.Abs(x) <= Border);
            var inner = Circle(Ops.Where(near, x, 0), 64, order, t => order == 0 ? 1 : Math.Sin(t));
            var (p, q, c, s) = Hankel(Ops.Where(near, Border, size), order);
            var outer = p * c - q * s;
            return Ops.Where(near, inner, Ops.Where(Infinite(x), 0, order == 0 ? outer : outer * Ops.Sign(x)));
        }

        // Y: Neumann's series (9.1.88), whose Bessel functions are means as well, so that it is one of a weight.
        private static Node Second(Node x, int order)
        {
            var near = Ops.And(x > 0, x <= Border);
            var small = Ops.Where(near, x, 1);
            double Weight(double t)
            {
                var sum = 0.0;
                for (var k = 26; k > 0; k--) sum += (k % 2 == 0 ? 1 : -1) * (order == 0 ? Math.Cos(2 * k * t) / k : (2 * k + 1) * Math.Sin((2 * k + 1) * t) / (k * (k + 1.0)));
                return sum;
            }
            var inner = (Ops.Log(small * 0.5) + (order == 0 ? Euler : Euler - 1)) * First(small, order) - Circle(small, 112, order, Weight) * (order == 0 ? 2 : 1);
            if (order == 1) inner -= First(small, 0) / small;
            var (p, q, c, s) = Hankel(Ops.Where(x > Border, x, Border), order);
            return Ops.Where(near, inner * (2 / Math.PI), Ops.Where(x > Border, Ops.Where(Infinite(x), 0, p * s + q * c), Ops.Where(Ops.Equal(x, 0), double.NegativeInfinity, double.NaN)));
        }

        // K·eˣ: the power series to 2 (9.6.11), the trapezoidal rule for ∫ e^(−x·(cosh t − 1))·cosh(nt) dt to 18 (9.6.24), the asymptotic series (9.7.2).
        private static Node Third(Node x, int order, bool scaled)
        {
            var small = Ops.Where(Ops.And(x > 0, x <= 2), x, 1);
            Node z = Ops.Square(small) * 0.25, series = 0;
            double factor = 1, harmonic = 0;
            Node power = 1;
            for (var k = 0; k < 16; k++)
            {
                if (k > 0) (factor, harmonic) = (factor / (k * (double)(k + order)), harmonic + 1.0 / k);
                series += power * (factor * (order == 0 ? harmonic - Euler : 2 * (harmonic - Euler) + 1.0 / (k + 1)));
                power = power * z;
            }
            var log = Ops.Log(small * 0.5) * Formulas.Bessel(small, order);
            var near = order == 0 ? series - log : 1 / small + log - small * 0.25 * series;
            if (scaled) near = near * Ops.Exp(small);

            var middle = Ops.Where(Ops.And(x > 2, x <= Border), x, 2);
            Node sum = 0.5;
            for (var j = 1; j <= 30; j++) sum += Ops.Exp(middle * (-2 * Math.Pow(Math.Sinh(j / 16.0), 2))) * Math.Cosh(order * j / 8.0);
            var far = Ops.Where(x > Border, x, Border);
            Node tail = 1;
            for (var k = 30; k > 0; k--) tail = 1 + tail * ((4 * order - (2 * k - 1) * (2 * k - 1)) / (8.0 * k)) / far;
            Node Unscaled(Node y, Node at) => scaled ? y : y * Ops.Exp(-at);
            return Ops.Where(Ops.And(x > 0, x <= 2), near, Ops.Where(Ops.And(x > 2, x <= Border), Unscaled(sum * 0.125, middle),
                Ops.Where(x > Border, Unscaled(tail * Ops.Sqrt(Math.PI / 2 / far), far), Ops.Where(Ops.Equal(x, 0), double.PositiveInfinity, double.NaN))));
        }

        // The mean of weight(θ)·cos(x·sin θ), or with sin, over equally many places of each quarter of a circle: exact while x is small beside their number.
        private static Node Circle(Node x, int points, int odd, Func<double, double> weight)
        {
            Node sum = 0;
            for (var j = 0; j <= points / 4; j++)
            {
                var (angle, share) = (2 * Math.PI * j / points, (j % (points / 4) == 0 ? 2.0 : 4.0) / points);
                var wave = x * Math.Sin(angle);
                sum += (odd == 0 ? Ops.Cos(wave) : Ops.Sin(wave)) * (share * weight(angle));
            }
            return sum;
        }

        // √(2/πx)·P and Q (9.2.5), and the cosine and sine of x − (n/2 + ¼)π.
        private static (Node P, Node Q, Node Cos, Node Sin) Hankel(Node x, int order)
        {
            Node p = 1, q = 0, term = Ops.Like(x, 1);
            for (var k = 1; k <= 30; k++)
            {
                term = term * ((4 * order - (2 * k - 1) * (2 * k - 1)) / (8.0 * k)) / x;
                if (k % 2 == 1) q = k % 4 == 1 ? q + term : q - term;
                else p = k % 4 == 2 ? p - term : p + term;
            }
            var (c, s, root) = (Ops.Cos(x) * Math.Sqrt(0.5), Ops.Sin(x) * Math.Sqrt(0.5), Ops.Sqrt(2 / Math.PI / x));
            return order == 0 ? (p * root, q * root, c + s, s - c) : (p * root, q * root, s - c, -s - c);
        }

        private static Node Infinite(Node x) => Ops.Equal(Ops.Abs(x), double.PositiveInfinity);

        private static Node Precise(string name, Node x, Func<Node, Node> f) => x.DType is DType.Float32 or DType.Float64 ? Ops.Cast(f(Ops.Cast(x, DType.Float64)), x.DType)
            : throw new RuntimeError($"\"{name}_cpu\" not implemented for '{Named(x.DType).TensorType}'");
    }
}
