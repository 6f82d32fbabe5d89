namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>−x; in place.</summary>
        public Tensor neg_() => InPlace(this, "NegBackward0", Saves.None, x => Ops.Neg(x));

        /// <summary>|x|; the gradient at 0 is 0; in place.</summary>
        public Tensor abs_() => InPlace(this, "AbsBackward0", Saves.Number, x => Ops.Abs(x));

        /// <summary>The sign; in place.</summary>
        public Tensor sign_() => InPlace(this, "SignBackward0", Saves.None, x => Ops.Sign(x));

        /// <summary>eˣ; in place.</summary>
        public Tensor exp_() => InPlace(this, "ExpBackward0", Saves.Result, x => Ops.Exp(x));

        /// <summary>eˣ − 1, accurate near 0; in place.</summary>
        public Tensor expm1_() => InPlace(this, "Expm1Backward0", Saves.Result, x => Ops.Expm1(x));

        /// <summary>The natural logarithm; in place.</summary>
        public Tensor log_() => InPlace(this, "LogBackward0", Saves.Number, x => Ops.Log(x));

        /// <summary>log(1 + x), accurate near 0; in place.</summary>
        public Tensor log1p_() => InPlace(this, "Log1PBackward0", Saves.Number, x => Ops.Log1p(x));

        /// <summary>The square root; in place.</summary>
        public Tensor sqrt_() => InPlace(this, "SqrtBackward0", Saves.Result, x => Ops.Sqrt(x));

        /// <summary>1 / √x; in place.</summary>
        public Tensor rsqrt_() => InPlace(this, "RsqrtBackward0", Saves.Result, x => Ops.Rsqrt(x));

        /// <summary>1 / x; in place.</summary>
        public Tensor reciprocal_() => InPlace(this, "ReciprocalBackward0", Saves.Result, x => Ops.Reciprocal(x));

        /// <summary>x²; in place.</summary>
        public Tensor square_() => InPlace(this, "PowBackward0", Saves.Number, x => Ops.Square(x));

        /// <summary>The sine; in place.</summary>
        public Tensor sin_() => InPlace(this, "SinBackward0", Saves.Number, x => Ops.Sin(x));

        /// <summary>The cosine; in place.</summary>
        public Tensor cos_() => InPlace(this, "CosBackward0", Saves.Number, x => Ops.Cos(x));

        /// <summary>The tangent; in place.</summary>
        public Tensor tan_() => InPlace(this, "TanBackward0", Saves.Result, x => Ops.Tan(x));

        /// <summary>The hyperbolic tangent; in place.</summary>
        public Tensor tanh_() => InPlace(this, "TanhBackward0", Saves.Result, x => Ops.Tanh(x));

        /// <summary>1 / (1 + e⁻ˣ); in place.</summary>
        public Tensor sigmoid_() => InPlace(this, "SigmoidBackward0", Saves.Result, x => Ops.Sigmoid(x));

        /// <summary>max(x, 0); the gradient at 0 is 0; in place.</summary>
        public Tensor relu_() => InPlace(this, "ReluBackward0", Saves.Result | Saves.Formula, x => Ops.Relu(x));

        /// <summary>The largest integer not above x; in place.</summary>
        public Tensor floor_() => InPlace(this, "FloorBackward0", Saves.None, x => Ops.Floor(x));

        /// <summary>The smallest integer not below x; in place.</summary>
        public Tensor ceil_() => InPlace(this, "CeilBackward0", Saves.None, x => Ops.Ceiling(x));

        /// <summary>The nearest integer, halves to even; in place.</summary>
        public Tensor round_() => InPlace(this, "RoundBackward0", Saves.None, x => Ops.Round(x));

        /// <summary>The integer part; in place.</summary>
        public Tensor trunc_() => InPlace(this, "TruncBackward0", Saves.None, x => Ops.Truncate(x));
    }
}
