using System.Runtime.CompilerServices;

namespace Functional.Autograd;

// Numbers where others are sizes for each dimension: as Python takes either.
public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>A convolution of images with the same numbers for both directions. https://pytorch.org/docs/2.6/generated/torch.nn.functional.conv2d.html</summary>
            /// <exception cref="RuntimeError">Shapes do not fit.</exception>
            [OverloadResolutionPriority(-1)]
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long dilation = 1, int groups = 1) =>
                conv2d(input, weight, bias, [stride, stride], [padding, padding], [dilation, dilation], groups);

            /// <summary>The largest element of each square window. https://pytorch.org/docs/2.6/generated/torch.nn.functional.max_pool2d.html</summary>
            /// <exception cref="RuntimeError">The window does not fit.</exception>
            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0) => max_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding]);

            /// <summary>The mean of each square window. https://pytorch.org/docs/2.6/generated/torch.nn.functional.avg_pool2d.html</summary>
            /// <exception cref="RuntimeError">The window does not fit.</exception>
            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0) => avg_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding]);
        }
    }
}
