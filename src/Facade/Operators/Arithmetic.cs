namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Elementwise = true, Forms = Forms.All)]
    private static class Arithmetic
    {
        /// <summary>self + alpha·other.</summary>
        [Torch("AddBackward0", ScalarSaves = Saves.None)]
        public static Node add(Node self, Node other, Scalar? alpha = null) => self + Scaled(other, alpha);

        /// <summary>self − alpha·other.</summary>
        /// <exception cref="RuntimeError">An operand is of type bool.</exception>
        [Torch("SubBackward0", ScalarSaves = Saves.None, Check = nameof(NoTruths))]
        public static Node sub(Node self, Node other, Scalar? alpha = null) => self - Scaled(other, alpha);

        /// <summary>self · other.</summary>
        [Torch("MulBackward0", Saves.Cross, ScalarSaves = Saves.Number)]
        public static Node mul(Node self, Node other) => self * other;

        /// <summary>self / other, as real numbers.</summary>
        [Torch("DivBackward0", Saves.Cross | Saves.Other, ScalarSaves = Saves.Number, Types = Types.Real)]
        public static Node div(Node self, Node other) => self / other;

        /// <summary>The remainder with the sign of the divisor.</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        [Torch("RemainderBackward1", Saves.SelfForOther | Saves.Other, ScalarSaves = Saves.None, ScalarGradient = "RemainderBackward0", Kernel = "remainder_cpu")]
        public static Node remainder(Node self, Node other) => Ops.Rem(self, Divisor(self, other));

        /// <summary>⌊self / other⌋, without a derivative.</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        [Torch("NotImplemented", ScalarSaves = Saves.None, Kernel = "div_floor_cpu")]
        public static Node floor_divide(Node self, Node other) => Ops.Detach(Ops.FloorDiv(self, Divisor(self, other)));

        /// <summary>self to the power of exponent.</summary>
        [Torch]
        public static Tensor pow(Tensor self, Tensor exponent) => Refused(Elementwise("PowBackward1", Saves.All | Saves.Result, Raised, self, exponent), exponent, self, BoolMinus);

        /// <summary>Raises to a power in place.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor pow_(Tensor self, Tensor exponent) => exponent.Number is { } number ? self.pow_(number)
            : Refused(self.Change("PowBackward1", Saves.All | Saves.Result, Raised, exponent), exponent, self, BoolMinus);

        /// <summary>self to the power of exponent.</summary>
        /// <exception cref="RuntimeError">Integers to a negative power.</exception>
        [Torch("PowBackward0", Saves.Self | Saves.Formula, Check = nameof(NoFractions))]
        public static Node pow(Node self, [Operand] Scalar exponent) => exponent.Value switch
        {
            // For the numbers ±½ PyTorch takes square roots, also of −0 and −∞, where a tensor of them is an exponent like any other.
            0.5 => Ops.Sqrt(Takes(self, "pow", complex: true)),
            -0.5 => Ops.Rsqrt(Takes(self, "pow", complex: true)),
            _ => Raised(self, exponent.Node(self.DType)),
        };

        /// <summary>A number to the power of a tensor.</summary>
        [Torch("PowBackward2", Saves.Self | Saves.Result, Forms = Forms.Function)]
        public static Node pow([Operand] Scalar self, Node exponent) => Raised(self.Node(exponent.DType), exponent);

        /// <summary>The angle of the point (other, self).</summary>
        [Torch(Forms = Forms.Method | Forms.Function)]
        public static Tensor atan2(Tensor self, Tensor other) => Refused(Elementwise("Atan2Backward0", Saves.All, (x, y) => Ops.Atan2(Ordered(x, $"\"atan2_cpu\" not implemented for '{Named(x.DType).TensorType}'"), y), self, other, real: true), self, other, BoolOpposite);

        /// <summary>The larger of both; ties share the gradient.</summary>
        [Torch("MaximumBackward0", Saves.All, Forms = Forms.Method | Forms.Function)]
        public static Node maximum(Node self, Node other) => Ops.Max(Ordered(self, "maximum not implemented for complex tensors."), other);

        /// <summary>The smaller of both; ties share the gradient.</summary>
        [Torch("MinimumBackward0", Saves.All, Forms = Forms.Method | Forms.Function)]
        public static Node minimum(Node self, Node other) => Ops.Min(Ordered(self, "minimum not implemented for complex tensors."), other);

        /// <summary>Limits the elements; the gradient is 1 on the border.</summary>
        /// <exception cref="RuntimeError">There is no bound.</exception>
        [Torch("ClampBackward1", Saves.Self, Forms = Forms.Method | Forms.Function)]
        public static Node clamp(Node self, Scalar? min = null, Scalar? max = null) => Clamped(self, min, max);

        /// <summary>Limits the elements in place.</summary>
        /// <exception cref="RuntimeError">A bound is of a higher kind than the elements.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor clamp_(Tensor self, Scalar? min = null, Scalar? max = null) => Kind(Bounded(self.Node.DType, min, max)) > Kind(self.Node.DType)
            ? throw new RuntimeError($"result type {Named(Bounded(self.Node.DType, min, max)).TensorType} can't be cast to the desired output type {Tensor.ShortName(self)}")
            : InPlace(self, "ClampBackward1", Saves.Self, x => Clamped(x, min, max));

        /// <summary>self + value·tensor1·tensor2.</summary>
        [Torch("AddcmulBackward0", Saves.LastCross, Kernel = "addcmul_cpu_out", Complex = true)]
        public static Node addcmul(Node self, Node tensor1, Node tensor2, Scalar? value = null) => self + Scaled(tensor1 * tensor2, value);

        /// <summary>self + value·tensor1/tensor2.</summary>
        /// <exception cref="RuntimeError">Both divide integers.</exception>
        [Torch("AddcdivBackward0", Saves.LastCross | Saves.Third, Kernel = "addcdiv_cpu_out", Complex = true, Check = nameof(RealQuotient))]
        public static Node addcdiv(Node self, Node tensor1, Node tensor2, Scalar? value = null) => self + Scaled(tensor1 / tensor2, value);

        /// <summary>self + weight·(end − self).</summary>
        /// <exception cref="RuntimeError">The element types differ.</exception>
        [Torch("LerpBackward0", Kernel = "lerp_kernel_scalar", Complex = true, Floats = true, Check = nameof(OneType))]
        public static Node lerp(Node self, Node end, double weight) => Weighted(self, end, weight);

        public static void NoTruths(Tensor self, Tensor other) => CheckSubtraction(self.Node.DType, other.Number?.Type ?? other.Node.DType);

        public static void NoTruths(Tensor self, Scalar other) => CheckSubtraction(self.Node.DType, other.Type);

        public static void NoFractions(Tensor self, Scalar exponent)
        {
            if (!exponent.Type.IsSmooth && exponent.Integer < 0 && !ResultType(self, exponent).IsSmooth) throw new RuntimeError("Integers to negative integer powers are not allowed.");
        }

        public static void RealQuotient(Tensor self, Tensor tensor1, Tensor tensor2)
        {
            if (!tensor1.Node.DType.IsSmooth && !tensor2.Node.DType.IsSmooth) throw new RuntimeError(IntegerDivision);
        }

        public static void OneType(Tensor self, Tensor end)
        {
            if (end.Node.DType != self.Node.DType) throw new RuntimeError($"expected dtype {Tensor.ShortName(self)} for `end` but got dtype {Tensor.ShortName(end)}");
        }

        private const string IntegerDivision = "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.";

        // Both slopes as wholes: one is no difference of 1 and the weight, which would make ∞ − ∞ of an infinite gradient.
        private static Node Weighted(Node x, Node end, double weight)
        {
            var shape = Ops.BroadcastShapes("lerp", x.Shape, end.Shape);
            (x, end) = (Ops.Broadcast(x, shape), Ops.Broadcast(end, shape));
            return Ops.WithRule("Lerp", Lerp(x, end, weight), [x, end], (v, y, c) => [c * (1 - weight), c * weight]);
        }

        // PyTorch computes these and cannot differentiate them: it would subtract or negate truth values.
        private static Tensor Refused(Tensor result, Tensor truths, Tensor wanted, string why)
        {
            if (truths.Node.DType == DType.Bool && truths.Number is null && wanted.requires_grad && GradMode && (result.viewed ?? result).gradFn is { } fn) fn.Refusal = why;
            return result;
        }
    }

    // From the nearer side, so that either end is reached exactly.
    internal static Node Lerp(Node x, Node end, double weight) => weight < 0.5 ? x + (end - x) * weight : end - (end - x) * (1 - weight);

    [Operators(Elementwise = true)]
    private static class Comparisons
    {
        /// <summary>Whether elements are equal.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node eq(Node self, Node other) => Ops.Equal(self, other);

        /// <summary>Whether elements differ.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node ne(Node self, Node other) => Ops.NotEqual(self, other);

        /// <summary>Whether elements are less than others.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node lt(Node self, Node other) => Ops.Less(Ordered(self, $"\"lt_cpu\" not implemented for '{Named(self.DType).TensorType}'"), other);

        /// <summary>Whether elements are at most others.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node le(Node self, Node other) => Ops.LessEqual(Ordered(self, $"\"le_cpu\" not implemented for '{Named(self.DType).TensorType}'"), other);

        /// <summary>Whether elements are greater than others.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node gt(Node self, Node other) => Ops.Greater(Ordered(self, $"\"gt_cpu\" not implemented for '{Named(self.DType).TensorType}'"), other);

        /// <summary>Whether elements are at least others.</summary>
        [Torch(ScalarSaves = Saves.None)]
        public static Node ge(Node self, Node other) => Ops.GreaterEqual(Ordered(self, $"\"ge_cpu\" not implemented for '{Named(self.DType).TensorType}'"), other);

        /// <summary>Whether elements are no numbers.</summary>
        [Torch]
        public static Node isnan(Node self) => Ops.IsNaN(self);

        /// <summary>Whether elements are zero.</summary>
        [Torch]
        public static Node logical_not(Node self) => Ops.Not(self);

        /// <summary>Whether both are non-zero.</summary>
        [Torch]
        public static Node logical_and(Node self, Node other) => Ops.And(self, other);

        /// <summary>Whether one of both is non-zero.</summary>
        [Torch]
        public static Node logical_or(Node self, Node other) => Ops.Or(self, other);

        /// <summary>Element by element: self where the condition holds, else other.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor where(Tensor self, Tensor condition, Tensor other) => torch.where(condition, self, other);
    }
}
