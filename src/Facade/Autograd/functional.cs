namespace Functional.Autograd;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Products with Jacobians and Hessians, and these themselves: https://pytorch.org/docs/2.6/autograd.html#functional-higher-level-api</summary>
        public static partial class functional
        {
            // What an argument's entry says that does not depend on the inputs, by what was computed. Texts are PyTorch's.
            private const string Strict = "This is not allowed in strict mode";

            private static string Independent(string what, int i) => what switch
            {
                "outputs" => $"Output {i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode.",
                "grad_inputs" => $"The gradient with respect to input {i} is independent of the inputs of the user-provided function. {Strict}.",
                "jacobian" => $"While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} is independent of the input. {Strict}. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example).",
                _ => $"The hessian of the user-provided function with respect to input {i} is independent of the input. {Strict}. You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.",
            };

            private static string Missing(string stage, int i) => stage switch
            {
                "back" => $"The output of the user-provided function is independent of input {i}. {Strict}.",
                "back_trick" => $"The gradient with respect to the input is independent of entry {i} in the grad_outputs when using the double backward trick to compute forward mode gradients. {Strict}.",
                "double_back" => $"The jacobian of the user-provided function is independent of input {i}. {Strict}.",
                _ => $"The hessian of the user-provided function is independent of entry {i} in the grad_jacobian. {Strict} as it prevents from using the double backward trick to replace forward mode AD.",
            };

            private static void Demand(string what, Tensor?[] tensors, bool strict)
            {
                for (var i = 0; strict && i < tensors.Length; i++)
                {
                    if (tensors[i] is null) throw new RuntimeError(Missing("back", i));
                    if (!tensors[i]!.requires_grad) throw new RuntimeError(Independent(what, i));
                }
            }

            // Tensors of the call's own: views through which gradients flow on, or leaves.
            private static Tensor[] Own(Tensor[] tensors, bool create_graph, bool wanted) => [.. tensors.Select(t => create_graph && t.requires_grad ? t.view_as(t) : t.detach().requires_grad_(wanted))];

            private static Tensor[] Given(Tensor[] tensors, bool create_graph) => create_graph ? tensors : [.. tensors.Select(t => t.detach())];

            private static Tensor[] Vector(Tensor[]? v, Tensor[] like, bool single, string alone, bool create_graph)
            {
                if (v is null) return like is [{ } only] && only.numel() == 1 ? null! : throw new RuntimeError(alone);
                v = Own(v, create_graph, false);
                if (v.Length != like.Length) throw new RuntimeError(single ? "The given v should contain a single Tensor." : $"v is a tuple of invalid length: should be {like.Length} but got {v.Length}.");
                for (var i = 0; i < v.Length; i++)
                    if (v[i].Dims != like[i].Dims) throw new RuntimeError($"{(single ? "" : $"Entry {i} in ")}v has invalid size: should be {like[i].shape} but got {v[i].shape}.");
                return v;
            }

            private const string AloneInput = "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.";

            // The gradients of those outputs that have one.
            private static Tensor?[] Gradients(Tensor?[] outputs, Tensor[] inputs, Tensor[]? seeds = null, bool create_graph = false, bool? retain_graph = null)
            {
                int[] live = [.. Enumerable.Range(0, outputs.Length).Where(i => outputs[i] is { requires_grad: true })];
                return live.Length == 0 ? new Tensor?[inputs.Length]
                    : grad([.. live.Select(i => outputs[i]!)], inputs, seeds is null ? null : [.. live.Select(i => seeds[i])], retain_graph, create_graph, allow_unused: true);
            }

            private static Tensor[] Filled(Tensor?[] grads, Tensor[] like, bool strict, bool create_graph, string stage)
            {
                for (var i = 0; i < grads.Length; i++)
                {
                    if (grads[i] is null && strict) throw new RuntimeError(Missing(stage, i));
                    if (grads[i] is { requires_grad: false } && strict && create_graph)
                        throw new RuntimeError($"The {(stage.StartsWith("double", StringComparison.Ordinal) ? "hessian" : "jacobian")} of the user-provided function is independent of input {i}. {Strict} when create_graph=True.");
                    grads[i] ??= zeros_like(like[i]);
                }
                return grads!;
            }

            private static Tensor[] Differentiated(Tensor?[] of, Tensor[] by, Tensor[] seeds, Tensor[] like, bool create_graph, bool strict, string stage)
            {
                using (set_grad_enabled(create_graph || GradMode)) return Given(Filled(Gradients(of, by, seeds, create_graph), like, strict, create_graph, stage), create_graph);
            }

            internal static (Tensor[] Outputs, Tensor[] Product) Vjp(Func<Tensor[], Tensor[]> func, Tensor[] inputs, Tensor[]? v, bool single, bool create_graph, bool strict)
            {
                Tensor[] own, outputs;
                using (enable_grad())
                {
                    own = Own(inputs, create_graph, true);
                    outputs = func(own);
                    Demand("outputs", outputs, strict);
                    v = Vector(v, outputs, single, "The vector v can only be None if the user-provided function returns a single Tensor with a single element.", create_graph);
                }
                return (Given(outputs, create_graph), Differentiated(outputs, own, v, own, create_graph, strict, "back"));
            }

            internal static (Tensor[] Outputs, Tensor[] Product) Jvp(Func<Tensor[], Tensor[]> func, Tensor[] inputs, Tensor[]? v, bool single, bool create_graph, bool strict)
            {
                Tensor[] outputs, seeds;
                Tensor?[] gradients;
                using (enable_grad())
                {
                    var own = Own(inputs, create_graph, true);
                    v = Vector(v, own, single, AloneInput, create_graph);
                    outputs = func(own);
                    Demand("outputs", outputs, strict);
                    // The gradient is linear in its seeds: its derivative by them is the other product.
                    seeds = [.. outputs.Select(o => zeros_like(o, requires_grad: true))];
                    gradients = Gradients(outputs, own, seeds, create_graph: true);
                    Demand("grad_inputs", gradients, strict);
                }
                return (Given(outputs, create_graph), Differentiated(gradients, seeds, v, outputs, create_graph, strict, "back_trick"));
            }

            internal static Tensor[][] Jacobian(Func<Tensor[], Tensor[]> func, Tensor[] inputs, bool create_graph, bool strict, bool vectorize = false)
            {
                if (strict && vectorize) throw new RuntimeError("torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`.");
                using (enable_grad())
                {
                    var own = Own(inputs, create_graph, true);
                    var outputs = func(own);
                    Demand("outputs", outputs, strict);
                    return [.. outputs.Select((output, i) => Given(vectorize && output.requires_grad && output.numel() > 0 ? Together(output, own, create_graph) : Rows(output, i, own, create_graph, strict), create_graph))];
                }
            }

            private static Tensor[] Together(Tensor output, Tensor[] inputs, bool create_graph)
            {
                var rows = func.vmap((Tensor seed) => Filled(Gradients([output], inputs, [seed], create_graph, retain_graph: true), inputs, false, create_graph, ""))(eye(output.numel(), dtype: output.dtype).view([output.numel(), .. output.Dims]));
                return [.. rows.Select((r, k) => r.reshape([.. output.Dims, .. inputs[k].Dims]))];
            }

            private static Tensor[] Rows(Tensor output, int i, Tensor[] inputs, bool create_graph, bool strict)
            {
                var rows = inputs.Select(_ => new List<Tensor>()).ToArray();
                for (var j = 0L; j < output.numel(); j++)
                {
                    var gradients = Gradients([output.reshape(-1)[j]], inputs, create_graph: create_graph, retain_graph: true);
                    for (var k = 0; k < inputs.Length; k++)
                    {
                        if (strict && gradients[k] is null) throw new RuntimeError($"Output {i} of the user-provided function is independent of input {k}. {Strict}.");
                        if (strict && create_graph && !gradients[k]!.requires_grad) throw new RuntimeError($"The jacobian of the user-provided function is independent of input {i}. {Strict} when create_graph=True.");
                        rows[k].Add(gradients[k] ?? zeros_like(inputs[k]));
                    }
                }
                return [.. rows.Select((r, k) => r.Count == 0 ? zeros([.. output.Dims, .. inputs[k].Dims], inputs[k].dtype) : stack(r.ToArray(), 0).view([.. output.Dims, .. inputs[k].Dims]))];
            }

            internal static Tensor[][] Hessian(Func<Tensor[], Tensor[]> func, Tensor[] inputs, bool create_graph, bool strict, bool vectorize = false) => Jacobian(own =>
            {
                var rows = Jacobian(x =>
                {
                    var found = func(x);
                    Demand("outputs", found, strict);
                    return [Single("hessian", found).squeeze()];
                }, own, create_graph: true, strict: false)[0];
                Demand("jacobian", rows, strict);
                return rows;
            }, inputs, create_graph, strict, vectorize);

            private static Tensor Single(string name, Tensor[] outputs) => outputs is not [{ } output] ? throw new RuntimeError($"The function given to {name} should return a single Tensor")
                : output.numel() != 1 ? throw new RuntimeError($"The Tensor returned by the function given to {name} should contain a single element") : output;

            internal static (Tensor[] Outputs, Tensor[] Product) Vhp(Func<Tensor[], Tensor[]> func, Tensor[] inputs, Tensor[]? v, bool single, bool create_graph, bool strict)
            {
                var (own, outputs, slopes, vector) = Slopes("vhp", func, inputs, v, single, create_graph, strict);
                return (Given(outputs, create_graph), Differentiated(slopes, own, vector, own, create_graph, strict, "double_back"));
            }

            internal static (Tensor[] Outputs, Tensor[] Product) Hvp(Func<Tensor[], Tensor[]> func, Tensor[] inputs, Tensor[]? v, bool single, bool create_graph, bool strict)
            {
                var (own, outputs, slopes, vector) = Slopes("hvp", func, inputs, v, single, create_graph, strict);
                Tensor[] seeds;
                Tensor?[] twice;
                using (enable_grad())
                {
                    seeds = [.. own.Select(x => zeros_like(x, requires_grad: true))];
                    twice = Gradients(slopes, own, seeds, create_graph: true);
                    Demand("hessian", slopes, strict);
                }
                return (Given(outputs, create_graph), Differentiated(twice, seeds, vector, own, create_graph, strict, "double_back_trick"));
            }

            private static (Tensor[] Own, Tensor[] Outputs, Tensor?[] Slopes, Tensor[] Vector) Slopes(string name, Func<Tensor[], Tensor[]> func, Tensor[] inputs, Tensor[]? v, bool single, bool create_graph, bool strict)
            {
                using (enable_grad())
                {
                    var own = Own(inputs, create_graph, true);
                    v = Vector(v, own, single, AloneInput, create_graph);
                    var outputs = func(own);
                    Demand("outputs", outputs, strict);
                    Single(name, outputs);
                    var slopes = Gradients(outputs, own, create_graph: true);
                    Demand("jacobian", slopes, strict);
                    return (own, outputs, slopes, v);
                }
            }
        }
    }
}
