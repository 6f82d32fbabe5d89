using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Autograd.Primitives;

namespace Functional.Autograd
{
    public static partial class Ops
    {
        /// <summary>A loop over the first axis that carries one tensor and gives one output per step. See the form of several tensors.</summary>
        /// <param name="step">From (carry, the element of this step) to (the next carry, this step's output).</param>
        /// <param name="init">The first carry.</param>
        /// <param name="over">Its elements along the first axis are given to the steps.</param>
        /// <param name="reverse">From the last element to the first.</param>
        /// <returns>The last carry, and the outputs stacked along a first axis.</returns>
        [OverloadResolutionPriority(1)]
        public static (Node Carry, Node Outputs) Scan(Func<Node, Node, (Node Carry, Node Output)> step, Node init, Node over, bool reverse = false)
        {
            var (carries, outputs) = Scan((carry, x) => step(carry[0], x[0]) is var (next, output) ? ([next], [output]) : default, [init], [over], reverse: reverse);
            return (carries[0], outputs[0]);
        }

        /// <summary>A loop over the first axis of a tree's leaves that carries a tree and gives another per step. See the form of several tensors.</summary>
        /// <typeparam name="TCarry">A tree.</typeparam>
        /// <typeparam name="T">A tree.</typeparam>
        /// <typeparam name="TOutput">A tree.</typeparam>
        /// <param name="step">From (carry, the elements of this step) to (the next carry, this step's output).</param>
        /// <param name="init">The first carry.</param>
        /// <param name="over">Its leaves' elements along the first axis are given to the steps.</param>
        /// <param name="reverse">From the last element to the first.</param>
        /// <returns>The last carry, and the outputs, each leaf stacked along a first axis.</returns>
        /// <exception cref="ShapeException">As the form of several tensors throws it.</exception>
        public static (TCarry Carry, TOutput Outputs) Scan<TCarry, T, TOutput>(Func<TCarry, T, (TCarry Carry, TOutput Output)> step, TCarry init, T over, bool reverse = false) => Scanned(step, init, over, null, reverse);

        /// <summary>A loop of a number of steps that carries a tree and gives another per step. See the form of several tensors.</summary>
        /// <typeparam name="TCarry">A tree.</typeparam>
        /// <typeparam name="TOutput">A tree.</typeparam>
        /// <param name="step">From a carry to (the next carry, this step's output).</param>
        /// <param name="init">The first carry.</param>
        /// <param name="length">How many steps.</param>
        /// <returns>The last carry, and the outputs, each leaf stacked along a first axis.</returns>
        /// <exception cref="ShapeException">As the form of several tensors throws it.</exception>
        public static (TCarry Carry, TOutput Outputs) Scan<TCarry, TOutput>(Func<TCarry, (TCarry Carry, TOutput Output)> step, TCarry init, long length) =>
            Scanned((carry, _) => step(carry), init, default(ValueTuple), length, false);

        private static (TCarry Carry, TOutput Outputs) Scanned<TCarry, T, TOutput>(Func<TCarry, T, (TCarry Carry, TOutput Output)> step, TCarry init, T over, long? length, bool reverse)
        {
            TOutput? last = default;
            var (carries, outputs) = Scan((carry, x) =>
            {
                (var next, last) = step(Tree.With(init, carry), Tree.With(over, x));
                return (Tree.Like(init, next), Tree.Leaves(last));
            }, Tree.Leaves(init), Tree.Leaves(over), length, reverse);
            return (Tree.With(init, carries), Tree.With(last!, outputs));
        }

        /// <summary>
        /// A loop that is one node, however many steps it has: the plan holds one copy of the step. Differentiable in both modes and any order, and
        /// vectorised by <see cref="Transforms.Vmap(Func{Node, Node}, int, int)"/>. Reverse mode keeps of each step the fewest bytes from which
        /// the rest can be computed again, at most its carries; steps within steps keep fewer: a scan over √n blocks of √n steps keeps 2·√n of them.
        /// </summary>
        /// <param name="step">From (carries, the elements of this step) to (the next carries, this step's outputs). It is called once, with placeholders; where a first carry is a bare number, twice.</param>
        /// <param name="init">The first carries. Their types are those of all later ones; a bare number is of the element type that the step makes of it.</param>
        /// <param name="over">Their elements along the first axis are given to the steps; all have the same number.</param>
        /// <param name="length">How many steps; needed where <paramref name="over"/> is empty.</param>
        /// <param name="reverse">From the last element to the first; outputs stand where their elements do.</param>
        /// <returns>The last carries, and the outputs, each stacked along a first axis.</returns>
        /// <exception cref="ShapeException">The step gives another number or type of carries, or the sequences differ in length or have no axis.</exception>
        /// <exception cref="InvalidOperationException">The step demands a value that depends on its arguments.</exception>
        [OverloadResolutionPriority(2)]
        public static (ImmutableArray<Node> Carries, ImmutableArray<Node> Outputs) Scan(
            Func<ImmutableArray<Node>, ImmutableArray<Node>, (ImmutableArray<Node> Carries, ImmutableArray<Node> Outputs)> step,
            ImmutableArray<Node> init, ImmutableArray<Node> over, long? length = null, bool reverse = false)
        {
            if (over.FirstOrDefault(x => x.Type.Rank == 0) is { } scalar) throw new ShapeException($"Scan: {scalar.Type} has no axis to loop over");
            var n = length ?? over.FirstOrDefault()?.Shape[0] ?? throw new ShapeException("Scan: a loop over nothing needs a length");
            if (n < 0) throw new ShapeException($"Scan: a loop of {n} steps");
            if (over.Any(x => x.Shape[0] != n)) throw new ShapeException($"Scan: {n} steps do not fit {string.Join(", ", over.Select(x => x.Type))}");
            var carries = init.Length;
            ImmutableArray<TensorType> elements = [.. over.Select(x => x.Type.Reshaped(x.Shape[1..]))];
            init = Carried("Scan", init, x => step(x[..carries], x[carries..]).Carries, elements);
            ImmutableArray<TensorType> types = [.. init.Select(x => new TensorType(x.DType, x.Shape)), .. elements];
            var (body, captured) = Function.Of("Scan", x =>
            {
                var (next, outputs) = step(x[..carries], x[carries..]);
                if (next.IsDefault || outputs.IsDefault || next.Length != carries) throw new ShapeException($"Scan: the step gives {(next.IsDefault ? 0 : next.Length)} carries for {carries}");
                for (var k = 0; k < carries; k++)
                    if (next[k] is { } made && !made.Type.Equals(types[k])) throw new ShapeException($"Scan: carry {k} is {types[k]}, and the step makes it {made.Type}");
                return [.. next, .. outputs];
            }, types);
            // What was captured comes first.
            var moved = body.Placed([.. body.Parameters[types.Length..], .. types], [.. Enumerable.Range(captured.Length, types.Length), .. Enumerable.Range(0, captured.Length)]);
            var results = Primitives.Scan.Of(moved, captured.Length, carries, n, reverse, [.. captured, .. init, .. over]);
            return ([.. results[..carries]], [.. results[carries..]]);
        }

        // Bare numbers carry on as tensors, of the type that a step makes of them.
        private static ImmutableArray<Node> Carried(string name, ImmutableArray<Node> init, Func<ImmutableArray<Node>, ImmutableArray<Node>> step, ImmutableArray<TensorType> elements = default)
        {
            if (!init.Any(x => x.Type.IsNumber)) return init;
            var made = Function.Of(name, x => step(x) is { IsDefault: false } next ? next : [], [.. init.Select(x => x.Type), .. elements.IsDefault ? [] : elements]).Closed.Results;
            return [.. init.Select((x, k) => x.Type.IsNumber && k < made.Length && DTypes.PromoteNumber(made[k].DType, x.DType) == made[k].DType ? Cast(x, made[k].DType) : x)];
        }
    }
}

namespace Functional.Autograd.Primitives
{
    /// <summary>A loop with its derivatives, which are loops.</summary>
    public sealed record Scan : Loop
    {
        internal Scan(Function body, int constants, int carries, long length, bool reverse) : base(body, constants, carries, length, reverse) { }

        internal static Node[] Of(Function body, int constants, int carries, long length, bool reverse, ReadOnlySpan<Node> operands) => new Scan(body, constants, carries, length, reverse).Over(operands);

        internal override Scan With(Function body, int constants) => new(body, constants, Carries, Length, Reverse);

        // A scan the other way: it carries the carries' cotangents and sums those of the constants. Of the steps, which run once more with what they keep for it, it reads the least that it can do with.
        internal override void Pull(Node y, ReadOnlySpan<Node?> c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
        {
            var (types, given, ends) = (Body.Parameters, c.ToArray(), Constants + Carries);
            int[] moving = Places(Moving(Body, Constants, Carries, active, t => t.DType.IsSmooth));
            int[] constants = [.. moving.Where(k => k < Constants)], carries = [.. moving.Where(k => k >= Constants && k < ends)], elements = [.. moving.Where(k => k >= ends)];
            int[] outputs = [.. Enumerable.Range(Carries, given.Length - Carries).Where(k => given[k] is not null)], targets = [.. carries, .. constants, .. elements];
            Function forward, back;
            int[] kept;
            using (var trace = Trace.Begin("Scan"))
            {
                Node[] x = [.. types.Select(Node.Placeholder)], wanted = [.. targets.Select(k => x[k])];
                Node[] coming = [.. carries.Select(k => Node.Placeholder(types[k]))], sums = [.. constants.Select(k => Node.Placeholder(types[k]))], arriving = [.. outputs.Select(k => Node.Placeholder(Body.Results[k]))];
                Node[] results = [.. Body.Apply(x)];
                var pulled = Gradient.Of([.. carries.Select(k => results[k - Constants]), .. outputs.Select(k => results[k])], [.. coming, .. arriving], wanted, [.. x.Except(wanted)]);
                Node Pulled(int i) => pulled[i] ?? Zero(types[targets[i]]);
                Node Summed(Node sum, int i) => pulled[carries.Length + i] is { } term ? sum + term : sum;
                Node[] steps = [.. carries.Select((_, i) => Pulled(i)), .. sums.Select(Summed), .. elements.Select((_, i) => Pulled(i + carries.Length + constants.Length))];
                var least = MinimumCut.Of(steps, [.. coming, .. sums, .. arriving], x.AsSpan(Constants..ends), results.AsSpan(Carries));
                Node[] handed = [.. results, .. least.Except(results[Carries..])];
                kept = [.. least.Select(v => Array.IndexOf(handed, v, Carries))];
                forward = Function.Between(trace, x, handed).Closed;
                back = Function.Between(trace, [.. x[..Constants], .. coming, .. sums, .. least, .. x[ends..], .. arriving], steps).Closed;
            }
            var keeping = Parts(new Node(new Scan(forward, Constants, Carries, Length, Reverse), y.Inputs));
            var parts = Of(back, Constants, carries.Length + constants.Length, Length, !Reverse,
            [
                .. y.Inputs[..Constants], .. carries.Select(k => given[k - Constants] ?? Zero(types[k])), .. constants.Select(k => Zero(types[k])),
                .. kept.Select(k => keeping[k]), .. y.Inputs[ends..], .. outputs.Select(k => given[k]!),
            ]);
            for (var i = 0; i < targets.Length; i++)
                if (active[targets[i]]) cotangents[targets[i]] = parts[i];
        }

        // One scan of the carries and their tangents.
        internal override Node?[] PushAll(Node y, ReadOnlySpan<Node?> tangents)
        {
            var along = tangents.ToArray();
            var moving = Moving(Body, Constants, Carries, Differing(tangents), t => t.DType.IsSmooth);
            var places = Interleaved(moving, Constants, Constants + Carries, moving.Length);
            // The results that move: carries, which go on, and outputs.
            var reached = Body.Reached(moving);
            int[] moved = [.. Enumerable.Range(0, reached.Length).Where(k => k < Carries ? moving[Constants + k] : reached[k] && Body.Results[k].DType.IsSmooth)];
            var parts = Of(Tangent.OfStep("Scan", Body, Carries, places, moved), Constants + moving.AsSpan(0, Constants).Count(true), Carries + moved.Count(k => k < Carries), Length, Reverse,
                [.. places.Select(k => k >= 0 ? y.Inputs[k] : along[~k] ?? Zero(Body.Parameters[~k]))]);
            var result = new Node?[reached.Length];
            for (var i = 0; i < moved.Length; i++) result[moved[i]] = parts[Carries + i];
            return result;
        }

        // The batch is the first axis of what a step sees, so sequences have it as second.
        internal override Node[] BatchAll(Node y, ReadOnlySpan<Node?> rows)
        {
            var size = BatchSize(rows);
            var differs = Moving(Body, Constants, Carries, Differing(rows), _ => true);
            bool[] results = [.. Enumerable.Range(0, Body.Results.Length).Select(k => k >= Carries || differs[Constants + k])];
            var operands = Each(y, rows, differs).Select((x, k) => k >= Constants + Carries && differs[k] ? Ops.MoveAxis(x, 0, 1) : x);
            var tuple = new Node(new Scan(Batching.Of(Body, size, differs, results), Constants, Carries, Length, Reverse), [.. operands]);
            return [.. Parts(tuple).Select((part, k) => !results[k] ? Repeated(part, size) : k >= Carries ? Ops.MoveAxis(part, 1, 0) : part)];
        }
    }
}
