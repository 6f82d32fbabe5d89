namespace Functional.Autograd;

public static partial class torch
{
    // Elements written to given places of a copy, or in place.
    [Operators]
    private static class Scattering
    {
        /// <summary>A copy with elements written along a dimension, or added to or multiplied with what is there.</summary>
        /// <exception cref="RuntimeError">The index or the source does not fit, or an index is out of range.</exception>
        [Torch]
        public static Tensor scatter(Tensor self, long dim, Tensor index, Tensor src, string? reduce = null) => Scattered(self, false, dim, index, src, reduce);

        /// <summary>Writes elements along a dimension, or adds them to or multiplies them with what is there, in place.</summary>
        /// <exception cref="RuntimeError">The index or the source does not fit, or an index is out of range.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor scatter_(Tensor self, long dim, Tensor index, Tensor src, string? reduce = null) => Scattered(self, true, dim, index, src, reduce);

        /// <summary>A copy with a number written along a dimension, or added to or multiplied with what is there.</summary>
        /// <exception cref="RuntimeError">The index does not fit, or is out of range.</exception>
        [Torch]
        public static Tensor scatter(Tensor self, long dim, Tensor index, Scalar value, string? reduce = null) => Filled(self, false, dim, index, value, reduce);

        /// <summary>Writes a number along a dimension, or adds it to or multiplies it with what is there, in place.</summary>
        /// <exception cref="RuntimeError">The index does not fit, or is out of range.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor scatter_(Tensor self, long dim, Tensor index, Scalar value, string? reduce = null) => Filled(self, true, dim, index, value, reduce);

        /// <summary>A copy with elements added along a dimension.</summary>
        /// <exception cref="RuntimeError">The index or the source does not fit, or an index is out of range.</exception>
        [Torch]
        public static Tensor scatter_add(Tensor self, long dim, Tensor index, Tensor src) => Added(self, false, dim, index, src);

        /// <summary>Adds elements along a dimension in place.</summary>
        /// <exception cref="RuntimeError">The index or the source does not fit, or an index is out of range.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor scatter_add_(Tensor self, long dim, Tensor index, Tensor src) => Added(self, true, dim, index, src);

        private static Tensor Scattered(Tensor self, bool inPlace, long dim, Tensor index, Tensor src, string? reduce)
        {
            if (inPlace) Writing(self);
            var d = self.CheckIndex("scatter", index, dim, src, reduce: reduce);
            if (reduce is null) return Written("ScatterBackward0", self, inPlace, (x, values) => Along(x, d, index, values, false), src, [index]);
            warnings.once("The reduce argument of torch.scatter with Tensor src is deprecated and will be removed in a future PyTorch release. Use torch.scatter_reduce instead for more reduction options.");
            var how = Reducing(reduce);
            return Underived(inPlace ? "scatter_" : "scatter", Written("NotImplemented", self, inPlace, (x, values) => Ops.Detach(Reduced(x, d, index, values, how, true)), src, []));
        }

        private static Tensor Filled(Tensor self, bool inPlace, long dim, Tensor index, Scalar value, string? reduce)
        {
            if (inPlace) Writing(self);
            var d = self.CheckIndex("scatter", index, dim, null, "self", reduce);
            var how = reduce is null ? "" : Reducing(reduce);
            Node Values(Node x) => Ops.Broadcast(value.Fitting(x.DType), Tensor.Row(index.Node).Shape);
            if (reduce is null) return Written("ScatterBackward1", self, inPlace, x => Along(x, d, index, Values(x), false), index);
            return Underived(inPlace ? "scatter_" : "scatter", Written("NotImplemented", self, inPlace, x => Ops.Detach(Reduced(x, d, index, Values(x), how, true))));
        }

        internal static string Reducing(string reduce) => reduce switch { "add" => "sum", "multiply" => "prod", _ => throw new RuntimeError("reduce argument must be either add or multiply.") };

        // The gradient of the first operand of a sum is the incoming one.
        private static Tensor Added(Tensor self, bool inPlace, long dim, Tensor index, Tensor src)
        {
            if (inPlace) Writing(self);
            var d = self.CheckIndex("scatter", index, dim, src);
            return Written("ScatterAddBackward0", self, inPlace, (x, values) => Along(x, d, index, values, true), src, src.requires_grad ? [index] : []);
        }

        private static Node Along(Node x, int d, Tensor index, Node values, bool add) =>
            index.numel() == 0 ? Copied(x) : Ops.Reshape(Ops.ScatterAlong(Tensor.Row(x), d, Tensor.Row(index.Node), Tensor.Row(values), add), x.Shape);

        /// <summary>A copy with elements combined along a dimension: sum, prod, mean, amax or amin, of what is there too unless it is left out.</summary>
        /// <exception cref="RuntimeError">The index or the source does not fit, or there is no such combination.</exception>
        [Torch]
        public static Tensor scatter_reduce(Tensor self, long dim, Tensor index, Tensor src, string reduce, bool include_self = true) => Combined(self, false, dim, index, src, reduce, include_self);

        /// <summary>Combines elements along a dimension in place: sum, prod, mean, amax or amin, of what is there too unless it is left out.</summary>
        /// <exception cref="RuntimeError">The index or the source does not fit, or there is no such combination.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor scatter_reduce_(Tensor self, long dim, Tensor index, Tensor src, string reduce, bool include_self = true) => Combined(self, true, dim, index, src, reduce, include_self);

        private static Tensor Combined(Tensor self, bool inPlace, long dim, Tensor index, Tensor src, string reduce, bool own)
        {
            if (inPlace) Writing(self);
            var how = reduce switch { "max" => "amax", "min" => "amin", "sum" or "prod" or "mean" or "amax" or "amin" => reduce, _ => throw new RuntimeError($"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}") };
            if (how is "amax" or "amin" && self.is_complex()) throw new RuntimeError($"\"scatter_gather_tensor_cpu_reduce_{how}\" not implemented for '{self.dtype.TensorType}'");
            var d = self.CheckIndex("scatter", index, dim, src);
            var (name, saves) = ("ScatterReduceBackward0", Saves.FirstTwo | Saves.Result | (how == "prod" ? Saves.Formula : Saves.None));
            Node Value(Node x, Node values) => Reduced(x, d, index, values, how, own);
            return inPlace ? InPlace(self, name, saves, Value, src, index) : Record(name, saves, Value, self, src, index);
        }

        // Within the box that the index reaches into; elsewhere all stays.
        internal static Node Reduced(Node x, int d, Tensor index, Node values, string how, bool own)
        {
            if (index.numel() == 0) return Copied(x);
            var (whole, places) = (Tensor.Row(x), Tensor.Row(index.Node));
            var source = Ops.Slice(Tensor.Row(values), Dims.Repeat(0, places.Type.Rank), places.Shape);
            var result = how switch
            {
                "sum" => Ops.ScatterAlong(own ? whole : Emptied(whole, d, places), d, places, source, true),
                "mean" => Mean(whole, d, places, source, own),
                _ => Extreme(whole, d, places, source, how, own),
            };
            return Ops.Reshape(result, x.Shape);
        }

        private static Node Emptied(Node x, int d, Node places) => Ops.ScatterAlong(x, d, places, Ops.Full(new(x.DType, places.Shape), 0L), false);

        private static Node Mean(Node x, int d, Node places, Node source, bool own)
        {
            var sum = Ops.ScatterAlong(own ? x : Emptied(x, d, places), d, places, source, true);
            var count = Ops.ScatterAlong(Ops.Full(new(DType.Int64, x.Shape), own ? 1L : 0), d, places, Ops.Full(new(DType.Int64, places.Shape), 1L), true);
            var n = Ops.Cast(Ops.Where(Ops.Equal(count, 0), 1, count), x.DType);
            return x.DType.IsSmooth ? sum / n : Ops.FloorDiv(sum, n);
        }

        // What is sent to one place stands together once the places are sorted. The largest ones share the gradient, as PyTorch has it.
        private static Node Extreme(Node x, int d, Node places, Node source, string how, bool own)
        {
            if (x.DType == DType.Bool) return Ops.Cast(Extreme(Ops.Cast(x, DType.Int64), d, places, Ops.Cast(source, DType.Int64), how, own), DType.Bool);
            Func<Node, Node, Node> combine = how switch { "prod" => Ops.Mul, "amax" => Ops.Max, _ => Ops.Min };
            var (sorted, order) = Ops.Sort(places, d);
            var (lines, last) = Runs(Ops.Gather(source, d, order), sorted, d, combine);
            var among = Ops.ScatterAlong(Emptied(x, d, places), d, sorted, Ops.Where(last, lines, 0), true);
            var met = Ops.Greater(Ops.ScatterAlong(Ops.Full(new(DType.Int64, x.Shape), 0L), d, places, Ops.Full(new(DType.Int64, places.Shape), 1L), true), 0);
            var y = Ops.Where(met, own ? combine(x, among) : among, x);
            return how == "prod" || !x.DType.IsFloat ? y : Ops.WithRule("ScatterExtreme", y, [x, source], (operands, y, c) =>
            {
                var mine = Ops.Cast(Ops.Equal(operands[0], y), c.DType);
                var theirs = Ops.Cast(Ops.Equal(operands[1], Ops.Gather(y, d, places)), c.DType);
                var shared = c / Ops.ScatterAlong(mine, d, places, theirs, true);
                var kept = Ops.Where(Ops.Greater(mine, 0), shared, 0);
                return [own ? kept : Emptied(kept, d, places), Ops.Where(Ops.Greater(theirs, 0), Ops.Gather(shared, d, places), 0)];
            });
        }

        // Runs of equal keys, combined: the last element of each run holds the whole run. Each step combines twice as many neighbours.
        private static (Node Values, Node Last) Runs(Node values, Node keys, int d, Func<Node, Node, Node> combine)
        {
            var n = keys.Shape[d];
            for (var step = 1L; step < n; step *= 2)
            {
                Node Head(Node x) => Ops.SliceAxis(x, d, 0, n - step);
                Node Tail(Node x) => Ops.SliceAxis(x, d, step, n);
                values = Ops.Concat([Ops.SliceAxis(values, d, 0, step), Ops.Where(Ops.Equal(Head(keys), Tail(keys)), combine(Tail(values), Head(values)), Tail(values))], d);
            }
            var changes = Ops.NotEqual(Ops.SliceAxis(keys, d, 1, n), Ops.SliceAxis(keys, d, 0, n - 1));
            return (values, Ops.Concat([changes, Ops.Broadcast(Ops.Scalar(1, DType.Bool), keys.Shape.With(d, 1))], d));
        }

        /// <summary>A copy with elements written to places counted in row-major order, or added there.</summary>
        /// <exception cref="RuntimeError">The index is not of type int64, or the element types differ.</exception>
        /// <exception cref="IndexError">A place is out of range, or there are not as many places as elements.</exception>
        [Torch]
        public static Tensor put(Tensor self, Tensor index, Tensor source, bool accumulate = false) => Laid(Put(self, false, index, source, accumulate), self);

        /// <summary>Writes elements to places counted in row-major order, or adds them there, in place.</summary>
        /// <exception cref="RuntimeError">The index is not of type int64, or the element types differ.</exception>
        /// <exception cref="IndexError">A place is out of range, or there are not as many places as elements.</exception>
        [Torch(Forms = Forms.Method)]
        public static Tensor put_(Tensor self, Tensor index, Tensor source, bool accumulate = false) => Put(self, true, index, source, accumulate);

        private static Tensor Put(Tensor self, bool inPlace, Tensor index, Tensor source, bool accumulate)
        {
            if (inPlace) Writing(self);
            if (index.Node.DType != DType.Int64) throw new RuntimeError($"put_(): Expected a long tensor for index, but got {index.dtype.TensorType}");
            if (self.Node.DType != source.Node.DType) throw new RuntimeError($"put_(): self and source expected to have the same dtype, but got self.dtype = {self.dtype.TensorType} and source.dtype = {source.dtype.TensorType}");
            if (index.numel() != source.numel()) throw new IndexError($"put_(): Expected source and index to have the same number of elements, but got source.numel() = {source.numel()}, index.numel() = {index.numel()}");
            Indexing.Within(index, self.numel());
            var (count, many) = (self.numel(), index.numel());
            return Written("PutBackward0", self, inPlace, (x, values) => many == 0 ? Copied(x) :
                Ops.Reshape(Into(Ops.Reshape(x, [count]), 0, Ops.Wrapped(Ops.Reshape(index.Node, [many]), count), Ops.Reshape(values, [many]), accumulate), x.Shape), source, [index], Saves.Other);
        }

        /// <summary>Rows written along an axis, or added; truth values are added as numbers.</summary>
        internal static Node Into(Node x, int axis, Node index, Node rows, bool add) => !add ? Ops.ScatterSet(x, axis, index, rows)
            : x.DType == DType.Bool ? Ops.Cast(Ops.ScatterAdd(Ops.Cast(x, DType.Int64), axis, index, Ops.Cast(rows, DType.Int64)), DType.Bool) : Ops.ScatterAdd(x, axis, index, rows);

        private static Tensor Written(string name, Tensor self, bool inPlace, Func<Node, Node, Node> f, Tensor source, ReadOnlySpan<Tensor> watched, Saves saves = Saves.None) =>
            inPlace ? InPlace(self, name, saves, f, source, watched) : Record(name, saves, f, self, source, watched);

        private static Tensor Written(string name, Tensor self, bool inPlace, Func<Node, Node> f, params ReadOnlySpan<Tensor> watched) =>
            inPlace ? InPlace(self, name, Saves.None, (x, _) => f(x), [], watched) : Record(name, Saves.None, f, self, watched);
    }
}
