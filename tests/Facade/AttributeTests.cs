using Functional.Autograd;
using static Facade.Telling;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>What tensors say of themselves, as recorded from PyTorch 2.6: their operation, what they are views of, their strides, and the warnings on the way.</summary>
public class AttributeTests
{
    private static Tensor Leaf(params long[] shape) => ones(shape, requires_grad: true);

    [Fact]
    public void Several_results_share_one_operation()
    {
        var x = Leaf(3, 2);
        foreach (var (parts, name) in new (IReadOnlyList<Tensor>, string)[] { (x.unbind(), "UnbindBackward0"), (x.split(1), "SplitBackward0"), (x.chunk(2), "SplitBackward0"), (x.split([1, 2]), "SplitWithSizesBackward0") })
        {
            Assert.All(parts, p => Assert.Same(parts[0].grad_fn, p.grad_fn));
            Assert.Equal(name, parts[0].grad_fn!.name());
            Assert.Equal(Enumerable.Range(0, parts.Count), parts.Select(p => p.output_nr));
            // The operation runs once for all of them.
            var runs = 0;
            parts[0].grad_fn!.register_hook((_, _) => runs++);
            parts.Select((p, i) => p.sum() * (i + 1)).Aggregate((a, b) => a + b).backward();
            Assert.Equal(1, runs);
        }
        // 1 2 3, twice; 1 1 2, and 1 2 2.
        Assert.Equal([4f, 4, 7, 7, 10, 10], x.grad!.to_array<float>());
        var y = x * 1;
        const string told = " is a view and is being modified inplace. This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.";
        Assert.Equal("Output 1 of UnbindBackward0" + told, Assert.Throws<RuntimeError>(() => y.unbind()[1].add_(1)).Message);
        Assert.Equal("Output 2 of SplitBackward0" + told, Assert.Throws<RuntimeError>(() => y.split(1)[2].add_(1)).Message);
    }

    [Fact]
    public void A_number_beside_a_tensor_has_a_place_in_the_history()
    {
        (Func<Tensor, Tensor> F, string Next)[] rows =
        [
            (x => x + 1, "AccumulateGrad None"), (x => 1 + x, "AccumulateGrad None"), (x => x - 1, "AccumulateGrad None"), (x => x * 2, "AccumulateGrad None"), (x => 2 * x, "AccumulateGrad None"),
            (x => x / 2, "AccumulateGrad None"), (x => 2 / x, "ReciprocalBackward0 None"), (x => x.clone().add_(1), "CloneBackward0 None"), (x => x.clone().div_(2), "CloneBackward0 None"),
            (x => 1 - x, "AccumulateGrad"), (x => x.pow(2), "AccumulateGrad"), (x => x % 2, "AccumulateGrad"), (x => x * x, "AccumulateGrad AccumulateGrad"), (x => x.outer(ones(2)), "ViewBackward0 None"),
        ];
        foreach (var (f, next) in rows)
        {
            var x = Leaf(2);
            var y = f(x);
            Assert.Equal(next, string.Join(' ', y.grad_fn!.next_functions.Select(e => e.Fn?.name() ?? "None")));
            y.grad_fn.register_hook((g, _) => Assert.Equal(next.Split(' ').Select(n => n == "None"), g.Select(v => v is null)));
            y.sum().backward();
            Assert.NotNull(x.grad);
        }
    }

    private const string Freedom = "(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by output numel).";

    private static readonly Dictionary<string, (Func<object> Call, string? Text)> Warnings = new()
    {
        ["ones(1).var()"] = (() => ones(1).var(), "var" + Freedom),
        ["ones(1).std()"] = (() => ones(1).std(), "std" + Freedom),
        ["zeros(0).var()"] = (() => zeros(0).var(), "var" + Freedom),
        ["ones(2, 1).var(1)"] = (() => ones(2, 1).var([1]), "var" + Freedom),
        ["ones(2, 1).std(1)"] = (() => ones(2, 1).std([1]), "std" + Freedom),
        ["ones(3).var(correction: 3)"] = (() => ones(3).var(correction: 3), "var" + Freedom),
        ["ones(3).var(correction: 2)"] = (() => ones(3).var(correction: 2), null),
        ["ones(2).var(0)"] = (() => ones(2).var([0]), null),
        ["ones(1).var(correction: 0)"] = (() => ones(1).var(correction: 0), null),
        ["zeros(0, 3).std(0)"] = (() => zeros(0, 3).std([0]), "std" + Freedom),
        ["zeros(3, 0).std(0)"] = (() => zeros(3, 0).std([0]), "std" + Freedom),
        ["ones(3, 0, 2).var((0, 2))"] = (() => ones(3, 0, 2).var([0, 2]), "var" + Freedom),
        ["ones(3, 0).std(0, correction: -1)"] = (() => ones(3, 0).std([0], correction: -1), null),
        ["ones(2, 3, 4).T"] = (() => ones(2, 3, 4).T, "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."),
        ["ones(2).T"] = (() => ones(2).T, "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."),
        ["ones(2, 3).T"] = (() => ones(2, 3).T, null),
        ["tensor(1.0).T"] = (() => tensor(1.0).T, "Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases."),
        ["tensor(1.0).mT"] = (() => tensor(1.0).mT, "Tensor.mT is deprecated on 0-D tensors. This function is the identity in these cases."),
    };

    public static TheoryData<string> WarningNames => [.. Warnings.Keys];

    [Theory, MemberData(nameof(WarningNames))]
    public void Warning(string name)
    {
        var (call, text) = Warnings[name];
        var heard = new List<(string, string)>();
        var before = warnings.sink;
        warnings.Forget();
        warnings.sink = (category, message) => heard.Add((category, message));
        try
        {
            for (var time = 0; time < 2; time++) call();
        }
        finally
        {
            warnings.sink = before;
        }
        Assert.Equal(text is null ? [] : [("UserWarning", text)], heard);
    }

    [Fact]
    public void Views_know_what_they_are_views_of()
    {
        var (a, r) = (ones(2, 3), Leaf(2, 3));
        (Tensor View, Tensor? Base)[] rows =
        [
            (a.detach(), null), (a.data, null), (r.detach(), null), (r.data, null), (r.view(6).detach(), null), ((r * 1).view(6).detach(), null), ((r * 1).detach(), null), (a.view(6).data, null), (a.view(6).detach(), null),
            (a.t().data, null), (a[0].detach(), null), (a.clone(), null), (a.contiguous(), null), (a.t().contiguous(), null), (a.t().reshape(6), null), (a.to(float32), null), (a.t(), a), (a.reshape(6), a), (a.expand(4, 2, 3), a), (r.view(6), r),
        ];
        for (var i = 0; i < rows.Length; i++)
        {
            Assert.True(rows[i].View._is_view() == rows[i].Base is not null, $"row {i}");
            Assert.Same(rows[i].Base, rows[i].View._base);
        }
        var detached = a.detach();
        Assert.Same(detached, detached.view(6)._base);
    }

    [Fact]
    public void Copies_of_transposed_tensors_lie_as_they_did()
    {
        var a = arange(6).reshape(2, 3).t();
        var c = a.clone();
        Assert.False(c.is_contiguous());
        Assert.Equal("0 3 1 4 2 5 | 3,2 | 1,3", Told(() => c));
        // In order of memory, so that this is a view, and that a copy.
        var (rows, columns) = (c.reshape(6), c.t().reshape(6));
        Assert.Equal((false, true), (rows._is_view(), columns._is_view()));
        columns[0] = 9;
        Assert.Equal("9 3 1 4 2 5 | 3,2 | 1,3", Told(() => c));
        Assert.Equal("0 3 1 4 2 5 | 6 | 1", Told(() => rows));
        var e = a * 2;
        e.t().view(6)[1] = 7;
        Assert.Equal("0 6 7 8 4 10 | 3,2 | 1,3", Told(() => e));
        Assert.Equal("0 2 4 6 8 10 | 2,3 | 3,1", Told(() => a.t() * 2));
        Assert.Equal([1, 3], a.@double().exp().clone().stride());
        var x = arange(6).reshape(2, 3);
        Assert.Equal("3 0 4 1 5 2 | 3,2 | 1,3", Told(() => x.t().flip(1)));
        Assert.Equal("5 2 4 1 3 0 | 3,2 | 1,3", Told(() => x.t().flip(0, 1)));
        Assert.Equal([1, 3], x.t().flip(1).clone().stride());
        Assert.Equal("3 5 0 2 | 2,2 | 2,1", Told(() => x[.., slice(step: 2)].flip(0)));
        Assert.Equal([3, 1], ones(3).expand(2, 3).flip(0).stride());
        Assert.Equal([1, 12, 4], arange(24).reshape(2, 3, 4).permute(2, 0, 1).flip(1).stride());
    }

    [Fact]
    public void Tensors_without_elements_are_contiguous()
    {
        (Tensor Empty, long[] Stride)[] rows =
        [
            (zeros(0, 3), [3, 1]), (zeros(3, 0).t(), [1, 1]), (zeros(2, 0, 4).transpose(0, 2), [1, 4, 4]), (zeros(0, 3).t(), [1, 3]), (zeros(0).expand(3, 0), [0, 1]), (zeros(4, 0)[slice(step: 2)], [2, 1]),
        ];
        foreach (var (x, stride) in rows)
        {
            Assert.Equal(stride, x.stride());
            Assert.True(x.is_contiguous());
            Assert.Same(x, x.contiguous());
        }
    }

    [Fact]
    public void Operations_have_the_names_that_PyTorch_takes_for_the_same_shapes()
    {
        var (l, m) = (arange(6).@float().reshape(1, 2, 3).requires_grad_(), arange(24).@float().reshape(4, 3, 2).requires_grad_());
        (Tensor Y, string Name, long[] Shape)[] rows =
        [
            (l.matmul(m), "CloneBackward0", [4, 2, 2]), (l.matmul(m.detach()), "CloneBackward0", [4, 2, 2]), (l.detach().matmul(m), "UnsafeViewBackward0", [4, 2, 2]), (m.matmul(l), "UnsafeViewBackward0", [4, 3, 3]),
            (Leaf(2, 3).matmul(m), "CloneBackward0", [4, 2, 2]), (l.matmul(Leaf(3, 2)), "UnsafeViewBackward0", [1, 2, 2]), (m.matmul(Leaf(2)), "UnsafeViewBackward0", [4, 3]), (l.expand(4, 2, 3).matmul(m), "UnsafeViewBackward0", [4, 2, 2]),
            (Leaf().cumsum(0), "CumsumBackward0", []), (Leaf().cumsum(-1), "CumsumBackward0", []), (Leaf(1).cumsum(0), "CumsumBackward0", [1]), (Leaf(0).cumsum(0), "CumsumBackward0", [0]),
        ];
        for (var i = 0; i < rows.Length; i++)
        {
            Assert.Equal((i, rows[i].Name), (i, rows[i].Y.grad_fn!.name()));
            Assert.Equal(rows[i].Shape, (long[])rows[i].Y.shape);
            Assert.True(rows[i].Y.is_contiguous());
        }
        rows[0].Y.sum().backward();
        Assert.Equal([76f, 92, 108, 76, 92, 108], l.grad!.view(-1).to_array<float>());
        Assert.Equal(Enumerable.Repeat((float[])[3, 3, 5, 5, 7, 7], 4).SelectMany(g => g), m.grad!.view(-1).to_array<float>());
        var number = tensor(3.0, requires_grad: true);
        var sum = number.cumsum(0);
        sum.backward();
        Assert.Equal((3.0, 1.0), (sum.item<double>(), number.grad!.item<double>()));
    }
}
