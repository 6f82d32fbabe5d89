using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd
{
    public static partial class Ops
    {
        /// <summary>
        /// f(x), whose intermediate values are computed again for the backward pass instead of being kept
        /// (Chen et al., "Training deep nets with sublinear memory cost", 2016). Gradients reach what f captures as well.
        /// </summary>
        /// <param name="f">A pure function.</param>
        /// <param name="x">Its arguments.</param>
        public static Node Recompute(Func<ImmutableArray<Node>, Node> f, params ImmutableArray<Node> x)
        {
            using var trace = Functional.Autograd.Trace.Begin("Recompute");
            ImmutableArray<Node> fresh = [.. x.Select(v => new Node(Alias.Instance, v))];
            var value = f(fresh);
            var (closed, captured) = Function.Between(trace, fresh.AsSpan(), [value]);
            return new(new Primitives.Recompute(closed), [Detach(value), .. x, .. captured]);
        }
    }
}

namespace Functional.Autograd.Primitives
{
    /// <summary>
    /// A value that a function gave, whose derivative is that function's at the operands after the first: the arguments, and what the
    /// function captured.
    /// </summary>
    public sealed record Recompute : Ruled
    {
        internal Recompute(Function of) => Of = of;

        /// <summary>The function.</summary>
        public Function Of { get; }

        /// <inheritdoc/>
        public override IReadOnlyList<Function> Functions => [Of];

        internal override bool IsComputedAgain => true;

        private protected override IEnumerable<TensorType>? Takes(TensorType value) => Of.Results is [var result] && result.Equals(value) ? [value, .. Of.Parameters] : null;

        internal override string Written(Func<Function, string> name) => $"Recompute({name(Of)})";

        // Checkpoints keep the second computation apart from the first.
        internal override void Pull(Node y, Node c, ReadOnlySpan<bool> active, Span<Node?> cotangents)
        {
            Node[] again = [.. y.Inputs.Skip(1).Select(v => new Node(Checkpoint.Instance, v, c))];
            Gradient.Through(Of, again, c, active[1..], cotangents[1..]);
        }

        internal override Node Batch(Node y, ReadOnlySpan<Node?> rows)
        {
            bool[] differs = [true, .. Differing(rows[1..])];
            return new(new Recompute(Batching.Of(Of, BatchSize(rows), differs[1..])), Each(y, rows, differs));
        }

        internal override Node? Push(Node y, ReadOnlySpan<Node?> tangents)
        {
            var fresh = Fresh(y.Inputs.Skip(1));
            return Tangent.Along(Of.Apply(fresh).AsSpan(), fresh, tangents[1..])[0];
        }
    }
}
