using System.Collections.Immutable;
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
        public static (Node Carry, Node Outputs) Scan(Func<Node, Node, (Node Carry, Node Output)> step, Node init, Node over, bool reverse = false)
        {
            var (carries, outputs) = Scan((carry, x) => step(carry[0], x[0]) is var (next, output) ? ([next], [output]) : default, [init], [over], reverse: reverse);
            return (carries[0], outputs[0]);
        }

        /// <summary>
        /// A loop that is one node, however many steps it has: the plan holds one copy of the step. Differentiable in both modes and any order, and
        /// vectorised by <see cref="Transforms.Vmap(Func{Node, Node}, int, int)"/>. Reverse mode keeps the carries and computes each step once more; steps within steps keep fewer:
        /// a scan over √n blocks of √n steps keeps 2·√n of them.
        /// </summary>
        /// <param name="step">From (carries, the elements of this step) to (the next carries, this step's outputs). It is called once, with placeholders.</param>
        /// <param name="init">The first carries. Their types are those of all later ones.</param>
        /// <param name="over">Their elements along the first axis are given to the steps; all have the same number.</param>
        /// <param name="length">How many steps; needed where <paramref name="over"/> is empty.</param>
        /// <param name="reverse">From the last element to the first; outputs stand where their elements do.</param>
        /// <returns>The last carries, and the outputs, each stacked along a first axis.</returns>
        /// <exception cref="ShapeException">The step gives another number or type of carries, or the sequences differ in length or have no axis.</exception>
        /// <exception cref="InvalidOperationException">The step demands a value that depends on its arguments.</exception>
        public static (ImmutableArray<Node> Carries, ImmutableArray<Node> Outputs) Scan(
            Func<ImmutableArray<Node>, ImmutableArray<Node>, (ImmutableArray<Node> Carries, ImmutableArray<Node> Outputs)> step,
            ImmutableArray<Node> init, ImmutableArray<Node> over, long? length = null, bool reverse = false)
        {
            if (over.FirstOrDefault(x => x.Type.Rank == 0) is { } scalar) throw new ShapeException($"Scan: {scalar.Type} has no axis to loop over");
            var n = length ?? over.FirstOrDefault()?.Shape[0] ?? throw new ShapeException("Scan: a loop over nothing needs a length");
            if (n < 0 || over.Any(x => x.Shape[0] != n)) throw new ShapeException($"Scan: {n} steps do not fit {string.Join(", ", over.Select(x => x.Type))}");
            var carries = init.Length;
            // A bare number carries on as a tensor of its type.
            ImmutableArray<TensorType> types = [.. init.Select(x => new TensorType(x.DType, x.Shape)), .. over.Select(x => x.Type.Reshaped(x.Shape[1..]))];
            var (body, captured) = Function.Of("Scan", x =>
            {
                var (next, outputs) = step(x[..carries], x[carries..]);
                if (next.IsDefault || outputs.IsDefault || next.Length != carries) throw new ShapeException($"Scan: the step gives {(next.IsDefault ? 0 : next.Length)} carries for {carries}");
                for (var k = 0; k < carries; k++)
                    if (!next[k].Type.Equals(types[k])) throw new ShapeException($"Scan: carry {k} is {types[k]}, and the step makes it {next[k].Type}");
                return [.. next, .. outputs];
            }, types);
            // What was captured comes first.
            var parameters = body.Parameters.Length;
            var moved = Function.Of("Scan", x => body.Apply([.. x[captured.Length..], .. x[..captured.Length]]), [.. body.Parameters[types.Length..], .. types]).Closed;
            var results = Primitives.Scan.Of(moved, captured.Length, carries, n, reverse, [.. captured, .. init, .. over]);
            return ([.. results[..carries]], [.. results[carries..]]);
        }
    }
}

namespace Functional.Autograd.Primitives
{
    /// <summary>A loop with its derivatives, which are loops.</summary>
    public sealed record Scan : Loop
    {
        private Scan(Function body, int constants, int carries, long length, bool reverse, bool keeps) : base(body, constants, carries, length, reverse, keeps) { }

        // Sequences and constants that no step reads are no operands.
        internal static Node[] Of(Function body, int constants, int carries, long length, bool reverse, ReadOnlySpan<Node> operands)
        {
            var read = body.Read();
            read.AsSpan(constants, carries).Fill(true);
            var kept = ImmutableArray.CreateBuilder<Node>(operands.Length);
            for (var k = 0; k < read.Length; k++)
                if (read[k]) kept.Add(operands[k]);
            return Parts(new Node(new Scan(body.Only(read), read.AsSpan(0, constants).Count(true), carries, length, reverse, false), kept.ToImmutable()));
        }

        // One step with all its results: the carries that it keeps are those that it is given.
        private ImmutableArray<Node> Step(ReadOnlySpan<Node> x) => [.. Body.Apply(x), .. Keeps ? x.Slice(Constants, Carries) : []];

        // A scan the other way: it carries the carries' cotangents and sums those of the constants, and reads the carries as they were before each step.
        internal override void Pull(Node y, ReadOnlySpan<Node?> c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
        {
            var moving = Moving(Body, Constants, Carries, active, t => t.DType.IsFloat);
            int[] constants = Where(moving, 0, Constants), carries = Where(moving, Constants, Carries), elements = Where(moving, Constants + Carries, moving.Length - Constants - Carries);
            var given = c.ToArray();
            int[] outputs = [.. Enumerable.Range(Carries, given.Length - Carries).Where(k => given[k] is not null)];
            var types = Body.Parameters;
            var (n, sums) = (types.Length, carries.Length + constants.Length);
            var (body, _) = Function.Of("Scan", p =>
            {
                var kept = Constants + sums;
                Node[] x = Fresh([.. p[..Constants], .. p[kept..(kept + n - Constants)]]);
                var (results, arriving) = (Step(x), p[(kept + n - Constants)..]);
                Node[] wanted = [.. carries.Concat(constants).Concat(elements).Select(k => x[k])];
                Node[] roots = [.. carries.Select(k => results[k - Constants]), .. outputs.Select(k => results[k])];
                var pulled = Gradient.Of(roots, [.. p[Constants..(Constants + carries.Length)], .. arriving], wanted, [.. x.Except(wanted)]);
                return
                [
                    .. carries.Select((k, i) => pulled[i] ?? Zero(types[k])),
                    .. constants.Select((k, i) => p[Constants + carries.Length + i] is var sum && pulled[carries.Length + i] is { } term ? sum + term : p[Constants + carries.Length + i]),
                    .. elements.Select((k, i) => pulled[sums + i] ?? Zero(types[k])),
                ];
            }, [.. types[..Constants], .. carries.Select(k => types[k]), .. constants.Select(k => types[k]), .. types[Constants..], .. outputs.Select(k => Single(y.Type.Parts[k]))]);
            var keeping = Parts(new Node(this with { Keeps = true }, y.Inputs));
            Node[] operands =
            [
                .. y.Inputs[..Constants], .. carries.Select(k => given[k - Constants] ?? Zero(types[k])), .. constants.Select(k => Zero(types[k])),
                .. keeping[Body.Results.Length..], .. y.Inputs[(Constants + Carries)..], .. outputs.Select(k => given[k]!),
            ];
            var back = Of(body, Constants, sums, Length, !Reverse, operands);
            int[] targets = [.. carries, .. constants, .. elements];
            for (var i = 0; i < targets.Length; i++)
                if (active[targets[i]]) cotangents[targets[i]] = back[i];
        }

        // One scan of the carries and their tangents.
        internal override Node?[] PushAll(Node y, ReadOnlySpan<Node?> tangents)
        {
            var along = tangents.ToArray();
            var moving = Moving(Body, Constants, Carries, Differing(tangents), t => t.DType.IsFloat);
            int[] constants = Where(moving, 0, Constants), carries = Where(moving, Constants, Carries), elements = Where(moving, Constants + Carries, moving.Length - Constants - Carries);
            var reached = Body.Reached(moving);
            int[] outputs = [.. Enumerable.Range(Carries, y.Type.Parts.Length - Carries).Where(k => y.Type.Parts[k].DType.IsFloat && (k < reached.Length ? reached[k] : moving[Constants + k - reached.Length]))];
            var types = Body.Parameters;
            var (body, _) = Function.Of("Scan", p =>
            {
                var (first, second) = (Constants + constants.Length, Constants + constants.Length + Carries + carries.Length);
                Node[] x = Fresh([.. p[..Constants], .. p[first..(first + Carries)], .. p[second..(second + types.Length - Constants - Carries)]]);
                var t = new Node?[x.Length];
                for (var i = 0; i < constants.Length; i++) t[constants[i]] = p[Constants + i];
                for (var i = 0; i < carries.Length; i++) t[carries[i]] = p[first + Carries + i];
                for (var i = 0; i < elements.Length; i++) t[elements[i]] = p[second + types.Length - Constants - Carries + i];
                var results = Step(x);
                var pushed = Tangent.Along(results.AsSpan(), x, t);
                return [.. results[..Carries], .. carries.Select(k => pushed[k - Constants] ?? Zero(types[k])), .. outputs.Select(k => pushed[k] ?? Zero(results[k].Type))];
            }, [.. types[..Constants], .. constants.Select(k => types[k]), .. types[Constants..(Constants + Carries)], .. carries.Select(k => types[k]), .. types[(Constants + Carries)..], .. elements.Select(k => types[k])]);
            Node[] operands =
            [
                .. y.Inputs[..Constants], .. constants.Select(k => along[k]!), .. y.Inputs[Constants..(Constants + Carries)], .. carries.Select(k => along[k] ?? Zero(types[k])),
                .. y.Inputs[(Constants + Carries)..], .. elements.Select(k => along[k]!),
            ];
            var parts = Of(body, Constants + constants.Length, Carries + carries.Length, Length, Reverse, operands);
            var result = new Node?[y.Type.Parts.Length];
            for (var i = 0; i < carries.Length; i++) result[carries[i] - Constants] = parts[Carries + i];
            for (var i = 0; i < outputs.Length; i++) result[outputs[i]] = parts[Carries + carries.Length + i];
            return result;
        }

        // The batch is the first axis of what a step sees, so sequences have it as second.
        internal override Node[] BatchAll(Node y, ReadOnlySpan<Node?> rows)
        {
            var size = BatchSize(rows);
            var differs = Moving(Body, Constants, Carries, Differing(rows), _ => true);
            bool[] results = [.. Enumerable.Range(0, Body.Results.Length).Select(k => k >= Carries || differs[Constants + k])];
            var operands = ImmutableArray.CreateBuilder<Node>(rows.Length);
            for (var k = 0; k < rows.Length; k++)
            {
                var x = rows[k];
                operands.Add(k >= Constants + Carries && x is not null ? Ops.MoveAxis(x, 0, 1) : x ?? (differs[k] ? Ops.Broadcast(y.Inputs[k], [size, .. y.Inputs[k].Shape]) : y.Inputs[k]));
            }
            var tuple = new Node(new Scan(Batching.Of(Body, size, differs, results), Constants, Carries, Length, Reverse, Keeps), operands.ToImmutable());
            Node Rows(Node part, int k)
            {
                var carry = k < Carries ? k : k - Body.Results.Length;
                var isSequence = k >= Carries;
                if (carry >= 0 && !results[carry]) return Ops.Broadcast(part, [size, .. part.Shape]);
                return isSequence ? Ops.MoveAxis(part, 1, 0) : part;
            }
            return [.. Parts(tuple).Select(Rows)];
        }

        private static TensorType Single(TensorType stacked) => new(stacked.DType, stacked.Shape[1..]);

        private static int[] Where(bool[] moving, int from, int count) => [.. Enumerable.Range(from, count).Where(k => moving[k])];
    }
}
