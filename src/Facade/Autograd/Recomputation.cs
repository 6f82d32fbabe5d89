namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>
    /// A part of a recorded graph whose values are not kept: it stays in the graph as it is, with its hooks and its edges, and what it saved is
    /// taken from a second recording, which is made when a derivative first reads of it and forgotten with the pass that it was made for.
    /// </summary>
    internal sealed class Recomputation
    {
        private readonly Func<GradFn[]> again;
        private readonly Dictionary<GradFn, int> filled = [];
        private readonly string[] names;
        private readonly TensorType[] saved;
        private GradFn[]? twins;

        /// <summary>Lets operations forget their values.</summary>
        /// <param name="made">The operations, in the order of their making.</param>
        /// <param name="again">Records them anew.</param>
        public Recomputation(GradFn[] made, Func<GradFn[]> again)
        {
            (this.again, names, saved) = (again, [.. made.Select(f => f.Name)], Types(made));
            for (var nr = 0; nr < made.Length; nr++) made[nr].Empty(this, nr);
        }

        /// <summary>The operation that was recorded in an operation's stead.</summary>
        /// <exception cref="RuntimeError">Others were recorded than the first time.</exception>
        public GradFn Twin(GradFn fn, int nr)
        {
            lock (filled)
            {
                Engine.Current?.Open(this);
                twins ??= Checked(again());
                filled[fn] = nr;
                return twins[nr];
            }
        }

        /// <summary>Forgets what was recorded anew.</summary>
        public void Close()
        {
            KeyValuePair<GradFn, int>[] open;
            lock (filled)
            {
                (open, twins) = ([.. filled], null);
                filled.Clear();
            }
            foreach (var (fn, nr) in open)
                lock (fn) fn.Empty(this, nr);
        }

        private static TensorType[] Types(GradFn[] made) => [.. made.SelectMany(f => f.SavedValues.Select(s => s.Tensor.Type))];

        private GradFn[] Checked(GradFn[] made)
        {
            var types = Types(made);
            if (types.Length != saved.Length)
                throw new RuntimeError($"torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\nNumber of tensors saved during forward: {saved.Length}\nNumber of tensors saved during recomputation: {types.Length}.");
            int[] differ = [.. Enumerable.Range(0, saved.Length).Where(i => !types[i].Equals(saved[i]))];
            if (differ.Length > 0)
                throw new RuntimeError($"torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n{string.Join('\n', differ.Select(i => $"tensor at position {i}:\nsaved metadata: {Told(saved[i])}\nrecomputed metadata: {Told(types[i])}"))}");
            if (!made.Select(f => f.Name).SequenceEqual(names))
                throw new RuntimeError($"torch.utils.checkpoint: other operations were recorded during the recomputation than during the forward pass: {string.Join(", ", names)} before, {string.Join(", ", made.Select(f => f.Name))} again");
            return made;
        }

        private static string Told(TensorType type) => $"{{'shape': {new Size(type.Shape)}, 'dtype': {Named(type.DType)}, 'device': device(type='cpu')}}";
    }

    public partial class GradFn
    {
        // What its values will be taken from, and the number that it has there; null while it has them.
        private protected (Recomputation By, int Nr)? Again
        {
            get => rare?.Again;
            set
            {
                if (value is not null || rare is not null) Own.Again = value;
            }
        }

        /// <summary>Forgets its values, where it keeps any: they will be taken from what is recorded again.</summary>
        internal virtual void Empty(Recomputation by, int nr)
        {
            if (Released) return;
            if (Again is null && (!saving || ((Saves & (Saves.All | Saves.Result)) == Saves.None && SavedValues.Length == 0))) LetGo();
            else
            {
                (Outputs, Inputs, SavedValues) = (Hollow(Outputs), Hollow(Inputs), []);
                Again = (by, nr);
            }
        }

        /// <summary>Takes its values, where it has forgotten them.</summary>
        internal void Fill()
        {
            if (Again is not var (by, nr)) return;
            var twin = by.Twin(this, nr);
            twin.Fill();
            Take(twin);
            Again = null;
        }

        private protected virtual void Take(GradFn twin) => (Outputs, Inputs, SavedValues) = (twin.Outputs, twin.Inputs, twin.SavedValues);

        private protected static Node[] Hollow(Node[] nodes) => Array.ConvertAll(nodes, static n => Node.Placeholder(n.Type));
    }
}
