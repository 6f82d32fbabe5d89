namespace Functional.Autograd;

public static partial class torch
{
    [Operators]
    private static class Splitting
    {
        /// <summary>All positions of a dimension as views.</summary>
        /// <exception cref="IndexError">There is no such dimension.</exception>
        [Torch]
        public static Tensor[] unbind(Tensor self, long dim = 0)
        {
            if (self.ndim == 0) throw new IndexError($"Dimension specified as {dim} but tensor has no dimensions");
            var d = Wrap(dim, self.ndim);
            return self.Shown("UnbindBackward0", [.. Enumerable.Range(0, (int)self.Dims[d]).Select(i => self.Selecting(d, i))], Creation.MultiOutput);
        }

        /// <summary>Pieces of a size along a dimension as views, the last perhaps smaller.</summary>
        /// <exception cref="RuntimeError">The size is negative, or zero for a dimension that is not empty.</exception>
        [Torch]
        public static Tensor[] split(Tensor self, long split_size, long dim = 0) => self.Shown("SplitBackward0", Equal(self, split_size, dim), Creation.MultiOutput);

        /// <summary>Pieces of given sizes along a dimension as views.</summary>
        /// <exception cref="RuntimeError">The sizes do not add up to the dimension's.</exception>
        [Torch]
        public static Tensor[] split(Tensor self, Sizes split_size_or_sections, long dim = 0) =>
            split_size_or_sections.IsNumber ? split(self, split_size_or_sections.All[0], dim) : split_with_sizes(self, split_size_or_sections, dim);

        /// <summary>Pieces of given sizes along a dimension as views.</summary>
        /// <exception cref="RuntimeError">The sizes do not add up to the dimension's.</exception>
        [Torch]
        public static Tensor[] split_with_sizes(Tensor self, Sizes split_sizes, long dim = 0) => self.Shown("SplitWithSizesBackward0", Sized(self, split_sizes, dim), Creation.MultiOutput);

        /// <summary>A number of pieces along a dimension as views.</summary>
        /// <exception cref="RuntimeError">Fewer than one piece, or no dimensions.</exception>
        [Torch]
        public static Tensor[] chunk(Tensor self, long chunks, long dim = 0) => Chunk(self, chunks, dim) is { } size ? split(self, size, dim) : split_with_sizes(self, new long[chunks], dim);

        /// <summary>Pieces of a size along a dimension as copies, each of which may be written to.</summary>
        /// <exception cref="RuntimeError">The size is negative, or zero for a dimension that is not empty.</exception>
        [Torch]
        public static Tensor[] unsafe_split(Tensor self, long split_size, long dim = 0) => self.Copies("UnsafeSplitBackward0", Equal(self, split_size, dim));

        /// <summary>Pieces of given sizes along a dimension as copies, each of which may be written to.</summary>
        /// <exception cref="RuntimeError">The sizes do not add up to the dimension's.</exception>
        [Torch]
        public static Tensor[] unsafe_split_with_sizes(Tensor self, Sizes split_sizes, long dim = 0) => self.Copies("UnsafeSplitWithSizesBackward0", Sized(self, split_sizes, dim));

        /// <summary>A number of pieces along a dimension as copies, each of which may be written to.</summary>
        /// <exception cref="RuntimeError">Fewer than one piece, or no dimensions.</exception>
        [Torch]
        public static Tensor[] unsafe_chunk(Tensor self, long chunks, long dim = 0) => Chunk(self, chunks, dim) is { } size ? unsafe_split(self, size, dim) : unsafe_split_with_sizes(self, new long[chunks], dim);

        private static Movement[] Equal(Tensor self, long size, long dim)
        {
            if (self.ndim == 0) throw new RuntimeError("split expects at least a 1-dimensional tensor");
            var d = Wrap(dim, self.ndim);
            var whole = self.Dims[d];
            if (size == 0 && whole > 0) throw new RuntimeError($"split_size can only be 0 if dimension size is 0, but got dimension size of {whole}");
            if (size < 0) throw new RuntimeError($"split expects split_size be non-negative, but got split_size={size}");
            // Without adding to the size, which may be as large as numbers are.
            var count = size == 0 ? 1 : Math.Max(1, whole / size + (whole % size == 0 ? 0 : 1));
            return [.. Enumerable.Range(0, (int)count).Select(i => self.Slicing(d, i * size, Math.Min(whole - i * size, size) + i * size, 1))];
        }

        private static Movement[] Sized(Tensor self, Sizes sizes, long dim)
        {
            if (self.ndim == 0) throw new RuntimeError("split expects at least a 1-dimensional tensor");
            var d = Wrap(dim, self.ndim);
            if (sizes.Any(n => n < 0)) throw new RuntimeError($"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={Dims.Create(sizes.All)}");
            if (sizes.Aggregate(Int128.Zero, (sum, n) => sum + n) != self.Dims[d]) throw new RuntimeError($"split_with_sizes expects split_sizes to sum exactly to {self.Dims[d]} (input tensor's size at dimension {dim}), but got split_sizes={Dims.Create(sizes.All)}");
            var (start, pieces) = (0L, new List<Movement>());
            foreach (var n in sizes)
            {
                pieces.Add(self.Slicing(d, start, start + n, 1));
                start += n;
            }
            return [.. pieces];
        }

        // The size of a piece; null where there is nothing to divide.
        private static long? Chunk(Tensor self, long chunks, long dim)
        {
            if (self.ndim == 0) throw new RuntimeError("chunk expects at least a 1-dimensional tensor");
            if (chunks < 1) throw new RuntimeError($"chunk expects `chunks` to be greater than 0, got: {chunks}");
            var whole = self.Dims[Wrap(dim, self.ndim)];
            return whole == 0 ? null : whole / chunks + (whole % chunks == 0 ? 0 : 1);
        }

        /// <summary>A number of pieces along a dimension as views, the first of them larger by one where they do not come out even.</summary>
        /// <exception cref="RuntimeError">Fewer than one piece, or no dimensions.</exception>
        [Torch]
        public static Tensor[] tensor_split(Tensor self, long sections, long dim = 0)
        {
            var d = Dimension(self, dim);
            if (sections < 1) throw new RuntimeError($"number of sections must be larger than 0, got {sections}");
            var (least, more) = Math.DivRem(self.Dims[d], sections);
            return Cut(self, d, [.. Enumerable.Range(1, (int)sections - 1).Select(i => i * least + Math.Min(i, more))]);
        }

        /// <summary>Pieces between positions along a dimension as views.</summary>
        /// <exception cref="RuntimeError">No dimensions.</exception>
        [Torch]
        public static Tensor[] tensor_split(Tensor self, Sizes indices, long dim = 0) => indices.IsNumber ? tensor_split(self, indices.All[0], dim) : Cut(self, Dimension(self, dim), indices.All);

        /// <summary>Pieces along a dimension as views: a single number counts them, a vector has the positions between them.</summary>
        /// <exception cref="RuntimeError">The positions are not of type int64, or no vector.</exception>
        [Torch]
        public static Tensor[] tensor_split(Tensor self, Tensor tensor_indices_or_sections, long dim = 0)
        {
            var given = tensor_indices_or_sections;
            if (self.ndim == 0) Dimension(self, dim);
            if (given.Node.DType != DType.Int64) throw new RuntimeError($"tensor_split expected tensor_indices_or_sections to have dtype of long, but got {given.dtype.TensorType}");
            if (given.ndim > 1) throw new RuntimeError($"tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with {given.ndim} dims");
            return given.ndim == 0 ? tensor_split(self, given.Longs()[0], dim) : tensor_split(self, (Sizes)given.Longs(), dim);
        }

        private static int Dimension(Tensor self, long dim) => self.ndim > 0 ? Wrap(dim, self.ndim) : throw new RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");

        private static Tensor[] Cut(Tensor self, int d, long[] ends)
        {
            var (start, pieces) = (0L, new List<Tensor>());
            foreach (var end in ends)
            {
                pieces.Add(self.Ranged(d, start, end, 1));
                start = end;
            }
            pieces.Add(self.Ranged(d, start, null, 1));
            return [.. pieces];
        }

        /// <summary>Pieces side by side: along the second dimension, of a vector along its only one.</summary>
        /// <exception cref="RuntimeError">No dimensions, or a number of pieces that does not divide the dimension.</exception>
        [Torch]
        public static Tensor[] hsplit(Tensor self, Sizes indices_or_sections) => Even("hsplit", self, 1, self.ndim == 1 ? 0 : 1, indices_or_sections);

        /// <summary>Pieces below each other: along the first dimension.</summary>
        /// <exception cref="RuntimeError">Fewer than two dimensions, or a number of pieces that does not divide the dimension.</exception>
        [Torch]
        public static Tensor[] vsplit(Tensor self, Sizes indices_or_sections) => Even("vsplit", self, 2, 0, indices_or_sections);

        /// <summary>Pieces behind each other: along the third dimension.</summary>
        /// <exception cref="RuntimeError">Fewer than three dimensions, or a number of pieces that does not divide the dimension.</exception>
        [Torch]
        public static Tensor[] dsplit(Tensor self, Sizes indices_or_sections) => Even("dsplit", self, 3, 2, indices_or_sections);

        private static Tensor[] Even(string name, Tensor self, int least, int d, Sizes sections)
        {
            if (self.ndim < least) throw new RuntimeError($"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {self.ndim} dimensions!");
            if (sections.IsNumber && (sections.All[0] == 0 || self.Dims[d] % sections.All[0] != 0)) throw new RuntimeError($"torch.{name} attempted to split along dimension {d}, but the size of the dimension {self.Dims[d]} is not divisible by the split_size {sections.All[0]}!");
            return tensor_split(self, sections, d);
        }
    }
}
