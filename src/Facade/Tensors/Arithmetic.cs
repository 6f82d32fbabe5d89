namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>self + alpha·other. https://pytorch.org/docs/2.6/generated/torch.add.html</summary>
        public Tensor add(Tensor other, Scalar? alpha = null) => Pair("AddBackward0", Saves.None, (a, b) => Sum(a, b, alpha), this, other);

        /// <summary>self + alpha·other.</summary>
        public Tensor add(Scalar other, Scalar? alpha = null) => Pair("AddBackward0", Saves.None, (a, b) => Sum(a, b, alpha), this, other);

        /// <summary>self − alpha·other. https://pytorch.org/docs/2.6/generated/torch.sub.html</summary>
        /// <exception cref="RuntimeError">An operand is of type bool.</exception>
        public Tensor sub(Tensor other, Scalar? alpha = null)
        {
            CheckSubtraction(Node.DType, other.Number?.Type ?? other.Node.DType);
            return Pair("SubBackward0", Saves.None, (a, b) => Difference(a, b, alpha), this, other);
        }

        /// <summary>self − alpha·other.</summary>
        /// <exception cref="RuntimeError">An operand is of type bool.</exception>
        public Tensor sub(Scalar other, Scalar? alpha = null)
        {
            CheckSubtraction(Node.DType, other.Type);
            return Pair("SubBackward0", Saves.None, (a, b) => Difference(a, b, alpha), this, other);
        }

        /// <summary>self · other. https://pytorch.org/docs/2.6/generated/torch.mul.html</summary>
        public Tensor mul(Tensor other) => Pair("MulBackward0", Saves.Cross, Ops.Mul, this, other);

        /// <summary>self · other.</summary>
        public Tensor mul(Scalar other) => Pair("MulBackward0", Saves.Number, Ops.Mul, this, other);

        /// <summary>self / other, as real numbers. https://pytorch.org/docs/2.6/generated/torch.div.html</summary>
        public Tensor div(Tensor other) => Pair("DivBackward0", Saves.Cross | Saves.Other, Ops.Div, this, other, real: true);

        /// <summary>self / other, as real numbers.</summary>
        public Tensor div(Scalar other) => Pair("DivBackward0", Saves.Number, Ops.Div, this, other, real: true);

        /// <summary>self to the power of exponent. https://pytorch.org/docs/2.6/generated/torch.pow.html</summary>
        public Tensor pow(Tensor exponent) => Pair("PowBackward1", Saves.All | Saves.Result, Raised, this, exponent).Refused(exponent, this, BoolMinus);

        /// <summary>self to the power of exponent.</summary>
        /// <exception cref="RuntimeError">Integers to a negative power.</exception>
        public Tensor pow(Scalar exponent)
        {
            CheckPower(this, exponent);
            return Pair("PowBackward0", Saves.Self | Saves.Formula, Raising(exponent), this, exponent);
        }

        /// <summary>The remainder with the sign of the divisor. https://pytorch.org/docs/2.6/generated/torch.remainder.html</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        public Tensor remainder(Tensor other) => Pair("RemainderBackward1", Saves.SelfForOther | Saves.Other, Remaindered, this, other);

        /// <summary>The remainder with the sign of the divisor.</summary>
        public Tensor remainder(Scalar other) => Pair("RemainderBackward0", Saves.None, Remaindered, this, other);

        /// <summary>⌊self / other⌋, without a derivative. https://pytorch.org/docs/2.6/generated/torch.floor_divide.html</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        public Tensor floor_divide(Tensor other) => Pair("NotImplemented", Saves.None, FloorDivided, this, other);

        /// <summary>⌊self / other⌋, without a derivative.</summary>
        public Tensor floor_divide(Scalar other) => Pair("NotImplemented", Saves.None, FloorDivided, this, other);

        /// <summary>The angle of the point (other, self). https://pytorch.org/docs/2.6/generated/torch.atan2.html</summary>
        public Tensor atan2(Tensor other) => Pair("Atan2Backward0", Saves.All, Ops.Atan2, this, other, real: true).Refused(this, other, BoolOpposite);

        /// <summary>The larger of both; ties share the gradient. https://pytorch.org/docs/2.6/generated/torch.maximum.html</summary>
        public Tensor maximum(Tensor other) => Pair("MaximumBackward0", Saves.All, Ops.Max, this, other);

        /// <summary>The smaller of both; ties share the gradient. https://pytorch.org/docs/2.6/generated/torch.minimum.html</summary>
        public Tensor minimum(Tensor other) => Pair("MinimumBackward0", Saves.All, Ops.Min, this, other);

        /// <summary>Limits the elements; the gradient is 1 on the border. https://pytorch.org/docs/2.6/generated/torch.clamp.html</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Laid(Record("ClampBackward1", Saves.Self, x => Clamped(x, min, max), this), this);

        /// <summary>Element by element: self where the condition holds, else other. https://pytorch.org/docs/2.6/generated/torch.where.html</summary>
        public Tensor where(Tensor condition, Tensor other) => torch.where(condition, this, other);

#pragma warning disable CS1591 // Comparisons, named as in PyTorch; they carry no gradient.
        public Tensor eq(Tensor other) => Pair("", Saves.None, Ops.Equal, this, other);
        public Tensor eq(Scalar other) => Pair("", Saves.None, Ops.Equal, this, other);
        public Tensor ne(Tensor other) => Pair("", Saves.None, Ops.NotEqual, this, other);
        public Tensor ne(Scalar other) => Pair("", Saves.None, Ops.NotEqual, this, other);
        public Tensor lt(Tensor other) => Pair("", Saves.None, Ops.Less, this, other);
        public Tensor lt(Scalar other) => Pair("", Saves.None, Ops.Less, this, other);
        public Tensor le(Tensor other) => Pair("", Saves.None, Ops.LessEqual, this, other);
        public Tensor le(Scalar other) => Pair("", Saves.None, Ops.LessEqual, this, other);
        public Tensor gt(Tensor other) => Pair("", Saves.None, Ops.Greater, this, other);
        public Tensor gt(Scalar other) => Pair("", Saves.None, Ops.Greater, this, other);
        public Tensor ge(Tensor other) => Pair("", Saves.None, Ops.GreaterEqual, this, other);
        public Tensor ge(Scalar other) => Pair("", Saves.None, Ops.GreaterEqual, this, other);
        public Tensor isnan() => Unary("", Saves.None, Ops.IsNaN);
        public Tensor logical_not() => Unary("", Saves.None, Ops.Not);
        public Tensor logical_and(Tensor other) => Pair("", Saves.None, Ops.And, this, other);
        public Tensor logical_or(Tensor other) => Pair("", Saves.None, Ops.Or, this, other);

        public static Tensor operator +(Tensor a, Tensor b) => Some(a, "+", b).add(b);
        public static Tensor operator +(Tensor a, Scalar b) => Some(a, "+", b).add(b);
        public static Tensor operator +(Scalar a, Tensor b) => Pair("AddBackward0", Saves.None, (x, y) => y + x, a, b);
        public static Tensor operator -(Tensor a, Tensor b) => Some(a, "-", b).sub(b);
        public static Tensor operator -(Tensor a, Scalar b) => Some(a, "-", b).sub(b);
        public static Tensor operator -(Scalar a, Tensor b)
        {
            CheckSubtraction(b.Node.DType, a.Type);
            return Pair("RsubBackward1", Saves.None, (x, y) => x - y, a, b);
        }

        public static Tensor operator *(Tensor a, Tensor b) => Some(a, "*", b).mul(b);
        public static Tensor operator *(Tensor a, Scalar b) => Some(a, "*", b).mul(b);
        public static Tensor operator *(Scalar a, Tensor b) => b.mul(a);
        public static Tensor operator /(Tensor a, Tensor b) => Some(a, "/", b).div(b);
        public static Tensor operator /(Tensor a, Scalar b) => Some(a, "/", b).div(b);
        public static Tensor operator /(Scalar a, Tensor b) => b.reciprocal().mul(a);
        public static Tensor operator %(Tensor a, Tensor b) => Some(a, "%", b).remainder(b);
        public static Tensor operator %(Tensor a, Scalar b) => Some(a, "%", b).remainder(b);
        public static Tensor operator -(Tensor a) => a.neg();
        public static Tensor operator &(Tensor a, Tensor b) => Pair("", Saves.None, (x, y) => Ops.And(Truths(x, "and"), Truths(y, "and")), Some(a, "&", b), b);
        public static Tensor operator |(Tensor a, Tensor b) => Pair("", Saves.None, (x, y) => Ops.Or(Truths(x, "or"), Truths(y, "or")), Some(a, "|", b), b);
        public static Tensor operator ^(Tensor a, Tensor b) => Pair("", Saves.None, (x, y) => Ops.NotEqual(Truths(x, "xor"), Truths(y, "xor")), Some(a, "^", b), b);
        public static Tensor operator ~(Tensor a) => a.Node.DType == DType.Bool ? a.logical_not() : throw new TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors");
        public static Tensor operator ==(Tensor? a, Tensor? b) => a is null || b is null ? tensor(ReferenceEquals(a, b)) : a.eq(b);
        public static Tensor operator !=(Tensor? a, Tensor? b) => a is null || b is null ? tensor(!ReferenceEquals(a, b)) : a.ne(b);
        public static Tensor operator <(Tensor a, Tensor b) => Ordered(a, "<", b).lt(b);
        public static Tensor operator >(Tensor a, Tensor b) => Ordered(a, ">", b).gt(b);
        public static Tensor operator <=(Tensor a, Tensor b) => Ordered(a, "<=", b).le(b);
        public static Tensor operator >=(Tensor a, Tensor b) => Ordered(a, ">=", b).ge(b);
        public static Tensor operator <(Tensor a, Scalar b) => a.lt(b);
        public static Tensor operator >(Tensor a, Scalar b) => a.gt(b);
        public static Tensor operator <=(Tensor a, Scalar b) => a.le(b);
        public static Tensor operator >=(Tensor a, Scalar b) => a.ge(b);

        public void operator +=(Tensor other) => Update(other, static (a, b) => a.add(b), static (a, b) => a.add_(b));
        public void operator +=(Scalar other) => add_(other);
        public void operator -=(Tensor other) => Update(other, static (a, b) => a.sub(b), static (a, b) => a.sub_(b));
        public void operator -=(Scalar other) => sub_(other);
        public void operator *=(Tensor other) => Update(other, static (a, b) => a.mul(b), static (a, b) => a.mul_(b));
        public void operator *=(Scalar other) => mul_(other);
        public void operator /=(Tensor other) => Update(other, static (a, b) => a.div(b), static (a, b) => a.div_(b));
        public void operator /=(Scalar other) => div_(other);
#pragma warning restore CS1591

        /// <summary>A 0-d tensor from a number.</summary>
        public static implicit operator Tensor(Scalar value) => Counted(value);

        /// <summary>A 0-d tensor from a number.</summary>
        public static implicit operator Tensor(double value) => Counted(value);

        /// <summary>A 0-d tensor from a number.</summary>
        public static implicit operator Tensor(long value) => Counted(value);

        /// <summary>A 0-d tensor from a number.</summary>
        public static implicit operator Tensor(int value) => Counted(value);

        /// <summary>A 0-d tensor from a truth value.</summary>
        public static implicit operator Tensor(bool value) => Counted(value);

        // Python's numbers take part in arithmetic with their own precision, and in promotion below every tensor.
        private static Tensor Counted(Scalar value)
        {
            var node = value.Node(value.Type.IsFloat ? get_default_dtype().Type : value.Type);
            return new(node, new Storage(node, value));
        }

        // A number is no tensor that could be written to: as in Python, what was made of it takes its place.
        private void Update(Tensor other, Func<Tensor, Tensor, Tensor> made, Func<Tensor, Tensor, Tensor> written)
        {
            if (Number is null || other is null || other.Number is not null)
            {
                written(this, other!);
                return;
            }
            var result = made(this, other);
            (storage, version, window, sight, gradFn, outputNr) = (result.storage, result.version, result.window, result.sight, result.gradFn, result.outputNr);
        }

        /// <summary>Identity, as Python's <c>is</c>; <c>==</c> compares element by element.</summary>
        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        /// <inheritdoc/>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        private static Node Truths(Node x, string name) => x.DType == DType.Bool ? x : throw new RuntimeError($"\"bitwise_{name}_cpu\" not implemented for '{Named(x.DType).TensorType}'");

        // A gradient that is not there is null; arithmetic with it is Python's TypeError.
        private static Tensor Some(Tensor? a, string op, Tensor? b) => a is not null && b is not null ? a
            : throw new TypeError($"unsupported operand type(s) for {op}: '{(a is null ? "NoneType" : "Tensor")}' and '{(b is null ? "NoneType" : "Tensor")}'");

        private static Tensor Ordered(Tensor? a, string op, Tensor? b) => a is not null && b is not null ? a
            : throw new TypeError($"'{op}' not supported between instances of '{(a is null ? "NoneType" : "Tensor")}' and '{(b is null ? "NoneType" : "Tensor")}'");

        private static Tensor Some(Tensor? a, string op, Scalar b) => a
            ?? throw new TypeError($"unsupported operand type(s) for {op}: 'NoneType' and '{(b.Type.IsFloat ? "float" : b.Type == DType.Bool ? "bool" : "int")}'");

        private Tensor Change(string name, Saves saves, Func<Node, Node, Node> f, Tensor other, bool real = false, Action? check = null)
        {
            var type = real ? Real(ResultType(this, other)) : ResultType(this, other);
            return InPlace(this, name, saves, (x, y) =>
            {
                check?.Invoke();
                CheckBroadcast(x.Shape, y.Shape);
                return f(Ops.Cast(x, type), As(other, y, type));
            }, other);
        }

        private Tensor Change(string name, Saves saves, Func<Node, Node, Node> f, Scalar other, bool real = false, Action? check = null)
        {
            var type = real ? Real(ResultType(this, other)) : ResultType(this, other);
            return InPlace(this, name, saves, x =>
            {
                check?.Invoke();
                return f(Ops.Cast(x, type), other.Node(type));
            });
        }

        /// <summary>Adds alpha·other in place.</summary>
        public Tensor add_(Tensor other, Scalar? alpha = null) => Change("AddBackward0", Saves.None, (a, b) => Sum(a, b, alpha), other);

        /// <summary>Adds in place.</summary>
        public Tensor add_(Scalar other) => Change("AddBackward0", Saves.None, Ops.Add, other);

        /// <summary>Subtracts alpha·other in place.</summary>
        /// <exception cref="RuntimeError">An operand is of type bool.</exception>
        public Tensor sub_(Tensor other, Scalar? alpha = null)
        {
            var (left, right) = (Node.DType, other.Number?.Type ?? other.Node.DType);
            return Change("SubBackward0", Saves.None, (a, b) => Difference(a, b, alpha), other, check: () => CheckSubtraction(left, right));
        }

        /// <summary>Subtracts in place.</summary>
        /// <exception cref="RuntimeError">An operand is of type bool.</exception>
        public Tensor sub_(Scalar other)
        {
            var left = Node.DType;
            return Change("SubBackward0", Saves.None, Ops.Sub, other, check: () => CheckSubtraction(left, other.Type));
        }

        /// <summary>Multiplies in place.</summary>
        public Tensor mul_(Tensor other) => Change("MulBackward0", Saves.Cross, Ops.Mul, other);

        /// <summary>Multiplies in place.</summary>
        public Tensor mul_(Scalar other) => Change("MulBackward0", Saves.Number, Ops.Mul, other);

        /// <summary>Divides in place.</summary>
        public Tensor div_(Tensor other) => Change("DivBackward0", Saves.Cross | Saves.Other, Ops.Div, other, real: true);

        /// <summary>Divides in place.</summary>
        public Tensor div_(Scalar other) => Change("DivBackward0", Saves.Number, Ops.Div, other, real: true);

        /// <summary>Raises to a power in place.</summary>
        /// <exception cref="RuntimeError">Integers to a negative power.</exception>
        public Tensor pow_(Scalar exponent)
        {
            CheckPower(this, exponent);
            return Change("PowBackward0", Saves.Self | Saves.Formula, Raising(exponent), exponent);
        }

        /// <summary>Raises to a power in place.</summary>
        public Tensor pow_(Tensor exponent) => exponent.Number is { } number ? pow_(number) : Change("PowBackward1", Saves.All | Saves.Result, Raised, exponent).Refused(exponent, this, BoolMinus);

        // PyTorch computes these and cannot differentiate them: it would subtract or negate truth values.
        private Tensor Refused(Tensor truths, Tensor wanted, string why)
        {
            if (truths.Node.DType == DType.Bool && truths.Number is null && wanted.requires_grad && GradMode && (viewed ?? this).gradFn is { } fn) fn.Refusal = why;
            return this;
        }

        /// <summary>⌊self / other⌋ in place, without a derivative.</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        public Tensor floor_divide_(Tensor other) => Change("NotImplemented", Saves.None, FloorDivided, other);

        /// <summary>⌊self / other⌋ in place, without a derivative.</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        public Tensor floor_divide_(Scalar other) => Change("NotImplemented", Saves.None, FloorDivided, other);

        /// <summary>The remainder with the sign of the divisor, in place.</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        public Tensor remainder_(Tensor other) => Change("RemainderBackward1", Saves.SelfForOther | Saves.Other, Remaindered, other);

        /// <summary>The remainder with the sign of the divisor, in place.</summary>
        /// <exception cref="RuntimeError">An integer division by zero.</exception>
        public Tensor remainder_(Scalar other) => Change("RemainderBackward0", Saves.None, Remaindered, other);

        // x plus a scaled combination of two others, in the type of all three.
        private static Node Added(Node x, Node[] t, Scalar? value, string kernel, Func<Node, Node, Node> f, DType type)
        {
            CheckBroadcast(x.Shape, t[0].Shape);
            var shape = Ops.BroadcastShapes(kernel, x.Shape, t[0].Shape);
            CheckBroadcast(shape, t[1].Shape);
            shape = Ops.BroadcastShapes(kernel, shape, t[1].Shape);
            if (shape != x.Shape) throw new RuntimeError($"output with shape {x.Shape} doesn't match the broadcast shape {shape}");
            return Takes(Ops.Cast(x, type), kernel) + Scaled(f(Ops.Cast(t[0], type), Ops.Cast(t[1], type)), value);
        }

        /// <summary>Adds value·tensor1·tensor2 in place.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar? value = null) => InPlace(this, "AddcmulBackward0", Saves.LastCross, (x, t) => Added(x, t, value, "addcmul_cpu_out", Ops.Mul, ResultType(this, tensor1, tensor2)), [tensor1, tensor2]);

        /// <summary>Adds value·tensor1/tensor2 in place.</summary>
        /// <exception cref="RuntimeError">Both divide integers.</exception>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar? value = null)
        {
            var type = ResultType(this, tensor1, tensor2);
            return InPlace(this, "AddcdivBackward0", Saves.LastCross | Saves.Third, (x, t) => Added(x, t, value, "addcdiv_cpu_out", Ops.Div, t[0].DType.IsFloat || t[1].DType.IsFloat ? type : throw new RuntimeError(IntegerDivision)), [tensor1, tensor2]);
        }

        private const string IntegerDivision = "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.";

        /// <summary>self + weight·(end − self), in place.</summary>
        /// <exception cref="RuntimeError">The element types differ.</exception>
        public Tensor lerp_(Tensor end, double weight) => end.Node.DType == Node.DType
            ? InPlace(this, "LerpBackward0", Saves.None, (x, e) => Weighted(Takes(x, "lerp_kernel_scalar", whole: false), e, weight), end)
            : throw new RuntimeError($"expected dtype {ShortName(this)} for `end` but got dtype {ShortName(end)}");

        // Both slopes as wholes: one is no difference of 1 and the weight, which would make ∞ − ∞ of an infinite gradient.
        private static Node Weighted(Node x, Node end, double weight)
        {
            if (!Spreads(end.Shape, x.Shape))
            {
                CheckBroadcast(x.Shape, end.Shape);
                return Lerp(x, end, weight);
            }
            end = Ops.Broadcast(end, x.Shape);
            return Ops.WithRule("Lerp", Lerp(x, end, weight), [x, end], (v, y, c) => [c * (1 - weight), c * weight]);
        }

        // From the nearer side, so that either end is reached exactly.
        internal static Node Lerp(Node x, Node end, double weight) => weight < 0.5 ? x + (end - x) * weight : end - (end - x) * (1 - weight);

        /// <summary>Limits the elements in place.</summary>
        /// <exception cref="RuntimeError">A bound is of a higher kind than the elements.</exception>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Kind(Bounded(Node.DType, min, max)) > Kind(Node.DType)
            ? throw new RuntimeError($"result type {Named(Bounded(Node.DType, min, max)).TensorType} can't be cast to the desired output type {ShortName(this)}")
            : InPlace(this, "ClampBackward1", Saves.Self, x => Clamped(x, min, max));

        /// <summary>Sets all elements to zero.</summary>
        public Tensor zero_() => InPlace(this, "ZeroBackward0", Saves.None, x => Ops.Like(x, 0));

        /// <summary>Sets all elements to a value.</summary>
        public Tensor fill_(Scalar value) => InPlace(this, "FillBackward2", Saves.None, x => Ops.Broadcast(value.Fitting(x.DType), x.Shape));

        /// <summary>Takes over the elements of another tensor.</summary>
        public Tensor copy_(Tensor src, bool non_blocking = false)
        {
            return InPlace(this, "CopyBackwards", Saves.None, (x, value) =>
            {
                if (!Spreads(value.Shape, x.Shape)) CheckBroadcast(x.Shape, value.Shape);
                return Taken(src, value, x.DType);
            }, src);
        }
    }
}
