namespace Functional.Autograd;

public static partial class torch
{
    public partial class GradFn
    {
        /// <summary>The first operand, where the derivative reads it.</summary>
        /// <exception cref="AttributeError">It is not saved.</exception>
        /// <exception cref="RuntimeError">It was freed, or written to since.</exception>
        public Tensor _saved_self => Kept(this, "self").Read();

        /// <summary>The second operand, where the derivative reads it.</summary>
        /// <inheritdoc cref="_saved_self"/>
        public Tensor _saved_other => Kept(this, "other").Read();

        /// <summary>The result, where the derivative reads it: another tensor with the same elements and history.</summary>
        /// <inheritdoc cref="_saved_self"/>
        public Tensor _saved_result => Kept(this, "result").Read();

        /// <summary>How the first operand is saved.</summary>
        /// <exception cref="AttributeError">It is not saved.</exception>
        public SavedTensor _raw_saved_self => Kept(this, "self");

        /// <summary>How the second operand is saved.</summary>
        /// <exception cref="AttributeError">It is not saved.</exception>
        public SavedTensor _raw_saved_other => Kept(this, "other");

        /// <summary>How the result is saved.</summary>
        /// <exception cref="AttributeError">It is not saved.</exception>
        public SavedTensor _raw_saved_result => Kept(this, "result");

        private static SavedTensor Kept(GradFn fn, string name)
        {
            lock (fn)
            {
                if (fn.Released && fn.saving) return new(fn, -1);
                fn.Fill();
                var operand = name switch { "self" => 0, "other" => 1, _ => -1 };
                var at = Array.FindIndex(fn.SavedValues, s => operand < 0 ? s.IsResult : !s.IsResult && operand < fn.Inputs.Length && s.Place == operand);
                return at >= 0 ? new(fn, at) : throw new AttributeError($"'{fn.Name}' object has no attribute '_saved_{name}'");
            }
        }

        /// <summary>A tensor that an operation saved for its derivative.</summary>
        /// <remarks>https://pytorch.org/docs/2.6/notes/autograd.html#registering-hooks-on-a-saved-tensor</remarks>
        public sealed class SavedTensor
        {
            private readonly GradFn owner;
            private readonly int place;

            internal SavedTensor(GradFn owner, int place) => (this.owner, this.place) = (owner, place);

            /// <summary>Packs what is saved now; what is kept becomes a tensor again when the derivative reads it.</summary>
            /// <param name="pack_hook">What is kept of the tensor; it must not change it.</param>
            /// <param name="unpack_hook">A tensor of the same shape and type of what was kept.</param>
            /// <exception cref="RuntimeError">There are such hooks already, or the tensor was freed.</exception>
            public void register_hooks(Func<Tensor, object?> pack_hook, Func<object?, object?> unpack_hook)
            {
                lock (owner)
                {
                    if (owner.Released) throw new RuntimeError("Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved variables after calling backward.");
                    if (owner.Unpack(place) is not null) throw new RuntimeError("Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is allowed at a time.");
                    owner.Fill();
                    using (autograd.graph.saved_tensors_hooks(pack_hook, unpack_hook)) owner.Hook(place, autograd.graph.Packed(owner.SavedValues[place].Tensor)!);
                }
            }

            internal Tensor Read()
            {
                if (owner.Released) throw new RuntimeError(Twice);
                Saved saved;
                lock (owner)
                {
                    owner.Fill();
                    saved = owner.SavedValues[place];
                }
                if (owner.Unpack(place) is { } unpack) return saved.Value(unpack);
                owner.Check([saved]);
                if (!saved.IsResult) return saved.Tensor;
                var again = saved.Tensor.detach();
                again.Follow(owner, saved.Tensor.outputNr);
                return again;
            }
        }
    }
}
