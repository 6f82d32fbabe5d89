using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Checks of gradients by differences, of real and complex functions; and gradients at points where a formula divides by zero or picks among equals.</summary>
public class CheckTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void A_function_of_one_tensor_is_checked(bool fast)
    {
        var x = Exact(0.3, -0.7, 1.9);
        Assert.True(autograd.gradcheck(t => t.mul(5), x, fast_mode: fast));
        Assert.True(autograd.gradgradcheck(t => t.mul(5) * t.exp(), x, fast_mode: fast));
        var z = tensor((System.Numerics.Complex[])[new(1, 1), new(2, -3)], requires_grad: true);
        Assert.True(autograd.gradcheck(t => t * t.conj() * 2 + t.exp(), z, fast_mode: fast));
        Assert.True(autograd.gradcheck(t => t.abs(), z, fast_mode: fast));
        Assert.True(autograd.gradcheck(t => complex(t.sin(), t * t), x, fast_mode: fast));
        Assert.True(autograd.gradcheck(t => t.detach() * 0, x, fast_mode: fast));
        Assert.False(autograd.gradcheck(Wrong, x, raise_exception: false, fast_mode: fast));
    }

    // Twice its operand, with three times its gradient.
    private static Tensor Wrong(Tensor x)
    {
        var y = x * 3;
        y.data = x.data * 2;
        return y;
    }

    private static string Told(Func<Tensor, Tensor> f, Tensor x, bool fast = false) => Assert.ThrowsAny<PythonError>(() => autograd.gradcheck(f, x, fast_mode: fast)).Message;

    private const string Real = "Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor([[2.0000, 0.0000],\n        [0.0000, 2.0000]], dtype=torch.float64)\nanalytical:tensor([[3., 0.],\n        [0., 3.]], dtype=torch.float64)\n";

    // What is told is PyTorch 2.6's, to the last digit.
    [Fact]
    public void A_wrong_Jacobian_is_shown_beside_the_right_one()
    {
        var x = Exact(1, 2);
        var z = tensor((System.Numerics.Complex[])[new(1, 1), new(2, -3)], requires_grad: true);
        Assert.Equal(Real, Told(Wrong, x));
        Assert.Equal("While considering the imaginary part of complex outputs only, " + Real, Told(t => complex(t * 1, Wrong(t)), x));
        Assert.Equal("While considering the real part of complex outputs only, " + Real, Told(t => complex(Wrong(t), t * 1), x));
        Assert.Equal("While considering the imaginary part of complex outputs only, Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor([[0.+2.0000j, 0.+0.0000j],\n        [0.+0.0000j, 0.+2.0000j]], dtype=torch.complex128)\nanalytical:tensor([[0.+3.j, 0.+0.j],\n        [0.+0.j, 0.+3.j]], dtype=torch.complex128)\n", Told(Wrong, z));
        Assert.Equal("Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor([[1.4142+1.4142j, 0.0000+0.0000j],\n        [0.0000+0.0000j, 1.1094-1.6641j]], dtype=torch.complex128)\nanalytical:tensor([[2.1213+2.1213j, 0.0000+0.0000j],\n        [0.0000+0.0000j, 1.6641-2.4962j]], dtype=torch.complex128)\n", Told(t => Wrong(t).abs(), z));
        Assert.StartsWith("Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor(0.8912+0.1390j, dtype=torch.complex128)\nanalytical:tensor(1.3369+0.2085j, dtype=torch.complex128)\n", Told(t => Wrong(t).abs(), z, fast: true), StringComparison.Ordinal);
        Assert.StartsWith("While considering the imaginary part of complex outputs only, Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor(0.+1.8786j, dtype=torch.complex128)\nanalytical:tensor(0.+2.8178j, dtype=torch.complex128)\n", Told(Wrong, z, fast: true), StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_difference_shows_is_found_too()
    {
        var x = Exact(1, 2);
        Assert.Equal("Numerical gradient for function expected to be zero", Told(t => t.detach() * 2, x));
        Assert.Equal("backward not multiplied by grad_output", Told(t => { var y = t * 2; y.register_hook(g => g + (1 - g.sum())); return y * 1; }, Exact([1])));
        Assert.StartsWith("The 0th input has a dimension with stride 0.", Told(t => t * 1, ones([1], float64, requires_grad: true).expand(3)), StringComparison.Ordinal);
        // Two passes may differ as far as one allows.
        var pass = 0;
        Tensor Drifting(Tensor t)
        {
            var y = t * 2;
            y.register_hook(g => g + g * (1e-7 * pass++));
            return y * 1;
        }
        Assert.StartsWith("Backward is not reentrant", Told(Drifting, x), StringComparison.Ordinal);
        Assert.True(autograd.gradcheck(Drifting, x, nondet_tol: 1e-4));
        Assert.Contains("The tolerance for nondeterminism was 1e-12.", Assert.Throws<autograd.GradcheckError>(() => autograd.gradcheck(Drifting, x, nondet_tol: 1e-12)).Message);
    }

    [Fact]
    public void The_power_zero_has_no_slope_anywhere()
    {
        foreach (var f in (Func<Tensor, Tensor>[])[x => x.pow(0), x => x.pow(tensor(0.0)), x => x.pow(zeros(3))])
        {
            var x = Leaf(0, 1, -2);
            f(x).sum().backward();
            Assert.Equal("tensor([0., 0., 0.])", x.grad!.ToString().Replace("-0.", "0."));
        }
    }

    [Fact]
    public void Equals_share_the_gradient_of_the_one_that_is_picked()
    {
        foreach (var f in (Func<Tensor, Tensor>[])[x => x.min(), x => x.max(), x => x.median(), x => x.nanmedian()])
            foreach (var at in (double[][])[[1, 0, 1, 0, 1, 0], [double.NaN, double.NaN, double.NaN]])
            {
                var x = Exact(at);
                f(x).backward();
                Assert.Equal(1.0, x.grad!.sum().item<double>(), 12);
                Assert.Equal(3, x.grad.to_array<double>().Count(g => g == 1.0 / 3));
            }
    }
}
