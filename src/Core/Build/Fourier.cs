using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class Ops
{
    /// <summary>The discrete Fourier transform along an axis. https://pytorch.org/docs/2.6/generated/torch.fft.fft.html</summary>
    /// <param name="x">The tensor; real numbers become complex: float32 complex64, float64 and integers complex128.</param>
    /// <param name="n">The length transformed: the axis is cut, or filled up with zeros; its own when left out.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="norm">"backward" divides the inverse transform by n, "forward" the forward one, "ortho" both by √n.</param>
    /// <returns>The tensor's shape with n along the axis, complex.</returns>
    /// <exception cref="ShapeException">The axis is out of range, or n is less than 1.</exception>
    /// <exception cref="ArgumentException">The norm has another name.</exception>
    public static Node Fft(Node x, long? n = null, int axis = -1, string norm = "backward") => Transformed("Fft", x, n, axis, norm, inverse: false);

    /// <summary>The inverse of <see cref="Fft"/>. https://pytorch.org/docs/2.6/generated/torch.fft.ifft.html</summary>
    /// <inheritdoc cref="Fft"/>
    public static Node Ifft(Node x, long? n = null, int axis = -1, string norm = "backward") => Transformed("Ifft", x, n, axis, norm, inverse: true);

    /// <summary>The first n/2 + 1 elements of the transform of real numbers; the others are their conjugates. https://pytorch.org/docs/2.6/generated/torch.fft.rfft.html</summary>
    /// <returns>The tensor's shape with n/2 + 1 along the axis, complex.</returns>
    /// <exception cref="ShapeException">The tensor is complex, the axis is out of range, or n is less than 1.</exception>
    /// <inheritdoc cref="Fft"/>
    public static Node Rfft(Node x, long? n = null, int axis = -1, string norm = "backward") => x.DType.IsComplex ? throw new ShapeException($"Rfft: {x.Type} is not real")
        : Transformed("Rfft", x, n, axis, norm, inverse: false) is var y ? SliceAxis(y, axis, 0, y.Shape[Axis(y, axis)] / 2 + 1) : x;

    /// <summary>The inverse of <see cref="Rfft"/>: the imaginary part of the first element, and for even n of the last, counts as 0. https://pytorch.org/docs/2.6/generated/torch.fft.irfft.html</summary>
    /// <param name="x">n/2 + 1 elements along the axis; what is missing counts as 0.</param>
    /// <param name="n">The length of the result; twice the axis' less 2 when left out.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="norm">As in <see cref="Fft"/>.</param>
    /// <returns>The tensor's shape with n along the axis, real.</returns>
    /// <exception cref="ShapeException">The axis is out of range, or n is less than 1.</exception>
    /// <exception cref="ArgumentException">The norm has another name.</exception>
    public static Node Irfft(Node x, long? n = null, int axis = -1, string norm = "backward")
    {
        var a = Axis(x, axis, "Irfft");
        var count = n ?? 2 * (x.Shape[a] - 1);
        if (count < 1) throw new ShapeException($"Irfft: a transform of {count} elements of {x.Type}");
        x = Resized(AsComplex(x), a, count / 2 + 1);
        var others = Flip(SliceAxis(x, a, 1, count - count / 2), a);
        return Real(Transformed("Irfft", Concat([x, Conj(others)], a), null, a, norm, inverse: true));
    }

    /// <summary>The Fourier transform along several axes. https://pytorch.org/docs/2.6/generated/torch.fft.fftn.html</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; all when left out.</param>
    /// <param name="norm">As in <see cref="Fft"/>, of each axis.</param>
    /// <exception cref="ShapeException">An axis is out of range or appears twice, or has no elements.</exception>
    public static Node FftN(Node x, Dims? axes = null, string norm = "backward") => AxesOf(x, axes).Aggregate(x, (y, a) => Transformed("FftN", y, null, (int)a, norm, inverse: false));

    /// <summary>The inverse of <see cref="FftN"/>. https://pytorch.org/docs/2.6/generated/torch.fft.ifftn.html</summary>
    /// <inheritdoc cref="FftN"/>
    public static Node IfftN(Node x, Dims? axes = null, string norm = "backward") => AxesOf(x, axes).Aggregate(x, (y, a) => Transformed("IfftN", y, null, (int)a, norm, inverse: true));

    private static Node Transformed(string operation, Node x, long? n, int axis, string norm, bool inverse)
    {
        var a = Axis(x, axis, operation);
        var count = n ?? x.Shape[a];
        if (count < 1) throw new ShapeException($"{operation}: a transform of {count} elements of {x.Type}");
        var divided = norm switch
        {
            "backward" => inverse ? 1.0 / count : 1,
            "forward" => inverse ? 1 : 1.0 / count,
            "ortho" => 1 / Math.Sqrt(count),
            _ => throw new ArgumentException($"{operation}: the norm {norm} is none of backward, forward and ortho", nameof(norm)),
        };
        var last = MoveAxis(Resized(AsComplex(x), a, count), a, -1);
        var y = MoveAxis(Reshape(new Node(new Fourier(inverse), Reshape(last, [last.Shape[..^1].Product, count])), last.Shape), -1, a);
        return divided == 1 ? y : ToComplex(Real(y) * divided, Imag(y) * divided);
    }

    private static Node AsComplex(Node x) => x.DType.IsComplex ? x : ToComplex(x, Like(x, 0));

    // Cut, or filled up with zeros.
    private static Node Resized(Node x, int axis, long count)
    {
        var (n, none) = (x.Shape[axis], Dims.Repeat(0, x.Type.Rank));
        return n > count ? SliceAxis(x, axis, 0, count) : n < count ? Pad(x, none, none.With(axis, count - n)) : x;
    }
}
