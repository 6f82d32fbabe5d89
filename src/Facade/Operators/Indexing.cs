namespace Functional.Autograd;

public static partial class torch
{
    // Elements by their positions, and positions of elements.
    [Operators]
    private static class Indexing
    {
        /// <summary>One element per place along a dimension.</summary>
        /// <exception cref="RuntimeError">The index does not fit, or is out of range.</exception>
        [Torch(Out = true)]
        public static Tensor gather(Tensor self, long dim, Tensor index)
        {
            var d = self.CheckIndex("gather", index, dim, null);
            return Record("GatherBackward0", Saves.Self, x => Ops.Reshape(index.numel() == 0 ? Ops.SliceAxis(Ops.Reshape(x, [x.Type.Count]), 0, 0, 0) : Ops.Gather(Tensor.Row(x), d, Tensor.Row(index.Node)), index.Dims), self, index);
        }

        /// <summary>Rows along a dimension.</summary>
        /// <exception cref="RuntimeError">The index is not of type int64 or int32.</exception>
        /// <exception cref="IndexError">The index is not a vector, or out of range.</exception>
        [Torch(Out = true)]
        public static Tensor index_select(Tensor self, long dim, Tensor index)
        {
            var d = Wrap(dim, self.ndim);
            if (index.ndim > 1) throw new IndexError("index_select(): Index is supposed to be a vector");
            if (index.Node.DType is not (DType.Int64 or DType.Int32)) throw new RuntimeError("index_select(): Expected dtype int32 or int64 for index");
            if (self.ndim == 0 && index.numel() != 1) throw new RuntimeError($"index_select(): Index to scalar can have only 1 value, got {index.numel()} value(s)");
            var size = self.ndim == 0 ? 1 : self.Dims[d];
            foreach (var i in index.Known())
                if (i < 0 || i >= size) throw new IndexError("index out of range in self");
            return Record("IndexSelectBackward0", Saves.None, x => x.Type.Rank == 0 ? Ops.Reshape(Ops.Take(Tensor.Row(x), 0, Tensor.Row(index.Node)), x.Shape) : Ops.Take(x, d, Tensor.Row(index.Node)), self, index);
        }

        /// <summary>The elements where a mask holds, as a vector.</summary>
        /// <exception cref="RuntimeError">The shapes do not broadcast, or the mask is not of type bool.</exception>
        [Torch]
        public static Tensor masked_select(Tensor self, Tensor mask)
        {
            if (mask.Node.DType != DType.Bool) throw new RuntimeError("masked_select: expected BoolTensor for mask");
            if (mask.IsRow) throw new RuntimeError("vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for each batch this would return a differently shaped Tensor. Please voice your support in https://github.com/pytorch/functorch/issues/256");
            CheckBroadcast(mask.Dims, self.Dims);
            var shape = Ops.BroadcastShapes("masked_select", self.Dims, mask.Dims);
            var held = Holding(mask, shape);
            return Record("MaskedSelectBackward0", Saves.Self, x => Ops.Take(Ops.Reshape(Ops.Broadcast(x, shape), [shape.Product]), 0, held), self, mask);
        }

        /// <summary>The places, counted in row-major order, where a mask that is spread over a shape holds.</summary>
        internal static Node Holding(Tensor mask, Dims shape)
        {
            var held = nonzero(new Tensor(Ops.Reshape(Ops.Broadcast(mask.Node, shape), [shape.Product]))).Node;
            return Ops.Reshape(held, [held.Type.Count]);
        }

        /// <summary>Elements by their places in row-major order; negative ones count from the end.</summary>
        /// <exception cref="RuntimeError">The index is not of type int64.</exception>
        /// <exception cref="IndexError">A place is out of range.</exception>
        [Torch]
        public static Tensor take(Tensor self, Tensor index)
        {
            if (index.Node.DType != DType.Int64) throw new RuntimeError($"take(): Expected a long tensor for index, but got {index.dtype.TensorType}");
            var count = self.numel();
            if (count == 0 && index.numel() > 0) throw new IndexError("take(): tried to take from an empty tensor");
            Within(index, count);
            return Record("TakeBackward0", Saves.Self, x => Ops.Take(Ops.Reshape(x, [count]), 0, index.Node), self, index);
        }

        /// <summary>Refuses places that a tensor of so many elements does not have.</summary>
        internal static void Within(Tensor index, long count)
        {
            foreach (var i in index.Known())
                if (i < -count || i >= count) throw new IndexError($"out of range: tried to access index {i} on a tensor of {count} elements.");
        }

        /// <summary>One element per place along a dimension, where tensor and places are spread over each other; of all elements as a vector when none is given.</summary>
        /// <exception cref="RuntimeError">The places are not of type int64, of another rank, or out of range.</exception>
        [Torch(Out = true)]
        public static Tensor take_along_dim(Tensor self, Tensor indices, long? dim = null)
        {
            if (indices.Node.DType != DType.Int64) throw new RuntimeError($"torch.take_along_dim(): dtype of indices should be Long but got {indices.dtype.TensorType}");
            if (dim is null) return gather(Views.reshape(self, -1), 0, Views.reshape(indices, -1));
            if (self.ndim != indices.ndim) throw new RuntimeError($"torch.take_along_dim(): input and indices should have the same number of dimensions, but got {self.ndim} dimensions for input, and {indices.ndim} dimensions for indices");
            var d = Wrap(dim.Value, self.ndim);
            if (self.ndim == 0) return gather(self.Expanded([]), d, indices);
            CheckBroadcast(self.Dims.With(d, 1), indices.Dims.With(d, 1));
            var shape = Ops.BroadcastShapes("take_along_dim", self.Dims.With(d, 1), indices.Dims.With(d, 1));
            return gather(self.Expanded(shape.With(d, self.Dims[d])), d, indices.Expanded(shape.With(d, indices.Dims[d])));
        }

        /// <summary>The positions of the non-zero elements, one row each.</summary>
        [Torch]
        public static Tensor nonzero(Tensor self)
        {
            self.Shapes("nonzero");
            var (values, strides) = (self.Truths(), self.Dims.Strides());
            var rows = new List<long>();
            for (var i = 0L; i < values.Length; i++)
                for (var k = 0; values[i] && k < self.ndim; k++) rows.Add(i / strides[k] % self.Dims[k]);
            var found = new Tensor(Ops.Tensor<long>(rows.ToArray(), self.ndim == 0 ? [values[0] ? 1 : 0, 0] : [rows.Count / self.ndim, self.ndim]));
            // PyTorch finds the positions dimension by dimension.
            if (self.ndim > 0) found.storage.Order = [1, 0];
            return found;
        }

        /// <summary>The positions of the non-zero elements, one vector for each dimension: <c>nonzero(as_tuple: true)</c>.</summary>
        /// <exception cref="TypeError">False: the result is no tuple then, and the form without it is meant.</exception>
        [Torch]
        public static Tensor[] nonzero(Tensor self, bool as_tuple) =>
            as_tuple ? Views.atleast_1d(self) is var x ? Splitting.unbind(nonzero(x), 1) : [] : throw new TypeError("nonzero(): as_tuple=False gives a tensor: call nonzero() without it");

        /// <summary>The positions of the non-zero elements, one row each, by NumPy's name.</summary>
        [Torch]
        public static Tensor argwhere(Tensor self) => nonzero(self);

        /// <summary>Places counted in row-major order as places along each dimension of a shape.</summary>
        /// <exception cref="TypeError">The places are no integers.</exception>
        /// <exception cref="ValueError">A size is negative.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor[] unravel_index(Tensor indices, Sizes shape)
        {
            if (indices.Node.DType is DType.Bool || indices.Node.DType.IsSmooth) throw new TypeError($"expected 'indices' to be integer dtype, but got {indices.dtype}");
            if (shape.Any(n => n < 0)) throw new ValueError($"'shape' cannot have negative values, but got {Written.Tuple(shape.All)}");
            var (sizes, strides) = (Dims.Create(shape.All), Dims.Create(shape.All).Strides());
            return [.. Enumerable.Range(0, sizes.Count).Select(k => indices.to(int64).floor_divide(Math.Max(1, strides[k])).remainder(sizes[k]))];
        }

        /// <summary>Element by element: input where the condition holds, else other.</summary>
        /// <exception cref="RuntimeError">The condition is not of type bool, or the shapes do not broadcast.</exception>
        [Torch(Forms = Forms.Function, Out = true)]
        public static Tensor where(Tensor condition, Tensor input, Tensor other)
        {
            CheckBroadcast(condition.Dims, input.Dims);
            CheckBroadcast(condition.Dims, other.Dims);
            CheckBroadcast(input.Dims, other.Dims);
            var type = ResultType(input, other);
            var mask = Truth(condition);
            return Laid(Record("WhereBackward0", Saves.None, (a, b) => Ops.Where(mask, Taken(input, a, type), Taken(other, b, type)), input, other, condition), condition, input, other);
        }

        /// <summary>The positions where a condition holds, one vector for each dimension.</summary>
        [Torch(Forms = Forms.Function)]
        public static Tensor[] where(Tensor condition) => nonzero(condition, true);

        private static Node Truth(Tensor condition)
        {
            if (condition.Node.DType == DType.Bool) return condition.Node;
            if (condition.Node.DType != DType.UInt8) throw new RuntimeError($"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype.TensorType}");
            warnings.warn("where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version of PyTorch. Use a boolean condition instead.");
            return Ops.Cast(condition.Node, DType.Bool);
        }
    }

    // The condition is the second operand of the method and the first of the function.
    [Operators(typeof(Tensor), Forms = Forms.Method)]
    private static class Choice
    {
        /// <summary>Element by element: this tensor where the condition holds, else other.</summary>
        /// <exception cref="RuntimeError">The condition is not of type bool, or the shapes do not broadcast.</exception>
        [Torch(Out = true)]
        public static Tensor where(Tensor self, Tensor condition, Tensor other) => Indexing.where(condition, self, other);
    }

    [Operators(Forms = Forms.Function)]
    private static class Searching
    {
        /// <summary>Where values would be put into sorted rows: before equal ones, or behind them if right.</summary>
        /// <exception cref="RuntimeError">The rows do not match those of the values, or options contradict each other.</exception>
        [Torch]
        public static Tensor searchsorted(Tensor sorted_sequence, Tensor input, bool out_int32 = false, bool right = false, string? side = null, Tensor? sorter = null)
        {
            var (bounds, inner) = (sorted_sequence, sorted_sequence.Dims);
            if (side is not (null or "left" or "right")) throw new RuntimeError($"torch.searchsorted(): side can only be 'left' or 'right' but got {side}");
            if (side == "left" && right) throw new RuntimeError("torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True");
            if (bounds.ndim == 0) throw new RuntimeError("torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension");
            if (input.ndim == 0 && bounds.ndim != 1) throw new RuntimeError($"torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor dim({bounds.ndim}) and input value's dim(0) numel(1)");
            if (bounds.ndim != 1 && (bounds.ndim != input.ndim || bounds.Dims[..^1] != input.Dims[..^1])) throw new RuntimeError($"torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor {inner} and input value tensor {input.Dims}");
            if (sorter is not null)
            {
                if (sorter.Dims != inner) throw new RuntimeError($"torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor {inner}and got sorter tensor {sorter.Dims}");
                if (sorter.Node.DType != DType.Int64) throw new RuntimeError($"torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {sorter.dtype.TensorType}");
                if (sorter.Known().Any(i => i < 0 || i >= inner[^1])) throw new RuntimeError("torch.searchsorted(): sorter index out of range");
            }
            foreach (var x in (Tensor[])[bounds, input])
                if (x.is_complex()) throw new RuntimeError($"\"searchsorted_out_cpu\" not implemented for '{x.dtype.TensorType}'");
            var behind = right || side == "right";
            var real = bounds.is_floating_point() || input.is_floating_point();
            Node[] read = [bounds.Node, input.Node, .. sorter is null ? [] : (Node[])[sorter.Node]];
            var places = Mapping.AtOnce(x => [Ops.Tensor<long>(real ? Places(Doubles(x[0]), Doubles(x[1]), x[2..]) : Places(Longs(x[0]), Longs(x[1]), x[2..]), input.Dims)], read)[0];
            return new Tensor(Ops.Cast(places, out_int32 ? DType.Int32 : DType.Int64));

            long[] Places<T>(T[] rows, T[] values, Node[] sorter) where T : System.Numerics.IComparisonOperators<T, T, bool>
            {
                var (order, size, own) = (sorter is [var one] ? Longs(one) : null, inner[^1], bounds.ndim == 1 ? Math.Max(1, values.Length) : Math.Max(1, input.Dims[^1]));
                var found = new long[values.Length];
                for (var i = 0; i < found.Length; i++)
                {
                    var (row, low, high) = (i / own * size, 0L, size);
                    while (low < high)
                    {
                        var middle = low + (high - low) / 2;
                        var bound = rows[row + (order is null ? middle : order[row + middle])];
                        // Asked this way round, NaN lies behind everything.
                        if (behind ? !(bound > values[i]) : !(bound >= values[i])) low = middle + 1;
                        else high = middle;
                    }
                    found[i] = low;
                }
                return found;
            }
        }

        /// <summary>Where a number would be put into a sorted vector.</summary>
        /// <exception cref="RuntimeError">No vector, or options contradict each other.</exception>
        [Torch]
        public static Tensor searchsorted(Tensor sorted_sequence, Scalar self, bool out_int32 = false, bool right = false, string? side = null, Tensor? sorter = null) => searchsorted(sorted_sequence, (Tensor)self, out_int32, right, side, sorter);

        /// <summary>Between which boundaries values lie: behind equal ones if right.</summary>
        /// <exception cref="RuntimeError">The boundaries are no vector.</exception>
        [Torch]
        public static Tensor bucketize(Tensor self, Tensor boundaries, bool out_int32 = false, bool right = false) =>
            boundaries.ndim == 1 ? searchsorted(boundaries, self, out_int32, right) : throw new RuntimeError($"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})");

        /// <summary>Between which boundaries a number lies.</summary>
        /// <exception cref="RuntimeError">The boundaries are no vector.</exception>
        [Torch]
        public static Tensor bucketize(Scalar self, Tensor boundaries, bool out_int32 = false, bool right = false) => bucketize((Tensor)self, boundaries, out_int32, right);

        /// <summary>Whether elements are among those of another tensor.</summary>
        /// <exception cref="RuntimeError">An element type is bool.</exception>
        [Torch]
        public static Tensor isin(Tensor elements, Tensor test_elements, bool assume_unique = false, bool invert = false)
        {
            foreach (var x in (Tensor[])[elements, test_elements])
                if (x.Node.DType == DType.Bool || x.is_complex()) throw new RuntimeError($"Unsupported input type encountered for isin(): {x.dtype.TensorType}");
            // NaN is not even itself.
            var real = elements.is_floating_point() || test_elements.is_floating_point();
            return new Tensor(Mapping.AtOnce(x => [Ops.Tensor<bool>(real ? Among(Doubles(x[0]), Doubles(x[1]).Where(x => !double.IsNaN(x))) : Among(Longs(x[0]), Longs(x[1])), elements.Dims)], elements.Node, test_elements.Node)[0]);

            bool[] Among<T>(T[] values, IEnumerable<T> some)
            {
                var known = some.ToHashSet();
                return [.. values.Select(x => known.Contains(x) != invert)];
            }
        }

        /// <summary>Whether elements are equal to a number.</summary>
        /// <exception cref="RuntimeError">An element type is bool.</exception>
        [Torch]
        public static Tensor isin(Tensor elements, Scalar test_element, bool assume_unique = false, bool invert = false) => isin(elements, (Tensor)test_element, assume_unique, invert);

        /// <summary>Whether a number is among the elements of a tensor.</summary>
        /// <exception cref="RuntimeError">An element type is bool.</exception>
        [Torch]
        public static Tensor isin(Scalar element, Tensor test_elements, bool assume_unique = false, bool invert = false) => isin((Tensor)element, test_elements, assume_unique, invert);
    }
}
