namespace Functional.Autograd;

public static partial class torch
{
    // Rows, parts and masked elements written over in a copy, or in place.
    [Operators]
    private static class Filling
    {
        /// <summary>A number where a mask holds.</summary>
        /// <exception cref="RuntimeError">The mask is not of type bool, or the shapes do not broadcast.</exception>
        [Torch]
        public static Tensor masked_fill(Tensor self, Tensor mask, Scalar value)
        {
            Masked(self, mask);
            return Record("MaskedFillBackward0", Saves.None, x => Ops.Where(mask.Node, value.Fitting(x.DType), x), self, mask);
        }

        /// <summary>A number where a mask holds, in place.</summary>
        /// <exception cref="RuntimeError">The mask is not of type bool, or the shapes do not broadcast.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor masked_fill_(Tensor self, Tensor mask, Scalar value)
        {
            Writing(self);
            Masked(self, mask, inPlace: true);
            return InPlace(self, "MaskedFillBackward0", Saves.None, (x, _) => Ops.Where(mask.Node, value.Fitting(x.DType), x), [], mask);
        }

        /// <summary>The element of a tensor without dimensions where a mask holds.</summary>
        /// <exception cref="RuntimeError">The mask is not of type bool, the value has dimensions, or the shapes do not broadcast.</exception>
        [Torch]
        public static Tensor masked_fill(Tensor self, Tensor mask, Tensor value)
        {
            if (value.Number is { } number) return masked_fill(self, mask, number);
            Single("masked_fill_", value);
            Masked(self, mask);
            return Record("MaskedFillBackward1", Saves.None, (x, v) => Ops.Where(mask.Node, Ops.Cast(v, x.DType), x), self, value, mask);
        }

        /// <summary>The element of a tensor without dimensions where a mask holds, in place.</summary>
        /// <exception cref="RuntimeError">The mask is not of type bool, the value has dimensions, or the shapes do not broadcast.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor masked_fill_(Tensor self, Tensor mask, Tensor value)
        {
            if (value.Number is { } number) return masked_fill_(self, mask, number);
            Writing(self);
            Single("masked_fill_", value);
            Masked(self, mask, inPlace: true);
            return InPlace(self, "MaskedFillBackward1", Saves.None, (x, v) => Ops.Where(mask.Node, Ops.Cast(v, x.DType), x), value, mask);
        }

        private static void Single(string name, Tensor value)
        {
            if (value.ndim > 0) throw new RuntimeError($"{name} only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s).");
        }

        private static void Masked(Tensor self, Tensor mask, bool inPlace = false)
        {
            if (mask.Node.DType != DType.Bool) throw new RuntimeError($"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype.InC}");
            if (inPlace) CheckBroadcast(self.Dims, mask.Dims);
            CheckBroadcast(mask.Dims, self.Dims);
        }

        /// <summary>The elements of a source, one after the other, where a mask holds.</summary>
        /// <exception cref="RuntimeError">The mask is not of type bool, the element types differ, or the source has too few elements.</exception>
        [Torch]
        public static Tensor masked_scatter(Tensor self, Tensor mask, Tensor source)
        {
            CheckBroadcast(mask.Dims, self.Dims);
            var shape = Ops.BroadcastShapes("masked_scatter", self.Dims, mask.Dims);
            var held = Held(self, mask, source, shape);
            return Record("MaskedScatterBackward0", Saves.None, (x, values) => Spread(Ops.Broadcast(x, shape), values, held), self, source, mask);
        }

        /// <summary>The elements of a source, one after the other, where a mask holds, in place.</summary>
        /// <exception cref="RuntimeError">The mask is not of type bool, the element types differ, or the source has too few elements.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor masked_scatter_(Tensor self, Tensor mask, Tensor source)
        {
            Writing(self);
            if (!Spreads(mask.Dims, self.Dims)) mask.Expanded(self.Dims);
            var held = Held(self, mask, source, self.Dims);
            return InPlace(self, "MaskedScatterBackward0", Saves.None, (x, values) => Spread(x, values, held), source, mask);
        }

        private static Node Held(Tensor self, Tensor mask, Tensor source, Dims shape)
        {
            if (self.Node.DType != source.Node.DType) throw new RuntimeError($"masked_scatter: expected self and source to have same dtypes but got{self.dtype.TensorType} and {source.dtype.TensorType}");
            if (mask.Node.DType != DType.Bool) throw new RuntimeError($"masked_scatter_ only supports boolean masks, but got mask with dtype {mask.dtype.TensorType}");
            var held = Ops.Broadcast(mask.Node, shape);
            return Array.TrueForAll(Look<long>(Ops.Sum(Ops.Cast(held, DType.Int64))), n => n <= source.numel()) ? held : throw new RuntimeError("Number of elements of source < number of ones in mask");
        }

        private static Node Spread(Node x, Node values, Node held)
        {
            if (x.Type.Count == 0 || values.Type.Count == 0) return Copied(x);
            var count = Ops.CumSum(Ops.Reshape(Ops.Cast(held, DType.Int64), [x.Type.Count]), 0);
            return Ops.Where(held, Ops.Reshape(Ops.Take(Ops.Reshape(values, [values.Type.Count]), 0, Ops.Max(count - 1, 0)), x.Shape), x);
        }

        /// <summary>A number in rows of a dimension.</summary>
        /// <exception cref="RuntimeError">The index is no vector.</exception>
        /// <exception cref="IndexError">The index is not of type int64, or out of range.</exception>
        [Torch]
        public static Tensor index_fill(Tensor self, long dim, Tensor index, Scalar value)
        {
            var d = Rows(self, dim, index);
            return Laid(Record("IndexFillBackward0", Saves.None, x => Filled(x, d, index, value.Fitting(x.DType)), self, index), self);
        }

        /// <summary>A number in rows of a dimension, in place.</summary>
        /// <exception cref="RuntimeError">The index is no vector.</exception>
        /// <exception cref="IndexError">The index is not of type int64, or out of range.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor index_fill_(Tensor self, long dim, Tensor index, Scalar value)
        {
            Writing(self);
            var d = Rows(self, dim, index);
            return InPlace(self, "IndexFillBackward0", Saves.None, (x, _) => Filled(x, d, index, value.Fitting(x.DType)), [], index);
        }

        /// <summary>The element of a tensor without dimensions in rows of a dimension.</summary>
        /// <exception cref="RuntimeError">The index is no vector, or the value has dimensions.</exception>
        /// <exception cref="IndexError">The index is not of type int64, or out of range.</exception>
        [Torch]
        public static Tensor index_fill(Tensor self, long dim, Tensor index, Tensor value)
        {
            if (value.Number is { } number) return index_fill(self, dim, index, number);
            Single("index_fill_", value);
            var d = Rows(self, dim, index);
            return Laid(Record("IndexFillBackward1", Saves.None, (x, v) => Filled(x, d, index, Ops.Cast(v, x.DType)), self, value, index), self);
        }

        /// <summary>The element of a tensor without dimensions in rows of a dimension, in place.</summary>
        /// <exception cref="RuntimeError">The index is no vector, or the value has dimensions.</exception>
        /// <exception cref="IndexError">The index is not of type int64, or out of range.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor index_fill_(Tensor self, long dim, Tensor index, Tensor value)
        {
            if (value.Number is { } number) return index_fill_(self, dim, index, number);
            Writing(self);
            Single("index_fill_", value);
            var d = Rows(self, dim, index);
            return InPlace(self, "IndexFillBackward1", Saves.None, (x, v) => Filled(x, d, index, Ops.Cast(v, x.DType)), value, index);
        }

        private static int Rows(Tensor self, long dim, Tensor index)
        {
            if (index.Node.DType != DType.Int64) throw new IndexError("index_fill_(): Expected dtype int64 for index.");
            var d = Wrap(dim, self.ndim);
            if (index.ndim > 1) throw new RuntimeError("Index has to be a vector/scalar");
            var size = self.ndim == 0 ? 1 : self.Dims[d];
            foreach (var i in index.Known())
                if (i < -size || i >= size) throw new IndexError($"index {i} is out of bounds for dimension {d} with size {size}");
            return d;
        }

        private static Node Filled(Node x, int d, Tensor index, Node value)
        {
            var (whole, places) = (Tensor.Row(x), Tensor.Row(index.Node));
            if (places.Type.Count == 0 || x.Type.Count == 0) return Copied(x);
            return Ops.Reshape(Ops.ScatterSet(whole, d, Ops.Wrapped(places, whole.Shape[d]), Ops.Broadcast(value, whole.Shape.With(d, places.Type.Count))), x.Shape);
        }

        /// <summary>A copy with rows added along a dimension, times alpha.</summary>
        /// <exception cref="RuntimeError">Index or source do not fit, or the element types differ.</exception>
        /// <exception cref="IndexError">The index is no vector.</exception>
        [Torch]
        public static Tensor index_add(Tensor self, long dim, Tensor index, Tensor source, Scalar? alpha = null) => Added(self, false, dim, index, source, alpha);

        /// <summary>Adds rows along a dimension, times alpha, in place.</summary>
        /// <exception cref="RuntimeError">Index or source do not fit, or the element types differ.</exception>
        /// <exception cref="IndexError">The index is no vector.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor index_add_(Tensor self, long dim, Tensor index, Tensor source, Scalar? alpha = null) => Added(self, true, dim, index, source, alpha);

        private static Tensor Added(Tensor self, bool inPlace, long dim, Tensor index, Tensor source, Scalar? alpha)
        {
            if (inPlace) Writing(self);
            var (d, count) = (Rows("index_add_", self, dim, index, source), index.numel());
            var size = self.ndim == 0 ? 1 : self.Dims[d];
            foreach (var i in index.Known())
                if (i < 0 || i >= size) throw self.ndim < 2 ? new IndexError("index out of range in self") : new RuntimeError($"index {i} is out of bounds for dimension {d} with size {size}");
            Node Value(Node x, Node rows) => count == 0 ? Copied(x) : Placed(x, d, index, alpha is { } a ? rows * a.Node(rows.DType) : rows, true);
            ReadOnlySpan<Tensor> watched = source.requires_grad ? [index] : [];
            return inPlace ? InPlace(self, "IndexAddBackward0", Saves.Other, Value, source, watched) : Record("IndexAddBackward0", Saves.Other, Value, self, source, watched);
        }

        /// <summary>A copy with rows combined along a dimension: prod, mean, amax or amin, of what is there too unless it is left out.</summary>
        /// <exception cref="RuntimeError">Index or source do not fit, the element types differ, or there is no such combination.</exception>
        /// <exception cref="IndexError">The index is no vector, or out of range.</exception>
        [Torch("IndexReduceBackward0", Saves.FirstTwo | Saves.Result)]
        public static Tensor index_reduce(Tensor self, long dim, Tensor index, Tensor source, string reduce, bool include_self = true) => Combined(self, false, dim, index, source, reduce, include_self);

        /// <summary>Combines rows along a dimension in place: prod, mean, amax or amin, of what is there too unless it is left out.</summary>
        /// <exception cref="RuntimeError">Index or source do not fit, the element types differ, or there is no such combination.</exception>
        /// <exception cref="IndexError">The index is no vector, or out of range.</exception>
        [Torch("IndexReduceBackward0", Saves.FirstTwo | Saves.Result, Forms = Forms.Method)]
        public static Tensor index_reduce_(Tensor self, long dim, Tensor index, Tensor source, string reduce, bool include_self = true) => Combined(self, true, dim, index, source, reduce, include_self);

        private static Tensor Combined(Tensor self, bool inPlace, long dim, Tensor index, Tensor source, string how, bool own)
        {
            if (inPlace) Writing(self);
            if (how is not ("prod" or "mean" or "amax" or "amin")) throw new RuntimeError($"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {how}.");
            warnings.once("index_reduce() is in beta and the API may change at any time.");
            var d = Rows("index_reduce_", self, dim, index, source);
            if (self.ndim > 0 && Array.Exists(index.Known(), i => i < 0 || i >= self.Dims[d])) throw new IndexError("index out of range in self");
            var column = Dims.Repeat(1, Math.Max(1, source.ndim)).With(d, index.numel());
            var places = new Tensor(Ops.Broadcast(Ops.Reshape(index.Node, column), source.ndim == 0 ? [1] : source.Dims));
            var saves = Saves.FirstTwo | Saves.Result | (how == "prod" ? Saves.Formula : Saves.None);
            Node Value(Node x, Node rows) => Scattering.Reduced(x, d, places, rows, how, own);
            return inPlace ? InPlace(self, "IndexReduceBackward0", saves, Value, source, index) : Record("IndexReduceBackward0", saves, Value, self, source, index);
        }

        // The dimension that a vector of indices and as many rows fit.
        private static int Rows(string name, Tensor self, long dim, Tensor index, Tensor source)
        {
            var (d, count) = (Wrap(dim, self.ndim), index.numel());
            if (index.ndim > 1) throw new IndexError($"{name}(): Index is supposed to be a vector, but got dim: {index.ndim} with type: {index.dtype.TensorType} and size: {index.Dims}");
            if (index.Node.DType is not (DType.Int64 or DType.Int32)) throw new RuntimeError($"{name}(): Expected dtype int32/int64 for index but got: {index.dtype.TensorType}");
            if (self.Node.DType != source.Node.DType) throw new RuntimeError($"{name}(): self ({self.dtype.TensorType}) and source ({source.dtype.TensorType}) must have the same scalar type");
            if (d > 0 && d >= source.ndim) throw new RuntimeError($"{name}(): Indexing dim {d} is out of bounds of tensor");
            if (count != (source.ndim == 0 ? 1 : source.Dims[d])) throw new RuntimeError($"{name}(): Number of indices ({count}) should be equal to source.size(dim): ({(source.ndim == 0 ? 1 : source.Dims[d])}), for dim: {d}");
            if (self.ndim != source.ndim || (self.ndim > 0 && self.Dims.Without(d) != source.Dims.Without(d))) throw new RuntimeError($"source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = {self.Dims} source.shape = {source.Dims}");
            return d;
        }

        private static Node Placed(Node x, int d, Tensor index, Node rows, bool add) => Ops.Reshape(Scattering.Into(Tensor.Row(x), d, Ops.Cast(Tensor.Row(index.Node), DType.Int64), Tensor.Row(rows), add), x.Shape);

        /// <summary>A copy with rows written along a dimension.</summary>
        /// <exception cref="RuntimeError">Index or source do not fit, or the element types differ.</exception>
        /// <exception cref="IndexError">The index is no vector or out of range, or there are not as many rows.</exception>
        [Torch]
        public static Tensor index_copy(Tensor self, long dim, Tensor index, Tensor source) => Replaced(self, false, dim, index, source);

        /// <summary>Writes rows along a dimension in place.</summary>
        /// <exception cref="RuntimeError">Index or source do not fit, or the element types differ.</exception>
        /// <exception cref="IndexError">The index is no vector or out of range, or there are not as many rows.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor index_copy_(Tensor self, long dim, Tensor index, Tensor source) => Replaced(self, true, dim, index, source);

        private static Tensor Replaced(Tensor self, bool inPlace, long dim, Tensor index, Tensor source)
        {
            if (inPlace) Writing(self);
            var (d, count) = (Wrap(dim, self.ndim), index.numel());
            if (index.ndim > 1) throw new IndexError($"index_copy_(): Index should have dimension 1 or 0 (got {index.ndim})");
            if (source.ndim == 0 && count != 1) throw new IndexError($"index_copy_(): When source is scalar, index should have one element (got {count})");
            if (source.ndim != self.ndim && source.ndim > 0 && self.ndim > 0) throw new IndexError($"index_copy_(): When source and destination are not scalars, their dimensionality must match. Source dimensionality ({source.ndim}), destination dimensionality ({self.ndim})");
            if (source.ndim > 0 && count != source.Dims[d]) throw new IndexError($"index_copy_(): Number of indices ({count}) should be equal to source.size(dim) ({source.Dims[d]})");
            if (index.Node.DType != DType.Int64) throw new RuntimeError($"index_copy_(): Expected a long tensor for index, but got {index.dtype.TensorType}");
            if (self.Node.DType != source.Node.DType) throw new RuntimeError($"index_copy_(): self and source expected to have the same dtype, but got (self) {self.dtype.TensorType} and (source) {source.dtype.TensorType}");
            var (here, there) = (self.ndim > 0 ? self.Dims.Without(d) : [], source.ndim > 0 ? source.Dims.Without(d) : Dims.Empty);
            if (here != there) throw new RuntimeError($"index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: {string.Join(" ", here)} at dimension {d} and source slice shape: {string.Join(" ", there)} at dimension 0.");
            var size = self.ndim == 0 ? 1 : self.Dims[d];
            foreach (var i in index.Known())
                if (i < 0 || i >= size) throw new IndexError($"index_copy_(): index {i} is out of bounds for dimension {d} with size {size}");
            Node Value(Node x, Node rows) => count == 0 ? Copied(x) : Placed(x, d, index, rows, false);
            return inPlace ? InPlace(self, "IndexCopyBackward0", Saves.Other, Value, source, index) : Record("IndexCopyBackward0", Saves.Other, Value, self, source, index);
        }

        /// <summary>A copy with elements written where tensors of positions say, or added there.</summary>
        /// <exception cref="RuntimeError">The values do not fit, or the element types differ.</exception>
        /// <exception cref="IndexError">A position is out of range, or there are too many.</exception>
        [Torch]
        public static Tensor index_put(Tensor self, IReadOnlyList<Tensor> indices, Tensor values, bool accumulate = false) => self.Put(indices, values, accumulate, inPlace: false);

        /// <summary>Writes elements where tensors of positions say, or adds them there, in place.</summary>
        /// <exception cref="RuntimeError">The values do not fit, or the element types differ.</exception>
        /// <exception cref="IndexError">A position is out of range, or there are too many.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor index_put_(Tensor self, IReadOnlyList<Tensor> indices, Tensor values, bool accumulate = false) => self.Put(indices, values, accumulate, inPlace: true);

        /// <summary>A copy with one position of a dimension written over.</summary>
        /// <exception cref="RuntimeError">The source does not have the position's shape.</exception>
        /// <exception cref="IndexError">The position is out of range.</exception>
        [Torch]
        public static Tensor select_scatter(Tensor self, Tensor src, long dim, long index) => Embedded("SelectScatterBackward0", self, src, Views.select(self, dim, index));

        /// <summary>A copy with a range of a dimension written over.</summary>
        /// <exception cref="RuntimeError">The source does not have the range's shape, or the step is not positive.</exception>
        [Torch]
        public static Tensor slice_scatter(Tensor self, Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) =>
            step > 0 ? Embedded("SliceScatterBackward0", self, src, self.Ranged(Wrap(dim, self.ndim), start, end, step)) : throw new RuntimeError("slice step must be positive");

        /// <summary>A copy with a diagonal written over.</summary>
        /// <exception cref="RuntimeError">The source does not have the diagonal's shape.</exception>
        [Torch]
        public static Tensor diagonal_scatter(Tensor self, Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) => Embedded("DiagonalScatterBackward0", self, src, Views.diagonal(self, offset, dim1, dim2));

        /// <summary>A copy with the places of a size and strides in memory written over.</summary>
        /// <exception cref="RuntimeError">The source does not have that size, or the places lie outside the memory.</exception>
        [Torch("AsStridedScatterBackward0")]
        public static Tensor as_strided_scatter(Tensor self, Tensor src, Sizes size, Sizes stride, long? storage_offset = null)
        {
            var part = Views.as_strided(self, size, stride, storage_offset);
            CheckPart(src, part);
            // Which element of src a place in memory takes, and which place an element of self has.
            var (memory, taken) = (self.storage.Layout, new Dictionary<long, long>());
            foreach (var (k, place) in Layouts.Places(memory, part.Layout).Index()) taken[place] = k;
            long[] from = [.. Layouts.Places(memory, self.Layout).Select(place => taken.GetValueOrDefault(place, -1))];
            Node Value(Node x, Node v)
            {
                if (v.Type.Count == 0) return Copied(x);
                var chosen = Ops.Take(Ops.Reshape(v, [v.Type.Count]), 0, Ops.Tensor<long>([.. from.Select(k => Math.Max(k, 0))]));
                return Ops.Where(Ops.Tensor<bool>([.. from.Select(k => k >= 0)], x.Shape), Ops.Reshape(chosen, x.Shape), x);
            }
            return Laid(Record("AsStridedScatterBackward0", Saves.None, Value, self, src.to(self.dtype)), self);
        }

        private static void CheckPart(Tensor src, Tensor part)
        {
            if (part.Dims != src.Dims) throw new RuntimeError($"expected src to have a size equal to the slice of self. src size = {src.Dims}, slice size = {part.Dims}");
        }

        // Through the view that shows the part.
        private static Tensor Embedded(string name, Tensor self, Tensor src, Tensor part)
        {
            CheckPart(src, part);
            var write = part.window!.Movement.Write;
            return Laid(Record(name, Saves.None, (x, v) => v.Type.Count == 0 ? Copied(x) : write(x, v), self, src.to(self.dtype)), self);
        }
    }
}
