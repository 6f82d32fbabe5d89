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
    /// <summary>IEEE 754 single precision.</summary>
    Float32,
    /// <summary>IEEE 754 double precision.</summary>
    Float64,
}

/// <summary>Facts about element types.</summary>
public static class DTypes
{
    extension(DType type)
    {
        /// <summary>Whether the type is a floating-point type; only those carry derivatives.</summary>
        public bool IsFloat => type >= DType.Float32;

        /// <summary>The size of one element in bytes.</summary>
        public int Size => type switch
        {
            DType.Bool or DType.UInt8 or DType.Int8 => 1,
            DType.Int16 => 2,
            DType.Int32 or DType.Float32 => 4,
            DType.Int64 or DType.Float64 => 8,
            _ => throw type.Unknown,
        };

        /// <summary>What a choice by element type throws where no row is for the type, so that a new type is never taken for another.</summary>
        public ArgumentOutOfRangeException Unknown => new(nameof(type), type, $"no such element type: {type}");
    }

    /// <summary>
    /// The type of two tensors' results: the later of bool, uint8, int8, int16, int32, int64, float32, float64, but int16 for uint8 with
    /// int8. As in PyTorch, integers with float32 give float32.
    /// </summary>
    /// <param name="a">One type.</param>
    /// <param name="b">The other type.</param>
    public static DType Promote(DType a, DType b) => (a, b) switch
    {
        _ when a == b => a,
        (DType.UInt8, DType.Int8) or (DType.Int8, DType.UInt8) => DType.Int16,
        _ => a > b ? a : b,
    };

    /// <summary>
    /// The type of a result of a tensor and a bare number: the tensor's, unless the number is of a higher kind (bool, integer, float). Then
    /// it is the number's own type, int64 or float64.
    /// </summary>
    /// <param name="tensor">The tensor's type.</param>
    /// <param name="number">The number's type.</param>
    public static DType PromoteNumber(DType tensor, DType number) => Kind(number) > Kind(tensor) ? number : tensor;

    private static int Kind(DType type) => type.IsFloat ? 2 : type == DType.Bool ? 0 : 1;

    /// <summary>The element type that holds a .NET primitive.</summary>
    /// <typeparam name="T">bool, byte, sbyte, short, int, long, float or double.</typeparam>
    /// <exception cref="ArgumentException">The type has no tensor counterpart.</exception>
    public static DType Of<T>() where T : unmanaged => default(T) switch
    {
        bool => DType.Bool,
        byte => DType.UInt8,
        sbyte => DType.Int8,
        short => DType.Int16,
        int => DType.Int32,
        long => DType.Int64,
        float => DType.Float32,
        double => DType.Float64,
        _ => throw new ArgumentException($"tensors cannot hold elements of type {typeof(T).Name}"),
    };
}
