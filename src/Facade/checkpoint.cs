namespace Functional.Autograd;

public static partial class torch
{
    public static partial class utils
    {
        /// <summary>Trading time for memory: <c>torch.utils.checkpoint.checkpoint(f, x)</c>.</summary>
        public static Checkpoint checkpoint { get; } = new();

        /// <summary>Functions whose intermediate values are not kept for the backward but computed again.</summary>
        /// <remarks>https://pytorch.org/docs/2.6/checkpoint.html</remarks>
        public sealed class Checkpoint
        {
            internal Checkpoint()
            {
            }

            /// <summary>Calls a function, and calls it again when its derivative is asked for; nothing in between is kept.</summary>
            /// <param name="function">The function. It must do the same when it is called again.</param>
            /// <param name="input">Its argument.</param>
            /// <param name="use_reentrant">The older way of PyTorch's: no gradients but by a full backward, and only for what is an argument that requires grad.</param>
            /// <param name="preserve_rng_state">Whether random numbers are the same the second time.</param>
            /// <exception cref="RuntimeError">At the backward: the function gave something else the second time.</exception>
            public Tensor checkpoint(Func<Tensor, Tensor> function, Tensor input, bool use_reentrant = false, bool preserve_rng_state = true) =>
                Called(x => [function(x[0])], [input], use_reentrant, preserve_rng_state)[0];

            /// <summary>The same of two arguments.</summary>
            /// <inheritdoc cref="checkpoint(Func{Tensor, Tensor}, Tensor, bool, bool)"/>
            public Tensor checkpoint(Func<Tensor, Tensor, Tensor> function, Tensor input1, Tensor input2, bool use_reentrant = false, bool preserve_rng_state = true) =>
                Called(x => [function(x[0], x[1])], [input1, input2], use_reentrant, preserve_rng_state)[0];

            /// <summary>The same of any number of arguments and results.</summary>
            /// <inheritdoc cref="checkpoint(Func{Tensor, Tensor}, Tensor, bool, bool)"/>
            public Tensor[] checkpoint(Func<Tensor[], Tensor[]> function, Tensor[] inputs, bool use_reentrant = false, bool preserve_rng_state = true) =>
                Called(function, inputs, use_reentrant, preserve_rng_state);

            /// <summary>Calls functions one after another in so many segments, all but the last of which are computed again.</summary>
            /// <inheritdoc cref="checkpoint(Func{Tensor, Tensor}, Tensor, bool, bool)"/>
            public Tensor checkpoint_sequential(IReadOnlyList<Func<Tensor, Tensor>> functions, int segments, Tensor input, bool use_reentrant = false, bool preserve_rng_state = true)
            {
                Tensor Through(int from, int to, Tensor x) => functions.Skip(from).Take(to - from).Aggregate(x, (v, f) => f(v));
                var (size, start) = (functions.Count / segments, 0);
                for (; start + size < size * segments; start += size)
                {
                    var from = start;
                    input = checkpoint(x => Through(from, from + size, x), input, use_reentrant, preserve_rng_state);
                }
                return Through(start, functions.Count, input);
            }

            private static Tensor[] Called(Func<Tensor[], Tensor[]> function, Tensor[] inputs, bool reentrant, bool preserve)
            {
                if (reentrant && !inputs.Any(i => i.requires_grad)) warnings.warn("None of the inputs have requires_grad=True. Gradients will be None");
                if (!GradMode || (reentrant && !inputs.Any(i => i.requires_grad)))
                    using (no_grad()) return function(inputs);
                var before = State();
                var (segment, given) = (new Segment(), Apart(inputs));
                var outputs = function(given);
                Segment.Spend(given);
                var outside = segment.Outside(outputs.Select(y => y.Edge));
                // Computed without their history: what is on the way is let go.
                Tensor[] results = [.. outputs.Select(y => new Tensor(y.Node))];
                Force(results);
                Edge[] edges = [.. inputs.Select(i => i.Edge), .. outside];
                if (!outputs.Any(y => y.requires_grad)) return results;
                var name = reentrant ? "CheckpointFunctionBackward" : outputs.First(y => y.grad_fn is not null).grad_fn!.Name;
                Again(name, results, edges, (create, gradients) =>
                {
                    if (reentrant && Engine.Current is { IsFull: false })
                        throw new RuntimeError("When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument.");
                    var after = preserve ? State(then: before) : null;
                    var own = create ? inputs : Apart(inputs);
                    Tensor[] again;
                    using (enable_grad()) again = function(own);
                    if (after is not null) State(then: after);
                    if (again.Length != results.Length || again.Zip(results).Any(p => !p.First.Type.Equals(p.Second.Type)))
                        throw new RuntimeError($"torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass: {string.Join(", ", results.Select(r => r.shape))} and {string.Join(", ", again.Select(r => r.shape))}");
                    int[] live = [.. Enumerable.Range(0, again.Length).Where(k => again[k].requires_grad && gradients[k] is not null)];
                    return live.Length == 0 ? new Flow?[edges.Length]
                        : new Engine(create, retain: create).Run([.. live.Select(k => (again[k].Edge, Flow.Of(gradients[k]!)))], [.. own.Select(i => i.Edge), .. outside], accumulate: false);
                });
                return results;
            }

            private static Tensor[] Apart(Tensor[] inputs) => [.. inputs.Select(i => i.detach().requires_grad_(i.requires_grad))];
        }
    }
}
