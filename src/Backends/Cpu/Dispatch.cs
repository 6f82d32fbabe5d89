using System.Numerics;

namespace Functional.Autograd.Cpu;

/// <summary>Something to do with elements of whichever type.</summary>
internal interface IElementVisitor<out TResult>
{
    TResult Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>The one way from an element type that is known when a program runs to code compiled for it.</summary>
internal static class Dispatch
{
    /// <summary>Truth values are visited as the bytes 0 and 1 that hold them: the core lets nothing add them up.</summary>
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
        _ => throw new NotSupportedException($"the CPU has no kernels for elements of {size} bytes"),
    };
}
