namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>−x; in place.</summary>
        public Tensor neg_() => InPlace(this, "NegBackward0", Saves.None, Negated);

        /// <summary>|x|; the gradient at 0 is 0; in place.</summary>
        public Tensor abs_() => InPlace(this, "AbsBackward0", Saves.Self, x => Ops.Abs(Takes(x, "abs_cpu")));

        /// <summary>The sign; in place.</summary>
        public Tensor sign_() => InPlace(this, "SignBackward0", Saves.None, Signed);

        /// <summary>eˣ; in place.</summary>
        public Tensor exp_() => InPlace(this, "ExpBackward0", Saves.Result, x => Ops.Exp(Real(x)));

        /// <summary>eˣ − 1, accurate near 0; in place.</summary>
        public Tensor expm1_() => InPlace(this, "Expm1Backward0", Saves.Result, x => Ops.Expm1(Real(x)));

        /// <summary>The natural logarithm; in place.</summary>
        public Tensor log_() => InPlace(this, "LogBackward0", Saves.Self, x => Ops.Log(Real(x)));

        /// <summary>log(1 + x), accurate near 0; in place.</summary>
        public Tensor log1p_() => InPlace(this, "Log1PBackward0", Saves.Self, x => Ops.Log1p(Real(x)));

        /// <summary>The square root; in place.</summary>
        public Tensor sqrt_() => InPlace(this, "SqrtBackward0", Saves.Result, x => Ops.Sqrt(Real(x)));

        /// <summary>1 / √x; in place.</summary>
        public Tensor rsqrt_() => InPlace(this, "RsqrtBackward0", Saves.Result, x => Ops.Rsqrt(Real(x)));

        /// <summary>1 / x; in place.</summary>
        public Tensor reciprocal_() => InPlace(this, "ReciprocalBackward0", Saves.Result, x => Ops.Reciprocal(Real(x)));

        /// <summary>x²; in place.</summary>
        public Tensor square_() => InPlace(this, "PowBackward0", Saves.Self, Squared);

        /// <summary>The sine; in place.</summary>
        public Tensor sin_() => InPlace(this, "SinBackward0", Saves.Self, x => Ops.Sin(Real(x)));

        /// <summary>The cosine; in place.</summary>
        public Tensor cos_() => InPlace(this, "CosBackward0", Saves.Self, x => Ops.Cos(Real(x)));

        /// <summary>The tangent; in place.</summary>
        public Tensor tan_() => InPlace(this, "TanBackward0", Saves.Result, x => Ops.Tan(Real(x)));

        /// <summary>The hyperbolic tangent; in place.</summary>
        public Tensor tanh_() => InPlace(this, "TanhBackward0", Saves.Result, x => Ops.Tanh(Real(x)));

        /// <summary>1 / (1 + e⁻ˣ); in place.</summary>
        public Tensor sigmoid_() => InPlace(this, "SigmoidBackward0", Saves.Result, x => Ops.Sigmoid(Real(x)));

        /// <summary>max(x, 0); the gradient at 0 is 0; in place.</summary>
        public Tensor relu_() => InPlace(this, "ReluBackward0", Saves.Result | Saves.Formula, Rectified);

        /// <summary>The largest integer not above x; in place.</summary>
        public Tensor floor_() => InPlace(this, "FloorBackward0", Saves.None, x => Ops.Floor(Takes(x, "floor_vml_cpu")));

        /// <summary>The smallest integer not below x; in place.</summary>
        public Tensor ceil_() => InPlace(this, "CeilBackward0", Saves.None, x => Ops.Ceiling(Takes(x, "ceil_vml_cpu")));

        /// <summary>The nearest integer, halves to even; in place.</summary>
        public Tensor round_() => InPlace(this, "RoundBackward0", Saves.None, x => Ops.Round(Takes(x, "round_vml_cpu")));

        /// <summary>The integer part; in place.</summary>
        public Tensor trunc_() => InPlace(this, "TruncBackward0", Saves.None, x => Ops.Truncate(Takes(x, "trunc_vml_cpu")));
    }
}
