namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Orthogonal polynomials of x by their recurrences; the degree n is cut to an integer, and of a negative one, or one that is no int64, the value is 0. PyTorch gives them no derivatives.</summary>
    [Operators(typeof(special), Elementwise = true, Forms = Forms.Function, Types = Types.Real, Page = "special.html")]
    private static class Polynomials
    {
        /// <summary>Chebyshev's polynomial of the first kind.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node chebyshev_polynomial_t(Node x, Node n) => Chebyshev("chebyshev_polynomial_t", x, n, 't');

        /// <summary>Chebyshev's polynomial of the first kind of a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node chebyshev_polynomial_t([Operand] Scalar x, Node n) => chebyshev_polynomial_t(x.Node(n.DType), n);

        /// <summary>Chebyshev's polynomial of the second kind.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node chebyshev_polynomial_u(Node x, Node n) => Chebyshev("chebyshev_polynomial_u", x, n, 'u');

        /// <summary>Chebyshev's polynomial of the second kind of a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node chebyshev_polynomial_u([Operand] Scalar x, Node n) => chebyshev_polynomial_u(x.Node(n.DType), n);

        /// <summary>Chebyshev's polynomial of the third kind.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node chebyshev_polynomial_v(Node x, Node n) => Chebyshev("chebyshev_polynomial_v", x, n, 'v');

        /// <summary>Chebyshev's polynomial of the third kind of a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node chebyshev_polynomial_v([Operand] Scalar x, Node n) => chebyshev_polynomial_v(x.Node(n.DType), n);

        /// <summary>Chebyshev's polynomial of the fourth kind.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node chebyshev_polynomial_w(Node x, Node n) => Chebyshev("chebyshev_polynomial_w", x, n, 'w');

        /// <summary>Chebyshev's polynomial of the fourth kind of a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node chebyshev_polynomial_w([Operand] Scalar x, Node n) => chebyshev_polynomial_w(x.Node(n.DType), n);

        /// <summary>The physicist's Hermite polynomial.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node hermite_polynomial_h(Node x, Node n) => Of("hermite_polynomial_h", x, n, static x => 2 * x, static (x, k, p, q) => 2 * (x * p - k * q));

        /// <summary>The physicist's Hermite polynomial of a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node hermite_polynomial_h([Operand] Scalar x, Node n) => hermite_polynomial_h(x.Node(n.DType), n);

        /// <summary>The probabilist's Hermite polynomial.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node hermite_polynomial_he(Node x, Node n) => Of("hermite_polynomial_he", x, n, static x => x, static (x, k, p, q) => x * p - k * q);

        /// <summary>The probabilist's Hermite polynomial of a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node hermite_polynomial_he([Operand] Scalar x, Node n) => hermite_polynomial_he(x.Node(n.DType), n);

        /// <summary>Laguerre's polynomial.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node laguerre_polynomial_l(Node x, Node n) => Of("laguerre_polynomial_l", x, n, static x => 1 - x, static (x, k, p, q) => ((2 * k + 1 - x) * p - k * q) / (k + 1));

        /// <summary>Laguerre's polynomial of a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node laguerre_polynomial_l([Operand] Scalar x, Node n) => laguerre_polynomial_l(x.Node(n.DType), n);

        /// <summary>Legendre's polynomial.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node legendre_polynomial_p(Node x, Node n) => Of("legendre_polynomial_p", x, n, static x => x, static (x, k, p, q) => ((2 * k + 1) * x * p - k * q) / (k + 1));

        /// <summary>Legendre's polynomial of a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node legendre_polynomial_p([Operand] Scalar x, Node n) => legendre_polynomial_p(x.Node(n.DType), n);

        /// <summary>Chebyshev's polynomial of the first kind of 2x − 1.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node shifted_chebyshev_polynomial_t(Node x, Node n) => Chebyshev("shifted_chebyshev_polynomial_t", x, n, 't');

        /// <summary>Chebyshev's polynomial of the first kind of 2x − 1, x being a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node shifted_chebyshev_polynomial_t([Operand] Scalar x, Node n) => shifted_chebyshev_polynomial_t(x.Node(n.DType), n);

        /// <summary>Chebyshev's polynomial of the second kind of 2x − 1.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node shifted_chebyshev_polynomial_u(Node x, Node n) => Chebyshev("shifted_chebyshev_polynomial_u", x, n, 'u');

        /// <summary>Chebyshev's polynomial of the second kind of 2x − 1, x being a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node shifted_chebyshev_polynomial_u([Operand] Scalar x, Node n) => shifted_chebyshev_polynomial_u(x.Node(n.DType), n);

        /// <summary>Chebyshev's polynomial of the third kind of 2x − 1.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node shifted_chebyshev_polynomial_v(Node x, Node n) => Chebyshev("shifted_chebyshev_polynomial_v", x, n, 'v');

        /// <summary>Chebyshev's polynomial of the third kind of 2x − 1, x being a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node shifted_chebyshev_polynomial_v([Operand] Scalar x, Node n) => shifted_chebyshev_polynomial_v(x.Node(n.DType), n);

        /// <summary>Chebyshev's polynomial of the fourth kind of 2x − 1.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch(ScalarSaves = Saves.None)]
        public static Node shifted_chebyshev_polynomial_w(Node x, Node n) => Chebyshev("shifted_chebyshev_polynomial_w", x, n, 'w');

        /// <summary>Chebyshev's polynomial of the fourth kind of 2x − 1, x being a number.</summary>
        /// <exception cref="RuntimeError">Half-precision or complex numbers.</exception>
        [Torch]
        public static Node shifted_chebyshev_polynomial_w([Operand] Scalar x, Node n) => shifted_chebyshev_polynomial_w(x.Node(n.DType), n);

        // All four kinds obey one recurrence; within [−1, 1] a large degree is a matter of angles.
        private static Node Chebyshev(string name, Node x, Node n, char kind)
        {
            Node Argument(Node x) => name.StartsWith("shifted", StringComparison.Ordinal) ? 2 * x - 1 : x;
            Node First(Node y) => kind switch { 't' => y, 'u' => 2 * y, 'v' => 2 * y - 1, _ => 2 * y + 1 };
            Node Inside(Node angle, Node n) => kind switch
            {
                't' => Ops.Cos(n * angle),
                'u' => Ops.Sin((n + 1) * angle) / Ops.Sin(angle),
                'v' => Ops.Cos((n + 0.5) * angle) / Ops.Cos(0.5 * angle),
                _ => Ops.Sin((n + 0.5) * angle) / Ops.Sin(0.5 * angle),
            };
            Node End(Node right, Node n)
            {
                var sign = Ops.Where(Ops.Or(right, Ops.Equal(n - 2 * Ops.Floor(0.5 * n), 0)), 1.0, -1.0);
                return kind switch { 't' => sign, 'u' => sign * (n + 1), 'v' => Ops.Where(right, 1, sign * (2 * n + 1)), _ => Ops.Where(right, 2 * n + 1, sign) };
            }
            return Of(name, x, n, x => First(Argument(x)), (x, _, p, q) => 2 * Argument(x) * p - q, (x, n) =>
            {
                var y = Argument(x);
                var near = Ops.And(n > 6, Ops.Abs(y) <= 1);
                return (near, Ops.Where(Ops.Equal(Ops.Abs(y), 1), End(y > 0, n), Inside(Ops.Acos(Ops.Where(Ops.Abs(y) < 1, y, 0)), n)));
            });
        }

        // From the polynomials of degrees k and k − 1 the next, as far as the largest degree that has no shorter way, or until there are no numbers left.
        private static Node Of(string name, Node x, Node n, Func<Node, Node> first, Func<Node, Node, Node, Node, Node> next, Func<Node, Node, (Node Has, Node Value)>? shorter = null)
        {
            var type = x.DType is DType.Float32 or DType.Float64 ? x.DType : throw new RuntimeError($"\"{name}_cpu\" not implemented for '{Named(x.DType).TensorType}'");
            var shape = Ops.BroadcastShapes(name, x.Shape, n.Shape);
            (x, n) = (Ops.Broadcast(Ops.Cast(x, DType.Float64), shape), Ops.Broadcast(Ops.Truncate(Ops.Cast(n, DType.Float64)), shape));
            // Of an infinite degree the recurrence would have no end.
            n = Ops.Where(Ops.Abs(n) < 9223372036854775808.0, n, -1);
            var (has, value) = shorter is null ? (null, x) : shorter(x, n);
            var steps = has is null ? n : Ops.Where(has, 0, n);
            var state = Ops.While(static s => Ops.Any(Ops.And(s[1] > s[2], Ops.Not(Ops.IsNaN(s[3])))), s =>
            {
                var (k, p) = (s[2] + 1, next(s[0], s[2], s[3], s[4]));
                return [s[0], s[1], k, p, s[3], Ops.Where(Ops.Or(Ops.Equal(s[1], k), Ops.And(s[1] > k, Ops.IsNaN(p))), p, s[5])];
            }, [x, steps, Ops.Scalar(1.0), first(x), Ops.Like(x, 1), Ops.Where(steps < 0, 0, Ops.Where(Ops.Equal(steps, 0), 1, first(x)))]);
            return Ops.Cast(has is null ? state[5] : Ops.Where(has, value, state[5]), type);
        }
    }
}
