namespace Functional.Autograd;

public static partial class torch
{
    public static partial class func
    {
        /// <summary>A function of a row as a function of all rows. The function is called once; no loop is left, and derivatives flow through.</summary>
        /// <typeparam name="T">A tensor or a structure of tensors.</typeparam>
        /// <typeparam name="TResult">A tensor or a structure of tensors.</typeparam>
        /// <param name="func">From a row. It can't look at elements; what it captures is the same for all rows.</param>
        /// <param name="in_dims">The dimension that counts rows; null for what is the same for all.</param>
        /// <param name="out_dims">The dimension of the result that counts rows: one, or one for each tensor of a tuple; null in a list for one that is the same for all rows: <c>[null]</c>.</param>
        /// <param name="randomness">What random functions do inside: "error", "different" or "same".</param>
        /// <param name="chunk_size">How many rows at a time; all, when left out.</param>
        /// <exception cref="ValueError">When called: no such dimension, different numbers of rows, none at all.</exception>
        /// <exception cref="RuntimeError">When called: an element is asked for, or a random number.</exception>
        public static Func<T, TResult> vmap<T, TResult>(Func<T, TResult> func, BatchDims? in_dims = null, BatchDims? out_dims = null, string randomness = "error", long? chunk_size = null) =>
            x => Mapped(func, x, [.. Tree.LeavesOf<Tensor>(x).Select(_ => Of(in_dims ?? 0, 0, 1))], new(in_dims ?? 0, out_dims ?? 0, randomness, chunk_size));

        /// <summary>A function of rows of two arguments as a function of all rows.</summary>
        /// <inheritdoc cref="vmap{T, TResult}(Func{T, TResult}, BatchDims?, BatchDims?, string, long?)"/>
        public static Func<T1, T2, TResult> vmap<T1, T2, TResult>(Func<T1, T2, TResult> func, BatchDims? in_dims = null, BatchDims? out_dims = null, string randomness = "error", long? chunk_size = null) =>
            (a, b) => Mapped(((T1 A, T2 B) x) => func(x.A, x.B), (a, b), [.. Each(a, in_dims, 0, 2), .. Each(b, in_dims, 1, 2)], new(in_dims ?? 0, out_dims ?? 0, randomness, chunk_size));

        /// <summary>A function of rows of three arguments as a function of all rows.</summary>
        /// <inheritdoc cref="vmap{T, TResult}(Func{T, TResult}, BatchDims?, BatchDims?, string, long?)"/>
        public static Func<T1, T2, T3, TResult> vmap<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> func, BatchDims? in_dims = null, BatchDims? out_dims = null, string randomness = "error", long? chunk_size = null) =>
            (a, b, c) => Mapped(((T1 A, T2 B, T3 C) x) => func(x.A, x.B, x.C), (a, b, c), [.. Each(a, in_dims, 0, 3), .. Each(b, in_dims, 1, 3), .. Each(c, in_dims, 2, 3)], new(in_dims ?? 0, out_dims ?? 0, randomness, chunk_size));

        /// <summary>A function of rows of four arguments as a function of all rows.</summary>
        /// <inheritdoc cref="vmap{T, TResult}(Func{T, TResult}, BatchDims?, BatchDims?, string, long?)"/>
        public static Func<T1, T2, T3, T4, TResult> vmap<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> func, BatchDims? in_dims = null, BatchDims? out_dims = null, string randomness = "error", long? chunk_size = null) =>
            (a, b, c, d) => Mapped(((T1 A, T2 B, T3 C, T4 D) x) => func(x.A, x.B, x.C, x.D), (a, b, c, d), [.. Each(a, in_dims, 0, 4), .. Each(b, in_dims, 1, 4), .. Each(c, in_dims, 2, 4), .. Each(d, in_dims, 3, 4)], new(in_dims ?? 0, out_dims ?? 0, randomness, chunk_size));

        private sealed record Manner(BatchDims In, BatchDims Out, string Randomness, long? Chunk);

        private static IEnumerable<int?> Each<T>(T argument, BatchDims? dims, int number, int count) => Tree.LeavesOf<Tensor>(argument).Select(_ => Of(dims ?? 0, number, count));

        private static int? Of(BatchDims dims, int number, int count) => dims.Count is { } given && given != count
            ? throw new ValueError($"vmap(<lambda>, in_dims={dims}, ...)(<inputs>): in_dims is not compatible with the structure of `inputs`. in_dims has {given} entries but inputs are {count}.") : dims[number];

        private static TResult Mapped<T, TResult>(Func<T, TResult> func, T x, int?[] dims, Manner manner)
        {
            if (manner.Randomness is not ("error" or "different" or "same")) throw new RuntimeError($"Only allowed values for randomness are 'error', 'different', or 'same'. Got {manner.Randomness}");
            if (manner.Chunk < 1) throw new ValueError($"vmap: chunk_size should be None or greater than 0. (got {manner.Chunk})");
            Tensor[] given = [.. Tree.LeavesOf<Tensor>(x)];
            if (given.Length == 0) throw new ValueError("vmap(<lambda>)(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with no inputs. The latter is unsupported.");
            Tensor?[] all = [.. given.Select((t, i) => dims[i] is { } d ? First(t, d, manner.In) : null)];
            var sizes = all.OfType<Tensor>().Select(t => t.Dims[0]).ToArray();
            if (sizes.Length == 0) throw new ValueError($"vmap(<lambda>, in_dims={manner.In}, ...)(<inputs>): at least one input has to be mapped over");
            if (sizes.Distinct().Count() > 1) throw new ValueError($"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [{string.Join(", ", sizes)}] for the mapped dimension");
            var (size, chunk) = (sizes[0], manner.Chunk ?? sizes[0]);
            if (chunk >= size) return Whole(func, x, given, all, size, manner);
            List<TResult> parts = [];
            for (var from = 0L; from < size; from += chunk)
            {
                var count = Math.Min(chunk, size - from);
                parts.Add(Whole(func, x, given, [.. all.Select(t => t?.narrow(0, from, count))], count, manner with { Out = manner.Out.First }));
            }
            var columns = parts.Select(p => Tree.LeavesOf<Tensor>(p)).ToArray();
            return Tree.WithLeaves(parts[0], Out([.. Enumerable.Range(0, columns[0].Count).Select(i => manner.Out.Of(i) is null ? columns[0][i] : cat([.. columns.Select(c => c[i])]))], manner));
        }

        private static Tensor First(Tensor x, int dim, BatchDims dims)
        {
            if (dim < -x.ndim || dim >= x.ndim) throw new ValueError($"vmap(<lambda>, in_dims={dims}, ...)(<inputs>): Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {x.ndim} so expected in_dim to satisfy -{x.ndim} <= in_dim < {x.ndim}.");
            return dim == 0 ? x : x.movedim(dim, 0);
        }

        private static TResult Whole<T, TResult>(Func<T, TResult> func, T x, Tensor[] given, Tensor?[] arguments, long size, Manner manner)
        {
            TResult result;
            Tensor[] rows;
            var mapping = new Mapping(size, manner.Randomness);
            using (mapping)
            {
                result = func(Tree.WithLeaves(x, given.Select((t, i) => arguments[i] is { } a ? mapping.Row(a) : t)));
                if (result is null) throw new ValueError("vmap(<lambda>, ...): `<lambda>` must only return Tensors, got type <class 'NoneType'>. Did you mean to set out_dims= to None for output?");
                rows = Guard(() => Tree.LeavesOf<Tensor>(result).ToArray());
            }
            var all = Guard(() => mapping.All(rows));
            for (var i = 0; i < rows.Length; i++)
                if (manner.Out.Of(i) is null) all[i] = !mapping.Differs(rows[i].Node) ? rows[i] : throw new ValueError("vmap(<lambda>, ...): `<lambda>` can not return a BatchedTensor when out_dim is None");
            return Tree.WithLeaves(result, Out(all, manner));
        }

        private static Tensor[] Out(Tensor[] results, Manner manner)
        {
            if (manner.Out.Count is { } given && given != results.Length) throw new ValueError($"vmap(<lambda>, ..., out_dims={manner.Out})(<inputs>): out_dims is not compatible with the structure of `outputs`. out_dims has {given} entries but outputs are {results.Length}.");
            return [.. results.Select((y, i) => manner.Out[i] is null or 0 ? y : y.movedim(0, manner.Out[i]!.Value))];
        }
    }
}
