using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Functional.Autograd;
using Functional.Autograd.Primitives;
using static Functional.Autograd.Ops;
using static Functional.Autograd.Transforms;

namespace Core;

public class TypeTests
{
    // The others compute nothing: ElementTests.
    private static readonly DType[] All = [.. Enum.GetValues<DType>().Where(t => !t.IsHalf && !t.IsComplex)];
    private static readonly DType[] Integers = [DType.UInt8, DType.Int8, DType.Int16, DType.Int32, DType.Int64];

    private static (long Low, long High) Range(DType type) => type switch
    {
        DType.UInt8 => (0, byte.MaxValue),
        DType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        DType.Int16 => (short.MinValue, short.MaxValue),
        DType.Int32 => (int.MinValue, int.MaxValue),
        DType.Int64 => (long.MinValue, long.MaxValue),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    // Ends, their neighbours, small numbers, and where float64 and float32 lose integers.
    private static long[] Edges(DType type)
    {
        var (low, high) = Range(type);
        long[] wanted = [low, low + 1, -7, -3, -2, -1, 0, 1, 2, 3, 7, 100, high / 2 + 1, high - 1, high, (1L << 53) + 1, -(1L << 53) - 1, (1L << 24) + 1];
        return [.. wanted.Where(v => v >= low && v <= high).Distinct()];
    }

    // The member of the type that is equal modulo a power of two.
    private static long Wrapped(BigInteger value, DType type)
    {
        var (low, high) = Range(type);
        var size = (BigInteger)high - low + 1;
        return (long)(((value - low) % size + size) % size + low);
    }

    private static Node Leaf(DType type, params long[] values) => type switch
    {
        DType.Bool => Tensor<bool>([.. values.Select(v => v != 0)]),
        DType.UInt8 => Tensor<byte>([.. values.Select(v => (byte)v)]),
        DType.Int8 => Tensor<sbyte>([.. values.Select(v => (sbyte)v)]),
        DType.Int16 => Tensor<short>([.. values.Select(v => (short)v)]),
        DType.Int32 => Tensor<int>([.. values.Select(v => (int)v)]),
        DType.Int64 => Tensor<long>(values),
        DType.Float32 => Tensor<float>([.. values.Select(v => (float)v)]),
        DType.Float64 => Tensor<double>([.. values.Select(v => (double)v)]),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    // The elements as they lie in memory, without a conversion of the engine's.
    private static long[] Longs(Node x) => x.DType switch
    {
        DType.Bool => [.. MemoryMarshal.AsBytes(Evaluate<bool>(x).AsSpan()).ToArray().Select(b => (long)b)],
        DType.UInt8 => [.. Evaluate<byte>(x).Select(v => (long)v)],
        DType.Int8 => [.. Evaluate<sbyte>(x).Select(v => (long)v)],
        DType.Int16 => [.. Evaluate<short>(x).Select(v => (long)v)],
        DType.Int32 => [.. Evaluate<int>(x).Select(v => (long)v)],
        DType.Int64 => Evaluate<long>(x),
        DType.Float32 => [.. Evaluate<float>(x).Select(v => (long)BitConverter.SingleToInt32Bits(v))],
        DType.Float64 => [.. Evaluate<double>(x).Select(BitConverter.DoubleToInt64Bits)],
        _ => throw new ArgumentOutOfRangeException(nameof(x)),
    };

    private static BigInteger Floored(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var rest);
        return !rest.IsZero && rest.Sign != b.Sign ? quotient - 1 : quotient;
    }

    [Fact]
    public void Integer_arithmetic_is_exact_modulo_the_type_for_literals_single_elements_and_tiles()
    {
        (Func<Node, Node, Node> Core, Func<BigInteger, BigInteger, BigInteger> Exact)[] rows =
        [
            (Add, (a, b) => a + b), (Sub, (a, b) => a - b), (Mul, (a, b) => a * b), (Max, BigInteger.Max), (Min, BigInteger.Min),
            (FloorDiv, (a, b) => b.IsZero ? 0 : Floored(a, b)), (Rem, (a, b) => b.IsZero ? 0 : a - b * Floored(a, b)),
            ((a, b) => Neg(a) + b * 0, (a, _) => -a), ((a, b) => Abs(a) + b * 0, (a, _) => BigInteger.Abs(a)), ((a, b) => Sign(a) + b * 0, (a, _) => a.Sign),
            (Less, (a, b) => a < b ? 1 : 0), (LessEqual, (a, b) => a <= b ? 1 : 0), (Greater, (a, b) => a > b ? 1 : 0), (GreaterEqual, (a, b) => a >= b ? 1 : 0),
            (Equal, (a, b) => a == b ? 1 : 0), (NotEqual, (a, b) => a != b ? 1 : 0),
        ];
        foreach (var type in Integers)
        {
            var pairs = Edges(type).SelectMany(_ => Edges(type), (a, b) => (a, b)).ToArray();
            var (left, right) = (Leaf(type, [.. pairs.Select(p => p.a)]), Leaf(type, [.. pairs.Select(p => p.b)]));
            for (var r = 0; r < rows.Length; r++)
            {
                var expected = pairs.Select(p => Wrapped(rows[r].Exact(p.a, p.b), type)).ToArray();
                Assert.Equal(expected, Longs(rows[r].Core(left, right)));
                for (var k = 0; k < pairs.Length; k++)
                {
                    var (a, b) = pairs[k];
                    var folded = Longs(rows[r].Core(Scalar(a, type), Scalar(b, type)))[0];
                    var single = Longs(rows[r].Core(Leaf(type, a), Leaf(type, b)))[0];
                    Assert.True(expected[k] == folded && expected[k] == single, $"row {r} of {type} at {a}, {b}: exactly {expected[k]}, literals {folded}, single elements {single}");
                }
            }
        }
    }

    [Fact]
    public void Integer_powers_wrap_and_negative_ones_are_zero_but_for_plus_and_minus_one()
    {
        foreach (var type in Integers)
        {
            var pairs = Edges(type).SelectMany(_ => Edges(type).Where(e => Math.Abs((double)e) <= 100), (a, b) => (a, b)).ToArray();
            var expected = pairs.Select(p => p.b >= 0 ? Wrapped(BigInteger.Pow(p.a, (int)p.b), type) : p.a == 1 ? 1 : p.a == -1 ? (p.b % 2 == 0 ? 1 : -1) : 0);
            Assert.Equal(expected, Longs(Pow(Leaf(type, [.. pairs.Select(p => p.a)]), Leaf(type, [.. pairs.Select(p => p.b)]))));
        }
    }

    [Fact]
    public void Integers_never_pass_through_a_float()
    {
        const long big = (1L << 53) + 1;
        Assert.Equal([big], Evaluate<long>(Scalar(big)));
        Assert.Equal([-big, -big], Evaluate<long>(-Broadcast(Scalar(big), [2])));
        Assert.Equal([big, big], Evaluate<long>(Full(TensorType.Int64(2), big)));
        Assert.Equal([big, big + 1, big + 2], Evaluate<long>(Arange(3) + big));
        Assert.Equal([long.MaxValue, long.MinValue], Evaluate<long>(Tensor([long.MaxValue, long.MinValue]) * 1));
        Assert.Equal([big + 1], Evaluate<long>(Sum(Tensor([big, 1L]))));
        Assert.Equal([big, 2 * big], Evaluate<long>(CumSum(Tensor([big, big]), 0)));
        Assert.Equal([big * 3], Evaluate<long>(Sum(Full(TensorType.Int64(3), big))));
        Assert.Equal([big], Evaluate<long>(MaxOver(Tensor([big, big - 1]))));
        Assert.Equal([big], Evaluate<long>(Where(Tensor([true]), big, Tensor([0L]))));
        Assert.Equal([true, false], Evaluate<bool>(Equal(Tensor([big, big - 1]), big)));
        Assert.Equal([long.MaxValue], Evaluate<long>(Cast(Scalar(long.MaxValue), DType.Int64)));
        Assert.Equal([1L, 0], Evaluate<long>(Sort(Tensor([big, big - 1])).Indices));
        Assert.Equal([big * 2], Evaluate<long>(MatMul(Tensor([big, 1L]), Tensor([1L, big]))));
        Assert.Equal([big, big - 1], Evaluate<long>(MatMul(Tensor(new[,] { { big, 1 }, { big, -1 } }), Tensor([1L, 0L])) + Tensor([0L, -1])));
    }

    [Fact]
    public void Conversions_of_literals_single_elements_and_tiles_agree_and_round_once()
    {
        double[] reals = [0, -0.0, 0.5, -0.5, 1.5, -1.5, 0.1, 127.9, 255.9, -128.9, 300, -300, 65536.7, 3e9, -3e9, 1e-300, 16777217, 4503599627370497.5, 1e30, -1e30, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        foreach (var from in All)
        {
            long[] whole = from switch
            {
                DType.Bool => [0, 1],
                DType.Float32 or DType.Float64 => [],
                // One rounding to float32: through float64 these would be rounded twice.
                DType.Int64 => [.. Edges(from), (1L << 60) + (1L << 36) + 1, (1L << 61) + (1L << 37) - 1, 0x7FFFFFBFFFFFFFFF],
                _ => Edges(from),
            };
            var literals = from.IsFloat ? reals.Select(v => Literal.Of(v, from)).ToArray() : [.. whole.Select(v => Literal.Of(v, from))];
            var leaf = from == DType.Float32 ? Tensor<float>([.. reals.Select(v => (float)v)]) : from == DType.Float64 ? Tensor<double>(reals) : Leaf(from, whole);
            foreach (var to in All)
            {
                var tile = Longs(Cast(leaf, to));
                for (var k = 0; k < literals.Length; k++)
                {
                    var literal = literals[k];
                    var single = Longs(Cast(SliceAxis(leaf, 0, k, k + 1), to))[0];
                    var folded = Longs(Cast(new Node(literal, []), to))[0];
                    Assert.True(tile[k] == single && tile[k] == folded, $"{literal} from {from} to {to}: tile {tile[k]}, single element {single}, literal {folded}");
                    long? expected = (to, from.IsFloat) switch
                    {
                        (DType.Bool, true) => literal.Value != 0 ? 1 : 0,
                        (DType.Bool, false) => literal.Bits != 0 ? 1 : 0,
                        (DType.Float32, true) => BitConverter.SingleToInt32Bits((float)literal.Value),
                        (DType.Float32, false) => BitConverter.SingleToInt32Bits(float.Parse(literal.Bits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
                        (DType.Float64, true) => BitConverter.DoubleToInt64Bits(literal.Value),
                        (DType.Float64, false) => BitConverter.DoubleToInt64Bits(double.Parse(literal.Bits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
                        (_, true) when double.IsNaN(literal.Value) => 0,
                        // Beyond int64 its end is taken.
                        (_, true) when Math.Abs(literal.Value) > Math.ScaleB(1, 63) => Wrapped(literal.Value > 0 ? long.MaxValue : long.MinValue, to),
                        (_, true) => Wrapped(new BigInteger(Math.Truncate(literal.Value)), to),
                        _ => Wrapped(literal.Bits, to),
                    };
                    Assert.True(expected == tile[k], $"{literal} from {from} to {to}: exactly {expected}, got {tile[k]}");
                }
            }
        }
    }

    // Recorded from torch.promote_types, in the order of All.
    private static readonly int[][] Promotions =
    [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [1, 1, 3, 3, 4, 5, 6, 7],
        [2, 3, 2, 3, 4, 5, 6, 7],
        [3, 3, 3, 3, 4, 5, 6, 7],
        [4, 4, 4, 4, 4, 5, 6, 7],
        [5, 5, 5, 5, 5, 5, 6, 7],
        [6, 6, 6, 6, 6, 6, 6, 7],
        [7, 7, 7, 7, 7, 7, 7, 7],
    ];

    [Fact]
    public void Every_pair_of_types_promotes_as_the_table_says_and_numbers_keep_the_tensors_type()
    {
        foreach (var a in All)
        {
            foreach (var b in All)
            {
                var expected = All[Promotions[Array.IndexOf(All, a)][Array.IndexOf(All, b)]];
                Assert.Equal(expected, DTypes.Promote(a, b));
                // Vectors and 0-d tensors alike: only bare numbers are weak.
                Assert.Equal(expected, Max(Leaf(a, 1, 0), Leaf(b, 1, 1)).DType);
                Assert.Equal(expected, Max(Reshape(Leaf(a, 1), []), Leaf(b, 1, 1)).DType);
                Assert.Equal(expected, Max(Leaf(a, 1, 0), Reshape(Leaf(b, 1), [])).DType);
                Assert.Equal(expected, Max(Leaf(a, 1, 0), Scalar(1, b)).DType);
                Assert.Equal(expected, Concat([Leaf(a, 1), Leaf(b, 1)]).DType);
                Assert.Equal(expected, Where(Tensor([true, false]), Leaf(a, 1, 0), Leaf(b, 1, 1)).DType);
            }
            var (withInteger, withReal) = (a == DType.Bool ? DType.Int64 : a, a.IsFloat ? a : DType.Float64);
            foreach (var x in new[] { Leaf(a, 1, 0), Reshape(Leaf(a, 1), []) })
            {
                Assert.Equal([withInteger, withInteger, withReal, withReal], new[] { (x + 1).DType, Max(1L, x).DType, (x * 0.5).DType, Max(0.5, x).DType });
                // What bare numbers compute is a bare number, also behind an alias, which is how a derivative sees its argument.
                var number = new Node(Alias.Instance, Scalar(0.5));
                Assert.Equal([withReal, withReal, withReal], new[] { (x + number).DType, (x * (Exp(number) * 2)).DType, (x + Exp(2)).DType });
                Assert.Equal(withInteger, (x + new Node(Alias.Instance, Scalar(1))).DType);
            }
        }
        Assert.Equal(DType.Float64, (Scalar(1) + 0.5).DType);
        Assert.Equal(DType.Float32, (Scalar(0.5f, DType.Float32) * Tensor([1])).DType);
        Assert.Equal(DType.Float64, (Scalar(0.5, DType.Float64) * Tensor([1f])).DType);
        Assert.Equal(DType.Float64, (Cast(0.5, DType.Float64) * Tensor([1f])).DType);
    }

    [Fact]
    public void A_function_and_its_derivative_compute_in_one_type()
    {
        var data = Tensor([0.1f, 0.2f]);
        Node F(Node x) => Sum(Sin(x * x) * data);
        var (value, gradient) = ValueAndGrad(F)(0.1);
        Assert.Equal((DType.Float32, DType.Float32), (F(0.1).DType, value.DType));
        Assert.Equal(Evaluate<float>(F(0.1)), Evaluate<float>(value));
        Assert.Equal(DType.Float64, gradient.DType);
        Assert.Equal(DType.Float64, ValueAndGrad(F)(Tensor<double>([0.1], [])).Value.DType);
    }

    [Fact]
    public void A_number_that_does_not_fit_the_tensor_is_refused()
    {
        var x = Tensor<sbyte>([1, 2]);
        Assert.Equal("300 does not fit in int8; cast the number or the tensor", Assert.Throws<OverflowException>(() => x + 300).Message);
        Assert.Throws<OverflowException>(() => 300 * x);
        Assert.Throws<OverflowException>(() => x < -129);
        Assert.Throws<OverflowException>(() => Tensor<byte>([1]) + -1);
        Assert.Throws<OverflowException>(() => Full(new TensorType(DType.UInt8, [2]), 256));
        Assert.Throws<OverflowException>(() => Full(TensorType.Int64(2), Math.ScaleB(1, 63)));
        Assert.Throws<OverflowException>(() => Scalar(double.NaN, DType.Int32));
        Assert.Throws<OverflowException>(() => Scalar(double.PositiveInfinity, DType.Int64));
        Assert.Throws<ShapeException>(() => Arange(300, DType.Int8));
        Assert.Equal([45L, 46], Longs(x + Cast(300, DType.Int8)));
        Assert.Equal([301, 302], Evaluate<int>(Cast(x, DType.Int32) + 300));
        Assert.Equal([0, 255], Evaluate<byte>(Tensor<byte>([1, 0]) - 1));
        Assert.Equal([long.MinValue], Evaluate<long>(Scalar(-Math.ScaleB(1, 63), DType.Int64)));
        Assert.Equal([-3L], Evaluate<long>(Scalar(-3.9, DType.Int64)));
        Assert.Equal(127, Evaluate<sbyte>(Arange(128, DType.Int8))[^1]);
    }

    [Fact]
    public void Differences_of_two_types_are_taken_in_the_common_type()
    {
        Assert.Equal([(short)-2], Evaluate<short>(Tensor<byte>([3]) - Tensor<short>([5])));
        Assert.Equal([2], Evaluate<int>(Tensor([5]) - Tensor<byte>([3])));
        Assert.Equal([129.0], Evaluate<double>(Tensor([1.0]) - Tensor<sbyte>([-128])));
        Assert.Equal([4L], Evaluate<long>(Tensor([5L]) - Tensor([true])));
        Assert.Equal([9.2233720368547758e18], Evaluate<double>(Tensor([0.0]) - Tensor([long.MinValue])));
    }

    [Fact]
    public void Truth_values_are_zero_or_one_whatever_computes_them()
    {
        // A .NET bool may hold any byte.
        var raw = MemoryMarshal.Cast<byte, bool>(new byte[] { 0, 2, 255, 1, 0, 128, 7, 0 });
        var x = Tensor<bool>(raw.ToArray());
        Assert.Equal([0L, 1, 1, 1, 0, 1, 1, 0], Longs(x));
        Assert.Equal([1L], Longs(Tensor<bool>(raw[1..2].ToArray())));
        Assert.Equal([5L], Longs(Sum(x)));
        var (a, b) = (Tensor([true, true, false, false]), Tensor([true, false, true, false]));
        (Node Value, long[] Expected)[] rows =
        [
            (a + b, [1, 1, 1, 0]), (a * b, [1, 0, 0, 0]), (Max(a, b), [1, 1, 1, 0]), (Min(a, b), [1, 0, 0, 0]), (Or(a, b), [1, 1, 1, 0]), (And(a, b), [1, 0, 0, 0]),
            (Not(a), [0, 0, 1, 1]), (a < b, [0, 0, 1, 0]), (a <= b, [1, 0, 1, 1]), (Equal(a, b), [1, 0, 0, 1]), (NotEqual(a, b), [0, 1, 1, 0]), (Abs(a), [1, 1, 0, 0]), (Sign(b), [1, 0, 1, 0]),
            (MaxOver(a), [1]), (MinOver(a), [0]), (Any(a), [1]), (All(a), [0]), (Sum(a + a), [2]), (Prod(a), [0]), (Sum(Reshape(Tensor([true]), [])), [1]), (Prod(Reshape(Tensor([true]), [])) + 1, [2]), (CumSum(b, 0), [1, 1, 2, 2]), (ArgMax(b, 0), [0]),
            (Sort(b).Indices, [1, 3, 0, 2]), (Tril(Tensor(new[,] { { true, true }, { true, true } })), [1, 0, 1, 1]), (Cast(a + a, DType.Int8), [1, 1, 0, 0]),
            (ScatterAlong(Tensor([false, true, false]), 0, Tensor([0L, 0, 1, 2]), Tensor([true, true, true, false]), add: true), [1, 1, 0]),
            (Cast(Tensor([0.0, -0.0, double.NaN, 1e-300]), DType.Bool), [0, 0, 1, 1]), (Cast(Tensor([256, 0, -1, 1]), DType.Bool), [1, 0, 1, 1]),
            (Scalar(true ? 1 : 0, DType.Bool) + Scalar(1, DType.Bool), [1]), (a + a + b + 1, [2, 2, 2, 1]), (Where(a, b, Not(b)), [1, 0, 0, 1]),
        ];
        for (var k = 0; k < rows.Length; k++)
        {
            var (value, expected) = rows[k];
            Assert.True(expected.SequenceEqual(Longs(value)), $"row {k}: {value} is [{string.Join(", ", Longs(value))}], not [{string.Join(", ", expected)}]");
        }
        Assert.Equal("Neg is not defined for bool[4]; cast it first", Assert.Throws<ShapeException>(() => -a).Message);
        Node Made(Op op, params Node[] inputs) => new(op, [.. inputs]);
        foreach (var make in new Func<Node>[]
        {
            () => a - b, () => FloorDiv(a, b), () => a % b, () => Pow(a, b), () => Made(Binary.Add, a, b), () => Made(Binary.Mul, a, b), () => Made(new Reduce(Combine.Sum, [0]), a),
            () => Made(new Reduce(Combine.Prod, [0]), a), () => Made(new CumSum(0, false), a), () => MatMul(a, b), () => Made(new Scatter(0, true), a, Arange(4), b),
        }) Assert.Throws<ShapeException>(make);
    }

    [Fact]
    public void Functions_of_integers_that_are_no_integers_are_float64_of_the_exact_integer()
    {
        var x = Tensor<byte>([12, 255]);
        (Func<Node, Node> Core, Func<double, double> Exact)[] rows =
        [
            (Exp, Math.Exp), (Log, Math.Log), (Sqrt, Math.Sqrt), (Sin, Math.Sin), (Tanh, Math.Tanh), (Asin, Math.Asin), (Acos, Math.Acos), (Atan, Math.Atan), (Atanh, Math.Atanh), (Acosh, Math.Acosh),
            (Asinh, Math.Asinh), (Sinh, Math.Sinh), (Cosh, Math.Cosh), (Tan, Math.Tan), (Exp2, v => Math.Pow(2, v)), (Log2, Math.Log2), (Log10, Math.Log10), (Softsign, v => v / (1 + v)),
            (LogSigmoid, v => -Math.Log(1 + Math.Exp(-v))), (Silu, v => v / (1 + Math.Exp(-v))), (Mish, v => v * Math.Tanh(Math.Log(1 + Math.Exp(v)))), (x => Hypot(x, 1), v => Math.Sqrt(v * v + 1)),
            (x => x / 300, v => v / 300), (x => Atan2(x, 300), v => Math.Atan2(v, 300)), (Reciprocal, v => 1 / v), (Log1p, v => Math.Log(1 + v)), (Mean, v => v), (Expm1, v => Math.Exp(v) - 1),
        ];
        foreach (var type in All.Where(t => !t.IsFloat))
        {
            foreach (var v in type == DType.Bool ? new long[] { 0, 1 } : [0, 1, 12, 100])
            {
                for (var r = 0; r < rows.Length; r++)
                {
                    var (actual, expected) = (Evaluate<double>(rows[r].Core(Leaf(type, v)))[0], rows[r].Exact(v));
                    Assert.True(actual.Equals(expected) || Math.Abs(actual - expected) <= 1e-13 * Math.Max(1, Math.Abs(expected)), $"row {r} of {type} {v}: {actual}, exactly {expected}");
                }
            }
        }
        Assert.Throws<ShapeException>(() => new Node(Unary.Exp, x));
        Assert.Throws<ShapeException>(() => new Node(Binary.Div, x, x));

        static Node Mean(Node x) => Ops.Mean(x);
    }

    [Fact]
    public void Floors_of_quotients_are_of_the_quotient_and_not_of_its_rounding()
    {
        // Recorded from torch.floor_divide.
        (double A, double B, double Expected)[] rows =
        [
            (1, 0.1, 9), (-1, 0.1, -10), (6, 0.1, 59), (-5, double.PositiveInfinity, -1), (5, double.NegativeInfinity, -1), (5, double.PositiveInfinity, 0), (1, 0, double.PositiveInfinity),
            (-1, 0, double.NegativeInfinity), (0, 0, double.NaN), (double.PositiveInfinity, 2, double.NaN), (double.NaN, 1, double.NaN), (7.5, 2, 3), (-7.5, 2, -4), (7.5, -2, -4), (-0.0, 3, -0.0),
        ];
        foreach (var (a, b, expected) in rows)
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(Evaluate<double>(FloorDiv(Tensor([a]), Tensor([b])))[0]));
        Assert.Equal(rows.Select(r => r.Expected), Evaluate<double>(FloorDiv(Tensor<double>([.. rows.Select(r => r.A)]), Tensor<double>([.. rows.Select(r => r.B)]))));
    }

    [Fact]
    public void Missing_operands_wrong_conditions_and_wrong_types_are_named()
    {
        var x = Tensor([1.0, 2.0]);
        Node none = null!;
        Assert.Equal("b", Assert.Throws<ArgumentNullException>(() => x + none).ParamName);
        Assert.Equal("a", Assert.Throws<ArgumentNullException>(() => none * x).ParamName);
        Assert.Throws<ArgumentNullException>(() => x < none);
        Assert.Throws<ArgumentNullException>(() => Sin(none));
        Assert.Throws<ArgumentNullException>(() => -none);
        Assert.Throws<ArgumentNullException>(() => Where(none, x, x));
        Assert.Equal("Where: the condition is float64[2], not truth values; compare it with something", Assert.Throws<ShapeException>(() => Where(x, x, x)).Message);
        Assert.Throws<ShapeException>(() => Where(Scalar(1L), x, x));
        Assert.Equal("Evaluate: the tensor is float64[2] and cannot be read as float32; read it as it is, or cast it", Assert.Throws<ArgumentException>(() => Evaluate<float>(x)).Message);
        Assert.Equal([3.0, 7.0], Evaluate<double>(Sum(Tensor(new[,] { { 1.0, 2.0 }, { 3.0, 4.0 } }), 1)));
        Assert.Equal([4.0], Evaluate<double>(MaxOver(Tensor([4.0, 2.0]), -1, keep: true)));
    }

    [Fact]
    public void Sizes_beyond_the_address_space_are_refused()
    {
        Assert.Equal("the size in bytes of float64[2305843009213693952] does not fit in 64 bits", Assert.Throws<ShapeException>(() => TensorType.Float64(1L << 61)).Message);
        Assert.Equal("the size in bytes of float64[4611686018427387904] does not fit in 64 bits", Assert.Throws<ShapeException>(() => Full(TensorType.Float64(1L << 62), 1)).Message);
        Assert.Equal(1L << 61, new TensorType(DType.UInt8, [1L << 61]).Count);
        Assert.Throws<ShapeException>(() => Cast(Full(new TensorType(DType.UInt8, [1L << 61]), 1), DType.Int64));
        Assert.Throws<ShapeException>(() => Broadcast(Tensor([1.0]), [1L << 61]));
        Assert.Equal("the element count of shape [4294967296, 4294967296] does not fit in 64 bits", Assert.Throws<ShapeException>(() => Reshape(Tensor([1.0, 2.0]), [1L << 32, 1L << 32])).Message);
        Assert.Equal("Reshape([2, -2]) does not fit float64[2]", Assert.Throws<ShapeException>(() => Reshape(Tensor([1.0, 2.0]), [2, -2])).Message);
        Assert.Throws<ShapeException>(() => Full(TensorType.Float64(-1), 1));
    }

    [Fact]
    public void An_unknown_element_type_is_never_taken_for_another()
    {
        var unknown = (DType)99;
        Assert.Throws<ArgumentOutOfRangeException>(() => unknown.Size);
        Assert.Throws<ArgumentOutOfRangeException>(() => Literal.Of(1L, unknown));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TensorType(unknown, [2]));
        Assert.Throws<ArgumentException>(() => DTypes.Of<char>());
    }
}
