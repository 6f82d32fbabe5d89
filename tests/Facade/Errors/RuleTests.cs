using Functional.Autograd;
using static Facade.Transcript;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>How PyTorch 2.6 builds its texts: of a value that was written to, of a view that may not be, of a flag that can't be set.</summary>
public class RuleTests
{
    private const string Modified = "!! RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [", Now = " is at version 1; expected version 0 instead. " + Hint;

    private static readonly Dictionary<string, (Action<Say> Do, string Told)> Rules = new()
    {
        ["a saved operand is told by its newest operation"] = (say => { var y = Leaf(1, 2) * 2; var z = y * y; y.add_(3); z.sum().backward(); }, Modified + "torch.FloatTensor [2]], which is output 0 of AddBackward0," + Now),
        ["written to where it is detached, by the one it has"] = (say => { var y = Leaf(1, 2) * 2; var z = y * y; y.detach().add_(3); z.sum().backward(); }, Modified + "torch.FloatTensor [2]], which is output 0 of MulBackward0," + Now),
        ["a view is told as one of its newest base"] = (say => { var y = Leaf(1, 2) * 2; var v = y[..1]; var z = v * v; y.add_(3); z.sum().backward(); }, Modified + "torch.FloatTensor [1]], which is output 0 of AsStridedBackward0," + Now),
        ["a number has no sizes"] = (say => { var y = Leaf(2) * 1; var z = y * y; y.add_(1); z.backward(); }, Modified + "torch.FloatTensor []], which is output 0 of AddBackward0," + Now),
        ["positions have no operation"] = (say => { var i = tensor((long[])[0, 1]); var z = Leaf(1, 2).gather(0, i); i.add_(0); z.sum().backward(); }, Modified + "torch.LongTensor [2]]" + Now),
        ["nor have truth values"] = (say => { var (x, m) = (Leaf(1, 2), tensor((bool[])[true, false])); var z = where(m, x * 1, x * 2); m.logical_not_(); z.sum().backward(); }, Modified + "CPUBoolType [2]]" + Now),
        ["one of several views, by its number"] = (say => { var x = Leaf(1, 2) * 1; x.unbind()[1].add_(1); }, "!! RuntimeError: Output 1 of UnbindBackward0 is a view and is being modified inplace." + SeveralViews),
        ["one of several views whose base was written to"] = (say => { var x = Leaf(1, 2) * 1; var v = x.unbind()[1]; x.mul_(2); say(v.grad_fn); }, "!! RuntimeError: Output 1 of UnbindBackward0 is a view and its base or another view of its base has been modified inplace." + SeveralViews),
        ["a view of a view that was made under no_grad"] = (say => { var x = Leaf(1, 2) * 1; Tensor v; using (no_grad()) v = x[..1]; v.view(1).add_(1); }, "!! RuntimeError: Output 0 of ViewBackward0 is a view of a view which was created in no_grad mode and is being modified inplace with grad mode enabled." + AmbiguousMode),
        ["the flag of a result, set to false"] = (say => (Leaf(1) * 2).requires_grad = false, "!! RuntimeError: you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."),
        ["the flag of a result, set to true"] = (say => (Leaf(1) * 2).requires_grad = true, "!! RuntimeError: you can only change requires_grad flags of leaf variables."),
        ["data of integers"] = (say => Leaf(1, 2).data = tensor((long[])[1, 2]), "!! RuntimeError: data set to a tensor that requires gradients must be floating point or complex dtype"),
        ["an argument of old"] = (say => { var x = Leaf(1, 2); say((object)autograd.grad([x.sum()], [x], only_inputs: false)); }, "(tensor([1., 1.]),)\n~~ FutureWarning: only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of the graph, please use torch.autograd.backward."),
        ["another argument of old"] = (say => { var x = Leaf(1); autograd.backward([x * 2], grad_variables: [tensor(3.0)]); say(x.grad); }, "tensor(6.)\n~~ FutureWarning: `grad_variables` is deprecated. Use `grad_tensors` instead."),
    };

    public static TheoryData<string> Names => [.. Rules.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Texts_are_built_as_in_PyTorch(string name) => Assert.Equal(Rules[name].Told, Of(Rules[name].Do));
}
