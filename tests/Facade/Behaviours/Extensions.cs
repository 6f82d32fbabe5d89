using static Facade.Transcript;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>What functions of one’s own, modes, dual numbers and recorded operations tell.</summary>
internal static class Extensions
{
    private sealed class S(Func<Tensor, Tensor> f, Func<FunctionCtx, Tensor, Tensor?[]> b) : Function
    {
        public override Tensor forward(params Tensor[] inputs) => f(inputs[0]);

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => b(ctx, grad_outputs[0]);
    }

    private sealed class Positive(Say say) : Function<(Tensor, Tensor)>
    {
        public override (Tensor, Tensor) forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            var positive = inputs[0] > 0;
            ctx.mark_non_differentiable(positive);
            return (inputs[0] * 2, positive);
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs)
        {
            say(grad_outputs[1]);
            return [grad_outputs[0] * 2];
        }
    }

    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["anomaly: check_nan=False"] = (say => { using (set_detect_anomaly(true, check_nan: false)) { var x = Leaf(0); (sqrt(x) * 0).backward(); say(x.grad); } }, "tensor(nan)"),
        ["inference tensor view + in-place of normal tensor in inference mode: ok"] = (say => { var x = ones(2); using (inference_mode()) x.add_(1); say(x, x._version); }, "tensor([2., 2.]) 1"),
        ["leaf in-place in inference mode"] = (say => { var x = Leaf(1, 2); using (inference_mode()) x.add_(1); say(x); }, "tensor([2., 3.], requires_grad=True)"),
        ["Function: returns input unmodified (identity) gets a view"] = (say => { var x = Leaf(1); var y = new S(t => t, (_, g) => [g * 2]).apply(x); say(y); y.backward(); say(x.grad); }, "tensor(1., grad_fn=<SBackward>)\ntensor(2.)"),
        ["Function: mark_non_differentiable output used in backward"] = (say => { var (y, i) = new Positive(say).apply(Leaf(1)); say(i.requires_grad, y); y.backward(); }, "False tensor(2., grad_fn=<PositiveBackward>)\ntensor(False)"),
        ["Function: needs_input_grad / None for non-needed"] = (say => { new S(t => t * 2, (ctx, g) => { say(ctx.needs_input_grad); return [g * 2, null]; }).apply(Leaf(1), tensor(2.0)).backward(); }, "[True, False]"),
        ["forward AD: repr of dual"] = (say => { using var level = forward_ad.dual_level(); var d = forward_ad.make_dual(ones(2), tensor((float[])[3, 4])); say(d); say(d * d); }, "tensor([1., 1.], tangent=tensor([3., 4.]))\ntensor([1., 1.], tangent=tensor([6., 8.]))"),
        ["node API"] = (say =>
        {
            var x = Leaf(1);
            var y = (x * 2).exp();
            var n = y.grad_fn!;
            var next = n.next_functions[0].Fn!;
            say(n.name(), n.metadata.Count, next.name(), string.Join(' ', next.next_functions.Select(e => $"{e.Fn?.name() ?? "None"} {e.Nr}")), ReferenceEquals(n._saved_result, y), n._saved_result == y);
        }, "ExpBackward0 0 MulBackward0 AccumulateGrad 0 None 0 False tensor(True)"),
    };
}
