using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Semantics that people get wrong, as PyTorch 2.6 has them.</summary>
public class AutogradTests
{
    private static Tensor Leaf(params float[] values) => tensor(values, requires_grad: true);

    [Fact]
    public void A_second_backward_is_refused_only_where_something_was_saved()
    {
        var x = Leaf(1, 2);
        var sum = (x + 1).sum();
        sum.backward();
        sum.backward();
        Assert.Equal("tensor([2., 2.])", x.grad!.ToString());
        var y = (x * 2).sum();
        y.backward();
        Assert.StartsWith("Trying to backward through the graph a second time", Assert.Throws<RuntimeError>(() => y.backward()).Message);
    }

    [Fact]
    public void A_failed_backward_changes_no_gradient()
    {
        var (x, w) = (Leaf(1, 2), Leaf(3, 4));
        var y = x * w;
        y.sum().backward();
        var again = (y + x.exp()).sum();
        Assert.Throws<RuntimeError>(() => again.backward());
        Assert.Equal("tensor([3., 4.])", x.grad!.ToString());
    }

    [Fact]
    public void Gradients_accumulate_in_place_and_keep_their_identity()
    {
        var x = Leaf(1, 2);
        (x * 3).sum().backward();
        var alias = x.grad!;
        (x * 3).sum().backward();
        Assert.Same(alias, x.grad);
        Assert.Equal("tensor([6., 6.])", alias.ToString());
        Assert.Equal(1, alias._version);
    }

    [Fact]
    public void Only_what_a_needed_gradient_reads_is_saved()
    {
        var w = tensor(new[,] { { 1f, 2f } }, requires_grad: true);
        var x = tensor(new[,] { { 3f }, { 4f } });
        var y = w.mm(x);
        using (no_grad()) w.mul_(10);
        y.backward();
        Assert.Equal("tensor([[3., 4.]])", w.grad!.ToString());
        var z = w.mm(x);
        x.add_(1);
        Assert.EndsWith("is at version 1; expected version 0 instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True).", Assert.Throws<RuntimeError>(() => z.backward()).Message);
    }

    [Fact]
    public void The_version_error_names_the_current_operation_of_a_saved_input()
    {
        var x = Leaf(1, 2);
        var y = x * 2;
        var z = y * y;
        y.add_(3);
        Assert.Contains("[torch.FloatTensor [2]], which is output 0 of AddBackward0, is at version 1; expected version 0 instead.", Assert.Throws<RuntimeError>(() => z.sum().backward()).Message);
        using (autograd.graph.allow_mutation_on_saved_tensors()) z.sum().backward();
        Assert.Equal("tensor([ 8., 16.])", x.grad!.ToString());
    }

    [Fact]
    public void Writing_through_a_view_rewrites_the_history_of_the_base()
    {
        var x = Leaf(1, 2);
        var b = x * 2;
        var v = b[0];
        v.mul_(10);
        Assert.Equal("<CopySlices", b.grad_fn!.ToString()[..11]);
        Assert.Equal("tensor([20.,  4.], grad_fn=<CopySlices>)", b.ToString());
        Assert.Equal("AsStridedBackward0", v.grad_fn!.name());
        b.sum().backward();
        Assert.Equal("tensor([20.,  2.])", x.grad!.ToString());
    }

    [Fact]
    public void Forbidden_in_place_operations_have_the_known_texts()
    {
        var x = Leaf(1, 2, 3);
        Assert.Equal("a leaf Variable that requires grad is being used in an in-place operation.", Assert.Throws<RuntimeError>(() => x.add_(1)).Message);
        var y = x * 1;
        Assert.StartsWith("Output 0 of UnbindBackward0 is a view and is being modified inplace.", Assert.Throws<RuntimeError>(() => y.unbind()[0].add_(1)).Message);
        Assert.StartsWith("unsupported operation: more than one element of the written-to tensor", Assert.Throws<RuntimeError>(() => tensor(new[] { 1f }).expand(3).add_(1)).Message);
        Assert.Equal("output with shape [1] doesn't match the broadcast shape [3]", Assert.Throws<RuntimeError>(() => tensor(new[] { 1f }).add_(tensor(new[] { 1f, 2f, 3f }))).Message);
        Assert.Equal("result type Float can't be cast to the desired output type Long", Assert.Throws<RuntimeError>(() => tensor(new[] { 1L }).add_(1.5)).Message);
        using (no_grad()) y = x[..2];
        Assert.StartsWith("A view was created in no_grad mode and is being modified inplace with grad mode enabled.", Assert.Throws<RuntimeError>(() => y.add_(1)).Message);
    }

    [Fact]
    public void Bad_calls_have_the_known_texts()
    {
        var x = Leaf(1, 2);
        Assert.Equal("grad can be implicitly created only for scalar outputs", Assert.Throws<RuntimeError>(() => (x * 2).backward()).Message);
        Assert.Equal("element 0 of tensors does not require grad and does not have a grad_fn", Assert.Throws<RuntimeError>(() => tensor(1.0).backward()).Message);
        Assert.Equal("Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([2]).", Assert.Throws<RuntimeError>(() => (x * 2).backward(ones(3))).Message);
        Assert.Equal("got 2 tensors and 1 gradients", Assert.Throws<RuntimeError>(() => autograd.backward([x * 2, x * 3], [ones(2)])).Message);
        Assert.Equal("grad requires non-empty inputs.", Assert.Throws<ValueError>(() => autograd.grad(x.sum(), [])).Message);
        Assert.Equal("`inputs` argument to `backward()` cannot be empty.", Assert.Throws<RuntimeError>(() => x.sum().backward(inputs: [])).Message);
        Assert.StartsWith("One of the differentiated Tensors appears to not have been used in the graph.", Assert.Throws<RuntimeError>(() => autograd.grad(x.sum(), Leaf(1))).Message);
        Assert.Equal("One of the differentiated Tensors does not require grad", Assert.Throws<RuntimeError>(() => autograd.grad(x.sum(), tensor(1.0))).Message);
        Assert.Null(autograd.grad(x.sum(), Leaf(1), allow_unused: true)[0]);
        // A view that was not recorded wants gradients as its base does, and no operation leads to it.
        Tensor part;
        using (no_grad()) part = x.unsqueeze(0);
        Assert.Equal([true, false], autograd.grad((x * 2).sum(), [x, part], allow_unused: true).Select(g => g is not null));
        Assert.Equal("tensor([0.], requires_grad=True)", autograd.grad(x.sum(), Leaf(1), materialize_grads: true)[0]!.ToString());
        Assert.Equal("a Tensor with 2 elements cannot be converted to Scalar", Assert.Throws<RuntimeError>(() => x.item()).Message);
        Assert.Equal("Boolean value of Tensor with more than one value is ambiguous", Assert.Throws<RuntimeError>(() => (bool)x).Message);
        Assert.Equal("can't optimize a non-leaf Tensor", Assert.Throws<ValueError>(() => new optim.SGD([x * 2])).Message);
    }

    [Fact]
    public void Shapes_types_and_positions_that_do_not_fit_have_the_known_texts()
    {
        var (a, b) = (zeros(2, 3), zeros(2, 3));
        Assert.Equal("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", Assert.Throws<RuntimeError>(() => a.mm(b)).Message);
        Assert.Equal("The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0", Assert.Throws<RuntimeError>(() => zeros(2) + zeros(3)).Message);
        Assert.Equal("shape '[4, 2]' is invalid for input of size 6", Assert.Throws<RuntimeError>(() => a.view(4, 2)).Message);
        Assert.StartsWith("view size is not compatible with input tensor's size and stride", Assert.Throws<RuntimeError>(() => a.t().view(6)).Message);
        Assert.Equal("index 5 is out of bounds for dimension 0 with size 3", Assert.Throws<IndexError>(() => zeros(3)[5]).Message);
        Assert.Equal("Dimension out of range (expected to be in range of [-1, 0], but got 2)", Assert.Throws<IndexError>(() => zeros(3).sum(2)).Message);
        Assert.Equal("mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long", Assert.Throws<RuntimeError>(() => arange(3).mean()).Message);
        Assert.Equal("expected m1 and m2 to have the same dtype, but got: float != double", Assert.Throws<RuntimeError>(() => a.mm(b.t().@double())).Message);
        Assert.Equal("Torch not compiled with CUDA enabled", Assert.Throws<AssertionError>(() => a.cuda()).Message);
        Assert.StartsWith("Trying to create tensor with negative dimension -1", Assert.Throws<RuntimeError>(() => zeros(-1)).Message);
        Assert.StartsWith("Storage size calculation overflowed", Assert.Throws<RuntimeError>(() => zeros(1L << 40, 1L << 40)).Message);
        Assert.Equal("Target 7 is out of bounds.", Assert.Throws<IndexError>(() => nn.functional.cross_entropy(zeros(1, 3), tensor(new[] { 7L }))).Message);
        Assert.Throws<RuntimeError>(() => zeros(0).max());
        Assert.Equal("[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4398046511104 bytes. Error code 12 (Cannot allocate memory)", Assert.Throws<RuntimeError>(() => zeros(1L << 40).sum().item()).Message);
    }

    [Fact]
    public void Hooks_run_in_order_and_may_replace_the_gradient()
    {
        var x = Leaf(2);
        var seen = new List<string>();
        var y = x * 3;
        y.register_hook(g => { seen.Add("first " + g); return g * 10; });
        y.register_hook(g => { seen.Add("second " + g); return null; });
        y.retain_grad();
        x.register_post_accumulate_grad_hook(t => seen.Add("after " + t.grad));
        y.backward();
        Assert.Equal(["first tensor([1.])", "second tensor([10.])", "after tensor([30.])"], seen);
        Assert.Equal("tensor([10.])", y.grad!.ToString());
    }

    [Fact]
    public void Operations_run_backward_in_reverse_order_of_their_making()
    {
        var (x, w) = (tensor(2.0, requires_grad: true), tensor(3.0, requires_grad: true));
        var seen = new List<string>();
        var (a, b) = (x * 2, x + 1);
        var c = a * b * w;
        foreach (var (name, t) in new[] { ("x", x), ("w", w), ("a", a), ("b", b), ("c", c) }) t.register_hook(_ => { seen.Add(name); return null; });
        c.backward();
        Assert.Equal(["c", "w", "b", "a", "x"], seen);
    }

    private sealed class Square : autograd.Function
    {
        public override Tensor forward(autograd.FunctionCtx ctx, params Tensor[] inputs)
        {
            ctx.save_for_backward(inputs[0]);
            return inputs[0] * inputs[0];
        }

        public override Tensor?[] backward(autograd.FunctionCtx ctx, params Tensor[] grad_outputs) => [grad_outputs[0] * 2 * ctx.saved_tensors[0]];
    }

    [Fact]
    public void A_custom_function_has_the_derivative_it_states()
    {
        var x = Leaf(3);
        var y = autograd.Function.apply<Square>(x);
        Assert.Equal("tensor([9.], grad_fn=<SquareBackward>)", y.ToString());
        y.backward();
        Assert.Equal("tensor([6.])", x.grad!.ToString());
        Assert.Throws<RuntimeError>(() => y.backward());
    }

    [Fact]
    public void Grad_modes_nest()
    {
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using (enable_grad()) Assert.True((Leaf(1) * 2).requires_grad);
            Assert.False((Leaf(1) * 2).requires_grad);
        }
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Subgradients_at_kinks_are_those_of_the_table()
    {
        static string Gradient(Func<Tensor, Tensor> f, params float[] at)
        {
            var x = tensor(at, requires_grad: true);
            f(x).sum().backward();
            return x.grad!.ToString();
        }

        Assert.Equal("tensor([0.])", Gradient(x => x.relu(), 0));
        Assert.Equal("tensor([0.])", Gradient(x => x.abs(), 0));
        Assert.Equal("tensor([inf])", Gradient(x => x.sqrt(), 0));
        Assert.Equal("tensor([0., 0.])", Gradient(x => x.norm(), 0, 0));
        Assert.Equal("tensor([1., 1.])", Gradient(x => x.clamp(0, 1), 0, 1));
        Assert.Equal("tensor([0.5000, 0.5000])", Gradient(x => x.max(), 1, 1));
        Assert.Equal("tensor([1., 0.])", Gradient(x => x.max(0L).values, 1, 1));
        Assert.Equal("tensor([0.5000])", Gradient(x => x.maximum(tensor(new[] { 1f })), 1));
        Assert.Equal("tensor([6., 0., 0.])", Gradient(x => x.prod(), 0, 2, 3));
        Assert.Equal("tensor([0., 0., 0.])", Gradient(x => x.prod(), 0, 0, 3));
    }

    [Fact]
    public void Indexing_reads_and_writes_as_in_Python()
    {
        var x = arange(6).reshape(2, 3);
        Assert.Equal("tensor([1, 4])", x[.., 1].ToString());
        Assert.Equal("tensor([[[0, 1, 2],\n         [3, 4, 5]]])", x[null].ToString());
        Assert.Equal("tensor([2, 5])", x[Ellipsis, -1].ToString());
        Assert.Equal("tensor([3, 4, 5])", x[x > 2].ToString());
        Assert.Equal("tensor([[3, 4, 5],\n        [0, 1, 2]])", x[tensor(new[] { 1L, 0L })].ToString());
        x[0] = -1;
        x[x > 4] = 9;
        Assert.Equal("tensor([[-1, -1, -1],\n        [ 3,  4,  9]])", x.ToString());
        Assert.Equal(2, x._version);
    }

    [Fact]
    public void Views_of_views_and_double_negatives_pass_gradients_on()
    {
        (Func<Tensor, Tensor> F, string Wanted)[] rows =
        [
            (x => -(-x), "tensor([1., 1., 1., 1.])"),
            (x => x.view(2, 2).t().t().reshape(4), "tensor([1., 1., 1., 1.])"),
            (x => x.unsqueeze(0).unsqueeze(0).squeeze(0).squeeze(0), "tensor([1., 1., 1., 1.])"),
            (x => x.view(1, 4).expand(2, 4).expand(3, 2, 4), "tensor([6., 6., 6., 6.])"),
            (x => x.matmul(ones(4, 3)), "tensor([3., 3., 3., 3.])"),
            (x => x.outer(ones(2)), "tensor([2., 2., 2., 2.])"),
        ];
        foreach (var (f, wanted) in rows)
        {
            var x = Leaf(1, 2, 3, 4);
            f(x).sum().backward();
            Assert.Equal(wanted, x.grad!.ToString());
            // Twice through the same piece: d/dx of ⟨∂/∂x (f(x)²), 1⟩ must not lose its way either.
            var y = Leaf(1, 2, 3, 4);
            var once = autograd.grad(f(y).pow(2).sum(), y, create_graph: true)[0]!;
            Assert.NotNull(autograd.grad(once.sum(), y)[0]);
        }
    }

    [Fact]
    public void Compound_assignment_is_in_place()
    {
        var x = tensor(new[] { 1f, 2f });
        var alias = x;
        x += 1;
        x *= 2;
        Assert.Same(alias, x);
        Assert.Equal("tensor([4., 6.])", alias.ToString());
        Assert.Equal(2, x._version);
    }
}
