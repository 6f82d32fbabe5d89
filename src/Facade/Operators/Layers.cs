namespace Functional.Autograd;

public static partial class torch
{
    [Operators(typeof(nn.functional), Forms = Forms.Function)]
    private static class Layers
    {
        /// <summary>x·Wᵀ + b.</summary>
        /// <exception cref="RuntimeError">The shapes or element types do not fit.</exception>
        [Torch]
        public static Tensor linear(Tensor input, Tensor weight, Tensor? bias = null)
        {
            if (input.ndim == 0 || weight.ndim == 0) throw new RuntimeError($"both arguments to linear need to be at least 1D, but they are {input.ndim}D and {weight.ndim}D");
            if (bias is null) return input.matmul(weight.t());
            if (input.ndim == 2) return bias.addmm(input, weight.t());
            if (weight.ndim != 2 || !input.is_contiguous()) return input.matmul(weight.t()).add_(bias);
            // All leading dimensions are one for the product.
            var rows = input.reshape(input.Dims[..^1].Product, input.Dims[^1]);
            return bias.addmm(rows, weight.t()).view([.. input.Dims[..^1], weight.size(0)]);
        }

        /// <summary>x₁·W·x₂ + b for each of the results' matrices W.</summary>
        /// <exception cref="RuntimeError">The shapes do not fit.</exception>
        [Torch]
        public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias = null)
        {
            var (x, y, w) = (input1.Dims, input2.Dims, weight.Dims);
            if (x.Count != y.Count) throw new RuntimeError($"bilinear(): input dimensions do not match: got {x.Count} and {y.Count}");
            for (var k = 0; k < x.Count - 1; k++)
                if (x[k] != y[k]) throw new RuntimeError($"bilinear(): input batch dimensions do not match at dim {k}: got {x[k]} and {y[k]}");
            if (x.Count == 0 || w.Count != 3) throw new RuntimeError($"bilinear(): expected a 3-dimensional weight and inputs of at least one dimension, but got weight of size {w} and inputs of size {x}");
            if (x[^1] != w[1]) throw new RuntimeError($"bilinear(): input1 size does not match weight size: got {x[^1]} but expected {w[1]}");
            if (y[^1] != w[2]) throw new RuntimeError($"bilinear(): input2 size does not match weight size: got {y[^1]} but expected {w[2]}");
            if (bias is not null && bias.Dims != (Dims)w[0]) throw new RuntimeError($"bilinear(): bias size does not match weight size: got {(bias.ndim > 0 ? bias.Dims[0] : 1)} but expected {w[0]}");
            // Each is read by the gradients of the two others.
            var (first, second, third) = (input1.requires_grad, weight.requires_grad, input2.requires_grad);
            var saves = (second || third ? Saves.SelfForOther | Saves.SelfForThird : Saves.None) | (first || third ? Saves.OtherForSelf | Saves.OtherForThird : Saves.None) | (first || second ? Saves.ThirdForSelf | Saves.ThirdForOther : Saves.None);
            var product = Record("TrilinearBackward0", saves, static v => Ops.Einsum("bi,kij,bj->bk", v), [input1.reshape(-1, x[^1]), weight, input2.reshape(-1, y[^1])]).reshape([.. x[..^1], w[0]]);
            return bias is null ? product : product + bias;
        }

        /// <summary>One at each index.</summary>
        /// <exception cref="RuntimeError">The indices are not int64, or one is not in [0, num_classes).</exception>
        [Torch]
        public static Tensor one_hot(Tensor tensor, long num_classes = -1)
        {
            if (tensor.Node.DType != DType.Int64) throw new RuntimeError("one_hot is only applicable to index tensor of type LongTensor.");
            if (num_classes <= 0 && tensor.IsRow) throw new RuntimeError("When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive num_classes argument.");
            var indices = tensor.Known();
            if (indices.Length == 0 && num_classes <= 0) throw new RuntimeError("Can not infer total number of classes from empty tensor.");
            if (indices.Any(i => i < 0)) throw new RuntimeError("Class values must be non-negative.");
            if (num_classes == -1) num_classes = indices.Max() + 1;
            if (indices.Any(i => i >= num_classes)) throw new RuntimeError("Class values must be smaller than num_classes.");
            Checked([.. tensor.Dims, num_classes]);
            var written = new Tensor(Ops.OneHot(tensor.Node, num_classes));
            written.version.Restore(2);
            return written;
        }

        /// <summary>Rows of a table; the row padding_idx gets no gradient.</summary>
        /// <exception cref="RuntimeError">The table is not a matrix, or the indices are neither int64 nor int32.</exception>
        /// <exception cref="IndexError">An index is out of range.</exception>
        /// <exception cref="AssertionError">padding_idx is out of range.</exception>
        /// <exception cref="NotImplementedError">max_norm, which would change the table, scale_grad_by_freq or sparse.</exception>
        [Torch]
        public static Tensor embedding(Tensor input, Tensor weight, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false)
        {
            if (padding_idx is { } at && weight.ndim > 0)
            {
                var rows = weight.Dims[0];
                if (at >= rows || at < -rows) throw new AssertionError("Padding_idx must be within num_embeddings");
                padding_idx = at < 0 ? at + rows : at;
            }
            if (max_norm is not null) throw new NotImplementedError("embedding: max_norm is not supported; normalize the rows instead");
            if (scale_grad_by_freq || sparse) throw new NotImplementedError($"embedding: {(sparse ? "sparse" : "scale_grad_by_freq")} is not supported");
            if (weight.ndim != 2) throw new RuntimeError("'weight' must be 2-D");
            if (input.Node.DType is not (DType.Int64 or DType.Int32))
                throw new RuntimeError($"Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got {input.KernelType} instead (while checking arguments for embedding)");
            if (Array.Exists(input.Known(), i => i < 0 || i >= weight.size(0))) throw new IndexError("index out of range in self");
            return Record("EmbeddingBackward0", Saves.None, w =>
            {
                var taken = Ops.Take(w, 0, input.Node);
                return padding_idx is { } without ? Ops.Where(Ops.Unsqueeze(Ops.Equal(input.Node, without), -1), Ops.Detach(taken), taken) : taken;
            }, weight, input);
        }

        /// <summary>The cosine of the angle between vectors along a dimension.</summary>
        /// <exception cref="RuntimeError">The shapes do not broadcast, or not of a floating-point type.</exception>
        [Torch]
        public static Tensor cosine_similarity(Tensor x1, Tensor x2, int dim = 1, double eps = 1e-8)
        {
            var type = ResultType(x1, x2);
            if (!type.IsFloat) throw new RuntimeError($"expected common dtype to be floating point, yet common dtype is {Named(type).TensorType}");
            CheckBroadcast(x1.Dims, x2.Dims);
            var shape = Ops.BroadcastShapes("cosine_similarity", x1.Dims, x2.Dims);
            Tensor Wide(Tensor x) => x.to(Named(type)) is var y && y.Dims == shape ? y : y.expand([.. shape]);
            // The bound changes the norm and not its gradient.
            Tensor Unit(Tensor x)
            {
                var norm = x.norm(2, dim, keepdim: true).clone();
                using (no_grad()) norm.clamp_(min: eps);
                return x / norm;
            }
            var (a, b) = (Wide(x1), Wide(x2));
            return (Unit(a) * Unit(b)).sum(dim);
        }

        /// <summary>softmax(q·kᵀ·scale + mask)·v; scale is 1/√size unless given.</summary>
        /// <exception cref="RuntimeError">The shapes or element types do not fit, or there are two masks.</exception>
        [Torch]
        public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double dropout_p = 0, bool is_causal = false, double? scale = null)
        {
            CheckAttention(query, key, value, attn_mask, is_causal);
            var factor = scale ?? 1 / Math.Sqrt(query.Dims[^1]);
            var (q, root) = (Math.CopySign(Math.Sqrt(Math.Abs(factor)), factor), Math.Sqrt(Math.Abs(factor)));
            var mask = is_causal ? ones([query.Dims[^2], key.Dims[^2]], @bool).tril() : attn_mask;
            if (mask?.dtype == @bool) mask = new Tensor(Ops.Where(mask.Node, Ops.Scalar(0, query.Node.DType), Ops.Scalar(double.NegativeInfinity, query.Node.DType)));
            if (IsFused(query, key, value, mask, dropout_p))
            {
                var added = mask?.Node;
                return Record("ScaledDotProductFlashAttentionForCpuBackward0", Saves.All | Saves.Result, x => Ops.MatMul(Weights(Ops.MatMul(x[0] * q, Ops.Transpose(x[1]) * root) is var scores && added is not null ? scores + added : scores), x[2]), [query, key, value], [.. attn_mask is { } read && read.dtype != @bool ? (Tensor[])[read] : []]);
            }
            var products = (query * q).matmul(key.transpose(-2, -1) * root);
            var weights = Record("SafeSoftmaxBackward0", Saves.Result, Weights, mask is null ? products : products + mask);
            return (dropout_p > 0 ? nn.functional.dropout(weights, dropout_p) : weights).matmul(value);
        }

        // A row that is masked as a whole has no weights.
        private static Node Weights(Node scores)
        {
            if (scores.Type.Count == 0) return Ops.Softmax(scores);
            var none = Ops.Equal(Ops.Detach(Ops.MaxOver(scores, -1, keep: true)), double.NegativeInfinity);
            return Ops.Where(none, 0, Ops.Softmax(Ops.Where(none, 0, scores)));
        }

        // Where PyTorch has one kernel for all of it.
        private static bool IsFused(Tensor query, Tensor key, Tensor value, Tensor? mask, double dropout) => dropout == 0 && query.ndim == 4 && key.ndim == 4 && value.ndim == 4 && mask is not { requires_grad: true }
            && query.Dims[..2] == key.Dims[..2] && query.Dims[..2] == value.Dims[..2] && query.Dims[^1] == key.Dims[^1] && key.Dims[^1] == value.Dims[^1] && query.Dims[^2] > 0 && key.Dims[^2] > 0;

        private static void CheckAttention(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
        {
            if (query.dtype != key.dtype || query.dtype != value.dtype)
                throw new RuntimeError($"Expected query, key, and value to have the same dtype, but got query.dtype: {query.dtype.InC} key.dtype: {key.dtype.InC} and value.dtype: {value.dtype.InC} instead.");
            if (query.ndim < 2 || key.ndim < 2 || value.ndim < 2)
                throw new RuntimeError($"Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: {query.ndim} key.dim: {key.ndim} and value.dim: {value.ndim} instead.");
            if (mask is not null && mask.dtype != @bool && mask.dtype != float32 && mask.dtype != query.dtype)
                throw new RuntimeError($"Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: {mask.dtype.InC} and  query.dtype: {query.dtype.InC} instead.");
            if (mask is not null && causal) throw new RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
        }
    }
}
