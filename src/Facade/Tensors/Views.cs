using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
        // The strides that PyTorch would show: the base's dense layout, seen through the view's movements.
        private Layout Layout
        {
            get
            {
                if (window is null) return Plans.Layout.Dense(Type);
                var hole = Node.Placeholder(window.Base.Type);
                var chain = new Stack<Node>();
                for (var n = window.Read(hole); !ReferenceEquals(n, hole) && n.Inputs.Length > 0; n = n.Inputs[0]) chain.Push(n);
                var layout = Plans.Layout.Dense(hole.Type);
                foreach (var n in chain) layout = layout.Through(n.Op, n.Type) ?? Plans.Layout.Dense(n.Type);
                return layout;
            }
        }

        /// <summary>Elements between neighbours along each dimension, as PyTorch counts them.</summary>
        public long[] stride() => [.. Layout.Strides];

        /// <summary>Whether the elements lie in row-major order. https://pytorch.org/docs/2.6/generated/torch.Tensor.is_contiguous.html</summary>
        public bool is_contiguous() => (Layout with { Offset = 0 }).IsDense;

        /// <summary>The tensor itself when its elements lie in row-major order, else a copy that does.</summary>
        public Tensor contiguous() => is_contiguous() ? this : clone();

        private Dims Sizes(long[] sizes)
        {
            var unknown = Array.IndexOf(sizes, -1);
            var known = sizes.Where(s => s != -1).Aggregate(1L, (a, b) => a * b);
            Dims shape = Functional.Autograd.Dims.Create(sizes);
            if (sizes.Count(s => s == -1) > 1) throw new RuntimeError("only one dimension can be inferred");
            if (sizes.Any(s => s < -1)) throw new RuntimeError($"invalid shape dimension {sizes.First(s => s < -1)}");
            if (unknown >= 0 && known == 0 && Type.Count == 0) throw new RuntimeError($"cannot reshape tensor of 0 elements into shape {shape} because the unspecified dimension size -1 can be any value and is ambiguous");
            if (unknown >= 0 && known != 0 && Type.Count % known == 0) shape = shape.With(unknown, Type.Count / known);
            return shape.Contains(-1) || shape.Product != Type.Count ? throw new RuntimeError($"shape '{Functional.Autograd.Dims.Create(sizes)}' is invalid for input of size {Type.Count}") : shape;
        }

        private Tensor Reshaped(string name, Dims shape)
        {
            var from = Dims;
            return MakeView(name, this, x => Ops.Reshape(x, shape), (x, v) => Ops.Reshape(v, from));
        }

        /// <summary>The same elements under another shape; one size may be −1. https://pytorch.org/docs/2.6/generated/torch.Tensor.view.html</summary>
        /// <exception cref="RuntimeError">The shape does not fit, or the strides do not allow a view.</exception>
        public Tensor view(params long[] shape)
        {
            var sizes = Sizes(shape);
            if (Layout.Through(new Reshape(sizes), Type.Reshaped(sizes)) is null) throw new RuntimeError("view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.");
            return Reshaped("ViewBackward0", sizes);
        }

        /// <summary>The shape of another tensor.</summary>
        public Tensor view_as(Tensor other) => view(other.shape);

        /// <summary>The same elements under another shape; a view where strides allow, else a copy. https://pytorch.org/docs/2.6/generated/torch.reshape.html</summary>
        /// <exception cref="RuntimeError">The shape does not fit.</exception>
        public Tensor reshape(params long[] shape)
        {
            var sizes = Sizes(shape);
            return Layout.Through(new Reshape(sizes), Type.Reshaped(sizes)) is null ? Record("UnsafeViewBackward0", Saves.None, Ops.Reshape(Node, sizes), this) : Reshaped("ViewBackward0", sizes);
        }

        /// <summary>Joins dimensions into one. https://pytorch.org/docs/2.6/generated/torch.flatten.html</summary>
        public Tensor flatten(int start_dim = 0, int end_dim = -1)
        {
            if (ndim == 0) return reshape(1);
            var (i, j) = (Wrap(start_dim, ndim), Wrap(end_dim, ndim));
            if (i > j) throw new RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim");
            return i == j ? this : reshape([.. Dims[..i], Dims[i..(j + 1)].Product, .. Dims[(j + 1)..]]);
        }

        /// <summary>Reorders dimensions. https://pytorch.org/docs/2.6/generated/torch.permute.html</summary>
        /// <exception cref="RuntimeError">Not a permutation.</exception>
        public Tensor permute(params long[] dims)
        {
            if (dims.Length != ndim) throw new RuntimeError($"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {dims.Length}");
            var axes = Dims.From(dims.Select(d => (long)Wrap(d, ndim)));
            return axes.Distinct().Count() != axes.Count ? throw new RuntimeError("permute(): duplicate dims are not allowed.") : Permuted("PermuteBackward0", axes);
        }

        private Tensor Permuted(string name, Dims axes)
        {
            var back = new Permute(axes).Inverse;
            return MakeView(name, this, x => Ops.Permute(x, axes), (x, v) => Ops.Permute(v, back));
        }

        /// <summary>Swaps two dimensions. https://pytorch.org/docs/2.6/generated/torch.transpose.html</summary>
        public Tensor transpose(int dim0, int dim1) => Swapped("TransposeBackward0", dim0, dim1);

        private Tensor Swapped(string name, int dim0, int dim1)
        {
            var (i, j) = (Wrap(dim0, ndim), Wrap(dim1, ndim));
            return Permuted(name, ndim == 0 ? Dims.Empty : Dims.Range(ndim).With(i, j).With(j, i));
        }

        /// <summary>The transpose of a matrix. https://pytorch.org/docs/2.6/generated/torch.t.html</summary>
        /// <exception cref="RuntimeError">More than two dimensions.</exception>
        public Tensor t() => ndim > 2 ? throw new RuntimeError($"t() expects a tensor with <= 2 dimensions, but self is {ndim}D") : Permuted("TBackward0", ndim < 2 ? Dims.Range(ndim) : [1, 0]);

        /// <summary>All dimensions reversed.</summary>
        public Tensor T => Permuted("PermuteBackward0", Dims.From(Dims.Range(ndim).Reverse()));

        /// <summary>The last two dimensions swapped.</summary>
        public Tensor mT => Swapped("TransposeBackward0", -2, -1);

        /// <summary>Inserts a dimension of size 1. https://pytorch.org/docs/2.6/generated/torch.unsqueeze.html</summary>
        public Tensor unsqueeze(int dim) => Reshaped("UnsqueezeBackward0", Dims.Inserted(Wrap(dim, ndim + 1), 1));

        /// <summary>Drops all dimensions of size 1. https://pytorch.org/docs/2.6/generated/torch.squeeze.html</summary>
        public Tensor squeeze() => Reshaped("SqueezeBackward0", Dims.From(Dims.Where(n => n != 1)));

        /// <summary>Drops a dimension if its size is 1.</summary>
        public Tensor squeeze(int dim) => Reshaped("SqueezeBackward1", ndim > 0 && Dims[Wrap(dim, ndim)] == 1 ? Dims.Without(Wrap(dim, ndim)) : Dims);

        /// <summary>Repeats dimensions of size 1 without copying; −1 keeps a size. https://pytorch.org/docs/2.6/generated/torch.Tensor.expand.html</summary>
        /// <exception cref="RuntimeError">A size does not fit.</exception>
        public Tensor expand(params long[] sizes)
        {
            var lead = sizes.Length - ndim;
            if (lead < 0) throw new RuntimeError($"expand({type()}{{{Dims}}}, size={Dims.Create(sizes)}): the number of sizes provided ({sizes.Length}) must be greater or equal to the number of dimensions in the tensor ({ndim})");
            var shape = Dims.Build(sizes.Length, k => sizes[k] == -1 && k >= lead ? Dims[k - lead] : sizes[k]);
            for (var k = lead; k < sizes.Length; k++)
                if (Dims[k - lead] != 1 && Dims[k - lead] != shape[k])
                    throw new RuntimeError($"The expanded size of the tensor ({shape[k]}) must match the existing size ({Dims[k - lead]}) at non-singleton dimension {k}.  Target sizes: {shape}.  Tensor sizes: {Dims}");
            return MakeView("ExpandBackward0", this, x => Ops.Broadcast(x, shape), shape == Dims ? (x, v) => v : null);
        }

        /// <summary>Expands to the shape of another tensor.</summary>
        public Tensor expand_as(Tensor other) => expand(other.shape);

        /// <summary>Part of a dimension. https://pytorch.org/docs/2.6/generated/torch.narrow.html</summary>
        /// <exception cref="RuntimeError">The part exceeds the dimension.</exception>
        public Tensor narrow(int dim, long start, long length)
        {
            var d = Wrap(dim, ndim);
            if (length < 0 || start + length > Dims[d] || start < 0) throw new RuntimeError($"start ({start}) + length ({length}) exceeds dimension size ({Dims[d]}).");
            return Sliced("SliceBackward0", d, start, start + length, 1);
        }

        internal Tensor Sliced(string name, int d, long start, long stop, long step, Creation made = Creation.Normal)
        {
            var begin = Dims.Repeat(0, ndim).With(d, start);
            var steps = Dims.Repeat(1, ndim).With(d, step);
            return MakeView(name, this, x => Ops.SliceAxis(x, d, start, stop, step), (x, v) => Ops.Insert(x, v, begin, steps), made);
        }

        /// <summary>One position of a dimension, which vanishes. https://pytorch.org/docs/2.6/generated/torch.select.html</summary>
        /// <exception cref="IndexError">The position is out of range, or there is no dimension.</exception>
        public Tensor select(int dim, long index) => Selected("SelectBackward0", dim, index, Creation.Normal);

        internal Tensor Selected(string name, int dim, long index, Creation made)
        {
            if (ndim == 0) throw new IndexError("select() cannot be applied to a 0-dim tensor.");
            var d = Wrap(dim, ndim);
            if (index < -Dims[d] || index >= Dims[d]) throw new IndexError(name == "" ? $"index {index} is out of bounds for dimension {d} with size {Dims[d]}" : $"select(): index {index} out of range for tensor of size {Dims} at dimension {d}");
            var i = index < 0 ? index + Dims[d] : index;
            var (begin, ones) = (Dims.Repeat(0, ndim).With(d, i), Dims.Repeat(1, ndim));
            return MakeView(name == "" ? "SelectBackward0" : name, this, x => Ops.Squeeze(Ops.SliceAxis(x, d, i, i + 1), d), (x, v) => Ops.Insert(x, Ops.Unsqueeze(v, d), begin, ones), made);
        }

        /// <summary>All positions of a dimension as views. https://pytorch.org/docs/2.6/generated/torch.unbind.html</summary>
        public Tensor[] unbind(int dim = 0)
        {
            if (ndim == 0) throw new RuntimeError("Dimension specified as 0 but tensor has no dimensions");
            return [.. Enumerable.Range(0, (int)Dims[Wrap(dim, ndim)]).Select(i => Selected("UnbindBackward0", dim, i, Creation.MultiOutput))];
        }

        /// <summary>Pieces of a size along a dimension, the last perhaps smaller. https://pytorch.org/docs/2.6/generated/torch.split.html</summary>
        public Tensor[] split(long split_size, int dim = 0)
        {
            var d = Wrap(dim, ndim);
            if (split_size < 0 || (split_size == 0 && Dims[d] > 0)) throw new RuntimeError($"split expects split_size be non-negative, but got split_size={split_size}");
            var count = split_size == 0 ? 1 : Math.Max(1, (Dims[d] + split_size - 1) / split_size);
            return [.. Enumerable.Range(0, (int)count).Select(i => Sliced("SplitBackward0", d, i * split_size, Math.Min(Dims[d], (i + 1) * split_size), 1, Creation.MultiOutput))];
        }

        /// <summary>A number of pieces along a dimension. https://pytorch.org/docs/2.6/generated/torch.chunk.html</summary>
        public Tensor[] chunk(long chunks, int dim = 0) => split(Math.Max(1, (Dims[Wrap(dim, ndim)] + chunks - 1) / chunks), dim);

        /// <summary>A diagonal of two dimensions; it comes last. https://pytorch.org/docs/2.6/generated/torch.diagonal.html</summary>
        public Tensor diagonal(long offset = 0, int dim1 = 0, int dim2 = 1) =>
            MakeView("DiagonalBackward0", this, x => Ops.Diagonal(x, offset, Wrap(dim1, ndim), Wrap(dim2, ndim)), null);

        /// <summary>Transposes in place: only the shape changes.</summary>
        public Tensor t_() => InPlaceView("TBackward1", t());

        /// <summary>Inserts a dimension of size 1 in place.</summary>
        public Tensor unsqueeze_(int dim) => InPlaceView("UnsqueezeBackward1", unsqueeze(dim));

        // The elements stay; the tensor becomes another view of them.
        private Tensor InPlaceView(string name, Tensor seenAs)
        {
            if (GradMode) CheckWritable(this);
            if (seenAs.gradFn is { } fn) (gradFn, outputNr) = (new GradFn(name, fn.Outputs, fn.Inputs, fn.Edges), 0);
            if (window is null) storage.Write(seenAs.Node);
            else (window, seen, seenEpoch) = (seenAs.window, seenAs.Node, storage.Epoch);
            version.Bump();
            return this;
        }
    }
}
