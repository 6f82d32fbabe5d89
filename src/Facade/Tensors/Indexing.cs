namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>All dimensions that are not named otherwise: <c>x[Ellipsis, 0]</c>.</summary>
    public static readonly TensorIndex Ellipsis = new(null, null, null, true);

    /// <summary>A Python slice start:stop:step.</summary>
    public static TensorIndex slice(long? start = null, long? stop = null, long step = 1) => new(null, (start, stop, step), null, false);

    /// <summary>One entry of an index: a position, a range, a tensor, <see cref="Ellipsis"/>, or null for a new dimension.</summary>
    public sealed class TensorIndex
    {
        internal TensorIndex(long? position, (long?, long?, long)? range, Tensor? tensor, bool ellipsis) => (Position, Range, Tensor, IsEllipsis) = (position, range, tensor, ellipsis);

        internal long? Position { get; }

        internal (long? Start, long? Stop, long Step)? Range { get; }

        internal Tensor? Tensor { get; }

        internal bool IsEllipsis { get; }

        /// <summary>A position.</summary>
        public static implicit operator TensorIndex(int position) => new(position, null, null, false);

        /// <summary>A position.</summary>
        public static implicit operator TensorIndex(long position) => new(position, null, null, false);

        /// <summary>A position from the end.</summary>
        public static implicit operator TensorIndex(Index position) => new(Signed(position), null, null, false);

        /// <summary>A range.</summary>
        public static implicit operator TensorIndex(Range range) =>
            slice(Signed(range.Start), Signed(range.End));

        // ^0 is the place behind the last.
        private static long Signed(Index place) => !place.IsFromEnd ? place.Value : place.Value == 0 ? long.MaxValue : -place.Value;

        /// <summary>Positions, or a mask.</summary>
        public static implicit operator TensorIndex(Tensor tensor) => tensor is null ? null! : new(null, null, tensor, false);
    }

    public partial class Tensor
    {
        /// <summary>Part of a tensor: positions, ranges and new dimensions give views; tensors of positions and masks give copies.</summary>
        /// <remarks>https://pytorch.org/docs/2.6/tensor_view.html</remarks>
        /// <exception cref="IndexError">A position is out of range, or there are too many.</exception>
        public Tensor this[params TensorIndex?[]? index]
        {
            get
            {
                var (basic, tensors, _) = Basic(index);
                return tensors.Count > 0 ? basic.Picked(tensors) : ReferenceEquals(basic, this) ? Alias() : basic;
            }

            set
            {
                if (value is null) throw new TypeError($"can't assign a NoneType to a {type()}");
                var (basic, tensors, masked) = Basic(index);
                if (tensors.Count == 0)
                {
                    var before = version.Value;
                    if (value is { ndim: 0, Number: null } && basic.ndim > 0) InPlace(basic, "FillBackward3", Saves.None, (x, v) => Ops.Broadcast(Ops.Cast(v, x.DType), x.Shape), value);
                    else basic.copy_(value.Prepared(basic.Dims));
                    // x[i] *= y is x[i] = x[i] * y to C#: the place's old value, which the product reads, is not meant to be lost.
                    value.gradFn?.Keep(basic, before);
                    return;
                }
                // One element is filled in behind a mask, of whatever type it is.
                if (value.Number is null && value.Node.DType != Node.DType && !(masked && value.numel() == 1)) throw new RuntimeError($"Index put requires the source and destination dtypes match, got {dtype.TensorType} for the destination and {value.dtype.TensorType} for the source.");
                var trimmed = Trimmed(value.Dims);
                basic.Put(tensors, value.Number is not null || trimmed == value.Dims ? value : value.view([.. trimmed]), masked && value.numel() == 1);
            }
        }

        // As PyTorch prepares what is written to an index: without leading dimensions that the place does not have, and spread over it.
        private Tensor Prepared(Dims place)
        {
            if (Number is not null) return this;
            if (Dims == place) return this;
            var value = Trimmed(Dims);
            return (value == Dims ? this : view([.. value])).expand([.. place]);
        }

        private static Dims Trimmed(Dims value) => value[value.TakeWhile(n => n == 1).Count()..];

        internal Tensor Alias() => View("AliasBackward0", x => x, (_, v) => v);

        private (Tensor Basic, List<(int Dim, Tensor Index)> Tensors, bool IsMasked) Basic(TensorIndex?[]? index)
        {
            // x[null] is a single new dimension.
            index ??= [null];
            var used = index.Sum(i => i is null || i.IsEllipsis ? 0 : i.Tensor is { } t && IsMask(t) ? t.ndim : 1);
            if (used > ndim) throw new IndexError(ndim == 0 && used == 1 ? "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number" : $"too many indices for tensor of dimension {ndim}");
            var (x, d) = (this, 0);
            var entryNr = -1;
            var tensors = new List<(int, Tensor)>();
            var masked = index.Count(i => i?.Tensor is not null) == 1;
            foreach (var entry in index)
            {
                entryNr++;
                if (entry is null)
                {
                    x = x.unsqueeze(d++);
                }
                else if (entry.IsEllipsis)
                {
                    d += ndim - used;
                }
                else if (entry.Position is { } position)
                {
                    x = x.At(d, position, entryNr);
                }
                else if (entry.Range is { } range)
                {
                    // Among others, a range that names all of its dimension is none.
                    if (index.Length == 1 || range.Start is not (null or 0) || range.Stop != x.Dims[Wrap(d, x.ndim)] || range.Step != 1) x = x.Ranged(d, range.Start, range.Stop, range.Step);
                    d++;
                }
                else if (entry.Tensor is { ndim: 0 } single && !IsMask(single) && !single.Node.DType.IsSmooth)
                {
                    // A single position in a tensor is a position, and gives a view.
                    x = x.At(d, single.Longs()[0], entryNr);
                }
                else if (entry.Tensor is { ndim: 0 } truth && IsMask(truth))
                {
                    // A single truth value picks all or nothing of a new dimension.
                    masked = false;
                    x = x.unsqueeze(d);
                    tensors.Add((d++, new Tensor(Ops.Tensor<long>((bool)truth ? [0] : []))));
                }
                else
                {
                    masked &= IsMask(entry.Tensor!);
                    foreach (var part in Positions(entry.Tensor!, x, d)) tensors.Add((d++, part));
                }
            }
            return (x, tensors, masked);
        }

        internal Tensor Ranged(int d, long? start, long? stop, long step)
        {
            if (step == 0) throw new ValueError("slice step cannot be zero");
            if (step < 0) throw new ValueError("step must be greater than zero");
            var n = Dims[Wrap(d, ndim)];
            long Clip(long p) => Math.Clamp(p < 0 ? p + n : p, 0, n);
            var (i, j) = (Clip(start ?? 0), Clip(stop ?? n));
            return Sliced("SliceBackward0", d, i, Math.Max(i, j), step);
        }

        private static bool IsMask(Tensor index) => index.Node.DType is DType.Bool or DType.UInt8;

        // A mask stands for the positions where it holds, which are known only once it is computed.
        private static IEnumerable<Tensor> Positions(Tensor index, Tensor x, int d)
        {
            if (d + (IsMask(index) ? index.ndim : 1) > x.ndim) throw new IndexError($"too many indices for tensor of dimension {x.ndim}");
            if (IsMask(index))
            {
                if (index.IsRow) throw new RuntimeError("vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing with a boolean mask.");
                if (index.Node.DType == DType.UInt8) warnings.warn("indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.");
                for (var k = 0; k < index.ndim; k++)
                    if (index.Dims[k] != x.Dims[d + k]) throw new IndexError($"The shape of the mask {index.Dims} at index {k} does not match the shape of the indexed tensor {x.Dims} at index {d + k}");
                return Splitting.unbind(torch.Indexing.nonzero(index), 1);
            }
            if (index.Node.DType is not (DType.Int64 or DType.Int32)) throw new IndexError("tensors used as indices must be long, int, byte or bool tensors");
            return [index];
        }

        // Which elements are not zero.
        internal bool[] Truths()
        {
            Force([this]);
            return Plans.Evaluator.Read<bool>(Ops.Cast(Node, DType.Bool));
        }

        // Several index tensors broadcast against each other; their common shape stands where the first one stood when they are neighbours, else first.
        private (Node Flat, Dims Result, Dims Order) Places(List<(int Dim, Tensor Index)> tensors)
        {
            var dims = tensors.Select(t => t.Dim).ToArray();
            var shape = Broadcasted(tensors);
            var rest = Dims.From(Dims.Range(ndim).Where(k => !dims.Contains((int)k)));
            // Where nothing is read, any place will do.
            Node flat = Ops.Full(new(DType.Int64, shape), 0L);
            foreach (var (d, index) in Dims.Pick(rest).Product > 0 ? tensors : [])
            {
                var i = Ops.Cast(index.Node, DType.Int64);
                flat = flat * Dims[d] + Ops.Broadcast(Ops.Where(i < 0, i + Dims[d], i), shape);
            }
            var neighbours = dims[^1] - dims[0] == dims.Length - 1;
            var lead = neighbours ? dims[0] : 0;
            // From [index…, rest…] to [rest before, index…, rest after].
            Dims order = [.. Dims.Range(lead).Select(k => k + shape.Count), .. Dims.Range(shape.Count), .. Dims.Range(rest.Count - lead).Select(k => k + shape.Count + lead)];
            return (Ops.Reshape(flat, shape), [.. Dims.From(dims.Select(d => (long)d)), .. rest], order);
        }

        private static Dims Broadcasted(List<(int Dim, Tensor Index)> tensors)
        {
            try
            {
                return tensors.Aggregate(Dims.Empty, (s, t) => Ops.BroadcastShapes("index", s, t.Index.Dims));
            }
            catch (ShapeException)
            {
                throw new IndexError($"shape mismatch: indexing tensors could not be broadcast together with shapes {string.Join(", ", tensors.Select(t => t.Index.Dims))}");
            }
        }

        private static Node Joined(Node x, Dims arrangement, int count)
        {
            var moved = Ops.Permute(x, arrangement);
            return Ops.Reshape(moved, [moved.Shape[..count].Product, .. moved.Shape[count..]]);
        }

        private Tensor Picked(List<(int Dim, Tensor Index)> tensors)
        {
            var (flat, arrangement, order) = Places(tensors);
            Node Taken(Node x) => At(x, flat, arrangement, order, tensors.Count);
            CheckPlaces(tensors, Taken(Node).Type.Count);
            return Record("IndexBackward0", Saves.None, Taken, this, [.. tensors.Select(t => t.Index)]);
        }

        private static Node At(Node x, Node flat, Dims arrangement, Dims order, int count) => Ops.Permute(Ops.Take(Joined(x, arrangement, count), 0, flat), order);

        // Last, and only where something is read or written, as in PyTorch.
        private void CheckPlaces(List<(int Dim, Tensor Index)> tensors, long count)
        {
            if (tensors.Exists(t => Dims[t.Dim] == 0) && !tensors.Exists(t => t.Index.numel() == 0)) throw new IndexError("index is out of bounds for dimension with size 0");
            for (var k = 0; k < tensors.Count && count > 0; k++)
                foreach (var i in tensors[k].Index.Known())
                    if (Dims[tensors[k].Dim] is var size && (i < -size || i >= size)) throw new IndexError($"index {i} is out of bounds for dimension {k} with size {size}");
        }

        // What is filled in is read before anything is written.
        private Tensor Put(List<(int Dim, Tensor Index)> tensors, Tensor value, bool filled, bool accumulate = false, bool inPlace = true)
        {
            if (inPlace && (requires_grad || value.requires_grad) && GradMode && is_floating_point()) CheckWritable(this);
            var (flat, arrangement, order) = Places(tensors);
            var target = At(Node, flat, arrangement, order, tensors.Count).Shape;
            if (!Spreads(Trimmed(value.Dims), target)) throw new RuntimeError($"shape mismatch: value tensor of shape {Trimmed(value.Dims)} cannot be broadcast to indexing result of shape {target}");
            if (inPlace && !filled && (ReferenceEquals(value, this) || Layouts.Share(this, value))) throw new RuntimeError(PartlyShared);
            CheckPlaces(tensors, target.Product);
            var back = new Primitives.Permute(order).Inverse;
            Node Written(Node x, Node values)
            {
                var rows = Ops.Permute(Ops.Broadcast(Ops.Reshape(Taken(value, values, x.DType), Trimmed(value.Dims)), target), back);
                var written = Scattering.Into(Joined(x, arrangement, tensors.Count), 0, flat, rows, accumulate);
                return Ops.Permute(Ops.Reshape(written, x.Shape.Pick(arrangement)), new Primitives.Permute(arrangement).Inverse);
            }
            Tensor[] watched = [.. tensors.Select(t => t.Index)];
            return inPlace ? InPlace(this, "IndexPutBackward0", Saves.None, Written, value, watched) : Laid(Record("IndexPutBackward0", Saves.None, Written, this, value, watched), this);
        }

        // By tensors alone, one for each dimension; a mask stands for as many as it has.
        internal Tensor Put(IReadOnlyList<Tensor> indices, Tensor values, bool accumulate, bool inPlace)
        {
            Listed("index_put", indices);
            if (inPlace) Writing(this);
            if (indices.Count > ndim) throw new IndexError($"too many indices for tensor of dimension {ndim} (got {indices.Count})");
            var (d, tensors) = (0, new List<(int, Tensor)>());
            foreach (var index in indices)
            {
                foreach (var part in Positions(index, this, d)) tensors.Add((d++, part));
            }
            if (tensors.Count == 0) throw new IndexError("index_put requires at least one tensor of positions");
            if (values.Number is null && values.Node.DType != Node.DType) throw new RuntimeError($"Index put requires the source and destination dtypes match, got {dtype.TensorType} for the destination and {values.dtype.TensorType} for the source.");
            return Put(tensors, values, filled: false, accumulate, inPlace);
        }

        // A tensor without dimensions is to these functions a vector of one element.
        internal static Node Row(Node x) => x.Type.Rank == 0 ? Ops.Reshape(x, [1]) : x;

        // https://github.com/pytorch/pytorch/blob/v2.6.0/aten/src/ATen/native/ScatterGatherChecks.h
        internal int CheckIndex(string name, Tensor index, long dim, Tensor? src, string? told = null, string? reduce = null)
        {
            static Dims AtLeastOne(Tensor t) => t.ndim == 0 ? [1] : t.Dims;
            var d = Wrap(dim, ndim);
            if (index.Node.DType != DType.Int64) throw new RuntimeError($"{name}(): Expected dtype int64 for index");
            if (src is not null && src.Node.DType != Node.DType) throw new RuntimeError($"{name}(): Expected self.dtype to be equal to src.dtype");
            if (index.numel() == 0)
            {
                if (reduce is not null) Scattering.Reducing(reduce);
                return d;
            }
            var (self, places) = (AtLeastOne(this), AtLeastOne(index));
            if (self.Count != places.Count) throw new RuntimeError($"Index tensor must have the same number of dimensions as {told ?? (src is null ? "input" : "self")} tensor");
            if (src is not null && AtLeastOne(src).Count != places.Count) throw new RuntimeError("Index tensor must have the same number of dimensions as src tensor");
            for (var k = 0; k < self.Count; k++)
            {
                var fits = k == d || places[k] <= self[k];
                if (src is null && !fits) throw new RuntimeError($"Size does not match at dimension {k} expected index {index.Dims} to be no larger than self {Dims} apart from dimension {d}");
                if (src is not null && !(fits && places[k] <= AtLeastOne(src)[k])) throw new RuntimeError($"Expected index {index.Dims} to be no larger than self {Dims} apart from dimension {d} and to be no larger size than src {src.Dims}");
            }
            if (reduce is not null) Scattering.Reducing(reduce);
            foreach (var i in index.Known())
                if (i < 0 || i >= self[d]) throw new RuntimeError($"index {i} is out of bounds for dimension {d} with size {self[d]}");
            return d;
        }
    }
}
