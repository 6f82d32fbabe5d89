using System.Numerics;

namespace Functional.Autograd.Cpu;

/// <summary>Elements in pooled native memory, given back when the garbage collector finds the buffer unused.</summary>
internal sealed unsafe class HostBuffer : TensorBuffer, IDisposable
{
    private readonly long size;

    public HostBuffer(DType dtype, long count) : base(dtype, count)
    {
        size = count * dtype.Size;
        Pointer = Pool.Take(size);
    }

    // Also runs when the constructor found no memory.
    ~HostBuffer() => Dispose();

    /// <summary>Gives memory back that nobody reads any more.</summary>
    public void Dispose()
    {
        if (Pointer != 0) Pool.Give(Pointer, size);
        Pointer = 0;
        GC.SuppressFinalize(this);
    }

    public nint Pointer { get; private set; }

    // Nothing may collect the buffer while its memory is read.
    public override long ScalarBits
    {
        get
        {
            var bits = Bits.Read((void*)Pointer, DType);
            GC.KeepAlive(this);
            return bits;
        }
    }

    public override void CopyTo(Span<byte> destination, long start = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, size - start);
        new ReadOnlySpan<byte>((byte*)Pointer + start, destination.Length).CopyTo(destination);
        GC.KeepAlive(this);
    }
}

/// <summary>One element, held in the object itself.</summary>
internal sealed class ScalarBuffer(DType dtype, long bits) : TensorBuffer(dtype, 1)
{
    public override long ScalarBits => bits;

    public override unsafe void CopyTo(Span<byte> destination, long start = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(start, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, DType.Size);
        long raw;
        Bits.Write(&raw, DType, bits);
        new ReadOnlySpan<byte>(&raw, destination.Length).CopyTo(destination);
    }
}

/// <summary>Single elements in memory, from and to their 64-bit form.</summary>
internal static unsafe class Bits
{
    public static long Read(void* at, DType dtype) => dtype switch
    {
        DType.Float64 or DType.Complex64 => *(long*)at,
        DType.Float32 => BitConverter.DoubleToInt64Bits(*(float*)at),
        DType.Float16 => BitConverter.DoubleToInt64Bits((double)*(Half*)at),
        DType.BFloat16 => BitConverter.DoubleToInt64Bits(*(BFloat16*)at),
        DType.Bool => *(byte*)at != 0 ? 1 : 0,
        _ => Whole(at, dtype, null),
    };

    public static void Write(void* at, DType dtype, long bits)
    {
        switch (dtype)
        {
            case DType.Float64 or DType.Complex64: *(long*)at = bits; break;
            case DType.Float32: *(float*)at = (float)BitConverter.Int64BitsToDouble(bits); break;
            case DType.Float16: *(Half*)at = (Half)(float)BitConverter.Int64BitsToDouble(bits); break;
            case DType.BFloat16: *(BFloat16*)at = (BFloat16)(float)BitConverter.Int64BitsToDouble(bits); break;
            case DType.Bool: *(byte*)at = bits != 0 ? (byte)1 : (byte)0; break;
            default: Whole(at, dtype, bits); break;
        }
    }

    // Reads a whole number, or writes one.
    private static long Whole(void* at, DType dtype, long? bits)
    {
        var place = new Place(at, bits);
        return Dispatch.Visit<Place, long>(dtype, ref place);
    }

    private readonly struct Place(void* at, long? bits) : IElementVisitor<long>
    {
        public long Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            if (bits is { } given) *(T*)at = T.CreateTruncating(given);
            return long.CreateTruncating(*(T*)at);
        }
    }

    // A .NET bool may hold any byte; here true is 1.
    public static void Truth(Span<byte> data)
    {
        while (data.IndexOfAnyExcept((byte)0, (byte)1) is >= 0 and var i)
        {
            data[i] = 1;
            data = data[(i + 1)..];
        }
    }

    public static long From<T>(ReadOnlySpan<T> data, DType dtype) where T : unmanaged
    {
        fixed (T* p = data) return Read(p, dtype);
    }
}
