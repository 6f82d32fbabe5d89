namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>A recorded function with a backward of the user's own.</summary>
    internal sealed class FunctionFn(string name, Node[] outputs, Node[] inputs, Edge[] edges, autograd.FunctionCtx context, Func<autograd.FunctionCtx, Tensor[], Tensor?[]> backward)
        : GradFn(name, Saves.None, outputs, inputs, edges)
    {
        public Flow?[] Call(Flow?[] flows, bool create)
        {
            var given = new Tensor[flows.Length];
            for (var k = 0; k < given.Length; k++) given[k] = flows[k]?.Tensor() ?? new Tensor(Ops.Full(Outputs[k].Type, 0));
            context.Owner = this;
            Tensor?[] results;
            using (set_grad_enabled(create)) results = backward(context, given) ?? [null];
            if (results.Length != Edges.Length) throw new RuntimeError($"function {Name} returned an incorrect number of gradients (expected {Edges.Length}, got {results.Length})");
            var gradients = new Flow?[results.Length];
            for (var i = 0; i < results.Length; i++)
            {
                if (results[i] is not { } g) continue;
                var wanted = Inputs[i].Shape;
                if (g.Dims != wanted && (g.Dims.Count < wanted.Count || !Reduces(g.Dims, wanted)))
                    throw new RuntimeError($"Function {Name} returned an invalid gradient at index {i} - got {g.Dims} but expected shape compatible with {wanted}");
                gradients[i] = Flow.Of((g.Dims == wanted ? g : Record("SumBackward1", Saves.None, x => Ops.SumTo(x, wanted), g)).to(Named(Inputs[i].DType)));
            }
            return gradients;
        }

        internal override void Release()
        {
            (Released, Outputs, Inputs, SavedValues) = (true, [.. Outputs.Select(o => Node.Placeholder(o.Type))], [.. Inputs.Select(i => Node.Placeholder(i.Type))], []);
            context.save_for_backward();
        }

        private static bool Reduces(Dims from, Dims to)
        {
            for (var k = 1; k <= to.Count; k++)
                if (to[^k] != 1 && to[^k] != from[^k]) return false;
            return true;
        }
    }

    public static partial class autograd
    {
        /// <summary>What a custom function keeps from forward to backward.</summary>
        public sealed class FunctionCtx
        {
            private Tensor?[] kept = [];
            private int[] versions = [];

            internal GradFn? Owner { get; set; }

            /// <summary>Which inputs want a gradient.</summary>
            public bool[] needs_input_grad { get; internal set; } = [];

            /// <summary>Keeps tensors for the backward; null stands for one that there is not.</summary>
            public void save_for_backward(params Tensor?[] tensors) => (kept, versions) = (tensors, [.. tensors.Select(t => t?.version.Value ?? 0)]);

            /// <summary>The tensors that were kept, null where null was.</summary>
            /// <exception cref="RuntimeError">The graph was freed, or a tensor was changed in place since.</exception>
            public Tensor[] saved_tensors
            {
                get
                {
                    if (Owner is { Released: true }) throw new RuntimeError(GradFn.Twice);
                    if (Owner is not null)
                    {
                        Owner.SavedValues = [.. kept.Select((t, i) => (Kept: t, Version: versions[i])).Where(k => k.Kept is not null).Select(k => new Saved(k.Kept!, k.Version, ReferenceEquals(k.Kept!.gradFn, Owner), k.Kept.is_leaf))];
                        Owner.Check();
                    }
                    return kept!;
                }
            }
        }

        /// <summary>
        /// A function with a backward of its own: derive from it, and call <c>Function.apply&lt;MyFunction&gt;(x)</c>. A backward written
        /// with tensor operations can be differentiated itself.
        /// </summary>
        /// <remarks>https://pytorch.org/docs/2.6/autograd.html#torch.autograd.Function</remarks>
        public abstract class Function
        {
            /// <summary>Computes the result.</summary>
            public abstract Tensor forward(FunctionCtx ctx, params Tensor[] inputs);

            /// <summary>From the gradient of the result to one gradient per input.</summary>
            public virtual Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) =>
                throw new NotImplementedError("You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.");

            /// <summary>Runs a function and records it.</summary>
            /// <typeparam name="T">The function.</typeparam>
            public static Tensor apply<T>(params Tensor[] inputs) where T : Function, new()
            {
                var function = new T();
                var context = new FunctionCtx { needs_input_grad = [.. inputs.Select(i => i.requires_grad)] };
                Tensor output;
                using (no_grad()) output = function.forward(context, inputs);
                var given = inputs.Contains(output);
                if (!given && output._is_view()) output.made = Creation.Function;
                if (!GradMode || !output.is_floating_point() || !inputs.Any(i => i.requires_grad)) return output;
                // An input that is returned as it is becomes a view of itself: it has a history of its own, and may not be written through.
                if (given)
                    using (no_grad()) (output = output.view_as(output)).made = Creation.Function;
                else if (output.gradFn is not null) output = new Tensor(output.Node);
                output.gradFn = new FunctionFn(typeof(T).Name + "Backward", [output.Node], Positions(inputs), Edges(inputs), context, function.backward);
                return output;
            }
        }
    }
}
