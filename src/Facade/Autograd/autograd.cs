using Functional.Autograd.Plans;

namespace Functional.Autograd;

public static partial class torch
{
    /// <summary>Gradients: https://pytorch.org/docs/2.6/autograd.html</summary>
    public static partial class autograd
    {
        internal static bool anomaly, check_nan = true;

        /// <summary>Looks for NaN in every gradient, and names the operation that made it.</summary>
        public static IDisposable set_detect_anomaly(bool mode, bool check_nan = true)
        {
            var before = (anomaly, autograd.check_nan);
            (anomaly, autograd.check_nan) = (mode, check_nan);
            return new Scope(() => (anomaly, autograd.check_nan) = before);
        }

        /// <summary>Like <see cref="set_detect_anomaly"/> with mode true, and warns that it slows the program down.</summary>
        public static IDisposable detect_anomaly(bool check_nan = true)
        {
            warnings.warn("Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.");
            return set_detect_anomaly(true, check_nan);
        }

        /// <summary>An old name of tensor; it only sets requires_grad, and volatile nothing.</summary>
        public static Tensor Variable(Tensor data, bool requires_grad = false, bool? @volatile = null) => torch.Variable(data, requires_grad, @volatile);

        /// <summary>Adds gradients of a tensor to the leaves that it depends on.</summary>
        public static void backward(Tensor tensors, Tensor? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IReadOnlyList<Tensor>? inputs = null) =>
            backward([tensors], grad_tensors is null ? null : [grad_tensors], retain_graph, create_graph, null, inputs);

        /// <summary>Adds gradients of tensors to the leaves that they depend on.</summary>
        /// <param name="tensors">What is differentiated.</param>
        /// <param name="grad_tensors">One gradient per tensor; may be left out for tensors of one element.</param>
        /// <param name="retain_graph">Keep what a further pass needs; as create_graph when left out.</param>
        /// <param name="create_graph">Make the gradients differentiable themselves.</param>
        /// <param name="grad_variables">An old name of grad_tensors.</param>
        /// <param name="inputs">Add only to these.</param>
        /// <exception cref="RuntimeError">As PyTorch: no history, a wrong shape, a second pass, a value changed in place. No gradient has changed then.</exception>
        public static void backward(IReadOnlyList<Tensor> tensors, IReadOnlyList<Tensor?>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IReadOnlyList<Tensor?>? grad_variables = null, IReadOnlyList<Tensor>? inputs = null)
        {
            if (grad_variables is not null)
            {
                warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", "FutureWarning");
                if (grad_tensors is not null) throw new RuntimeError("`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`.");
                grad_tensors = grad_variables;
            }
            if (inputs is { Count: 0 }) throw new RuntimeError("`inputs` argument to `backward()` cannot be empty.");
            if (func.IsActive) throw new RuntimeError("backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp instead or call backward() outside of functorch transforms.");
            var roots = Roots(tensors, grad_tensors);
            if (create_graph) warnings.warn("Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak.");
            if (inputs is not null)
                foreach (var input in inputs) input.retain_grad();
            var retain = retain_graph ?? create_graph;
            var engine = new Engine(create_graph, retain);
            engine.Run(roots, inputs is null ? null : [.. inputs.Select(i => i.Edge)], accumulate: true);
            if (!create_graph) Defer([.. engine.Touched, .. tensors], retain);
        }

        /// <summary>Gradients of outputs with respect to inputs; no leaf's gradient is touched.</summary>
        public static Tensor?[] grad(Tensor outputs, Tensor inputs, Tensor? grad_outputs = null, bool? retain_graph = null, bool create_graph = false, bool only_inputs = true, bool? allow_unused = null, bool is_grads_batched = false, bool materialize_grads = false) =>
            grad([outputs], [inputs], grad_outputs is null ? null : [grad_outputs], retain_graph, create_graph, only_inputs, allow_unused, is_grads_batched, materialize_grads);

        /// <summary>Gradients of outputs with respect to inputs; no leaf's gradient is touched.</summary>
        public static Tensor?[] grad(Tensor outputs, IReadOnlyList<Tensor> inputs, Tensor? grad_outputs = null, bool? retain_graph = null, bool create_graph = false, bool only_inputs = true, bool? allow_unused = null, bool is_grads_batched = false, bool materialize_grads = false) =>
            grad([outputs], inputs, grad_outputs is null ? null : [grad_outputs], retain_graph, create_graph, only_inputs, allow_unused, is_grads_batched, materialize_grads);

        /// <summary>Gradients of outputs with respect to inputs; no leaf's gradient is touched.</summary>
        /// <param name="outputs">What is differentiated; several are added up.</param>
        /// <param name="inputs">With respect to what.</param>
        /// <param name="grad_outputs">One gradient per output; may be left out for outputs of one element.</param>
        /// <param name="retain_graph">Keep what a further pass needs; as create_graph when left out.</param>
        /// <param name="create_graph">Make the gradients differentiable themselves.</param>
        /// <param name="only_inputs">Deprecated, and ignored.</param>
        /// <param name="allow_unused">Give null for inputs that the outputs do not depend on.</param>
        /// <param name="is_grads_batched">The first dimension of grad_outputs counts several of them.</param>
        /// <param name="materialize_grads">Give zeros for inputs that the outputs do not depend on.</param>
        /// <exception cref="RuntimeError">As PyTorch.</exception>
        /// <exception cref="ValueError">No inputs, or allow_unused false with materialize_grads.</exception>
        public static Tensor?[] grad(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?>? grad_outputs = null, bool? retain_graph = null, bool create_graph = false, bool only_inputs = true, bool? allow_unused = null, bool is_grads_batched = false, bool materialize_grads = false)
        {
            if (materialize_grads && allow_unused == false) throw new ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.");
            if (inputs.Count == 0) throw new ValueError("grad requires non-empty inputs.");
            if (!only_inputs) warnings.warn("only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of the graph, please use torch.autograd.backward.", "FutureWarning");
            if (is_grads_batched) return Batched(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused, materialize_grads);
            var roots = Roots(outputs, grad_outputs);
            foreach (var input in inputs)
                if (!input.requires_grad) throw new RuntimeError("One of the differentiated Tensors does not require grad");
            var retain = retain_graph ?? create_graph;
            var engine = new Engine(create_graph, retain);
            var flows = engine.Run(roots, [.. inputs.Select(i => i.Edge)], accumulate: false);
            var result = new Tensor?[flows.Length];
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = flows[i]?.Tensor();
                if (result[i] is null && materialize_grads) result[i] = zeros_like(inputs[i], requires_grad: true);
                if (result[i] is null && allow_unused != true) throw new RuntimeError("One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.");
            }
            if (!create_graph) Defer([.. result.OfType<Tensor>(), .. engine.Touched], retain);
            return result;
        }

        /// <summary>The gradient of outputs at a place in their graph.</summary>
        /// <inheritdoc cref="grad(IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor?}?, bool?, bool, bool, bool?, bool, bool)"/>
        public static Tensor?[] grad(Tensor outputs, graph.GradientEdge inputs, Tensor? grad_outputs = null, bool? retain_graph = null, bool create_graph = false, bool? allow_unused = null) =>
            grad([outputs], [inputs], grad_outputs is null ? null : [grad_outputs], retain_graph, create_graph, allow_unused);

        /// <summary>The gradients of outputs at places in their graph.</summary>
        /// <inheritdoc cref="grad(IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor?}?, bool?, bool, bool, bool?, bool, bool)"/>
        [System.Runtime.CompilerServices.OverloadResolutionPriority(-1)]
        public static Tensor?[] grad(IReadOnlyList<Tensor> outputs, IReadOnlyList<graph.GradientEdge> inputs, IReadOnlyList<Tensor?>? grad_outputs = null, bool? retain_graph = null, bool create_graph = false, bool? allow_unused = null) =>
            grad(outputs, [.. inputs.Select(At)], grad_outputs, retain_graph, create_graph, true, allow_unused);

        /// <summary>Adds the gradients that a place in a graph leads to.</summary>
        /// <param name="tensors">The place.</param>
        /// <param name="grad_tensors">The gradient there; may be left out for one element.</param>
        /// <param name="retain_graph">Keep what a further pass needs; as create_graph when left out.</param>
        /// <param name="create_graph">Make the gradients differentiable themselves.</param>
        /// <exception cref="RuntimeError">As PyTorch.</exception>
        public static void backward(graph.GradientEdge tensors, Tensor? grad_tensors = null, bool? retain_graph = null, bool create_graph = false) => backward([At(tensors)], [grad_tensors], retain_graph, create_graph);

        // A tensor at that place: of its value only the type is known.
        private static Tensor At(graph.GradientEdge edge) =>
            new(Node.Placeholder(edge.Type)) { gradFn = edge.node, outputNr = edge.output_nr };

        private static Tensor?[] Batched(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?>? batches, bool? retain, bool create, bool? allowUnused, bool materialize)
        {
            if (outputs.Count == 0) throw new IndexError("list index out of range");
            var sizes = new List<long>();
            for (var i = 0; i < (batches?.Count ?? outputs.Count); i++)
            {
                if (batches?[i] is not { } batch) throw outputs[i].numel() == 1
                    ? new ValueError("vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0 for some input, but that input is a Tensor of dimensionality 0 so expected in_dim to satisfy 0 <= in_dim < 0.")
                    : new RuntimeError("grad can be implicitly created only for scalar outputs");
                if (batch.ndim == 0) throw new IndexError("invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number");
                if (batch.Dims[0] == 0) throw new IndexError("index 0 is out of bounds for dimension 0 with size 0");
                // PyTorch names the shape without two leading dimensions.
                if (i < outputs.Count && batch.Dims[1..] != outputs[i].Dims)
                    throw new RuntimeError($"If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: grad_output[{i}] has a shape of torch.Size({batch.Dims[Math.Min(2, batch.ndim)..]}) and output[{i}] has a shape of {outputs[i].shape}. If you only want some tensors in `grad_output` to be considered batched, consider using vmap.");
                if (!sizes.Contains(batch.Dims[0])) sizes.Add(batch.Dims[0]);
            }
            if (sizes.Count > 1) throw new ValueError($"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [{string.Join(", ", batches!.Select(b => b!.Dims[0]))}] for the mapped dimension");
            var rows = new List<Tensor?[]>();
            for (var b = 0L; b < sizes[0]; b++)
                rows.Add(grad(outputs, inputs, [.. batches!.Select(g => g!.select(0, b))], b < sizes[0] - 1 || (retain ?? create), create, allow_unused: allowUnused ?? materialize));
            return [.. Enumerable.Range(0, inputs.Count).Select(i => rows[0][i] is not null ? stack([.. rows.Select(r => r[i]!)]) : materialize ? zeros_like(inputs[i], requires_grad: true) : null)];
        }

        private static List<(Edge, Flow)> Roots(IReadOnlyList<Tensor> tensors, IReadOnlyList<Tensor?>? gradients)
        {
            if (gradients is not null && gradients.Count != tensors.Count) throw new RuntimeError($"got {tensors.Count} tensors and {gradients.Count} gradients");
            var roots = new List<(Edge, Flow)>(tensors.Count);
            for (var i = 0; i < tensors.Count; i++)
            {
                var (t, g) = (tensors[i], gradients?[i]);
                if (g is not null && g.Dims != t.Dims) throw new RuntimeError($"Mismatch in shape: grad_output[{i}] has a shape of {g.shape} and output[{i}] has a shape of {t.shape}.");
                if (g is not null && (g.is_complex() || t.is_complex()) && g.dtype != t.dtype)
                    throw new RuntimeError($"For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[{i}] has a dtype of {g.dtype} and output[{i}] has a dtype of {t.dtype}.");
                if (g is null && t.requires_grad && t.Type.Count != 1) throw new RuntimeError("grad can be implicitly created only for scalar outputs");
                if (g is null && t.requires_grad && t.is_complex()) throw new RuntimeError($"grad can be implicitly created only for real scalar outputs but got {t.dtype}");
                if (t.Edge.Fn is null) throw new RuntimeError($"element {i} of tensors does not require grad and does not have a grad_fn");
                roots.Add((t.Edge, g is null ? new Flow(Ops.Full(t.Type, 1), default) { Holders = 1 } : Flow.Of(g.to(t.dtype))));
            }
            return roots;
        }
    }

    /// <summary>An old name of tensor; it only sets requires_grad, and volatile nothing.</summary>
    public static Tensor Variable(Tensor data, bool requires_grad = false, bool? @volatile = null)
    {
        if (@volatile is not null) warnings.warn("volatile was removed and now has no effect. Use `with torch.no_grad():` instead.");
        var variable = data.detach();
        return requires_grad ? variable.requires_grad_() : variable;
    }

    public partial class Tensor
    {
        /// <summary>Adds this tensor's gradients to the leaves that it depends on.</summary>
        /// <inheritdoc cref="autograd.backward(IReadOnlyList{Tensor}, IReadOnlyList{Tensor?}?, bool?, bool, IReadOnlyList{Tensor?}?, IReadOnlyList{Tensor}?)"/>
        public void backward(Tensor? gradient = null, bool? retain_graph = null, bool create_graph = false, IReadOnlyList<Tensor>? inputs = null) =>
            autograd.backward([this], gradient is null ? null : [gradient], retain_graph, create_graph, null, inputs);

        /// <summary>Whether the gradient of this non-leaf is kept.</summary>
        public bool retains_grad => retained;

        /// <summary>Keeps the gradient of a tensor that is not a leaf.</summary>
        /// <exception cref="RuntimeError">The tensor does not require grad.</exception>
        public void retain_grad()
        {
            if (!requires_grad) throw new RuntimeError("can't retain_grad on Tensor that has requires_grad=False");
            if (is_leaf || retains_grad) return;
            retained = true;
            grad_fn!.Retain(this, outputNr);
        }

        /// <summary>Calls a function with this tensor's gradient; what it returns, unless null, takes the gradient's place.</summary>
        /// <exception cref="RuntimeError">The tensor does not require grad.</exception>
        public Hook register_hook(Func<Tensor, Tensor?> hook)
        {
            if (!requires_grad) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
            var edge = Edge;
            // A view made under no_grad of what requires grad requires it too, but nothing flows to it.
            return edge.Fn is null ? new(() => { }) : HookList.Add(ref edge.Fn.TensorHooks, (edge.Nr, hook));
        }

        /// <summary>Calls a function with this leaf after its gradient was added to.</summary>
        /// <exception cref="RuntimeError">The tensor does not require grad, or is not a leaf.</exception>
        public Hook register_post_accumulate_grad_hook(Action<Tensor> hook)
        {
            if (!requires_grad) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
            if (!is_leaf) throw new RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors");
            return HookList.Add(ref postAccumulate, hook);
        }
    }
}
