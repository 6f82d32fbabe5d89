namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Forms = Forms.Function)]
    private static class Contractions
    {
        /// <summary>Sums of products over the last dims dimensions of a and the first of b.</summary>
        /// <exception cref="RuntimeError">There are not as many dimensions, or their sizes differ.</exception>
        [Torch]
        public static Tensor tensordot(Tensor a, Tensor b, long dims = 2)
        {
            if (dims < 0) throw new RuntimeError($"tensordot expects dims >= 0, but got dims={dims}");
            if (dims > Math.Min(a.ndim, b.ndim)) throw new RuntimeError($"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}");
            return tensordot(a, b, ([.. Enumerable.Range(0, (int)dims).Select(k => k - dims)], [.. Enumerable.Range(0, (int)dims).Select(k => (long)k)]));
        }

        /// <summary>Sums of products over pairs of dimensions; those that remain of a come first.</summary>
        /// <exception cref="RuntimeError">The dimensions do not pair, or the element types differ.</exception>
        [Torch]
        public static Tensor tensordot(Tensor a, Tensor b, (long[] a, long[] b) dims)
        {
            if (dims.a.Length != dims.b.Length) throw new RuntimeError("both dimension lists should have same length");
            if (a.Node.DType != b.Node.DType) throw new RuntimeError("both inputs should have same dtype");
            var (left, right, inner) = (a, b, 1L);
            for (var k = 0; k < dims.a.Length; k++)
            {
                var (i, j) = (Wrap(dims.a[k], a.ndim), Wrap(dims.b[k], b.ndim));
                // What is one element on one side is summed on the other.
                if (b.Dims[j] == 1) left = left.sum(i, true);
                else if (a.Dims[i] == 1) right = right.sum(j, true);
                else if (a.Dims[i] == b.Dims[j]) inner *= a.Dims[i];
                else throw new RuntimeError($"contracted dimensions need to match, but first has size {a.Dims[i]} in dim {dims.a[k]} and second has size {b.Dims[j]} in dim {dims.b[k]}");
            }
            var (gone, went) = (Axes(a.Node, dims.a) ?? [], Axes(b.Node, dims.b) ?? []);
            Dims rows = Dims.From(Dims.Range(a.ndim).Except(gone)), columns = Dims.From(Dims.Range(b.ndim).Except(went));
            long[] first = [.. dims.a.Select(d => (long)Wrap(d, a.ndim))], second = [.. dims.b.Select(d => (long)Wrap(d, b.ndim))];
            var (m, n) = (a.Dims.Pick(rows), b.Dims.Pick(columns));
            return left.permute([.. rows, .. first]).reshape(m.Product, inner).mm(right.permute([.. second, .. columns]).reshape(inner, n.Product)).reshape([.. m, .. n]);
        }

        /// <summary>The product of matrices in the order that takes the fewest multiplications.</summary>
        /// <exception cref="RuntimeError">Not matrices, or sizes do not fit.</exception>
        [Torch]
        public static Tensor chain_matmul(params Tensor[] matrices)
        {
            warnings.once("torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot instead, which accepts a list of two or more tensors rather than multiple parameters.");
            for (var i = 0; i < matrices.Length; i++)
                if (matrices[i].ndim != 2) throw new RuntimeError($"Tensor dimension is {matrices[i].ndim}, expected 2 instead.");
            return matrices.Length == 0 ? throw new RuntimeError("chain_matmul(): Expected one or more matrices") : matrices.Length == 1 ? matrices[0].clone() : linalg.multi_dot(matrices);
        }

        /// <summary>Vandermonde's matrix: powers of the elements as columns, falling unless increasing.</summary>
        /// <exception cref="RuntimeError">Not a vector, or N is negative.</exception>
        [Torch]
        public static Tensor vander(Tensor x, long? N = null, bool increasing = false)
        {
            if (x.ndim != 1) throw new RuntimeError("x must be a one-dimensional tensor.");
            var n = N ?? x.Dims[0];
            if (n < 0) throw new RuntimeError("N must be non-negative.");
            var powers = torch.zeros([x.Dims[0], n], dtype: Named(DTypes.Promote(x.Node.DType, DType.Int64)));
            if (n > 0) powers.select(1, 0).fill_(1);
            if (n > 1)
            {
                var rest = powers.narrow(1, 1, n - 1);
                rest.copy_(x.unsqueeze(1));
                rest.copy_(Products(rest));
            }
            return increasing ? powers : powers.flip(1);
        }

        internal static Tensor Products(Tensor x) => Record("CumprodBackward0", Saves.Self | Saves.Result, static x => Ops.CumProd(x, x.Type.Rank - 1), x);
    }
}
