using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A direction in which forward mode differentiates, from its beginning to its end; one inside another has the larger number.</summary>
    internal sealed class DualLevel : IDisposable
    {
        private static long count;

        /// <summary>The number of the latest.</summary>
        public static long Latest => Interlocked.Read(ref count);

        public long Number { get; } = Interlocked.Increment(ref count);

        public bool IsOpen { get; private set; } = true;

        public void Dispose()
        {
            if (!IsOpen) return;
            IsOpen = false;
            Duals.Ended();
        }
    }

    /// <summary>
    /// Forward mode: the tangents of tensors. What is recorded has tangents where its operands have, and each is recorded itself, as a function of
    /// operands and tangents: so that it has tangents of outer levels, and derivatives. A view's tangent is the view of its base's.
    /// </summary>
    internal static class Duals
    {
        /// <summary>What an operation's result moves by along a level, and what its operands move by.</summary>
        public sealed record Motion(DualLevel Level, Tensor Tangent, Tensor?[] Operands);

        private sealed record Tangents(DualLevel Level, Tensor Value, Tangents? Others);

        private static readonly ConditionalWeakTable<Tensor, Tangents> All = [];
        private static int open;

        private sealed record Hidden(long From, long To, Hidden? Others);

        // Levels that are out of sight.
        [ThreadStatic] private static Hidden? hidden;

        /// <summary>Whether there may be a tangent anywhere.</summary>
        public static bool Any => open > 0;

        public static DualLevel Begin()
        {
            Interlocked.Increment(ref open);
            return new();
        }

        public static void Ended() => Interlocked.Decrement(ref open);

        /// <summary>Inside, nothing moves along this level and those that have begun within it, without one along none; levels that begin inside are seen.</summary>
        public static IDisposable Outside(DualLevel? level = null)
        {
            var before = hidden;
            hidden = new(level?.Number ?? 0, DualLevel.Latest, before);
            return new Scope(() => hidden = before);
        }

        private static bool Sees(DualLevel level, long below)
        {
            if (!level.IsOpen || level.Number >= below) return false;
            for (var h = hidden; h is not null; h = h.Others)
                if (level.Number >= h.From && level.Number <= h.To) return false;
            return true;
        }

        /// <summary>The tensor's tangent; null when it stands still.</summary>
        public static Tensor? At(Tensor x, DualLevel level)
        {
            if (!Any || !Sees(level, long.MaxValue)) return null;
            for (var t = All.TryGetValue(x, out var own) ? own : null; t is not null; t = t.Others)
                if (ReferenceEquals(t.Level, level)) return t.Value;
            if (x.viewed is not { } owner || At(owner, level) is not { } whole) return null;
            var node = whole.Node;
            return Recorded("AsStridedBackward0", Saves.None, x.Part(owner.Whole(node)), [node], [whole], [], level.Number);
        }

        public static void Give(Tensor x, DualLevel level, Tensor tangent)
        {
            Tangents? others = null;
            for (var t = All.TryGetValue(x, out var own) ? own : null; t is not null; t = t.Others)
                if (t.Level.IsOpen && t.Level != level) others = t with { Others = others };
            All.AddOrUpdate(x, new(level, tangent, others));
        }

        /// <summary>Lets a tensor stand still.</summary>
        public static void Forget(Tensor x) => All.Remove(x);

        /// <summary>Lets a tensor move as the view of itself does that it is about to become.</summary>
        public static void Become(Tensor x, Tensor view)
        {
            foreach (var (level, tangent) in Of([x]).Select(level => (level, At(view, level))).ToArray())
                if (tangent is not null) Give(x, level, tangent);
        }

        /// <summary>Lets a tensor move as another one does.</summary>
        public static void Copy(Tensor from, Tensor to)
        {
            if (Any && All.TryGetValue(from, out var tangents)) All.AddOrUpdate(to, tangents);
        }

        /// <summary>The levels below a number along which any of the tensors moves, the outermost first.</summary>
        public static IReadOnlyList<DualLevel> Of(ReadOnlySpan<Tensor> tensors, long below = long.MaxValue)
        {
            if (!Any) return [];
            SortedList<long, DualLevel>? levels = null;
            foreach (var x in tensors)
                for (var owner = x; owner is not null; owner = owner.viewed)
                    for (var t = All.TryGetValue(owner, out var own) ? own : null; t is not null; t = t.Others)
                        if (Sees(t.Level, below)) (levels ??= [])[t.Level.Number] = t.Level;
            return levels is null ? [] : [.. levels.Values];
        }

        /// <summary>The tangents of what an operation made of operands, one for each level along which they move.</summary>
        public static Motion[] Pushed(string name, Saves saves, Node node, ReadOnlySpan<Node> own, ReadOnlySpan<Tensor> operands, long below = long.MaxValue)
        {
            if (!node.DType.IsSmooth) return [];
            List<Motion> motions = [];
            foreach (var level in Of(operands, below))
            {
                var moves = new Tensor?[operands.Length];
                for (var i = 0; i < moves.Length; i++) moves[i] = At(operands[i], level);
                motions.Add(new(level, Pushed(name, saves, node, own, operands, moves, level) ?? new Tensor(Ops.Full(node.Type, 0)), moves));
            }
            return [.. motions];
        }

        /// <summary>The tangent of what was made of operands that move so; null where it stands still.</summary>
        public static Tensor? Pushed(string name, Saves saves, Node node, ReadOnlySpan<Node> own, ReadOnlySpan<Tensor> operands, Tensor?[] moves, DualLevel level)
        {
            var tangents = moves.OfType<Tensor>().ToArray();
            var nodes = Distinct([.. own, .. tangents.Select(t => t.Node)]);
            var (given, next) = (new Node?[own.Length], own.Length);
            for (var i = 0; i < moves.Length; i++)
                if (moves[i] is not null) given[i] = nodes[next++];
            // Operands that stand still are not looked into: one may be a detached function of another.
            return Tangent.Along([node], own, given, Gradient.MayBeHidden(own))[0] is { } tangent ? Recorded(name, saves, tangent, nodes, [.. operands, .. tangents], [], level.Number) : null;
        }

        /// <summary>The tangents of a gradient, along levels on which the incoming gradients or the operands move.</summary>
        /// <param name="fn">The operation.</param>
        /// <param name="gradient">The gradient of an operand.</param>
        /// <param name="arrived">The incoming gradients.</param>
        /// <param name="cotangents">Their nodes, as the operation saw them.</param>
        public static void Push(GradFn fn, Flow gradient, Flow?[] arrived, Node?[] cotangents)
        {
            List<Node> own = [.. cotangents.OfType<Node>(), .. fn.Inputs];
            Tensor[] incoming = [.. arrived.OfType<Flow>().Select(f => f.Tensor())];
            Tensor[] operands = [.. fn.Inputs.Select((x, i) => new Tensor(x) { gradFn = fn.Edges[i].Fn, outputNr = fn.Edges[i].Nr })];
            foreach (var motion in fn.Motions)
                for (var i = 0; i < operands.Length; i++)
                    if (motion.Operands[i] is { } t) Give(operands[i], motion.Level, t);
            Tensor[] all = [.. incoming, .. operands];
            foreach (var level in Of(all))
                if (Pushed(fn.Name, Saves.None, gradient.Node, [.. own], all, [.. all.Select(x => At(x, level))], level) is { } tangent) Give(gradient.Tensor(), level, tangent);
        }

        /// <summary>A tensor of the same value that moves along a level.</summary>
        public static Tensor Moving(Tensor x, Tensor tangent, DualLevel level)
        {
            var dual = Still(x, level);
            Give(dual, level, tangent);
            return dual;
        }

        /// <summary>A tensor of the same value that stands still along a level.</summary>
        public static Tensor Still(Tensor x, DualLevel level)
        {
            var node = x.Node;
            return Recorded("AliasBackward0", Saves.None, Copied(node), [node], [x], [], level.Number);
        }
    }

    public static partial class autograd
    {
        /// <summary>Forward-mode differentiation: tensors that carry a tangent. Any number of operations inside a level; levels don't nest, <c>torch.func.jvp</c> does.</summary>
        /// <remarks>https://pytorch.org/docs/2.6/autograd.html#module-torch.autograd.forward_ad</remarks>
        public static class forward_ad
        {
            private static DualLevel? current;

            /// <summary>A tensor taken apart.</summary>
            /// <param name="primal">The value.</param>
            /// <param name="tangent">The tangent; null when it stands still.</param>
            public sealed record UnpackedDualTensor(Tensor primal, Tensor? tangent)
            {
                /// <summary>As PyTorch prints it.</summary>
                public override string ToString() => $"UnpackedDualTensor(primal={primal}, tangent={tangent?.ToString() ?? "None"})";
            }

            /// <summary>Begins a level.</summary>
            /// <exception cref="RuntimeError">One is open already.</exception>
            public static int enter_dual_level()
            {
                if (current is not null) throw new RuntimeError("Nested forward mode AD is not supported at the moment");
                current = Duals.Begin();
                return 0;
            }

            /// <summary>Ends the level: tangents are gone.</summary>
            /// <exception cref="RuntimeError">None is open.</exception>
            public static void exit_dual_level(int level = 0)
            {
                if (current is null) throw new RuntimeError("Trying to exit a forward AD level but no level exists, make sure to enter_dual_level() first.");
                if (level != 0) throw new RuntimeError("Trying to exit a forward AD level that was not the last one that was created. This is not supported.");
                current.Dispose();
                current = null;
            }

            /// <summary>A level from here to the end of the scope.</summary>
            /// <exception cref="RuntimeError">One is open already.</exception>
            public static IDisposable dual_level()
            {
                enter_dual_level();
                return new Scope(() => exit_dual_level());
            }

            /// <summary>A tensor that carries a tangent of the same shape.</summary>
            /// <exception cref="RuntimeError">No level is open, the tensor has a tangent already, or the shapes differ.</exception>
            /// <exception cref="ValueError">One of them is not of a floating-point or complex type.</exception>
            public static Tensor make_dual(Tensor tensor, Tensor tangent, int? level = null)
            {
                if (current is null || level > 0) throw new RuntimeError("Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.");
                if (!tensor.Node.DType.IsSmooth) throw new ValueError($"Expected primal to be floating point or complex, but got: {tensor.dtype}");
                if (!tangent.Node.DType.IsSmooth) throw new ValueError($"Expected tangent to be floating point or complex, but got: {tangent.dtype}");
                if (Duals.At(tensor, current) is not null) throw new RuntimeError("Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported.");
                if (tensor.Dims != tangent.Dims) throw new RuntimeError($"Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size {tensor.Dims} while the given forward gradient is of size {tangent.Dims}.");
                if (tensor.dtype != tangent.dtype) throw new RuntimeError("Trying to set a forward gradient that has a different dtype than that of the original Tensor, this is not supported.");
                return Duals.Moving(tensor, tangent, current);
            }

            /// <summary>The value and the tangent; null for a tensor that stands still, or outside of a level.</summary>
            public static UnpackedDualTensor unpack_dual(Tensor tensor, int? level = null) =>
                current is { } now && Duals.At(tensor, now) is { } tangent ? new(Duals.Still(tensor, now), tangent) : new(tensor, null);

            internal static Tensor? Shown(Tensor tensor) => current is { } now ? Duals.At(tensor, now) : null;
        }
    }
}
