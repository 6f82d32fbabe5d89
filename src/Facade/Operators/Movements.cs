namespace Functional.Autograd;

public static partial class torch
{
    // Elements at other places, as copies.
    [Operators]
    private static class Movements
    {
        /// <summary>A copy; its elements lie as those of the tensor do, or in row-major order if asked for.</summary>
        [Torch]
        public static Tensor clone(Tensor self, memory_format? memory_format = null)
        {
            var copy = Record("CloneBackward0", Saves.None, Copied, self);
            return memory_format == contiguous_format ? copy : Laid(copy, self);
        }

        /// <summary>The tensor repeated along dimensions.</summary>
        /// <exception cref="RuntimeError">Fewer numbers than dimensions.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor repeat(Tensor self, params Sizes sizes)
        {
            var repeats = sizes.All;
            if (repeats.Length < self.ndim) throw new RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
            Dims padded = [.. Dims.Repeat(1, repeats.Length - self.ndim), .. self.Dims];
            var split = Dims.From(padded.SelectMany(n => new[] { 1, n }));
            var wide = Dims.From(padded.SelectMany((n, k) => new[] { Math.Max(0, repeats[k]), n }));
            var whole = Checked([.. repeats.Zip(padded, (n, size) => n * size)]);
            return Record("RepeatBackward0", Saves.None, x => Ops.Reshape(Ops.Broadcast(Ops.Reshape(x, split), wide), whole), self);
        }

        /// <summary>The tensor repeated along dimensions, the last ones where there are fewer numbers.</summary>
        [Torch]
        public static Tensor tile(Tensor self, params Sizes dims) => repeat(self, [.. Enumerable.Repeat(1L, Math.Max(0, self.ndim - dims.All.Length)), .. dims.All]);

        /// <summary>Each element repeated along a dimension; of all elements as a vector when none is given.</summary>
        /// <exception cref="RuntimeError">A negative number, or a result of another size than told.</exception>
        [Torch]
        public static Tensor repeat_interleave(Tensor self, long repeats, long? dim = null, long? output_size = null)
        {
            var x = dim is null ? Views.flatten(self) : self;
            var d = Wrap(dim ?? 0, x.ndim);
            if (repeats < 0) throw new RuntimeError("Repeats must be non-negative");
            var wide = Views.unsqueeze(x, d + 1);
            var shape = wide.Dims.With(d + 1, repeats);
            if (output_size is { } told && told != repeats * shape[d]) throw new RuntimeError($"repeat_interleave: Invalid output_size, expected {repeats * shape[d]} but got {told}");
            return Views.flatten(clone(wide.Expanded(shape), contiguous_format), d, d + 1);
        }

        /// <summary>Each element repeated along a dimension, as often as its own number says.</summary>
        /// <exception cref="RuntimeError">There are not as many numbers as elements, one is negative, or they are no integers.</exception>
        [Torch]
        public static Tensor repeat_interleave(Tensor self, Tensor repeats, long? dim = null, long? output_size = null)
        {
            var x = dim is null ? Views.flatten(self) : self;
            var d = Wrap(dim ?? 0, x.ndim);
            var size = x.ndim == 0 ? 1 : x.Dims[d];
            if (repeats.ndim > 1) throw new RuntimeError("repeats must be 0-dim or 1-dim tensor");
            var each = repeats.numel() == 1 ? Views.reshape(repeats, 1).Expanded([size]) : repeats;
            if (each.numel() != size) throw new RuntimeError($"repeats must have the same size as input along dim, but got repeats.size(0) = {each.numel()} and input.size({d}) = {size}");
            return Indexing.index_select(x, d, repeat_interleave(each, output_size));
        }

        /// <summary>The positions of a vector of numbers, each as often as its number says.</summary>
        /// <exception cref="RuntimeError">No vector of integers, a negative number, or a result of another size than told.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor repeat_interleave(Tensor repeats, long? output_size = null)
        {
            if (repeats.ndim != 1) throw new RuntimeError("repeat_interleave only accept 1D vector as repeat");
            if (repeats.Node.DType is not (DType.Int64 or DType.Int32)) throw new RuntimeError($"\"repeat_interleave_cpu\" not implemented for '{repeats.dtype.TensorType}'");
            return new Tensor(Mapping.AtOnce(x => [Repeated(Longs(x[0]), output_size, x[0].DType)], repeats.Node)[0]);
        }

        private static Node Repeated(long[] counts, long? output_size, DType type)
        {
            if (Array.Exists(counts, n => n < 0)) throw new RuntimeError("repeats can not be negative");
            var total = counts.Aggregate(Int128.Zero, (sum, n) => sum + n);
            if (output_size is { } told && told != total) throw new RuntimeError("allocated size does not match required size");
            var (places, at) = (Room<long>((long)Int128.Min(total, long.MaxValue)), 0L);
            for (var i = 0; i < counts.Length; i++)
                for (var n = counts[i]; n > 0; n--) places[at++] = i;
            return Ops.Cast(Ops.Tensor<long>(places), type);
        }

        /// <summary>The order along dimensions reversed.</summary>
        /// <exception cref="RuntimeError">A dimension is named twice.</exception>
        [Torch]
        public static Tensor flip(Tensor self, params Sizes dims)
        {
            var axes = Axes(self.Node, dims);
            return Laid(Record("FlipBackward0", Saves.None, x => axes is { } a ? Ops.Flip(x, a) : Copied(x), self), self);
        }

        /// <summary>The order of the columns reversed.</summary>
        /// <exception cref="RuntimeError">Fewer than two dimensions.</exception>
        [Torch]
        public static Tensor fliplr(Tensor self) => self.ndim >= 2 ? flip(self, 1) : throw new RuntimeError("Input must be >= 2-d.");

        /// <summary>The order of the rows reversed.</summary>
        /// <exception cref="RuntimeError">No dimensions.</exception>
        [Torch]
        public static Tensor flipud(Tensor self) => self.ndim >= 1 ? flip(self, 0) : throw new RuntimeError("Input must be >= 1-d.");

        /// <summary>Elements moved along dimensions; those that leave at one end enter at the other. Without dimensions all move in row-major order.</summary>
        /// <exception cref="RuntimeError">There are not as many numbers as dimensions.</exception>
        [Torch("RollBackward0")]
        public static Node roll(Node self, Sizes shifts, Sizes? dims = null)
        {
            long[] along = dims?.All ?? [];
            if (shifts.All.Length == 0) throw new RuntimeError("`shifts` required");
            if (shifts.All.Length != along.Length && (along.Length > 0 || shifts.All.Length > 1)) throw new RuntimeError($"shifts and dimensions must align. shifts: {shifts.All.Length}, dims:{along.Length}");
            if (along.Length > 0 && self.Type.Rank == 0) throw new IndexError($"Dimension specified as {along[0]} but tensor has no dimensions");
            var axes = Dims.From(along.Select(d => (long)Wrap(d, self.Type.Rank)));
            if (self.Type.Count == 0) return Copied(self);
            return Copied(Ops.Roll(self, Dims.Create(shifts.All), along.Length == 0 ? null : axes));
        }

        /// <summary>Turned by k quarters in the plane of two dimensions, from the first towards the second.</summary>
        /// <exception cref="RuntimeError">Not two different dimensions.</exception>
        [Torch]
        public static Tensor rot90(Tensor self, long k = 1, Sizes? dims = null)
        {
            long[] plane = dims?.All ?? [0, 1];
            if (plane.Length != 2) throw new RuntimeError($"expected total rotation dims == 2, but got dims = {plane.Length}");
            if (self.ndim < 2) throw new RuntimeError($"expected total dims >= 2, but got total dims = {self.ndim}");
            if (plane[0] == plane[1] || Math.Abs(plane[0] - plane[1]) == self.ndim) throw new RuntimeError($"expected rotation dims to be different, but got dim0 = {plane[0]} and dim1 = {plane[1]}");
            for (var i = 0; i < 2; i++)
                if (plane[i] < -self.ndim || plane[i] >= self.ndim) throw new RuntimeError($"Rotation dim{i} out of range, dim{i} = {plane[i]}");
            var (a, b, turns) = (Wrap(plane[0], self.ndim), Wrap(plane[1], self.ndim), (k % 4 + 4) % 4);
            var result = Record("Rot90Backward0", Saves.None, x => turns switch
            {
                1 => Ops.SwapAxes(Ops.Flip(x, b), a, b),
                2 => Ops.Flip(x, a, b),
                3 => Ops.SwapAxes(Ops.Flip(x, a), a, b),
                _ => Copied(x),
            }, self);
            if (turns == 0) return result;
            var order = Layouts.Like(self.Dims, self) ?? Dims.Range(self.ndim);
            // A quarter is a reversal seen with two dimensions swapped.
            if (turns != 2) order = Dims.From(order.Select(d => d == a ? b : d == b ? a : d));
            result.storage.Order = order == Dims.Range(self.ndim) ? null : order;
            return result;
        }

        /// <summary>The elements on and below a diagonal; zeros elsewhere.</summary>
        /// <exception cref="RuntimeError">Fewer than two dimensions.</exception>
        [Torch("TrilBackward0", Out = true)]
        public static Node tril(Node self, long diagonal = 0) => Ops.Tril(Matrices(self, "tril"), diagonal);

        /// <summary>Zeros above a diagonal, in place.</summary>
        /// <exception cref="RuntimeError">Fewer than two dimensions.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor tril_(Tensor self, long diagonal = 0) => InPlace(self, "TrilBackward0", Saves.None, x => tril(x, diagonal));

        /// <summary>The elements on and above a diagonal; zeros elsewhere.</summary>
        /// <exception cref="RuntimeError">Fewer than two dimensions.</exception>
        [Torch("TriuBackward0", Out = true)]
        public static Node triu(Node self, long diagonal = 0) => Ops.Triu(Matrices(self, "triu"), diagonal);

        /// <summary>Zeros below a diagonal, in place.</summary>
        /// <exception cref="RuntimeError">Fewer than two dimensions.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor triu_(Tensor self, long diagonal = 0) => InPlace(self, "TriuBackward0", Saves.None, x => triu(x, diagonal));

        private static Node Matrices(Node x, string name) => x.Type.Rank >= 2 ? x : throw new RuntimeError($"{name}: input tensor must have at least 2 dimensions");

        /// <summary>A matrix with a vector on a diagonal, or the diagonal of a matrix.</summary>
        /// <exception cref="RuntimeError">Neither a vector nor a matrix.</exception>
        [Torch]
        public static Tensor diag(Tensor self, long diagonal = 0) => self.ndim switch
        {
            1 => self.diag_embed(diagonal),
            2 => Record("DiagonalBackward0_copy", Saves.None, x => Ops.Diagonal(x, diagonal), self),
            _ => throw new RuntimeError($"diag(): Supports 1D or 2D tensors. Got {self.ndim}D"),
        };

        /// <summary>Matrices with the last dimension on a diagonal of two new ones.</summary>
        /// <exception cref="RuntimeError">The new dimensions are equal.</exception>
        [Torch("DiagEmbedBackward0")]
        public static Node diag_embed(Node self, long offset = 0, long dim1 = -2, long dim2 = -1)
        {
            var rank = self.Type.Rank + 1;
            var (i, j) = (Wrap(dim1, rank), Wrap(dim2, rank));
            if (i == j) throw new RuntimeError($"diagonal dimensions cannot be identical {dim1}, {dim2}");
            var (axes, next) = (new long[rank], 0L);
            for (var k = 0; k < rank; k++) axes[k] = k == i ? rank - 2 : k == j ? rank - 1 : next++;
            return Ops.Permute(Ops.DiagonalEmbed(self, offset), Dims.Create(axes));
        }

        /// <summary>A matrix with all elements on a diagonal.</summary>
        [Torch]
        public static Tensor diagflat(Tensor self, long offset = 0) => diag(Views.ravel(self), offset);

        /// <summary>The positions on and below a diagonal of a matrix: a row of row numbers and one of columns.</summary>
        /// <exception cref="RuntimeError">A negative size, or a type that is not for positions.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor tril_indices(long row, long col, long offset = 0, dtype? dtype = null) => Triangle("tril_indices", row, col, dtype, (i, j) => j - i <= offset);

        /// <summary>The positions on and above a diagonal of a matrix: a row of row numbers and one of columns.</summary>
        /// <exception cref="RuntimeError">A negative size, or a type that is not for positions.</exception>
        [Torch(Forms = Forms.Function)]
        public static Tensor triu_indices(long row, long col, long offset = 0, dtype? dtype = null) => Triangle("triu_indices", row, col, dtype, (i, j) => j - i >= offset);

        private static Tensor Triangle(string name, long row, long col, dtype? dtype, Func<long, long, bool> within)
        {
            if (row < 0) throw new RuntimeError($"row must be non-negative, got{row}");
            if (col < 0) throw new RuntimeError($"col must be non-negative, got{col}");
            var type = (dtype ?? int64).Type;
            if (type.IsSmooth || type == DType.Bool) throw new RuntimeError($"\"{name}\" not implemented for '{Named(type).TensorType}'");
            List<long> rows = [], columns = [];
            for (var i = 0L; i < row; i++)
                for (var j = 0L; j < col; j++)
                    if (within(i, j))
                    {
                        rows.Add(i);
                        columns.Add(j);
                    }
            return new Tensor(Ops.Cast(Ops.Tensor<long>([.. rows, .. columns], [2, rows.Count]), type));
        }
    }

    /// <summary>How the elements of a copy lie.</summary>
    public sealed class memory_format
    {
        private readonly string name;

        internal memory_format(string name) => this.name = name;

        /// <summary>The name, such as torch.contiguous_format.</summary>
        public override string ToString() => "torch." + name;
    }

    /// <summary>In row-major order.</summary>
    public static readonly memory_format contiguous_format = new("contiguous_format");

    /// <summary>As those of the tensor that is copied.</summary>
    public static readonly memory_format preserve_format = new("preserve_format");
}
