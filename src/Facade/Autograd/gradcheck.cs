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
        /// <param name="nondet_tol">How much two passes over the same graph may differ.</param>
        /// <param name="fast_mode">Compare one product of the Jacobian with two fixed vectors instead of every element.</param>
        /// <exception cref="GradcheckError">A derivative differs, or two passes do; the text shows both Jacobians.</exception>
        /// <exception cref="ValueError">No input requires grad.</exception>
        /// <exception cref="RuntimeError">An input shows one place several times.</exception>
        public static bool gradcheck(Func<Tensor[], Tensor[]> func, Tensor[] inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true, double nondet_tol = 0, bool fast_mode = false)
        {
            try
            {
                new Differences(func, inputs, eps, atol, rtol, nondet_tol, fast_mode).Check();
                return true;
            }
            catch (GradcheckError) when (!raise_exception)
            {
                return false;
            }
        }

        /// <summary>Whether the gradients of a function of one tensor are those that differences show.</summary>
        /// <inheritdoc cref="gradcheck(Func{Tensor[], Tensor[]}, Tensor[], double, double, double, bool, double, bool)"/>
        public static bool gradcheck(Func<Tensor, Tensor> func, Tensor inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true, double nondet_tol = 0, bool fast_mode = false) =>
            gradcheck(x => [func(x[0])], [inputs], eps, atol, rtol, raise_exception, nondet_tol, fast_mode);

        /// <summary>Whether the gradients of a function of several tensors are those that differences show.</summary>
        /// <inheritdoc cref="gradcheck(Func{Tensor[], Tensor[]}, Tensor[], double, double, double, bool, double, bool)"/>
        public static bool gradcheck(Func<Tensor[], Tensor> func, Tensor[] inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true, double nondet_tol = 0, bool fast_mode = false) =>
            gradcheck(x => [func(x)], inputs, eps, atol, rtol, raise_exception, nondet_tol, fast_mode);

        /// <summary>Whether the gradients of a function's gradients are those that differences show. https://pytorch.org/docs/2.6/generated/torch.autograd.gradcheck.gradgradcheck.html</summary>
        /// <param name="func">The function.</param>
        /// <param name="inputs">Where it is checked.</param>
        /// <param name="grad_outputs">The seeds of the gradients; drawn when left out.</param>
        /// <param name="eps">The step of the differences.</param>
        /// <param name="atol">The absolute tolerance.</param>
        /// <param name="rtol">The relative tolerance.</param>
        /// <param name="raise_exception">Throw where a derivative differs; else the answer is false.</param>
        /// <param name="nondet_tol">How much two passes over the same graph may differ.</param>
        /// <param name="fast_mode">Compare one product of the Jacobian with two fixed vectors instead of every element.</param>
        /// <exception cref="GradcheckError">A derivative differs, or two passes do.</exception>
        public static bool gradgradcheck(Func<Tensor[], Tensor[]> func, Tensor[] inputs, Tensor[]? grad_outputs = null, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true, double nondet_tol = 0, bool fast_mode = false)
        {
            grad_outputs ??= [.. func(inputs).Where(o => o.requires_grad).Select(o => randn_like(o).requires_grad_())];
            var count = inputs.Length;
            return gradcheck(all =>
            {
                Tensor[] own = [.. all[..count].Select(x => x.requires_grad ? x : x.detach())];
                Tensor[] live = [.. func(own).Where(o => o.requires_grad)];
                return [.. grad(live, [.. own.Where(x => x.requires_grad)], all[count..], create_graph: true, allow_unused: true).OfType<Tensor>()];
            }, [.. inputs, .. grad_outputs], eps, atol, rtol, raise_exception, nondet_tol, fast_mode);
        }

        /// <summary>Whether the gradients of the gradient of a function of one tensor are those that differences show.</summary>
        /// <inheritdoc cref="gradgradcheck(Func{Tensor[], Tensor[]}, Tensor[], Tensor[], double, double, double, bool, double, bool)"/>
        public static bool gradgradcheck(Func<Tensor, Tensor> func, Tensor inputs, Tensor? grad_outputs = null, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raise_exception = true, double nondet_tol = 0, bool fast_mode = false) =>
            gradgradcheck(x => [func(x[0])], [inputs], grad_outputs is null ? null : [grad_outputs], eps, atol, rtol, raise_exception, nondet_tol, fast_mode);
    }
}
