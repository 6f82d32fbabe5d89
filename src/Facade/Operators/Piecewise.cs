namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Elementwise = true, Forms = Forms.All)]
    private static class Piecewise
    {
        /// <summary>−x.</summary>
        [Torch("NegBackward0", Aliases = "negative")]
        public static Node neg(Node self) => self.DType != DType.Bool ? Ops.Neg(self) : throw new RuntimeError(BoolOpposite);

        /// <summary>|x|; the gradient at 0 is 0.</summary>
        [Torch("AbsBackward0", Saves.Self, Kernel = "abs_cpu", Complex = true, Aliases = "absolute")]
        public static Node abs(Node self) => Ops.Abs(self);

        /// <summary>The sign; of NaN it is 0.</summary>
        [Torch("SignBackward0")]
        public static Node sign(Node self) => self.DType.IsFloat ? Ops.Where(Ops.IsNaN(self), 0, Ops.Sign(self)) : Ops.Sign(Ordered(self, "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead."));

        /// <summary>The sign, or the direction of a complex number; of NaN it is 0.</summary>
        [Torch("SgnBackward0", Saves.Self | Saves.Result)]
        public static Node sgn(Node self) => self.DType.IsComplex ? Ops.Sign(self) : sign(self);

        /// <summary>The tensor itself.</summary>
        /// <exception cref="RuntimeError">It is of type bool.</exception>
        [Torch(Forms = Forms.Method | Forms.Function)]
        public static Tensor positive(Tensor self) => self.Node.DType != DType.Bool ? self : throw new RuntimeError("The `+` operator, on a bool tensor is not supported.");

        /// <summary>x².</summary>
        [Torch("PowBackward0", Saves.Self)]
        public static Node square(Node self) => Ops.Square(self.DType == DType.Bool ? Ops.Cast(self, DType.Int64) : self);

        /// <summary>max(x, 0); the gradient at 0 is 0.</summary>
        [Torch("ReluBackward0", Saves.Result | Saves.Formula, Out = false)]
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

        /// <summary>The nearest number of so many decimals, halves to even.</summary>
        [Torch("RoundBackward1")]
        public static Node round(Node self, long decimals)
        {
            Takes(self, decimals == 0 ? "round_vml_cpu" : "round_cpu", whole: false);
            var scale = Math.Pow(10, Math.Abs(decimals));
            return decimals >= 0 ? Ops.Round(self * scale) / scale : Ops.Round(self / scale) * scale;
        }

        /// <summary>The integer part.</summary>
        [Torch("TruncBackward0", Kernel = "trunc_vml_cpu", Complex = true, Aliases = "fix")]
        public static Node trunc(Node self) => Ops.Truncate(Ordered(self, "trunc is not supported for complex inputs"));

        /// <summary>The fractional part.</summary>
        [Torch("FracBackward0", Kernel = "frac_cpu", Floats = true)]
        public static Node frac(Node self) => self - Ops.Truncate(self);
    }
}
