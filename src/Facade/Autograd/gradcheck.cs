namespace Functional.Autograd;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>A derivative that differs from the numerical one.</summary>
        public sealed class GradcheckError(string message) : RuntimeError(message);

        /// <summary>Whether the gradients of a function are those that differences show. https://pytorch.org/docs/2.6/generated/torch.autograd.gradcheck.gradcheck.html</summary>
        /// <param name="func">The function.</param>
        /// <param name="inputs">Where it is checked; those that require grad are checked, and should be float64.</param>
        /// <param name="eps">The step of the differences.</param>
        /// <param name="atol">The absolute tolerance.</param>
        /// <param name="rtol">The relative tolerance.</param>
        /// <param name="raise_exception">Throw where a derivative differs; else the answer is false.</param>
        /// <exception cref="GradcheckError">A derivative differs; the text shows both Jacobians.</exception>
        /// <exception cref="ValueError">No input requires grad.</exception>
        public static bool gradcheck(Func<Tensor[], Tensor[]> func, Tensor[] inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true)
        {
            if (!inputs.Any(x => x.requires_grad)) throw new ValueError("gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.");
            for (var i = 0; i < inputs.Length; i++)
                if (inputs[i].requires_grad && inputs[i].dtype != float64 && inputs[i].dtype != complex128)
                    warnings.warn($"Input #{i} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. ");
            var outputs = func(inputs);
            for (var i = 0; i < outputs.Length; i++)
            {
                if (!outputs[i].Node.DType.IsSmooth) continue;
                for (var j = 0; j < inputs.Length; j++)
                {
                    if (!inputs[j].requires_grad) continue;
                    var (numerical, analytical) = (Numerical(func, inputs, i, j, eps), Analytical(outputs[i], inputs[j]));
                    if (allclose(analytical, numerical, rtol, atol)) continue;
                    return raise_exception ? throw new GradcheckError($"Jacobian mismatch for output {i} with respect to input {j},\nnumerical:{numerical}\nanalytical:{analytical}\n") : false;
                }
            }
            return true;
        }

        /// <summary>Whether the gradients of a function of one tensor are those that differences show.</summary>
        public static bool gradcheck(Func<Tensor, Tensor> func, Tensor inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true) =>
            gradcheck(x => [func(x[0])], [inputs], eps, atol, rtol, raise_exception);

        /// <summary>Whether the gradients of a function of several tensors are those that differences show.</summary>
        public static bool gradcheck(Func<Tensor[], Tensor> func, Tensor[] inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true) =>
            gradcheck(x => [func(x)], inputs, eps, atol, rtol, raise_exception);

        /// <summary>Whether the gradients of a function's gradients are those that differences show. https://pytorch.org/docs/2.6/generated/torch.autograd.gradcheck.gradgradcheck.html</summary>
        /// <param name="func">The function.</param>
        /// <param name="inputs">Where it is checked.</param>
        /// <param name="grad_outputs">The seeds of the gradients; drawn when left out.</param>
        /// <param name="eps">The step of the differences.</param>
        /// <param name="atol">The absolute tolerance.</param>
        /// <param name="rtol">The relative tolerance.</param>
        /// <param name="raise_exception">Throw where a derivative differs; else the answer is false.</param>
        /// <exception cref="GradcheckError">A derivative differs.</exception>
        public static bool gradgradcheck(Func<Tensor[], Tensor[]> func, Tensor[] inputs, Tensor[]? grad_outputs = null, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true)
        {
            grad_outputs ??= [.. func(inputs).Where(o => o.requires_grad).Select(o => randn_like(o).requires_grad_())];
            var count = inputs.Length;
            return gradcheck(all =>
            {
                Tensor[] own = [.. all[..count].Select(x => x.requires_grad ? x : x.detach())];
                Tensor[] live = [.. func(own).Where(o => o.requires_grad)];
                return [.. grad(live, [.. own.Where(x => x.requires_grad)], all[count..], create_graph: true, allow_unused: true).OfType<Tensor>()];
            }, [.. inputs, .. grad_outputs], eps, atol, rtol, raise_exception);
        }

        /// <summary>Whether the gradients of the gradient of a function of one tensor are those that differences show.</summary>
        public static bool gradgradcheck(Func<Tensor, Tensor> func, Tensor inputs, Tensor? grad_outputs = null, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true) =>
            gradgradcheck(x => [func(x[0])], [inputs], grad_outputs is null ? null : [grad_outputs], eps, atol, rtol, raise_exception);

        // [inputs, outputs], as PyTorch shows it.
        private static Tensor Analytical(Tensor output, Tensor input)
        {
            var columns = new List<Tensor>();
            for (var k = 0L; k < output.numel(); k++)
            {
                var seed = zeros_like(output);
                seed.view(-1)[k] = 1;
                columns.Add((output.requires_grad ? grad(output, input, seed, retain_graph: true, allow_unused: true)[0] : null)?.detach().reshape(-1) ?? zeros([input.numel()], input.dtype));
            }
            return columns.Count == 0 ? zeros([input.numel(), 0], output.dtype) : stack(columns.ToArray(), 1);
        }

        private static Tensor Numerical(Func<Tensor[], Tensor[]> func, Tensor[] inputs, int output, int input, double eps)
        {
            var rows = new List<Tensor>();
            for (var k = 0L; k < inputs[input].numel(); k++)
            {
                Tensor At(double step)
                {
                    var moved = inputs[input].detach().clone();
                    moved.view(-1)[k] += step;
                    Tensor[] all = [.. inputs.Select((x, j) => (j == input ? moved : x.detach()).requires_grad_(x.requires_grad))];
                    return func(all)[output].detach().reshape(-1);
                }
                rows.Add((At(eps) - At(-eps)) / (2 * eps));
            }
            return rows.Count == 0 ? zeros([0, func(inputs)[output].numel()], float64) : stack(rows.ToArray(), 0);
        }
    }
}
