namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>−x. https://pytorch.org/docs/2.6/generated/torch.neg.html</summary>
    public static Tensor neg(Tensor input) => input.neg();

    /// <summary>|x|; the gradient at 0 is 0. https://pytorch.org/docs/2.6/generated/torch.abs.html</summary>
    public static Tensor abs(Tensor input) => input.abs();

    /// <summary>The sign. https://pytorch.org/docs/2.6/generated/torch.sign.html</summary>
    public static Tensor sign(Tensor input) => input.sign();

    /// <summary>eˣ. https://pytorch.org/docs/2.6/generated/torch.exp.html</summary>
    public static Tensor exp(Tensor input) => input.exp();

    /// <summary>2ˣ. https://pytorch.org/docs/2.6/generated/torch.exp2.html</summary>
    public static Tensor exp2(Tensor input) => input.exp2();

    /// <summary>eˣ − 1, accurate near 0. https://pytorch.org/docs/2.6/generated/torch.expm1.html</summary>
    public static Tensor expm1(Tensor input) => input.expm1();

    /// <summary>The natural logarithm. https://pytorch.org/docs/2.6/generated/torch.log.html</summary>
    public static Tensor log(Tensor input) => input.log();

    /// <summary>The logarithm to base 2. https://pytorch.org/docs/2.6/generated/torch.log2.html</summary>
    public static Tensor log2(Tensor input) => input.log2();

    /// <summary>The logarithm to base 10. https://pytorch.org/docs/2.6/generated/torch.log10.html</summary>
    public static Tensor log10(Tensor input) => input.log10();

    /// <summary>log(1 + x), accurate near 0. https://pytorch.org/docs/2.6/generated/torch.log1p.html</summary>
    public static Tensor log1p(Tensor input) => input.log1p();

    /// <summary>The square root. https://pytorch.org/docs/2.6/generated/torch.sqrt.html</summary>
    public static Tensor sqrt(Tensor input) => input.sqrt();

    /// <summary>1 / √x. https://pytorch.org/docs/2.6/generated/torch.rsqrt.html</summary>
    public static Tensor rsqrt(Tensor input) => input.rsqrt();

    /// <summary>1 / x. https://pytorch.org/docs/2.6/generated/torch.reciprocal.html</summary>
    public static Tensor reciprocal(Tensor input) => input.reciprocal();

    /// <summary>x². https://pytorch.org/docs/2.6/generated/torch.square.html</summary>
    public static Tensor square(Tensor input) => input.square();

    /// <summary>The sine. https://pytorch.org/docs/2.6/generated/torch.sin.html</summary>
    public static Tensor sin(Tensor input) => input.sin();

    /// <summary>The cosine. https://pytorch.org/docs/2.6/generated/torch.cos.html</summary>
    public static Tensor cos(Tensor input) => input.cos();

    /// <summary>The tangent. https://pytorch.org/docs/2.6/generated/torch.tan.html</summary>
    public static Tensor tan(Tensor input) => input.tan();

    /// <summary>The arc sine. https://pytorch.org/docs/2.6/generated/torch.asin.html</summary>
    public static Tensor asin(Tensor input) => input.asin();

    /// <summary>The arc cosine. https://pytorch.org/docs/2.6/generated/torch.acos.html</summary>
    public static Tensor acos(Tensor input) => input.acos();

    /// <summary>The arc tangent. https://pytorch.org/docs/2.6/generated/torch.atan.html</summary>
    public static Tensor atan(Tensor input) => input.atan();

    /// <summary>The hyperbolic sine. https://pytorch.org/docs/2.6/generated/torch.sinh.html</summary>
    public static Tensor sinh(Tensor input) => input.sinh();

    /// <summary>The hyperbolic cosine. https://pytorch.org/docs/2.6/generated/torch.cosh.html</summary>
    public static Tensor cosh(Tensor input) => input.cosh();

    /// <summary>The hyperbolic tangent. https://pytorch.org/docs/2.6/generated/torch.tanh.html</summary>
    public static Tensor tanh(Tensor input) => input.tanh();

    /// <summary>The inverse hyperbolic sine. https://pytorch.org/docs/2.6/generated/torch.asinh.html</summary>
    public static Tensor asinh(Tensor input) => input.asinh();

    /// <summary>The inverse hyperbolic cosine. https://pytorch.org/docs/2.6/generated/torch.acosh.html</summary>
    public static Tensor acosh(Tensor input) => input.acosh();

    /// <summary>The inverse hyperbolic tangent. https://pytorch.org/docs/2.6/generated/torch.atanh.html</summary>
    public static Tensor atanh(Tensor input) => input.atanh();

    /// <summary>1 / (1 + e⁻ˣ). https://pytorch.org/docs/2.6/generated/torch.sigmoid.html</summary>
    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    /// <summary>max(x, 0); the gradient at 0 is 0. https://pytorch.org/docs/2.6/generated/torch.relu.html</summary>
    public static Tensor relu(Tensor input) => input.relu();

    /// <summary>The error function. https://pytorch.org/docs/2.6/generated/torch.erf.html</summary>
    public static Tensor erf(Tensor input) => input.erf();

    /// <summary>1 − erf x. https://pytorch.org/docs/2.6/generated/torch.erfc.html</summary>
    public static Tensor erfc(Tensor input) => input.erfc();

    /// <summary>The inverse of erf. https://pytorch.org/docs/2.6/generated/torch.erfinv.html</summary>
    public static Tensor erfinv(Tensor input) => input.erfinv();

    /// <summary>The logarithm of |Γ(x)|. https://pytorch.org/docs/2.6/generated/torch.lgamma.html</summary>
    public static Tensor lgamma(Tensor input) => input.lgamma();

    /// <summary>The derivative of lgamma. https://pytorch.org/docs/2.6/generated/torch.digamma.html</summary>
    public static Tensor digamma(Tensor input) => input.digamma();

    /// <summary>The largest integer not above x. https://pytorch.org/docs/2.6/generated/torch.floor.html</summary>
    public static Tensor floor(Tensor input) => input.floor();

    /// <summary>The smallest integer not below x. https://pytorch.org/docs/2.6/generated/torch.ceil.html</summary>
    public static Tensor ceil(Tensor input) => input.ceil();

    /// <summary>The nearest integer, halves to even. https://pytorch.org/docs/2.6/generated/torch.round.html</summary>
    public static Tensor round(Tensor input) => input.round();

    /// <summary>The integer part. https://pytorch.org/docs/2.6/generated/torch.trunc.html</summary>
    public static Tensor trunc(Tensor input) => input.trunc();

    /// <summary>The fractional part. https://pytorch.org/docs/2.6/generated/torch.frac.html</summary>
    public static Tensor frac(Tensor input) => input.frac();
}
