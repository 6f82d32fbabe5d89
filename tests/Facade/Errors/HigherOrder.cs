using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Errors of autograd.functional and of the checks by differences.</summary>
internal static class HigherOrder
{
    // Twice its operand, with three times its gradient.
    private static Tensor Wrong(Tensor x)
    {
        var y = x * 3;
        y.data = x.data * 2;
        return y;
    }

    private static Tensor Restless(Tensor x)
    {
        var y = x * 2;
        y.register_hook(g => g + rand_like(g));
        return y * 1;
    }

    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["functional.hessian: non-scalar output"] = (say => autograd.functional.hessian(x => x * x, ones(2)), "!! RuntimeError: The Tensor returned by the function given to hessian should contain a single element"),
        ["functional.jacobian: strict, independent"] = (say => autograd.functional.jacobian(x => ones(2), ones(2), strict: true), "!! RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode."),
        ["functional.jacobian: strict, one output independent"] = (say => autograd.functional.jacobian((x, y) => x * 2, (ones(2), ones(2)), strict: true), "!! RuntimeError: Output 0 of the user-provided function is independent of input 1. This is not allowed in strict mode."),
        ["functional.vjp: missing v"] = (say => autograd.functional.vjp(x => x * 2, ones(2)), "!! RuntimeError: The vector v can only be None if the user-provided function returns a single Tensor with a single element."),
        ["functional.vjp: wrong v shape"] = (say => autograd.functional.vjp(x => x * 2, ones(2), ones(3)), "!! RuntimeError: v has invalid size: should be torch.Size([2]) but got torch.Size([3])."),
        ["functional.jvp: missing v"] = (say => autograd.functional.jvp(x => x * 2, ones(2)), "!! RuntimeError: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."),
        ["functional.hvp scalar check"] = (say => autograd.functional.hvp(x => x * 2, ones(2), ones(2)), "!! RuntimeError: The Tensor returned by the function given to hvp should contain a single element"),
        ["gradcheck: mismatch"] = (say => autograd.gradcheck(Wrong, Exact(1, 2)), "!! GradcheckError: Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor([[2.0000, 0.0000],\n        [0.0000, 2.0000]], dtype=torch.float64)\nanalytical:tensor([[3., 0.],\n        [0., 3.]], dtype=torch.float64)\n"),
        ["gradcheck: fast mode mismatch"] = (say => autograd.gradcheck(Wrong, Exact(1, 2), fast_mode: true), "!! GradcheckError: Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor(1.8447, dtype=torch.float64)\nanalytical:tensor(2.7671, dtype=torch.float64)\n\nThe above quantities relating the numerical and analytical jacobians are computed \nin fast mode. See: https://github.com/pytorch/pytorch/issues/53876 for more background \nabout fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\nNumerical:\n tensor([[2.0000, 0.0000],\n        [0.0000, 2.0000]], dtype=torch.float64)\nAnalytical:\ntensor([[3., 0.],\n        [0., 3.]], dtype=torch.float64)\n\nThe max per-element difference (slow mode) is: 1.000000000053511.\n"),
        ["gradcheck: no input requires grad"] = (say => autograd.gradcheck(x => x, ones([1], @double)), "!! ValueError: gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True."),
        ["gradcheck: float32 input (warning)"] = (say => autograd.gradcheck(x => x * x, Leaf(1, 2)), "!! GradcheckError: Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor([[1.9670, 0.0000],\n        [0.0000, 3.8147]])\nanalytical:tensor([[2., 0.],\n        [0., 4.]])\n\n~~ UserWarning: Input #0 requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. "),
        ["gradcheck: not reentrant / nondeterministic"] = (say => autograd.gradcheck(Restless, Exact([1])), "!! GradcheckError: Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was 0.0.\n\nNOTE: If your op relies on non-deterministic operations i.e., it is listed here:\nhttps://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html\nthis failure might be expected.\n\nIf you are adding a new operator, please file an issue and then use one of the\nworkarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck.\nIf the test\n- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck\n  with `nondet_tol=<tol>` as a keyword argument.\n- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test\n  to have `gradcheck_nondet_tol=<tol>`.\n- is a Module test (e.g., in common_nn.py), then modify the corresponding\n  module_test entry to have `gradcheck_nondet_tol=<tol>`\n"),
    };
}
