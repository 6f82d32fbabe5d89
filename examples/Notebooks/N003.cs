using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Notebooks;

/// <summary>The gradient of y = 2xᵀx, control flow, and head gradients.</summary>
public sealed class N003(TextWriter output) : Notebook(output)
{
    private static Tensor F(Tensor a)
    {
        var b = a * 2;
        while (b.norm().item<double>() < 1000) b = b * 2;
        return b.sum().item<double>() > 0 ? b : 100 * b;
    }

    /// <inheritdoc/>
    protected override void Run()
    {
        Tensor x = zeros(1), y = x, z = x, head = x, a = x, d = x;
        Cell("2", () =>
        {
            x = Variable(arange(4, dtype: float32).reshape(4, 1), requires_grad: true);
            Print(x);
        });
        Cell("4", () =>
        {
            y = 2 * mm(x.t(), x);
            Print(y);
        });
        Cell("5", () => y.backward());
        Cell("6", () =>
        {
            Print("x.grad:", x.grad);
            Print("x.grad_fn:", x.grad_fn);
            Print("y.grad_fn:", y.grad_fn);
        });
        Cell("7", () =>
        {
            Print((x.grad! - 4 * x).norm().item<double>() == 0);
            Print(x.grad);
        });
        Cell("8", () => Print(x.grad! - 4 * x));
        Cell("9", () => Print((x.grad! - 4 * x).norm()));
        Cell("10", () => Print(y));
        Cell("11", () =>
        {
            x = Variable(arange(4, dtype: float32).reshape(4, 1));
            y = 2 * mm(x.t(), x);
            Print(y);
        });
        Cell("11b", () => y.backward());
        Cell("12", () =>
        {
            x = Variable(arange(4, dtype: float32).reshape(4, 1), requires_grad: false);
            y = 2 * mm(x.t(), x);
            Print(y);
        });
        Cell("12b", () => y.backward());
        Cell("13-14", () =>
        {
            a = tensor(new[] { 0.1136f });
            Print(a);
            a.requires_grad = true;
            d = F(a);
            d.backward();
        });
        Cell("15", () =>
        {
            Print("a.grad:", a.grad);
            Print("a.grad_fn:", a.grad_fn);
            Print("d.grad_fn:", d.grad_fn);
        });
        Cell("16", () => Print(a.grad! == d / a));
        Cell("14-neg", () =>
        {
            a = tensor(new[] { -0.1136f }, requires_grad: true);
            d = F(a);
            d.backward();
            Print(a.grad, a.grad! == d / a);
        });
        Cell("17", () =>
        {
            x = Variable(tensor(new[,] { { 0f }, { 1f }, { 2f }, { 3f } }), requires_grad: true);
            y = x * 2;
            z = y * x;
            head = tensor(new[,] { { 10f }, { 1f }, { .1f }, { .01f } });
            z.backward(head);
            Print(x.grad);
        });
        Cell("17b", () => head);
        Cell("18", () =>
        {
            x = Variable(tensor(new[,] { { 0f }, { 1f }, { 2f }, { 3f } }), requires_grad: true);
            y = x * 2;
            z = y * x;
            head = ones_like(y);
            z.backward(head);
            Print(x.grad);
        });
        Cell("18b no argument", () =>
        {
            z = x * 2 * x;
            z.backward();
        });
    }
}
