using Functional.Autograd;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.func;

namespace Autograd;

/// <summary>Derivatives along a direction at the cost of the function: dual tensors, Hessian–vector products, a Hessian by forward over reverse.</summary>
internal static class ForwardMode
{
    private static Tensor Rosenbrock(Tensor x)
    {
        var (here, next) = (x[..^1], x[1..]);
        return (100 * (next - here.pow(2)).pow(2) + (1 - here).pow(2)).sum();
    }

    public static (double, double, double)[] Run()
    {
        var x = linspace(-1, 1, 10, dtype: float64);
        var v = linspace(0, 1, 10, dtype: float64);

        var (_, along) = jvp(Rosenbrock, x, v);
        var (_, product) = jvp(func.grad<Tensor>(Rosenbrock), x, v);
        var smallest = linalg.eigvalsh(hessian(Rosenbrock)(x)).min();

        Tensor? tangent;
        using (autograd.forward_ad.dual_level())
            tangent = autograd.forward_ad.unpack_dual(Rosenbrock(autograd.forward_ad.make_dual(x, v))).tangent;

        return [((double)along, -191.7512574302698, 1e-12), ((double)tangent!, -191.7512574302698, 1e-12), ((double)product.norm(), 452.7086194696906, 1e-12), ((double)smallest, -64.79206872356508, 1e-10)];
    }
}
