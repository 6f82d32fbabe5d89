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

        /// <summary>The layout seen under another shape, with PyTorch's strides also where a size is 1; null where that takes a copy.</summary>
        public static Layout? Viewed(Layout seen, Dims shape)
        {
            if (seen.Shape.Count == 0) return seen with { Shape = shape, Strides = Dims.Repeat(1, shape.Count) };
            if (seen.Shape == shape && shape.Contains(0)) return seen;
            if (seen.Shape.Contains(0)) return Layout.Dense(new(seen.DType, shape)) with { Offset = seen.Offset };
            var strides = new long[shape.Count];
            var (next, step) = (shape.Count - 1, seen.Strides[^1]);
            var (span, given) = (1L, 1L);
            for (var k = seen.Shape.Count - 1; k >= 0; k--)
            {
                span *= seen.Shape[k];
                if (k > 0 && (seen.Shape[k - 1] == 1 || seen.Strides[k - 1] == span * step)) continue;
                for (; next >= 0 && (given < span || shape[next] == 1); next--)
                {
                    strides[next] = given * step;
                    given *= shape[next];
                }
                if (given != span) return null;
                if (k > 0) (span, given, step) = (1, 1, seen.Strides[k - 1]);
            }
            return next >= 0 ? null : seen with { Shape = shape, Strides = Dims.Create(strides) };
        }

        /// <summary>The layout spread over a larger shape: places that are repeated have the stride 0.</summary>
        public static Layout Expanded(Layout seen, Dims shape)
        {
            var (strides, lead) = (new long[shape.Count], shape.Count - seen.Shape.Count);
            for (var k = shape.Count - 1; k >= 0 && seen.Shape.Count > 0; k--)
            {
                var size = k >= lead ? seen.Shape[k - lead] : 1;
                strides[k] = size != shape[k] ? 0 : k >= lead ? seen.Strides[k - lead] : shape[k + 1] * strides[k + 1];
            }
            return seen with { Shape = shape, Strides = Dims.Create(strides) };
        }

        /// <summary>The order in memory of dimensions that fill a stretch of it; null when they do not.</summary>
        public static Dims? OrderOf(Layout layout) => !IsDense(layout) ? null : Dims.From(Dims.Range(layout.Shape.Count).OrderByDescending(k => layout.Strides[(int)k]));

        /// <summary>Whether the elements lie in row-major order; without elements they always do.</summary>
        public static bool IsContiguous(Layout layout) => layout.Shape.Contains(0) || (layout with { Offset = 0 }).IsDense;

        /// <summary>Whether some elements share their place.</summary>
        public static bool Overlaps(Layout layout)
        {
            for (var k = 0; k < layout.Shape.Count; k++)
                if (layout.Shape[k] > 1 && layout.Strides[k] == 0) return true;
            return false;
        }

        /// <summary>Whether some elements may share their place: dimensions reach into each other.</summary>
        public static bool MayOverlap(Layout layout)
        {
            var reach = 0L;
            foreach (var k in Enumerable.Range(0, layout.Shape.Count).Where(k => layout.Shape[k] > 1).OrderBy(k => layout.Strides[k]))
            {
                if (layout.Strides[k] <= reach) return true;
                reach += (layout.Shape[k] - 1) * layout.Strides[k];
            }
            return false;
        }

        /// <summary>Whether two tensors are the same places in the same order.</summary>
        public static bool AreOne(Tensor a, Tensor b) => ReferenceEquals(a.storage, b.storage) && a.Layout == b.Layout;

        /// <summary>A storage's value with some of its places written anew, wherever else they are shown.</summary>
        public static Node Written(Node whole, Layout storage, Layout window, Node part)
        {
            var places = Places(storage, window);
            var written = Ops.ScatterSet(Ops.Reshape(whole, [whole.Type.Count]), 0, Ops.Tensor<long>(places), Ops.Reshape(part, [places.Length]));
            return Ops.Reshape(written, whole.Shape);
        }

        /// <summary>What a window shows of a storage's value.</summary>
        public static Node Read(Node whole, Layout storage, Layout window) =>
            Ops.Reshape(Ops.Take(Ops.Reshape(whole, [whole.Type.Count]), 0, Ops.Tensor<long>(Places(storage, window))), window.Shape);

        /// <summary>The places of a window's elements among those of the storage, both counted in row-major order.</summary>
        public static long[] Places(Layout storage, Layout window)
        {
            var (places, strides) = (Room<long>(window.Shape.Product), storage.Shape.Strides());
            for (var i = 0L; i < places.Length; i++)
            {
                var (rest, memory) = (i, window.Offset);
                for (var k = window.Shape.Count - 1; k >= 0; k--)
                {
                    memory += rest % window.Shape[k] * window.Strides[k];
                    rest /= window.Shape[k];
                }
                for (var k = 0; k < storage.Shape.Count; k++) places[i] += memory / storage.Strides[k] % storage.Shape[k] * strides[k];
            }
            return places;
        }

        /// <summary>Whether two tensors share places; only told of dense ones, as PyTorch does.</summary>
        public static bool Share(Tensor a, Tensor b)
        {
            if (!ReferenceEquals(a.storage, b.storage) || a.Type.Count == 0 || b.Type.Count == 0) return false;
            var (x, y) = (a.Layout, b.Layout);
            return IsDense(x) && IsDense(y) && x.Offset < y.Offset + b.Type.Count && y.Offset < x.Offset + a.Type.Count;
        }

        /// <summary>Whether two tensors share some places but not all of them in the same order; only told of dense ones, as PyTorch does.</summary>
        public static bool PartlyOverlap(Tensor a, Tensor b)
        {
            if (ReferenceEquals(a, b) || !Share(a, b)) return false;
            var (x, y) = (a.Layout, b.Layout);
            return x.Offset != y.Offset || a.Type.Count != b.Type.Count || x.Strides != y.Strides;
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
            var layouts = new Layout[operands.Length];
            for (var i = 0; i < layouts.Length; i++) layouts[i] = operands[i].Layout;
            return Like(shape, layouts);
        }

        /// <summary>The layout of an elementwise result of operands that lie as given; null is row-major.</summary>
        public static Layout? Like(TensorType type, Layout[] operands) => Like(type.Shape, operands) is { } order ? Ordered(type, order) : null;

        private static Dims? Like(Dims shape, Layout[] operands)
        {
            if (shape.Count < 2) return null;
            var plain = true;
            var strides = new long[operands.Length][];
            for (var i = 0; i < strides.Length; i++)
            {
                strides[i] = Broadcasted(operands[i], shape);
                plain &= IsContiguous(operands[i]) && operands[i].Shape == shape;
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
