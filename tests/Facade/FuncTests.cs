using static Functional.Autograd.torch;
using static Functional.Autograd.torch.func;

namespace Facade;

/// <summary>Functions of functions; what is expected is what PyTorch 2.6 prints.</summary>
public class FuncTests
{
    private static Tensor Grid() => arange(6f).view(2, 3);

    private static void Is(string text, Tensor x) => Assert.Equal(text, x.ToString());

    private static void Refuses<T>(string text, Func<object?> f) where T : Exception => Assert.Equal(text, Assert.Throws<T>(f).Message);

    [Fact]
    public void Rows_are_mapped()
    {
        var x = Grid();
        Is("tensor([ 3., 12.])", vmap((Tensor a) => a.sum())(x));
        Is("tensor([[1., 2., 3.],\n        [4., 5., 6.]])", vmap((Tensor a, Tensor b) => a + b, in_dims: [0, null])(x, ones(3)));
        Is("tensor([[ 0.,  6.],\n        [ 2.,  8.],\n        [ 4., 10.]])", vmap((Tensor a) => a * 2, out_dims: 1)(x));
        var (y, s) = vmap((Tensor a) => (a, a.sum()), out_dims: [1, 0])(x);
        Is("tensor([[0., 3.],\n        [1., 4.],\n        [2., 5.]])", y);
        Is("tensor([ 3., 12.])", s);
        Is("tensor([ 5., 50.])", vmap((Tensor a) => dot(a, a))(x));
        Is("tensor([[0., 0., 2.],\n        [3., 4., 5.]])", vmap((Tensor a) => where(a > 1, a, zeros(1)))(x));
        Is("tensor([[ 0.,  3.,  6.],\n        [ 9., 12., 15.]])", vmap((Tensor a) => a.shape[0] * a)(x));
        Is("tensor([[ 0.,  2.,  4.],\n        [ 6.,  8., 10.]])", vmap((Tensor a) => a * 2, chunk_size: 1)(x));
        Is("tensor([[1., 1., 1.],\n        [1., 1., 1.]])", vmap((Tensor a) => ones(3))(x));
        Is("tensor([[0., 2., 4.],\n        [3., 5., 7.]])", vmap((Tensor a) => vmap((Tensor e, Tensor i) => e + i)(a, arange(3f)))(x));
        var d = vmap((Dictionary<string, Tensor> a) => new Dictionary<string, Tensor> { ["a"] = a["x"] * 2 })(new() { ["x"] = x });
        Is("tensor([[ 0.,  2.,  4.],\n        [ 6.,  8., 10.]])", d["a"]);
    }

    [Fact]
    public void What_a_row_can_not_do_is_refused()
    {
        var x = Grid();
        Refuses<RuntimeError>("vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report.",
            () => vmap((Tensor a) => a * a.sum().item<float>())(x));
        Refuses<RuntimeError>("vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please shout over at https://github.com/pytorch/functorch/issues/257 .",
            () => vmap((Tensor a) => a.sum() > 0 ? a : -a)(x));
        Refuses<ValueError>("vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [2, 3] for the mapped dimension", () => vmap((Tensor a, Tensor b) => a + b)(x, ones(3, 2)));
        Refuses<ValueError>("vmap(<lambda>, in_dims=(0, 2), ...)(<inputs>): Got in_dim=2 for some input, but that input is a Tensor of dimensionality 1 so expected in_dim to satisfy -1 <= in_dim < 1.",
            () => vmap((Tensor a, Tensor b) => a + b, in_dims: [0, 2])(x, ones(3)));
        Refuses<IndexError>("Dimension out of range (expected to be in range of [-2, 1], but got 3)", () => vmap((Tensor a) => a * 2, out_dims: 3)(x));
        Refuses<RuntimeError>("vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or perform the randomness operation out of vmap", () => vmap((Tensor a) => a + randn(3))(x));
        Refuses<RuntimeError>("Only allowed values for randomness are 'error', 'different', or 'same'. Got foo", () => vmap((Tensor a) => a, randomness: "foo")(x));
        Refuses<ValueError>("vmap: chunk_size should be None or greater than 0. (got 0)", () => vmap((Tensor a) => a, chunk_size: 0)(x));
        Refuses<RuntimeError>("backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp instead or call backward() outside of functorch transforms.",
            () => vmap((Tensor a) => { a.sum().backward(); return a; })(x.clone().requires_grad_()));
        var c = zeros(3);
        Assert.StartsWith("vmap: inplace arithmetic(self, *extra_args) is not possible", Assert.Throws<RuntimeError>(() => vmap((Tensor a) => c.add_(a))(x)).Message);
        Is("tensor([0., 0., 0.])", c);
        Assert.Equal(0, c._version);
        // What was refused has left nothing behind.
        Is("tensor([ 3., 12.])", vmap((Tensor a) => a.sum())(x));
    }

    [Fact]
    public void Random_numbers_are_the_same_or_different_for_all_rows()
    {
        manual_seed(0);
        Is("tensor([[ 1.5410, -0.2934, -2.1788],\n        [ 1.5410, -0.2934, -2.1788]])", vmap((Tensor a) => a * 0 + randn(3), randomness: "same")(Grid()));
        manual_seed(0);
        Is("tensor([[ 1.5410,  0.7066, -0.1788],\n        [ 3.5684,  2.9155,  3.6014]])", vmap((Tensor a) => a + randn(3), randomness: "different")(Grid()));
    }

    private static readonly (Func<Tensor, Tensor> F, string Different, string Same)[] Draws =
    [
        (a => a + randint(0, 100, [4]), "tensor([[44., 39., 33., 60.],\n        [63., 79., 27.,  3.]])", "tensor([[44., 39., 33., 60.],\n        [44., 39., 33., 60.]])"),
        (a => a + randperm(4), "tensor([[0., 1., 3., 2.],\n        [0., 2., 3., 1.]])", "tensor([[0., 1., 3., 2.],\n        [0., 1., 3., 2.]])"),
        (a => a[..3] + multinomial(ones(4), 3), "tensor([[2., 1., 3.],\n        [2., 3., 0.]])", "tensor([[2., 1., 3.],\n        [2., 1., 3.]])"),
        (a => a[..3] + multinomial(ones(4), 3, replacement: true), "tensor([[3., 2., 1.],\n        [3., 2., 3.]])", "tensor([[3., 2., 1.],\n        [3., 2., 1.]])"),
        (a => a + bernoulli(full([4], 0.5)), "tensor([[1., 0., 1., 1.],\n        [1., 0., 1., 0.]])", "tensor([[1., 0., 1., 1.],\n        [1., 0., 1., 1.]])"),
        (a => bernoulli(a + 0.5), "tensor([[1., 0., 1., 1.],\n        [1., 0., 1., 0.]])", "Vmap does not currently support same randomness with a batched tensor input. Please file an issue with functorch"),
    ];

    public static TheoryData<int> DrawNumbers => [.. Enumerable.Range(0, Draws.Length)];

    [Theory, MemberData(nameof(DrawNumbers))]
    public void Whatever_is_drawn_is_drawn_for_each_row_or_for_all(int number)
    {
        string Drawn(string randomness)
        {
            manual_seed(0);
            try
            {
                return vmap(Draws[number].F, randomness: randomness)(zeros(2, 4)).ToString();
            }
            catch (RuntimeError e)
            {
                return e.Message;
            }
        }
        Assert.StartsWith("vmap: called random operation while in randomness error mode.", Drawn("error"));
        Assert.Equal(Draws[number].Different, Drawn("different"));
        Assert.Equal(Draws[number].Same, Drawn("same"));
    }

    [Fact]
    public void A_result_that_is_the_same_for_all_rows_may_come_out_once()
    {
        var (a, b) = (zeros(3, 2), ones(2));
        foreach (var chunk in new long?[] { null, 2 })
        {
            Is("tensor([2., 2.])", vmap((Tensor x, Tensor c) => c * 2, in_dims: [0, null], out_dims: [null], chunk_size: chunk)(a, b));
            var (sum, same) = vmap((Tensor x, Tensor c) => (x.sum(), c * 2), in_dims: [0, null], out_dims: [0, null], chunk_size: chunk)(a, b);
            Is("tensor([0., 0., 0.])", sum);
            Is("tensor([2., 2.])", same);
            Refuses<ValueError>("vmap(<lambda>, ...): `<lambda>` can not return a BatchedTensor when out_dim is None", () => vmap((Tensor x) => x * 2, out_dims: [null], chunk_size: chunk)(a));
        }
        Refuses<RuntimeError>("vmap: multinomial by weights that differ from row to row is not supported; give it all rows as a matrix, outside", () => vmap((Tensor x) => multinomial(x, 1), randomness: "different")(a + 1));
    }

    [Fact]
    public void Rows_are_written_in_place()
    {
        Is("tensor([[1., 2., 3.],\n        [4., 5., 6.]])", vmap((Tensor a) => a.clone().add_(1))(Grid()));
        Is("tensor([[ 0.,  0.,  2.],\n        [30.,  4.,  5.]])", vmap((Tensor a) =>
        {
            var y = a.clone();
            y[0] = a[0] * 10;
            y[1] = a[1] * (a[0] > 0);
            return y;
        })(Grid()));
    }

    [Fact]
    public void Derivatives_flow_out_of_mapped_functions()
    {
        var w = ones(3).requires_grad_();
        var x = Grid().requires_grad_();
        var y = vmap((Tensor a) => (a * w).sum())(x);
        Is("tensor([ 3., 12.], grad_fn=<SumBackward0>)", y);
        y.sum().backward();
        Is("tensor([3., 5., 7.])", w.grad!);
        Is("tensor([[1., 1., 1.],\n        [1., 1., 1.]])", x.grad!);
        var t = tensor(new[,] { { 1.0, 2.0 }, { 3.0, 4.0 } }, requires_grad: true);
        Assert.True(autograd.gradcheck(v => vmap((Tensor a) => a.softmax(0) * a.sin() + a.view(2, 1).mm(a.view(1, 2)).sum(0))(v), t));
        Assert.True(autograd.gradgradcheck(v => vmap((Tensor a) => a.softmax(0) * a.sin())(v), t));
    }

    [Fact]
    public void Gradients_are_functions()
    {
        var x = Grid();
        Is("tensor([[ 0.,  3., 12.],\n        [27., 48., 75.]])", func.grad((Tensor a) => a.pow(3).sum())(x));
        Is("tensor([[ 0.,  3., 12.],\n        [27., 48., 75.]])", vmap(func.grad((Tensor a) => a.pow(3).sum()))(x));
        var (a, b) = func.grad((p, q) => (p * q).sum(), (0, 1))(x, x + 1);
        Is("tensor([[1., 2., 3.],\n        [4., 5., 6.]])", a);
        Is("tensor([[0., 1., 2.],\n        [3., 4., 5.]])", b);
        var xx = x.clone().requires_grad_();
        Is("tensor([[2., 2., 2.],\n        [2., 2., 2.]])", func.grad((Tensor v) => (v * 2).sum())(x));
        Is("tensor([[ 0.,  2.,  4.],\n        [ 6.,  8., 10.]], grad_fn=<MulBackward0>)", func.grad((Tensor v) => v.pow(2).sum())(xx));
        Assert.False(func.grad((Tensor v) => v.pow(2).sum())(x).requires_grad);
        using (no_grad()) Is("tensor([[ 0.,  2.,  4.],\n        [ 6.,  8., 10.]])", func.grad((Tensor v) => v.pow(2).sum())(xx));
        var (g, value) = grad_and_value((Tensor v) => v.pow(2).sum())(x);
        Is("tensor([[ 0.,  2.,  4.],\n        [ 6.,  8., 10.]])", g);
        Is("tensor(55.)", value);
        var (_, aux) = func.grad((Tensor v) => (v.sum(), v * 2))(x);
        Is("tensor([[ 0.,  2.,  4.],\n        [ 6.,  8., 10.]])", aux);
        Is("tensor([[ 0.,  1.,  4.],\n        [ 9., 16., 25.]])", func.grad((Tensor v) =>
        {
            Tensor s;
            using (no_grad()) s = v.pow(2);
            return (v * s).sum();
        })(x));
        Is("tensor(24.)", func.grad((Tensor v) => func.grad((Tensor u) => func.grad((Tensor t) => t.pow(4))(u))(v))(tensor(1f)));
        Refuses<RuntimeError>("grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with 2 dims. Maybe you wanted to use the vjp or jacrev APIs instead?", () => func.grad((Tensor v) => v * 1)(x));
        Refuses<RuntimeError>("Got argnum=2, but only 2 positional inputs", () => func.grad((p, q) => (p * q).sum(), 2)(x, x));
        Refuses<RuntimeError>("only Tensors of floating point dtype can require gradients", () => func.grad((Tensor v) => v.sum())(ones([2], dtype: int64)));
    }

    [Fact]
    public void Pushforwards_and_pullbacks()
    {
        var (y, t) = jvp(v => v.sin(), ones(2), ones(2));
        Is("tensor([0.8415, 0.8415])", y);
        Is("tensor([0.5403, 0.5403])", t);
        Refuses<RuntimeError>("Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size [2] while the given forward gradient is of size [3].", () => jvp((Tensor v) => v.sin(), ones(2), ones(3)));
        Is("tensor([0., 0.])", jvp(_ => ones(2), ones(2), ones(2)).Item2);
        var (z, pullback) = vjp((Tensor v) => v.sin(), ones(2));
        Is("tensor([0.8415, 0.8415])", z);
        Is("tensor([0.5403, 0.5403])", pullback(ones(2)));
        Is("tensor([1.0806, 1.0806])", pullback(2 * ones(2)));
        Refuses<RuntimeError>("Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([2]).", () => pullback(ones(3)));
        var (l, push) = linearize((Tensor v) => v.sin(), ones(2));
        Is("tensor([0.8415, 0.8415])", l);
        Is("tensor([0.5403, 1.0806])", push(tensor(new[] { 1f, 2f })));
        // Each level differentiates what the inner one gives: 60 x².
        Is("tensor(240.)", jvp(a => jvp(b => jvp(c => c.pow(5), b, ones_like(b)).Item2, a, ones_like(a)).Item2, tensor(2f), ones([])).Item2);
    }

    [Fact]
    public void Jacobians_and_hessians_by_both_modes()
    {
        var x = tensor(new[] { 0.3, -0.7, 1.1 });
        static Tensor F(Tensor v) => cat([v.sin() * v[0], v.prod().unsqueeze(0)]);
        var expected = autograd.functional.jacobian(F, x);
        Assert.True(allclose(expected, jacrev(F)(x), 1e-14, 1e-15));
        Assert.True(allclose(expected, jacfwd(F)(x), 1e-14, 1e-15));
        Assert.True(allclose(expected, jacrev(F, chunk_size: 3)(x), 1e-14, 1e-15));
        static Tensor G(Tensor v) => (v.exp() * v.flip(0)).sum() + v.prod().pow(2);
        var curvature = autograd.functional.hessian(G, x);
        Assert.True(allclose(curvature, hessian(G)(x), 1e-13, 1e-14));
        Assert.True(allclose(curvature, jacrev(jacrev(G))(x), 1e-13, 1e-14));
        Assert.True(allclose(curvature, jacfwd(jacfwd(G))(x), 1e-13, 1e-14));
        Assert.True(allclose(curvature, jacrev(jacfwd(G))(x), 1e-13, 1e-14));
        Assert.Equal([2L, 3L, 3L], vmap(hessian(G))(stack([x, x + 1])).shape);
        Assert.True(allclose(hessian(G)(x + 1), vmap(hessian(G))(stack([x, x + 1]))[1], 1e-12, 1e-12));
    }

    [Fact]
    public void Gradients_of_each_sample()
    {
        manual_seed(0);
        var model = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach());
        var (x, t) = (randn(5, 3), tensor(new long[] { 0, 1, 1, 0, 1 }));
        Tensor Loss(Dictionary<string, Tensor> p, Tensor sample, Tensor target) =>
            nn.functional.cross_entropy(functional_call(model, p, sample.unsqueeze(0)), target.unsqueeze(0));
        var each = vmap(func.grad<Dictionary<string, Tensor>, Tensor, Tensor>(Loss), in_dims: [null, 0, 0])(parameters, x, t);
        Assert.Equal([5L, 4L, 3L], each["0.weight"].shape);
        nn.functional.cross_entropy(model.forward(x), t, reduction: "sum").backward();
        foreach (var (name, p) in model.named_parameters()) Assert.True(allclose(p.grad!, each[name].sum(0), 1e-5, 1e-6), name);
        Assert.Same(model.parameters()[0], model.named_parameters().First().parameter);
    }

    [Fact]
    public void A_module_is_called_with_other_parameters()
    {
        var m = new nn.Linear(3, 2, bias: false);
        var before = m.weight;
        var w = ones(2, 3).requires_grad_();
        var y = functional_call(m, new Dictionary<string, Tensor> { ["weight"] = w }, Grid());
        Is("tensor([[ 3.,  3.],\n        [12., 12.]], grad_fn=<MmBackward0>)", y);
        y.sum().backward();
        Is("tensor([[3., 5., 7.],\n        [3., 5., 7.]])", w.grad!);
        Assert.Same(before, m.weight);
        Assert.Null(before.grad);
        Refuses<RuntimeError>("Error(s) in reparametrizing for Linear:\n\tUnexpected key(s): 'foo'.\n\tMissing key(s): 'weight'.", () => functional_call(m, new Dictionary<string, Tensor> { ["foo"] = w }, Grid(), strict: true));
        var (stacked, buffers) = stack_module_state([m, new nn.Linear(3, 2, bias: false)]);
        Assert.Equal([2L, 2L, 3L], stacked["weight"].shape);
        Refuses<RuntimeError>("stack_module_state: Expected all models to be of the same class.", () => stack_module_state([m, new nn.Tanh()]));
        Refuses<RuntimeError>("stack_module_state: a model has no 'bias'", () => stack_module_state([new nn.Linear(3, 2), m]));
        Assert.True(stacked["weight"].requires_grad && stacked["weight"].is_leaf);
        Assert.Empty(buffers);
    }

    private sealed class Several : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Parameter[] all = [new(ones(1)), new(ones(1))];
        private readonly List<Tensor> more = [zeros(1)];

        public Several()
        {
            register_parameter("a", all[0]);
            register_parameter("b", all[1]);
            register_buffer("c", more[0]);
        }

        public override Tensor forward(Tensor x) => x * all[0] + parameters()[1] * 10 + more[0];
    }

    private sealed class Captured : nn.Module<Tensor, Tensor>
    {
        private readonly Func<Tensor, Tensor> f;

        public Captured()
        {
            var w = register_parameter("w", new nn.Parameter(ones(1)))!;
            f = x => x * w;
        }

        public override Tensor forward(Tensor x) => f(x);
    }

    [Fact]
    public void Parameters_are_replaced_wherever_a_module_holds_them()
    {
        var m = new Several();
        Tensor[] before = [.. m.parameters(), .. m.buffers()];
        Is("tensor([135.])", functional_call(m, new Dictionary<string, Tensor> { ["a"] = tensor(new[] { 5f }), ["b"] = tensor(new[] { 3f }), ["c"] = tensor(new[] { 100f }) }, ones(1)));
        Is("tensor([15.], grad_fn=<AddBackward0>)", functional_call(m, new Dictionary<string, Tensor> { ["a"] = tensor(new[] { 5f }) }, ones(1)));
        Is("tensor([11.], grad_fn=<AddBackward0>)", m.call(ones(1)));
        Assert.Equal(before, [.. m.parameters(), .. m.buffers()], ReferenceEqualityComparer.Instance);
        Refuses<RuntimeError>("functional_call: 'w' of Captured can't be replaced, as it stands in no field of a module, nor in an array or a list that does", () => functional_call(new Captured(), new Dictionary<string, Tensor> { ["w"] = ones(1) }, ones(1)));
    }

    [Fact]
    public void Structures_and_types_of_cotangents_and_tangents_are_checked()
    {
        var x = ones(2);
        var several = vjp((Tensor v) => new[] { v, v * 2 }, x).Item2;
        Refuses<RuntimeError>("Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. cotangents: [*], primal output: [*, *]", () => several([x]));
        Refuses<RuntimeError>("Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. cotangents: [*, *, *], primal output: [*, *]", () => several([x, x, x]));
        Is("tensor([1., 1.])", vjp((Tensor v) => v.sum(), x).Item2(null!));
        Refuses<RuntimeError>("grad can be implicitly created only for scalar outputs", () => vjp((Tensor v) => v * 2, x).Item2(null!));
        Refuses<ValueError>("Thing passed to transform API must be Tensor, got <class 'NoneType'>", () => func.grad((Tensor v) => v.sum())(null!));
        var (_, (twice, thrice)) = func.grad((Tensor v) => ((v * v).sum(), (v * 2, v * 3)))(x);
        Assert.False(twice.requires_grad || thrice.requires_grad);
        Is("tensor([2., 2.], dtype=torch.float64)", jvp((Tensor v) => v * v, ones([2], float64), x).Item2);
        Is("tensor([2.+0.j, 2.+0.j])", jvp((Tensor v) => v * v, ones([2], complex64), x).Item2);
        Refuses<ValueError>("Expected primal to be floating point or complex, but got: torch.int64", () => jvp((Tensor v) => v * v, ones([2], int64), ones([2], int64)));
        Refuses<ValueError>("Expected tangent to be floating point or complex, but got: torch.int64", () => jvp((Tensor v) => v * v, x, ones([2], int64)));
        Refuses<RuntimeError>("jvp(f, primals, tangents): the tangent of a torch.float32 is no torch.complex64", () => jvp((Tensor v) => v * v, x, ones([2], complex64)));
    }
}
