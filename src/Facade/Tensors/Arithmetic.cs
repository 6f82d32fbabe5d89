namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
#pragma warning disable CS1591 // Operators as Python spells them.
        public static Tensor operator +(Tensor a, Tensor b) => Some(a, "+", b).add(b);
        public static Tensor operator +(Tensor a, Scalar b) => Some(a, "+", b).add(b);
        public static Tensor operator +(Scalar a, Tensor b) => Elementwise("AddBackward0", Saves.None, (x, y) => y + x, a, Some(a, "+", b));
        public static Tensor operator -(Tensor a, Tensor b) => Some(a, "-", b).sub(b);
        public static Tensor operator -(Tensor a, Scalar b) => Some(a, "-", b).sub(b);
        public static Tensor operator -(Scalar a, Tensor b)
        {
            CheckSubtraction(Some(a, "-", b).Node.DType, a.Type);
            return Elementwise("RsubBackward1", Saves.None, (x, y) => x - y, a, b);
        }

        public static Tensor operator *(Tensor a, Tensor b) => Some(a, "*", b).mul(b);
        public static Tensor operator *(Tensor a, Scalar b) => Some(a, "*", b).mul(b);
        public static Tensor operator *(Scalar a, Tensor b) => Some(a, "*", b).mul(a);
        public static Tensor operator /(Tensor a, Tensor b) => Some(a, "/", b).div(b);
        public static Tensor operator /(Tensor a, Scalar b) => Some(a, "/", b).div(b);
        public static Tensor operator /(Scalar a, Tensor b) => Some(a, "/", b).reciprocal().mul(a);
        public static Tensor operator %(Tensor a, Tensor b) => Some(a, "%", b).remainder(b);
        public static Tensor operator %(Tensor a, Scalar b) => Some(a, "%", b).remainder(b);
        public static Tensor operator -(Tensor a) => Some("-", a).neg();
        public static Tensor operator &(Tensor a, Tensor b) => Some(a, "&", b).bitwise_and(b);
        public static Tensor operator |(Tensor a, Tensor b) => Some(a, "|", b).bitwise_or(b);
        public static Tensor operator ^(Tensor a, Tensor b) => Some(a, "^", b).bitwise_xor(b);
        public static Tensor operator <<(Tensor a, Tensor b) => Some(a, "<<", b).bitwise_left_shift(b);
        public static Tensor operator >>(Tensor a, Tensor b) => Some(a, ">>", b).bitwise_right_shift(b);
        public static Tensor operator +(Tensor a) => Some("+", a).positive();
        public static Tensor operator ~(Tensor a) => !Some("~", a).Node.DType.IsSmooth ? a.bitwise_not() : throw new TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors");
        public static Tensor operator ==(Tensor? a, Tensor? b) => a is null || b is null ? tensor(ReferenceEquals(a, b)) : a.eq(b);
        public static Tensor operator !=(Tensor? a, Tensor? b) => a is null || b is null ? tensor(!ReferenceEquals(a, b)) : a.ne(b);
        public static Tensor operator <(Tensor a, Tensor b) => Some(a, "<", b).lt(b);
        public static Tensor operator >(Tensor a, Tensor b) => Some(a, ">", b).gt(b);
        public static Tensor operator <=(Tensor a, Tensor b) => Some(a, "<=", b).le(b);
        public static Tensor operator >=(Tensor a, Tensor b) => Some(a, ">=", b).ge(b);
        public static Tensor operator <(Tensor a, Scalar b) => Some(a, "<", b).lt(b);
        public static Tensor operator >(Tensor a, Scalar b) => Some(a, ">", b).gt(b);
        public static Tensor operator <=(Tensor a, Scalar b) => Some(a, "<=", b).le(b);
        public static Tensor operator >=(Tensor a, Scalar b) => Some(a, ">=", b).ge(b);

        public void operator +=(Tensor other) => Update("+=", other, static (a, b) => a.add(b), static (a, b) => a.add_(b));
        public void operator +=(Scalar other) => Update("+=", other, static (a, b) => a.add_(b));
        public void operator -=(Tensor other) => Update("-=", other, static (a, b) => a.sub(b), static (a, b) => a.sub_(b));
        public void operator -=(Scalar other) => Update("-=", other, static (a, b) => a.sub_(b));
        public void operator *=(Tensor other) => Update("*=", other, static (a, b) => a.mul(b), static (a, b) => a.mul_(b));
        public void operator *=(Scalar other) => Update("*=", other, static (a, b) => a.mul_(b));
        public void operator /=(Tensor other) => Update("/=", other, static (a, b) => a.div(b), static (a, b) => a.div_(b));
        public void operator /=(Scalar other) => Update("/=", other, static (a, b) => a.div_(b));
#pragma warning restore CS1591

        /// <summary>A 0-d tensor from a number.</summary>
        public static implicit operator Tensor(Scalar value) => Counted(value);

        /// <summary>A 0-d tensor from a number.</summary>
        public static implicit operator Tensor(double value) => Counted(value);

        /// <summary>A 0-d tensor from a number.</summary>
        public static implicit operator Tensor(long value) => Counted(value);

        /// <summary>A 0-d tensor from a number.</summary>
        public static implicit operator Tensor(int value) => Counted(value);

        /// <summary>A 0-d tensor from a number.</summary>
        public static implicit operator Tensor(System.Numerics.Complex value) => Counted(value);

        /// <summary>A 0-d tensor from a truth value.</summary>
        public static implicit operator Tensor(bool value) => Counted(value);

        // Python's numbers take part in arithmetic with their own precision, and in promotion below every tensor.
        private static Tensor Counted(Scalar value)
        {
            var node = value.Node(value.Natural);
            return new(node, new Storage(node, value));
        }

        // A number is no tensor that could be written to: as in Python, what was made of it takes its place.
        private void Update(string op, Tensor other, Func<Tensor, Tensor, Tensor> made, Func<Tensor, Tensor, Tensor> written)
        {
            Some(this, op, other);
            if (Number is not { } number) written(this, other);
            else Become(other.Number is { } another ? Counted(number.Combined(op[0], another)) : made(this, other));
        }

        private void Update(string op, Scalar other, Func<Tensor, Scalar, Tensor> written)
        {
            if (Number is not { } number) written(this, other);
            else Become(Counted(number.Combined(op[0], other)));
        }

        // All that a tensor is: what was made of a number takes its place, and a parameter that of the tensor that stands for it.
        private protected void Become(Tensor other)
        {
            (storage, version, window, sight) = (other.storage, other.version, other.window, other.sight);
            (viewed, made, followed, isPart) = (other.viewed, other.made, other.followed, other.isPart);
            (gradFn, outputNr) = other.Edge;
            Duals.Copy(other, this);
        }

        /// <summary>Identity, as Python's <c>is</c>; <c>==</c> compares element by element.</summary>
        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        /// <inheritdoc/>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        // A gradient that is not there is null; arithmetic with it is Python's TypeError.
        private static Tensor Some(Tensor? a, string op, Tensor? b) => a is not null && b is not null ? a : throw Unsupported(a is null ? "NoneType" : "Tensor", op, b is null ? "NoneType" : "Tensor");

        private static Tensor Some(Tensor? a, string op, Scalar b) => a ?? throw Unsupported("NoneType", op, b.Kind);

        private static Tensor Some(Scalar a, string op, Tensor? b) => b ?? throw Unsupported(a.Kind, op, "NoneType");

        private static Tensor Some(string op, Tensor? a) => a ?? throw new TypeError($"bad operand type for unary {op}: 'NoneType'");

        private static TypeError Unsupported(string a, string op, string b) => new(op is "<" or ">" or "<=" or ">="
            ? $"'{op}' not supported between instances of '{a}' and '{b}'" : $"unsupported operand type(s) for {op}: '{a}' and '{b}'");

        internal Tensor Change(string name, Saves saves, Func<Node, Node, Node> f, Tensor other, bool real = false)
        {
            var type = real ? Real(ResultType(this, other)) : ResultType(this, other);
            return InPlace(this, name, saves, (x, y) =>
            {
                CheckBroadcast(x.Shape, y.Shape);
                return f(Ops.Cast(x, type), As(other, y, type));
            }, other);
        }

        internal Tensor Change(string name, Saves saves, Func<Node, Node, Node> f, Scalar other, bool real = false)
        {
            var type = real ? Real(ResultType(this, other)) : ResultType(this, other);
            return InPlace(this, name, saves, x => f(Ops.Cast(x, type), other.Node(type)));
        }

        internal Tensor Change(string name, Saves saves, Func<Node[], Node> f, Tensor second, Tensor third)
        {
            var type = ResultType(this, second, third);
            return InPlace(this, name, saves, (x, others) => f(Promoted(type, [this, second, third], [x, .. others])), [second, third]);
        }

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
