using System.Runtime.CompilerServices;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A recorded function with a backward of the user's own.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="outputs">The results.</param>
    /// <param name="inputs">The operands.</param>
    /// <param name="edges">Where their gradients go.</param>
    /// <param name="context">What it kept.</param>
    /// <param name="backward">The user's backward.</param>
    /// <param name="once">Its results can't be differentiated again.</param>
    internal sealed class FunctionFn(string name, Node[] outputs, Node[] inputs, Edge[] edges, autograd.FunctionCtx context, Func<autograd.FunctionCtx, Tensor[], Tensor?[]?> backward, bool once)
        : GradFn(name, Saves.None, outputs, inputs, edges)
    {
        public Flow?[] Call(Flow?[] flows, bool create)
        {
            var given = new Tensor[flows.Length];
            for (var k = 0; k < given.Length; k++) given[k] = flows[k]?.Tensor() ?? (context.Materializes ? new Tensor(Ops.Full(Outputs[k].Type, 0)) : null!);
            Tensor?[] results;
            using (set_grad_enabled(create && !once)) results = backward(context, given) ?? [null];
            // What is nothing beyond the inputs is left out.
            if (results.Length > Edges.Length && Array.TrueForAll(results[Edges.Length..], g => g is null)) results = results[..Edges.Length];
            if (results.Length != Edges.Length) throw new RuntimeError($"function {Name} returned an incorrect number of gradients (expected {Edges.Length}, got {results.Length})");
            var gradients = new Flow?[results.Length];
            for (var i = 0; i < results.Length; i++)
            {
                if (results[i] is not { } g) continue;
                if (!context.Given[i]) throw new RuntimeError($"function {Name} returned a gradient different than None at position {i + 1}, but the corresponding forward input was not a Variable");
                var wanted = Inputs[i].Shape;
                if (g.Dims != wanted && (g.Dims.Count < wanted.Count || !Reduces(g.Dims, wanted)))
                    throw new RuntimeError($"Function {Name} returned an invalid gradient at index {i} - got {g.Dims} but expected shape compatible with {wanted}");
                var fitted = (g.Dims == wanted ? g : Record("SumBackward1", Saves.None, x => Ops.SumTo(x, wanted), g)).to(Named(Inputs[i].DType));
                gradients[i] = Flow.Of(create && once && Array.Exists(given, x => x is { requires_grad: true }) ? Refused(fitted, "trying to differentiate twice a function that was marked with @once_differentiable") : fitted);
            }
            return gradients;
        }

        internal override GradFn OfRows(Node[] outputs, Node[] inputs, Edge[] edges, Predicate<Saved> keeps) =>
            throw new RuntimeError($"vmap: the gradient of {Name} flows out of vmap, and its backward is written for one row; take the gradient inside, as vmap(grad(f)) does");

        internal override void Release()
        {
            (Released, Outputs, Inputs) = (true, Hollow(Outputs), Hollow(Inputs));
            Again = null;
            context.Free();
        }

        internal override void Empty(Recomputation by, int nr)
        {
            if (Released) return;
            (Outputs, Inputs, Again) = (Hollow(Outputs), Hollow(Inputs), (by, nr));
            context.Free();
        }

        // Of its operands and results it reads but what the context kept.
        private protected override void Take(GradFn twin) => context.Take(((FunctionFn)twin).Context);

        private autograd.FunctionCtx Context => context;

        private static bool Reduces(Dims from, Dims to)
        {
            for (var k = 1; k <= to.Count; k++)
                if (to[^k] != 1 && to[^k] != from[^k]) return false;
            return true;
        }
    }

    public static partial class autograd
    {
        /// <summary>
        /// A function with a derivative of its own: derive from it, and call <c>new MyFunction().apply(x)</c> or <c>Function.apply&lt;MyFunction&gt;(x)</c>.
        /// What is not a tensor goes to the constructor. A backward written with tensor operations can be differentiated itself.
        /// </summary>
        /// <typeparam name="TOut">The result: a tensor, a tuple of up to four, or an array.</typeparam>
        /// <remarks>https://pytorch.org/docs/2.6/autograd.html#torch.autograd.Function</remarks>
        public abstract class Function<TOut> where TOut : notnull
        {
            /// <summary>Computes the result; <see cref="setup_context"/> keeps what the backward needs.</summary>
            /// <exception cref="NotImplementedError">Neither this nor the forward with a context is there.</exception>
            public virtual TOut forward(params Tensor[] inputs) => throw new NotImplementedError("You must implement the forward function for custom autograd.Function.");

            /// <summary>Keeps what the derivative needs, where <see cref="forward(Tensor[])"/> has no context.</summary>
            /// <param name="ctx">Where to keep it.</param>
            /// <param name="inputs">The operands.</param>
            /// <param name="output">The result.</param>
            public virtual void setup_context(FunctionCtx ctx, Tensor[] inputs, TOut output)
            {
            }

            /// <summary>Computes the result and keeps what the derivative needs. An input that <see cref="apply(Tensor[])"/> was given as null is null.</summary>
            public virtual TOut forward(FunctionCtx ctx, params Tensor[] inputs)
            {
                var output = forward(inputs);
                setup_context(ctx, inputs, output);
                return output;
            }

            /// <summary>From one gradient per result to one per input; null for an input without one.</summary>
            public virtual Tensor?[]? backward(FunctionCtx ctx, params Tensor[] grad_outputs) =>
                throw new NotImplementedError("You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.");

            /// <summary>From one tangent per input to one per result: forward mode.</summary>
            public virtual Tensor?[] jvp(FunctionCtx ctx, params Tensor[] grad_inputs) =>
                throw new NotImplementedError("You must implement the jvp function for custom autograd.Function to use it with forward mode AD.");

            /// <summary>Whether the backward is not to be differentiated itself: PyTorch's decorator of the same name.</summary>
            protected virtual bool once_differentiable => false;

            /// <summary>Runs a function and records it.</summary>
            /// <typeparam name="T">The function.</typeparam>
            public static TOut apply<T>(params Tensor?[] inputs) where T : Function<TOut>, new() => new T().apply(inputs);

            /// <summary>Runs the function and records it.</summary>
            /// <param name="inputs">The operands; null for one that there is not, which reaches forward as it is and has no gradient.</param>
            /// <exception cref="RuntimeError">An input that was marked as dirty is a leaf that requires grad, or is not among the results.</exception>
            /// <exception cref="TypeError">The result is not made of tensors.</exception>
            public TOut apply(params Tensor?[] inputs)
            {
                var context = new FunctionCtx { needs_input_grad = [.. inputs.Select(i => i is { requires_grad: true })], Given = [.. inputs.Select(i => i is not null)] };
                TOut made;
                using (no_grad()) using (Duals.Outside()) made = forward(context, inputs!);
                // What is not there is an integer from here on: it neither moves nor has a gradient.
                Tensor[] operands = [.. inputs.Select(i => i ?? new Tensor(Ops.Scalar(0L)))];
                var outputs = Parts(made);
                foreach (var dirty in context.Dirty)
                    if (!outputs.Contains(dirty)) throw new RuntimeError("Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function.");
                var results = Recorded(context, operands, outputs);
                Push(context, operands, results);
                return (TOut)Whole(made, results);
            }

            private Tensor[] Recorded(FunctionCtx context, Tensor[] inputs, Tensor[] outputs)
            {
                foreach (var output in outputs)
                    if (output._is_view() && !inputs.Contains(output)) output.made = Creation.Function;
                bool Differs(Tensor t) => t.Node.DType.IsSmooth && !context.NonDifferentiable.Contains(t);
                if (!GradMode || !inputs.Any(i => i.requires_grad) || !outputs.Any(Differs)) return outputs;
                foreach (var dirty in context.Dirty)
                    if (dirty is { is_leaf: true, requires_grad: true }) throw new RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.");
                // An input that is returned as it is becomes a view of itself: it has a history of its own, and may not be written through.
                Tensor[] results = [.. outputs.Select((o, k) => !Differs(o) || context.Dirty.Contains(o) ? o : inputs.Contains(o) || outputs.AsSpan(0, k).Contains(o) ? Viewed(o) : o.gradFn is null ? o : new Tensor(o.Node))];
                var fn = new FunctionFn(GetType().Name + "Backward", Distinct([.. results.Select(r => r.Node)]), Positions(inputs), Edges(inputs), context, backward, once_differentiable);
                for (var k = 0; k < results.Length; k++)
                    if (Differs(outputs[k])) Rebase(results[k], fn, k, context.Dirty.Contains(outputs[k]));
                context.Own(fn);
                return results;
            }

            private static Tensor Viewed(Tensor x)
            {
                using (no_grad())
                {
                    var view = x.view_as(x);
                    view.made = Creation.Function;
                    return view;
                }
            }

            // What was changed in place has the function as its history; a view's base has it through the view.
            private static void Rebase(Tensor result, FunctionFn fn, int nr, bool dirty)
            {
                if (!dirty || result.viewed is null)
                {
                    if (dirty) result.version.Bump();
                    result.Follow(fn, nr);
                }
                else InPlace(result, fn.Name, Saves.None, static (_, v) => v, new Tensor(result.Node) { gradFn = fn, outputNr = nr });
            }

            private void Push(FunctionCtx context, Tensor[] inputs, Tensor[] results)
            {
                foreach (var level in Duals.Of(inputs))
                {
                    var given = inputs.Select(i => Duals.At(i, level) ?? (context.Materializes && i.Node.DType.IsSmooth ? zeros_like(i) : null!)).ToArray();
                    Tensor?[] tangents;
                    context.Pushes = true;
                    using (new Scope(() => context.Pushes = false)) using (Duals.Outside(level)) tangents = jvp(context, given);
                    if (tangents.Length != results.Length) throw new RuntimeError($"function {GetType().Name} returned an incorrect number of tangents (expected {results.Length}, got {tangents.Length})");
                    for (var k = 0; k < results.Length; k++)
                    {
                        if (tangents[k] is not { } t || !results[k].Node.DType.IsSmooth) continue;
                        if (t.Dims != results[k].Dims) throw new RuntimeError($"Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size {results[k].Dims} while the given forward gradient is of size {t.Dims}.");
                        Duals.Give(results[k], level, t);
                    }
                }
            }

            private static Tensor[] Parts(TOut made) => made switch
            {
                Tensor t => [t],
                IEnumerable<Tensor> several when several.All(t => t is not null) => [.. several],
                ITuple tuple when Enumerable.Range(0, tuple.Length).All(i => tuple[i] is Tensor) => [.. Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!)],
                _ => throw new TypeError($"expected Tensor or tuple of Tensor (got {Written.Type(made)})"),
            };

            private static object Whole(TOut like, Tensor[] parts) => like switch
            {
                Tensor => parts[0],
                Tensor[] => parts,
                ValueTuple<Tensor, Tensor> => (parts[0], parts[1]),
                ValueTuple<Tensor, Tensor, Tensor> => (parts[0], parts[1], parts[2]),
                ValueTuple<Tensor, Tensor, Tensor, Tensor> => (parts[0], parts[1], parts[2], parts[3]),
                _ => throw new TypeError($"a tuple of up to four tensors, or an array (got {like.GetType().Name})"),
            };
        }

        /// <inheritdoc/>
        public abstract class Function : Function<Tensor>;
    }
}
