using System.Numerics;

namespace Functional.Autograd.Testing;

/// <summary>Integers: what they are without end, and then as much of it as a type holds.</summary>
public static partial class Oracle<T>
{
    private static T Integer(DType type, Int128 value) => T.Integer(unchecked(type switch
    {
        DType.Int64 => (long)value,
        DType.Int32 => (int)value,
        DType.Int16 => (short)value,
        DType.Int8 => (sbyte)value,
        DType.UInt8 => (byte)value,
        _ => value != 0 ? 1 : 0,
    }));

    /// <summary>The elements of a tensor of integers or truth values.</summary>
    internal static long[] Integers(Node node) => node.DType switch
    {
        DType.Int64 => Plans.Evaluator.Read<long>(node),
        DType.Int32 => [.. Plans.Evaluator.Read<int>(node).Select(v => (long)v)],
        DType.Int16 => [.. Plans.Evaluator.Read<short>(node).Select(v => (long)v)],
        DType.Int8 => [.. Plans.Evaluator.Read<sbyte>(node).Select(v => (long)v)],
        DType.UInt8 => [.. Plans.Evaluator.Read<byte>(node).Select(v => (long)v)],
        _ => [.. Plans.Evaluator.Read<bool>(node).Select(v => v ? 1L : 0)],
    };

    private static Int128 Whole(string name, Int128 x) => name switch
    {
        "Neg" => -x,
        "Abs" => Int128.Abs(x),
        "Sign" => Int128.Sign(x),
        _ => throw new NotSupportedException($"the reference interpreter has no {name} of integers"),
    };

    private static Int128 Whole(string name, Int128 a, Int128 b) => name switch
    {
        "Add" => a + b,
        "Mul" => a * b,
        "FloorDiv" => Floor(a, b),
        "Rem" => b == 0 ? 0 : a - b * Floor(a, b),
        "Max" => Int128.Max(a, b),
        "Min" => Int128.Min(a, b),
        "Less" => a < b ? 1 : 0,
        "LessEqual" => a <= b ? 1 : 0,
        "Equal" => a == b ? 1 : 0,
        "Pow" => Power(a, b),
        _ => throw new NotSupportedException($"the reference interpreter has no {name} of integers"),
    };

    // By zero, nothing.
    private static Int128 Floor(Int128 a, Int128 b) => b == 0 ? 0 : (a - (a % b + b) % b) / b;

    // Its last 64 bits; of 1 / aⁿ what stands before the point.
    private static Int128 Power(Int128 a, Int128 n) => n >= 0 ? (Int128)BigInteger.ModPow(a, n, BigInteger.One << 64)
        : a == 1 || (a == -1 && n % 2 == 0) ? 1 : a == -1 ? -1 : 0;

    private static T Plus(DType type, T a, T b) => type.IsFloat ? a + b : Integer(type, (Int128)a.Whole + b.Whole);

    private static T Times(DType type, T a, T b) => type.IsFloat ? a * b : Integer(type, (Int128)a.Whole * b.Whole);

    private static T Total(DType type, ReadOnlySpan<T> terms)
    {
        if (type.IsFloat) return T.Sum(terms);
        var sum = T.Integer(0);
        foreach (var term in terms) sum = Plus(type, sum, term);
        return sum;
    }

    // Floating-point numbers are cut towards zero; what 64 bits do not hold becomes the nearest that they do, and no number 0. Then types wrap around.
    private static T Converted(DType from, DType to, T value) => (from.IsFloat, to) switch
    {
        (true, DType.Float64) => value,
        (true, DType.Float32) => T.ToSingle(value),
        (true, DType.Bool) => T.Step(value, !double.IsFinite(value.Value) || T.Sign(value) != 0 ? 1 : 0),
        (true, _) => Integer(to, Cut(double.IsFinite(value.Value) ? Functions<T>.Of("Truncate", value).Value : value.Value)),
        (false, DType.Float64) => T.From(value.Value),
        (false, DType.Float32) => T.ToSingle(T.From(value.Value)),
        _ => Integer(to, value.Whole),
    };

    private static long Cut(double value) => double.IsNaN(value) ? 0 : value >= 9223372036854775807 ? long.MaxValue : value <= -9223372036854775808 ? long.MinValue : (long)value;
}
