namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Forms = Forms.Function)]
    private static class Joining
    {
        /// <summary>Joins tensors along a dimension.</summary>
        /// <exception cref="RuntimeError">Sizes differ elsewhere, or there are no tensors.</exception>
        [Torch(Out = true)]
        public static Tensor cat(IReadOnlyList<Tensor> tensors, long dim = 0)
        {
            if (Listed("cat", tensors).Count == 0) throw new RuntimeError("torch.cat(): expected a non-empty list of Tensors");
            // A vector of no elements fits to everything and adds nothing but its type.
            static bool Counts(Dims shape) => shape.Count != 1 || shape[0] > 0;
            var like = tensors.FirstOrDefault(t => Counts(t.Dims), tensors[0]);
            var d = Wrap(dim, like.ndim);
            for (var i = 0; i < tensors.Count; i++)
            {
                var t = tensors[i];
                if (t.ndim == 0) throw new RuntimeError($"zero-dimensional tensor (at position {i}) cannot be concatenated");
                if (!Counts(t.Dims)) continue;
                if (t.ndim != like.ndim) throw new RuntimeError($"Tensors must have same number of dimensions: got {like.ndim} and {t.ndim}");
                for (var k = 0; k < t.ndim; k++)
                    if (k != d && t.Dims[k] != like.Dims[k]) throw new RuntimeError($"Sizes of tensors must match except in dimension {d}. Expected size {like.Dims[k]} but got size {t.Dims[k]} for tensor number {i} in the list.");
            }
            var type = tensors.Skip(1).Aggregate(tensors[0].Node.DType, (type, t) => DTypes.Promote(type, t.Node.DType));
            return Record("CatBackward0", Saves.None, x =>
            {
                Node[] parts = [.. x.Where(p => Counts(p.Shape)).DefaultIfEmpty(x[0]).Select(p => Ops.Cast(p, type))];
                return parts.Length == 1 ? Copied(parts[0]) : Ops.Concat(parts, d);
            }, [.. tensors]);
        }

        /// <summary>Joins tensors along a dimension.</summary>
        /// <exception cref="RuntimeError">Sizes differ elsewhere, or there are no tensors.</exception>
        [Torch]
        public static Tensor concat(IReadOnlyList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

        /// <summary>Joins tensors along a dimension.</summary>
        /// <exception cref="RuntimeError">Sizes differ elsewhere, or there are no tensors.</exception>
        [Torch]
        public static Tensor concatenate(IReadOnlyList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

        /// <summary>Joins tensors along a new dimension.</summary>
        /// <exception cref="RuntimeError">Sizes differ, or there are no tensors.</exception>
        [Torch(Out = true)]
        public static Tensor stack(IReadOnlyList<Tensor> tensors, long dim = 0)
        {
            if (Listed("stack", tensors).Count == 0) throw new RuntimeError("stack expects a non-empty TensorList");
            for (var i = 1; i < tensors.Count; i++)
                if (tensors[i].Dims != tensors[0].Dims) throw new RuntimeError($"stack expects each tensor to be equal size, but got {tensors[0].Dims} at entry 0 and {tensors[i].Dims} at entry {i}");
            var d = Wrap(dim, tensors[0].ndim + 1);
            return Record("StackBackward0", Saves.None, x => Ops.Stack(x, d), [.. tensors]);
        }

        /// <summary>Joins tensors side by side: along the second dimension, vectors along their only one.</summary>
        /// <exception cref="RuntimeError">Sizes differ elsewhere, or there are no tensors.</exception>
        [Torch(Out = true)]
        public static Tensor hstack(IReadOnlyList<Tensor> tensors)
        {
            Tensor[] all = [.. Some("hstack", tensors).Select(Views.atleast_1d)];
            return cat(all, all[0].ndim == 1 ? 0 : 1);
        }

        /// <summary>Joins tensors below each other, vectors as rows.</summary>
        /// <exception cref="RuntimeError">Sizes differ elsewhere, or there are no tensors.</exception>
        [Torch(Out = true)]
        public static Tensor vstack(IReadOnlyList<Tensor> tensors) => cat([.. Some("vstack", tensors).Select(Views.atleast_2d)]);

        /// <summary>Joins tensors below each other, vectors as rows.</summary>
        /// <exception cref="RuntimeError">Sizes differ elsewhere, or there are no tensors.</exception>
        [Torch]
        public static Tensor row_stack(IReadOnlyList<Tensor> tensors) => vstack(tensors);

        /// <summary>Joins tensors behind each other: along the third dimension.</summary>
        /// <exception cref="RuntimeError">Sizes differ elsewhere, or there are no tensors.</exception>
        [Torch]
        public static Tensor dstack(IReadOnlyList<Tensor> tensors) => cat([.. Some("dstack", tensors).Select(Views.atleast_3d)], 2);

        /// <summary>Joins tensors side by side, vectors as columns.</summary>
        /// <exception cref="RuntimeError">Sizes differ elsewhere, or there are no tensors.</exception>
        [Torch]
        public static Tensor column_stack(IReadOnlyList<Tensor> tensors) => hstack([.. Some("column_stack", tensors).Select(t => t.ndim < 2 ? Views.reshape(t, t.numel(), 1) : t)]);

        private static IReadOnlyList<Tensor> Some(string name, IReadOnlyList<Tensor> tensors) => Listed(name, tensors).Count > 0 ? tensors : throw new RuntimeError($"{name} expects a non-empty TensorList");

        /// <summary>A matrix with the given ones along its diagonal and zeros elsewhere; vectors are rows.</summary>
        /// <exception cref="RuntimeError">A tensor has more than two dimensions.</exception>
        [Torch]
        public static Tensor block_diag(params Tensor[] tensors)
        {
            if (Listed("block_diag", tensors).Count == 0) return empty(1, 0);
            var (type, rows, columns) = (tensors[0].Node.DType, new long[tensors.Length], new long[tensors.Length]);
            for (var i = 0; i < tensors.Length; i++)
            {
                var t = tensors[i];
                if (t.ndim > 2) throw new RuntimeError($"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {t.ndim} dimensions");
                (rows[i], columns[i]) = (t.ndim == 2 ? t.Dims[0] : 1, t.ndim > 0 ? t.Dims[^1] : 1);
                type = DTypes.Promote(type, t.Node.DType);
            }
            var width = columns.Sum();
            return Record("BlockDiagBackward0", Saves.None, x =>
            {
                var (blocks, left) = (new Node[x.Length], 0L);
                for (var i = 0; i < blocks.Length; i++)
                {
                    blocks[i] = Ops.PadTo(Ops.Reshape(Ops.Cast(x[i], type), [rows[i], columns[i]]), [rows[i], width], [0, left], [1, 1]);
                    left += columns[i];
                }
                return blocks.Length == 1 ? Copied(blocks[0]) : Ops.Concat(blocks);
            }, tensors);
        }

        /// <summary>Tensors spread over each other without copying.</summary>
        /// <exception cref="RuntimeError">The shapes do not broadcast.</exception>
        [Torch]
        public static Tensor[] broadcast_tensors(params Tensor[] tensors)
        {
            var shape = Spread(Listed("broadcast_tensors", tensors).Select(t => t.Dims));
            return [.. tensors.Select(t => t.Dims == shape ? t : t.Expanded(shape))];
        }

        /// <summary>The shape that tensors of given shapes are spread over.</summary>
        /// <exception cref="RuntimeError">The shapes do not broadcast.</exception>
        [Torch]
        public static Size broadcast_shapes(params Sizes[] shapes) => new(Spread(shapes.Select(s => Dims.Create(s.All))));

        private static Dims Spread(IEnumerable<Dims> shapes)
        {
            var shape = Dims.Empty;
            foreach (var other in shapes)
            {
                CheckBroadcast(shape, other);
                shape = Ops.BroadcastShapes("broadcast_tensors", shape, other);
            }
            return shape;
        }

        /// <summary>Grids of coordinates: each vector along a dimension of its own, repeated along the others without copying.</summary>
        /// <exception cref="RuntimeError">A tensor has more than one dimension, the element types differ, or there are no tensors.</exception>
        [Torch]
        public static Tensor[] meshgrid(params Tensor[] tensors) => meshgrid(tensors, null);

        /// <summary>Grids of coordinates; indexing is "ij" for matrices or "xy" for plots, where the first two dimensions change places.</summary>
        /// <exception cref="RuntimeError">A tensor has more than one dimension, the element types differ, or there are no tensors.</exception>
        [Torch]
        public static Tensor[] meshgrid(IReadOnlyList<Tensor> tensors, string? indexing)
        {
            if (indexing is null) warnings.once("torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.");
            Tensor[] all = [.. Some("meshgrid", tensors)];
            foreach (var t in all)
            {
                if (t.ndim > 1) throw new RuntimeError($"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {t}");
                if (t.Node.DType != all[0].Node.DType) throw new RuntimeError("meshgrid expects all tensors to have the same dtype");
            }
            if (indexing is not (null or "ij" or "xy")) throw new RuntimeError($"torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: {indexing}");
            var swapped = indexing == "xy" && all.Length > 1;
            if (swapped) (all[0], all[1]) = (all[1], all[0]);
            var shape = Dims.From(all.Select(t => t.numel()));
            Tensor[] grids = [.. all.Select((t, k) => Views.view(t, [.. Dims.Repeat(1, all.Length).With(k, shape[k])]).Expanded(shape))];
            if (swapped) (grids[0], grids[1]) = (grids[1], grids[0]);
            return grids;
        }

        /// <summary>All tuples of elements of vectors, one row each.</summary>
        /// <exception cref="RuntimeError">A tensor is no vector.</exception>
        [Torch]
        public static Tensor cartesian_prod(params Tensor[] tensors)
        {
            foreach (var t in Some("cartesian_prod", tensors)) Vector(t);
            return tensors.Length == 1 ? tensors[0] : stack([.. meshgrid(tensors, "ij").Select(g => Views.flatten(g))], 1);
        }

        /// <summary>All choices of r elements of a vector, in order, one row each.</summary>
        /// <exception cref="RuntimeError">No vector, or r is negative.</exception>
        [Torch]
        public static Tensor combinations(Tensor self, long r = 2, bool with_replacement = false)
        {
            Vector(self);
            if (r < 0) throw new RuntimeError($"Expect a non-negative number, but got {r}");
            if (r == 0) return empty([0], self.dtype);
            var shape = Dims.Repeat(self.numel(), (int)r);
            Node Place(int k) => Ops.Reshape(Ops.Arange(self.numel()), Dims.Repeat(1, (int)r).With(k, self.numel()));
            var chosen = Ops.Full(new(DType.Bool, shape), 1L);
            for (var k = 0; k + 1 < r; k++) chosen = Ops.And(chosen, with_replacement ? Ops.LessEqual(Place(k), Place(k + 1)) : Ops.Less(Place(k), Place(k + 1)));
            var mask = new Tensor(chosen);
            return stack([.. meshgrid(Enumerable.Repeat(self, (int)r).ToArray(), "ij").Select(g => Indexing.masked_select(g, mask))], 1);
        }

        private static void Vector(Tensor x)
        {
            if (x.ndim != 1) throw new RuntimeError($"Expect a 1D vector, but got shape {x.Dims}");
        }
    }

    /// <summary>Tensors that must all be given.</summary>
    internal static IReadOnlyList<Tensor> Listed(string operation, IReadOnlyList<Tensor>? tensors)
    {
        if (tensors is null) throw new TypeError($"{operation}(): argument 'tensors' (position 1) must be tuple of Tensors, not NoneType");
        for (var i = 0; i < tensors.Count; i++)
            if (tensors[i] is null) throw new TypeError($"expected Tensor as element {i} in argument 0, but got NoneType");
        return tensors;
    }
}
