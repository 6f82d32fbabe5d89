namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Window functions; a periodic one is the symmetric one with one more element, less its last.</summary>
    [Operators(Forms = Forms.Function)]
    private static class WindowFunctions
    {
        /// <summary>Bartlett's triangle: 1 − |2i/(N − 1) − 1|.</summary>
        /// <exception cref="RuntimeError">The length is negative, or the type is not a floating-point one.</exception>
        [Torch]
        public static Tensor bartlett_window(long window_length, bool periodic = true, dtype? dtype = null, bool requires_grad = false) =>
            Window("bartlett", window_length, periodic, dtype, requires_grad, x => 1 - Ops.Abs(x));

        /// <summary>Blackman's: 0.42 − 0.5·cos(2πi/(N − 1)) + 0.08·cos(4πi/(N − 1)).</summary>
        /// <exception cref="RuntimeError">The length is negative, or the type is not a floating-point one.</exception>
        [Torch]
        public static Tensor blackman_window(long window_length, bool periodic = true, dtype? dtype = null, bool requires_grad = false) =>
            Window("blackman", window_length, periodic, dtype, requires_grad, x => 0.42 + 0.5 * Ops.Cos(Math.PI * x) + 0.08 * Ops.Cos(2 * Math.PI * x));

        /// <summary>Hamming's: alpha − beta·cos(2πi/(N − 1)).</summary>
        /// <exception cref="RuntimeError">The length is negative, or the type is not a floating-point one.</exception>
        [Torch]
        public static Tensor hamming_window(long window_length, bool periodic = true, double alpha = 0.54, double beta = 0.46, dtype? dtype = null, bool requires_grad = false) =>
            Window("hamming", window_length, periodic, dtype, requires_grad, x => alpha + beta * Ops.Cos(Math.PI * x));

        /// <summary>Hann's: sin²(πi/(N − 1)).</summary>
        /// <exception cref="RuntimeError">The length is negative, or the type is not a floating-point one.</exception>
        [Torch]
        public static Tensor hann_window(long window_length, bool periodic = true, dtype? dtype = null, bool requires_grad = false) =>
            Window("hann", window_length, periodic, dtype, requires_grad, x => 0.5 + 0.5 * Ops.Cos(Math.PI * x));

        /// <summary>Kaiser's: I₀(beta·√(1 − (2i/(N − 1) − 1)²)) / I₀(beta).</summary>
        /// <exception cref="RuntimeError">The length is negative, or the type is not a floating-point one.</exception>
        [Torch]
        public static Tensor kaiser_window(long window_length, bool periodic = true, double beta = 12, dtype? dtype = null, bool requires_grad = false) =>
            Window("kaiser", window_length, periodic, dtype, requires_grad, x => Formulas.Bessel(beta * Ops.Sqrt(Ops.Max(1 - Ops.Square(x), 0)), 0) / Formulas.Bessel(Ops.Scalar(beta), 0));

        // A function of places from −1 to 1.
        private static Tensor Window(string name, long length, bool periodic, dtype? dtype, bool requires_grad, Func<Node, Node> f)
        {
            var type = (dtype ?? get_default_dtype()).Type;
            if (!type.IsSmooth) throw new RuntimeError($"{name}_window expects floating point dtypes, got: TensorOptions(dtype={Named(type).InC}, device=cpu, layout=Strided (default), requires_grad=false (default), pinned_memory=false, memory_format=(nullopt))");
            if (length < 0) throw new RuntimeError($"{name}_window requires non-negative window_length, got window_length={length}");
            if (length > 1 && type.IsComplex) throw new RuntimeError($"\"arange_cpu\" not implemented for '{Named(type).TensorType}'");
            if (length <= 1) return torch.ones([length], dtype: Named(type), requires_grad: requires_grad);
            var places = Ops.Arange(length, DType.Float64) * (2.0 / (periodic ? length : length - 1)) - 1;
            return Leaf(Ops.Cast(f(places), type), requires_grad);
        }
    }
}
