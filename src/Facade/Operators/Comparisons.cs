namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Elementwise = true)]
    private static class Comparisons
    {
        /// <summary>Whether elements are equal.</summary>
        [Torch("EqBackward1", ScalarSaves = Saves.None, ScalarGradient = "EqBackward0", Forms = Forms.All)]
        public static Node eq(Node self, Node other) => Ops.Equal(self, other);

        /// <summary>Whether elements differ.</summary>
        [Torch("NeBackward1", ScalarSaves = Saves.None, ScalarGradient = "NeBackward0", Forms = Forms.All, Aliases = "not_equal")]
        public static Node ne(Node self, Node other) => Ops.NotEqual(self, other);

        /// <summary>Whether elements are less than others.</summary>
        [Torch("LtBackward1", ScalarSaves = Saves.None, ScalarGradient = "LtBackward0", Forms = Forms.All, Aliases = "less")]
        public static Node lt(Node self, Node other) => Ops.Less(Ordered(self, $"\"lt_cpu\" not implemented for '{Named(self.DType).TensorType}'"), other);

        /// <summary>Whether elements are at most others.</summary>
        [Torch("LeBackward1", ScalarSaves = Saves.None, ScalarGradient = "LeBackward0", Forms = Forms.All, Aliases = "less_equal")]
        public static Node le(Node self, Node other) => Ops.LessEqual(Ordered(self, $"\"le_cpu\" not implemented for '{Named(self.DType).TensorType}'"), other);

        /// <summary>Whether elements are greater than others.</summary>
        [Torch("GtBackward1", ScalarSaves = Saves.None, ScalarGradient = "GtBackward0", Forms = Forms.All, Aliases = "greater")]
        public static Node gt(Node self, Node other) => Ops.Greater(Ordered(self, $"\"gt_cpu\" not implemented for '{Named(self.DType).TensorType}'"), other);

        /// <summary>Whether elements are at least others.</summary>
        [Torch("GeBackward1", ScalarSaves = Saves.None, ScalarGradient = "GeBackward0", Forms = Forms.All, Aliases = "greater_equal")]
        public static Node ge(Node self, Node other) => Ops.GreaterEqual(Ordered(self, $"\"ge_cpu\" not implemented for '{Named(self.DType).TensorType}'"), other);

        /// <summary>Whether elements are no numbers.</summary>
        [Torch(Out = false)]
        public static Node isnan(Node self) => Ops.IsNaN(self);

        /// <summary>Whether elements are neither infinite nor NaN.</summary>
        [Torch(Out = false)]
        public static Node isfinite(Node self) => self.DType.IsComplex ? Ops.And(isfinite(Ops.Real(self)), isfinite(Ops.Imag(self))) : Ops.Equal(self, self) is var number && self.DType.IsFloat ? Ops.And(number, Ops.NotEqual(Ops.Abs(self), double.PositiveInfinity)) : number;

        /// <summary>Whether elements are infinite.</summary>
        [Torch(Out = false)]
        public static Node isinf(Node self) => self.DType.IsComplex ? Ops.Or(isinf(Ops.Real(self)), isinf(Ops.Imag(self))) : self.DType.IsFloat ? Ops.Equal(Ops.Abs(self), double.PositiveInfinity) : Ops.IsNaN(self);

        /// <summary>Whether elements are ∞.</summary>
        [Torch]
        public static Node isposinf(Node self) => Ordered(self, "isposinf does not support complex inputs.").DType.IsFloat ? Ops.Equal(self, double.PositiveInfinity) : Ops.IsNaN(self);

        /// <summary>Whether elements are −∞.</summary>
        [Torch]
        public static Node isneginf(Node self) => Ordered(self, "isneginf does not support complex inputs.").DType.IsFloat ? Ops.Equal(self, double.NegativeInfinity) : Ops.IsNaN(self);

        /// <summary>Whether the sign is minus, also of −0.</summary>
        [Torch]
        public static Node signbit(Node self) => Negative(Ordered(self, "signbit is not implemented for complex tensors."));

        /// <summary>Whether elements are equal, or differ by at most atol + |rtol·other|.</summary>
        /// <exception cref="RuntimeError">The element types differ, or a tolerance is negative.</exception>
        [Torch(Check = nameof(OneType), Out = false)]
        public static Node isclose(Node self, Node other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false)
        {
            if (rtol < 0) throw new RuntimeError($"rtol must be greater than or equal to zero, but got {Written.Stream(rtol)}");
            if (atol < 0) throw new RuntimeError($"atol must be greater than or equal to zero, but got {Written.Stream(atol)}");
            var close = Ops.Equal(self, other);
            if (equal_nan) close = Ops.Or(close, Ops.And(Ops.IsNaN(self), Ops.IsNaN(other)));
            var (x, y) = self.DType.IsSmooth ? (self, other) : (Real(self), Real(other));
            var distance = Ops.Abs(x - y);
            return Ops.Or(close, Ops.And(isfinite(distance), Ops.LessEqual(distance, atol + Ops.Abs(rtol * y))));
        }

        public static void OneType(Tensor self, Tensor other)
        {
            if (self.dtype != other.dtype) throw new RuntimeError($"{self.dtype.TensorType} did not match {other.dtype.TensorType}");
        }

        /// <summary>Whether elements are zero.</summary>
        [Torch]
        public static Node logical_not(Node self) => Ops.Not(self);

        /// <summary>Whether both are non-zero.</summary>
        [Torch]
        public static Node logical_and(Node self, Node other) => Ops.And(self, other);

        /// <summary>Whether one of both is non-zero.</summary>
        [Torch]
        public static Node logical_or(Node self, Node other) => Ops.Or(self, other);

        /// <summary>Whether one of both is non-zero, and not the other.</summary>
        [Torch]
        public static Node logical_xor(Node self, Node other) => Ops.NotEqual(Ops.Cast(self, DType.Bool), Ops.Cast(other, DType.Bool));

        /// <summary>Whether elements are zero, in place; the history stays what it was.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor logical_not_(Tensor self) => Unrecorded(self, self, static (x, _) => Ops.Not(x));

        /// <summary>Whether both are non-zero, in place; the history stays what it was.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor logical_and_(Tensor self, Tensor other) => Unrecorded(self, other, Ops.And);

        /// <summary>Whether one of both is non-zero, in place; the history stays what it was.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor logical_or_(Tensor self, Tensor other) => Unrecorded(self, other, Ops.Or);

        /// <summary>Whether one of both is non-zero, and not the other, in place; the history stays what it was.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor logical_xor_(Tensor self, Tensor other) => Unrecorded(self, other, logical_xor);

        private static Tensor Unrecorded(Tensor self, Tensor other, Func<Node, Node, Node> f)
        {
            Writing(self);
            using (no_grad()) return self.Change("", Saves.None, f, other);
        }
    }
}
