using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Where PyTorch would lay elements out. Kernels are always row-major: only strides, and what may be a view, follow from this.</summary>
    internal static class Layouts
    {
        /// <summary>A dense layout whose dimensions lie in memory in the given order, the outermost first.</summary>
        public static Layout Ordered(TensorType type, Dims order)
        {
            var strides = new long[type.Rank];
            var step = 1L;
            for (var k = order.Count - 1; k >= 0; k--)
            {
                strides[order[k]] = step;
                step *= Math.Max(1, type.Shape[(int)order[k]]);
            }
            return new(type.DType, type.Shape, Dims.Create(strides), 0);
        }

        /// <summary>Whether the elements lie in row-major order; without elements they always do.</summary>
        public static bool IsContiguous(Layout layout) => layout.Shape.Contains(0) || (layout with { Offset = 0 }).IsDense;

        /// <summary>Whether some elements share their place.</summary>
        public static bool Overlaps(Layout layout)
        {
            for (var k = 0; k < layout.Shape.Count; k++)
                if (layout.Shape[k] > 1 && layout.Strides[k] == 0) return true;
            return false;
        }

        /// <summary>Whether two tensors are the same places in the same order.</summary>
        public static bool AreOne(Tensor a, Tensor b) => ReferenceEquals(a.storage, b.storage) && a.Layout == b.Layout;

        /// <summary>A storage's value with some of its places written anew, wherever else they are shown.</summary>
        public static Node Written(Node whole, Layout storage, Layout window, Node part)
        {
            var (places, strides) = (new long[part.Type.Count], whole.Shape.Strides());
            for (var i = 0L; i < places.Length; i++)
            {
                var (rest, memory) = (i, window.Offset);
                for (var k = part.Type.Rank - 1; k >= 0; k--)
                {
                    memory += rest % part.Shape[k] * window.Strides[k];
                    rest /= part.Shape[k];
                }
                for (var k = 0; k < whole.Type.Rank; k++) places[i] += memory / storage.Strides[k] % whole.Shape[k] * strides[k];
            }
            var written = Ops.ScatterSet(Ops.Reshape(whole, [whole.Type.Count]), 0, Ops.Tensor<long>(places), Ops.Reshape(part, [places.Length]));
            return Ops.Reshape(written, whole.Shape);
        }

        /// <summary>Whether two tensors share some places but not all of them in the same order; only told of dense ones, as PyTorch does.</summary>
        public static bool PartlyOverlap(Tensor a, Tensor b)
        {
            if (ReferenceEquals(a, b) || !ReferenceEquals(a.storage, b.storage) || a.Type.Count == 0 || b.Type.Count == 0) return false;
            var (x, y) = (a.Layout, b.Layout);
            if (!IsDense(x) || !IsDense(y)) return false;
            if (x.Offset == y.Offset && a.Type.Count == b.Type.Count) return x.Shape != y.Shape || Enumerable.Range(0, x.Shape.Count).Any(k => x.Shape[k] > 1 && x.Strides[k] != y.Strides[k]);
            return x.Offset < y.Offset + b.Type.Count && y.Offset < x.Offset + a.Type.Count;
        }

        /// <summary>Whether the elements fill a stretch of memory, in any order of the dimensions.</summary>
        public static bool IsDense(Layout layout)
        {
            var next = 1L;
            foreach (var k in Enumerable.Range(0, layout.Shape.Count).Where(k => layout.Shape[k] != 1).OrderBy(k => layout.Strides[k]))
            {
                if (layout.Strides[k] != next) return false;
                next *= layout.Shape[k];
            }
            return true;
        }

        /// <summary>
        /// The memory order of an elementwise result, as TensorIterator chooses it: dimensions are sorted by the operands' strides, an earlier
        /// operand deciding before a later one; null is row-major.
        /// </summary>
        public static Dims? Like(Dims shape, params ReadOnlySpan<Tensor> operands)
        {
            var plain = true;
            foreach (var x in operands) plain &= x.IsPlain;
            if (plain || shape.Count < 2) return null;
            var strides = new long[operands.Length][];
            plain = true;
            for (var i = 0; i < strides.Length; i++)
            {
                strides[i] = Broadcasted(operands[i].Layout, shape);
                plain &= IsContiguous(operands[i].Layout) && operands[i].Dims == shape;
            }
            if (plain) return null;
            var order = new long[shape.Count];
            for (var k = 0; k < order.Length; k++) order[k] = order.Length - 1 - k;
            for (var i = 1; i < order.Length; i++)
                for (var (at, k) = (i, i - 1); k >= 0; k--)
                {
                    var compared = Compare(strides, shape, (int)order[k], (int)order[at]);
                    if (compared < 0) break;
                    if (compared == 0) continue;
                    (order[k], order[at]) = (order[at], order[k]);
                    at = k;
                }
            Array.Reverse(order);
            var result = Dims.Create(order);
            return result == Dims.Range(shape.Count) ? null : result;
        }

        private static long[] Broadcasted(Layout layout, Dims shape)
        {
            var strides = new long[shape.Count];
            var lead = shape.Count - layout.Shape.Count;
            for (var k = Math.Max(0, lead); k < strides.Length; k++) strides[k] = layout.Shape[k - lead] == 1 && shape[k] != 1 ? 0 : layout.Strides[k - lead];
            return strides;
        }

        // Positive when dimension a must come after b, counted from the innermost; 0 when no operand tells.
        private static int Compare(long[][] strides, Dims shape, int a, int b)
        {
            foreach (var s in strides)
            {
                if (s[a] == 0 || s[b] == 0) continue;
                if (s[a] != s[b]) return s[a] < s[b] ? -1 : 1;
                if (shape[a] > shape[b]) return 1;
            }
            return 0;
        }
    }
}
