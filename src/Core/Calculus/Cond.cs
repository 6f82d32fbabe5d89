using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd
{
    public static partial class Ops
    {
        /// <summary>One of two functions, of which only that one is computed. See the form of several tensors.</summary>
        /// <param name="condition">A truth value.</param>
        /// <param name="then">What is computed where it is true.</param>
        /// <param name="otherwise">What is computed where it is false.</param>
        /// <param name="x">The argument of both.</param>
        [OverloadResolutionPriority(1)]
        public static Node Cond(Node condition, Func<Node, Node> then, Func<Node, Node> otherwise, Node x) => Cond(condition, v => [then(v[0])], v => [otherwise(v[0])], [x])[0];

        /// <summary>One of two functions of a tree, of which only that one is computed. See the form of several tensors.</summary>
        /// <typeparam name="T">A tree.</typeparam>
        /// <typeparam name="TResult">A tree.</typeparam>
        /// <param name="condition">A truth value.</param>
        /// <param name="then">What is computed where it is true.</param>
        /// <param name="otherwise">What is computed where it is false; its result has the same structure.</param>
        /// <param name="x">The argument of both.</param>
        /// <exception cref="ArgumentException">The results differ in structure.</exception>
        /// <exception cref="ShapeException">As the form of several tensors throws it.</exception>
        public static TResult Cond<T, TResult>(Node condition, Func<T, TResult> then, Func<T, TResult> otherwise, T x)
        {
            TResult? first = default;
            var results = Cond(condition, v => Tree.Leaves(first = then(Tree.With(x, v))), v => Tree.Like(first!, otherwise(Tree.With(x, v))), Tree.Leaves(x));
            return Tree.With(first!, results);
        }

        /// <summary>
        /// One of two functions, of which only that one is computed. Differentiable in both modes and any order. In a batch whose rows choose differently,
        /// both are computed, and a row's derivative is not touched by the function that it did not choose.
        /// </summary>
        /// <param name="condition">A truth value: bool, no axes.</param>
        /// <param name="then">What is computed where it is true. Both are called once, with placeholders; what they capture is an operand.</param>
        /// <param name="otherwise">What is computed where it is false; its results have the same types.</param>
        /// <param name="x">The arguments of both.</param>
        /// <exception cref="ShapeException">The condition is no truth value, or the functions give results of different types.</exception>
        /// <exception cref="InvalidOperationException">A function demands a value that depends on its arguments.</exception>
        [OverloadResolutionPriority(2)]
        public static ImmutableArray<Node> Cond(Node condition, Func<ImmutableArray<Node>, ImmutableArray<Node>> then, Func<ImmutableArray<Node>, ImmutableArray<Node>> otherwise, ImmutableArray<Node> x)
        {
            ImmutableArray<TensorType> types = [.. x.Select(v => v.Type)];
            var (first, mine) = Function.Of("Cond", then, types);
            var (second, others) = Function.Of("Cond", otherwise, types);
            (first, second) = (Meeting(first, second.Results), Meeting(second, first.Results));
            var n = types.Length;
            ImmutableArray<TensorType> all = [.. first.Parameters, .. second.Parameters[n..]];
            return [.. Primitives.Cond.Of(
                first.Placed(all, [.. Enumerable.Range(0, n + mine.Length)]), second.Placed(all, [.. Enumerable.Range(0, n), .. Enumerable.Range(n + mine.Length, others.Length)]),
                condition, [.. x, .. mine, .. others])];
        }

        // A bare number beside a tensor is of its element type.
        private static Function Meeting(Function f, ImmutableArray<TensorType> others)
        {
            bool IsTo(TensorType type, int k) => k < others.Length && type.IsNumber && type.DType != others[k].DType && DTypes.PromoteNumber(others[k].DType, type.DType) == others[k].DType;
            return f.Results.Where(IsTo).Any() ? Function.Of("Cond", x => [.. f.Apply(x.AsSpan()).Select((y, k) => IsTo(y.Type, k) ? Fitted(y, others[k].DType) : y)], f.Parameters).Closed : f;
        }
    }
}

namespace Functional.Autograd.Primitives
{
    /// <summary>A choice with its derivatives, which are choices.</summary>
    public sealed record Cond : Choice
    {
        internal Cond(Function then, Function otherwise) : base(then, otherwise) { }

        // What neither function reads is no operand.
        internal static Node[] Of(Function then, Function otherwise, Node condition, ReadOnlySpan<Node> operands)
        {
            bool[] read = [.. then.Read().Zip(otherwise.Read(), (a, b) => a || b)];
            List<Node> kept = [condition];
            for (var k = 0; k < read.Length; k++)
                if (read[k]) kept.Add(operands[k]);
            return Parts(new Node(new Cond(then.Only(read), otherwise.Only(read)), [.. kept]));
        }

        internal override void Pull(Node y, ReadOnlySpan<Node?> c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
        {
            var given = c.ToArray();
            int[] results = [.. Enumerable.Range(0, given.Length).Where(k => given[k] is not null)], wanted = Places(active[1..].ToArray());
            var n = Then.Parameters.Length;
            Function Back(Function f) => Function.Of("Cond", p =>
            {
                var x = Fresh(p[..n]);
                var values = f.Apply(x);
                Node[] moving = [.. wanted.Select(k => x[k])];
                return [.. Gradient.Of([.. results.Select(k => values[k])], p.AsSpan()[n..], moving, [.. x.Except(moving)]).Select((g, i) => g ?? Zero(x[wanted[i]].Type))];
            }, [.. f.Parameters, .. results.Select(k => f.Results[k])]).Closed;
            var parts = Of(Back(Then), Back(Otherwise), y.Inputs[0], [.. y.Inputs[1..], .. results.Select(k => given[k]!)]);
            for (var i = 0; i < wanted.Length; i++) cotangents[1 + wanted[i]] = parts[i];
        }

        internal override Node?[] PushAll(Node y, ReadOnlySpan<Node?> tangents)
        {
            var along = tangents[1..].ToArray();
            var moving = Places(Differing(along));
            var n = Then.Parameters.Length;
            bool[] reached = [.. Then.Reached(Differing(along)).Zip(Otherwise.Reached(Differing(along)), (a, b) => a || b)];
            int[] results = [.. Places(reached).Where(k => Then.Results[k].DType.IsSmooth)];
            Function Forth(Function f) => Function.Of("Cond", p =>
            {
                var (x, t) = (Fresh(p[..n]), new Node?[n]);
                for (var i = 0; i < moving.Length; i++) t[moving[i]] = p[n + i];
                var values = f.Apply(x);
                var pushed = Tangent.Along(values.AsSpan(), x, t);
                return [.. results.Select(k => pushed[k] ?? Zero(values[k].Type))];
            }, [.. f.Parameters, .. moving.Select(k => f.Parameters[k])]).Closed;
            var parts = Of(Forth(Then), Forth(Otherwise), y.Inputs[0], [.. y.Inputs[1..], .. moving.Select(k => along[k]!)]);
            var result = new Node?[y.Type.Parts.Length];
            for (var i = 0; i < results.Length; i++) result[results[i]] = parts[i];
            return result;
        }

        internal override Node[] BatchAll(Node y, ReadOnlySpan<Node?> rows)
        {
            var (size, differs) = (BatchSize(rows), Differing(rows));
            if (!differs[0])
            {
                Function Batched(Function f) => Batching.Of(f, size, differs[1..]);
                return Parts(new Node(new Cond(Batched(Then), Batched(Otherwise)), Each(y, rows, differs)));
            }
            var (chosen, given) = (rows[0]!, rows[1..].ToArray());
            var (a, b) = (Chosen(Then, chosen, y.Inputs[1..], given), Chosen(Otherwise, Ops.Not(chosen), y.Inputs[1..], given));
            return [.. a.Zip(b, (u, v) => Where(chosen, u, v))];
        }

        // Rows choose: what a row did not choose is given its operands cut off, so that 0·∞ comes back from nowhere; or, where it might not bear them, those of a row that
        // did choose it, and is not computed where none did.
        private static ImmutableArray<Node> Chosen(Function f, Node chosen, ImmutableArray<Node> one, Node?[] rows)
        {
            var (size, careful) = (chosen.Shape[0], chosen.Shape[0] > 0 && IsRisky(f));
            bool[] differs = [.. one.Select((v, k) => rows[k] is not null || v.DType.IsSmooth)];
            Node Guarded(Node all, bool isRowsOwn) => careful && isRowsOwn ? InPlaceOfOthers(chosen, all) : all.DType.IsSmooth ? Where(chosen, all, Ops.Detach(all)) : all;
            Node[] given = [.. one.Select((v, k) => differs[k] ? Guarded(rows[k] ?? Repeated(v, size), rows[k] is not null) : v)];
            var batched = Batching.Of(f, size, differs);
            if (!careful) return batched.Apply(given);
            var none = Function.Of("Cond", _ => [.. batched.Results.Select(Zero)], batched.Parameters).Closed;
            return [.. Of(batched, none, Ops.Any(chosen), given)];
        }
    }
}
