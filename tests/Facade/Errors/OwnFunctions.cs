using static Facade.Transcript;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>Errors of functions with derivatives of their own.</summary>
internal static class OwnFunctions
{
    private sealed class Exponential : Function
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            var y = inputs[0].exp();
            ctx.save_for_backward(y);
            return y;
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0] * ctx.saved_tensors[0]];
    }

    private class Squared : Function
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.save_for_backward(inputs[0]);
            return inputs[0] * inputs[0];
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => [2 * ctx.saved_tensors[0] * grad_outputs[0]];
    }

    private sealed class Once : Squared
    {
        protected override bool once_differentiable => true;
    }

    private sealed class S(Func<Tensor, Tensor, Tensor> f, Func<Tensor, Tensor?[]> b) : Function
    {
        public override Tensor forward(params Tensor[] inputs) => f(inputs[0], inputs[^1]);

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => b(grad_outputs[0]);
    }

    private sealed class Forward : Function
    {
        public override Tensor forward(params Tensor[] inputs) => inputs[0] * 2;
    }

    private sealed class Dirty(bool returned) : Function
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            inputs[0].add_(1);
            ctx.mark_dirty(inputs[0]);
            return returned ? inputs[0] : inputs[0] * 1;
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => grad_outputs;
    }

    public static readonly Dictionary<string, (Action<Say> Do, string Told)> Cases = new()
    {
        ["custom Function ctx.saved_tensors after free"] = (say => { var y = new Exponential().apply(Leaf(2)); y.backward(); y.backward(); }, "!! RuntimeError: " + Twice),
        ["once_differentiable, differentiate twice"] = (say => { var x = Leaf(3); var g = grad(new Once().apply(x), x, create_graph: true)[0]!; say(g); g.backward(); }, "tensor(6.)\n!! RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"),
        ["Function: backward returns too few gradients"] = (say => new S((x, y) => x * y, g => [g]).apply(Leaf(1), Leaf(2)).backward(), "!! RuntimeError: function SBackward returned an incorrect number of gradients (expected 2, got 1)"),
        ["Function: backward returns too many"] = (say => new S((x, _) => x * 2, g => [g, g]).apply(Leaf(1)).backward(), "!! RuntimeError: function SBackward returned an incorrect number of gradients (expected 1, got 2)"),
        ["Function: wrong gradient shape"] = (say => new S((x, _) => x * 2, g => [ones(3)]).apply(Leaf(1, 2)).sum().backward(), "!! RuntimeError: Function SBackward returned an invalid gradient at index 0 - got [3] but expected shape compatible with [2]"),
        ["Function: no backward"] = (say => new Forward().apply(Leaf(1)).backward(), "!! NotImplementedError: You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD."),
        ["Function: mark_dirty of a leaf"] = (say => new Dirty(returned: true).apply(Leaf(1)), "!! RuntimeError: a leaf Variable that requires grad has been used in an in-place operation."),
        ["Function: mark_dirty and not returned"] = (say => new Dirty(returned: false).apply(Leaf(1) * 1), "!! RuntimeError: Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function."),
        ["Function: setup_context missing and generate_vmap_rule"] = (say => { var x = Leaf(1); new S((t, _) => t * 2, g => [g * 2]).apply(x).backward(); say(x.grad); }, "tensor(2.)"),
        ["Function: saved input modified in-place"] = (say => { var x = Leaf(3) * 1; var y = new Squared().apply(x); x.add_(1); y.backward(); }, "!! RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor []], which is output 0 of AddBackward0, is at version 1; expected version 0 instead. " + Hint),
    };
}
