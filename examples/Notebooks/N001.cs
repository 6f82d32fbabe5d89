using Functional.Autograd;
using static Functional.Autograd.torch;
using th = Functional.Autograd.torch;

namespace Notebooks;

/// <summary>Norms and means, Jacobian rows one by one, and second derivatives through create_graph.</summary>
public sealed class N001(TextWriter output) : Notebook(output)
{
    private static Tensor F(Tensor x) => th.sqrt(th.sum(th.pow(x, 2), dim: 0));

    private static Tensor G(Tensor x, Tensor y, Tensor z) => (th.log(x.pow(2) + y.pow(2)) + z * x * y).mean();

    /// <inheritdoc/>
    protected override void Run()
    {
        const int n = 10;
        Tensor x = zeros(1), y = x, z = x, result = x;
        Cell("1 (0.3.1 era; cuda removed; fixed seed)", () =>
        {
            th.manual_seed(0);
            x = th.randn(n);
            x = Variable(x, requires_grad: true);
        });
        Cell("12", () =>
        {
            Print(x.grad);
            Print(x.grad_fn);
            Print(x.data);
        });
        Cell("33", () =>
        {
            result = F(x);
            Print(result);
        });
        Cell("create_graph", () => result.backward(create_graph: true));
        Cell("35", () =>
        {
            Print(x.grad);
            Print(result.grad_fn);
        });
        Cell("36", () => x.grad!.data.zero_());
        Cell("36b", () => Print(x.grad));
        Cell("g", () =>
        {
            x = Variable(th.randn(n), requires_grad: true);
            y = Variable(th.randn(n), requires_grad: true);
            z = Variable(th.randn(n), requires_grad: false);
        });
        Cell("60", () => result = G(x, y, z));
        Cell("bw", () => result.backward());
        Cell("62", () => x.grad);
        Cell("62b", () => Print(z.grad, y.grad));
        Jacobian();
        SecondOrder();
    }

    private void Jacobian()
    {
        Tensor x = zeros(1), y = x;
        Cell("74", () =>
        {
            x = Variable(th.FloatTensor(new[,] { { 2, 1 } }), requires_grad: true);
            var m = Variable(th.FloatTensor(new[,] { { 1, 2 }, { 3, 4 } }));
            y = th.mm(x, m);
            Print("y:", y);
            Print("M :", m);
        });
        Cell("76", () =>
        {
            y.backward(th.FloatTensor(new[,] { { 1, 0 } }), create_graph: true);
            Print(x.grad!.data);
            x.grad.data.zero_();
            y.backward(th.FloatTensor(new[,] { { 0, 1 } }), create_graph: true);
            Print(x.grad.data);
            return x.grad.data.zero_();
        });
        Cell("76b", () => Print(x.grad));
    }

    private void SecondOrder()
    {
        Tensor x = zeros(1), y = x, result = x;
        Tensor? xGrad = null;
        Cell("34 (fixed inputs: seed output implies 2x+y etc.)", () =>
        {
            th.manual_seed(0);
            x = Variable(th.randn(2, 2), requires_grad: true);
            y = Variable(th.randn(2, 2), requires_grad: true);
            return result = x.pow(2) + x * y + y.pow(2);
        });
        Cell("bw2", () =>
        {
            result.backward(th.ones(2, 2), create_graph: true);
        });
        Cell("36x", () => xGrad = x.grad);
        Cell("37", () => 2 * x + y);
        Cell("37b", () => Print(ReferenceEquals(xGrad, x.grad), y.grad));
        Cell("38", () =>
        {
            x.grad!.data.zero_();
            xGrad!.backward(th.ones(2, 2));
            return x.grad;
        });
        Cell("38b", () => Print(x.grad, y.grad));
        Cell("38c identity after accumulate", () => Print(ReferenceEquals(xGrad, x.grad), xGrad));
    }
}
