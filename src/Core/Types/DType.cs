using System.Numerics;

namespace Functional.Autograd;

/// <summary>The element type of a tensor.</summary>
public enum DType : byte
{
    /// <summary>True or false, stored as one byte.</summary>
    Bool,
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,
    /// <summary>Signed 8-bit integer.</summary>
    Int8,
    /// <summary>Signed 16-bit integer.</summary>
    Int16,
    /// <summary>Signed 32-bit integer.</summary>
    Int32,
    /// <summary>Signed 64-bit integer.</summary>
    Int64,
    /// <summary>IEEE 754 half precision: stored in 16 bits, computed in single precision and rounded after each operation.</summary>
    Float16,
    /// <summary>The upper half of a single-precision number: its range with 8 bits of precision; computed as half precision is.</summary>
    BFloat16,
    /// <summary>IEEE 754 single precision.</summary>
    Float32,
    /// <summary>IEEE 754 double precision.</summary>
    Float64,
    /// <summary>Two single-precision numbers: a real and an imaginary part.</summary>
    Complex64,
    /// <summary>Two double-precision numbers: a real and an imaginary part.</summary>
    Complex128,
}

/// <summary>Facts about element types.</summary>
public static class DTypes
{
    private enum Kind { Truth, Integer, Real, Complex }

    // Compute is what arithmetic is done in, PartType what a complex number is two of, Above the next types that results of it and others may have.
    private sealed record Row(DType Type, Type Element, int Size, Kind Kind, DType Compute, DType PartType, double Largest, params DType[] Above);

    private static readonly Row[] Rows =
    [
        Plain(DType.Bool, typeof(bool), 1, Kind.Truth, 1, DType.UInt8, DType.Int8),
        Plain(DType.UInt8, typeof(byte), 1, Kind.Integer, byte.MaxValue, DType.Int16),
        Plain(DType.Int8, typeof(sbyte), 1, Kind.Integer, sbyte.MaxValue, DType.Int16),
        Plain(DType.Int16, typeof(short), 2, Kind.Integer, short.MaxValue, DType.Int32),
        Plain(DType.Int32, typeof(int), 4, Kind.Integer, int.MaxValue, DType.Int64),
        Plain(DType.Int64, typeof(long), 8, Kind.Integer, long.MaxValue, DType.Float16, DType.BFloat16),
        new(DType.Float16, typeof(Half), 2, Kind.Real, DType.Float32, DType.Float16, 65504, DType.Float32),
        new(DType.BFloat16, typeof(BFloat16), 2, Kind.Real, DType.Float32, DType.BFloat16, BFloat16.Largest, DType.Float32),
        Plain(DType.Float32, typeof(float), 4, Kind.Real, float.MaxValue, DType.Float64, DType.Complex64),
        Plain(DType.Float64, typeof(double), 8, Kind.Real, double.MaxValue, DType.Complex128),
        new(DType.Complex64, typeof(ComplexSingle), 8, Kind.Complex, DType.Complex64, DType.Float32, float.MaxValue, DType.Complex128),
        new(DType.Complex128, typeof(Complex), 16, Kind.Complex, DType.Complex128, DType.Float64, double.MaxValue),
    ];

    private static readonly DType[,] Joins = Table();

    // One bit per type: nodes are built by asking.
    private static readonly int Floats = Bits(r => r.Kind == Kind.Real), Complexes = Bits(r => r.Kind == Kind.Complex), Halves = Bits(r => r.Compute != r.Type);

    private static int Bits(Func<Row, bool> holds) => Rows.Where(holds).Sum(r => 1 << (int)r.Type);

    private static Row Plain(DType type, Type element, int size, Kind kind, double largest, params DType[] above) => new(type, element, size, kind, type, type, largest, above);

    private static Row Of(DType type) => (int)type < Rows.Length ? Rows[(int)type] : throw type.Unknown;

    extension(DType type)
    {
        /// <summary>Whether the type is a type of real floating-point numbers.</summary>
        public bool IsFloat => (Floats >> (int)type & 1) != 0;

        /// <summary>Whether the type is a type of complex numbers.</summary>
        public bool IsComplex => (Complexes >> (int)type & 1) != 0;

        /// <summary>Whether derivatives pass: floating-point numbers, real or complex.</summary>
        public bool IsSmooth => ((Floats | Complexes) >> (int)type & 1) != 0;

        /// <summary>Whether the type is float16 or bfloat16, which store numbers and compute none.</summary>
        public bool IsHalf => (Halves >> (int)type & 1) != 0;

        // The distance from 1 to the next number that arithmetic knows.
        internal double Rounding => type.Compute.PartType == DType.Float64 ? Math.ScaleB(1, -52) : Math.ScaleB(1, -23);

        // Whether every operation may take it as it is.
        internal bool IsPlain => ((Halves | Complexes) >> (int)type & 1) == 0;

        /// <summary>The size of one element in bytes.</summary>
        public int Size => Of(type).Size;

        /// <summary>The type that arithmetic is done in: float32 for float16 and bfloat16, which only store; every other type itself.</summary>
        public DType Compute => Of(type).Compute;

        /// <summary>The type of a complex number's parts; every other type itself.</summary>
        public DType PartType => Of(type).PartType;

        /// <summary>The largest finite number, of an int64 the nearest double.</summary>
        public double Largest => Of(type).Largest;

        /// <summary>What a choice by element type throws where no row is for the type, so that a new type is never taken for another.</summary>
        public ArgumentOutOfRangeException Unknown => new(nameof(type), type, $"no such element type: {type}");
    }

    /// <summary>
    /// The type of two tensors' results, as in PyTorch: the least type above both, where integers lie below all floating-point types (int64 with float16 is float16),
    /// uint8 and int8 meet in int16, float16 and bfloat16 in float32, float64 and complex64 in complex128.
    /// </summary>
    /// <param name="a">One type.</param>
    /// <param name="b">The other type.</param>
    public static DType Promote(DType a, DType b) => a == b ? a : Joins[(int)Of(a).Type, (int)Of(b).Type];

    /// <summary>
    /// The type of a result of a tensor and a bare number: the tensor's, unless the number is of a higher kind (bool, integer, float). Then
    /// it is the number's own type, int64, float64 or complex128, and for a complex number with a real tensor the complex type of the tensor's precision.
    /// </summary>
    /// <param name="tensor">The tensor's type.</param>
    /// <param name="number">The number's type.</param>
    public static DType PromoteNumber(DType tensor, DType number) =>
        Of(number).Kind <= Of(tensor).Kind ? tensor : number.IsComplex && tensor.IsFloat ? Promote(tensor, DType.Complex64) : number;

    /// <summary>The element type that holds a .NET type.</summary>
    /// <typeparam name="T">bool, byte, sbyte, short, int, long, Half, <see cref="BFloat16"/>, float, double, <see cref="ComplexSingle"/> or <see cref="Complex"/>.</typeparam>
    /// <exception cref="ArgumentException">The type has no tensor counterpart.</exception>
    public static DType Of<T>() where T : unmanaged => Known<T>() ?? throw new ArgumentException($"tensors cannot hold elements of type {typeof(T).Name}");

    internal static DType? Known<T>() where T : unmanaged => Held<T>.Type;

    private static class Held<T>
    {
        public static readonly DType? Type = Array.Find(Rows, r => r.Element == typeof(T))?.Type;
    }

    // Of the types above both, the one that all others are above.
    private static DType[,] Table()
    {
        var above = Rows.Select(_ => new HashSet<DType>()).ToArray();
        foreach (var row in Rows.Reverse()) above[(int)row.Type] = [row.Type, .. row.Above.SelectMany(t => above[(int)t])];
        var joins = new DType[Rows.Length, Rows.Length];
        foreach (var a in Rows)
            foreach (var b in Rows)
                joins[(int)a.Type, (int)b.Type] = above[(int)a.Type].Intersect(above[(int)b.Type]).MaxBy(t => above[(int)t].Count);
        return joins;
    }
}
