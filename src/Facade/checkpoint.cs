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

            /// <summary>Calls a function, and calls it again when its derivative is asked for; nothing in between is kept. Inside <c>vmap</c> it is just called.</summary>
            /// <param name="function">The function. It must do the same when it is called again.</param>
            /// <param name="input">Its argument.</param>
            /// <param name="use_reentrant">The older way of PyTorch's: no gradients but by a full backward, and only where an argument requires grad.</param>
            /// <param name="preserve_rng_state">Whether random numbers are the same the second time.</param>
            /// <exception cref="RuntimeError">At the backward: the function did something else the second time, or an argument was changed in place.</exception>
            /// <exception cref="NotImplementedError">The older way, and the argument has a tangent.</exception>
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
            /// <exception cref="ValueError">There are no segments, or more than functions.</exception>
            public Tensor checkpoint_sequential(IReadOnlyList<Func<Tensor, Tensor>> functions, int segments, Tensor input, bool use_reentrant = false, bool preserve_rng_state = true)
            {
                if (segments < 1 || segments > functions.Count) throw new ValueError($"checkpoint_sequential: {segments} segments of {functions.Count} functions");
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
                if (Mapping.Current is not null) return function(inputs);
                if (reentrant && !inputs.Any(i => i.requires_grad)) warnings.warn("None of the inputs have requires_grad=True. Gradients will be None");
                var random = preserve ? State() : null;
                if (reentrant) return new CheckpointFunction(function, random).apply(inputs);
                if (!GradMode) return function(inputs);

                Saved[] given = [.. inputs.Select(i => new Saved(i, i.version.Value, Saved.Beside, i.is_leaf))];
                Func<object?>?[] unpacks = [.. inputs.Select(autograd.graph.Packed)];
                var segment = new Segment();
                Tensor[] outputs;
                using (autograd.graph.Unhooked()) outputs = function(inputs);
                GradFn[] made = [.. segment.Made(outputs.Select(y => y.Edge))];
                _ = new Recomputation(made, () =>
                {
                    made[0].Check([.. given.Where((_, i) => unpacks[i] is null)]);
                    var second = new Segment();
                    var again = Again(function, [.. given.Select((g, i) => g.Value(unpacks[i]))], random);
                    return [.. second.Made(again.Select(y => y.Edge))];
                });
                // Without their history: what is on the way is let go.
                Force([.. outputs.Select(y => new Tensor(y.storage.Node))]);
                foreach (var y in outputs) y.storage.Settle();
                return outputs;
            }

            // Calls a function as it was called before, on arguments of its own.
            private static Tensor[] Again(Func<Tensor[], Tensor[]> function, Tensor[] inputs, Generator? random)
            {
                var after = random is null ? null : State(then: random);
                try
                {
                    using (enable_grad()) using (Mapping.Outside()) using (Duals.Outside()) using (autograd.graph.Unhooked())
                        return function([.. inputs.Select(i => i.detach().requires_grad_(i.requires_grad))]);
                }
                finally
                {
                    if (after is not null) State(then: after);
                }
            }

            // The older way: one operation, whose backward is a whole pass of its own.
            private sealed class CheckpointFunction(Func<Tensor[], Tensor[]> function, Generator? random) : autograd.Function<Tensor[]>
            {
                public override Tensor[] forward(autograd.FunctionCtx ctx, params Tensor[] inputs)
                {
                    ctx.save_for_backward(inputs);
                    var outputs = function(inputs);
                    Force(outputs);
                    return outputs;
                }

                public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs)
                {
                    if (Engine.Current is not { IsFull: true } pass)
                        throw new RuntimeError("When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument.");
                    Tensor[] own = [];
                    var outputs = Again(x => function(own = x), ctx.saved_tensors, random);
                    int[] live = [.. Enumerable.Range(0, outputs.Length).Where(k => outputs[k].requires_grad)];
                    if (live.Length == 0) throw new RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary");
                    pass.Within([.. live.Select(k => (outputs[k].Edge, Flow.Of(grad_outputs[k])))]);
                    return [.. own.Select(x => x.gradient)];
                }
            }
        }
    }
}
