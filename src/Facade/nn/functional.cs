namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Neural networks: https://pytorch.org/docs/2.6/nn.html</summary>
    public static partial class nn
    {
        /// <summary>Functions of neural networks: https://pytorch.org/docs/2.6/nn.functional.html</summary>
        public static partial class functional;
    }
}
