using System.Numerics;
using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Optimisers against numbers that PyTorch 2.6 gave.</summary>
public class OptimTests
{
    // One unit in the last place of float32, or none for float64 beyond what the order of operations gives.
    private static void Near(double[] wanted, Tensor got)
    {
        var unit = got.dtype == float32 ? 1.2e-7 : 4.5e-16;
        foreach (var (w, g) in wanted.Zip(got.detach().to(float64).data<double>())) Assert.InRange(g, w - 2 * unit * Math.Abs(w), w + 2 * unit * Math.Abs(w));
    }

    private static optim.Optimizer Make(string name, Tensor x, double lr, double eps, bool amsgrad = false) => name switch
    {
        "Adam" => new optim.Adam([x], lr, eps: eps, amsgrad: amsgrad),
        "AdamW" => new optim.AdamW([x], lr, eps: eps, amsgrad: amsgrad),
        _ => throw new ArgumentException(name),
    };

    [Theory]
    [InlineData("Adam", 2e-14, 1e-15, 1, 0.9047619104385376, 0.0952380821108818)]
    [InlineData("Adam", 1e-16, 1e-20, 1, 0.9000099897384644, 0.09999000281095505)]
    [InlineData("Adam", 1e-16, 0.0, 1, 0.8999999761581421, 0.10000000149011612)]
    [InlineData("Adam", 2e-14, 1e-15, 5, 0.523809552192688, 0.476190447807312)]
    [InlineData("Adam", 1e-22, 1e-08, 3, 1.0, 3.0000001167615996e-15)]
    [InlineData("AdamW", 2e-14, 1e-15, 1, 0.9037619233131409, 0.0952380821108818)]
    [InlineData("AdamW", 1e-16, 1e-20, 1, 0.8990100026130676, 0.09999000281095505)]
    [InlineData("AdamW", 1e-16, 0.0, 1, 0.8989999890327454, 0.10000000149011612)]
    [InlineData("AdamW", 2e-14, 1e-15, 5, 0.5197710990905762, 0.4752390682697296)]
    [InlineData("AdamW", 1e-22, 1e-08, 3, 0.9970030784606934, 2.9970011966118457e-15)]
    public void Small_gradients_and_a_small_eps_step_as_in_PyTorch(string name, double g, double eps, int steps, double first, double second)
    {
        foreach (var amsgrad in new[] { false, true })
        {
            var x = tensor(new[] { 1f, 0 }, requires_grad: true);
            var optimizer = Make(name, x, 0.1, eps, amsgrad);
            for (var i = 0; i < steps; i++)
            {
                x.grad = tensor(new[] { (float)g, -(float)g });
                optimizer.step();
            }
            Near([first, second], x);
        }
    }

    [Theory]
    [InlineData("Adam", 1e-38, 1e-8, 3, new[] { 1.0, -3.000000761829615e-31, 9.999970613130868e-26 })]
    [InlineData("AdamW", 1e-38, 1e-8, 3, new[] { 0.9970030784606934, -2.9970018406417973e-31, 9.970001294303456e-26 })]
    [InlineData("Adam", 3e-20, 1e-8, 4, new[] { 1.0, -1.1999999518369497e-12, -1.1999999518369497e-12 })]
    [InlineData("AdamW", 3e-20, 1e-8, 4, new[] { 0.9960060715675354, -1.198201152012579e-12, -1.198201152012579e-12 })]
    [InlineData("Adam", 1e-38, 1e-30, 3, new[] { 1.0, -3.000000692310323e-09, -3.000000692310323e-09 })]
    public void Denormal_moments_are_dropped_only_where_nothing_sees_it(string name, double g, double eps, int steps, double[] wanted)
    {
        var x = tensor(new[] { 1f, 0, 1e-25f }, requires_grad: true);
        var optimizer = Make(name, x, 0.1, eps);
        for (var i = 0; i < steps; i++)
        {
            x.grad = full([3], g);
            optimizer.step();
        }
        // A denormal moment has few digits: 1e-39 is within 1e-6 of itself.
        foreach (var (w, got) in wanted.Zip(x.detach().to(float64).data<double>())) Assert.InRange(got, w - 2e-6 * Math.Abs(w), w + 2e-6 * Math.Abs(w));
    }

    [Fact]
    public void A_unit_that_is_dead_for_a_thousand_steps_stands_where_PyTorch_s_stands()
    {
        var x = tensor(new[] { 1f, 1e-30f }, requires_grad: true);
        var optimizer = new optim.Adam([x], lr: 0.1);
        x.grad = ones(2);
        optimizer.step();
        x.grad = zeros(2);
        for (var i = 0; i < 1200; i++) optimizer.step();
        // 1,200 steps of one rounding each.
        foreach (var (w, g) in new[] { 0.39944952726364136, -0.6005507111549377 }.Zip(x.detach().to(float64).data<double>())) Assert.InRange(g, w - 1e-5, w + 1e-5);
    }

    public static TheoryData<string, Func<Tensor, optim.Optimizer>, double, double> Options => new()
    {
        { "SGD maximize", x => new optim.SGD([x], lr: .1, maximize: true), 2.7865747000000005, -0.49710079999999995 },
        { "Adam maximize", x => new optim.Adam([x], lr: .1, maximize: true), 1.300214720742941, -1.7014877284518328 },
        { "AdamW maximize", x => new optim.AdamW([x], lr: .1, maximize: true), 1.2969299294078973, -1.6958337994132422 },
        { "Adam betas", x => new optim.Adam([x], lr: .1, betas: (.5, .6)), 0.70532975003976, -2.300985433287152 },
        { "AdamW betas", x => new optim.AdamW([x], lr: .1, betas: (.5, .6), weight_decay: .3, amsgrad: true), 0.6361159738444824, -2.1169242433745956 },
    };

    [Theory, MemberData(nameof(Options))]
    public void Betas_and_maximize_are_PyTorch_s(string name, Func<Tensor, optim.Optimizer> make, double first, double second)
    {
        Assert.NotEmpty(name);
        var x = tensor(new[] { 1.0, -2 }, requires_grad: true);
        var optimizer = make(x);
        for (var i = 0; i < 3; i++)
        {
            optimizer.zero_grad();
            (x * x * x).sum().backward();
            optimizer.step();
        }
        Near([first, second], x);
    }

    [Fact]
    public void Gradients_are_set_to_zero_in_place_or_forgotten()
    {
        var x = tensor(new[] { 1f, 2 }, requires_grad: true);
        var model = new nn.Linear(2, 1);
        var optimizer = new optim.SGD([x, .. model.parameters()], lr: 0.1);
        (x.sum() + model.call(ones(2)).sum()).backward(create_graph: true);
        var (kept, inner) = (x.grad!, model.weight.grad!);
        optimizer.zero_grad(set_to_none: false);
        Assert.Same(kept, x.grad);
        Assert.Equal("tensor([0., 0.])", kept.ToString());
        Assert.Equal("tensor([[0., 0.]])", inner.ToString());
        (x * 3).sum().backward();
        Assert.Equal("tensor([3., 3.])", kept.ToString());
        model.weight.grad!.fill_(1);
        model.zero_grad(set_to_none: false);
        Assert.Equal("tensor([[0., 0.]])", inner.ToString());
        optimizer.zero_grad();
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_closure_is_run_with_recording_on_and_its_loss_returned()
    {
        var x = zeros([2], requires_grad: true);
        var optimizer = new optim.SGD([x], lr: 0.1);
        using (no_grad())
        {
            var loss = optimizer.step(() =>
            {
                optimizer.zero_grad();
                var l = (x - 1).pow(2).sum();
                l.backward();
                return l;
            });
            Assert.Equal("tensor(2., grad_fn=<SumBackward0>)", loss!.ToString());
        }
        Assert.Equal("tensor([0.2000, 0.2000], requires_grad=True)", x.ToString());
        Assert.Null(optimizer.step());
    }

    [Fact]
    public void A_step_moves_the_version_on_as_often_as_PyTorch_writes()
    {
        foreach (var (make, writes) in new (Func<Tensor, optim.Optimizer>, int)[] { (x => new optim.SGD([x], momentum: .9, weight_decay: .1), 1), (x => new optim.Adam([x], weight_decay: .1), 1), (x => new optim.AdamW([x]), 2) })
        {
            var x = ones([2], requires_grad: true);
            x.grad = ones(2);
            make(x).step();
            Assert.Equal(writes, x._version);
        }
    }

    [Fact]
    public void A_parameter_given_twice_is_warned_of_and_shares_its_state()
    {
        var heard = new List<string>();
        var before = warnings.sink;
        warnings.sink = (_, text) => heard.Add(text);
        warnings.resetwarnings();
        var x = ones([2], requires_grad: true);
        var optimizer = new optim.Adam([x, x], lr: 0.1);
        warnings.sink = before;
        Assert.Equal(["optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see github.com/pytorch/pytorch/issues/40967 for more information"], heard);
        x.grad = ones(2);
        optimizer.step();
        Assert.Equal("tensor([0.8000, 0.8000], requires_grad=True)", x.ToString());
        optimizer.step();
        Assert.Equal("tensor([0.6000, 0.6000], requires_grad=True)", x.ToString());
    }

    private static readonly Tensor[] P = [zeros([2], requires_grad: true)];

    public static TheoryData<string, Func<object>> Refused => new()
    {
        { "Invalid learning rate: -1.0", () => new optim.SGD(P, -1) },
        { "Invalid learning rate: -1e-05", () => new optim.SGD(P, -1e-5) },
        { "Invalid learning rate: -1e+16", () => new optim.SGD(P, -1e16) },
        { "Invalid learning rate: -1000000000000000.0", () => new optim.SGD(P, -1e15) },
        { "Invalid learning rate: -1e+22", () => new optim.SGD(P, -1e22) },
        { "Invalid momentum value: -0.5", () => new optim.SGD(P, momentum: -.5) },
        { "Invalid weight_decay value: -1.0", () => new optim.SGD(P, weight_decay: -1) },
        { "Nesterov momentum requires a momentum and zero dampening", () => new optim.SGD(P, nesterov: true) },
        { "Nesterov momentum requires a momentum and zero dampening", () => new optim.SGD(P, nesterov: true, momentum: .9, dampening: .1) },
        { "Invalid learning rate: nan", () => new optim.Adam(P, double.NaN) },
        { "Invalid learning rate: -inf", () => new optim.AdamW(P, double.NegativeInfinity) },
        { "Invalid epsilon value: -1e-08", () => new optim.Adam(P, eps: -1e-8) },
        { "Invalid epsilon value: nan", () => new optim.AdamW(P, eps: double.NaN) },
        { "Invalid beta parameter at index 0: 1.0", () => new optim.Adam(P, beta1: 1) },
        { "Invalid beta parameter at index 0: nan", () => new optim.AdamW(P, betas: (double.NaN, .9)) },
        { "Invalid beta parameter at index 1: -1.0", () => new optim.Adam(P, betas: (.9, -1)) },
        { "Invalid weight_decay value: -1.0", () => new optim.Adam(P, weight_decay: -1) },
        { "Invalid weight_decay value: nan", () => new optim.AdamW(P, weight_decay: double.NaN) },
        { "optimizer got an empty parameter list", () => new optim.SGD([]) },
        { "can't optimize a non-leaf Tensor", () => new optim.SGD([P[0] * 2]) },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_PyTorch_refuses_is_refused_with_its_text(string text, Func<object> make) => Assert.Equal(text, Assert.Throws<ValueError>(make).Message);

    [Fact]
    public void What_PyTorch_accepts_is_accepted()
    {
        _ = new optim.SGD(P, double.NaN);
        _ = new optim.SGD(P, momentum: double.NaN, weight_decay: double.NaN, dampening: -1);
        _ = new optim.SGD([zeros(2)]);
        var y = P[0] * 2;
        y.retain_grad();
        _ = new optim.SGD([y]);
    }

    private static readonly Dictionary<string, Func<Tensor, optim.Optimizer>> OfComplex = new()
    {
        ["Adam"] = z => new optim.Adam([z], 0.1),
        ["Adam amsgrad"] = z => new optim.Adam([z], 0.1, weight_decay: 0.1, amsgrad: true),
        ["AdamW amsgrad"] = z => new optim.AdamW([z], 0.1, amsgrad: true),
        ["AdamW maximize"] = z => new optim.AdamW([z], 0.1, maximize: true),
        ["SGD"] = z => new optim.SGD([z], 0.1),
        ["SGD nesterov"] = z => new optim.SGD([z], 0.1, momentum: 0.9, weight_decay: 0.1, nesterov: true),
    };

    [Theory]
    [InlineData("Adam", 0.7015862729460302, 1.700623392046465, -0.2048712525602996, -0.030208325105797768)]
    [InlineData("Adam amsgrad", 0.7015862728718214, 1.7006233920100058, -0.2048712524089114, -0.030208325383867668)]
    [InlineData("AdamW amsgrad", 0.6989111831582322, 1.6949445143849768, -0.20371238297376437, -0.030565961258941336)]
    [InlineData("AdamW maximize", 1.2971920143211155, 2.294053534984609, -0.7985009652773642, 0.5477830524392541)]
    [InlineData("SGD", 0.512, 1.024, -0.256, 0.128)]
    [InlineData("SGD nesterov", -0.14046839900000002, -0.28093679800000004, 0.07023419950000001, -0.035117099750000005)]
    public void Complex_parameters_are_two_real_ones_each(string name, params double[] wanted)
    {
        var z = tensor(new[] { new Complex(1, 2), new Complex(-0.5, 0.25) }, requires_grad: true);
        var optimizer = OfComplex[name](z);
        for (var i = 0; i < 3; i++)
        {
            optimizer.zero_grad();
            (z * z.conj()).sum().real.backward();
            optimizer.step();
        }
        // The three steps round some thirty times.
        foreach (var (w, g) in wanted.Zip(view_as_real(z.detach()).flatten().to_array<double>())) Assert.InRange(g, w - 1e-14, w + 1e-14);
        Assert.Equal(name.StartsWith("AdamW") ? 6 : 3, z._version);
    }

    [Fact]
    public void A_gradient_that_does_not_fit_is_PyTorchs_error_and_moves_nothing()
    {
        var x = ones([2], requires_grad: true);
        var optimizer = new optim.Adam([x], 0.1);
        x.grad = ones(2);
        optimizer.step();
        (x.data, x.grad) = (ones(3), null);
        x.grad = ones(3);
        Assert.Throws<RuntimeError>(() => optimizer.step());
        Assert.Equal([1f, 1, 1], x.to_array<float>());
    }
}
