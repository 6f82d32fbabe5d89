namespace Functional.Autograd;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Recorded graphs.</summary>
        /// <remarks>https://pytorch.org/docs/2.6/autograd.html#module-torch.autograd.graph</remarks>
        public static class graph
        {
            private static readonly Ambient Allowed = new();

            internal static bool MutationAllowed => Allowed.On;

            /// <summary>Changing a saved value in place is no error inside. It costs nothing: recorded operations hold the values that they saw.</summary>
            public static IDisposable allow_mutation_on_saved_tensors() => Allowed.Set(true);

            /// <summary>A place in a graph, to which gradients flow: an operation, and which of its results.</summary>
            /// <param name="node">The operation.</param>
            /// <param name="output_nr">The number of the result.</param>
            public sealed record GradientEdge(GradFn node, int output_nr)
            {
                /// <summary>The type of what flows there.</summary>
                internal TensorType Type => node is AccumulateGrad leaf && output_nr == 0 ? leaf.Type
                    : output_nr >= 0 && output_nr < node.Outputs.Length ? node.Outputs[output_nr].Type : throw new IndexError($"a gradient edge: {node.Name} has no result {output_nr}");
            }

            /// <summary>The place of a tensor in its graph: <c>grad</c> and <c>backward</c> take it in the tensor's stead, which may be collected.</summary>
            /// <exception cref="RuntimeError">The tensor does not require grad.</exception>
            public static GradientEdge get_gradient_edge(Tensor tensor) => tensor.Edge is { Fn: { } fn, Nr: var nr } ? new(fn, nr)
                : throw new RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients");

            /// <summary>Counts a change of tensors that was made behind autograd's back.</summary>
            public static void increment_version(params Tensor[] tensors)
            {
                foreach (var tensor in tensors) tensor.version.Bump();
            }

            private sealed record Met(Tensor?[] Gradients, int Expected)
            {
                public int Count { get; set; }
            }

            /// <summary>Calls a function once per backward pass with the gradients of several tensors, null where none flows.</summary>
            /// <param name="tensors">The tensors, each of which requires grad.</param>
            /// <param name="fn">Called when the last gradient is there.</param>
            /// <exception cref="AssertionError">A tensor does not require grad.</exception>
            public static Hook register_multi_grad_hook(IReadOnlyList<Tensor> tensors, Action<Tensor?[]> fn)
            {
                if (tensors.Any(t => !t.requires_grad)) throw new AssertionError("register_multi_grad_hook: a tensor does not require grad");
                var seen = new System.Runtime.CompilerServices.ConditionalWeakTable<Engine, Met>();
                return Each(tensors, (i, gradient) =>
                {
                    var pass = Engine.Current!;
                    var met = seen.GetValue(pass, _ => new(new Tensor?[tensors.Count], tensors.Count(t => pass.WillReach(t.Edge))));
                    met.Gradients[i] = gradient;
                    if (++met.Count == met.Expected) fn(met.Gradients);
                });
            }

            /// <summary>Calls a function once per backward pass, with the first gradient that arrives at one of several tensors.</summary>
            /// <param name="tensors">The tensors; those that don't require grad are passed over.</param>
            /// <param name="fn">Called with the first gradient.</param>
            /// <param name="mode">"any".</param>
            /// <exception cref="ValueError">Another mode.</exception>
            public static Hook register_multi_grad_hook(IReadOnlyList<Tensor> tensors, Action<Tensor> fn, string mode = "any")
            {
                if (mode != "any") throw new ValueError($"Expects mode to be one of ('all', 'any') but got {mode}");
                var seen = new System.Runtime.CompilerServices.ConditionalWeakTable<Engine, object>();
                return Each([.. tensors.Where(t => t.requires_grad)], (_, gradient) =>
                {
                    if (seen.TryAdd(Engine.Current!, fn)) fn(gradient);
                });
            }

            private static Hook Each(IReadOnlyList<Tensor> tensors, Action<int, Tensor> call)
            {
                Hook[] hooks = [.. tensors.Select((t, i) => t.register_hook(g => { call(i, g); return null; }))];
                return new(() => Array.ForEach(hooks, h => h.remove()));
            }

            private sealed record Pair(Func<Tensor, object?> Pack, Func<object?, object?> Unpack, Pair? Outer);

            private static readonly AsyncLocal<Pair?> Hooks = new();
            private static readonly AsyncLocal<string?> Disabled = new();
            private static volatile bool used;

            /// <summary>What a tensor is saved as, inside: <paramref name="pack_hook"/> makes of it whatever is kept, and <paramref name="unpack_hook"/> a tensor again.</summary>
            /// <param name="pack_hook">Called when an operation saves a tensor; it must not change it.</param>
            /// <param name="unpack_hook">Called when a derivative reads it; its result has the tensor's shape and type.</param>
            /// <exception cref="RuntimeError">Such hooks are disabled.</exception>
            public static IDisposable saved_tensors_hooks(Func<Tensor, object?> pack_hook, Func<object?, object?> unpack_hook)
            {
                if (Disabled.Value is { } message) throw new RuntimeError(message);
                used = true;
                var outer = Hooks.Value;
                Hooks.Value = new(pack_hook, unpack_hook, outer);
                return new Scope(() => Hooks.Value = outer);
            }

            /// <summary>Refuses <see cref="saved_tensors_hooks"/> inside, with a message.</summary>
            /// <exception cref="RuntimeError">Hooks are in use already.</exception>
            public static IDisposable disable_saved_tensors_hooks(string error_message)
            {
                if (Hooks.Value is not null) throw new RuntimeError(error_message);
                var before = Disabled.Value;
                Disabled.Value = error_message;
                return new Scope(() => Disabled.Value = before);
            }

            /// <summary>Keeps saved tensors on the CPU, where they are.</summary>
            public static IDisposable save_on_cpu(bool pin_memory = false) => saved_tensors_hooks(x => x, x => x);

            /// <summary>Without such hooks, inside.</summary>
            internal static IDisposable Unhooked()
            {
                var before = Hooks.Value;
                if (before is not null) Hooks.Value = null;
                return new Scope(() =>
                {
                    if (before is not null) Hooks.Value = before;
                });
            }

            internal static Func<object?>? Packed(Tensor saved)
            {
                if (saved.version.IsInference) throw new RuntimeError("Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd.");
                // Nobody can pack a row whose elements are not known.
                if (!used || Mapping.Current is not null || Hooks.Value is not { } hooks) return null;
                // Operations of the hooks themselves save as always.
                Hooks.Value = null;
                try
                {
                    var version = saved.version.Value;
                    object? kept;
                    using (no_grad()) kept = hooks.Pack(saved);
                    if (saved.version.Value != version)
                        throw new RuntimeError("A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook can not be modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place operations on the input to a pack hook.");
                    return () => hooks.Unpack(kept);
                }
                finally
                {
                    Hooks.Value = hooks;
                }
            }
        }
    }
}
