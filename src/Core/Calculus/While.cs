using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd
{
    public static partial class Ops
    {
        /// <summary>Applies a function as long as a test holds. See the form of several tensors.</summary>
        /// <param name="test">From the carry to a truth value.</param>
        /// <param name="step">From the carry to the next.</param>
        /// <param name="init">The first carry.</param>
        /// <param name="atMost">The most steps; with it there is a reverse mode.</param>
        [OverloadResolutionPriority(1)]
        public static Node While(Func<Node, Node> test, Func<Node, Node> step, Node init, long? atMost = null) => While(c => test(c[0]), c => [step(c[0])], [init], atMost)[0];

        /// <summary>Applies a function of a tree as long as a test holds. See the form of several tensors.</summary>
        /// <typeparam name="T">A tree.</typeparam>
        /// <param name="test">From the carry to a truth value.</param>
        /// <param name="step">From the carry to the next.</param>
        /// <param name="init">The first carry.</param>
        /// <param name="atMost">The most steps; with it there is a reverse mode.</param>
        /// <exception cref="ArgumentException">The step gives another structure.</exception>
        /// <exception cref="ShapeException">As the form of several tensors throws it.</exception>
        public static T While<T>(Func<T, Node> test, Func<T, T> step, T init, long? atMost = null) =>
            Tree.With(init, While(c => test(Tree.With(init, c)), c => Tree.Like(init, step(Tree.With(init, c))), Tree.Leaves(init), atMost));

        /// <summary>
        /// Applies a function as long as a test of what it gave holds. Forward mode carries tangents along, in any order. Reverse mode would have to know all carries, so it needs
        /// to be told how many there may be. In a batch, rows that are done stand still until all are.
        /// </summary>
        /// <param name="test">From the carries to a truth value. Both are called once, with placeholders; what they capture is an operand.</param>
        /// <param name="step">From the carries to the next.</param>
        /// <param name="init">The first carries. Their types are those of all later ones.</param>
        /// <param name="atMost">The most steps, after which it stops whatever the test says; with it there is a reverse mode, which keeps that many carries.</param>
        /// <exception cref="ShapeException">The test gives no truth value, or the step another number or type of carries.</exception>
        /// <exception cref="InvalidOperationException">A function demands a value that depends on its arguments; or, in reverse mode, the number of steps has no bound.</exception>
        [OverloadResolutionPriority(2)]
        public static ImmutableArray<Node> While(Func<ImmutableArray<Node>, Node> test, Func<ImmutableArray<Node>, ImmutableArray<Node>> step, ImmutableArray<Node> init, long? atMost = null)
        {
            if (atMost < 0) throw new ShapeException($"While: at most {atMost} steps");
            init = Carried("While", init, step);
            ImmutableArray<TensorType> types = [.. init.Select(x => new TensorType(x.DType, x.Shape))];
            ImmutableArray<Node> Next(ImmutableArray<Node> c)
            {
                var next = step(c);
                return next.IsDefault || next.Contains(null!) || next.Select(x => x.Type).SequenceEqual(types) ? next
                    : throw new ShapeException($"While: the carries are {string.Join(", ", types)}, and the step makes them {string.Join(", ", next.Select(x => x.Type))}");
            }
            if (atMost is { } bound) return Scan((c, _) => (Cond(Tested(test(c)), Next, v => v, c), []), init, [], bound).Carries;
            var (asking, mine) = Function.Of("While", c => [Tested(test(c))], types);
            var (body, others) = Function.Of("While", Next, types);
            var (n, m) = (types.Length, mine.Length);
            ImmutableArray<TensorType> all = [.. asking.Parameters[n..], .. body.Parameters[n..], .. types];
            var constants = m + others.Length;
            return [.. Primitives.While.Of(
                asking.Placed(all, [.. Enumerable.Range(constants, n), .. Enumerable.Range(0, m)]), body.Placed(all, [.. Enumerable.Range(constants, n), .. Enumerable.Range(m, others.Length)]),
                constants, [.. mine, .. others, .. init])];
        }

        private static Node Tested(Node truth) => truth.Type.Equals(TensorType.Scalar(DType.Bool)) ? truth
            : throw new ShapeException($"While: the test gives {truth.Type} and not one truth value; use Any or All");
    }
}

namespace Functional.Autograd.Primitives
{
    /// <summary>A repetition with its forward mode, which is one.</summary>
    public sealed record While : Repeat
    {
        internal While(Function test, Function body, int constants) : base(test, body, constants) { }

        internal static Node[] Of(Function test, Function body, int constants, ReadOnlySpan<Node> operands) => Parts(new Node(new While(test, body, constants), [.. operands]));

        internal override void Pull(Node y, ReadOnlySpan<Node?> c, ReadOnlySpan<bool> active, Span<Node?> cotangents) =>
            throw new InvalidOperationException("While: reverse mode needs to know how many steps there may be; say atMost, or use forward mode");

        internal override Node?[] PushAll(Node y, ReadOnlySpan<Node?> tangents)
        {
            var (along, carries) = (tangents.ToArray(), Body.Results.Length);
            var moving = Moving(Body, Constants, carries, Differing(tangents), t => t.DType.IsSmooth);
            var (places, moved) = (Interleaved(moving, Constants, moving.Length), Places(moving[Constants..]));
            var body = Tangent.OfStep("While", Body, carries, places, moved);
            var test = Test.Placed(body.Parameters, [.. Enumerable.Range(0, moving.Length).Select(k => Array.IndexOf(places, k))]);
            var parts = Of(test, body, Constants + moving.AsSpan(0, Constants).Count(true), [.. places.Select(k => k >= 0 ? y.Inputs[k] : along[~k] ?? Zero(Body.Parameters[~k]))]);
            var result = new Node?[carries];
            for (var i = 0; i < moved.Length; i++) result[moved[i]] = parts[carries + i];
            return result;
        }

        // As long as any row goes on; a row that is done stands still.
        internal override Node[] BatchAll(Node y, ReadOnlySpan<Node?> rows)
        {
            var (size, carries) = (BatchSize(rows), Body.Results.Length);
            var differs = Moving(Body, Constants, carries, Differing(rows), _ => true);
            var isRowsOwn = Test.Reached(differs)[0];
            if (isRowsOwn) differs.AsSpan(Constants).Fill(true);
            var asking = Batching.Of(Test, size, differs, [isRowsOwn]);
            var body = Batching.Of(Body, size, differs, differs[Constants..]);
            if (isRowsOwn)
            {
                var (step, careful) = (body, size > 0 && IsRisky(Body));
                body = Function.Of("While", p =>
                {
                    var goes = asking.Apply(p.AsSpan())[0];
                    var next = step.Apply([.. p.Select((v, k) => careful && differs[k] ? InPlaceOfOthers(goes, v) : v)]);
                    return [.. next.Zip(p[Constants..], (after, now) => Where(goes, after, now))];
                }, step.Parameters).Closed;
            }
            var test = Function.Of("While", p => [Ops.Any(asking.Apply(p.AsSpan())[0])], asking.Parameters).Closed;
            var parts = Of(test, body, Constants, Each(y, rows, differs).AsSpan());
            return [.. parts.Select((part, k) => differs[Constants + k] ? part : Repeated(part, size))];
        }
    }
}
