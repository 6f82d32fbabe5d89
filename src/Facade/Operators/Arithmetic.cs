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
        [Torch("SubBackward0", ScalarSaves = Saves.None, Check = nameof(NoTruths), Aliases = "subtract")]
        public static Node sub(Node self, Node other, Scalar? alpha = null) => self - Scaled(other, alpha);

        /// <summary>self · other.</summary>
        [Torch("MulBackward0", Saves.Cross, ScalarSaves = Saves.Number, Aliases = "multiply")]
        public static Node mul(Node self, Node other) => self * other;

        /// <summary>self / other, as real numbers.</summary>
        [Torch("DivBackward0", Saves.Cross | Saves.Other, ScalarSaves = Saves.Number, Types = Types.Real, Aliases = "divide true_divide")]
        public static Node div(Node self, Node other) => self / other;

        /// <summary>self / other, rounded to an integer by "floor" or "trunc", without a slope then.</summary>
        /// <exception cref="RuntimeError">Another rounding mode, or an integer division by zero.</exception>
        [Torch(Aliases = "divide")]
        public static Tensor div(Tensor self, Tensor other, string? rounding_mode) => Elementwise("DivBackward2", Saves.Cross | Saves.Other, Rounding(rounding_mode), self, other, rounding_mode is null);

        /// <summary>self / other, rounded to an integer by "floor" or "trunc", without a slope then.</summary>
        /// <exception cref="RuntimeError">Another rounding mode, or an integer division by zero.</exception>
        [Torch(Aliases = "divide")]
        public static Tensor div(Tensor self, Scalar other, string? rounding_mode) => Elementwise("DivBackward2", Saves.Number, Rounding(rounding_mode), self, other, rounding_mode is null);

        /// <summary>Divides and rounds in place.</summary>
        /// <exception cref="RuntimeError">Another rounding mode, or an integer division by zero.</exception>
        [Torch(Forms = Forms.Method, Aliases = "divide_")]
        public static Tensor div_(Tensor self, Tensor other, string? rounding_mode) => self.Change("DivBackward2", Saves.Cross | Saves.Other, Rounding(rounding_mode), other, rounding_mode is null);

        private static Func<Node, Node, Node> Rounding(string? mode) => mode switch
        {
            null => Ops.Div,
            "floor" => static (a, b) => Ops.FloorDiv(Takes(a, "div_floor_cpu"), Divisor(a, b)),
            "trunc" => static (a, b) => Quotient(Takes(a, "div_trunc_cpu"), Divisor(a, b)),
            _ => throw new RuntimeError($"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{mode}'"),
        };

        // Towards zero: of integers, one more than the floor of what is negative and not whole.
        private static Node Quotient(Node a, Node b)
        {
            if (a.DType.IsFloat) return Ops.Truncate(a / b);
            var floor = Ops.FloorDiv(a, b);
            return Ops.Where(Ops.And(Ops.Less(floor, Ops.Scalar(0, a.DType)), Ops.NotEqual(floor * b, a)), floor + Ops.Scalar(1, a.DType), floor);
        }

        /// <summary>The remainder with the sign of the dividend.</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        [Torch("FmodBackward1", Saves.SelfForOther | Saves.Other, ScalarSaves = Saves.None, ScalarGradient = "FmodBackward0", Kernel = "fmod_cpu")]
        public static Node fmod(Node self, Node other) => self.DType.IsFloat ? Paired("Fmod", self, other, static (a, b) => Rest(a, b), static (a, b, _, c) => (c, -c * Ops.Truncate(a / b)))
            : self - Quotient(self, Divisor(self, other)) * other;

        private static Node Rest(Node a, Node b) => Ops.Rem(Ops.Abs(a), Ops.Abs(b)) is var rest ? Ops.Where(Negative(a), -rest, rest) : a;

        /// <summary>other − alpha·self.</summary>
        /// <exception cref="RuntimeError">An operand is of type bool.</exception>
        [Torch("RsubBackward0", ScalarSaves = Saves.None, ScalarGradient = "RsubBackward1", Forms = Forms.Function, Check = nameof(NoTruths), Out = false)]
        public static Node rsub(Node self, Node other, Scalar? alpha = null) => other - Scaled(self, alpha);

        /// <summary>self·2^other.</summary>
        [Torch]
        public static Tensor ldexp(Tensor self, Tensor other) => self.mul(pow(2.0, other));

        /// <summary>self·2^other, in place, which PyTorch does not differentiate.</summary>
        /// <exception cref="RuntimeError">A gradient is wanted.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor ldexp_(Tensor self, Tensor other) => !GradMode || !(self.requires_grad || other.requires_grad) ? self.mul_(pow(2.0, other))
            : throw new RuntimeError("mul(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.");

        /// <summary>The remainder with the sign of the divisor.</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        [Torch("RemainderBackward1", Saves.SelfForOther | Saves.Other, ScalarSaves = Saves.None, ScalarGradient = "RemainderBackward0", Kernel = "remainder_cpu")]
        public static Node remainder(Node self, Node other) => Ops.Rem(self, Divisor(self, other));

        /// <summary>⌊self / other⌋, without a derivative.</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        [Torch("NotImplemented", ScalarSaves = Saves.None, Kernel = "div_floor_cpu")]
        public static Node floor_divide(Node self, Node other) => Ops.Detach(Ops.FloorDiv(self, Divisor(self, other)));

        /// <summary>self to the power of exponent.</summary>
        [Torch(Out = true)]
        public static Tensor pow(Tensor self, Tensor exponent) => Refused(Elementwise("PowBackward1", Saves.All | Saves.Result, Raised, self, exponent), exponent, self, BoolMinus);

        /// <summary>Raises to a power in place.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor pow_(Tensor self, Tensor exponent) => exponent.Number is { } number ? self.pow_(number)
            : Refused(self.Change("PowBackward1", Saves.All | Saves.Result, Raised, exponent), exponent, self, BoolMinus);

        /// <summary>self to the power of exponent.</summary>
        /// <exception cref="RuntimeError">Integers to a negative power.</exception>
        [Torch("PowBackward0", Saves.Self | Saves.Powers, Check = nameof(NoFractions), Out = true)]
        public static Node pow(Node self, [Operand] Scalar exponent) => exponent.Value switch
        {
            // For the numbers ±½ PyTorch takes square roots, also of −0 and −∞, where a tensor of them is an exponent like any other.
            0.5 => Rooted(Ops.Sqrt(Takes(self, "pow", complex: true)), self, 0.5),
            -0.5 => Rooted(Ops.Rsqrt(Takes(self, "pow", complex: true)), self, -0.5),
            _ => Raised(self, exponent.Node(self.DType)),
        };

        // The derivative is that of a power.
        private static Node Rooted(Node root, Node self, double exponent) =>
            self.DType.IsComplex ? root : Ops.WithRule("Pow", root, [self], (x, _, c) => [c * (exponent * pow(x[0], exponent - 1))]);

        /// <summary>A number to the power of a tensor.</summary>
        [Torch("PowBackward2", Saves.Self | Saves.Result, Forms = Forms.Function, Out = true)]
        public static Node pow([Operand] Scalar self, Node exponent) => Raised(self.Node(exponent.DType), exponent);

        /// <summary>self to the power of exponent, in float64.</summary>
        [Torch]
        public static Tensor float_power(Tensor self, Tensor exponent) => Wide(self).pow(Wide(exponent));

        /// <summary>self to the power of exponent, in float64.</summary>
        [Torch]
        public static Tensor float_power(Tensor self, Scalar exponent) => Wide(self).pow(Wide(exponent));

        /// <summary>A number to the power of a tensor, in float64.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor float_power([Operand] Scalar self, Tensor exponent) => torch.pow(Wide(self), Wide(exponent));

        /// <summary>Raises to a power in place, where the elements are of type float64.</summary>
        /// <exception cref="RuntimeError">They are not.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor float_power_(Tensor self, Tensor exponent) => Double(self).pow_(Wide(exponent));

        /// <summary>Raises to a power in place, where the elements are of type float64.</summary>
        /// <exception cref="RuntimeError">They are not.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor float_power_(Tensor self, Scalar exponent) => Double(self).pow_(Wide(exponent));

        private static Tensor Wide(Tensor x) => x.to(x.is_complex() ? complex128 : float64);

        private static Scalar Wide(Scalar x) => x.Type.IsComplex ? x : x.Value;

        private static Tensor Double(Tensor self) => self.Node.DType is DType.Float64 or DType.Complex128 ? self
            : throw new RuntimeError($"the base given to float_power_ has dtype {self.dtype.TensorType} but the operation's result requires dtype Double");

        /// <summary>The angle of the point (other, self).</summary>
        [Torch(Forms = Forms.Method | Forms.Function, Aliases = "arctan2", Out = true)]
        public static Tensor atan2(Tensor self, Tensor other) => Refused(Elementwise("Atan2Backward0", Saves.All, Angle, self, other, real: true), self, other, BoolOpposite);

        /// <summary>The angle of the point (other, self), in place.</summary>
        [Torch(Forms = Forms.Method, Aliases = "arctan2_")]
        public static Tensor atan2_(Tensor self, Tensor other) => Refused(self.Change("Atan2Backward0", Saves.All, Angle, other, real: true), self, other, BoolOpposite);

        private static Node Angle(Node y, Node x) => Ops.Atan2(Ordered(y, $"\"atan2_cpu\" not implemented for '{Named(y.DType).TensorType}'"), x);

        /// <summary>The larger of both; ties share the gradient.</summary>
        [Torch("MaximumBackward0", Saves.All, Forms = Forms.Method | Forms.Function)]
        public static Node maximum(Node self, Node other) => Ops.Max(Ordered(self, "maximum not implemented for complex tensors."), other);

        /// <summary>The smaller of both; ties share the gradient.</summary>
        [Torch("MinimumBackward0", Saves.All, Forms = Forms.Method | Forms.Function)]
        public static Node minimum(Node self, Node other) => Ops.Min(Ordered(self, "minimum not implemented for complex tensors."), other);

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

        /// <summary>self + weight·(end − self), with a weight for each element.</summary>
        /// <exception cref="RuntimeError">The element types differ.</exception>
        [Torch("LerpBackward1", Saves.ThirdForSelf | Saves.ThirdForOther | Saves.SelfForThird | Saves.OtherForThird, Kernel = "lerp_kernel_tensor", Floats = true, Check = nameof(OneType))]
        public static Node lerp(Node self, Node end, Node weight)
        {
            var shape = Ops.BroadcastShapes("lerp", Ops.BroadcastShapes("lerp", self.Shape, end.Shape), weight.Shape);
            var (x, y, w) = (Ops.Broadcast(self, shape), Ops.Broadcast(end, shape), Ops.Broadcast(weight, shape));
            var value = Ops.Where(Ops.Abs(w) < 0.5, x + (y - x) * w, y - (y - x) * (1 - w));
            return Ops.WithRule("Lerp", value, [x, y, w], static (v, _, c) => [c * (1 - v[2]), c * v[2], c * (v[1] - v[0])]);
        }

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
            if (end.Node.DType != self.Node.DType) throw new RuntimeError($"expected dtype {self.dtype.InC} for `end` but got dtype {end.dtype.InC}");
        }

        public static void OneType(Tensor self, Tensor end, Tensor weight)
        {
            OneType(self, end);
            if (weight.Node.DType != self.Node.DType) throw new RuntimeError($"expected dtype {self.dtype.InC} for `weight` but got dtype {weight.dtype.InC}");
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
}
