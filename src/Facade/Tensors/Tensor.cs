using System.Globalization;
using System.Runtime.InteropServices;
using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A tensor with PyTorch's semantics: mutable, with views, version counters and gradients.</summary>
    /// <remarks>https://pytorch.org/docs/2.6/tensors.html</remarks>
    public partial class Tensor
    {
        internal Storage storage;
        internal VersionCounter version;
        internal Window? window;
        internal Tensor? viewed;
        // A gradient that PyTorch hands out as a view of something of its own.
        internal bool isPart;
        internal Watched? watched;
        internal Creation made;
        internal GradFn? gradFn;
        internal int outputNr;
        internal int followed;
        internal Tensor? gradient;
        internal int additions;
        internal HookList<Action<Tensor>>? postAccumulate;
        private AccumulateGrad? accumulator;
        private bool leafRequiresGrad;
        private Sight? sight;
        private bool retained;

        /// <summary>What was seen through a window, and after which write: one object, so that threads never see the one without the other.</summary>
        private sealed record Sight(Node Part, int Epoch);

        /// <summary>A tensor of a value, perhaps one that is seen through a window on a storage that others share.</summary>
        /// <param name="node">The value.</param>
        /// <param name="storage">The storage, if there is one already.</param>
        /// <param name="version">The version counter, if it is shared.</param>
        /// <param name="window">What part of the storage it is.</param>
        /// <param name="epoch">The storage's epoch, read before the value was: what is written between only has it looked at again.</param>
        internal Tensor(Node node, Storage? storage = null, VersionCounter? version = null, Window? window = null, int epoch = 0)
        {
            this.storage = storage ?? new Storage(node);
            this.version = version ?? new VersionCounter();
            this.window = window;
            if (window is not null) sight = new(node, epoch);
        }

        /// <summary>The current value as an immutable expression.</summary>
        internal Node Node
        {
            get
            {
                if (window is null) return storage.Node;
                var (now, epoch) = (sight, storage.Epoch);
                if (now is null || now.Epoch != epoch) sight = now = new(window.Read(storage.Node), epoch);
                return now.Part;
            }
        }

        /// <summary>Whether the elements are a storage of their own in row-major order.</summary>
        internal bool IsPlain => window is null && storage.Order is null;

        internal Layout Layout => window?.Layout ?? storage.Layout;

        internal TensorType Type => Node.Type;

        internal Dims Dims => Node.Shape;

        /// <summary>The number that this tensor still is, made of it by a conversion: it takes the other operand's type and keeps its own precision.</summary>
        internal Scalar? Number => window is null && !requires_grad ? storage.Number : null;

        // A computed value takes the place of its expression. What was recorded holds the expression itself and does not change.
        internal void Settle()
        {
            if (window is null) storage.Settle();
            else if (sight is { Part: { Value: { } value } part } now && !part.Inputs.IsEmpty) sight = now with { Part = Node.Leaf(value, part.Type) };
        }

        // A storage whose value at this tensor's place is the given one, and the other way round.
        internal Node Whole(Node own) => Over(storage.Node, own);

        internal Node Over(Node whole, Node own) => window is null ? own : window.Repeats && own.Type.Count > 0 ? Layouts.Written(whole, storage.Layout, window.Layout, own) : window.Write(whole, own);

        internal Node Part(Node whole) => window is null ? whole : window.Read(whole);

        /// <summary>Element type.</summary>
        public dtype dtype => Named(Node.DType);

        /// <summary>Where the elements are.</summary>
        public device device => CPU;

        /// <summary>The sizes.</summary>
        public Size shape => new(Dims);

        /// <summary>The number of dimensions.</summary>
        public int ndim => Dims.Count;

        /// <summary>The sizes.</summary>
        public Size size() => shape;

        /// <summary>The size along a dimension.</summary>
        public long size(int dim) => ndim == 0 ? throw new IndexError($"Dimension specified as {dim} but tensor has no dimensions") : Dims[Wrap(dim, ndim)];

        /// <summary>The number of dimensions.</summary>
        public int dim() => ndim;

        /// <summary>The number of elements.</summary>
        public long numel() => Type.Count;

        /// <summary>The number of elements.</summary>
        public long nelement() => Type.Count;

        /// <summary>Whether the element type is a type of real floating-point numbers.</summary>
        public bool is_floating_point() => Node.DType.IsFloat;

        /// <summary>Whether the element type is a type of complex numbers.</summary>
        public bool is_complex() => Node.DType.IsComplex;

        /// <summary>The size of the first dimension.</summary>
        /// <exception cref="TypeError">The tensor has no dimensions.</exception>
        public int __len__() => ndim == 0 ? throw new TypeError("len() of a 0-d tensor") : (int)Dims[0];

        /// <summary>PyTorch's legacy type name, such as torch.FloatTensor.</summary>
        public string type() => $"torch.{dtype.TensorType}Tensor";

        // As kernels call it.
        internal string KernelType => Node.DType == DType.Bool || Node.DType.IsComplex ? $"CPU{dtype.TensorType}Type" : type();

        /// <summary>How often the tensor, or one that shares its elements, was changed in place.</summary>
        public int _version => version.IsInference ? throw new RuntimeError("Inference tensors do not track version counter.") : version.Value;

        /// <summary>Whether the tensor was made in inference mode.</summary>
        public bool is_inference() => version.IsInference;

        /// <summary>The tensor that this is a view of; null when it owns its elements, or is a gradient.</summary>
        public Tensor? _base => viewed;

        /// <summary>Whether this is a view of another tensor.</summary>
        public bool _is_view() => isPart || viewed is not null;

        /// <summary>Whether gradients with respect to this tensor are wanted, or flow through it.</summary>
        /// <exception cref="RuntimeError">On setting: the tensor is not a leaf, or not of a floating-point type.</exception>
        public bool requires_grad
        {
            get => leafRequiresGrad || gradFn is not null || viewed is { requires_grad: true };
            set
            {
                if (grad_fn is not null) throw new RuntimeError(value ? "you can only change requires_grad flags of leaf variables." : NotLeaf);
                if (value && !Node.DType.IsSmooth) throw new RuntimeError("only Tensors of floating point and complex dtype can require gradients");
                if (value) CheckNormal();
                leafRequiresGrad = value;
            }
        }

        private const string NotLeaf = "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().";

        /// <summary>Sets whether gradients are wanted, and returns the tensor.</summary>
        /// <exception cref="RuntimeError">False for a tensor that is not a leaf; or not a floating-point type.</exception>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            if (grad_fn is not null) return requires_grad ? this : throw new RuntimeError(NotLeaf);
            if (requires_grad && !Node.DType.IsSmooth) throw new RuntimeError("only Tensors of floating point dtype can require gradients");
            if (requires_grad) CheckNormal();
            leafRequiresGrad = requires_grad;
            if (requires_grad && Node.Value is null) Together(this);
            return this;
        }

        private void CheckNormal()
        {
            if (version.IsInference && !Inference.On) throw new RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
        }

        internal void SetLeafRequiresGrad(bool value) => leafRequiresGrad = value;

        /// <summary>Whether the tensor was not made by a recorded operation.</summary>
        public bool is_leaf => grad_fn is null;

        /// <summary>The recorded operation that made this tensor; null for leaves.</summary>
        public GradFn? grad_fn
        {
            get
            {
                // A view whose base has changed since is a view of the new history.
                if (viewed is { } owner && followed != version.Value && (gradFn is not null || owner.requires_grad))
                {
                    if (made != Creation.Normal) throw new RuntimeError(Forbidden(this, "its base or another view of its base has been"));
                    followed = version.Value;
                    Follow(GradFn.Of("AsStridedBackward0", Saves.None, [owner], own => Part(owner.Whole(own[0]))), 0);
                }
                return gradFn;
            }
        }

        /// <summary>Gives the tensor a history; a gradient that is to be kept is kept of the new one.</summary>
        internal void Follow(GradFn? fn, int nr)
        {
            var kept = gradFn?.Forget(this) == true;
            (gradFn, outputNr) = (fn, nr);
            if (kept) fn?.Retain(this, nr);
        }

        /// <summary>Which result of <see cref="grad_fn"/> this is.</summary>
        public int output_nr => outputNr;

        internal Edge Edge => grad_fn is { } fn ? new(fn, outputNr) : leafRequiresGrad ? new(Accumulator, 0) : default;

        internal AccumulateGrad Accumulator
        {
            get
            {
                // Data of another type or shape has an end of its own, with the tensor's hooks.
                var end = accumulator;
                if (end?.Type.Equals(Node.Type) != true) Interlocked.CompareExchange(ref accumulator, new(this, end?.TensorHooks ?? new()), end);
                return accumulator!;
            }
        }

        /// <summary>The accumulated gradient; null before any backward pass.</summary>
        /// <exception cref="RuntimeError">On setting: another shape or element type, or the tensor itself.</exception>
        public Tensor? grad
        {
            get
            {
                if (gradFn is not null && !retains_grad && gradient is null)
                    warnings.warn("The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more informations.");
                return gradient;
            }
            set
            {
                if (ReferenceEquals(value, this)) throw new RuntimeError("can't assign Variable as its own grad");
                if (value is not null && value.Node.DType != Node.DType)
                    throw new RuntimeError($"attempting to assign a gradient with dtype '{value.dtype.InC}' to a tensor with dtype '{this.dtype.InC}'. Please ensure that the gradient and the tensor have the same dtype");
                if (value is not null && value.Dims != Dims)
                    throw new RuntimeError($"attempting to assign a gradient of size '{value.Dims}' to a tensor of size '{Dims}'. Please ensure that the gradient and the tensor are the same size");
                gradient = value;
            }
        }

        /// <summary>The elements without history: shares storage, but not the version counter. Setting it swaps the storage.</summary>
        /// <remarks>Writing through it never corrupts a gradient: recorded operations hold the values that they saw.</remarks>
        public Tensor data
        {
            get => Beside(null);
            set
            {
                if (value is null) throw new TypeError("Variable data has to be a tensor, but got NoneType");
                if (requires_grad && !value.Node.DType.IsSmooth) throw new RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype");
                (storage, window, sight) = (value.storage, value.window, null);
            }
        }

        /// <summary>The same elements without history; shares storage and version counter.</summary>
        public Tensor detach() => Beside(version);

        private Tensor Beside(VersionCounter? version)
        {
            var epoch = storage.Epoch;
            return new(Node, storage, version, window, epoch);
        }

        /// <summary>Cuts the tensor off from its history.</summary>
        /// <exception cref="RuntimeError">The tensor is a view that requires grad.</exception>
        public Tensor detach_()
        {
            if (_is_view()) throw new RuntimeError("Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution.");
            (gradFn, outputNr, leafRequiresGrad) = (null, 0, false);
            Duals.Forget(this);
            return this;
        }

        internal T[] Elements<T>() where T : unmanaged
        {
            Force([this]);
            return Evaluator.Read<T>(Node);
        }

        /// <summary>The elements as an array, in row-major order.</summary>
        /// <exception cref="TypeError">T is not the element type.</exception>
        public T[] to_array<T>() where T : unmanaged =>
            DTypes.Of<T>() == Node.DType ? Elements<T>() : throw new TypeError($"a tensor of type {dtype} cannot be read as {typeof(T).Name}");

        // A real part or an imaginary part of every element.
        internal double[] Parts(Func<Node, Node> part)
        {
            Force([this]);
            return Evaluator.Read<double>(Ops.Cast(part(Node), DType.Float64));
        }

        // Every element as a float64 or a 64-bit integer, for printing and conversion.
        internal double[] Doubles()
        {
            Force([this]);
            return Evaluator.Read<double>(Ops.Cast(Node, DType.Float64));
        }

        internal long[] Longs()
        {
            Force([this]);
            return Evaluator.Read<long>(Ops.Cast(Node, DType.Int64));
        }

        /// <summary>The single element: a double, a long, a bool or a System.Numerics.Complex.</summary>
        /// <exception cref="RuntimeError">There is not exactly one element.</exception>
        public object item()
        {
            if (Type.Count == 1 && !Node.DType.IsPlain) return tolist()[0];
            var bits = SingleBits();
            return Node.DType switch
            {
                DType.Bool => bits != 0,
                { IsFloat: true } => BitConverter.Int64BitsToDouble(bits),
                _ => bits,
            };
        }

        /// <summary>The single element.</summary>
        /// <typeparam name="T">A number type or bool.</typeparam>
        /// <exception cref="RuntimeError">There is not exactly one element, or T does not hold it.</exception>
        /// <exception cref="TypeError">T is neither a number type of .NET nor bool.</exception>
        public T item<T>() where T : unmanaged
        {
            var value = item();
            if (typeof(T) == typeof(System.Numerics.Complex)) return (T)(object)(value is System.Numerics.Complex whole ? whole : Convert.ToDouble(value, CultureInfo.InvariantCulture));
            if (value is System.Numerics.Complex z) value = WithoutImaginary(z, InScalar<T>());
            if (typeof(T) == typeof(Half)) return (T)(object)(Half)Convert.ToDouble(value, CultureInfo.InvariantCulture);
            // As (T)value: cut towards zero, where a conversion would round.
            if (value is double real && typeof(T) != typeof(double) && typeof(T) != typeof(float) && typeof(T) != typeof(bool)) value = Whole(real);
            try
            {
                return (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture);
            }
            catch (OverflowException)
            {
                throw new RuntimeError($"value cannot be converted to type {InScalar<T>()} without overflow");
            }
            catch (InvalidCastException)
            {
                throw new TypeError($"a tensor of type {dtype} cannot be read as {typeof(T).Name}");
            }
        }

        // What PyTorch's source calls a type that tensors have.
        private static string InScalar<T>() where T : unmanaged => DTypes.Known<T>() is { } type ? Named(type).InScalar : typeof(T).Name;

        // A number without an imaginary part.
        private static double WithoutImaginary(System.Numerics.Complex z, string type) => z.Imaginary == 0 ? z.Real : throw new RuntimeError($"value cannot be converted to type {type} without overflow");

        private static double Whole(double value) => double.IsNaN(value) ? throw new ValueError("cannot convert float NaN to integer")
            : double.IsInfinity(value) ? throw new OverflowError("cannot convert float infinity to integer") : Math.Truncate(value);

        private long SingleBits()
        {
            if (Type.Count != 1) throw new RuntimeError($"a Tensor with {Type.Count} elements cannot be converted to Scalar");
            Force([this]);
            return Node.Value!.ScalarBits;
        }

        private double Single() => Type.Count == 1 ? item() is var value && value is System.Numerics.Complex z ? WithoutImaginary(z, "double") : Convert.ToDouble(value, CultureInfo.InvariantCulture)
            : throw new ValueError("only one element tensors can be converted to Python scalars");

        private const string Integer = "int() argument must be a string, a bytes-like object or a real number";

        private static Tensor Convertible(Tensor? x, string refusal) => x ?? throw new TypeError($"{refusal}, not 'NoneType'");

        /// <summary>float(x).</summary>
        public static explicit operator double(Tensor x) => Convertible(x, "float() argument must be a string or a real number").Single();

        /// <summary>float(x).</summary>
        public static explicit operator float(Tensor x) => (float)(double)x;

        /// <summary>int(x).</summary>
        /// <exception cref="ValueError">The element is NaN.</exception>
        /// <exception cref="OverflowError">The element is infinite.</exception>
        public static explicit operator long(Tensor x) => Convertible(x, Integer).Type.Count == 1 ? x.item<long>() : (long)x.Single();

        /// <summary>int(x).</summary>
        /// <exception cref="ValueError">The element is NaN.</exception>
        /// <exception cref="OverflowError">The element is infinite.</exception>
        public static explicit operator int(Tensor x) => Convertible(x, Integer).Type.Count == 1 ? x.item<int>() : (int)x.Single();

        /// <summary>bool(x).</summary>
        /// <exception cref="RuntimeError">There is not exactly one element.</exception>
        public static explicit operator bool(Tensor x) => x is not null && (x.IsRow ? throw new RuntimeError("vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please shout over at https://github.com/pytorch/functorch/issues/257 .")
            : x.Type.Count == 1 ? x.is_complex() ? (System.Numerics.Complex)x.item() != 0 : x.Single() != 0
            : throw new RuntimeError(x.Type.Count == 0 ? "Boolean value of Tensor with no values is ambiguous" : "Boolean value of Tensor with more than one value is ambiguous"));

        /// <summary>Whether a condition holds: <c>if (x &lt; y)</c>.</summary>
        public static bool operator true(Tensor x) => (bool)x;

        /// <summary>Whether a condition does not hold.</summary>
        public static bool operator false(Tensor x) => !(bool)x;
    }
}
