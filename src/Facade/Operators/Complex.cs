using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    [Operators]
    private static class Complex
    {
        /// <summary>Complex numbers of real and imaginary parts.</summary>
        /// <exception cref="RuntimeError">The parts are not of one floating-point type.</exception>
        [Torch("ComplexBackward0", Saves.Self | Saves.Other, Forms = Forms.Function)]
        public static Node complex(Node real, Node imag) => Parts(real, imag);

        /// <summary>Complex numbers of absolute values and angles in radians.</summary>
        /// <exception cref="RuntimeError">The parts are not of one floating-point type.</exception>
        [Torch("PolarBackward0", Saves.Result, Forms = Forms.Function)]
        public static Node polar(Node abs, Node angle) => Parts(abs, angle) is var _ ? Ops.Polar(abs, angle) : abs;

        private static Node Parts(Node a, Node b)
        {
            if (a.DType is not (DType.Float16 or DType.Float32 or DType.Float64) || b.DType is not (DType.Float16 or DType.Float32 or DType.Float64))
                throw new RuntimeError($"Expected both inputs to be Half, Float or Double tensors but got {Named(a.DType).TensorType} and {Named(b.DType).TensorType}");
            if (a.DType != b.DType) throw new RuntimeError($"Expected object of scalar type {Named(a.DType).TensorType} but got scalar type {Named(b.DType).TensorType} for second argument");
            CheckBroadcast(a.Shape, b.Shape);
            return Ops.ToComplex(a, b);
        }

        /// <summary>The parts of complex numbers as a last dimension of size 2; a view.</summary>
        /// <exception cref="RuntimeError">The tensor is not complex.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor view_as_real(Tensor self)
        {
            if (!self.is_complex()) throw new RuntimeError("view_as_real is only supported for complex tensors");
            var layout = self.Layout;
            return self.View("ViewAsRealBackward0", Ops.ViewAsReal, (_, v) => Ops.ViewAsComplex(v),
                new Layout(layout.DType.PartType, [.. layout.Shape, 2], [.. layout.Strides.Select(s => 2 * s), 1], 2 * layout.Offset));
        }

        /// <summary>The complex numbers whose parts stand in the last dimension; a view.</summary>
        /// <exception cref="RuntimeError">The last dimension is not of size 2, or the type is not float16, float32 or float64.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor view_as_complex(Tensor self)
        {
            if (self.Node.DType is not (DType.Float32 or DType.Float64))
                throw new RuntimeError($"view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: {self.dtype.TensorType}");
            if (self.ndim == 0) throw new RuntimeError("Input tensor must have one or more dimensions");
            if (self.Dims[^1] != 2) throw new RuntimeError("Tensor must have a last dimension of size 2");
            var layout = self.Layout;
            if (layout.Strides[^1] != 1) throw new RuntimeError("Tensor must have a last dimension with stride 1");
            if (layout.Strides[..^1].Any(s => s % 2 != 0) || layout.Offset % 2 != 0) throw new RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension");
            return self.View("ViewAsComplexBackward0", Ops.ViewAsComplex, (_, v) => Ops.ViewAsReal(v),
                new Layout(self.dtype.to_complex().Type, layout.Shape[..^1], Dims.From(layout.Strides[..^1].Select(s => s / 2)), layout.Offset / 2));
        }

        /// <summary>The real parts, as a view; a real tensor itself.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor real(Tensor self) => self.is_complex() ? view_as_real(self).select(-1, 0) : self;

        /// <summary>The imaginary parts, as a view.</summary>
        /// <exception cref="RuntimeError">The tensor is not complex.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor imag(Tensor self) => self.is_complex() ? view_as_real(self).select(-1, 1) : throw new RuntimeError("imag is not implemented for tensors with non-complex dtypes.");

        /// <summary>The conjugates, as a view; a real tensor itself.</summary>
        [Torch]
        public static Tensor conj(Tensor self) => self.is_complex() ? self.View("ConjBackward0", Ops.Conj, (_, v) => Ops.Conj(v), self.Layout) : self;

        /// <summary>The conjugates; a real tensor itself.</summary>
        [Torch]
        public static Tensor conj_physical(Tensor self) => self.is_complex() ? Laid(Record("ConjPhysicalBackward0", Saves.None, Ops.Conj, self), self) : self;

        /// <summary>The tensor with its conjugation carried out, which is always done here.</summary>
        [Torch]
        public static Tensor resolve_conj(Tensor self) => self;

        /// <summary>The adjoint: the last two dimensions swapped, conjugated.</summary>
        /// <exception cref="RuntimeError">Not a matrix or a batch of matrices.</exception>
        [Torch]
        public static Tensor adjoint(Tensor self) => self.ndim >= 2 ? conj(self.mT) : throw new RuntimeError($"tensor.adjoint() is only supported on matrices or batches of matrices. Got {self.ndim}-D tensor.");

        /// <summary>The angles in radians, −π … π; of real numbers 0 or π.</summary>
        [Torch("AngleBackward0", Saves.Self)]
        public static Node angle(Node self) => Ops.Angle(self.DType.IsSmooth ? self : Ops.Cast(self, defaultType.Type));

        /// <summary>Whether the imaginary part is zero.</summary>
        [Torch]
        public static Node isreal(Node self) => self.DType.IsComplex ? Ops.Equal(Ops.Imag(self), 0) : Ops.Equal(Ops.Cast(self, DType.Bool), Ops.Cast(self, DType.Bool));

        /// <summary>Whether the element type is a type of complex numbers.</summary>
        [Torch(Forms = Forms.Function)]
        public static bool is_complex(Tensor self) => self.is_complex();

        /// <summary>Whether the element type is a type of real floating-point numbers.</summary>
        [Torch(Forms = Forms.Function)]
        public static bool is_floating_point(Tensor self) => self.is_floating_point();
    }

    public partial class Tensor
    {
        /// <summary>The real parts, as a view; a real tensor itself. On setting: written to. https://pytorch.org/docs/2.6/generated/torch.Tensor.real.html</summary>
        public Tensor real
        {
            get => Complex.real(this);
            set => Complex.real(this).copy_(value);
        }

        /// <summary>The imaginary parts, as a view. On setting: written to. https://pytorch.org/docs/2.6/generated/torch.Tensor.imag.html</summary>
        /// <exception cref="RuntimeError">The tensor is not complex.</exception>
        public Tensor imag
        {
            get => Complex.imag(this);
            set => Complex.imag(this).copy_(value);
        }

        /// <summary>The adjoint: the last two dimensions swapped, conjugated.</summary>
        public Tensor mH => Complex.adjoint(this);
    }
}
