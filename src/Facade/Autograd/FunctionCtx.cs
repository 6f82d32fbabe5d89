namespace Functional.Autograd;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a custom function keeps from forward to backward.</summary>
        /// <remarks>https://pytorch.org/docs/2.6/autograd.html#context-method-mixins</remarks>
        public sealed class FunctionCtx
        {
            private Tensor?[] toSave = [];
            private Tensor?[]? forForward;
            private Saved?[] saved = [];
            private Func<object?>?[] unpacks = [];

            internal GradFn? Owner { get; set; }

            internal Tensor[] Dirty { get; private set; } = [];

            internal Tensor[] NonDifferentiable { get; private set; } = [];

            // Which inputs are tensors, and whether tangents are being pushed through.
            internal bool[] Given { get; init; } = [];

            internal bool Pushes { get; set; }

            internal bool Materializes { get; private set; } = true;

            /// <summary>Which inputs want a gradient.</summary>
            public bool[] needs_input_grad { get; internal set; } = [];

            /// <summary>Keeps tensors for the backward; null stands for one that there is not.</summary>
            public void save_for_backward(params Tensor?[] tensors)
            {
                toSave = tensors;
                saved = [.. tensors.Select(t => t is null ? (Saved?)null : new Saved(t, t.version.Value, Saved.Beside, t.is_leaf))];
                unpacks = new Func<object?>?[saved.Length];
            }

            /// <summary>Keeps tensors for <see cref="Function{TOut}.jvp"/>, which sees them in the place of those that are kept for the backward.</summary>
            public void save_for_forward(params Tensor?[] tensors) => forForward = tensors;

            /// <summary>Says which inputs the forward has changed in place; they must be among its results.</summary>
            public void mark_dirty(params Tensor[] args) => Dirty = args;

            /// <summary>Says which results have no derivative; the backward gets zeros for them.</summary>
            public void mark_non_differentiable(params Tensor[] args) => NonDifferentiable = args;

            /// <summary>Whether a gradient that there is not reaches backward and jvp as zeros, as it does at first, or as null.</summary>
            public void set_materialize_grads(bool value) => Materializes = value;

            /// <summary>The tensors that were kept, null where null was.</summary>
            /// <exception cref="RuntimeError">The graph was freed, or a tensor was changed in place since.</exception>
            public Tensor[] saved_tensors
            {
                get
                {
                    if (Pushes && forForward is not null) return forForward!;
                    if (Owner is null) return toSave!;
                    lock (Owner)
                    {
                        if (Owner.Released) throw new RuntimeError(GradFn.Twice);
                        Owner.Fill();
                        Owner.Check([.. saved.Where((s, i) => s is not null && unpacks[i] is null).Select(s => s!.Value)]);
                        return [.. saved.Select((s, i) => s is { } kept ? kept.Value(unpacks[i]) : null!)];
                    }
                }
            }

            // What is saved is known once the results have their history: a result may be among it.
            internal void Own(GradFn fn)
            {
                Owner = fn;
                for (var i = 0; i < saved.Length; i++)
                {
                    if (saved[i] is not { Tensor: var t }) continue;
                    saved[i] = new(t, t.version.Value, ReferenceEquals(t.gradFn, fn) ? Saved.Result : Saved.Beside, t.is_leaf);
                    unpacks[i] = graph.Packed(t);
                }
            }

            internal void Free() => (toSave, saved, unpacks) = ([], [], []);

            internal void Take(FunctionCtx other) => (toSave, saved, unpacks) = (other.toSave, other.saved, other.unpacks);
        }
    }
}
