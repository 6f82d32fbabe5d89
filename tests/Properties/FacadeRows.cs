using Functional.Autograd;
using static Functional.Autograd.torch;
using F = Functional.Autograd.torch.nn.functional;

namespace Properties;

/// <summary>Every facade function beside the composition of <see cref="Ops"/> that it is.</summary>
internal static class FacadeRows
{
    /// <summary>A row.</summary>
    /// <param name="Name">PyTorch's name; further words tell variants apart.</param>
    /// <param name="Forms">The function and the method, and variants that are the same.</param>
    /// <param name="Pure">What it is in Core.</param>
    /// <param name="Shapes">The operands' sizes.</param>
    public sealed record Row(string Name, Func<Tensor[], Tensor>[] Forms, Func<Node[], Node> Pure, params long[][] Shapes)
    {
        /// <summary>Where the operands lie; positive, so that every function is defined.</summary>
        public (double Low, double High) Domain { get; init; } = (0.1, 0.9);

        public override string ToString() => Name;
    }

    private static readonly long[] m = [3, 4], square = [3, 3];

    // An elementwise function: as a function, as a method, and in place where there is one.
    private static Row Map(string name, Func<Node, Node> pure, double low = 0.1, double high = 0.9)
    {
        var forms = new List<Func<Tensor[], Tensor>>();
        if (typeof(torch).GetMethod(name, [typeof(Tensor)]) is { } function) forms.Add(x => (Tensor)function.Invoke(null, [x[0]])!);
        forms.Add(x => (Tensor)typeof(Tensor).GetMethod(name, [])!.Invoke(x[0], [])!);
        if (typeof(Tensor).GetMethod(name + "_", []) is { } inPlace) forms.Add(x => (Tensor)inPlace.Invoke(x[0].clone(), [])!);
        return new(name, [.. forms], x => pure(x[0]), m) { Domain = (low, high) };
    }

    private static Row One(string name, Func<Node, Node> pure, params Func<Tensor, Tensor>[] forms) =>
        new(name, [.. forms.Select(f => (Func<Tensor[], Tensor>)(x => f(x[0])))], x => pure(x[0]), m) { Domain = (-2, 2) };

    private static Row Two(string name, Func<Node, Node, Node> pure, params Func<Tensor, Tensor, Tensor>[] forms) =>
        new(name, [.. forms.Select(f => (Func<Tensor[], Tensor>)(x => f(x[0], x[1])))], x => pure(x[0], x[1]), m, m) { Domain = (-2, 2) };

    private static Row Of(string name, Func<Node[], Node> pure, long[][] shapes, params Func<Tensor[], Tensor>[] forms) => new(name, forms, pure, shapes) { Domain = (-2, 2) };

    private static readonly long[,] places = { { 0, 2 }, { 3, 1 }, { 1, 1 } };

    private static Tensor Places => tensor(places);

    private static Node PlacesNode => Ops.Tensor(places);

    private static Node Float(Node x) => Ops.Cast(x, DType.Float64);

    private static Tensor Real(Tensor x) => x.to(float64);

    public static IReadOnlyList<Row> All { get; } =
    [
        .. Elementwise(), .. Pairs(), .. Reductions(), .. Views(), .. Products(), .. Learning(),
    ];

    private static IEnumerable<Row> Elementwise() =>
    [
        Map("neg", Ops.Neg, -2, 2), Map("abs", Ops.Abs, -2, 2), Map("sign", Ops.Sign, -2, 2), Map("exp", Ops.Exp, -2, 2), Map("exp2", Ops.Exp2, -2, 2), Map("expm1", Ops.Expm1, -2, 2), Map("log", Ops.Log), Map("log2", Ops.Log2), Map("log10", Ops.Log10),
        Map("log1p", Ops.Log1p), Map("sqrt", Ops.Sqrt), Map("rsqrt", Ops.Rsqrt), Map("reciprocal", Ops.Reciprocal), Map("square", Ops.Square, -2, 2), Map("sin", Ops.Sin, -2, 2), Map("cos", Ops.Cos, -2, 2), Map("tan", Ops.Tan), Map("asin", Ops.Asin),
        Map("acos", Ops.Acos), Map("atan", Ops.Atan, -2, 2), Map("sinh", Ops.Sinh, -2, 2), Map("cosh", Ops.Cosh, -2, 2), Map("tanh", Ops.Tanh, -2, 2), Map("asinh", Ops.Asinh, -2, 2), Map("acosh", Ops.Acosh, 1.1, 4), Map("atanh", Ops.Atanh),
        Map("sigmoid", Ops.Sigmoid, -2, 2), Map("relu", Ops.Relu, -2, 2), Map("erf", Ops.Erf, -2, 2), Map("erfc", Ops.Erfc, -2, 2), Map("erfinv", Ops.ErfInv), Map("lgamma", Ops.LogGamma, 0.2, 4), Map("digamma", Ops.Digamma, 0.2, 4),
        Map("floor", Ops.Floor, -3, 3), Map("ceil", Ops.Ceiling, -3, 3), Map("round", Ops.Round, -3, 3), Map("trunc", Ops.Truncate, -3, 3), Map("frac", x => x - Ops.Truncate(x), -3, 3),
        One("relu functional", Ops.Relu, x => F.relu(x), x => F.relu(x.clone(), inplace: true)), One("tanh functional", Ops.Tanh, x => F.tanh(x)), One("sigmoid functional", Ops.Sigmoid, x => F.sigmoid(x)),
        One("leaky_relu", x => Ops.LeakyRelu(x, 0.1), x => F.leaky_relu(x, 0.1)), One("elu", x => Ops.Elu(x, 1.5), x => F.elu(x, 1.5)), One("gelu", x => Ops.Gelu(x), x => F.gelu(x)), One("gelu tanh", x => Ops.Gelu(x, true), x => F.gelu(x, "tanh")),
        One("silu", Ops.Silu, x => F.silu(x)), One("mish", Ops.Mish, x => F.mish(x)), One("softplus", Ops.Softplus, x => F.softplus(x)), One("softplus of beta", x => Ops.Softplus(x * 2.0) / 2.0, x => F.softplus(x, 2)), One("logsigmoid", Ops.LogSigmoid, x => F.logsigmoid(x)),
        One("isnan", x => Float(Ops.IsNaN(x)), x => Real(isnan(x)), x => Real(x.isnan())), One("logical_not", x => Float(Ops.Not(x)), x => Real(logical_not(x)), x => Real(x.logical_not())),
        One("pow", x => Ops.Pow(x, 3), x => pow(x, 3), x => x.pow(3), x => x.clone().pow_(3)), One("clamp", x => Ops.Clamp(x, -1, 0.5), x => clamp(x, -1.0, 0.5), x => x.clamp(-1.0, 0.5), x => x.clone().clamp_(-1.0, 0.5)),
        One("clone", x => x, x => clone(x), x => x.clone(), x => x.contiguous(), x => x.cpu(), x => x.to(float64), x => x.@double()), One("dropout", x => x, x => F.dropout(x, 0.5, training: false), x => F.dropout(x, 0)),
        One("masked_fill", x => Ops.Where(x > 0, 7, x), x => masked_fill(x, x > 0, 7), x => x.masked_fill(x > 0, 7)), One("fill_", x => x * 0 + 3, x => x.clone().fill_(3)), One("zero_", x => x * 0, x => x.clone().zero_()),
    ];

    private static IEnumerable<Row> Pairs() =>
    [
        Two("add", (a, b) => a + b, (a, b) => add(a, b), (a, b) => a.add(b), (a, b) => a + b, (a, b) => a.clone().add_(b)), Two("add alpha", (a, b) => a + 2 * b, (a, b) => add(a, b, alpha: 2), (a, b) => a.add(b, 2), (a, b) => a.clone().add_(b, 2)),
        Two("sub", (a, b) => a - b, (a, b) => sub(a, b), (a, b) => a.sub(b), (a, b) => a - b, (a, b) => a.clone().sub_(b)), Two("mul", (a, b) => a * b, (a, b) => mul(a, b), (a, b) => a.mul(b), (a, b) => a * b, (a, b) => a.clone().mul_(b)),
        Two("div", (a, b) => a / b, (a, b) => div(a, b), (a, b) => a.div(b), (a, b) => a / b, (a, b) => a.clone().div_(b)), Two("remainder", Ops.Rem, (a, b) => remainder(a, b), (a, b) => a.remainder(b), (a, b) => a % b, (a, b) => a.clone().remainder_(b)),
        Two("atan2", Ops.Atan2, (a, b) => atan2(a, b), (a, b) => a.atan2(b)), Two("maximum", Ops.Max, (a, b) => maximum(a, b), (a, b) => a.maximum(b)), Two("minimum", Ops.Min, (a, b) => minimum(a, b), (a, b) => a.minimum(b)),
        Two("pow of tensors", (a, b) => Ops.Pow(Ops.Exp(a), b), (a, b) => pow(a.exp(), b), (a, b) => a.exp().pow(b), (a, b) => a.exp().clone().pow_(b)), Two("where", (a, b) => Ops.Where(a > b, a, b * b), (a, b) => where(a > b, a, b * b), (a, b) => a.where(a > b, b * b)),
        Two("floor_divide", (a, b) => Ops.FloorDiv(a, b), (a, b) => floor_divide(a.detach(), b.detach()), (a, b) => a.detach().floor_divide(b.detach()), (a, b) => a.detach().clone().floor_divide_(b.detach())),
        Two("eq", (a, b) => Float(Ops.Equal(a, a * 1)), (a, b) => Real(eq(a, a.clone())), (a, b) => Real(a.eq(a.clone())), (a, b) => Real(a == a.clone())), Two("ne", (a, b) => Float(Ops.NotEqual(a, b)), (a, b) => Real(ne(a, b)), (a, b) => Real(a.ne(b)), (a, b) => Real(a != b)),
        Two("lt", (a, b) => Float(a < b), (a, b) => Real(lt(a, b)), (a, b) => Real(a.lt(b)), (a, b) => Real(a < b)), Two("le", (a, b) => Float(a <= b), (a, b) => Real(le(a, b)), (a, b) => Real(a.le(b)), (a, b) => Real(a <= b)),
        Two("gt", (a, b) => Float(a > b), (a, b) => Real(gt(a, b)), (a, b) => Real(a.gt(b)), (a, b) => Real(a > b)), Two("ge", (a, b) => Float(a >= b), (a, b) => Real(ge(a, b)), (a, b) => Real(a.ge(b)), (a, b) => Real(a >= b)),
        Two("logical_and", (a, b) => Float(Ops.And(a > 0, b > 0)), (a, b) => Real(logical_and(a > 0, b > 0)), (a, b) => Real((a > 0).logical_and(b > 0))), Two("logical_or", (a, b) => Float(Ops.Or(a > 0, b > 0)), (a, b) => Real(logical_or(a > 0, b > 0)), (a, b) => Real((a > 0).logical_or(b > 0))),
        Two("addcmul_", (a, b) => a + 2.0 * a * b, (a, b) => a.clone().addcmul_(a, b, 2)), Two("addcdiv_", (a, b) => a + 2.0 * a / b, (a, b) => a.clone().addcdiv_(a, b, 2)), Two("lerp_", (a, b) => a + 0.25 * (b - a), (a, b) => a.clone().lerp_(b, 0.25)),
        Two("copy_", (a, b) => b + a * 0, (a, b) => a.clone().copy_(b)), Two("cat", (a, b) => Ops.Concat([a, b], 1), (a, b) => cat([a, b], 1)), Two("stack", (a, b) => Ops.Stack([a, b], 1), (a, b) => stack([a, b], 1)),
        Two("scalars", (a, b) => 2.0 - (a * 3.0 + 1.5) / 2.0, (a, b) => 2.0 - (a * 3.0 + 1.5) / 2.0, (a, b) => -(a.mul(3.0).add(1.5).div(2.0).sub(2.0))),
    ];

    private static IEnumerable<Row> Reductions() =>
    [
        One("sum", x => Ops.Sum(x), x => sum(x), x => x.sum()), One("sum of dim", x => Ops.Sum(x, [1], true), x => sum(x, 1, true), x => x.sum([1], true)), One("mean", x => Ops.Mean(x), x => mean(x), x => x.mean()), One("mean of dim", x => Ops.Mean(x, [0]), x => mean(x, 0), x => x.mean([0])),
        One("prod", x => Ops.Prod(x), x => prod(x), x => x.prod()), One("prod of dim", x => Ops.Prod(x, [1]), x => prod(x, 1), x => x.prod(1)), One("var", x => Ops.Var(x, [1]), x => var(x, [1]), x => x.var([1])), One("std", x => Ops.Std(x, [0], 0), x => std(x, [0], 0), x => x.std([0], 0)),
        One("norm", x => Ops.Norm(x), x => norm(x), x => x.norm()), One("norm of dim", x => Ops.Norm(x, 3, [1]), x => norm(x, 3, [1]), x => x.norm(3, [1])), One("max", x => Ops.MaxOver(x), x => max(x), x => x.max()), One("min", x => Ops.MinOver(x), x => min(x), x => x.min()),
        One("amax", x => Ops.MaxOver(x, [1]), x => amax(x, [1]), x => x.amax([1])), One("amin", x => Ops.MinOver(x, [0]), x => amin(x, [0]), x => x.amin([0])), One("max of dim", x => Ops.MaxAlong(x, 1).Values, x => max(x, 1).values, x => x.max(1).values), One("min of dim", x => Ops.MinAlong(x, 0).Values, x => min(x, 0).values, x => x.min(0).values),
        One("argmax", x => Float(Ops.ArgMax(x, 1)), x => Real(argmax(x, 1)), x => Real(x.argmax(1))), One("argmin", x => Float(Ops.ArgMin(x, 1)), x => Real(argmin(x, 1)), x => Real(x.argmin(1))), One("all", x => Float(Ops.All(x)), x => Real(all(x)), x => Real(x.all())), One("any", x => Float(Ops.Any(x)), x => Real(any(x)), x => Real(x.any())),
        One("cumsum", x => Ops.CumSum(x, 1), x => cumsum(x, 1), x => x.cumsum(1)), One("logsumexp", x => Ops.LogSumExp(x, [1]), x => logsumexp(x, [1]), x => x.logsumexp([1])), One("softmax", x => Ops.Softmax(x, 1), x => softmax(x, 1), x => x.softmax(1), x => F.softmax(x, 1)),
        One("log_softmax", x => Ops.LogSoftmax(x, 0), x => log_softmax(x, 0), x => x.log_softmax(0), x => F.log_softmax(x, 0)), One("sort", x => Ops.Sort(x, 1).Values, x => sort(x, 1).values, x => x.sort(1).values), One("topk", x => Ops.TopK(x, 2, 1).Values, x => topk(x, 2, 1).values, x => x.topk(2, 1).values),
        One("argsort", x => Float(Ops.Sort(x, 1, true).Indices), x => Real(argsort(x, 1, true)), x => Real(x.argsort(1, true))), One("trace", x => Ops.Sum(Ops.Diagonal(x)), x => trace(x), x => x.trace()),
    ];

    private static IEnumerable<Row> Views() =>
    [
        One("reshape", x => Ops.Reshape(x, [2, 6]), x => reshape(x, 2, 6), x => x.reshape(2, 6), x => x.view(2, 6)), One("view", x => Ops.Reshape(x, [12]), x => x.view(12), x => x.view_as(zeros(12))), One("flatten", x => Ops.Reshape(x, [12]), x => flatten(x), x => x.flatten()),
        One("permute", x => Ops.Permute(x, [1, 0]), x => permute(x, 1, 0), x => x.permute(1, 0)), One("transpose", x => Ops.Transpose(x), x => transpose(x, 0, 1), x => x.transpose(0, 1), x => t(x), x => x.t(), x => x.T, x => x.mT), One("t", x => Ops.Transpose(x), x => x.clone().t_()),
        One("unsqueeze", x => Ops.Unsqueeze(x, 1), x => unsqueeze(x, 1), x => x.unsqueeze(1), x => x.clone().unsqueeze_(1)), One("squeeze", x => x, x => squeeze(x.unsqueeze(0)), x => x.unsqueeze(1).squeeze(), x => x.unsqueeze(2).squeeze(2), x => squeeze(x.unsqueeze(2), 2)),
        One("narrow", x => Ops.SliceAxis(x, 1, 1, 3), x => narrow(x, 1, 1, 2), x => x.narrow(1, 1, 2), x => x[.., 1..3]), One("select", x => Ops.Squeeze(Ops.SliceAxis(x, 0, 1, 2), 0), x => select(x, 0, 1), x => x.select(0, 1), x => x[1]),
        One("unbind", x => Ops.Squeeze(Ops.SliceAxis(x, 0, 2, 3), 0), x => unbind(x)[2], x => x.unbind()[2]), One("split", x => Ops.SliceAxis(x, 1, 2, 4), x => split(x, 2, 1)[1], x => x.split(2, 1)[1]), One("chunk", x => Ops.SliceAxis(x, 1, 0, 2), x => chunk(x, 2, 1)[0], x => x.chunk(2, 1)[0]),
        One("diagonal", x => Ops.Diagonal(x, 1), x => diagonal(x, 1), x => x.diagonal(1)), One("flip", x => Ops.Flip(x, 0, 1), x => flip(x, 0, 1), x => x.flip(0, 1)), One("tril", x => Ops.Tril(x, 1), x => tril(x, 1), x => x.tril(1)), One("triu", x => Ops.Triu(x), x => triu(x), x => x.triu()),
        One("expand", x => Ops.Broadcast(x, [2, 3, 4]), x => x.expand(2, 3, 4), x => x.expand_as(zeros(2, 3, 4))), One("repeat", x => Ops.Concat([x, x], 0), x => x.repeat(2, 1)),
        One("gather", x => Ops.Gather(x, 1, PlacesNode), x => gather(x, 1, Places), x => x.gather(1, Places)), One("index_select", x => Ops.Take(x, 1, Ops.Tensor<long>([3, 0, 3])), x => index_select(x, 1, tensor(new long[] { 3, 0, 3 })), x => x.index_select(1, tensor(new long[] { 3, 0, 3 }))),
        One("masked_select", x => Ops.SliceAxis(Ops.Reshape(x, [12]), 0, 0, 12, 2), x => masked_select(x, arange(12).remainder(2).eq(0).view(3, 4)), x => x.masked_select(arange(12).remainder(2).eq(0).view(3, 4))),
        Of("scatter", x => Ops.ScatterAlong(x[0], 1, PlacesNode, x[1], false), [m, [3, 2]], x => scatter(x[0], 1, tensor(new long[,] { { 0, 2 }, { 3, 1 }, { 1, 1 } }), x[1]), x => x[0].scatter(1, Places, x[1])), Of("scatter_add", x => Ops.ScatterAlong(x[0], 1, PlacesNode, x[1], true), [m, [3, 2]], x => scatter_add(x[0], 1, Places, x[1]), x => x[0].scatter_add(1, Places, x[1])),
    ];

    private static IEnumerable<Row> Products() =>
    [
        Of("mm", x => Ops.MatMul(x[0], x[1]), [[3, 4], [4, 2]], x => mm(x[0], x[1]), x => x[0].mm(x[1])), Of("matmul", x => Ops.MatMul(x[0], x[1]), [[2, 3, 4], [4, 2]], x => matmul(x[0], x[1]), x => x[0].matmul(x[1])), Of("mv", x => Ops.MatMul(x[0], x[1]), [[3, 4], [4]], x => mv(x[0], x[1]), x => x[0].mv(x[1])),
        Of("dot", x => Ops.MatMul(x[0], x[1]), [[4], [4]], x => dot(x[0], x[1]), x => x[0].dot(x[1])), Of("bmm", x => Ops.MatMul(x[0], x[1]), [[2, 3, 4], [2, 4, 2]], x => bmm(x[0], x[1]), x => x[0].bmm(x[1])), Of("outer", x => Ops.Unsqueeze(x[0], 1) * x[1], [[3], [4]], x => outer(x[0], x[1]), x => x[0].outer(x[1])),
        Of("addmm", x => 0.5 * x[0] + 2.0 * Ops.MatMul(x[1], x[2]), [[3, 2], [3, 4], [4, 2]], x => addmm(x[0], x[1], x[2], 0.5, 2.0), x => x[0].addmm(x[1], x[2], 0.5, 2.0)), Of("einsum", x => Ops.Einsum("ij,jk,k->i", x), [[3, 4], [4, 2], [2]], x => einsum("ij,jk,k->i", x)),
        Of("linear", x => Ops.Linear(x[0], x[1], x[2]), [[3, 4], [2, 4], [2]], x => F.linear(x[0], x[1], x[2])),
        Of("conv2d", x => Ops.Convolution(x[0], x[1], x[2], [2, 1], [1, 0]), [[2, 2, 5, 4], [3, 2, 2, 3], [3]], x => F.conv2d(x[0], x[1], x[2], [2, 1], [1, 0])),
    ];

    private static IEnumerable<Row> Learning() =>
    [
        Two("mse_loss", (a, b) => Ops.MseLoss(a, b), (a, b) => F.mse_loss(a, b)), Two("l1_loss", (a, b) => Ops.Mean(Ops.Abs(a - b)), (a, b) => F.l1_loss(a, b)),
        One("nll_loss", x => Ops.NllLoss(x, Ops.Tensor<long>([0, 3, 1])), x => F.nll_loss(x, tensor(new long[] { 0, 3, 1 }))), One("cross_entropy", x => Ops.CrossEntropy(x, Ops.Tensor<long>([0, 3, 1]), Reduction.Sum), x => F.cross_entropy(x, tensor(new long[] { 0, 3, 1 }), reduction: "sum")),
        Two("binary_cross_entropy", (a, b) => Ops.BinaryCrossEntropy(Ops.Sigmoid(a), Ops.Sigmoid(b)), (a, b) => F.binary_cross_entropy(a.sigmoid(), b.sigmoid())), Two("binary_cross_entropy_with_logits", (a, b) => Ops.BinaryCrossEntropyWithLogits(a, b), (a, b) => F.binary_cross_entropy_with_logits(a, b)),
        Of("layer_norm", x => Ops.LayerNorm(x[0], 1, x[1], x[2]), [m, [4], [4]], x => F.layer_norm(x[0], [4], x[1], x[2])), Of("batch_norm", x => Ops.BatchNorm(x[0], x[1], x[2]), [[3, 2, 4], [2], [2]], x => F.batch_norm(x[0], null, null, x[1], x[2], training: true)),
        Of("max_pool2d", x => Ops.MaxPool(x[0], [2, 2], null, [1, 0]), [[2, 1, 4, 4]], x => F.max_pool2d(x[0], [2, 2], null, [1, 0])), Of("avg_pool2d", x => Ops.AvgPool(x[0], [2, 2], [1, 2]), [[2, 1, 4, 4]], x => F.avg_pool2d(x[0], [2, 2], [1, 2])),
        Of("embedding", x => Ops.Take(x[0], 0, Ops.Tensor<long>([2, 0, 2])), [m], x => F.embedding(tensor(new long[] { 2, 0, 2 }), x[0])), One("one_hot", x => x * Float(Ops.OneHot(Ops.Tensor<long>([2, 0, 3]), 4)), x => x * Real(F.one_hot(tensor(new long[] { 2, 0, 3 }), 4))),
    ];
}
