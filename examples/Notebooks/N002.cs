using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Notebooks;

/// <summary>Matrix products, autograd.grad, retain_graph, detach, retain_grad, and gradients of gradients.</summary>
public sealed class N002(TextWriter output) : Notebook(output)
{
    /// <inheritdoc/>
    protected override void Run()
    {
        Elementwise();
        Products();
        Histories();
        Second();
    }

    private void Elementwise()
    {
        Tensor x = zeros(1), y = x, z = x;
        Tensor?[] dx = [], dy = [];
        Cell("3", () =>
        {
            manual_seed(0);
            x = randn([5, 3], requires_grad: true);
            y = randn(3, 5);
            z = mm(x, y);
            Print(z.grad_fn);
        });
        Cell("4 (inputs fixed to the seed's printed x)", () =>
        {
            x = tensor(new[,]
            {
                { -4.8153e-01f, -1.3644e+00f, 1.5768e-01f },
                { 1.9485e-01f, -5.8349e-01f, 3.2768e-01f },
                { -1.7590e+00f, -8.1949e-04f, -1.5361e+00f },
                { 1.5284e+00f, 1.1169e+00f, 1.6429e+00f },
                { 4.4778e-01f, -2.1676e-01f, 9.8591e-01f },
            }, requires_grad: true);
            y = randn([5, 3], requires_grad: true);
            z = x.pow(2) + 3 * y;
            z.backward(gradient: ones(5, 3));
            Print(x);
        });
        Cell("5", () => x.grad);
        Cell("6", () => y.grad);
        Cell("7", () => eq(x.grad!, 2 * x));
        Cell("8", () =>
        {
            x = randn([5, 3], requires_grad: true);
            y = randn([5, 3], requires_grad: true);
            z = x.pow(2) + 3 * y;
            dx = autograd.grad(z, x, grad_outputs: ones(5, 3));
            dy = autograd.grad(z, y, grad_outputs: ones(5, 3));
        });
        Cell("8c same input twice", () => { dx = autograd.grad(z, x, grad_outputs: ones(5, 3)); });
        Cell("8d the y branch again (3*y saves no tensor for y: no error)", () => autograd.grad(z, y, grad_outputs: ones(5, 3))[0]![0]);
    }

    private void Products()
    {
        Tensor x = zeros(1), w = x, b = x, o = x;
        Tensor?[] first = [], second = [];
        Cell("10 (fixed to seed values)", () =>
        {
            x = tensor(new[,]
            {
                { 0.2177f, -2.6580f, 1.0147f },
                { -0.6363f, -0.6095f, 1.7360f },
                { -0.3301f, -1.1459f, 0.1440f },
                { 1.2289f, 1.0900f, -0.4834f },
                { 1.5760f, -0.5638f, -0.1654f },
            }, requires_grad: true);
            w = tensor(new[,]
            {
                { 1.2075f, 0.0066f, 0.8835f, -0.1077f, 1.9702f, -0.9342f, 1.1622f, -0.3672f, -0.8283f, -1.8957f },
                { 1.9502f, 1.4504f, 0.6729f, 1.2803f, -0.9831f, 1.2466f, -0.5352f, -0.4427f, -0.5211f, 0.1783f },
                { 1.7587f, 0.4763f, 0.1377f, -0.1767f, -0.4174f, -2.3581f, -0.0181f, -0.5909f, 0.1494f, -0.0503f },
            }, requires_grad: true);
            b = tensor(new[] { -1.2090f, 2.4478f, 0.6289f, -0.4855f, -0.1159f, -0.5819f, 0.0804f, 0.0051f, 0.8396f, 0.3468f }, requires_grad: true);
            Print(x.data);
            Print(w.data);
            Print(b.data);
        });
        Cell("11", () =>
        {
            o = matmul(x, w) + b;
            Print(o);
            first = autograd.grad(o, [x, w, b], grad_outputs: ones(5, 10));
        });
        Cell("12", () =>
        {
            Print("Gradients of o w.r.t inputs in Graph 1");
            Print($"do/dx : \n\n {first[0]} ");
            Print($"do/dw : \n\n {first[1]} ");
            Print($"do/db : \n\n {first[2]} ");
        });
        Cell("13", () =>
        {
            o = matmul(x, w) / b;
            second = autograd.grad(o, [x, w, b], grad_outputs: ones(5, 10));
        });
        Cell("14", () =>
        {
            Print("Gradients of o w.r.t inputs in Graph 2");
            Print($"do/dx : \n {second[0]} ");
            Print($"do/dw : \n {second[1]} ");
            Print($"do/db : \n {second[2]} ");
        });
        Cell("15", () =>
        {
            o = mm(x, w) + b;
            o.backward(ones(5, 10));
        });
        Cell("16", () =>
        {
            o = o.pow(3);
            o.backward(ones(5, 10));
        });
        Cell("16b what was accumulated before the failure", () =>
        {
            Print(x.grad, b.grad);
            Print("(PyTorch leaves half of the failed pass in b.grad; here a pass that fails changes nothing)");
        });
        Cell("17 (in the seed, cell 16 raised before b got anything; x.grad holds cell 15)", () =>
        {
            o = mm(x, w) + b;
            o.backward(ones(5, 10), retain_graph: true);
        });
        Cell("18", () =>
        {
            o.backward(ones(5, 10), retain_graph: true);
            Print(x.grad);
        });
    }

    private void Histories()
    {
        Tensor x = zeros(1), y = x, z = x, o = x, m1 = x, m2 = x, m3 = x;
        Cell("19", () =>
        {
            x = randn([3, 5], requires_grad: false);
            y = randn([3, 5], requires_grad: false);
            z = randn([3, 5], requires_grad: true);
        });
        Cell("20", () =>
        {
            o = x + y;
            Print($" o = x + y requires grad ? : {Text(o.requires_grad)} ");
            o = x + y + z;
            Print($" o = x + y + z requires grad ? : {Text(o.requires_grad)} ");
        });
        Cell("21-24", () =>
        {
            manual_seed(0);
            x = randn([3, 5], requires_grad: true);
            y = randn([3, 5], requires_grad: true);
            z = randn([3, 5], requires_grad: true);
            m1 = x + y;
            m2 = z.pow(2);
            m1 = m1.detach();
            m3 = m1 + m2;
            m3.backward(ones(3, 5));
            Print($"dm3/dx \n\n {Text(x.grad)} ");
            Print($"\ndm3/dy \n\n {Text(y.grad)} ");
            Print($"\ndm3/dz \n\n {Text(z.grad)} ");
        });
        Cell("24", () => 2 * z);
        Cell("25-26", () =>
        {
            x = randn([3, 5], requires_grad: true);
            y = randn([3, 5], requires_grad: true);
            z = randn([3, 5], requires_grad: true);
            m1 = x + y;
            m2 = z.pow(2);
            m1.retain_grad();
            m2.retain_grad();
            m3 = m1 * m2;
            m3.backward(ones(3, 5), retain_graph: true);
            Print(m3);
        });
        Cell("27", () =>
        {
            Print($"dm3/dm1 \n\n {m1.grad} ");
            Print($"dm3/dm2 \n\n {m2.grad} ");
        });
        Cell("28", () => (object?[])autograd.grad(m3, [m1, m2], grad_outputs: ones_like(m3)));
        Cell("28b was m1.grad touched by autograd.grad", () => (object?[])[(m1.grad! - m2).abs().max(), m1.retains_grad]);
    }

    private void Second() => Cell("29-30", () =>
    {
        var x = randn([5, 3], requires_grad: true);
        var y = randn([3, 5], requires_grad: true);
        var z = randn([5, 5], requires_grad: true);
        var o = mm(x, y) + z.pow(2);
        var dz = autograd.grad(o, z, grad_outputs: ones(5, 5), retain_graph: true, create_graph: true);
        Print($"do/dz \n\n : {dz[0]} ");
        var l = o.pow(3) + dz[0]!;
        var dl = autograd.grad(l, z, grad_outputs: ones(5, 5));
        Print($"dl/dz \n\n : {dl[0]} ");
    });
}
