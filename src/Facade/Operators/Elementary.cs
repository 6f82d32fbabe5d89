namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Elementwise = true, Forms = Forms.All, Types = Types.Real)]
    private static class Elementary
    {
        /// <summary>eˣ.</summary>
        [Torch("ExpBackward0", Saves.Result)]
        public static Node exp(Node self) => Ops.Exp(self);

        /// <summary>2ˣ.</summary>
        [Torch("Exp2Backward0", Saves.Result)]
        public static Node exp2(Node self) => Ops.Exp2(self);

        /// <summary>eˣ − 1, accurate near 0.</summary>
        [Torch("Expm1Backward0", Saves.Result)]
        public static Node expm1(Node self) => Ops.Expm1(self);

        /// <summary>The natural logarithm.</summary>
        [Torch("LogBackward0", Saves.Self)]
        public static Node log(Node self) => Ops.Log(self);

        /// <summary>The logarithm to base 2.</summary>
        [Torch("Log2Backward0", Saves.Self)]
        public static Node log2(Node self) => Ops.Log2(self);

        /// <summary>The logarithm to base 10.</summary>
        [Torch("Log10Backward0", Saves.Self)]
        public static Node log10(Node self) => Ops.Log10(self);

        /// <summary>log(1 + x), accurate near 0.</summary>
        [Torch("Log1PBackward0", Saves.Self)]
        public static Node log1p(Node self) => Ops.Log1p(self);

        /// <summary>The square root.</summary>
        [Torch("SqrtBackward0", Saves.Result)]
        public static Node sqrt(Node self) => Ops.Sqrt(self);

        /// <summary>1 / √x.</summary>
        [Torch("RsqrtBackward0", Saves.Result)]
        public static Node rsqrt(Node self) => Ops.Rsqrt(self);

        /// <summary>1 / x.</summary>
        [Torch("ReciprocalBackward0", Saves.Result)]
        public static Node reciprocal(Node self) => Ops.Reciprocal(self);

        /// <summary>The sine.</summary>
        [Torch("SinBackward0", Saves.Self)]
        public static Node sin(Node self) => Ops.Sin(self);

        /// <summary>The cosine.</summary>
        [Torch("CosBackward0", Saves.Self)]
        public static Node cos(Node self) => Ops.Cos(self);

        /// <summary>The tangent.</summary>
        [Torch("TanBackward0", Saves.Result)]
        public static Node tan(Node self) => Ops.Tan(self);

        /// <summary>The arc sine.</summary>
        [Torch("AsinBackward0", Saves.Self, Aliases = "arcsin")]
        public static Node asin(Node self) => Ops.Asin(self);

        /// <summary>The arc cosine.</summary>
        [Torch("AcosBackward0", Saves.Self, Aliases = "arccos")]
        public static Node acos(Node self) => Ops.Acos(self);

        /// <summary>The arc tangent.</summary>
        [Torch("AtanBackward0", Saves.Self, Aliases = "arctan")]
        public static Node atan(Node self) => Ops.Atan(self);

        /// <summary>The hyperbolic sine.</summary>
        [Torch("SinhBackward0", Saves.Self)]
        public static Node sinh(Node self) => Ops.Sinh(self);

        /// <summary>The hyperbolic cosine.</summary>
        [Torch("CoshBackward0", Saves.Self)]
        public static Node cosh(Node self) => Ops.Cosh(self);

        /// <summary>The hyperbolic tangent.</summary>
        [Torch("TanhBackward0", Saves.Result)]
        public static Node tanh(Node self) => Ops.Tanh(self);

        /// <summary>The inverse hyperbolic sine.</summary>
        [Torch("AsinhBackward0", Saves.Self, Aliases = "arcsinh")]
        public static Node asinh(Node self) => Ops.Asinh(self);

        /// <summary>The inverse hyperbolic cosine.</summary>
        [Torch("AcoshBackward0", Saves.Self, Aliases = "arccosh")]
        public static Node acosh(Node self) => Ops.Acosh(self);

        /// <summary>The inverse hyperbolic tangent.</summary>
        [Torch("AtanhBackward0", Saves.Self, Aliases = "arctanh")]
        public static Node atanh(Node self) => Ops.Atanh(self);

        /// <summary>1 / (1 + e⁻ˣ).</summary>
        [Torch("SigmoidBackward0", Saves.Result)]
        public static Node sigmoid(Node self) => Ops.Sigmoid(self);

        /// <summary>The error function.</summary>
        [Torch("ErfBackward0", Saves.Self, Kernel = "erf_vml_cpu")]
        public static Node erf(Node self) => Ops.Erf(self);

        /// <summary>1 − erf x.</summary>
        [Torch("ErfcBackward0", Saves.Self, Kernel = "erfc_vml_cpu")]
        public static Node erfc(Node self) => Ops.Erfc(self);

        /// <summary>The inverse of erf.</summary>
        [Torch("ErfinvBackward0", Saves.Self, Kernel = "erfinv_vml_cpu")]
        public static Node erfinv(Node self) => Ops.ErfInv(self);

        /// <summary>The logarithm of |Γ(x)|.</summary>
        [Torch("LgammaBackward0", Saves.Self, Kernel = "lgamma_vml_cpu")]
        public static Node lgamma(Node self) => Ops.LogGamma(self);

        /// <summary>The derivative of lgamma.</summary>
        [Torch("DigammaBackward0", Saves.Self, Kernel = "digamma")]
        public static Node digamma(Node self) => Ops.Digamma(self);

        /// <summary>The derivative of digamma of an order.</summary>
        /// <exception cref="RuntimeError">The order is negative.</exception>
        [Torch("PolygammaBackward0", Saves.Self, Forms = Forms.Method)]
        public static Node polygamma(Node self, long n) => n < 0 ? throw new RuntimeError("polygamma(n, x) does not support negative n.")
            : n == 0 ? Ops.Digamma(Copied(self)) : Ops.Polygamma((int)n, self);

        /// <summary>The derivative of digamma of an order.</summary>
        /// <exception cref="RuntimeError">The order is negative.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor polygamma(long n, Tensor input) => input.polygamma(n);

        /// <summary>The derivative of digamma of an order, in place.</summary>
        /// <exception cref="RuntimeError">The order is negative.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor polygamma_(Tensor self, long n) => InPlace(self, "PolygammaBackward1", Saves.Self, x => polygamma(Real(x), n));

        /// <summary>The logarithm of the multivariate gamma function.</summary>
        /// <exception cref="RuntimeError">p is less than 1.</exception>
        [Torch("MvlgammaBackward0", Saves.Self)]
        public static Node mvlgamma(Node self, long p)
        {
            if (p < 1) throw new RuntimeError("p has to be greater than or equal to 1");
            var sum = Ops.LogGamma(self);
            for (var j = 1; j < p; j++) sum += Ops.LogGamma(self - 0.5 * j);
            return sum + p * (p - 1) / 4.0 * Math.Log(Math.PI);
        }

        /// <summary>The modified Bessel function of order 0.</summary>
        [Torch("I0Backward0", Saves.Self)]
        public static Node i0(Node self) => self.DType.IsComplex ? throw new RuntimeError($"\"i0_vml_cpu\" not implemented for '{Named(self.DType).TensorType}'") : Formulas.Bessel(self, 0);

        /// <summary>sin(πx) / (πx), and 1 at 0.</summary>
        [Torch("SincBackward0", Saves.Self)]
        public static Node sinc(Node self) => Ops.Sinc(self);

        /// <summary>log(x / (1 − x)); x is limited to eps from 0 and 1 where that is given.</summary>
        [Torch("LogitBackward0", Saves.Self)]
        public static Node logit(Node self, double? eps = null)
        {
            var x = eps is { } low ? Ops.Where(self < low, low, Ops.Where(self > 1 - low, 1 - low, self)) : self;
            return Ops.WithRule("Logit", Ops.Log(x / (1 - x)), [self], (v, _, c) =>
                [Ops.Where(Ops.And(v[0] >= (eps ?? 0), v[0] <= 1 - (eps ?? 0)), c / (v[0] * (1 - v[0])), eps is null ? double.NaN : 0)]);
        }

        /// <summary>Radians of degrees.</summary>
        [Torch("Deg2RadBackward0")]
        public static Node deg2rad(Node self) => Ordered(self, "deg2rad is not supported for complex tensors.") * (Math.PI / 180);

        /// <summary>Degrees of radians.</summary>
        [Torch("Rad2DegBackward0")]
        public static Node rad2deg(Node self) => Ordered(self, "rad2deg is not supported for complex tensors.") * (180 / Math.PI);
    }
}
