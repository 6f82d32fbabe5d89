using Functional.Autograd;
using Functional.Autograd.Plans;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Modules as PyTorch 2.6 walks, prints, saves and loads them.</summary>
public class ModuleTests
{
    private sealed class M : nn.Module
    {
        public readonly nn.Linear a, tied;
        public readonly nn.Parameter w;
        public readonly nn.BatchNorm1d bn;

        public M()
        {
            a = register_module("a", new nn.Linear(2, 2));
            w = register_parameter("w", new nn.Parameter(ones(1)))!;
            bn = register_module("bn", new nn.BatchNorm1d(2));
            register_module("b", a);
            register_buffer("buf", zeros(1));
            register_buffer("tmp", zeros(1), persistent: false);
            tied = register_module("tied", new nn.Linear(2, 2));
            tied.register_parameter("weight", a.weight);
        }

        protected override string extra_repr() => "x=1";
    }

    [Fact]
    public void What_is_shared_counts_once_and_is_saved_under_every_name()
    {
        var m = new M();
        Assert.Equal(["w", "a.weight", "a.bias", "bn.weight", "bn.bias", "tied.bias"], m.named_parameters().Select(p => p.name));
        Assert.Equal(["buf", "tmp", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked"], m.named_buffers().Select(p => p.name));
        Assert.Equal(["", "a", "bn", "tied"], m.named_modules().Select(p => p.name));
        Assert.Equal(["a", "bn", "tied"], m.named_children().Select(p => p.name));
        Assert.Equal((4, 6, 5, 3), (m.modules().Count(), m.parameters().Count, m.buffers().Count, m.children().Count()));
        Assert.Equal(["w", "buf", "a.weight", "a.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked", "b.weight", "b.bias", "tied.weight", "tied.bias"], m.state_dict().Keys);
        var called = new List<nn.Module>();
        m.apply(called.Add);
        Assert.Equal([m.a, m.bn, m.tied, m], called);
    }

    [Fact]
    public void A_state_is_taken_over_whole_or_not_at_all()
    {
        var m = new M();
        Assert.Equal("<All keys matched successfully>", m.load_state_dict(m.state_dict()).ToString());
        var state = m.state_dict();
        state.Remove("a.weight");
        state.Remove("bn.num_batches_tracked");
        (state["zz"], state["a.zz"], state["w"], state["buf"]) = (ones(1), ones(1), ones(3), ones(1));
        Assert.Equal("Error(s) in loading state_dict for M:\n\tMissing key(s) in state_dict: \"a.weight\". \n\tUnexpected key(s) in state_dict: \"zz\", \"a.zz\". \n\tsize mismatch for w: copying a param with shape torch.Size([3]) from checkpoint, the shape in current model is torch.Size([1]).",
            Assert.Throws<RuntimeError>(() => m.load_state_dict(state)).Message);
        Assert.Equal("Error(s) in loading state_dict for M:\n\tsize mismatch for w: copying a param with shape torch.Size([3]) from checkpoint, the shape in current model is torch.Size([1]).",
            Assert.Throws<RuntimeError>(() => m.load_state_dict(state, strict: false)).Message);
        Assert.Equal("tensor([0.])", m.buffers()[0].ToString());
        state["w"] = full([1], 7);
        Assert.Equal("_IncompatibleKeys(missing_keys=['a.weight'], unexpected_keys=['zz', 'a.zz'])", m.load_state_dict(state, strict: false).ToString());
        Assert.Equal("tensor([1.])", m.buffers()[0].ToString());
        Assert.Equal("Parameter containing:\ntensor([7.], requires_grad=True)", m.w.ToString());
    }

    [Fact]
    public void Another_type_takes_gradients_along_and_leaves_integers()
    {
        var m = new M();
        m.w.grad = ones(1);
        var grad = m.w.grad;
        m.@double();
        Assert.Same(grad, m.w.grad);
        Assert.Equal("tensor([1.], dtype=torch.float64)", grad.ToString());
        Assert.Equal((float64, float64, int64), (m.w.dtype, m.bn.running_mean!.dtype, m.bn.num_batches_tracked!.dtype));
        Assert.Equal("nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.int64", Assert.Throws<TypeError>(() => m.to(int64)).Message);
        (m.w * 2).sum().backward();
        Assert.Equal("tensor([3.], dtype=torch.float64)", m.w.grad!.ToString());
    }

    public static TheoryData<string, nn.Module> Printed => new()
    {
        { "Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))", new nn.Conv2d(3, 8, 3) },
        { "Conv2d(3, 8, kernel_size=(3, 2), stride=(2, 2), padding=(1, 0), bias=False)", new nn.Conv2d(3, 8, [3, 2], stride: [2], padding: [1, 0], bias: false) },
        { "Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), dilation=(2, 2), groups=2)", new nn.Conv2d(4, 8, 3, dilation: 2, groups: 2) },
        { "BatchNorm1d(4, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)", new nn.BatchNorm1d(4) },
        { "BatchNorm2d(4, eps=0.001, momentum=None, affine=False, track_running_stats=False)", new nn.BatchNorm2d(4, 1e-3, null, false, false) },
        { "LayerNorm((4,), eps=1e-05, elementwise_affine=True)", new nn.LayerNorm(4) },
        { "LayerNorm((2, 3), eps=1e-05, elementwise_affine=False)", new nn.LayerNorm([2, 3], elementwise_affine: false) },
        { "LayerNorm((2, 3), eps=1e-05, elementwise_affine=True)", new nn.LayerNorm([2, 3], bias: false) },
        { "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)", new nn.MaxPool2d(2) },
        { "MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)", new nn.MaxPool2d(3, 2, 1) },
        { "AvgPool2d(kernel_size=2, stride=2, padding=0)", new nn.AvgPool2d(2) },
        { "Embedding(10, 3)", new nn.Embedding(10, 3) },
        { "Linear(in_features=2, out_features=3, bias=False)", new nn.Linear(2, 3, bias: false) },
        { "Dropout(p=0.25, inplace=False)", new nn.Dropout(0.25) },
        { "Dropout(p=1.0, inplace=False)", new nn.Dropout(1) },
        { "GELU(approximate='tanh')", new nn.GELU("tanh") },
        { "Softplus(beta=1.0, threshold=20.0)", new nn.Softplus() },
        { "LeakyReLU(negative_slope=0.01)", new nn.LeakyReLU() },
        { "ELU(alpha=1.0)", new nn.ELU() },
        { "Softmax(dim=1)", new nn.Softmax(1) },
        { "Flatten(start_dim=1, end_dim=-1)", new nn.Flatten() },
        { "CrossEntropyLoss()", new nn.CrossEntropyLoss() },
        { "Identity()", new nn.Identity() },
        { "Sequential()", new nn.Sequential() },
        { "M(\n  x=1\n  (a): Linear(in_features=2, out_features=2, bias=True)\n  (bn): BatchNorm1d(2, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n  (b): Linear(in_features=2, out_features=2, bias=True)\n  (tied): Linear(in_features=2, out_features=2, bias=True)\n)", new M() },
        { "Sequential(\n  (0): Linear(in_features=1, out_features=2, bias=True)\n  (1): Sequential(\n    (0): ReLU()\n    (1): Linear(in_features=2, out_features=1, bias=True)\n  )\n  (2): Conv2d(1, 1, kernel_size=(1, 1), stride=(1, 1))\n)",
            new nn.Sequential(new nn.Linear(1, 2), new nn.Sequential(new nn.ReLU(), new nn.Linear(2, 1)), new nn.Conv2d(1, 1, 1)) },
    };

    [Theory, MemberData(nameof(Printed))]
    public void A_module_prints_as_in_PyTorch(string text, nn.Module module) => Assert.Equal(text, module.ToString());

    public static TheoryData<string, Action> Refused => new()
    {
        { "dropout probability has to be between 0 and 1, but got 1.5", () => _ = new nn.Dropout(1.5) },
        { "dropout probability has to be between 0 and 1, but got -1.0", () => _ = new nn.Dropout(-1) },
        { "expected 2D or 3D input (got 4D input)", () => new nn.BatchNorm1d(2).call(zeros(2, 2, 2, 2)) },
        { "expected 2D or 3D input (got 1D input)", () => new nn.BatchNorm1d(2).call(zeros(2)) },
        { "expected 4D input (got 3D input)", () => new nn.BatchNorm2d(2).call(zeros(2, 2, 2)) },
        { "in_channels must be divisible by groups", () => _ = new nn.Conv2d(3, 4, 1, groups: 2) },
        { "out_channels must be divisible by groups", () => _ = new nn.Conv2d(4, 3, 1, groups: 2) },
        { "groups must be a positive integer", () => _ = new nn.Conv2d(4, 3, 1, groups: 0) },
        { "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions", () => nn.init.xavier_uniform_(zeros(3)) },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_PyTorch_refuses_is_refused_with_its_text(string text, Action make) => Assert.Equal(text, Assert.Throws<ValueError>(make).Message);

    [Fact]
    public void Running_statistics_and_the_count_of_batches_are_PyTorch_s()
    {
        manual_seed(0);
        var bn = new nn.BatchNorm1d(2, momentum: null);
        for (var i = 0; i < 3; i++) bn.call(randn(5, 2));
        bn.eval();
        bn.call(randn(5, 2));
        Assert.Equal("tensor(3)", bn.num_batches_tracked!.ToString());
        foreach (var (wanted, got) in new[] { -0.3886852264404297, 0.1044001579284668, 0.9203233122825623, 0.9557919502258301 }.Zip(cat([bn.running_mean!, bn.running_var!]).to(float64).data<double>()))
            Assert.InRange(got, wanted - 2e-7, wanted + 2e-7);
        // Without running statistics the batch's own are taken, in evaluation too.
        var plain = new nn.BatchNorm1d(2, track_running_stats: false);
        plain.eval();
        Assert.Equal("tensor([[-1.0000, -1.0000],\n        [ 1.0000,  1.0000]], grad_fn=<NativeBatchNormBackward0>)", plain.call(tensor(new[,] { { 1f, 2 }, { 3, 5 } })).ToString());
        Assert.Equal(["weight", "bias"], plain.state_dict().Keys);
    }

    [Fact]
    public void Running_statistics_hold_no_batch_and_keep_a_step_one_plan()
    {
        manual_seed(0);
        var bn = new nn.BatchNorm1d(3);
        var optimizer = new optim.SGD(bn.parameters(), lr: 0.1);
        WeakReference Step()
        {
            var x = randn(4, 3);
            optimizer.zero_grad();
            bn.call(x * 2).pow(2).mean().backward();
            optimizer.step();
            return new WeakReference(x.Node);
        }

        WeakReference Look()
        {
            var x = randn(4, 3);
            using (no_grad()) bn.call(x * 2).sum().item();
            return new WeakReference(x.Node);
        }

        var (trained, looked) = (Step(), Look());
        Step();
        var before = PlanCache.Misses;
        for (var i = 0; i < 5; i++) Step();
        Assert.Equal(0, PlanCache.Misses - before);
        Look();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(trained.IsAlive);
        Assert.False(looked.IsAlive);
        Assert.Equal(9L, bn.num_batches_tracked!.item());
    }

    [Fact]
    public void A_list_of_modules_is_counted_from_both_ends()
    {
        var list = new nn.Sequential(new nn.ReLU(), new nn.Tanh());
        Assert.Equal("Tanh() ReLU()", $"{list[-1]} {list[0]}");
        foreach (var i in (int[])[2, -3]) Assert.Equal($"index {i} is out of range", Assert.Throws<IndexError>(() => list[i]).Message);
    }

    [Fact]
    public void A_kernel_of_any_rank_is_made_and_refused_by_the_convolution()
    {
        Assert.Equal("Conv2d(1, 1, kernel_size=(), stride=(1, 1))", new nn.Conv2d(1, 1, []).ToString());
        var deep = new nn.Conv2d(1, 1, [1, 2, 3]);
        Assert.InRange(Math.Abs(deep.bias!.item<double>()), 0, 1 / Math.Sqrt(6));
        Assert.Throws<RuntimeError>(() => deep.forward(ones(1, 1, 3, 3)));
        Assert.Throws<RuntimeError>(() => new nn.Conv2d(1, 1, []).forward(ones(1, 1, 3, 3)));
        Assert.Throws<RuntimeError>(() => new nn.Conv2d(1, 1, [1], stride: []).forward(ones(1, 1, 3, 3)));
    }

    [Fact]
    public void A_module_of_complex_numbers_is_made_with_a_warning()
    {
        var (told, sink) = (new List<string>(), warnings.sink);
        warnings.sink = (_, text) => told.Add(text);
        try
        {
            warnings.resetwarnings();
            var linear = new nn.Linear(1, 1);
            linear.to(complex64);
            Assert.Equal(complex64, linear.weight.dtype);
            Assert.StartsWith("Complex modules are a new feature under active development", Assert.Single(told));
            linear.to(float64);
            Assert.Equal(float64, linear.weight.dtype);
            Assert.Equal("nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.int64", Assert.Throws<TypeError>(() => linear.to(int64)).Message);
        }
        finally
        {
            warnings.sink = sink;
        }
    }

    [Fact]
    public void A_state_of_nothing_is_refused_whole()
    {
        var linear = new nn.Linear(1, 1);
        var before = linear.bias!.item();
        Assert.Equal("Error(s) in loading state_dict for Linear:\n\tWhile copying the parameter named \"weight\", expected torch.Tensor or Tensor-like object from checkpoint but received <class 'NoneType'>",
            Assert.Throws<RuntimeError>(() => linear.load_state_dict(new Dictionary<string, Tensor> { ["weight"] = null!, ["bias"] = ones(1) })).Message);
        Assert.Equal(before, linear.bias.item());
    }
}
