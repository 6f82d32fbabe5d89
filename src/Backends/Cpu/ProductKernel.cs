using System.Numerics;
using Functional.Autograd.Plans;

namespace Functional.Autograd.Cpu;

/// <summary>Batched matrix products. Floating-point types go through packed panels, integers through plain loops.</summary>
internal sealed unsafe class ProductKernel(Kernel.Product p) : CpuKernel
{
    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to)
    {
        switch (p.DType)
        {
            case DType.Float32: Packed.Run((float*)from[0], (float*)from[1], (float*)to[0], p); break;
            case DType.Float64: Packed.Run((double*)from[0], (double*)from[1], (double*)to[0], p); break;
            case DType.Int64: Plain((long*)from[0], (long*)from[1], (long*)to[0]); break;
            case DType.Int32: Plain((int*)from[0], (int*)from[1], (int*)to[0]); break;
            case DType.Int16: Plain((short*)from[0], (short*)from[1], (short*)to[0]); break;
            case DType.Int8: Plain((sbyte*)from[0], (sbyte*)from[1], (sbyte*)to[0]); break;
            case DType.UInt8: Plain((byte*)from[0], (byte*)from[1], (byte*)to[0]); break;
            default: throw p.DType.Unknown;
        }
    }

    private void Plain<T>(T* a, T* b, T* c) where T : unmanaged, INumber<T>
    {
        for (var batch = 0L; batch < p.Batch; batch++)
            for (var i = 0L; i < p.M; i++)
                for (var j = 0L; j < p.N; j++)
                {
                    var sum = T.Zero;
                    for (var k = 0L; k < p.K; k++)
                        sum += a[p.A.Offset + batch * p.A.Strides[0] + i * p.A.Strides[1] + k * p.A.Strides[2]] * b[p.B.Offset + batch * p.B.Strides[0] + k * p.B.Strides[1] + j * p.B.Strides[2]];
                    *c++ = sum;
                }
    }
}
