namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Elementwise = true, Forms = Forms.All)]
    private static class Piecewise
    {
        /// <summary>−x.</summary>
        [Torch("NegBackward0")]
        public static Node neg(Node self) => self.DType != DType.Bool ? Ops.Neg(self) : throw new RuntimeError(BoolOpposite);

        /// <summary>|x|; the gradient at 0 is 0.</summary>
        [Torch("AbsBackward0", Saves.Self, Kernel = "abs_cpu", Complex = true)]
        public static Node abs(Node self) => Ops.Abs(self);

        /// <summary>The sign; of NaN it is 0.</summary>
        [Torch("SignBackward0")]
        public static Node sign(Node self) => self.DType.IsFloat ? Ops.Where(Ops.IsNaN(self), 0, Ops.Sign(self)) : Ops.Sign(Ordered(self, "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead."));

        /// <summary>x².</summary>
        [Torch("PowBackward0", Saves.Self)]
        public static Node square(Node self) => Ops.Square(self.DType == DType.Bool ? Ops.Cast(self, DType.Int64) : self);

        /// <summary>max(x, 0); the gradient at 0 is 0.</summary>
        [Torch("ReluBackward0", Saves.Result | Saves.Formula)]
        public static Node relu(Node self) => self.DType != DType.Bool ? Ops.Relu(Ordered(self, "clamp is not supported for complex types")) : throw new RuntimeError("Boolean inputs not supported for relu");

        /// <summary>The largest integer not above x.</summary>
        [Torch("FloorBackward0", Kernel = "floor_vml_cpu", Complex = true)]
        public static Node floor(Node self) => Ops.Floor(Ordered(self, "floor is not supported for complex inputs"));

        /// <summary>The smallest integer not below x.</summary>
        [Torch("CeilBackward0", Kernel = "ceil_vml_cpu", Complex = true)]
        public static Node ceil(Node self) => Ops.Ceiling(Ordered(self, "ceil is not supported for complex inputs"));

        /// <summary>The nearest integer, halves to even.</summary>
        [Torch("RoundBackward0", Kernel = "round_vml_cpu")]
        public static Node round(Node self) => Ops.Round(self);

        /// <summary>The integer part.</summary>
        [Torch("TruncBackward0", Kernel = "trunc_vml_cpu", Complex = true)]
        public static Node trunc(Node self) => Ops.Truncate(Ordered(self, "trunc is not supported for complex inputs"));

        /// <summary>The fractional part.</summary>
        [Torch("FracBackward0", Kernel = "frac_cpu", Floats = true)]
        public static Node frac(Node self) => self - Ops.Truncate(self);
    }
}
