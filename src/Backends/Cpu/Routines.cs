using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Functional.Autograd.Primitives;

namespace Functional.Autograd.Cpu;

/// <summary>A computation over a tile: destination, up to three operands, element count.</summary>
internal delegate void Tile(nint destination, nint a, nint b, nint c, int count);

/// <summary>The elementwise primitives as tile computations: one row each.</summary>
internal static unsafe class Routines
{
    private delegate void OneOperand<T>(ReadOnlySpan<T> x, Span<T> y);

    private delegate void TwoOperands<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y);

    private const int Types = (int)DType.Complex128 + 1;

    private static readonly Dictionary<Op, Tile>[] Known = [.. Enumerable.Range(0, Types).Select(_ => new Dictionary<Op, Tile>())];
    private static readonly Lock Guard = new();

    private static readonly Tile?[] ByRow = new Tile?[Types * 256];

    /// <summary>The computation of an elementwise primitive whose last operand has the given type.</summary>
    public static Tile For(Op op, DType from)
    {
        var row = op is Elementwise { RowNumber: > 0 and < 256 and var n } ? n * Types + (int)from : -1;
        if (row >= 0) return ByRow[row] ??= Make(op, from);
        lock (Guard)
        {
            var known = Known[(int)from];
            if (!known.TryGetValue(op, out var tile)) known.Add(op, tile = Make(op, from));
            return tile;
        }
    }

    private static Tile Make(Op op, DType from) => op switch
    {
        Select => Choice(from.Size),
        Cast cast => Conversion(from, cast.To),
        Primitives.ComplexOf => from == DType.Float32 ? Joined<float> : Joined<double>,
        Component part => from == DType.Complex64 ? Taken<float>(part) : Taken<double>(part),
        Unary u when from == DType.Float32 => Real<float>(u) ?? Scalar(u, Float) ?? Number<float>(u),
        Unary u when from == DType.Float64 => Real<double>(u) ?? Scalar<double>(u, f => f) ?? Number<double>(u),
        Unary u => ByType(from, u, null),
        Polygamma p when from == DType.Float32 => Each(Float(x => Gamma.Polygamma(p.Order, x))),
        Polygamma p when from == DType.Float64 => Each<double>(x => Gamma.Polygamma(p.Order, x)),
        Binary b when from == DType.Float32 => Real<float>(b) ?? Number<float>(b),
        Binary b when from == DType.Float64 => Real<double>(b) ?? Number<double>(b),
        Binary b => ByType(from, null, b),
        _ => throw new InvalidOperationException($"{op} is not elementwise"),
    };

    // Whole numbers; truth values have an order only.
    private static Tile ByType(DType from, Unary? u, Binary? b)
    {
        if (from == DType.Bool) return b is null ? throw from.Unknown : Ordered<byte>(b) ?? throw new InvalidOperationException($"{b} is not defined for truth values");
        var whole = new Whole(u, b);
        return Dispatch.Visit<Whole, Tile>(from, ref whole);
    }

    private readonly struct Whole(Unary? u, Binary? b) : IElementVisitor<Tile>
    {
        public Tile Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => u is null ? Number<T>(b!) : Number<T>(u);
    }

    private static Func<float, float> Float(Func<double, double> f) => x => (float)f(x);

    // Functions of real numbers: each has the same bits at every position of a tile. The framework's vector routines have not, so
    // only those whose results are exact or correctly rounded stand here.
    private static Tile? Real<T>(Unary op) where T : unmanaged, IFloatingPointIeee754<T> =>
        op == Unary.Exp ? Smooth<T, Exponentials.Exp>() :
        op == Unary.Exp2 ? Smooth<T, Exponentials.Exp2>() :
        op == Unary.Expm1 ? Smooth<T, Exponentials.Expm1>() :
        op == Unary.Sigmoid ? Smooth<T, Exponentials.Sigmoid>() :
        op == Unary.Softplus ? Smooth<T, Exponentials.Softplus>() :
        op == Unary.Tanh ? Smooth<T, Exponentials.Tanh>() :
        op == Unary.Sinh ? Smooth<T, Exponentials.Sinh>() :
        op == Unary.Cosh ? Smooth<T, Exponentials.Cosh>() :
        op == Unary.Log ? Smooth<T, Logarithms.Log>() :
        op == Unary.Log2 ? Smooth<T, Logarithms.Log2>() :
        op == Unary.Log10 ? Smooth<T, Logarithms.Log10>() :
        op == Unary.Log1p ? Smooth<T, Logarithms.Log1p>() :
        op == Unary.Sin ? Smooth<T, Trigonometry.Sin>() :
        op == Unary.Cos ? Smooth<T, Trigonometry.Cos>() :
        op == Unary.Erf ? Smooth<T, ErrorFunctions.Erf>() :
        op == Unary.Erfc ? Smooth<T, ErrorFunctions.Erfc>() :
        op == Unary.Sqrt ? One<T>(TensorPrimitives.Sqrt) :
        op == Unary.Floor ? One<T>(TensorPrimitives.Floor) :
        op == Unary.Ceiling ? One<T>(TensorPrimitives.Ceiling) :
        op == Unary.Round ? One<T>(TensorPrimitives.Round) :
        op == Unary.Truncate ? One<T>(TensorPrimitives.Truncate) :
        null;

    private static Tile Smooth<T, TFunction>() where TFunction : IVectorFunction<TFunction> =>
        typeof(T) == typeof(float) ? VectorFunction.Single<TFunction> : VectorFunction.Double<TFunction>;

    private static Tile? Scalar<T>(Unary op, Func<Func<double, double>, Func<T, T>> lift) where T : unmanaged =>
        op == Unary.Tan ? Each(lift(Math.Tan)) :
        op == Unary.Asin ? Each(lift(Math.Asin)) :
        op == Unary.Acos ? Each(lift(Math.Acos)) :
        op == Unary.Atan ? Each(lift(Math.Atan)) :
        op == Unary.Asinh ? Each(lift(Math.Asinh)) :
        op == Unary.Acosh ? Each(lift(Math.Acosh)) :
        op == Unary.Atanh ? Each(lift(Math.Atanh)) :
        op == Unary.ErfInv ? Each(lift(ErrorFunctions.Inverse)) :
        op == Unary.LogGamma ? Each(lift(Gamma.Log)) :
        op == Unary.Digamma ? Each(lift(Gamma.Digamma)) :
        null;

    private static Tile Number<T>(Unary op) where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        op == Unary.Neg ? One<T>(TensorPrimitives.Negate) :
        op == Unary.Abs ? One<T>(Special.Abs) :
        op == Unary.Sign ? Each<T>(x => x > T.Zero ? T.One : x < T.Zero ? T.Zero - T.One : T.Zero) :
        throw new InvalidOperationException($"{op} is not defined for {typeof(T).Name}");

    private static Tile? Real<T>(Binary op) where T : unmanaged, IFloatingPointIeee754<T> =>
        op == Binary.Div ? Two<T>(TensorPrimitives.Divide) :
        op == Binary.Pow ? Two<T>(Special.Pow) :
        op == Binary.Atan2 ? Each<T>((a, b) => T.CreateTruncating(Math.Atan2(double.CreateTruncating(a), double.CreateTruncating(b)))) :
        op == Binary.Hypot ? Each<T>(T.Hypot) :
        op == Binary.Rem ? Each<T>(Special.Rem) :
        op == Binary.FloorDiv ? Each<T>(Special.FloorDiv) :
        null;

    private static Tile Number<T>(Binary op) where T : unmanaged, INumber<T> =>
        Ordered<T>(op) ??
        (op == Binary.Add ? Two<T>(TensorPrimitives.Add) :
        op == Binary.Mul ? Two<T>(TensorPrimitives.Multiply) :
        op == Binary.Rem ? Each<T>(Special.IntegerRem) :
        op == Binary.FloorDiv ? Each<T>(Special.IntegerFloorDiv) :
        op == Binary.Pow ? Each<T>(Special.IntegerPower) :
        throw new InvalidOperationException($"{op} is not defined for {typeof(T).Name}"));

    private static Tile? Ordered<T>(Binary op) where T : unmanaged, INumber<T> =>
        op == Binary.Max ? Two<T>(TensorPrimitives.Max) :
        op == Binary.Min ? Two<T>(TensorPrimitives.Min) :
        op == Binary.Less ? Compared<T, Comparison.Less<T>> :
        op == Binary.LessEqual ? Compared<T, Comparison.LessEqual<T>> :
        op == Binary.Equal ? Compared<T, Comparison.Equal<T>> :
        null;

    private static Tile One<T>(OneOperand<T> f) where T : unmanaged =>
        (d, a, _, _, n) => f(new ReadOnlySpan<T>((void*)a, n), new Span<T>((void*)d, n));

    private static Tile Two<T>(TwoOperands<T> f) where T : unmanaged =>
        (d, a, b, _, n) => f(new ReadOnlySpan<T>((void*)a, n), new ReadOnlySpan<T>((void*)b, n), new Span<T>((void*)d, n));

    private static Tile Each<T>(Func<T, T> f) where T : unmanaged => (d, a, _, _, n) =>
    {
        for (var i = 0; i < n; i++) ((T*)d)[i] = f(((T*)a)[i]);
    };

    private static Tile Each<T>(Func<T, T, T> f) where T : unmanaged => (d, a, b, _, n) =>
    {
        for (var i = 0; i < n; i++) ((T*)d)[i] = f(((T*)a)[i], ((T*)b)[i]);
    };

    private static void Compared<T, TTest>(nint d, nint a, nint b, nint c, int n) where T : unmanaged where TTest : Comparison.ITest<T>
    {
        for (var i = 0; i < n; i++) ((byte*)d)[i] = TTest.Holds(((T*)a)[i], ((T*)b)[i]) ? (byte)1 : (byte)0;
    }

    private static Tile Choice(int size) => size switch
    {
        1 => Chosen<byte>,
        2 => Chosen<ushort>,
        4 => Chosen,
        8 => Chosen<ulong>,
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, "no such element size"),
    };

    // Sixteen at a time: the mask's bytes are widened to the elements' size.
    private static void Chosen(nint d, nint condition, nint a, nint b, int n)
    {
        var i = 0;
        for (; i + 16 <= n; i += 16)
        {
            var (low, high) = Vector128.Widen(Vector128.Load((byte*)condition + i));
            var (w0, w1) = Vector128.Widen(low);
            var (w2, w3) = Vector128.Widen(high);
            Four(w0, i);
            Four(w1, i + 4);
            Four(w2, i + 8);
            Four(w3, i + 12);
        }
        Chosen<uint>(d + 4 * i, condition + i, a + 4 * i, b + 4 * i, n - i);

        void Four(Vector128<uint> mask, int k) =>
            Vector128.ConditionalSelect(Vector128.Equals(mask, Vector128<uint>.Zero), Vector128.Load((uint*)b + k), Vector128.Load((uint*)a + k)).Store((uint*)d + k);
    }

    // Without branches: masks are often random.
    private static void Chosen<T>(nint d, nint condition, nint a, nint b, int n) where T : unmanaged, IBinaryInteger<T>
    {
        for (var i = 0; i < n; i++)
        {
            var mask = T.Zero - T.CreateTruncating(((byte*)condition)[i]);
            ((T*)d)[i] = (((T*)a)[i] & mask) | (((T*)b)[i] & ~mask);
        }
    }

    private static bool IsFloat<T>() => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    private static Tile Conversion(DType from, DType to)
    {
        if (from == to) return Copied(from.Size);
        if (from.IsHalf || to.IsHalf) return Stored(from, to);
        var converting = new From(to);
        return Dispatch.Visit<From, Tile>(from, ref converting);
    }

    private readonly struct From(DType to) : IElementVisitor<Tile>
    {
        public Tile Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            if (to == DType.Bool) return Tested<T>;
            var converting = new To<T>();
            return Dispatch.Visit<To<T>, Tile>(to, ref converting);
        }
    }

    private readonly struct To<TFrom> : IElementVisitor<Tile> where TFrom : unmanaged, INumber<TFrom>
    {
        public Tile Visit<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => Convert<TFrom, T>;
    }

    private static void Tested<T>(nint d, nint a, nint b, nint c, int n) where T : unmanaged, INumber<T>
    {
        for (var i = 0; i < n; i++) ((byte*)d)[i] = ((T*)a)[i] == T.Zero ? (byte)0 : (byte)1;
    }

    // Half types, from and to float32.
    private static Tile Copied(int size) => (d, a, _, _, n) => Buffer.MemoryCopy((void*)a, (void*)d, (long)n * size, (long)n * size);

    private static Tile Stored(DType from, DType to) => (from, to) switch
    {
        (DType.Float16, DType.Float32) => static (d, a, _, _, n) => TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>((void*)a, n), new Span<float>((void*)d, n)),
        (DType.Float32, DType.Float16) => static (d, a, _, _, n) => TensorPrimitives.ConvertToHalf(new ReadOnlySpan<float>((void*)a, n), new Span<Half>((void*)d, n)),
        (DType.BFloat16, DType.Float32) => Mapped<BFloat16, float>(static x => x),
        (DType.Float32, DType.BFloat16) => Mapped<float, BFloat16>(static x => (BFloat16)x),
        _ => throw from.Unknown,
    };

    private static Tile Mapped<TFrom, TTo>(Func<TFrom, TTo> f) where TFrom : unmanaged where TTo : unmanaged => (d, a, _, _, n) =>
    {
        for (var i = 0; i < n; i++) ((TTo*)d)[i] = f(((TFrom*)a)[i]);
    };

    // Complex numbers are pairs: the real part, the imaginary part.
    private static void Joined<T>(nint d, nint a, nint b, nint c, int n) where T : unmanaged
    {
        for (var i = 0; i < n; i++) (((T*)d)[2 * i], ((T*)d)[2 * i + 1]) = (((T*)a)[i], ((T*)b)[i]);
    }

    private static Tile Taken<T>(Component part) where T : unmanaged => (d, a, _, _, n) =>
    {
        var from = (T*)a + (part.Imaginary ? 1 : 0);
        for (var i = 0; i < n; i++) ((T*)d)[i] = from[2 * i];
    };

    // Floating-point numbers beyond a narrow type go through int64 and wrap, as literals do and as processors and PyTorch do.
    private static void Convert<TFrom, TTo>(nint d, nint a, nint b, nint c, int n) where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        if (IsFloat<TFrom>() && !IsFloat<TTo>() && typeof(TTo) != typeof(long))
        {
            for (var i = 0; i < n; i++) ((TTo*)d)[i] = TTo.CreateTruncating(long.CreateTruncating(((TFrom*)a)[i]));
            return;
        }
        if (typeof(TFrom) == typeof(TTo)) new ReadOnlySpan<TFrom>((void*)a, n).CopyTo(new Span<TFrom>((void*)d, n));
        else TensorPrimitives.ConvertTruncating(new ReadOnlySpan<TFrom>((void*)a, n), new Span<TTo>((void*)d, n));
    }
}
