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

internal readonly unsafe struct Lanes512<T>(Vector512<T> v) : ILanes<Lanes512<T>, T> where T : unmanaged
{
    private readonly Vector512<T> v = v;
    public static Lanes512<T> Load(T* p) => new(Vector512.Load(p));
    public static Lanes512<T> Repeat(T x) => new(Vector512.Create(x));
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, Lanes512<T> b, Lanes512<T> sum) => new(typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(a.v.AsSingle(), b.v.AsSingle(), sum.v.AsSingle()).As<float, T>() : Vector512.FusedMultiplyAdd(a.v.AsDouble(), b.v.AsDouble(), sum.v.AsDouble()).As<double, T>());
    public static Lanes512<T> Sum(Lanes512<T> a, Lanes512<T> b) => new(a.v + b.v);
    public void Store(T* p) => v.Store(p);
}

internal readonly unsafe struct Lanes256<T>(Vector256<T> v) : ILanes<Lanes256<T>, T> where T : unmanaged
{
    private readonly Vector256<T> v = v;
    public static Lanes256<T> Load(T* p) => new(Vector256.Load(p));
    public static Lanes256<T> Repeat(T x) => new(Vector256.Create(x));
    public static Lanes256<T> MultiplyAdd(Lanes256<T> a, Lanes256<T> b, Lanes256<T> sum) => new(typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(a.v.AsSingle(), b.v.AsSingle(), sum.v.AsSingle()).As<float, T>() : Vector256.FusedMultiplyAdd(a.v.AsDouble(), b.v.AsDouble(), sum.v.AsDouble()).As<double, T>());
    public static Lanes256<T> Sum(Lanes256<T> a, Lanes256<T> b) => new(a.v + b.v);
    public void Store(T* p) => v.Store(p);
}
