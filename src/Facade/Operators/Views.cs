namespace Functional.Autograd;

public static partial class torch
{
    // The same elements seen otherwise; how a view reads and writes through to its base is in Tensors/Views.cs.
    [Operators]
    private static class Views
    {
        /// <summary>The same elements under another shape; one size may be −1.</summary>
        /// <exception cref="RuntimeError">The shape does not fit, or the strides do not allow a view.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor view(Tensor self, params Sizes shape)
        {
            var sizes = self.Resolved(shape.All);
            if (Layouts.Viewed(self.Layout, sizes) is not { } layout) throw new RuntimeError("view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.");
            return self.Reshaped("ViewBackward0", sizes, layout);
        }

        /// <summary>The elements in the type that they have: bits are not read as another type here.</summary>
        /// <exception cref="NotImplementedError">The type is another.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor view(Tensor self, dtype dtype) => dtype == self.dtype ? self.Alias()
            : throw new NotImplementedError($"view(dtype): the bits of {self.dtype} cannot be seen as {dtype}; use .to(dtype) to convert the values");

        /// <summary>The shape of another tensor.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor view_as(Tensor self, Tensor other) => view(self, other.shape);

        /// <summary>The same elements under another shape; a view where strides allow, else a copy.</summary>
        /// <exception cref="RuntimeError">The shape does not fit.</exception>
        [Torch]
        public static Tensor reshape(Tensor self, params Sizes shape)
        {
            var sizes = self.Resolved(shape.All);
            return Layouts.Viewed(self.Layout, sizes) is { } layout ? self.Reshaped(self.is_contiguous() ? "ViewBackward0" : "ReshapeAliasBackward0", sizes, layout)
                : Record("UnsafeViewBackward0", Saves.None, x => Ops.Reshape(x, sizes), contiguous(self));
        }

        /// <summary>The shape of another tensor; a view where strides allow, else a copy.</summary>
        /// <exception cref="RuntimeError">The shape does not fit.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor reshape_as(Tensor self, Tensor other) => reshape(self, other.shape);

        /// <summary>The tensor itself when its elements lie in row-major order, else a copy that does.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor contiguous(Tensor self) => self.is_contiguous() ? self : Record("CloneBackward0", Saves.None, Copied, self);

        /// <summary>Joins dimensions into one.</summary>
        /// <exception cref="RuntimeError">The first dimension comes after the last.</exception>
        [Torch]
        public static Tensor flatten(Tensor self, long start_dim = 0, long end_dim = -1)
        {
            var (i, j) = (Wrap(start_dim, self.ndim), Wrap(end_dim, self.ndim));
            if (self.ndim == 0) return reshape(self, 1);
            if (i > j) throw new RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim");
            return i == j ? self : reshape(self, [.. self.Dims[..i], self.Dims[i..(j + 1)].Product, .. self.Dims[(j + 1)..]]);
        }

        /// <summary>All elements as a vector; a view where they lie in row-major order.</summary>
        [Torch]
        public static Tensor ravel(Tensor self) => view(contiguous(self), -1);

        /// <summary>Splits a dimension into several; one size may be −1.</summary>
        /// <exception cref="RuntimeError">The sizes do not multiply to the dimension's.</exception>
        [Torch]
        public static Tensor unflatten(Tensor self, long dim, Sizes sizes)
        {
            var d = Wrap(dim, self.ndim);
            if (sizes.All.Length == 0) throw new RuntimeError("unflatten: sizes must be non-empty");
            if (self.ndim == 0) throw new IndexError($"Dimension specified as {dim} but tensor has no dimensions");
            if (sizes.Count(n => n == -1) > 1) throw new RuntimeError("unflatten got an unexpected error:\nonly one dimension can be inferred");
            var known = sizes.Where(n => n != -1).Aggregate(Int128.One, (a, n) => a * n);
            var open = Array.IndexOf(sizes.All, -1);
            if (open < 0 ? known != self.Dims[d] : known == 0 || self.Dims[d] % known != 0)
                throw new RuntimeError($"unflatten: Provided sizes {Dims.Create(sizes.All)} don't multiply up to the size of dim {d} ({self.Dims[d]}) in the input tensor");
            var split = Dims.Create(sizes.All);
            return view(self, [.. self.Dims[..d], .. open < 0 ? split : split.With(open, (long)(self.Dims[d] / known)), .. self.Dims[(d + 1)..]]);
        }

        /// <summary>Reorders dimensions.</summary>
        /// <exception cref="RuntimeError">Not a permutation.</exception>
        [Torch]
        public static Tensor permute(Tensor self, params Sizes dims)
        {
            if (dims.All.Length != self.ndim) throw new RuntimeError($"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {self.ndim} is not equal to len(dims) = {dims.All.Length}");
            var axes = Dims.From(dims.Select(d => (long)Wrap(d, self.ndim)));
            return axes.Distinct().Count() != axes.Count ? throw new RuntimeError("permute(): duplicate dims are not allowed.") : self.Permuted("PermuteBackward0", axes);
        }

        /// <summary>Moves dimensions to other places; the others keep their order.</summary>
        /// <exception cref="RuntimeError">There are not as many places as dimensions, or one is named twice.</exception>
        [Torch]
        public static Tensor movedim(Tensor self, Sizes source, Sizes destination)
        {
            if (source.All.Length != destination.All.Length)
                throw new RuntimeError($"movedim: Invalid source or destination dims: source ({Dims.Create(source.All)} dims) should contain the same number of dims as destination ({Dims.Create(destination.All)} dims)");
            var (from, to) = (Wrapped("source", source), Wrapped("destination", destination));
            if (self.ndim == 0) return self.Alias();
            var rest = new Queue<long>(Dims.Range(self.ndim).Where(k => Array.IndexOf(from, (int)k) < 0));
            var axes = new long[self.ndim];
            for (var k = 0; k < axes.Length; k++) axes[k] = Array.IndexOf(to, k) is >= 0 and var at ? from[at] : rest.Dequeue();
            return self.Permuted("PermuteBackward0", Dims.Create(axes));

            int[] Wrapped(string what, Sizes dims)
            {
                int[] all = [.. dims.Select(d => Wrap(d, self.ndim))];
                return all.Distinct().Count() == all.Length ? all : throw new RuntimeError($"movedim: repeated dim in `{what}` ({Dims.Create(dims.All)})");
            }
        }

        /// <summary>Moves dimensions to other places, by NumPy's name.</summary>
        /// <exception cref="RuntimeError">There are not as many places as dimensions, or one is named twice.</exception>
        [Torch]
        public static Tensor moveaxis(Tensor self, Sizes source, Sizes destination) => movedim(self, source, destination);

        /// <summary>Swaps two dimensions.</summary>
        [Torch]
        public static Tensor transpose(Tensor self, long dim0, long dim1) => self.Swapped("TransposeBackward0", dim0, dim1);

        /// <summary>Swaps two dimensions in place: only the shape changes.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor transpose_(Tensor self, long dim0, long dim1) => self.InPlaceView("TransposeBackward1", transpose(self, dim0, dim1));

        /// <summary>Swaps two dimensions, by NumPy's name.</summary>
        [Torch]
        public static Tensor swapaxes(Tensor self, long axis0, long axis1) => transpose(self, axis0, axis1);

        /// <summary>Swaps two dimensions in place, by NumPy's name.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor swapaxes_(Tensor self, long axis0, long axis1) => transpose_(self, axis0, axis1);

        /// <summary>Swaps two dimensions.</summary>
        [Torch]
        public static Tensor swapdims(Tensor self, long dim0, long dim1) => transpose(self, dim0, dim1);

        /// <summary>Swaps two dimensions in place.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor swapdims_(Tensor self, long dim0, long dim1) => transpose_(self, dim0, dim1);

        /// <summary>The transpose of a matrix.</summary>
        /// <exception cref="RuntimeError">More than two dimensions.</exception>
        [Torch]
        public static Tensor t(Tensor self) => self.Turned("t");

        /// <summary>Transposes in place: only the shape changes.</summary>
        /// <exception cref="RuntimeError">More than two dimensions.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor t_(Tensor self) => self.InPlaceView("TBackward1", self.Turned("t_"));

        /// <summary>Inserts a dimension of size 1.</summary>
        [Torch]
        public static Tensor unsqueeze(Tensor self, long dim)
        {
            var (d, layout) = (Wrap(dim, self.ndim + 1), self.Layout);
            // The stride of a single place is anybody's choice; PyTorch's is the size of what lies within it.
            var (shape, stride) = (self.Dims.Inserted(d, 1), d < self.ndim ? self.Dims[d] * layout.Strides[d] : 1);
            return self.Reshaped("UnsqueezeBackward0", shape, layout with { Shape = shape, Strides = layout.Strides.Inserted(d, stride) });
        }

        /// <summary>Inserts a dimension of size 1 in place.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor unsqueeze_(Tensor self, long dim) => self.InPlaceView("UnsqueezeBackward1", unsqueeze(self, dim));

        /// <summary>Drops all dimensions of size 1.</summary>
        [Torch]
        public static Tensor squeeze(Tensor self) => self.Kept("SqueezeBackward0", Dims.From(Dims.Range(self.ndim).Where(k => self.Dims[(int)k] != 1)));

        /// <summary>Drops a dimension if its size is 1.</summary>
        [Torch]
        public static Tensor squeeze(Tensor self, long dim) => self.Kept("SqueezeBackward1", Wrap(dim, self.ndim) is var d && self.ndim > 0 && self.Dims[d] == 1 ? Dims.Range(self.ndim).Without(d) : Dims.Range(self.ndim));

        /// <summary>Drops those of some dimensions whose size is 1.</summary>
        /// <exception cref="RuntimeError">A dimension is named twice.</exception>
        [Torch]
        public static Tensor squeeze(Tensor self, Sizes dim) =>
            self.Kept("SqueezeBackward2", Axes(self.Node, dim) is { } axes ? Dims.From(Dims.Range(self.ndim).Where(k => self.Dims[(int)k] != 1 || !axes.Contains(k))) : Dims.Range(self.ndim));

        /// <summary>Drops all dimensions of size 1 in place.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor squeeze_(Tensor self) => self.InPlaceView("SqueezeBackward3", squeeze(self));

        /// <summary>Drops a dimension in place if its size is 1.</summary>
        [Torch(Forms = Forms.Method)]
        public static Tensor squeeze_(Tensor self, long dim) => self.InPlaceView("SqueezeBackward4", squeeze(self, dim));

        /// <summary>Drops those of some dimensions whose size is 1, in place.</summary>
        /// <exception cref="RuntimeError">A dimension is named twice.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor squeeze_(Tensor self, Sizes dim) => self.InPlaceView("SqueezeBackward5", squeeze(self, dim));

        /// <summary>Repeats dimensions of size 1 without copying; −1 keeps a size.</summary>
        /// <exception cref="RuntimeError">A size does not fit.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor expand(Tensor self, params Sizes sizes) => self.Expanded(Dims.Create(sizes.All));

        /// <summary>Expands to the shape of another tensor.</summary>
        /// <exception cref="RuntimeError">A size does not fit.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor expand_as(Tensor self, Tensor other) => expand(self, other.shape);

        /// <summary>Repeats dimensions of size 1 without copying.</summary>
        /// <exception cref="RuntimeError">A size does not fit.</exception>
        [Torch]
        public static Tensor broadcast_to(Tensor self, Sizes size) => expand(self, size);

        /// <summary>Part of a dimension; a negative start counts from the end.</summary>
        /// <exception cref="RuntimeError">The part exceeds the dimension.</exception>
        [Torch]
        public static Tensor narrow(Tensor self, long dim, long start, long length)
        {
            var (d, first) = Part(self, dim, start, length);
            return self.Sliced("SliceBackward0", d, first, first + length, 1);
        }

        /// <summary>Part of a dimension from a start in a tensor.</summary>
        /// <exception cref="RuntimeError">The part exceeds the dimension, or the start is not a single integer.</exception>
        [Torch]
        public static Tensor narrow(Tensor self, long dim, Tensor start, long length) =>
            start.ndim == 0 && !start.is_floating_point() && start.Node.DType != DType.Bool ? narrow(self, dim, start.Longs()[0], length) : throw new RuntimeError("start must be an 0-dim integral Tensor.");

        /// <summary>A copy of a part of a dimension, without a derivative.</summary>
        /// <exception cref="RuntimeError">The part exceeds the dimension.</exception>
        [Torch]
        public static Tensor narrow_copy(Tensor self, long dim, long start, long length)
        {
            var (d, first) = Part(self, dim, start, length);
            return Underived("narrow_copy", Record("NotImplemented", Saves.None, x => Ops.Detach(Ops.SliceAxis(x, d, first, first + length)), self));
        }

        private static (int Dim, long Start) Part(Tensor self, long dim, long start, long length)
        {
            var d = Wrap(dim, self.ndim);
            if (self.ndim == 0) throw new RuntimeError("narrow() cannot be applied to a 0-dim tensor.");
            if (length < 0) throw new RuntimeError("narrow(): length must be non-negative.");
            var size = self.Dims[d];
            if (start < -size || start > size) throw new IndexError($"start out of range (expected to be in range of [{-size}, {size}], but got {start})");
            if (start < 0) start += size;
            return length <= size - start ? (d, start) : throw new RuntimeError($"start ({start}) + length ({length}) exceeds dimension size ({size}).");
        }

        /// <summary>One position of a dimension, which vanishes.</summary>
        /// <exception cref="IndexError">The position is out of range, or there is no dimension.</exception>
        [Torch]
        public static Tensor select(Tensor self, long dim, long index)
        {
            if (self.ndim == 0) throw new IndexError("select() cannot be applied to a 0-dim tensor.");
            var d = Wrap(dim, self.ndim);
            if (index < -self.Dims[d] || index >= self.Dims[d]) throw new IndexError($"select(): index {index} out of range for tensor of size {self.Dims} at dimension {d}");
            return self.Shown("SelectBackward0", [self.Selecting(d, index)], Creation.Normal)[0];
        }

        /// <summary>A diagonal of two dimensions; it comes last.</summary>
        /// <exception cref="RuntimeError">The dimensions are equal.</exception>
        [Torch]
        public static Tensor diagonal(Tensor self, long offset = 0, long dim1 = 0, long dim2 = 1)
        {
            var (i, j) = (Wrap(dim1, self.ndim), Wrap(dim2, self.ndim));
            if (i == j) throw new RuntimeError($"diagonal dimensions cannot be identical {dim1}, {dim2}");
            return self.View("DiagonalBackward0", x => Ops.Diagonal(x, offset, i, j), (x, v) => Ops.InsertDiagonal(x, v, offset, i, j), self.Along(offset, i, j));
        }

        /// <summary>Windows along a dimension; their elements come last.</summary>
        /// <exception cref="RuntimeError">A window exceeds the dimension, or the step is not positive.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor unfold(Tensor self, long dimension, long size, long step)
        {
            var d = Wrap(dimension, self.ndim);
            var most = self.ndim == 0 ? 1 : self.Dims[d];
            if (size < 0) throw new RuntimeError($"size is {size} but must be >= 0");
            if (size > most) throw new RuntimeError($"maximum size for tensor at dimension {d} is {most} but size is {size}");
            return step > 0 ? self.Windowed(d, size, step) : throw new RuntimeError($"step is {step} but must be > 0");
        }

        /// <summary>A view of the tensor's memory of any size and strides.</summary>
        /// <exception cref="RuntimeError">The places lie outside the memory, or there are not as many strides as sizes.</exception>
        [Torch]
        public static Tensor as_strided(Tensor self, Sizes size, Sizes stride, long? storage_offset = null)
        {
            var (shape, strides, offset) = (Dims.Create(size.All), Dims.Create(stride.All), storage_offset ?? self.Layout.Offset);
            if (shape.Count != strides.Count) throw new RuntimeError("mismatch in length of strides and shape");
            if (stride.Any(s => s < 0)) throw new RuntimeError($"as_strided: Negative strides are not supported at the moment, got strides: {strides}");
            if (size.Any(n => n < 0)) throw new RuntimeError($"Storage size calculation overflowed with sizes={shape} and strides={strides}");
            if (offset < 0) throw new RuntimeError($"Tensor: invalid storage offset {offset}");
            var (bytes, needed) = (self.dtype.itemsize, size.Any(n => n == 0) ? Int128.Zero : 1 + offset + size.Zip(stride, (n, s) => (Int128)(n - 1) * s).Aggregate(Int128.Zero, (a, b) => a + b));
            var held = self.storage.Node.Type.Count;
            if (needed > held) throw new RuntimeError($"setStorage: sizes {shape}, strides {strides}, storage offset {offset}, and itemsize {bytes} requiring a storage size of {needed * bytes} are out of bounds for storage of size {held * bytes}");
            return self.Strided(new(self.Node.DType, shape, strides, offset));
        }

        /// <summary>Another size and other strides of the tensor's memory in place: no element changes.</summary>
        /// <exception cref="RuntimeError">The places lie outside the memory, or there are not as many strides as sizes.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor as_strided_(Tensor self, Sizes size, Sizes stride, long? storage_offset = null) => self.InPlaceView("AsStridedBackward1", as_strided(self, size, stride, storage_offset));

        /// <summary>At least one dimension.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor atleast_1d(Tensor self) => self.ndim == 0 ? view(self, 1) : self;

        /// <summary>At least two dimensions; new ones come first.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor atleast_2d(Tensor self) => self.ndim switch { 0 => view(self, 1, 1), 1 => unsqueeze(self, 0), _ => self };

        /// <summary>At least three dimensions; a vector comes to lie in the middle, a matrix in front.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor atleast_3d(Tensor self) => self.ndim switch { 0 => view(self, 1, 1, 1), 1 => unsqueeze(unsqueeze(self, 0), -1), 2 => unsqueeze(self, -1), _ => self };

        /// <summary>Each with at least one dimension.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor[] atleast_1d(params Tensor[] tensors) => [.. Listed("atleast_1d", tensors).Select(atleast_1d)];

        /// <summary>Each with at least two dimensions.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor[] atleast_2d(params Tensor[] tensors) => [.. Listed("atleast_2d", tensors).Select(atleast_2d)];

        /// <summary>Each with at least three dimensions.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor[] atleast_3d(params Tensor[] tensors) => [.. Listed("atleast_3d", tensors).Select(atleast_3d)];
    }

    /// <summary>A result that has no derivative in PyTorch, which a backward pass tells.</summary>
    internal static Tensor Underived(string operation, Tensor result)
    {
        if ((result.viewed ?? result).gradFn is { } fn && (fn.Writer ?? fn.Name) == "NotImplemented") fn.Refusal ??= $"derivative for aten::{operation} is not implemented";
        return result;
    }
}
