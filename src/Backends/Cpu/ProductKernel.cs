using System.Numerics;
using Functional.Autograd.Plans;

namespace Functional.Autograd.Cpu;

/// <summary>Batched matrix products. Floating-point types go through packed panels, integers through plain loops.</summary>
internal sealed unsafe class ProductKernel : CpuKernel
{
    private delegate void Routine(nint a, nint b, nint c);

    private readonly Kernel.Product p;
    private readonly Routine routine;

    public ProductKernel(Kernel.Product product)
    {
        p = product;
        var choosing = new Choosing(this);
        routine = p.DType switch
        {
            DType.Float32 => (a, b, c) => Packed.Run<float>(a, b, c, p),
            DType.Float64 => (a, b, c) => Packed.Run<double>(a, b, c, p),
            _ => Dispatch.Visit<Choosing, Routine>(p.DType, ref choosing),
        };
    }

    public override void Run(ReadOnlySpan<nint> from, ReadOnlySpan<nint> to) => routine(from[0], from[1], to[0]);

    private readonly struct Choosing(ProductKernel kernel) : IElementVisitor<Routine>
    {
        public Routine Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => kernel.Plain<T>;
    }

    private void Plain<T>(nint left, nint right, nint result) where T : unmanaged, INumber<T>
    {
        var a = (T*)left + p.A.Offset;
        var b = (T*)right + p.B.Offset;
        var c = (T*)result;
        for (var batch = 0L; batch < p.Batch; batch++)
            for (var i = 0L; i < p.M; i++)
                for (var j = 0L; j < p.N; j++)
                {
                    var sum = T.Zero;
                    for (var k = 0L; k < p.K; k++)
                        sum += a[batch * p.A.Strides[0] + i * p.A.Strides[1] + k * p.A.Strides[2]] * b[batch * p.B.Strides[0] + k * p.B.Strides[1] + j * p.B.Strides[2]];
                    *c++ = sum;
                }
    }
}
