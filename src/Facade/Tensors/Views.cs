using Functional.Autograd.Plans;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>A view of this tensor, recorded.</summary>
        internal Tensor View(string name, Func<Node, Node> read, Func<Node, Node, Node> write, Layout? layout = null) => Shown(name, [new(read, write, layout)], Creation.Normal)[0];

        // Views that one operation makes share its history.
        internal Tensor[] Shown(string name, IReadOnlyList<Movement> movements, Creation kind)
        {
            var (epoch, own) = (storage.Epoch, Node);
            var (nodes, windows) = (Parts(own, movements), new Window[movements.Count]);
            for (var i = 0; i < nodes.Length; i++) windows[i] = new(window, movements[i], movements[i].Layout ?? Moved(own, nodes[i]));
            return Seen(name, own, nodes, windows, kind, epoch);
        }

        private static Node[] Parts(Node own, IReadOnlyList<Movement> movements)
        {
            var nodes = new Node[movements.Count];
            for (var i = 0; i < nodes.Length; i++)
            {
                var movement = movements[i];
                nodes[i] = Guard(() => movement.Read(own));
            }
            return nodes;
        }

        // The same as tensors of their own.
        internal Tensor[] Copies(string name, IReadOnlyList<Movement> movements)
        {
            var own = Node;
            Node[] nodes = [.. Parts(own, movements).Select(Copied)];
            var fn = requires_grad && GradMode && own.DType.IsSmooth ? new GradFn(name, Saves.None, nodes, [own], [Edge]) : null;
            Tensor[] copies = [.. nodes.Select((node, i) => new Tensor(node) { gradFn = fn, outputNr = fn is null ? 0 : i })];
            for (var i = 0; i < copies.Length && Duals.Any; i++) Move(copies[i], Duals.Pushed(name, Saves.None, nodes[i], [own], [this]));
            return copies;
        }

        private Tensor[] Seen(string name, Node own, Node[] nodes, Window[] windows, Creation kind, int epoch)
        {
            var from = viewed is null ? Creation.Normal : made;
            if (from == Creation.Normal) from = GradMode ? kind : Inference.On && !version.IsInference ? Creation.Inference : Creation.NoGrad;
            var fn = requires_grad && GradMode && own.DType.IsSmooth ? new GradFn(name, Saves.None, nodes, [own], [Edge]) : null;
            var views = new Tensor[nodes.Length];
            for (var i = 0; i < views.Length; i++)
                views[i] = new Tensor(nodes[i], storage, version, windows[i], epoch)
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

        /// <summary>The place of the first element in memory. https://pytorch.org/docs/2.6/generated/torch.Tensor.storage_offset.html</summary>
        public long storage_offset() => Layout.Offset;

        /// <summary>Whether the elements lie in row-major order. https://pytorch.org/docs/2.6/generated/torch.Tensor.is_contiguous.html</summary>
        public bool is_contiguous() => Layouts.IsContiguous(Layout);

        internal Dims Resolved(long[] sizes)
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

        internal Tensor Reshaped(string name, Dims shape, Layout layout)
        {
            var from = Dims;
            return View(name, x => Ops.Reshape(x, shape), (_, v) => Ops.Reshape(v, from), layout);
        }

        internal Tensor Permuted(string name, Dims axes)
        {
            var back = new Permute(axes).Inverse;
            return View(name, x => Ops.Permute(x, axes), (_, v) => Ops.Permute(v, back), Layout with { Shape = Dims.Pick(axes), Strides = Layout.Strides.Pick(axes) });
        }

        internal Tensor Swapped(string name, long dim0, long dim1)
        {
            var (i, j) = (Wrap(dim0, ndim), Wrap(dim1, ndim));
            return Permuted(name, ndim == 0 ? Dims.Empty : Dims.Range(ndim).With(i, j).With(j, i));
        }

        internal Tensor Turned(string name) => ndim > 2 ? throw new RuntimeError($"{name}() expects a tensor with <= 2 dimensions, but self is {ndim}D") : Permuted("TBackward0", ndim < 2 ? Dims.Range(ndim) : [1, 0]);

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

        /// <summary>The transpose of a matrix, conjugated.</summary>
        /// <exception cref="RuntimeError">Neither a matrix nor a single element.</exception>
        public Tensor H => ndim is 0 or 2 ? mH : throw new RuntimeError($"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor.");

        internal Tensor Kept(string name, Dims axes)
        {
            var shape = Dims.Pick(axes);
            return Reshaped(name, shape, Layout with { Shape = shape, Strides = Layout.Strides.Pick(axes) });
        }

        // Repeats dimensions of size 1 without copying; −1 keeps a size.
        internal Tensor Expanded(Dims sizes)
        {
            var lead = sizes.Count - ndim;
            if (lead < 0) throw new RuntimeError($"expand({(Node.DType == DType.Bool ? "CPUBoolType" : type())}{{{Dims}}}, size={sizes}): the number of sizes provided ({sizes.Count}) must be greater or equal to the number of dimensions in the tensor ({ndim})");
            var shape = Dims.Build(sizes.Count, k => sizes[k] == -1 && k >= lead ? Dims[k - lead] : sizes[k]);
            for (var k = 0; k < lead; k++)
                if (sizes[k] < 0) throw new RuntimeError($"The expanded size of the tensor ({sizes[k]}) isn't allowed in a leading, non-existing dimension {k}");
            for (var k = sizes.Count - 1; k >= lead; k--)
                if (Dims[k - lead] != 1 && Dims[k - lead] != shape[k])
                    throw new RuntimeError($"The expanded size of the tensor ({shape[k]}) must match the existing size ({Dims[k - lead]}) at non-singleton dimension {k}.  Target sizes: {shape}.  Tensor sizes: {Dims}");
            // Repeated elements are one: the first of them is what is written.
            var own = Dims;
            Dims first = [.. Dims.Repeat(1, lead), .. own];
            return View("ExpandBackward0", x => Ops.Broadcast(x, shape), (_, v) => Ops.Reshape(Ops.Slice(v, Dims.Repeat(0, first.Count), first), own), Layouts.Expanded(Layout, shape));
        }

        internal Tensor Sliced(string name, int d, long start, long stop, long step) => Shown(name, [Slicing(d, start, stop, step)], Creation.Normal)[0];

        internal Movement Slicing(int d, long start, long stop, long step)
        {
            var begin = Dims.Repeat(0, ndim).With(d, start);
            var steps = Dims.Repeat(1, ndim).With(d, step);
            var length = Math.Max(0, (Math.Min(stop, Dims[d]) - start + step - 1) / step);
            var layout = Layout with { Shape = Dims.With(d, length), Strides = Layout.Strides.With(d, Layout.Strides[d] * step), Offset = Layout.Offset + start * Layout.Strides[d] };
            return new(x => Ops.SliceAxis(x, d, start, stop, step), (x, v) => Ops.Insert(x, v, begin, steps), layout);
        }

        // As an index writes it: with another text of the error.
        internal Tensor At(int d, long index, int told)
        {
            var size = d < ndim ? Dims[d] : 0;
            if (index < -size || index >= size) throw new IndexError($"index {index} is out of bounds for dimension {told} with size {size}");
            return Shown("SelectBackward0", [Selecting(d, index)], Creation.Normal)[0];
        }

        internal Movement Selecting(int d, long index)
        {
            var i = index < 0 ? index + Dims[d] : index;
            var (begin, ones) = (Dims.Repeat(0, ndim).With(d, i), Dims.Repeat(1, ndim));
            var layout = new Layout(Layout.DType, Dims.Without(d), Layout.Strides.Without(d), Type.Count == 0 ? 0 : Layout.Offset + i * Layout.Strides[d]);
            return new(x => Ops.Squeeze(Ops.SliceAxis(x, d, i, i + 1), d), (x, v) => Ops.Insert(x, Ops.Unsqueeze(v, d), begin, ones), layout);
        }

        // A diagonal takes one step along both dimensions at once.
        internal Layout Along(long offset, int i, int j)
        {
            var (from, count) = (Layout, Math.Max(0, offset >= 0 ? Math.Min(Dims[i], Dims[j] - offset) : Math.Min(Dims[i] + offset, Dims[j])));
            var rest = Dims.From(Dims.Range(ndim).Where(k => k != i && k != j));
            var start = count == 0 ? 0 : offset >= 0 ? offset * from.Strides[j] : -offset * from.Strides[i];
            return new(from.DType, [.. Dims.Pick(rest), count], [.. from.Strides.Pick(rest), from.Strides[i] + from.Strides[j]], from.Offset + start);
        }

        // Windows along a dimension show some places several times, so they are written by their places.
        internal Tensor Windowed(int d, long size, long step)
        {
            var from = Layout;
            if (ndim == 0) return View("UnfoldBackward0", x => Ops.SliceAxis(Ops.Reshape(x, [1]), 0, 0, size), (_, v) => Ops.Reshape(v, []), new(from.DType, [size], [1], from.Offset));
            Layout Of(Layout whole) => whole with { Shape = [.. whole.Shape.With(d, (whole.Shape[d] - size) / step + 1), size], Strides = [.. whole.Strides.With(d, whole.Strides[d] * step), whole.Strides[d]] };
            var seen = Of(from);
            return View("UnfoldBackward0", x => size == 0 ? Ops.Reshape(Ops.SliceAxis(x, d, 0, 0), seen.Shape) : Ops.Make(new Windows(d, size, step, 1), x),
                (x, v) => Layouts.Written(x, Layout.Dense(x.Type), Of(Layout.Dense(x.Type)), v), seen);
        }

        // Any places of the memory. Those that this tensor does not show have no gradient with respect to it.
        internal Tensor Strided(Layout layout)
        {
            // A part of complex numbers and a conjugate are not what lies in memory.
            if (window is not null && storage.Node.DType.IsComplex) throw new RuntimeError("as_strided: not of a view of complex numbers; clone() it before");
            var (epoch, own, memory) = (storage.Epoch, Node, storage.Layout);
            var movement = new Movement(whole => Layouts.Read(whole, memory, layout), (whole, v) => Layouts.Written(whole, memory, layout, v), layout);
            var places = Layouts.Places(memory, layout);
            Node node;
            if (window is null) node = Layouts.Read(own, memory, layout);
            else
            {
                var shown = new Dictionary<long, long>();
                foreach (var place in Layouts.Places(memory, Layout)) shown[place] = shown.Count;
                node = Ops.Detach(Layouts.Read(storage.Node, memory, layout));
                bool[] mine = [.. places.Select(shown.ContainsKey)];
                if (mine.Contains(true))
                {
                    var taken = Ops.Reshape(Ops.Take(Ops.Reshape(own, [own.Type.Count]), 0, Ops.Tensor<long>([.. places.Select(p => shown.GetValueOrDefault(p))])), layout.Shape);
                    node = mine.Contains(false) ? Ops.Where(Ops.Tensor<bool>(mine, layout.Shape), taken, node) : taken;
                }
            }
            return Seen("AsStridedBackward0", own, [node], [new(null, movement, layout)], Creation.Normal, epoch)[0];
        }

        /// <summary>Drops a dimension of size 1 in place, which counts as a change.</summary>
        internal Tensor Unlisted(int dim) => InPlaceView("SqueezeBackward4", squeeze(dim));

        // The elements stay where they are; the tensor itself becomes another window on them. Its aliases do not change.
        internal Tensor InPlaceView(string name, Tensor moved)
        {
            Writing(this);
            if (viewed is null) Duals.Become(this, moved);
            (window, sight) = (moved.window, moved.sight);
            version.Bump();
            // Without recording, a view has lost its way back, and finds it through its base.
            if (moved.gradFn is { } fn) Follow(new GradFn(name, Saves.None, fn.Outputs, fn.Inputs, fn.Edges), 0);
            if (GradMode) followed = version.Value;
            return this;
        }
    }
}
