using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Notebooks;

/// <summary>Scalars, in-place operations, a quadratic minimised by hand, .data against .detach, and a sampled gradient.</summary>
public sealed class N000(TextWriter output) : Notebook(output)
{
    /// <inheritdoc/>
    protected override void Run()
    {
        var x = tensor(0.5, requires_grad: true);
        var y = tensor(4.2, requires_grad: true);
        Cell("2", () =>
        {
            var z = x * y + sin(x);
            Print("z = " + Text(z.item()));
            z.backward();
            Print("dz/dx = " + Text(x.grad!.item()));
            Print("dz/dy = " + Text(y.grad!.item()));
            Print(z, x.grad, y.grad, z.grad_fn);
        });
        Cell("None-a (loop; as written it never ends: i is not incremented; run here with i = i + 1)", () =>
        {
            x = tensor(0.5, requires_grad: true);
            var z = tensor(1.0, requires_grad: true);
            for (var i = 0; i < 2; i++) z = (z + tensor((double)i, requires_grad: true)) * x * x;
            Print("z = " + Text(z.item()));
            z.backward();
            Print("dz/dx = " + Text(x.grad!.item()));
        });
        Cell("4", () =>
        {
            x = tensor(1.0, requires_grad: true);
            y.add_(3);
            y.backward();
        });
        Cell("4-note (text says y = x.tanh())", () =>
        {
            x = tensor(1.0, requires_grad: true);
            y = x.tanh();
            y.add_(3);
            y.backward();
        });
        Cell("3a", () =>
        {
            x = tensor(new[] { 1, 2, 3, 4 }, requires_grad: true, dtype: @float);
            Print(x);
            y = x[..1];
            Print(y);
            y.add_(3);
            y.backward();
        });
        Cell("3a-int dtype", () => tensor(new[] { 1, 2, 3, 4 }, requires_grad: true));
        Cell("12", () =>
        {
            x = tensor(new[,] { { 1f }, { 1f } }, requires_grad: true);
            var zv = tensor(new[,] { { 2f }, { 4f } }) * x + tensor(new[,] { { 1f }, { 0f } }) * sin(x) + tensor(new[,] { { 0f }, { 1f } }) * cos(x);
            zv.backward(tensor(new[,] { { 1f }, { 1f } }));
            Print(x.grad);
            Print(zv);
        });
        Descent();
        InPlace();
        Sampling();
    }

    private static Tensor Quadratic(Tensor x) => x[0].pow(2) + x[1].pow(2) + x[2].pow(2);

    private void Descent()
    {
        var initial = new[,] { { 2.0 }, { 1.0 }, { 10.0 } };
        var x = tensor(initial, requires_grad: true, dtype: @float);
        Tensor? j = null;
        Cell("20 (as written)", () =>
        {
            for (var i = 0; i < 100; i++)
            {
                x.grad = null;
                j = Quadratic(x);
                j.backward();
                x = x - x.grad! * 0.1;
                Print(x.requires_grad);
                if (i % 10 == 0) Print([(object?[])[x.grad_fn, Quadratic(x).item()]]);
            }
        });
        Cell("20 (x.data version, which is what produced the stored output)", () =>
        {
            x = tensor(initial, requires_grad: true, dtype: @float);
            for (var i = 0; i < 100; i++)
            {
                x.grad = null;
                j = Quadratic(x);
                j.backward();
                x.data = x - x.grad! * 0.1;
                if (i % 10 == 0) Print(x.requires_grad, (object?[])[x.grad_fn, Quadratic(x).item()]);
            }
        });
        Cell("20 (x.data -= version)", () =>
        {
            x = tensor(initial, requires_grad: true, dtype: @float);
            for (var i = 0; i < 100; i++)
            {
                x.grad = null;
                j = Quadratic(x);
                j.backward();
                x.data.sub_(x.grad! * 0.1);
                if (i % 10 == 0) Print(x.requires_grad, (object?[])[x.grad_fn, Quadratic(x).item()]);
            }
        });
        Cell("20 J", () => j);
    }

    private void InPlace()
    {
        var a = tensor(new[,] { { 0.3982f, 1.1602f }, { -0.8490f, 1.8391f } }, requires_grad: true);
        Cell("10", () =>
        {
            Print(a);
            Print(a.requires_grad);
            a = a * 3 / (a - 1);
            Print(a.requires_grad);
            a.requires_grad_(false);
            Print(a.requires_grad);
        });
        Cell("10b", () =>
        {
            Print(a);
            var b = (a * a).sum();
            Print(b.requires_grad);
            Print(b.grad_fn);
        });
        Cell("10c (setter)", () => { a.requires_grad = false; });
        Cell("10-randn with a tuple size", () =>
        {
            manual_seed(0);
            return randn([2, 2], requires_grad: true);
        });
        Cell("20-text .data vs .detach: data", () =>
        {
            a = tensor(new[] { 1f, 2f, 3f }, requires_grad: true);
            var o = a.sigmoid();
            var c = o.data;
            Print(c, c.requires_grad);
            c.zero_();
            Print(o);
            o.sum().backward();
            Print(a.grad);
            Print("(PyTorch gives zeros here, silently wrong: the recorded sigmoid holds the value that it computed)");
        });
        Cell("20-text .data vs .detach: detach", () =>
        {
            a = tensor(new[] { 1f, 2f, 3f }, requires_grad: true);
            var o = a.sigmoid();
            var c = o.detach();
            Print(c, c.requires_grad);
            c.zero_();
            Print(o);
            o.sum().backward();
        });
    }

    private void Sampling()
    {
        Tensor mu = tensor(1.0, requires_grad: true), sigma = tensor(1.0, requires_grad: true), z = mu;
        Cell("21", () =>
        {
            manual_seed(0);
            for (var i = 0; i < 10; i++)
            {
                mu.grad = null;
                sigma.grad = null;
                z = mu + sigma * randn(1);
                z.backward();
                Print("z:", z.item(), "\tdzdmu:", mu.grad!.item(), "\tdzdsigma:", sigma.grad!.item());
            }
        });
        Cell("21b shapes", () => Print(z, mu.grad, z.grad_fn, z.shape));
    }
}
