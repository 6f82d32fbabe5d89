using System.Runtime.Intrinsics;

namespace Functional.Autograd.Cpu;

/// <summary>A vector type and its multiply-add, so that one micro-kernel serves all widths and element types.</summary>
internal unsafe interface ILanes<TSelf, T> where TSelf : unmanaged, ILanes<TSelf, T> where T : unmanaged
{
    static abstract TSelf Load(T* p);

    static abstract TSelf Repeat(T value);

    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf sum);

    static abstract TSelf Sum(TSelf a, TSelf b);

    void Store(T* p);
}

internal readonly unsafe struct Float512(Vector512<float> v) : ILanes<Float512, float>
{
    private readonly Vector512<float> v = v;
    public static Float512 Load(float* p) => new(Vector512.Load(p));
    public static Float512 Repeat(float x) => new(Vector512.Create(x));
    public static Float512 MultiplyAdd(Float512 a, Float512 b, Float512 sum) => new(Vector512.FusedMultiplyAdd(a.v, b.v, sum.v));
    public static Float512 Sum(Float512 a, Float512 b) => new(a.v + b.v);
    public void Store(float* p) => v.Store(p);
}

internal readonly unsafe struct Float256(Vector256<float> v) : ILanes<Float256, float>
{
    private readonly Vector256<float> v = v;
    public static Float256 Load(float* p) => new(Vector256.Load(p));
    public static Float256 Repeat(float x) => new(Vector256.Create(x));
    public static Float256 MultiplyAdd(Float256 a, Float256 b, Float256 sum) => new(Vector256.FusedMultiplyAdd(a.v, b.v, sum.v));
    public static Float256 Sum(Float256 a, Float256 b) => new(a.v + b.v);
    public void Store(float* p) => v.Store(p);
}

internal readonly unsafe struct Double512(Vector512<double> v) : ILanes<Double512, double>
{
    private readonly Vector512<double> v = v;
    public static Double512 Load(double* p) => new(Vector512.Load(p));
    public static Double512 Repeat(double x) => new(Vector512.Create(x));
    public static Double512 MultiplyAdd(Double512 a, Double512 b, Double512 sum) => new(Vector512.FusedMultiplyAdd(a.v, b.v, sum.v));
    public static Double512 Sum(Double512 a, Double512 b) => new(a.v + b.v);
    public void Store(double* p) => v.Store(p);
}

internal readonly unsafe struct Double256(Vector256<double> v) : ILanes<Double256, double>
{
    private readonly Vector256<double> v = v;
    public static Double256 Load(double* p) => new(Vector256.Load(p));
    public static Double256 Repeat(double x) => new(Vector256.Create(x));
    public static Double256 MultiplyAdd(Double256 a, Double256 b, Double256 sum) => new(Vector256.FusedMultiplyAdd(a.v, b.v, sum.v));
    public static Double256 Sum(Double256 a, Double256 b) => new(a.v + b.v);
    public void Store(double* p) => v.Store(p);
}
