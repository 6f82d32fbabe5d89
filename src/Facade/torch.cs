using Functional.Autograd.Plans;

namespace Functional.Autograd;

/// <summary>PyTorch's API over immutable graphs: names, keyword arguments, texts and random streams are PyTorch 2.6's.</summary>
/// <remarks>See https://pytorch.org/docs/2.6/torch.html. Members differ from PyTorch's only where C# cannot spell them.</remarks>
public static partial class torch
{
    /// <summary>The version of PyTorch whose behaviour is followed.</summary>
    public const string __version__ = "2.6.0";

    /// <summary>A place for tensors. Only the CPU is there until a package adds another.</summary>
    /// <param name="type">cpu or cuda.</param>
    public sealed record device(string type)
    {
        /// <summary>Makes a device from its name, such as "cpu" or "cuda:0".</summary>
        public static implicit operator device(string name) => new(name.Split(':')[0]);

        /// <summary>The name.</summary>
        public override string ToString() => type;
    }

    /// <summary>The CPU.</summary>
    public static readonly device CPU = new("cpu");

    /// <summary>The first NVIDIA GPU.</summary>
    public static readonly device CUDA = new("cuda");

    /// <summary>An element type, printed as PyTorch prints it.</summary>
    public sealed class dtype
    {
        internal dtype(DType type, string name, string tensorType, string inC, string scalar) => (Type, Name, TensorType, InC, InScalar) = (type, name, tensorType, inC, scalar);

        internal DType Type { get; }

        internal string Name { get; }

        internal string TensorType { get; }

        // As a C++ compiler writes the type, and as PyTorch's own source does.
        internal string InC { get; }

        internal string InScalar { get; }

        // The least and the largest integer that fit; a real type's own, cut.
        internal (Int128 Least, Int128 Most) Range => Type switch
        {
            DType.Bool or DType.UInt8 => (0, (Int128)Type.Largest),
            DType.Int64 => (long.MinValue, long.MaxValue),
            { IsSmooth: true } => ((Int128)Math.Max(-Type.Largest, -1e38), (Int128)Math.Min(Type.Largest, 1e38)),
            _ => (-(Int128)Type.Largest - 1, (Int128)Type.Largest),
        };

        /// <summary>Whether it is a type of real floating-point numbers.</summary>
        public bool is_floating_point => Type.IsFloat;

        /// <summary>Whether it is a type of complex numbers.</summary>
        public bool is_complex => Type.IsComplex;

        /// <summary>The type of a complex number's parts; another type itself.</summary>
        public dtype to_real() => Named(Type.PartType);

        /// <summary>The complex type whose parts are of this type; of half precision complex64, as there is none of half the size here.</summary>
        public dtype to_complex() => Named(DTypes.Promote(Type, DType.Complex64));

        /// <summary>Bytes per element.</summary>
        public int itemsize => Type.Size;

        /// <summary>The name, such as torch.float32.</summary>
        public override string ToString() => "torch." + Name;
    }

#pragma warning disable CS1591 // The element types by PyTorch's names.
    public static readonly dtype @bool = new(DType.Bool, "bool", "Bool", "bool", "bool");
    public static readonly dtype uint8 = new(DType.UInt8, "uint8", "Byte", "unsigned char", "uint8_t");
    public static readonly dtype int8 = new(DType.Int8, "int8", "Char", "signed char", "int8_t");
    public static readonly dtype int16 = new(DType.Int16, "int16", "Short", "short int", "int16_t");
    public static readonly dtype int32 = new(DType.Int32, "int32", "Int", "int", "int");
    public static readonly dtype int64 = new(DType.Int64, "int64", "Long", "long int", "int64_t");
    public static readonly dtype float16 = new(DType.Float16, "float16", "Half", "c10::Half", "at::Half");
    public static readonly dtype bfloat16 = new(DType.BFloat16, "bfloat16", "BFloat16", "c10::BFloat16", "at::BFloat16");
    public static readonly dtype float32 = new(DType.Float32, "float32", "Float", "float", "float");
    public static readonly dtype float64 = new(DType.Float64, "float64", "Double", "double", "double");
    public static readonly dtype complex64 = new(DType.Complex64, "complex64", "ComplexFloat", "c10::complex<float>", "c10::complex<float>");
    public static readonly dtype complex128 = new(DType.Complex128, "complex128", "ComplexDouble", "c10::complex<double>", "c10::complex<double>");
    public static readonly dtype @short = int16, @int = int32, @long = int64, half = float16, @float = float32, @double = float64, cfloat = complex64, cdouble = complex128;
    public static readonly double inf = double.PositiveInfinity, nan = double.NaN, pi = Math.PI;
#pragma warning restore CS1591

    // In the order of DType.
    private static readonly dtype[] AllTypes = [@bool, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64, complex64, complex128];

    internal static dtype Named(DType type) => AllTypes[(int)type];

    private static dtype defaultType = float32;

    /// <summary>The floating-point type of new tensors: float32 unless set.</summary>
    public static dtype get_default_dtype() => defaultType;

    /// <summary>Sets the floating-point type of new tensors.</summary>
    /// <exception cref="TypeError">The type is not a floating-point type.</exception>
    public static void set_default_dtype(dtype d) => defaultType = d.is_floating_point ? d : throw new TypeError("only floating-point types are supported as the default type");

    /// <summary>A Python number: bool, integer, float or complex.</summary>
    public readonly struct Scalar
    {
        private Scalar(double value, long integer, DType type, double imaginary = 0) => (Value, Integer, Type, Imaginary) = (value, integer, type, imaginary);

        internal double Value { get; }

        internal double Imaginary { get; }

        internal long Integer { get; }

        internal DType Type { get; }

        // What a tensor takes over must be representable in its type; negative numbers in an unsigned one wrap.
        internal Node Fitting(DType wanted, string? title = null)
        {
            var fits = (Imaginary == 0 || wanted.IsComplex || wanted == DType.Bool) && wanted switch
            {
                DType.Bool or DType.Float64 or DType.Complex128 => true,
                { IsSmooth: true } => Small(Value, wanted.Largest) && Small(Imaginary, wanted.Largest),
                DType.UInt8 when !Type.IsSmooth => Within(-byte.MaxValue, byte.MaxValue),
                _ => Named(wanted).Range is var (low, high) && Within(low, high),
            };
            return fits ? Node(wanted) : throw new RuntimeError($"value cannot be converted to type {title ?? Named(wanted).InScalar} without overflow");
        }

        private static bool Small(double value, double largest) => !double.IsFinite(value) || Math.Abs(value) <= largest;

        private bool Within(Int128 low, Int128 high) => Type.IsSmooth ? Value >= (double)low && Value <= (double)high : Integer >= low && Integer <= high;

        // As PyTorch's arithmetic converts a number: an integer too large for a small type wraps.
        internal Node Node(DType wanted) => Ops.Cast(Type.IsComplex ? Ops.ToComplex(Ops.Scalar(Value), Ops.Scalar(Imaginary)) : Type.IsFloat ? Ops.Scalar(Value) : Ops.Scalar(Integer), wanted);

        // As Python calls its type.
        internal string Kind => Type.IsComplex ? "complex" : Type.IsFloat ? "float" : Type == DType.Bool ? "bool" : "int";

        // Python's arithmetic of two numbers.
        internal Scalar Combined(char op, Scalar other)
        {
            if (op == '/' && other is { Value: 0, Imaginary: 0 }) throw new RuntimeError("ZeroDivisionError");
            if (Type.IsComplex || other.Type.IsComplex) return Combined(op, new System.Numerics.Complex(Value, Imaginary), new System.Numerics.Complex(other.Value, other.Imaginary));
            if (op == '/' || Type.IsFloat || other.Type.IsFloat) return Combined(op, Value, other.Value);
            var whole = Combined<Int128>(op, Integer, other.Integer);
            return whole == (long)whole ? (long)whole : throw new OverflowError("Python int too large to convert to C long");
        }

        private static T Combined<T>(char op, T a, T b) where T : System.Numerics.INumberBase<T> => op switch { '+' => a + b, '-' => a - b, '*' => a * b, _ => a / b };

        // The type that a tensor of it alone has.
        internal DType Natural => Type.IsComplex ? DTypes.Promote(get_default_dtype().Type, DType.Complex64) : Type.IsFloat ? get_default_dtype().Type : Type;

        /// <summary>A complex number.</summary>
        public static implicit operator Scalar(System.Numerics.Complex value) => new(value.Real, (long)value.Real, DType.Complex128, value.Imaginary);

        /// <summary>A float.</summary>
        public static implicit operator Scalar(double value) => new(value, (long)value, DType.Float64);

        /// <summary>An integer.</summary>
        public static implicit operator Scalar(int value) => new(value, value, DType.Int64);

        /// <summary>An integer.</summary>
        public static implicit operator Scalar(long value) => new(value, value, DType.Int64);

        /// <summary>A bool.</summary>
        public static implicit operator Scalar(bool value) => new(value ? 1 : 0, value ? 1 : 0, DType.Bool);
    }

    /// <summary>The sizes of a tensor, printed as torch.Size([2, 3]).</summary>
    /// <param name="Dims">The sizes.</param>
    public readonly record struct Size(Dims Dims)
    {
        /// <summary>The size along a dimension; negative counts from the end.</summary>
        /// <exception cref="IndexError">There is no such dimension.</exception>
        public long this[int dim] => dim >= -Dims.Count && dim < Dims.Count ? Dims[dim < 0 ? dim + Dims.Count : dim] : throw new IndexError("tuple index out of range");

        /// <summary>How many dimensions there are.</summary>
        public int Length => Dims.Count;

        /// <summary>The product of the sizes.</summary>
        public long numel() => Dims.Product;

        /// <summary>The sizes one by one: <c>[.. x.shape, 3]</c>.</summary>
        public IEnumerator<long> GetEnumerator() => Dims.GetEnumerator();

        /// <summary>The sizes as an array.</summary>
        public static implicit operator long[](Size size) => size.Dims.Span.ToArray();

        /// <summary>As PyTorch prints it.</summary>
        public override string ToString() => $"torch.Size({Dims})";
    }

    /// <summary>Everything made inside is freed by the garbage collector; the scope exists for code that comes from TorchSharp.</summary>
    public static IDisposable NewDisposeScope() => new Scope(() => { });

    internal sealed class Scope(Action leave) : IDisposable
    {
        private Action? leave = leave;

        // Once: what was may have changed by the second time.
        public void Dispose() => Interlocked.Exchange(ref leave, null)?.Invoke();
    }

    /// <summary>NVIDIA GPUs; none without the package that binds them.</summary>
    public static class cuda
    {
        /// <summary>Whether a GPU can be used.</summary>
        public static bool is_available() => false;

        /// <summary>How many GPUs can be used.</summary>
        public static int device_count() => 0;
    }

    internal static void Demand(device? wanted)
    {
        if (wanted is null || wanted.type == "cpu") return;
        throw wanted.type == "cuda" ? new AssertionError("Torch not compiled with CUDA enabled")
            : new RuntimeError($"Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: {wanted.type}");
    }

    // What the last backward pass added to, and what it came from: computed together with whatever is demanded next.
    [ThreadStatic] private static Watched? pending;
    [ThreadStatic] private static bool pendingKeep;

    // What is a state and no step on the way (written in place, a new leaf, running statistics): computed with what is demanded next, so that it does not
    // hold all that it was made of.
    [ThreadStatic] private static Watched? alongside;

    /// <summary>Tensors that are to be computed if anybody still holds them by then. References are used again, as making one is dear.</summary>
    internal sealed class Watched
    {
        private const int MostIdle = 1024;
        private readonly List<WeakReference<Tensor>> references = [];

        public int Count { get; private set; }

        public void Add(Tensor tensor)
        {
            if (Count < references.Count) references[Count].SetTarget(tensor);
            else references.Add(new(tensor));
            Count++;
        }

        /// <summary>Moves those that are left to a list.</summary>
        public void MoveTo(List<Tensor> all)
        {
            for (var i = 0; i < Count; i++)
                if (references[i].TryGetTarget(out var tensor)) all.Add(tensor);
            Count = 0;
            if (references.Count > MostIdle) references.RemoveRange(MostIdle, references.Count - MostIdle);
        }
    }

    internal static void Together(Tensor tensor)
    {
        alongside ??= new();
        // What belongs to a function that is traced is not there to be computed.
        if (tensor.Node.Hangs is not null) return;
        // Another thread may never compute what it was to.
        if (ReferenceEquals(tensor.watched, alongside)) return;
        tensor.watched = alongside;
        alongside.Add(tensor);
    }

    /// <summary>Computes tensors with the next demand, so that a whole training step is one plan.</summary>
    internal static void Defer(IEnumerable<Tensor> tensors, bool keep)
    {
        if (pending is { Count: > 0 }) Force([]);
        pending ??= new();
        foreach (var tensor in tensors)
            if (tensor.Node.Hangs is null) pending.Add(tensor);
        pendingKeep = keep;
    }

    /// <summary>Computes tensors now, together: shared parts are computed once.</summary>
    internal static void Force(IReadOnlyList<Tensor> tensors)
    {
        if (pending is null or { Count: 0 } && alongside is null or { Count: 0 } && tensors.Count == 1)
        {
            // The usual case: one tensor, often computed already.
            var only = tensors[0].Node;
            if (only.Value is null) Compute([only], tensors[0].gradFn is { Released: false });
            tensors[0].Settle();
            return;
        }
        var all = new List<Tensor>(tensors.Count + (pending?.Count ?? 0) + (alongside?.Count ?? 0));
        all.AddRange(tensors);
        var keep = pending is { Count: > 0 } && pendingKeep;
        pending?.MoveTo(all);
        var passed = all.Count;
        alongside?.MoveTo(all);
        for (var i = passed; i < all.Count; i++) all[i].watched = null;
        var nodes = new Node[all.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = all[i].Node;
            keep |= all[i].gradFn is { Released: false };
        }
        Compute(nodes, keep);
        foreach (var tensor in all) tensor.Settle();
    }

    private static void Compute(ReadOnlySpan<Node> nodes, bool keep)
    {
        try
        {
            Evaluator.Force(nodes, keep);
        }
        catch (InvalidOperationException) when (Mapping.Current is not null)
        {
            throw new RuntimeError("vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report.");
        }
        catch (Exception e) when (e is not PythonError)
        {
            throw Translated(e);
        }
    }
}
