namespace Functional.Autograd;

public static partial class torch
{
    // Images and volumes read at places that a grid names, from −1 at one edge to 1 at the other.
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Grids
    {
        private const string Changed = "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.";

        /// <summary>Input at the places of a grid, which names columns first: "bilinear", "nearest" or "bicubic"; beyond the edges "zeros", the "border" or a "reflection".</summary>
        /// <exception cref="ValueError">There is no such mode.</exception>
        /// <exception cref="RuntimeError">Shapes or types do not fit.</exception>
        [Torch]
        public static Tensor grid_sample(Tensor input, Tensor grid, string mode = "bilinear", string padding_mode = "zeros", bool? align_corners = null)
        {
            if (mode is not ("bilinear" or "nearest" or "bicubic")) throw new ValueError($"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'");
            if (padding_mode is not ("zeros" or "border" or "reflection")) throw new ValueError($"nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'");
            if (align_corners is null) warnings.once(Changed);
            Check(input, grid, mode);
            var edge = new Edge(padding_mode, align_corners == true);
            return Record($"GridSampler{input.ndim - 2}DBackward0", Saves.FirstTwo, (x, places) => Sampled(x, places, mode, edge), input, grid);
        }

        private static void Check(Tensor input, Tensor grid, string mode)
        {
            const string name = "grid_sampler()";
            string Both() => $"but got input with sizes {input.Dims} and grid with sizes {grid.Dims}";
            if (input.ndim == 0 || grid.ndim == 0 || input.Dims[0] != grid.Dims[0]) throw new RuntimeError($"{name}: expected grid and input to have same batch size, {Both()}");
            if (grid.Dims[^1] != input.ndim - 2) throw new RuntimeError($"{name}: expected grid to have size {input.ndim - 2} in last dimension, but got grid with sizes {grid.Dims}");
            for (var k = 2; k < input.ndim; k++)
                if (input.Dims[k] == 0) throw new RuntimeError($"{name}: expected input to have non-empty spatial dimensions, but input has sizes {input.Dims} with dimension {k} being empty");
            if (input.ndim is not (4 or 5) || grid.ndim != input.ndim) throw new RuntimeError($"{name}: expected {(input.ndim == 4 ? 4 : 5)}D input and grid with same number of dimensions, {Both()}");
            if (mode == "bicubic" && input.ndim == 5) throw new RuntimeError($"{name}: bicubic interpolation only supports 4D input");
            Takes(input.Node, input.ndim == 4 ? "grid_sampler_2d_cpu_kernel_impl" : "grid_sampler3d_cpu", whole: false);
            if (input.Node.DType != grid.Node.DType) throw new RuntimeError($"expected scalar type {input.dtype.TensorType} but found {grid.dtype.TensorType}");
        }

        private static Node Sampled(Node x, Node grid, string mode, Edge edge)
        {
            var (n, rank, batch, channels) = (x.Type.Rank - 2, grid.Type.Rank - 1, x.Shape[0], x.Shape[1]);
            var (sizes, places) = (x.Shape[2..], grid.Shape[1..^1]);
            var flat = Ops.Reshape(x, [batch, channels, sizes.Product]);
            // Along each dimension, some elements with weights.
            var taps = new (Node Place, Node? Weight)[n][];
            for (var k = 0; k < n; k++)
            {
                var at = edge.Scaled(Ops.Reshape(Ops.SliceAxis(grid, rank, n - 1 - k, n - k), [batch, places.Product]), sizes[k]);
                taps[k] = mode == "bicubic" ? Cubic(at, p => edge.Within(p, sizes[k])) : edge.Within(at, sizes[k]) is var inside && mode == "nearest" ? [(Ops.Round(Ops.Detach(inside)), null)] : Linear(inside);
            }
            Node? sum = null;
            void Add(int k, Node index, Node valid, Node? weight)
            {
                if (k < n)
                {
                    foreach (var (place, factor) in taps[k])
                    {
                        var here = Ops.And(place >= 0, place <= sizes[k] - 1);
                        Add(k + 1, index * sizes[k] + Ops.Cast(Ops.Where(here, place, 0), DType.Int64), k == 0 ? here : Ops.And(valid, here), factor is null ? weight : weight is null ? factor : weight * factor);
                    }
                    return;
                }
                Node Wide(Node v) => Ops.Broadcast(Ops.Unsqueeze(v, 1), [batch, channels, places.Product]);
                var read = Ops.Where(Wide(valid), Ops.Gather(flat, 2, Wide(index)), Ops.Scalar(0, x.DType));
                if (weight is not null) read *= Wide(weight);
                sum = sum is null ? read : sum + read;
            }
            Add(0, Ops.Full(new(DType.Int64, [batch, places.Product]), 0L), Ops.Scalar(1L, DType.Bool), null);
            return Ops.Reshape(sum!, [batch, channels, .. places]);
        }

        private static (Node, Node?)[] Linear(Node at) => Ops.Detach(Ops.Floor(at)) is var low ? [(low, low + 1 - at), (low + 1, at - low)] : [];

        // Keys' kernel with A = −¾, of elements that are each brought within the edges.
        private static (Node, Node?)[] Cubic(Node at, Func<Node, Node> within)
        {
            const double a = -0.75;
            var low = Ops.Detach(Ops.Floor(at));
            var t = at - low;
            Node Near(Node x) => ((a + 2) * x - (a + 3)) * x * x + 1;
            Node Far(Node x) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
            return [(within(low - 1), Far(t + 1)), (within(low), Near(t)), (within(low + 1), Near(1 - t)), (within(low + 2), Far(2 - t))];
        }

        private sealed record Edge(string Padding, bool Corners)
        {
            // A place from −1 to 1 in elements.
            public Node Scaled(Node x, long size) => Corners ? (x + 1) * ((size - 1) / 2.0) : ((x + 1) * size - 1) * 0.5;

            public Node Within(Node at, long size) => Padding switch
            {
                "zeros" => at,
                "border" => Clipped(at, size),
                _ => Clipped(Corners ? Reflected(at, 0, size - 1) : Reflected(at, -0.5, size), size),
            };

            // At an edge the derivative is that of the other side, 0.
            private static Node Clipped(Node at, long size) => Ops.Where(at <= 0, 0, Ops.Where(at >= size - 1, size - 1.0, at));

            private static Node Reflected(Node at, double low, double span)
            {
                if (span == 0) return at * 0;
                var off = Ops.Where(at < low, low - at, at - low);
                var flips = Ops.Detach(Ops.Floor(off / span));
                var rest = off - flips * span;
                return Ops.Where(Ops.Equal(flips - 2 * Ops.Floor(flips * 0.5), 0), rest + low, span - rest + low);
            }
        }

        /// <summary>The grid that affine maps of the places of an output of a size give: theta of [N, 2, 3] for images, [N, 3, 4] for volumes.</summary>
        /// <exception cref="ValueError">Theta is not of a floating-point type or of another shape, or a size is not positive.</exception>
        /// <exception cref="NotImplementedError">The size is that of neither images nor volumes.</exception>
        /// <exception cref="RuntimeError">There are not as many maps as images.</exception>
        [Torch]
        public static Tensor affine_grid(Tensor theta, Sizes size, bool? align_corners = null)
        {
            if (align_corners is null) warnings.once(Changed);
            if (!theta.is_floating_point()) throw new ValueError($"Expected theta to have floating point type, but got {theta.dtype}");
            var (sizes, text) = (size.All, Written.Tuple(size.All));
            if (sizes.Length is not (4 or 5)) throw new NotImplementedError($"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {text}.");
            var n = sizes.Length - 2;
            if (theta.ndim != 3 || theta.Dims[1] != n || theta.Dims[2] != n + 1) throw new ValueError($"Expected a batch of {n}D affine matrices of shape Nx{n}x{n + 1} for size {text}. Got torch.Size({theta.Dims}).");
            if (align_corners == true && sizes[2..].Min() == 1) warnings.once("Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not an intended use case of affine_grid. See the documentation of affine_grid for details.");
            else if (sizes.Min() <= 0) throw new ValueError($"Expected non-zero, positive output size. Got {text}");
            if (theta.Dims[0] != sizes[0]) throw new RuntimeError($"Expected size for first two dimensions of batch2 tensor to be: [{sizes[0]}, {n + 1}] but got: [{theta.Dims[0]}, {n + 1}].");
            return Record("AffineGridGeneratorBackward0", Saves.None, x =>
            {
                var spatial = Dims.Create(sizes[2..]);
                Node Line(int k)
                {
                    var count = spatial[k];
                    var line = count <= 1 ? Ops.Full(new(DType.Float64, [count]), 0.0) : Ops.Linspace(-1, 1, count) * (align_corners == true ? 1 : (count - 1) / (double)count);
                    return Ops.Reshape(Ops.Broadcast(Ops.Reshape(line, Dims.Repeat(1, n).With(k, count)), spatial), [spatial.Product, 1]);
                }
                var places = Ops.Cast(Ops.Concat([.. Enumerable.Range(0, n).Reverse().Select(Line), Ops.Full(new(DType.Float64, [spatial.Product, 1]), 1.0)], 1), x.DType);
                return Ops.Reshape(Ops.MatMul(places, Ops.Transpose(x)), [sizes[0], .. spatial, n]);
            }, theta);
        }
    }
}
