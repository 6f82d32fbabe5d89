namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Special functions. https://pytorch.org/docs/2.6/special.html</summary>
    public static partial class special;

    [Operators(typeof(special), Elementwise = true, Forms = Forms.Function, Types = Types.Real, Page = "special.html")]
    private static class Special
    {
        /// <summary>−x·log x; 0 at 0, and −∞ below.</summary>
        [Torch("SpecialEntrBackward0", Saves.Self)]
        public static Node entr(Node self) => Ops.WithRule("Entr", Ops.Where(self > 0, -self * Ops.Log(self), Ops.Where(Ops.Equal(self, 0), 0, Ops.Where(Ops.IsNaN(self), self, double.NegativeInfinity))), [self],
            static (x, _, c) => [-c * (1 + Ops.Log(x[0]))]);

        /// <summary>self·log(1 + other), and 0 where self is 0.</summary>
        [Torch("SpecialXlog1PyBackward0", Saves.All, ScalarSaves = Saves.Self, ScalarGradient = "SpecialXlog1PyBackward2")]
        public static Node xlog1py(Node self, Node other) => Paired("Xlog1py", self, other,
            static (x, y) => Ops.Where(Ops.And(Ops.Equal(x, 0), Ops.Not(Ops.IsNaN(y))), 0, x * Ops.Log1p(y)),
            static (x, y, _, c) => (Ops.Where(Ops.And(Ops.Equal(x, 0), y <= -1), 0, c * Ops.Log1p(y)), c * x / (y + 1)));

        /// <summary>A number times log(1 + other), and 0 where the number is 0.</summary>
        [Torch("SpecialXlog1PyBackward1", Saves.Self)]
        public static Node xlog1py([Operand] Scalar self, Node other) => xlog1py(self.Node(other.DType), other);

        /// <summary>self·log other, and 0 where self is 0.</summary>
        [Torch]
        public static Tensor xlogy(Tensor self, Tensor other) => self.xlogy(other);

        /// <summary>self·log other, and 0 where self is 0.</summary>
        [Torch]
        public static Tensor xlogy(Tensor self, Scalar other) => self.xlogy(other);

        /// <summary>A number times log other, and 0 where the number is 0.</summary>
        [Torch]
        public static Tensor xlogy([Operand] Scalar self, Tensor other) => torch.xlogy(self, other);

        /// <summary>The modified Bessel function of order 0.</summary>
        [Torch]
        public static Tensor i0(Tensor self) => self.i0();

        /// <summary>The modified Bessel function of order 0 over e^|x|.</summary>
        [Torch("SpecialI0EBackward0", Saves.Self | Saves.Result)]
        public static Node i0e(Node self) => Formulas.Bessel(self, 0, scaled: true);

        /// <summary>The modified Bessel function of order 1.</summary>
        [Torch("SpecialI1Backward0", Saves.Self | Saves.Result)]
        public static Node i1(Node self) => Formulas.Bessel(self, 1);

        /// <summary>The modified Bessel function of order 1 over e^|x|.</summary>
        [Torch("SpecialI1EBackward0", Saves.Self | Saves.Result)]
        public static Node i1e(Node self) => Formulas.Bessel(self, 1, scaled: true);

        /// <summary>e^x²·erfc x, without underflow.</summary>
        [Torch("SpecialErfcxBackward0", Saves.Self | Saves.Result)]
        public static Node erfcx(Node self) => Formulas.Erfcx(self);

        /// <summary>The normal distribution function.</summary>
        [Torch]
        public static Tensor ndtr(Tensor self) => Elementwise("MulBackward1", Saves.Number, static (x, half) => x * half, self.mul(Math.Sqrt(0.5)).erf().add(1), 0.5);

        /// <summary>The logarithm of the normal distribution function.</summary>
        [Torch("SpecialLogNdtrBackward0", Saves.Self | Saves.Result)]
        public static Node log_ndtr(Node self) => Formulas.LogNdtr(self);

        /// <summary>The inverse of the normal distribution function.</summary>
        [Torch("SpecialNdtriBackward0", Saves.Result)]
        public static Node ndtri(Node self) => Formulas.Ndtri(self);

        /// <summary>Hurwitz's zeta function Σ (other + n)⁻ˢ, s being self; without a derivative by s.</summary>
        [Torch("SpecialZetaBackward0", Saves.FirstTwo)]
        public static Tensor zeta(Tensor self, Tensor other) => GammaFunctions.Partly(Elementwise("SpecialZetaBackward0", Saves.FirstTwo, GammaFunctions.Zeta, self, other, real: true), self, "zeta");

        /// <summary>Hurwitz's zeta function Σ (other + n)⁻ˢ, s being a number.</summary>
        [Torch("SpecialZetaBackward1", Saves.Self)]
        public static Node zeta([Operand] Scalar self, Node other) => GammaFunctions.Zeta(self.Node(other.DType), other);

        /// <summary>Hurwitz's zeta function Σ (other + n)⁻ˢ of a number, s being self; without a derivative.</summary>
        [Torch("SpecialZetaBackward2")]
        public static Tensor zeta(Tensor self, Scalar other) => GammaFunctions.Partly(Elementwise("SpecialZetaBackward2", Saves.None, GammaFunctions.Zeta, self, other, real: true), self, "zeta");

        /// <summary>The regularised lower incomplete gamma function of a = self and x = other; without a derivative by a.</summary>
        [Torch]
        public static Tensor gammainc(Tensor self, Tensor other) => self.igamma(other);

        /// <summary>The regularised upper incomplete gamma function of a = self and x = other; without a derivative by a.</summary>
        [Torch]
        public static Tensor gammaincc(Tensor self, Tensor other) => self.igammac(other);

        /// <summary>2ˣ.</summary>
        [Torch]
        public static Tensor exp2(Tensor self) => self.exp2();

        /// <summary>eˣ − 1, accurate near 0.</summary>
        [Torch]
        public static Tensor expm1(Tensor self) => self.expm1();

        /// <summary>log(1 + x), accurate near 0.</summary>
        [Torch]
        public static Tensor log1p(Tensor self) => self.log1p();

        /// <summary>The error function.</summary>
        [Torch]
        public static Tensor erf(Tensor self) => self.erf();

        /// <summary>1 − erf x.</summary>
        [Torch]
        public static Tensor erfc(Tensor self) => self.erfc();

        /// <summary>The inverse of erf.</summary>
        [Torch]
        public static Tensor erfinv(Tensor self) => self.erfinv();

        /// <summary>1 / (1 + e⁻ˣ).</summary>
        [Torch]
        public static Tensor expit(Tensor self) => self.sigmoid();

        /// <summary>log(x / (1 − x)); x is limited to eps from 0 and 1 where that is given.</summary>
        [Torch]
        public static Tensor logit(Tensor self, double? eps = null) => self.logit(eps);

        /// <summary>sin(πx) / (πx), and 1 at 0.</summary>
        [Torch]
        public static Tensor sinc(Tensor self) => self.sinc();

        /// <summary>The nearest number of so many decimals, halves to even.</summary>
        [Torch]
        public static Tensor round(Tensor self, long decimals = 0) => self.round(decimals);

        /// <summary>The logarithm of |Γ(x)|.</summary>
        [Torch]
        public static Tensor gammaln(Tensor self) => self.lgamma();

        /// <summary>The derivative of gammaln.</summary>
        [Torch(Aliases = "psi")]
        public static Tensor digamma(Tensor self) => self.digamma();

        /// <summary>The derivative of digamma of an order.</summary>
        /// <exception cref="RuntimeError">The order is negative.</exception>
        [Torch]
        public static Tensor polygamma(long n, Tensor input) => input.polygamma(n);

        /// <summary>The logarithm of the multivariate gamma function.</summary>
        /// <exception cref="RuntimeError">p is less than 1.</exception>
        [Torch]
        public static Tensor multigammaln(Tensor self, long p) => self.mvlgamma(p);

        /// <summary>eˣ / Σ eˣ along a dimension.</summary>
        [Torch]
        public static Tensor softmax(Tensor self, long dim, dtype? dtype = null) => self.softmax(dim, dtype);

        /// <summary>The logarithm of the softmax.</summary>
        [Torch]
        public static Tensor log_softmax(Tensor self, long dim, dtype? dtype = null) => self.log_softmax(dim, dtype);

        /// <summary>log Σ eˣ over dimensions, without overflow.</summary>
        [Torch]
        public static Tensor logsumexp(Tensor self, Sizes dim, bool keepdim = false) => self.logsumexp(dim, keepdim);
    }
}
