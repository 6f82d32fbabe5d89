using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    internal static Tensor Leaf(Node node, bool requires_grad)
    {
        if (requires_grad && !node.DType.IsSmooth) throw new RuntimeError("Only Tensors of floating point and complex dtype can require gradients");
        var tensor = new Tensor(node);
        tensor.SetLeafRequiresGrad(requires_grad);
        return tensor;
    }

    internal static Dims Checked(ReadOnlySpan<long> size, DType type = DType.Int64)
    {
        foreach (var n in size)
            if (n < 0) throw new RuntimeError($"Trying to create tensor with negative dimension {n}: {Dims.Create(size)}");
        var bytes = (Int128)Math.Max(sizeof(long), type.Size);
        foreach (var n in size) bytes = n == 0 ? 0 : bytes > long.MaxValue ? bytes : bytes * n;
        return bytes <= long.MaxValue ? Dims.Create(size) : throw new RuntimeError("Storage size calculation overflowed with sizes=" + Dims.Create(size));
    }

    private static Tensor Made<T>(ReadOnlySpan<T> data, Dims shape, dtype natural, dtype? dtype, bool requires_grad, device? device) where T : unmanaged
    {
        Demand(device);
        if (dtype is not null && dtype != natural && !dtype.Type.IsSmooth)
            foreach (var element in data) Number(element).Fitting(dtype.Type, dtype.Name);
        return Leaf(Ops.Cast(Ops.Tensor(data, shape), (dtype ?? natural).Type), requires_grad);
    }

    private static Scalar Number<T>(T element) where T : unmanaged => element switch
    {
        System.Numerics.Complex z => z,
        Half x => (double)x,
        double x => x,
        float x => (double)x,
        long n => n,
        int n => n,
        short n => (int)n,
        sbyte n => (int)n,
        byte n => (int)n,
        bool b => b,
        _ => throw new TypeError($"a tensor has no elements of type {typeof(T).Name}"),
    };

    private static Tensor FromArray(Array data, dtype? dtype, bool requires_grad, device? device)
    {
        var shape = Dims.Build(data.Rank, k => data.GetLength(k));
        Tensor As<T>(dtype natural, Func<object, T> convert) where T : unmanaged
        {
            var flat = new T[data.Length];
            var i = 0;
            foreach (var value in data) flat[i++] = convert(value);
            return Made<T>(flat, shape, natural, dtype, requires_grad, device);
        }
        return data.GetType().GetElementType() switch
        {
            var t when t == typeof(System.Numerics.Complex) => As(complex128, v => (System.Numerics.Complex)v),
            var t when t == typeof(Half) => As(float16, v => (Half)v),
            var t when t == typeof(double) => As(float64, v => (double)v),
            var t when t == typeof(float) => As(float32, v => (float)v),
            var t when t == typeof(long) => As(int64, v => (long)v),
            var t when t == typeof(int) => As(int64, v => (long)(int)v),
            var t when t == typeof(short) => As(int16, v => (short)v),
            var t when t == typeof(sbyte) => As(int8, v => (sbyte)v),
            var t when t == typeof(byte) => As(uint8, v => (byte)v),
            var t when t == typeof(bool) => As(@bool, v => (bool)v),
            var t => throw new TypeError($"can't convert an array of {t?.Name} to a tensor"),
        };
    }

    /// <summary>A tensor from a number, of the default type whatever the literal's precision. https://pytorch.org/docs/2.6/generated/torch.tensor.html</summary>
    public static Tensor tensor(double data, dtype? dtype = null, device? device = null, bool requires_grad = false)
    {
        dtype ??= get_default_dtype();
        if (!dtype.is_floating_point) ((Scalar)data).Fitting(dtype.Type, dtype.Name);
        return dtype == float32 ? Made<float>([(float)data], Dims.Empty, float32, null, requires_grad, device) : Made<double>([data], Dims.Empty, float64, dtype, requires_grad, device);
    }

    /// <summary>An int64 tensor from an integer.</summary>
    public static Tensor tensor(long data, dtype? dtype = null, device? device = null, bool requires_grad = false)
    {
        ((Scalar)data).Fitting((dtype ?? int64).Type, dtype?.Name);
        return Made<long>([data], Dims.Empty, int64, dtype, requires_grad, device);
    }

    /// <summary>An int64 tensor from an integer.</summary>
    public static Tensor tensor(int data, dtype? dtype = null, device? device = null, bool requires_grad = false) => tensor((long)data, dtype, device, requires_grad);

    /// <summary>A complex tensor from a number, of the default type's precision.</summary>
    public static Tensor tensor(System.Numerics.Complex data, dtype? dtype = null, device? device = null, bool requires_grad = false)
    {
        var type = dtype ?? get_default_dtype().to_complex();
        ((Scalar)data).Fitting(type.Type, type.Name);
        return Made<System.Numerics.Complex>([data], Dims.Empty, complex128, type, requires_grad, device);
    }

    /// <summary>A bool tensor.</summary>
    public static Tensor tensor(bool data, dtype? dtype = null, device? device = null, bool requires_grad = false) => Made<bool>([data], Dims.Empty, @bool, dtype, requires_grad, device);

    /// <summary>A tensor from an array of any rank: double gives float64, float float32, Half float16, System.Numerics.Complex complex128, long and int int64.</summary>
    /// <exception cref="RuntimeError">requires_grad for integers or truth values.</exception>
    public static Tensor tensor(Array data, dtype? dtype = null, device? device = null, bool requires_grad = false) => FromArray(data, dtype, requires_grad, device);

    /// <summary>A vector from elements.</summary>
    public static Tensor tensor<T>(ReadOnlySpan<T> data, long[] shape, dtype? dtype = null, bool requires_grad = false) where T : unmanaged =>
        Dims.Create(shape).Product == data.Length ? Made(data, Checked(shape), Named(DTypes.Of<T>()), dtype, requires_grad, null) : throw new RuntimeError($"shape '{Dims.Create(shape)}' is invalid for input of size {data.Length}");

    /// <summary>A copy of a tensor, which PyTorch advises against.</summary>
    public static Tensor tensor(Tensor data, dtype? dtype = null, bool requires_grad = false)
    {
        warnings.warn("To copy construct from a tensor, it is recommended to use sourceTensor.clone().detach() or sourceTensor.clone().detach().requires_grad_(True), rather than torch.tensor(sourceTensor).");
        return Leaf(Ops.Cast(data.Node, (dtype ?? data.dtype).Type), requires_grad);
    }

    /// <summary>A float32 tensor, by PyTorch's legacy name.</summary>
    public static Tensor FloatTensor(Array data) => tensor(data, float32);

    /// <summary>A float64 tensor, by PyTorch's legacy name.</summary>
    public static Tensor DoubleTensor(Array data) => tensor(data, float64);

    /// <summary>An int64 tensor, by PyTorch's legacy name.</summary>
    public static Tensor LongTensor(Array data) => tensor(data, int64);

    /// <summary>One value, repeated. https://pytorch.org/docs/2.6/generated/torch.full.html</summary>
    public static Tensor full(long[] size, Scalar fill_value, dtype? dtype = null, device? device = null, bool requires_grad = false)
    {
        Demand(device);
        var type = dtype?.Type ?? fill_value.Natural;
        return Leaf(Ops.Broadcast(fill_value.Fitting(type), Checked(size, type)), requires_grad);
    }

    /// <summary>Zeros. https://pytorch.org/docs/2.6/generated/torch.zeros.html</summary>
    public static Tensor zeros(long[] size, dtype? dtype = null, device? device = null, bool requires_grad = false) => full(size, 0, dtype ?? get_default_dtype(), device, requires_grad);

    /// <summary>Zeros.</summary>
    public static Tensor zeros(params long[] size) => zeros(size, null);

    /// <summary>Ones. https://pytorch.org/docs/2.6/generated/torch.ones.html</summary>
    public static Tensor ones(long[] size, dtype? dtype = null, device? device = null, bool requires_grad = false) => full(size, 1, dtype ?? get_default_dtype(), device, requires_grad);

    /// <summary>Ones.</summary>
    public static Tensor ones(params long[] size) => ones(size, null);

    /// <summary>Zeros; PyTorch leaves the elements undefined.</summary>
    public static Tensor empty(long[] size, dtype? dtype = null, device? device = null, bool requires_grad = false) => zeros(size, dtype, device, requires_grad);

    /// <summary>Zeros; PyTorch leaves the elements undefined.</summary>
    public static Tensor empty(params long[] size) => zeros(size, null);

    /// <summary>Zeros of another tensor's shape and type.</summary>
    public static Tensor zeros_like(Tensor input, dtype? dtype = null, bool requires_grad = false) => full_like(input, 0, dtype, requires_grad);

    /// <summary>Ones of another tensor's shape and type.</summary>
    public static Tensor ones_like(Tensor input, dtype? dtype = null, bool requires_grad = false) => full_like(input, 1, dtype, requires_grad);

    /// <summary>One value in another tensor's shape and type.</summary>
    public static Tensor full_like(Tensor input, Scalar fill_value, dtype? dtype = null, bool requires_grad = false) => Laid(full(input.shape, fill_value, dtype ?? input.dtype, null, requires_grad), input);

    /// <summary>The identity matrix. https://pytorch.org/docs/2.6/generated/torch.eye.html</summary>
    public static Tensor eye(long n, long? m = null, dtype? dtype = null, bool requires_grad = false) =>
        n < 0 || m < 0 ? throw new RuntimeError(n < 0 ? $"n must be greater or equal to 0, got {n}" : $"m must be greater or equal to 0, got {m}")
        : Leaf(Ops.Cast(Ops.Equal(Ops.Unsqueeze(Ops.Arange(Checked([n, m ?? n])[0]), 1), Ops.Arange(m ?? n)), (dtype ?? get_default_dtype()).Type), requires_grad);

    /// <summary>Numbers from start to before end. https://pytorch.org/docs/2.6/generated/torch.arange.html</summary>
    /// <exception cref="RuntimeError">The step is zero or of the wrong sign.</exception>
    public static Tensor arange(Scalar start, Scalar end, Scalar step, dtype? dtype = null, bool requires_grad = false)
    {
        var type = (dtype ?? (start.Type.IsFloat || end.Type.IsFloat || step.Type.IsFloat ? get_default_dtype() : int64)).Type;
        if (type == DType.Bool || type.IsComplex) throw NotFor("arange_cpu", type);
        // Integers are counted exactly, whatever their size: bounds and step are of the result's type first.
        var whole = type == DType.Int64 || (!start.Type.IsFloat && !end.Type.IsFloat && !step.Type.IsFloat);
        if (type.IsFloat ? step.Value is not (> 0 or < 0) : step.Integer == 0) throw new RuntimeError("step must be nonzero");
        if (!double.IsFinite(start.Value) || !double.IsFinite(end.Value)) throw new RuntimeError($"unsupported range: {Written.Stream(start.Value)} -> {Written.Stream(end.Value)}");
        if (whole ? (Int128)end.Integer < start.Integer == step.Integer > 0 && end.Integer != start.Integer : (end.Value - start.Value) * step.Value < 0) throw new RuntimeError("upper bound and larger bound inconsistent with step sign");
        var size = whole ? ((Int128)end.Integer - start.Integer + step.Integer - Math.Sign(step.Integer)) / step.Integer : (Int128)Math.Ceiling((end.Value - start.Value) / step.Value);
        var count = size <= long.MaxValue / 8 ? (long)size : throw new RuntimeError("invalid size, possible overflow?");
        var values = whole || !type.IsFloat ? Ops.Arange(count) * step.Integer + start.Integer : Ops.Arange(count, DType.Float64) * step.Value + start.Value;
        return Leaf(Ops.Cast(values, type), requires_grad);
    }

    /// <summary>Numbers from 0 to before end.</summary>
    public static Tensor arange(Scalar end, dtype? dtype = null, bool requires_grad = false) => arange(0, end, 1, dtype, requires_grad);

    /// <summary>Numbers from start to before end.</summary>
    public static Tensor arange(Scalar start, Scalar end, dtype? dtype = null, bool requires_grad = false) => arange(start, end, 1, dtype, requires_grad);

    /// <summary>Evenly spaced numbers, both ends included. https://pytorch.org/docs/2.6/generated/torch.linspace.html</summary>
    /// <exception cref="RuntimeError">The number of steps is negative, or the element type does not hold the bounds.</exception>
    public static Tensor linspace(double start, double end, long steps, dtype? dtype = null, bool requires_grad = false)
    {
        if (steps < 0) throw new RuntimeError("number of steps must be non-negative");
        var type = (dtype ?? get_default_dtype()).Type;
        var shape = Checked([steps], type);
        if (type == DType.Bool) throw NotFor("linspace_cpu", type);
        foreach (Scalar bound in (double[])[start, end]) bound.Fitting(type);
        var values = Room<double>(steps, type.Size);
        if (type.IsSmooth) Spaced(values, Literal.Rounded(start, type.PartType), Literal.Rounded(end, type.PartType), type.PartType);
        else Spaced(values, Math.Truncate(start), Math.Truncate(end), DType.Float64);
        return Leaf(Ops.Cast(Ops.Tensor<double>(values, shape), type), requires_grad);
    }

    // From both ends to the middle, with the roundings of PyTorch's kernel: in the type itself, where float32 and float64 multiply and add in one.
    private static void Spaced(Span<double> values, double start, double end, DType type)
    {
        double Rounded(double x) => Literal.Rounded(x, type);
        double From(double bound, double step, long i) => type switch
        {
            DType.Float64 => Math.FusedMultiplyAdd(step, i, bound),
            DType.Float32 => MathF.FusedMultiplyAdd((float)step, i, (float)bound),
            _ => Rounded(Rounded(step * Rounded(i)) + bound),
        };
        if (values.Length == 1) values[0] = start;
        if (values.Length < 2) return;
        var step = Rounded(Rounded(end - start) / Rounded(values.Length - 1));
        for (var i = 0; i < values.Length; i++) values[i] = i < values.Length / 2 ? From(start, step, i) : From(end, -step, values.Length - 1 - i);
    }
}
