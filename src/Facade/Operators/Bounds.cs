namespace Functional.Autograd;

public static partial class torch
{
    [Operators(Elementwise = true, Forms = Forms.All)]
    private static class Bounds
    {
        /// <summary>Limits the elements; the gradient is 1 on the border.</summary>
        /// <exception cref="RuntimeError">There is no bound.</exception>
        [Torch("ClampBackward1", Saves.Self, Forms = Forms.Method | Forms.Function, Aliases = "clip")]
        public static Node clamp(Node self, Scalar? min = null, Scalar? max = null) => Clamped(self, min, max);

        /// <summary>Limits the elements in place.</summary>
        /// <exception cref="RuntimeError">A bound is of a higher kind than the elements.</exception>
        [Torch(Forms = Forms.Method, Aliases = "clip_")]
        public static Tensor clamp_(Tensor self, Scalar? min = null, Scalar? max = null) => Kind(Bounded(self.Node.DType, min, max)) > Kind(self.Node.DType)
            ? throw new RuntimeError($"result type {Named(Bounded(self.Node.DType, min, max)).TensorType} can't be cast to the desired output type {self.dtype.InC}")
            : InPlace(self, "ClampBackward1", Saves.Self, x => Clamped(x, min, max));

        /// <summary>Limits the elements by those of other tensors; the gradient is the element's on the border.</summary>
        /// <exception cref="RuntimeError">There is no bound.</exception>
        [Torch(Forms = Forms.Method | Forms.Function, Later = true, Aliases = "clip")]
        public static Tensor clamp(Tensor self, Tensor? min = null, Tensor? max = null) => (min, max) switch
        {
            (null, null) => throw new RuntimeError(NoBound),
            ({ } low, { } high) => Elementwise("ClampBackward0", Saves.All, static x => Within(Takes(x[0], "clamp_cpu"), x[1], x[2]), self, low, high),
            ({ } low, null) => Elementwise("ClampBackward0", Saves.All, static (x, y) => AtLeast(x, y), self, low),
            (null, { } high) => Elementwise("ClampBackward0", Saves.All, static (x, y) => AtMost(x, y), self, high),
        };

        /// <summary>Limits the elements in place by those of other tensors.</summary>
        /// <exception cref="RuntimeError">There is no bound, or one is of a higher kind than the elements.</exception>
        [Torch(Forms = Forms.Method, Later = true, Aliases = "clip_")]
        public static Tensor clamp_(Tensor self, Tensor? min = null, Tensor? max = null) => (min, max) switch
        {
            (null, null) => throw new RuntimeError(NoBound),
            ({ } low, { } high) => self.Change("ClampBackward0", Saves.All, static x => Within(Takes(x[0], "clamp_cpu"), x[1], x[2]), low, high),
            ({ } low, null) => self.Change("ClampBackward0", Saves.All, static (x, y) => AtLeast(x, y), low),
            (null, { } high) => self.Change("ClampBackward0", Saves.All, static (x, y) => AtMost(x, y), high),
        };

        /// <summary>The larger of the elements and a bound, whose gradient is 1 on the border.</summary>
        [Torch("ClampMinBackward1", Saves.All, Out = false)]
        public static Node clamp_min(Node self, Node min) => AtLeast(self, min);

        /// <summary>The larger of the elements and a number; the gradient is 1 on the border.</summary>
        [Torch("ClampMinBackward0", Saves.Self, Out = false)]
        public static Node clamp_min(Node self, [Operand] Scalar min) => AtLeast(Takes(self, "clamp_min_scalar_cpu"), min.Node(self.DType));

        /// <summary>The smaller of the elements and a bound, whose gradient is 1 on the border.</summary>
        [Torch("ClampMaxBackward1", Saves.All, Out = false)]
        public static Node clamp_max(Node self, Node max) => AtMost(self, max);

        /// <summary>The smaller of the elements and a number; the gradient is 1 on the border.</summary>
        [Torch("ClampMaxBackward0", Saves.Self, Out = false)]
        public static Node clamp_max(Node self, [Operand] Scalar max) => AtMost(Takes(self, "clamp_max_scalar_cpu"), max.Node(self.DType));

        /// <summary>Numbers in place of NaN and infinities.</summary>
        [Torch("NanToNumBackward0", Saves.Self)]
        public static Node nan_to_num(Node self, double? nan = null, double? posinf = null, double? neginf = null) => Ops.NanToNum(self, nan ?? 0, posinf, neginf);

        private const string NoBound = "torch.clamp: At least one of 'min' or 'max' must not be None";

        private static Node AtLeast(Node x, Node min) => Paired("AtLeast", x, min, Ops.Max, static (x, m, _, c) => (Ops.Where(x >= m, c, 0), Ops.Where(x < m, c, 0)));

        private static Node AtMost(Node x, Node max) => Paired("AtMost", x, max, Ops.Min, static (x, m, _, c) => (Ops.Where(x <= m, c, 0), Ops.Where(x > m, c, 0)));

        // Where the bounds cross, the upper one holds.
        private static Node Within(Node x, Node min, Node max)
        {
            var shape = Ops.BroadcastShapes("clamp", Ops.BroadcastShapes("clamp", x.Shape, min.Shape), max.Shape);
            (x, min, max) = (Ops.Broadcast(x, shape), Ops.Broadcast(min, shape), Ops.Broadcast(max, shape));
            var value = Ops.Min(Ops.Max(x, min), max);
            return !x.DType.IsFloat ? value : Ops.WithRule("Within", value, [x, min, max], static (v, _, c) =>
            [
                Ops.Where(Ops.And(v[0] >= v[1], v[0] <= v[2]), c, 0),
                Ops.Where(Ops.And(v[1] < v[2], v[0] < v[1]), c, 0),
                Ops.Where(Ops.Or(v[0] > v[2], v[2] < v[1]), c, 0),
            ]);
        }

        // The type that bounds raise a tensor to.
        private static DType Bounded(DType type, Scalar? min, Scalar? max)
        {
            foreach (var bound in (Scalar?[])[min, max])
                if (bound is { } b) type = ResultType(type, b);
            return type;
        }

        private static Node Clamped(Node x, Scalar? min, Scalar? max)
        {
            if (min is null && max is null) throw new RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None");
            var type = Bounded(x.DType, min, max);
            x = Takes(Ops.Cast(x, type), "clamp_scalar_cpu");
            if (!double.IsNaN(min?.Value ?? 0) && !double.IsNaN(max?.Value ?? 0)) return Ops.Clamp(x, min?.Fitting(type), max?.Fitting(type));
            // Of two bounds, one that is NaN fills everything; alone it bounds nothing. No element lies within it, so the gradient is zero.
            return Ops.Where(Ops.Less(x, double.NaN), x, min is null || max is null ? Ops.Detach(x) : double.NaN);
        }
    }
}
