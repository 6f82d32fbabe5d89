using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Rules of PyTorch 2.6's autograd that its documentation does not state, as they were measured.</summary>
public class SemanticsTests
{
    [Fact]
    public void A_gradient_that_can_be_differentiated_takes_the_place_of_the_old_one()
    {
        var x = Leaf(1, 2);
        (x * 3).sum().backward();
        var first = x.grad!;
        (x * x).sum().backward(create_graph: true);
        Assert.NotSame(first, x.grad);
        Assert.Equal(("tensor([3., 3.])", "tensor([5., 7.], grad_fn=<AddBackward0>)"), (first.ToString(), x.grad!.ToString()));
    }

    [Fact]
    public void Gradients_share_no_elements_with_each_other_or_with_what_was_passed_in()
    {
        var (x, y, seed) = (Leaf(1, 2), Leaf(3, 4), ones(2));
        (x + y).backward(seed);
        x.grad!.add_(10);
        Assert.Equal(("tensor([11., 11.])", "tensor([1., 1.])", "tensor([1., 1.])"), (x.grad.ToString(), y.grad!.ToString(), seed.ToString()));
        y.grad.add_(20);
        seed.zero_();
        Assert.Equal(("tensor([11., 11.])", "tensor([21., 21.])"), (x.grad.ToString(), y.grad.ToString()));
    }

    private static readonly Dictionary<string, (Action<Tensor> Do, int Version)> Counted = new()
    {
        ["add_"] = (x => x.add_(1), 1),
        ["setitem"] = (x => x[0] = 1, 1),
        ["fill_"] = (x => x.fill_(1), 1),
        ["copy_"] = (x => x.copy_(ones(2)), 1),
        ["zero_"] = (x => x.zero_(), 1),
        ["under no_grad"] = (x => { using (no_grad()) x.mul_(2); }, 1),
        ["through detach()"] = (x => x.detach().mul_(2), 1),
        ["through a view"] = (x => x[..1].mul_(2), 1),
        ["through a view of a detached view"] = (x => x.detach()[..1].view(1).mul_(2), 1),
        ["twice"] = (x => x.mul_(2).add_(1), 2),
        ["requires_grad_"] = (x => x.requires_grad_(), 0),
        ["detach"] = (x => x.detach(), 0),
        ["a view"] = (x => x.view(2, 1), 0),
        ["through data"] = (x => x.data.mul_(2), 0),
        ["data set"] = (x => x.data = ones(2), 0),
    };

    public static TheoryData<string> CountedNames => [.. Counted.Keys];

    [Theory, MemberData(nameof(CountedNames))]
    public void The_version_counts_writes_by_whatever_name(string name)
    {
        var x = ones(2);
        var (view, detached, data) = (x[1..], x.detach(), x.data);
        Counted[name].Do(x);
        var version = Counted[name].Version;
        Assert.Equal((version, version, version, 0), (x._version, view._version, detached._version, data._version));
        Assert.Equal((0, 0, 0), (x.clone()._version, (x + 1)._version, x.data._version));
    }

    [Fact]
    public void A_step_between_two_passes_is_noticed_at_the_leaf()
    {
        var w = Leaf(1, 2);
        var loss = (w * w).sum();
        loss.backward(retain_graph: true);
        new optim.SGD([w], lr: 0.1).step();
        Assert.Equal("one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]] is at version 1; expected version 0 instead. " + Hint, Assert.Throws<RuntimeError>(() => loss.backward()).Message);
    }

    [Fact]
    public void A_leaf_that_wants_no_gradient_any_more_gets_none()
    {
        var (x, w) = (Leaf(1, 2), Leaf(3, 4));
        var loss = (x * w).sum();
        x.requires_grad_(false);
        loss.backward();
        Assert.Null(x.grad);
        Assert.Equal("tensor([1., 2.])", w.grad!.ToString());
    }

    [Fact]
    public void Roots_and_inputs_may_be_the_same_and_may_repeat()
    {
        var x = Leaf(2);
        var y = x * x;
        Assert.Equal("(tensor(1.),)", Told(autograd.grad(y, y, retain_graph: true)));
        Assert.Equal("(tensor(4.), tensor(1.))", Told(autograd.grad(y, [x, y], retain_graph: true)));
        Assert.Equal("(tensor(4.), tensor(4.))", Told(autograd.grad(y, [x, x], retain_graph: true)));
        Assert.Equal("(tensor(8.),)", Told(autograd.grad([y, y], [x], retain_graph: true)));
        Assert.Equal("(tensor(7.),)", Told(autograd.grad([y, x * 3], [x], retain_graph: true)));
        Assert.Null(x.grad);
    }

    private static string Told(Tensor?[] gradients) => Transcript.Of(say => say((object)gradients));

    [Fact]
    public void Only_the_inputs_that_are_named_are_added_to()
    {
        var (x, w) = (Leaf(2), Leaf(3));
        var y = x * w;
        (y * y).backward(inputs: [x], retain_graph: true);
        Assert.Equal(("tensor(36.)", true), (x.grad!.ToString(), w.grad is null));
        (y * 5).backward(inputs: [y, w]);
        Assert.Equal(("tensor(36.)", "tensor(10.)", "tensor(5.)"), (x.grad.ToString(), w.grad!.ToString(), y.grad!.ToString()));
    }

    [Fact]
    public void A_gradient_has_its_tensors_type()
    {
        var (x, d) = (Leaf(1, 2), Exact(3, 4));
        var y = x * d;
        Assert.Equal(float64, y.dtype);
        y.backward(ones(2));
        Assert.Equal((float32, float64), (x.grad!.dtype, d.grad!.dtype));
        Assert.Equal("tensor([3., 4.])", x.grad.ToString());
    }

    [Fact]
    public void Broadcasting_is_undone_by_sums()
    {
        var (row, column, number) = (Leaf(1, 2, 3), tensor(new[,] { { 1f }, { 2f } }, requires_grad: true), Leaf(5));
        (row * column + number).sum().backward();
        Assert.Equal(("tensor([3., 3., 3.])", "tensor([[6.],\n        [6.]])", "tensor(6.)"), (row.grad!.ToString(), column.grad!.ToString(), number.grad!.ToString()));
    }

    [Fact]
    public void What_is_not_recorded_is_a_leaf()
    {
        var x = Leaf(1, 2);
        using (no_grad())
        {
            var y = x * 2;
            Assert.Equal((true, false, true), (y.is_leaf, y.requires_grad, y.grad_fn is null));
        }
        foreach (var plain in (Tensor[])[x > 1, x.eq(1), x.isnan(), x.argmax(), x.@long(), x.sign() > 0]) Assert.Equal((true, false), (plain.is_leaf, plain.requires_grad));
        Assert.Same(x, x.@float());
    }

    [Fact]
    public void A_kept_gradient_is_the_one_after_all_hooks()
    {
        var y = Leaf(1) * 2;
        y.retain_grad();
        y.register_hook(g => g * 10);
        y.backward();
        Assert.Equal("tensor(10.)", y.grad!.ToString());
    }

    private static readonly (Type Of, string Name, string Parameters)[] Signatures =
    [
        (typeof(Tensor), "backward", "gradient=None retain_graph=None create_graph=False inputs=None"),
        (typeof(autograd), "backward", "tensors grad_tensors=None retain_graph=None create_graph=False grad_variables=None inputs=None"),
        (typeof(autograd), "grad", "outputs inputs grad_outputs=None retain_graph=None create_graph=False only_inputs=True allow_unused=None is_grads_batched=False materialize_grads=False"),
        (typeof(autograd.functional), "vjp", "func inputs v=None create_graph=False strict=False"),
        (typeof(autograd.functional), "jvp", "func inputs v=None create_graph=False strict=False"),
        (typeof(autograd.functional), "vhp", "func inputs v=None create_graph=False strict=False"),
        (typeof(autograd.functional), "hvp", "func inputs v=None create_graph=False strict=False"),
    ];

    // Some form takes all of PyTorch's arguments; the others leave out what they have no use for.
    [Fact]
    public void Arguments_stand_where_they_stand_in_PyTorch()
    {
        static string Shown(System.Reflection.ParameterInfo p) => p.Name + (p.HasDefaultValue ? "=" + p.DefaultValue switch { null => "None", true => "True", false => "False", var other => other.ToString() } : "");
        foreach (var (of, name, parameters) in Signatures)
            Assert.Contains(parameters, of.GetMethods().Where(m => m.Name == name).Select(m => string.Join(' ', m.GetParameters().Select(Shown))));
    }

    [Fact]
    public void Results_have_the_structure_of_what_was_given()
    {
        var (a, b) = (Leaf(1, 2).detach(), Leaf(3, 4).detach());
        Assert.Equal(2, autograd.functional.jacobian((x, y) => x * y, (a, b)).Length);
        var hessian = autograd.functional.hessian((x, y) => (x * y).sum(), (a, b));
        Assert.Equal((2, 2, 2), (hessian.Length, hessian[0].Length, hessian[1].Length));
        Assert.EndsWith("grad_fn=<ViewBackward0>)", autograd.functional.jacobian(x => x * x, a, create_graph: true).ToString());
    }
}
