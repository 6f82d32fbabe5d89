using System.Collections.Immutable;
using Functional.Autograd.Primitives;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Where a gradient goes: an operation, and which of its results.</summary>
    /// <param name="Fn">The operation; null when nothing wants the gradient.</param>
    /// <param name="Nr">The number of the result.</param>
    public readonly record struct Edge(GradFn? Fn, int Nr);

    /// <summary>A value that an operation saved for its backward, and the version it had.</summary>
    /// <param name="Tensor">The tensor.</param>
    /// <param name="Version">Its version then.</param>
    /// <param name="Place">The operand that it is; else <see cref="Beside"/> or <see cref="Result"/>.</param>
    /// <param name="WasLeaf">Whether it was a leaf.</param>
    /// <param name="Nr">Which result it is.</param>
    internal readonly record struct Saved(Tensor Tensor, int Version, sbyte Place, bool WasLeaf, short Nr = 0)
    {
        public const sbyte Beside = -1, Result = -2;

        public bool IsResult => Place == Result;

        /// <summary>What hooks made of it, where there are hooks.</summary>
        public Tensor Value(Func<object?>? unpack) => unpack is null ? Tensor : unpack() is var made && made is Tensor unpacked ? unpacked
            : throw new TypeError($"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {Written.Type(made)}");
    }

    /// <summary>
    /// A recorded operation. It holds a small piece of the immutable graph, from its operands to its results; the backward pass of
    /// the piece is <see cref="Gradient"/>, applied when it is asked for.
    /// </summary>
    public partial class GradFn
    {
        private static long sequence;

        /// <summary>The number of the operation that was recorded last.</summary>
        internal static long Latest => Interlocked.Read(ref sequence);

        // Also its hash: an object whose header holds one can't be locked but through a block of its own, which the collector must visit.
        internal readonly long Sequence;
        internal readonly Saves Saves;
        internal Node[] Outputs;
        internal Node[] Inputs;
        internal readonly Edge[] Edges;
        internal Saved[] SavedValues = [];
        internal bool Released;

        // Whether anything was saved: then a second pass is refused.
        private bool saving;
        internal HookList<(int Nr, Func<Tensor, Tensor?> Call)>? TensorHooks;
        private Rare? rare;

        /// <summary>What few operations have.</summary>
        private sealed class Rare
        {
            public HookList<Func<Tensor?[], Tensor?[]?>>? PreHooks;
            public HookList<Func<Tensor?[], Tensor?[], Tensor?[]?>>? PostHooks;
            public Duals.Motion[] Motions = [];
            public Func<object?>?[] Unpacks = [];
            public Recording? Recording;
            public (Recomputation By, int Nr)? Again;
            public ImmutableArray<(int Nr, Tensor Tensor)> Retained = [];
            public string Variant = "";
            public string? Refusal;
            public Dictionary<string, object?> Metadata = [];
        }

        private Rare Own => rare ?? Interlocked.CompareExchange(ref rare, new(), null) ?? rare;

        internal ImmutableArray<(int Nr, Tensor Tensor)> Retained => rare?.Retained ?? [];

        internal IEnumerable<Func<Tensor?[], Tensor?[]?>> PreHooks => rare?.PreHooks?.All ?? [];

        internal IEnumerable<Func<Tensor?[], Tensor?[], Tensor?[]?>> PostHooks => rare?.PostHooks?.All ?? [];

        /// <summary>How the operands moved, where forward mode was on.</summary>
        internal Duals.Motion[] Motions
        {
            get => rare?.Motions ?? [];
            set
            {
                if (value.Length > 0) Own.Motions = value;
            }
        }

        /// <summary>What the user keeps with the operation.</summary>
        public IDictionary<string, object?> metadata => Own.Metadata;

        internal GradFn(string name, Saves saves, Node[] outputs, Node[] inputs, Edge[] edges)
        {
            (Name, Saves, Outputs, Inputs, Edges) = (name, saves, outputs, inputs, edges);
            Sequence = Interlocked.Increment(ref sequence);
            // A write through a view holds the operation that wrote, whatever that saved.
            saving = saves.HasFlag(Saves.Number) || name == "CopySlices";
            if (autograd.anomaly) Own.Recording = new(new System.Diagnostics.StackTrace(1, true), Running);
        }

        /// <summary>Where an operation was recorded, and the operation whose derivative that was part of.</summary>
        private sealed record Recording(System.Diagnostics.StackTrace Trace, GradFn? Within)
        {
            // The user's own lines, the outermost first as in Python.
            public override string ToString() => string.Concat(Trace.GetFrames().Select(f => (Frame: f, Method: System.Diagnostics.DiagnosticMethodInfo.Create(f)))
                .Where(f => f.Frame.GetFileName() is not null && f.Method?.DeclaringAssemblyName.StartsWith("Functional.Autograd.Torch,", StringComparison.Ordinal) == false)
                .Reverse().Select(f => $"  File \"{f.Frame.GetFileName()}\", line {f.Frame.GetFileLineNumber()}, in {f.Method!.Name}\n"));
        }

        /// <summary>The operation whose derivative is being computed, while anomalies are looked for.</summary>
        [field: ThreadStatic]
        internal static GradFn? Running { get; set; }

        /// <summary>Where it was recorded, as anomaly detection tells it.</summary>
        internal string Told()
        {
            if (rare?.Recording is not { } recording) return $"Error detected in {Name}. No forward pass information available. Enable detect anomaly during forward pass for more information.";
            var told = new System.Text.StringBuilder($"Error detected in {Name}. Traceback of forward call that caused the error:\n{recording}");
            for (var within = recording.Within; within is not null; within = within.rare?.Recording?.Within)
                told.Append($"\n\nPrevious calculation was induced by {within.Name}. ").Append(within.rare?.Recording is not { } there ? "No forward pass information available. Enable detect anomaly during forward pass for more information." : $"Traceback of forward call that induced the previous calculation:\n{there}");
            return told.ToString();
        }

        /// <summary>A recorded piece that is built from one distinct node for each operand.</summary>
        internal static GradFn Of(string name, Saves saves, ReadOnlySpan<Tensor> operands, Func<Node[], Node> build)
        {
            var own = Positions(operands);
            return new(name, saves, [build(own)], own, Edges(operands));
        }

        /// <summary>The same operation of many rows.</summary>
        /// <param name="outputs">Its results.</param>
        /// <param name="inputs">Its operands.</param>
        /// <param name="edges">Where their gradients go.</param>
        /// <param name="keeps">Which saved values are still there.</param>
        /// <exception cref="RuntimeError">There is a hook, which would not be called for all rows.</exception>
        internal virtual GradFn OfRows(Node[] outputs, Node[] inputs, Edge[] edges, Predicate<Saved> keeps) =>
            TensorHooks?.All.Any() == true || Retained.Length > 0 || PreHooks.Any() || PostHooks.Any() ? throw new RuntimeError($"vmap: a hook of {Name} inside the function cannot be called for all rows; register it outside")
            : new(Name, Saves, outputs, inputs, edges) { Variant = ", of rows", Writer = Writer, Refusal = Refusal, Released = Released, saving = saving, SavedValues = Array.FindAll(SavedValues, keeps) };

        internal string Name { get; }

        /// <summary>Which of an operation's cases this is, where PyTorch's derivative differs.</summary>
        internal string Variant
        {
            get => rare?.Variant ?? "";
            set
            {
                if (value.Length > 0) Own.Variant = value;
            }
        }

        /// <summary>The operation that a write through a view holds, by name.</summary>
        internal string? Writer { get; init; }

        /// <summary>PyTorch's name of the operation's derivative, such as MulBackward0.</summary>
        public string name() => Name;

        /// <summary>By its place in the order of making.</summary>
        public sealed override int GetHashCode() => (int)Sequence;

        // As errors call it.
        internal string FullName => Name is "CopySlices" or "CopyBackwards" or "AccumulateGrad" or "NotImplemented" ? "torch::autograd::" + Name : Name;

        /// <summary>Where the gradients of the operands go; a number that is added or multiplied is an operand of which nobody wants one.</summary>
        public IReadOnlyList<Edge> next_functions => HasNumber ? [Edges[0], default] : Edges;

        // To PyTorch such a number is a tensor, and the derivative has a place for it; other functions have derivatives of their own beside a number.
        internal bool HasNumber => Edges.Length == 1 && Name is "AddBackward0" or "SubBackward0" or "MulBackward0" or "DivBackward0";

        /// <summary>Calls a function before the gradients of the results are used; it may replace them.</summary>
        public Hook register_prehook(Func<Tensor?[], Tensor?[]?> hook) => HookList.Add(ref Own.PreHooks, hook);

        /// <summary>Calls a function with the gradients of the operands and those of the results; what it returns, unless null, takes the operands' gradients' place.</summary>
        public Hook register_hook(Func<Tensor?[], Tensor?[], Tensor?[]?> hook) => HookList.Add(ref Own.PostHooks, hook);

        /// <summary>Calls a function with the gradients of the operands and those of the results.</summary>
        public Hook register_hook(Action<Tensor?[], Tensor?[]> hook) => register_hook((operands, results) =>
        {
            hook(operands, results);
            return null;
        });

        /// <summary>Keeps the gradient of a result.</summary>
        internal void Retain(Tensor tensor, int nr) => ImmutableInterlocked.Update(ref Own.Retained, static (all, added) => all.Add(added), (nr, tensor));

        /// <summary>Keeps it no longer; tells whether it was kept.</summary>
        internal bool Forget(Tensor tensor) => rare is not null && ImmutableInterlocked.Update(ref rare.Retained, static (all, gone) => all.RemoveAll(r => ReferenceEquals(r.Tensor, gone)), tensor);

        /// <summary>As PyTorch prints it, without the address.</summary>
        public override string ToString() => $"<{Name} object at 0x7f0000000000>";

        /// <summary>Why it has no derivative although it was recorded, if so.</summary>
        internal string? Refusal
        {
            get => rare?.Refusal;
            set
            {
                if (value is not null) Own.Refusal = value;
            }
        }

        [System.Runtime.CompilerServices.InlineArray(3)]
        private struct OfThree
        {
            private Saved first;
        }

        /// <summary>Saves what the gradients read of the operands, and what they read besides, such as indices.</summary>
        /// <param name="operands">The operands.</param>
        /// <param name="watched">What has no gradient of its own.</param>
        /// <param name="written">The first operand is written over: a copy of it is saved, which nobody changes.</param>
        internal void Save(ReadOnlySpan<Tensor> operands, ReadOnlySpan<Tensor> watched, bool written = false)
        {
            var read = (int)(Saves & Saves.All);
            if (read == 0 && watched.Length == 0) return;
            OfThree room = default;
            Span<Saved> saved = room;
            var count = 0;
            // In the order in which PyTorch looks at them: by name, and the first operand is called self.
            for (var k = 1; k <= Math.Min(3, operands.Length); k++)
            {
                var i = k % Math.Min(3, operands.Length);
                var readers = read >> (3 * i) & 7;
                if (readers == 0 || (int.IsPow2(readers) && !Wanted(operands, int.Log2(readers)))) continue;
                saving = true;
                if (i > 0 || !written) saved[count++] = new(operands[i], operands[i].version.Value, (sbyte)i, operands[i].is_leaf);
            }
            if (count + watched.Length == 0) return;
            SavedValues = new Saved[count + watched.Length];
            saved[..count].CopyTo(SavedValues);
            foreach (var x in watched) SavedValues[count++] = new(x, x.version.Value, Saved.Beside, x.is_leaf);
            Pack(0);
            saving |= watched.Length > 0;
        }

        /// <summary>Keeps what was saved of a place at a version apart, as PyTorch keeps a copy of what it is about to write to.</summary>
        internal void Keep(Tensor place, int version)
        {
            for (var k = 0; k < SavedValues.Length; k++)
                if (SavedValues[k] is { IsResult: false } s && s.Version == version && s.Tensor.version == place.version && s.Tensor.Layout == place.Layout)
                    SavedValues[k] = s with { Tensor = new(NodeOf(s)), Version = 0, WasLeaf = true };
        }

        private static bool Wanted(ReadOnlySpan<Tensor> operands, int i) => i < operands.Length && operands[i].requires_grad;

        // Hooks keep what they make of what is saved.
        private void Pack(int from)
        {
            for (var k = from; k < SavedValues.Length; k++)
                if (autograd.graph.Packed(SavedValues[k].Tensor) is { } unpack) Hook(k, unpack);
        }

        internal void Hook(int k, Func<object?> unpack)
        {
            if (Own.Unpacks.Length <= k) Array.Resize(ref Own.Unpacks, k + 1);
            Own.Unpacks[k] = unpack;
        }

        /// <summary>How hooks unpack a saved value; null where there are none.</summary>
        internal Func<object?>? Unpack(int k) => rare is { Unpacks: var all } && k < all.Length ? all[k] : null;

        /// <summary>What is saved without hooks.</summary>
        internal Saved[] Unhooked() => rare is not { Unpacks.Length: > 0 } ? SavedValues : [.. SavedValues.Where((_, k) => Unpack(k) is null)];

        private Node NodeOf(Saved saved) => saved.IsResult ? Outputs[saved.Nr] : saved.Place >= 0 ? Inputs[saved.Place] : saved.Tensor.Node;

        /// <summary>Saves a result that the gradients read.</summary>
        internal void SaveResult(Tensor result, int nr = 0)
        {
            SavedValues = [.. SavedValues, new(result, result.version.Value, result.Node.DType.IsSmooth ? Saved.Result : Saved.Beside, WasLeaf: true, (short)nr)];
            Pack(SavedValues.Length - 1);
            saving = true;
        }

        // Which values the derivative needs must not have changed, and must still be there.
        internal void Check()
        {
            if (Refusal is not null) throw new RuntimeError(Refusal);
            Fill();
            if (Released && saving) throw new RuntimeError(Twice);
            Check(Unhooked());
        }

        internal void Check(ReadOnlySpan<Saved> values)
        {
            if (autograd.graph.MutationAllowed) return;
            foreach (var saved in values)
            {
                if (!saved.IsResult && !saved.WasLeaf && saved.Tensor.is_leaf) throw new RuntimeError("Trying to use a saved tensor that has been detached in-place, i.e. with .detach_().This is not supported, please use out-of-place `.detach()` instead");
                var now = saved.Tensor.version.Value;
                if (now == saved.Version) continue;
                var maker = saved.IsResult ? this : saved.Tensor.grad_fn;
                var clause = maker is null ? "" : $", which is output {(saved.IsResult ? saved.Nr : saved.Tensor.outputNr)} of {(saved.IsResult && Writer is not null ? Writer : maker.FullName)},";
                var hint = autograd.anomaly
                    ? "Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed in there or anywhere later. Good luck!"
                    : "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True).";
                throw new RuntimeError($"one of the variables needed for gradient computation has been modified by an inplace operation: [{saved.Tensor.KernelType} {saved.Tensor.Dims}]{clause} is at version {now}; expected version {saved.Version} instead. {hint}");
            }
        }

        /// <summary>What hooks make of what they kept, in place of what was saved; null where there are none.</summary>
        internal Dictionary<Node, Node>? Unpacked()
        {
            if (rare is not { Unpacks.Length: > 0 }) return null;
            var unpacked = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
            for (var k = 0; k < SavedValues.Length; k++)
            {
                if (Unpack(k) is not { } unpack) continue;
                var (value, own) = (SavedValues[k].Value(unpack), NodeOf(SavedValues[k]));
                if (value.Dims != own.Shape) throw new RuntimeError($"Output of saved tensor unpack_hook of {Name} expected to have shape {own.Shape} but got {value.Dims}");
                unpacked[own] = Copied(Ops.Cast(value.Node, own.DType));
            }
            return unpacked;
        }

        internal const string Twice = "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.";

        // What saved nothing can run again, but must not keep values alive.
        internal virtual void Release()
        {
            if (Released) return;
            Released = true;
            if (saving)
            {
                (Outputs, Inputs, SavedValues) = (Hollow(Outputs), [], []);
                Again = null;
            }
            else LetGo();
        }

        // Its piece is rebuilt over placeholders: its derivative reads no values.
        private void LetGo()
        {
            var given = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
            foreach (var input in Inputs) given.TryAdd(input, Node.Placeholder(input.Type));
            // What is left besides is detached, and of no gradient, or a constant of the operation's own.
            Outputs = Traversal.Rebuild(Outputs, n => Hides(n) || given.ContainsKey(n), (node, x) => given.TryGetValue(node, out var hollow) ? hollow : Hides(node) ? Node.Placeholder(node.Type) : x.Length == 0 ? node : new Node(node.Op, [.. x]));
            Inputs = [.. Inputs.Select(i => given[i])];
        }

        // A detached value of the operands; one of constants stays.
        private bool Hides(Node node) => node.Op is Detach && Engine.Reached(node.Inputs[0], [.. Inputs]).Count > 0;

        /// <summary>The gradients of the operands, given those of the results. What the results do not depend on differentiably gets zeros.</summary>
        internal virtual Node?[] Backward(Node?[] cotangents, bool[] needed)
        {
            if ((Writer ?? Name) == "NotImplemented") throw new RuntimeError($"derivative for aten::floor_divide{(Writer is null ? "" : "_")} is not implemented");
            var result = new Node?[Inputs.Length];
            if (Outputs.Length == 1 && IsOnePrimitive(Outputs[0]))
            {
                Outputs[0].Op.Pull(Outputs[0], cotangents[0]!, needed, result);
            }
            else
            {
                List<Node> roots = [], seeds = [];
                for (var k = 0; k < Outputs.Length; k++)
                    if (cotangents[k] is { } c)
                    {
                        roots.Add(Outputs[k]);
                        seeds.Add(c);
                    }
                result = Gradient.Of([.. roots], [.. seeds], Inputs);
            }
            for (var i = 0; i < result.Length; i++) result[i] = needed[i] ? result[i] ?? Ops.Full(Inputs[i].Type, 0) : null;
            return result;
        }

        // Of the operands, or of one and a number.
        private bool IsOnePrimitive(Node output)
        {
            if (output.Inputs.Length != Inputs.Length && !(Inputs.Length == 1 && output is { Op: Binary, Inputs: [_, { Op: Literal }] })) return false;
            for (var i = 0; i < Inputs.Length; i++)
                if (!ReferenceEquals(output.Inputs[i], Inputs[i])) return false;
            return Inputs.Length > 0;
        }
    }

    /// <summary>The end of a recorded graph: adds what arrives to a leaf's gradient.</summary>
    internal sealed class AccumulateGrad : GradFn
    {
        public AccumulateGrad(Tensor variable, HookList<(int, Func<Tensor, Tensor?>)> hooks) : base("AccumulateGrad", Saves.None, [], [], []) =>
            (Variable, Type, TensorHooks) = (variable, variable.Type, hooks);

        public Tensor Variable { get; }

        /// <summary>Whether the leaf was a transform's own, and the transform is over.</summary>
        public bool IsSpent { get; set; }

        /// <summary>The shape and element type that gradients are expected in.</summary>
        public TensorType Type { get; }

        internal override void Release() { }
    }
}
