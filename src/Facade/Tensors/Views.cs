using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>A view of this tensor, recorded.</summary>
        internal Tensor View(string name, Func<Node, Node> read, Func<Node, Node, Node> write, Layout? layout = null) => Views(name, [new(read, write, layout)], Creation.Normal)[0];

        // Views that one operation makes share its history.
        private Tensor[] Views(string name, IReadOnlyList<Movement> movements, Creation kind)
        {
            var epoch = storage.Epoch;
            var own = Node;
            var nodes = new Node[movements.Count];
            for (var i = 0; i < nodes.Length; i++)
            {
                var movement = movements[i];
                nodes[i] = Guard(() => movement.Read(own));
            }
            var from = viewed is null ? Creation.Normal : made;
            if (from == Creation.Normal) from = GradMode ? kind : Creation.NoGrad;
            var fn = requires_grad && GradMode && own.DType.IsSmooth ? new GradFn(name, Saves.None, nodes, [own], [Edge]) : null;
            var views = new Tensor[nodes.Length];
            for (var i = 0; i < views.Length; i++)
                views[i] = new Tensor(nodes[i], storage, version, new Window(window, movements[i], movements[i].Layout ?? Moved(own, nodes[i])), epoch)
                {
                    viewed = viewed ?? this,
                    made = from,
                    followed = version.Value,
                    gradFn = fn,
                    outputNr = fn is null ? 0 : i,
                };
            return views;
        }

        // Where PyTorch would find the elements: the layout so far, seen through the movements from one node to the other.
        private Layout Moved(Node from, Node to)
        {
            var path = new Stack<Node>();
            for (var n = to; !ReferenceEquals(n, from) && n.Inputs.Length > 0; n = n.Inputs[0]) path.Push(n);
            var layout = Layout;
            foreach (var n in path) layout = layout.Through(n.Op, n.Type) ?? Plans.Layout.Dense(n.Type);
            return layout;
        }

        /// <summary>Elements between neighbours along each dimension, as PyTorch counts them.</summary>
        public long[] stride() => [.. Layout.Strides];

        /// <summary>Whether the elements lie in row-major order. https://pytorch.org/docs/2.6/generated/torch.Tensor.is_contiguous.html</summary>
        public bool is_contiguous() => Layouts.IsContiguous(Layout);

        /// <summary>The tensor itself when its elements lie in row-major order, else a copy that does.</summary>
        public Tensor contiguous() => is_contiguous() ? this : Record("CloneBackward0", Saves.None, Copied, this);

        private Dims Resolved(long[] sizes)
        {
            var unknown = Array.IndexOf(sizes, -1);
            // Beyond 64 bits it is enough to know that it is beyond.
            var known = sizes.Where(s => s != -1).Aggregate(Int128.One, (a, b) => b == 0 || a <= long.MaxValue ? a * b : a);
            Dims shape = Functional.Autograd.Dims.Create(sizes);
            if (sizes.Count(s => s == -1) > 1) throw new RuntimeError("only one dimension can be inferred");
            if (sizes.Any(s => s < -1)) throw new RuntimeError($"invalid shape dimension {sizes.First(s => s < -1)}");
            if (unknown >= 0 && known == 0 && Type.Count == 0) throw new RuntimeError($"cannot reshape tensor of 0 elements into shape {shape} because the unspecified dimension size -1 can be any value and is ambiguous");
            if (unknown >= 0 && known != 0 && Type.Count % known == 0) shape = shape.With(unknown, (long)(Type.Count / known));
            return shape.Contains(-1) || (unknown < 0 && known != Type.Count) ? throw new RuntimeError($"shape '{Functional.Autograd.Dims.Create(sizes)}' is invalid for input of size {Type.Count}") : shape;
        }

        private Tensor Reshaped(string name, Dims shape, Layout layout)
        {
            var from = Dims;
            return View(name, x => Ops.Reshape(x, shape), (_, v) => Ops.Reshape(v, from), layout);
        }

        /// <summary>The same elements under another shape; one size may be −1. https://pytorch.org/docs/2.6/generated/torch.Tensor.view.html</summary>
        /// <exception cref="RuntimeError">The shape does not fit, or the strides do not allow a view.</exception>
        public Tensor view(params long[] shape)
        {
            var sizes = Resolved(shape);
            if (Layouts.Viewed(Layout, sizes) is not { } layout) throw new RuntimeError("view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.");
            return Reshaped("ViewBackward0", sizes, layout);
        }

        /// <summary>The shape of another tensor.</summary>
        public Tensor view_as(Tensor other) => view(other.shape);

        /// <summary>The same elements under another shape; a view where strides allow, else a copy. https://pytorch.org/docs/2.6/generated/torch.reshape.html</summary>
        /// <exception cref="RuntimeError">The shape does not fit.</exception>
        public Tensor reshape(params long[] shape)
        {
            var sizes = Resolved(shape);
            return Layouts.Viewed(Layout, sizes) is { } layout ? Reshaped(is_contiguous() ? "ViewBackward0" : "ReshapeAliasBackward0", sizes, layout)
                : Record("UnsafeViewBackward0", Saves.None, x => Ops.Reshape(x, sizes), this);
        }

        /// <summary>Joins dimensions into one. https://pytorch.org/docs/2.6/generated/torch.flatten.html</summary>
        public Tensor flatten(int start_dim = 0, int end_dim = -1)
        {
            var (i, j) = (Wrap(start_dim, ndim), Wrap(end_dim, ndim));
            if (ndim == 0) return reshape(1);
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
            return View(name, x => Ops.Permute(x, axes), (_, v) => Ops.Permute(v, back));
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
        public Tensor t() => Turned("t");

        private Tensor Turned(string name) => ndim > 2 ? throw new RuntimeError($"{name}() expects a tensor with <= 2 dimensions, but self is {ndim}D") : Permuted("TBackward0", ndim < 2 ? Dims.Range(ndim) : [1, 0]);

        /// <summary>All dimensions reversed.</summary>
        public Tensor T
        {
            get
            {
                if (ndim == 0) warnings.once("Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases.");
                else if (ndim != 2) warnings.once("The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.");
                return Permuted("PermuteBackward0", Dims.From(Dims.Range(ndim).Reverse()));
            }
        }

        /// <summary>The last two dimensions swapped.</summary>
        /// <exception cref="RuntimeError">A vector.</exception>
        public Tensor mT
        {
            get
            {
                if (ndim == 1) throw new RuntimeError("tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor.");
                if (ndim == 0) warnings.once("Tensor.mT is deprecated on 0-D tensors. This function is the identity in these cases.");
                return ndim == 0 ? Permuted("PermuteBackward0", Dims.Empty) : Swapped("TransposeBackward0", -2, -1);
            }
        }

        /// <summary>Inserts a dimension of size 1. https://pytorch.org/docs/2.6/generated/torch.unsqueeze.html</summary>
        public Tensor unsqueeze(int dim)
        {
            var d = Wrap(dim, ndim + 1);
            // The stride of a single place is anybody's choice; PyTorch's is the size of what lies within it.
            var (shape, stride) = (Dims.Inserted(d, 1), d < ndim ? Dims[d] * Layout.Strides[d] : 1);
            return Reshaped("UnsqueezeBackward0", shape, Layout with { Shape = shape, Strides = Layout.Strides.Inserted(d, stride) });
        }

        /// <summary>Drops all dimensions of size 1. https://pytorch.org/docs/2.6/generated/torch.squeeze.html</summary>
        public Tensor squeeze() => Kept("SqueezeBackward0", Dims.From(Dims.Range(ndim).Where(k => Dims[(int)k] != 1)));

        private Tensor Kept(string name, Dims axes)
        {
            var shape = Dims.Pick(axes);
            return Reshaped(name, shape, Layout with { Shape = shape, Strides = Layout.Strides.Pick(axes) });
        }

        /// <summary>Drops a dimension if its size is 1.</summary>
        public Tensor squeeze(int dim) => Kept("SqueezeBackward1", Wrap(dim, ndim) is var d && ndim > 0 && Dims[d] == 1 ? Dims.Range(ndim).Without(d) : Dims.Range(ndim));

        /// <summary>Repeats dimensions of size 1 without copying; −1 keeps a size. https://pytorch.org/docs/2.6/generated/torch.Tensor.expand.html</summary>
        /// <exception cref="RuntimeError">A size does not fit.</exception>
        public Tensor expand(params long[] sizes)
        {
            var lead = sizes.Length - ndim;
            if (lead < 0) throw new RuntimeError($"expand({(Node.DType == DType.Bool ? "CPUBoolType" : type())}{{{Dims}}}, size={Dims.Create(sizes)}): the number of sizes provided ({sizes.Length}) must be greater or equal to the number of dimensions in the tensor ({ndim})");
            var shape = Dims.Build(sizes.Length, k => sizes[k] == -1 && k >= lead ? Dims[k - lead] : sizes[k]);
            for (var k = 0; k < lead; k++)
                if (sizes[k] < 0) throw new RuntimeError($"The expanded size of the tensor ({sizes[k]}) isn't allowed in a leading, non-existing dimension {k}");
            for (var k = sizes.Length - 1; k >= lead; k--)
                if (Dims[k - lead] != 1 && Dims[k - lead] != shape[k])
                    throw new RuntimeError($"The expanded size of the tensor ({shape[k]}) must match the existing size ({Dims[k - lead]}) at non-singleton dimension {k}.  Target sizes: {shape}.  Tensor sizes: {Dims}");
            // Repeated elements are one: the first of them is what is written.
            var own = Dims;
            Dims first = [.. Dims.Repeat(1, lead), .. own];
            return View("ExpandBackward0", x => Ops.Broadcast(x, shape), (_, v) => Ops.Reshape(Ops.Slice(v, Dims.Repeat(0, first.Count), first), own), Layouts.Expanded(Layout, shape));
        }

        /// <summary>Expands to the shape of another tensor.</summary>
        public Tensor expand_as(Tensor other) => expand(other.shape);

        /// <summary>Part of a dimension. https://pytorch.org/docs/2.6/generated/torch.narrow.html</summary>
        /// <exception cref="RuntimeError">The part exceeds the dimension.</exception>
        public Tensor narrow(int dim, long start, long length)
        {
            var d = Wrap(dim, ndim);
            if (ndim == 0) throw new RuntimeError("narrow() cannot be applied to a 0-dim tensor.");
            if (length < 0) throw new RuntimeError("narrow(): length must be non-negative.");
            if (start < -Dims[d] || start > Dims[d]) throw new IndexError($"start out of range (expected to be in range of [{-Dims[d]}, {Dims[d]}], but got {start})");
            if (start < 0) start += Dims[d];
            if (length > Dims[d] - start) throw new RuntimeError($"start ({start}) + length ({length}) exceeds dimension size ({Dims[d]}).");
            return Sliced("SliceBackward0", d, start, start + length, 1);
        }

        private Tensor Sliced(string name, int d, long start, long stop, long step) => Views(name, [Slicing(d, start, stop, step)], Creation.Normal)[0];

        private Movement Slicing(int d, long start, long stop, long step)
        {
            var begin = Dims.Repeat(0, ndim).With(d, start);
            var steps = Dims.Repeat(1, ndim).With(d, step);
            var length = Math.Max(0, (Math.Min(stop, Dims[d]) - start + step - 1) / step);
            var layout = Layout with { Shape = Dims.With(d, length), Strides = Layout.Strides.With(d, Layout.Strides[d] * step), Offset = Layout.Offset + start * Layout.Strides[d] };
            return new(x => Ops.SliceAxis(x, d, start, stop, step), (x, v) => Ops.Insert(x, v, begin, steps), layout);
        }

        /// <summary>One position of a dimension, which vanishes. https://pytorch.org/docs/2.6/generated/torch.select.html</summary>
        /// <exception cref="IndexError">The position is out of range, or there is no dimension.</exception>
        public Tensor select(int dim, long index)
        {
            if (ndim == 0) throw new IndexError("select() cannot be applied to a 0-dim tensor.");
            var d = Wrap(dim, ndim);
            if (index < -Dims[d] || index >= Dims[d]) throw new IndexError($"select(): index {index} out of range for tensor of size {Dims} at dimension {d}");
            return Views("SelectBackward0", [Selecting(d, index)], Creation.Normal)[0];
        }

        // As an index writes it: with another text of the error.
        private Tensor At(int d, long index, int told)
        {
            var size = d < ndim ? Dims[d] : 0;
            if (index < -size || index >= size) throw new IndexError($"index {index} is out of bounds for dimension {told} with size {size}");
            return Views("SelectBackward0", [Selecting(d, index)], Creation.Normal)[0];
        }

        private Movement Selecting(int d, long index)
        {
            var i = index < 0 ? index + Dims[d] : index;
            var (begin, ones) = (Dims.Repeat(0, ndim).With(d, i), Dims.Repeat(1, ndim));
            var layout = new Layout(Layout.DType, Dims.Without(d), Layout.Strides.Without(d), Type.Count == 0 ? 0 : Layout.Offset + i * Layout.Strides[d]);
            return new(x => Ops.Squeeze(Ops.SliceAxis(x, d, i, i + 1), d), (x, v) => Ops.Insert(x, Ops.Unsqueeze(v, d), begin, ones), layout);
        }

        /// <summary>All positions of a dimension as views. https://pytorch.org/docs/2.6/generated/torch.unbind.html</summary>
        public Tensor[] unbind(int dim = 0)
        {
            if (ndim == 0) throw new IndexError("Dimension specified as 0 but tensor has no dimensions");
            var d = Wrap(dim, ndim);
            return Views("UnbindBackward0", [.. Enumerable.Range(0, (int)Dims[d]).Select(i => Selecting(d, i))], Creation.MultiOutput);
        }

        /// <summary>Pieces of a size along a dimension, the last perhaps smaller. https://pytorch.org/docs/2.6/generated/torch.split.html</summary>
        public Tensor[] split(long split_size, int dim = 0)
        {
            if (ndim == 0) throw new RuntimeError("split expects at least a 1-dimensional tensor");
            var d = Wrap(dim, ndim);
            if (split_size == 0 && Dims[d] > 0) throw new RuntimeError($"split_size can only be 0 if dimension size is 0, but got dimension size of {Dims[d]}");
            if (split_size < 0) throw new RuntimeError($"split expects split_size be non-negative, but got split_size={split_size}");
            var count = split_size == 0 ? 1 : Math.Max(1, (Dims[d] + split_size - 1) / split_size);
            return Views("SplitBackward0", [.. Enumerable.Range(0, (int)count).Select(i => Slicing(d, i * split_size, Math.Min(Dims[d], (i + 1) * split_size), 1))], Creation.MultiOutput);
        }

        /// <summary>A number of pieces along a dimension. https://pytorch.org/docs/2.6/generated/torch.chunk.html</summary>
        /// <exception cref="RuntimeError">Fewer than one piece, or no dimensions.</exception>
        public Tensor[] chunk(long chunks, int dim = 0)
        {
            if (ndim == 0) throw new RuntimeError("chunk expects at least a 1-dimensional tensor");
            if (chunks < 1) throw new RuntimeError($"chunk expects `chunks` to be greater than 0, got: {chunks}");
            var size = (Dims[Wrap(dim, ndim)] + chunks - 1) / chunks;
            return size == 0 ? Views("SplitWithSizesBackward0", [.. Enumerable.Range(0, (int)chunks).Select(_ => Slicing(Wrap(dim, ndim), 0, 0, 1))], Creation.MultiOutput) : split(size, dim);
        }

        /// <summary>A diagonal of two dimensions; it comes last. https://pytorch.org/docs/2.6/generated/torch.diagonal.html</summary>
        /// <exception cref="RuntimeError">The dimensions are equal.</exception>
        public Tensor diagonal(long offset = 0, int dim1 = 0, int dim2 = 1)
        {
            var (i, j) = (Wrap(dim1, ndim), Wrap(dim2, ndim));
            if (i == j) throw new RuntimeError($"diagonal dimensions cannot be identical {dim1}, {dim2}");
            return View("DiagonalBackward0", x => Ops.Diagonal(x, offset, i, j), (x, v) => Ops.InsertDiagonal(x, v, offset, i, j), Along(offset, i, j));
        }

        // A diagonal takes one step along both dimensions at once.
        private Layout Along(long offset, int i, int j)
        {
            var (from, count) = (Layout, Math.Max(0, offset >= 0 ? Math.Min(Dims[i], Dims[j] - offset) : Math.Min(Dims[i] + offset, Dims[j])));
            var rest = Dims.From(Dims.Range(ndim).Where(k => k != i && k != j));
            var start = count == 0 ? 0 : offset >= 0 ? offset * from.Strides[j] : -offset * from.Strides[i];
            return new(from.DType, [.. Dims.Pick(rest), count], [.. from.Strides.Pick(rest), from.Strides[i] + from.Strides[j]], from.Offset + start);
        }

        /// <summary>Transposes in place: only the shape changes.</summary>
        public Tensor t_() => InPlaceView("TBackward1", Turned("t_"));

        /// <summary>Inserts a dimension of size 1 in place.</summary>
        public Tensor unsqueeze_(int dim) => InPlaceView("UnsqueezeBackward1", unsqueeze(dim));

        /// <summary>Drops a dimension of size 1 in place, which counts as a change.</summary>
        internal Tensor Unlisted(int dim) => InPlaceView("SqueezeBackward4", squeeze(dim));

        // The elements stay where they are; the tensor itself becomes another window on them. Its aliases do not change.
        private Tensor InPlaceView(string name, Tensor moved)
        {
            Writing(this);
            (window, sight) = (moved.window, moved.sight);
            version.Bump();
            // Without recording, a view has lost its way back, and finds it through its base.
            if (moved.gradFn is { } fn) Follow(new GradFn(name, Saves.None, fn.Outputs, fn.Inputs, fn.Edges), 0);
            if (GradMode) followed = version.Value;
            return this;
        }
    }
}
