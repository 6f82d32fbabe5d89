namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
        private Tensor Unary(string name, Saves saves, Func<Node, Node> f) => Laid(Record(name, saves, f, this), this);

        // A function whose result is no integer: integers are of the default type before it is computed.
        private Tensor Function(string name, Saves saves, Func<Node, Node> f) => Laid(Record(name, saves, x => f(Real(x)), this), this);

        /// <summary>−x. https://pytorch.org/docs/2.6/generated/torch.neg.html</summary>
        public Tensor neg() => Unary("NegBackward0", Saves.None, Negated);

        /// <summary>|x|; the gradient at 0 is 0. https://pytorch.org/docs/2.6/generated/torch.abs.html</summary>
        public Tensor abs() => Unary("AbsBackward0", Saves.Self, x => Ops.Abs(Takes(x, "abs_cpu")));

        /// <summary>The sign. https://pytorch.org/docs/2.6/generated/torch.sign.html</summary>
        public Tensor sign() => Unary("SignBackward0", Saves.None, Signed);

        /// <summary>eˣ. https://pytorch.org/docs/2.6/generated/torch.exp.html</summary>
        public Tensor exp() => Function("ExpBackward0", Saves.Result, x => Ops.Exp(x));

        /// <summary>2ˣ. https://pytorch.org/docs/2.6/generated/torch.exp2.html</summary>
        public Tensor exp2() => Function("Exp2Backward0", Saves.Result, x => Ops.Exp2(x));

        /// <summary>eˣ − 1, accurate near 0. https://pytorch.org/docs/2.6/generated/torch.expm1.html</summary>
        public Tensor expm1() => Function("Expm1Backward0", Saves.Result, x => Ops.Expm1(x));

        /// <summary>The natural logarithm. https://pytorch.org/docs/2.6/generated/torch.log.html</summary>
        public Tensor log() => Function("LogBackward0", Saves.Self, x => Ops.Log(x));

        /// <summary>The logarithm to base 2. https://pytorch.org/docs/2.6/generated/torch.log2.html</summary>
        public Tensor log2() => Function("Log2Backward0", Saves.Self, x => Ops.Log2(x));

        /// <summary>The logarithm to base 10. https://pytorch.org/docs/2.6/generated/torch.log10.html</summary>
        public Tensor log10() => Function("Log10Backward0", Saves.Self, x => Ops.Log10(x));

        /// <summary>log(1 + x), accurate near 0. https://pytorch.org/docs/2.6/generated/torch.log1p.html</summary>
        public Tensor log1p() => Function("Log1PBackward0", Saves.Self, x => Ops.Log1p(x));

        /// <summary>The square root. https://pytorch.org/docs/2.6/generated/torch.sqrt.html</summary>
        public Tensor sqrt() => Function("SqrtBackward0", Saves.Result, x => Ops.Sqrt(x));

        /// <summary>1 / √x. https://pytorch.org/docs/2.6/generated/torch.rsqrt.html</summary>
        public Tensor rsqrt() => Function("RsqrtBackward0", Saves.Result, x => Ops.Rsqrt(x));

        /// <summary>1 / x. https://pytorch.org/docs/2.6/generated/torch.reciprocal.html</summary>
        public Tensor reciprocal() => Function("ReciprocalBackward0", Saves.Result, x => Ops.Reciprocal(x));

        /// <summary>x². https://pytorch.org/docs/2.6/generated/torch.square.html</summary>
        public Tensor square() => Unary("PowBackward0", Saves.Self, Squared);

        /// <summary>The sine. https://pytorch.org/docs/2.6/generated/torch.sin.html</summary>
        public Tensor sin() => Function("SinBackward0", Saves.Self, x => Ops.Sin(x));

        /// <summary>The cosine. https://pytorch.org/docs/2.6/generated/torch.cos.html</summary>
        public Tensor cos() => Function("CosBackward0", Saves.Self, x => Ops.Cos(x));

        /// <summary>The tangent. https://pytorch.org/docs/2.6/generated/torch.tan.html</summary>
        public Tensor tan() => Function("TanBackward0", Saves.Result, x => Ops.Tan(x));

        /// <summary>The arc sine. https://pytorch.org/docs/2.6/generated/torch.asin.html</summary>
        public Tensor asin() => Function("AsinBackward0", Saves.Self, x => Ops.Asin(x));

        /// <summary>The arc cosine. https://pytorch.org/docs/2.6/generated/torch.acos.html</summary>
        public Tensor acos() => Function("AcosBackward0", Saves.Self, x => Ops.Acos(x));

        /// <summary>The arc tangent. https://pytorch.org/docs/2.6/generated/torch.atan.html</summary>
        public Tensor atan() => Function("AtanBackward0", Saves.Self, x => Ops.Atan(x));

        /// <summary>The hyperbolic sine. https://pytorch.org/docs/2.6/generated/torch.sinh.html</summary>
        public Tensor sinh() => Function("SinhBackward0", Saves.Self, x => Ops.Sinh(x));

        /// <summary>The hyperbolic cosine. https://pytorch.org/docs/2.6/generated/torch.cosh.html</summary>
        public Tensor cosh() => Function("CoshBackward0", Saves.Self, x => Ops.Cosh(x));

        /// <summary>The hyperbolic tangent. https://pytorch.org/docs/2.6/generated/torch.tanh.html</summary>
        public Tensor tanh() => Function("TanhBackward0", Saves.Result, x => Ops.Tanh(x));

        /// <summary>The inverse hyperbolic sine. https://pytorch.org/docs/2.6/generated/torch.asinh.html</summary>
        public Tensor asinh() => Function("AsinhBackward0", Saves.Self, x => Ops.Asinh(x));

        /// <summary>The inverse hyperbolic cosine. https://pytorch.org/docs/2.6/generated/torch.acosh.html</summary>
        public Tensor acosh() => Function("AcoshBackward0", Saves.Self, x => Ops.Acosh(x));

        /// <summary>The inverse hyperbolic tangent. https://pytorch.org/docs/2.6/generated/torch.atanh.html</summary>
        public Tensor atanh() => Function("AtanhBackward0", Saves.Self, x => Ops.Atanh(x));

        /// <summary>1 / (1 + e⁻ˣ). https://pytorch.org/docs/2.6/generated/torch.sigmoid.html</summary>
        public Tensor sigmoid() => Function("SigmoidBackward0", Saves.Result, x => Ops.Sigmoid(x));

        /// <summary>max(x, 0); the gradient at 0 is 0. https://pytorch.org/docs/2.6/generated/torch.relu.html</summary>
        public Tensor relu() => Unary("ReluBackward0", Saves.Result | Saves.Formula, Rectified);

        /// <summary>The error function. https://pytorch.org/docs/2.6/generated/torch.erf.html</summary>
        public Tensor erf() => Function("ErfBackward0", Saves.Self, x => Ops.Erf(x));

        /// <summary>1 − erf x. https://pytorch.org/docs/2.6/generated/torch.erfc.html</summary>
        public Tensor erfc() => Function("ErfcBackward0", Saves.Self, x => Ops.Erfc(x));

        /// <summary>The inverse of erf. https://pytorch.org/docs/2.6/generated/torch.erfinv.html</summary>
        public Tensor erfinv() => Function("ErfinvBackward0", Saves.Self, x => Ops.ErfInv(x));

        /// <summary>The logarithm of |Γ(x)|. https://pytorch.org/docs/2.6/generated/torch.lgamma.html</summary>
        public Tensor lgamma() => Function("LgammaBackward0", Saves.Self, x => Ops.LogGamma(x));

        /// <summary>The derivative of lgamma. https://pytorch.org/docs/2.6/generated/torch.digamma.html</summary>
        public Tensor digamma() => Function("DigammaBackward0", Saves.Self, x => Ops.Digamma(x));

        /// <summary>The largest integer not above x. https://pytorch.org/docs/2.6/generated/torch.floor.html</summary>
        public Tensor floor() => Unary("FloorBackward0", Saves.None, x => Ops.Floor(Takes(x, "floor_vml_cpu")));

        /// <summary>The smallest integer not below x. https://pytorch.org/docs/2.6/generated/torch.ceil.html</summary>
        public Tensor ceil() => Unary("CeilBackward0", Saves.None, x => Ops.Ceiling(Takes(x, "ceil_vml_cpu")));

        /// <summary>The nearest integer, halves to even. https://pytorch.org/docs/2.6/generated/torch.round.html</summary>
        public Tensor round() => Unary("RoundBackward0", Saves.None, x => Ops.Round(Takes(x, "round_vml_cpu")));

        /// <summary>The integer part. https://pytorch.org/docs/2.6/generated/torch.trunc.html</summary>
        public Tensor trunc() => Unary("TruncBackward0", Saves.None, x => Ops.Truncate(Takes(x, "trunc_vml_cpu")));

        /// <summary>The fractional part. https://pytorch.org/docs/2.6/generated/torch.frac.html</summary>
        public Tensor frac() => Unary("FracBackward0", Saves.None, x => Takes(x, "frac_cpu", whole: false) - Ops.Truncate(x));
    }
}
