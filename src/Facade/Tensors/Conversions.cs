namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Another element type or device; the same object when nothing changes. https://pytorch.org/docs/2.6/generated/torch.Tensor.to.html</summary>
        public Tensor to(dtype dtype)
        {
            if (dtype.Type == Node.DType) return this;
            if (is_complex() && !dtype.is_complex && dtype != torch.@bool) warnings.once("Casting complex values to real discards the imaginary part");
            return Laid(Record("ToCopyBackward0", Saves.None, x => Ops.Cast(x, dtype.Type), this), this);
        }

        /// <summary>Another device.</summary>
        /// <exception cref="AssertionError">There is no such device.</exception>
        public Tensor to(device device)
        {
            Demand(device);
            return this;
        }

        /// <summary>Another element type and device.</summary>
        public Tensor to(device device, dtype dtype) => to(device).to(dtype);

        /// <summary>Another device, by name.</summary>
        public Tensor to(string device) => to((device)device);

        /// <summary>Another element type.</summary>
        public Tensor type(dtype dtype) => to(dtype);

        /// <summary>The element type of another tensor.</summary>
        public Tensor type_as(Tensor other) => to(other.dtype);

        /// <summary>The first GPU.</summary>
        /// <exception cref="AssertionError">There is none.</exception>
        public Tensor cuda() => to(CUDA);

        /// <summary>The CPU.</summary>
        public Tensor cpu() => this;

        /// <summary>float32.</summary>
        public Tensor @float() => to(float32);

        /// <summary>float16.</summary>
        public Tensor half() => to(float16);

        /// <summary>bfloat16.</summary>
        public Tensor bfloat16() => to(torch.bfloat16);

        /// <summary>complex64.</summary>
        public Tensor cfloat() => to(complex64);

        /// <summary>complex128.</summary>
        public Tensor cdouble() => to(complex128);

        /// <summary>float64.</summary>
        public Tensor @double() => to(float64);

        /// <summary>int64.</summary>
        public Tensor @long() => to(int64);

        /// <summary>int32.</summary>
        public Tensor @int() => to(int32);

        /// <summary>bool.</summary>
        public Tensor @bool() => to(torch.@bool);

        /// <summary>The elements as an array in row-major order: a copy, where NumPy's array shares its memory. https://pytorch.org/docs/2.6/generated/torch.Tensor.numpy.html</summary>
        /// <typeparam name="T">The element type.</typeparam>
        /// <param name="force">Also of a tensor that requires grad.</param>
        /// <exception cref="RuntimeError">The tensor requires grad, and force is not set.</exception>
        /// <exception cref="TypeError">T is not the element type.</exception>
        public T[] numpy<T>(bool force = false) where T : unmanaged =>
            requires_grad && !force ? throw new RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.") : to_array<T>();

        /// <summary>A leaf of its own with the same elements, and a copy of the gradient: what Python's copy.deepcopy gives.</summary>
        /// <exception cref="RuntimeError">The tensor is not a leaf.</exception>
        public virtual Tensor __deepcopy__()
        {
            if (!is_leaf) throw new RuntimeError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001");
            var copy = detach().clone();
            copy.SetLeafRequiresGrad(requires_grad);
            copy.gradient = gradient?.__deepcopy__();
            return copy;
        }

        /// <summary>The rows one after the other, as views that one operation made: <c>foreach (var row in x)</c>.</summary>
        /// <exception cref="TypeError">The tensor has no dimensions.</exception>
        public IEnumerator<Tensor> GetEnumerator() => ndim == 0 ? throw new TypeError("iteration over a 0-d tensor") : ((IEnumerable<Tensor>)this.unbind()).GetEnumerator();

        /// <summary>The elements in row-major order, as doubles, longs, bools or System.Numerics.Complex.</summary>
        public object[] tolist() => Node.DType switch
        {
            DType.Bool => [.. Elements<bool>().Cast<object>()],
            { IsFloat: true } => [.. Doubles().Cast<object>()],
            { IsComplex: true } => [.. Parts(Ops.Real).Zip(Parts(Ops.Imag), (re, im) => (object)new System.Numerics.Complex(re, im))],
            _ => [.. Longs().Cast<object>()],
        };
    }

    /// <summary>Access to the elements, as users of TorchSharp write it: <c>x.data&lt;float&gt;()</c>.</summary>
    /// <exception cref="TypeError">T is not the element type.</exception>
    internal static T[] Data<T>(Tensor x) where T : unmanaged => x.to_array<T>();
}

/// <summary>Extension methods of the facade.</summary>
public static class TensorExtensions
{
    /// <summary>The elements in row-major order: <c>x.data&lt;float&gt;()</c> beside the property <c>x.data</c>.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <exception cref="torch.TypeError">T is not the element type.</exception>
    public static T[] data<T>(this torch.Tensor x) where T : unmanaged => torch.Data<T>(x);
}
