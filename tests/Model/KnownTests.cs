using Functional.Autograd;
using Model.Pure;
using Model.Scripts;
using static Functional.Autograd.torch;
using static Model.Scripts.GradSteps;
using static Model.Scripts.Steps;

namespace Model;

/// <summary>Short programs in which looking, sharing, writing or detaching once cost a gradient.</summary>
public class KnownTests
{
    private static Step X(params double[] data) => Leaf(data, [data.Length]);

    private static Step C(params double[] data) => Leaf(data, [data.Length], wants: false);

    private static Step M(bool wants = true) => Leaf([1, 2, 3, 4], [2, 2], wants);

    private static Step Of(string text, int x) => Rows.Unary.First(r => r.Text == text) is var r ? Unary(r.Text, r.Op, r.Call, x) : null!;

    private static Step Of(string text, int x, int y) => Rows.Binary.First(r => r.Text == text) is var r ? Binary(r.Text, r.Op, r.Call, x, y) : null!;

    private static Step In(string text, int x) => Rows.Writes.First(r => r.Text == text) is var r ? Write(r.Text, r.Op, r.Call, x, r.Filling) : null!;

    private static Step In(string text, int x, int y) => Rows.WritesOfTwo.First(r => r.Text == text) is var r ? Write(r.Text, r.Op, r.Call, x, y) : null!;

    private static Step Sum(int x) => Unary("sum()", Formulas.Sum, t => t.sum(), x);

    private static Step Row(int x, Dims shape, int i, int dim = 0) => View($".select({dim}, {i})", Movement.Select(shape, dim, i), t => t.select(dim, i), x);

    private static Step Same(int x, params long[] shape) => View(".view(same)", Movement.Same("ViewBackward0", Dims.Create(shape)), t => t.view(shape), x);

    private static Step T(int x, params long[] shape) => View(".t()", Movement.Transpose(Dims.Create(shape), "TBackward0"), t => t.t(), x);

    private static Step Matrices(int x, int y) => Binary("{0}.matmul({1})", Formulas.MatMul, (a, b) => a.matmul(b), x, y);

    private static Step Back(int x, bool? retain = null, int? seed = null, bool create = false) => Backward([x], [seed], retain, create);

    private static Step Gradients(int y, int[] x, bool create = false, int? seed = null) => Grad([y], x, [seed], null, create, unused: true);

    private static readonly Dictionary<string, Step[]> Scripts = new()
    {
        ["a view that was looked at keeps its gradient when its base is written"] = [X(1, 2), Of("mul(2)", 0), Row(1, [2], 0), In("mul_(3)", 1), Back(2)],
        ["a view that was looked at keeps its gradient when it is written"] = [X(1, 2), Of("mul(2)", 0), Row(1, [2], 0), In("mul_(3)", 2), Back(2)],
        ["a view of a view"] = [M(), Of("mul(2)", 0), Row(1, [2, 2], 0), Row(2, [2], 1), In("mul_(3)", 1), In("sin_()", 3), Sum(1), Back(4)],
        ["x.detach() * x"] = [X(2, 3), Detach(0), Of("{0} * {1}", 1, 0), Sum(2), Back(3)],
        ["x.detach() - x"] = [X(2, 3), Detach(0), Of("{0} - {1}", 1, 0), Sum(2), Back(3)],
        ["x.detach() / x"] = [X(2, 3), Detach(0), Of("{0} / {1}", 1, 0), Sum(2), Back(3)],
        ["y.detach() * y of a result"] = [X(2, 3), Of("mul(2)", 0), Detach(1), Of("{0} * {1}", 2, 1), Sum(3), Back(4)],
        ["x.data * x"] = [X(2, 3), Data(0), Of("{0} * {1}", 1, 0), Sum(2), Back(3)],
        ["stack([x, x.detach()]), weighted"] = [X(2, 3), Detach(0), Join(true, [0, 1]), Leaf([1, 2, 3, 4], [2, 2], wants: false), Of("{0} * {1}", 2, 3), Sum(4), Back(5)],
        ["cat([x.detach(), x])"] = [X(2, 3), Detach(0), Join(false, [1, 0]), Of("pow(2)", 2), Sum(3), Back(4)],
        ["mm with a detached operand"] = [M(), Detach(0), Matrices(1, 0), Sum(2), Back(3)],
        ["a detached leaf of its own, alpha"] = [X(2, 3), Detach(0), RequiresGrad(1, true), Of("{0}.add({1}, alpha: 2)", 0, 1), Sum(2), Back(3)],
        ["a hook on a view that shows all"] = [X(2, 3), Same(0, 2), Hook(1, HookKind.Double, 1), Join(true, [0, 1]), Sum(2), Back(3)],
        ["retain_grad on a view that shows all"] = [X(2, 3), T(0, 2), Retain(1), Of("{0} - {1}", 1, 0), Sum(2), Back(3)],
        ["second order of two leaves that share elements"] = [X(2, 3), Detach(0), RequiresGrad(1, true), Of("{0} * {1}", 0, 1), Sum(3 - 1), Gradients(3, [0], create: true), Sum(4), Gradients(5, [0, 1])],
        ["second order of a product squared"] = [X(2), Detach(0), RequiresGrad(1, true), Of("{0} * {1}", 0, 1), Of("pow(2)", 2), Gradients(3, [0], create: true), Gradients(4, [0, 1])],
        ["a seed that is the detached leaf"] = [X(2, 3), Detach(0), Of("pow(2)", 0), Gradients(2, [0], create: true, seed: 1), Sum(3), Gradients(4, [0])],
        ["zeros behind floor"] = [X(1.5, 2.5), Hook(0, HookKind.Look, 1), Of("floor()", 0), Sum(1), Back(2)],
        ["zeros behind zero_"] = [X(1.5, 2.5), Hook(0, HookKind.Look, 1), Of("mul(2)", 0), In("zero_()", 1), Sum(1), Back(2)],
        ["zeros behind fill_"] = [X(1.5, 2.5), Of("mul(2)", 0), In("fill_(0.1)", 1), Sum(1), Gradients(2, [0])],
        ["zeros behind a written element"] = [X(1.5), Of("mul(2)", 0), Set(1, [1], 0, 3.0), Sum(1), Gradients(2, [0])],
        ["a gradient that is retained follows a write"] = [X(1, 2), Of("mul(2)", 0), Retain(1), In("mul_(3)", 1), Sum(1), Back(2)],
        ["a gradient that is retained follows a write through a view"] = [X(1, 2), Of("mul(2)", 0), Retain(1), Row(1, [2], 0), In("mul_(3)", 2), Sum(1), Back(3)],
        ["a retained gradient adds up in a new tensor"] = [X(1, 2), Of("mul(2)", 0), Retain(1), Sum(1), Back(2, true), GetGrad(1), Back(2)],
        ["a gradient changed in place by a hook"] = [X(1, 2), C(1, 1), Of("mul(2)", 0), Hook(2, HookKind.DoubleInPlace, 1), Of("mul(2)", 2), Back(3, seed: 1)],
        ["a transposition in place leaves views alone"] = [M(wants: false), Row(0, [2, 2], 0, dim: 1), MoveInPlace("t_()", Movement.Transpose([2, 2], "TBackward1"), t => t.t_(), 0), In("mul_(3)", 1)],
        ["a new dimension in place leaves aliases alone"] = [C(1, 2), Detach(0), MoveInPlace("unsqueeze_(0)", Movement.Reshape("UnsqueezeBackward1", [1, 2], [2]), t => t.unsqueeze_(0), 1), In("mul_(3)", 1)],
        ["new data leaves old views alone"] = [C(1, 2), Row(0, [2], 0), C(5, 6), SetData(0, 2), In("mul_(3)", 0)],
        ["an index of one position is a view"] = [C(1, 2), View("[tensor(1L)]", Movement.Select([2], 0, 1), t => t[tensor(1L)], 0), In("mul_(3)", 1)],
        ["an ellipsis is a view"] = [X(1, 2), Of("mul(2)", 0), View("[Ellipsis]", Movement.Same("AliasBackward0", [2]), t => t[Ellipsis], 1), In("mul_(3)", 2), Sum(1), Back(3)],
        ["a retained gradient of a view whose base was written"] = [X(1), Of("mul(2)", 0), Same(1, 1), Retain(2), Of("mul(2)", 2), In("sub_", 1, 1), Back(3)],
        ["a row of one element is written with its own leaf"] = [X(1), View(".unsqueeze(0)", Movement.Reshape("UnsqueezeBackward0", [1, 1], [1]), t => t.unsqueeze(0), 0), NoGrad(), Set(1, [1, 1], 0, 0), Leave()],
        ["sin_"] = [X(1, 2), Of("mul(2)", 0), In("sin_()", 1), Sum(1), Back(2)],
        ["abs_"] = [X(1, -2), Of("mul(2)", 0), In("abs_()", 1), Sum(1), Back(2)],
        ["exp_ then a write"] = [X(1, 2), Of("mul(2)", 0), In("exp_()", 1), In("add_(1)", 1), Sum(1), Back(2)],
        ["writes into the detached part of a leaf"] = [X(1, 2), Row(0, [2], 0), Detach(1), In("mul_(3)", 2)],
        ["writes into the data of a leaf"] = [X(1, 2), Data(0), In("mul_(3)", 1), Of("pow(2)", 0), Sum(2), Back(3)],
        ["writes through a diagonal"] = [M(), Of("mul(2)", 0), View(".diagonal()", Movement.Diagonal([2, 2]), t => t.diagonal(), 1), In("mul_(3)", 2), Sum(1), Back(3)],
        ["zero_ and fill_ of an expanded tensor"] = [C(1, 2), View(".expand([2, 2])", Movement.Expand([2], 2), t => t.expand(2, 2), 0), In("zero_()", 1), In("fill_(0.1)", 1), In("mul_(3)", 1)],
        ["detach_ of a view without grad"] = [C(1, 2), Row(0, [2], 0), DetachInPlace(1)],
        ["one of several views, and a gradient written into it"] = [C(1, 2), Unbind(0, [2]), Leaf([1], []), In("mul_", 1, 3)],
        ["one of several views is written"] = [X(1, 2), Of("mul(2)", 0), Unbind(1, [2]), In("mul_(3)", 3), In("mul_(3)", 1)],
        ["a view made without grad"] = [X(1, 2), NoGrad(), Row(0, [2], 0), Leave()],
        ["a write through a view frees"] = [X(1, 2), Of("add(1)", 0), Set(1, [2], 0, 3.0), Sum(1), Back(2), Back(2)],
        ["a write through a part of an expanded tensor"] = [X(1, 2), Of("mul(2)", 0), View(".expand([2, 2])", Movement.Expand([2], 2), t => t.expand(2, 2), 1), Row(2, [2, 2], 1), In("sin_()", 3), Sum(1), Back(4)],
        ["what wrote through a view has its own name in errors"] = [X(1, 2), Of("mul(2)", 0), Row(1, [2], 0), In("exp_()", 2), In("add_(1)", 2), Sum(1), Back(3)],
        ["a number of double precision"] = [C(1, 2), Set(0, [2], 0, 0.1), Of("sub(0.1)", 0)],
        ["zero_grad in place"] = [X(1, 2), Sum(0), Back(1), GetGrad(0), Optimise([0], adam: false), ZeroGrad(0, false), OptimiserStep(0)],
        ["a gradient accumulates into one with a history"] = [X(1, 2), Of("pow(2)", 0), Sum(1), Back(2, create: true), GetGrad(0), Back(2, create: true), Of("mul(2)", 0), Sum(4), Back(5)],
        ["a write under no_grad keeps the history"] = [X(1, 2), Of("mul(2)", 0), NoGrad(), In("add_(1)", 1), Leave(), Of("{0} * {1}", 1, 1), Sum(2), Gradients(3, [0], create: true), Sum(4), Gradients(5, [0])],
    };

    public static TheoryData<string> Names => [.. Scripts.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Is_as_the_model_says(string name)
    {
        var script = new Script();
        foreach (var step in Scripts[name]) Assert.True(script.Add(step), $"the model does not know: {step.Text}");
        script.Hold();
    }
}
