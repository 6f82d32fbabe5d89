namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Elementwise = true, Forms = Forms.All)]
    private static class Pairs
    {
        /// <summary>|self| with the sign of other.</summary>
        [Torch("CopysignBackward0", Saves.Self | Saves.Result, ScalarSaves = Saves.Self | Saves.Result, ScalarGradient = "CopysignBackward1", Types = Types.Real)]
        public static Node copysign(Node self, Node other) => Paired("Copysign", self, other, static (a, b) => Ops.Where(Negative(b), -Ops.Abs(a), Ops.Abs(a)),
            static (a, b, y, c) => (c * Ops.Where(Ops.Equal(a, 0), 0, y / a), Ops.Like(c, 0)));

        /// <summary>0 below zero, 1 above, and at zero what is given for it; without a derivative.</summary>
        /// <exception cref="RuntimeError">The element types differ.</exception>
        [Torch(Forms = Forms.Method | Forms.Function)]
        public static Tensor heaviside(Tensor self, Tensor values) => Underivable(Elementwise("NotImplemented", Saves.None, Step, Alike(self, values), values), "derivative for aten::heaviside is not implemented");

        /// <summary>The step function, in place.</summary>
        /// <exception cref="RuntimeError">The element types differ.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor heaviside_(Tensor self, Tensor values) => Underivable(Alike(self, values).Change("NotImplemented", Saves.None, Step, values), "derivative for aten::heaviside_ is not implemented");

        private static Node Step(Node x, Node values) => Ops.Where(Ops.Equal(x, 0), values, Ops.Cast(Ops.Greater(Ordered(x, "heaviside is not yet implemented for complex tensors."), Ops.Scalar(0, x.DType)), x.DType));

        private static Tensor Alike(Tensor self, Tensor values) => self.Node.DType == values.Node.DType ? self
            : throw new RuntimeError("heaviside is not yet implemented for tensors with different dtypes.");

        /// <summary>√(self² + other²), without overflow.</summary>
        [Torch("HypotBackward0", Saves.Self | Saves.Other | Saves.Result, Kernel = "hypot_cpu", Floats = true)]
        public static Node hypot(Node self, Node other) => Ops.Hypot(self, other);

        /// <summary>log(eᵃ + eᵇ), without overflow.</summary>
        [Torch("LogaddexpBackward0", Saves.All, Kernel = "logaddexp_cpu", Floats = true, Complex = true, Forms = Forms.Method | Forms.Function)]
        public static Node logaddexp(Node self, Node other)
        {
            if (!self.DType.IsComplex) return Ops.LogAddExp(self, other);
            var less = Ops.Real(self) < Ops.Real(other);
            var (low, high) = (Ops.Where(less, self, other), Ops.Where(less, other, self));
            return Ops.Where(Ops.Equal(Ops.Real(high), double.NegativeInfinity), low, high + Ops.Log1p(Ops.Exp(low - high)));
        }

        /// <summary>log₂(2ᵃ + 2ᵇ), without overflow.</summary>
        [Torch("Logaddexp2Backward0", Saves.All, Kernel = "logaddexp2_cpu", Floats = true, Forms = Forms.Method | Forms.Function)]
        public static Node logaddexp2(Node self, Node other) => Paired("logaddexp2", self, other,
            static (a, b) => Ops.Max(a, b) is var more ? Ops.Where(Ops.Equal(a, b), a + 1, more + Ops.Log2(1 + Ops.Exp2(-Ops.Abs(a - b)))) : a,
            static (a, b, _, c) => (c / (1 + Ops.Exp2(b - a)), c / (1 + Ops.Exp2(a - b))));

        /// <summary>self·log other, and 0 where self is 0.</summary>
        [Torch("XlogyBackward0", Saves.All, ScalarSaves = Saves.Self, ScalarGradient = "XlogyBackward2", Types = Types.Real)]
        public static Node xlogy(Node self, Node other) => Ops.Xlogy(self, other);

        /// <summary>A number times log other, and 0 where the number is 0.</summary>
        [Torch("XlogyBackward1", Saves.Self, Types = Types.Real, Forms = Forms.Function)]
        public static Node xlogy([Operand] Scalar self, Node other) => Ops.Xlogy(self.Node(other.DType), other);

        /// <summary>The larger of both; NaN loses, and self takes the gradient of a tie.</summary>
        [Torch("FmaxBackward0", Saves.All, Forms = Forms.Method | Forms.Function)]
        public static Node fmax(Node self, Node other) => Ahead(self, other, Ops.Max, Ops.GreaterEqual);

        /// <summary>The smaller of both; NaN loses, and self takes the gradient of a tie.</summary>
        [Torch("FminBackward0", Saves.All, Forms = Forms.Method | Forms.Function)]
        public static Node fmin(Node self, Node other) => Ahead(self, other, Ops.Min, Ops.LessEqual);

        private static Node Ahead(Node a, Node b, Func<Node, Node, Node> better, Func<Node, Node, Node> holds) => Paired("Ahead", a, b,
            (a, b) => Ops.Where(Ops.IsNaN(a), b, Ops.Where(Ops.IsNaN(b), a, better(a, b))),
            (a, b, _, c) => Ops.Or(holds(a, b), Ops.IsNaN(b)) is var first ? (Ops.Where(first, c, 0), Ops.Where(first, 0, c)) : (c, c));
    }

    /// <summary>Of two operands, with the derivatives in both stated as (self, other, result, cotangent) → cotangents.</summary>
    private static Node Paired(string name, Node a, Node b, Func<Node, Node, Node> value, Func<Node, Node, Node, Node, (Node, Node)> slopes)
    {
        Ordered(a, $"{name} is not supported for complex inputs");
        var shape = Ops.BroadcastShapes(name, a.Shape, b.Shape);
        (a, b) = (Ops.Broadcast(a, shape), Ops.Broadcast(b, shape));
        return !a.DType.IsFloat ? value(a, b) : Ops.WithRule(name, value(a, b), [a, b], (x, y, c) => slopes(x[0], x[1], y, c) is var (first, second) ? [first, second] : []);
    }

    // Below zero, or the zero that is.
    private static Node Negative(Node x) => !x.DType.IsFloat ? Ops.Less(Ops.Cast(x, DType.Int64), 0) : Ops.Or(x < 0, Ops.And(Ops.Equal(x, 0), Ops.Reciprocal(x) < 0));

    /// <summary>A result that says, asked for its derivative, why there is none.</summary>
    private static Tensor Underivable(Tensor result, string why)
    {
        if ((result.viewed ?? result).gradFn is { } fn && GradMode) fn.Refusal = why;
        return result;
    }
}
