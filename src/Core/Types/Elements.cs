using System.Numerics;
using System.Runtime.InteropServices;

namespace Functional.Autograd;

/// <summary>A bfloat16 number: the upper 16 bits of a single-precision number.</summary>
/// <param name="Bits">Sign, eight bits of exponent, seven of the fraction.</param>
public readonly record struct BFloat16(ushort Bits)
{
    internal static double Largest { get; } = new BFloat16(0x7F7F);

    /// <summary>The nearest number, ties to even; NaN stays NaN.</summary>
    /// <param name="value">The number.</param>
    public static explicit operator BFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return new((ushort)(float.IsNaN(value) ? bits >> 16 | 0x40 : bits + 0x7FFF + (bits >> 16 & 1) >> 16));
    }

    /// <summary>The same number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <summary>The number as single precision writes it.</summary>
    public override string ToString() => ((float)this).ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A complex number of two single-precision parts, as complex64 tensors store it.</summary>
/// <param name="Real">The real part.</param>
/// <param name="Imaginary">The imaginary part.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ComplexSingle(float Real, float Imaginary)
{
    /// <summary>The nearest number: each part is rounded.</summary>
    /// <param name="value">The number.</param>
    public static explicit operator ComplexSingle(Complex value) => new((float)value.Real, (float)value.Imaginary);

    /// <summary>The same number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Complex(ComplexSingle value) => new(value.Real, value.Imaginary);
}

/// <summary>Something to do with elements of whichever type.</summary>
internal interface IElementVisitor<out TResult>
{
    TResult Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>The one way from an element type that is known when a program runs to code compiled for it.</summary>
internal static class Dispatch
{
    /// <summary>
    /// By the type that arithmetic is done in. Truth values are visited as the bytes 0 and 1 that hold them: the core lets nothing add them up. Half types and complex numbers
    /// have no arithmetic of their own: operations on them are operations on float32 and on parts.
    /// </summary>
    public static TResult Visit<TVisitor, TResult>(DType dtype, ref TVisitor visitor) where TVisitor : struct, IElementVisitor<TResult> => dtype switch
    {
        DType.Float32 => visitor.Visit<float>(),
        DType.Float64 => visitor.Visit<double>(),
        DType.Int64 => visitor.Visit<long>(),
        DType.Int32 => visitor.Visit<int>(),
        DType.Int16 => visitor.Visit<short>(),
        DType.Int8 => visitor.Visit<sbyte>(),
        DType.UInt8 or DType.Bool => visitor.Visit<byte>(),
        _ => throw dtype.Unknown,
    };

    /// <summary>For elements that are only moved: one type per size.</summary>
    public static TResult BySize<TVisitor, TResult>(int size, ref TVisitor visitor) where TVisitor : struct, IElementVisitor<TResult> => size switch
    {
        1 => visitor.Visit<byte>(),
        2 => visitor.Visit<ushort>(),
        4 => visitor.Visit<uint>(),
        8 => visitor.Visit<ulong>(),
        16 => visitor.Visit<UInt128>(),
        _ => throw new NotSupportedException($"there are no elements of {size} bytes"),
    };
}
