using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Notebooks;

/// <summary>The attributes of tensors, requires_grad in place, no_grad, and backward with and without arguments.</summary>
public sealed class N004(TextWriter output) : Notebook(output)
{
    /// <inheritdoc/>
    protected override void Run()
    {
        Tensor x = zeros(1), y = x, z = x, a = x, b = x, result = x;
        Cell("2", () =>
        {
            x = ones([2, 2], requires_grad: true);
            Print(x);
        });
        Cell("3", () =>
        {
            y = x + 2;
            Print(y);
            Print(y.grad_fn);
        });
        Cell("5", () =>
        {
            z = y * y * 3;
            Print(z);
            result = z.mean();
            Print(result);
        });
        Cell("6", () =>
        {
            manual_seed(0);
            a = randn(2, 2);
            a = a * 3 / (a - 1);
            Print(a.requires_grad);
            a.requires_grad_(true);
            Print(a.requires_grad);
            b = (a * a).sum();
            Print(b.grad_fn);
        });
        Cell("7", () =>
        {
            a.detach().fill_(9.0);
            Print(a);
            using (no_grad()) a[..] = 11.0;
            Print(a);
        });
        Cell("7b what if b is then differentiated (a was saved for a*a)", () => b.backward());
        Cell("7c outside no_grad", () => { a[..] = 11.0; });
        Cell("8", () =>
        {
            x = ones([2, 2], requires_grad: true);
            y = x + 2;
            z = y * y * 3;
            result = z.mean();
        });
        Cell("9", () =>
        {
            result.backward(create_graph: true);
            Print(x.grad);
        });
        Cell("None", () =>
        {
            autograd.backward(result, create_graph: true);
            Print(x.grad);
            autograd.backward(result, create_graph: true);
            Print(x.grad);
        });
        Cell("10", () =>
        {
            x = ones([2], requires_grad: true);
            z = x + 2;
            z.backward(ones_like(z));
            Print(x.grad);
        });
        Cell("10b twice without retain_graph: add saves nothing", () =>
        {
            z.backward(ones_like(z));
            Print(x.grad);
        });
        Cell("11", () =>
        {
            x = ones([2], requires_grad: true);
            z = x + 2;
            z.sum().backward();
            Print(x.grad);
        });
        Cell("15", () =>
        {
            x = tensor(new[] { 1680.4718f, -246.4453f, 961.9392f }) / 1024;
            x.requires_grad_();
            y = x * 2;
            while (y.data.norm() < 1000) y = y * 2;
            Print(y);
        });
        Cell("16", () =>
        {
            var v = tensor(new[] { 0.1, 1.0, 0.0001 }, dtype: @float);
            y.backward(v);
            Print(x.grad);
        });
        Cell("16b attributes table", () =>
        {
            foreach (var t in (Tensor[])[x, y]) Print(t.dtype, t.device, t.requires_grad, t.is_leaf, t.grad_fn, t.data);
        });
    }
}
