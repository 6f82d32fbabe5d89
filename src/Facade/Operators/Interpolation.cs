namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Interpolation
    {
        /// <summary>Images of another size: "nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic" or "area".</summary>
        /// <exception cref="ValueError">Neither size nor scale_factor is given, or both, or they do not fit.</exception>
        /// <exception cref="NotImplementedError">Another mode, a mode of another rank, or antialias.</exception>
        /// <exception cref="RuntimeError">A size is zero, or the elements are integers.</exception>
        [Torch]
        public static Tensor interpolate(Tensor input, Sizes? size = null, Scales? scale_factor = null, string mode = "nearest", bool? align_corners = null, bool? recompute_scale_factor = null, bool antialias = false)
        {
            var smooth = mode is not ("nearest" or "area" or "nearest-exact");
            if (!smooth && align_corners is not null) throw new ValueError("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear");
            var n = input.ndim - 2;
            if (size is not null && scale_factor is not null) throw new ValueError("only one of size or scale_factor should be defined");
            if (size is null && scale_factor is null) throw new ValueError("either size or scale_factor should be defined");
            var spatial = input.Dims[Math.Min(2, input.ndim)..];
            if (size is { IsNumber: false } sizes && sizes.All.Length != n)
                throw new ValueError($"Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of {spatial} and output size of {Dims.Create(sizes.All)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.");
            if (scale_factor is { IsNumber: false } scales && scales.All.Length != n)
                throw new ValueError($"Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of {spatial} and scale_factor of shape [{string.Join(", ", scales.All.Select(Written.Python))}]. Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format.");
            if (recompute_scale_factor == true && size is not null) throw new ValueError("recompute_scale_factor is not meaningful with an explicit size.");
            if (antialias) throw new NotImplementedError("interpolate: antialias is not supported");
            CheckMode(input, n, mode);
            double? Factor(int k) => scale_factor is { } s ? s.IsNumber ? s.All[0] : s.All[k] : null;
            var output = Dims.Build(n, k => size is { } s ? s.IsNumber ? s.All[0] : s.All[k] : (long)Math.Floor(spatial[k] * Factor(k)!.Value));
            if (mode == "area") return n == 1 ? nn.functional.adaptive_avg_pool1d(input, [.. output]) : n == 2 ? nn.functional.adaptive_avg_pool2d(input, [.. output]) : nn.functional.adaptive_avg_pool3d(input, [.. output]);
            CheckSizes(n, spatial, output);
            var kernel = smooth ? mode == "bicubic" ? "cubic" : "linear" : "nearest";
            Takes(input.Node, $"compute_indices_weights_{kernel}", whole: false);
            var single = input.Node.DType != DType.Float64;
            return Record($"Upsample{Title(mode)}{n}DBackward0", Saves.None, x =>
            {
                for (var k = 0; k < n; k++) x = Sampled(x, 2 + k, new Axis(spatial[k], output[k], recompute_scale_factor == true ? null : Factor(k), align_corners == true, single).Taps(mode));
                return x;
            }, input);
        }

        private static string Title(string mode) => mode == "nearest-exact" ? "NearestExact" : char.ToUpperInvariant(mode[0]) + mode[1..];

        private static void CheckMode(Tensor input, int n, string mode)
        {
            var wanted = mode switch { "linear" => 1, "bilinear" or "bicubic" => 2, "trilinear" => 3, _ => n };
            if (n is < 1 or > 3 || mode is not ("nearest" or "nearest-exact" or "area" or "linear" or "bilinear" or "bicubic" or "trilinear") || (mode == "bicubic" && n != 2))
                throw new NotImplementedError($"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.ndim}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact (got {mode})");
            if (n != wanted) throw new NotImplementedError($"Got {input.ndim}D input, but {mode} mode needs {wanted + 2}D input");
        }

        private static void CheckSizes(int n, Dims input, Dims output)
        {
            string Named(Dims sizes) => string.Join(", ", sizes.Select((s, k) => $"{"DHW"[3 - n + k]}: {s}"));
            if (input.Concat(output).Any(s => s <= 0)) throw new RuntimeError($"Input and output sizes should be greater than 0, but got input ({Named(input)}) {(n == 1 ? "and " : "")}output ({Named(output)})");
        }

        private static Node Sampled(Node x, int axis, (long[] Places, double[]? Weights)[] taps)
        {
            Node? sum = null;
            foreach (var (places, weights) in taps)
            {
                var taken = Ops.Take(x, axis, Ops.Tensor<long>(places));
                if (weights is not null) taken *= Ops.Cast(Ops.Tensor<double>(weights, Dims.Repeat(1, x.Type.Rank).With(axis, places.Length)), x.DType);
                sum = sum is null ? taken : sum + taken;
            }
            return sum!;
        }

        // One dimension: which elements make each of the result's, and with which weights. PyTorch computes in the elements' type.
        private sealed class Axis(long input, long output, double? factor, bool align, bool single)
        {
            private double Rounded(double v) => single ? (float)v : v;

            public (long[] Places, double[]? Weights)[] Taps(string mode) => mode switch
            {
                "nearest" => [(Each(i => output == input ? i : output == 2 * input ? i >> 1 : Math.Min((long)MathF.Floor(i * Ratio), input - 1)), null)],
                "nearest-exact" => [(Each(i => Math.Min((long)MathF.Floor((i + 0.5f) * Ratio), input - 1)), null)],
                "bicubic" => [.. Enumerable.Range(0, 4).Select(t => (Each(i => Math.Clamp(Source(i, cubic: true).First - 1 + t, 0, input - 1)), (double[]?)Weights(i => Rounded(Cubic(t, Source(i, cubic: true).Part)))))],
                _ => [(Each(i => Source(i).First), Weights(i => Rounded(1 - Source(i).Part))), (Each(i => Math.Min(Source(i).First + 1, input - 1)), Weights(i => Source(i).Part))],
            };

            private long[] Each(Func<long, long> place) => [.. Enumerable.Range(0, (int)output).Select(i => place(i))];

            private double[] Weights(Func<long, double> weight) => [.. Enumerable.Range(0, (int)output).Select(i => weight(i))];

            private float Ratio => factor is { } f && f > 0 ? (float)(1 / f) : (float)input / output;

            private double Scale => align ? output > 1 ? Rounded((double)(input - 1) / (output - 1)) : 0 : factor is { } f && f > 0 ? Rounded(1 / f) : Rounded((double)input / output);

            private (long First, double Part) Source(long i, bool cubic = false)
            {
                if (output == input && !cubic) return (i, 0);
                var real = align ? Rounded(Scale * i) : Rounded(Rounded(Scale * (i + 0.5)) - 0.5);
                if (real < 0 && !cubic) real = 0;
                var first = Math.Min((long)Math.Floor(real), input - 1);
                return (first, Math.Clamp(Rounded(real - first), 0, 1));
            }

            // Keys' cubic convolution with a = −¾ (1981).
            private static double Cubic(int tap, double t)
            {
                const double a = -0.75;
                static double Near(double x) => ((a + 2) * x - (a + 3)) * x * x + 1;
                static double Far(double x) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
                return tap switch { 0 => Far(t + 1), 1 => Near(t), 2 => Near(1 - t), _ => Far(2 - t) };
            }
        }

        /// <summary>The older name of interpolate.</summary>
        [Torch]
        public static Tensor upsample(Tensor input, Sizes? size = null, Scales? scale_factor = null, string mode = "nearest", bool? align_corners = null)
        {
            warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.");
            return interpolate(input, size, scale_factor, mode, align_corners);
        }

        /// <summary>Images of another size from the nearest elements; an older form of interpolate.</summary>
        [Torch]
        public static Tensor upsample_nearest(Tensor input, Sizes? size = null, Scales? scale_factor = null)
        {
            warnings.warn("`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.");
            return interpolate(input, size, scale_factor);
        }

        /// <summary>Images of another size, bilinear between corners; an older form of interpolate.</summary>
        [Torch]
        public static Tensor upsample_bilinear(Tensor input, Sizes? size = null, Scales? scale_factor = null)
        {
            warnings.warn("`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.");
            return interpolate(input, size, scale_factor, "bilinear", align_corners: true);
        }
    }
}
