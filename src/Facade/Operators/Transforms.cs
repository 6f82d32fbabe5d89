namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Discrete Fourier transforms. https://pytorch.org/docs/2.6/fft.html</summary>
    public static Fourier fft { get; } = new();

    /// <summary>What <see cref="fft"/> holds. It is an object, since a class named fft can have no method of its own name.</summary>
    public sealed partial class Fourier
    {
        internal Fourier()
        {
        }
    }

    [Operators(typeof(Fourier), Instance = nameof(fft), Forms = Forms.Function)]
    private static class Transforms
    {
        /// <summary>The transform of one dimension, cut or filled up with zeros to n elements; norm divides by n: backward the inverse, forward this, ortho both by √n.</summary>
        /// <exception cref="RuntimeError">n is less than 1, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor fft(Tensor self, long? n = null, long dim = -1, string? norm = null) => self.is_complex() ? Whole(self, n, dim, norm, true) : Halved("fft", self, n, dim, norm, true, false);

        /// <summary>The inverse transform of one dimension.</summary>
        /// <exception cref="RuntimeError">n is less than 1, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor ifft(Tensor self, long? n = null, long dim = -1, string? norm = null) => self.is_complex() ? Whole(self, n, dim, norm, false) : Halved("ifft", self, n, dim, norm, false, false);

        /// <summary>The first n/2 + 1 elements of the transform of real numbers; the others are their conjugates.</summary>
        /// <exception cref="RuntimeError">The tensor is complex, n is less than 1, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor rfft(Tensor self, long? n = null, long dim = -1, string? norm = null) => Halved("rfft", self, n, dim, norm, true, true);

        /// <summary>The n real numbers whose transform begins with the elements; n is 2·(size − 1) unless given.</summary>
        /// <exception cref="RuntimeError">n is less than 1, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor irfft(Tensor self, long? n = null, long dim = -1, string? norm = null) => Doubled(self, n, dim, norm, false);

        /// <summary>The n real numbers that are the transform of what begins with the elements and goes on with their conjugates.</summary>
        /// <exception cref="RuntimeError">n is less than 1, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor hfft(Tensor self, long? n = null, long dim = -1, string? norm = null) => Doubled(self, n, dim, norm, true);

        /// <summary>The inverse of hfft: the first n/2 + 1 elements of the inverse transform of real numbers.</summary>
        /// <exception cref="RuntimeError">The tensor is complex, n is less than 1, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor ihfft(Tensor self, long? n = null, long dim = -1, string? norm = null) => Halved("ihfft", self, n, dim, norm, false, true);

        /// <summary>The transform of two dimensions.</summary>
        /// <exception cref="RuntimeError">A size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor fft2(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null) => fftn(self, s, dim ?? (-2, -1), norm);

        /// <summary>The inverse transform of two dimensions.</summary>
        /// <exception cref="RuntimeError">A size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor ifft2(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null) => ifftn(self, s, dim ?? (-2, -1), norm);

        /// <summary>The transform of two dimensions of real numbers, of which half of the last is kept.</summary>
        /// <exception cref="RuntimeError">The tensor is complex, a size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor rfft2(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null) => rfftn(self, s, dim ?? (-2, -1), norm);

        /// <summary>The inverse of rfft2.</summary>
        /// <exception cref="RuntimeError">A size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor irfft2(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null) => irfftn(self, s, dim ?? (-2, -1), norm);

        /// <summary>The real transform of two dimensions of what goes on with its conjugates.</summary>
        /// <exception cref="RuntimeError">A size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor hfft2(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null) => hfftn(self, s, dim ?? (-2, -1), norm);

        /// <summary>The inverse of hfft2.</summary>
        /// <exception cref="RuntimeError">The tensor is complex, a size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor ihfft2(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null) => ihfftn(self, s, dim ?? (-2, -1), norm);

        /// <summary>The transform of several dimensions, the last ones if only sizes are given, and all if neither.</summary>
        /// <exception cref="RuntimeError">A size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor fftn(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null) => Shaped(self, s, dim) is var (dims, sizes) ? Turned(Sized(Promoted(self, true), dims, sizes), dims, norm, true) : self;

        /// <summary>The inverse transform of several dimensions.</summary>
        /// <exception cref="RuntimeError">A size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor ifftn(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null) => Shaped(self, s, dim) is var (dims, sizes) ? Turned(Sized(Promoted(self, true), dims, sizes), dims, norm, false) : self;

        /// <summary>The transform of several dimensions of real numbers, of which half of the last is kept.</summary>
        /// <exception cref="RuntimeError">The tensor is complex, a size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor rfftn(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null)
        {
            if (self.is_complex()) throw new RuntimeError($"rfftn expects a real-valued input tensor, but got {self.dtype.TensorType}");
            var (dims, sizes) = Some("rfftn", Shaped(self, s, dim));
            return FromReal(Sized(Promoted(self, false), dims, sizes), dims, norm, true, true);
        }

        /// <summary>The inverse of rfftn.</summary>
        /// <exception cref="RuntimeError">A size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor irfftn(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null)
        {
            var (dims, sizes, count) = ToReals("irfftn", self, s, dim);
            return ToReal(Sized(Promoted(self, true), dims, sizes), dims, count, norm, false);
        }

        /// <summary>The real transform of several dimensions of what goes on with its conjugates.</summary>
        /// <exception cref="RuntimeError">A size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor hfftn(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null)
        {
            var (dims, sizes, count) = ToReals("hfftn", self, s, dim);
            var x = Sized(Promoted(self, true), dims, sizes);
            return ToReal((dims.Length > 1 ? Turned(x, dims[..^1], norm, true) : x).conj(), dims[^1..], count, norm, true);
        }

        /// <summary>The inverse of hfftn.</summary>
        /// <exception cref="RuntimeError">The tensor is complex, a size is less than 1, dimensions repeat, there is no such norm, or the type is a half one.</exception>
        [Torch]
        public static Tensor ihfftn(Tensor self, Sizes? s = null, Sizes? dim = null, string? norm = null)
        {
            var (dims, sizes) = Some("ihfftn", Shaped(self, s, dim));
            if (self.is_complex()) throw new RuntimeError("Expected self.is_floating_point() to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)");
            var half = FromReal(Sized(Promoted(self, false), dims, sizes), dims[^1..], norm, false, true);
            return dims.Length == 1 ? half.conj() : Turned(half.conj_physical(), dims[..^1], norm, false);
        }

        /// <summary>The frequencies that the elements of a transform of n samples, each d apart, belong to.</summary>
        /// <exception cref="RuntimeError">n is negative, or the type is one of integers.</exception>
        [Torch]
        public static Tensor fftfreq(long n, double d = 1, dtype? dtype = null, bool requires_grad = false)
        {
            Checked([n]);
            Smooth("fftfreq", dtype);
            return Spaced(cat([torch.arange((n + 1) / 2, dtype: dtype ?? get_default_dtype()), torch.arange(-(n / 2), 0, dtype: dtype ?? get_default_dtype())]), n, d, requires_grad);
        }

        /// <summary>The first n/2 + 1 of these, none of them negative.</summary>
        /// <exception cref="RuntimeError">n is negative, or the type is one of integers.</exception>
        [Torch]
        public static Tensor rfftfreq(long n, double d = 1, dtype? dtype = null, bool requires_grad = false)
        {
            Smooth("rfftfreq", dtype);
            return Spaced(torch.arange(n / 2 + 1, dtype: dtype ?? get_default_dtype()), n, d, requires_grad);
        }

        /// <summary>The frequency 0 in the middle: dimensions rolled by half their sizes.</summary>
        [Torch]
        public static Tensor fftshift(Tensor self, Sizes? dim = null) => Rolled(self, dim, size => size / 2);

        /// <summary>The inverse of fftshift.</summary>
        [Torch]
        public static Tensor ifftshift(Tensor self, Sizes? dim = null) => Rolled(self, dim, size => (size + 1) / 2);

        private static void Smooth(string name, dtype? dtype)
        {
            if (dtype is { Type.IsSmooth: false }) throw new RuntimeError($"{name} requires a floating point or complex dtype");
        }

        private static Tensor Spaced(Tensor steps, long n, double d, bool requires_grad) => steps.mul(1 / (n * d)).requires_grad_(requires_grad);

        private static Tensor Rolled(Tensor self, Sizes? dim, Func<long, long> shift)
        {
            long[] dims = dim?.All ?? [.. Dims.Range(self.ndim)];
            return self.roll(dims.Select(d => shift(self.Dims[Wrap(d, self.ndim)])).ToArray(), dims);
        }

        private static Tensor Whole(Tensor self, long? n, long dim, string? norm, bool forward) => Line(self, n, dim) is var (d, count) ? Turned(Sized(Promoted(self, true), n is null ? [] : [d], [count]), [d], norm, forward) : self;

        private static Tensor Halved(string name, Tensor self, long? n, long dim, string? norm, bool forward, bool half)
        {
            if (self.is_complex()) throw new RuntimeError($"{name} expects a real input tensor, but got {self.dtype.TensorType}");
            var x = Promoted(self, false);
            var (d, count) = Line(x, n, dim);
            var y = FromReal(Sized(x, n is null ? [] : [d], [count]), [d], norm, forward, half);
            return forward ? y : y.conj();
        }

        private static Tensor Doubled(Tensor self, long? n, long dim, string? norm, bool forward)
        {
            var x = Promoted(self, true);
            var d = Axis(x, dim);
            var count = Counted(n ?? 2 * (x.Dims[d] - 1));
            x = Sized(x, n is null ? [] : [d], [count / 2 + 1]);
            return ToReal(forward ? x.conj() : x, [d], count, norm, forward);
        }

        // PyTorch's three: complex numbers from complex ones, complex from real ones, real from complex ones. A real transform is divided as the opposite of its direction where it stands for that.
        private static Tensor Turned(Tensor x, int[] dims, string? norm, bool forward)
        {
            var (name, axes) = (Norm(norm, true), Dims.From(dims.Select(d => (long)d)));
            return Record("FftC2CBackward0", Saves.None, x => dims.Length == 0 ? Copied(x) : forward ? Ops.FftN(x, axes, name) : Ops.IfftN(x, axes, name), x);
        }

        private static Tensor FromReal(Tensor x, int[] dims, string? norm, bool forward, bool half)
        {
            var (name, axes) = (Norm(norm, forward), Dims.From(dims.Select(d => (long)d)));
            return Record("FftR2CBackward0", Saves.Self, x => Ops.FftN(x, axes, name) is var y && half ? Ops.SliceAxis(y, dims[^1], 0, x.Shape[dims[^1]] / 2 + 1) : y, x);
        }

        private static Tensor ToReal(Tensor x, int[] dims, long count, string? norm, bool forward)
        {
            var (name, axes) = (Norm(norm, !forward), Dims.From(dims[..^1].Select(d => (long)d)));
            return Record("FftC2RBackward0", Saves.None, x => Ops.Irfft(dims.Length > 1 ? Ops.IfftN(x, axes, name) : x, count, dims[^1], name), x);
        }

        private static string Norm(string? norm, bool own) => norm switch
        {
            null or "backward" => own ? "backward" : "forward",
            "forward" => own ? "forward" : "backward",
            "ortho" => norm,
            _ => throw new RuntimeError($"Invalid normalization mode: \"{norm}\""),
        };

        private static Tensor Promoted(Tensor x, bool complex)
        {
            var type = x.Node.DType.IsSmooth ? x.dtype : get_default_dtype();
            if (type.Type.IsHalf) throw new RuntimeError($"Unsupported dtype {type.TensorType}");
            return x.to(complex ? type.to_complex() : type);
        }

        private static int Axis(Tensor x, long dim) => x.ndim > 0 ? Wrap(dim, x.ndim) : throw new IndexError($"Dimension specified as {dim} but tensor has no dimensions");

        private static long Counted(long n) => n > 0 ? n : throw new RuntimeError($"Invalid number of data points ({n}) specified");

        private static (int Dim, long Count) Line(Tensor x, long? n, long dim) => Axis(x, dim) is var d ? (d, Counted(n ?? x.Dims[d])) : default;

        // Which dimensions, and of which sizes.
        private static (int[] Dims, long[] Sizes) Shaped(Tensor x, Sizes? s, Sizes? dim)
        {
            int[]? dims = dim is { } given ? [.. given.Select(d => Axis(x, d))] : null;
            if (dims is not null && dims.Distinct().Count() < dims.Length) throw new RuntimeError("FFT dims must be unique");
            if (s?.All is not { } sizes)
            {
                dims ??= [.. Enumerable.Range(0, x.ndim)];
                return (dims, [.. dims.Select(d => Counted(x.Dims[d]))]);
            }
            if (dims is not null && dims.Length != sizes.Length) throw new RuntimeError("When given, dim and shape arguments must have the same length");
            if (sizes.Length > x.ndim) throw new RuntimeError($"Got shape with {sizes.Length} values but input tensor only has {x.ndim} dimensions.");
            dims ??= [.. Enumerable.Range(x.ndim - sizes.Length, sizes.Length)];
            return (dims, [.. sizes.Zip(dims, (n, d) => Counted(n == -1 ? x.Dims[d] : n))]);
        }

        private static (int[] Dims, long[] Sizes) Some(string name, (int[] Dims, long[] Sizes) shaped) => shaped.Dims.Length > 0 ? shaped : throw new RuntimeError($"{name} must transform at least one axis");

        // The same of what becomes real: the last dimension's half, and its whole size.
        private static (int[] Dims, long[] Sizes, long Count) ToReals(string name, Tensor self, Sizes? s, Sizes? dim)
        {
            var (dims, sizes) = Some(name, Shaped(self, s, dim));
            var count = Counted(s is { } given && given.All[^1] != -1 ? sizes[^1] : 2 * (self.Dims[dims[^1]] - 1));
            return (dims, [.. sizes[..^1], count / 2 + 1], count);
        }

        // Cut, and then filled up with zeros.
        private static Tensor Sized(Tensor x, int[] dims, long[] sizes)
        {
            var missing = new long[2 * x.ndim];
            for (var i = 0; i < dims.Length; i++)
            {
                if (x.Dims[dims[i]] > sizes[i]) x = x.narrow(dims[i], 0, sizes[i]);
                missing[2 * (x.ndim - 1 - dims[i]) + 1] = sizes[i] - x.Dims[dims[i]];
            }
            return missing.Any(n => n > 0) ? nn.functional.pad(x, missing) : x;
        }
    }
}
