namespace Functional.Autograd;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Ways to set parameters at first: https://pytorch.org/docs/2.6/nn.init.html</summary>
        public static class init
        {
            private static Tensor Set(Tensor x, Func<Tensor, Tensor> f)
            {
                using (no_grad()) return f(x);
            }

            private static (double In, double Out) Fans(Tensor x)
            {
                if (x.ndim < 2) throw new ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                var field = (double)x.Dims[2..].Product;
                return (x.Dims[1] * field, x.Dims[0] * field);
            }

            /// <summary>Uniform numbers.</summary>
            public static Tensor uniform_(Tensor tensor, double a = 0, double b = 1) => Set(tensor, x => x.uniform_(a, b));

            /// <summary>Normal numbers.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1) => Set(tensor, x => x.normal_(mean, std));

            /// <summary>One value.</summary>
            public static Tensor constant_(Tensor tensor, double val) => Set(tensor, x => x.fill_(val));

            /// <summary>Zeros.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            /// <summary>Ones.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            /// <summary>He's initialisation, uniform (He et al., 2015).</summary>
            /// <exception cref="ValueError">The tensor has fewer than two dimensions.</exception>
            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0) => tensor.numel() == 0 ? Nothing(tensor) : Around(tensor, Kaiming(tensor, a));

            /// <summary>He's initialisation, normal (He et al., 2015).</summary>
            /// <exception cref="ValueError">The tensor has fewer than two dimensions.</exception>
            public static Tensor kaiming_normal_(Tensor tensor, double a = 0) => tensor.numel() == 0 ? Nothing(tensor) : normal_(tensor, 0, Kaiming(tensor, a));

            /// <summary>Glorot's initialisation, uniform (Glorot and Bengio, 2010).</summary>
            /// <exception cref="ValueError">The tensor has fewer than two dimensions.</exception>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1) => Around(tensor, Xavier(tensor, gain));

            /// <summary>Glorot's initialisation, normal (Glorot and Bengio, 2010).</summary>
            /// <exception cref="ValueError">The tensor has fewer than two dimensions.</exception>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1) => normal_(tensor, 0, Xavier(tensor, gain));

            private static double Kaiming(Tensor x, double a) => Math.Sqrt(2 / (1 + a * a)) / Math.Sqrt(Fans(x).In);

            private static double Xavier(Tensor x, double gain) => gain * Math.Sqrt(2 / (Fans(x).In + Fans(x).Out));

            // Uniform numbers of a given deviation.
            private static Tensor Around(Tensor x, double deviation) => uniform_(x, -(Math.Sqrt(3) * deviation), Math.Sqrt(3) * deviation);

            private static Tensor Nothing(Tensor x)
            {
                warnings.warn("Initializing zero-element tensors is a no-op");
                return x;
            }
        }
    }
}
