using static Facade.Transcript;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.autograd;

namespace Facade;

/// <summary>Functions with derivatives of their own: values, missing gradients, wrong ones, and ones that are not numbers.</summary>
public class OwnFunctionTests
{
    private sealed class Weighted(double weight) : Function
    {
        public override Tensor forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.save_for_backward(inputs);
            return inputs[0] + weight * inputs[1] + inputs[0] * inputs[1];
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs)
        {
            var (g, saved) = (grad_outputs[0], ctx.saved_tensors);
            return [g + g * saved[1], g * weight + g * saved[0]];
        }
    }

    [Fact]
    public void A_derivative_of_ones_own_is_differentiated_like_any_other()
    {
        var (x, y, seed) = (Exact(0.5, -1, 2), Exact(3, 0.25, -2), tensor(1.0, float64, requires_grad: true));
        var both = grad([new Weighted(2).apply(x, y).sum()], [x, y], [seed], create_graph: true);
        Assert.Equal([4, 1.25, -1], both[0]!.detach().to_array<double>());
        Assert.Equal([2.5, 1, 4], both[1]!.detach().to_array<double>());
        // The mixed second derivative is 1, and the seed is a factor of all.
        var second = grad([both[0]!.sum()], [y, seed]);
        Assert.Equal([1, 1, 1], second[0]!.to_array<double>());
        Assert.Equal(4.25, second[1]!.item<double>(), 12);
        Assert.True(gradcheck(t => new Weighted(2).apply(t), [x, y]) && gradgradcheck(t => [new Weighted(2).apply(t)], [x, y]));
    }

    private sealed class Pair(bool materialize, Action<Tensor?[]> seen) : Function<(Tensor, Tensor)>
    {
        public override (Tensor, Tensor) forward(FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.set_materialize_grads(materialize);
            return (inputs[0] * 2, inputs[0] * 3);
        }

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs)
        {
            seen(grad_outputs);
            return [grad_outputs[0] * 2];
        }
    }

    [Fact]
    public void A_gradient_that_is_missing_is_zeros_or_nothing()
    {
        foreach (var materialize in (bool[])[true, false])
        {
            var x = Leaf(1, 2);
            Tensor?[] seen = [];
            new Pair(materialize, g => seen = g).apply(x).Item1.sum().backward();
            Assert.Equal("tensor([2., 2.])", x.grad!.ToString());
            Assert.Equal(materialize ? "tensor([0., 0.])" : null, seen[1]?.ToString());
        }
    }

    private sealed class Giving(params double[][] gradients) : Function
    {
        public override Tensor forward(params Tensor[] inputs) => inputs[0] * 2;

        public override Tensor?[] backward(FunctionCtx ctx, params Tensor[] grad_outputs) => [.. gradients.Select(g => tensor(g, float32))];
    }

    [Fact]
    public void A_gradient_of_another_shape_is_refused_and_changes_nothing()
    {
        var (x, w) = (Leaf(1, 2), Leaf(3, 4));
        var loss = (new Giving([1, 2, 3]).apply(x) * w).sum();
        Assert.Equal("Function GivingBackward returned an invalid gradient at index 0 - got [3] but expected shape compatible with [2]", Assert.Throws<RuntimeError>(() => loss.backward()).Message);
        Assert.All((Tensor[])[x, w], t => Assert.Null(t.grad));
        // A larger one that was broadcast is summed.
        var single = ones([1], requires_grad: true);
        new Giving([1, 2, 3]).apply(single).backward();
        Assert.Equal("tensor([6.])", single.grad!.ToString());
    }

    private const string Enabled = "~~ UserWarning: Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.";

    [Fact]
    public void An_anomaly_names_the_operation_and_the_operand()
    {
        var (x, y) = (Leaf(1, 2), Leaf(3, 4));
        // Outside it is nobody's business.
        new Giving([double.NaN, 1], [1, 1]).apply(x, y).sum().backward();
        Assert.Equal("tensor([nan, 1.])", x.grad!.ToString());
        foreach (var (nr, gradients) in (double[][][])[[[double.NaN, 1], [1, 1]], [[1, 1], [1, double.NaN]]] is var rows ? rows.Index() : [])
        {
            Assert.Equal($"!! RuntimeError: Function 'GivingBackward' returned nan values in its {nr}th output.\n{Enabled}\n~~ UserWarning: Error detected in GivingBackward. Traceback of forward call that caused the error:\n", Of(_ =>
            {
                using var mode = detect_anomaly();
                new Giving(gradients).apply(x, y).sum().backward();
            }));
            // Recorded before, it has no place.
            var before = new Giving(gradients).apply(x, y).sum();
            Assert.Equal($"!! RuntimeError: Function 'GivingBackward' returned nan values in its {nr}th output.\n{Enabled}\n~~ UserWarning: Error detected in GivingBackward. No forward pass information available. Enable detect anomaly during forward pass for more information.", Of(_ =>
            {
                using var mode = detect_anomaly();
                before.backward();
            }));
        }
    }

    [Fact]
    public void An_anomaly_may_be_let_pass()
    {
        var x = Leaf(1, 2);
        Assert.Equal(Enabled, Of(_ =>
        {
            using var mode = detect_anomaly(check_nan: false);
            new Giving([double.NaN, 1]).apply(x).sum().backward();
        }));
        Assert.Equal("tensor([nan, 1.])", x.grad!.ToString());
    }
}
