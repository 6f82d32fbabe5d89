using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Autograd;

/// <summary>log Σ exp and softmax at once, with one backward for both.</summary>
internal sealed class SeveralResults : autograd.Function<(Tensor LogSum, Tensor Shares)>
{
    public override (Tensor, Tensor) forward(autograd.FunctionCtx ctx, params Tensor[] inputs)
    {
        var x = inputs[0];
        var most = x.amax(1, keepdim: true);
        var e = (x - most).exp();
        var sum = e.sum(1, keepdim: true);
        var shares = e / sum;
        ctx.save_for_backward(shares);
        return ((most + sum.log()).squeeze(1), shares);
    }

    public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs)
    {
        var (p, toSum, toShares) = (ctx.saved_tensors[0], grad_outputs[0], grad_outputs[1]);
        return [toSum.unsqueeze(1) * p + p * (toShares - (toShares * p).sum(1, keepdim: true))];
    }

    public static (double, double, double)[] Run()
    {
        manual_seed(0);
        var x = randn([4, 5], dtype: float64, requires_grad: true);
        var (logSum, shares) = new SeveralResults().apply(x);
        var loss = logSum.sum() + (shares * shares).sum();
        loss.backward();
        // Its derivative is one: differences say so too.
        if (!autograd.gradcheck(v => new SeveralResults().apply(v[0]) is var (a, b) ? [a, b] : [], [x])) throw new InvalidOperationException("the backward is wrong");
        return [((double)loss, 8.870083451897699, 1e-12), ((double)x.grad!.norm(), 1.3033695112746153, 1e-12)];
    }
}
